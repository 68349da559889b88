"""Putting an evidence file together from what a node holds; what is made always verifies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from firebreak.errors import BadProof, BadSignature, InvalidValue, Refused
from firebreak.evidence.control import Control
from firebreak.evidence.file import Evidence, LogPart, ProvenEntry, ReceiptGiven
from firebreak.evidence.judging import judge_channel, record_of
from firebreak.evidence.verify import open_given, verify
from firebreak.keys import PublicKey
from firebreak.ledger.checkpoint import (
    Checkpoint,
    ProofFile,
    SignatureLine,
    ed25519_line,
    note,
    render_proof,
    verify_checkpoint,
)
from firebreak.ledger.merkle import Subtree, consistency_proof, inclusion_proof
from firebreak.ledger.receipt import Receipt, parse_receipt
from firebreak.mldsa import is_line_of
from firebreak.records.agreement import Channel, Publication, SignedAgreement
from firebreak.records.record import Record
from firebreak.values import PartyNumber

Place = tuple[int, PartyNumber, int]
"""Channel, party, index."""


class Source(Protocol):
    """What a node answers of its logs, own and mirrored; each raises for what it does not hold."""

    def record(self, channel: int, party: PartyNumber, index: int) -> bytes:
        """An entry's bytes."""

    def salt(self, channel: int, party: PartyNumber, index: int) -> bytes:
        """An entry's salt, 16 bytes."""

    def head(self, channel: int, party: PartyNumber) -> tuple[Checkpoint, bytes]:
        """A log's latest head that is held whole, and its log key's 64-byte signature."""

    def mldsa_line(
        self, channel: int, party: PartyNumber, head: Checkpoint
    ) -> SignatureLine | None:
        """The log's ML-DSA-44 line under this head; None where none was made or given."""

    def subtree(self, channel: int, party: PartyNumber) -> Subtree:
        """A log's complete subtrees."""

    def receipts(self, channel: int, party: PartyNumber) -> Iterable[bytes]:
        """All receipts that the other party gave for a log."""


def collect(signed: SignedAgreement, places: Sequence[Place], source: Source) -> Evidence:
    """The evidence for these entries, and for what they cannot be understood without.

    That is what they refer to, back to the first record; the release of what two officers sign; the
    control entries that they were written under. For each entry the earliest receipt that covers it
    goes in, if there is one; under each head the ML-DSA-44 line, if there is one of a key in the file.
    Asking the other party or two officers first is the caller's part, and so is the clause of a newer
    version than `signed`. Raises Refused if the agreement forbids it, InvalidValue for no entries or a
    head that does not cover them, and whatever `verify` raises.
    """
    if signed.agreement.publication is Publication.NEVER:
        raise Refused("The agreement says that nothing under it may be shown to others.")
    if not places:
        raise InvalidValue("Name at least one record to export.")
    records, control = _with_what_they_need(signed, places, source)
    logs = sorted({(channel, party) for channel, party, _ in records})
    parts = []
    for channel, party in logs:
        entries = _of_log(records, channel, party)
        # Control entries that were not asked for need no receipt: they are only built on.
        asked = [
            index
            for index, _ in entries
            if channel != Channel.CONTROL or (channel, party, index) in places
        ]
        parts.append(_part(channel, party, entries, asked, source, control))
    evidence = Evidence(signed, tuple(parts))
    verify(evidence.encoded(), [])
    return evidence


def _with_what_they_need(
    signed: SignedAgreement, places: Sequence[Place], source: Source
) -> tuple[dict[Place, bytes], Control]:
    """The bytes of these entries and of all that they build on (EV-8, EV-12)."""
    found: dict[Place, bytes] = {}
    waiting = list(places)
    while True:
        while waiting:
            place = waiting.pop()
            if place not in found:
                found[place] = source.record(*place)
                waiting += _builds_on(place, record_of(found[place]), source)
        control = Control(signed)
        numbers = [PartyNumber(number) for number in range(len(signed.agreement.parties))]
        logs = {party: _of_log(found, Channel.CONTROL, party) for party in numbers}
        judge_channel(Channel.CONTROL, logs, control)
        waiting = [place for place in _releases(found, control) if place not in found]
        if not waiting:
            return found, control


def _of_log(
    found: Mapping[Place, bytes], channel: int, party: PartyNumber
) -> list[tuple[int, bytes]]:
    """Index and bytes of each entry of one log, ascending."""
    return [
        (place[2], data) for place, data in sorted(found.items()) if place[:2] == (channel, party)
    ]


