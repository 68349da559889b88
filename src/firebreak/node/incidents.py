"""Incidents that this node holds: which are open, and whose promised word is overdue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from firebreak.desk.entries.contacts import Direction
from firebreak.desk.entries.offices import OpenItem
from firebreak.desk.incidents import IncidentView, Word, promises, view_of
from firebreak.desk.tables import Standing
from firebreak.node.alerts import About, Level
from firebreak.node.desk import LATE, NOTE, short
from firebreak.node.due import Due
from firebreak.node.journal import Journal
from firebreak.node.side import Side
from firebreak.node.talks import Talks
from firebreak.records.figures import exact_date_time_group
from firebreak.records.incidents import Incident
from firebreak.records.spelling import name_of
from firebreak.values import Millis

WORD_AGAIN: Final = 60 * 60_000
"""ms after which a promised word that has not come alarms again; again as often."""


class Incidents:
    """Incidents of every side and of the journal."""

    def __init__(self, sides: Sequence[Side], kept: Journal) -> None:
        self.talks = Talks(sides, kept, (Incident,))

    def still_open(self, now: Millis) -> Iterator[tuple[int, OpenItem]]:
        """Incidents that are not closed, and words that are promised about them (JN-12)."""
        for view in self._open(now):
            what = f"incident {name_of(view.sort)} {short(view.id)} with {view.party}"
            yield LATE, OpenItem(view.id, f"{what}: {view.standing}"[:NOTE])
            for word, at in _promised(view):
                whose = "our" if word.by is Direction.OURS else "their"
                note = f"{what}: {whose} next word by {exact_date_time_group(at)}"
                yield at, OpenItem(word.id, note[:NOTE])

    def due(self, now: Millis) -> Iterator[Due]:
        """Words that were promised about them, ours and theirs."""
        for view in self._open(now):
            what = f"the incident {short(view.id)}"
            for word, at in _promised(view):
                key, by = f"word {word.id.hex()} {at}", exact_date_time_group(at)
                if word.by is Direction.OURS:
                    text = (
                        f"Our next word to {view.party} on {what}, which we promised by {by}, is"
                        f" overdue. Give it: firebreak incident word {short(view.id)}"
                    )
                    yield Due(key, at, Level.ALARM, About.OVERDUE, text, WORD_AGAIN)
                else:
                    text = (
                        f"No next word of {view.party} on {what} was noted by {by}, as they had"
                        " promised. That says nothing about why. Ask, or enter what they said."
                    )
                    yield Due(key, at, Level.ALARM, About.LAPSED, text, WORD_AGAIN)

    def _open(self, now: Millis) -> list[IncidentView]:
        views = [view_of(talk, now) for talk in self.talks.all()]
        return [view for view in views if view.standing is not Standing.CLOSED]


def _promised(view: IncidentView) -> list[tuple[Word, Millis]]:
    """Promises that are open, and when the word is due."""
    return [(word, word.next_word) for word in promises(view.words) if word.next_word is not None]
