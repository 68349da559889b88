"""Which of a million current notices conflict with a volume, exactly (spec/watch.md, Index of notices).

`firebreak.volumes.conflict` is the truth and is slow; the index answers the same. Cells of space and
time leave some tens of candidates; compiled geometry decides those that are certain; the exact check
decides the rest. Notices come and go one by one or a thousand at a time, and nothing is rebuilt.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Final, Generic, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from firebreak.errors import InvalidValue
from firebreak.values import Height, HeightReference, HeightUnit, Millis, Position
from firebreak.volumes import (
    MOST_VERTICES,
    Area,
    Circle,
    Corridor,
    Heights,
    Polygon,
    Volume,
    Window,
    check,
    conflict,
)
from firebreak.volumes.areas import check_whole
from firebreak.watch import index_cells as cell
from firebreak.watch import index_search as work
from firebreak.watch.index_geometry import CIRCLE, CORRIDOR, MOST_POINTS, POINT_COLUMNS, POLYGON
from firebreak.watch.reports import ABSENT, Bools, Bytes, Floats, Ints, Longs

MOST_NOTICES: Final = 100_000_000
"""More are refused: a slot's number must fit into an entry."""
GREATEST_KEY: Final = 2**63 - 1

_TENTHS: Final = (10_000, 3_048, 304_800)
_Read: TypeAlias = tuple[int, int, int, int, int, int, int, int, int, int]
"""One volume's numbers, but for its positions: its kind, rows and rings, its buffer, its lower and
upper limit (each value and code), start and end."""

_FIRST_ROOM: Final = 1_024
_LINE: Final = 64
"""Bytes on a line of the processor's cache."""

_Number = TypeVar("_Number", np.int32, np.int64)


@dataclass(frozen=True, slots=True)
class Lot:
    """n volumes in columns, to be put all at once; see `firebreak.volumes.Volume`.

    key: (n,), 0 to 2^63 - 1. kind: (n,) CIRCLE, CORRIDOR or POLYGON of `index_geometry`.
    rings: (n + 1,), vertices: (r + 1,): volume i has the rings rings[i] to rings[i + 1], ring j the
    positions vertices[j] to vertices[j + 1]: one for a circle's centre, the path of a corridor, the
    outer ring and the holes of a polygon. latitude_e7, longitude_e7: (v,) in 1e-7 degree.
    buffer_m: (n,) radius or half width, 0 for a polygon. lower, upper: (n,) heights in their unit
    and over their reference (`values.HeightUnit`, `values.HeightReference`), ABSENT for no limit.
    start, end: (n,) ms UTC, half-open.
    """

    key: Longs
    kind: Bytes
    rings: Longs
    vertices: Longs
    latitude_e7: Ints
    longitude_e7: Ints
    buffer_m: Ints
    lower: Ints
    lower_unit: Bytes
    lower_reference: Bytes
    upper: Ints
    upper_unit: Bytes
    upper_reference: Bytes
    start: Longs
    end: Longs

    def __len__(self) -> int:
        return len(self.key)


@dataclass(frozen=True, slots=True)
class _Put:
    """A lot as the compiled code takes it."""

    shorts: Ints
    longs: Longs
    rows: Ints


