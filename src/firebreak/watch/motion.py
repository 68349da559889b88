"""Dead reckoning on WGS 84 and the way between two positions, compiled, for whole columns at once.

Source: C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87 (2013), his direct problem with the
series to the third order (their rest is below 0.1 mm on the earth); T. Vincenty, Direct and inverse
solutions of geodesics on the ellipsoid, Survey Review 23 (1975), for the inverse. Both work on the
auxiliary sphere, where a pole is no special place.
"""

from __future__ import annotations

import math
from typing import Final, TypeAlias

import numpy as np

from firebreak.errors import InvalidValue
from firebreak.watch.compiled import compiled
from firebreak.watch.reports import Floats, Ints

LONGEST_S: Final = 86_400.0
"""A day: nothing is coasted further."""

_A: Final = 6378137.0
_F: Final = 1 / 298.257223563
_B: Final = _A * (1 - _F)
_N: Final = _F / (2 - _F)
_SECOND_ECCENTRICITY: Final = _F * (2 - _F) / (1 - _F) ** 2
_MEAN_RADIUS: Final = 6371008.8
_RADIANS_PER_UNIT: Final = math.pi / 180e7
_TRIES: Final = 30

_FourColumns: TypeAlias = tuple[Ints, Ints, Ints, Ints]


def ahead(
    latitude_e7: Ints, longitude_e7: Ints, speed_cm_s: Ints, course_cd: Ints, seconds: Floats
) -> tuple[Ints, Ints]:
    """Where each track is after this many seconds at constant speed over the geodesic of its course.

    All arrays have shape (n,); seconds may be negative, up to LONGEST_S either way. Returns latitude
    and longitude in 1e-7 degree, longitude in [-180, 180). Right to the grid: 8 mm, at any distance.
    Raises InvalidValue for seconds that are NaN, infinite or beyond LONGEST_S.
    """
    latitude, longitude, _ = ahead_with_course(
        latitude_e7, longitude_e7, speed_cm_s, course_cd, seconds
    )
    return latitude, longitude


def ahead_with_course(
    latitude_e7: Ints, longitude_e7: Ints, speed_cm_s: Ints, course_cd: Ints, seconds: Floats
) -> tuple[Ints, Ints, Ints]:
    """As `ahead`, and the course there in 0.01 degree: along a geodesic the course changes.

    At 55 N it turns by 1.1 degrees in 90 km eastward: who goes on from the new position with the
    old course is 1.7 km off after 90 km more.
    """
    seconds = np.ascontiguousarray(seconds, np.float64)
    if not np.all(np.abs(seconds) <= LONGEST_S):  # NaN compares false
        raise InvalidValue(
            f"Seconds to coast must be numbers within {LONGEST_S:,.0f} either way; check the clocks."
        )
    return _ahead(*_columns(latitude_e7, longitude_e7, speed_cm_s, course_cd), seconds)


def distance_m(
    latitude_e7: Ints, longitude_e7: Ints, other_latitude_e7: Ints, other_longitude_e7: Ints
) -> Floats:
    """Metres over WGS 84 from each position to the other of its row, shape (n,); never NaN.

    Within 1 mm up to 19,900 km; beyond, where the other is all but opposite on the earth, within 1 %.
    """
    return distance_and_course(latitude_e7, longitude_e7, other_latitude_e7, other_longitude_e7)[0]


def distance_and_course(
    latitude_e7: Ints, longitude_e7: Ints, other_latitude_e7: Ints, other_longitude_e7: Ints
) -> tuple[Floats, Ints]:
    """As `distance_m`, and the course in 0.01 degree, 0 to 35,999, with which one sets out; 0 if none."""
    return _between(*_columns(latitude_e7, longitude_e7, other_latitude_e7, other_longitude_e7))


def _columns(first: Ints, second: Ints, third: Ints, fourth: Ints) -> _FourColumns:
    """The same types and layout always, so that each kernel is compiled once."""
    return (
        np.ascontiguousarray(first, np.int32),
        np.ascontiguousarray(second, np.int32),
        np.ascontiguousarray(third, np.int32),
        np.ascontiguousarray(fourth, np.int32),
    )


