"""The cores of fences as chains of straight edges on the integer grid of 1e-7 degree.

An edge is the shortest path on WGS 84. It is cut until the straight line in longitude and latitude
between two neighbours leaves it by less than 1 m (spec/watch.md, W-F3); from then on all is exact.
A longitude may run past 180 degrees here, so that a chain never jumps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from firebreak.errors import InvalidValue
from firebreak.values import DEGREE
from firebreak.volumes.areas import LONGEST_EDGE_M
from firebreak.volumes.geodesic import (
    EQUATORIAL_RADIUS,
    POLAR_RADIUS,
    course,
    points_along,
)
from firebreak.watch.reports import Bools, Floats, Ints, Longs

TURN: Final = 360 * DEGREE
LONGEST_STEP: Final = DEGREE // 2
"""No edge spans more, in latitude or longitude: products of coordinates then stay far below 2^63."""
MOST_EDGES: Final = 10_000_000
"""Of all fences together, after cutting: about 0.7 GB."""

_TOLERANCE_M: Final = 0.5
"""Of an edge's middle; what lies between, and rounding, stays below the 1 m that is promised."""
_SHORT_M: Final = 0.5
_DIRECT_M: Final = 40_000.0
_ECCENTRICITY: Final = 1 - (POLAR_RADIUS / EQUATORIAL_RADIUS) ** 2
_REACH_COSINE: Final = float(np.cos(np.radians(80.0)))


@dataclass(frozen=True, slots=True)
class Chain:
    """One ring, path or point as it was given: (n,) integers of 1e-7 degree; a ring does not repeat its
    first. least: how many different points it must have."""

    fence: int
    name: str
    latitude_e7: Ints | Longs
    longitude_e7: Ints | Longs
    closed: bool
    least: int


@dataclass(frozen=True, slots=True)
class Outlines:
    """All chains, cut; chain c has the points starts[c] to starts[c + 1].

    x, y: longitude (continuous) and latitude in 1e-7 degree, (n,). A ring's first point stands again
    at its end, a whole turn away if the ring goes round a pole. fence, closed: of each chain.
    below: whether the south pole lies inside the ring. left: whether inside is on its left.
    """

    x: Longs
    y: Longs
    starts: Longs
    fence: Longs
    closed: Bools
    below: Bools
    left: Bools

    def chain(self, number: int) -> tuple[Longs, Longs]:
        """Longitudes and latitudes of one chain."""
        run = slice(self.starts[number], self.starts[number + 1])
        return self.x[run], self.y[run]


def vectors(y: Ints | Longs | Floats, x: Ints | Longs | Floats) -> Floats:
    """Earth-centred metres (n, 3) of latitudes y and longitudes x in 1e-7 degree."""
    latitude, longitude = np.radians(y / DEGREE), np.radians(x / DEGREE)
    sine = np.sin(latitude)
    normal = EQUATORIAL_RADIUS / np.sqrt(1 - _ECCENTRICITY * sine * sine)
    out = normal * np.cos(latitude)
    return np.stack(
        (out * np.cos(longitude), out * np.sin(longitude), normal * (1 - _ECCENTRICITY) * sine), -1
    )


