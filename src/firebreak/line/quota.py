"""What the other party may send: bytes a day, records an hour, FLASH an hour (spec/exchange.md §6)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from firebreak.records.agreement import Quota
from firebreak.values import Millis

HOUR, DAY = 3_600_000, 86_400_000
_SLICES = 60
"""A window is counted in so many slices, so that memory is bounded whatever is sent."""


@dataclass(slots=True)
class Window:
    """A sum over a sliding window, to a sixtieth of its length; never less than the true sum."""

    length: int
    slices: deque[tuple[int, int]] = field(default_factory=deque)
    total: int = 0

    def sum(self, now: Millis) -> int:
        """What was counted within the window before `now`."""
        oldest = (now - self.length) // (self.length // _SLICES)
        while self.slices and self.slices[0][0] < oldest:
            self.total -= self.slices.popleft()[1]
        return self.total

    def add(self, amount: int, now: Millis) -> None:
        """Count an amount at a time."""
        number = now // (self.length // _SLICES)
        if self.slices and self.slices[-1][0] == number:
            self.slices[-1] = (number, self.slices[-1][1] + amount)
        else:
            self.slices.append((number, amount))
        self.total += amount


@dataclass(slots=True)
class Meter:
    """One party's use of its quota on one channel.

    spared_until, spared_bytes: entries below this index are admitted without being counted, as long as
    these bytes last: what comes back after a loss was counted before.
    """

    quota: Quota
    spared_until: int = 0
    spared_bytes: int = 0
    bytes: Window = field(default_factory=lambda: Window(DAY))
    records: Window = field(default_factory=lambda: Window(HOUR))
    flash: Window = field(default_factory=lambda: Window(HOUR))

    def admit(self, records: int, size: int, now: Millis, stop: int) -> bool:
        """Count records of `size` bytes together, unless they would pass the quota.

        stop: where their log ends with them.
        """
        if stop <= self.spared_until and size <= self.spared_bytes:
            self.spared_bytes -= size
            return True
        if self.records.sum(now) + records > self.quota.records_an_hour:
            return False
        if self.bytes.sum(now) + size > self.quota.bytes_a_day:
            return False
        self.records.add(records, now)
        self.bytes.add(size, now)
        return True

    def spare(self, millis: int, held: int, stop: int) -> None:
        """Admit, besides, what lies between these sizes of the log, if it could have been admitted
        within so long a time."""
        records = self.quota.records_an_hour * -(-millis // HOUR)
        self.spared_until = min(stop, held + records)
        self.spared_bytes = self.quota.bytes_a_day * -(-millis // DAY)

    def admit_flash(self, now: Millis) -> bool:
        """Count one overtaking record, unless it would pass the cap."""
        if self.flash.sum(now) >= self.quota.flash_an_hour:
            return False
        self.flash.add(1, now)
        return True
