"""What comes due is told once, or again; over restarts, clocks that jump, and a leap day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.node.alerts import About, Alert, Level
from firebreak.node.due import LOOK_AGAIN_MS, LOOK_APART_MS, SETTING, Alarms, Due, told_of
from firebreak.records.cbor import encode
from firebreak.records.spelling import millis_of
from firebreak.store.interface import Setting
from firebreak.store.sqlite import SqliteStore, open_store
from firebreak.values import Millis
from tests.worlds import DAY, HOUR, MINUTE, NOW

ONCE = Due("answer 1", Millis(NOW + HOUR), Level.ALARM, About.LAPSED, "No answer.")
AGAIN = replace(ONCE, key="onward 1", again=10 * MINUTE)


@dataclass
class Clock:
    now: int = NOW

    def __call__(self) -> Millis:
        return Millis(self.now)


@dataclass
class Node:
    """Alarms over a store, as a node has them; restarted by a new Alarms over the same store."""

    store: SqliteStore
    clock: Clock = field(default_factory=Clock)
    dues: list[Due] = field(default_factory=list)
    told: list[Alert] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    changes: int = 0

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.store.settled()  # type: ignore[attr-defined]  # see `opened`
        self.alarms = Alarms(
            self.store, self.clock, self.told.append, lambda: self.changes, self.faults.append
        )
        self.alarms.sources.append(lambda now: self.dues)

    def at(self, now: int) -> int:
        """How many alerts are told at this time."""
        before, self.clock.now = len(self.told), now
        self.alarms.tick()
        return len(self.told) - before


@contextmanager
def opened(path: Path) -> Iterator[Node]:
    import threading

    store = open_store(path / "store.db", lambda work: work(), create=True)

    def settled() -> None:
        ended = threading.Event()
        store.submit([], lambda error: ended.set())
        assert ended.wait(30)

    store.settled = settled  # type: ignore[attr-defined]  # for the test alone
    try:
        yield Node(store)
    finally:
        store.close()


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with opened(tmp_path) as made:
        yield made


def test_it_is_told_at_its_time_and_once(node: Node) -> None:
    """JN-15"""
    node.dues.append(ONCE)
    assert [node.at(t) for t in (NOW, ONCE.at - 1, ONCE.at, ONCE.at + DAY)] == [0, 0, 1, 0]
    assert node.told == [Alert(ONCE.at, Level.ALARM, About.LAPSED, "No answer.")]


def test_it_is_told_once_over_restarts_too_and_not_lost_by_one(node: Node) -> None:
    """JN-15"""
    node.dues.append(ONCE)
    assert node.at(ONCE.at - 1) == 0
    node.restart()
    assert node.at(ONCE.at + DAY) == 1
    node.restart()
    assert node.at(ONCE.at + 2 * DAY) == 0


def test_what_stands_is_told_again_after_its_time_over_restarts_too(node: Node) -> None:
    """JN-15"""
    node.dues.append(AGAIN)
    times = [AGAIN.at, AGAIN.at + 9 * MINUTE, AGAIN.at + 10 * MINUTE]
    assert [node.at(t) for t in times] == [1, 0, 1]
    node.restart()
    assert [node.at(times[2] + m * MINUTE) for m in (9, 10)] == [0, 1]


def test_what_is_done_with_is_told_no_more_and_what_comes_back_is_told_anew(node: Node) -> None:
    node.dues.append(AGAIN)
    assert node.at(AGAIN.at) == 1
    node.dues.clear()
    node.changes += 1
    assert node.at(AGAIN.at + HOUR) == 0
    node.dues.append(AGAIN)
    node.changes += 1
    assert node.at(AGAIN.at + HOUR + LOOK_APART_MS) == 1


def test_a_clock_that_jumps_ahead_and_back_loses_nothing(node: Node) -> None:
    """JN-15: told early by a wrong clock, it is told again at its time."""
    node.dues.append(ONCE)
    assert node.at(NOW + 365 * DAY) == 1
    assert node.at(NOW) == 0
    node.restart()
    assert [node.at(ONCE.at - 1), node.at(ONCE.at)] == [0, 1]


def test_a_clock_that_jumps_back_after_the_telling_tells_it_again(node: Node) -> None:
    """Rather twice than never: which of the two clocks was right, nobody can tell."""
    node.dues.append(ONCE)
    assert [node.at(t) for t in (ONCE.at, NOW - DAY, ONCE.at, ONCE.at + 1)] == [1, 0, 1, 0]


LEAP = Millis(1_835_395_200_000)  # 2028-02-29, 0000Z


@pytest.mark.parametrize("wait", [HOUR, DAY, 2 * DAY, 366 * DAY])
def test_a_leap_day_is_a_day(node: Node, wait: int) -> None:
    """JN-15"""
    from datetime import UTC, datetime

    assert millis_of(datetime(2028, 2, 29, tzinfo=UTC)) == LEAP
    due = replace(ONCE, at=Millis(LEAP - HOUR + wait))
    node.dues.append(due)
    assert [node.at(LEAP - HOUR), node.at(due.at - 1), node.at(due.at)] == [0, 0, 1]


MOVES = st.lists(
    st.tuples(st.sampled_from(["to", "restart"]), st.integers(0, 3 * HOUR)), max_size=12
)


@settings(max_examples=30, deadline=None)
@given(MOVES)
def test_whatever_the_clock_did_a_deadline_that_has_passed_was_told(
    moves: list[tuple[str, int]],
) -> None:
    """JN-15: and never more than once at a time that was not taken back."""
    with TemporaryDirectory() as folder, opened(Path(folder)) as node:
        node.dues.append(ONCE)
        for what, offset in moves:
            if what == "restart":
                node.restart()
            else:
                node.at(NOW + offset)
        node.at(NOW + 3 * HOUR)
        valid = [alert for alert in node.told if alert.at >= ONCE.at]
        assert valid
        assert node.at(NOW + 4 * HOUR) == 0


def test_it_wakes_when_something_is_due_and_at_once_when_something_happened(node: Node) -> None:
    node.dues.append(ONCE)
    node.at(NOW)
    assert node.alarms.wake_at() == ONCE.at
    node.changes += 1
    assert node.alarms.wake_at() == NOW + LOOK_APART_MS
    node.clock.now = NOW + LOOK_APART_MS
    assert node.alarms.wake_at() == NOW + LOOK_APART_MS
    node.at(NOW)
    node.clock.now = NOW + LOOK_AGAIN_MS
    assert node.alarms.wake_at() == NOW + LOOK_AGAIN_MS
    node.at(ONCE.at)
    assert node.alarms.wake_at() is None


def test_sources_are_not_asked_for_nothing(node: Node) -> None:
    asked: list[Millis] = []

    def source(now: Millis) -> list[Due]:
        asked.append(now)
        return []

    node.alarms.sources.append(source)
    for later in range(5):
        node.at(NOW + later)
    assert asked == [NOW]


def test_a_fault_in_one_source_silences_no_other(node: Node) -> None:
    def faulty(now: Millis) -> list[Due]:
        raise RuntimeError("out of order")

    node.alarms.sources.insert(0, faulty)
    node.dues.append(ONCE)
    assert node.at(ONCE.at) == 1
    assert [str(fault) for fault in node.faults] == ["out of order"]


def test_what_is_overdue_is_listed_the_longest_first(node: Node) -> None:
    later = replace(ONCE, key="later", at=Millis(ONCE.at + MINUTE))
    node.dues += [later, ONCE, replace(ONCE, key="ahead", at=Millis(NOW + DAY))]
    assert node.alarms.overdue(Millis(later.at)) == [ONCE, later]


@pytest.mark.parametrize(
    "damaged", [b"", b"\xff", b"\x80\x80", encode((("x", 1, 2),)), encode((("x", "y"),)), encode(7)]
)
def test_a_damaged_note_of_what_was_told_tells_once_more(node: Node, damaged: bytes) -> None:
    assert told_of(damaged) == {}
    node.dues.append(ONCE)
    assert node.at(ONCE.at) == 1
    node.store.submit([Setting(SETTING, damaged)], lambda error: None)
    node.restart()
    assert node.at(ONCE.at + 1) == 1


def test_a_source_is_a_line(node: Node) -> None:
    source: Callable[[Millis], list[Due]] = lambda now: [replace(ONCE, key="mine")]  # noqa: E731  # shown
    node.alarms.sources.append(source)
    assert node.at(ONCE.at) == 1
