"""Why a track is held doubtful. It is still shown and still watched (spec/watch.md, W-T8 to W-T14)."""

from __future__ import annotations

from enum import IntFlag
from typing import Final


class Doubt(IntFlag):
    """Reasons to doubt a position; several may hold. None of them is a motive."""

    JUMP = 1
    """It is further from the report before than anything travels in that time."""
    SPEED = 2
    """Its positions move faster, or on a straight course far slower, than the speed it reports."""
    SLOW_AND_HIGH = 4
    """It reports a speed at which no aeroplane flies at the height it reports."""
    FROZEN = 8
    """It repeats one position while it reports new speeds, courses or heights."""
    TWO_PLACES = 16
    """One identity is reported from two places in turn."""
    NOWHERE = 32
    """It is at 0 N 0 E, where a receiver without a position puts things."""
    HEIGHT = 64
    """Its height changes faster than anything climbs or falls: two units, or two sources that differ."""


WORDS: Final = {
    Doubt.JUMP: "position jumped further than it can have travelled",
    Doubt.SPEED: "speed contradicts position",
    Doubt.SLOW_AND_HIGH: "too slow for its height",
    Doubt.FROZEN: "position frozen while other values change",
    Doubt.TWO_PLACES: "one identity in two places",
    Doubt.NOWHERE: "position is 0 N 0 E",
    Doubt.HEIGHT: "height changes faster than anything climbs",
}


def doubts_text(doubts: Doubt) -> str:
    """All reasons in words, such as "too slow for its height; speed contradicts position"."""
    return "; ".join(WORDS[reason] for reason in Doubt if reason & doubts)
