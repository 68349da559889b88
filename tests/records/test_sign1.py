"""COSE_Sign1: the working group's own examples, and that nothing but our one form is taken."""

import json
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import BadSignature, Malformed
from firebreak.keys import PublicKey, SigningKey
from firebreak.records.cbor import MAX_ITEM, encode
from firebreak.records.sign1 import PROTECTED, Sign1, parse, sign, to_be_signed

KEY = SigningKey(bytes(range(32)))
AAD = b"context"
GOOD = sign(KEY, AAD, b"payload")


def cose_cases(folder: Path) -> dict[str, dict[str, Any]]:
    return {
        path.name: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((folder / "cose").rglob("*.json"))
    }


def test_every_message_of_the_working_group_is_refused(shared_vectors: Path) -> None:
    """R-1: theirs have tags, key ids or other algorithms, and ours never do."""
    cases = cose_cases(shared_vectors)
    assert len(cases) >= 13
    for name, case in cases.items():
        message = bytes.fromhex(case["output"]["cbor"])
        with pytest.raises(Malformed):
            parse(message)
        tagged = cbor2.loads(message)
        with pytest.raises(Malformed):
            parse(cbor2.dumps(getattr(tagged, "value", tagged), canonical=True))
        assert name


def test_the_signature_structure_is_that_of_the_working_group(shared_vectors: Path) -> None:
    """R-3: the bytes to be signed are theirs but for the protected header, which is always ours."""
    compared = 0
    for case in cose_cases(shared_vectors).values():
        theirs = bytes.fromhex(case["intermediates"].get("ToBeSign_hex", ""))
        if not theirs:
            continue
        context, protected, aad, payload = cbor2.loads(theirs)
        assert encode((context, protected, aad, payload)) == theirs
        ours = to_be_signed(aad, payload)
        assert ours == theirs.replace(encode(protected), encode(PROTECTED), 1)
        compared += 1
    assert compared >= 9


def test_the_working_group_s_ed25519_signatures_verify(shared_vectors: Path) -> None:
    verified = 0
    for case in cose_cases(shared_vectors).values():
        key = case["input"].get("sign0", {}).get("key", {})
        if key.get("crv") != "Ed25519" or case.get("fail"):
            continue
        _, _, _, signature = cbor2.loads(bytes.fromhex(case["output"]["cbor"])).value
        to_sign = bytes.fromhex(case["intermediates"]["ToBeSign_hex"])
        PublicKey.parse(bytes.fromhex(key["x_hex"])).verify(to_sign, signature)
        assert SigningKey(bytes.fromhex(key["d_hex"])).sign(to_sign) == signature
        verified += 1
    assert verified >= 1


def test_cbor2_reads_what_we_write() -> None:
    assert cbor2.loads(GOOD.encoded()) == [PROTECTED, {}, b"payload", GOOD.signature]
    assert cbor2.loads(PROTECTED) == {1: -8}
    assert cbor2.loads(to_be_signed(AAD, b"payload")) == [
        "Signature1",
        PROTECTED,
        AAD,
        b"payload",
    ]


@given(st.binary(max_size=70_000), st.binary(max_size=100))
def test_round_trip(payload: bytes, aad: bytes) -> None:
    signed = sign(KEY, aad, payload)
    if len(signed.encoded()) > MAX_ITEM:
        with pytest.raises(Malformed):
            parse(signed.encoded())
        return
    assert parse(signed.encoded()) == signed
    signed.verify(KEY.public, aad)


@given(st.binary(max_size=200))
def test_what_is_taken_is_the_one_encoding(data: bytes) -> None:
    for tried in (data, GOOD.encoded()[:6] + data):
        try:
            found = parse(tried)
        except Malformed:
            continue
        assert found.encoded() == tried


@given(st.data())
def test_a_changed_byte_is_refused(data: st.DataObject) -> None:
    changed = bytearray(GOOD.encoded())
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises((Malformed, BadSignature)):
        parse(bytes(changed)).verify(KEY.public, AAD)


@pytest.mark.parametrize("size", [0, 1, 23, 24, 255, 256, MAX_ITEM - 75])
def test_lengths_have_one_form(size: int) -> None:
    """R-1, R-2: the payload's length is in its shortest form, whatever it is."""
    payload = bytes(size)
    body = payload + b"\x58\x40" + bytes(64)
    heads = {
        b"\x40": 0,
        b"\x58": 1,
        b"\x59": 2,
        b"\x5a": 4,
        b"\x5b": 8,
    }
    taken = []
    for head, width in heads.items():
        length = size.to_bytes(8, "big")[8 - width :] if width else b""
        first = bytes([head[0] | (size if not width and size < 24 else 0)])
        data = b"\x84\x43" + PROTECTED + b"\xa0" + first + length + body
        try:
            parse(data)
        except Malformed:
            continue
        taken.append(data)
    assert taken == [Sign1(payload, bytes(64)).encoded()]


def test_one_byte_too_many_is_refused() -> None:
    """R-2"""
    longest = Sign1(bytes(MAX_ITEM - 75), bytes(64))
    assert len(longest.encoded()) == MAX_ITEM
    assert parse(longest.encoded()) == longest
    with pytest.raises(Malformed, match="at most 65535"):
        parse(Sign1(bytes(MAX_ITEM - 74), bytes(64)).encoded())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xd2" + GOOD.encoded(),
        GOOD.encoded() + b"\x00",
        GOOD.encoded()[:-1],
        GOOD.encoded().replace(b"\xa1\x01\x27", b"\xa1\x01\x26", 1),
        GOOD.encoded().replace(b"\x43\xa1\x01\x27", b"\x40", 1),
        GOOD.encoded().replace(b"\x27\xa0", b"\x27\xa1\x04\x41\x31", 1),
        b"\x9f" + GOOD.encoded()[1:] + b"\xff",
        b"\x85" + GOOD.encoded()[1:] + b"\x00",
        b"\x84\x43" + PROTECTED + b"\xa0\xf6\x58\x40" + GOOD.signature,
    ],
    ids=[
        "empty",
        "tag 18",
        "trailing",
        "cut off",
        "another algorithm",
        "no protected header",
        "an unprotected header",
        "indefinite array",
        "five elements",
        "detached payload",
    ],
)
def test_refusals(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse(data)


def test_another_context_or_key_does_not_verify() -> None:
    for key, aad in ((KEY, b"other"), (SigningKey(bytes(32)), AAD)):
        with pytest.raises(BadSignature):
            GOOD.verify(key.public, aad)
