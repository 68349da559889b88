"""Records, states and times as people read them at a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

from firebreak.cli.output import say
from firebreak.records.figures import date_time_group_seconds

JsonOption = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]

SHORT_ID = 8
"""Digits of an id in tables: enough to name a record, hardly ever ambiguous."""


def print_json(answer: Any) -> None:
    """An answer of the node as it is."""
    say(json.dumps(answer, indent=2, ensure_ascii=False))


def when(ms: int | None) -> str:
    """A time to the second, Zulu; a dash where there is none."""
    return "-" if ms is None else date_time_group_seconds(ms)


def short(record_id: str | None) -> str:
    """The beginning of an id."""
    return "-" if not record_id else record_id[:SHORT_ID]


def joined(words: Iterable[str]) -> str:
    """Words in a row; a dash for none."""
    return ", ".join(words) or "-"


def listing(rows: Iterable[Sequence[str]], fixed: int, *columns: str) -> None:
    """A table whose first `fixed` columns are never broken: ids and times; the last one is."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        made.add_column(column, overflow="fold", no_wrap=number < fixed)
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(made)
