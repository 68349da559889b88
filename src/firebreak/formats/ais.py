"""Ships from AIS: NMEA 0183 sentences `!..VDM` in lines, by ITU-R M.1371-5 and IEC 61162 (W-S20 to W-S25).

Positions of types 1, 2, 3, 9, 18, 19 and 27 are read by compiled code; names of types 5 and 24 by pyais.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from firebreak.formats.ais_lines import FAULTS, Column, follow, scan
from firebreak.formats.refusals import (
    CM_S_A_KNOT,
    FEET_A_METRE,
    UNSAID,
    Refusal,
    Refusals,
    sift,
)
from firebreak.values import HeightReference, Millis
from firebreak.watch.reports import (
    Bools,
    Domain,
    Floats,
    Longs,
    Naming,
    Reports,
    identity,
    joined,
    no_reports,
)

LONGEST_LINE: Final = 1_024
"""Bytes. A sentence has 82 at most, a tag block before it some 80 more (W-S20)."""
SLICE: Final = 1 << 20
"""Bytes that are looked at in one go, so that memory is bounded."""
MOST_PARTS: Final = 9
MOST_PENDING: Final = 256
"""Messages whose parts have not all come (W-S22)."""
PART_PATIENCE_MS: Final = 10_000
"""How long the further parts of a message may take (W-S22)."""
MOST_NAMES: Final = 100_000

MINUTE_MS: Final = 60_000
EARLY_MS: Final = 10_000
"""How far the second of a report may lie after its receipt before it is of the minute before (W-S24)."""

GNSS_M: Final = 30
GNSS_CORRECTED_M: Final = 10
LONG_RANGE_M: Final = 131
"""Half the diagonal of the cell of 1/10 minute that type 27 rounds to."""
_DERIVED: Final = (61, 62)
"""Seconds that say: position typed in, or dead reckoning."""
_INOPERATIVE: Final = 63
_LEAST_BITS: Final = {b"5": 232, b"H": 160}
"""Of types 5 and 24, with the name."""
_ENDS: Final = (b"\n", b"\r")


class _Pending(NamedTuple):
    """The first parts of a message."""

    since: Millis
    line: bytes
    payload: bytes
    parts: int


class Ais:
    """AIS lines from a TCP connection, a file, or datagrams, each fed with a line end after it.

    source: the number for the column of that name. replay: a recording is played: `received` is when it
    began, and a report's own time is that of its receipt (W-S4, W-S25).
    refused: counts, by reason. names: of ships, by identity, as far as heard.
    """

    def __init__(self, source: int, *, replay: bool = False) -> None:
        self.refused = Refusals()
        self.names: dict[int, str] = {}
        self._source = source
        self._replay = replay
        self._clock = -1
        self._rest = b""
        self._skipping = False
        self._pending: dict[bytes, _Pending] = {}

    def feed(self, data: bytes, received: Millis) -> Reports:
        """The reports that these bytes complete. Never raises for what is in them."""
        found = [
            self._lines(data[begin : begin + SLICE], received)
            for begin in range(0, len(data), SLICE)
        ]
        return joined([reports for reports in found if len(reports)])

    def cut(self) -> None:
        """The connection ended: what has no end is dropped."""
        if self._rest or self._skipping:
            self.refused[Refusal.TRUNCATED] += 1
        self._rest, self._skipping = b"", False
        self._drop(list(self._pending))

    def _lines(self, data: bytes, received: Millis) -> Reports:
        """The reports of whole lines; what follows the last of them is kept (W-S20)."""
        if self._skipping:
            first = min((at for end in _ENDS if (at := data.find(end)) >= 0), default=-1)
            if first < 0:
                return no_reports()
            self._skipping = False
            data = data[first:]
        buffer = self._rest + data
        whole = 1 + max(buffer.rfind(end) for end in _ENDS)
        self._rest = buffer[whole:]
        if len(self._rest) > LONGEST_LINE:
            self.refused[Refusal.TOO_LONG] += 1
            self._rest, self._skipping = b"", True
        rows, aside = self._scan(buffer[:whole])
        if len(aside):
            texts = b"".join(self._put_together(buffer, aside, received))
            rows = np.concatenate([rows, self._scan(texts)[0]])
        return self._reports(rows, received) if len(rows) else no_reports()

    def _scan(self, lines: bytes) -> tuple[Longs, Longs]:
        """Rows of `Column`, and the places of the lines that are left aside."""
        data = np.frombuffer(lines, np.uint8)
        # No line that is read has fewer bytes than these.
        rows = np.empty((len(data) // 30 + 1, len(Column)), np.int64)
        aside = np.empty((len(data) // 18 + 1, 3), np.int64)
        faults = np.zeros(len(FAULTS), np.int64)
        count, left = scan(data, LONGEST_LINE, rows, aside, faults)
        for why, number in zip(FAULTS, faults.tolist(), strict=True):
            if number:
                self.refused[why] += number
        return rows[:count], aside[:left]

    # Messages of several parts, and names

    def _put_together(self, buffer: bytes, aside: Longs, received: Millis) -> list[bytes]:
        """Lines, each with a whole message that may hold a position, from those left aside."""
        self._forget(received)
        found = []
        for begin, end, tag in aside.tolist():
            whole = self._whole(buffer[begin:end], tag, received)
            if whole is None:
                continue
            if whole.payload[:1] in _LEAST_BITS:
                self._name(whole)
            else:
                found.append(_single(whole))
        return found

    def _whole(self, sentence: bytes, tag: int, received: Millis) -> _Pending | None:
        """The message that this sentence completes. Parts come in their order (W-S22)."""
        start, total, number, sequence, channel, payload, rest = sentence.split(b",", 6)
        time = b"" if tag < 0 else b"c:%d" % tag
        if total == b"1":
            return _Pending(received, time + b"," + rest, payload, 1)
        key = b",".join((start, total, sequence, channel))
        before = self._pending.pop(key, None)
        if number == b"1":
            if before is not None:
                self.refused[Refusal.TRUNCATED] += 1
            if len(self._pending) >= MOST_PENDING:
                del self._pending[next(iter(self._pending))]
                self.refused[Refusal.TOO_MANY] += 1
            self._pending[key] = _Pending(received, time + b"," + rest, payload, 1)
            return None
        if before is None or int(number) != before.parts + 1:
            self.refused[Refusal.TRUNCATED] += 1
            return None
        begun = before.line.partition(b",")[0]
        now = _Pending(before.since, begun + b"," + rest, before.payload + payload, int(number))
        if number == total:
            return now
        self._pending[key] = now
        return None

    def _forget(self, received: Millis) -> None:
        """Messages that were begun too long ago, or later than now by a clock that went back."""
        self._drop(
            [
                key
                for key, pending in self._pending.items()
                if not 0 <= received - pending.since <= PART_PATIENCE_MS
            ]
        )

    def _drop(self, keys: list[bytes]) -> None:
        for key in keys:
            del self._pending[key]
            self.refused[Refusal.TRUNCATED] += 1

    def _name(self, whole: _Pending) -> None:
        """Remember a ship's name of type 5 or 24."""
        from pyais import decode
        from pyais.exceptions import AISBaseException

        # pyais leaves out, or makes up, what a short message lacks.
        fill = int(whole.line.partition(b",")[2][:1])
        if 6 * len(whole.payload) - fill < _LEAST_BITS[whole.payload[:1]]:
            self.refused[Refusal.TRUNCATED] += 1
            return
        try:
            message = decode(_single(whole).strip().rpartition(b"\\")[2])
        except AISBaseException:
            self.refused[Refusal.NOT_THE_FORMAT] += 1
            return
        name, number = getattr(message, "shipname", None), int(message.mmsi)
        if not isinstance(name, str) or not name.strip("@ ") or not 0 < number <= 999_999_999:
            return
        key = identity(Naming.MMSI, number)
        if key in self.names or len(self.names) < MOST_NAMES:
            self.names[key] = name.strip("@ ")

    # From rows to reports

    def _reports(self, rows: Longs, received: Millis) -> Reports:
        columns = {column: rows[:, column] for column in Column}
        kind, second = columns[Column.TYPE], columns[Column.SECOND]
        aircraft, far = kind == 9, kind == 27
        mmsi = columns[Column.MMSI]
        named = (mmsi > 0) & (mmsi <= 999_999_999)
        longitude, latitude = columns[Column.LONGITUDE], columns[Column.LATITUDE]
        placed = (longitude != 181 * 600_000) & (latitude != 91 * 600_000)
        placed &= second != _INOPERATIVE
        metres = np.where(columns[Column.ACCURATE] != 0, GNSS_CORRECTED_M, GNSS_M)
        metres = metres + np.where(far, LONG_RANGE_M, 0)
        barometric = np.where(
            columns[Column.BAROMETRIC] == 1,
            HeightReference.STANDARD_PRESSURE,
            HeightReference.MEAN_SEA_LEVEL,
        )
        at = self._times(second, columns[Column.TAG], received)
        return sift(
            self.refused,
            self._source,
            None if self._replay else received,
            identity=np.where(named, mmsi | np.int64(Naming.MMSI << 56), 0),
            at=at.astype(np.float64),
            latitude=_said(placed, latitude, 1 / 600_000),
            longitude=_said(placed, longitude, 1 / 600_000),
            height_ft=_said(columns[Column.ALTITUDE] >= 0, columns[Column.ALTITUDE], FEET_A_METRE),
            height_reference=barometric.astype(np.uint8),
            speed_cm_s=_said(columns[Column.SPEED] >= 0, columns[Column.SPEED], CM_S_A_KNOT / 10),
            course=_said(columns[Column.COURSE] >= 0, columns[Column.COURSE], 0.1),
            climb_fpm=np.full(len(rows), UNSAID),
            accuracy_m=_said(~np.isin(second, _DERIVED), metres, 1),
            domain=np.where(aircraft, Domain.AIR, Domain.SEA).astype(np.uint8),
            replay=self._replay,
        )

    def _times(self, second: Longs, tag: Longs, received: Millis) -> Longs:
        if not self._replay:
            return times(second, tag, received)
        if self._clock < 0:
            self._clock = received
        found = np.empty(len(second), np.int64)
        second, tag = np.ascontiguousarray(second), np.ascontiguousarray(tag)
        self._clock = int(follow(second, tag, self._clock, found))
        return found


