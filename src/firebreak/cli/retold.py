"""A reconstruction as it is shown on a terminal, under its mark."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from firebreak.scenarios.reconstruction import Reconstruction, Report

MARK = "RECONSTRUCTION / EXERCISE"


class Untold:
    """Shows nothing."""

    def opening(self, told: Reconstruction, steps: int) -> None:
        """Nothing."""

    def step(self, number: int, words: Sequence[str], entry: Report | None) -> None:
        """Nothing."""

    def closing(self, told: Reconstruction, directory: Path) -> None:
        """Nothing."""


class Telling:
    """Each entry with its command and source; at the end the matrix and the timeline."""

    def __init__(self, pause_s: float) -> None:
        from rich.console import Console

        self.console: Console = Console(highlight=False)
        self.pause_s = pause_s
        self.steps = 0
        self.told: Reconstruction | None = None

    def opening(self, told: Reconstruction, steps: int) -> None:
        """What this is and is not."""
        from rich.panel import Panel

        self.steps, self.told = steps, told
        self.console.print(
            Panel(f"[bold]{told.title}[/]\n{told.note}", title=MARK, border_style="yellow")
        )
        self.console.print(f"{told.party} makes exercise keys and starts its node, alone …")

    def step(self, number: int, words: Sequence[str], entry: Report | None) -> None:
        """What the report says, the command, and where it can be read."""
        from rich.markup import escape

        assert self.told is not None
        noun, verb, ours, theirs, *_ = words
        if entry is None:
            self.console.print(
                f"[dim]{number}/{self.steps} $ firebreak {noun} {verb}[/]"
                f" {escape(ours)} – {escape(theirs)}"
            )
            return
        cited = self.told.sources[entry.sources[0]]
        sure = "" if entry.certainty == "certain" else f", {entry.certainty}"
        self.console.print()
        self.console.print(
            f"{number}/{self.steps}  [bold]{entry.at}  {entry.outcome}[/]{sure}:"
            f" {escape(ours)} – {escape(theirs)}\n  {escape(entry.text)}\n"
            f"  [dim]$ firebreak {noun} {verb} … --outcome {entry.outcome} --way {entry.way}"
            f" --at {entry.at} --count {entry.count}\n  {escape(cited.citation)}[/]",
            soft_wrap=True,
        )
        time.sleep(self.pause_s)

    def closing(self, told: Reconstruction, directory: Path) -> None:
        """The timeline and the matrix, by the commands that show them."""
        from firebreak.cli import main

        shown = (
            (f"The timeline, as of {told.as_of}", ["contact", "list", "--as-of", told.as_of]),
            (
                f"The matrix, {told.since} to {told.as_of}",
                ["contact", "matrix", "--since", told.since, "--as-of", told.as_of],
            ),
        )
        for title, words in shown:
            self.console.print(f"\n[bold yellow]{MARK}[/]  [bold]{title}[/]")
            main([*words, "--dir", str(directory)])
        self.console.print(
            f"\nTo print: contacts.html and contacts.pdf in {directory.parent}. The journal is kept in"
            f" {directory}; {MARK} stands on all that is taken from it.",
            soft_wrap=True,
        )
