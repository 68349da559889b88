"""Fences: tracks against 27 lines of 75,000 points and 5,000 zones, and Shapely at the same errand.

One thread; times are CPU seconds of this process, the best of ROUNDS. GEOS is given the very polygons
that the fences were cut to, on whole numbers, so a disagreement is a mistake of one of the two.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

import numpy as np
import shapely

from firebreak.bench.workloads import aircraft, lines, points, states, zones
from firebreak.values import DEGREE
from firebreak.watch.fences import Fence, Fences, Line, Region
from firebreak.watch.reports import Floats, Ints, Longs
from firebreak.watch.states import States

ROUNDS: Final = 5
SIZES: Final = (1_000, 10_000, 100_000)
COMPARED: Final = 1_000_000
CELLS: Final = (DEGREE // 50, DEGREE // 20, DEGREE // 10)
T = TypeVar("T")


def positions(count: int, seed: int = 3) -> tuple[Ints, Ints]:
    """The workload's points: latitudes and longitudes in 1e-7 degree."""
    x, y = points(count, seed)
    return np.rint(y * DEGREE).astype(np.int32), np.rint(x * DEGREE).astype(np.int32)


def _line(ring: shapely.Polygon) -> Line:
    whole = np.rint(shapely.get_coordinates(ring)[:-1] * DEGREE).astype(np.int32)
    return Line(whole[:, 1].copy(), whole[:, 0].copy(), closed=True)


def all_fences(borders: Sequence[shapely.Polygon], areas: Sequence[shapely.Polygon]) -> list[Fence]:
    """The workload's lines and zones as fences."""
    return [Fence(f"line {n}", _line(ring)) for n, ring in enumerate(borders)] + [
        Fence(f"zone {n}", Region(_line(ring))) for n, ring in enumerate(areas)
    ]


def tracks(count: int) -> States:
    """Aircraft of the workload's speeds, courses and heights, at its points."""
    y, x = positions(count)
    return replace(states(aircraft(count)), latitude_e7=y, longitude_e7=x)


def timed(errand: Callable[[], T], rounds: int = 0) -> tuple[float, T]:
    """Milliseconds of CPU, the best of several; the answer."""
    best, answer = np.inf, errand()
    for _ in range(rounds or ROUNDS):
        begun = time.process_time()
        answer = errand()
        best = min(best, time.process_time() - begun)
    return 1000 * best, answer


def polygons(fences: Fences) -> list[shapely.Polygon]:
    """What every fence was cut to, as GEOS takes it; none here crosses the antimeridian."""
    return [
        shapely.Polygon(np.stack(fences.outlines.chain(c), 1).astype(float))
        for c in range(len(fences))
    ]


def _by_polygon(shapes: Sequence[shapely.Polygon], x: Floats, y: Floats) -> Longs:
    """Pairs by prepared polygons over the points in their boxes."""
    order = np.argsort(x)
    sorted_x = x[order]
    found = []
    for number, shape in enumerate(shapes):
        low, south, high, north = shape.bounds
        some = order[np.searchsorted(sorted_x, low) : np.searchsorted(sorted_x, high, "right")]
        some = some[(y[some] >= south) & (y[some] <= north)]
        held = some[shapely.intersects_xy(shape, x[some], y[some])]
        found.append(held * len(shapes) + number)
    return np.concatenate(found)


def _by_tree(shapes: Sequence[shapely.Polygon], x: Floats, y: Floats) -> Longs:
    """Pairs by a tree over the points, which move and so are put in anew, and prepared polygons."""
    tree = shapely.STRtree(np.asarray(shapely.points(x, y)))
    number, point = tree.query(shapes, predicate="intersects")
    pairs: Longs = point * len(shapes) + number
    return pairs


def _by_polygon_tree(
    tree: shapely.STRtree, shapes: Sequence[shapely.Polygon], x: Floats, y: Floats
) -> Longs:
    """Pairs by a tree over the polygons, made once, then prepared polygons."""
    point, number = tree.query(shapely.points(x, y))
    held = np.zeros(len(point), np.bool_)
    order = np.argsort(number, kind="stable")
    starts = np.searchsorted(number[order], np.arange(len(shapes) + 1))
    for k, shape in enumerate(shapes):
        some = order[starts[k] : starts[k + 1]]
        held[some] = shapely.intersects_xy(shape, x[point[some]], y[point[some]])
    pairs: Longs = point[held] * len(shapes) + number[held]
    return pairs


def measure(show: Callable[[str], None], quick: bool = False) -> dict[str, float]:
    """The figures of fences. quick: GEOS is asked about a tenth of the points and at one cell size."""
    show("making 27 lines and 5,000 zones")
    wanted = all_fences(lines(), zones())
    Fences(wanted[-1:]).look(tracks(10))  # so that nothing is compiled while it is measured
    begun = time.process_time()
    fences = Fences(wanted)
    build_s = time.process_time() - begun
    figures = {"fences_build_s": build_s, "fences_mb": fences.bytes / 1e6}

    show("tracks against all of them: inside, distance, crossing")
    for count in SIZES:
        some = tracks(count)
        milliseconds, found = timed(partial(fences.look, some))
        figures[f"fences_{count // 1000}k_ms"] = milliseconds
        figures[f"fences_{count // 1000}k_findings"] = len(found)

    show("points in polygons, against Shapely")
    for count in SIZES:
        milliseconds, _ = timed(partial(fences.inside, *positions(count)))
        figures[f"fences_inside_{count // 1000}k_ms"] = milliseconds
    y, x = positions(100_000)
    shapes = polygons(fences)
    shapely.prepare(shapes)
    tree = shapely.STRtree(shapes)
    float_x, float_y = x.astype(float), y.astype(float)
    ways = {
        "prepared": lambda: _by_polygon(shapes, float_x, float_y),
        "tree_of_points": lambda: _by_tree(shapes, float_x, float_y),
        "tree_of_polygons": lambda: _by_polygon_tree(tree, shapes, float_x, float_y),
    }
    theirs = {way: timed(errand, 1 if quick else 2)[0] for way, errand in ways.items()}
    figures |= {f"fences_shapely_{way}_ms": value for way, value in theirs.items()}
    figures["fences_ratio_shapely"] = min(theirs.values()) / figures["fences_inside_100k_ms"]

    show("every answer against GEOS")
    y, x = positions(COMPARED // 10 if quick else COMPARED, seed=12)
    truth = np.sort(_by_tree(shapes, x.astype(float), y.astype(float)))
    wrong = 0
    for cell in CELLS[:1] if quick else CELLS:
        point, fence = (fences if quick else Fences(wanted, cell)).inside(y, x)
        wrong += len(np.setxor1d(point * len(fences) + fence, truth))
    figures["fences_disagreements_geos"] = wrong
    return figures
