"""Where the records of some kinds stand in the logs of a node's lines."""

from __future__ import annotations

from collections.abc import Sequence

from firebreak.desk.dialogue import Place
from firebreak.node.logs import ChannelBook, Log
from firebreak.node.side import Side
from firebreak.records.kinds import Kind
from firebreak.values import Millis

Found = tuple[Side, int, Place]
"""A record of a line: its side, channel and place."""


class Following:
    """The valid records of these kinds, on all lines. Each log is read once, and then what is new.

    since: entries that came to our store before it are left out, ms UTC. Ask for all or for what is
    fresh, not for both: what is fresh is told once and forgotten.
    """

    def __init__(
        self, sides: Sequence[Side], kinds: frozenset[Kind], since: Millis | None = None
    ) -> None:
        self._sides, self._kinds, self._since = sides, kinds, since
        self._read: dict[str, int] = {}
        self._found: list[Found] = []

    def found(self) -> Sequence[Found]:
        """All that are durable by now, those of one log in its order."""
        self._found += self.fresh()
        return self._found

    def fresh(self) -> list[Found]:
        """Those that came since this was last asked, those of one log in its order."""
        fresh: list[Found] = []
        for side in self._sides:
            for channel, book in side.shared.books.items():
                for log in book.logs.values():
                    start = self._read.get(log.origin)
                    if start is None:
                        start = 0 if self._since is None else _first(book, log, self._since)
                    for index in range(start, log.durable):
                        judged = book.held(log.party, index)[1]
                        record = judged.record if judged.void is None else None
                        if record is not None and record.kind in self._kinds:
                            fresh.append((side, channel, (log.party, index)))
                    self._read[log.origin] = log.durable
        return fresh


def _first(book: ChannelBook, log: Log, since: Millis) -> int:
    """The first of the entries that came since then."""
    index = log.durable
    while index > 0 and book.held(log.party, index - 1)[0].stored_at >= since:
        index -= 1
    return index
