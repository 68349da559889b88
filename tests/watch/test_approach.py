"""Closest approach: the limits from both sides, heights, domains, refusals (spec/watch.md)."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from firebreak.errors import InvalidValue
from firebreak.values import Height, HeightReference, HeightUnit
from firebreak.volumes.heights import Heights, height_interval
from firebreak.watch import approach
from firebreak.watch.approach import (
    AIR,
    LONGEST_PATH_M,
    SEA,
    Separation,
    bounds_over_ellipsoid,
    losses,
)
from firebreak.watch.reports import ABSENT, Domain
from tests.watch.moving import EARTH, Moving, states_of

PRESSURE, SEA_LEVEL = HeightReference.STANDARD_PRESSURE, HeightReference.MEAN_SEA_LEVEL
NASTY = [0.0, 52.0, -89.999, 89.95, 90.0, -90.0]

feet = st.integers(-1_000, 60_000)
climbs = st.integers(-12_000, 12_000)


def pairs(*tracks: Moving, air: Separation = AIR, sea: Separation = SEA) -> list[tuple[int, int]]:
    found = losses(states_of(tracks), air, sea)
    assert found.complete
    return list(zip(found.a.tolist(), found.b.tolist(), strict=True))


def beside(one: Moving, metres: float, azimuth: float = 90.0) -> Moving:
    """One like it, so far away."""
    there = EARTH.Direct(one.latitude, one.longitude, azimuth, metres)
    return replace(one, latitude=there["lat2"], longitude=there["lon2"])


# -- the horizontal limit ------------------------------------------------------------------------


@given(
    st.sampled_from(NASTY) | st.floats(-90, 90),
    st.sampled_from([0.0, 180.0, -179.99999]) | st.floats(-180, 180),
    st.floats(0, 360),
    st.integers(20, 100_000),
)
def test_standing_pairs_are_decided_by_their_geodesic_distance(
    latitude: float, longitude: float, azimuth: float, limit: int
) -> None:
    """W-C2, W-C5, at the poles and over the antimeridian: 0.1 m on either side decides."""
    one = Moving(latitude, longitude).on_the_grid()
    for metres, lost in ((limit - 0.1, True), (limit + 0.1, False)):
        other = beside(one, metres, azimuth)
        assert pairs(one, other, air=Separation(limit, 1_000, 300)) == ([(0, 1)] if lost else [])


speeds = st.integers(2_000, 30_000).map(lambda cm: cm / 100)


@given(speeds, speeds, st.integers(30, 600), st.floats(-80, 80))
def test_the_look_ahead_ends_when_it_ends(
    speed: float, other_speed: float, look_ahead: int, latitude: float
) -> None:
    """Head on, half a second before and after the end of the look-ahead (W-C2)."""
    one = Moving(latitude, 10.0, speed, 90.0).on_the_grid()
    for seconds, lost in ((look_ahead - 0.5, True), (look_ahead + 0.5, False)):
        way = 9_260 + (speed + other_speed) * seconds
        there = EARTH.Direct(one.latitude, one.longitude, 90.0, way)
        other = Moving(there["lat2"], there["lon2"], other_speed, there["azi2"] + 180)
        found = losses(states_of([one, other]), Separation(9_260, 1_000, look_ahead))
        assert len(found) == lost
        if lost:
            assert found.loses_s[0] == pytest.approx(seconds, abs=0.02)
            assert found.closest_s[0] == look_ahead


def test_a_pair_that_is_lost_already_loses_at_once() -> None:
    one = Moving(50.0, 10.0, 200.0, 45.0)
    found = losses(states_of([one, beside(one, 4_000)]))
    assert (found.loses_s.tolist(), found.vertical_ft.tolist()) == ([0.0], [0])
    assert found.closest_m[0] == pytest.approx(one.apart(beside(one, 4_000), 300), abs=0.5)


def test_twins_in_one_place_are_zero_metres_apart() -> None:
    found = losses(states_of([Moving(50.0, 10.0, 200.0, 45.0)] * 3))
    assert list(zip(found.a.tolist(), found.b.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 2)]
    assert found.loses_s.tolist() == found.closest_m.tolist() == [0.0] * 3


def test_tracks_side_by_side_that_only_the_earth_bends_together() -> None:
    """Parallel at the equator, 100 km apart: without relative speed they lose it by curvature."""
    north, south = Moving(0.45, 0.0, 250.0, 90.0), Moving(-0.45, 0.0, 250.0, 90.0)
    start, end = north.apart(south, 0), north.apart(south, 3_600)
    assert start - end > 900
    states = states_of([north, south])
    assert len(losses(states, Separation(math.floor(end) - 1, 1_000, 3_600))) == 0
    found = losses(states, Separation(math.floor(end) + 2, 1_000, 3_600))
    assert found.closest_m[0] == pytest.approx(end, abs=0.1)


# -- heights -------------------------------------------------------------------------------------


@given(feet, climbs, st.integers(1, 5_000))
def test_pairs_exactly_the_limit_apart_keep_it_whatever_they_climb(
    height: int, climb: int, limit: int
) -> None:
    """W-C3: whole feet. A foot less is a loss, in any order of the two."""
    one = Moving(50.0, 10.0, height=height, climb=climb)
    terms = Separation(9_260, limit, 300)
    for gap in (limit, -limit):
        other = replace(one, height=height + gap)
        assert pairs(one, other, air=terms) == []
        nearer = replace(one, height=height + gap - (1 if gap > 0 else -1))
        assert pairs(one, nearer, air=terms) == pairs(nearer, one, air=terms) == [(0, 1)]


@given(feet, feet, climbs, climbs)
def test_heights_meet_when_arithmetic_says_so(
    height: int, other_height: int, climb: int, other_climb: int
) -> None:
    """One above the other all the time: the loss begins when the gap falls below 1,000 ft."""
    one = Moving(50.0, 10.0, 200.0, 45.0, height=height, climb=climb)
    other = replace(one, height=other_height, climb=other_climb)
    gap, rate = height - other_height, climb - other_climb
    inside = [abs(60 * gap + rate * second) < 60_000 for second in range(301)]
    found = losses(states_of([one, other]))
    if not any(inside):  # it may dip in between two whole seconds
        assume(abs(rate) < 60_000)
    else:
        assert len(found) == 1
        assert found.loses_s[0] == pytest.approx(inside.index(True), abs=1.0)
    if len(found):
        at = float(found.loses_s[0])
        assert abs(60 * gap + rate * at) <= 60_000 + 1e-3 * max(1, abs(rate))
        assert abs(int(found.vertical_ft[0])) <= 1_000


def test_height_and_distance_must_be_lost_at_one_time() -> None:
    """They pass in 18 s; one is 1,000 ft too high until 200 s, long after."""
    one = Moving(50.0, 10.0, 250.0, 90.0, height=10_000)
    other = replace(beside(one, 9_500), course=270.0, height=13_000, climb=-600)
    assert pairs(one, other) == []
    assert pairs(one, replace(other, height=11_000)) == [(0, 1)]


def test_heights_over_different_references_warn_unless_certainly_apart() -> None:
    """W-C4."""
    low = Moving(50.0, 10.0, height=10_000, reference=PRESSURE)
    for height, lost in ((9_000, True), (6_000, True), (17_000, False), (100, False)):
        other = replace(low, height=height, reference=SEA_LEVEL)
        found = losses(states_of([low, other]))
        assert len(found) == lost
        if lost:
            assert found.vertical_ft.tolist() == [ABSENT]
    # Over one reference the same figures are exact.
    assert pairs(low, replace(low, height=6_000)) == []


@given(feet, st.sampled_from(list(HeightReference)))
def test_an_unknown_height_may_be_any_height(height: int, reference: HeightReference) -> None:
    """W-C4, two unknown ones included."""
    known = Moving(50.0, 10.0, height=height, reference=reference)
    unknown = Moving(50.0, 10.0, height=ABSENT)
    assert pairs(known, unknown) == pairs(unknown, known) == pairs(unknown, unknown) == [(0, 1)]
    assert pairs(unknown, beside(known, 10_000)) == []


@given(st.integers(-20_000, 99_000), st.sampled_from(list(HeightReference)), climbs)
def test_bounds_hold_those_of_volumes(height: int, reference: HeightReference, climb: int) -> None:
    """The figures are those of spec/volume.md: the band from now to the look-ahead's end is inside."""

    assume(height + climb >= -20_000)
    low, high = bounds_over_ellipsoid(
        np.array([height], np.int64),
        np.array([reference], np.uint8),
        np.array([climb], np.int64),
        60,
    )
    bottom, top = sorted((height, height + climb))
    if reference is HeightReference.STANDARD_PRESSURE:  # volumes gives these in flight levels
        bottom, top = bottom // 100 * 100, -(-top // 100) * 100
        assume(bottom >= -1_000 and top <= 99_900)
        band = Heights(
            *(Height(v // 100, HeightUnit.HUNDREDS_OF_FEET, reference) for v in (bottom, top))
        )
        slack = 100 * 60 * 1.2 + 2
    else:
        band = Heights(*(Height(v, HeightUnit.FEET, reference) for v in (bottom, top)))
        slack = 2
    under, over = (bound / 304.8 * 60 for bound in height_interval(band))
    assert under - 1 <= low[0] <= under + slack
    assert over - slack <= high[0] <= over + 1


# -- domains -------------------------------------------------------------------------------------


def test_ships_by_their_terms_and_whatever_their_height_and_nothing_across_domains() -> None:
    ship = Moving(54.0, 12.0, 8.0, 0.0, height=ABSENT, domain=Domain.SEA)
    meeting = replace(beside(ship, 10_000, 0.0), course=180.0, height=400)
    assert pairs(ship, meeting) == [(0, 1)]
    found = losses(states_of([ship, meeting]))
    assert found.vertical_ft.tolist() == [ABSENT]
    # 10 km at 16 m/s less 926 m.
    assert found.loses_s[0] == pytest.approx((10_000 - 926) / 16, abs=0.1)
    assert pairs(ship, beside(ship, 930)) == []
    for other in (Domain.AIR, Domain.GROUND):
        assert pairs(ship, replace(ship, domain=other)) == []
    ground = replace(ship, domain=Domain.GROUND)
    assert pairs(ground, ground) == []


def test_nobody_and_one() -> None:
    assert pairs() == pairs(Moving(0.0, 0.0)) == []


# -- speeds, limits, refusals --------------------------------------------------------------------


def test_what_is_too_fast_is_said_to_be_left_out() -> None:
    """W-C6: never silently."""
    slow, absurd = Moving(50.0, 10.0), Moving(50.0, 10.0, speed=10_000.0)
    assert pairs(slow, absurd, air=Separation(9_260, 1_000, LONGEST_PATH_M // 10_000)) == [(0, 1)]
    found = losses(states_of([slow, absurd, slow]), Separation(9_260, 1_000, 201))
    assert found.uncompared.tolist() == [1]
    assert list(zip(found.a.tolist(), found.b.tolist(), strict=True)) == [(0, 2)]


@pytest.mark.parametrize(("limit", "most"), [("MOST_LOSSES", 50), ("MOST_COMPARED", 4_000)])
def test_a_crowd_is_cut_short_and_said_to_be_and_hides_nobody(
    limit: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W-C8: 60 tracks in one place are 1,770 pairs; the pair elsewhere is found all the same."""
    crowd = [Moving(0.0, 0.0)] * 60
    others = [Moving(50.0, 10.0)] * 2 + [Moving(-50.0, 10.0)] * 2
    states = states_of(crowd[:30] + others + crowd[30:])
    assert len(losses(states)) == 1_772
    monkeypatch.setattr(approach, limit, most)
    found = losses(states)
    assert not found.complete
    assert 2 < len(found) < 1_000
    assert {(30, 31), (32, 33)} <= set(zip(found.a.tolist(), found.b.tolist(), strict=True))


def test_no_more_is_reported_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """W-C8, over all cells."""
    states = states_of([Moving(2.0 * k, 0.0) for k in range(30) for _ in range(2)])
    assert len(losses(states)) == 30
    monkeypatch.setattr(approach, "MOST_LOSSES", 30)
    assert losses(states).complete
    monkeypatch.setattr(approach, "MOST_LOSSES", 12)
    found = losses(states)
    assert (len(found), found.complete) == (12, False)


@pytest.mark.parametrize(
    "terms",
    [
        (0, 1_000, 300), (-1, 1_000, 300), (100_001, 1_000, 300), (math.nan, 1_000, 300),
        (9_260.0, 1_000, 300), (True, 1_000, 300), (9_260, 0, 300), (9_260, math.inf, 300),
        (9_260, 100_001, 300), (9_260, 1_000, 0), (9_260, 1_000, 3_601), (None, 1_000, 300),
        (9_260, 1_000, None), (None, None, 300), (9_260, None, None),
    ],
)  # fmt: skip
def test_senseless_terms_are_refused(terms: tuple[int, int | None, int]) -> None:
    """W-C1."""
    with pytest.raises(InvalidValue, match="whole number"):
        Separation(*terms)
