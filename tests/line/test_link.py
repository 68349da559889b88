"""The link: what it sends when, over any order of events."""

from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.ledger.receipt import Range, Receipt
from firebreak.line import link as exchange
from firebreak.line.link import BROAD, NARROW, LineStatus, Link, Tempo
from firebreak.values import Millis

AIR = 1
START = Millis(1_795_000_000_000)


def receipt(unbroken: int) -> Receipt:
    held = (Range(0, unbroken),) if unbroken else ()
    return Receipt(unbroken, bytes(32), held, START)


def linked(held: int = 0) -> Link:
    link = Link((AIR,))
    link.connect(START)
    link.receipt(AIR, receipt(held), START)
    return link


def test_nothing_is_sent_before_the_peer_has_said_what_it_holds() -> None:
    """E-8"""
    link = Link((AIR,))
    link.connect(START)
    assert link.appended(AIR, 3, (), START) == []
    sent = link.receipt(AIR, receipt(1), START)
    assert exchange.SendEntries(AIR, 1, 3) in sent


def test_what_is_appended_is_sent_once() -> None:
    link = linked()
    assert link.appended(AIR, 1, (), START) == [exchange.SendEntries(AIR, 0, 1)]
    assert link.appended(AIR, 2, (), START) == [exchange.SendEntries(AIR, 1, 2)]
    assert link.tick(START) == []


def test_without_a_receipt_it_is_sent_again_later_and_later() -> None:
    link = linked()
    link.appended(AIR, 1, (), START)
    first = Millis(START + BROAD.first_retry)
    assert exchange.SendEntries(AIR, 0, 1) in link.tick(first)
    assert exchange.SendEntries(AIR, 0, 1) not in link.tick(Millis(first + BROAD.first_retry))
    assert exchange.SendEntries(AIR, 0, 1) in link.tick(Millis(first + 2 * BROAD.first_retry))


def test_a_receipt_ends_the_repeating() -> None:
    link = linked()
    link.appended(AIR, 1, (), START)
    link.receipt(AIR, receipt(1), START)
    later = Millis(START + BROAD.last_retry * 3)
    assert not any(isinstance(e, exchange.SendEntries) for e in link.tick(later))


def test_an_older_receipt_is_harmless() -> None:
    link = linked()
    link.appended(AIR, 3, (), START)
    link.receipt(AIR, receipt(3), START)
    assert link.receipt(AIR, receipt(1), START) == []
    assert link.outgoing[AIR].receipted == 3


def test_a_peer_that_holds_less_after_a_reconnect_is_sent_the_rest() -> None:
    link = linked()
    link.appended(AIR, 3, (), START)
    link.receipt(AIR, receipt(3), START)
    link.disconnect()
    link.connect(START)
    assert exchange.SendEntries(AIR, 1, 3) in link.receipt(AIR, receipt(1), START)


def test_urgent_entries_overtake_what_waits() -> None:
    link = Link((AIR,))
    link.connect(START)
    link.receipt(AIR, receipt(0), START)
    link.appended(AIR, BROAD.first_window + 5, (), START)
    size = BROAD.first_window + 6
    effects = link.appended(AIR, size, (size - 1,), START)
    assert exchange.SendOvertaking(AIR, size - 1) in effects


def test_nothing_overtakes_when_nothing_waits() -> None:
    link = linked()
    assert link.appended(AIR, 1, (0,), START) == [exchange.SendEntries(AIR, 0, 1)]


def test_a_receipt_for_more_than_we_have_written_counts_for_nothing() -> None:
    link = linked()
    assert link.receipt(AIR, receipt(7), START) == []
    assert link.outgoing[AIR].receipted == 0


def test_a_later_receipt_for_less_is_sent_the_rest_and_an_earlier_one_is_not() -> None:
    """E-9"""
    link = linked()
    link.appended(AIR, 3, (), START)
    link.receipt(AIR, receipt(3), START)
    assert link.receipt(AIR, receipt(1), START) == []
    later = replace(receipt(1), at=Millis(START + 1))
    assert exchange.SendEntries(AIR, 1, 3) in link.receipt(AIR, later, START)


def test_urgent_entries_overtake_what_has_no_receipt_and_again_after_a_reconnect() -> None:
    link = linked()
    link.appended(AIR, 3, (), START)
    assert exchange.SendOvertaking(AIR, 3) in link.appended(AIR, 4, (3,), START)
    link.disconnect()
    assert link.appended(AIR, 5, (4,), START) == []
    link.connect(START)
    sent = link.receipt(AIR, receipt(1), START)
    assert sent[:2] == [exchange.SendOvertaking(AIR, 3), exchange.SendOvertaking(AIR, 4)]


def test_it_greets_again_until_every_channel_is_known() -> None:
    link = Link((AIR, AIR + 1))
    link.connect(START)
    link.receipt(AIR, receipt(0), START)
    now = Millis(START + BROAD.first_retry)
    assert link.tick(now).count(exchange.SendGreeting()) == 1
    link.receipt(AIR + 1, receipt(0), now)
    assert exchange.SendGreeting() not in link.tick(Millis(now + BROAD.last_retry))


def test_no_more_than_a_window_is_ahead_of_receipts() -> None:
    link = linked()
    effects = link.appended(AIR, 10_000, (), START)
    assert effects == [exchange.SendEntries(AIR, 0, BROAD.first_window)] or (
        effects[0] == exchange.SendEntries(AIR, 0, link.outgoing[AIR].window)
    )
    assert link.outgoing[AIR].sent <= link.outgoing[AIR].window


