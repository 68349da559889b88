"""A small world with fixed seeds: two parties, their agreement, what they say, and their logs.

Pure and always the same, byte for byte; no store, node, clock or carrier. `World()` has the channels
control, air and command under the standard template, ALPHA and BRAVO, two officers each: key 1 signs
for the air duty officer, key 2 for the senior duty officer, key 0 is the node's.

    world = World()
    notice = world.append(ALPHA, Channel.AIR, a_notice())
    world.append(BRAVO, Channel.AIR, Read(), refers_to=world.reference(Channel.AIR, ALPHA, notice))
    receipt = world.receipt(Channel.AIR, ALPHA)
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from firebreak.keys import PublicKey, SigningKey
from firebreak.ledger.checkpoint import Checkpoint, SignatureLine, sign_checkpoint
from firebreak.ledger.commitment import (
    EMPTY_DIGEST,
    commitment,
    extend_digest,
    log_secret,
    salt,
    short,
)
from firebreak.ledger.merkle import Frontier, Subtree, inclusion_proof, leaf_hash
from firebreak.ledger.receipt import Range, Receipt, sign_receipt
from firebreak.mldsa import MldsaKey
from firebreak.records.agreement import (
    Agreement,
    Channel,
    SignedAgreement,
    sign_agreement,
)
from firebreak.records.drafting import standard
from firebreak.records.kinds import (
    KIND_OF,
    NEEDS_ANSWER,
    NODE_KINDS,
    Body,
    Notice,
    Purpose,
    Query,
    Release,
    RosterUpdate,
    Statement,
    Topic,
)
from firebreak.records.record import (
    ID_PREFIX,
    NODE_AUTHOR,
    Record,
    Reference,
    Seen,
    SignedRecord,
    sign_payload,
    sign_record,
)
from firebreak.records.roster import (
    NODE_OFFICE,
    NodeKeys,
    Roster,
    RosterEntry,
    SignedRoster,
    sign_roster,
)
from firebreak.records.slots import Span, Words
from firebreak.sealing import SealingKeys, SealingPublic
from firebreak.values import (
    Height,
    HeightReference,
    HeightUnit,
    Millis,
    OfficeNumber,
    PartyNumber,
    Position,
    Precedence,
)
from firebreak.volumes import Circle, Heights

ALPHA, BRAVO = PartyNumber(0), PartyNumber(1)
NAMES = ("ALPHA", "BRAVO")
OFFICES = ("air duty officer", "senior duty officer")
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
START = Millis(1_795_305_600_000)
"""2026-11-22T00:00Z: the agreement and every key hold from here on."""
DAYS = 30
NOW = Millis(START + 4 * HOUR)
"""When the first record is composed; each later one a minute after the one before."""

Seal = Callable[[bytes, SealingPublic, bytes], bytes]


def seed_of(label: str) -> bytes:
    """32 bytes that are always the same for a label."""
    return hashlib.sha256(b"firebreak test world\x00" + label.encode()).digest()


def stand_in_seal(secret: bytes, to: SealingPublic, context: bytes) -> bytes:
    """32 bytes in place of a sealed secret, always the same; nobody can open them.

    Pass `firebreak.sealing.seal_secret` where a node is to open them (its bytes differ every time).
    """
    return hashlib.sha256(b"stand-in\x00" + secret + to.x25519 + context).digest()


@dataclass(frozen=True, slots=True)
class WorldParty:
    """One party with all its secrets. officers[n] has the key of roster index n + 1."""

    number: PartyNumber
    name: str
    roots: tuple[SigningKey, ...]
    record: SigningKey
    log: SigningKey
    receipt: SigningKey
    mldsa: MldsaKey
    officers: tuple[SigningKey, ...]
    sealing: SealingKeys
    reader_secret: bytes
    roster: SignedRoster

    @property
    def officer(self) -> SigningKey:
        """The air duty officer's key: roster index 1."""
        return self.officers[0]

    @property
    def fingerprint(self) -> bytes:
        """The root fingerprint: 32 bytes."""
        return self.roster.roster.root_fingerprint()

    @property
    def log_key(self) -> PublicKey:
        """The public key of this party's logs."""
        return self.log.public

    def key(self, author: int) -> SigningKey:
        """The key of a roster index: 0 is the node's record key."""
        return self.record if author == NODE_AUTHOR else self.officers[author - 1]

    def next_roster(self, **changes: Any) -> SignedRoster:
        """The next version of the roster, signed by the root keys, with these fields replaced."""
        roster = self.roster.roster
        made = replace(roster, version=roster.version + 1, **changes)
        return sign_roster(made, self.roots[: made.threshold])


