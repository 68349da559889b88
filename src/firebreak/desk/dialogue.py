"""A dialogue's shared state: a fold over its entries in the canonical order (spec/dialogue.md).

Both sides compute it from the logs alone, without a clock: equal logs give equal states and digests.
What has expired, is overdue or undelivered is a party's own view (node/view.py), not part of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from firebreak.desk import tables
from firebreak.desk.answering import Answering
from firebreak.desk.tables import Event, Standing, Table
from firebreak.ledger.judge import Judged, promised_word, seen_sizes
from firebreak.records.calls import CallAnswer, CallReply, CallState, CallStep
from firebreak.records.cbor import Plain, encode
from firebreak.records.contacts import ContactAnswer, ContactReply
from firebreak.records.incidents import Account, Assessment, Close, Finding, FindingAnswer
from firebreak.records.kinds import (
    ANSWERS,
    NEEDS_ANSWER,
    Acknowledge,
    Amend,
    Cancel,
    Correct,
    Displayed,
    HazardWarning,
    Kind,
    Lapsed,
    Notice,
    NotUnderstood,
    ObjectTo,
    Passed,
    Read,
    SayAgain,
)
from firebreak.records.readback import compare_read_back, critical_fields
from firebreak.records.record import Record
from firebreak.records.sites import Movement, MovementState, MovementStep, Site
from firebreak.values import Millis, PartyNumber

Place = tuple[PartyNumber, int]
"""Where an entry stands: party and index on the dialogue's channel."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A judged entry and its place."""

    place: Place
    judged: Judged

    @property
    def order(self) -> tuple[int, PartyNumber, int]:
        """Canonical order: causal by `seen` (rank), ties by party number, then index."""
        return (self.judged.rank, *self.place)


class Human(StrEnum):
    """What people (and a screen) on the other side have done with a record; none implies another."""

    DISPLAYED = "displayed"
    READ = "read"
    UNDERSTOOD = "understood"
    READ_BACK_DIFFERS = "read-back-differs"
    NOT_UNDERSTOOD = "not-understood"
    SAY_AGAIN = "say-again"
    PASSED = "passed"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that wants an answer: its answers in order, each late or not; its due time, ms UTC."""

    place: Place
    kind: Kind
    standing: Standing
    due: Millis | None
    answers: tuple[tuple[Place, bool], ...]
    lapsed: Place | None

    @property
    def open(self) -> bool:
        """Whether an answer is still awaited."""
        return self.standing in (Standing.ASKED, Standing.CHECKING)


@dataclass(frozen=True, slots=True)
class DialogueState:
    """What the entries of one dialogue amount to.

    current: the version that holds, of a notice or hazard warning (None once cancelled, and for
    kinds without versions); human: for each record, what was done with it, by which entry;
    differs: names of critical fields in which a read-back differs.
    """

    root: Place
    kind: int
    standing: Standing
    current: Place | None
    questions: tuple[Question, ...]
    human: tuple[tuple[Place, Human, Place], ...]
    differs: tuple[tuple[Place, str], ...]

    @property
    def open(self) -> bool:
        """Whether anything is awaited, or a notice or warning may be current."""
        return self.current is not None or any(question.open for question in self.questions)

    @property
    def due(self) -> Millis | None:
        """The earliest time at which something awaited is due."""
        return min((q.due for q in self.questions if q.open and q.due is not None), default=None)

    def digest(self) -> bytes:
        """SHA-256 over the state's one encoding, 32 bytes (D-6)."""
        return hashlib.sha256(encode(_plain(self))).digest()


def fold(entries: Iterable[Placed]) -> DialogueState:
    """The state of one dialogue. entries: all of it that is held, void ones too, in any order."""
    ordered = sorted(entries, key=lambda placed: placed.order)  # D-1
    root = ordered[0]
    opening = root.judged.record
    if opening is None or root.judged.void is not None:  # D-2
        return _void(root)
    valid = [placed for placed in ordered if placed.judged.void is None]
    table = table_of(opening.kind)
    records = {placed.place: _record(placed) for placed in valid}
    first = table.first if table else Standing.SAID
    folding = _Folding(records, root.place, table, first, Answering(root.place))
    for placed in valid:
        folding.take(placed.place, _record(placed))
    questions = tuple(_question(placed, valid) for placed in valid if _asks(placed))
    return DialogueState(
        root.place,
        opening.kind,
        _standing(folding, questions, root.place),
        folding.current,
        questions,
        tuple(sorted(folding.human)),
        tuple(sorted(folding.differs)),
    )


