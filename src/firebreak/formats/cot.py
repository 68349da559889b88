"""Cursor on Target: XML events one after the other in a stream, as TAK servers send them (W-S14, W-S15).

Read with expat, one parser an event: lxml keeps every name of an element that it ever met, which lets
a sender make memory grow for ever. A document type is refused, so that there are no entities at all.
The affiliation in an event's type (friendly, hostile) is never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from xml.parsers import expat

from firebreak.formats.refusals import (
    AHEAD_MS,
    FEET_A_METRE,
    UNSAID,
    Refusal,
    Refusals,
    Row,
    sift_rows,
)
from firebreak.values import HeightReference, Millis
from firebreak.watch.reports import Domain, Naming, Reports, identity, text_identity

MOST_EVENT: Final = 65_536
"""Bytes of one event."""
MOST_DEPTH: Final = 32
MOST_NAME: Final = 256
"""Characters of a uid."""
UNKNOWN: Final = 9_999_999.0
"""What the format writes for a height or an error that is not known."""
CIRCLE_OF_95: Final = 2.4478
"""The radius that holds 95 % of a circular normal distribution, in its sigma; `ce` is one sigma."""

_BEGIN: Final = b"<event"
_END: Final = b"</event>"
_DECLARATION: Final = re.compile(rb"<\?xml[^<>?]{0,200}\?>")
_BINARY: Final = b"\xbf"
"""What each message of the TAK protocol's binary form begins with."""

_TYPE: Final = re.compile(r"a-[^-]+-([A-Za-z])(?:-.*)?")
_DOMAINS: Final = {"A": Domain.AIR, "S": Domain.SEA, "U": Domain.SEA, "G": Domain.GROUND}
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,12}(?:\.[0-9]{0,20})?(?:[eE][+-]?[0-9]{1,2})?")
_STAMP: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_AIRCRAFT: Final = re.compile(r"ICAO-([0-9A-Fa-f]{6})")
_SHIP: Final = re.compile(r"MMSI-([0-9]{9})")


