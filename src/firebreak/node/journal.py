"""The journal of a running node: its own log, never mirrored, held in memory and in the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from firebreak.desk import journal
from firebreak.desk.attested import check_said
from firebreak.desk.entries.calls import VoiceLog
from firebreak.desk.entries.checks import CheckTried
from firebreak.desk.entries.contacts import Contacted, Said
from firebreak.desk.journal import Body, Kept
from firebreak.errors import Misuse, Refused, StoreTrouble
from firebreak.keys import SigningKey
from firebreak.ledger.checkpoint import (
    Checkpoint,
    ProofFile,
    ed25519_line,
    note,
    render_proof,
    sign_checkpoint,
)
from firebreak.ledger.commitment import commitment, extend_digest, salt
from firebreak.ledger.merkle import Frontier, inclusion_proof, leaf_hash
from firebreak.node.logs import frontier_at
from firebreak.node.shared import Done
from firebreak.records.agreement import Origin
from firebreak.records.cbor import decode, encode
from firebreak.records.roster import Roster
from firebreak.store.interface import Entry, Head, Setting, Store, Write
from firebreak.values import Millis, RecordId

SETTING: Final = "journal"
"""Holds the journal's origin (16 random bytes) and the secret its commitments are salted with."""
CLOCK_TOLERANCE: Final = 5 * 60_000
"""ms: an officer's machine may differ by this from the node's clock."""


@dataclass(frozen=True, slots=True)
class Place:
    """What names a journal and salts its commitments. opaque: 16 bytes; secret: 32 bytes."""

    opaque: bytes
    secret: bytes

    @property
    def origin(self) -> str:
        """The origin line of its checkpoints, as of any log (spec/log.md L-8)."""
        return Origin(self.opaque, 0).text()


