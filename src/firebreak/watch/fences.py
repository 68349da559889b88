"""Agreed lines and zones, and each track against all of them (spec/watch.md, Fences)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from firebreak.errors import InvalidValue
from firebreak.values import DEGREE, LATEST, HeightReference, Position
from firebreak.volumes.areas import (
    GREATEST_RADIUS_M,
    Area,
    Circle,
    Corridor,
    Polygon,
    check_measures,
    check_whole,
)
from firebreak.volumes.heights import Heights
from firebreak.volumes.windows import Window, check_window
from firebreak.watch.reports import ABSENT, Bools, Bytes, Domain, Floats, Ints, Longs
from firebreak.watch.states import States

if TYPE_CHECKING:
    from firebreak.watch.fences_look import Movers
    from firebreak.watch.fences_outline import Chain, Outlines

MOST_FENCES: Final = 100_000
MOST_POINTS: Final = 500_000
"""In one line or region, holes included."""
LOOK_AHEAD_S: Final = (300, 1_200, 1_200)
"""By domain: air, sea, ground."""
REACH_M: Final = 60_000
GREATEST_REACH_M: Final = 200_000
_MAST_FT: Final = 300
"""What moves on the surface and says no height is from the ground up to this."""

Singles: TypeAlias = npt.NDArray[np.float32]


class Kind(IntEnum):
    """What a fence is: a line has two sides, a zone an inside."""

    LINE = 0
    ZONE = 1


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A path in its direction, or a ring of it; (n,) whole numbers of 1e-7 degree.

    A ring (`closed`) does not repeat its first point; it has a left and a right side as any line has,
    and one of them is enclosed.
    """

    latitude_e7: Ints | Longs
    longitude_e7: Ints | Longs
    closed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """What a ring encloses less what each hole encloses; for polygons of any number of points.

    The inside of a ring is that of spec/volume.md; its direction says nothing. Points that an odd
    number of rings hold are inside, so a ring that crosses itself has an inside too.
    """

    outer: Line
    holes: tuple[Line, ...] = ()


Geometry: TypeAlias = Line | Region | Area


@dataclass(frozen=True, slots=True)
class Fence:
    """One agreed line or zone.

    key: its name in the agreement or file. buffer_m: this many metres round it count as well.
    heights: the band it concerns; None: all. window: when it is in force; None: always.
    domains: who it concerns. `Fences` checks all of it.
    """

    key: str
    geometry: Geometry
    name: str = ""
    buffer_m: int = 0
    heights: Heights | None = None
    window: Window | None = None
    domains: tuple[Domain, ...] = (Domain.AIR, Domain.SEA, Domain.GROUND)

    @property
    def kind(self) -> Kind:
        """Whether this is a line or a zone."""
        return Kind.LINE if isinstance(self.geometry, Line) else Kind.ZONE


@dataclass(frozen=True, slots=True)
class Findings:
    """m pairs of a track and a fence that matters to it; each column has shape (m,).

    track: place in the states. fence: place in the sequence of fences.
    inside: within the zone, or within a line's buffer (spec/watch.md, W-F4, W-F5).
    distance_m: to the edge of the fence, its buffer included; to a line 0 within its buffer; inf:
    further than was looked. side: of a line, 1 left of its direction, -1 right, 0 on it; of a zone 0.
    crossing_s: until the track, straight on, reaches the next limit (W-F6); inf: not within the
    look-ahead. due_s: the fence does not concern the track before this, for its window or heights.
    """

    track: Ints
    fence: Ints
    inside: Bools
    distance_m: Singles
    side: npt.NDArray[np.int8]
    crossing_s: Singles
    due_s: Singles

    def __len__(self) -> int:
        return len(self.track)


