"""Slant range and azimuth to a position, against WGS 84 truth by GeographicLib (W-S34, W-S35)."""

from __future__ import annotations

import math

import numpy as np
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from firebreak.formats.asterix_radar import (
    HEIGHT_DOUBT_M,
    HIGHEST_M,
    LOWEST_M,
    convergence_degrees,
    measured,
)

A, F = 6_378_137.0, 1 / 298.257223563
E2 = F * (2 - F)


def earth_fixed(latitude: float, longitude: float, height: float) -> np.ndarray:
    """Earth-centred co-ordinates in metres, by the textbook."""
    phi, lam = math.radians(latitude), math.radians(longitude)
    normal = A / math.sqrt(1 - E2 * math.sin(phi) ** 2)
    return np.array(
        [
            (normal + height) * math.cos(phi) * math.cos(lam),
            (normal + height) * math.cos(phi) * math.sin(lam),
            (normal * (1 - E2) + height) * math.sin(phi),
        ]
    )


def seen(
    latitude: float, longitude: float, height: float, target: np.ndarray
) -> tuple[float, float]:
    """Slant range and azimuth in degrees, as a radar measures them."""
    phi, lam = math.radians(latitude), math.radians(longitude)
    ray = target - earth_fixed(latitude, longitude, height)
    east = np.array([-math.sin(lam), math.cos(lam), 0])
    north = np.array(
        [
            -math.sin(phi) * math.cos(lam),
            -math.sin(phi) * math.sin(lam),
            math.cos(phi),
        ]
    )
    return float(np.linalg.norm(ray)), math.degrees(math.atan2(ray @ east, ray @ north))


def column(value: float) -> np.ndarray:
    return np.array([value])


@given(
    latitude=st.floats(-89, 89),
    longitude=st.floats(-180, 180),
    site_height=st.floats(-100, 4_000),
    azimuth=st.floats(0, 360),
    away=st.floats(0, 450_000),
    height=st.floats(-300, 18_000),
    wrong=st.floats(-HEIGHT_DOUBT_M, HEIGHT_DOUBT_M) | st.none(),
)
def test_the_truth_is_within_the_spread(
    latitude: float,
    longitude: float,
    site_height: float,
    azimuth: float,
    away: float,
    height: float,
    wrong: float | None,
) -> None:
    """With a height that is wrong by as much as is allowed, and with none."""
    assert LOWEST_M <= height <= HIGHEST_M
    truth = Geodesic.WGS84.Direct(latitude, longitude, azimuth, away)
    target = earth_fixed(truth["lat2"], truth["lon2"], height)
    slant, angle = seen(latitude, longitude, site_height, target)
    said = math.nan if wrong is None else height + wrong
    found_latitude, found_longitude, spread = measured(
        *(column(value) for value in (latitude, longitude, site_height, slant, angle, said))
    )
    off = Geodesic.WGS84.Inverse(
        truth["lat2"], truth["lon2"], float(found_latitude[0]), float(found_longitude[0])
    )["s12"]
    assert off <= float(spread[0]) + 15


def test_a_target_nearer_than_it_is_high_may_be_anywhere_in_that_range() -> None:
    latitude, longitude, spread = measured(
        *(column(value) for value in (50.0, 20.0, 100.0, 5_000.0, 45.0, 12_000.0))
    )
    assert abs(latitude[0] - 50) < 1e-9
    assert abs(longitude[0] - 20) < 1e-9
    assert spread[0] == 5_000


def test_a_radar_without_a_site_sees_nothing() -> None:
    latitude, longitude, _ = measured(
        *(column(value) for value in (math.nan, math.nan, math.nan, 5e4, 45.0, 9e3))
    )
    assert np.isnan(latitude[0])
    assert np.isnan(longitude[0])


@given(
    latitude=st.floats(-80, 80),
    longitude=st.floats(-180, 180),
    azimuth=st.floats(0, 360),
    away=st.floats(1_000, 600_000),
)
def test_the_plane_s_north_is_turned_by_the_difference_of_azimuths(
    latitude: float, longitude: float, azimuth: float, away: float
) -> None:
    line = Geodesic.WGS84.Direct(latitude, longitude, azimuth, away)
    if abs(line["lat2"]) > 85:
        return
    turned = convergence_degrees(
        *(column(value) for value in (latitude, longitude, line["lat2"], line["lon2"]))
    )
    # A straight line of the plane has one grid bearing at both ends.
    off = (line["azi2"] - azimuth - float(turned[0]) + 180) % 360 - 180
    assert abs(off) < 0.05
