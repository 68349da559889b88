"""Proofs of a fork: what is one, what is none, and that no byte of one can be changed."""

from dataclasses import replace

import pytest

from firebreak.errors import BadProof, Malformed, Misbehaviour
from firebreak.keys import PublicKey, SigningKey
from firebreak.ledger.checkpoint import Checkpoint, origin, sign_checkpoint
from firebreak.ledger.fork import Branch, Fork, SignedHead, make_fork, parse_fork, verify_fork
from firebreak.ledger.merkle import EMPTY_ROOT, Frontier, leaf_hash
from firebreak.records.cbor import encode

KEY = SigningKey(bytes(range(32)))
ORIGIN = origin(bytes(16), 0)


class History:
    """A log's tree, held whole."""

    def __init__(self, entries: str) -> None:
        self.frontier = Frontier()
        self.stored: dict[tuple[int, int], bytes] = {}
        self.roots = [EMPTY_ROOT]
        for index, entry in enumerate(entries):
            self.frontier, done = self.frontier.grow(leaf_hash(entry.encode()))
            self.stored |= {(level, index >> level): value for level, value in enumerate(done)}
            self.roots.append(self.frontier.root())

    def subtree(self, level: int, number: int) -> bytes:
        return self.stored[level, number]

    def head(self, size: int | None = None) -> SignedHead:
        at = self.frontier.size if size is None else size
        return signed_head(at, self.roots[at])


def signed_head(size: int, root: bytes, key: SigningKey = KEY) -> SignedHead:
    return SignedHead(size, root, sign_checkpoint(Checkpoint(ORIGIN, size, root), key))


def unreachable(level: int, number: int) -> bytes:
    raise AssertionError("no subtree is needed here")


A, B = History("abcdefg"), History("abcXefghij")


@pytest.mark.parametrize("sizes", [(4, 4), (7, 7), (4, 5), (5, 7), (7, 10), (7, 8), (6, 9)])
def test_two_histories_are_shown_whichever_head_comes_first(sizes: tuple[int, int]) -> None:
    one, other = A.head(sizes[0]), B.head(sizes[1])
    data = make_fork(ORIGIN, one, other, KEY.public, B.subtree)
    assert data == make_fork(ORIGIN, other, one, KEY.public, B.subtree)
    fork = verify_fork(data, KEY.public)
    assert {fork.first, fork.second} == {one, other}
    assert fork.origin == ORIGIN
    assert fork.first.size <= fork.second.size
    assert fork.encoded() == data


@pytest.mark.parametrize(("small", "great"), [(1, 7), (3, 10), (3, 3), (7, 7), (0, 7), (0, 0)])
def test_a_log_that_grew_is_no_fork(small: int, great: int) -> None:
    """EV-21, EV-24, EV-25."""
    history = B if great > 7 else A
    with pytest.raises(Misbehaviour):
        make_fork(ORIGIN, A.head(small), history.head(great), KEY.public, history.subtree)


def test_an_empty_log_has_one_root() -> None:
    """EV-24."""
    wrong = signed_head(0, bytes(32))
    fork = verify_fork(make_fork(ORIGIN, wrong, A.head(), KEY.public, unreachable), KEY.public)
    assert fork.branch is None
    two = make_fork(ORIGIN, wrong, signed_head(0, EMPTY_ROOT), KEY.public, unreachable)
    assert verify_fork(two, KEY.public).second.size == 0


def test_heads_of_another_key_show_nothing_of_this_log() -> None:
    """EV-22."""
    other = SigningKey(bytes(32))
    forged = signed_head(4, A.roots[4], other)
    with pytest.raises(BadProof, match="log's key"):
        make_fork(ORIGIN, forged, B.head(), KEY.public, B.subtree)
    data = make_fork(ORIGIN, A.head(4), B.head(), KEY.public, B.subtree)
    with pytest.raises(BadProof):
        verify_fork(data, other.public)


def proof(first: SignedHead, second: SignedHead, branch: Branch | None) -> bytes:
    return Fork(ORIGIN, first, second, branch).encoded()


def a_fork() -> Fork:
    return parse_fork(make_fork(ORIGIN, A.head(5), B.head(), KEY.public, B.subtree))


def broken_forks() -> list[tuple[str, bytes]]:
    good = a_fork()
    assert good.branch is not None
    equal = [A.head(4), B.head(4)]
    equal.sort(key=lambda head: head.root)
    branch = good.branch
    return [
        ("EV-20 magic", encode(("firebreak fork 2", ()))),
        ("EV-20 shape", encode(("firebreak fork 1", (1, 2)))),
        ("EV-20 not an array", encode("firebreak fork 1")),
        ("EV-21 order", proof(good.second, good.first, branch)),
        ("EV-21 order of roots", proof(equal[1], equal[0], None)),
        ("EV-21 the same head", proof(equal[0], equal[0], None)),
        ("EV-22 first signature", proof(replace(good.first, root=bytes(32)), good.second, branch)),
        ("EV-22 other log", replace(good, origin=origin(bytes(16), 1)).encoded()),
        ("EV-22 no log", replace(good, origin="elsewhere").encoded()),
        ("EV-23 superfluous branch", proof(equal[0], equal[1], branch)),
        ("EV-24 an empty log grows", proof(A.head(0), B.head(), None)),
        ("EV-24 superfluous branch", proof(signed_head(0, bytes(32)), B.head(), branch)),
        ("EV-25 no branch", proof(good.first, good.second, None)),
        ("EV-25 the same root", proof(good.first, good.second, replace(branch, root=A.roots[5]))),
        ("EV-25 another root", proof(good.first, good.second, replace(branch, root=bytes(32)))),
        (
            "EV-25 a hash more",
            proof(good.first, good.second, replace(branch, proof=(*branch.proof, bytes(32)))),
        ),
        (
            "EV-25 a hash less",
            proof(good.first, good.second, replace(branch, proof=branch.proof[:-1])),
        ),
    ]


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in broken_forks()])
def test_what_shows_no_fork_is_refused(data: bytes) -> None:
    with pytest.raises((Malformed, BadProof)):
        verify_fork(data, KEY.public)


def test_what_does_not_encode_to_the_same_bytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """EV-20."""
    data = a_fork().encoded()
    monkeypatch.setattr(Fork, "encoded", lambda self: data + b"\x00")
    with pytest.raises(Malformed, match="one encoding"):
        parse_fork(data)


def refused(data: bytes, key: PublicKey) -> bool:
    try:
        verify_fork(data, key)
    except Misbehaviour:
        return True
    return False


def a_fork_of_one_size() -> bytes:
    return make_fork(ORIGIN, A.head(4), B.head(4), KEY.public, unreachable)


@pytest.mark.parametrize("fork", [a_fork().encoded(), a_fork_of_one_size()])
def test_no_byte_of_a_proof_can_be_changed_added_or_left_out(fork: bytes) -> None:
    for place in range(len(fork)):
        head, tail = fork[:place], fork[place + 1 :]
        for bit in range(8):
            assert refused(head + bytes([fork[place] ^ 1 << bit]) + tail, KEY.public), place
        assert refused(head + tail, KEY.public), place
        assert refused(head + b"\x00" + fork[place:], KEY.public), place
    assert refused(fork + b"\x00", KEY.public)
