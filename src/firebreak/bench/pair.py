"""Two parties with an agreement, in one folder, and the node of the second as a process."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from firebreak.errors import Misuse
from firebreak.records.roster import parse_signed_roster
from firebreak.store.directory import NodeConfig, NodeDirectory

PARTIES = ("NEAR", "FAR")
PATIENCE_S = 30.0
"""Seconds that a node may take to listen before the bench gives up."""
_POLL_S = 0.005
_WIDE_QUOTA = {
    "bytes_a_day": '"1000000 MiB"',
    "records_an_hour": "4000000000",
    "flash_an_hour": "4000000000",
}
"""A bench sends more in a minute than officers do in a year."""

Command = Callable[[Sequence[str]], str]
"""Runs one `firebreak` command in this process and gives what it printed. Raises Misuse."""


@dataclass(slots=True)
class Pair:
    """Both parties' directories, and the processes of their nodes."""

    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @classmethod
    def prepared(cls, folder: Path, command: Command) -> Pair:
        """Keys, cards and a signed agreement with wide quotas, by the commands that users have."""
        pair = cls(folder)
        near, far = (str(pair.directory(party)) for party in PARTIES)
        for party in PARTIES:
            where = f"127.0.0.1:{free_port()}"
            command(
                ["party", "init", party, "--dir", str(pair.directory(party)), "--listen", where]
            )
        draft = folder / "draft.toml"
        command(["agreement", "new", "--with", f"{far}/card", "--dir", near, "--out", str(draft)])
        text = draft.read_text(encoding="utf-8")
        for name, value in _WIDE_QUOTA.items():
            text = re.sub(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
        draft.write_text(text, encoding="utf-8")
        signed = str(draft.with_suffix(".agreement"))
        marks = [_fingerprint(pair.directory(party)) for party in PARTIES]
        command(["agreement", "sign", str(draft), "--dir", near, "--fingerprint", marks[1]])
        other = ["--fingerprint", marks[0], "--with", f"{near}/card"]
        command(["agreement", "sign", signed, "--dir", far, *other])
        command(["agreement", "keep", signed, "--dir", near])
        pair.dial(PARTIES[0], pair.address(PARTIES[1]))
        return pair

    def __enter__(self) -> Pair:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for party in list(self.processes):
            self.stop(party)

    def directory(self, party: str) -> Path:
        """A party's node directory."""
        return self.folder / party.lower()

    def address(self, party: str) -> str:
        """Where a party's node listens."""
        return NodeDirectory.open(self.directory(party)).config.listen

    def dial(self, party: str, address: str) -> None:
        """Have a party's node dial the other one at an address."""
        node = NodeDirectory.open(self.directory(party))
        other = PARTIES[1 - PARTIES.index(party)]
        config = NodeConfig(party, node.config.listen, {other: address})
        (node.path / "node.toml").write_text(config.to_toml(), encoding="utf-8")

    def start(self, party: str) -> float:
        """Start a party's node as a process; seconds until it listens. Raises Misuse."""
        host, _, port = self.address(party).rpartition(":")
        begun = time.perf_counter()
        words = ["-m", "firebreak", "node", "run", "--dir", str(self.directory(party))]
        with (self.folder / f"{party.lower()}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        self.processes[party] = process
        while not _listens(host, int(port)):
            if process.poll() is not None or time.perf_counter() - begun > PATIENCE_S:
                raise Misuse(f"{party}'s node did not start; see {self.folder}.")
            time.sleep(_POLL_S)
        return time.perf_counter() - begun

    def stop(self, party: str) -> None:
        """Stop a party's node and wait for it."""
        process = self.processes.pop(party)
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port of this machine that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _fingerprint(directory: Path) -> str:
    card = (directory / "card").read_bytes()
    return parse_signed_roster(card).roster.root_fingerprint().hex()