@compiled
def _sine_sum(first: float, second: float, third: float, sine: float, cosine: float) -> float:
    """first sin 2x + second sin 4x + third sin 6x, from sin x and cos x."""
    twice = 2.0 * (cosine - sine) * (cosine + sine)
    two = second + twice * third
    return 2.0 * sine * cosine * (first + twice * two - third)


@compiled
def _wrapped(units: int) -> int:
    """A longitude brought into [-180, 180) degrees."""
    return (units + 1_800_000_000) % 3_600_000_000 - 1_800_000_000


@compiled
def _course(sine: float, cosine: float) -> int:
    return round(math.atan2(sine, cosine) * (18_000.0 / math.pi)) % 36_000


@compiled
def _ahead(
    latitude_e7: Ints, longitude_e7: Ints, speed_cm_s: Ints, course_cd: Ints, seconds: Floats
) -> tuple[Ints, Ints, Ints]:
    n = len(latitude_e7)
    latitude_out = np.empty(n, np.int32)
    longitude_out = np.empty(n, np.int32)
    course_out = np.empty(n, np.int32)
    for i in range(n):
        distance = speed_cm_s[i] * 0.01 * seconds[i]
        if distance == 0.0:
            latitude_out[i], longitude_out[i] = latitude_e7[i], longitude_e7[i]
            course_out[i] = course_cd[i]
            continue
        latitude = latitude_e7[i] * _RADIANS_PER_UNIT
        azimuth = course_cd[i] * (math.pi / 18_000.0)
        east, north = math.sin(azimuth), math.cos(azimuth)
        up, out = (1.0 - _F) * math.sin(latitude), math.cos(latitude)
        size = math.sqrt(up * up + out * out)
        up, out = up / size, out / size
        # Where the geodesic crosses the equator, and its parameter there.
        sine0, cosine0 = east * out, math.hypot(north, east * up)
        k2 = cosine0 * cosine0 * _SECOND_ECCENTRICITY
        e = k2 / (2.0 * (1.0 + math.sqrt(1.0 + k2)) + k2)
        e2 = e * e
        e3 = e2 * e
        # The arc to the start, as distance, and the arc to the end, back from distance.
        sigma1 = math.atan2(up, out * north)
        size = math.hypot(up, out * north)
        if size > 0.0:
            sine1, cosine1 = up / size, out * north / size
        else:  # on the equator, due east or west
            sine1, cosine1 = 0.0, 1.0
        tau = sigma1 + _sine_sum(
            e * (-0.5 + 3.0 / 16.0 * e2), -e2 / 16.0, -e3 / 48.0, sine1, cosine1
        )
        tau += distance * (1.0 - e) / (_B * (1.0 + e2 * (0.25 + e2 / 64.0)))
        sigma2 = tau + _sine_sum(
            e * (0.5 - 9.0 / 32.0 * e2),
            5.0 / 16.0 * e2,
            29.0 / 96.0 * e3,
            math.sin(tau),
            math.cos(tau),
        )
        sine2, cosine2 = math.sin(sigma2), math.cos(sigma2)
        c1 = (0.25 - _N / 4.0) * e + e2 / 8.0 + 3.0 / 64.0 * e3
        c2 = (1.0 / 16.0 - 3.0 / 32.0 * _N) * e2 + 3.0 / 64.0 * e3
        c3 = 5.0 / 192.0 * e3
        lag = (
            sigma2
            - sigma1
            + _sine_sum(c1, c2, c3, sine2, cosine2)
            - _sine_sum(c1, c2, c3, sine1, cosine1)
        )
        scale = 1.0 - (0.5 - _N / 2.0) * e - (0.25 + _N / 8.0) * e2 - e3 / 16.0
        turn = math.atan2(sine0 * sine2, cosine2) - math.atan2(sine0 * sine1, cosine1)
        gained = turn - _F * sine0 * scale * lag
        there = math.atan2(cosine0 * sine2, (1.0 - _F) * math.hypot(sine0, cosine0 * cosine2))
        latitude_out[i] = round(there / _RADIANS_PER_UNIT)
        longitude_out[i] = _wrapped(longitude_e7[i] + round(gained / _RADIANS_PER_UNIT))
        course_out[i] = _course(sine0, cosine0 * cosine2)
    return latitude_out, longitude_out, course_out


