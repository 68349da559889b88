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
    """The node's directory that --dir, the environment or this place names. Raises Misuse."""
    return NodeDirectory.open(find_directory(option))


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


def table(rows: Iterable[Sequence[str]], *columns: str) -> None:
    """A table under its headings, as wide as the terminal allows; no text is cut off."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    _print(made, rows)


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
