"""Two narrow sessions and a bad wire between them, in virtual time: a night takes a second."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field
from typing import Literal, cast

from firebreak.line.narrow import LineKeys, Session
from firebreak.values import Precedence

SECRET, LEFT, RIGHT = bytes(range(32)), b"l" * 32, b"r" * 32
Way = Literal[0, 1]
"""0: from the left to the right; 1: back."""


@dataclass
class Direction:
    """One direction of a wire. delay: ms; rate: bits a second, None without limit."""

    loss: float = 0.0
    delay: int = 0
    rate: int | None = None
    free_at: float = 0.0


@dataclass(order=True)
class Arrival:
    at: float
    order: int
    way: Way = field(compare=False)
    datagram: bytes = field(compare=False)


class NarrowWorld:
    """got: for each side, what arrived and when, in order."""

    def __init__(self, there: Direction, back: Direction, seed: int = 1) -> None:
        self.chance = random.Random(seed)
        self.directions = (there, back)
        self.now = 0
        self.order = 0
        self.sent = [0, 0]
        self.queue: list[Arrival] = []
        self.got: tuple[list[tuple[int, bytes]], list[tuple[int, bytes]]] = ([], [])
        self.sides = [self.side(0), self.side(1)]

    def side(self, which: Way) -> Session:
        """A new session, as after a start."""
        ours, theirs = (LEFT, RIGHT) if which == 0 else (RIGHT, LEFT)
        return Session(LineKeys.of(SECRET, ours, theirs), self.chance.randbytes, self.now)

    def carry(self, way: Way, datagram: bytes) -> None:
        wire = self.directions[way]
        size = len(datagram) + 28
        self.sent[way] += size
        start = max(self.now, wire.free_at)
        wire.free_at = start + (size * 8_000 / wire.rate if wire.rate else 0)
        if self.chance.random() >= wire.loss:
            self.order += 1
            arrival = Arrival(wire.free_at + wire.delay, self.order, way, datagram)
            heapq.heappush(self.queue, arrival)

    def step(self) -> None:
        """Send what is due, and go to the next time at which something happens."""
        for way in (0, 1):
            for datagram in self.sides[way].due(self.now):
                self.carry(way, datagram)
        wake = min(side.wake_at() for side in self.sides)
        then = min(wake, -int(-self.queue[0].at // 1) if self.queue else wake)
        self.now = max(then, self.now + 1)
        while self.queue and self.queue[0].at <= self.now:
            arrival = heapq.heappop(self.queue)
            to = 1 - arrival.way
            taken = self.sides[to].take(arrival.datagram, self.now)
            self.got[to].extend((self.now, bundle) for bundle in taken.bundles)
            if taken.answer is not None:
                self.carry(cast(Way, to), taken.answer)

    def run(self, ms: int) -> None:
        """Let time pass, to the event that ends it or after it."""
        end = self.now + ms
        while self.now < end:
            self.step()

    def until_met(self) -> None:
        while not all(side.met for side in self.sides):
            assert self.now < 600_000, "they never met"
            self.step()

    def deliver(self, way: Way, bundle: bytes, precedence: Precedence) -> int:
        """Send a bundle; ms until it is there."""
        start = self.now
        assert self.sides[way].put(bundle, precedence)
        while bundle not in [data for _, data in self.got[1 - way]]:
            assert self.now < start + 600_000, "it never arrived"
            self.step()
        return self.now - start
