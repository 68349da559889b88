"""C2SP tlog-tiles 0.1: a log as files that any monitor can read (spec/log.md §6).

Pure: gives paths and contents; who writes or serves them is elsewhere.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from firebreak.errors import InvalidValue, Malformed
from firebreak.ledger.merkle import HASH_BYTES, MOST_LEAVES, Subtree

TILE_WIDTH: Final = 256
LEVELS_A_TILE: Final = 8
TOP_LEVEL: Final = 63
MOST_ENTRY_BYTES: Final = 65_535

_PATH: Final = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
)


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Where tile `index` of a level lies, such as `tile/0/x001/x234/067.p/12` (L-21).

    level: 0 to 63; index: from 0; width: hashes in it, 1 to 256. Raises InvalidValue otherwise.
    """
    if not 0 <= level <= TOP_LEVEL:
        raise InvalidValue(f"A tile's level is 0 to 63, not {level}.")
    return f"tile/{level}/{_place(index, width)}"


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """Where entry bundle `index` lies. index, width: as in `tile_path`. Raises InvalidValue."""
    return f"tile/entries/{_place(index, width)}"


def parse_path(path: str) -> tuple[int | None, int, int]:
    """Level (None: an entry bundle), index and width of a path; raises Malformed if not one."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise Malformed(f"{path!a} is not the path of a tile.")
    level = None if match[1] == "entries" else int(match[1])
    index = int(match[2].replace("x", "").replace("/", ""))
    width = int(match[3] or TILE_WIDTH)
    try:
        again = entries_path(index, width) if level is None else tile_path(level, index, width)
    except InvalidValue as error:
        raise Malformed(f"{path!a} is not the path of a tile.") from error
    if again != path:
        raise Malformed(f"{path!a} is not the one path of that tile, which is {again}.")
    return level, index, width


def hash_tile(level: int, index: int, width: int, subtree: Subtree) -> tuple[str, bytes]:
    """A tile's path and content: the hashes, 32 bytes each, one after another (L-22).

    level, index, width: as in `tile_path`; subtree: of a log that holds them all.
    """
    path = tile_path(level, index, width)
    first = index * TILE_WIDTH
    height = level * LEVELS_A_TILE
    return path, b"".join(subtree(height, n) for n in range(first, first + width))


def hash_tiles(size: int, subtree: Subtree, since: int = 0) -> Iterator[tuple[str, bytes]]:
    """Every tile of a log of `size` that a log of `since` did not have already (L-23).

    0 <= since <= size <= 2**63 - 1. Raises InvalidValue otherwise.
    """
    if not 0 <= since <= size <= MOST_LEAVES:
        raise InvalidValue(f"A log cannot grow from {since} to {size} entries.")
    for level in range(TOP_LEVEL + 1):
        height = level * LEVELS_A_TILE
        for index, width in _new_tiles(since >> height, size >> height):
            yield hash_tile(level, index, width, subtree)


def entry_bundles(size: int, since: int = 0) -> Iterator[tuple[int, int]]:
    """Index and width of every entry bundle that a log of `size` has and one of `since` had not.

    0 <= since <= size <= 2**63 - 1. Raises InvalidValue otherwise.
    """
    if not 0 <= since <= size <= MOST_LEAVES:
        raise InvalidValue(f"A log cannot grow from {since} to {size} entries.")
    return _new_tiles(since, size)


def entry_bundle(index: int, entries: Sequence[bytes]) -> tuple[str, bytes]:
    """An entry bundle's path and content: each entry after its 16-bit big-endian length (L-24).

    entries: 1 to 256, each of at most 65,535 bytes. Raises InvalidValue otherwise.
    """
    path = entries_path(index, len(entries))
    for entry in entries:
        if len(entry) > MOST_ENTRY_BYTES:
            raise InvalidValue(f"An entry has at most 65,535 bytes, not {len(entry)}.")
    return path, b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_entry_bundle(width: int, content: bytes) -> list[bytes]:
    """The entries of a bundle that should have `width`; raises Malformed otherwise (L-24)."""
    entries: list[bytes] = []
    place = 0
    while place < len(content) and len(entries) < width:
        start = place + 2
        place = start + int.from_bytes(content[place:start], "big")
        entries.append(content[start:place])
    # Past the end, place lies beyond it: an entry or a length was cut off.
    if place != len(content) or len(entries) != width:
        raise Malformed(f"The entry bundle does not hold exactly {width} entries.")
    return entries


def parse_hash_tile(width: int, content: bytes) -> list[bytes]:
    """The hashes of a tile that should have `width`; raises Malformed otherwise (L-22)."""
    if len(content) != width * HASH_BYTES:
        raise Malformed(f"A tile of {width} hashes has {width * HASH_BYTES} bytes.")
    return [content[n : n + HASH_BYTES] for n in range(0, len(content), HASH_BYTES)]


def _new_tiles(before: int, after: int) -> Iterator[tuple[int, int]]:
    """Index and width of the tiles over `after` nodes of a level that had `before` of them."""
    if before == after:
        return
    for index in range(before // TILE_WIDTH, after // TILE_WIDTH):
        yield index, TILE_WIDTH
    if after % TILE_WIDTH:
        yield after // TILE_WIDTH, after % TILE_WIDTH


def _place(index: int, width: int) -> str:
    """The path's last part: index in groups of three digits, then the width if partial (L-21)."""
    if not 0 <= index <= MOST_LEAVES // TILE_WIDTH:
        raise InvalidValue(f"A log has no tile {index}.")
    if not 1 <= width <= TILE_WIDTH:
        raise InvalidValue(f"A tile has 1 to 256 hashes, not {width}.")
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03d}")
    return "/".join(groups) + (f".p/{width}" if width < TILE_WIDTH else "")
