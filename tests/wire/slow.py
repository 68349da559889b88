"""Two nodes that ship, their narrow sessions and a wire between them: all but the sockets and disks.

Time is virtual, so the many moments at which a FLASH may come are tried within seconds. Every run of a
seed is the same but for the bytes within the seals.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from random import Random
from typing import Final

from firebreak.bench.messages import statement
from firebreak.line.narrow import LineKeys, Session
from firebreak.node.core import Joined, Node, Outside
from firebreak.node.shared import SideKeys
from firebreak.records.agreement import Channel, Quota
from firebreak.records.drafting import standard
from firebreak.records.record import sign_record
from firebreak.sealing import parse_header
from firebreak.store.interface import Done, Write
from firebreak.values import Millis, PartyNumber, Precedence
from tests.hostile.store import Disk, MemoryStore
from tests.line.narrow_world import LEFT, RIGHT, SECRET, Direction
from tests.worlds import DAYS, NOW, START, World, make_party, seed_of

AIR: Final = int(Channel.AIR)
COMMIT: Final = 3
"""ms that a disk takes."""
BELOW: Final = 28
"""Bytes of IPv4 and UDP."""


@cache
def ground() -> World:
    """Keys and an agreement with wide quotas."""
    parties = (make_party(0), make_party(1))
    made = standard(
        *(party.roster for party in parties),
        seed=seed_of("slow wire"),
        start=START,
        days=DAYS,
        catalogue=seed_of("catalogue"),
    )
    quota = Quota(bytes_a_day=64 << 20, records_an_hour=20_000, flash_an_hour=2_000)
    channels = tuple(replace(terms, quota=quota) for terms in made.channels)
    return World(replace(made, channels=channels), parties)


@dataclass
class End:
    """A party's node and its session."""

    node: Node
    session: Session
    met: bool = False
    meetings: int = 0


@dataclass
class SlowWorld:
    """there, back: the two directions of the wire; the near end is 0. starts: when each node does."""

    there: Direction
    back: Direction
    starts: tuple[int, int] = (0, 0)
    seed: int = 1
    now: int = 0
    events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    turns: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.order = count()
        self.chance = Random(self.seed)
        self.ends = [self._end(0), self._end(1)]

    def _end(self, number: int) -> End:
        world, keys = ground(), ground().parties[number]
        readers = {PartyNumber(n): party.reader_secret for n, party in enumerate(world.parties)}
        secrets = SideKeys(keys.record, keys.log, keys.receipt, keys.mldsa, readers)
        ours, theirs = (LEFT, RIGHT) if number == 0 else (RIGHT, LEFT)
        keyed = LineKeys.of(SECRET, ours, theirs)
        session = Session(keyed, self.chance.randbytes, self.starts[number])
        store = _Later(self)

        def send(_name: str, data: bytes) -> bool:
            return session.put(data, parse_header(data).precedence)

        node = Node(
            keys.sealing,
            [Joined(world.signed, keys.number, secrets)],
            Outside(
                store,
                lambda: Millis(NOW + self.now),
                send,
                later=self.turns.append,
                narrow=frozenset(party.name for party in world.parties),
            ),
        )
        return End(node, session)

    def at(self, when: float, work: Callable[[], None]) -> None:
        """Have something happen then."""
        heapq.heappush(self.events, (when, next(self.order), work))

    def send(self, precedence: Precedence = Precedence.ROUTINE) -> int:
        """The near officer's statement, appended now; its index."""
        side = self.ends[0].node.side()
        context = side.shared.agreement.context(AIR, side.shared.party)
        record = replace(statement(side.draft(AIR, 1), 1), precedence=precedence)
        signed = sign_record(record, context, ground().parties[0].key(1))
        [entry] = side.submit(AIR, [signed.data], lambda error: None)
        return entry.index

    def delivered(self, index: int) -> bool:
        """Whether the near node has a receipt for its entry, verified and durable."""
        return self.ends[0].node.side().shared.delivered[AIR].covers(index)

    def up(self) -> bool:
        """Whether the near node knows what the far one holds."""
        link = self.ends[0].node.side().shared.link
        return link.connected and all(out.known for out in link.outgoing.values())

    def until(self, seen: Callable[[], bool], most: int = 600_000) -> None:
        """Let time pass until something is so."""
        end = self.now + most
        while not seen():
            assert self.now < end, "it never came to be"
            self.step()

    def run(self, ms: int) -> None:
        """Let time pass."""
        end = self.now + ms
        self.at(end, lambda: None)
        while self.now < end:
            self.step()

    def step(self) -> None:
        """Do what is due, and go to the next time at which something happens."""
        self._settle()
        wakes = [float(end.session.wake_at()) for end in self.ends]
        for end in self.ends:
            wake = end.node.wake_at()
            if wake is not None:
                wakes.append(max(float(wake - NOW), self.now + 1))
        if self.events:
            wakes.append(self.events[0][0])
        self.now = max(-int(-min(wakes) // 1), self.now + 1)
        while self.events and self.events[0][0] <= self.now:
            heapq.heappop(self.events)[2]()
            self._settle()
        for end in self.ends:
            wake = end.node.wake_at()
            if wake is not None and wake - NOW <= self.now:
                end.node.tick()
        self._settle()

    def _settle(self) -> None:
        """Take every turn that was asked for, and send every datagram that is due."""
        while self.turns:
            self.turns.pop(0)()
        for number, end in enumerate(self.ends):
            for datagram in end.session.due(self.now):
                self._carry(number, datagram)
            if end.met and end.session.meetings != end.meetings:
                end.met = False
                self._tell(end)
            if end.met is not end.session.met:
                end.met, end.meetings = end.session.met, end.session.meetings
                self._tell(end)
        if self.turns:
            self._settle()

    def _tell(self, end: End) -> None:
        end.node.connection(end.node.side().peer_name, end.met)

    def _carry(self, number: int, datagram: bytes) -> None:
        wire = (self.there, self.back)[number]
        size = len(datagram) + BELOW
        wire.free_at = max(self.now, wire.free_at) + (8_000 * size / wire.rate if wire.rate else 0)
        if self.chance.random() >= wire.loss:
            self.at(wire.free_at + wire.delay, lambda: self._arrive(1 - number, datagram))

    def _arrive(self, number: int, datagram: bytes) -> None:
        end = self.ends[number]
        if self.now < self.starts[number]:
            return
        taken = end.session.take(datagram, self.now)
        if taken.answer is not None:
            self._carry(number, taken.answer)
        for bundle in taken.bundles:
            assert end.node.received_or_told(bundle, end.node.side().peer_name)
            self._settle()


class _Later(MemoryStore):
    """A store that takes its time."""

    def __init__(self, world: SlowWorld) -> None:
        super().__init__(Disk(), lambda work: work(), at_once=False)
        self._world = world

    def submit(self, writes: Sequence[Write], done: Done) -> None:
        super().submit(writes, done)
        self._world.at(self._world.now + COMMIT, lambda: self.commit(1))
