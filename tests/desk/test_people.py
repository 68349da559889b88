"""Own people: a leave is good once and for what it was asked for; a watch is taken by another key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk import people
from firebreak.desk.entries.contacts import Direction, Struck
from firebreak.desk.entries.offices import (
    AuthorityAwaited,
    AuthorityGiven,
    Counterpart,
    Duress,
    HandoverGiven,
    HandoverTaken,
    Level,
    OpenItem,
    Released,
    ReleaseRule,
    Summoned,
    Summons,
    SummonsAnswered,
)
from firebreak.desk.journal import Kept
from firebreak.desk.people import LEAVE_LASTS, Sent
from firebreak.errors import Refused
from firebreak.records.kinds import Answer, Kind, Reply
from firebreak.values import Millis
from tests.desk.kept import Diary
from tests.worlds import DAY, HOUR, MINUTE, NOW, a_query

QUERY = int(Kind.QUERY)
WANTED = ReleaseRule(QUERY, second_officer=False, principal="commander")
NOTHING: frozenset[bytes] = frozenset()
RECORD = b"\x07" * 32


def ruled() -> Diary:
    diary = Diary()
    diary.note(WANTED)
    return diary


def asked(diary: Diary, *about: Kept, kind: int | None = QUERY, whom: str = "commander") -> Kept:
    return diary.note(AuthorityAwaited(whom, "a query", kind), *about)


def grant(diary: Diary, leave: Kept, at: int = NOW, *, granted: bool = True) -> Kept:
    return diary.note(AuthorityGiven(granted, "commander"), leave, at=at)


def refused(
    diary: Diary, sent: list[Sent] | None = None, about: frozenset[bytes] = NOTHING, at: int = NOW
) -> bool:
    try:
        people.check_leave(diary.counting(), sent or [], QUERY, about, Millis(at))
    except Refused:
        return True
    return False


# Release rules and leave (JN-10)


def test_without_a_rule_nothing_is_held_back_and_with_one_it_is() -> None:
    """JN-10"""
    assert not refused(Diary())
    diary = ruled()
    with pytest.raises(Refused, match='firebreak authority await "commander" --kind query'):
        people.check_leave(diary.counting(), [], QUERY, NOTHING, NOW)
    diary.note(replace(WANTED, principal=None))
    assert not refused(diary)


def test_leave_that_is_awaited_or_refused_is_no_leave() -> None:
    """JN-10"""
    diary = ruled()
    leave = asked(diary)
    assert refused(diary)
    grant(diary, leave, granted=False)
    assert refused(diary)


def test_leave_is_for_one_kind_of_one_principal_and_recent() -> None:
    """JN-10"""
    for leave in ({"kind": None}, {"kind": int(Kind.CALL)}, {"whom": "another"}):
        diary = ruled()
        grant(diary, asked(diary, **leave))
        assert refused(diary)
    diary = ruled()
    grant(diary, asked(diary))
    assert not refused(diary)
    assert not refused(diary, at=NOW + LEAVE_LASTS - 1)
    assert refused(diary, at=NOW + LEAVE_LASTS)
    assert refused(diary, at=NOW - 1)


def test_a_struck_leave_is_none() -> None:
    diary = ruled()
    given = grant(diary, asked(diary))
    diary.note(Struck("he said no"), given)
    assert refused(diary)


def test_leave_for_one_dialogue_is_good_for_that_only() -> None:
    """JN-10"""
    diary = ruled()
    heard = diary.say(a_query(), by=Direction.THEIRS, answer_by=HOUR)
    grant(diary, asked(diary, heard))
    assert refused(diary)
    assert refused(diary, about=frozenset({RECORD}))
    assert not refused(diary, about=frozenset({RECORD, heard.id}))


@given(st.integers(0, 5), st.lists(st.integers(0, LEAVE_LASTS - 1), max_size=7))
def test_each_leave_is_good_once(count: int, ages: list[int]) -> None:
    """JN-10: so many leaves, so many records, whenever within their time they went out."""
    diary = ruled()
    for _ in range(count):
        grant(diary, asked(diary))
    sent = [Sent(QUERY, Millis(NOW + age), NOTHING) for age in ages]
    assert refused(diary, sent, at=NOW + LEAVE_LASTS - 1) == (len(sent) >= count)


def test_what_went_out_before_the_leave_or_is_of_another_kind_uses_none() -> None:
    diary = ruled()
    grant(diary, asked(diary))
    earlier = [Sent(QUERY, Millis(NOW - 1), NOTHING), Sent(int(Kind.CALL), NOW, NOTHING)]
    assert not refused(diary, earlier)


def test_a_leave_for_one_dialogue_is_used_before_one_for_any() -> None:
    diary = ruled()
    heard = diary.say(a_query(), by=Direction.THEIRS, answer_by=HOUR)
    grant(diary, asked(diary))
    grant(diary, asked(diary, heard))
    answer = Sent(QUERY, NOW, frozenset({heard.id}))
    assert not refused(diary, [answer], at=NOW + 1)
    assert refused(diary, [answer, Sent(QUERY, NOW, NOTHING)], at=NOW + 1)


def test_striking_what_was_said_gives_no_leave_back() -> None:
    """JN-10"""
    diary = ruled()
    grant(diary, asked(diary))
    said = diary.say(a_query(), answer_by=HOUR)
    diary.note(Struck("entered twice"), said)
    assert refused(diary, people.said_sent(diary.entries), at=NOW + 1)


def test_what_was_said_uses_the_leave_before_it_whatever_time_it_gives() -> None:
    """JN-10: an officer's machine may be five minutes behind."""
    diary = ruled()
    grant(diary, asked(diary))
    diary.say(a_query(), answer_by=HOUR, at=NOW - 240_000)
    assert refused(diary, people.said_sent(diary.entries), at=NOW + 1)


