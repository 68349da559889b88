"""Merkle hashing and proofs against RFC 6962, foreign vectors, pymerkle and a naive tree."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from firebreak.errors import BadProof, InvalidValue
from firebreak.ledger.merkle import (
    EMPTY_ROOT,
    MOST_LEAVES,
    Frontier,
    Subtree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

entries_lists = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


def naive_root(entries: Sequence[bytes]) -> bytes:
    """RFC 6962 2.1, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    middle = 1
    while 2 * middle < len(entries):
        middle *= 2
    halves = naive_root(entries[:middle]) + naive_root(entries[middle:])
    return hashlib.sha256(b"\x01" + halves).digest()


def naive_inclusion(index: int, entries: Sequence[bytes]) -> list[bytes]:
    """RFC 6962 2.1.1, word for word."""
    if len(entries) == 1:
        return []
    middle = 1
    while 2 * middle < len(entries):
        middle *= 2
    left, right = entries[:middle], entries[middle:]
    if index < middle:
        return [*naive_inclusion(index, left), naive_root(right)]
    return [*naive_inclusion(index - middle, right), naive_root(left)]


def naive_consistency(size: int, entries: Sequence[bytes], whole: bool = True) -> list[bytes]:
    """RFC 6962 2.1.2, SUBPROOF, word for word."""
    if size == len(entries):
        return [] if whole else [naive_root(entries)]
    middle = 1
    while 2 * middle < len(entries):
        middle *= 2
    left, right = entries[:middle], entries[middle:]
    if size <= middle:
        return [*naive_consistency(size, left, whole), naive_root(right)]
    return [*naive_consistency(size - middle, right, False), naive_root(left)]


def subtree_of(entries: Sequence[bytes]) -> Subtree:
    """A Subtree over entries in memory; refuses any that is not complete."""

    def subtree(level: int, n: int) -> bytes:
        covered = entries[n << level : (n + 1) << level]
        assert len(covered) == 1 << level
        return naive_root(covered)

    return subtree


def decoded(values: list[str] | None) -> list[bytes]:
    return [base64.b64decode(value) for value in values or ()]


def refused(check: Callable[..., None], *arguments: Any) -> bool:
    try:
        check(*arguments)
    except BadProof:
        return True
    return False


def test_inclusion_vectors(shared_vectors: Path) -> None:
    """L-2, L-3, L-4: transparency-dev/merkle, 98 cases."""
    files = sorted((shared_vectors / "merkle" / "testdata" / "inclusion").rglob("*.json"))
    assert len(files) == 98
    for file in files:
        case = json.loads(file.read_text())
        leaf, root = decoded([case["leafHash"], case["root"]])
        proof = decoded(case["proof"])
        outcome = refused(verify_inclusion, leaf, case["leafIdx"], case["treeSize"], proof, root)
        assert outcome == case["wantErr"], file


def test_consistency_vectors(shared_vectors: Path) -> None:
    """L-3, L-5, L-6, L-7: transparency-dev/merkle, 98 cases; all from size 0 are refused."""
    files = sorted((shared_vectors / "merkle" / "testdata" / "consistency").rglob("*.json"))
    assert len(files) == 98
    for file in files:
        case = json.loads(file.read_text())
        roots = decoded([case["root1"], case["root2"]])
        if not case["wantErr"] and {len(root) for root in roots} != {32}:
            # One case stands for any two equal roots by "don't care 2", 12 bytes: refused (L-3).
            assert file.stem == "sizes-are-equal-one-and-proof-is-empty"
            assert refused(verify_consistency, 1, roots[0], 1, roots[1], [])
            roots = [hashlib.sha256(root).digest() for root in roots]
        arguments = case["size1"], roots[0], case["size2"], roots[1], decoded(case["proof"])
        assert refused(verify_consistency, *arguments) == case["wantErr"], file


