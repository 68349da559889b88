"""The ladder: the next rung is proposed, one that widens who knows wants a person, ours is ours."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk import routes
from firebreak.desk.entries.contacts import Direction, Rung, Said
from firebreak.desk.entries.offices import Counterpart, Level
from firebreak.desk.entries.routes import Ladder, RungTaken
from firebreak.desk.journal import Kept
from firebreak.desk.routes import (
    WIDENS,
    LadderView,
    Matter,
    RungStands,
    Try,
    default_ladder,
    ladder_to,
    level_of,
    outcome_of_question,
    pending,
    refusal,
    relay_decided,
    step,
)
from firebreak.records.agreement import Channel
from firebreak.records.calls import CallAnswer, CallReply
from firebreak.records.contacts import Outcome, Precision, Way
from firebreak.records.kinds import Answer, Reply
from firebreak.records.record import NODE_AUTHOR
from firebreak.values import Millis
from tests.desk.contact_example import PARTY, a_call, contacted
from tests.desk.kept import Diary
from tests.worlds import HOUR, MINUTE, NOW, a_query

ASKED = b"\x07" * 32
LATE = Millis(NOW + 10 * HOUR)


def tried(rung: Rung, outcome: Outcome | None, at: int = NOW) -> Try:
    return Try(bytes([rung]) * 32, rung, Way.PERSON, Millis(at), Precision.MINUTE, NOW, outcome)


def a_matter(*logged: Try, level: Level = Level.MILITARY) -> Matter:
    return Matter(ASKED, PARTY, "chief of staff", level, "call", logged)


def view(diary: Diary, *logged: Try, level: Level = Level.MILITARY) -> LadderView:
    return routes.view(diary.counting(), a_matter(*logged, level=level), LATE)


# Which ladder


def test_the_ladders_go_in_the_order_of_their_routes_and_begin_with_the_office_itself() -> None:
    for level in Level:
        rungs = [each.rung for each in default_ladder(level)]
        assert rungs == sorted(rungs)
        assert rungs[:3] == [Rung.DIRECT, Rung.DUTY_OFFICE, Rung.NOTE_TO_MINISTRY]
    assert [each.rung for each in default_ladder(Level.MILITARY)] == list(Rung)
    assert {each.rung for each in default_ladder(Level.MILITARY) if each.widens} == WIDENS
    assert {Rung.DIRECT, Rung.DUTY_OFFICE}.isdisjoint(WIDENS)


def test_a_ladder_that_was_set_holds_for_its_party_and_level_and_the_newest_does() -> None:
    diary = Diary()
    short = (step(Rung.DIRECT), step(Rung.EMBASSY, "our embassy in the capital"))
    diary.note(Ladder(PARTY, Level.MILITARY, (step(Rung.DIRECT),)))
    diary.note(Ladder(PARTY, Level.MILITARY, short))
    assert ladder_to(diary.counting(), PARTY, Level.MILITARY) == short
    assert ladder_to(diary.counting(), PARTY, Level.COMMAND) == default_ladder(Level.COMMAND)
    assert ladder_to(diary.counting(), "OTHER", Level.MILITARY) == default_ladder(Level.MILITARY)


def test_the_level_is_the_pair_s_and_else_the_channel_s() -> None:
    diary = Diary()
    assert level_of([], PARTY, "x", Channel.AIR) is Level.TACTICAL
    assert level_of([], PARTY, "x", Channel.STRATEGIC) is Level.MILITARY
    assert level_of([], PARTY, "x") is Level.TACTICAL
    diary.note(Counterpart("ours", PARTY, "x", Level.POLITICAL))
    assert level_of(diary.counting(), PARTY, "x", Channel.AIR) is Level.POLITICAL


# What is next

endings = st.sampled_from([Outcome.UNDELIVERED, Outcome.UNANSWERED, Outcome.DECLINED])


@given(st.lists(st.tuples(st.sampled_from(Rung), endings), max_size=10), st.sampled_from(Level))
def test_the_next_rung_is_the_first_that_was_not_tried(
    done: list[tuple[Rung, Outcome]], level: Level
) -> None:
    tries = [tried(rung, outcome, NOW + n) for n, (rung, outcome) in enumerate(done)]
    found = view(Diary(), *tries, level=level)
    used = {rung for rung, _ in done}
    left = [each.rung for each in default_ladder(level) if each.rung not in used]
    assert found.next is (left[0] if left else None)
    assert {each.rung for each in found.rungs if each.stands is RungStands.TRIED} == used
    assert [each.rung for each in found.rungs if each.proposed] == left[:1]


@pytest.mark.parametrize("outcome", [None, Outcome.HELD])
def test_nothing_is_proposed_while_an_answer_is_awaited_or_once_it_came(
    outcome: Outcome | None,
) -> None:
    found = view(Diary(), tried(Rung.DIRECT, Outcome.DECLINED), tried(Rung.EMBASSY, outcome))
    assert found.next is None
    assert "embassy" in found.why


def test_what_we_did_not_try_is_ours_and_stays_to_be_tried() -> None:
    found = view(Diary(), tried(Rung.DIRECT, Outcome.NOT_ATTEMPTED))
    assert (found.next, found.rungs[0].stands) == (Rung.DIRECT, RungStands.NOT_TRIED)
    assert found.why.startswith("Nothing was tried yet")


def test_a_rung_that_was_decided_is_proposed_until_something_has_gone_that_way() -> None:
    diary = Diary()
    about = diary.say(a_query(), answer_by=MINUTE)
    matter = replace(a_matter(), id=about.id, level=Level.TACTICAL)
    diary.note(RungTaken(Rung.DEFENCE_ATTACHE, "Col. Saar"), about)
    found = routes.view(diary.counting(), matter, LATE)
    attache = next(each for each in found.rungs if each.rung is Rung.DEFENCE_ATTACHE)
    assert (found.next, attache.stands) == (Rung.DEFENCE_ATTACHE, RungStands.DECIDED)
    assert attache.decided_by == "air duty officer"
    diary.note(
        replace(contacted(Outcome.UNANSWERED, rung=Rung.DEFENCE_ATTACHE), happened=NOW), about
    )
    found = routes.view(diary.counting(), matter, LATE)
    attache = next(each for each in found.rungs if each.rung is Rung.DEFENCE_ATTACHE)
    assert (found.next, attache.stands) == (Rung.DUTY_OFFICE, RungStands.TRIED)
    assert attache.tries[0].outcome is Outcome.UNANSWERED


def test_a_later_attempt_by_another_route_is_of_the_same_matter() -> None:
    diary = Diary()
    first = diary.say(a_call(), answer_by=HOUR)
    diary.say(CallAnswer(CallReply.NOT_AT_THIS_TIME), first, by=Direction.THEIRS, at=NOW + MINUTE)
    second = said_by(diary, Rung.EMBASSY, NOW + HOUR)
    diary.note(RungTaken(Rung.EMBASSY, "our embassy"), first, second)
    (matter,) = routes.matters(diary.counting())
    assert matter.id == first.id
    now = Millis(NOW + HOUR + MINUTE)
    found = routes.view(diary.counting(), matter, now)
    outcomes = {each.rung: each.tries[0].outcome for each in found.rungs if each.tries}
    assert outcomes == {Rung.DIRECT: Outcome.DECLINED, Rung.EMBASSY: None}
    assert found.next is None
    later = routes.view(diary.counting(), matter, Millis(NOW + 3 * HOUR))
    assert later.next is Rung.DUTY_OFFICE


def said_by(diary: Diary, rung: Rung, at: int, by: Direction = Direction.OURS) -> Kept:
    made = Diary().say(a_call(), answer_by=HOUR, at=at, way=Way.PERSON, by=by).entry.body
    assert isinstance(made, Said)
    return diary.note(replace(made, rung=rung), at=at)


@pytest.mark.parametrize(
    ("due", "replies", "delivered", "expected"),
    [
        (LATE + 1, [], True, None),
        (LATE, [], True, Outcome.UNANSWERED),
        (LATE, [], False, Outcome.UNDELIVERED),
        (LATE, [Answer(Reply.CHECKING, 1)], True, Outcome.UNANSWERED),
        (None, [], True, Outcome.UNANSWERED),
        (None, [Answer(Reply.NOT_OURS)], True, Outcome.HELD),
        (None, [Answer(Reply.DECLINES_TO_SAY)], True, Outcome.DECLINED),
        (None, [Answer(Reply.WILL_NOT_DO)], True, Outcome.DECLINED),
    ],
)
def test_what_became_of_a_question(
    due: int | None, replies: list[Answer], delivered: bool, expected: Outcome | None
) -> None:
    at = None if due is None else Millis(due)
    assert outcome_of_question(at, replies, delivered=delivered, now=LATE) is expected


# A person decides


def asks(diary: Diary, kept: Kept, about: Kept | None = None) -> str | None:
    assert isinstance(kept.entry.body, Said)
    named = None if about is None else about.id
    before = [each for each in diary.counting() if each.id != kept.id]
    return refusal(before, kept.id, kept.entry.body, named)


@pytest.mark.parametrize("rung", Rung)
def test_a_rung_that_widens_who_knows_wants_a_decision_that_names_what_goes(rung: Rung) -> None:
    diary = Diary()
    other = diary.say(a_query(), answer_by=HOUR)
    said = said_by(diary, rung, NOW)
    assert (asks(diary, said) is None) == (rung not in WIDENS)
    diary.note(RungTaken(rung, "somebody"), other)  # for something else
    assert (asks(diary, said) is None) == (rung not in WIDENS)
    diary.note(RungTaken(rung, "somebody"), said)
    assert asks(diary, said) is None


def test_what_they_said_by_a_route_is_never_held_up_and_answering_by_it_widens_nothing() -> None:
    diary = Diary()
    theirs = said_by(diary, Rung.EMBASSY, NOW, Direction.THEIRS)
    assert asks(diary, theirs) is None
    answer = Diary().say(CallAnswer(CallReply.NOT_AT_THIS_TIME)).entry.body
    assert isinstance(answer, Said)
    by_embassy = diary.note(replace(answer, rung=Rung.EMBASSY), theirs)
    assert asks(diary, by_embassy, theirs) is None
    by_state = diary.note(replace(answer, rung=Rung.THIRD_STATE), theirs)
    assert "--rung third-state" in (asks(diary, by_state, theirs) or "")


def test_a_node_decides_nothing() -> None:
    diary = Diary()
    said = said_by(diary, Rung.EMBASSY, NOW)
    kept = diary.note(RungTaken(Rung.EMBASSY, "our embassy"), said)
    diary.entries[-1] = replace(kept, entry=replace(kept.entry, author=NODE_AUTHOR))
    assert asks(diary, said) is not None
    assert pending(diary.counting(), Rung.EMBASSY, "BRAVO") is None


def test_a_decision_is_used_once() -> None:
    diary = Diary()
    asked = diary.say(a_query(), answer_by=HOUR)
    assert pending(diary.counting(), Rung.EMBASSY, "BRAVO") is None
    taken = diary.note(RungTaken(Rung.EMBASSY, "our embassy"), asked)
    assert pending(diary.counting(), Rung.EMBASSY, "BRAVO") == taken
    assert pending(diary.counting(), Rung.EMBASSY, "OTHER") is None
    assert pending(diary.counting(), Rung.THIRD_STATE, "BRAVO") is None
    said = said_by(diary, Rung.EMBASSY, NOW)
    diary.note(RungTaken(Rung.EMBASSY, "our embassy"), asked, said)
    assert pending(diary.counting(), Rung.EMBASSY, "BRAVO") is None


def test_a_relay_is_decided_on_by_its_name() -> None:
    diary = Diary()
    about = diary.say(a_query(), answer_by=HOUR)
    diary.note(RungTaken(Rung.EMBASSY, "SWISS"), about)
    assert not relay_decided(diary.counting(), "SWISS")
    diary.note(RungTaken(Rung.THIRD_STATE, "SWISS"), about)
    assert relay_decided(diary.counting(), "SWISS")
    assert not relay_decided(diary.counting(), "OMAN")
