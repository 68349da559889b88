"""Shortest paths on WGS 84: how far, which way, and the points between.

Source: C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87 (2013), eqs 5 to 26: the great
circle on the auxiliary sphere with series to the sixth order. His Newton iteration is replaced by
a bracketed secant on the first azimuth, which cannot diverge, near antipodes included. Distances
agree with GeographicLib to 1e-7 m (tests/volumes/test_geodesic.py asks for 1e-6).
"""

import math
from dataclasses import dataclass
from typing import TypeAlias

from firebreak.values import Position
from firebreak.volumes.space import Vector
from firebreak.volumes.trigonometry import (
    HALF_TURN,
    QUARTER_TURN,
    arctangent,
    sine_cosine,
    sine_cosine_of_units,
)

EQUATORIAL_RADIUS = 6378137.0
FLATTENING = 1 / 298.257223563
POLAR_RADIUS = EQUATORIAL_RADIUS * (1 - FLATTENING)
LEAST_CURVED = EQUATORIAL_RADIUS * EQUATORIAL_RADIUS / POLAR_RADIUS
"""The greatest radius of curvature anywhere: 6,399.594 km, at the poles."""
MOST_CURVED = POLAR_RADIUS * POLAR_RADIUS / EQUATORIAL_RADIUS
"""The least radius of curvature anywhere: 6,335.439 km, along the meridian at the equator."""

_ECCENTRICITY = FLATTENING * (2 - FLATTENING)
_SECOND_ECCENTRICITY = _ECCENTRICITY / (1 - _ECCENTRICITY)
_THIRD_FLATTENING = FLATTENING / (2 - FLATTENING)
_TRIES = 200
_NOT_QUITE_ZERO = 1e-120
"""Stands for the cosine of latitude at a pole, so that an azimuth still has a meaning there."""

Angle: TypeAlias = tuple[float, float]
"""Sine and cosine."""

Series: TypeAlias = tuple[float, ...]


def surface_point(position: Position) -> Vector:
    """The point of the ellipsoid at this position, in earth-centred metres."""
    sine, cosine = sine_cosine_of_units(position.latitude_e7)
    east, along = sine_cosine_of_units(position.longitude_e7)
    normal = EQUATORIAL_RADIUS / math.sqrt(1 - _ECCENTRICITY * sine * sine)
    out = normal * cosine
    return out * along, out * east, normal * (1 - _ECCENTRICITY) * sine


def onto_surface(direction: Vector) -> Vector:
    """The point of the ellipsoid in this direction from the earth's centre."""
    x, y, z = direction
    x, y, z = x / EQUATORIAL_RADIUS, y / EQUATORIAL_RADIUS, z / POLAR_RADIUS
    size = math.sqrt(x * x + y * y + z * z)
    return EQUATORIAL_RADIUS * x / size, EQUATORIAL_RADIUS * y / size, POLAR_RADIUS * z / size


def latitude_longitude(point: Vector) -> tuple[float, float]:
    """Latitude and longitude in degrees of a point of the ellipsoid."""
    x, y, z = point
    latitude = arctangent(z, (1 - _ECCENTRICITY) * math.sqrt(x * x + y * y))
    return latitude * 180 / HALF_TURN, arctangent(y, x) * 180 / HALF_TURN


def _unit(sine: float, cosine: float) -> Angle:
    size = math.sqrt(sine * sine + cosine * cosine)
    return (sine / size, cosine / size) if size > 0.0 else (0.0, 1.0)


def _reduced_latitude(point: Vector) -> Angle:
    x, y, z = point
    sine, cosine = _unit(z / POLAR_RADIUS, math.sqrt(x * x + y * y) / EQUATORIAL_RADIUS)
    return sine, max(cosine, _NOT_QUITE_ZERO)


def _sine_sum(series: Series, angle: Angle) -> float:
    """Sum of series[k] sin(2 (k + 1) angle), by Clenshaw's recurrence."""
    sine, cosine = angle
    twice = 2 * (cosine - sine) * (cosine + sine)
    later, last = 0.0, 0.0
    for coefficient in reversed(series):
        later, last = coefficient + twice * later - last, later
    return 2 * sine * cosine * later


