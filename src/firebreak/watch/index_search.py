"""The compiled work of the index of notices: take in, take out, look up (W-X4, W-X5)."""

import math
from typing import Final

from firebreak.watch.compiled import compiled
from firebreak.watch.index_cells import (
    BLOCK,
    BLOCK_COLUMNS,
    BLOCK_ROWS,
    BLOCKS,
    BUFFER,
    CELL,
    CENTRE,
    CHUNK,
    CODES,
    COUNT,
    END,
    ENTRY,
    ENTRY_COLUMNS,
    FIRST,
    FREE_BLOCK,
    FREE_SLOT,
    GROUPS,
    HELD,
    INNER,
    KEY,
    LAST,
    LENGTHS,
    LEVELS,
    LIVE,
    LONG_COLUMNS,
    LONGEST,
    LOWER,
    NEXT,
    NONE,
    PLACE,
    RADIUS,
    REACH,
    RINGS,
    ROWS,
    SLOT,
    SLOT_COLUMNS,
    SLOTS,
    SPAN,
    SPINE,
    START,
    THROUGH,
    UPPER,
    WIDEST,
    WIDTHS,
    add_entry,
    angle_of,
    cell_key,
    cell_number,
    cell_of,
    cells_across,
    drop_entry,
    drop_from_heap,
    face_span,
    fetch,
    group_of_key,
    home_of,
    least_out,
    length_of,
    level_of,
    long_at,
    pair,
    part_bits,
    place_of,
    put_long,
    put_value,
    second_of,
    sift,
    step_bits,
    take_out,
    unit_bits,
)
from firebreak.watch.index_geometry import (
    CIRCLE,
    CLEAR,
    MEET,
    POLYGON,
    ROUNDING_M,
    UNSURE,
    apart2,
    arc_at_least,
    arc_at_most,
    edge_to_edge,
    edges_certainly_sound,
    from_centre,
    lifted,
    make_shape,
    measure,
    ring_certainly_sound,
    spine,
)
from firebreak.watch.reports import Bools, Floats, Ints, Longs

# Columns of what is put, 32 bits wide: a row for each volume.
PUT_KIND: Final = 0
PUT_ROWS: Final = 1
PUT_RINGS: Final = 2
PUT_BUFFER: Final = 3
PUT_LOWER: Final = 4
PUT_LOWER_CODE: Final = 5
PUT_UPPER: Final = 6
PUT_UPPER_CODE: Final = 7
PUT_COLUMNS: Final = 8
# And 64 bits wide.
PUT_KEY: Final = 0
PUT_START: Final = 1
PUT_END: Final = 2
PUT_FIRST: Final = 3
"""The first of its rows of positions."""
MADE_COLUMNS: Final = 11
"""Of what is measured on each: see `prepare`."""

NO_LIMIT: Final = 15
"""Instead of a unit and a reference: unit * 4 + reference."""
_FEET: Final = 1
_FLIGHT_LEVEL: Final = 2 * 4 + 3
_METRE: Final = 10_000
_ANY: Final = 4
"""Instead of a reference, of a band whose heights an entry cannot tell."""
_BAND_UNIT: Final = 200 * _METRE
_BAND_FROM: Final = -10
_BAND_TO: Final = 117
UNKNOWN: Final = 0
"""What is known of a volume asked for: that its positions are of `int` or `bool`;"""
WHOLE: Final = 1
"""that all its numbers are of `int`;"""
SOUND: Final = 2
"""that it is sound."""
LATEST_MS: Final = 253_402_300_799_999


@compiled
def limit_is_sound(value: int, code: int) -> bool:
    """Whether a height's value, unit and reference go together (values.Height)."""
    if code == NO_LIMIT:
        return True
    if code < 0 or code > _FLIGHT_LEVEL:
        return False
    if code >> 2 == 2 or code & 3 == 3:
        return code == _FLIGHT_LEVEL and -10 <= value <= 999
    return -20_000 <= value <= 200_000


@compiled
def tenths(value: int, code: int) -> int:
    """A height over its own reference in tenths of a millimetre; 0 where there is no limit."""
    if code == NO_LIMIT:
        return 0
    unit = code >> 2
    return value * (304_800 if unit == 2 else 3_048 if unit == _FEET else _METRE)


