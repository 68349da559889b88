"""Incidents, for a console and the command line."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field

from firebreak.desk import incidents as desk
from firebreak.desk.plain import plain
from firebreak.errors import Misuse
from firebreak.node.runner import clock
from firebreak.values import Millis as Time
from firebreak.web.context import Context, Ctx
from firebreak.web.faults import NotHere
from firebreak.web.models import Hex, Millis, Model

router = APIRouter(prefix="/incidents", tags=["incidents"])


class IncidentView(Model):
    """One incident (desk/incidents.IncidentView)."""

    id: Hex
    party: str
    by: str = Field(description="Who reported it: ours or theirs.")
    attested: bool
    exercise: bool
    sort: str
    happened: Millis = Field(description="A claim of whoever reported it.")
    place: str
    position: dict[str, int] | None
    reported: Millis
    standing: str
    stance_ours: str | None
    stance_theirs: str | None
    promised_by: str | None
    promised: Millis | None
    overdue: bool
    words: list[dict[str, Any]]
    ours: dict[str, Any] | None = Field(description="Our account; none is given yet if it is null.")
    theirs: dict[str, Any] | None
    differing: list[str] = Field(description="Fields in which the two accounts differ.")
    points: list[dict[str, Any]] = Field(description="Facts, questions, denominators.")
    clarifications: list[dict[str, Any]]
    closed_by: list[str]


class IncidentsView(Model):
    """All incidents, the newest first."""

    incidents: list[IncidentView]


class TallyView(Model):
    """A count, only out of a denominator that both sides agreed to."""

    out_of: dict[str, Any] | None
    count: int | None


class ReviewView(Model):
    """What a periodic review is held over."""

    since: Millis
    until: Millis
    incidents: list[IncidentView]
    agreed_facts: int
    disputed_facts: int
    open_questions: int
    closed: int
    tally: TallyView


def _views(context: Context) -> list[desk.IncidentView]:
    now = clock()
    found = [desk.view_of(talk, now) for talk in context.incidents.all()]
    return sorted(found, key=lambda view: (-view.happened, view.id))


@router.get("")
async def incidents(context: Ctx) -> IncidentsView:
    """All incidents, of lines and of the journal, the newest first."""
    return IncidentsView(incidents=[IncidentView(**plain(view)) for view in _views(context)])


@router.get("/review")
async def reviewed(
    context: Ctx, since: Annotated[int, Query(ge=0)], until: Annotated[int, Query(ge=0)]
) -> ReviewView:
    """What a periodic review is held over: incidents that happened from since until until."""
    return ReviewView(**plain(desk.review(_views(context), Time(since), Time(until))))


@router.get("/{beginning}")
async def incident(
    context: Ctx, beginning: Annotated[str, Path(pattern="^[0-9a-f]{4,64}$")]
) -> IncidentView:
    """The incident whose first report's id begins so."""
    found = [view for view in _views(context) if view.id.hex().startswith(beginning)]
    if not found:
        raise NotHere(f"No incident's id begins with {beginning}. See: firebreak incident list")
    if len(found) > 1:
        raise Misuse(f"Several incidents' ids begin with {beginning}. Give more digits.")
    return IncidentView(**plain(found[0]))
