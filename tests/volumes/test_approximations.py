"""Each approximation of spec/volume.md against its stated bound, by GeographicLib or by brute force.

Those of pieces of edges are in test_pieces.py, those of courses and sines in test_geodesic.py, and
what all of them come to together in test_oracles.py.
"""

import math
from itertools import product

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from firebreak.errors import InvalidValue
from firebreak.values import Height, HeightReference, HeightUnit, Position
from firebreak.volumes import (
    CLEARANCE_M,
    HEMISPHERE_M2,
    SLACK_M,
    Circle,
    Corridor,
    Heights,
    Polygon,
    check,
    conflict,
    height_interval,
    separation_m,
)
from firebreak.volumes.geodesic import surface_point
from firebreak.volumes.outline import outline_of
from firebreak.volumes.pieces import Piece, arc, beside, cut, piece_distance
from firebreak.volumes.space import chord, exactly
from tests.volumes.examples import at, degrees, over
from tests.volumes.oracles import wgs84
from tests.volumes.strategies import bearings, beyond, places


def true_metres(a: Position, b: Position) -> float:
    return float(Geodesic.WGS84.Inverse(*degrees(a), *degrees(b))["s12"])


@given(places)
def test_a_point_of_the_millimetre_grid_is_within_09_mm(place: Position) -> None:
    point = surface_point(place)
    x, y, z = exactly(point)
    assert chord(point, (x / 1000, y / 1000, z / 1000)) < 0.0009


@given(places, bearings, st.floats(1, 49_900))
def test_up_to_50_km_an_arc_is_right_to_2_mm(
    start: Position, azimuth: float, metres: float
) -> None:
    end = beyond(start, azimuth, metres)
    a, b = surface_point(start), surface_point(end)
    assert arc(a, b, chord(a, b), False) == pytest.approx(true_metres(start, end), abs=0.002)


@given(places, bearings, st.floats(50_100, 3_900_000))
def test_up_to_4000_km_an_arc_is_that_of_the_inverse_geodesic(
    start: Position, azimuth: float, metres: float
) -> None:
    end = beyond(start, azimuth, metres)
    a, b = surface_point(start), surface_point(end)
    assert arc(a, b, chord(a, b), False) == pytest.approx(true_metres(start, end), abs=1e-6)


@given(places, places)
def test_beyond_4000_km_an_arc_is_a_lower_bound_within_5_percent(a: Position, b: Position) -> None:
    first, second = surface_point(a), surface_point(b)
    assume(chord(first, second) > 4_000_000)
    found, true = arc(first, second, chord(first, second), False), true_metres(a, b)
    assert (0.95 if true < 19_000_000 else 0.93) * true < found <= true + 1e-6


@given(places, st.floats(-1, 1), st.floats(-1, 1))
def test_between_antipodes_an_arc_is_a_lower_bound_within_7_percent(
    a: Position, north: float, east: float
) -> None:
    latitude, longitude = degrees(a)
    b = at(max(-90.0, min(90.0, north - latitude)), longitude + 180 + east)
    first, second = surface_point(a), surface_point(b)
    found, true = arc(first, second, chord(first, second), False), true_metres(a, b)
    assert 0.93 * true < found <= true + 1e-6


def test_a_pole_seen_from_the_other_is_the_worst() -> None:
    north, south = Position(900_000_000, 0), Position(-900_000_000, 0)
    first, second = surface_point(north), surface_point(south)
    found = arc(first, second, chord(first, second), False)
    assert 0.930 < found / true_metres(north, south) < 0.932


@st.composite
def two_pieces(draw: st.DrawFn) -> tuple[Position, Position, Position, Position]:
    """Ends of two edges of one piece each, near each other."""
    start = draw(places)
    end = beyond(start, draw(bearings), draw(st.floats(1, 39_000)))
    other = beyond(start, draw(bearings), draw(st.floats(0, 60_000)))
    return start, end, other, beyond(other, draw(bearings), draw(st.floats(1, 39_000)))


def piece(start: Position, end: Position) -> Piece:
    assume(start != end)
    (made,) = cut(0, surface_point(start), surface_point(end))
    return made


