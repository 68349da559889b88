"""The state of a line: lamps, logs, quotas, and what the sides declare of it."""

from __future__ import annotations

from firebreak.node.checks import traffic
from firebreak.node.logs import Log
from firebreak.node.runner import clock
from firebreak.node.side import Side
from firebreak.records.agreement import Channel
from firebreak.records.kinds import Declared, LineState
from firebreak.records.spelling import name_of
from firebreak.values import Millis
from firebreak.web.context import Context
from firebreak.web.finding import channel_name
from firebreak.web.models import (
    AgreementStatus,
    ChannelStatus,
    Declaration,
    Lamp,
    LogStatus,
    QuotaStatus,
    Wire,
)


def agreement_status(context: Context, side: Side) -> AgreementStatus:
    """One agreement as this node runs it now."""
    shared, carrier, peer = side.shared, context.runner.carrier, side.peer_name
    agreement, human = shared.agreement, side.view.human
    declared, unchecked = declarations(context, side), _unchecked(context, side)
    return AgreementStatus(
        agreement=shared.base.digest().hex()[:8],
        digest=agreement.digest().hex(),
        title=agreement.title,
        version=agreement.version,
        mode=name_of(agreement.mode),
        valid_from=agreement.valid_from,
        valid_until=agreement.valid_until,
        languages=list(agreement.languages),
        peer=peer,
        human=Lamp(at=human.at, office=human.office),
        machine=Lamp(at=shared.machine_at),
        line=str(shared.link.status),
        wire=Wire(
            connected=carrier.connected(peer),
            address=context.runner.directory.config.peers.get(peer),
            trouble=carrier.trouble(peer),
        ),
        recovering=shared.recovering,
        failed=None if shared.failed is None else str(shared.failed),
        channels=[
            _channel(side, number, declared.get(number, []), unchecked.get(number))
            for number in shared.books
        ],
    )


def _unchecked(context: Context, side: Side) -> dict[int, Millis]:
    number = context.runner.node.sides.index(side)
    return context.runner.line_checks[number].unchecked(clock())


def _channel(
    side: Side, number: int, suspended: list[Declaration], unchecked: Millis | None
) -> ChannelStatus:
    shared, view = side.shared, side.view
    return ChannelStatus(
        channel=channel_name(number),
        own=_log(shared.own(number), shared.link.outgoing[number].receipted),
        theirs=_log(shared.theirs(number), None),
        quota=_quota(side, number),
        current=len(view.currents[number]),
        awaited=sum(channel == number for channel, _ in view.awaited),
        overdue=sum(channel == number for channel, _ in view.overdue),
        suspended=suspended,
        unchecked_since=unchecked,
    )


def _log(log: Log, delivered: int | None) -> LogStatus:
    return LogStatus(origin=log.origin, size=log.durable, delivered=delivered, forked=log.forked)


def _quota(side: Side, number: int) -> QuotaStatus:
    meter, now = side.shared.meters[number], clock()
    return QuotaStatus(
        bytes_a_day=meter.quota.bytes_a_day,
        bytes_used=meter.bytes.sum(now),
        records_an_hour=meter.quota.records_an_hour,
        records_used=meter.records.sum(now),
        flash_an_hour=meter.quota.flash_an_hour,
        flash_used=meter.flash.sum(now),
    )


def declarations(context: Context, side: Side) -> dict[int, list[Declaration]]:
    """By channel: what stands declared suspended, on the line or told otherwise, and the traffic since."""
    found = suspensions(context, side)
    for told in context.runner.checks.told():
        for channel in side.shared.books:
            if told.party == side.peer_name and told.channel == channel_name(channel):
                found.setdefault(channel, []).append(
                    Declaration(
                        party=told.party,
                        at=told.at,
                        reason=told.reason,
                        way=name_of(told.way),
                        traffic=told.traffic,
                    )
                )
    return {
        channel: [
            each
            if each.way != "node"
            else each.model_copy(update={"traffic": traffic(side, channel, each.at)})
            for each in listed
        ]
        for channel, listed in found.items()
        if channel in side.shared.books
    }


def suspensions(context: Context, side: Side) -> dict[int, list[Declaration]]:
    """By channel: which side has declared it suspended and has not resumed it."""
    standing: dict[int, list[Declaration]] = {}
    for log in side.shared.books[Channel.CONTROL].logs.values():
        last: dict[int, Declaration | None] = {}
        party = side.shared.base.parties[log.party].name
        for entry in context.runner.store.entries(log.origin, 0, log.durable):
            found = context.finder.of(entry)
            record = found.judged.record
            if record is None or found.judged.void is not None:
                continue
            match record.body:
                case LineState(channel, Declared.SUSPENDED, reason):
                    last[channel] = Declaration(party=party, at=entry.stored_at, reason=reason)
                case LineState(channel):
                    last[channel] = None
        for channel, declared in last.items():
            if declared is not None:
                standing.setdefault(channel, []).append(declared)
    return standing
