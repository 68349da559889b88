"""When each of our records was first receipted: looked up by index, however long the log."""

from __future__ import annotations

from firebreak.node.side import Side
from firebreak.values import Millis


class Deliveries:
    """What the other side holds of one of our logs, and since when."""

    def __init__(self, side: Side, channel: int) -> None:
        self._side = side
        self._channel = channel

    def delivered(self, index: int) -> bool:
        """Whether the other side has given a receipt for the entry."""
        return self._side.shared.delivered[self._channel].covers(index)

    def at(self, index: int) -> Millis | None:
        """Since when the other side's node says that it holds the entry: a claim of its clock."""
        return self._side.shared.received_at(self._channel, index)
