"""The line's state and both lamps: what lights them, and what must not."""

from __future__ import annotations

import pytest

from firebreak.line.link import BROAD, LineStatus
from firebreak.node.lamp import light
from firebreak.records.agreement import Channel
from tests.hostile.test_attacks import Line

AIR = Channel.AIR
HOUR = 3_600_000


@pytest.fixture
def line() -> Line:
    made = Line()
    made.wait(2 * BROAD.heartbeat)
    assert made.alpha.side.shared.link.status is LineStatus.UP
    return made


def test_pulses_of_a_peer_that_hears_nothing_do_not_keep_the_line_up(line: Line) -> None:
    """E-7, E-18: what ALPHA says is lost; what BRAVO says arrives."""
    alpha, bravo = line.alpha.side.shared, line.bravo.side.shared
    line.alpha.twist = lambda data: data[:-1]
    cut_at = line.world.now
    heard = alpha.books[AIR].logs[alpha.peer].durable
    line.say(line.bravo)
    line.wait(BROAD.late_after + BROAD.heartbeat)
    assert alpha.theirs(AIR).durable == heard + 1  # the other direction is whole
    assert [alpha.link.status, bravo.link.status] == [LineStatus.LATE, LineStatus.LATE]
    assert alpha.machine_at is not None
    assert alpha.machine_at <= cut_at + 100
    line.wait(BROAD.down_after)
    assert [alpha.link.status, bravo.link.status] == [LineStatus.DOWN, LineStatus.DOWN]
    line.alpha.twist = None
    line.wait(2 * BROAD.heartbeat)
    assert [alpha.link.status, bravo.link.status] == [LineStatus.UP, LineStatus.UP]


def test_what_comes_by_hand_shows_nothing_of_the_line(line: Line) -> None:
    """E-7: a receipt on a stick is a receipt, and no sign that the wire stands."""
    shared = line.alpha.side.shared
    line.say(line.alpha)
    line.alpha.side.disconnected()
    line.world.carrier.broken = True
    line.wait(2 * BROAD.down_after)
    lamp = shared.machine_at
    line.give(line.bravo.side.sending.receipt_item(AIR))
    assert shared.delivered[AIR].covers(0)
    assert shared.link.status is LineStatus.DOWN
    assert shared.machine_at == lamp


def test_the_human_lamp_tells_when_a_word_was_written_not_when_it_came(line: Line) -> None:
    """E-18: it waited for hours, and so do the lamps of a node that starts anew."""
    line.world.carrier.broken = True
    written = line.world.now
    line.say(line.bravo)
    line.wait(5 * HOUR)
    line.world.carrier.broken = False
    line.wait(60_000)
    human = line.alpha.side.view.human
    assert line.mirror() == 1
    assert human.at is not None
    assert human.at <= written + 1_000
    assert human.office is not None
    line.reopen(line.alpha)
    assert line.alpha.store is not None
    light(line.alpha.side, line.alpha.store)
    assert line.alpha.side.view.human.at == human.at


def test_an_urgent_word_lights_the_human_lamp_before_those_that_it_overtook(line: Line) -> None:
    human = line.alpha.side.view.human
    line.bravo.twist = None
    line.skip(lambda item: type(item).__name__ == "Entries")
    line.say(line.bravo, 2)
    assert human.at is None
    line.say(line.bravo, flash=True)
    line.wait(1_000)
    assert line.mirror() == 0
    assert human.at is not None
