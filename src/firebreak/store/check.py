"""The whole store read through and compared: one that comes from a backup before it is used, any
other beside the work of its node."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from firebreak.ledger.merkle import Frontier
from firebreak.store.incarnation import Logs
from firebreak.store.rows import COLUMNS, from_row
from firebreak.store.schema import check_sizes, connect, place, unplace
from firebreak.store.subtrees import is_kept, read_subtree
from firebreak.store.trouble import FAILURES, damaged, trouble

_STEPS = 10_000
"""Of SQLite's machine, between looks whether to stop."""


def read_through(path: Path, is_stopped: Callable[[], bool]) -> bool:
    """Read the store as it is now, on a connection of its own, beside the one that writes.

    is_stopped: asked again and again; then False is returned, and True for a sound store. Raises
    StoreTrouble for one that is damaged.
    """
    try:
        with closing(connect(path, "ro")) as connection:
            connection.set_progress_handler(is_stopped, _STEPS)
            connection.execute("BEGIN")
            check_everything(connection, path, check_sizes(connection, path))
    except FAILURES as error:
        if is_stopped():
            return False
        raise trouble(error, path) from error
    return True


def check_everything(connection: sqlite3.Connection, path: Path, logs: Logs) -> None:
    """Read every page and every entry; seconds for a million. Raises StoreTrouble, sqlite3.Error.

    SQLite's own structure, each entry's checksum and place, each stored subtree hash.
    """
    (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise damaged(path, verdict)
    for origin, (number, size) in logs.items():
        _check_log(connection, path, origin, number, size)


def _check_log(
    connection: sqlite3.Connection, path: Path, origin: str, number: int, size: int
) -> None:
    sql = f"SELECT {COLUMNS} FROM entry WHERE place >= ? AND place < ? ORDER BY place"
    frontier = Frontier()
    for row in connection.execute(sql, (place(number, 0), place(number + 1, 0))):
        index = frontier.size
        if unplace(row[0])[1] != index:
            raise damaged(path, f"entry {index} of the log {origin} is not there")
        entry = from_row(origin, row)
        if entry is None:
            raise damaged(path, f"entry {index} of the log {origin} was altered")
        frontier, completed = frontier.grow(entry.leaf)
        for level, digest in enumerate(completed):
            if is_kept(level) and read_subtree(connection, number, level, index >> level) != digest:
                raise damaged(path, f"hashes of the log {origin} were altered")
    if frontier.size != size:
        raise damaged(path, f"the log {origin} has {frontier.size} entries, not {size}")
