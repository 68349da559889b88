"""A record's bytes: every kind both ways, its slots at their limits, its id and its context."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.errors import BadSignature, InvalidValue, Malformed
from firebreak.keys import SigningKey
from firebreak.records.cbor import Plain, decode, encode
from firebreak.records.kinds import BODIES, Displayed, Kind, Read, Reply, UnknownBody
from firebreak.records.record import (
    HEADER,
    Context,
    Record,
    Reference,
    Seen,
    parse_payload,
    parse_record,
    payload_of,
    record_id,
    sign_payload,
    sign_record,
)
from firebreak.values import LATEST, Millis, OfficeNumber, PartyNumber, Precedence
from tests.strategies import BODIES_OF, RECORDS, UNKNOWN_BODIES, plains, records

KEY = SigningKey(bytes(range(32)))
CONTEXT = Context(bytes(32), 1, "firebreak.line/" + "00" * 16 + "/0", bytes(range(32)))
READ = Record(
    version=1,
    author=1,
    control=0,
    to=(OfficeNumber(1), OfficeNumber(2)),
    kind=Kind.READ,
    refers_to=Reference(PartyNumber(1), 5, bytes(8)),
    composed_at=Millis(1_795_305_600_000),
    precedence=Precedence.ROUTINE,
    answer_by=None,
    serial=0,
    seen=(Seen(PartyNumber(1), 6, bytes(16)),),
    body=Read(),
)
SLOTS = list(decode(payload_of(READ)))  # type: ignore[arg-type]  # an array
NAMES = [*(name for name, _ in HEADER.slots), "body"]


def test_there_is_a_strategy_for_every_kind() -> None:
    assert set(BODIES_OF) == {build for build, _ in BODIES.values()}


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.name.lower())
def test_every_kind_both_ways(kind: Kind) -> None:
    @settings(max_examples=40)
    @given(records(BODIES_OF[BODIES[kind][0]]))
    def both_ways(record: Record) -> None:
        payload = payload_of(record)
        assert parse_payload(payload) == record
        assert payload_of(parse_payload(payload)) == payload

    both_ways()


@given(records(UNKNOWN_BODIES))
def test_an_unknown_kind_is_kept_whole(record: Record) -> None:
    """R-18"""
    payload = payload_of(record)
    found = parse_payload(payload)
    assert isinstance(found.body, UnknownBody)
    assert found == record
    assert payload_of(found) == payload


@given(RECORDS, st.data())
def test_a_changed_byte_is_refused_or_another_record(record: Record, data: st.DataObject) -> None:
    payload = bytearray(payload_of(record))
    payload[data.draw(st.integers(0, len(payload) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        other = parse_payload(bytes(payload))
    except Malformed:
        return
    assert other != record
    assert payload_of(other) == bytes(payload)


@settings(max_examples=20)
@given(st.lists(plains(), min_size=12, max_size=12))
def test_any_array_of_twelve_is_refused_or_a_record(slots: list[Plain]) -> None:
    payload = encode(slots)
    try:
        record = parse_payload(payload)
    except Malformed:
        return
    assert payload_of(record) == payload


@given(st.integers(0, 11), plains())
def test_any_slot_is_refused_or_kept(place: int, value: Plain) -> None:
    payload = encode([*SLOTS[:place], value, *SLOTS[place + 1 :]])
    try:
        record = parse_payload(payload)
    except Malformed:
        return
    assert payload_of(record) == payload


LIMITS: list[tuple[str, list[Plain], list[Plain]]] = [
    ("version", [1, 65_535], [0, 65_536, -1, (), "1"]),
    ("author", [0, 65_535], [65_536, -1]),
    ("control", [0, 2**53], [2**53 + 1, -1]),
    ("to", [(), tuple(range(32)), (255,)], [tuple(range(33)), (256,), (1, 1), (2, 1), 1]),
    ("kind", [21, 200], [0, 256, 23]),
    (
        "refers_to",
        [(), (0, 0, bytes(8)), (15, 2**53, bytes(8))],
        [(16, 0, bytes(8)), (0, 2**53 + 1, bytes(8)), (0, 0, bytes(7)), (0, 0, bytes(9)), (0, 0)],
    ),
    ("composed_at", [0, LATEST], [-1, LATEST + 1]),
    ("precedence", [0, 3], [4, -1, ()]),
    ("answer_by", [(), 1, 400 * 86_400_000], [0, -1, 400 * 86_400_000 + 1]),
    ("serial", [0, 2**53], [-1, 2**53 + 1]),
    (
        "seen",
        [(), ((0, 0, bytes(16)), (15, 1, bytes(16)))],
        [
            ((0, 0, bytes(15)),),
            ((16, 0, bytes(16)),),
            ((1, 0, bytes(16)), (0, 0, bytes(16))),
            ((1, 0, bytes(16)), (1, 0, bytes(16))),
            ((0, 0),),
        ],
    ),
    ("body", [()], [(0,), 0, b"", ""]),
]


def test_every_slot_has_its_limits_tried() -> None:
    assert [name for name, _, _ in LIMITS] == NAMES


@pytest.mark.parametrize(("name", "taken", "refused"), LIMITS, ids=NAMES)
def test_slots_at_their_limits(name: str, taken: list[Plain], refused: list[Plain]) -> None:
    """R-10 and R-12: what is in range is kept, what is not is refused."""
    place = NAMES.index(name)
    for value in taken:
        payload = encode([*SLOTS[:place], value, *SLOTS[place + 1 :]])
        assert payload_of(parse_payload(payload)) == payload
    for value in refused:
        with pytest.raises(Malformed):
            parse_payload(encode([*SLOTS[:place], value, *SLOTS[place + 1 :]]))


@pytest.mark.parametrize("payload", [SLOTS[:-1], [*SLOTS, ()], [], 5, "text", b""])
def test_twelve_slots_and_no_other_number(payload: Any) -> None:
    with pytest.raises(Malformed, match="array of 12"):
        parse_payload(encode(payload))


@pytest.mark.parametrize(
    "changes", [{"to": (2, 1)}, {"to": (1, 1)}, {"seen": (READ.seen[0], READ.seen[0])}]
)
def test_a_record_out_of_order_cannot_be_made(changes: dict[str, Any]) -> None:
    """R-12"""
    with pytest.raises(InvalidValue, match="in order of number"):
        replace(READ, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": Kind.DISPLAYED},
        {"kind": 200},
        {"body": Displayed()},
        {"version": 0},
        {"answer_by": 0},
        {"composed_at": -1},
    ],
)
def test_a_record_that_would_be_refused_is_not_written(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        payload_of(replace(READ, **changes))


def test_a_complaint_names_kind_and_slot() -> None:
    """R-16"""
    slots = [*SLOTS[:4], int(Kind.PASSED), *SLOTS[5:11]]
    with pytest.raises(Malformed, match=r"^passed: should be an array of 1$"):
        parse_payload(encode([*slots, ()]))
    with pytest.raises(Malformed, match=r"^passed: to: has 65 characters"):
        parse_payload(encode([*slots, ("x" * 65,)]))


def test_checking_names_the_next_word_and_no_other_answer_does() -> None:
    """R-17"""
    slots = [*SLOTS[:4], int(Kind.ANSWER), *SLOTS[5:11]]
    for reply in Reply:
        due: Plain = 600_000 if reply is Reply.CHECKING else ()
        wrong: Plain = () if reply is Reply.CHECKING else 600_000
        parse_payload(encode([*slots, (int(reply), due, (), ())]))
        with pytest.raises(Malformed, match="next word"):
            parse_payload(encode([*slots, (int(reply), wrong, (), ())]))


def test_when_the_answer_is_due() -> None:
    assert READ.answer_due is None
    assert replace(READ, answer_by=600_000).answer_due == READ.composed_at + 600_000


# Signed


@given(RECORDS)
def test_a_signed_record_both_ways(record: Record) -> None:
    signed = sign_record(record, CONTEXT, KEY)
    found = parse_record(signed.data, CONTEXT)
    assert found == signed
    assert found.record == record
    found.signed.verify(KEY.public, CONTEXT.external_aad())


def test_the_id_is_over_context_and_payload_and_not_the_signature() -> None:
    """R-4"""
    signed = sign_record(READ, CONTEXT, KEY)
    aad, payload = CONTEXT.external_aad(), payload_of(READ)
    assert signed.id == record_id(CONTEXT, payload)
    assert signed.id == hashlib.sha256(encode(aad) + encode(payload)).digest()
    assert sign_record(READ, CONTEXT, SigningKey(bytes(32))).id == signed.id


@pytest.mark.parametrize(
    "changes",
    [
        {"agreement": bytes(31) + b"\x01"},
        {"channel": 2},
        {"origin": "firebreak.line/" + "00" * 16 + "/1"},
        {"catalogue": bytes(32)},
    ],
)
def test_a_signature_holds_in_its_own_context_only(changes: dict[str, Any]) -> None:
    """R-3"""
    signed = sign_record(READ, CONTEXT, KEY)
    other = replace(CONTEXT, **changes)
    with pytest.raises(BadSignature):
        signed.signed.verify(KEY.public, other.external_aad())
    assert record_id(other, signed.signed.payload) != signed.id


def test_only_a_record_is_signed() -> None:
    for payload in (b"", payload_of(READ) + b"\x00", encode(("Signature1",))):
        with pytest.raises(Malformed):
            sign_payload(payload, CONTEXT, KEY)


def test_the_very_bytes_are_kept() -> None:
    signed = sign_record(READ, CONTEXT, KEY)
    assert parse_record(signed.data, CONTEXT).data == signed.data
    assert parse_record(signed.data, CONTEXT).signed.encoded() == signed.data
    with pytest.raises(Malformed):
        parse_record(signed.data[:-1], CONTEXT)
