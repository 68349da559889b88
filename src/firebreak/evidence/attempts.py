"""“We tried N times” as one file: what one party attests, provable from its journal (spec/attempts.md).

It shows what that party's officers wrote down and when its log took it in, and counts it anew. It shows
nothing of the other side, which signed none of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum
from typing import Final, assert_never

from firebreak.desk import contact_record, journal
from firebreak.desk.attested import dialogues
from firebreak.desk.contact_record import Attempt, Count, Pair
from firebreak.desk.entries.calls import VoiceLog
from firebreak.desk.entries.contacts import Direction
from firebreak.desk.journal import Kept
from firebreak.desk.outcomes import not_through
from firebreak.errors import BadProof, BadSignature, InvalidValue, Malformed
from firebreak.evidence.file import ProvenEntry
from firebreak.evidence.verdict import Status
from firebreak.keys import PublicKey, SigningKey
from firebreak.ledger.checkpoint import (
    MOST_PROOF_BYTES,
    Checkpoint,
    ProofFile,
    parse_note,
    parse_proof,
    verify_checkpoint,
)
from firebreak.ledger.commitment import SALT_BYTES, commitment
from firebreak.ledger.merkle import leaf_hash, verify_inclusion
from firebreak.records import sign1
from firebreak.records.agreement import Publication
from firebreak.records.cbor import Plain, decode, encode
from firebreak.records.codec import Choice, Integer, Items, Maybe, Octets, Struct
from firebreak.records.contacts import Outcome, Precision
from firebreak.records.record import NODE_AUTHOR
from firebreak.records.roster import Roster, SignedRoster, parse_signed_roster
from firebreak.records.slots import NAME, SHORT
from firebreak.values import LATEST, Millis

MAGIC: Final = "firebreak attempts 1"
MOST_BYTES: Final = 4 << 20
MOST_ENTRIES: Final = 1_000
MOST_ROSTERS: Final = 16
MOST_ROSTER_BYTES: Final = 1 << 20
CLOCK_TOLERANCE: Final = 5 * 60_000
"""ms: an entry may be dated so much after the file, by another machine's clock (JN-4)."""
NEEDS_LEAVE: Final = frozenset({Publication.BOTH_CONSENT, Publication.EITHER_AFTER_NOTICE})


class Mark(IntEnum):
    """What the party says that all of it is, and what alone is counted (AT-15)."""

    REAL = 1
    EXERCISE = 2
    RECONSTRUCTION = 3


@dataclass(frozen=True, slots=True)
class Statement:
    """What two officers sign. mark: the one mode that is counted; party, theirs: the other side's name
    and office; since, as_of: the period that is counted, ms UTC; to: who is shown it; clause: the
    agreement's, None where there is none; leave: id of the record that gives consent or notice under
    that clause."""

    mark: Mark
    party: str
    ours: str
    theirs: str
    since: Millis
    as_of: Millis
    made_at: Millis
    to: str
    why: str
    clause: Publication | None
    leave: bytes | None

    def __post_init__(self) -> None:  # AT-9
        if not self.since <= self.as_of <= self.made_at:
            raise InvalidValue(
                "The period begins before it ends, and ends before the file is made."
            )
        if self.clause is Publication.NEVER:
            raise InvalidValue("The agreement says that nothing under it may be shown to others.")
        if self.clause in NEEDS_LEAVE and self.leave is None:
            raise InvalidValue(
                "The agreement wants the other side's consent, or notice given to it, first. Name the"
                " record."
            )

    @property
    def pair(self) -> Pair:
        """The two offices."""
        return Pair(self.ours, self.party, self.theirs)


@dataclass(frozen=True, slots=True)
class Named:
    """An attempt that a line's record shows: its id, 32 bytes; named here, proved by its own evidence.

    outcome: None while it was open; happened: ms UTC.
    """

    id: bytes
    outcome: Outcome | None
    happened: Millis


