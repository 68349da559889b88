"""Bodies of a call between leaders: asked for, answered, held, read out (spec/record.md §5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from firebreak.errors import InvalidValue
from firebreak.records.codec import Choice, Items, Maybe, Struct
from firebreak.records.slots import (
    FUTURE,
    LANGUAGE,
    NAME,
    PAST,
    SHORT,
    SPAN,
    WORDS,
    Span,
    Words,
)


class Urgency(IntEnum):
    """How soon a call is wanted."""

    WHEN_CONVENIENT = 1
    TODAY = 2
    WITHIN_HOURS = 3
    AT_ONCE = 4


class Means(IntEnum):
    """What a call is to be held over."""

    SECURE_VOICE = 1
    TELEPHONE = 2
    VIDEO = 3
    TEXT = 4
    IN_PERSON = 5


class WhoCalled(IntEnum):
    """How both sides are to word who asked for the call."""

    AT_OUR_REQUEST = 1
    AT_YOUR_REQUEST = 2
    BY_AGREEMENT = 3
    NOT_SAID = 4


class CallReply(IntEnum):
    """What is answered to a request for a call. NOT_AT_THIS_TIME owes no reason."""

    ACCEPTED = 1
    OTHER_TIME = 2
    DEPUTY = 3
    NOT_AT_THIS_TIME = 4
    DECLINED = 5
    AWAITING_AUTHORITY = 6


class CallStep(IntEnum):
    """How far a call has come."""

    READY = 1
    BEGUN = 2
    ENDED = 3
    BROKEN_OFF = 4


@dataclass(frozen=True, slots=True)
class Call:
    """A request for a call.

    proposer: the office that asks; principal: who would speak on its side; counterpart: with whom;
    windows: when, the best first; languages: that may be spoken, the best first.
    """

    proposer: str
    principal: str
    counterpart: str
    topic: Words
    urgency: Urgency
    windows: tuple[Span, ...]
    means: Means
    languages: tuple[str, ...]
    who_called: WhoCalled


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """An answer to a request for a call, or to another time or deputy proposed (R-23).

    windows: the one accepted, or those proposed; deputy: who would speak instead; reason: only of
    DECLINED; next_word_by: ms after composed-at, with AWAITING_AUTHORITY and only with it.
    """

    reply: CallReply
    windows: tuple[Span, ...] = ()
    deputy: str | None = None
    reason: str | None = None
    next_word_by: int | None = None
    words: Words | None = None

    def __post_init__(self) -> None:
        least, most = _WINDOWS[self.reply]
        if not least <= len(self.windows) <= most:
            raise InvalidValue(
                '"Accepted" names one window, "other time" one to eight, "deputy" up to eight, and'
                " no other answer names any."
            )
        if (self.reply is CallReply.DEPUTY) != (self.deputy is not None):
            raise InvalidValue('"Deputy" names who would speak, and no other answer does.')
        if (self.reply is CallReply.DECLINED) != (self.reason is not None):
            raise InvalidValue(
                '"Declined" states its reason, and no other answer does: for a refusal without one'
                ' give "not at this time".'
            )
        if (self.reply is CallReply.AWAITING_AUTHORITY) != (self.next_word_by is not None):
            raise InvalidValue(
                '"Awaiting authority" names the time of the next word, and no other answer does.'
            )


_WINDOWS = {
    CallReply.ACCEPTED: (1, 1),
    CallReply.OTHER_TIME: (1, 8),
    CallReply.DEPUTY: (0, 8),
    CallReply.NOT_AT_THIS_TIME: (0, 0),
    CallReply.DECLINED: (0, 0),
    CallReply.AWAITING_AUTHORITY: (0, 0),
}


@dataclass(frozen=True, slots=True)
class CallState:
    """A call is ready, has begun, has ended, was broken off. at: ms from composed-at, 0 or less.

    reason: why it was broken off, if that is stated; no other step has one.
    """

    step: CallStep
    at: int
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.reason is not None and self.step is not CallStep.BROKEN_OFF:
            raise InvalidValue("Only a call that was broken off has a reason.")


@dataclass(frozen=True, slots=True)
class Readout:
    """What a side says was said. embargo: not to be published before, ms after composed-at.

    agreed: lines that both sides are to say alike, in the call's order; own: this side's account.
    """

    own: Words
    agreed: tuple[Words, ...] = ()
    embargo: int | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A written follow-up: what the author understood, to be read back or corrected."""

    understood: Words


CALL = Struct(
    Call,
    proposer=NAME,
    principal=NAME,
    counterpart=NAME,
    topic=WORDS,
    urgency=Choice(Urgency),
    windows=Items(SPAN, 8, least=1),
    means=Choice(Means),
    languages=Items(LANGUAGE, 4, least=1),
    who_called=Choice(WhoCalled),
)
CALL_ANSWER = Struct(
    CallAnswer,
    reply=Choice(CallReply),
    windows=Items(SPAN, 8),
    deputy=Maybe(NAME),
    reason=Maybe(SHORT),
    next_word_by=Maybe(FUTURE),
    words=Maybe(WORDS),
)
CALL_STATE = Struct(CallState, step=Choice(CallStep), at=PAST, reason=Maybe(SHORT))
READOUT = Struct(Readout, own=WORDS, agreed=Items(WORDS, 12), embargo=Maybe(FUTURE))
FOLLOW_UP = Struct(FollowUp, understood=WORDS)
