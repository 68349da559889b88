"""Our solver and our sines against GeographicLib and the C library, independent of ours."""

import math

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from firebreak.values import DEGREE, Position
from firebreak.volumes.geodesic import (
    course,
    destination,
    distance_m,
    latitude_longitude,
    onto_surface,
    points_along,
    surface_point,
)
from firebreak.volumes.space import chord
from firebreak.volumes.trigonometry import (
    arcsine,
    arctangent,
    sine_cosine,
    sine_cosine_of_units,
)
from tests.volumes.examples import at, degrees

NASTY_LATITUDES = [0, 1, -1, 10_000, 45 * DEGREE, -45 * DEGREE, 900_000_000, 899_999_999]
NASTY_LATITUDES += [-latitude for latitude in NASTY_LATITUDES]
NASTY_LONGITUDES = [0, 1, -1, 90 * DEGREE, -180 * DEGREE, 1_799_999_999, 1_794_000_000]
NASTY_LONGITUDES += [1_793_000_000, -1_797_000_000, 45 * DEGREE]

latitudes = st.integers(-90 * DEGREE, 90 * DEGREE) | st.sampled_from(NASTY_LATITUDES)
longitudes = st.integers(-180 * DEGREE, 180 * DEGREE - 1) | st.sampled_from(NASTY_LONGITUDES)
positions = st.builds(Position, latitudes, longitudes)


@st.composite
def near_antipodes(draw: st.DrawFn) -> tuple[Position, Position]:
    first = draw(positions)
    latitude, longitude = degrees(first)
    off = st.floats(-1, 1).map(lambda x: x * x * x)
    other = max(-90.0, min(90.0, -latitude + draw(off)))
    return first, at(other, longitude + 180 + draw(off))


def oracle(a: Position, b: Position) -> float:
    return float(Geodesic.WGS84.Inverse(*degrees(a), *degrees(b))["s12"])


@given(positions, positions)
def test_distance_is_geographiclibs(a: Position, b: Position) -> None:
    assert distance_m(a, b) == pytest.approx(oracle(a, b), abs=1e-6)


@given(near_antipodes())
def test_distance_between_near_antipodes(pair: tuple[Position, Position]) -> None:
    assert distance_m(*pair) == pytest.approx(oracle(*pair), abs=1e-6)


@given(positions, positions)
def test_a_course_arrives(a: Position, b: Position) -> None:
    points = points_along(course(surface_point(a), surface_point(b)), 2)
    assert chord(points[0], surface_point(a)) < 1e-6
    assert chord(points[2], surface_point(b)) < 1e-6


@given(positions, positions)
def test_distance_is_the_same_both_ways(a: Position, b: Position) -> None:
    assert distance_m(a, b) == distance_m(b, a)


@given(positions, st.floats(-180, 180), st.floats(0, 15e6))
def test_direct_is_geographiclibs(start: Position, azimuth: float, metres: float) -> None:
    latitude, longitude = degrees(start)
    if abs(latitude) == 90:
        return  # there an azimuth is a matter of convention
    expected = Geodesic.WGS84.Direct(latitude, longitude, azimuth, metres)
    there = latitude_longitude(destination(start, azimuth, metres))
    off = Geodesic.WGS84.Inverse(*there, expected["lat2"], expected["lon2"])["s12"]
    assert off < 1e-5


@given(st.floats(-10, 10))
def test_sine_and_cosine(angle: float) -> None:
    assert sine_cosine(angle) == pytest.approx((math.sin(angle), math.cos(angle)), abs=4e-16)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_arctangent(sine: float, cosine: float) -> None:
    expected = math.atan2(sine, cosine + 0.0)
    if sine == 0.0:
        expected = math.pi if cosine < 0 else 0.0
    assert arctangent(sine, cosine) == pytest.approx(expected, abs=1e-15)


def test_quarter_turns_are_exact() -> None:
    assert sine_cosine_of_units(90 * DEGREE) == (1.0, 0.0)
    assert sine_cosine_of_units(-180 * DEGREE) == (0.0, -1.0)
    assert arcsine(1.0) == math.pi / 2


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_bad_angle_is_an_error(bad: float) -> None:
    with pytest.raises((ValueError, OverflowError)):
        sine_cosine(bad)


def test_onto_surface_is_on_the_surface() -> None:
    point = surface_point(at(47.3, 8.5))
    lifted = onto_surface((point[0] * 3, point[1] * 3, point[2] * 3))
    assert chord(point, lifted) < 1e-8
