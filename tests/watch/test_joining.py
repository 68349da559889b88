"""One craft under two names is one track; two craft never are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.values import Millis
from firebreak.watch.joining import HELD_MS, Joining
from firebreak.watch.picture import Picture
from firebreak.watch.replay import replay
from firebreak.watch.reports import ABSENT, Naming, Reports, identity, joined
from tests.watch.examples import NOON, flown

SECOND = 1_000
RADAR = range(1, 200, 4)


def plots(
    number: int, north: float = 0.0, speed_kt: float = 400.0, height_ft: int = 30_000
) -> Reports:
    """A radar's own track, so many degrees north of what `flown` flies."""
    made = flown(RADAR, latitude=52.0 + north, speed_kt=speed_kt, height_ft=height_ft)
    return replace(
        made,
        identity=np.full(
            len(made), identity(Naming.SENSOR, 25 << 40 | 10 << 32 | number), np.int64
        ),
        source=np.ones(len(made), np.int16),
    )


def joins(*lots: Reports) -> dict[int, list[str]]:
    """The naming of the tracks that are left, by second."""
    picture = Picture(["receiver", "radar"])
    out = {}
    for moment in replay(picture, joined([flown(range(0, 200, 2)), *lots])):
        names = [Naming(int(each) >> 56).name for each in moment.cycle.states.identity]
        out[(moment.cycle.at - NOON) // SECOND] = sorted(names)
    return out


def test_a_radar_track_that_keeps_with_a_named_one_is_the_same_after_a_while() -> None:  # W-T16
    left = joins(plots(1, north=0.005))
    assert left[10] == ["ICAO", "SENSOR"]
    assert left[60] == ["ICAO"]


def test_no_separation_is_lost_between_one_craft_and_itself() -> None:  # W-T16
    picture = Picture(["receiver", "radar"])
    raised = 0
    for moment in replay(picture, joined([flown(range(0, 200, 2)), plots(1, north=0.005)])):
        if moment.cycle.at - NOON > HELD_MS + 40 * SECOND:
            raised += len(picture.advisories())
    assert raised == 0


def test_two_radar_tracks_beside_one_aircraft_are_three() -> None:  # W-T16
    assert joins(plots(1, north=0.005), plots(2, north=-0.005))[100] == ["ICAO", "SENSOR", "SENSOR"]


def test_a_second_aircraft_beside_the_first_keeps_all_apart() -> None:  # W-T16
    second = flown(range(0, 200, 2), latitude=52.01, who=0xABC002)
    assert joins(plots(1, north=0.005), second)[100] == ["ICAO", "ICAO", "SENSOR"]


def test_what_flies_otherwise_is_another() -> None:  # W-T16
    assert joins(plots(1, north=0.005, height_ft=31_000))[100] == ["ICAO", "SENSOR"]
    assert joins(plots(1, north=0.005, speed_kt=360.0))[40] == ["ICAO", "SENSOR"]
    assert joins(plots(1, north=0.04))[100] == ["ICAO", "SENSOR"]


def test_a_track_of_unknown_height_is_not_hidden() -> None:  # W-T16
    radar = plots(1, north=0.005)
    low = replace(radar, height_ft=np.full(len(radar), ABSENT, np.int32))
    assert joins(low)[100] == ["ICAO", "SENSOR"]


def test_joined_tracks_part_when_one_goes_its_own_way() -> None:  # W-T16
    radar = plots(1, north=0.005)
    turned = flown(range(1, 100, 4), latitude=52.3, longitude=20.6, course=0)
    later = turned.at >= NOON
    away = replace(
        turned,
        at=turned.at + 200 * SECOND,
        identity=np.full(len(turned), radar.identity[0], np.int64),
    ).take(later)
    on = flown(range(200, 300, 2))
    left = joins(radar, away, on)
    assert left[150] == ["ICAO"]
    assert left[240] == ["ICAO", "SENSOR"]


def test_a_doubtful_track_is_never_hidden() -> None:  # W-T16
    picture = Picture(["receiver", "radar"])
    picture.take(joined([flown(range(0, 120, 2)), plots(1, north=0.005)]))
    states = picture.tracks.states(Millis(NOON + 120 * SECOND))
    assert len(states) == 2
    doubtful = replace(states, doubtful=np.ones(len(states), np.bool_))
    joining = Joining()
    for second in range(0, 100, 5):
        later = replace(doubtful, at=Millis(NOON + second * SECOND))
        assert not joining.joined(later).any()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 60))
def test_at_most_one_is_hidden_for_each_named_track(seed: int, count: int) -> None:
    """However they crowd, a named track stays, and hides one other at most."""
    random = np.random.default_rng(seed)
    picture = Picture(["a", "b"])
    lots = []
    for number in range(count):
        lot = flown(
            [0], latitude=52 + random.uniform(0, 0.1), longitude=20 + random.uniform(0, 0.1)
        )
        naming = Naming.ICAO if random.random() < 0.5 else Naming.SENSOR
        lots.append(replace(lot, identity=np.array([identity(naming, number + 1)])))
    picture.take(joined(lots))
    joining = Joining()
    states = picture.tracks.states(NOON)
    known = states.identity >> 56 == Naming.ICAO
    for second in range(0, 60, 10):
        hidden = joining.joined(replace(states, at=Millis(NOON + second * SECOND)))
        assert not (hidden & known).any()
        assert hidden.sum() <= known.sum()


def test_in_a_crowd_nobody_is_hidden() -> None:  # W-T16
    count = 400
    lots = [flown([0], latitude=52 + 1e-5 * number, who=number + 1) for number in range(count)]
    radar = replace(
        joined(lots),
        identity=np.array([identity(Naming.SENSOR, number + 1) for number in range(count)]),
    )
    picture = Picture(["a", "b"])
    picture.take(joined([*lots, radar]))
    states = picture.tracks.states(NOON)
    joining = Joining()
    for second in (0, 40):
        assert not joining.joined(replace(states, at=Millis(NOON + second * SECOND))).any()