class NoticeIndex:
    """Notices by key, each with its volume, and which of them conflict with another volume.

    Not for use by several threads at once. Every answer is that of `volumes.conflict`, to the pair,
    and depends on what is held, not on how it came (W-X7).
    """

    def __init__(self) -> None:
        self._state: Longs = np.zeros(cell.STATE_COLUMNS, np.int64)
        self._state[[cell.FREE_SLOT, cell.FREE_CHUNK, cell.FREE_BLOCK]] = cell.NONE
        self._groups: Longs = np.zeros((cell.GROUP_ROWS, cell.GROUP_COLUMNS), np.int64)
        self._slots = _Rows(np.int32, cell.SLOT_COLUMNS)
        self._longs = _Rows(np.int64, cell.LONG_COLUMNS)
        self._entries = _Rows(np.int32, cell.ENTRY_COLUMNS, cell.CHUNK)
        self._blocks = _Rows(np.int32, cell.BLOCK_COLUMNS)
        self._heap = _Rows(np.int64, 2)
        self._cells = _empty_table(_FIRST_ROOM)
        self._keys = _empty_table(_FIRST_ROOM)
        self._rows: Ints = np.zeros(2 * MOST_POINTS, np.int32)
        self._room = self._rows.data
        self._other_rows: Ints = np.zeros((2, MOST_POINTS), np.int32)
        self._points: Floats = np.zeros((MOST_POINTS, POINT_COLUMNS), np.float64)
        self._other_points: Floats = np.zeros((MOST_POINTS, POINT_COLUMNS), np.float64)
        self._starts: Longs = np.zeros(MOST_POINTS, np.int64)
        self._other_starts: Longs = np.zeros(MOST_POINTS, np.int64)
        self._queue: Longs = np.zeros((2, MOST_POINTS), np.int64)
        self._found: Longs = np.zeros(MOST_POINTS, np.int64)
        self._unsure: Longs = np.zeros(MOST_POINTS, np.int64)
        self._searched = self._arrays()

    def __len__(self) -> int:
        return int(self._state[cell.LIVE])

    @property
    def room_bytes(self) -> int:
        """What its arrays take, those parts included that were never touched."""
        parts = [part.table if isinstance(part, _Rows) else part for part in vars(self).values()]
        return sum(part.nbytes for part in parts if isinstance(part, np.ndarray))

    def put(self, key: int, volume: Volume) -> None:
        """Insert a notice, or amend it if the key is known (W-X6).

        Raises InvalidValue; nothing changes then.
        """
        check_whole(key, "The key")
        if not 0 <= key <= GREATEST_KEY:
            raise InvalidValue(f"The key is {key}; give 0 to 2^63 - 1.")
        _, read = _read(volume, self._room, _are_whole)
        shorts = np.array([read[:8]], np.int32)
        longs = np.array([[key, *read[8:], 0]], np.int64)
        rows = self._rows[: 2 * read[1]].reshape(2, -1)
        self._put(_Put(shorts, longs, rows))

    def put_columns(self, lot: Lot) -> None:
        """Insert or amend many. Raises InvalidValue, naming the row, and then takes none of them."""
        if len(lot):
            self._put(_packed(lot))

    def remove(self, key: int) -> bool:
        """Forget a notice that was cancelled; whether it was there."""
        check_whole(key, "The key")
        if not 0 <= key <= GREATEST_KEY:
            return False
        return self._take_away(np.array([key], np.int64)) == 1

    def expire(self, now: int) -> list[int]:
        """Forget all notices whose window has ended by now (ms UTC); their keys, sorted."""
        check_whole(now, "The time in milliseconds")
        now = min(max(now, 0), work.LATEST_MS)
        gone: list[int] = []
        while True:
            count = work.earliest(
                now, self._state, self._longs.table, self._heap.table, self._groups, self._found
            )
            self._take_away(self._found[:count])
            gone += self._found[:count].tolist()
            if count < len(self._found):
                return sorted(gone)

    def volume(self, key: int) -> Volume:
        """The volume that was put. Raises KeyError for an unknown key."""
        at = cell.place_of(self._keys, key) if 0 <= key <= GREATEST_KEY else cell.NONE
        if at == cell.NONE:
            raise KeyError(key)
        return self._volume(int(self._keys[at, 1]))

    def conflicts(self, volume: Volume) -> list[int]:
        """The keys of all notices that conflict with this volume, sorted.

        Raises InvalidValue if it is unsound. A notice that has ended counts until it is expired.
        """
        plain, read = _read(volume, self._room, _seem_whole)
        met, doubted = self._search(read, work.UNKNOWN if plain else work.SOUND)
        if met == -3:  # perhaps a bool
            plain, read = _read(volume, self._room, _are_whole)
            met, doubted = self._search(read, work.WHOLE if plain else work.SOUND)
        if met == -1:
            check(volume)  # W-X2: whatever is not certainly sound
            met, doubted = self._search(read, work.SOUND)
        keys: list[int] = self._found[:met].tolist()
        if doubted:
            keys += (
                int(self._longs.table[slot, cell.KEY])
                for slot in self._unsure[:doubted].tolist()
                if conflict(volume, self._volume(slot)) is not None  # W-X1
            )
        keys.sort()
        return keys

    def _search(self, read: _Read, trust: int) -> tuple[int, int]:
        while True:
            met, doubted = work.search(*read, trust, *self._searched)
            if met != -2:
                return met, doubted
            self._found = np.zeros(2 * doubted, np.int64)
            self._unsure = np.zeros(2 * doubted, np.int64)
            self._searched = self._arrays()

    def _arrays(self) -> tuple[Any, ...]:
        """What a search is given, in its order."""
        return (
            self._rows,
            self._state,
            self._slots.table,
            self._longs.table,
            self._entries.table,
            self._cells,
            self._groups,
            self._blocks.table,
            self._points,
            self._starts,
            self._other_rows,
            self._other_points,
            self._other_starts,
            self._queue,
            self._found,
            self._unsure,
        )

    def _put(self, put: _Put) -> None:
        trusted = np.zeros(len(put.shorts), np.bool_)
        made = np.zeros((len(put.shorts), work.MADE_COLUMNS), np.float64)
        if self._prepare(put, trusted, made):
            for row in np.flatnonzero(np.isnan(made[:, 3])).tolist():
                _check_row(put, row)  # W-X2
                trusted[row] = True
            self._prepare(put, trusted, made)
        self._make_room(len(put.shorts), int(_blocks_of(put.shorts).sum()))
        work.take_in(
            put.shorts,
            put.longs,
            put.rows,
            made,
            self._state,
            self._slots.table,
            self._longs.table,
            self._entries.table,
            self._cells,
            self._keys,
            self._groups,
            self._blocks.table,
            self._heap.table,
        )

    def _prepare(self, put: _Put, trusted: Bools, made: Floats) -> int:
        return work.prepare(
            put.shorts, put.longs, put.rows, trusted, made, self._points, self._starts
        )

    def _take_away(self, keys: Longs) -> int:
        return work.take_away(
            keys,
            self._state,
            self._slots.table,
            self._longs.table,
            self._entries.table,
            self._cells,
            self._keys,
            self._groups,
            self._blocks.table,
            self._heap.table,
        )

    def _make_room(self, notices: int, blocks: int) -> None:
        """Make every array large enough for so many more."""
        used = self._state.tolist()
        if used[cell.SLOTS] + notices > MOST_NOTICES:
            raise InvalidValue(
                f"The index holds {MOST_NOTICES:,} notices at most; remove some first."
            )
        self._slots.extend(used[cell.SLOTS] + notices)
        self._longs.extend(used[cell.SLOTS] + notices)
        self._heap.extend(used[cell.LIVE] + notices)
        self._entries.extend(used[cell.CHUNKS] + notices)
        self._blocks.extend(used[cell.BLOCKS] + blocks)
        self._keys = _roomy(self._keys, used[cell.LIVE] + notices)
        self._cells = _roomy(self._cells, used[cell.CELLS] + notices)
        self._searched = self._arrays()

    def _volume(self, slot: int) -> Volume:
        work.load_rows(self._slots.table, self._blocks.table, slot, self._other_rows)
        column = self._slots.table[slot].tolist()
        codes = column[cell.CODES]
        start = cell.long_at(self._slots.table, slot, cell.START)
        end = cell.long_at(self._slots.table, slot, cell.END)
        area = _area(
            codes & 15,
            1 if codes & 15 == CIRCLE else column[cell.RINGS],
            column[cell.BUFFER],
            self._other_rows[:, : column[cell.ROWS]].T.tolist(),
        )
        lower = _limit(codes >> 4 & 15, column[cell.LOWER])
        upper = _limit(codes >> 8 & 15, column[cell.UPPER])
        return Volume(area, Heights(lower, upper), Window(Millis(start), Millis(end)))


