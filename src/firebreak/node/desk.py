"""The desk in a running node: what is open, what is due and told, and what our own rules hold back.

Everything is computed anew from the journal and the logs; only what was told is kept (node/due.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from firebreak.desk import attested, journal, onward, people
from firebreak.desk.attested import Attested
from firebreak.desk.calls import CallView
from firebreak.desk.entries.contacts import Direction, Said, Struck
from firebreak.desk.entries.offices import (
    AuthorityGiven,
    HandoverGiven,
    HandoverTaken,
    OpenItem,
    ReleaseRule,
    SummonsAnswered,
)
from firebreak.desk.entries.onward import OnwardRule, OnwardTold
from firebreak.desk.journal import Kept
from firebreak.desk.onward import Onward, Passing
from firebreak.desk.overlap import volume_of
from firebreak.desk.people import Sent
from firebreak.desk.tables import Standing
from firebreak.errors import Refused
from firebreak.node.alerts import About, Alert, Level
from firebreak.node.due import Alarms, Due
from firebreak.node.following import Following
from firebreak.node.journal import Journal
from firebreak.node.side import Side
from firebreak.records.figures import exact_date_time_group
from firebreak.records.kinds import KIND_OF, NODE_KINDS, Kind
from firebreak.records.record import Record
from firebreak.records.roster import Roster
from firebreak.records.spelling import code_name, name_of
from firebreak.store.interface import Store
from firebreak.values import Millis

_MINUTE: Final = 60_000
HANDOVER_WITHIN: Final = 10 * _MINUTE
"""ms after which a watch that was given and not taken alarms; again as often."""
SUMMONS_WITHIN: Final = 2 * _MINUTE
"""ms after which who was summoned and has not come alarms; again as often."""
ONWARD_AGAIN: Final = 15 * _MINUTE
"""ms after which a unit that has not confirmed alarms again."""
LEAVE_AGAIN: Final = 60 * _MINUTE
"""ms after which a leave that is awaited is brought back to mind; again as often."""
REMIND_BEFORE: Final = 5 * _MINUTE
"""ms before an answer of ours is due that it is brought back to mind, at most."""
MOST_LISTED: Final = 200
"""Open items that one handover lists: what is due first. Their signed entry must fit in a log."""
NOTE: Final = 120
"""Characters of a note."""

_OPEN_CALLS: Final = frozenset(
    {
        Standing.REQUESTED,
        Standing.AWAITING_AUTHORITY,
        Standing.OTHER_TIME,
        Standing.DEPUTY,
        Standing.ACCEPTED,
        Standing.READY,
        Standing.BEGUN,
    }
)
_UNREAD: Final = frozenset({Standing.FILED, Standing.AMENDED, Standing.READ_BACK_DIFFERS})


class Logged:
    """Records that people of both sides said on all lines, back to what can matter."""

    def __init__(self, sides: Sequence[Side], since: Millis) -> None:
        self._following = Following(sides, frozenset(Kind) - NODE_KINDS, since)
        self.passing: list[Passing] = []
        self.sent: list[Sent] = []

    def follow(self) -> None:
        """Take in what came or went since the last time."""
        for side, channel, place in self._following.fresh():
            ours, them = place[0] == side.shared.party, side.peer_name
            entry, judged = side.shared.books[channel].held(*place)
            record = judged.record
            assert record is not None
            self.passing.append(Passing(judged.id, record.kind, entry.stored_at, ours, them))
            if ours:
                about = answered(side, channel, record)
                self.sent.append(Sent(record.kind, entry.stored_at, about))


def answered(side: Side, channel: int, record: Record) -> frozenset[bytes]:
    """Ids of the record that one refers to, and of the first of its dialogue."""
    if record.refers_to is None:
        return frozenset()
    book = side.shared.books[channel]
    target = book.entry(record.refers_to.party, record.refers_to.index)
    if target is None:
        return frozenset()
    root = book.entry(*target.root)
    return frozenset({target.id} if root is None else {target.id, root.id})


class Desk:
    """What the node computes of the desk.

    more: sources of further open items, a line for each: given the time now, each item and when it
    is due, ms UTC, or LATE.
    """

    def __init__(
        self,
        sides: Sequence[Side],
        kept: Journal,
        store: Store,
        clock: Callable[[], Millis],
        tell: Callable[[Alert], None],
        fault: Callable[[Exception], None],
        rosters: Callable[[], Mapping[int, Roster]],
        calls: Callable[[], Sequence[CallView]],
    ) -> None:
        self._sides, self._journal, self._store, self._clock = sides, kept, store, clock
        self._rosters, self._calls = rosters, calls
        self._logged = Logged(sides, self._since())
        self._folded = -1
        self._counting: list[Kept] = []
        self._held: list[Attested] = []
        self.more: list[Callable[[Millis], Iterable[tuple[int, OpenItem]]]] = []
        self.alarms = Alarms(store, clock, tell, self._size, fault)
        self.alarms.sources += [
            self.onward_due,
            self.handover_due,
            self.summons_due,
            self.leave_due,
            self.verification_due,
            self.attested_due,
            self.answers_due,
        ]
        kept.checks.append(self._check)
        for side in sides:
            side.appending.checks.append(self._checker(side))
            side.appending.wants_second = self.wants_second

    def _since(self) -> Millis:
        """How far back the logs are read: as long as anything is asked for, if a rule asks."""
        now = self._clock()
        ruled = any(isinstance(k.entry.body, OnwardRule) for k in self._journal.entries)
        back = onward.ASKED_FOR if ruled else people.LEAVE_LASTS
        return Millis(now - back)

    def _size(self) -> object:
        logs = (
            log.durable
            for side in self._sides
            for book in side.shared.books.values()
            for log in book.logs.values()
        )
        return len(self._journal.entries), sum(logs)

    @property
    def entries(self) -> list[Kept]:
        """Those of the journal that count."""
        self._fold()
        return self._counting

    def _dialogues(self) -> list[Attested]:
        """Those held by voice, fax, mail or in person."""
        self._fold()
        return self._held

    def _fold(self) -> None:
        """Anew only where the journal has grown: it is asked for at every record of a line."""
        size = len(self._journal.entries)
        if size != self._folded:
            self._counting, self._folded = journal.standing(self._journal.entries), size
            self._held = attested.dialogues(self._counting)

    def onward(self, now: Millis) -> list[Onward]:
        """Whatever must be passed on within our own side."""
        self._logged.follow()
        entries = self.entries
        passing = [*self._logged.passing, *onward.said_passing(entries)]
        return onward.onward(entries, passing, now)

    def holds(self, identity: bytes) -> bool:
        """Whether a record or an entry of this id is here."""
        return next(iter(self._store.find(identity)), None) is not None

    # -- what is due -----------------------------------------------------------------------------

    def onward_due(self, now: Millis) -> Iterator[Due]:
        """Units that have not confirmed in time."""
        for each in self.onward(now):
            if not each.missing:
                continue
            text = (
                f"Not confirmed onward: {_named(each.kind)} {short(each.id)} of"
                f" {'ours' if each.ours else each.party} to {', '.join(each.missing)}. Tell them:"
                f" firebreak onward told {short(each.id)}"
            )
            key = f"onward {each.id.hex()}"
            yield Due(key, each.due, Level.ALARM, About.ONWARD, text, ONWARD_AGAIN)

    def handover_due(self, now: Millis) -> Iterator[Due]:
        """A watch that was given, and that nobody has taken."""
        for handover in people.handovers(self.entries).values():
            if handover.taken_id is None:
                text = (
                    f"The watch of the {handover.office} was given over at"
                    f" {exact_date_time_group(handover.given_at)} and nobody has taken it; who gave"
                    f" it still has it. Another officer takes it: firebreak handover take"
                )
                at = Millis(handover.given_at + HANDOVER_WITHIN)
                key = f"handover {handover.id.hex()}"
                told = (Level.ALARM, About.HANDOVER, text, HANDOVER_WITHIN)
                yield Due(key, at, *told)
                # At once, too: until it is taken the desk has two officers, or none.
                first = (Level.WARNING, About.HANDOVER, text)
                yield Due(f"{key} given", handover.given_at, *first)

    def summons_due(self, now: Millis) -> Iterator[Due]:
        """Who was summoned, at once, and who has not come, every two minutes."""
        for call in people.summonses(self.entries):
            if call.missing and call.at > now - people.LEAVE_LASTS:
                who = " and ".join(name_of(each) for each in call.missing)
                text = (
                    f"Summoned to the desk, and not come: {who}. {call.reason}. Note who comes:"
                    f" firebreak summon --came {name_of(call.missing[0])} --name NAME"
                )
                key = f"summons {call.id.hex()}"
                at, again = Millis(call.at + SUMMONS_WITHIN), SUMMONS_WITHIN
                yield Due(key, at, Level.ALARM, About.SUMMONS, text, again)
                first = f"To the desk at once: {who}. {call.reason}"
                yield Due(f"{key} called", call.at, Level.ALARM, About.SUMMONS, first)

    def leave_due(self, now: Millis) -> Iterator[Due]:
        """A leave that our own side awaits. It is told to us alone."""
        for leave in people.leaves(self.entries):
            if leave.granted is None:
                text = (
                    f"Leave of the {leave.of_whom} is awaited since"
                    f" {exact_date_time_group(leave.since)}: {leave.for_what}. Ask again; note the"
                    f" answer: firebreak authority given {short(leave.id)}"
                )
                at, key = Millis(leave.since + LEAVE_AGAIN), f"leave {leave.id.hex()}"
                yield Due(key, at, Level.WARNING, About.AUTHORITY, text, LEAVE_AGAIN)

    def verification_due(self, now: Millis) -> Iterator[Due]:
        """Counterparts that were not verified with them for long."""
        for kept, pair in people.pairs_entered(self.entries):
            at = people.stale_from(pair, kept.entry.at)
            text = (
                f"The {pair.theirs} of {pair.party} was last verified"
                f" {_day(pair.verified_on)}. Verify telephone, holder and hours with them, then note"
                " it: firebreak office keep --verified now"
            )
            yield Due(f"verify {kept.id.hex()}", at, Level.CAUTION, About.VERIFICATION, text)

    def attested_due(self, now: Millis) -> Iterator[Due]:
        """Answers of dialogues by voice, fax, mail or in person, theirs and ours."""
        for dialogue in self._dialogues():
            by_place = {attested.place_of(kept): kept for kept in dialogue.entries}
            for question in dialogue.state.questions:
                kept = by_place.get(question.place)
                if not question.open or question.due is None or kept is None:
                    continue
                said, at = attested.said_of(kept), question.due
                what = f"{name_of(question.kind)} {short(kept.id)}"
                key = f"answer {kept.id.hex()} {at}"
                if said.by is Direction.OURS:
                    text = (
                        f"No answer of {said.party} to our {what} was noted by the time asked for."
                        " That says nothing about why. Ask again, or enter what they said."
                    )
                    yield Due(key, at, Level.ALARM, About.LAPSED, text)
                else:
                    text = f"Our answer to the {what} of {said.party} is overdue."
                    yield Due(key, at, Level.ALARM, About.OVERDUE, text)
                    if now < at:
                        yield _reminder(key, said.happened, at, what, said.party)

    def answers_due(self, now: Millis) -> Iterator[Due]:
        """Reminders that answers of ours are due on a line; that they are overdue tells the side."""
        for side in self._sides:
            for (channel, place), due in side.view.awaited.items():
                if place[0] == side.shared.party or due <= now:
                    continue
                stored = side.shared.books[channel].stored(*place)
                if stored is None or stored[1].record is None:
                    continue
                what = f"{_named(stored[1].record.kind)} {short(stored[1].id)}"
                key = f"answer {stored[1].id.hex()} {due}"
                yield _reminder(key, stored[0].stored_at, due, what, side.peer_name)

    # -- what is open ----------------------------------------------------------------------------

    def still_open(self, now: Millis) -> list[OpenItem]:
        """What is open on this desk, what is due first at the top; at most what a handover lists."""
        found = [*self._open_questions(), *self._open_notices(now)]
        asked = {item.id for _, item in found}
        for source in (self._open_calls, *self.more):
            found += [each for each in source(now) if each[1].id not in asked]
        found += self._open_own(now)
        found.sort(key=lambda each: each[0])
        return [item for _, item in found[:MOST_LISTED]]

    def _open_questions(self) -> Iterator[tuple[int, OpenItem]]:
        for side in self._sides:
            for (channel, place), due in side.view.awaited.items():
                judged = side.shared.books[channel].entry(*place)
                if judged is not None and judged.record is not None:
                    what, ours = _named(judged.record.kind), place[0] == side.shared.party
                    yield due, _question(judged.id, what, side.peer_name, due, ours)
        for dialogue in self._dialogues():
            by_place = {attested.place_of(kept): kept for kept in dialogue.entries}
            for question in dialogue.state.questions:
                kept = by_place.get(question.place)
                if question.open and question.due is not None and kept is not None:
                    said = attested.said_of(kept)
                    ours, what = said.by is Direction.OURS, name_of(question.kind)
                    yield question.due, _question(kept.id, what, said.party, question.due, ours)

    def _open_notices(self, now: Millis) -> Iterator[tuple[int, OpenItem]]:
        """Notices and warnings that hold, and that were not acknowledged, ours and theirs."""
        for side in self._sides:
            for channel, currents in side.view.currents.items():
                book = side.shared.books[channel]
                for root, current in currents.items():
                    judged = book.entry(*current.place)
                    if judged is None or judged.record is None:
                        continue
                    if book.state(root).standing in _UNREAD:
                        ours = current.place[0] == side.shared.party
                        what = _named(judged.record.kind)
                        item = _notice(judged.id, what, side.peer_name, ours)
                        yield current.volume.window.end, item
        for dialogue in self._dialogues():
            state = dialogue.state
            by_place = {attested.place_of(kept): kept for kept in dialogue.entries}
            kept = None if state.current is None else by_place.get(state.current)
            if kept is None or state.standing not in _UNREAD:
                continue
            volume = volume_of(attested.record_of(kept))
            if volume is not None and volume.window.end > now:
                said = attested.said_of(kept)
                what = name_of(KIND_OF[type(said.body)])
                item = _notice(kept.id, what, said.party, said.by is Direction.OURS)
                yield volume.window.end, item

    def _open_calls(self, now: Millis) -> Iterator[tuple[int, OpenItem]]:
        for view in self._calls():
            if view.standing in _OPEN_CALLS:
                note = f"call {view.ours} - {view.theirs} of {view.party}: {view.standing}"
                yield view.due or LATE, OpenItem(view.id, note[:NOTE])

    def _open_own(self, now: Millis) -> Iterator[tuple[int, OpenItem]]:
        """What our own side owes itself."""
        entries = self.entries
        for each in self.onward(now):
            if each.missing:
                units = ", ".join(each.missing)
                note = f"{_named(each.kind)} not confirmed onward to {units}"
                yield each.due, OpenItem(each.id, note[:NOTE])
        for leave in people.leaves(entries):
            if leave.granted is None:
                note = f"leave of the {leave.of_whom} awaited: {leave.for_what}"
                yield leave.since, OpenItem(leave.id, note[:NOTE])
        for call in people.summonses(entries):
            if call.missing and call.at > now - people.LEAVE_LASTS:
                who = ", ".join(name_of(each) for each in call.missing)
                yield call.at, OpenItem(call.id, f"summoned and not come: {who}"[:NOTE])

    # -- what our own rules hold back ------------------------------------------------------------

    def wants_second(self, kind: int) -> bool:
        """Whether our own rule wants a second officer for records of a kind."""
        return people.wants_second(self.entries, kind)

    def _checker(self, side: Side) -> Callable[[int, Record], None]:
        def check(channel: int, record: Record) -> None:
            if record.kind not in NODE_KINDS:
                about = answered(side, channel, record)
                if record.kind in people.rules(self.entries):
                    self._check_leave(self._journal.taken, record.kind, about)

        return check

    def _check_leave(self, entries: Sequence[Kept], kind: int, about: frozenset[bytes]) -> None:
        """entries: every one, struck ones too."""
        self._logged.follow()
        sent = [*self._logged.sent, *people.said_sent(entries)]
        people.check_leave(journal.standing(entries), sent, kind, about, self._clock())

    def _key_of(self, kept: Kept) -> bytes:
        return self._rosters()[kept.entry.roster].entries[kept.entry.author].key

    def _check(self, kept: Kept, entries: Sequence[Kept]) -> None:
        """Refuse entries that our own rules hold back, or that are about nothing."""
        match kept.entry.body:
            case Said(by=Direction.OURS, body=body):
                about = people.ancestors(entries, kept)
                self._check_leave(entries, KIND_OF[type(body)], about)
                people.check_said_released(kept, entries, self._key_of)
            case ReleaseRule():
                people.check_rule(kept, entries, self._key_of)
            case Struck():
                people.check_struck(kept, entries)
            case AuthorityGiven():
                people.check_given(kept, entries)
            case HandoverGiven() as given:
                people.check_complete(given, self.still_open(self._clock()))
            case HandoverTaken():
                people.check_taken(kept, entries, self._key_of)
            case SummonsAnswered():
                people.check_came(kept, entries)
            case OnwardRule() as ruled:
                onward.check_rule(ruled)
            case OnwardTold() as told:
                self._check_told(kept, told, journal.standing(entries))
            case _:
                pass

    def _check_told(self, kept: Kept, told: OnwardTold, entries: Sequence[Kept]) -> None:
        if not kept.entry.about or not self.holds(kept.entry.about[0]):
            raise Refused(
                "What was passed on is not held here. Name a record: firebreak onward list"
            )
        if told.at > kept.entry.at:
            raise Refused("The unit cannot have been told later than now. Correct --at.")
        onward.check_told(told, entries)


LATE: Final = 1 << 62
"""Sorts what is due at no time behind what is."""


def short(identity: bytes) -> str:
    """An id as it is said."""
    return identity.hex()[:8]


def _named(kind: int) -> str:
    return code_name(Kind, kind)


def _day(at: Millis | None) -> str:
    return "never" if at is None else exact_date_time_group(at)


def _question(identity: bytes, what: str, party: str, due: Millis, ours: bool) -> OpenItem:
    by = exact_date_time_group(due)
    whose = f"our {what}: answer of {party}" if ours else f"{what} of {party}: our answer"
    return OpenItem(identity, f"{whose} due {by}"[:NOTE])


def _notice(identity: bytes, what: str, party: str, ours: bool) -> OpenItem:
    note = (
        f"our {what}, not acknowledged by {party}"
        if ours
        else f"{what} of {party}, not acknowledged"
    )
    return OpenItem(identity, note[:NOTE])


def _reminder(key: str, since: Millis, due: Millis, what: str, party: str) -> Due:
    """In the last quarter of the time, and in its last five minutes at the earliest."""
    at = Millis(due - min(REMIND_BEFORE, max(0, due - since) // 4))
    text = f"Our answer to the {what} of {party} is due at {exact_date_time_group(due)}."
    return Due(f"{key} reminder", at, Level.WARNING, About.OVERDUE, text)
