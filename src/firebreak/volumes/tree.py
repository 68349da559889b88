"""A tree of balls around the pieces of an outline, and the searches that it makes quick.

Each ball holds its pieces, so what lies between two balls is a lower bound on every distance
between their pieces: a branch that cannot matter is never opened, and none that matters is.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from firebreak.errors import InvalidValue
from firebreak.volumes.pieces import Piece, least_arc, piece_distance
from firebreak.volumes.space import Exact, Vector, chord, length, plus, times

MOST_COMPARED = 500_000
"""Pairs of balls that one search for close pairs looks at before it gives up (V-16). Where all lie
together n pieces make at most n² pairs, so 700 pieces are never too many; a circle of 2,000 edges
makes 10,000 pairs."""

_MARGIN_M = 1.0
"""More than rounding to millimetres and to floats can move a ball."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One piece and its place in the outline."""

    centre: Vector
    radius: float
    number: int
    piece: Piece


@dataclass(frozen=True, slots=True)
class Branch:
    """A ball that holds two smaller ones."""

    centre: Vector
    radius: float
    first: "Node"
    second: "Node"


Node = Leaf | Branch


def grow(pieces: Sequence[Piece], start: int = 0) -> Node:
    """The tree of a run of pieces, neighbours together; `start` is the first one's number."""
    if len(pieces) == 1:
        return Leaf(pieces[0].middle, pieces[0].radius, start, pieces[0])
    half = len(pieces) // 2
    first, second = grow(pieces[:half], start), grow(pieces[half:], start + half)
    centre = times(0.5, plus(first.centre, second.centre))
    radius = max(
        chord(centre, first.centre) + first.radius, chord(centre, second.centre) + second.radius
    )
    return Branch(centre, radius, first, second)


def gap(a: Node, b: Node) -> float:
    """A lower bound on the metres between what the two hold; negative if their balls overlap."""
    return chord(a.centre, b.centre) - a.radius - b.radius


def _opened(a: Node, b: Node) -> list[tuple[Node, Node]]:
    """The pairs that the greater ball's halves make with the other; none for two leaves."""
    if isinstance(a, Branch) and (isinstance(b, Leaf) or a.radius >= b.radius):
        return [(a.first, b), (a.second, b)]
    if isinstance(b, Branch):
        return [(a, b.first), (a, b.second)]
    return []


def nearest(a: Node, b: Node, enough: float = math.inf, little: float = 0.0) -> float:
    """Metres between the pieces of a and those of b; 0 if any cross.

    enough: an answer at or above this is given as infinity.
    little: an answer at or below this may be too great, but not above `little`.
    """
    best = enough
    pending: list[tuple[float, Node, Node]] = [(gap(a, b), a, b)]
    while pending and best > little:
        bound, left, right = pending.pop()
        if bound > 0.0 and least_arc(bound) >= best:
            continue
        if isinstance(left, Leaf) and isinstance(right, Leaf):
            best = min(best, piece_distance(left.piece, right.piece, best))
        else:
            # The nearer pair is opened first, so that it spares us most of the other.
            (one, other), (third, fourth) = _opened(left, right)
            near, far = (gap(one, other), one, other), (gap(third, fourth), third, fourth)
            pending += (near, far) if near[0] > far[0] else (far, near)
    return best if best < enough else math.inf


def across(root: Node, normal: Exact) -> Iterator[Piece]:
    """At least all pieces that cross the plane through the earth's centre with this normal."""
    direction = (float(normal[0]), float(normal[1]), float(normal[2]))
    x, y, z = times(1 / length(direction), direction)
    pending = [root]
    while pending:
        node = pending.pop()
        centre = node.centre  # the inner product is written out: no line is busier
        if abs(x * centre[0] + y * centre[1] + z * centre[2]) > node.radius + _MARGIN_M:
            continue
        if isinstance(node, Leaf):
            yield node.piece
        else:
            pending += (node.first, node.second)


def close_pairs(root: Node, clearance: float) -> Iterator[tuple[Leaf, Leaf]]:
    """All pairs of different leaves whose balls are nearer than `clearance`, lower number first.

    Raises InvalidValue where there are too many to look at: who sends an area does not choose how long
    its receiver thinks.
    """
    pending: list[tuple[Node, Node]] = [(root, root)]
    compared = 0
    while pending:
        a, b = pending.pop()
        compared += 1
        if compared > MOST_COMPARED:  # V-16
            raise InvalidValue(
                "The area's edges lie side by side over such lengths that it cannot be checked."
                " Simplify it outwards, or split it."
            )
        if a is b:
            if isinstance(a, Branch):
                pending += [(a.first, a.first), (a.second, a.second), (a.first, a.second)]
        elif gap(a, b) < clearance:
            if isinstance(a, Leaf) and isinstance(b, Leaf):
                yield (a, b) if a.number < b.number else (b, a)
            else:
                pending += _opened(a, b)
