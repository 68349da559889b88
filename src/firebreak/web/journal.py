"""The journal, for a console and the command line: read it, and hand in entries signed elsewhere."""

from __future__ import annotations

import asyncio
import base64
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field

from firebreak.desk.calls import for_anybody
from firebreak.desk.journal import KIND_OF, JournalKind, Kept, Void, kind_text
from firebreak.desk.people import without_duress
from firebreak.desk.plain import plain
from firebreak.node.runner import clock, finishing
from firebreak.records.spelling import name_of, named
from firebreak.web.composing import from_base64
from firebreak.web.context import Ctx
from firebreak.web.faults import NotHere
from firebreak.web.models import Base64, Hex, Millis, Model

router = APIRouter(prefix="/journal", tags=["journal"])

MOST_SHOWN = 1_000


class EntryView(Model):
    """One entry of the journal."""

    index: int
    id: Hex
    kind: str
    at: Millis = Field(description="When it was entered; what happened when is in the body.")
    office: str = Field(description="Whose officer signed it.")
    about: list[Hex] = Field(description="Ids of records or entries that it is about.")
    body: dict[str, Any]
    signed: Base64


class VoidView(Model):
    """What stands in the journal's log and does not count."""

    index: int
    kind: str = Field(description="As far as it can be read; unknown for one of a newer version.")
    reason: str
    signed: Base64


class JournalView(Model):
    """A part of the journal, and what an entry made now is signed in."""

    origin: str
    size: int
    roster: int = Field(description="The version of this party's card.")
    now: Millis
    entries: list[EntryView]
    void: list[VoidView] = Field(
        description="Of the same part, whatever kinds were asked for: what does not count, and why."
    )
    more: bool = Field(description="Whether more follows behind the greatest index given.")


class EnterRequest(Model):
    """Signed entries, appended all or none."""

    entries: list[Base64] = Field(min_length=1, max_length=64)


class EnteredView(Model):
    """They are durable here."""

    ids: list[Hex]
    indices: list[int]


class ProofsRequest(Model):
    """Indices of entries in the journal."""

    indices: list[int] = Field(min_length=1, max_length=MOST_SHOWN)


class ProofsView(Model):
    """A tlog-proof for each entry, all under one head, each with the salt of its entry."""

    proofs: list[Base64]


def view_of(kept: Kept) -> EntryView:
    """An entry as it is shown."""
    body = kept.entry.body
    return EntryView(
        index=kept.index,
        id=kept.id.hex(),
        kind=name_of(KIND_OF[type(body)]),
        at=kept.entry.at,
        office=kept.office,
        about=[about.hex() for about in kept.entry.about],
        body=plain(for_anybody(body)),
        signed=base64.b64encode(kept.data).decode(),
    )


def _void_view(void: Void) -> VoidView:
    return VoidView(
        index=void.index,
        kind=kind_text(void.kind),
        reason=void.reason,
        signed=base64.b64encode(void.data).decode(),
    )


EveryEntry = Annotated[
    bool, Query(alias="all", description="Those, too, that no screen shows unasked.")
]


@router.get("")
async def read(
    context: Ctx,
    after: Annotated[int, Query(ge=-1, description="Entries behind this index.")] = -1,
    kind: Annotated[list[str] | None, Query(description="Only these kinds.")] = None,
    most: Annotated[int, Query(ge=0, le=MOST_SHOWN)] = MOST_SHOWN,
    everything: EveryEntry = False,
) -> JournalView:
    """Entries of the journal in order, durable ones only."""
    journal = context.runner.journal
    wanted = {named(JournalKind, name) for name in kind or []}
    shown = journal.entries if everything else without_duress(journal.entries)  # JN-13
    found: list[Kept | Void] = [
        kept for kept in shown if not wanted or KIND_OF[type(kept.entry.body)] in wanted
    ]
    found += [void for void in journal.void if everything or void.kind != JournalKind.DURESS]
    found = sorted((each for each in found if each.index > after), key=lambda each: each.index)
    part = found[:most]
    return JournalView(
        origin=journal.origin,
        size=len(journal.entries),
        roster=journal.roster,
        now=clock(),
        entries=[view_of(each) for each in part if isinstance(each, Kept)],
        void=[_void_view(each) for each in part if isinstance(each, Void)],
        more=len(found) > most,
    )


@router.get("/{beginning}")
async def one(
    context: Ctx,
    beginning: Annotated[str, Path(pattern="^[0-9a-f]{4,64}$")],
    everything: EveryEntry = False,
) -> EntryView:
    """The entry whose id begins so."""
    kept = context.runner.journal.by_id(beginning)
    if kept is None or not (everything or without_duress([kept])):
        raise NotHere(f"The journal has no entry {beginning}. See: firebreak journal list")
    return view_of(kept)


@router.post("/proofs")
async def proofs(context: Ctx, request: ProofsRequest) -> ProofsView:
    """Proofs that entries stand in the journal: for evidence that officers choose to show."""
    made = context.runner.journal.proofs(request.indices)
    return ProofsView(proofs=[base64.b64encode(proof).decode() for proof in made])


@router.post("")
async def enter(context: Ctx, request: EnterRequest) -> EnteredView:
    """Append entries that officers signed. Answers once they are durable here."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    signed = [from_base64(text) for text in request.entries]
    kept = context.runner.journal.append(signed, finishing(future))
    await future
    context.runner.touched()
    return EnteredView(ids=[each.id.hex() for each in kept], indices=[each.index for each in kept])
