"""Line checks by the agreed calendar: which was the last due, and did a person answer it?

A missed check says that the line is *unchecked*, nothing about why (spec/agreement.md, line checks).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from firebreak.desk.checks import EARLY, GRACE, MINUTE, last_due, next_due
from firebreak.node.alerts import About, Alert, Level
from firebreak.node.side import Side
from firebreak.records.agreement import Channel
from firebreak.records.kinds import Kind, LineCheckReply
from firebreak.records.spelling import clock_text, name_of
from firebreak.values import Millis

_DAY: Final = 86_400_000
MOST_LOOKED_AT: Final = 2_000


class LineChecks:
    """The calendar of one agreement, against what its logs hold."""

    def __init__(self, side: Side, now: Millis) -> None:
        self._side = side
        self._looked_at = now
        self._told: set[tuple[int, Millis]] = set()

    @property
    def _holidays(self) -> tuple[int, ...]:
        return self._side.shared.agreement.holidays

    def _calendar(self) -> Iterator[tuple[Channel, list[int], int]]:
        """Each channel that has checks, its minutes of the day, and the time to answer in ms."""
        agreement = self._side.shared.agreement
        for channel in sorted({at.channel for at in agreement.line_checks}):
            minutes = [at.minute for at in agreement.line_checks if at.channel is channel]
            deadlines = self._side.shared.terms(channel).answer_within
            grace = next((t.millis for t in deadlines if t.code == Kind.LINE_CHECK), GRACE)
            yield channel, minutes, grace

    def unchecked(self, now: Millis) -> dict[int, Millis]:
        """By channel: the time of the last check that was due, where nobody answered it."""
        found: dict[int, Millis] = {}
        for channel, minutes, grace in self._calendar():
            due = last_due(minutes, now - grace, self._holidays)
            if due is None or due < self._side.shared.agreement.valid_from:
                continue
            if not self._answered(channel, due - EARLY):
                found[channel] = due
        return found

    def _answered(self, channel: Channel, since: int) -> bool:
        """Whether either side has answered a line check since then."""
        for log in self._side.shared.books[channel].logs.values():
            for index in range(log.durable - 1, max(-1, log.durable - 1 - MOST_LOOKED_AT), -1):
                stored = self._side.shared.books[channel].stored(log.party, index)
                if stored is None or stored[0].stored_at < since:
                    break
                record = stored[1].record
                if record is not None and isinstance(record.body, LineCheckReply):
                    return True
        return False

    def wake_at(self) -> Millis | None:
        """When `tick` is next needed: as the time to answer the next check runs out."""
        times = [
            Millis(due + grace)
            for _, minutes, grace in self._calendar()
            if (due := next_due(minutes, self._looked_at - grace, self._holidays)) is not None
        ]
        return min(times, default=None)

    def tick(self, now: Millis) -> list[Alert]:
        """What is to be told of the checks whose time has run out since the last look."""
        before, self._looked_at = self._looked_at, now
        graces = {channel: grace for channel, _, grace in self._calendar()}
        found = {
            (channel, due)
            for channel, due in self.unchecked(now).items()
            if due + graces[Channel(channel)] > before
        } - self._told
        self._told |= found
        return [
            Alert(
                now,
                Level.WARNING,
                About.LINE_CHECK_MISSED,
                _text(channel, due),
                channel,
                agreement=self._side.shared.beginning,
            )
            for channel, due in sorted(found)
        ]


def _text(channel: int, due: Millis) -> str:
    minute = due % _DAY // MINUTE
    return (
        f"Nobody answered a line check on the {name_of(Channel(channel))} channel at"
        f" {clock_text(minute)}: the line is unchecked. That says nothing about intent."
        " Send one: firebreak line check"
    )
