"""An area made ready for measuring: its core, cut into pieces, and the buffer around it.

A circle is its centre with a buffer, a corridor its path with a buffer, a polygon its region with
a buffer of nothing. Two areas meet where the distance of their cores is at most the sum of their
buffers. An Outline exists only for an area that is sound: making one is the check.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass
from itertools import pairwise

from firebreak.errors import InvalidValue
from firebreak.values import Position
from firebreak.volumes.areas import (
    HEMISPHERE_M2,
    LONGEST_OUTLINE_M,
    Area,
    Circle,
    Corridor,
    Polygon,
    check_measures,
)
from firebreak.volumes.geodesic import surface_point
from firebreak.volumes.pieces import Piece, cut, piece_distance, point_piece
from firebreak.volumes.rings import CLEARANCE_M, Ring, make_ring
from firebreak.volumes.space import Exact, Vector, exactly
from firebreak.volumes.tree import Node, close_pairs, grow


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


def outline_of(area: Area) -> Outline:
    """The outline of a sound area; those used lately are remembered.

    Raises InvalidValue, saying what to correct, for any other area.
    """
    return _REMEMBERED.get(area)


class _Remembered:
    """Outlines by area, the latest used last: so many pieces in all, however many areas come."""

    def __init__(self, most_pieces: int) -> None:
        self.most_pieces = most_pieces
        self.pieces = 0
        self._outlines: OrderedDict[Area, Outline] = OrderedDict()

    def get(self, area: Area) -> Outline:
        """The outline of an area, made now if it is not remembered. Raises InvalidValue."""
        check_measures(area)  # V-15; first, since an area of True or 1.0 equals one of 1
        found = self._outlines.get(area)
        if found is not None:
            self._outlines.move_to_end(area)
            return found
        made = self._outlines[area] = _outline(area)
        self.pieces += len(made.pieces)
        while self.pieces > self.most_pieces and len(self._outlines) > 1:
            _, oldest = self._outlines.popitem(last=False)
            self.pieces -= len(oldest.pieces)
        return made

    def clear(self) -> None:
        """Forget all of them."""
        self._outlines.clear()
        self.pieces = 0


_REMEMBERED = _Remembered(50_000)
"""About 80 MB at most; ten thousands of ordinary areas."""


def _outline(area: Area) -> Outline:
    match area:
        case Circle(centre, radius_m):
            point = point_piece(surface_point(centre))
            return Outline((point,), grow([point]), (), radius_m)
        case Corridor(path, half_width_m):
            pieces = _path_pieces(path)
            _check_corridor(pieces, half_width_m)
            root = grow(pieces)
            for _ in close_pairs(root, CLEARANCE_M):
                pass  # a path may cross itself; so many close pairs, and it is refused
            return Outline(pieces, root, (), half_width_m)
        case Polygon(outer, holes):
            return _region(outer, holes)


def _check_length(pieces: tuple[Piece, ...]) -> float:
    """Metres of all edges together, at most a ten-thousandth above what they are."""
    # `sum` adds floats in another way from Python 3.12 on; fsum gives the same bits everywhere.
    length = math.fsum(2 * piece.radius for piece in pieces)
    if length > LONGEST_OUTLINE_M:  # V-5
        raise InvalidValue(
            f"The area's edges are together longer than {LONGEST_OUTLINE_M // 1000:,} km; split it."
        )
    return length


def _check_corridor(pieces: tuple[Piece, ...], half_width_m: int) -> None:
    """V-5, and V-18: a circle and a ring are smaller than a hemisphere by V-2 and V-6."""
    length = _check_length(pieces)
    if 2 * half_width_m * (length + 2 * half_width_m) > HEMISPHERE_M2:  # V-18
        raise InvalidValue(
            f"A corridor {length / 1000:,.0f} km long and {2 * half_width_m / 1000:,.0f} km wide may"
            " cover more than half of the earth; split it or make it narrower."
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
    return pieces


def _region(outer: tuple[Position, ...], holes: tuple[tuple[Position, ...], ...]) -> Outline:
    rings = (
        make_ring(outer, "The polygon"),
        *(make_ring(hole, f"Hole {number}") for number, hole in enumerate(holes, 1)),
    )
    pieces = tuple(piece for ring in rings for piece in ring.pieces)
    _check_length(pieces)
    root = grow(pieces)
    if holes:
        _check_holes(rings, root)
    return Outline(pieces, root, rings, 0)


def _check_holes(rings: tuple[Ring, ...], root: Node) -> None:
    """V-8: each hole lies inside the outer ring and outside all other holes, clear of them."""
    ring_of = [number for number, ring in enumerate(rings) for _ in ring.pieces]
    for a, b in close_pairs(root, CLEARANCE_M):
        first, second = ring_of[a.number], ring_of[b.number]
        if first != second and piece_distance(a.piece, b.piece, CLEARANCE_M) < CLEARANCE_M:
            raise _misplaced(first, second)
    for number, hole in enumerate(rings[1:], 1):
        if not rings[0].holds(hole.pieces[0].exact_start):
            raise _misplaced(0, number)
        for earlier_number, earlier in enumerate(rings[1:number], 1):
            if _nested(earlier, hole):
                raise _misplaced(earlier_number, number)


def _misplaced(first: int, second: int) -> InvalidValue:
    """Two rings of a polygon, the outer one being 0, are not as they should lie."""
    if first == 0:
        return InvalidValue(
            f"Hole {second} is not wholly inside the polygon; move it inside, or leave it out."
        )
    return InvalidValue(f"Holes {first} and {second} overlap; join them into one hole.")


def _nested(a: Ring, b: Ring) -> bool:
    return a.holds(b.pieces[0].exact_start) or b.holds(a.pieces[0].exact_start)
