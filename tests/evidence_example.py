"""Print the examples of spec/evidence.md: an evidence file, and a proof of a fork.

Run from the project's root: PYTHONPATH=. .venv/bin/python -m tests.evidence_example
tests/test_evidence.py holds the specification against what is printed here.
"""

import base64
import textwrap

from firebreak.evidence import Evidence, collect, verify
from firebreak.keys import SigningKey
from firebreak.ledger.checkpoint import Checkpoint, origin, sign_checkpoint
from firebreak.ledger.fork import SignedHead, make_fork, parse_fork
from firebreak.ledger.merkle import Frontier, leaf_hash
from firebreak.records.agreement import Channel
from tests.worlds import ALPHA, World, WorldSource, a_notice

AIR = Channel.AIR


def example_world() -> World:
    """ALPHA has filed a notice, and BRAVO's node has given its receipt."""
    world = World()
    world.append(ALPHA, AIR, a_notice())
    world.give_receipt(AIR, ALPHA)
    return world


def example_evidence() -> Evidence:
    """The evidence for that notice."""
    world = example_world()
    return collect(world.signed, [(AIR, ALPHA, 0)], WorldSource(world))


def evidence_example() -> str:
    """The file's parts, and what is said of it."""
    evidence = example_evidence()
    (log,) = evidence.logs
    (entry,) = log.entries
    (receipt,) = log.receipts
    data = evidence.encoded()
    world = example_world()
    verdict = verify(data, world.fingerprints)
    rows = [
        ("root fingerprint of ALPHA", world.fingerprints[0].hex()),
        ("root fingerprint of BRAVO", world.fingerprints[1].hex()),
        ("evidence file", f"{len(data)} bytes, array of 3"),
        (" magic", '"firebreak evidence 1"'),
        (" agreement file", f"{len(evidence.signed.encoded())} bytes (spec/agreement.md)"),
        (" logs", "array of 1, its one log an array of 4"),
        ("  channel, party", f"{int(log.channel)}, {log.party}"),
        ("  entries", "array of 1, its one entry an array of 2"),
        ("   record", entry.record.hex()),
        ("   proof", f"{len(entry.proof)} bytes of text, below"),
        ("  receipts", "array of 1, its one receipt an array of 2"),
        ("   receipt", receipt.data.hex()),
        ("   consistency proof", "array of 0: the receipt's size is the head's"),
    ]
    table = "".join(_row(name, value) for name, value in rows)
    says = [f"verdict: {verdict.status}", *(f"+ {line}" for line in verdict.proved)]
    says += [f"- {line}" for line in verdict.not_proved]
    told = "".join(textwrap.fill(line, 100, subsequent_indent="  ") + "\n" for line in says)
    return f"{table}\n{entry.proof.decode()}\n{told}"


def evidence_file() -> str:
    """The whole file in base64."""
    return _lines(base64.b64encode(example_evidence().encoded()).decode())


def example_fork(sizes: tuple[int, int] = (2, 3)) -> tuple[bytes, SigningKey]:
    """A proof that a log told one side of two entries and another of three others, and its key."""
    key = SigningKey(bytes(range(32)))
    name = origin(bytes(range(16)), 0)
    heads = []
    trees = []
    for size, history in zip(sizes, ("told to one", "told to another"), strict=True):
        frontier = Frontier()
        stored: dict[tuple[int, int], bytes] = {}
        for index in range(size):
            frontier, done = frontier.grow(leaf_hash(f"{history} {index}".encode()))
            stored |= {(level, index >> level): value for level, value in enumerate(done)}
        signature = sign_checkpoint(Checkpoint(name, size, frontier.root()), key)
        heads.append(SignedHead(size, frontier.root(), signature))
        trees.append(stored)
    tree = trees[1] if sizes[1] >= sizes[0] else trees[0]
    return make_fork(name, heads[0], heads[1], key.public, lambda lv, n: tree[lv, n]), key


def fork_example() -> str:
    """The proof's parts, and the proof."""
    data, key = example_fork()
    fork = parse_fork(data)
    assert fork.branch is not None
    rows = [
        ("log key, public", key.public.raw.hex()),
        ("proof of a fork", f"{len(data)} bytes, array of 2"),
        (" magic", '"firebreak fork 1"'),
        (" fork", "array of 4"),
        ("  origin", f'"{fork.origin}"'),
        ("  smaller head", f"array of 3: size {fork.first.size}"),
        ("   root", fork.first.root.hex()),
        ("   signature", fork.first.signature.hex()),
        ("  greater head", f"array of 3: size {fork.second.size}"),
        ("   root", fork.second.root.hex()),
        ("   signature", fork.second.signature.hex()),
        ("  branch", "array of 2"),
        ("   root at size 2", fork.branch.root.hex()),
        ("   consistency proof", f"array of {len(fork.branch.proof)}"),
        *(("", digest.hex()) for digest in fork.branch.proof),
    ]
    return "".join(_row(name, value) for name, value in rows) + "\n" + _lines(data.hex())


def _row(name: str, value: str) -> str:
    first, *rest = textwrap.wrap(value, 72) if " " not in value else [value]
    return "".join(
        f"{label:<26} {line}\n" for label, line in [(name, first), *(("", line) for line in rest)]
    )


def _lines(text: str) -> str:
    return "".join(f"{line}\n" for line in textwrap.wrap(text, 100))


if __name__ == "__main__":
    print(evidence_example())
    print(evidence_file())
    print(fork_example())
