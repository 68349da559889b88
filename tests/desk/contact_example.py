"""Calls and contacts for the tests of the desk."""

from __future__ import annotations

from firebreak.desk.entries.contacts import Certainty, Contacted, Direction, Rung, Source
from firebreak.records.calls import Call, Means, Urgency, WhoCalled
from firebreak.records.contacts import Outcome, Precision, Way
from firebreak.records.slots import Span, Words
from firebreak.values import Millis
from tests.worlds import HOUR, NOW

OURS, THEIRS, PARTY = "chief of defence", "chief of the general staff", "BRAVO"


def a_call() -> Call:
    """A request for a call between the two chiefs."""
    return Call(
        proposer="defence minister's office",
        principal=OURS,
        counterpart=THEIRS,
        topic=Words("en", "The night of the 22nd."),
        urgency=Urgency.TODAY,
        windows=(Span(HOUR, HOUR),),
        means=Means.SECURE_VOICE,
        languages=("en", "ru"),
        who_called=WhoCalled.AT_OUR_REQUEST,
    )


def contacted(
    outcome: Outcome,
    *,
    count: int | None = 1,
    by: Direction = Direction.OURS,
    happened: int = NOW - HOUR,
    precision: Precision = Precision.MINUTE,
    rung: Rung = Rung.DIRECT,
) -> Contacted:
    """An attempt between the two chiefs, entered by hand."""
    return Contacted(
        party=PARTY,
        theirs=THEIRS,
        ours=OURS,
        way=Way.VOICE,
        rung=rung,
        by=by,
        outcome=outcome,
        happened=Millis(happened),
        precision=precision,
        count=count,
        source=Source.OWN_OFFICER,
        certainty=Certainty.CERTAIN,
    )
