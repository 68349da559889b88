"""Records that MUST be taken: the typical notice, and one of every kind."""

from __future__ import annotations

from dataclasses import replace

from firebreak.records.agreement import Channel
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
    Span,
    Statement,
    Topic,
    Translation,
    Translator,
    UnknownBody,
    Words,
)
from firebreak.records.readback import critical_fields
from firebreak.records.record import Record, Reference, Seen, SignedRecord, sign_record
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
