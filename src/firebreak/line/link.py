"""One link to one peer: what to send, when to send it again, and whether the line is up.

Pure: every method takes the time and returns effects, which the node performs. Order, duplicates and
gaps are harmless; what the peer holds is what its receipts say, nothing else (spec/exchange.md §4-6).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from firebreak.ledger.receipt import Receipt
from firebreak.values import Millis


@dataclass(frozen=True, slots=True)
class Tempo:
    """The times and amounts of a line, in ms and entries; one of two.

    heartbeat: between pulses of a connected link; late_after, down_after: of unanswered words;
    first_retry, last_retry: without a receipt until entries are sent again, doubled each time;
    first_window, last_window: entries ahead of the peer's receipts, doubled by each receipt, halved
    by each retry.
    """

    heartbeat: int
    late_after: int
    down_after: int
    first_retry: int
    last_retry: int
    first_window: int
    last_window: int


BROAD = Tempo(5_000, 15_000, 60_000, 2_000, 30_000, 32, 4_096)
NARROW = Tempo(15_000, 45_000, 180_000, 30_000, 300_000, 8, 64)
"""A carrier that repeats by itself, and on which a pulse takes a second or two."""


class LineStatus(StrEnum):
    """What the machine knows of a line. Suspension and missed line checks are people's matters."""

    UP = "up"
    LATE = "late"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class SendEntries:
    """Send entries start <= index < stop of our log on a channel, with the head of size `stop`."""

    channel: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class SendOvertaking:
    """Send one entry of our log ahead of those before it."""

    channel: int
    index: int


@dataclass(frozen=True, slots=True)
class SendGreeting:
    """Send our heads and what we hold of theirs, on every channel."""


@dataclass(frozen=True, slots=True)
class SendReceipt:
    """Send a receipt for what we hold durably of their log on a channel; urgent: ahead of all else.

    It is for the unbroken beginning; or, where `ahead` names an entry that overtook, for what did so
    under the same head as that.
    """

    channel: int
    urgent: bool = False
    ahead: int | None = None


@dataclass(frozen=True, slots=True)
class SendPulse:
    """Send a heartbeat on every channel."""


@dataclass(frozen=True, slots=True)
class LineChanged:
    """The line's status changed."""

    before: LineStatus
    now: LineStatus


Effect: TypeAlias = (
    SendEntries | SendOvertaking | SendGreeting | SendReceipt | SendPulse | LineChanged
)


@dataclass(slots=True)
class Outgoing:
    """Our log on one channel, as this peer has it.

    size: what is durable here; receipted: the peer's largest unbroken holding; said_at: the time of
    the receipt that said so, by its clock; sent: what was sent ahead of receipts; urgent: indices that
    may overtake and are not receipted; known: whether a receipt has come since the connection.
    """

    size: int = 0
    receipted: int = 0
    said_at: Millis | None = None
    sent: int = 0
    window: int = BROAD.first_window
    retry: int = BROAD.first_retry
    retry_at: Millis | None = None
    urgent: set[int] = field(default_factory=set)
    known: bool = False


