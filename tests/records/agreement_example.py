"""Prints the example at the head of spec/agreement.md: python -m tests.records.agreement_example

With --write it puts it there.
"""

import hashlib
import sys
import textwrap
from itertools import islice

from firebreak.keys import spoken
from firebreak.records.drafting import draft_to_toml
from tests.conftest import ROOT
from tests.records.parties import ALPHA, BRAVO, signed, smallest

WIDTH = 96
SPECIFICATION = ROOT / "spec" / "agreement.md"


def rows(name: str, value: bytes | str) -> list[str]:
    """A name, then its value in as many lines as it takes."""
    text = value.hex() if isinstance(value, bytes) else value
    head, *rest = textwrap.wrap(text, WIDTH - 16)
    return [f"{name:<16}{head}", *(f"{'':<16}{line}" for line in rest)]


def example() -> str:
    """The draft, and what becomes of it."""
    agreement = smallest()
    both = signed(agreement)
    mine, theirs = both.signatures
    draft = (line for line in draft_to_toml(agreement).splitlines() if not line.startswith("#"))
    roster = ALPHA.roster.payload()
    hidden = roster.index(ALPHA.roster.node.mldsa)
    officers = roster.index(ALPHA.roster.node.xwing) + len(ALPHA.roster.node.xwing)
    values: list[tuple[str, bytes | str]] = [
        ("ALPHA spoken", spoken(ALPHA.roster.root_fingerprint())),
        ("ALPHA roster", f"{roster[:hidden].hex()} … {roster[officers:].hex()}"),
        ("  its length", f"{len(roster)} bytes"),
        ("  its digest", ALPHA.roster.digest()),
        ("  root 0 signs", ALPHA.card.signatures[0][1]),
        ("BRAVO spoken", spoken(BRAVO.roster.root_fingerprint())),
        ("  its digest", BRAVO.roster.digest()),
        ("agreement", agreement.payload()),
        ("  its digest", agreement.digest()),
        ("ALPHA context", f"{mine.context()[:44].hex()} … {len(mine.context())} bytes"),
        ("  root 0 signs", mine.signatures[0][1]),
        *((f"BRAVO root {place}", signature) for place, signature in theirs.signatures),
        ("file", f"{len(both.encoded())} bytes"),
        ("  its SHA-256", hashlib.sha256(both.encoded()).digest()),
    ]
    lines = [*islice(draft, 1, None), ""]
    for name, value in values:
        lines += rows(name, value)
    return "\n".join(lines) + "\n"


def renewed(text: str) -> str:
    """spec/agreement.md with the example written anew; its words are left alone."""
    draft, values = example().split("\n\nALPHA spoken")
    before, rest = text.split("```toml\n", 1)
    between, rest = rest.split("\n```", 1)[1].split("```\nALPHA spoken", 1)
    after = rest.split("```", 1)[1]
    return f"{before}```toml\n{draft}\n```{between}```\nALPHA spoken{values}```{after}"


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        written = renewed(SPECIFICATION.read_text(encoding="utf-8"))
        SPECIFICATION.write_text(written, encoding="utf-8")
    else:
        print(example(), end="")
