"""How many bad bundles a peer, or bad calls an address, may send before it is not listened to."""

from dataclasses import dataclass
from typing import Final

FREE: Final = 20
"""Mistakes in a row: what changed keys or crossed cards make."""
A_SECOND: Final = 1.0
"""Mistakes a second for good: more than an honest peer ever makes."""
BARRED: Final = 60.0
"""Seconds without a hearing after that."""


@dataclass(slots=True)
class Patience:
    """A budget of mistakes. Times are seconds of a clock that never goes back."""

    left: float = FREE
    counted_at: float = 0.0
    barred_until: float = 0.0

    def strike(self, now: float) -> bool:
        """Count a mistake; whether that was one too many."""
        self.left = min(FREE, self.left + (now - self.counted_at) * A_SECOND)
        self.counted_at = now
        if self.left >= 1.0:
            self.left -= 1.0
            return False
        self.barred_until = now + BARRED
        return True

    def barred(self, now: float) -> bool:
        """Whether it is not listened to now."""
        return now < self.barred_until
