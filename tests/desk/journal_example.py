"""Prints the example and the table of spec/journal.md: python -m tests.desk.journal_example"""

from firebreak.desk import journal
from firebreak.desk.entries.contacts import Certainty, Contacted, Direction, Rung, Source
from firebreak.desk.journal import BODIES, Entry
from firebreak.keys import SigningKey
from firebreak.records import sign1
from firebreak.records.agreement import Origin
from firebreak.records.codec import Struct
from firebreak.records.contacts import Outcome, Precision, Way
from firebreak.records.spelling import name_of
from firebreak.values import Millis
from tests.worlds import HOUR, NOW, seed_of

ORIGIN = Origin(seed_of("journal")[:16], 0).text()
KEY = SigningKey(seed_of("an officer's key"))


def typical() -> Entry:
    """The chief of defence's office called, and nobody answered."""
    return Entry(
        roster=1,
        author=1,
        at=NOW,
        about=(),
        body=Contacted(
            party="BRAVO",
            theirs="chief of the general staff",
            ours="chief of defence",
            way=Way.VOICE,
            rung=Rung.DIRECT,
            by=Direction.OURS,
            outcome=Outcome.UNANSWERED,
            happened=Millis(NOW - HOUR),
            precision=Precision.MINUTE,
            count=1,
            source=Source.OWN_OFFICER,
            certainty=Certainty.CERTAIN,
        ),
    )


def example() -> str:
    """The entry, its payload, signature and id."""
    entry = typical()
    payload = journal.payload_of(entry)
    data = journal.sign_entry(entry, ORIGIN, KEY)
    signature = sign1.parse(data).signature
    rows = [
        ("origin", ORIGIN),
        ("external_aad", journal.context(ORIGIN).hex()),
        ("public key", KEY.public.raw.hex()),
        ("payload", payload.hex()),
        ("signature", signature.hex()),
        ("id", journal.entry_id(ORIGIN, payload).hex()),
        ("signed entry", f"{len(data)} bytes"),
    ]
    lines = []
    for name, value in rows:
        pieces = [value[n : n + 80] for n in range(0, len(value), 80)]
        lines += [f"{name if not n else '':<14}{piece}" for n, piece in enumerate(pieces)]
    return "\n".join(lines) + "\n"


def kinds() -> str:
    """Every kind with its slots, as a table."""
    lines = ["| code | kind | slots |", "|---|---|---|"]
    for kind, (_, codec) in BODIES.items():
        slots = (
            ", ".join(name.replace("_", " ") for name, _ in codec.slots)
            if isinstance(codec, Struct)
            else "none"
        )
        lines.append(f"| {int(kind)} | {name_of(kind)} | {slots} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(example())
    print(kinds())
