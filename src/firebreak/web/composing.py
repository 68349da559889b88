"""What an officer's machine asks for to compose, check and hand in a record it signs itself."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import Final

from fastapi import APIRouter

from firebreak.desk.notices import notice_of
from firebreak.desk.overlap import volume_of
from firebreak.errors import Malformed
from firebreak.node.runner import clock, finishing
from firebreak.node.side import Side
from firebreak.phrases import note
from firebreak.records.figures import date_time_group_seconds
from firebreak.records.kinds import Displayed, Kind
from firebreak.records.record import Record, parse_payload
from firebreak.values import Position
from firebreak.volumes import Area, Circle, Corridor, Polygon, separation_m
from firebreak.web.context import Context, Ctx
from firebreak.web.finding import Found, channel_number
from firebreak.web.models import (
    Appended,
    CheckRequest,
    CheckView,
    DisplayedRequest,
    DisplayedView,
    DraftContext,
    DraftRequest,
    SeenView,
    SubmitRequest,
    SubmitView,
)
from firebreak.web.views import is_news

router = APIRouter(tags=["composing"])

UNREAD_SHOWN: Final = 10

FAR_M: Final = 1_000_000
"""An area further than this from all that is known may have latitude and longitude swapped,"""
NEAR_M: Final = 300_000
"""if the swapped point is nearer than this to something known."""


@router.post("/draft")
async def draft(context: Ctx, request: DraftRequest) -> DraftContext:
    """What a record composed now on a channel says of its surroundings."""
    side, channel = context.finder.side(request.agreement), channel_number(request.channel)
    made = side.draft(channel, request.author)
    return DraftContext(
        agreement=side.shared.agreement.digest().hex(),
        channel=channel,
        party=side.shared.party,
        version=made.version,
        control=made.control,
        serial=made.serial,
        seen=[
            SeenView(party=seen.party, size=seen.size, digest=seen.digest.hex())
            for seen in made.seen
        ],
        now=made.now,
    )


@router.post("/check")
async def check(context: Ctx, request: CheckRequest) -> CheckView:
    """What a payload would meet, and what of the other side's has not been shown here yet.

    Refuses at once what the channel does not carry, and what may not be appended now.
    """
    side, channel = context.finder.side(request.agreement), channel_number(request.channel)
    record = parse_payload(_octets(bytes.fromhex, request.payload))
    _refuse_early(side, channel, record)
    views, now = context.views(side), clock()
    conflicts = [views.margin(channel, met) for met in side.overlaps(channel, record)]
    unread = views.unread(channel)
    claims = volume_of(record) is not None
    unchecked = [f.judged.id.hex() for f in views.holding(channel) if _unsound(f)] if claims else []
    said = note("none_held", "en", time=date_time_group_seconds(now))
    return CheckView(
        as_of=now,
        conflicts=conflicts,
        unchecked=unchecked,
        note=said if claims and not conflicts and not unchecked else None,
        unread=[views.record(found) for found in unread[:UNREAD_SHOWN]],
        more_unread=len(unread) > UNREAD_SHOWN,
        looks_swapped=_swapped_here(side, channel, record),
        late_by_ms=_late_by(side, record),
        two_officers=record.kind in side.shared.terms(channel).two_officers
        or side.appending.wants_second(record.kind),
    )


def _unsound(found: Found) -> bool:
    return found.judged.root in found.side.view.unchecked[found.channel]


def _swapped_here(side: Side, channel: int, record: Record) -> bool:
    volume = volume_of(record)
    return volume is not None and looks_swapped(volume.area, list(known_areas(side, channel)))


def known_areas(side: Side, channel: int) -> Iterator[Area]:
    """Areas of the notices that hold on a channel, and agreed lines and zones."""
    for current in side.view.currents[channel].values():
        yield current.volume.area
    agreement = side.shared.agreement
    yield from (Corridor(line.path, 1) for line in agreement.lines)
    yield from (zone.area for zone in agreement.zones)


def looks_swapped(area: Area, known: Sequence[Area]) -> bool:
    """Whether an area's first point is far from everything known, and near if it is swapped."""
    first = _first_point(area)
    if not known or abs(first.longitude_e7) > 900_000_000:  # no latitude
        return False
    swapped = Position(first.longitude_e7, first.latitude_e7)
    return _from(first, known) > FAR_M and _from(swapped, known) < NEAR_M


