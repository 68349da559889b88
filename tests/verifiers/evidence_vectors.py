"""vectors/evidence: evidence files and proofs of forks, most of them to be refused for one fault each.

Seeds are fixed and nothing is drawn, so the bytes are the same each time. ML-DSA-44 draws as it signs;
the one line of that kind is the one that spec/evidence.md shows.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from firebreak.errors import Malformed
from firebreak.evidence import Evidence, LogPart, ProvenEntry, ReceiptGiven
from firebreak.keys import SigningKey
from firebreak.ledger import checkpoint as cp
from firebreak.ledger.fork import Branch, Fork, SignedHead
from firebreak.ledger.merkle import EMPTY_ROOT, consistency_proof, leaf_hash
from firebreak.ledger.receipt import parse_receipt
from firebreak.records import sign1
from firebreak.records.agreement import (
    AgreedRelay,
    AgreedSeparation,
    Agreement,
    Channel,
    EvidenceMode,
    Mode,
    NeutralTerm,
    SignedAgreement,
)
from firebreak.records.calls import CallAnswer, CallReply, CallState, CallStep, FollowUp, Readout
from firebreak.records.cbor import Plain, decode, encode
from firebreak.records.contacts import (
    Contact,
    ContactAnswer,
    ContactReply,
    Outcome,
    Precision,
    Way,
)
from firebreak.records.drafting import standard
from firebreak.records.incidents import (
    Account,
    Assessment,
    Close,
    Finding,
    FindingAnswer,
    FindingReply,
    FindingSort,
    Stance,
)
from firebreak.records.kinds import (
    Acknowledge,
    AgreementVersion,
    Amend,
    Answer,
    Body,
    Cancel,
    Clarify,
    Complaint,
    Correct,
    Declared,
    Displayed,
    HazardWarning,
    Keep,
    Kind,
    Lapsed,
    LineCheck,
    LineCheckReply,
    LineState,
    NotUnderstood,
    ObjectReason,
    ObjectTo,
    Passed,
    Read,
    Release,
    Reply,
    Restraint,
    RosterUpdate,
    SayAgain,
)
from firebreak.records.kinds import Hazard as HazardKind
from firebreak.records.record import NODE_AUTHOR, Reference, Seen, payload_of
from firebreak.records.roster import RosterEntry, sign_roster
from firebreak.records.sites import Distributed, DistributedState, MovementState, MovementStep
from firebreak.records.slots import Words
from firebreak.values import Millis, PartyNumber
from tests import evidence_example as example
from tests.vectors.accept import CALL, INCIDENT, MOVEMENT, SITE, STOP
from tests.worlds import (
    ALPHA,
    BRAVO,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    START,
    World,
    WorldLog,
    a_notice,
    a_query,
    a_statement,
    make_party,
    seed_of,
    signed_by,
)

CONTROL, AIR, COMMAND = Channel.CONTROL, Channel.AIR, Channel.COMMAND
QUIET = Words("en", "Quiet here.")
Place = tuple[int, PartyNumber, int]
Given = tuple[int, PartyNumber, bytes]
AUTHENTIC, CONSISTENT = "authentic", "consistent, parties not authenticated"
REFUSED = "refused"

COLLIDING = ("colliding log key 121280", "colliding log key 148681")
"""Seeds' labels of two log keys whose key ids under the example's air log are the same (S-9)."""


@dataclass(frozen=True)
class Vector:
    """One file, and what a verifier says of it. roots: the fingerprints that it is given."""

    name: str
    what: str
    rules: tuple[str, ...]
    data: bytes
    verdict: str
    roots: tuple[bytes, ...] = ()
    log_key: bytes | None = None

    def as_json(self) -> dict[str, Any]:
        """What stands in the vector's file."""
        shown: dict[str, Any] = {
            "what": self.what,
            "rules": list(self.rules),
            "level": "evidence" if self.log_key is None else "fork",
            "input_base64": base64.b64encode(self.data).decode(),
        }
        if self.log_key is None:
            shown["roots"] = [root.hex() for root in self.roots]
        else:
            shown["log_key"] = self.log_key.hex()
        return {**shown, "expect": {"verdict": self.verdict}}


VECTORS: list[Callable[[], Iterator[Vector]]] = []


def source(make: Callable[[], Iterator[Vector]]) -> Callable[[], Iterator[Vector]]:
    """Put a maker of vectors into the list."""
    VECTORS.append(make)
    return make


def vectors() -> Iterator[Vector]:
    """Every vector, accepted and refused."""
    for make in VECTORS:
        yield from make()


# Files, put together without being verified


def note_of(
    world: World, channel: int, party: PartyNumber, size: int | None, key: SigningKey | None = None
) -> bytes:
    """A log's head and its log key's line, without a second signature."""
    head, _ = world.log(channel, party).head(size)
    signer = key or world.parties[party].log
    line = cp.ed25519_line(head.origin, signer.public, cp.sign_checkpoint(head, signer))
    return cp.note(head, [line])


def entry_of(
    world: World, place: Place, size: int | None = None, key: SigningKey | None = None
) -> ProvenEntry:
    """An entry with its proof."""
    channel, party, index = place
    log = world.log(channel, party)
    note = note_of(world, channel, party, size, key)
    proof = cp.ProofFile(index, tuple(log.proof(index, size)), note, log.salt(index))
    return ProvenEntry(log.records[index].data, cp.render_proof(proof))


def receipt_of(world: World, given: Given, size: int | None = None) -> ReceiptGiven:
    """A receipt with the proof that its log is the head's."""
    channel, party, data = given
    log = world.log(channel, party)
    small, great = sorted((parse_receipt(data).size, log.size if size is None else size))
    return ReceiptGiven(data, tuple(consistency_proof(small, great, log.subtree)))


def file_of(
    world: World,
    *places: Place,
    size: int | None = None,
    given: Sequence[Given] = (),
    keys: dict[int, SigningKey] | None = None,
) -> Evidence:
    """A file of these entries and receipts, in order; nothing is asked of them.

    size: of every head, None for the latest; keys: other log keys than the parties' first.
    """
    parts = []
    for channel, party in sorted({(channel, party) for channel, party, _ in places}):
        chosen = sorted(place for place in places if place[:2] == (channel, party))
        of_log = sorted((g for g in given if g[:2] == (channel, party)), key=lambda g: g[2])
        key = (keys or {}).get(party)
        parts.append(
            LogPart(
                int(channel),
                party,
                tuple(entry_of(world, place, size, key) for place in chosen),
                tuple(receipt_of(world, one, size) for one in of_log),
            )
        )
    return Evidence(world.signed, tuple(parts))


def whole(world: World, **terms: Any) -> Evidence:
    """A file of every entry of every log, and every receipt that was given."""
    places = [
        (channel, party, index)
        for (channel, party), log in world.logs.items()
        for index in range(log.size)
    ]
    given = [(*log, data) for log, receipts in world.given.items() for data in receipts]
    return file_of(world, *places, given=given, **terms)


def plain_of(evidence: Evidence) -> list[Any]:
    """A file's decoded parts, as lists that can be changed."""
    return cast("list[Any]", _listed(decode(evidence.encoded(), 4 << 20)))


def _listed(item: Plain) -> Any:
    return [_listed(part) for part in item] if isinstance(item, tuple) else item


def packed(item: Any) -> bytes:
    """The encoding of lists as they are."""
    return encode(_tupled(item))


def _tupled(item: Any) -> Plain:
    return tuple(_tupled(part) for part in item) if isinstance(item, list) else item


def flipped(data: bytes, place: int, bit: int = 0) -> bytes:
    """The bytes with one bit changed."""
    at = place % len(data)
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


# What is said


def about(world: World, channel: int, party: int, index: int) -> dict[str, Reference]:
    """The slot that names a record."""
    return {"refers_to": world.reference(channel, party, index)}


def notice_world(*, receipt: bool = True) -> World:
    """One notice of ALPHA."""
    world = World()
    world.append(ALPHA, AIR, a_notice())
    if receipt:
        world.give_receipt(AIR, ALPHA)
    return world


def three_notices() -> World:
    world = World()
    for number in range(3):
        world.append(ALPHA, AIR, a_notice(f"Alpha Ops {number}"))
    return world


def question(*then: tuple[int, Body, dict[str, Any]]) -> World:
    """A query of ALPHA, and what is said of it."""
    world = World()
    world.append(ALPHA, AIR, a_query())
    for party, body, slots in then:
        world.append(party, AIR, body, **about(world, AIR, ALPHA, 0), **slots)
    return world


def late(minutes: int = 60) -> dict[str, Any]:
    return {"composed_at": Millis(NOW + minutes * MINUTE)}


