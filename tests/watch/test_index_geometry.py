"""The bounds on which the index of notices relies, each shown (spec/watch.md, Index of notices)."""

import math
from fractions import Fraction

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, reject, settings

from firebreak.errors import InvalidValue
from firebreak.values import Height, HeightReference, HeightUnit, Position
from firebreak.volumes import (
    Area,
    Circle,
    Corridor,
    Heights,
    Polygon,
    check,
    conflict,
    separation_m,
)
from firebreak.volumes.geodesic import (
    Course,
    course,
    latitude_longitude,
    onto_surface,
    points_along,
    surface_distance,
    surface_point,
)
from firebreak.volumes.heights import height_overlap_ft
from firebreak.volumes.space import Vector, chord, length
from firebreak.watch import index_geometry as geometry
from firebreak.watch import index_search as search
from firebreak.watch.index import NoticeIndex
from firebreak.watch.index_cells import (
    GROUPS,
    LENGTHS,
    angle_of,
    cell_key,
    cell_number,
    cell_of,
    cells_across,
    face_span,
    group_of_key,
    least_out,
    length_of,
    level_of,
    long_at,
    pair,
    put_long,
    second_of,
    step_bits,
)
from firebreak.watch.reports import Floats, Longs
from tests.volumes.examples import at, over

LATITUDES = st.one_of(st.floats(-90, 90), st.sampled_from((-90.0, 0.0, 89.9999999, 90.0)))
POINTS = st.builds(at, LATITUDES, st.floats(-180, 179.9999999))
AZIMUTHS = st.floats(0, 6.283)
LENGTHS_M = st.one_of(st.floats(10, 40_000), st.floats(10, 400_000), st.floats(10, 9_990_000))


def course_from(start: Position, azimuth: float, metres: float) -> Course:
    return Course(surface_point(start), (math.sin(azimuth), math.cos(azimuth)), metres)


def rounded(point: Vector) -> Position:
    return at(*latitude_longitude(point))


def shape_of(kind: int, *positions: Position) -> tuple[Floats, Longs, float]:
    rows = np.array(
        [[p.latitude_e7 for p in positions], [p.longitude_e7 for p in positions]], np.int32
    )
    points = np.zeros((geometry.MOST_POINTS, geometry.POINT_COLUMNS))
    starts = np.zeros(geometry.MOST_POINTS, np.int64)
    slack = geometry.make_shape(rows, 0, len(positions), 1, kind, points, starts)
    return points, starts, slack


@given(POINTS)
def test_a_position_is_where_the_exact_check_puts_it(position: Position) -> None:
    ours = geometry.surface(position.latitude_e7, position.longitude_e7)
    assert chord(ours, surface_point(position)) < 1e-6


@settings(max_examples=300)
@given(POINTS, AZIMUTHS, LENGTHS_M)
def test_a_shortest_path_leaves_its_plane_by_no_more_than_stated(
    start: Position, azimuth: float, metres: float
) -> None:
    points = points_along(course_from(start, azimuth, metres), 16)
    ends2 = chord(points[0], points[-1]) ** 2
    normal = np.cross(points[0], np.subtract(points[-1], points[0]))
    normal /= np.linalg.norm(normal)
    off = max(abs(float(np.dot(normal, point))) for point in points)
    assert off <= geometry.PLANE_PER_M2 * ends2 + 1e-6
    # And rises over its chord by no more than the ball of its edge allows.
    for share, point in enumerate(points):
        along = np.add(points[0], np.subtract(points[-1], points[0]) * (share / 16))
        assert chord(tuple(along), point) <= geometry.bulge(ends2) + 0.02 * math.sqrt(ends2)


@settings(max_examples=300)
@given(POINTS, AZIMUTHS, st.one_of(st.floats(0, 100_000), st.floats(0, 12_000_000)))
def test_a_distance_lies_between_its_bounds(a: Position, azimuth: float, metres: float) -> None:
    start, end = points_along(course_from(a, azimuth, metres), 1)
    true = surface_distance(start, end)
    straight = chord(start, end)
    assert geometry.arc_at_least(straight) <= true + 1e-5
    assert geometry.arc_at_most(straight) >= true - 1e-5
    if true < 100_000:
        assert geometry.arc_at_most(straight) - geometry.arc_at_least(straight) < 0.05


