"""Judging: an entry that is stored is then valid, or void with a reason (spec/log.md §7).

A pure rule over logged facts: the entry, those before it in its log, what it refers to and has seen,
and the roster and agreement at the control size it names. Never the reader's clock, so both sides
judge alike. A void entry has no effect, stays, and alarms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from firebreak.errors import BadSignature, FirebreakError, Malformed
from firebreak.keys import PublicKey
from firebreak.ledger.commitment import extend_digest
from firebreak.records import sign1
from firebreak.records.agreement import (
    Agreement,
    Channel,
    ChannelTerms,
    Office,
    check_next_version,
)
from firebreak.records.calls import CallAnswer
from firebreak.records.kinds import (
    NEEDS_ANSWER,
    NODE_KINDS,
    AgreementVersion,
    Answer,
    Kind,
    Lapsed,
    Release,
    RosterUpdate,
    UnknownBody,
)
from firebreak.records.record import (
    ID_PREFIX,
    NODE_AUTHOR,
    SEEN_DIGEST,
    Record,
    parse_payload,
    record_id,
)
from firebreak.records.roster import Roster, parse_signed_roster
from firebreak.values import Millis, PartyNumber, RecordId


class Void(StrEnum):
    """Why an entry has no effect."""

    MALFORMED = "malformed"
    AGREEMENT_VERSION = "agreement-version"
    AGREEMENT_EXPIRED = "agreement-expired"
    CONTROL_NOT_HELD = "control-not-held"
    CONTROL_BACKWARDS = "control-backwards"
    UNKNOWN_AUTHOR = "unknown-author"
    AUTHOR_EXPIRED = "author-expired"
    SIGNATURE = "signature"
    SERIAL = "serial"
    SEEN_NOT_HELD = "seen-not-held"
    SEEN_DIFFERS = "seen-differs"
    UNKNOWN_KIND = "unknown-kind"
    KIND_NOT_ON_CHANNEL = "kind-not-on-channel"
    NOT_FOR_OFFICERS = "not-for-officers"
    NOT_FOR_THE_NODE = "not-for-the-node"
    OFFICE_NOT_ON_CHANNEL = "office-not-on-channel"
    ANSWER_BY = "answer-by"
    AUTHOR_NOT_ON_CHANNEL = "author-not-on-channel"
    REFERENCE_MISSING = "reference-missing"
    REFERENCE_DIFFERS = "reference-differs"
    REFERENCE_VOID = "reference-void"
    REFERENCE_KIND = "reference-kind"
    NOT_ORIGINATOR = "not-originator"
    LAPSED_EARLY = "lapsed-early"
    LAPSED_ANSWERED = "lapsed-answered"
    LAPSED_WITHDRAWN = "lapsed-withdrawn"
    RELEASE_MISSING = "release-missing"
    CONTROL_BODY = "control-body"


@dataclass(frozen=True, slots=True)
class Judged:
    """An entry after judging. record: None where the bytes are no record. root: (party, index)."""

    record: Record | None
    id: RecordId
    rank: int
    void: Void | None
    root: tuple[PartyNumber, int]


@dataclass(frozen=True, slots=True)
class Tail:
    """What judging the next entry of a log needs of those before it.

    size, digest, rank: after the last entry; control: the largest control size named so far;
    serials: the largest serial of each author; release: id and author of a release just before.
    """

    size: int = 0
    digest: bytes = bytes(32)
    rank: int = 0
    control: int = 0
    serials: Mapping[int, int] = field(default_factory=dict)
    release: tuple[bytes, int] | None = None


class Facts(Protocol):
    """Logged facts of one channel, as far as the reader holds them."""

    def agreement(self, party: PartyNumber, control: int, version: int) -> Agreement | None:
        """A version of the agreement, as a party's first `control` control entries know it."""

    def roster(self, party: PartyNumber, control: int) -> Roster | None:
        """A party's roster after its first `control` control entries; None if they are not held."""

    def entry(self, party: PartyNumber, index: int) -> Judged | None:
        """An entry of the channel, judged; None if it is not held."""

    def digest(self, party: PartyNumber, size: int) -> bytes | None:
        """A log's running digest after `size` entries; None if they are not held."""

    def latest_agreement(self, party: PartyNumber) -> Agreement:
        """The newest version of the agreement in a party's control log as held."""

    def answers(
        self, question: tuple[PartyNumber, int], seen: Mapping[PartyNumber, int]
    ) -> list[Record]:
        """Valid answers to a question among the entries seen of each party, in log order."""

    def withdrawn(self, question: tuple[PartyNumber, int], before: int) -> bool:
        """Whether a valid cancellation of a question is among its party's first `before` entries."""


