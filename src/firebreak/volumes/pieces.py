"""Edges cut into pieces short enough to be treated as arcs in space, and distances to them.

A piece is at most 40 km of a geodesic. Between its ends and its middle, which lie on the
geodesic, it is followed by the parabola through the three: within 2 mm of the geodesic. Whether
two pieces cross is decided exactly on whole millimetres, each piece standing for the plane through
its ends and the earth's centre: within 0.11 m of the geodesic (tests/volumes/test_pieces.py).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from firebreak.errors import InvalidValue
from firebreak.volumes.areas import LONGEST_EDGE_M
from firebreak.volumes.geodesic import (
    EQUATORIAL_RADIUS,
    LEAST_CURVED,
    MOST_CURVED,
    POLAR_RADIUS,
    course,
    points_along,
    surface_distance,
)
from firebreak.volumes.space import (
    Exact,
    Vector,
    chord,
    dot,
    exact_cross,
    exact_dot,
    exactly,
    minus,
    plus,
    times,
)
from firebreak.volumes.trigonometry import arcsine

LONGEST_PIECE_M = 40_000.0
_LATERAL_M = 0.3
"""More than two pieces together leave the planes that stand for them."""
_BULGE_M = 0.05
"""More than half an arc of 40 km exceeds its chord (1.3 mm), plus the parabola's error."""
_NEAR_M = 50_000.0
_FAR_M = 4_000_000.0
_MEAN_RADIUS = (LEAST_CURVED + MOST_CURVED) / 2


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece; point(t) = middle + t half + t^2 bend for -1 <= t <= 1. A point: all in one."""

    edge: int
    start: Vector
    middle: Vector
    end: Vector
    radius: float
    half: Vector
    bend: Vector
    slopes: tuple[float, float, float]
    exact_start: Exact
    exact_end: Exact
    normal: Exact
    normal_size: float

    @property
    def is_point(self) -> bool:
        """Whether this is the centre of a circle rather than part of an edge."""
        return self.radius == 0.0


def make_piece(edge: int, start: Vector, middle: Vector, end: Vector) -> Piece:
    """The piece of edge number `edge` through these three points of the ellipsoid."""
    half = times(0.5, minus(end, start))
    bend = minus(times(0.5, plus(start, end)), middle)
    first, last = exactly(start), exactly(end)
    normal = exact_cross(first, last)
    return Piece(
        edge,
        start,
        middle,
        end,
        max(chord(middle, start), chord(middle, end)) + _BULGE_M,
        half,
        bend,
        (dot(half, half), 3 * dot(half, bend), 2 * dot(bend, bend)),
        first,
        last,
        normal,
        math.sqrt(exact_dot(normal, normal)),
    )


def point_piece(point: Vector) -> Piece:
    """A piece that is one point."""
    flat = (0.0, 0.0, 0.0)
    exact = exactly(point)
    return Piece(
        0, point, point, point, 0.0, flat, flat, (0.0, 0.0, 0.0), exact, exact, (0, 0, 0), 0.0
    )


def _raised(point: Vector) -> Vector:
    """A point a little below the surface, lifted to it along the normal."""
    x, y, z = point
    equatorial, polar = EQUATORIAL_RADIUS * EQUATORIAL_RADIUS, POLAR_RADIUS * POLAR_RADIUS
    normal = (x / equatorial, y / equatorial, z / polar)
    depth = 1 - dot(point, normal)
    return plus(point, times(depth / (2 * dot(normal, normal)), normal))


def cut(edge: int, start: Vector, end: Vector) -> Iterator[Piece]:
    """The pieces of the shortest path from start to end, in order.

    Raises InvalidValue if it is longer than LONGEST_EDGE_M.
    """
    if chord(start, end) <= LONGEST_PIECE_M:
        # A geodesic bends only towards the normal, so its middle is the chord's, lifted.
        yield make_piece(edge, start, _raised(times(0.5, plus(start, end))), end)
        return
    path = course(start, end)
    if path.length_m > LONGEST_EDGE_M:  # V-5
        raise InvalidValue(
            f"Point {edge + 1} and the next are {path.length_m / 1000:,.0f} km apart; put a"
            f" point between them at least every {LONGEST_EDGE_M // 1_000_000:,},000 km."
        )
    count = math.ceil(path.length_m / LONGEST_PIECE_M)
    points = points_along(path, 2 * count)
    points[0], points[-1] = start, end
    for number in range(0, 2 * count, 2):
        yield make_piece(edge, points[number], points[number + 1], points[number + 2])


def foot(point: Vector, piece: Piece) -> Vector:
    """The point of the piece that is nearest to `point` through the earth."""
    (x, y, z), (hx, hy, hz), (bx, by, bz) = piece.middle, piece.half, piece.bend
    east, north, up = x - point[0], y - point[1], z - point[2]
    slope0, c2, c3 = piece.slopes
    c0 = east * hx + north * hy + up * hz
    c1 = slope0 + 2 * (east * bx + north * by + up * bz)
    if c1 <= 0.0:  # so far away that the nearest point is an end
        return min(piece.start, piece.end, key=lambda end: chord(end, point))
    t = max(-1.0, min(1.0, -c0 / c1))
    for _ in range(2):
        slope = c1 + t * (2 * c2 + t * 3 * c3)
        t = max(-1.0, min(1.0, t - (c0 + t * (c1 + t * (c2 + t * c3))) / slope))
    square = t * t
    return x + (t * hx + square * bx), y + (t * hy + square * by), z + (t * hz + square * bz)


def crosses(a: Piece, b: Piece) -> bool:
    """Whether the two cross properly (not: touch), exactly on whole millimetres."""
    if (exact_dot(a.normal, b.exact_start) > 0) == (exact_dot(a.normal, b.exact_end) > 0):
        return False
    return (exact_dot(b.normal, a.exact_start) > 0) != (exact_dot(b.normal, a.exact_end) > 0)


def beside(a: Piece, b: Piece) -> float:
    """A lower bound on the metres between the two, if b lies on one side of a's plane; else 0."""
    start, end = exact_dot(a.normal, b.exact_start), exact_dot(a.normal, b.exact_end)
    if (start > 0) != (end > 0) or a.normal_size == 0.0:
        return 0.0
    # Along b the distance from the plane is a sine, so it is least at one of b's ends.
    return min(abs(start), abs(end)) / a.normal_size / 1000.0 - _LATERAL_M


