"""One record that goes by a relay unsealed, where both sides consent that it may be read (spec/custody.md §6).

It is a bundle of one item without the seal, under a clear header of the same form whose version is 0: the
receiver takes it as any other, since all that counts is signed inside. What a relay knows of any bundle,
sealed or not, is its clear header.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from firebreak.errors import BadSignature, Malformed, Refused
from firebreak.keys import PublicKey
from firebreak.line import bundle as wire
from firebreak.line.relaying import READABLE_VERSION
from firebreak.records.agreement import Agreement
from firebreak.records.record import SignedRecord, parse_record
from firebreak.records.roster import Roster
from firebreak.sealing import HEADER_BYTES, KEY_ID_BYTES, MAX_BUNDLE, parse_header
from firebreak.values import LATEST, Millis, PartyNumber, Precedence

_ENOUGH: Final = bytes(1_200)
"""Behind a header that stands alone: `parse_header` asks that there is a body."""


@dataclass(frozen=True, slots=True)
class ClearHeader:
    """What a relay may know. readable: whether the rest is not sealed; key_id: the receiver's."""

    readable: bool
    key_id: bytes
    precedence: Precedence
    expires_at_ms: Millis

    def encoded(self) -> bytes:
        """The 16 bytes of one that is readable (C-21)."""
        seconds = self.expires_at_ms // 1_000
        return (
            bytes([READABLE_VERSION, 0])
            + self.key_id
            + bytes([self.precedence])
            + seconds.to_bytes(5, "big")
        )


@dataclass(frozen=True, slots=True)
class Letter:
    """One readable record on its way. Nothing of it is verified."""

    header: ClearHeader
    bundle: wire.Bundle
    channel: int
    index: int
    record: bytes


def is_readable(data: bytes) -> bool:
    """Whether this claims to be a letter that anybody can read."""
    return data[:1] == bytes([READABLE_VERSION])


def clear_header(data: bytes) -> ClearHeader:
    """The clear header of a bundle, or of a letter. Raises Malformed."""
    head = data[:HEADER_BYTES]
    if not is_readable(head):
        sealed = parse_header(data if len(data) > HEADER_BYTES else head + _ENOUGH)
        return ClearHeader(False, sealed.key_id, sealed.precedence, sealed.expires_at_ms)
    seconds = int.from_bytes(head[11:], "big")
    urgency = head[10] if len(head) == HEADER_BYTES else 255
    if (
        len(head) != HEADER_BYTES
        or head[1]
        or urgency > max(Precedence)
        or seconds > LATEST // 1_000
    ):
        raise Malformed("A readable letter's header is none. Ask for it again.")
    return ClearHeader(
        True, head[2 : 2 + KEY_ID_BYTES], Precedence(urgency), Millis(seconds * 1_000)
    )


def compose_letter(header: ClearHeader, bundle: wire.Bundle) -> bytes:
    """The bytes of a letter; the bundle has the one item."""
    return header.encoded() + bundle.encoded()


def parse_letter(data: bytes) -> Letter:
    """Take a letter apart: one record and nothing else. Raises Malformed (C-21)."""
    if len(data) > MAX_BUNDLE:
        raise Malformed(f"A letter of {len(data)} bytes is larger than {MAX_BUNDLE}.")
    if not is_readable(data):
        raise Malformed("This is no readable letter.")
    header = clear_header(data)
    bundle = wire.parse_bundle(data[HEADER_BYTES:])
    match bundle.items:
        case (wire.Entries(channel=channel, start=index, records=(record,)),):
            pass
        case (wire.Overtaking(channel=channel, index=index, record=record),):
            pass
        case _:
            raise Malformed("A readable letter holds one record and nothing else.")
    return Letter(header, bundle, channel, index, record)


def consented(agreements: Sequence[Agreement], letter: Letter, key: bytes) -> Agreement:
    """The agreement by which the relay of this custody key may read a letter. Raises Refused (C-21)."""
    for agreement in agreements:
        if agreement.id.startswith(letter.bundle.agreement) and any(
            relay.key == key and relay.readable for relay in agreement.relays
        ):
            return agreement
    raise Refused(
        "A text that anybody can read goes by a relay only where the agreement says so of this relay, by"
        " both sides' consent. Seal it."
    )


def verified_record(letter: Letter, agreement: Agreement, author: Roster) -> SignedRecord:
    """The record of a letter, signed by an officer on its author's roster. Raises Misbehaviour."""
    sender = letter.bundle.sender
    if agreement.terms(letter.channel) is None or sender >= len(agreement.parties):
        raise Malformed("A letter is of a channel or a party that the agreement does not have.")
    context = agreement.context(letter.channel, PartyNumber(sender))
    signed = parse_record(letter.record, context)
    if not 0 <= signed.record.author < len(author.entries):
        raise BadSignature(
            "The record names a key that is not on its author's card. Ask for the card."
        )
    key = PublicKey.parse(author.entries[signed.record.author].key)
    signed.signed.verify(key, context.external_aad())
    return signed
