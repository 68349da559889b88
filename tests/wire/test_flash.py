"""How long a FLASH takes over a slow wire, at whatever moment it comes, in virtual time."""

from __future__ import annotations

from random import Random

import pytest

from firebreak.values import Precedence
from tests.line.narrow_world import Direction
from tests.wire.slow import SlowWorld

SLOW = 2_400
QUEUED = 100
FLASHES = 6
MOST = 4_000
"""ms. What must cross takes 2.9 s by itself: a FLASH of some 500 bytes in two datagrams, and its receipt
of 260."""


def delivered_in(seed: int, first_asks: tuple[int, int] = (0, 0)) -> list[int]:
    """ms of virtual time until each FLASH is delivered that comes behind the queue.

    first_asks: when each end's node starts, ms.
    """
    world = SlowWorld(Direction(rate=SLOW), Direction(rate=SLOW), first_asks, seed)
    world.until(world.up)
    routine = [world.send() for _ in range(QUEUED)]
    chance, times = Random(seed), []
    for _ in range(FLASHES):
        world.run(chance.randint(0, 12_000))
        begun = world.now
        index = world.send(Precedence.FLASH)
        world.until(lambda index=index: world.delivered(index))  # type: ignore[misc]  # mypy cannot infer it
        times.append(world.now - begun)
    assert not world.delivered(routine[-1]), "the queue was gone; nothing was overtaken"
    return times


@pytest.mark.parametrize("seed", range(12))
def test_a_flash_is_delivered_within_four_seconds_whenever_it_comes(seed: int) -> None:
    assert max(delivered_in(seed)) <= MOST


@pytest.mark.parametrize("first_asks", [(0, 33_000), (33_000, 0), (0, 700)])
def test_and_whichever_node_starts_first(first_asks: tuple[int, int]) -> None:
    assert max(delivered_in(100, first_asks)) <= MOST


def test_all_that_was_queued_arrives_all_the_same() -> None:
    world = SlowWorld(Direction(rate=SLOW), Direction(rate=SLOW))
    world.until(world.up)
    routine = [world.send() for _ in range(20)]
    world.run(4_000)
    flash = world.send(Precedence.FLASH)
    world.until(lambda: all(world.delivered(index) for index in (*routine, flash)))
