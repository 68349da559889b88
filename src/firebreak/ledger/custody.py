"""What a relay signs for each sealed bundle that it carries, and the file that proves it (spec/custody.md).

A statement is an entry of the relay's own log. It is the relay's word and nothing more: *taken* counts
with the sender's own hand-over only, *delivered* is the receiver's receipt and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

from firebreak.errors import BadProof, InvalidValue, Malformed
from firebreak.keys import PublicKey, SigningKey
from firebreak.ledger.checkpoint import (
    MOST_NOTE_BYTES,
    MOST_PROOF_HASHES,
    Checkpoint,
    ed25519_line,
    note,
    open_note,
    parse_origin,
)
from firebreak.ledger.fork import SignedHead
from firebreak.ledger.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from firebreak.records import sign1
from firebreak.records.cbor import decode, encode
from firebreak.records.codec import Choice, Integer, Items, Maybe, Octets, OneOf, Struct, Text
from firebreak.values import LATEST, Millis

RECEIPT_MAGIC: Final = "firebreak custody receipt 1"
HEADER_BYTES: Final = 16
"""Of a sealed bundle's clear header (spec/sealing.md §2)."""
MOST_BUNDLE_BYTES: Final = 1 << 20
LONGEST_NAME: Final = 40
LONGEST_OFFICE: Final = 100
LONGEST_WHY: Final = 200
MOST_STATEMENT_BYTES: Final = 2_048
MOST_RECEIPT_BYTES: Final = 200_000
MOST_CARD_BYTES: Final = 8_192


class Way(IntEnum):
    """How a bundle came or went (C-3)."""

    NODE = 1
    FILE = 2
    MAIL = 3
    PAPER = 4
    PERSON = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """The bundle is durable with the relay. sender: who gave it, as the relay calls them; header: the
    bundle's clear header, 16 bytes: all that a relay can know of it."""

    sender: str
    way: Way
    header: bytes


@dataclass(frozen=True, slots=True)
class Forwarded:
    """It was given on towards the receiver."""

    way: Way


@dataclass(frozen=True, slots=True)
class Handed:
    """It was put into somebody's hands: an office, and the person only if he gave a name."""

    office: str
    person: str | None


@dataclass(frozen=True, slots=True)
class Returned:
    """It goes no further, and the sender is told why."""

    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It was offered and not taken."""

    sender: str
    why: str


Step: TypeAlias = Taken | Forwarded | Handed | Returned | Refused


@dataclass(frozen=True, slots=True)
class Statement:
    """One step of one bundle.

    bundle: SHA-256 of its sealed bytes; size: how many these are; previous: the id of the statement
    before it on the same bundle, None for the first; happened, reported: ms UTC by the relay's word, the
    latter when it signed. Raises InvalidValue for a step that was reported before it happened (C-4).
    """

    bundle: bytes
    size: int
    previous: bytes | None
    happened: Millis
    reported: Millis
    step: Step

    def __post_init__(self) -> None:
        if self.happened > self.reported:  # C-4
            raise InvalidValue(
                "A step of custody is reported before it happened. Give the time when it happened."
            )


_WAY: Final = Choice(Way)
_NAME: Final = Text(LONGEST_NAME)
_WHY: Final = Text(LONGEST_WHY)
_HASH: Final = Octets(HASH_BYTES, HASH_BYTES)
_TIME: Final = Integer(0, LATEST)
_STEP: Final[OneOf[Step]] = OneOf(
    {
        1: Struct(Taken, sender=_NAME, way=_WAY, header=Octets(HEADER_BYTES, HEADER_BYTES)),
        2: Struct(Forwarded, way=_WAY),
        3: Struct(Handed, office=Text(LONGEST_OFFICE), person=Maybe(Text(LONGEST_OFFICE))),
        4: Struct(Returned, why=_WHY),
        5: Struct(Refused, sender=_NAME, why=_WHY),
    }
)
_STATEMENT: Final = Struct(
    Statement,
    bundle=_HASH,
    size=Integer(1, MOST_BUNDLE_BYTES),
    previous=Maybe(_HASH),
    happened=_TIME,
    reported=_TIME,
    step=_STEP,
)

_AFTER: Final[dict[type[Step], tuple[type[Step], ...]]] = {
    Taken: (Forwarded, Handed, Returned),
    Forwarded: (Forwarded, Handed, Returned),
    Handed: (),
    Returned: (),
    Refused: (),
}
"""What may follow what (C-6); the first is Taken or Refused."""


def digest_of(bundle: bytes) -> bytes:
    """What names a sealed bundle: SHA-256 of its bytes."""
    return hashlib.sha256(bundle).digest()


def statement_id(data: bytes) -> bytes:
    """What names a signed statement: SHA-256 of its bytes."""
    return hashlib.sha256(data).digest()


def _context(origin: str) -> bytes:
    return encode(("firebreak custody 1", origin))


def sign_statement(statement: Statement, origin: str, key: SigningKey) -> bytes:
    """The signed statement, an entry of the relay's log of this origin (C-1)."""
    return sign1.sign(key, _context(origin), encode(_STATEMENT.plain(statement))).encoded()


def open_statement(data: bytes, origin: str, key: PublicKey) -> Statement:
    """Read and verify a statement. Raises Malformed or BadSignature (C-1, C-2)."""
    if len(data) > MOST_STATEMENT_BYTES:  # C-2
        raise Malformed(f"A statement of custody has at most {MOST_STATEMENT_BYTES} bytes.")
    signed = sign1.parse(data)
    signed.verify(key, _context(origin))
    return _STATEMENT.value(decode(signed.payload))


