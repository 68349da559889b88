"""An area made ready for measuring: its core, cut into pieces, and the buffer around it.

A circle is its centre with a buffer, a corridor its path with a buffer, a polygon its region with
a buffer of nothing. Two areas meet where the distance of their cores is at most the sum of their
buffers. An Outline exists only for an area that is sound: making one is the check.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from firebreak.errors import InvalidValue
from firebreak.values import Position
from firebreak.volumes.areas import (
    LONGEST_OUTLINE_M,
    Area,
    Circle,
    Corridor,
    Polygon,
    check_measures,
)
from firebreak.volumes.geodesic import surface_point
from firebreak.volumes.pieces import Piece, cut, point_piece
from firebreak.volumes.rings import CLEARANCE_M, Ring, make_ring
from firebreak.volumes.space import Exact, Vector, exactly
from firebreak.volumes.tree import Node, grow, nearest


@dataclass(frozen=True, slots=True)
class Outline:
    """Pieces of the core in a tree; rings (outer first) if the core is a region; buffer in m."""

    pieces: tuple[Piece, ...]
    root: Node
    rings: tuple[Ring, ...]
    buffer_m: int

    def holds(self, point: Exact) -> bool:
        """Whether the point lies in the region inside the outer ring and outside the holes."""
        if not self.rings or not self.rings[0].holds(point):
            return False
        return not any(hole.holds(point) for hole in self.rings[1:])


@lru_cache(maxsize=512)
def outline_of(area: Area) -> Outline:
    """The outline of a sound area. Raises InvalidValue, saying what to correct, for any other."""
    check_measures(area)
    match area:
        case Circle(centre, radius_m):
            point = point_piece(surface_point(centre))
            return Outline((point,), grow([point]), (), radius_m)
        case Corridor(path, half_width_m):
            pieces = _path_pieces(path)
            return Outline(pieces, grow(pieces), (), half_width_m)
        case Polygon(outer, holes):
            return _region(outer, holes)


def _check_length(pieces: tuple[Piece, ...]) -> None:
    if sum(2 * piece.radius for piece in pieces) > LONGEST_OUTLINE_M:  # V-5
        raise InvalidValue(
            f"The area's edges are together longer than {LONGEST_OUTLINE_M // 1000:,} km; split it."
        )


def _path_pieces(path: tuple[Position, ...]) -> tuple[Piece, ...]:
    points: list[Vector] = [surface_point(position) for position in path]
    exact = [exactly(point) for point in points]
    for number in range(1, len(exact)):
        if exact[number] == exact[number - 1]:  # V-4
            raise InvalidValue(
                f"The corridor's point {number + 1} is the same as the one before; leave it out."
            )
    pieces = tuple(
        piece
        for edge, (start, end) in enumerate(pairwise(points))
        for piece in cut(edge, start, end)
    )
    _check_length(pieces)
    return pieces


def _region(outer: tuple[Position, ...], holes: tuple[tuple[Position, ...], ...]) -> Outline:
    rings = (
        make_ring(outer, "The polygon"),
        *(make_ring(hole, f"Hole {number}") for number, hole in enumerate(holes, 1)),
    )
    pieces = tuple(piece for ring in rings for piece in ring.pieces)
    _check_length(pieces)
    _check_holes(rings)
    return Outline(pieces, grow(pieces), rings, 0)


def _check_holes(rings: tuple[Ring, ...]) -> None:
    """V-8: each hole lies inside the outer ring and outside all other holes, clear of them."""
    outer = rings[0]
    for number, hole in enumerate(rings[1:], 1):
        if not outer.holds(hole.pieces[0].exact_start) or _touch(outer, hole):
            raise InvalidValue(
                f"Hole {number} is not wholly inside the polygon; move it inside, or leave it out."
            )
        for earlier_number, earlier in enumerate(rings[1:number], 1):
            if _touch(earlier, hole) or _nested(earlier, hole):
                raise InvalidValue(
                    f"Holes {earlier_number} and {number} overlap; join them into one hole."
                )


def _touch(a: Ring, b: Ring) -> bool:
    return nearest(a.root, b.root, CLEARANCE_M) < CLEARANCE_M


def _nested(a: Ring, b: Ring) -> bool:
    return a.holds(b.pieces[0].exact_start) or b.holds(a.pieces[0].exact_start)
