"""Sine, cosine and arctangent that give the same bits on every machine.

Both sides must compute the same conflict from the same two volumes (DESIGN, principle 6), but the
C library's sine may differ in its last bit from one system to the next. These use only the four
operations and the square root, which IEEE 754 fixes to the bit. Errors stay under 4e-16.
"""

import math

from firebreak.values import DEGREE

QUARTER_TURN = 1.5707963267948966
_QUARTER_TURN_REST = 6.123233995736766e-17
HALF_TURN = 3.141592653589793
RADIANS_PER_UNIT = 1.7453292519943295e-9
"""Radians in 1e-7 degree."""

_SINE = (
    1.0,
    -1.0 / 6,
    1.0 / 120,
    -1.0 / 5040,
    1.0 / 362880,
    -1.0 / 39916800,
    1.0 / 6227020800,
    -1.0 / 1307674368000,
    1.0 / 355687428096000,
)
_COSINE = (
    1.0,
    -0.5,
    1.0 / 24,
    -1.0 / 720,
    1.0 / 40320,
    -1.0 / 3628800,
    1.0 / 479001600,
    -1.0 / 87178291200,
    1.0 / 20922789888000,
    -1.0 / 6402373705728000,
)
_ARCTANGENT = (1.0, -1.0 / 3, 1.0 / 5, -1.0 / 7, 1.0 / 9, -1.0 / 11, 1.0 / 13, -1.0 / 15)
_ANCHORS = (
    (0.0, 0.0),
    (0.25, 0.24497866312686414),
    (0.5, 0.4636476090008061),
    (0.75, 0.6435011087932844),
    (1.0, 0.7853981633974483),
)


def _series(coefficients: tuple[float, ...], square: float) -> float:
    total = 0.0
    for coefficient in reversed(coefficients):
        total = total * square + coefficient
    return total


def _first_octant(angle: float) -> tuple[float, float]:
    square = angle * angle
    return angle * _series(_SINE, square), _series(_COSINE, square)


def _turned(sine: float, cosine: float, quarters: int) -> tuple[float, float]:
    match quarters % 4:
        case 0:
            return sine, cosine
        case 1:
            return cosine, -sine
        case 2:
            return -sine, -cosine
        case _:
            return -cosine, sine


def sine_cosine(angle: float) -> tuple[float, float]:
    """Sine and cosine of an angle in radians, |angle| at most some tens of radians.

    Raises ValueError on NaN and OverflowError on infinity (from `round`).
    """
    quarters = round(angle / QUARTER_TURN)
    rest = (angle - quarters * QUARTER_TURN) - quarters * _QUARTER_TURN_REST
    return _turned(*_first_octant(rest), quarters)


def sine_cosine_of_units(units: int) -> tuple[float, float]:
    """Sine and cosine of an angle in integers of 1e-7 degree, exact at every quarter turn."""
    quarters, rest = divmod(units + 45 * DEGREE, 90 * DEGREE)
    return _turned(*_first_octant((rest - 45 * DEGREE) * RADIANS_PER_UNIT), quarters)


def _arctangent_of_ratio(ratio: float) -> float:
    """Arctangent of 0 <= ratio <= 1, from the nearest of five anchors."""
    anchor, angle = _ANCHORS[int(ratio * 4 + 0.5)]
    rest = (ratio - anchor) / (1.0 + ratio * anchor)
    return angle + rest * _series(_ARCTANGENT, rest * rest)


def arctangent(sine: float, cosine: float) -> float:
    """The angle in radians, -pi to pi, whose sine and cosine stand in this ratio; 0 for (0, 0).

    The scale of the two does not matter. Raises ValueError on NaN.
    """
    across, along = abs(sine), abs(cosine)
    if across == 0.0 and along == 0.0:
        return 0.0
    if across <= along:
        angle = _arctangent_of_ratio(across / along)
    else:
        angle = QUARTER_TURN - _arctangent_of_ratio(along / across)
    if cosine < 0.0:
        angle = HALF_TURN - angle
    return -angle if sine < 0.0 else angle


def arcsine(sine: float) -> float:
    """The angle in radians, -pi/2 to pi/2, of this sine; beyond 1 it is taken as 1."""
    return arctangent(sine, math.sqrt(max(0.0, (1.0 - sine) * (1.0 + sine))))
