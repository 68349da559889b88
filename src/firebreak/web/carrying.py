"""What leaves by hand: bundles and evidence; and announcements."""

from __future__ import annotations

import asyncio
import base64
import json

from fastapi import APIRouter

from firebreak.errors import Refused
from firebreak.evidence import collect
from firebreak.node.carried import sealed, unreceipted
from firebreak.node.proof import SideSource
from firebreak.node.runner import clock, finishing
from firebreak.node.side import Side
from firebreak.records.agreement import Publication, SignedAgreement
from firebreak.store.interface import JournalLine
from firebreak.values import Precedence
from firebreak.web.composing import from_base64
from firebreak.web.context import Context, Ctx
from firebreak.web.finding import channel_name
from firebreak.web.models import (
    AnnounceView,
    Evidence,
    ExportRequest,
    ExportView,
    ImportRequest,
    ImportView,
)

router = APIRouter(tags=["carrying"])


@router.post("/bundles/export")
async def bundle_export(context: Ctx, request: ExportRequest) -> ExportView:
    """Sealed bundles with all that the other side has given no receipt for, to be carried by hand."""
    side = context.finder.side(request.agreement)
    given = unreceipted(side)
    bundles = sealed(context.runner.node, side, given, Precedence.ROUTINE)
    return ExportView(
        bundles=[base64.b64encode(bundle).decode() for bundle in bundles],
        records=given.count,
        peer=side.peer_name,
    )


@router.post("/bundles/import")
async def bundle_import(context: Ctx, request: ImportRequest) -> ImportView:
    """Take in a bundle that was carried by hand. Answers once what it brought is durable."""
    runner = context.runner
    before, told = _holdings(context), runner.node.alert_count
    if request.relay is None:
        runner.node.receive(from_base64(request.bundle))
    else:
        await runner.relaying.bring(request.relay, from_base64(request.bundle))
    await runner.settled()
    after = _holdings(context)
    runner.touched()
    changed = [side for side in runner.node.sides if after[id(side)] != before[id(side)]]
    grown = {
        half: {
            channel_name(channel): after[id(side)][half][channel] - size
            for side in changed
            for channel, size in before[id(side)][half].items()
            if after[id(side)][half][channel] > size
        }
        for half in (0, 1)
    }
    return ImportView(
        peer=", ".join(side.peer_name for side in changed),
        entries=grown[0],
        delivered=grown[1],
        told=context.alerts(told),
    )


def _holdings(context: Context) -> dict[int, tuple[dict[int, int], dict[int, int]]]:
    """For each side, by channel: what is held of theirs, and what they hold of ours."""
    return {
        id(side): (
            {channel: side.shared.theirs(channel).durable for channel in side.shared.books},
            {channel: out.receipted for channel, out in side.shared.link.outgoing.items()},
        )
        for side in context.runner.node.sides
    }


@router.get("/evidence/{beginning}")
async def evidence(
    context: Ctx, beginning: str, officers: str = "", whole: bool = False
) -> Evidence:
    """One record, or with `whole` its dialogue, as a file that a stranger can verify.

    officers: who asked, for the journal, where every export is noted. Whoever asks has had the other
    party's consent where the publication clause wants it.
    """
    found = context.finder.by_id(beginning)
    side, shared = found.side, found.side.shared
    if shared.agreement.publication is Publication.NEVER:
        raise Refused("The agreement says that nothing under it may be shown to others.")
    places = [found.place]
    if whole:
        valid = (p for p in shared.books[found.channel].dialogue(found.judged.root))
        places = [placed.place for placed in valid if placed.judged.void is None]
    made = collect(
        _signed(context, side), [(found.channel, *place) for place in places], SideSource(side)
    )
    noted = {"id": found.judged.id.hex(), "entries": len(places), "officers": officers}
    line = JournalLine(clock(), "evidence", json.dumps(noted, ensure_ascii=False))
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    context.runner.store.submit([line], finishing(future))
    await future
    return Evidence(
        file=base64.b64encode(made.encoded()).decode(),
        name=f"{found.judged.id.hex()[:16]}.evidence",
    )


def _signed(context: Context, side: Side) -> SignedAgreement:
    """The agreement file that the side was opened with."""
    base = side.shared.base
    return next(signed for signed in context.runner.agreements if signed.agreement == base)


@router.post("/announce")
async def announce(context: Ctx) -> AnnounceView:
    """Read card and agreements from the directory again; announce what is new of them."""
    made = context.runner.announced()
    await context.runner.settled()
    return AnnounceView(announced=made)
