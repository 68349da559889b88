"""vectors/log: checkpoints, proofs, proof files and tiles, most of them to be refused.

Seeds are fixed and nothing is drawn. `sumdb` says what the readers of golang.org/x/mod/sumdb answer
where they take more than we do: signed-note bids them ignore lines that they do not know (L-14).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from firebreak.keys import SigningKey
from firebreak.ledger import checkpoint as cp
from firebreak.ledger.commitment import commitment
from firebreak.ledger.merkle import (
    EMPTY_ROOT,
    Subtree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
)
from firebreak.ledger.tiles import hash_tiles
from tests.worlds import seed_of

ORIGIN = cp.origin(bytes(range(16)), 0)
KEY = SigningKey(seed_of("a log of vectors"))
OTHER_KEY = SigningKey(seed_of("another log of vectors"))
SPARE = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


@dataclass(frozen=True)
class Vector:
    """One input. sumdb: whether Go's readers take it, None for whatever we say."""

    name: str
    level: str
    what: str
    rules: tuple[str, ...]
    slots: dict[str, Any]
    accepted: bool
    sumdb: bool | None = None

    @property
    def by_sumdb(self) -> bool:
        """What Go's readers say."""
        return self.accepted if self.sumdb is None else self.sumdb

    def as_json(self) -> dict[str, Any]:
        """What stands in the vector's file."""
        words = {True: "accepted", False: "refused"}
        expect = {"verdict": words[self.accepted], "sumdb": words[self.by_sumdb]}
        shown = {"what": self.what, "rules": list(self.rules), "level": self.level}
        return {**shown, **self.slots, "expect": expect}


@dataclass(frozen=True)
class Tree:
    """A log of commitments that only its vectors know."""

    size: int
    entries: list[bytes] = field(default_factory=list)
    stored: dict[tuple[int, int], bytes] = field(default_factory=dict)

    @property
    def subtree(self) -> Subtree:
        """See `merkle.Subtree`."""
        return lambda level, number: self.stored[level, number]

    def root(self, size: int) -> bytes:
        """The root of the first entries."""
        if size == 0:
            return EMPTY_ROOT
        parts, start = [], 0
        for level in reversed(range(size.bit_length())):
            if size >> level & 1:
                parts.append(self.stored[level, start >> level])
                start += 1 << level
        root = parts.pop()
        while parts:
            root = node_hash(parts.pop(), root)
        return root


def tree_of(size: int) -> Tree:
    """A tree whose entries are drawn from their numbers."""
    tree = Tree(size)
    for number in range(size):
        tree.entries.append(seed_of(f"entry {number}"))
        tree.stored[0, number] = leaf_hash(tree.entries[number])
        level = 0
        while number >> level & 1:
            left, right = (tree.stored[level, (number >> level) + step] for step in (-1, 0))
            tree.stored[level + 1, number >> level + 1] = node_hash(left, right)
            level += 1
    return tree


TREE = tree_of(300)


def vectors() -> Iterator[Vector]:
    """Every vector, accepted and refused."""
    for make in (_checkpoints, _inclusions, _consistencies, _proof_files, _tile_sets, _tile_paths):
        yield from make()


def _named(level: str, name: str, accepted: bool) -> str:
    return f"{'accept' if accepted else 'reject'}/{level}-{name}"


# Checkpoints


def note(size: int = 8, key: SigningKey = KEY, origin: str = ORIGIN) -> bytes:
    """A head of the tree, signed."""
    checkpoint = cp.Checkpoint(origin, size, TREE.root(size))
    signature = cp.sign_checkpoint(checkpoint, key)
    return cp.note(checkpoint, [cp.ed25519_line(origin, key.public, signature)])


def checkpoint_slots(data: bytes) -> dict[str, Any]:
    """What a reader of a checkpoint is given."""
    return {"origin": ORIGIN, "key": KEY.public.raw.hex(), "note": data.hex()}


def _signed_text(text: bytes) -> bytes:
    """Any text, signed by the log's key as a note."""
    line = cp.ed25519_line(ORIGIN, KEY.public, KEY.sign(text))
    return text + b"\n" + line.render()


def _respelled(data: bytes, place: int) -> bytes:
    """A base64 character before `=` replaced by another one that decodes to the same bytes."""
    at = place - 1
    return data[:at] + bytes([SPARE[SPARE.index(data[at]) + 1]]) + data[at + 1 :]


