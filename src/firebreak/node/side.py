"""One agreement as this node runs it: its channels, its link to the other party, its appends.

Everything here happens on one thread. What must be durable before it is said waits for the store's
callback; `flush` then hands whole bundles to the carrier.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from firebreak.desk.dialogue import Place
from firebreak.desk.overlap import Current, Overlap, overlaps, volume_of
from firebreak.errors import (
    BadProof,
    BadSignature,
    FirebreakError,
    InvalidValue,
    Malformed,
    Refused,
    StoreTrouble,
)
from firebreak.keys import PublicKey, SigningKey
from firebreak.ledger.checkpoint import Checkpoint, sign_checkpoint, verify_checkpoint
from firebreak.ledger.commitment import log_secret
from firebreak.ledger.judge import Judged, Tail, Void, seen_sizes
from firebreak.ledger.merkle import consistency_proof, inclusion_proof, verify_inclusion
from firebreak.ledger.receipt import Range, Receipt, open_receipt, sign_receipt
from firebreak.line import bundle as wire
from firebreak.line import link as exchange
from firebreak.line.quota import Meter
from firebreak.node.alerts import About, Alert, Level
from firebreak.node.logs import ChannelBook, ControlView, Log, frontier_at
from firebreak.node.wording import void_text
from firebreak.records import sign1
from firebreak.records.agreement import (
    Agreement,
    Channel,
    ChannelTerms,
    SignedAgreement,
    parse_signed_agreement,
)
from firebreak.records.cbor import encode
from firebreak.records.kinds import (
    NEVER_HELD_UP,
    Acknowledge,
    AgreementVersion,
    Body,
    Displayed,
    Kind,
    Lapsed,
    LineCheckReply,
    RosterUpdate,
)
from firebreak.records.record import (
    ID_PREFIX,
    NODE_AUTHOR,
    SEEN_DIGEST,
    Record,
    Reference,
    Seen,
    parse_payload,
    sign_record,
)
from firebreak.records.roster import Roster, parse_signed_roster
from firebreak.store import interface as rows
from firebreak.values import Millis, OfficeNumber, PartyNumber, Precedence

BUNDLE_BYTES = 256 * 1024
"""About how much of a log one bundle carries."""
CLOCK_TOLERANCE = 5 * 60_000
"""ms: own officers' composed-at may differ by this from the node's clock."""
DOUBTFUL_AFTER = 10 * 60_000
"""ms: a received composed-at that differs by more from this node's clock is shown as doubtful."""

Done = Callable[[FirebreakError | None], None]


@dataclass(frozen=True, slots=True)
class SideKeys:
    """The secrets a node needs for one agreement. reader_secrets: by party, own and opened."""

    record: SigningKey
    log: SigningKey
    receipt: SigningKey
    reader_secrets: dict[PartyNumber, bytes]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a side is given by the runner, and the hostile world gives in tests."""

    store: rows.Store
    clock: Callable[[], Millis]
    send: Callable[[wire.Bundle, Precedence], bool]
    alert: Callable[[Alert], None]


@dataclass(frozen=True, slots=True)
class DraftContext:
    """What an officer's machine needs to compose a record for a channel."""

    version: int
    control: int
    serial: int
    seen: tuple[Seen, ...]
    now: Millis


@dataclass(slots=True)
class Ahead:
    """An overtaking entry that is durable: the head that it came under."""

    size: int
    root: bytes
    durable: bool = False


@dataclass(slots=True)
class Lamps:
    """The two lamps: the last human answer, then the machine's last word."""

    human_at: Millis | None = None
    human_office: str | None = None
    machine_at: Millis | None = None


