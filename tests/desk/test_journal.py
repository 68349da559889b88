"""The journal's entries: one encoding, signed by who is on the card, struck and never deleted."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk import journal
from firebreak.desk.entries.checks import CheckNoted, LineWas
from firebreak.desk.entries.contacts import Contacted, Direction, Source, Struck
from firebreak.desk.entries.offices import Duress, HandoverGiven, HandoverTaken, Released
from firebreak.desk.journal import BODIES, KIND_OF, Entry, JournalKind
from firebreak.desk.plain import plain
from firebreak.errors import BadSignature, InvalidValue, Malformed, Refused
from firebreak.records import sign1
from firebreak.records.cbor import decode, encode
from firebreak.records.contacts import Outcome
from firebreak.records.roster import Roster
from firebreak.values import Millis
from tests.conftest import ROOT
from tests.desk import journal_example
from tests.desk.journal_example import KEY, ORIGIN, typical
from tests.desk.kept import Diary
from tests.worlds import NOW, make_party

ALPHA = make_party(0)
ROSTER = ALPHA.roster.roster
SPECIFICATION = (ROOT / "spec" / "journal.md").read_text(encoding="utf-8")


def officer_entry(**changes: object) -> tuple[Entry, dict[int, Roster]]:
    entry = replace(typical(), **changes)  # type: ignore[arg-type]  # slots of the test's choice
    return entry, {ROSTER.version: ROSTER}


def test_the_spec_opens_with_what_the_code_does_and_lists_its_kinds() -> None:
    """JN-1 to JN-3"""
    assert SPECIFICATION.split("```\n")[1] == journal_example.example()
    assert SPECIFICATION.endswith(journal_example.kinds())


def test_every_kind_has_a_body_and_every_body_a_kind() -> None:
    assert set(BODIES) == set(JournalKind)
    assert set(KIND_OF.values()) == set(JournalKind)


def test_an_entry_reads_back_as_it_was_written_and_nothing_else_does() -> None:
    """JN-1"""
    payload = journal.payload_of(typical())
    assert journal.parse_payload(payload) == typical()
    slots = decode(payload)
    assert isinstance(slots, tuple)
    for other in (payload[:-1], payload + b"\x00", encode(slots[:5]), encode((*slots, ()))):
        with pytest.raises(Malformed):
            journal.parse_payload(other)


@given(st.sampled_from(sorted(set(range(256)) - {int(kind) for kind in JournalKind})))
def test_a_kind_that_is_not_known_is_refused_with_what_to_do(number: int) -> None:
    slots = decode(journal.payload_of(typical()))
    assert isinstance(slots, tuple)
    with pytest.raises(Malformed):
        journal.parse_payload(encode((*slots[:3], number, *slots[4:])))


def signed_by_alpha(entry: Entry) -> bytes:
    return journal.sign_entry(entry, ORIGIN, ALPHA.officers[entry.author - 1])


def test_only_a_valid_key_of_the_card_signs_and_only_for_this_journal() -> None:
    """JN-2, JN-4"""
    entry, rosters = officer_entry()
    data = signed_by_alpha(entry)
    kept = journal.open_entry(data, 0, ORIGIN, rosters)
    assert (kept.entry, kept.office) == (entry, ROSTER.entries[1].office)
    with pytest.raises(BadSignature):
        journal.open_entry(journal.sign_entry(entry, ORIGIN, KEY), 0, ORIGIN, rosters)
    with pytest.raises(BadSignature):
        journal.open_entry(data, 0, ORIGIN[:-1] + "1", rosters)
    unknown, _ = officer_entry(author=60)
    with pytest.raises(Refused, match="no card"):
        journal.open_entry(journal.sign_entry(unknown, ORIGIN, KEY), 0, ORIGIN, rosters)
    with pytest.raises(Refused, match="no card"):
        journal.open_entry(data, 0, ORIGIN, {})
    late, _ = officer_entry(at=ROSTER.entries[1].valid_until)
    with pytest.raises(Refused, match="not valid at that time"):
        journal.open_entry(signed_by_alpha(late), 0, ORIGIN, rosters)


def test_the_node_s_key_notes_line_checks_and_nothing_else() -> None:
    """JN-17"""
    note = CheckNoted("BRAVO", "air", NOW, LineWas.DOWN)
    entry, rosters = officer_entry(author=0)
    words = journal.sign_entry(entry, ORIGIN, ALPHA.record)
    with pytest.raises(Refused, match="everything else by an officer"):
        journal.open_entry(words, 0, ORIGIN, rosters)
    kept = journal.open_entry(
        journal.sign_entry(replace(entry, body=note), ORIGIN, ALPHA.record), 0, ORIGIN, rosters
    )
    assert kept.office == "node"
    by_officer = signed_by_alpha(replace(entry, author=1, body=note))
    with pytest.raises(Refused, match="its own key"):
        journal.open_entry(by_officer, 0, ORIGIN, rosters)


@pytest.mark.parametrize("body", [Released(), HandoverTaken(None)])
def test_the_node_s_key_neither_releases_nor_takes_the_watch(
    body: Released | HandoverTaken,
) -> None:
    """JN-17"""
    entry, rosters = officer_entry(author=0, body=body, about=(bytes(32),))
    with pytest.raises(Refused, match="everything else by an officer"):
        journal.open_entry(journal.sign_entry(entry, ORIGIN, ALPHA.record), 0, ORIGIN, rosters)


def test_an_older_roster_after_a_newer_one_is_void() -> None:
    """JN-4, JN-21"""
    newer = replace(ROSTER, version=2)
    entry, _ = officer_entry()
    rows = [
        (n, signed_by_alpha(replace(entry, roster=version, at=Millis(NOW + n))), None)
        for n, version in enumerate((1, 2, 1, 2))
    ]
    held, void = journal.replay(rows, ORIGIN, {1: ROSTER, 2: newer})
    assert [kept.index for kept in held] == [0, 1, 3]
    assert [each.index for each in void] == [2]
    assert "older card" in void[0].reason


def test_a_kind_of_a_newer_version_is_kept_as_unknown_and_rubbish_as_unreadable() -> None:
    """JN-21"""
    entry, rosters = officer_entry()
    slots = decode(journal.payload_of(entry))
    assert isinstance(slots, tuple)
    payload = encode((*slots[:3], 255, *slots[4:]))
    newer = sign1.sign(ALPHA.officers[0], journal.context(ORIGIN), payload).encoded()
    rows = [(0, newer, None), (1, b"rubbish", None), (2, signed_by_alpha(entry), None)]
    held, void = journal.replay(rows, ORIGIN, rosters)
    assert [kept.index for kept in held] == [2]
    assert [journal.kind_text(each.kind) for each in void] == ["unknown kind 255", "unreadable"]
    assert journal.kind_text(int(JournalKind.SAID)) == "said"
    assert [each.data for each in void] == [newer, b"rubbish"]
    assert "Update Firebreak" in void[0].reason


def test_an_entry_that_no_log_can_hold_is_refused_before_it_is_signed() -> None:
    words = "x" * 2_000
    entry = replace(typical(), body=HandoverGiven("duty office", (), words))
    assert journal.sign_entry(entry, ORIGIN, KEY)
    with pytest.raises(Malformed, match="handover given: words"):
        journal.sign_entry(replace(entry, body=HandoverGiven("x", (), words + "x")), ORIGIN, KEY)


def test_what_is_struck_no_longer_counts_and_stays() -> None:
    """JN-6"""
    diary = Diary()
    first, second = diary.note(typical().body), diary.note(Duress())
    diary.note(Struck("entered twice"), first)
    assert len(diary.entries) == 3
    assert diary.counting() == [second]


def test_not_attempted_is_said_of_oneself_and_a_report_is_named() -> None:
    """JN-9"""
    body = typical().body
    assert isinstance(body, Contacted)
    with pytest.raises(InvalidValue, match="theirs to say"):
        replace(body, outcome=Outcome.NOT_ATTEMPTED, by=Direction.THEIRS)
    with pytest.raises(InvalidValue, match="citation"):
        replace(body, source=Source.PUBLIC_REPORT)


def test_the_plain_form_shows_every_field_by_name() -> None:
    shown = plain(typical().body)
    assert set(shown) == set(Contacted.__match_args__)
    assert (shown["way"], shown["outcome"], shown["count"]) == ("voice", "unanswered", 1)
    with pytest.raises(TypeError):
        plain(1.5)


def test_requirements_are_numbered_and_cited() -> None:
    listed = re.findall(r"^- \*\*(JN-[0-9]+)\*\* ", SPECIFICATION, re.MULTILINE)
    assert listed == [f"JN-{number}" for number in range(1, len(listed) + 1)]
    assert typical().at == NOW
