"""The errand, and how it is timed: the same for every peer.

One party hands in a message; the other side's server has it durably; the sender learns so. Timed
from handing it in until that acknowledgement, first one at a time, then IN_FLIGHT at once.
"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

IN_FLIGHT = 16
MESSAGE_BYTES = 330
PATIENCE_S = 60.0

Errand = Callable[[], Awaitable[None]]


class BenchError(Exception):
    """What went wrong and what to do, for the person who runs the bench."""


class Lane(Protocol):
    """One way over one peer: a row of the table."""

    @property
    def key(self) -> str:
        """Its name in the JSON."""

    def clients(self, count: int) -> AbstractAsyncContextManager[Sequence[Errand]]:
        """Connected clients; each call of an errand carries one message to its acknowledgement.

        One errand is not called again before it is done; different ones run at once.
        """


@dataclass(frozen=True, slots=True)
class Round:
    """What one short run of one lane gave."""

    p50_ms: float
    p99_ms: float
    alone_per_s: float
    loaded_per_s: float
    client_cpu: float | None  # of one core, under load; None where sender and server are one


def body(number: int) -> str:
    """An opaque text of MESSAGE_BYTES that opens with its number."""
    head = f"{number:010d}"
    return head + ("Zmlyebreak0" * 40)[: MESSAGE_BYTES - len(head)]


def number_of(text: str) -> int:
    """The number that opens a body."""
    return int(text[:10])


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the least value that `share` of all do not exceed."""
    if not values or not 0 < share <= 1:
        raise ValueError("a percentile wants values, and a share above 0 and up to 1")
    ordered = sorted(values)
    rank = -(-len(ordered) * round(share * 1000) // 1000)
    return ordered[max(rank, 1) - 1]


# Never used twice while the servers run: a server may take a number that it knows for a repetition.
_NUMBERS = itertools.count(1)


class Pending:
    """Messages on their way, each with what waits for its acknowledgement."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._failure: BaseException | None = None

    def hand_in(self) -> tuple[int, asyncio.Future[None]]:
        """A fresh number, and the future that its acknowledgement resolves."""
        if self._failure is not None:
            raise _ended_early(self._failure)
        number = next(_NUMBERS)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        return number, future

    def acknowledge(self, number: int) -> None:
        """Resolve a message's future; a number that nobody waits for is of an earlier run."""
        if (future := self._waiting.pop(number, None)) is not None:
            future.set_result(None)

    def fail(self, cause: BaseException) -> None:
        """Let every errand under way fail, and every later one, instead of waiting in vain."""
        self._failure = cause
        for future in self._waiting.values():
            future.set_exception(_ended_early(cause))
        self._waiting.clear()

    def watch(self, reader: asyncio.Task[None]) -> None:
        """Fail when a reader ends that should go on; cancelling it is no failure."""
        reader.add_done_callback(self._ended)

    def _ended(self, reader: asyncio.Task[None]) -> None:
        if not reader.cancelled():
            self.fail(reader.exception() or ConnectionError("the server closed the connection"))


def _ended_early(cause: BaseException) -> BenchError:
    return BenchError(f"no acknowledgement can come any more: {cause!r}")


@dataclass(frozen=True, slots=True)
class _Run:
    latencies_ms: list[float]
    per_s: float
    cpu: float


async def _run(errands: Sequence[Errand], seconds: float) -> _Run:
    """Call each errand again and again for so long; what is under way then is finished."""
    latencies: list[float] = []
    started, busy = time.perf_counter(), time.process_time()

    async def repeat(errand: Errand) -> None:
        while (begun := time.perf_counter()) < started + seconds:
            await errand()
            latencies.append((time.perf_counter() - begun) * 1000)

    async with asyncio.TaskGroup() as group:
        for errand in errands:
            group.create_task(repeat(errand))
    elapsed = time.perf_counter() - started
    return _Run(latencies, len(latencies) / elapsed, (time.process_time() - busy) / elapsed)


async def measure(lane: Lane, seconds: float) -> Round:
    """Time a lane: a message over each client to warm up, then alone, then loaded."""
    try:
        async with asyncio.timeout(2 * seconds + PATIENCE_S), lane.clients(IN_FLIGHT) as errands:
            for errand in errands:
                await errand()
            alone = await _run(errands[:1], seconds)
            loaded = await _run(errands, seconds)
    except (BenchError, OSError, EOFError, ExceptionGroup) as error:
        match first := _first(error):
            case BenchError():
                why = str(first)
            case TimeoutError():
                why = f"no acknowledgement for {PATIENCE_S:.0f} s"
            case OSError() | EOFError():
                why = f"the server is gone: {first!r}"
            case _:
                raise
        raise BenchError(f"{lane.key}: {why}") from error
    return Round(
        p50_ms=percentile(alone.latencies_ms, 0.5),
        p99_ms=percentile(alone.latencies_ms, 0.99),
        alone_per_s=alone.per_s,
        loaded_per_s=loaded.per_s,
        client_cpu=loaded.cpu,
    )


def _first(error: BaseException) -> BaseException:
    """The first failure of a group, however deep: with many in flight they all fail alike."""
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error
