"""A node's store in one SQLite file: write-ahead log, every commit synced, one writer.

    store = open_store(path, loop.call_soon, create=False, owner=log_key)
    store.submit([entry, head], lambda error: ...)

Beside the file stand its lock file and its side file (incarnation.py); all belong together.
"""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Final

from firebreak.errors import StoreTrouble
from firebreak.store.check import check_everything
from firebreak.store.incarnation import (
    OWNER,
    first_incarnation,
    renew,
    side_path,
    sync_directory,
    take_lock,
    was_moved,
    was_restored,
)
from firebreak.store.interface import Done, Write
from firebreak.store.reader import SqliteReader
from firebreak.store.schema import (
    APPLICATION,
    TABLES,
    VERSION,
    check_file,
    check_sizes,
    check_version,
    connect,
)
from firebreak.store.trouble import FAILURES, trouble
from firebreak.store.writer import Later, Writer

_NO_RIGHT: Final = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}


class SqliteStore(SqliteReader):
    """A store open for writing; `open_store` makes it. Implements interface.Store."""

    def __init__(self, path: Path, writer: Writer, lock: int) -> None:
        super().__init__(path, "ro")
        self._writer = writer
        self._lock: int | None = lock

    def submit(self, writes: Sequence[Write], done: Done) -> None:
        """Queue one transaction; `done` is called in a later turn, once its fate is known."""
        self._writer.submit(writes, done)

    def close(self) -> None:
        """Finish what was submitted, then close. The callbacks still come, in a later turn."""
        super().close()
        # The last connection to close takes the write-ahead log into the file.
        self._writer.finish()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def open_store(
    path: Path, later: Later, create: bool, owner: bytes = b"", idle: Later | None = None
) -> SqliteStore:
    """Open the store at `path` for the node, alone.

    later: runs a callback on this thread in a turn of its own, such as `loop.call_soon`; idle: in one
    soon after, for what nobody waits for, such as the journal; `later` if none is given. create: make
    a new store, its directory too; there must not be one. owner: the public key of the node's own
    logs; a store made for another counts as restored. Raises StoreTrouble.
    """
    try:
        if create:
            _make_directory(path.parent)
        elif not path.exists():
            check_file(path)
        lock = take_lock(path)
        try:
            if create:
                _refuse_traces(path)
                _create(path, owner, lost=False)
            writer = _open_writer(path, later, owner, later if idle is None else idle)
        except BaseException:
            os.close(lock)
            raise
    except FAILURES as error:
        raise trouble(error, path) from error
    return SqliteStore(path, writer, lock)


def replace_lost(path: Path) -> None:
    """Put an empty store where the node's own is lost: it will be opened as one that was restored.

    A store is made once, together with the node's keys. Whoever has the keys and no store may have
    signed: he must ask the other side before he signs again. Raises StoreTrouble.
    """
    try:
        _make_directory(path.parent)
        lock = take_lock(path)
        try:
            if not path.exists():
                _set_traces_aside(path)
                _create(path, b"", lost=True)
        finally:
            os.close(lock)
    except FAILURES as error:
        raise trouble(error, path) from error


def open_read_only(path: Path) -> SqliteReader:
    """Open the store at `path` for reading, beside a running node or on a disk that is read-only.

    Raises StoreTrouble; also where the newest entries cannot be read for want of rights.
    """
    check_file(path)
    try:
        try:
            return _open_reader(path, "ro")
        except sqlite3.OperationalError as error:
            # Without the right to make the files of a write-ahead log, SQLite reads only what is
            # said not to change; an unread write-ahead log would be left out in silence.
            wal = path.with_name(path.name + "-wal")
            if error.sqlite_errorcode & 0xFF not in _NO_RIGHT or (
                wal.exists() and wal.stat().st_size > 0
            ):
                raise
            return _open_reader(path, "ro&immutable=1")
    except FAILURES as error:
        raise trouble(error, path) from error


def _open_reader(path: Path, mode: str) -> SqliteReader:
    with closing(connect(path, mode)) as connection:
        check_version(connection, path)
        moved = was_moved(connection, path)
    return SqliteReader(path, mode, moved=moved)


def _open_writer(path: Path, later: Later, owner: bytes, idle: Later) -> Writer:
    """Check the store, begin a new incarnation of it and start its writer."""
    check_file(path)
    with suppress(FileNotFoundError):
        _sync(path.with_name(path.name + "-wal"))
    with ExitStack() as undo:
        connection = connect(path, "rw")
        undo.callback(connection.close)
        check_version(connection, path)
        _prepare(connection)
        # What an unclean end left in the write-ahead log goes into the file, synced: some of it
        # may not have reached the disk, and from now on it is read as durable.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        logs = check_sizes(connection, path)
        restored = was_restored(connection, path, logs, owner)
        if restored:
            check_everything(connection, path, logs)
        side = renew(connection, path, logs, owner, restored)
        undo.callback(side.close)
        writer = Writer(connection, path, logs, side, later, idle)
        undo.pop_all()
    return writer


def _prepare(connection: sqlite3.Connection) -> None:
    """The settings on which durability rests. Raises sqlite3.Error."""
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise StoreTrouble(f"The store cannot keep a write-ahead log here (mode {mode}).")
    connection.execute("PRAGMA synchronous = FULL")
    # Measured: commits wait less at 16 MB of write-ahead log than at the 4 MB that is usual.
    connection.execute("PRAGMA wal_autocheckpoint = 4000")


def _make_directory(directory: Path) -> None:
    """Make the store's directory for its owner alone, and make its name durable."""
    if not directory.is_dir():
        directory.mkdir(mode=0o700, parents=True)
        sync_directory(directory.parent)


def _refuse_traces(path: Path) -> None:
    for trace in (path, side_path(path)):
        if trace.exists():
            raise StoreTrouble(
                f"There is a store at {path} already, or what is left of one ({trace.name}). Open"
                " it without creating it, or give another path."
            )


def _set_traces_aside(path: Path) -> None:
    """Keep what is left of a lost store under other names: SQLite would take it for the new one's."""
    for trace in (side_path(path), *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        with suppress(FileNotFoundError):
            trace.rename(trace.with_name(trace.name + ".lost"))


def _create(path: Path, owner: bytes, lost: bool) -> None:
    """Make an empty store under another name, complete, then give it its own.

    So a file of the store's name is always a whole one, at whatever moment the machine stops.
    """
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    with closing(connect(fresh, "rw")) as connection:
        _prepare(connection)
        connection.executescript(TABLES)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("INSERT INTO setting VALUES (?, ?)", (OWNER, owner))
        first_incarnation(connection, path, fresh, lost)
    _sync(fresh)
    fresh.rename(path)
    sync_directory(path.parent)


def _sync(path: Path) -> None:
    """Make a file's content durable. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
