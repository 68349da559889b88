"""Vectors in space: WGS 84 earth-centred metres (float), or whole millimetres (int, exact).

x through (0 N, 0 E), y through (0 N, 90 E), z through the north pole. In space there is no
antimeridian and no pole: nothing here has a special place.
"""

import math
from typing import TypeAlias

Vector: TypeAlias = tuple[float, float, float]
"""Metres."""

Exact: TypeAlias = tuple[int, int, int]
"""Whole millimetres, or a product of such; every result on it is exact."""

ORIGIN: Vector = (0.0, 0.0, 0.0)


def plus(a: Vector, b: Vector) -> Vector:
    """a + b."""
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def minus(a: Vector, b: Vector) -> Vector:
    """a - b."""
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def times(scale: float, a: Vector) -> Vector:
    """scale * a."""
    return scale * a[0], scale * a[1], scale * a[2]


def dot(a: Vector, b: Vector) -> float:
    """The inner product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def length(a: Vector) -> float:
    """The length; math.hypot is not used, for its last bit differs between systems."""
    return math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2])


def chord(a: Vector, b: Vector) -> float:
    """The straight distance through the earth; never more than the distance over it."""
    x, y, z = a[0] - b[0], a[1] - b[1], a[2] - b[2]
    return math.sqrt(x * x + y * y + z * z)


def exactly(a: Vector) -> Exact:
    """The nearest point of the millimetre grid, at most 0.9 mm away."""
    return round(a[0] * 1000.0), round(a[1] * 1000.0), round(a[2] * 1000.0)


def exact_dot(a: Exact, b: Exact) -> int:
    """The inner product, exactly."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def exact_cross(a: Exact, b: Exact) -> Exact:
    """The normal of the plane through the earth's centre, a and b, exactly."""
    return (
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    )
