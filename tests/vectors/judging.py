"""Entries that are well formed and void, each for one reason; and some that look so and are valid.

Every case is a channel with what was said on it before, and the entry that is judged last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from firebreak.ledger.judge import Void
from firebreak.records.agreement import Agreement, Channel, SignedAgreement
from firebreak.records.calls import CallAnswer, CallReply, CallState, CallStep, FollowUp, Readout
from firebreak.records.cbor import encode
from firebreak.records.contacts import (
    Contact,
    ContactAnswer,
    ContactReply,
    Outcome,
    Precision,
    Way,
)
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
    Complaint,
    Declared,
    Displayed,
    FreeText,
    Keep,
    Lapsed,
    LineCheck,
    LineCheckReply,
    LineState,
    NotUnderstood,
    ObjectReason,
    ObjectTo,
    Passed,
    Query,
    Read,
    Release,
    Reply,
    Restraint,
    RosterUpdate,
    UnknownBody,
)
from firebreak.records.record import NODE_AUTHOR, Record, Reference, Seen, SignedRecord, sign_record
from firebreak.records.roster import Roster, sign_roster
from firebreak.records.sites import Distributed, DistributedState, MovementState, MovementStep
from firebreak.records.slots import Span, Words
from firebreak.values import Millis, OfficeNumber, PartyNumber
from tests.vectors.accept import CALL, INCIDENT, MOVEMENT, SITE, STOP
from tests.vectors.line import AGREEMENT, END, EXPIRED, NOTICE, PARTIES, Bench
from tests.vectors.shape import Named, Vector
from tests.worlds import HOUR, MINUTE, NOW, a_query, seed_of, signed_by

ALPHA, BRAVO = 0, 1
QUIET = Words("en", "Quiet here.")
READ_BACK = Acknowledge(("all as sent",))
RESTRAINT = Restraint(Keep.DRONES, "the northern bridge")
Made = Callable[[Bench], tuple[int, bytes]]


@dataclass(frozen=True)
class Case:
    """One entry: file name, rule, what is tried, the reason (None: valid), and how it is made."""

    name: str
    rule: str
    what: str
    void: Void | None
    make: Made
    channel: Channel = Channel.AIR


CASES: list[Case] = []


def case(
    name: str, rule: str, void: Void | None, what: str, channel: Channel = Channel.AIR
) -> Callable[[Made], Made]:
    """Put a maker into the table."""

    def put(make: Made) -> Made:
        CASES.append(Case(name, rule, what, void, make, channel))
        return make

    return put


def by_alpha(bench: Bench, body: object, **slots: object) -> tuple[int, bytes]:
    """ALPHA's next entry."""
    return ALPHA, bench.sign(ALPHA, body, **slots).data  # type: ignore[arg-type]  # bodies of many kinds


def resigned(signed: SignedRecord, **changes: object) -> bytes:
    """The same record with some slots changed, signed by its author."""
    record: Record = replace(signed.record, **changes)  # type: ignore[arg-type]  # slots of many types
    return sign_record(record, signed.context, PARTIES[0].key(record.author)).data


# Before the author is known


@case("malformed", "J-1", Void.MALFORMED, "an entry that is no record")
def _(bench: Bench) -> tuple[int, bytes]:
    return ALPHA, bench.sign(ALPHA, NOTICE).data[:-1]


@case("control-backwards", "J-2", Void.CONTROL_BACKWARDS, "an older roster than the entry before")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.held.control.sizes[ALPHA] = 1
    bench.say(ALPHA, NOTICE, control=1)
    return by_alpha(bench, NOTICE, control=0)


@case("control-not-held", "J-3", Void.CONTROL_NOT_HELD, "more control entries than there are")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, NOTICE, control=1)


@case("agreement-version", "J-4", Void.AGREEMENT_VERSION, "a version of the agreement never logged")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, NOTICE, version=2)


@case("channel-given-up", "J-4", Void.AGREEMENT_VERSION, "a version without this channel")
def _(bench: Bench) -> tuple[int, bytes]:
    second = replace(
        AGREEMENT,
        version=2,
        previous=AGREEMENT.digest(),
        channels=AGREEMENT.channels[:1],
        separations=(),
    )
    bench.held.control.sizes[ALPHA] = 1
    bench.held.control.agreements[ALPHA].append((1, second))
    return by_alpha(bench, NOTICE, version=2, control=1)


@case("unknown-author", "J-5", Void.UNKNOWN_AUTHOR, "an author beyond the roster")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, NOTICE, author=9, key=PARTIES[0].key(1))


# Who signed, and when


@case("signature", "J-6", Void.SIGNATURE, "another officer's key than the author's")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, NOTICE, key=PARTIES[0].key(2))


@case("signature-bit", "J-6", Void.SIGNATURE, "one bit of the signature changed")
def _(bench: Bench) -> tuple[int, bytes]:
    data = bytearray(bench.sign(ALPHA, NOTICE).data)
    data[-40] ^= 1
    return ALPHA, bytes(data)


@case("payload-bit", "J-6", Void.SIGNATURE, "one bit of the latitude changed")
def _(bench: Bench) -> tuple[int, bytes]:
    data = bench.sign(ALPHA, NOTICE).data
    latitude = (552_083_333).to_bytes(4, "big")
    return ALPHA, data.replace(latitude, (552_083_332).to_bytes(4, "big"))


@case("another-agreement", "J-6", Void.SIGNATURE, "signed under another agreement")
def _(bench: Bench) -> tuple[int, bytes]:
    other = replace(AGREEMENT, id=seed_of("another")[:16])
    return ALPHA, _moved(bench, other, Channel.AIR, ALPHA)


