"""Bands of height, and by how much two of them overlap, across units and references.

Two heights over the same reference are compared exactly, in tenths of a millimetre (a foot is
3,048 of them). Heights over different references are each turned into an interval over the
ellipsoid that certainly holds the true height anywhere on earth and in any weather; so an overlap
can be overstated and is never missed. Source of the bounds: spec/volume.md, section Heights.
"""

from dataclasses import dataclass
from fractions import Fraction

from firebreak.errors import InvalidValue
from firebreak.values import Height, HeightReference, HeightUnit
from firebreak.volumes.areas import check_whole

_TENTHS = {
    HeightUnit.METRES: 10_000,
    HeightUnit.FEET: 3_048,
    HeightUnit.HUNDREDS_OF_FEET: 304_800,
}
_METRE = 10_000
_FOOT = 3_048

UNLIMITED_MM = 100_000_000_000
"""Stands for "no limit" in `height_interval`: 100,000 km, higher than any height can be given."""

_GEOID = (-107 * _METRE, 86 * _METRE)
_TERRAIN = (-450 * _METRE, 8_900 * _METRE)
_PRESSURE_AT_SEA_LEVEL = (-650 * _METRE, 1_500 * _METRE)
"""The pressure altitude of mean sea level: 1,090 hPa is -620 m, 850 hPa is 1,457 m."""
_COLDEST = Fraction(3, 4)
_WARMEST = Fraction(6, 5)
"""The thickness of a layer of air against the standard atmosphere's, as its mean temperature is."""


@dataclass(frozen=True, slots=True)
class Heights:
    """From lower to upper, both included. None: no limit, so from below the surface or upwards."""

    lower: Height | None
    upper: Height | None


def _tenths(height: Height) -> int:
    """The height over its own reference, in tenths of a millimetre."""
    return height.value * _TENTHS[height.unit]


def _over_sea(height: Height) -> tuple[int, int]:
    """Bounds over mean sea level, for a height over ground or standard pressure."""
    value = _tenths(height)
    if height.reference is HeightReference.GROUND:
        return value + _TERRAIN[0], value + _TERRAIN[1]
    if height.reference is HeightReference.STANDARD_PRESSURE:
        low, high = value - _PRESSURE_AT_SEA_LEVEL[1], value - _PRESSURE_AT_SEA_LEVEL[0]
        lowest = min(low * _COLDEST, low * _WARMEST)
        highest = max(high * _COLDEST, high * _WARMEST)
        return lowest.__floor__(), highest.__ceil__()
    return value, value


def _over_ellipsoid(height: Height) -> tuple[int, int]:
    """Bounds in tenths of a millimetre over the ellipsoid that certainly hold the height."""
    low, high = _over_sea(height)
    if height.reference is HeightReference.ELLIPSOID:
        return low, high
    return low + _GEOID[0], high + _GEOID[1]


def height_interval(heights: Heights) -> tuple[int, int]:
    """Bounds in whole millimetres over the ellipsoid that certainly hold the whole band.

    No limit is -UNLIMITED_MM or UNLIMITED_MM.
    """
    lower, upper = heights.lower, heights.upper
    low = -UNLIMITED_MM if lower is None else _over_ellipsoid(lower)[0] // 10
    high = UNLIMITED_MM if upper is None else -(-_over_ellipsoid(upper)[1] // 10)
    return low, high


def _rise(lower: Height, upper: Height) -> int:
    """Tenths of a millimetre from lower up to upper, at most; exact if they share a reference."""
    if lower.reference is upper.reference:
        return _tenths(upper) - _tenths(lower)
    return _over_ellipsoid(upper)[1] - _over_ellipsoid(lower)[0]


def _common_rise(a: Heights, b: Heights) -> int | None:
    """Tenths of a millimetre that both bands hold, at most; negative: apart; None: no limit."""
    rises = [
        _rise(lower, upper)
        for lower in (a.lower, b.lower)
        for upper in (a.upper, b.upper)
        if lower is not None and upper is not None
    ]
    return min(rises, default=None)


def height_overlap_ft(a: Heights, b: Heights) -> int | None:
    """Feet of height, rounded down, that both bands hold: exact in one reference, else at most.

    0: they touch, which is a conflict. Negative: they do not meet. None: without limit.
    """
    rise = _common_rise(a, b)
    return None if rise is None else rise // _FOOT


def height_gap_ft(a: Heights, b: Heights) -> int:
    """Feet of height, rounded down, that certainly lie between two bands; 0 if they meet."""
    rise = _common_rise(a, b)
    return 0 if rise is None else max(0, -rise // _FOOT)


def comparable(a: Heights, b: Heights) -> bool:
    """Whether all limits share one reference, so that `height_overlap_ft` is exact."""
    limits = (a.lower, a.upper, b.lower, b.upper)
    return len({limit.reference for limit in limits if limit is not None}) <= 1


def _check_kind(unit: object, reference: object) -> None:
    """V-17: its bounds are Height's own; a mere number for a unit or reference would slip through."""
    if not isinstance(unit, HeightUnit) or not isinstance(reference, HeightReference):
        raise InvalidValue(
            f"A height has the unit {unit!r} and the reference {reference!r}; give a HeightUnit and"
            " a HeightReference."
        )


def check_heights(heights: Heights) -> None:
    """Raises InvalidValue for a band that is certainly upside down, or not of whole numbers."""
    lower, upper = heights.lower, heights.upper
    for limit in (lower, upper):
        if limit is not None:
            check_whole(limit.value, "The height")
            _check_kind(limit.unit, limit.reference)
    if lower is not None and upper is not None and _rise(lower, upper) < 0:  # V-9
        raise InvalidValue(
            f"The upper height ({upper.value} {upper.unit.name}) is below the lower"
            f" ({lower.value} {lower.unit.name}); exchange or correct them."
        )
