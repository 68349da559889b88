"""The receiving node's signature: these bodies are durable here (spec/exchange.md §3)."""

from __future__ import annotations

from dataclasses import dataclass

from firebreak.errors import Malformed
from firebreak.keys import PublicKey, SigningKey
from firebreak.records import sign1
from firebreak.records.cbor import decode, encode
from firebreak.records.codec import Integer, Items, Octets, Struct
from firebreak.values import LATEST, Millis

MAX_RANGES = 64
"""Ranges of one receipt: the unbroken beginning, and what has overtaken."""


@dataclass(frozen=True, slots=True)
class Range:
    """Indices start <= index < stop."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one node holds of another's log.

    size, root: the largest checkpoint of that log it has verified; held: ranges of indices whose
    bodies are durable there, ascending, apart; at: ms UTC by the giver's clock, a claim.
    """

    size: int
    root: bytes
    held: tuple[Range, ...]
    at: Millis

    @property
    def unbroken(self) -> int:
        """How many entries from the first on are held without a gap."""
        return self.held[0].stop if self.held and self.held[0].start == 0 else 0

    def covers(self, index: int) -> bool:
        """Whether the entry at this index is held: *delivered*."""
        return any(held.start <= index < held.stop for held in self.held)


_COUNT = Integer(0, 2**53)
_RECEIPT = Struct(
    Receipt,
    size=_COUNT,
    root=Octets(32, 32),
    held=Items(Struct(Range, start=_COUNT, stop=_COUNT), MAX_RANGES),
    at=Integer(0, LATEST),
)


def _context(agreement_id: bytes, origin: str) -> bytes:
    return encode(("firebreak receipt 1", agreement_id, origin))


def sign_receipt(receipt: Receipt, agreement_id: bytes, origin: str, key: SigningKey) -> bytes:
    """The signed receipt for one log of one agreement."""
    payload = encode(_RECEIPT.plain(receipt))
    return sign1.sign(key, _context(agreement_id, origin), payload).encoded()


def open_receipt(data: bytes, agreement_id: bytes, origin: str, key: PublicKey) -> Receipt:
    """Read and verify a receipt. Raises Malformed or BadSignature (E-5, E-6)."""
    signed = sign1.parse(data)
    signed.verify(key, _context(agreement_id, origin))
    receipt = _RECEIPT.value(decode(signed.payload))
    end = -1
    for held in receipt.held:
        if not end < held.start < held.stop <= receipt.size:
            raise Malformed("The receipt's ranges overlap, touch, or pass its checkpoint.")
        end = held.stop
    return receipt