@case("another-channel", "J-6", Void.SIGNATURE, "signed for another channel")
def _(bench: Bench) -> tuple[int, bytes]:
    return ALPHA, _moved(bench, AGREEMENT, Channel.COMMAND, ALPHA)


@case("another-log", "J-6", Void.SIGNATURE, "signed for the other party's log")
def _(bench: Bench) -> tuple[int, bytes]:
    return ALPHA, _moved(bench, AGREEMENT, Channel.AIR, BRAVO)


def _moved(bench: Bench, agreement: Agreement, channel: Channel, log: int) -> bytes:
    record = bench.sign(ALPHA, NOTICE).record
    context = agreement.context(channel, PartyNumber(log))
    return sign_record(record, context, PARTIES[0].key(1)).data


@case("author-expired", "J-7", Void.AUTHOR_EXPIRED, "a key that had expired when it was composed")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, NOTICE, author=EXPIRED)


@case("agreement-expired", "J-8", Void.AGREEMENT_EXPIRED, "composed as the agreement ended")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, NOTICE, composed_at=END)


@case("replay", "J-9", Void.SERIAL, "the entry before, once more")
def _(bench: Bench) -> tuple[int, bytes]:
    signed = bench.sign(ALPHA, NOTICE)
    bench.put(ALPHA, signed)
    return ALPHA, signed.data


@case("serial-backwards", "J-9", Void.SERIAL, "a serial below one used before")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, NOTICE, serial=7)
    return by_alpha(bench, NOTICE, serial=6)


# What was seen


@case("seen-no-log", "J-10", Void.SEEN_NOT_HELD, "a log that no party has")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, NOTICE, seen=(Seen(PartyNumber(2), 0, bytes(16)),))


@case("seen-own-log", "J-10", Void.SEEN_NOT_HELD, "the author's own log")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, NOTICE, seen=(Seen(PartyNumber(0), 0, bytes(16)),))


@case("seen-differs", "J-11", Void.SEEN_DIFFERS, "another digest than that of the bodies")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(BRAVO, NOTICE)
    return by_alpha(bench, NOTICE, seen=(Seen(PartyNumber(1), 1, seed_of("other")[:16]),))


@case("seen-too-much", "J-11", Void.SEEN_DIFFERS, "more entries than there are")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, NOTICE, seen=(Seen(PartyNumber(1), 1, bytes(16)),))


# Whether it may be said here


@case("unknown-kind", "J-12", Void.UNKNOWN_KIND, "a kind that this version does not know")
def _(bench: Bench) -> tuple[int, bytes]:
    signed = bench.sign(ALPHA, NOTICE)
    return ALPHA, resigned(signed, kind=200, body=UnknownBody(200, (1, "two")))


@case("kind-not-on-channel", "J-13", Void.KIND_NOT_ON_CHANNEL, "a complaint on the tactical line")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, Complaint("Article 4", -HOUR, QUIET))


@case("text-not-on-channel", "J-13", Void.KIND_NOT_ON_CHANNEL, "free text where none was agreed")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, FreeText(QUIET))


@case("roster-off-control", "J-13", Void.KIND_NOT_ON_CHANNEL, "a roster on the air channel")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, RosterUpdate(b"roster"), author=NODE_AUTHOR, to=())


@case("displayed-by-officer", "J-14", Void.NOT_FOR_OFFICERS, "displayed, signed by an officer")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(BRAVO, NOTICE)
    return by_alpha(bench, Displayed(), author=1, about=(BRAVO, 0))


@case("lapsed-by-officer", "J-14", Void.NOT_FOR_OFFICERS, "a lapse, signed by an officer")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, a_query())
    return by_alpha(bench, Lapsed(), author=1, about=(ALPHA, 0), composed_at=NOW + HOUR)


@case("notice-by-node", "J-14", Void.NOT_FOR_THE_NODE, "a notice, signed by the node's key")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, NOTICE, author=NODE_AUTHOR)


@case("release-by-node", "J-14", Void.NOT_FOR_THE_NODE, "a release, signed by the node's key")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, Release(bytes(32)), author=NODE_AUTHOR)


@case("office-not-on-channel", "J-15", Void.OFFICE_NOT_ON_CHANNEL, "an office of another channel")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, NOTICE, to=(OfficeNumber(3),))


@case("office-unknown", "J-15", Void.OFFICE_NOT_ON_CHANNEL, "an office that does not exist")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, NOTICE, to=(OfficeNumber(2), OfficeNumber(200)))


@case("office-own", "J-15", Void.OFFICE_NOT_ON_CHANNEL, "the author's own side's office")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, NOTICE, to=(OfficeNumber(0),))


@case("question-without-time", "J-16", Void.ANSWER_BY, "a query without a time to answer by")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, a_query(), answer_by=None)


@case("notice-with-answer-by", "J-16", Void.ANSWER_BY, "a notice that wants an answer")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, NOTICE, answer_by=MINUTE)


@case("author-not-on-channel", "J-17", Void.AUTHOR_NOT_ON_CHANNEL, "an office of another channel")
def _(bench: Bench) -> tuple[int, bytes]:
    return BRAVO, bench.sign(BRAVO, NOTICE, author=2).data


@case(
    "release-from-elsewhere", "J-17", Void.AUTHOR_NOT_ON_CHANNEL, "a release from another channel"
)
def _(bench: Bench) -> tuple[int, bytes]:
    signed = bench.sign(BRAVO, RESTRAINT)
    return BRAVO, bench.sign(BRAVO, Release(signed.id), author=2, to=()).data


