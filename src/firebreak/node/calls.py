"""Every call that this node holds, from the logs of its lines and from its own journal; and what our
side may not say in one, refused before it is signed in anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from firebreak.desk import journal
from firebreak.desk.attested import Attested, dialogues
from firebreak.desk.call_rules import refusal, too_soon
from firebreak.desk.calls import CallView, view_of
from firebreak.desk.entries.calls import Reminded
from firebreak.desk.entries.contacts import Direction, Said
from firebreak.desk.journal import Kept
from firebreak.desk.talks import attested_talk
from firebreak.errors import Refused
from firebreak.node.side import Side
from firebreak.node.talks import Talks, logged_talk
from firebreak.records.calls import Call, CallAnswer, CallState
from firebreak.records.kinds import Cancel
from firebreak.records.record import Record
from firebreak.values import Millis

if TYPE_CHECKING:
    from collections.abc import Callable

    from firebreak.node.journal import Journal

_RULED = Call | CallAnswer | CallState | Cancel


class Calls:
    """Calls of every side and of the journal."""

    def __init__(self, sides: Sequence[Side], kept: Journal, clock: Callable[[], Millis]) -> None:
        self._journal, self._clock = kept, clock
        self._talks = Talks(sides, kept, (Call,))
        for side in sides:
            side.appending.checks.append(self._checker(side))
        kept.checks.append(self._check_entry)

    def views(self) -> list[CallView]:
        """Every call as it stands now, the newest request first."""
        entries, now = journal.standing(self._journal.entries), self._clock()
        found = [view_of(talk, entries, now) for talk in self._talks.all()]
        return sorted(found, key=lambda view: (-view.lines[0].at, view.id))

    # -- what our side may not say -------------------------------------------------------------

    def _checker(self, side: Side) -> Callable[[int, Record], None]:
        def check(channel: int, record: Record) -> None:
            about = record.refers_to
            if not isinstance(record.body, _RULED) or about is None:
                return
            target = side.shared.books[channel].entry(about.party, about.index)
            if target is None:
                return
            root = side.shared.books[channel].entry(*target.root)
            if root is not None and root.record is not None and isinstance(root.record.body, Call):
                entries = journal.standing(self._journal.entries)
                view = view_of(logged_talk(side, channel, target.root), entries, self._clock())
                _refuse(refusal(view, record.body, target.id))

        return check

    def _check_entry(self, kept: Kept, entries: Sequence[Kept]) -> None:
        """Refuse what our own officer may not say now by another way, or a reminder too soon."""
        body, about = kept.entry.body, kept.entry.about[:1]
        if isinstance(body, Reminded):
            for view in self.views():
                if view.id in about:
                    _refuse(too_soon(view, self._clock()))
        if not isinstance(body, Said) or body.by is Direction.THEIRS or not about:
            return
        for dialogue in dialogues(journal.standing(entries)):
            if isinstance(dialogue.opening.body, Call) and about[0] in _ids(dialogue):
                view = view_of(attested_talk(dialogue), journal.standing(entries), self._clock())
                _refuse(refusal(view, body.body, about[0]))


def _refuse(why: str | None) -> None:
    if why is not None:
        raise Refused(why)


def _ids(dialogue: Attested) -> set[bytes]:
    return {kept.id for kept in dialogue.entries}
