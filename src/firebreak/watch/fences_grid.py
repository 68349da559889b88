"""Which rings hold a point: a grid of cells over exact integers (spec/watch.md, W-F4).

A cell knows of each ring near it which edges it may meet and, of each of its 64 parts, whether an
edge may touch it and whether its corner is inside. Where none touches, that is the answer. Else one
walks from the point down to the part's lower side and along it to the corner, and counts the edges
on the way. The lines of the grid run half a unit beside the integers, so no corner is ever on a
vertex; where the turn of the way meets an edge exactly, it counts as a hair further east.
All decisions are signs of whole numbers of at most 64 bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np

from firebreak.errors import InvalidValue
from firebreak.values import DEGREE
from firebreak.watch.compiled import compiled
from firebreak.watch.fences_outline import TURN, Outlines
from firebreak.watch.reports import Bytes, Ints, Longs

CELL_E7: Final = DEGREE // 20
_TILE: Final = 32
"""Cells along the side of a tile, the unit in which large insides are kept."""
_PARTS: Final = 8
"""Parts along the side of a cell: one bit each of a 64-bit number."""
_RUN: Final = 16
"""Edges in a run, at most."""
_WEST: Final = -180 * DEGREE
_SOUTH: Final = -90 * DEGREE
MOST_ITEMS: Final = 30_000_000
"""Cells and tiles that all fences together may hold; 24 bytes each."""


Whole: TypeAlias = int | np.signedinteger[Any]


@dataclass(frozen=True, slots=True)
class Grid:
    """The edges of all rings, and what each cell and tile knows.

    edges: (e, 4) x and y of both ends in 1e-7 degree, the first in [-180, 180) degrees; an edge over
    the antimeridian stands twice. tiles: (rows, columns) block of a tile that edges pass, or -1.
    full_starts, full: the fences that hold a whole tile, by tile. cell_starts, items: what the cells
    of a block know, (i, 3) fence + 2^32 * first run, parts that edges may touch, parts whose corners are
    inside (bit by bit, row by row). runs: (r, 6) first and last edge, least and greatest x and y.
    part: side of a part in 1e-7 degree.
    """

    part: int
    edges: Ints
    tiles: Ints
    full_starts: Ints
    full: Ints
    cell_starts: Ints
    items: Longs
    runs: Ints

    @property
    def bytes(self) -> int:
        """Memory that it holds."""
        held = (self.edges, self.tiles, self.full_starts, self.full)
        return sum(part.nbytes for part in (*held, self.cell_starts, self.items, self.runs))


@compiled
def _left(ax: Whole, ay: Whole, bx: Whole, by: Whole, x2: Whole, y2: Whole) -> bool:
    """Whether a point, given in half units, lies left of an edge; a hair further east if on it."""
    dx, dy = bx - ax, by - ay
    turn = dx * (y2 - 2 * ay) - dy * (x2 - 2 * ax)
    return bool(turn > 0) if turn != 0 else bool(dy < 0)


@compiled
def _columns(
    ax: Whole, ay: Whole, bx: Whole, by: Whole, row: Whole, cell: int
) -> tuple[Whole, Whole]:
    """First and last column of a row of cells in which an edge may be, and a unit or two more."""
    one, other = np.float64(ax), np.float64(bx)
    if ay != by:
        rise = np.float64(by - ay)
        start = min(max((_SOUTH + row * cell - 1 - ay) / rise, 0.0), 1.0)
        stop = min(max((_SOUTH + (row + 1) * cell + 1 - ay) / rise, 0.0), 1.0)
        one, other = np.float64(ax + start * (bx - ax)), np.float64(ax + stop * (bx - ax))
    return (
        np.int64(np.floor((min(one, other) - 2 - _WEST) / cell)),
        np.int64(np.floor((max(one, other) + 2 - _WEST) / cell)),
    )


@compiled
def _cells_of(edges: Ints, owner: Ints, cell: int, columns: int, out: Longs, fill: bool) -> int:
    """Runs of edges by cell: (r, 4) cell, fence, first and last edge; the number of runs.

    Every cell is given that an edge may touch, and a few more.
    """
    count = 0
    open_cell = np.int64(-1)
    open_owner = -1
    for e in range(len(edges)):
        ax, ay = np.int64(edges[e, 0]), np.int64(edges[e, 1])
        bx, by = np.int64(edges[e, 2]), np.int64(edges[e, 3])
        low_row = (min(ay, by) - 1 - _SOUTH) // cell
        high_row = (max(ay, by) + 1 - _SOUTH) // cell
        low_column = (min(ax, bx) - 1 - _WEST) // cell
        high_column = (max(ax, bx) + 1 - _WEST) // cell
        if owner[e] != open_owner:
            open_cell, open_owner = np.int64(-1), owner[e]
        if low_row == high_row and low_column == high_column:
            here = low_row * columns + low_column
            if not 0 <= low_column < columns:
                continue
            if here == open_cell:
                if fill:
                    out[count - 1, 3] = e + 1
                continue
            if fill:
                out[count, 0], out[count, 1] = here, owner[e]
                out[count, 2], out[count, 3] = e, e + 1
            count += 1
            open_cell = here
            continue
        open_cell = np.int64(-1)
        for row in range(low_row, high_row + 1):
            first, last = _columns(ax, ay, bx, by, row, cell)
            for column in range(max(first, np.int64(0)), min(last, np.int64(columns - 1)) + 1):
                if row < 0:
                    continue
                here = np.int64(row) * columns + column
                if fill:
                    out[count, 0], out[count, 1] = here, owner[e]
                    out[count, 2], out[count, 3] = e, e + 1
                count += 1
    return count


@compiled
def _toggles_of(
    edges: Ints, owner: Ints, cell: int, columns: int, rows: int, out: Longs, fill: bool
) -> int:
    """For each edge that passes a column's west side: from which row on corners lie above it.

    Keys (fence, column, row) as one number, in no order; the number of them.
    """
    count = 0
    for e in range(len(edges)):
        ax, ay = np.int64(edges[e, 0]), np.int64(edges[e, 1])
        bx, by = np.int64(edges[e, 2]), np.int64(edges[e, 3])
        low, high = min(ax, bx), max(ax, bx)
        # The column's side lies at cell * column - 1/2: low < side < high.
        column = -(-(low + 1 - _WEST) // cell)
        while _WEST + column * cell <= high:
            if 0 <= column < columns:
                if fill:
                    side = 2 * (_WEST + column * cell) - 1
                    height = ay + (side / 2 - ax) / (bx - ax) * (by - ay)
                    row = max(np.int64(np.floor((height - _SOUTH) / cell)) - 1, np.int64(0))
                    while _left(ax, ay, bx, by, side, 2 * (_SOUTH + row * cell) - 1) != (bx > ax):
                        row += 1
                    out[count] = (np.int64(owner[e]) * columns + column) * rows + row
                count += 1
            column += 1
    return count


@compiled
def _parity(key: int, toggles: Longs, below: Bytes, columns: int, rows: int) -> tuple[Whole, Whole]:
    """Whether the corner (fence, column, row) is inside, and the place of the next toggle above."""
    line = key - key % rows
    above = np.searchsorted(toggles, key + 1)
    count = above - np.searchsorted(toggles, line)
    return (count + below[line // (rows * columns)]) & 1, above


@compiled
def _parts(
    items: Longs,
    cells: Longs,
    starts: Longs,
    runs: Longs,
    edges: Ints,
    part: int,
    toggles: Longs,
    below: Bytes,
    columns: int,
    rows: int,
) -> None:
    """Fills in the parts of the first items, those of cells that edges may touch.

    starts (i + 1,): first run of each. runs: (r, 2) first and last edge. columns, rows: of parts.
    """
    for i in range(len(cells)):
        fence = items[i, 0]
        low_row = cells[i] // (columns // _PARTS) * _PARTS
        low_column = cells[i] % (columns // _PARTS) * _PARTS
        inside, touched = np.int64(0), np.int64(0)
        for column in range(_PARTS):
            key = (fence * columns + low_column + column) * rows + low_row
            parity, above = _parity(key, toggles, below, columns, rows)
            for row in range(_PARTS):
                while above < len(toggles) and toggles[above] <= key + row:
                    parity ^= 1
                    above += 1
                inside |= np.int64(parity) << (row * _PARTS + column)
        for run in range(starts[i], starts[i + 1]):
            for e in range(runs[run, 0], runs[run, 1]):
                ax, ay = np.int64(edges[e, 0]), np.int64(edges[e, 1])
                bx, by = np.int64(edges[e, 2]), np.int64(edges[e, 3])
                first_row = max((min(ay, by) - 1 - _SOUTH) // part - low_row, np.int64(0))
                last_row = min((max(ay, by) + 1 - _SOUTH) // part - low_row, np.int64(_PARTS - 1))
                for row in range(first_row, last_row + 1):
                    first, last = _columns(ax, ay, bx, by, low_row + row, part)
                    first = max(first - low_column, np.int64(0))
                    last = min(last - low_column, np.int64(_PARTS - 1))
                    for column in range(first, last + 1):
                        touched |= np.int64(1) << (row * _PARTS + column)
        items[i, 1], items[i, 2] = touched, inside


@compiled
def _whole_cells(
    pairs: Longs,
    fences: int,
    tiles: Ints,
    tile_columns: int,
    touched: Longs,
    toggles: Longs,
    below: Bytes,
    columns: int,
    rows: int,
    out: Longs,
    fill: bool,
) -> int:
    """Cells wholly inside a fence, (w, 2) place and fence, in tiles that its edges pass; how many.

    columns, rows: of parts, as the toggles'.
    """
    count = 0
    for pair in pairs:
        tile, fence = pair // fences, pair % fences
        low_row = tile // tile_columns * _TILE
        high_row = min(low_row + _TILE, rows // _PARTS)
        low_column = tile % tile_columns * _TILE
        for column in range(low_column, min(low_column + _TILE, columns // _PARTS)):
            key = (fence * columns + column * _PARTS) * rows + low_row * _PARTS
            inside, above = _parity(key, toggles, below, columns, rows)
            for row in range(low_row, high_row):
                while above < len(toggles) and toggles[above] <= key + (row - low_row) * _PARTS:
                    inside ^= 1
                    above += 1
                if not inside:
                    continue
                place = (np.int64(tiles[tile]) * _TILE + row - low_row) * _TILE
                place += column - low_column
                mark = place * fences + fence
                found = np.searchsorted(touched, mark)
                if found < len(touched) and touched[found] == mark:
                    continue
                if fill:
                    out[count, 0], out[count, 1] = place, fence
                count += 1
    return count


@compiled
def _whole_tiles(
    spans: Longs,
    pairs: Longs,
    fences: int,
    tile_columns: int,
    toggles: Longs,
    below: Bytes,
    columns: int,
    rows: int,
    out: Longs,
    fill: bool,
) -> int:
    """Tiles wholly inside a fence, as tile * fences + fence; how many. columns, rows: of parts.

    spans: (s, 5) fence, first and last tile column (going east, perhaps past the last), tile row.
    """
    count = 0
    for fence, first_column, last_column, first_row, last_row in spans:
        for tile_row in range(first_row, last_row + 1):
            for step in range(first_column, last_column + 1):
                tile_column = step % tile_columns
                key = fence * columns + tile_column * _TILE * _PARTS
                key = key * rows + tile_row * _TILE * _PARTS
                if not _parity(key, toggles, below, columns, rows)[0]:
                    continue
                mark = (tile_row * tile_columns + tile_column) * fences + fence
                found = np.searchsorted(pairs, mark)
                if found < len(pairs) and pairs[found] == mark:
                    continue
                if fill:
                    out[count] = mark
                count += 1
    return count


def make_grid(shapes: Outlines, count: int, cell: int = CELL_E7) -> Grid:
    """The grid over all closed chains of `count` fences. Raises InvalidValue if it grows too large.

    cell: side of a cell in 1e-7 degree; it is rounded up to a multiple of 8.
    """
    part = -(-cell // _PARTS)
    cell = part * _PARTS
    columns, rows, fences = -(-TURN // cell), TURN // 2 // cell + 1, max(count, 1)
    tile_columns, tile_rows = -(-columns // _TILE), -(-rows // _TILE)
    edges, owner = _edges(shapes)
    below = np.zeros(fences, np.uint8)
    np.bitwise_xor.at(below, shapes.fence, shapes.below.astype(np.uint8))
    none, pairs_of_none = np.empty(0, np.int64), np.empty((0, 2), np.int64)
    room = _cells_of(edges, owner, cell, columns, np.empty((0, 4), np.int64), False)
    runs = np.empty((room, 4), np.int64)
    _cells_of(edges, owner, cell, columns, runs, True)
    lines = (columns * _PARTS, rows * _PARTS)
    toggles = np.empty(_toggles_of(edges, owner, part, *lines, none, False), np.int64)
    _toggles_of(edges, owner, part, *lines, toggles, True)
    toggles.sort()
    frame = (toggles, below, *lines)

    row, column = runs[:, 0] // columns, runs[:, 0] % columns
    tile = row // _TILE * tile_columns + column // _TILE
    marked = np.unique(tile)
    tiles = np.full(tile_rows * tile_columns, -1, np.int32)
    tiles[marked] = np.arange(len(marked))
    place = (tiles[tile].astype(np.int64) * _TILE + row % _TILE) * _TILE + column % _TILE
    pairs = np.unique(tile * fences + runs[:, 1])
    order = np.argsort(place, kind="stable")
    runs, place = runs[order], place[order]
    touched = place * fences + runs[:, 1]
    first = np.flatnonzero(np.diff(touched, prepend=-1))
    cells = (pairs, fences, tiles, tile_columns, touched[first], *frame)
    room = _room(_whole_cells(*cells, pairs_of_none, False), len(first))
    whole = np.empty((room, 2), np.int64)
    _whole_cells(*cells, whole, True)

    pieces = -(-(runs[:, 3] - runs[:, 2]) // _RUN)
    starts = np.cumsum(pieces) - pieces
    piece = np.arange(int(pieces.sum())) - np.repeat(starts, pieces)
    low = np.repeat(runs[:, 2], pieces) + piece * _RUN
    cut = np.stack((low, np.minimum(low + _RUN, np.repeat(runs[:, 3], pieces))), 1)
    starts = np.append(starts[first], len(cut))

    items = np.zeros((len(first) + len(whole), 3), np.int64)
    items[: len(first), 0] = runs[first, 1]
    items[len(first) :, 0], items[len(first) :, 2] = whole[:, 1], -1
    _parts(items, runs[first, 0], starts, cut, edges, part, *frame)
    # The runs are in the order of the items already; a cell that no edge touches has none.
    places = np.concatenate((place[first], whole[:, 0]))
    order = np.argsort(places, kind="stable")
    items, places = items[order], places[order]
    counts = np.zeros(len(items), np.int64)
    counts[: len(first)] = np.diff(starts)
    items[:, 0] += (np.cumsum(counts[order]) - counts[order]) << 32
    items = np.append(items, [[len(cut) << 32, 0, 0]], 0)

    tiled = (_spans(shapes, cell, tile_columns, tile_rows), pairs, fences, tile_columns, *frame)
    full = np.empty(_room(_whole_tiles(*tiled, none, False), len(items)), np.int64)
    _whole_tiles(*tiled, full, True)
    full.sort()
    return Grid(
        part,
        edges,
        tiles.reshape(tile_rows, tile_columns),
        np.searchsorted(full, np.arange(len(tiles) + 1) * fences).astype(np.int32),
        (full % fences).astype(np.int32),
        np.searchsorted(places, np.arange(len(marked) * _TILE**2 + 1)).astype(np.int32),
        items,
        np.concatenate((cut, _boxes(edges, cut)), 1).astype(np.int32),
    )


def _boxes(edges: Ints, runs: Longs) -> Longs:
    """Least and greatest x, least and greatest y of each run's edges, (r, 4)."""
    made = np.empty((len(runs), 4), np.int64)
    for low in range(0, len(runs), 50_000):  # so that what is in between stays small
        some = runs[low : low + 50_000]
        at = np.minimum(some[:, :1] + np.arange(_RUN), some[:, 1:] - 1)
        x, y = edges[at][:, :, (0, 2)], edges[at][:, :, (1, 3)]
        ends = (x.min((1, 2)), x.max((1, 2)), y.min((1, 2)), y.max((1, 2)))
        made[low : low + 50_000] = np.stack(ends, 1)
    return made


