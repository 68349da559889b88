"""Clocks that are hours wrong: shown and told, never corrected; and an agreement that has run out."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from firebreak.errors import Refused
from firebreak.node.alerts import About, Alert, Level
from firebreak.node.runner import Runner
from firebreak.node.view import DOUBTFUL_AFTER, Timing, timing
from firebreak.records.agreement import Channel
from firebreak.records.kinds import Displayed, FreeText
from firebreak.records.record import NODE_AUTHOR
from firebreak.records.slots import Words
from firebreak.values import Millis, PartyNumber
from firebreak.web.finding import Finder
from firebreak.web.models import RecordView
from firebreak.web.views import Views
from tests.hostile.carrier import CALM
from tests.hostile.officers import compose, submit
from tests.hostile.party import Party
from tests.hostile.world import Climate, HostileWorld
from tests.worlds import HOUR, MINUTE

AIR = Channel.AIR
TEXT = FreeText(Words("en", "Good morning."))


def skewed(skew: int) -> HostileWorld:
    """A world half a day into its agreement, where the second party's clock is wrong by so much."""
    made = HostileWorld(1, Climate(CALM, skews=(0, skew)))
    made.calm = True
    made.now = Millis(made.now + 12 * HOUR)
    made.connect()
    made.pass_time(MINUTE)
    return made


def say(world: HostileWorld, party: Party) -> int:
    """Say something, and let it arrive; when its author's clock says that it was composed."""
    signed = compose(party, TEXT)
    assert submit(party, [signed])
    world.pass_time(MINUTE)
    return signed.record.composed_at


def told(party: Party, about: About) -> list[Alert]:
    assert party.node is not None
    return [alert for _, alert in party.node.alerts if alert.about is about]


def shown(party: Party, author: int, index: int) -> RecordView:
    """A record as the party's node gives it out."""
    runner = cast(Runner, SimpleNamespace(node=party.node, store=party.store))
    finder = Finder(runner)
    found = finder.at(party.side, AIR, (PartyNumber(author), index))
    assert found is not None
    return Views(finder, party.side).record(found)


def test_a_clock_five_hours_ahead_is_flagged_and_told_and_its_time_stands() -> None:
    world = skewed(5 * HOUR)
    ours, theirs = world.parties
    composed_at = say(world, theirs)
    view = shown(ours, 1, 0)
    assert view.composed_at == composed_at
    assert composed_at > world.now + 4 * HOUR
    assert (view.doubtful_time, view.delayed, view.void) == (True, False, None)
    assert abs(view.stored_at - world.now) <= MINUTE
    (alert,) = told(ours, About.DOUBTFUL_TIME)
    assert (alert.level, alert.channel, alert.place) == (Level.CAUTION, AIR, (1, 0))
    assert "lies ahead of this node's clock" in alert.text
    (received,) = told(ours, About.RECEIVED)
    assert received.text == "Received: text."


def test_a_clock_five_hours_behind_is_called_delayed_and_its_time_stands() -> None:
    world = skewed(-5 * HOUR)
    ours, theirs = world.parties
    composed_at = say(world, theirs)
    view = shown(ours, 1, 0)
    assert view.composed_at == composed_at
    assert composed_at < world.now - 4 * HOUR
    assert (view.doubtful_time, view.delayed, view.void) == (False, True, None)
    assert not told(ours, About.DOUBTFUL_TIME)
    (received,) = told(ours, About.RECEIVED)
    assert received.text.endswith(
        "It was composed long before it came: delayed on the way, or its clock is behind."
    )


def test_a_clock_ahead_is_told_once_until_it_was_right_again() -> None:
    world = skewed(5 * HOUR)
    ours, theirs = world.parties
    for _ in range(3):
        say(world, theirs)
    assert len(told(ours, About.DOUBTFUL_TIME)) == 1
    assert all(shown(ours, 1, index).doubtful_time for index in range(3))
    for skew, times in ((-5 * HOUR, 1), (5 * HOUR, 1), (0, 1), (5 * HOUR, 2)):
        theirs.skew = skew
        say(world, theirs)
        assert len(told(ours, About.DOUBTFUL_TIME)) == times, skew
    assert [alert.place for alert in told(ours, About.DOUBTFUL_TIME)] == [(1, 0), (1, 6)]
    assert not shown(ours, 1, 5).doubtful_time


def test_an_honest_record_that_waited_out_an_outage_raises_no_alarm() -> None:
    world = skewed(0)
    ours, theirs = world.parties
    world.part()
    assert submit(theirs, [compose(theirs, TEXT)])
    world.now = Millis(world.now + 11 * MINUTE)
    world.apart = False
    world.connect()
    world.pass_time(MINUTE)
    view = shown(ours, 1, 0)
    assert (view.doubtful_time, view.delayed) == (False, True)
    assert not told(ours, About.DOUBTFUL_TIME)


def test_what_a_node_signs_itself_is_never_doubtful() -> None:
    world = skewed(5 * HOUR)
    ours, theirs = world.parties
    say(world, ours)
    theirs.side.appending.append_as_node(AIR, Displayed(), (PartyNumber(0), 0))
    world.pass_time(MINUTE)
    view = shown(ours, 1, 0)
    assert (view.kind, view.doubtful_time, view.delayed) == ("displayed", False, False)
    assert not told(ours, About.DOUBTFUL_TIME)
    say(world, theirs)
    theirs.side.appending.append_as_node(AIR, Displayed(), (PartyNumber(0), 0))
    say(world, theirs)  # what a node signs does not make their clock right either
    assert len(told(ours, About.DOUBTFUL_TIME)) == 1


@pytest.mark.parametrize(
    ("ahead", "author", "found"),
    [
        (DOUBTFUL_AFTER, 1, Timing.RIGHT),
        (DOUBTFUL_AFTER + 1, 1, Timing.DOUBTFUL),
        (-DOUBTFUL_AFTER, 1, Timing.RIGHT),
        (-DOUBTFUL_AFTER - 1, 1, Timing.DELAYED),
        (DOUBTFUL_AFTER + 1, NODE_AUTHOR, Timing.RIGHT),
        (-DOUBTFUL_AFTER - 1, NODE_AUTHOR, Timing.RIGHT),
    ],
)
def test_where_right_ends(ahead: int, author: int, found: Timing) -> None:
    record = compose(skewed(0).parties[0], TEXT).record
    record = replace(record, author=author)
    assert timing(record, Millis(record.composed_at - ahead)) is found


def test_nothing_is_appended_once_the_agreement_is_over() -> None:
    world = skewed(0)
    ours = world.parties[0]
    until = ours.side.shared.agreement.valid_until
    world.now = Millis(until - MINUTE)
    signed = compose(ours, TEXT)
    world.now = Millis(until)
    with pytest.raises(Refused, match=r"^The agreement is not in force now\. Agree on a new"):
        ours.side.submit(AIR, [signed.data], lambda error: None)
    assert ours.side.shared.own(AIR).tail.size == 0
    world.now = Millis(until - 1)
    assert submit(ours, [signed])
