"""One body of each kind by which a call, incident, contact, site or movement begins and goes on."""

from __future__ import annotations

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
    Account,
    Assessment,
    Close,
    Finding,
    FindingAnswer,
    FindingReply,
    FindingSort,
    Incident,
    IncidentSort,
    Stance,
)
from firebreak.records.kinds import Acknowledge, Body, Cancel, Kind
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
from firebreak.records.slots import Span, Words
from firebreak.values import Position
from firebreak.volumes import Circle

WORDS = Words("en", "The strait.")
WINDOW = Span(3_600_000, 1_800_000)
LATER = Span(9_000_000, 600_000)
AREA = Circle(Position(552_083_000, 197_534_790), 900)

CALL = Call(
    "adviser",
    "chief of defence",
    "chief of staff",
    WORDS,
    Urgency.AT_ONCE,
    (WINDOW, Span(7_200_000, 1_800_000)),
    Means.SECURE_VOICE,
    ("en", "ru"),
    WhoCalled.AT_OUR_REQUEST,
)
ACCEPTED = CallAnswer(CallReply.ACCEPTED, (WINDOW,))
OTHER_TIME = CallAnswer(CallReply.OTHER_TIME, (LATER,))
DEPUTY = CallAnswer(CallReply.DEPUTY, deputy="first deputy")
NOT_NOW = CallAnswer(CallReply.NOT_AT_THIS_TIME)
DECLINED = CallAnswer(CallReply.DECLINED, reason="no purpose")
AWAITING = CallAnswer(CallReply.AWAITING_AUTHORITY, next_word_by=30_000)
CALL_ANSWERS = (ACCEPTED, OTHER_TIME, DEPUTY, NOT_NOW, DECLINED, AWAITING)
READY = CallState(CallStep.READY, 0)
BEGUN = CallState(CallStep.BEGUN, 0)
ENDED = CallState(CallStep.ENDED, 0)
BROKEN_OFF = CallState(CallStep.BROKEN_OFF, 0, "the line failed")

OPENINGS: dict[Kind, Body] = {
    Kind.CALL: CALL,
    Kind.INCIDENT: Incident(IncidentSort.DRONE, -60_000, "the strait", None, Stance.ASSESSING),
    Kind.CONTACT: Contact(
        "chief of defence", "chief of staff", Way.VOICE, Outcome.UNANSWERED, -1_000, Precision.DAY
    ),
    Kind.SITE: Site(
        *(SiteSort.HOSPITAL, "St. Anne", "Harbour town", AREA, Span(0, 3_600_000)),
        *("Dr. Kask", -60_000, 86_400_000, "coordinator"),
    ),
    Kind.MOVEMENT: Movement(
        *("Convoy 7", AREA, Span(0, 3_600_000), 4, "lorries", "red crescent, thermal", 9),
        ("radio 4",),
    ),
    Kind.STOP: Stop("the hospital"),
}
"""What begins a dialogue."""

OWN, OTHERS, EITHER = "own", "others", "either"
FOLLOWING: dict[Kind, tuple[tuple[str, Body], ...]] = {
    Kind.CALL: (
        *((EITHER, state) for state in (READY, READY, BEGUN, ENDED, BROKEN_OFF)),
        (EITHER, Readout(WORDS, (WORDS,))),
        (EITHER, FollowUp(WORDS)),
        (OWN, Cancel()),
    ),
    Kind.INCIDENT: (
        (EITHER, Assessment(Stance.ASSESSING, 60_000)),
        (EITHER, Account(-60_000, "the strait", WORDS)),
        (EITHER, Finding(FindingSort.FACT, WORDS)),
        (EITHER, Close()),
        (EITHER, Close()),
    ),
    Kind.FINDING: ((OTHERS, FindingAnswer(FindingReply.AGREED)),),
    Kind.CONTACT: (
        (OTHERS, ContactAnswer(ContactReply.CONFIRMED)),
        (OTHERS, ContactAnswer(ContactReply.DISPUTED)),
    ),
    Kind.SITE: (
        (OWN, Cancel()),
        (OTHERS, Acknowledge(("nothing like it",))),
        (OTHERS, Distributed("2nd battery", DistributedState.LOADED, -1_000)),
    ),
    Kind.MOVEMENT: (
        (OWN, Cancel()),
        (OTHERS, Acknowledge(("nothing like it",))),
        *((EITHER, MovementState(step, 0)) for step in MovementStep),
    ),
    Kind.STOP: (),
}
"""What is said to a record of a kind, and to whose: one's own, the other side's, either's."""