def _room(count: int, others: int) -> int:
    if count + others > MOST_ITEMS:  # W-F2
        raise InvalidValue(
            f"The fences' edges and insides take more than {MOST_ITEMS:,} cells of the grid; use"
            " fewer or smaller ones."
        )
    return count


def _edges(shapes: Outlines) -> tuple[Ints, Ints]:
    """All edges of rings, (e, 4), and the fence of each."""
    ring = np.zeros(len(shapes.x), np.bool_)
    fence = np.repeat(shapes.fence, np.diff(shapes.starts))
    closed = np.repeat(shapes.closed, np.diff(shapes.starts))
    ring[:] = closed
    ring[shapes.starts[1:] - 1] = False
    at = np.flatnonzero(ring)
    ax = (shapes.x[at] - _WEST) % TURN + _WEST
    bx = ax + shapes.x[at + 1] - shapes.x[at]
    # What ends beyond the antimeridian stands again a turn away, beside itself.
    beyond = np.where(bx >= -_WEST, -TURN, np.where(bx < _WEST, TURN, 0))
    again = np.flatnonzero(beyond)
    edges = np.stack((ax, shapes.y[at], bx, shapes.y[at + 1]), 1)
    twins = edges[again]
    twins[:, (0, 2)] += beyond[again, None]
    edges = np.insert(edges, again + 1, twins, 0)
    return edges.astype(np.int32), np.insert(fence[at], again + 1, fence[at][again]).astype(
        np.int32
    )