def wrapped(difference: Longs) -> Longs:
    """Differences of longitude, the short way round: -180 up to, not including, 180 degrees."""
    return (difference + TURN // 2) % TURN - TURN // 2


def outlines(chains: Sequence[Chain]) -> Outlines:
    """Every chain, cut. Raises InvalidValue for one that is unsound, and says which and why."""
    given = [_checked(chain) for chain in chains]
    if not given:
        none, flags = np.empty(0, np.int64), np.empty(0, np.bool_)
        return Outlines(none, none, np.zeros(1, np.int64), none, flags, flags, flags)
    x, y = np.concatenate([x for x, _ in given]), np.concatenate([y for _, y in given])
    starts = np.cumsum([0, *(len(x) for x, _ in given)])
    x, y, starts = _cut(x, y, starts, chains)
    x = _continuous(x, starts)
    closed = np.array([chain.closed for chain in chains])
    turns = (x[starts[1:] - 1] - x[starts[:-1]]) // TURN
    below, left = np.zeros(len(chains), np.bool_), np.zeros(len(chains), np.bool_)
    for number in np.flatnonzero(closed):
        run = slice(starts[number], starts[number + 1])
        if turns[number]:
            below[number] = _south_inside(x[run], y[run])
            left[number] = (turns[number] > 0) != below[number]
        else:
            left[number] = _turns_left(x[run], y[run])
    return Outlines(x, y, starts, np.array([chain.fence for chain in chains]), closed, below, left)


def _checked(chain: Chain) -> tuple[Longs, Longs]:
    """Longitudes and latitudes without repeats in a row; a ring's first point again at its end."""
    x, y = chain.longitude_e7.astype(np.int64), chain.latitude_e7.astype(np.int64)
    if chain.closed:
        x, y = np.append(x, x[:1]), np.append(y, y[:1])
    fresh = np.ones(len(x), np.bool_)
    fresh[1:] = (np.diff(x) != 0) | (np.diff(y) != 0)
    x, y = x[fresh], y[fresh]
    if len(x) - chain.closed < chain.least:  # W-F2
        raise InvalidValue(
            f"{chain.name} has {max(len(x) - chain.closed, 0)} points that differ from the one before;"
            f" give at least {chain.least}."
        )
    if chain.closed:
        points = vectors(y, x)
        middle = points.sum(0)
        size = np.linalg.norm(middle) * np.linalg.norm(points, axis=1)
        if not np.all(points @ middle >= _REACH_COSINE * size):  # W-F2
            raise InvalidValue(
                f"{chain.name} reaches further than 8,900 km from its middle, so its inside is not"
                " certain; split it into smaller ones."
            )
    return x, y


def _continuous(x: Longs, starts: Longs) -> Longs:
    """Longitudes in which every step within a chain goes the short way round."""
    steps = np.empty_like(x)
    steps[0] = x[0]
    steps[1:] = wrapped(np.diff(x))
    run = np.cumsum(steps)
    # Each chain starts at its own longitude, whatever was summed before it.
    return run + np.repeat(x[starts[:-1]] - run[starts[:-1]], np.diff(starts))


def _turns_left(x: Longs, y: Longs) -> bool:
    """Whether a ring runs against the clock, so that its inside is on its left."""
    across = (x - x[0]).astype(np.float64)
    return float(np.sum(across[:-1] * np.diff(y) - np.diff(across) * (y[:-1] - y[0]))) > 0.0


def _south_inside(x: Longs, y: Longs) -> bool:
    """Of a ring round a pole: whether the south pole is inside.

    What lies at right angles to the ring's middle is outside (spec/volume.md): from such a point,
    on the equator, one walks south and counts.
    """
    middle = vectors(y[:-1], x[:-1]).sum(0)
    at = int(np.degrees(np.arctan2(middle[0], -middle[1])) * DEGREE)
    east, before = x[1:] - at, x[:-1] - at
    first, last = np.minimum(before, east), np.maximum(before, east)
    # The least longitude equal to `at` by whole turns that is not before the edge's start.
    place = -(-first // TURN) * TURN
    crossing = np.flatnonzero(place < last)
    share = (place[crossing] - before[crossing]) / (east[crossing] - before[crossing])
    height = y[:-1][crossing] + share * (y[1:][crossing] - y[:-1][crossing])
    return bool(np.count_nonzero(height < 0) % 2)


def _cut(x: Longs, y: Longs, starts: Longs, chains: Sequence[Chain]) -> tuple[Longs, Longs, Longs]:
    """The chains with points of their shortest paths put in where they are needed."""
    linked = np.ones(len(x), np.bool_)
    linked[starts[1:] - 1] = False
    edges = np.flatnonzero(linked)
    step_x, step_y = wrapped(x[edges + 1] - x[edges]), y[edges + 1] - y[edges]
    steep = np.maximum(np.abs(y[edges]), np.abs(y[edges + 1])) / DEGREE
    slope = np.tan(np.radians(np.minimum(steep, 89.9)))
    wide = step_x * np.cos(np.radians(np.maximum(steep - 1, 0)))
    metres = np.hypot(wide, step_y) * 0.0112
    # The sagitta of a parallel against a great circle, doubled; what is far below is left as it is.
    doubtful = (metres * metres * slope > 4 * 6_350_000.0 * _TOLERANCE_M) | (steep > 89.5)
    doubtful |= (np.abs(step_x) > LONGEST_STEP) | (np.abs(step_y) > LONGEST_STEP)
    doubtful |= metres > _DIRECT_M / 4
    at, key, new_x, new_y = _between(x, y, edges[doubtful], starts, chains)
    if len(x) + len(at) > MOST_EDGES:  # W-F2
        raise InvalidValue(
            f"The fences have more than {MOST_EDGES:,} edges together; simplify or leave out some."
        )
    order = np.lexsort((key, at))
    at, new_x, new_y = at[order], new_x[order], new_y[order]
    added = np.bincount(
        np.searchsorted(starts, at, "right") - 1, minlength=len(starts) - 1
    )  # points that each chain gets
    return (
        np.insert(x, at + 1, new_x),
        np.insert(y, at + 1, new_y),
        starts + np.concatenate(([0], np.cumsum(added))),
    )


def _between(
    x: Longs, y: Longs, edges: Longs, starts: Longs, chains: Sequence[Chain]
) -> tuple[Longs, Floats, Longs, Longs]:
    """Points to put in after point `at`, in the order of `key`."""
    ats, keys, xs, ys = [], [], [], []

    def put(at: Longs, key: Floats, across: Floats, up: Floats) -> None:
        ats.append(at)
        keys.append(key)
        xs.append(wrapped(np.rint(across).astype(np.int64)))
        ys.append(np.rint(up).astype(np.int64))

    first, last = vectors(y[edges], x[edges]), vectors(y[edges + 1], x[edges + 1])
    at, low, high = edges, np.zeros(len(edges)), np.ones(len(edges))
    x_first, y_first = x[edges].astype(np.float64), y[edges].astype(np.float64)
    x_last, y_last = x[edges + 1].astype(np.float64), y[edges + 1].astype(np.float64)
    long = np.flatnonzero(np.linalg.norm(last - first, axis=1) > _DIRECT_M)
    if len(long):
        pieces = [_long_edge(first[i], last[i], int(edges[i]), starts, chains) for i in long]
        counts = np.array([len(piece) - 1 for piece in pieces])
        owner = np.repeat(long, counts)
        share = np.concatenate([np.arange(count + 1) / count for count in counts])
        inner = np.concatenate(pieces)
        ends = np.cumsum(counts + 1) - 1
        here = np.setdiff1d(np.arange(len(inner)), ends)
        ups, acrosses = _latitude_longitude(inner)
        # The very ends keep the longitude that they were given: at a pole any is right.
        heads = np.concatenate(([0], ends[:-1] + 1))
        acrosses[heads], ups[heads] = x_first[long], y_first[long]
        acrosses[ends], ups[ends] = x_last[long], y_last[long]
        inside = np.setdiff1d(here, heads)
        put(np.repeat(edges[long], counts - 1), share[inside], acrosses[inside], ups[inside])
        keep = np.ones(len(edges), np.bool_)
        keep[long] = False
        first = np.concatenate((first[keep], inner[here]))
        last = np.concatenate((last[keep], inner[here + 1]))
        at = np.concatenate((at[keep], edges[owner]))
        low = np.concatenate((low[keep], share[here]))
        high = np.concatenate((high[keep], share[here + 1]))
        x_first = np.concatenate((x_first[keep], acrosses[here]))
        y_first = np.concatenate((y_first[keep], ups[here]))
        x_last = np.concatenate((x_last[keep], acrosses[here + 1]))
        y_last = np.concatenate((y_last[keep], ups[here + 1]))
    while len(at):
        middle = _raised((first + last) / 2)
        step = (x_last - x_first + TURN / 2) % TURN - TURN / 2
        straight = vectors((y_first + y_last) / 2, x_first + step / 2)
        far = np.linalg.norm(straight - middle, axis=1) > _TOLERANCE_M
        wide = (np.abs(step) > LONGEST_STEP) | (np.abs(y_last - y_first) > LONGEST_STEP)
        short = np.linalg.norm(last - first, axis=1) < _SHORT_M
        for i in np.flatnonzero(wide & short):
            # Beside a pole: all longitudes lie within half a metre.
            count = int(abs(step[i]) // LONGEST_STEP) + 1
            share = np.arange(1, count) / count
            put(
                np.full(count - 1, at[i]),
                low[i] + share * (high[i] - low[i]),
                x_first[i] + share * step[i],
                y_first[i] + share * (y_last[i] - y_first[i]),
            )
        split = (far | wide) & ~short
        first, middle, last = first[split], middle[split], last[split]
        at, low, high = at[split], low[split], high[split]
        half = (low + high) / 2
        up, across = _latitude_longitude(middle)
        put(at, half, across, up)
        if sum(len(part) for part in ats) > MOST_EDGES:
            break
        first, last = np.concatenate((first, middle)), np.concatenate((middle, last))
        low, high = np.concatenate((low, half)), np.concatenate((half, high))
        at = np.concatenate((at, at))
        x_first = np.concatenate((x_first[split], across))
        x_last = np.concatenate((across, x_last[split]))
        y_first = np.concatenate((y_first[split], up))
        y_last = np.concatenate((up, y_last[split]))
    if not ats:
        none = np.empty(0, np.int64)
        return none, np.empty(0), none, none
    return np.concatenate(ats), np.concatenate(keys), np.concatenate(xs), np.concatenate(ys)


def _long_edge(
    first: Floats, last: Floats, edge: int, starts: Longs, chains: Sequence[Chain]
) -> Floats:
    """Points (n, 3) that cut a long edge into pieces of at most 40 km, its ends included."""
    path = course(
        (float(first[0]), float(first[1]), float(first[2])),
        (float(last[0]), float(last[1]), float(last[2])),
    )
    if path.length_m > LONGEST_EDGE_M:  # W-F2
        chain = chains[int(np.searchsorted(starts, edge, "right")) - 1]
        raise InvalidValue(
            f"{chain.name} has an edge of {path.length_m / 1000:,.0f} km; at most"
            f" {LONGEST_EDGE_M // 1000:,} km are allowed. Put points between."
        )
    return np.array(points_along(path, int(path.length_m // _DIRECT_M) + 1))


def _raised(points: Floats) -> Floats:
    """Points a little below the surface, lifted to it along the normal."""
    scale = np.array((EQUATORIAL_RADIUS, EQUATORIAL_RADIUS, POLAR_RADIUS)) ** -2
    normal = points * scale
    depth = 1 - np.sum(points * normal, axis=1)
    lifted: Floats = points + normal * (depth / (2 * np.sum(normal * normal, axis=1)))[:, None]
    return lifted


def _latitude_longitude(points: Floats) -> tuple[Floats, Floats]:
    """In 1e-7 degree, as floats."""
    out = np.hypot(points[:, 0], points[:, 1])
    up = np.degrees(np.arctan2(points[:, 2], (1 - _ECCENTRICITY) * out)) * DEGREE
    return up, np.degrees(np.arctan2(points[:, 1], points[:, 0])) * DEGREE
