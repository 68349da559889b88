"""The ladder of routes, for a console and the command line: what was tried for what, and what is next."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field

from firebreak.desk.plain import plain
from firebreak.errors import Misuse
from firebreak.node.runner import clock
from firebreak.web.context import Ctx
from firebreak.web.faults import NotHere
from firebreak.web.models import Hex, Millis, Model

router = APIRouter(prefix="/routes", tags=["routes"])


class LadderView(Model):
    """The ladder of one matter of ours as it stands now."""

    id: Hex
    party: str
    theirs: str
    level: str
    subject: str
    rungs: list[dict[str, Any]] = Field(
        description="In order: rung, through, widens, stands, tries, decided_at, decided_by, proposed."
    )
    next: str | None = Field(description="The rung proposed; it is never taken by itself.")
    why: str


class LaddersView(Model):
    """The ladder of each matter of ours, the newest first."""

    as_of: Millis
    ladders: list[LadderView]


@router.get("")
async def ladders(context: Ctx) -> LaddersView:
    """Everything we asked in the last 30 days, with the routes tried and the one proposed next."""
    return LaddersView(
        as_of=clock(), ladders=[LadderView(**plain(v)) for v in context.runner.routes.views()]
    )


@router.get("/{beginning}")
async def matter(
    context: Ctx, beginning: Annotated[str, Path(pattern="^[0-9a-f]{4,64}$")]
) -> LadderView:
    """The ladder of one matter: of a record, or of an entry of the journal, whose id begins so."""
    kept = context.runner.journal.by_id(beginning)
    if kept is not None:
        view = context.runner.routes.of_entry(kept.id)
    else:
        try:
            found = context.finder.by_id(beginning)
        except NotHere as error:
            raise NotHere(
                f"No record or entry begins with {beginning}. See: firebreak route show"
            ) from error
        view = context.runner.routes.of_record(found.side, found.channel, found.place)
    if view is None:
        raise Misuse(
            "That asks nothing of them, so there is no ladder for it. Name a question, a request or a"
            " call of ours."
        )
    return LadderView(**plain(view))