@compiled
def least_height(height: int, code: int) -> int:
    """The lowest over the ellipsoid that a height may lie, in tenths of a millimetre.

    As volumes.heights; a test compares them.
    """
    reference = code & 3
    if reference == 0:
        return height
    if reference == 2:
        height -= 450 * _METRE
    elif reference == 3:
        over = height - 1_500 * _METRE
        height = min(over * 3 // 4, over * 6 // 5)
    return height - 107 * _METRE


@compiled
def greatest_height(height: int, code: int) -> int:
    """The highest, likewise."""
    reference = code & 3
    if reference == 0:
        return height
    if reference == 2:
        height += 8_900 * _METRE
    elif reference == 3:
        over = height + 650 * _METRE
        height = max(-(-over * 3 // 4), -(-over * 6 // 5))
    return height + 86 * _METRE


@compiled
def below(lower: int, lower_code: int, upper: int, upper_code: int) -> bool:
    """Whether a lower limit is not certainly above an upper one: exactly as volumes.heights."""
    if NO_LIMIT in (lower_code, upper_code):
        return True
    if lower_code & 3 == upper_code & 3:
        return lower <= upper
    return least_height(lower, lower_code) <= greatest_height(upper, upper_code)


@compiled
def band_reference(lower_code: int, upper_code: int) -> int:
    """The reference that both limits of a band share, or _ANY."""
    if lower_code == NO_LIMIT:
        return _ANY if upper_code == NO_LIMIT else upper_code & 3
    if upper_code == NO_LIMIT or lower_code & 3 == upper_code & 3:
        return lower_code & 3
    return _ANY


@compiled
def lowest_of(lower: int, lower_code: int) -> int:
    """A lower limit in the units of an entry, 0 to 127, rounded down; those beyond are made equal."""
    if lower_code == NO_LIMIT:
        return 0
    return min(max(lower // _BAND_UNIT, _BAND_FROM), _BAND_TO) - _BAND_FROM


@compiled
def highest_of(upper: int, upper_code: int) -> int:
    """An upper limit likewise, and rounded down too: 'not above' stays true."""
    if upper_code == NO_LIMIT:
        return _BAND_TO - _BAND_FROM
    return min(max(upper // _BAND_UNIT, _BAND_FROM), _BAND_TO) - _BAND_FROM


@compiled
def metres_up(value: float) -> int:
    """Decimetres that are certainly no less than so many metres."""
    return math.ceil(value * 10.0) + 5


@compiled
def prepare(
    shorts: Ints,
    longs: Longs,
    rows: Ints,
    trusted: Bools,
    made: Floats,
    points: Floats,
    starts: Longs,
) -> int:
    """Measure volumes that certainly keep all rules of spec/volume.md, or are trusted to.

    made: (n, 11) centre, radius, inner radius and `spine`; radius NaN where the volume must be
    checked first. Gives how many must be.
    """
    doubtful = 0
    for number in range(len(shorts)):
        kind, count = shorts[number, PUT_KIND], shorts[number, PUT_ROWS]
        rings, buffer_m = shorts[number, PUT_RINGS], shorts[number, PUT_BUFFER]
        first = longs[number, PUT_FIRST]
        sound = trusted[number]
        made[number, 3] = math.nan
        if not sound:
            lower, upper = shorts[number, PUT_LOWER], shorts[number, PUT_UPPER]
            lower_code = shorts[number, PUT_LOWER_CODE]
            upper_code = shorts[number, PUT_UPPER_CODE]
            sound = (
                0 <= longs[number, PUT_START] < longs[number, PUT_END] <= LATEST_MS
                and limit_is_sound(lower, lower_code)
                and limit_is_sound(upper, upper_code)
                and below(
                    tenths(lower, lower_code), lower_code, tenths(upper, upper_code), upper_code
                )
                and rings == 1
                and 1 <= count <= 2_000
            )
            if sound:
                for row in range(first, first + count):
                    if abs(rows[0, row]) > 900_000_000 or not (
                        -1_800_000_000 <= rows[1, row] < 1_800_000_000
                    ):
                        sound = False
            if not sound:
                doubtful += 1
                continue
        slack = make_shape(rows, first, count, rings, kind, points, starts)
        if not trusted[number] and not edges_certainly_sound(
            count, rings, kind, buffer_m, points, starts
        ):
            doubtful += 1
            continue
        x, y, z, radius, inner = measure(kind, points, starts, rings, slack, float(buffer_m))
        if not (
            trusted[number]
            or kind != POLYGON
            or ring_certainly_sound(points, starts[1] - 1, x, y, z, radius, inner, slack)
        ):
            doubtful += 1
            continue
        made[number, 0], made[number, 1], made[number, 2] = x, y, z
        made[number, 3], made[number, 4] = radius, inner
        made[number, 5:] = 0.0
        if kind == POLYGON and rings == 1:
            half_x, half_y, half_z, wide, share, narrow = spine(
                points, starts, x, y, z, radius, inner, slack
            )
            made[number, 5], made[number, 6], made[number, 7] = half_x, half_y, half_z
            made[number, 8], made[number, 9], made[number, 10] = wide, share, narrow
    return doubtful


@compiled
def _free(
    state: Longs,
    slots: Ints,
    longs: Longs,
    entries: Ints,
    cells: Longs,
    groups: Longs,
    blocks: Ints,
    heap: Longs,
    slot: int,
) -> None:
    """Take a slot's entry, its place in the heap and its blocks; not the slot itself."""
    drop_entry(state, cells, entries, longs, groups, slot)
    drop_from_heap(heap, state[LIVE], longs, slot)
    state[LIVE] -= 1
    if slots[slot, CODES] & 15 != CIRCLE:
        first = slots[slot, BLOCK]
        last = first
        while blocks[last, 0] != NONE:
            last = blocks[last, 0]
        blocks[last, 0] = state[FREE_BLOCK]
        state[FREE_BLOCK] = first


@compiled
def _store_rows(state: Longs, blocks: Ints, rows: Ints, first: int, count: int) -> int:
    """Copy positions into blocks; the first block."""
    head, before = NONE, NONE
    for at in range(count):
        if at % BLOCK_ROWS == 0:
            block = state[FREE_BLOCK]
            if block == NONE:
                block = state[BLOCKS]
                state[BLOCKS] += 1
            else:
                state[FREE_BLOCK] = blocks[block, 0]
            blocks[block, 0] = NONE
            if before == NONE:
                head = block
            else:
                blocks[before, 0] = block
            before = block
        column = 1 + 2 * (at % BLOCK_ROWS)
        blocks[before, column] = rows[0, first + at]
        blocks[before, column + 1] = rows[1, first + at]
    return head


@compiled
def load_rows(slots: Ints, blocks: Ints, slot: int, rows: Ints) -> None:
    """Copy a slot's positions, ring sizes before them if it has several rings, into rows."""
    if slots[slot, CODES] & 15 == CIRCLE:
        rows[0, 0] = slots[slot, BLOCK]
        rows[1, 0] = slots[slot, RINGS]
        return
    block = slots[slot, BLOCK]
    column = 1
    for at in range(slots[slot, ROWS]):
        if column > 2 * BLOCK_ROWS:
            block = blocks[block, 0]
            column = 1
        rows[0, at] = blocks[block, column]
        rows[1, at] = blocks[block, column + 1]
        column += 2


@compiled
def take_in(
    shorts: Ints,
    put_longs: Longs,
    rows: Ints,
    made: Floats,
    state: Longs,
    slots: Ints,
    longs: Longs,
    entries: Ints,
    cells: Longs,
    keys: Longs,
    groups: Longs,
    blocks: Ints,
    heap: Longs,
) -> None:
    """Insert or amend prepared volumes. All arrays must have room for them."""
    for number in range(len(shorts)):
        key = put_longs[number, PUT_KEY]
        known = place_of(keys, key)
        if known != NONE:
            slot = keys[known, 1]
            _free(state, slots, longs, entries, cells, groups, blocks, heap, slot)
        else:
            slot = state[FREE_SLOT]
            if slot == NONE:
                slot = state[SLOTS]
                state[SLOTS] += 1
            else:
                state[FREE_SLOT] = longs[slot, ENTRY]
            put_value(keys, key, slot)
        _fill(shorts, put_longs, rows, made, number, state, slots, longs, blocks, slot)
        reach = made[number, 3] + shorts[number, PUT_BUFFER]
        start, end = put_longs[number, PUT_START], put_longs[number, PUT_END]
        group = level_of(reach) * LENGTHS + length_of(end - start)
        x, y, z = made[number, 0], made[number, 1], made[number, 2]
        longs[slot, CELL] = cell_of(group, x, y, z, start)
        row = add_entry(state, cells, entries, longs, groups, slot)
        lower_code, upper_code = shorts[number, PUT_LOWER_CODE], shorts[number, PUT_UPPER_CODE]
        chunk, at = row // CHUNK, row % CHUNK
        entries[chunk, SLOT, at] = slot
        parts, units = part_bits(group), unit_bits(group)
        begun = start >> step_bits(group) << (step_bits(group) - parts)
        entries[chunk, SPAN, at] = (
            (start >> parts) - begun
            | (((end - 1) >> parts) - begun) << 7
            | lowest_of(slots[slot, LOWER], lower_code) << 15
            | highest_of(slots[slot, UPPER], upper_code) << 22
            | band_reference(lower_code, upper_code) << 29
        )
        reach_dm = metres_up(reach)
        entries[chunk, PLACE, at] = (int(x * 10.0) >> units) & 0xFFFF | int(y * 10.0) >> units << 16
        entries[chunk, REACH, at] = (int(z * 10.0) >> units) & 0xFFFF | -(-reach_dm >> units) << 16
        for widened in (group, GROUPS + group // LENGTHS):
            groups[widened, WIDEST] = max(groups[widened, WIDEST], reach_dm)
            groups[widened, LONGEST] = max(groups[widened, LONGEST], end - start)
        state[LIVE] += 1
        sift(heap, state[LIVE], longs, state[LIVE] - 1, end, slot)


@compiled
def _fill(
    shorts: Ints,
    put_longs: Longs,
    rows: Ints,
    made: Floats,
    number: int,
    state: Longs,
    slots: Ints,
    longs: Longs,
    blocks: Ints,
    slot: int,
) -> None:
    """A slot's own columns and its positions."""
    kind, count = shorts[number, PUT_KIND], shorts[number, PUT_ROWS]
    lower_code, upper_code = shorts[number, PUT_LOWER_CODE], shorts[number, PUT_UPPER_CODE]
    first = put_longs[number, PUT_FIRST]
    longs[slot, KEY] = put_longs[number, PUT_KEY]
    put_long(slots, slot, START, put_longs[number, PUT_START])
    put_long(slots, slot, END, put_longs[number, PUT_END])
    slots[slot, RADIUS] = math.ceil(made[number, 3] * 100.0) + 2
    inner = made[number, 4]
    slots[slot, INNER] = math.floor(inner * 100.0) - 2 if inner > 1.0 else NONE
    slots[slot, BUFFER] = shorts[number, PUT_BUFFER]
    for axis in range(3):
        slots[slot, CENTRE + axis] = round(made[number, axis] * 100.0)
    half_x, half_y = round(made[number, 5] * 100.0), round(made[number, 6] * 100.0)
    half_z, share = round(made[number, 7] * 100.0), math.floor(made[number, 9] * 65_536.0)
    longs[slot, SPINE] = pair(half_x, half_y)
    longs[slot, SPINE + 1] = pair(half_z, share)
    wide, narrow = math.ceil(made[number, 8] * 100.0), math.floor(made[number, 10] * 100.0)
    longs[slot, WIDTHS] = pair(wide, narrow)
    slots[slot, LOWER] = tenths(shorts[number, PUT_LOWER], lower_code)
    slots[slot, UPPER] = tenths(shorts[number, PUT_UPPER], upper_code)
    slots[slot, CODES] = kind | lower_code << 4 | upper_code << 8
    slots[slot, ROWS] = count
    slots[slot, RINGS] = shorts[number, PUT_RINGS]
    if kind == CIRCLE:
        slots[slot, BLOCK] = rows[0, first]
        slots[slot, RINGS] = rows[1, first]
    else:
        slots[slot, BLOCK] = _store_rows(state, blocks, rows, first, count)


@compiled
def take_away(
    gone: Longs,
    state: Longs,
    slots: Ints,
    longs: Longs,
    entries: Ints,
    cells: Longs,
    keys: Longs,
    groups: Longs,
    blocks: Ints,
    heap: Longs,
) -> int:
    """Remove these keys; how many were there. A key that is not there is passed over."""
    removed = 0
    for number in range(len(gone)):
        at = place_of(keys, gone[number])
        if at == NONE:
            continue
        slot = keys[at, 1]
        take_out(keys, at)
        _free(state, slots, longs, entries, cells, groups, blocks, heap, slot)
        longs[slot, ENTRY] = state[FREE_SLOT]
        state[FREE_SLOT] = slot
        removed += 1
    return removed


@compiled
def earliest(now: int, state: Longs, longs: Longs, heap: Longs, groups: Longs, found: Longs) -> int:
    """The keys of volumes whose window has ended by now, up to as many as found can take.

    No notice that stays started two steps before now or earlier, so the steps to look at are fewer.
    """
    # The heap is walked from the top; `found` itself holds the places yet to be walked.
    count, walked = 0, 0
    if state[LIVE] > 0 and heap[0, 0] <= now:
        found[0] = 0
        count = 1
    while walked < count:
        at = found[walked]
        for child in range(2 * at + 1, min(2 * at + 3, state[LIVE])):
            if heap[child, 0] <= now and count < len(found):
                found[count] = child
                count += 1
        walked += 1
    for number in range(count):
        found[number] = longs[heap[found[number], 1], KEY]
    for group in range(GROUPS):
        bits = step_bits(group)
        if count < len(found) and now >> bits > 2:
            groups[group, FIRST] = max(groups[group, FIRST], (now >> bits) - 2)
    return count


@compiled
def _fetch_chunk(entries: Ints, chunk: int) -> None:
    """Ask for what is looked at of every entry."""
    for column in range(SPAN, ENTRY_COLUMNS):
        fetch(entries, (chunk * ENTRY_COLUMNS + column) * CHUNK)


@compiled
def _gather(
    queue: Longs,
    queued: int,
    state: Longs,
    cells: Longs,
    entries: Ints,
    start: int,
    end: int,
    reference: int,
    low: int,
    high: int,
    px: int,
    py: int,
    pz: int,
    own_reach: int,
    candidates: Longs,
    count: int,
) -> int:
    """Add the queued cells' entries that may conflict; the new count, beyond the array too.

    queue: (2, …) the cells' keys, and room. The memory is slow and the work little: so all rows of
    one kind are fetched before any is looked at.
    """
    mask = len(cells) - 1
    for number in range(queued):
        fetch(cells, 2 * home_of(queue[0, number], mask))
    waiting = 0
    for number in range(queued):
        at = place_of(cells, queue[0, number])
        if at != NONE:
            queue[0, waiting] = queue[0, number]
            queue[1, waiting] = cells[at, 1]
            _fetch_chunk(entries, cells[at, 1])
            waiting += 1
    while waiting > 0:
        following = 0
        for number in range(waiting):
            key, chunk = queue[0, number], queue[1, number]
            group = group_of_key(key)
            parts, units = part_bits(group), unit_bits(group)
            begun = (key & ((1 << 26) - 1)) << (step_bits(group) - parts)
            soon, late = (start >> parts) - begun, ((end - 1) >> parts) - begun
            ux, uy, uz = px >> units, py >> units, pz >> units
            # Each place is rounded by less than a unit and a dm, so by less than 2 in all.
            own = -(-own_reach >> units) + 2
            bits = 0
            for at in range(CHUNK):  # all of them and without a branch: many at once
                span = entries[chunk, SPAN, at]
                place, other = entries[chunk, PLACE, at], entries[chunk, REACH, at]
                # Less what overflows, a difference is never greater than it should be.
                dx, dy, dz = wrapped(ux - place), wrapped(uy - (place >> 16)), wrapped(uz - other)
                reach = own + (other >> 16 & 0xFFFF)
                meets = (
                    (span & 127 <= late)
                    & (span >> 7 & 255 >= soon)
                    & (
                        (span >> 29 & 7 != reference)
                        | ((span >> 15 & 127 <= high) & (span >> 22 & 127 >= low))
                    )
                    & (dx * dx + dy * dy + dz * dz <= reach * reach)
                )
                bits |= int(meets) << at
            held = entries[chunk, PLACE, HELD]
            bits &= (1 << held) - 1
            if bits != 0:
                fetch(entries, chunk * (CHUNK * ENTRY_COLUMNS))
                for at in range(held):
                    if bits >> at & 1 == 1:
                        if count < len(candidates):
                            candidates[count] = chunk * CHUNK + at
                        count += 1
            if entries[chunk, SPAN, NEXT] != NONE:
                queue[0, following] = key
                queue[1, following] = entries[chunk, SPAN, NEXT]
                _fetch_chunk(entries, entries[chunk, SPAN, NEXT])
                following += 1
        waiting = following
    return count


@compiled
def wrapped(number: int) -> int:
    """The number of the least size among those that differ from this one by multiples of 2^16."""
    return ((number & 0xFFFF) ^ 0x8000) - 0x8000


@compiled
def _spans(ux: float, uy: float, uz: float, angle: float, across: int, groups: Longs) -> int:
    """Which cells of each face a cap reaches: from and to which column and row; how many in all."""
    total, least = 0, least_out(angle)
    for face in range(6):
        row = len(groups) - 6 + face
        groups[row, 0], groups[row, 1] = 0, -1
        out, u, v = ux, uy, uz
        if face % 3 == 1:
            out, u, v = uy, uz, ux
        elif face % 3 == 2:
            out, u, v = uz, ux, uy
        if face >= 3:
            out = -out
        if out < least:
            continue
        low_column, high_column = face_span(u, out, v, angle)
        if low_column > high_column:
            continue
        low_row, high_row = face_span(v, out, u, angle)
        if low_row > high_row:
            continue
        groups[row, 0] = cell_number(low_column, across)
        groups[row, 1] = cell_number(high_column, across)
        groups[row, 2] = cell_number(low_row, across)
        groups[row, 3] = cell_number(high_row, across)
        total += (groups[row, 1] - groups[row, 0] + 1) * (groups[row, 3] - groups[row, 2] + 1)
    return total


@compiled
def _candidates(
    x: float,
    y: float,
    z: float,
    own_reach: int,
    start: int,
    end: int,
    reference: int,
    low: int,
    high: int,
    state: Longs,
    entries: Ints,
    cells: Longs,
    groups: Longs,
    queue: Longs,
    candidates: Longs,
) -> int:
    """Entries whose ball, band and window may meet these; how many, beyond the array too.

    Cells are looked up one by one; of a group where they are more than the table has rows, the
    table is gone through instead.
    """
    size = math.sqrt(x * x + y * y + z * z)
    px, py, pz = int(x * 10.0), int(y * 10.0), int(z * 10.0)
    count, queued, through = 0, 0, False
    for level in range(LEVELS):
        of_level = GROUPS + level
        if groups[of_level, COUNT] == 0:
            continue
        angle = angle_of((own_reach + groups[of_level, WIDEST]) / 10.0)
        across = cells_across(level * LENGTHS)
        total = _spans(x / size, y / size, z / size, angle, across, groups)
        for length in range(groups[of_level, FIRST], groups[of_level, LAST] + 1):
            group = level * LENGTHS + length
            groups[group, THROUGH] = 0
            bits = step_bits(group)
            first = max((start - groups[group, LONGEST] + 1) >> bits, groups[group, FIRST])
            last = min((end - 1) >> bits, groups[group, LAST])
            if first > last or groups[group, COUNT] == 0:
                continue
            if total * (last - first + 1) > len(cells):
                groups[group, THROUGH] = 1
                through = True
                continue
            for face in range(6):
                span = len(groups) - 6 + face
                for column in range(groups[span, 0], groups[span, 1] + 1):
                    for row in range(groups[span, 2], groups[span, 3] + 1):
                        for step in range(first, last + 1):
                            if queued == queue.shape[1]:
                                count = _gather(
                                    queue, queued, state, cells, entries, start, end,
                                    reference, low, high, px, py, pz, own_reach, candidates, count,
                                )  # fmt: skip
                                queued = 0
                            queue[0, queued] = cell_key(group, face, column, row, step)
                            queued += 1
    if through:
        for at in range(len(cells)):
            if cells[at, 0] != NONE and groups[group_of_key(cells[at, 0]), THROUGH]:
                if queued == queue.shape[1]:
                    count = _gather(
                        queue, queued, state, cells, entries, start, end, reference, low,
                        high, px, py, pz, own_reach, candidates, count,
                    )  # fmt: skip
                    queued = 0
                queue[0, queued] = cells[at, 0]
                queued += 1
    return _gather(
        queue, queued, state, cells, entries, start, end, reference, low,
        high, px, py, pz, own_reach, candidates, count,
    )  # fmt: skip


@compiled
def search(
    kind: int,
    count: int,
    rings: int,
    buffer_m: int,
    lower_value: int,
    lower_code: int,
    upper_value: int,
    upper_code: int,
    start: int,
    end: int,
    trust: int,
    positions: Ints,
    state: Longs,
    slots: Ints,
    longs: Longs,
    entries: Ints,
    cells: Longs,
    groups: Longs,
    blocks: Ints,
    points: Floats,
    starts: Longs,
    other_rows: Ints,
    other_points: Floats,
    other_starts: Longs,
    queue: Longs,
    found: Longs,
    unsure: Longs,
) -> tuple[int, int]:
    """How many keys were put into found (they certainly conflict), and slots into unsure.

    positions: `count` latitudes, then as many longitudes, as `make_shape` takes them.
    (-1, 0): the volume must be checked first. (-2, n): found and unsure must hold n. (-3, 0): whether
    its positions are of `int` must be known first.
    """
    trusted = trust == SOUND
    if state[LIVE] == 0 and trusted:
        return 0, 0
    lower, upper = tenths(lower_value, lower_code), tenths(upper_value, upper_code)
    if not trusted and rings > 1:
        return -1, 0
    if trust == UNKNOWN:
        for number in range(2 * count):
            if positions[number] >> 1 == 0:  # 0 or 1, as a bool is
                return -3, 0
    rows = positions[: 2 * count].reshape(2, count)
    slack = make_shape(rows, 0, count, rings, kind, points, starts)
    if not trusted and not (
        0 <= start < end <= LATEST_MS
        and below(lower, lower_code, upper, upper_code)
        and edges_certainly_sound(count, rings, kind, buffer_m, points, starts)
    ):
        return -1, 0
    x, y, z, radius, inner = measure(kind, points, starts, rings, slack, float(buffer_m))
    if not (
        trusted
        or kind != POLYGON
        or ring_certainly_sound(points, starts[1] - 1, x, y, z, radius, inner, slack)
    ):
        return -1, 0
    reference = band_reference(lower_code, upper_code)
    candidates = _candidates(
        x, y, z, metres_up(radius + buffer_m), start, end,
        NONE if reference == _ANY else reference, lowest_of(lower, lower_code),
        highest_of(upper, upper_code), state, entries, cells, groups, queue,
        unsure,
    )  # fmt: skip
    if candidates > len(unsure):
        return -2, candidates
    for number in range(candidates):
        slot = entries[unsure[number] // CHUNK, SLOT, unsure[number] % CHUNK]
        unsure[number] = slot
        fetch(slots, slot * SLOT_COLUMNS)
        fetch(longs, slot * LONG_COLUMNS)
    met, pending = 0, 0
    for number in range(candidates):
        slot = unsure[number]
        if not (start < long_at(slots, slot, END) and long_at(slots, slot, START) < end):
            continue
        codes = slots[slot, CODES]
        other_lower, other_upper = codes >> 4 & 15, codes >> 8 & 15
        if not (
            below(slots[slot, LOWER], other_lower, upper, upper_code)
            and below(lower, lower_code, slots[slot, UPPER], other_upper)
        ):
            continue
        answer = _balls(buffer_m, x, y, z, radius, inner, slots, slot)
        if answer == UNSURE and longs[slot, WIDTHS] != 0:
            answer = _spine(buffer_m, x, y, z, radius, inner, slots, longs, slot)
        if answer == MEET:
            found[met] = slot
            met += 1
        elif answer == UNSURE:
            unsure[pending] = slot
            pending += 1
            if codes & 15 != CIRCLE:
                first = slots[slot, BLOCK]
                ahead = slots[slot, ROWS] // BLOCK_ROWS  # most often they follow each other
                for block in range(first, min(first + ahead, len(blocks) - 1) + 1):
                    fetch(blocks, block * BLOCK_COLUMNS)
    doubted = 0
    for number in range(pending):
        slot = unsure[number]
        answer = _areas(
            kind, rings, buffer_m, points, starts, slack, x, y, z, radius, inner,
            slots, blocks, slot, other_rows, other_points, other_starts,
        )  # fmt: skip
        if answer == MEET:
            found[met] = slot
            met += 1
        elif answer == UNSURE:
            unsure[doubted] = slot
            doubted += 1
    for number in range(met):
        found[number] = longs[found[number], KEY]
    return met, doubted


@compiled
def _balls(
    buffer_m: int,
    x: float,
    y: float,
    z: float,
    radius: float,
    inner: float,
    slots: Ints,
    slot: int,
) -> int:
    """A centre, its ball and its inner radius against a slot's."""
    ox, oy = slots[slot, CENTRE] * 0.01, slots[slot, CENTRE + 1] * 0.01
    oz = slots[slot, CENTRE + 2] * 0.01
    chord = math.sqrt(apart2(x, y, z, ox, oy, oz))
    least = chord - ROUNDING_M - radius - slots[slot, RADIUS] * 0.01
    if arc_at_least(least) > buffer_m + slots[slot, BUFFER] + 1.0:
        return CLEAR
    sure = inner >= 0.0 and slots[slot, INNER] >= 0
    if sure and arc_at_most(chord + ROUNDING_M) <= inner + slots[slot, INNER] * 0.01:
        return MEET
    return UNSURE


@compiled
def _spine(
    buffer_m: int,
    x: float,
    y: float,
    z: float,
    radius: float,
    inner: float,
    slots: Ints,
    longs: Longs,
    slot: int,
) -> int:
    """A centre, its ball and its inner radius against a slot's spine."""
    ox, oy = slots[slot, CENTRE] * 0.01, slots[slot, CENTRE + 1] * 0.01
    oz = slots[slot, CENTRE + 2] * 0.01
    hx, hy = (longs[slot, SPINE] >> 32) * 0.01, second_of(longs[slot, SPINE]) * 0.01
    hz = (longs[slot, SPINE + 1] >> 32) * 0.01
    px, py, pz = x - ox, y - oy, z - oz
    along = (px * hx + py * hy + pz * hz) / (hx * hx + hy * hy + hz * hz)
    near = min(max(along, -1.0), 1.0)
    chord = math.sqrt(apart2(px, py, pz, near * hx, near * hy, near * hz))
    least = chord - ROUNDING_M - radius - (longs[slot, WIDTHS] >> 32) * 0.01
    if arc_at_least(least) > buffer_m + slots[slot, BUFFER] + 1.0:
        return CLEAR
    narrow = second_of(longs[slot, WIDTHS]) * 0.01
    if inner >= 0.0 and narrow > 0.0:
        share = second_of(longs[slot, SPINE + 1]) / 65_536.0
        near = min(max(along, -share), share)
        fx, fy, fz = lifted(ox + near * hx, oy + near * hy, oz + near * hz)
        chord = math.sqrt(apart2(x, y, z, fx, fy, fz))
        if arc_at_most(chord + ROUNDING_M) <= inner + narrow:
            return MEET
    return UNSURE


@compiled
def _areas(
    kind: int,
    rings: int,
    buffer_m: int,
    points: Floats,
    starts: Longs,
    slack: float,
    x: float,
    y: float,
    z: float,
    radius: float,
    inner: float,
    slots: Ints,
    blocks: Ints,
    slot: int,
    other_rows: Ints,
    other_points: Floats,
    other_starts: Longs,
) -> int:
    """A shape against a slot's area: from either centre, then edge by edge."""
    ox, oy = slots[slot, CENTRE] * 0.01, slots[slot, CENTRE + 1] * 0.01
    oz = slots[slot, CENTRE + 2] * 0.01
    other_radius, other_inner = slots[slot, RADIUS] * 0.01, slots[slot, INNER] * 0.01
    other_buffer = slots[slot, BUFFER]
    other_kind = slots[slot, CODES] & 15
    other_rings = 1 if other_kind == CIRCLE else slots[slot, RINGS]
    rounder = radius + buffer_m - inner < other_radius + other_buffer - other_inner
    if not rounder:
        answer = from_centre(
            ox, oy, oz, other_radius, other_inner, kind, points, starts, rings, x, y, z, slack,
            float(buffer_m), float(other_buffer),
        )  # fmt: skip
        if answer != UNSURE or other_kind == CIRCLE:
            return answer
    load_rows(slots, blocks, slot, other_rows)
    other_slack = make_shape(
        other_rows, 0, slots[slot, ROWS], other_rings, other_kind, other_points, other_starts
    )
    answer = from_centre(
        x, y, z, radius, inner, other_kind, other_points, other_starts, other_rings, ox, oy, oz,
        other_slack, float(other_buffer), float(buffer_m),
    )  # fmt: skip
    if answer != UNSURE or kind == CIRCLE:
        return answer
    if rounder:
        answer = from_centre(
            ox, oy, oz, other_radius, other_inner, kind, points, starts, rings, x, y, z, slack,
            float(buffer_m), float(other_buffer),
        )  # fmt: skip
        if answer != UNSURE or other_kind == CIRCLE:
            return answer
    return edge_to_edge(
        points, starts, rings, kind, x, y, z, other_points, other_starts, other_rings, other_kind,
        ox, oy, oz, slack + other_slack, float(buffer_m + other_buffer),
    )  # fmt: skip
