"""Relays: what is given to them, what they sign, and where each bundle stands."""

from __future__ import annotations

import base64
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from firebreak.errors import Refused
from firebreak.node.passages import PassageView
from firebreak.node.relaying import RelayView
from firebreak.web.composing import from_base64
from firebreak.web.context import Ctx
from firebreak.web.models import AgreementName, Base64, Hex, Model

router = APIRouter(prefix="/relays", tags=["relays"])


class RelaysView(Model):
    """The relays known here, and every bundle given to one."""

    relays: list[RelayView]
    passages: list[PassageView]


class GiveRequest(Model):
    """A person's word that a relay shall carry: it learns that the two parties speak."""

    relay: str
    agreement: AgreementName = None
    readable: Annotated[
        Hex | None,
        Field(description="How the id of the one record begins that the relay's people may read."),
    ] = None
    by_hand: bool = Field(description="Whether the bundles are carried there as files.")


class GivenBundle(Model):
    """One sealed bundle that was given. sealed: where it is carried there by hand."""

    bundle: Hex
    sealed: Base64 | None


class GivenView(Model):
    """What was given, durable. agreed: whether the agreement names the relay."""

    bundles: list[GivenBundle]
    records: int
    peer: str
    agreed: bool
    connected: bool


class CustodyRequest(Model):
    """A custody receipt that came by hand."""

    relay: str
    receipt: Base64


@router.get("")
async def relays(context: Ctx) -> RelaysView:
    """Relays, and where each bundle stands that was given to one."""
    relaying = context.runner.relaying
    return RelaysView(relays=relaying.relay_views(), passages=relaying.views())


@router.post("/give")
async def give(context: Ctx, request: GiveRequest) -> GivenView:
    """Give a relay all that the other side has no receipt for: a person has said so."""
    relaying = context.runner.relaying
    if request.readable is None:
        side = context.finder.side(request.agreement)
        made = await relaying.give(request.relay, side, request.by_hand)
    else:
        found = context.finder.by_id(request.readable)
        side = found.side
        if found.party != side.shared.party:
            raise Refused("Only what is ours is ours to give.")
        place = (found.channel, found.place[1])
        made = await relaying.give_readable(request.relay, side, place, request.by_hand)
    return GivenView(
        bundles=[
            GivenBundle(
                bundle=passage.bundle.hex(),
                sealed=base64.b64encode(bundle).decode() if request.by_hand else None,
            )
            for passage, bundle in made
        ],
        records=made[-1][0].records,
        peer=side.peer_name,
        agreed=relaying.agreed(request.relay, side),
        connected=relaying.connected(request.relay),
    )


@router.post("/custody")
async def custody(context: Ctx, request: CustodyRequest) -> PassageView:
    """Take a custody receipt that came by hand."""
    relaying = context.runner.relaying
    passage = await relaying.take_custody(request.relay, from_base64(request.receipt))
    return relaying.view(passage)
