"""Two real nodes at the ends of a bad wire, asked what they show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from firebreak.bench.pair import PARTIES, Pair
from firebreak.bench.wires import Ends, Officer
from firebreak.cli.client import Client
from firebreak.line.link import Tempo
from firebreak.node.runner import clock
from firebreak.store.directory import NodeDirectory
from tests.nodes import must

PATIENCE_S = 120.0
MARGIN_MS = 10_000
"""For a machine that is busy: a line that is not shown as late for as long is caught all the same."""
Status = dict[str, Any]


def prepared(folder: Path) -> Pair:
    """Two parties with an agreement."""
    return Pair.prepared(folder, lambda words: must(*words).out)


def shown(ends: Ends, party: int) -> Status:
    """What `firebreak line status` is given by a party's node."""
    client = Client(NodeDirectory.open(ends.pair.directory(PARTIES[party])))
    status: Status = client.get("/status")["agreements"][0]
    return status


async def far(ends: Ends) -> Status:
    """What the far node shows."""
    return await asyncio.to_thread(shown, ends, 1)


def near(officer: Officer) -> str:
    """The near node's line, which runs in this process and has no socket of its own."""
    return str(officer.side.shared.link.status)


async def until(seen: Callable[[], Coroutine[Any, Any, bool]], what: str) -> None:
    """Look again and again until something is seen."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not await seen():  # noqa: ASYNC110  # another process shows it
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise AssertionError(f"awaited in vain: {what}") from None


async def both(ends: Ends, officer: Officer, *lines: str) -> None:
    """Wait until both sides show one of these states."""

    async def seen() -> bool:
        return near(officer) in lines and (await far(ends))["line"] in lines

    await until(seen, f"both lines are {' or '.join(lines)}")


@asynccontextmanager
async def truthful(
    ends: Ends, officer: Officer, tempo: Tempo, always_up: bool = False
) -> AsyncIterator[None]:
    """Look at both sides all the while: neither may show as up what is not answered any more.

    always_up: messages get through all the while, and both must show that.
    """
    ending = asyncio.Event()

    def check(side: str, line: str, lamp: int | None) -> None:
        now = clock()
        if line == "up":
            assert lamp is not None, f"the {side} line is up, and nobody has answered"
            assert lamp <= now, f"the {side} lamp is ahead of the clock"
            silent = now - lamp
            assert silent <= tempo.late_after + MARGIN_MS, f"{side}: up, unanswered {silent} ms"
        assert line == "up" or not always_up, f"the {side} line is {line}; messages get through"

    async def look() -> None:
        while not ending.is_set():
            check("near", near(officer), officer.side.shared.machine_at)
            status = await far(ends)
            check("far", status["line"], status["machine"]["at"])
            with suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), 0.5)

    async with asyncio.TaskGroup() as group:
        group.create_task(look())
        try:
            yield
        finally:
            ending.set()
