"""What every command prints with: plain lines, tables, times, fingerprints."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from firebreak.errors import Misuse
from firebreak.keys import spoken
from firebreak.records.figures import date_time_group
from firebreak.store.directory import NodeDirectory, find_directory
from firebreak.values import Millis

if TYPE_CHECKING:
    from rich.table import Table

DAY_MS = 86_400_000


def now() -> Millis:
    """This machine's clock."""
    return Millis(time.time_ns() // 1_000_000)


def opened(option: Path | None) -> NodeDirectory:
    """The node's directory that --dir, the environment or this place names. Raises Misuse.

    The mark of a node that has one stands above whatever a command shows of it.
    """
    node = NodeDirectory.open(find_directory(option))
    if node.config.mark:
        warn(f"*** {full_mark(node.config.mark)} ***")
    return node


def harmless(cell: str) -> str:
    """A cell of a table that no spreadsheet program runs as a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


NOT_MARKED = "NOT KNOWN WHETHER REAL OR EXERCISE"
"""Stands on an export where neither an agreement nor the party itself says."""


def full_mark(mark: str) -> str:
    """The mark as it stands on screens and exports: a reconstruction is an exercise too."""
    return "RECONSTRUCTION / EXERCISE" if mark == "RECONSTRUCTION" else mark


def mark_line(node: NodeDirectory) -> str:
    """The line that stands over what is shown: what the node is marked as, else its agreements."""
    modes = sorted({signed.agreement.mode.name for signed in node.agreements()}, reverse=True)
    mark = full_mark(node.config.mark) or " AND ".join(modes) or NOT_MARKED
    return f"*** {mark} ***"


def say(*lines: str) -> None:
    """Lines to standard output."""
    for line in lines:
        print(line)


def warn(*lines: str) -> None:
    """Lines to standard error: what the operator should see even if output goes elsewhere."""
    sys.stdout.flush()
    for line in lines:
        print(line, file=sys.stderr)


def refuse(text: str) -> NoReturn:
    """Stop with exit code 1 and this message."""
    raise Misuse(text)


def fingerprint_lines(name: str, fingerprint: bytes) -> list[str]:
    """A fingerprint as it is read over the telephone: two rows of eight groups, under its party."""
    groups = spoken(fingerprint).split()
    rows = [" ".join(groups[:8]), " ".join(groups[8:])]
    return [f"Root fingerprint of {name}:", *(f"    {row}" for row in rows)]


def day_of(moment: Millis) -> str:
    """A date-time group to the minute."""
    return date_time_group(moment)


def table(rows: Iterable[Sequence[str]], *columns: str, whole: int = 0) -> None:
    """A table under its headings, as wide as the terminal allows; no text is cut off.

    Where that would break words, or make a row longer than MOST_LINES, the rows stand one below the
    other instead, a line for each column. whole: so many columns from the first have cells that are
    never broken either, as ids and times.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table

    cells = [list(row) for row in rows]
    widths = _widths([columns, *cells], whole, Console().width)
    if widths is None:
        say("")
        for row in cells:
            pairs(zip(columns, row, strict=True))
            say("")
        return
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column, width in zip(columns, widths, strict=True):
        made.add_column(column, overflow="fold", width=width)
    _print(made, cells)


MOST_LINES = 6
"""A row of a table is at most as many lines high."""

_EDGE, _BETWEEN = 2, 3
"""Characters that a table of this kind has beside its first and last column, and between two."""

_LONGEST_WORD = 24
"""What is longer, as a digest is, may be broken."""


def _widths(cells: list[Sequence[str]], whole: int, room: int) -> list[int] | None:
    """The width of each column, in characters; None where the cells do not fit into `room`."""
    columns = list(zip(*cells, strict=True))
    most = [max(map(len, column)) for column in columns]
    least = [
        most[number] if number < whole else min(max(map(_longest_word, column)), _LONGEST_WORD)
        for number, column in enumerate(columns)
    ]
    spare = room - _EDGE - _BETWEEN * (len(columns) - 1) - sum(least)
    if spare < 0:
        return None
    widths = list(least)
    while spare and widths != most:
        _, number = min((widths[i], i) for i in range(len(widths)) if widths[i] < most[i])
        widths[number] += 1
        spare -= 1
    high = max(-(-wanted // width) for wanted, width in zip(most, widths, strict=True) if wanted)
    return widths if high <= MOST_LINES else None


def _longest_word(cell: str) -> int:
    return max(map(len, cell.split()), default=0)


def pairs(rows: Iterable[tuple[str, str]]) -> None:
    """Names and their values, in two columns, without lines."""
    from rich.table import Table

    made = Table.grid(padding=(0, 2))
    made.add_column(no_wrap=True)
    made.add_column(overflow="fold")
    _print(made, rows)


def _print(made: Table, rows: Iterable[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.text import Text

    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(made)