@dataclass(frozen=True, slots=True)
class AttemptsFile:
    """The file's parts. rosters: the party's own, as its root keys signed them, by version."""

    rosters: tuple[SignedRoster, ...]
    statement: Statement
    entries: tuple[ProvenEntry, ...]
    named: tuple[Named, ...]
    signatures: tuple[bytes, ...] = ()

    def body(self) -> Plain:
        """All that is signed (AT-10)."""
        return (
            MAGIC,
            tuple(roster.encoded() for roster in self.rosters),
            _STATEMENT.plain(self.statement),
            _ENTRIES.plain(self.entries),
            _NAMED.plain(self.named),
        )

    def encoded(self) -> bytes:
        """The one encoding (AT-1)."""
        body = self.body()
        assert isinstance(body, tuple)
        return encode((*body, self.signatures))

    def digest(self) -> bytes:
        """SHA-256 over the encoding of all that is signed."""
        return hashlib.sha256(encode(self.body())).digest()

    def origin(self) -> str:
        """The origin of the journal that the entries are from. Raises Malformed."""
        return parse_note(parse_proof(self.entries[0].proof).note)[0].origin

    def signed(self, roster: int, author: int, key: SigningKey) -> AttemptsFile:
        """With one officer's signature more. roster, author: the place of his key."""
        payload = encode((roster, author, self.digest()))
        made = sign1.sign(key, _context(self.origin()), payload).encoded()
        return replace(self, signatures=(*self.signatures, made))


_TIME: Final = Integer(0, LATEST)
_ID: Final = Octets(32, 32)
_STATEMENT: Final = Struct(
    Statement,
    mark=Choice(Mark),
    party=NAME,
    ours=NAME,
    theirs=NAME,
    since=_TIME,
    as_of=_TIME,
    made_at=_TIME,
    to=NAME,
    why=SHORT,
    clause=Maybe(Choice(Publication)),
    leave=Maybe(_ID),
)
_ENTRIES: Final = Items(
    Struct(
        ProvenEntry,
        record=Octets(1, journal.MOST_BYTES),
        proof=Octets(1, MOST_PROOF_BYTES),
    ),
    MOST_ENTRIES,
    least=1,
)
_NAMED: Final = Items(
    Struct(Named, id=_ID, outcome=Maybe(Choice(Outcome)), happened=_TIME), MOST_ENTRIES
)


def _context(origin: str) -> bytes:
    return encode((MAGIC, origin))


def parse_attempts(data: bytes) -> AttemptsFile:
    """Read the file; verifies the rosters, nothing else. Raises Malformed or BadSignature (AT-1 to AT-4)."""
    match decode(data, MOST_BYTES):  # AT-1
        case (
            str(magic),
            tuple(rosters),
            statement,
            entries,
            named,
            (bytes(first), bytes(second)),  # AT-3
        ) if magic == MAGIC:
            made = AttemptsFile(
                _rosters(rosters),
                _statement(statement),
                _ENTRIES.value(entries),
                _NAMED.value(named),
                (first, second),
            )
        case _:
            raise Malformed("This is no file of attempts. Ask for the file again.")
    if made.encoded() != data:
        raise Malformed("The file of attempts is not in its one encoding. Ask for it again.")
    ids = [each.id for each in made.named]
    if ids != sorted(set(ids)):  # AT-4
        raise Malformed("Records in the file are repeated or out of order. Ask for it again.")
    return made


def _statement(plain: Plain) -> Statement:
    try:
        return _STATEMENT.value(plain)
    except InvalidValue as error:  # AT-9
        raise Malformed(f"The file's statement: {error}") from error


