"""Tiles: C2SP tlog-tiles paths and contents, and readers that refuse all else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import InvalidValue, Malformed
from firebreak.ledger.merkle import Frontier, leaf_hash, node_hash, root_of
from firebreak.ledger.tiles import (
    entries_path,
    entry_bundle,
    entry_bundles,
    hash_tile,
    hash_tiles,
    parse_entry_bundle,
    parse_hash_tile,
    parse_path,
    tile_path,
)

GREATEST_INDEX = (2**63 - 1) // 256


def label(level: int, n: int) -> bytes:
    """A stand-in for a subtree's hash that says which subtree was asked for."""
    return level.to_bytes(16, "big") + n.to_bytes(16, "big")


@pytest.mark.parametrize(
    ("path", "level", "index", "width"),
    [
        ("tile/0/x001/x234/067", 0, 1_234_067, 256),
        ("tile/0/000", 0, 0, 256),
        ("tile/0/999", 0, 999, 256),
        ("tile/0/x001/000", 0, 1000, 256),
        ("tile/63/000.p/1", 63, 0, 1),
        ("tile/1/001.p/255", 1, 1, 255),
        ("tile/entries/x001/234.p/17", None, 1234, 17),
    ],
)
def test_paths(path: str, level: int | None, index: int, width: int) -> None:
    """L-21: the first is the specification's own example."""
    made = entries_path(index, width) if level is None else tile_path(level, index, width)
    assert made == path
    assert parse_path(path) == (level, index, width)


@given(
    st.none() | st.integers(0, 63),
    st.integers(0, 3000) | st.integers(0, GREATEST_INDEX),
    st.integers(1, 256),
)
def test_paths_round_trip(level: int | None, index: int, width: int) -> None:
    path = entries_path(index, width) if level is None else tile_path(level, index, width)
    assert parse_path(path) == (level, index, width)
    assert re.fullmatch(r"tile/(entries|\d+)/(x\d{3}/)*\d{3}(\.p/\d{1,3})?", path, re.ASCII)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/x000/067",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/+1/000",
        "tile/0/٠٠١",
        "tile/٠/000",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0/../000",
        "tile/entries/../../000",
        "tile/Entries/000",
        "tile/0/x001//000",
        "tile/0/" + "x999/" * 8 + "999",
        "tile/0/x001/000.p/1.p/1",
    ],
)
def test_other_paths_are_refused(path: str) -> None:
    """L-21: a path from outside reaches no other file and has no second spelling."""
    with pytest.raises(Malformed):
        parse_path(path)


@pytest.mark.parametrize(
    ("level", "index", "width"),
    [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, GREATEST_INDEX + 1, 1), (0, 0, 0), (0, 0, 257)],
)
def test_tiles_that_cannot_be(level: int, index: int, width: int) -> None:
    with pytest.raises(InvalidValue):
        tile_path(level, index, width)


def test_the_specifications_example_of_70000_entries() -> None:
    """L-22, L-23: 273 full tiles, and partial ones of width 112, 17 and 1."""
    tiles = dict(hash_tiles(70_000, label))
    widths = {path: len(content) // 32 for path, content in tiles.items()}
    assert sum(path.startswith("tile/0/") and ".p/" not in path for path in tiles) == 273
    assert widths["tile/1/000"] == 256
    partial = {path for path in tiles if ".p/" in path}
    assert partial == {"tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"}
    assert len(tiles) == 273 + 1 + 3
    assert tiles["tile/1/001.p/17"] == b"".join(label(8, n) for n in range(256, 273))
    assert tiles["tile/2/000.p/1"] == label(16, 0)


def test_the_specifications_example_of_256_entries() -> None:
    """L-23."""
    assert [path for path, _ in hash_tiles(256, label)] == ["tile/0/000", "tile/1/000.p/1"]


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_new_tiles_are_those_that_the_older_log_had_not(one: int, other: int) -> None:
    """L-23."""
    since, size = sorted((one, other))
    before, after = (dict(hash_tiles(n, label)) for n in (since, size))
    new = dict(hash_tiles(size, label, since))
    assert new == {path: content for path, content in after.items() if path not in before}
    bundles = {entries_path(*place) for place in entry_bundles(size, since)}
    assert bundles == {
        path.replace("tile/0/", "tile/entries/") for path in new if path.startswith("tile/0/")
    }


@pytest.mark.parametrize(("size", "since"), [(-1, 0), (0, 1), (1, -1), (2**63, 0)])
def test_a_log_grows_within_bounds(size: int, since: int) -> None:
    with pytest.raises(InvalidValue):
        list(hash_tiles(size, label, since))
    with pytest.raises(InvalidValue):
        list(entry_bundles(size, since))


def test_tiles_rebuild_the_root() -> None:
    """L-22: a reader who has level 0 alone computes the root; a full tile hashes to level 1."""
    stored: dict[tuple[int, int], bytes] = {}
    frontier = Frontier()
    for index in range(600):
        frontier, completed = frontier.grow(leaf_hash(b"%d" % index))
        stored |= {(level, index >> level): digest for level, digest in enumerate(completed)}
    tiles = dict(hash_tiles(600, lambda level, n: stored[level, n]))
    leaves: list[bytes] = []
    for path in ("tile/0/000", "tile/0/001", "tile/0/002.p/88"):
        leaves += parse_hash_tile(parse_path(path)[2], tiles[path])
    assert root_of(leaves) == frontier.root()
    row = leaves[:256]
    while len(row) > 1:
        row = [node_hash(*row[n : n + 2]) for n in range(0, len(row), 2)]
    assert tiles["tile/1/000.p/2"][:32] == row[0]
    assert hash_tile(1, 0, 2, lambda level, n: stored[level, n])[1] == tiles["tile/1/000.p/2"]


@pytest.mark.parametrize("change", [-32, -1, 1, 32])
def test_a_tile_of_another_length_is_refused(change: int) -> None:
    """L-22."""
    with pytest.raises(Malformed):
        parse_hash_tile(3, bytes(96 + change))


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_entry_bundles_round_trip(entries: list[bytes]) -> None:
    """L-24."""
    path, content = entry_bundle(7, entries)
    assert parse_path(path) == (None, 7, len(entries))
    assert parse_entry_bundle(len(entries), content) == entries


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=5), st.data())
def test_entry_bundles_of_another_shape_are_refused(
    entries: list[bytes], data: st.DataObject
) -> None:
    """L-24: cut anywhere, longer by anything, or of another width."""
    content = entry_bundle(0, entries)[1]
    cut = data.draw(st.integers(0, len(content) - 1))
    more = data.draw(st.binary(min_size=1, max_size=5))
    for width, altered in (
        (len(entries), content[:cut]),
        (len(entries), content + more),
        (len(entries) + 1, content),
        (len(entries) - 1, content),
    ):
        with pytest.raises(Malformed):
            parse_entry_bundle(width, altered)


def test_the_longest_entry() -> None:
    """L-24."""
    entry = bytes(65_535)
    assert parse_entry_bundle(1, entry_bundle(0, [entry])[1]) == [entry]
    with pytest.raises(InvalidValue):
        entry_bundle(0, [entry + b"!"])


@pytest.mark.parametrize("count", [0, 257])
def test_a_bundle_has_1_to_256_entries(count: int) -> None:
    with pytest.raises(InvalidValue):
        entry_bundle(0, [b""] * count)
