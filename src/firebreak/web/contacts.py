"""The contact record and its matrix, for a console and the command line."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from firebreak.desk import contact_record, journal
from firebreak.desk.contact_record import Attempt, Row
from firebreak.desk.plain import plain
from firebreak.node.runner import clock
from firebreak.records.agreement import Mode
from firebreak.values import Millis as Time
from firebreak.web.context import Context, Ctx
from firebreak.web.models import Hex, Millis, Model

router = APIRouter(prefix="/contacts", tags=["contacts"])

AsOf = Annotated[int | None, Query(ge=0, description="As of this time; now if it is left out.")]
Since = Annotated[int, Query(ge=0, description="Count nothing that was over before this time.")]


class AttemptView(Model):
    """One attempt or contact."""

    id: Hex
    ours: str
    party: str
    theirs: str
    way: str
    rung: str
    by: str
    outcome: str | None
    happened: Millis
    precision: str
    reported: Millis
    count: int | None
    answered: Millis | None
    begun: Millis | None
    source: str
    certainty: str
    attested: bool
    subject: str
    citation: str | None
    stated_reason: str | None
    comment: str


class RowView(Model):
    """One pair of the matrix. Counts are numbers, or "unknown"."""

    ours: str
    party: str
    theirs: str
    attempted: str
    undelivered: str
    unanswered: str
    declined: str
    held: str
    open: int
    by_them: str
    claimed: str
    not_attempted: bool
    last_contact: Millis | None
    last_precision: str | None
    last_attempt: Millis | None
    median_answer_ms: int | None
    silent_days: int | None
    cadence_days: int | None
    overdue: bool


class ContactsView(Model):
    """The record as of a time: attempts by when they happened, and the matrix of pairs."""

    party: str = Field(description="Whose record it is.")
    mark: str = Field(description="REAL, EXERCISE or RECONSTRUCTION; empty where nothing says.")
    as_of: Millis
    since: Millis
    attempts: list[AttemptView]
    matrix: list[RowView]
    routes: list[str]


def attempt_view(each: Attempt) -> AttemptView:
    """An attempt as it is shown."""
    flat: dict[str, Any] = plain(each)
    pair = flat.pop("pair")
    return AttemptView(**pair, **flat)


def row_view(row: Row) -> RowView:
    """A row of the matrix as it is shown."""
    flat: dict[str, Any] = plain(row)
    pair = flat.pop("pair")
    counts = ("attempted", "undelivered", "unanswered", "declined", "held", "by_them", "claimed")
    flat |= {name: str(getattr(row, name)) for name in counts}
    return RowView(**pair, **flat, not_attempted=row.not_attempted)


def gathered(context: Context, as_of: Millis | int) -> list[Attempt]:
    """Every attempt and contact known here, by when it happened."""
    now = Time(as_of)
    entries = journal.standing(context.runner.journal.entries)
    logged = context.contacts.attempts(now)
    party = context.runner.directory.config.party
    found = contact_record.attempts(entries, logged, now, party)
    return contact_record.commented(entries, found, context.contacts.comments())


@router.get("")
async def contacts(context: Ctx, as_of: AsOf = None, since: Since = 0) -> ContactsView:
    """Who tried to reach whom, by which way, and what became of it."""
    at, begun = Time(clock() if as_of is None else as_of), Time(since)
    found = [each for each in gathered(context, at) if each.happened <= at]
    entries = journal.standing(context.runner.journal.entries)
    rows = contact_record.matrix(entries, found, at, begun)
    return ContactsView(
        party=context.runner.directory.config.party,
        mark=mark_of(context),
        as_of=at,
        since=begun,
        attempts=[attempt_view(each) for each in found],
        matrix=[row_view(row) for row in rows],
        routes=contact_record.routes_used(contact_record.within(found, begun)),
    )


def mark_of(context: Context) -> str:
    """What the party marked its node as, else what all its agreements are; "" where nothing says.

    Where some are exercise and some real, what is shown may be real.
    """
    modes = {side.shared.agreement.mode for side in context.runner.node.sides}
    of_lines = "" if not modes else "REAL" if Mode.REAL in modes else "EXERCISE"
    return context.runner.directory.config.mark or of_lines