@case("released-from-elsewhere", "J-26", Void.RELEASE_MISSING, "released from another channel")
def _(bench: Bench) -> tuple[int, bytes]:
    signed = bench.sign(BRAVO, RESTRAINT)
    bench.put(BRAVO, bench.sign(BRAVO, Release(signed.id), author=2, to=()))
    return BRAVO, signed.data


# What it refers to


@case("reference-absent", "J-18", Void.REFERENCE_MISSING, "an amendment of nothing")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, Amend(NOTICE))


@case("reference-to-itself", "J-18", Void.REFERENCE_MISSING, "an entry at or after itself")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, Cancel(), refers_to=Reference(PartyNumber(0), 0, bytes(8)))


@case("reference-unseen", "J-18", Void.REFERENCE_MISSING, "an entry that `seen` does not cover")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(BRAVO, NOTICE)
    return by_alpha(bench, READ_BACK, about=(BRAVO, 0), seen=(Seen(PartyNumber(1), 0, bytes(16)),))


@case("reference-malformed", "J-18", Void.REFERENCE_MISSING, "an entry that is no record")
def _(bench: Bench) -> tuple[int, bytes]:
    good = bench.sign(BRAVO, NOTICE)
    bench.put(BRAVO, replace(good, data=good.data[:-1]))
    return by_alpha(bench, Read(), refers_to=Reference(PartyNumber(1), 0, bytes(8)))


@case("reference-differs", "J-19", Void.REFERENCE_DIFFERS, "another id than the entry's there")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(BRAVO, NOTICE)
    return by_alpha(bench, READ_BACK, refers_to=Reference(PartyNumber(1), 0, bytes(8)))


@case("reference-void", "J-20", Void.REFERENCE_VOID, "an acknowledgement of a void notice")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.put(BRAVO, bench.sign(BRAVO, NOTICE, answer_by=MINUTE))
    return by_alpha(bench, READ_BACK, about=(BRAVO, 0))


@case("answer-to-notice", "J-21", Void.REFERENCE_KIND, "an answer to a notice")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(BRAVO, NOTICE)
    return by_alpha(bench, Answer(Reply.NOT_OURS), about=(BRAVO, 0))


@case("answer-to-oneself", "J-21", Void.REFERENCE_KIND, "an answer to one's own query")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, a_query())
    return by_alpha(bench, Answer(Reply.OURS), about=(ALPHA, 0))


@case("read-own", "J-21", Void.REFERENCE_KIND, "one's own notice, read by oneself")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, NOTICE)
    return by_alpha(bench, Read(), about=(ALPHA, 0))


@case("reply-to-query", "J-21", Void.REFERENCE_KIND, "a line check's reply to a query")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(BRAVO, a_query())
    return by_alpha(bench, LineCheckReply(QUIET), about=(BRAVO, 0))


@case("lapse-of-notice", "J-21", Void.REFERENCE_KIND, "a lapse of a notice")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, NOTICE)
    return by_alpha(bench, Lapsed(), about=(ALPHA, 0))


@case("release-acknowledged", "J-21", Void.REFERENCE_KIND, "an acknowledgement of a release")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(BRAVO, Release(bytes(32)))
    return by_alpha(bench, READ_BACK, about=(BRAVO, 0))


@case("amend-theirs", "J-22", Void.NOT_ORIGINATOR, "an amendment of the other side's notice")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(BRAVO, NOTICE)
    return by_alpha(bench, Amend(NOTICE), about=(BRAVO, 0))


@case("cancel-theirs", "J-22", Void.NOT_ORIGINATOR, "a cancellation of the other side's notice")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(BRAVO, NOTICE)
    return by_alpha(bench, Cancel(), about=(BRAVO, 0))


@case("lapse-of-theirs", "J-22", Void.NOT_ORIGINATOR, "a lapse of the other side's query")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(BRAVO, a_query())
    return by_alpha(bench, Lapsed(), about=(BRAVO, 0), composed_at=NOW + HOUR)


# Lapses


@case("lapsed-answered", "J-23", Void.LAPSED_ANSWERED, "a lapse whose author had seen the answer")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, a_query())
    bench.say(BRAVO, Answer(Reply.OURS), about=(ALPHA, 0))
    return by_alpha(bench, Lapsed(), about=(ALPHA, 0), composed_at=NOW + HOUR)


@case("lapsed-line-check", "J-23", Void.LAPSED_ANSWERED, "a lapse of an answered line check")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, LineCheck(QUIET))
    bench.say(BRAVO, LineCheckReply(QUIET), about=(ALPHA, 0))
    return by_alpha(bench, Lapsed(), about=(ALPHA, 0), composed_at=NOW + HOUR)


@case("lapsed-early", "J-24", Void.LAPSED_EARLY, "a lapse 1 ms before the answer was due")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, a_query(), composed_at=NOW)
    return by_alpha(bench, Lapsed(), about=(ALPHA, 0), composed_at=NOW + 10 * MINUTE - 1)


@case("lapsed-before-word", "J-24", Void.LAPSED_EARLY, "a lapse before the next word promised")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, a_query(), composed_at=NOW)
    checking = Answer(Reply.CHECKING, 20 * MINUTE)
    bench.say(BRAVO, checking, about=(ALPHA, 0), composed_at=NOW + MINUTE)
    return by_alpha(bench, Lapsed(), about=(ALPHA, 0), composed_at=NOW + 21 * MINUTE - 1)


# The control log


@case("roster-skips", "J-25", Void.CONTROL_BODY, "a roster two versions on", Channel.CONTROL)
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, RosterUpdate(_roster(3)), to=())


