"""Records that MUST be taken: the typical notice, and one of every kind."""

from __future__ import annotations

from dataclasses import replace

from firebreak.records.agreement import Channel
from firebreak.records.calls import (
    Call,
    CallAnswer,
    CallReply,
    CallState,
    CallStep,
    FollowUp,
    Means,
    Readout,
    Urgency,
    WhoCalled,
)
from firebreak.records.contacts import (
    Contact,
    ContactAnswer,
    ContactReply,
    Outcome,
    Precision,
    Way,
)
from firebreak.records.incidents import (
    MOST_ATTACHMENT,
    Account,
    Assessment,
    Attachment,
    Close,
    Finding,
    FindingAnswer,
    FindingReply,
    FindingSort,
    Incident,
    IncidentSort,
    Stance,
)
from firebreak.records.kinds import (
    KIND_OF,
    NEEDS_ANSWER,
    NODE_KINDS,
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
    Doubt,
    FreeText,
    Hazard,
    HazardWarning,
    Keep,
    Lapsed,
    LineCheck,
    LineCheckReply,
    LineState,
    NotUnderstood,
    ObjectReason,
    ObjectTo,
    Passed,
    Purpose,
    Query,
    Read,
    Release,
    Reply,
    Restraint,
    RosterUpdate,
    SayAgain,
    Statement,
    Topic,
    UnknownBody,
)
from firebreak.records.readback import critical_fields
from firebreak.records.record import Record, Reference, Seen, SignedRecord, sign_record
from firebreak.records.sites import (
    Distributed,
    DistributedState,
    Movement,
    MovementState,
    MovementStep,
    Site,
    SiteSort,
    Stop,
)
from firebreak.records.slots import Span, Translation, Translator, Words
from firebreak.values import (
    LATEST,
    Height,
    HeightReference,
    HeightUnit,
    Millis,
    OfficeNumber,
    PartyNumber,
    Position,
    Precedence,
)
from firebreak.volumes import Circle, Corridor, Heights, Polygon
from tests.vectors.line import AGREEMENT, NOTICE, PARTIES, Bench
from tests.vectors.shape import Named, Vector, context_of, decoded
from tests.worlds import HOUR, MINUTE, NOW, seed_of

UKRAINIAN = Words("uk", "Плановий політ", Translation("en", "Scheduled flight", Translator.PERSON))
ENGLISH = Words("en", "Fog over the coast since 0400Z.")
RING = (
    Position(552_083_333, 197_534_722),
    Position(553_000_000, 197_534_722),
    Position(553_000_000, 199_000_000),
)
HOLE = (
    Position(552_700_000, 197_700_000),
    Position(552_900_000, 197_700_000),
    Position(552_900_000, 198_000_000),
)
FEET = Height(9_500, HeightUnit.FEET, HeightReference.MEAN_SEA_LEVEL)
GROUND = Height(300, HeightUnit.METRES, HeightReference.GROUND)
ACROSS = (Position(-170_000_000, 1_799_999_999), Position(-170_000_000, -1_800_000_000))


def typical() -> SignedRecord:
    """The example of spec/record.md: a notice filed when one entry of the other side had been seen."""
    bench = Bench()
    bench.say(1, NOTICE)
    return bench.sign(0, NOTICE)


