"""Heights: exact in one reference, certain across references."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import InvalidValue
from firebreak.values import Height, HeightReference, HeightUnit
from firebreak.volumes import UNLIMITED_MM, Heights, height_interval
from firebreak.volumes.heights import check_heights, comparable, height_overlap_ft

METRES, FEET, LEVEL = HeightUnit.METRES, HeightUnit.FEET, HeightUnit.HUNDREDS_OF_FEET
SEA, GROUND = HeightReference.MEAN_SEA_LEVEL, HeightReference.GROUND
PRESSURE, ELLIPSOID = HeightReference.STANDARD_PRESSURE, HeightReference.ELLIPSOID

SIZES = {METRES: Fraction(1), FEET: Fraction(3048, 10000), LEVEL: Fraction(30480, 1000)}

heights = st.one_of(
    st.builds(
        Height,
        st.integers(-2000, 60_000),
        st.sampled_from([METRES, FEET]),
        st.sampled_from([SEA, GROUND, ELLIPSOID]),
    ),
    st.builds(Height, st.integers(-10, 600), st.just(LEVEL), st.just(PRESSURE)),
)
bands = st.builds(Heights, st.none() | heights, st.none() | heights)


@given(bands, bands)
def test_overlap_does_not_depend_on_the_order(a: Heights, b: Heights) -> None:
    assert height_overlap_ft(a, b) == height_overlap_ft(b, a)
    assert comparable(a, b) == comparable(b, a)


@given(bands, bands)
def test_bands_whose_intervals_are_apart_by_reference_only_are_never_missed(
    a: Heights, b: Heights
) -> None:
    """What overlaps in some true world, drawn from the stated bounds, overlaps here."""
    overlap = height_overlap_ft(a, b)
    if overlap is not None and overlap < 0 and not comparable(a, b):
        low = [metres_over_ellipsoid(band.lower, True) for band in (a, b)]
        high = [metres_over_ellipsoid(band.upper, False) for band in (a, b)]
        assert max(low) > min(high) or _share_a_reference(a, b)


def _share_a_reference(a: Heights, b: Heights) -> bool:
    lowers = {h.reference for h in (a.lower, b.lower) if h is not None}
    return bool(lowers & {h.reference for h in (a.upper, b.upper) if h is not None})


def metres_over_ellipsoid(height: Height | None, lowest: bool) -> Fraction:
    """The extreme of spec/volume.md's table, written again."""
    if height is None:
        return Fraction(-(10**9) if lowest else 10**9)
    value = height.value * SIZES[height.unit]
    if height.reference is ELLIPSOID:
        return value
    if height.reference is GROUND:
        value += -450 if lowest else 8900
    if height.reference is PRESSURE:
        value += -1500 if lowest else 650
        factors = (value * Fraction(3, 4), value * Fraction(6, 5))
        value = min(factors) if lowest else max(factors)
    return value + (-107 if lowest else 86)


@given(bands)
def test_the_interval_is_that_of_the_spec(band: Heights) -> None:
    low, high = height_interval(band)
    if band.lower is None:
        assert low == -UNLIMITED_MM
    else:
        assert 0 <= metres_over_ellipsoid(band.lower, True) * 1000 - low < 2
    if band.upper is None:
        assert high == UNLIMITED_MM
    else:
        assert 0 <= high - metres_over_ellipsoid(band.upper, False) * 1000 < 2


@given(st.integers(-2000, 60_000), st.integers(-2000, 200_000))
def test_feet_and_metres_compare_exactly(metres: int, feet: int) -> None:
    below = Heights(None, Height(metres, METRES, SEA))
    above = Heights(Height(feet, FEET, SEA), None)
    exact = (Fraction(metres) - feet * SIZES[FEET]) / SIZES[FEET]
    assert height_overlap_ft(below, above) == exact.__floor__()


def test_the_example_of_the_spec() -> None:
    level = Height(100, LEVEL, PRESSURE)
    assert height_interval(Heights(level, level)) == (1_161_000 - 107_000, 4_437_600 + 86_000)


def test_upside_down_across_references_is_refused_only_if_certain() -> None:
    check_heights(Heights(Height(100, LEVEL, PRESSURE), Height(9000, FEET, SEA)))
    with pytest.raises(InvalidValue, match="below the lower"):
        check_heights(Heights(Height(600, LEVEL, PRESSURE), Height(1000, FEET, SEA)))
