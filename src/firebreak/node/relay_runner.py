"""A running relay: its wire to the parties' nodes, its timer, and the socket for its own people.

What its people do by hand (take, give, hand over, return, gloss, show) is asked for as one line of JSON
on that socket, or, where the relay is not running, done on its store directly.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from firebreak.carriers.socket import PeerPin, Refusal, SocketCarrier
from firebreak.errors import FirebreakError, InvalidValue, Malformed, Misbehaviour, Misuse, Refused
from firebreak.ledger import custody
from firebreak.ledger.custody import Signed, Way
from firebreak.ledger.fork import SignedHead
from firebreak.line import relaying as wire
from firebreak.node.relay import Holding, Relay, open_relay
from firebreak.node.relay_words import detail
from firebreak.node.runner import clock, parse_address
from firebreak.phrases import LANGUAGES, names_of, sentence
from firebreak.records.agreement import Channel
from firebreak.store.sqlite import SqliteStore, open_store, replace_lost
from firebreak.values import Millis, Precedence

Answer: TypeAlias = dict[str, Any]

WINDOW: Final = 8
"""Bundles on their way to one party at a time, so that a more urgent one need not wait for many."""
TICK: Final = 2.0
"""Seconds between looks at what has expired."""
ASKS_APART: Final = 1.0
"""Seconds between two questions of a party that are not counted against it."""
MOST_LINE: Final = 2 << 20
"""Bytes of a request: a bundle in base64 and a little more."""


@dataclass(slots=True)
class Party:
    """One party's connection. told: index up to which its statements were shown on this connection, None
    until it has asked; base: size of the head shown last; flying: bundles sent and not yet answered."""

    told: int | None = None
    base: int = 0
    flying: set[bytes] = field(default_factory=set)
    asked_at: float = -ASKS_APART
    pesters: bool = False
    """Whether it asked again at once: a question costs little, and its answer much."""

    def ask(self, after: int, head: SignedHead | None, now: float) -> None:
        """A connection begins with this: what flew on the last one is lost."""
        self.told, self.base = after, 0 if head is None else head.size
        self.flying.clear()
        self.pesters, self.asked_at = now - self.asked_at < ASKS_APART, now


class RelayRunner:
    """One relay in its directory. Make it, `start` it within a loop, `stop` it. Raises as `open_relay`."""

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        self.path = path
        self.tell = tell
        self.leaving = asyncio.Event()
        self.refused: Counter[str] = Counter()
        self._parties: dict[str, Party] = {}

    async def start(self) -> None:
        """Open the store, listen. Raises StoreTrouble, KeyTrouble or Misuse."""
        self.relay = opened(self.path)
        self.relay.observers.append(self._moved)
        try:
            pins = {r.party: PeerPin(r.node.certificate) for r in self.relay.parties}
            self._parties = {name: Party() for name in pins}
            self.carrier = SocketCarrier(
                self.relay.identity,
                pins,
                parse_address(self.relay.directory.config.listen),
                self._take,
                self._state,
                self._refused,
                secrets.token_bytes,
            )
            await self.carrier.start()
        except BaseException:
            self.relay.store.close()
            raise
        self._ticking = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """Close the connections, then the store."""
        self.leaving.set()
        self._ticking.cancel()
        await asyncio.gather(self._ticking, return_exceptions=True)
        await self.carrier.stop()
        self.relay.store.close()
        await asyncio.sleep(0)

    # -- the wire ------------------------------------------------------------------------------

    async def _take(self, party: str, data: bytes) -> bool:
        """Take one message of a party; False if it was a bad one (C-12)."""
        good = True
        try:
            if wire.is_carried(data):
                await self.relay.take(data, party, Way.NODE)
            else:
                message = wire.parse_message(data)
                await self._answer(party, message)
                good = not (isinstance(message, wire.Ask) and self._parties[party].pesters)
        except (Misbehaviour, Refused) as error:
            self.refused[type(error).__name__] += 1
            self.tell(f"{party}: {error}")
            return False
        except FirebreakError as error:
            self.tell(f"{party}: {error}")  # ours: it is not counted against them
        self._moved()
        return good

    async def _answer(self, party: str, message: wire.Message) -> None:
        match message:
            case wire.Ask(after, head):
                if head is not None:
                    self.relay.check_own(head)
                self._parties[party].ask(after, head, asyncio.get_running_loop().time())
            case wire.Have(digest):
                self._check_receiver(party, digest)
                with suppress(Refused):  # given by hand meanwhile
                    await self.relay.forwarded(digest, Way.NODE)
                self._parties[party].flying.discard(digest)  # now that it is durable
            case wire.Declined(digest):
                self._check_receiver(party, digest)
                with suppress(Refused):
                    await self.relay.returned(digest, f"{party}'s node did not take it.")
                self._parties[party].flying.discard(digest)
            case wire.Shown():
                raise Malformed("A party sent what only a relay sends.")

    def _check_receiver(self, party: str, digest: bytes) -> None:
        """Only the party that a bundle is sealed to says what became of it there."""
        holding = self.relay.holdings.get(digest)
        if holding is None or holding.taken is None:
            raise Malformed("A party answers for a bundle that is not here.")
        if self.relay.receiver(holding.header) != party:
            raise Malformed("A party answers for a bundle that is not sealed to it.")

    def _state(self, party: str, stands: bool) -> None:
        self._parties[party] = Party()
        self.tell(f"{party} is {'connected' if stands else 'gone'}.")
        self._moved()

    def _refused(self, refusal: Refusal) -> None:
        self.tell(refusal.text)

    def _moved(self) -> None:
        """Something is durable, or a party has asked: show custody, offer bundles."""
        for name, party in self._parties.items():
            if self.carrier.connected(name):
                self._show(name, party)
                self._offer(name, party)

    def _show(self, name: str, party: Party) -> None:
        """Show a party what was signed about its bundles, in the log's order (C-15)."""
        if party.told is None:
            return
        for index in self.relay.concerning(name, party.told):
            receipt = self.relay.receipt(index)
            size = self.relay.durable
            proof = self.relay.consistency(party.base, size) if party.base != size else ()
            message = wire.encode_message(wire.Shown(receipt, party.base, proof))
            if not self.carrier.tell(name, message, Precedence.IMMEDIATE):
                return
            party.told, party.base = index + 1, size
        party.told = max(party.told, self.relay.durable)

    def _offer(self, name: str, party: Party) -> None:
        """Send what stands here for a party, the more urgent first, a few at a time (C-13)."""
        for holding in self.relay.to_forward(name):
            if len(party.flying) >= WINDOW:
                return
            if holding.digest in party.flying:
                continue
            try:
                bundle = self.relay.bundle(holding)
            except FirebreakError as error:
                self.tell(str(error))
                continue
            if not self.carrier.tell(name, bundle, holding.header.precedence):
                return
            party.flying.add(holding.digest)

    async def _tick(self) -> None:
        while True:
            with suppress(Misuse):  # a relay that may not sign says so where it is asked
                await self.relay.expire()
            await asyncio.sleep(TICK)

    # -- its own people ----------------------------------------------------------------------------

    async def serve(self, listener: socket.socket) -> None:
        """Answer the relay's own people on a listening socket until it leaves."""
        server = await asyncio.start_unix_server(self._talk, sock=listener, limit=MOST_LINE)
        try:
            await self.leaving.wait()
        finally:
            server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, ValueError):
            request = json.loads(await reader.readline())
            writer.write(json.dumps(await answered(self.relay, request)).encode() + b"\n")
            await writer.drain()
        writer.close()