@settings(max_examples=300, deadline=None)
@given(
    POINTS,
    AZIMUTHS,
    LENGTHS_M,
    st.floats(-0.5, 1.5),
    AZIMUTHS,
    st.one_of(st.floats(0, 50_000), st.floats(0, 3_000_000)),
)
def test_the_distance_to_an_edge_is_within_its_slack(
    start: Position, azimuth: float, metres: float, share: float, away: float, off: float
) -> None:
    path = course_from(start, azimuth, metres)
    a, b = rounded(points_along(path, 1)[0]), rounded(points_along(path, 1)[1])
    assume(a != b)
    beside = points_along(course_from(start, azimuth, metres * share), 1)[1]
    point = points_along(course_from(rounded(beside), away, off), 1)[1]
    points, starts, slack = shape_of(geometry.CORRIDOR, a, b)
    found = geometry.to_edges(*point, points, starts, 1)
    edge = course(surface_point(a), surface_point(b))
    nearest = min(_nearest(point, edge), chord(point, edge.start))
    assert nearest * (1 - geometry.FOOT) - slack <= found <= nearest * (1 + geometry.FOOT) + slack


def _nearest(point: Vector, path: Course) -> float:
    """The least chord from a point to a path, by narrowing down."""
    low, high = 0.0, path.length_m

    def line(metres: float) -> Vector:
        return points_along(Course(path.start, path.azimuth, metres), 1)[1]

    steps = [line(path.length_m * step / 64) for step in range(65)]
    best = min(range(65), key=lambda step: chord(point, steps[step]))
    low, high = path.length_m * max(best - 1, 0) / 64, path.length_m * min(best + 1, 64) / 64
    for _ in range(60):
        third = (high - low) / 3
        if chord(point, line(low + third)) < chord(point, line(high - third)):
            high -= third
        else:
            low += third
    return chord(point, line((low + high) / 2))


SMALL = st.floats(-0.4, 0.4)


@st.composite
def near_areas(draw: st.DrawFn) -> tuple[Area, Area]:
    """Two areas of some kilometres whose clearance is often within metres of none."""
    latitude, longitude = draw(st.sampled_from(((52.0, 20.0), (-5.0, 179.9), (88.5, 0.0))))
    a = at(latitude, longitude)
    edge = points_along(course_from(a, draw(AZIMUTHS), draw(st.floats(500, 150_000))), 2)
    b, middle = rounded(edge[2]), rounded(edge[1])
    half = draw(st.integers(1, 5_000))
    choices: tuple[Area, ...] = (
        Circle(a, half),
        Corridor((a, b), half),
        Corridor((a, middle, b), half),
    )
    first = draw(st.sampled_from(choices))
    aside = draw(st.floats(0, 20_000))
    c = rounded(points_along(course_from(middle, draw(AZIMUTHS), aside), 1)[1])
    d = rounded(points_along(course_from(c, draw(AZIMUTHS), draw(st.floats(500, 60_000))), 1)[1])
    second = Corridor((c, d), 1)
    gap = separation_m(first, second)
    reach = min(max(1, round(gap) + 1 + draw(st.integers(-3, 3))), 2_000_000)
    others: tuple[Area, ...] = (Corridor((c, d), reach), Circle(c, reach))
    return first, draw(st.sampled_from(others))


@settings(max_examples=300, deadline=None)
@given(near_areas())
def test_what_is_certain_is_so_by_the_exact_check(pair: tuple[Area, Area]) -> None:
    """W-X3, where it is hardest: areas that all but touch."""
    a, b = map(over, pair)
    index = NoticeIndex()
    index.put(3, a)
    assert index.conflicts(b) == [3] * (conflict(a, b) is not None)


