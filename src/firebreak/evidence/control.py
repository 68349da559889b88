"""Rosters and agreement versions, as the control entries in a file give them (spec/evidence.md §2)."""

from __future__ import annotations

from firebreak.records.agreement import Agreement, SignedAgreement, parse_signed_agreement
from firebreak.records.kinds import AgreementVersion, RosterUpdate
from firebreak.records.record import Record
from firebreak.records.roster import Roster, parse_signed_roster
from firebreak.values import PartyNumber


class Control:
    """What each party's control log says after so many entries, from the first one on (EV-8)."""

    def __init__(self, signed: SignedAgreement) -> None:
        self.base = signed.agreement
        count = len(self.base.parties)
        self._rosters = [[(0, signed.roster_of(party).roster)] for party in range(count)]
        self._agreements = [[(0, self.base)] for _ in range(count)]
        self.sizes = [0] * count

    def take(self, party: PartyNumber, record: Record | None) -> None:
        """Count one more control entry of a party; None for one that is void, which has no effect."""
        self.sizes[party] += 1
        size = self.sizes[party]
        match record and record.body:
            case RosterUpdate(data):
                self._rosters[party].append((size, parse_signed_roster(data).roster))
            case AgreementVersion(data):
                self._agreements[party].append((size, parse_signed_agreement(data).agreement))

    def roster(self, party: PartyNumber, control: int) -> Roster | None:
        """A party's roster after its first `control` control entries; None beyond the file."""
        if control > self.sizes[party]:
            return None
        return [roster for size, roster in self._rosters[party] if size <= control][-1]

    def agreement(self, party: PartyNumber, control: int, version: int) -> Agreement | None:
        """A version of the agreement, as a party's first `control` control entries know it."""
        known = (agreement for size, agreement in self._agreements[party] if size <= control)
        return next((agreement for agreement in known if agreement.version == version), None)

    def latest_agreement(self, party: PartyNumber) -> Agreement:
        """The newest version in a party's control entries in the file."""
        return self._agreements[party][-1][1]

    def rosters(self, party: PartyNumber) -> list[Roster]:
        """All rosters of a party that the file holds, newest first."""
        return [roster for _, roster in reversed(self._rosters[party])]
