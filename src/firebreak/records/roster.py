"""A party's signed, versioned list of offices, officers and keys (spec/agreement.md §3)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from firebreak.errors import BadSignature, InvalidValue, Malformed
from firebreak.keys import PublicKey, SigningKey, fingerprint
from firebreak.records.cbor import decode, encode
from firebreak.records.codec import Integer, Items, Octets, Struct, Text
from firebreak.records.sign1 import to_be_signed
from firebreak.values import LATEST, Millis

NODE_OFFICE = "node"
"""The office of roster index 0: the node's own record key."""
CARRIER_OFFICE = "carrier"
"""The office of a key that is carried along, as by an attaché: it signs custody and nothing else, so it
is on no channel of an agreement and enters nothing in a journal."""
X25519_BYTES, XWING_BYTES, MLDSA_BYTES = 32, 1_216, 1_312


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One key: the office it signs for, and when. Entries are never moved or reused."""

    key: bytes
    office: str
    valid_from: Millis
    valid_until: Millis


@dataclass(frozen=True, slots=True)
class NodeKeys:
    """A node's public keys, each for one purpose.

    mldsa: ML-DSA-44, its logs' second key; any 1,312 bytes are one. certificate: DER of the TLS key.
    """

    log: bytes
    receipt: bytes
    mldsa: bytes
    certificate: bytes
    x25519: bytes
    xwing: bytes


@dataclass(frozen=True, slots=True)
class Roster:
    """One version of a party's roster, under a threshold of root keys.

    entries[0] is the node's record key; an author on the wire is a place in entries.
    """

    party: str
    version: int
    threshold: int
    roots: tuple[bytes, ...]
    node: NodeKeys
    entries: tuple[RosterEntry, ...]

    def __post_init__(self) -> None:
        if not 1 <= self.threshold <= len(self.roots):
            raise InvalidValue("The roster's threshold is larger than its number of root keys.")
        if list(self.roots) != sorted(set(self.roots)):
            raise InvalidValue("The roster's root keys are repeated or out of order.")
        if [entry.office for entry in self.entries].count(NODE_OFFICE) != 1 or (
            self.entries[0].office != NODE_OFFICE
        ):
            raise InvalidValue("The roster's first key, and no other, is the node's.")
        keys = [*self.roots, self.node.log, self.node.receipt, *(e.key for e in self.entries)]
        if len(set(keys)) != len(keys):
            raise InvalidValue(
                "A key stands twice in the roster. Make a key of its own for each use."
            )
        if any(entry.valid_until < entry.valid_from for entry in self.entries):
            raise InvalidValue("A key in the roster ends before it begins. Correct its times.")

    def root_fingerprint(self) -> bytes:
        """What is read over the telephone: 32 bytes over threshold and root keys."""
        return fingerprint(self.threshold, [PublicKey.parse(raw) for raw in self.roots])

    def payload(self) -> bytes:
        """The bytes that root keys sign."""
        return encode(("firebreak roster 1", _ROSTER.plain(self)))

    def digest(self) -> bytes:
        """SHA-256 of the payload, as the agreement names it."""
        return hashlib.sha256(self.payload()).digest()

    def check_follows(self, before: Roster) -> None:
        """Raises InvalidValue unless this may take the place of `before` (A-20).

        Same party, root keys and threshold; the next version; every entry of `before` at its place,
        unchanged but for an earlier end.
        """
        if (self.party, self.threshold, self.roots) != (
            before.party,
            before.threshold,
            before.roots,
        ):
            raise InvalidValue("The new roster is of another party or under other root keys.")
        if self.version != before.version + 1:
            raise InvalidValue(
                f"Roster version {self.version} does not follow version {before.version}."
            )
        if len(self.entries) < len(before.entries):
            raise InvalidValue("The new roster leaves out keys. A key is revoked, never removed.")
        for place, (new, old) in enumerate(zip(self.entries, before.entries, strict=False)):
            if (
                replace(new, valid_until=old.valid_until) != old
                or new.valid_until > old.valid_until
            ):
                raise InvalidValue(
                    f"Key {place} was changed in the new roster. A key is revoked and another added."
                )


_KEY = Octets(32, 32)
_TIME = Integer(0, LATEST)
PARTY_NAME = Text(40)
OFFICE_NAME = Text(64)
_ROSTER = Struct(
    Roster,
    party=PARTY_NAME,
    version=Integer(1, 65_535),
    threshold=Integer(1, 16),
    roots=Items(_KEY, 16, least=1),
    node=Struct(
        NodeKeys,
        log=_KEY,
        receipt=_KEY,
        mldsa=Octets(MLDSA_BYTES, MLDSA_BYTES),
        certificate=Octets(1, 2_048),
        x25519=Octets(X25519_BYTES, X25519_BYTES),
        xwing=Octets(XWING_BYTES, XWING_BYTES),
    ),
    entries=Items(
        Struct(RosterEntry, key=_KEY, office=OFFICE_NAME, valid_from=_TIME, valid_until=_TIME),
        512,
        least=1,
    ),
)
RootSignature = tuple[int, bytes]
"""A root key's place in the roster and its signature, 64 bytes."""


