"""A dialogue's shared state: a fold over its entries in the canonical order (spec/dialogue.md).

Both sides compute it from the logs alone, without a clock: equal logs give equal states and digests.
What has expired, is overdue or undelivered is a party's own view (node/view.py), not part of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from firebreak.ledger.judge import Judged, promised_word, seen_sizes
from firebreak.records.cbor import Plain, encode
from firebreak.records.kinds import (
    NEEDS_ANSWER,
    Acknowledge,
    Amend,
    Answer,
    Cancel,
    Correct,
    Displayed,
    HazardWarning,
    Kind,
    Lapsed,
    LineCheckReply,
    Notice,
    NotUnderstood,
    ObjectTo,
    Passed,
    Read,
    SayAgain,
)
from firebreak.records.readback import compare_read_back, critical_fields
from firebreak.records.record import Record
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


class Standing(StrEnum):
    """Where a dialogue or a question in it stands."""

    FILED = "filed"
    AMENDED = "amended"
    ACKNOWLEDGED = "acknowledged"
    READ_BACK_DIFFERS = "read-back-differs"
    OBJECTED = "objected"
    CANCELLED = "cancelled"
    ASKED = "asked"
    CHECKING = "checking"
    ANSWERED = "answered"
    ANSWERED_LATE = "answered-late"
    LAPSED = "lapsed"
    SAID = "said"
    UNKNOWN = "unknown"
    VOID = "void"


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
    folding = _Folding({placed.place: _record(placed) for placed in valid}, root.place)
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
    records: dict[Place, Record]
    root: Place
    current: Place | None = None
    cancelled: bool = False
    objected: set[Place] = field(default_factory=set)
    acknowledged: set[Place] = field(default_factory=set)
    human: list[tuple[Place, Human, Place]] = field(default_factory=list)
    differs: list[tuple[Place, str]] = field(default_factory=list)

    def take(self, place: Place, record: Record) -> None:
        """Apply one valid entry."""
        match record.body:
            case Notice() | HazardWarning():
                self.current = place
            case Amend():
                if not self.cancelled:
                    self.current = place
            case Cancel():
                self.current, self.cancelled = None, True
            case ObjectTo():
                self.objected.add(_target(record))
            case Acknowledge(read_back):
                self._acknowledge(place, record, read_back)
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

    def _acknowledge(self, place: Place, record: Record, read_back: Sequence[str]) -> None:
        target = self.records.get(_target(record))
        if target is None:
            return
        names = compare_read_back(critical_fields(target), read_back)
        if names:
            self.differs += [(place, name) for name in names]
            self._human(record, Human.READ_BACK_DIFFERS, place)
        else:
            self.acknowledged.add(_target(record))
            self._human(record, Human.UNDERSTOOD, place)

    def _human(self, record: Record, state: Human, place: Place) -> None:
        self.human.append((_target(record), state, place))


def _target(record: Record) -> Place:
    assert record.refers_to is not None
    return (record.refers_to.party, record.refers_to.index)


def _question(asked: Placed, valid: Sequence[Placed]) -> Question:
    """A question with its answers. An answer that a lapse had not seen is late, and kept."""
    about = [placed for placed in valid if _refers(placed, asked.place)]
    lapse = next((placed for placed in about if isinstance(_record(placed).body, Lapsed)), None)
    answers = [
        placed for placed in about if isinstance(_record(placed).body, Answer | LineCheckReply)
    ]
    final = [placed for placed in answers if promised_word(_record(placed)) is None]
    record = _record(asked)
    standing, due = Standing.ASKED, record.answer_due
    if final:
        standing, due = (Standing.ANSWERED_LATE if lapse else Standing.ANSWERED), None
    elif lapse:  # D-4
        standing, due = Standing.LAPSED, None
    elif answers:
        # A promise never brings the due time forward: the rule for a lapse reads all of them (J-24).
        promised = [promised_word(_record(answer)) for answer in answers]
        standing, due = Standing.CHECKING, max(at for at in (due, *promised) if at is not None)
    return Question(
        asked.place,
        Kind(record.kind),
        standing,
        due,
        tuple((placed.place, _is_late(placed, lapse)) for placed in answers),
        lapse.place if lapse else None,
    )


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
    if own is not None:
        return own.standing
    if folding.cancelled:
        return Standing.CANCELLED
    current = folding.current
    if current is None:
        return Standing.SAID
    if current in folding.objected:  # D-5, here and below
        return Standing.OBJECTED
    if current in folding.acknowledged:
        return Standing.ACKNOWLEDGED
    if any(state is Human.READ_BACK_DIFFERS and of == current for of, state, _ in folding.human):
        return Standing.READ_BACK_DIFFERS
    return Standing.FILED if current == root else Standing.AMENDED


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