_OTHERS, _OWN, _EITHER = "others", "own", "either"
_CONTROL_ONLY = frozenset({Kind.ROSTER, Kind.AGREEMENT})
"""They are judged by, and change, what the control log alone has said so far."""
_ANYTHING = frozenset(Kind) - {Kind.RELEASE}
_NOTICES = frozenset({Kind.NOTICE, Kind.AMEND})
_TOLD_ON = _NOTICES | {
    Kind.HAZARD,
    Kind.ANSWER,
    Kind.INCIDENT,
    Kind.ASSESSMENT,
    Kind.SITE,
    Kind.MOVEMENT,
    Kind.STOP,
}
"""What must be told on within the side that received it."""
REFERS: Mapping[Kind, tuple[str, frozenset[Kind]]] = {
    Kind.AMEND: (_OWN, _NOTICES),
    Kind.CANCEL: (_OWN, _NOTICES | {Kind.HAZARD, Kind.CALL, Kind.SITE, Kind.MOVEMENT}),
    Kind.ACKNOWLEDGE: (_OTHERS, _ANYTHING),
    Kind.NOT_UNDERSTOOD: (_OTHERS, _ANYTHING),
    Kind.SAY_AGAIN: (_OTHERS, _ANYTHING),
    Kind.CORRECT: (_OWN, _ANYTHING),
    Kind.OBJECT: (_OTHERS, _NOTICES),
    Kind.CLARIFY: (_OTHERS, _ANYTHING),
    Kind.ANSWER: (
        _OTHERS,
        frozenset({Kind.QUERY, Kind.RESTRAINT, Kind.CLARIFY, Kind.COMPLAINT, Kind.STOP}),
    ),
    Kind.LINE_CHECK_REPLY: (_OTHERS, frozenset({Kind.LINE_CHECK})),
    Kind.LAPSED: (_OWN, NEEDS_ANSWER),
    Kind.DISPLAYED: (_OTHERS, _ANYTHING),
    Kind.READ: (_OTHERS, _ANYTHING),
    Kind.PASSED: (_OTHERS, _ANYTHING),
    Kind.CALL_ANSWER: (_OTHERS, frozenset({Kind.CALL, Kind.CALL_ANSWER})),
    Kind.CALL_STATE: (_EITHER, frozenset({Kind.CALL})),
    Kind.READOUT: (_EITHER, frozenset({Kind.CALL})),
    Kind.FOLLOW_UP: (_EITHER, frozenset({Kind.CALL})),
    Kind.ASSESSMENT: (_EITHER, frozenset({Kind.INCIDENT})),
    Kind.ACCOUNT: (_EITHER, frozenset({Kind.INCIDENT})),
    Kind.FINDING: (_EITHER, frozenset({Kind.INCIDENT})),
    Kind.FINDING_ANSWER: (_OTHERS, frozenset({Kind.FINDING})),
    Kind.CLOSE: (_EITHER, frozenset({Kind.INCIDENT})),
    Kind.CONTACT_ANSWER: (_OTHERS, frozenset({Kind.CONTACT})),
    Kind.MOVEMENT_STATE: (_EITHER, frozenset({Kind.MOVEMENT})),
    Kind.DISTRIBUTED: (_OTHERS, _TOLD_ON),
}
"""Kinds that must refer, to whose record, of which kinds (R-19). Others may refer to anything."""

MAY_REFER: Mapping[Kind, tuple[str, frozenset[Kind]]] = {
    Kind.SITE: (_OWN, frozenset({Kind.SITE})),
    Kind.MOVEMENT: (_OWN, frozenset({Kind.MOVEMENT})),
}
"""Kinds that, if they refer, take the place of one of the same party's (R-19)."""

