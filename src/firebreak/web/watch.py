"""The watch, for a console and the command line: what it sees, what it advises, what officers decide.

What may be long is made into JSON in a thread, so that a full sky does not hold up the line.
"""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Response

from firebreak.errors import InvalidValue, Misuse, Refused
from firebreak.node.lookout import OVERRIDE, Lookout, Phase
from firebreak.node.runner import clock, finishing
from firebreak.records.cbor import check_text
from firebreak.store.interface import JournalLine, Setting
from firebreak.values import Millis, Position
from firebreak.web.composing import from_base64
from firebreak.web.context import Context, Ctx
from firebreak.web.faults import NotHere
from firebreak.web.models import AgreementName
from firebreak.web.watch_models import (
    OverrideRequest,
    OwnerRequest,
    OwnerView,
    ShelveRequest,
    WatchAdvisory,
    WatchDraft,
    WatchTracks,
    WatchView,
)

if TYPE_CHECKING:
    from firebreak.carriers.feeds import Health
    from firebreak.desk.drafts import Draft
    from firebreak.node.side import Side
    from firebreak.node.watching import Shown, Watcher
    from firebreak.watch.advisories import Advisory

router = APIRouter(prefix="/watch", tags=["watch"])

MOST_TRACKS = 5_000
LONGEST_LABEL = 32
"""Characters: of a track's name in a query."""


def _lookout(context: Context) -> Lookout:
    """The node's watch. Raises NotHere if it has none."""
    found = context.runner.lookout
    if found is None:
        raise NotHere(
            "This node does not watch. Name sources in node.toml, under [watch], and start it again."
        )
    return found


def _watcher(context: Context) -> Watcher:
    """The watch as it runs. Raises Misuse while it does not."""
    lookout = _lookout(context)
    if lookout.watcher is None:
        raise Misuse("The watch is not running yet. See: firebreak watch list")
    return lookout.watcher


def _json(plain: object) -> Response:
    return Response(_written(plain), media_type="application/json")


def _written(plain: object) -> bytes:
    return json.dumps(plain, ensure_ascii=False).encode()


@router.get("", response_model=WatchView)
async def standing(context: Ctx) -> Response:
    """How the watch is: its sources, its advisories with the most urgent first, and their rates."""
    lookout = _lookout(context)
    watcher = lookout.watcher
    view: dict[str, Any] = {
        "phase": str(lookout.phase),
        "troubles": list(lookout.troubles),
        "at": None,
        "tracks": 0,
        "took_ms": None,
        "complete": True,
        "fences": 0,
        "dropped": 0,
        "uncompared": 0,
        "no_room": 0,
        "not_looked_at": [],
        "rates": None,
        "sources": [],
        "advisories": [],
    }
    if watcher is None or watcher.standing is None or lookout.phase is not Phase.RUNNING:
        return _json(view)
    from firebreak.node.watching import not_looked_at

    now, rates = watcher.standing, watcher.standing.rates
    view |= {
        "at": now.at,
        "tracks": now.tracks,
        "took_ms": now.took_ms,
        "complete": now.complete,
        "fences": watcher.fences,
        "dropped": watcher.dropped,
        "uncompared": now.uncompared,
        "no_room": now.no_room,
        "not_looked_at": not_looked_at(now),
        "rates": {
            "in_ten_minutes": rates.in_ten_minutes,
            "chattering": rates.chattering,
            "standing": rates.standing,
            "shelved": rates.shelved,
        },
        "sources": [_source(name, health) for name, health in watcher.health().items()],
    }
    return await asyncio.to_thread(_with_advisories, view, now.advisories)


def _with_advisories(view: dict[str, Any], advisories: tuple[Advisory, ...]) -> Response:
    from firebreak.desk.explaining import plain_advisory

    return _json({**view, "advisories": [plain_advisory(each) for each in advisories]})


def _source(name: str, health: Health) -> dict[str, Any]:
    return {
        "name": name,
        "state": str(health.state),
        "since": health.since,
        "reports": health.reports,
        "refused": {str(reason): count for reason, count in health.refused.items()},
        "dropped": health.dropped,
        "last_report_at": health.last_report_at,
        "trouble": health.trouble,
    }


@router.get("/tracks", response_model=WatchTracks)
async def tracks(
    context: Ctx,
    limit: Annotated[int, Query(ge=1, le=MOST_TRACKS)] = 1_000,
    doubtful: Annotated[bool, Query(description="Only doubtful ones.")] = False,
) -> Response:
    """Tracks that are watched now, doubtful ones first: claimed and plausible position, trail."""
    watcher = _watcher(context)
    return await asyncio.to_thread(_tracks, watcher, limit, doubtful)


def _tracks(watcher: Watcher, limit: int, doubtful: bool) -> Response:
    at = watcher.standing.at if watcher.standing is not None else clock()
    shown = watcher.tracks(limit, doubtful)
    # One by one: to write a long text in one go would hold up every other thread.
    written = b", ".join(_written(_track(each, at)) for each in shown)
    return Response(
        b'{"at": %d, "tracks": [%b]}' % (at, written),
        media_type="application/json",
    )


