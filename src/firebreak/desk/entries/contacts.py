"""Attempts and contacts on every way, and records given or heard by a way other than a node."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from firebreak.desk.entries.slots import LINE, TIME
from firebreak.errors import InvalidValue, Malformed
from firebreak.records.cbor import Plain, decode, encode
from firebreak.records.codec import Choice, Flag, Integer, Maybe, Octets, Struct
from firebreak.records.contacts import Outcome, Precision, Way
from firebreak.records.kinds import BODIES, KIND_OF, NODE_KINDS, Body, Kind
from firebreak.records.slots import FUTURE, NAME, SHORT, WORDS, Words
from firebreak.values import Millis, Precedence

if TYPE_CHECKING:
    from collections.abc import Callable


class Rung(IntEnum):
    """By which route a counterpart is reached; each further one may widen who knows."""

    DIRECT = 1
    DUTY_OFFICE = 2
    NOTE_TO_MINISTRY = 3
    DEFENCE_ATTACHE = 4
    EMBASSY = 5
    FOREIGN_MINISTER = 6
    SECURITY_ADVISER = 7
    THIRD_STATE = 8


class Source(IntEnum):
    """Where an entry comes from."""

    OWN_OFFICER = 1
    OTHER_OFFICE_OF_OURS = 2
    PUBLIC_REPORT = 3
    OTHER_SIDE = 4
    RELAY = 5


class Certainty(IntEnum):
    """How sure the entry is."""

    CERTAIN = 1
    PROBABLE = 2
    CLAIMED = 3


class Direction(IntEnum):
    """Whose act it was. UNKNOWN: of a contact that both held, and nobody says who sought it."""

    OURS = 1
    THEIRS = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Contacted:
    """An attempt or contact that no record of a node shows, or that was not attempted by us.

    party, theirs: the other side's name and office; ours: our office; happened: ms UTC, as exactly
    as `precision` says; count: how often, None where that is not known ("repeatedly"); citation:
    where it can be read, needed of a public report; stated_reason: theirs, only as they stated it,
    why they declined; real: otherwise it was exercise, and is never counted with what was real.
    """

    party: str
    theirs: str
    ours: str
    way: Way
    rung: Rung
    by: Direction
    outcome: Outcome
    happened: Millis
    precision: Precision
    count: int | None
    source: Source
    certainty: Certainty
    citation: str | None = None
    stated_reason: str | None = None
    words: Words | None = None
    real: bool = False

    def __post_init__(self) -> None:  # JN-9
        if self.source is Source.PUBLIC_REPORT and self.citation is None:
            raise InvalidValue("An entry from a public report says which. Give the citation.")
        if self.outcome is Outcome.NOT_ATTEMPTED and self.by is not Direction.OURS:
            raise InvalidValue(
                "Whether the other side attempted anything is theirs to say. Not attempted is said"
                " of ourselves only."
            )
        if self.stated_reason is not None and self.outcome is not Outcome.DECLINED:
            raise InvalidValue(
                "A stated reason is why they declined. Leave it out, or say that they declined."
            )


@dataclass(frozen=True, slots=True)
class Said:
    """A record said or heard by voice, fax, mail or in person: attested by us, never delivered.

    by: whose words; party, theirs, ours, person: who spoke with whom; happened: ms UTC, from which
    the body's times count; answer_by: ms after it; read_back: whether it was read back and agreed;
    real: otherwise it is exercise, and marked so on all that is read out or printed.
    The entry refers to the one that this one answers.
    """

    by: Direction
    party: str
    theirs: str
    ours: str
    person: str | None
    way: Way
    rung: Rung
    happened: Millis
    precedence: Precedence
    answer_by: int | None
    read_back: bool
    body: Body
    real: bool = False

    def __post_init__(self) -> None:
        if self.by is Direction.UNKNOWN:
            raise InvalidValue("What was said was said by somebody. Say whose words they are.")
        if self.way is Way.NODE:
            raise InvalidValue("What a node carries is a record in the log, not an attested one.")
        if KIND_OF[type(self.body)] in NODE_KINDS | {Kind.RELEASE}:
            raise InvalidValue("What nodes sign among themselves cannot be said by an officer.")


class _AnyBody:
    """A record's body of any kind that people may say: [kind, slots], as bytes of its encoding."""

    octets = Octets(1, 60_000)

    def plain(self, value: Body) -> Plain:
        kind = KIND_OF[type(value)]
        return self.octets.plain(encode((int(kind), BODIES[kind][1].plain(value))))

    def value(self, plain: Plain) -> Body:
        match decode(self.octets.value(plain)):
            case (int(number), slots) if number in BODIES:
                read: Callable[[Plain], Body] = BODIES[Kind(number)][1].value
                return read(slots)
            case _:
                raise Malformed("should be a record's kind and its slots")


@dataclass(frozen=True, slots=True)
class Struck:
    """The entry referred to no longer counts. It stays; this says why."""

    reason: str


@dataclass(frozen=True, slots=True)
class ContactTold:
    """The entry referred to first was told to the other side by the record referred to second."""


CONTACTED = Struct(
    Contacted,
    party=NAME,
    theirs=NAME,
    ours=NAME,
    way=Choice(Way),
    rung=Choice(Rung),
    by=Choice(Direction),
    outcome=Choice(Outcome),
    happened=TIME,
    precision=Choice(Precision),
    count=Maybe(Integer(1, 100_000)),
    source=Choice(Source),
    certainty=Choice(Certainty),
    citation=Maybe(LINE),
    stated_reason=Maybe(SHORT),
    words=Maybe(WORDS),
    real=Flag(),
)
SAID = Struct(
    Said,
    by=Choice(Direction),
    party=NAME,
    theirs=NAME,
    ours=NAME,
    person=Maybe(NAME),
    way=Choice(Way),
    rung=Choice(Rung),
    happened=TIME,
    precedence=Choice(Precedence),
    answer_by=Maybe(FUTURE),
    read_back=Flag(),
    body=_AnyBody(),
    real=Flag(),
)
STRUCK = Struct(Struck, reason=SHORT)
