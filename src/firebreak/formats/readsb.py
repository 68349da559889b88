"""readsb's aircraft.json, also as dump1090-fa and tar1090 write it: a whole picture at a time (W-S12).

Source: README-json.md of readsb. `feed` takes one whole document.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Final

from firebreak.formats.refusals import (
    CM_S_A_KNOT,
    UNSAID,
    Refusal,
    Refusals,
    Row,
    believed_on_ground,
    sift_rows,
)
from firebreak.formats.sbs import aircraft_identity
from firebreak.values import HeightReference, Millis
from firebreak.watch.reports import Domain, Reports, no_reports

MOST_BYTES: Final = 32 << 20
"""Of one document."""
MOST_AIRCRAFT: Final = 50_000
"""In one document; what is beyond is counted and left."""
SAME_MS: Final = 250
"""Two documents round one position's age to 0.1 s each; nearer than this it is the same position."""

_HEX: Final = re.compile("~?[0-9a-fA-F]{6}")

ACCURACY_BY_NAC: Final = (
    *(UNSAID, 18_520.0, 7_408.0, 3_704.0, 1_852.0, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0),
)
"""Metres within which 95 % of positions are, by Navigation Accuracy Category for Position (DO-260B)."""
RADIUS_BY_NIC: Final = (
    *(
        UNSAID,
        37_040.0,
        14_816.0,
        7_408.0,
        3_704.0,
        1_852.0,
        1_111.2,
        370.4,
        185.2,
        75.0,
        25.0,
        7.5,
    ),
)
"""Metres of the radius of containment, by Navigation Integrity Category: the widest where there are two."""


class Readsb:
    """The adapter. A position that the document before had already is not reported again."""

    def __init__(self, source: int, *, replay: bool = False) -> None:
        self.refused: Refusals = Refusals()
        self._source = source
        self._replay = replay
        self._last: dict[str, float] = {}

    def feed(self, data: bytes, received: Millis) -> Reports:
        """The positions of one document that are new since the last."""
        if len(data) > MOST_BYTES:
            self.refused[Refusal.TOO_LONG] += 1
            return no_reports()
        try:
            document = json.loads(data)
        except RecursionError:
            self.refused[Refusal.HOSTILE] += 1
            return no_reports()
        except ValueError:
            self.refused[_cut_or_other(data)] += 1
            return no_reports()
        match document:
            case {"now": int() | float() as now, "aircraft": list(aircraft)}:
                pass
            case _:
                self.refused[Refusal.NOT_THE_FORMAT] += 1
                return no_reports()
        written = _number(now)
        if written is None or not 0 <= written < 1e11:
            self.refused[Refusal.BAD_TIME] += 1
            return no_reports()
        if len(aircraft) > MOST_AIRCRAFT:
            self.refused[Refusal.TOO_MANY] += len(aircraft) - MOST_AIRCRAFT
            del aircraft[MOST_AIRCRAFT:]
        before, self._last = self._last, {}
        rows: list[Row] = []
        for one in aircraft:
            row = self._row(one, written * 1000, before)
            if row is not None:
                rows.append(row)
        return sift_rows(rows, self.refused, self._source, received, replay=self._replay)

    def cut(self) -> None:
        """Nothing is kept between documents but times."""

    def _row(self, one: object, now: float, before: Mapping[str, float]) -> Row | None:
        if not isinstance(one, dict):
            self.refused[Refusal.NOT_THE_FORMAT] += 1
            return None
        if one.get("lat") is None and one.get("lon") is None:
            return None  # heard, but not where it is: nothing is wrong with that
        name = one.get("hex")
        if not isinstance(name, str) or not _HEX.fullmatch(name):
            self.refused[Refusal.NO_IDENTITY] += 1
            return None
        numbers = [_number(one.get(key)) for key in _NUMBERS]
        baro, ground = one.get("alt_baro"), False
        if baro == "ground":
            baro, ground = None, True
        numbers.append(_number(baro))
        if None in numbers:
            self.refused[Refusal.BAD_NUMBER] += 1
            return None
        said: list[float] = [number for number in numbers if number is not None]
        latitude, longitude, age, geometric, knots, track, climb, climb_2, *quality, pressure = said
        if not age >= 0:
            self.refused[Refusal.BAD_TIME] += 1
            return None
        at = now - age * 1000
        if abs(at - before.get(name, math.inf)) < SAME_MS:
            self._last[name] = before[name]
            return None
        self._last[name] = at
        height, reference = pressure, HeightReference.STANDARD_PRESSURE
        on_ground = ground and believed_on_ground(knots * CM_S_A_KNOT)
        if on_ground:
            height, reference = 0.0, HeightReference.GROUND
        elif math.isnan(height) and not math.isnan(geometric):
            height, reference = geometric, HeightReference.ELLIPSOID
        return Row(
            aircraft_identity(name, self._source),
            at,
            latitude,
            longitude,
            height,
            reference,
            knots * CM_S_A_KNOT,
            track,
            climb_2 if math.isnan(climb) else climb,
            _accuracy(*quality),
            Domain.GROUND if on_ground else Domain.AIR,
        )


_NUMBERS: Final = (
    *("lat", "lon", "seen_pos", "alt_geom", "gs", "track", "baro_rate", "geom_rate"),
    *("nac_p", "rc", "nic"),
)


def _number(value: Any) -> float | None:
    """A JSON number; UNSAID for none; None for anything else, infinity and NaN among it."""
    if value is None:
        return UNSAID
    if type(value) not in (int, float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _accuracy(nac: float, radius: float, nic: float) -> float:
    """The bound of 95 %, from the first of the three that says one; UNSAID where none does.

    A radius of containment is exceeded far more seldom than in 5 %, so that it is a safe bound.
    """
    if nac in range(1, len(ACCURACY_BY_NAC)):
        return ACCURACY_BY_NAC[int(nac)]
    if radius > 0:
        return radius
    return RADIUS_BY_NIC[int(nic)] if nic in range(1, len(RADIUS_BY_NIC)) else UNSAID


def _cut_or_other(data: bytes) -> Refusal:
    """A document without its end, or something else."""
    text = data.strip()
    cut = text.startswith(b"{") and not text.endswith(b"}")
    return Refusal.TRUNCATED if cut else Refusal.NOT_THE_FORMAT
