"""Inside of fences against GEOS and plain whole numbers; edges against GeographicLib."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.errors import InvalidValue
from firebreak.values import DEGREE
from firebreak.watch.fences import Fence, Fences, Line, Region
from firebreak.watch.reports import Ints
from tests.watch.fences_examples import EARTH, around, column, degrees

CELLS = (DEGREE // 50, DEGREE // 20, DEGREE // 10, 777_777)
"""The last is neither a multiple of 8 nor a part of the turn."""


# -- inside ----------------------------------------------------------------------------------------


def geos(fences: Fences, number: int) -> shapely.Geometry:
    """The very polygon that a region was cut to, for GEOS."""
    chains = [
        np.stack(fences.outlines.chain(int(c)), 1).astype(float)
        for c in np.flatnonzero(fences.outlines.fence == number)
    ]
    return shapely.Polygon(chains[0], chains[1:])


def agreed(fences: Fences, y: Ints, x: Ints) -> None:
    """Inside says of every point what GEOS says of it, of the boundary too."""
    point, fence = fences.inside(y, x)
    ours = np.zeros((len(fences), len(y)), np.bool_)
    ours[fence, point] = True
    for number in range(len(fences)):
        shape = geos(fences, number)
        shapely.prepare(shape)
        theirs = np.zeros(len(y), np.bool_)
        for turn in (-360, 0, 360):
            theirs |= shapely.intersects_xy(shape, x.astype(float) + turn * DEGREE, y.astype(float))
        assert np.array_equal(ours[number], theirs), number


@pytest.mark.parametrize("cell", CELLS)
def test_inside_is_what_geos_says(cell: int) -> None:  # W-F4
    shapes = [
        around(52, 21, 90_000, 3_000, 0.03, 1),
        around(52.3, 21.4, 40_000, 900, 0.6, 2),
        around(-17, 180, 60_000, 700, 0.4, 3),
        around(52, 21, 700, 11, 0.5, 4),
    ]
    with_hole = Region(shapes[0], (around(52, 21, 20_000, 40, 0.5, 5),))
    fences = Fences([Fence("hole", with_hole), *(Fence("f", Region(s)) for s in shapes)], cell)
    random = np.random.default_rng(cell)
    for latitude, longitude in ((52, 21), (-17, 180)):
        y = random.integers(round((latitude - 1) * DEGREE), round((latitude + 1) * DEGREE), 30_000)
        x = random.integers(
            round((longitude - 2) * DEGREE), round((longitude + 2) * DEGREE), 30_000
        )
        x = (x + 180 * DEGREE) % (360 * DEGREE) - 180 * DEGREE
        # As many within a few units of the lines of the grid, where a mistake would show.
        part, start = -(-cell // 8), np.array([-90, -180]) * DEGREE
        y[:10_000] = (y[:10_000] - start[0]) // part * part + start[0]
        x[5_000:15_000] = (x[5_000:15_000] - start[1]) // part * part + start[1]
        y[:10_000] += random.integers(-2, 3, 10_000)
        x[5_000:15_000] += random.integers(-2, 3, 10_000)
        x = (x + 180 * DEGREE) % (360 * DEGREE) - 180 * DEGREE
        agreed(fences, column(y), column(x))


@pytest.mark.parametrize("cell", CELLS)
def test_vertices_and_points_of_edges_are_inside(cell: int) -> None:  # W-F4
    ring = around(52, 21, 60_000, 2_000, 0.3, 7)
    fences = Fences([Fence("a", Region(ring))], cell)
    x, y = fences.outlines.chain(0)
    dx, dy = np.diff(x), np.diff(y)
    common = np.gcd(dx, dy)
    some = np.flatnonzero(common > 1)
    assert len(some) > 100
    on_x, on_y = x[some] + dx[some] // common[some], y[some] + dy[some] // common[some]
    y, x = np.append(y, on_y), np.append(x, on_x)
    point, _ = fences.inside(column(y), column(x))
    assert np.array_equal(np.sort(point), np.arange(len(y)))
    near_y = np.concatenate((y - 1, y, y, y + 1))
    near_x = np.concatenate((x, x - 1, x + 1, x))
    agreed(fences, column(near_y), column(near_x))


@settings(max_examples=150)
@given(data=st.data())
def test_inside_of_small_jagged_rings_on_lines_of_the_grid(data: st.DataObject) -> None:  # W-F4
    """Rings whose points lie on or beside corners of cells and their parts; even such as cross
    themselves."""
    cell = data.draw(st.sampled_from(CELLS))
    side = data.draw(st.sampled_from((cell // 8, cell)))
    units = st.integers(-2, 2)
    corner = st.tuples(st.integers(0, 3), st.integers(0, 3), units, units)
    points = data.draw(st.lists(corner, min_size=3, max_size=9, unique=True))
    y = column([p[0] * side + p[2] + 10 * cell for p in points])
    x = column([p[1] * side + p[3] - 2 * cell for p in points])
    try:
        fences = Fences([Fence("a", Region(Line(y, x, True)))], cell)
    except InvalidValue:
        return  # all points in a row are the same
    tries = data.draw(st.lists(corner, min_size=1, max_size=40))
    at_y = column([p[0] * side + p[2] + 10 * cell for p in tries])
    at_x = column([p[1] * side + p[3] - 2 * cell for p in tries])
    xs, ys = fences.outlines.chain(0)
    ours = np.zeros(len(tries), np.bool_)
    ours[fences.inside(at_y, at_x)[0]] = True
    for n, (py, px) in enumerate(zip(at_y.tolist(), at_x.tolist(), strict=True)):
        assert ours[n] == holds(xs.tolist(), ys.tolist(), px, py), (px, py)


def holds(xs: list[int], ys: list[int], px: int, py: int) -> bool:
    """Even-odd on whole numbers, edges included: slow and plain."""
    inside = False
    for k in range(len(xs) - 1):
        ax, ay, bx, by = xs[k], ys[k], xs[k + 1], ys[k + 1]
        turn = (bx - ax) * (py - ay) - (by - ay) * (px - ax)
        if turn == 0 and min(ax, bx) <= px <= max(ax, bx) and min(ay, by) <= py <= max(ay, by):
            return True
        if (ay <= py) != (by <= py) and (turn > 0) == (by > ay):
            inside = not inside
    return inside


@pytest.mark.parametrize("pole", [90, -90])
def test_a_pole_may_lie_inside(pole: int) -> None:  # W-F3
    ring = around(pole, 0, 500_000, 90, 0.2, 3)
    for line in (ring, Line(ring.latitude_e7[::-1].copy(), ring.longitude_e7[::-1].copy(), True)):
        hole = around(pole, 0, 50_000, 30, 0.2, 4)
        fences = Fences([Fence("cap", Region(line)), Fence("ring", Region(line, (hole,)))])
        random = np.random.default_rng(2)
        places = []
        for _ in range(400):
            there = EARTH.Direct(pole, 0, random.uniform(0, 360), random.uniform(0, 700_000))
            places.append((there["lat2"], there["lon2"], there["s12"]))
        y = column([round(p[0] * DEGREE) for p in places])
        x = column(
            [(round(p[1] * DEGREE) + 180 * DEGREE) % (360 * DEGREE) - 180 * DEGREE for p in places]
        )
        point, fence = fences.inside(y, x)
        cap, holed = set(point[fence == 0].tolist()), set(point[fence == 1].tolist())
        for n, (_, _, far) in enumerate(places):
            if far < 390_000:
                assert n in cap
            if far > 500_000:
                assert n not in cap
            if far < 39_000:
                assert n not in holed
            if 50_000 < far < 390_000:
                assert n in holed


def test_the_other_pole_and_the_equator_are_outside_a_cap() -> None:  # W-F3
    fences = Fences([Fence("cap", Region(around(90, 0, 3_000_000, 40, 0.1, 5)))])
    x = column([-180 * DEGREE, 0, 179 * DEGREE, 5, 5])
    y = column([-90 * DEGREE, 0, 10 * DEGREE, 90 * DEGREE, 85 * DEGREE])
    assert sorted(fences.inside(y, x)[0].tolist()) == [3, 4]


def test_an_edge_follows_the_shortest_path() -> None:  # W-F3
    """Along 52 N over 5 degrees it runs 2,952 m north of the parallel."""
    zone = Region(degrees([(52, 10), (52, 15), (50, 15), (50, 10)], True))
    fences = Fences([Fence("a", zone)])
    north = 2_952 / 111_265
    y = column([round((52 + north - 0.001) * DEGREE), round((52 + north + 0.001) * DEGREE)])
    assert fences.inside(y, column([125_000_000] * 2))[0].tolist() == [0]


@pytest.mark.parametrize(
    "ends",
    [((52, 10), (52, 30)), ((70, -170), (72, 150)), ((89, 0), (89.5, 170)), ((-88, 5), (-89.99, -178)),
     ((0, 0), (0, 60)), ((10, 179), (-40, -130)), ((60, 5), (60.01, 5.3)), ((89.9999, 0), (89.9999, 179))],
)  # fmt: skip
def test_edges_are_cut_to_less_than_a_metre_of_chord_error(
    ends: tuple[tuple[float, float], tuple[float, float]],
) -> None:  # W-F3
    outline = Fences([Fence("a", degrees(ends))]).outlines
    x, y = outline.chain(0)
    edge = EARTH.InverseLine(*ends[0], *ends[1])
    for k in range(0, len(x) - 1, max(1, (len(x) - 1) // 60)):
        for share in (0.2, 0.5, 0.8):
            latitude = (y[k] + share * (y[k + 1] - y[k])) / DEGREE
            longitude = (x[k] + share * (x[k + 1] - x[k])) / DEGREE
            # The nearest point of the edge, by golden section round the expected place.
            here = EARTH.Inverse(*ends[0], latitude, longitude)["s12"]
            low, high = here - 2_000, here + 2_000
            for _ in range(50):
                one, other = low + 0.382 * (high - low), low + 0.618 * (high - low)
                if far(edge, one, latitude, longitude) < far(edge, other, latitude, longitude):
                    high = other
                else:
                    low = one
            assert far(edge, low, latitude, longitude) <= 1.0


def far(edge: object, along: float, latitude: float, longitude: float) -> float:
    point = edge.Position(along)  # type: ignore[attr-defined]  # GeographicLib has no types
    there: float = EARTH.Inverse(point["lat2"], point["lon2"], latitude, longitude)["s12"]
    return there
