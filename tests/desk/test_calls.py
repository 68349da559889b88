"""One call as one side sees it: crossings, turns, staffing, reminders; and the fold in any order."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk.call_rules import offers, refusal, too_soon
from firebreak.desk.calls import REMIND_AFTER, CallView, Turn, view_of
from firebreak.desk.dialogue import Place, fold
from firebreak.desk.entries.calls import Briefed, Memorandum, Post, Reminded, Staffed
from firebreak.desk.entries.contacts import Direction
from firebreak.desk.entries.offices import AuthorityAwaited, AuthorityGiven, Counterpart, Level
from firebreak.desk.journal import Body as Noted
from firebreak.desk.journal import Entry, Kept
from firebreak.desk.tables import Standing
from firebreak.desk.talks import Talk, Uttered
from firebreak.records.calls import (
    CallAnswer,
    CallReply,
    CallState,
    CallStep,
    FollowUp,
    Readout,
    Urgency,
)
from firebreak.records.contacts import Way
from firebreak.records.kinds import Cancel, Kind, Lapsed
from firebreak.values import Millis, PartyNumber
from tests.bodies import (
    ACCEPTED,
    AWAITING,
    BEGUN,
    CALL,
    CALL_ANSWERS,
    DECLINED,
    DEPUTY,
    ENDED,
    FOLLOWING,
    NOT_NOW,
    OPENINGS,
    OTHER_TIME,
    READY,
    WORDS,
)
from tests.desk.test_dialogue import NOW, OURS, THEIRS, Dialogue


class Line(Dialogue):
    """A call's dialogue, and what our side notes round it."""

    def __init__(self, by: PartyNumber = OURS) -> None:
        super().__init__()
        self.asked = self.say(by, CALL)
        self.notes: list[Kept] = []

    def id_of(self, place: Place) -> bytes:
        return next(p.judged.id for p in self.entries if p.place == place)

    def note(self, body: Noted, at: int = 0, about: bytes | None = None) -> bytes:
        """Something of our journal about the request, or about another entry of it."""
        index = len(self.notes)
        entry = Entry(1, 1, Millis(NOW + at), (about or self.id_of(self.asked),), body)
        self.notes.append(Kept(index, bytes([200, index]) * 16, entry, "duty office", b""))
        return self.notes[-1].id

    def view(self, now: int = 0, us: PartyNumber = OURS) -> CallView:
        said = []
        for placed in sorted(self.entries, key=lambda each: each.order):
            record = placed.judged.record
            assert record is not None
            at = Millis(record.composed_at)
            said.append(
                Uttered(placed.judged.id, placed.place, record, at, "", Way.NODE, None, None)
            )
        talk = Talk(us, "BRAVO", False, True, self.state(), tuple(said))
        return view_of(talk, self.notes, Millis(NOW + now))

    def staff(self) -> None:
        self.note(Staffed(Post.INTERPRETER, "Ilves", "ru"))
        self.note(Staffed(Post.NOTE_TAKER, "Saar"))
        self.note(Briefed("adviser"))


def test_a_refusal_cannot_be_accepted_by_the_side_that_asked() -> None:  # D-8
    for answer in (NOT_NOW, DECLINED):
        line = Line()
        refused = line.say(THEIRS, answer, line.asked)
        before = line.state().standing
        for reply in (ACCEPTED, OTHER_TIME, NOT_NOW):
            line.say(OURS, reply, refused)
            assert line.state().standing is before
        assert [said.effect for said in line.view().lines[2:]] == [False] * 3


def test_what_was_taken_back_cannot_be_accepted_whatever_crossed() -> None:  # D-8
    line = Line()
    proposed = line.say(THEIRS, OTHER_TIME, line.asked)
    line.say(THEIRS, NOT_NOW, line.asked)
    line.say(OURS, ACCEPTED, proposed, seen=1)
    assert line.state().standing is Standing.NOT_AT_THIS_TIME
    assert line.view().window is None


def test_a_counter_proposal_is_accepted_by_the_side_that_was_asked() -> None:
    line = Line()
    first = line.say(THEIRS, OTHER_TIME, line.asked)
    second = line.say(OURS, OTHER_TIME, first)
    assert line.view().turn is Turn.THEIRS
    assert line.view(us=THEIRS).turn is Turn.OURS
    assert line.view(us=THEIRS).answer_ours == line.id_of(second)
    line.say(THEIRS, CallAnswer(CallReply.ACCEPTED, OTHER_TIME.windows), second)
    assert line.state().standing is Standing.ACCEPTED
    window = line.view().window
    assert window is not None
    assert window.end - window.start == 600_000


