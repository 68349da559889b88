"""Proof that a log has two histories: two heads under its key that cannot belong to one log.

Whoever has the log's key can check it; nothing else is needed (spec/evidence.md §4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from firebreak.errors import BadProof, InvalidValue, Malformed
from firebreak.keys import PublicKey
from firebreak.ledger.checkpoint import Checkpoint, verify_checkpoint
from firebreak.ledger.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    Frontier,
    Subtree,
    consistency_proof,
    verify_consistency,
)
from firebreak.records.cbor import decode, encode
from firebreak.records.codec import Integer, Items, Maybe, Octets, Struct, Text

MAGIC: Final = "firebreak fork 1"
MOST_HASHES: Final = 64
"""A consistency proof has at most one hash a level, and the one that it begins with."""


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A log's head and its log key's 64-byte signature, not verified by being held."""

    size: int
    root: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Branch:
    """What the greater head's history has at the smaller head's size: another root.

    proof: the consistency proof from `root` to the greater head.
    """

    root: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Fork:
    """Two heads of one log that exclude each other.

    first is the smaller; of two of one size it has the smaller root. branch: None where the sizes
    are equal, or where the first head is of no entries and its root is not that of an empty log.
    """

    origin: str
    first: SignedHead
    second: SignedHead
    branch: Branch | None

    def encoded(self) -> bytes:
        """The one encoding (EV-20)."""
        return encode((MAGIC, _FORK.plain(self)))


_COUNT = Integer(0, 2**63 - 1)
_HASH = Octets(HASH_BYTES, HASH_BYTES)
_HEAD = Struct(SignedHead, size=_COUNT, root=_HASH, signature=Octets(64, 64))
_FORK = Struct(
    Fork,
    origin=Text(255),
    first=_HEAD,
    second=_HEAD,
    branch=Maybe(Struct(Branch, root=_HASH, proof=Items(_HASH, MOST_HASHES))),
)


def make_fork(
    origin: str, one: SignedHead, other: SignedHead, log_key: PublicKey, subtree: Subtree
) -> bytes:
    """The proof that two heads of a log exclude each other, in whichever order they are given.

    subtree: of the history that the greater head stands for, which the caller holds whole; not asked
    where the sizes are equal. Raises BadProof if they are no fork: what is made always verifies.
    """
    first, second = sorted((one, other), key=lambda head: (head.size, head.root))
    branch = None
    if 0 < first.size < second.size:
        root = _frontier(first.size, subtree).root()
        proof = consistency_proof(first.size, second.size, subtree)
        branch = Branch(root, tuple(proof))
    data = Fork(origin, first, second, branch).encoded()
    verify_fork(data, log_key)
    return data


def verify_fork(data: bytes, log_key: PublicKey) -> Fork:
    """Accept the proof that the log of this key has two histories.

    Raises Malformed for bytes that are no such proof, BadProof for one that shows no fork.
    """
    fork = parse_fork(data)
    for head in (fork.first, fork.second):
        verify_checkpoint(_checkpoint(fork.origin, head), log_key, head.signature)  # EV-22
    _check_excluding(fork)
    return fork


def parse_fork(data: bytes) -> Fork:
    """Read a fork proof without verifying it, to learn which log it is of. Raises Malformed."""
    plain = decode(data)
    match plain:
        case (str(magic), tuple(slots)) if magic == MAGIC:
            fork = _FORK.value(slots)
        case _:
            raise Malformed("This is no proof of a fork. Ask for the file again.")
    if fork.encoded() != data:  # EV-20
        raise Malformed("The proof of a fork is not in its one encoding. Ask for it again.")
    if (fork.first.size, fork.first.root) >= (fork.second.size, fork.second.root):  # EV-21
        raise Malformed("The heads of a fork are the same, or out of order.")
    return fork


def _check_excluding(fork: Fork) -> None:
    """The heads cannot both belong to one log (EV-23 to EV-25). Raises BadProof otherwise."""
    first, second, branch = fork.first, fork.second, fork.branch
    if first.size == second.size:  # EV-23: of one size, and EV-21 says that the roots differ
        if branch is not None:
            raise BadProof("Heads of one size need no consistency proof, and one is there.")
        return
    if first.size == 0:  # EV-24
        if branch is not None or first.root == EMPTY_ROOT:
            raise BadProof("The head of an empty log is followed by every log: this is no fork.")
        return
    if branch is None:  # EV-25
        raise BadProof("Two heads of different size are no fork without a consistency proof.")
    if branch.root == first.root:  # EV-25
        raise BadProof("The greater head continues the smaller one: this is no fork.")
    verify_consistency(first.size, branch.root, second.size, second.root, branch.proof)  # EV-25


def _checkpoint(origin: str, head: SignedHead) -> Checkpoint:
    try:
        return Checkpoint(origin, head.size, head.root)
    except InvalidValue as error:
        raise Malformed(f"The proof of a fork names no log: {error}") from error


def _frontier(size: int, subtree: Subtree) -> Frontier:
    """The frontier of the first `size` leaves."""
    hashes: list[bytes] = []
    start = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            hashes.append(subtree(level, start >> level))
            start += 1 << level
    return Frontier(size, tuple(hashes))
