"""What all parts of one side hold in common: the agreement, its logs, the link, the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from firebreak.desk.dialogue import Place
from firebreak.errors import FirebreakError, InvalidValue, Refused, StoreTrouble
from firebreak.keys import PublicKey, SigningKey
from firebreak.ledger.checkpoint import Checkpoint, sign_checkpoint, verify_checkpoint
from firebreak.ledger.commitment import log_secret
from firebreak.ledger.fork import SignedHead
from firebreak.ledger.judge import Judged, Parsed, Tail
from firebreak.ledger.receipt import Receipt, open_receipt, parse_receipt
from firebreak.line import bundle as wire
from firebreak.line import link as exchange
from firebreak.line.quota import Meter
from firebreak.mldsa import MldsaKey
from firebreak.node.alerts import About, Alert, Level
from firebreak.node.delivered import Delivered
from firebreak.node.logs import (
    ChannelBook,
    ControlView,
    Log,
    Spared,
    encode_spared,
    frontier_at,
    judged_of,
    parse_spared,
)
from firebreak.records import sign1
from firebreak.records.agreement import (
    Agreement,
    Channel,
    ChannelTerms,
    SignedAgreement,
    parse_signed_agreement,
)
from firebreak.records.kinds import AgreementVersion, RosterUpdate
from firebreak.records.record import Seen, parse_payload
from firebreak.records.roster import Roster, parse_signed_roster
from firebreak.store import interface as rows
from firebreak.values import Millis, PartyNumber, Precedence

BUNDLE_BYTES = 256 * 1024
"""About how much of a log one bundle carries."""

Done = Callable[[FirebreakError | None], None]


def at_once(work: Callable[[], None]) -> None:
    """A turn at once."""
    work()


@dataclass(frozen=True, slots=True)
class SideKeys:
    """The secrets a node needs for one agreement. reader_secrets: by party, own and opened."""

    record: SigningKey
    log: SigningKey
    receipt: SigningKey
    mldsa: MldsaKey
    reader_secrets: dict[PartyNumber, bytes]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a side is given by the runner, and the hostile world gives in tests.

    later: does some work in a turn of its own; at once where nobody gives turns. narrow: whether the
    line to the other party is set narrow (spec/narrow.md).
    """

    store: rows.Store
    clock: Callable[[], Millis]
    send: Callable[[wire.Bundle, Precedence], bool]
    alert: Callable[[Alert], None]
    later: Callable[[Callable[[], None]], None] = at_once
    narrow: bool = False


@dataclass(frozen=True, slots=True)
class DraftContext:
    """What an officer's machine needs to compose a record for a channel."""

    version: int
    control: int
    serial: int
    seen: tuple[Seen, ...]
    now: Millis


Checked: TypeAlias = tuple[int, bytes]
"""The size and the root of a head of theirs whose signature was verified."""


@dataclass(slots=True)
class Ahead:
    """An overtaking entry's leaf and the head that it came under; `durable` once it is kept."""

    head: Checked
    leaf: bytes
    durable: bool = False


