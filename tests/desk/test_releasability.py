"""The releasability gate: what it lets out, how coarse, how late, and what it refuses."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk.releasability import (
    STANDARD,
    Override,
    Owner,
    Released,
    TrackTerms,
    coarse,
    override,
    release,
    track_terms,
)
from firebreak.errors import Misuse, Refused
from firebreak.records.agreement import Channel
from firebreak.records.kinds import Kind
from firebreak.values import DEGREE, HeightReference, HeightUnit, Millis, Position
from firebreak.volumes import distance_m
from tests.desk.sightings import NOW, SEEN, seen
from tests.worlds import World

TERMS = TrackTerms(Channel.AIR, 1_000, 0)
LATE = TrackTerms(Channel.AIR, 1_000, 60_000)
ALLOWED = override(["Major One", "Captain Two"], "to clear up a false crossing", NOW)

POSITIONS = st.builds(
    Position,
    st.integers(-90 * DEGREE, 90 * DEGREE),
    st.integers(-180 * DEGREE, 180 * DEGREE - 1),
)


@given(POSITIONS, st.integers(2, 1_000_000))
def test_a_coarse_position_is_near_and_on_a_fixed_grid(position: Position, precision: int) -> None:
    made = coarse(position, precision)  # W-G2
    assert distance_m(position, made) <= 0.7072 * precision * 1.02 + 1
    assert coarse(made, precision) == made


@given(POSITIONS, st.integers(1_000, 100_000), st.integers(0, 300), st.integers(0, 300))
def test_no_cell_is_finer_than_agreed(position: Position, precision: int, dy: int, dx: int) -> None:
    """Two positions that are told apart belong to cells whose middles are a cell apart."""  # W-G2
    latitude = min(position.latitude_e7 + dy * 10_000, 90 * DEGREE)
    longitude = (position.longitude_e7 + dx * 10_000 + 180 * DEGREE) % (360 * DEGREE)
    other = Position(latitude, longitude - 180 * DEGREE)
    one, two = coarse(position, precision), coarse(other, precision)
    in_one_row = one.latitude_e7 == two.latitude_e7 and abs(one.latitude_e7) < 89 * DEGREE
    if one != two and (in_one_row or one.longitude_e7 == two.longitude_e7):
        assert distance_m(one, two) >= 0.98 * precision


def test_asking_often_does_not_find_the_exact_position() -> None:  # W-G2
    step = 100
    told = {coarse(seen(east=step * k).position, 1_000) for k in range(200)}
    assert len(told) <= 4


def test_what_goes_out_is_coarse_and_without_the_sensor() -> None:  # W-G2, W-G5
    out = release([SEEN], TERMS, {}, {}, NOW)
    assert out.position == coarse(SEEN.position, 1_000) != SEEN.position
    assert out.height is not None
    assert (out.height.value, out.height.unit) == (380, HeightUnit.HUNDREDS_OF_FEET)
    assert (out.speed_kt, out.course_degrees) == (50, 260)
    assert (out.precision_m, out.delay_ms, out.override) == (1_000, 0, None)
    assert {field.name for field in fields(Released)}.isdisjoint({"source", "sensor", "accuracy"})


@pytest.mark.parametrize("identity", ["sensor:25/10/1234", "name:00deadbeef0000"])
def test_a_number_that_our_sensor_gave_does_not_go_out(identity: str) -> None:  # W-G5
    assert release([seen(identity)], TERMS, {}, {}, NOW).label == "track"
    assert release([seen(identity)], TERMS, {}, {identity: "FB-0417"}, NOW).label == "FB-0417"


def test_what_the_craft_itself_broadcasts_may_be_said() -> None:
    assert release([SEEN], TERMS, {}, {}, NOW).label == "icao 4baac6"


def test_the_agreed_delay_takes_an_older_sighting() -> None:  # W-G3
    trail = [seen(), seen(ago_ms=61_000, east=-500_000), seen(ago_ms=90_000, east=-900_000)]
    out = release(trail, LATE, {}, {}, NOW)
    assert out.observed_at == NOW - 61_000
    assert out.position == coarse(trail[1].position, 1_000)


def test_nothing_goes_out_before_the_delay_is_over() -> None:  # W-G3
    with pytest.raises(Refused, match="Wait 58 s"):
        release([seen()], LATE, {}, {}, NOW)


@given(st.lists(st.integers(0, 600_000), min_size=1, max_size=12), st.integers(0, 300_000))
def test_no_sighting_goes_out_younger_than_agreed(ages: list[int], delay: int) -> None:  # W-G3
    trail = [seen(ago_ms=age) for age in ages]
    terms = TrackTerms(Channel.AIR, 1_000, delay)
    if max(ages) < delay:
        with pytest.raises(Refused):
            release(trail, terms, {}, {}, NOW)
    else:
        assert release(trail, terms, {}, {}, NOW).observed_at <= NOW - delay


def test_a_track_of_someone_not_party_does_not_go_out() -> None:  # W-G4
    owners = {SEEN.identity: Owner.ANOTHERS}
    with pytest.raises(Refused, match="not party"):
        release([SEEN], TERMS, owners, {}, NOW)
    for owner in (Owner.UNKNOWN, Owner.THEIRS, Owner.OURS):
        out = release([SEEN], TERMS, {SEEN.identity: owner}, {}, NOW)
        assert out.observed_at == SEEN.reported_at


def test_two_officers_may_decide_otherwise_and_it_is_kept() -> None:  # W-G7
    owners = {SEEN.identity: Owner.ANOTHERS}
    out = release([SEEN], LATE, owners, {}, NOW, ALLOWED)
    assert out.position == SEEN.position
    assert (out.precision_m, out.delay_ms) == (0, 0)
    assert out.override == Override(
        ("Major One", "Captain Two"), "to clear up a false crossing", NOW
    )


@pytest.mark.parametrize(
    ("officers", "reason"),
    [
        (["Major One"], "why"),
        (["Major One", "major one "], "why"),
        (["Major One", ""], "why"),
        (["A", "B", "C"], "why"),
        ([], "why"),
        (["A", "B"], "  "),
    ],
)
def test_one_officer_or_no_reason_is_not_enough(officers: list[str], reason: str) -> None:  # W-G7
    with pytest.raises(Misuse):
        override(officers, reason, NOW)


def test_a_track_that_is_gone_says_nothing() -> None:
    with pytest.raises(Misuse, match="no longer held"):
        release([], TERMS, {}, {}, NOW)


def test_a_height_keeps_its_reference() -> None:
    over_ellipsoid = replace(SEEN, height_ft=1_237, height_reference=HeightReference.ELLIPSOID)
    height = release([over_ellipsoid], TERMS, {}, {}, NOW).height
    assert height is not None
    assert (height.value, height.unit, height.reference) == (
        1_000,
        HeightUnit.FEET,
        HeightReference.ELLIPSOID,
    )
    assert release([replace(SEEN, height_ft=None)], TERMS, {}, {}, NOW).height is None


def test_exact_terms_leave_everything_as_it_is() -> None:
    out = release([SEEN], TrackTerms(Channel.AIR, 0, 0), {}, {}, NOW)
    assert (out.position, out.speed_kt, out.course_degrees) == (SEEN.position, 53, 261)


def test_terms_come_from_the_agreement() -> None:
    agreement = World().agreement
    terms = track_terms(agreement)
    assert {each.channel for each in terms} == {
        each.channel for each in agreement.channels if Kind.QUERY in each.kinds
    }
    assert all(each.precision_m >= 1_000 for each in (*terms, *STANDARD))
    assert Millis(0) == STANDARD[0].delay_ms