def _limit(code: int, tenths: int) -> Height | None:
    """A limit from what a slot keeps of it."""
    if code == work.NO_LIMIT:
        return None
    return Height(tenths // _TENTHS[code >> 2], HeightUnit(code >> 2), HeightReference(code & 3))


def _area(kind: int, rings: int, buffer_m: int, rows: list[list[int]]) -> Area:
    """An area from its rows of positions, ring sizes first if there are several rings."""
    sizes = [size for size, _ in rows[:rings]] if rings > 1 else [len(rows)]
    positions = [Position(*row) for row in (rows[rings:] if rings > 1 else rows)]
    ends = np.cumsum(sizes).tolist()
    parts = [tuple(positions[end - size : end]) for size, end in zip(sizes, ends, strict=True)]
    if kind == CIRCLE and len(positions) == 1:
        return Circle(positions[0], buffer_m)
    if kind == CORRIDOR and rings == 1:
        return Corridor(parts[0], buffer_m)
    if kind == POLYGON and buffer_m == 0:
        return Polygon(parts[0], tuple(parts[1:]))
    raise InvalidValue(
        "A circle has one position, a corridor one ring, and a polygon no buffer; correct the lot."
    )


def _empty_table(room: int) -> Longs:
    """A hash table of this many rows, a power of two."""
    table = np.empty((room, 2), np.int64)
    table[:, 0] = cell.NONE
    return table


def _roomy(table: Longs, wanted: int) -> Longs:
    """The table, or a greater one with the same rows, at most 5/8 full with this many."""
    if 8 * wanted <= 5 * len(table):
        return table
    room = len(table)
    while 8 * wanted > 5 * room:
        room *= 2
    new = np.empty((room, 2), np.int64)
    cell.rehash(table, new)
    return new


class _Rows(Generic[_Number]):
    """Rows that begin with a line of the processor's cache.

    NumPy puts a large new array, but not one that grew in place, on large pages where the system has
    them, which saves queries time; so this is copied when it grows.
    """

    def __init__(self, number: type[_Number], *shape: int) -> None:
        self._number: type[_Number] = number
        self._shape = shape
        self.table: npt.NDArray[_Number] = self._made(_FIRST_ROOM)

    def extend(self, rows: int) -> None:
        """Room for so many rows, a quarter more at a time."""
        have = len(self.table)
        if rows > have:
            table = self._made(max(rows, have * 5 // 4))
            table[:have] = self.table
            self.table = table

    def _made(self, rows: int) -> npt.NDArray[_Number]:
        count = rows * math.prod(self._shape)
        line = _LINE // np.dtype(self._number).itemsize
        room = np.empty(count + line, self._number)
        first = -room.ctypes.data // room.itemsize % line
        return room[first : first + count].reshape(rows, *self._shape)


@cache
def _form(count: int) -> struct.Struct:
    return struct.Struct(f"={count}i")


def _read(
    volume: Volume, room: memoryview, whole: Callable[[list[int]], bool]
) -> tuple[bool, _Read]:
    """A volume's numbers; its positions go into room, all latitudes first.

    And whether all are of `int`, for all that whole(positions' numbers) says; if they are not, it is
    sound. Raises InvalidValue for what is no volume.
    """
    area, heights, window = volume.area, volume.heights, volume.window
    buffer_m = 0
    sizes: list[int] = []
    path: tuple[Position, ...]
    if isinstance(area, Polygon):
        kind, path = POLYGON, area.outer
        if area.holes:
            path = tuple(chain(path, *area.holes))
            sizes = [len(area.outer), *map(len, area.holes)]
    elif isinstance(area, Corridor):
        kind, path, buffer_m = CORRIDOR, area.path, area.half_width_m
    elif isinstance(area, Circle):
        kind, path, buffer_m = CIRCLE, (area.centre,), area.radius_m
    else:
        raise InvalidValue(f"{area!r} is no area; give a circle, a polygon or a corridor.")
    latitudes = [position.latitude_e7 for position in path]
    longitudes = [position.longitude_e7 for position in path]
    count = len(latitudes)
    start, end = window.start, window.end
    lower, upper = heights.lower, heights.upper
    plain = (
        type(buffer_m) is type(start) is type(end) is int
        and whole(latitudes)
        and whole(longitudes)
        and (lower is None or _is_plain(lower))
        and (upper is None or _is_plain(upper))
    )
    if not plain or not 0 < count <= MOST_VERTICES:
        check(volume)  # V-1, V-3, V-15: refused, but for a whole number of another type than int
        latitudes, longitudes = list(map(int, latitudes)), list(map(int, longitudes))
        buffer_m, start, end = int(buffer_m), Millis(int(start)), Millis(int(end))
    lower_value = upper_value = 0
    lower_code = upper_code = work.NO_LIMIT
    if lower is not None:
        lower_value = lower.value if plain else int(lower.value)
        lower_code = lower.unit << 2 | lower.reference
    if upper is not None:
        upper_value = upper.value if plain else int(upper.value)
        upper_code = upper.unit << 2 | upper.reference
    if sizes:
        latitudes, longitudes = sizes + latitudes, [0] * len(sizes) + longitudes
        count += len(sizes)
    _form(2 * count).pack_into(room, 0, *latitudes, *longitudes)
    return plain, (
        kind,
        count,
        len(sizes) or 1,
        buffer_m,
        lower_value,
        lower_code,
        upper_value,
        upper_code,
        start,
        end,
    )


def _are_whole(numbers: list[int]) -> bool:
    """Whether all are of `int`; not by equality, to which 1.0 and True are 1."""
    return [*map(type, numbers)].count(int) == len(numbers)


def _seem_whole(numbers: list[int]) -> bool:
    """Whether all are of `int` or `bool`: of anything else the sum is so too. Three times as fast."""
    return type(sum(numbers)) is int


def _is_plain(height: Height) -> bool:
    return (
        type(height.value) is int
        and type(height.unit) is HeightUnit
        and type(height.reference) is HeightReference
    )


def _blocks_of(shorts: Ints) -> Longs:
    """How many blocks each volume's positions take."""
    counts = shorts[:, work.PUT_ROWS].astype(np.int64)
    counts[shorts[:, work.PUT_KIND] == CIRCLE] = 0
    return -(-counts // cell.BLOCK_ROWS)


def _check_row(put: _Put, row: int) -> None:
    """Raises InvalidValue unless a row's volume is sound."""
    short = put.shorts[row].tolist()
    start, end = put.longs[row, [work.PUT_START, work.PUT_END]].tolist()
    first = int(put.longs[row, work.PUT_FIRST])
    positions = put.rows[:, first : first + short[work.PUT_ROWS]].T.tolist()
    try:
        area = _area(short[work.PUT_KIND], short[work.PUT_RINGS], short[work.PUT_BUFFER], positions)
        lower = _put_limit(short[work.PUT_LOWER], short[work.PUT_LOWER_CODE])
        upper = _put_limit(short[work.PUT_UPPER], short[work.PUT_UPPER_CODE])
        check(Volume(area, Heights(lower, upper), Window(start, end)))
    except InvalidValue as error:
        if len(put.shorts) == 1:
            raise
        raise InvalidValue(f"Row {row} of the lot: {error} None of the lot was taken.") from error


def _put_limit(value: int, code: int) -> Height | None:
    if code == work.NO_LIMIT:
        return None
    return Height(value, HeightUnit(code >> 2), HeightReference(code & 3))


_LOT_TYPES: Final = {
    "key": np.int64,
    "kind": np.uint8,
    "rings": np.int64,
    "vertices": np.int64,
    "latitude_e7": np.int32,
    "longitude_e7": np.int32,
    "buffer_m": np.int32,
    "lower": np.int32,
    "lower_unit": np.uint8,
    "lower_reference": np.uint8,
    "upper": np.int32,
    "upper_unit": np.uint8,
    "upper_reference": np.uint8,
    "start": np.int64,
    "end": np.int64,
}


def _check_lot(lot: Lot) -> None:
    """Raises InvalidValue unless types, lengths and offsets fit together."""
    number, rings, positions = len(lot.key), len(lot.vertices) - 1, len(lot.latitude_e7)
    lengths = {"rings": number + 1, "vertices": rings + 1}
    lengths |= {"latitude_e7": positions, "longitude_e7": positions}
    for name, kind in _LOT_TYPES.items():
        column, length = getattr(lot, name), lengths.get(name, number)
        if column.dtype != kind or column.shape != (length,):
            raise InvalidValue(
                f"Column {name} is {column.dtype} of shape {column.shape}; give {np.dtype(kind)} of"
                f" shape ({length},)."
            )
    for name, offsets, last in (("rings", lot.rings, rings), ("vertices", lot.vertices, positions)):
        if offsets[0] != 0 or offsets[-1] != last or (np.diff(offsets) < 1).any():
            raise InvalidValue(f"Column {name} must rise from 0 to {last}; correct the lot.")
    if lot.key.min() < 0 or lot.kind.max() > POLYGON:
        raise InvalidValue("A key is below 0, or a kind is unknown; correct the lot.")
    units = max(lot.lower_unit.max(), lot.upper_unit.max())
    references = max(lot.lower_reference.max(), lot.upper_reference.max())
    if units > HeightUnit.HUNDREDS_OF_FEET or references > HeightReference.STANDARD_PRESSURE:
        raise InvalidValue("A height has an unknown unit or reference; correct the lot.")


def _packed(lot: Lot) -> _Put:
    """A lot as the compiled code takes it. Raises InvalidValue."""
    _check_lot(lot)
    number = len(lot)
    shorts = np.zeros((number, work.PUT_COLUMNS), np.int32)
    shorts[:, work.PUT_KIND] = lot.kind
    shorts[:, work.PUT_RINGS] = np.diff(lot.rings)
    shorts[:, work.PUT_BUFFER] = lot.buffer_m
    for value, code, limit, unit, reference in (
        (work.PUT_LOWER, work.PUT_LOWER_CODE, lot.lower, lot.lower_unit, lot.lower_reference),
        (work.PUT_UPPER, work.PUT_UPPER_CODE, lot.upper, lot.upper_unit, lot.upper_reference),
    ):
        absent = limit == ABSENT
        shorts[:, value] = np.where(absent, 0, limit)
        shorts[:, code] = np.where(absent, work.NO_LIMIT, unit.astype(np.int32) << 2 | reference)
    first, last = lot.vertices[lot.rings[:-1]], lot.vertices[lot.rings[1:]]
    rows = np.stack((lot.latitude_e7, lot.longitude_e7))
    several = np.flatnonzero(shorts[:, work.PUT_RINGS] > 1)
    shorts[:, work.PUT_ROWS] = np.minimum(last - first, MOST_POINTS)
    longs = np.column_stack((lot.key, lot.start, lot.end, first))
    if len(several):
        rows, longs[:, work.PUT_FIRST] = _with_sizes(lot, rows, first, several)
        shorts[several, work.PUT_ROWS] += shorts[several, work.PUT_RINGS]
    return _Put(shorts, longs, rows)


def _with_sizes(lot: Lot, rows: Ints, first: Longs, several: Longs) -> tuple[Ints, Longs]:
    """The rows with a row for the size of each ring before those of several rings; new offsets."""
    sizes = np.diff(lot.vertices)
    at: list[int] = []
    heads: list[int] = []
    moved = np.zeros(len(first) + 1, np.int64)
    for number in several.tolist():
        own = sizes[lot.rings[number] : lot.rings[number + 1]].tolist()
        at += [int(first[number])] * len(own)
        heads += own
        moved[number + 1] += len(own)
    header = np.stack((heads, np.zeros(len(heads), np.int64))).astype(np.int32)
    return np.insert(rows, at, header, axis=1), first + np.cumsum(moved)[:-1]
