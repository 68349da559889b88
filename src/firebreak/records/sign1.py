"""COSE_Sign1 as Firebreak uses it: one protected header, no unprotected one (spec/record.md §1).

Source: RFC 9052 §4.2 and §4.4, with protected exactly {1: -8} (EdDSA) and unprotected exactly {}.
"""

from __future__ import annotations

from dataclasses import dataclass

from firebreak.errors import Malformed
from firebreak.keys import PublicKey, SigningKey
from firebreak.records.cbor import MAX_ITEM, encode, encode_bytes

PROTECTED = b"\xa1\x01\x27"
_OPENING = b"\x84\x43" + PROTECTED + b"\xa0"
_SIGNATURE_HEAD = b"\x58\x40"
SIGNATURE_BYTES = 64
_TO_BE_SIGNED = b"\x84" + encode("Signature1") + encode(PROTECTED)
"""How the array of four begins."""


@dataclass(frozen=True, slots=True)
class Sign1:
    """A signed payload, taken apart but not yet verified."""

    payload: bytes
    signature: bytes

    def encoded(self) -> bytes:
        """The one encoding."""
        return _OPENING + encode(self.payload) + _SIGNATURE_HEAD + self.signature

    def verify(self, key: PublicKey, external_aad: bytes) -> None:
        """Raises BadSignature unless `key` signed this payload in this context (S-4 to S-8)."""
        key.verify(to_be_signed(external_aad, self.payload), self.signature)


def to_be_signed(external_aad: bytes, payload: bytes) -> bytes:
    """The Sig_structure of RFC 9052 §4.4: the bytes that Ed25519 signs (R-3)."""
    return _TO_BE_SIGNED + encode_bytes(external_aad) + encode_bytes(payload)


def sign(key: SigningKey, external_aad: bytes, payload: bytes) -> Sign1:
    """Sign a payload in a context."""
    return Sign1(payload, key.sign(to_be_signed(external_aad, payload)))


def parse(data: bytes) -> Sign1:
    """Take a COSE_Sign1 apart. Raises Malformed for any byte that the one encoding would not hold."""
    if len(data) > MAX_ITEM:
        raise Malformed(f"A signed record has at most {MAX_ITEM} bytes, not {len(data)}.")
    if not data.startswith(_OPENING):
        raise Malformed("This is not a signed record: its first bytes are wrong. Ask for it again.")
    body = data[len(_OPENING) :]
    tail = len(_SIGNATURE_HEAD) + SIGNATURE_BYTES
    if len(body) <= tail or body[-tail:-SIGNATURE_BYTES] != _SIGNATURE_HEAD:
        raise Malformed("The record's signature is cut off or misplaced. Ask for it again.")
    payload = _byte_string(body[:-tail])
    return Sign1(payload, body[-SIGNATURE_BYTES:])


def _byte_string(data: bytes) -> bytes:
    for head in (1, 2, 3, 5):
        payload = data[head:]
        if encode_bytes(payload) == data:  # whole, and in its shortest form
            return payload
    raise Malformed("The record's length does not fit its bytes. Ask for it again.")
