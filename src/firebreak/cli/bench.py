"""`firebreak bench`: what this machine makes of the line, measured, not promised."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from firebreak.cli.frame import noun
from firebreak.cli.output import pairs, say
from firebreak.errors import Misuse

app = noun("bench", "Two nodes are made for it in a folder of their own, which is removed again.")

JsonFile = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the figures here as well.")
]
Show = Callable[[str], None]
Figures = Mapping[str, float | Mapping[str, float]]
Measure = Callable[[Path, Show], Figures]


@app.command()
def line(
    file: JsonFile = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out the memory over long ledgers; within 35 s.")
    ] = False,
) -> None:
    """Latency, throughput, sizes, verification and memory of the line between two nodes.

    Each node commits, synced to the disk, before it sends and before it acknowledges; every
    signature and receipt is verified. Delivered means that the receipt is verified and durable.

    \b
    Example:
      firebreak bench line --quick --json line.json
    """
    from firebreak.bench.line import measure

    _run(file, lambda folder, show: measure(folder, command, show, quick))


@app.command()
def rebuild(
    file: JsonFile = None,
    records: Annotated[
        int, typer.Option(metavar="NUMBER", help="How many, half of them its own.", min=100)
    ] = 100_000,
) -> None:
    """How long a node that lost its whole store takes to have it back from the other side.

    \b
    Example:
      firebreak bench rebuild --records 10000
    """
    from firebreak.bench.rebuild import measure

    def rebuilt(folder: Path, show: Show) -> Mapping[str, float]:
        show(f"rebuilding {records:,} records")
        return measure(records, folder)

    _run(file, rebuilt)


@app.command()
def wire(file: JsonFile = None) -> None:
    """Delivery over 30 % loss with 1 s of delay, and of a FLASH over 2,400 bit/s behind 100 others.

    Two network namespaces of this machine, with a bad wire between them; needs root and iproute2.
    About three minutes.

    \b
    Example:
      sudo firebreak bench wire
    """
    from firebreak.bench.wires import measure

    def tried(folder: Path, show: Show) -> Mapping[str, float]:
        show("delivery over bad wires")
        return measure(folder, command)

    _run(file, tried)


@app.command()
def flood(file: JsonFile = None) -> None:
    """Delivery while a thief with the peer's key would send 10,000 bad bundles a second.

    After some twenty mistakes the node bars him for a minute; what he got rid of is counted.

    \b
    Example:
      firebreak bench flood
    """
    from firebreak.bench.flood import measure

    def tried(folder: Path, show: Show) -> Mapping[str, float]:
        show("delivery, calm and flooded")
        return measure(folder, command)

    _run(file, tried)


@app.command()
def watch(
    file: JsonFile = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out growth and the peers; within 45 s.")
    ] = False,
) -> None:
    """The watch's engines against their yardsticks, a whole cycle of 100,000 tracks, and ingest.

    Closest approach is held against WGS 84 by brute force, fences against GEOS, the index of notices
    against a tree of boxes. The first time it compiles, which takes a minute more. Without --quick,
    and from the project's root, BlueSky and PostGIS run beside it if they are installed.

    \b
    Example:
      firebreak bench watch --quick --json watch.json
    """
    from firebreak.bench.machine import described
    from firebreak.bench.watch import measure, peers

    def measured(folder: Path, show: Show) -> Figures:
        found = measure(folder, show, quick)
        if quick:
            return found
        return {**found, **peers({"machine": described(), **found}, folder, show)}

    _run(file, measured)


def command(words: Sequence[str]) -> str:
    """Run one `firebreak` command in this process; what it printed. Raises Misuse if it fails."""
    from firebreak.cli.demo import in_process

    said = in_process(words)
    if said.code != 0:
        raise Misuse(f"`firebreak {' '.join(words)}` failed: {said.error.strip()}")
    return said.out


def _run(file: Path | None, measure: Measure) -> None:
    """Measure in a folder of its own, and say what was found."""
    from firebreak.bench.machine import described

    if file is not None and not file.parent.is_dir():
        raise Misuse(f"There is no folder {file.parent} to write {file.name} into. Make it first.")
    folder = Path(tempfile.mkdtemp(prefix="firebreak-bench-"))
    try:
        found = measure(folder, _show)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if file is not None:
        text = json.dumps({"machine": described(), **found}, indent=2, ensure_ascii=False)
        file.write_text(text + "\n", encoding="utf-8")
    say(described())
    pairs(_rows(found))


def _rows(found: Figures) -> list[tuple[str, str]]:
    rows = []
    for name, value in found.items():
        parts = value.items() if isinstance(value, Mapping) else [("", value)]
        rows += [(f"{name} {part}".rstrip(), f"{figure:g}") for part, figure in parts]
    return rows


def _show(what: str) -> None:
    typer.echo(f"Measuring: {what} …", err=True)
