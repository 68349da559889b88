"""Dialogues by voice, fax, mail and in person: the same tables, attested by us."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firebreak.desk.attested import check_said, dialogues, said_of
from firebreak.desk.entries.contacts import Direction, Said, Struck
from firebreak.desk.entries.offices import Duress
from firebreak.desk.tables import Standing
from firebreak.errors import InvalidValue, Refused
from firebreak.records.calls import CallAnswer, CallReply, CallState, CallStep
from firebreak.records.contacts import Way
from firebreak.records.kinds import (
    Answer,
    Lapsed,
    LineCheck,
    LineCheckReply,
    Reply,
    Statement,
    Topic,
)
from firebreak.records.slots import Span, Words
from firebreak.values import Millis
from tests.desk.contact_example import a_call
from tests.desk.kept import Diary
from tests.worlds import HOUR, MINUTE, NOW, a_query

THEIRS, OURS = Direction.THEIRS, Direction.OURS


def test_a_query_by_telephone_stands_by_the_same_table() -> None:
    """JN-7"""
    diary = Diary()
    query = diary.say(a_query(), answer_by=10 * MINUTE)
    checking = Answer(Reply.CHECKING, 20 * MINUTE)
    assert dialogues(diary.entries)[0].state.standing is Standing.ASKED
    diary.say(checking, query, by=THEIRS, at=NOW + MINUTE)
    (dialogue,) = dialogues(diary.entries)
    assert (dialogue.state.standing, dialogue.due) == (Standing.CHECKING, NOW + 21 * MINUTE)
    diary.say(Answer(Reply.NOT_OURS), query, by=THEIRS, at=NOW + 2 * MINUTE)
    assert dialogues(diary.entries)[0].state.standing is Standing.ANSWERED


def test_a_call_is_asked_for_refused_and_asked_for_again() -> None:
    diary = Diary()
    first = diary.say(a_call(), answer_by=HOUR)
    diary.say(CallAnswer(CallReply.NOT_AT_THIS_TIME), first, by=THEIRS, at=NOW + MINUTE)
    second = diary.say(a_call(), answer_by=HOUR, at=NOW + 2 * MINUTE)
    accepted = CallAnswer(CallReply.ACCEPTED, (Span(0, HOUR),))
    diary.say(accepted, second, by=THEIRS, at=NOW + 3 * MINUTE)
    diary.say(CallState(CallStep.BEGUN, 0), second, at=NOW + 4 * MINUTE)
    diary.say(CallState(CallStep.ENDED, 0), second, at=NOW + 5 * MINUTE)
    standings = [dialogue.state.standing for dialogue in dialogues(diary.entries)]
    assert standings == [Standing.NOT_AT_THIS_TIME, Standing.ENDED]


def test_a_struck_answer_no_longer_answers() -> None:
    diary = Diary()
    query = diary.say(a_query(), answer_by=10 * MINUTE)
    answer = diary.say(Answer(Reply.OURS), query, by=THEIRS)
    diary.note(Struck("misheard"), answer)
    assert dialogues(diary.counting())[0].state.standing is Standing.ASKED


def refuse(match: str, body: Said, about: object = None) -> None:
    with pytest.raises(Refused, match=match):
        check_said(body, about)  # type: ignore[arg-type]  # entries of the test's choice


def test_what_answers_nothing_or_the_wrong_thing_is_refused() -> None:
    """JN-8"""
    diary = Diary()
    query = diary.say(a_query(), answer_by=10 * MINUTE)
    answer = said_of(diary.say(Answer(Reply.OURS), query, by=THEIRS))
    other = diary.say(Statement(Topic.OTHER, Words("en", "Fog.")))
    noted = diary.note(Duress())
    check_said(answer, query)
    refuse("about something said before", answer)
    refuse("cannot be about statement", answer, other)
    refuse("no record that was said", answer, noted)
    refuse("not one's own words", replace(answer, by=OURS), query)
    refuse("before what it answers", replace(answer, happened=Millis(NOW - HOUR)), query)
    refuse("not with CHARLIE", replace(answer, party="CHARLIE"), query)


def test_a_question_has_a_time_to_answer_and_nothing_else_has() -> None:
    diary = Diary()
    asked = said_of(diary.say(LineCheck(Words("en", "Storks?")), answer_by=HOUR))
    refuse("wants an answer", replace(asked, answer_by=None))
    refuse("wants no answer", replace(asked, body=LineCheckReply(Words("en", "Storks."))))


def test_what_a_node_carries_or_signs_cannot_be_attested() -> None:
    diary = Diary()
    said = said_of(diary.say(a_query(), answer_by=HOUR))
    with pytest.raises(InvalidValue, match="a record in the log"):
        replace(said, way=Way.NODE)
    with pytest.raises(InvalidValue, match="nodes sign among themselves"):
        replace(said, body=Lapsed())
