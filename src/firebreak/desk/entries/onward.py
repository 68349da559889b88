"""Who on one's own side must be told, and who was."""

from __future__ import annotations

from dataclasses import dataclass

from firebreak.desk.entries.slots import TIME
from firebreak.records.codec import Flag, Integer, Items, Struct
from firebreak.records.slots import NAME
from firebreak.values import Millis

MOST_UNITS = 64


@dataclass(frozen=True, slots=True)
class OnwardRule:
    """Which units, bridges and control centres are told of records of a kind, and how soon.

    kind: a record's; within_ms: from when it came in, or was sent; own: whether of our own records,
    too. Of a record holds the newest rule for its kind that stood when it came; no units: none are
    told.
    """

    kind: int
    units: tuple[str, ...]
    within_ms: int
    own: bool


@dataclass(frozen=True, slots=True)
class OnwardTold:
    """A unit was told of the record referred to: by whom, to whom there, when, and read back or not."""

    unit: str
    by: str
    to: str
    at: Millis
    read_back: bool


ONWARD_RULE = Struct(
    OnwardRule,
    kind=Integer(1, 255),
    units=Items(NAME, MOST_UNITS),
    within_ms=Integer(1_000, 7 * 86_400_000),
    own=Flag(),
)
ONWARD_TOLD = Struct(OnwardTold, unit=NAME, by=NAME, to=NAME, at=TIME, read_back=Flag())
