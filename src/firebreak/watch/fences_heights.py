"""Heights of tracks against the bands of fences, as whole feet (spec/watch.md, W-F7).

A track may be in a band unless it certainly is not: heights over different references are compared
as spec/volume.md compares them, through what certainly holds the true height.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from firebreak.values import Height, HeightReference, HeightUnit
from firebreak.volumes.heights import Heights, check_heights, height_overlap_ft
from firebreak.watch.reports import Ints

LOWEST_FT: Final = -(2**31)
HIGHEST_FT: Final = 2**31 - 1
"""Stand for no limit, and for a track whose height nobody knows."""

_RANGE: Final = (-20_000, 200_000)
_LEVELS: Final = (-10, 999)


def limits(bands: Sequence[Heights | None]) -> tuple[Ints, Ints]:
    """Lowest and highest feet, (f, 4) by the track's height reference, of who may be in each band.

    Raises InvalidValue for a band that is upside down.
    """
    low = np.full((len(bands), 4), LOWEST_FT, np.int32)
    high = np.full((len(bands), 4), HIGHEST_FT, np.int32)
    for number, band in enumerate(bands):
        if band is None:
            continue
        check_heights(band)
        for reference in HeightReference:
            if band.lower is not None:
                low[number, reference] = _least(band.lower, reference)
            if band.upper is not None:
                high[number, reference] = _most(band.upper, reference)
    return low, high


@lru_cache(4096)
def _least(limit: Height, reference: HeightReference) -> int:
    """The least feet over a reference that may be at or above the limit."""
    if reference is limit.reference is HeightReference.STANDARD_PRESSURE:
        return limit.value * 100
    unit, low, _, feet = _steps(reference)
    if _meet(Heights(limit, None), Height(low, unit, reference)):
        return LOWEST_FT
    # Between the last step that is certainly below and the next one nothing is certain.
    return _last(lambda height: not _meet(Heights(limit, None), height), reference) * feet + 1


@lru_cache(4096)
def _most(limit: Height, reference: HeightReference) -> int:
    """The most feet over a reference that may be at or below the limit."""
    if reference is limit.reference is HeightReference.STANDARD_PRESSURE:
        return limit.value * 100
    unit, low, high, feet = _steps(reference)
    if _meet(Heights(None, limit), Height(high, unit, reference)):
        return HIGHEST_FT
    if not _meet(Heights(None, limit), Height(low, unit, reference)):
        return low * feet - 1
    return (_last(lambda height: _meet(Heights(None, limit), height), reference) + 1) * feet - 1


def _meet(band: Heights, height: Height) -> bool:
    feet = height_overlap_ft(band, Heights(height, height))
    return feet is None or feet >= 0


def _steps(reference: HeightReference) -> tuple[HeightUnit, int, int, int]:
    """In which unit a reference is asked, from where to where, and how many feet a step has."""
    if reference is HeightReference.STANDARD_PRESSURE:
        return HeightUnit.HUNDREDS_OF_FEET, *_LEVELS, 100
    return HeightUnit.FEET, *_RANGE, 1


def _last(holds: Callable[[Height], bool], reference: HeightReference) -> int:
    """The last step at which something holds that holds at the first, and after an end never again."""
    unit, low, high, _ = _steps(reference)
    high += 1
    while high - low > 1:
        middle = (low + high) // 2
        if holds(Height(middle, unit, reference)):
            low = middle
        else:
            high = middle
    return low