def make_party(
    number: int, name: str = "", *, roots: int = 1, threshold: int = 1, start: Millis = START
) -> WorldParty:
    """A party whose keys are drawn from its name, and hold for a year from `start`."""
    name = name or NAMES[number]
    root_keys = tuple(SigningKey(seed_of(f"{name} root {n}")) for n in range(roots))
    record, log, receipt = (
        SigningKey(seed_of(f"{name} {use}")) for use in ("record", "log", "receipt")
    )
    mldsa = MldsaKey(seed_of(f"{name} mldsa"))
    officers = tuple(SigningKey(seed_of(f"{name} {office}")) for office in OFFICES)
    sealing = SealingKeys(seed_of(f"{name} x25519"), seed_of(f"{name} xwing"))
    end = Millis(start + 365 * DAY)
    roster = Roster(
        party=name,
        version=1,
        threshold=threshold,
        roots=tuple(sorted(key.public.raw for key in root_keys)),
        node=NodeKeys(
            log=log.public.raw,
            receipt=receipt.public.raw,
            mldsa=mldsa.public,
            certificate=seed_of(f"{name} certificate"),
            x25519=sealing.public.x25519,
            xwing=sealing.public.xwing,
        ),
        entries=tuple(
            RosterEntry(key.public.raw, office, start, end)
            for key, office in zip((record, *officers), (NODE_OFFICE, *OFFICES), strict=True)
        ),
    )
    signed = sign_roster(roster, root_keys[:threshold])
    readers = seed_of(f"{name} readers")
    return WorldParty(
        PartyNumber(number),
        name,
        root_keys,
        record,
        log,
        receipt,
        mldsa,
        officers,
        sealing,
        readers,
        signed,
    )


def signed_by(
    agreement: Agreement, parties: Sequence[WorldParty], seal: Seal = stand_in_seal
) -> SignedAgreement:
    """The agreement with every party's signature."""
    signed = SignedAgreement(agreement, ())
    for party in parties:
        secrets = [
            (
                other.number,
                seal(
                    party.reader_secret,
                    other.sealing.public,
                    agreement.secret_context(party.number, other.number),
                ),
            )
            for other in parties
        ]
        keys = party.roots[: party.roster.roster.threshold]
        signed = signed.with_signature(
            sign_agreement(agreement, party.number, party.roster, secrets, keys)
        )
    return signed