@compiled
def _between(
    latitude_e7: Ints, longitude_e7: Ints, other_latitude_e7: Ints, other_longitude_e7: Ints
) -> tuple[Floats, Ints]:
    n = len(latitude_e7)
    distance = np.empty(n, np.float64)
    course = np.empty(n, np.int32)
    for i in range(n):
        apart = _wrapped(int(other_longitude_e7[i]) - int(longitude_e7[i]))
        gained = apart * _RADIANS_PER_UNIT
        first = latitude_e7[i] * _RADIANS_PER_UNIT
        second = other_latitude_e7[i] * _RADIANS_PER_UNIT
        up1, out1 = (1.0 - _F) * math.sin(first), math.cos(first)
        size = math.sqrt(up1 * up1 + out1 * out1)
        up1, out1 = up1 / size, out1 / size
        up2, out2 = (1.0 - _F) * math.sin(second), math.cos(second)
        size = math.sqrt(up2 * up2 + out2 * out2)
        up2, out2 = up2 / size, out2 / size
        turn = gained
        found = False
        east, north, sine, cosine = 0.0, 0.0, 0.0, 1.0
        arc, cosine0_2, middle = 0.0, 0.0, 0.0
        for _ in range(_TRIES):
            sine_turn, cosine_turn = math.sin(turn), math.cos(turn)
            east = out2 * sine_turn
            # The difference as sin(b - a) and a part that vanishes with the turn: no digits lost.
            half = math.sin(0.5 * turn)
            north = (out1 * up2 - up1 * out2) + 2.0 * up1 * out2 * half * half
            sine = math.hypot(east, north)
            cosine = up1 * up2 + out1 * out2 * cosine_turn
            if sine < 1e-13:
                found = cosine > 0.0
                break
            arc = math.atan2(sine, cosine)
            sine0 = out1 * east / sine
            cosine0_2 = (1.0 - sine0) * (1.0 + sine0)
            middle = cosine - 2.0 * up1 * up2 / cosine0_2 if cosine0_2 > 1e-18 else 0.0
            c = _F / 16.0 * cosine0_2 * (4.0 + _F * (4.0 - 3.0 * cosine0_2))
            before = turn
            turn = gained + (1.0 - c) * _F * sine0 * (
                arc + c * sine * (middle + c * cosine * (2.0 * middle * middle - 1.0))
            )
            if abs(turn) > math.pi:
                break
            if abs(turn - before) < 1e-13:
                found = True
                break
        if found and sine < 1e-13:
            distance[i] = 0.0
            course[i] = 0
            continue
        course[i] = _course(east, north)
        if not found:
            # All but opposite: the sphere is right within 1 %.
            half1 = math.sin(0.5 * (second - first))
            half2 = math.sin(0.5 * gained)
            h = half1 * half1 + math.cos(first) * math.cos(second) * half2 * half2
            distance[i] = 2.0 * _MEAN_RADIUS * math.asin(math.sqrt(min(1.0, h)))
            continue
        u2 = cosine0_2 * _SECOND_ECCENTRICITY
        a = 1.0 + u2 / 16384.0 * (4096.0 + u2 * (-768.0 + u2 * (320.0 - 175.0 * u2)))
        b = u2 / 1024.0 * (256.0 + u2 * (-128.0 + u2 * (74.0 - 47.0 * u2)))
        m2 = middle * middle
        rest = (
            b
            * sine
            * (
                middle
                + b
                / 4.0
                * (
                    cosine * (2.0 * m2 - 1.0)
                    - b / 6.0 * middle * (4.0 * sine * sine - 3.0) * (4.0 * m2 - 3.0)
                )
            )
        )
        distance[i] = _B * a * (arc - rest)
    return distance, course
