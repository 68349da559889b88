"""The conflict of two volumes, and by how much; or how far they are apart.

Source: spec/volume.md. Over-warn, never under-warn: two areas that truly meet or touch are always
found; two areas more than 1 m apart are never said to meet.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from firebreak.values import Millis
from firebreak.volumes import windows
from firebreak.volumes.areas import Area
from firebreak.volumes.geodesic import onto_surface
from firebreak.volumes.heights import (
    Heights,
    check_heights,
    comparable,
    height_gap_ft,
    height_overlap_ft,
)
from firebreak.volumes.outline import Outline, outline_of
from firebreak.volumes.pieces import point_piece
from firebreak.volumes.space import Vector, exactly, plus
from firebreak.volumes.tree import Leaf, nearest
from firebreak.volumes.windows import Window, check_window

SLACK_M = 0.5
"""More than all errors of a measured distance together (0.25 m); added on the side of conflict (V-13)."""


@dataclass(frozen=True, slots=True)
class Volume:
    """Where, how high and when."""

    area: Area
    heights: Heights
    window: Window


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two volumes meet, and by how much (spec/volume.md, section Margins).

    horizontal_overlap_m: how deep the areas overlap, to the nearest metre; 0: they touch.
    height_overlap_ft: feet of height that both hold, rounded down; 0: they touch; None: no limit.
    heights_comparable: whether that is exact; if not, it is an upper bound across references.
    window_overlap_ms: how long, from overlap_from up to, not including, overlap_until.
    """

    horizontal_overlap_m: int
    height_overlap_ft: int | None
    heights_comparable: bool
    window_overlap_ms: int
    overlap_from: Millis
    overlap_until: Millis


@dataclass(frozen=True, slots=True)
class Separation:
    """How far two volumes are apart; each is a lower bound, and 0 where they meet.

    All three may be 0 though `conflict` says None: then they are apart by less than one unit.
    """

    horizontal_m: int
    height_ft: int
    window_ms: int


def check(volume: Volume) -> None:
    """Raises InvalidValue, saying what is wrong and what to do, unless the volume is sound."""
    _sound_outline(volume)


def _sound_outline(volume: Volume) -> Outline:
    check_window(volume.window)
    check_heights(volume.heights)
    return outline_of(volume.area)


def conflict(a: Volume, b: Volume) -> Conflict | None:
    """The overlap of two volumes, or None if there is certainly none.

    The same for (b, a), and to the bit on every machine. Raises InvalidValue if either is unsound.
    """
    first, second = _sound_outline(a), _sound_outline(b)
    common = windows.overlap(a.window, b.window)
    if common.start >= common.end:  # V-12, here and below
        return None
    feet = height_overlap_ft(a.heights, b.heights)
    if feet is not None and feet < 0:
        return None
    depth = _depth(first, second)
    if depth is None:
        return None
    return Conflict(
        depth,
        feet,
        comparable(a.heights, b.heights),
        common.end - common.start,
        common.start,
        common.end,
    )


def separation_m(a: Area, b: Area) -> int:
    """Metres between two areas, rounded down and never overstated; 0 if they meet.

    Understated by less than 2 m up to 4,000 km and between circles; beyond by less than 5 %, near
    the antipodes 7 %.
    """
    first, second = _ordered(outline_of(a), outline_of(b))
    if _contains(first, second) or _contains(second, first):
        return 0
    clear = nearest(first.root, second.root) - first.buffer_m - second.buffer_m
    return max(0, math.floor(clear - SLACK_M))


def separation(a: Volume, b: Volume) -> Separation:
    """How far apart in place, height and time. Raises InvalidValue if either volume is unsound."""
    check(a)
    check(b)
    common = windows.overlap(a.window, b.window)
    return Separation(
        separation_m(a.area, b.area),
        height_gap_ft(a.heights, b.heights),
        max(0, common.start - common.end),
    )


def _ordered(a: Outline, b: Outline) -> tuple[Outline, Outline]:
    """The two in an order of their own, so that (a, b) and (b, a) compute the same (V-14)."""
    return (a, b) if _rank(a) <= _rank(b) else (b, a)


def _rank(outline: Outline) -> tuple[Vector, float, int, int]:
    return outline.root.centre, outline.root.radius, outline.buffer_m, len(outline.pieces)


def _contains(region: Outline, other: Outline) -> bool:
    """Whether the other core starts inside this region: if no edges meet, all of it is."""
    return region.holds(other.pieces[0].exact_start)


def _depth(a: Outline, b: Outline) -> int | None:
    """How deep two areas overlap, to the nearest metre; None if they are clear of each other."""
    first, second = _ordered(a, b)
    reach = first.buffer_m + second.buffer_m + SLACK_M
    if _contains(first, second) or _contains(second, first):
        between = 0.0
    else:
        between = nearest(first.root, second.root, math.nextafter(reach, math.inf))
    if between > reach:
        return None
    if between <= SLACK_M:
        reach += max(_deepest(first, second), _deepest(second, first))
    return math.floor(reach - between)


def _deepest(inner: Outline, region: Outline) -> float:
    """How far one core reaches inside the other's region, at least: metres from its edge.

    Corners first; if none is inside, they may be the same area, or one passes through the other.
    """
    if not region.rings:
        return 0.0
    depth = _deepest_of(_corners(inner), region)
    return depth if depth > SLACK_M else _deepest_of(_others(inner), region)


def _corners(core: Outline) -> Iterator[Vector]:
    for ring in core.rings[:1]:
        yield ring.heart()
    for piece in core.pieces:
        yield piece.start
    yield core.pieces[-1].end


def _others(core: Outline) -> Iterator[Vector]:
    """Middles of pieces, and of short diagonals: of these, every ring has one inside."""
    for number, piece in enumerate(core.pieces):
        yield piece.middle
        if core.rings:
            yield onto_surface(plus(core.pieces[number - 1].start, piece.end))


def _deepest_of(points: Iterable[Vector], region: Outline) -> float:
    deepest = 0.0
    for point in points:
        if region.holds(exactly(point)):
            here = Leaf(point, 0.0, 0, point_piece(point))
            deepest = max(deepest, nearest(here, region.root, little=deepest))
    return deepest
