"""What became of what was asked by other ways: no silence of theirs that nobody knows of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firebreak.desk import routes
from firebreak.desk.contact_record import Attempt, attempts
from firebreak.desk.entries.contacts import Contacted, Direction, Rung, Said
from firebreak.desk.entries.routes import RungTaken
from firebreak.desk.journal import Kept
from firebreak.desk.routes import LadderView
from firebreak.records.calls import CallAnswer, CallReply
from firebreak.records.contacts import Outcome, Way
from firebreak.records.kinds import Cancel
from firebreak.values import Millis
from tests.desk.contact_example import a_call, contacted
from tests.desk.kept import Diary
from tests.worlds import HOUR, MINUTE, NOW, a_query

LATER = Millis(NOW + 2 * HOUR)
DECLINED = CallAnswer(CallReply.DECLINED, reason="on leave")


def the_attempt(diary: Diary, now: int = LATER) -> Attempt:
    (found,) = attempts(diary.counting(), [], Millis(now), "ALPHA")
    return found


def the_ladder(diary: Diary, now: int = LATER) -> LadderView:
    (matter,) = routes.matters(diary.counting())
    return routes.view(diary.counting(), matter, Millis(now))


def outcomes(diary: Diary, now: int = LATER) -> tuple[Outcome | None, ...]:
    """As the contact record has it, then as the ladder does."""
    tries = [each.outcome for rung in the_ladder(diary, now).rungs for each in rung.tries]
    return (the_attempt(diary, now).outcome, *tries)


def unconfirmed(diary: Diary, way: Way, body: object = None) -> Kept:
    """Something asked of them at NOW within the hour, which nobody read back."""
    said = Diary().say(a_call(), answer_by=HOUR, way=way).entry.body
    assert isinstance(said, Said)
    asked = said if body is None else replace(said, body=body)  # type: ignore[arg-type]  # a record's
    return diary.note(replace(asked, read_back=False))


def noted(way: Way, rung: Rung = Rung.DIRECT, at: int = NOW + MINUTE) -> Contacted:
    return replace(contacted(Outcome.UNDELIVERED), way=way, rung=rung, happened=Millis(at))


@pytest.mark.parametrize("body", [a_call(), a_query()])
@pytest.mark.parametrize("way", [Way.FAX, Way.MAIL])
def test_of_a_fax_or_letter_nobody_knows_that_it_got_there_until_somebody_says_so(
    way: Way, body: object
) -> None:
    """JN-20"""
    diary = Diary()
    asked = unconfirmed(diary, way, body)
    assert outcomes(diary) == (None, None)
    ladder = the_ladder(diary)
    assert (ladder.next, "nobody knows whether it got there" in ladder.why) == (
        Rung.DUTY_OFFICE,
        True,
    )
    assert the_ladder(diary, NOW + 1).next is None
    diary.note(noted(way), asked)
    assert outcomes(diary) == (Outcome.UNDELIVERED, Outcome.UNDELIVERED)
    assert outcomes(diary, NOW + HOUR - 1) == (Outcome.UNDELIVERED, Outcome.UNDELIVERED)
    assert the_ladder(diary, NOW + HOUR - 1).next is Rung.DUTY_OFFICE


def test_a_fax_that_was_read_back_and_a_word_by_voice_were_received() -> None:
    for way in (Way.FAX, Way.VOICE, Way.PERSON):
        diary = Diary()
        diary.say(a_call(), answer_by=HOUR, way=way)
        assert outcomes(diary) == (Outcome.UNANSWERED, Outcome.UNANSWERED)


def test_what_they_said_of_a_fax_in_time_shows_that_it_got_there() -> None:
    waits = CallAnswer(CallReply.AWAITING_AUTHORITY, next_word_by=30 * MINUTE)
    diary = Diary()
    asked = unconfirmed(diary, Way.FAX)
    diary.say(waits, asked, by=Direction.THEIRS, at=NOW + MINUTE)
    assert outcomes(diary) == (Outcome.UNANSWERED, Outcome.UNANSWERED)


def test_a_note_is_about_the_attempt_of_its_route() -> None:
    diary = Diary()
    first = diary.say(a_call(), answer_by=HOUR)
    sent = Diary().say(a_call(), answer_by=9 * HOUR, way=Way.FAX, at=NOW + HOUR).entry.body
    assert isinstance(sent, Said)
    fax = replace(sent, rung=Rung.DUTY_OFFICE, read_back=False)
    again = diary.note(fax, at=NOW + HOUR)
    diary.note(RungTaken(Rung.DUTY_OFFICE, "their duty office"), first, again)
    assert the_ladder(diary).next is None
    diary.note(noted(Way.FAX, Rung.DUTY_OFFICE, NOW + HOUR), first)
    found = attempts(diary.counting(), [], LATER, "ALPHA")
    assert [each.outcome for each in found] == [Outcome.UNANSWERED, Outcome.UNDELIVERED]
    assert the_ladder(diary).next is Rung.NOTE_TO_MINISTRY


def test_a_note_of_another_way_or_route_is_an_attempt_of_its_own() -> None:
    for note in (noted(Way.MAIL), noted(Way.FAX, Rung.EMBASSY), noted(Way.VOICE)):
        diary = Diary()
        asked = unconfirmed(diary, Way.FAX)
        diary.note(note, asked)
        found = attempts(diary.counting(), [], LATER, "ALPHA")
        assert [each.outcome for each in found] == [None, Outcome.UNDELIVERED]
    spoken = Diary()
    spoken.note(noted(Way.VOICE), spoken.say(a_call(), answer_by=HOUR))
    found = attempts(spoken.counting(), [], LATER, "ALPHA")
    assert [each.outcome for each in found] == [Outcome.UNANSWERED, Outcome.UNDELIVERED]


def test_a_call_taken_back_after_their_silence_was_unanswered_and_the_ladder_goes_on() -> None:
    diary = Diary()
    call = diary.say(a_call(), answer_by=HOUR)
    diary.say(Cancel(), call, at=NOW + HOUR)
    assert outcomes(diary) == (Outcome.UNANSWERED, Outcome.UNANSWERED)
    assert the_ladder(diary).next is Rung.DUTY_OFFICE


def test_a_call_taken_back_in_time_or_after_they_answered_is_no_silence_of_theirs() -> None:
    early = Diary()
    early.say(Cancel(), early.say(a_call(), answer_by=HOUR), at=NOW + HOUR - 1)
    other = Diary()
    call = other.say(a_call(), answer_by=HOUR)
    waits = CallAnswer(CallReply.AWAITING_AUTHORITY, next_word_by=3 * HOUR)
    other.say(waits, call, by=Direction.THEIRS, at=NOW + MINUTE)
    other.say(Cancel(), call, at=NOW + 2 * HOUR)
    for diary in (early, other):
        assert outcomes(diary, NOW + 9 * HOUR) == (None, None)


def test_the_reason_is_the_one_that_they_stated_last_and_no_word_of_ours() -> None:
    diary = Diary()
    call = diary.say(a_call(), answer_by=HOUR)
    waits = CallAnswer(CallReply.AWAITING_AUTHORITY, next_word_by=30 * MINUTE)
    diary.say(waits, call, by=Direction.THEIRS, at=NOW + MINUTE)
    diary.say(DECLINED, call, by=Direction.THEIRS, at=NOW + 2 * MINUTE)
    assert the_attempt(diary).stated_reason == "on leave"
    assert the_ladder(diary).rungs[0].tries[0].stated_reason == "on leave"


def test_what_we_say_of_their_call_is_no_reason_of_theirs() -> None:
    diary = Diary()
    theirs = diary.say(a_call(), answer_by=HOUR, by=Direction.THEIRS)
    diary.say(DECLINED, theirs, at=NOW + MINUTE)
    assert the_attempt(diary).stated_reason is None
