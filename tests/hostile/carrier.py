"""A carrier in memory between two nodes: it loses, delays, repeats, reorders, alters and replays."""

from __future__ import annotations

import heapq
from collections import Counter, deque
from dataclasses import dataclass, field
from random import Random

from tests.hostile.faults import Fault

ARCHIVED = 64
"""Bundles that the carrier keeps for a replay."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How bad a carrier is: chances, and the longest usual way in ms."""

    lose: float = 0.0
    repeat: float = 0.0
    delay: float = 0.0
    alter: float = 0.0
    way: int = 20


CALM = Weather()


@dataclass(frozen=True, slots=True, order=True)
class Flight:
    """A bundle on its way. number: its place in the order of sending."""

    at: int
    number: int
    to: int = field(compare=False)
    data: bytes = field(compare=False)


class Carrier:
    """Bundles in the air. Parties are numbered 0 and 1."""

    def __init__(self, chance: Random, weather: Weather, counts: Counter[Fault]) -> None:
        self.chance = chance
        self.weather = weather
        self.counts = counts
        self.broken = False
        self.flights: list[Flight] = []
        self.archive: deque[Flight] = deque(maxlen=ARCHIVED)
        self.number = 0
        self.newest = [0, 0]

    def post(self, to: int, data: bytes, now: int) -> None:
        """Take a bundle; what becomes of it is drawn."""
        chance, weather = self.chance, self.weather
        self.number += 1
        flight = Flight(now + chance.randint(1, weather.way), self.number, to, data)
        self.archive.append(flight)
        if self.broken:
            return
        if chance.random() < weather.lose:
            self.counts[Fault.LOST] += 1
            return
        if chance.random() < weather.delay:
            self.counts[Fault.DELAYED] += 1
            flight = Flight(now + chance.randint(1_000, 40_000), self.number, to, data)
        heapq.heappush(self.flights, flight)
        if chance.random() < weather.repeat:
            self.counts[Fault.DUPLICATED] += 1
            heapq.heappush(
                self.flights, Flight(now + chance.randint(1, 5_000), self.number, to, data)
            )
        if chance.random() < weather.alter:
            self.counts[Fault.ALTERED] += 1
            altered = Flight(flight.at, self.number, to, self._altered(data))
            heapq.heappush(self.flights, altered)

    def replay(self, now: int, most: int, to: int | None = None) -> None:
        """Send again what was kept, as it was."""
        kept = [flight for flight in self.archive if to is None or flight.to == to]
        for flight in self.chance.sample(kept, min(most, len(kept))):
            self.counts[Fault.REPLAYED] += 1
            at = now + self.chance.randint(1, 500)
            heapq.heappush(self.flights, Flight(at, flight.number, flight.to, flight.data))

    def forget(self, to: int) -> None:
        """What was on its way to a party is gone, and will not be replayed either."""
        self.flights = [flight for flight in self.flights if flight.to != to]
        heapq.heapify(self.flights)
        kept = [flight for flight in self.archive if flight.to != to]
        self.archive = deque(kept, maxlen=ARCHIVED)

    def next_at(self) -> int | None:
        """When the next bundle arrives."""
        return self.flights[0].at if self.flights else None

    def arrived(self, now: int) -> Flight | None:
        """The next bundle that has arrived."""
        if not self.flights or self.flights[0].at > now:
            return None
        flight = heapq.heappop(self.flights)
        if flight.number < self.newest[flight.to]:
            self.counts[Fault.REORDERED] += 1
        self.newest[flight.to] = max(flight.number, self.newest[flight.to])
        return flight

    def _altered(self, data: bytes) -> bytes:
        made = bytearray(data)
        match self.chance.randrange(3):
            case 0:
                made[self.chance.randrange(len(made))] ^= 1 << self.chance.randrange(8)
            case 1:
                del made[self.chance.randrange(len(made)) :]
            case _:
                made += self.chance.randbytes(self.chance.randint(1, 9))
        return bytes(made)