@settings(max_examples=40)
@given(two_pieces())
def test_the_distance_of_two_pieces_is_right_to_25_cm(
    ends: tuple[Position, Position, Position, Position],
) -> None:
    a, b, c, d = ends
    first, second = piece(a, b), piece(c, d)
    true = wgs84.between([wgs84.Edge(degrees(a), degrees(b))], [wgs84.Edge(degrees(c), degrees(d))])
    assert piece_distance(first, second, math.inf) == pytest.approx(true, abs=0.25)
    assert max(beside(first, second), beside(second, first)) <= true + 0.001


def test_the_slack_is_more_than_all_errors_and_less_than_the_tolerance() -> None:
    """Ends rounded, planes off on both sides, the parabolas, the arc; then V-13's 1 m."""
    errors = 2 * 0.0009 + 2 * 0.11 + 2 * 0.002 + 0.002
    assert errors < CLEARANCE_M <= SLACK_M / 2
    assert SLACK_M + errors < 1


@settings(max_examples=25)
@given(places, bearings, st.floats(2_000, 60_000), st.integers(4, 9), st.integers(1, 900))
def test_the_depth_of_a_circle_in_a_polygon_is_right_to_1_m(
    centre: Position, turn: float, size: float, count: int, radius: int
) -> None:
    ring = tuple(beyond(centre, turn + 360 * n / count, size) for n in range(count))
    lone = beyond(centre, turn + 17, size / 5)
    found = conflict(over(Polygon(ring)), over(Circle(lone, radius)))
    edges = [
        wgs84.Edge(degrees(a), degrees(b)) for a, b in zip(ring, ring[1:] + ring[:1], strict=True)
    ]
    out = wgs84.between([wgs84.Edge(degrees(lone), degrees(lone))], edges)
    assert found is not None
    assert found.horizontal_overlap_m == pytest.approx(out + radius, abs=1)


@settings(max_examples=10)
@given(places, bearings, st.floats(20_000, 60_000), st.floats(0.1, 0.9))
def test_the_depth_of_two_polygons_is_never_overstated(
    centre: Position, turn: float, size: float, part: float
) -> None:
    """No common point can lie deeper: points everywhere in one are measured to the other's edge."""
    ring = tuple(beyond(centre, turn + 60 * n, size) for n in range(6))
    other = tuple(beyond(beyond(centre, turn, size * part), turn + 90 * n, size) for n in range(4))
    found = conflict(over(Polygon(ring)), over(Polygon(other)))
    assert found is not None
    spread = size / 25
    grid = [
        beyond(beyond(centre, 0, north * spread), 90, east * spread)
        for north, east in product(range(-25, 26, 2), repeat=2)
    ]
    one, two = outline_of(Polygon(ring)), outline_of(Polygon(other))
    common = [
        point
        for point in grid
        if all(zone.holds(exactly(surface_point(point))) for zone in (one, two))
    ]
    depths = [
        max(separation_m(Corridor((*way, way[0]), 1), Circle(point, 1)) for way in (ring, other))
        for point in common
    ]
    # No point of the grid's cells is further than 1.5 spreads from one of its points.
    assert found.horizontal_overlap_m <= max(depths, default=0) + 1.5 * spread + 4


@settings(max_examples=8)
@given(places, st.floats(0, 360), st.integers(100_000, 2_000_000))
def test_an_area_that_may_cover_half_of_the_earth_is_refused(
    start: Position, azimuth: float, half_width: int
) -> None:
    """V-18. A strip is never larger than flat, so what is accepted is smaller than a hemisphere."""
    path = [beyond(start, azimuth, 9_900_000.0 * (number % 2)) for number in range(10)]
    # There and back nine times: 89,100 km.
    area = Corridor(tuple(path), half_width)
    claimed = 2 * half_width * (89_100_000 + 2 * half_width)
    if claimed > HEMISPHERE_M2 * 1.001:
        with pytest.raises(InvalidValue, match="half of the earth"):
            check(over(area))
    elif claimed < HEMISPHERE_M2 * 0.999:
        check(over(area))


