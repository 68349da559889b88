"""The watch beside its peers: what is missing, ours, BlueSky, PostGIS, the table and the plot."""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.peers import bluesky
from bench.peers.bluesky import measure_bluesky
from bench.peers.errand import BenchError
from bench.peers.installing import missing_text
from bench.peers.postgis import measure_postgis
from bench.peers.watch_installing import find_missing, install
from bench.peers.watch_report import Figures, plot, ratios, table
from firebreak.bench.machine import described
from firebreak.bench.watch import measure
from firebreak.errors import FirebreakError

COMMAND = ".venv/bin/python bench/peers/watch.py"
POINTS = (1_000, 10_000, 100_000)
VOLUMES = (10_000, 100_000, 1_000_000)
QUICK_VOLUMES = (100_000,)


def main(words: Sequence[str]) -> int:
    """The command; 0, or 1 with a message."""
    asked = _arguments().parse_args(words)
    # So that the server ends with this process also when it is told to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if asked.install:
            install()
        if missing := find_missing():
            raise BenchError(missing_text(missing, COMMAND))
        found = run(asked.ours, quick=asked.quick)
    except (BenchError, FirebreakError) as error:
        print(error, file=sys.stderr)
        return 1
    if asked.json is not None:
        text = json.dumps(found, indent=2, ensure_ascii=False)
        asked.json.write_text(text + "\n", "utf-8")
    if asked.plot is not None:
        asked.plot.write_text(plot(found), "utf-8")
    print(table(found), end="")
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bench/peers/watch.py",
        description="The watch, BlueSky and PostGIS on the same inputs, in one go.",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw them")
    parser.add_argument(
        "--quick", action="store_true", help="no growth of ours, no million of notices in PostGIS"
    )
    parser.add_argument(
        "--ours", type=Path, metavar="FILE", help="figures of ours, measured just before"
    )
    parser.add_argument("--install", action="store_true", help="install what is missing first")
    return parser


def run(given: Path | None, *, quick: bool) -> Figures:
    """Ours, unless given in a file, then each peer in its turn; all figures, `peers` among them."""
    with tempfile.TemporaryDirectory(prefix="firebreak-peers-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as a user of its own
        if given is not None:
            found: Figures = json.loads(given.read_text("utf-8"))
        else:
            own = folder / "own"
            own.mkdir()
            found = {"machine": described(), **measure(own, _say, quick)}
        _say("BlueSky: every pair")
        peers = measure_bluesky(folder, bluesky.SIZES)
        _say("PostGIS: points in polygons, distances, volumes")
        peers |= measure_postgis(folder, QUICK_VOLUMES if quick else VOLUMES, POINTS)
    return {**found, "peers": peers | ratios(found, peers)}


def _say(text: str) -> None:
    print(f"Measuring: {text} …", file=sys.stderr, flush=True)