OPENING = frozenset(
    {
        Kind.NOTICE,
        Kind.QUERY,
        Kind.STATEMENT,
        Kind.RESTRAINT,
        Kind.COMPLAINT,
        Kind.HAZARD,
        Kind.LINE_CHECK,
        Kind.RELEASE,
        Kind.ROSTER,
        Kind.AGREEMENT,
        Kind.LINE_STATE,
        Kind.CALL,
        Kind.INCIDENT,
        Kind.CONTACT,
        Kind.STOP,
    }
)
"""Kinds that begin a dialogue even where they refer to something."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """An entry's bytes, taken apart once. signed, record: None where they are not in that form."""

    data: bytes
    signed: sign1.Sign1 | None
    record: Record | None


def parse_entry(data: bytes) -> Parsed:
    """Take an entry's bytes apart, whatever they are."""
    signed: sign1.Sign1 | None = None
    try:
        signed = sign1.parse(data)
        return Parsed(data, signed, parse_payload(signed.payload))
    except Malformed:
        return Parsed(data, signed, None)


class _Invalid(Exception):
    def __init__(self, reason: Void) -> None:
        self.reason = reason


@dataclass(slots=True)
class _Case:
    """One entry being judged; rank and root are filled in as they become known."""

    party: PartyNumber
    channel: int
    index: int
    tail: Tail
    facts: Facts
    base: Agreement
    rank: int
    root: tuple[PartyNumber, int]
    id: RecordId


def judge(
    entry: Parsed, party: PartyNumber, channel: int, tail: Tail, facts: Facts, base: Agreement
) -> tuple[Judged, Tail]:
    """Judge the next entry of a party's log on a channel.

    base: the agreement version that the store was opened with, for the id
    of an entry whose version is unknown (J-30). Returns the entry judged and the log's new tail.
    """
    place = (party, tail.size)
    case = _Case(party, channel, tail.size, tail, facts, base, tail.rank + 1, place, _UNKNOWN)
    signed, record = entry.signed, entry.record
    void: Void | None = None
    if signed is None or record is None:  # J-1
        void = Void.MALFORMED
    else:
        try:
            _check(case, signed, record)
        except Malformed:
            void = Void.MALFORMED
        except _Invalid as invalid:
            void = invalid.reason
    if signed is not None and case.id == _UNKNOWN:
        case.id = record_id(base.context(channel, party), signed.payload)
    if void is not None:
        case.root = place  # J-28: it belongs to no dialogue but its own
    judged = Judged(record, case.id, case.rank, void, case.root)
    return judged, _advance(tail, entry.data, judged)


_UNKNOWN = RecordId(bytes(32))
"""The id of what is not even signed bytes."""


def _advance(tail: Tail, data: bytes, judged: Judged) -> Tail:
    record, serials, control = judged.record, tail.serials, tail.control
    release: tuple[bytes, int] | None = None
    # J-27: only what its author really signed may use up a serial or move the control size.
    if record is not None and judged.void not in _UNSIGNED:
        largest = max(record.serial, serials.get(record.author, -1))
        serials = {**serials, record.author: largest}
        control = max(control, record.control)
        if judged.void is None and isinstance(record.body, Release):
            release = (record.body.record, record.author)
    digest = extend_digest(tail.digest, data)
    return Tail(tail.size + 1, digest, judged.rank, control, serials, release)


_UNSIGNED = frozenset(
    {
        Void.MALFORMED,
        Void.AGREEMENT_VERSION,
        Void.CONTROL_NOT_HELD,
        Void.CONTROL_BACKWARDS,
        Void.UNKNOWN_AUTHOR,
        Void.SIGNATURE,
    }
)