def test_awaiting_authority_takes_no_proposal_back() -> None:
    line = Line()
    proposed = line.say(THEIRS, DEPUTY, line.asked)
    line.say(THEIRS, AWAITING, line.asked)
    line.say(OURS, ACCEPTED, proposed)
    view = line.view()
    assert (view.standing, view.speaker) == (Standing.ACCEPTED, "first deputy")


@pytest.mark.parametrize(
    ("named", "unnamed"),
    [((), False), (("First  Deputy",), False), (("second deputy",), True)],
)
def test_a_deputy_whom_they_have_not_named_is_shown_so_and_refused_nothing(
    named: tuple[str, ...], unnamed: bool
) -> None:
    line = Line()
    pair = (CALL.principal, "BRAVO", CALL.counterpart)
    line.note(Counterpart(*pair, Level.MILITARY, deputies=named))
    proposed = line.say(THEIRS, DEPUTY, line.asked)
    assert (line.view().unnamed, line.view().lines[1].unnamed) == (unnamed, unnamed)
    line.say(OURS, ACCEPTED, proposed)
    view = line.view()
    assert (view.standing, view.speaker) == (Standing.ACCEPTED, "first deputy")
    assert (view.unnamed, [each.unnamed for each in view.lines]) == (
        unnamed,
        [False, unnamed, False],
    )


def test_a_deputy_of_our_own_is_ours_to_know() -> None:
    line = Line(THEIRS)
    line.note(
        Counterpart(CALL.counterpart, "BRAVO", CALL.principal, Level.MILITARY, deputies=("x",))
    )
    line.say(OURS, DEPUTY, line.asked)
    assert not line.view().unnamed


def test_the_side_that_asked_withdraws_by_refusing_what_was_accepted() -> None:
    line = Line()
    accepted = line.say(THEIRS, ACCEPTED, line.asked)
    line.say(OURS, NOT_NOW, accepted)
    assert line.state().standing is Standing.WITHDRAWN
    assert line.view().turn is Turn.NOBODY


def test_what_is_withdrawn_does_not_lapse() -> None:  # D-9
    line = Line()
    line.say(OURS, Cancel(), line.asked)
    line.say(OURS, Lapsed(), line.asked)
    state = line.state()
    assert state.standing is Standing.WITHDRAWN
    assert state.questions[0].standing is Standing.WITHDRAWN
    assert not state.open


def test_both_sides_are_ready_only_for_what_holds() -> None:  # D-10
    line = Line()
    accepted = line.say(THEIRS, ACCEPTED, line.asked)
    line.say(OURS, READY, line.asked)
    line.say(OURS, OTHER_TIME, accepted)
    line.say(THEIRS, ACCEPTED, (OURS, 2))
    line.say(THEIRS, READY, line.asked)
    view = line.view()
    assert (view.standing, view.ready, view.turn) == (
        Standing.ACCEPTED,
        (Direction.THEIRS,),
        Turn.OURS,
    )
    line.say(OURS, READY, line.asked)
    assert line.state().standing is Standing.READY


@pytest.mark.parametrize(("answer", "ready"), [(ACCEPTED, False), (AWAITING, True)])
def test_ready_ends_with_an_answer_that_decides_something(  # D-10
    answer: CallAnswer, ready: bool
) -> None:
    line = Line()
    line.say(THEIRS, ACCEPTED, line.asked)
    line.say(OURS, READY, line.asked)
    line.say(THEIRS, READY, line.asked)
    line.say(THEIRS, answer, line.asked)
    view = line.view()
    assert view.standing is (Standing.READY if ready else Standing.ACCEPTED)
    assert len(view.ready) == (2 if ready else 0)


