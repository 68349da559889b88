"""What the parties sign: who, which channels, what may be said on each, until when (spec/agreement.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any

from firebreak.errors import BadSignature, InvalidValue, Malformed
from firebreak.keys import PublicKey, SigningKey
from firebreak.records.areas import AREA, HEIGHTS, PATH
from firebreak.records.cbor import Plain, decode, encode
from firebreak.records.codec import Choice, Flag, Integer, Items, Maybe, Octets, Struct, Text
from firebreak.records.kinds import Kind, Purpose
from firebreak.records.record import Context
from firebreak.records.roster import (
    OFFICE_NAME,
    PARTY_NAME,
    RootSignature,
    SignedRoster,
    parse_root_signatures,
    parse_signed_roster,
    sign_as_root,
    verify_roots,
)
from firebreak.records.slots import LANGUAGE
from firebreak.values import LATEST, Millis, OfficeNumber, PartyNumber, Position
from firebreak.volumes import Area, Corridor, Heights, Volume, Window, check


class Channel(IntEnum):
    """One purpose at one level; never mixed. CONTROL carries agreement, roster and line state."""

    CONTROL = 0
    AIR = 1
    SEA = 2
    GROUND = 3
    COMMAND = 4
    STRATEGIC = 5
    HUMANITARIAN = 6


WATCHED_CHANNELS = (Channel.AIR, Channel.SEA)
"""Those whose craft the watch compares with each other."""


class Mode(IntEnum):
    """Everything under the agreement is exercise, or everything is real."""

    EXERCISE = 0
    REAL = 1


class EvidenceMode(IntEnum):
    """PROVABLE: signatures that a third can verify. DENIABLE: pairwise codes (not offered yet)."""

    PROVABLE = 0
    DENIABLE = 1


class Publication(IntEnum):
    """Who may show the record to others: the publication clause."""

    BOTH_CONSENT = 0
    EITHER_AFTER_NOTICE = 1
    EITHER = 2
    NEVER = 3


@dataclass(frozen=True, slots=True)
class Party:
    """A party: its name, its root fingerprint, and the roster it entered with (SHA-256)."""

    name: str
    fingerprint: bytes
    roster: bytes


@dataclass(frozen=True, slots=True)
class Office:
    """A role, known before any name."""

    party: PartyNumber
    role: str


@dataclass(frozen=True, slots=True)
class Origin:
    """One log's name: a random id of 16 bytes, and an epoch counted from 0."""

    opaque: bytes
    epoch: int

    def text(self) -> str:
        """The origin line of the log's checkpoints (spec/log.md)."""
        return f"firebreak.line/{self.opaque.hex()}/{self.epoch}"


@dataclass(frozen=True, slots=True)
class KindTerm:
    """A number for one kind or purpose: milliseconds of a deadline or of a lead time."""

    code: int
    millis: int


@dataclass(frozen=True, slots=True)
class Quota:
    """What a party may send on a channel; above it mirroring pauses, visibly, and capped FLASH passes."""

    bytes_a_day: int
    records_an_hour: int
    flash_an_hour: int


@dataclass(frozen=True, slots=True)
class ChannelTerms:
    """What may be said on a channel, by whom, and its logs: one origin a party, in party order.

    widest_notice_m, longest_notice_ms: a notice beyond either is blanket and claims no airspace (A-22).
    """

    channel: Channel
    kinds: tuple[int, ...]
    two_officers: tuple[int, ...]
    offices: tuple[OfficeNumber, ...]
    origins: tuple[Origin, ...]
    answer_within: tuple[KindTerm, ...]
    quota: Quota
    track_precision_m: int
    track_delay_ms: int
    widest_notice_m: int
    longest_notice_ms: int


@dataclass(frozen=True, slots=True)
class LineCheckTime:
    """A scheduled line check: a channel and a minute of the UTC day."""

    channel: Channel
    minute: int


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """A line that both sides drew, as geodesics between positions."""

    name: str
    path: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class AgreedZone:
    """A zone that both sides drew."""

    name: str
    area: Area
    heights: Heights