@case("roster-of-other", "J-25", Void.CONTROL_BODY, "the other party's roster", Channel.CONTROL)
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, RosterUpdate(PARTIES[1].next_roster().encoded()), to=())


@case("roster-repeated", "J-25", Void.CONTROL_BODY, "the same roster again", Channel.CONTROL)
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, RosterUpdate(_roster(2)), to=())
    return by_alpha(bench, RosterUpdate(_roster(2)), to=())


@case("roster-unsigned", "J-25", Void.CONTROL_BODY, "a roster without signatures", Channel.CONTROL)
def _(bench: Bench) -> tuple[int, bytes]:
    roster = replace(PARTIES[0].roster.roster, version=2)
    return by_alpha(bench, RosterUpdate(encode((roster.payload(), ()))), to=())


@case("roster-garbage", "J-25", Void.CONTROL_BODY, "no roster at all", Channel.CONTROL)
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, RosterUpdate(b"roster"), to=())


@case(
    "agreement-one-signature",
    "J-25",
    Void.CONTROL_BODY,
    "a version that one party signed",
    Channel.CONTROL,
)
def _(bench: Bench) -> tuple[int, bytes]:
    whole = signed_by(_second(), PARTIES)
    half = SignedAgreement(whole.agreement, whole.signatures[:1])
    return by_alpha(bench, AgreementVersion(half.encoded()), to=())


@case(
    "agreement-unrelated",
    "J-25",
    Void.CONTROL_BODY,
    "a version of another agreement",
    Channel.CONTROL,
)
def _(bench: Bench) -> tuple[int, bytes]:
    other = signed_by(replace(_second(), id=seed_of("another")[:16]), PARTIES)
    return by_alpha(bench, AgreementVersion(other.encoded()), to=())


def _roster(version: int) -> bytes:
    roster = replace(PARTIES[0].roster.roster, version=version)
    return sign_roster(roster, PARTIES[0].roots[:1]).encoded()


def _second() -> Agreement:
    return replace(AGREEMENT, version=2, previous=AGREEMENT.digest(), title="Second")


# Two persons


@case("release-none", "J-26", Void.RELEASE_MISSING, "a request for restraint by one officer")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, RESTRAINT)


@case("release-by-author", "J-26", Void.RELEASE_MISSING, "released by its own author")
def _(bench: Bench) -> tuple[int, bytes]:
    signed = bench.sign(ALPHA, RESTRAINT, serial=1)
    bench.say(ALPHA, Release(signed.id), author=1, serial=0, to=())
    return ALPHA, signed.data


@case("release-of-another", "J-26", Void.RELEASE_MISSING, "a release of another record")
def _(bench: Bench) -> tuple[int, bytes]:
    signed = bench.sign(ALPHA, RESTRAINT)
    bench.say(ALPHA, Release(signed.id), author=2, to=())
    return ALPHA, resigned(signed, composed_at=Millis(signed.record.composed_at + 1))


@case("release-not-just-before", "J-26", Void.RELEASE_MISSING, "an entry between the two")
def _(bench: Bench) -> tuple[int, bytes]:
    signed = bench.sign(ALPHA, RESTRAINT, serial=1)
    bench.say(ALPHA, Release(signed.id), author=2, to=())
    bench.say(ALPHA, NOTICE, serial=0)
    return ALPHA, signed.data


@case("release-by-other-side", "J-26", Void.RELEASE_MISSING, "a release in the other party's log")
def _(bench: Bench) -> tuple[int, bytes]:
    signed = bench.sign(ALPHA, RESTRAINT)
    bench.say(BRAVO, Release(signed.id), author=1, to=())
    return ALPHA, signed.data


@case("release-void", "J-26", Void.RELEASE_MISSING, "a release that is void itself")
def _(bench: Bench) -> tuple[int, bytes]:
    signed = bench.sign(ALPHA, RESTRAINT)
    bench.put(ALPHA, bench.sign(ALPHA, Release(signed.id), author=2, answer_by=MINUTE))
    return ALPHA, signed.data


# What is valid


@case("released", "J-26", None, "a request for restraint just after its release")
def _(bench: Bench) -> tuple[int, bytes]:
    signed = bench.sign(ALPHA, RESTRAINT)
    bench.say(ALPHA, Release(signed.id), author=2, to=())
    return ALPHA, signed.data


@case("lapsed", "J-24", None, "a lapse at the very time when the answer was due")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, a_query(), composed_at=NOW)
    return by_alpha(bench, Lapsed(), about=(ALPHA, 0), composed_at=NOW + 10 * MINUTE)


@case("lapsed-unseen-answer", "J-23", None, "a lapse whose author had not seen the answer")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, a_query(), composed_at=NOW)
    bench.say(BRAVO, Answer(Reply.OURS), about=(ALPHA, 0))
    before = (Seen(PartyNumber(1), 0, bytes(16)),)
    return by_alpha(bench, Lapsed(), about=(ALPHA, 0), composed_at=NOW + HOUR, seen=before)


@case("lapsed-after-checking", "J-24", None, "a lapse once the next word promised is overdue")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, a_query(), composed_at=NOW)
    checking = Answer(Reply.CHECKING, 20 * MINUTE)
    bench.say(BRAVO, checking, about=(ALPHA, 0), composed_at=NOW + MINUTE)
    return by_alpha(bench, Lapsed(), about=(ALPHA, 0), composed_at=NOW + 21 * MINUTE)


@case("serial-gap", "J-9", None, "a serial that leaves some out")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, NOTICE, serial=3)
    return by_alpha(bench, NOTICE, serial=9)


