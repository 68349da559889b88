"""Calls between leaders, for a console and the command line: all of them, and one with its dialogue."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field

from firebreak.desk.call_rules import offers, refusals
from firebreak.desk.calls import CallView
from firebreak.desk.entries.contacts import Direction
from firebreak.desk.plain import plain
from firebreak.desk.readouts import compare
from firebreak.errors import Misuse
from firebreak.node.runner import clock
from firebreak.web.context import Ctx
from firebreak.web.faults import NotHere
from firebreak.web.models import Millis, Model

router = APIRouter(prefix="/calls", tags=["calls"])


class CallsView(Model):
    """Calls, the newest request first."""

    as_of: Millis
    calls: list[dict[str, Any]] = Field(description="Each as `/calls/{id}` shows it.")


class CallShown(Model):
    """One call."""

    as_of: Millis
    call: dict[str, Any] = Field(
        description="Its fields as desk/calls.py names them; what is offered; both readouts."
    )


@router.get("")
async def calls(context: Ctx) -> CallsView:
    """Every call that was asked for, by either side, over a node or otherwise."""
    return CallsView(as_of=clock(), calls=[shown(view) for view in context.runner.calls.views()])


@router.get("/{beginning}")
async def call(
    context: Ctx, beginning: Annotated[str, Path(pattern="^[0-9a-f]{4,64}$")]
) -> CallShown:
    """The call whose request, or any record in it, has an id that begins so."""
    found = [
        view
        for view in context.runner.calls.views()
        if any(line.id.hex().startswith(beginning) for line in view.lines)
    ]
    if not found:
        raise NotHere(f"No call has a record {beginning}. See: firebreak call board")
    if len(found) > 1:
        raise Misuse(f"Several calls have records that begin with {beginning}. Give more digits.")
    return CallShown(as_of=clock(), call=shown(found[0]))


def shown(view: CallView) -> dict[str, Any]:
    """A call as it is shown: its fields, what is offered, both readouts compared where both are."""
    made: dict[str, Any] = plain(view)
    held = {line.by: line for line in view.lines if line.what == "readout"}
    ours, theirs = held.get(Direction.OURS), held.get(Direction.THEIRS)
    comparison = None
    if ours is not None and theirs is not None and ours.words and theirs.words:
        compared = compare(ours.words, theirs.words, ours.agreed, theirs.agreed)
        comparison = {**plain(compared), "differs": compared.differs}
    return {
        **made,
        "offers": list(offers(view)),
        "refusals": refusals(view),
        "readouts": {
            "ours": None if ours is None else plain(ours),
            "theirs": None if theirs is None else plain(theirs),
        },
        "comparison": comparison,
    }
