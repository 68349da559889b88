"""What the other side has given receipts for, of one log of ours. *Delivered* is this, no more."""

from __future__ import annotations

from dataclasses import dataclass, field

from firebreak.ledger.receipt import Receipt
from firebreak.values import Millis


@dataclass(slots=True)
class Delivered:
    """By receipts that verified against our own history, and are durable here (E-25).

    unbroken: the beginning that the furthest of them covers; overtaken: those for what overtook and
    lies beyond that, oldest first. None is kept that was for nothing urgent, so they are few.
    """

    unbroken: int = 0
    overtaken: list[Receipt] = field(default_factory=list)

    def covers(self, index: int) -> bool:
        """Whether the entry at this index is delivered."""
        return index < self.unbroken or self.overtook_at(index) is not None

    def overtook_at(self, index: int) -> Millis | None:
        """When the first receipt was given for an entry that overtook, by the other side's clock."""
        return next((receipt.at for receipt in self.overtaken if receipt.covers(index)), None)

    def take(self, receipt: Receipt) -> None:
        """A receipt that is kept, in the order of keeping."""
        if receipt.overtaken:
            self.overtaken.append(receipt)
        self.unbroken = max(self.unbroken, receipt.unbroken)
        if self.overtaken:
            self.overtaken = [each for each in self.overtaken if each.held[-1].stop > self.unbroken]