def _spans(shapes: Outlines, cell: int, tile_columns: int, tile_rows: int) -> Longs:
    """Tiles among which a fence's inside lies: (s, 5) fence, columns and rows, both included."""
    spans = []
    side = cell * _TILE
    for number in np.flatnonzero(np.diff(shapes.fence, prepend=-1) != 0):
        if not shapes.closed[number]:
            continue
        x, y = shapes.chain(int(number))
        south, north = (int(y.min()) - _SOUTH) // side, (int(y.max()) - _SOUTH) // side
        west, east = (int(x.min()) - _WEST) // side, (int(x.max()) - _WEST) // side
        if x[-1] != x[0]:
            south, north = (0, north) if shapes.below[number] else (south, tile_rows - 1)
            west, east = 0, tile_columns - 1
        elif west < 0 or east >= tile_columns:
            # A turn need not be a whole number of tiles, so both parts are counted by themselves.
            west, east = 0, tile_columns - 1
        spans.append((shapes.fence[number], west, east, south, north))
    return np.array(spans, np.int64).reshape(-1, 5)


@compiled
def _walked(
    px: Whole,
    py: Whole,
    west: Whole,
    south: Whole,
    inside: bool,
    edges: Ints,
    runs: Ints,
    first: Whole,
    last: Whole,
) -> bool:
    """Whether a point is inside or on an edge, by whether the corner of its part is inside.

    west, south: least x and y of the part. first, last: the runs of edges that may touch it.
    What an edge does to the answer is reckoned without branches, which would be foreseen badly.
    """
    on = False
    up, along = 2 * (py - south) + 1, 2 * (px - west) + 1
    for run in range(first, last):
        # What lies east of the point, above it or below the part, or west of it and not below the
        # part, the way does not meet.
        beside = (runs[run, 2] > px) | (runs[run, 4] > py) | (runs[run, 5] < south)
        if beside | ((runs[run, 3] < px) & (runs[run, 4] >= south)):
            continue
        for e in range(runs[run, 0], runs[run, 1]):
            ax, ay = np.int64(edges[e, 0]), np.int64(edges[e, 1])
            bx, by = np.int64(edges[e, 2]), np.int64(edges[e, 3])
            dx, dy = bx - ax, by - ay
            # Twice the turn from the edge to the point, the turn of the way and the corner, all in
            # half units: above 0, they lie left of it.
            point = 2 * (dx * (py - ay) - dy * (px - ax))
            turn = point - dx * up
            corner = turn + dy * along
            # On it, it counts as a hair further east.
            turn_left = (turn > 0) | ((turn == 0) & (dy < 0))
            corner_left = (corner > 0) | ((corner == 0) & (dy < 0))
            across, through = (ax <= px) != (bx <= px), (ay < south) != (by < south)
            inside ^= across & ((point > 0) != turn_left)
            inside ^= through & (turn_left != corner_left)
            upright = (ax == px) & (bx == px) & ((ay < py) != (by < py))
            on |= upright | ((ax == px) & (ay == py)) | (across & (point == 0))
    return inside | on


