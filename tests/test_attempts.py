"""“We tried N times”: what a file of attempts shows, and every way in which it is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.desk.entries.calls import VoiceLog
from firebreak.desk.entries.contacts import Direction, Rung, Said, Struck
from firebreak.errors import FirebreakError, InvalidValue, Misbehaviour
from firebreak.evidence.attempts import (
    AttemptsFile,
    Mark,
    Named,
    belonging_to,
    counted_in,
    parse_attempts,
    times_text,
    verify_attempts,
)
from firebreak.evidence.verdict import Status
from firebreak.records.agreement import Publication
from firebreak.records.calls import CallAnswer, CallReply
from firebreak.records.cbor import decode, encode
from firebreak.records.contacts import Outcome, Way
from firebreak.records.roster import sign_roster
from firebreak.records.slots import Words
from firebreak.values import Millis, Precedence
from tests import attempts_example as example
from tests.attempts_example import MADE, Diary, party, statement, tried, typical
from tests.desk.contact_example import a_call
from tests.worlds import BRAVO, DAY, HOUR, NOW, World, seed_of

DATA = typical().encoded()
ROOT = party().fingerprint


def test_the_spec_shows_what_the_code_does() -> None:
    parts = example.SPECIFICATION.read_text(encoding="utf-8").split("```\n")
    assert (parts[1], parts[3]) == (example.example(), example.whole())


def test_it_shows_how_often_by_the_entries_alone_and_whose_word_it_is() -> None:
    found = verify_attempts(DATA, [ROOT])
    assert (found.status, found.pinned) == (Status.AUTHENTIC, True)
    assert (found.attempted.least, found.attempted.unknown) == (3, False)
    assert [(outcome, count.least) for outcome, count in found.outcomes] == [
        (Outcome.UNANSWERED, 2),
        (Outcome.DECLINED, 1),
    ]
    assert found.offices == ("air duty officer", "senior duty officer")
    assert found.statement.mark is Mark.EXERCISE
    assert any("word of ALPHA alone. BRAVO signed none" in line for line in found.not_proved)
    assert any("silence proves nothing" in line for line in found.not_proved)  # AT-14
    assert any("1 more that records of a line show" in line for line in found.not_proved)


def test_without_its_root_it_only_agrees_with_itself_and_another_root_is_refused() -> None:
    """AT-12"""
    found = verify_attempts(DATA, [])
    assert (found.status, found.pinned) == (Status.CONSISTENT, False)
    assert any("you have not compared" in line for line in found.proved)
    with pytest.raises(Misbehaviour, match="none of those given"):
        verify_attempts(DATA, [World().parties[BRAVO].fingerprint])
    with pytest.raises(InvalidValue):
        verify_attempts(DATA, [b"short"])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_no_byte_can_be_changed(at: int, by: int) -> None:
    """AT-1 to AT-6, AT-10"""
    changed = bytearray(DATA)
    changed[at] ^= by
    with pytest.raises(Misbehaviour):
        verify_attempts(bytes(changed), [ROOT])


@given(st.integers(0, len(DATA) - 1), st.binary(min_size=1, max_size=3))
def test_nothing_can_be_cut_off_or_put_behind(cut: int, more: bytes) -> None:
    """AT-1"""
    for data in (DATA[:cut], DATA + more):
        with pytest.raises(Misbehaviour):
            verify_attempts(data, [ROOT])


counts = st.one_of(st.none(), st.integers(1, 50))
outcomes = st.sampled_from(list(Outcome))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(outcomes, counts, st.sampled_from(Direction), st.integers(-30, 2)),
        min_size=1,
        max_size=6,
    )
)
def test_what_is_counted_is_ours_tried_in_the_period_and_never_a_number_unknown(
    rows: list[tuple[Outcome, int | None, Direction, int]],
) -> None:
    """AT-8, AT-9"""
    diary = Diary()
    expected: list[int | None] = []
    for outcome, count, sought, hours in rows:
        by = Direction.OURS if outcome is Outcome.NOT_ATTEMPTED else sought
        diary.note(tried(outcome, count=count, by=by, happened=NOW + hours * HOUR))
        counts_here = by is Direction.OURS and outcome is not Outcome.NOT_ATTEMPTED
        if counts_here and -24 <= hours <= 1:
            expected.append(count)
    told = statement()
    counted = counted_in(diary.kept, told, "ALPHA")
    kept = belonging_to(diary.kept, counted)
    assert len(kept) == len(expected)
    if not kept:
        return
    found = verify_attempts(diary.file([each.index for each in kept], told).encoded(), [ROOT])
    assert found.attempted.unknown == (None in expected)
    assert found.attempted.least == sum(1 if each is None else each for each in expected)
    assert ("unknown" in times_text(found.attempted)) == (None in expected)


def test_an_exchange_by_telephone_is_shown_whole() -> None:
    diary = Diary()
    common = (None, Way.VOICE, Rung.DIRECT)
    ours = Said(
        Direction.OURS, "BRAVO", "duty officer", "air duty officer", *common,
        Millis(NOW - HOUR), Precedence.ROUTINE, HOUR // 2, True, a_call(),
    )  # fmt: skip
    asked = diary.note(ours)
    diary.note(tried(theirs="another office"))
    answer = CallAnswer(CallReply.DECLINED, reason="on leave")
    told = replace(ours, by=Direction.THEIRS, body=answer, answer_by=None)
    diary.note(told, asked.id)
    counted = counted_in(diary.kept, statement(), "ALPHA")
    kept = belonging_to(diary.kept, counted)
    assert [each.index for each in kept] == [0, 2]
    found = verify_attempts(diary.file([0, 2], statement()).encoded(), [ROOT])
    assert found.attempts[0].outcome is Outcome.DECLINED
    assert found.attempts[0].stated_reason == "on leave"


def test_a_log_of_the_call_goes_with_it_and_is_not_counted() -> None:
    diary = Diary()
    common = (None, Way.VOICE, Rung.DIRECT)
    asked = diary.note(
        Said(
            Direction.OURS, "BRAVO", "duty officer", "air duty officer", *common,
            Millis(NOW - HOUR), Precedence.ROUTINE, HOUR // 2, True, a_call(),
        )
    )  # fmt: skip
    words = Words("en", "They will look.")
    log = VoiceLog(
        "BRAVO", example.THEIRS, example.OURS, Way.VOICE, NOW, 5, ("A",), None, words,
        by=Direction.OURS,
    )  # fmt: skip
    diary.note(log, asked.id)
    kept = belonging_to(diary.kept, counted_in(diary.kept, statement(), "ALPHA"))
    assert [each.index for each in kept] == [0, 1]
    found = verify_attempts(diary.file([0, 1], statement()).encoded(), [ROOT])
    assert (found.attempted.least, found.outcomes[0][0]) == (1, Outcome.HELD)


@pytest.mark.parametrize("mark", list(Mark))
def test_one_mode_is_counted_and_the_number_says_which(mark: Mark) -> None:
    """AT-15"""
    diary = Diary()
    diary.note(replace(tried(count=2), real=True))
    diary.note(tried(count=5))
    told = replace(statement(), mark=mark)
    own, other, count = (0, 1, 2) if mark is Mark.REAL else (1, 0, 5)
    kept = belonging_to(diary.kept, counted_in(diary.kept, told, "ALPHA"))
    assert [each.index for each in kept] == [own]
    found = verify_attempts(diary.file([own], told).encoded(), [ROOT])
    assert found.attempted.least == count
    assert any(f" {mark.name}" in line and "not counted" in line for line in found.proved)
    refused(diary.file([0, 1], told))
    refused(diary.file([other], told))


def test_a_file_that_does_not_say_its_mode_is_refused() -> None:
    """AT-15"""
    parts = decode(DATA)
    assert isinstance(parts, tuple)
    told = parts[2]
    assert isinstance(told, tuple)
    with pytest.raises(Misbehaviour, match="mark: has the unknown code 0"):
        parse_attempts(encode((*parts[:2], (0, *told[1:]), *parts[3:])))


def refused(made: AttemptsFile) -> None:
    with pytest.raises(Misbehaviour):
        verify_attempts(made.encoded(), [ROOT])


def one() -> Diary:
    diary = Diary()
    diary.note(tried())
    return diary


def _stranger() -> AttemptsFile:
    diary = one()
    diary.note(tried(theirs="minister of defence"))
    return diary.file([0, 1], statement())  # AT-8


def _struck() -> AttemptsFile:
    diary = one()
    diary.note(Struck("entered twice"), diary.kept[0].id)
    return diary.file([0, 1], statement())  # AT-8


def _disordered() -> AttemptsFile:
    diary = one()
    diary.note(tried(Outcome.DECLINED))
    return diary.file([1, 0], statement())  # AT-4


def _two_heads() -> AttemptsFile:
    diary = one()
    before = diary.proven([0])
    diary.note(tried(Outcome.DECLINED))
    made = AttemptsFile((party().roster,), statement(), (*before, *diary.proven([1])), ())
    for author in (1, 2):
        made = made.signed(1, author, party().officers[author - 1])
    return made  # AT-5


def _named_twice() -> AttemptsFile:
    named = Named(seed_of("one"), None, Millis(NOW))
    return one().file([0], statement(), (named, named))  # AT-4


def _later() -> AttemptsFile:
    diary = Diary()
    diary.note(tried(), at=MADE + HOUR)
    return diary.file([0], statement())  # AT-7


def _other_journal() -> AttemptsFile:
    made = one().file([0], statement())
    proof = made.entries[0].proof.replace(
        example.ORIGIN.encode(), b"firebreak.line/" + b"0" * 32 + b"/0"
    )
    made = replace(made, entries=(replace(made.entries[0], proof=proof),), signatures=())
    for author in (1, 2):
        made = made.signed(1, author, party().officers[author - 1])
    return made  # AT-5


def _expired() -> AttemptsFile:
    late = replace(statement(), made_at=Millis(NOW + 4_000 * DAY))
    return one().file([0], late)  # AT-11


@pytest.mark.parametrize(
    "made",
    [
        _stranger,
        _struck,
        _disordered,
        _two_heads,
        _named_twice,
        _later,
        _other_journal,
        _expired,
        lambda: one().file([0], statement(), officers=(1, 1)),  # AT-11
        lambda: one().file([0], statement(), officers=(1,)),  # AT-3
        lambda: one().file([0], statement(), officers=(1, 2, 2)),  # AT-3
        lambda: replace(one().file([0], statement()), rosters=(World().parties[BRAVO].roster,)),
        lambda: replace(one().file([0], statement()), rosters=(party().roster, party().roster)),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused(made: Callable[[], AttemptsFile]) -> None:
    refused(made())


def test_the_nodes_key_is_no_officers() -> None:
    """AT-11"""
    made = AttemptsFile((party().roster,), statement(), one().proven([0]), ())
    refused(made.signed(1, 1, party().officers[0]).signed(1, 0, party().record))


def test_a_signature_is_good_for_one_file_only() -> None:
    """AT-10"""
    made = one().file([0], statement())
    other = replace(made, statement=replace(statement(), to="a newspaper"))
    refused(other)


def test_rosters_are_one_partys_in_order() -> None:
    """AT-2"""
    newer = sign_roster(replace(party().roster.roster, version=2), party().roots)
    made = replace(one().file([0], statement()), rosters=(party().roster, newer), signatures=())
    for author in (1, 2):
        made = made.signed(2, author, party().officers[author - 1])
    assert verify_attempts(made.encoded(), [ROOT]).status is Status.AUTHENTIC
    refused(replace(made, rosters=(newer, party().roster)))


def test_the_clause_of_the_agreement_is_kept_by_the_file_itself() -> None:
    """AT-9"""
    assert statement(None, None).leave is None
    assert statement(Publication.EITHER, None).clause is Publication.EITHER
    for clause in (Publication.BOTH_CONSENT, Publication.EITHER_AFTER_NOTICE):
        with pytest.raises(InvalidValue, match="consent, or notice"):
            statement(clause, None)
    with pytest.raises(InvalidValue, match="nothing under it"):
        statement(Publication.NEVER, seed_of("consent"))
    with pytest.raises(InvalidValue, match="period"):
        replace(statement(), since=Millis(MADE))
    parts = decode(DATA)
    assert isinstance(parts, tuple)
    told = parts[2]
    assert isinstance(told, tuple)
    without = (*parts[:2], (*told[:-1], ()), *parts[3:])
    with pytest.raises(Misbehaviour, match="consent, or notice"):
        parse_attempts(encode(without))


def test_more_parts_than_allowed_or_others_are_no_file() -> None:
    """AT-3"""
    parts = decode(DATA)
    assert isinstance(parts, tuple)
    for made in (
        (),
        parts[:-1],
        ("firebreak evidence 1", *parts[1:]),
        (*parts[:1], (), *parts[2:]),
    ):
        with pytest.raises(FirebreakError):
            parse_attempts(encode(made))
