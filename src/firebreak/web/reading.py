"""What can be read of a running node: its state, its records, its logs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query

from firebreak import __version__
from firebreak.errors import InvalidValue
from firebreak.node.logs import Log
from firebreak.node.runner import clock
from firebreak.node.side import Side
from firebreak.phrases import note
from firebreak.records.figures import date_time_group_seconds
from firebreak.records.kinds import Kind
from firebreak.records.spelling import code_named
from firebreak.web.context import Context, Ctx
from firebreak.web.finding import Found, channel_name, channel_number
from firebreak.web.lines import agreement_status
from firebreak.web.models import (
    AgreementName,
    DialogueView,
    Ledger,
    LedgerLog,
    Notices,
    Page,
    RecordView,
    Status,
)
from firebreak.web.views import BOOKKEEPING

router = APIRouter(tags=["reading"])

MOST_LOOKED_AT: Final = 2_000
"""Entries looked at for one page: a filter that fits little gives short pages, never a long wait."""
_MOST_OF_CURSOR: Final = 64
_CURSOR: Final = re.compile(r"(firebreak\.line/[0-9a-f]{32}/[0-9]{1,10}):([0-9]{1,16})")

Box = Literal["in", "out", "all"]


@router.get("/status")
async def status(context: Ctx) -> Status:
    """The node, its agreements, both lamps, quotas, sizes, and how often what was told."""
    runner = context.runner
    listening = runner.carrier.address
    return Status(
        party=runner.directory.config.party,
        software=__version__,
        now=clock(),
        started_at=runner.started_at,
        listening=None if listening is None else f"{listening[0]}:{listening[1]}",
        agreements=[agreement_status(context, side) for side in runner.node.sides],
        told={str(about): count for about, count in runner.told.items()},
        refused_bundles=dict(runner.node.refused),
        refused_callers={str(why): count for why, count in runner.carrier.refusals.items()},
    )


@router.get("/records")
async def records(
    context: Ctx,
    agreement: AgreementName = None,
    box: Box = "all",
    channel: str | None = None,
    kind: Annotated[list[str] | None, Query(description="Only these; else no bookkeeping.")] = None,
    waiting: Annotated[bool, Query(description="Open questions and notices that hold.")] = False,
    unread: Annotated[bool, Query(description="Theirs, not displayed here yet.")] = False,
    after: Annotated[str, Query(description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page:
    """Records that came in or went out, newest first."""
    sides = context.runner.node.sides if agreement is None else [context.finder.side(agreement)]
    logs = [(side, log) for side in sides for log in _logs(side, box, channel)]
    wanted = _wanted(context, kind, waiting, unread)
    before = _parsed(after)
    shown = [] if after else _overtaking(context, sides, box, channel)
    looked = 0
    for found in islice(context.finder.backwards(logs, before), MOST_LOOKED_AT):
        if len(shown) >= limit:
            break
        looked += 1
        before[found.entry.origin] = found.entry.index
        if wanted(found):
            shown.append(context.views(found.side).record(found))
            await asyncio.sleep(0)  # a long page must not hold up what is urgent
    ended = looked < MOST_LOOKED_AT and len(shown) < limit
    return Page(records=shown, next=None if ended else _written(before))


def _logs(side: Side, box: Box, channel: str | None) -> list[Log]:
    only = None if channel is None else channel_number(channel)
    return [
        log
        for number, book in side.shared.books.items()
        for log in book.logs.values()
        if only in (None, number) and (box == "all" or log.own == (box == "out"))
    ]


def _overtaking(
    context: Context, sides: Sequence[Side], box: Box, channel: str | None
) -> list[RecordView]:
    """What has overtaken those before it, whatever it is: it is urgent. Always on the first page."""
    if box == "out":
        return []
    only = None if channel is None else channel_number(channel)
    return [
        view
        for side in sides
        for number in side.shared.books
        if only in (None, number)
        for view in context.views(side).overtaking(number)
    ]


def _wanted(
    context: Context, kinds: list[str] | None, waiting: bool, unread: bool
) -> Callable[[Found], bool]:
    codes = {code_named(Kind, name) for name in kinds or ()}

    def wanted(found: Found) -> bool:
        kind = found.judged.record.kind if found.judged.record else 0
        if kind not in codes if codes else kind in BOOKKEEPING:
            return False
        views = context.views(found.side)
        if unread and (found.party == found.side.shared.party or views.displayed(found)):
            return False
        return not waiting or views.waits(found)

    return wanted


def _parsed(cursor: str) -> dict[str, int]:
    """Where each log was left. Raises InvalidValue."""
    before: dict[str, int] = {}
    for piece in cursor.split(",") if cursor else []:
        found = _CURSOR.fullmatch(piece)
        if found is None or len(before) >= _MOST_OF_CURSOR:
            raise InvalidValue("`after` is not the `next` of a page. Leave it out to start anew.")
        before[found[1]] = int(found[2])
    return before


def _written(before: dict[str, int]) -> str:
    return ",".join(f"{origin}:{index}" for origin, index in before.items())


@router.get("/records/{beginning}")
async def dialogue(context: Ctx, beginning: str) -> DialogueView:
    """The whole dialogue of the record whose id begins so (4 digits or more)."""
    found = context.finder.by_id(beginning)
    return context.views(found.side).dialogue(found)


@router.get("/notices")
async def notices(context: Ctx, agreement: AgreementName = None) -> Notices:
    """Notices and hazard warnings that hold. None held is not none there."""
    sides = context.runner.node.sides if agreement is None else [context.finder.side(agreement)]
    now = clock()
    held = [
        found
        for side in sides
        for channel in side.shared.books
        for found in context.views(side).holding(channel)
    ]
    shown = []
    for found in held:
        shown.append(context.views(found.side).record(found))
        await asyncio.sleep(0)
    said = note("none_held", "en", time=date_time_group_seconds(now))
    return Notices(as_of=now, note=said, records=sorted(shown, key=_start))


def _start(record: RecordView) -> int:
    return record.volume.start if record.volume is not None else 0


@router.get("/ledger")
async def ledger(context: Ctx) -> Ledger:
    """Size and root of every log held here, own and mirrored."""
    return Ledger(
        logs=[
            LedgerLog(
                agreement=side.shared.base.digest().hex()[:8],
                channel=channel_name(channel),
                party=side.shared.base.parties[log.party].name,
                own=log.own,
                origin=log.origin,
                size=log.durable,
                root=side.shared.root_at(log, log.durable).hex(),
                forked=log.forked,
            )
            for side in context.runner.node.sides
            for channel, book in side.shared.books.items()
            for log in book.logs.values()
        ]
    )
