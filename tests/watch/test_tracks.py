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
from firebreak.watch.tracks import (
    HEIGHT_MS,
    MOST_OF_ONE_SOURCE,
    MOST_TRACKS,
    PATIENCE,
    REST_MS,
    SINGLE_MS,
    Taken,
    Track,
    Tracks,
)
from firebreak.watch.tracks_fold import LATEST_STRAY_MS, LONGEST_BETWEEN_MS
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


def silent(flight: Reports) -> Reports:
    """The same without speed and course."""
    absent = np.full(len(flight), ABSENT, np.int32)
    return replace(flight, speed_cm_s=absent, course_cd=absent)


def test_a_height_said_long_ago_is_unknown_while_positions_go_on() -> None:  # W-T18
    whole = flown(range(0, 720, 5), height_ft=38_000)
    once = whole.height_ft.copy()
    once[1:] = ABSENT
    whole = replace(whole, height_ft=once)
    tracks = Tracks()
    held = whole.at <= NOON + HEIGHT_MS
    tracks.take(whole.take(held))
    # The whole track may coast: then its height is as old as its position.
    assert tracks.states(Millis(NOON + HEIGHT_MS + 50 * SECOND)).height_ft.tolist() == [38_000]
    assert tracks.track(0, NOON).height_ft == 38_000
    tracks.take(whole.take(~held))
    states = tracks.states(Millis(NOON + 720 * SECOND))
    assert states.height_ft.tolist() == [ABSENT]
    assert tracks.track(0, NOON).height_ft is None
    assert tracks.reported(states.row).height_ft.tolist() == [ABSENT]
    tracks.take(flown([725], height_ft=38_000))
    assert tracks.states(Millis(NOON + 725 * SECOND)).height_ft.tolist() == [38_000]


