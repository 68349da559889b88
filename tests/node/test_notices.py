"""What a node does with a notice that claims too much, or comes too late."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firebreak.errors import Refused
from firebreak.node.alerts import About, Alert, Level
from firebreak.node.view import margins_text
from firebreak.records.agreement import Channel
from firebreak.records.kinds import (
    Amend,
    Body,
    Hazard,
    HazardWarning,
    Notice,
    Purpose,
)
from firebreak.records.record import SignedRecord
from firebreak.records.slots import Span
from firebreak.values import Millis, PartyNumber
from firebreak.volumes import GREATEST_RADIUS_M, Circle, Conflict
from tests.hostile.carrier import CALM
from tests.hostile.officers import compose, submit
from tests.hostile.party import Party
from tests.hostile.world import Climate, HostileWorld
from tests.worlds import DAY, HOUR, MINUTE, a_notice

AIR = Channel.AIR
TYPICAL = a_notice()
CENTRE = TYPICAL.area.centre  # type: ignore[union-attr]  # a circle
WIDE = replace(TYPICAL, area=Circle(CENTRE, 250_001))
LONG = replace(TYPICAL, window=Span(2 * HOUR, 3 * DAY + 1))
LATE = replace(TYPICAL, window=Span(HOUR - 1, HOUR))


@pytest.fixture
def world() -> HostileWorld:
    made = HostileWorld(1, Climate(CALM))
    made.calm = True
    made.pass_time(MINUTE)
    return made


def unchecked(world: HostileWorld, party: Party, signed: SignedRecord) -> None:
    """Append what a node of ours would refuse, and let it reach the other side."""
    party.side.appending.append(AIR, [signed.data], lambda error: None)
    world.pass_time(MINUTE)


def told(party: Party, about: About) -> list[Alert]:
    assert party.node is not None
    return [alert for _, alert in party.node.alerts if alert.about is about]


def refused(party: Party, body: Body) -> str:
    with pytest.raises(Refused) as error:
        party.side.submit(AIR, [compose(party, body).data], lambda error: None)
    return str(error.value)


# Our own


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (WIDE, ["501 km across", "allows 500 km"]),
        (LONG, ["lasts 259200001 ms", "allows 72 h"]),
        (LATE, ["later than was agreed for training", "`--reason`"]),
    ],
)
def test_our_own_notice_beyond_what_was_agreed_is_refused(
    world: HostileWorld, body: Notice, says: list[str]
) -> None:
    ours = world.parties[0]
    text = refused(ours, body)
    assert all(part in text for part in says)
    assert ours.side.shared.own(AIR).tail.size == 0


@pytest.mark.parametrize("body", [Amend(WIDE), Amend(LONG), Amend(LATE)])
def test_an_amendment_may_not_say_what_a_notice_may_not(world: HostileWorld, body: Amend) -> None:
    ours = world.parties[0]
    assert submit(ours, [compose(ours, TYPICAL)])
    data = compose(ours, body, refers=(PartyNumber(0), 0)).data
    with pytest.raises(Refused, match=r"blanket|--reason"):
        ours.side.submit(AIR, [data], lambda error: None)


def test_a_reason_lets_a_late_notice_through(world: HostileWorld) -> None:
    ours = world.parties[0]
    assert submit(ours, [compose(ours, replace(LATE, late_reason="scramble"))])
    place = (PartyNumber(0), 0)
    assert submit(ours, [compose(ours, Amend(LATE, "weather"), refers=place)])


def test_a_hazard_has_no_cap_and_no_lead_time(world: HostileWorld) -> None:
    ours, theirs = world.parties
    area = Circle(CENTRE, GREATEST_RADIUS_M)
    body = HazardWarning(Hazard.FALLING_DEBRIS, area, TYPICAL.heights, Span(0, 30 * DAY))
    assert submit(ours, [compose(ours, body)])
    world.pass_time(MINUTE)
    assert len(theirs.side.view.currents[AIR]) == 1
    assert not told(theirs, About.BLANKET) + told(theirs, About.LATE_NOTICE)


# Theirs


@pytest.mark.parametrize("body", [WIDE, LONG])
def test_a_blanket_notice_of_theirs_is_kept_told_and_claims_nothing(
    world: HostileWorld, body: Notice
) -> None:
    ours, theirs = world.parties
    unchecked(world, theirs, compose(theirs, body))
    judged = ours.side.shared.books[AIR].entry(PartyNumber(1), 0)
    assert judged is not None
    assert judged.void is None
    assert ours.side.view.currents[AIR] == {}
    (alert,) = told(ours, About.BLANKET)
    assert alert.level is Level.WARNING
    assert alert.place == (1, 0)
    # It holds nobody up: not even one that lies right inside it and has not seen it.
    mine = compose(ours, TYPICAL)
    assert submit(ours, [mine])
    assert not told(ours, About.CONFLICT) + told(theirs, About.CONFLICT)


def test_a_notice_that_is_amended_into_a_blanket_claims_nothing_any_more(
    world: HostileWorld,
) -> None:
    ours, theirs = world.parties
    assert submit(theirs, [compose(theirs, TYPICAL)])
    world.pass_time(MINUTE)
    assert len(ours.side.view.currents[AIR]) == 1
    place = (PartyNumber(1), 0)
    unchecked(world, theirs, compose(theirs, Amend(WIDE), refers=place))
    assert ours.side.view.currents[AIR] == {}
    assert submit(theirs, [compose(theirs, Amend(TYPICAL), refers=place)])
    world.pass_time(MINUTE)
    assert len(ours.side.view.currents[AIR]) == 1


@pytest.mark.parametrize(
    ("reason", "says"), [(None, "without a reason"), ("scramble", "the reason given is: scramble")]
)
def test_a_late_notice_of_theirs_is_told_with_its_reason_and_holds(
    world: HostileWorld, reason: str | None, says: str
) -> None:
    ours, theirs = world.parties
    unchecked(world, theirs, compose(theirs, replace(LATE, late_reason=reason)))
    (alert,) = told(ours, About.LATE_NOTICE)
    assert alert.level is Level.CAUTION
    assert says in alert.text
    assert len(ours.side.view.currents[AIR]) == 1


def test_both_are_as_they_were_after_a_restart(world: HostileWorld) -> None:
    ours, theirs = world.parties
    unchecked(world, theirs, compose(theirs, WIDE))
    unchecked(world, theirs, compose(theirs, replace(TYPICAL, purpose=Purpose.TRANSPORT)))
    world.crash(ours)
    world.pass_time(MINUTE)
    places = [current.place for current in ours.side.view.currents[AIR].values()]
    assert places == [(1, 1)]


# Conflicts


def test_a_conflict_names_both_notices_and_every_alert_its_agreement(world: HostileWorld) -> None:
    ours, theirs = world.parties
    mine = compose(ours, a_notice())
    assert submit(ours, [mine])
    world.pass_time(MINUTE)
    yours = compose(theirs, a_notice())
    assert submit(theirs, [yours])
    world.pass_time(MINUTE)
    (alert,) = told(ours, About.CONFLICT)
    assert alert.text == (
        f"Notice {yours.id.hex()[:8]} of BRAVO meets notice {mine.id.hex()[:8]} of ALPHA:"
        " 18.52 km deep, 10000 ft of height, 59 min."
    )
    assert (alert.details["with_party"], alert.details["with_index"]) == (0, 0)
    beginning = ours.side.shared.base.digest().hex()[:8]
    assert ours.node is not None
    assert {alert.agreement for _, alert in ours.node.alerts} == {beginning}


@pytest.mark.parametrize(
    ("feet", "comparable", "lasting", "says"),
    [
        (5_000, True, 61 * MINUTE, "31.6 km deep, 5000 ft of height, 61 min"),
        (5_000, False, 3 * HOUR, "31.6 km deep, at most 5000 ft of height, 3 h"),
        (None, True, 1, "31.6 km deep, no limit of height, 1 min"),
    ],
)
def test_margins_are_said_in_one_line(
    feet: int | None, comparable: bool, lasting: int, says: str
) -> None:
    met = Conflict(31_600, feet, comparable, lasting, Millis(0), Millis(lasting))
    assert margins_text(met) == says
