"""A relay as a process of its own, beside two real nodes whose direct line is cut.

with Carried.make(made_once, place) as three:
    three.stage.start("alpha", "bravo"); three.start_relay()
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from firebreak.keys import SigningKey
from firebreak.ledger import merkle
from firebreak.ledger.checkpoint import Checkpoint, sign_checkpoint
from firebreak.ledger.custody import Statement, make_receipt, open_card, sign_statement
from firebreak.ledger.fork import SignedHead
from firebreak.node.runner import Runner
from firebreak.store.directory import NodeConfig, NodeDirectory
from firebreak.store.keyfiles import NodeSecrets
from firebreak.store.relay_directory import RelayDirectory
from tests.nodes import PARTIES, PATIENCE_S, Said, Stage, command, free_port, must, root_of, until


@dataclass
class Carried:
    """Two parties and the relay SWISS."""

    stage: Stage
    port: int
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def make(cls, made_once: Path, place: Path, connected: bool = True) -> Carried:
        """connected: whether the nodes know where the relay listens; otherwise they meet it by hand."""
        stage = Stage.make(made_once, place)
        made = cls(stage, free_port())
        address = f"127.0.0.1:{made.port}"
        must("relay", "init", made.relay, "--name", "SWISS", "--listen", address)
        key = open_card((made.relay / "card").read_bytes()).key.hex()
        for party in PARTIES:
            must("relay", "admit", stage.folder(party) / "card", "--dir", made.relay)
            folder = stage.folder(party)
            config = NodeDirectory.open(folder).config
            cut = NodeConfig(config.party, config.listen)  # the direct line is cut
            (folder / "node.toml").write_text(cut.to_toml(), "utf-8")
            words = ("--address", address) if connected else ()
            must("party", "relay", made.relay / "card", "--key", key, *words, "--dir", folder)
        return made

    def __enter__(self) -> Carried:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self.process is not None:
            self.stop_relay()
        self.stage.__exit__(kind, error, at)

    @property
    def relay(self) -> Path:
        return self.stage.place / "swiss"

    @property
    def log(self) -> Path:
        return self.stage.place / "swiss.log"

    def start_relay(self) -> None:
        """Start the relay; returns once it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "firebreak", "relay", "run", "--dir", self.relay],
                stdout=log,
                stderr=log,
            )
        until((self.relay / "relay.sock").exists, "the relay answers")

    def stop_relay(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Stop it; its exit code."""
        process, self.process = self.process, None
        assert process is not None
        process.send_signal(how)
        return process.wait(PATIENCE_S)

    def ask(self, *words: object) -> Said:
        """A command of the relay's own people."""
        return command("relay", *words, "--dir", self.relay)

    def shown(self) -> list[dict[str, Any]]:
        """What the relay shows of each bundle."""
        rows: list[dict[str, Any]] = must("relay", "show", "--dir", self.relay, "--json").data()[
            "bundles"
        ]
        return rows

    def passages(self, party: str) -> list[dict[str, Any]]:
        """What a party shows of each bundle that it gave."""
        rows: list[dict[str, Any]] = self.stage.client(party).get("/relays")["passages"]
        return rows

    def linked(self, party: str) -> bool:
        (relay,) = self.stage.client(party).get("/relays")["relays"]
        return bool(relay["connected"])

    def records(self, party: str) -> list[dict[str, Any]]:
        """What a party's inbox holds."""
        rows: list[dict[str, Any]] = self.stage.must(party, "inbox", "--json").data()["records"]
        return rows


@dataclass
class Book:
    """A relay's log in memory, under its own key: for a relay that lies about what it did."""

    origin: str
    key: SigningKey
    entries: list[bytes] = field(default_factory=list)

    @classmethod
    def of(cls, relay: Path) -> Book:
        """With the key of a relay's directory, and nothing in it."""
        config = RelayDirectory.open(relay).config
        return cls(config.origin, NodeSecrets.load(relay).log)

    def sign(self, statement: Statement) -> bytes:
        """Append a statement; its bytes."""
        data = sign_statement(statement, self.origin, self.key)
        self.entries.append(data)
        return data

    def head(self, size: int) -> SignedHead:
        root = merkle.root_of(merkle.leaf_hash(data) for data in self.entries[:size])
        checkpoint = Checkpoint(self.origin, size, root)
        return SignedHead(size, root, sign_checkpoint(checkpoint, self.key))

    def receipt(self, index: int, size: int | None = None) -> bytes:
        """The custody receipt of an entry, under the head of `size`, or of all."""
        head = self.head(len(self.entries) if size is None else size)
        proof = merkle.inclusion_proof(index, head.size, self.subtree)
        entry = self.entries[index]
        return make_receipt(entry, index, proof, self.origin, head, self.key.public)

    def subtree(self, level: int, number: int) -> bytes:
        start = number << level
        return merkle.root_of(
            merkle.leaf_hash(data) for data in self.entries[start : start + (1 << level)]
        )


def consenting(place: Path, connected: bool = False) -> Carried:
    """Two parties whose agreement lets SWISS read, and the relay. connected: as for `Carried.make`."""
    stage = Stage(place)
    made = Carried(stage, free_port())
    for party in PARTIES:
        must("party", "init", party.upper(), "--dir", place / party)
    address = f"127.0.0.1:{made.port}"
    must("relay", "init", made.relay, "--name", "SWISS", "--listen", address)
    key = open_card((made.relay / "card").read_bytes()).key.hex()
    alpha, bravo = (place / party for party in PARTIES)
    draft, signed = place / "draft.toml", place / "draft.agreement"
    must("agreement", "new", "--with", bravo / "card", "--dir", alpha, "--out", draft)
    entry = f'\n[[relay]]\nname = "SWISS"\nkey = "{key}"\nreadable = true\n'
    draft.write_text(draft.read_text("utf-8") + entry, "utf-8")
    must("agreement", "sign", draft, "--dir", alpha, "--fingerprint", root_of(bravo))
    words = ("--with", alpha / "card", "--fingerprint", root_of(alpha))
    must("agreement", "sign", signed, "--dir", bravo, *words)
    must("agreement", "keep", signed, "--dir", alpha)
    ports = {party: free_port() for party in PARTIES}
    for party in PARTIES:
        config = NodeConfig(party.upper(), f"127.0.0.1:{ports[party]}")
        (place / party / "node.toml").write_text(config.to_toml(), "utf-8")
        must("relay", "admit", place / party / "card", "--dir", made.relay)
        at = ("--address", address) if connected else ()
        must("party", "relay", made.relay / "card", "--key", key, *at, "--dir", place / party)
    return made


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Runner]:
    """A node in this process."""
    runner = Runner(NodeDirectory.open(folder))
    await runner.start()
    try:
        yield runner
    finally:
        await runner.stop()