@compiled
def _quotient(number: Whole, by: Whole) -> Whole:
    """Of two that are not negative, so without sign, which is quicker."""
    return np.int64(np.uint64(number) // np.uint64(by))


@compiled
def _holding(
    x: Ints,
    y: Ints,
    part: int,
    edges: Ints,
    tiles: Ints,
    full_starts: Ints,
    full: Ints,
    cell_starts: Ints,
    items: Longs,
    runs: Ints,
    starts: Longs,
    found: Ints,
) -> int:
    """The fences whose rings hold each point, their edges included; how many pairs.

    starts (n + 1,): where each point's are in `found`, which is filled as far as it reaches.
    """
    count = np.int64(0)
    tile_columns = tiles.shape[1]
    for n in range(len(x)):
        starts[n] = count
        px, py = np.int64(x[n]), np.int64(y[n])
        column, row = _quotient(px - _WEST, part), _quotient(py - _SOUTH, part)
        tile_row, tile_column = row // (_TILE * _PARTS), column // (_TILE * _PARTS)
        tile = tile_row * tile_columns + tile_column
        for k in range(full_starts[tile], full_starts[tile + 1]):
            if count < len(found):
                found[count] = full[k]
            count += 1
        block = np.int64(tiles[tile_row, tile_column])
        if block < 0:
            continue
        place = (block * _TILE + row // _PARTS % _TILE) * _TILE + column // _PARTS % _TILE
        bit = row % _PARTS * _PARTS + column % _PARTS
        for item in range(cell_starts[place], cell_starts[place + 1]):
            inside = (items[item, 2] >> bit) & 1
            if (items[item, 1] >> bit) & 1:
                west, south = _WEST + column * part, _SOUTH + row * part
                first, last = items[item, 0] >> 32, items[item + 1, 0] >> 32
                inside = np.int64(
                    _walked(px, py, west, south, inside != 0, edges, runs, first, last)
                )
            # Put down in any case: whether it counts is chance, on which a branch would wait.
            if count < len(found):
                found[count] = items[item, 0] & 0xFFFFFFFF
            count += inside
    starts[len(x)] = count
    return int(count)


def holding(grid: Grid, latitude_e7: Ints, longitude_e7: Ints) -> tuple[Longs, Ints]:
    """starts (n + 1,) and fences: those that hold point i are fences[starts[i]:starts[i + 1]]."""
    starts = np.empty(len(latitude_e7) + 1, np.int64)
    room = 4 * len(latitude_e7) + 64
    while True:
        found = np.empty(room, np.int32)
        count = _holding(
            longitude_e7,
            latitude_e7,
            grid.part,
            grid.edges,
            grid.tiles,
            grid.full_starts,
            grid.full,
            grid.cell_starts,
            grid.items,
            grid.runs,
            starts,
            found,
        )
        if count <= room:
            return starts, found[:count]
        room = count
