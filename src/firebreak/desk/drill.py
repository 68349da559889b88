"""The reachability drill: each office is called over a day, at night and at weekends too.

It finds what no line check at noon does: a telephone that is barred after 2200, a shift that nobody
holds. A call that we did not make is said of us.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median_low
from typing import Final

from firebreak.desk.entries.checks import DAY, DrillCalled, DrillPlanned
from firebreak.desk.journal import Kept, of_kind
from firebreak.records.contacts import Way
from firebreak.values import Millis

HOUR: Final = 3_600_000
CALL_WITHIN: Final = HOUR
"""ms after its time within which a call of a drill is to be made."""
_NIGHT: Final = (22, 6)
"""From this hour to that one by their clock it is night."""
_SATURDAY: Final = 5


class Reached(StrEnum):
    """What became of one call of a drill."""

    AHEAD = "ahead"
    DUE = "due"
    NOT_ATTEMPTED = "not attempted (by us)"
    UNANSWERED = "unanswered"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class DrillCall:
    """One call of the plan. took: ms until they answered; night, weekend: by their clock."""

    office: str
    planned: Millis
    night: bool
    weekend: bool
    reached: Reached
    called: Millis | None
    way: Way | None
    answered_by: str | None
    took: int | None
    words: str | None


@dataclass(frozen=True, slots=True)
class OfficeReached:
    """One office over the whole drill. by_night: of night and weekend calls made, how many answered."""

    office: str
    called: int
    answered: int
    called_off_hours: int
    answered_off_hours: int
    median_took: int | None
    longest_took: int | None


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill as it stands. id: of its plan, 32 bytes; calls: by time, then office."""

    id: bytes
    party: str
    ahead_minutes: int
    calls: tuple[DrillCall, ...]
    offices: tuple[OfficeReached, ...]

    @property
    def done(self) -> bool:
        """Whether nothing of it is ahead or due."""
        return not any(call.reached in (Reached.AHEAD, Reached.DUE) for call in self.calls)


def drills(entries: Sequence[Kept], now: Millis) -> list[Drill]:
    """Every drill planned, the newest first. entries: those of the journal that count."""
    called: dict[tuple[bytes, str, Millis], DrillCalled] = {}
    for kept, body in of_kind(entries, DrillCalled):
        for about in kept.entry.about[:1]:
            called[about, body.theirs, body.planned] = body
    return [_drill(kept, plan, called, now) for kept, plan in of_kind(entries, DrillPlanned)][::-1]


def _drill(
    kept: Kept,
    plan: DrillPlanned,
    called: dict[tuple[bytes, str, Millis], DrillCalled],
    now: Millis,
) -> Drill:
    calls = tuple(
        _call(plan, office, time, called.get((kept.id, office, time)), now)
        for time in plan.times
        for office in plan.offices
    )
    offices = tuple(
        _office(office, [call for call in calls if call.office == office])
        for office in plan.offices
    )
    return Drill(kept.id, plan.party, plan.ahead_minutes, calls, offices)


def _call(
    plan: DrillPlanned, office: str, time: Millis, made: DrillCalled | None, now: Millis
) -> DrillCall:
    theirs = time + plan.ahead_minutes * 60_000
    hour, weekday = theirs % DAY // HOUR, (theirs // DAY + 3) % 7  # 1970-01-01 was a Thursday
    night = hour >= _NIGHT[0] or hour < _NIGHT[1]
    if made is not None:
        reached = Reached.UNANSWERED if made.took is None else Reached.ANSWERED
    elif now < time:
        reached = Reached.AHEAD
    else:
        reached = Reached.DUE if now < time + CALL_WITHIN else Reached.NOT_ATTEMPTED
    return DrillCall(
        office,
        time,
        night,
        weekday >= _SATURDAY,
        reached,
        None if made is None else made.at,
        None if made is None else made.way,
        None if made is None else made.answered_by,
        None if made is None else made.took,
        None if made is None else made.words,
    )


def _office(office: str, calls: Sequence[DrillCall]) -> OfficeReached:
    made = [call for call in calls if call.called is not None]
    off = [call for call in made if call.night or call.weekend]
    took = [call.took for call in made if call.took is not None]
    return OfficeReached(
        office,
        len(made),
        len(took),
        len(off),
        sum(call.took is not None for call in off),
        median_low(took) if took else None,
        max(took, default=None),
    )


def slot_of(drill: Drill, office: str, at: int) -> DrillCall | None:
    """The call of the plan that a call of this office at this time was: the nearest within 12 h."""
    near = [
        call for call in drill.calls if call.office == office and abs(call.planned - at) <= DAY // 2
    ]
    return min(near, key=lambda call: abs(call.planned - at), default=None)