def _distance_series(e: float) -> tuple[float, Series]:
    """A1 and C1 of Karney's eqs 17 and 18."""
    e2 = e * e
    scale = (1 + e2 * (1 / 4 + e2 * (1 / 64 + e2 / 256))) / (1 - e)
    e3, e4 = e2 * e, e2 * e2
    return scale, (
        e * (-1 / 2 + e2 * (3 / 16 - e2 / 32)),
        e2 * (-1 / 16 + e2 * (1 / 32 - 9 * e2 / 2048)),
        e3 * (-1 / 48 + 3 * e2 / 256),
        e4 * (-5 / 512 + 3 * e2 / 512),
        -7 * e4 * e / 1280,
        -7 * e4 * e2 / 2048,
    )


def _reverted_series(e: float) -> Series:
    """C1' of Karney's eq. 21: from distance back to arc."""
    e2 = e * e
    e3, e4 = e2 * e, e2 * e2
    return (
        e * (1 / 2 + e2 * (-9 / 32 + 205 * e2 / 1536)),
        e2 * (5 / 16 + e2 * (-37 / 96 + 1335 * e2 / 4096)),
        e3 * (29 / 96 - 75 * e2 / 128),
        e4 * (539 / 1536 - 2391 * e2 / 2560),
        3467 * e4 * e / 7680,
        38081 * e4 * e2 / 61440,
    )


def _longitude_series(e: float) -> tuple[float, Series]:
    """A3 and C3 of Karney's eqs 24 and 25."""
    n = _THIRD_FLATTENING
    n2, e2 = n * n, e * e
    e3, e4 = e2 * e, e2 * e2
    scale = (
        1
        - (1 / 2 - n / 2) * e
        - (1 / 4 + n / 8 - 3 * n2 / 8) * e2
        - (1 / 16 + 3 * n / 16 + n2 / 16) * e3
        - (3 / 64 + n / 32) * e4
        - 3 / 128 * e4 * e
    )
    return scale, (
        (1 / 4 - n / 4) * e
        + (1 / 8 - n2 / 8) * e2
        + (3 / 64 + 3 * n / 64 - n2 / 64) * e3
        + (5 / 128 + n / 64) * e4
        + 3 / 128 * e4 * e,
        (1 / 16 - 3 * n / 32 + n2 / 32) * e2
        + (3 / 64 - n / 32 - 3 * n2 / 64) * e3
        + (3 / 128 + n / 128) * e4
        + 5 / 256 * e4 * e,
        (5 / 192 - 3 * n / 64 + 5 * n2 / 192) * e3
        + (3 / 128 - 5 * n / 192) * e4
        + 7 / 512 * e4 * e,
        (7 / 512 - 7 * n / 256) * e4 + 7 / 512 * e4 * e,
        21 / 2560 * e4 * e,
    )


def _expansion(cosine_at_equator: float) -> float:
    """Karney's epsilon from the cosine of the azimuth at the equator (eq. 16)."""
    root = math.sqrt(1 + _SECOND_ECCENTRICITY * cosine_at_equator * cosine_at_equator)
    return (root - 1) / (root + 1)


def _at_equator(azimuth: Angle, latitude: Angle) -> Angle:
    """The azimuth with which this geodesic crosses the equator (Clairaut; eqs 5 and 10)."""
    across = azimuth[0] * latitude[0]
    return azimuth[0] * latitude[1], math.sqrt(azimuth[1] * azimuth[1] + across * across)


def _between(first: Angle, second: Angle) -> float:
    """The angle from the first to the second, 0 to pi."""
    sine = first[1] * second[0] - first[0] * second[1]
    return arctangent(max(0.0, sine), first[1] * second[1] + first[0] * second[0])


@dataclass(frozen=True, slots=True)
class _Trial:
    """The geodesic from `first` under one azimuth, up to where it reaches `second`'s latitude."""

    longitude: float
    arc: float
    arc_start: Angle
    arc_end: Angle
    azimuth_end: Angle
    expansion: float


