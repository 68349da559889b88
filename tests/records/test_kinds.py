"""spec/record.md against kinds.py and record.py; and what the table of kinds must add up to."""

import re

import pytest

from firebreak.errors import Malformed
from firebreak.ledger.judge import MAY_REFER, OPENING, REFERS
from firebreak.records.cbor import Plain
from firebreak.records.kinds import (
    ANSWERS,
    BODIES,
    KIND_OF,
    NEEDS_ANSWER,
    NEVER_HELD_UP,
    NODE_KINDS,
    Kind,
)
from firebreak.records.record import HEADER
from firebreak.records.slots import LANGUAGE, MAX_OFFSET, SPAN, Span
from tests.records import record_example


def test_the_specification_opens_with_what_the_code_does(specification: str) -> None:
    assert specification.split("```\n")[1] == record_example.example()


def test_the_tables_are_those_of_the_code(specification: str) -> None:
    for table in (
        record_example.header_table(),
        record_example.kinds_table(),
        record_example.lists_table(),
    ):
        assert f"|\n{table}" in specification


def test_writing_them_anew_changes_nothing(specification: str) -> None:
    assert record_example.renewed(specification) == specification


def test_every_slot_of_a_record_is_explained(specification: str) -> None:
    explained = re.findall(r"^\| `(\w+)` \| [a-z]", specification, re.MULTILINE)
    assert [name for name, _ in HEADER.slots] == explained


def test_every_kind_has_its_body_and_every_body_its_kind() -> None:
    assert set(BODIES) == set(Kind)
    assert len(KIND_OF) == len(Kind)
    assert all(BODIES[kind][0] is build for build, kind in KIND_OF.items())


def test_the_numbers_on_the_wire_stay() -> None:
    """A number is never used again for something else: this list only grows."""
    assert [(kind.name, int(kind)) for kind in Kind] == [
        ("NOTICE", 1),
        ("AMEND", 2),
        ("CANCEL", 3),
        ("ACKNOWLEDGE", 4),
        ("NOT_UNDERSTOOD", 5),
        ("SAY_AGAIN", 6),
        ("CORRECT", 7),
        ("OBJECT", 8),
        ("CLARIFY", 9),
        ("QUERY", 10),
        ("ANSWER", 11),
        ("STATEMENT", 12),
        ("RESTRAINT", 13),
        ("COMPLAINT", 14),
        ("HAZARD", 15),
        ("TEXT", 16),
        ("LINE_CHECK", 17),
        ("LINE_CHECK_REPLY", 18),
        ("LAPSED", 19),
        ("DISPLAYED", 20),
        ("READ", 21),
        ("PASSED", 22),
        ("RELEASE", 23),
        ("ROSTER", 24),
        ("AGREEMENT", 25),
        ("LINE_STATE", 26),
        ("CALL", 27),
        ("CALL_ANSWER", 28),
        ("CALL_STATE", 29),
        ("READOUT", 30),
        ("FOLLOW_UP", 31),
        ("INCIDENT", 32),
        ("ASSESSMENT", 33),
        ("ACCOUNT", 34),
        ("FINDING", 35),
        ("FINDING_ANSWER", 36),
        ("CLOSE", 37),
        ("CONTACT", 38),
        ("CONTACT_ANSWER", 39),
        ("SITE", 40),
        ("MOVEMENT", 41),
        ("MOVEMENT_STATE", 42),
        ("DISTRIBUTED", 43),
        ("STOP", 44),
    ]


def test_the_sets_of_kinds() -> None:
    """R-19 to R-21"""
    asks = {Kind.QUERY, Kind.RESTRAINT, Kind.CLARIFY, Kind.LINE_CHECK, Kind.CALL, Kind.STOP}
    assert asks == NEEDS_ANSWER
    assert {Kind.LAPSED, Kind.DISPLAYED, Kind.ROSTER, Kind.AGREEMENT} == NODE_KINDS
    assert not NEVER_HELD_UP & NODE_KINDS
    assert REFERS[Kind.LAPSED] == ("own", NEEDS_ANSWER)
    answered = {kind for build in ANSWERS for kind in REFERS[KIND_OF[build]][1]}
    assert answered >= NEEDS_ANSWER
    for whose, kinds in (*REFERS.values(), *MAY_REFER.values()):
        assert whose in ("own", "others", "either")
        assert kinds
        assert Kind.RELEASE not in kinds
    assert not set(REFERS) & set(MAY_REFER), "it must, or it may"
    assert {kind: of for kind, (_, kinds) in MAY_REFER.items() for of in kinds} == {
        Kind.SITE: Kind.SITE,
        Kind.MOVEMENT: Kind.MOVEMENT,
    }
    assert not OPENING & set(REFERS), "what must refer belongs to the dialogue it refers to"


@pytest.mark.parametrize("language", ["en", "ru", "uk", "pol"])
def test_languages(language: str) -> None:
    assert LANGUAGE.plain(LANGUAGE.value(language)) == language


@pytest.mark.parametrize("language", ["", "e", "EN", "engl", "e1", "рус", "e ", 5, (), b"en"])
def test_no_languages(language: Plain) -> None:
    with pytest.raises(Malformed, match="language code"):
        LANGUAGE.value(language)


@pytest.mark.parametrize(
    ("plain", "taken"),
    [
        ((0, 1), True),
        ((-MAX_OFFSET, MAX_OFFSET), True),
        ((MAX_OFFSET, 1), True),
        ((0, 0), False),
        ((0, -1), False),
        ((-MAX_OFFSET - 1, 1), False),
        ((0, MAX_OFFSET + 1), False),
    ],
)
def test_windows_begin_before_they_end_and_lie_near(plain: tuple[int, int], taken: bool) -> None:
    """R-22"""
    if taken:
        assert SPAN.value(plain) == Span(*plain)
        return
    with pytest.raises(Malformed):
        SPAN.value(plain)
