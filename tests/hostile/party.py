"""One party in the hostile world: its keys, its disk, its node while it runs, and what it was told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from firebreak.node.core import Joined, Node, Outside
from firebreak.node.shared import SideKeys
from firebreak.node.side import Side
from firebreak.records.agreement import SignedAgreement
from firebreak.records.record import SignedRecord
from firebreak.records.roster import SignedRoster
from firebreak.sealing import Suite
from firebreak.store.interface import Done, Entry, Write
from firebreak.values import Millis
from tests.hostile.store import Deliver, Disk, MemoryStore
from tests.worlds import WorldParty

Place = tuple[int, int]
"""A channel and an index in the party's own log."""


class Crashed(Exception):
    """The machine stops here. No FirebreakError, so nothing in the node catches it."""


@dataclass(slots=True)
class Fuse:
    """Counts down over appends and sends, before and after each; at zero the machine stops."""

    left: int = 0
    burnt_at: str | None = None

    def burn(self, what: str) -> None:
        if self.left:
            self.left -= 1
            if not self.left:
                self.burnt_at = what
                raise Crashed


class FusedStore(MemoryStore):
    """A store whose machine may stop just before or just after a transaction is submitted."""

    def __init__(self, disk: Disk, deliver: Deliver, fuse: Fuse, woken: Callable[[], None]) -> None:
        super().__init__(disk, deliver, at_once=False)
        self.fuse = fuse
        self.woken = woken

    def submit(self, writes: Sequence[Write], done: Done) -> None:
        appends = any(isinstance(write, Entry) for write in writes)
        if appends:
            self.fuse.burn("append")
        super().submit(writes, done)
        self.woken()
        if appends:
            self.fuse.burn("append")


@dataclass(slots=True)
class Backup:
    """A copy of the disk, and what had been acknowledged when it was made."""

    disk: Disk
    acknowledged: dict[Place, bytes]


@dataclass(slots=True)
class Party:
    """acknowledged: what the node said is durable, by place. skew: ms that its clock is ahead.

    hostile: it does not keep the rules, so nothing is promised to it. rewritten: its log was rolled
    back unnoticed or forked, so that two histories may exist. must_return: what was acknowledged, lost
    by a restore, and lies with the other side. restored: a backup took the disk's place at some time.
    drafts: signed, not yet filed. opened_at: when its node was last started, by its own clock.
    twist: what a hostile party does to each bundle that its node sends.
    """

    number: int
    keys: WorldParty
    signed: SignedAgreement
    skew: int = 0
    hostile: bool = False
    rewritten: bool = False
    disk: Disk = field(default_factory=Disk)
    store: FusedStore | None = None
    node: Node | None = None
    fuse: Fuse = field(default_factory=Fuse)
    acknowledged: dict[Place, bytes] = field(default_factory=dict)
    must_return: dict[Place, bytes] = field(default_factory=dict)
    backups: list[Backup] = field(default_factory=list)
    drafts: list[tuple[int, SignedRecord]] = field(default_factory=list)
    roster: SignedRoster | None = None
    opened_at: int = 0
    reopen_at: int | None = None
    commit_at: int | None = None
    crashed: bool = False
    torn: bool = False
    not_before: int = 0
    twist: Callable[[bytes], bytes] | None = None
    restored: bool = False

    @property
    def side(self) -> Side:
        """The one side of the node that runs."""
        assert self.node is not None
        return self.node.sides[0]

    def open(
        self,
        readers: dict[int, bytes],
        clock: Callable[[], Millis],
        send: Callable[[str, bytes], bool],
        deliver: Deliver,
        woken: Callable[[], None],
    ) -> None:
        """Start the node on the disk. Raises StoreTrouble if the disk cannot be trusted."""
        self.fuse = Fuse()
        self.crashed = False
        self.opened_at = clock()
        store = FusedStore(self.disk, deliver, self.fuse, woken)
        keys = self.keys
        secrets = SideKeys(keys.record, keys.log, keys.receipt, keys.mldsa, readers)  # type: ignore[arg-type]  # party numbers
        joined = Joined(self.signed, self.keys.number, secrets)
        self.store = store
        self.node = Node(self.keys.sealing, [joined], Outside(store, clock, send, Suite.NARROW))


NAMES: Final = ("ALPHA", "BRAVO")