@dataclass(slots=True)
class Link:
    """The exchange with one peer over all channels of one agreement.

    answered_at: when a word of ours was last answered. That the peer speaks is not enough: it may
    hear nothing.
    """

    channels: tuple[int, ...]
    tempo: Tempo = BROAD
    connected: bool = False
    answered_at: Millis | None = None
    pulse_at: Millis | None = None
    greet_at: Millis | None = None
    greet_retry: int = BROAD.first_retry
    status: LineStatus = LineStatus.DOWN
    outgoing: dict[int, Outgoing] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for channel in self.channels:
            fresh = Outgoing(window=self.tempo.first_window, retry=self.tempo.first_retry)
            self.outgoing.setdefault(channel, fresh)

    def connect(self, now: Millis) -> list[Effect]:
        """A carrier to the peer has come up: greet, and learn from its receipts what it lacks (E-8)."""
        self.connected = True
        self.pulse_at = Millis(now + self.tempo.heartbeat)
        self.greet_retry = self.tempo.first_retry
        self.greet_at = Millis(now + self.greet_retry)
        for out in self.outgoing.values():
            out.sent, out.retry, out.known = out.receipted, self.tempo.first_retry, False
            out.retry_at = None
        return [SendGreeting()]

    def disconnect(self) -> list[Effect]:
        """The carrier is gone. The line is late or down by what is not answered, not at once."""
        self.connected = False
        self.pulse_at = self.greet_at = None
        for out in self.outgoing.values():
            out.retry_at = None
        return []

    def answered(self, now: Millis) -> list[Effect]:
        """A receipt has come that is no repeat: our words arrive, and so do theirs (E-18)."""
        self.answered_at = now
        return self._assess(now)

    def appended(
        self, channel: int, size: int, urgent: tuple[int, ...], now: Millis
    ) -> list[Effect]:
        """Our log has become durable up to `size`; `urgent` among it may overtake."""
        out = self.outgoing[channel]
        out.size = max(out.size, size)
        out.urgent.update(urgent)
        if not self.connected:
            return []
        if not out.known:
            return [SendOvertaking(channel, index) for index in urgent]
        return self._overtake(channel, urgent) + self._fill(channel, now)

    def receipt(self, channel: int, receipt: Receipt, now: Millis) -> list[Effect]:
        """The peer's receipt for our log. An older one, or one that adds nothing, is harmless (E-9)."""
        out = self.outgoing[channel]
        if any(held.stop > out.size for held in receipt.held):
            return []  # more than we have written: that needs our own signature (E-19)
        out.urgent = {index for index in out.urgent if not receipt.covers(index)}
        if receipt.overtaken:
            return []  # nothing of where the log goes on (E-9)
        first, out.known = not out.known, True
        later = out.said_at is None or receipt.at > out.said_at
        if receipt.unbroken > out.receipted:
            out.retry = self.tempo.first_retry
            out.window = min(out.window * 2, self.tempo.last_window)
            out.retry_at = Millis(now + out.retry)
        elif receipt.unbroken < out.receipted and not first and not later:
            return []
        # Where it is less than before, the peer was restored from an older copy.
        lost, out.receipted = receipt.unbroken < out.receipted, receipt.unbroken
        out.said_at = receipt.at if first else max(receipt.at, out.said_at or receipt.at)
        out.sent = out.receipted if lost else max(out.sent, out.receipted)
        if not self.connected:
            return []
        waits = self._overtake(channel, tuple(sorted(out.urgent))) if first else []
        return waits + self._fill(channel, now)

    def mirrored(
        self, channel: int, urgent: bool = False, ahead: int | None = None
    ) -> list[Effect]:
        """More of the peer's log is durable here, or the peer has sent again what was.

        ahead: the entry that did so by overtaking.
        """
        return [SendReceipt(channel, urgent, ahead)] if self.connected else []

    def tick(self, now: Millis) -> list[Effect]:
        """Time has passed: send again what has no receipt, send a pulse, assess the line."""
        effects = self._assess(now)
        if not self.connected:
            return effects
        if self.pulse_at is not None and now >= self.pulse_at:
            self.pulse_at = Millis(now + self.tempo.heartbeat)
            effects.append(SendPulse())
        if self.greet_at is not None and now >= self.greet_at:
            effects += self._greet_again(now)
        for channel, out in self.outgoing.items():
            if out.retry_at is not None and now >= out.retry_at:
                effects += self._retry(channel, out, now)
        return effects

    def wake_at(self) -> Millis | None:
        """When `tick` is next needed."""
        times = [out.retry_at for out in self.outgoing.values()]
        times += [self.pulse_at, self.greet_at]
        if self.answered_at is not None and self.status is not LineStatus.DOWN:
            limit = self.tempo.late_after if self.status is LineStatus.UP else self.tempo.down_after
            times.append(Millis(self.answered_at + limit))
        return min((time for time in times if time is not None), default=None)

    def _greet_again(self, now: Millis) -> list[Effect]:
        """Ask again, until the peer has said of every channel what it holds."""
        if all(out.known for out in self.outgoing.values()):
            self.greet_at = None
            return []
        self.greet_retry = min(self.greet_retry * 2, self.tempo.last_retry)
        self.greet_at = Millis(now + self.greet_retry)
        return [SendGreeting()]

    def _retry(self, channel: int, out: Outgoing, now: Millis) -> list[Effect]:
        if out.receipted >= out.size:
            out.retry_at = None
            return []
        out.retry = min(out.retry * 2, self.tempo.last_retry)
        out.retry_at = Millis(now + out.retry)
        out.window = max(out.window // 2, self.tempo.first_window)
        out.sent = out.receipted
        # Even the very next one: the peer's quota may hold up the entries, and lets these pass.
        urgent: list[Effect] = [SendOvertaking(channel, index) for index in sorted(out.urgent)]
        return urgent + self._fill(channel, now)

    def _overtake(self, channel: int, urgent: tuple[int, ...]) -> list[Effect]:
        """Send the urgent ones ahead, where any before them has no receipt: it may not come (E-16)."""
        receipted = self.outgoing[channel].receipted
        return [SendOvertaking(channel, index) for index in urgent if index > receipted]

    def _fill(self, channel: int, now: Millis) -> list[Effect]:
        """Send what the window allows, once the peer has said what it holds."""
        out = self.outgoing[channel]
        if not self.connected or not out.known:
            return []
        stop = min(out.size, out.receipted + out.window)
        if stop <= out.sent:
            return []
        effect = SendEntries(channel, out.sent, stop)
        out.sent = stop
        if out.retry_at is None:
            out.retry_at = Millis(now + out.retry)
        return [effect]

    def _assess(self, now: Millis) -> list[Effect]:
        before, self.status = self.status, self._status(now)
        return [] if before is self.status else [LineChanged(before, self.status)]

    def _status(self, now: Millis) -> LineStatus:
        """E-18."""
        if self.answered_at is None:
            return LineStatus.DOWN
        silence = now - self.answered_at
        if silence >= self.tempo.down_after:
            return LineStatus.DOWN
        return LineStatus.LATE if silence >= self.tempo.late_after else LineStatus.UP
