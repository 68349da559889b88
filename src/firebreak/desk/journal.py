"""The journal: what a party keeps to itself, signed by its officers, never mirrored (spec/journal.md).

An entry is signed as a record is (COSE_Sign1 over one deterministic encoding), in a context of its
own, and stands in an append-only log of the party's node.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeAlias, TypeVar

from firebreak.desk.entries import calls, checks, contacts, humanitarian, offices, onward, routes
from firebreak.desk.entries.slots import ID, TIME
from firebreak.errors import BadSignature, FirebreakError, Malformed, Refused
from firebreak.keys import PublicKey, SigningKey
from firebreak.records import sign1
from firebreak.records.cbor import Plain, decode, encode, encode_bytes
from firebreak.records.codec import Codec, Integer, Items, Nothing
from firebreak.records.record import NODE_AUTHOR
from firebreak.records.roster import CARRIER_OFFICE, Roster
from firebreak.records.spelling import name_of
from firebreak.values import Millis

B = TypeVar("B")

MOST_BYTES = 65_535
"""Of a signed entry, as of any entry of a log."""
MOST_ABOUT = 16


class JournalKind(IntEnum):
    """What an entry notes. The numbers are in the store; none is ever used again for another."""

    CONTACTED = 1
    SAID = 2
    STRUCK = 3
    CONTACT_TOLD = 4
    COUNTERPART = 10
    RELEASE_RULE = 11
    AUTHORITY_AWAITED = 12
    AUTHORITY_GIVEN = 13
    HANDOVER_GIVEN = 14
    HANDOVER_TAKEN = 15
    DURESS = 16
    SUMMONS = 17
    SUMMONS_ANSWERED = 18
    RELEASED = 19
    STAFFED = 20
    BRIEFED = 21
    CHALLENGED = 22
    MEMORANDUM = 23
    VOICE_LOG = 24
    REMINDED = 25
    CHALLENGE_DRAWN = 26
    ONWARD_RULE = 30
    ONWARD_TOLD = 31
    CHECK_TRIED = 40
    CHECK_MISSED = 41
    LINE_DECLARED = 42
    DRILL_PLANNED = 43
    CHECK_CALENDAR = 44
    CHECK_NOTED = 45
    CHECK_WENT = 46
    DRILL_CALLED = 47
    LADDER = 50
    RUNG_TAKEN = 51
    DISCLOSED = 60
    ERASED = 61
    ENROLLED = 80
    SITE_ENTERED = 81
    MOVEMENT_ENTERED = 82
    CONSENTED = 83
    DISCLOSURE_MARKED = 84
    REVALIDATED = 85
    ENTRY_WITHDRAWN = 86


Body: TypeAlias = (
    contacts.Contacted
    | contacts.Said
    | contacts.Struck
    | contacts.ContactTold
    | offices.Counterpart
    | offices.ReleaseRule
    | offices.AuthorityAwaited
    | offices.AuthorityGiven
    | offices.HandoverGiven
    | offices.HandoverTaken
    | offices.Duress
    | offices.Summons
    | offices.SummonsAnswered
    | offices.Released
    | calls.Staffed
    | calls.Briefed
    | calls.Challenged
    | calls.Memorandum
    | calls.VoiceLog
    | calls.Reminded
    | calls.ChallengeDrawn
    | onward.OnwardRule
    | onward.OnwardTold
    | checks.CheckTried
    | checks.CheckMissed
    | checks.LineDeclared
    | checks.DrillPlanned
    | checks.CheckCalendar
    | checks.CheckNoted
    | checks.CheckWent
    | checks.DrillCalled
    | routes.Ladder
    | routes.RungTaken
    | routes.Disclosed
    | routes.Erased
    | humanitarian.Enrolled
    | humanitarian.SiteEntered
    | humanitarian.MovementEntered
    | humanitarian.Consented
    | humanitarian.DisclosureMarked
    | humanitarian.Revalidated
    | humanitarian.EntryWithdrawn
)

BODIES: Mapping[JournalKind, tuple[type[Any], Codec[Any]]] = {
    JournalKind.CONTACTED: (contacts.Contacted, contacts.CONTACTED),
    JournalKind.SAID: (contacts.Said, contacts.SAID),
    JournalKind.STRUCK: (contacts.Struck, contacts.STRUCK),
    JournalKind.CONTACT_TOLD: (contacts.ContactTold, Nothing(contacts.ContactTold)),
    JournalKind.COUNTERPART: (offices.Counterpart, offices.COUNTERPART),
    JournalKind.RELEASE_RULE: (offices.ReleaseRule, offices.RELEASE_RULE),
    JournalKind.AUTHORITY_AWAITED: (offices.AuthorityAwaited, offices.AUTHORITY_AWAITED),
    JournalKind.AUTHORITY_GIVEN: (offices.AuthorityGiven, offices.AUTHORITY_GIVEN),
    JournalKind.HANDOVER_GIVEN: (offices.HandoverGiven, offices.HANDOVER_GIVEN),
    JournalKind.HANDOVER_TAKEN: (offices.HandoverTaken, offices.HANDOVER_TAKEN),
    JournalKind.DURESS: (offices.Duress, Nothing(offices.Duress)),
    JournalKind.SUMMONS: (offices.Summons, offices.SUMMONS),
    JournalKind.SUMMONS_ANSWERED: (offices.SummonsAnswered, offices.SUMMONS_ANSWERED),
    JournalKind.RELEASED: (offices.Released, Nothing(offices.Released)),
    JournalKind.STAFFED: (calls.Staffed, calls.STAFFED),
    JournalKind.BRIEFED: (calls.Briefed, calls.BRIEFED),
    JournalKind.CHALLENGED: (calls.Challenged, calls.CHALLENGED),
    JournalKind.MEMORANDUM: (calls.Memorandum, calls.MEMORANDUM),
    JournalKind.VOICE_LOG: (calls.VoiceLog, calls.VOICE_LOG),
    JournalKind.REMINDED: (calls.Reminded, calls.REMINDED),
    JournalKind.CHALLENGE_DRAWN: (calls.ChallengeDrawn, calls.CHALLENGE_DRAWN),
    JournalKind.ONWARD_RULE: (onward.OnwardRule, onward.ONWARD_RULE),
    JournalKind.ONWARD_TOLD: (onward.OnwardTold, onward.ONWARD_TOLD),
    JournalKind.CHECK_TRIED: (checks.CheckTried, checks.CHECK_TRIED),
    JournalKind.CHECK_MISSED: (checks.CheckMissed, checks.CHECK_MISSED),
    JournalKind.LINE_DECLARED: (checks.LineDeclared, checks.LINE_DECLARED),
    JournalKind.DRILL_PLANNED: (checks.DrillPlanned, checks.DRILL_PLANNED),
    JournalKind.CHECK_CALENDAR: (checks.CheckCalendar, checks.CHECK_CALENDAR),
    JournalKind.CHECK_NOTED: (checks.CheckNoted, checks.CHECK_NOTED),
    JournalKind.CHECK_WENT: (checks.CheckWent, checks.CHECK_WENT),
    JournalKind.DRILL_CALLED: (checks.DrillCalled, checks.DRILL_CALLED),
    JournalKind.LADDER: (routes.Ladder, routes.LADDER),
    JournalKind.RUNG_TAKEN: (routes.RungTaken, routes.RUNG_TAKEN),
    JournalKind.DISCLOSED: (routes.Disclosed, routes.DISCLOSED),
    JournalKind.ERASED: (routes.Erased, routes.ERASED),
    JournalKind.ENROLLED: (humanitarian.Enrolled, humanitarian.ENROLLED),
    JournalKind.SITE_ENTERED: (humanitarian.SiteEntered, humanitarian.SITE_ENTERED),
    JournalKind.MOVEMENT_ENTERED: (humanitarian.MovementEntered, humanitarian.MOVEMENT_ENTERED),
    JournalKind.CONSENTED: (humanitarian.Consented, humanitarian.CONSENTED),
    JournalKind.DISCLOSURE_MARKED: (humanitarian.DisclosureMarked, humanitarian.DISCLOSURE_MARKED),
    JournalKind.REVALIDATED: (humanitarian.Revalidated, humanitarian.REVALIDATED),
    JournalKind.ENTRY_WITHDRAWN: (humanitarian.EntryWithdrawn, humanitarian.ENTRY_WITHDRAWN),
}

KIND_OF: Mapping[type[Any], JournalKind] = {build: kind for kind, (build, _) in BODIES.items()}
"""The kind that a body is of."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the journal, before or after signing.

    roster: the version of the party's own roster that `author` is an index of; author 0: the node;
    at: when it was entered, ms UTC (the *reported* time; what happened when is in the body); about:
    ids of records or entries that it is about, the one that it answers first.
    """

    roster: int
    author: int
    at: Millis
    about: tuple[bytes, ...]
    body: Body


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry as the journal holds it: its index in the log, its id, who signed, the signed bytes.

    stored: when the node stored it, by its own clock, ms UTC; None where that is not known.
    """

    index: int
    id: bytes
    entry: Entry
    office: str
    data: bytes
    stored: Millis | None = None


