"""Five outcomes, never mixed; counts that nobody knows; silence that is not ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk.contact_record import (
    DAY,
    Attempt,
    Count,
    Pair,
    Row,
    as_it_stood,
    attempts,
    commented,
    ends,
    matrix,
    routes_used,
    within,
)
from firebreak.desk.entries.calls import VoiceLog
from firebreak.desk.entries.checks import CheckTried, DrillCalled
from firebreak.desk.entries.contacts import Certainty, ContactTold, Direction, Rung, Source, Struck
from firebreak.desk.entries.offices import Counterpart, Level
from firebreak.desk.journal import Kept
from firebreak.desk.outcomes import outcome_of_call
from firebreak.desk.tables import Standing
from firebreak.errors import InvalidValue
from firebreak.records.calls import CallAnswer, CallReply, CallState, CallStep
from firebreak.records.contacts import Outcome, Precision, Way
from firebreak.records.kinds import Statement, Topic
from firebreak.records.slots import Words
from firebreak.values import Millis
from tests.desk.contact_example import OURS, PARTY, THEIRS, a_call, contacted
from tests.desk.kept import Diary
from tests.worlds import HOUR, MINUTE, NOW, a_query

CHIEFS = Pair(OURS, PARTY, THEIRS)


def found_in(diary: Diary, now: int = NOW) -> list[Attempt]:
    return attempts(diary.counting(), [], Millis(now), "ALPHA")


def row_of(diary: Diary, now: int = NOW, pair: Pair = CHIEFS) -> Row:
    rows = matrix(diary.counting(), found_in(diary, now), Millis(now))
    return next(row for row in rows if row.pair == pair)


def test_each_outcome_is_counted_for_itself_alone() -> None:
    diary = Diary()
    for outcome in Outcome:
        diary.note(contacted(outcome))
    row = row_of(diary)
    counts = (row.undelivered, row.unanswered, row.declined, row.held)
    assert counts == (Count(1), Count(1), Count(1), Count(1))
    assert (row.attempted, row.not_attempted) == (Count(4), False)


def test_a_pair_that_nobody_of_ours_tried_is_kept_and_not_attempted() -> None:
    diary = Diary()
    diary.note(Counterpart("foreign minister", PARTY, "foreign minister", Level.POLITICAL))
    diary.note(contacted(Outcome.NOT_ATTEMPTED))
    ministers = Pair("foreign minister", PARTY, "foreign minister")
    for row in (row_of(diary), row_of(diary, pair=ministers)):
        assert row.not_attempted
        assert row.silent_days is None
        assert (row.unanswered, row.declined) == (Count(), Count())


def test_a_count_that_nobody_knows_stays_unknown_however_many_are_known() -> None:
    diary = Diary()
    diary.note(contacted(Outcome.DECLINED, count=None))
    diary.note(contacted(Outcome.DECLINED, count=3))
    row = row_of(diary)
    assert (str(row.declined), str(row.attempted)) == ("unknown", "unknown")
    assert row.declined.least == 4
    assert str(row.held) == "0"


@given(st.lists(st.one_of(st.none(), st.integers(1, 9)), max_size=8))
def test_counts_add_up_or_are_unknown(counts: list[int | None]) -> None:
    total = Count()
    for count in counts:
        total = total.plus(count)
    known = [count for count in counts if count is not None]
    unknown = len(known) < len(counts)
    assert str(total) == ("unknown" if unknown else str(sum(known)))
    assert total.least == sum(known) + len(counts) - len(known)


_NEVER = set(Standing) - {
    Standing.BEGUN,
    Standing.ENDED,
    Standing.BROKEN_OFF,
    Standing.DECLINED,
    Standing.NOT_AT_THIS_TIME,
    Standing.REQUESTED,
    Standing.AWAITING_AUTHORITY,
    Standing.LAPSED,
}


@pytest.mark.parametrize("standing", sorted(_NEVER))
def test_no_other_standing_of_a_call_is_anybodys_silence(standing: Standing) -> None:
    lapsed = standing is not Standing.WITHDRAWN
    assert outcome_of_call(standing, Millis(0), lapsed, True, Millis(NOW)) is None


def test_a_request_given_up_after_they_were_silent_was_unanswered() -> None:
    for delivered, outcome in ((True, Outcome.UNANSWERED), (False, Outcome.UNDELIVERED)):
        assert outcome_of_call(Standing.WITHDRAWN, None, True, delivered, Millis(NOW)) is outcome


def test_a_call_is_unanswered_only_once_its_time_has_passed_and_it_got_there() -> None:
    due = Millis(NOW + HOUR)
    for standing in (Standing.REQUESTED, Standing.AWAITING_AUTHORITY):
        assert outcome_of_call(standing, due, False, True, Millis(NOW)) is None
        assert outcome_of_call(standing, due, False, True, due) is Outcome.UNANSWERED
        assert outcome_of_call(standing, due, False, False, due) is Outcome.UNDELIVERED


def test_a_call_by_telephone_counts_for_the_principals_with_what_became_of_it() -> None:
    diary = Diary()
    declined = diary.say(a_call(), answer_by=HOUR)
    diary.say(CallAnswer(CallReply.DECLINED, reason="on leave"), declined, by=Direction.THEIRS)
    held = diary.say(a_call(), answer_by=HOUR, at=NOW + MINUTE)
    diary.say(CallState(CallStep.BEGUN, 0), held, at=NOW + 30 * MINUTE)
    diary.say(a_call(), answer_by=HOUR, at=NOW + 2 * MINUTE)
    row = row_of(diary, NOW + 2 * HOUR)
    assert (row.declined, row.held, row.unanswered) == (Count(1), Count(1), Count(1))
    assert row.median_answer_ms == 0
    reasons = {each.stated_reason for each in found_in(diary, NOW + 2 * HOUR)}
    assert reasons == {None, "on leave"}


def test_their_request_that_we_did_not_answer_is_no_silence_of_theirs() -> None:
    diary = Diary()
    diary.say(a_call(), answer_by=HOUR, by=Direction.THEIRS)
    row = row_of(diary, NOW + 9 * HOUR, Pair(THEIRS, PARTY, OURS))
    assert (row.unanswered, row.attempted, row.by_them) == (Count(), Count(), Count(1))
    assert row.open == 1


def test_by_telephone_somebody_answered_by_fax_nobody_may_have() -> None:
    diary = Diary()
    diary.say(a_query(), answer_by=10 * MINUTE)
    diary.say(Statement(Topic.OTHER, Words("en", "Fog.")), way=Way.FAX)
    diary.say(a_query(), answer_by=10 * MINUTE, way=Way.FAX)
    duty = Pair("air duty officer", PARTY, "duty officer")
    row = row_of(diary, NOW + HOUR, duty)
    assert (row.held, row.unanswered, row.open) == (Count(1), Count(1), 1)


def test_a_voice_log_and_a_line_check_are_contacts() -> None:
    diary = Diary()
    gist = Words("en", "The exercise ends today.")
    diary.note(
        VoiceLog(PARTY, THEIRS, OURS, Way.VOICE, Millis(NOW - 3 * DAY), 12, ("A", "B"), None, gist)
    )
    logged = row_of(diary)
    assert (logged.held, logged.attempted.least, str(logged.attempted)) == (Count(1), 0, "unknown")
    quiet = Words("en", "Fog here.")
    for heard in (quiet, None):
        diary.note(
            CheckTried(PARTY, THEIRS, Way.VOICE, Millis(NOW - HOUR), None, quiet, heard, False)
        )
    row = row_of(diary)
    assert (row.held, row.silent_days) == (Count(1), 3)
    checks = row_of(diary, pair=Pair("air duty officer", PARTY, THEIRS))
    assert (checks.held, checks.unanswered, checks.silent_days) == (Count(1), Count(1), 0)


def test_silence_is_held_against_the_cadence_agreed_and_as_of_a_time() -> None:
    diary = Diary()
    diary.note(Counterpart(OURS, PARTY, THEIRS, Level.MILITARY, cadence_days=30))
    diary.note(contacted(Outcome.HELD, happened=NOW - 31 * DAY))
    row = row_of(diary)
    assert (row.silent_days, row.overdue) == (31, True)
    assert not row_of(diary, NOW - DAY).overdue
    before = matrix(diary.counting(), found_in(diary), Millis(NOW - 40 * DAY))
    assert [(row.pair, row.held, row.silent_days) for row in before] == [(CHIEFS, Count(), None)]


def test_routes_are_those_that_something_went_by() -> None:
    diary = Diary()
    diary.note(contacted(Outcome.HELD, rung=Rung.THIRD_STATE))
    diary.note(contacted(Outcome.UNDELIVERED, rung=Rung.DEFENCE_ATTACHE))
    diary.note(contacted(Outcome.NOT_ATTEMPTED, rung=Rung.FOREIGN_MINISTER))
    assert routes_used(found_in(diary)) == ["defence-attache", "third-state"]


@given(
    st.integers(0, 4_000_000_000_000).map(Millis),
    st.sampled_from(Precision),
)
def test_a_time_lies_in_its_minute_hour_day_month_or_year(at: Millis, precision: Precision) -> None:
    end = ends(at, precision)
    assert at <= end < at + 367 * DAY
    assert ends(end, precision) == end
    assert ends(Millis(end + 1), precision) > end
    form = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H", "%Y-%m-%d", "%Y-%m", "%Y")[precision - 1]
    first, last, next_ = (
        datetime.fromtimestamp(each / 1_000, UTC).strftime(form) for each in (at, end, end + 1)
    )
    assert first == last != next_


def test_silence_is_not_counted_from_a_day_that_nobody_knows() -> None:
    month = Millis(1_646_092_800_000)  # 2022-03-01
    diary = Diary()
    diary.note(Counterpart(OURS, PARTY, THEIRS, Level.MILITARY, cadence_days=5))
    diary.note(contacted(Outcome.HELD, happened=month, precision=Precision.MONTH))
    row = row_of(diary, month + 22 * DAY)
    assert (row.silent_days, row.overdue) == (None, False)
    assert (row.last_contact, row.last_precision) == (month, Precision.MONTH)
    assert row_of(diary, month + 37 * DAY).overdue


def test_who_sought_it_may_be_unknown_and_then_so_is_how_often_each_did() -> None:
    diary = Diary()
    diary.note(contacted(Outcome.HELD, by=Direction.UNKNOWN))
    row = row_of(diary)
    assert (row.held, row.not_attempted) == (Count(1), False)
    assert (str(row.attempted), str(row.by_them)) == ("unknown", "unknown")
    with pytest.raises(InvalidValue, match="said by somebody"):
        diary.say(a_query(), by=Direction.UNKNOWN)
    with pytest.raises(InvalidValue, match="theirs to say"):
        contacted(Outcome.NOT_ATTEMPTED, by=Direction.UNKNOWN)


def test_a_period_counts_what_may_lie_in_it_and_keeps_the_last_contact_ever() -> None:
    diary = Diary()
    diary.note(contacted(Outcome.HELD, happened=NOW - 60 * DAY))
    diary.note(contacted(Outcome.DECLINED, happened=NOW - 10 * DAY, precision=Precision.MONTH))
    diary.note(contacted(Outcome.UNANSWERED, happened=NOW - 10 * DAY))
    found = found_in(diary)
    rows = matrix(diary.counting(), found, Millis(NOW), Millis(NOW - 5 * DAY))
    assert (rows[0].held, rows[0].unanswered, rows[0].declined) == (Count(), Count(), Count(1))
    assert rows[0].silent_days == 60
    assert len(within(found, Millis(NOW - 5 * DAY))) == 1


def test_a_claim_of_theirs_counts_as_nothing_but_a_claim() -> None:
    diary = Diary()
    diary.note(contacted(Outcome.HELD, happened=NOW - 3 * DAY))
    claim = replace(
        found_in(diary)[0],
        id=bytes(32),
        happened=Millis(NOW - DAY),
        by=Direction.THEIRS,
        source=Source.OTHER_SIDE,
        certainty=Certainty.CLAIMED,
    )
    rows = matrix(diary.counting(), [*found_in(diary), claim], Millis(NOW))
    assert (rows[0].held, rows[0].by_them, rows[0].claimed) == (Count(1), Count(), Count(1))
    assert rows[0].silent_days == 3


def test_what_the_other_side_says_stands_at_the_entry_that_was_told_and_at_no_other() -> None:
    diary = Diary()
    first, second = (diary.note(contacted(Outcome.DECLINED), at=NOW + n) for n in range(2))
    told = Kept(9, b"r" * 32, first.entry, "", b"")  # a record's id stands for it
    diary.note(ContactTold(), first, told)
    diary.note(ContactTold(), second)  # names no record: shows nothing
    for comments, expected in (({}, "uncommented"), ({told.id: "disputed"}, "disputed")):
        found = commented(diary.counting(), found_in(diary), comments)
        by_id = {each.id: each.comment for each in found}
        assert by_id == {first.id: expected, second.id: "uncommented"}


# Real and exercise


def test_what_is_real_is_never_counted_with_exercise() -> None:
    diary = Diary()
    diary.note(Counterpart(OURS, PARTY, THEIRS, Level.MILITARY, cadence_days=5))
    diary.note(contacted(Outcome.UNANSWERED, count=4))
    diary.note(replace(contacted(Outcome.UNANSWERED, count=2), real=True))
    diary.note(replace(contacted(Outcome.HELD, happened=NOW - 9 * DAY), real=True))
    rows = matrix(diary.counting(), found_in(diary), Millis(NOW))
    assert [(row.pair, row.exercise, row.attempted, row.held) for row in rows] == [
        (CHIEFS, False, Count(3), Count(1)),
        (CHIEFS, True, Count(4), Count()),
    ]
    assert [(row.cadence_days, row.silent_days) for row in rows] == [(5, 9), (None, None)]


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 9)), max_size=6), st.booleans())
def test_each_mode_counts_its_own(rows: list[tuple[bool, int]], node_real: bool) -> None:
    diary = Diary()
    diary.note(Counterpart(OURS, PARTY, THEIRS, Level.MILITARY))
    for real, count in rows:
        diary.note(replace(contacted(Outcome.UNANSWERED, count=count), real=real))
    made = matrix(diary.counting(), found_in(diary), Millis(NOW), real=node_real)
    assert [row.exercise for row in made] == sorted({row.exercise for row in made})
    for row in made:
        expected = sum(count for real, count in rows if real is not row.exercise)
        assert row.attempted == Count(expected)
    kept_in = not (node_real or any(real for real, _ in rows))
    assert kept_in in {row.exercise for row in made}


def test_each_entry_says_its_mode_and_a_drill_is_exercise() -> None:
    diary = Diary()
    words = Words("en", "Fog here.")
    log = VoiceLog(PARTY, THEIRS, OURS, Way.VOICE, Millis(NOW), None, ("A",), None, words)
    check = CheckTried(PARTY, THEIRS, Way.VOICE, Millis(NOW), None, words, None, False)
    for real in (False, True):
        diary.note(replace(log, real=real))
        diary.note(replace(check, real=real))
    diary.note(DrillCalled(PARTY, THEIRS, Way.VOICE, Millis(NOW), Millis(NOW), None, None))
    by_id = {each.id: each.exercise for each in found_in(diary)}
    assert [by_id[kept.id] for kept in diary.entries] == [True, True, False, False, True]


# Whose word it is that a call was held


def test_their_word_alone_makes_no_call_held() -> None:
    diary = Diary()
    asked = diary.say(a_call(), answer_by=HOUR)
    diary.say(CallState(CallStep.BEGUN, 0), asked, by=Direction.THEIRS, at=NOW + MINUTE)
    later = NOW + 2 * MINUTE
    row = row_of(diary, later)
    assert (row.held, row.claimed, row.open) == (Count(), Count(1), 0)
    assert (row.attempted, row.silent_days) == (Count(1), None)
    diary.say(CallState(CallStep.ENDED, 0), asked, at=later)
    row = row_of(diary, later)
    assert (row.held, row.claimed, row.silent_days) == (Count(1), Count(), 0)


def test_a_log_that_names_a_call_shows_it_held_and_is_no_attempt() -> None:
    diary = Diary()
    asked = diary.say(a_call(), answer_by=HOUR)
    words = Words("en", "They will look.")
    at = NOW + HOUR // 2
    log = VoiceLog(
        PARTY, THEIRS, OURS, Way.VOICE, Millis(at), 5, ("A",), None, words, by=Direction.OURS
    )
    noted = diary.note(log, asked, at=at)
    before, row = row_of(diary, at - MINUTE), row_of(diary, at)
    assert (before.held, before.open) == (Count(), 1)
    assert (row.held, row.attempted, row.open) == (Count(1), Count(1), 0)
    assert row.last_contact == at
    unnamed = [kept for kept in diary.counting() if kept.id != asked.id]
    found = attempts(unnamed, [], Millis(at), "ALPHA")  # the request was struck
    assert [(each.id, each.by) for each in found] == [(noted.id, Direction.UNKNOWN)]


@pytest.mark.parametrize(
    ("by", "attempted", "by_them"),
    [
        (Direction.OURS, "1", "0"),
        (Direction.THEIRS, "0", "1"),
        (Direction.UNKNOWN, *["unknown"] * 2),
    ],
)
def test_a_log_counts_for_who_sought_it(by: Direction, attempted: str, by_them: str) -> None:
    diary = Diary()
    words = Words("en", "They will look.")
    diary.note(VoiceLog(PARTY, THEIRS, OURS, Way.VOICE, Millis(NOW), 5, ("A",), None, words, by=by))
    row = row_of(diary)
    assert (str(row.attempted), str(row.by_them)) == (attempted, by_them)
    assert row.held == Count(1)


def test_a_begin_before_the_request_is_doubtful_and_no_last_contact() -> None:
    diary = Diary()
    asked = diary.say(a_call(), answer_by=HOUR)
    diary.say(CallState(CallStep.BEGUN, -2 * DAY), asked, at=NOW + MINUTE)
    [found] = found_in(diary, NOW + MINUTE)
    assert (found.outcome, found.doubtful, found.met) == (Outcome.HELD, True, NOW)
    diary.say(CallState(CallStep.BROKEN_OFF, 0), asked, at=NOW + 2 * MINUTE)
    diary.say(CallState(CallStep.BEGUN, 0), asked, at=NOW + 3 * MINUTE)
    [found] = found_in(diary, NOW + HOUR)
    assert (found.doubtful, found.met) == (False, NOW + 3 * MINUTE)


# As it stood


def test_what_was_said_later_did_not_count_then() -> None:
    diary = Diary()
    asked = diary.say(a_call(), answer_by=HOUR)
    no = CallAnswer(CallReply.DECLINED, reason="on leave")
    diary.say(no, asked, by=Direction.THEIRS, at=NOW + 2 * HOUR)
    other = diary.say(a_call(), answer_by=HOUR, at=NOW + MINUTE)
    diary.say(CallState(CallStep.BEGUN, 0), other, at=NOW + 3 * DAY)
    then = row_of(diary, NOW + HOUR // 2)
    assert (then.declined, then.held, then.open, then.silent_days) == (Count(), Count(), 2, None)
    lapsed = row_of(diary, NOW + HOUR + MINUTE)
    assert (lapsed.unanswered, lapsed.declined) == (Count(2), Count())
    after = row_of(diary, NOW + 3 * DAY)
    assert (after.declined, after.held, after.silent_days) == (Count(1), Count(1), 0)


def test_a_strike_counts_from_when_it_was_entered_but_for_what_was_entered_since() -> None:
    diary = Diary()
    early = diary.note(contacted(Outcome.UNANSWERED), at=NOW)
    late = diary.note(contacted(Outcome.DECLINED), at=NOW + DAY)
    kept = diary.note(contacted(Outcome.HELD), at=NOW + DAY)
    for wrong in (early, late):
        diary.note(Struck("entered twice"), wrong, at=NOW + 2 * DAY)
    then = [each.id for each in as_it_stood(diary.entries, Millis(NOW + HOUR))]
    assert then == [early.id, kept.id]
    assert as_it_stood(diary.entries, Millis(NOW + 2 * DAY)) == [kept]


def test_a_reason_is_stated_only_where_they_declined() -> None:
    """JN-9"""
    for outcome in set(Outcome) - {Outcome.DECLINED}:
        with pytest.raises(InvalidValue, match="why they declined"):
            replace(contacted(outcome), stated_reason="on leave")
    assert replace(contacted(Outcome.DECLINED), stated_reason="on leave").stated_reason
