"""The examples of spec/evidence.md: an evidence file, and a proof of a fork.

Run from the project's root: PYTHONPATH=. .venv/bin/python -m tests.evidence_example
It prints them; with --write it puts them into the specification, after a change of any bytes.
ML-DSA-44 draws at random as it signs, so its line is the one that the specification shows already.
tests/test_evidence.py holds the specification against them.
"""

import base64
import sys
import textwrap
from functools import cache

from firebreak.errors import Misbehaviour
from firebreak.evidence import Evidence, collect, parse_evidence, verify
from firebreak.keys import SigningKey
from firebreak.ledger.checkpoint import (
    Checkpoint,
    SignatureLine,
    origin,
    parse_note,
    parse_proof,
    sign_checkpoint,
)
from firebreak.ledger.fork import SignedHead, make_fork, parse_fork
from firebreak.ledger.merkle import Frontier, leaf_hash
from firebreak.mldsa import MldsaKey, verify_line
from firebreak.records.agreement import Channel
from tests.conftest import ROOT
from tests.worlds import ALPHA, World, WorldSource, a_notice

AIR = Channel.AIR
FILE_START = "g3Rm"
"""Base64 of the beginning of an array of 3, "f…"""
SPECIFICATION = ROOT / "spec" / "evidence.md"


def example_world() -> World:
    """ALPHA has filed a notice, and BRAVO's node has given its receipt."""
    world = World()
    world.append(ALPHA, AIR, a_notice())
    world.give_receipt(AIR, ALPHA)
    head, _ = world.log(AIR, ALPHA).head()
    world.mldsa_lines[head.body()] = _mldsa_line(head, world.parties[ALPHA].mldsa)
    return world


@cache
def _mldsa_line(head: Checkpoint, key: MldsaKey) -> SignatureLine:
    """The line of the file in the specification if it is still good, or else a new one."""
    blocks = SPECIFICATION.read_text(encoding="utf-8").split("```\n")[1::2]
    file = next(block for block in blocks if block.startswith(FILE_START))
    try:
        (log,) = parse_evidence(base64.b64decode(file)).logs
        line = parse_note(parse_proof(log.entries[0].proof).note)[1][-1]
        verify_line(head, key.public, line)
    except Misbehaviour:
        return key.line(head)
    return line


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
    proof = "".join(_cut(line) for line in entry.proof.decode().splitlines(keepends=True))
    return f"{table}\n{proof}\n{told}"


def _cut(line: str) -> str:
    """A line as it is, or the beginning of a very long one."""
    return line if len(line) <= 300 else f"{line[:150]} … {len(line) - 151} more\n"


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


def with_examples(specification: str) -> str:
    """The specification with its example blocks as the code makes them now."""
    blocks = specification.split("```\n")
    made = (evidence_example(), fork_example(), evidence_file())
    starts = ("root fingerprint", "log key, public", FILE_START)
    for place in range(1, len(blocks), 2):
        for start, text in zip(starts, made, strict=True):
            if blocks[place].startswith(start):
                blocks[place] = text
    return "```\n".join(blocks)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        SPECIFICATION.write_text(
            with_examples(SPECIFICATION.read_text(encoding="utf-8")), encoding="utf-8"
        )
    else:
        print(evidence_example(), evidence_file(), fork_example(), sep="\n")