def _checkpoints() -> Iterator[Vector]:
    def vector(
        name: str, what: str, rules: str, data: bytes, accepted: bool = False, sumdb: Any = None
    ) -> Vector:
        named = _named("checkpoint", name, accepted)
        slots = checkpoint_slots(data)
        return Vector(named, "checkpoint", what, tuple(rules.split()), slots, accepted, sumdb)

    for size in (0, 1, 2, 7, 8, 300):
        yield vector(str(size), f"a head of {size} entries", "L-9 L-10", note(size), True)
    good = note()
    text, _, lines = good.partition(b"\n\n")
    text += b"\n"
    witness = cp.SignatureLine("witness.example", bytes(4), bytes(72)).render()
    yield vector(
        "witness", "an unknown line after the log's own", "L-11 L-12", good + witness, True
    )
    yield vector(
        "witness-first",
        "an unknown line before it",
        "L-12",
        text + b"\n" + witness + lines,
        sumdb=True,
    )
    yield vector("line-twice", "the log's line twice", "L-13", good + lines, sumdb=True)
    sixteen = b"".join(
        cp.SignatureLine("w", bytes([0, 0, 0, n]), bytes(72)).render() for n in range(16)
    )
    yield vector("lines-17", "seventeen lines", "L-11", good + sixteen, sumdb=True)
    spare = _respelled(good, good.rindex(b"="))
    yield vector(
        "signature-respelled", "spare bits in a signature's base64", "L-14", spare, sumdb=True
    )
    yield vector("key-other", "signed by another log's key", "L-10", note(key=OTHER_KEY))
    named = cp.SignatureLine(ORIGIN, cp.note_key_id(ORIGIN, KEY.public), OTHER_KEY.sign(text))
    yield vector(
        "signature-other",
        "another key's signature by its name",
        "L-10",
        text + b"\n" + named.render(),
    )
    elsewhere = note(origin=cp.origin(bytes(16), 0))
    yield vector("origin-other", "another log of the same key", "L-10", elsewhere)
    body = text.replace(b"\n8\n", b"\n9\n") + b"\n" + lines
    yield vector("size-changed", "another size", "L-10", body)
    root = note(7).split(b"\n")[2]
    yield vector("root-changed", "another root", "L-10", good.replace(text.split(b"\n")[2], root))
    yield vector("unsigned", "no signature line", "L-11", text + b"\n")
    yield vector("text-alone", "no empty line", "L-11", text)
    yield vector("truncated", "the last newline is missing", "L-14", good[:-1])
    yield vector("trailing", "something after the last line", "L-14", good + b"more\n")
    yield vector("dash", "a hyphen in place of the dash", "L-14", good.replace("—".encode(), b"-"))
    yield vector("unpadded", "base64 without padding", "L-14", good.replace(b"=\n", b"\n", 2))
    yield vector(
        "base64-url", "a base64 character of another alphabet", "L-14", good[:-8] + b"_" + good[-7:]
    )
    signed: list[tuple[str, str, str, bytes, bool | None]] = [
        ("size-plus", "a size with a sign", "L-9", text.replace(b"\n8\n", b"\n+8\n"), None),
        (
            "size-zeros",
            "a size with a leading zero",
            "L-9",
            text.replace(b"\n8\n", b"\n08\n"),
            None,
        ),
        ("size-empty", "no size", "L-9", text.replace(b"\n8\n", b"\n\n"), None),
        ("size-hex", "a size in hexadecimal", "L-9", text.replace(b"\n8\n", b"\n0x8\n"), None),
        ("size-negative", "a negative size", "L-9", text.replace(b"\n8\n", b"\n-8\n"), None),
        (
            "size-large",
            "a size of 2^63",
            "L-9",
            text.replace(b"\n8\n", b"\n9223372036854775808\n"),
            None,
        ),
        ("extension", "an extension line", "L-9", text + b"more\n", True),
        ("root-short", "a root of 31 bytes", "L-9", text[:-45] + b"A" * 42 + b"==\n", None),
        ("root-missing", "no root", "L-9", text[:-45], None),
        (
            "epoch-zeros",
            "an epoch with a leading zero",
            "L-8",
            text.replace(b"/0\n", b"/00\n"),
            None,
        ),
        ("origin-capitals", "an origin in capitals", "L-8", text.replace(b"0a0b", b"0A0B"), None),
        ("crlf", "lines that end in CR LF", "L-9", text.replace(b"\n8\n", b"\r\n8\r\n"), None),
    ]
    for name, what, rules, other, sumdb in signed:
        data = _signed_text(other)
        yield vector(f"signed-{name}", f"truly signed, {what}", rules, data, sumdb=sumdb)


