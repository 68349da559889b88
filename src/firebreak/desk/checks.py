"""Line checks: when they are due, what became of each, and which carrier and office is next in turn.

A check is held when a person answered it. That one was missed says nothing of why: the reason stays
unknown until a person states it. What we did not do is said of us, and never shows as their silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from firebreak.desk.entries.checks import (
    DAY,
    Carrier,
    CheckCalendar,
    CheckMissed,
    CheckNoted,
    CheckTried,
    CheckWent,
    LineDeclared,
    LineWas,
    MissedBecause,
)
from firebreak.desk.entries.contacts import Contacted, Direction, Said
from firebreak.desk.entries.offices import Counterpart
from firebreak.desk.journal import Kept, of_kind
from firebreak.records.contacts import Outcome, Way
from firebreak.records.kinds import Declared
from firebreak.values import LATEST, Millis

MINUTE: Final = 60_000
EARLY: Final = 15 * MINUTE
"""ms: an answer so long before the time of the check counts for it."""
GRACE: Final = 30 * MINUTE
"""ms after the time of the check until it counts as missed, where the agreement has no deadline."""

CARRIER_OF: Final = {
    Way.VOICE: Carrier.VOICE,
    Way.FAX: Carrier.FAX,
    Way.MAIL: Carrier.LETTER,
    Way.PERSON: Carrier.PERSON,
}
"""By which carrier an officer's own check went; a node's go by several."""


# The calendar


def last_due(minutes: Sequence[int], before: int, holidays: Sequence[int] = ()) -> Millis | None:
    """The latest time of the calendar at or before `before`, ms UTC; None where there is none.

    minutes: of the UTC day; holidays: UTC days from 1970-01-01 on which none is due.
    """
    today, off = before // DAY, frozenset(holidays)
    for day in range(today, today - len(off) - 2, -1):
        if day in off or day < 0:
            continue
        times = [day * DAY + minute * MINUTE for minute in minutes]
        if found := [time for time in times if time <= before]:
            return Millis(max(found))
    return None


def next_due(minutes: Sequence[int], after: int, holidays: Sequence[int] = ()) -> Millis | None:
    """The earliest time of the calendar after `after`, ms UTC; None where there is none."""
    today, off = after // DAY, frozenset(holidays)
    for day in range(today, today + len(off) + 2):
        if day in off:
            continue
        times = [day * DAY + minute * MINUTE for minute in minutes]
        if found := [time for time in times if after < time <= LATEST]:
            return Millis(min(found))
    return None


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the checks of one line are due.

    party, channel: whose line, and its name; offices: theirs, the one on duty first; grace: ms until a
    check counts as missed; begins, ends: ms UTC, it holds from the one to before the other.
    """

    party: str
    channel: str
    offices: tuple[str, ...]
    minutes: tuple[int, ...]
    holidays: tuple[int, ...]
    grace: int
    begins: Millis
    ends: Millis

    def next(self, after: int) -> Millis | None:
        """The earliest check due after a time."""
        due = next_due(self.minutes, max(after, self.begins - 1), self.holidays)
        return due if due is not None and due < self.ends else None

    def last(self, before: int) -> Millis | None:
        """The latest check due at a time or before."""
        due = last_due(self.minutes, min(before, self.ends - 1), self.holidays)
        return due if due is not None and due >= self.begins else None

    def between(self, after: int, until: int) -> Iterator[Millis]:
        """Every check due after the one time and not after the other, in order."""
        due = self.next(after)
        while due is not None and due <= until:
            yield due
            due = self.next(due)

    def due_of(self, at: int) -> Millis | None:
        """The scheduled check that something at this time counts for; None if for none.

        From 15 minutes before it is due until 15 minutes before the next one.
        """
        return self.last(at + EARLY)


def kept_calendars(entries: Sequence[Kept]) -> list[Calendar]:
    """Those of the journal, of parties without a node: the newest for each line, unless it ended."""
    newest: dict[tuple[str, str], tuple[Kept, CheckCalendar]] = {}
    for kept, body in of_kind(entries, CheckCalendar):
        newest[body.party, body.channel] = (kept, body)
    return [
        Calendar(
            body.party,
            body.channel,
            body.offices,
            body.minutes,
            body.holidays,
            body.grace,
            kept.entry.at,
            Millis(LATEST),
        )
        for kept, body in newest.values()
        if body.minutes
    ]


# What was said and heard


