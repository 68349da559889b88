"""Receipts: what they cover, that they hold for one log and key, and the one way to write each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import BadSignature, Malformed
from firebreak.keys import SigningKey
from firebreak.ledger.receipt import (
    MAX_RANGES,
    Range,
    Receipt,
    open_receipt,
    parse_receipt,
    sign_receipt,
)
from firebreak.records import sign1
from firebreak.records.cbor import Plain, encode
from firebreak.values import LATEST, Millis

KEY = SigningKey(bytes(range(32)))
AGREEMENT, ORIGIN = bytes(16), "firebreak.line/" + "00" * 16 + "/0"
RECEIPT = Receipt(9, bytes(32), (Range(0, 4), Range(6, 7)), Millis(1_795_305_600_000))
CONTEXT = encode(("firebreak receipt 1", AGREEMENT, ORIGIN))


def signed(payload: bytes) -> bytes:
    return sign1.sign(KEY, CONTEXT, payload).encoded()


def opened(data: bytes) -> Receipt:
    return open_receipt(data, AGREEMENT, ORIGIN, KEY.public)


@st.composite
def receipts(draw: st.DrawFn) -> Receipt:
    """Sound receipts: an unbroken beginning or none, then ranges apart."""
    marks = sorted(draw(st.sets(st.integers(1, 200), max_size=20)))
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    held = [Range(start, stop) for start, stop in pairs]
    if draw(st.booleans()):
        first = held[0].start if held else 200
        held.insert(0, Range(0, draw(st.integers(1, first))))
    size = draw(st.integers(held[-1].stop if held else 0, 2**53))
    at = Millis(draw(st.integers(0, LATEST)))
    return Receipt(size, draw(st.binary(min_size=32, max_size=32)), tuple(held), at)


@given(receipts())
def test_round_trip(receipt: Receipt) -> None:
    data = sign_receipt(receipt, AGREEMENT, ORIGIN, KEY)
    assert opened(data) == receipt
    assert parse_receipt(data) == receipt
    assert sign_receipt(opened(data), AGREEMENT, ORIGIN, KEY) == data


@given(receipts(), st.integers(0, 201))
def test_what_is_covered(receipt: Receipt, index: int) -> None:
    held = {n for part in receipt.held for n in range(part.start, part.stop)}
    assert receipt.covers(index) == (index in held)
    assert set(range(receipt.unbroken)) <= held
    beginning = held == set(range(receipt.unbroken))
    assert [beginning, receipt.overtaken, receipt.mixed].count(True) == 1


@given(st.data())
def test_a_changed_byte_is_refused(data: st.DataObject) -> None:
    changed = bytearray(sign_receipt(RECEIPT, AGREEMENT, ORIGIN, KEY))
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises((Malformed, BadSignature)):
        opened(bytes(changed))


def test_a_receipt_holds_for_one_log_one_agreement_one_key() -> None:
    """E-5"""
    data = sign_receipt(RECEIPT, AGREEMENT, ORIGIN, KEY)
    for agreement, origin, key in (
        (bytes(15) + b"\x01", ORIGIN, KEY),
        (AGREEMENT, ORIGIN[:-1] + "1", KEY),
        (AGREEMENT, ORIGIN, SigningKey(bytes(32))),
    ):
        with pytest.raises(BadSignature):
            open_receipt(data, agreement, origin, key.public)


def test_no_other_signature_is_a_receipt() -> None:
    """What was signed as something else has another context, so it cannot be shown as a receipt."""
    payload = sign1.parse(sign_receipt(RECEIPT, AGREEMENT, ORIGIN, KEY)).payload
    for context in (b"", encode(("firebreak record 1", AGREEMENT, ORIGIN))):
        with pytest.raises(BadSignature):
            opened(sign1.sign(KEY, context, payload).encoded())


ROOT, AT = bytes(32), 5


@pytest.mark.parametrize(
    "payload",
    [
        (9, ROOT, ((4, 4),), AT),
        (9, ROOT, ((5, 4),), AT),
        (9, ROOT, ((0, 10),), AT),
        (9, ROOT, ((0, 4), (3, 6)), AT),
        (9, ROOT, ((6, 7), (0, 4)), AT),
        (9, ROOT, ((2, 3), (3, 4)), AT),
        (9, ROOT, ((0, 1), (3, 4), (4, 5)), AT),
        (9, ROOT, ((0, 0),), AT),
        (9, ROOT[:31], (), AT),
        (9, ROOT, ((0, 1, 2),), AT),
        (9, ROOT, (), -1),
        (9, ROOT, ()),
        (9, ROOT, (), AT, 0),
        (2**53 + 1, ROOT, (), AT),
        (999, ROOT, tuple((2 * n, 2 * n + 1) for n in range(MAX_RANGES + 1)), AT),
        (),
        5,
    ],
)
def test_there_is_one_way_to_say_what_is_held(payload: Plain) -> None:
    """E-6"""
    with pytest.raises(Malformed):
        opened(signed(encode(payload)))


@pytest.mark.parametrize("payload", [(9, ROOT, ((0, 4), (6, 7)), AT), (9, ROOT, (), AT)])
def test_what_is_sound_is_taken(payload: Plain) -> None:
    assert opened(signed(encode(payload))).size == 9
    with pytest.raises(Malformed):
        opened(signed(encode(payload) + b"\x00"))


def test_what_overtook_right_behind_the_beginning_stands_apart() -> None:
    """The log goes on where the unbroken beginning ends, so the two are not one range."""
    receipt = Receipt(9, ROOT, (Range(0, 4), Range(4, 5)), Millis(AT))
    assert opened(sign_receipt(receipt, AGREEMENT, ORIGIN, KEY)).unbroken == 4
    first = Receipt(9, ROOT, (Range(0, 0), Range(0, 1)), Millis(AT))
    found = opened(sign_receipt(first, AGREEMENT, ORIGIN, KEY))
    assert (found.unbroken, found.covers(0)) == (0, True)


@pytest.mark.parametrize(
    ("held", "overtaken", "mixed"),
    [
        ((), False, False),
        ((Range(0, 4),), False, False),
        ((Range(2, 3),), True, False),
        ((Range(2, 3), Range(5, 9)), True, False),
        ((Range(0, 0), Range(0, 2)), True, False),
        ((Range(0, 0), Range(0, 2), Range(5, 6)), True, False),
        ((Range(0, 4), Range(4, 5)), False, True),
        ((Range(0, 4), Range(6, 7)), False, True),
    ],
)
def test_what_it_speaks_of(held: tuple[Range, ...], overtaken: bool, mixed: bool) -> None:
    """The beginning, or what has overtaken, or both, which no node signs (E-4, E-6)."""
    receipt = Receipt(9, ROOT, held, Millis(AT))
    assert (receipt.overtaken, receipt.mixed) == (overtaken, mixed)
