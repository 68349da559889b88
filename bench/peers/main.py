"""The whole of it in one go: what is missing, the servers, the rounds, the table and the plot."""

import argparse
import asyncio
import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.peers.errand import IN_FLIGHT, MESSAGE_BYTES, BenchError, Lane, Round, measure
from bench.peers.firebreak_line import measure_firebreak
from bench.peers.installing import (
    FIREBREAK,
    VENV,
    find_missing,
    install,
    missing_text,
    package_versions,
    synapse_version,
)
from bench.peers.machine import describe, fsync_p50_ms
from bench.peers.postfix import postfix
from bench.peers.prosody import prosody
from bench.peers.report import Result, plot, table
from bench.peers.synapse import synapse


@dataclass(frozen=True, slots=True)
class Contestant:
    """What takes its turn in a round: each of its lanes, one after another."""

    name: str
    measure: dict[str, Callable[[], Round]]


def main(words: Sequence[str]) -> int:
    """The command; 0, or 1 with a message."""
    asked = _arguments().parse_args(words)
    # So that the servers end with this process also when it is told to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if asked.install:
            install()
        if missing := find_missing():
            raise BenchError(missing_text(missing))
        result = run(asked.rounds, asked.seconds)
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    if asked.json is not None:
        text = json.dumps(result.to_json(), indent=2, ensure_ascii=False)
        asked.json.write_text(text + "\n", "utf-8")
    if asked.plot is not None:
        asked.plot.write_text(plot(result), "utf-8")
    print(table(result), end="")
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bench/peers/run.py",
        description="One errand over Firebreak, Postfix, Prosody and Matrix Synapse, in one go.",
    )
    parser.add_argument("--rounds", type=_positive_count, default=3, help="default: 3")
    parser.add_argument(
        "--seconds",
        type=_positive_seconds,
        default=4.0,
        help="for each lane of a peer, one at a time and again loaded; default: 4",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw them")
    parser.add_argument("--install", action="store_true", help="install what is missing first")
    return parser


def _positive_count(text: str) -> int:
    if (count := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return count


def _positive_seconds(text: str) -> float:
    if not 0 < (seconds := float(text)) <= 600:
        raise argparse.ArgumentTypeError("more than 0, up to 600")
    return seconds


def turned(contestants: Sequence[Contestant], number: int) -> list[Contestant]:
    """The order of a round: each round another one goes first."""
    first = number % len(contestants)
    return [*contestants[first:], *contestants[:first]]


def run(rounds: int, seconds: float) -> Result:
    """Start all servers, let each have its turn in every round, end them."""
    lanes: dict[str, list[Round]] = {}
    fsync = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="firebreak-peers-")))
        folder.chmod(0o755)  # Postfix and Prosody run as users of their own
        machine = describe(folder)
        contestants = _start(stack, folder, seconds)
        for number in range(rounds):
            fsync.append(fsync_p50_ms(folder))
            for contestant in turned(contestants, number):
                for key, once in contestant.measure.items():
                    lanes.setdefault(key, []).append(found := once())
                    _say(
                        f"round {number + 1} of {rounds}, {key}: p50 {found.p50_ms:.1f} ms, "
                        f"{found.loaded_per_s:.0f} messages/s with {IN_FLIGHT} in flight"
                    )
    return Result(machine, _versions(), fsync, MESSAGE_BYTES, IN_FLIGHT, seconds, lanes)


def _start(stack: ExitStack, folder: Path, seconds: float) -> list[Contestant]:
    """Every server, running, beside Firebreak's own bench, which starts what it needs."""

    def lane(lane: Lane) -> Callable[[], Round]:
        return lambda: asyncio.run(measure(lane, seconds))

    servers: dict[str, Callable[[], AbstractContextManager[Sequence[Lane]]]] = {
        "postfix": lambda: postfix(folder / "postfix"),
        "prosody": lambda: prosody(folder / "prosody"),
        "synapse": lambda: synapse(folder / "synapse", VENV / "bin" / "python"),
    }
    contestants = [
        Contestant("firebreak", {"firebreak": lambda: measure_firebreak(FIREBREAK, folder)})
    ]
    for name, server in servers.items():
        _say(f"starting {name}")
        running = stack.enter_context(server())
        contestants.append(Contestant(name, {each.key: lane(each) for each in running}))
    return contestants


def _versions() -> dict[str, str]:
    installed = package_versions()
    told = subprocess.run([FIREBREAK, "--version"], capture_output=True, text=True, check=True)
    return {
        "Firebreak": told.stdout.split()[-1],
        "Postfix": installed["postfix"],
        "Prosody": installed["prosody"],
        "Matrix Synapse": synapse_version() or "?",
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
