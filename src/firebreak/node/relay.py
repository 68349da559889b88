"""A relay's own log and what it holds: bundles taken, given on, handed over, returned; and its gloss.

It reads nothing: of a bundle it knows the clear header and the size. What it signs is durable before
anybody is told (spec/custody.md). It runs on one event loop; node/relay_runner.py gives it a wire.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from firebreak.carriers.files import read_bundle, write_bundle
from firebreak.errors import BadProof, FirebreakError, InvalidValue, KeyTrouble, Misuse, Refused
from firebreak.ledger import custody
from firebreak.ledger.checkpoint import Checkpoint, sign_checkpoint, verify_checkpoint
from firebreak.ledger.commitment import EMPTY_DIGEST, extend_digest
from firebreak.ledger.custody import (
    Forwarded,
    Handed,
    Returned,
    Signed,
    Statement,
    Step,
    Taken,
    Way,
)
from firebreak.ledger.fork import SignedHead
from firebreak.ledger.merkle import Frontier, consistency_proof, inclusion_proof, leaf_hash
from firebreak.node.readable import (
    ClearHeader,
    Letter,
    clear_header,
    consented,
    is_readable,
    parse_letter,
    verified_record,
)
from firebreak.records.agreement import Agreement
from firebreak.records.record import SignedRecord
from firebreak.records.roster import Roster
from firebreak.sealing import HEADER_BYTES, SealingPublic, Suite
from firebreak.store.interface import Entry, Head, JournalLine, Store
from firebreak.store.keyfiles import NodeSecrets
from firebreak.store.relay_directory import RelayDirectory
from firebreak.values import Millis, Precedence

OVERDUE_MS: Final = 3_600_000
"""ms after which a bundle that was taken and not given on is called overdue."""
OVERDUE_URGENT_MS: Final = 600_000
"""The same where it is IMMEDIATE or FLASH."""
MOST_STANDING: Final = 4_096
"""Bundles that one sender may have standing with the relay."""
MOST_STANDING_BYTES: Final = 256 << 20
_GLOSS: Final = "gloss"
_SETTLED: Final = 64
"""Roots of durable sizes remembered."""


@dataclass(slots=True)
class Holding:
    """One bundle, by what was signed about it. header, sender: None where it was refused."""

    digest: bytes
    size: int
    signed: list[Signed] = field(default_factory=list)

    @property
    def last(self) -> Step:
        return self.signed[-1].statement.step

    @property
    def taken(self) -> Taken | None:
        first = self.signed[0].statement.step
        return first if isinstance(first, Taken) else None

    @property
    def header(self) -> ClearHeader:
        assert self.taken is not None
        return clear_header(self.taken.header)

    @property
    def standing(self) -> bool:
        """Whether it stands with the relay: taken, and not given on."""
        return isinstance(self.last, Taken)

    @property
    def ended(self) -> bool:
        return custody.is_ended(self.last)

    def since(self) -> Millis:
        """When the last step happened."""
        return self.signed[-1].statement.happened

    def overdue(self, now: Millis) -> bool:
        return self.standing and now - self.since() > patience(self.header.precedence)


def patience(precedence: Precedence) -> int:
    """ms that a bundle may stand with a relay before that is called overdue (C-18)."""
    return OVERDUE_URGENT_MS if precedence >= Precedence.IMMEDIATE else OVERDUE_MS


class Relay:
    """One relay: its log, its holdings, its journal.

    Everything that signs raises Misuse while the relay may not sign: `failed` says why. happened: when a
    step happened, ms UTC; None for now.
    """

    def __init__(
        self,
        directory: RelayDirectory,
        secrets: NodeSecrets,
        store: Store,
        clock: Callable[[], Millis],
    ) -> None:
        self.directory = directory
        self.name = directory.config.name
        self.origin = directory.config.origin
        self.key = secrets.log
        self.identity = secrets.tls
        self.store = store
        self.clock = clock
        self.parties: list[Roster] = [card.roster for card in directory.parties()]
        self._receivers = {
            SealingPublic(roster.node.x25519, roster.node.xwing).key_id(suite): roster.party
            for roster in self.parties
            for suite in Suite
        }
        self.agreements: list[Agreement] = [kept.agreement for kept in directory.agreements()]
        self.holdings: dict[bytes, Holding] = {}
        self.by_index: dict[int, bytes] = {}
        self._active: dict[bytes, Holding] = {}
        self.failed: str | None = None
        self.durable = store.size(self.origin)
        self.observers: list[Callable[[], None]] = []
        self._size, self._digest = self.durable, EMPTY_DIGEST
        self._frontier = Frontier()
        self._load()

    def _load(self) -> None:
        for entry in self.store.entries(self.origin, 0, self.durable):
            statement = custody.open_statement(entry.record, self.origin, self.key.public)
            self._keep(Signed(entry.record_id, entry.index, statement))
            self._frontier = self._frontier.append(entry.leaf)
            self._digest = entry.digest
        if self.store.restored is not None:  # C-19
            self.failed = (
                "This relay's store was put back from a copy, or is older than when it was last open:"
                " it may have signed more than it holds, so it signs nothing more. Make a new relay"
                " (firebreak relay init) and give its card to the parties; what this one signed stays"
                " good."
            )

    def _keep(self, signed: Signed) -> None:
        statement = signed.statement
        holding = self.holdings.setdefault(
            statement.bundle, Holding(statement.bundle, statement.size)
        )
        holding.signed.append(signed)
        self.by_index[signed.index] = statement.bundle
        if holding.ended:
            self._active.pop(holding.digest, None)
        else:
            self._active[holding.digest] = holding

    # -- who it carries for --------------------------------------------------------------------

    def receiver(self, header: ClearHeader) -> str | None:
        """Whose key a bundle is sealed to: the party's name, None if it is nobody's here."""
        return self._receivers.get(header.key_id)

    def read(self, holding: Holding) -> tuple[Letter, Agreement, SignedRecord]:
        """What a readable letter says, its officer's signature verified. Raises Refused for what is sealed,
        or is not to be read; Misbehaviour for what is not its author's."""
        data = self.bundle(holding)
        if not is_readable(data):
            raise Refused("The bundle is sealed. A relay reads nothing.")
        return self._readable(data)

    def _readable(self, data: bytes) -> tuple[Letter, Agreement, SignedRecord]:
        letter = parse_letter(data)
        agreement = consented(self.agreements, letter, self.key.public.raw)
        # What is signed in it bears the hash of the agreement's first version.
        base = min(
            (one for one in self.agreements if one.id == agreement.id), key=lambda one: one.version
        )
        names = [party.name for party in base.parties]
        for roster in self.parties:
            if letter.bundle.sender < len(names) and roster.party == names[letter.bundle.sender]:
                return letter, agreement, verified_record(letter, base, roster)
        raise Refused("A readable letter is of nobody that this relay carries for.")

    # -- steps -----------------------------------------------------------------------------------

    async def take(
        self, bundle: bytes, sender: str, way: Way, happened: Millis | None = None
    ) -> Holding:
        """Take a bundle: durable, signed for, once for all time; again changes nothing.

        Raises Malformed for what is no bundle, Refused for one that is not carried: where that is
        because of its receiver or its expiry, that is signed too.
        """
        header = clear_header(bundle)
        if header.readable:
            self._readable(bundle)  # C-21
        digest = custody.digest_of(bundle)
        held = self.holdings.get(digest)
        if held is not None:
            if held.taken is None or held.taken.sender != sender:
                raise Refused(f"This bundle was refused, or was given by another than {sender}.")
            return held
        self._check()
        if self.receiver(header) is None:
            why = (
                f"It is sealed to key {header.key_id.hex()}, of nobody that this relay carries for."
            )
            await self._refuse(bundle, sender, why, happened)
        if header.expires_at_ms < (self.clock() if happened is None else happened):
            await self._refuse(bundle, sender, "It came after its expiry.", happened)
        self._check_room(sender, len(bundle))
        write_bundle(self.directory.bundle_file(digest), bundle)
        step = Taken(sender, way, bundle[:HEADER_BYTES])
        return await self._sign(digest, len(bundle), step, happened)

    async def _refuse(
        self, bundle: bytes, sender: str, why: str, happened: Millis | None = None
    ) -> None:
        step = custody.Refused(sender, why)
        await self._sign(custody.digest_of(bundle), len(bundle), step, happened)
        raise Refused(f"The bundle was not taken. {why}")

    def _check_room(self, sender: str, size: int) -> None:
        standing = [
            holding.size
            for holding in self._active.values()
            if holding.taken is not None and holding.taken.sender == sender and holding.standing
        ]
        if len(standing) >= MOST_STANDING or sum(standing) + size > MOST_STANDING_BYTES:
            raise Refused(f"Too much of {sender} stands here already. Give that on first.")

    async def forwarded(self, digest: bytes, way: Way, happened: Millis | None = None) -> Holding:
        """It was given on: to the receiver's node once, for it may say twice that it has it (C-15).

        Raises Refused where it has expired, or cannot be any more (C-14).
        """
        holding = self._held(digest)
        if way is Way.NODE and any(s.statement.step == Forwarded(way) for s in holding.signed):
            return holding
        at = self.clock() if happened is None else happened
        if holding.taken is not None and holding.header.expires_at_ms < at:
            raise Refused("The bundle has expired: it is returned, not forwarded.")
        return await self._step(holding, Forwarded(way), happened)

    async def handed(
        self, digest: bytes, office: str, person: str | None, happened: Millis | None = None
    ) -> Holding:
        """It was put into an office's hands, perhaps some time ago."""
        return await self._step(self._held(digest), Handed(office, person), happened)

    async def returned(self, digest: bytes, why: str, happened: Millis | None = None) -> Holding:
        """It goes no further."""
        return await self._step(self._held(digest), Returned(why), happened)

    async def _step(self, holding: Holding, step: Step, happened: Millis | None = None) -> Holding:
        self._check()
        if not custody.may_follow(holding.last, step):
            raise Refused(
                f"The bundle was {custody.name_of(holding.last)} already; it cannot be"
                f" {custody.name_of(step)} now. See: firebreak relay show"
            )
        made = await self._sign(holding.digest, holding.size, step, happened)
        if made.ended:
            self._forget(made.digest)
        return made

    def _forget(self, digest: bytes) -> None:
        """Remove the bytes of what goes no further. A file that stays does no harm."""
        with suppress(OSError):
            self.directory.bundle_file(digest).unlink(missing_ok=True)

    def _held(self, digest: bytes) -> Holding:
        holding = self.holdings.get(digest)
        if holding is None:
            raise InvalidValue("There is no such bundle here. See: firebreak relay show")
        return holding

    def _check(self) -> None:
        if self.failed is not None:
            raise Misuse(self.failed)

    async def _sign(
        self, digest: bytes, size: int, step: Step, happened: Millis | None = None
    ) -> Holding:
        """Append a statement; returns once it is durable."""
        held = self.holdings.get(digest)
        previous = None if held is None else held.signed[-1].id
        now = self.clock()
        at = now if happened is None else happened
        statement = Statement(digest, size, previous, at, now, step)
        data = custody.sign_statement(statement, self.origin, self.key)
        index, leaf = self._size, leaf_hash(data)
        first = index if held is None else held.signed[0].index
        self._frontier = self._frontier.append(leaf)
        self._digest = extend_digest(self._digest, data)
        self._size += 1
        head = SignedHead(self._size, self._frontier.root(), b"")
        entry = Entry(
            origin=self.origin,
            index=index,
            record=data,
            record_id=custody.statement_id(data),
            leaf=leaf,
            digest=self._digest,
            rank=index,
            void=None,
            root=(0, first),
            stored_at=now,
        )
        signature = sign_checkpoint(Checkpoint(self.origin, head.size, head.root), self.key)
        self._keep(Signed(entry.record_id, index, statement))
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def done(error: FirebreakError | None) -> None:
            if error is not None:
                self.failed = self.failed or str(error)
                future.set_exception(error)
                return
            self.durable = max(self.durable, index + 1)
            future.set_result(None)

        self.store.submit([entry, Head(self.origin, head.size, head.root, signature)], done)
        await future
        for observer in self.observers:
            observer()
        return self.holdings[digest]

    async def expire(self) -> None:
        """Return what has expired and was not given on, and forget the bytes of what was (C-14)."""
        now = self.clock()
        for holding in list(self._active.values()):
            if holding.header.expires_at_ms >= now:
                continue
            if holding.standing:
                await self.returned(holding.digest, "It expired before it could be given on.")
            else:
                self._forget(holding.digest)
                self._active.pop(holding.digest, None)

    # -- what it shows ---------------------------------------------------------------------------

    def bundle(self, holding: Holding) -> bytes:
        """The sealed bytes. Raises Misuse or Misbehaviour if they are not here as they came."""
        data = read_bundle(self.directory.bundle_file(holding.digest))
        if custody.digest_of(data) != holding.digest:
            raise Misuse(
                f"The bundle {holding.digest.hex()[:8]} is not as it was taken. Say so to its sender:"
                " firebreak relay returned"
            )
        return data

    def to_forward(self, receiver: str | None = None) -> list[Holding]:
        """What stands here for a party, or for all: the more urgent first, then the older (C-13)."""
        now = self.clock()
        found = [
            holding
            for holding in self._active.values()
            if holding.standing
            and holding.signed[0].index < self.durable
            and holding.header.expires_at_ms >= now
            and receiver in (None, self.receiver(holding.header))
        ]
        return sorted(found, key=lambda h: (-h.header.precedence, h.signed[0].index))

    def find(self, beginning: str) -> Holding:
        """The bundle whose SHA-256 begins so, in hexadecimal. Raises InvalidValue."""
        found = [
            holding
            for digest, holding in self.holdings.items()
            if beginning and digest.hex().startswith(beginning.lower())
        ]
        if len(found) != 1:
            many = "more than one bundle" if found else "no bundle"
            raise InvalidValue(
                f"{beginning!r} names {many} here. Give the first digits as in: firebreak relay show"
            )
        return found[0]

    def head(self) -> SignedHead | None:
        """The signed head of what is durable; None of an empty log."""
        head = self.store.head(self.origin)
        return None if head is None else SignedHead(head.size, head.root, head.signature)

    def receipt(self, index: int) -> bytes:
        """The custody receipt of an entry, under the newest durable head."""
        head = self.head()
        assert head is not None
        (entry,) = self.store.entries(self.origin, index, index + 1)
        proof = inclusion_proof(index, head.size, self._subtree)
        return custody.make_receipt(entry.record, index, proof, self.origin, head, self.key.public)

    def consistency(self, base: int, size: int) -> tuple[bytes, ...]:
        """The proof that the log of `size` continues that of `base`; none where that is 0."""
        return tuple(consistency_proof(base, size, self._subtree)) if base else ()

    def _subtree(self, level: int, number: int) -> bytes:
        return self.store.subtree(self.origin, level, number)

    def concerning(self, party: str, after: int) -> Iterator[int]:
        """Indices of durable statements about what a party gave, from `after` on."""
        for index in range(after, self.durable):
            first = self.holdings[self.by_index[index]].signed[0].statement.step
            if isinstance(first, Taken | custody.Refused) and first.sender == party:
                yield index

    def check_own(self, head: SignedHead) -> None:
        """A party shows a head of this relay's own log: it must be one that the log holds.

        Raises BadProof for a head that is not signed by this relay; stops signing where it is, and the
        log here does not have it: then this store is an older one.
        """
        checkpoint = Checkpoint(self.origin, head.size, head.root)
        verify_checkpoint(checkpoint, self.key.public, head.signature)
        if head.size <= self.durable and self._root_at(head.size) == head.root:
            return
        self.failed = (
            f"A party holds a head of this relay's log over {head.size} statements that the log here"
            " does not have: the store is an older copy, or another relay signs with this key. It signs"
            " nothing more. Find out, and make a new relay."
        )
        raise BadProof(self.failed)

    def _root_at(self, size: int) -> bytes:
        hashes, start = [], 0
        for level in reversed(range(size.bit_length())):
            if size >> level & 1:
                hashes.append(self._subtree(level, start >> level))
                start += 1 << level
        return Frontier(size, tuple(hashes)).root()

    # -- its gloss (C-16) ---------------------------------------------------------------------------------

    async def gloss(self, digest: bytes, text: str) -> None:
        """Keep a remark of the relay's own: in its journal alone, in no statement, sent to nobody (C-16)."""
        self._held(digest)
        body = json.dumps({"bundle": digest.hex(), "text": text}, ensure_ascii=False)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def done(error: FirebreakError | None) -> None:
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)

        self.store.submit([JournalLine(self.clock(), _GLOSS, body)], done)
        await future

    def glosses(self) -> dict[str, list[tuple[Millis, str]]]:
        """The relay's own remarks, by bundle in hexadecimal."""
        found: dict[str, list[tuple[Millis, str]]] = {}
        for line in self.store.journal():
            if line.kind == _GLOSS:
                body = json.loads(line.data)
                found.setdefault(body["bundle"], []).append((line.at, body["text"]))
        return found


def open_relay(
    path: Path, store: Callable[[Path, bytes], Store], clock: Callable[[], Millis]
) -> Relay:
    """The relay in a directory, its store opened by `store(path, owner)`. Raises Misuse, KeyTrouble or
    StoreTrouble."""
    directory = RelayDirectory.open(path)
    secrets = NodeSecrets.load(path)
    with suppress(FileNotFoundError):
        card = custody.open_card(directory.card_file.read_bytes())
        if (card.key, card.origin) != (secrets.log.public.raw, directory.config.origin):
            raise KeyTrouble(
                f"The keys in {path} are not those on the relay's card, or its origin was changed. Put"
                " back what belongs together."
            )
    opened = store(directory.store, secrets.log.public.raw)
    try:
        return Relay(directory, secrets, opened, clock)
    except BaseException:
        opened.close()
        raise
