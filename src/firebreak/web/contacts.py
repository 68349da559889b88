"""The contact record and its matrix, for a console and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from firebreak.desk import contact_record
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
    claimed_held: bool = Field(description="They alone say that it was held.")
    doubtful: bool = Field(description="It is said to have begun before it was asked for.")
    exercise: bool


class RowView(Model):
    """One pair of the matrix. Counts are numbers, or "unknown"."""

    ours: str
    party: str
    theirs: str
    exercise: bool
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
    mark: str = Field(
        description="REAL, EXERCISE, RECONSTRUCTION or REAL AND EXERCISE; empty where nothing says."
    )
    as_of: Millis
    since: Millis
    attempts: list[AttemptView]
    matrix: list[RowView]
    routes: list[str] = Field(description="Of what is real; of the exercise where nothing is.")


def attempt_view(each: Attempt) -> AttemptView:
    """An attempt as it is shown."""
    flat: dict[str, Any] = plain(each)
    pair = flat.pop("pair")
    return AttemptView(**pair, **flat, doubtful=each.doubtful)


def row_view(row: Row) -> RowView:
    """A row of the matrix as it is shown."""
    flat: dict[str, Any] = plain(row)
    pair = flat.pop("pair")
    counts = ("attempted", "undelivered", "unanswered", "declined", "held", "by_them", "claimed")
    flat |= {name: str(getattr(row, name)) for name in counts}
    return RowView(**pair, **flat, not_attempted=row.not_attempted)


def gathered(context: Context, as_of: Millis | int) -> list[Attempt]:
    """Every attempt and contact that had happened by then, as it stood then, by when it happened."""
    now = Time(as_of)
    entries = contact_record.as_it_stood(context.runner.journal.entries, now)
    logged = context.contacts.attempts(now)
    party = context.runner.directory.config.party
    found = contact_record.attempts(entries, logged, now, party)
    found = contact_record.commented(entries, found, context.contacts.comments())
    return [each for each in found if each.happened <= now]


@router.get("")
async def contacts(context: Ctx, as_of: AsOf = None, since: Since = 0) -> ContactsView:
    """Who tried to reach whom, by which way, and what became of it."""
    at, begun = Time(clock() if as_of is None else as_of), Time(since)
    found = gathered(context, at)
    entries = contact_record.as_it_stood(context.runner.journal.entries, at)
    real = not all(each.exercise for each in found)
    mode = [each for each in found if each.exercise is not real]
    marked = _marked(context)
    rows = contact_record.matrix(entries, found, at, begun, real=marked == "REAL")
    return ContactsView(
        party=context.runner.directory.config.party,
        mark=mark_of(marked, found),
        as_of=at,
        since=begun,
        attempts=[attempt_view(each) for each in found],
        matrix=[row_view(row) for row in rows],
        routes=contact_record.routes_used(contact_record.within(mode, begun)),
    )


def mark_of(marked: str, found: Sequence[Attempt]) -> str:
    """What the attempts are, else what the node is; "" where nothing says."""
    modes = {each.exercise for each in found}
    if modes == {True, False}:
        return "REAL AND EXERCISE"
    if modes == {False}:
        return "REAL"
    if modes == {True}:
        return "RECONSTRUCTION" if marked == "RECONSTRUCTION" else "EXERCISE"
    return marked


def _marked(context: Context) -> str:
    """What the party marked its node as, else what all its agreements are; "" where nothing says.

    Where some are exercise and some real, what is shown may be real.
    """
    modes = {side.shared.agreement.mode for side in context.runner.node.sides}
    of_lines = "" if not modes else "REAL" if Mode.REAL in modes else "EXERCISE"
    return context.runner.directory.config.mark or of_lines
