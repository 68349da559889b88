"""The errand: a signed statement from one node to the other, until its receipt is verified and durable.

The process that measures is itself the first node; the second is a process of its own. Each commits,
synced to the disk, before it sends and before it acknowledges; every signature is verified.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from firebreak.bench.messages import statement
from firebreak.errors import FirebreakError, Misuse
from firebreak.keys import SigningKey
from firebreak.node.runner import Runner, finishing
from firebreak.records.agreement import Channel
from firebreak.records.record import sign_record
from firebreak.store.directory import NodeDirectory
from firebreak.store.interface import Setting

PATIENCE_S = 30.0
_AIR = int(Channel.AIR)


@dataclass(slots=True)
class Times:
    """Seconds from handing a message in until it is delivered, one a message; the whole, and CPU."""

    each: list[float] = field(default_factory=list)
    whole: float = 0.0
    cpu: float = 0.0

    @property
    def p50_ms(self) -> float:
        """The median, milliseconds."""
        return 1_000 * median(self.each)

    @property
    def p99_ms(self) -> float:
        """The 99th percentile, milliseconds."""
        return 1_000 * quantiles(self.each, n=100, method="inclusive")[98]

    @property
    def rate(self) -> float:
        """Messages a second."""
        return len(self.each) / self.whole


class Sender:
    """The first node, within this process, and an officer who sends notices as fast as they go."""

    def __init__(self, directory: Path) -> None:
        self.node = NodeDirectory.open(directory)
        self.runner = Runner(self.node)
        self.key, self._author = _officer(self.node)
        self._waiting: dict[int, tuple[float, asyncio.Future[None]]] = {}

    async def __aenter__(self) -> Sender:
        await self.runner.start()
        self.side = self.runner.node.side()
        self.runner.watchers.append(self._look)
        await self.until(lambda: all(out.known for out in self.side.shared.link.outgoing.values()))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.runner.stop()

    async def until(self, seen: Callable[[], bool]) -> None:
        """Wait until something is so. Raises Misuse if it never is."""
        if not await self.runner.until(seen, PATIENCE_S):
            raise Misuse("The two nodes of the bench did not find each other. Run it again.")

    async def send(self, count: int, in_flight: int, other: int) -> Times:
        """Send `count` notices, so many at a time. other: the process id of the second node."""
        times, left = Times(), iter(range(count))
        cpu, begun = time.process_time() + cpu_s(other), time.perf_counter()

        async def one_after_another() -> None:
            for _ in left:
                times.each.append(await self._one())

        await asyncio.gather(*(one_after_another() for _ in range(in_flight)))
        times.whole = time.perf_counter() - begun
        times.cpu = time.process_time() + cpu_s(other) - cpu
        return times

    async def _one(self) -> float:
        begun = time.perf_counter()
        draft = self.side.draft(_AIR, self._author)
        context = self.side.shared.agreement.context(_AIR, self.side.shared.party)
        signed = sign_record(statement(draft, self._author), context, self.key)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        [entry] = self.side.submit(_AIR, [signed.data], _nothing)
        self._waiting[entry.index] = begun, future
        async with asyncio.timeout(PATIENCE_S):
            await future
        return time.perf_counter() - begun

    def _look(self) -> None:
        delivered = self.side.shared.delivered[_AIR]
        for index in [index for index in self._waiting if delivered.covers(index)]:
            _, future = self._waiting.pop(index)
            if not future.done():
                future.set_result(None)

    async def commits(self, count: int) -> list[float]:
        """Seconds that the store takes for one commit of a message's bytes, one after another."""
        made = []
        for number in range(count):
            begun = time.perf_counter()
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            row = Setting("bench", number.to_bytes(200, "big"))
            self.runner.store.submit([row], finishing(future))
            await future
            made.append(time.perf_counter() - begun)
        return made


def _officer(node: NodeDirectory) -> tuple[SigningKey, int]:
    """The first officer's key, and his place in the roster."""
    roster = node.card().roster
    return node.officer_key(1, roster.entries[1].office), 1


def cpu_s(process: int) -> float:
    """Seconds of CPU that a process has used."""
    ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


def _nothing(error: FirebreakError | None) -> None:
    if error is not None:
        raise error