def test_leave_is_answered_once_and_only_if_asked_for() -> None:
    """JN-10"""
    diary = ruled()
    leave = asked(diary)
    loose = diary.note(AuthorityGiven(granted=True, by="x"), diary.entries[0])
    with pytest.raises(Refused, match="asks for no leave"):
        people.check_given(loose, diary.entries[:-1])
    first = grant(diary, leave)
    people.check_given(first, diary.entries[:-1])
    with pytest.raises(Refused, match="answered already"):
        people.check_given(grant(diary, leave), diary.entries[:-1])


def test_what_was_said_counts_as_sent_with_all_that_it_answers() -> None:
    diary = Diary()
    heard = diary.say(a_query(), by=Direction.THEIRS, answer_by=HOUR)
    answer = diary.say(Answer(Reply.OURS), heard)
    (sent,) = people.said_sent(diary.counting())
    assert (sent.kind, sent.about) == (int(Kind.ANSWER), frozenset({heard.id}))
    correction = diary.say(Answer(Reply.NOT_OURS), answer)
    assert people.ancestors(diary.counting(), correction) == {answer.id, heard.id}


@pytest.mark.parametrize("kind", [int(Kind.RELEASE), int(Kind.DISPLAYED), int(Kind.LAPSED), 200])
def test_no_rule_stands_over_what_officers_do_not_send(kind: int) -> None:
    rule = Diary().note(ReleaseRule(kind, second_officer=True, principal=None))
    with pytest.raises(Refused, match="No officer sends"):
        people.check_rule(rule, [], lambda kept: b"first")


RULES = [
    ReleaseRule(QUERY, second_officer=second, principal=principal)
    for second in (False, True)
    for principal in (None, "commander", "minister")
]


@pytest.mark.parametrize("old", RULES)
@pytest.mark.parametrize("new", RULES)
def test_one_officer_tightens_a_rule_and_two_loosen_it(old: ReleaseRule, new: ReleaseRule) -> None:
    """JN-11"""
    diary = Diary()
    diary.note(old)
    rule = diary.note(new)
    before = diary.entries[:-1]
    less = (old.second_officer and not new.second_officer) or (
        old.principal is not None and new.principal != old.principal
    )
    if less:
        with pytest.raises(Refused, match="not loosen it"):
            people.check_rule(rule, before, lambda kept: b"first")
    else:
        people.check_rule(rule, before, lambda kept: b"first")
    release = diary.note(Released(), rule)
    people.check_rule(rule, [*before, release], lambda k: b"2" if k.id == release.id else b"1")