def next_agreement(world: World, **changes: Any) -> Agreement:
    before = world.agreement
    return replace(before, version=before.version + 1, previous=before.digest(), **changes)


def log_agreement(world: World, party: int, agreement: Agreement, **slots: Any) -> None:
    """Put a version, signed by both, into a party's control log."""
    body = AgreementVersion(signed_by(agreement, world.parties).encoded())
    world.append(party, CONTROL, body, to=(), **slots)


def _accept(
    name: str, what: str, rules: str, evidence: Evidence | World, verdict: str = AUTHENTIC
) -> Vector:
    world = evidence if isinstance(evidence, World) else None
    made = whole(world) if world else cast("Evidence", evidence)
    roots = tuple(party.fingerprint for party in made.signed.agreement.parties)
    given = roots if verdict == AUTHENTIC else ()
    return Vector(f"accept/{name}", what, tuple(rules.split()), made.encoded(), verdict, given)


def _refuse(
    name: str, what: str, rules: str, evidence: Evidence | World | bytes | list[Any]
) -> Vector:
    if isinstance(evidence, World):
        evidence = whole(evidence)
    if isinstance(evidence, Evidence):
        evidence = evidence.encoded()
    data = packed(evidence) if isinstance(evidence, list) else evidence
    return Vector(f"reject/{name}", what, tuple(rules.split()), data, REFUSED)


@source
def what_verifies() -> Iterator[Vector]:
    """Who spoke, and whether anybody knows him."""
    plain, given = notice_world(receipt=False), notice_world()
    both, alpha = given.fingerprints, given.fingerprints[:1]
    yield _accept("notice", "a notice without receipt", "EV-9 EV-12", plain)
    yield _accept("notice-received", "a notice and its receipt", "EV-14", given)
    yield _accept("notice-no-roots", "the same, no root given", "EV-17", given, CONSISTENT)
    evidence = whole(plain).encoded()
    only = Vector("accept/one-speaks", "BRAVO says nothing", ("EV-17",), evidence, AUTHENTIC, alpha)
    yield only
    more = (*both, seed_of("a third root"))
    yield replace(only, name="accept/root-more", what="a third root does no harm", roots=more)
    received = whole(given).encoded()
    bad = Vector(
        "reject/root-one", "BRAVO's root is not given", ("EV-17",), received, REFUSED, alpha
    )
    yield bad
    yield replace(bad, name="reject/root-other", what="other roots", roots=(seed_of("other"),))
    impostor = World(parties=(make_party(0, roots=2), make_party(1, roots=2)))
    impostor.append(ALPHA, AIR, a_notice())
    theirs = whole(impostor)
    yield _accept("impostor", "anybody's file", "EV-17", theirs, CONSISTENT)
    fake = replace(bad, name="reject/root-impostor", what="the same, and the true roots")
    yield replace(fake, data=theirs.encoded(), roots=both)
    several = World(parties=(make_party(0, roots=3, threshold=2), make_party(1)))
    several.append(ALPHA, AIR, a_notice())
    yield _accept("roots-two-of-three", "two of three root keys sign", "EV-5 A-14", several)


@source
def dialogues() -> Iterator[Vector]:
    """Most kinds, in dialogues."""
    world = notice_world()
    world.append(BRAVO, AIR, Displayed(), **about(world, AIR, ALPHA, 0))
    world.append(BRAVO, AIR, Read(), **about(world, AIR, ALPHA, 0))
    world.append(BRAVO, AIR, Acknowledge(("FL095", "FL195")), **about(world, AIR, ALPHA, 0))
    world.append(BRAVO, AIR, Passed("the tower"), **about(world, AIR, ALPHA, 0))
    world.append(BRAVO, AIR, ObjectTo(ObjectReason.TOO_CLOSE, QUIET), **about(world, AIR, ALPHA, 0))
    world.append(ALPHA, AIR, Amend(a_notice("Alpha Ops 77")), **about(world, AIR, ALPHA, 0))
    world.append(ALPHA, AIR, Correct("contact", "Alpha Ops 78"), **about(world, AIR, ALPHA, 0))
    world.append(ALPHA, AIR, Cancel("weather"), **about(world, AIR, ALPHA, 1))
    world.give_receipt(AIR, ALPHA)
    world.give_receipt(AIR, BRAVO)
    yield _accept("notice-dialogue", "a notice's life, both logs, receipts", "EV-12", world)
    world = question((BRAVO, Answer(Reply.OURS), {}))
    yield _accept("query-answered", "a query and its answer", "EV-12", world)
    word = Answer(Reply.CHECKING, next_word_by=20 * MINUTE)
    world = question((BRAVO, word, {}), (BRAVO, Answer(Reply.NOT_OURS), {}))
    yield _accept("query-checking", "checking, then an answer", "EV-12", world)
    world = question((ALPHA, Lapsed(), late(10)))
    yield _accept("lapsed", "a lapse when the answer was due", "J-24", world)
    world = question((BRAVO, word, {}), (ALPHA, Lapsed(), late(21)))
    yield _accept("lapsed-after-word", "a lapse after the word promised", "J-24", world)
    world = question((BRAVO, Answer(Reply.OURS), {}))
    world.append(ALPHA, AIR, Lapsed(), seen=(), **about(world, AIR, ALPHA, 0), **late())
    yield _accept("lapsed-crossed", "a lapse that had not seen the answer", "J-23 EV-13", world)
    world = question((BRAVO, Answer(Reply.OURS), {}), (ALPHA, Lapsed(), late()))
    left_out = file_of(world, (AIR, ALPHA, 0), (AIR, ALPHA, 1))
    yield _accept("lapsed-answer-left-out", "the answer seen is left out", "EV-13", left_out)
    said = World()
    hazard = HazardWarning(
        HazardKind.DRIFTING_MINE, a_notice().area, a_notice().heights, a_notice().window
    )
    said.append(BRAVO, AIR, hazard)
    said.append(ALPHA, AIR, Clarify(QUIET), **about(said, AIR, BRAVO, 0))
    said.append(BRAVO, AIR, NotUnderstood("the area"), **about(said, AIR, ALPHA, 0))
    said.append(BRAVO, AIR, SayAgain(("area",)), **about(said, AIR, ALPHA, 0))
    said.append(ALPHA, AIR, LineCheck(QUIET))
    said.append(BRAVO, AIR, LineCheckReply(QUIET), **about(said, AIR, ALPHA, 1))
    yield _accept("hazard-and-line-check", "a hazard, clarified; a line check", "EV-12", said)
    world = World()
    world.append(ALPHA, COMMAND, Complaint("flight below 500 ft", -HOUR, QUIET))
    yield _accept("complaint", "a complaint on the command channel", "J-13", world)
    world = World()
    world.append(ALPHA, AIR, Restraint(Keep.DRONES, "the northern bridge"))
    world.append(BRAVO, AIR, Answer(Reply.WILL_DO), **about(world, AIR, ALPHA, 0))
    yield _accept("restraint", "a request for restraint and its answer", "EV-12", world)
    world = World()
    world.append_released(ALPHA, COMMAND, a_statement())
    yield _accept("two-officers", "a statement and its release", "J-26", world)
    world = World()
    world.append(ALPHA, CONTROL, LineState(int(AIR), Declared.SUSPENDED))
    yield _accept("line-state", "a line declared suspended", "EV-8", world)
    world = three_notices()
    yield _accept(
        "one-of-three", "the middle of three entries", "EV-11", file_of(world, (AIR, ALPHA, 1))
    )
    evidence = file_of(world, (AIR, ALPHA, 0), size=2)
    yield _accept("older-head", "a head of two of three entries", "EV-11", evidence)


Said = tuple[int, Body, int | None, dict[str, Any]]
"""Who says what, about which entry before it by its place in the list, with which slots."""


def _talk(channel: Channel, *said: Said) -> World:
    """A world where this was said on one channel."""
    world = World(_humanitarian()) if channel is Channel.HUMANITARIAN else World()
    places: list[tuple[int, int]] = []
    for party, body, place, slots in said:
        named = {} if place is None else about(world, channel, *places[place])
        places.append((party, world.append(party, channel, body, **named, **slots)))
    return world


def _humanitarian() -> Agreement:
    """An agreement with the humanitarian channel."""
    cards = [make_party(number).roster for number in (0, 1)]
    return standard(
        cards[0],
        cards[1],
        seed=seed_of("humanitarian"),
        start=START,
        days=30,
        catalogue=seed_of("catalogue"),
        channel=Channel.HUMANITARIAN,
    )


