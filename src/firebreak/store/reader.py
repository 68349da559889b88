"""Everything that reads a store: of a running node, and of a reading command beside it.

Each thread has a connection of its own. Long answers are fetched in pieces, each a short read of
its own, so that memory stays flat and a slow reader does not hold back the write-ahead log.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

from firebreak.errors import InvalidValue, StoreTrouble
from firebreak.store.incarnation import RESTORED
from firebreak.store.interface import (
    Dialogue,
    Entry,
    Fork,
    Head,
    JournalLine,
    Overtaken,
    ReceiptRow,
)
from firebreak.store.rows import COLUMNS, from_row
from firebreak.store.schema import (
    MOST_ENTRIES,
    MOST_PARTIES,
    connect,
    log_size,
    place,
    unplace,
)
from firebreak.store.subtrees import read_subtree
from firebreak.store.trouble import FAILURES, damaged, trouble
from firebreak.values import Millis

PIECE: Final = 256
"""Rows fetched at a time."""

CACHED_SUBTREES: Final = 8192
RECORD_ID_BYTES: Final = 32

Row = tuple[Any, ...]
T = TypeVar("T")


class SqliteReader:
    """The reading half of a store. Every method raises StoreTrouble if the store fails it."""

    def __init__(self, path: Path, mode: str, *, moved: bool = False) -> None:
        self._path = path
        self._mode = mode
        self._moved = moved
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._closed = False
        self._guard = threading.Lock()
        self._numbers: dict[str, int] = {}
        self._origins: dict[int, str] = {}
        self._cached_subtree = lru_cache(CACHED_SUBTREES)(self._read_subtree)

    @property
    def restored(self) -> bytes | None:
        """What names the last time that this store was put here from elsewhere; see `Reads`."""
        return b"moved" if self._moved else self.setting(RESTORED)

    def size(self, origin: str) -> int:
        """Entries of a log; 0 for one that is not there."""
        number = self._number(origin)
        return 0 if number is None else self._ask(lambda c: log_size(c, number))

    def entries(self, origin: str, start: int, stop: int) -> Iterator[Entry]:
        """Entries start <= index < stop, in order, streamed."""
        number = self._number(origin)
        if number is None:
            return
        sql = f"SELECT {COLUMNS} FROM entry WHERE place >= ? AND place < ? ORDER BY place LIMIT ?"
        index = max(start, 0)
        end = place(number, min(stop, MOST_ENTRIES))
        while rows := self._rows(sql, (place(number, index), end, PIECE)):
            for row in rows:
                entry = self._entry(row)
                if entry.index != index:
                    raise damaged(self._path, f"entry {index} of the log {origin} is not there")
                yield entry
                index += 1

    def find(self, prefix: bytes) -> Iterator[Entry]:
        """Entries whose record id begins with these bytes, on any log, by id."""
        sql = (
            f"SELECT {COLUMNS} FROM entry WHERE (record_id, place) > (?, ?) AND record_id <= ?"
            " ORDER BY record_id, place LIMIT ?"
        )
        last = prefix + b"\xff" * (RECORD_ID_BYTES - len(prefix))
        after: tuple[bytes, int] = prefix, -1
        while rows := self._rows(sql, (*after, last, PIECE)):
            for row in rows:
                entry = self._entry(row)
                yield entry
                after = entry.record_id, row[0]

    def dialogue_entries(
        self, channel_origins: Sequence[str], root: tuple[int, int]
    ) -> list[Entry]:
        """All entries of one dialogue over these logs, in (rank, origin order, index) order."""
        key = _root(root)
        sql = f"SELECT {COLUMNS} FROM entry WHERE root = ? AND place >= ? AND place < ?"
        found = []
        for order, origin in enumerate(channel_origins):
            number = self._number(origin)
            if number is None or key is None:
                continue
            for row in self._rows(sql, (key, place(number, 0), place(number + 1, 0))):
                entry = self._entry(row)
                found.append((entry.rank, order, entry.index, entry))
        return [entry for *_, entry in sorted(found, key=lambda item: item[:3])]

    def subtree(self, origin: str, level: int, number: int) -> bytes:
        """Hash of the complete subtree of 2**level leaves from number * 2**level (RFC 6962).

        Raises InvalidValue if the log does not hold all of them.
        """
        return self._cached_subtree(origin, level, number)

    def head(self, origin: str) -> Head | None:
        """The largest signed head of a log."""
        return self._head(origin, "ORDER BY size DESC LIMIT 1", ())

    def head_at(self, origin: str, size: int) -> Head | None:
        """A signed head of exactly this size, if one was kept."""
        return self._head(origin, "AND size = ?", (size,))

    def heads(self, origin: str) -> Iterator[Head]:
        """Every signed head kept of a log, by size, streamed."""
        number = self._number(origin)
        if number is None:
            return
        sql = (
            "SELECT size, root, signature FROM head WHERE log = ? AND size > ?"
            " ORDER BY size LIMIT ?"
        )
        last = -1
        while rows := self._rows(sql, (number, last, PIECE)):
            for row in rows:
                yield Head(origin, *row)
            last = rows[-1][0]

    def overtaken(self, origin: str) -> list[Overtaken]:
        """Entries that wait for those in front of them, by index."""
        number = self._number(origin)
        if number is None:
            return []
        sql = "SELECT place, item FROM overtaken WHERE place >= ? AND place < ? ORDER BY place"
        rows = self._rows(sql, (place(number, 0), place(number + 1, 0)))
        return [Overtaken(origin, unplace(key)[1], item) for key, item in rows]

    def receipts(self, origin: str, ours: bool) -> Iterator[ReceiptRow]:
        """Receipts for a log, oldest first: those that we gave, or those given to us."""
        number = self._number(origin)
        if number is None:
            return
        sql = (
            "SELECT id, size, unbroken, data FROM receipt WHERE log = ? AND ours = ? AND id > ?"
            " ORDER BY id LIMIT ?"
        )
        last = 0
        while rows := self._rows(sql, (number, int(ours), last, PIECE)):
            for key, size, unbroken, data in rows:
                yield ReceiptRow(origin, size, unbroken, ours, data)
                last = key

    def furthest_receipt(self, origin: str, ours: bool) -> ReceiptRow | None:
        """The receipt whose unbroken beginning reaches furthest; of several the last kept."""
        return self._receipt(origin, ours, "ORDER BY unbroken DESC, id DESC LIMIT 1", ())

    def receipts_ahead(self, origin: str, ours: bool, size: int) -> Iterator[ReceiptRow]:
        """Receipts that reach nothing unbroken, under heads greater than a size, oldest first."""
        number = self._number(origin)
        if number is None:
            return
        sql = (
            "SELECT id, size, data FROM receipt WHERE log = ? AND ours = ? AND unbroken = 0"
            " AND size > ? AND id > ? ORDER BY id LIMIT ?"
        )
        last = 0
        while rows := self._rows(sql, (number, int(ours), size, last, PIECE)):
            for key, over, data in rows:
                yield ReceiptRow(origin, over, 0, ours, data)
                last = key

    def first_receipt(self, origin: str, ours: bool, index: int) -> ReceiptRow | None:
        """The receipt that reached least far of those that cover an entry and all before it."""
        return self._receipt(
            origin, ours, "AND unbroken > ? ORDER BY unbroken, id LIMIT 1", (index,)
        )

    def forks(self) -> list[Fork]:
        """Every fork ever found, in the order of finding."""
        sql = (
            "SELECT origin, data, found_at FROM fork JOIN log ON log.id = fork.log ORDER BY fork.id"
        )
        return [Fork(origin, data, Millis(at)) for origin, data, at in self._rows(sql)]

    def open_dialogues(self, channel: int) -> Iterator[Dialogue]:
        """Dialogues of a channel in which something is awaited or current, by root."""
        sql = (
            "SELECT root, open, due, digest FROM dialogue INDEXED BY dialogue_open"
            " WHERE channel = ? AND open = 1 AND root > ? ORDER BY root LIMIT ?"
        )
        last = -1
        while rows := self._rows(sql, (channel, last, PIECE)):
            for row in rows:
                yield _dialogue(channel, row)
                last = row[0]

    def dialogue(self, channel: int, root: tuple[int, int]) -> Dialogue | None:
        """One dialogue's row."""
        key = _root(root)
        if key is None:
            return None
        sql = "SELECT root, open, due, digest FROM dialogue WHERE channel = ? AND root = ?"
        rows = self._rows(sql, (channel, key))
        return _dialogue(channel, rows[0]) if rows else None

    def journal(self, after: Millis | None = None) -> Iterator[JournalLine]:
        """The journal by time, lines of one time as they were written; after: not included."""
        sql = (
            "SELECT at, id, kind, data FROM journal WHERE (at, id) > (?, ?) ORDER BY at, id LIMIT ?"
        )
        # No id is as large, so that the lines of the very time `after` are left out.
        last = (-(2**63), 0) if after is None else (after, 2**63 - 1)
        while rows := self._rows(sql, (*last, PIECE)):
            for at, key, kind, data in rows:
                yield JournalLine(Millis(at), kind, data)
                last = at, key

    def setting(self, name: str) -> bytes | None:
        """A named value of the node."""
        rows = self._rows("SELECT value FROM setting WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def close(self) -> None:
        """Close every thread's connection; nothing may be reading."""
        with self._guard:
            self._closed = True
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def _receipt(
        self, origin: str, ours: bool, condition: str, parameters: Row
    ) -> ReceiptRow | None:
        number = self._number(origin)
        if number is None:
            return None
        sql = f"SELECT size, unbroken, data FROM receipt WHERE log = ? AND ours = ? {condition}"
        rows = self._rows(sql, (number, int(ours), *parameters))
        if not rows:
            return None
        size, unbroken, data = rows[0]
        return ReceiptRow(origin, size, unbroken, ours, data)

    def _head(self, origin: str, condition: str, parameters: Row) -> Head | None:
        number = self._number(origin)
        if number is None:
            return None
        sql = f"SELECT size, root, signature FROM head WHERE log = ? {condition}"
        rows = self._rows(sql, (number, *parameters))
        return Head(origin, *rows[0]) if rows else None

    def _read_subtree(self, origin: str, level: int, number: int) -> bytes:
        log = self._number(origin)
        size = self.size(origin)
        if log is None or level < 0 or number < 0 or (number + 1) << level > size:
            raise InvalidValue(
                f"The log {origin} has {size} entries, so no complete subtree {number} of level"
                f" {level}."
            )
        digest = self._ask(lambda connection: read_subtree(connection, log, level, number))
        if digest is None:
            raise damaged(self._path, f"hashes of the log {origin} are not there")
        return digest

    def _entry(self, row: Row) -> Entry:
        log, index = unplace(row[0])
        origin = self._origin(log)
        entry = from_row(origin, row)
        if entry is None:
            raise damaged(self._path, f"entry {index} of the log {origin} was altered")
        return entry

    def _number(self, origin: str) -> int | None:
        """The number of a log, remembered once it has one."""
        number = self._numbers.get(origin)
        if number is None:
            rows = self._rows("SELECT id FROM log WHERE origin = ?", (origin,))
            if rows:
                number = self._numbers[origin] = rows[0][0]
        return number

    def _origin(self, number: int) -> str:
        origin = self._origins.get(number)
        if origin is None:
            rows = self._rows("SELECT origin FROM log WHERE id = ?", (number,))
            if not rows:
                raise damaged(self._path, f"there are entries of a log {number} without a name")
            origin = self._origins[number] = rows[0][0]
        return origin

    def _rows(self, sql: str, parameters: Row = ()) -> list[Row]:
        return self._ask(lambda connection: connection.execute(sql, parameters).fetchall())

    def _ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Put a question on this thread's connection; raises StoreTrouble."""
        try:
            return question(self._connection())
        except FAILURES as error:
            raise trouble(error, self._path) from error

    def _connection(self) -> sqlite3.Connection:
        """This thread's own connection, made at its first question."""
        if self._closed:
            raise StoreTrouble(f"The store {self._path} is closed; open it again to read it.")
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self._path, self._mode)
            with self._guard:
                self._connections.append(connection)
        return connection


def _root(root: tuple[int, int]) -> int | None:
    """The key of a dialogue; None for one that cannot be."""
    party, index = root
    return place(party, index) if 0 <= party < MOST_PARTIES and 0 <= index < MOST_ENTRIES else None


def _dialogue(channel: int, row: Row) -> Dialogue:
    root, is_open, due, digest = row
    return Dialogue(channel, unplace(root), bool(is_open), due, digest)
