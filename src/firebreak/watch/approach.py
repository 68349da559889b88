"""Closest approach: which pairs of tracks will lose separation, when, and how close they come.

See spec/watch.md, Closest approach (W-C1 to W-C8). Heights over one reference are compared in whole
feet, exactly; others through bounds that certainly hold both, so that a loss can be overstated and is
never missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from firebreak.errors import InvalidValue
from firebreak.values import DEGREE
from firebreak.watch.reports import ABSENT, Bools, Bytes, Domain, Floats, Ints, Longs
from firebreak.watch.states import States

MOST_LOSSES: Final = 1_000_000
"""Reported at most by one search; see `Losses.complete`."""
MOST_COMPARED: Final = 200_000_000
"""Comparisons made at most by one search: 100,000 tracks in one spot would mean 5,000,000,000."""
LONGEST_PATH_M: Final = 2_000_000
"""A track that would go further within the look-ahead is not compared, and said to be so."""

_SIXTIETHS: Final = 60
_CELL: Final = 1.5
"""Size of a cell over that of a mean disc; with the cut into slices, what measured fastest."""
_SLICE: Final = 6
"""Mean path in a slice, in horizontal limits."""
_UNKNOWN: Final = 255
_FAR_FT: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Separation:
    """What two tracks of a domain must keep, as the agreement sets it.

    horizontal_m: 1 to 100,000. vertical_ft: 1 to 100,000, or None where height says nothing.
    look_ahead_s: 1 to 3,600. Separation is lost when both distances are strictly less at one time.
    Raises InvalidValue.
    """

    horizontal_m: int
    vertical_ft: int | None
    look_ahead_s: int

    def __post_init__(self) -> None:
        for name, value, most in (
            ("horizontal distance (m)", self.horizontal_m, 100_000),
            (
                "vertical distance (ft)",
                1 if self.vertical_ft is None else self.vertical_ft,
                100_000,
            ),
            ("look-ahead (s)", self.look_ahead_s, 3_600),
        ):
            if type(value) is not int or not 1 <= value <= most:  # W-C1
                raise InvalidValue(
                    f"The {name} of a separation is {value}; give a whole number, 1 to {most:,}."
                )


AIR: Final = Separation(9_260, 1_000, 300)
"""5 NM and 1,000 ft within 5 minutes."""
SEA: Final = Separation(926, None, 1_200)
"""Half a nautical mile within 20 minutes."""


@dataclass(frozen=True, slots=True)
class Losses:
    """m pairs that lose separation; each column has shape (m,); in order of a, then b.

    a, b: places in the States, a < b. loses_s: seconds from the states' time, 0 if lost already.
    closest_s, closest_m: when and how close they come over the ellipsoid while their heights are
    within the limit, in the look-ahead. vertical_ft: between them then, rounded down; ABSENT where
    their heights cannot be compared. uncompared: places of tracks left out for their speed.
    complete: False if a limit was reached (MOST_LOSSES, MOST_COMPARED); what is there is right.
    """

    a: Ints
    b: Ints
    loses_s: Floats
    closest_s: Floats
    closest_m: Floats
    vertical_ft: Ints
    uncompared: Ints
    complete: bool

    def __len__(self) -> int:
        return len(self.a)

    def take(self, rows: Longs | Bools) -> Losses:
        """These of the pairs."""
        return Losses(
            self.a[rows],
            self.b[rows],
            self.loses_s[rows],
            self.closest_s[rows],
            self.closest_m[rows],
            self.vertical_ft[rows],
            self.uncompared,
            self.complete,
        )


def losses(states: States, air: Separation = AIR, sea: Separation = SEA) -> Losses:
    """The pairs that lose separation: aircraft by `air`, ships by `sea`; no others are compared.

    A pure function of the states: the same states give the same pairs in the same order.
    """
    parts = []
    uncompared = []
    for domain, separation in ((Domain.AIR, air), (Domain.SEA, sea)):  # W-C2
        places = np.flatnonzero(states.domain == domain).astype(np.int32)
        reach = states.speed_cm_s[places] * (separation.look_ahead_s / 100)
        slow = reach <= LONGEST_PATH_M  # W-C6
        uncompared.append(places[~slow])
        places = places[slow]
        if len(places) >= 2:
            # Neighbours beside each other: what is compared is then in the processor's cache.
            square = (states.latitude_e7[places] // DEGREE + 90) * 360
            square += states.longitude_e7[places] // DEGREE + 180
            places = places[np.argsort(square.astype(np.uint16), kind="stable")]
            parts += _searched(states, places, separation)
    left_out = np.sort(np.concatenate(uncompared))
    a, b, loses_s, closest_s, closest_m, vertical_ft = (
        np.concatenate([part[k] for part in parts]) if parts else np.empty(0, kind)
        for k, kind in enumerate((np.int32, np.int32, float, float, float, np.int32))
    )
    order = np.lexsort((b, a))  # W-C7
    a, b = a[order], b[order]
    once = np.ones(len(a), bool)
    once[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    order = order[once]
    return Losses(
        a[once],
        b[once],
        loses_s[order],
        closest_s[order],
        closest_m[order],
        vertical_ft[order],
        left_out,
        all(part[6] for part in parts),
    )


_Part: TypeAlias = tuple[Ints, Ints, Floats, Floats, Floats, Ints, bool]


def _searched(states: States, places: Ints, separation: Separation) -> list[_Part]:
    """The searches that one domain needs: within each reference, then across references."""
    from firebreak.watch.approach_search import moving_states

    moving = moving_states(
        states.latitude_e7[places],
        states.longitude_e7[places],
        states.speed_cm_s[places],
        states.course_cd[places],
        separation.look_ahead_s / 2,
    )
    one = _One(places, moving, separation)
    none = np.zeros(len(places), np.int64)
    if separation.vertical_ft is None:
        return [one.search(none, none, none, none.astype(np.uint8), 1, across=False)]
    height = states.height_ft[places].astype(np.int64)
    group = states.height_reference[places].copy()
    climb = states.climb_fpm[places].astype(np.int64)
    known = height != ABSENT
    group[~known] = _UNKNOWN
    room = _SIXTIETHS * separation.vertical_ft
    # W-C3; references are put so far apart on the one axis that none of their tracks meet.
    now = _SIXTIETHS * height[known]
    later = now + climb[known] * separation.look_ahead_s
    if known.any():
        apart = int(max(now.max(), later.max()) - min(now.min(), later.min())) + 2 * room
        now += group[known].astype(np.int64) * apart
    parts = [one.take(known).search(now, now, climb[known], group[known], room, across=False)]
    if len(np.unique(group)) > 1 or not known.all():  # W-C4
        low, high = bounds_over_ellipsoid(height, group, climb, separation.look_ahead_s)
        parts.append(one.search(low, high, none, group, room, across=True))
    return parts


def bounds_over_ellipsoid(
    height_ft: Longs, reference: Bytes, climb_fpm: Longs, look_ahead_s: int
) -> tuple[Longs, Longs]:
    """Bounds that certainly hold each height over the ellipsoid in the whole look-ahead.

    reference: `values.HeightReference`, or 255 for an unknown height. Sixtieths of a foot. Source of
    the figures: spec/volume.md, section Heights.
    """
    change = climb_fpm * look_ahead_s
    tenth = 3_048  # of a millimetre in a foot
    low = (_SIXTIETHS * height_ft + np.minimum(change, 0)) * tenth // _SIXTIETHS
    high = -(-(_SIXTIETHS * height_ft + np.maximum(change, 0)) * tenth // _SIXTIETHS)
    pressure, ground = reference == 3, reference == 2
    low = np.where(pressure, low - 15_000_000, np.where(ground, low - 4_500_000, low))
    high = np.where(pressure, high + 6_500_000, np.where(ground, high + 89_000_000, high))
    low = np.where(pressure, np.minimum(low * 3 // 4, low * 6 // 5), low)
    high = np.where(pressure, np.maximum(-(-high * 3 // 4), -(-high * 6 // 5)), high)
    other = reference != 0
    low, high = np.where(other, low - 1_070_000, low), np.where(other, high + 860_000, high)
    unknown = reference == _UNKNOWN
    far = _FAR_FT * _SIXTIETHS
    return (
        np.where(unknown, -far, low * _SIXTIETHS // tenth),
        np.where(unknown, far, -(-high * _SIXTIETHS // tenth)),
    )


@dataclass(frozen=True, slots=True)
class _One:
    """Tracks of one domain: their places in the States, as points that move, and their terms."""

    places: Ints
    moving: Floats
    separation: Separation

    def take(self, rows: Bools) -> _One:
        return self if rows.all() else _One(self.places[rows], self.moving[rows], self.separation)

    def search(
        self, low: Longs, high: Longs, climb: Longs, group: Bytes, room: int, *, across: bool
    ) -> _Part:
        from firebreak.watch.approach_search import search

        if len(self.places) < 2:
            nothing, no_number = np.empty(0, np.int32), np.empty(0, np.float64)
            return nothing, nothing, no_number, no_number, no_number, nothing, True
        limit = float(self.separation.horizontal_m)
        speed = np.sqrt(np.einsum("ij,ij->i", self.moving[:, 3:6], self.moving[:, 3:6]))
        path = float(speed.mean()) * self.separation.look_ahead_s
        slices = min(max(round(path / (_SLICE * limit)), 1), 8, self.separation.look_ahead_s)
        a, b, loses_s, closest_s, closest_m, vertical_ft, complete = search(
            self.moving,
            low,
            high,
            climb,
            group,
            across,
            limit,
            room,
            self.separation.look_ahead_s,
            slices,
            _CELL * (limit + path / slices),
            MOST_LOSSES,
            MOST_COMPARED,
        )
        if across or self.separation.vertical_ft is None:
            vertical_ft = np.full(len(a), ABSENT, np.int32)
        a, b = self.places[a], self.places[b]
        a, b = np.minimum(a, b), np.maximum(a, b)
        return a, b, np.maximum(loses_s, 0.0), closest_s, closest_m, vertical_ft, complete
