"""Counterparts, own people and their authority."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from firebreak.desk.entries.slots import ID, LINE, TIME, TITLE
from firebreak.records.codec import Choice, Flag, Integer, Items, Maybe, Struct, Text
from firebreak.records.contacts import Way
from firebreak.records.slots import LANGUAGE, NAME, SHORT
from firebreak.values import Millis


class Level(IntEnum):
    """At which level two offices speak."""

    TACTICAL = 1
    COMMAND = 2
    MILITARY = 3
    POLITICAL = 4


@dataclass(frozen=True, slots=True)
class ReachedBy:
    """One way to a counterpart and its address: a number, a mail address, a place."""

    way: Way
    address: str


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A pair of offices that speak to each other: ours, and theirs with all that is known of it.

    The newest entry for a pair holds. holder: who is in office, known after the office; deputies:
    offices or persons that may answer for it; hours: as they gave them; salutation: how to write
    and speak to them, confirmed by them on a day or not yet; cadence_days: how often the two agreed
    to speak; ended: the pair is no longer kept.
    """

    ours: str
    party: str
    theirs: str
    level: Level
    ways: tuple[ReachedBy, ...] = ()
    rank: str | None = None
    holder: str | None = None
    deputies: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    hours: str | None = None
    verified_on: Millis | None = None
    salutation: str | None = None
    salutation_confirmed_on: Millis | None = None
    cadence_days: int | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseRule:
    """What of ours goes out only with a second officer, or with a principal's leave. kind: a record's.

    The newest entry for a kind holds. What the agreement asks for beyond this is asked for anyway.
    """

    kind: int
    second_officer: bool
    principal: str | None


@dataclass(frozen=True, slots=True)
class AuthorityAwaited:
    """Our office waits for leave. It is told to the other side only if a person chooses to.

    kind: of the record that the leave is for, None for anything else; the entry refers to what that
    record would be about, if it is for one dialogue only.
    """

    of_whom: str
    for_what: str
    kind: int | None = None


@dataclass(frozen=True, slots=True)
class AuthorityGiven:
    """The leave asked for in the entry referred to was given, or refused."""

    granted: bool
    by: str
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """A second officer releases the entry that is referred to, and that is entered just after."""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something open at a handover: a record or an entry, and a word on it."""

    id: bytes
    note: str


@dataclass(frozen=True, slots=True)
class HandoverGiven:
    """The officer going off watch hands over, with what is open. Another officer must take it."""

    office: str
    items: tuple[OpenItem, ...]
    words: str | None = None


@dataclass(frozen=True, slots=True)
class HandoverTaken:
    """The officer coming on watch has read the handover referred to, and has the watch."""

    words: str | None = None


@dataclass(frozen=True, slots=True)
class Duress:
    """The officer signals that he does not act freely. It never leaves the journal."""


class Summoned(IntEnum):
    """Whom one key calls."""

    COMMANDER = 1
    INTERPRETER = 2


@dataclass(frozen=True, slots=True)
class Summons:
    """Commander and interpreter are called to the desk."""

    whom: tuple[Summoned, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class SummonsAnswered:
    """One of those summoned has come, or answers."""

    who: Summoned
    name: str
    at: Millis


COUNTERPART = Struct(
    Counterpart,
    ours=NAME,
    party=NAME,
    theirs=NAME,
    level=Choice(Level),
    ways=Items(Struct(ReachedBy, way=Choice(Way), address=TITLE), 8),
    rank=Maybe(NAME),
    holder=Maybe(NAME),
    deputies=Items(NAME, 8),
    languages=Items(LANGUAGE, 8),
    hours=Maybe(NAME),
    verified_on=Maybe(TIME),
    salutation=Maybe(LINE),
    salutation_confirmed_on=Maybe(TIME),
    cadence_days=Maybe(Integer(1, 366)),
    ended=Flag(),
)
RELEASE_RULE = Struct(
    ReleaseRule, kind=Integer(1, 255), second_officer=Flag(), principal=Maybe(NAME)
)
AUTHORITY_AWAITED = Struct(
    AuthorityAwaited, of_whom=NAME, for_what=SHORT, kind=Maybe(Integer(1, 255))
)
AUTHORITY_GIVEN = Struct(AuthorityGiven, granted=Flag(), by=NAME, words=Maybe(LINE))
HANDOVER_GIVEN = Struct(
    HandoverGiven,
    office=NAME,
    items=Items(Struct(OpenItem, id=ID, note=SHORT), 256),
    words=Maybe(Text(2_000)),
)
HANDOVER_TAKEN = Struct(HandoverTaken, words=Maybe(Text(2_000)))
SUMMONS = Struct(Summons, whom=Items(Choice(Summoned), 2, least=1), reason=SHORT)
SUMMONS_ANSWERED = Struct(SummonsAnswered, who=Choice(Summoned), name=NAME, at=TIME)
