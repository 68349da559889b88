"""Closest approach: how long a search takes, and whether it is right against WGS 84 by brute force."""

from __future__ import annotations

import time
from statistics import median
from typing import Final

import numpy as np

from firebreak.bench.workloads import aircraft, states
from firebreak.watch.approach import AIR, Separation, losses
from firebreak.watch.motion import ahead, distance_m
from firebreak.watch.reports import Floats, Longs
from firebreak.watch.states import States

GROWTH: Final = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
ROUNDS: Final = 7
TRUTH: Final = 20_000
"""Aircraft that every pair of is held against the truth."""
TOLERANCE_M: Final = 10.0

_SAMPLES: Final = 31
_NARROWINGS: Final = 40
_GOLDEN: Final = (5**0.5 - 1) / 2
_WIDER_M: Final = 3_000.0
_RADIUS: Final = 6_371_000.0


def measure() -> dict[str, float]:
    """`cpa_20k_ms` and `cpa_100k_ms`, medians of ROUNDS by the wall clock; `cpa_missed`, `cpa_false`."""
    missed, false, _ = judged(states(aircraft(TRUTH)))
    grown = dict(growth((20_000, 100_000)))
    return {
        "cpa_20k_ms": grown[20_000],
        "cpa_100k_ms": grown[100_000],
        "cpa_missed": missed,
        "cpa_false": false,
    }


def growth(sizes: tuple[int, ...] = GROWTH) -> list[tuple[int, float]]:
    """Aircraft, and milliseconds of one search among them: median of ROUNDS, code compiled before."""
    losses(states(aircraft(sizes[0])))
    return [(n, _milliseconds(states(aircraft(n)))) for n in sizes]


def _milliseconds(of: States) -> float:
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        losses(of)
        taken.append((time.perf_counter() - begun) * 1_000)
    return median(taken)


def judged(
    of: States, terms: Separation = AIR, reported: tuple[Longs, Longs] | None = None
) -> tuple[int, int, int]:
    """Conflicts missed, false ones reported, and true ones, among aircraft of one height reference.

    reported: the rows of each pair, the lower first; by default those that the search finds.
    missed: more than TOLERANCE_M inside the limit and not reported. false: reported, and more than
    that outside. The truth shares nothing with the search: every pair, both on geodesics by
    Karney's direct solution, their distance by Vincenty's inverse.
    """
    if reported is None:
        found = losses(of, air=terms)
        reported = found.a.astype(np.int64), found.b.astype(np.int64)
    a, b = _all_pairs(of, terms)
    least = _least_m(of, terms, a, b)
    n = np.int64(len(of))
    told = reported[0] * n + reported[1]
    inside = least < terms.horizontal_m - TOLERANCE_M
    allowed = least < terms.horizontal_m + TOLERANCE_M
    keys = a * n + b
    missed = int(np.count_nonzero(~np.isin(keys[inside], told)))
    false = int(np.count_nonzero(~np.isin(told, keys[allowed])))
    return missed, false, int(np.count_nonzero(least < terms.horizontal_m))


def _all_pairs(of: States, terms: Separation) -> tuple[Longs, Longs]:
    """Every pair whose heights, and whose distance now, leave a conflict possible."""
    order = np.argsort(of.latitude_e7, kind="stable")
    latitude = np.radians(of.latitude_e7[order] / 1e7)
    longitude = np.radians(of.longitude_e7[order] / 1e7)
    points = np.stack(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ]
    )
    way = of.speed_cm_s[order] / 100 * terms.look_ahead_s
    change = of.climb_fpm[order] / 60 * terms.look_ahead_s
    room = terms.vertical_ft or 0
    low = of.height_ft[order] + np.minimum(change, 0)
    high = of.height_ft[order] + np.maximum(change, 0) + room
    furthest = np.searchsorted(latitude, latitude + _reach(2 * way.max(), terms), "right")
    first, second = [], []
    for i, last in enumerate(furthest.tolist()):
        rest = slice(i + 1, last)
        near = points[:, i] @ points[:, rest] > np.cos(_reach(way[i] + way[rest], terms))
        near &= (low[rest] < high[i]) & (high[rest] > low[i])
        others = order[np.flatnonzero(near) + i + 1]
        first.append(np.minimum(others, order[i]))
        second.append(np.maximum(others, order[i]))
    return np.concatenate(first), np.concatenate(second)


def _reach(way: Floats, terms: Separation) -> Floats:
    """The angle within which two that go so far together may meet.

    A sphere errs by 0.7 %; 2 % and _WIDER_M are added.
    """
    angle: Floats = (1.02 * (way + terms.horizontal_m) + _WIDER_M) / _RADIUS
    return angle


def _least_m(of: States, terms: Separation, a: Longs, b: Longs) -> Floats:
    """The least distance of each pair while its heights are within the limit; infinite: never."""
    low, high = _heights_meet(of, terms, a, b)
    least = np.full(len(a), np.inf)
    rows = np.flatnonzero(low < high)
    a, b, low, high = a[rows], b[rows], low[rows], high[rows]
    step = (high - low) / (_SAMPLES - 1)
    best, best_at = np.full(len(a), np.inf), low.copy()
    for k in range(_SAMPLES):
        at = low + k * step
        metres = _distance(of, a, b, at)
        better = metres < best
        best[better], best_at[better] = metres[better], at[better]
    # Between two samples they come nearer by at most their speeds' sum over half a step.
    fastest = (of.speed_cm_s[a] + of.speed_cm_s[b]) / 100
    close = np.flatnonzero(best < terms.horizontal_m + fastest * step + TOLERANCE_M)
    begin = np.maximum(low, best_at - step)[close]
    end = np.minimum(high, best_at + step)[close]
    a, b = a[close], b[close]
    for _ in range(_NARROWINGS):
        left, right = end - _GOLDEN * (end - begin), begin + _GOLDEN * (end - begin)
        nearer = _distance(of, a, b, left) < _distance(of, a, b, right)
        begin, end = np.where(nearer, begin, left), np.where(nearer, right, end)
    best[close] = np.minimum(best[close], _distance(of, a, b, (begin + end) / 2))
    least[rows] = best
    return least


def _heights_meet(of: States, terms: Separation, a: Longs, b: Longs) -> tuple[Floats, Floats]:
    """From when until when the heights of each pair are within the limit; from >= until: never."""
    room = 60 * (terms.vertical_ft or 0)
    apart = 60 * (of.height_ft[a].astype(np.int64) - of.height_ft[b])
    rate = of.climb_fpm[a].astype(np.int64) - of.climb_fpm[b]
    steady = rate == 0
    divisor = np.where(steady, 1, rate)
    one, other = (-room - apart) / divisor, (room - apart) / divisor
    end = float(terms.look_ahead_s)
    never = steady & (np.abs(apart) >= room)
    low = np.where(steady, 0.0, np.maximum(np.minimum(one, other), 0.0))
    high = np.where(steady, end, np.minimum(np.maximum(one, other), end))
    return np.where(never, end, low), high


def _distance(of: States, a: Longs, b: Longs, seconds: Floats) -> Floats:
    one, other = (
        ahead(
            of.latitude_e7[rows],
            of.longitude_e7[rows],
            of.speed_cm_s[rows],
            of.course_cd[rows],
            seconds,
        )
        for rows in (a, b)
    )
    return distance_m(*one, *other)
