"""The fold of a dialogue: every row of spec/dialogue.md, and that order of arrival is nothing."""

import random
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk.dialogue import (
    DialogueState,
    Human,
    Place,
    Placed,
    Question,
    fold,
)
from firebreak.desk.tables import Standing
from firebreak.ledger.judge import Judged, Void
from firebreak.records.kinds import (
    KIND_OF,
    NEEDS_ANSWER,
    Acknowledge,
    Amend,
    Answer,
    Body,
    Cancel,
    Clarify,
    Correct,
    Displayed,
    Keep,
    Kind,
    Lapsed,
    LineCheck,
    LineCheckReply,
    Notice,
    NotUnderstood,
    ObjectReason,
    ObjectTo,
    Passed,
    Purpose,
    Query,
    Read,
    Reply,
    Restraint,
    SayAgain,
    Statement,
    Topic,
)
from firebreak.records.readback import critical_fields
from firebreak.records.record import Record, Reference, Seen
from firebreak.records.slots import Span, Words
from firebreak.values import Millis, PartyNumber, Position, Precedence, RecordId
from firebreak.volumes import Circle, Heights

NOW = Millis(1_795_000_000_000)
OURS, THEIRS = PartyNumber(0), PartyNumber(1)
HERE = Position(552_083_000, 197_534_790)
NOTICE = Notice(Purpose.TRAINING, Circle(HERE, 9_000), Heights(None, None), Span(0, 60_000), "desk")
WORDS = Words("en", "fresh and harmless")


class Dialogue:
    """Entries put after one another, each having seen what it says it has."""

    def __init__(self) -> None:
        self.entries: list[Placed] = []

    def say(
        self,
        party: PartyNumber,
        body: Body,
        about: Place | None = None,
        seen: int | None = None,
        void: Void | None = None,
        at: int = 0,
    ) -> Place:
        """Append one entry. seen: entries of the other log that it covers, all if not given."""
        other = PartyNumber(1 - party)
        index = sum(placed.place[0] == party for placed in self.entries)
        size = sum(placed.place[0] == other for placed in self.entries) if seen is None else seen
        kind = KIND_OF[type(body)]
        record = Record(
            1,
            1,
            0,
            (),
            kind,
            None if about is None else Reference(about[0], about[1], bytes(8)),
            Millis(NOW + at),
            Precedence.ROUTINE,
            600_000 if kind in NEEDS_ANSWER else None,
            index,
            (Seen(other, size, bytes(16)),),
            body,
        )
        root = self.entries[0].place if self.entries else (party, index)
        rank = 1 + max(
            self._rank(party, index - 1),
            self._rank(other, size - 1),
        )
        identity = RecordId(bytes([party, index]) * 16)
        place = (party, index)
        self.entries.append(Placed(place, Judged(record, identity, rank, void, root)))
        return place

    def _rank(self, party: PartyNumber, index: int) -> int:
        ranks = [p.judged.rank for p in self.entries if p.place == (party, index)]
        return ranks[0] if ranks else 0

    def read_back(self, place: Place) -> Acknowledge:
        record = next(p.judged.record for p in self.entries if p.place == place)
        assert record is not None
        return Acknowledge(tuple(text for _, text in critical_fields(record)))

    def state(self) -> DialogueState:
        return fold(self.entries)


def query() -> Query:
    return Query("FB-0417", HERE, -60_000)


def test_a_question_stands_as_asked_until_it_is_answered() -> None:
    talk = Dialogue()
    asked = talk.say(THEIRS, query())
    assert talk.state().standing is Standing.ASKED
    assert talk.state().due == NOW + 600_000
    talk.say(OURS, Answer(Reply.NOT_OURS), asked)
    assert talk.state().standing is Standing.ANSWERED
    assert not talk.state().open
    assert talk.state().due is None


def test_checking_moves_the_deadline_to_the_next_word() -> None:
    talk = Dialogue()
    asked = talk.say(THEIRS, query())
    talk.say(OURS, Answer(Reply.CHECKING, next_word_by=900_000), asked, at=1_000)
    assert talk.state().standing is Standing.CHECKING
    assert talk.state().due == NOW + 901_000
    talk.say(OURS, Answer(Reply.OURS), asked)
    assert talk.state().standing is Standing.ANSWERED


