"""The human lamp over restarts: who of the other side last wrote, found in the logs."""

from __future__ import annotations

from firebreak.node.logs import Log, judged_of
from firebreak.node.side import Side
from firebreak.records.record import NODE_AUTHOR
from firebreak.store.interface import Reads
from firebreak.values import Millis

LOOKED_AT = 200
"""Entries of each log, from its end."""


def light(side: Side, store: Reads) -> None:
    """Set the human lamp of a side that has just been opened."""
    human = side.view.human
    for channel in side.shared.books:
        log = side.shared.theirs(channel)
        found = _last(side, store, log)
        if found is not None and (human.at is None or found[0] > human.at):
            human.at, human.office = found


def _last(side: Side, store: Reads, log: Log) -> tuple[Millis, str] | None:
    start = max(0, log.durable - LOOKED_AT)
    for entry in reversed(list(store.entries(log.origin, start, log.durable))):
        record = judged_of(entry).record
        if record is None or entry.void is not None or record.author == NODE_AUTHOR:
            continue
        roster = side.shared.control.roster(log.party, record.control)
        if roster is not None:
            written = min(entry.stored_at, record.composed_at)
            return written, roster.entries[record.author].office
    return None