class _Bad(Exception):
    """Why an event is refused."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


@dataclass(slots=True)
class _Event:
    """What is looked at of an event."""

    about: dict[str, str] = field(default_factory=dict)
    point: dict[str, str] | None = None
    track: dict[str, str] = field(default_factory=dict)


class Cot:
    """The adapter."""

    def __init__(self, source: int, *, replay: bool = False) -> None:
        self.refused: Refusals = Refusals()
        self._source = source
        self._replay = replay
        self._rest = b""
        self._dropping = False

    def feed(self, data: bytes, received: Millis) -> Reports:
        """The reports of the events that these bytes complete."""
        rows: list[Row] = []
        for event in self._events(data):
            try:
                rows.append(_row(_event(event), None if self._replay else received))
            except _Bad as bad:
                self.refused[bad.why] += 1
        return sift_rows(rows, self.refused, self._source, received, replay=self._replay)

    def cut(self) -> None:
        """The connection ended."""
        if self._rest.strip():
            self.refused[Refusal.TRUNCATED] += 1
        self._rest, self._dropping = b"", False

    def _events(self, data: bytes) -> Iterator[bytes]:
        """Each whole event; what is between events, and what is too long, is counted and dropped."""
        text, at = self._rest + data, 0
        while True:
            if self._dropping:
                end = text.find(_END, at)
                if end < 0:
                    self._rest = text[max(at, len(text) - len(_END) + 1) :]
                    return
                at, self._dropping = end + len(_END), False
            begin = text.find(_BEGIN, at)
            if begin < 0:
                last = text.rfind(b"<", at)
                keep = last if last >= 0 and len(text) - last <= 256 else len(text)
                self._between(text[at:keep])
                self._rest = text[keep:]
                return
            self._between(text[at:begin])
            end = _end_of_event(text, begin)
            if end < 0 and len(text) - begin <= MOST_EVENT:
                self._rest = text[begin:]
                return
            if end < 0 or end - begin > MOST_EVENT:
                self.refused[Refusal.TOO_LONG] += 1
                self._dropping = end < 0
            else:
                yield text[begin:end]
            at = end if end >= 0 else begin + len(_BEGIN)

    def _between(self, gap: bytes) -> None:
        """Judge what is between two events: space and XML declarations may be."""
        rest = _DECLARATION.sub(b"", gap).strip()
        if not rest:
            return
        if b"<!" in rest:
            self.refused[Refusal.HOSTILE] += 1
        elif rest.startswith(_BINARY):
            self.refused[Refusal.UNSUPPORTED] += 1
        else:
            self.refused[Refusal.NOT_THE_FORMAT] += 1


def _end_of_event(text: bytes, begin: int) -> int:
    """Where the event ends that begins there; -1 if its end has not come."""
    opened = text.find(b">", begin)
    if opened < 0:
        return -1
    if text[opened - 1 : opened] == b"/":
        return opened + 1
    end = text.find(_END, opened)
    return -1 if end < 0 else end + len(_END)


def _event(data: bytes) -> _Event:
    """Raises _Bad."""
    parser = expat.ParserCreate("utf-8")
    found, path = _Event(), list[str]()

    def start(name: str, attributes: dict[str, str]) -> None:
        path.append(name)
        if len(path) > MOST_DEPTH:
            raise _Bad(Refusal.HOSTILE)
        if path[0] != "event":
            raise _Bad(Refusal.NOT_THE_FORMAT)
        match path:
            case ["event"]:
                found.about = attributes
            case ["event", "point"]:
                found.point = attributes
            case ["event", "detail", "track"]:
                found.track = attributes
            case _:
                pass

    def document_type(*_: object) -> None:
        raise _Bad(Refusal.HOSTILE)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: path.pop()
    parser.StartDoctypeDeclHandler = document_type
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise _Bad(Refusal.NOT_THE_FORMAT) from error
    return found


def _row(event: _Event, received: Millis | None) -> Row:
    """received: None while a recording is played. Raises _Bad."""
    kind = _TYPE.fullmatch(event.about.get("type", ""))
    domain = _DOMAINS.get(kind[1].upper()) if kind else None
    if domain is None:
        raise _Bad(Refusal.UNSUPPORTED)
    if event.point is None:
        raise _Bad(Refusal.NO_POSITION)
    uid = event.about.get("uid", "")
    if not 0 < len(uid) <= MOST_NAME:
        raise _Bad(Refusal.NO_IDENTITY)
    time, start, stale = (_moment(event.about.get(name)) for name in ("time", "start", "stale"))
    if stale < start:
        raise _Bad(Refusal.BAD_TIME)
    if received is not None and stale + AHEAD_MS < received:
        raise _Bad(Refusal.TOO_OLD)
    latitude, longitude = _number(event.point.get("lat")), _number(event.point.get("lon"))
    height, error = _known(event.point.get("hae")), _known(event.point.get("ce"))
    speed, course = _number(event.track.get("speed")), _number(event.track.get("course"))
    return Row(
        _identity(uid),
        min(time, start),
        latitude,
        longitude,
        height * FEET_A_METRE,
        HeightReference.ELLIPSOID,
        speed * 100,
        course,
        UNSAID,
        error * CIRCLE_OF_95,
        domain,
    )


def _identity(uid: str) -> int:
    """Gateways name aircraft and ships by their own identities, under which other sources have them."""
    aircraft, ship = _AIRCRAFT.fullmatch(uid), _SHIP.fullmatch(uid)
    if aircraft:
        number = int(aircraft[1], 16)
        return identity(Naming.ICAO, number) if number else 0
    return identity(Naming.MMSI, int(ship[1])) if ship else text_identity(uid)


def _known(text: str | None) -> float:
    number = _number(text)
    return UNSAID if number >= UNKNOWN else number


def _number(text: str | None) -> float:
    """UNSAID for nothing. Raises _Bad."""
    if text is None:
        return UNSAID
    if not _NUMBER.fullmatch(text):
        raise _Bad(Refusal.BAD_NUMBER)
    return float(text)


def _moment(text: str | None) -> float:
    """ms UTC. Raises _Bad."""
    found = _STAMP.fullmatch(text or "")
    if found is None:
        raise _Bad(Refusal.BAD_TIME)
    try:
        seconds = datetime.fromisoformat(found[1] + found[3].replace("Z", "+00:00")).timestamp()
    except (ValueError, OverflowError) as error:
        raise _Bad(Refusal.BAD_TIME) from error
    return seconds * 1000 + int((found[2] or "0").ljust(3, "0")[:3])