def test_ready_is_refused_until_interpreter_note_taker_and_brief_are_there() -> None:
    line = Line()
    assert refusal(line.view(), READY, line.id_of(line.asked))  # not accepted
    line.say(THEIRS, ACCEPTED, line.asked)
    wanted = ("interpreter", "note-taker", "brief")
    bodies_of: list[Noted] = [
        Staffed(Post.INTERPRETER, "Ilves", "ru"),
        Staffed(Post.NOTE_TAKER, "Saar"),
        Briefed("adviser"),
    ]
    for count, body in enumerate(bodies_of):
        missing = " ".join(line.view().missing)
        assert [word for word in wanted if word in missing] == list(wanted[count:])
        assert refusal(line.view(), READY, line.id_of(line.asked))
        line.note(body)
    assert line.view().missing == ()
    assert refusal(line.view(), READY, line.id_of(line.asked)) is None
    line.note(Staffed(Post.INTERPRETER, "Ilves", "ru", withdrawn=True))
    assert line.view().missing == ("our interpreter is not named",)


def test_an_interpreter_of_another_language_does_not_do() -> None:
    line = Line()
    line.say(THEIRS, ACCEPTED, line.asked)
    line.note(Staffed(Post.INTERPRETER, "Ilves", "pl"))
    assert "en or ru" in line.view().missing[0]
    line.note(Staffed(Post.INTERPRETER, "Kask"))
    assert "interpreter" not in " ".join(line.view().missing)


def test_a_readout_before_the_end_is_early_and_kept() -> None:  # D-12
    line = Line()
    line.say(THEIRS, ACCEPTED, line.asked)
    line.say(THEIRS, Readout(WORDS), line.asked)
    line.say(OURS, BEGUN, line.asked)
    line.say(OURS, ENDED, line.asked)
    line.say(OURS, Readout(WORDS), line.asked)
    line.say(THEIRS, FollowUp(WORDS), line.asked)
    view = line.view()
    readouts = [said for said in view.lines if said.what == "readout"]
    assert {said.by: said.early for said in readouts} == {
        Direction.THEIRS: True,
        Direction.OURS: False,
    }
    assert view.turn is Turn.THEIRS  # an early readout does not stand for the one that is due


def test_reminders_keep_their_distance_and_need_something_awaited() -> None:
    line, spacing = Line(), REMIND_AFTER[Urgency.AT_ONCE]
    assert too_soon(line.view(), Millis(NOW + spacing - 1))
    assert too_soon(line.view(), Millis(NOW + spacing)) is None
    line.note(Reminded(Way.NODE), at=spacing)
    assert too_soon(line.view(), Millis(NOW + 2 * spacing - 1))
    assert too_soon(line.view(), Millis(NOW + 2 * spacing)) is None
    assert too_soon(line.view(us=THEIRS), Millis(NOW + 9 * spacing))  # we were asked, not they
    line.say(THEIRS, NOT_NOW, line.asked)
    assert too_soon(line.view(), Millis(NOW + 9 * spacing))


@pytest.mark.parametrize("answer", [NOT_NOW, DECLINED, None])
def test_other_ways_are_offered_to_the_side_that_does_not_get_its_call(
    answer: CallAnswer | None,
) -> None:
    line = Line()
    assert offers(line.view()) == ()
    line.say(*((OURS, Lapsed(), line.asked) if answer is None else (THEIRS, answer, line.asked)))
    offered = " ".join(offers(line.view()))
    assert all(each in offered for each in ("send statement", "send restraint", "route show"))
    assert offers(line.view(us=THEIRS)) == ()


def test_awaiting_authority_of_ours_stays_ours() -> None:
    line = Line(by=THEIRS)
    asked = line.note(AuthorityAwaited("minister", "the call"))
    view = line.view()
    assert view.authority is not None
    assert view.authority.granted is None
    assert view.standing is Standing.REQUESTED
    line.note(AuthorityGiven(False, "minister"), about=asked)
    given = line.view().authority
    assert given is not None
    assert given.granted is False
    assert line.view().standing is Standing.REQUESTED


def test_a_memorandum_shows_its_readers_and_not_its_words() -> None:
    line = Line()
    line.note(Memorandum("He sounded tired.", ("adviser",)))
    assert line.view().memoranda[0].readers == ("adviser",)
    assert "tired" not in repr(line.view())


def test_what_is_over_is_not_answered_and_what_has_not_begun_does_not_end() -> None:
    line = Line()
    about = line.id_of(line.asked)
    for step in (CallStep.ENDED, CallStep.BROKEN_OFF):
        assert refusal(line.view(), CallState(step, 0), about)
    line.say(OURS, BEGUN, line.asked)
    assert refusal(line.view(us=THEIRS), ACCEPTED, about)
    assert refusal(line.view(), Cancel(), about)
    assert refusal(line.view(), BEGUN, about)
    assert refusal(line.view(), ENDED, about) is None
    line.say(OURS, ENDED, line.asked)
    assert refusal(line.view(), BEGUN, about)
    assert refusal(line.view(), Readout(WORDS), about) is None


