"""What a party's node and a relay say to each other over their connection (spec/custody.md §4).

A message is a sealed bundle as it is, or a readable letter, or an array that begins with a code: the
first two begin with their version, 1 or 0, and no array does. Nothing here is signed: what counts is in
the custody receipts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from firebreak.ledger.custody import MOST_RECEIPT_BYTES
from firebreak.ledger.fork import SignedHead
from firebreak.ledger.merkle import HASH_BYTES
from firebreak.records.cbor import decode, encode
from firebreak.records.codec import Integer, Items, Maybe, Octets, OneOf, Struct

MOST_MESSAGE: Final = MOST_RECEIPT_BYTES + 8_192
BUNDLE_VERSION: Final = 1
READABLE_VERSION: Final = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """Party to relay, whenever a connection stands: "I hold what concerns me of your log before entry
    `after`". head: the largest head of it that I know, None before the first."""

    after: int
    head: SignedHead | None


@dataclass(frozen=True, slots=True)
class Have:
    """Party to relay: this bundle is taken in and durable here. bundle: SHA-256."""

    bundle: bytes


@dataclass(frozen=True, slots=True)
class Declined:
    """Party to relay: this bundle cannot be taken here. bundle: SHA-256."""

    bundle: bytes


@dataclass(frozen=True, slots=True)
class Shown:
    """Relay to party: a custody receipt, and that its head continues the head of size `base`.

    proof: the consistency proof; empty where base is 0 or the receipt's own size.
    """

    receipt: bytes
    base: int
    proof: tuple[bytes, ...]


Message: TypeAlias = Ask | Have | Declined | Shown

_COUNT: Final = Integer(0, 2**53)
_HASH: Final = Octets(HASH_BYTES, HASH_BYTES)
_HEAD: Final = Struct(SignedHead, size=_COUNT, root=_HASH, signature=Octets(64, 64))
_MESSAGE: Final[OneOf[Message]] = OneOf(
    {
        1: Struct(Ask, after=_COUNT, head=Maybe(_HEAD)),
        2: Struct(Have, bundle=_HASH),
        3: Struct(Declined, bundle=_HASH),
        4: Struct(
            Shown, receipt=Octets(1, MOST_RECEIPT_BYTES), base=_COUNT, proof=Items(_HASH, 64)
        ),
    }
)


def is_carried(data: bytes) -> bool:
    """Whether a message is what is to be carried, as it is: a sealed bundle, or a readable letter (C-12)."""
    return data[:1] in {bytes([BUNDLE_VERSION]), bytes([READABLE_VERSION])}


def encode_message(message: Message) -> bytes:
    """The one encoding of a message that is no bundle."""
    return encode(_MESSAGE.plain(message))


def parse_message(data: bytes) -> Message:
    """Read a message that is no bundle. Raises Malformed (C-12)."""
    return _MESSAGE.value(decode(data, limit=MOST_MESSAGE))
