"""The logs of one channel as this node holds them: what is in memory, and what the store answers.

A log's tail and frontier run ahead of the disk by what is being committed; `durable` says how far the
disk is. Only what is durable is sent, receipted or shown.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from firebreak.desk.dialogue import DialogueState, Place, Placed, fold
from firebreak.errors import Malformed, StoreTrouble
from firebreak.keys import PublicKey
from firebreak.ledger.commitment import commitment, salt
from firebreak.ledger.fork import SignedHead
from firebreak.ledger.judge import Judged, Parsed, Tail, Void, judge, parse_entry, seen_sizes
from firebreak.ledger.merkle import Frontier, leaf_hash, node_hash
from firebreak.records.agreement import Agreement, Channel
from firebreak.records.cbor import MAX_ITEM, decode, encode
from firebreak.records.codec import Integer, Items, Maybe, Octets, Struct
from firebreak.records.kinds import ANSWERS, Cancel
from firebreak.records.record import Record
from firebreak.records.roster import Roster
from firebreak.store.interface import Entry, Head, Setting, Store
from firebreak.values import Millis, PartyNumber, RecordId

ROOTS_KEPT = 256
"""Roots of durable sizes remembered: those that receipts on their way may name."""
MOST_CLAIMS = 128
"""Heads beyond what is held, remembered of each log; only overtaking entries may use the last of it."""
KEPT_IN_MEMORY = 4_096
"""Entries remembered beyond those not yet durable, entries read back, and dialogues, of each sort."""


@dataclass(slots=True)
class Log:
    """One party's log on one channel, own or mirrored.

    claimed: verified heads of sizes not reached here, by size: what comes must agree with them.
    head: of an own log, the newest that was signed and is durable.
    fork: the proof that it has two histories.
    """

    origin: str
    party: PartyNumber
    channel: int
    own: bool
    key: PublicKey
    secret: bytes
    frontier: Frontier = field(default_factory=Frontier)
    tail: Tail = field(default_factory=Tail)
    durable: int = 0
    head: Head | None = None
    fork: bytes | None = None
    recent: OrderedDict[int, tuple[Entry, Judged]] = field(default_factory=OrderedDict)
    roots: OrderedDict[int, bytes] = field(default_factory=OrderedDict)
    claimed: dict[int, SignedHead] = field(default_factory=dict)

    def leaf(self, index: int, record: bytes) -> bytes:
        """The leaf hash of a record at an index: over its salted commitment."""
        return leaf_hash(commitment(salt(self.secret, index), record))

    @property
    def forked(self) -> bool:
        """Whether the log has two histories: nothing more is appended to it, or taken of it."""
        return self.fork is not None

    def settle(self, size: int, root: bytes) -> None:
        """The log is durable up to `size`, where its root is `root`."""
        self.durable = max(self.durable, size)
        self.roots[size] = root
        while len(self.roots) > ROOTS_KEPT:
            self.roots.popitem(last=False)

    def trim(self) -> None:
        """Forget the oldest entries that the store can answer for."""
        while len(self.recent) > KEPT_IN_MEMORY and next(iter(self.recent)) < self.durable:
            self.recent.popitem(last=False)


def frontier_at(store: Store, origin: str, size: int) -> Frontier:
    """A log's frontier at a size that is durable."""
    hashes, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            hashes.append(store.subtree(origin, level, start >> level))
            start += 1 << level
    return Frontier(size, tuple(hashes))


def subtree_ahead(store: Store, log: Log, fresh: Sequence[bytes], level: int, number: int) -> bytes:
    """A subtree's hash over what is durable, what is being committed, and leaves that would follow."""
    start, end = number << level, (number + 1) << level
    if end <= log.durable:
        return store.subtree(log.origin, level, number)
    if level == 0:
        held = log.tail.size
        return log.recent[start][0].leaf if start < held else fresh[start - held]
    halves = (subtree_ahead(store, log, fresh, level - 1, 2 * number + n) for n in (0, 1))
    return node_hash(*halves)


