"""What a relay's statement says, in words: for its own people and for those who use it."""

from __future__ import annotations

from typing import assert_never

from firebreak.ledger.custody import Forwarded, Handed, Refused, Returned, Step, Taken


def detail(step: Step) -> str:
    """What a step says besides its name."""
    match step:
        case Taken(sender, way, _):
            return f"from {sender}, by {way.name.lower()}"
        case Forwarded(way):
            return f"by {way.name.lower()}"
        case Handed(office, None):
            return f"to {office}"
        case Handed(office, person):
            return f"to {office}, {person}"
        case Returned(why):
            return why
        case Refused(sender, why):
            return f"from {sender}: {why}"
        case _:
            assert_never(step)