@dataclass(frozen=True, slots=True)
class Exchange:
    """One line check with its answer, over a node or by an officer's own voice.

    by: whose check; office: theirs that it was addressed to, or that sent it; at, answered: ms UTC;
    received: when it got there, None if it is not known to have; texts: what was said in it, in order.
    """

    id: bytes
    party: str
    channel: str
    by: Direction
    office: str
    carrier: Carrier
    at: Millis
    answered: Millis | None
    received: Millis | None
    texts: tuple[str, ...]
    due: Millis | None = None


def exchanges(
    entries: Sequence[Kept], logged: Iterable[Exchange], calendars: Sequence[Calendar]
) -> list[Exchange]:
    """All of them by time: those of the logs with the carrier that was noted, and the officers' own."""
    went = {
        about: body.carrier
        for kept, body in of_kind(entries, CheckWent)
        for about in kept.entry.about
    }
    found = [replace(each, carrier=went.get(each.id, each.carrier)) for each in logged]
    for kept, body in of_kind(entries, CheckTried):
        channel = body.channel or next((c.channel for c in calendars if c.party == body.party), "")
        found.append(
            Exchange(
                kept.id,
                body.party,
                channel,
                Direction.OURS,
                body.theirs,
                CARRIER_OF[body.way],
                body.at,
                None if body.heard is None else body.at,
                None if body.undelivered else body.at,
                (body.said.text, *(() if body.heard is None else (body.heard.text,))),
                body.due,
            )
        )
    return sorted(found, key=lambda each: (each.at, each.id))


class Became(StrEnum):
    """What became of a scheduled check. The five outcomes, and those that are not over.

    What we tried only after its time is no attempt at it, and an answer to that is no answer to it.
    NOT_ANSWERED_BY_US: they sent one, and nobody of ours answered.
    """

    AHEAD = "ahead"
    OPEN = "open"
    HELD = "held"
    HELD_LATE = "held, late"
    NOT_ATTEMPTED = "not attempted (by us)"
    NOT_ANSWERED_BY_US = "not answered by us"
    UNDELIVERED = "undelivered"
    UNANSWERED = "unanswered"


MISSED: Final = frozenset(
    {
        Became.HELD_LATE,
        Became.NOT_ATTEMPTED,
        Became.NOT_ANSWERED_BY_US,
        Became.UNDELIVERED,
        Became.UNANSWERED,
    }
)
"""Nobody answered in time: these have a reason, unknown until a person states it."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One scheduled check.

    until: when it counts as missed; answered: when a person answered, ms UTC; office, carrier: of the
    last try; tries: how many checks of ours there were; because: of a missed one only; stated: whether
    a person said so; line, trouble: as the machine noted it, which is no attempt by a person.
    """

    party: str
    channel: str
    due: Millis
    until: Millis
    became: Became
    answered: Millis | None
    office: str | None
    carrier: Carrier | None
    tries: int
    because: MissedBecause | None
    stated: bool
    words: str | None
    line: LineWas | None
    trouble: str | None


def history(
    calendar: Calendar,
    entries: Sequence[Kept],
    done: Sequence[Exchange],
    now: Millis,
    since: int,
) -> list[Scheduled]:
    """Every check of a calendar due after `since` and up to now, oldest first.

    entries: those of the journal that count; done: by time, of every line.
    """
    line = (calendar.party, calendar.channel)
    stated = {
        body.due: body
        for _, body in of_kind(entries, CheckMissed)
        if (body.party, body.channel) == line
    }
    noted = {
        body.due: body
        for _, body in of_kind(entries, CheckNoted)
        if (body.party, body.channel) == line
    }
    of_line: dict[Millis, list[Exchange]] = {}
    for each in done:
        if (each.party, each.channel) == line:
            due = each.due if each.due is not None else calendar.due_of(each.at)
            if due is not None:
                of_line.setdefault(due, []).append(each)
    return [
        _scheduled(calendar, due, of_line.get(due, []), stated.get(due), noted.get(due), now)
        for due in calendar.between(since, now)
    ]


def _scheduled(
    calendar: Calendar,
    due: Millis,
    tries: Sequence[Exchange],
    stated: CheckMissed | None,
    noted: CheckNoted | None,
    now: Millis,
) -> Scheduled:
    until = Millis(due + calendar.grace)
    answers = [each.answered for each in tries if each.answered is not None]
    answered = min(answers, default=None)
    ours = [each for each in tries if each.by is Direction.OURS]
    became = _became(tries, until, now)
    missed = became in MISSED
    last = tries[-1] if tries else None
    return Scheduled(
        calendar.party,
        calendar.channel,
        due,
        until,
        became,
        answered,
        None if last is None else last.office,
        None if last is None else last.carrier,
        len(ours),
        (stated.because if stated else MissedBecause.UNKNOWN) if missed else None,
        missed and stated is not None and stated.because is not MissedBecause.UNKNOWN,
        stated.words if stated and missed else None,
        noted.line if noted else None,
        noted.trouble if noted else None,
    )


