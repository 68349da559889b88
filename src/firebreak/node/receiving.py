"""Taking in what the other side sends: verified, judged, stored; only then receipted."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from firebreak.errors import BadProof, BadSignature, Malformed, Refused, StoreTrouble
from firebreak.ledger.fork import SignedHead, make_fork
from firebreak.ledger.judge import Parsed, Void, parse_entry
from firebreak.ledger.merkle import Subtree, verify_inclusion
from firebreak.line import bundle as wire
from firebreak.line.statements import open_pulse
from firebreak.node.alerts import About, Level
from firebreak.node.early import Queue
from firebreak.node.logs import MOST_CLAIMS, Log, claimed_setting, subtree_ahead, waits
from firebreak.node.recovery import Recovery
from firebreak.node.sending import Sending
from firebreak.node.shared import Ahead, Shared
from firebreak.node.view import View
from firebreak.records.agreement import Channel
from firebreak.store import interface as rows
from firebreak.values import LATEST, Millis, PartyNumber, Precedence

TELL_WAITING = 60_000
"""ms for which an entry may wait for what it names before that is told."""


class Receiving:
    """One side's way in."""

    def __init__(self, shared: Shared, sending: Sending, view: View, recovery: Recovery) -> None:
        self.shared = shared
        self.sending = sending
        self.view = view
        self.recovery = recovery
        self.waiting: dict[int, tuple[int, Millis]] = {}
        self.differing: dict[int, tuple[int, ...]] = {}
        self.unbroken: dict[int, int] = {}
        self.early: dict[int, Queue] = {channel: Queue() for channel in shared.books}

    def receive(self, bundle: wire.Bundle) -> None:
        """Take in an opened bundle of the other party. A bad item is told, no more (E-3)."""
        if bundle.sender != self.shared.peer:
            raise Malformed("The bundle does not say that it is from the other party.")
        for item in bundle.items:
            try:
                self.item(item)
            except (Malformed, BadSignature, BadProof, Refused) as error:
                self.shared.alert(Level.CAUTION, About.REFUSED_BUNDLE, str(error))
        self.sending.flush()

    def go_on(self) -> None:
        """Take what has waited, of both logs on every channel, as far as it can be judged now."""
        moved = True
        while moved:
            moved = False
            for channel, queue in self.early.items():
                moved |= self.recovery.go_on(channel)
                log = self.shared.theirs(channel)
                while queue.items and not self.is_early(log, queue.items[0]):
                    self.take(queue.pop())
                    moved = True

    def is_early(self, log: Log, item: wire.Entries) -> bool:
        """Whether an item still waits; its last record has seen most."""
        index = item.start + len(item.records) - 1
        return item.start <= log.tail.size and self.must_wait(
            log, index, parse_entry(item.records[-1])
        )

    def item(self, item: wire.Item) -> None:
        self.shared.book_of(item.channel)
        match item:
            case wire.Entries():
                self.entries(item)
            case wire.Overtaking():
                self.overtaking(item)
            case wire.ReceiptItem(channel, data):
                self.receipt(channel, data)
            case wire.HeadItem():
                self.head(item)
            case wire.Want():
                self.recovery.want(item)
            case wire.Returned():
                self.recovery.returned(item)
                self.go_on()
            case wire.PulseItem(channel, data):
                self.pulse(channel, data)
            case wire.HeldItem(channel, data):
                self.recovery.held(channel, data)
            case wire.ForkItem(channel, proof):
                self.recovery.fork(channel, proof)

    def entries(self, item: wire.Entries) -> None:
        log, queue = self.shared.theirs(item.channel), self.early[item.channel]
        if self.shared.recovering and queue.put(item, log.tail.size):
            self.go_on()
            return
        self.take(item)
        self.go_on()

    def take(self, item: wire.Entries) -> None:
        log, book = self.shared.theirs(item.channel), self.shared.books[item.channel]
        if log.forked or self.shared.failed is not None:
            return
        held, stop = log.tail.size, item.start + len(item.records)
        if stop <= held or item.start > held:  # E-10: a gap, or our receipt was lost
            if item.root is not None:
                self.their_head(log, SignedHead(stop, item.root, item.signature))
            self.sending.perform(self.shared.link.mirrored(item.channel))
            return
        fresh = item.records[held - item.start :]
        leaves = [log.leaf(held + offset, data) for offset, data in enumerate(fresh)]
        frontier, roots = log.frontier, {}
        for leaf in leaves:
            frontier = frontier.append(leaf)
            if frontier.size in log.claimed:
                roots[frontier.size] = frontier.root()
        head = SignedHead(stop, frontier.root(), item.signature)
        try:
            if item.root is not None and item.root != head.root:
                self.contradiction(log, replace(head, root=item.root))
            self.shared.verify_head(log, head)  # E-11
        except BadProof:
            self.sending.give_receipt(item.channel)
            raise
        for size, root in roots.items():
            if log.claimed[size].root != root:  # E-23
                store = self.shared.around.store
                subtree = partial(subtree_ahead, store, log, leaves)
                self.fork(log, log.claimed[size], head, subtree)
                return
        for index, kept in self.shared.ahead[item.channel].items():
            if held <= index < stop and kept.leaf != leaves[index - held]:  # E-15
                self.sending.give_receipts(item.channel)
                raise BadProof(
                    "The other side's log has another entry where an urgent one came ahead of it:"
                    " it has two histories. That entry is kept, and nothing is put in its place."
                )
        parsed = [parse_entry(data) for data in fresh]
        if any(self.must_wait(log, held + n, entry) for n, entry in enumerate(parsed)):  # E-12
            self.waits(item.channel, held)
            return
        now = self.shared.around.clock()
        meter = self.shared.meters[item.channel]
        if not meter.admit(len(fresh), sum(map(len, fresh)), now, stop):  # E-17
            self.paused(item.channel)
            return
        self.shared.paused.discard(item.channel)
        taken = [self.shared.take(book, log, entry, now) for entry in parsed]
        row = rows.Head(log.origin, head.size, head.root, head.signature)
        writes = [*(entry for entry, _ in taken), row, *self.shared.rows_for(book, log, taken)]
        if held < meter.spared_until:
            writes.append(self.shared.spared_setting(log))

        def finished(error: StoreTrouble | None) -> None:
            if error is not None:
                self.shared.store_failed(error)
                return
            log.settle(head.size, head.root)
            for size in [size for size in log.claimed if size <= log.durable]:
                self.their_head(log, log.claimed.pop(size))  # it came while these were written
            for entry, _ in taken:
                self.shared.ahead[item.channel].pop(entry.index, None)
            self.sending.perform(self.shared.link.mirrored(item.channel))  # E-4
            self.sending.flush()  # before anything is told: the journal's turn comes after
            for entry, judged in taken:
                self.view.committed(item.channel, log, entry, judged)

        self.shared.around.store.submit(writes, finished)

    def waits(self, channel: int, index: int) -> None:
        """Ask for what an entry waits for; tell it if that does not come."""
        for asked in (Channel.CONTROL, channel):
            self.sending.perform(self.shared.link.mirrored(asked))
        now = self.shared.around.clock()
        since = self.waiting.get(channel)
        if since is None or since[0] != index:
            self.waiting[channel] = (index, now)
        elif now - since[1] >= TELL_WAITING:
            self.waiting[channel] = (index, Millis(LATEST))
            self.shared.alert(
                Level.WARNING,
                About.VOID,
                "An entry of the other side names parts of a log that do not come. It waits, and so does"
                " all after it; FLASH still passes. Ask for them by telephone.",
                channel,
            )

    def must_wait(self, log: Log, index: int, entry: Parsed) -> bool:
        """Whether an entry cannot be judged yet: what it names is still on its way to this node."""
        lost = self.shared.own(log.channel) if self.shared.recovering else None
        return waits(entry, log, index, self.shared.control, lost)

    def contradiction(self, log: Log, head: SignedHead) -> None:
        """Entries that, put after those held, do not make the root their log signed.

        Our receipt tells them where we stand; an honest log answers with its head of that size.
        """
        self.their_head(log, head)
        raise BadProof("The other side's log does not continue what is held of it here.")

    def paused(self, channel: int) -> None:
        """Say once that they pass their quota."""
        if channel in self.shared.paused:
            return
        self.shared.paused.add(channel)
        self.shared.alert(
            Level.WARNING,
            About.QUOTA,
            f"The other side sends more on the {Channel(channel).name.lower()} channel than agreed."
            " Mirroring pauses; FLASH still passes, up to its own cap.",
            channel,
        )

    def overtaking(self, item: wire.Overtaking) -> None:
        log, book = self.shared.theirs(item.channel), self.shared.books[item.channel]
        ahead = self.shared.ahead[item.channel]
        if log.forked or self.shared.failed is not None:
            return
        stands = self.their_head(
            log, SignedHead(item.size, item.root, item.signature), MOST_CLAIMS
        )  # E-14
        if item.index < log.tail.size or item.index in ahead:
            kept = item.index if item.index in ahead else None
            self.sending.perform(self.shared.link.mirrored(item.channel, urgent=True, ahead=kept))
            return
        leaf = log.leaf(item.index, item.record)
        verify_inclusion(leaf, item.index, item.size, item.proof, item.root)  # E-14
        parsed = parse_entry(item.record)
        if not stands or self.must_wait(log, item.index, parsed):
            return
        stub = replace(log.tail, size=item.index, serials={}, release=None)
        judged, _ = book.try_judge(log, stub, parsed)
        if judged.record is None or judged.record.precedence < Precedence.IMMEDIATE:
            return
        if not self.shared.meters[item.channel].admit_flash(self.shared.around.clock()):  # E-17
            self.paused(item.channel)
            return
        waiting = ahead[item.index] = Ahead((item.size, item.root), leaf)
        row = rows.Overtaken(log.origin, item.index, wire.encode_overtaking(item))

        def finished(error: StoreTrouble | None) -> None:
            if error is not None:
                self.shared.store_failed(error)
                return
            waiting.durable = True
            place = (log.party, item.index)
            if judged.void is None or judged.void in _MAY_STILL_COME:
                text = "An urgent record has overtaken those before it."
                self.shared.alert(Level.ALARM, About.OVERTAKING, text, item.channel, place)
                if judged.record is not None:
                    self.view.human_lamp(log.party, judged.record)
            else:
                self.view.void(item.channel, place, judged.void)
            self.sending.perform(
                self.shared.link.mirrored(item.channel, urgent=True, ahead=item.index)
            )
            self.sending.flush()

        self.shared.around.store.submit([row], finished)

    def receipt(self, channel: int, data: bytes) -> None:
        receipt = self.shared.open_receipt(channel, data)  # E-5, E-6
        log = self.shared.own(channel)
        self.sending.answered(receipt.at)
        now = self.shared.around.clock()
        self.recovery.beyond_repair(channel, receipt)
        if receipt.size > log.durable:
            # More than we have written: only our own signature could show that (E-19).
            return
        if self.shared.root_at(log, receipt.size) != receipt.root:  # E-25
            # Of another history, they say. Our head of that size lets them prove it, if it is so.
            self.sending.owed(channel).head = receipt.size
            raise BadProof(
                "The other side gives a receipt for another history of our log than ours."
            )
        if receipt.mixed:  # E-6
            raise BadProof(
                "The other side's receipt puts the beginning of our log and what has overtaken"
                " under one head. It counts for nothing."
            )
        delivered = self.shared.delivered[channel]
        urgent = self.shared.link.outgoing[channel].urgent
        fresh = receipt.overtaken and any(receipt.covers(index) for index in urgent)
        self.sending.perform(self.shared.link.receipt(channel, receipt, now))
        reached = self.unbroken.get(channel, delivered.unbroken)
        if fresh or receipt.unbroken > reached:
            self.unbroken[channel] = max(reached, receipt.unbroken)
            row = rows.ReceiptRow(log.origin, receipt.size, receipt.unbroken, False, data)

            def finished(error: StoreTrouble | None) -> None:
                self.shared.ignore(error)
                if error is None:  # delivered is told once its proof is durable here
                    delivered.take(receipt)

            self.shared.around.store.submit([row], finished)

    def head(self, item: wire.HeadItem) -> None:
        log = self.shared.theirs(item.channel)
        if log.fork is not None:
            self.sending.owed(item.channel).fork = log.fork
            return
        known = max((log.durable, *log.claimed))
        stands = self.their_head(log, SignedHead(item.size, item.root, item.signature))
        if stands:
            self.shared.spare(item.channel, SignedHead(item.size, item.root, item.signature))
        if stands and item.size < known:
            # They show less of their own log than they once signed: they may not know.
            self.sending.perform(self.shared.link.mirrored(item.channel))
            self.sending.say_held(item.channel, Millis(0))

    def their_head(self, log: Log, head: SignedHead, most: int = MOST_CLAIMS // 4) -> bool:
        """Compare a head with the history held, and remember one beyond it. Raises BadProof.

        False if it is of another history, or beyond and no more than `most` can be remembered.
        """
        if log.claimed.get(head.size) == head:
            return True
        if head.size <= log.durable and head.root == self.shared.root_at(log, head.size):
            return True
        self.shared.verify_head(log, head)
        if head.size in log.claimed:  # E-23: one key signs one head in one way
            return self.fork(log, log.claimed[head.size], head, self.shared.subtree(log))
        if head.size <= log.durable:  # E-23
            kept = self.shared.around.store.head(log.origin)
            if kept is None:
                raise BadProof("The head of an empty log has another root than that of nothing.")
            other = SignedHead(kept.size, kept.root, kept.signature)
            return self.fork(log, head, other, self.shared.subtree(log))
        if len(log.claimed) >= most:
            return False
        log.claimed[head.size] = head
        self.shared.around.store.submit([claimed_setting(log)], self.shared.ignore)
        return True

    def fork(self, log: Log, one: SignedHead, other: SignedHead, subtree: Subtree) -> bool:
        """Keep the proof, and give it to them: they may not know of it. Always False."""
        proof = make_fork(log.origin, one, other, log.key, subtree)
        self.shared.forked(log.channel, log, proof)
        self.sending.owed(log.channel).fork = proof
        return False

    def pulse(self, channel: int, data: bytes) -> None:
        pulse = open_pulse(data, self.shared.base.id, channel, self.shared.receipt_key())  # E-7
        book = self.shared.books[channel]
        sizes = tuple(book.logs[PartyNumber(number)].tail.size for number in (0, 1))
        if pulse.sizes != sizes or pulse.digest == book.shared_digest():
            return
        if self.differing.get(channel) != sizes:  # told once for each state of the logs
            self.differing[channel] = sizes
            self.shared.alert(
                Level.ALARM,
                About.DIGEST_DIFFERS,
                "Both sides hold the same logs but draw different conclusions from them."
                " Compare by telephone, and report the fault.",
                channel,
            )


_MAY_STILL_COME = frozenset({Void.RELEASE_MISSING, Void.REFERENCE_MISSING})
"""Verdicts on an entry ahead of its turn that those before it may yet change."""
