"""Formations: who keeps station, for how long, and who does not (spec/watch.md, W-C9 and W-C10)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.values import HeightReference
from firebreak.watch.approach import AIR, SEA, Separation, losses
from firebreak.watch.formation import STATIONS, Formations, formations
from firebreak.watch.reports import ABSENT, Domain
from tests.watch.moving import AT, EARTH, Moving, states_of

LEAD = Moving(55.0, 15.0, 230.0, 70.0, 20_000)
SHIP = Moving(55.0, 15.0, 7.0, 70.0, ABSENT, domain=Domain.SEA)
TERMS = (AIR, SEA)


def beside(one: Moving, metres: float, azimuth: float = 160.0) -> Moving:
    there = EARTH.Direct(one.latitude, one.longitude, azimuth, metres)
    turned = (one.course + there["azi2"] - azimuth) % 360
    return replace(one, latitude=there["lat2"], longitude=there["lon2"], course=turned)


def moved(one: Moving, seconds: float) -> Moving:
    there = EARTH.Direct(one.latitude, one.longitude, one.course, one.speed * seconds)
    return replace(one, latitude=there["lat2"], longitude=there["lon2"], course=there["azi2"] % 360)


def flown(
    tracks: list[Moving], seconds: int, step: int = 10, terms: tuple[Separation, Separation] = TERMS
) -> tuple[Formations, list[int]]:
    """The formations after these tracks have flown so long, and each track's leader."""
    groups: Formations | None = None
    leaders: list[int] = []
    for second in range(0, seconds + 1, step):
        states = states_of([moved(track, second) for track in tracks], AT + second * 1_000, 100)
        groups = formations(states, losses(states, *terms), groups)
        leaders = groups.leader_of(states).tolist()
    assert groups is not None
    return groups, leaders


def test_four_fighters_become_one_after_a_minute_and_not_before() -> None:
    four = [LEAD, beside(LEAD, 1_500), beside(LEAD, 3_000), beside(LEAD, 4_500)]
    assert flown(four, 50)[1] == [100, 101, 102, 103]
    groups, leaders = flown(four, 60)
    assert leaders == [100] * 4
    assert groups.since.tolist() == [AT] * len(groups.since)


def test_a_chain_of_more_than_three_miles_is_one_formation() -> None:
    assert flown([beside(LEAD, 5_000 * k) for k in (2, 0, 3, 1)], 60)[1] == [100] * 4


def test_two_formations_and_one_alone_stay_apart() -> None:
    other = replace(beside(LEAD, 8_000), height=20_400)
    crossing = replace(beside(LEAD, 9_000), course=250.0)
    tracks = [other, LEAD, beside(LEAD, 1_000), beside(other, 500), crossing]
    assert flown(tracks, 60)[1] == [100, 101, 101, 100, 104]


OTHER = beside(LEAD, 2_000)


@pytest.mark.parametrize(
    "other",
    [
        replace(OTHER, height=20_501), replace(OTHER, height=ABSENT), replace(OTHER, course=75.0),
        replace(OTHER, speed=242.0), replace(OTHER, doubtful=True), replace(OTHER, domain=Domain.SEA),
        replace(OTHER, reference=HeightReference.MEAN_SEA_LEVEL),
    ],
)  # fmt: skip
def test_who_does_not_keep_station_is_alone(other: Moving) -> None:
    assert flown([LEAD, OTHER], 60)[1] == [100, 100]
    assert flown([LEAD, other], 60)[1] == [100, 101]


def test_beyond_three_miles_is_no_formation() -> None:
    assert flown([LEAD, beside(LEAD, 5_500)], 60)[1] == [100, 100]
    assert flown([LEAD, beside(LEAD, 5_700)], 60)[1] == [100, 101]


def test_a_formation_holds_a_little_beyond_its_limits_and_a_break_begins_anew() -> None:
    def step(second: int, gap: float, before: Formations | None) -> tuple[Formations, bool]:
        states = states_of([LEAD, beside(LEAD, gap)], AT + second * 1_000)
        groups = formations(states, losses(states), before)
        return groups, bool(groups.held.any())

    groups, held = step(0, 3_000, None)
    assert not held
    groups, held = step(60, 3_000, groups)
    assert held
    groups, held = step(61, 8_000, groups)
    assert held
    broken, held = step(62, 8_500, groups)
    assert not held
    # Back at 8 km it is no formation; back at 3 km it must be held anew.
    assert not step(63, 8_000, broken)[1]
    again, held = step(63, 3_000, broken)
    assert not held
    assert step(122, 3_000, again)[1] is False
    assert step(123, 3_000, again)[1] is True


def test_ships_at_anchor_are_one_after_ten_minutes_and_passing_ones_never() -> None:
    anchored = [
        replace(beside(SHIP, 300.0 * k), speed=0.2 * (k % 2), course=90.0 * k) for k in range(4)
    ]
    assert flown(anchored, 590, 10)[1] == [100, 101, 102, 103]
    assert flown(anchored, 600, 10)[1] == [100] * 4
    overtaking = [SHIP, replace(beside(SHIP, 300.0), speed=7.8)]
    assert flown(overtaking, 600, 10)[1] == [100, 101]


@given(st.sampled_from([89.9, -89.97, 0.0, 60.0]), st.floats(-180, 180), st.floats(0, 360))
def test_next_to_a_pole_and_over_the_antimeridian_too(
    latitude: float, longitude: float, azimuth: float
) -> None:
    """There the same direction is another course 2 km on."""
    lead = replace(LEAD, latitude=latitude, longitude=longitude)
    assert flown([lead, beside(lead, 2_000, azimuth)], 60, 60)[1] == [100, 100]


def test_nothing_at_all() -> None:
    states = states_of([])
    groups = formations(states, losses(states), None)
    assert len(groups.first) == 0
    assert len(groups.leader_of(states)) == 0


def test_the_terms_of_a_formation_lie_within_those_of_the_search() -> None:
    """A pair is looked for among those that have lost separation; by these terms none is left out."""
    for domain, terms in ((Domain.AIR, AIR), (Domain.SEA, SEA)):
        assert STATIONS[domain].apart_m <= terms.horizontal_m
    assert AIR.vertical_ft is not None
    assert STATIONS[Domain.AIR].height_ft < AIR.vertical_ft


def test_a_track_that_is_gone_leaves_no_trace() -> None:
    groups, _ = flown([LEAD, beside(LEAD, 2_000)], 60)
    alone = states_of([LEAD], AT + 61_000, 100)
    after = formations(alone, losses(alone), groups)
    assert after.leader_of(alone).tolist() == [100]
    assert len(after.since) == 0
    # A picture that lost one of the two between its search and this: the leader stays its own.
    assert np.array_equal(groups.leader_of(alone), alone.row)