def _builds_on(place: Place, record: Record | None, source: Source) -> list[Place]:
    """What an entry refers to, and the control entries that it was written under and after."""
    channel, party, index = place
    control = int(Channel.CONTROL)
    built = [(control, party, n) for n in range(index)] if channel == control else []
    if record is None:
        return built
    built += [(control, party, n) for n in range(_held(record.control, party, source))]
    if channel == control:
        for seen in record.seen:
            built += [(control, seen.party, n) for n in range(_held(seen.size, seen.party, source))]
    elif record.refers_to is not None:
        built.append((channel, record.refers_to.party, record.refers_to.index))
    return built


def _held(size: int, party: PartyNumber, source: Source) -> int:
    """A size of a party's control log that an entry claims, or what is held if that is less."""
    return min(size, source.head(Channel.CONTROL, party)[0].size) if size else 0


def _releases(found: Mapping[Place, bytes], control: Control) -> list[Place]:
    """The places just before entries that two officers sign, where the release stands (EV-12)."""
    places = []
    for (channel, party, index), data in found.items():
        record = record_of(data)
        if record is None or index == 0:
            continue
        agreement = control.agreement(party, record.control, record.version)
        terms = agreement.terms(channel) if agreement else None
        if terms is not None and record.kind in terms.two_officers:
            places.append((channel, party, index - 1))
    return places


def _part(
    channel: int,
    party: PartyNumber,
    entries: Sequence[tuple[int, bytes]],
    asked: Sequence[int],
    source: Source,
    control: Control,
) -> LogPart:
    head, signature = source.head(channel, party)
    last = entries[-1][0]
    if last >= head.size:
        raise InvalidValue(f"Entry {last} is not yet under a signed head. Try again in a moment.")
    key = _log_key(head, signature, party, control)
    lines = [ed25519_line(head.origin, key, signature)]
    second = source.mldsa_line(channel, party, head)
    if second is not None and any(is_line_of(second, r.node.mldsa) for r in control.rosters(party)):
        lines.append(second)
    signed_head = note(head, lines)
    subtree = source.subtree(channel, party)
    proven = []
    for index, data in entries:
        hashes = tuple(inclusion_proof(index, head.size, subtree))
        proof = ProofFile(index, hashes, signed_head, source.salt(channel, party, index))
        proven.append(ProvenEntry(data, render_proof(proof)))
    receipts = _earliest(asked, party, head, source.receipts(channel, party), control)
    given = [ReceiptGiven(data, _consistency(head, receipt, subtree)) for data, receipt in receipts]
    return LogPart(channel, party, tuple(proven), tuple(given))


def _log_key(head: Checkpoint, signature: bytes, party: PartyNumber, control: Control) -> PublicKey:
    """The key that signed a head, of the party's rosters at hand. Raises BadProof."""
    for roster in control.rosters(party):
        key = PublicKey.parse(roster.node.log)
        try:
            verify_checkpoint(head, key, signature)
        except BadProof:
            continue
        return key
    raise BadProof(
        f"The head of {head.origin} is not signed by a log key known here. If the party has changed"
        " its keys, name the entry of its control log that says so as well."
    )


def _earliest(
    indices: Sequence[int],
    party: PartyNumber,
    head: Checkpoint,
    receipts: Iterable[bytes],
    control: Control,
) -> list[tuple[bytes, Receipt]]:
    """For each entry the earliest receipt that covers it; each receipt once, by its bytes.

    One that no key in the file signed (the other party has changed its keys since) is left out.
    """
    parsed = sorted(
        ((parse_receipt(data), data) for data in receipts), key=lambda r: (r[0].at, r[1])
    )
    refused: set[bytes] = set()
    chosen: dict[bytes, Receipt] = {}
    for index in indices:
        for receipt, data in parsed:
            if data in chosen and receipt.covers(index):
                break
            if data in refused or not receipt.covers(index):
                continue
            try:
                chosen[data] = open_given(data, party, head.origin, control)
            except BadSignature:
                refused.add(data)
            else:
                break
    return sorted(chosen.items())


def _consistency(head: Checkpoint, receipt: Receipt, subtree: Subtree) -> tuple[bytes, ...]:
    small, great = sorted((head.size, receipt.size))
    return tuple(consistency_proof(small, great, subtree))