class Fences:
    """All agreed lines and zones, ready to be looked at.

    cell_e7: side of a cell of the grid in 1e-7 degree; it changes no answer.
    Raises InvalidValue for a fence that is unsound, and names it.
    """

    def __init__(self, fences: Sequence[Fence], cell_e7: int = DEGREE // 20) -> None:
        from firebreak.watch.fences_grid import make_grid
        from firebreak.watch.fences_heights import limits
        from firebreak.watch.fences_near import LINE, POINTS, REGION, RING, make_lots
        from firebreak.watch.fences_outline import Chain, outlines

        self.fences = tuple(fences)
        if len(self.fences) > MOST_FENCES:  # W-F2
            raise InvalidValue(
                f"There are {len(self.fences):,} fences; at most {MOST_FENCES:,} are watched."
            )
        chains: list[Chain] = []
        buffer_m = np.zeros(len(self.fences))
        sort = np.zeros(len(self.fences), np.uint8)
        for number, fence in enumerate(self.fences):
            _check(fence)
            buffer_m[number] = fence.buffer_m
            match fence.geometry:
                case Line(y, x, closed):
                    sort[number] = RING if closed else LINE
                    chains.append(Chain(number, _named(fence), y, x, closed, 3 if closed else 2))
                case Region(outer, holes):
                    sort[number] = REGION
                    chains += [_ring(number, fence, ring) for ring in (outer, *holes)]
                case Polygon(outline, holes_of):
                    sort[number] = REGION
                    rings = (outline, *holes_of)
                    chains += [_ring(number, fence, _line(points)) for points in rings]
                case Circle(centre, radius_m):
                    sort[number] = POINTS
                    buffer_m[number] += radius_m
                    point = _line((centre,))
                    chains.append(
                        Chain(
                            number, _named(fence), point.latitude_e7, point.longitude_e7, False, 1
                        )
                    )
                case Corridor(path, half_width_m):
                    sort[number] = POINTS
                    buffer_m[number] += half_width_m
                    line = _line(path)
                    chains.append(
                        Chain(number, _named(fence), line.latitude_e7, line.longitude_e7, False, 2)
                    )
        self.outlines: Outlines = outlines(chains)
        self._sort, self._buffer_m = sort, buffer_m
        self._grid = make_grid(self.outlines, len(self.fences), cell_e7)
        self._lots = make_lots(self.outlines, buffer_m)
        bands = [fence.heights for fence in self.fences]
        self._low_ft, self._high_ft = limits(bands)
        self._left = np.zeros(len(self.fences), np.uint8)
        self._left[self.outlines.fence] = self.outlines.left
        windows = [fence.window for fence in self.fences]
        self._start = np.array([w.start if w else 0 for w in windows], np.int64)
        self._end = np.array([w.end if w else LATEST + 1 for w in windows], np.int64)
        self._domains = np.array(
            [[domain in fence.domains for domain in Domain] for fence in self.fences], np.bool_
        ).reshape(-1, 3)

    def __len__(self) -> int:
        return len(self.fences)

    @property
    def bytes(self) -> int:
        """Memory that the edges and their grid take."""
        return self._grid.bytes + self._lots.bytes + 16 * len(self.outlines.x)

    def inside(self, latitude_e7: Ints, longitude_e7: Ints) -> tuple[Longs, Ints]:
        """Pairs of a point's place and a fence that holds it, in no particular order; exact for polygons
        and rings (W-F4).

        Circles, corridors and buffers hold what is near enough to their core (W-F5); a ring holds
        what it encloses. Raises InvalidValue for a position that is none.
        """
        from firebreak.watch.fences_grid import holding
        from firebreak.watch.fences_look import grouped

        y, x = _checked_positions(latitude_e7, longitude_e7)
        order, groups = grouped(y, x)
        held = holding(self._grid, y[order], x[order])
        point, fence = np.repeat(order, np.diff(held[0])), held[1]
        if not self._buffer_m.any():
            return point, fence
        found, _, _ = self._looked(
            _still(y[order], x[order]), np.ones((len(self), 3), np.uint8), 0.0, groups, held
        )
        near = found[(found[:, 2] != 0) & (self._buffer_m[found[:, 1]] > 0)]
        pairs = np.concatenate(
            (point * len(self) + fence, order[near[:, 0]] * len(self) + near[:, 1])
        )
        pairs = np.unique(pairs)
        return pairs // len(self), (pairs % len(self)).astype(np.int32)

    def look(
        self,
        states: States,
        reach_m: int = REACH_M,
        look_ahead_s: tuple[int, int, int] = LOOK_AHEAD_S,
    ) -> Findings:
        """What matters to each track: every fence it is inside or will reach within the look-ahead (by
        domain, s), every line within reach, the nearest zone within reach, every ring that encloses it.

        Positions are taken as they stand: who doubts them, or adds their accuracy, does so with the
        distance. Findings come in no particular order.
        Raises InvalidValue for a position, a reach or a look-ahead that is none.
        """
        findings, _ = self._look(states, reach_m, look_ahead_s)
        return findings

    def _look(
        self, states: States, reach_m: int, look_ahead_s: tuple[int, int, int]
    ) -> tuple[Findings, Floats]:
        """The findings, and (n,) metres from each track within which there is no fence at all."""
        from firebreak.watch.fences_grid import holding
        from firebreak.watch.fences_look import grouped

        check_asked(reach_m, look_ahead_s)
        y, x = _checked_positions(states.latitude_e7, states.longitude_e7)
        order, groups = grouped(y, x)
        ahead_s = np.array(look_ahead_s)[states.domain]
        found, metres, clear = self._looked(
            _moving(states, y, x, ahead_s).take(order),
            self._concerned(int(states.at), look_ahead_s),
            float(reach_m),
            groups,
            holding(self._grid, y[order], x[order]),
        )
        track, fence = order[found[:, 0]].astype(np.int32), found[:, 1].copy()
        clear_m = np.empty(len(order))
        clear_m[order] = clear
        speed = states.speed_cm_s[track] / 100
        crossing = np.full(len(found), np.inf)
        np.divide(metres[:, 1], speed, out=crossing, where=speed > 0)
        crossing[metres[:, 1] == 0] = 0.0
        # What is no longer in force when the track arrives is not crossed.
        crossing[crossing * 1000 >= self._end[fence] - states.at] = np.inf
        return Findings(
            track,
            fence,
            found[:, 2] != 0,
            metres[:, 0].copy(),
            found[:, 3].astype(np.int8),
            crossing.astype(np.float32),
            self._due_s(states, track, fence).astype(np.float32),
        ), clear_m

    def _looked(
        self,
        movers: Movers,
        concerned: Bytes,
        reach_m: float,
        groups: Longs,
        held: tuple[Longs, Ints],
    ) -> tuple[Ints, Singles, Floats]:
        from firebreak.watch.fences_look import Rules, look

        rules = Rules(
            self._sort, self._buffer_m, concerned, self._low_ft, self._high_ft, self._left
        )
        return look(self._lots, rules, movers, groups, held, reach_m)

    def _concerned(self, at: int, look_ahead_s: tuple[int, int, int]) -> Bytes:
        """Fences in force at some time of the look-ahead, by domain: (f, 3)."""
        until = at + 1000 * np.array(look_ahead_s, np.int64)
        in_force = (self._end > at)[:, None] & (self._start[:, None] <= until)
        return (in_force & self._domains).astype(np.uint8)

    def _due_s(self, states: States, track: Ints, fence: Ints) -> Floats:
        """Seconds until the window has begun and the track may be in the band, at the least."""
        wait: Floats = np.maximum(self._start[fence] - states.at, 0) / 1000
        reference = states.height_reference[track]
        height, climb = states.height_ft[track].astype(np.int64), states.climb_fpm[track]
        to_low = self._low_ft[fence, reference] - height
        to_high = self._high_ft[fence, reference] - height
        known = states.height_ft[track] != ABSENT
        rising = known & (to_low > 0) & (climb > 0)
        sinking = known & (to_high < 0) & (climb < 0)
        wait[rising] = np.maximum(wait, 60 * to_low / np.where(rising, climb, 1))[rising]
        wait[sinking] = np.maximum(wait, 60 * to_high / np.where(sinking, climb, 1))[sinking]
        return wait


def check_asked(reach_m: int, look_ahead_s: tuple[int, int, int]) -> None:
    """Raises InvalidValue for a reach or a look-ahead that is out of bounds."""
    check_whole(reach_m, "The reach in metres")
    if not 0 <= reach_m <= GREATEST_REACH_M:
        raise InvalidValue(f"The reach is {reach_m:,} m; give 0 to {GREATEST_REACH_M:,} m.")
    for seconds in look_ahead_s:
        check_whole(seconds, "The look-ahead in seconds")
        if not 0 <= seconds <= 7_200:
            raise InvalidValue(f"The look-ahead is {seconds:,} s; give 0 to 7,200 s.")


def _checked_positions(latitude_e7: Ints | Longs, longitude_e7: Ints | Longs) -> tuple[Ints, Ints]:
    """Latitudes and longitudes as the kernels take them. Raises InvalidValue."""
    y, x = np.asarray(latitude_e7), np.asarray(longitude_e7)
    if y.ndim != 1 or y.shape != x.shape or y.dtype.kind != "i" or x.dtype.kind != "i":  # W-F1
        raise InvalidValue("Positions are given as two equally long columns of whole numbers.")
    if len(y) and not (
        y.min() >= -90 * DEGREE
        and y.max() <= 90 * DEGREE
        and x.min() >= -180 * DEGREE
        and x.max() < 180 * DEGREE
    ):
        raise InvalidValue(
            "A position is outside -90 to 90 degrees of latitude or -180 up to, not including, 180"
            " of longitude. Are they in units of 1e-7 degree, or swapped?"
        )
    return np.ascontiguousarray(y, np.int32), np.ascontiguousarray(x, np.int32)


def _still(y: Ints, x: Ints) -> Movers:
    from firebreak.watch.fences_heights import HIGHEST_FT, LOWEST_FT
    from firebreak.watch.fences_look import Movers

    zero, byte = np.zeros(len(y), np.int32), np.zeros(len(y), np.uint8)
    lowest, highest = np.full_like(zero, LOWEST_FT), np.full_like(zero, HIGHEST_FT)
    return Movers(y, x, zero, np.zeros(len(y)), byte, byte, lowest, highest)


def _moving(states: States, y: Ints, x: Ints, ahead_s: Longs) -> Movers:
    """The tracks with their paths and the heights that they may have on the way."""
    from firebreak.watch.fences_heights import HIGHEST_FT, LOWEST_FT
    from firebreak.watch.fences_look import Movers

    unknown = states.height_ft == ABSENT
    surface = unknown & (states.domain != Domain.AIR)
    height = states.height_ft.astype(np.int64)
    gained = states.climb_fpm.astype(np.int64) * ahead_s
    later = height + np.where(gained < 0, gained // 60, -(-gained // 60))
    lowest, highest = np.minimum(height, later), np.maximum(height, later)
    lowest[unknown], highest[unknown] = LOWEST_FT, HIGHEST_FT
    lowest[surface], highest[surface] = 0, _MAST_FT
    reference = np.where(surface, np.uint8(HeightReference.GROUND), states.height_reference)
    bounds = LOWEST_FT, HIGHEST_FT
    return Movers(
        y,
        x,
        np.ascontiguousarray(states.course_cd, np.int32),
        states.speed_cm_s * (ahead_s / 100),
        np.ascontiguousarray(states.domain, np.uint8),
        np.ascontiguousarray(reference, np.uint8),
        np.clip(lowest, *bounds).astype(np.int32),
        np.clip(highest, *bounds).astype(np.int32),
    )


def _named(fence: Fence) -> str:
    return f"{'Line' if fence.kind is Kind.LINE else 'Zone'} {fence.key!r}"


def _check(fence: Fence) -> None:
    """W-F1 and W-F2, as far as they need no geometry. Raises InvalidValue."""
    name = _named(fence)
    check_whole(fence.buffer_m, f"{name}: the buffer in metres")
    if not 0 <= fence.buffer_m <= GREATEST_RADIUS_M:
        raise InvalidValue(
            f"{name} has a buffer of {fence.buffer_m:,} m; give 0 to {GREATEST_RADIUS_M:,} m."
        )
    if not fence.domains:
        raise InvalidValue(f"{name} concerns no domain; name air, sea or ground.")
    if fence.window is not None:
        check_window(fence.window)
    match fence.geometry:
        case Line():
            parts: tuple[Line, ...] = (fence.geometry,)
        case Region(outer, holes):
            parts = (outer, *holes)
        case _:
            check_measures(fence.geometry)
            return
    if sum(len(part.latitude_e7) for part in parts) > MOST_POINTS:
        raise InvalidValue(f"{name} has more than {MOST_POINTS:,} points; simplify or split it.")
    for part in parts:
        try:
            _checked_positions(part.latitude_e7, part.longitude_e7)
        except InvalidValue as error:
            raise InvalidValue(f"{name}: {error}") from None


def _line(points: Sequence[Position]) -> Line:
    return Line(
        np.array([point.latitude_e7 for point in points], np.int32),
        np.array([point.longitude_e7 for point in points], np.int32),
    )


def _ring(number: int, fence: Fence, ring: Line) -> Chain:
    from firebreak.watch.fences_outline import Chain

    return Chain(number, _named(fence), ring.latitude_e7, ring.longitude_e7, True, 3)