@st.composite
def long_rings(draw: st.DrawFn) -> tuple[Polygon, Position]:
    """A ring longer than wide, its corners moved; and a position near it."""
    latitude, longitude = draw(st.sampled_from(((52.0, 20.0), (-5.0, 179.9), (84.0, 0.0))))
    half = 10 ** draw(st.floats(2.5, 5))
    wide, turn = half * draw(st.floats(0.03, 0.68)), draw(AZIMUTHS)
    sine, cosine = math.sin(turn), math.cos(turn)

    def placed(along: float, aside: float) -> Position:
        along, aside = along * half, aside * wide
        north, east = along * cosine - aside * sine, along * sine + aside * cosine
        stretch = math.cos(math.radians(latitude))
        return at(latitude + north / 111_200, longitude + east / 111_200 / stretch)

    corners: list[tuple[float, float]] = draw(
        st.sampled_from(
            (
                [(1, 1), (1, -1), (-1, -1), (-1, 1)],
                [(1.2, 0), (1, -1), (-1, -1), (-1.2, 0), (-1, 1), (1, 1)],
                [(1, 1), (1, 0), (1, -1), (0, -0.5), (-1, -1), (-1, 1), (0, 1)],
            )
        )
    )
    moves = st.tuples(st.floats(0.8, 1.2), st.floats(0.5, 1.2))
    outer = [
        placed(along * more, aside * wider)
        for (along, aside), (more, wider) in zip(
            corners, draw(st.lists(moves, min_size=7, max_size=7)), strict=False
        )
    ]
    return Polygon(tuple(outer)), placed(draw(st.floats(-1.6, 1.6)), draw(st.floats(-2.5, 2.5)))


@settings(max_examples=400, deadline=None)
@given(long_rings(), st.integers(-3, 3), st.sampled_from((0.0, 0.02, 0.2, -0.02)))
def test_a_long_ring_is_judged_as_the_exact_check_judges_it(
    pair: tuple[Polygon, Position], metres: int, share: float
) -> None:
    """W-X3, with and without its spine."""
    area, place = pair
    try:
        gap = separation_m(area, Circle(place, 1)) + 1
    except InvalidValue:  # near a pole a ring may touch itself: no area, and no notice has it
        reject()
    asked = over(Circle(place, max(1, round(gap * (1 + share)) + metres)))
    index = NoticeIndex()
    index.put(3, over(area))
    assert index.conflicts(asked) == [3] * (conflict(over(area), asked) is not None)


@given(long_rings(), st.floats(-1, 1), st.floats(0, 6.28), st.floats(-1, 1))
def test_a_spine_holds_its_ring_and_lies_in_it(
    pair: tuple[Polygon, Position], along: float, azimuth: float, up: float
) -> None:
    """W-X3: the region is within the wide width, and all that is within the narrow one is of it."""
    area, _ = pair
    points, starts, slack = shape_of(geometry.POLYGON, *area.outer)
    x, y, z, radius, inner = geometry.measure(geometry.POLYGON, points, starts, 1, slack, 0.0)
    *half, wide, share, narrow = geometry.spine(points, starts, x, y, z, radius, inner, slack)
    assume(wide > 0.0)
    middle, line = np.array([x, y, z]), np.array(half)
    corner = np.array(surface_point(area.outer[0]))
    for end in (*map(surface_point, area.outer), (x, y, z)):
        inside = np.array(onto_surface(tuple(corner + abs(up) * (np.array(end) - corner))))
        if separation_m(area, Circle(rounded(tuple(inside)), 1)) == 0.0:
            nearest = min(max((inside - middle) @ line / (line @ line), -1.0), 1.0)
            assert np.linalg.norm(inside - middle - nearest * line) <= wide + 1.0
    on_it = onto_surface(tuple(middle + along * share * line))
    if narrow > 1.0:
        within = points_along(course_from(rounded(on_it), azimuth, narrow - 0.5), 1)[1]
        assert separation_m(area, Circle(rounded(within), 1)) == 0.0


def test_a_long_box_has_a_spine_almost_as_narrow_as_it_is_and_a_round_ring_has_none() -> None:
    east, north = 20_000 / 111_200, 2_000 / 111_200
    box = [at(-north, -east), at(-north, east), at(north, east), at(north, -east)]
    points, starts, slack = shape_of(geometry.POLYGON, *box)
    measured = geometry.measure(geometry.POLYGON, points, starts, 1, slack, 0.0)
    *half, wide, share, narrow = geometry.spine(points, starts, *measured, slack)
    assert math.hypot(*half) == pytest.approx(20_000, rel=0.01)
    assert wide == pytest.approx(2_000 + 40, rel=0.02)
    assert share == pytest.approx(0.9, rel=0.01)
    assert narrow == pytest.approx(2_000, rel=0.01)
    square = [at(-north, -north), at(-north, north), at(north, north), at(north, -north)]
    points, starts, slack = shape_of(geometry.POLYGON, *square)
    measured = geometry.measure(geometry.POLYGON, points, starts, 1, slack, 0.0)
    assert geometry.spine(points, starts, *measured, slack) == (0.0,) * 6


