"""From the features of a file to lines and zones with a report: what all forms have in common.

A reader hands over each feature with its place in the file, its paths or polygons and what is said of
it; what is wrong with one is told and leaves the others alone (spec/watch.md, W-A2 and W-A3).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import shapely

from firebreak.errors import InvalidValue, Malformed
from firebreak.formats.drawn import (
    MOST_FEATURES,
    MOST_LISTED,
    MOST_VERTICES,
    Drawings,
    Drawn,
    Kind,
    Remark,
)
from firebreak.formats.mending import Mended, Path, mend_line, mend_zone
from firebreak.records.cbor import check_text
from firebreak.records.figures import parse_date_time_group, parse_heights
from firebreak.values import LATEST, Millis
from firebreak.volumes import GREATEST_RADIUS_M, Heights, Window
from firebreak.volumes.windows import check_window
from firebreak.watch.fences import MOST_POINTS

LONGEST_NAME: Final = 80
_SAID: Final = ("name", "kind", "buffer_m", "lower", "upper", "from", "until", "protected")
"""What the properties of a feature can say (W-A2)."""
_MEANT: Final[Mapping[str, str]] = {
    "buffer": "buffer_m",
    "buffer_km": "buffer_m",
    "buffer_nm": "buffer_m",
    "buffer_ft": "buffer_m",
    "buffer_metres": "buffer_m",
    "buffer_meters": "buffer_m",
    "height": "lower and upper",
    "heights": "lower and upper",
    "floor": "lower",
    "lower_limit": "lower",
    "bottom": "lower",
    "ceiling": "upper",
    "upper_limit": "upper",
    "top": "upper",
    "start": "from",
    "begin": "from",
    "valid_from": "from",
    "end": "until",
    "to": "until",
    "valid_until": "until",
    "valid_to": "until",
    "protect": "protected",
    "is_protected": "protected",
}
"""Names that mean one of these and are not read: passed over, they could hide a conflict (W-A2)."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_IGNORED: Final = 20


