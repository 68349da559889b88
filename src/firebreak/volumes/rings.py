"""Closed rings of pieces: whether they are sound, and whether a point lies inside, exactly.

Source: spec/volume.md, V-4, V-6 and V-7. Inside is decided on whole millimetres in space, so the
antimeridian and the poles are places like any other.
"""

import math
from dataclasses import dataclass

from firebreak.errors import InvalidValue
from firebreak.values import Position
from firebreak.volumes.geodesic import onto_surface, surface_point
from firebreak.volumes.pieces import Piece, cut, foot, piece_distance
from firebreak.volumes.space import Exact, Vector, chord, exact_cross, exact_dot, exactly
from firebreak.volumes.tree import Leaf, Node, across, close_pairs, grow

CLEARANCE_M = 0.25
"""Edges that do not share a vertex stay further apart than this; more than any error of ours."""

_REACH_COSINE = 0.17364817766693033
"""Cosine of 80 degrees: how far from its middle a ring may reach."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A sound ring, cut into pieces. horizon is at right angles to middle, so surely outside."""

    pieces: tuple[Piece, ...]
    root: Node
    middle: Exact
    horizon: Exact

    def holds(self, point: Exact) -> bool:
        """Whether the point lies inside. Exactly on the ring either answer may come."""
        if exact_dot(self.middle, point) <= 0:
            return False
        # Walk from the point to the horizon and count the edges on the way: odd means inside.
        walk = x, y, z = exact_cross(point, self.horizon)
        inside = False
        for piece in across(self.root, walk):
            start, end = piece.exact_start, piece.exact_end
            above = x * start[0] + y * start[1] + z * start[2] > 0
            then = x * end[0] + y * end[1] + z * end[2] > 0
            if above != then and (exact_dot(piece.normal, point) > 0) == then:
                inside = not inside
        return inside

    def heart(self) -> Vector:
        """The surface under the middle direction; inside most rings, not all."""
        x, y, z = self.middle
        return onto_surface((float(x), float(y), float(z)))


def _middle(points: list[Exact]) -> Exact:
    return sum(p[0] for p in points), sum(p[1] for p in points), sum(p[2] for p in points)


def _horizon(middle: Exact) -> Exact:
    """A direction exactly at right angles to the middle."""
    return (-middle[1], middle[0], 0) if middle[0] or middle[1] else (1, 0, 0)


def _check_reach(middle: Exact, points: list[Exact], name: str) -> None:
    size = math.sqrt(exact_dot(middle, middle))
    for point in points:
        reach = _REACH_COSINE * size * math.sqrt(exact_dot(point, point))
        if not exact_dot(middle, point) >= reach or size == 0.0:  # V-6
            raise InvalidValue(
                f"{name} reaches further than 8,900 km from its middle, so its inside is not"
                " certain; split it into smaller areas."
            )


def _check_repeats(points: list[Exact], name: str) -> None:
    for number, point in enumerate(points):
        if point == points[number - 1]:  # V-4
            raise InvalidValue(
                f"{name} has its vertex {number + 1} twice in a row, or repeats the first at the"
                " end; give every vertex once."
            )


def _too_close(a: Leaf, b: Leaf, count: int) -> bool:
    """Whether two pieces of one ring come closer than neighbours may."""
    if a.number + 1 == b.number:
        return _folds_back(a.piece, b.piece)
    if b.number + 1 == a.number + count:
        return _folds_back(b.piece, a.piece)
    return piece_distance(a.piece, b.piece, CLEARANCE_M) < CLEARANCE_M


def _folds_back(first: Piece, second: Piece) -> bool:
    """Whether of two pieces in a row one runs back along the other."""
    there, back = foot(first.start, second), foot(second.end, first)
    return min(chord(there, first.start), chord(back, second.end)) < CLEARANCE_M


def _check_simple(root: Node, count: int, name: str) -> None:
    for a, b in close_pairs(root, CLEARANCE_M):
        if _too_close(a, b, count):  # V-7
            raise InvalidValue(
                f"{name} crosses or touches itself, or has no area, between its edges"
                f" {a.piece.edge + 1} and {b.piece.edge + 1}: edges must stay"
                f" {CLEARANCE_M:.2f} m apart. Correct the order or the place of its vertices."
            )


def _cut_ring(points: list[Vector]) -> tuple[Piece, ...]:
    following = points[1:] + points[:1]
    return tuple(
        piece
        for edge, (start, end) in enumerate(zip(points, following, strict=True))
        for piece in cut(edge, start, end)
    )


def make_ring(vertices: tuple[Position, ...], name: str) -> Ring:
    """The ring through these vertices. Raises InvalidValue, naming it, if it is not sound."""
    points = [surface_point(vertex) for vertex in vertices]
    exact = [exactly(point) for point in points]
    middle = _middle(exact)
    _check_repeats(exact, name)
    _check_reach(middle, exact, name)
    pieces = _cut_ring(points)
    root = grow(pieces)
    _check_simple(root, len(pieces), name)
    return Ring(pieces, root, middle, _horizon(middle))