@dataclass(frozen=True, slots=True)
class Void:
    """What stands in the log and does not count (JN-21), and why, as a sentence.

    kind: the code of its kind, known or not; None where not even that can be read.
    """

    index: int
    kind: int | None
    reason: str
    data: bytes


_VERSION = Integer(1, 2**31)
_AUTHOR = Integer(0, 65_535)
_KIND = Integer(1, 255)
_ABOUT = Items(ID, MOST_ABOUT)


def payload_of(entry: Entry) -> bytes:
    """The bytes that are signed (JN-1). Raises Malformed for a slot out of its range."""
    kind = KIND_OF[type(entry.body)]
    try:
        body = BODIES[kind][1].plain(entry.body)
    except Malformed as error:
        raise Malformed(f"{kind.name.lower().replace('_', ' ')}: {error}") from error
    return encode(
        (
            _VERSION.plain(entry.roster),
            _AUTHOR.plain(entry.author),
            TIME.plain(entry.at),
            int(kind),
            _ABOUT.plain(entry.about),
            body,
        )
    )


def parse_payload(payload: bytes) -> Entry:
    """Read an entry's payload. Raises Malformed unless it is the one encoding of an entry."""
    match decode(payload):
        case (roster, author, at, kind, about, body):
            return Entry(
                _named("roster", _VERSION, roster),
                _named("author", _AUTHOR, author),
                Millis(_named("at", TIME, at)),
                _named("about", _ABOUT, about),
                _body(_named("kind", _KIND, kind), body),
            )
        case _:
            raise Malformed("An entry of the journal is an array of 6. Ask for it again.")