# -- what its own people ask for -----------------------------------------------------------------


async def answered(relay: Relay, request: object) -> Answer:
    """Do what the relay's own people ask for; what was refused is an answer too."""
    try:
        if not isinstance(request, dict):
            raise InvalidValue("A request is an object that says what to do.")
        return await _done(relay, _Request(request))
    except FirebreakError as error:
        return {"error": type(error).__name__, "what": str(error)}


class _Request:
    """A request's words, each asked for by name and type. Raises InvalidValue for another."""

    def __init__(self, words: Answer) -> None:
        self._words = words

    def text(self, name: str) -> str:
        """A text that must be there."""
        found = self._words.get(name)
        if not isinstance(found, str):
            raise InvalidValue(f"The request lacks {name}.")
        return found

    def maybe(self, name: str) -> str | None:
        """A text, or nothing."""
        return None if self._words.get(name) is None else self.text(name)

    def data(self, name: str) -> bytes:
        """Bytes in base64."""
        try:
            return base64.b64decode(self.text(name), validate=True)
        except ValueError as error:
            raise InvalidValue(f"{name} is not base64.") from error

    def way(self) -> Way:
        """One of the ways."""
        try:
            return Way[self.text("way").upper()]
        except KeyError:
            names = ", ".join(way.name.lower() for way in Way)
            raise InvalidValue(f"There is no such way; they are: {names}.") from None

    def happened(self, relay: Relay) -> Millis | None:
        """When it happened; it may be reported late, and not before."""
        found = self._words.get("happened")
        if found is None:
            return None
        if not isinstance(found, int) or isinstance(found, bool) or found < 0:
            raise InvalidValue("A time is milliseconds since 1970.")
        if found > relay.clock():
            raise InvalidValue("That time is still to come. Give the time when it happened.")
        return Millis(found)

    def later(self, relay: Relay, holding: Holding) -> Millis | None:
        """The same, of a step after the first."""
        found = self.happened(relay)
        if found is not None and found < holding.signed[0].statement.happened:
            raise InvalidValue("That is before the bundle was taken. Correct the time.")
        return found