def _track(shown: Shown, at: Millis) -> dict[str, Any]:
    from firebreak.desk.explaining import plain_seen
    from firebreak.watch.doubts import doubts_text

    track, now = shown.track, shown.trail[0]
    return {
        **plain_seen(now),
        "source": shown.source,
        "age_ms": max(at - track.at, 0),
        "stale": shown.stale,
        "doubtful": doubts_text(track.doubts) or None,
        "doubtful_since": track.doubtful_since,
        "trusted": _pair(track.trusted),
        "trusted_at": track.trusted_at,
        "owner": shown.owner.value,
        "label": shown.label,
        "trail": [[seen.reported_at, *_pair(seen.position)] for seen in shown.trail[1:]],
    }


def _pair(position: Position) -> list[int]:
    return [position.latitude_e7, position.longitude_e7]


@router.post("/tracks/{identity:path}/owner")
async def owner(context: Ctx, identity: str, request: OwnerRequest) -> OwnerView:
    """An officer says whose a track is and how it is called; kept over restarts.

    Nothing here guesses it. Another's tracks do not go out, one's own are not asked about.
    """
    from firebreak.desk.releasability import Owner

    watcher, lookout = _watcher(context), _lookout(context)
    said = Owner(request.owner)
    label = None if request.label is None else request.label.strip()
    if label is not None:
        check_text(label)
        if not 1 <= len(label) <= LONGEST_LABEL:
            raise InvalidValue(f"A track's label has 1 to {LONGEST_LABEL} characters. Shorten it.")
    if said is not Owner.UNKNOWN and not await asyncio.to_thread(watcher.is_watched, identity):
        raise NotHere(f"No track {identity!r} is watched now. See: firebreak watch tracks")
    setting = lookout.own(identity, said, label)
    await _durable(context, setting)
    await asyncio.to_thread(watcher.own, identity, said, label)
    return OwnerView(identity=identity, owner=request.owner, label=label)


async def _durable(context: Context, write: Setting | JournalLine) -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    context.runner.store.submit([write], finishing(future))
    await future


# Advisories. Their keys have slashes in them, so they end where the verb begins.


@router.post("/advisories/{key:path}/acknowledge", response_model=WatchAdvisory)
async def acknowledge(context: Ctx, key: str) -> Response:
    """The officer has seen it. It comes back when that expires, or when it gets worse."""
    return await _stands(await asyncio.to_thread(_watcher(context).acknowledge, key))


@router.post("/advisories/{key:path}/shelve", response_model=WatchAdvisory)
async def shelve(context: Ctx, key: str, request: ShelveRequest) -> Response:
    """Put it aside, an hour at most and for a reason."""
    watcher = _watcher(context)
    until = Millis(request.until)
    return await _stands(await asyncio.to_thread(watcher.shelve, key, until, request.reason))


@router.post("/advisories/{key:path}/unshelve", response_model=WatchAdvisory)
async def unshelve(context: Ctx, key: str) -> Response:
    """Take it back from the shelf."""
    return await _stands(await asyncio.to_thread(_watcher(context).unshelve, key))


async def _stands(advisory: Advisory) -> Response:
    from firebreak.desk.explaining import plain_advisory

    return _json(plain_advisory(advisory))


@router.get("/advisories/{key:path}/draft", response_model=WatchDraft)
async def draft(context: Ctx, key: str, agreement: AgreementName = None) -> Response:
    """The query that it suggests, as the releasability gate lets it out. Nothing is sent by this.

    Without an agreement: at the strictest terms of all that this node has.
    """
    side = None if agreement is None else context.finder.side(agreement)
    terms, watcher = _lookout(context).terms(side), _watcher(context)
    return _draft(await asyncio.to_thread(watcher.draft, key, terms))


def _draft(made: Draft) -> Response:
    from firebreak.desk.drafts import plain_draft

    return _json(plain_draft(made))


@router.post("/advisories/{key:path}/override", response_model=WatchDraft)
async def override(context: Ctx, key: str, request: OverrideRequest) -> Response:
    """The draft beyond the gate, which two officers have signed for; it is in the journal first."""
    from firebreak.desk.beyond import Decision

    lookout, watcher = _lookout(context), _watcher(context)
    side = context.finder.side(request.agreement)
    first, second = request.officers
    decision = Decision(
        side.shared.agreement.digest(),
        key,
        request.reason,
        Millis(request.at),
        (first.index, second.index),
    )
    signatures = [from_base64(each.signature) for each in request.officers]
    roster = side.shared.control.latest_roster(side.shared.party)
    beyond = decision.checked(roster, signatures, clock())
    lookout.use(decision.payload(), decision.at)
    made = await asyncio.to_thread(watcher.draft, key, lookout.terms(side), beyond)
    if made.query is None:
        raise Refused(made.withheld or "Nothing can be said of this track now. Try again.")
    await _durable(context, _noted(side, decision.payload(), request, made))
    return _draft(made)


def _noted(side: Side, payload: bytes, request: OverrideRequest, made: Draft) -> JournalLine:
    """What the journal keeps: who decided what and why, their signatures, and what was let out."""
    from firebreak.desk.drafts import plain_draft

    released = made.released
    assert released is not None
    assert released.override is not None
    noted = {
        "agreement": side.shared.agreement.digest().hex(),
        "advisory": made.advisory,
        "officers": list(released.override.officers),
        "reason": released.override.reason,
        "decided_at": request.at,
        "decision": base64.b64encode(payload).decode(),
        "signatures": [each.signature for each in request.officers],
        "released": plain_draft(made),
    }
    return JournalLine(clock(), OVERRIDE, json.dumps(noted, ensure_ascii=False))
