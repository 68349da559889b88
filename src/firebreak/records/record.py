"""One signed statement: its slots, its bytes, its id (spec/record.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeVar

from firebreak.errors import InvalidValue, Malformed
from firebreak.keys import SigningKey
from firebreak.records import sign1
from firebreak.records.cbor import Plain, decode, encode, encode_bytes
from firebreak.records.codec import Choice, Integer, Items, Maybe, Octets, Struct
from firebreak.records.kinds import BODIES, KIND_OF, Body, Kind, UnknownBody
from firebreak.records.slots import FUTURE
from firebreak.values import LATEST, Millis, OfficeNumber, PartyNumber, Precedence, RecordId

T = TypeVar("T")

ID_PREFIX = 8
"""Bytes of a record's id that a reference carries."""
SEEN_DIGEST = 16
"""Bytes of a log's running digest that `seen` carries."""
NODE_AUTHOR = 0
"""The roster index of the node's own record key."""


@dataclass(frozen=True)
class Context:
    """What a record is signed in, at no cost in bytes: it is both sides' common knowledge."""

    agreement: bytes
    channel: int
    origin: str
    catalogue: bytes

    def external_aad(self) -> bytes:
        """The bytes bound into every signature of this log under this agreement (R-3)."""
        return self._external_aad

    @cached_property
    def _external_aad(self) -> bytes:
        return encode(
            ("firebreak record 1", self.agreement, self.channel, self.origin, self.catalogue)
        )


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """The very record that is answered, acknowledged or amended."""

    party: PartyNumber
    index: int
    prefix: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """How much of another party's log the author's node held: its size, and a digest of the bodies."""

    party: PartyNumber
    size: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Record:
    """One statement, before or after signing.

    version: the agreement's; author: roster index; control: size of the author's party's control log;
    to: offices by number; composed_at: ms UTC, a claim; answer_by: ms after composed_at; serial:
    counts up per key and log.
    """

    version: int
    author: int
    control: int
    to: tuple[OfficeNumber, ...]
    kind: int
    refers_to: Reference | None
    composed_at: Millis
    precedence: Precedence
    answer_by: int | None
    serial: int
    seen: tuple[Seen, ...]
    body: Body | UnknownBody

    @property
    def answer_due(self) -> Millis | None:
        """When the answer is due, ms UTC; None where none is asked."""
        return None if self.answer_by is None else Millis(self.composed_at + self.answer_by)

    def __post_init__(self) -> None:
        if not _ascending(self.to) or not _ascending([seen.party for seen in self.seen]):
            raise InvalidValue(
                "Addressees, and what has been seen, are listed once each, in order of number."
            )


def _ascending(numbers: Sequence[int]) -> bool:
    return len(numbers) < 2 or all(before < after for before, after in pairwise(numbers))


_COUNT = Integer(0, 2**53)
_PARTY = Integer(0, 15)
_REFERENCE = Struct(Reference, party=_PARTY, index=_COUNT, prefix=Octets(ID_PREFIX, ID_PREFIX))
_SEEN = Struct(Seen, party=_PARTY, size=_COUNT, digest=Octets(SEEN_DIGEST, SEEN_DIGEST))
HEADER = Struct(
    Record,
    version=Integer(1, 65_535),
    author=Integer(0, 65_535),
    control=_COUNT,
    to=Items(Integer(0, 255), 32),
    kind=Integer(1, 255),
    refers_to=Maybe(_REFERENCE),
    composed_at=Integer(0, LATEST),
    precedence=Choice(Precedence),
    answer_by=Maybe(FUTURE),
    serial=_COUNT,
    seen=Items(_SEEN, 15),
)
"""All slots of a record but the last, the body, which is read once the kind is known (R-10)."""
_KIND = [name for name, _ in HEADER.slots].index("kind")


def payload_of(record: Record) -> bytes:
    """The bytes that are signed. Raises Malformed for a slot out of its range."""
    if isinstance(record.body, UnknownBody):
        body: Plain = record.body.slots
    else:
        kind = KIND_OF[type(record.body)]
        if kind != record.kind:
            raise Malformed(f"The body is a {kind.name.lower()}, but the kind says {record.kind}.")
        body = _in_body(kind, BODIES[kind][1].plain, record.body)
    return encode((*HEADER.plain(record), body))


def parse_payload(payload: bytes) -> Record:
    """Read a payload. Raises Malformed unless it is the one encoding of a record (R-5 to R-18)."""
    plain = decode(payload)
    if not isinstance(plain, tuple) or len(plain) != len(HEADER.slots) + 1:
        raise Malformed(f"A record is an array of {len(HEADER.slots) + 1}. Ask for it again.")
    header = HEADER.values(plain[:-1])
    body = _parse_body(header[_KIND], plain[-1])
    try:
        return Record(*header, body)  # type: ignore[call-arg]  # header: all slots but the last
    except InvalidValue as error:
        raise Malformed(str(error)) from error


def _parse_body(number: int, plain: Plain) -> Body | UnknownBody:
    if number in BODIES:
        kind = Kind(number)
        body: Body = _in_body(kind, BODIES[kind][1].value, plain)
        return body
    if not isinstance(plain, tuple):
        raise Malformed("body: should be an array")
    return UnknownBody(number, plain)  # kept, and shown as unknown


def _in_body(kind: Kind, half: Callable[[Any], T], item: object) -> T:
    """One half of a kind's codec; a complaint begins with the kind's name (R-16)."""
    try:
        return half(item)
    except Malformed as error:
        raise Malformed(f"{kind.name.lower()}: {error}") from error


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """A record with its signature and the context it was signed in; not verified by being held."""

    data: bytes
    record: Record
    signed: sign1.Sign1
    context: Context

    @property
    def id(self) -> RecordId:
        """SHA-256 over external_aad and payload: 32 bytes."""
        return record_id(self.context, self.signed.payload)


def record_id(context: Context, payload: bytes) -> RecordId:
    """SHA-256 over the encodings of external_aad and payload (R-4)."""
    bound = encode_bytes(context.external_aad()) + encode_bytes(payload)
    return RecordId(hashlib.sha256(bound).digest())


def sign_record(record: Record, context: Context, key: SigningKey) -> SignedRecord:
    """Sign a record for one log."""
    return sign_payload(payload_of(record), context, key)


def sign_payload(payload: bytes, context: Context, key: SigningKey) -> SignedRecord:
    """Sign the very bytes that were shown. Raises Malformed if they are no record."""
    record = parse_payload(payload)
    signed = sign1.sign(key, context.external_aad(), payload)
    return SignedRecord(signed.encoded(), record, signed, context)


def parse_record(data: bytes, context: Context) -> SignedRecord:
    """Read a signed record of one log, without verifying its signature. Raises Malformed."""
    signed = sign1.parse(data)
    return SignedRecord(data, parse_payload(signed.payload), signed, context)
