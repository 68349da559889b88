"""The tables, and how a connection to them is made.

An entry's key `place` is its log's number times 2**40 plus its index: one integer, so that the
rows of a log lie together in order and every index carries log and index with it for nothing. A
dialogue's `root` is its party times 2**40 plus its index, likewise.
"""

import sqlite3
from pathlib import Path
from typing import Final
from urllib.parse import quote

from firebreak.errors import StoreTrouble
from firebreak.store.trouble import damaged, not_a_store, trouble

APPLICATION: Final = 0x46425231
"""SQLite's application_id of a Firebreak store: "FBR1"."""

VERSION: Final = 1

INDEX_BITS: Final = 40
MOST_ENTRIES: Final = 1 << INDEX_BITS
MOST_LOGS: Final = 1 << 22
MOST_PARTIES: Final = 1 << 22

OLDEST_SQLITE: Final = (3, 37, 0)
"""The first that knows STRICT tables."""

BUSY_SECONDS: Final = 10.0

# The record stands last: a long one continues on further pages, which the hashes before it spare.
TABLES: Final = """
CREATE TABLE log (id INTEGER PRIMARY KEY, origin TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE entry (
    place INTEGER PRIMARY KEY, leaf BLOB NOT NULL, digest BLOB NOT NULL, record_id BLOB NOT NULL,
    rank INTEGER NOT NULL, root INTEGER NOT NULL, stored_at INTEGER NOT NULL, void TEXT,
    crc INTEGER NOT NULL, record BLOB NOT NULL
) STRICT;
CREATE INDEX entry_by_id ON entry (record_id);
CREATE INDEX entry_by_root ON entry (root);
CREATE TABLE subtree (
    log INTEGER NOT NULL, level INTEGER NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL,
    PRIMARY KEY (log, level, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE head (
    log INTEGER NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, signature BLOB NOT NULL,
    PRIMARY KEY (log, size)
) STRICT, WITHOUT ROWID;
CREATE TABLE overtaken (place INTEGER PRIMARY KEY, item BLOB NOT NULL) STRICT;
CREATE TABLE receipt (
    id INTEGER PRIMARY KEY, log INTEGER NOT NULL, ours INTEGER NOT NULL, size INTEGER NOT NULL,
    unbroken INTEGER NOT NULL, data BLOB NOT NULL
) STRICT;
CREATE INDEX receipt_by_log ON receipt (log, ours);
CREATE INDEX receipt_by_reach ON receipt (log, ours, unbroken);
CREATE TABLE fork (
    id INTEGER PRIMARY KEY, log INTEGER NOT NULL, found_at INTEGER NOT NULL, data BLOB NOT NULL
) STRICT;
CREATE TABLE dialogue (
    channel INTEGER NOT NULL, root INTEGER NOT NULL, open INTEGER NOT NULL, due INTEGER,
    digest BLOB NOT NULL, PRIMARY KEY (channel, root)
) STRICT, WITHOUT ROWID;
CREATE INDEX dialogue_open ON dialogue (channel, root) WHERE open = 1;
CREATE TABLE journal (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL
) STRICT;
CREATE INDEX journal_by_time ON journal (at);
CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE incarnation (
    id INTEGER PRIMARY KEY CHECK (id = 1), current BLOB NOT NULL, previous BLOB NOT NULL,
    place TEXT NOT NULL
) STRICT;
"""


def place(log: int, index: int) -> int:
    """The key of an entry: log number and index in one integer.

    The index may be MOST_ENTRIES, where a range ends.
    """
    return (log << INDEX_BITS) + index


def unplace(key: int) -> tuple[int, int]:
    """Log number and index of a key; party and index of a root."""
    return key >> INDEX_BITS, key & (MOST_ENTRIES - 1)


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """A connection without implicit transactions.

    mode: rw, ro, or `ro&immutable=1` for files that nobody writes. It may be closed by another
    thread than the one that uses it, and is never used by two. Raises what FAILURES lists.
    """
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode={mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA cache_size = -8000")
        connection.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        connection.close()
        raise
    return connection


def check_file(path: Path) -> None:
    """Refuse what is plainly no store before SQLite touches it. Raises StoreTrouble."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreTrouble(
            f"SQLite {sqlite3.sqlite_version} is too old for a store; install 3.37 or newer."
        )
    try:
        status = path.stat()
        with path.open("rb") as file:
            magic = file.read(16)
    except FileNotFoundError as error:
        raise StoreTrouble(
            f"There is no store at {path}. Give the right path, or create a store first."
        ) from error
    except IsADirectoryError as error:
        raise not_a_store(path, "it is a directory") from error
    except OSError as error:
        raise trouble(error, path) from error
    if status.st_mode & 0o022:
        raise StoreTrouble(
            f"Other users may write the store {path}, so it cannot be trusted. Find out who did,"
            f" then run: chmod 600 {path}"
        )
    if not magic:
        raise not_a_store(path, "the file is empty")
    if magic != b"SQLite format 3\x00":
        raise not_a_store(path, "it is of another format")


def check_version(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse another program's database and a newer Firebreak's. Raises StoreTrouble."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    if application != APPLICATION:
        raise not_a_store(path, "it is another program's database")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise StoreTrouble(
            f"The store {path} was written by a newer Firebreak (format {version}; this one knows"
            f" {VERSION}). Install that version again; nothing was changed."
        )
    if version != VERSION:
        raise damaged(path, f"its format number is {version}")


def check_sizes(connection: sqlite3.Connection, path: Path) -> dict[str, tuple[int, int]]:
    """Number and size of each log by origin, the quick checks passed. Raises StoreTrouble.

    Costs a few look-ups a log, however long: each log's newest head and its stored subtree hashes
    must agree with the number of its entries.
    """
    logs: dict[str, tuple[int, int]] = {}
    for number, origin in connection.execute("SELECT id, origin FROM log").fetchall():
        size = log_size(connection, number)
        head, tiles = connection.execute(
            "SELECT (SELECT max(size) FROM head WHERE log = ?1),"
            " (SELECT max(number) + 1 FROM subtree WHERE log = ?1 AND level = 8)",
            (number,),
        ).fetchone()
        if (head or 0) > size:
            raise damaged(path, f"the log {origin} has {size} entries and a head over {head}")
        if (tiles or 0) != size >> 8:
            raise damaged(path, f"the log {origin} has {size} entries and {tiles or 0} full tiles")
        logs[origin] = number, size
    newest = connection.execute("SELECT max(place) FROM entry").fetchone()[0]
    if newest is not None and unplace(newest)[0] not in dict(logs.values()):
        raise damaged(path, f"there are entries of a log {unplace(newest)[0]} without a name")
    return logs


def log_size(connection: sqlite3.Connection, number: int) -> int:
    """Entries of the log of this number."""
    newest = connection.execute(
        "SELECT max(place) FROM entry WHERE place >= ? AND place < ?",
        (place(number, 0), place(number + 1, 0)),
    ).fetchone()[0]
    return 0 if newest is None else unplace(newest)[1] + 1
