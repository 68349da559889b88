"""The reachability drill: what we did not call is ours, and nights and weekends are theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk.contact_record import attempts
from firebreak.desk.drill import CALL_WITHIN, Drill, Reached, drills, slot_of
from firebreak.desk.entries.checks import DrillCalled, DrillPlanned
from firebreak.errors import InvalidValue
from firebreak.records.contacts import Outcome, Way
from firebreak.values import Millis
from tests.desk.kept import Diary
from tests.worlds import HOUR, NOW

OFFICES = ("duty officer", "watch officer")
TIMES = tuple(Millis(NOW + n * 3 * HOUR) for n in range(8))


def called(office: str, time: int, took: int | None) -> DrillCalled:
    by = None if took is None else "whoever was there"
    return DrillCalled("BRAVO", office, Way.VOICE, Millis(time), Millis(time), by, took)


def planned(diary: Diary, now: int) -> Drill:
    (drill,) = drills(diary.counting(), Millis(now))
    return drill


def test_each_call_is_ahead_due_then_ours_not_attempted_unless_it_was_made() -> None:
    diary = Diary()
    plan = diary.note(DrillPlanned("BRAVO", OFFICES, TIMES))
    first = planned(diary, NOW - 1).calls[0]
    assert first.reached is Reached.AHEAD
    assert planned(diary, NOW).calls[0].reached is Reached.DUE
    assert planned(diary, NOW + CALL_WITHIN).calls[0].reached is Reached.NOT_ATTEMPTED
    diary.note(called("duty officer", TIMES[0], 40_000), plan)
    diary.note(called("watch officer", TIMES[0], None), plan)
    drill = planned(diary, NOW + 30 * HOUR)
    assert [call.reached for call in drill.calls[:2]] == [Reached.ANSWERED, Reached.UNANSWERED]
    assert {call.reached for call in drill.calls[2:]} == {Reached.NOT_ATTEMPTED}
    assert drill.done
    duty, watch = drill.offices
    assert (duty.called, duty.answered, duty.median_took) == (1, 1, 40_000)
    assert (watch.called, watch.answered, watch.longest_took) == (1, 0, None)
    outcomes = [each.outcome for each in attempts(diary.counting(), [], Millis(NOW), "ALPHA")]
    assert outcomes == [Outcome.HELD, Outcome.UNANSWERED] or set(outcomes) == {
        Outcome.HELD,
        Outcome.UNANSWERED,
    }


def test_a_call_of_another_drill_or_time_is_not_of_this_one() -> None:
    diary = Diary()
    plan = diary.note(DrillPlanned("BRAVO", OFFICES, TIMES))
    other = diary.note(DrillPlanned("BRAVO", OFFICES, TIMES[:1], 60))
    diary.note(called("duty officer", TIMES[0], 1), other)
    newest, first = drills(diary.counting(), NOW)
    assert (newest.id, first.id) == (other.id, plan.id)
    assert newest.calls[0].reached is Reached.ANSWERED
    assert all(call.called is None for call in first.calls)


@given(st.integers(-720, 840), st.integers(0, 4_000_000_000_000))
def test_night_and_weekend_are_by_their_clock(ahead: int, time: int) -> None:
    diary = Diary()
    diary.note(DrillPlanned("BRAVO", ("duty officer",), (Millis(time),), ahead))
    call = planned(diary, NOW).calls[0]
    there = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=time)
    there = there.astimezone(timezone(timedelta(minutes=ahead)))
    assert call.night == (there.hour >= 22 or there.hour < 6)
    assert call.weekend == (there.weekday() >= 5)


def test_a_call_is_of_the_nearest_time_of_its_office() -> None:
    diary = Diary()
    diary.note(DrillPlanned("BRAVO", OFFICES, TIMES))
    drill = planned(diary, NOW)
    near = slot_of(drill, "watch officer", TIMES[1] + HOUR)
    assert near is not None
    assert (near.office, near.planned) == ("watch officer", TIMES[1])
    assert slot_of(drill, "chief of staff", NOW) is None


def test_who_answered_and_how_fast_are_said_together_and_times_once() -> None:
    with pytest.raises(InvalidValue, match="or neither"):
        DrillCalled("BRAVO", "o", Way.VOICE, NOW, NOW, "somebody", None)
    with pytest.raises(InvalidValue, match="out of order"):
        DrillPlanned("BRAVO", ("o",), (Millis(2), Millis(1)))
    with pytest.raises(InvalidValue, match="stands twice"):
        DrillPlanned("BRAVO", ("o", "o"), (Millis(1),))
