"""One record of each kind with every slot filled, and one with as few as the kind allows."""

import dataclasses

from firebreak.phrases import LANGUAGES, Names, sentence
from firebreak.phrases.catalogue import hash_of
from firebreak.records.agreement import Office
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
from firebreak.records.figures import parse_date_time_group, parse_height, parse_position
from firebreak.records.incidents import (
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
    Notice,
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
from firebreak.records.record import Record, Reference, Seen
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
from firebreak.values import OfficeNumber, PartyNumber, Position, Precedence
from firebreak.volumes import Area, Circle, Corridor, Heights, Polygon

NAMES = Names(
    ("Nordland", "Sudmark"),
    (Office(PartyNumber(0), "air duty officer"), Office(PartyNumber(1), "sea duty officer")),
)
COMPOSED_AT = parse_date_time_group("221400ZNOV26")
CENTRE = parse_position("551230N 0194512.5E")
TRIANGLE = (CENTRE, parse_position("561230N 0194512.5E"), parse_position("561230N 0204512.5E"))
LONG_PATH = tuple(Position(500_000_000 + step * 1_000_000, 200_000_000) for step in range(9))
CIRCLE = Circle(CENTRE, 27_780)
AREAS: tuple[Area, ...] = (
    CIRCLE,
    Polygon(TRIANGLE),
    Polygon(LONG_PATH, (TRIANGLE, TRIANGLE)),
    Corridor(TRIANGLE, 5_000),
    Corridor(LONG_PATH, 1),
)
HEIGHTS = Heights(parse_height("FL065"), parse_height("9500 ft AMSL"))
OPEN = Heights(None, None)
WINDOW = Span(1_800_000, 5_400_000)
UNEVEN = Span(-1, 90_061_002)
WORDS = Words("ru", "Плановый полёт", Translation("en", "Scheduled flight", Translator.PERSON))
FOREIGN = Words("tr", "Merhaba", Translation("pl", "Dzień dobry", Translator.MACHINE))
NOTICE = Notice(
    Purpose.TRAINING, CIRCLE, HEIGHTS, WINDOW, "121.5 MHz", "7 Squadron", "weather", WORDS
)
LEAST_NOTICE = Notice(Purpose.OTHER, AREAS[2], OPEN, UNEVEN, "duty office")

BODIES: tuple[Body | UnknownBody, ...] = (
    NOTICE,
    LEAST_NOTICE,
    Amend(NOTICE, "one hour later"),
    Amend(LEAST_NOTICE),
    Cancel("weather"),
    Cancel(),
    Acknowledge(("221430ZNOV26", "FL095")),
    Acknowledge(()),
    NotUnderstood("the area"),
    NotUnderstood(),
    SayAgain(("start", "point 2", "what was said")),
    SayAgain(),
    Correct("upper", "FL195"),
    ObjectTo(ObjectReason.TOO_CLOSE, WORDS),
    ObjectTo(ObjectReason.OTHER),
    Clarify(WORDS),
    Query("4711", CENTRE, -60_000, parse_height("300 m AGL"), 431, 95, WORDS),
    Query("A7", CENTRE, 0),
    Answer(Reply.CHECKING, 600_000, Doubt.HEIGHT, WORDS),
    Answer(Reply.NOT_OURS),
    Statement(Topic.OUR_EXERCISE, FOREIGN, AREAS[3], WINDOW),
    Statement(Topic.OTHER, WORDS),
    Restraint(Keep.FIRE, "the northern bridge", AREAS[4], UNEVEN, WORDS),
    Restraint(Keep.ALL_FORCES, "x" * 120),
    Complaint("Article 4", -3_600_000, WORDS, CENTRE),
    Complaint("Article 5", 0, FOREIGN),
    HazardWarning(Hazard.FIRING, AREAS[1], HEIGHTS, WINDOW, WORDS),
    HazardWarning(Hazard.OTHER, CIRCLE, Heights(None, parse_height("300 m HAE")), UNEVEN),
    FreeText(FOREIGN),
    LineCheck(WORDS),
    LineCheckReply(WORDS),
    Lapsed(),
    Displayed(),
    Read(),
    Passed("chief of staff"),
    Release(bytes(range(32))),
    RosterUpdate(b"roster"),
    AgreementVersion(b"a"),
    LineState(1, Declared.SUSPENDED, "maintenance"),
    LineState(255, Declared.RESUMED),
    Call(
        "duty office",
        "chief of staff",
        "chief of the general staff",
        WORDS,
        Urgency.WITHIN_HOURS,
        (WINDOW, UNEVEN, Span(86_400_000, 3_600_000)),
        Means.SECURE_VOICE,
        ("ru", "en", "tr"),
        WhoCalled.AT_OUR_REQUEST,
    ),
    Call(
        "duty office",
        "minister",
        "minister",
        FOREIGN,
        Urgency.AT_ONCE,
        (UNEVEN,),
        Means.TELEPHONE,
        ("uk",),
        WhoCalled.NOT_SAID,
    ),
    CallAnswer(CallReply.ACCEPTED, (WINDOW,), words=WORDS),
    CallAnswer(CallReply.OTHER_TIME, (UNEVEN, WINDOW)),
    CallAnswer(CallReply.DEPUTY, deputy="deputy chief of staff"),
    CallAnswer(CallReply.DEPUTY, (WINDOW,), "deputy chief of staff", words=FOREIGN),
    CallAnswer(CallReply.NOT_AT_THIS_TIME),
    CallAnswer(CallReply.DECLINED, reason="no interpreter"),
    CallAnswer(CallReply.AWAITING_AUTHORITY, next_word_by=600_000),
    CallState(CallStep.BROKEN_OFF, -1, "line lost"),
    CallState(CallStep.BROKEN_OFF, 0),
    CallState(CallStep.BEGUN, -3_600_000),
    Readout(WORDS, (FOREIGN, Words("en", "Both sides spoke.")), 600_000),
    Readout(FOREIGN),
    FollowUp(WORDS),
    Incident(IncidentSort.CLOSE_APPROACH, -60_000, "the strait", CENTRE, Stance.ASSESSING),
    Incident(IncidentSort.OTHER, 0, "x" * 120),
    Assessment(Stance.ASSESSING, 600_000, WORDS),
    Assessment(Stance.ACCIDENT_NOT_ATTACK),
    Account(
        -60_000,
        "the strait",
        WORDS,
        CENTRE,
        ("7 Squadron", "bridge of the patrol ship"),
        "one wing torn",
        (
            Attachment(bytes(range(32)), 1, "video/mp4", "camera"),
            Attachment(bytes(32), 70_000, "text/plain", "log"),
        ),
        "Article 4",
        "an apology",
    ),
    Account(0, "the strait", FOREIGN),
    Finding(FindingSort.DENOMINATOR, WORDS),
    FindingAnswer(FindingReply.DISPUTED, WORDS),
    FindingAnswer(FindingReply.AGREED),
    Close(),
    Contact(
        "defence attaché",
        "duty office",
        Way.PERSON,
        Outcome.DECLINED,
        -86_400_000,
        Precision.DAY,
        3,
        "proper atmosphere lacking",
        WORDS,
    ),
    Contact("minister", "minister", Way.VOICE, Outcome.UNANSWERED, -86_400_000, Precision.MONTH),
    Contact("minister", "minister", Way.NODE, Outcome.NOT_ATTEMPTED, 0, Precision.MINUTE),
    ContactAnswer(ContactReply.DISPUTED, WORDS),
    ContactAnswer(ContactReply.CONFIRMED),
    Site(
        SiteSort.HOSPITAL,
        "Northern Hospital",
        "Northtown",
        CIRCLE,
        Span(0, 30 * 86_400_000),
        "head of mission",
        -86_400_000,
        14 * 86_400_000,
        "hospital switchboard",
        "red crescent on the roof",
        WORDS,
    ),
    Site(
        SiteSort.WATER,
        "n" * 120,
        "p" * 120,
        AREAS[2],
        UNEVEN,
        "engineer",
        0,
        1,
        "duty office",
    ),
    Movement(
        "Convoy 12",
        AREAS[3],
        WINDOW,
        3,
        "two lorries, one car",
        "blue flag, thermal panels",
        7,
        ("first telephone", "second radio"),
        "the northern bridge",
        WORDS,
    ),
    Movement("Convoy 13", AREAS[4], UNEVEN, 0, "on foot", "white flag", 1, ("telephone",)),
    MovementState(MovementStep.HOLDING, -60_000, "the northern bridge", WORDS),
    MovementState(MovementStep.IMPEDED, 0),
    Distributed("patrol ship", DistributedState.READ_BACK, -60_000),
    Stop("Northern Hospital", CENTRE, WORDS),
    Stop("the northern bridge"),
    UnknownBody(77, (1, "two", b"3")),
)


def record_of(body: Body | UnknownBody) -> Record:
    """A record of this body, addressed and referring, as its kind wants."""
    kind = body.kind if isinstance(body, UnknownBody) else KIND_OF[type(body)]
    return Record(
        version=1,
        author=2,
        control=3,
        to=(OfficeNumber(1),),
        kind=kind,
        refers_to=Reference(PartyNumber(0), 17, bytes(range(0xA0, 0xA8))),
        composed_at=COMPOSED_AT,
        precedence=Precedence.PRIORITY,
        answer_by=600_000 if kind in NEEDS_ANSWER else None,
        serial=9,
        seen=(Seen(PartyNumber(0), 21, bytes(16)),),
        body=body,
    )


RECORDS = tuple(record_of(body) for body in BODIES)


def specification_example() -> str:
    """The block that opens spec/phrases.md."""
    record = record_of(dataclasses.replace(NOTICE, unit=None, late_reason=None))
    files = {language: f"kind-text = {language}\n".encode() for language in LANGUAGES}
    rows = [(language, sentence(record, NAMES, language)) for language in LANGUAGES]
    rows += critical_fields(record)
    rows += [(f"{language}.ftl", repr(file.decode())) for language, file in files.items()]
    rows.append(("hash of these", hash_of(files).hex()))
    return "".join(f"{name:<15} {value}\n" for name, value in rows)


if __name__ == "__main__":
    print(specification_example(), end="")
