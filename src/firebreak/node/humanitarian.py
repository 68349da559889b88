"""The humanitarian channel of a running node: what its lines and its journal hold, and what alarms.

An unanswered "under attack, stop" alarms when its time is up, and again for every further step; what
expires or is due is told once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from firebreak.desk import journal
from firebreak.desk.humanitarian import Register, register
from firebreak.desk.humanitarian_lists import SOON_MS, expiring
from firebreak.desk.humanitarian_lists import Due as What
from firebreak.desk.humanitarian_state import (
    Escalation,
    Notified,
    StopSaid,
    escalation,
    notified_of,
    stop_of,
)
from firebreak.desk.routes import ladder_to, level_of
from firebreak.node.alerts import About, Level
from firebreak.node.due import Due
from firebreak.node.journal import Journal
from firebreak.node.side import Side
from firebreak.node.talks import Talks
from firebreak.records.agreement import Channel
from firebreak.records.figures import date_time_group
from firebreak.records.sites import Movement, Site, Stop
from firebreak.values import Millis


class Humanitarian:
    """Sites, movements and stops of every side and of the journal."""

    def __init__(self, sides: Sequence[Side], kept: Journal) -> None:
        # A line without this channel is not read for it, however long its logs are.
        self._sides = [side for side in sides if Channel.HUMANITARIAN in side.shared.books]
        self._journal = kept
        self._notices = Talks(self._sides, kept, (Site, Movement))
        self._stops = Talks(self._sides, kept, (Stop,))
        self._cached: tuple[tuple[int, ...], list[Notified], list[StopSaid]] = ((), [], [])

    # -- what there is -------------------------------------------------------------------------

    def register(self) -> Register:
        """Organisations and entries, by our journal."""
        return register(journal.standing(self._journal.entries))

    def notified(self) -> list[Notified]:
        """Every site and movement that either side told the other of, oldest first."""
        found = [made for talk in self._notices.all() if (made := notified_of(talk)) is not None]
        return sorted(found, key=lambda each: (each.composed_at, each.id))

    def stops(self) -> list[StopSaid]:
        """Every "under attack, stop" of either side, oldest first."""
        found = [made for talk in self._stops.all() if (made := stop_of(talk)) is not None]
        return sorted(found, key=lambda each: (each.asked_at, each.id))

    def escalation(self, stop: StopSaid, now: Millis) -> Escalation | None:
        """Whom to try next where one of ours is unanswered beyond its time."""
        entries, offices = journal.standing(self._journal.entries), self._offices(stop.party)
        level = level_of(entries, stop.party, next(iter(offices), ""), Channel.HUMANITARIAN)
        return escalation(stop, offices, ladder_to(entries, stop.party, level), now)

    def _offices(self, party: str) -> list[str]:
        """Theirs on the humanitarian channel, by the agreement with them."""
        for side in self._sides:
            terms = side.shared.agreement.terms(Channel.HUMANITARIAN)
            if side.peer_name == party and terms is not None:
                offices = [side.shared.agreement.offices[number] for number in terms.offices]
                return [office.role for office in offices if office.party == side.shared.peer]
        return []

    # -- what is due ---------------------------------------------------------------------------

    def due(self, now: Millis) -> Iterator[Due]:
        """Each step of each unanswered stop of ours, and what expires or must be verified again."""
        notified, stops = self._held()
        for stop in stops:
            yield from self._steps(stop, now)
        for each in expiring(self.register(), notified, now, SOON_MS):
            early = each.what in (What.EXPIRES, What.REVALIDATE)
            yield Due(
                f"humanitarian {each.name} {each.what} {0 if each.at == now else each.at}",
                Millis(each.at - SOON_MS if early else each.at),
                Level.CAUTION if early else Level.WARNING,
                About.HUMANITARIAN,
                each.text(date_time_group(each.at)),
            )

    def _held(self) -> tuple[list[Notified], list[StopSaid]]:
        """Notifications, and our stops without an answer: anew only when logs or journal have grown."""
        sizes = (
            len(self._journal.entries),
            *(
                log.durable
                for side in self._sides
                for log in side.shared.books[Channel.HUMANITARIAN].logs.values()
            ),
        )
        if self._cached[0] != sizes:
            stops = [stop for stop in self.stops() if stop.ours and stop.answered_at is None]
            self._cached = (sizes, self.notified(), stops)
        return self._cached[1:]

    def _steps(self, stop: StopSaid, now: Millis) -> Iterator[Due]:
        """The step that stands now, and the one that comes if nobody answers until then."""
        found = self.escalation(stop, Millis(max(now, stop.due)))
        assert found is not None
        following = self.escalation(stop, found.next_at)
        assert following is not None
        for step in (found, following):
            yield Due(
                f"stop {stop.id.hex()} {step.step}",
                Millis(step.next_at - stop.within),
                Level.ALARM,
                About.HUMANITARIAN,
                f"UNDER ATTACK, STOP at {stop.place}: {stop.party} has not answered since"
                f" {date_time_group(stop.asked_at)}. {step.proposal} By voice: firebreak"
                f" humanitarian stop PLACE --to {stop.party} --by voice",
            )
