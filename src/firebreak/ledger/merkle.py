"""RFC 6962 Merkle trees: hashing, the streaming frontier, and both proofs (spec/log.md §2).

The prover and the verifier walk one and the same shape: `_inclusion_shape` and
`_consistency_shape` list, from the leaf up, the ranges of leaves that a proof must speak for. The
prover asks for the hash of each; the verifier folds the hashes that it was given. So a proof has
one length and one order, and another length is refused before a hash is computed.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from firebreak.errors import BadProof, InvalidValue

HASH_BYTES: Final = 32
MOST_LEAVES: Final = 2**63 - 1

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""The root of a log that holds nothing (RFC 6962 2.1)."""

Subtree = Callable[[int, int], bytes]
"""subtree(level, n): hash of the complete subtree of 2**level leaves from n * 2**level on."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry): 32 bytes (L-1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right): 32 bytes (L-1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """A log's compact range: all that is needed to append and to tell the root.

    size: leaves so far, 0 to 2**63 - 1; hashes: those of the complete subtrees that make up the
    log, largest first, one for each bit set in size. Raises InvalidValue if they do not fit.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MOST_LEAVES:
            raise InvalidValue(f"A log has 0 to 2**63 - 1 entries, not {self.size}.")
        if len(self.hashes) != self.size.bit_count():
            raise InvalidValue(
                f"A log of {self.size} entries has {self.size.bit_count()} frontier hashes,"
                f" not {len(self.hashes)}; rebuild the frontier from the stored entries."
            )
        for digest in self.hashes:
            if len(digest) != HASH_BYTES:
                raise InvalidValue(f"A frontier hash has 32 bytes, not {len(digest)}.")

    def append(self, leaf: bytes) -> "Frontier":
        """The frontier after one more leaf. leaf: its leaf hash, 32 bytes."""
        return self.grow(leaf)[0]

    def grow(self, leaf: bytes) -> tuple["Frontier", list[bytes]]:
        """The frontier after one more leaf, and the subtrees that this leaf completes.

        leaf: its leaf hash, 32 bytes. The second value's item `level` is the hash of
        subtree(level, self.size >> level); item 0 is the leaf itself. A store keeps them and can
        then answer a Subtree call from what it keeps.
        """
        kept = list(self.hashes)
        completed = [leaf]
        for _ in range((~self.size & (self.size + 1)).bit_length() - 1):
            completed.append(node_hash(kept.pop(), completed[-1]))
        kept.append(completed[-1])
        return Frontier(self.size + 1, tuple(kept)), completed

    def root(self) -> bytes:
        """The log's root hash; EMPTY_ROOT of a log without entries."""
        return _fold(self.hashes)


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over these leaf hashes, in order."""
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf)
    return frontier.root()


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root of the first `size` leaves, leaf upwards.

    0 <= index < size <= 2**63 - 1. Raises InvalidValue otherwise.
    """
    if not 0 <= index < size <= MOST_LEAVES:
        raise InvalidValue(f"Entry {index} is not among the first {size} of the log.")
    return [_range_hash(sibling, subtree) for sibling in _inclusion_shape(index, size)]


