"""Who has crossed an agreed line: by its side in two cycles, or, if doubtful, by where it was trusted."""

from __future__ import annotations

from typing import Final

import numpy as np

from firebreak.values import Millis
from firebreak.watch.alarms import KEY_PART
from firebreak.watch.compiled import compiled
from firebreak.watch.fences import Fences
from firebreak.watch.fences_outline import TURN
from firebreak.watch.motion import ahead, distance_and_course
from firebreak.watch.reports import Bools, Floats, Ints, Longs
from firebreak.watch.states import States
from firebreak.watch.tracks import Tracks

CONFIRMED_AFTER_MS: Final = 3_000
"""A track must stay on the other side for so long, and not turn out doubtful (W-V6)."""
CROSSED_FOR_MS: Final = 120_000
"""So long it is said that a track has crossed a line (W-V6)."""
MOST_DOUBTFUL: Final = 200
"""Doubtful tracks held against all lines in one cycle, the first by row. Each takes about a
millisecond for two million edges; spoofing in bulk is one event, and the others are still listed."""
_BLOCK: Final = 64
_LEG_M: Final = 40_000.0


class Sides:
    """On which side of each line near it a track was, and who has changed sides."""

    def __init__(self) -> None:
        self._key = np.empty(0, np.int64)
        self._side = np.empty(0, np.int64)
        self._crossed_at = np.empty(0, np.int64)

    def renumber(self, numbers: Longs) -> None:
        """Fences have other numbers now: the new one of each, -1 for one that is forgotten."""
        number = numbers[self._key & ((1 << KEY_PART) - 1)]
        key = (self._key >> KEY_PART << KEY_PART) | np.maximum(number, 0)
        order = np.argsort(key, kind="stable")
        order = order[number[order] >= 0]
        self._key, self._side = key[order], self._side[order]
        self._crossed_at = self._crossed_at[order]

    def forget(self) -> None:
        """Nobody is near a line."""
        self._key = self._side = self._crossed_at = np.empty(0, np.int64)

    def crossed(
        self, states: States, track: Longs, fence: Longs, side: Longs, counts: Bools
    ) -> Bools:
        """Which of these pairs have changed sides within CROSSED_FOR_MS; doubtful tracks never have.

        track: place in the states; counts: pairs with a line that concerns the track now. All (m,).
        A pair that is not among them is forgotten: nobody crosses from far away in one cycle.
        """
        key = (states.row[track].astype(np.int64) << KEY_PART) | fence
        order = np.argsort(key, kind="stable")
        order = order[counts[order]]
        now, here = key[order], side[order]
        before = np.zeros(len(now), np.int64)
        crossed_at = np.zeros(len(now), np.int64)
        place = np.searchsorted(self._key, now)
        known = place < len(self._key)
        known[known] = self._key[place[known]] == now[known]
        before[known] = self._side[place[known]]
        crossed_at[known] = self._crossed_at[place[known]]
        doubtful = states.doubtful[track[order]]
        changed = (before != 0) & (here != 0) & (before != here) & ~doubtful
        crossed_at[changed] = states.at
        crossed_at[doubtful] = 0
        # On the line itself, and while doubtful, the side before stands.
        here = np.where((here == 0) | doubtful, np.where(before != 0, before, here), here)
        self._key, self._side, self._crossed_at = now, here, crossed_at
        out = np.zeros(len(track), np.bool_)
        since = states.at - crossed_at
        out[order] = (crossed_at > 0) & (since >= CONFIRMED_AFTER_MS) & (since < CROSSED_FOR_MS)
        return out


@compiled
def _meets(
    ax: float, ay: float, bx: float, by: float, cx: float, cy: float, dx: float, dy: float
) -> bool:
    """Whether the straight step a to b crosses the edge c to d; each holds one of its ends."""
    first = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    second = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
    if (first > 0) == (second > 0):
        return False
    third = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
    fourth = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
    return (third > 0) != (fourth > 0)


