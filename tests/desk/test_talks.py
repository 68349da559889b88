"""A dialogue by another way than a node as it is held, and whether it is exercise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firebreak.desk.attested import dialogues, said_of
from firebreak.desk.entries.contacts import Direction
from firebreak.desk.talks import attested_talk
from firebreak.records.calls import CallAnswer, CallReply
from tests.bodies import CALL
from tests.desk.kept import Diary
from tests.worlds import HOUR

ANSWER = CallAnswer(CallReply.NOT_AT_THIS_TIME)


@pytest.mark.parametrize(
    ("asked", "answered", "exercise"),
    [(False, False, True), (True, True, False), (True, False, False), (False, True, False)],
)
def test_a_dialogue_is_exercise_only_if_all_of_it_is(
    asked: bool, answered: bool, exercise: bool
) -> None:
    spoken, diary = Diary(), Diary()
    request = said_of(spoken.say(CALL, answer_by=HOUR))
    opening = diary.note(replace(request, real=asked))
    reply = said_of(spoken.say(ANSWER, opening, by=Direction.THEIRS))
    diary.note(replace(reply, real=answered), opening)
    (dialogue,) = dialogues(diary.counting())
    talk = attested_talk(dialogue)
    assert talk.exercise is exercise
    assert [talk.by(said) for said in talk.said] == [Direction.OURS, Direction.THEIRS]
