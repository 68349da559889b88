"""What a hostile party with the real keys does, and what an outsider does who has none.

The party runs the code that ships, and does what that code would not: it appends what is void, says
what is not so, withholds receipts, goes back to an older copy of itself. Nothing it does may move the
honest side, but for what a signature of its own must move.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from random import Random

from firebreak.keys import SigningKey
from firebreak.ledger.checkpoint import Checkpoint, sign_checkpoint
from firebreak.ledger.receipt import Range, Receipt, sign_receipt
from firebreak.line import bundle as wire
from firebreak.line.statements import Held, Pulse, sign_held, sign_pulse
from firebreak.records import sign1
from firebreak.records.agreement import Channel
from firebreak.records.cbor import encode
from firebreak.records.kinds import (
    Answer,
    Body,
    Cancel,
    Complaint,
    Displayed,
    FreeText,
    Lapsed,
    Notice,
    Purpose,
    Query,
    Release,
    Reply,
    Statement,
    Topic,
    UnknownBody,
)
from firebreak.records.record import (
    NODE_AUTHOR,
    Record,
    Reference,
    Seen,
    SignedRecord,
    sign_record,
)
from firebreak.records.slots import Span, Words
from firebreak.sealing import Suite, open_bundle, seal
from firebreak.values import (
    Millis,
    OfficeNumber,
    PartyNumber,
    Position,
    Precedence,
    RecordId,
)
from firebreak.volumes import Heights, Polygon
from tests.hostile.faults import Fault
from tests.hostile.officers import compose
from tests.hostile.party import Party
from tests.hostile.world import HostileWorld, expect
from tests.worlds import seed_of

AIR = Channel.AIR
STRANGER = SigningKey(seed_of("stranger"))
BOW_TIE = Polygon(
    (
        Position(550_000_000, 190_000_000),
        Position(551_000_000, 191_000_000),
        Position(550_000_000, 191_000_000),
        Position(551_000_000, 190_000_000),
    )
)
"""A ring that crosses itself: no area, and no reason to hold up anybody's notices."""


VOIDS_AT_ONCE = 4


def signed_head(party: Party, channel: int, size: int, root: bytes, key: SigningKey) -> bytes:
    origin = party.side.shared.own(channel).origin
    return sign_checkpoint(Checkpoint(origin, size, root), key)


def _nothing(_error: object) -> None:
    pass


