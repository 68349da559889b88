"""How many pairs of edges come near each other: what the repair of a drawing costs at most (W-A4)."""

from __future__ import annotations

import numpy as np

from firebreak.watch.compiled import compiled
from firebreak.watch.reports import Floats, Longs


def crowded_pairs(boxes: Floats) -> int:
    """Pairs of boxes that meet, exactly, in n log n steps. boxes: (n, 4): low x, low y, high x, high y."""
    count = len(boxes)
    highs = np.sort(boxes[:, 3])
    lows = np.sort(boxes[:, 1])
    # In order of x, a box opens before one that starts where it ends closes: touching is meeting.
    events = np.concatenate((boxes[:, 0], boxes[:, 2]))
    closing = np.repeat(np.array([0, 1]), count)
    order = np.lexsort((closing, events)).astype(np.int64)
    # Of the open boxes, those wholly below have their high edge under my low one, and so on.
    return int(
        _sweep(
            order,
            np.searchsorted(highs, boxes[:, 1], "left").astype(np.int64),
            np.searchsorted(lows, boxes[:, 3], "right").astype(np.int64),
            np.searchsorted(highs, boxes[:, 3], "left").astype(np.int64),
            np.searchsorted(lows, boxes[:, 1], "left").astype(np.int64),
        )
    )


@compiled
def _sweep(order: Longs, below: Longs, above: Longs, high: Longs, low: Longs) -> int:
    """Pairs that are open together and neither wholly below nor wholly above each other.

    below: ranks of high edges under a box's low one; above: the first rank of low edges over its high
    one; high, low: a box's own ranks. Two Fenwick trees count the open boxes by rank.
    """
    count = len(low)
    highs, lows = np.zeros(count + 1, np.int64), np.zeros(count + 1, np.int64)
    pairs = 0
    for event in order:
        box = event % count
        step = 1 if event < count else -1
        if step > 0:
            under, upto = 0, 0
            place = below[box]
            while place > 0:
                under += highs[place]
                place -= place & -place
            place = above[box]
            while place > 0:
                upto += lows[place]
                place -= place & -place
            pairs += upto - under
        place = high[box] + 1
        while place <= count:
            highs[place] += step
            place += place & -place
        place = low[box] + 1
        while place <= count:
            lows[place] += step
            place += place & -place
    return pairs