def times(second: Longs, tag: Longs, received: Millis) -> Longs:
    """When each position was taken, ms UTC: AIS gives the second of the minute only (W-S24).

    second: 0 to 59; above, it says nothing. tag: the tag block's time in ms, or -1. The time is that
    second of the minute, from 50 s before to 10 s after the tag's time or else the receipt.
    """
    heard = np.where(tag >= 0, tag, received)
    back = MINUTE_MS - EARLY_MS
    found: Longs = heard + (second * 1_000 - heard + back) % MINUTE_MS - back
    return np.where(second < 60, found, heard)


def _single(whole: _Pending) -> bytes:
    """A line with a message in one sentence, whatever number it came in."""
    tag, _, rest = whole.line.partition(b",")
    body = b"AIVDM,1,1,,," + whole.payload + b"," + rest[:1]
    line = b"!" + body + b"*%02X\n" % _checksum(body)
    return b"\\" + tag + b"*%02X\\" % _checksum(tag) + line if tag else line


def _checksum(text: bytes) -> int:
    """The exclusive or of all bytes."""
    return int(np.bitwise_xor.reduce(np.frombuffer(text, np.uint8)))


def _said(which: Bools, values: Longs, unit: float) -> Floats:
    found: Floats = np.where(which, values * unit, UNSAID)
    return found
