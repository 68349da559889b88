"""The ladder of routes, and what left the journal."""

from __future__ import annotations

from dataclasses import dataclass

from firebreak.desk.entries.contacts import Rung
from firebreak.desk.entries.offices import Level
from firebreak.desk.entries.slots import ID, LINE
from firebreak.records.agreement import Publication
from firebreak.records.codec import Choice, Flag, Items, Maybe, Struct
from firebreak.records.slots import NAME, SHORT


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of a ladder: the route, who goes it, and whether it widens who knows."""

    rung: Rung
    through: str
    widens: bool


@dataclass(frozen=True, slots=True)
class Ladder:
    """The routes to a party at a level, in order. The newest entry for the two holds."""

    party: str
    level: Level
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class RungTaken:
    """A person decided to go this rung for what is referred to."""

    rung: Rung
    through: str
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What is referred to was shown to others, under this clause, by the author and a second officer.

    second: the second officer's signature over the file's digest is kept in the file itself.
    """

    digest: bytes
    to: str
    clause: Publication
    second: str
    why: str


@dataclass(frozen=True, slots=True)
class Erased:
    """Personal fields of the entries referred to were erased; their commitments stay."""

    why: str


LADDER = Struct(
    Ladder,
    party=NAME,
    level=Choice(Level),
    steps=Items(Struct(Step, rung=Choice(Rung), through=NAME, widens=Flag()), 8, least=1),
)
RUNG_TAKEN = Struct(RungTaken, rung=Choice(Rung), through=NAME, words=Maybe(LINE))
DISCLOSED = Struct(
    Disclosed, digest=ID, to=NAME, clause=Choice(Publication), second=NAME, why=SHORT
)
ERASED = Struct(Erased, why=SHORT)