def waits(entry: Parsed, log: Log, index: int, control: ControlView, other: Log | None) -> bool:
    """Whether what an entry names is still on its way, so that it cannot be judged yet.

    That is its author's control log; and of the other party's log, where that may have been lost,
    what it has seen. other: None where the other log is known to be whole.
    """
    record = entry.record
    if record is None:
        return False
    held = index if log.channel == Channel.CONTROL else control.sizes[log.party]
    if record.control > held:
        return True
    return other is not None and seen_sizes(record).get(other.party, 0) > other.tail.size


class ControlView:
    """Rosters and agreement versions as each party's control log gives them (spec/log.md §7)."""

    def __init__(self, agreement: Agreement, rosters: Sequence[Roster]) -> None:
        self._rosters: list[list[tuple[int, Roster]]] = [[(0, roster)] for roster in rosters]
        self._agreements: list[list[tuple[int, Agreement]]] = [[(0, agreement)] for _ in rosters]
        self.sizes: list[int] = [0 for _ in rosters]

    def roster(self, party: PartyNumber, control: int) -> Roster | None:
        """A party's roster after its first `control` control entries; None beyond what is held."""
        if control > self.sizes[party]:
            return None
        return [roster for size, roster in self._rosters[party] if size <= control][-1]

    def agreement(self, party: PartyNumber, control: int, version: int) -> Agreement | None:
        """A version of the agreement, as a party's first `control` control entries know it."""
        known = [agreement for size, agreement in self._agreements[party] if size <= control]
        return next((agreement for agreement in known if agreement.version == version), None)

    def latest_roster(self, party: PartyNumber) -> Roster:
        """A party's newest roster held here."""
        return self._rosters[party][-1][1]

    def latest_agreement(self, party: PartyNumber) -> Agreement:
        """The newest version of the agreement in a party's control log."""
        return self._agreements[party][-1][1]

    def take(self, party: PartyNumber, roster: Roster | None, agreement: Agreement | None) -> None:
        """Count one more control entry of a party, and what it changed."""
        self.sizes[party] += 1
        if roster is not None:
            self._rosters[party].append((self.sizes[party], roster))
        if agreement is not None:
            self._agreements[party].append((self.sizes[party], agreement))


