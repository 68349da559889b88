"""What a coordinator keeps of organisations, their sites and movements, and of whom it told.

Names of persons and telephone numbers are in no entry: each entry holds a salted commitment to its
private part, which lies in a file that can be erased (spec/humanitarian.md H-8).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from firebreak.desk.entries.slots import ID, TIME
from firebreak.records.areas import AREA
from firebreak.records.codec import Choice, Flag, Integer, Items, Maybe, Struct, Text
from firebreak.records.contacts import Way
from firebreak.records.sites import SiteSort
from firebreak.records.slots import NAME, SHORT
from firebreak.values import Millis
from firebreak.volumes import Area

MOST_NAME = 100
"""Characters of a site's or movement's name, which a mark follows on the line."""
REFERENCE = Text(24)
MARK = Text(7, least=7)


class Doubt(IntEnum):
    """What is suspect in a position. Not that it is wrong: that somebody should look."""

    PLACE_UNKNOWN = 1
    FAR_FROM_PLACE = 2
    SWAPPED = 3
    SIGN = 4
    DEGREES_AND_MINUTES = 5
    DEGREES_MINUTES_SECONDS = 6
    OTHER_DATUM = 7
    ROUNDED = 8
    NULL_ISLAND = 9


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An organisation is under this coordinator. The newest entry for it holds.

    desk: its duty desk, by function; private: commitment to its people and their numbers; ended: it
    has left.
    """

    organisation: str
    desk: str
    private: bytes | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class SiteEntered:
    """A site that an organisation handed in. The newest entry for the reference holds.

    reference: the organisation's own; starts, ends, verified_at, revalidate_by: ms UTC; verified_by:
    functions, not persons: the organisation verifies, the coordinator does not; contact: whom a
    belligerent may ask, by function; way: how it was handed in; doubts: of its position, each shown
    to whoever signed; checked: how they were settled.
    """

    organisation: str
    reference: str
    sort: SiteSort
    name: str
    place: str
    area: Area
    starts: Millis
    ends: Millis
    verified_by: str
    verified_at: Millis
    revalidate_by: Millis
    contact: str
    way: Way
    markings: str | None = None
    doubts: tuple[Doubt, ...] = ()
    checked: str | None = None
    private: bytes | None = None


@dataclass(frozen=True, slots=True)
class MovementEntered:
    """A movement that an organisation handed in. The newest entry for the reference holds.

    Its telephones and radios, the first first, are its private part; `markings`: thermal ones too;
    emergency: the shorter lead time; late_reason: why that is not kept.
    """

    organisation: str
    reference: str
    name: str
    area: Area
    starts: Millis
    ends: Millis
    vehicles: int
    fleet: str
    markings: str
    staff: int
    way: Way
    waiting: str | None
    emergency: bool
    late_reason: str | None
    private: bytes


@dataclass(frozen=True, slots=True)
class Consented:
    """The organisation lets this entry be told to this party, or no longer. The newest holds.

    by: who said so for the organisation, by function.
    """

    organisation: str
    reference: str
    party: str
    given: bool
    by: str
    way: Way


@dataclass(frozen=True, slots=True)
class DisclosureMarked:
    """The entry referred to is being told to a party under this mark, which nothing else bears.

    It stands here before anything is sent, so that a copy can be told from every other one.
    """

    organisation: str
    reference: str
    party: str
    mark: str


@dataclass(frozen=True, slots=True)
class Revalidated:
    """The organisation has verified its site again; checked: how doubts of its position were settled."""

    organisation: str
    reference: str
    verified_by: str
    verified_at: Millis
    revalidate_by: Millis
    checked: str | None = None


@dataclass(frozen=True, slots=True)
class EntryWithdrawn:
    """The organisation takes the entry back. That cannot un-disclose it."""

    organisation: str
    reference: str
    reason: str | None = None


ENROLLED = Struct(Enrolled, organisation=NAME, desk=NAME, private=Maybe(ID), ended=Flag())
SITE_ENTERED = Struct(
    SiteEntered,
    organisation=NAME,
    reference=REFERENCE,
    sort=Choice(SiteSort),
    name=Text(MOST_NAME),
    place=SHORT,
    area=AREA,
    starts=TIME,
    ends=TIME,
    verified_by=NAME,
    verified_at=TIME,
    revalidate_by=TIME,
    contact=NAME,
    way=Choice(Way),
    markings=Maybe(SHORT),
    doubts=Items(Choice(Doubt), 9),
    checked=Maybe(SHORT),
    private=Maybe(ID),
)
MOVEMENT_ENTERED = Struct(
    MovementEntered,
    organisation=NAME,
    reference=REFERENCE,
    name=Text(MOST_NAME),
    area=AREA,
    starts=TIME,
    ends=TIME,
    vehicles=Integer(0, 1_000),
    fleet=SHORT,
    markings=SHORT,
    staff=Integer(0, 10_000),
    way=Choice(Way),
    waiting=Maybe(SHORT),
    emergency=Flag(),
    late_reason=Maybe(SHORT),
    private=ID,
)
CONSENTED = Struct(
    Consented,
    organisation=NAME,
    reference=REFERENCE,
    party=NAME,
    given=Flag(),
    by=NAME,
    way=Choice(Way),
)
DISCLOSURE_MARKED = Struct(
    DisclosureMarked, organisation=NAME, reference=REFERENCE, party=NAME, mark=MARK
)
REVALIDATED = Struct(
    Revalidated,
    organisation=NAME,
    reference=REFERENCE,
    verified_by=NAME,
    verified_at=TIME,
    revalidate_by=TIME,
    checked=Maybe(SHORT),
)
ENTRY_WITHDRAWN = Struct(
    EntryWithdrawn, organisation=NAME, reference=REFERENCE, reason=Maybe(SHORT)
)