def test_speed_and_course_are_worked_out_from_positions_faster_than_one_a_second() -> None:  # W-T17
    whole = flown(range(60), speed_kt=400, course=90)
    whole = replace(whole, at=NOON + (whole.at - NOON) // 5)  # five a second, at 2,000 kt
    whole = whole.take(np.arange(60))
    track = after(silent(whole))
    assert abs(track.speed_cm_s - 2_000 * 51.4444) < 1_250
    assert abs(track.course_cd - 9_000) < 100


@pytest.mark.parametrize("step_ms", [200, 5_000, 120_000])
def test_a_speed_said_once_does_not_stay(step_ms: int) -> None:  # W-T17
    whole = flown(range(40), speed_kt=300, course=60)
    stretched = silent(replace(whole, at=NOON + (whole.at - NOON) * step_ms // SECOND))
    speed, course = stretched.speed_cm_s.copy(), stretched.course_cd.copy()
    speed[0], course[0] = 40_000, 27_000
    track = after(replace(stretched, speed_cm_s=speed, course_cd=course))
    true = 300 * 51.4444 * SECOND / step_ms
    assert abs(track.speed_cm_s - true) < max(0.02 * true, 5)
    assert abs(track.course_cd - 6_000) < 200


def test_a_course_that_is_not_said_beside_a_speed_is_worked_out() -> None:  # W-T17
    whole = flown(range(0, 60, 5), course=60)
    track = after(replace(whole, course_cd=silent(whole).course_cd))
    assert abs(track.course_cd - 6_000) < 100
    assert track.speed_cm_s == whole.speed_cm_s[0]


def test_speed_and_course_are_worked_out_where_no_source_says_them() -> None:
    track = after(silent(flown(range(0, 60, 5), speed_kt=400, course=90)))
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


def test_claims_without_a_new_position_do_not_keep_a_track_watched() -> None:  # W-T6
    drop = PATIENCE[Domain.AIR].drop // SECOND
    tracks = Tracks()
    tracks.take(flown(range(0, 60, 5)))
    last = flown([55])
    for second in range(60, 60 + drop, 5):
        course = (last.course_cd + second).astype(np.int32)
        tracks.take(replace(last, at=last.at + (second - 55) * SECOND, course_cd=course))
    assert len(tracks.watched(Millis(NOON + (55 + drop) * SECOND))) == 1
    assert len(tracks.watched(Millis(NOON + (55 + drop) * SECOND + 1))) == 0
    assert len(tracks) == 1
    tracks.take(flown([60 + drop]))
    assert len(tracks.watched(Millis(NOON + (60 + drop) * SECOND))) == 1


def test_one_identity_in_two_places_is_doubtful() -> None:  # W-T12
    here, there = flown(range(0, 120, 4)), flown(range(2, 120, 4), latitude=55.0)
    track = after(here, there)
    assert track.doubts == Doubt.JUMP | Doubt.TWO_PLACES


def test_one_identity_in_two_places_is_doubtful_though_one_clock_is_ahead() -> None:  # W-T12
    """All that the sound source says is late: it moves nothing, yet it is seen."""
    ahead, sound = flown(range(10, 120, 4)), flown(range(0, 110, 4), latitude=55.0)
    tracks = Tracks()
    tracks.take(ahead.take(slice(0, 1)))
    for number in range(1, len(ahead)):
        before = tracks.track(0, NOON)
        assert tracks.take(sound.take(slice(number, number + 1))).late == 1
        after_it = tracks.track(0, NOON)
        assert (after_it.position, after_it.at) == (before.position, before.at)
        assert (Doubt.TWO_PLACES in after_it.doubts) == (number >= 2)
        tracks.take(ahead.take(slice(number, number + 1)))
    assert tracks.track(0, NOON).doubts == Doubt.TWO_PLACES


@pytest.mark.parametrize(
    "late",
    [
        pytest.param(flown([90], latitude=55.0), id="one stray"),
        pytest.param(flown([90, 90, 90], latitude=55.0), id="one stray sent three times"),
        pytest.param(
            flown([95 - LATEST_STRAY_MS // SECOND - 1, 30], latitude=55.0),
            id="two that are too old",
        ),
        pytest.param(flown([90, 85, 40, 35]), id="late on its own path"),
        pytest.param(flown([90, 85], latitude=52.02), id="late within the slack"),
    ],
)
def test_late_reports_that_prove_no_second_place_are_no_doubt(late: Reports) -> None:  # W-T12
    tracks = Tracks()
    tracks.take(flown(range(0, 100, 5)))
    for number in range(len(late)):
        assert tracks.take(late.take(slice(number, number + 1))).late == 1
    assert tracks.track(0, NOON).doubts == Doubt(0)


def test_two_strays_far_apart_in_time_are_no_doubt() -> None:  # W-T12
    tracks = Tracks()
    for second in (0, 125):
        tracks.take(flown(range(second, second + 25, 5)))
        tracks.take(flown([second + 15], latitude=55.0))
    assert tracks.track(0, NOON).doubts == Doubt(0)


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


def crowd(count: int, *, source: int = 0, start: int = NOON, first: int = 0) -> Reports:
    """One report each of so many craft."""
    whole = reports([start], [52], [20], source=source, who=0).take(np.zeros(count, np.int64))
    return replace(whole, identity=whole.identity + first + np.arange(count))


def test_the_table_has_room_for_so_many_and_counts_the_rest() -> None:  # W-T6
    tracks = Tracks()
    assert tracks.take(crowd(MOST_TRACKS // 2)).no_room == 0
    last = crowd(MOST_TRACKS // 2 - 5, source=1, first=MOST_TRACKS)
    assert tracks.take(last).no_room == 0
    taken = tracks.take(crowd(15, source=2, first=2 * MOST_TRACKS))
    assert (taken.new, taken.no_room) == (5, 10)
    assert len(tracks) == MOST_TRACKS


def test_one_source_holds_at_most_half_of_the_table() -> None:  # W-T6
    tracks = Tracks()
    taken = tracks.take(crowd(MOST_OF_ONE_SOURCE + 10))
    assert (taken.new, taken.no_room) == (MOST_OF_ONE_SOURCE, 10)
    assert tracks.take(crowd(100, source=1, first=MOST_TRACKS)).no_room == 0
    again = tracks.take(crowd(3, first=2 * MOST_TRACKS))
    assert (again.new, again.no_room) == (0, 3)
    assert tracks.take(crowd(MOST_OF_ONE_SOURCE, start=NOON + SECOND)).moved == MOST_OF_ONE_SOURCE


def test_in_a_full_table_what_is_made_up_gives_way_to_a_new_craft() -> None:  # W-T6
    """Two made-up floods fill the table; one real craft of many reports stays, and a new one comes in."""
    tracks = Tracks()
    real = flown(range(0, 400, 5), who=0xFFF001)
    tracks.take(real)
    tracks.take(crowd(MOST_OF_ONE_SOURCE - 1))
    tracks.take(crowd(MOST_OF_ONE_SOURCE, source=1, first=MOST_TRACKS))
    assert len(tracks) == MOST_TRACKS
    soon = NOON + SINGLE_MS + 1
    assert len(tracks.watched(Millis(soon))) == MOST_TRACKS
    newcomer = flown([0], who=0xFFF002, start=soon)
    assert tracks.take(newcomer).no_room == 1
    # A row rests, not watched, before another craft has it: no advisory of the one is the other's.
    assert len(tracks.watched(Millis(soon))) == 1
    assert tracks.take(replace(newcomer, received=newcomer.at + REST_MS - 1)).no_room == 1
    later = flown([0], who=0xFFF002, start=soon + REST_MS)
    assert tracks.take(later) == Taken(1, 1, 0, 0, 0)
    assert len(tracks) == MOST_TRACKS
    states = tracks.states(Millis(soon + REST_MS))
    assert {real.identity[0], later.identity[0]} <= set(states.identity.tolist())


def test_in_a_full_table_what_is_not_watched_gives_way_first_the_oldest_before() -> None:  # W-T6
    tracks = Tracks()
    older = flown([0, 5, 10], who=0xFFF001, start=NOON - SECOND)
    newer = flown([0, 5, 10], who=0xFFF002)
    tracks.take(joined([older, newer]))
    then = NOON + PATIENCE[Domain.AIR].drop + REST_MS + 60 * SECOND
    tracks.take(crowd(MOST_OF_ONE_SOURCE - 2, start=then))
    tracks.take(crowd(MOST_OF_ONE_SOURCE, source=1, first=MOST_TRACKS, start=then))
    # Of the same lot as the newcomer, so it does not give way though it is the oldest.
    comes = joined([replace(older.take(slice(2, 3))), crowd(1, source=2, first=3 * MOST_TRACKS)])
    comes = replace(comes, received=np.full(2, then, np.int64))
    assert tracks.take(comes).no_room == 0
    held = {tracks.identity_of(row) for row in range(MOST_TRACKS)}
    assert older.identity[0] in held
    assert newer.identity[0] not in held
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