def _check(case: _Case, signed: sign1.Sign1, record: Record) -> None:
    """The steps of spec/log.md §7 in order. Raises _Invalid with the first reason that holds."""
    roster = _control(case, record)
    agreement = case.facts.agreement(case.party, record.control, record.version)
    terms = agreement.terms(case.channel) if agreement else None
    if agreement is None or terms is None:  # J-4: not logged, or it gave this channel up
        raise _Invalid(Void.AGREEMENT_VERSION)
    context = agreement.context(case.channel, case.party)
    if context.origin != case.base.context(case.channel, case.party).origin:  # J-4: a new epoch
        raise _Invalid(Void.AGREEMENT_VERSION)
    case.id = record_id(context, signed.payload)
    _author(record, roster, signed, context.external_aad())
    if not agreement.valid_from <= record.composed_at < agreement.valid_until:  # J-8
        raise _Invalid(Void.AGREEMENT_EXPIRED)
    if record.serial <= case.tail.serials.get(record.author, -1):  # J-9
        raise _Invalid(Void.SERIAL)
    _seen(case, record)
    if isinstance(record.body, UnknownBody):  # J-12
        raise _Invalid(Void.UNKNOWN_KIND)
    _scope(case, record, Kind(record.kind), terms, agreement)
    _speaks_here(case, record, roster, terms, agreement)
    _reference(case, record, Kind(record.kind))
    _control_body(case, record)
    if record.kind in terms.two_officers:
        _released(case, record)


def _control_body(case: _Case, record: Record) -> None:
    """A new roster or agreement version must follow the one before it (J-25)."""
    try:
        match record.body:
            case RosterUpdate(data):
                before = case.facts.roster(case.party, case.index)
                if before is None:
                    raise _Invalid(Void.CONTROL_BODY)
                parse_signed_roster(data).roster.check_follows(before)
            case AgreementVersion(data):
                check_next_version(case.facts.latest_agreement(case.party), data)
            case _:
                return
    except FirebreakError:
        raise _Invalid(Void.CONTROL_BODY) from None


def _control(case: _Case, record: Record) -> Roster:
    if record.control < case.tail.control:  # J-2: a revoked key cannot hide behind an older roster
        raise _Invalid(Void.CONTROL_BACKWARDS)
    roster = case.facts.roster(case.party, record.control)
    if roster is None:  # J-3
        raise _Invalid(Void.CONTROL_NOT_HELD)
    return roster


def _author(record: Record, roster: Roster, signed: sign1.Sign1, aad: bytes) -> None:
    if record.author >= len(roster.entries):  # J-5
        raise _Invalid(Void.UNKNOWN_AUTHOR)
    entry = roster.entries[record.author]
    try:
        signed.verify(PublicKey.parse(entry.key), aad)
    except BadSignature:  # J-6
        raise _Invalid(Void.SIGNATURE) from None
    if not entry.valid_from <= record.composed_at < entry.valid_until:  # J-7
        raise _Invalid(Void.AUTHOR_EXPIRED)


def _seen(case: _Case, record: Record) -> None:
    rank = case.tail.rank
    for seen in record.seen:
        if seen.party == case.party or seen.party >= len(case.base.parties):  # J-10
            raise _Invalid(Void.SEEN_NOT_HELD)
        digest = case.facts.digest(seen.party, seen.size)
        # J-11: more than there is differs too, so that the reason stays when there is more.
        if digest is None or digest[:SEEN_DIGEST] != seen.digest:
            raise _Invalid(Void.SEEN_DIFFERS)
        last = case.facts.entry(seen.party, seen.size - 1) if seen.size else None
        rank = max(rank, last.rank if last else 0)
    case.rank = rank + 1  # J-29


def _scope(
    case: _Case, record: Record, kind: Kind, terms: ChannelTerms, agreement: Agreement
) -> None:
    carried = kind in terms.kinds or kind is Kind.RELEASE
    if not carried or (kind in _CONTROL_ONLY and case.channel != Channel.CONTROL):  # J-13
        raise _Invalid(Void.KIND_NOT_ON_CHANNEL)
    by_node = record.author == NODE_AUTHOR
    if kind in NODE_KINDS and not by_node:  # J-14
        raise _Invalid(Void.NOT_FOR_OFFICERS)
    if by_node and kind not in NODE_KINDS:  # J-14
        raise _Invalid(Void.NOT_FOR_THE_NODE)
    if any(office not in terms.offices for office in record.to):  # J-15
        raise _Invalid(Void.OFFICE_NOT_ON_CHANNEL)
    if any(agreement.offices[office].party == case.party for office in record.to):  # J-15
        raise _Invalid(Void.OFFICE_NOT_ON_CHANNEL)
    if (kind in NEEDS_ANSWER) != (record.answer_by is not None):  # J-16
        raise _Invalid(Void.ANSWER_BY)


