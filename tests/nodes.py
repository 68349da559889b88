"""Two real nodes, each a process of its own, made and driven with the commands that users have.

with Stage.make(folder) as stage:
    stage.start("alpha"), stage.start("bravo")
    said = stage.run("alpha", "send", "text", "Good morning.", "--yes", "--wait", 5)
"""

from __future__ import annotations

import io
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from firebreak.cli import main
from firebreak.cli.client import Client
from firebreak.errors import Misuse
from firebreak.records.roster import parse_signed_roster
from firebreak.store.directory import NodeConfig, NodeDirectory
from firebreak.store.keyfiles import NodeSecrets
from firebreak.store.sqlite import open_store

PATIENCE_S = 60.0
PARTIES = ("alpha", "bravo")


@dataclass(frozen=True)
class Said:
    """What a command gave back."""

    code: int
    out: str
    err: str

    def data(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.out)


def command(*words: object, answers: str = "") -> Said:
    """Run one command in this process; answers: what is typed at its prompts."""
    out, err = io.StringIO(), io.StringIO()
    typed, sys.stdin = sys.stdin, io.StringIO(answers)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = main([str(word) for word in words])
    finally:
        sys.stdin = typed
    return Said(code, out.getvalue(), err.getvalue())


def must(*words: object, answers: str = "") -> Said:
    """Run a command that has to succeed."""
    said = command(*words, answers=answers)
    assert said.code == 0, f"{words}: {said.err}{said.out}"
    return said


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(seen: Callable[[], bool], what: str) -> None:
    """Look again and again until something is seen."""
    deadline = time.monotonic() + PATIENCE_S
    while not seen():
        assert time.monotonic() < deadline, f"awaited in vain: {what}"
        time.sleep(0.01)


def root_of(folder: Path) -> str:
    """A party's root fingerprint, as it is read over the telephone."""
    return parse_signed_roster((folder / "card").read_bytes()).roster.root_fingerprint().hex()


@cache
def template(place: Path) -> Path:
    """Two parties with a signed agreement in two languages, made once for each test process."""
    for party in PARTIES:
        must("party", "init", party.upper(), "--dir", place / party)
    alpha, bravo = (place / party for party in PARTIES)
    draft, signed = place / "draft.toml", place / "draft.agreement"
    must("agreement", "new", "--with", bravo / "card", "--dir", alpha, "--out", draft)
    text = draft.read_text(encoding="utf-8")
    draft.write_text(text.replace('languages = ["en"]', 'languages = ["en", "ru"]'), "utf-8")
    must("agreement", "sign", draft, "--dir", alpha, "--fingerprint", root_of(bravo))
    words = ("--with", alpha / "card", "--fingerprint", root_of(alpha))
    must("agreement", "sign", signed, "--dir", bravo, *words)
    must("agreement", "keep", signed, "--dir", alpha)
    return place


def new_store(folder: Path) -> None:
    """Give a node's copied directory an empty store: one that is a copy would be recovering."""
    for file in folder.glob("store.db*"):
        file.unlink()
    owner = NodeSecrets.load(folder).log.public.raw
    open_store(folder / "store.db", lambda told: told(), create=True, owner=owner).close()


@dataclass
class Stage:
    """Two parties in one folder, and the processes of their nodes."""

    place: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @classmethod
    def make(cls, made_once: Path, place: Path) -> Stage:
        """A copy of the template, with ports of its own; both sides dial."""
        shutil.copytree(made_once, place)
        for party in PARTIES:
            new_store(place / party)
        stage = cls(place)
        ports = {party: free_port() for party in PARTIES}
        for party, other in (PARTIES, PARTIES[::-1]):
            peers = {other.upper(): f"127.0.0.1:{ports[other]}"}
            config = NodeConfig(party.upper(), f"127.0.0.1:{ports[party]}", peers)
            (stage.folder(party) / "node.toml").write_text(config.to_toml(), "utf-8")
        return stage

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for party in list(self.processes):
            self.stop(party)

    def folder(self, party: str) -> Path:
        return self.place / party

    def client(self, party: str) -> Client:
        return Client(NodeDirectory.open(self.folder(party)))

    # -- processes ---------------------------------------------------------------------------

    def start(self, *parties: str) -> None:
        """Start nodes; returns once each answers."""
        for party in parties:
            self.spawn(party)
        for party in parties:
            until(lambda party=party: self.answers(party), f"{party} answers")  # type: ignore[misc]  # bound now

    def spawn(self, party: str) -> None:
        """Start a node, and do not wait for it."""
        with self.log(party).open("ab") as log:
            self.processes[party] = subprocess.Popen(
                [sys.executable, "-m", "firebreak", "node", "run"],
                cwd=self.folder(party),
                stdout=log,
                stderr=log,
            )

    def log(self, party: str) -> Path:
        return self.place / f"{party}.log"

    def answers(self, party: str) -> bool:
        """Whether a node is there to be talked to."""
        assert self.processes[party].poll() is None, self.log(party).read_text(encoding="utf-8")
        try:
            self.client(party).get("/status")
        except Misuse:
            return False
        return True

    def stop(self, party: str, how: signal.Signals = signal.SIGTERM) -> int:
        """Stop a node; its exit code."""
        process = self.processes.pop(party)
        process.send_signal(how)
        return process.wait(PATIENCE_S)

    def line_up(self) -> None:
        """Wait until each side has heard the other."""
        for party in PARTIES:
            until(lambda party=party: self.line(party) == "up", f"{party}'s line is up")  # type: ignore[misc]  # bound now

    def line(self, party: str) -> str:
        status = self.client(party).get("/status")
        return str(status["agreements"][0]["line"])

    # -- commands ----------------------------------------------------------------------------

    def run(self, party: str, *words: object, answers: str = "") -> Said:
        """A command as a party's officer."""
        return command(*words, "--dir", self.folder(party), answers=answers)

    def must(self, party: str, *words: object, answers: str = "") -> Said:
        """The same, and it has to succeed."""
        return must(*words, "--dir", self.folder(party), answers=answers)

    def send(self, party: str, *words: object) -> str:
        """Send something without being asked, wait for its receipt; the record's id."""
        said = self.must(party, *words, "--yes", "--json", "--wait", PATIENCE_S)
        identity: str = said.data()["id"]
        return identity

    def notice(self, party: str, *words: object) -> str:
        """File a notice that is due for no lead time; its id."""
        return self.send(party, *NOTICE, *words)

    def record(self, party: str, identity: str) -> dict[str, Any]:
        """A record as a party's node shows it."""
        dialogue = self.client(party).get(f"/records/{identity}")
        found: dict[str, Any] = next(r for r in dialogue["records"] if r["id"] == identity)
        return found

    def states(self, party: str, identity: str) -> list[str]:
        """The states of a record, as a party's node knows them."""
        return [state["state"] for state in self.record(party, identity)["states"]]

    def until_state(self, party: str, identity: str, state: str) -> None:
        until(lambda: state in self.states(party, identity), f"{party} sees {state}")


NOTICE = (
    *("notice", "file", "--purpose", "air-policing", "--circle", "551230N0194512E 15NM"),
    *("--from", "+2h", "--for", "90min", "--lower", "FL095", "--upper", "FL245"),
    *("--contact", "duty desk, line 3"),
)