ACCEPTED = CallAnswer(CallReply.ACCEPTED, CALL.windows[:1])
AWAITING = CallAnswer(CallReply.AWAITING_AUTHORITY, next_word_by=20 * MINUTE)
DECLINED = CallAnswer(CallReply.DECLINED, reason="in the field until Monday")
OTHER_TIME = CallAnswer(CallReply.OTHER_TIME, CALL.windows)
FINDING = Finding(FindingSort.FACT, QUIET)
AGREED = FindingAnswer(FindingReply.AGREED)
CONTACT = Contact("a", "b", Way.VOICE, Outcome.HELD, -HOUR, Precision.MINUTE)
CONFIRMED = ContactAnswer(ContactReply.CONFIRMED)
HOLDING = MovementState(MovementStep.HOLDING, 0)
LOADED = Distributed("4 Battery", DistributedState.LOADED, 0)


@source
def calls_and_incidents() -> Iterator[Vector]:
    """Calls, contacts, incidents, sites and movements."""
    held = _talk(
        COMMAND,
        (ALPHA, CALL, None, {}),
        (BRAVO, AWAITING, 0, {}),
        (BRAVO, OTHER_TIME, 0, {}),
        (ALPHA, ACCEPTED, 2, {}),
        (BRAVO, CallState(CallStep.READY, 0), 0, {}),
        (ALPHA, CallState(CallStep.BEGUN, 0), 0, {}),
        (ALPHA, CallState(CallStep.BROKEN_OFF, 0, "the line failed"), 0, {}),
        (ALPHA, Readout(QUIET, (QUIET,), HOUR), 0, {}),
        (BRAVO, FollowUp(QUIET), 0, {}),
        (BRAVO, CONTACT, None, {}),
        (ALPHA, CONFIRMED, 9, {}),
    )
    yield _accept("call-held", "a call from request to follow-up; a contact", "EV-12 R-23", held)
    lapsed = _talk(COMMAND, (ALPHA, CALL, None, {}), (ALPHA, Lapsed(), 0, late(10)))
    yield _accept("call-lapsed", "a lapse of a call when the answer was due", "J-24", lapsed)
    asked: tuple[Said, ...] = ((ALPHA, CALL, None, {}), (BRAVO, AWAITING, 0, {}))
    overdue = _talk(COMMAND, *asked, (ALPHA, Lapsed(), 0, late(21)))
    yield _accept("call-lapsed-after-word", "a lapse after the word promised", "J-24", overdue)
    early = _talk(COMMAND, *asked, (ALPHA, Lapsed(), 0, late(20)))
    yield _refuse("call-lapsed-before-word", "a lapse before the word promised", "J-24", early)
    declined = _talk(COMMAND, *asked, (BRAVO, DECLINED, 0, {}), (ALPHA, Lapsed(), 0, late()))
    yield _refuse("call-lapsed-declined", "a lapse of a call declined", "J-23", declined)
    taken_back = _talk(
        COMMAND, (ALPHA, CALL, None, {}), (ALPHA, Cancel(), 0, {}), (ALPHA, Lapsed(), 0, late())
    )
    yield _refuse("call-lapsed-withdrawn", "a lapse of a call cancelled", "J-31", taken_back)
    left_out = file_of(taken_back, (COMMAND, ALPHA, 0), (COMMAND, ALPHA, 2))
    yield _accept("call-lapsed-cancel-left-out", "its cancellation left out", "EV-13", left_out)
    other = _talk(
        COMMAND,
        (ALPHA, CALL, None, {}),
        (ALPHA, CALL, None, {}),
        (ALPHA, Cancel(), 1, {}),
        (ALPHA, Lapsed(), 0, late()),
    )
    yield _accept("call-lapsed-other-withdrawn", "a lapse, another call cancelled", "J-31", other)
    incident = _talk(
        AIR,
        (BRAVO, INCIDENT, None, {}),
        (BRAVO, Assessment(Stance.ASSESSING, HOUR), 0, {}),
        (ALPHA, Assessment(Stance.ACCIDENT_NOT_ATTACK), 0, {}),
        (ALPHA, Account(-HOUR, "at sea", QUIET), 0, {}),
        (BRAVO, FINDING, 0, {}),
        (ALPHA, AGREED, 4, {}),
        (ALPHA, Close(), 0, {}),
        (BRAVO, Close(), 0, {}),
        (ALPHA, LOADED, 0, {}),
    )
    yield _accept("incident", "an incident from report to closing", "EV-12 R-25", incident)
    relief = _talk(
        Channel.HUMANITARIAN,
        (ALPHA, SITE, None, {}),
        (ALPHA, replace(SITE, markings=None), 0, {}),
        (ALPHA, MOVEMENT, None, {}),
        (BRAVO, LOADED, 2, {}),
        (ALPHA, HOLDING, 2, {}),
        (BRAVO, HOLDING, 2, {}),
        (ALPHA, STOP, 2, {}),
        (BRAVO, Answer(Reply.WILL_DO), 6, {}),
        (ALPHA, Cancel(), 1, {}),
    )
    yield _accept("sites-and-movements", "sites, a movement, and: stop", "EV-12 R-19", relief)
    for name, what, rules, channel, said in _ASTRAY:
        yield _refuse(name, what, rules, _talk(channel, *said))
    for name, what, rules, kind, body in _MISSHAPEN:
        yield _refuse(f"void-{name}", what, f"J-1 {rules}", _misshapen(kind, body))


_ASTRAY: list[tuple[str, str, str, Channel, tuple[Said, ...]]] = [
    ("call-on-air", "a call on the tactical line", "J-13", AIR, ((ALPHA, CALL, None, {}),)),
    (
        "call-no-time",
        "a call without a time to answer by",
        "J-16",
        COMMAND,
        ((ALPHA, CALL, None, {"answer_by": None}),),
    ),
    (
        "call-answer-own",
        "an answer to one's own call",
        "J-21",
        COMMAND,
        ((ALPHA, CALL, None, {}), (ALPHA, ACCEPTED, 0, {})),
    ),
    (
        "call-state-none",
        "the state of no call",
        "J-18",
        COMMAND,
        ((ALPHA, CallState(CallStep.BEGUN, 0), None, {}),),
    ),
    (
        "finding-own",
        "a finding, agreed by who put it",
        "J-21",
        AIR,
        ((ALPHA, INCIDENT, None, {}), (BRAVO, FINDING, 0, {}), (BRAVO, AGREED, 1, {})),
    ),
    (
        "contact-own",
        "a contact, confirmed by who told it",
        "J-21",
        COMMAND,
        ((ALPHA, CONTACT, None, {}), (ALPHA, CONFIRMED, 0, {})),
    ),
    (
        "distributed-own",
        "one's own notice, loaded",
        "J-21",
        AIR,
        ((ALPHA, a_notice(), None, {}), (ALPHA, LOADED, 0, {})),
    ),
    (
        "site-of-theirs",
        "a site in place of the other side's",
        "J-22",
        Channel.HUMANITARIAN,
        ((ALPHA, SITE, None, {}), (BRAVO, SITE, 0, {})),
    ),
    (
        "site-for-movement",
        "a site in place of a movement",
        "J-21",
        Channel.HUMANITARIAN,
        ((ALPHA, MOVEMENT, None, {}), (ALPHA, SITE, 0, {})),
    ),
]
_MISSHAPEN: list[tuple[str, str, str, Kind, tuple[Plain, ...]]] = [
    (
        "call-answer",
        "a call answer: declined, no reason",
        "R-23",
        Kind.CALL_ANSWER,
        (5, (), (), (), (), ()),
    ),
    ("call-state", "a call that began, with a reason", "R-24", Kind.CALL_STATE, (2, 0, "late")),
    ("assessment", "assessing, no next word", "R-25", Kind.ASSESSMENT, (1, (), ())),
]


def _misshapen(kind: Kind, body: tuple[Plain, ...]) -> World:
    """A call and an incident, and BRAVO's record about one of them whose body breaks a rule."""
    world = World()
    on_air = kind is Kind.ASSESSMENT
    channel = AIR if on_air else COMMAND
    first: Body = INCIDENT if on_air else CALL
    good: Body = Close() if on_air else ACCEPTED
    world.append(ALPHA, channel, first)
    signed = world.record(BRAVO, channel, good, **about(world, channel, ALPHA, 0))
    slots = cast("tuple[Plain, ...]", decode(payload_of(signed.record)))
    payload = encode((*slots[:4], int(kind), *slots[5:11], body))
    context = world.agreement.context(channel, BRAVO)
    data = sign1.sign(world.parties[BRAVO].officer, context.external_aad(), payload).encoded()
    world.log(channel, BRAVO).append(replace(signed, data=data))
    return world