def bodies() -> dict[str, Body | UnknownBody]:
    """One body of every kind, and further ones whose slots matter."""
    full = replace(
        NOTICE,
        purpose=Purpose.MEDICAL_EVACUATION,
        area=Polygon(RING, (HOLE,)),
        heights=Heights(GROUND, None),
        unit="7 Squadron",
        late_reason="emergency",
        words=UKRAINIAN,
    )
    across = replace(
        NOTICE, area=Corridor(ACROSS, 5_000), heights=Heights(None, FEET), window=Span(-HOUR, 1)
    )
    read_back = tuple(value for _, value in critical_fields(typical().record))
    return {
        "notice": full,
        "notice-corridor": across,
        "amend": Amend(replace(NOTICE, window=Span(3 * HOUR, HOUR)), "one hour later"),
        "cancel": Cancel("weather"),
        "acknowledge": Acknowledge(read_back),
        "not-understood": NotUnderstood("the area"),
        "say-again": SayAgain(("start", "area")),
        "correct": Correct("contact", "Alpha duty cell 555 0199"),
        "object": ObjectTo(ObjectReason.TOO_CLOSE, ENGLISH),
        "clarify": Clarify(Words("en", "Which of the two areas holds?")),
        "query": Query("4471", RING[0], -MINUTE, GROUND, 420, 95, UKRAINIAN),
        "query-least": Query("A7", ACROSS[1], 0),
        "answer": Answer(Reply.NOT_OURS, None, Doubt.POSITION),
        "answer-checking": Answer(Reply.CHECKING, 10 * MINUTE),
        "statement": Statement(Topic.OUR_EXERCISE, UKRAINIAN, Circle(RING[0], 1), Span(0, HOUR)),
        "restraint": Restraint(Keep.DRONES, "the northern bridge", Circle(RING[0], 900)),
        "complaint": Complaint("Article 4", -HOUR, ENGLISH, RING[1]),
        "hazard": HazardWarning(
            Hazard.FALLING_DEBRIS, Circle(RING[2], 20_000_000), Heights(None, None), Span(0, HOUR)
        ),
        "text": FreeText(Words("ar", "تمرين جوي")),
        "line-check": LineCheck(ENGLISH),
        "line-check-reply": LineCheckReply(Words("en", "Clear here, 12 degrees.")),
        "lapsed": Lapsed(),
        "displayed": Displayed(),
        "read": Read(),
        "passed": Passed("chief of staff"),
        "release": Release(seed_of("released")),
        "roster": RosterUpdate(PARTIES[0].roster.encoded()),
        "agreement": AgreementVersion(seed_of("any bytes")),
        "line-state": LineState(Channel.AIR, Declared.SUSPENDED, "cable works"),
        "unknown-kind": UnknownBody(200, (1, "two", b"3", ((), -4))),
        **call_bodies(),
        **incident_bodies(),
        **contact_bodies(),
        **humanitarian_bodies(),
    }


CALL = Call(
    proposer="office of the chief of staff",
    principal="chief of staff",
    counterpart="chief of the general staff",
    topic=Words("en", "The incident of this morning."),
    urgency=Urgency.AT_ONCE,
    windows=(Span(HOUR, HOUR), Span(5 * HOUR, 30 * MINUTE)),
    means=Means.SECURE_VOICE,
    languages=("en", "ru"),
    who_called=WhoCalled.AT_OUR_REQUEST,
)
INCIDENT = Incident(
    IncidentSort.CLOSE_APPROACH,
    -2 * MINUTE,
    "10 NM west of the island",
    RING[0],
    Stance.ACCIDENT_NOT_ATTACK,
)
SITE = Site(
    sort=SiteSort.HOSPITAL,
    name="Hospital of the Red Crescent",
    place="the old town",
    area=Circle(RING[0], 250),
    window=Span(0, 30 * 24 * HOUR),
    verified_by="Red Crescent, two visits",
    verified_at=-24 * HOUR,
    revalidate_by=7 * 24 * HOUR,
    contact="Duty doctor 555 0144",
    markings="red crescent on the roof, 8 m",
    words=UKRAINIAN,
)
MOVEMENT = Movement(
    name="Convoy 12",
    area=Corridor(RING[:2], 500),
    window=Span(HOUR, 6 * HOUR),
    vehicles=14,
    fleet="12 lorries, 2 white Land Cruisers",
    markings="blue flags; thermal panels on the roofs",
    staff=31,
    contacts=("Convoy leader 555 0170", "HF 7.6 MHz"),
    waiting="the fuel station at the crossing",
    words=ENGLISH,
)
STOP = Stop("the fuel station at the crossing", RING[1], ENGLISH)