def _try_azimuth(azimuth: Angle, first: Angle, second: Angle) -> _Trial:
    """Karney's section 4: the longitude gained, for |first| >= |second| and first <= 0."""
    equator_sine, equator_cosine = _at_equator(azimuth, first)
    forward = azimuth[1] * first[1]
    # The difference of squared cosines, taken where it does not cancel.
    if first[1] < -first[0]:
        rise = (second[1] - first[1]) * (first[1] + second[1])
    else:
        rise = (first[0] - second[0]) * (first[0] + second[0])
    forward_end = math.sqrt(max(0.0, forward * forward + rise))
    arc_start, arc_end = _unit(first[0], forward), _unit(second[0], forward_end)
    arc = _between(arc_start, arc_end)
    turn = _between(
        _unit(equator_sine * first[0], forward), _unit(equator_sine * second[0], forward_end)
    )
    expansion = _expansion(equator_cosine)
    scale, series = _longitude_series(expansion)
    lag = arc + _sine_sum(series, arc_end) - _sine_sum(series, arc_start)
    longitude = turn - FLATTENING * scale * equator_sine * lag
    return _Trial(longitude, arc, arc_start, arc_end, _unit(equator_sine, forward_end), expansion)


def _azimuth(offset: float) -> Angle:
    """From the offset from due east; so an azimuth close to due east keeps all its digits."""
    sine, cosine = sine_cosine(offset)
    return cosine, -sine


def _first_guess(first: Angle, second: Angle, longitude: float) -> float:
    sine, cosine = sine_cosine(longitude)
    east = second[1] * sine
    north = first[1] * second[0] - first[0] * second[1] * cosine
    return arctangent(-north, east)


def _solve(first: Angle, second: Angle, longitude: float) -> tuple[Angle, _Trial]:
    """The azimuth at `first` (|first| >= |second|, first <= 0) whose geodesic gains `longitude`.

    A secant on the offset from due east, kept inside a bracket that always holds the root.
    """
    low, high = -QUARTER_TURN, QUARTER_TURN
    offset = min(max(_first_guess(first, second, longitude), low), high)
    azimuth = _azimuth(offset)
    trial = _try_azimuth(azimuth, first, second)
    before: tuple[float, float] | None = None
    for attempt in range(_TRIES):
        excess = trial.longitude - longitude
        if abs(excess) < 1e-15:
            break
        if excess < 0.0:
            low = offset
        else:
            high = offset
        step = _next_offset(offset, excess, before, low, high, attempt, trial, second)
        if step == offset or low == high:
            break
        before, offset = (offset, excess), step
        azimuth = _azimuth(offset)
        trial = _try_azimuth(azimuth, first, second)
    return azimuth, trial


def _next_offset(
    offset: float,
    excess: float,
    before: tuple[float, float] | None,
    low: float,
    high: float,
    attempt: int,
    trial: _Trial,
    second: Angle,
) -> float:
    """A secant step (at first Newton's, on the sphere), or the bracket's middle if that fails."""
    middle = (low + high) / 2
    if attempt > 12 and attempt % 2 == 0:
        return middle
    if before is not None:
        slope = (excess - before[1]) / (offset - before[0])
    else:
        along = trial.azimuth_end[1] * second[1]
        slope = sine_cosine(trial.arc)[0] / along if along > 0.0 else 0.0
    if not slope > 0.0:
        return middle
    step = offset - excess / slope
    return step if low < step < high else middle


@dataclass(frozen=True, slots=True)
class Course:
    """A shortest path: where it starts, under which azimuth, how long it is."""

    start: Vector
    azimuth: Angle
    length_m: float


def _along_equator(first: Angle, second: Angle, longitude: float) -> bool:
    return first[0] == 0.0 and second[0] == 0.0 and longitude <= (1 - FLATTENING) * HALF_TURN


def _canonical(first: Angle, second: Angle, longitude: float) -> tuple[Angle, Angle, float]:
    """Azimuths at both ends and metres, for |first| >= |second|, first <= 0 <= longitude."""
    if _along_equator(first, second, longitude):
        # Every azimuth but due east leaves the equator at once, so there is nothing to search.
        return (1.0, 0.0), (1.0, 0.0), EQUATORIAL_RADIUS * longitude
    azimuth, trial = _solve(first, second, longitude)
    scale, series = _distance_series(trial.expansion)
    arc = trial.arc + _sine_sum(series, trial.arc_end) - _sine_sum(series, trial.arc_start)
    return azimuth, trial.azimuth_end, POLAR_RADIUS * scale * arc


def _longitude_between(start: Vector, end: Vector) -> float:
    """-pi to pi; a pole counts as lying on the meridian of Greenwich, as `_placed` has it."""
    east, along = _unit(start[1], start[0])
    end_east, end_along = _unit(end[1], end[0])
    return arctangent(along * end_east - east * end_along, along * end_along + east * end_east)


