"""Who crossed an agreed line: by sides, and between two places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.values import DEGREE, Millis, Position
from firebreak.volumes import Corridor, separation_m
from firebreak.watch import crossings
from firebreak.watch.crossings import CONFIRMED_AFTER_MS, CROSSED_FOR_MS, Lines, Sides
from firebreak.watch.fences import Fence, Fences, Kind, Line
from firebreak.watch.reports import Ints
from firebreak.watch.tracks import Tracks
from tests.watch.examples import NOON, reports


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


WEST, EAST = 20.999, 21.001
"""70 m from a line along 21 E, on its left (1) and on its right (-1)."""
NORTH_SOUTH = lines_of(line((50, 21), (54, 21)))


def told(
    sides: Sides,
    ms: int,
    side: int,
    longitude: float,
    *,
    latitude: float = 52.0,
    reported_ms: int | None = None,
    doubtful: bool = False,
    near: bool = True,
    metres: float = 70.0,
    lines: Lines = NORTH_SOUTH,
) -> tuple[bool, bool]:
    """Whether the one track is said to have crossed the one line, and to be across by reckoning."""
    reported_ms = ms if reported_ms is None else reported_ms
    tracks = Tracks()
    tracks.take(reports([NOON + reported_ms], [latitude], [longitude], speed_kt=20, height_ft=None))
    states = tracks.states(Millis(NOON + reported_ms))
    states = replace(states, at=Millis(NOON + ms), doubtful=np.array([doubtful]))
    count = 1 if near else 0
    none = np.zeros(count, np.int64)
    crossed, reckoned = sides.crossed(
        states,
        tracks.reported(states.row),
        lines,
        none,
        none,
        none + side,
        np.full(count, metres),
        np.ones(count, np.bool_),
    )
    return bool(crossed.any()), bool(reckoned.any())


def crossed(sides: Sides, ms: int, side: int, longitude: float, **more: Any) -> bool:
    return told(sides, ms, side, longitude, **more)[0]


def test_another_side_for_a_while_is_a_crossing_for_a_while() -> None:  # W-V6
    sides = Sides()
    assert not crossed(sides, 0, 1, WEST)
    assert not crossed(sides, 1_000, -1, EAST)
    assert crossed(sides, 1_000 + CONFIRMED_AFTER_MS, -1, EAST)
    assert crossed(sides, 1_000 + CROSSED_FOR_MS - 1, -1, EAST)
    assert not crossed(sides, 1_000 + CROSSED_FOR_MS, -1, EAST)


def test_on_the_line_is_on_the_side_it_came_from() -> None:
    sides = Sides()
    crossed(sides, 0, 1, WEST)
    for ms in range(1_000, 20_000, 1_000):
        assert not crossed(sides, ms, 0, 21.0, metres=0.0)
    assert not crossed(sides, 20_000, 1, WEST)
    assert not crossed(sides, 40_000, 1, WEST)
    crossed(sides, 41_000, 0, 21.0, metres=0.0)
    crossed(sides, 42_000, -1, EAST)
    assert crossed(sides, 46_000, -1, EAST)


def test_a_doubtful_track_has_not_crossed() -> None:  # W-V6
    sides = Sides()
    crossed(sides, 0, 1, WEST)
    crossed(sides, 1_000, -1, EAST)
    assert not crossed(sides, 10_000, -1, EAST, doubtful=True)
    assert not crossed(sides, 20_000, -1, EAST, doubtful=True)


def test_once_it_is_trusted_again_the_way_from_where_it_was_trusted_counts() -> None:  # W-V6
    sides = Sides()
    crossed(sides, 0, 1, WEST)
    for ms in range(1_000, 10_000, 1_000):
        assert not crossed(sides, ms, -1, EAST, doubtful=True)
    crossed(sides, 10_000, -1, EAST)
    assert crossed(sides, 14_000, -1, EAST)


def test_who_passes_beyond_the_end_of_a_line_has_not_crossed_it() -> None:  # W-V6, W-F8
    sides = Sides()
    for second in range(60):
        side, longitude = (1, 20.97 + second / 1_000) if second < 30 else (-1, 20.97 + second / 1e3)
        found = told(sides, second * 1_000, side, longitude, latitude=49.8, metres=22_000)
        assert found == (False, False)


def test_a_step_that_goes_over_a_line_from_afar_is_a_crossing() -> None:  # W-V6
    for last, counted in ((19.5, True), (21.5, False)):
        sides = Sides()
        crossed(sides, 0, 0, last, near=False)
        crossed(sides, 900_000, -1, 21.2, metres=14_000)
        assert crossed(sides, 904_000, -1, 21.2, metres=14_000) == counted


def test_who_went_round_the_end_while_far_has_not_crossed() -> None:  # W-V6
    sides = Sides()
    crossed(sides, 0, 1, WEST)
    way = [(52.0, 20.0), (49.0, 20.0), (49.0, 22.0), (52.0, 22.0)]
    for number, (latitude, longitude) in enumerate(way, 1):
        crossed(sides, number * 900_000, 0, longitude, latitude=latitude, near=False)
    crossed(sides, 5_000_000, -1, EAST)
    assert not crossed(sides, 5_010_000, -1, EAST)


def test_reckoning_alone_changes_no_side() -> None:  # W-V6
    sides = Sides()
    told(sides, 0, 1, WEST)
    for ms in range(1_000, 60_000, 1_000):
        assert told(sides, ms, -1, WEST, reported_ms=0) == (False, True)
    # A newer report that is still on the old side, and only reckoned across, tells nothing else.
    assert told(sides, 60_000, -1, WEST, reported_ms=30_000) == (False, True)
    assert told(sides, 61_000, 1, WEST) == (False, False)
    told(sides, 62_000, -1, EAST)
    assert crossed(sides, 66_000, -1, EAST)


def test_who_rounds_the_end_within_a_buffer_and_then_crosses_has_crossed() -> None:  # W-V6
    for wait in (1, 30):
        sides = Sides()
        way = [(1, 20.99, 49.99)] * 2 + [(-1, 21.01, 49.99)] * wait + [(-1, 21.01, 50.1)]
        for number, (side, longitude, latitude) in enumerate([*way, (1, 20.99, 50.1)]):
            assert not crossed(
                sides, number * 1_000, side, longitude, latitude=latitude, metres=0.0
            )
        ms = len(way) * 1_000 + CONFIRMED_AFTER_MS
        assert crossed(sides, ms, 1, 20.99, latitude=50.1, metres=0.0)


def test_late_reports_within_a_buffer_cross_when_a_report_does() -> None:  # W-V6
    """Each is five seconds old, so reckoning is over the line five cycles before."""
    sides = Sides()
    for second in range(40):
        heard = second - 5
        found = crossed(
            sides,
            second * 1_000,
            1 if second < 20 else -1,
            21 + (heard - 19.5) / 10_000,
            reported_ms=heard * 1_000,
            metres=0.0,
        )
        assert found == (second >= 28)


def test_another_track_in_the_same_row_came_from_elsewhere() -> None:
    sides = Sides()
    crossed(sides, 0, 1, WEST)
    sides._rows["identity"] += 1
    crossed(sides, 1_000, 0, EAST, near=False)
    crossed(sides, 2_000, -1, EAST)
    assert not crossed(sides, 6_000, -1, EAST)


def test_what_cannot_be_tested_in_one_cycle_waits_for_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crossings, "MOST_ASKED", 2)
    count, sides, found = 7, Sides(), []
    for second, longitude in enumerate([WEST] + [EAST] * 12):
        tracks = Tracks()
        tracks.take(
            reports(
                [NOON + 1_000 * second] * count,
                [52.0] * count,
                [longitude] * count,
                who=list(range(1, count + 1)),
                speed_kt=20,
            )
        )
        states = tracks.states(Millis(NOON + 1_000 * second))
        number, zero = np.arange(count), np.zeros(count, np.int64)
        side = zero + (1 if longitude == WEST else -1)
        all_of = np.ones(count, np.bool_)
        told_of, _ = sides.crossed(
            states,
            tracks.reported(states.row),
            NORTH_SOUTH,
            number,
            zero,
            side,
            np.full(count, 70.0),
            all_of,
        )
        found.append(int(told_of.sum()))
    assert found == [0, 0, 0, 0, 2, 4, 6, 7, 7, 7, 7, 7, 7]