def consistency_proof(size1: int, size2: int, subtree: Subtree) -> list[bytes]:
    """The hashes that show the first `size1` leaves to be a prefix of the first `size2`.

    1 <= size1 <= size2 <= 2**63 - 1; empty if the sizes are equal. Raises InvalidValue otherwise:
    a proof from size 0 would show nothing (L-6).
    """
    if not 1 <= size1 <= size2 <= MOST_LEAVES:
        raise InvalidValue(f"There is no consistency proof from {size1} entries to {size2}.")
    base, siblings = _consistency_shape(size1, size2)
    return [_range_hash(part, subtree) for part in ([base] if base else []) + siblings]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Accept if `leaf` is the leaf hash of entry `index` in the log of this size and root.

    leaf, root: 32 bytes; proof: what `inclusion_proof` gives. Raises BadProof otherwise.
    """
    if not 0 <= index < size <= MOST_LEAVES:  # L-2
        raise BadProof(f"The proof is for entry {index} of a log of {size}: there is none.")
    shape = _inclusion_shape(index, size)
    _check_lengths(proof, len(shape), (leaf, root))  # L-3
    digest = leaf
    for sibling, other in zip(shape, proof, strict=True):
        digest = node_hash(other, digest) if sibling.is_left else node_hash(digest, other)
    if digest != root:  # L-4
        raise BadProof(
            f"Entry {index} is not in the log of {size} entries with root {root.hex()};"
            " keep what was received and ask for the entry and its proof again."
        )


def verify_consistency(
    size1: int, root1: bytes, size2: int, root2: bytes, proof: Sequence[bytes]
) -> None:
    """Accept if the log of size1 and root1 is a prefix of the log of size2 and root2.

    root1, root2: 32 bytes; proof: what `consistency_proof` gives. Raises BadProof otherwise.
    """
    if not 1 <= size1 <= size2 <= MOST_LEAVES:  # L-5, L-6
        raise BadProof(f"No proof can lead from a log of {size1} entries to one of {size2}.")
    base, siblings = _consistency_shape(size1, size2)
    _check_lengths(proof, len(siblings) + (base is not None), (root1, root2))  # L-3
    older = newer = proof[0] if base else root1
    for sibling, other in zip(siblings, proof[1:] if base else proof, strict=True):
        if sibling.is_left:
            older, newer = node_hash(other, older), node_hash(other, newer)
        else:
            newer = node_hash(newer, other)
    if older != root1 or newer != root2:  # L-7
        raise BadProof(
            f"The log of {size2} entries with root {root2.hex()} does not continue the log of"
            f" {size1} with root {root1.hex()}; keep both checkpoints and this proof."
        )


@dataclass(frozen=True, slots=True)
class _Range:
    """Leaves start to end (not included); is_left: it lies left of what it is hashed with."""

    start: int
    end: int
    is_left: bool = False


def _split(start: int, end: int) -> int:
    """Where RFC 6962 divides two or more leaves: start plus the greatest power of 2 below."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def _inclusion_shape(index: int, size: int) -> list[_Range]:
    """The siblings on the way from a leaf up to the root. Source: RFC 6962 2.1.1."""
    start, end = 0, size
    siblings = []
    while end - start > 1:
        middle = _split(start, end)
        if index < middle:
            siblings.append(_Range(middle, end))
            end = middle
        else:
            siblings.append(_Range(start, middle, is_left=True))
            start = middle
    return siblings[::-1]


def _consistency_shape(size1: int, size2: int) -> tuple[_Range | None, list[_Range]]:
    """The last complete subtree of the older log, then its siblings up to the newer root.

    The first is None where that subtree is the whole older log: its root is known already.
    Source: RFC 6962 2.1.2.
    """
    start, end = 0, size2
    siblings = []
    while end != size1:
        middle = _split(start, end)
        if size1 <= middle:
            siblings.append(_Range(middle, end))
            end = middle
        else:
            siblings.append(_Range(start, middle, is_left=True))
            start = middle
    return (_Range(start, end) if start else None), siblings[::-1]


def _range_hash(leaves: _Range, subtree: Subtree) -> bytes:
    """The root over a range whose start is aligned, as RFC 6962's splits always are."""
    start = leaves.start
    parts = []
    while start < leaves.end:
        level = (leaves.end - start).bit_length() - 1
        parts.append(subtree(level, start >> level))
        start += 1 << level
    return _fold(parts)


def _fold(parts: Sequence[bytes]) -> bytes:
    """The root over complete subtrees, largest first; EMPTY_ROOT of none."""
    if not parts:
        return EMPTY_ROOT
    digest = parts[-1]
    for left in reversed(parts[:-1]):
        digest = node_hash(left, digest)
    return digest


def _check_lengths(proof: Sequence[bytes], expected: int, others: tuple[bytes, ...]) -> None:
    """Raise BadProof unless the proof has this many hashes and every hash 32 bytes (L-3)."""
    if len(proof) != expected:
        raise BadProof(f"The proof has {len(proof)} hashes where {expected} are needed.")
    for digest in (*proof, *others):
        if len(digest) != HASH_BYTES:
            raise BadProof(f"A hash in or beside the proof has {len(digest)} bytes, not 32.")
