"""The kinds of record and the typed slots of each (spec/record.md §5).

Times in bodies are milliseconds relative to the record's composed-at. Positions are 1e-7 degree.
A slot that may be absent is None here and an empty array on the wire.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeAlias

from firebreak.errors import InvalidValue
from firebreak.records import calls, contacts, incidents, sites
from firebreak.records.areas import AREA, HEIGHT, HEIGHTS, POSITION
from firebreak.records.codec import (
    Choice,
    Codec,
    Integer,
    Items,
    Maybe,
    Nothing,
    Octets,
    Struct,
    Text,
)
from firebreak.records.slots import (
    FUTURE,
    PAST,
    SHORT,
    SPAN,
    WORDS,
    Span,
    Words,
)
from firebreak.values import Height, Position
from firebreak.volumes import Area, Heights


class Kind(IntEnum):
    """What a record does. The numbers are on the wire; they are never used again for something else."""

    NOTICE = 1
    AMEND = 2
    CANCEL = 3
    ACKNOWLEDGE = 4
    NOT_UNDERSTOOD = 5
    SAY_AGAIN = 6
    CORRECT = 7
    OBJECT = 8
    CLARIFY = 9
    QUERY = 10
    ANSWER = 11
    STATEMENT = 12
    RESTRAINT = 13
    COMPLAINT = 14
    HAZARD = 15
    TEXT = 16
    LINE_CHECK = 17
    LINE_CHECK_REPLY = 18
    LAPSED = 19
    DISPLAYED = 20
    READ = 21
    PASSED = 22
    RELEASE = 23
    ROSTER = 24
    AGREEMENT = 25
    LINE_STATE = 26
    CALL = 27
    CALL_ANSWER = 28
    CALL_STATE = 29
    READOUT = 30
    FOLLOW_UP = 31
    INCIDENT = 32
    ASSESSMENT = 33
    ACCOUNT = 34
    FINDING = 35
    FINDING_ANSWER = 36
    CLOSE = 37
    CONTACT = 38
    CONTACT_ANSWER = 39
    SITE = 40
    MOVEMENT = 41
    MOVEMENT_STATE = 42
    DISTRIBUTED = 43
    STOP = 44


class Purpose(IntEnum):
    """What a notified activity is for."""

    AIR_POLICING = 1
    TRAINING = 2
    EXERCISE = 3
    RECONNAISSANCE = 4
    TRANSPORT = 5
    REFUELLING = 6
    SEARCH_AND_RESCUE = 7
    MEDICAL_EVACUATION = 8
    LIVE_FIRING = 9
    MISSILE_LAUNCH = 10
    NAVIGATION_AT_SEA = 11
    SURVEY = 12
    DRONE_FLIGHT = 13
    GROUND_MOVEMENT = 14
    HUMANITARIAN_MOVEMENT = 15
    PROTECTED_SITE = 16
    OTHER = 17


class Reply(IntEnum):
    """What is answered. CHECKING names the time of the next word; its missing alarms both sides."""

    OURS = 1
    NOT_OURS = 2
    ANOTHERS = 3
    NOT_KNOWN = 4
    NOT_CONTROLLED_BY_US = 5
    DECLINES_TO_SAY = 6
    CHECKING = 7
    WILL_DO = 8
    WILL_NOT_DO = 9
    EXPLANATION = 10


class Doubt(IntEnum):
    """What the answering side holds doubtful about the track asked about."""

    POSITION = 1
    IDENTITY = 2
    HEIGHT = 3
    TIME = 4


class ObjectReason(IntEnum):
    """Why a notice is objected to."""

    OVERLAPS_OURS = 1
    TOO_CLOSE = 2
    TOO_LATE = 3
    UNCLEAR = 4
    TOO_LARGE_OR_LONG = 5
    OTHER = 6


class Hazard(IntEnum):
    """What is dangerous."""

    FIRING = 1
    FALLING_DEBRIS = 2
    DRIFTING_MINE = 3
    SATELLITE_NAVIGATION_INTERFERENCE = 4
    UNCONTROLLED_AIRCRAFT_OR_MISSILE = 5
    WRECK_OR_OBSTACLE = 6
    POLLUTION_OR_RADIATION = 7
    VOLCANIC_ASH_OR_FIRE = 8
    AIRSPACE_CLOSED = 9
    OTHER = 10


class Keep(IntEnum):
    """What a request for restraint asks to keep away."""

    AIRCRAFT = 1
    DRONES = 2
    SHIPS = 3
    VEHICLES = 4
    FIRE = 5
    ALL_FORCES = 6


class Topic(IntEnum):
    """What a statement is about."""

    OUR_ACTIVITY = 1
    OUR_EXERCISE = 2
    OUR_MOVEMENT = 3
    AN_INCIDENT = 4
    AN_ACCIDENT = 5
    PUBLIC_REPORTS = 6
    OTHER = 7


class Declared(IntEnum):
    """What a side declares of the line. Traffic may go on all the same; both are shown."""

    SUSPENDED = 1
    RESUMED = 2


@dataclass(frozen=True, slots=True)
class Notice:
    """Planned activity. `unit` is optional and withheld by default; `late_reason` says why it is late."""

    purpose: Purpose
    area: Area
    heights: Heights
    window: Span
    contact: str
    unit: str | None = None
    late_reason: str | None = None
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Amend:
    """The whole notice as it shall read now, in place of the one referred to."""

    notice: Notice
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """The notice or hazard warning referred to no longer holds."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Understood, with the critical fields read back as they were understood (spec/record.md §6)."""

    read_back: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Received, not understood: `what` names the part."""

    what: str | None = None


@dataclass(frozen=True, slots=True)
class SayAgain:
    """Say again all, or the fields named."""

    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Correct:
    """A slip in one's own record: `field` should read `right`."""

    field: str
    right: str