def test_hashes_are_those_of_rfc_6962() -> None:
    """L-1: known answers, as published with Certificate Transparency's reference tree."""
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    entries.append("606162636465666768696a6b6c6d6e6f")
    assert root_of(leaf_hash(bytes.fromhex(entry)) for entry in entries).hex() == (
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    )


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_roots_agree_with_two_other_trees(entries: list[bytes]) -> None:
    expected = naive_root(entries)
    assert root_of(map(leaf_hash, entries)) == expected
    if entries:
        other = InmemoryTree()
        other.append_entries(entries)
        assert other.get_root() == expected


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70))
def test_growing_gives_each_completed_subtree_once(entries: list[bytes]) -> None:
    stored: dict[tuple[int, int], bytes] = {}
    frontier = Frontier()
    for index, entry in enumerate(entries):
        frontier, completed = frontier.grow(leaf_hash(entry))
        for level, digest in enumerate(completed):
            assert stored.setdefault((level, index >> level), digest) is digest
        assert frontier.size == index + 1
        assert frontier.root() == naive_root(entries[: index + 1])
    subtree = subtree_of(entries)
    complete = {(level, n) for level in range(8) for n in range(len(entries) >> level)}
    assert stored == {(level, n): subtree(level, n) for level, n in complete}


@given(entries_lists, st.data())
def test_inclusion_proofs(entries: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(entries)))
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, subtree_of(entries))
    assert proof == naive_inclusion(index, entries[:size])
    root = naive_root(entries[:size])
    verify_inclusion(leaf_hash(entries[index]), index, size, proof, root)


@given(entries_lists, st.data())
def test_consistency_proofs(entries: list[bytes], data: st.DataObject) -> None:
    size2 = data.draw(st.integers(1, len(entries)))
    size1 = data.draw(st.integers(1, size2))
    proof = consistency_proof(size1, size2, subtree_of(entries))
    assert proof == naive_consistency(size1, entries[:size2])
    root1, root2 = naive_root(entries[:size1]), naive_root(entries[:size2])
    verify_consistency(size1, root1, size2, root2, proof)


def test_every_proof_of_small_logs() -> None:
    """All indices and sizes up to 40, not only those that a generator happens to draw."""
    entries = [bytes([n]) for n in range(40)]
    roots = [naive_root(entries[:size]) for size in range(41)]
    subtree = subtree_of(entries)
    for size in range(1, 41):
        for n in range(size):
            proof = inclusion_proof(n, size, subtree)
            verify_inclusion(leaf_hash(entries[n]), n, size, proof, roots[size])
            proof = consistency_proof(n + 1, size, subtree)
            verify_consistency(n + 1, roots[n + 1], size, roots[size], proof)


@given(st.lists(st.binary(max_size=8), min_size=2, max_size=40, unique=True), st.data())
def test_an_altered_inclusion_proof_is_refused(entries: list[bytes], data: st.DataObject) -> None:
    """L-2, L-3, L-4: any bit, index or size; a hash more, less, or in another place."""
    size = len(entries)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, subtree_of(entries))
    leaf, root = leaf_hash(entries[index]), naive_root(entries)
    whole = [leaf, root, *proof]
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] = flipped(whole[place], data.draw(st.integers(0, 255)))
    assert refused(verify_inclusion, whole[0], index, size, whole[2:], whole[1])
    for other in {*range(-1, size + 1)} - {index}:
        assert refused(verify_inclusion, leaf, other, size, proof, root)
    # Some greater sizes give the very same shape for an index; the root then is what is signed
    # together with its size, and that is what refuses them (test_checkpoint).
    for other_size in range(-1, index + 1):
        assert refused(verify_inclusion, leaf, index, other_size, proof, root)
    for longer in ([*proof, root], [leaf, *proof], [*proof, *proof], proof[1:], proof[:-1]):
        assert refused(verify_inclusion, leaf, index, size, longer, root)
    if len(proof) > 1:
        assert refused(verify_inclusion, leaf, index, size, proof[::-1], root)


@given(st.lists(st.binary(max_size=8), min_size=2, max_size=40, unique=True), st.data())
def test_an_altered_consistency_proof_is_refused(entries: list[bytes], data: st.DataObject) -> None:
    """L-3, L-5, L-7."""
    size2 = len(entries)
    size1 = data.draw(st.integers(1, size2 - 1))
    proof = consistency_proof(size1, size2, subtree_of(entries))
    root1, root2 = naive_root(entries[:size1]), naive_root(entries)
    whole = [root1, root2, *proof]
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] = flipped(whole[place], data.draw(st.integers(0, 255)))
    assert refused(verify_consistency, size1, whole[0], size2, whole[1], whole[2:])
    assert refused(verify_consistency, size1, root2, size2, root1, proof)
    assert refused(verify_consistency, size2, root1, size1, root2, proof)
    for other in {*range(-1, size2 + 2)} - {size1}:
        assert refused(verify_consistency, other, root1, size2, root2, proof)
    for other in range(-1, size1 + 1):
        assert refused(verify_consistency, size1, root1, other, root2, proof)
    for longer in ([*proof, root2], [root1, *proof], [*proof, *proof], proof[1:], proof[:-1]):
        assert refused(verify_consistency, size1, root1, size2, root2, longer)