def _became(
    tries: Sequence[Exchange],
    until: Millis,
    now: Millis,
) -> Became:
    timely = [each for each in tries if each.at <= until]
    ours = [each for each in timely if each.by is Direction.OURS]
    answers = [each.answered for each in (tries if ours else timely) if each.answered is not None]
    if answers:
        return Became.HELD if min(answers) <= until else Became.HELD_LATE
    if now < until:
        return Became.OPEN
    if any(each.received is not None and each.received <= until for each in ours):
        return Became.UNANSWERED
    if ours:
        return Became.UNDELIVERED
    return Became.NOT_ANSWERED_BY_US if timely else Became.NOT_ATTEMPTED


# Every carrier and office in turn


@dataclass(frozen=True, slots=True)
class Turn:
    """One way of a check: a carrier and an office over there; backup: not the one on duty."""

    carrier: Carrier
    office: str
    backup: bool


def turns(calendar: Calendar, carriers: Sequence[Carrier], entries: Sequence[Kept]) -> list[Turn]:
    """Every carrier with every office that it reaches, in order.

    carriers: the node's own, as configured; those of officers are kept with the counterparts.
    """
    found = [
        Turn(carrier, office, number > 0)
        for carrier in carriers
        for number, office in enumerate(calendar.offices)
    ]
    for card in _cards(entries, calendar.party):
        for reached in card.ways:
            if reached.way is not Way.NODE:
                carrier = CARRIER_OF[reached.way]
                found.append(Turn(carrier, card.theirs, False))
                found += [Turn(carrier, deputy, True) for deputy in card.deputies]
    if not found:  # nothing is kept of how they are reached: a telephone at least
        found = [Turn(Carrier.VOICE, each, n > 0) for n, each in enumerate(calendar.offices)]
    return list({(turn.carrier, turn.office): turn for turn in reversed(found)}.values())[::-1]


def _cards(entries: Sequence[Kept], party: str) -> list[Counterpart]:
    newest = {
        (body.ours, body.theirs): body
        for _, body in of_kind(entries, Counterpart)
        if body.party == party
    }
    return [body for body in newest.values() if not body.ended]


def in_turn(
    every: Sequence[Turn], calendar: Calendar, done: Sequence[Exchange], count: int
) -> list[Turn]:
    """Whose turn it is at the next `count` checks: what was longest not tried, never tried first."""
    tried = {(turn.carrier, turn.office): -1 for turn in every}
    for each in done:
        place = (each.carrier, each.office)
        if (each.party, each.channel, each.by) == (
            calendar.party,
            calendar.channel,
            Direction.OURS,
        ) and place in tried:
            tried[place] = each.at
    found: list[Turn] = []
    latest = max((0, *tried.values()))
    for number in range(count if every else 0):
        turn = min(every, key=lambda each: tried[each.carrier, each.office])
        tried[turn.carrier, turn.office] = latest + number + 1
        found.append(turn)
    return found


def texts(done: Sequence[Exchange], party: str) -> list[str]:
    """What was said in line checks with a party, oldest first."""
    return [text for each in done if each.party == party for text in each.texts]


# Declared


@dataclass(frozen=True, slots=True)
class Told:
    """They declared a line suspended by another way than the line. reason: only if they stated one.

    traffic: what was said or held with them since by ways that the journal shows.
    """

    party: str
    channel: str
    at: Millis
    way: Way
    reason: str | None
    traffic: int


def told(entries: Sequence[Kept]) -> list[Told]:
    """Lines that stand declared suspended, as the other side told by other ways than the line."""
    newest: dict[tuple[str, str], LineDeclared] = {}
    for _, body in of_kind(entries, LineDeclared):
        before = newest.get((body.party, body.channel))
        if before is None or before.at <= body.at:
            newest[body.party, body.channel] = body
    return [
        Told(body.party, body.channel, body.at, body.way, body.reason, _traffic(entries, body))
        for body in newest.values()
        if body.declared is Declared.SUSPENDED
    ]


def _traffic(entries: Sequence[Kept], declared: LineDeclared) -> int:
    count = 0
    for kept in entries:
        match kept.entry.body:
            case Said(party=party, happened=at) | CheckTried(party=party, at=at):
                count += party == declared.party and at >= declared.at
            case Contacted(party=party, happened=at, outcome=outcome):
                held = outcome is Outcome.HELD
                count += held and party == declared.party and at >= declared.at
            case _:
                pass
    return count