@dataclass(frozen=True, slots=True)
class ObjectTo:
    """An objection to a notice, with its reason."""

    reason: ObjectReason
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Clarify:
    """A request for clarification; the clock is 48 hours unless answer-by says otherwise."""

    question: Words


@dataclass(frozen=True, slots=True)
class Query:
    """Is this yours? `observed`: ms relative to composed-at, at or before it (0 or less)."""

    track: str
    position: Position
    observed: int
    height: Height | None = None
    speed_kt: int | None = None
    course_degrees: int | None = None
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. `next_word_by`: ms after composed-at, with CHECKING and only with it."""

    reply: Reply
    next_word_by: int | None = None
    doubt: Doubt | None = None
    words: Words | None = None

    def __post_init__(self) -> None:
        if (self.reply is Reply.CHECKING) != (self.next_word_by is not None):
            raise InvalidValue(
                '"Checking" names the time of the next word, and no other answer does.'
                " Give next word by, or another answer."
            )


@dataclass(frozen=True, slots=True)
class Statement:
    """This is what we are doing; do not read it as a provocation. Needs a receipt only."""

    topic: Topic
    words: Words
    area: Area | None = None
    window: Span | None = None


@dataclass(frozen=True, slots=True)
class Restraint:
    """Keep … away from …: wants an answer, has no field for a threat."""

    keep: Keep
    place: str
    area: Area | None = None
    window: Span | None = None
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """An alleged breach. `happened`: ms relative to composed-at (0 or less)."""

    rule: str
    happened: int
    words: Words
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class HazardWarning:
    """Danger in a volume of space and time."""

    hazard: Hazard
    area: Area
    heights: Heights
    window: Span
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class FreeText:
    """Free text, for what no other kind says."""

    words: Words


@dataclass(frozen=True, slots=True)
class LineCheck:
    """A scheduled test that a human answers: fresh harmless content."""

    content: Words


@dataclass(frozen=True, slots=True)
class LineCheckReply:
    """A human's answer to a line check, with fresh harmless content of his own."""

    content: Words


@dataclass(frozen=True, slots=True)
class Lapsed:
    """No answer came by answer-by. The node's record key signs it."""


@dataclass(frozen=True, slots=True)
class Displayed:
    """It stands on a screen. The node's record key signs it."""


@dataclass(frozen=True, slots=True)
class Read:
    """An officer has read it."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Passed to somebody who may decide, by office."""

    to: str


@dataclass(frozen=True, slots=True)
class Release:
    """The second officer's release of the record that follows: its whole id, 32 bytes."""

    record: bytes


