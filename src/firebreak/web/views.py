"""Records and dialogues as the HTTP interface shows them: the party's own view."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, Final

from firebreak.desk.dialogue import DialogueState, Human, Place
from firebreak.desk.overlap import Overlap
from firebreak.errors import FirebreakError
from firebreak.ledger.judge import Judged, seen_sizes
from firebreak.line.bundle import parse_overtaking
from firebreak.node.runner import clock
from firebreak.node.side import Side
from firebreak.node.view import Timing, timing
from firebreak.node.wording import void_text
from firebreak.phrases import LANGUAGES, Names, names_of, sentence
from firebreak.records.agreement import Agreement
from firebreak.records.kinds import Kind, UnknownBody
from firebreak.records.readback import critical_fields
from firebreak.records.record import NODE_AUTHOR, Record, Reference, parse_record
from firebreak.records.spelling import code_name, name_of
from firebreak.store.interface import Entry, Overtaken
from firebreak.values import PartyNumber
from firebreak.web import plain
from firebreak.web.finding import Finder, Found, channel_name
from firebreak.web.models import (
    DialogueView,
    Margin,
    Named,
    Question,
    RecordView,
    State,
    VoidReason,
    Volume,
)
from firebreak.web.receipts import Deliveries

NODE = "node"
OVERTAKING = "overtaking"
"""The state of an urgent record that came before those in front of it: not in the log yet."""
LOOKED_AT: Final = 300
"""Entries of a log, from its end, among which unread ones are looked for."""

BOOKKEEPING: Final = frozenset({Kind.DISPLAYED, Kind.READ, Kind.RELEASE})
"""Kinds that are shown as states of what they refer to, and listed on request only."""

_ABOUT_OTHERS: Final = BOOKKEEPING | {Kind.ACKNOWLEDGE, Kind.PASSED, Kind.LAPSED}


def is_news(found: Found) -> bool:
    """Whether an entry says more than what became of another one."""
    record = found.judged.record
    return record is None or record.kind not in _ABOUT_OTHERS


class Views:
    """What this node knows of the records of one agreement."""

    def __init__(self, finder: Finder, side: Side) -> None:
        self.finder = finder
        self.side = side
        self.deliveries = {channel: Deliveries(side, channel) for channel in side.shared.books}
        self._shown = dict.fromkeys(side.shared.books, 0)

    @property
    def agreement(self) -> Agreement:
        return self.side.shared.agreement

    @property
    def languages(self) -> list[str]:
        """Those of the agreement that have phrases; English if there is none."""
        return [code for code in self.agreement.languages if code in LANGUAGES] or ["en"]

    # -- one record --------------------------------------------------------------------------

    def record(self, found: Found) -> RecordView:
        """One entry with all that is known of it."""
        judged, entry = found.judged, found.entry
        record, state = judged.record, self.side.shared.books[found.channel].state(judged.root)
        shown = self._conflicts(found)
        return RecordView(
            id=judged.id.hex(),
            agreement=self.side.shared.base.digest().hex()[:8],
            channel=channel_name(found.channel),
            party=self.agreement.parties[found.party].name,
            ours=found.party == self.side.shared.party,
            index=entry.index,
            root=self._id_at(found.channel, judged.root),
            standing=str(state.standing),
            question=self._question(found, state),
            states=list(self._states(found, state)),
            conflicts=shown,
            stale_picture=any(margin.unseen for margin in shown),
            late=record is not None and self.side.view.late(found.party, record),
            blanket=record is not None
            and self.side.view.blanket(found.channel, found.party, record),
            unchecked_area=found.judged.root in self.side.view.unchecked[found.channel],
            void=None
            if judged.void is None
            else VoidReason(reason=str(judged.void), what=void_text(judged.void)),
            stored_at=entry.stored_at,
            signed=base64.b64encode(entry.record).decode(),
            **self._said(found, record),
        )

    def _said(self, found: Found, record: Record | None) -> dict[str, Any]:
        """What depends on the bytes being a record at all."""
        if record is None:
            return {
                "kind": "malformed",
                "precedence": None,
                "office": None,
                "to": [],
                "refers_to": None,
                "composed_at": None,
                "answer_by": None,
                "doubtful_time": False,
                "delayed": False,
                "sentence": {},
                "body": None,
                "critical": [],
                "volume": None,
            }
        names = names_of(self.agreement)
        fields = critical_fields(record)
        when = timing(record, found.entry.stored_at)
        return {
            "kind": code_name(Kind, record.kind),
            "precedence": name_of(record.precedence),
            "office": self.office(found),
            "to": [names.office(number, "en") for number in record.to],
            "refers_to": self._reference(found.channel, record.refers_to),
            "composed_at": record.composed_at,
            "answer_by": record.answer_due,
            "doubtful_time": when is Timing.DOUBTFUL,
            "delayed": when is Timing.DELAYED,
            "sentence": self.sentences(record, names),
            "body": plain.plain(
                record.body.slots if isinstance(record.body, UnknownBody) else record.body
            ),
            "critical": [Named(name=name, value=value) for name, value in fields],
            "volume": _volume(record),
        }

    def sentences(self, record: Record, names: Names) -> dict[str, str]:
        """What a record says, in each language of the agreement."""
        return {language: sentence(record, names, language) for language in self.languages}

    def office(self, found: Found) -> str | None:
        """The office whose key signed; None for an author who is not on the roster."""
        record = found.judged.record
        if record is None:
            return None
        if record.author == NODE_AUTHOR:
            return NODE
        roster = self.side.shared.control.roster(found.party, record.control)
        if roster is None or record.author >= len(roster.entries):
            return None
        return roster.entries[record.author].office

    def _reference(self, channel: int, reference: Reference | None) -> str | None:
        """The whole id of what is referred to; as much of it as is given where it is not held."""
        if reference is None:
            return None
        held = self._id_at(channel, (reference.party, reference.index))
        given = reference.prefix.hex()
        return held if held.startswith(given) else given

    def _id_at(self, channel: int, place: Place) -> str:
        found = self.finder.at(self.side, channel, place)
        return "" if found is None else found.judged.id.hex()

    def overtaking(self, channel: int) -> list[RecordView]:
        """Urgent records of theirs that are durable here, while those before them are on the way."""
        shared = self.side.shared
        log = shared.theirs(channel)
        ahead, party = shared.ahead[channel], shared.peer
        rows = [row for row in self.finder.runner.store.overtaken(log.origin) if row.index in ahead]
        return [self._overtaking(channel, party, row) for row in rows if row.index >= log.durable]

    def _overtaking(self, channel: int, party: PartyNumber, row: Overtaken) -> RecordView:
        data, now = parse_overtaking(row.item).record, clock()
        signed = parse_record(data, self.agreement.context(channel, party))
        place = (party, row.index)
        judged = Judged(signed.record, signed.id, 0, None, place)
        entry = Entry(
            row.origin, row.index, data, signed.id, b"", b"", 0, None, place, stored_at=now
        )
        return RecordView(
            id=signed.id.hex(),
            agreement=self.side.shared.base.digest().hex()[:8],
            channel=channel_name(channel),
            party=self.agreement.parties[party].name,
            ours=False,
            index=row.index,
            root=signed.id.hex(),
            standing=OVERTAKING,
            question=None,
            states=[State(state=OVERTAKING, at=None, by=None, id=None)],
            conflicts=[],
            stale_picture=False,
            late=False,
            blanket=False,
            unchecked_area=False,
            void=None,
            stored_at=now,
            signed=base64.b64encode(data).decode(),
            **self._said(Found(self.side, channel, entry, judged, party), signed.record),
        )

    # -- its states --------------------------------------------------------------------------

    def _states(self, found: Found, state: DialogueState) -> Iterator[State]:
        if found.party == self.side.shared.party:
            at = self.deliveries[found.channel].at(found.entry.index)
            name = "undelivered" if at is None else "delivered"
            yield State(state=name, at=at, by=None if at is None else NODE, id=None)
        for of, what, by in state.human:
            if of == found.place:
                yield self._state(str(what), found.channel, by)
        for question in state.questions:
            if question.place != found.place:
                continue
            for answer, late in question.answers:
                yield self._state("late" if late else "answered", found.channel, answer)
            if question.lapsed is not None:
                yield self._state("lapsed", found.channel, question.lapsed)

    def _state(self, name: str, channel: int, by: Place) -> State:
        found = self.finder.at(self.side, channel, by)
        assert found is not None
        return State(
            state=name,
            at=found.entry.stored_at,
            by=self.office(found),
            id=found.judged.id.hex(),
        )

    def _question(self, found: Found, state: DialogueState) -> Question | None:
        for question in state.questions:
            if question.place == found.place:
                answers = [self._id_at(found.channel, place) for place, _ in question.answers]
                return Question(standing=str(question.standing), due=question.due, answers=answers)
        return None

    def holding(self, channel: int) -> Iterator[Found]:
        """The versions of notices and hazard warnings that hold on a channel, unsound ones too."""
        for root in (*self.side.view.currents[channel], *self.side.view.unchecked[channel]):
            current = self.side.shared.books[channel].state(root).current
            found = None if current is None else self.finder.at(self.side, channel, current)
            if found is not None:
                yield found

    def displayed(self, found: Found) -> bool:
        """Whether this node has said that the record stands on a screen."""
        state = self.side.shared.books[found.channel].state(found.judged.root)
        return any(of == found.place and what is Human.DISPLAYED for of, what, _ in state.human)

    def unread(self, channel: int) -> list[Found]:
        """Their latest entries that no screen here has shown, newest first."""
        log, found = self.side.shared.theirs(channel), []
        for index in range(max(self._shown[channel], log.durable - LOOKED_AT), log.durable):
            entry = self.finder.at(self.side, channel, (log.party, index))
            if entry is not None and is_news(entry) and not self.displayed(entry):
                found.append(entry)
            elif not found:
                self._shown[channel] = index + 1  # what was displayed once stays so
        return found[::-1]

    def waits(self, found: Found) -> bool:
        """Whether the record is a question without a final answer, or a notice that holds."""
        state = self.side.shared.books[found.channel].state(found.judged.root)
        asked = any(q.place == found.place and q.open for q in state.questions)
        held = self.side.view.currents[found.channel].get(found.judged.root)
        return asked or (held is not None and held.place == found.place)

    # -- conflicts ---------------------------------------------------------------------------

    def _conflicts(self, found: Found) -> list[Margin]:
        """What a record that holds meets now; what one that held met when it came."""
        record = found.judged.record
        if record is None or found.judged.void is not None:
            return []
        view = self.side.view
        held = view.currents[found.channel].get(found.judged.root)
        if held is None or held.place != found.place:
            met = view.conflicts.get((found.channel, found.place), [])
        else:
            try:
                met = view.overlaps(found.channel, record, found.party, found.judged.root)
            except FirebreakError:
                return []
        return [self.margin(found.channel, overlap, found) for overlap in met]

    def margin(self, channel: int, overlap: Overlap, found: Found | None = None) -> Margin:
        """One overlap; found: the record that has it, where it is logged already."""
        place, met = overlap.with_.place, overlap.conflict
        return Margin(
            id=self._id_at(channel, place),
            party=self.agreement.parties[place[0]].name,
            horizontal_overlap_m=met.horizontal_overlap_m,
            height_overlap_ft=met.height_overlap_ft,
            heights_comparable=met.heights_comparable,
            window_overlap_ms=met.window_overlap_ms,
            overlap_from=met.overlap_from,
            overlap_until=met.overlap_until,
            unseen=overlap.unseen and not self._came_after(channel, place, found),
        )

    def _came_after(self, channel: int, place: Place, found: Found | None) -> bool:
        """Whether the author at `place` had seen the record found: then that one came first."""
        if found is None:
            return False
        other = self.side.shared.books[channel].entry(*place)
        if other is None or other.record is None:
            return False
        return seen_sizes(other.record).get(found.party, 0) > found.entry.index

    # -- dialogues ---------------------------------------------------------------------------

    def dialogue(self, found: Found) -> DialogueView:
        """All records of the dialogue that a record belongs to, in the canonical order."""
        book = self.side.shared.books[found.channel]
        state = book.state(found.judged.root)
        ordered = sorted(book.dialogue(found.judged.root), key=lambda placed: placed.order)
        entries = (
            self.finder.at(self.side, found.channel, (party, index))
            for party, index in (placed.place for placed in ordered)
            if index < book.logs[party].durable
        )
        return DialogueView(
            root=self._id_at(found.channel, state.root),
            asked=found.judged.id.hex(),
            standing=str(state.standing),
            current=None if state.current is None else self._id_at(found.channel, state.current),
            open=state.open,
            due=state.due,
            records=[self.record(entry) for entry in entries if entry is not None],
        )


def _volume(record: Record) -> Volume | None:
    try:
        return plain.volume(record)
    except FirebreakError:
        return None