def test_a_rule_is_not_struck_and_another_entry_is() -> None:
    """JN-11"""
    diary = ruled()
    leave = asked(diary)
    with pytest.raises(Refused, match="not struck"):
        people.check_struck(diary.note(Struck("x"), diary.entries[0]), diary.entries[:-1])
    people.check_struck(diary.note(Struck("x"), leave), diary.entries[:-1])


# Two officers (JN-11)


def test_words_that_two_officers_release_need_another_key_before_them() -> None:
    """JN-11"""
    diary = Diary()
    diary.note(ReleaseRule(QUERY, second_officer=True, principal=None))
    said = diary.say(a_query(), answer_by=HOUR)
    before = diary.entries[:-1]
    with pytest.raises(Refused, match="second officer"):
        people.check_said_released(said, before, lambda kept: b"first")
    release = diary.note(Released(), said)
    with pytest.raises(Refused, match="second officer"):
        people.check_said_released(said, [*before, release], lambda kept: b"first")
    keys = {release.id: b"second"}
    people.check_said_released(said, [*before, release], lambda k: keys.get(k.id, b"first"))
    other = diary.note(Released(), before[0])
    with pytest.raises(Refused, match="second officer"):
        people.check_said_released(
            said, [*before, other], lambda k: b"second" if k.id == other.id else b"first"
        )


def test_their_words_need_no_release_of_ours() -> None:
    diary = Diary()
    diary.note(ReleaseRule(QUERY, second_officer=True, principal=None))
    heard = diary.say(a_query(), by=Direction.THEIRS, answer_by=HOUR)
    people.check_said_released(heard, diary.entries[:-1], lambda kept: b"first")


# The watch (JN-12)

ITEMS = (OpenItem(RECORD, "a query"), OpenItem(b"\x08" * 32, "a notice"))


def test_a_watch_is_taken_once_by_another_key() -> None:
    """JN-12"""
    diary = Diary()
    given = diary.note(HandoverGiven("duty officer", ITEMS))
    taken = diary.note(HandoverTaken(), given)
    before = diary.entries[:-1]
    with pytest.raises(Refused, match="cannot take it"):
        people.check_taken(taken, before, lambda kept: b"one")
    people.check_taken(taken, before, lambda kept: kept.id)
    with pytest.raises(Refused, match="taken already"):
        people.check_taken(
            diary.note(HandoverTaken("again"), given), diary.entries[:-1], lambda k: k.id
        )
    found = people.handovers(diary.counting())["duty officer"]
    assert (found.items, found.taken_id) == (ITEMS, taken.id)


def test_what_gives_no_watch_or_an_older_one_is_not_taken() -> None:
    """JN-12"""
    diary = Diary()
    old = diary.note(HandoverGiven("duty officer", ()))
    newest = diary.note(HandoverGiven("duty officer", ITEMS))
    other = diary.note(HandoverGiven("sea duty officer", ()))
    for wrong, why in ((diary.note(Duress()), "no watch over"), (old, "newer handover")):
        with pytest.raises(Refused, match=why):
            people.check_taken(
                diary.note(HandoverTaken(), wrong), diary.entries[:-1], lambda k: k.id
            )
    with pytest.raises(Refused, match="no watch over"):
        people.check_taken(diary.note(HandoverTaken()), diary.entries[:-1], lambda k: k.id)
    for right in (newest, other):
        taken = diary.note(HandoverTaken(), right)
        people.check_taken(taken, diary.entries[:-1], lambda k: k.id)


