"""When each of our records was first receipted: looked up by index, however long the log."""

from __future__ import annotations

from firebreak.ledger.receipt import parse_receipt
from firebreak.node.side import Side
from firebreak.store.interface import Store
from firebreak.values import Millis


class Deliveries:
    """What the other side holds of one of our logs, and since when."""

    def __init__(self, store: Store, side: Side, channel: int) -> None:
        self._store = store
        self._side = side
        self._channel = channel

    def delivered(self, index: int) -> bool:
        """Whether the other side has given a receipt for the entry."""
        return self._side.shared.delivered[self._channel].covers(index)

    def at(self, index: int) -> Millis | None:
        """Since when the other side's node says that it holds the entry: a claim of its clock."""
        delivered = self._side.shared.delivered[self._channel]
        if index >= delivered.unbroken:
            return delivered.overtook_at(index)
        origin = self._side.shared.own(self._channel).origin
        row = self._store.first_receipt(origin, ours=False, index=index)
        return None if row is None else parse_receipt(row.data).at
