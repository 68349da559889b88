"""The bounds that spec/volume.md states for pieces of edges, measured against GeographicLib."""

import math

from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from firebreak.values import Position
from firebreak.volumes.geodesic import EQUATORIAL_RADIUS, LEAST_CURVED, POLAR_RADIUS, surface_point
from firebreak.volumes.pieces import (
    LONGEST_PIECE_M,
    Piece,
    cut,
    foot,
    least_arc,
    piece_distance,
    point_piece,
)
from firebreak.volumes.space import Vector, chord, dot, plus, times
from tests.volumes.examples import at, degrees

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
positions = st.builds(at, latitudes, longitudes)


def edge(start: Position, azimuth: float, metres: float) -> tuple[list[Piece], list[Vector]]:
    """The pieces of an edge, and points of its geodesic by GeographicLib, nine to a piece."""
    found = Geodesic.WGS84.Direct(*degrees(start), azimuth, metres)
    end = at(found["lat2"], found["lon2"])
    pieces = list(cut(0, surface_point(start), surface_point(end)))
    line = Geodesic.WGS84.InverseLine(*degrees(start), *degrees(end))
    count = len(pieces) * 9
    spots = [line.Position(line.s13 * number / count) for number in range(count + 1)]
    return pieces, [precise(spot["lat2"], spot["lon2"]) for spot in spots]


def precise(latitude: float, longitude: float) -> Vector:
    """A point of the ellipsoid without rounding to the grid."""
    phi, lam = math.radians(latitude), math.radians(longitude)
    squared = 1 - (POLAR_RADIUS / EQUATORIAL_RADIUS) ** 2
    normal = EQUATORIAL_RADIUS / math.sqrt(1 - squared * math.sin(phi) ** 2)
    out = normal * math.cos(phi)
    return out * math.cos(lam), out * math.sin(lam), normal * (1 - squared) * math.sin(phi)


@given(positions, st.floats(-180, 180), st.floats(1, 400_000))
def test_the_parabola_stays_within_2_mm(start: Position, azimuth: float, metres: float) -> None:
    pieces, points = edge(start, azimuth, metres)
    for number, point in enumerate(points):
        piece = pieces[min(number // 9, len(pieces) - 1)]
        assert chord(point, foot(point, piece)) < 0.002


@given(positions, st.floats(-180, 180), st.floats(1, 400_000))
def test_the_plane_stays_within_11_cm(start: Position, azimuth: float, metres: float) -> None:
    pieces, points = edge(start, azimuth, metres)
    for number, point in enumerate(points):
        piece = pieces[min(number // 9, len(pieces) - 1)]
        normal = (float(piece.normal[0]), float(piece.normal[1]), float(piece.normal[2]))
        # Rounding the ends to millimetres turns the plane of a very short piece.
        if chord(piece.start, piece.end) > 100:
            assert abs(dot(normal, point)) / piece.normal_size < 0.11


@given(positions, st.floats(-180, 180), st.floats(1, 400_000))
def test_the_ball_of_a_piece_holds_it(start: Position, azimuth: float, metres: float) -> None:
    pieces, points = edge(start, azimuth, metres)
    for number, point in enumerate(points):
        piece = pieces[min(number // 9, len(pieces) - 1)]
        assert chord(point, piece.middle) <= piece.radius
        assert 2 * piece.radius < LONGEST_PIECE_M + 1


@given(positions, positions)
def test_least_arc_is_a_lower_bound(a: Position, b: Position) -> None:
    straight = chord(surface_point(a), surface_point(b))
    true = Geodesic.WGS84.Inverse(*degrees(a), *degrees(b))["s12"]
    assert straight <= least_arc(straight) <= true + 1e-6
    assert least_arc(straight) <= 2 * LEAST_CURVED * math.asin(straight / (2 * LEAST_CURVED)) + 1e-6


@given(positions, st.floats(-180, 180), st.floats(1_000, 40_000), st.floats(10, 3_900_000))
def test_distance_to_a_piece(start: Position, azimuth: float, metres: float, away: float) -> None:
    pieces, points = edge(start, azimuth, metres)
    found = Geodesic.WGS84.Direct(*degrees(start), azimuth + 70, away)
    lone = at(found["lat2"], found["lon2"])
    distance = min(
        piece_distance(point_piece(surface_point(lone)), piece, math.inf) for piece in pieces
    )
    sampled = min(true_distance(lone, point) for point in points)
    # No sample is nearer than what we say, by more than the stated 0.25 m.
    assert distance <= sampled + 0.01
    assert distance >= _refined(lone, points, sampled) - 0.25


def true_distance(a: Position, b: Vector) -> float:
    latitude = math.degrees(
        math.atan2(b[2], (POLAR_RADIUS / EQUATORIAL_RADIUS) ** 2 * math.hypot(b[0], b[1]))
    )
    longitude = math.degrees(math.atan2(b[1], b[0]))
    return float(Geodesic.WGS84.Inverse(*degrees(a), latitude, longitude)["s12"])


def _refined(lone: Position, points: list[Vector], sampled: float) -> float:
    """The least distance to the path through the points, by bisection around the best of them."""
    best = min(range(len(points)), key=lambda number: true_distance(lone, points[number]))
    nearest = sampled
    for other in (best - 1, best + 1):
        if 0 <= other < len(points):
            low, high = points[best], points[other]
            for _ in range(40):
                a = plus(times(2 / 3, low), times(1 / 3, high))
                b = plus(times(1 / 3, low), times(2 / 3, high))
                if true_distance(lone, a) < true_distance(lone, b):
                    high = b
                else:
                    low = a
            nearest = min(nearest, true_distance(lone, low))
    return nearest