class ChannelBook:
    """All logs of one channel, and the facts that judging asks of them (`judge.Facts`)."""

    def __init__(
        self,
        number: int,
        local: int,
        logs: Sequence[Log],
        store: Store,
        control: ControlView,
        base: Agreement,
    ) -> None:
        self.number = number
        self.local = local
        self.logs = {log.party: log for log in logs}
        self.origins = [log.origin for log in logs]
        self.store = store
        self.control = control
        self.base = base
        self.digest_sum = 0
        self._read: OrderedDict[Place, tuple[Entry, Judged]] = OrderedDict()
        self._dialogues: OrderedDict[Place, list[Placed]] = OrderedDict()
        self._states: dict[Place, DialogueState] = {}
        self._digests: dict[Place, bytes] = {}
        for log in logs:
            self._load(log)
        stored = store.setting(self._setting("digest"))
        self.digest_sum = int.from_bytes(stored or b"", "big")

    def _setting(self, name: str) -> str:
        return f"{name}:{self.local}"

    def _load(self, log: Log) -> None:
        size = self.store.size(log.origin)
        data = self.store.setting(f"tail:{log.origin}")
        log.tail = parse_tail(data) if data is not None else Tail()
        if log.tail.size != size:
            raise StoreTrouble(
                f"The store holds {size} entries of {log.origin} but was judged up to"
                f" {log.tail.size}. It is damaged: restore it, or rebuild it from the other side."
            )
        log.frontier = frontier_at(self.store, log.origin, size)
        log.settle(size, log.frontier.root())
        claimed = self.store.setting(f"claimed:{log.origin}")
        for head in parse_heads(claimed) if claimed is not None else ():
            log.claimed[head.size] = head

    # -- facts ---------------------------------------------------------------------------------

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
        found = self.stored(party, index)
        return found[1] if found else None

    def stored(self, party: PartyNumber, index: int) -> tuple[Entry, Judged] | None:
        """An entry of the channel with its verdict; None if it is not held."""
        log = self.logs.get(party)
        if log is None or not 0 <= index < log.tail.size:
            return None
        if index in log.recent:
            return log.recent[index]
        if (party, index) not in self._read:
            entry = next(self.store.entries(log.origin, index, index + 1))
            self.remember(party, entry, judged_of(entry))
        return self._read[party, index]

    def remember(self, party: PartyNumber, entry: Entry, judged: Judged) -> None:
        """Keep a stored entry at hand: what comes next may well name it."""
        self._read[party, entry.index] = entry, judged
        while len(self._read) > KEPT_IN_MEMORY:
            self._read.popitem(last=False)

    def held(self, party: PartyNumber, index: int) -> tuple[Entry, Judged]:
        """An entry that is known to be held, with its verdict."""
        found = self.stored(party, index)
        assert found is not None
        return found

    def digest(self, party: PartyNumber, size: int) -> bytes | None:
        """See `judge.Facts`."""
        log = self.logs.get(party)
        if log is None or size > log.tail.size:
            return None
        if size == log.tail.size:
            return log.tail.digest
        found = self.stored(party, size - 1) if size else None
        return found[0].digest if found else bytes(32)

    def answers(self, question: Place, seen: Mapping[PartyNumber, int]) -> list[Record]:
        """See `judge.Facts`."""
        return [
            record
            for (party, index), record in self._about(question)
            if isinstance(record.body, ANSWERS) and index < seen.get(party, 0)
        ]

    def withdrawn(self, question: Place, before: int) -> bool:
        """See `judge.Facts`."""
        return any(
            isinstance(record.body, Cancel) and party == question[0] and index < before
            for (party, index), record in self._about(question)
        )

    def _about(self, question: Place) -> Iterator[tuple[Place, Record]]:
        """Valid records that refer to one, each with its place."""
        asked = self.entry(*question)
        for placed in self.dialogue(asked.root) if asked is not None else ():
            record = placed.judged.record
            if record is None or placed.judged.void is not None or record.refers_to is None:
                continue
            if (record.refers_to.party, record.refers_to.index) == question:
                yield placed.place, record

    # -- dialogues -----------------------------------------------------------------------------

    def dialogue(self, root: Place) -> list[Placed]:
        """All entries held of one dialogue, void ones too."""
        if root not in self._dialogues:
            entries = self.store.dialogue_entries(self.origins, root)
            party_of = {log.origin: log.party for log in self.logs.values()}
            placed = {(party_of[entry.origin], entry.index): judged_of(entry) for entry in entries}
            for log in self.logs.values():
                for index, (_, judged) in log.recent.items():
                    if judged.root == root:
                        placed[(log.party, index)] = judged
            self._dialogues[root] = [Placed(place, judged) for place, judged in placed.items()]
        self._dialogues.move_to_end(root)
        while len(self._dialogues) > KEPT_IN_MEMORY:
            forgotten, _ = self._dialogues.popitem(last=False)
            self._states.pop(forgotten, None)
            self._digests.pop(forgotten, None)
        return self._dialogues[root]

    def state(self, root: Place) -> DialogueState:
        """The shared state of one dialogue."""
        entries = self.dialogue(root)
        if root not in self._states:
            self._states[root] = fold(entries)
        return self._states[root]

    def digest_of(self, root: Place) -> bytes:
        """The digest of one dialogue's shared state."""
        state = self.state(root)
        if root not in self._digests:
            self._digests[root] = state.digest()
        return self._digests[root]

    # -- appending -----------------------------------------------------------------------------

    def try_judge(self, log: Log, tail: Tail, entry: Parsed) -> tuple[Judged, Tail]:
        """Judge what would be the next entry; nothing changes."""
        return judge(entry, log.party, self.number, tail, self, self.base)

    def take(self, log: Log, data: bytes, judged: Judged, tail: Tail, now: Millis) -> Entry:
        """Append in memory what was judged as the log's next entry, placed in its dialogue.

        tail: the log's after it. The caller commits it.
        """
        leaf = log.leaf(log.tail.size, data)
        entry = Entry(
            log.origin,
            log.tail.size,
            data,
            judged.id,
            leaf,
            tail.digest,
            judged.rank,
            judged.void,
            judged.root,
            now,
        )
        self._place(log, entry, judged)
        log.frontier, log.tail = log.frontier.append(leaf), tail
        log.recent[entry.index] = (entry, judged)
        log.trim()
        return entry

    def _place(self, log: Log, entry: Entry, judged: Judged) -> None:
        root = judged.root
        opened = root != (log.party, entry.index)
        before = int.from_bytes(self.digest_of(root), "big") if opened else 0
        placed = Placed((log.party, entry.index), judged)
        if opened:
            self.dialogue(root).append(placed)
        else:
            self._dialogues[root] = [placed]
        self._states.pop(root, None)
        self._digests.pop(root, None)
        after = int.from_bytes(self.digest_of(root), "big")
        self.digest_sum = (self.digest_sum + after - before) % (1 << 256)

    def shared_digest(self) -> bytes:
        """The digest of the channel's shared state: the sum of its dialogues' digests, mod 2**256."""
        return self.digest_sum.to_bytes(32, "big")

    def settings(self, log: Log) -> list[Setting]:
        """What a transaction that appends to `log` also writes."""
        made = [
            Setting(f"tail:{log.origin}", encode_tail(log.tail)),
            Setting(self._setting("digest"), self.shared_digest()),
        ]
        reached = [size for size in log.claimed if size <= log.tail.size]
        for size in reached:
            del log.claimed[size]
        return [*made, claimed_setting(log)] if reached else made


