"""Who has crossed an agreed line: by the way between reports, or, if doubtful, from where it was trusted."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from firebreak.values import DEGREE, Millis
from firebreak.watch.alarms import KEY_PART
from firebreak.watch.compiled import compiled
from firebreak.watch.fences import Fences, Singles
from firebreak.watch.fences_outline import TURN
from firebreak.watch.motion import ahead, distance_and_course
from firebreak.watch.reports import Bools, Floats, Ints, Longs
from firebreak.watch.states import States
from firebreak.watch.tracks import Tracks
from firebreak.watch.trails import Reported

CONFIRMED_AFTER_MS: Final = 3_000
"""A track must stay on the other side for so long, and not turn out doubtful (W-V6)."""
CROSSED_FOR_MS: Final = 120_000
"""So long it is said that a track has crossed a line (W-V6)."""
MOST_DOUBTFUL: Final = 200
"""Doubtful tracks held against all lines in one cycle, the first by row. Each takes about a
millisecond for two million edges; spoofing in bulk is one event, and the others are still listed."""
MOST_ASKED: Final = 2_000
"""Ways held against a line in one cycle; what is above waits for the next, and nothing is lost."""
_BLOCK: Final = 64
_SLACK_M: Final = 50.0
_SHORT_M: Final = 2_000.0
_LAG_MS: Final = 10_000
"""Reckoning may reach the other side this much before the track does."""
_ROW: Final = np.dtype(
    [
        ("identity", np.int64),
        ("at", np.int64),
        ("latitude_e7", np.int32),
        ("longitude_e7", np.int32),
    ]
)
_Rows: TypeAlias = npt.NDArray[np.void]
_LEG_M: Final = 40_000.0


class Sides:
    """On which side of each line near it a track was, from where it came, and who has crossed.

    Kept are the pairs of the last cycle (32 bytes each), and of each row of the table of tracks where
    and when it was last reported without doubt (24 bytes; the table has at most MOST_TRACKS rows).
    """

    def __init__(self) -> None:
        self._key = np.empty(0, np.int64)
        self._side = np.empty(0, np.int64)
        self._crossed_at = np.empty(0, np.int64)
        self._turned_at = np.empty(0, np.int64)
        self._rows: _Rows = np.zeros(0, _ROW)
        self._begin = 0

    def renumber(self, numbers: Longs) -> None:
        """Fences have other numbers now: the new one of each, -1 for one that is forgotten."""
        number = numbers[self._key & ((1 << KEY_PART) - 1)]
        key = (self._key >> KEY_PART << KEY_PART) | np.maximum(number, 0)
        order = np.argsort(key, kind="stable")
        order = order[number[order] >= 0]
        self._key, self._side = key[order], self._side[order]
        self._crossed_at, self._turned_at = self._crossed_at[order], self._turned_at[order]

    def crossed(
        self,
        states: States,
        reported: Reported,
        lines: Lines,
        track: Longs,
        fence: Longs,
        side: Longs,
        distance_m: Singles | Floats,
        counts: Bools,
    ) -> tuple[Bools, Bools]:
        """Which pairs have crossed within CROSSED_FOR_MS, and which are across by reckoning only (m,).

        reported: of the states' rows, (n,). track: place in the states; distance_m: to the line, inf
        where it was not looked so far; counts: pairs with a line that concerns the track now. All (m,).
        A doubtful track has crossed nothing. One has crossed if the shortest way from where it was
        reported before to where it is reported now crosses the line an odd number of times (W-V6).
        """
        last = self._last(states)
        newer = (reported.at > last["at"]) & ~states.doubtful
        moved_m = np.where(newer, _at_most_m(last, reported), 0.0)
        came = newer & (last["at"] > 0)
        coasted_m = states.speed_cm_s * (np.maximum(states.at - reported.at, 0) / 100_000)

        key = (states.row[track].astype(np.int64) << KEY_PART) | fence
        order = np.argsort(key, kind="stable")
        order = order[counts[order]]
        now, here, of = key[order], side[order], track[order]
        before, crossed_at, turned_at = self._before(now)
        metres = distance_m[order]
        reached = ~(moved_m[of] + coasted_m[of] + _SLACK_M < metres) | np.isinf(metres)
        changed = (before != 0) & (here != 0) & (before != here) & ~states.doubtful[of]
        # On short steps the side is right; on a long one, or from afar, only the way tells.
        asked = changed | (turned_at > 0) | (before == 0)
        asked |= (metres > 0) & (moved_m[of] > _SHORT_M)
        asked &= came[of] & reached & (here != 0)
        places = np.flatnonzero(asked)
        chosen = self._some(now, places)
        across = np.zeros(len(now), np.bool_)
        for place in chosen:
            where = of[place]
            across[place] = lines.across(
                int(fence[order[place]]),
                (int(last["latitude_e7"][where]), int(last["longitude_e7"][where])),
                (int(reported.latitude_e7[where]), int(reported.longitude_e7[where])),
            )
        across |= changed & newer[of] & ~came[of]  # whence is not known
        crossed_at[across] = states.at
        crossed_at[states.doubtful[of]] = 0
        waits = np.zeros(len(now), np.bool_)
        waits[places] = True
        waits[chosen] = False
        # A report alone changes sides, and one that reckoning may have carried over does not yet.
        turned_at = np.where((changed | (before == 0)) & (turned_at == 0), states.at, turned_at)
        heard = newer[of] & ~waits
        fresh = states.at - reported.at[of] <= _LAG_MS
        sure = fresh & (reported.at[of] >= turned_at + _LAG_MS)
        sure |= coasted_m[of] + _SLACK_M < metres
        settled = across | (heard & (~changed | sure))
        stays = (before != 0) & ((here == 0) | ~settled)
        first = np.where(heard & (sure | across | (metres == 0)), here, 0)
        held = np.where(stays, before, np.where(before == 0, first, here))
        turned_at[across | (heard & sure)] = 0
        out, reckoned = np.zeros(len(track), np.bool_), np.zeros(len(track), np.bool_)
        since = states.at - crossed_at
        out[order] = (crossed_at > 0) & (since >= CONFIRMED_AFTER_MS) & (since < CROSSED_FOR_MS)
        reckoned[order] = changed & ~settled
        self._key, self._side = now, held
        self._crossed_at, self._turned_at = crossed_at, turned_at
        newer[of[(here == 0) | waits]] = False
        self._keep(states, reported, newer)
        return out, reckoned

    def _before(self, now: Longs) -> tuple[Longs, Longs, Longs]:
        """Side of each pair in the cycle before, 0 if it was none; when it crossed; since when its side is
        to be seen."""
        side, crossed_at, turned_at = np.zeros((3, len(now)), np.int64)
        place = np.searchsorted(self._key, now)
        known = place < len(self._key)
        known[known] = self._key[place[known]] == now[known]
        side[known] = self._side[place[known]]
        crossed_at[known] = self._crossed_at[place[known]]
        turned_at[known] = self._turned_at[place[known]]
        return side, crossed_at, turned_at

    def _last(self, states: States) -> _Rows:
        """Where the tracks were reported before; at 0 where that is not known. Rows are used again."""
        more = int(states.row.max(initial=-1)) + 1 - len(self._rows)
        if more > 0:
            self._rows = np.concatenate((self._rows, np.zeros(more + more // 4, _ROW)))
        last = self._rows[states.row]
        last["at"][last["identity"] != states.identity] = 0
        return last

    def _keep(self, states: States, reported: Reported, which: Bools) -> None:
        rows = states.row[which]
        self._rows["identity"][rows] = states.identity[which]
        for name in ("at", "latitude_e7", "longitude_e7"):
            self._rows[name][rows] = getattr(reported, name)[which]

    def _some(self, now: Longs, places: Longs) -> Longs:
        """At most MOST_ASKED of these places, going on where the cycle before ended."""
        if len(places) <= MOST_ASKED:
            return places
        first = int(np.searchsorted(now[places], self._begin))
        chosen = np.roll(places, -first)[:MOST_ASKED]
        self._begin = int(now[chosen[-1]]) + 1
        return chosen


def _at_most_m(last: _Rows, reported: Reported) -> Floats:
    """Metres that a step has at most: along the meridian and then along the equator."""
    north = np.abs(reported.latitude_e7 - last["latitude_e7"])
    east = np.abs(reported.longitude_e7 - last["longitude_e7"])
    metres: Floats = (north + np.minimum(east, TURN - east)) * (111_700 / DEGREE)
    return metres


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
        # Outlines come in the order of their fences, so the blocks of one are neighbours.
        self._of = np.searchsorted(self._fence, np.arange(self._fences + 1))

    def __len__(self) -> int:
        return len(self._blocks)

    def between(
        self, latitude: Ints, longitude: Ints, to_latitude: Ints, to_longitude: Ints
    ) -> Bools:
        """Which lines the shortest way from one position to another crosses an odd number of times.

        Each argument has shape (1,), 1e-7 degree; returns (fences,). The way is taken in straight steps
        of at most 40 km on the map, so within some tens of metres at middle latitudes.
        """
        way_x, way_y = _way(latitude, longitude, to_latitude, to_longitude)
        counted = _count(way_x, way_y, self._x, self._y, self._blocks, self._bounds, float(TURN))
        odd: Bools = np.bincount(self._fence, counted, self._fences).astype(np.int64) % 2 == 1
        return odd

    def across(self, fence: int, start: tuple[int, int], end: tuple[int, int]) -> bool:
        """As `between`, of one line only; positions: latitude and longitude in 1e-7 degree."""
        way_x, way_y = _way(*(_one(value) for value in (*start, *end)))
        part = slice(int(self._of[fence]), int(self._of[fence + 1]))
        counted = _count(
            way_x, way_y, self._x, self._y, self._blocks[part], self._bounds[part], float(TURN)
        )
        return int(counted.sum()) % 2 == 1


def _way(
    latitude: Ints, longitude: Ints, to_latitude: Ints, to_longitude: Ints
) -> tuple[Floats, Floats]:
    """Longitudes and latitudes along the shortest way between two positions, at most 40 km apart."""
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
    return path_x, path_y


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
