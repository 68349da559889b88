"""One channel's entries as a reader holds them: the facts that judging asks for, kept in lists.

Written apart from the node's own books (node/logs.py), so that each can be held against the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from firebreak.ledger.commitment import EMPTY_DIGEST, extend_digest
from firebreak.ledger.judge import Judged, Tail, judge, parse_entry
from firebreak.records.agreement import Agreement, Channel, parse_signed_agreement
from firebreak.records.kinds import ANSWERS, AgreementVersion, Cancel, RosterUpdate
from firebreak.records.record import Record
from firebreak.records.roster import Roster, parse_signed_roster
from firebreak.values import PartyNumber


@dataclass
class Control:
    """What each party's control log has said: rosters and agreements, by the size they came with."""

    rosters: list[list[tuple[int, Roster]]]
    agreements: list[list[tuple[int, Agreement]]]
    sizes: list[int] = field(default_factory=lambda: [0, 0])

    @classmethod
    def first(cls, agreement: Agreement, rosters: Sequence[Roster]) -> Control:
        """Nothing logged yet: the agreement and the rosters that it was entered with."""
        return cls([[(0, roster)] for roster in rosters], [[(0, agreement)] for _ in rosters])

    def take(self, party: int, judged: Judged) -> None:
        """One more control entry."""
        self.sizes[party] += 1
        if judged.void is None and judged.record is not None:
            match judged.record.body:
                case RosterUpdate(data):
                    roster = parse_signed_roster(data).roster
                    self.rosters[party].append((self.sizes[party], roster))
                case AgreementVersion(data):
                    agreement = parse_signed_agreement(data).agreement
                    self.agreements[party].append((self.sizes[party], agreement))


@dataclass
class Held:
    """Both logs of one channel, judged in the order in which they are taken (`judge.Facts`)."""

    base: Agreement
    channel: int
    control: Control
    entries: list[list[tuple[bytes, Judged]]] = field(default_factory=lambda: [[], []])
    tails: list[Tail] = field(default_factory=lambda: [Tail(), Tail()])
    arrivals: list[int] = field(default_factory=list)

    def judge(self, party: int, data: bytes) -> Judged:
        """The verdict on what would be a party's next entry; nothing changes."""
        return self._judged(party, data)[0]

    def _judged(self, party: int, data: bytes) -> tuple[Judged, Tail]:
        number = PartyNumber(party)
        return judge(parse_entry(data), number, self.channel, self.tails[party], self, self.base)

    def take(self, party: int, data: bytes) -> Judged:
        """Judge and keep a party's next entry."""
        judged, self.tails[party] = self._judged(party, data)
        self.entries[party].append((data, judged))
        self.arrivals.append(party)
        if self.channel == Channel.CONTROL:
            self.control.take(party, judged)
        return judged

    def verdicts(self, party: int) -> list[Judged]:
        """Every verdict on a party's log so far."""
        return [judged for _, judged in self.entries[party]]

    # The facts

    def agreement(self, party: PartyNumber, control: int, version: int) -> Agreement | None:
        """See `judge.Facts`."""
        for size, agreement in self.control.agreements[party]:
            if size <= control and agreement.version == version:
                return agreement
        return None

    def roster(self, party: PartyNumber, control: int) -> Roster | None:
        """See `judge.Facts`."""
        if control > self.control.sizes[party]:
            return None
        return [roster for size, roster in self.control.rosters[party] if size <= control][-1]

    def latest_agreement(self, party: PartyNumber) -> Agreement:
        """See `judge.Facts`."""
        return self.control.agreements[party][-1][1]

    def entry(self, party: PartyNumber, index: int) -> Judged | None:
        """See `judge.Facts`."""
        if party > 1 or not 0 <= index < len(self.entries[party]):
            return None
        return self.entries[party][index][1]

    def digest(self, party: PartyNumber, size: int) -> bytes | None:
        """See `judge.Facts`."""
        if party > 1 or size > len(self.entries[party]):
            return None
        digest = EMPTY_DIGEST
        for data, _ in self.entries[party][:size]:
            digest = extend_digest(digest, data)
        return digest

    def answers(
        self, question: tuple[PartyNumber, int], seen: Mapping[PartyNumber, int]
    ) -> list[Record]:
        """See `judge.Facts`."""
        found = []
        for party in (PartyNumber(0), PartyNumber(1)):
            for _, judged in self.entries[party][: seen.get(party, 0)]:
                record = judged.record
                if judged.void is not None or record is None or record.refers_to is None:
                    continue
                about = (record.refers_to.party, record.refers_to.index)
                if about == question and isinstance(record.body, ANSWERS):
                    found.append(record)
        return found

    def withdrawn(self, question: tuple[PartyNumber, int], before: int) -> bool:
        """See `judge.Facts`."""
        party, index = question
        for _, judged in self.entries[party][index + 1 : before]:
            record = judged.record
            if judged.void is None and record is not None and isinstance(record.body, Cancel):
                assert record.refers_to is not None
                if (record.refers_to.party, record.refers_to.index) == question:
                    return True
        return False
