"""Who crossed an agreed line: by sides, and between two places."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.values import DEGREE, Millis, Position
from firebreak.volumes import Corridor, separation_m
from firebreak.watch.crossings import CONFIRMED_AFTER_MS, CROSSED_FOR_MS, Lines, Sides
from firebreak.watch.fences import Fence, Fences, Kind, Line
from firebreak.watch.reports import Ints
from firebreak.watch.states import States
from firebreak.watch.tracks import Tracks
from tests.watch.examples import NOON, flown


def line(*points: tuple[float, float], closed: bool = False) -> Line:
    made = np.rint(np.array(points) * DEGREE).astype(np.int32)
    return Line(np.ascontiguousarray(made[:, 0]), np.ascontiguousarray(made[:, 1]), closed)


def lines_of(*given: Line) -> Lines:
    fences = Fences([Fence(f"line {number}", each) for number, each in enumerate(given)])
    return Lines(fences, np.array([fence.kind is Kind.LINE for fence in fences.fences]))


def at(degrees: float) -> Ints:
    return np.array([round(degrees * DEGREE)], np.int32)


def crosses(lines: Lines, start: tuple[float, float], end: tuple[float, float]) -> list[bool]:
    found: list[bool] = lines.between(at(start[0]), at(start[1]), at(end[0]), at(end[1])).tolist()
    return found


def test_a_way_across_a_line_crosses_it_and_one_beside_it_does_not() -> None:
    lines = lines_of(line((50, 21), (54, 21)), line((50, 25), (54, 25)))
    assert crosses(lines, (52, 20), (52, 22)) == [True, False]
    assert crosses(lines, (52, 22), (52, 20)) == [True, False]
    assert crosses(lines, (52, 20), (52, 26)) == [True, True]
    assert crosses(lines, (55, 20), (55, 22)) == [False, False]
    assert crosses(lines, (52, 20), (52, 20)) == [False, False]


def test_there_and_back_again_is_not_across() -> None:
    bay = lines_of(line((50, 21), (53, 21.2), (50, 21.4)))
    assert crosses(bay, (51, 20), (51, 23)) == [False]
    assert crosses(bay, (51, 20), (51, 21.2)) == [True]


def test_a_ring_is_crossed_by_going_in() -> None:
    ring = lines_of(line((50, 20), (50, 22), (52, 22), (52, 20), closed=True))
    assert crosses(ring, (51, 19), (51, 21)) == [True]
    assert crosses(ring, (51, 19), (51, 23)) == [False]


def test_the_antimeridian_is_no_special_place() -> None:
    lines = lines_of(line((-10, 179.9), (10, 179.9)), line((-10, -179.5), (10, -179.5)))
    assert crosses(lines, (0, 179), (0, -179)) == [True, True]
    assert crosses(lines, (0, -179), (0, 179.95)) == [False, True]
    over = lines_of(line((5, 179), (6, -179)))
    assert crosses(over, (0, 180 - 1e-6), (10, -179.9)) == [True]


@settings(max_examples=60, deadline=None)
@given(
    st.floats(45, 60),
    st.floats(-180, 179),
    st.floats(-0.9, 0.9),
    st.floats(0.2, 3.0),
    st.floats(-2.0, 2.0),
)
def test_one_edge_is_crossed_as_the_exact_geometry_says(
    latitude: float, longitude: float, skew: float, reach: float, off: float
) -> None:
    """A way from west to east past a line from south to north, unless within 500 m of its ends."""

    def place(north: float, east: float) -> Position:
        around = round((longitude + east) * DEGREE)
        around = (around + 180 * DEGREE) % (360 * DEGREE) - 180 * DEGREE
        return Position(round((latitude + north) * DEGREE), around)

    south, north = place(-1, -skew), place(1, skew)
    start, end = place(off, -reach), place(off, reach)
    way = Corridor((start, end), 1)
    near_an_end = min(
        *(separation_m(way, Corridor((one, place_beside(one)), 1)) for one in (south, north)),
        *(
            separation_m(Corridor((south, north), 1), Corridor((one, place_beside(one)), 1))
            for one in (start, end)
        ),
    )
    if near_an_end < 500:
        return
    edge = Line(
        np.array([south.latitude_e7, north.latitude_e7], np.int32),
        np.array([south.longitude_e7, north.longitude_e7], np.int32),
    )
    (found,) = lines_of(edge).between(
        np.array([start.latitude_e7], np.int32),
        np.array([start.longitude_e7], np.int32),
        np.array([end.latitude_e7], np.int32),
        np.array([end.longitude_e7], np.int32),
    )
    assert found == (separation_m(way, Corridor((south, north), 1)) == 0)


def place_beside(position: Position) -> Position:
    """A metre away, so that two points make a path."""
    return Position(position.latitude_e7 + 90, position.longitude_e7)


def one_track(doubtful: bool = False) -> States:
    tracks = Tracks()
    tracks.take(flown([0]))
    states = tracks.states(NOON)
    return replace(states, doubtful=np.array([doubtful]))


def told(sides: Sides, ms: int, side: int, doubtful: bool = False, near: bool = True) -> bool:
    """Whether the one track is said to have crossed the one line."""
    states = replace(one_track(doubtful), at=Millis(NOON + ms))
    count = 1 if near else 0
    none = np.zeros(count, np.int64)
    found = sides.crossed(states, none, none, none + side, np.ones(count, np.bool_))
    return bool(found.any())


def test_another_side_for_a_while_is_a_crossing_for_a_while() -> None:  # W-V6
    sides = Sides()
    assert not told(sides, 0, -1)
    assert not told(sides, 1_000, 1)
    assert told(sides, 1_000 + CONFIRMED_AFTER_MS, 1)
    assert told(sides, 1_000 + CROSSED_FOR_MS - 1, 1)
    assert not told(sides, 1_000 + CROSSED_FOR_MS, 1)


def test_on_the_line_is_on_the_side_it_came_from() -> None:
    sides = Sides()
    told(sides, 0, -1)
    for ms in range(1_000, 20_000, 1_000):
        assert not told(sides, ms, 0)
    assert not told(sides, 20_000, -1)
    assert not told(sides, 40_000, -1)


def test_a_doubtful_track_has_not_crossed() -> None:  # W-V6
    sides = Sides()
    told(sides, 0, -1)
    told(sides, 1_000, 1)
    assert not told(sides, 10_000, 1, doubtful=True)
    assert not told(sides, 20_000, 1, doubtful=True)


def test_who_was_not_near_has_not_crossed() -> None:
    sides = Sides()
    told(sides, 0, -1)
    told(sides, 1_000, -1, near=False)
    assert not told(sides, 2_000, 1)
    assert not told(sides, 10_000, 1)