@dataclass(slots=True)
class WorldLog:
    """One party's log on one channel, whole, in memory."""

    origin: str
    key: SigningKey
    secret: bytes
    records: list[SignedRecord] = field(default_factory=list)
    frontier: Frontier = field(default_factory=Frontier)
    digests: list[bytes] = field(default_factory=lambda: [EMPTY_DIGEST])
    roots: list[bytes] = field(default_factory=lambda: [Frontier().root()])
    stored: dict[tuple[int, int], bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Entries so far."""
        return self.frontier.size

    def append(self, signed: SignedRecord) -> int:
        """Append a record, valid or not; gives its index."""
        index = self.size
        leaf = leaf_hash(commitment(self.salt(index), signed.data))
        self.frontier, completed = self.frontier.grow(leaf)
        for level, digest in enumerate(completed):
            self.stored[level, index >> level] = digest
        self.records.append(signed)
        self.digests.append(extend_digest(self.digests[-1], signed.data))
        self.roots.append(self.frontier.root())
        return index

    def salt(self, index: int) -> bytes:
        """The 16-byte salt of an entry."""
        return salt(self.secret, index)

    def subtree(self, level: int, number: int) -> bytes:
        """See `merkle.Subtree`."""
        return self.stored[level, number]

    def head(self, size: int | None = None) -> tuple[Checkpoint, bytes]:
        """A checkpoint and its 64-byte signature; the latest unless a size is given."""
        at = self.size if size is None else size
        checkpoint = Checkpoint(self.origin, at, self.roots[at])
        return checkpoint, sign_checkpoint(checkpoint, self.key)

    def proof(self, index: int, size: int | None = None) -> list[bytes]:
        """The inclusion proof of an entry."""
        return inclusion_proof(index, self.size if size is None else size, self.subtree)


class World:
    """Two parties, an agreement that both signed, and their logs, empty at first.

    agreement: None for the standard template. seal: how reader secrets are sealed.
    """

    def __init__(
        self,
        agreement: Agreement | None = None,
        parties: tuple[WorldParty, WorldParty] | None = None,
        seal: Seal = stand_in_seal,
    ) -> None:
        self.parties = parties or (make_party(0), make_party(1))
        self.agreement = agreement or standard(
            self.parties[0].roster,
            self.parties[1].roster,
            seed=seed_of("agreement"),
            start=START,
            days=DAYS,
            catalogue=seed_of("catalogue"),
        )
        self.signed = signed_by(self.agreement, self.parties, seal)
        self.composed = 0
        self.given: dict[tuple[int, PartyNumber], list[bytes]] = {}
        self.mldsa_lines: dict[bytes, SignatureLine] = {}
        self.logs: dict[tuple[int, PartyNumber], WorldLog] = {}
        for terms in self.agreement.channels:
            for party in self.parties:
                origin = terms.origins[party.number].text()
                secret = log_secret(party.reader_secret, origin)
                self.logs[terms.channel, party.number] = WorldLog(origin, party.log, secret)

    @property
    def fingerprints(self) -> tuple[bytes, ...]:
        """Both root fingerprints, in party order."""
        return tuple(party.fingerprint for party in self.parties)

    def log(self, channel: int, party: int) -> WorldLog:
        """A party's log on a channel."""
        return self.logs[channel, PartyNumber(party)]

    def record(self, party: int, channel: int, body: Body, **slots: Any) -> SignedRecord:
        """A signed record, not yet appended. Each slot of Record not given has a sensible value.

        `author` is 1, the air duty officer, or the node for kinds that the node signs; `key` signs
        in the author's place.
        """
        key = slots.pop("key", None)
        record = replace(self.draft(party, channel, body), **slots)
        context = self.agreement.context(channel, PartyNumber(party))
        signer = key if isinstance(key, SigningKey) else self.parties[party].key(record.author)
        if "serial" not in slots:
            record = replace(record, serial=self._serial(channel, party, record.author))
        return sign_record(record, context, signer)

    def draft(self, party: int, channel: int, body: Body) -> Record:
        """A record with every slot filled in, unsigned."""
        kind = KIND_OF[type(body)]
        other = self.log(channel, 1 - party)
        now = Millis(NOW + self.composed * MINUTE)
        self.composed += 1
        return Record(
            version=self.agreement.version,
            author=NODE_AUTHOR if kind in NODE_KINDS else 1,
            control=self.log(Channel.CONTROL, party).size,
            to=(self.office(1 - party),),
            kind=kind,
            refers_to=None,
            composed_at=now,
            precedence=Precedence.ROUTINE,
            answer_by=10 * MINUTE if kind in NEEDS_ANSWER else None,
            serial=0,
            seen=(Seen(PartyNumber(1 - party), other.size, short(other.digests[-1])),),
            body=body,
        )

    def _serial(self, channel: int, party: int, author: int) -> int:
        records = self.log(channel, party).records
        used = [signed.record.serial for signed in records if signed.record.author == author]
        return max(used, default=-1) + 1

    def append(self, party: int, channel: int, body: Body, **slots: Any) -> int:
        """Sign a record and append it to its author's log; gives its index."""
        return self.log(channel, party).append(self.record(party, channel, body, **slots))

    def append_released(self, party: int, channel: int, body: Body, **slots: Any) -> int:
        """Append a record that two officers sign, after its release; gives the record's index."""
        signed = self.record(party, channel, body, **slots)
        releasing = 2 if signed.record.author == 1 else 1
        self.append(party, channel, Release(signed.id), author=releasing, to=())
        return self.log(channel, party).append(signed)

    def append_payload(self, party: int, channel: int, payload: bytes, key: SigningKey) -> int:
        """Append whatever bytes are a record, signed by any key."""
        context = self.agreement.context(channel, PartyNumber(party))
        return self.log(channel, party).append(sign_payload(payload, context, key))

    def append_roster(self, party: int, roster: SignedRoster) -> int:
        """Append a new version of a party's roster to its control log."""
        body = RosterUpdate(roster.encoded())
        return self.append(party, Channel.CONTROL, body, to=())

    def reference(self, channel: int, party: int, index: int) -> Reference:
        """What a record that answers, acknowledges or amends this one names."""
        signed = self.log(channel, party).records[index]
        return Reference(PartyNumber(party), index, signed.id[:ID_PREFIX])

    def receipt(
        self,
        channel: int,
        party: int,
        *,
        size: int | None = None,
        held: Iterable[tuple[int, int]] | None = None,
        at: Millis | None = None,
        root: bytes | None = None,
        key: SigningKey | None = None,
    ) -> bytes:
        """The other party's receipt for a party's log: all of it, unless told otherwise."""
        log = self.log(channel, party)
        size = log.size if size is None else size
        ranges = ((0, size),) if held is None else tuple(held)
        receipt = Receipt(
            size,
            log.roots[size] if root is None else root,
            tuple(Range(start, stop) for start, stop in ranges),
            Millis(NOW + self.composed * MINUTE) if at is None else at,
        )
        signer = key or self.parties[1 - party].receipt
        return sign_receipt(receipt, self.agreement.id, log.origin, signer)

    def give_receipt(self, channel: int, party: int, **terms: Any) -> bytes:
        """A receipt as `receipt` makes it, kept where `WorldSource.receipts` finds it."""
        data = self.receipt(channel, party, **terms)
        self.given.setdefault((channel, PartyNumber(party)), []).append(data)
        return data

    def mldsa_line(self, party: int, head: Checkpoint) -> SignatureLine:
        """A party's ML-DSA-44 line under a head of its own; the same each time."""
        line = self.mldsa_lines.get(head.body()) or self.parties[party].mldsa.line(head)
        return self.mldsa_lines.setdefault(head.body(), line)

    def office(self, party: int, role: str = OFFICES[0]) -> OfficeNumber:
        """An office's number in the agreement."""
        for number, office in enumerate(self.agreement.offices):
            if (office.party, office.role) == (party, role):
                return OfficeNumber(number)
        raise AssertionError(f"party {party} has no {role}")


@dataclass(frozen=True, slots=True)
class WorldSource:
    """What a node would answer for `firebreak.evidence.collect`.

    size: of every head, None for the latest; own: whose second signatures there are.
    """

    world: World
    size: int | None = None
    own: tuple[int, ...] = (ALPHA,)

    def record(self, channel: int, party: PartyNumber, index: int) -> bytes:
        """See `evidence.Source`."""
        return self.world.log(channel, party).records[index].data

    def salt(self, channel: int, party: PartyNumber, index: int) -> bytes:
        """See `evidence.Source`."""
        return self.world.log(channel, party).salt(index)

    def head(self, channel: int, party: PartyNumber) -> tuple[Checkpoint, bytes]:
        """See `evidence.Source`."""
        return self.world.log(channel, party).head(self.size)

    def mldsa_line(
        self, channel: int, party: PartyNumber, head: Checkpoint
    ) -> SignatureLine | None:
        """See `evidence.Source`."""
        return self.world.mldsa_line(party, head) if party in self.own else None

    def subtree(self, channel: int, party: PartyNumber) -> Subtree:
        """See `evidence.Source`."""
        return self.world.log(channel, party).subtree

    def receipts(self, channel: int, party: PartyNumber) -> list[bytes]:
        """See `evidence.Source`."""
        return self.world.given.get((channel, party), [])


def a_notice(contact: str = "Alpha Ops 1234") -> Notice:
    """Training in a circle north of Kaliningrad Bay, FL095 to FL195, in two hours, for one hour."""
    return Notice(
        purpose=Purpose.TRAINING,
        area=Circle(Position(552_083_333, 197_534_722), 9_260),
        heights=Heights(
            Height(95, HeightUnit.HUNDREDS_OF_FEET, HeightReference.STANDARD_PRESSURE),
            Height(195, HeightUnit.HUNDREDS_OF_FEET, HeightReference.STANDARD_PRESSURE),
        ),
        window=Span(2 * HOUR, HOUR),
        contact=contact,
    )


def a_query() -> Query:
    """Is this yours? A track seen a minute ago."""
    return Query("4471", Position(553_000_000, 198_000_000), -MINUTE, speed_kt=420)


def a_statement() -> Statement:
    """A statement, for which the command channel wants two officers."""
    return Statement(Topic.OUR_EXERCISE, Words("en", "It ends tonight as announced."))