@compiled
def _count(
    path_x: Floats,
    path_y: Floats,
    x: Longs,
    y: Longs,
    blocks: Longs,
    bounds: Floats,
    turn: float,
) -> Longs:
    """How often a path crosses the edges of each block."""
    out = np.zeros(len(blocks), np.int64)
    for step in range(len(path_x) - 1):
        ay, by = path_y[step], path_y[step + 1]
        low, high = min(ay, by), max(ay, by)
        for number in range(len(blocks)):
            if bounds[number, 2] > high or bounds[number, 3] < low:
                continue
            middle = (bounds[number, 0] + bounds[number, 1]) / 2
            shift = turn * np.rint((middle - path_x[step]) / turn)
            ax, bx = path_x[step] + shift, path_x[step + 1] + shift
            if bounds[number, 0] > max(ax, bx) or bounds[number, 1] < min(ax, bx):
                continue
            for edge in range(blocks[number, 0], blocks[number, 1]):
                if _meets(ax, ay, bx, by, x[edge], y[edge], x[edge + 1], y[edge + 1]):
                    out[number] += 1
    return out


class Lines:
    """The edges of all agreed lines in blocks, to count how often a path crosses each line."""

    def __init__(self, fences: Fences, is_line: Bools) -> None:
        outlines = fences.outlines
        self._x, self._y = outlines.x, outlines.y
        blocks, fence, bounds = [], [], []
        for chain in np.flatnonzero(is_line[outlines.fence]):
            first, end = int(outlines.starts[chain]), int(outlines.starts[chain + 1]) - 1
            for start in range(first, end, _BLOCK):
                stop = min(start + _BLOCK, end)
                x, y = self._x[start : stop + 1], self._y[start : stop + 1]
                blocks.append((start, stop))
                fence.append(int(outlines.fence[chain]))
                bounds.append((x.min(), x.max(), y.min(), y.max()))
        self._blocks = np.array(blocks, np.int64).reshape(-1, 2)
        self._bounds = np.array(bounds, np.float64).reshape(-1, 4)
        self._fence = np.array(fence, np.int64)
        self._fences = len(fences)

    def __len__(self) -> int:
        return len(self._blocks)

    def between(
        self, latitude: Ints, longitude: Ints, to_latitude: Ints, to_longitude: Ints
    ) -> Bools:
        """Which lines the shortest way from one position to another crosses an odd number of times.

        Each argument has shape (1,), 1e-7 degree; returns (fences,). The way is taken in straight steps
        of at most 40 km on the map, so within some tens of metres at middle latitudes.
        """
        metres, course = distance_and_course(latitude, longitude, to_latitude, to_longitude)
        steps = max(1, int(np.ceil(metres[0] / _LEG_M)))
        y, x = ahead(
            np.repeat(latitude, steps),
            np.repeat(longitude, steps),
            np.full(steps, round(_LEG_M * 100), np.int32),
            np.repeat(course, steps),
            np.minimum(np.arange(steps) * _LEG_M, metres[0]) / _LEG_M,
        )
        path_y = np.append(y, to_latitude).astype(np.float64)
        path_x = np.unwrap(np.append(x, to_longitude).astype(np.float64), period=float(TURN))
        counted = _count(path_x, path_y, self._x, self._y, self._blocks, self._bounds, float(TURN))
        odd: Bools = np.bincount(self._fence, counted, self._fences).astype(np.int64) % 2 == 1
        return odd


def beyond_lines(lines: Lines, tracks: Tracks, states: States) -> tuple[Longs, Longs]:
    """Pairs of a doubtful track (place in the states) and a line between its past and its claim.

    The way from where the track was last trusted to where it claims to be crosses the line, and the way
    to where its plausible path has led does not. Heights do not count: a doubtful height excuses
    nothing (W-V6).
    """
    places, of = [], []
    for place in np.flatnonzero(states.doubtful)[:MOST_DOUBTFUL] if len(lines) else ():
        track = tracks.track(int(states.row[place]), Millis(int(states.at)))
        if track.plausible is None:
            continue
        start = _one(track.trusted.latitude_e7), _one(track.trusted.longitude_e7)
        claimed = states.latitude_e7[place : place + 1], states.longitude_e7[place : place + 1]
        plausible = _one(track.plausible.latitude_e7), _one(track.plausible.longitude_e7)
        crossed = lines.between(*start, *claimed) & ~lines.between(*start, *plausible)
        for fence in np.flatnonzero(crossed):
            places.append(int(place))
            of.append(int(fence))
    return np.array(places, np.int64), np.array(of, np.int64)


def _one(value: int) -> Ints:
    return np.array([value], np.int32)
