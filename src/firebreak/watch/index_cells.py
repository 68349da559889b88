"""Where the index of notices keeps its entries: hash tables, cells of space and time, a heap.

Everything is in arrays that the caller makes large enough beforehand; nothing here allocates.
Source: spec/watch.md, Index of notices (W-X5).
"""

import math
from typing import Any, Final

from llvmlite import ir  # type: ignore[import-untyped] # it has no types
from numba.core import types
from numba.extending import intrinsic

from firebreak.volumes.geodesic import POLAR_RADIUS
from firebreak.watch.compiled import compiled
from firebreak.watch.reports import Ints, Longs

NONE: Final = -1

# Columns of the small state, an array of whole numbers.
SLOTS: Final = 0
"""Slots ever used; those given back form a list from FREE_SLOT."""
FREE_SLOT: Final = 1
LIVE: Final = 2
CHUNKS: Final = 3
FREE_CHUNK: Final = 4
BLOCKS: Final = 5
FREE_BLOCK: Final = 6
CELLS: Final = 7
STATE_COLUMNS: Final = 8

# Columns of a slot, 32 bits wide: one notice, on one line of the processor's cache.
START: Final = 0
"""Two columns, as END: see `long_at`."""
END: Final = 2
RADIUS: Final = 4
"""Of the ball round the core, cm, rounded up."""
INNER: Final = 5
"""Of what is certainly inside, cm, rounded down, or NONE."""
BUFFER: Final = 6
CENTRE: Final = 7
"""Three columns, earth-centred cm."""
LOWER: Final = 10
"""Tenths of a millimetre over the limit's own reference, as UPPER."""
UPPER: Final = 11
CODES: Final = 12
"""Kind, and four bits each for the lower and the upper limit's unit and reference."""
ROWS: Final = 13
RINGS: Final = 14
"""Of a circle its longitude."""
BLOCK: Final = 15
"""First block of vertices; of a circle its latitude."""
SLOT_COLUMNS: Final = 16

# Columns of a slot, 64 bits wide: what only a change and an answer need.
KEY: Final = 0
CELL: Final = 1
ENTRY: Final = 2
"""Of a slot given back: the next such slot."""
HEAP: Final = 3
SPINE: Final = 4
"""Two columns, two numbers in each: half of the spine, earth-centred cm, and its share in 1/2^16."""
WIDTHS: Final = 6
"""The wide and the narrow one of the spine, cm; 0: there is no spine."""
LONG_COLUMNS: Final = 8
"""One more than is used: a line of the processor's cache."""

# Columns of an entry: what is looked at before a slot is, never narrower than the volume. In a chunk
# the sixteen numbers of one column stand together, on one line of the processor's cache.
SLOT: Final = 0
SPAN: Final = 1
"""From (7 bits) and until (8) in 1/64 of a step from the cell's own step on; lowest and highest
(7 each) in 200 m; the reference of these (3)."""
PLACE: Final = 2
"""x and y, 16 bits each, in the cell's unit, less what overflows."""
REACH: Final = 3
"""z likewise, and the reach in the same unit."""
ENTRY_COLUMNS: Final = 4
CHUNK: Final = 16
"""Places in a chunk; entry i is in the i % 16th of chunk i // 16. The last place holds none."""
HELD: Final = 15
"""In PLACE the last place says how many entries the chunk holds."""
NEXT: Final = 15
"""In SPAN it says which chunk of the same cell, or which free one, comes next."""

# A block is the number of the next one and seven positions: one line of the processor's cache.
BLOCK_ROWS: Final = 7
BLOCK_COLUMNS: Final = 16

# Columns of a group: all cells of one size and one length of time.
COUNT: Final = 0
WIDEST: Final = 1
"""The greatest reach ever in it, dm; the longest window; the first and the last step of time."""
LONGEST: Final = 2
FIRST: Final = 3
LAST: Final = 4
THROUGH: Final = 5
"""Set while a search is to go through the whole table for this group."""
GROUP_COLUMNS: Final = 6