@dataclass(frozen=True, slots=True)
class SignedRoster:
    """A roster with its root signatures, in ascending order of root key."""

    roster: Roster
    signatures: tuple[RootSignature, ...]

    def encoded(self) -> bytes:
        """The one encoding: what a party gives out as its card."""
        return encode((self.roster.payload(), tuple(self.signatures)))

    def verify(self) -> None:
        """Raises BadSignature unless a threshold of the roster's own root keys signed it (A-14)."""
        verify_roots(self.roster, ROSTER_CONTEXT, self.roster.payload(), self.signatures)


ROSTER_CONTEXT = encode(("firebreak roster 1",))


def sign_roster(roster: Roster, keys: Sequence[SigningKey]) -> SignedRoster:
    """Sign a roster with the root keys at hand."""
    return SignedRoster(roster, sign_as_root(roster, ROSTER_CONTEXT, roster.payload(), keys))


def sign_as_root(
    roster: Roster, context: bytes, payload: bytes, keys: Sequence[SigningKey]
) -> tuple[RootSignature, ...]:
    """Signatures of these root keys over a payload. Raises InvalidValue for a key that is no root."""
    made = []
    for key in keys:
        if key.public.raw not in roster.roots:
            raise InvalidValue(f"This key is not a root key of {roster.party}.")
        made.append((roster.roots.index(key.public.raw), key.sign(to_be_signed(context, payload))))
    return tuple(sorted(made))


def verify_roots(
    roster: Roster, context: bytes, payload: bytes, signatures: Sequence[RootSignature]
) -> None:
    """Raises BadSignature unless exactly valid signatures of a threshold of root keys are given."""
    places = [place for place, _ in signatures]
    if places != sorted(set(places)) or any(place >= len(roster.roots) for place in places):
        raise BadSignature(f"Root signatures of {roster.party} are repeated or out of order.")
    if len(places) < roster.threshold:
        raise BadSignature(
            f"{len(places)} of the {roster.threshold} root signatures that {roster.party} needs"
            " are there. Ask for the rest."
        )
    for place, signature in signatures:
        PublicKey.parse(roster.roots[place]).verify(to_be_signed(context, payload), signature)


def parse_roster_payload(payload: bytes) -> Roster:
    """Read a roster's payload. Raises Malformed."""
    plain = decode(payload)
    if not isinstance(plain, tuple) or len(plain) != 2 or plain[0] != "firebreak roster 1":
        raise Malformed("This is no roster. Ask for the card file again.")
    roster = _ROSTER.value(plain[1])
    for raw in (*roster.roots, roster.node.log, roster.node.receipt):
        PublicKey.parse(raw)
    for entry in roster.entries:
        PublicKey.parse(entry.key)
    return roster


def parse_signed_roster(data: bytes) -> SignedRoster:
    """Read and verify a card file. Raises Malformed or BadSignature."""
    plain = decode(data)
    if not isinstance(plain, tuple) or len(plain) != 2 or not isinstance(plain[0], bytes):
        raise Malformed("This is no card file. Ask for it again.")
    signed = SignedRoster(parse_roster_payload(plain[0]), parse_root_signatures(plain[1]))
    signed.verify()
    return signed


def parse_root_signatures(plain: object) -> tuple[RootSignature, ...]:
    """Root signatures from the wire. Raises Malformed."""
    if not isinstance(plain, tuple):
        raise Malformed("Root signatures should be an array.")
    made = []
    for item in plain:
        match item:
            case (int(place), bytes(signature)) if 0 <= place < 16 and len(signature) == 64:
                made.append((place, signature))
            case _:
                raise Malformed("A root signature is a place and 64 bytes.")
    return tuple(made)
