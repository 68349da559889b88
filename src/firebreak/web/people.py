"""The desk's own people, for a console and the command line: what is open and due, who must be told,
who has the watch, what waits for leave."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from firebreak.desk import people
from firebreak.desk.plain import plain
from firebreak.node.runner import clock
from firebreak.records.kinds import Kind
from firebreak.records.spelling import code_name
from firebreak.web.context import Ctx
from firebreak.web.models import Hex, Millis, Model

router = APIRouter(tags=["desk"])


class OpenView(Model):
    """Something open: a record or an entry, and a word on it."""

    id: Hex
    note: str


class DueView(Model):
    """Something overdue, told already or at this moment."""

    at: Millis
    level: str
    about: str
    text: str


class DeskView(Model):
    """What a handover would list, what is due first at the top; and what is overdue."""

    as_of: Millis
    open: list[OpenView]
    overdue: list[DueView]


class UnitView(Model):
    """A unit of ours that must know of a record."""

    unit: str
    confirmed: bool = Field(description="It read it back.")
    by: str | None
    to: str | None
    at: Millis | None


class OnwardView(Model):
    """A record that is passed on within our own side."""

    id: Hex
    kind: str
    party: str
    ours: bool
    came: Millis
    due: Millis
    confirmed: bool
    units: list[UnitView]


class OnwardListView(Model):
    """Records of the last thirty days that a rule names, by when they are due."""

    as_of: Millis
    records: list[OnwardView]


class AuthorityView(Model):
    """Our own release rules, and the leaves asked for, oldest first."""

    rules: list[dict[str, Any]]
    leaves: list[dict[str, Any]]


class HandoversView(Model):
    """The newest handover of each watch."""

    watches: list[dict[str, Any]]


@router.get("/desk")
async def desk(context: Ctx) -> DeskView:
    """What is open on this desk, and what is overdue."""
    now, held = clock(), context.runner.desk
    return DeskView(
        as_of=now,
        open=[OpenView(id=item.id.hex(), note=item.note) for item in held.still_open(now)],
        overdue=[
            DueView(at=due.at, level=str(due.level), about=str(due.about), text=due.text)
            for due in held.alarms.overdue(now)
        ],
    )


@router.get("/onward")
async def onward(context: Ctx) -> OnwardListView:
    """Who on our own side must be told of what, and who was."""
    now = clock()
    return OnwardListView(
        as_of=now,
        records=[
            OnwardView(
                id=each.id.hex(),
                kind=code_name(Kind, each.kind),
                party=each.party,
                ours=each.ours,
                came=each.came,
                due=each.due,
                confirmed=not each.missing,
                units=[UnitView(**plain(unit)) for unit in each.units],
            )
            for each in context.runner.desk.onward(now)
        ],
    )


@router.get("/authority")
async def authority(context: Ctx) -> AuthorityView:
    """What goes out only with leave, and the leaves that are awaited, given or refused."""
    entries = context.runner.desk.entries
    return AuthorityView(
        rules=[
            plain(rule) | {"kind": code_name(Kind, kind)}
            for kind, rule in sorted(people.rules(entries).items())
        ],
        leaves=[leave_view(leave) for leave in people.leaves(entries)],
    )


def leave_view(leave: people.Leave) -> dict[str, Any]:
    """A leave as it is shown."""
    kind = None if leave.kind is None else code_name(Kind, leave.kind)
    shown: dict[str, Any] = plain(leave) | {"kind": kind}
    return shown


@router.get("/handovers")
async def handovers(context: Ctx) -> HandoversView:
    """Who gave each watch over last, and who took it."""
    found = people.handovers(context.runner.desk.entries)
    return HandoversView(watches=[plain(each) for each in found.values()])