LEVELS: Final = 9
"""Cells of 90 degrees of arc, and half as wide each, to 0.35: 10,000 km to 40 km."""
LENGTHS: Final = 25
"""Steps of 4.7 hours, and twice as long each."""
GROUPS: Final = LEVELS * LENGTHS
"""After them a row for each level, whose FIRST and LAST are lengths, and six that a search uses."""
GROUP_ROWS: Final = GROUPS + LEVELS + 6
_SHORTEST_BITS: Final = 24
_STEP_PARTS: Final = 6
"""An entry's times are in units of a step over 2^6: of the shortest 262 s."""
_COARSEST_UNIT: Final = 15
"""An entry's place at level 0 is in units of 2^15 dm, and half as long at each level."""

_SPREAD: Final = -7046029254386353131
_QUARTER: Final = math.pi / 4
_CORNER: Final = 0.9553166181245093
"""From a face's middle to its corners, as seen from the earth's centre: 54.7 degrees."""


def _fetch(typing_context: Any, array: Any, number: Any) -> Any:
    """As `numba.extending.intrinsic` wants it: the call's types, and what writes its code."""

    def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(array)(context, builder, arguments[0]).data
        place = builder.bitcast(builder.gep(data, [arguments[1]]), ir.IntType(8).as_pointer())
        word = ir.IntType(32)
        form = ir.FunctionType(ir.VoidType(), [place.type, word, word, word])
        function = builder.module.declare_intrinsic("llvm.prefetch", [place.type], form)
        builder.call(function, [place, word(0), word(3), word(1)])  # to read, and to keep near
        return context.get_dummy_value()

    return types.void(array, types.int64), write


fetch: Any = intrinsic(_fetch)
"""fetch(array, i) asks for the cache line with number i of an array, counted through all its rows,
and does not wait for it. The memory is slow; lines asked for in a row come side by side."""


@compiled
def long_at(slots: Ints, slot: int, column: int) -> int:
    """A whole number of 64 bits in two columns."""
    number: int = slots[slot, column + 1] << 32 | slots[slot, column] & 0xFFFFFFFF
    return number


@compiled
def put_long(slots: Ints, slot: int, column: int, value: int) -> None:
    """Set such a number."""
    slots[slot, column] = value & 0xFFFFFFFF
    slots[slot, column + 1] = value >> 32


@compiled
def pair(first: int, second: int) -> int:
    """Two whole numbers of 32 bits in one."""
    return first << 32 | second & 0xFFFFFFFF


@compiled
def second_of(both: int) -> int:
    """The second of a pair; the first is both >> 32."""
    return ((both & 0xFFFFFFFF) ^ 0x80000000) - 0x80000000


@compiled
def home_of(key: int, mask: int) -> int:
    """Where a key belongs; four in a row share a line of the processor's cache."""
    four = key >> 2
    return ((((four ^ (four >> 31)) * _SPREAD) >> 22) & ~3 | (key & 3)) & mask


@compiled
def place_of(table: Longs, key: int) -> int:
    """The row of a key in a hash table of rows (key, value), or NONE."""
    mask = len(table) - 1
    at = home_of(key, mask)
    while True:
        found = table[at, 0]
        if found == key:
            return at
        if found == NONE:
            return NONE
        at = (at + 1) & mask


@compiled
def put_value(table: Longs, key: int, value: int) -> None:
    """Set a key's value; the table must have room."""
    mask = len(table) - 1
    at = home_of(key, mask)
    while table[at, 0] != NONE and table[at, 0] != key:
        at = (at + 1) & mask
    table[at, 0] = key
    table[at, 1] = value


@compiled
def take_out(table: Longs, at: int) -> None:
    """Remove the row `at`, and move up those that were put further down for it."""
    mask = len(table) - 1
    hole = at
    while True:
        at = (at + 1) & mask
        key = table[at, 0]
        if key == NONE:
            break
        home = home_of(key, mask)
        if (at - home) & mask >= (at - hole) & mask:
            table[hole, 0] = key
            table[hole, 1] = table[at, 1]
            hole = at
    table[hole, 0] = NONE