@source
def rosters_and_versions() -> Iterator[Vector]:
    """Control entries, valid and void."""
    world = World()
    alpha = world.parties[ALPHA]
    entries = alpha.roster.roster.entries
    extra = SigningKey(seed_of("a third officer"))
    new = RosterEntry(extra.public.raw, "air duty officer", START, Millis(START + 99 * DAY))
    world.append_roster(ALPHA, alpha.next_roster(entries=(*entries, new)))
    world.append(ALPHA, AIR, a_notice(), author=3, key=extra)
    yield _accept("roster-new-key", "a notice by a key of the next roster", "EV-8", world)
    world = World()
    world.append(ALPHA, AIR, a_notice())
    ended = replace(entries[1], valid_until=Millis(NOW + MINUTE))
    revoked = alpha.next_roster(entries=(entries[0], ended, entries[2]))
    world.append_roster(ALPHA, revoked)
    yield _accept("roster-revoked-later", "a notice by a key that is revoked later", "EV-8", world)
    world.append(ALPHA, AIR, a_notice())
    yield _refuse("roster-revoked", "a notice by a revoked key", "J-7 EV-12", world)
    world.append(ALPHA, AIR, a_notice(), author=2)
    hidden = world.record(ALPHA, AIR, a_notice(), control=0, composed_at=NOW)
    world.log(AIR, ALPHA).append(hidden)
    places = [(CONTROL, ALPHA, 0), (AIR, ALPHA, 2), (AIR, ALPHA, 3)]
    yield _refuse(
        "control-backwards", "an older roster than before", "J-2", file_of(world, *places)
    )
    world = World()
    world.append(ALPHA, CONTROL, RosterUpdate(b"no card"), to=())
    world.append(ALPHA, AIR, a_notice())
    yield _accept("control-void", "a void control entry, without effect", "EV-8 J-25", world)
    unsigned = World()
    card = replace(alpha.next_roster(entries=(*entries, new)), signatures=())
    unsigned.append(ALPHA, CONTROL, RosterUpdate(card.encoded()), to=())
    unsigned.append(ALPHA, AIR, a_notice(), author=3, key=extra)
    yield _refuse("roster-unsigned", "a key of a roster that no root signed", "J-25 J-5", unsigned)
    world = World()
    version = next_agreement(world, mode=Mode.REAL)
    log_agreement(world, ALPHA, version)
    world.append(ALPHA, AIR, a_notice())
    world.agreement = version
    world.append(ALPHA, AIR, a_notice())
    yield _accept("agreement-next", "records under two versions", "EV-8 J-4", world)
    real = World(replace(World().agreement, mode=Mode.REAL))
    real.append(BRAVO, AIR, a_notice())
    yield _accept("real", "an agreement that is no exercise", "EV-4", real)
    world = World()
    world.agreement = next_agreement(world)
    world.append(ALPHA, AIR, a_notice())
    yield _refuse("agreement-not-logged", "a version that was never logged", "J-4", world)
    world = World()
    version = next_agreement(world, evidence=EvidenceMode.DENIABLE)
    log_agreement(world, ALPHA, version)
    places_under_old = (CONTROL, ALPHA, 0)
    world.append(ALPHA, AIR, a_notice())
    yield _accept("deniable-unused", "nothing said under a deniable version", "EV-4", world)
    world.agreement = version
    world.append(ALPHA, AIR, a_notice())
    evidence = file_of(world, places_under_old, (AIR, ALPHA, 1))
    yield _refuse("deniable-version", "a record under a deniable version", "EV-4", evidence)
    world = World()
    version = next_agreement(world, channels=_with_later_epoch(world.agreement))
    log_agreement(world, ALPHA, version)
    world.agreement = version
    world.append(ALPHA, AIR, a_notice())
    yield _refuse("epoch-ended", "said in a log whose epoch has ended", "J-4 R-3", world)
    world = World()
    one = SignedAgreement(
        next_agreement(world), signed_by(next_agreement(world), world.parties).signatures[:1]
    )
    world.append(ALPHA, CONTROL, AgreementVersion(one.encoded()), to=())
    world.append(ALPHA, AIR, a_notice())
    yield _accept("version-one-signature", "a version that one party signed is void", "J-25", world)
    world.agreement = one.agreement
    world.append(ALPHA, AIR, a_notice())
    yield _refuse("version-void-used", "and nothing stands under it", "J-4", world)
    yield from _seen_on_control()
    yield from _log_keys()


def _with_later_epoch(agreement: Agreement) -> tuple[Any, ...]:
    return tuple(
        replace(terms, origins=tuple(replace(one, epoch=1) for one in terms.origins))
        if terms.channel is AIR
        else terms
        for terms in agreement.channels
    )


def _seen_on_control() -> Iterator[Vector]:
    """What control entries claim to have seen of each other."""
    suspended = LineState(int(AIR), Declared.SUSPENDED)
    world = World()
    world.append(BRAVO, CONTROL, suspended)
    world.append(ALPHA, CONTROL, Displayed(), **about(world, CONTROL, BRAVO, 0))
    yield _accept("control-seen", "ALPHA's control entry saw BRAVO's", "EV-8 J-11", world)
    wrong = World()
    wrong.append(BRAVO, CONTROL, suspended)
    wrong.append(ALPHA, CONTROL, suspended, seen=(Seen(BRAVO, 1, bytes(16)),))
    wrong.append(BRAVO, CONTROL, suspended, seen=(Seen(ALPHA, 9, bytes(16)),))
    wrong.append(ALPHA, AIR, a_notice())
    yield _accept("control-seen-falsely", "false claims make void, and no more", "EV-13", wrong)
    ring = World()
    ring.append(ALPHA, CONTROL, suspended, seen=(Seen(BRAVO, 1, bytes(16)),))
    ring.append(BRAVO, CONTROL, suspended, seen=(Seen(ALPHA, 1, bytes(16)),))
    yield _accept("control-seen-ring", "each claims to have seen the other", "EV-8", ring)
    ahead = World()
    ahead.append(ALPHA, CONTROL, suspended, control=1)
    yield _accept("control-names-itself", "a control entry that goes by itself", "J-3", ahead)


def _log_keys() -> Iterator[Vector]:
    """Heads under log keys that were changed."""
    one, two = (SigningKey(seed_of(label)) for label in COLLIDING)
    world = World()
    alpha = world.parties[ALPHA]
    keys = alpha.roster.roster.node
    world.append_roster(ALPHA, alpha.next_roster(node=replace(keys, log=one.public.raw)))
    world.append(ALPHA, AIR, a_notice())
    new = whole(world, keys={ALPHA: one})
    yield _accept("log-key-new", "a head under the next roster's log key", "EV-9", new)
    yield _accept("log-key-old", "a head under the log key before it", "EV-9", world)
    parties = _with_log_key(world, one)
    world = World(parties=parties)
    second = replace(parties[0].roster.roster, version=2)
    second = replace(second, node=replace(second.node, log=two.public.raw))
    world.append_roster(ALPHA, sign_roster(second, parties[0].roots))
    world.append(ALPHA, AIR, a_notice())
    what = "a newer log key with the same key id hides nothing"
    yield _accept("log-key-id-twice", what, "EV-9 S-9", whole(world))


def _with_log_key(world: World, key: SigningKey) -> Any:
    alpha, bravo = world.parties
    roster = replace(
        alpha.roster.roster, node=replace(alpha.roster.roster.node, log=key.public.raw)
    )
    return replace(alpha, log=key, roster=sign_roster(roster, alpha.roots)), bravo


