"""`firebreak demo`: two nodes on this machine, one agreement, a night of it."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firebreak.cli.frame import noun
from firebreak.errors import Misuse

if TYPE_CHECKING:
    from rich.console import Console

    from firebreak.scenarios.flight import Found
    from firebreak.scenarios.play import View
    from firebreak.scenarios.scenario import Scenario, Step
    from firebreak.scenarios.stage import Said

app = noun("demo")
LANGUAGES = ("en", "ru")
"""The languages in which the two sides' views are shown: the first party's, the second's."""
PAUSE_S = 2.0
"""Seconds between steps where a person watches."""


HeadlessOption = Annotated[
    bool, typer.Option("--headless", help="No pauses and no picture; for machines.")
]
ReportOption = Annotated[
    Path | None, typer.Option("--report", metavar="FILE", help="Write what happened as JSON.")
]
FolderOption = Annotated[
    Path | None,
    typer.Option(
        "--folder", "--dir", metavar="DIR", help="Keep the nodes here. Without it: a new folder."
    ),
]
PauseOption = Annotated[
    float, typer.Option("--pause", metavar="SECONDS", help="Pause between steps.", min=0, max=60)
]


@app.callback(invoke_without_command=True)
def demo(
    context: typer.Context,
    headless: HeadlessOption = False,
    report: ReportOption = None,
    folder: FolderOption = None,
    pause: PauseOption = PAUSE_S,
) -> None:
    """Two nodes that share nothing but a wire and a signed agreement hold a line for a night.

    Every step is a command that you could type. The files are kept; their place is printed.

    \b
    Examples:
      firebreak demo
      firebreak demo --headless --report report.json
      firebreak demo march-2022
    """
    if context.invoked_subcommand is not None:
        if headless or report is not None or folder is not None or pause != PAUSE_S:
            raise Misuse(f"Put the options behind {context.invoked_subcommand}.")
        return
    from firebreak.scenarios.play import Play, prepare_folder
    from firebreak.scenarios.scenario import load_scenario
    from firebreak.scenarios.stage import Stage

    if report is not None:
        _check_writable(report)
    place = prepare_folder(folder)
    show = Quiet() if headless else Terminal()
    with Stage(load_scenario("line"), place, in_process) as stage:
        result = Play(stage, show, 0 if headless else pause).run()
    if report is not None:
        report.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        if headless:
            typer.echo(sizes_and_times(result))
    elif headless:
        typer.echo(json.dumps(result, indent=2, ensure_ascii=False))


@app.command("march-2022")
def march_2022(
    headless: HeadlessOption = False,
    report: ReportOption = None,
    folder: FolderOption = None,
    pause: PauseOption = 0.3,
) -> None:
    """Who could reach whom in March 2022, from public reports: a reconstruction, for exercise.

    One node alone, its counterparts reached by voice and in person. Every entry has its source, the
    precision of its date and its certainty; offices, not persons. At the end: who tried, who declined,
    who was not tried, and since when there is silence.

    \b
    Examples:
      firebreak demo march-2022
      firebreak demo march-2022 --headless --report report.json
    """
    from firebreak.cli.retold import Telling, Untold
    from firebreak.scenarios.play import prepare_folder
    from firebreak.scenarios.reconstruction import Retelling, load_reconstruction

    if report is not None:
        _check_writable(report)
    place = prepare_folder(folder)
    told = load_reconstruction("march-2022")
    show = Untold() if headless else Telling(pause)
    with Retelling(told, place, in_process, show) as retelling:
        result = retelling.run()
    text = json.dumps(result, indent=2, ensure_ascii=False)
    if report is not None:
        report.write_text(f"{text}\n", encoding="utf-8")
    elif headless:
        typer.echo(text)


def _check_writable(report: Path) -> None:
    """Before a whole night is played: that its report can be written. Raises Misuse."""
    place = report if report.exists() else report.parent
    if report.is_dir() or not place.exists() or not os.access(place, os.W_OK):
        raise Misuse(
            f"The report {report} cannot be written: give a file in a folder that is there and that"
            " you may write, by --report. Nothing was played."
        )


def sizes_and_times(report: Mapping[str, Any]) -> str:
    """One line: how large a notice is, how soon it is there, how soon a node listens."""
    return (
        f"A typical notice: {report['notice_signed_bytes']} B signed,"
        f" {report['notice_sealed_narrow_bytes']} B sealed for a narrow link. Delivered in"
        f" {report['delivered_p50_ms']} ms (median of {report['delivered_over_socket']}, by the"
        f" nodes' clocks). A node listens after {report['node_ready_s']:.2f} s; `--help` takes"
        f" {report['help_s']:.2f} s."
    )


def in_process(words: Sequence[str]) -> Said:
    """Run one `firebreak` command here, and catch what it prints."""
    from firebreak.cli import main
    from firebreak.scenarios.stage import Said

    out, error = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(error):
        code = main(words)
    return Said(code, out.getvalue(), error.getvalue())


class Quiet:
    """Shows nothing."""

    def opening(self, scenario: Scenario, steps: int) -> None:
        """Nothing."""

    def step(self, number: int, step: Step, words: list[str]) -> None:
        """Nothing."""

    def found(self, found: Found) -> None:
        """Nothing."""

    def said(self, step: Step, said: Said) -> None:
        """Nothing."""

    def both(self, views: Mapping[str, View | None]) -> None:
        """Nothing."""

    def closing(self, report: Mapping[str, Any]) -> None:
        """Nothing."""


