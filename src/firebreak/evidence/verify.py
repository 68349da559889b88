"""Verifying an evidence file: the numbered steps of spec/evidence.md, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from firebreak.errors import BadProof, BadSignature, InvalidValue, Malformed
from firebreak.evidence.control import Control
from firebreak.evidence.file import (
    Evidence,
    LogPart,
    ReceiptGiven,
    check_provable,
    parse_evidence,
)
from firebreak.evidence.judging import Spot, judge_channel
from firebreak.evidence.verdict import EntryFound, PartyFound, Status, Verdict, VoidFound
from firebreak.keys import PublicKey, spoken
from firebreak.ledger.checkpoint import (
    Checkpoint,
    ProofFile,
    SignatureLine,
    note_key_id,
    parse_note,
    parse_proof,
    verify_checkpoint,
)
from firebreak.ledger.commitment import SALT_BYTES, commitment
from firebreak.ledger.judge import Judged
from firebreak.ledger.merkle import leaf_hash, verify_consistency, verify_inclusion
from firebreak.ledger.receipt import Receipt, open_receipt
from firebreak.mldsa import is_line_of, verify_line
from firebreak.records.agreement import Agreement, Channel
from firebreak.values import PartyNumber

FINGERPRINT_BYTES = 32


@dataclass(frozen=True, slots=True)
class _OpenLog:
    """One log of the file, its texts parsed: proofs in order, the one head, its one or two signatures."""

    part: LogPart
    proofs: tuple[ProofFile, ...]
    head: Checkpoint
    lines: tuple[SignatureLine, ...]

    def entries(self) -> list[tuple[int, bytes]]:
        """Index and bytes of each entry."""
        pairs = zip(self.proofs, self.part.entries, strict=True)
        return [(proof.index, entry.record) for proof, entry in pairs]


def verify(data: bytes, roots: Sequence[bytes]) -> Verdict:
    """Verify an evidence file. Pure: no node, network or clock, so nothing expires here (EV-19).

    roots: fingerprints of root keys that the reader trusts, 32 bytes each; without any, the verdict
    is only that the file agrees with itself. Raises Malformed, BadSignature or BadProof for a file
    that does not verify, or whose speaking parties are not among `roots`; InvalidValue for a
    fingerprint that is none.
    """
    for root in roots:
        if len(root) != FINGERPRINT_BYTES:
            raise InvalidValue(f"A root fingerprint has 32 bytes, not {len(root)}.")
    evidence = parse_evidence(data)  # EV-1 to EV-5
    control = Control(evidence.signed)
    logs = [_open_log(part, control.base) for part in evidence.logs]
    judged = _judge(logs, control)
    for log in logs:
        _check_head(log, control)
        _check_inclusion(log)
    receipts = [_receipts(log, control) for log in logs]
    parties = _parties(evidence, control, roots)
    status = Status.AUTHENTIC if roots else Status.CONSISTENT
    entries: list[EntryFound] = []
    void: list[VoidFound] = []
    for log, given in zip(logs, receipts, strict=True):
        for index, _ in log.entries():
            found = judged[log.part.channel][log.part.party, index]
            if found.void is not None:
                void.append(VoidFound(log.part.channel, log.part.party, index, found.void))
            else:
                entries.append(_entry(log, index, found, control, given))
    return Verdict(status, parties, tuple(entries), tuple(void))


def _open_log(part: LogPart, agreement: Agreement) -> _OpenLog:
    """The texts of one log (EV-6, EV-7). Raises Malformed, or BadProof for another log's."""
    if agreement.terms(part.channel) is None:  # EV-6
        raise Malformed(f"The agreement in the file has no channel {part.channel}.")
    proofs = tuple(parse_proof(entry.proof) for entry in part.entries)
    indices = [proof.index for proof in proofs]
    if indices != sorted(set(indices)):  # EV-3
        raise Malformed("Entries in the evidence file are repeated or out of order.")
    if len({proof.note for proof in proofs}) != 1:  # EV-7
        raise Malformed("Entries of one log in the evidence file are under different heads.")
    if any(len(proof.extra or b"") != SALT_BYTES for proof in proofs):  # EV-7
        raise Malformed("A proof in the evidence file does not give its salt of 16 bytes.")
    head, lines = parse_note(proofs[0].note)
    if len(lines) > 2:  # EV-9: what is not verified is not carried
        raise Malformed("A head in the evidence file bears more than its log's two signatures.")
    if head.origin != agreement.context(part.channel, part.party).origin:  # EV-6
        raise BadProof(f"A head in the evidence file is of another log, {head.origin}.")
    return _OpenLog(part, proofs, head, lines)


def _judge(logs: Sequence[_OpenLog], control: Control) -> dict[int, dict[Spot, Judged]]:
    """Every record judged, control first (EV-8, EV-12)."""
    judged: dict[int, dict[Spot, Judged]] = {}
    for channel in sorted({log.part.channel for log in logs}):
        entries = {log.part.party: log.entries() for log in logs if log.part.channel == channel}
        if channel == Channel.CONTROL:
            for found in entries.values():
                if [index for index, _ in found] != list(range(len(found))):  # EV-8
                    raise BadProof(
                        "Control entries in the evidence file are not whole from the first one on."
                    )
        judged[channel] = judge_channel(channel, entries, control)
    return judged


