"""Bodies of the humanitarian channel: sites, movements, what became of them (spec/record.md §5).

Notification is not permission. Absence from a list removes no legal protection.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from firebreak.records.areas import AREA, POSITION
from firebreak.records.codec import Choice, Integer, Items, Maybe, Struct
from firebreak.records.slots import FUTURE, NAME, PAST, SHORT, SPAN, WORDS, Span, Words
from firebreak.values import Position
from firebreak.volumes import Area


class SiteSort(IntEnum):
    """What a notified site is."""

    HOSPITAL = 1
    CLINIC = 2
    SHELTER = 3
    SCHOOL = 4
    WATER = 5
    POWER = 6
    WAREHOUSE = 7
    OFFICE = 8
    RESIDENCE = 9
    CULTURAL = 10
    CROSSING_POINT = 11
    OTHER = 12


class MovementStep(IntEnum):
    """How a notified movement fares. The last five are outcomes."""

    DEPARTED = 1
    HOLDING = 2
    MOVING = 3
    ARRIVED = 4
    IMPEDED = 5
    DELAYED = 6
    DENIED = 7
    CALLED_OFF = 8


class DistributedState(IntEnum):
    """How far a record has come within the side that received it, unit by unit."""

    SENT = 1
    RECEIVED = 2
    READ_BACK = 3
    LOADED = 4


@dataclass(frozen=True, slots=True)
class Site:
    """A protected site.

    place: the named place that it lies at or near; window: how long the notification holds;
    verified_at: ms from composed-at, 0 or less; revalidate_by: ms after composed-at; a site that
    refers to one of the same party takes its place.
    """

    sort: SiteSort
    name: str
    place: str
    area: Area
    window: Span
    verified_by: str
    verified_at: int
    revalidate_by: int
    contact: str
    markings: str | None = None
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """A humanitarian movement.

    area: the route as a corridor, or the area moved in; vehicles: how many, and `fleet` which;
    markings: on them, thermal ones included; staff: persons aboard; contacts: telephones and radios
    that are answered on the way, the first first; waiting: where it waits if it is held.
    """

    name: str
    area: Area
    window: Span
    vehicles: int
    fleet: str
    markings: str
    staff: int
    contacts: tuple[str, ...]
    waiting: str | None = None
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class MovementState:
    """How a movement fares. at: ms from composed-at, 0 or less."""

    step: MovementStep
    at: int
    place: str | None = None
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Distributed:
    """Which unit on the author's own side has it, disclosed by choice. at: ms, 0 or less."""

    unit: str
    state: DistributedState
    at: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Under attack: stop. Wants an answer."""

    place: str
    position: Position | None = None
    words: Words | None = None


SITE = Struct(
    Site,
    sort=Choice(SiteSort),
    name=SHORT,
    place=SHORT,
    area=AREA,
    window=SPAN,
    verified_by=NAME,
    verified_at=PAST,
    revalidate_by=FUTURE,
    contact=NAME,
    markings=Maybe(SHORT),
    words=Maybe(WORDS),
)
MOVEMENT = Struct(
    Movement,
    name=SHORT,
    area=AREA,
    window=SPAN,
    vehicles=Integer(0, 1_000),
    fleet=SHORT,
    markings=SHORT,
    staff=Integer(0, 10_000),
    contacts=Items(NAME, 8, least=1),
    waiting=Maybe(SHORT),
    words=Maybe(WORDS),
)
MOVEMENT_STATE = Struct(
    MovementState, step=Choice(MovementStep), at=PAST, place=Maybe(SHORT), words=Maybe(WORDS)
)
DISTRIBUTED = Struct(Distributed, unit=NAME, state=Choice(DistributedState), at=PAST)
STOP = Struct(Stop, place=SHORT, position=Maybe(POSITION), words=Maybe(WORDS))
