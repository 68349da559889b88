"""The stage of a demo: two parties made with the commands a user has, their nodes, the wire between."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from firebreak.errors import Misuse
from firebreak.records.roster import parse_signed_roster
from firebreak.scenarios.scenario import Scenario
from firebreak.scenarios.wire import Wire
from firebreak.store.directory import NodeDirectory
from firebreak.values import DEGREE

PATIENCE_S = 15.0
"""Seconds that anything awaited may take before the demo gives up."""
POLL_S = 0.03


@dataclass(frozen=True, slots=True)
class Said:
    """What a command gave back."""

    code: int
    out: str
    error: str

    def data(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.out)


Command = Callable[[Sequence[str]], Said]
"""Runs one `firebreak` command in this process."""


class WireThread:
    """The wire on a thread of its own, so that the steps may block."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.wire = Wire(target)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.address = self._do(self.wire.start())

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    def cut(self) -> None:
        """Cut the wire."""
        self._loop.call_soon_threadsafe(self.wire.cut)

    def mend(self) -> None:
        """Mend the wire."""
        self._loop.call_soon_threadsafe(self.wire.mend)

    def stop(self) -> None:
        """Cut it for good and end the thread."""
        self._do(self.wire.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()


@dataclass(slots=True)
class Stage:
    """Two nodes running in processes of their own under one folder, which is kept."""

    scenario: Scenario
    folder: Path
    command: Command
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    wire: WireThread | None = None
    ready_s: dict[str, float] = field(default_factory=dict)

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def directory(self, party: str) -> Path:
        """A party's node directory."""
        return self.folder / party.lower()

    def do(self, party: str, words: Sequence[str]) -> Said:
        """Run a command as a party's officer."""
        return self.command([*words, "--dir", str(self.directory(party))])

    def must(self, party: str, words: Sequence[str]) -> Said:
        """Run a command that has to succeed. Raises Misuse with its own words if it does not."""
        said = self.do(party, words)
        if said.code != 0:
            raise Misuse(f"`firebreak {' '.join(words)}` failed: {said.error.strip()}")
        return said

    def prepare(self) -> None:
        """Keys, cards, one agreement drafted, signed and countersigned, as two users would."""
        first, second = self.scenario.parties
        for party in (first, second):
            listen = f"127.0.0.1:{free_port()}"
            self.must(party, ["party", "init", party, "--listen", listen])
        cards = {party: str(self.directory(party) / "card") for party in (first, second)}
        draft = self.folder / "agreement.toml"
        self.must(first, ["agreement", "new", "--with", cards[second], "--out", str(draft)])
        text = draft.read_text(encoding="utf-8") + _agreed_line(self.scenario)
        languages = ", ".join(f'"{language}"' for language in self.scenario.languages)
        text = re.sub(r"(?m)^languages = .*$", f"languages = [{languages}]", text)
        draft.write_text(text, encoding="utf-8")
        fingerprints = {party: fingerprint_of(Path(card)) for party, card in cards.items()}
        self.must(first, [*_sign(draft), "--fingerprint", fingerprints[second]])
        signed = draft.with_suffix(".agreement")
        self.must(
            second, [*_sign(signed), "--fingerprint", fingerprints[first], "--with", cards[first]]
        )
        self.must(first, ["agreement", "keep", str(signed)])

    def start(self) -> None:
        """Start both nodes, with the wire between them, and wait until the line is up."""
        first, second = self.scenario.parties
        target = listen_address(self.directory(second))
        self.wire = WireThread(target)
        host, port = self.wire.address
        self.must(first, ["party", "peer", second, f"{host}:{port}"])
        for party in (first, second):
            self._start_node(party)
        for party in (first, second):
            self.until(partial(self.line_is_up, party), f"{party}'s line is up")

    def _start_node(self, party: str) -> None:
        """Start a party's node, and note after how many seconds it listens."""
        directory, begun = self.directory(party), time.monotonic()
        self.processes[party] = subprocess.Popen(
            [sys.executable, "-m", "firebreak", "node", "run", "--dir", str(directory)],
            stdout=subprocess.DEVNULL,
            stderr=self._log(party).open("wb"),
        )
        address = listen_address(directory)
        self.until(lambda: self._runs(party) and answers(address), f"{party}'s node listens")
        self.ready_s[party] = time.monotonic() - begun

    def _log(self, party: str) -> Path:
        return self.folder / f"{party.lower()}.log"

    def _runs(self, party: str) -> bool:
        """True while a party's node runs. Raises Misuse with its last words once it has stopped."""
        if self.processes[party].poll() is None:
            return True
        words = self._log(party).read_text(encoding="utf-8").strip()
        raise Misuse(f"{party}'s node stopped: {words[-500:]}")

    def line_is_up(self, party: str) -> bool:
        """Whether a party's node says that the line is up."""
        said = self.do(party, ["line", "status", "--json"])
        if said.code != 0:
            return not self._runs(party)
        return all(line["line"] == "up" for line in said.data()["agreements"])

    def until(self, seen: Callable[[], bool], what: str) -> None:
        """Wait until something is seen. Raises Misuse if it never is."""
        deadline = time.monotonic() + PATIENCE_S
        while not seen():
            if time.monotonic() > deadline:
                raise Misuse(
                    f"It was awaited that {what}, and it did not happen. See {self.folder}."
                )
            time.sleep(POLL_S)

    def help_times(self) -> list[float]:
        """Seconds that `firebreak --help` takes as a process of its own, three times."""
        times = []
        for _ in range(3):
            begun = time.monotonic()
            command = [sys.executable, "-m", "firebreak", "--help"]
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            times.append(time.monotonic() - begun)
        return times

    def close(self) -> None:
        """Stop the nodes and the wire; the folder stays."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
        if self.wire is not None:
            self.wire.stop()


def _sign(file: Path) -> list[str]:
    return ["agreement", "sign", str(file)]


def fingerprint_of(card: Path) -> str:
    """What the two officers would read to each other on the telephone."""
    return parse_signed_roster(card.read_bytes()).roster.root_fingerprint().hex()


def _agreed_line(scenario: Scenario) -> str:
    points = ", ".join(
        f'"{point.latitude_e7 / DEGREE:.7f}, {point.longitude_e7 / DEGREE:.7f}"'
        for point in scenario.line_path
    )
    return f'\n[[line]]\nname = "{scenario.line_name}"\npath = [{points}]\n'


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(address: tuple[str, int]) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection(address, timeout=1).close()
    except OSError:
        return False
    return True


def listen_address(directory: Path) -> tuple[str, int]:
    """Where the node of a directory listens."""
    host, _, port = NodeDirectory.open(directory).config.listen.rpartition(":")
    return host, int(port)
