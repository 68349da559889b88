"""After a loss: asking the other side for what it mirrors of our own logs, and giving theirs back."""

from __future__ import annotations

from firebreak.errors import FirebreakError
from firebreak.ledger.checkpoint import Checkpoint, verify_checkpoint
from firebreak.line import bundle as wire
from firebreak.node.alerts import About, Level
from firebreak.node.appending import Appending
from firebreak.node.sending import Sending
from firebreak.node.shared import BUNDLE_BYTES, Shared
from firebreak.store import interface as rows
from firebreak.values import Precedence


class Recovery:
    """peer_holds: how much of our own log the peer has shown to hold, by channel."""

    def __init__(self, shared: Shared, sending: Sending, appending: Appending) -> None:
        self.shared = shared
        self.sending = sending
        self.appending = appending
        self.peer_holds: dict[int, int] = {}
        sending.behind = self.behind

    def behind(self, channel: int, theirs: int) -> None:
        self.peer_holds[channel] = max(theirs, self.peer_holds.get(channel, 0))
        if not self.shared.recovering:
            self.shared.recovering = True
            self.shared.around.store.submit([rows.Setting("restored", b"1")], self.shared.ignore)
            self.shared.alert(
                Level.ALARM,
                About.RECOVERING,
                "The other side holds more of our own log than this node does: its store is an"
                " older copy. It appends nothing until it has caught up.",
                channel,
            )
        size = self.shared.own(channel).tail.size
        self.sending.outbox.append((Precedence.PRIORITY, wire.Want(channel, size)))

    def want(self, channel: int, start: int) -> None:
        """They lost part of their own log: give it back from the mirror, under their own head."""
        log = self.shared.theirs(channel)
        head = self.shared.around.store.head(log.origin)
        if head is None or start >= head.size or head.size > log.durable:
            return
        records: list[bytes] = []
        total = 0
        for entry in self.shared.around.store.entries(log.origin, start, head.size):
            records.append(entry.record)
            total += len(entry.record)
            if total > BUNDLE_BYTES:
                break
        stop = start + len(records)
        kept = self.shared.around.store.head_at(log.origin, stop)
        while kept is None and len(records) < head.size - start:
            records.append(
                next(self.shared.around.store.entries(log.origin, stop, stop + 1)).record
            )
            stop += 1
            kept = self.shared.around.store.head_at(log.origin, stop)
        if kept is not None:
            returned = wire.Returned(channel, start, tuple(records), kept.root, kept.signature)
            self.sending.outbox.append((Precedence.PRIORITY, returned))

    def returned(self, item: wire.Returned) -> None:
        log = self.shared.own(item.channel)
        if not self.shared.recovering or item.start > log.tail.size:
            return
        fresh = item.records[log.tail.size - item.start :]
        frontier = log.frontier
        for offset, data in enumerate(fresh):
            frontier = frontier.append(log.leaf(log.tail.size + offset, data))
        if not fresh:
            return
        checkpoint = Checkpoint(log.origin, frontier.size, item.root)
        verify_checkpoint(checkpoint, log.key, item.signature)  # E-16: our own signature
        if frontier.root() != item.root:
            self.shared.own_fork(item.channel, log)
            return
        head = rows.Head(log.origin, frontier.size, item.root, item.signature)

        def finished(error: FirebreakError | None) -> None:
            if error is None:
                self.ask_for_lost()
                self.maybe_recovered()

        self.appending.append(item.channel, fresh, finished, head)

    def ask_for_lost(self) -> None:
        for channel, receipt in self.peer_holds.items():
            if receipt > self.shared.own(channel).tail.size:
                self.sending.outbox.append(
                    (Precedence.PRIORITY, wire.Want(channel, self.shared.own(channel).tail.size))
                )

    def maybe_recovered(self) -> None:
        if not self.shared.recovering:
            return
        holds = self.peer_holds
        if all(out.known for out in self.shared.link.outgoing.values()) and all(
            holds.get(channel, 0) <= self.shared.own(channel).durable
            for channel in self.shared.books
        ):
            self.shared.recovering = False
            self.shared.around.store.submit([rows.Setting("restored", None)], self.shared.ignore)
            self.shared.alert(
                Level.INFO, About.RECOVERED, "All that the other side holds of our logs is here."
            )