@case("clock-hours-wrong", "J-7", None, "a time five hours before the entry in front of it")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, NOTICE, composed_at=NOW + 5 * HOUR)
    return by_alpha(bench, NOTICE, composed_at=NOW)


@case("serial-of-another-key", "J-9", None, "a serial that another key has used")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, NOTICE, serial=3)
    return by_alpha(bench, NOTICE, serial=3, author=2)


@case("after-forgery", "J-27", None, "a serial that only a forged entry had used")
def _(bench: Bench) -> tuple[int, bytes]:
    forged = bench.sign(ALPHA, NOTICE, serial=9, key=PARTIES[1].key(1))
    bench.put(ALPHA, forged)
    return by_alpha(bench, NOTICE, serial=9)


@case("void-displayed", "J-20", None, "a void entry, displayed all the same")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.put(BRAVO, bench.sign(BRAVO, NOTICE, answer_by=MINUTE))
    return by_alpha(bench, Displayed(), about=(BRAVO, 0))


@case("unknown-not-understood", "J-20", None, "a record of an unknown kind, not understood")
def _(bench: Bench) -> tuple[int, bytes]:
    signed = bench.sign(BRAVO, NOTICE)
    record = replace(signed.record, kind=200, body=UnknownBody(200, ()))
    bench.put(BRAVO, sign_record(record, signed.context, PARTIES[1].key(1)))
    return by_alpha(bench, NotUnderstood("all of it"), about=(BRAVO, 0))


@case("rank-by-seen", "J-29", None, "an answer whose rank comes from what it had seen")
def _(bench: Bench) -> tuple[int, bytes]:
    for _ in range(3):
        bench.say(BRAVO, NOTICE)
    bench.say(BRAVO, a_query())
    return by_alpha(bench, Answer(Reply.NOT_KNOWN), about=(BRAVO, 3))


@case(
    "root-of-dialogue", "J-28", None, "a read receipt of an amendment: its dialogue's first entry"
)
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(BRAVO, NOTICE)
    bench.say(BRAVO, Amend(NOTICE), about=(BRAVO, 0))
    return by_alpha(bench, Passed("chief of staff"), about=(BRAVO, 1))


@case("objection", "J-21", None, "an objection to the other side's notice")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(BRAVO, NOTICE)
    return by_alpha(bench, ObjectTo(ObjectReason.UNCLEAR), about=(BRAVO, 0))


@case("query-about-notice", "J-28", None, "a query that refers to a notice begins its own dialogue")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(BRAVO, NOTICE)
    return by_alpha(bench, Query("A7", NOTICE.area.centre, 0), about=(BRAVO, 0))  # type: ignore[union-attr]  # a circle


@case("roster", "J-25", None, "the next roster", Channel.CONTROL)
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, RosterUpdate(_roster(2)), to=())


@case("agreement", "J-25", None, "the next version, signed by both", Channel.CONTROL)
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, AgreementVersion(signed_by(_second(), PARTIES).encoded()), to=())


@case("node-on-any-channel", "J-17", None, "displayed, by the node, which speaks on every channel")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(BRAVO, NOTICE)
    return by_alpha(bench, Displayed(), about=(BRAVO, 0))


@case("line-state", "J-13", None, "the air line declared suspended", Channel.CONTROL)
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, LineState(Channel.AIR, Declared.SUSPENDED, "cable works"))


# Calls, incidents, contacts, sites and movements: what may refer to what

ACCEPTED = CallAnswer(CallReply.ACCEPTED, (Span(HOUR, HOUR),))
OTHER_TIME = CallAnswer(CallReply.OTHER_TIME, (Span(5 * HOUR, HOUR),))
AWAITING = CallAnswer(CallReply.AWAITING_AUTHORITY, next_word_by=20 * MINUTE)
DECLINED = CallAnswer(CallReply.DECLINED, reason="in the field until Monday")
BEGUN = CallState(CallStep.BEGUN, 0)
FINDING = Finding(FindingSort.FACT, QUIET)
AGREED = FindingAnswer(FindingReply.AGREED)
ASSESSING = Assessment(Stance.ASSESSING, HOUR)
CONTACT = Contact("a", "b", Way.VOICE, Outcome.UNANSWERED, -HOUR, Precision.MINUTE)
CONFIRMED = ContactAnswer(ContactReply.CONFIRMED)
HOLDING = MovementState(MovementStep.HOLDING, 0)
LOADED = Distributed("4 Battery", DistributedState.LOADED, 0)
Said = tuple[int, Body, int | None]
"""Who says what about which entry before it, by its place in the list; None: about nothing."""


def row(name: str, rule: str, void: Void | None, what: str, *said: Said) -> None:
    """A case of what one said about another's, or one's own: the last is the one judged."""

    def make(bench: Bench) -> tuple[int, bytes]:
        places: list[tuple[int, int]] = []
        for side, body, about in said[:-1]:
            places.append(bench.say(side, body, about=None if about is None else places[about]))
        side, body, about = said[-1]
        signed = bench.sign(side, body, about=None if about is None else places[about])
        return side, signed.data

    CASES.append(Case(name, rule, what, void, make))