class Shared:
    """One agreement's state, without behaviour of its own beyond looking up and writing down."""

    def __init__(
        self,
        signed: SignedAgreement,
        party: PartyNumber,
        keys: SideKeys,
        around: Surroundings,
        ordinal: int,
    ) -> None:
        if signed.missing():
            raise InvalidValue(
                f"{', '.join(signed.missing())} has not signed this agreement. Send it to them."
            )
        self.base = signed.agreement
        self.beginning = self.base.digest().hex()[:8]
        self.party = party
        self.peer = PartyNumber(1 - party)
        self.keys = keys
        self.around = around
        rosters = [signed.roster_of(number).roster for number in (0, 1)]
        self.control = ControlView(self.base, rosters)
        self.books: dict[int, ChannelBook] = {}
        for terms in self.base.channels:
            self.books[terms.channel] = self._book(terms.channel, ordinal)
            if terms.channel is Channel.CONTROL:
                self._replay_control()
        tempo = exchange.NARROW if around.narrow else exchange.BROAD
        self.link = exchange.Link(tuple(self.books), tempo)
        for channel, book in self.books.items():
            self.link.outgoing[channel].size = book.logs[self.party].durable
        restored = around.store.restored
        whole = restored == around.store.setting(self._recovered)
        self.asked = None if whole else around.clock()
        self.failed: StoreTrouble | None = None
        self.ahead: dict[int, dict[int, Ahead]] = {channel: {} for channel in self.books}
        self.delivered = {channel: Delivered() for channel in self.books}
        self.machine_at: Millis | None = None
        self.said_at: Millis | None = None
        self.peer_recovers = False
        self.paused: set[int] = set()
        self.meters = {channel: Meter(self.terms(channel).quota) for channel in self.books}
        self.to_spare = set(self.books) if self.recovering else set[int]()
        self._load()

    def _load(self) -> None:
        store = self.around.store
        forks = {fork.origin: fork.data for fork in store.forks()}
        for channel, book in self.books.items():
            own, theirs = book.logs[self.party], book.logs[self.peer]
            for log in book.logs.values():
                log.fork = forks.get(log.origin)
            for kept in store.overtaken(theirs.origin):
                item = wire.parse_overtaking(kept.item)
                leaf = theirs.leaf(kept.index, item.record)
                self.ahead[channel][kept.index] = Ahead((item.size, item.root), leaf, durable=True)
            self._load_delivered(own)
            self._load_spared(channel)

    def received_at(self, channel: int, index: int) -> Millis | None:
        """Since when the other side's node says that it holds an entry of ours: its clock's claim.

        By the receipts that are kept; None while none covers the entry.
        """
        delivered = self.delivered[channel]
        if index >= delivered.unbroken:
            return delivered.overtook_at(index)
        store, origin = self.around.store, self.own(channel).origin
        row = store.first_receipt(origin, ours=False, index=index)
        reached = None if row is None else parse_receipt(row.data).at
        # It may have overtaken before that; what was receipted later is no earlier proof.
        for ahead in store.receipts_ahead(origin, ours=False, size=index):
            receipt = parse_receipt(ahead.data)
            if reached is not None and receipt.at >= reached:
                break
            if receipt.covers(index):
                return receipt.at
        return reached

    def _load_delivered(self, log: Log) -> None:
        """What the receipts that are kept cover of our log, and what is urgent and has none."""
        store, out = self.around.store, self.link.outgoing[log.channel]
        delivered = self.delivered[log.channel]
        furthest = store.furthest_receipt(log.origin, ours=False)
        reached = 0 if furthest is None else furthest.unbroken
        kept = [*store.receipts_ahead(log.origin, ours=False, size=reached)]
        if furthest is not None and reached:
            kept.append(furthest)
        for row in kept:
            receipt = parse_receipt(row.data)
            delivered.take(receipt)
            self.said_at = max(receipt.at, self.said_at or receipt.at)
        out.receipted = reached
        for entry in store.entries(log.origin, reached, log.durable):
            record = judged_of(entry).record
            urgent = record is not None and record.precedence >= Precedence.IMMEDIATE
            if urgent and not delivered.covers(entry.index):
                out.urgent.add(entry.index)

    def _book(self, channel: int, ordinal: int) -> ChannelBook:
        logs = []
        for number in (PartyNumber(0), PartyNumber(1)):
            origin = self.base.context(channel, number).origin
            roster = self.control.latest_roster(number)
            secret = log_secret(self.keys.reader_secrets[number], origin)
            key = PublicKey.parse(roster.node.log)
            logs.append(Log(origin, number, channel, number == self.party, key, secret))
        local = ordinal << 8 | channel
        return ChannelBook(channel, local, logs, self.around.store, self.control, self.base)

    def _replay_control(self) -> None:
        """Read the control logs through: they are short, and everything else is judged by them."""
        for log in self.books[Channel.CONTROL].logs.values():
            for entry in self.around.store.entries(log.origin, 0, log.durable):
                self._take_control(log.party, entry)

    def _take_control(self, party: PartyNumber, entry: rows.Entry) -> None:
        roster: Roster | None = None
        agreement: Agreement | None = None
        if entry.void is None:
            match parse_payload(sign1.parse(entry.record).payload).body:
                case RosterUpdate(data):
                    roster = parse_signed_roster(data).roster
                case AgreementVersion(data):
                    agreement = parse_signed_agreement(data).agreement
        self.control.take(party, roster, agreement)

    def terms(self, channel: int) -> ChannelTerms:
        """The terms of a channel of the agreement in force."""
        terms = self.agreement.terms(channel)
        if terms is None:
            raise Refused("The agreement has no such channel. See `firebreak agreement show`.")
        return terms

    @property
    def agreement(self) -> Agreement:
        """The newest version in this party's own control log."""
        return self.control.latest_agreement(self.party)

    @property
    def recovering(self) -> bool:
        """Whether the other side may hold more of our logs than we do; nothing is appended then.

        asked: when that began, by our clock; questions bear it, and so do their answers.
        """
        return self.asked is not None

    @property
    def _recovered(self) -> str:
        """The setting that holds the restoration which this agreement has recovered from last.

        Each agreement has its own peer to ask; one peer's answer says nothing of the others' logs.
        """
        return f"recovered:{self.base.id.hex()}"

    def recover(self) -> None:
        """From now on, over restarts too: ask the other side before anything is appended."""
        self.asked = self.around.clock()
        self.to_spare = set(self.books)
        begun = [rows.Setting(self._recovered, b"")]
        begun += [
            rows.Setting(f"spared:{self.theirs(channel).origin}", None) for channel in self.books
        ]
        self.around.store.submit(begun, self.ignore)

    def recovered(self) -> None:
        """All that the other side holds of our logs is here, and durable."""
        self.asked = None
        restored = self.around.store.restored
        self.around.store.submit([rows.Setting(self._recovered, restored)], self.ignore)

    def spare(self, channel: int, head: SignedHead) -> None:
        """What is sent back after a loss was taken before, within the quota: it is not held up.

        head: of their log, verified. The first after a loss says how much that may be (E-17); it is
        kept, so that no restart begins it anew.
        """
        if channel not in self.to_spare:
            return
        self.to_spare.remove(channel)
        log, meter = self.theirs(channel), self.meters[channel]
        since = max(self.around.clock() - self.base.valid_from, 0)
        meter.spare(since, log.tail.size, head.size)
        self.around.store.submit([self.spared_setting(log)], self.ignore)

    def spared_setting(self, log: Log) -> rows.Setting:
        """What is still to be admitted of their log without being counted, and since which loss."""
        meter = self.meters[log.channel]
        restored = self.around.store.restored or b""
        spared = Spared(restored, meter.spared_until, meter.spared_bytes)
        return rows.Setting(f"spared:{log.origin}", encode_spared(spared))

    def _load_spared(self, channel: int) -> None:
        """Go on with what was admitted after the last loss."""
        stored = self.around.store.setting(f"spared:{self.theirs(channel).origin}")
        if stored is None:
            return
        spared, meter = parse_spared(stored), self.meters[channel]
        if spared.restored == (self.around.store.restored or b""):
            self.to_spare.discard(channel)
            meter.spared_until, meter.spared_bytes = spared.until, spared.bytes

    def own(self, channel: int) -> Log:
        """This party's log on a channel."""
        return self.book_of(channel).logs[self.party]

    def theirs(self, channel: int) -> Log:
        """The mirror of the other party's log on a channel."""
        return self.book_of(channel).logs[self.peer]

    def book_of(self, channel: int) -> ChannelBook:
        book = self.books.get(channel)
        if book is None:
            raise Refused("The agreement has no such channel. See `firebreak agreement show`.")
        return book

    def take(
        self, book: ChannelBook, log: Log, parsed: Parsed, now: Millis
    ) -> tuple[rows.Entry, Judged]:
        """Judge an entry and append it in memory; the caller commits it."""
        return self.take_judged(book, log, parsed.data, *book.try_judge(log, log.tail, parsed), now)

    def take_judged(
        self, book: ChannelBook, log: Log, data: bytes, judged: Judged, tail: Tail, now: Millis
    ) -> tuple[rows.Entry, Judged]:
        """Append in memory what was judged as the log's next entry. tail: the log's after it."""
        entry = book.take(log, data, judged, tail, now)
        if book.number == Channel.CONTROL:
            self._take_control(log.party, entry)
        return entry, judged

    def rows_for(
        self, book: ChannelBook, log: Log, taken: Sequence[tuple[rows.Entry, Judged]]
    ) -> list[rows.Write]:
        made: list[rows.Write] = list(book.settings(log))
        for root in dict.fromkeys(judged.root for _, judged in taken):
            state = book.state(root)
            made.append(
                rows.Dialogue(book.local, root, state.open, state.due, book.digest_of(root))
            )
        return made

    def sign_head(self, log: Log, size: int, root: bytes) -> rows.Head:
        signature = sign_checkpoint(Checkpoint(log.origin, size, root), self.keys.log)
        return rows.Head(log.origin, size, root, signature)

    def store_failed(self, error: StoreTrouble) -> None:
        if self.failed is None:
            self.failed = error
            self.alert(Level.ALARM, About.STORE, str(error))

    def open_receipt(self, channel: int, data: bytes) -> Receipt:
        return open_receipt(data, self.base.id, self.own(channel).origin, self.receipt_key())

    def ignore(self, error: StoreTrouble | None) -> None:
        if error is not None:
            self.store_failed(error)

    def forked(self, channel: int, log: Log, proof: bytes) -> None:
        """Keep the proof that a log has two histories, and never forget it (E-24)."""
        if log.forked:
            return
        log.fork = proof
        row = rows.Fork(log.origin, proof, self.around.clock())
        self.around.store.submit([row], self.ignore)
        if log.own:
            text = (
                "Our own log has two histories under our own key. Nothing more is appended: root keys"
                " must open a new epoch. Speak to the other side by telephone."
            )
        else:
            text = (
                "The other side has signed two histories of one log. Both heads are kept as proof;"
                " nothing more of that log is taken. Speak to them by telephone."
            )
        self.alert(Level.ALARM, About.FORK, text, channel)

    def verify_head(self, log: Log, head: SignedHead) -> None:
        """Raises BadProof unless a log's key signed the head."""
        verify_checkpoint(Checkpoint(log.origin, head.size, head.root), log.key, head.signature)

    def receipt_key(self) -> PublicKey:
        """The key by which the other side's node signs receipts, pulses and what it holds."""
        return PublicKey.parse(self.control.latest_roster(self.peer).node.receipt)

    def subtree(self, log: Log) -> Callable[[int, int], bytes]:
        return lambda level, number: self.around.store.subtree(log.origin, level, number)

    def head_of(self, log: Log, size: int) -> rows.Head:
        """Our log's signed head at a size that is durable; Ed25519 gives one signature for one head."""
        if log.head is not None and log.head.size == size:
            return log.head
        return self.sign_head(log, size, self.root_at(log, size))

    def root_at(self, log: Log, size: int) -> bytes:
        """The root of a log at a size that is durable."""
        if size in log.roots:
            return log.roots[size]
        return frontier_at(self.around.store, log.origin, size).root()

    def alert(
        self,
        level: Level,
        about: About,
        text: str,
        channel: int | None = None,
        place: Place | None = None,
        details: Mapping[str, str | int] | None = None,
    ) -> None:
        """Tell something of this agreement, now."""
        now, more = self.around.clock(), dict(details or {})
        self.around.alert(Alert(now, level, about, text, channel, place, more, self.beginning))