def _named(name: str, codec: Codec[B], plain: Plain) -> B:
    try:
        return codec.value(plain)
    except Malformed as error:
        raise Malformed(f"{name}: {error}") from error


def _body(number: int, plain: Plain) -> Body:
    try:
        kind = JournalKind(number)
    except ValueError:
        raise Malformed(f"The journal knows no kind {number}. Update Firebreak.") from None
    try:
        read: Body = BODIES[kind][1].value(plain)
    except Malformed as error:
        raise Malformed(f"{kind.name.lower().replace('_', ' ')}: {error}") from error
    return read


def context(origin: str) -> bytes:
    """What an entry of the journal of this origin is signed in: it is good for no other place (JN-2)."""
    return encode(("firebreak journal 1", origin))


def entry_id(origin: str, payload: bytes) -> bytes:
    """SHA-256 over the encodings of context and payload, 32 bytes, as of a record (JN-3)."""
    return hashlib.sha256(encode_bytes(context(origin)) + encode_bytes(payload)).digest()


def sign_entry(entry: Entry, origin: str, key: SigningKey) -> bytes:
    """The signed bytes of an entry. Raises Malformed."""
    data = sign1.sign(key, context(origin), payload_of(entry)).encoded()
    if len(data) > MOST_BYTES:
        raise Malformed(f"The entry has {len(data)} bytes; {MOST_BYTES} are allowed. Shorten it.")
    return data


