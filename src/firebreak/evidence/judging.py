"""Judging the records of a file by the rule that nodes judge by, as far as a file can (EV-12, EV-13).

`ledger.judge` is asked, with the file in place of a node's store. Control entries stand in the file
from the first one on and are judged like at a node; one that is void has no effect, so that nobody
escapes evidence by logging one. Of other channels a file holds some entries only, and all must be valid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from firebreak.errors import BadProof, BadSignature, FirebreakError, Malformed
from firebreak.evidence.control import Control
from firebreak.ledger.commitment import EMPTY_DIGEST, extend_digest
from firebreak.ledger.judge import Judged, Tail, Void, judge, parse_entry, seen_sizes
from firebreak.records import sign1
from firebreak.records.agreement import Agreement, Channel
from firebreak.records.kinds import ANSWERS, Cancel
from firebreak.records.record import SEEN_DIGEST, Record, Seen, parse_payload
from firebreak.records.roster import Roster
from firebreak.values import PartyNumber

Spot = tuple[PartyNumber, int]
"""Party and index: an entry of the channel being judged."""


@dataclass(slots=True)
class ChannelFacts:
    """Logged facts of one channel, as far as the file holds them (`judge.Facts`).

    records: what the file holds of the channel, None for what is no record; digests: running digests
    by party and size; claimed: those that the record being judged names.
    """

    control: Control
    exact: bool
    records: Mapping[Spot, Record | None]
    judged: dict[Spot, Judged] = field(default_factory=dict)
    digests: dict[Spot, bytes] = field(default_factory=dict)
    claimed: dict[Spot, bytes] = field(default_factory=dict)

    def agreement(self, party: PartyNumber, control: int, version: int) -> Agreement | None:
        """See `judge.Facts`."""
        return self.control.agreement(party, control, version)

    def roster(self, party: PartyNumber, control: int) -> Roster | None:
        """See `judge.Facts`."""
        return self.control.roster(party, control)

    def latest_agreement(self, party: PartyNumber) -> Agreement:
        """See `judge.Facts`."""
        return self.control.latest_agreement(party)

    def entry(self, party: PartyNumber, index: int) -> Judged | None:
        """See `judge.Facts`."""
        return self.judged.get((party, index))

    def digest(self, party: PartyNumber, size: int) -> bytes | None:
        """See `judge.Facts`. Where the file has not the whole log, the record's own claim is given
        back: what it says to have seen is not checked, on purpose (EV-13).
        """
        if not self.exact:
            return self.claimed.get((party, size))
        return EMPTY_DIGEST if size == 0 else self.digests.get((party, size))

    def take_digests(self, party: PartyNumber, entries: Sequence[tuple[int, bytes]]) -> None:
        """Compute the running digests of a log that is whole from its first entry on."""
        digest = EMPTY_DIGEST
        for index, data in entries:
            digest = extend_digest(digest, data)
            self.digests[party, index + 1] = digest

    def bears_out(self, seen: Seen) -> bool:
        """Whether the digest that a record claims to have seen is the log's."""
        digest = self.digest(seen.party, seen.size)
        return digest is not None and digest[:SEEN_DIGEST] == seen.digest

    def answers(self, question: Spot, seen: Mapping[PartyNumber, int]) -> list[Record]:
        """Answers in the file; others may exist, and the verdict says so (EV-13).

        One that is not judged yet counts as valid: off control a file with a void entry is refused.
        """
        found = []
        for (party, index), record in sorted(self.records.items()):
            if record is None or record.refers_to is None or index >= seen.get(party, 0):
                continue
            judged = self.judged.get((party, index))
            if judged is not None and judged.void is not None:
                continue
            about = (record.refers_to.party, record.refers_to.index)
            if about == question and isinstance(record.body, ANSWERS):
                found.append(record)
        return found

    def withdrawn(self, question: Spot, before: int) -> bool:
        """Whether the file holds a cancellation; another may exist, and the verdict says so (EV-13).

        The entries before one in its log are judged before it.
        """
        for (party, index), judged in self.judged.items():
            record = judged.record
            if party != question[0] or index >= before or judged.void is not None:
                continue
            if record is None or record.refers_to is None or not isinstance(record.body, Cancel):
                continue
            if (record.refers_to.party, record.refers_to.index) == question:
                return True
        return False


