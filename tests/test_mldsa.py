"""ML-DSA-44 lines under checkpoints: C2SP's bytes, and everything else refused."""

import base64
import copy
import hashlib
import pickle
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from firebreak.errors import BadProof, InvalidValue, Malformed
from firebreak.ledger.checkpoint import Checkpoint, SignatureLine, note, origin, parse_note
from firebreak.mldsa import (
    SIGNATURE_BYTES,
    MldsaKey,
    is_line_of,
    note_key_id,
    verify_line,
)
from firebreak.records.roster import MLDSA_BYTES
from tests.conftest import ROOT

SEED = bytes(range(32))
KEY = MldsaKey(SEED)
NAME = origin(bytes(range(16)), 0)
HEAD = Checkpoint(NAME, 3, hashlib.sha256(b"root").digest())
LINE = KEY.line(HEAD)
TIMED = KEY.line(HEAD, 1_795_305_600)


def message(head: Checkpoint, seconds: int) -> bytes:
    """C2SP tlog-cosignature's cosigned_message, written out field by field (L-26)."""
    return b"".join(
        (
            b"subtree/v1\n\x00",
            len(NAME).to_bytes(1, "big"),
            NAME.encode(),
            seconds.to_bytes(8, "big"),
            len(head.origin).to_bytes(1, "big"),
            head.origin.encode(),
            bytes(8),
            head.size.to_bytes(8, "big"),
            head.root,
        )
    )


def test_a_line_verifies() -> None:
    assert len(KEY.public) == MLDSA_BYTES == 1_312
    for line in (LINE, TIMED, KEY.line(HEAD, 2**63 - 1)):
        verify_line(HEAD, KEY.public, line)
        assert line.name == NAME
        assert len(line.signature) == 8 + SIGNATURE_BYTES == 2_428


def test_the_key_id_is_that_of_type_6() -> None:  # L-25
    preimage = NAME.encode() + b"\n\x06" + KEY.public
    assert note_key_id(NAME, KEY.public) == LINE.key_id == hashlib.sha256(preimage).digest()[:4]
    assert is_line_of(LINE, KEY.public)
    assert not is_line_of(LINE, MldsaKey(bytes(32)).public)


def test_what_is_signed_is_the_cosigned_message() -> None:  # L-26
    """Both ways: what this module signs verifies over the message, and the other way round."""
    public = MLDSA44PublicKey.from_public_bytes(KEY.public)
    for line, seconds in ((LINE, 0), (TIMED, 1_795_305_600)):
        assert line.signature[:8] == seconds.to_bytes(8, "big")
        public.verify(line.signature[8:], message(HEAD, seconds))
    secret = MLDSA44PrivateKey.from_seed_bytes(SEED)
    made = (7).to_bytes(8, "big") + secret.sign(message(HEAD, 7))
    verify_line(HEAD, KEY.public, SignatureLine(NAME, LINE.key_id, made))


def test_a_note_carries_it_after_the_logs_own_line() -> None:
    first = SignatureLine(NAME, bytes(4), bytes(64))
    data = note(HEAD, [first, LINE])
    assert parse_note(data) == (HEAD, (first, LINE))
    text = data.decode().splitlines()[-1]
    assert text == f"— {NAME} {base64.b64encode(LINE.key_id + LINE.signature).decode()}"


OTHER_SEED = MldsaKey(bytes(32))


def with_signature(signature: bytes) -> SignatureLine:
    return replace(LINE, signature=signature)


REFUSED = {
    "another size": (replace(HEAD, size=4), LINE, "does not belong"),
    "another root": (replace(HEAD, root=bytes(32)), LINE, "does not belong"),
    "another epoch": (replace(HEAD, origin=origin(bytes(range(16)), 1)), LINE, "another key"),
    "another key": (HEAD, OTHER_SEED.line(HEAD), "another key"),
    "another key under this id": (
        HEAD,
        replace(OTHER_SEED.line(HEAD), key_id=LINE.key_id),
        "does not belong",
    ),
    "another name": (HEAD, replace(LINE, name="witness.example"), "another key"),
    "another time": (HEAD, with_signature(bytes(7) + b"\x01" + LINE.signature[8:]), "not belong"),
    "a time beyond": (HEAD, with_signature(b"\x80" + LINE.signature[1:]), "beyond"),
    "a byte less": (HEAD, with_signature(LINE.signature[:-1]), "2,428"),
    "a byte more": (HEAD, with_signature(LINE.signature + b"\x00"), "2,428"),
    "no time": (HEAD, with_signature(LINE.signature[8:]), "2,428"),
    "no signature": (HEAD, with_signature(bytes(2_428)), "does not belong"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_every_other_line_is_refused(case: str) -> None:  # L-25, L-26
    head, line, why = REFUSED[case]
    with pytest.raises(BadProof, match=why):
        verify_line(head, KEY.public, line)


def test_no_bit_of_a_signature_can_be_changed() -> None:
    for place in range(0, len(LINE.signature), 37):
        changed = bytearray(LINE.signature)
        changed[place] ^= 1 << place % 8
        with pytest.raises(BadProof):
            verify_line(HEAD, KEY.public, with_signature(bytes(changed)))


@pytest.mark.parametrize("length", [0, 32, 1_311, 1_313])
def test_a_public_key_has_one_length(length: int) -> None:
    with pytest.raises(Malformed, match="1,312"):
        verify_line(HEAD, bytes(length), LINE)


@pytest.mark.parametrize("seconds", [-1, 2**63])
def test_a_time_that_cannot_be_written_is_refused(seconds: int) -> None:
    with pytest.raises(InvalidValue, match="seconds"):
        KEY.line(HEAD, seconds)


def test_a_seed_of_another_length_is_refused() -> None:
    for length in (0, 31, 33, 64):
        with pytest.raises(InvalidValue, match="32 bytes"):
            MldsaKey(bytes(length))


def test_the_seed_is_shown_nowhere() -> None:
    assert SEED.hex() not in repr(KEY)
    for copying in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(InvalidValue, match="not copied"):
            copying(KEY)


def test_the_specification_says_what_is_signed() -> None:
    text = (ROOT / "spec" / "log.md").read_text(encoding="utf-8")
    assert "0x06" in text
    assert "subtree/v1" in text
