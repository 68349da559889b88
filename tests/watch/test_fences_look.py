"""Distance, side and time to crossing of fences against GeographicLib; heights, windows, refusals."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from firebreak.errors import InvalidValue
from firebreak.values import DEGREE, Height, HeightReference, HeightUnit, Millis, Position
from firebreak.volumes import Area, Circle, Corridor, Heights, Polygon, Window, height_interval
from firebreak.watch.fences import Fence, Fences, Kind, Line, Region
from firebreak.watch.fences_heights import limits
from firebreak.watch.fences_near import SLACK_M
from firebreak.watch.fences_watch import FenceWatch
from firebreak.watch.reports import Domain
from firebreak.watch.states import States
from tests.watch.fences_examples import AT, EARTH, around, column, degrees, only, tracks

BOUND_M = 5.0
PLACES = ((52.0, 21.0), (0.0, 179.9), (-35.0, -180.0), (71.0, -30.0), (89.6, 40.0), (-89.95, 0.0))


def wrap(longitude: float) -> float:
    return (longitude + 180) % 360 - 180


def near(latitude: float, longitude: float, azimuth: float, metres: float) -> tuple[float, float]:
    there = EARTH.Direct(latitude, longitude, azimuth, metres)
    return there["lat2"], wrap(there["lon2"])


def position(latitude: float, longitude: float) -> Position:
    return Position(round(latitude * DEGREE), round(wrap(longitude) * DEGREE))


def true_distance(
    place: tuple[float, float], first: tuple[float, float], last: tuple[float, float]
) -> float:
    """Metres from a place to a shortest path, by sampling and golden section."""
    edge = EARTH.InverseLine(*first, *last)

    def far(along: float) -> float:
        point = edge.Position(along)
        found: float = EARTH.Inverse(point["lat2"], point["lon2"], *place)["s12"]
        return found

    steps = np.linspace(0, edge.s13, 30)
    best = int(np.argmin([far(s) for s in steps]))
    low, high = steps[max(best - 1, 0)], steps[min(best + 1, 29)]
    for _ in range(45):
        one, other = low + 0.382 * (high - low), low + 0.618 * (high - low)
        if far(one) < far(other):
            high = other
        else:
            low = one
    return min(far(low), far(0.0), far(edge.s13))


@pytest.mark.parametrize("place", PLACES)
def test_distance_is_right_to_five_metres_at_sixty_kilometres(place: tuple[float, float]) -> None:
    # W-F5
    random = np.random.default_rng(11)
    worst = 0.0
    for _ in range(12):
        first = near(*place, random.uniform(0, 360), random.uniform(200, 59_000))
        last = near(*first, random.uniform(0, 360), random.uniform(50, 60_000))
        fences = Fences([Fence("a", degrees([first, last]))])
        true = true_distance(place, first, last)
        found = only(fences.look(tracks([place])), 0, 0)
        worst = max(worst, abs(found["distance_m"] - true))
    assert worst <= BOUND_M


def true_crossing(
    place: tuple[float, float], course: float, path_m: float, inside: object
) -> float | None:
    """Metres after which a path first changes `inside`, to a metre; None: it does not."""
    path = EARTH.Line(*place, course)

    def at(metres: float) -> bool:
        point = path.Position(metres)
        return bool(inside(point["lat2"], wrap(point["lon2"])))  # type: ignore[operator]  # a test's own

    begun = at(0)
    steps = np.linspace(0, path_m, 400)
    for before, after in pairwise(steps):
        if at(after) != begun:
            low, high = before, after
            while high - low > 0.5:
                middle = (low + high) / 2
                low, high = (low, middle) if at(middle) != begun else (middle, high)
            return float(high)
    return None


@pytest.mark.parametrize("place", PLACES)
def test_the_crossing_of_a_circle_comes_when_the_path_reaches_it(
    place: tuple[float, float],
) -> None:  # W-F6
    random = np.random.default_rng(5)
    crossed = 0
    for _ in range(40):
        centre = near(*place, random.uniform(0, 360), random.uniform(0, 60_000))
        radius, course = int(random.uniform(3_000, 30_000)), random.uniform(0, 359)
        fences = Fences([Fence("a", Circle(position(*centre), radius))])
        found = fences.look(tracks([place], 200.0, [course]))
        c = centre

        def inside(y: float, x: float, c: tuple[float, float] = c, r: int = radius) -> bool:
            return bool(EARTH.Inverse(*c, y, x)["s12"] <= r)

        true = true_crossing(place, course, 60_000, inside)
        gap = EARTH.Inverse(*centre, *place)["s12"] - radius
        if gap < 60_000 or true is not None:
            one = only(found, 0, 0)
            assert bool(one["inside"]) == (gap <= 0)
            assert abs(one["distance_m"] - abs(gap)) <= BOUND_M or one["distance_m"] == math.inf
            if true is not None and 300 < true < 59_000:
                crossed += 1
                miss = one["crossing_s"] * 200 - true
                # Grazing, two metres of slack are some hundred metres of path, always on the early side
                # of entering; of leaving they are late by so much.
                assert -2_000 < miss < 2_000
                assert gap <= 0 or miss < BOUND_M
    assert crossed > 10


def test_no_crossing_of_a_jagged_ring_is_missed() -> None:  # W-F6
    """Every track against truth by GEOS on points of the geodesic each 20 m."""
    import shapely

    ring = around(52, 21, 30_000, 400, 0.4, 3)
    fences = Fences([Fence("a", Region(ring)), Fence("line", ring)])
    x, y = fences.outlines.chain(0)
    shape = shapely.Polygon(np.stack((x, y), 1).astype(float))
    shapely.prepare(shape)
    random = np.random.default_rng(8)
    places = [near(52, 21, random.uniform(0, 360), random.uniform(0, 50_000)) for _ in range(150)]
    courses = random.integers(0, 360, 150)
    found = fences.look(tracks(places, 100.0, courses))
    crossed = 0
    for n, (place, course) in enumerate(zip(places, courses, strict=True)):
        line = EARTH.Line(*place, float(course))
        metres = np.arange(0, 30_000, 20)
        points = [line.Position(m) for m in metres]
        held = shapely.intersects_xy(
            shape, [p["lon2"] * DEGREE for p in points], [p["lat2"] * DEGREE for p in points]
        )
        changed = np.flatnonzero(held != held[0])
        rows = (found.track == n) & (found.fence == 0)
        ours = float(found.crossing_s[rows][0]) * 100 if rows.any() else math.inf
        assert bool(found.inside[rows].any()) == held[0]
        other = only(found, n, 1)
        assert other["side"] in ((-1, 1)[int(held[0] == fences.outlines.left[1])], 0)
        assert other["crossing_s"] * 100 == pytest.approx(ours)
        if len(changed):
            crossed += 1
            assert ours <= metres[changed[0]] + 1  # never later than the truth
            assert ours >= metres[changed[0]] - 500  # but for a touch between two samples
        elif ours < 29_000:
            # Said to cross, and no sample did: it comes within the slack of an edge.
            point = line.Position(ours)
            here = fences.look(tracks([(point["lat2"], point["lon2"])]))
            assert only(here, 0, 1)["distance_m"] <= 3 * SLACK_M
    assert crossed > 50


# -- sides -----------------------------------------------------------------------------------------


def test_sides_of_an_open_line_also_at_corners_and_ends() -> None:  # W-F8
    line = degrees([(52, 20), (52, 21), (52.5, 20.2), (53, 21)])
    fences = Fences([Fence("l", line)])
    places = [
        (52.05, 20.3),
        (51.9, 20.5),
        (51.99, 21.2),
        (52.01, 21.3),
        (52.5, 20.1),
        (52.55, 20.4),
    ]
    found = fences.look(tracks(places), 100_000)
    assert [only(found, n, 0)["side"] for n in range(6)] == [1, -1, -1, -1, 1, -1]
    back = Line(line.latitude_e7[::-1].copy(), line.longitude_e7[::-1].copy())
    found = Fences([Fence("l", back)]).look(tracks(places), 100_000)
    assert [only(found, n, 0)["side"] for n in range(6)] == [-1, 1, 1, 1, -1, 1]
    on = only(fences.look(tracks([(52, 20)])), 0, 0)
    assert (on["side"], on["crossing_s"], on["inside"]) == (0, 0, True)
    assert on["distance_m"] < 0.02


def test_the_side_of_a_long_line_is_that_of_its_projection() -> None:  # W-F8
    """A rough line from west to east: north of all of it is left, whatever corner is nearest."""
    random = np.random.default_rng(4)
    points = [(52 + random.uniform(0, 0.02), 20 + k / 500) for k in range(500)]
    fences = Fences([Fence("l", degrees(points))])
    places = [(52.5, 20.1 + k / 60) for k in range(40)] + [(51.6, 20.1 + k / 60) for k in range(40)]
    found = fences.look(tracks(places))
    assert [only(found, n, 0)["side"] for n in range(80)] == [1] * 40 + [-1] * 40


@pytest.mark.parametrize("pole", [90, -90])
def test_the_side_of_a_ring_round_a_pole(pole: int) -> None:  # W-F8
    points = [(math.copysign(85, pole), wrap(20 * k)) for k in range(18)]
    fences = Fences([Fence("l", degrees(points, closed=True))])
    found = fences.look(tracks([(pole * 0.97, 7), (pole * 0.941, 7)]))
    # Eastward, north is left.
    assert [only(found, n, 0)["side"] for n in range(2)] == ([1, -1] if pole > 0 else [-1, 1])


# -- what is told ----------------------------------------------------------------------------------


def test_what_is_deep_inside_is_told_without_a_distance() -> None:  # W-F5
    big = around(52, 21, 400_000, 60, 0.0, 1)
    fences = Fences(
        [Fence("z", Region(big)), Fence("r", big), Fence("far", around(52, 40, 9_000, 9, 0, 1))]
    )
    found = fences.look(tracks([(52, 21)], 1.0, domain=Domain.AIR))
    assert sorted(found.fence) == [0, 1]
    assert only(found, 0, 0) == {
        "inside": True, "distance_m": math.inf, "side": 0, "crossing_s": math.inf, "due_s": 0,
    }  # fmt: skip
    assert only(found, 0, 1)["side"] == (1 if fences.outlines.left[1] else -1)
    assert only(found, 0, 1)["inside"] is False


def test_of_zones_only_the_nearest_and_what_is_met_are_told() -> None:  # W-F5
    zones = [Fence(str(k), Circle(position(52, 21 + k), 5_000)) for k in (0.3, 0.6, 0.8)]
    fences = Fences(zones)
    assert fences.look(tracks([(52, 21)])).fence.tolist() == [0]
    assert sorted(fences.look(tracks([(52, 21)], 125, 90)).fence) == [0, 1]
    assert sorted(fences.look(tracks([(52, 21)], 200, 90)).fence) == [0, 1, 2]
    assert fences.look(tracks([(52, 21)]), reach_m=10_000).fence.tolist() == []


@pytest.mark.parametrize("metres", [900, 1_100])
def test_buffers_of_a_line_and_of_a_zone_count(metres: int) -> None:  # W-F5
    square = degrees([(52, 20), (52, 21), (53, 21), (53, 20)], True)
    polygon = Polygon(tuple(position(*p) for p in ((52, 20), (52, 21), (53, 21), (53, 20))))
    fences = Fences([
        Fence("line", square, buffer_m=1_000), Fence("zone", Region(square), buffer_m=1_000),
        Fence("same", polygon, buffer_m=1_000), Fence("bare", polygon),
    ])  # fmt: skip
    place = near(52.5, 20, 270, metres)
    found = fences.look(tracks([place], 10, 90))
    for number in range(4):
        one = only(found, 0, number)
        within = metres < 1_000 and number < 3
        assert bool(one["inside"]) == within
        expected = max(0, metres - 1_000) if number == 0 else abs(metres - 1_000)
        if number == 3:
            expected = metres
        assert abs(one["distance_m"] - expected) < BOUND_M or one["distance_m"] == math.inf
        # Outside: until the buffer begins. Within: until the core does.
        until = metres if within or number == 3 else metres - 1_000
        assert one["crossing_s"] == pytest.approx(until / 10, abs=0.5)
    array = column([round(place[0] * DEGREE)]), column([round(place[1] * DEGREE)])
    assert sorted(fences.inside(*array)[1]) == ([0, 1, 2] if metres < 1_000 else [])


def test_a_corridor_is_left_where_the_last_of_its_pieces_ends() -> None:  # W-F6
    path = (*(position(52, 20 + k / 10) for k in range(5)), position(52.3, 20.4))
    fences = Fences([Fence("c", Corridor(path, 2_000))])
    found = only(fences.look(tracks([(52, 20.05)], 100, 90)), 0, 0)
    end = EARTH.Inverse(52, 20.05, 52, 20.4)["s12"] + 2_000
    assert found["inside"] == 1
    assert found["crossing_s"] * 100 == pytest.approx(end, abs=60)
    assert found["distance_m"] == pytest.approx(2_000, abs=BOUND_M)
    outside = only(fences.look(tracks([(51.9, 20.1)], 100, 0)), 0, 0)
    gap = EARTH.Inverse(51.9, 20.1, 52, 20.1)["s12"] - 2_000
    assert outside["crossing_s"] * 100 == pytest.approx(gap, abs=BOUND_M)


# -- heights, windows, domains ---------------------------------------------------------------------


def feet(value: int, reference: HeightReference = HeightReference.MEAN_SEA_LEVEL) -> Height:
    return Height(value, HeightUnit.FEET, reference)


def level(value: int) -> Height:
    return Height(value, HeightUnit.HUNDREDS_OF_FEET, HeightReference.STANDARD_PRESSURE)


HERE = Circle(Position(520_000_000, 210_000_000), 10_000)


def told(band: Heights | None, height: int, reference: HeightReference, climb: int = 0) -> bool:
    fences = Fences([Fence("z", HERE, heights=band)])
    states = tracks([(52, 21)], 10, 0, height_ft=height, reference=reference, climb=climb)
    return len(fences.look(states)) == 1


def test_limits_of_one_reference_are_exact() -> None:  # W-F7
    band = Heights(feet(1_000), feet(5_000))
    sea = HeightReference.MEAN_SEA_LEVEL
    assert [told(band, h, sea) for h in (999, 1_000, 5_000, 5_001)] == [False, True, True, False]
    flight = Heights(level(100), level(245))
    pressure = HeightReference.STANDARD_PRESSURE
    heights = (9_999, 10_000, 24_500, 24_501)
    assert [told(flight, h, pressure) for h in heights] == [False, True, True, False]
    metres = Heights(Height(1_500, HeightUnit.METRES, sea), None)
    assert [told(metres, h, sea) for h in (4_921, 4_922)] == [False, True]


@pytest.mark.parametrize("reference", HeightReference)
def test_over_another_reference_one_is_in_the_band_unless_certainly_not(
    reference: HeightReference,
) -> None:  # W-F7
    bands = [
        Heights(feet(8_000), feet(20_000)), Heights(level(50), level(300)),
        Heights(feet(500, HeightReference.GROUND), feet(3_000, HeightReference.GROUND)),
        Heights(None, feet(2_000, HeightReference.ELLIPSOID)), Heights(level(300), None),
    ]  # fmt: skip
    low, high = limits(bands)
    for number, band in enumerate(bands):
        lowest, highest = height_interval(band)
        for height in range(-900, 60_000, 700):
            if reference is HeightReference.STANDARD_PRESSURE:
                at = level(height // 100)
            else:
                at = feet(height, reference)
            under, over = height_interval(Heights(at, at))
            may = low[number, reference] <= height <= high[number, reference]
            if over >= lowest and under <= highest:
                limit = band.lower or band.upper
                # Exact where references agree, else never said apart if not certainly so.
                assert may or (limit is not None and limit.reference is reference)
            else:
                assert not may


def test_an_unknown_height_may_be_any_and_a_ship_is_on_the_surface() -> None:  # W-F7
    band = Heights(feet(1_000, HeightReference.GROUND), None)
    fences = Fences([Fence("z", HERE, heights=band)])
    assert len(fences.look(tracks([(52, 21)]))) == 1
    assert len(fences.look(tracks([(52, 21)], domain=Domain.SEA))) == 0


def test_one_who_climbs_into_the_band_is_told_from_when() -> None:  # W-F7
    sea = HeightReference.MEAN_SEA_LEVEL
    band = Heights(feet(10_000), feet(20_000))
    assert not told(band, 4_000, sea, 1_000)
    assert told(band, 5_000, sea, 1_000)
    fences = Fences([Fence("z", HERE, heights=band)])
    up = fences.look(tracks([(52, 21)], 10, 0, 8_000, sea, 1_000))
    down = fences.look(tracks([(52, 21)], 10, 0, 21_000, sea, -1_000))
    assert (up.due_s.tolist(), down.due_s.tolist()) == ([120.0], [60.0])


def test_a_window_is_half_open_and_one_that_begins_soon_is_told() -> None:  # W-F7
    def rows(start: int, end: int) -> list[float]:
        window = Window(Millis(AT + start), Millis(AT + end))
        due: list[float] = (
            Fences([Fence("z", HERE, window=window)]).look(tracks([(52, 21)])).due_s.tolist()
        )
        return due

    assert rows(-10, 0) == []
    assert rows(-10, 1) == [0]
    assert rows(0, 10) == [0]
    assert rows(300_000, 400_000) == [300]
    assert rows(300_001, 400_000) == []


def test_what_ends_before_the_track_arrives_is_not_crossed() -> None:  # W-F7
    place = near(52, 21, 270, 20_000)
    for end, crossing in ((99_000, math.inf), (102_000, 100.0)):
        fences = Fences([Fence("z", HERE, window=Window(AT, Millis(AT + end)))])
        found = only(fences.look(tracks([place], 100, 90)), 0, 0)
        assert found["crossing_s"] == pytest.approx(crossing, abs=0.1)


def test_only_the_domains_that_it_concerns() -> None:
    fences = Fences([Fence("z", HERE, domains=(Domain.SEA,))])
    assert [len(fences.look(tracks([(52, 21)], domain=d))) for d in Domain] == [0, 1, 0]
    assert Fence("z", HERE).kind is Kind.ZONE
    assert Fence("l", degrees([(1, 1), (2, 2)])).kind is Kind.LINE


# -- again and again -------------------------------------------------------------------------------


def test_looking_again_leaves_out_who_is_far_and_finds_the_same() -> None:  # W-F9
    fences = Fences([Fence("z", HERE), Fence("l", around(50, 10, 30_000, 50, 0.3, 1))])
    watch = FenceWatch(fences)
    random = np.random.default_rng(6)
    y, x = random.uniform(45, 58, 300), random.uniform(0, 30, 300)
    looked, found = [], 0
    for step in range(25):
        states = tracks(list(zip(y, x, strict=True)), 150, (np.arange(300) * 7) % 360)
        ours, whole = watch.look(states), fences.look(states)
        looked.append(watch.looked)
        found += len(whole)
        rank, other = np.lexsort((ours.fence, ours.track)), np.lexsort((whole.fence, whole.track))
        for name in ("track", "fence", "inside", "distance_m", "side", "crossing_s", "due_s"):
            assert np.array_equal(getattr(ours, name)[rank], getattr(whole, name)[other]), (
                step,
                name,
            )
        if step == 12:
            x[:20], y[:20] = 21.0, 52.0  # a jump, as false positions make
        y, x = y + random.uniform(-0.05, 0.05, 300), x + random.uniform(-0.05, 0.05, 300)
    assert found > 300
    assert looked[0] == 300
    assert max(looked[1:]) < 250


# -- refusals --------------------------------------------------------------------------------------


SQUARE = ((52.0, 20.0), (52.0, 21.0), (53.0, 21.0), (53.0, 20.0))


@pytest.mark.parametrize(
    ("fence", "says"),
    [
        (Fence("a", Line(column([]), column([]))), "give at least 2"),
        (Fence("a", degrees([(1, 1), (1, 1)])), "give at least 2"),
        (Fence("a", degrees([(1, 1), (2, 2)], True)), "give at least 3"),
        (Fence("a", Region(degrees(SQUARE), (degrees([(1, 1)]),))), "give at least 3"),
        (Fence("a", Line(column([910_000_000, 0]), column([0, 1]))), "outside -90 to 90"),
        (Fence("a", Line(column([0, 1]), column([0, 1_800_000_000]))), "outside -90 to 90"),
        (Fence("a", Line(column([0, 1]), column([0]))), "equally long columns"),
        (Fence("a", Line(np.array([0.0, math.nan]), column([0, 1]))), "whole numbers"),
        (Fence("a", Line(np.zeros(500_001, np.int32), np.zeros(500_001, np.int32))), "500,000 points"),
        (Fence("a", degrees([(0, 0), (0, 100)])), "an edge of 11,1"),
        (Fence("a", degrees([(0, 0), (0, 85), (0, 170), (60, -100)], True)), "8,900 km"),
        (Fence("a", degrees(SQUARE, True), buffer_m=-1), "buffer of -1"),
        (Fence("a", degrees(SQUARE, True), buffer_m=2_000_001), "buffer of 2,000,001"),
        (Fence("a", degrees(SQUARE, True), buffer_m=math.nan), "not a whole number"),  # type: ignore[arg-type]  # what is refused
        (Fence("a", HERE, domains=()), "no domain"),
        (Fence("a", HERE, window=Window(AT, AT)), "same time"),
        (Fence("a", HERE, heights=Heights(feet(2), feet(1))), "below the lower"),
        (Fence("a", replace(HERE, radius_m=0)), "The radius"),
        (Fence("a", Polygon((position(1, 1), position(1, 2)))), "at least 3"),
    ],
)  # fmt: skip
def test_an_unsound_fence_is_refused(fence: Fence, says: str) -> None:  # W-F1, W-F2
    with pytest.raises(InvalidValue, match=says):
        Fences([fence])


def test_more_than_can_be_held_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:  # W-F2
    from firebreak.watch import fences, fences_grid, fences_outline

    zone = Fence("a", Region(around(52, 21, 90_000, 99, 0.3, 1)))
    for module, name in (
        (fences, "MOST_FENCES"),
        (fences_outline, "MOST_EDGES"),
        (fences_grid, "MOST_ITEMS"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, 0)
            with pytest.raises(InvalidValue, match=r"more than 0|at most 0"):
                Fences([zone])


def test_positions_and_questions_out_of_bounds_are_refused() -> None:  # W-F1
    fences = Fences([Fence("a", HERE)])
    for y, x in ((900_000_001, 0), (0, 1_800_000_000), (-900_000_001, 0), (0, -1_800_000_001)):
        with pytest.raises(InvalidValue, match="outside"):
            fences.inside(column([y]), column([x]))
    with pytest.raises(InvalidValue, match="whole numbers"):
        fences.inside(np.array([math.nan]), column([0]))
    for reach in (-1, 200_001, math.nan):
        with pytest.raises(InvalidValue, match="reach"):
            fences.look(tracks([(1, 1)]), reach)  # type: ignore[arg-type]  # what is refused
    for ahead in (-1, 7_201, math.inf):
        with pytest.raises(InvalidValue, match="look-ahead"):
            fences.look(tracks([(1, 1)]), 1, (300, ahead, 300))  # type: ignore[arg-type]  # what is refused


def test_no_fences_and_no_tracks_find_nothing() -> None:
    nothing: States = tracks([])
    for fences in (Fences([]), Fences([Fence("a", HERE)])):
        assert len(fences.look(nothing)) == 0
        assert len(fences.inside(column([]), column([]))[0]) == 0
    assert len(Fences([]).look(tracks([(1, 1)], 100))) == 0


def test_areas_of_every_sort_are_taken() -> None:
    path = (position(1, 1), position(1, 2))
    square = tuple(position(*p) for p in SQUARE)
    areas: list[Area] = [HERE, Corridor(path, 5), Polygon(square)]
    assert len(Fences([Fence(str(n), area) for n, area in enumerate(areas)])) == 3
