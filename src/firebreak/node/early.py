"""What came before it can be judged, while this node recovers.

After a loss both logs come back, each naming what its author had seen of the other. Entries wait here
for the other log instead of being sent again and again (spec/exchange.md §7).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from firebreak.line import bundle as wire

MOST_BYTES = 4 << 20
"""Of each channel; the other side sends again what does not find room."""


@dataclass(slots=True)
class Queue:
    """Entries items of one log, each beginning where the one before it ends."""

    items: deque[wire.Entries] = field(default_factory=deque)
    total: int = 0

    def put(self, item: wire.Entries, held: int) -> bool:
        """Keep an item that continues the queue, or the log, of which `held` entries are here."""
        last = self.items[-1] if self.items else None
        end = held if last is None else last.start + len(last.records)
        size = sum(map(len, item.records))
        fits = item.start == end if last else item.start <= end < item.start + len(item.records)
        if not fits or self.total + size > MOST_BYTES:
            return False
        self.items.append(item)
        self.total += size
        return True

    def pop(self) -> wire.Entries:
        """Take out the first item."""
        item = self.items.popleft()
        self.total -= sum(map(len, item.records))
        return item
