"""The life of advisories: what raises, holds, tells again and clears them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import Misuse
from firebreak.values import Millis
from firebreak.watch.advisories import Level, Situation, Stage
from firebreak.watch.alarms import (
    ACKNOWLEDGED_FOR_MS,
    CHATTER_MS,
    CHATTER_TIMES,
    CLEAR_AFTER_MS,
    LONGEST_SHELF_MS,
    LOWER_AFTER_MS,
    RAISE_AFTER_MS,
    TELL_AGAIN_MS,
    Alarms,
    Changes,
    Findings,
    key_of,
    level_of,
    stage_of,
)
from tests.watch.examples import NOON

SECOND = 1_000
KEY = int(key_of([Situation.ZONE], [3], [7])[0])


def found(
    *pairs: tuple[int, int],
    present: bool = False,
    level: Level = Level.CAUTION,
    in_s: int = 200,
    raising: bool = True,
) -> Findings:
    """Findings of track and zone, all alike."""
    count = len(pairs)
    a = np.array([pair[0] for pair in pairs], np.int32)
    b = np.array([pair[1] for pair in pairs], np.int32)
    key = key_of(np.full(count, Situation.ZONE), a, b)
    order = np.argsort(key)
    return Findings(
        key[order],
        np.full(count, Situation.ZONE, np.uint8),
        a[order],
        b[order],
        np.full(count, raising),
        np.full(count, present),
        np.full(count, level, np.uint8),
        np.full(count, in_s, np.int32),
        np.full(count, 5_000, np.int32),
        np.full(count, 0, np.int32),
        np.full(count, 0, np.int16),
    )


ONE = (3, 7)


class Night:
    """Alarms and a clock."""

    def __init__(self) -> None:
        self.alarms = Alarms()
        self.now = Millis(NOON)

    def on(self, ms: int, findings: Findings) -> Changes:
        """So much later, these findings."""
        self.now = Millis(self.now + ms)
        return self.alarms.update(self.now, findings)

    def hold(self, ms: int, findings: Findings, step: int = SECOND) -> list[Changes]:
        """The same findings every step for so long."""
        return [self.on(step, findings) for _ in range(0, ms, step)]

    def stage(self) -> Stage:
        """Of the one row."""
        (row,) = self.alarms.standing()
        return stage_of(row, self.now)


def raised(changes: list[Changes]) -> int:
    return sum(len(each.raised) for each in changes)


def test_what_is_the_case_is_raised_at_once() -> None:  # W-V3
    night = Night()
    changes = night.on(0, found(ONE, present=True, level=Level.ALARM, in_s=0))
    assert changes.raised["key"].tolist() == [KEY]
    assert night.stage() is Stage.NEW


def test_a_prediction_is_raised_when_it_holds() -> None:  # W-V3
    night = Night()
    assert raised([night.on(0, found(ONE))]) == 0
    assert raised(night.hold(RAISE_AFTER_MS - SECOND, found(ONE))) == 0
    assert raised([night.on(SECOND, found(ONE))]) == 1


@pytest.mark.parametrize("step", [3_500, 5_000, 10_000])
def test_slow_cycles_raise_what_holds_from_one_to_the_next(step: int) -> None:  # W-V3
    night = Night()
    assert raised([night.on(0, found(ONE))]) == 0
    assert raised([night.on(step, found(ONE))]) == 1


def test_a_prediction_that_flickers_is_not_raised() -> None:  # W-V3
    night = Night()
    for _ in range(20):
        assert raised([night.on(0, found(ONE)), night.on(SECOND, found(ONE))]) == 0
        night.on(RAISE_AFTER_MS, found())
        assert raised([night.on(SECOND, found())]) == 0
    assert len(night.alarms.standing()) == 0


def test_it_is_cleared_only_when_it_was_gone_for_long() -> None:  # W-V5
    night = Night()
    night.on(0, found(ONE, present=True))
    changes = night.hold(CLEAR_AFTER_MS - SECOND, found())
    assert sum(len(each.cleared) for each in changes) == 0
    assert night.on(SECOND, found()).cleared["key"].tolist() == [KEY]
    assert len(night.alarms.standing()) == 0


def test_a_weak_finding_holds_but_does_not_raise() -> None:  # W-V5
    night = Night()
    assert raised(night.hold(10 * SECOND, found(ONE, raising=False))) == 0
    night.on(SECOND, found(ONE, present=True))
    changes = night.hold(3 * CLEAR_AFTER_MS, found(ONE, present=True, raising=False))
    assert sum(len(each.cleared) for each in changes) == 0


def test_it_is_told_again_when_its_numbers_moved_and_not_each_second() -> None:  # W-V9
    night = Night()
    night.hold(5 * SECOND, found(ONE, in_s=200))
    updates = 0
    for left in range(195, 95, -1):
        updates += len(night.on(SECOND, found(ONE, in_s=left)).updated)
    assert 1 <= updates <= 100 * SECOND // TELL_AGAIN_MS
    assert night.stage() is Stage.UPDATED


def test_what_gets_worse_is_told_at_once_even_if_acknowledged() -> None:  # W-V7
    night = Night()
    night.hold(5 * SECOND, found(ONE))
    night.alarms.acknowledge(KEY, night.now)
    assert night.stage() is Stage.ACKNOWLEDGED
    changes = night.on(SECOND, found(ONE, level=Level.WARNING, in_s=100))
    assert changes.updated["key"].tolist() == [KEY]
    assert night.stage() is Stage.UPDATED


def test_an_acknowledgement_expires() -> None:  # W-V7
    night = Night()
    night.on(0, found(ONE, present=True))
    night.alarms.acknowledge(KEY, night.now)
    changes = night.hold(ACKNOWLEDGED_FOR_MS - SECOND, found(ONE, present=True), 20 * SECOND)
    assert sum(len(each.updated) for each in changes[:-1]) == 0
    again = night.hold(20 * SECOND, found(ONE, present=True))
    assert sum(len(each.updated) for each in [changes[-1], *again]) == 1
    assert night.stage() is Stage.UPDATED


def test_a_shelf_has_a_timer_and_a_reason() -> None:  # W-V8
    night = Night()
    night.on(0, found(ONE, present=True))
    until = Millis(night.now + 60 * SECOND)
    for reason, time in (
        ("", until),
        ("  ", until),
        ("known", night.now),
        ("known", Millis(night.now + LONGEST_SHELF_MS + 1)),
    ):
        with pytest.raises(Misuse):
            night.alarms.shelve(KEY, night.now, time, reason)
    night.alarms.shelve(KEY, night.now, until, " known traffic ")
    assert night.stage() is Stage.SHELVED
    assert night.alarms.reason(KEY) == "known traffic"
    assert night.alarms.rates(night.now).shelved == 1
    changes = night.hold(60 * SECOND, found(ONE, present=True))
    assert sum(len(each.updated) for each in changes) == 1
    assert night.stage() is Stage.UPDATED
    night.alarms.shelve(KEY, night.now, Millis(night.now + SECOND), "again")
    night.alarms.unshelve(KEY)
    assert night.stage() is Stage.UPDATED


def test_nothing_can_be_done_to_what_is_not_there() -> None:
    night = Night()
    night.on(0, found(ONE))  # pending only
    alarms, later = night.alarms, Millis(NOON + SECOND)
    with pytest.raises(Misuse, match="no such advisory"):
        alarms.acknowledge(KEY, night.now)
    with pytest.raises(Misuse, match="no such advisory"):
        alarms.shelve(KEY + 1, night.now, later, "why")
    with pytest.raises(Misuse, match="no such advisory"):
        alarms.unshelve(KEY)


def test_a_level_falls_only_after_a_while() -> None:
    night = Night()
    night.on(0, found(ONE, present=True, level=Level.ALARM))
    night.on(SECOND, found(ONE, level=Level.CAUTION))
    assert level_of(night.alarms.standing()[0]) is Level.ALARM
    night.hold(LOWER_AFTER_MS, found(ONE, level=Level.CAUTION))
    assert level_of(night.alarms.standing()[0]) is Level.CAUTION


def test_chatter_is_held_until_it_is_quiet() -> None:  # W-V10
    night = Night()
    for _ in range(CHATTER_TIMES):
        assert raised([night.on(SECOND, found(ONE, present=True))]) == 1
        night.hold(CLEAR_AFTER_MS, found())
    # The third time it stays, however often it comes and goes.
    changes = []
    for _ in range(20):
        changes += [night.on(SECOND, found(ONE, present=True)), *night.hold(25_000, found())]
    assert raised(changes) == 0
    assert night.alarms.rates(night.now).chattering == 1
    quiet = night.hold(CHATTER_MS, found(), 10 * SECOND)
    assert sum(len(each.cleared) for each in quiet) == 1


def test_the_most_urgent_stands_first() -> None:
    night = Night()
    night.hold(5 * SECOND, found((1, 1), in_s=250))
    night.on(SECOND, found((2, 1), present=True, level=Level.ALARM, in_s=0))
    assert night.alarms.standing()["a"].tolist() == [2, 1]


def test_rates_count_the_last_ten_minutes() -> None:  # W-V11
    night = Night()
    night.on(0, found((1, 1), (2, 1), (3, 1), present=True))
    assert night.alarms.rates(night.now).in_ten_minutes == 3
    assert night.alarms.rates(night.now).standing == 3
    night.hold(CLEAR_AFTER_MS, found())
    night.hold(CHATTER_MS, found(), 10 * SECOND)
    assert night.alarms.rates(night.now).in_ten_minutes == 0


@given(
    st.lists(st.tuples(st.integers(0, 20), st.sets(st.integers(0, 5)), st.booleans()), max_size=60)
)
def test_nothing_is_cleared_that_was_not_raised_nor_raised_twice(
    steps: list[tuple[int, set[int], bool]],
) -> None:
    night = Night()
    standing: set[int] = set()
    for seconds, tracks, present in steps:
        pairs = [(track, 1) for track in sorted(tracks)]
        changes = night.on(seconds * SECOND, found(*pairs, present=present))
        new, gone = set(changes.raised["a"].tolist()), set(changes.cleared["a"].tolist())
        assert not new & (standing - gone)
        assert gone <= standing
        standing = (standing - gone) | new
        assert set(night.alarms.standing()["a"].tolist()) == standing
        assert set(changes.updated["a"].tolist()) <= standing


def test_the_same_findings_at_the_same_times_give_the_same_changes() -> None:
    def played() -> list[bytes]:
        night = Night()
        out = []
        for step in range(200):
            pairs = [(track, 1) for track in range(10) if (step // (track + 1)) % 3]
            changes = night.on(700, found(*pairs, in_s=300 - step))
            out.append(changes.raised.tobytes() + changes.updated.tobytes())
        return out

    assert played() == played()