def _rosters(plain: Sequence[Plain]) -> tuple[SignedRoster, ...]:
    """One party's, each signed by its roots, under one root fingerprint (AT-2)."""
    if not 1 <= len(plain) <= MOST_ROSTERS:
        raise Malformed(f"A file of attempts holds 1 to {MOST_ROSTERS} rosters.")
    found = []
    for data in plain:
        if not isinstance(data, bytes) or len(data) > MOST_ROSTER_BYTES:
            raise Malformed("A roster in the file of attempts is no byte string of its length.")
        roster = parse_signed_roster(data)
        roster.verify()
        found.append(roster)
    names = {(each.roster.party, each.roster.root_fingerprint()) for each in found}
    versions = [each.roster.version for each in found]
    if len(names) != 1 or versions != sorted(set(versions)):
        raise Malformed("The rosters in the file are not one party's, each version once, in order.")
    return tuple(found)


# Verifying


@dataclass(frozen=True, slots=True)
class AttemptsVerdict:
    """What a file shows. pinned: whether the reader named the party's root fingerprint.

    attempted: how often by the journal alone; outcomes: in the order of Outcome, those that occur;
    attempts: those that the journal shows; named: those that are only named.
    """

    status: Status
    party: str
    fingerprint: bytes
    pinned: bool
    statement: Statement
    attempted: Count
    outcomes: tuple[tuple[Outcome | None, Count], ...]
    attempts: tuple[Attempt, ...]
    named: tuple[Named, ...]
    offices: tuple[str, str]
    head: Checkpoint
    proved: tuple[str, ...]
    not_proved: tuple[str, ...]


def verify_attempts(data: bytes, roots: Sequence[bytes]) -> AttemptsVerdict:
    """Verify a file of attempts. Pure: no node, network or clock.

    roots: fingerprints that the reader trusts, 32 bytes each; without any, the verdict is only that the
    file agrees with itself. Raises Malformed, BadSignature or BadProof for a file that does not verify
    or whose party is not among `roots` (AT-1 to AT-12), InvalidValue for a fingerprint that is none.
    """
    if any(len(root) != 32 for root in roots):
        raise InvalidValue("A root fingerprint has 32 bytes.")
    file = parse_attempts(data)
    rosters = {each.roster.version: each.roster for each in file.rosters}
    first = file.rosters[0].roster
    fingerprint = first.root_fingerprint()
    if roots and fingerprint not in roots:  # AT-12
        raise BadProof(
            f"The root fingerprint of {first.party} in the file is none of those given. Compare it"
            " with the party by another way."
        )
    head, kept = _entries(file, rosters)
    counted = counted_in(kept, file.statement, first.party)
    belonging = {each.id for each in belonging_to(kept, counted)}
    if any(each.id not in belonging for each in kept):  # AT-8
        raise BadProof("An entry in the file belongs to no attempt that it counts.")
    offices = _officers(file, rosters, head.origin)
    outcomes = counts_of(counted)
    verdict = AttemptsVerdict(
        Status.AUTHENTIC if roots else Status.CONSISTENT,
        first.party,
        fingerprint,
        bool(roots),
        file.statement,
        total_of(counted),
        outcomes,
        tuple(counted),
        file.named,
        offices,
        head,
        (),
        (),
    )
    return replace(verdict, proved=_proved(verdict), not_proved=_not_proved(verdict))


def _entries(file: AttemptsFile, rosters: Mapping[int, Roster]) -> tuple[Checkpoint, list[Kept]]:
    """The head, and the entries that stand under it (AT-4 to AT-7)."""
    proofs = [parse_proof(each.proof) for each in file.entries]
    indices = [proof.index for proof in proofs]
    if indices != sorted(set(indices)):  # AT-4
        raise Malformed("Entries in the file are repeated or out of order. Ask for it again.")
    if len({proof.note for proof in proofs}) != 1:  # AT-5
        raise Malformed("Entries in the file are under different heads. Ask for it again.")
    head, lines = parse_note(proofs[0].note)
    if len(lines) != 1:
        raise Malformed("The head in the file bears more than its log's own signature.")
    _check_head(head, lines[0].signature, rosters)
    kept = []
    for proof, entry in zip(proofs, file.entries, strict=True):
        _check_inclusion(head, proof, entry.record)
        kept.append(journal.open_entry(entry.record, proof.index, head.origin, rosters))  # AT-7
        if kept[-1].entry.at > file.statement.made_at + CLOCK_TOLERANCE:
            raise Malformed("An entry in the file was entered after the file was made.")
    return head, kept


