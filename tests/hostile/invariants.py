"""What must hold after every event, and what must hold once all faults have ended."""

from __future__ import annotations

from copy import deepcopy

from firebreak.desk.dialogue import Place
from firebreak.desk.tables import Standing
from firebreak.ledger.fork import verify_fork
from firebreak.ledger.judge import Judged, seen_sizes
from firebreak.ledger.merkle import root_of, verify_inclusion
from firebreak.ledger.receipt import Range, Receipt, parse_receipt
from firebreak.line import bundle as wire
from firebreak.node.logs import Log, judged_of
from firebreak.records.agreement import Channel
from firebreak.records.calls import CallAnswer
from firebreak.records.kinds import Answer, Lapsed
from firebreak.records.record import Record
from firebreak.values import Precedence
from tests.hostile.faults import Fault
from tests.hostile.party import Party
from tests.hostile.store import LogRows
from tests.hostile.world import HostileWorld, expect

CHANNELS = (Channel.CONTROL, Channel.AIR)
HOUR, MORE_THAN_AN_HOUR, MOST_HOURS = 3_600_000, 3_660_000, 24
DRAINED_WITHIN = 240_000
"""ms of sound line after which nothing may be missing: several times the longest retry."""
SETTLE = 70_000
"""ms after which every deadline has passed, and the node has noticed."""
_ANSWERED = (Standing.ANSWERED, Standing.ANSWERED_LATE, Standing.WITHDRAWN)