class Gathering:
    """What was read of one file so far. form: how the report names the format."""

    def __init__(self, form: str) -> None:
        self.form = form
        self._drawn: list[Drawn] = []
        self._repaired: list[Remark] = []
        self._refused: list[Remark] = []
        self._notes: list[Remark] = []
        self._repairs = self._refusals = self._vertices = self._features = 0
        self._ignored: dict[str, None] = {}

    def count(self, vertices: int) -> None:
        """Take note of so many more vertices. Raises Malformed above the limit (W-A4)."""
        self._vertices += vertices
        if self._vertices > MOST_VERTICES:
            raise Malformed(
                f"The file has more than {MOST_VERTICES:,} vertices. Simplify it outwards, or split it."
            )

    def refuse(self, where: str, why: str) -> None:
        """Tell of something that is not read."""
        self._feature()
        self._refusals += 1
        _list(self._refused, where, why)

    def note(self, where: str, text: str) -> None:
        """Tell of something that the operator should know; once, if it is of each of its parts."""
        if not self._notes or self._notes[-1] != Remark(where, text):
            _list(self._notes, where, text)

    def take(
        self,
        where: str,
        said: Mapping[str, object],
        *,
        paths: Sequence[Path] = (),
        polygons: Sequence[Sequence[Path]] = (),
    ) -> None:
        """One feature: paths or polygons, and its properties; made sound, or refused and told."""
        self._feature()
        try:
            drawn, mended, repairs = self._drawn_of(said, paths, polygons)
        except (InvalidValue, shapely.errors.GEOSException) as error:
            why = str(error)
            if not isinstance(error, InvalidValue):
                why = f"its repair failed ({_clean(why)[:LONGEST_NAME]}); draw it anew."
            self._refusals += 1
            _list(self._refused, where, why)
            return
        self._drawn.append(drawn)
        where = f"{where} “{drawn.name}”"
        for repair in (*repairs, *mended.repairs):
            self._repairs += 1
            _list(self._repaired, where, repair)
        for note in mended.notes:
            self.note(where, note)

    def done(self) -> Drawings:
        """All of it. Raises Malformed, with the reasons, if nothing in the file can be watched (W-A3)."""
        if not self._drawn:
            why = "; ".join(str(remark) for remark in self._refused[:3]) or "it holds none"
            more = f" … and {self._refusals - 3:,} more." if self._refusals > 3 else ""
            raise Malformed(
                f"No line or zone could be read from this {self.form} file: {why}{more}"
            )
        if self._ignored:
            names = ", ".join(list(self._ignored)[:_MOST_IGNORED])
            self.note("the file", f"properties that say nothing to the watch: {names}.")
        return Drawings(
            self.form,
            tuple(self._drawn),
            tuple(self._repaired),
            tuple(self._refused),
            tuple(self._notes),
            self._repairs,
            self._refusals,
        )

    def _feature(self) -> None:
        self._features += 1
        if self._features > MOST_FEATURES:
            raise Malformed(f"The file has more than {MOST_FEATURES:,} features. Split it.")

    def _drawn_of(
        self,
        said: Mapping[str, object],
        paths: Sequence[Path],
        polygons: Sequence[Sequence[Path]],
    ) -> tuple[Drawn, Mended, list[str]]:
        properties = self._properties(said)
        kind = _kind(properties.get("kind"), bool(paths), bool(polygons))
        if kind is Kind.LINE:
            rings = [_closed(ring) for polygon in polygons for ring in polygon]
            mended = mend_line([*paths, *rings])
        else:
            mended = mend_zone([*polygons, *([_ring_of(path)] for path in paths)])
        largest = max(sum(map(len, part)) for part in mended.parts)
        if largest > MOST_POINTS:  # W-A4
            raise InvalidValue(
                f"it has {largest:,} points in one piece; the watch takes {MOST_POINTS:,} at most."
                " Simplify it outwards, or split it."
            )
        repairs: list[str] = []
        name = _name(properties.get("name"), f"{kind} {self._features}", repairs)
        drawn = Drawn(
            name,
            kind,
            mended.parts,
            _buffer(properties.get("buffer_m")),
            _heights(properties),
            _window(properties),
            _protected(properties.get("protected")),
        )
        return drawn, mended, repairs

    def _properties(self, said: Mapping[str, object]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in said.items():
            plain = key.strip().lower()
            if value is None or value == "":
                continue
            if meant := _meant(plain):
                raise InvalidValue(
                    f"its property {_shown(plain)} is not read; write {meant} instead, or leave it out."
                )
            if plain not in _SAID:
                if len(self._ignored) <= _MOST_IGNORED:
                    self._ignored[_clean(plain)[:LONGEST_NAME]] = None
            elif plain in found:
                raise InvalidValue(f"its property {plain} is given twice; give it once.")
            else:
                found[plain] = value
        return found


def _meant(plain: str) -> str | None:
    """What a property's name that is not read was meant to be, if it is near one that is."""
    joined_up = re.sub(r"[\s.:-]+", "_", plain)
    if plain in _SAID:
        return None
    if meant := _MEANT.get(joined_up):
        return meant
    bare = joined_up.replace("_", "")
    return next((name for name in _SAID if name.replace("_", "") == bare), None)


def _list(remarks: list[Remark], where: str, text: str) -> None:
    if len(remarks) < MOST_LISTED:
        remarks.append(Remark(where, text))


def _closed(ring: Path) -> Path:
    return np.concatenate((ring, ring[:1]))


def _ring_of(path: Path) -> Path:
    if len(path) < 4 or (path[0] != path[-1]).any():
        raise InvalidValue("a line that does not end where it starts encloses no zone; close it.")
    return path


def _kind(value: object, has_paths: bool, has_polygons: bool) -> Kind:
    if value is None:
        if has_paths and has_polygons:
            raise InvalidValue(
                "it mixes lines and polygons; say kind: line or zone, or draw them apart."
            )
        return Kind.LINE if has_paths else Kind.ZONE
    try:
        return Kind(str(value).strip().lower())
    except ValueError:
        raise InvalidValue(f"kind is {_shown(value)}; write line or zone.") from None


def _name(value: object, instead: str, repairs: list[str]) -> str:
    if value is None:
        return instead
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise InvalidValue(f"name is {_shown(value)}; write a text.")
    text = str(value).strip()
    name = _clean(text)
    if name != text:
        repairs.append("its name held characters that cannot be shown; left out.")
    if len(name) > LONGEST_NAME:
        repairs.append(f"its name had {len(name):,} characters; cut to {LONGEST_NAME}.")
        name = _clean(name[:LONGEST_NAME])
    return name or instead


def _clean(text: str) -> str:
    """The text in normal form, without the characters that a record refuses (R-9)."""
    plain = unicodedata.normalize("NFC", text[: 4 * LONGEST_NAME])
    return unicodedata.normalize("NFC", "".join(filter(_shows, plain))).strip()


def _shows(character: str) -> bool:
    try:
        check_text(f"a{character}")
    except Malformed:
        return False
    return True


def _shown(value: object) -> str:
    """A value in a message: short, and nothing that moves the cursor."""
    return f"“{_clean(str(value)[:40])}”"


def _buffer(value: object) -> int:
    if value is None:
        return 0
    metres: object = value
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        metres = int(value.strip()[:12])
    elif isinstance(value, float) and value.is_integer():
        metres = int(value)
    if not isinstance(metres, int) or isinstance(metres, bool):
        raise InvalidValue(f"buffer_m is {_shown(value)}; write whole metres.")
    if not 0 <= metres <= GREATEST_RADIUS_M:
        raise InvalidValue(f"buffer_m is {_shown(value)}; write 0 to {GREATEST_RADIUS_M:,} metres.")
    return metres


def _heights(said: Mapping[str, object]) -> Heights:
    limits = [
        str(said.get(key, default))[:60] for key, default in (("lower", "SFC"), ("upper", "UNL"))
    ]
    return parse_heights(*limits)


def _window(said: Mapping[str, object]) -> Window | None:
    if "from" not in said and "until" not in said:
        return None
    start = _time(said["from"]) if "from" in said else Millis(0)
    end = _time(said["until"]) if "until" in said else LATEST
    window = Window(start, end)
    check_window(window)
    return window


def _protected(value: object) -> bool:
    """Anything but a clear no is refused or a yes: what is protected must not get out."""
    word = str(value).strip().lower() if value is not None else "no"
    if word not in ("yes", "true", "1", "no", "false", "0"):
        raise InvalidValue(f"protected is {_shown(value)}; write yes or no.")
    return word in ("yes", "true", "1")


def _time(value: object) -> Millis:
    """A date-time group, or ISO 8601 with its zone."""
    text = str(value).strip()[:60]
    try:
        return parse_date_time_group(text)
    except InvalidValue:
        pass
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise InvalidValue(
                f"the time {_shown(value)} has no zone; write 221430ZNOV26 or a Z after it."
            )
        ms = (moment - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        ms = -1
    if not 0 <= ms <= LATEST:
        raise InvalidValue(
            f"{_shown(value)} is no time; write 221430ZNOV26 or 2026-11-22T14:30:00Z."
        )
    return Millis(ms)
