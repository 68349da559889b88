"""AIS lines to numbers, in compiled code: tag block, checksum, six-bit characters, fields.

Field places: ITU-R M.1371-5, annex 8; sentences and tag blocks: IEC 61162-1 and 61162-450.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np

from firebreak.formats.refusals import Refusal
from firebreak.watch.compiled import compiled
from firebreak.watch.reports import Bytes, Longs

FAULTS: Final = (
    Refusal.NOT_THE_FORMAT,
    Refusal.CHECKSUM,
    Refusal.TOO_LONG,
    Refusal.TRUNCATED,
    Refusal.UNSUPPORTED,
)
"""What `scan` counts, in the order of its places."""
_NOT_THE_FORMAT: Final = 0
_CHECKSUM: Final = 1
_TOO_LONG: Final = 2
_TRUNCATED: Final = 3
_UNSUPPORTED: Final = 4
_READ: Final = -1
_ASIDE: Final = -2
_NOTHING: Final = -3
"""A message that holds no position of a track: of a base station, a buoy, a text."""


class Column(IntEnum):
    """What `scan` finds of a message, in the units of types 1 to 3; -1 where the message does not say."""

    TYPE = 0
    MMSI = 1
    LONGITUDE = 2
    """1/10,000 minute, east positive; 181 degrees: not available."""
    LATITUDE = 3
    SPEED = 4
    """0.1 knot."""
    COURSE = 5
    """0.1 degree."""
    ACCURATE = 6
    """1: better than 10 m."""
    SECOND = 7
    """0 to 59; 60 to 63 as in the standard."""
    ALTITUDE = 8
    """Metres."""
    BAROMETRIC = 9
    TAG = 10
    """ms UTC."""


_FIELDS: Final[dict[int, dict[Column, tuple[int, int]]]] = {
    1: {
        Column.TYPE: (0, 168),
        Column.LONGITUDE: (61, 28),
        Column.LATITUDE: (89, 27),
        Column.SPEED: (50, 10),
        Column.COURSE: (116, 12),
        Column.ACCURATE: (60, 1),
        Column.SECOND: (137, 6),
    },
    9: {
        Column.TYPE: (0, 168),
        Column.LONGITUDE: (61, 28),
        Column.LATITUDE: (89, 27),
        Column.SPEED: (50, 10),
        Column.COURSE: (116, 12),
        Column.ACCURATE: (60, 1),
        Column.SECOND: (128, 6),
        Column.ALTITUDE: (38, 12),
        Column.BAROMETRIC: (134, 1),
    },
    18: {
        Column.TYPE: (0, 168),
        Column.LONGITUDE: (57, 28),
        Column.LATITUDE: (85, 27),
        Column.SPEED: (46, 10),
        Column.COURSE: (112, 12),
        Column.ACCURATE: (56, 1),
        Column.SECOND: (133, 6),
    },
    27: {
        Column.TYPE: (0, 96),
        Column.LONGITUDE: (44, 18),
        Column.LATITUDE: (62, 17),
        Column.SPEED: (79, 6),
        Column.COURSE: (85, 9),
        Column.ACCURATE: (38, 1),
    },
}
"""First bit and width of each field; at TYPE, the bits of the whole message."""


def _layouts() -> Longs:
    """Shape (28, Column, 2): `_FIELDS` for every type of position report, zero for the others."""
    table = np.zeros((28, len(Column), 2), np.int64)
    for kind, as_in in ((1, 1), (2, 1), (3, 1), (9, 9), (18, 18), (19, 18), (27, 27)):
        table[kind, Column.MMSI] = (8, 30)
        for column, place in _FIELDS[as_in].items():
            table[kind, column] = place
    table[19, Column.TYPE] = (0, 312)
    return table


_LAYOUTS: Final = _layouts()


@compiled
def _six(character: int) -> int:
    """Six bits of a character, or -1."""
    if 48 <= character < 88:
        return character - 48
    if 96 <= character < 120:
        return character - 56
    return -1


@compiled
def _bits(data: Bytes, start: int, first: int, width: int) -> int:
    """An unsigned field. start: of the payload; first: its first bit; all characters are good."""
    begin, end = first // 6, (first + width - 1) // 6
    value = 0
    for place in range(start + begin, start + end + 1):
        value = value << 6 | _six(data[place])
    return value >> (6 * (end + 1) - first - width) & ((1 << width) - 1)


@compiled
def _hexadecimal(character: int) -> int:
    if 48 <= character < 58:
        return character - 48
    if 65 <= character < 71 or 97 <= character < 103:
        return (character & 31) + 9
    return -1


@compiled
def _checksum(data: Bytes, begin: int, star: int, end: int) -> int:
    """1: the two digits after the star are the exclusive or of what is before it; 0: not; -1: none."""
    if star + 2 >= end:
        return -1
    high, low = _hexadecimal(data[star + 1]), _hexadecimal(data[star + 2])
    if high < 0 or low < 0:
        return -1
    total = 0
    for place in range(begin, star):
        total ^= int(data[place])
    return 1 if total == (high << 4 | low) else 0


@compiled
def _find(data: Bytes, begin: int, end: int, character: int) -> int:
    """The first place of a character, or the end."""
    for place in range(begin, end):
        if data[place] == character:
            return place
    return end


@compiled
def _tag_time(data: Bytes, begin: int, star: int) -> int:
    """The field `c:` of a tag block in ms: 10 digits are seconds, 13 milliseconds; else -1."""
    place = begin
    while place < star:
        end = _find(data, place, star, 44)
        if end - place > 2 and data[place] == 99 and data[place + 1] == 58:
            value = 0
            for digit in range(place + 2, end):
                if not 48 <= data[digit] < 58:
                    return -1
                value = value * 10 + int(data[digit]) - 48
                if digit - place > 15:
                    return -1
            if end - place - 2 <= 10:
                return value * 1_000
            return value if end - place - 2 == 13 else -1
        place = end + 1
    return -1


@compiled
def _message(data: Bytes, start: int, bits: int, row: Longs) -> int:
    """Fill a row from a payload of good characters. Gives _READ, _ASIDE, _NOTHING or a fault."""
    if bits < 6:
        return _TRUNCATED
    kind = _six(data[start])
    if kind == 0 or kind > 27:
        return _UNSUPPORTED
    if kind in (5, 24):
        return _ASIDE
    layout = _LAYOUTS[kind]
    if layout[0, 1] == 0:
        return _NOTHING
    if bits < layout[0, 1]:
        return _TRUNCATED
    row[0] = kind
    for column in range(1, 10):
        width = layout[column, 1]
        row[column] = _bits(data, start, layout[column, 0], width) if width else -1
    for column in range(2, 4):
        sign = layout[column, 1] - 1
        row[column] -= (row[column] >> sign) << (sign + 1)
    if row[4] == (1 << layout[4, 1]) - 1:
        row[4] = -1
    if row[5] == (511 if kind == 27 else 3600):
        row[5] = -1
    if row[8] == 4095:
        row[8] = -1
    if kind == 9:
        row[4] *= 10 if row[4] > 0 else 1  # knots
    if kind == 27:
        # 1/10 minute, knots, degrees; no second.
        row[2] *= 1_000
        row[3] *= 1_000
        row[4] *= 10 if row[4] > 0 else 1
        row[5] *= 10 if row[5] > 0 else 1
        row[7] = 60
    return _READ


@compiled
def _line(data: Bytes, begin: int, end: int, row: Longs, aside: Longs) -> int:
    """One line. Gives _READ with the row filled, _ASIDE with the sentence's place, or a fault."""
    tag = -1
    if data[begin] == 92:  # a backslash opens a tag block
        close = _find(data, begin + 1, end, 92)
        star = _find(data, begin + 1, close, 42)
        if close >= end - 1 or close != star + 3:
            return _NOT_THE_FORMAT
        if _checksum(data, begin + 1, star, close) != 1:
            return _CHECKSUM
        tag = _tag_time(data, begin + 1, star)
        begin = close + 1
    star = _find(data, begin, end, 42)
    if data[begin] != 33 and data[begin] != 36:  # ! or $
        return _NOT_THE_FORMAT
    right = _checksum(data, begin + 1, star, end)
    # Some stations put more behind the checksum, after a comma; it is not read.
    if right < 0 or (star + 3 < end and data[star + 3] != 44):
        return _NOT_THE_FORMAT
    if right == 0:
        return _CHECKSUM
    if star - begin < 7 or data[begin] != 33 or data[begin + 6] != 44:
        return _UNSUPPORTED
    if data[begin + 3] != 86 or data[begin + 4] != 68 or data[begin + 5] != 77:  # VDM
        return _UNSUPPORTED
    total_end = _find(data, begin + 7, star, 44)
    number_end = _find(data, total_end + 1, star, 44)
    sequence_end = _find(data, number_end + 1, star, 44)
    channel_end = _find(data, sequence_end + 1, star, 44)
    payload = channel_end + 1
    payload_end = _find(data, payload, star, 44)
    if total_end != begin + 8 or number_end != begin + 10 or payload_end != star - 2:
        return _NOT_THE_FORMAT
    total, number = int(data[begin + 7]) - 48, int(data[begin + 9]) - 48
    fill = int(data[star - 1]) - 48
    if not (1 <= number <= total <= 9 and 0 <= fill <= 5) or payload_end == payload:
        return _NOT_THE_FORMAT
    for place in range(payload, payload_end):
        if _six(data[place]) < 0:
            return _NOT_THE_FORMAT
    outcome = _ASIDE
    if total == 1:
        outcome = _message(data, payload, 6 * (payload_end - payload) - fill, row)
        row[10] = tag
    if outcome == _ASIDE:
        aside[0], aside[1], aside[2] = begin, star, tag
    return outcome