class Side:
    """This party's side of one agreement."""

    def __init__(
        self,
        signed: SignedAgreement,
        party: PartyNumber,
        keys: SideKeys,
        around: Surroundings,
        ordinal: int = 0,
    ) -> None:
        if signed.missing():
            raise InvalidValue(
                f"{', '.join(signed.missing())} has not signed this agreement. Send it to them."
            )
        self.base = signed.agreement
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
        self.link = exchange.Link(tuple(self.books))
        for channel, book in self.books.items():
            self.link.outgoing[channel].size = book.logs[self.party].durable
        self.recovering = around.store.restored
        self.failed: StoreTrouble | None = None
        self.lamps = Lamps()
        self.currents: dict[int, dict[Place, Current]] = {channel: {} for channel in self.books}
        self.conflicts: dict[tuple[int, Place], list[Overlap]] = {}
        self.awaited: dict[tuple[int, Place], Millis] = {}
        self.ahead: dict[int, dict[int, Ahead]] = {channel: {} for channel in self.books}
        self.latest_receipt: dict[int, Receipt] = {}
        self.meters = {channel: Meter(self.terms(channel).quota) for channel in self.books}
        self._outbox: list[tuple[Precedence, wire.Item]] = []
        self._overdue: set[tuple[int, Place]] = set()
        self._peer_holds: dict[int, int] = {}
        self._load()

    # -- construction --------------------------------------------------------------------------

    def _book(self, channel: int, ordinal: int) -> ChannelBook:
        logs = []
        for number in (PartyNumber(0), PartyNumber(1)):
            origin = self.base.context(channel, number).origin
            roster = self.control.latest_roster(number)
            secret = log_secret(self.keys.reader_secrets[number], origin)
            key = PublicKey.parse(roster.node.log)
            logs.append(Log(origin, number, number == self.party, key, secret))
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

    def _load(self) -> None:
        store = self.around.store
        for channel, book in self.books.items():
            for row in store.open_dialogues(book.local):
                self._follow(channel, (PartyNumber(row.root[0]), row.root[1]))
            for kept in store.overtaken(book.logs[self.peer].origin):
                item = wire.parse_overtaking(kept.item)
                self.ahead[channel][kept.index] = Ahead(item.size, item.root, durable=True)
            for receipt in store.receipts(book.logs[self.party].origin, ours=False):
                self.latest_receipt[channel] = self._open_receipt(channel, receipt.data)
            if channel in self.latest_receipt:
                self.link.outgoing[channel].receipted = self.latest_receipt[channel].unbroken

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

    def own(self, channel: int) -> Log:
        """This party's log on a channel."""
        return self._book_of(channel).logs[self.party]

    def theirs(self, channel: int) -> Log:
        """The mirror of the other party's log on a channel."""
        return self._book_of(channel).logs[self.peer]

    def _book_of(self, channel: int) -> ChannelBook:
        book = self.books.get(channel)
        if book is None:
            raise Refused("The agreement has no such channel. See `firebreak agreement show`.")
        return book

    # -- composing and appending ---------------------------------------------------------------

    def draft(self, channel: int, author: int) -> DraftContext:
        """What a record composed now on this channel says of its surroundings."""
        own, theirs = self.own(channel), self.theirs(channel)
        seen = Seen(self.peer, theirs.durable, self._digest(channel, theirs))
        return DraftContext(
            self.agreement.version,
            self.control.sizes[self.party],
            own.tail.serials.get(author, -1) + 1,
            (seen,),
            self.around.clock(),
        )

    def _digest(self, channel: int, log: Log) -> bytes:
        digest = self.books[channel].digest(log.party, log.durable)
        assert digest is not None
        return digest[:SEEN_DIGEST]

    def submit(self, channel: int, records: Sequence[bytes], done: Done) -> list[rows.Entry]:
        """Append signed records to our log on a channel, all or none.

        done(None) once they are durable; done(error) if they never will be. Raises Refused, with
        what to do, and changes nothing, if the rules would make any of them void.
        """
        self._may_append(channel)
        self._would_be_valid(channel, records)
        return self._append(channel, records, done)

    def _may_append(self, channel: int) -> None:
        if self.failed is not None:
            raise self.failed
        if self.recovering:
            raise Refused(
                "This node was restored from an older copy and is recovering: it appends nothing"
                " until the other side has said what it holds. Use the telephone meanwhile."
            )
        if self.own(channel).forked:
            raise Refused(
                "This log has two histories; nothing more may be appended. Root keys must open a"
                " new epoch. Use the telephone meanwhile."
            )

    def _would_be_valid(self, channel: int, records: Sequence[bytes]) -> None:
        book, log = self.books[channel], self.own(channel)
        tail: Tail = log.tail
        now = self.around.clock()
        for data in records:
            judged, tail = book.try_judge(log, tail, data)
            if judged.record is not None:
                self._scope(channel, judged.record)
            if judged.void is not None:
                raise Refused(void_text(judged.void))
            assert judged.record is not None
            self._own_clock(judged.record, now)
            self._own_volume(channel, judged.record)

    def _scope(self, channel: int, record: Record) -> None:
        """A kind that this channel does not carry is refused with the channel where it belongs."""
        terms = self.terms(channel)
        if (
            record.kind in terms.kinds
            or record.kind not in set(Kind)
            or record.kind == Kind.RELEASE
        ):
            return
        kind = Kind(record.kind)
        name = kind.name.lower().replace("_", " ")
        belongs = self.agreement.channel_for(kind)
        where = (
            f"it belongs on the {belongs.name.lower()} channel"
            if belongs is not None
            else "no channel of this agreement carries it; the parties would have to agree on one"
        )
        here = Channel(channel).name.lower()
        raise Refused(f"A {name} is not carried on the {here} channel: {where}.")

    def _own_clock(self, record: Record, now: Millis) -> None:
        if abs(record.composed_at - now) > CLOCK_TOLERANCE:
            raise Refused(
                "The record's time of composition differs from this node's clock by more than five"
                " minutes. Set the clock of your machine, then compose it again."
            )
        if not self.agreement.valid_from <= now < self.agreement.valid_until:
            raise Refused("The agreement is not in force now. Agree on a new version.")

    def _own_volume(self, channel: int, record: Record) -> None:
        volume = volume_of(record)
        if volume is None:
            return
        for overlap in self._overlaps(channel, record):
            if overlap.unseen and record.kind not in NEVER_HELD_UP:
                raise Refused(
                    "A notice of the other side that this one overlaps came in meanwhile."
                    " Read it first (`firebreak inbox`), then file again."
                )

    def _overlaps(
        self, channel: int, record: Record, party: PartyNumber | None = None
    ) -> list[Overlap]:
        volume = volume_of(record)
        if volume is None:
            return []
        author = self.party if party is None else party
        own_root = self._root_of(channel, record)
        others = [c for c in self.currents[channel].values() if c.root != own_root]
        return overlaps(volume, others, seen_sizes(record), author)

    def check_overlaps(self, channel: int, record: Record) -> list[Overlap]:
        """What a record of ours would meet, before it is signed."""
        return self._overlaps(channel, record)

    def _root_of(self, channel: int, record: Record) -> Place | None:
        if record.refers_to is None:
            return None
        target = self.books[channel].entry(record.refers_to.party, record.refers_to.index)
        return target.root if target else None

    def _append(
        self, channel: int, records: Sequence[bytes], done: Done, head: rows.Head | None = None
    ) -> list[rows.Entry]:
        book, log, now = self.books[channel], self.own(channel), self.around.clock()
        taken = [self._take(book, log, data, now) for data in records]
        size = log.tail.size
        signed = head or self._sign_head(log, size, log.frontier.root())
        entries = [entry for entry, _ in taken]
        writes = [*entries, signed, *self._rows(book, log, taken)]

        def finished(error: StoreTrouble | None) -> None:
            if error is not None:
                self._store_failed(error)
                done(error)
                return
            log.durable = max(log.durable, size)
            for entry, judged in taken:
                self._committed(channel, log, entry, judged)
            urgent = tuple(
                entry.index
                for entry, judged in taken
                if judged.record is not None and judged.record.precedence >= Precedence.IMMEDIATE
            )
            self._perform(self.link.appended(channel, size, urgent, self.around.clock()))
            done(None)
            self.flush()

        self.around.store.submit(writes, finished)
        return entries

    def _take(
        self, book: ChannelBook, log: Log, data: bytes, now: Millis
    ) -> tuple[rows.Entry, Judged]:
        entry, judged = book.take(log, data, now)
        if book.number == Channel.CONTROL:
            self._take_control(log.party, entry)
        return entry, judged

    def _rows(
        self, book: ChannelBook, log: Log, taken: Sequence[tuple[rows.Entry, Judged]]
    ) -> list[rows.Write]:
        made: list[rows.Write] = list(book.settings(log))
        for root in dict.fromkeys(judged.root for _, judged in taken):
            state = book.state(root)
            made.append(rows.Dialogue(book.local, root, state.open, state.due, state.digest()))
        return made

    def _sign_head(self, log: Log, size: int, root: bytes) -> rows.Head:
        signature = sign_checkpoint(Checkpoint(log.origin, size, root), self.keys.log)
        return rows.Head(log.origin, size, root, signature)

    def _store_failed(self, error: StoreTrouble) -> None:
        if self.failed is None:
            self.failed = error
            self._alert(Level.ALARM, About.STORE, str(error))

    def append_as_node(
        self,
        channel: int,
        body: Body,
        about: Place,
        to: tuple[OfficeNumber, ...] = (),
        done: Done = lambda error: None,
    ) -> None:
        """Append a record that the node itself signs: `displayed` and `lapsed` only."""
        context = self.draft(channel, NODE_AUTHOR)
        target = self.books[channel].entry(*about)
        assert target is not None
        kind = {Displayed: Kind.DISPLAYED, Lapsed: Kind.LAPSED}[type(body)]
        record = Record(
            context.version,
            NODE_AUTHOR,
            context.control,
            to,
            kind,
            Reference(about[0], about[1], target.id[:ID_PREFIX]),
            context.now,
            Precedence.ROUTINE,
            None,
            context.serial,
            context.seen,
            body,
        )
        signed = sign_record(record, self.agreement.context(channel, self.party), self.keys.record)
        self.submit(channel, [signed.data], done)

    # -- receiving -----------------------------------------------------------------------------

    def receive(self, bundle: wire.Bundle) -> None:
        """Take in an opened bundle of the other party. Bad items are counted and told, no more."""
        if bundle.sender != self.peer:
            raise Malformed("The bundle does not say that it is from the other party.")
        for item in bundle.items:
            try:
                self._item(item)
            except (Malformed, BadSignature, BadProof, Refused) as error:
                self._alert(Level.CAUTION, About.REFUSED_BUNDLE, str(error))
        self.flush()

    def _item(self, item: wire.Item) -> None:
        self._book_of(item.channel)
        match item:
            case wire.Entries():
                self._entries(item)
            case wire.Overtaking():
                self._overtaking(item)
            case wire.ReceiptItem(channel, data):
                self._receipt(channel, data)
            case wire.HeadItem():
                self._head(item)
            case wire.Want(channel, start):
                self._want(channel, start)
            case wire.Returned():
                self._returned(item)
            case wire.Pulse():
                self._pulse(item)

    def _entries(self, item: wire.Entries) -> None:
        log, book = self.theirs(item.channel), self.books[item.channel]
        if log.forked or self.failed is not None:
            return
        held = log.tail.size
        if item.start > held:  # E-8: a gap; our receipt says where to go on
            self._perform(self.link.mirrored(item.channel))
            return
        fresh = item.records[held - item.start :]
        if not fresh:  # E-9: sent again; our receipt was lost
            self._perform(self.link.mirrored(item.channel))
            return
        frontier = log.frontier
        for offset, data in enumerate(fresh):
            frontier = frontier.append(log.leaf(held + offset, data))
        size, root = frontier.size, frontier.root()
        if item.root is not None and item.root != root:
            self._contradiction(item.channel, log, size, item.root, item.signature)
            return
        verify_checkpoint(Checkpoint(log.origin, size, root), log.key, item.signature)  # E-10
        self._heard()
        now = self.around.clock()
        if not self.meters[item.channel].admit(len(fresh), sum(map(len, fresh)), now):  # E-14
            self._paused(item.channel)
            return
        taken = [self._take(book, log, data, now) for data in fresh]
        head = rows.Head(log.origin, size, root, item.signature)
        writes = [*(entry for entry, _ in taken), head, *self._rows(book, log, taken)]

        def finished(error: StoreTrouble | None) -> None:
            if error is not None:
                self._store_failed(error)
                return
            log.durable = max(log.durable, size)
            for entry, judged in taken:
                self.ahead[item.channel].pop(entry.index, None)
                self._committed(item.channel, log, entry, judged)
            self._perform(self.link.mirrored(item.channel))
            self.flush()

        self.around.store.submit(writes, finished)

    def _contradiction(
        self, channel: int, log: Log, size: int, root: bytes, signature: bytes
    ) -> None:
        """Entries that, put after those held, do not make the root their log signed."""
        verify_checkpoint(Checkpoint(log.origin, size, root), log.key, signature)
        raise BadProof(
            "The other side's log does not continue what is held of it here. Its head is asked for."
        )

    def _paused(self, channel: int) -> None:
        self._alert(
            Level.WARNING,
            About.QUOTA,
            f"The other side sends more on the {Channel(channel).name.lower()} channel than agreed."
            " Mirroring pauses; FLASH still passes, up to its own cap.",
            channel,
        )

    def _overtaking(self, item: wire.Overtaking) -> None:
        log, book = self.theirs(item.channel), self.books[item.channel]
        if item.index < log.tail.size or item.index in self.ahead[item.channel]:
            self._perform(self.link.mirrored(item.channel))
            return
        if log.forked or self.failed is not None:
            return
        checkpoint = Checkpoint(log.origin, item.size, item.root)
        verify_checkpoint(checkpoint, log.key, item.signature)  # E-11
        leaf = log.leaf(item.index, item.record)
        verify_inclusion(leaf, item.index, item.size, item.proof, item.root)  # E-11
        self._heard()
        stub = replace(log.tail, size=item.index, serials={}, release=None)
        judged, _ = book.try_judge(log, stub, item.record)
        if judged.record is None or judged.record.precedence < Precedence.IMMEDIATE:
            return
        if not self.meters[item.channel].admit_flash(self.around.clock()):  # E-14
            self._paused(item.channel)
            return
        ahead = self.ahead[item.channel][item.index] = Ahead(item.size, item.root)
        row = rows.Overtaken(log.origin, item.index, wire.encode_overtaking(item))

        def finished(error: StoreTrouble | None) -> None:
            if error is not None:
                self._store_failed(error)
                return
            ahead.durable = True
            place = (log.party, item.index)
            if judged.void is None or judged.void is Void.RELEASE_MISSING:
                text = "An urgent record has overtaken those before it."
                self._alert(Level.ALARM, About.OVERTAKING, text, item.channel, place)
            else:
                self._void(item.channel, place, judged.void)
            self._perform(self.link.mirrored(item.channel))
            self.flush()

        self.around.store.submit([row], finished)

    def _open_receipt(self, channel: int, data: bytes) -> Receipt:
        roster = self.control.latest_roster(self.peer)
        key = PublicKey.parse(roster.node.receipt)
        return open_receipt(data, self.base.id, self.own(channel).origin, key)

    def _receipt(self, channel: int, data: bytes) -> None:
        receipt = self._open_receipt(channel, data)  # E-5, E-6
        log = self.own(channel)
        self._heard()
        now = self.around.clock()
        if receipt.size <= log.durable:
            ours = frontier_at(self.around.store, log.origin, receipt.size).root()
            if ours != receipt.root:  # E-13: they hold another history of our log, signed by us
                self._own_fork(channel, log)
                return
        before = self.latest_receipt.get(channel)
        self._perform(self.link.receipt(channel, receipt, now))
        if before is not None and receipt.held == before.held:
            self._maybe_recovered()
            return
        if before is None or receipt.unbroken >= before.unbroken:
            self.latest_receipt[channel] = receipt
            row = rows.ReceiptRow(log.origin, receipt.size, False, data)
            self.around.store.submit([row], self._ignore)
        self._maybe_recovered()

    def _ignore(self, error: StoreTrouble | None) -> None:
        if error is not None:
            self._store_failed(error)

    def _own_fork(self, channel: int, log: Log) -> None:
        if not log.forked:
            log.forked = True
            self._alert(
                Level.ALARM,
                About.FORK,
                "The other side holds another history of our own log. Nothing more is appended:"
                " root keys must open a new epoch. Speak to them by telephone.",
                channel,
            )

    def _head(self, item: wire.HeadItem) -> None:
        log = self.theirs(item.channel)
        checkpoint = Checkpoint(log.origin, item.size, item.root)
        verify_checkpoint(checkpoint, log.key, item.signature)
        self._heard()
        if item.size > log.durable or log.forked:
            return
        if frontier_at(self.around.store, log.origin, item.size).root() != item.root:  # E-12
            self._fork(item.channel, log, item)
        elif item.size < log.durable:
            self._give_back_hint(item.channel)

    def _give_back_hint(self, channel: int) -> None:
        """They show less of their own log than we hold: our receipt tells them so."""
        self._perform(self.link.mirrored(channel))

    def _fork(self, channel: int, log: Log, item: wire.HeadItem) -> None:
        kept = self.around.store.head(log.origin)
        assert kept is not None
        subtree = self._subtree(log)
        proof = consistency_proof(item.size, kept.size, subtree) if item.size else []
        data = encode(
            (
                "firebreak fork 1",
                log.origin,
                (item.size, item.root, item.signature),
                (kept.size, kept.root, kept.signature),
                frontier_at(self.around.store, log.origin, item.size).root(),
                tuple(proof),
            )
        )
        log.forked = True
        now = self.around.clock()
        self.around.store.submit([rows.Fork(log.origin, data, now)], self._ignore)
        self._alert(
            Level.ALARM,
            About.FORK,
            "The other side has signed two histories of one log. Both heads are kept as proof;"
            " nothing more of that log is taken. Speak to them by telephone.",
            channel,
        )
        self._perform(self.link.mirrored(channel))

    def _subtree(self, log: Log) -> Callable[[int, int], bytes]:
        return lambda level, number: self.around.store.subtree(log.origin, level, number)

    def _want(self, channel: int, start: int) -> None:
        """They lost part of their own log: give it back from the mirror, under their own head."""
        log = self.theirs(channel)
        head = self.around.store.head(log.origin)
        if head is None or start >= head.size or head.size > log.durable:
            return
        records: list[bytes] = []
        total = 0
        for entry in self.around.store.entries(log.origin, start, head.size):
            records.append(entry.record)
            total += len(entry.record)
            if total > BUNDLE_BYTES:
                break
        stop = start + len(records)
        kept = self.around.store.head_at(log.origin, stop)
        while kept is None and len(records) < head.size - start:
            records.append(next(self.around.store.entries(log.origin, stop, stop + 1)).record)
            stop += 1
            kept = self.around.store.head_at(log.origin, stop)
        if kept is not None:
            returned = wire.Returned(channel, start, tuple(records), kept.root, kept.signature)
            self._outbox.append((Precedence.PRIORITY, returned))

    def _returned(self, item: wire.Returned) -> None:
        log = self.own(item.channel)
        if not self.recovering or item.start > log.tail.size:
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
            self._own_fork(item.channel, log)
            return
        head = rows.Head(log.origin, frontier.size, item.root, item.signature)

        def finished(error: FirebreakError | None) -> None:
            if error is None:
                self._ask_for_lost()
                self._maybe_recovered()

        self._append(item.channel, fresh, finished, head)

    def _ask_for_lost(self) -> None:
        for channel, receipt in self._peer_holds.items():
            if receipt > self.own(channel).tail.size:
                self._outbox.append(
                    (Precedence.PRIORITY, wire.Want(channel, self.own(channel).tail.size))
                )

    def _maybe_recovered(self) -> None:
        if not self.recovering:
            return
        holds = self._peer_holds
        if all(out.known for out in self.link.outgoing.values()) and all(
            holds.get(channel, 0) <= self.own(channel).durable for channel in self.books
        ):
            self.recovering = False
            self.around.store.submit([rows.Setting("restored", None)], self._ignore)
            self._alert(
                Level.INFO, About.RECOVERED, "All that the other side holds of our logs is here."
            )

    def _pulse(self, item: wire.Pulse) -> None:
        book = self.books[item.channel]
        self._heard()
        sizes = tuple(book.logs[PartyNumber(number)].tail.size for number in (0, 1))
        if item.sizes == sizes and item.digest != book.shared_digest():
            self._alert(
                Level.ALARM,
                About.DIGEST_DIFFERS,
                "Both sides hold the same logs but draw different conclusions from them."
                " Compare by telephone, and report the fault.",
                item.channel,
            )

    def _heard(self) -> None:
        now = self.around.clock()
        self.lamps.machine_at = now
        self._perform(self.link.heard(now))

    # -- after commit --------------------------------------------------------------------------

    def _committed(self, channel: int, log: Log, entry: rows.Entry, judged: Judged) -> None:
        place = (log.party, entry.index)
        if judged.void is not None:
            self._void(channel, place, judged.void)
            return
        record = judged.record
        assert record is not None
        self._follow(channel, judged.root)
        if log.own:
            return
        self._human_lamp(log.party, record)
        self._announce(channel, place, record, entry.stored_at)
        self._check_volume(channel, place, record)

    def _void(self, channel: int, place: Place, void: Void) -> None:
        about = About.UNKNOWN if void is Void.UNKNOWN_KIND else About.VOID
        self._alert(Level.WARNING, about, void_text(void), channel, place)

    def _human_lamp(self, party: PartyNumber, record: Record) -> None:
        if record.author == NODE_AUTHOR:
            return
        roster = self.control.roster(party, record.control)
        if roster is not None:
            self.lamps.human_at = self.around.clock()
            self.lamps.human_office = roster.entries[record.author].office

    def _announce(self, channel: int, place: Place, record: Record, at: Millis) -> None:
        if record.author == NODE_AUTHOR or isinstance(record.body, Acknowledge | LineCheckReply):
            level = Level.INFO
        elif record.precedence is Precedence.FLASH:
            level = Level.ALARM
        else:
            level = Level.WARNING if record.precedence else Level.CAUTION
        name = Kind(record.kind).name.lower().replace("_", " ")
        self._alert(level, About.RECEIVED, f"Received: {name}.", channel, place)
        if abs(record.composed_at - at) > DOUBTFUL_AFTER:
            self._alert(
                Level.CAUTION,
                About.DOUBTFUL_TIME,
                "Its time of composition differs from this node's clock; one of the two is wrong.",
                channel,
                place,
            )

    def _check_volume(self, channel: int, place: Place, record: Record) -> None:
        try:
            found = self._overlaps(channel, record, place[0])
        except InvalidValue as error:
            text = f"Its area cannot be checked ({error}). Treat it as meeting every notice."
            self._alert(Level.WARNING, About.UNCHECKED_AREA, text, channel, place)
            return
        if not found:
            return
        self.conflicts[(channel, place)] = found
        for overlap in found:
            depth = overlap.conflict.horizontal_overlap_m
            text = f"It meets a notice held here, by {depth} m."
            details: dict[str, str | int] = {
                "with_party": overlap.with_.place[0],
                "with_index": overlap.with_.place[1],
                "horizontal_overlap_m": depth,
            }
            alert = Alert(
                self.around.clock(),
                Level.WARNING,
                About.CONFLICT,
                text,
                channel,
                place,
                details,
            )
            self.around.alert(alert)
            if overlap.unseen:
                text = "It was filed on a stale picture: its author had not seen that notice."
                self._alert(Level.WARNING, About.STALE_PICTURE, text, channel, place)

    def _follow(self, channel: int, root: Place) -> None:
        """Keep the view of a dialogue: what is current, what is awaited until when."""
        state = self.books[channel].state(root)
        self.currents[channel].pop(root, None)
        if state.current is not None:
            judged = self.books[channel].entry(*state.current)
            volume = volume_of(judged.record) if judged and judged.record else None
            if volume is not None and volume.window.end > self.around.clock():
                self.currents[channel][root] = Current(state.current, root, volume)
        for question in state.questions:
            key = (channel, question.place)
            if question.open and question.due is not None:
                self.awaited[key] = question.due
            else:
                self.awaited.pop(key, None)
            self._overdue.discard(key)

    # -- time and carriers ---------------------------------------------------------------------

    def connected(self) -> None:
        """A carrier to the other side has come up."""
        self._perform(self.link.connect(self.around.clock()))
        self.flush()

    def disconnected(self) -> None:
        """The carrier to the other side is gone."""
        self._perform(self.link.disconnect())

    def tick(self) -> None:
        """Time has passed: retries, pulses, deadlines, expiries."""
        now = self.around.clock()
        self._perform(self.link.tick(now))
        self._deadlines(now)
        self._expire(now)
        self.flush()

    def wake_at(self) -> Millis | None:
        """When `tick` is next needed, ms UTC."""
        times = [self.link.wake_at()]
        times += [due for key, due in self.awaited.items() if key not in self._overdue]
        times += [
            current.volume.window.end
            for currents in self.currents.values()
            for current in currents.values()
        ]
        return min((time for time in times if time is not None), default=None)

    def _deadlines(self, now: Millis) -> None:
        due = [key for key, at in self.awaited.items() if at <= now and key not in self._overdue]
        for channel, place in due:
            self._overdue.add((channel, place))
            if place[0] != self.party:
                text = "Our answer is overdue; the other side may record a lapse."
                self._alert(Level.ALARM, About.OVERDUE, text, channel, place)
                continue
            text = "No answer came by the time asked for."
            self._alert(Level.ALARM, About.LAPSED, text, channel, place)
            try:
                self.append_as_node(channel, Lapsed(), place)
            except FirebreakError:
                self._overdue.discard((channel, place))  # recovering or failed: later

    def _expire(self, now: Millis) -> None:
        for channel, currents in self.currents.items():
            ended = [root for root, current in currents.items() if current.volume.window.end <= now]
            for root in ended:
                del currents[root]
                book = self.books[channel]
                state = book.state(root)
                row = rows.Dialogue(book.local, root, False, None, state.digest())
                self.around.store.submit([row], self._ignore)

    # -- sending -------------------------------------------------------------------------------

    def _perform(self, effects: Sequence[exchange.Effect]) -> None:
        for effect in effects:
            match effect:
                case exchange.SendEntries(channel, start, stop):
                    self._outbox += self.entries_items(channel, start, stop)
                case exchange.SendOvertaking(channel, index):
                    self._outbox.append((Precedence.FLASH, self._overtaking_item(channel, index)))
                case exchange.SendGreeting():
                    for item in self.greeting():
                        self._outbox.append((Precedence.PRIORITY, item))
                case exchange.SendReceipt(channel):
                    receipt = self._receipt_item(channel)
                    # Only the newest receipt of a channel says anything.
                    self._outbox = [
                        (precedence, item)
                        for precedence, item in self._outbox
                        if not (isinstance(item, wire.ReceiptItem) and item.channel == channel)
                    ]
                    self._outbox.append((Precedence.PRIORITY, receipt))
                case exchange.SendPulse():
                    for item in self._pulse_items():
                        self._outbox.append((Precedence.ROUTINE, item))
                case exchange.LineChanged(_, now):
                    level = Level.WARNING if now is exchange.LineStatus.DOWN else Level.INFO
                    self._alert(level, About.LINE, f"The line is {now}.")
                case exchange.WeAreBehind(channel, theirs):
                    self._behind(channel, theirs)

    def _behind(self, channel: int, theirs: int) -> None:
        self._peer_holds[channel] = max(theirs, self._peer_holds.get(channel, 0))
        if not self.recovering:
            self.recovering = True
            self.around.store.submit([rows.Setting("restored", b"1")], self._ignore)
            self._alert(
                Level.ALARM,
                About.RECOVERING,
                "The other side holds more of our own log than this node does: its store is an"
                " older copy. It appends nothing until it has caught up.",
                channel,
            )
        size = self.own(channel).tail.size
        self._outbox.append((Precedence.PRIORITY, wire.Want(channel, size)))

    def flush(self) -> None:
        """Hand what is to be sent to the carrier, urgent first, in whole bundles."""
        if not self._outbox:
            return
        waiting, self._outbox = self._outbox, []
        waiting.sort(key=lambda pair: -pair[0])
        for precedence, items in _in_bundles(waiting):
            self.around.send(self.bundle(items), precedence)

    def bundle(self, items: Sequence[wire.Item]) -> wire.Bundle:
        """Items as a bundle of this agreement, from this party."""
        return wire.Bundle(self.base.id[: wire.AGREEMENT_PREFIX], self.party, tuple(items))

    def entries_items(
        self, channel: int, start: int, stop: int, with_root: bool = True
    ) -> list[tuple[Precedence, wire.Item]]:
        """Entries start <= index < stop of our log, in items of about BUNDLE_BYTES each."""
        log = self.own(channel)
        made: list[tuple[Precedence, wire.Item]] = []
        records: list[bytes] = []
        first, total, urgency = start, 0, Precedence.ROUTINE
        for index in range(start, stop):
            found = self.books[channel].stored(log.party, index)
            assert found is not None
            entry, judged = found
            records.append(entry.record)
            total += len(entry.record)
            urgency = max(urgency, judged.record.precedence if judged.record else urgency)
            if total >= BUNDLE_BYTES or index + 1 == stop:
                head = self._head_of(log, index + 1)
                root = head.root if with_root else None
                item = wire.Entries(channel, first, tuple(records), root, head.signature)
                made.append((urgency, item))
                records, first, total, urgency = [], index + 1, 0, Precedence.ROUTINE
        return made

    def _head_of(self, log: Log, size: int) -> rows.Head:
        kept = self.around.store.head_at(log.origin, size)
        if kept is not None:
            return kept
        return self._sign_head(log, size, frontier_at(self.around.store, log.origin, size).root())

    def _overtaking_item(self, channel: int, index: int) -> wire.Overtaking:
        log = self.own(channel)
        found = self.books[channel].stored(log.party, index)
        assert found is not None
        head = self._head_of(log, log.durable)
        proof = inclusion_proof(index, head.size, self._subtree(log))
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
        for channel in self.books:
            items.append(self._head_item(channel))
            items.append(self._receipt_item(channel))
        if self.recovering:
            items += [wire.Want(channel, self.own(channel).tail.size) for channel in self.books]
        return items

    def _head_item(self, channel: int) -> wire.HeadItem:
        log = self.own(channel)
        head = self._head_of(log, log.durable)
        return wire.HeadItem(channel, head.size, head.root, head.signature)

    def _receipt_item(self, channel: int) -> wire.ReceiptItem:
        log = self.theirs(channel)
        held = [Range(0, log.durable)] if log.durable else []
        size = log.durable
        root = self._durable_root(log)
        for index in sorted(self.ahead[channel]):
            ahead = self.ahead[channel][index]
            if not ahead.durable or index < log.durable:
                continue
            if held and held[-1].stop == index:
                held[-1] = Range(held[-1].start, index + 1)
            else:
                held.append(Range(index, index + 1))
            if ahead.size > size:
                size, root = ahead.size, ahead.root
        receipt = Receipt(size, root, tuple(held), self.around.clock())
        data = sign_receipt(receipt, self.base.id, log.origin, self.keys.receipt)
        return wire.ReceiptItem(channel, data)

    def _durable_root(self, log: Log) -> bytes:
        if log.durable == log.tail.size:
            return log.frontier.root()
        return frontier_at(self.around.store, log.origin, log.durable).root()

    def _pulse_items(self) -> list[wire.Item]:
        items: list[wire.Item] = []
        for channel, book in self.books.items():
            sizes = tuple(book.logs[PartyNumber(number)].tail.size for number in (0, 1))
            now = self.around.clock()
            items.append(wire.Pulse(channel, now, sizes, book.shared_digest()))
            items.append(self._head_item(channel))
        return items

    def _alert(
        self,
        level: Level,
        about: About,
        text: str,
        channel: int | None = None,
        place: Place | None = None,
    ) -> None:
        self.around.alert(Alert(self.around.clock(), level, about, text, channel, place))


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