@given(st.sets(st.integers(0, 7)), st.sets(st.integers(0, 7)))
def test_a_handover_lists_at_least_what_is_open(listed: set[int], still: set[int]) -> None:
    """JN-12"""
    items = [OpenItem(bytes([n]) * 32, f"item {n}") for n in range(8)]
    given = HandoverGiven("duty officer", tuple(items[n] for n in sorted(listed)))
    if still <= listed:
        people.check_complete(given, [items[n] for n in still])
    else:
        with pytest.raises(Refused, match=f"leaves out {len(still - listed)} open items"):
            people.check_complete(given, [items[n] for n in still])


# Summons (JN-16), duress (JN-13), counterparts


def test_a_summons_is_answered_by_each() -> None:
    """JN-16"""
    diary = Diary()
    called = diary.note(Summons(tuple(Summoned), "they are on the line"))
    assert people.summonses(diary.counting())[0].missing == tuple(Summoned)
    came = SummonsAnswered(Summoned.COMMANDER, "Col. K", NOW)
    people.check_came(diary.note(came, called), diary.entries[:-1])
    (call,) = people.summonses(diary.counting())
    assert (call.missing, call.came) == ((Summoned.INTERPRETER,), ("Col. K",))


def test_nobody_comes_who_was_not_summoned() -> None:
    diary = Diary()
    called = diary.note(Summons((Summoned.INTERPRETER,), "they are on the line"))
    came = SummonsAnswered(Summoned.COMMANDER, "Col. K", NOW)
    for about in ((called,), (), (diary.note(Duress()),)):
        with pytest.raises(Refused, match="Nobody was summoned"):
            people.check_came(diary.note(came, *about), diary.entries[:-1])


def test_duress_stands_on_no_screen_unless_all_is_asked_for() -> None:
    """JN-13"""
    diary = ruled()
    diary.note(Duress(), diary.entries[0])
    assert people.without_duress(diary.entries) == diary.entries[:1]


def test_a_counterpart_is_stale_from_ninety_days_after_it_was_verified() -> None:
    card = Counterpart("ours", "BRAVO", "theirs", Level.TACTICAL)
    assert people.stale_from(card, NOW) == NOW + 90 * DAY
    assert people.stale_from(replace(card, verified_on=Millis(NOW - DAY)), NOW) == NOW + 89 * DAY
    diary = Diary()
    diary.note(card)
    newest = diary.note(replace(card, holder="Gen. X"))
    diary.note(replace(card, theirs="another", ended=True))
    assert people.pairs_entered(diary.counting()) == [(newest, newest.entry.body)]


FRIDAY = 20_777 * DAY
"""2026-11-20."""


@pytest.mark.parametrize(
    ("hours", "day", "time", "there"),
    [
        ("0600Z-1400Z", 0, 6 * HOUR, True),
        ("0600Z-1400Z", 0, 14 * HOUR, False),
        ("0600Z-1400Z", 0, 6 * HOUR - 1, False),
        ("0600Z-1400Z weekdays", 0, 7 * HOUR, True),
        ("0600Z-1400Z weekdays", 1, 7 * HOUR, False),
        ("0600Z-1400Z", 1, 7 * HOUR, True),
        ("2200Z-0600Z weekdays", 0, 23 * HOUR, True),
        ("2200Z-0600Z weekdays", 1, 5 * HOUR, True),
        ("2200Z-0600Z weekdays", 1, 23 * HOUR, False),
        ("2200Z-0600Z weekdays", 3, 5 * HOUR, False),
        ("2200Z-0600Z", 0, 12 * HOUR, False),
        ("mornings", 0, 0, None),
        ("2500Z-0600Z", 0, 0, None),
        (None, 0, 0, None),
    ],
)
def test_hours_are_told_from_the_clock_where_they_can_be(
    hours: str | None, day: int, time: int, there: bool | None
) -> None:
    assert datetime.fromtimestamp(FRIDAY / 1_000, UTC).strftime("%a") == "Fri"
    assert people.in_hours(hours, Millis(FRIDAY + day * DAY + time)) is there


def test_minutes_are_read() -> None:
    assert people.in_hours("0630Z-0631Z", Millis(FRIDAY + 6 * HOUR + 30 * MINUTE))