# Proofs


def inclusion_slots(
    index: int, size: int, entry: bytes, root: bytes, hashes: Sequence[bytes]
) -> dict[str, Any]:
    """What a reader of an inclusion proof is given."""
    shown = {"index": index, "size": size, "entry": entry.hex(), "root": root.hex()}
    return {**shown, "hashes": [one.hex() for one in hashes]}


Change = Callable[[list[bytes]], list[bytes]]
_PROOF_CHANGES: list[tuple[str, str, str, Change]] = [
    ("missing", "a hash left out", "L-3", lambda h: h[:-1]),
    ("first-missing", "the first hash left out", "L-3", lambda h: h[1:]),
    ("extra", "a hash too many", "L-3", lambda h: [*h, bytes(32)]),
    (
        "changed",
        "a hash changed",
        "L-4 L-7",
        lambda h: [*h[:-1], bytes([h[-1][0] ^ 1]) + h[-1][1:]],
    ),
    ("swapped", "two hashes swapped", "L-4 L-7", lambda h: [h[1], h[0], *h[2:]]),
    ("short", "a hash of 31 bytes", "L-3", lambda h: [h[0][:31], *h[1:]]),
    ("none", "no hashes", "L-3", lambda h: []),
]


def _inclusions() -> Iterator[Vector]:
    def vector(name: str, what: str, rules: str, accepted: bool, *terms: Any) -> Vector:
        named = _named("inclusion", name, accepted)
        slots = inclusion_slots(*terms)
        return Vector(named, "inclusion", what, tuple(rules.split()), slots, accepted)

    for index, size in (
        (0, 1),
        (0, 2),
        (1, 2),
        (0, 7),
        (6, 7),
        (5, 8),
        (255, 256),
        (256, 300),
        (299, 300),
    ):
        proof = inclusion_proof(index, size, TREE.subtree)
        what = f"entry {index} of {size}"
        terms = (index, size, TREE.entries[index], TREE.root(size), proof)
        yield vector(f"{index}-{size}", what, "L-4", True, *terms)
    index, size = 5, 7
    entry, root = TREE.entries[index], TREE.root(size)
    proof = inclusion_proof(index, size, TREE.subtree)
    for name, what, rules, change in _PROOF_CHANGES:
        yield vector(name, what, rules, False, index, size, entry, root, change(list(proof)))
    yield vector("index-other", "another index", "L-4", False, 4, size, entry, root, proof)
    yield vector(
        "index-size", "an index that is the size", "L-2", False, 7, size, entry, root, proof
    )
    yield vector("index-negative", "a negative index", "L-2", False, -1, size, entry, root, proof)
    yield vector("size-other", "another size", "L-3 L-4", False, index, 9, entry, root, proof)
    what = (
        "a size that nobody signed, whose proof has the same shape: a proof says nothing of sizes"
    )
    yield vector("size-unsigned", what, "L-4 L-10", True, index, 8, entry, root, proof)
    yield vector("size-zero", "an empty log", "L-2", False, 0, 0, entry, EMPTY_ROOT, [])
    yield vector(
        "entry-other", "another entry", "L-4", False, index, size, TREE.entries[4], root, proof
    )
    yield vector(
        "entry-is-hash",
        "a leaf hash for the entry",
        "L-1",
        False,
        index,
        size,
        leaf_hash(entry),
        root,
        proof,
    )
    yield vector(
        "root-other", "another root", "L-4", False, index, size, entry, TREE.root(8), proof
    )
    yield vector(
        "root-short", "a root of 12 bytes", "L-3", False, index, size, entry, root[:12], proof
    )
    node = TREE.stored[1, 0]
    upper = [TREE.stored[1, 1], TREE.root(8)]
    yield vector(
        "node-as-leaf",
        "a node passed off as an entry",
        "L-1",
        False,
        0,
        4,
        node,
        TREE.root(4),
        upper[:1],
    )


