"""The picture as a whole: what is advised of whom, when, and that it can be computed again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from firebreak.errors import Misuse
from firebreak.values import DEGREE, Millis, Position
from firebreak.volumes import Circle, Window
from firebreak.watch.advisories import Advisory, Level, Meeting, Situation, Stage
from firebreak.watch.alarms import CLEAR_AFTER_MS
from firebreak.watch.crossings import CROSSED_FOR_MS
from firebreak.watch.doubts import Doubt
from firebreak.watch.fences import Fence, Line
from firebreak.watch.picture import Picture, Terms
from firebreak.watch.replay import Doubted, replay
from firebreak.watch.reports import Domain, Naming, Reports, identity, joined
from tests.watch.examples import NOON, flown, recorded

SECOND = 1_000


def line(*points: tuple[float, float]) -> Line:
    """Degrees of latitude and longitude."""
    made = np.rint(np.array(points) * DEGREE).astype(np.int32)
    return Line(np.ascontiguousarray(made[:, 0]), np.ascontiguousarray(made[:, 1]))


NORTH_SOUTH = Fence("North", line((50, 21), (54, 21)))
"""About 37 NM east of where `flown` begins, at 52 N 20 E; at 400 kt that is 332 s."""
ZONE = Fence("Range", Circle(Position(52 * DEGREE, 21 * DEGREE), 10_000))


def watched(
    lots: Sequence[Reports], fences: Iterable[Fence] = (), terms: Terms | None = None
) -> list[tuple[int, Advisory, str]]:
    """Every change of a replay: seconds after NOON, the advisory, what happened to it."""
    picture = Picture(["test"], fences, terms)
    out: list[tuple[int, Advisory, str]] = []
    for moment in replay(picture, joined(list(lots))):
        changes = moment.cycle.changes
        for what in ("raised", "updated", "cleared"):
            shown = picture.shown(getattr(changes, what))
            out += [((moment.cycle.at - NOON) // SECOND, advisory, what) for advisory in shown]
    return out


def raised(changes: list[tuple[int, Advisory, str]]) -> list[tuple[int, Advisory]]:
    return [(at, advisory) for at, advisory, what in changes if what == "raised"]


def test_a_line_is_warned_of_then_crossed_then_done() -> None:  # W-V2, W-V6
    changes = watched([flown(range(0, 600, 2))], [NORTH_SOUTH])
    ((at, first),) = raised(changes)
    assert first.key == "line:North/icao:abc001"
    assert (first.situation, first.level, first.present) == (Situation.LINE, Level.CAUTION, False)
    assert 25 <= at <= 45
    assert abs(at + first.in_s - 333) <= 2
    assert first.margin_m is not None
    levels = [advisory.level for _, advisory, what in changes if what != "cleared"]
    assert levels == sorted(levels)
    crossings = [at for at, advisory, what in changes if advisory.present and what == "updated"]
    assert 333 <= crossings[0] <= 340
    *_, (gone, last, what) = changes
    assert what == "cleared"
    assert gone >= 333 + (CROSSED_FOR_MS + CLEAR_AFTER_MS) // SECOND - 1
    assert last.stage is Stage.CLEARED


def test_who_turns_away_is_not_said_to_have_crossed() -> None:
    away = flown(range(240, 600, 2), latitude=52.0, longitude=20.72, course=270)
    shifted = replace(away, at=away.at)
    changes = watched([flown(range(0, 238, 2)), shifted.take(shifted.at >= NOON)], [NORTH_SOUTH])
    assert not any(advisory.present for _, advisory, _ in changes)


def test_a_zone_is_entered_and_left() -> None:  # W-V2, W-V5
    changes = watched([flown(range(0, 700, 2))], [ZONE])
    at, first = raised(changes)[0]
    assert (first.situation, first.level) == (Situation.ZONE, Level.CAUTION)
    inside = [at for at, advisory, what in changes if advisory.present and what == "updated"]
    entry = (68_600 - 10_000) / 205.8
    assert abs(inside[0] - entry) < 8
    assert at < entry - 200
    assert changes[-1][2] == "cleared"


def test_whoever_is_in_a_zone_already_is_said_at_once() -> None:  # W-V3
    (at, first), *_ = raised(watched([flown([0, 2], longitude=21.0)], [ZONE]))
    assert (at, first.present, first.level) == (1, True, Level.ALARM)


def test_a_zone_out_of_its_window_or_below_says_nothing() -> None:
    shut = replace(ZONE, window=Window(Millis(0), Millis(NOON)))
    assert watched([flown(range(0, 400, 2))], [shut]) == []


def test_known_traffic_raises_nothing_at_fences() -> None:
    terms = Terms(expected=frozenset({identity(Naming.ICAO, 0xABC001)}))
    assert watched([flown(range(0, 600, 2))], [NORTH_SOUTH, ZONE], terms) == []


def test_two_aircraft_that_meet_are_one_advisory() -> None:  # W-V1
    east = flown(range(0, 400, 2))
    west = flown(range(0, 400, 2), longitude=21.5, course=270, who=0xABC002)
    changes = watched([east, west])
    ((at, first),) = raised(changes)
    assert first.key == "separation:icao:abc001/icao:abc002"
    assert first.level is Level.CAUTION
    assert at < 10
    assert {seen.identity for seen in first.tracks} == {"icao:abc001", "icao:abc002"}
    assert first.vertical_ft == 0
    assert [each.source for each in first.inputs] == ["test", "test"]
    assert changes[-1][2] == "cleared"


def test_a_formation_is_no_loss_of_separation_and_meets_others_as_one() -> None:  # W-V4
    seconds = range(0, 500, 2)
    pair = [
        flown(seconds),
        flown(seconds, latitude=52.01, who=0xABC002),
        flown(seconds, latitude=52.02, who=0xABC003),
    ]
    alone = raised(watched([*pair]))
    assert all(at < 80 for at, _ in alone)  # until the formation is known as one
    third = flown(range(100, 500, 2), longitude=22.2, course=270, who=0xABC009)
    met = [each for at, each in raised(watched([*pair, third])) if at > 100]
    assert len(met) == 1
    assert "icao:abc009" in met[0].key


def test_a_false_crossing_is_doubtful_and_not_a_crossing() -> None:  # W-V6
    honest = flown(range(0, 120, 2), course=0)
    false = flown(range(120, 200, 2), latitude=52.1, longitude=22.0, course=0)
    changes = watched([honest, false], [NORTH_SOUTH])
    kinds = {advisory.situation for _, advisory, _ in changes}
    assert Situation.DOUBTFUL in kinds
    doubtful = next(each for _, each, _ in changes if each.situation is Situation.DOUBTFUL)
    assert doubtful.tracks[0].doubts & Doubt.JUMP
    assert doubtful.tracks[0].plausible is not None
    assert doubtful.of_line
    assert not any(each.present for _, each, _ in changes if each.situation is Situation.LINE)


def test_the_disturbed_flight_is_one_false_crossing_with_its_reason() -> None:
    flight = recorded("gnss-disturbed-airliner.csv.gz")
    late = flight.take(flight.at >= 1_726_563_000_000)  # from 08:50Z
    false_line = Fence("Border", line((47, 23.6), (52, 23.6)))
    south = Fence("South", line((45, 23.6), (47, 23.6)))
    picture = Picture(["file"], [false_line, south])
    changed: list[tuple[Millis, Advisory]] = []
    raised_at: list[tuple[Millis, Advisory]] = []
    doubted: list[Doubted] = []
    for moment in replay(picture, late):
        doubted += moment.doubted
        shown = picture.shown(moment.cycle.changes.raised)
        raised_at += [(moment.cycle.at, advisory) for advisory in shown]
        shown += picture.shown(moment.cycle.changes.updated)
        changed += [(moment.cycle.at, advisory) for advisory in shown]
    doubtful = [each for _, each in raised_at if each.situation is Situation.DOUBTFUL]
    assert doubtful[0].level is Level.ALARM
    assert Doubt.SLOW_AND_HIGH in doubtful[0].tracks[0].doubts
    assert abs(doubtful[0].at - 1_726_565_065_000) < 10 * SECOND  # 09:24:25Z
    assert doubted[0].doubts == Doubt.SLOW_AND_HIGH
    # At 09:01Z it passes 23.6 E at 46.77 N, 25 km beyond the end of Border, and crosses South only.
    crossings = [each for _, each in changed if each.situation is Situation.LINE and each.present]
    assert {each.about for each in crossings} == {"South"}
    assert {each.tracks[0].doubts for each in crossings[:1]} == {Doubt(0)}
    assert abs(crossings[0].at - 1_726_563_660_000) < 60 * SECOND


def test_a_crossing_in_a_silence_is_told_when_it_is_heard_again() -> None:  # W-V6
    """Silent for 342 s, longer than a track is watched, from 15 km before the line to 55 km behind it."""
    changes = watched([flown([*range(0, 260, 2), *range(600, 620, 2)])], [NORTH_SOUTH])
    crossings = [at for at, advisory, _ in changes if advisory.present]
    assert crossings
    assert 600 <= crossings[0] <= 608


def test_reckoning_across_a_line_is_a_prediction_until_a_report_tells() -> None:  # W-V6
    """Silent from 32 s before the line, reckoned for 60 s, dropped after 300."""
    changes = watched([flown([*range(0, 302, 2), 550, 552, 554, 556, 558])], [NORTH_SOUTH])
    assert not any(advisory.present for at, advisory, _ in changes if at < 550)
    assert not any(what == "cleared" for at, _, what in changes if at < 550)
    crossings = [at for at, advisory, _ in changes if advisory.present]
    assert 550 <= crossings[0] <= 556


def test_a_picture_of_nobody_has_no_advisories() -> None:
    picture = Picture(["test"], [NORTH_SOUTH, ZONE])
    picture.cycle(NOON)
    assert picture.advisories() == []


@pytest.mark.parametrize("name", ["clean-bornholm.csv.gz", "clean-vienna.csv.gz"])
def test_clean_flights_are_never_doubtful(name: str) -> None:
    flight = recorded(name)
    across = float(np.median(flight.longitude_e7)) / DEGREE
    fences = [Fence("through", line((40, across), (60, across)))]
    picture = Picture(["file"], fences)
    situations = set()
    for moment in replay(picture, flight):
        assert moment.doubted == ()
        situations |= {each.situation for each in picture.shown(moment.cycle.changes.raised)}
    assert situations == {Situation.LINE}


def test_the_same_picture_gives_the_same_advisories() -> None:  # W-V13
    lots = [
        flown(range(0, 400, 2)),
        flown(range(0, 400, 3), longitude=21.5, course=270, who=0xABC002),
        flown(range(60, 200, 4), latitude=53.0, longitude=22.0, who=0xABC003),
    ]
    shuffled = joined(lots)
    shuffled = shuffled.take(np.random.default_rng(5).permutation(len(shuffled)))
    fences = [NORTH_SOUTH, ZONE]
    assert watched(lots, fences) == watched([shuffled], fences)


def test_a_protected_site_is_marked() -> None:
    picture = Picture(["test"], [ZONE], protected=["Range"])
    picture.take(flown([0], longitude=21.0))
    picture.cycle(NOON)
    (advisory,) = picture.advisories()
    assert advisory.protected


def test_an_advisory_is_acknowledged_and_shelved_by_its_key() -> None:  # W-V7, W-V8
    picture = Picture(["test"], [ZONE])
    picture.take(flown([0], longitude=21.0))
    picture.cycle(NOON)
    key = "zone:Range/icao:abc001"
    picture.acknowledge(key)
    assert picture.advisories()[0].stage is Stage.ACKNOWLEDGED
    picture.shelve(key, Millis(NOON + 60 * SECOND), "exercise")
    (shelved,) = picture.advisories()
    assert (shelved.stage, shelved.reason) == (Stage.SHELVED, "exercise")
    picture.unshelve(key)
    assert picture.advisories()[0].stage is Stage.ACKNOWLEDGED
    for act in (picture.acknowledge, picture.unshelve):
        with pytest.raises(Misuse, match="No advisory"):
            act("zone:Range/icao:000000")


def test_notices_that_meet_are_one_advisory_until_they_are_over() -> None:
    picture = Picture(["test"])
    meeting = Meeting(
        "ours 3fa9",
        "theirs 77c1",
        Millis(NOON + 600 * SECOND),
        Millis(NOON + 700 * SECOND),
        1_200,
        None,
        False,
    )
    picture.set_meetings([meeting])
    for second in range(10):
        picture.cycle(Millis(NOON + second * SECOND))
    (advisory,) = picture.advisories()
    assert (advisory.key, advisory.level) == ("notices:ours 3fa9/theirs 77c1", Level.WARNING)
    assert (advisory.in_s, advisory.margin_m, advisory.tracks) == (591, 1_200, ())
    picture.cycle(Millis(NOON + 650 * SECOND))
    assert picture.advisories()[0].present
    picture.cycle(Millis(NOON + 700 * SECOND))
    picture.cycle(Millis(NOON + 730 * SECOND))
    assert picture.advisories() == []


def test_so_many_are_given_in_full_and_all_are_counted() -> None:  # W-V12
    picture = Picture(["test"], [ZONE])
    picture.take(joined([flown([0], longitude=21.0, who=number + 1) for number in range(30)]))
    picture.cycle(NOON)
    assert len(picture.advisories(most=10)) == 10
    assert picture.rates().standing >= 30


def test_every_advisory_names_its_inputs_and_their_age() -> None:  # W-V14, W-V15
    picture = Picture(["receiver"], [ZONE])
    picture.take(flown([0], longitude=21.0))
    picture.cycle(Millis(NOON + 4 * SECOND))
    (advisory,) = picture.advisories()
    assert [(each.name, each.source, each.age_ms) for each in advisory.inputs] == [
        ("icao:abc001", "receiver", 4 * SECOND),
        ("Range", "agreed lines and zones", 0),
    ]


def test_time_does_not_go_back() -> None:
    picture = Picture(["test"])
    picture.cycle(NOON)
    with pytest.raises(Misuse, match="went back"):
        picture.cycle(Millis(NOON - 1))


def test_a_trail_is_kept_for_the_delay() -> None:  # W-T7, W-G3
    picture = Picture(["test"])
    flight = flown(range(0, 300, 2))
    for at in np.unique(flight.at):
        picture.take(flight.take(flight.at == at))
        picture.cycle(Millis(int(at)))
    trail = picture.sightings(0)
    ages = [trail[0].reported_at - seen.reported_at for seen in trail]
    assert ages[0] == 0
    assert ages[-1] >= 200 * SECOND
    assert all(later > earlier for earlier, later in pairwise(ages))
    assert trail[-1].position == Position(int(flight.latitude_e7[0]), int(flight.longitude_e7[0]))


def test_ships_have_their_own_terms() -> None:
    seconds = range(0, 1_300, 10)
    east = flown(seconds, speed_kt=15, domain=Domain.SEA, who=261_000_001)
    west = flown(
        seconds, longitude=20.2, course=270, speed_kt=15, domain=Domain.SEA, who=261_000_002
    )
    ((_, first),) = raised(watched([east, west]))
    assert first.key == "separation:mmsi:261000001/mmsi:261000002"
    assert first.in_s > 500