def _from(point: Position, known: Sequence[Area]) -> int:
    """Metres to the nearest of some areas."""
    return min(separation_m(Circle(point, 1), area) for area in known)


def _first_point(area: Area) -> Position:
    match area:
        case Circle(centre, _):
            return centre
        case Polygon(outer, _):
            return outer[0]
        case Corridor(path, _):
            return path[0]


def _refuse_early(side: Side, channel: int, record: Record) -> None:
    """Raise Refused for what would be refused once it is signed."""
    rules = side.appending
    rules.may_append(channel)
    rules.scope(channel, record)
    rules.own_desk(channel, record)
    rules.not_blanket(channel, record)
    rules.not_late_without_reason(record)


def _octets(read: object, text: str) -> bytes:
    try:
        made: bytes = read(text)  # type: ignore[operator]  # bytes.fromhex or a base64 reader
    except (ValueError, binascii.Error):
        raise Malformed("The bytes given are not in hexadecimal or base64, as asked.") from None
    return made


def from_base64(text: str) -> bytes:
    """Bytes from base64. Raises Malformed."""
    return _octets(lambda given: base64.b64decode(given, validate=True), text)


def _late_by(side: Side, record: Record) -> int | None:
    """By how much a notice misses the lead time agreed for its purpose, ms."""
    notice = notice_of(record)
    if notice is None or not side.view.late(side.shared.party, record):
        return None
    terms = side.shared.agreement.lead_times
    lead = next((term.millis for term in terms if term.code == notice.purpose), 0)
    return lead - notice.window.start


@router.post("/submit")
async def submit(context: Ctx, request: SubmitRequest) -> SubmitView:
    """Append signed records, all or none. Answers once they are durable here.

    With `wait_ms`, once they are durable over there too, or the time is up.
    """
    runner = context.runner
    side, channel = context.finder.side(request.agreement), channel_number(request.channel)
    records = [from_base64(text) for text in request.records]
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    entries = side.submit(channel, records, finishing(future))
    await future
    last = entries[-1].index
    delivery = context.views(side).deliveries[channel]
    delivered = await runner.until(lambda: delivery.delivered(last), request.wait_ms / 1_000)
    runner.touched()
    return SubmitView(
        records=[Appended(id=entry.record_id.hex(), index=entry.index) for entry in entries],
        delivered=delivered,
        line=str(side.shared.link.status),
    )


@router.post("/displayed")
async def displayed(context: Ctx, request: DisplayedRequest) -> DisplayedView:
    """These records stand on a screen now: the node says so, once for each, under its own key."""
    said: list[str] = []
    durable: list[asyncio.Future[None]] = []
    for beginning in dict.fromkeys(request.ids):
        found = context.finder.by_id(beginning)
        if _to_be_said(context, found):
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            found.side.appending.append_as_node(
                found.channel, Displayed(), found.place, done=finishing(future)
            )
            durable.append(future)
            said.append(found.judged.id.hex())
    await asyncio.gather(*durable)
    context.runner.touched()
    return DisplayedView(displayed=said)


def _to_be_said(context: Context, found: Found) -> bool:
    """Whether `displayed` has to be said: of news of theirs, once, where the channel carries it."""
    terms = found.side.shared.terms(found.channel)
    return (
        found.party != found.side.shared.party
        and found.judged.record is not None
        and Kind.DISPLAYED in terms.kinds
        and is_news(found)
        and not context.views(found.side).displayed(found)
    )
