"""Records, states and times as people read them at a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable
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


def lasting(ms: int) -> str:
    """How long, as one says it: 9 min, 23 h 59 min, 3 d 4 h. Whole minutes, downwards."""
    minutes = ms // 60_000
    hours, days = minutes // 60, minutes // 1_440
    if days >= 2:  # below that hours say more
        parts = [(days, "d"), (hours % 24, "h")]
    else:
        parts = [(hours, "h"), (minutes % 60, "min")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"


def short(record_id: str | None) -> str:
    """The beginning of an id."""
    return "-" if not record_id else record_id[:SHORT_ID]


def joined(words: Iterable[str]) -> str:
    """Words in a row; a dash for none."""
    return ", ".join(words) or "-"