def call_bodies() -> dict[str, Body]:
    """A call: asked for, answered in every way (R-23), its states (R-24), what was said of it."""
    first, later = CALL.windows
    least = Call(
        "a",
        "b",
        "c",
        ENGLISH,
        Urgency.WHEN_CONVENIENT,
        (Span(-1, 1),),
        Means.IN_PERSON,
        ("uk",),
        WhoCalled.NOT_SAID,
    )
    return {
        "call": CALL,
        "call-least": least,
        "call-answer-accepted": CallAnswer(CallReply.ACCEPTED, (later,), words=ENGLISH),
        "call-answer-other-time": CallAnswer(CallReply.OTHER_TIME, (first,) * 8),
        "call-answer-deputy": CallAnswer(CallReply.DEPUTY, deputy="deputy chief of staff"),
        "call-answer-deputy-at": CallAnswer(CallReply.DEPUTY, CALL.windows, "deputy"),
        "call-answer-not-now": CallAnswer(CallReply.NOT_AT_THIS_TIME),
        "call-answer-declined": CallAnswer(CallReply.DECLINED, reason="in the field until Monday"),
        "call-answer-awaiting": CallAnswer(CallReply.AWAITING_AUTHORITY, next_word_by=HOUR),
        "call-state": CallState(CallStep.BEGUN, -MINUTE),
        "call-state-broken-off": CallState(CallStep.BROKEN_OFF, 0),
        "call-state-reason": CallState(CallStep.BROKEN_OFF, -MINUTE, "the line failed"),
        "readout": Readout(UKRAINIAN, (ENGLISH, Words("en", "Both spoke of fog.")), HOUR),
        "readout-least": Readout(ENGLISH),
        "follow-up": FollowUp(Words("en", "Both keep 5 NM from the middle line until Friday.")),
    }


def incident_bodies() -> dict[str, Body]:
    """An incident: first reported, word on it (R-25), accounts, findings, closing."""
    video = Attachment(seed_of("video"), MOST_ATTACHMENT, "video/mp4", "gun camera, 40 s")
    return {
        "incident": INCIDENT,
        "incident-least": Incident(IncidentSort.OTHER, 0, "at sea"),
        "assessment": Assessment(Stance.CONCLUDED, words=UKRAINIAN),
        "assessment-assessing": Assessment(Stance.ASSESSING, 30 * MINUTE),
        "assessment-next-word": Assessment(Stance.NOT_OURS, HOUR, ENGLISH),
        "account": Account(
            -HOUR,
            "10 NM west of the island",
            ENGLISH,
            RING[1],
            ("7 Squadron", "a tanker"),
            "a broken window",
            (video, replace(video, digest=seed_of("chart"), size=0, media="image/png")),
            "Article 4",
            "5 NM from now on",
        ),
        "account-least": Account(0, "at sea", ENGLISH),
        "finding": Finding(FindingSort.DENOMINATOR, Words("en", "14 flights on that day.")),
        "finding-answer": FindingAnswer(FindingReply.DISPUTED, ENGLISH),
        "finding-answer-least": FindingAnswer(FindingReply.AGREED),
        "close": Close(),
    }


def contact_bodies() -> dict[str, Body]:
    """A contact told, and what the other side says to it."""
    contact = Contact(
        "defence attaché",
        "ministry, duty office",
        Way.PERSON,
        Outcome.DECLINED,
        -48 * HOUR,
        Precision.HOUR,
        3,
        "the minister is away",
        ENGLISH,
    )
    unanswered = Contact("a", "b", Way.NODE, Outcome.UNANSWERED, 0, Precision.YEAR)
    return {
        "contact": contact,
        "contact-least": unanswered,
        "contact-answer": ContactAnswer(ContactReply.DISPUTED, UKRAINIAN),
        "contact-answer-least": ContactAnswer(ContactReply.CONFIRMED),
    }