@source
def receipts() -> Iterator[Vector]:
    """Receipts of every size, and those that prove nothing."""
    world = three_notices()
    world.give_receipt(AIR, ALPHA, size=2)
    yield _accept("receipt-smaller", "a receipt for two of three entries", "EV-16", world)
    evidence = file_of(
        world, (AIR, ALPHA, 0), size=1, given=[(AIR, ALPHA, world.receipt(AIR, ALPHA))]
    )
    yield _accept("receipt-greater", "a receipt for more than the head", "EV-16", evidence)
    world.give_receipt(AIR, ALPHA, held=[(0, 1), (2, 3)])
    yield _accept("receipt-overtaken", "two receipts, one for what has overtaken", "EV-15", world)
    zero = [(0, 0), (0, 1)]
    evidence = _received(world, world.receipt(AIR, ALPHA, held=zero))
    yield _accept("receipt-first-overtook", "entry 0 has overtaken", "E-6", evidence)
    stranger = SigningKey(seed_of("stranger"))
    bad: list[tuple[str, str, str, dict[str, Any]]] = [
        ("key", "by a stranger's key", "EV-14", {"key": stranger}),
        ("own", "by the logger's own receipt key", "EV-14", {"key": world.parties[0].receipt}),
        ("record-key", "by the node's record key", "EV-14", {"key": world.parties[1].record}),
        ("covers-none", "covers none of the file's entries", "EV-15", {"held": [(0, 1)]}),
        ("nothing", "covers nothing at all", "EV-15", {"held": []}),
        ("root", "another root at the head's size", "EV-16", {"root": bytes(32)}),
        ("ranges-touch", "ranges that touch", "E-6", {"held": [(1, 2), (2, 3)]}),
        ("ranges-overlap", "ranges that overlap", "E-6", {"held": [(0, 2), (1, 3)]}),
        ("range-empty", "an empty range", "E-6", {"held": [(0, 2), (2, 2)]}),
        ("range-zero", "an empty beginning that is not needed", "E-6", {"held": [(0, 0), (1, 3)]}),
        ("ranges-disordered", "ranges that descend", "E-6", {"held": [(2, 3), (0, 1)]}),
    ]
    for name, what, rules, terms in bad:
        evidence = _received(world, world.receipt(AIR, ALPHA, **terms), 2)
        yield _refuse(f"receipt-{name}", f"a receipt: {what}", rules, evidence)
    beyond = parse_receipt(world.receipt(AIR, ALPHA, size=2))
    assert beyond.size == 2
    evidence = _received(world, world.receipt(AIR, ALPHA, size=2, held=[(0, 3)]), 2)
    yield _refuse("receipt-beyond", "a range that passes the receipt's size", "E-6", evidence)
    other = World(replace(world.agreement, id=bytes(16)))
    for _ in range(3):
        other.append(ALPHA, AIR, a_notice())
    elsewhere = other.receipt(AIR, ALPHA, root=world.log(AIR, ALPHA).roots[3])
    yield _refuse("receipt-agreement", "of another agreement", "EV-14", _received(world, elsewhere))
    bravo = three_notices()
    for _ in range(3):
        bravo.append(ALPHA, COMMAND, Complaint("flight below 500 ft", -HOUR, QUIET))
    log = bravo.receipt(COMMAND, ALPHA, root=bravo.log(AIR, ALPHA).roots[3])
    yield _refuse("receipt-log", "for another log", "EV-14", _received(bravo, log))
    smaller = world.receipt(AIR, ALPHA, size=2)
    for name, what, change in (
        ("proof-missing", "without its consistency proof", lambda hashes: hashes[:-1]),
        ("proof-extra", "with a hash too many", lambda hashes: [*hashes, bytes(32)]),
        ("proof-wrong", "with a wrong hash", lambda hashes: [flipped(hashes[0], 0), *hashes[1:]]),
    ):
        plain = plain_of(_received(world, smaller))
        plain[2][0][3][0][1] = change(plain[2][0][3][0][1])
        yield _refuse(f"receipt-{name}", f"a receipt of a smaller size {what}", "EV-16", plain)
    fork = world.receipt(AIR, ALPHA, size=2, root=bytes(32))
    evidence = _received(world, fork)
    yield _refuse(
        "receipt-other-history", "a smaller receipt of another history", "EV-16", evidence
    )
    plain = plain_of(_received(world, world.receipt(AIR, ALPHA)))
    plain[2][0][3][0][1] = [bytes(32)]
    yield _refuse("receipt-proof-needless", "a proof where sizes are equal", "EV-16", plain)
    plain = plain_of(whole(world))
    yield _refuse("receipts-disordered", "receipts out of order", "EV-3", _reversed(plain, 3))
    plain = plain_of(whole(world))
    plain[2][0][3] *= 2
    yield _refuse("receipts-twice", "receipts repeated", "EV-3", plain)
    plain = plain_of(_received(world, world.receipt(AIR, ALPHA)))
    plain[2][0][3][0][0] = flipped(plain[2][0][3][0][0], -1)
    yield _refuse("receipt-bit", "one bit of a receipt's signature", "EV-14", plain)


def _received(world: World, data: bytes, *indices: int) -> Evidence:
    """A file of entries 0 to 2 or those given, and one receipt."""
    places = [(AIR, ALPHA, index) for index in indices or (0, 1, 2)]
    return (
        file_of(world, *places, given=[(AIR, ALPHA, data)])
        if _provable(data, world)
        else (_unproved(world, places, data))
    )


def _provable(data: bytes, world: World) -> bool:
    """Whether it can be given a proof; one that is misshapen on purpose cannot."""
    try:
        return parse_receipt(data).size <= world.log(AIR, ALPHA).size
    except Malformed:
        return False


def _unproved(world: World, places: Sequence[Place], data: bytes) -> Evidence:
    made = file_of(world, *places)
    (part,) = made.logs
    return replace(made, logs=(replace(part, receipts=(ReceiptGiven(data, ()),)),))


def _reversed(plain: list[Any], slot: int) -> list[Any]:
    plain[2][0][slot] = plain[2][0][slot][::-1]
    return plain


@source
def misshapen() -> Iterator[Vector]:
    """Files that are not in the one encoding, or not in order."""
    world = three_notices()
    data = whole(world).encoded()
    yield _refuse("empty", "no bytes", "EV-1", b"")
    yield _refuse("truncated", "the last byte is missing", "EV-2", data[:-1])
    yield _refuse("trailing", "a byte too many", "EV-2", data + b"\0")
    yield _refuse("wide-head", "a length in a longer form", "EV-2 R-6", b"\x98\x03" + data[1:])
    yield _refuse(
        "indefinite", "an array of indefinite length", "EV-2", b"\x9f" + data[1:] + b"\xff"
    )
    yield _refuse("not-cbor", "text", "EV-1", b"firebreak evidence 1")
    for name, what, rules, change in _SHAPES:
        plain = plain_of(whole(world))
        change(plain)
        yield _refuse(name, what, rules, plain)
    both = notice_world()
    both.append(BRAVO, AIR, Displayed(), **about(both, AIR, ALPHA, 0))
    plain = plain_of(whole(both))
    plain[2].reverse()
    yield _refuse("logs-disordered", "logs out of order", "EV-3", plain)
    plain = plain_of(whole(world))
    plain[2] *= 2
    yield _refuse("log-twice", "one log twice", "EV-3", plain)


def _set(*path: int, to: Any) -> Callable[[list[Any]], None]:
    def change(plain: list[Any]) -> None:
        for step in path[:-1]:
            plain = plain[step]
        plain[path[-1]] = to(plain[path[-1]]) if callable(to) else to

    return change


_SHAPES: list[tuple[str, str, str, Callable[[list[Any]], None]]] = [
    ("magic", "another magic", "EV-1", _set(0, to="firebreak evidence 2")),
    ("no-logs", "no logs", "EV-1", _set(2, to=[])),
    ("no-entries", "a log without entries", "EV-1", _set(2, 0, 2, to=[])),
    ("slot-more", "a slot too many", "EV-1", lambda plain: plain.append([])),
    ("log-slot-missing", "a log of three slots", "EV-1", _set(2, 0, to=lambda log: log[:3])),
    ("party", "a third party", "EV-1", _set(2, 0, 1, to=2)),
    ("channel", "a channel that is not agreed", "EV-6", _set(2, 0, 0, to=2)),
    ("channel-other", "another log's channel", "EV-6", _set(2, 0, 0, to=4)),
    ("party-other", "the other party's log", "EV-6", _set(2, 0, 1, to=1)),
    ("entries-disordered", "entries out of order", "EV-3", _set(2, 0, 2, to=lambda e: e[::-1])),
    ("entry-twice", "an entry twice", "EV-3", _set(2, 0, 2, to=lambda e: [e[0], *e])),
    ("record-empty", "an empty record", "EV-1", _set(2, 0, 2, 0, 0, to=b"")),
    (
        "record-bit",
        "one bit of a record",
        "EV-10",
        _set(2, 0, 2, 0, 0, to=lambda r: flipped(r, 30)),
    ),
    ("record-other", "another entry's record", "EV-10", _set(2, 0, 2, 0, 0, to=b"\x84")),
    ("receipt-garbage", "a receipt that is none", "EV-14", _set(2, 0, 3, to=[[b"\x84", []]])),
]


@source
def proofs() -> Iterator[Vector]:
    """Notes and proofs that are not the log's."""
    for name, what, rules, change in _PROOFS:
        world = three_notices()
        evidence = file_of(world, (AIR, ALPHA, 1))
        (part,) = evidence.logs
        (entry,) = part.entries
        proof = cp.parse_proof(entry.proof)
        made = replace(entry, proof=change(world, proof))
        yield _refuse(name, what, rules, replace(evidence, logs=(replace(part, entries=(made,)),)))
    world = three_notices()
    one, two = entry_of(world, (AIR, ALPHA, 0), 2), entry_of(world, (AIR, ALPHA, 1))
    mixed = LogPart(int(AIR), ALPHA, (one, two), ())
    yield _refuse("notes-differ", "two heads in one log", "EV-7", Evidence(world.signed, (mixed,)))
    yield from _second_signatures()


