"""What the watch says: one advisory for one situation, with its numbers and the age of its inputs.

An advisory is computed from the picture alone: the same picture gives the same one. It warns; it ranks
nobody by hostility, and nothing in it helps to aim (spec/watch.md, Advisories).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

from firebreak.values import Millis, Position
from firebreak.watch.doubts import Doubt


class Situation(IntEnum):
    """What is the case, or is about to be."""

    SEPARATION = 1
    """Two tracks are or come closer than agreed, in plan and in height at once."""
    LINE = 2
    """A track crosses an agreed line, or is about to."""
    ZONE = 3
    """A track is in a zone or a protected site, or about to enter it."""
    DOUBTFUL = 4
    """A doubtful track is in a zone, or on another side of an agreed line than its plausible path."""
    NOTICES = 5
    """Two current notices meet."""


class Level(IntEnum):
    """IMO MSC.302(87): a caution wants attention, a warning soon, an alarm at once."""

    CAUTION = 1
    WARNING = 2
    ALARM = 3


class Stage(Enum):
    """Where an advisory stands between the watch and its officer."""

    NEW = "new"
    UPDATED = "updated"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Input:
    """What an advisory rests on: a track by its source, a line by its name; and how old that is."""

    name: str
    source: str
    at: Millis
    age_ms: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A track in an advisory, where it was last reported.

    identity: as `identity_text` shows it. height_ft: None where unknown; height_reference: a
    `HeightReference`. plausible: where its last trusted course leads; None unless doubtful.
    """

    identity: str
    domain: int
    position: Position
    reported_at: Millis
    height_ft: int | None
    height_reference: int
    speed_kt: int
    course_degrees: int
    doubts: Doubt
    plausible: Position | None


@dataclass(frozen=True, slots=True)
class Advisory:
    """One situation (W-V1), with what it rests on (W-V14, W-V15).

    key: its name, the same for its whole life, such as `line:North/icao:4baac6`. present: it is the
    case now; else it is predicted in in_s seconds. about: the line's, zone's or notices' name, empty
    for separation. protected: a humanitarian site; such an advisory never leaves for other systems.
    margin_m: metres from the track to the edge now, or between two tracks at their closest.
    vertical_ft: their height difference then; None where unknown. side: of a line, -1 left, 1 right.
    since: when it was first found. at: the picture's time. acknowledged_until, shelved_until: None, or
    when it comes back. reason: why it was shelved. raised: how often it came within ten minutes.
    """

    key: str
    situation: Situation
    level: Level
    stage: Stage
    present: bool
    since: Millis
    at: Millis
    about: str
    of_line: bool
    protected: bool
    tracks: tuple[Seen, ...]
    in_s: int
    margin_m: int | None
    vertical_ft: int | None
    side: int
    inputs: tuple[Input, ...]
    acknowledged_until: Millis | None = None
    shelved_until: Millis | None = None
    reason: str | None = None
    raised: int = 1


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two current notices that conflict, as the exact check found them (spec/volume.md).

    first, second: how they are named to people. margin_m: how deep their areas overlap;
    vertical_ft: the height that both hold, None without limit. protected: one is a humanitarian site.
    """

    first: str
    second: str
    overlap_from: Millis
    overlap_until: Millis
    margin_m: int
    vertical_ft: int | None
    protected: bool
