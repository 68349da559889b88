"""Which tracks move as one: a formation, a convoy, ships at anchor side by side.

Of two tracks that keep station for a while, the loss of separation is meant: it is not reported, and
a third party meets all of them as one. A pure function of the states and of what was so before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from firebreak.values import Millis
from firebreak.watch.approach import Losses
from firebreak.watch.motion import distance_m
from firebreak.watch.reports import ABSENT, Bools, Domain, Floats, Ints, Longs
from firebreak.watch.states import States


@dataclass(frozen=True, slots=True)
class Station:
    """What two tracks of a domain keep to be of one formation.

    apart_m and height_ft between them at most, over one height reference; speed_cm_s: their relative
    speed at most, which holds course and speed together. held_ms: for so long without a break.
    """

    apart_m: int
    height_ft: int
    speed_cm_s: int
    held_ms: int


STATIONS: Final = {
    Domain.AIR: Station(5_556, 500, 1_000, 60_000),
    Domain.SEA: Station(926, 0, 50, 600_000),
}
"""Air: 3 NM, 500 ft, 10 m/s (20 kt), one minute. Sea: half a mile, 0.5 m/s (1 kt), ten minutes."""

LOOSER: Final = 1.5
"""A pair that keeps station goes on doing so up to these times the limits."""


@dataclass(frozen=True, slots=True)
class Formations:
    """Pairs that keep station at the time `at`: rows of the table of tracks, first < second.

    since: from when without a break, ms UTC; held: long enough to be of one formation.
    """

    at: Millis
    first: Ints
    second: Ints
    since: Longs
    held: Bools

    def leader_of(self, states: States) -> Ints:
        """For each of the states the lowest row of its formation; its own where it flies alone."""
        leader = states.row.copy()
        if not self.held.any():
            return leader
        first, second = self.first[self.held], self.second[self.held]
        place = np.full(max(int(second.max()), int(states.row.max(initial=0))) + 1, -1, np.int64)
        place[states.row] = np.arange(len(states))
        a, b = place[first], place[second]
        both = (a >= 0) & (b >= 0)
        a, b = a[both], b[both]
        while True:
            before = leader.copy()
            low = np.minimum(leader[a], leader[b])
            np.minimum.at(leader, a, low)
            np.minimum.at(leader, b, low)
            leader = leader[place[leader]]
            if np.array_equal(leader, before):
                return leader


def formations(states: States, found: Losses, before: Formations | None) -> Formations:
    """The pairs that keep station now, among those found to have lost separation (W-C9, W-C10).

    found: of these states. before: what this function gave for the states of the cycle before.
    Doubtful tracks, and heights that are unknown or over different references, make no formation.
    """
    now = found.loses_s <= 0
    if not now.any():
        none = np.empty(0, np.int32)
        return Formations(states.at, none, none, np.empty(0, np.int64), np.empty(0, np.bool_))
    a, b = found.a[now], found.b[now]
    relative = _relative_cm_s(states, a, b)
    metres = distance_m(
        states.latitude_e7[a], states.longitude_e7[a], states.latitude_e7[b], states.longitude_e7[b]
    )
    domain = states.domain[a]
    flying = domain == Domain.AIR
    height = states.height_ft.astype(np.int64)
    alike = (
        (states.height_reference[a] == states.height_reference[b])
        & (height[a] != ABSENT)
        & (height[b] != ABSENT)
    )
    feet = np.where(flying, np.abs(height[a] - height[b]), 0)
    usable = (alike | ~flying) & ~states.doubtful[a] & ~states.doubtful[b]
    keys = _keys(states.row[a], states.row[b])
    was = np.empty(0, np.int64) if before is None else _keys(before.first, before.second)
    known = np.isin(keys, was)
    keeps = np.zeros(len(keys), np.bool_)
    held_ms = np.zeros(len(keys), np.int64)
    for of, station in STATIONS.items():
        limit = np.where(known, LOOSER, 1.0)
        keeps |= (
            (domain == of)
            & (metres <= station.apart_m * limit)
            & (feet <= station.height_ft * limit)
            & (relative <= station.speed_cm_s * limit)
        )
        held_ms[domain == of] = station.held_ms
    keeps &= usable
    since = np.full(len(keys), states.at, np.int64)
    if before is not None:
        order = np.argsort(was)
        since[known] = before.since[order][np.searchsorted(was[order], keys[known])]
    keys, since, held_ms = keys[keeps], since[keeps], held_ms[keeps]
    return Formations(
        states.at,
        (keys >> 32).astype(np.int32),
        (keys & 0xFFFFFFFF).astype(np.int32),
        since,
        states.at - since >= held_ms,
    )


def _keys(a: Ints, b: Ints) -> Longs:
    """One number for a pair of rows, the lower first."""
    low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b).astype(np.int64)
    out: Longs = low << 32 | high
    return out


def _relative_cm_s(states: States, a: Ints, b: Ints) -> Floats:
    """Relative speed of each pair, each course taken from its own meridian turned to the middle one.

    Meridians part by the difference of longitude times the sine of the latitude, which next to a
    pole makes two equal courses differ; without it a formation there would not be seen as one.
    """
    apart = (states.longitude_e7[b].astype(np.int64) - states.longitude_e7[a]) * (np.pi / 180e7)
    apart = np.arctan2(np.sin(apart), np.cos(apart))
    middle = np.radians((states.latitude_e7[a] / 2 + states.latitude_e7[b] / 2) / 1e7)
    turn = apart * np.sin(middle)
    one = np.radians(states.course_cd[a] / 100)
    other = np.radians(states.course_cd[b] / 100) - turn
    u, v = states.speed_cm_s[a].astype(np.float64), states.speed_cm_s[b].astype(np.float64)
    out: Floats = np.hypot(u * np.cos(one) - v * np.cos(other), u * np.sin(one) - v * np.sin(other))
    return out
