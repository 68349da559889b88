"""A node alone, with no agreement: made, run and driven with the commands that a user has."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from firebreak.errors import Misuse
from firebreak.scenarios.stage import PATIENCE_S, POLL_S, Command, Said, free_port


@dataclass(slots=True)
class Alone:
    """One party and the process of its node. The directory is kept."""

    directory: Path
    command: Command
    process: subprocess.Popen[bytes] | None = None

    def must(self, words: Sequence[str]) -> Said:
        """Run a command at this node. Raises Misuse with its own words if it refuses."""
        said = self.command([*words, "--dir", str(self.directory)])
        if said.code != 0:
            raise Misuse(f"`firebreak {' '.join(words)}` failed: {said.error.strip()}")
        return said

    def make(self, party: str, office: str, mark: str) -> None:
        """Keys and card of a party with one office."""
        listen = f"127.0.0.1:{free_port()}"
        self.must(["party", "init", party, "--office", office, "--mark", mark, "--listen", listen])

    def start(self) -> None:
        """Start the node, and wait until it answers. Raises Misuse if it never does."""
        log = self.directory.with_suffix(".log")
        with log.open("wb") as written:
            words = [sys.executable, "-m", "firebreak", "node", "run", "--dir", str(self.directory)]
            self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=written)
        deadline = time.monotonic() + PATIENCE_S
        asked = ["journal", "list", "--json", "--dir", str(self.directory)]
        while self.command(asked).code != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                said = log.read_text(encoding="utf-8").strip()
                raise Misuse(f"The node did not come up: {said[-500:]}")
            time.sleep(POLL_S)

    def close(self) -> None:
        """Stop the node."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