def test_silence_makes_the_line_late_then_down_and_a_word_up_again() -> None:
    link = linked()
    link.answered(START)
    assert link.status is LineStatus.UP
    late = link.tick(Millis(START + BROAD.late_after))
    assert exchange.LineChanged(LineStatus.UP, LineStatus.LATE) in late
    down = link.tick(Millis(START + BROAD.down_after))
    assert exchange.LineChanged(LineStatus.LATE, LineStatus.DOWN) in down
    again = link.answered(Millis(START + BROAD.down_after + 1))
    assert exchange.LineChanged(LineStatus.DOWN, LineStatus.UP) in again


def test_a_connected_link_pulses() -> None:
    link = linked()
    assert exchange.SendPulse() in link.tick(Millis(START + BROAD.heartbeat))
    link.disconnect()
    assert exchange.SendPulse() not in link.tick(Millis(START + 10 * BROAD.heartbeat))


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("append"), st.integers(1, 40)),
            st.tuples(st.just("receipt"), st.integers(0, 200)),
            st.tuples(st.just("tick"), st.integers(0, 40_000)),
            st.tuples(st.just("drop"), st.just(0)),
            st.tuples(st.just("connect"), st.just(0)),
        ),
        max_size=60,
    )
)
def test_whatever_happens_all_is_sent_in_the_end_and_never_what_is_not_there(
    events: list[tuple[str, int]],
) -> None:
    link, now, size, held = Link((AIR,)), START, 0, 0
    link.connect(now)
    for event, number in events:
        effects: list[exchange.Effect] = []
        if event == "append":
            size += number
            effects = link.appended(AIR, size, (), now)
        elif event == "receipt":
            effects = link.receipt(AIR, receipt(min(number, size)), now)
        elif event == "tick":
            now = Millis(now + number)
            effects = link.tick(now)
        elif event == "drop":
            effects = link.disconnect()
        else:
            effects = link.connect(now)
        for effect in effects:
            if isinstance(effect, exchange.SendEntries):
                assert 0 <= effect.start < effect.stop <= size
    # Healed: a peer that takes everything it is sent, and says so, ends up with everything.
    link.connect(now)
    pending = link.receipt(AIR, receipt(held), now)
    for _ in range(200):
        if held == size:
            break
        for effect in pending:
            if isinstance(effect, exchange.SendEntries) and effect.start <= held:
                held = max(held, effect.stop)
        now = Millis(now + BROAD.last_retry)
        pending = [*link.receipt(AIR, receipt(held), now), *link.tick(now)]
    assert held == size


def test_a_narrow_line_has_a_tempo_of_its_own() -> None:
    link = Link((AIR,), NARROW)
    link.connect(START)
    link.receipt(AIR, receipt(0), START)
    link.answered(START)
    assert link.appended(AIR, 100, (), START) == [exchange.SendEntries(AIR, 0, NARROW.first_window)]
    assert exchange.SendPulse() not in link.tick(Millis(START + BROAD.heartbeat))
    assert exchange.SendPulse() in link.tick(Millis(START + NARROW.heartbeat))
    changes = link.tick(Millis(START + NARROW.late_after))
    assert exchange.LineChanged(LineStatus.UP, LineStatus.LATE) in changes


@pytest.mark.parametrize("tempo", [BROAD, NARROW])
def test_through_a_night_the_line_is_up_only_as_long_as_it_is_answered(tempo: Tempo) -> None:
    """E-18: whatever is sent and heard otherwise, for eight hours."""
    link = Link((AIR,), tempo)
    link.connect(START)
    answered = START
    link.answered(answered)
    for second in range(8 * 3_600):
        now = Millis(START + 1_000 * second)
        link.tick(now)
        if second % 1_200 < 300:  # each twenty minutes the wire is whole for five
            answered = now
            link.answered(now)
        link.receipt(AIR, receipt(0), now)  # a repeat of it may come at any time
        silence = now - answered
        assert (link.status is LineStatus.UP) == (silence < tempo.late_after)
        assert (link.status is LineStatus.DOWN) == (silence >= tempo.down_after)


def test_a_receipt_for_what_has_overtaken_is_urgent() -> None:
    link = linked()
    assert link.mirrored(AIR) == [exchange.SendReceipt(AIR)]
    assert link.mirrored(AIR, urgent=True) == [exchange.SendReceipt(AIR, urgent=True)]
    assert link.mirrored(AIR, ahead=5) == [exchange.SendReceipt(AIR, ahead=5)]


def test_a_receipt_for_what_has_overtaken_says_nothing_of_the_beginning() -> None:
    """The peer has not lost what it gave a receipt for, and the log goes on where it did (E-9)."""
    link = linked()
    link.appended(AIR, 9, (6, 8), START)
    link.receipt(AIR, receipt(3), START)
    before = deepcopy(link.outgoing[AIR])
    for held in ((Range(6, 7),), (Range(0, 0), Range(0, 1), Range(6, 7))):
        overtaken = Receipt(9, bytes(32), held, Millis(START + 1))
        assert link.receipt(AIR, overtaken, Millis(START + 1)) == []
        assert link.outgoing[AIR] == replace(before, urgent={8})
    link.disconnect()
    link.connect(START)
    assert link.receipt(AIR, Receipt(9, bytes(32), (Range(8, 9),), START), START) == []
    assert not link.outgoing[AIR].known
    assert link.outgoing[AIR].urgent == set()
