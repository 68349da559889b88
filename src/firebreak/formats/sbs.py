"""SBS or BaseStation messages, lines of 22 fields over TCP, usually port 30003 (W-S10, W-S11).

A message says a part: MSG,2 and MSG,3 a position, MSG,4 a velocity, MSG,3, 5, 6 and 7 an altitude. As
other readers do, the newest parts of one aircraft are put together, and each position is a report.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from datetime import UTC, datetime
from typing import Final

from firebreak.formats.lines import Lines
from firebreak.formats.refusals import (
    CM_S_A_KNOT,
    UNSAID,
    Refusal,
    Refusals,
    Row,
    believed_on_ground,
    sift_rows,
)
from firebreak.values import HeightReference, Millis
from firebreak.watch.reports import Domain, Naming, Reports, identity, text_identity

MOST_LINE: Final = 512
"""Bytes; a full message has about 130."""
MOST_AIRCRAFT: Final = 50_000
"""Whose parts are kept; with more, those heard longest ago are forgotten."""
KEPT_MS: Final = 10_000
"""A part is put to a position for so long."""

_NUMBER: Final = rb"(-?[0-9]{1,7}(?:\.[0-9]{1,12})?)?"
_TIME: Final = (
    rb"(?:([0-9]{4}/[0-9]{2}/[0-9]{2}),([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3})[0-9]*)?|,)"
)
_MESSAGE: Final = re.compile(
    rb"MSG,([1-8]),[^,]*,[^,]*,(~?[0-9A-Fa-f]{6}),[^,]*,"  # type, aircraft
    + _TIME
    + rb",[^,]*,[^,]*,[^,]*,"  # generated; logged; call sign
    + _NUMBER
    + rb","  # altitude
    + _NUMBER
    + rb","  # speed
    + _NUMBER
    + rb","  # track
    + _NUMBER
    + rb","  # latitude
    + _NUMBER
    + rb","  # longitude
    + _NUMBER
    + rb",[^,]*,[^,]*,[^,]*,[^,]*,(-1|0|1)?"  # climb; squawk, three flags; on the ground
)
_OTHERS: Final = (b"SEL,", b"ID,", b"AIR,", b"STA,", b"CLK,")
_FIELDS: Final = 22


class _Parts:
    """What an aircraft's newest messages said, and when: ms UTC by the source."""

    __slots__ = (
        "climb",
        "course",
        "ground",
        "height",
        "height_at",
        "identity",
        "motion_at",
        "speed",
    )

    def __init__(self, identity: int) -> None:
        self.identity = identity
        self.height = self.speed = self.course = self.climb = UNSAID
        self.height_at = self.motion_at = 0
        self.ground = False


class Sbs:
    """The adapter. utc_offset_min: by how much the receiver's clock is ahead of UTC.

    The format does not say in which zone its times are; many receivers write local time (W-S11).
    """

    def __init__(self, source: int, *, utc_offset_min: int = 0, replay: bool = False) -> None:
        self.refused: Refusals = Refusals()
        self._source = source
        self._offset_ms = utc_offset_min * 60_000
        self._replay = replay
        self._lines = Lines(MOST_LINE, self.refused)
        self._parts: OrderedDict[bytes, _Parts] = OrderedDict()
        self._day = (b"", 0)

    def feed(self, data: bytes, received: Millis) -> Reports:
        """The reports of the messages that these bytes complete."""
        rows: list[Row] = []
        for line in self._lines.feed(data):
            row = self._row(line, received)
            if row is not None:
                rows.append(row)
        return sift_rows(rows, self.refused, self._source, received, replay=self._replay)

    def cut(self) -> None:
        """The connection ended."""
        self._lines.cut()

    def _row(self, line: bytes, received: Millis) -> Row | None:
        found = _MESSAGE.fullmatch(line)
        if found is None:
            self._refuse(line)
            return None
        (kind, name, day, hour, minute, second, thousandths) = found.groups()[:7]
        altitude, speed, course, latitude, longitude, climb, ground = found.groups()[7:]
        at = received if day is None else self._at(day, hour, minute, second, thousandths or b"0")
        if at is None:
            self.refused[Refusal.BAD_TIME] += 1
            return None
        parts = self._of(name)
        if altitude is not None:
            parts.height, parts.height_at = float(altitude), at
        if speed is not None and course is not None:
            parts.speed, parts.course, parts.motion_at = float(speed), float(course), at
            parts.climb = UNSAID if climb is None else float(climb)
        if ground is not None:
            parts.ground = ground != b"0"
        if kind not in (b"2", b"3") and (latitude is None or longitude is None):
            return None
        moving = abs(at - parts.motion_at) <= KEPT_MS
        knots = parts.speed if moving else UNSAID
        on_ground = parts.ground and believed_on_ground(knots * CM_S_A_KNOT)
        known = abs(at - parts.height_at) <= KEPT_MS and not parts.ground
        return Row(
            parts.identity,
            at,
            UNSAID if latitude is None else float(latitude),
            UNSAID if longitude is None else float(longitude),
            0.0 if on_ground else parts.height if known else UNSAID,
            HeightReference.GROUND if on_ground else HeightReference.STANDARD_PRESSURE,
            knots * CM_S_A_KNOT,
            parts.course if moving else UNSAID,
            parts.climb if moving else UNSAID,
            UNSAID,
            Domain.GROUND if on_ground else Domain.AIR,
        )

    def _of(self, name: bytes) -> _Parts:
        parts = self._parts.get(name)
        if parts is not None:
            self._parts.move_to_end(name)
            return parts
        if len(self._parts) >= MOST_AIRCRAFT:
            self._parts.popitem(last=False)
        made = self._parts[name] = _Parts(aircraft_identity(name.decode("ascii"), self._source))
        return made

    def _at(
        self, day: bytes, hour: bytes, minute: bytes, second: bytes, thousandths: bytes
    ) -> Millis | None:
        if day != self._day[0]:
            try:
                start = datetime.strptime(day.decode("ascii"), "%Y/%m/%d").replace(tzinfo=UTC)
            except ValueError:
                return None
            self._day = (day, int(start.timestamp()) * 1000)
        seconds = int(hour) * 3_600 + int(minute) * 60 + int(second)
        if int(hour) > 23 or int(minute) > 59 or int(second) > 60:
            return None
        return Millis(self._day[1] + seconds * 1000 + int(thousandths) - self._offset_ms)

    def _refuse(self, line: bytes) -> None:
        """Say what is wrong with a line that is not a message as the pattern has it."""
        if not line or line.startswith(_OTHERS):
            return
        fields = line.split(b",")
        if fields[0] != b"MSG":
            why = Refusal.NOT_THE_FORMAT
        elif len(fields) < _FIELDS:
            why = Refusal.TRUNCATED
        elif len(fields) > _FIELDS or not re.fullmatch(rb"[1-8]", fields[1]):
            why = Refusal.NOT_THE_FORMAT
        elif not re.fullmatch(rb"~?[0-9A-Fa-f]{6}", fields[4]):
            why = Refusal.NO_IDENTITY
        elif not re.fullmatch(_TIME, fields[6] + b"," + fields[7]):
            why = Refusal.BAD_TIME
        else:
            why = Refusal.BAD_NUMBER
        self.refused[why] += 1


def aircraft_identity(name: str, source: int) -> int:
    """Of six hexadecimal digits; with `~` before them they are no ICAO address, and one source's own.

    0 for the address 0, which transponders without one send: the sieve refuses it.
    """
    if name.startswith("~"):
        return text_identity(f"{name.lower()} {source}")
    number = int(name, 16)
    return identity(Naming.ICAO, number) if number else 0