@settings(max_examples=400)
@given(
    st.lists(st.tuples(SMALL, SMALL), min_size=3, max_size=10),
    st.sampled_from((1e-5, 1e-3, 1.0, 60.0)),
    st.sampled_from(((52.0, 20.0), (0.0, 180.0), (89.9, 0.0))),
)
def test_what_is_certainly_sound_is_sound(
    corners: list[tuple[float, float]], size: float, place: tuple[float, float]
) -> None:
    """W-X2: no ring is taken that the exact check would refuse; and a plain box always is."""
    vertices = tuple(
        at(min(max(place[0] + north * size, -90), 90), place[1] + east * size)
        for north, east in corners
    )
    if certainly_sound(vertices):
        check(over(Polygon(vertices)))


def certainly_sound(vertices: tuple[Position, ...]) -> bool:
    points, starts, slack = shape_of(geometry.POLYGON, *vertices)
    if not geometry.edges_certainly_sound(len(vertices), 1, geometry.POLYGON, 0, points, starts):
        return False
    measured = geometry.measure(geometry.POLYGON, points, starts, 1, slack, 0.0)
    return geometry.ring_certainly_sound(points, len(vertices), *measured, slack)


def test_ordinary_rings_are_certainly_sound_and_odd_ones_are_not() -> None:
    circle = [math.tau * step / 32 for step in range(32)]
    assert certainly_sound(
        tuple(at(52 + 0.1 * math.sin(t), 20 + 0.16 * math.cos(t)) for t in circle)
    )
    assert certainly_sound((at(52, 20), at(52, 21), at(52.05, 21), at(52.05, 20)))
    star = [(0.1 if step % 2 else 0.04, math.tau * step / 16) for step in range(16)]
    assert certainly_sound(tuple(at(r * math.sin(t), r * math.cos(t)) for r, t in star))
    twice = [2 * t + 0.01 * number for number, t in enumerate(circle)]
    for odd in (
        tuple(at(0.1 * math.sin(t), 0.1 * math.cos(t)) for t in twice),
        (at(0, 0), at(0, 1), at(1, 0), at(1, 1)),
        (at(0, 0), at(0, 1), at(0, 0.5)),
        (at(0, 0), at(0, 1), at(0.000001, 0.5)),
        (at(0, 0), at(0, 1), at(1, 1), at(0, 0.0000001)),
    ):
        with pytest.raises(InvalidValue):
            check(over(Polygon(odd)))
        assert not certainly_sound(odd)


HEIGHTS = st.one_of(
    st.builds(
        Height,
        st.integers(-20_000, 200_000),
        st.sampled_from((HeightUnit.METRES, HeightUnit.FEET)),
        st.sampled_from(tuple(HeightReference)[:3]),
    ),
    st.builds(
        Height,
        st.integers(-10, 999),
        st.just(HeightUnit.HUNDREDS_OF_FEET),
        st.just(HeightReference.STANDARD_PRESSURE),
    ),
)


@settings(max_examples=500)
@given(HEIGHTS, HEIGHTS)
def test_heights_are_judged_as_the_exact_check_judges_them(lower: Height, upper: Height) -> None:
    """W-X4: exactly, so no height is ever uncertain."""
    feet = height_overlap_ft(Heights(lower, None), Heights(None, upper))
    assert feet is not None
    codes = [height.unit << 2 | height.reference for height in (lower, upper)]
    tenths = [search.tenths(h.value, code) for h, code in zip((lower, upper), codes, strict=True)]
    assert search.below(tenths[0], codes[0], tenths[1], codes[1]) == (feet >= 0)


def test_heights_that_touch_to_the_tenth_of_a_millimetre() -> None:
    level = Height(100, HeightUnit.HUNDREDS_OF_FEET, HeightReference.STANDARD_PRESSURE)
    # 3,698 m of thickness, a fifth more, and the geoid at its highest: 4,523.6 m.
    top = Fraction(3_698) * 6 / 5 + 86
    for metres in (math.floor(top), math.floor(top) + 1):
        lower = Height(metres, HeightUnit.METRES, HeightReference.ELLIPSOID)
        met = search.below(search.tenths(metres, 0), 0, search.tenths(100, 11), 11)
        assert met == (metres <= top)
        feet = height_overlap_ft(Heights(lower, None), Heights(None, level))
        assert feet is not None
        assert met == (feet >= 0)