def _void(root: Placed) -> DialogueState:
    kind = root.judged.record.kind if root.judged.record else 0
    reason = str(root.judged.void)
    return DialogueState(root.place, kind, Standing.VOID, None, (), (), ((root.place, reason),))


def _record(placed: Placed) -> Record:
    assert placed.judged.record is not None
    return placed.judged.record


def _asks(placed: Placed) -> bool:
    return _record(placed).kind in NEEDS_ANSWER


@dataclass(slots=True)
class _Folding:
    """records: the valid ones; table: of the dialogue; ready, closed: parties that said so."""

    records: dict[Place, Record]
    root: Place
    table: Table | None
    standing: Standing
    answering: Answering
    current: Place | None = None
    ready: set[PartyNumber] = field(default_factory=set)
    closed: set[PartyNumber] = field(default_factory=set)
    human: list[tuple[Place, Human, Place]] = field(default_factory=list)
    differs: list[tuple[Place, str]] = field(default_factory=list)

    def take(self, place: Place, record: Record) -> None:
        """Apply one valid entry."""
        event = self._event(place, record)
        if event is None or self.table is None:
            return
        # An event that no row of this table names is another dialogue's: it changes nothing (D-7).
        self.standing = self.table.step(self.standing, event)
        if self.standing is Standing.CANCELLED:
            self.current = None

    def _event(self, place: Place, record: Record) -> Event | None:
        match record.body:
            case Notice() | HazardWarning() | Site() | Movement():
                return self._version(place, first=place == self.root)
            case Amend():
                return self._version(place, first=False)
            case Cancel():
                return Event.WITHDRAW if self.table is tables.CALL else Event.CANCEL
            case ObjectTo():
                return Event.OBJECT if _target(record) == self.current else None  # D-5
            case Acknowledge(read_back):
                return self._acknowledge(place, record, read_back)
            case CallAnswer(reply):
                if not self.answering.take(place, record):  # D-8
                    return None
                return self._call_answer(place, reply)
            case CallState(step):
                return self._call_step(place, step)
            case Lapsed():
                return Event.LAPSE if _target(record) == self.root else None
            case Assessment() | Account() | Finding() | FindingAnswer():
                self.closed.clear()
                return Event.SAY
            case Close():
                return self._close(place)
            case ContactAnswer(reply):
                return Event.CONFIRM if reply is ContactReply.CONFIRMED else Event.DISPUTE
            case MovementState(step):
                return _MOVEMENT_EVENTS[step]
            case _:
                self._people(place, record)
                return None

    def _people(self, place: Place, record: Record) -> None:
        match record.body:
            case Displayed():
                self._human(record, Human.DISPLAYED, place)
            case Read():
                self._human(record, Human.READ, place)
            case Passed():
                self._human(record, Human.PASSED, place)
            case NotUnderstood():
                self._human(record, Human.NOT_UNDERSTOOD, place)
            case SayAgain():
                self._human(record, Human.SAY_AGAIN, place)
            case Correct():
                self._human(record, Human.CORRECTED, place)
            case _:
                pass  # opens the dialogue, or is a question or an answer: see _question

    def _version(self, place: Place, *, first: bool) -> Event | None:
        if self.standing in (Standing.CANCELLED, Standing.ARRIVED):
            return None
        self.current = place
        return None if first else Event.AMEND

    def _acknowledge(self, place: Place, record: Record, read_back: Sequence[str]) -> Event | None:
        target = self.records.get(_target(record))
        if target is None:
            return None
        names = compare_read_back(critical_fields(target), read_back)
        if names:
            self.differs += [(place, name) for name in names]
            self._human(record, Human.READ_BACK_DIFFERS, place)
        else:
            self._human(record, Human.UNDERSTOOD, place)
        if _target(record) != self.current:  # D-5
            return None
        return Event.READ_BACK_DIFFERS if names else Event.READ_BACK_AGREES

    def _call_answer(self, place: Place, reply: CallReply) -> Event:
        if reply is not CallReply.AWAITING_AUTHORITY:  # it takes nothing back
            self.ready.clear()  # who was ready was so for what was agreed before
        asking = place[0] == self.root[0]
        if asking and reply in (CallReply.NOT_AT_THIS_TIME, CallReply.DECLINED):
            return Event.WITHDRAW
        return _CALL_EVENTS[reply]

    def _call_step(self, place: Place, step: CallStep) -> Event | None:
        match step:
            case CallStep.READY:
                self.ready.add(place[0])
                return Event.BOTH_READY if len(self.ready) == 2 else None  # D-10
            case CallStep.BEGUN:
                return Event.BEGIN
            case CallStep.ENDED:
                return Event.END
            case CallStep.BROKEN_OFF:
                return Event.BREAK_OFF

    def _close(self, place: Place) -> Event | None:
        if place[0] in self.closed:
            return None
        self.closed.add(place[0])
        return Event.CLOSE if len(self.closed) == 1 else Event.CLOSE_OTHER

    def _human(self, record: Record, state: Human, place: Place) -> None:
        self.human.append((_target(record), state, place))