class Terminal:
    """Tells the night step by step, both sides' views beside each other."""

    def __init__(self) -> None:
        from rich.console import Console

        self.console: Console = Console(highlight=False, stderr=False)
        self.steps = 0
        self.shown: set[tuple[str, str]] = set()

    def opening(self, scenario: Scenario, steps: int) -> None:
        """The title, and what kind of play this is."""
        from rich.panel import Panel

        self.steps = steps
        self.console.print(
            Panel(f"[bold]{scenario.title}[/]\n{scenario.note}", border_style="yellow")
        )
        self.console.print(
            f"{scenario.parties[0]} and {scenario.parties[1]} make keys, exchange cards, read"
            " fingerprints to each other, sign one agreement, and start their nodes …"
        )

    def step(self, number: int, step: Step, words: list[str]) -> None:
        """The narrator, a bar of progress, and the command."""
        from rich.markup import escape

        done = round(20 * number / self.steps)
        bar = f"[cyan]{'━' * done}[/][dim]{'━' * (20 - done)}[/] {number}/{self.steps}"
        self.console.print()
        self.console.print(f"{bar}  [bold]{escape(step.say)}[/]")
        if words:
            typed = " ".join(_typed(word) for word in words)
            self.console.print(f"[dim]{step.who} $ firebreak {escape(typed)}[/]")

    def found(self, found: Found) -> None:
        """The watch's advisory in its words, and what it drafts."""
        from rich.markup import escape

        from firebreak.desk.explaining import sentence
        from firebreak.records.spelling import name_of

        advisory, made = found.advisory, found.draft
        self.console.print(
            f"  [red]■ {advisory.level.name}:[/] {escape(sentence(advisory))}\n"
            f"  It drafts: {name_of(made.precedence).upper()} query on {name_of(made.channel)}."
            " Nothing is sent without a person."
        )

    def said(self, step: Step, said: Said) -> None:
        """A refusal in its own words; conflicts with their margins."""
        from rich.markup import escape

        if step.refused is not None:
            self.console.print(f"  [yellow]refused:[/] {escape(said.error.strip())}")
        if step.conflicts:
            for conflict in said.data()["conflicts"]:
                self.console.print(f"  [yellow]■ it would meet:[/] {_margin(conflict)}")

    def both(self, views: Mapping[str, View | None]) -> None:
        """What is new in one dialogue, as each side has it, in its own language."""
        from rich.columns import Columns
        from rich.panel import Panel

        width = max(38, self.console.width // 2 - 1)
        panels = [
            Panel(
                self._news(party, view, LANGUAGES[place]),
                title=party,
                title_align="left",
                border_style="blue" if place == 0 else "magenta",
                width=width,
            )
            for place, (party, view) in enumerate(views.items())
        ]
        self.console.print(Columns(panels, padding=(0, 0)))

    def _news(self, party: str, view: View | None, language: str) -> str:
        """Records not shown before in full; of those shown before, the newest states."""
        from rich.markup import escape

        if view is None:
            return "[dim]not here[/]"
        made = [f"[bold]{view['standing'].replace('-', ' ')}[/]"]
        for record in view["records"]:
            if record["kind"] == "displayed":
                continue
            states = ", ".join(
                dict.fromkeys(s["state"].replace("-", " ") for s in record["states"])
            )
            arrow = "→" if record["ours"] else "←"
            mark = f" [green]({states})[/]" if states else ""
            if (party, record["id"]) in self.shown:
                made.append(f"{arrow} {record['kind'].replace('-', ' ')} {record['id'][:8]}{mark}")
                continue
            self.shown.add((party, record["id"]))
            sentence = record["sentence"].get(language) or next(iter(record["sentence"].values()))
            made.append(f"{arrow} {escape(sentence)}{mark}")
            made += [f"[yellow]■ meets {_margin(each)}[/]" for each in record["conflicts"]]
        return "\n".join(made)

    def closing(self, report: Mapping[str, Any]) -> None:
        """What is kept, and one line of cryptography."""
        self.console.print()
        records = ", ".join(f"{party} {count}" for party, count in report["records"].items())
        self.console.print(
            f"[bold]{report['seconds']:.1f} s.[/] Records: {records}."
            f" Conflicts found: {report['conflicts_found']}."
            f" Doubtful: {', '.join(report['doubtful_tracks']) or 'none'}."
            f" Carriers: {', '.join(report['carriers_used'])}. Forks: {report['forks']}."
        )
        for party, place in report["stores"].items():
            self.console.print(f"{party}'s node is kept in {place}", soft_wrap=True)
        verdict = "verifies" if report["evidence_verified"] else "DOES NOT VERIFY"
        equal = "equal on both sides" if report["logs_agree"] else "DIFFERENT on the two sides"
        self.console.print(sizes_and_times(report))
        self.console.print(
            f"Cryptography, in one line: every record Ed25519-signed, in Merkle logs {equal},"
            f" sealed with ML-KEM-768 + X25519; the evidence {verdict}: {report['evidence_file']}",
            soft_wrap=True,
        )


def _typed(word: str) -> str:
    """A word as a person would type it: quoted where it has spaces, ids by their first digits."""
    if len(word) == 64 and not set(word) - set("0123456789abcdef"):
        return word[:8]
    return f'"{word}"' if " " in word or ";" in word else word


def _margin(conflict: Mapping[str, Any]) -> str:
    feet = conflict["height_overlap_ft"]
    minutes = conflict["window_overlap_ms"] // 60_000
    height = "all heights" if feet is None else f"{feet} ft of height"
    return (
        f"{conflict['party']}'s notice {conflict['id'][:8]}, by"
        f" {conflict['horizontal_overlap_m'] / 1000:.1f} km, {height}, {minutes} min"
    )
