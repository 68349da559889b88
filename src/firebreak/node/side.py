"""One agreement as this node runs it: its channels, its link to the other party, its deadlines.

Everything here happens on one thread. What must be durable before it is said waits for the store's
callback; `Sending.flush` then hands whole bundles to the carrier.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from firebreak.desk.dialogue import Place
from firebreak.desk.overlap import Overlap
from firebreak.errors import FirebreakError
from firebreak.line import bundle as wire
from firebreak.node.alerts import About, Level
from firebreak.node.appending import Appending
from firebreak.node.receiving import Receiving
from firebreak.node.recovery import Recovery
from firebreak.node.sending import Sending
from firebreak.node.shared import Done, DraftContext, Shared, SideKeys, Surroundings
from firebreak.node.view import View
from firebreak.records.agreement import SignedAgreement
from firebreak.records.kinds import Lapsed
from firebreak.records.record import Record
from firebreak.store import interface as rows
from firebreak.values import Millis, PartyNumber

LAPSE_AGAIN = 60_000
"""ms after which the lapse of a question is tried again, as after the clock was set back."""


class Side:
    """This party's side of one agreement: its parts, and what the runner calls.

    shared: state; view: what is current and awaited; appending, receiving, sending, recovery: ways.
    """

    def __init__(
        self,
        signed: SignedAgreement,
        party: PartyNumber,
        keys: SideKeys,
        around: Surroundings,
        ordinal: int = 0,
    ) -> None:
        self.shared = Shared(signed, party, keys, around, ordinal)
        self.sending = Sending(self.shared)
        self.view = View(self.shared)
        self.appending = Appending(self.shared, self.sending, self.view)
        self.recovery = Recovery(self.shared, self.sending, self.appending)
        self.receiving = Receiving(self.shared, self.sending, self.view, self.recovery)

    @property
    def name(self) -> str:
        """This party's name."""
        return self.shared.base.parties[self.shared.party].name

    @property
    def peer_name(self) -> str:
        """The other party's name."""
        return self.shared.base.parties[self.shared.peer].name

    def draft(self, channel: int, author: int) -> DraftContext:
        """What a record composed now says of its surroundings. Raises Refused."""
        return self.appending.draft(channel, author)

    def submit(self, channel: int, records: Sequence[bytes], done: Done) -> list[rows.Entry]:
        """Append signed records, all or none; see `Appending.submit`. Raises Refused."""
        return self.appending.submit(channel, records, done)

    def receive(self, bundle: wire.Bundle) -> None:
        """Take in an opened bundle. Raises Malformed if it is not from the other party."""
        self.receiving.receive(bundle)

    def overlaps(self, channel: int, record: Record) -> list[Overlap]:
        """What a record of ours would meet, before it is signed. Raises InvalidValue."""
        return self.view.overlaps(channel, record)

    def connected(self) -> None:
        """A carrier to the other side has come up: to their node, as it showed; they speak anew."""
        self.shared.said_at, self.shared.peer_recovers = None, False
        self.sending.perform(self.shared.link.connect(self.shared.around.clock()))
        self.sending.flush()

    def disconnected(self) -> None:
        """The carrier to the other side is gone."""
        self.sending.perform(self.shared.link.disconnect())

    def tick(self) -> None:
        """Time has passed: retries, pulses, deadlines, expiries."""
        now = self.shared.around.clock()
        self.sending.perform(self.shared.link.tick(now))
        self.recovery.tick(now)
        self.deadlines(now)
        self.view.expire(now)
        self.sending.flush()

    def wake_at(self) -> Millis | None:
        """When `tick` is next needed, ms UTC."""
        times = [self.shared.link.wake_at(), self.recovery.wake_at()]
        times += [due for key, due in self.view.awaited.items() if key not in self.view.overdue]
        times += [
            current.volume.window.end
            for currents in self.view.currents.values()
            for current in currents.values()
        ]
        times += self.lapses().values()
        return min((time for time in times if time is not None), default=None)

    def deadlines(self, now: Millis) -> None:
        """Tell of what is overdue, once; log the lapse of our own questions as soon as we may."""
        for (channel, place), due in self.view.awaited.items():
            if due > now or (channel, place) in self.view.overdue:
                continue
            self.view.overdue.add((channel, place))
            if place[0] == self.shared.party:
                text = "No answer came by the time asked for."
                self.shared.alert(Level.ALARM, About.LAPSED, text, channel, place)
            else:
                text = "Our answer is overdue; the other side may record a lapse."
                self.shared.alert(Level.ALARM, About.OVERDUE, text, channel, place)
        for (channel, place), try_at in self.lapses().items():
            if try_at <= now:
                self.view.lapsing[channel, place] = Millis(now + LAPSE_AGAIN)
                with suppress(FirebreakError):  # it stays overdue, and has been told
                    self.appending.append_as_node(channel, Lapsed(), place)

    def lapses(self) -> dict[tuple[int, Place], Millis]:
        """Overdue questions of ours whose lapse may be logged, and is not; when to try it next."""
        return {
            (channel, place): self.view.lapsing.get(
                (channel, place), self.view.awaited[channel, place]
            )
            for channel, place in sorted(self.view.overdue)
            if place[0] == self.shared.party and self.appending.refusal(channel) is None
        }
