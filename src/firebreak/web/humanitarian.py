"""The humanitarian channel, for a console and the command line: entries, notifications, stops, lists."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from firebreak.desk.humanitarian import Item
from firebreak.desk.humanitarian_lists import WARN_MS, Line, expiring, lines
from firebreak.desk.humanitarian_state import Notified
from firebreak.desk.plain import plain
from firebreak.node.runner import clock
from firebreak.phrases import note
from firebreak.phrases.figures import area_words
from firebreak.records.figures import date_time_group
from firebreak.web.context import Ctx
from firebreak.web.models import Millis, Model

router = APIRouter(prefix="/humanitarian", tags=["humanitarian"])

OrganisationName = Annotated[
    str | None, Query(description="Only what this organisation may see: its own entries.")
]


class HumanitarianView(Model):
    """Everything of the channel, or what one organisation sees of it."""

    as_of: Millis
    note: str = Field(description="Absence from this list removes no legal protection.")
    organisations: list[dict[str, Any]]
    entries: list[dict[str, Any]]
    lines: list[dict[str, Any]] = Field(description="Each entry with each party.")
    notified: list[dict[str, Any]] = Field(description="Of either side; none with an organisation.")
    stops: list[dict[str, Any]]


class ExpiringView(Model):
    """What is due, soonest first."""

    as_of: Millis
    note: str
    due: list[dict[str, Any]]


@router.get("")
async def humanitarian(context: Ctx, organisation: OrganisationName = None) -> HumanitarianView:
    """Organisations, their entries, how far each has come with each party, and every stop."""
    desk, now = context.runner.humanitarian, clock()
    held, notified = desk.register(), desk.notified()
    if organisation is not None:
        held = held.of(organisation)
    listed = lines(held, notified)
    return HumanitarianView(
        as_of=now,
        note=note("absence", "en"),
        organisations=[plain(each) for each in held.organisations.values()],
        entries=[_entry(held.items[name], organisation) for name in sorted(held.items)],
        lines=[_line(line, organisation) for line in listed],
        notified=[] if organisation is not None else [_notified(each) for each in notified],
        stops=[]
        if organisation is not None
        else [
            plain(stop) | {"escalation": plain(desk.escalation(stop, now))} for stop in desk.stops()
        ],
    )


def _entry(item: Item, organisation: str | None) -> dict[str, Any]:
    """Marks are the coordinator's: who does not know them cannot put another's on a copy (H-7)."""
    made: dict[str, Any] = plain(item) | {"name": item.name, "kind": item.kind}
    return made if organisation is None else made | {"disclosures": []}


def _notified(each: Notified) -> dict[str, Any]:
    shown = {"reached": str(each.reached), "where": area_words(each.area, "en")}
    made: dict[str, Any] = plain(each) | shown
    return made


def _line(line: Line, organisation: str | None) -> dict[str, Any]:
    made: dict[str, Any] = plain(line) | {"where": area_words(line.area, "en")}
    return made if organisation is None else made | {"mark": None}


@router.get("/expiring")
async def due(
    context: Ctx,
    organisation: OrganisationName = None,
    within: Annotated[int, Query(ge=0, le=400 * 86_400_000, description="ms ahead.")] = WARN_MS,
) -> ExpiringView:
    """Sites that expire or must be verified again, movements of which no arrival was reported."""
    desk, now = context.runner.humanitarian, clock()
    held, notified = desk.register(), desk.notified()
    if organisation is not None:
        held, notified = held.of(organisation), [each for each in notified if each.ours]
    found = expiring(held, notified, now, within)
    return ExpiringView(
        as_of=now,
        note=note("absence", "en"),
        due=[plain(each) | {"text": each.text(date_time_group(each.at))} for each in found],
    )