def test_half_of_the_earth_is_that_of_wgs_84() -> None:
    squared = Geodesic.WGS84.f * (2 - Geodesic.WGS84.f)
    root = math.sqrt(squared)
    a = Geodesic.WGS84.a
    half = math.pi * a * a * (1 + (1 - squared) / root * math.atanh(root))
    assert half * 0.999 < HEMISPHERE_M2 <= half


# Heights. The extremes are published: the geoid of EGM2008; the shore of the Dead Sea (-438 m) and
# Everest (8,849 m); the pressures of Agata 1968 (1,083.8 hPa) and of typhoon Tip 1979 (870 hPa).
GEOID = (-106.9, 85.9)
GROUND = (-440, 8_849)
PRESSURES = (870.0, 1_083.8)
GRAVITY, GAS, LAPSE, SEA_LEVEL_K = 9.80665, 287.05287, 0.0065, 288.15
TROPOPAUSE_M, TROPOPAUSE_K = 11_000.0, 216.65


def standard_altitude(hectopascals: float) -> float:
    """Pressure altitude in metres below the tropopause (ICAO Doc 7488)."""
    exponent = LAPSE * GAS / GRAVITY
    return float(SEA_LEVEL_K / LAPSE * (1 - (hectopascals / 1013.25) ** exponent))


def test_the_intervals_hold_the_published_extremes() -> None:
    zero = Height(0, HeightUnit.METRES, HeightReference.MEAN_SEA_LEVEL)
    low, high = height_interval(Heights(zero, zero))
    assert low / 1000 < GEOID[0] < GEOID[1] < high / 1000
    ground = Height(0, HeightUnit.METRES, HeightReference.GROUND)
    low, high = height_interval(Heights(ground, ground))
    assert low / 1000 < GROUND[0] + GEOID[0] < GROUND[1] + GEOID[1] < high / 1000


def test_the_stated_pressures_are_beyond_the_records_and_rightly_turned() -> None:
    assert standard_altitude(1_090) == pytest.approx(-620, abs=1)
    assert standard_altitude(850) == pytest.approx(1_457, abs=1)
    assert -650 < standard_altitude(PRESSURES[1]) < standard_altitude(PRESSURES[0]) < 1_500


def true_height(level_m: float, surface_k: float, surface_hpa: float, inversion_m: float) -> float:
    """Metres over the sea of a pressure altitude, by adding up thin layers of real air.

    The air is as the standard's, warmer or colder by what it is at the surface; cold air that lies
    on the ground (inversion_m > 0) gives way to the standard's over so many metres.
    """
    standard, real, step = standard_altitude(surface_hpa), 0.0, 10.0
    deviation = surface_k - SEA_LEVEL_K
    while standard < level_m:
        standard_k = max(TROPOPAUSE_K, SEA_LEVEL_K - LAPSE * standard)
        fades = max(0.0, 1 - real / inversion_m) if inversion_m else 1.0
        # A layer of as much pressure is as much thicker as its air is warmer.
        real += step * (standard_k + deviation * fades) / standard_k
        standard += step
    return real


@pytest.mark.parametrize("level", [10, 50, 100, 200, 300, 450, 600, 999])
@pytest.mark.parametrize("pressure", PRESSURES)
@pytest.mark.parametrize(
    ("surface_k", "inversion_m"),
    # Oymyakon 1933, -67.8 C, under an inversion of 3 km; Death Valley 1913, 56.7 C, all the way up.
    [(205.4, 3_000.0), (329.9, 0.0), (233.0, 0.0), (SEA_LEVEL_K, 0.0)],
)
def test_a_flight_level_lies_in_its_interval_in_the_hardest_air(
    level: int, pressure: float, surface_k: float, inversion_m: float
) -> None:
    limit = Height(level, HeightUnit.HUNDREDS_OF_FEET, HeightReference.STANDARD_PRESSURE)
    low, high = height_interval(Heights(limit, limit))
    true = true_height(level * 30.48, surface_k, pressure, inversion_m)
    assert low / 1000 - GEOID[0] <= true <= high / 1000 - GEOID[1]
