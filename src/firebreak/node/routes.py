"""The ladder of routes in a running node: what was tried for what, and no wider rung without a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from firebreak.desk import journal, routes
from firebreak.desk.dialogue import Place
from firebreak.desk.entries.contacts import Rung, Said
from firebreak.desk.entries.routes import RungTaken
from firebreak.desk.journal import Kept, of_kind
from firebreak.desk.routes import LadderView, Matter, Try, outcome_of_question
from firebreak.errors import Refused
from firebreak.node.alerts import About, Level
from firebreak.node.asked import delivered_by, outcome_on_line, stated_reason, stored_at
from firebreak.node.contacts import offices_of
from firebreak.node.due import Due
from firebreak.node.following import Following
from firebreak.node.journal import Journal
from firebreak.node.side import Side
from firebreak.records.calls import Call
from firebreak.records.contacts import Outcome, Precision, Way
from firebreak.records.kinds import NEEDS_ANSWER, Kind
from firebreak.records.record import NODE_AUTHOR
from firebreak.records.spelling import name_of
from firebreak.values import Millis

ASKED: Final = 30 * 86_400_000
"""ms: matters that were opened earlier are no longer listed; each can still be asked for by its id."""


class Routes:
    """Every matter of our own that wants an answer, over a node's line or otherwise."""

    def __init__(
        self,
        sides: Sequence[Side],
        kept: Journal,
        clock: Callable[[], Millis],
    ) -> None:
        self._journal, self._clock = kept, clock
        self._following = Following(sides, NEEDS_ANSWER - {Kind.LINE_CHECK})
        self._ended: set[tuple[int, int, Place]] = set()
        kept.checks.append(self._check_entry)

    @property
    def entries(self) -> list[Kept]:
        """Those of the journal that count."""
        return journal.standing(self._journal.entries)

    def views(self) -> list[LadderView]:
        """The ladder of each matter of the last 30 days, the newest first."""
        return self._views(answered=True)

    def _views(self, *, answered: bool) -> list[LadderView]:
        """answered: also those questions of the lines that are known to be answered for good."""
        now, entries = self._clock(), self.entries
        kept = {each.id: each.entry.at for each in entries}
        found: list[tuple[int, Matter]] = [(kept[m.id], m) for m in routes.matters(entries)]
        for side, channel, place in self._following.found():
            key = (id(side), channel, place)
            if place[0] != side.shared.party or (key in self._ended and not answered):
                continue
            at = side.shared.books[channel].held(*place)[0].stored_at
            matter = self.logged(side, channel, place) if at > now - ASKED else None
            if matter is None or matter.logged[0].outcome is Outcome.HELD:
                self._ended.add(key)
            if matter is not None:
                found.append((at, matter))
        found = [each for each in found if each[0] > now - ASKED]
        found.sort(key=lambda each: -each[0])
        return [routes.view(entries, matter, now) for _, matter in found]

    def of_entry(self, identity: bytes) -> LadderView | None:
        """The ladder of what was asked by another way than a node; None if that is no such entry."""
        entries = self.entries
        tied = {
            later: kept.entry.about[0]
            for kept, _ in of_kind(entries, RungTaken)
            for later in kept.entry.about[1:]
        }
        wanted = tied.get(identity, identity)
        for matter in routes.matters(entries):
            if matter.id == wanted:
                return routes.view(entries, matter, self._clock())
        return None

    def of_record(self, side: Side, channel: int, place: Place) -> LadderView | None:
        """The ladder of a question that we asked on a line; None if it is none."""
        matter = self.logged(side, channel, place)
        return None if matter is None else routes.view(self.entries, matter, self._clock())

    def logged(self, side: Side, channel: int, place: Place) -> Matter | None:
        """A question of ours on a line, with what the line shows of it."""
        book = side.shared.books[channel]
        entry, judged = book.held(*place)
        record = judged.record
        if record is None or judged.void is not None or place[0] != side.shared.party:
            return None
        if record.kind not in NEEDS_ANSWER:
            return None
        state, now = book.state(place), self._clock()
        question = next((q for q in state.questions if q.place == place), None)
        replies = []
        for answer, _ in question.answers if question else ():
            given = book.entry(*answer)
            if given is not None and given.record is not None:
                replies.append(given.record.body)
        theirs, reason = offices_of(side, channel, place, record)[1], None
        due = question.due if question is not None and question.open else None
        if isinstance(record.body, Call):
            theirs = record.body.counterpart
            told = book.dialogue(place)
            outcome, reason = outcome_on_line(side, channel, told, now), stated_reason(side, told)
        else:
            until = record.answer_due if due is None else due
            places = [answer for answer, _ in question.answers] if question else []
            answered = stored_at(side, channel, places)
            delivered = delivered_by(side, channel, place, until, answered)
            outcome = outcome_of_question(due, replies, delivered=delivered, now=now)
        tried = Try(
            judged.id,
            Rung.DIRECT,  # sealed to the office itself, whoever carried it
            Way.NODE,
            record.composed_at,
            Precision.MINUTE,
            entry.stored_at,
            outcome,
            due,
            reason,
        )
        level = routes.level_of(self.entries, side.peer_name, theirs, channel)
        subject = name_of(Kind(record.kind))
        return Matter(judged.id, side.peer_name, theirs, level, subject, (tried,))

    # -- what our side may not do ------------------------------------------------------------------

    def _check_entry(self, kept: Kept, entries: Sequence[Kept]) -> None:
        body = kept.entry.body
        if isinstance(body, RungTaken) and kept.entry.author == NODE_AUTHOR:
            raise Refused("A rung is taken by a person. Have an officer sign it.")
        if isinstance(body, Said):
            about = kept.entry.about[0] if kept.entry.about else None
            why = routes.refusal(journal.standing(entries), kept.id, body, about)
            if why is not None:
                raise Refused(why)

    # -- what is due -------------------------------------------------------------------------------

    def due(self, now: Millis) -> Iterator[Due]:
        """The next rung of each matter that came to nothing, proposed once."""
        for view in self._views(answered=False):
            tried = [each for rung in view.rungs for each in rung.tries]
            if view.next is None or not tried:
                continue
            short = view.id.hex()[:8]
            text = (
                f"{view.subject} {short} to {view.theirs} of {view.party}: {view.why} See:"
                f" firebreak route show {short}"
            )
            key = f"route {view.id.hex()} {name_of(view.next)}"
            yield Due(key, now, Level.CAUTION, About.ROUTE, text)