async def _done(relay: Relay, request: _Request) -> Answer:
    match request.text("do"):
        case "take":
            sender, way = request.text("sender"), request.way()
            made = await relay.take(request.data("bundle"), sender, way, request.happened(relay))
            return row(relay, made)
        case "standing":
            found = relay.to_forward(request.maybe("to"))
            return {"bundles": [row(relay, one) | _sealed(relay, one) for one in found]}
        case "show":
            glosses = relay.glosses()
            held = sorted(relay.holdings.values(), key=lambda h: h.signed[0].index)
            rows = [row(relay, one, glosses.get(one.digest.hex(), ())) for one in held]
            return {"relay": relay.name, "failed": relay.failed, "bundles": rows}
        case word:
            return await _on_one(relay, word, request)


async def _on_one(relay: Relay, word: str, request: _Request) -> Answer:
    """What is asked for one bundle, named by its first digits."""
    holding = relay.find(request.text("bundle"))
    digest = holding.digest
    match word:
        case "forwarded":
            way, at = request.way(), request.later(relay, holding)
            return row(relay, await relay.forwarded(digest, way, at))
        case "handed":
            at = request.later(relay, holding)
            office, person = request.text("office"), request.maybe("person")
            return row(relay, await relay.handed(digest, office, person, at))
        case "returned":
            at = request.later(relay, holding)
            return row(relay, await relay.returned(digest, request.text("why"), at))
        case "read":
            return _said(relay, holding)
        case "gloss":
            await relay.gloss(digest, request.text("text"))
            return row(relay, holding)
        case "receipts":
            files = [
                {
                    "step": custody.name_of(one.statement.step),
                    "file": _base64(relay.receipt(one.index)),
                }
                for one in holding.signed
            ]
            return {"receipts": files}
        case _:
            raise InvalidValue(f"A relay does not know how to {word!r}.")


def _said(relay: Relay, holding: Holding) -> Answer:
    """What a readable letter says, in the agreement's languages; the gloss is another matter."""
    letter, agreement, signed = relay.read(holding)
    names = names_of(agreement)
    spoken = [code for code in agreement.languages if code in LANGUAGES] or ["en"]
    return {
        "id": signed.id.hex(),
        "party": agreement.parties[letter.bundle.sender].name,
        "channel": Channel(letter.channel).name.lower(),
        "composed_at": signed.record.composed_at,
        "sentences": [
            {"language": code, "text": sentence(signed.record, names, code)} for code in spoken
        ],
    }


def _sealed(relay: Relay, holding: Holding) -> Answer:
    return {"sealed": _base64(relay.bundle(holding))}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def row(relay: Relay, holding: Holding, glosses: Sequence[tuple[Millis, str]] = ()) -> Answer:
    """One bundle as its relay's people see it."""
    taken = holding.taken
    seen: Answer = {
        "bundle": holding.digest.hex(),
        "size": holding.size,
        "sender": None if taken is None else taken.sender,
        "receiver": None,
        "precedence": None,
        "readable": False,
        "expires_at": None,
        "standing_since": holding.since() if holding.standing else None,
        "overdue": taken is not None and holding.overdue(relay.clock()),
        "steps": [step_row(one) for one in holding.signed],
        "gloss": [{"at": at, "text": text} for at, text in glosses],
    }
    if taken is not None:
        header = holding.header
        seen |= {
            "receiver": relay.receiver(header),
            "precedence": header.precedence.name.lower(),
            "readable": header.readable,
            "expires_at": header.expires_at_ms,
        }
    return seen


def step_row(signed: Signed) -> Answer:
    """One statement, in words and times."""
    statement = signed.statement
    return {
        "step": custody.name_of(statement.step),
        "index": signed.index,
        "happened": statement.happened,
        "reported": statement.reported,
        "detail": detail(statement.step),
    }


def opened(path: Path) -> Relay:
    """The relay in a directory, alone and on this loop. Raises Misuse, KeyTrouble or StoreTrouble."""
    loop = asyncio.get_running_loop()

    def store(file: Path, owner: bytes) -> SqliteStore:
        if not file.exists():
            replace_lost(file)  # opened as one that was restored: it signs nothing
        return open_store(file, loop.call_soon, create=False, owner=owner)

    return open_relay(path, store, clock)


def ask_alone(path: Path, request: Answer) -> Answer:
    """Do what is asked for on the store itself, where no relay runs. Raises as `opened`."""

    async def once() -> Answer:
        relay = opened(path)
        try:
            return await answered(relay, request)
        finally:
            relay.store.close()
            await asyncio.sleep(0)

    return asyncio.run(once())
