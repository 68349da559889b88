"""Merkle subtree hashes out of the store: levels 8, 16, 24, ... are kept, the rest is computed.

So a hash costs at most 256 short reads, however long the log (ledger/merkle.py has the tree).
"""

import sqlite3
from typing import Final

from firebreak.ledger.merkle import Frontier, node_hash
from firebreak.store.schema import place

KEPT_EVERY: Final = 8


def is_kept(level: int) -> bool:
    """Whether the hashes of this level have rows of their own."""
    return level > 0 and level % KEPT_EVERY == 0


def read_subtree(connection: sqlite3.Connection, log: int, level: int, number: int) -> bytes | None:
    """Hash of the complete subtree of 2**level leaves from number * 2**level.

    None if the store does not hold all of them.
    """
    spare = 0 if is_kept(level) else level % KEPT_EVERY
    count = 1 << spare
    hashes = _kept(connection, log, level - spare, number << spare, count)
    if len(hashes) != count:
        return None
    while len(hashes) > 1:
        hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def read_frontier(connection: sqlite3.Connection, log: int, size: int) -> Frontier | None:
    """The compact range of a log's first `size` entries; None if the store does not hold them."""
    hashes = []
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            digest = read_subtree(connection, log, level, (size >> level) - 1)
            if digest is None:
                return None
            hashes.append(digest)
    return Frontier(size, tuple(hashes))


def _kept(
    connection: sqlite3.Connection, log: int, level: int, first: int, count: int
) -> list[bytes]:
    """`count` hashes of a level that is kept, from number `first`; fewer if they are not there."""
    if level == 0:
        sql = "SELECT leaf FROM entry WHERE place >= ? AND place < ? ORDER BY place"
        rows = connection.execute(sql, (place(log, first), place(log, first + count)))
    else:
        sql = (
            "SELECT hash FROM subtree WHERE log = ? AND level = ? AND number >= ? AND number < ?"
            " ORDER BY number"
        )
        rows = connection.execute(sql, (log, level, first, first + count))
    return [digest for (digest,) in rows]