class Journal:
    """Entries in order, durable ones only; `size` runs ahead by what is being committed."""

    def __init__(
        self,
        store: Store,
        key: SigningKey,
        rosters: Callable[[], Mapping[int, Roster]],
        clock: Callable[[], Millis],
        random: Callable[[int], bytes],
    ) -> None:
        """key: the node's log key; rosters: the party's own, by version. Raises StoreTrouble."""
        self._store, self._key, self._clock = store, key, clock
        self._rosters = rosters
        self.failed: StoreTrouble | None = None
        self.observers: list[Callable[[Kept], None]] = []
        self.checks: list[Callable[[Kept, Sequence[Kept]], None]] = []
        self._place = self._kept_place() or self._new_place(random)
        self.origin = self._place.origin
        self.size = store.size(self.origin)
        self._frontier: Frontier = frontier_at(store, self.origin, self.size)
        rows = list(store.entries(self.origin, 0, self.size))
        self._digest = rows[-1].digest if rows else bytes(32)
        read = ((row.index, row.record, row.stored_at) for row in rows)
        self.entries, self.void = journal.replay(read, self.origin, rosters())
        self._taken: list[Kept] = []
        self._by_id = {kept.id: kept for kept in self.entries}

    def _kept_place(self) -> Place | None:
        data = self._store.setting(SETTING)
        if data is None:
            return None
        match decode(data):
            case (bytes(opaque), bytes(secret)) if len(opaque) == 16 and len(secret) == 32:
                return Place(opaque, secret)
            case _:
                raise StoreTrouble(
                    "The store's note of its journal is damaged. Restore the store from a backup."
                )

    def _new_place(self, random: Callable[[int], bytes]) -> Place:
        made = Place(random(16), random(32))
        row = Setting(SETTING, encode((made.opaque, made.secret)))
        self._store.submit([row], self._ended)
        return made

    @property
    def taken(self) -> list[Kept]:
        """Entries in order, with those that are not durable yet: a rule holds for all of them."""
        return [*self.entries, *self._taken]

    @property
    def roster(self) -> int:
        """The newest version of the party's own card: an entry made now names it (JN-4)."""
        return max(self._rosters())

    def by_id(self, beginning: str) -> Kept | None:
        """The one entry whose id begins with these hexadecimal digits; None if there is none.

        Raises Misuse where several do.
        """
        if len(beginning) == 64:
            return self._by_id.get(bytes.fromhex(beginning))
        found = [kept for kept in self.entries if kept.id.hex().startswith(beginning)]
        if len(found) > 1:
            raise Misuse(f"Several entries begin with {beginning}. Give more digits.")
        return found[0] if found else None

    def proofs(self, indices: Sequence[int]) -> list[bytes]:
        """A tlog-proof for each of these durable entries, all under the newest head (JN-5).

        Each discloses the salt of its own entry alone. Raises Misuse for an entry that is not there.
        """
        head = self._store.head(self.origin)
        if head is None or any(not 0 <= index < head.size for index in indices):
            raise Misuse(
                "The journal has no such entry under a signed head. Try again in a moment."
            )
        checkpoint = Checkpoint(self.origin, head.size, head.root)
        line = ed25519_line(self.origin, self._key.public, head.signature)
        signed_head = note(checkpoint, [line])
        subtree = partial(self._store.subtree, self.origin)
        return [
            render_proof(
                ProofFile(
                    index,
                    tuple(inclusion_proof(index, head.size, subtree)),
                    signed_head,
                    salt(self._place.secret, index),
                )
            )
            for index in indices
        ]

    def append(self, signed: Sequence[bytes], done: Done) -> list[Kept]:
        """Append signed entries, all or none; done(None) once they are durable.

        An entry that is handed in again is not kept twice. Raises Malformed, BadSignature or Refused,
        and changes nothing.
        """
        if self.failed is not None:
            raise self.failed
        held, now = self._rosters(), self._clock()
        opened = [
            journal.open_entry(data, self.size + n, self.origin, held, now)
            for n, data in enumerate(signed)
        ]
        again = [self._by_id.get(kept.id) for kept in opened]
        if all(again):
            self._store.submit([], done)
            return [kept for kept in again if kept is not None]
        if any(again) or len({kept.id for kept in opened}) < len(opened):
            raise Refused("Some of these entries are in the journal already. Hand in the others.")
        for kept in opened:
            if kept.entry.roster != max(held):  # JN-4: a revoked key hides behind no older roster
                raise Refused(
                    "The entry names an older version of our card than the newest. Sign it again"
                    " with a key that is on the newest."
                )
            if abs(kept.entry.at - now) > CLOCK_TOLERANCE:  # JN-4
                raise Refused(
                    "The entry's time differs from this node's clock by more than five minutes."
                    " Set the clock of your machine, then enter it again; what happened earlier"
                    " has a time of its own."
                )
            self._check(kept, opened, now)
        writes: list[Write] = [self._row(kept, now) for kept in opened]
        self._by_id |= {kept.id: kept for kept in opened}
        writes.append(self._head())
        self._taken += opened

        def finished(error: StoreTrouble | None) -> None:
            self._ended(error)
            if error is None:
                self.entries += opened
                del self._taken[: len(opened)]
                for kept in opened:
                    for observer in list(self.observers):
                        observer(kept)
            done(error)

        self._store.submit(writes, finished)
        return opened

    def _check(self, kept: Kept, together: Sequence[Kept], now: Millis) -> None:
        """Refuse what has not happened yet, was said to nobody, or answers what is not here."""
        body = kept.entry.body
        happened = _happened(body)
        if happened is not None and happened > now + CLOCK_TOLERANCE:  # JN-4
            raise Refused("What is entered cannot have happened later than now. Correct the time.")
        if isinstance(body, Said):
            named = kept.entry.about[0] if kept.entry.about else None
            about = self._by_id.get(named) if named is not None else None
            if named is not None and about is None:
                about = next((other for other in together if other.id == named), None)
            if named is not None and about is None:
                raise Refused("What it answers is not in this journal. Name the right entry.")
            check_said(body, about)
        for check in self.checks:
            check(kept, [*self.taken, *together[: kept.index - self.size]])

    def _row(self, kept: Kept, now: Millis) -> Entry:
        # JN-5: salted and under heads, as every log
        leaf = leaf_hash(commitment(salt(self._place.secret, kept.index), kept.data))
        self._frontier = self._frontier.append(leaf)
        self._digest = extend_digest(self._digest, kept.data)
        self.size = kept.index + 1
        root = next(
            (self._by_id[i].index for i in kept.entry.about if i in self._by_id), kept.index
        )
        return Entry(
            self.origin,
            kept.index,
            kept.data,
            RecordId(kept.id),
            leaf,
            self._digest,
            kept.index + 1,
            None,
            (0, root),
            now,
        )

    def _head(self) -> Head:
        root = self._frontier.root()
        signature = sign_checkpoint(Checkpoint(self.origin, self.size, root), self._key)
        return Head(self.origin, self.size, root, signature)

    def _ended(self, error: StoreTrouble | None) -> None:
        if error is not None and self.failed is None:
            self.failed = error


def _happened(body: Body) -> Millis | None:
    """When what an officer notes happened, ms UTC, where the body has a time of its own for that."""
    match body:
        case Contacted(happened=at) | Said(happened=at) | VoiceLog(happened=at) | CheckTried(at=at):
            return at
        case _:
            return None
