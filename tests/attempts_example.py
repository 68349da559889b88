"""A journal with attempts in it, a file of them, and the example of spec/attempts.md.

Run from the project's root: PYTHONPATH=. .venv/bin/python -m tests.attempts_example [--write]
"""

from __future__ import annotations

import base64
import hashlib
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

from firebreak.desk import journal
from firebreak.desk.entries.contacts import Certainty, Contacted, Direction, Rung, Source
from firebreak.desk.journal import Body, Entry, Kept
from firebreak.evidence.attempts import (
    AttemptsFile,
    Mark,
    Named,
    Statement,
    verify_attempts,
)
from firebreak.evidence.file import ProvenEntry
from firebreak.ledger.checkpoint import (
    Checkpoint,
    ProofFile,
    ed25519_line,
    note,
    render_proof,
    sign_checkpoint,
)
from firebreak.ledger.commitment import commitment, salt
from firebreak.ledger.merkle import Frontier, inclusion_proof, leaf_hash, node_hash
from firebreak.records.agreement import Origin, Publication
from firebreak.records.contacts import Outcome, Precision, Way
from firebreak.values import Millis
from tests.conftest import ROOT
from tests.worlds import ALPHA, DAY, HOUR, NOW, World, WorldParty, seed_of

SPECIFICATION = ROOT / "spec" / "attempts.md"
OURS, THEIRS, PARTY = "chief of defence", "chief of the general staff", "BRAVO"
ORIGIN = Origin(seed_of("alpha's journal")[:16], 0).text()
SECRET = seed_of("alpha's journal's salts")
MADE = Millis(NOW + 2 * HOUR)


def party() -> WorldParty:
    """ALPHA, whose attempts they are."""
    return World().parties[ALPHA]


@dataclass
class Diary:
    """ALPHA's journal, its log and its proofs."""

    kept: list[Kept] = field(default_factory=list)

    def note(self, body: Body, *about: bytes, at: int = NOW, author: int = 1) -> Kept:
        """An entry, appended."""
        entry = Entry(1, author, Millis(at), about, body)
        data = journal.sign_entry(entry, ORIGIN, party().officers[author - 1])
        identity = journal.entry_id(ORIGIN, journal.payload_of(entry))
        made = Kept(len(self.kept), identity, entry, "air duty officer", data)
        self.kept.append(made)
        return made

    def leaves(self) -> list[bytes]:
        return [leaf_hash(commitment(salt(SECRET, each.index), each.data)) for each in self.kept]

    def subtree(self, level: int, number: int) -> bytes:
        if level == 0:
            return self.leaves()[number]
        halves = (self.subtree(level - 1, 2 * number + half) for half in (0, 1))
        return node_hash(*halves)

    def proven(self, indices: Sequence[int]) -> tuple[ProvenEntry, ...]:
        """These entries with their proofs under the newest head."""
        frontier = Frontier()
        for leaf in self.leaves():
            frontier = frontier.append(leaf)
        head = Checkpoint(ORIGIN, len(self.kept), frontier.root())
        key = party().log
        line = ed25519_line(ORIGIN, key.public, sign_checkpoint(head, key))
        return tuple(
            ProvenEntry(
                self.kept[index].data,
                render_proof(
                    ProofFile(
                        index,
                        tuple(inclusion_proof(index, head.size, self.subtree)),
                        note(head, [line]),
                        salt(SECRET, index),
                    )
                ),
            )
            for index in indices
        )

    def file(
        self,
        indices: Sequence[int],
        statement: Statement,
        named: tuple[Named, ...] = (),
        officers: Sequence[int] = (1, 2),
    ) -> AttemptsFile:
        """A file of these entries, signed by these officers."""
        made = AttemptsFile((party().roster,), statement, self.proven(indices), named)
        for author in officers:
            made = made.signed(1, author, party().officers[author - 1])
        return made


def tried(
    outcome: Outcome = Outcome.UNANSWERED,
    *,
    count: int | None = 1,
    by: Direction = Direction.OURS,
    happened: int = NOW - HOUR,
    theirs: str = THEIRS,
) -> Contacted:
    """An attempt of ours."""
    return Contacted(
        PARTY,
        theirs,
        OURS,
        Way.VOICE,
        Rung.DIRECT,
        by,
        outcome,
        Millis(happened),
        Precision.MINUTE,
        count,
        Source.OWN_OFFICER,
        Certainty.CERTAIN,
    )


def statement(
    clause: Publication | None = Publication.BOTH_CONSENT, leave: bytes | None = seed_of("consent")
) -> Statement:
    """What two officers of ALPHA sign."""
    return Statement(
        Mark.EXERCISE,
        PARTY,
        OURS,
        THEIRS,
        Millis(NOW - DAY),
        Millis(NOW + HOUR),
        MADE,
        "the council",
        "asked by the council",
        clause,
        leave,
    )


def typical() -> AttemptsFile:
    """Twice unanswered, once declined; another entry of the journal stays at home."""
    diary = Diary()
    diary.note(tried(count=2))
    diary.note(tried(theirs="minister of defence"))
    diary.note(tried(Outcome.DECLINED, happened=NOW - HOUR // 2))
    named = (Named(seed_of("a request for a call"), Outcome.DECLINED, Millis(NOW)),)
    return diary.file([0, 2], statement(), named)


def example() -> str:
    """The file taken apart, and what a reader is told."""
    file = typical()
    data = file.encoded()
    found = verify_attempts(data, [party().fingerprint])
    first = file.entries[0]
    rows = [
        ("root fingerprint of ALPHA", party().fingerprint.hex()),
        ("file", f"{len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}"),
        (" rosters", f"array of 1, its one roster {len(file.rosters[0].encoded())} bytes"),
        (" entries", f"array of {len(file.entries)}, the first an array of 2"),
        ("  entry", first.record.hex()),
        ("  proof", f"{len(first.proof)} bytes of text, below"),
        (" signed digest", file.digest().hex()),
        (" first signature", file.signatures[0].hex()),
    ]
    lines = []
    for name, value in rows:
        pieces = [value[n : n + 72] for n in range(0, len(value), 72)]
        lines += [f"{name if not n else '':<27}{piece}" for n, piece in enumerate(pieces)]
    told = [f"verdict: {found.status}"]
    for sign, texts in (("+", found.proved), ("-", found.not_proved)):
        for text in texts:
            told += textwrap.wrap(f"{sign} {text}", 98, subsequent_indent="  ")
    return "\n".join([*lines, "", first.proof.decode(), *told]) + "\n"


def whole() -> str:
    """The file itself, base64."""
    return "\n".join(textwrap.wrap(base64.b64encode(typical().encoded()).decode(), 98)) + "\n"


if __name__ == "__main__":
    parts = SPECIFICATION.read_text(encoding="utf-8").split("```\n")
    parts[1], parts[3] = example(), whole()
    text = "```\n".join(parts)
    if "--write" in sys.argv:
        SPECIFICATION.write_text(text, encoding="utf-8")
    else:
        print(text)