def _proof(**changes: Any) -> Callable[[World, cp.ProofFile], bytes]:
    return lambda world, proof: cp.render_proof(replace(proof, **changes))


def _renamed(old: bytes, new: bytes) -> Callable[[World, cp.ProofFile], bytes]:
    def change(world: World, proof: cp.ProofFile) -> bytes:
        text = cp.render_proof(proof)
        assert old in text
        return text.replace(old, new, 1)

    return change


def _noted(
    lines: Callable[[World, cp.Checkpoint, cp.SignatureLine], list[cp.SignatureLine]],
) -> Any:
    def change(world: World, proof: cp.ProofFile) -> bytes:
        head, (line,) = cp.parse_note(proof.note)
        return cp.render_proof(replace(proof, note=cp.note(head, lines(world, head, line))))

    return change


def _hashes(change: Callable[[tuple[bytes, ...]], tuple[bytes, ...]]) -> Any:
    return lambda world, proof: cp.render_proof(replace(proof, hashes=change(proof.hashes)))


_STRANGER = SigningKey(seed_of("stranger"))
_PROOFS: list[tuple[str, str, str, Callable[[World, cp.ProofFile], bytes]]] = [
    ("salt-missing", "no salt", "EV-7", _proof(extra=None)),
    ("salt-short", "a salt of 15 bytes", "EV-7", _proof(extra=bytes(15))),
    ("salt-long", "a salt of 17 bytes", "EV-7", _proof(extra=bytes(17))),
    ("salt-other", "another salt", "EV-10", _proof(extra=bytes(16))),
    ("index-other", "another index", "EV-11", _proof(index=0)),
    ("index-beyond", "an index beyond the head", "EV-11 L-2", _proof(index=3)),
    ("hash-missing", "a hash left out", "EV-11 L-3", _hashes(lambda h: h[:-1])),
    ("hash-more", "a hash too many", "EV-11 L-3", _hashes(lambda h: (*h, bytes(32)))),
    ("hash-other", "a wrong hash", "EV-11 L-4", _hashes(lambda h: (flipped(h[0], 0), *h[1:]))),
    ("hashes-swapped", "hashes in another order", "EV-11 L-4", _hashes(lambda h: h[::-1])),
    ("proof-header", "another first line", "L-16", _renamed(b"@v1", b"@v2")),
    ("index-plus", "an index with a sign", "L-9 L-16", _renamed(b"index 1", b"index +1")),
    ("index-zero", "an index with a leading zero", "L-9", _renamed(b"index 1", b"index 01")),
    ("size-other", "another size in the note", "EV-9", _renamed(b"/0\n3\n", b"/0\n4\n")),
    ("size-zero", "a size with a leading zero", "L-9", _renamed(b"/0\n3\n", b"/0\n03\n")),
    ("crlf", "lines that end in CR LF", "L-9", _renamed(b"/0\n3\n", b"/0\r\n3\n")),
    ("extension", "an extension line", "L-9", _renamed(b"=\n\n\xe2", b"=\nmore\n\n\xe2")),
    (
        "signature-bits",
        "a log's signature spelled with spare bits",
        "L-14",
        lambda world, proof: _spare_bits(cp.render_proof(proof)),
    ),
    (
        "line-unlisted",
        "a second line that nobody verifies",
        "EV-9",
        _noted(lambda w, h, line: [line, cp.SignatureLine("witness.example", bytes(4), bytes(72))]),
    ),
    (
        "line-third",
        "three signature lines",
        "EV-9",
        _noted(lambda w, h, line: [line, *(replace(line, key_id=bytes([n] * 4)) for n in (1, 2))]),
    ),
    (
        "line-stranger",
        "a head that a stranger signed",
        "EV-9",
        _noted(
            lambda w, h, line: [
                cp.ed25519_line(h.origin, _STRANGER.public, cp.sign_checkpoint(h, _STRANGER))
            ]
        ),
    ),
    (
        "line-stranger-named",
        "a stranger's signature under the log's key id",
        "EV-9",
        _noted(lambda w, h, line: [replace(line, signature=cp.sign_checkpoint(h, _STRANGER))]),
    ),
    (
        "line-other-party",
        "a head that the other party's log key signed",
        "EV-9",
        _noted(
            lambda w, h, line: [
                cp.ed25519_line(
                    h.origin, w.parties[1].log.public, cp.sign_checkpoint(h, w.parties[1].log)
                )
            ]
        ),
    ),
    (
        "note-other-log",
        "a head of another of the log's channels",
        "EV-6",
        lambda world, proof: cp.render_proof(
            replace(proof, note=note_of(world, COMMAND, ALPHA, 0))
        ),
    ),
    (
        "note-smaller",
        "a head of fewer entries than the proof's",
        "EV-11",
        lambda world, proof: cp.render_proof(replace(proof, note=note_of(world, AIR, ALPHA, 2))),
    ),
]


def _spare_bits(text: bytes) -> bytes:
    """The last character before `=` replaced by another one that decodes to the same bytes."""
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    at = text.rindex(b"=") - 1
    return text[:at] + bytes([alphabet[alphabet.index(text[at]) + 1]]) + text[at + 1 :]


def _second_signatures() -> Iterator[Vector]:
    """The example's second line, as it is and changed."""
    evidence = example.example_evidence()
    yield _accept("second-signature", "the example of spec/evidence.md", "EV-9 L-26", evidence)
    (part,) = evidence.logs
    (entry,) = part.entries
    proof = cp.parse_proof(entry.proof)
    head, (first, second) = cp.parse_note(proof.note)

    def changed(name: str, what: str, *lines: cp.SignatureLine) -> Vector:
        text = cp.render_proof(replace(proof, note=cp.note(head, lines)))
        made = replace(part, entries=(replace(entry, proof=text),))
        return _refuse(f"second-{name}", what, "EV-9 L-25 L-26", replace(evidence, logs=(made,)))

    def spoiled(place: int) -> cp.SignatureLine:
        return replace(second, signature=flipped(second.signature, place))

    yield changed("time", "another time in the second line", first, spoiled(7))
    yield changed("challenge", "one bit of its challenge", first, spoiled(8))
    yield changed("response", "one bit of its response", first, spoiled(1000))
    yield changed("hint", "one bit of its hint", first, spoiled(-84))
    yield changed("hint-padding", "one bit of its hint's padding", first, spoiled(-5))
    yield changed("hint-counts", "one bit of its hint's counts", first, spoiled(-1))
    short = replace(second, signature=second.signature[:-1])
    yield changed("short", "a second line that is a byte short", first, short)
    yield changed(
        "key", "a second line under another key id", first, replace(second, key_id=bytes(4))
    )
    name = replace(second, name="witness.example")
    yield changed("name", "a second line under another name", first, name)
    yield changed("alone", "the second line alone", second)
    yield changed("order", "the second line first", second, first)
    spoiled_first = replace(first, signature=bytes(64))
    yield changed("only-good", "a good second line under a bad first", spoiled_first, second)