def course(start: Vector, end: Vector) -> Course:
    """The shortest path from one point of the ellipsoid to another.

    Between antipodes, where many are shortest, one of them. Distance to 1e-6 m.
    """
    first, second = _reduced_latitude(start), _reduced_latitude(end)
    longitude = _longitude_between(start, end)
    east = -1.0 if longitude < 0.0 else 1.0
    # Close to a pole two sines of latitude can be equal when the cosines still differ.
    swapped = (abs(first[0]), -first[1]) < (abs(second[0]), -second[1])
    if swapped:
        first, second = second, first
    north = -1.0 if first[0] > 0.0 else 1.0
    near, far, metres = _canonical(
        (north * first[0], first[1]), (north * second[0], second[1]), abs(longitude)
    )
    sine, cosine = far if swapped else near
    # Seen from the other end the path runs backwards, so its northward part changes sign.
    backwards = -1.0 if swapped else 1.0
    return Course(start, (sine * east, cosine * north * backwards), metres)


def surface_distance(a: Vector, b: Vector) -> float:
    """Metres along the shortest path between two points of the ellipsoid, to 1e-6 m."""
    return course(a, b).length_m


@dataclass(frozen=True, slots=True)
class _Line:
    """What all points of one geodesic have in common."""

    start: Vector
    equator: Angle
    arc_start: Angle
    angle_start: float
    turn_start: float
    unit_m: float
    gained: float
    reverted: Series
    lag_scale: float
    lag_series: Series
    lag_start: float


def _line(path: Course) -> _Line:
    first = _reduced_latitude(path.start)
    equator_sine, equator_cosine = _at_equator(path.azimuth, first)
    arc_start = _unit(first[0], path.azimuth[1] * first[1])
    expansion = _expansion(equator_cosine)
    scale, series = _distance_series(expansion)
    lag_scale, lag_series = _longitude_series(expansion)
    return _Line(
        path.start,
        (equator_sine, equator_cosine),
        arc_start,
        arctangent(arc_start[0], arc_start[1]),
        arctangent(equator_sine * arc_start[0], arc_start[1]),
        POLAR_RADIUS * scale,
        _sine_sum(series, arc_start),
        _reverted_series(expansion),
        FLATTENING * lag_scale * equator_sine,
        lag_series,
        _sine_sum(lag_series, arc_start),
    )


def _point_on(line: _Line, metres: float) -> Vector:
    """Karney's eqs 20, 8 and 12: from distance to arc, latitude and longitude."""
    stretched = line.gained + metres / line.unit_m
    arc = stretched + _sine_sum(line.reverted, sine_cosine(line.angle_start + stretched))
    sine, cosine = arc_end = sine_cosine(line.angle_start + arc)
    equator_sine, equator_cosine = line.equator
    forward = equator_cosine * cosine
    turn = arctangent(equator_sine * sine, cosine) - line.turn_start
    lag = arc + _sine_sum(line.lag_series, arc_end) - line.lag_start
    return _placed(
        line.start,
        turn - line.lag_scale * lag,
        math.sqrt(equator_sine * equator_sine + forward * forward),
        equator_cosine * sine,
    )


def points_along(path: Course, count: int) -> list[Vector]:
    """count + 1 points that cut the path into equal lengths, its first and last included."""
    line = _line(path)
    return [_point_on(line, path.length_m * step / count) for step in range(count + 1)]


def point_along(path: Course, metres: float) -> Vector:
    """The point that lies so far along the path, or beyond its end on the same geodesic."""
    return _point_on(_line(path), metres)


def _placed(start: Vector, longitude: float, out: float, up: float) -> Vector:
    """The point with this reduced latitude, so much further east than the start."""
    east, along = _unit(start[1], start[0])
    sine, cosine = sine_cosine(longitude)
    radius = EQUATORIAL_RADIUS * out
    return (
        radius * (along * cosine - east * sine),
        radius * (east * cosine + along * sine),
        POLAR_RADIUS * up,
    )


def distance_m(a: Position, b: Position) -> float:
    """Metres along the shortest path on WGS 84, to 1e-6 m."""
    return surface_distance(surface_point(a), surface_point(b))


def destination(start: Position, azimuth_degrees: float, metres: float) -> Vector:
    """Where one arrives from `start`, leaving at this azimuth (clockwise from north)."""
    sine, cosine = sine_cosine(azimuth_degrees / 180 * HALF_TURN)
    return point_along(Course(surface_point(start), (sine, cosine), metres), metres)
