"""What writes: it collects transactions, commits them together, then tells.

It runs on the node's own thread, one turn after the submitting: whatever was submitted by then goes
into one commit, so the disk is synced once for all of them. A thread of its own would cost more than
it saves (docs/decisions/2026-11-22-commit-in-turn.md). A transaction's fate does not depend on which
others it met: a fault in one is found before any of it is applied, and those before it are kept.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, assert_never

from firebreak.errors import StoreTrouble
from firebreak.ledger.merkle import HASH_BYTES, Frontier
from firebreak.store.incarnation import Logs, SideFile
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
from firebreak.store.rows import INSERT, to_row
from firebreak.store.schema import MOST_ENTRIES, MOST_LOGS, MOST_PARTIES, place
from firebreak.store.subtrees import is_kept, read_frontier
from firebreak.store.trouble import damaged, trouble

MOST_TOGETHER: Final = 256
"""Transactions in one commit, so that the first of a flood is not told late."""

Later = Callable[[Callable[[], None]], object]
"""Runs a callback on this thread, in a turn of its own, such as `loop.call_soon`."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """What is applied whole, and who is told."""

    writes: Sequence[Write]
    done: Done


@dataclass(slots=True)
class Log:
    """A log as the writer knows it. The frontier is read at the first append."""

    number: int
    size: int
    frontier: Frontier | None = None


class Writer:
    """The write connection. Everything happens on one thread, the node's."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: Path,
        logs: Logs,
        side: SideFile,
        later: Later,
        idle: Later,
    ) -> None:
        self._connection = connection
        self._path = path
        self._logs = {origin: Log(number, size) for origin, (number, size) in logs.items()}
        self._side = side
        self._later = later
        self._idle = idle
        self._failure: StoreTrouble | None = None
        self._touched: set[str] = set()
        # The keys of the rows of overtaken entries: nearly every entry is spared a look-up.
        self._waiting = {key for (key,) in connection.execute("SELECT place FROM overtaken")}
        self._waiting_turn: deque[Transaction] = deque()
        self._has_turn = self._has_idle_turn = False
        self._hurries = False
        self._finished = False

    def submit(self, writes: Sequence[Write], done: Done) -> None:
        """Put one transaction into the next commit; after `finish`, tell that it will not be.

        Lines of the journal alone hurry nobody: they ride with the next commit, or go when idle.
        """
        if self._finished:
            closed = StoreTrouble(f"The store {self._path} is closed; open it again.")
            self._later(partial(done, closed))
            return
        self._waiting_turn.append(Transaction(tuple(writes), done))
        self._hurries |= not writes or any(not isinstance(write, JournalLine) for write in writes)
        self._ask_turn()

    def finish(self) -> None:
        """Commit what was submitted and close the connection; who waits is told in a later turn."""
        if self._finished:
            return
        self._finished = True
        while self._waiting_turn:
            batch, kept = self._next()
            # A loop that is closed has nobody left to tell.
            with suppress(RuntimeError):
                self._later(partial(self._tell_all, batch, kept))
        with suppress(sqlite3.Error):
            self._connection.close()
        self._side.close()

    def _ask_turn(self) -> None:
        with suppress(RuntimeError):  # a loop that is closed; `finish` commits what waits
            if self._hurries and not self._has_turn:
                self._has_turn = True
                self._later(self._turn)
            elif not self._hurries and not self._has_idle_turn:
                self._has_idle_turn = True
                self._idle(self._idle_turn)

    def _idle_turn(self) -> None:
        self._has_idle_turn = False
        if self._waiting_turn:
            self._hurries = True
            self._ask_turn()

    def _turn(self) -> None:
        """One commit, and its callbacks; what they submit has the next turn."""
        try:
            if self._waiting_turn:
                self._tell_all(*self._next())
        finally:
            self._has_turn = False
            if self._waiting_turn:
                self._ask_turn()

    def _next(self) -> tuple[list[Transaction], int]:
        """Commit the next transactions together; they, and how many of them are durable."""
        count = min(len(self._waiting_turn), MOST_TOGETHER)
        batch = [self._waiting_turn.popleft() for _ in range(count)]
        self._hurries &= bool(self._waiting_turn)
        return batch, self._try(batch)

    def _tell_all(self, batch: Sequence[Transaction], kept: int) -> None:
        fates = [None] * kept + [self._failure] * (len(batch) - kept)
        with ExitStack() as stack:  # each is called even if one before it raises; from its end
            for transaction, fate in zip(reversed(batch), reversed(fates), strict=True):
                stack.callback(transaction.done, fate)

    def _try(self, batch: Sequence[Transaction]) -> int:
        """How many of the batch are durable now. After a failure: none, ever."""
        if self._failure is not None or not batch:
            return 0
        try:
            return self._commit(batch)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must be told
            self._failure = trouble(error, self._path)
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            return 0

    def _commit(self, batch: Sequence[Transaction]) -> int:
        """Make the batch durable up to the first fault; returns how many that is."""
        self._connection.execute("BEGIN IMMEDIATE")
        kept = 0
        settings: dict[str, Setting] = {}
        for transaction in batch:
            self._failure = self._fault(transaction.writes)
            if self._failure is not None:
                break
            for write in transaction.writes:
                if isinstance(write, Setting):
                    settings[write.name] = write  # only the last of the batch is ever read
                else:
                    self._apply(write)
            kept += 1
        for setting in settings.values():
            self._apply(setting)
        self._connection.execute("COMMIT")
        for origin in self._touched:
            log = self._logs[origin]
            self._side.mark(log.number, log.size)
        self._touched.clear()
        return kept

    def _fault(self, writes: Sequence[Write]) -> StoreTrouble | None:
        """The rule of the interface that a transaction breaks, if any: a fault in the program."""
        sizes: dict[str, int] = {}
        for write in writes:
            if isinstance(write, Entry):
                size = sizes.get(write.origin, self._size(write.origin))
                if (rule := _entry_rule(write, size)) is not None:
                    return self._misused(rule)
                sizes[write.origin] = size + 1
        for write in writes:
            if isinstance(write, Head):
                size = sizes.get(write.origin, self._size(write.origin))
                if not 0 <= write.size <= size:
                    return self._misused(f"a head over {write.size} of {size} entries")
            elif isinstance(write, Overtaken) and not 0 <= write.index < MOST_ENTRIES:
                return self._misused(f"an overtaking entry {write.index}")
            elif isinstance(write, Dialogue) and not _is_root(write.root):
                return self._misused(f"a dialogue {write.root}")
        return None

    def _misused(self, rule: str) -> StoreTrouble:
        return StoreTrouble(
            f"The node asked the store {self._path} for what it may not keep: {rule}. This is a"
            " fault in the program; nothing that was acknowledged is lost. Start the node again and"
            " report this line."
        )

    def _size(self, origin: str) -> int:
        log = self._logs.get(origin)
        return 0 if log is None else log.size

    def _log(self, origin: str) -> Log:
        """The log of this origin, with a row from now on."""
        log = self._logs.get(origin)
        if log is None:
            number = 1 + max((known.number for known in self._logs.values()), default=0)
            if number >= MOST_LOGS:
                raise self._misused(f"more than {MOST_LOGS} logs")
            self._connection.execute("INSERT INTO log VALUES (?, ?)", (number, origin))
            log = self._logs[origin] = Log(number, 0)
        return log

    def _apply(self, write: Write) -> None:
        execute = self._connection.execute
        match write:
            case Entry():
                self._append(write)
            case Head(origin, size, root, signature):
                # A second head of one size says the same; one that does not is a Fork.
                values = self._log(origin).number, size, root, signature
                execute("INSERT OR IGNORE INTO head VALUES (?, ?, ?, ?)", values)
            case Overtaken(origin, index, item):
                log = self._log(origin)
                if index >= log.size:
                    key = place(log.number, index)
                    execute("INSERT OR REPLACE INTO overtaken VALUES (?, ?)", (key, item))
                    self._waiting.add(key)
            case ReceiptRow(origin, size, unbroken, ours, data):
                execute(
                    "INSERT INTO receipt (log, ours, size, unbroken, data) VALUES (?, ?, ?, ?, ?)",
                    (self._log(origin).number, int(ours), size, unbroken, data),
                )
            case Fork(origin, data, found_at):
                execute(
                    "INSERT INTO fork (log, found_at, data) VALUES (?, ?, ?)",
                    (self._log(origin).number, found_at, data),
                )
            case Dialogue(channel, (party, index), is_open, due, digest):
                execute(
                    "INSERT OR REPLACE INTO dialogue VALUES (?, ?, ?, ?, ?)",
                    (channel, place(party, index), int(is_open), due, digest),
                )
            case JournalLine(at, kind, data):
                execute(
                    "INSERT INTO journal (at, kind, data) VALUES (?, ?, ?)",
                    (at, kind, data),
                )
            case Setting(name, None):
                execute("DELETE FROM setting WHERE name = ?", (name,))
            case Setting(name, value):
                execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))
            case _:
                assert_never(write)

    def _append(self, entry: Entry) -> None:
        """Add an entry, and each subtree hash that it completes and the store keeps."""
        log = self._log(entry.origin)
        execute = self._connection.execute
        row = to_row(log.number, entry)
        execute(INSERT, row)
        if row[0] in self._waiting:
            execute("DELETE FROM overtaken WHERE place = ?", row[:1])
            self._waiting.remove(row[0])
        frontier = log.frontier or read_frontier(self._connection, log.number, log.size)
        if frontier is None:
            raise damaged(self._path, f"hashes of the log {entry.origin} are not there")
        number = log.size
        log.frontier, completed = frontier.grow(entry.leaf)
        for level, digest in enumerate(completed):
            if is_kept(level):
                values = log.number, level, number >> level, digest
                execute("INSERT INTO subtree VALUES (?, ?, ?, ?)", values)
        log.size += 1
        self._touched.add(entry.origin)


def _entry_rule(entry: Entry, size: int) -> str | None:
    """What is wrong with an entry that is to be number `size` of its log, if anything."""
    if entry.index != size:
        return f"entry {entry.index} of the log {entry.origin}, which has {size}"
    if size >= MOST_ENTRIES:
        return f"more than {MOST_ENTRIES} entries of the log {entry.origin}"
    if len(entry.leaf) != HASH_BYTES:
        return f"a leaf hash of {len(entry.leaf)} bytes"
    if not _is_root(entry.root):
        return f"an entry of a dialogue {entry.root}"
    return None


def _is_root(root: tuple[int, int]) -> bool:
    party, index = root
    return 0 <= party < MOST_PARTIES and 0 <= index < MOST_ENTRIES