def _check_head(log: _OpenLog, control: Control) -> None:
    """The head is signed by keys of the party's rosters in the file, each line by its own (EV-9)."""
    rosters = control.rosters(log.part.party)
    first, *more = log.lines
    keys = [PublicKey.parse(raw) for raw in dict.fromkeys(r.node.log for r in rosters)]
    named = [key for key in keys if note_key_id(log.head.origin, key) == first.key_id]
    _any_of(
        [partial(verify_checkpoint, log.head, key, first.signature) for key in named],
        f"The head of {log.head.origin} names no log key of its party's roster.",
    )
    for line in more:
        second = dict.fromkeys(r.node.mldsa for r in rosters)
        _any_of(
            [partial(verify_line, log.head, raw, line) for raw in second if is_line_of(line, raw)],
            f"The second signature under the head of {log.head.origin} names no ML-DSA-44 key of"
            " its party's roster.",
        )


def _any_of(checks: Sequence[Callable[[], None]], none_named: str) -> None:
    """One key of those that a line names must verify: two may share a key id, by malice (S-9)."""
    refusal = BadProof(none_named)
    for check in checks:
        try:
            check()
        except BadProof as error:
            refusal = error
        else:
            return
    raise refusal


def _check_inclusion(log: _OpenLog) -> None:
    """Each record, with its salt, is the entry at its index under the head (EV-10, EV-11)."""
    for proof, entry in zip(log.proofs, log.part.entries, strict=True):
        assert proof.extra is not None
        leaf = leaf_hash(commitment(proof.extra, entry.record))  # EV-10
        verify_inclusion(leaf, proof.index, log.head.size, proof.hashes, log.head.root)  # EV-11


def _receipts(log: _OpenLog, control: Control) -> list[Receipt]:
    """The receipts for one log, verified (EV-14 to EV-16)."""
    verified = []
    for given in log.part.receipts:
        receipt = open_given(given.data, log.part.party, log.head.origin, control)  # EV-14
        if not any(receipt.covers(proof.index) for proof in log.proofs):  # EV-15
            raise BadProof("A receipt in the evidence file covers none of its entries.")
        _check_same_log(log.head, receipt, given)
        verified.append(receipt)
    return verified


def open_given(data: bytes, party: PartyNumber, origin: str, control: Control) -> Receipt:
    """A receipt for a party's log, by a receipt key of the other's rosters in the file (EV-14).

    Raises Malformed, or BadSignature if none of the keys signed it.
    """
    giver = PartyNumber(1 - party)
    keys = dict.fromkeys(roster.node.receipt for roster in control.rosters(giver))
    for raw in keys:
        try:
            return open_receipt(data, control.base.id, origin, PublicKey.parse(raw))
        except BadSignature:
            continue
    name = control.base.parties[giver].name
    raise BadSignature(f"A receipt is not signed by a receipt key of {name}. It proves nothing.")


def _check_same_log(head: Checkpoint, receipt: Receipt, given: ReceiptGiven) -> None:
    """The receipt's log and the head's are one history (EV-16)."""
    one, other = (receipt.size, receipt.root), (head.size, head.root)
    verify_consistency(*min(one, other), *max(one, other), given.consistency)


def _parties(
    evidence: Evidence, control: Control, roots: Sequence[bytes]
) -> tuple[PartyFound, ...]:
    """The parties, and whether they are those whom the reader knows (EV-17)."""
    speaking = {part.party for part in evidence.logs}
    speaking |= {PartyNumber(1 - part.party) for part in evidence.logs if part.receipts}
    found = []
    for place, party in enumerate(control.base.parties):
        number = PartyNumber(place)
        pinned = party.fingerprint in roots
        if roots and number in speaking and not pinned:
            raise BadProof(
                f"The roots of {party.name} in this file are not among those given:"
                f" {spoken(party.fingerprint)}. Ask {party.name} for its fingerprint by voice."
            )
        version = control.rosters(number)[0].version
        found.append(
            PartyFound(number, party.name, party.fingerprint, version, number in speaking, pinned)
        )
    return tuple(found)


def _entry(
    log: _OpenLog, index: int, judged: Judged, control: Control, receipts: Sequence[Receipt]
) -> EntryFound:
    record = judged.record
    assert record is not None
    roster = control.roster(log.part.party, record.control)
    agreement = control.agreement(log.part.party, record.control, record.version)
    assert roster is not None
    assert agreement is not None
    check_provable(agreement)  # EV-4
    return EntryFound(
        log.part.channel,
        log.part.party,
        index,
        judged.id,
        record,
        roster.entries[record.author].office,
        roster.version,
        log.head.size,
        len(log.lines) > 1,
        tuple(receipt.at for receipt in receipts if receipt.covers(index)),
        agreement,
    )
