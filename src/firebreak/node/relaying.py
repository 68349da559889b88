"""A party's side of relays: what was given to which, what it signed for, and what came by it.

A bundle goes to a relay when a person says so. From then on receipts and answers to what came go back
the same way while the line is down, since the relay knows by then that the two speak (C-17). What a
relay signs is its own word: *taken* counts with our own hand-over only, *delivered* is the receiver's
receipt and nothing else.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from firebreak.carriers.files import read_bundle, write_bundle
from firebreak.carriers.socket import Address, PeerPin, Refusal, SocketCarrier
from firebreak.errors import (
    BadProof,
    FirebreakError,
    InvalidValue,
    Malformed,
    Misbehaviour,
    NotForUs,
    Refused,
    StoreTrouble,
)
from firebreak.keys import PublicKey
from firebreak.ledger import custody
from firebreak.ledger.custody import Custody, RelayCard, Signed, Taken, Way
from firebreak.ledger.fork import SignedHead, make_fork
from firebreak.ledger.merkle import verify_consistency
from firebreak.line import relaying as wire
from firebreak.line.bundle import Bundle
from firebreak.node.alerts import About, Alert, Level
from firebreak.node.carried import Unreceipted, sealed, unreceipted
from firebreak.node.core import BUNDLE_LIFE, Node
from firebreak.node.passages import Counts, LegView, Passage, PassageView, precedence_in, standing
from firebreak.node.readable import (
    ClearHeader,
    clear_header,
    compose_letter,
    consented,
    is_readable,
    parse_letter,
)
from firebreak.node.relay import patience
from firebreak.node.relay_words import detail
from firebreak.node.side import Side
from firebreak.sealing import HEADER_BYTES, SealingPublic, Suite
from firebreak.store.directory import NodeDirectory
from firebreak.store.interface import Fork, JournalLine, Store
from firebreak.values import Millis, Precedence

BETWEEN: Final = 1.0
"""Seconds at least between two bundles that go back by themselves: what comes together goes together."""
_GIVEN: Final = "relay given"
_CUSTODY: Final = "relay custody"
_FALSE: Final = "relay false custody"
_BROUGHT: Final = "relay brought"


@dataclass(frozen=True, slots=True)
class RelayView:
    """One relay that this side may use."""

    name: str
    key: str
    origin: str
    address: str | None
    connected: bool
    trouble: str | None


@dataclass(slots=True)
class _Relay:
    """What is known of one relay's log. heads: by size; shown: index after the last statement that came
    over a connection, in order."""

    card: RelayCard
    heads: dict[int, SignedHead] = field(default_factory=dict)
    latest: SignedHead | None = None
    shown: int = 0
    forked: bool = False


class Relaying:
    """All relays of one node. Raises Misbehaviour for a damaged card."""

    def __init__(
        self,
        directory: NodeDirectory,
        identity: Path,
        node: Node,
        clock: Callable[[], Millis],
        where: Callable[[str], Address | None],
    ) -> None:
        self.directory = directory
        self.node = node
        self.clock = clock
        self.relays = {card.name: _Relay(card) for card in directory.relay_cards()}
        self.passages: dict[tuple[str, bytes], Passage] = {}
        self._open: dict[tuple[str, str], Millis] = {}
        self._looked: dict[tuple[str, int], int] = {}
        self._told: set[tuple[str, bytes]] = set()
        self._later: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._running = False
        self._identity = identity
        self._where = where
        self._load()

    @property
    def _store(self) -> Store:
        return self.node.outside.store

    def _load(self) -> None:
        if not self.relays:
            return
        for line in self._store.journal():
            if line.kind == _GIVEN:
                passage = Passage.of_line(line.at, json.loads(line.data))
                self.passages[passage.relay, passage.bundle] = passage
                self._open[passage.relay, passage.agreement] = line.at
            elif line.kind == _BROUGHT:
                brought = json.loads(line.data)
                self._open[brought["relay"], brought["agreement"]] = line.at
            elif line.kind in {_CUSTODY, _FALSE}:
                self._load_custody(json.loads(line.data), line.at, line.kind == _CUSTODY)
        forked = {fork.origin for fork in self._store.forks()}
        for relay in self.relays.values():
            relay.forked = relay.card.origin in forked

    def _load_custody(self, line: Mapping[str, Any], came: Millis, counts: bool) -> None:
        relay = self.relays.get(line["relay"])
        if relay is not None:
            data = base64.b64decode(line["receipt"])
            with suppress(Misbehaviour):  # its card was replaced since, by one of another key
                found = custody.verify_custody(data, _key(relay))
                self._follow(relay.card.name, relay, found, line["shown"])
                if counts:
                    self._keep(relay, found, data, came)

    async def start(self) -> None:
        """Dial the relays whose addresses are known. Raises KeyTrouble."""
        pins = {
            name: PeerPin(relay.card.certificate, self._where(name))
            for name, relay in self.relays.items()
        }
        self._carrier = SocketCarrier(
            self._identity,
            pins,
            None,
            self._take,
            self._state,
            self._refused,
            secrets.token_bytes,
            where=self._where,
        )
        self._running = True
        await self._carrier.start()

    async def stop(self) -> None:
        """Close the connections; what was given is on disk."""
        self._running = False
        if self._later is not None:
            self._later.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._carrier.stop()

    # -- giving ----------------------------------------------------------------------------------

    async def give(self, name: str, side: Side, by_hand: bool) -> list[tuple[Passage, bytes]]:
        """Give all that the other side has no receipt for to a relay: a person has said so.

        by_hand: the caller writes the files that are carried there; otherwise they go over the
        connection, once it stands. Returns once the hand-over is durable. Raises InvalidValue or Refused.
        """
        relay = self._named(name)
        self._check_agreed(relay, side)
        if not by_hand and name not in self.directory.config.relays:
            raise Refused(
                f"It is not known where {name} is reached. Give its address (firebreak party relay), or"
                " write a file for it: --out FILE"
            )
        return await self._give(name, side, unreceipted(side), Way.FILE if by_hand else Way.NODE)

    def _check_agreed(self, relay: _Relay, side: Side) -> None:
        """An agreement that names a relay names its key as well."""
        for agreed in side.shared.agreement.relays:
            if agreed.name == relay.card.name and agreed.key != relay.card.key:
                raise Refused(
                    f"The agreement names another custody key for {agreed.name} than its card here."
                    " Nothing was given to it. Ask its people, by telephone."
                )

    def agreed(self, name: str, side: Side) -> bool:
        """Whether the agreement names a relay: the other side knows it, too."""
        return any(relay.name == name for relay in side.shared.agreement.relays)

    async def give_readable(
        self, name: str, side: Side, place: tuple[int, int], by_hand: bool
    ) -> list[tuple[Passage, bytes]]:
        """Give a relay one record of ours that its people may read. place: channel and index.

        Raises Refused where the agreement does not say so of this relay (C-21), or where the record cannot
        stand alone.
        """
        relay = self._named(name)
        channel, index = place
        outgoing = side.shared.link.outgoing[channel]
        if index < outgoing.receipted:
            raise Refused("The other side has given a receipt for it already.")
        ((precedence, item),) = side.sending.entries_items(channel, index, index + 1)
        if index != outgoing.receipted:
            if precedence < Precedence.IMMEDIATE:
                raise Refused(
                    "What was written before it is not receipted yet, and it is not urgent: the other side"
                    " could not place it. Give that to the relay first, sealed."
                )
            item = side.sending.overtaking_item(channel, index)
        to = side.shared.control.latest_roster(side.shared.peer).node
        key_id = SealingPublic(to.x25519, to.xwing).key_id(Suite.WIDE)
        expires = Millis((self.clock() + BUNDLE_LIFE) // 1_000 * 1_000)
        header = ClearHeader(True, key_id, precedence, expires)
        letter = compose_letter(header, side.sending.bundle([item]))
        consented([side.shared.agreement], parse_letter(letter), relay.card.key)
        way = Way.FILE if by_hand else Way.NODE
        passage = Passage(
            name,
            custody.digest_of(letter),
            len(letter),
            letter[:HEADER_BYTES],
            side.shared.beginning,
            self.clock(),
            way,
            "person",
            1,
            {channel: index},
            {channel: index + 1},
            {},
        )
        return await self._keep_given(name, side, [(passage, letter)])

    async def _give(
        self, name: str, side: Side, given: Unreceipted, way: Way, by: str = "person"
    ) -> list[tuple[Passage, bytes]]:
        bundles = sealed(self.node, side, given, given.precedence)
        made: list[tuple[Passage, bytes]] = []
        for place, bundle in enumerate(bundles):
            last = place == len(bundles) - 1  # earlier parts end before: only the last is all of it
            passage = Passage(
                name,
                custody.digest_of(bundle),
                len(bundle),
                bundle[:HEADER_BYTES],
                side.shared.beginning,
                self.clock(),
                way,
                by,
                given.count if last else 0,
                given.start if last else {},
                given.own if last else {},
                given.held if last else {},
            )
            made.append((passage, bundle))
        return await self._keep_given(name, side, made)

    async def _keep_given(
        self, name: str, side: Side, made: list[tuple[Passage, bytes]]
    ) -> list[tuple[Passage, bytes]]:
        """Durable first: what is to go over the connection, and that it was given (C-10)."""
        for passage, bundle in made:
            if passage.way is Way.NODE:
                self.directory.given.mkdir(parents=True, exist_ok=True)
                write_bundle(self._file(passage.bundle), bundle)
        lines = [JournalLine(passage.at, _GIVEN, passage.encoded()) for passage, _ in made]
        await self._durable(lines)
        for passage, _ in made:
            self.passages[name, passage.bundle] = passage
        self._open[name, side.shared.beginning] = made[-1][0].at
        self._hand_in(name)
        return made

    def _hand_in(self, name: str) -> None:
        """Offer the relay what it has not signed for yet, the more urgent first."""
        if not self._carrier.connected(name):
            return
        waiting = [
            passage
            for (relay, _), passage in self.passages.items()
            if relay == name and passage.way is Way.NODE and not passage.signed
        ]
        for passage in sorted(waiting, key=lambda p: (-precedence_in(p.header), p.at)):
            with suppress(InvalidValue, Malformed):  # gone from the disk: it shows as not taken
                data = read_bundle(self._file(passage.bundle))
                if not self._carrier.tell(name, data, clear_header(data).precedence):
                    return

    def _file(self, digest: bytes) -> Path:
        return self.directory.given / f"{digest.hex()}.firebreak"

    def _named(self, name: str) -> _Relay:
        relay = self.relays.get(name)
        if relay is None:
            known = ", ".join(self.relays) or "none"
            raise InvalidValue(
                f"No relay {name!r} is known here; known are: {known}. Add it: firebreak party relay,"
                " and start the node again."
            )
        return relay

    async def _durable(self, lines: list[JournalLine]) -> None:
        """Returns once these lines are on the disk. Raises StoreTrouble."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def done(error: StoreTrouble | None) -> None:
            if future.done():
                return
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)

        self._store.submit(lines, lambda error: None)
        self._store.submit([], done)  # alone, lines of the journal wait for a quiet moment
        await future

    # -- what a relay sends --------------------------------------------------------------------------

    def _state(self, name: str, stands: bool) -> None:
        relay = self.relays[name]
        if stands:
            ask = wire.encode_message(wire.Ask(relay.shown, relay.latest))
            self._carrier.tell(name, ask, Precedence.FLASH)
            self._hand_in(name)
        self._tell(Level.INFO, f"The relay {name} is {'connected' if stands else 'gone'}.")

    def _refused(self, refusal: Refusal) -> None:
        self._tell(Level.CAUTION, refusal.text)

    async def _take(self, name: str, data: bytes) -> bool:
        """Take what a relay sends; False if it was bad. A fault in what it brought is told."""
        try:
            if wire.is_carried(data):
                return await self._take_bundle(name, data)
            match wire.parse_message(data):
                case wire.Shown(receipt, base, proof):
                    await self.take_custody(name, receipt, (base, proof))
                    return True
                case _:
                    raise Malformed("A relay sent what only a party sends.")
        except Misbehaviour as error:
            self._tell(Level.WARNING, f"From the relay {name}: {error}")
            return False
        except FirebreakError as error:
            self._tell(Level.WARNING, str(error))
            return True

    async def _take_bundle(self, name: str, data: bytes) -> bool:
        """Take a bundle in as from any carrier; say so once it is durable."""
        digest = custody.digest_of(data)
        try:
            await self.bring(name, data)
        except Misbehaviour as error:
            self._carrier.tell(
                name, wire.encode_message(wire.Declined(digest)), Precedence.PRIORITY
            )
            self.node.refused[type(error).__name__] += 1
            self._tell(Level.CAUTION, f"The relay {name} brought what cannot be taken. {error}")
            return False
        self._carrier.tell(name, wire.encode_message(wire.Have(digest)), Precedence.PRIORITY)
        return True

    async def bring(self, name: str, data: bytes) -> Side:
        """Take in what a relay brought, over its connection or by hand; durable when this returns.

        Raises Misbehaviour for what cannot be taken: a letter that is not sealed is such, unless the
        agreement says that this relay may read (C-21).
        """
        relay = self._named(name)
        if is_readable(data):
            side, bundle = self._letter(relay, data)
        else:
            side, bundle = self.node.addressed(data)
        side.receive(bundle)
        digest = custody.digest_of(data)
        brought = {"relay": name, "bundle": digest.hex(), "agreement": side.shared.beginning}
        at = self.clock()
        await self._durable([JournalLine(at, _BROUGHT, json.dumps(brought, ensure_ascii=False))])
        self._open[name, side.shared.beginning] = at
        self.touched()
        return side

    def _letter(self, relay: _Relay, data: bytes) -> tuple[Side, Bundle]:
        """The side that a readable letter is for. Raises Misbehaviour."""
        letter = parse_letter(data)
        if letter.header.expires_at_ms < self.clock():
            raise NotForUs("A readable letter arrived after its expiry.")
        for side in self.node.sides:
            ours = side.shared.base.id.startswith(letter.bundle.agreement)
            if ours and side.shared.peer == letter.bundle.sender:
                try:
                    consented([side.shared.agreement], letter, relay.card.key)
                except Refused as error:
                    raise NotForUs(str(error)) from error
                return side, letter.bundle
        raise NotForUs("The letter is of an agreement that this node does not take part in.")

    async def take_custody(
        self, name: str, data: bytes, after: tuple[int, tuple[bytes, ...]] | None = None
    ) -> Passage:
        """Take a custody receipt; again changes nothing. after: the head that its own continues and the
        proof of that, None where it came by hand and continues what may be shown later.

        Raises Misbehaviour for what the relay did not sign, for a bundle that was never given to it, for
        what contradicts what it signed before (C-10, C-11).
        """
        relay = self._named(name)
        found = custody.verify_custody(data, _key(relay))
        if found.origin != relay.card.origin:
            raise BadProof(f"{name} shows custody from another log than that on its card.")
        self._check_heads(name, relay, found.head)
        if after is not None:
            self._check_continues(relay, found.head, *after)
        # Its history is followed whatever the statement is worth: the next one continues this head.
        self._follow(name, relay, found, after is not None)
        try:
            passage = self._given(name, found)
        except BadProof:
            self._note(_FALSE, name, data, after is not None)  # what it signed proves that it did
            raise
        if found.signed.id in {known.id for known in passage.signed}:
            return passage
        custody.check_chain(passage.signed, found.signed)
        came = self._note(_CUSTODY, name, data, after is not None)
        await self._durable([])
        if found.signed.id not in {known.id for known in passage.signed}:
            self._keep(relay, found, data, came)
            self._tell_step(passage, found.signed)
        return passage

    def _note(self, kind: str, name: str, data: bytes, shown: bool) -> Millis:
        """Put a custody receipt into the journal; when it came here."""
        came = self.clock()
        receipt = base64.b64encode(data).decode()
        line = json.dumps({"relay": name, "shown": shown, "receipt": receipt}, ensure_ascii=False)
        self._store.submit([JournalLine(came, kind, line)], lambda error: None)
        return came

    def _given(self, name: str, found: Custody) -> Passage:
        """The hand-over that a statement is about. Raises BadProof where we gave no such thing."""
        statement = found.signed.statement
        passage = self.passages.get((name, statement.bundle))
        if passage is None or statement.size != passage.size:  # C-10
            raise BadProof(
                f"{name} signs for a bundle {statement.bundle.hex()[:8]} that this node never gave it."
                " That counts for nothing here; keep the receipt and ask its people."
            )
        step = statement.step
        if isinstance(step, Taken) and step.header != passage.header:
            raise BadProof(
                f"{name} signs for another precedence, expiry or receiver than it was given."
            )
        return passage

    def _check_heads(self, name: str, relay: _Relay, head: SignedHead) -> None:
        """Two heads of one size are two histories, and kept as proof (C-11). Raises BadProof."""
        known = relay.heads.get(head.size)
        if relay.forked:
            raise BadProof(f"{name} has two histories; nothing more that it signs counts.")
        if known is None or known.root == head.root:
            return
        proof = make_fork(relay.card.origin, known, head, _key(relay), _no_history)
        relay.forked = True
        row = Fork(relay.card.origin, proof, self.clock())
        self._store.submit([row], lambda error: None)
        self._tell(
            Level.ALARM,
            f"The relay {name} has signed two histories of its log. Both heads are kept as proof;"
            " nothing more that it signs counts. Use another way, and tell the other side.",
            About.FORK,
        )
        raise BadProof(f"{name} shows a second history of its log.")

    def _check_continues(
        self, relay: _Relay, head: SignedHead, base: int, proof: tuple[bytes, ...]
    ) -> None:
        """A head that came over the connection continues the largest that is known (C-11)."""
        latest = relay.latest
        if latest is None:
            return
        if base != latest.size:
            raise BadProof("A relay does not show that its log continues what it showed before.")
        if base != head.size:
            verify_consistency(base, latest.root, head.size, head.root, proof)

    def _follow(self, name: str, relay: _Relay, found: Custody, shown: bool) -> None:
        """Remember a head that fits. shown: whether it came over the connection.

        One that came by hand is to be continued from the next connection on: on this one the relay
        continues what it was asked with.
        """
        relay.heads[found.head.size] = found.head
        if shown:
            relay.shown = max(relay.shown, found.signed.index + 1)
        between = not self._running or not self._carrier.connected(name)
        greater = relay.latest is None or found.head.size > relay.latest.size
        if greater and (shown or between):
            relay.latest = found.head

    def _keep(self, relay: _Relay, found: Custody, data: bytes, came: Millis) -> None:
        """Take a statement in."""
        passage = self.passages.get((relay.card.name, found.signed.statement.bundle))
        if passage is None:
            return
        passage.signed.append(found.signed)
        passage.receipts.append(data)
        passage.came.append(came)
        self._file(passage.bundle).unlink(missing_ok=True)

    def _tell_step(self, passage: Passage, signed: Signed) -> None:
        step = signed.statement.step
        ended = isinstance(step, custody.Returned | custody.Refused)
        self._tell(
            Level.WARNING if ended else Level.INFO,
            f"The relay {passage.relay} says of bundle {passage.bundle.hex()[:8]}:"
            f" {custody.name_of(step)}, {detail(step)}.",
        )

    # -- what goes back by itself ------------------------------------------------------------------

    def touched(self) -> None:
        """Something has happened: look soon whether a receipt or an answer is owed by a relay."""
        if self._running and self._open and self._later is None:
            self._later = asyncio.get_running_loop().call_later(BETWEEN, self._look)

    def _look(self) -> None:
        self._later = None
        for (name, agreement), at in list(self._open.items()):
            side = self._side(agreement)
            if side is None or name not in self.relays or side.shared.link.connected:
                continue
            if self.clock() - at <= BUNDLE_LIFE and self._owes(name, side):
                task = asyncio.get_running_loop().create_task(self._answer(name, side))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
                return  # one at a time: the next look sees what is left

    async def _answer(self, name: str, side: Side) -> None:
        """Receipts and answers, by the way that a person opened."""
        try:
            if name in self.directory.config.relays:
                await self._give(name, side, unreceipted(side), Way.NODE, "answer")
        except FirebreakError as error:
            self._tell(Level.WARNING, str(error))
        self.touched()

    def _owes(self, name: str, side: Side) -> bool:
        """Whether something of theirs is here without our receipt having gone by this relay, or an answer
        of ours."""
        own, held = self._last(name, side)
        return any(
            side.shared.theirs(channel).durable > held.get(channel, 0)
            or self._answers(side, channel, own.get(channel, 0))
            for channel in side.shared.books
        )

    def _last(self, name: str, side: Side) -> tuple[Counts, Counts]:
        """How far what was given to a relay last reached, in our logs and in theirs."""
        own: Counts = {}
        held: Counts = {}
        for (relay, _), passage in self.passages.items():
            if relay == name and passage.agreement == side.shared.beginning:
                for reached, now in ((own, passage.own), (held, passage.held)):
                    for channel, count in now.items():
                        reached[channel] = max(reached.get(channel, 0), count)
        return own, held

    def _answers(self, side: Side, channel: int, after: int) -> bool:
        """Whether something of ours without a receipt, from `after` on, is of a dialogue of both."""
        shared = side.shared
        book, log = shared.books[channel], shared.own(channel)
        key = (side.shared.beginning, channel)
        begin = max(after, shared.link.outgoing[channel].receipted, self._looked.get(key, 0))
        for index in range(begin, log.durable):
            root = book.held(log.party, index)[1].root
            if any(each.place[0] == shared.peer for each in book.dialogue(root)):
                return True
            self._looked[key] = index + 1
        return False

    def _side(self, agreement: str) -> Side | None:
        found = [side for side in self.node.sides if side.shared.beginning == agreement]
        return found[0] if found else None

    # -- what it shows -------------------------------------------------------------------------------

    def tick(self) -> None:
        """Tell, once, of what a relay took and has not given on for too long (C-18)."""
        for key, passage in self.passages.items():
            if key not in self._told and self._overdue(passage):
                self._told.add(key)
                self._tell(
                    Level.WARNING,
                    f"The relay {passage.relay} took bundle {passage.bundle.hex()[:8]} and has not said"
                    " that it gave it on. It stands with the relay: this is no silence of the other"
                    " side. Ask the relay's people, or use another way.",
                )

    def _overdue(self, passage: Passage) -> bool:
        if not isinstance(passage.last, Taken):
            return False
        allowed = patience(Precedence(precedence_in(passage.header)))
        return self.clock() - passage.since > allowed

    def views(self) -> list[PassageView]:
        """Every bundle given to a relay, oldest first."""
        return [self.view(passage) for passage in self.passages.values()]

    def view(self, passage: Passage) -> PassageView:
        """One bundle, leg by leg."""
        side = self._side(passage.agreement)
        asked, answered = self._questions(passage, side)
        statements = [signed.statement for signed in passage.signed]
        return PassageView(
            bundle=passage.bundle.hex(),
            relay=passage.relay,
            peer="" if side is None else side.peer_name,
            agreement=passage.agreement,
            readable=passage.readable,
            precedence=Precedence(precedence_in(passage.header)).name.lower(),
            expires_at=int.from_bytes(passage.header[11:], "big") * 1_000,
            given_at=passage.at,
            way=passage.way.name.lower(),
            by=passage.by,
            records=passage.records,
            asked=asked,
            answered=answered,
            legs=tuple(
                LegView(
                    custody.name_of(one.step),
                    one.happened,
                    one.reported,
                    passage.doubtful(place),
                    detail(one.step),
                    base64.b64encode(data).decode(),
                )
                for place, (one, data) in enumerate(zip(statements, passage.receipts, strict=True))
            ),
            standing=standing(passage),
            standing_since=passage.since,
            overdue=self._overdue(passage),
            delivered=self._delivered(passage, side),
        )

    def _questions(self, passage: Passage, side: Side | None) -> tuple[int, int]:
        """How many of our records in it want an answer, and how many of these have one here."""
        asked = answered = 0
        for channel, end in passage.own.items() if side is not None else ():
            assert side is not None
            book, party = side.shared.books[channel], side.shared.party
            for index in range(passage.start.get(channel, end), end):
                place = (party, index)
                judged = book.held(*place)[1]
                for question in book.state(judged.root).questions:
                    asked += question.place == place
                    answered += question.place == place and bool(question.answers)
        return asked, answered

    def _delivered(self, passage: Passage, side: Side | None) -> bool | None:
        if side is None or not passage.records:
            return None
        outgoing = side.shared.link.outgoing
        delivered = side.shared.delivered
        return all(
            outgoing[channel].receipted >= end
            or (passage.readable and delivered[channel].covers(end - 1))
            for channel, end in passage.own.items()
        )

    def carried_by_relay(self, side: Side, channel: int, index: int) -> bool:
        """Whether a person had a record of ours go by a relay: put into its hands, or signed for, and not
        sent back. What follows in the same dialogue by itself (C-17) goes by the wire as well, once it stands.
        """
        return any(
            passage.agreement == side.shared.beginning
            and passage.by == "person"
            and passage.start.get(channel, 0) <= index < passage.own.get(channel, 0)
            and (passage.way is not Way.NODE or bool(passage.signed))
            and not isinstance(passage.last, custody.Returned | custody.Refused)
            for passage in self.passages.values()
        )

    def connected(self, name: str) -> bool:
        """Whether a connection to a relay stands. Raises InvalidValue for an unknown one."""
        self._named(name)
        return self._carrier.connected(name)

    def relay_views(self) -> list[RelayView]:
        """Every relay known here."""
        return [
            RelayView(
                name,
                relay.card.key.hex(),
                relay.card.origin,
                self.directory.config.relays.get(name),
                self._carrier.connected(name),
                self._carrier.trouble(name),
            )
            for name, relay in self.relays.items()
        ]

    def _tell(self, level: Level, text: str, about: About = About.RELAY) -> None:
        self.node.tell(Alert(self.clock(), level, about, text))


def _key(relay: _Relay) -> PublicKey:
    return PublicKey.parse(relay.card.key)


def _no_history(level: int, number: int) -> bytes:
    raise AssertionError("heads of one size need no proof")
