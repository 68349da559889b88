"""Every dialogue of one sort that this node holds: from the logs of its lines, and from its journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from firebreak.desk import journal
from firebreak.desk.attested import dialogues
from firebreak.desk.dialogue import Place
from firebreak.desk.talks import Talk, Uttered, attested_talk
from firebreak.node.following import Following
from firebreak.node.journal import Journal
from firebreak.node.side import Side
from firebreak.records.agreement import Mode
from firebreak.records.contacts import Way
from firebreak.records.kinds import KIND_OF


class Talks:
    """Dialogues that a record with a body of these classes opened."""

    def __init__(
        self, sides: Sequence[Side], kept: Journal, opened_by: tuple[type[Any], ...]
    ) -> None:
        self._journal, self._opened_by = kept, opened_by
        self._following = Following(sides, frozenset(KIND_OF[body] for body in opened_by))

    def logged(self) -> list[tuple[Side, int, Talk]]:
        """Those of the lines, each with its side and channel."""
        return [
            (side, channel, logged_talk(side, channel, place))
            for side, channel, place in self._following.found()
            # Not a later version, which takes the place of an earlier one:
            if side.shared.books[channel].held(*place)[1].root == place
        ]

    def attested(self) -> list[Talk]:
        """Those of the journal."""
        entries = journal.standing(self._journal.entries)
        found = dialogues(entries)
        return [attested_talk(d) for d in found if isinstance(d.opening.body, self._opened_by)]

    def all(self) -> list[Talk]:
        """Both."""
        return [*(talk for _, _, talk in self.logged()), *self.attested()]


def logged_talk(side: Side, channel: int, root: Place) -> Talk:
    """A dialogue of a line, by its root."""
    shared, book = side.shared, side.shared.books[channel]
    said = []
    for placed in sorted(book.dialogue(root), key=lambda each: each.order):
        party, index = placed.place
        record = placed.judged.record
        if record is None or placed.judged.void is not None:
            continue
        roster = shared.control.roster(party, record.control)
        own = party == shared.party
        said.append(
            Uttered(
                placed.judged.id,
                placed.place,
                record,
                book.held(party, index)[0].stored_at,
                roster.entries[record.author].office if roster is not None else "",
                Way.NODE,
                shared.delivered[channel].covers(index) if own else None,
                None,
            )
        )
    exercise = shared.agreement.mode is Mode.EXERCISE
    return Talk(shared.party, side.peer_name, False, exercise, book.state(root), tuple(said))
