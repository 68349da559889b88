"""Line checks for a console and the command line: calendars, what became of each, turns, drills."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from firebreak.desk.drill import Drill, drills
from firebreak.desk.entries.checks import DAY
from firebreak.desk.plain import plain
from firebreak.node.checks import Line
from firebreak.node.runner import clock
from firebreak.web.context import Context, Ctx
from firebreak.web.finding import channel_name
from firebreak.web.lines import declarations
from firebreak.web.models import Declaration, Millis, Model

router = APIRouter(tags=["checks"])

MOST_DAYS = 35


class TurnView(Model):
    """The carrier and the office over there that are tested next; backup: not the one on duty."""

    carrier: str
    office: str
    backup: bool


class AheadView(Model):
    """A check to come, and whose turn it is."""

    due: Millis
    turn: TurnView | None


class LineView(Model):
    """One line with its calendar."""

    party: str
    channel: str
    node: bool = Field(description="Whether there is a node over there.")
    offices: list[str] = Field(description="Theirs, the one on duty first.")
    minutes: list[int] = Field(description="Of the UTC day.")
    holidays: list[int] = Field(description="UTC days from 1970-01-01 without checks.")
    grace_ms: int
    history: list[dict[str, Any]] = Field(description="Scheduled checks, oldest first.")
    ahead: list[AheadView]
    next_turn: TurnView | None
    words: str = Field(description="Fresh harmless words, proposed.")


class DeclaredView(Declaration):
    """A line that stands declared suspended, beside the traffic that goes on."""

    channel: str


class ChecksView(Model):
    """Every line that has a calendar, and what stands declared suspended, by whatever way."""

    as_of: Millis
    lines: list[LineView]
    declared: list[DeclaredView]


@router.get("/checks")
async def checks(
    context: Ctx,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="How far back.")] = 2,
) -> ChecksView:
    """The checks of the last days, with outcome and reason, and those of the next day."""
    now, held = clock(), context.runner.checks
    return ChecksView(
        as_of=now,
        lines=[_line(context, line, now, days) for line in held.lines()],
        declared=_declared(context),
    )


def _declared(context: Context) -> list[DeclaredView]:
    found, agreed = [], set()
    for side in context.runner.node.sides:
        listed = declarations(context, side)
        for number in side.shared.books:
            channel = channel_name(number)
            agreed.add((side.peer_name, channel))
            found += [
                DeclaredView(channel=channel, **each.model_dump())
                for each in listed.get(number, [])
            ]
    found += [
        DeclaredView(**plain(each))
        for each in context.runner.checks.told()
        if (each.party, each.channel) not in agreed
    ]
    return found


class ProposalView(Model):
    """What may be said in a line check with a party now."""

    words: str


@router.get("/checks/words")
async def words(context: Ctx, party: Annotated[str, Query(max_length=64)]) -> ProposalView:
    """Fresh harmless words for a check with a party, calendar or not."""
    return ProposalView(words=context.runner.checks.proposal(party))


def _line(context: Context, line: Line, now: int, days: int) -> LineView:
    held, calendar = context.runner.checks, line.calendar
    turns = held.turns(line, 1)
    return LineView(
        party=calendar.party,
        channel=calendar.channel,
        node=line.side is not None,
        offices=list(calendar.offices),
        minutes=list(calendar.minutes),
        holidays=list(calendar.holidays),
        grace_ms=calendar.grace,
        history=[plain(each) for each in held.history(line, now - days * DAY)],
        ahead=[
            AheadView(due=due, turn=None if turn is None else TurnView(**plain(turn)))
            for due, turn in held.ahead(line, now + DAY)
        ],
        next_turn=TurnView(**plain(turns[0])) if turns else None,
        words=held.proposal(calendar.party),
    )


class DrillsView(Model):
    """Reachability drills, the newest first."""

    as_of: Millis
    drills: list[dict[str, Any]]


@router.get("/drills")
async def all_drills(context: Ctx) -> DrillsView:
    """Each drill with its calls as they stand now."""
    now = clock()
    return DrillsView(
        as_of=now, drills=[_drill(each) for each in drills(context.runner.checks.entries, now)]
    )


def _drill(drill: Drill) -> dict[str, Any]:
    return {**plain(drill), "done": drill.done}
