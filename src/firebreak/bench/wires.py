"""How long it takes over a bad wire until a message is delivered: its receipt verified and durable.

Two nodes in network namespaces of their own; between them much loss, or 2,400 bit/s.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

from firebreak.bench.messages import statement
from firebreak.bench.namespaces import ADDRESSES, BadWire, Weather
from firebreak.bench.pair import PARTIES, PATIENCE_S, Command, Pair
from firebreak.errors import FirebreakError, Misuse
from firebreak.line.link import LineStatus
from firebreak.node.runner import Runner
from firebreak.records.agreement import Channel
from firebreak.records.record import sign_record
from firebreak.store.directory import NodeConfig, NodeDirectory
from firebreak.values import Precedence

LOSSY: Final = Weather(loss=0.3, delay=1.0)
SLOW: Final = Weather(rate=2_400)
QUEUED: Final = 100
"""ROUTINE records that wait on the slow wire before the first FLASH."""
PORT: Final = 7140
_AIR: Final = int(Channel.AIR)
_LONG_S: Final = 600.0
_FLASHES_APART_S: Final = 6.0


class Officer:
    """The near node, in this process and this thread's namespace, and an officer who sends from it."""

    def __init__(self, directory: Path) -> None:
        self.node = NodeDirectory.open(directory)
        self.runner = Runner(self.node)
        self._key = self.node.officer_key(1, self.node.card().roster.entries[1].office)
        self._sent: dict[int, tuple[float, asyncio.Future[float]]] = {}

    async def __aenter__(self) -> Officer:
        await self.runner.start()
        self.side = self.runner.node.side()
        self.runner.watchers.append(self._look)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.runner.stop()

    async def up(self) -> float:
        """Wait until the line is up; seconds since the node started. Raises Misuse."""
        begun = time.monotonic()
        link = self.side.shared.link

        def stands() -> bool:
            known = all(out.known for out in link.outgoing.values())
            return known and link.status is LineStatus.UP

        if not await self.runner.until(stands, _LONG_S):
            raise Misuse("The two nodes did not find each other over the bad wire.")
        return time.monotonic() - begun

    def send(self, precedence: Precedence = Precedence.ROUTINE) -> asyncio.Future[float]:
        """Append one record now; when it is delivered, the seconds that it took."""
        begun = time.monotonic()
        draft = self.side.draft(_AIR, 1)
        context = self.side.shared.agreement.context(_AIR, self.side.shared.party)
        record = replace(statement(draft, 1), precedence=precedence)
        signed = sign_record(record, context, self._key)
        [entry] = self.side.submit(_AIR, [signed.data], _nothing)
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._sent[entry.index] = begun, future
        return future

    def _look(self) -> None:
        delivered = self.side.shared.delivered[_AIR]
        for index in [index for index in self._sent if delivered.covers(index)]:
            begun, future = self._sent.pop(index)
            if not future.done():
                future.set_result(time.monotonic() - begun)


@dataclass(slots=True)
class Ends:
    """Both parties' directories at the ends of a wire, and the far node's process there if it runs."""

    pair: Pair
    wire: BadWire
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def settle(self, narrow: bool) -> None:
        """Write where each node listens and finds the other, and over what kind of line."""
        for end, party in enumerate(PARTIES):
            other = PARTIES[1 - end]
            peers = {other: f"{ADDRESSES[1 - end]}:{PORT}"}
            lines = (other,) if narrow else ()
            config = NodeConfig(party, f"0.0.0.0:{PORT}", peers, lines)
            (self.pair.directory(party) / "node.toml").write_text(config.to_toml(), "utf-8")

    @contextmanager
    def far_node(self) -> Iterator[int]:
        """The far node, running; its process id."""
        folder = self.pair.directory(PARTIES[1])
        with (self.pair.folder / "far.log").open("ab") as log:
            process = subprocess.Popen(
                [*self.wire.within(1), sys.executable, "-m", "firebreak", "node", "run"],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        try:
            deadline = time.monotonic() + PATIENCE_S
            while not (folder / "node.sock").exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise Misuse(f"The far node did not start; see {self.pair.folder}/far.log.")
                time.sleep(0.05)
            yield process.pid
        finally:
            self.processes.remove(process)
            process.terminate()
            process.wait(PATIENCE_S)

    def near(self, work: Callable[[Officer], Coroutine[Any, Any, None]]) -> None:
        """Run the near node at its end of the wire, in a thread of its own, and do the work with it."""
        errors: list[BaseException] = []

        async def whole() -> None:
            async with Officer(self.pair.directory(PARTIES[0])) as officer:
                await work(officer)

        def threaded() -> None:
            try:
                with self.wire.entered(0):
                    asyncio.run(whole())
            except BaseException as error:  # noqa: BLE001  # raised again by the caller
                errors.append(error)

        thread = threading.Thread(target=threaded)
        thread.start()
        thread.join()
        if errors:
            raise errors[0]


def lossy(ends: Ends, narrow: bool, count: int, in_flight: int = 8) -> list[float]:
    """Seconds until each of so many messages is delivered over the wire that loses 30 %."""
    times: list[float] = []

    async def work(officer: Officer) -> None:
        await officer.up()
        left = iter(range(count))

        async def one_after_another() -> None:
            times.extend([await officer.send() for _ in left])

        await asyncio.gather(*(one_after_another() for _ in range(in_flight)))

    ends.settle(narrow)
    ends.wire.weather(LOSSY)
    with ends.far_node():
        ends.near(work)
    return times


def slow(ends: Ends, narrow: bool, count: int) -> list[float]:
    """Seconds until each of so many FLASH is delivered, one after the other, before the queue."""
    times: list[float] = []

    async def work(officer: Officer) -> None:
        await officer.up()
        for _ in range(QUEUED):
            officer.send()
        for _ in range(count):
            await asyncio.sleep(_FLASHES_APART_S)
            flash = officer.send(Precedence.FLASH)
            times.append(await asyncio.wait_for(flash, _LONG_S))

    ends.settle(narrow)
    ends.wire.weather(SLOW)
    with ends.far_node():
        ends.near(work)
    return times


def measure(folder: Path, command: Command, count: int = 200) -> dict[str, float]:
    """The figures of both bad wires, seconds. Needs root; raises Misuse where it cannot be done.

    wire_loss_*: 30 % loss and 1 s delay each way; wire_slow_flash_*: FLASH behind 100 ROUTINE at
    2,400 bit/s; wire_by_netem: 1 if the kernel made the wire bad, 0 if a thread here did.
    """
    made: dict[str, float] = {}
    with BadWire() as wire:
        made["wire_by_netem"] = float(wire.by_netem)
        lossy_ends = Ends(Pair.prepared(folder / "lossy", command), wire)
        times = lossy(lossy_ends, True, count)
        made["wire_loss_p50_s"] = median(times)
        made["wire_loss_p99_s"] = quantiles(times, n=100, method="inclusive")[98]
        slow_ends = Ends(Pair.prepared(folder / "slow", command), wire)
        flashes = slow(slow_ends, True, 5)
        made["wire_slow_flash_p50_s"] = median(flashes)
        made["wire_slow_flash_max_s"] = max(flashes)
    return made


def _nothing(error: FirebreakError | None) -> None:
    if error is not None:
        raise error
