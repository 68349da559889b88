"""The index of notices: how long a query takes, how fast it takes notices in, what it weighs.

A query is `NoticeIndex.conflicts(volume)`, timed by the wall clock from a `Volume` of Python objects
to the sorted keys: its conversion, its check and the exact check of what is uncertain included.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import numpy.typing as npt
import shapely

from firebreak.bench.workloads import volumes
from firebreak.errors import Misuse
from firebreak.values import Height, HeightReference, HeightUnit, Millis, Position
from firebreak.volumes import Heights, Polygon, Volume, Window
from firebreak.watch.index import Lot, NoticeIndex
from firebreak.watch.index_geometry import POLYGON
from firebreak.watch.reports import Longs

GROWTH: Final = (1_000, 10_000, 100_000, 1_000_000)
LOT: Final = 1_000
"""Notices put together."""
QUERIES: Final = 1_000
PASSES: Final = 5
"""Times that all queries are asked; of the figures of each pass the least counts."""
BETWEEN: Final = 10
"""Queries after each lot, while inserts are timed."""
_DAY_ONE: Final = 1_795_305_600_000
_SEED: Final = 9
_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Inputs:
    """The volumes of workloads.volumes(n): as shapes, and as one lot whose keys are their places."""

    shapes: npt.NDArray[np.object_]
    lot: Lot

    def lots(self, rows: int = LOT) -> Iterator[Lot]:
        """The same, so many at a time."""
        for first in range(0, len(self.lot), rows):
            yield part(self.lot, first, min(first + rows, len(self.lot)))

    def volume(self, row: int) -> Volume:
        """One of them as the exact check takes it."""
        lot = self.lot
        first, last = lot.vertices[row : row + 2].tolist()
        outer = tuple(
            Position(*place)
            for place in zip(
                lot.latitude_e7[first:last].tolist(),
                lot.longitude_e7[first:last].tolist(),
                strict=True,
            )
        )
        lower, upper = (
            Height(value, HeightUnit.FEET, HeightReference.MEAN_SEA_LEVEL)
            for value in (int(lot.lower[row]), int(lot.upper[row]))
        )
        window = Window(Millis(int(lot.start[row])), Millis(int(lot.end[row])))
        return Volume(Polygon(outer), Heights(lower, upper), window)


def inputs(n: int) -> Inputs:
    """The workload's volumes, their corners rounded to 1e-7 degree."""
    shapes, start, end, lower, upper = volumes(n)
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    closing = np.append(np.flatnonzero(np.diff(owner)), len(owner) - 1)
    kept = np.ones(len(owner), np.bool_)
    kept[closing] = False  # the first corner, said again
    places = np.rint(corners[kept] * 1e7).astype(np.int32)
    count = np.bincount(owner[kept], minlength=n)
    feet = np.full(n, HeightUnit.FEET, np.uint8)
    sea = np.full(n, HeightReference.MEAN_SEA_LEVEL, np.uint8)
    lot = Lot(
        key=np.arange(n, dtype=np.int64),
        kind=np.full(n, POLYGON, np.uint8),
        rings=np.arange(n + 1, dtype=np.int64),
        vertices=np.concatenate(([0], np.cumsum(count))).astype(np.int64),
        latitude_e7=np.ascontiguousarray(places[:, 1]),
        longitude_e7=np.ascontiguousarray(places[:, 0]),
        buffer_m=np.zeros(n, np.int32),
        lower=lower.astype(np.int32),
        lower_unit=feet,
        lower_reference=sea,
        upper=upper.astype(np.int32),
        upper_unit=feet,
        upper_reference=sea,
        start=_DAY_ONE + 1_000 * start,
        end=_DAY_ONE + 1_000 * end,
    )
    return Inputs(shapes, lot)


def part(lot: Lot, first: int, last: int) -> Lot:
    """Rows first to last of a lot whose volumes have one ring each."""
    begin, end = lot.vertices[first], lot.vertices[last]
    moved = {
        "rings": np.arange(last - first + 1, dtype=np.int64),
        "vertices": lot.vertices[first : last + 1] - begin,
        "latitude_e7": lot.latitude_e7[begin:end],
        "longitude_e7": lot.longitude_e7[begin:end],
    }
    return Lot(
        *(moved.get(field.name, getattr(lot, field.name)[first:last]) for field in fields(Lot))
    )


def measure(folder: Path) -> dict[str, float]:
    """All keys; folder: an empty one, for the process that holds only an index.

    `volumes_100k_p50_us`, `volumes_1m_p50_us`, and as `_p99_us`; `volumes_1m_ratio_strtree`: the
    median of Shapely's STRtree with filters of window and heights over ours, same queries, in turn;
    `inserts_per_s`: notices put, LOT at a time with BETWEEN queries after each lot, over all the
    time that this took; `longest_put_ms`: of one such lot; `rss_mb`: see `held_mb`.
    """
    small = queried(inputs(100_000))
    many = inputs(1_000_000)
    index = NoticeIndex()
    asked = queries(many)
    rate, longest = _filled(index, many, asked)
    tree = shapely.STRtree(many.shapes)
    # In turn, so that both meet the same load of the machine.
    pairs = [(_figures(index, asked), _tree_us(tree, many, asked)) for _ in range(PASSES)]
    median, late = map(min, zip(*(figures for figures, _ in pairs), strict=True))
    tree_median = min(figure for _, figure in pairs)
    return {
        "volumes_100k_p50_us": small[0],
        "volumes_100k_p99_us": small[1],
        "volumes_1m_p50_us": median,
        "volumes_1m_p99_us": late,
        "volumes_1m_ratio_strtree": tree_median / median,
        "inserts_per_s": rate,
        "longest_put_ms": longest,
        "rss_mb": held_mb(many, folder),
    }


