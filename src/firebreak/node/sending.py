"""Turning the link's effects into bundles, and handing them to the carrier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from firebreak.ledger.fork import SignedHead
from firebreak.ledger.judge import Judged
from firebreak.ledger.merkle import EMPTY_ROOT, inclusion_proof
from firebreak.ledger.receipt import MAX_RANGES, Range, Receipt, sign_receipt
from firebreak.line import bundle as wire
from firebreak.line import link as exchange
from firebreak.line.statements import Held, Pulse, sign_held, sign_pulse
from firebreak.node.alerts import About, Level
from firebreak.node.shared import BUNDLE_BYTES, Checked, Shared
from firebreak.records.agreement import Channel
from firebreak.store import interface as rows
from firebreak.values import Millis, PartyNumber, Precedence

NARROW_BYTES = 1_000
"""The same on a narrow line, which it takes about five seconds to cross."""
GIVE_AGAIN = 1_000
"""ms until entries of theirs are given back again that do not go on from those given last."""
_URGENT = Precedence.IMMEDIATE


@dataclass(slots=True)
class Answers:
    """What the other side is owed on one channel, however often it has asked in one turn.

    held: that question's `asked`, 0 where nobody asked, None where nothing is to be said; back: where
    what it lacks of its own log begins; fork: the proof that this has two histories; head: the size of
    ours whose head it is shown.
    """

    held: Millis | None = None
    back: int | None = None
    fork: bytes | None = None
    head: int | None = None


CUT_IN_TWO = 12
"""Entries from which on two bundles are made of them."""


class Sending:
    """One side's way out.

    answers: by channel, for the next bundle. given: where the part of their log ends that was given
    back last, and when that was, by channel.
    """

    def __init__(self, shared: Shared) -> None:
        self.shared = shared
        self.outbox: list[tuple[Precedence, wire.Item]] = []
        self.ranges: dict[int, list[tuple[int, int]]] = {}
        self.receipts: dict[tuple[int, Checked | None], Precedence] = {}
        self.answers: dict[int, Answers] = {}
        self.given: dict[int, tuple[int, Millis]] = {}
        self.has_turn = False

    def perform(self, effects: Sequence[exchange.Effect]) -> None:
        for effect in effects:
            match effect:
                case exchange.SendEntries(channel, start, stop):
                    self._add_range(channel, start, stop)
                case exchange.SendOvertaking(channel, index):
                    self.outbox.append((Precedence.FLASH, self.overtaking_item(channel, index)))
                case exchange.SendGreeting():
                    for item in self.greeting():
                        self.outbox.append((Precedence.PRIORITY, item))
                case exchange.SendReceipt(channel, urgent, ahead):
                    how = Precedence.FLASH if urgent else Precedence.PRIORITY
                    head = None if ahead is None else self.shared.ahead[channel][ahead].head
                    self._give(channel, head, how)
                case exchange.SendPulse():
                    for item in self.pulse_items():
                        self.outbox.append((Precedence.ROUTINE, item))
                case exchange.LineChanged(_, now):
                    level = Level.WARNING if now is exchange.LineStatus.DOWN else Level.INFO
                    self.shared.alert(level, About.LINE, f"The line is {now}.")

    def send(self, item: wire.Item, precedence: Precedence = Precedence.PRIORITY) -> None:
        """Put an item into the next bundle."""
        self.outbox.append((precedence, item))

    def answered(self, said_at: Millis) -> None:
        """A verified receipt has come from the peer, given at this time by its clock.

        One that is no later than one before may be a repeat, and one that came by hand tells nothing
        of the line (E-7).
        """
        if self.shared.said_at is not None and said_at <= self.shared.said_at:
            return
        self.shared.said_at = said_at
        if not self.shared.link.connected:
            return
        now = self.shared.around.clock()
        self.shared.machine_at = now
        self.perform(self.shared.link.answered(now))

    def flush(self) -> None:
        """Hand what is to be sent to the carrier in a turn of its own: what else this turn brings
        goes along in the same bundles, under one head, one receipt and one seal."""
        waiting = self.outbox or self.ranges or self.receipts or self.answers
        if waiting and not self.has_turn:
            self.has_turn = True
            self.shared.around.later(self._send)

    def _send(self) -> None:
        """Urgent first, in whole bundles."""
        self.has_turn = False
        behind: list[tuple[Precedence, wire.Item]] = []
        waiting, self.outbox = self.outbox, []
        ranges, self.ranges = self.ranges, {}
        receipts, self.receipts = self.receipts, {}
        answers, self.answers = self.answers, {}
        for channel, parts in ranges.items():
            out = self.shared.link.outgoing[channel]
            for start, stop in parts:  # but for what receipts of this turn have made needless
                first, end = max(start, out.receipted), min(stop, out.sent)
                if first < end:
                    middle = self._middle(first, end)
                    waiting += self.entries_items(channel, first, middle)
                    behind += self.entries_items(channel, middle, end)
        for channel, owed in answers.items():
            waiting += [(Precedence.PRIORITY, item) for item in self.answer_items(channel, owed)]
        for (channel, over), how in receipts.items():
            if over is None:
                waiting.append((how, self.receipt_item(channel)))
            elif over in (ahead := self.ahead(channel)):  # not reached since
                waiting.append((how, self.ahead_item(channel, over, ahead[over])))
        for group in (waiting, behind):
            group.sort(key=_turn)
            for precedence, items in _in_bundles(group, self.most, self.shared.around.narrow):
                self.shared.around.send(self.bundle(items), precedence)

    def _middle(self, first: int, end: int) -> int:
        """Where many entries are cut in two bundles: the other side works on one while the next is
        made and sent. On a narrow line each bundle costs too much for that."""
        if self.shared.around.narrow or end - first < CUT_IN_TWO:
            return end
        return (first + end) // 2

    def _add_range(self, channel: int, start: int, stop: int) -> None:
        """Entries of our log, each once: what touches a part that waits already joins it."""
        apart = []
        for first, end in self.ranges.get(channel, ()):
            if first <= stop and start <= end:
                start, stop = min(first, start), max(end, stop)
            else:
                apart.append((first, end))
        self.ranges[channel] = sorted([*apart, (start, stop)])

    @property
    def most(self) -> int:
        """About how many bytes of a log one bundle carries."""
        return NARROW_BYTES if self.shared.around.narrow else BUNDLE_BYTES

    def bundle(self, items: Sequence[wire.Item]) -> wire.Bundle:
        """Items as a bundle of this agreement, from this party."""
        return wire.Bundle(
            self.shared.base.id[: wire.AGREEMENT_PREFIX], self.shared.party, tuple(items)
        )

    def entries_items(
        self, channel: int, start: int, stop: int
    ) -> list[tuple[Precedence, wire.Item]]:
        """Entries start <= index < stop of our log, in items that the receiver can take whole."""
        log, book = self.shared.own(channel), self.shared.books[channel]
        narrow, receipted = self.shared.around.narrow, self.shared.link.outgoing[channel].receipted
        held = [book.held(log.party, index) for index in range(start, stop)]
        made: list[tuple[Precedence, wire.Item]] = []
        for first, end in self._cut(channel, held):
            records = tuple(entry.record for entry, _ in held[first:end])
            known = [judged.record.precedence for _, judged in held[first:end] if judged.record]
            head = self.shared.head_of(log, start + end)
            root = None if narrow else head.root
            item = wire.Entries(channel, start + first, records, root, head.signature)
            precedence = max(known, default=Precedence.ROUTINE)
            if narrow and start + first > receipted:  # in order; what is urgent of it overtakes
                precedence = Precedence.ROUTINE
            made.append((precedence, item))
        return made

    def _cut(
        self, channel: int, held: Sequence[tuple[rows.Entry, Judged]]
    ) -> Iterator[tuple[int, int]]:
        """Where items begin and end.

        An item holds about BUNDLE_BYTES, and no more records than the quota admits in an hour (E-13).
        For a peer that recovers it holds no two records with different `seen`: each may wait for a
        part of its log that another part of ours brings back (E-22).
        """
        most = self.shared.terms(channel).quota.records_an_hour
        first = total = 0
        for place, (entry, judged) in enumerate(held):
            full = place - first >= most or total + len(entry.record) > self.most
            apart = (
                self.shared.peer_recovers and place and _seen(judged) != _seen(held[place - 1][1])
            )
            if place > first and (full or apart):
                yield first, place
                first, total = place, 0
            total += len(entry.record)
        if held:
            yield first, len(held)

    def overtaking_item(self, channel: int, index: int) -> wire.Overtaking:
        log = self.shared.own(channel)
        entry, _ = self.shared.books[channel].held(log.party, index)
        head = self.shared.head_of(log, log.durable)
        proof = inclusion_proof(index, head.size, self.shared.subtree(log))
        return wire.Overtaking(
            channel,
            index,
            entry.record,
            head.size,
            head.root,
            head.signature,
            tuple(proof),
        )

    def greeting(self) -> list[wire.Item]:
        """Our heads, what we hold of theirs, and, where we do not know it, a question: what is held of
        ours (E-8)."""
        items: list[wire.Item] = []
        for channel in self.shared.books:
            items.append(self.head_item(channel))
            items += self.receipt_items(channel)
            if self.shared.asked or not self.shared.link.outgoing[channel].known:
                items.append(self.want_item(channel))
        return items

    def want_item(self, channel: int) -> wire.Want:
        """Where our own log ends, and when our recovery began."""
        start = self.shared.own(channel).tail.size
        return wire.Want(channel, start, self.shared.asked or Millis(0))

    def held_item(self, channel: int, asked: Millis) -> wire.HeldItem:
        """The largest head of their log that we know."""
        log = self.shared.theirs(channel)
        kept = self.shared.around.store.head(log.origin)
        head = SignedHead(0, EMPTY_ROOT, b"")
        if kept is not None:
            head = SignedHead(kept.size, kept.root, kept.signature)
        if log.claimed:
            head = max(head, log.claimed[max(log.claimed)], key=lambda known: known.size)
        held = Held(asked, head.size, head.root, head.signature)
        data = sign_held(held, self.shared.base.id, log.origin, self.shared.keys.receipt)
        return wire.HeldItem(channel, data)

    # Answers: whatever was asked in one turn, and however often, each at most once a channel

    def owed(self, channel: int) -> Answers:
        """What the next bundle answers on a channel, to be added to."""
        return self.answers.setdefault(channel, Answers())

    def say_held(self, channel: int, asked: Millis) -> None:
        """Say what we know of their log. A question that has a time is answered under that."""
        owed = self.owed(channel)
        owed.held = asked or owed.held or Millis(0)

    def answer_items(self, channel: int, owed: Answers) -> list[wire.Item]:
        """The answers themselves, as things stand now."""
        items: list[wire.Item] = []
        if owed.head is not None:
            items.append(self.head_item(channel, owed.head))
        if owed.fork is not None:
            items.append(wire.ForkItem(channel, owed.fork))
        if owed.held is not None:
            items.append(self.held_item(channel, owed.held))
        if owed.back is not None:
            items += self.returned_items(channel, owed.back)
        return items

    def returned_items(self, channel: int, start: int) -> list[wire.Item]:
        """Entries of their log from the mirror, up to a head that they signed: one part.

        Who goes on from the last part gets the next at once. Whatever else is asked for is given once
        in GIVE_AGAIN: to ask costs little, and to answer much.
        """
        log, store = self.shared.theirs(channel), self.shared.around.store
        now = self.shared.around.clock()
        end, at = self.given.get(channel, (0, Millis(0)))
        if start != end and 0 <= now - at < GIVE_AGAIN:
            return []
        records: list[bytes] = []
        total = ready = 0
        head: rows.Head | None = None
        for entry in store.entries(log.origin, start, log.durable):
            records.append(entry.record)
            total += len(entry.record)
            kept = store.head_at(log.origin, entry.index + 1)
            if kept is not None:
                head, ready = kept, len(records)
            if total > BUNDLE_BYTES and head is not None:
                break
        if head is None:
            return []
        self.given[channel] = (start + ready, now)
        return [wire.Returned(channel, start, tuple(records[:ready]), head.signature)]

    # Items

    def head_item(self, channel: int, size: int | None = None) -> wire.HeadItem:
        """The signed head of our log: the latest, or that of a size."""
        log = self.shared.own(channel)
        head = self.shared.head_of(log, log.durable if size is None else size)
        return wire.HeadItem(channel, head.size, head.root, head.signature)

    def receipt_item(self, channel: int) -> wire.ReceiptItem:
        """The unbroken beginning of their log that we hold durably, under its own root (E-4)."""
        log = self.shared.theirs(channel)
        held = (Range(0, log.durable),) if log.durable else ()
        head = (log.durable, self.shared.root_at(log, log.durable))
        return self._receipt(channel, head, held)

    def ahead(self, channel: int) -> dict[Checked, list[int]]:
        """What has overtaken, is durable and waits, by the head under which it was proved."""
        log = self.shared.theirs(channel)
        found: dict[Checked, list[int]] = {}
        for index, item in sorted(self.shared.ahead[channel].items()):
            if item.durable and index >= log.durable:
                found.setdefault(item.head, []).append(index)
        return found

    def ahead_item(self, channel: int, head: Checked, indices: Sequence[int]) -> wire.ReceiptItem:
        """What has overtaken under one head (E-15); nothing of it is the beginning (E-6)."""
        held = [Range(0, 0)] if indices[0] == 0 else []
        for place, index in enumerate(indices):
            if place and held[-1].stop == index:
                held[-1] = Range(held[-1].start, index + 1)
            else:
                held.append(Range(index, index + 1))
        return self._receipt(channel, head, tuple(held[:MAX_RANGES]))

    def receipt_items(self, channel: int) -> list[wire.Item]:
        """All that we hold of their log: its beginning, then what has overtaken, by heads."""
        ahead = self.ahead(channel).items()
        return [
            self.receipt_item(channel),
            *(self.ahead_item(channel, head, indices) for head, indices in ahead),
        ]

    def give_receipt(self, channel: int) -> None:
        """Send the one for the beginning: what came does not continue it."""
        self._give(channel, None, Precedence.PRIORITY)

    def give_receipts(self, channel: int) -> None:
        """Send them all: the other side has asked."""
        for head in (None, *self.ahead(channel)):
            self._give(channel, head, Precedence.PRIORITY)

    def _give(self, channel: int, head: Checked | None, how: Precedence) -> None:
        """A receipt in the next turn, for the beginning or for what overtook under a head."""
        key = (channel, head)
        self.receipts[key] = max(how, self.receipts.get(key, how))

    def _receipt(self, channel: int, head: Checked, held: tuple[Range, ...]) -> wire.ReceiptItem:
        log = self.shared.theirs(channel)
        receipt = Receipt(*head, held, self.shared.around.clock())
        data = sign_receipt(receipt, self.shared.base.id, log.origin, self.shared.keys.receipt)
        return wire.ReceiptItem(channel, data)

    def pulse_items(self) -> list[wire.Item]:
        items: list[wire.Item] = []
        for channel, book in self.shared.books.items():
            sizes = tuple(book.logs[PartyNumber(number)].tail.size for number in (0, 1))
            now = self.shared.around.clock()
            pulse = Pulse(now, sizes, book.shared_digest())
            data = sign_pulse(pulse, self.shared.base.id, channel, self.shared.keys.receipt)
            items.append(wire.PulseItem(channel, data))
            items.append(self.head_item(channel))
        items.append(self.want_item(Channel.CONTROL))  # E-18: to be answered
        return items


def _seen(judged: Judged) -> object:
    return judged.record.seen if judged.record else None


def _turn(pair: tuple[Precedence, wire.Item]) -> tuple[int, int]:
    """What goes first: overtaking items, then control (others are judged by it), then by urgency."""
    precedence, item = pair
    if isinstance(item, wire.Overtaking):
        return (0, 0)
    return (1, 0) if item.channel == Channel.CONTROL else (2, -precedence)


def _in_bundles(
    waiting: Sequence[tuple[Precedence, wire.Item]], most: int, narrow: bool
) -> list[tuple[Precedence, list[wire.Item]]]:
    """Items in order, put together until a bundle is about `most` bytes large.

    On a narrow line what is urgent goes alone: what rode with it would take its time.
    """
    made: list[tuple[Precedence, list[wire.Item]]] = []
    total = 0
    for precedence, item in waiting:
        size = _weight(item)
        apart = narrow and made and (made[-1][0] >= _URGENT) != (precedence >= _URGENT)
        if not made or apart or total + size > most:
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
        case wire.ForkItem():
            return len(item.proof) + 8
        case _:
            return 256