def _check_head(head: Checkpoint, signature: bytes, rosters: Mapping[int, Roster]) -> None:
    for raw in dict.fromkeys(roster.node.log for roster in rosters.values()):
        try:
            verify_checkpoint(head, PublicKey.parse(raw), signature)  # AT-5
        except BadProof:
            continue
        return
    raise BadProof("The head in the file is signed by no log key of the party's rosters.")


def _check_inclusion(head: Checkpoint, proof: ProofFile, record: bytes) -> None:
    if proof.extra is None or len(proof.extra) != SALT_BYTES:
        raise Malformed("A proof in the file does not give its salt of 16 bytes.")
    leaf = leaf_hash(commitment(proof.extra, record))  # AT-6
    verify_inclusion(leaf, proof.index, head.size, proof.hashes, head.root)


def _officers(file: AttemptsFile, rosters: Mapping[int, Roster], origin: str) -> tuple[str, str]:
    """The offices of the two who signed, with keys of their own (AT-10, AT-11)."""
    digest, keys, offices = file.digest(), set(), []
    for data in file.signatures:
        signed = sign1.parse(data)
        match decode(signed.payload):
            case (int(version), int(author), bytes(over)) if over == digest:
                roster = rosters.get(version)
            case _:
                raise BadSignature("A signature in the file is over another file.")
        if roster is None or not NODE_AUTHOR < author < len(roster.entries):
            raise BadSignature("A signature in the file names no officer of the rosters in it.")
        entry = roster.entries[author]
        signed.verify(PublicKey.parse(entry.key), _context(origin))
        if not entry.valid_from <= file.statement.made_at < entry.valid_until:
            raise BadSignature("A key that signed the file was not valid when it was made.")
        keys.add(entry.key)
        offices.append(entry.office)
    if len(keys) != 2:  # AT-11
        raise BadSignature("The same key signed the file twice. Two officers sign it.")
    return offices[0], offices[1]


# Counting


def counted_in(kept: Sequence[Kept], statement: Statement, party: str) -> list[Attempt]:
    """Our attempts of that mode to reach that office in that period, as entries show them (AT-8)."""
    found = contact_record.attempts(journal.standing(kept), [], statement.as_of, party)
    return [
        each
        for each in contact_record.within(found, statement.since)
        if each.pair == statement.pair
        and each.by is Direction.OURS
        and each.outcome is not Outcome.NOT_ATTEMPTED
        and each.happened <= statement.as_of
        and each.exercise is (statement.mark is not Mark.REAL)  # AT-15
    ]


def belonging_to(kept: Sequence[Kept], counted: Sequence[Attempt]) -> list[Kept]:
    """The entries that show these attempts: one each, or the exchange and the log of the call."""
    wanted = {each.id for each in counted}
    standing = journal.standing(kept)
    wanted |= {
        log.id
        for log, _ in journal.of_kind(standing, VoiceLog)
        if log.entry.about and log.entry.about[0] in wanted
    }
    through = not_through(standing, Millis(LATEST))
    wanted |= {note for said, note in through.items() if said in wanted}
    for dialogue in dialogues(standing):
        if dialogue.entries[0].id in wanted:
            wanted |= {each.id for each in dialogue.entries}
    return [each for each in kept if each.id in wanted]


def total_of(counted: Sequence[Attempt]) -> Count:
    """How many; unknown where one entry stands for a number that nobody knows (AT-9)."""
    total = Count()
    for each in counted:
        total = total.plus(each.count)
    return total


