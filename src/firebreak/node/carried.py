"""What leaves by another way than the line: all that the other side has given no receipt for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from firebreak.line import bundle as wire
from firebreak.node.core import Node
from firebreak.node.side import Side
from firebreak.sealing import SUITE_OF
from firebreak.values import Precedence

_ITEMS_OF_BUNDLE: Final = 512 * 1024
"""Bytes of entries that one bundle to be carried by hand holds, about."""


@dataclass(frozen=True, slots=True)
class Unreceipted:
    """What goes along. count: records among the items; precedence: of the most urgent of them;
    start, own: by channel, from where to where our log is in it; held: up to where it says that theirs is
    held."""

    items: tuple[wire.Item, ...]
    count: int
    precedence: Precedence
    start: dict[int, int]
    own: dict[int, int]
    held: dict[int, int]


def unreceipted(side: Side) -> Unreceipted:
    """Our heads and receipts, then every entry of ours without a receipt."""
    items, count, precedence = list(side.sending.greeting()), 0, Precedence.ROUTINE
    for channel in side.shared.books:
        start = side.shared.link.outgoing[channel].receipted
        stop = side.shared.own(channel).durable
        for urgency, item in side.sending.entries_items(channel, start, stop):
            items.append(item)
            precedence = max(precedence, urgency)
        count += stop - start
    starts = {
        channel: side.shared.link.outgoing[channel].receipted for channel in side.shared.books
    }
    own = {channel: side.shared.own(channel).durable for channel in side.shared.books}
    held = {channel: side.shared.theirs(channel).durable for channel in side.shared.books}
    return Unreceipted(tuple(items), count, precedence, starts, own, held)


def sealed(node: Node, side: Side, given: Unreceipted, precedence: Precedence) -> list[bytes]:
    """As few sealed bundles as it fits into, each with our heads or after one that has them."""
    return [
        node.seal(side, side.sending.bundle(part), precedence, SUITE_OF["file"])
        for part in parts(given.items)
    ]


def parts(items: Sequence[wire.Item]) -> list[list[wire.Item]]:
    """Items in order, so many to a bundle as fit."""
    made: list[list[wire.Item]] = [[]]
    total = 0
    for item in items:
        size = sum(map(len, item.records)) if isinstance(item, wire.Entries) else 0
        if total and total + size > _ITEMS_OF_BUNDLE:
            made.append([])
            total = 0
        made[-1].append(item)
        total += size
    return made
