"""Bodies of a call: what each answer and state names, and must not (R-23, R-24)."""

from itertools import product

import pytest

from firebreak.errors import InvalidValue, Malformed
from firebreak.records.calls import (
    CALL_ANSWER,
    CALL_STATE,
    CallAnswer,
    CallReply,
    CallState,
    CallStep,
)
from firebreak.records.slots import Span

WINDOW = Span(0, 60_000)
REASON, DEPUTY, WORD = "in the field", "deputy chief of staff", 60_000
WINDOWS = {
    CallReply.ACCEPTED: {1},
    CallReply.OTHER_TIME: set(range(1, 9)),
    CallReply.DEPUTY: set(range(9)),
}
"""How many windows an answer may name, from the words of R-23; others none."""


@pytest.mark.parametrize("reply", CallReply)
def test_every_answer_with_every_choice_of_slots(reply: CallReply) -> None:
    """R-23"""
    taken = 0
    for count, deputy, reason, word in product(
        range(10), (None, DEPUTY), (None, REASON), (None, WORD)
    ):
        sound = (
            count in WINDOWS.get(reply, {0})
            and (deputy is not None) == (reply is CallReply.DEPUTY)
            and (reason is not None) == (reply is CallReply.DECLINED)
            and (word is not None) == (reply is CallReply.AWAITING_AUTHORITY)
        )
        taken += sound
        plain = (
            int(reply),
            ((0, 60_000),) * count,
            () if deputy is None else deputy,
            () if reason is None else reason,
            () if word is None else word,
            (),
        )
        if sound:
            made = CallAnswer(reply, (WINDOW,) * count, deputy, reason, word)
            assert CALL_ANSWER.plain(made) == plain
            assert CALL_ANSWER.value(plain) == made
            continue
        with pytest.raises(InvalidValue):
            CallAnswer(reply, (WINDOW,) * count, deputy, reason, word)
        with pytest.raises(Malformed):
            CALL_ANSWER.value(plain)
    assert taken == len(WINDOWS.get(reply, {0}))


@pytest.mark.parametrize("step", CallStep)
def test_only_what_was_broken_off_may_have_a_reason(step: CallStep) -> None:
    """R-24"""
    assert CALL_STATE.value((int(step), 0, ())) == CallState(step, 0)
    plain = (int(step), -5, "the line failed")
    if step is CallStep.BROKEN_OFF:
        assert CALL_STATE.value(plain) == CallState(step, -5, "the line failed")
        return
    with pytest.raises(InvalidValue, match="broken off"):
        CallState(step, -5, "the line failed")
    with pytest.raises(Malformed, match="broken off"):
        CALL_STATE.value(plain)