class Adversary:
    """What the hostile party and outsiders do to an honest one."""

    def __init__(self, world: HostileWorld, chance: Random) -> None:
        self.world = world
        self.chance = chance
        self.hostile = world.parties[1]
        self.victim = world.parties[0]
        self.withholding = False

    # Void records, appended by the code that ships

    def void(self, _value: int) -> None:
        """Append what the rules make void, in some ways; the other side must find the same."""
        for _ in range(VOIDS_AT_ONCE):
            if self.hostile.node is None or self.hostile.side.shared.own(AIR).forked:
                return
            made = self.chance.choice(self._voids())()
            if made:
                self._append_void((made,) if isinstance(made, bytes) else made)

    def _append_void(self, datas: tuple[bytes, ...]) -> None:
        party = self.hostile
        self.world.counts[Fault.VOID] += 1
        log = party.side.shared.own(AIR)
        index = log.tail.size + len(datas) - 1
        self.world.act(party, lambda _: party.side.appending.append(AIR, datas, _nothing))
        if party.node is not None:
            judged = party.side.shared.books[AIR].entry(PartyNumber(party.number), index)
            expect(judged is not None and judged.void, "a record that should be void is valid")

    def _voids(self) -> list[Callable[[], bytes | tuple[bytes, ...] | None]]:
        """What makes a void record each; of several records the last is void."""

        def changed(**slots: object) -> bytes:
            record = self._text().record
            return self._signed(replace(record, **slots)).data  # type: ignore[arg-type]  # slots of many types

        def body(made: object, author: int = 1) -> bytes:
            return compose(self.hostile, made, author=author).data  # type: ignore[arg-type]  # bodies of many types

        def stranger() -> bytes:
            text = self._text()
            return sign_record(text.record, text.context, STRANGER).data

        def malformed() -> bytes:
            return self.chance.randbytes(self.chance.randint(1, 80))

        seen = self.hostile.side.draft(AIR, 1).seen[0]
        mine = PartyNumber(self.hostile.number)
        words = Words("en", "void")
        position = Position(550_000_000, 190_000_000)
        return [
            stranger,
            malformed,
            lambda: self._text().data[:-1],
            lambda: changed(author=40),
            lambda: changed(serial=-1 + self._text().record.serial) if self._said() else None,
            lambda: changed(version=7),
            lambda: changed(seen=(replace(seen, size=seen.size + 1_000),)),
            lambda: changed(seen=(replace(seen, digest=bytes(16)),)) if seen.size else None,
            lambda: changed(seen=(Seen(mine, 0, bytes(16)),)),
            lambda: changed(seen=(Seen(PartyNumber(9), 0, bytes(16)),)),
            lambda: changed(composed_at=Millis(1)),
            lambda: changed(answer_by=5_000),
            lambda: changed(to=(OfficeNumber(99),)),
            lambda: changed(kind=200, body=UnknownBody(200, (1, "x"))),
            lambda: changed(refers_to=Reference(mine, 10**6, bytes(8))),
            lambda: changed(refers_to=Reference(PartyNumber(7), 0, bytes(8))),
            lambda: body(Complaint("rule 4", -1, words)),
            lambda: body(Displayed()),
            lambda: body(Lapsed()),
            lambda: body(FreeText(words), author=NODE_AUTHOR),
            lambda: body(Answer(Reply.OURS)),
            lambda: body(Statement(Topic.OTHER, words)),
            self._early_lapse,
            self._wrong_prefix,
            self._respelt,
            self._cancelled_for_them,
            self._released_for_another,
            lambda: changed(kind=10, body=Query("T", position, -1)),
        ]

    def _text(self) -> SignedRecord:
        return compose(self.hostile, FreeText(Words("en", f"x{self.chance.randrange(10**9)}")))

    def _said(self) -> bool:
        return bool(self._text().record.serial)

    def _signed(self, record: Record) -> SignedRecord:
        context = self.hostile.side.shared.agreement.context(AIR, PartyNumber(1))
        key = self.hostile.keys.key(record.author) if record.author < 3 else STRANGER
        return sign_record(record, context, key)

    def _early_lapse(self) -> bytes | None:
        """A lapse of a question of its own, before it is due."""
        mine = [p for c, p in self.hostile.side.view.awaited if c == AIR and p[0] == 1]
        now = self.world.now + self.hostile.skew
        early = [p for p in mine if self.hostile.side.view.awaited[AIR, p] > now]
        if not early:
            return None
        return compose(self.hostile, Lapsed(), refers=early[0], author=NODE_AUTHOR).data

    def _wrong_prefix(self) -> bytes | None:
        theirs = self.hostile.side.shared.theirs(AIR)
        if not theirs.durable:
            return None
        text = self._text().record
        refers = Reference(PartyNumber(0), theirs.durable - 1, bytes(8))
        return self._signed(replace(text, refers_to=refers)).data

    def _respelt(self) -> bytes:
        """A record whose first number is written in two bytes where one is enough."""
        text = self._text()
        payload = text.signed.payload
        longer = payload[:1] + b"\x18" + payload[1:]
        aad = text.context.external_aad()
        return sign1.sign(self.hostile.keys.key(text.record.author), aad, longer).encoded()

    def _cancelled_for_them(self) -> bytes | None:
        """A cancellation of a notice that the other side has filed."""
        book, theirs = self.hostile.side.shared.books[AIR], self.hostile.side.shared.theirs(AIR)
        for index in range(theirs.durable):
            judged = book.entry(theirs.party, index)
            record = judged.record if judged is not None and judged.void is None else None
            if record is not None and isinstance(record.body, Notice):
                return compose(self.hostile, Cancel(), refers=(theirs.party, index)).data
        return None

    def _released_for_another(self) -> tuple[bytes, ...]:
        """A statement behind a second officer's release of some other record."""
        release = compose(self.hostile, Release(RecordId(self.chance.randbytes(32))))
        stated = compose(self.hostile, Statement(Topic.OTHER, Words("en", "void")), author=2)
        return release.data, stated.data

    def unsound(self, _value: int) -> None:
        """A valid record whose area is none."""
        party = self.hostile
        if party.node is None or party.side.shared.own(AIR).forked:
            return
        self.world.counts[Fault.VOID] += 1
        notice = Notice(Purpose.TRAINING, BOW_TIE, Heights(None, None), Span(0, 3_600_000), "ops")
        self._append(notice, Precedence.ROUTINE)

    # Lies, under the real keys

    def lie(self, _value: int) -> None:
        """Say what is not so, under its own keys. It proves no fork, so nothing may stop."""
        if self.hostile.node is None or self.victim.node is None:
            return
        self.world.counts[Fault.LIED] += 1
        keys = self.hostile.keys
        items = self._items(keys.log, keys.receipt)
        self._say(self.chance.sample(items, self.chance.randint(1, 3)), "a lie")

    def forge(self, _value: int) -> None:
        """An outsider, who knows every public key, says the same under keys of his own."""
        if self.hostile.node is None or self.victim.node is None:
            return
        self.world.counts[Fault.FORGED] += 1
        items = self._items(STRANGER, STRANGER) + self._true_items(STRANGER)
        self._say(self.chance.sample(items, self.chance.randint(1, 4)), "a forgery", outside=True)

    def garbage(self, value: int) -> None:
        """Bundles that are none, of another agreement, from nobody, or to somebody else."""
        victim = self.victim
        if victim.node is None:
            return
        self.world.counts[Fault.FORGED] += 1
        bundle = wire.Bundle(b"none", PartyNumber(1), ())
        mirrored = wire.Bundle(self._id(), PartyNumber(0), ())
        datas = [
            self.chance.randbytes(value % 200),
            self._seal(bundle.encoded()),
            self._seal(mirrored.encoded()),
            self._seal(b"\x80"),
            self._seal(wire.Bundle(self._id(), PartyNumber(1), ()).encoded(), to=self.hostile),
        ]
        before = self._state(outside=True)
        for data in datas:
            self.world.act(victim, lambda node, data=data: node.received_or_told(data, "BRAVO"))  # type: ignore[misc]  # bound at once
        if victim.node is not None:
            expect(self._state(outside=True) == before, "garbage had an effect")

    def _id(self) -> bytes:
        return self.victim.signed.agreement.id[: wire.AGREEMENT_PREFIX]

    def _seal(self, plain: bytes, to: Party | None = None) -> bytes:
        public = (to or self.victim).keys.sealing.public
        expires = Millis(self.world.now + 3_600_000)
        return seal(plain, public, Suite.NARROW, Precedence.ROUTINE, expires)

    def _say(self, items: list[wire.Item], what: str, *, outside: bool = False) -> None:
        before = self._state(outside)
        for item in items:
            data = self._seal(wire.Bundle(self._id(), PartyNumber(1), (item,)).encoded())
            self.world.act(
                self.victim,
                lambda node, data=data: node.received_or_told(data, None if outside else "BRAVO"),  # type: ignore[misc]  # bound at once
            )
            if self.victim.node is None:
                return
            expect(self._state(outside) == before, f"{what} had an effect: {type(item).__name__}")

    def _state(self, outside: bool) -> object:
        """What an honest node knows. outside: and what only the other party may move."""
        side = self.victim.side
        shared = side.shared
        known: list[object] = [shared.asked, deepcopy(shared.delivered), shared.failed]
        for channel, book in shared.books.items():
            known.append(book.shared_digest())
            known += [(log.tail, log.durable, log.fork) for log in book.logs.values()]
            known.append(sorted(shared.ahead[channel]))
        if outside:
            link = shared.link
            known += [link.answered_at, link.status, shared.said_at]
            known += [(out.receipted, out.known, out.said_at) for out in link.outgoing.values()]
            known += [dict(book.logs[shared.peer].claimed) for book in shared.books.values()]
        return known

    def _items(self, log_key: SigningKey, node_key: SigningKey) -> list[wire.Item]:
        """Items that are untrue, whoever signs them."""
        shared, chance = self.victim.side.shared, self.chance
        own, theirs = shared.own(AIR), shared.theirs(AIR)
        agreement, now = shared.base.id, Millis(self.world.now)
        more, root = own.tail.size + chance.randint(1, 1_000), chance.randbytes(32)
        record = chance.randbytes(90)

        def head(size: int, root: bytes) -> bytes:
            return sign_checkpoint(Checkpoint(theirs.origin, size, root), log_key)

        def receipt(size: int, root: bytes, stop: int) -> wire.Item:
            held = (Range(0, stop),) if stop else ()
            made = Receipt(size, root, held, now)
            return wire.ReceiptItem(AIR, sign_receipt(made, agreement, own.origin, node_key))

        def held(size: int, asked: int) -> wire.Item:
            made = Held(Millis(asked), size, root, chance.randbytes(64))
            return wire.HeldItem(AIR, sign_held(made, agreement, own.origin, node_key))

        pulse = Pulse(Millis(1), (theirs.tail.size, own.tail.size), root)
        far = 2**52
        return [
            receipt(more, root, more),
            receipt(own.durable, root, own.durable),
            receipt(0, root, 0),
            wire.HeadItem(AIR, 0, root, head(0, root)) if not theirs.durable else self._want(far),
            held(more, 0),
            held(1, now),
            wire.HeldItem(AIR, b"\x80"),
            wire.PulseItem(AIR, sign_pulse(pulse, agreement, AIR, STRANGER)),
            wire.Returned(AIR, own.tail.size, (record,), bytes(64)),
            wire.Returned(AIR, far, (record,), bytes(64)),
            wire.ForkItem(AIR, b"\x80"),
            wire.ForkItem(AIR, encode(("firebreak fork 1", ()))),
            wire.Entries(AIR, far, (record,), None, bytes(64)),
            wire.Entries(AIR, theirs.tail.size, (record,), None, bytes(64)),
            wire.Entries(AIR, theirs.tail.size, (record,), None, head(theirs.tail.size + 1, root)),
            wire.Overtaking(AIR, far, record, far + 1, root, bytes(64), ()),
            wire.HeadItem(77, 1, root, bytes(64)),
            self._want(far),
        ]

    def _true_items(self, key: SigningKey) -> list[wire.Item]:
        """Items that would count if the right key had signed them."""
        shared = self.victim.side.shared
        own, theirs = shared.own(AIR), shared.theirs(AIR)
        agreement, now = shared.base.id, Millis(self.world.now)
        record = self.chance.randbytes(60)
        frontier = theirs.frontier.append(theirs.leaf(theirs.tail.size, record))
        over = Checkpoint(theirs.origin, frontier.size, frontier.root())
        signature = sign_checkpoint(over, key)
        held = (Range(0, own.durable),) if own.durable else ()
        receipt = Receipt(own.durable, shared.root_at(own, own.durable), held, now)
        pulse = Pulse(now, (own.tail.size, theirs.tail.size), bytes(32))
        nothing = Held(shared.asked or Millis(0), 0, bytes(32), b"")
        return [
            wire.Entries(AIR, theirs.tail.size, (record,), over.root, signature),
            wire.HeadItem(AIR, over.size, over.root, signature),
            wire.ReceiptItem(AIR, sign_receipt(receipt, agreement, own.origin, key)),
            wire.PulseItem(AIR, sign_pulse(pulse, agreement, AIR, key)),
            wire.HeldItem(AIR, sign_held(nothing, agreement, own.origin, key)),
        ]

    def _want(self, start: int) -> wire.Item:
        return wire.Want(AIR, start, Millis(0))

    # Silence and noise

    def withhold(self, _value: int) -> None:
        """From now on, or no longer, leave receipts out of what is sent."""
        self.withholding = not self.withholding
        self.hostile.twist = self._without_receipts if self.withholding else None

    def _without_receipts(self, data: bytes) -> bytes:
        _, plain = open_bundle(data, [self.victim.keys.sealing], self.world.now)
        bundle = wire.parse_bundle(plain)
        kept = tuple(item for item in bundle.items if not isinstance(item, wire.ReceiptItem))
        self.world.counts[Fault.WITHHELD] += len(bundle.items) - len(kept)
        return self._seal(replace(bundle, items=kept).encoded())

    def flood(self, value: int) -> None:
        """Append far more than was agreed, then something that is urgent."""
        party = self.hostile
        if party.node is None or party.side.shared.own(AIR).forked:
            return
        self.world.counts[Fault.FLOODED] += 1
        for _ in range(12 + value % 16):
            self._append(FreeText(Words("en", "flood")), Precedence.ROUTINE)
        self._append(FreeText(Words("en", "urgent")), Precedence.FLASH)

    def _append(self, body: Body, precedence: Precedence) -> None:
        """Append without asking whether it may be appended."""
        party = self.hostile
        if party.node is not None:
            data = compose(party, body, precedence=precedence).data
            self.world.act(party, lambda _: party.side.appending.append(AIR, [data], _nothing))

    # Two histories

    def boast(self, _value: int) -> None:
        """Sign a head far beyond the log: from then on it can only be called what it is, lost."""
        victim, hostile = self.victim, self.hostile
        if victim.node is None or hostile.node is None:
            return
        self.world.counts[Fault.LIED] += 1
        origin, far = victim.side.shared.theirs(AIR).origin, 2**52
        signature = sign_checkpoint(Checkpoint(origin, far, bytes(32)), hostile.keys.log)
        self._say([wire.HeadItem(AIR, far, bytes(32), signature)], "a boast")

    def swap(self, _value: int) -> None:
        """Sign a head, and send with it records that do not make its root."""
        victim, hostile = self.victim, self.hostile
        if victim.node is None or hostile.node is None:
            return
        theirs = victim.side.shared.theirs(AIR)
        if theirs.forked:
            return
        size, root = theirs.tail.size, self.chance.randbytes(32)
        signature = sign_checkpoint(Checkpoint(theirs.origin, size + 1, root), hostile.keys.log)
        item = wire.Entries(AIR, size, (self._text().data,), root, signature)
        data = self._seal(wire.Bundle(self._id(), PartyNumber(1), (item,)).encoded())
        hostile.rewritten = True
        self.world.counts[Fault.FORKED] += 1
        self.world.act(victim, lambda node: node.received_or_told(data, None))
        if victim.node is not None:
            expect(
                theirs.tail.size == size, "records were taken under a root that they do not make"
            )

    def two_heads(self, _value: int) -> None:
        """Sign another root for a size that the honest side holds, or knows the head of."""
        victim, hostile = self.victim, self.hostile
        if victim.node is None or hostile.node is None:
            return
        theirs = victim.side.shared.theirs(AIR)
        sizes = [*range(1, theirs.durable + 1), *theirs.claimed]
        if not sizes or theirs.forked:
            return
        size = self.chance.choice(sizes)
        root = self.chance.randbytes(32)
        signature = sign_checkpoint(Checkpoint(theirs.origin, size, root), hostile.keys.log)
        item = wire.HeadItem(AIR, size, root, signature)
        data = self._seal(wire.Bundle(self._id(), PartyNumber(1), (item,)).encoded())
        hostile.rewritten = True
        self.world.counts[Fault.FORKED] += 1
        self.world.act(victim, lambda node: node.received_or_told(data, None))
        if victim.node is not None:
            expect(theirs.forked, "two heads of one size were not noticed")
