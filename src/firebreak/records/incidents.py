"""Bodies of an incident: first report, word on it, accounts, facts, closing (spec/record.md §5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from firebreak.errors import InvalidValue
from firebreak.records.areas import POSITION
from firebreak.records.codec import Choice, Integer, Items, Maybe, Octets, Struct, Text
from firebreak.records.slots import FUTURE, NAME, PAST, SHORT, WORDS, Words
from firebreak.values import Position


class IncidentSort(IntEnum):
    """What has happened, in neutral terms."""

    LINE_CROSSED = 1
    CLOSE_APPROACH = 2
    COLLISION = 3
    SHOTS_FIRED = 4
    MISSILE_OR_ROCKET = 5
    DRONE = 6
    LASER_OR_ILLUMINATION = 7
    INTERFERENCE = 8
    DAMAGE_OR_INJURY = 9
    PERSONS_HELD = 10
    OTHER = 11


class Stance(IntEnum):
    """What a side says of it so far. ASSESSING: nothing is decided, next word by a time."""

    ASSESSING = 1
    ACCIDENT_NOT_ATTACK = 2
    NOT_OURS = 3
    OURS = 4
    CONCLUDED = 5


class FindingSort(IntEnum):
    """What is put to the other side: a fact, an open question, what a tally counts out of."""

    FACT = 1
    QUESTION = 2
    DENOMINATOR = 3


class FindingReply(IntEnum):
    """What it answers."""

    AGREED = 1
    DISPUTED = 2
    ANSWERED = 3


@dataclass(frozen=True, slots=True)
class Incident:
    """A first report: what, when, where, and what is already sure of it. One signature.

    happened: ms from composed-at, 0 or less.
    """

    sort: IncidentSort
    happened: int
    place: str
    position: Position | None = None
    stance: Stance | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """Word on an incident. next_word_by: ms after composed-at; ASSESSING always names it (R-25)."""

    stance: Stance
    next_word_by: int | None = None
    words: Words | None = None

    def __post_init__(self) -> None:
        if self.stance is Stance.ASSESSING and self.next_word_by is None:
            raise InvalidValue('"Assessing" names the time of the next word. Give next word by.')


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of evidence that is kept by its digest (SHA-256) and sent by other ways.

    size: bytes; media: its media type, such as video/mp4; it is never executed or opened by Firebreak.
    """

    digest: bytes
    size: int
    media: str
    name: str


@dataclass(frozen=True, slots=True)
class Account:
    """One side's account of an incident. happened: ms from composed-at, 0 or less."""

    happened: int
    place: str
    words: Words
    position: Position | None = None
    units: tuple[str, ...] = ()
    damage: str | None = None
    attachments: tuple[Attachment, ...] = ()
    rule: str | None = None
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact, a question or a denominator put to the other side."""

    sort: FindingSort
    words: Words


@dataclass(frozen=True, slots=True)
class FindingAnswer:
    """The other side agrees, disputes, or answers the question."""

    reply: FindingReply
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """This side holds the incident closed. It is closed once both do."""


MOST_ATTACHMENT = 2**32
"""Bytes that one file of evidence may have."""

INCIDENT = Struct(
    Incident,
    sort=Choice(IncidentSort),
    happened=PAST,
    place=SHORT,
    position=Maybe(POSITION),
    stance=Maybe(Choice(Stance)),
)
ASSESSMENT = Struct(
    Assessment, stance=Choice(Stance), next_word_by=Maybe(FUTURE), words=Maybe(WORDS)
)
ACCOUNT = Struct(
    Account,
    happened=PAST,
    place=SHORT,
    words=WORDS,
    position=Maybe(POSITION),
    units=Items(NAME, 16),
    damage=Maybe(Text(200)),
    attachments=Items(
        Struct(
            Attachment,
            digest=Octets(32, 32),
            size=Integer(0, MOST_ATTACHMENT),
            media=NAME,
            name=SHORT,
        ),
        16,
    ),
    rule=Maybe(SHORT),
    remedy=Maybe(Text(200)),
)
FINDING = Struct(Finding, sort=Choice(FindingSort), words=WORDS)
FINDING_ANSWER = Struct(FindingAnswer, reply=Choice(FindingReply), words=Maybe(WORDS))