@given(entries_lists, st.data())
def test_a_fork_has_no_consistency_proof(entries: list[bytes], data: st.DataObject) -> None:
    """L-7: one entry replaced under the older head."""
    size1 = data.draw(st.integers(1, len(entries)))
    place = data.draw(st.integers(0, size1 - 1))
    forked = list(entries)
    forked[place] += b"!"
    proof = consistency_proof(size1, len(entries), subtree_of(forked))
    root1, root2 = naive_root(entries[:size1]), naive_root(forked)
    assert refused(verify_consistency, size1, root1, len(entries), root2, proof)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_hashes_of_another_length_are_refused(length: int) -> None:
    """L-3: lest two hashes be read as one, or one as none."""
    leaves = [leaf_hash(b"a"), leaf_hash(b"b")]
    root, odd = node_hash(*leaves), bytes(length)
    with pytest.raises(BadProof, match=f"{length} bytes"):
        verify_inclusion(leaves[0], 0, 2, [odd], node_hash(leaves[0], odd))
    assert refused(verify_inclusion, odd, 0, 2, [leaves[1]], root)
    assert refused(verify_inclusion, leaves[0], 0, 2, [odd], root)
    assert refused(verify_inclusion, leaves[0], 0, 2, [leaves[1]], odd)
    assert refused(verify_consistency, 1, odd, 1, odd, [])
    assert refused(verify_consistency, 1, leaves[0], 2, root, [odd])


def test_a_node_is_no_leaf() -> None:
    """L-1: the prefixes keep an inner node from passing for an entry."""
    leaves = [leaf_hash(b"a"), leaf_hash(b"b")]
    assert leaf_hash(leaves[0] + leaves[1]) != node_hash(*leaves)


def test_nothing_is_proved_from_an_empty_log() -> None:
    """L-6, our choice on the vectors whose size1 is 0: refused, even where the roots are right."""
    root = leaf_hash(b"a")
    assert refused(verify_consistency, 0, EMPTY_ROOT, 0, EMPTY_ROOT, [])
    assert refused(verify_consistency, 0, EMPTY_ROOT, 1, root, [])
    for size2 in (0, 1):
        with pytest.raises(InvalidValue):
            consistency_proof(0, size2, subtree_of([b"a"]))


@pytest.mark.parametrize(("index", "size"), [(-1, 1), (1, 1), (0, 0), (0, 2**63)])
def test_no_proof_is_made_outside_the_log(index: int, size: int) -> None:
    with pytest.raises(InvalidValue):
        inclusion_proof(index, size, subtree_of([b"a"]))
    assert refused(verify_inclusion, bytes(32), index, size, [bytes(32)] * 63, bytes(32))


def test_the_largest_log_is_proved_in_63_hashes() -> None:
    """The last index and size that are allowed, over a log of which no leaf differs."""
    levels = [leaf_hash(b"")]
    for _ in range(63):
        levels.append(node_hash(levels[-1], levels[-1]))
    frontier = Frontier(MOST_LEAVES, tuple(levels[62::-1]))
    last = MOST_LEAVES - 1
    proof = inclusion_proof(0, MOST_LEAVES, lambda level, n: levels[level])
    verify_inclusion(levels[0], 0, MOST_LEAVES, proof, frontier.root())
    assert len(proof) == 63
    proof = inclusion_proof(last, MOST_LEAVES, lambda level, n: levels[level])
    verify_inclusion(levels[0], last, MOST_LEAVES, proof, frontier.root())
    with pytest.raises(InvalidValue):
        frontier.append(levels[0])


@pytest.mark.parametrize(
    ("size", "hashes"),
    [(-1, 0), (0, 1), (1, 0), (3, 1), (2**63, 1)],
)
def test_a_frontier_fits_its_size(size: int, hashes: int) -> None:
    with pytest.raises(InvalidValue):
        Frontier(size, (bytes(32),) * hashes)


def test_a_frontier_holds_hashes() -> None:
    with pytest.raises(InvalidValue):
        Frontier(1, (bytes(31),))
    with pytest.raises(InvalidValue):
        Frontier().append(bytes(33))


def flipped(value: bytes, bit: int) -> bytes:
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