@compiled
def scan(data: Bytes, longest: int, rows: Longs, aside: Longs, faults: Longs) -> tuple[int, int]:
    """Read lines, ended by carriage return or line feed, and give how many of each kind were found.

    data: (n,), whole lines. longest: bytes of a line. rows: (m, Column), filled with positions.
    aside: (m, 3), filled with begin, star and tag time of sentences of several parts and with names.
    faults: (FAULTS,), added to. rows and aside must have room for one line in 30 and in 18 bytes.
    """
    count, left, begin = 0, 0, 0
    for end in range(len(data)):
        if data[end] != 10 and data[end] != 13:
            continue
        if end - begin > longest:
            faults[_TOO_LONG] += 1
        elif end > begin:
            outcome = _line(data, begin, end, rows[count], aside[left])
            if outcome == _READ:
                count += 1
            elif outcome == _ASIDE:
                left += 1
            elif outcome >= 0:
                faults[outcome] += 1
        begin = end + 1
    return count, left


@compiled
def follow(second: Longs, tag: Longs, clock: int, times: Longs) -> int:
    """Fill in the times of a recording's reports, in ms UTC, and give the recording's clock after them.

    second, tag: as in `Column`. Each second is put to the minute nearest to the clock, and draws it
    along: by 10 s at most, and back by 5 s, so that a ship whose clock is wrong does not lead it away
    from the others (W-S25).
    """
    for place in range(len(second)):
        if tag[place] >= 0:
            clock = tag[place]
        times[place] = clock
        if second[place] < 60:
            off = (second[place] * 1_000 - clock + 30_000) % 60_000 - 30_000
            times[place] = clock + off
            if tag[place] < 0:
                clock += min(max(off, -5_000), 10_000)
    return clock
