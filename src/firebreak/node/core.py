"""A node: its sides, one for each agreement, and the sealed bundles that come and go.

It runs on one thread and does no I/O itself: store, clock, randomness and carriers are handed in, so
that the hostile world of the tests drives the code that ships.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from firebreak.errors import FirebreakError, InvalidValue, Misbehaviour, NotForUs, StoreTrouble
from firebreak.line import bundle as wire
from firebreak.node.alerts import About, Alert, Level
from firebreak.node.shared import SideKeys, Surroundings, at_once
from firebreak.node.side import Side
from firebreak.records.agreement import SignedAgreement
from firebreak.sealing import SUITE_OF, SealingKeys, SealingPublic, Suite, open_bundle, seal
from firebreak.store.interface import JournalLine, Store
from firebreak.values import Millis, PartyNumber, Precedence

BUNDLE_LIFE = 7 * 86_400_000
"""ms: a bundle that has not arrived after so long is composed anew."""
ALERTS_KEPT = 2_000
REFUSALS_TOLD = 30
"""Refused bundles and items that are told, and written to the journal, in a minute."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the node is given. send: a sealed bundle to a party by name; False if it cannot go now;
    later: does some work in a turn of its own; suite: of lines that are not narrow; narrow: parties
    by name, to which the line is."""

    store: Store
    clock: Callable[[], Millis]
    send: Callable[[str, bytes], bool]
    suite: Suite = Suite.WIDE
    later: Callable[[Callable[[], None]], None] = at_once
    narrow: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Joined:
    """One agreement that this node takes part in."""

    signed: SignedAgreement
    party: PartyNumber
    keys: SideKeys


class Node:
    """All sides of one party."""

    def __init__(self, sealing: SealingKeys, joined: Sequence[Joined], outside: Outside) -> None:
        self.sealing = sealing
        self.outside = outside
        self.alerts: deque[tuple[int, Alert]] = deque(maxlen=ALERTS_KEPT)
        self.alert_count = 0
        self.refused_count = 0
        self.refused: Counter[str] = Counter()
        self.refusals: deque[Millis] = deque(maxlen=REFUSALS_TOLD)
        self.observers: list[Callable[[int, Alert], None]] = []
        self.sides: list[Side] = []
        for ordinal, agreement in enumerate(joined):
            self.sides.append(self._side(agreement, ordinal))

    def _side(self, joined: Joined, ordinal: int) -> Side:
        holder: list[Side] = []

        def send(bundle: wire.Bundle, precedence: Precedence) -> bool:
            side = holder[0]
            data = self.seal(side, bundle, precedence, suite)
            return self.outside.send(side.peer_name, data)

        outside = self.outside
        narrow = joined.signed.agreement.parties[1 - joined.party].name in outside.narrow
        suite = SUITE_OF["narrow"] if narrow else outside.suite  # B-10
        around = Surroundings(outside.store, outside.clock, send, self.tell, outside.later, narrow)
        side = Side(joined.signed, joined.party, joined.keys, around, ordinal)
        holder.append(side)
        return side

    def side(self, agreement: str | None = None) -> Side:
        """The side whose agreement's digest begins so; the only one if none is named.

        Raises InvalidValue if there is none, or more than one.
        """
        found = [
            side
            for side in self.sides
            if agreement is None or side.shared.base.digest().hex().startswith(agreement.lower())
        ]
        if len(found) == 1:
            return found[0]
        if not self.sides:
            raise InvalidValue(
                "This node has no agreement yet. Make one: firebreak agreement new --minimal."
            )
        names = ", ".join(side.shared.base.digest().hex()[:8] for side in self.sides)
        raise InvalidValue(f"Name one agreement with --agreement: {names}.")

    def seal(self, side: Side, bundle: wire.Bundle, precedence: Precedence, suite: Suite) -> bytes:
        """A bundle sealed to the other party's node."""
        keys = side.shared.control.latest_roster(side.shared.peer).node
        to = SealingPublic(keys.x25519, keys.xwing)
        expires = Millis(self.outside.clock() + BUNDLE_LIFE)
        return seal(bundle.encoded(), to, suite, precedence, expires)

    def receive(self, data: bytes, sender: str | None = None) -> None:
        """Take in a sealed bundle; sender: who the carrier knows it is from, None from a file.

        Raises Misbehaviour for a bundle that cannot be opened or is of no agreement held here.
        """
        try:
            side, bundle = self.addressed(data, sender)
            side.receive(bundle)
        except Misbehaviour as error:
            self.refused[type(error).__name__] += 1
            raise

    def addressed(self, data: bytes, sender: str | None = None) -> tuple[Side, wire.Bundle]:
        """A sealed bundle opened, with the side that it is for. Raises as `receive`."""
        _, plain = open_bundle(data, [self.sealing], self.outside.clock())
        bundle = wire.parse_bundle(plain)
        return self._side_of(bundle, sender), bundle

    def _side_of(self, bundle: wire.Bundle, sender: str | None) -> Side:
        for side in self.sides:
            ours = side.shared.base.id.startswith(bundle.agreement)
            theirs = side.shared.peer == bundle.sender and sender in (None, side.peer_name)
            if ours and theirs:  # E-2
                return side
        raise NotForUs("The bundle is of an agreement that this node does not take part in.")

    def received_or_told(self, data: bytes, sender: str | None) -> bool:
        """Take in a bundle from a carrier: what cannot be taken is told, and harms nothing.

        False if it, or anything in it, was refused.
        """
        before = self.refused_count
        try:
            self.receive(data, sender)
        except StoreTrouble as error:
            for side in self.sides:
                side.shared.store_failed(error)
        except FirebreakError as error:
            now = self.outside.clock()
            self.tell(Alert(now, Level.CAUTION, About.REFUSED_BUNDLE, str(error)))
        return self.refused_count == before

    def connection(self, party: str, stands: bool) -> None:
        """The carrier to a party has come up or gone."""
        for side in self.sides:
            if side.peer_name == party:
                if stands:
                    side.connected()
                else:
                    side.disconnected()

    def tick(self) -> None:
        """Time has passed."""
        for side in self.sides:
            side.tick()

    def wake_at(self) -> Millis | None:
        """When `tick` is next needed, ms UTC."""
        times = [side.wake_at() for side in self.sides]
        return min((time for time in times if time is not None), default=None)

    def tell(self, alert: Alert) -> None:
        """Keep an alert, write it to the journal, and show it to whoever watches.

        Anybody can send what is refused: of that so much a minute is told, and the rest only counted.
        """
        if alert.about is About.REFUSED_BUNDLE:
            self.refused_count += 1
            full = len(self.refusals) == self.refusals.maxlen
            if full and alert.at - self.refusals[0] < 60_000:
                self.refused["untold"] += 1
                return
            self.refusals.append(alert.at)
        self.alert_count += 1
        self.alerts.append((self.alert_count, alert))
        if alert.about is not About.STORE:
            where = (
                "" if alert.place is None else f" {alert.channel}/{alert.place[0]}/{alert.place[1]}"
            )
            line = JournalLine(alert.at, f"alert {alert.about}", f"{alert.text}{where}")
            self.outside.store.submit([line], lambda error: None)
        for observer in list(self.observers):
            observer(self.alert_count, alert)
