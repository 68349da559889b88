"""What the watch takes from the agreements of a node: the separations that it warns of."""

from __future__ import annotations

from collections.abc import Sequence

from firebreak.records.agreement import Agreement, Channel
from firebreak.watch.approach import AIR, SEA, Separation


def separations(agreements: Agreement | Sequence[Agreement]) -> tuple[Separation, Separation]:
    """How aircraft and ships must keep apart: for air, and for sea.

    Of several agreements the strictest, each term by itself: the largest distances, the longest look
    ahead. Nothing that one of them warns of is missed. An agreement that has the channel and no
    separation for it means the watch's own; so do none at all.
    """
    each = [agreements] if isinstance(agreements, Agreement) else agreements
    return _strictest(each, Channel.AIR, AIR), _strictest(each, Channel.SEA, SEA)


def _strictest(agreements: Sequence[Agreement], channel: Channel, own: Separation) -> Separation:
    agreed = [
        _agreed(agreement, channel, own)
        for agreement in agreements
        if agreement.terms(channel) is not None
    ] or [own]
    feet = [each.vertical_ft for each in agreed if each.vertical_ft is not None]
    return Separation(
        max(each.horizontal_m for each in agreed),
        max(feet) if len(feet) == len(agreed) else None,
        max(each.look_ahead_s for each in agreed),
    )


def _agreed(agreement: Agreement, channel: Channel, own: Separation) -> Separation:
    for each in agreement.separations:
        if each.channel is channel:
            return Separation(each.horizontal_m, each.vertical_ft, each.look_ahead_s)
    return own