def open_entry(
    data: bytes,
    index: int,
    origin: str,
    rosters: Mapping[int, Roster],
    stored: Millis | None = None,
) -> Kept:
    """Read a signed entry and verify who signed it (JN-4). rosters: the party's own, by version.

    Raises Malformed, BadSignature, or Refused for a key that is not on the roster named, was not valid
    when the entry says it was made, or is a carrier's.
    """
    signed = sign1.parse(data)
    entry = parse_payload(signed.payload)
    roster = rosters.get(entry.roster)
    if roster is None or entry.author >= len(roster.entries):
        raise Refused(
            "The key that signed this entry is on no card of this party. Sign with an officer's key"
            " that is enrolled: firebreak party enrol"
        )
    author = roster.entries[entry.author]
    try:
        signed.verify(PublicKey.parse(author.key), context(origin))
    except BadSignature:
        raise BadSignature(
            "The entry's signature is not that of the officer it names. Sign it again."
        ) from None
    if not author.valid_from <= entry.at < author.valid_until:
        raise Refused("The officer's key was not valid at that time. Use a valid key.")
    if author.office == CARRIER_OFFICE:  # JN-19
        raise Refused("A carrier's key signs custody and nothing else. Use an officer's key.")
    noted = isinstance(entry.body, checks.CheckNoted)
    if noted != (entry.author == NODE_AUTHOR):  # JN-17: a stolen node puts no words in our journal
        raise Refused(
            "What a node notes by itself is signed by its own key, and everything else by an officer."
        )
    office = "node" if entry.author == NODE_AUTHOR else author.office
    return Kept(index, entry_id(origin, signed.payload), entry, office, data, stored)


def replay(
    rows: Iterable[tuple[int, bytes, Millis | None]], origin: str, rosters: Mapping[int, Roster]
) -> tuple[list[Kept], list[Void]]:
    """The entries of a log, and what in it does not count: one bad entry stops no other (JN-21).

    rows: index, signed bytes and time of storing of each, in the order of the log.
    """
    held: list[Kept] = []
    void: list[Void] = []
    newest = 0
    for index, data, stored in rows:
        try:
            kept = open_entry(data, index, origin, rosters, stored)
            if kept.entry.roster < newest:  # JN-4: a revoked key hides behind no older roster
                raise Refused("It names an older card than an entry before it.")
        except FirebreakError as error:
            void.append(Void(index, _number(data), str(error), data))
            continue
        newest = kept.entry.roster
        held.append(kept)
    return held, void


def _number(data: bytes) -> int | None:
    """The code of the kind that an entry claims to be of, if it can be read."""
    try:
        match decode(sign1.parse(data).payload):
            case (_, _, _, int(number), _, _):
                return number
    except FirebreakError:
        pass
    return None


def kind_text(number: int | None) -> str:
    """What kind that is, as it is shown where the entry does not count."""
    if number is None:
        return "unreadable"
    if number in set(JournalKind):
        return name_of(JournalKind(number))
    return f"unknown kind {number}"


def standing(entries: Iterable[Kept]) -> list[Kept]:
    """The entries that count, in order: those struck, and the strikes themselves, left out (JN-6)."""
    held = list(entries)
    struck = {
        about
        for kept in held
        if isinstance(kept.entry.body, contacts.Struck)
        for about in kept.entry.about[:1]
    }
    return [
        kept
        for kept in held
        if kept.id not in struck and not isinstance(kept.entry.body, contacts.Struck)
    ]


def of_kind(entries: Sequence[Kept], body: type[B]) -> list[tuple[Kept, B]]:
    """The entries whose body is of one class, each with it."""
    return [(kept, kept.entry.body) for kept in entries if isinstance(kept.entry.body, body)]
