"""What an area may cost whoever receives it (V-16), and what is remembered of those that came."""

import pytest

from firebreak.errors import InvalidValue
from firebreak.values import Position
from firebreak.volumes import Circle, Corridor, Polygon, check
from firebreak.volumes.outline import _Remembered, outline_of
from tests.volumes.examples import over

MICRODEGREE = 10


def comb(teeth: int, height: int, spacing: int) -> tuple[Position, ...]:
    """A ring that goes up and down many times; height and spacing in 1e-7 degree."""
    points = [Position(-1_000_000, 0)]
    for tooth in range(teeth):
        left, right = tooth * 2 * spacing, (tooth * 2 + 1) * spacing
        points += [Position(0, left), Position(height, left)]
        points += [Position(height, right), Position(0, right)]
    return (*points, Position(-1_000_000, teeth * 2 * spacing))


def test_a_comb_of_700_pieces_is_sound() -> None:
    ring = comb(174, 3_000_000, 10 * MICRODEGREE)
    assert 690 <= len(outline_of(Polygon(ring)).pieces) <= 700


@pytest.mark.parametrize("height", [1_000_000, 3_000_000, 8_000_000])
def test_a_ring_that_would_take_long_to_check_is_refused(height: int) -> None:
    with pytest.raises(InvalidValue, match="side by side"):
        check(over(Polygon(comb(499, height, 10 * MICRODEGREE))))


def test_a_path_that_would_take_long_to_measure_is_refused() -> None:
    with pytest.raises(InvalidValue, match="side by side"):
        check(over(Corridor(comb(499, 3_000_000, 10 * MICRODEGREE), 1)))


def test_holes_that_would_take_long_to_check_are_refused() -> None:
    """Each is sound by itself; together they are not looked through."""
    outer = (
        Position(-9_000_000, -9_000_000),
        Position(-9_000_000, 9_000_000),
        Position(9_000_000, 9_000_000),
        Position(9_000_000, -9_000_000),
    )
    holes = tuple(
        tuple(
            Position(point.latitude_e7, point.longitude_e7 + number * 20_000)
            for point in comb(7, 3_000_000, 100 * MICRODEGREE)
        )
        for number in range(60)
    )
    assert all(outline_of(Polygon(hole)) for hole in holes)
    with pytest.raises(InvalidValue, match="side by side"):
        check(over(Polygon(outer, holes)))


def test_however_many_areas_come_few_are_remembered() -> None:
    remembered = _Remembered(10)
    for longitude in range(100):
        remembered.get(Circle(Position(0, longitude), 1))
    assert remembered.pieces == 10
    large = Corridor((Position(0, 0), Position(0, 90_000_000)), 5)
    assert len(remembered.get(large).pieces) > 10
    assert remembered.get(large) is remembered.get(large)
    remembered.get(Circle(Position(0, 0), 1))
    assert remembered.pieces == 1
    remembered.clear()
    assert remembered.pieces == 0