def least_arc(straight: float) -> float:
    """A lower bound on the distance over the ellipsoid between points this far apart through it.

    A curve that bends everywhere at least as much as a circle has, for its length, no longer a
    chord (Schur's comparison theorem); the least curved direction on earth is LEAST_CURVED.
    The first terms of the arcsine's series, all of them positive.
    """
    square = straight * straight / (4 * LEAST_CURVED * LEAST_CURVED)
    return straight * (1 + square * (1 / 6 + square * (3 / 40 + square * 15 / 336)))


def arc(a: Vector, b: Vector, straight: float, both_points: bool) -> float:
    """Metres over the ellipsoid: to 2 mm up to 4,000 km or of two points, else a lower bound."""
    if straight <= _NEAR_M:
        square = straight * straight / (4 * _MEAN_RADIUS * _MEAN_RADIUS)
        return straight * (1 + square / 6)
    if straight <= _FAR_M or both_points:
        return surface_distance(a, b)
    return 2 * LEAST_CURVED * arcsine(straight / (2 * LEAST_CURVED))


def piece_distance(a: Piece, b: Piece, enough: float) -> float:
    """Metres between two pieces; 0 if they cross; anything above `enough` if that is as much.

    On a surface that curves like the earth's the least distance between two paths that do not
    cross is always found at an end of one of them.
    """
    if a.is_point and b.is_point:
        return arc(a.start, b.start, chord(a.start, b.start), True)
    if beside(a, b) >= enough or beside(b, a) >= enough:
        return math.inf
    if chord(a.middle, b.middle) <= a.radius + b.radius and crosses(a, b):
        return 0.0
    nearest = math.inf
    for point, piece in _ends_against(a, b):
        other = foot(point, piece)
        straight = chord(point, other)
        if least_arc(straight) < min(nearest, enough):
            nearest = min(nearest, arc(point, other, straight, False))
    return nearest


def _ends_against(a: Piece, b: Piece) -> Iterator[tuple[Vector, Piece]]:
    yield a.start, b
    if not a.is_point:
        yield a.end, b
    yield b.start, a
    if not b.is_point:
        yield b.end, a
