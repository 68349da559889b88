"""The calendar of line checks: what was due last, what is due next, what was missed."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from firebreak.desk.checks import EARLY, last_due, next_due
from firebreak.node.alerts import About
from firebreak.node.linecheck import LineChecks
from firebreak.records.agreement import Channel, KindTerm, LineCheckTime
from firebreak.records.kinds import Kind, LineCheckReply
from firebreak.records.slots import Words
from firebreak.values import Millis

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NINE = 20_000 * DAY + 9 * HOUR
CALENDAR = [9 * 60, 16 * 60]


@pytest.mark.parametrize(
    ("now", "last", "following"),
    [
        ((8, 59), (-1, 16), (0, 9)),
        ((9, 0), (0, 9), (0, 16)),
        ((15, 59), (0, 9), (0, 16)),
        ((16, 0), (0, 16), (1, 9)),
        ((23, 59), (0, 16), (1, 9)),
    ],
)
def test_the_calendar(
    now: tuple[int, int], last: tuple[int, int], following: tuple[int, int]
) -> None:
    moment = 20_000 * DAY + (now[0] * 60 + now[1]) * MINUTE
    assert last_due(CALENDAR, moment) == (20_000 + last[0]) * DAY + last[1] * 60 * MINUTE
    assert next_due(CALENDAR, moment) == (20_000 + following[0]) * DAY + following[1] * 60 * MINUTE


def test_without_a_calendar_nothing_is_due() -> None:
    assert last_due([], 20_000 * DAY) is None
    assert next_due([], 20_000 * DAY) is None


@dataclass
class Calendar:
    """As much of a side as line checks look at: one channel, checks at 0900Z and 1600Z."""

    replies: list[int] = field(default_factory=list)
    line_checks: tuple[LineCheckTime, ...] = tuple(
        LineCheckTime(Channel.AIR, minute) for minute in CALENDAR
    )
    answer_within: tuple[KindTerm, ...] = (KindTerm(Kind.LINE_CHECK, 20 * MINUTE),)
    valid_from: int = NINE - DAY
    holidays: tuple[int, ...] = ()
    party: int = 0
    beginning: str = "0badc0de"

    @property
    def shared(self) -> "Calendar":
        return self

    @property
    def agreement(self) -> "Calendar":
        return self

    def terms(self, channel: int) -> "Calendar":
        return self

    @property
    def books(self) -> dict[int, "Calendar"]:
        return {Channel.AIR: self}

    @property
    def logs(self) -> dict[int, "Calendar"]:
        return {0: self}

    @property
    def durable(self) -> int:
        return len(self.replies)

    def stored(self, party: int, index: int) -> Any:
        record = SimpleNamespace(body=LineCheckReply(Words("en", "Here the storks are back.")))
        return SimpleNamespace(stored_at=self.replies[index]), SimpleNamespace(record=record)


def checks(calendar: Calendar, now: int) -> LineChecks:
    return LineChecks(calendar, Millis(now))  # type: ignore[arg-type]  # as much of it as is needed


def test_a_check_that_nobody_answers_is_told_once_when_the_time_to_answer_is_up() -> None:
    line = checks(Calendar(), NINE - MINUTE)
    end = Millis(NINE + 20 * MINUTE)
    assert line.wake_at() == end
    assert line.tick(Millis(end - 1)) == []
    assert line.wake_at() == end
    (told,) = line.tick(end)
    assert (told.about, told.channel) == (About.LINE_CHECK_MISSED, Channel.AIR)
    assert "on the air channel at 0900Z: the line is unchecked" in told.text
    assert line.tick(Millis(end + 1)) == []
    assert line.unchecked(Millis(end + 1)) == {Channel.AIR: NINE}
    assert line.wake_at() == end + 7 * HOUR


@pytest.mark.parametrize(
    ("answered_at", "counts"),
    [(-EARLY - 1, False), (-EARLY, True), (0, True), (20 * MINUTE, True), (5 * HOUR, True)],
)
def test_which_answers_count(answered_at: int, counts: bool) -> None:
    line = checks(Calendar(replies=[NINE - DAY, NINE + answered_at]), NINE)
    assert line.unchecked(Millis(NINE + 6 * HOUR)) == ({} if counts else {Channel.AIR: NINE})


def test_a_node_that_starts_later_does_not_alarm_for_what_was_before() -> None:
    line = checks(Calendar(), NINE + HOUR)
    assert line.tick(Millis(NINE + 2 * HOUR)) == []
    assert line.unchecked(Millis(NINE + 2 * HOUR)) == {Channel.AIR: NINE}


def test_no_check_is_due_before_the_agreement() -> None:
    line = checks(Calendar(valid_from=NINE + 1), NINE)
    assert line.unchecked(Millis(NINE + HOUR)) == {}


def test_no_check_is_due_on_a_holiday() -> None:
    day = NINE // DAY
    line = checks(Calendar(holidays=(day,)), NINE)
    assert line.unchecked(Millis(NINE + HOUR)) == {Channel.AIR: NINE - DAY + 7 * HOUR}
    assert line.wake_at() == NINE + DAY + 20 * MINUTE
    assert line.tick(Millis(NINE + HOUR)) == []


def test_a_clock_that_is_set_back_and_on_again_tells_a_missed_check_once() -> None:
    line = checks(Calendar(), NINE)
    end = Millis(NINE + 20 * MINUTE)
    assert len(line.tick(end)) == 1
    assert line.tick(Millis(end - HOUR)) == []
    assert line.tick(end) == []
    assert len(line.tick(Millis(end + 7 * HOUR))) == 1
