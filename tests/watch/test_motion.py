"""Dead reckoning and distance against GeographicLib, poles and the antimeridian included."""

import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import InvalidValue
from firebreak.values import DEGREE
from firebreak.watch.motion import (
    LONGEST_S,
    ahead,
    ahead_with_course,
    distance_and_course,
    distance_m,
)
from firebreak.watch.reports import Ints

EARTH: Geodesic = Geodesic.WGS84

latitudes = st.integers(-90 * DEGREE, 90 * DEGREE) | st.sampled_from(
    [0, 1, -1, 90 * DEGREE, -90 * DEGREE, 899_999_999, -899_990_000]
)
longitudes = st.integers(-180 * DEGREE, 180 * DEGREE - 1) | st.sampled_from(
    [0, -180 * DEGREE, 180 * DEGREE - 1, -900_000_000]
)
speeds = st.integers(0, 30_000) | st.integers(0, 1_000_000)
courses = st.integers(0, 35_999) | st.sampled_from([0, 9_000, 18_000, 27_000])


def column(*values: int) -> Ints:
    return np.array(values, np.int32)


def apart(latitude: int, longitude: int, latitude_deg: float, longitude_deg: float) -> float:
    found = EARTH.Inverse(latitude / DEGREE, longitude / DEGREE, latitude_deg, longitude_deg)
    return float(found["s12"])


@given(latitudes, longitudes, speeds, courses, st.floats(-LONGEST_S, LONGEST_S))
def test_ahead_is_geographiclibs(
    latitude: int, longitude: int, speed: int, course: int, seconds: float
) -> None:
    """Required are 1 m after 300 s at 300 m/s and 5 m after 1,200 s; held is the grid, after a day."""
    truth = EARTH.Direct(latitude / DEGREE, longitude / DEGREE, course / 100, speed / 100 * seconds)
    columns = column(latitude), column(longitude), column(speed), column(course)
    there = ahead_with_course(*columns, np.array([seconds]))
    assert -180 * DEGREE <= int(there[1][0]) < 180 * DEGREE
    assert apart(int(there[0][0]), int(there[1][0]), truth["lat2"], truth["lon2"]) < 0.01
    # The course turns with the meridians: compare it as a direction, where it has one.
    if abs(truth["lat2"]) < 89.9 and abs(latitude) < 89.9 * DEGREE and speed * seconds:
        off = (int(there[2][0]) - truth["azi2"] * 100 + 18_000) % 36_000 - 18_000
        assert abs(off) < 1
    assert [list(c) for c in ahead(*columns, np.array([seconds]))] == [
        list(there[0]),
        list(there[1]),
    ]


def test_over_the_pole_and_over_the_antimeridian() -> None:
    latitude, longitude, course = ahead_with_course(
        column(89 * DEGREE, 52 * DEGREE, 90 * DEGREE),
        column(20 * DEGREE, 1_799_900_000, 0),
        column(30_000, 30_000, 30_000),
        column(0, 9_000, 18_000),
        np.array([1_200.0, 60.0, 300.0]),
    )
    # 360 km from 89 N 20 E: 111.69 km to the pole, then down the meridian of 160 W.
    assert int(longitude[0]) == -160 * DEGREE
    assert latitude[0] == pytest.approx(877_767_000, abs=20_000)
    assert course[0] == 18_000
    assert -180 * DEGREE <= int(longitude[1]) < -1_797_000_000
    # From the pole "south" is along its own longitude.
    assert int(longitude[2]) == 0
    assert apart(int(latitude[2]), 0, 90.0, 0.0) == pytest.approx(90_000, abs=0.01)


def test_a_track_that_stands_still_stays_to_the_digit() -> None:
    latitude, longitude, course = ahead_with_course(
        column(123_456_789), column(-180 * DEGREE), column(0), column(4_321), np.array([300.0])
    )
    assert (int(latitude[0]), int(longitude[0]), int(course[0])) == (
        123_456_789, -180 * DEGREE, 4_321,
    )  # fmt: skip


@pytest.mark.parametrize("seconds", [math.nan, math.inf, -math.inf, LONGEST_S + 1])
def test_absurd_seconds_are_refused(seconds: float) -> None:
    with pytest.raises(InvalidValue, match="check the clocks"):
        ahead(column(0), column(0), column(100), column(0), np.array([seconds]))


@given(latitudes, longitudes, latitudes, longitudes)
def test_distance_is_geographiclibs(
    latitude: int, longitude: int, other_latitude: int, other_longitude: int
) -> None:
    truth = EARTH.Inverse(
        latitude / DEGREE, longitude / DEGREE, other_latitude / DEGREE, other_longitude / DEGREE
    )
    found = distance_m(
        column(latitude), column(longitude), column(other_latitude), column(other_longitude)
    )
    assert np.isfinite(found).all()
    bound = 0.001 if truth["s12"] < 19_900_000 else 0.01 * truth["s12"]
    assert float(found[0]) == pytest.approx(truth["s12"], abs=bound)


@given(latitudes, longitudes, st.floats(0.001, 1_000_000), st.floats(0, 360))
def test_near_distance_and_course(
    latitude: int, longitude: int, metres: float, azimuth: float
) -> None:
    truth = EARTH.Direct(latitude / DEGREE, longitude / DEGREE, azimuth, metres)
    there = (
        column(round(truth["lat2"] * DEGREE)),
        column((round(truth["lon2"] * DEGREE) + 180 * DEGREE) % (360 * DEGREE) - 180 * DEGREE),
    )
    found, course = distance_and_course(column(latitude), column(longitude), *there)
    exact = EARTH.Inverse(
        latitude / DEGREE, longitude / DEGREE, int(there[0][0]) / DEGREE, int(there[1][0]) / DEGREE
    )
    assert float(found[0]) == pytest.approx(exact["s12"], abs=0.001)
    assert 0 <= int(course[0]) < 36_000
    if exact["s12"] > 1 and abs(latitude) < 89.9 * DEGREE:
        assert abs((int(course[0]) - exact["azi1"] * 100 + 18_000) % 36_000 - 18_000) < 1


@given(
    latitudes,
    longitudes,
    st.integers(-20_000_000, 20_000_000),
    st.integers(-20_000_000, 20_000_000),
)
def test_near_the_opposite_point_it_is_a_number_within_one_percent(
    latitude: int, longitude: int, north: int, east: int
) -> None:
    other_latitude = min(max(-latitude + north, -90 * DEGREE), 90 * DEGREE)
    other_longitude = (longitude + east) % (360 * DEGREE) - 180 * DEGREE
    truth = EARTH.Inverse(
        latitude / DEGREE, longitude / DEGREE, other_latitude / DEGREE, other_longitude / DEGREE
    )["s12"]
    found = distance_m(
        column(latitude), column(longitude), column(other_latitude), column(other_longitude)
    )
    assert float(found[0]) == pytest.approx(truth, rel=0.01)


def test_no_rows() -> None:
    nothing = column()
    assert len(distance_m(nothing, nothing, nothing, nothing)) == 0
    assert len(ahead(nothing, nothing, nothing, nothing, np.empty(0))[0]) == 0
