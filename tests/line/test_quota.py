"""Quotas: what passes, what pauses, and that a window forgets."""

from hypothesis import given
from hypothesis import strategies as st

from firebreak.line.quota import DAY, HOUR, Meter, Window
from firebreak.records.agreement import Quota
from firebreak.values import Millis

START = 1_795_000_000_000


def test_records_an_hour_pause_and_pass_again_when_the_hour_is_over() -> None:
    meter = Meter(Quota(bytes_a_day=10**9, records_an_hour=3, flash_an_hour=1))
    assert meter.admit(3, 300, Millis(START), 1)
    assert not meter.admit(1, 100, Millis(START + 1), 1)
    assert meter.admit(1, 100, Millis(START + HOUR + HOUR // 30), 1)


def test_bytes_a_day_pause() -> None:
    meter = Meter(Quota(bytes_a_day=1_000, records_an_hour=100, flash_an_hour=1))
    assert meter.admit(1, 999, Millis(START), 1)
    assert not meter.admit(1, 2, Millis(START + HOUR), 1)
    assert meter.admit(1, 1, Millis(START + HOUR), 1)
    assert meter.admit(1, 1_000, Millis(START + DAY + 2 * HOUR), 1)


def test_refused_records_do_not_count() -> None:
    meter = Meter(Quota(bytes_a_day=10**9, records_an_hour=2, flash_an_hour=1))
    assert not meter.admit(3, 300, Millis(START), 1)
    assert meter.admit(2, 200, Millis(START), 1)


def test_flash_has_its_own_cap() -> None:
    meter = Meter(Quota(bytes_a_day=10**9, records_an_hour=1, flash_an_hour=2))
    assert [meter.admit_flash(Millis(START + n)) for n in range(3)] == [True, True, False]


@given(st.lists(st.tuples(st.integers(0, 2 * HOUR), st.integers(1, 50)), max_size=60))
def test_a_window_never_says_less_than_the_true_sum(steps: list[tuple[int, int]]) -> None:
    window, now, added = Window(HOUR), START, list[tuple[int, int]]()
    for wait, amount in steps:
        now += wait
        window.add(amount, Millis(now))
        added.append((now, amount))
        true = sum(amount for at, amount in added if at > now - HOUR)
        assert window.sum(Millis(now)) >= true
        assert window.sum(Millis(now)) <= sum(a for at, a in added if at > now - HOUR - HOUR // 30)
        assert len(window.slices) <= 62


def test_what_is_spared_is_not_counted_and_ends() -> None:
    """As much as the quota would have admitted in so long a time, begun hours and days in full."""
    meter = Meter(Quota(bytes_a_day=1_000, records_an_hour=3, flash_an_hour=1))
    meter.spare(HOUR + 1, held=10, stop=10**6)
    assert meter.admit(6, 900, Millis(START), 16)
    assert meter.records.sum(Millis(START)) == 0
    assert meter.admit(3, 300, Millis(START), 19)
    assert not meter.admit(1, 1, Millis(START), 20)


def test_no_more_is_spared_than_their_log_had() -> None:
    meter = Meter(Quota(bytes_a_day=1_000, records_an_hour=3, flash_an_hour=1))
    meter.spare(1_000 * HOUR, held=0, stop=4)
    assert meter.admit(4, 100, Millis(START), 4)
    assert meter.records.sum(Millis(START)) == 0
    assert meter.admit(3, 100, Millis(START), 7)
    assert not meter.admit(1, 1, Millis(START), 8)


def test_spared_bytes_end_too() -> None:
    meter = Meter(Quota(bytes_a_day=1_000, records_an_hour=3, flash_an_hour=1))
    meter.spare(1, held=0, stop=3)
    assert not meter.admit(3, 1_001, Millis(START), 3)
    assert meter.admit(3, 1_000, Millis(START), 3)
    assert meter.records.sum(Millis(START)) == 0
