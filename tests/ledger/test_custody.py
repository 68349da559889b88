"""Custody statements, receipts and cards (spec/custody.md §1 and §2): one encoding, one order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import (
    BadProof,
    BadSignature,
    InvalidValue,
    Malformed,
    Misbehaviour,
)
from firebreak.keys import SigningKey
from firebreak.ledger.checkpoint import ed25519_line, note, parse_note
from firebreak.ledger.custody import (
    MOST_RECEIPT_BYTES,
    MOST_STATEMENT_BYTES,
    CustodyReceipt,
    Forwarded,
    Handed,
    Refused,
    RelayCard,
    Returned,
    Signed,
    Statement,
    Step,
    Taken,
    Way,
    check_chain,
    is_ended,
    may_follow,
    open_card,
    open_statement,
    parse_custody,
    sign_card,
    sign_statement,
    statement_id,
    verify_custody,
)
from firebreak.records import sign1
from firebreak.records.cbor import decode, encode
from firebreak.values import LATEST, Millis
from tests.conftest import ROOT
from tests.ledger.custody_example import BUNDLE, KEY, ORIGIN, example, statements
from tests.relays import Book

OTHER = SigningKey(bytes(range(1, 33)))
DIGEST = bytes(32)
LETTERS = "abcÄжع "


def texts(most: int) -> st.SearchStrategy[str]:
    return st.text(LETTERS, min_size=1, max_size=most).map(lambda text: "x" + text[1:])


STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(Taken, texts(40), st.sampled_from(Way), st.binary(min_size=16, max_size=16)),
    st.builds(Forwarded, st.sampled_from(Way)),
    st.builds(Handed, texts(100), st.none() | texts(100)),
    st.builds(Returned, texts(200)),
    st.builds(Refused, texts(40), texts(200)),
)
ONE_OF_EACH: list[Step] = [
    Taken("ALPHA", Way.NODE, bytes(16)),
    Forwarded(Way.FILE),
    Handed("duty office", None),
    Returned("no"),
    Refused("ALPHA", "no"),
]


@st.composite
def any_statement(draw: st.DrawFn) -> Statement:
    happened = draw(st.integers(0, LATEST))
    return Statement(
        draw(st.binary(min_size=32, max_size=32)),
        draw(st.integers(1, 1 << 20)),
        draw(st.none() | st.binary(min_size=32, max_size=32)),
        Millis(happened),
        Millis(draw(st.integers(happened, LATEST))),
        draw(STEPS),
    )


def test_the_specification_opens_with_what_the_code_does() -> None:
    text = (ROOT / "spec" / "custody.md").read_text(encoding="utf-8")
    assert text.split("```\n")[1] == example()


# C-1 to C-4: the statement


@given(any_statement())
def test_a_statement_comes_back_as_it_was_signed(statement: Statement) -> None:
    data = sign_statement(statement, ORIGIN, KEY)
    assert len(data) <= MOST_STATEMENT_BYTES
    assert open_statement(data, ORIGIN, KEY.public) == statement


@given(any_statement(), st.data())
def test_a_changed_statement_is_refused(statement: Statement, chance: st.DataObject) -> None:
    data = bytearray(sign_statement(statement, ORIGIN, KEY))
    data[chance.draw(st.integers(0, len(data) - 1))] ^= chance.draw(st.integers(1, 255))
    with pytest.raises((Malformed, BadSignature)):
        open_statement(bytes(data), ORIGIN, KEY.public)


def test_a_statement_is_of_one_log_and_one_key() -> None:
    data = statements()[0].entries[0]
    with pytest.raises(BadSignature):
        open_statement(data, ORIGIN.replace("/0", "/1"), KEY.public)
    with pytest.raises(BadSignature):
        open_statement(data, ORIGIN, OTHER.public)


def _signed(slots: object) -> bytes:
    context = encode(("firebreak custody 1", ORIGIN))
    return sign1.sign(KEY, context, encode(slots)).encoded()  # type: ignore[arg-type]  # on purpose


GOOD = (DIGEST, 1, (), 5, 5, (2, 1))


@pytest.mark.parametrize(
    "slots",
    [
        (*GOOD[:5], (6, 1)),
        (*GOOD[:5], (2, 6)),
        (*GOOD[:5], (2, 0)),
        (*GOOD[:5], (2,)),
        (*GOOD[:5], (3, "", ())),
        (*GOOD[:5], (3, "x" * 101, ())),
        (*GOOD[:5], (4, "x" * 201)),
        (*GOOD[:5], (1, "x" * 41, 1, bytes(16))),
        (*GOOD[:5], (1, "x", 1, bytes(15))),
        (*GOOD[:3], 6, 5, (2, 1)),
        (*GOOD[:3], 5, LATEST + 1, (2, 1)),
        (DIGEST, 0, *GOOD[2:]),
        (DIGEST, (1 << 20) + 1, *GOOD[2:]),
        (DIGEST[1:], *GOOD[1:]),
        (DIGEST, 1, DIGEST[1:], *GOOD[3:]),
        GOOD[:5],
        "custody",
    ],
)
def test_what_is_no_statement_is_refused_however_it_is_signed(slots: object) -> None:
    assert open_statement(_signed(GOOD), ORIGIN, KEY.public).step == Forwarded(Way.NODE)
    with pytest.raises(Malformed):
        open_statement(_signed(slots), ORIGIN, KEY.public)


def test_a_step_is_not_reported_before_it_happened() -> None:
    with pytest.raises(InvalidValue, match="before it happened"):
        Statement(DIGEST, 1, None, Millis(2), Millis(1), Forwarded(Way.NODE))


def test_a_statement_longer_than_any_is_refused() -> None:
    with pytest.raises(Malformed, match="at most"):
        open_statement(bytes(MOST_STATEMENT_BYTES + 1), ORIGIN, KEY.public)


# C-5 and C-6: the chain of one bundle

FOLLOWS = {
    (None, Taken),
    (None, Refused),
    *((first, second) for first in (Taken, Forwarded) for second in (Forwarded, Handed, Returned)),
}


@pytest.mark.parametrize(("before", "step"), list(product([None, *ONE_OF_EACH], ONE_OF_EACH)))
def test_what_may_follow_what(before: Step | None, step: Step) -> None:
    wanted = (None if before is None else type(before), type(step)) in FOLLOWS
    assert may_follow(before, step) is wanted
    assert is_ended(step) is not any(may_follow(step, after) for after in ONE_OF_EACH)


def chain() -> list[Signed]:
    book, made = statements()
    pairs = enumerate(zip(book.entries, made, strict=True))
    return [Signed(statement_id(data), index, one) for index, (data, one) in pairs]


def test_statements_in_order_are_taken() -> None:
    taken, handed = chain()
    check_chain([], taken)
    check_chain([taken], handed)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, statement=replace(one.statement, previous=None)),
        lambda one: replace(one, statement=replace(one.statement, previous=DIGEST)),
        lambda one: replace(one, statement=replace(one.statement, size=1)),
        lambda one: replace(one, statement=replace(one.statement, bundle=DIGEST)),
        lambda one: replace(one, index=0),
        lambda one: replace(one, statement=replace(one.statement, step=ONE_OF_EACH[0])),
    ],
)
def test_a_statement_that_does_not_continue_its_bundle_s_is_refused(
    change: Callable[[Signed], Signed],
) -> None:
    taken, handed = chain()
    with pytest.raises(BadProof):
        check_chain([taken], change(handed))


def test_a_statement_whose_past_was_never_shown_is_refused() -> None:
    _, handed = chain()
    with pytest.raises(BadProof, match="never shown"):
        check_chain([], handed)
    orphan = replace(handed, statement=replace(handed.statement, previous=None))
    with pytest.raises(BadProof, match="first"):
        check_chain([], orphan)


# C-7 and C-8: the receipt


def test_a_receipt_is_verified_with_the_key_alone() -> None:
    book, made = statements()
    for index, statement in enumerate(made):
        found = verify_custody(book.receipt(index), KEY.public)
        assert (found.origin, found.signed.index) == (ORIGIN, index)
        assert found.signed.statement == statement
        assert (found.head.size, found.head.root) == (2, book.head(2).root)
    with pytest.raises(BadProof):
        verify_custody(book.receipt(0), OTHER.public)


@given(st.integers(0, 8), st.data())
def test_a_receipt_of_any_place_holds_and_a_changed_one_does_not(
    more: int, chance: st.DataObject
) -> None:
    book = Book(ORIGIN, KEY)
    for number in range(more + 1):
        step = Taken("ALPHA", Way.FILE, bytes(16))
        book.sign(Statement(DIGEST, number + 1, None, Millis(1), Millis(1), step))
    index = chance.draw(st.integers(0, more))
    data = book.receipt(index)
    assert verify_custody(data, KEY.public).signed.statement.size == index + 1
    changed = bytearray(data)
    changed[chance.draw(st.integers(0, len(data) - 1))] ^= chance.draw(st.integers(1, 255))
    with pytest.raises(Misbehaviour):
        verify_custody(bytes(changed), KEY.public)


def _receipt() -> CustodyReceipt:
    return parse_custody(statements()[0].receipt(1))


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, index=0),
        lambda one: replace(one, index=2),
        lambda one: replace(one, proof=()),
        lambda one: replace(one, proof=(*one.proof, DIGEST)),
        lambda one: replace(one, statement=statements()[0].entries[0]),
    ],
)
def test_a_receipt_of_another_place_is_refused(
    change: Callable[[CustodyReceipt], CustodyReceipt],
) -> None:
    with pytest.raises(BadProof):
        verify_custody(change(_receipt()).encoded(), KEY.public)


def test_a_receipt_bears_one_signature_line() -> None:
    one = _receipt()
    checkpoint, lines = parse_note(one.note)
    second = ed25519_line("witness.example", OTHER.public, OTHER.sign(checkpoint.body()))
    more = replace(one, note=note(checkpoint, [*lines, second]))
    with pytest.raises(Malformed, match="no other"):
        verify_custody(more.encoded(), KEY.public)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        encode("firebreak custody receipt 1"),
        encode(("firebreak custody receipt 2", ())),
        encode(("firebreak custody receipt 1", ())),
        _receipt().encoded() + b"\x00",
        bytes(MOST_RECEIPT_BYTES + 1),
    ],
)
def test_what_is_no_receipt_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_custody(data)


def test_a_receipt_has_one_encoding() -> None:
    data = statements()[0].receipt(0)
    assert parse_custody(data).encoded() == data
    assert BUNDLE not in data  # nothing of what is carried, sealed or not
    assert isinstance(decode(data, limit=MOST_RECEIPT_BYTES), tuple)


# C-9: the card

CARD = RelayCard("SWISS", ORIGIN, KEY.public.raw, b"a certificate")


def test_a_card_is_signed_by_the_key_on_it() -> None:
    data = sign_card(CARD, KEY)
    assert open_card(data) == CARD
    with pytest.raises(BadSignature):
        open_card(sign_card(CARD, OTHER))
    with pytest.raises(BadSignature):
        open_card(sign_card(replace(CARD, key=OTHER.public.raw), KEY))
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(Misbehaviour):
            open_card(bytes(changed))


@pytest.mark.parametrize("card", [replace(CARD, origin="nowhere"), replace(CARD, key=bytes(32))])
def test_a_card_of_no_log_or_no_key_is_refused(card: RelayCard) -> None:
    with pytest.raises(Malformed):
        open_card(sign_card(card, KEY))


def test_a_card_longer_than_any_is_refused() -> None:
    longest = replace(CARD, certificate=bytes(4_096))
    assert open_card(sign_card(longest, KEY)) == longest
    with pytest.raises(Malformed, match="at most"):
        open_card(bytes(8_193))
