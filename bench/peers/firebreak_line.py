"""Firebreak's own line, measured by its own bench in a process of its own.

Two node processes; each commits before it sends and before it acknowledges, every signature and
receipt is verified. `firebreak bench line` says how.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from bench.peers.errand import BenchError, Round
from bench.peers.processes import end, tied

LIMIT_S = 180


def measure_firebreak(command: Path, folder: Path) -> Round:
    """Run the bench once, with its files in this folder, and read what it found."""
    found = folder / "firebreak.json"
    found.unlink(missing_ok=True)
    log = folder / "firebreak.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            tied([command, "bench", "line", "--quick", "--json", found]),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            env={**os.environ, "TMPDIR": str(folder)},
            start_new_session=True,
        )
    try:
        code = process.wait(LIMIT_S)
    except subprocess.TimeoutExpired:
        raise BenchError(f"`firebreak bench line` was not done after {LIMIT_S} s") from None
    finally:
        end(process)
    if code != 0 or not found.is_file():
        told = "\n".join(log.read_text("utf-8", "replace").splitlines()[-15:])
        raise BenchError(f"`{command} bench line --quick --json` failed ({code}):\n{told}")
    return round_of(json.loads(found.read_text("utf-8")))


def round_of(found: dict[str, Any]) -> Round:
    """What its JSON says. Its sender is one of the two nodes, so there is no client's CPU."""
    try:
        return Round(
            p50_ms=float(found["p50_ms"]),
            p99_ms=float(found["p99_ms"]),
            alone_per_s=float(found["one_at_a_time_per_s"]),
            loaded_per_s=float(found["messages_per_s"]),
            client_cpu=None,
        )
    except KeyError as key:
        raise BenchError(f"`firebreak bench line` wrote no {key}") from None