class Invariants:
    """The rules over one world. `check` after every event, `healed` at the end."""

    def __init__(self, world: HostileWorld) -> None:
        self.world = world
        self.receipted: dict[tuple[int, int], object] = {}
        self.promised: dict[tuple[int, int], dict[int, bytes]] = {}
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
                self._delivered_is_held(party)
            if not party.hostile:
                self._receipts_hold(party)
            if not party.restored:
                self._quota_keeps(party)
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

    def _receipts_hold(self, holder: Party) -> None:
        """What our receipts cover is held, byte for byte, under the head that each names (E-4).

        Whoever the author is, and whatever history he is in: it is what the holder would sign now.
        """
        if holder.node is None:
            return
        author, shared = self.world.other(holder), holder.side.shared
        for channel in CHANNELS:
            rows = self.rows(holder, channel, author)
            ahead = shared.ahead[channel]
            state = (shared.theirs(channel).durable, [i for i in ahead if ahead[i].durable])
            if self.receipted.get((holder.number, channel)) == state:
                continue
            self.receipted[holder.number, channel] = state
            self._promises_kept(holder, channel, rows)
            for item in holder.side.sending.receipt_items(channel):
                assert isinstance(item, wire.ReceiptItem)
                self._receipt_holds(shared.theirs(channel), rows, parse_receipt(item.receipt))

    def _promises_kept(self, holder: Party, channel: int, rows: LogRows) -> None:
        """What overtook was receipted, and is held for good: beside the log, then in it (E-15)."""
        promised = self.promised.setdefault((holder.number, channel), {})
        if holder.restored:
            promised.clear()
        promised.update(
            {index: wire.parse_overtaking(row.item).record for index, row in rows.overtaken.items()}
        )
        for index, record in promised.items():
            if index not in rows.overtaken:
                expect(index < len(rows.entries), "what was receipted is gone")
                expect(rows.entries[index].record == record, "other bytes took a receipted place")

    def _receipt_holds(self, log: Log, rows: LogRows, receipt: Receipt) -> None:
        if not receipt.overtaken:
            held = (Range(0, receipt.size),) if receipt.size else ()
            expect(receipt.held == held, f"a receipt of the beginning names more: {receipt}")
            expect(receipt.size <= len(rows.entries), "a receipt covers what is not held")
            mirror = [log.leaf(row.index, row.record) for row in rows.entries[: receipt.size]]
            expect(
                receipt.root == root_of(mirror), "a receipt names a root that is not the mirror's"
            )
            return
        for index in [index for part in receipt.held for index in range(part.start, part.stop)]:
            expect(index in rows.overtaken, "a receipt covers what has not overtaken")
            item = wire.parse_overtaking(rows.overtaken[index].item)
            head = (item.size, item.root)
            expect((receipt.size, receipt.root) == head, "it overtook under another head")
            leaf = log.leaf(index, item.record)
            verify_inclusion(leaf, index, item.size, item.proof, item.root)

    def _delivered_is_held(self, author: Party) -> None:
        """What counts as delivered is held by the other side, byte for byte."""
        holder = self.world.other(author)
        if author.node is None or holder.hostile or holder.restored:
            return
        for channel, delivered in author.side.shared.delivered.items():
            own, rows = self.rows(author, channel, author), self.rows(holder, channel, author)
            expect(len(rows.entries) >= delivered.unbroken, "delivered, and not held")
            for index in range(delivered.unbroken, len(own.entries)):
                if delivered.covers(index):
                    if index < len(rows.entries):
                        record = rows.entries[index].record
                    else:
                        expect(index in rows.overtaken, "delivered, and has not overtaken")
                        record = wire.parse_overtaking(rows.overtaken[index].item).record
                    expect(record == own.entries[index].record, "other bytes were delivered")

    def _quota_keeps(self, holder: Party) -> None:
        """No more is mirrored in an hour than was agreed, since the node was started."""
        most = self.world.quota.records_an_hour
        for channel in CHANNELS:
            entries = self.rows(holder, channel, self.world.other(holder)).entries
            if len(entries) > most:
                before, last = entries[-1 - most].stored_at, entries[-1].stored_at
                within = holder.opened_at <= before and last - before < HOUR
                expect(not within, "more was mirrored in an hour than was agreed")

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
            self._answers_stand(party)
        self._same_after_restart()

    def _drain(self, complaint: str) -> None:
        """All must arrive; where the quota is tight, some of it in each hour."""
        for _ in range(MOST_HOURS if self.world.climate.tight else 0):
            self._settle(DRAINED_WITHIN // 16)
            if self.drained():
                return
            self._apart(MORE_THAN_AN_HOUR)
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
            shared, lost = author.side.shared, self.beyond_repair(author)
            if author.store is not None and author.store.waiting:
                found.append(f"{author.keys.name} is writing")
            if shared.recovering and not author.hostile and not lost:
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
                unbroken = shared.delivered[channel].unbroken
                # A receipt under a head that is lost cannot be checked by its author.
                if not lost and unbroken != len(own):
                    found.append(f"{channel.name} of {author.keys.name}: receipt to {unbroken}")
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

    def _answers_stand(self, party: Party) -> None:
        """Read from the records alone: what was answered is not shown as silence, only as late."""
        valid: list[tuple[Place, Judged, Record]] = []
        for author in self.world.parties:
            for entry in self.rows(party, Channel.AIR, author).entries:
                judged = judged_of(entry)
                if judged.void is None and judged.record is not None:
                    place = (author.keys.number, entry.index)
                    valid.append((place, judged, judged.record))
        lapses: dict[Place, list[Record]] = {}
        for _, _, record in valid:
            if isinstance(record.body, Lapsed) and record.refers_to is not None:
                about = (record.refers_to.party, record.refers_to.index)
                lapses.setdefault(about, []).append(record)
        for place, judged, record in valid:
            if not isinstance(record.body, Answer | CallAnswer) or record.refers_to is None:
                continue
            asked = (record.refers_to.party, record.refers_to.index)
            state = party.side.shared.books[Channel.AIR].state(judged.root)
            question = next((each for each in state.questions if each.place == asked), None)
            if question is None:
                expect(isinstance(record.body, CallAnswer), "an answer to no question is valid")
                continue  # an answer to another time or deputy
            unseen = [
                seen_sizes(lapse).get(place[0], 0) <= place[1] for lapse in lapses.get(asked, [])
            ]
            if len(unseen) < 2:
                expect(
                    (place, unseen == [True]) in question.answers, "a late answer is not called so"
                )
            if record.body.next_word_by is None:
                expect(question.standing in _ANSWERED, "an answer is shown as silence")

    def _same_after_restart(self) -> None:
        """A restart changes nothing of what is known: state, digests, what is awaited and delivered."""
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
            deepcopy(party.side.shared.delivered),
            {channel: set(open_) for channel, open_ in party.side.view.currents.items()},
        )
