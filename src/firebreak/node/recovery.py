"""After a loss: asking the other side for what it mirrors of our own logs, and giving theirs back.

What they hold counts by our own signature, not by their word; that they hold no more, by an answer to
this very question (spec/exchange.md §7).
"""

from __future__ import annotations

from firebreak.errors import BadProof, FirebreakError
from firebreak.ledger.fork import SignedHead, make_fork, verify_fork
from firebreak.ledger.judge import parse_entry
from firebreak.ledger.receipt import Receipt
from firebreak.line import bundle as wire
from firebreak.line.statements import open_held
from firebreak.node.alerts import About, Level
from firebreak.node.appending import Appending
from firebreak.node.logs import Log, waits
from firebreak.node.sending import Sending
from firebreak.node.shared import Shared
from firebreak.values import Millis

ASK_AGAIN = 5_000
"""ms between questions while this node recovers."""


class Recovery:
    """answered: how much of our own log the peer knows of, by channel, as answers to our question.

    back: what they gave back and our signature proves, by channel, until all of it is appended again.
    """

    def __init__(self, shared: Shared, sending: Sending, appending: Appending) -> None:
        self.shared = shared
        self.sending = sending
        self.appending = appending
        self.answered: dict[int, int] = {}
        self.ask_at: Millis | None = None
        self.back: dict[int, wire.Returned] = {}
        self.told_beyond_repair: set[int] = set()

    # Asking

    def tick(self, now: Millis) -> None:
        """Ask again for what is not answered or not yet here."""
        wake = self.wake_at()
        if wake is None or now < wake:
            return
        self.ask_at = Millis(now + ASK_AGAIN)
        for channel in self.shared.books:
            if not self.complete(channel):
                self.sending.send(self.sending.want_item(channel))

    def wake_at(self) -> Millis | None:
        """When `tick` is next needed."""
        if not self.shared.recovering or not self.shared.link.connected:
            return None
        return self.ask_at or self.shared.asked

    def complete(self, channel: int) -> bool:
        """Whether the peer has answered, and all that it knows of our log is here."""
        known, log = self.answered.get(channel), self.shared.own(channel)
        return log.forked or (known is not None and known <= log.durable)

    def held(self, channel: int, data: bytes) -> None:
        """What they know of our log, under our own signature: more than we do, or another history."""
        log = self.shared.own(channel)
        key = self.shared.receipt_key()
        held = open_held(data, self.shared.base.id, log.origin, key)  # E-7
        head = SignedHead(held.size, held.root, held.signature)
        if held.size:
            self.shared.verify_head(log, head)  # E-19: our own signature
        if held.size > log.tail.size:
            self.behind(channel)
        elif held.size and held.size <= log.durable:
            self.same_history(channel, log, head)
        if self.shared.recovering and held.asked == self.shared.asked:  # E-20
            self.answered[channel] = max(held.size, self.answered.get(channel, 0))
            self.maybe_recovered()

    def behind(self, channel: int) -> None:
        """We signed more than we hold: this store is an older copy."""
        if self.shared.recovering:
            return
        self.shared.recover()
        self.shared.alert(
            Level.ALARM,
            About.RECOVERING,
            "The other side holds more of our own log than this node does: its store is an older"
            " copy. It appends nothing until it has caught up.",
            channel,
        )

    def same_history(self, channel: int, log: Log, head: SignedHead) -> None:
        """A head of ours must be of the history that is here (E-25)."""
        if head.root == self.shared.root_at(log, head.size):
            return
        kept = self.shared.head_of(log, log.durable)
        ours = SignedHead(kept.size, kept.root, kept.signature)
        proof = make_fork(log.origin, head, ours, log.key, self.shared.subtree(log))
        self.shared.forked(channel, log, proof)

    def fork(self, channel: int, proof: bytes) -> None:
        """The other side proves that our own log has two histories."""
        log = self.shared.own(channel)
        if verify_fork(proof, log.key).origin != log.origin:  # E-25
            raise BadProof("The proof of a fork is of another log than ours.")
        self.shared.forked(channel, log, proof)

    def returned(self, item: wire.Returned) -> None:
        """Entries of our own log, up to a head that we signed."""
        log = self.shared.own(item.channel)
        held = log.tail.size
        fresh = item.records[max(0, held - item.start) :]
        if not self.shared.recovering or item.start > held or not fresh:
            return
        frontier = log.frontier
        for offset, data in enumerate(fresh):
            frontier = frontier.append(log.leaf(held + offset, data))
        self.shared.verify_head(
            log, SignedHead(frontier.size, frontier.root(), item.signature)
        )  # E-21: our own signature, over these very entries
        self.back[item.channel] = item

    def go_on(self, channel: int) -> bool:
        """Append again what can be judged now of what they gave back; whether anything could."""
        item = self.back.get(channel)
        if item is None:
            return False
        log, theirs = self.shared.own(channel), self.shared.theirs(channel)
        held = log.tail.size
        fresh = item.records[held - item.start :]
        ready = 0
        for offset, data in enumerate(fresh):
            if waits(parse_entry(data), log, held + offset, self.shared.control, theirs):  # E-21
                break
            ready += 1
        if ready:
            self.appending.append(channel, fresh[:ready], self._appended)
            self.ask_at = Millis(self.shared.around.clock() + ASK_AGAIN)
        if ready == len(fresh):
            del self.back[channel]
            if self.answered.get(channel, 0) > log.tail.size:
                self.sending.send(self.sending.want_item(channel))
        return ready > 0

    def _appended(self, error: FirebreakError | None) -> None:
        if error is None:
            self.maybe_recovered()

    def maybe_recovered(self) -> None:
        """Appending begins again once every channel is complete."""
        if not self.shared.recovering:
            return
        if not all(self.complete(channel) for channel in self.shared.books):
            return
        self.shared.recovered()
        self.answered.clear()
        self.back.clear()
        view = self.appending.view
        came, view.given_back = view.given_back, 0
        text = "All that the other side holds of our logs is here."
        if came:
            text += f" {came} older records of theirs came with it; see: firebreak inbox --unread"
        self.shared.alert(Level.INFO, About.RECOVERED, text)

    def beyond_repair(self, channel: int, receipt: Receipt) -> None:
        """They know a head of ours, and do not hold the entries under it: those are lost for good."""
        known, log = self.answered.get(channel, 0), self.shared.own(channel)
        if receipt.overtaken:
            return  # it says nothing of where their mirror ends (E-9)
        if receipt.unbroken <= log.durable < known and channel not in self.told_beyond_repair:
            self.told_beyond_repair.add(channel)
            self.shared.alert(
                Level.ALARM,
                About.RECOVERING,
                f"Entries {log.durable} to {known - 1} of our own log are lost: we signed them, and the"
                " other side does not hold them. Root keys must open a new epoch. Use the telephone"
                " meanwhile.",
                channel,
            )

    # Answering

    def want(self, item: wire.Want) -> None:
        """They ask what is held of their own log: say it, and give back what they lack.

        What is asked again before the answer goes out gets one answer, to the latest question.
        """
        log = self.shared.theirs(item.channel)
        if item.asked:
            self.shared.peer_recovers = True
        self.sending.give_receipts(item.channel)
        if item.asked or item.start < max((log.durable, *log.claimed)):
            self.sending.say_held(item.channel, item.asked)
        if item.start < log.durable:
            self.sending.owed(item.channel).back = item.start
