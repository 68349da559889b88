"""Line checks in a running node: every line's calendar, what is due, and what the node itself notes.

A person sends a check and a person answers it. The node notes, under its own key, that the time of one
passed without an answer, and what the machine knew of the line: so no check is lost over a restart, and
what was tried while a line was cut is kept.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from firebreak.desk import checks, journal
from firebreak.desk.checks import MISSED, Became, Calendar, Exchange, Scheduled, Told, Turn
from firebreak.desk.dialogue import Place
from firebreak.desk.drill import CALL_WITHIN, Reached, drills
from firebreak.desk.entries.checks import DAY, Carrier, CheckMissed, CheckNoted, CheckTried, LineWas
from firebreak.desk.entries.contacts import Direction
from firebreak.desk.fresh import is_fresh, proposed
from firebreak.desk.journal import Kept, of_kind
from firebreak.errors import FirebreakError, Refused
from firebreak.keys import SigningKey
from firebreak.node.alerts import About, Level
from firebreak.node.contacts import offices_of
from firebreak.node.due import Due
from firebreak.node.following import Following
from firebreak.node.journal import Journal
from firebreak.node.side import Side
from firebreak.records.agreement import Channel
from firebreak.records.figures import exact_date_time_group
from firebreak.records.kinds import Kind, LineCheck, LineCheckReply
from firebreak.records.record import NODE_AUTHOR, Record
from firebreak.records.spelling import name_of
from firebreak.values import Millis

LOOKED_BACK: Final = 35 * DAY
"""ms: how far back a node that was away notes checks that passed meanwhile."""
REASON_WITHIN: Final = 6 * 3_600_000
"""ms after which a missed check whose reason nobody stated is brought back to mind."""
MOST_COUNTED: Final = 5_000
"""Records counted on a line that stands declared suspended; beyond, it is so many or more."""
REASON_ASKED: Final = 3 * DAY
"""ms after which the reason of a missed check is no longer asked for; it stays unknown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its calendar. carriers: the node's own to it; side: None without a node there."""

    calendar: Calendar
    side: Side | None
    carriers: tuple[Carrier, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the runner hands in. carriers: of the node, to a party by name; trouble: why its wire is not
    there; version: of the party's card; started_at: of this run, ms UTC."""

    clock: Callable[[], Millis]
    carriers: Callable[[str], tuple[Carrier, ...]]
    trouble: Callable[[str], str | None]
    version: Callable[[], int]
    started_at: Millis


class Checks:
    """Every line's checks."""

    def __init__(
        self, sides: Sequence[Side], kept: Journal, key: SigningKey, around: Surroundings
    ) -> None:
        """key: the node's record key."""
        self._sides, self._journal, self._key, self._around = sides, kept, key, around
        self._following = Following(sides, frozenset({Kind.LINE_CHECK}))
        self._final: dict[tuple[int, int, Place], Exchange] = {}
        self._standing: tuple[int, list[Kept]] = (-1, [])
        self._calendars: list[Calendar] = []
        self._noted = {(b.party, b.channel, b.due) for _, b in of_kind(kept.entries, CheckNoted)}
        self._looked: dict[tuple[str, str], Millis] = {}
        for side in sides:
            side.appending.checks.append(self._checker(side))
        kept.checks.append(self._check_entry)

    # -- what there is -------------------------------------------------------------------------

    @property
    def entries(self) -> list[Kept]:
        """Those of the journal that count."""
        self._follow()
        return self._standing[1]

    def _follow(self) -> None:
        size = len(self._journal.entries)
        if self._standing[0] != size:
            self._standing = (size, journal.standing(self._journal.entries))
            self._calendars = checks.kept_calendars(self._standing[1])

    def _kept(self) -> list[Calendar]:
        """Calendars of the journal, read anew only when it has grown."""
        self._follow()
        return self._calendars

    def lines(self) -> list[Line]:
        """Every line that has a calendar: by agreement, or kept in the journal."""
        found = [line for side in self._sides for line in self._agreed(side)]
        known = {(line.calendar.party, line.calendar.channel) for line in found}
        found += [
            Line(each, None, ()) for each in self._kept() if (each.party, each.channel) not in known
        ]
        return found

    def _agreed(self, side: Side) -> Iterator[Line]:
        agreement = side.shared.agreement
        for channel in sorted({at.channel for at in agreement.line_checks}):
            terms = side.shared.terms(channel)
            offices = (agreement.offices[number] for number in terms.offices)
            grace = next((t.millis for t in terms.answer_within if t.code == Kind.LINE_CHECK), None)
            yield Line(
                Calendar(
                    side.peer_name,
                    name_of(channel),
                    tuple(each.role for each in offices if each.party == side.shared.peer),
                    tuple(at.minute for at in agreement.line_checks if at.channel is channel),
                    agreement.holidays,
                    checks.GRACE if grace is None else grace,
                    agreement.valid_from,
                    agreement.valid_until,
                ),
                side,
                self._around.carriers(side.peer_name),
            )

    def done(self) -> list[Exchange]:
        """Every line check of either side, with its answer, by time."""
        calendars = [line.calendar for line in self.lines()]
        return checks.exchanges(self.entries, self._logged(), calendars)

    def _logged(self) -> Iterator[Exchange]:
        for side, channel, place in self._following.found():
            key = (id(side), channel, place)
            made = self._final.get(key)
            if made is None:
                first = next(iter(self._around.carriers(side.peer_name)), Carrier.WIRE)
                made = _exchange(side, channel, place, first)
                if made.answered is not None:
                    self._final[key] = made
            yield made

    def history(self, line: Line, since: int) -> list[Scheduled]:
        """What became of each scheduled check of a line after `since`, oldest first."""
        now = self._around.clock()
        return checks.history(line.calendar, self.entries, self.done(), now, since)

    def ahead(self, line: Line, until: int) -> list[tuple[Millis, Turn | None]]:
        """The checks of a line due from now on, each with the carrier and office in turn."""
        dues = list(line.calendar.between(self._around.clock(), until))
        turns = self.turns(line, max(1, len(dues)))
        return [(due, turns[n] if turns else None) for n, due in enumerate(dues)]

    def turns(self, line: Line, count: int) -> list[Turn]:
        """The carriers and offices in turn at the next `count` checks."""
        every = checks.turns(line.calendar, line.carriers, self.entries)
        return checks.in_turn(every, line.calendar, self.done(), count)

    def proposal(self, party: str) -> str:
        """Fresh harmless words for a check with a party."""
        said = checks.texts(self.done(), party)
        return proposed(said, len(said) + sum(self._journal.origin.encode()))

    def told(self) -> list[Told]:
        """Lines that stand declared suspended, told by other ways."""
        told = checks.told(self.entries)
        return [replace(each, traffic=each.traffic + self._traffic(each)) for each in told]

    def _traffic(self, told: Told) -> int:
        return sum(
            traffic(side, channel, told.at)
            for side in self._sides
            if side.peer_name == told.party
            for channel in side.shared.books
            if name_of(Channel(channel)) == told.channel
        )

    # -- what our side may not say ---------------------------------------------------------------

    def _checker(self, side: Side) -> Callable[[int, Record], None]:
        def check(channel: int, record: Record) -> None:
            if isinstance(record.body, LineCheck | LineCheckReply):
                self._fresh(record.body.content.text, side.peer_name)

        return check

    def _check_entry(self, kept: Kept, entries: Sequence[Kept]) -> None:
        if isinstance(kept.entry.body, CheckTried):
            self._fresh(kept.entry.body.said.text, kept.entry.body.party)

    def _fresh(self, text: str, party: str) -> None:
        said = checks.texts(self.done(), party)
        if not is_fresh(text, said):
            raise Refused(
                "These words were said in a line check not long ago, so they do not show that a"
                f' person speaks now. Say others, for example: "{self.proposal(party)}"'
            )

    # -- what is due -----------------------------------------------------------------------------

    def due(self, now: Millis) -> Iterator[Due]:
        """Checks to send now, missed ones of lines without a node, reasons to state, drill calls."""
        done, entries = self.done(), self.entries
        for line in self.lines():
            yield from self._line_due(line, entries, done, now)
        for drill in drills(entries, now):
            for call in drill.calls:
                if call.reached in (Reached.AHEAD, Reached.DUE):
                    at = exact_date_time_group(call.planned)
                    text = (
                        f"A drill call is due: {call.office} of {drill.party}, {at}. Call, then note"
                        f" it: firebreak line drill note {drill.id.hex()[:8]}"
                    )
                    key = f"drill {drill.id.hex()} {call.office} {call.planned}"
                    again = CALL_WITHIN // 2
                    yield Due(key, call.planned, Level.WARNING, About.LINE, text, again)

    def _line_due(
        self, line: Line, entries: Sequence[Kept], done: Sequence[Exchange], now: Millis
    ) -> Iterator[Due]:
        calendar = line.calendar
        named = f"{calendar.channel} line with {calendar.party}"
        stated = {
            body.due
            for _, body in of_kind(entries, CheckMissed)
            if (body.party, body.channel) == (calendar.party, calendar.channel)
        }
        found = checks.history(calendar, entries, done, now, now - REASON_ASKED)
        coming = calendar.next(now)
        if coming is not None:
            found.append(_to_come(calendar, coming))
        for each in found:
            at, key = (
                exact_date_time_group(each.due),
                f"{calendar.party} {calendar.channel} {each.due}",
            )
            if each.became in (Became.OPEN, Became.AHEAD):
                how = "line check" if line.side is not None else "line tried"
                text = f"A line check is due on the {named}: {at}. Send one: firebreak {how}"
                if each.tries == 0:
                    yield Due(f"check {key}", each.due, Level.CAUTION, About.LINE, text)
                if line.side is None:
                    yield Due(f"missed {key}", each.until, *_missed(named, at))
            elif each.became in MISSED:
                if line.side is None:
                    yield Due(f"missed {key}", each.until, *_missed(named, at))
                if each.due not in stated:
                    text = (
                        f"Nobody stated why the line check of {at} on the {named} was missed."
                        " State it, or that it is unknown: firebreak line missed"
                    )
                    later = Millis(each.until + REASON_WITHIN)
                    yield Due(f"reason {key}", later, Level.CAUTION, About.LINE_CHECK_MISSED, text)

    # -- what the node notes -----------------------------------------------------------------------

    def wake_at(self) -> Millis | None:
        """When `tick` is next needed: as the time of the next check runs out."""
        times = [
            Millis(due + line.calendar.grace)
            for line in self.lines()
            if line.side is not None
            and not line.side.shared.recovering
            and (due := line.calendar.next(self._looked_until(line))) is not None
        ]
        return min(times, default=None)

    def _looked_until(self, line: Line) -> Millis:
        """Up to which due time this run has looked; a clock that was set back is followed."""
        calendar, now = line.calendar, self._around.clock()
        floor = Millis(min(self._around.started_at, now) - LOOKED_BACK)
        return min(self._looked.get((calendar.party, calendar.channel), floor), now)

    def tick(self) -> None:
        """Note each check whose time ran out without an answer by a person."""
        now = self._around.clock()
        wake = self.wake_at()
        if wake is None or wake > now:
            return
        done, entries = self.done(), self.entries
        notes: list[CheckNoted] = []
        for line in self.lines():
            side, calendar = line.side, line.calendar
            if side is None or side.shared.recovering:
                continue
            for each in checks.history(calendar, entries, done, now, self._looked_until(line)):
                if each.until > now:
                    break
                self._looked[calendar.party, calendar.channel] = each.due
                place = (each.party, each.channel, each.due)
                if each.became in MISSED and place not in self._noted:
                    self._noted.add(place)
                    notes.append(self._note(side, each))
        if notes:
            self._enter(notes, now)

    def _note(self, side: Side, missed: Scheduled) -> CheckNoted:
        if missed.until < self._around.started_at:
            return CheckNoted(missed.party, missed.channel, missed.due, LineWas.NODE_NOT_RUNNING)
        line = LineWas[side.shared.link.status.name]
        trouble = None if line is LineWas.UP else self._around.trouble(side.peer_name)
        return CheckNoted(missed.party, missed.channel, missed.due, line, _short(trouble))

    def _enter(self, notes: Sequence[CheckNoted], now: Millis) -> None:
        version = self._around.version()
        signed = [
            journal.sign_entry(
                journal.Entry(version, NODE_AUTHOR, now, (), note), self._journal.origin, self._key
            )
            for note in notes
        ]
        with suppress(FirebreakError):  # a journal that failed was told of; the next run notes them
            self._journal.append(signed, lambda error: None)


def traffic(side: Side, channel: int, since: int) -> int:
    """How many records people sent on a channel since then, both ways; MOST_COUNTED at most."""
    count = 0
    book = side.shared.books[channel]
    for log in book.logs.values():
        for index in range(log.durable - 1, -1, -1):
            stored = book.stored(log.party, index)
            if stored is None or stored[0].stored_at <= since or count >= MOST_COUNTED:
                break
            record = stored[1].record
            count += record is not None and record.author != NODE_AUTHOR
    return count


def _exchange(side: Side, channel: int, place: Place, carrier: Carrier) -> Exchange:
    book = side.shared.books[channel]
    entry, judged = book.held(*place)
    record = judged.record
    assert record is not None
    assert isinstance(record.body, LineCheck)
    ours = place[0] == side.shared.party
    received = side.shared.received_at(channel, place[1]) if ours else entry.stored_at
    said, answered = [record.body.content.text], None
    for question in book.state(place).questions:
        for answer, _ in question.answers if question.place == place else ():
            stored = book.stored(*answer)
            reply = None if stored is None else stored[1].record
            if stored is not None and reply is not None and isinstance(reply.body, LineCheckReply):
                said.append(reply.body.content.text)
                answered = stored[0].stored_at if answered is None else answered
    return Exchange(
        judged.id,
        side.peer_name,
        name_of(Channel(channel)),
        Direction.OURS if ours else Direction.THEIRS,
        offices_of(side, channel, place, record)[1],
        carrier,
        record.composed_at if ours else entry.stored_at,
        answered,
        received,
        tuple(said),
    )


def _to_come(calendar: Calendar, due: Millis) -> Scheduled:
    until = Millis(due + calendar.grace)
    became, nothing = Became.AHEAD, (None, None, None)
    return Scheduled(
        calendar.party,
        calendar.channel,
        due,
        until,
        became,
        *nothing,
        0,
        None,
        False,
        *nothing,
    )


def _missed(named: str, at: str) -> tuple[Level, About, str]:
    text = (
        f"Nobody noted an answer to the line check of {at} on the {named}. That says nothing about"
        " intent. Try again, and note it: firebreak line tried"
    )
    return Level.WARNING, About.LINE_CHECK_MISSED, text


def _short(text: str | None) -> str | None:
    """As much of a text as a note holds, without what no signed text may have."""
    if text is None:
        return None
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return unicodedata.normalize("NFC", plain)[:200].strip() or None
