"""Fuzz one target or several, guided by coverage, for as long as you like.

python -m tests.fuzz                              names every target
python -m tests.fuzz TARGET... [--seconds N]      looks for an input that breaks a promise
python -m tests.fuzz TARGET... --keep             and adds what found new ways to the corpus
python -m tests.fuzz TARGET --input FILE          reads one file, as a test would

A finding is printed with its traceback and kept where the last line says. Mend it, then put the file
into tests/fuzz/corpus/TARGET/ under a name that says what it was: there it is tried for ever after.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.conftest import ROOT
from tests.fuzz.corpus_files import add, corpus_of
from tests.fuzz.targets import TARGETS
from tests.fuzz.watching import PATIENCE_S, Target, measured

MOST_RSS_MB: Final = 1_536
"""To the kernel, and so to libFuzzer, a process has taken what the one that started it had: a test's
worker, up to 1 GB."""


def fuzz(names: Sequence[str], seconds: int, folder: Path) -> subprocess.CompletedProcess[str]:
    """One guided run over these targets in turn. folder: for what it finds, and for its seeds."""
    found, seeds = folder / "found", folder / "seeds"
    found.mkdir()
    seeds.mkdir()
    for place, name in enumerate(names):
        for number, data in enumerate(starts(TARGETS[name])):
            (seeds / f"{name}-{number}").write_bytes(bytes([place]) + data)
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={1 + max(TARGETS[name].most for name in names)}",
        f"-artifact_prefix={folder}/finding-",
        *(["-seed=1"] if os.environ.get("CI") == "true" else []),
    ]
    return _guided(names, folder, *options, str(found), str(seeds))


def starts(target: Target) -> Iterator[bytes]:
    """What a run begins with: the examples that are short enough, and the corpus."""
    yield from (data for data in target.examples() if len(data) <= target.most)
    yield from corpus_of(target.name).values()


def _guided(names: Sequence[str], folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the fuzzer in a process of its own."""
    words = [sys.executable, "-m", "tests.fuzz.guided", ",".join(names)]
    program = folder / "again"
    program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} {program} "$@"\n', encoding="utf-8")
    program.chmod(0o700)
    limits = [f"-rss_limit_mb={MOST_RSS_MB}", f"-timeout={PATIENCE_S:.0f}", "-print_final_stats=1"]
    return subprocess.run(
        [program, *limits, *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


def keep(names: Sequence[str], folder: Path) -> None:
    """Add to the corpus the least of what was found that goes all the ways that were found."""
    least = folder / "least"
    least.mkdir()
    for place, name in enumerate(names):
        for number, data in enumerate(corpus_of(name).values()):
            (least / f"{name}-{number}").write_bytes(bytes([place]) + data)
    before = set(least.iterdir())
    seeds, found = folder / "seeds", folder / "found"
    _guided(names, folder, "-merge=1", str(least), str(seeds), str(found))
    known = {name: set(TARGETS[name].examples()) for name in names}
    for path in sorted(set(least.iterdir()) - before):
        data = path.read_bytes()
        name = names[data[0] % len(names)] if data else names[0]
        if data and data[1:] not in known[name]:
            add(name, data[1:])


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--input", type=Path)
    given = parser.parse_args()
    if not given.targets:
        print(*TARGETS, sep="\n")
        return 0
    if given.input is not None:
        (name,) = given.targets
        print(measured(TARGETS[name], given.input.read_bytes()))
        return 0
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    done = fuzz(given.targets, given.seconds, folder)
    print("\n".join(done.stderr.splitlines()[-40:]), done.stdout[-4_000:], sep="\n")
    for path in sorted(folder.glob("finding-*")):
        data = path.read_bytes()
        path.with_suffix(".input").write_bytes(data[1:])
        name = given.targets[data[0] % len(given.targets)] if data else given.targets[0]
        print(f"{name}: {path.with_suffix('.input')}")
    if given.keep:
        keep(given.targets, folder)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
