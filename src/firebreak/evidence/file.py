"""The evidence file: its parts and its one encoding (spec/evidence.md §1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from firebreak.errors import Malformed
from firebreak.ledger.checkpoint import MOST_PROOF_BYTES
from firebreak.ledger.commitment import MOST_RECORD_BYTES
from firebreak.ledger.merkle import HASH_BYTES
from firebreak.records.agreement import (
    Agreement,
    EvidenceMode,
    SignedAgreement,
    parse_signed_agreement,
)
from firebreak.records.cbor import Plain, decode, encode
from firebreak.records.codec import Integer, Items, Octets, Struct
from firebreak.values import PartyNumber

MAGIC: Final = "firebreak evidence 1"
MOST_BYTES: Final = 4 << 20
MOST_ENTRIES: Final = 1_000
"""Of one log in one file; the whole file is bounded by MOST_BYTES."""
MOST_LOGS: Final = 14
"""Seven channels of two parties."""


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """A signed record, and a C2SP tlog-proof text whose `extra` is the entry's salt."""

    record: bytes
    proof: bytes


@dataclass(frozen=True, slots=True)
class ReceiptGiven:
    """A signed receipt of the other party for this log.

    consistency: RFC 6962 proof between the receipt's root and the log's head, whichever is greater;
    empty where they are of one size.
    """

    data: bytes
    consistency: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class LogPart:
    """What the file holds of one log: entries by index, receipts by their bytes."""

    channel: int
    party: PartyNumber
    entries: tuple[ProvenEntry, ...]
    receipts: tuple[ReceiptGiven, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """An agreement as both parties signed it, with their rosters, and parts of logs under it."""

    signed: SignedAgreement
    logs: tuple[LogPart, ...]

    def encoded(self) -> bytes:
        """The one encoding (EV-2)."""
        return encode((MAGIC, self.signed.encoded(), _LOGS.plain(self.logs)))


_HASH = Octets(HASH_BYTES, HASH_BYTES)
_LOGS: Final = Items(
    Struct(
        LogPart,
        channel=Integer(0, 255),
        party=Integer(0, 1),
        entries=Items(
            Struct(
                ProvenEntry,
                record=Octets(1, MOST_RECORD_BYTES),
                proof=Octets(1, MOST_PROOF_BYTES),
            ),
            MOST_ENTRIES,
            least=1,
        ),
        receipts=Items(
            Struct(
                ReceiptGiven,
                data=Octets(1, MOST_RECORD_BYTES),
                consistency=Items(_HASH, 64),
            ),
            MOST_ENTRIES,
        ),
    ),
    MOST_LOGS,
    least=1,
)


def parse_evidence(data: bytes) -> Evidence:
    """Read an evidence file; the agreement and its rosters are verified, the logs not yet.

    Raises Malformed (EV-1 to EV-4), or BadSignature for an agreement or roster (EV-5).
    """
    match decode(data, MOST_BYTES):  # EV-1
        case (str(magic), bytes(agreement), tuple(logs)) if magic == MAGIC:
            evidence = Evidence(_agreement(agreement), _parts(logs))
        case _:
            raise Malformed("This is no evidence file. Ask for the file again.")
    if evidence.encoded() != data:  # EV-2
        raise Malformed("The evidence file is not in its one encoding. Ask for it again.")
    return evidence


def _parts(plain: Plain) -> tuple[LogPart, ...]:
    """The parts, each log once and in order (EV-3). Raises Malformed."""
    parts = _LOGS.value(plain)
    names = [(part.channel, part.party) for part in parts]
    if names != sorted(set(names)):
        raise Malformed("Logs in the evidence file are repeated or out of order.")
    for part in parts:
        receipts = [receipt.data for receipt in part.receipts]
        if receipts != sorted(set(receipts)):
            raise Malformed("Receipts in the evidence file are repeated or out of order.")
    return parts


def _agreement(data: bytes) -> SignedAgreement:
    """The agreement that every party signed, provable (EV-4, EV-5)."""
    signed = parse_signed_agreement(data)  # EV-5
    if signed.missing():  # EV-4
        raise Malformed(f"{', '.join(signed.missing())} has not signed the agreement in the file.")
    check_provable(signed.agreement)
    return signed


def check_provable(agreement: Agreement) -> None:
    """Raises Malformed for a version of the agreement that says deniable (EV-4)."""
    if agreement.evidence is not EvidenceMode.PROVABLE:
        raise Malformed("The agreement is deniable: nothing under it can be evidence.")
