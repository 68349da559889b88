"""Taking in what the other side sends: verified, judged, stored; only then receipted."""

from __future__ import annotations

from dataclasses import replace

from firebreak.errors import BadProof, BadSignature, Malformed, Refused, StoreTrouble
from firebreak.ledger.checkpoint import Checkpoint, verify_checkpoint
from firebreak.ledger.judge import Void, seen_sizes
from firebreak.ledger.merkle import consistency_proof, verify_inclusion
from firebreak.line import bundle as wire
from firebreak.node.alerts import About, Level
from firebreak.node.logs import Log, frontier_at
from firebreak.node.recovery import Recovery
from firebreak.node.sending import Sending
from firebreak.node.shared import Ahead, Shared
from firebreak.node.view import View
from firebreak.records import sign1
from firebreak.records.agreement import Channel
from firebreak.records.cbor import encode
from firebreak.records.record import parse_payload
from firebreak.store import interface as rows
from firebreak.values import PartyNumber, Precedence


class Receiving:
    """One side's way in."""

    def __init__(self, shared: Shared, sending: Sending, view: View, recovery: Recovery) -> None:
        self.shared = shared
        self.sending = sending
        self.view = view
        self.recovery = recovery

    def receive(self, bundle: wire.Bundle) -> None:
        """Take in an opened bundle of the other party. Bad items are counted and told, no more."""
        if bundle.sender != self.shared.peer:
            raise Malformed("The bundle does not say that it is from the other party.")
        for item in bundle.items:
            try:
                self.item(item)
            except (Malformed, BadSignature, BadProof, Refused) as error:
                self.shared.alert(Level.CAUTION, About.REFUSED_BUNDLE, str(error))
        self.sending.flush()

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
            case wire.Want(channel, start):
                self.recovery.want(channel, start)
            case wire.Returned():
                self.recovery.returned(item)
            case wire.Pulse():
                self.pulse(item)

    def entries(self, item: wire.Entries) -> None:
        log, book = self.shared.theirs(item.channel), self.shared.books[item.channel]
        if log.forked or self.shared.failed is not None:
            return
        held = log.tail.size
        if item.start > held:  # E-8: a gap; our receipt says where to go on
            self.sending.perform(self.shared.link.mirrored(item.channel))
            return
        fresh = item.records[held - item.start :]
        if not fresh:  # E-9: sent again; our receipt was lost
            self.sending.perform(self.shared.link.mirrored(item.channel))
            return
        if any(self.must_wait(log, data) for data in fresh):  # E-17
            for channel in (Channel.CONTROL, item.channel):
                self.sending.perform(self.shared.link.mirrored(channel))
            return
        frontier = log.frontier
        for offset, data in enumerate(fresh):
            frontier = frontier.append(log.leaf(held + offset, data))
        size, root = frontier.size, frontier.root()
        if item.root is not None and item.root != root:
            self.contradiction(item.channel, log, size, item.root, item.signature)
            return
        verify_checkpoint(Checkpoint(log.origin, size, root), log.key, item.signature)  # E-10
        self.sending.heard()
        now = self.shared.around.clock()
        if not self.shared.meters[item.channel].admit(
            len(fresh), sum(map(len, fresh)), now
        ):  # E-14
            self.paused(item.channel)
            return
        taken = [self.shared.take(book, log, data, now) for data in fresh]
        head = rows.Head(log.origin, size, root, item.signature)
        writes = [*(entry for entry, _ in taken), head, *self.shared.rows_for(book, log, taken)]

        def finished(error: StoreTrouble | None) -> None:
            if error is not None:
                self.shared.store_failed(error)
                return
            log.settle(size, root)
            for entry, judged in taken:
                self.shared.ahead[item.channel].pop(entry.index, None)
                self.view.committed(item.channel, log, entry, judged)
            self.sending.perform(self.shared.link.mirrored(item.channel))
            self.sending.flush()

        self.shared.around.store.submit(writes, finished)

    def must_wait(self, log: Log, data: bytes) -> bool:
        """Whether an entry cannot be judged yet: what it names is still on its way to this node.

        That is its author's control log, or the part of our own log that we have lost.
        """
        try:
            record = parse_payload(sign1.parse(data).payload)
        except Malformed:
            return False
        if record.control > self.shared.control.sizes[log.party]:
            return True
        sizes = seen_sizes(record)
        lost = sizes.get(self.shared.party, 0) > self.shared.own(log.channel).tail.size
        return lost and self.shared.recovering

    def contradiction(
        self, channel: int, log: Log, size: int, root: bytes, signature: bytes
    ) -> None:
        """Entries that, put after those held, do not make the root their log signed."""
        verify_checkpoint(Checkpoint(log.origin, size, root), log.key, signature)
        raise BadProof(
            "The other side's log does not continue what is held of it here. Its head is asked for."
        )

    def paused(self, channel: int) -> None:
        self.shared.alert(
            Level.WARNING,
            About.QUOTA,
            f"The other side sends more on the {Channel(channel).name.lower()} channel than agreed."
            " Mirroring pauses; FLASH still passes, up to its own cap.",
            channel,
        )

    def overtaking(self, item: wire.Overtaking) -> None:
        log, book = self.shared.theirs(item.channel), self.shared.books[item.channel]
        if item.index < log.tail.size or item.index in self.shared.ahead[item.channel]:
            self.sending.perform(self.shared.link.mirrored(item.channel))
            return
        if log.forked or self.shared.failed is not None:
            return
        checkpoint = Checkpoint(log.origin, item.size, item.root)
        verify_checkpoint(checkpoint, log.key, item.signature)  # E-11
        leaf = log.leaf(item.index, item.record)
        verify_inclusion(leaf, item.index, item.size, item.proof, item.root)  # E-11
        self.sending.heard()
        stub = replace(log.tail, size=item.index, serials={}, release=None)
        judged, _ = book.try_judge(log, stub, item.record)
        if judged.record is None or judged.record.precedence < Precedence.IMMEDIATE:
            return
        if not self.shared.meters[item.channel].admit_flash(self.shared.around.clock()):  # E-14
            self.paused(item.channel)
            return
        ahead = self.shared.ahead[item.channel][item.index] = Ahead(item.size, item.root)
        row = rows.Overtaken(log.origin, item.index, wire.encode_overtaking(item))

        def finished(error: StoreTrouble | None) -> None:
            if error is not None:
                self.shared.store_failed(error)
                return
            ahead.durable = True
            place = (log.party, item.index)
            if judged.void is None or judged.void is Void.RELEASE_MISSING:
                text = "An urgent record has overtaken those before it."
                self.shared.alert(Level.ALARM, About.OVERTAKING, text, item.channel, place)
            else:
                self.view.void(item.channel, place, judged.void)
            self.sending.perform(self.shared.link.mirrored(item.channel))
            self.sending.flush()

        self.shared.around.store.submit([row], finished)

    def receipt(self, channel: int, data: bytes) -> None:
        receipt = self.shared.open_receipt(channel, data)  # E-5, E-6
        log = self.shared.own(channel)
        self.sending.heard()
        now = self.shared.around.clock()
        if receipt.size <= log.durable:
            if (
                self.shared.root_at(log, receipt.size) != receipt.root
            ):  # E-13: they hold another history of our log, signed by us
                self.shared.own_fork(channel, log)
                return
        before = self.shared.latest_receipt.get(channel)
        self.sending.perform(self.shared.link.receipt(channel, receipt, now))
        if before is not None and receipt.held == before.held:
            self.recovery.maybe_recovered()
            return
        if before is None or receipt.unbroken >= before.unbroken:
            self.shared.latest_receipt[channel] = receipt
            row = rows.ReceiptRow(log.origin, receipt.size, False, data)
            self.shared.around.store.submit([row], self.shared.ignore)
        self.recovery.maybe_recovered()

    def head(self, item: wire.HeadItem) -> None:
        log = self.shared.theirs(item.channel)
        checkpoint = Checkpoint(log.origin, item.size, item.root)
        verify_checkpoint(checkpoint, log.key, item.signature)
        self.sending.heard()
        if item.size > log.durable or log.forked:
            return
        if self.shared.root_at(log, item.size) != item.root:  # E-12
            self.fork(item.channel, log, item)
        elif item.size < log.durable:
            self.give_back_hint(item.channel)

    def give_back_hint(self, channel: int) -> None:
        """They show less of their own log than we hold: our receipt tells them so."""
        self.sending.perform(self.shared.link.mirrored(channel))

    def fork(self, channel: int, log: Log, item: wire.HeadItem) -> None:
        kept = self.shared.around.store.head(log.origin)
        assert kept is not None
        subtree = self.shared.subtree(log)
        proof = consistency_proof(item.size, kept.size, subtree) if item.size else []
        data = encode(
            (
                "firebreak fork 1",
                log.origin,
                (item.size, item.root, item.signature),
                (kept.size, kept.root, kept.signature),
                frontier_at(self.shared.around.store, log.origin, item.size).root(),
                tuple(proof),
            )
        )
        log.forked = True
        now = self.shared.around.clock()
        self.shared.around.store.submit([rows.Fork(log.origin, data, now)], self.shared.ignore)
        self.shared.alert(
            Level.ALARM,
            About.FORK,
            "The other side has signed two histories of one log. Both heads are kept as proof;"
            " nothing more of that log is taken. Speak to them by telephone.",
            channel,
        )
        self.sending.perform(self.shared.link.mirrored(channel))

    def pulse(self, item: wire.Pulse) -> None:
        book = self.shared.books[item.channel]
        self.sending.heard()
        sizes = tuple(book.logs[PartyNumber(number)].tail.size for number in (0, 1))
        if item.sizes == sizes and item.digest != book.shared_digest():
            self.shared.alert(
                Level.ALARM,
                About.DIGEST_DIFFERS,
                "Both sides hold the same logs but draw different conclusions from them."
                " Compare by telephone, and report the fault.",
                item.channel,
            )
