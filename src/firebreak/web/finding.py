"""Finding records: by the beginning of an id, at a place, or walking the logs backwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from typing import TYPE_CHECKING, Final

from firebreak.desk.dialogue import Place
from firebreak.errors import InvalidValue, Misuse
from firebreak.ledger.judge import Judged
from firebreak.node.logs import Log, judged_of
from firebreak.node.side import Side
from firebreak.records.agreement import Channel
from firebreak.records.spelling import name_of, named
from firebreak.store.interface import Entry
from firebreak.values import PartyNumber
from firebreak.web.faults import NotHere

if TYPE_CHECKING:
    from firebreak.node.runner import Runner

_PREFIX: Final = re.compile(r"[0-9a-f]{4,64}")
_PIECE: Final = 64
_MOST_ALIKE: Final = 8


@dataclass(frozen=True, slots=True)
class Found:
    """One entry, where it stands."""

    side: Side
    channel: int
    entry: Entry
    judged: Judged
    party: PartyNumber

    @property
    def place(self) -> Place:
        return (self.party, self.entry.index)


def channel_number(name: str) -> Channel:
    """The channel of this name. Raises InvalidValue."""
    return named(Channel, name)


def channel_name(number: int) -> str:
    """A channel's name; its number where this version does not know it."""
    try:
        return name_of(Channel(number))
    except ValueError:
        return str(number)


class Finder:
    """All entries that this node holds."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self._logs: dict[str, tuple[Side, Log]] = {
            log.origin: (side, log)
            for side in runner.node.sides
            for book in side.shared.books.values()
            for log in book.logs.values()
        }

    def side(self, agreement: str | None) -> Side:
        """The side of an agreement. Raises NotHere or InvalidValue."""
        try:
            return self.runner.node.side(agreement)
        except InvalidValue as error:
            raise NotHere(str(error)) from error

    def by_id(self, beginning: str) -> Found:
        """The one entry whose id begins so. Raises InvalidValue, NotHere or Misuse."""
        text = beginning.lower()
        if _PREFIX.fullmatch(text) is None:
            raise InvalidValue(
                f"{beginning!r} begins no record's id: give 4 to 64 hexadecimal digits."
            )
        alike = []
        for entry in self.runner.store.find(bytes.fromhex(text[: len(text) // 2 * 2])):
            here = entry.origin in self._logs  # the journal's entries are found elsewhere
            if here and entry.record_id.hex().startswith(text):
                alike.append(entry)
            if len(alike) > _MOST_ALIKE:
                break
        if not alike:
            raise NotHere(f"No record's id begins with {text}. See: firebreak inbox")
        if len(alike) > 1:
            ids = ", ".join(entry.record_id.hex()[:16] for entry in alike[:_MOST_ALIKE])
            raise Misuse(f"Several records' ids begin with {text}: {ids}. Give more digits.")
        return self.of(alike[0])

    def of(self, entry: Entry) -> Found:
        """A stored entry, where it stands."""
        side, log = self._logs[entry.origin]
        held = log.recent.get(entry.index)
        judged = held[1] if held is not None else judged_of(entry)
        return Found(side, log.channel, entry, judged, log.party)

    def at(self, side: Side, channel: int, place: Place) -> Found | None:
        """The entry at a place of a channel, if it is held."""
        stored = side.shared.books[channel].stored(*place)
        if stored is None:
            return None
        return Found(side, channel, stored[0], stored[1], place[0])

    def backwards(self, logs: list[tuple[Side, Log]], before: dict[str, int]) -> Iterator[Found]:
        """Durable entries of these logs, newest first by the time they came here.

        before: for a log's origin, the index to stop below.
        """
        walks = [
            self._walk(log, min(before.get(log.origin, log.durable), log.durable))
            for _, log in logs
        ]
        return merge(*walks, key=lambda found: -found.entry.stored_at)

    def _walk(self, log: Log, stop: int) -> Iterator[Found]:
        while stop > 0:
            start = max(0, stop - _PIECE)
            yield from (
                self.of(entry)
                for entry in reversed(list(self.runner.store.entries(log.origin, start, stop)))
            )
            stop = start
