"""A store in memory that behaves as a disk may: what is submitted becomes durable later, in order.

`Disk` is what outlives a process. `MemoryStore` is one opening of it, and passes the contract of
tests/store/contract.py. A crash keeps a prefix of what was submitted, whole transactions only; a torn
disk, which lies, keeps part of one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, fields

from firebreak.errors import InvalidValue, StoreTrouble
from firebreak.ledger.merkle import Frontier
from firebreak.store.interface import (
    Dialogue,
    Done,
    Entry,
    Fork,
    Head,
    JournalLine,
    Overtaken,
    ReceiptRow,
    Setting,
    Write,
)
from firebreak.values import Millis

Deliver = Callable[[Callable[[], None]], object]


@dataclass(slots=True)
class LogRows:
    """What is durable of one log."""

    entries: list[Entry] = field(default_factory=list)
    frontier: Frontier = field(default_factory=Frontier)
    hashes: dict[tuple[int, int], bytes] = field(default_factory=dict)
    heads: dict[int, Head] = field(default_factory=dict)
    overtaken: dict[int, Overtaken] = field(default_factory=dict)
    receipts: list[ReceiptRow] = field(default_factory=list)

    def append(self, entry: Entry) -> None:
        self.frontier, completed = self.frontier.grow(entry.leaf)
        for level, digest in enumerate(completed):
            self.hashes[level, entry.index >> level] = digest
        self.entries.append(entry)
        self.overtaken.pop(entry.index, None)

    def copied(self) -> LogRows:
        return LogRows(*(copy(getattr(self, slot.name)) for slot in fields(self)))


@dataclass(slots=True)
class Disk:
    """All that is durable. `torn`: part of a transaction was written, as no sound disk does."""

    logs: dict[str, LogRows] = field(default_factory=dict)
    forks: list[Fork] = field(default_factory=list)
    dialogues: dict[tuple[int, tuple[int, int]], Dialogue] = field(default_factory=dict)
    journal: list[JournalLine] = field(default_factory=list)
    settings: dict[str, bytes] = field(default_factory=dict)

    def snapshot(self) -> Disk:
        """A copy, as a backup makes one."""
        made = Disk(*(copy(getattr(self, slot.name)) for slot in fields(self)))
        made.logs = {origin: log.copied() for origin, log in self.logs.items()}
        return made

    def log(self, origin: str) -> LogRows:
        return self.logs.get(origin) or LogRows()

    def apply(self, writes: Sequence[Write]) -> None:
        """One transaction, whole. Raises StoreTrouble, changing nothing, if it breaks a rule."""
        self._check(writes)
        for write in writes:
            self._apply(write)

    def tear(self, writes: Sequence[Write]) -> None:
        """The entries of a transaction reach the disk, and what belongs to them does not."""
        for write in writes:
            if isinstance(write, Entry):
                self._apply(write)

    def _check(self, writes: Sequence[Write]) -> None:
        sizes: dict[str, int] = {}
        for write in writes:
            if isinstance(write, Entry):
                size = sizes.setdefault(write.origin, len(self.log(write.origin).entries))
                if write.index != size:
                    raise StoreTrouble(f"Entry {write.index} does not follow {size} entries.")
                sizes[write.origin] = size + 1
        for write in writes:
            if isinstance(write, Head):
                size = sizes.get(write.origin, len(self.log(write.origin).entries))
                if write.size > size:
                    raise StoreTrouble(f"A head of {write.size} is over {size} entries.")

    def _apply(self, write: Write) -> None:
        match write:
            case Entry(origin=origin):
                self._open_log(origin).append(write)
            case Head(origin, size):
                self._open_log(origin).heads.setdefault(size, write)
            case Overtaken(origin, index):
                log = self._open_log(origin)
                if index >= len(log.entries):
                    log.overtaken[index] = write
            case ReceiptRow(origin):
                self._open_log(origin).receipts.append(write)
            case Fork():
                self.forks.append(write)
            case Dialogue(channel, root):
                self.dialogues[channel, root] = write
            case JournalLine():
                self.journal.append(write)
            case Setting(name, None):
                self.settings.pop(name, None)
            case Setting(name, bytes(value)):
                self.settings[name] = value

    def _open_log(self, origin: str) -> LogRows:
        return self.logs.setdefault(origin, LogRows())


class MemoryStore:
    """One opening of a disk. at_once: every transaction is durable, and told, as it is submitted."""

    def __init__(self, disk: Disk, deliver: Deliver, *, at_once: bool = True) -> None:
        self.disk = disk
        self.deliver = deliver
        self.at_once = at_once
        self.waiting: deque[tuple[Sequence[Write], Done]] = deque()
        self.failed: StoreTrouble | None = None

    # Writing

    def submit(self, writes: Sequence[Write], done: Done) -> None:
        self.waiting.append((tuple(writes), done))
        if self.at_once:
            self.commit()

    def commit(self, most: int | None = None) -> None:
        """Make waiting transactions durable, the oldest first, and tell their fate."""
        for _ in range(len(self.waiting) if most is None else most):
            writes, done = self.waiting.popleft()
            fate = self._fate(writes)
            self.deliver(lambda done=done, fate=fate: done(fate))  # type: ignore[misc]  # mypy cannot infer it

    def _fate(self, writes: Sequence[Write]) -> StoreTrouble | None:
        if self.failed is None:
            try:
                self.disk.apply(writes)
            except StoreTrouble as error:
                self.failed = error
        return self.failed

    def lose_power(self, kept: int, *, torn: bool = False) -> bool:
        """`kept` waiting transactions are durable though nobody was told; the rest is lost.

        torn: the entries of the next one are too, without the rest of it. Gives whether any were.
        """
        for _ in range(min(kept, len(self.waiting))):
            self._fate(self.waiting.popleft()[0])
        tears = torn and any(
            isinstance(write, Entry) for write in next(iter(self.waiting), ((),))[0]
        )
        if tears:
            self.disk.tear(self.waiting[0][0])
        self.waiting.clear()
        self.failed = StoreTrouble("The machine has stopped.")
        return tears

    def close(self) -> None:
        self.commit()
        self.failed = StoreTrouble("The store is closed.")
        self.disk = _CLOSED

    # Reading

    @property
    def restored(self) -> bytes | None:
        return self._disk.settings.get("restored")

    @property
    def _disk(self) -> Disk:
        if self.disk is _CLOSED:
            raise StoreTrouble("The store is closed.")
        return self.disk

    def size(self, origin: str) -> int:
        return len(self._disk.log(origin).entries)

    def entries(self, origin: str, start: int, stop: int) -> Iterator[Entry]:
        return iter(self._disk.log(origin).entries[start : max(start, stop)])

    def find(self, prefix: bytes) -> Iterator[Entry]:
        every = [entry for log in self._disk.logs.values() for entry in log.entries]
        found = [entry for entry in every if entry.record_id.startswith(prefix)]
        return iter(sorted(found, key=lambda entry: entry.record_id))

    def dialogue_entries(
        self, channel_origins: Sequence[str], root: tuple[int, int]
    ) -> list[Entry]:
        found = [
            (entry.rank, place, entry.index, entry)
            for place, origin in enumerate(channel_origins)
            for entry in self._disk.log(origin).entries
            if entry.root == root
        ]
        return [entry for *_, entry in sorted(found, key=lambda row: row[:3])]

    def subtree(self, origin: str, level: int, number: int) -> bytes:
        digest = self._disk.log(origin).hashes.get((level, number))
        if digest is None:
            raise InvalidValue("The log does not hold all entries of that subtree.")
        return digest

    def head(self, origin: str) -> Head | None:
        heads = self._disk.log(origin).heads
        return heads[max(heads)] if heads else None

    def head_at(self, origin: str, size: int) -> Head | None:
        return self._disk.log(origin).heads.get(size)

    def heads(self, origin: str) -> Iterator[Head]:
        return iter([head for _, head in sorted(self._disk.log(origin).heads.items())])

    def overtaken(self, origin: str) -> list[Overtaken]:
        return [row for _, row in sorted(self._disk.log(origin).overtaken.items())]

    def receipts(self, origin: str, ours: bool) -> Iterator[ReceiptRow]:
        return iter([row for row in self._disk.log(origin).receipts if row.ours is ours])

    def furthest_receipt(self, origin: str, ours: bool) -> ReceiptRow | None:
        latest_first = [*self.receipts(origin, ours)][::-1]
        return max(latest_first, key=lambda row: row.unbroken, default=None)

    def receipts_ahead(self, origin: str, ours: bool, size: int) -> Iterator[ReceiptRow]:
        rows = self.receipts(origin, ours)
        return iter([row for row in rows if not row.unbroken and row.size > size])

    def first_receipt(self, origin: str, ours: bool, index: int) -> ReceiptRow | None:
        reaching = (row for row in self.receipts(origin, ours) if row.unbroken > index)
        return min(reaching, key=lambda row: row.unbroken, default=None)

    def forks(self) -> list[Fork]:
        return list(self._disk.forks)

    def open_dialogues(self, channel: int) -> Iterator[Dialogue]:
        rows = [row for (at, _), row in self._disk.dialogues.items() if at == channel and row.open]
        return iter(sorted(rows, key=lambda row: row.root))

    def dialogue(self, channel: int, root: tuple[int, int]) -> Dialogue | None:
        return self._disk.dialogues.get((channel, root))

    def journal(self, after: Millis | None = None) -> Iterator[JournalLine]:
        lines = [line for line in self._disk.journal if after is None or line.at > after]
        return iter(sorted(lines, key=lambda line: line.at))

    def setting(self, name: str) -> bytes | None:
        return self._disk.settings.get(name)


_CLOSED = Disk()