def test_silence_is_shown_only_where_a_lapse_is_logged() -> None:  # D-4
    talk = Dialogue()
    asked = talk.say(THEIRS, Restraint(Keep.FIRE, "the fishing grounds"))
    assert talk.state().standing is Standing.ASKED
    talk.say(THEIRS, Lapsed(), asked)
    assert talk.state().standing is Standing.LAPSED
    assert not talk.state().open


@pytest.mark.parametrize("arrival", ["answer first", "lapse first"])
def test_an_answer_that_the_lapse_had_not_seen_is_late_whatever_the_order(
    arrival: str,
) -> None:  # D-3
    talk = Dialogue()
    asked = talk.say(THEIRS, query())
    if arrival == "answer first":
        answer = talk.say(OURS, Answer(Reply.OURS), asked)
        talk.say(THEIRS, Lapsed(), asked, seen=0)
    else:
        talk.say(THEIRS, Lapsed(), asked)
        answer = talk.say(OURS, Answer(Reply.OURS), asked)
    assert talk.state().standing is Standing.ANSWERED_LATE
    assert talk.state().questions[0].answers == ((answer, True),)


def test_a_reply_answers_a_line_check() -> None:
    talk = Dialogue()
    check = talk.say(THEIRS, LineCheck(WORDS))
    talk.say(OURS, LineCheckReply(WORDS), check)
    assert talk.state().standing is Standing.ANSWERED


def test_a_notice_is_acknowledged_by_reading_it_back() -> None:
    talk = Dialogue()
    notice = talk.say(OURS, NOTICE)
    assert talk.state().standing is Standing.FILED
    by = talk.say(THEIRS, talk.read_back(notice), notice)
    assert talk.state().standing is Standing.ACKNOWLEDGED
    assert (notice, Human.UNDERSTOOD, by) in talk.state().human


def test_a_read_back_that_differs_is_no_understanding_and_names_the_field() -> None:
    talk = Dialogue()
    notice = talk.say(OURS, NOTICE)
    given_back = talk.read_back(notice).read_back
    by = talk.say(THEIRS, Acknowledge(("231500ZNOV26", *given_back[1:])), notice)
    assert talk.state().standing is Standing.READ_BACK_DIFFERS
    assert talk.state().differs[0][0] == by
    assert not any(what is Human.UNDERSTOOD for _, what, _ in talk.state().human)


def test_an_amendment_needs_its_own_acknowledgement_and_ends_an_objection() -> None:  # D-5
    talk = Dialogue()
    notice = talk.say(OURS, NOTICE)
    talk.say(THEIRS, ObjectTo(ObjectReason.OVERLAPS_OURS), notice)
    assert talk.state().standing is Standing.OBJECTED
    amended = talk.say(OURS, Amend(replace(NOTICE, contact="night desk")), notice)
    assert talk.state().standing is Standing.AMENDED
    assert talk.state().current == amended
    talk.say(THEIRS, talk.read_back(notice), notice)
    assert talk.state().standing is Standing.AMENDED
    talk.say(THEIRS, talk.read_back(amended), amended)
    assert talk.state().standing is Standing.ACKNOWLEDGED


def test_what_is_cancelled_stays_cancelled() -> None:
    talk = Dialogue()
    notice = talk.say(OURS, NOTICE)
    talk.say(OURS, Cancel(), notice)
    talk.say(OURS, Amend(NOTICE), notice)
    assert talk.state().standing is Standing.CANCELLED
    assert talk.state().current is None
    assert not talk.state().open


def test_a_statement_is_said_and_awaits_nothing() -> None:
    talk = Dialogue()
    talk.say(OURS, Statement(Topic.OUR_ACTIVITY, WORDS))
    assert talk.state().standing is Standing.SAID
    assert not talk.state().open


def test_a_clarification_is_a_question_within_the_dialogue() -> None:
    talk = Dialogue()
    notice = talk.say(OURS, NOTICE)
    asked = talk.say(THEIRS, Clarify(WORDS), notice)
    assert talk.state().open
    assert talk.state().questions[0].place == asked
    assert talk.state().standing is Standing.FILED
    talk.say(OURS, Answer(Reply.EXPLANATION, words=WORDS), asked)
    assert talk.state().questions[0].standing is Standing.ANSWERED