@dataclass(frozen=True, slots=True)
class RosterUpdate:
    """A new version of the author's party's roster, as signed file (spec/agreement.md §3)."""

    roster: bytes


@dataclass(frozen=True, slots=True)
class AgreementVersion:
    """A further version of the agreement, as signed file (spec/agreement.md §2)."""

    agreement: bytes


@dataclass(frozen=True, slots=True)
class LineState:
    """A declared state of the channel numbered, and its stated reason if one was stated."""

    channel: int
    declared: Declared
    reason: str | None = None


Body: TypeAlias = (
    Notice
    | Amend
    | Cancel
    | Acknowledge
    | NotUnderstood
    | SayAgain
    | Correct
    | ObjectTo
    | Clarify
    | Query
    | Answer
    | Statement
    | Restraint
    | Complaint
    | HazardWarning
    | FreeText
    | LineCheck
    | LineCheckReply
    | Lapsed
    | Displayed
    | Read
    | Passed
    | Release
    | RosterUpdate
    | AgreementVersion
    | LineState
    | calls.Call
    | calls.CallAnswer
    | calls.CallState
    | calls.Readout
    | calls.FollowUp
    | incidents.Incident
    | incidents.Assessment
    | incidents.Account
    | incidents.Finding
    | incidents.FindingAnswer
    | incidents.Close
    | contacts.Contact
    | contacts.ContactAnswer
    | sites.Site
    | sites.Movement
    | sites.MovementState
    | sites.Distributed
    | sites.Stop
)


@dataclass(frozen=True, slots=True)
class UnknownBody:
    """The body of a kind that this version does not know: kept, and shown as unknown (R-18)."""

    kind: int
    slots: Any


FIELD = Text(48)
_NOTICE = Struct(
    Notice,
    purpose=Choice(Purpose),
    area=AREA,
    heights=HEIGHTS,
    window=SPAN,
    contact=Text(64),
    unit=Maybe(Text(64)),
    late_reason=Maybe(SHORT),
    words=Maybe(WORDS),
)