def consistency_slots(
    size1: int, root1: bytes, size2: int, root2: bytes, hashes: Sequence[bytes]
) -> dict[str, Any]:
    """What a reader of a consistency proof is given."""
    shown = {"size1": size1, "root1": root1.hex(), "size2": size2, "root2": root2.hex()}
    return {**shown, "hashes": [one.hex() for one in hashes]}


def _consistencies() -> Iterator[Vector]:
    def vector(name: str, what: str, rules: str, accepted: bool, *terms: Any) -> Vector:
        named = _named("consistency", name, accepted)
        slots = consistency_slots(*terms)
        return Vector(named, "consistency", what, tuple(rules.split()), slots, accepted)

    for one, two in (
        (1, 1),
        (8, 8),
        (1, 2),
        (1, 8),
        (2, 3),
        (3, 7),
        (4, 8),
        (6, 8),
        (7, 8),
        (256, 300),
        (299, 300),
    ):
        proof = consistency_proof(one, two, TREE.subtree)
        terms = (one, TREE.root(one), two, TREE.root(two), proof)
        yield vector(f"{one}-{two}", f"from {one} to {two} entries", "L-7", True, *terms)
    one, two = 3, 7
    first, second = TREE.root(one), TREE.root(two)
    proof = consistency_proof(one, two, TREE.subtree)
    for name, what, rules, change in _PROOF_CHANGES:
        yield vector(name, what, rules, False, one, first, two, second, change(list(proof)))
    yield vector("backwards", "from more to fewer", "L-5", False, two, second, one, first, proof)
    yield vector(
        "from-0", "from an empty log, with nothing", "L-6", False, 0, EMPTY_ROOT, two, second, []
    )
    yield vector(
        "0-0", "from an empty log to itself", "L-6", False, 0, EMPTY_ROOT, 0, EMPTY_ROOT, []
    )
    yield vector(
        "root1-other", "another first root", "L-7", False, one, TREE.root(4), two, second, proof
    )
    yield vector(
        "root2-other", "another second root", "L-7", False, one, first, two, TREE.root(8), proof
    )
    yield vector(
        "size1-other", "another first size", "L-3 L-7", False, 2, first, two, second, proof
    )
    yield vector(
        "size2-other", "another second size", "L-3 L-7", False, one, first, 9, second, proof
    )
    what = (
        "a size that nobody signed, whose proof has the same shape: a proof says nothing of sizes"
    )
    yield vector("size-unsigned", what, "L-7 L-10", True, one, first, 8, second, proof)
    yield vector(
        "same-size", "two roots of one size", "L-5", False, two, TREE.root(8), two, second, []
    )
    yield vector(
        "same-needless",
        "a proof where sizes are equal",
        "L-5",
        False,
        two,
        second,
        two,
        second,
        [bytes(32)],
    )
    yield vector(
        "root-short", "a root of 12 bytes", "L-3", False, one, first[:12], two, second, proof
    )


# Proof files: a record, its salt, its proof and a signed head in one text