A, B = ALPHA, BRAVO
KIND, OWNER = Void.REFERENCE_KIND, Void.NOT_ORIGINATOR
MISSING, DUE = Void.REFERENCE_MISSING, Void.ANSWER_BY
row("call", "J-16", None, "a call asked for", (A, CALL, None))
row("call-answered", "J-21", None, "a call accepted", (B, CALL, None), (A, ACCEPTED, 0))
row(
    "call-other-time-accepted",
    "J-21",
    None,
    "another time, accepted by who asked",
    (A, CALL, None),
    (B, OTHER_TIME, 0),
    (A, ACCEPTED, 1),
)
row("call-answer-none", "J-18", MISSING, "an answer to no call", (A, ACCEPTED, None))
row(
    "call-answer-own",
    "J-21",
    KIND,
    "an answer to one's own call",
    (A, CALL, None),
    (A, ACCEPTED, 0),
)
row(
    "call-answer-own-answer",
    "J-21",
    KIND,
    "an answer to one's own answer",
    (B, CALL, None),
    (A, OTHER_TIME, 0),
    (A, ACCEPTED, 1),
)
row(
    "call-answer-to-query",
    "J-21",
    KIND,
    "a call's answer to a query",
    (B, a_query(), None),
    (A, ACCEPTED, 0),
)
row(
    "answer-to-call",
    "J-21",
    KIND,
    "a query's answer to a call",
    (B, CALL, None),
    (A, Answer(Reply.NOT_KNOWN), 0),
)
row("call-cancelled", "J-22", None, "one's own call, cancelled", (A, CALL, None), (A, Cancel(), 0))
row("cancel-their-call", "J-22", OWNER, "a call of theirs", (B, CALL, None), (A, Cancel(), 0))
row("call-begun-asking", "J-21", None, "begun, says who asked", (A, CALL, None), (A, BEGUN, 0))
row("call-begun-asked", "J-21", None, "begun, says who was asked", (B, CALL, None), (A, BEGUN, 0))
row("call-state-none", "J-18", MISSING, "a call's state, of no call", (A, BEGUN, None))
row(
    "call-state-of-answer",
    "J-21",
    KIND,
    "a call's state, of an answer to it",
    (A, CALL, None),
    (B, ACCEPTED, 0),
    (A, BEGUN, 1),
)
row("readout", "J-21", None, "a readout of a call", (B, CALL, None), (A, Readout(QUIET), 0))
row("readout-none", "J-18", MISSING, "a readout of no call", (A, Readout(QUIET), None))
row(
    "readout-of-incident",
    "J-21",
    KIND,
    "a readout of an incident",
    (B, INCIDENT, None),
    (A, Readout(QUIET), 0),
)
row("follow-up", "J-21", None, "a follow-up of a call", (A, CALL, None), (A, FollowUp(QUIET), 0))
row(
    "follow-up-of-readout",
    "J-21",
    KIND,
    "a follow-up of a readout",
    (A, CALL, None),
    (B, Readout(QUIET), 0),
    (A, FollowUp(QUIET), 1),
)
row("incident", "J-16", None, "an incident, reported", (A, INCIDENT, None))
row(
    "incident-after-query",
    "J-28",
    None,
    "an incident that refers to a query begins its own dialogue",
    (B, a_query(), None),
    (A, INCIDENT, 0),
)
row(
    "assessment-of-theirs",
    "J-21",
    None,
    "word on their incident",
    (B, INCIDENT, None),
    (A, ASSESSING, 0),
)
row(
    "assessment-of-own",
    "J-21",
    None,
    "word on one's own incident",
    (A, INCIDENT, None),
    (A, ASSESSING, 0),
)
row("assessment-none", "J-18", MISSING, "word on no incident", (A, ASSESSING, None))
row("assessment-of-call", "J-21", KIND, "word on a call", (A, CALL, None), (A, ASSESSING, 0))
row(
    "account",
    "J-21",
    None,
    "an account of their incident",
    (B, INCIDENT, None),
    (A, Account(-HOUR, "at sea", QUIET), 0),
)
row(
    "account-of-account",
    "J-21",
    KIND,
    "an account of an account",
    (B, INCIDENT, None),
    (B, Account(-HOUR, "at sea", QUIET), 0),
    (A, Account(-HOUR, "at sea", QUIET), 1),
)
row(
    "finding-agreed",
    "J-21",
    None,
    "a finding of theirs, agreed",
    (A, INCIDENT, None),
    (B, FINDING, 0),
    (A, AGREED, 1),
)
row(
    "finding-answered-by-author",
    "J-21",
    KIND,
    "a finding, agreed by who put it",
    (B, INCIDENT, None),
    (A, FINDING, 0),
    (A, AGREED, 1),
)
row(
    "finding-answer-to-incident",
    "J-21",
    KIND,
    "agreed, of an incident",
    (B, INCIDENT, None),
    (A, AGREED, 0),
)
row("finding-none", "J-18", MISSING, "a finding on no incident", (A, FINDING, None))
row(
    "closed",
    "J-21",
    None,
    "an incident closed by both",
    (A, INCIDENT, None),
    (B, Close(), 0),
    (A, Close(), 0),
)
row("close-of-call", "J-21", KIND, "a call closed", (B, CALL, None), (A, Close(), 0))
row("contact-confirmed", "J-21", None, "a contact", (B, CONTACT, None), (A, CONFIRMED, 0))
row("contact-own", "J-21", KIND, "one's own contact", (A, CONTACT, None), (A, CONFIRMED, 0))
row("contact-answer-none", "J-18", MISSING, "confirmed, no contact", (A, CONFIRMED, None))
row("site", "J-18", None, "a site that takes no other's place", (A, SITE, None))
row(
    "site-replaced",
    "J-22",
    None,
    "a site in place of one's own: the same dialogue",
    (A, SITE, None),
    (A, SITE, 0),
)
row("site-of-theirs", "J-22", OWNER, "a site in place of theirs", (B, SITE, None), (A, SITE, 0))
row(
    "site-for-movement",
    "J-21",
    KIND,
    "a site in place of a movement",
    (A, MOVEMENT, None),
    (A, SITE, 0),
)
row("site-cancelled", "J-22", None, "one's own site", (A, SITE, None), (A, Cancel(), 0))
row(
    "movement-replaced",
    "J-22",
    None,
    "a movement in place of one's own",
    (A, MOVEMENT, None),
    (A, MOVEMENT, 0),
)
row(
    "movement-of-theirs",
    "J-22",
    OWNER,
    "a movement in place of theirs",
    (B, MOVEMENT, None),
    (A, MOVEMENT, 0),
)
row(
    "movement-for-notice",
    "J-21",
    KIND,
    "a movement in place of a notice",
    (A, NOTICE, None),
    (A, MOVEMENT, 0),
)
row(
    "movement-state-theirs",
    "J-21",
    None,
    "how a movement of theirs fares",
    (B, MOVEMENT, None),
    (A, HOLDING, 0),
)
row(
    "movement-state-own",
    "J-21",
    None,
    "how one's own movement fares",
    (A, MOVEMENT, None),
    (A, HOLDING, 0),
)
row(
    "movement-state-of-site",
    "J-21",
    KIND,
    "how a site fares",
    (A, SITE, None),
    (A, HOLDING, 0),
)
row("movement-state-none", "J-18", MISSING, "how no movement fares", (A, HOLDING, None))
row("distributed", "J-21", None, "their notice, loaded", (B, NOTICE, None), (A, LOADED, 0))
row(
    "distributed-answer",
    "J-21",
    None,
    "their answer, loaded",
    (A, a_query(), None),
    (B, Answer(Reply.OURS), 0),
    (A, LOADED, 1),
)
row("distributed-own", "J-21", KIND, "one's own notice", (A, NOTICE, None), (A, LOADED, 0))
row("distributed-query", "J-21", KIND, "a query, loaded", (B, a_query(), None), (A, LOADED, 0))
row(
    "stop-answered",
    "J-21",
    None,
    "an answer to: stop",
    (B, STOP, None),
    (A, Answer(Reply.WILL_DO), 0),
)
row(
    "stop-about-movement",
    "J-28",
    None,
    "stop, about a movement, begins its own dialogue",
    (A, MOVEMENT, None),
    (A, STOP, 0),
)