@dataclass(frozen=True, slots=True)
class Witness:
    """One that cosigns checkpoints: a name and an Ed25519 key."""

    name: str
    key: bytes


@dataclass(frozen=True, slots=True)
class AgreedRelay:
    """One that may carry between the parties: a name, the Ed25519 key of its custody log.

    readable: both sides consent that it carries readable text, as protecting powers do; otherwise it
    carries sealed bundles only.
    """

    name: str
    key: bytes
    readable: bool


@dataclass(frozen=True, slots=True)
class NeutralTerm:
    """A neutral term that both sides agreed to offer where a writer uses another."""

    instead_of: str
    term: str


@dataclass(frozen=True, slots=True)
class AgreedSeparation:
    """How close craft may come on a channel before the watch says so, and how far it looks ahead.

    horizontal_m: 1 to 100,000. vertical_ft: 1 to 100,000; None: whatever their heights.
    look_ahead_s: 1 to 3,600.
    """

    channel: Channel
    horizontal_m: int
    vertical_ft: int | None
    look_ahead_s: int


@dataclass(frozen=True)
class Agreement:
    """One version of an agreement. Exactly two parties speak on its channels in this format.

    separations: for air and sea; where there is none, each side's watch has its own. holidays: UTC
    days, counted from 1970-01-01, on which no line check is due. terms_offered: neutral terms.
    """

    id: bytes
    version: int
    previous: bytes | None
    title: str
    mode: Mode
    evidence: EvidenceMode
    publication: Publication
    valid_from: Millis
    valid_until: Millis
    catalogue: bytes
    languages: tuple[str, ...]
    parties: tuple[Party, ...]
    offices: tuple[Office, ...]
    channels: tuple[ChannelTerms, ...]
    line_checks: tuple[LineCheckTime, ...] = ()
    lead_times: tuple[KindTerm, ...] = ()
    lines: tuple[AgreedLine, ...] = ()
    zones: tuple[AgreedZone, ...] = ()
    relays: tuple[AgreedRelay, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    separations: tuple[AgreedSeparation, ...] = ()
    holidays: tuple[int, ...] = ()
    terms_offered: tuple[NeutralTerm, ...] = ()

    def __post_init__(self) -> None:
        _check(self)

    def payload(self) -> bytes:
        """The bytes that the parties sign."""
        return encode(("firebreak agreement 1", _AGREEMENT.plain(self)))

    def digest(self) -> bytes:
        """SHA-256 of the payload: what records are signed in, and what is read over the telephone."""
        return self._digest

    @cached_property
    def _digest(self) -> bytes:
        return hashlib.sha256(self.payload()).digest()

    @cached_property
    def _contexts(self) -> dict[tuple[int, PartyNumber], Context]:
        return {}

    def check_follows(self, before: Agreement) -> None:
        """Raises InvalidValue unless this may be the version after `before` (A-21).

        Same id and parties; the next version, naming the digest before; offices keep their numbers;
        a channel that stays keeps its logs, or opens a later epoch of them.
        """
        if (self.id, self.version, self.previous) != (
            before.id,
            before.version + 1,
            before.digest(),
        ):
            raise InvalidValue("This is not the version after the one that is kept here.")
        if [(p.name, p.fingerprint) for p in self.parties] != [
            (p.name, p.fingerprint) for p in before.parties
        ]:
            raise InvalidValue("A new version has the same parties. Draft a new agreement instead.")
        if self.offices[: len(before.offices)] != before.offices:
            raise InvalidValue("Offices keep their numbers. Add new ones after those there are.")
        for terms in before.channels:
            now = self.terms(terms.channel)
            if now is None:
                continue
            for old, new in zip(terms.origins, now.origins, strict=True):
                if new.opaque != old.opaque or new.epoch < old.epoch:
                    raise InvalidValue(
                        f"Channel {terms.channel.name.lower()} keeps its logs in a new version."
                    )

    def terms(self, channel: int) -> ChannelTerms | None:
        """The terms of a channel, or None where the agreement has no such channel."""
        return next((terms for terms in self.channels if terms.channel == channel), None)

    def channel_for(self, kind: Kind) -> Channel | None:
        """The first channel that carries a kind, other than control; None where none does."""
        return next(
            (
                terms.channel
                for terms in self.channels
                if kind in terms.kinds and terms.channel is not Channel.CONTROL
            ),
            None,
        )

    def secret_context(self, giver: PartyNumber, receiver: PartyNumber) -> bytes:
        """What a reader secret is sealed in: this agreement, whose logs, and to whom (A-17)."""
        return encode(("firebreak agreement 1", self.digest(), giver, receiver))

    def context(self, channel: int, party: PartyNumber) -> Context:
        """What records of one party's log on one channel are signed in. Raises InvalidValue."""
        known = self._contexts.get((channel, party))
        if known is not None:
            return known
        terms = self.terms(channel)
        if terms is None:
            raise InvalidValue("The agreement has no such channel. See `firebreak agreement show`.")
        context = Context(self.digest(), channel, terms.origins[party].text(), self.catalogue)
        return self._contexts.setdefault((channel, party), context)


def _check(agreement: Agreement) -> None:
    """The rules that the slots alone do not give (A-3 to A-9, A-15, A-16, A-23). Raises InvalidValue."""
    _check_parties(agreement)
    if agreement.valid_until <= agreement.valid_from:
        raise InvalidValue(
            "The agreement ends before it begins. Correct valid_from or valid_until."
        )
    if (agreement.previous is None) != (agreement.version == 1):
        raise InvalidValue("Version 1 names no version before it, and every later version does.")
    channels = [terms.channel for terms in agreement.channels]
    if channels != sorted(set(channels)) or channels[:1] != [Channel.CONTROL]:
        raise InvalidValue("Channels are listed once each, in order, control first.")
    names = [origin.opaque for terms in agreement.channels for origin in terms.origins]
    if len(set(names)) != len(names):
        raise InvalidValue("Two logs have the same origin. Draft the agreement anew.")
    for terms in agreement.channels:
        _check_terms(agreement, terms)
    _check_lists(agreement)
    _check_separations(agreement)
    _check_places(agreement)


def _check_parties(agreement: Agreement) -> None:
    parties, offices = agreement.parties, agreement.offices
    if len(parties) != 2:
        raise InvalidValue(
            "An agreement has exactly two parties; make one agreement for each pair."
        )
    if parties[0].name == parties[1].name:
        raise InvalidValue("The two parties have the same name. Rename one.")
    if parties[0].fingerprint == parties[1].fingerprint:
        raise InvalidValue(
            "The two parties have the same root keys. Ask for the other side's card."
        )
    if any(office.party >= len(parties) for office in offices):
        raise InvalidValue("An office belongs to no party of the agreement.")
    if len(set(offices)) != len(offices):
        raise InvalidValue("An office is listed twice. List each office of a party once.")


def _check_terms(agreement: Agreement, terms: ChannelTerms) -> None:
    name = terms.channel.name.lower()
    if len(terms.origins) != len(agreement.parties):
        raise InvalidValue(f"Channel {name} needs one log for each party.")
    if any(office >= len(agreement.offices) for office in terms.offices):
        raise InvalidValue(f"Channel {name} names an office that is not listed.")
    if not _ascending(terms.offices):
        raise InvalidValue(f"Offices of channel {name} are repeated or out of order.")
    if len({agreement.offices[office].party for office in terms.offices}) != 2:
        raise InvalidValue(f"Channel {name} needs an office of each party.")
    deadlines = tuple(term.code for term in terms.answer_within)
    if not all(_ascending(codes) for codes in (terms.kinds, terms.two_officers, deadlines)):
        raise InvalidValue(f"Kinds of channel {name} are repeated or out of order.")
    if not set(terms.two_officers) <= set(terms.kinds):
        raise InvalidValue(f"Channel {name} wants two officers for a kind that it does not carry.")
    if not set(deadlines) <= set(terms.kinds):
        raise InvalidValue(f"Channel {name} has a deadline for a kind that it does not carry.")


def _check_lists(agreement: Agreement) -> None:
    """Lists hold nothing twice, and what has an order is in it (A-15)."""
    if not _ascending([term.code for term in agreement.lead_times]):
        raise InvalidValue("Lead times are repeated or out of order.")
    if not _ascending([(at.channel, at.minute) for at in agreement.line_checks]):
        raise InvalidValue("Line checks are repeated or out of order.")
    if not _ascending(agreement.holidays):
        raise InvalidValue("Holidays are repeated or out of order. List each day once.")
    for channel in {at.channel for at in agreement.line_checks}:
        terms = agreement.terms(channel)
        if terms is None or not {Kind.LINE_CHECK, Kind.LINE_CHECK_REPLY} <= set(terms.kinds):
            raise InvalidValue(
                f"Line checks are scheduled on {channel.name.lower()}, which carries none."
                " Correct the line checks, or the channel's kinds."
            )
    named = {
        "language": agreement.languages,
        "line": tuple(line.name for line in agreement.lines),
        "zone": tuple(zone.name for zone in agreement.zones),
        "relay": tuple(relay.name for relay in agreement.relays),
        "term": tuple(term.instead_of for term in agreement.terms_offered),
        "witness": tuple(witness.name for witness in agreement.witnesses),
    }
    for what, names in named.items():
        if len(set(names)) != len(names):
            raise InvalidValue(f"A {what} is listed twice. List each once, under its own name.")


def _check_separations(agreement: Agreement) -> None:
    """Each is of air or sea, and of a channel that there is (A-23)."""
    channels = [separation.channel for separation in agreement.separations]
    if not _ascending(channels):
        raise InvalidValue("Separations are repeated or out of order. Give one for each channel.")
    for channel in channels:
        name = channel.name.lower()
        if channel not in WATCHED_CHANNELS:
            raise InvalidValue(f"A separation is agreed for {name}. Give one for air or sea only.")
        if agreement.terms(channel) is None:
            raise InvalidValue(
                f"A separation is agreed for {name}, and there is no such channel."
                " Remove it, or add the channel."
            )


def _check_places(agreement: Agreement) -> None:
    """Agreed lines and zones are sound areas, and witnesses' and relays' keys are keys (A-16)."""
    window = Window(agreement.valid_from, agreement.valid_until)
    everywhere = Heights(None, None)
    volumes = [
        *(
            (line.name, Volume(Corridor(line.path, 1), everywhere, window))
            for line in agreement.lines
        ),
        *((zone.name, Volume(zone.area, zone.heights, window)) for zone in agreement.zones),
    ]
    for name, volume in volumes:
        try:
            check(volume)
        except InvalidValue as error:
            raise InvalidValue(f"{name}: {error}") from error
    keys = [
        *((f"Witness {witness.name}", witness.key) for witness in agreement.witnesses),
        *((f"Relay {relay.name}", relay.key) for relay in agreement.relays),
    ]
    for whose, key in keys:
        try:
            PublicKey.parse(key)
        except Malformed as error:
            raise InvalidValue(f"{whose}: {error}") from error


def _ascending(items: Sequence[Any]) -> bool:
    return list(items) == sorted(set(items))


_DIGEST = Octets(32, 32)
_TIME = Integer(0, LATEST)
_CODES = Items(Integer(1, 255), 255)
_MILLIS = Integer(0, 400 * 86_400_000)
_TERM = Struct(KindTerm, code=Integer(1, 255), millis=_MILLIS)
_TERMS = Struct(
    ChannelTerms,
    channel=Choice(Channel),
    kinds=_CODES,
    two_officers=_CODES,
    offices=Items(Integer(0, 255), 64),
    origins=Items(Struct(Origin, opaque=Octets(16, 16), epoch=Integer(0, 2**32 - 1)), 16),
    answer_within=Items(_TERM, 64),
    quota=Struct(
        Quota,
        bytes_a_day=Integer(1, 2**40),
        records_an_hour=Integer(1, 2**32),
        flash_an_hour=Integer(1, 2**32),
    ),
    track_precision_m=Integer(0, 1_000_000),
    track_delay_ms=_MILLIS,
    widest_notice_m=Integer(1, 20_100_000),
    longest_notice_ms=Integer(1, 400 * 86_400_000),
)
_AGREEMENT = Struct(
    Agreement,
    id=Octets(16, 16),
    version=Integer(1, 65_535),
    previous=Maybe(_DIGEST),
    title=Text(120),
    mode=Choice(Mode),
    evidence=Choice(EvidenceMode),
    publication=Choice(Publication),
    valid_from=_TIME,
    valid_until=_TIME,
    catalogue=_DIGEST,
    languages=Items(LANGUAGE, 16, least=1),
    parties=Items(Struct(Party, name=PARTY_NAME, fingerprint=_DIGEST, roster=_DIGEST), 16),
    offices=Items(Struct(Office, party=Integer(0, 15), role=OFFICE_NAME), 255, least=2),
    channels=Items(_TERMS, 7, least=1),
    line_checks=Items(
        Struct(LineCheckTime, channel=Choice(Channel), minute=Integer(0, 1_439)), 256
    ),
    lead_times=Items(_TERM, 64),
    lines=Items(Struct(AgreedLine, name=Text(40), path=PATH), 64),
    zones=Items(Struct(AgreedZone, name=Text(40), area=AREA, heights=HEIGHTS), 256),
    relays=Items(Struct(AgreedRelay, name=PARTY_NAME, key=_DIGEST, readable=Flag()), 16),
    witnesses=Items(Struct(Witness, name=Text(64), key=_DIGEST), 16),
    separations=Items(
        Struct(
            AgreedSeparation,
            channel=Choice(Channel),
            horizontal_m=Integer(1, 100_000),
            vertical_ft=Maybe(Integer(1, 100_000)),
            look_ahead_s=Integer(1, 3_600),
        ),
        2,
    ),
    holidays=Items(Integer(0, LATEST // 86_400_000), 366),
    terms_offered=Items(Struct(NeutralTerm, instead_of=Text(64), term=Text(64)), 64),
)

LEAD_TIME_PURPOSES = tuple(Purpose)


def parse_agreement(payload: bytes) -> Agreement:
    """Read an agreement's payload. Raises Malformed."""
    plain = decode(payload)
    if not isinstance(plain, tuple) or len(plain) != 2 or plain[0] != "firebreak agreement 1":
        raise Malformed("This is no agreement. Ask for the file again.")
    return _AGREEMENT.value(plain[1])


SealedSecret = tuple[int, bytes]
"""A party's number, and the signer's reader secret sealed to that party's X-Wing key."""
MOST_SEALED = 4_096
"""Bytes of one sealed secret."""


@dataclass(frozen=True, slots=True)
class PartySignature:
    """One party's signature: its roster, its reader secret sealed to each party, root signatures.

    The secret is sealed to the signer too, so that its node needs nothing beside file and keys.
    """

    party: PartyNumber
    roster: SignedRoster
    secrets: tuple[SealedSecret, ...]
    signatures: tuple[RootSignature, ...]

    def context(self) -> bytes:
        """What the root keys sign the agreement's payload in: party and sealed secrets (A-10)."""
        return encode(("firebreak agreement 1", self.party, self.secrets))

    def verify(self, agreement: Agreement) -> None:
        """Raises BadSignature unless the roster is the one named and its roots signed (A-10, A-11,
        A-17)."""
        party = agreement.parties[self.party]
        roster = self.roster.roster
        if roster.party != party.name or roster.digest() != party.roster:
            raise BadSignature(f"The roster given for {party.name} is not the one agreed.")
        if roster.root_fingerprint() != party.fingerprint:
            raise BadSignature(f"The root keys given for {party.name} are not those agreed.")
        if [number for number, _ in self.secrets] != list(range(len(agreement.parties))):
            raise BadSignature(
                f"The signature of {party.name} does not give its reader secret to each party once."
            )
        self.roster.verify()
        verify_roots(roster, self.context(), agreement.payload(), self.signatures)


def sign_agreement(
    agreement: Agreement,
    party: PartyNumber,
    roster: SignedRoster,
    secrets: Sequence[SealedSecret],
    keys: Sequence[SigningKey],
) -> PartySignature:
    """One party's signature with the root keys at hand."""
    unsigned = PartySignature(party, roster, tuple(secrets), ())
    made = sign_as_root(roster.roster, unsigned.context(), agreement.payload(), keys)
    return PartySignature(party, roster, tuple(secrets), made)


@dataclass(frozen=True, slots=True)
class SignedAgreement:
    """An agreement with the signatures given so far, in party order."""

    agreement: Agreement
    signatures: tuple[PartySignature, ...]

    def encoded(self) -> bytes:
        """The one encoding: the agreement file."""
        return encode(
            (
                self.agreement.payload(),
                tuple(
                    (s.party, s.roster.encoded(), s.secrets, s.signatures) for s in self.signatures
                ),
            )
        )

    def missing(self) -> tuple[str, ...]:
        """Names of the parties that have not signed."""
        there = {signature.party for signature in self.signatures}
        return tuple(
            party.name for number, party in enumerate(self.agreement.parties) if number not in there
        )

    def with_signature(self, signature: PartySignature) -> SignedAgreement:
        """The same with one party's signature added or replaced."""
        others = [s for s in self.signatures if s.party != signature.party]
        return SignedAgreement(
            self.agreement, tuple(sorted([*others, signature], key=lambda s: s.party))
        )

    def roster_of(self, party: int) -> SignedRoster:
        """The roster that a party entered with. Raises InvalidValue if it has not signed."""
        for signature in self.signatures:
            if signature.party == party:
                return signature.roster
        name = self.agreement.parties[party].name
        raise InvalidValue(f"{name} has not signed this agreement yet. Send it to them to sign.")


def parse_signed_agreement(data: bytes) -> SignedAgreement:
    """Read an agreement file and verify every signature on it. Raises Malformed or BadSignature."""
    plain = decode(data)
    match plain:
        case (bytes(payload), tuple(signatures)):
            agreement = parse_agreement(payload)
        case _:
            raise Malformed("This is no agreement file. Ask for it again.")
    read = tuple(_party_signature(item, agreement) for item in signatures)
    numbers = [signature.party for signature in read]
    if numbers != sorted(set(numbers)):
        raise Malformed("The parties' signatures are repeated or out of order.")
    for signature in read:
        signature.verify(agreement)
    return SignedAgreement(agreement, read)


def _party_signature(item: Plain, agreement: Agreement) -> PartySignature:
    match item:
        case (int(party), bytes(roster), tuple(secrets), tuple(signatures)) if (
            0 <= party < len(agreement.parties)
        ):
            return PartySignature(
                PartyNumber(party),
                parse_signed_roster(roster),
                tuple(_sealed_secret(secret) for secret in secrets),
                parse_root_signatures(signatures),
            )
        case _:
            raise Malformed("A party's signature on the agreement is misshapen. Ask for it again.")


def _sealed_secret(item: Plain) -> SealedSecret:
    match item:
        case (int(party), bytes(sealed)) if 0 <= party < 16 and 1 <= len(sealed) <= MOST_SEALED:
            return party, sealed
        case _:
            raise Malformed("A sealed secret on the agreement is misshapen. Ask for it again.")


def check_next_version(old: Agreement, data: bytes) -> Agreement:
    """The agreement of a signed file, if it follows `old` and every party signed it (A-21).

    Raises Malformed, BadSignature, or InvalidValue.
    """
    signed = parse_signed_agreement(data)
    if signed.missing():
        raise InvalidValue(f"{', '.join(signed.missing())} has not signed the new version.")
    signed.agreement.check_follows(old)
    return signed.agreement