# In any order

_ABOUT_IT = [body for whose, body in FOLLOWING[Kind.CALL] if whose == "either"]
_STEP = st.tuples(
    st.sampled_from([OURS, THEIRS]), st.integers(0, 14), st.booleans(), st.integers(0, 8)
)
_Steps = list[tuple[PartyNumber, int, bool, int]]


def _random_call(steps: _Steps) -> Line:
    """Answers to the request or to any answer of the other's, seen or not; states, lapses, an end."""
    line = Line()
    for party, action, blind, which in steps:
        if action < len(CALL_ANSWERS):
            answers = _answerable(line, party)
            if answers:
                about = answers[which % len(answers)]
                seen = about[1] + 1 if blind else None
                line.say(party, CALL_ANSWERS[action], about, seen=seen)
        elif action < len(CALL_ANSWERS) + len(_ABOUT_IT):
            seen = 1 if blind and party == THEIRS else None
            line.say(party, _ABOUT_IT[action - len(CALL_ANSWERS)], line.asked, seen=seen)
        elif party == OURS:
            line.say(OURS, Cancel() if which == 0 else Lapsed(), line.asked)
    return line


def _answerable(line: Line, party: PartyNumber) -> list[Place]:
    """The other side's request and answers, valid or not in their effect."""
    kinds = (Kind.CALL, Kind.CALL_ANSWER)
    return [
        placed.place
        for placed in line.entries
        if placed.place[0] != party
        if placed.judged.record is not None and placed.judged.record.kind in kinds
    ]


@given(st.lists(_STEP, max_size=24), st.integers(0, 2**32))
def test_a_call_is_the_same_in_whatever_order_it_arrives(steps: _Steps, seed: int) -> None:  # D-1
    line = _random_call(steps)
    shuffled = list(line.entries)
    random.Random(seed).shuffle(shuffled)
    assert fold(shuffled).digest() == line.state().digest()
    ours, theirs = line.view(), line.view(us=THEIRS)
    assert (ours.standing, ours.window, ours.due) == (theirs.standing, theirs.window, theirs.due)
    assert ours.speaker == theirs.speaker


@given(st.lists(_STEP, max_size=24))
def test_the_view_and_the_standing_never_contradict_each_other(steps: _Steps) -> None:
    view = _random_call(steps).view()
    said = [line for line in view.lines[1:] if line.effect]
    if view.standing in {Standing.ACCEPTED, Standing.READY}:
        assert view.window is not None
        assert view.acceptance is not None
    if view.standing is Standing.READY:
        assert set(view.ready) == {Direction.OURS, Direction.THEIRS}
    if view.standing is Standing.ACCEPTED:
        assert len(view.ready) < 2
    if view.standing in {Standing.OTHER_TIME, Standing.DEPUTY}:
        assert (view.proposed is not None) == (view.standing is Standing.DEPUTY)
        assert view.turn in {Turn.OURS, Turn.THEIRS}
    if view.standing in {Standing.NOT_AT_THIS_TIME, Standing.DECLINED}:
        assert view.window is None
        assert any(line.by is Direction.THEIRS and line.what == view.standing for line in said)


@given(
    st.sampled_from([Kind.INCIDENT, Kind.CONTACT, Kind.SITE, Kind.MOVEMENT]),
    st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.booleans()), max_size=16),
    st.integers(0, 2**32),
)
def test_incidents_contacts_sites_and_movements_are_the_same_in_any_order(  # D-1, D-6
    kind: Kind, steps: list[tuple[int, bool, bool]], seed: int
) -> None:
    talk = Dialogue()
    opened = talk.say(OURS, OPENINGS[kind])
    for which, ours, blind in steps:
        whose, body = FOLLOWING[kind][which % len(FOLLOWING[kind])]
        party = OURS if whose == "own" or (whose == "either" and ours) else THEIRS
        talk.say(party, body, opened, seen=1 if blind and party == THEIRS else None)
    shuffled = list(talk.entries)
    random.Random(seed).shuffle(shuffled)
    assert fold(shuffled) == talk.state()
    assert fold(shuffled).digest() == talk.state().digest()