def test_no_human_state_implies_another() -> None:
    talk = Dialogue()
    notice = talk.say(OURS, NOTICE)
    bodies: list[tuple[Body, Human]] = [
        (Displayed(), Human.DISPLAYED),
        (Read(), Human.READ),
        (Passed("chief of staff"), Human.PASSED),
        (NotUnderstood(), Human.NOT_UNDERSTOOD),
        (SayAgain(), Human.SAY_AGAIN),
    ]
    for count, (body, _) in enumerate(bodies, 1):
        talk.say(THEIRS, body, notice)
        assert len(talk.state().human) == count
    talk.say(OURS, Correct("contact", "night desk"), notice)
    assert {what for _, what, _ in talk.state().human} == {
        *(what for _, what in bodies),
        Human.CORRECTED,
    }


def test_a_void_entry_has_no_effect_but_tells_its_reason_in_the_digest() -> None:  # D-2
    talk = Dialogue()
    asked = talk.say(THEIRS, query())
    before = talk.state().digest()
    talk.say(OURS, Answer(Reply.OURS), asked, void=Void.SERIAL)
    assert talk.state().digest() == before
    alone = Dialogue()
    alone.say(THEIRS, query(), void=Void.SERIAL)
    other = Dialogue()
    other.say(THEIRS, query(), void=Void.SIGNATURE)
    assert alone.state().standing is Standing.VOID
    assert alone.state().digest() != other.state().digest()


def test_every_part_of_a_state_is_in_its_digest() -> None:  # D-6
    """What one side shows and the other does not would else go unnoticed by both."""
    talk = Dialogue()
    notice = talk.say(OURS, NOTICE)
    asked = talk.say(THEIRS, Clarify(WORDS), notice)
    talk.say(THEIRS, Acknowledge(("nothing like it",)), notice)
    answer = talk.say(OURS, Answer(Reply.EXPLANATION), asked)
    state = talk.state()
    (question,) = state.questions
    others: dict[str, object] = {
        "root": answer,
        "kind": Kind.STATEMENT,
        "standing": Standing.OBJECTED,
        "current": None,
        "questions": (),
        "human": (),
        "differs": (),
    }
    others_asked: dict[str, object] = {
        "place": notice,
        "standing": Standing.ASKED,
        "due": NOW,
        "answers": ((answer, True),),
        "lapsed": notice,
    }
    assert others.keys() == {field.name for field in fields(DialogueState)}
    # A question's kind follows from its place, which is in the digest.
    assert others_asked.keys() == {field.name for field in fields(Question)} - {"kind"}
    changed = [replace(state, **{name: other}) for name, other in others.items()]  # type: ignore[arg-type]  # fields of many types
    for name, other in others_asked.items():
        asked_otherwise = replace(question, **{name: other})  # type: ignore[arg-type]
        changed.append(replace(state, questions=(asked_otherwise,)))
    assert state not in changed
    assert len({each.digest() for each in (state, *changed)}) == 1 + len(changed)


_STEPS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 8), st.booleans()), max_size=14)


@given(_STEPS, st.integers(0, 2**32))
def test_the_state_does_not_depend_on_the_order_of_arrival(  # D-1, D-6
    steps: list[tuple[int, int, bool]], seed: int
) -> None:
    talk = Dialogue()
    talk.say(OURS, NOTICE)
    for number, action, blind in steps:
        party = PartyNumber(number)
        target = (OURS, 0)
        bodies: list[Body] = [
            Amend(NOTICE) if party == OURS else ObjectTo(ObjectReason.UNCLEAR),
            Cancel() if party == OURS and action == 1 and blind else Displayed(),
            talk.read_back(target),
            Clarify(WORDS),
            Answer(Reply.EXPLANATION),
            Lapsed(),
            Read(),
            SayAgain(),
            Acknowledge(("nothing like it",)),
        ]
        questions = [q.place for q in talk.state().questions]
        body = bodies[action]
        about: Place = target
        if isinstance(body, Answer | Lapsed):
            if not questions:
                continue
            about = questions[-1]
        talk.say(party, body, about, seen=1 if blind and party == THEIRS else None)
    shuffled = list(talk.entries)
    random.Random(seed).shuffle(shuffled)
    assert fold(shuffled) == talk.state()
    assert fold(shuffled).digest() == talk.state().digest()