@settings(max_examples=500)
@given(
    POINTS,
    AZIMUTHS,
    st.one_of(st.floats(0, 40_000), st.floats(0, 12_000_000)),
    st.floats(0, 1),
    st.integers(0, GROUPS - 1),
)
def test_the_cells_searched_hold_every_centre_within_reach(
    here: Position, azimuth: float, metres: float, share: float, group: int
) -> None:
    """W-X5: whatever lies within a chord of a centre lies in a cell that is looked up."""
    there = points_along(course_from(here, azimuth, metres * share), 1)[1]
    size = length(surface_point(here))
    ux, uy, uz = (part / size for part in surface_point(here))
    angle = angle_of(max(chord(surface_point(here), there), 1.0))
    across = cells_across(group)
    keys = set()
    for face in range(6):
        axis = face % 3
        out, u, v = ((ux, uy, uz), (uy, uz, ux), (uz, ux, uy))[axis]
        out = -out if face >= 3 else out
        if out < least_out(angle):
            continue
        columns, rows = face_span(u, out, v, angle), face_span(v, out, u, angle)
        if columns[0] <= columns[1] and rows[0] <= rows[1]:
            keys.add((face, *(cell_number(a, across) for a in (*columns, *rows))))
    key = cell_of(group, *there, 0)
    assert group_of_key(key) == group
    assert any(
        key == cell_key(group, face, column, row, 0)
        for face, low, high, bottom, top in keys
        for column in _around(key >> 36 & 1023, low, high)
        for row in _around(key >> 26 & 1023, bottom, top)
    )


@given(
    st.integers(-(2**40), 2**40),
    st.integers(-(2**40), 2**40),
)
def test_what_overflows_never_makes_a_difference_greater(here: int, there: int) -> None:
    """W-X5: so an entry's place may be kept in 16 bits."""
    found = search.wrapped(here - (there & 0xFFFF))
    assert abs(found) <= abs(here - there)
    assert (found - (here - there)) % 2**16 == 0
    if -(2**15) <= here - there < 2**15:
        assert found == here - there


@given(st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1))
def test_a_band_in_an_entry_is_never_narrower(lower: int, upper: int) -> None:
    low, high = search.lowest_of(lower, 0), search.highest_of(upper, 0)
    assert 0 <= low <= 127
    assert 0 <= high <= 127
    assert low <= high or lower > upper
    assert search.lowest_of(0, search.NO_LIMIT) == 0
    assert search.highest_of(0, search.NO_LIMIT) == 127


@given(st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1))
def test_a_pair_of_numbers_in_one_is_read_back(first: int, second: int) -> None:
    both = pair(first, second)
    assert (both >> 32, second_of(both)) == (first, second)


@given(st.integers(0, 2**48), st.integers(0, 2**48), st.integers(0, 14))
def test_a_whole_number_in_two_columns_is_read_back(first: int, second: int, column: int) -> None:
    slots = np.full((2, 16), -1, np.int32)
    for number in (first, second):
        put_long(slots, 1, column, number)
        assert long_at(slots, 1, column) == number
    assert (np.delete(slots[1], [column, column + 1]) == -1).all()


@settings(max_examples=300)
@given(st.integers(3, 40), st.sampled_from(((52.0, 20.0), (-0.01, 179.999), (89.99, 10.0))))
def test_positions_near_each_other_are_placed_as_each_by_itself(
    count: int, middle: tuple[float, float]
) -> None:
    random = np.random.default_rng(count)
    size = 10.0 ** random.uniform(-6, 1)
    places = [
        at(min(max(middle[0] + north, -90.0), 90.0), middle[1] + east)
        for north, east in (size * random.uniform(-1, 1, (count, 2))).tolist()
    ]
    points, _, _ = shape_of(geometry.CORRIDOR, *places)
    for number, place in enumerate(places):
        assert chord(tuple(points[number, :3].tolist()), surface_point(place)) < 1e-6


def _around(number: int, low: int, high: int) -> list[int]:
    return [number] if low <= number <= high else []


@given(st.floats(0.1, 12_000_000), st.integers(1, 2**47))
def test_a_cell_is_no_smaller_than_what_it_holds(reach: float, duration: int) -> None:
    level, step = level_of(reach), length_of(duration)
    assert 0 <= step < LENGTHS
    assert duration <= 2 << step_bits(step)
    assert level == 0 or math.pi / 2 / cells_across(level * LENGTHS) >= 2 * angle_of(reach)