def humanitarian_bodies() -> dict[str, Body]:
    """Sites, movements, how they fare, who has them, and: stop."""
    stopped = MovementState(MovementStep.IMPEDED, -MINUTE, "the crossing", ENGLISH)
    return {
        "site": SITE,
        "site-least": replace(
            SITE, verified_at=0, revalidate_by=1, contact="x", markings=None, words=None
        ),
        "movement": MOVEMENT,
        "movement-least": replace(
            MOVEMENT, vehicles=0, staff=0, contacts=("on foot",), waiting=None, words=None
        ),
        "movement-state": stopped,
        "movement-state-least": MovementState(MovementStep.DEPARTED, 0),
        "distributed": Distributed("4 Battery", DistributedState.READ_BACK, -MINUTE),
        "stop": STOP,
        "stop-least": Stop("the hospital"),
    }


def around(body: Body | UnknownBody) -> Record:
    """A record of this body; what it refers to need not exist to be decoded."""
    kind = body.kind if isinstance(body, UnknownBody) else KIND_OF[type(body)]
    return Record(
        version=1,
        author=0 if kind in NODE_KINDS else 1,
        control=24,
        to=(OfficeNumber(2),),
        kind=int(kind),
        refers_to=Reference(PartyNumber(1), 300, seed_of("target")[:8]),
        composed_at=NOW,
        precedence=Precedence.IMMEDIATE,
        answer_by=10 * MINUTE if kind in NEEDS_ANSWER else None,
        serial=70_000,
        seen=(Seen(PartyNumber(1), 301, seed_of("seen")[:16]),),
        body=body,
    )


def vector(what: str, signed: SignedRecord, rules: list[str]) -> Vector:
    """The file of one record that is taken."""
    key = PARTIES[0].key(signed.record.author).public
    return {
        "what": what,
        "rules": rules,
        "level": "decode",
        "context": context_of(signed.context, key),
        "input": signed.data.hex(),
        "expect": {"id": signed.id.hex()},
        "decoded": decoded(signed.record),
    }


def signed_by_alpha(record: Record) -> SignedRecord:
    """A record of ALPHA's log on the air channel, whatever its kind."""
    context = AGREEMENT.context(Channel.AIR, PartyNumber(0))
    return sign_record(record, context, PARTIES[0].key(record.author))


def limits() -> dict[str, tuple[str, Record]]:
    """Records whose header slots lie at their limits."""
    record = around(Read())
    largest = replace(
        record,
        version=65_535,
        control=2**53,
        to=tuple(OfficeNumber(number) for number in range(224, 256)),
        refers_to=Reference(PartyNumber(15), 2**53, bytes(8)),
        composed_at=LATEST,
        precedence=Precedence.FLASH,
        answer_by=400 * 86_400_000,
        serial=2**53,
        seen=tuple(Seen(PartyNumber(number), 2**53, bytes(16)) for number in range(15)),
    )
    least = replace(
        record,
        control=0,
        to=(),
        refers_to=None,
        composed_at=Millis(0),
        precedence=Precedence.ROUTINE,
        serial=0,
        seen=(),
    )
    return {
        "limits-largest": ("every header slot at its greatest", largest),
        "limits-least": ("every header slot at its least, or absent", least),
    }


def vectors() -> Named:
    """All files of vectors/accept that are about one record alone."""
    yield (
        "notice-typical",
        vector("the example of spec/record.md", typical(), ["R-1", "R-3", "R-4"]),
    )
    for name, body in bodies().items():
        unknown = isinstance(body, UnknownBody)
        what = "a kind that no version knows yet" if unknown else f"a record: {name}"
        yield name, vector(what, signed_by_alpha(around(body)), ["R-18" if unknown else "R-16"])
    for name, (what, record) in limits().items():
        yield name, vector(what, signed_by_alpha(record), ["R-10"])
