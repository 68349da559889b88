"""What must hold after every event, and what must hold once all faults have ended."""

from __future__ import annotations

from firebreak.ledger.fork import verify_fork
from firebreak.node.logs import judged_of
from firebreak.records.agreement import Channel
from firebreak.values import Precedence
from tests.hostile.faults import Fault
from tests.hostile.party import Party
from tests.hostile.store import LogRows
from tests.hostile.world import HostileWorld, expect

CHANNELS = (Channel.CONTROL, Channel.AIR)
HOUR, MOST_HOURS = 3_660_000, 24
DRAINED_WITHIN = 240_000
"""ms of sound line after which nothing may be missing: several times the longest retry."""
SETTLE = 70_000
"""ms after which every deadline has passed, and the node has noticed."""


class Invariants:
    """The rules over one world. `check` after every event, `healed` at the end."""

    def __init__(self, world: HostileWorld) -> None:
        self.world = world
        world.watchers.append(self.check)

    def rows(self, disk_of: Party, channel: int, author: Party) -> LogRows:
        return disk_of.disk.log(self.world.origin(channel, author))

    # After every event

    def check(self) -> None:
        for party in self.world.parties:
            if party.node is not None:
                expect(party.side.shared.failed is None, "a transaction was refused")
            if not party.hostile and not party.rewritten:
                self._mirror_continues(party)
                self._receipts_hold(party)
        if not any(party.rewritten for party in self.world.parties):
            self._no_fork()
            self._equal_logs_equal_digests()

    def _mirror_continues(self, author: Party) -> None:
        """What the other side holds of an honest log is a prefix of it."""
        for channel in CHANNELS:
            own = self.rows(author, channel, author).entries
            mirror = self.rows(self.world.other(author), channel, author).entries
            common = min(len(own), len(mirror))
            if common:
                same = own[common - 1].digest == mirror[common - 1].digest
                expect(same, f"{author.keys.name}'s mirror differs below {common}")
            lost = author.restored and len(mirror) > len(own)
            expect(lost or len(mirror) <= len(own), "more is mirrored than was durable")

    def _receipts_hold(self, author: Party) -> None:
        """What a receipt says is held is held."""
        holder = self.world.other(author)
        if author.node is None or holder.hostile or holder.restored:
            return
        for channel, receipt in author.side.shared.latest_receipt.items():
            rows = self.rows(holder, channel, author)
            expect(len(rows.entries) >= receipt.unbroken, "a receipt covers what is not held")
            for held in receipt.held:
                for index in range(max(held.start, len(rows.entries)), held.stop):
                    expect(index in rows.overtaken, "a receipt covers what has not overtaken")

    def _no_fork(self) -> None:
        for party in self.world.parties:
            expect(not party.disk.forks, f"{party.keys.name} holds proof of a fork that is none")
            if party.node is not None:
                for book in party.side.shared.books.values():
                    expect(not any(log.forked for log in book.logs.values()), "forked: none is")

    def _equal_logs_equal_digests(self) -> None:
        one, two = self.world.parties
        if one.node is None or two.node is None:
            return
        for channel in CHANNELS:
            books = [party.side.shared.books[channel] for party in (one, two)]
            sizes = [[log.tail.size for log in book.logs.values()] for book in books]
            if sizes[0] == sizes[1] and books[0].digest_sum != books[1].digest_sum:
                expect(False, f"equal logs on {channel.name}, different digests")

    # At the end

    def healed(self) -> None:
        """All faults have ended: everything arrives, is kept, and is understood alike."""
        world = self.world
        world.heal()
        self.check()
        if world.climate.tight:
            self._urgent_passes()
        self._drain("the line is wedged")
        self._apart(SETTLE)
        self._drain("what was logged alone does not arrive")
        self.check()
        self._forks_are_proven()
        for party in world.honest():
            self._acknowledged(party)
            self._deadlines(party)
        self._same_after_restart()

    def _drain(self, complaint: str) -> None:
        """All must arrive; where the quota is tight, some of it in each hour."""
        for _ in range(MOST_HOURS if self.world.climate.tight else 0):
            self._settle(DRAINED_WITHIN // 16)
            if self.drained():
                return
            self._apart(HOUR)
        self._settle(DRAINED_WITHIN)
        expect(self.drained(), f"{complaint}: {self.missing()}")

    def _apart(self, millis: int) -> None:
        """Time passes without a connection: quotas renew, deadlines pass, and both go on alone."""
        self.world.part()
        self.world.pass_time(millis)
        self.world.apart = False
        self.world.connect()

    def _settle(self, within: int) -> None:
        for _ in range(within // 1_000):
            if self.drained():
                return
            self.world.pass_time(1_000)

    def _urgent_passes(self) -> None:
        """Above the quota, what is urgent is there all the same, up to its own cap."""
        self._settle(DRAINED_WITHIN // 6)
        victim, hostile = self.world.parties
        shared = victim.side.shared
        if shared.theirs(Channel.AIR).forked or shared.meters[Channel.AIR].flash.total >= 3:
            return
        mirror = self.rows(victim, Channel.AIR, hostile)
        for entry in self.rows(hostile, Channel.AIR, hostile).entries[len(mirror.entries) :]:
            record = judged_of(entry).record
            if record is not None and record.precedence >= Precedence.IMMEDIATE:
                expect(entry.index in mirror.overtaken, "the quota held up an urgent record")

    def _forks_are_proven(self) -> None:
        """A log with two histories was noticed by both, and the proof convinces anybody."""
        for author in self.world.parties:
            holder = self.world.other(author)
            for channel in CHANNELS:
                own = self.rows(author, channel, author).entries
                mirror = self.rows(holder, channel, author).entries
                common = min(len(own), len(mirror))
                forked = common and own[common - 1].digest != mirror[common - 1].digest
                if forked:
                    self.world.counts[Fault.FORKED] += 1
                for party in self.world.parties:
                    origin = self.world.origin(channel, author)
                    proofs = [fork.data for fork in party.disk.forks if fork.origin == origin]
                    expect(proofs or not forked, f"{party.keys.name} did not notice the fork")
                    for proof in proofs:
                        expect(author.rewritten, "a fork is proven, and there is none")
                        verify_fork(proof, author.keys.log_key)

    def drained(self) -> bool:
        return not self.missing()

    def missing(self) -> list[str]:
        """What is not where it should be, in words."""
        found = []
        for author in self.world.parties:
            holder = self.world.other(author)
            shared = author.side.shared
            if author.store is not None and author.store.waiting:
                found.append(f"{author.keys.name} is writing")
            if shared.recovering and not author.hostile and not self.beyond_repair(author):
                found.append(f"{author.keys.name} is recovering")
            for channel in CHANNELS:
                own = self.rows(author, channel, author).entries
                mirror = self.rows(holder, channel, author).entries
                if holder.twist or holder.side.shared.theirs(channel).forked:
                    continue
                if len(own) != len(mirror):
                    found.append(
                        f"{channel.name} of {author.keys.name}: {len(own)}, held {len(mirror)}"
                    )
                receipt = shared.latest_receipt.get(channel)
                if own and (receipt is None or receipt.unbroken != len(own)):
                    found.append(f"{channel.name} of {author.keys.name}: receipt {receipt}")
        return found

    def beyond_repair(self, author: Party) -> bool:
        """Whether a head of this log is known whose entries nobody has any more.

        To go on would be to sign a second history: the node must not, until root keys open an epoch.
        """
        other = self.world.other(author)
        for channel in CHANNELS:
            mirror = self.rows(other, channel, author).entries
            own = len(self.rows(author, channel, author).entries)
            known = [*other.side.shared.theirs(channel).claimed]
            known.append(author.side.recovery.answered.get(channel, 0))
            if len(mirror) <= own < max(known):
                return author.restored
        return False

    def _acknowledged(self, party: Party) -> None:
        """What was acknowledged is found, byte for byte."""
        for (channel, index), data in {**party.must_return, **party.acknowledged}.items():
            entries = self.rows(party, channel, party).entries
            found = index < len(entries) and entries[index].record == data
            expect(found, f"{party.keys.name} lost its entry {index} on {channel}")

    def _deadlines(self, party: Party) -> None:
        """No question of ours is open and past its time: each was answered, or a lapse is logged."""
        node = party.node
        assert node is not None
        now = node.outside.clock()
        for (channel, place), due in party.side.view.awaited.items():
            mine = place[0] == party.number
            stopped = self.beyond_repair(party)
            expect(
                not mine or stopped or due > now - 2_000,
                f"deadline of {channel}/{place} was forgotten",
            )

    def _same_after_restart(self) -> None:
        """A restart changes nothing of what is known: state, digests, what is awaited, who forked."""
        world = self.world
        for party in world.parties:
            before = self._known(party)
            assert party.store is not None
            party.store.commit()
            party.node = None
            world.start(party)
            expect(self._known(party) == before, f"a restart changed what {party.keys.name} knows")

    def _known(self, party: Party) -> object:
        books = party.side.shared.books
        return (
            {channel: book.shared_digest() for channel, book in books.items()},
            {c: {p: (g.tail, g.forked) for p, g in b.logs.items()} for c, b in books.items()},
            party.side.view.awaited,
            {channel: set(open_) for channel, open_ in party.side.view.currents.items()},
        )