def counts_of(counted: Sequence[Attempt]) -> tuple[tuple[Outcome | None, Count], ...]:
    """How many of each outcome that occurs; None: open."""
    return tuple(
        (outcome, total_of([each for each in counted if each.outcome is outcome]))
        for outcome in (*Outcome, None)
        if any(each.outcome is outcome for each in counted)
    )


# In words


def _proved(found: AttemptsVerdict) -> tuple[str, ...]:
    told = found.statement
    first, second = found.offices
    who = f"{told.ours} of {found.party} tried to reach {told.theirs} of {told.party}"
    lines = [
        f"Root keys of {found.party} signed the rosters in the file"
        + ("" if found.pinned else "; whether they are its root keys, you have not compared")
        + ".",
        (
            f"Two of its officers signed it, {first} and {second}, dated {moment(told.made_at)}, to be"
            f" shown to {told.to}."
        ),
        (
            f"{found.party} ATTESTS: {who} {times_text(found.attempted)}, from {moment(told.since)} to"
            f" {moment(told.as_of)}."
        ),
        _mode_text(told.mark),
        *(
            f"Of these {outcome_text(outcome)}: {count_text(count)}."
            for outcome, count in found.outcomes
        ),
        (
            f"Each entry was signed by an officer of {found.party} and stands in its journal, under a"
            f" head of {found.head.size} entries that its log key signed."
        ),
    ]
    return tuple(lines)


def _not_proved(found: AttemptsVerdict) -> tuple[str, ...]:
    """What stands beside it wherever it is shown (AT-14)."""
    told = found.statement
    lines = [
        f"That it is so: it is the word of {found.party} alone. {told.party} signed none of it.",
        f"That anything reached {told.theirs}, or that they knew of it.",
        (
            "That nothing was left out: entries struck, attempts of the other side, contacts that were"
            " held by other offices may exist."
        ),
        "When it happened: each time is its officer's own. The head shows an order, and no clock.",
        "Why nobody answered: silence proves nothing about intent.",
    ]
    if found.named:
        lines.append(
            f"{len(found.named)} more that records of a line show: they are named by id, and not"
            " counted here. Each is proved by an evidence file of its own."
        )
    if told.leave is not None:
        lines.append(f"That record {told.leave.hex()[:8]} gives leave to show this: ask to see it.")
    return tuple(lines)


def _mode_text(mark: Mark) -> str:
    """Which mode is counted."""
    match mark:
        case Mark.REAL:
            return "All of these were REAL. What was exercise is not counted."
        case Mark.EXERCISE:
            return "All of these were EXERCISE. What was real is not counted."
        case Mark.RECONSTRUCTION:
            return "All of these are a RECONSTRUCTION, which is EXERCISE. What was real is not counted."
    assert_never(mark)


def times_text(count: Count) -> str:
    """How often, and never a number that nobody counted."""
    if count.unknown:
        return f"an unknown number of times (at least {count.least})"
    return "once" if count.least == 1 else f"{count.least} times"


def count_text(count: Count) -> str:
    """A number, or what is known of it."""
    return f"unknown, at least {count.least}" if count.unknown else str(count.least)


def outcome_text(outcome: Outcome | None) -> str:
    """An outcome's word."""
    return "open" if outcome is None else outcome.name.lower().replace("_", " ")


def moment(at: Millis) -> str:
    """A time to the second, ISO 8601."""
    return datetime.fromtimestamp(at / 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def happened_text(attempt: Attempt) -> str:
    """When it happened, as exactly as it is known."""
    text = moment(attempt.happened)
    match attempt.precision:
        case Precision.MINUTE:
            return f"{text[:16]}Z"
        case Precision.HOUR:
            return f"{text[:13]}Z"
        case Precision.DAY:
            return text[:10]
        case Precision.MONTH:
            return text[:7]
        case Precision.YEAR:
            return text[:4]
