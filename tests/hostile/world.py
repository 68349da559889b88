"""Two nodes that ship, between a carrier, two disks and a clock that are all against them.

Everything that happens follows from a seed. Time is virtual: a step lets it pass, and what falls due
(a bundle, a commit, a retry, a deadline, a machine that starts again) happens in its order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Final

from firebreak.errors import StoreTrouble
from firebreak.node.core import Node
from firebreak.records.agreement import Agreement, Channel, Quota
from firebreak.records.drafting import standard
from firebreak.records.kinds import Kind
from firebreak.values import Millis
from tests.hostile.carrier import CALM, Carrier, Weather
from tests.hostile.faults import Fault
from tests.hostile.party import Backup, Crashed, Party
from tests.hostile.store import Disk
from tests.worlds import DAYS, NOW, START, World, make_party, seed_of

PLENTY: Final = Quota(bytes_a_day=64 << 20, records_an_hour=2_000, flash_an_hour=60)
TIGHT: Final = Quota(bytes_a_day=64 << 20, records_an_hour=20, flash_an_hour=3)
OVERDUE_SLEEP: Final = 1_000
"""ms until the next tick where the last one left something due, as node/runner.py has it."""


class Broken(AssertionError):
    """An invariant does not hold."""


def expect(holds: object, what: str) -> None:
    """Raises Broken unless it holds."""
    if not holds:
        raise Broken(what)


_SAID_ON_AIR: Final = [kind for kind in Kind if kind >= Kind.CALL]


@cache
def ground(tight: bool) -> World:
    """Keys and agreement: the same for every seed. On air a statement takes two officers.

    Air carries calls, incidents, contacts, sites and movements, too: one channel for all of it.
    """
    parties = (make_party(0), make_party(1))
    cards = [party.roster for party in parties]
    made = standard(
        *cards, seed=seed_of("hostile"), start=START, days=DAYS, catalogue=seed_of("catalogue")
    )
    quota = TIGHT if tight else PLENTY
    channels = tuple(
        replace(
            terms,
            quota=quota,
            two_officers=(Kind.STATEMENT,),
            kinds=tuple(sorted({*terms.kinds, *_SAID_ON_AIR})),
        )
        if terms.channel is Channel.AIR
        else terms
        for terms in made.channels
        if terms.channel is not Channel.COMMAND
    )
    checks = tuple(at for at in made.line_checks if at.channel is not Channel.COMMAND)
    agreement: Agreement = replace(made, channels=channels, line_checks=checks)
    return World(agreement, parties)


@dataclass(frozen=True, slots=True)
class Climate:
    """What a seed draws at its beginning."""

    weather: Weather
    skews: tuple[int, int] = (0, 0)
    slowest_commit: int = 20
    tight: bool = False
    hostile: bool = False


class HostileWorld:
    """Two parties and what lies between them. Party 1 is the hostile one, where there is one."""

    def __init__(self, seed: int, climate: Climate) -> None:
        self.chance = Random(f"events {seed}")
        self.climate = climate
        self.counts: Counter[Fault] = Counter()
        self.ground = ground(climate.tight)
        self.quota = TIGHT if climate.tight else PLENTY
        self.now = Millis(NOW)
        self.carrier = Carrier(Random(f"carrier {seed}"), climate.weather, self.counts)
        self.parties = [
            Party(number, keys, self.ground.signed, skew)
            for number, (keys, skew) in enumerate(
                zip(self.ground.parties, climate.skews, strict=True)
            )
        ]
        self.parties[1].hostile = climate.hostile
        if any(climate.skews):
            self.counts[Fault.SKEWED] += 1
        self.apart = False
        self.calm = False
        self.watchers: list[Callable[[], None]] = []
        for party in self.parties:
            self.start(party)

    # Running

    def honest(self) -> list[Party]:
        return [party for party in self.parties if not party.hostile]

    def other(self, party: Party) -> Party:
        return self.parties[1 - party.number]

    def start(self, party: Party) -> None:
        """Open a party's node; a disk that is torn is replaced by its oldest backup, or a new one."""
        self.now = Millis(self.now + 1)
        try:
            self._open(party)
        except StoreTrouble:
            expect(party.torn, "a sound disk was refused")
            self.counts[Fault.TORN] += 1
            self.replace_disk(party)
            self._open(party)
        else:
            expect(not party.torn, "a torn disk was not noticed")
        party.torn = False
        self.connect()

    def _open(self, party: Party) -> None:
        readers = {n: keys.reader_secret for n, keys in enumerate(self.ground.parties)}
        party.reopen_at = party.commit_at = None
        holder: list[Node] = []

        def deliver(callback: Callable[[], None]) -> None:
            if holder and party.node is holder[0] and not party.crashed:
                self._guarded(party, callback)

        def send(_name: str, data: bytes) -> bool:
            party.fuse.burn("send")
            if party.node is None or self.apart:
                return False
            sent = party.twist(data) if party.twist else data
            self.carrier.post(1 - party.number, sent, self.now)
            party.fuse.burn("send")
            return True

        def woken() -> None:
            if party.commit_at is None:
                slow = not self.calm and self.chance.random() < 0.05
                self.counts[Fault.SLOW_DISK] += slow
                longest = 3_000 if slow else self.climate.slowest_commit
                party.commit_at = self.now + self.chance.randint(1, longest)

        party.open(readers, lambda: Millis(self.now + party.skew), send, deliver, woken)
        assert party.node is not None
        holder.append(party.node)

    def _guarded(self, party: Party, action: Callable[[], object]) -> None:
        try:
            action()
        except Crashed:
            party.crashed = True

    def act(self, party: Party, action: Callable[[Node], object]) -> None:
        """Let a node do something; its machine may stop in the middle of it."""
        node = party.node
        if node is None:
            return
        self._guarded(party, lambda: action(node))
        if party.crashed:
            kind = Fault.CRASH_AT_SEND if party.fuse.burnt_at == "send" else Fault.CRASH_AT_APPEND
            self.counts[kind] += 1
            self.crash(party)

    def crash(self, party: Party, *, torn: bool = False) -> None:
        """The machine stops: the disk keeps a prefix of what was submitted to it."""
        store = party.store
        assert store is not None
        waiting = len(store.waiting)
        kept = self.chance.randint(0, waiting)
        self.counts[Fault.KEPT_UNTOLD] += kept > 0
        self.counts[Fault.SUFFIX_LOST] += kept < waiting
        party.torn = store.lose_power(kept, torn=torn)
        party.crashed = True
        party.node = party.store = party.commit_at = None
        party.drafts.clear()
        party.reopen_at = self.now + self.chance.randint(10, 20_000)
        if self.chance.random() < 0.7:
            self._tell(self.other(party), False)

    def back_up(self, party: Party) -> None:
        """Copy the disk of a node that runs."""
        if party.node is None:
            return
        kept = {
            place: data
            for place, data in party.acknowledged.items()
            if self._held(party.disk, party, place, data)
        }
        party.backups.append(Backup(party.disk.snapshot(), kept))

    def replace_disk(self, party: Party, number: int = 0) -> None:
        """A backup takes the disk's place, or a new disk if there is none; that is known."""
        backup = party.backups[number] if party.backups else Backup(Disk(), {})
        self._put_back(party, backup)
        party.restored = True
        self.counts[Fault.RESTORED] += 1
        party.disk.settings["restored"] = str(self.counts[Fault.RESTORED]).encode()

    def roll_back(self, party: Party, number: int) -> None:
        """A backup takes the disk's place, and nobody knows: as when a whole machine is set back."""
        self._put_back(party, party.backups[number])
        party.rewritten = party.restored = True
        self.counts[Fault.ROLLED_BACK] += 1

    def _put_back(self, party: Party, backup: Backup) -> None:
        mirror = self.other(party).disk
        lost = {
            place: data
            for place, data in {**party.acknowledged, **party.must_return}.items()
            if backup.acknowledged.get(place) != data
        }
        party.must_return = {
            place: data for place, data in lost.items() if self._held(mirror, party, place, data)
        }
        party.acknowledged = dict(backup.acknowledged)
        party.disk = backup.disk.snapshot()
        party.torn = False
        other = self.other(party)
        other.must_return = {
            place: data
            for place, data in other.must_return.items()
            if self._held(party.disk, other, place, data)
            or self._held(other.disk, other, place, data)
        }
        # Its connections are gone with it. (What travels on a stick is not: spec/exchange.md §7.)
        self.carrier.forget(1 - party.number)

    def _held(self, disk: Disk, author: Party, place: tuple[int, int], data: bytes) -> bool:
        entries = disk.log(self.origin(place[0], author)).entries
        return place[1] < len(entries) and entries[place[1]].record == data

    def origin(self, channel: int, party: Party) -> str:
        """The origin of a party's log."""
        return self.ground.log(channel, party.number).origin

    # The line

    def connect(self) -> None:
        """A connection between both nodes, if both run and nothing parts them."""
        if self.apart or any(party.node is None for party in self.parties):
            return
        for party in self.parties:
            self._tell(party, False)
        for party in self.parties:
            self._tell(party, True)

    def part(self) -> None:
        """Both notice that the connection is gone."""
        self.apart = True
        for party in self.parties:
            self._tell(party, False)

    def _tell(self, party: Party, stands: bool) -> None:
        self.act(party, lambda node: node.connection(self.other(party).keys.name, stands))

    # Time

    def pass_time(self, millis: int) -> None:
        """Let time pass, and what falls due happen."""
        until = self.now + millis
        while True:
            at, happen = self._next()
            if at is None or at > until:
                break
            self.now = Millis(max(self.now, at))
            happen()
            for watcher in self.watchers:
                watcher()
        self.now = Millis(until)

    def _next(self) -> tuple[int | None, Callable[[], None]]:
        found: list[tuple[int, int, Callable[[], None]]] = []
        arrives = self.carrier.next_at()
        if arrives is not None:
            found.append((arrives, 0, self._arrive))
        for party in self.parties:
            if party.commit_at is not None:
                found.append((party.commit_at, 1 + party.number, lambda p=party: self._commit(p)))  # type: ignore[misc]  # bound at once
            if party.reopen_at is not None:
                found.append((party.reopen_at, 3 + party.number, lambda p=party: self.start(p)))  # type: ignore[misc]
            if party.node is not None:
                wake = party.node.wake_at()
                if wake is not None:
                    due = max(wake - party.skew, party.not_before)
                    found.append((due, 5 + party.number, lambda p=party: self._tick(p)))  # type: ignore[misc]
        if not found:
            return None, lambda: None
        at, _, happen = min(found, key=lambda event: event[:2])
        return at, happen

    def _arrive(self) -> None:
        flight = self.carrier.arrived(self.now)
        assert flight is not None
        party = self.parties[flight.to]
        sender = self.other(party).keys.name
        self.act(party, lambda node: node.received_or_told(flight.data, sender))

    def _commit(self, party: Party) -> None:
        store = party.store
        assert store is not None
        party.commit_at = None
        most = len(store.waiting)
        if not self.calm and self.chance.random() < 0.2:
            most = self.chance.randint(1, most)
        self.act(party, lambda _: store.commit(most))
        if party.node is not None and store.waiting and party.commit_at is None:
            party.commit_at = self.now + 1

    def _tick(self, party: Party) -> None:
        self.act(party, lambda node: node.tick())
        wake = party.node.wake_at() if party.node is not None else None
        overdue = wake is not None and wake - party.skew <= self.now
        party.not_before = self.now + (OVERDUE_SLEEP if overdue else 0)

    # Healing

    def heal(self) -> None:
        """All that is against them ends: both run, the carrier is sound, the disks are quick."""
        self.calm = True
        self.carrier.weather = CALM
        parted, self.apart = self.apart, False
        self.carrier.broken = False
        for party in self.parties:
            party.fuse.left = 0
        down = [party for party in self.parties if party.node is None]
        for party in down:
            self.start(party)
        if parted and not down:
            self.connect()