def _speaks_here(
    case: _Case, record: Record, roster: Roster, terms: ChannelTerms, agreement: Agreement
) -> None:
    """An officer speaks, and releases, on the channels that his office is on; the node on all."""
    if record.author == NODE_AUTHOR:
        return
    own = Office(case.party, roster.entries[record.author].office)
    if own not in (agreement.offices[office] for office in terms.offices):  # J-17
        raise _Invalid(Void.AUTHOR_NOT_ON_CHANNEL)


def _reference(case: _Case, record: Record, kind: Kind) -> None:
    reference = record.refers_to
    if reference is None:
        if kind in REFERS:  # J-18
            raise _Invalid(Void.REFERENCE_MISSING)
        return
    target = _target(case, record)
    if target is None or target.record is None:  # J-18
        raise _Invalid(Void.REFERENCE_MISSING)
    if target.id[:ID_PREFIX] != reference.prefix:  # J-19
        raise _Invalid(Void.REFERENCE_DIFFERS)
    # A void record may still be shown, read, and told to be not understood; nothing else follows it.
    if target.void is not None and kind not in _ABOUT_ANYTHING:  # J-20
        raise _Invalid(Void.REFERENCE_VOID)
    if kind not in OPENING:  # J-28
        case.root = target.root
    whose, kinds = REFERS.get(kind) or MAY_REFER.get(kind, (_EITHER, _ANYTHING))
    if target.void is None and Kind(target.record.kind) not in kinds:  # J-21
        raise _Invalid(Void.REFERENCE_KIND)
    if whose == _OWN and reference.party != case.party:  # J-22
        raise _Invalid(Void.NOT_ORIGINATOR)
    if whose == _OTHERS and reference.party == case.party:  # J-21
        raise _Invalid(Void.REFERENCE_KIND)
    if isinstance(record.body, Lapsed):
        _lapsed(case, record, target)


_ABOUT_ANYTHING = frozenset(
    {Kind.DISPLAYED, Kind.READ, Kind.NOT_UNDERSTOOD, Kind.SAY_AGAIN, Kind.CLARIFY}
)


def _target(case: _Case, record: Record) -> Judged | None:
    """What is referred to, if it lies in the record's past: before it, or covered by `seen`."""
    reference = record.refers_to
    assert reference is not None
    if reference.party == case.party:
        limit = case.index
    else:
        limit = seen_sizes(record).get(reference.party, 0)
    return case.facts.entry(reference.party, reference.index) if reference.index < limit else None


def seen_sizes(record: Record) -> dict[PartyNumber, int]:
    """How many entries of each other party's log the author's node held."""
    return {seen.party: seen.size for seen in record.seen}


def _lapsed(case: _Case, record: Record, target: Judged) -> None:
    asked = target.record
    assert asked is not None
    assert record.refers_to is not None
    question = (record.refers_to.party, record.refers_to.index)
    answers = case.facts.answers(question, seen_sizes(record))
    if any(promised_word(answer) is None for answer in answers):  # J-23
        raise _Invalid(Void.LAPSED_ANSWERED)
    dues = [asked.answer_due, *(promised_word(answer) for answer in answers)]
    if record.composed_at < max(due for due in dues if due is not None):  # J-24
        raise _Invalid(Void.LAPSED_EARLY)
    if case.facts.withdrawn(question, case.index):  # J-31
        raise _Invalid(Void.LAPSED_WITHDRAWN)


def promised_word(answer: Record) -> Millis | None:
    """When the next word is due, ms UTC, if this answer is "checking" or the like; None for a final answer."""
    if isinstance(answer.body, Answer | CallAnswer) and answer.body.next_word_by is not None:
        return Millis(answer.composed_at + answer.body.next_word_by)
    return None


def _released(case: _Case, record: Record) -> None:
    """A release by another officer stands just before the record that it releases (J-26)."""
    if case.tail.release is None:
        raise _Invalid(Void.RELEASE_MISSING)
    released, author = case.tail.release
    if released != case.id or author == record.author:
        raise _Invalid(Void.RELEASE_MISSING)