def may_follow(before: Step | None, step: Step) -> bool:
    """Whether a step can come after another, or first where there is none (C-6)."""
    if before is None:
        return isinstance(step, Taken | Refused)
    return isinstance(step, _AFTER[type(before)])


def is_ended(step: Step) -> bool:
    """Whether nothing can follow: the bundle is in other hands, or goes no further."""
    return not _AFTER[type(step)]


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement that was verified: its id, and its index in the relay's log."""

    id: bytes
    index: int
    statement: Statement


def check_chain(before: Sequence[Signed], after: Signed) -> None:
    """Accept a statement as the next of its bundle. before: those known, in order, none missing.

    Raises BadProof for one that does not continue them (C-5, C-6).
    """
    last = before[-1] if before else None
    new = after.statement
    if last is None:
        if new.previous is not None:
            raise BadProof("A statement of custody names one before it that was never shown.")
    elif (
        new.previous != last.id
        or (new.bundle, new.size) != (last.statement.bundle, last.statement.size)
        or after.index <= last.index
    ):
        raise BadProof("A statement of custody does not continue those before it on its bundle.")
    if not may_follow(None if last is None else last.statement.step, new.step):
        first = "first" if last is None else f"after “{name_of(last.statement.step)}”"
        raise BadProof(f"A relay states “{name_of(new.step)}” {first}: that cannot be.")


def name_of(step: Step) -> str:
    """The word for a step."""
    return type(step).__name__.lower()


# The custody receipt: one file


@dataclass(frozen=True, slots=True)
class CustodyReceipt:
    """A statement, its place in the relay's log, and the relay's signed head over it. Not verified.

    statement: as signed; proof: the inclusion proof, leaf upwards; note: the signed checkpoint.
    """

    statement: bytes
    index: int
    proof: tuple[bytes, ...]
    note: bytes

    def encoded(self) -> bytes:
        """The file's bytes (C-7)."""
        return encode((RECEIPT_MAGIC, _RECEIPT.plain(self)))


_RECEIPT: Final = Struct(
    CustodyReceipt,
    statement=Octets(1, MOST_STATEMENT_BYTES),
    index=Integer(0, 2**53),
    proof=Items(_HASH, MOST_PROOF_HASHES),
    note=Octets(1, MOST_NOTE_BYTES),
)


@dataclass(frozen=True, slots=True)
class Custody:
    """A custody receipt that was verified. head: the relay's, with its signature."""

    origin: str
    signed: Signed
    head: SignedHead


def parse_custody(data: bytes) -> CustodyReceipt:
    """Read a custody receipt without verifying it. Raises Malformed (C-7)."""
    if len(data) > MOST_RECEIPT_BYTES:
        raise Malformed(f"A custody receipt has at most {MOST_RECEIPT_BYTES} bytes.")
    match decode(data, limit=MOST_RECEIPT_BYTES):
        case (str(magic), tuple(slots)) if magic == RECEIPT_MAGIC:
            return _RECEIPT.value(slots)
        case _:
            raise Malformed("This is no custody receipt. Ask which file was meant.")


def verify_custody(data: bytes, key: PublicKey) -> Custody:
    """Accept what a relay of this custody key signed, and that its log holds it.

    Raises Malformed, BadSignature or BadProof (C-8).
    """
    receipt = parse_custody(data)
    checkpoint, lines = open_note(receipt.note, key)
    if len(lines) != 1:  # C-7
        raise Malformed("A custody receipt's checkpoint bears the relay's signature and no other.")
    statement = open_statement(receipt.statement, checkpoint.origin, key)
    verify_inclusion(
        leaf_hash(receipt.statement),
        receipt.index,
        checkpoint.size,
        receipt.proof,
        checkpoint.root,
    )
    return Custody(
        checkpoint.origin,
        Signed(statement_id(receipt.statement), receipt.index, statement),
        SignedHead(checkpoint.size, checkpoint.root, lines[0].signature),
    )


def make_receipt(
    statement: bytes,
    index: int,
    proof: Sequence[bytes],
    origin: str,
    head: SignedHead,
    key: PublicKey,
) -> bytes:
    """The custody receipt of an entry under a head that was signed already."""
    line = ed25519_line(origin, key, head.signature)
    made = note(Checkpoint(origin, head.size, head.root), [line])
    return CustodyReceipt(statement, index, tuple(proof), made).encoded()


# The relay's card: who pins what


@dataclass(frozen=True, slots=True)
class RelayCard:
    """What a relay gives to those who will use it. name: as it calls itself; origin: of its log; key:
    its custody key, 32 bytes; certificate: DER, for TLS."""

    name: str
    origin: str
    key: bytes
    certificate: bytes


_CARD: Final = Struct(
    RelayCard,
    name=_NAME,
    origin=Text(255),
    key=_HASH,
    certificate=Octets(1, 4_096),
)
_CARD_CONTEXT: Final = encode(("firebreak relay card 1",))


def sign_card(card: RelayCard, key: SigningKey) -> bytes:
    """The card's file: signed by the very custody key on it (C-9)."""
    return sign1.sign(key, _CARD_CONTEXT, encode(_CARD.plain(card))).encoded()


def open_card(data: bytes) -> RelayCard:
    """Read a relay's card and check that the key on it signed it. Raises Malformed or BadSignature.

    That shows no more than that whoever has the key wrote the rest: the key itself is compared over
    another way, or stands in the agreement (C-9).
    """
    if len(data) > MOST_CARD_BYTES:
        raise Malformed(f"A relay's card has at most {MOST_CARD_BYTES} bytes.")
    signed = sign1.parse(data)
    card = _CARD.value(decode(signed.payload))
    parse_origin(card.origin)
    signed.verify(PublicKey.parse(card.key), _CARD_CONTEXT)
    return card