def claimed_setting(log: Log) -> Setting:
    """A log's claimed heads as they are kept."""
    heads = tuple((head.size, head.root, head.signature) for head in log.claimed.values())
    return Setting(f"claimed:{log.origin}", encode(heads) if heads else None)


def parse_heads(data: bytes) -> list[SignedHead]:
    """Read kept heads. Raises StoreTrouble."""
    try:
        heads = _HEADS.value(decode(data))
    except Malformed as error:
        raise _damaged() from error
    return list(heads)


@dataclass(frozen=True, slots=True)
class Spared:
    """What is admitted of a mirrored log without being counted, as it is kept (E-17).

    restored: names the restoration after which; empty where there was none. until, bytes: see Meter.
    """

    restored: bytes
    until: int
    bytes: int


def encode_spared(spared: Spared) -> bytes:
    """As it is kept."""
    return encode(_SPARED.plain(spared))


def parse_spared(data: bytes) -> Spared:
    """Read what is kept. Raises StoreTrouble."""
    try:
        return _SPARED.value(decode(data))
    except Malformed as error:
        raise _damaged() from error


def judged_of(entry: Entry) -> Judged:
    """The verdict kept with a stored entry."""
    record = parse_entry(entry.record).record
    void = None if entry.void is None else Void(entry.void)
    party, index = entry.root
    return Judged(record, RecordId(entry.record_id), entry.rank, void, (PartyNumber(party), index))


def encode_tail(tail: Tail) -> bytes:
    """A log's tail as it is kept."""
    return encode(
        (
            tail.size,
            tail.digest,
            tail.rank,
            tail.control,
            tuple(sorted(tail.serials.items())),
            tail.release or (),
        )
    )


def parse_tail(data: bytes) -> Tail:
    """Read a kept tail. Raises StoreTrouble."""
    try:
        size, digest, rank, control, serials, release = _TAIL.values(decode(data))
    except Malformed as error:
        raise _damaged() from error
    pairs = {serial.author: serial.largest for serial in serials}
    kept = None if release is None else (release.id, release.author)
    return Tail(size, digest, rank, control, pairs, kept)


def _damaged() -> StoreTrouble:
    return StoreTrouble("The store's own notes are damaged. Restore it, or rebuild it.")


@dataclass(frozen=True, slots=True)
class _Serial:
    """The largest serial of one author."""

    author: int
    largest: int


@dataclass(frozen=True, slots=True)
class _Release:
    """A release just before: the id of what it releases, and its author."""

    id: bytes
    author: int


_COUNT, _HASH = Integer(), Octets(32, 32)
_SPARED = Struct(Spared, restored=Octets(0, 64), until=_COUNT, bytes=_COUNT)
_HEADS = Items(
    Struct(SignedHead, size=_COUNT, root=_HASH, signature=Octets(64, 64)), MAX_ITEM, least=1
)
_TAIL = Struct(
    Tail,
    size=_COUNT,
    digest=_HASH,
    rank=_COUNT,
    control=_COUNT,
    serials=Items(Struct(_Serial, author=_COUNT, largest=_COUNT), MAX_ITEM),
    release=Maybe(Struct(_Release, id=_HASH, author=_COUNT)),
)
"""As `encode_tail` writes it."""
