"""What a bundle says once it is opened (spec/exchange.md §2).

A bundle is a list of items about one agreement, from one party. Each item carries its own signatures;
the bundle as a whole is only sealed. The same bundle crosses a socket or a stick.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from firebreak.errors import Malformed
from firebreak.records.cbor import decode, encode
from firebreak.records.codec import Integer, Items, Maybe, Octets, OneOf, Struct
from firebreak.values import LATEST, Millis, PartyNumber

MAX_BUNDLE = 1 << 20
"""Bytes of an opened bundle."""
AGREEMENT_PREFIX = 4
"""Bytes of the agreement's random id by which a bundle finds it."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries of the sender's log from `start` on, ending at a signed head.

    The head's size is start + len(records). root: the head's root, left out on narrow carriers,
    where the receiver's own is the only one that the signature can fit.
    """

    channel: int
    start: int
    records: tuple[bytes, ...]
    root: bytes | None
    signature: bytes


@dataclass(frozen=True, slots=True)
class Overtaking:
    """One urgent entry ahead of those before it: record, inclusion proof, signed head."""

    channel: int
    index: int
    record: bytes
    size: int
    root: bytes
    signature: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ReceiptItem:
    """A signed receipt for the receiver's log on a channel."""

    channel: int
    receipt: bytes


@dataclass(frozen=True, slots=True)
class HeadItem:
    """The signed head of the sender's own log: "my log has n"."""

    channel: int
    size: int
    root: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Want:
    """The sender has its own log up to `start`: what does the receiver hold of it?

    It is answered with a receipt; where more is held, or `asked` is not 0, with what is held and the
    entries from `start` on. asked: when the sender's recovery began by its clock, to tell its answers
    from older ones; 0 where it does not recover.
    """

    channel: int
    start: int
    asked: Millis


@dataclass(frozen=True, slots=True)
class Returned:
    """Entries of the receiver's own log, kept by the sender, ending at a head the receiver signed."""

    channel: int
    start: int
    records: tuple[bytes, ...]
    signature: bytes


@dataclass(frozen=True, slots=True)
class PulseItem:
    """A signed heartbeat of a channel (statements.Pulse)."""

    channel: int
    pulse: bytes


@dataclass(frozen=True, slots=True)
class HeldItem:
    """What the sender holds of the receiver's log, signed (statements.Held)."""

    channel: int
    held: bytes


@dataclass(frozen=True, slots=True)
class ForkItem:
    """Proof that the receiver's own log has two histories (ledger/fork.py)."""

    channel: int
    proof: bytes


Item: TypeAlias = (
    Entries
    | Overtaking
    | ReceiptItem
    | HeadItem
    | Want
    | Returned
    | PulseItem
    | HeldItem
    | ForkItem
)

_CHANNEL, _COUNT = Integer(0, 255), Integer(0, 2**53)
_HASH, _SIGNATURE = Octets(32, 32), Octets(64, 64)
_RECORDS = Items(Octets(1, 65_535), 65_536, least=1)
_ITEM: OneOf[Item] = OneOf(
    {
        1: Struct(
            Entries,
            channel=_CHANNEL,
            start=_COUNT,
            records=_RECORDS,
            root=Maybe(_HASH),
            signature=_SIGNATURE,
        ),
        2: Struct(
            Overtaking,
            channel=_CHANNEL,
            index=_COUNT,
            record=Octets(1, 65_535),
            size=_COUNT,
            root=_HASH,
            signature=_SIGNATURE,
            proof=Items(_HASH, 64),
        ),
        3: Struct(ReceiptItem, channel=_CHANNEL, receipt=Octets(1, 4_096)),
        4: Struct(HeadItem, channel=_CHANNEL, size=_COUNT, root=_HASH, signature=_SIGNATURE),
        5: Struct(Want, channel=_CHANNEL, start=_COUNT, asked=Integer(0, LATEST)),
        6: Struct(
            Returned,
            channel=_CHANNEL,
            start=_COUNT,
            records=_RECORDS,
            signature=_SIGNATURE,
        ),
        7: Struct(PulseItem, channel=_CHANNEL, pulse=Octets(1, 1_024)),
        8: Struct(HeldItem, channel=_CHANNEL, held=Octets(1, 1_024)),
        9: Struct(ForkItem, channel=_CHANNEL, proof=Octets(1, 8_192)),
    }
)
OVERTAKING: Struct[Overtaking] = _ITEM.options[2]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Items of one agreement from one party. agreement: the first bytes of the agreement's id."""

    agreement: bytes
    sender: PartyNumber
    items: tuple[Item, ...]

    def encoded(self) -> bytes:
        """The one encoding, before sealing."""
        return encode(
            (self.agreement, self.sender, tuple(_ITEM.plain(item) for item in self.items))
        )


_BUNDLE = Struct(
    Bundle,
    agreement=Octets(AGREEMENT_PREFIX, AGREEMENT_PREFIX),
    sender=Integer(0, 15),
    items=Items(_ITEM, 4_096),
)


def parse_bundle(data: bytes) -> Bundle:
    """Read an opened bundle. Raises Malformed (E-1)."""
    try:
        return _BUNDLE.value(decode(data, MAX_BUNDLE))
    except Malformed as error:
        raise Malformed(f"The bundle is not well formed: {error}") from error


def encode_overtaking(item: Overtaking) -> bytes:
    """An overtaking item alone, as it is kept until those before it have come."""
    return encode(OVERTAKING.plain(item))


def parse_overtaking(data: bytes) -> Overtaking:
    """Read a kept overtaking item. Raises Malformed."""
    return OVERTAKING.value(decode(data, MAX_BUNDLE))