BODIES: dict[Kind, tuple[type[Any], Codec[Any]]] = {
    Kind.NOTICE: (Notice, _NOTICE),
    Kind.AMEND: (Amend, Struct(Amend, notice=_NOTICE, reason=Maybe(SHORT))),
    Kind.CANCEL: (Cancel, Struct(Cancel, reason=Maybe(SHORT))),
    Kind.ACKNOWLEDGE: (Acknowledge, Struct(Acknowledge, read_back=Items(Text(96), 12))),
    Kind.NOT_UNDERSTOOD: (NotUnderstood, Struct(NotUnderstood, what=Maybe(SHORT))),
    Kind.SAY_AGAIN: (SayAgain, Struct(SayAgain, fields=Items(FIELD, 12))),
    Kind.CORRECT: (Correct, Struct(Correct, field=FIELD, right=Text(200))),
    Kind.OBJECT: (
        ObjectTo,
        Struct(ObjectTo, reason=Choice(ObjectReason), words=Maybe(WORDS)),
    ),
    Kind.CLARIFY: (Clarify, Struct(Clarify, question=WORDS)),
    Kind.QUERY: (
        Query,
        Struct(
            Query,
            track=Text(32),
            position=POSITION,
            observed=PAST,
            height=Maybe(HEIGHT),
            speed_kt=Maybe(Integer(0, 20_000)),
            course_degrees=Maybe(Integer(0, 359)),
            words=Maybe(WORDS),
        ),
    ),
    Kind.ANSWER: (
        Answer,
        Struct(
            Answer,
            reply=Choice(Reply),
            next_word_by=Maybe(FUTURE),
            doubt=Maybe(Choice(Doubt)),
            words=Maybe(WORDS),
        ),
    ),
    Kind.STATEMENT: (
        Statement,
        Struct(Statement, topic=Choice(Topic), words=WORDS, area=Maybe(AREA), window=Maybe(SPAN)),
    ),
    Kind.RESTRAINT: (
        Restraint,
        Struct(
            Restraint,
            keep=Choice(Keep),
            place=SHORT,
            area=Maybe(AREA),
            window=Maybe(SPAN),
            words=Maybe(WORDS),
        ),
    ),
    Kind.COMPLAINT: (
        Complaint,
        Struct(Complaint, rule=SHORT, happened=PAST, words=WORDS, position=Maybe(POSITION)),
    ),
    Kind.HAZARD: (
        HazardWarning,
        Struct(
            HazardWarning,
            hazard=Choice(Hazard),
            area=AREA,
            heights=HEIGHTS,
            window=SPAN,
            words=Maybe(WORDS),
        ),
    ),
    Kind.TEXT: (FreeText, Struct(FreeText, words=WORDS)),
    Kind.LINE_CHECK: (LineCheck, Struct(LineCheck, content=WORDS)),
    Kind.LINE_CHECK_REPLY: (LineCheckReply, Struct(LineCheckReply, content=WORDS)),
    Kind.LAPSED: (Lapsed, Nothing(Lapsed)),
    Kind.DISPLAYED: (Displayed, Nothing(Displayed)),
    Kind.READ: (Read, Nothing(Read)),
    Kind.PASSED: (Passed, Struct(Passed, to=Text(64))),
    Kind.RELEASE: (Release, Struct(Release, record=Octets(32, 32))),
    Kind.ROSTER: (RosterUpdate, Struct(RosterUpdate, roster=Octets(1, 60_000))),
    Kind.AGREEMENT: (AgreementVersion, Struct(AgreementVersion, agreement=Octets(1, 60_000))),
    Kind.LINE_STATE: (
        LineState,
        Struct(LineState, channel=Integer(0, 255), declared=Choice(Declared), reason=Maybe(SHORT)),
    ),
    Kind.CALL: (calls.Call, calls.CALL),
    Kind.CALL_ANSWER: (calls.CallAnswer, calls.CALL_ANSWER),
    Kind.CALL_STATE: (calls.CallState, calls.CALL_STATE),
    Kind.READOUT: (calls.Readout, calls.READOUT),
    Kind.FOLLOW_UP: (calls.FollowUp, calls.FOLLOW_UP),
    Kind.INCIDENT: (incidents.Incident, incidents.INCIDENT),
    Kind.ASSESSMENT: (incidents.Assessment, incidents.ASSESSMENT),
    Kind.ACCOUNT: (incidents.Account, incidents.ACCOUNT),
    Kind.FINDING: (incidents.Finding, incidents.FINDING),
    Kind.FINDING_ANSWER: (incidents.FindingAnswer, incidents.FINDING_ANSWER),
    Kind.CLOSE: (incidents.Close, Nothing(incidents.Close)),
    Kind.CONTACT: (contacts.Contact, contacts.CONTACT),
    Kind.CONTACT_ANSWER: (contacts.ContactAnswer, contacts.CONTACT_ANSWER),
    Kind.SITE: (sites.Site, sites.SITE),
    Kind.MOVEMENT: (sites.Movement, sites.MOVEMENT),
    Kind.MOVEMENT_STATE: (sites.MovementState, sites.MOVEMENT_STATE),
    Kind.DISTRIBUTED: (sites.Distributed, sites.DISTRIBUTED),
    Kind.STOP: (sites.Stop, sites.STOP),
}

KIND_OF: dict[type[Any], Kind] = {build: kind for kind, (build, _) in BODIES.items()}
"""The kind that a body is of."""

NEEDS_ANSWER = frozenset(
    {Kind.QUERY, Kind.RESTRAINT, Kind.CLARIFY, Kind.LINE_CHECK, Kind.CALL, Kind.STOP}
)
"""Kinds that carry answer-by (R-20); of these and no others, silence can be shown."""

ANSWERS = (Answer, LineCheckReply, calls.CallAnswer)
"""Bodies that answer what wants an answer."""

NODE_KINDS = frozenset({Kind.LAPSED, Kind.DISPLAYED, Kind.ROSTER, Kind.AGREEMENT})
"""Kinds that the node's record key signs, and officers do not (R-21)."""

NEVER_HELD_UP = frozenset(
    {Kind.CANCEL, Kind.QUERY, Kind.HAZARD, Kind.INCIDENT, Kind.ASSESSMENT, Kind.STOP}
)
"""Kinds that are sent without first showing their author what he had not read."""
