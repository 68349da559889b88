"""A bad wire: real nodes in network namespaces, with loss, delay, a slow rate, cuts and moves.

Delivery, order, line states and lamps are asserted; how long it takes is for `firebreak bench wire`.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from firebreak.bench.namespaces import CALM, CUT, BadWire, Weather
from firebreak.bench.pair import PARTIES, Pair
from firebreak.bench.wires import LOSSY, PORT, QUEUED, SLOW, Ends, Officer
from firebreak.line.link import BROAD, NARROW
from firebreak.store.directory import NodeDirectory
from firebreak.values import Millis, Precedence
from tests.conftest import needs_namespaces
from tests.wire.ends import both, far, near, prepared, truthful, until


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[Ends]:
    needs_namespaces()
    pair: Pair = prepared(tmp_path / "pair")
    with BadWire() as wire:
        print("the wire is made bad by", "netem" if wire.by_netem else "a thread of this process")
        yield Ends(pair, wire)


def test_all_is_delivered_over_much_loss_and_delay(ends: Ends) -> None:
    async def work(officer: Officer) -> None:
        await officer.up()
        await both(ends, officer, "up")
        async with truthful(ends, officer, NARROW, always_up=True):
            await asyncio.gather(*(officer.send() for _ in range(6)))
        assert (await far(ends))["wire"]["connected"]

    ends.settle(narrow=True)
    ends.wire.weather(LOSSY)
    with ends.far_node():
        ends.near(work)


def test_a_flash_overtakes_what_is_queued_on_a_slow_wire(ends: Ends) -> None:
    async def work(officer: Officer) -> None:
        await officer.up()
        await both(ends, officer, "up")
        async with truthful(ends, officer, NARROW, always_up=True):
            routine = [officer.send() for _ in range(QUEUED)]
            await asyncio.sleep(1)
            await officer.send(Precedence.FLASH)
            assert sum(future.done() for future in routine) < QUEUED / 2
            ends.wire.weather(CALM)
            await asyncio.gather(*routine)

    ends.settle(narrow=True)
    ends.wire.weather(SLOW)
    with ends.far_node():
        ends.near(work)


@pytest.mark.parametrize("weather", [(CUT, CALM), (CALM, CUT)], ids=["there", "back"])
def test_a_wire_cut_one_way_shows_on_both_sides_and_in_both_lamps(
    ends: Ends, weather: tuple[Weather, Weather]
) -> None:
    """E-18: one side hears the other all the while, and still does not show the line as up."""

    async def work(officer: Officer) -> None:
        await officer.up()
        await both(ends, officer, "up")
        shared = officer.side.shared
        ends.wire.weather(*weather)
        cut_at = shared.around.clock()
        async with truthful(ends, officer, BROAD):
            await both(ends, officer, "late", "down")
        answered = shared.machine_at
        assert answered is not None
        assert answered <= cut_at + 1_000
        lamp = (await far(ends))["machine"]["at"]
        assert lamp is not None
        assert lamp <= cut_at + 1_000
        assert officer.side.view.human.at is None  # nobody over there has written
        waiting = officer.send()
        ends.wire.weather(CALM)
        await waiting
        await both(ends, officer, "up")
        assert shared.machine_at is not None
        assert shared.machine_at > answered

    ends.settle(narrow=False)
    with ends.far_node():
        ends.near(work)


@pytest.mark.parametrize("narrow", [False, True], ids=["broad", "narrow"])
def test_a_peer_that_moves_is_found_again(ends: Ends, narrow: bool) -> None:
    """The far node gets another address while both run; on the broad line its operator tells ours."""

    async def work(officer: Officer) -> None:
        await officer.up()
        address = ends.wire.move(1, 9)
        if not narrow:
            near_node = NodeDirectory.open(ends.pair.directory(PARTIES[0]))
            near_node.with_peer(PARTIES[1], f"{address}:{PORT}")
        async with truthful(ends, officer, NARROW if narrow else BROAD):
            await officer.send()
            await both(ends, officer, "up")

    ends.settle(narrow)
    ends.wire.weather(Weather(delay=0.02))
    with ends.far_node():
        ends.near(work)


def test_a_far_node_that_falls_silent_is_not_shown_as_up(ends: Ends) -> None:
    """Its process is stopped, not ended: the connection stands, and nobody answers."""

    async def work(officer: Officer) -> None:
        await officer.up()
        ends.processes[0].send_signal(signal.SIGSTOP)
        before = officer.side.shared.machine_at

        async def late() -> bool:
            return near(officer) == "late"

        await until(late, "the near line is late")
        assert officer.side.shared.machine_at is not None
        assert before is not None
        assert officer.side.shared.machine_at <= Millis(before + 6_000)
        ends.processes[0].send_signal(signal.SIGCONT)
        await both(ends, officer, "up")

    ends.settle(narrow=False)
    with ends.far_node():
        ends.near(work)