@source
def agreements() -> Iterator[Vector]:
    """Agreements and rosters that are not what both parties signed."""
    world = notice_world()
    evidence = whole(world)
    ours = world.signed.signatures
    other = (make_party(0, roots=2), make_party(1))
    theirs = signed_by(world.agreement, other).signatures[0]
    newer = replace(ours[0], roster=world.parties[0].next_roster())
    sealed = ((ours[0].secrets[0][0], bytes(32)), ours[0].secrets[1])
    bad = [
        ("one-signature", "one party has not signed", "EV-4", ours[:1]),
        ("no-signature", "nobody has signed", "EV-4", ()),
        ("other-roster", "a roster that the agreement does not name", "EV-5", (theirs, ours[1])),
        ("newer-roster", "a later roster than the agreement names", "EV-5", (newer, ours[1])),
        (
            "secret",
            "a sealed secret that was not signed",
            "EV-5",
            (replace(ours[0], secrets=sealed), ours[1]),
        ),
        ("secrets", "one sealed secret", "A-17", (replace(ours[0], secrets=sealed[:1]), ours[1])),
        ("root-none", "no root key signed", "A-14", (replace(ours[0], signatures=()), ours[1])),
        (
            "root-twice",
            "a root key signed twice",
            "A-14",
            (replace(ours[0], signatures=ours[0].signatures * 2), ours[1]),
        ),
        ("swapped", "signatures out of order", "A-11", ours[::-1]),
    ]
    for name, what, rules, signatures in bad:
        signed = SignedAgreement(world.agreement, tuple(signatures))
        yield _refuse(f"agreement-{name}", what, rules, replace(evidence, signed=signed))
    plain = plain_of(evidence)
    inner = cast("list[Any]", _listed(decode(plain[1])))
    inner[0] = flipped(inner[0], 40)
    plain[1] = packed(inner)
    yield _refuse("agreement-bit", "one bit of the agreement", "EV-5", plain)
    several = World(parties=(make_party(0, roots=3, threshold=2), make_party(1)))
    several.append(ALPHA, AIR, a_notice())
    first, second = several.signed.signatures
    few = SignedAgreement(
        several.agreement, (replace(first, signatures=first.signatures[:1]), second)
    )
    made = replace(whole(several), signed=few)
    yield _refuse("agreement-threshold", "one root key of the two needed", "A-14", made)
    deniable = World(replace(World().agreement, evidence=EvidenceMode.DENIABLE))
    deniable.append(ALPHA, AIR, a_notice())
    yield _refuse("agreement-deniable", "a deniable agreement", "EV-4", deniable)
    for name, what, rule, place, value in _UNSOUND:
        unsound = World(_unchecked(world.agreement, place, value))
        unsound.append(ALPHA, AIR, a_notice())
        yield _refuse(f"agreement-{name}", what, rule, unsound)
    swiss = AgreedRelay("SWISS", _STRANGER.public.raw, readable=True)
    sound: list[tuple[str, str, str, dict[str, Any]]] = [
        (
            "separation-least",
            "the least separation",
            "A-23",
            {"separations": (AgreedSeparation(AIR, 1, None, 1),)},
        ),
        ("separation-none", "no separation", "A-23", {"separations": ()}),
        (
            "relays",
            "two relays, one that carries readable text",
            "A-15 A-16",
            {"relays": (swiss, AgreedRelay("NORWAY", swiss.key, readable=False))},
        ),
        ("holidays", "the first holiday and the last", "A-15", {"holidays": (0, _LAST_DAY)}),
        (
            "terms",
            "neutral terms, one offered in place of two",
            "A-15",
            {"terms_offered": (NeutralTerm("incursion", "x"), NeutralTerm("breach", "x"))},
        ),
    ]
    for name, what, rules, slots in sound:
        made_of = World(replace(world.agreement, **slots))
        made_of.append(ALPHA, AIR, a_notice())
        yield _accept(f"agreement-{name}", what, rules, made_of)


_RELAYS, _SEPARATIONS, _HOLIDAYS, _TERMS = 18, 20, 21, 22
_LAST_DAY = 2_932_896
_AIR = (1, 9_260, 1_000, 300)
_UNSOUND: list[tuple[str, str, str, int, Plain]] = [
    ("separation-twice", "two separations for air", "A-23", _SEPARATIONS, (_AIR, _AIR)),
    (
        "separation-sea",
        "a separation for a channel that is not there",
        "A-23",
        _SEPARATIONS,
        ((2, *_AIR[1:]),),
    ),
    ("separation-command", "a separation for command", "A-23", _SEPARATIONS, ((4, *_AIR[1:]),)),
    (
        "relay-readable",
        "a relay that is readable 2",
        "A-2",
        _RELAYS,
        (("SWISS", _STRANGER.public.raw, 2),),
    ),
    (
        "relay-name-alone",
        "a relay without key",
        "A-1",
        _RELAYS,
        ("SWISS",),
    ),
    ("relay-key", "a relay's key that is none", "A-16", _RELAYS, (("SWISS", bytes(32), 0),)),
    (
        "relay-twice",
        "a relay named twice",
        "A-15",
        _RELAYS,
        (("SWISS", _STRANGER.public.raw, 0), ("SWISS", _STRANGER.public.raw, 1)),
    ),
    ("holiday-twice", "a holiday listed twice", "A-15", _HOLIDAYS, (20_812, 20_812)),
    ("holidays-disordered", "holidays out of order", "A-15", _HOLIDAYS, (20_819, 20_812)),
    ("holiday-late", "a holiday after the year 9999", "A-2", _HOLIDAYS, (_LAST_DAY + 1,)),
    ("term-twice", "two terms in place of one", "A-15", _TERMS, (("a", "b"), ("a", "c"))),
    ("term-empty", "an empty term", "A-2", _TERMS, (("a", ""),)),
]
"""Agreements that no program makes: name, what, rule, and one slot's place and value."""


def _unchecked(agreement: Agreement, place: int, value: Plain) -> Agreement:
    """An agreement with another slot at this place of its payload, and everything signed in it."""
    title, slots = cast("tuple[str, tuple[Plain, ...]]", decode(agreement.payload()))
    payload = encode((title, (*slots[:place], value, *slots[place + 1 :])))
    made = copy.copy(agreement)
    vars(made).pop("_digest", None)
    vars(made).pop("_contexts", None)
    vars(made)["payload"] = lambda: payload
    return made


@source
def void_records() -> Iterator[Vector]:
    """Records that nodes judge void, each for one reason."""
    slots: list[tuple[str, str, str, dict[str, Any]]] = [
        ("signature", "signed by a stranger", "J-6", {"key": _STRANGER}),
        ("author", "an author beyond the roster", "J-5", {"author": 7, "key": _STRANGER}),
        ("node-speaks", "a notice signed by the node", "J-14", {"author": NODE_AUTHOR}),
        ("version", "a version that does not exist", "J-4", {"version": 2}),
        ("control", "a control entry that is not in the file", "J-3", {"control": 1}),
        ("answer-by", "a notice that wants an answer", "J-16", {"answer_by": 1000}),
        ("too-early", "composed before the key holds", "J-7", {"composed_at": Millis(START - 1)}),
        ("too-late", "composed after it", "J-8", {"composed_at": Millis(START + 31 * DAY)}),
        ("office", "to one's own office", "J-15", {"to": (World().office(0),)}),
        ("office-none", "to no office there is", "J-15", {"to": (200,)}),
        ("seen-own", "has seen its own log", "J-10", {"seen": (Seen(ALPHA, 0, bytes(16)),)}),
        (
            "seen-third",
            "has seen a third log",
            "J-10",
            {"seen": (Seen(PartyNumber(2), 0, bytes(16)),)},
        ),
    ]
    for name, what, rules, changes in slots:
        world = World()
        world.append(ALPHA, AIR, a_notice(), **changes)
        yield _refuse(f"void-{name}", what, rules, world)
    world = World()
    world.append(ALPHA, COMMAND, a_notice())
    yield _refuse("void-kind", "a kind that the channel does not carry", "J-13", world)
    world = World()
    world.append(ALPHA, AIR, a_notice())
    world.append(ALPHA, AIR, a_notice(), serial=0)
    yield _refuse("void-serial", "a serial used before", "J-9", world)
    world = World()
    world.log(AIR, ALPHA).append(world.record(BRAVO, AIR, a_notice(), key=world.parties[0].officer))
    yield _refuse("void-other-log", "signed for the other party's log", "J-6 R-3", world)
    world = World()
    signed = world.record(ALPHA, AIR, a_notice())
    world.log(AIR, ALPHA).append(replace(signed, data=b"no record"))
    yield _refuse("void-malformed", "an entry that is no record", "J-1", world)
    world = World()
    world.append(ALPHA, AIR, Cancel("weather"))
    yield _refuse("void-no-reference", "a cancellation of nothing", "J-18", world)
    world = notice_world(receipt=False)
    world.append(BRAVO, AIR, Displayed(), **about(world, AIR, ALPHA, 0))
    evidence = file_of(world, (AIR, BRAVO, 0))
    yield _refuse("reference-left-out", "what it refers to is left out", "EV-12", evidence)
    for name, what, rules, body, party, changes in _REFERRING:
        world = notice_world(receipt=False)
        world.append(party, AIR, body, **{**about(world, AIR, ALPHA, 0), **changes})
        yield _refuse(f"reference-{name}", what, rules, world)
    yield from _lapses()
    yield from _released()
    yield from _on_control()


_REFERRING: list[tuple[str, str, str, Body, PartyNumber, dict[str, Any]]] = [
    (
        "differs",
        "another id",
        "J-19",
        Displayed(),
        BRAVO,
        {"refers_to": Reference(ALPHA, 0, bytes(8))},
    ),
    ("itself", "itself", "J-18", Cancel(), ALPHA, {"refers_to": Reference(ALPHA, 1, bytes(8))}),
    ("unseen", "what it had not seen", "J-18", Displayed(), BRAVO, {"seen": ()}),
    ("own", "one's own notice, read by oneself", "J-21", Read(), ALPHA, {}),
    ("theirs", "a cancellation of theirs", "J-22", Cancel("weather"), BRAVO, {}),
    ("kind", "an answer to a notice", "J-21", Answer(Reply.OURS), BRAVO, {}),
    ("lapse-kind", "a lapse of a notice", "J-21", Lapsed(), ALPHA, {}),
    ("by-officer", "displayed, signed by an officer", "J-14", Displayed(), BRAVO, {"author": 1}),
]


