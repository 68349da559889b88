"""What went wrong with a store, in the operator's words: what happened, then what to do."""

import errno
import sqlite3
from pathlib import Path
from typing import Final

from firebreak.errors import StoreTrouble

_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_RIGHT: Final = {errno.EACCES, errno.EPERM, errno.EROFS}

FAILURES: Final = (sqlite3.Error, OSError, UnicodeDecodeError)
"""What SQLite and the system raise; the last where SQLite's own message quotes damaged text."""


def trouble(error: Exception, path: Path) -> StoreTrouble:
    """The operator's message for an error of SQLite or of the system on the store at `path`."""
    match error:
        case StoreTrouble():
            return error
        case UnicodeDecodeError():
            return damaged(path, "its text is not UTF-8")
        case sqlite3.Error():
            return StoreTrouble(_of_sqlite(error, path))
        case OSError(errno=code) if code in _NO_ROOM:
            return StoreTrouble(_full(path))
        case OSError(errno=code) if code in _NO_RIGHT:
            return StoreTrouble(_not_writable(path, error.strerror or str(error)))
        case OSError():
            return StoreTrouble(_failing(path, error.strerror or str(error)))
        case _:
            return StoreTrouble(
                f"The store {path} stopped at a fault in the program: {error!r}. Nothing that was"
                " acknowledged is lost. Start the node again and report this line."
            )


def damaged(path: Path, what: str) -> StoreTrouble:
    """The store holds something that it cannot have been given."""
    return StoreTrouble(
        f"The store {path} is damaged: {_plain(what)}. Move it and all files beside it that begin"
        f" with {path.name} to a safe place, put the same files of the newest backup there, or none,"
        " and start the node: it asks the other side for what it lacks."
    )


def not_a_store(path: Path, what: str) -> StoreTrouble:
    """There is something at the path, but no store."""
    return StoreTrouble(
        f"{path} is not a Firebreak store: {what}. Give the right path; if this was the store, move"
        f" it and all files beside it that begin with {path.name} to a safe place, put the same files"
        " of the newest backup there, or none, and start the node."
    )


def _of_sqlite(error: sqlite3.Error, path: Path) -> str:
    """The message for SQLite's result code; errors without one come from the module itself."""
    code = getattr(error, "sqlite_errorcode", None)
    said = _plain(str(error))
    match code & 0xFF if isinstance(code, int) else None:
        case sqlite3.SQLITE_FULL:
            return _full(path)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return _not_writable(path, said)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_ERROR:
            # The statements are ours and fixed: one that fails as such has met a damaged schema.
            return str(damaged(path, said))
        case sqlite3.SQLITE_NOTADB:
            return str(not_a_store(path, said))
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return (
                f"Another program holds the store {path} ({said}). End it, then start the node"
                " again; only one node may use a store."
            )
        case sqlite3.SQLITE_CANTOPEN:
            return (
                f"The store {path} cannot be opened here ({said}). Check that this user may read"
                " and write the file, the files beside it and their directory."
            )
        case sqlite3.SQLITE_IOERR:
            return _failing(path, f"{said}, {error.sqlite_errorname}")
    return (
        f"The store {path} stopped at an unexpected error: {said}. Nothing that was acknowledged"
        " is lost. Start the node again and report this line."
    )


def _plain(text: str) -> str:
    """A message fit for a terminal: those of SQLite quote whatever stands in a damaged file."""
    return ascii(text[:300])[1:-1]


def _full(path: Path) -> str:
    return (
        f"The disk under the store {path} is full. Nothing that was acknowledged is lost. Free some"
        " space, then start the node again."
    )


def _not_writable(path: Path, why: str) -> str:
    return (
        f"The store {path} cannot be written here ({why}). Run the node as the owner of the file"
        " and its directory, on a disk mounted for writing; reading it still works."
    )


def _failing(path: Path, why: str) -> str:
    return (
        f"The disk under the store {path} does not do what is asked of it ({why}). Nothing that was"
        " acknowledged is known to be lost. Check the disk and the space on it, then start the node"
        " again."
    )