@case("call-without-time", "J-16", DUE, "a call without a time to answer by")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, CALL, answer_by=None)


@case("stop-without-time", "J-16", DUE, "stop, without a time to answer by")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, STOP, answer_by=None)


@case("incident-with-answer-by", "J-16", DUE, "an incident that wants an answer")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, INCIDENT, answer_by=MINUTE)


@case("call-by-node", "J-14", Void.NOT_FOR_THE_NODE, "a call, signed by the node's key")
def _(bench: Bench) -> tuple[int, bytes]:
    return by_alpha(bench, CALL, author=NODE_AUTHOR)


def lapse(bench: Bench, after: int, *answers: CallAnswer) -> tuple[int, bytes]:
    """A call of ALPHA's, BRAVO's answers a minute later, and ALPHA's lapse so many ms after it."""
    bench.say(ALPHA, CALL, composed_at=NOW)
    for answer in answers:
        bench.say(BRAVO, answer, about=(ALPHA, 0), composed_at=NOW + MINUTE)
    return by_alpha(bench, Lapsed(), about=(ALPHA, 0), composed_at=NOW + after)


@case("call-lapsed", "J-24", None, "a lapse of a call when the answer was due")
def _(bench: Bench) -> tuple[int, bytes]:
    return lapse(bench, 10 * MINUTE)


@case("call-lapsed-early", "J-24", Void.LAPSED_EARLY, "a lapse of a call 1 ms before it was due")
def _(bench: Bench) -> tuple[int, bytes]:
    return lapse(bench, 10 * MINUTE - 1)


@case("call-lapsed-awaiting", "J-24", None, "a lapse once the authority awaited is overdue")
def _(bench: Bench) -> tuple[int, bytes]:
    return lapse(bench, 21 * MINUTE, AWAITING)


@case(
    "call-lapsed-before-word",
    "J-24",
    Void.LAPSED_EARLY,
    "a lapse while authority is awaited, 1 ms before the next word promised",
)
def _(bench: Bench) -> tuple[int, bytes]:
    return lapse(bench, 21 * MINUTE - 1, AWAITING)


@case("call-lapsed-declined", "J-23", Void.LAPSED_ANSWERED, "a lapse of a call that was declined")
def _(bench: Bench) -> tuple[int, bytes]:
    return lapse(bench, HOUR, DECLINED)


@case(
    "call-lapsed-other-time",
    "J-23",
    Void.LAPSED_ANSWERED,
    "a lapse of a call after authority was awaited and another time proposed",
)
def _(bench: Bench) -> tuple[int, bytes]:
    return lapse(bench, HOUR, AWAITING, OTHER_TIME)


WITHDRAWN = Void.LAPSED_WITHDRAWN


@case("call-lapsed-withdrawn", "J-31", WITHDRAWN, "a lapse of a call that its author had cancelled")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, CALL, composed_at=NOW)
    bench.say(ALPHA, Cancel(), about=(ALPHA, 0))
    return by_alpha(bench, Lapsed(), about=(ALPHA, 0), composed_at=NOW + HOUR)