def _lapses() -> Iterator[Vector]:
    answered = question((BRAVO, Answer(Reply.OURS), {}), (ALPHA, Lapsed(), late()))
    yield _refuse("lapsed-answered", "a lapse that had seen the answer", "J-23", answered)
    world = question((ALPHA, Lapsed(), late(9)))
    yield _refuse("lapsed-early", "a lapse before the answer was due", "J-24", world)
    word = Answer(Reply.CHECKING, next_word_by=20 * MINUTE)
    world = question((BRAVO, word, {}), (ALPHA, Lapsed(), late(11)))
    yield _refuse("lapsed-before-word", "a lapse before the word promised", "J-24", world)
    world = World()
    world.append(BRAVO, AIR, a_query())
    world.append(ALPHA, AIR, Answer(Reply.OURS), **about(world, AIR, BRAVO, 0))
    world.append(BRAVO, AIR, Lapsed(), **about(world, AIR, BRAVO, 0), **late())
    yield _refuse("lapsed-answered-bravo", "the same, the other way round", "J-23", world)
    world = question((BRAVO, Answer(Reply.OURS), {}), (ALPHA, Lapsed(), {"author": 1, **late()}))
    yield _refuse("lapsed-by-officer", "a lapse, signed by an officer", "J-14", world)


def _released() -> Iterator[Vector]:
    def statement(name: str, what: str, put: Callable[[World, Any], None]) -> Vector:
        world = World()
        put(world, world.record(ALPHA, COMMAND, a_statement()))
        return _refuse(f"release-{name}", what, "J-26", world)

    def put(*, author: int = 2, of: bytes | None = None, party: int = ALPHA) -> Any:
        def inner(world: World, signed: Any) -> None:
            body = Release(signed.id if of is None else of)
            world.append(party, COMMAND, body, author=author, to=())
            world.log(COMMAND, ALPHA).append(signed)

        return inner

    def alone(world: World, signed: Any) -> None:
        world.log(COMMAND, ALPHA).append(signed)

    def between(world: World, signed: Any) -> None:
        world.append(ALPHA, COMMAND, Release(signed.id), author=2, to=())
        world.append(ALPHA, COMMAND, Complaint("flight below 500 ft", -HOUR, QUIET), author=2)
        world.log(COMMAND, ALPHA).append(signed)

    yield statement("none", "a statement by one officer", alone)
    yield statement("of-other", "a release of another record", put(of=bytes(32)))
    yield statement("other-side", "a release in the other party's log", put(party=BRAVO))
    yield statement("between", "an entry between release and record", between)
    world = World()
    signed = world.record(ALPHA, COMMAND, a_statement(), serial=1)
    world.append(ALPHA, COMMAND, Release(signed.id), author=1, to=())
    world.log(COMMAND, ALPHA).append(signed)
    yield _refuse("release-by-author", "released by its own author", "J-26", world)
    world = World()
    world.append_released(ALPHA, COMMAND, a_statement())
    evidence = file_of(world, (COMMAND, ALPHA, 1))
    yield _refuse("release-left-out", "the release is left out of the file", "EV-12", evidence)


def _on_control() -> Iterator[Vector]:
    world = World()
    suspended = LineState(int(AIR), Declared.SUSPENDED)
    world.append(ALPHA, CONTROL, suspended)
    world.append(ALPHA, CONTROL, suspended)
    evidence = file_of(world, (CONTROL, ALPHA, 1))
    yield _refuse("control-not-whole", "the first control entry is left out", "EV-8", evidence)
    world.append(ALPHA, AIR, a_notice())
    evidence = file_of(world, (CONTROL, ALPHA, 0), (AIR, ALPHA, 0))
    yield _refuse("control-too-few", "fewer control entries than are named", "EV-12 J-3", evidence)
    evidence = file_of(world, (AIR, ALPHA, 0))
    yield _refuse("control-none", "no control entry, and two are named", "EV-12 J-3", evidence)


# Proofs of forks


def _history(label: str, size: int) -> WorldLog:
    """A log of anything, under a key of its own."""
    key = SigningKey(seed_of("forked log"))
    log = WorldLog(cp.origin(bytes(range(16)), 0), key, bytes(32))
    for number in range(size):
        leaf = leaf_hash(seed_of(f"{label} {number}"))
        log.frontier, completed = log.frontier.grow(leaf)
        for level, digest in enumerate(completed):
            log.stored[level, number >> level] = digest
        log.roots.append(log.frontier.root())
    return log


def _head(log: WorldLog, size: int, root: bytes | None = None) -> SignedHead:
    checkpoint = cp.Checkpoint(log.origin, size, log.roots[size] if root is None else root)
    return SignedHead(size, checkpoint.root, cp.sign_checkpoint(checkpoint, log.key))


def _fork(small: int, great: int) -> Fork:
    one, other = _history("one", 8), _history("other", 8)
    first, second = sorted((_head(one, small), _head(other, great)), key=lambda h: (h.size, h.root))
    branch = None
    if 0 < small < great:
        branch = Branch(other.roots[small], tuple(consistency_proof(small, great, other.subtree)))
    return Fork(one.origin, first, second, branch)


@source
def forks() -> Iterator[Vector]:
    """Two heads of one log key that exclude each other, and pairs that do not."""
    key = _history("one", 0).key.public.raw

    def vector(
        name: str, what: str, rules: str, data: Fork | bytes, *, good: bool = False
    ) -> Vector:
        encoded = data.encoded() if isinstance(data, Fork) else data
        folder, verdict = ("accept", "fork") if good else ("reject", REFUSED)
        named = f"{folder}/fork-{name}"
        return Vector(named, what, tuple(rules.split()), encoded, verdict, log_key=key)

    for small, great in ((1, 1), (8, 8), (1, 2), (2, 3), (3, 7), (4, 8), (5, 8), (7, 8)):
        what = f"heads of {small} and {great} entries"
        yield vector(f"{small}-{great}", what, "EV-25 EV-23", _fork(small, great), good=True)
    one, other = _history("one", 8), _history("other", 8)
    zero = Fork(one.origin, _head(one, 0, bytes(32)), _head(other, 3), None)
    yield vector(
        "0-3", "an empty log's head with a root that is not empty's", "EV-24", zero, good=True
    )
    good = _fork(3, 7)
    branch = good.branch
    assert branch is not None
    data = good.encoded()
    yield vector("trailing", "a byte too many", "EV-20", data + b"\0")
    yield vector("truncated", "the last byte is missing", "EV-20", data[:-1])
    yield vector("magic", "another magic", "EV-20", data.replace(b"fork 1", b"fork 2"))
    yield vector(
        "order",
        "the greater head first",
        "EV-21",
        replace(good, first=good.second, second=good.first),
    )
    yield vector("same", "one head twice", "EV-21", replace(good, second=good.first, branch=None))
    unsigned = replace(good.second, signature=bytes(64))
    yield vector(
        "signature", "a head that the key did not sign", "EV-22", replace(good, second=unsigned)
    )
    moved = replace(good.first, size=2)
    yield vector("size", "a signature over another size", "EV-22", replace(good, first=moved))
    yield vector(
        "origin", "another log's name", "EV-22", replace(good, origin=cp.origin(bytes(16), 0))
    )
    yield vector(
        "origin-form", "a name that is no log's", "EV-22 L-8", replace(good, origin="elsewhere/0")
    )
    yield vector("no-branch", "no branch", "EV-25", replace(good, branch=None))
    short = replace(branch, proof=branch.proof[:-1])
    yield vector(
        "branch-short", "a hash of the branch left out", "EV-25", replace(good, branch=short)
    )
    wrong = replace(branch, root=bytes(32))
    yield vector("branch-root", "a branch with another root", "EV-25", replace(good, branch=wrong))
    same = Fork(one.origin, _head(one, 3), _head(one, 7), None)
    honest = Branch(one.roots[3], tuple(consistency_proof(3, 7, one.subtree)))
    yield vector("one-history", "heads of one history", "EV-25", replace(same, branch=honest))
    needless = replace(_fork(8, 8), branch=branch)
    yield vector("branch-needless", "a branch between heads of one size", "EV-23", needless)
    empty = Fork(one.origin, _head(one, 0, EMPTY_ROOT), _head(other, 3), None)
    yield vector("empty", "an empty log's head, which every log continues", "EV-24", empty)
    yield vector("0-branch", "a branch from no entries", "EV-24", replace(zero, branch=branch))
