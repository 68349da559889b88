"""Entries as rows and back, each row under a checksum: SQLite itself has none over its pages."""

import struct
import zlib
from typing import Any, Final

from firebreak.store.interface import Entry
from firebreak.store.schema import place, unplace
from firebreak.values import Millis

COLUMNS: Final = "place, leaf, digest, record_id, rank, root, stored_at, void, crc, record"
INSERT: Final = f"INSERT INTO entry ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

_NUMBERS: Final = struct.Struct(">qqqq")


def to_row(log: int, entry: Entry) -> tuple[Any, ...]:
    """The row of an entry, in the order of COLUMNS."""
    key = place(log, entry.index)
    root = place(*entry.root)
    return (
        key,
        entry.leaf,
        entry.digest,
        entry.record_id,
        entry.rank,
        root,
        entry.stored_at,
        entry.void,
        _crc(key, root, entry),
        entry.record,
    )


def from_row(origin: str, row: tuple[Any, ...]) -> Entry | None:
    """The entry of a row; None if the row is not as it was written."""
    key, leaf, digest, record_id, rank, root, stored_at, void, crc, record = row
    try:
        entry = Entry(
            origin=origin,
            index=unplace(key)[1],
            record=record,
            record_id=record_id,
            leaf=leaf,
            digest=digest,
            rank=rank,
            void=void,
            root=unplace(root),
            stored_at=Millis(stored_at),
        )
        return entry if _crc(key, root, entry) == crc else None
    except (TypeError, AttributeError, struct.error):
        # On a damaged page a column may even be of another type.
        return None


def _crc(key: int, root: int, entry: Entry) -> int:
    """CRC-32 over everything in the row."""
    numbers = _NUMBERS.pack(key, entry.rank, root, entry.stored_at)
    void = b"-" if entry.void is None else b"+" + entry.void.encode()
    head = b"".join((numbers, entry.leaf, entry.digest, entry.record_id, void))
    return zlib.crc32(entry.record, zlib.crc32(head))
