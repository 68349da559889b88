"""Is this the store that this node last had open, or one that was put here from elsewhere?

Four things are compared at each opening. None is proof; a whole machine set back to an earlier
hour shows in the mirrors' heads only. Together they notice every usual way to restore a backup.

- The *owner*, the key that signs the node's own logs, stands in the database from the beginning. A
  store that was made for other keys says nothing of what these have signed.
- The *lock file* is made once and never written: its inode and change time, and the database
  file's inode, stand in the database. Copying the directory, elsewhere or over itself, changes
  them. (So does `chmod` or `chown` of the lock file: better one alarm too many.)
- An *incarnation*, random and new at each opening, stands in the database and in the *side file*.
  The database is made durable first; until the side file follows, it still holds what the database
  calls previous. So a side file that is neither current nor previous belongs to a later database.
- The side file also holds a *mark* for each log, the size last committed, written after each commit
  and not synced. After a crash of the machine a mark may be too small, never too large; so a log
  that is shorter than its mark has lost entries, as when the write-ahead log was deleted.
"""

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from firebreak.errors import StoreTrouble
from firebreak.store.trouble import damaged, trouble

RESTORED: Final = "restored"
"""The setting that says so: the incarnation of the opening that noticed it, the newest of them."""

OWNER: Final = "owner"
"""The setting that holds the public half of the key that signs the node's own logs."""

INCARNATION_BYTES: Final = 16
MARK_BYTES: Final = 8

Logs = dict[str, tuple[int, int]]
"""Number and size of each log, by origin."""


def lock_path(path: Path) -> Path:
    """The lock file of the store at `path`."""
    return path.with_name(path.name + ".lock")


def side_path(path: Path) -> Path:
    """The side file of the store at `path`."""
    return path.with_name(path.name + ".incarnation")


def take_lock(path: Path) -> int:
    """Hold the store against other nodes until the descriptor is closed. Raises StoreTrouble."""
    try:
        # Without truncation: the file's change time must not move.
        descriptor = os.open(lock_path(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise trouble(error, path) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise StoreTrouble(
            f"Another node has the store {path} open. Stop it first, or give this node a store of"
            " its own; two nodes on one store would write two histories."
        ) from error
    except OSError as error:
        os.close(descriptor)
        raise trouble(error, path) from error
    return descriptor


def whereabouts(path: Path, file: Path) -> str:
    """What a copy of the directory cannot have: inodes and the lock file's change time.

    path: the store's; file: the database file, which while it is made has another name.
    """
    lock = lock_path(path).stat()
    return f"{lock.st_ino} {lock.st_ctime_ns} {file.stat().st_ino}"


def first_incarnation(connection: sqlite3.Connection, path: Path, file: Path, lost: bool) -> None:
    """Write the row of a new store, and its side file. Arguments as of `whereabouts`.

    lost: it stands for one that is lost: it gets no side file, which shows at its first opening.
    """
    current = secrets.token_bytes(INCARNATION_BYTES)
    connection.execute(
        "INSERT INTO incarnation (id, current, previous, place) VALUES (1, ?, ?, ?)",
        (current, current, whereabouts(path, file)),
    )
    if not lost:
        _write_side(path, current, {}).close()


def was_moved(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether these files are others than the ones last opened for writing."""
    *_, stored = _row(connection, path)
    try:
        return bool(stored != whereabouts(path, path))
    except FileNotFoundError:
        return True


def was_restored(connection: sqlite3.Connection, path: Path, logs: Logs, owner: bytes) -> bool:
    """Whether the store is another, or older, than the one last opened for writing by this owner."""
    if connection.execute("SELECT value FROM setting WHERE name = ?", (OWNER,)).fetchall() != [
        (owner,)
    ]:
        return True
    current, previous, _ = _row(connection, path)
    side = _read_side(path)
    if side[:INCARNATION_BYTES] not in (current, previous) or was_moved(connection, path):
        return True
    sizes = dict(logs.values())
    return any(mark > sizes.get(number, 0) for number, mark in enumerate(_marks(side)))


class SideFile:
    """The open side file of this incarnation."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def mark(self, number: int, size: int) -> None:
        """Note that the log of this number has this size, durably in the database."""
        place = INCARNATION_BYTES + number * MARK_BYTES
        try:
            os.pwrite(self._descriptor, size.to_bytes(MARK_BYTES, "big"), place)
        except OSError:
            # What it would have marked is durable; without it, a later loss may go unnoticed.
            return

    def close(self) -> None:
        """Close the file; the marks stay."""
        os.close(self._descriptor)


def renew(
    connection: sqlite3.Connection, path: Path, logs: Logs, owner: bytes, restored: bool
) -> SideFile:
    """Begin a new incarnation: in the database, durably, then in the side file.

    Raises sqlite3.Error or OSError; the store can be opened again after either.
    """
    before, *_ = _row(connection, path)
    # Never none: else whoever removed the side file would not be noticed.
    previous = _read_side(path)[:INCARNATION_BYTES] or before
    current = secrets.token_bytes(INCARNATION_BYTES)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(
        "UPDATE incarnation SET current = ?, previous = ?, place = ?",
        (current, previous, whereabouts(path, path)),
    )
    if restored:
        connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (RESTORED, current))
        connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (OWNER, owner))
    connection.execute("COMMIT")
    # Into the file itself: so a write-ahead log under another file than its own is noticed.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return _write_side(path, current, logs)


def _row(connection: sqlite3.Connection, path: Path) -> tuple[bytes, bytes, str]:
    """What the database holds: the current incarnation, the previous one, and where it stood."""
    rows = connection.execute("SELECT current, previous, place FROM incarnation").fetchall()
    if len(rows) != 1:
        raise damaged(path, "it does not say which incarnation it is")
    current, previous, place = rows[0]
    return current, previous, place


def _read_side(path: Path) -> bytes:
    """The side file's bytes; none if it is not there."""
    try:
        return side_path(path).read_bytes()
    except FileNotFoundError:
        return b""


def _marks(side: bytes) -> Iterator[int]:
    """The size that the side file knows for each log, by number; 0 where it knows none."""
    for start in range(INCARNATION_BYTES, len(side), MARK_BYTES):
        yield int.from_bytes(side[start : start + MARK_BYTES], "big")


def _write_side(path: Path, current: bytes, logs: Logs) -> SideFile:
    """Put a new side file in place of the old one, durably."""
    fresh = side_path(path).with_suffix(".incarnation-new")
    descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        content = bytearray(INCARNATION_BYTES + MARK_BYTES * (1 + _most_number(logs)))
        content[:INCARNATION_BYTES] = current
        for number, size in logs.values():
            start = INCARNATION_BYTES + number * MARK_BYTES
            content[start : start + MARK_BYTES] = size.to_bytes(MARK_BYTES, "big")
        os.pwrite(descriptor, content, 0)
        os.fsync(descriptor)
        fresh.rename(side_path(path))
        sync_directory(path.parent)
    except OSError:
        os.close(descriptor)
        raise
    return SideFile(descriptor)


def _most_number(logs: Logs) -> int:
    return max((number for number, _ in logs.values()), default=0)


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