_CALL_EVENTS = {
    CallReply.ACCEPTED: Event.ACCEPT,
    CallReply.OTHER_TIME: Event.OTHER_TIME,
    CallReply.DEPUTY: Event.DEPUTY,
    CallReply.NOT_AT_THIS_TIME: Event.NOT_AT_THIS_TIME,
    CallReply.DECLINED: Event.DECLINE,
    CallReply.AWAITING_AUTHORITY: Event.AWAIT,
}
_MOVEMENT_EVENTS = {
    MovementStep.DEPARTED: Event.MOVE,
    MovementStep.MOVING: Event.MOVE,
    MovementStep.HOLDING: Event.HOLD,
    MovementStep.DELAYED: Event.HOLD,
    MovementStep.ARRIVED: Event.ARRIVE,
    MovementStep.IMPEDED: Event.FAIL,
    MovementStep.DENIED: Event.FAIL,
    MovementStep.CALLED_OFF: Event.FAIL,
}


def table_of(kind: int) -> Table | None:
    """The table of a dialogue that a record of this kind opens; None where nothing is awaited."""
    return _TABLES.get(kind)


_TABLES: dict[int, Table] = {
    **dict.fromkeys(NEEDS_ANSWER, tables.QUESTION),
    Kind.NOTICE: tables.NOTICE,
    Kind.HAZARD: tables.NOTICE,
    Kind.CALL: tables.CALL,
    Kind.INCIDENT: tables.INCIDENT,
    Kind.CONTACT: tables.CONTACT,
    Kind.SITE: tables.SITE,
    Kind.MOVEMENT: tables.MOVEMENT,
}


def _target(record: Record) -> Place:
    assert record.refers_to is not None
    return (record.refers_to.party, record.refers_to.index)


def _question(asked: Placed, valid: Sequence[Placed]) -> Question:
    """A question with its answers. An answer that a lapse had not seen is late, and kept."""
    about = [placed for placed in valid if _refers(placed, asked.place)]
    lapse = next((placed for placed in about if isinstance(_record(placed).body, Lapsed)), None)
    answers = [placed for placed in about if isinstance(_record(placed).body, ANSWERS)]
    record = _record(asked)
    standing, due = Standing.ASKED, record.answer_due
    for placed in about:
        event = _question_event(_record(placed))
        standing = standing if event is None else tables.QUESTION.step(standing, event)
    if standing not in (Standing.ASKED, Standing.CHECKING):  # D-4
        due = None
    elif standing is Standing.CHECKING:
        # A promise never brings the due time forward: the rule for a lapse reads all of them (J-24).
        promised = [promised_word(_record(answer)) for answer in answers]
        due = max(at for at in (due, *promised) if at is not None)
    return Question(
        asked.place,
        Kind(record.kind),
        standing,
        due,
        tuple((placed.place, _is_late(placed, lapse)) for placed in answers),
        lapse.place if lapse else None,
    )


def _question_event(record: Record) -> Event | None:
    if isinstance(record.body, Lapsed):
        return Event.LAPSE
    if isinstance(record.body, Cancel):  # D-9: of questions only a call can be cancelled
        return Event.WITHDRAW
    if not isinstance(record.body, ANSWERS):
        return None
    return Event.ANSWER if promised_word(record) is None else Event.CHECKING


def _is_late(answer: Placed, lapse: Placed | None) -> bool:
    if lapse is None:
        return False
    party, index = answer.place
    return index >= seen_sizes(_record(lapse)).get(party, 0)  # D-3


def _refers(placed: Placed, place: Place) -> bool:
    reference = _record(placed).refers_to
    return reference is not None and (reference.party, reference.index) == place


def _standing(folding: _Folding, questions: Sequence[Question], root: Place) -> Standing:
    own = next((question for question in questions if question.place == root), None)
    if own is not None and folding.table is tables.QUESTION:
        return own.standing
    return folding.standing


def _plain(state: DialogueState) -> Plain:
    return (
        state.root,
        state.kind,
        str(state.standing),
        state.current or (),
        tuple(
            (
                question.place,
                str(question.standing),
                () if question.due is None else question.due,
                tuple((place, int(late)) for place, late in question.answers),
                question.lapsed or (),
            )
            for question in state.questions
        ),
        tuple((of, str(what), by) for of, what, by in state.human),
        state.differs,
    )