@case(
    "call-lapsed-withdrawn-awaiting",
    "J-31",
    WITHDRAWN,
    "a lapse of a call that was cancelled while authority was awaited",
)
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, CALL, composed_at=NOW)
    bench.say(BRAVO, AWAITING, about=(ALPHA, 0), composed_at=NOW + MINUTE)
    bench.say(ALPHA, NOTICE)
    bench.say(ALPHA, Cancel(), about=(ALPHA, 0))
    bench.say(ALPHA, NOTICE)
    return by_alpha(bench, Lapsed(), about=(ALPHA, 0), composed_at=NOW + HOUR)


@case("call-lapsed-other-withdrawn", "J-31", None, "a lapse of a call, another one cancelled")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, CALL, composed_at=NOW)
    bench.say(ALPHA, CALL, composed_at=NOW)
    bench.say(ALPHA, Cancel(), about=(ALPHA, 1))
    return by_alpha(bench, Lapsed(), about=(ALPHA, 0), composed_at=NOW + HOUR)


@case("call-lapsed-cancel-void", "J-31", None, "a lapse of a call whose cancellation is void")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, CALL, composed_at=NOW)
    bench.put(ALPHA, bench.sign(ALPHA, Cancel(), about=(ALPHA, 0), author=NODE_AUTHOR))
    return by_alpha(bench, Lapsed(), about=(ALPHA, 0), composed_at=NOW + HOUR)


@case("call-lapsed-cancel-theirs", "J-31", None, "a lapse of a call that the other side cancelled")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, CALL, composed_at=NOW)
    bench.put(BRAVO, bench.sign(BRAVO, Cancel(), about=(ALPHA, 0)))
    return by_alpha(bench, Lapsed(), about=(ALPHA, 0), composed_at=NOW + HOUR)


@case("call-lapse-of-theirs", "J-22", OWNER, "a lapse of the other side's call")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(BRAVO, CALL)
    return by_alpha(bench, Lapsed(), about=(BRAVO, 0), composed_at=NOW + HOUR)


@case("stop-lapsed", "J-24", None, "a lapse of: stop")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, STOP, composed_at=NOW)
    return by_alpha(bench, Lapsed(), about=(ALPHA, 0), composed_at=NOW + 10 * MINUTE)


@case("lapse-of-incident", "J-21", KIND, "a lapse of an incident")
def _(bench: Bench) -> tuple[int, bytes]:
    bench.say(ALPHA, INCIDENT)
    return by_alpha(bench, Lapsed(), about=(ALPHA, 0), composed_at=NOW + HOUR)


# Files


def facts(bench: Bench) -> Vector:
    """What is logged so far: agreement versions and rosters by control size, and all entries."""
    held, control = bench.held, bench.held.control
    on_control = bench.channel == Channel.CONTROL  # there the entries themselves say what follows
    indices = [0, 0]
    entries = []
    for party in held.arrivals:
        data, judged = held.entries[party][indices[party]]
        indices[party] += 1
        entries.append({"party": party, "data": data.hex(), "void": judged.void})
    first = slice(0, 1) if on_control else slice(None)
    return {
        "agreements": _agreements(bench, [versions[first] for versions in control.agreements]),
        "rosters": [
            [_roster_file(since, roster, on_control) for since, roster in versions[first]]
            for versions in control.rosters
        ],
        "control": [0, 0] if on_control else control.sizes,
        "entries": entries,
    }


def _agreements(bench: Bench, known: list[list[tuple[int, Agreement]]]) -> list[Vector]:
    """Each version once; since: from which control size on each party knows it."""
    made = {agreement.digest(): agreement for side in known for _, agreement in side}
    return [
        {
            "since": [
                next((since for since, each in side if each == agreement), None) for side in known
            ],
            "terms": _terms(agreement, bench.channel),
            "payload": agreement.payload().hex(),
        }
        for agreement in made.values()
    ]


def _terms(agreement: Agreement, channel: Channel) -> Vector:
    """What judging asks of an agreement, for a reader that does not parse its payload."""
    terms = agreement.terms(channel)
    return {
        "version": agreement.version,
        "valid_from": agreement.valid_from,
        "valid_until": agreement.valid_until,
        "office_parties": [office.party for office in agreement.offices],
        "channel": terms
        and {
            "kinds": list(terms.kinds),
            "two_officers": list(terms.two_officers),
            "offices": list(terms.offices),
            "external_aad": [
                agreement.context(channel, PartyNumber(party)).external_aad().hex()
                for party in (0, 1)
            ],
        },
    }


def _roster_file(since: int, roster: Roster, whole: bool) -> Vector:
    keys = [
        {
            "key": entry.key.hex(),
            "office": entry.office,
            "valid_from": entry.valid_from,
            "valid_until": entry.valid_until,
        }
        for entry in roster.entries
    ]
    payload = {"payload": roster.payload().hex()} if whole else {}
    return {"since": since, "keys": keys, **payload}


def file_of(tried: Case) -> Vector:
    """The file of one case."""
    bench = Bench(tried.channel)
    party, data = tried.make(bench)
    logged = facts(bench)
    judged = bench.held.judge(party, data)
    assert judged.void == tried.void, (tried.name, judged.void)
    return {
        "what": tried.what,
        "rules": [tried.rule],
        "level": "judge",
        "channel": int(tried.channel),
        "facts": logged,
        "party": party,
        "input": data.hex(),
        "expect": {
            "id": judged.id.hex(),
            "reason": judged.void,
            "rank": judged.rank,
            "root": list(judged.root),
        },
    }


def rejected() -> Named:
    """Files of vectors/reject that begin with judge."""
    for tried in CASES:
        if tried.void is not None:
            yield tried.name, file_of(tried)


def accepted() -> Named:
    """Files of vectors/accept that begin with judge."""
    for tried in CASES:
        if tried.void is None:
            yield tried.name, file_of(tried)