def growth(sizes: tuple[int, ...] = GROWTH) -> list[tuple[int, float]]:
    """Notices held, and the median microseconds of a query."""
    return [(n, queried(inputs(n))[0]) for n in sizes]


def queried(of: Inputs) -> tuple[float, float]:
    """Median and 99th percentile of a query in microseconds, all volumes held."""
    index, asked = NoticeIndex(), queries(of)
    for lot in of.lots():
        index.put_columns(lot)
    median, late = map(min, zip(*(_figures(index, asked) for _ in range(PASSES)), strict=True))
    return median, late


def queries(of: Inputs) -> list[tuple[int, Volume]]:
    """QUERIES of the volumes themselves."""
    rows = np.random.default_rng(_SEED).integers(0, len(of.lot), QUERIES).tolist()
    return [(row, of.volume(row)) for row in rows]


def _figures(index: NoticeIndex, asked: list[tuple[int, Volume]]) -> tuple[float, float]:
    """Median and 99th percentile of one pass, microseconds.

    Raises Misuse if a query does not find the volume itself.
    """
    taken = np.zeros(len(asked))
    for number, (row, volume) in enumerate(asked):
        begun = time.perf_counter_ns()
        found = index.conflicts(volume)
        taken[number] = (time.perf_counter_ns() - begun) / 1_000
        if row not in found:
            raise Misuse(f"The query for volume {row} did not find it; the figures mean nothing.")
    return float(np.median(taken)), float(np.percentile(taken, 99))


def _filled(index: NoticeIndex, of: Inputs, asked: list[tuple[int, Volume]]) -> tuple[float, float]:
    """Notices a second, and the longest put of a lot in milliseconds; queries go on between."""
    index.put_columns(part(of.lot, 0, 1))  # what must be compiled or read from the cache
    index.conflicts(asked[0][1])
    index.remove(0)
    longest, turn = 0.0, 0
    begun = time.perf_counter()
    for lot in of.lots():
        before = time.perf_counter()
        index.put_columns(lot)
        longest = max(longest, time.perf_counter() - before)
        for _ in range(BETWEEN):
            index.conflicts(asked[turn % QUERIES][1])
            turn += 1
    return len(of.lot) / (time.perf_counter() - begun), longest * 1_000


def _tree_us(tree: shapely.STRtree, of: Inputs, asked: list[tuple[int, Volume]]) -> float:
    """Median microseconds of the same queries with STRtree: boxes, window and heights, then shapes.

    The exact predicate comes last and prepared, which is the fastest order.
    """
    lot = of.lot
    taken = []
    for row, _ in asked:
        shape, start, end = of.shapes[row], lot.start[row], lot.end[row]
        lower, upper = lot.lower[row], lot.upper[row]
        begun = time.perf_counter_ns()
        near: Longs = tree.query(shape)
        near = near[(lot.start[near] < end) & (lot.end[near] > start)]
        near = near[(lot.lower[near] <= upper) & (lot.upper[near] >= lower)]
        shapely.prepare(shape)
        near[shapely.intersects(shape, of.shapes[near])].tolist()
        taken.append((time.perf_counter_ns() - begun) / 1_000)
    return float(np.median(taken))


def held_mb(of: Inputs, folder: Path) -> float:
    """Resident megabytes of a process of its own that holds only an index of these volumes.

    Its interpreter, NumPy, numba and the compiled code count. Raises Misuse if it fails.
    """
    file = folder / "lots"
    with file.open("wb") as stream:
        for lot in of.lots(10 * LOT):
            for field in fields(Lot):
                np.save(stream, getattr(lot, field.name))
    done = subprocess.run(
        [sys.executable, "-m", "firebreak.bench.volumes", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Misuse(f"The process that holds an index failed: {done.stderr.strip()}")
    return float(done.stdout)


def _saved(stream: BinaryIO) -> Iterator[Lot]:
    while stream.peek(1):  # type: ignore[attr-defined] # an open file has it
        yield Lot(*(np.load(stream) for _ in fields(Lot)))


def _hold(file: Path) -> float:
    """Fill an index from a file of lots, ask it once, and give this process's megabytes."""
    index = NoticeIndex()
    with file.open("rb") as stream:
        for lot in _saved(stream):
            index.put_columns(lot)
    if not index.conflicts(index.volume(0)):
        raise Misuse("The index did not find the volume that was asked for.")
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [resident] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(resident.split()[1]) * 1_024 / _MEGABYTE


if __name__ == "__main__":
    print(_hold(Path(sys.argv[1])))
