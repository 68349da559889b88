"""One craft under two names: a sensor's own number and what the craft calls itself (W-T16).

Joining hides a track, so it errs on the side of two: only one to one, only between tracks that nothing
else is near, after half a minute side by side; and it ends with any doubt.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from firebreak.watch.compiled import compiled
from firebreak.watch.motion import distance_m
from firebreak.watch.reports import ABSENT, Bools, Domain, Floats, Ints, Longs, Naming
from firebreak.watch.states import States

APART_M: Final = (1_852, 500, 200)
"""By domain: so near, and both accuracies."""
MOST_APART_M: Final = 5_556
HEIGHT_FT: Final = 500
SPEED_CM_S: Final = 1_500
HELD_MS: Final = 30_000
LOOSER: Final = 2.0
"""Nothing else may be within so many times the distance; and joined tracks part at as many."""
_DEGREES_A_METRE: Final = 1 / 110_500.0


@compiled
def _near(
    latitude: Floats,
    longitude: Floats,
    reach: Floats,
    asked: Longs,
    sorted_latitude: Floats,
    anchors: Longs,
    pairs: Longs,
) -> int:
    """Pairs of an asked and an anchor place within both their reaches in degrees; over-covers."""
    count = 0
    for one in asked:
        high = latitude[one] + 2 * reach[one]
        shrunk = max(0.02, math.cos(math.radians(min(89.0, abs(latitude[one]) + 0.1))))
        at = np.searchsorted(sorted_latitude, latitude[one] - 2 * reach[one])
        while at < len(anchors) and sorted_latitude[at] <= high and count < len(pairs):
            east = abs(longitude[anchors[at]] - longitude[one])
            east = min(east, 360.0 - east)
            if east * shrunk <= 2 * reach[one]:
                pairs[count, 0] = one
                pairs[count, 1] = anchors[at]
                count += 1
            at += 1
    return count


class Joining:
    """Who has been side by side with whom, and since when; told every cycle."""

    def __init__(self) -> None:
        self._key = np.empty(0, np.int64)
        self._since = np.empty(0, np.int64)

    def joined(self, states: States) -> Bools:
        """Which of these are the same craft as another of them that says who it is, (n,)."""
        out = np.zeros(len(states), np.bool_)
        naming = states.identity >> 56
        known = (naming == Naming.ICAO) | (naming == Naming.MMSI)
        sound = ~states.doubtful
        asked, anchors = np.flatnonzero(~known & sound), np.flatnonzero(known & sound)
        if not len(asked) or not len(anchors):
            self._key, self._since = np.empty(0, np.int64), np.empty(0, np.int64)
            return out
        one, other, metres, reach = _pairs(states, asked, anchors)
        alone = _alone(one, metres <= LOOSER * reach) & _alone(other, metres <= LOOSER * reach)
        key = (states.row[one].astype(np.int64) << 32) | states.row[other]
        place = np.searchsorted(self._key, key)
        before = np.zeros(len(key), np.int64)
        held = place < len(self._key)
        held[held] = self._key[place[held]] == key[held]
        before[held] = self._since[place[held]]
        stays = alone & (metres <= np.where(held, LOOSER, 1.0) * reach)
        since = np.where(held, before, states.at)[stays]
        key, one = key[stays], one[stays]
        order = np.argsort(key, kind="stable")
        self._key, self._since = key[order], since[order]
        out[one[states.at - since >= HELD_MS]] = True
        return out


def _pairs(states: States, asked: Longs, anchors: Longs) -> tuple[Longs, Longs, Floats, Floats]:
    """Pairs that move alike at one height: both places, metres apart, and how near counts as one."""
    accuracy = np.maximum(states.accuracy_m, 0).astype(np.float64)
    apart = np.minimum(np.array(APART_M, np.float64)[states.domain] + accuracy, MOST_APART_M)
    latitude = states.latitude_e7 / 1e7
    order = anchors[np.argsort(latitude[anchors], kind="stable")]
    found = np.empty((16 * len(asked) + 1_024, 2), np.int64)
    count = _near(
        latitude,
        states.longitude_e7 / 1e7,
        2 * LOOSER * apart * _DEGREES_A_METRE,
        asked,
        latitude[order],
        order,
        found,
    )
    if count == len(found):  # too crowded to say that anybody is alone
        count = 0
    one, other = found[:count, 0], found[:count, 1]
    metres = distance_m(*(column[rows] for rows in (one, other) for column in _place(states)))
    reach = np.minimum(apart[one] + accuracy[other], MOST_APART_M)
    height = states.height_ft.astype(np.int64)
    # In the air an unknown height joins nothing: what is hidden must not be somebody else below.
    both = (states.height_ft[one] != ABSENT) & (states.height_ft[other] != ABSENT)
    both &= states.height_reference[one] == states.height_reference[other]
    level = both & (np.abs(height[one] - height[other]) <= HEIGHT_FT)
    level |= states.domain[one] != Domain.AIR
    alike = (states.domain[one] == states.domain[other]) & level & (_relative(states, one, other))
    return one[alike], other[alike], metres[alike], reach[alike]


def _place(states: States) -> tuple[Ints, Ints]:
    return states.latitude_e7, states.longitude_e7


def _relative(states: States, one: Longs, other: Longs) -> Bools:
    """Whether two speeds over ground differ by no more than SPEED_CM_S as vectors."""
    course = np.radians(states.course_cd / 100)
    east, north = states.speed_cm_s * np.sin(course), states.speed_cm_s * np.cos(course)
    alike: Bools = np.hypot(east[one] - east[other], north[one] - north[other]) <= SPEED_CM_S
    return alike


def _alone(places: Longs, near: Bools) -> Bools:
    """Whether a place has one near partner only."""
    counts = np.bincount(places[near], minlength=int(places.max(initial=0)) + 1)
    single: Bools = counts[places] == 1
    return single
