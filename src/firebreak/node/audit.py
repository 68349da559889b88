"""Reading a store through, from its bytes alone: every signature, commitment, head and verdict.

The logs that both sides share are read, own and mirrored; the journal never is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from typing import TypeAlias, cast

from firebreak.errors import BadProof, StoreTrouble
from firebreak.keys import PublicKey
from firebreak.ledger.checkpoint import Checkpoint, verify_checkpoint
from firebreak.ledger.judge import Judged, Tail, judge, parse_entry
from firebreak.ledger.merkle import Frontier
from firebreak.node.core import Joined
from firebreak.node.logs import ChannelBook, ControlView, Log
from firebreak.node.shared import Shared, Surroundings
from firebreak.records.agreement import Agreement
from firebreak.records.record import Record
from firebreak.records.roster import Roster
from firebreak.store.interface import Entry, Head, Reads, Store
from firebreak.values import Millis, PartyNumber

_TRIES = 3
"""A node that runs beside may append while a store is being opened."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a log that is not as it must be. index: None where it concerns the whole log."""

    origin: str
    index: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Sound:
    """One log, read through: its size and root as computed here."""

    origin: str
    channel: int
    party: PartyNumber
    own: bool
    size: int
    root: bytes


Finding: TypeAlias = Fault | Sound
"""A log gives its faults, then what it amounts to."""


def opened(joined: Joined, ordinal: int, store: Reads) -> Shared:
    """One agreement's logs over a store that is only read. Raises StoreTrouble."""
    # Nothing is written: what writes is not made here.
    around = Surroundings(cast(Store, store), lambda: Millis(0), lambda *_: False, lambda _: None)
    for left in reversed(range(_TRIES)):
        try:
            return Shared(joined.signed, joined.party, joined.keys, around, ordinal)
        except StoreTrouble:
            if not left:
                raise
    raise AssertionError("unreachable")


def audit(shared: Shared) -> Iterator[Finding]:
    """Every log of an agreement read through, control first, since all else is judged by it.

    The logs of a channel are read together in the canonical order: what an entry names has just been
    read then, and nothing else is kept in memory.
    """
    for book in shared.books.values():
        walks = {log.origin: _Walk(shared, book, log) for log in book.logs.values()}
        for entry in merge(*(walk.entries() for walk in walks.values()), key=lambda e: e.rank):
            yield from walks[entry.origin].step(entry)
        for walk in walks.values():
            yield from walk.end()


class _Walk:
    """One log from its first entry to its last."""

    def __init__(self, shared: Shared, book: ChannelBook, log: Log) -> None:
        self.shared, self.book, self.log = shared, book, log
        self.store = shared.around.store
        self.tail, self.frontier = Tail(), Frontier()
        self.keys = _log_keys(shared.control, log.party)
        self.heads = self.store.heads(log.origin)
        self.head = next(self.heads, None)
        self.covered = 0

    def entries(self) -> Iterator[Entry]:
        """The log as it is kept."""
        return self.store.entries(self.log.origin, 0, self.log.durable)

    def step(self, entry: Entry) -> Iterator[Fault]:
        """The next entry, and the heads up to it."""
        for what in self._entry(entry):
            yield Fault(self.log.origin, entry.index, what)
        while self.head is not None and self.head.size <= self.tail.size:
            for what in self._head(self.head):
                yield Fault(self.log.origin, entry.index, what)
            self.covered, self.head = self.head.size, next(self.heads, None)

    def end(self) -> Iterator[Finding]:
        """What the whole log amounts to."""
        log, root = self.log, self.frontier.root()
        if self.covered != log.durable:
            yield Fault(log.origin, None, f"no signed head covers its {log.durable} entries")
        if self.frontier.size != log.durable:
            yield Fault(log.origin, None, f"it has {self.frontier.size} of {log.durable} entries")
        yield Sound(log.origin, self.book.number, log.party, log.own, self.frontier.size, root)

    def _entry(self, entry: Entry) -> Iterator[str]:
        facts = _AsOf(self.book, self.tail.size)
        parsed, party, number = parse_entry(entry.record), self.log.party, self.book.number
        judged, after = judge(parsed, party, number, self.tail, facts, self.shared.base)
        yield from _differences(entry, judged, after)
        leaf = self.log.leaf(self.tail.size, entry.record)
        if leaf != entry.leaf:
            yield "its commitment is not the one in the log"
        self.frontier, self.tail = self.frontier.append(leaf), after
        self.book.remember(party, entry, judged)

    def _head(self, head: Head) -> Iterator[str]:
        if head.root != self.frontier.root():
            yield "the head over it has another root"
        checkpoint = Checkpoint(self.log.origin, head.size, head.root)
        for key in self.keys:
            try:
                verify_checkpoint(checkpoint, key, head.signature)
            except BadProof:
                continue
            return
        yield "the head over it is not signed by its log's key"


def _differences(entry: Entry, judged: Judged, after: Tail) -> Iterator[str]:
    """What is kept beside an entry's bytes and does not follow from them."""
    if judged.void != entry.void:
        kept, found = entry.void or "valid", judged.void or "valid"
        yield f"it is kept as {kept}, and is {found}"
    if judged.id != entry.record_id:
        yield "its id does not follow from its bytes"
    if judged.rank != entry.rank or judged.root != entry.root:
        yield "its place in the order or its dialogue does not follow from its bytes"
    if after.digest != entry.digest:
        yield "the running digest does not follow from the entries"


def _log_keys(control: ControlView, party: PartyNumber) -> list[PublicKey]:
    """The log keys of every roster of a party, newest first."""
    rosters = (control.roster(party, size) for size in range(control.sizes[party], -1, -1))
    raw = dict.fromkeys(roster.node.log for roster in rosters if roster is not None)
    return [PublicKey.parse(key) for key in raw]


class _AsOf:
    """The facts of a channel, with the newest agreement as it was after so many control entries."""

    def __init__(self, book: ChannelBook, size: int) -> None:
        self.book, self.size = book, size

    def agreement(self, party: PartyNumber, control: int, version: int) -> Agreement | None:
        return self.book.agreement(party, control, version)

    def roster(self, party: PartyNumber, control: int) -> Roster | None:
        return self.book.roster(party, control)

    def entry(self, party: PartyNumber, index: int) -> Judged | None:
        return self.book.entry(party, index)

    def digest(self, party: PartyNumber, size: int) -> bytes | None:
        return self.book.digest(party, size)

    def latest_agreement(self, party: PartyNumber) -> Agreement:
        found = self.book.latest_agreement(party)
        while self.book.agreement(party, self.size, found.version) is None:
            before = self.book.agreement(party, self.book.control.sizes[party], found.version - 1)
            assert before is not None
            found = before
        return found

    def answers(
        self, question: tuple[PartyNumber, int], seen: Mapping[PartyNumber, int]
    ) -> list[Record]:
        return self.book.answers(question, seen)

    def withdrawn(self, question: tuple[PartyNumber, int], before: int) -> bool:
        return self.book.withdrawn(question, before)