@dataclass(slots=True)
class _Waiting:
    """The entries that the file holds of one log, and how far they are judged."""

    party: PartyNumber
    entries: Sequence[tuple[int, bytes]]
    tail: Tail = field(default_factory=Tail)
    done: int = 0

    @property
    def over(self) -> bool:
        """Whether all are judged."""
        return self.done == len(self.entries)


def record_of(data: bytes) -> Record | None:
    """The record that an entry is, not verified; None where it is none."""
    try:
        return parse_payload(sign1.parse(data).payload)
    except Malformed:
        return None


def judge_channel(
    channel: int, logs: Mapping[PartyNumber, Sequence[tuple[int, bytes]]], control: Control
) -> dict[Spot, Judged]:
    """Judge all entries that the file holds of a channel, each after what it builds on.

    logs: index and bytes of each entry, ascending. Control entries are taken into `control` as they
    are judged. Raises Malformed, BadSignature or BadProof for an entry of another channel that would
    be void, or builds on one that is not in the file.
    """
    waiting = {party: _Waiting(party, found) for party, found in sorted(logs.items())}
    records = {
        (log.party, index): record_of(data)
        for log in waiting.values()
        for index, data in log.entries
    }
    facts = ChannelFacts(control, channel == Channel.CONTROL, records)
    for log in waiting.values() if facts.exact else ():
        facts.take_digests(log.party, log.entries)
    while unfinished := [log for log in waiting.values() if not log.over]:
        ready = [log for log in unfinished if _ready(log, facts)]
        # Without one ready they build on each other in a ring, which one digest at least makes void.
        for log in ready or unfinished[:1]:
            _judge_next(channel, log, facts)
    return facts.judged


def _ready(log: _Waiting, facts: ChannelFacts) -> bool:
    """Whether what the next entry builds on is judged, or not in the file; or the entry is void anyway.

    On control it builds on all that it has seen, elsewhere on what it refers to. Who refers to what
    came later, or claims falsely to have seen it, must not keep the other party's entry waiting.
    """
    index, _ = log.entries[log.done]
    record = facts.records[log.party, index]
    if record is None:
        return True
    if facts.exact:
        if not all(facts.bears_out(seen) for seen in record.seen):
            return True
        last = [(seen.party, seen.size - 1) for seen in record.seen if seen.size]
        return all(spot in facts.judged for spot in last)
    if record.refers_to is None:
        return True
    about = (record.refers_to.party, record.refers_to.index)
    if about not in facts.records or about in facts.judged:
        return True
    limits = {**seen_sizes(record), log.party: index}
    return about[1] >= limits.get(about[0], 0)


def _judge_next(channel: int, log: _Waiting, facts: ChannelFacts) -> None:
    index, data = log.entries[log.done]
    log.done += 1
    record = record_of(data)
    adjoins = log.tail.size == index
    tail = replace(log.tail, size=index, release=log.tail.release if adjoins else None)
    seen = record.seen if record else ()
    facts.claimed = {(claim.party, claim.size): claim.digest for claim in seen}
    judged, log.tail = judge(parse_entry(data), log.party, channel, tail, facts, facts.control.base)
    facts.judged[log.party, index] = judged
    if facts.exact:
        facts.control.take(log.party, None if judged.void else judged.record)
    elif judged.void is not None:
        raise _refusal(channel, log.party, index, judged.void)


_HINTS = {
    Void.CONTROL_NOT_HELD: "the control entries that it was written under are not in the file",
    Void.REFERENCE_MISSING: "the record that it refers to is not in the file",
    Void.RELEASE_MISSING: "the second officer's release, just before it, is not in the file",
}


def _refusal(channel: int, party: PartyNumber, index: int, void: Void) -> FirebreakError:
    """The error for an entry that does not count."""
    where = f"Entry {index} of party {party} on channel {channel}"
    why = _HINTS.get(void, f"it is void ({void})")
    text = f"{where} proves nothing: {why}. Ask who gave you the file for a whole one."
    match void:
        case Void.MALFORMED:
            return Malformed(text)
        case Void.SIGNATURE:
            return BadSignature(text)
        case _:
            return BadProof(text)
