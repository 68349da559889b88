"""What verifying an evidence file ends in: what is proved, and what is not and never will be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from firebreak.ledger.judge import Void
from firebreak.records.agreement import Agreement, Channel, Mode
from firebreak.records.kinds import AgreementVersion, Kind, Lapsed, LineState, Release, RosterUpdate
from firebreak.records.record import NODE_AUTHOR, Record
from firebreak.records.spelling import code_name, name_of, time_text
from firebreak.values import Millis, PartyNumber, RecordId


class Status(StrEnum):
    """AUTHENTIC: the parties that speak in the file have the root keys that were given."""

    AUTHENTIC = "authentic"
    CONSISTENT = "consistent, parties not authenticated"


@dataclass(frozen=True, slots=True)
class PartyFound:
    """A party of the agreement. speaks: it signed a record or receipt in the file; pinned: its root
    fingerprint is among those given; roster: the newest version in the file.
    """

    number: PartyNumber
    name: str
    fingerprint: bytes
    roster: int
    speaks: bool
    pinned: bool


@dataclass(frozen=True, slots=True)
class EntryFound:
    """One record that the file proves. office: what its author's key signs for; size: of the head
    that it was shown to be under; mldsa: whether that head is signed with ML-DSA-44 as well; receipts:
    when the other party's node says that it held it; agreement: the version it was written under.
    """

    channel: int
    party: PartyNumber
    index: int
    id: RecordId
    record: Record
    office: str
    roster: int
    size: int
    mldsa: bool
    receipts: tuple[Millis, ...]
    agreement: Agreement

    @property
    def delivered(self) -> Millis | None:
        """The earliest receipt's time, ms UTC, by the receiver's clock; None if there is none."""
        return min(self.receipts, default=None)


@dataclass(frozen=True, slots=True)
class VoidFound:
    """A control entry in the file that has no effect, and why."""

    channel: int
    party: PartyNumber
    index: int
    reason: Void


ALWAYS_NOT_PROVED: Final = (
    "That what a record says is true: a signature shows who said it.",
    "When anything was composed or received: each time is its signer's own, by his own clock.",
    "That anybody read or understood a record, unless a record here says so: a machine gives receipts.",
    "That nothing else was said: an answer or a cancellation may exist that the file leaves out.",
    "That the logs have no second history: comparing heads with the other party or a witness shows it.",
    "That no quantum computer forged it: a head may be signed with ML-DSA-44 too, all else is Ed25519.",
)
"""EV-18."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A file that verified. There is no verdict for one that did not: an error says why."""

    status: Status
    parties: tuple[PartyFound, ...]
    entries: tuple[EntryFound, ...]
    void: tuple[VoidFound, ...]

    @property
    def proved(self) -> tuple[str, ...]:
        """What the file proves, in words."""
        shown = (line for entry in self.entries for line in self._shown(entry))
        return (*map(self._frame, self.agreements), *shown)

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        """The versions of the agreement that the entries were written under, in order."""
        used = {entry.agreement.version: entry.agreement for entry in self.entries}
        return tuple(used[version] for version in sorted(used))

    @property
    def not_proved(self) -> tuple[str, ...]:
        """What the file does not prove, in words."""
        lines: list[str] = []
        if self.status is Status.CONSISTENT:
            lines.append(
                "Who the parties are: no root fingerprint was given. Compare the fingerprints with"
                " each party by voice, then verify with --root."
            )
        if self.status is Status.AUTHENTIC:
            lines += [
                f"Who {party.name} is: its root fingerprint is not among those given."
                for party in self.parties
                if not party.pinned
            ]
        lines += [f"{self.name(void)}: anything; it is void ({void.reason})." for void in self.void]
        for entry in self.entries:
            lines += self._open(entry)
        return (*lines, *ALWAYS_NOT_PROVED)

    def _frame(self, agreement: Agreement) -> str:
        names = " and ".join(party.name for party in self.parties)
        mode = "EXERCISE" if agreement.mode is Mode.EXERCISE else "real"
        return (
            f"Root keys of {names} signed version {agreement.version} of the agreement"
            f" “{agreement.title}”. Everything under it is {mode}."
        )

    def name(self, entry: EntryFound | VoidFound) -> str:
        """Where an entry stands: `ALPHA air 3`."""
        channel = name_of(Channel(entry.channel))
        return f"{self.parties[entry.party].name} {channel} {entry.index}"

    def _shown(self, entry: EntryFound) -> list[str]:
        name, record = self.name(entry), entry.record
        party, peer = self.parties[entry.party].name, self.parties[1 - entry.party].name
        signer = "the node" if record.author == NODE_AUTHOR else entry.office
        kind = code_name(Kind, record.kind)
        key = f"key {record.author} ({signer}) of {party}, roster version {entry.roster}"
        at = time_text(record.composed_at)
        keys = "log key and its ML-DSA-44 key" if entry.mldsa else "log key"
        lines = [
            f"{name}: {kind} under version {record.version}, signed by {key}; it names {at} as its time.",
            f"{name}: logged, under a head of {entry.size} entries that {party}'s {keys} signed.",
        ]
        if isinstance(record.body, Release):
            lines.append(f"{name}: releases record {record.body.record.hex()[:16]}.")
        if entry.delivered is not None:
            at = time_text(entry.delivered)
            lines.append(
                f"{name}: delivered: {peer}'s node signed a receipt for it, dated {at} by its clock."
            )
        return lines

    def _open(self, entry: EntryFound) -> list[str]:
        """What a reader might wrongly take an entry to prove."""
        name, peer = self.name(entry), self.parties[1 - entry.party].name
        lines = []
        if entry.delivered is None and not isinstance(entry.record.body, _HOUSEKEEPING):
            lines.append(
                f"{name}: that {peer} received it. No receipt is in this file; nor does that show"
                " that it was not received."
            )
        if isinstance(entry.record.body, Lapsed):
            lines.append(
                f"{name}: that no answer was given. That is its author's statement; {peer} may hold"
                " an answer, with a receipt for it."
            )
        return lines


_HOUSEKEEPING = (Release, RosterUpdate, AgreementVersion, LineState)
