"""Onward: each unit by the rule that stood when a record came; told is not confirmed; five lines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk import onward
from firebreak.desk.entries.contacts import Direction
from firebreak.desk.entries.onward import OnwardRule, OnwardTold
from firebreak.desk.onward import ASKED_FOR, Onward, Passing
from firebreak.errors import Refused
from firebreak.records.kinds import Kind
from firebreak.records.record import Record
from firebreak.values import Millis
from tests.desk.kept import Diary
from tests.strategies import RECORDS
from tests.worlds import HOUR, MINUTE, NOW, a_notice, a_query

NOTICE = int(Kind.NOTICE)
RULE = OnwardRule(NOTICE, ("1 Wing", "bridge"), 10 * MINUTE, own=False)
IDENTITY = bytes(range(32))
CAME = Passing(IDENTITY, NOTICE, NOW, ours=False, party="BRAVO")


def told(unit: str, *, read_back: bool) -> OnwardTold:
    return OnwardTold(unit, "duty officer", "Cpl. Mazur", NOW, read_back)


def found(diary: Diary, *passing: Passing, now: int = NOW) -> list[Onward]:
    return onward.onward(diary.counting(), passing or [CAME], Millis(now))


def test_the_rule_says_whom_and_how_soon() -> None:
    """JN-14"""
    diary = Diary()
    assert found(diary) == []
    diary.note(RULE)
    (each,) = found(diary)
    assert (each.due, each.missing) == (NOW + 10 * MINUTE, ("1 Wing", "bridge"))
    query = replace(CAME, kind=int(Kind.QUERY))
    assert found(diary, query) == []


def test_the_rule_that_stood_when_it_came_holds_whatever_is_ruled_later() -> None:
    """JN-14"""
    diary = Diary()
    diary.note(RULE, at=NOW)
    diary.note(replace(RULE, units=("2 Wing",)), at=NOW + MINUTE)
    diary.note(replace(RULE, units=()), at=NOW + 2 * MINUTE)
    units = [
        [each.missing for each in found(diary, replace(CAME, came=Millis(NOW + after)))]
        for after in (-1, 0, MINUTE - 1, MINUTE, 2 * MINUTE)
    ]
    assert units == [[], [RULE.units], [RULE.units], [("2 Wing",)], []]


def test_our_own_are_passed_on_only_where_the_rule_says_so() -> None:
    """JN-14"""
    diary = Diary()
    diary.note(RULE)
    ours = replace(CAME, ours=True)
    assert found(diary, ours) == []
    diary.note(replace(RULE, own=True))
    assert len(found(diary, ours)) == 1


@given(st.lists(st.tuples(st.sampled_from(["1 Wing", "bridge", "3 Wing"]), st.booleans())))
def test_only_what_was_read_back_is_confirmed_and_stays_so(said: list[tuple[str, bool]]) -> None:
    """JN-14"""
    diary = Diary()
    diary.note(RULE)
    heard = diary.say(a_notice(), by=Direction.THEIRS)
    for unit, read_back in said:
        diary.note(told(unit, read_back=read_back), heard)
    (each,) = found(diary, *onward.said_passing(diary.counting()))
    confirmed = {unit for unit, read_back in said if read_back}
    assert set(each.missing) == set(RULE.units) - confirmed
    for shown in each.units:
        assert (shown.at is not None) == (shown.unit in {name for name, _ in said})


def test_telling_of_another_record_confirms_nothing() -> None:
    diary = Diary()
    rule = diary.note(RULE)
    diary.note(told("1 Wing", read_back=True), rule)
    assert found(diary)[0].missing == RULE.units


def test_what_came_long_ago_is_no_longer_asked_for() -> None:
    diary = Diary()
    diary.note(RULE)
    assert len(found(diary, now=NOW + ASKED_FOR)) == 1
    assert found(diary, now=NOW + ASKED_FOR + 1) == []


@pytest.mark.parametrize("kind", [int(Kind.DISPLAYED), int(Kind.ROSTER), 200])
def test_what_nodes_sign_is_nobodys_to_pass_on(kind: int) -> None:
    with pytest.raises(Refused, match="nobody's to pass on"):
        onward.check_rule(replace(RULE, kind=kind))


def test_a_unit_is_named_once() -> None:
    with pytest.raises(Refused, match="twice"):
        onward.check_rule(replace(RULE, units=("1 Wing", "1 Wing")))
    onward.check_rule(RULE)


# The card


def notice() -> Record:
    from firebreak.desk.attested import record_of

    return record_of(Diary().say(a_notice(), by=Direction.THEIRS))


def test_the_card_says_what_where_when_limits_and_contact() -> None:
    assert onward.card(notice(), "BRAVO", IDENTITY, exercise=True) == (
        "WHAT     EXERCISE. NOTICE 00010203 OF BRAVO: TRAINING",
        "WHERE    CIRCLE 551230.0N 0194512.5E 9260 M",
        "WHEN     220600ZNOV26 to 220700ZNOV26",
        "LIMITS   FL095 to FL195",
        "CONTACT  Alpha Ops 1234",
    )


def test_real_is_said_and_so_is_that_nothing_says_it() -> None:
    marks = [
        onward.card(notice(), "B", IDENTITY, exercise=e)[0][9:].split(".")[0] for e in (False, None)
    ]
    assert marks == ["REAL", "REAL OR EXERCISE NOT SAID"]


@given(RECORDS, st.sampled_from([True, False, None]))
def test_every_record_has_a_card_of_five_lines(record: Record, exercise: bool | None) -> None:
    lines = onward.card(record, "BRAVO", IDENTITY, exercise)
    heads = [line[:9].strip() for line in lines]
    assert heads == ["WHAT", "WHERE", "WHEN", "LIMITS", "CONTACT"]
    assert all(line[9:].strip() and "\n" not in line for line in lines)


def test_the_page_cannot_be_written_by_what_it_shows() -> None:
    hostile = replace(a_notice(), contact="<script>&")
    from firebreak.desk.attested import record_of

    record = record_of(Diary().say(hostile, by=Direction.THEIRS))
    page = onward.card_html(onward.card(record, "<b>", IDENTITY, exercise=True))
    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;&amp;" in page


def test_a_query_said_by_telephone_is_passed_on_too() -> None:
    diary = Diary()
    heard = diary.say(a_query(), by=Direction.THEIRS, answer_by=HOUR)
    said = diary.say(a_query(), answer_by=HOUR)
    assert onward.said_passing(diary.counting()) == [
        Passing(heard.id, int(Kind.QUERY), NOW, ours=False, party="BRAVO"),
        Passing(said.id, int(Kind.QUERY), NOW, ours=True, party="BRAVO"),
    ]