@compiled
def rehash(old: Longs, new: Longs) -> None:
    """Move every row into a table that is empty."""
    new[:, 0] = NONE
    for row in range(len(old)):
        if old[row, 0] != NONE:
            put_value(new, old[row, 0], old[row, 1])


@compiled
def angle_of(chord: float) -> float:
    """More than the angle, at the earth's centre, between points so many metres apart through it."""
    return 2 * math.asin(min(1.0, chord / (2 * POLAR_RADIUS))) + 1e-9


@compiled
def level_of(reach: float) -> int:
    """The finest level whose cells are at least twice as wide as this reach in metres."""
    angle = 2 * angle_of(reach)
    level = 0
    size = math.pi / 2
    while level < LEVELS - 1 and size / 2 >= angle:
        size /= 2
        level += 1
    return level


@compiled
def length_of(duration: int) -> int:
    """The shortest length of step that is no shorter than half of this, in ms."""
    length = 0
    while duration > 2 << (_SHORTEST_BITS + length):
        length += 1
    return length


@compiled
def step_bits(group: int) -> int:
    """How many bits of a time in ms a step of this group leaves away."""
    return _SHORTEST_BITS + group % LENGTHS


@compiled
def part_bits(group: int) -> int:
    """The same of the units of time in which this group's entries are."""
    return _SHORTEST_BITS - _STEP_PARTS + group % LENGTHS


@compiled
def unit_bits(group: int) -> int:
    """How many bits of a length in dm the places of this group's entries leave away."""
    return _COARSEST_UNIT - group // LENGTHS


