"""When each of our records was first receipted: looked up by index, however long the log."""

from __future__ import annotations

from bisect import bisect_right

from firebreak.node.side import Side
from firebreak.records import sign1
from firebreak.records.cbor import decode
from firebreak.store.interface import Store
from firebreak.values import Millis


class Deliveries:
    """What the other side holds of one of our logs: so many entries unbroken, since then.

    `look` is to be called whenever a receipt may have come.
    """

    def __init__(self, store: Store, side: Side, channel: int) -> None:
        self._side = side
        self._channel = channel
        self._held: list[int] = []
        self._since: list[Millis] = []
        for row in store.receipts(side.shared.own(channel).origin, ours=False):
            self._take_stored(row.data)
        self.look()

    def delivered(self, index: int) -> bool:
        """Whether the other side has given a receipt for the entry."""
        latest = self._side.shared.latest_receipt.get(self._channel)
        return latest is not None and latest.covers(index)

    def at(self, index: int) -> Millis | None:
        """Since when the other side's node says that it holds the entry: a claim of its clock."""
        if not self.delivered(index):
            return None
        self.look()
        step = bisect_right(self._held, index)
        if step < len(self._held):
            return self._since[step]
        return self._side.shared.latest_receipt[self._channel].at  # it has overtaken

    def look(self) -> None:
        """Take note of the newest receipt."""
        latest = self._side.shared.latest_receipt.get(self._channel)
        if latest is not None:
            self._take(latest.unbroken, latest.at)

    def _take_stored(self, data: bytes) -> None:
        """A receipt from the store, which was verified before it was kept."""
        match decode(sign1.parse(data).payload):
            case (int(), bytes(), tuple(((0, int(unbroken)), *_)), int(at)):
                self._take(unbroken, Millis(at))

    def _take(self, unbroken: int, at: Millis) -> None:
        if unbroken > (self._held[-1] if self._held else 0):
            self._held.append(unbroken)
            self._since.append(at)
