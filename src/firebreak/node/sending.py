"""Turning the link's effects into bundles, and handing them to the carrier."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from firebreak.ledger.merkle import inclusion_proof
from firebreak.ledger.receipt import Range, Receipt, sign_receipt
from firebreak.line import bundle as wire
from firebreak.line import link as exchange
from firebreak.node.alerts import About, Level
from firebreak.node.shared import BUNDLE_BYTES, Shared
from firebreak.records.agreement import Channel
from firebreak.values import PartyNumber, Precedence


class Sending:
    """One side's way out. behind: called when the peer holds more of our log than we do."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared
        self.outbox: list[tuple[Precedence, wire.Item]] = []
        self.behind: Callable[[int, int], None] = lambda channel, theirs: None

    def perform(self, effects: Sequence[exchange.Effect]) -> None:
        for effect in effects:
            match effect:
                case exchange.SendEntries(channel, start, stop):
                    self.outbox += self.entries_items(channel, start, stop)
                case exchange.SendOvertaking(channel, index):
                    self.outbox.append((Precedence.FLASH, self.overtaking_item(channel, index)))
                case exchange.SendGreeting():
                    for item in self.greeting():
                        self.outbox.append((Precedence.PRIORITY, item))
                case exchange.SendReceipt(channel):
                    receipt = self.receipt_item(channel)
                    # Only the newest receipt of a channel says anything.
                    self.outbox = [
                        (precedence, item)
                        for precedence, item in self.outbox
                        if not (isinstance(item, wire.ReceiptItem) and item.channel == channel)
                    ]
                    self.outbox.append((Precedence.PRIORITY, receipt))
                case exchange.SendPulse():
                    for item in self.pulse_items():
                        self.outbox.append((Precedence.ROUTINE, item))
                case exchange.LineChanged(_, now):
                    level = Level.WARNING if now is exchange.LineStatus.DOWN else Level.INFO
                    self.shared.alert(level, About.LINE, f"The line is {now}.")
                case exchange.WeAreBehind(channel, theirs):
                    self.behind(channel, theirs)

    def heard(self) -> None:
        now = self.shared.around.clock()
        self.shared.machine_at = now
        self.perform(self.shared.link.heard(now))

    def flush(self) -> None:
        """Hand what is to be sent to the carrier, urgent first, in whole bundles."""
        if not self.outbox:
            return
        waiting, self.outbox = self.outbox, []
        waiting.sort(key=_turn)
        for precedence, items in _in_bundles(waiting):
            self.shared.around.send(self.bundle(items), precedence)

    def bundle(self, items: Sequence[wire.Item]) -> wire.Bundle:
        """Items as a bundle of this agreement, from this party."""
        return wire.Bundle(
            self.shared.base.id[: wire.AGREEMENT_PREFIX], self.shared.party, tuple(items)
        )

    def entries_items(
        self, channel: int, start: int, stop: int, with_root: bool = True
    ) -> list[tuple[Precedence, wire.Item]]:
        """Entries start <= index < stop of our log, in items of about BUNDLE_BYTES each."""
        log = self.shared.own(channel)
        made: list[tuple[Precedence, wire.Item]] = []
        records: list[bytes] = []
        first, total, urgency = start, 0, Precedence.ROUTINE
        for index in range(start, stop):
            found = self.shared.books[channel].stored(log.party, index)
            assert found is not None
            entry, judged = found
            records.append(entry.record)
            total += len(entry.record)
            urgency = max(urgency, judged.record.precedence if judged.record else urgency)
            if total >= BUNDLE_BYTES or index + 1 == stop:
                head = self.shared.head_of(log, index + 1)
                root = head.root if with_root else None
                item = wire.Entries(channel, first, tuple(records), root, head.signature)
                made.append((urgency, item))
                records, first, total, urgency = [], index + 1, 0, Precedence.ROUTINE
        return made

    def overtaking_item(self, channel: int, index: int) -> wire.Overtaking:
        log = self.shared.own(channel)
        found = self.shared.books[channel].stored(log.party, index)
        assert found is not None
        head = self.shared.head_of(log, log.durable)
        proof = inclusion_proof(index, head.size, self.shared.subtree(log))
        return wire.Overtaking(
            channel,
            index,
            found[0].record,
            head.size,
            head.root,
            head.signature,
            tuple(proof),
        )

    def greeting(self) -> list[wire.Item]:
        """Our heads, what we hold of theirs, and what we have lost of our own."""
        items: list[wire.Item] = []
        for channel in self.shared.books:
            items.append(self.head_item(channel))
            items.append(self.receipt_item(channel))
        if self.shared.recovering:
            items += [
                wire.Want(channel, self.shared.own(channel).tail.size)
                for channel in self.shared.books
            ]
        return items

    def head_item(self, channel: int) -> wire.HeadItem:
        log = self.shared.own(channel)
        head = self.shared.head_of(log, log.durable)
        return wire.HeadItem(channel, head.size, head.root, head.signature)

    def receipt_item(self, channel: int) -> wire.ReceiptItem:
        log = self.shared.theirs(channel)
        held = [Range(0, log.durable)] if log.durable else []
        size = log.durable
        root = self.shared.root_at(log, log.durable)
        for index in sorted(self.shared.ahead[channel]):
            ahead = self.shared.ahead[channel][index]
            if not ahead.durable or index < log.durable:
                continue
            if held and held[-1].stop == index:
                held[-1] = Range(held[-1].start, index + 1)
            else:
                held.append(Range(index, index + 1))
            if ahead.size > size:
                size, root = ahead.size, ahead.root
        receipt = Receipt(size, root, tuple(held), self.shared.around.clock())
        data = sign_receipt(receipt, self.shared.base.id, log.origin, self.shared.keys.receipt)
        return wire.ReceiptItem(channel, data)

    def pulse_items(self) -> list[wire.Item]:
        items: list[wire.Item] = []
        for channel, book in self.shared.books.items():
            sizes = tuple(book.logs[PartyNumber(number)].tail.size for number in (0, 1))
            now = self.shared.around.clock()
            items.append(wire.Pulse(channel, now, sizes, book.shared_digest()))
            items.append(self.head_item(channel))
        return items


def _turn(pair: tuple[Precedence, wire.Item]) -> tuple[int, int]:
    """What goes first: overtaking items, then control (others are judged by it), then by urgency."""
    precedence, item = pair
    if isinstance(item, wire.Overtaking):
        return (0, 0)
    return (1, 0) if item.channel == Channel.CONTROL else (2, -precedence)


def _in_bundles(
    waiting: Sequence[tuple[Precedence, wire.Item]],
) -> list[tuple[Precedence, list[wire.Item]]]:
    """Items in order, put together until a bundle is about BUNDLE_BYTES large."""
    made: list[tuple[Precedence, list[wire.Item]]] = []
    total = 0
    for precedence, item in waiting:
        size = _weight(item)
        if not made or total + size > BUNDLE_BYTES:
            made.append((precedence, []))
            total = 0
        made[-1][1].append(item)
        total += size
    return made


def _weight(item: wire.Item) -> int:
    match item:
        case wire.Entries() | wire.Returned():
            return sum(map(len, item.records)) + 128
        case wire.Overtaking():
            return len(item.record) + 32 * len(item.proof) + 160
        case wire.ReceiptItem():
            return len(item.receipt) + 8
        case _:
            return 160