@compiled
def cells_across(group: int) -> int:
    """Cells along the edge of a face."""
    return 1 << (group // LENGTHS)


@compiled
def cell_number(angle: float, across: int) -> int:
    """The cell along one edge of a face that holds an angle from -45 to 45 degrees."""
    number = math.floor((angle + _QUARTER) / (2 * _QUARTER) * across)
    return min(max(number, 0), across - 1)


@compiled
def cell_key(group: int, face: int, column: int, row: int, step: int) -> int:
    """All of them in one whole number."""
    return (((group * 6 + face) * 1024 + column) * 1024 + row) << 26 | step


@compiled
def group_of_key(key: int) -> int:
    """The group of a cell."""
    return (key >> 46) // 6


@compiled
def cell_of(group: int, x: float, y: float, z: float, start: int) -> int:
    """The cell of this group in which a centre and a start of time lie.

    Space is six faces, as of a cube round the earth: no pole and no antimeridian among them.
    """
    ax, ay, az = abs(x), abs(y), abs(z)
    if ax >= ay and ax >= az:
        axis, w, u, v = 0, x, y, z
    elif ay >= az:
        axis, w, u, v = 1, y, z, x
    else:
        axis, w, u, v = 2, z, x, y
    across = cells_across(group)
    column = cell_number(math.atan2(u, abs(w)), across)
    row = cell_number(math.atan2(v, abs(w)), across)
    face = axis + (3 if w < 0.0 else 0)
    return cell_key(group, face, column, row, start >> step_bits(group))


@compiled
def face_span(along: float, out: float, aside: float, angle: float) -> tuple[float, float]:
    """From and to which angle on a face a cap of this angular radius reaches; (1, -1): nowhere.

    along, out, aside: its centre's direction along the face's angle, out of the face, and along
    the other angle.
    """
    middle = math.atan2(along, out)
    level = math.sqrt(max(0.0, 1 - aside * aside))
    wide = math.pi
    if angle < math.pi / 2 and math.sin(angle) < level:
        wide = math.asin(math.sin(angle) / level) + 1e-9
    low, high = middle - wide, middle + wide
    if high > 7 * _QUARTER or low < -7 * _QUARTER:
        return -_QUARTER, _QUARTER
    if high < -_QUARTER or low > _QUARTER:
        return 1.0, -1.0
    return max(low, -_QUARTER), min(high, _QUARTER)


@compiled
def least_out(angle: float) -> float:
    """How far out of a face the centre of a cap of this angular radius must lie to meet the face."""
    limit = _CORNER + angle + 1e-9
    return math.cos(limit) if limit < math.pi else -2.0


@compiled
def _count(groups: Longs, row: int, number: int) -> None:
    """One more of a group in this step, or of a level of this length."""
    if groups[row, COUNT] == 0:
        groups[row, WIDEST] = 0
        groups[row, LONGEST] = 0
        groups[row, FIRST] = number
        groups[row, LAST] = number
    groups[row, COUNT] += 1
    groups[row, FIRST] = min(groups[row, FIRST], number)
    groups[row, LAST] = max(groups[row, LAST], number)


@compiled
def add_entry(
    state: Longs, table: Longs, entries: Ints, longs: Longs, groups: Longs, slot: int
) -> int:
    """A new entry for a slot, whose CELL says where; its row. The caller fills it in."""
    key = longs[slot, CELL]
    at = place_of(table, key)
    chunk = table[at, 1] if at != NONE else NONE
    if at == NONE:
        state[CELLS] += 1
    if chunk == NONE or entries[chunk, PLACE, HELD] == CHUNK - 1:
        fresh = state[FREE_CHUNK]
        if fresh == NONE:
            fresh = state[CHUNKS]
            state[CHUNKS] += 1
        else:
            state[FREE_CHUNK] = entries[fresh, SPAN, NEXT]
        entries[fresh, SPAN, NEXT] = chunk
        entries[fresh, PLACE, HELD] = 0
        chunk = fresh
        put_value(table, key, chunk)
    row: int = chunk * CHUNK + entries[chunk, PLACE, HELD]
    entries[chunk, PLACE, HELD] += 1
    longs[slot, ENTRY] = row
    group = group_of_key(key)
    _count(groups, group, key & ((1 << 26) - 1))
    _count(groups, GROUPS + group // LENGTHS, group % LENGTHS)
    return row


@compiled
def drop_entry(
    state: Longs,
    table: Longs,
    entries: Ints,
    longs: Longs,
    groups: Longs,
    slot: int,
) -> None:
    """Remove a slot's entry; the last of its cell takes its place."""
    key = longs[slot, CELL]
    at = place_of(table, key)
    chunk = table[at, 1]
    entries[chunk, PLACE, HELD] -= 1
    row, last = longs[slot, ENTRY], chunk * CHUNK + entries[chunk, PLACE, HELD]
    if row != last:
        for column in range(ENTRY_COLUMNS):
            moved = entries[chunk, column, last % CHUNK]
            entries[row // CHUNK, column, row % CHUNK] = moved
        longs[entries[chunk, SLOT, last % CHUNK], ENTRY] = row
    if entries[chunk, PLACE, HELD] == 0:
        following = entries[chunk, SPAN, NEXT]
        entries[chunk, SPAN, NEXT] = state[FREE_CHUNK]
        state[FREE_CHUNK] = chunk
        if following == NONE:
            take_out(table, at)
            state[CELLS] -= 1
        else:
            table[at, 1] = following
    group = group_of_key(key)
    groups[group, COUNT] -= 1
    groups[GROUPS + group // LENGTHS, COUNT] -= 1


@compiled
def _settle(heap: Longs, longs: Longs, at: int, end: int, slot: int) -> None:
    heap[at, 0] = end
    heap[at, 1] = slot
    longs[slot, HEAP] = at


@compiled
def sift(heap: Longs, size: int, longs: Longs, at: int, end: int, slot: int) -> None:
    """Put a slot with this end at or near place `at` of the heap, the earliest end on top."""
    while at > 0:
        parent = (at - 1) >> 1
        if heap[parent, 0] <= end:
            break
        _settle(heap, longs, at, heap[parent, 0], heap[parent, 1])
        at = parent
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1, 0] < heap[child, 0]:
            child += 1
        if heap[child, 0] >= end:
            break
        _settle(heap, longs, at, heap[child, 0], heap[child, 1])
        at = child
    _settle(heap, longs, at, end, slot)


@compiled
def drop_from_heap(heap: Longs, size: int, longs: Longs, slot: int) -> None:
    """Remove a slot from the heap, which has `size` with it."""
    at = longs[slot, HEAP]
    last = size - 1
    if at != last:
        sift(heap, last, longs, at, heap[last, 0], heap[last, 1])
