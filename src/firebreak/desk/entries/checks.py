"""Line checks by other ways than a node, why one was missed, and what was declared of a line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from firebreak.desk.entries.slots import LINE, TIME
from firebreak.errors import InvalidValue
from firebreak.records.codec import Choice, Flag, Integer, Items, Maybe, Struct
from firebreak.records.contacts import Way
from firebreak.records.kinds import Declared
from firebreak.records.slots import NAME, SHORT, WORDS, Words
from firebreak.values import LATEST, Millis

DAY = 86_400_000


class MissedBecause(IntEnum):
    """Why a line check was missed. UNKNOWN until a person knows; nothing is inferred."""

    UNKNOWN = 1
    TECHNICAL_OURS = 2
    TECHNICAL_THEIRS = 3
    DECLINED = 4
    ANNOUNCED = 5


class Carrier(IntEnum):
    """What carries a line check, so that each is tested in turn.

    WIRE to MAIL, RELAY: a node's bundles; BY_HAND: bundles on a stick or on printed pages; VOICE to
    PERSON: an officer himself.
    """

    WIRE = 1
    NARROW = 2
    MAIL = 3
    BY_HAND = 4
    RELAY = 5
    VOICE = 6
    FAX = 7
    LETTER = 8
    PERSON = 9


class LineWas(IntEnum):
    """What the machine knew of a line when a scheduled check had passed."""

    UP = 1
    LATE = 2
    DOWN = 3
    NODE_NOT_RUNNING = 4


@dataclass(frozen=True, slots=True)
class CheckTried:
    """A line check by voice, fax, mail or in person. due: the time agreed, if it was a scheduled one.

    heard: what they said, if a person answered; backup: whether it was their backup office; channel:
    of the calendar that `due` is of; undelivered: it did not get there, as on a dead line; real:
    otherwise it was exercise.
    """

    party: str
    theirs: str
    way: Way
    at: Millis
    due: Millis | None
    said: Words
    heard: Words | None
    backup: bool
    channel: str | None = None
    undelivered: bool = False
    real: bool = False

    def __post_init__(self) -> None:
        if self.undelivered and self.heard is not None:
            raise InvalidValue("Who answered was reached. Leave out one of the two.")
        if self.way is Way.NODE:
            raise InvalidValue("A check by a node is a record in its log: firebreak line check")


@dataclass(frozen=True, slots=True)
class CheckMissed:
    """A scheduled line check did not take place, and why. channel: of the agreement, by its name."""

    party: str
    channel: str
    due: Millis
    because: MissedBecause
    words: str | None = None


@dataclass(frozen=True, slots=True)
class LineDeclared:
    """The other side declared the line suspended or resumed by another way than the line itself."""

    party: str
    channel: str
    declared: Declared
    at: Millis
    way: Way
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DrillPlanned:
    """A reachability drill: each office is to be called at each of these times, within 24 h or so.

    ahead_minutes: their clock's difference from UTC, so that their nights and weekends are known.
    """

    party: str
    offices: tuple[str, ...]
    times: tuple[Millis, ...]
    ahead_minutes: int = 0

    def __post_init__(self) -> None:
        if list(self.times) != sorted(set(self.times)):
            raise InvalidValue("The times of a drill are repeated or out of order. Give each once.")
        if len(set(self.offices)) != len(self.offices):
            raise InvalidValue("An office stands twice in the drill. Name each once.")


@dataclass(frozen=True, slots=True)
class CheckCalendar:
    """Line checks agreed with a party that has no node. The newest entry for party and channel holds.

    channel: what the two call it, such as voice; offices: theirs, the one on duty first, then those
    that stand in for it; minutes: of the UTC day, none ends the calendar; holidays: UTC days from
    1970-01-01 without checks; grace: ms until a check that nobody answered counts as missed.
    """

    party: str
    channel: str
    offices: tuple[str, ...]
    minutes: tuple[int, ...]
    holidays: tuple[int, ...]
    grace: int

    def __post_init__(self) -> None:
        for what, listed in (("Times", self.minutes), ("Holidays", self.holidays)):
            if list(listed) != sorted(set(listed)):
                raise InvalidValue(f"{what} are repeated or out of order. Give each once.")


@dataclass(frozen=True, slots=True)
class CheckNoted:
    """The node itself notes that the time of a scheduled check passed without a person's answer.

    line: as the machine knew it then; trouble: why the wire was not there, as the machine saw it.
    """

    party: str
    channel: str
    due: Millis
    line: LineWas
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class CheckWent:
    """The line check of ours that is referred to went by this carrier, to test it."""

    carrier: Carrier


@dataclass(frozen=True, slots=True)
class DrillCalled:
    """One call of the drill referred to. planned: its time in the plan; at: when it was made.

    answered_by: who answered, None if nobody did; took: ms until they answered.
    """

    party: str
    theirs: str
    way: Way
    planned: Millis
    at: Millis
    answered_by: str | None
    took: int | None
    words: str | None = None

    def __post_init__(self) -> None:
        if (self.answered_by is None) != (self.took is None):
            raise InvalidValue("Say who answered and after how long, or neither.")


CHECK_TRIED = Struct(
    CheckTried,
    party=NAME,
    theirs=NAME,
    way=Choice(Way),
    at=TIME,
    due=Maybe(TIME),
    said=WORDS,
    heard=Maybe(WORDS),
    backup=Flag(),
    channel=Maybe(NAME),
    undelivered=Flag(),
    real=Flag(),
)
CHECK_MISSED = Struct(
    CheckMissed,
    party=NAME,
    channel=NAME,
    due=TIME,
    because=Choice(MissedBecause),
    words=Maybe(SHORT),
)
LINE_DECLARED = Struct(
    LineDeclared,
    party=NAME,
    channel=NAME,
    declared=Choice(Declared),
    at=TIME,
    way=Choice(Way),
    reason=Maybe(SHORT),
)
DRILL_PLANNED = Struct(
    DrillPlanned,
    party=NAME,
    offices=Items(NAME, 16, least=1),
    times=Items(TIME, 96, least=1),
    ahead_minutes=Integer(-720, 840),
)
CHECK_CALENDAR = Struct(
    CheckCalendar,
    party=NAME,
    channel=NAME,
    offices=Items(NAME, 16, least=1),
    minutes=Items(Integer(0, 1_439), 24),
    holidays=Items(Integer(0, LATEST // DAY), 366),
    grace=Integer(60_000, DAY),
)
CHECK_NOTED = Struct(
    CheckNoted, party=NAME, channel=NAME, due=TIME, line=Choice(LineWas), trouble=Maybe(LINE)
)
CHECK_WENT = Struct(CheckWent, carrier=Choice(Carrier))
DRILL_CALLED = Struct(
    DrillCalled,
    party=NAME,
    theirs=NAME,
    way=Choice(Way),
    planned=TIME,
    at=TIME,
    answered_by=Maybe(NAME),
    took=Maybe(Integer(0, DAY)),
    words=Maybe(SHORT),
)