def _proof_files() -> Iterator[Vector]:
    salt, record = bytes(range(16)), b"a record"
    entries = [TREE.entries[0], commitment(salt, record), TREE.entries[2]]
    leaves = [leaf_hash(entry) for entry in entries]
    inner = node_hash(leaves[0], leaves[1])
    head = cp.Checkpoint(ORIGIN, 3, node_hash(inner, leaves[2]))
    line = cp.ed25519_line(ORIGIN, KEY.public, cp.sign_checkpoint(head, KEY))
    good = cp.render_proof(cp.ProofFile(1, (leaves[0], leaves[2]), cp.note(head, [line]), salt))
    hashes = good.split(b"\n")[3:5]

    def vector(
        name: str, what: str, rules: str, data: bytes, accepted: bool = False, said: bytes = record
    ) -> Vector:
        slots = {"origin": ORIGIN, "key": KEY.public.raw.hex(), "record": said.hex()}
        slots["file"] = data.hex()
        named = _named("proof", name, accepted)
        return Vector(named, "proof", what, tuple(rules.split()), slots, accepted)

    yield vector("file", "a record's proof file", "L-16", good, True)
    yield vector("record", "another record", "L-19", good, said=b"another record")
    for name, what, rules, old, new in (
        ("header", "another first line", "L-16", b"@v1", b"@v2"),
        ("salt", "another salt", "L-19", b"extra AAEC", b"extra AAED"),
        ("salt-missing", "no salt", "L-16 L-19", good.split(b"\n")[1] + b"\n", b""),
        ("index", "another index", "L-4", b"index 1\n", b"index 0\n"),
        ("index-form", "an index with a leading zero", "L-9", b"index 1\n", b"index 01\n"),
        ("index-missing", "no index", "L-16", b"index 1\n", b""),
        ("hash-missing", "a hash left out", "L-3", hashes[1] + b"\n", b""),
        ("hash-twice", "a hash twice", "L-3", hashes[1], hashes[1] + b"\n" + hashes[1]),
        ("hashes-swapped", "hashes swapped", "L-4", b"\n".join(hashes), b"\n".join(hashes[::-1])),
        ("size", "another size in the note", "L-10", b"/0\n3\n", b"/0\n4\n"),
        ("no-gap", "no empty line before the note", "L-16", b"=\n\nfire", b"=\nfire"),
    ):
        assert old in good, name
        yield vector(name, what, rules, good.replace(old, new, 1))


# Tiles


def tile_slots(size: int, root: bytes, tiles: dict[str, bytes]) -> dict[str, Any]:
    """What a reader of tiles is given."""
    shown = {path: data.hex() for path, data in tiles.items()}
    return {"size": size, "root": root.hex(), "tiles": shown}


def _tile_sets() -> Iterator[Vector]:
    def vector(
        name: str, what: str, rules: str, size: int, tiles: dict[str, bytes], accepted: bool = False
    ) -> Vector:
        slots = tile_slots(size, TREE.root(size), tiles)
        return Vector(
            _named("tiles", name, accepted), "tiles", what, tuple(rules.split()), slots, accepted
        )

    for size in (1, 3, 255, 256, 257, 300):
        tiles = dict(hash_tiles(size, TREE.subtree))
        yield vector(str(size), f"all tiles of {size} entries", "L-22 L-23", size, tiles, True)
    few = dict(hash_tiles(7, TREE.subtree))
    (path,) = few
    data = few[path]
    yield vector("bit", "one bit of a tile", "L-22", 7, {path: bytes([data[0] ^ 1]) + data[1:]})
    yield vector("short", "a tile that is a byte short", "L-22", 7, {path: data[:-1]})
    yield vector("long", "a tile that is a hash too long", "L-22", 7, {path: data + bytes(32)})
    yield vector("missing", "no tile", "L-23", 7, {})
    yield vector(
        "narrow", "a narrower tile than the size has", "L-23", 7, {"tile/0/000.p/6": data[:192]}
    )
    swapped = {path: data[32:64] + data[:32] + data[64:]}
    yield vector("swapped", "two hashes swapped", "L-22", 7, swapped)
    many = dict(hash_tiles(257, TREE.subtree))
    upper = {**many, "tile/1/000.p/1": bytes(32)}
    yield vector("upper", "a wrong hash on level 1", "L-22", 257, upper)
    lower = {**many, "tile/0/001.p/1": bytes(32)}
    yield vector("lower", "a wrong hash on the right edge", "L-22", 257, lower)


def _tile_paths() -> Iterator[Vector]:
    def vector(path: str, accepted: bool, sumdb: bool | None = None) -> Vector:
        safe = path.removeprefix("tile/").replace("/", "_") or "none"
        what = "the path of a tile" if accepted else "no path of a tile"
        named = _named("path", safe, accepted)
        return Vector(named, "path", what, ("L-21",), {"path": path}, accepted, sumdb)

    for path in (
        "0/000",
        "0/001.p/255",
        "1/x001/234",
        "63/000",
        "0/x001/x234/067",
        "2/x999/999.p/1",
    ):
        yield vector(f"tile/{path}", True)
    for path in (
        "0/1",
        "0/0000",
        "0/001.p/0",
        "0/001.p/01",
        "0/001.p/256",
        "0/x000/001",
        "0/001/234",
        "0/x001",
        "00/001",
        "-1/001",
        "0/001.p",
        "0/+01",
        "64/000",
    ):
        yield vector(f"tile/{path}", False, path == "64/000")
