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
"""Ranges of one receipt."""


@dataclass(frozen=True, slots=True)
class Range:
    """Indices start <= index < stop."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one node holds of another's log.

    size, root: a checkpoint of that log under which all of it was proved; held: ranges of indices
    whose bodies are durable there, ascending, apart; at: ms UTC by the giver's clock, a claim. The
    first range, if it starts at 0, is the unbroken beginning; what has overtaken stands in ranges of
    its own: the log goes on where the unbroken beginning ends. A node speaks of the one or the other,
    never of both in one receipt (E-4).
    """

    size: int
    root: bytes
    held: tuple[Range, ...]
    at: Millis

    @property
    def unbroken(self) -> int:
        """How many entries from the first on are held without a gap, as far as this says it."""
        return self.held[0].stop if self.held and self.held[0].start == 0 else 0

    @property
    def overtaken(self) -> bool:
        """Whether it speaks of what has overtaken alone, and says nothing of the beginning."""
        return bool(self.held) and self.unbroken == 0

    @property
    def mixed(self) -> bool:
        """Whether it puts the beginning and what has overtaken under one head."""
        return self.unbroken > 0 and len(self.held) > 1

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
    sign1.parse(data).verify(key, _context(agreement_id, origin))
    return parse_receipt(data)


def parse_receipt(data: bytes) -> Receipt:
    """Read a receipt that was verified before it was kept. Raises Malformed (E-6)."""
    receipt = _RECEIPT.value(decode(sign1.parse(data).payload))
    if not _sound(receipt):
        raise Malformed("The receipt's ranges overlap, touch, are empty, or pass its checkpoint.")
    return receipt


def _sound(receipt: Receipt) -> bool:
    """Whether the ranges are the one way to say what is held (E-6)."""
    end = receipt.unbroken
    ahead = receipt.held[1:] if receipt.held and receipt.held[0].start == 0 else receipt.held
    for place, held in enumerate(ahead):
        apart = held.start > end or (place == 0 and held.start == end)
        if not apart or held.stop <= held.start:
            return False
        end = held.stop
    # An empty beginning is written only where what follows would be taken for it.
    empty = receipt.held[:1] == (Range(0, 0),)
    return end <= receipt.size and empty == (bool(ahead) and ahead[0].start == 0)
