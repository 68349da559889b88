"""Bodies of the contact record: an attempt or contact told, and what the other side says to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from firebreak.records.codec import Choice, Integer, Maybe, Struct
from firebreak.records.slots import NAME, PAST, SHORT, WORDS, Words


class Way(IntEnum):
    """How a counterpart is reached."""

    NODE = 1
    VOICE = 2
    FAX = 3
    MAIL = 4
    PERSON = 5


class Outcome(IntEnum):
    """What became of an attempt to reach a counterpart: five outcomes that are never mixed.

    NOT_ATTEMPTED: by us; UNDELIVERED: it did not get there; UNANSWERED: it got there, and no answer
    came by its time; DECLINED: they said no, or not now; HELD: both spoke.
    """

    NOT_ATTEMPTED = 1
    UNDELIVERED = 2
    UNANSWERED = 3
    DECLINED = 4
    HELD = 5


class Precision(IntEnum):
    """How exactly a time is known: to the minute, hour, day, month or year that it lies in."""

    MINUTE = 1
    HOUR = 2
    DAY = 3
    MONTH = 4
    YEAR = 5


class ContactReply(IntEnum):
    """What the other side says of a contact told. Saying nothing is uncommented."""

    CONFIRMED = 1
    DISPUTED = 2


@dataclass(frozen=True, slots=True)
class Contact:
    """An attempt or contact, told to the other side so that it may confirm or dispute it.

    happened: ms from composed-at, 0 or less; ours, theirs: the offices; count: how often, None where
    that is not known; stated_reason: theirs, only as they stated it.
    """

    ours: str
    theirs: str
    way: Way
    outcome: Outcome
    happened: int
    precision: Precision
    count: int | None = None
    stated_reason: str | None = None
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class ContactAnswer:
    """The other side confirms or disputes it."""

    reply: ContactReply
    words: Words | None = None


CONTACT = Struct(
    Contact,
    ours=NAME,
    theirs=NAME,
    way=Choice(Way),
    outcome=Choice(Outcome),
    happened=PAST,
    precision=Choice(Precision),
    count=Maybe(Integer(1, 100_000)),
    stated_reason=Maybe(SHORT),
    words=Maybe(WORDS),
)
CONTACT_ANSWER = Struct(ContactAnswer, reply=Choice(ContactReply), words=Maybe(WORDS))
