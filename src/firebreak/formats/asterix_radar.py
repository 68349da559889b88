"""From what a radar measures, slant range and azimuth, to a position; and a plane's own north."""

from __future__ import annotations

from typing import Final

import numpy as np

from firebreak.watch.reports import Floats

EQUATOR_M: Final = 6_378_137.0
_FLATTENING: Final = 1 / 298.257223563
_SQUARE: Final = _FLATTENING * (2 - _FLATTENING)
"""First eccentricity, squared, of WGS 84."""

HEIGHT_DOUBT_M: Final = 1_500.0
"""How far a flight level may be from the height over the ellipsoid: weather and geoid, generously."""
LOWEST_M: Final = -500.0
HIGHEST_M: Final = 20_000.0
"""Where no height is said, it is between these."""

_RANGE_SIGMA_M: Final = 120.0
_RANGE_BIAS_M: Final = 100.0
_AZIMUTH_SIGMA: Final = np.radians(0.15)
_AZIMUTH_BIAS: Final = np.radians(0.1)
_WITHIN_95: Final = 2.4478


def measurement_error_m(slant_m: Floats) -> Floats:
    """The 95 % bound of a radar's position, by EUROCONTROL's standard for en-route radars (1997).

    The worse of primary and secondary radar: 120 m and 0.15 degree at random, 100 m and 0.1 degree
    always.
    """
    always = np.hypot(_RANGE_BIAS_M, slant_m * _AZIMUTH_BIAS)
    found: Floats = always + _WITHIN_95 * np.hypot(_RANGE_SIGMA_M, slant_m * _AZIMUTH_SIGMA)
    return found


def measured(
    site_latitude: Floats,
    site_longitude: Floats,
    site_height_m: Floats,
    slant_m: Floats,
    azimuth: Floats,
    height_m: Floats,
) -> tuple[Floats, Floats, Floats]:
    """Latitude, longitude, and how far off they may be in metres because the height is in doubt.

    Degrees; heights over the ellipsoid, NaN where none is said; azimuth from true north. The slant
    range is turned into a distance over the ground for the height that makes it shortest and for the
    one that makes it longest, of those that the target may have; the middle is taken (W-S34). NaN for
    a site of NaN.
    """
    unsaid = np.isnan(height_m)
    low = np.where(unsaid, LOWEST_M, height_m - HEIGHT_DOUBT_M) - site_height_m
    high = np.where(unsaid, HIGHEST_M, height_m + HEIGHT_DOUBT_M) - site_height_m
    latitude, longitude, bearing = (
        np.radians(angle) for angle in (site_latitude, site_longitude, azimuth)
    )
    sine, cosine = np.sin(latitude), np.cos(latitude)
    normal = EQUATOR_M / np.sqrt(1 - _SQUARE * sine**2)
    # The curve of the Earth in the direction of the target (Euler).
    meridian = normal * (1 - _SQUARE) / (1 - _SQUARE * sine**2)
    radius = 1 / (np.cos(bearing) ** 2 / meridian + np.sin(bearing) ** 2 / normal)
    site = radius + site_height_m
    # At one slant range the way over the ground is longest where the ray bends as the Earth does.
    farthest = np.clip(-(slant_m**2) / (2 * radius), low, high)
    longest = _angle(site, slant_m, farthest)
    shortest = np.minimum(_angle(site, slant_m, low), _angle(site, slant_m, high))
    angle = (longest + shortest) / 2
    target = site + (low + high) / 2
    # None of these heights is that near: the height is wrong, and says nothing.
    spread = np.where(longest > 0, radius * (longest - shortest) / 2, slant_m)
    level, up = target * np.sin(angle), target * np.cos(angle) - site

    east, north = level * np.sin(bearing), level * np.cos(bearing)
    out = (normal + site_height_m) * cosine - north * sine + up * cosine
    x = out * np.cos(longitude) - east * np.sin(longitude)
    y = out * np.sin(longitude) + east * np.cos(longitude)
    z = (normal * (1 - _SQUARE) + site_height_m) * sine + north * cosine + up * sine
    # Bowring's formula: to better than a millimetre near the ground.
    across = np.hypot(x, y)
    reduced = np.arctan2(z, across * (1 - _FLATTENING))
    polar = EQUATOR_M * (1 - _FLATTENING)
    found = np.arctan2(
        z + _SQUARE / (1 - _SQUARE) * polar * np.sin(reduced) ** 3,
        across - _SQUARE * EQUATOR_M * np.cos(reduced) ** 3,
    )
    return np.degrees(found), np.degrees(np.arctan2(y, x)), spread


def _angle(site: Floats, slant_m: Floats, above_m: Floats) -> Floats:
    """The angle at the Earth's centre between a site and a target so much higher; 0 if there is none.

    site: its distance from the centre.
    """
    square = (slant_m**2 - above_m**2) / (4 * site * (site + above_m))
    found: Floats = 2 * np.arcsin(np.sqrt(np.clip(square, 0.0, 1.0)))
    return found


def convergence_degrees(
    reference_latitude: Floats, reference_longitude: Floats, latitude: Floats, longitude: Floats
) -> Floats:
    """By how much the north of a stereographic plane lies clockwise of true north at a position.

    Degrees. The great circle through the plane's reference point is straight in the plane, and the
    plane keeps angles, so that it is the difference of that circle's azimuths at both ends. On a
    sphere; within 0.05 degree of the ellipsoid to 600 km. NaN for a reference of NaN.
    """
    here, there = np.radians(latitude), np.radians(reference_latitude)
    apart = np.radians(longitude - reference_longitude)
    found: Floats = np.degrees(
        2
        * np.arctan2(
            np.sin(apart / 2) * np.sin((here + there) / 2),
            np.cos(apart / 2) * np.cos((here - there) / 2),
        )
    )
    return found
