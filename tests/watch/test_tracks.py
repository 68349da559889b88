"""The table of tracks: what is taken, what is doubted and why, and when trust comes back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.values import DEGREE, Millis
from firebreak.watch.doubts import Doubt, doubts_text
from firebreak.watch.motion import distance_m
from firebreak.watch.reports import ABSENT, Domain, Reports, joined
from firebreak.watch.tracks import MOST_TRACKS, PATIENCE, Taken, Track, Tracks
from firebreak.watch.tracks_fold import LONGEST_BETWEEN_MS
from tests.watch.examples import NOON, flown, recorded, reports

SECOND = 1_000


def after(*lots: Reports) -> Track:
    """The one track of these reports, given a second at a time as they come."""
    tracks = Tracks()
    every = joined(lots)
    for at in np.unique(every.at):
        tracks.take(every.take(every.at == at))
    assert len(tracks) == 1
    return tracks.track(0, Millis(int(every.at.max())))


def test_a_steady_flight_is_trusted_and_stands_where_it_reported() -> None:
    track = after(flown(range(0, 600, 5)))
    assert track.doubts == Doubt(0)
    assert track.plausible is None
    assert track.trusted == track.position


def test_reports_may_come_in_any_order_and_twice() -> None:  # W-T1, W-T2
    whole = flown(range(0, 100, 5))
    ordered, mixed = Tracks(), Tracks()
    ordered.take(whole)
    order = np.random.default_rng(1).permutation(len(whole))
    assert mixed.take(joined([whole.take(order), whole])) == Taken(1, 20, 0, 20, 0)
    assert mixed.track(0, NOON) == ordered.track(0, NOON)


def test_two_sources_of_one_identity_are_one_track() -> None:  # W-T2
    one, two = flown(range(0, 100, 4)), flown(range(2, 100, 4))
    two = replace(two, source=np.full(len(two), 1, np.int16))
    tracks = Tracks()
    tracks.take(joined([one, two]))
    assert len(tracks) == 1
    assert tracks.track(0, NOON).source == 1
    assert tracks.track(0, NOON).doubts == Doubt(0)


def test_a_repeated_report_makes_a_track_no_younger() -> None:  # W-T3
    tracks = Tracks()
    last = flown([0])
    tracks.take(last)
    again = replace(last, at=last.at + 30 * SECOND)
    assert tracks.take(again).unchanged == 1
    assert tracks.track(0, NOON).at == NOON


def test_a_track_is_moved_ahead_then_left_then_dropped_then_forgotten() -> None:  # W-T4 to W-T6
    patience = PATIENCE[Domain.AIR]
    tracks = Tracks()
    tracks.take(flown([0], speed_kt=400))
    soon = tracks.states(Millis(NOON + 30 * SECOND))
    true = flown([30], speed_kt=400)
    assert distance_m(soon.latitude_e7, soon.longitude_e7, true.latitude_e7, true.longitude_e7) < 1
    assert soon.accuracy_m[0] >= 0.1 * 205 * 30
    late = tracks.states(Millis(NOON + patience.coast + 60 * SECOND))
    left = tracks.states(Millis(NOON + patience.coast))
    assert late.longitude_e7[0] == left.longitude_e7[0]
    assert tracks.stale(late).tolist() == [True]
    assert tracks.stale(soon.take(np.array([], np.int64))).tolist() == []
    assert len(tracks.states(Millis(NOON + patience.drop + 1))) == 0
    assert len(tracks) == 1
    assert tracks.forget_old(Millis(NOON + patience.forget + 1)).tolist() == [0]
    assert len(tracks) == 0


def test_a_row_is_used_again_and_carries_nothing_over() -> None:
    tracks = Tracks()
    tracks.take(reports([NOON], [0.0], [0.0]))
    tracks.forget_old(Millis(NOON + PATIENCE[Domain.AIR].forget + 1))
    later = flown([0], who=0xABC002, start=NOON + 3 * PATIENCE[Domain.AIR].forget)
    tracks.take(later)
    assert tracks.track(0, NOON).doubts == Doubt(0)
    assert tracks.track(0, NOON).identity == later.identity[0]


def test_a_climbing_track_climbs_while_it_coasts() -> None:
    tracks = Tracks()
    tracks.take(reports([NOON], [52], [20], climb_fpm=1_200, speed_kt=300))
    assert tracks.states(Millis(NOON + 30 * SECOND)).height_ft.tolist() == [10_600]


def test_an_unknown_height_stays_unknown() -> None:
    tracks = Tracks()
    tracks.take(reports([NOON], [52], [20], height_ft=None, climb_fpm=1_200, speed_kt=300))
    assert tracks.states(Millis(NOON + 30 * SECOND)).height_ft.tolist() == [ABSENT]


def test_speed_and_course_are_worked_out_where_no_source_says_them() -> None:
    silent = flown(range(0, 60, 5), speed_kt=400, course=90)
    absent = np.full(len(silent), ABSENT, np.int32)
    track = after(replace(silent, speed_cm_s=absent, course_cd=absent))
    assert abs(track.speed_cm_s - 400 * 51.4444) < 250
    assert abs(track.course_cd - 9_000) < 100
    assert track.doubts == Doubt(0)


def test_an_impossible_jump_is_doubtful_and_the_plausible_path_goes_on() -> None:  # W-T8
    track = after(flown(range(0, 120, 5)), flown(range(120, 150, 5), latitude=54.0))
    assert track.doubts == Doubt.JUMP
    assert track.doubtful_since == NOON + 120 * SECOND
    assert track.plausible is not None
    there = flown([145])
    held = track.plausible
    way = distance_m(
        there.latitude_e7,
        there.longitude_e7,
        np.array([held.latitude_e7], np.int32),
        np.array([held.longitude_e7], np.int32),
    )
    assert way[0] < 100
    assert track.position.latitude_e7 > 53 * DEGREE


def test_a_fast_aircraft_is_not_doubted() -> None:
    assert after(flown(range(0, 300, 4), speed_kt=1_300)).doubts == Doubt(0)


def test_positions_that_outrun_the_reported_speed_are_doubtful() -> None:  # W-T9
    fast = flown(range(0, 200, 5), speed_kt=900)
    slow = np.full(len(fast), round(300 * 51.4444), np.int32)
    track = after(replace(fast, speed_cm_s=slow))
    assert track.doubts == Doubt.SPEED


def test_positions_that_creep_under_the_reported_speed_are_doubtful() -> None:  # W-T9
    slow = flown(range(0, 200, 5), speed_kt=100)
    fast = np.full(len(slow), round(480 * 51.4444), np.int32)
    assert after(replace(slow, speed_cm_s=fast)).doubts == Doubt.SPEED


def test_circling_is_not_creeping() -> None:
    seconds = np.arange(0, 600, 5)
    turn = np.radians(seconds * 3.0)
    radius = 205.8 / np.radians(3.0) / 111_200
    circling = reports(
        (NOON + seconds * SECOND).tolist(),
        (52 + radius * np.sin(turn)).tolist(),
        (20 - radius * np.cos(turn) / np.cos(np.radians(52))).tolist(),
        speed_kt=400,
        course=(np.degrees(turn) % 360).tolist(),
    )
    assert after(circling).doubts == Doubt(0)


def test_too_slow_for_its_height_is_doubtful_after_three_reports() -> None:  # W-T10
    assert after(flown([0, 5], speed_kt=60, height_ft=38_000)).doubts == Doubt(0)
    assert after(flown([0, 5, 10, 15], speed_kt=60, height_ft=38_000)).doubts == Doubt.SLOW_AND_HIGH
    assert after(flown(range(0, 60, 5), speed_kt=60, height_ft=9_000)).doubts == Doubt(0)


def test_what_comes_up_elsewhere_and_slow_does_not_replace_what_was_trusted() -> None:  # W-T15
    gap = LONGEST_BETWEEN_MS // SECOND + 600
    before = flown(range(0, 100, 5), speed_kt=480, height_ft=38_000)
    then = flown(range(gap, gap + 30, 2), speed_kt=50, height_ft=38_000, latitude=53.0)
    track = after(before, then)
    assert Doubt.SLOW_AND_HIGH in track.doubts
    assert track.trusted_at == NOON + 95 * SECOND


def test_a_frozen_position_with_new_claims_is_doubtful() -> None:  # W-T11
    moving = flown(range(0, 60, 5))
    held = joined([moving.take(np.full(40, 11))])
    frozen = replace(
        held,
        at=NOON + np.arange(60, 260, 5) * SECOND,
        course_cd=(held.course_cd + np.arange(40) * 10).astype(np.int32),
    )
    assert after(moving, frozen.take(slice(0, 15))).doubts == Doubt(0)
    assert after(moving, frozen).doubts == Doubt.FROZEN


def test_one_identity_in_two_places_is_doubtful() -> None:  # W-T12
    here, there = flown(range(0, 120, 4)), flown(range(2, 120, 4), latitude=55.0)
    track = after(here, there)
    assert track.doubts == Doubt.JUMP | Doubt.TWO_PLACES


def test_nowhere_is_doubtful() -> None:  # W-T13
    assert after(reports([NOON], [0.0], [0.0])).doubts == Doubt.NOWHERE


def test_a_height_in_two_units_is_doubtful_and_one_spike_is_not() -> None:  # W-T14
    seconds = range(0, 200, 5)
    feet, metres = flown(seconds), flown(range(2, 200, 5), height_ft=9_144)
    assert after(feet, metres).doubts == Doubt.HEIGHT
    spiked = feet.height_ft.copy()
    spiked[20] = 9_144
    track = after(replace(feet, height_ft=spiked))
    assert track.doubts == Doubt(0)
    assert track.height_ft == 30_000


def test_trust_comes_back_after_a_minute_where_it_can_have_gone() -> None:  # W-T15
    away = flown(range(120, 140, 5), latitude=54.0)
    back = flown(range(140, 230, 5))
    assert after(flown(range(0, 120, 5)), away, back.take(slice(0, 10))).doubts == Doubt.JUMP
    assert after(flown(range(0, 120, 5)), away, back).doubts == Doubt(0)


def test_trust_does_not_come_back_where_it_cannot_have_gone() -> None:  # W-T15
    away = flown(range(120, 400, 5), latitude=62.0)
    assert after(flown(range(0, 120, 5)), away).doubts == Doubt.JUMP


def test_the_disturbed_airliner_is_doubtful_while_it_is_false_and_only_then() -> None:
    flight = recorded("gnss-disturbed-airliner.csv.gz")
    tracks = Tracks()
    doubtful = []
    for at in np.unique(flight.at):
        tracks.take(flight.take(flight.at == at))
        doubtful.append(bool(tracks.track(0, Millis(int(at))).doubts))
    times = np.unique(flight.at)
    first, last = times[doubtful].min(), times[doubtful].max()
    minute = 60 * SECOND
    false_from, false_until = 1_726_565_061_000, 1_726_567_091_000  # 09:24:21Z, 09:58:11Z
    assert false_from <= first <= false_from + 10 * SECOND
    assert false_until <= last <= false_until + 2 * minute
    assert all(flag for flag, at in zip(doubtful, times, strict=True) if first <= at <= last)


@pytest.mark.parametrize("name", ["clean-bornholm.csv.gz", "clean-vienna.csv.gz"])
def test_clean_flights_are_never_doubted(name: str) -> None:
    flight = recorded(name)
    tracks = Tracks()
    for at in np.unique(flight.at):
        tracks.take(flight.take(flight.at == at))
        assert tracks.doubts(Millis(int(at)))[0].tolist() == []


@settings(max_examples=40, deadline=None)
@given(
    latitude=st.floats(1, 80) | st.floats(-80, -1),  # 0 N 0 E is doubtful
    longitude=st.floats(-180, 179.9),
    speed=st.floats(0, 1_200),
    course=st.floats(0, 359.9),
    step=st.integers(1, 15),
)
def test_no_honest_straight_flight_is_doubted_anywhere_on_earth(
    latitude: float, longitude: float, speed: float, course: float, step: int
) -> None:
    honest = flown(
        range(0, 40 * step, step),
        latitude=latitude,
        longitude=longitude,
        speed_kt=speed,
        course=course,
        height_ft=9_000,
    )
    # A geodesic's course changes; close to a pole faster than any turn.
    if abs(latitude) + speed * 40 * step / 3_600 / 60 < 85:
        assert after(honest).doubts == Doubt(0)


def test_the_table_has_room_for_so_many_and_counts_the_rest() -> None:
    tracks = Tracks()
    count = MOST_TRACKS + 10
    whole = reports([NOON], [52], [20]).take(np.zeros(count, np.int64))
    many = replace(whole, identity=whole.identity + np.arange(count))
    taken = tracks.take(many)
    assert (taken.new, taken.no_room) == (MOST_TRACKS, 10)
    assert len(tracks) == MOST_TRACKS


def test_reasons_are_said_in_words() -> None:
    assert doubts_text(Doubt.JUMP | Doubt.SPEED) == (
        "position jumped further than it can have travelled; speed contradicts position"
    )
    assert all(doubts_text(reason) for reason in Doubt)


def test_latitude_and_longitude_exchanged_by_one_source_are_noticed() -> None:
    """Beside a sound source: the track is doubtful, and its plausible path stays where it flies."""
    sound, odd = flown(range(0, 200, 4)), flown(range(2, 200, 4))
    exchanged = replace(odd, latitude_e7=odd.longitude_e7, longitude_e7=odd.latitude_e7)
    track = after(sound, exchanged)
    assert Doubt.TWO_PLACES in track.doubts
    assert track.plausible is not None
    assert abs(track.plausible.latitude_e7 - 52 * DEGREE) < DEGREE // 10


def test_a_clock_wrong_by_hours_does_not_move_a_track_back() -> None:  # W-T1
    tracks = Tracks()
    tracks.take(flown(range(0, 100, 5)))
    before = tracks.track(0, NOON)
    wrong = flown(range(0, 100, 5), start=NOON - 3 * 3_600_000, latitude=53.0)
    assert tracks.take(wrong).late == len(wrong)
    assert tracks.track(0, NOON) == before
