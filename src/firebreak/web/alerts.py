"""What the node tells unasked: a list to ask for, and a stream of server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from firebreak.web.context import Context, Ctx
from firebreak.web.models import Alerts, AlertView

router = APIRouter(tags=["alerts"])

_SIGN_OF_LIFE: Final = 15.0
"""Seconds between comments on a stream on which nothing happens."""

_EVENT: Final = {"$ref": f"#/components/schemas/{AlertView.__name__}"}

After = Annotated[str, Query(description="The `cursor` to go on after; all kept without it.")]


@router.get("/alerts")
async def alerts(context: Ctx, after: After = "") -> Alerts:
    """Alerts told since; the node keeps the last 2,000, its journal all."""
    told = context.alerts(context.after(after))
    return Alerts(alerts=told, cursor=context.cursor(context.runner.node.alert_count))


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": _EVENT}}}},
)
async def events(
    context: Ctx,
    after: After = "",
    last_event_id: Annotated[str, Header(description="As browsers send it.")] = "",
) -> StreamingResponse:
    """Alerts as they come, each one event whose id is its cursor and whose data is an AlertView."""
    start = context.after(last_event_id or after)
    return StreamingResponse(
        _stream(context, start),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store"},
    )


async def _stream(context: Context, after: int) -> AsyncIterator[str]:
    leaving = context.runner.leaving
    yield "retry: 1000\n\n"
    while not leaving.is_set():
        for view in context.alerts(after):
            after = context.after(view.cursor)
            yield f"id: {view.cursor}\ndata: {view.model_dump_json()}\n\n"
        if not await _more(context, after):
            yield ": still here\n\n"


async def _more(context: Context, after: int) -> bool:
    """Wait until there is an alert after this one, or the node leaves; False after a while."""
    runner = context.runner
    return await runner.until(
        lambda: runner.node.alert_count > after or runner.leaving.is_set(), _SIGN_OF_LIFE
    )
