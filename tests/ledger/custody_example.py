"""Print the example with which spec/custody.md opens.

Run from the project's root: PYTHONPATH=src python -m tests.ledger.custody_example
tests/ledger/test_custody.py holds the file against what is printed here.
"""

from __future__ import annotations

from typing import Final

from firebreak.keys import SigningKey
from firebreak.ledger.checkpoint import origin
from firebreak.ledger.custody import Handed, Statement, Taken, Way, digest_of, statement_id
from firebreak.values import Millis
from tests.relays import Book

KEY: Final = SigningKey(bytes(range(32)))
ORIGIN: Final = origin(bytes(range(16)), 0)
BUNDLE: Final = b"a sealed bundle, as it stands"
HEADER: Final = bytes.fromhex("0101eedd883da0a9451502006b49d200")
TAKEN_AT: Final = Millis(1_800_000_000_000)
HANDED_AT: Final = Millis(1_800_003_600_000)
REPORTED_AT: Final = Millis(1_800_010_800_000)


def statements() -> tuple[Book, list[Statement]]:
    """Taken from ALPHA's node; three hours later the attaché reports what he did after one."""
    book = Book(ORIGIN, KEY)
    digest, size = digest_of(BUNDLE), len(BUNDLE)
    taken = Statement(digest, size, None, TAKEN_AT, TAKEN_AT, Taken("ALPHA", Way.NODE, HEADER))
    first = statement_id(book.sign(taken))
    step = Handed("BRAVO, duty office", None)
    handed = Statement(digest, size, first, HANDED_AT, REPORTED_AT, step)
    book.sign(handed)
    return book, [taken, handed]


def example() -> str:
    """Two statements on one bundle, and the receipt of the second."""
    book, _ = statements()
    rows = [
        ("custody key", KEY.public.raw),
        ("bundle", digest_of(BUNDLE)),
        ("taken", book.entries[0]),
        ("its id", statement_id(book.entries[0])),
        ("handed", book.entries[1]),
        ("receipt of it", book.receipt(1)),
    ]
    lines = [f"{'origin':16}{ORIGIN}\n"]
    for name, data in rows:
        digits = data.hex()
        for start in range(0, len(digits), 80):
            label = name if start == 0 else ""
            lines.append(f"{label:16}{digits[start : start + 80]}\n")
    return "".join(lines)


if __name__ == "__main__":
    print(example(), end="")
