"""Where the items of ASTERIX records lie, found by compiled code from the tables of asterix_items.

Data blocks are category (1 octet), length (2, all of the block), records; a record is its FSPEC, whose
bits say which items follow, and these (EUROCONTROL-SPEC-0149). Nothing is read beyond a block's end.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from firebreak.formats.refusals import Refusal
from firebreak.watch.compiled import compiled
from firebreak.watch.reports import Bytes, Ints, Longs

FAULTS: Final = (Refusal.NOT_THE_FORMAT, Refusal.TRUNCATED, Refusal.UNSUPPORTED)
"""What `walk` counts, in the order of its places."""
_NOT_THE_FORMAT: Final = 0
_TRUNCATED: Final = 1
_UNSUPPORTED: Final = 2

LONGEST_SOUGHT: Final = 2_048
"""Octets of the first block that is believed in after a stream has lost its framing (W-S32)."""


@compiled
def _item(data: Bytes, pos: int, end: int, items: Ints, row: int, slots: Ints) -> int:
    """The place after an item that begins at `pos`, or -1. Notes where it, or its parts, lie."""
    form, octets, slot = int(items[row, 0]), int(items[row, 1]), int(items[row, 2])
    if slot >= 0:
        slots[slot] = pos
    if form == 1:  # FIXED
        pos += octets
    elif form == 2:  # EXTENDED
        more = 1
        while more:
            pos += octets
            if pos > end:
                return -1
            more = int(data[pos - 1]) & 1
    elif pos >= end:
        return -1
    elif form == 3:  # REPETITIVE
        pos += 1 + int(data[pos]) * octets
    elif form == 4:  # EXPLICIT, its length octet included
        if data[pos] == 0:
            return -1
        pos += int(data[pos])
    else:
        return -1
    return pos if pos <= end else -1


@compiled
def _presence(data: Bytes, pos: int, end: int, count: int) -> int:
    """The place after the octets that say what is present: no more than `count` items need, or -1."""
    for octet in range((count + 6) // 7):
        if pos + octet >= end:
            return -1
        if data[pos + octet] & 1 == 0:
            return pos + octet + 1
    return -1


@compiled
def _record(data: Bytes, pos: int, end: int, items: Ints, category: Ints, slots: Ints) -> int:
    """The place after a record, or -1. A record without any item is none."""
    first, count = int(category[0]), int(category[1])
    spec = pos
    pos = _presence(data, spec, end, count)
    if pos < 0:
        return -1
    present = 0
    for number in range(7 * (pos - spec)):
        if not int(data[spec + number // 7]) >> (7 - number % 7) & 1:
            continue
        if number >= count:
            return -1
        present += 1
        row = first + number
        if items[row, 0] != 5:
            pos = _item(data, pos, end, items, row, slots)
        else:  # COMPOUND
            inner, parts = int(items[row, 3]), int(items[row, 4])
            says = pos
            pos = _presence(data, says, end, parts)
            if pos < 0:
                return -1
            octets = pos - says
            for part in range(7 * octets):
                if not int(data[says + part // 7]) >> (7 - part % 7) & 1:
                    continue
                if part >= parts:
                    return -1
                pos = _item(data, pos, end, items, inner + part, slots)
                if pos < 0:
                    return -1
        if pos < 0:
            return -1
    return pos if present else -1


@compiled
def _block(
    data: Bytes, pos: int, end: int, items: Ints, category: Ints, places: Ints, count: int
) -> int:
    """The number of rows once a block's records are added, or -1 if they do not fill it exactly."""
    while pos < end:
        places[count, :] = -1
        pos = _record(data, pos, end, items, category, places[count])
        if pos < 0:
            return -1
        count += 1
    return count


@compiled
def walk(
    data: Bytes,
    ends: Longs,
    streamed: bool,
    seeking: bool,
    items: Ints,
    categories: Ints,
    places: Ints,
    heads: Ints,
    faults: Longs,
) -> tuple[int, int, bool]:
    """Find every record. Gives the number of records, the octets done with, and whether seeking.

    data: (n,). ends: where each datagram ends; one end for a stream. streamed: what is cut off may
    still come. seeking: the stream has lost its framing. items, categories: `packed`.
    places, shape (m, slots): filled with where each record's items lie, -1 for absent. heads: (m,),
    filled with the categories. m has room for one record in two octets. faults: (FAULTS,), added to.
    """
    count, pos = 0, 0
    for piece in range(len(ends)):
        end = int(ends[piece])
        while pos < end:
            if end - pos < 3:
                if streamed:
                    return count, pos, seeking
                faults[_TRUNCATED] += 1
                break
            # As signed numbers: of an unsigned and a signed one, a float would be made.
            category = int(np.int64(data[pos]))
            length = int(np.int64(data[pos + 1])) << 8 | int(np.int64(data[pos + 2]))
            read = categories[category, 1] > 0
            if seeking and not (read and 3 < length <= LONGEST_SOUGHT):
                pos += 1
                continue
            if category == 0 or length < 3:
                faults[_NOT_THE_FORMAT] += 1
                if not streamed:
                    break
                seeking = True
                pos += 1
                continue
            if pos + length > end:
                if streamed:
                    return count, pos, seeking
                faults[_TRUNCATED] += 1
                break
            after = count
            if read:
                after = _block(
                    data, pos + 3, pos + length, items, categories[category], places, count
                )
                if after < 0 and seeking:
                    pos += 1
                    continue
                if after < 0:
                    faults[_NOT_THE_FORMAT] += 1
                    after = count
                heads[count:after] = category
                count, seeking = after, False
            else:
                faults[_UNSUPPORTED] += 1
            pos += length
        pos = end
    return count, pos, seeking
