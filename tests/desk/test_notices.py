"""Extents that are never understated; which notices are blanket, and which are late."""

import math
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk.notices import (
    FARTHEST_M,
    extent_m,
    is_blanket,
    is_late,
    notice_of,
    reason_given,
)
from firebreak.records.agreement import KindTerm
from firebreak.records.kinds import (
    KIND_OF,
    Amend,
    Body,
    Cancel,
    Hazard,
    HazardWarning,
    Notice,
    Purpose,
)
from firebreak.records.record import Record
from firebreak.records.slots import Span
from firebreak.values import Millis, Position, Precedence
from firebreak.volumes import (
    GREATEST_RADIUS_M,
    Area,
    Circle,
    Corridor,
    Heights,
    Polygon,
    distance_m,
)
from firebreak.volumes.geodesic import course, destination, points_along, surface_point
from firebreak.volumes.geodesic import surface_distance as between
from tests.records.parties import smallest

HOUR = 3_600_000
AGREEMENT = smallest()
AIR = replace(AGREEMENT.channels[1], widest_notice_m=500_000, longest_notice_ms=72 * HOUR)
HERE = Position(552_083_000, 197_534_790)
EVERYWHERE = Heights(None, None)


def notice(
    area: Area | None = None,
    window: Span | None = None,
    purpose: Purpose = Purpose.TRAINING,
    late_reason: str | None = None,
) -> Notice:
    place, span = area or Circle(HERE, 5_000), window or Span(2 * HOUR, HOUR)
    return Notice(purpose, place, EVERYWHERE, span, "ops", late_reason=late_reason)


def record(body: Body) -> Record:
    return Record(
        1, 1, 0, (), KIND_OF[type(body)], None, AGREEMENT.valid_from, Precedence.ROUTINE,
        None, 0, (), body,
    )  # fmt: skip


# How large an area is


def around(
    metres: int, corners: int, centre: Position = HERE, turn: float = 0.0
) -> tuple[Position, ...]:
    """Corners about so far from a centre."""
    points = []
    for corner in range(corners):
        x, y, z = destination(centre, turn + 360 * corner / corners, metres)
        points.append(_position(x, y, z))
    return tuple(points)


def _position(x: float, y: float, z: float) -> Position:
    # Close to the point below, which is all that a corner needs.
    latitude = math.degrees(math.atan2(z / (1 - 1 / 298.257223563) ** 2, math.hypot(x, y)))
    return Position(round(latitude * 1e7), _east(round(math.degrees(math.atan2(y, x)) * 1e7)))


def _east(longitude: int) -> int:
    return -longitude if longitude == 1_800_000_000 else longitude


def test_a_circle_is_twice_its_radius_across() -> None:
    assert extent_m(Circle(HERE, 250_000)) == 500_000
    assert extent_m(Circle(HERE, 20_000_000)) == FARTHEST_M


def test_a_corridor_reaches_its_half_width_beyond_its_ends() -> None:
    path = (HERE, Position(562_083_000, 197_534_790))
    extent = extent_m(Corridor(path, 5_000))
    assert 0 <= extent - distance_m(*path) - 10_000 < 5


def test_a_search_pattern_is_as_wide_as_its_box_not_as_long_as_its_path() -> None:
    path = tuple(
        Position(HERE.latitude_e7 + row * 500_000, HERE.longitude_e7 + side * 8_000_000)
        for row in range(20)
        for side in ((0, 1) if row % 2 else (1, 0))
    )
    assert sum(distance_m(a, b) for a, b in pairwise(path)) > 900_000
    assert extent_m(Corridor(path, 1_000)) < 130_000


@given(
    latitude=st.integers(-899_999_999, 899_999_999),
    longitude=st.integers(-1_800_000_000, 1_799_999_999),
    metres=st.integers(100, 4_900_000),
    corners=st.integers(3, 5),
    turn=st.floats(0, 360),
)
def test_an_extent_is_never_understated(
    latitude: int, longitude: int, metres: int, corners: int, turn: float
) -> None:
    """Not between corners, nor between points of the edges that bulge between them."""
    ring = around(metres, corners, Position(latitude, longitude), turn)
    extent = extent_m(Polygon(ring))
    edge = [
        point
        for start, end in zip(ring, ring[1:] + ring[:1], strict=True)
        for point in points_along(course(surface_point(start), surface_point(end)), 3)
    ]
    widest = max(between(a, b) for a, b in combinations(edge, 2))
    assert widest <= extent
    if extent != FARTHEST_M:
        corner = max(distance_m(a, b) for a, b in combinations(ring, 2))
        assert extent - corner <= max(5, corner * 0.002) if corner <= 5_000_000 else True


def test_an_area_of_a_quarter_of_the_earth_is_as_wide_as_any() -> None:
    assert extent_m(Polygon(around(7_000_000, 3))) == FARTHEST_M
    assert extent_m(Corridor(around(6_000_000, 2), 1)) == FARTHEST_M


def test_a_hole_changes_nothing() -> None:
    ring = around(50_000, 5)
    assert extent_m(Polygon(ring, (around(10_000, 3),))) == extent_m(Polygon(ring))


@pytest.mark.parametrize("points", [(HERE,), (HERE, HERE)])
def test_an_area_that_is_none_has_an_extent_all_the_same(points: tuple[Position, ...]) -> None:
    assert extent_m(Polygon(points)) <= 1


# Blanket


WIDE, LONG = Circle(HERE, 250_001), Span(0, 72 * HOUR + 1)


@pytest.mark.parametrize("body", [notice(WIDE), notice(window=LONG), Amend(notice(WIDE))])
def test_a_notice_beyond_a_cap_is_blanket(body: Body) -> None:
    assert is_blanket(record(body), AIR)


@pytest.mark.parametrize(
    "body",
    [
        notice(Circle(HERE, 250_000)),
        notice(window=Span(0, 72 * HOUR)),
        Amend(notice()),
        Cancel(),
        HazardWarning(Hazard.FALLING_DEBRIS, Circle(HERE, GREATEST_RADIUS_M), EVERYWHERE, LONG),
    ],
)
def test_at_the_cap_or_without_a_notice_nothing_is_blanket(body: Body) -> None:
    assert not is_blanket(record(body), AIR)


# Late


def test_a_notice_is_late_within_the_lead_time_of_its_purpose() -> None:
    for purpose, lead in ((Purpose.TRAINING, HOUR), (Purpose.LIVE_FIRING, 24 * HOUR)):
        assert is_late(record(notice(window=Span(lead - 1, HOUR), purpose=purpose)), AGREEMENT)
        assert not is_late(record(notice(window=Span(lead, HOUR), purpose=purpose)), AGREEMENT)


def test_an_amendment_is_late_like_a_notice() -> None:
    assert is_late(record(Amend(notice(window=Span(HOUR - 1, HOUR)))), AGREEMENT)


def test_without_a_lead_time_only_what_has_begun_is_late() -> None:
    for agreement in (AGREEMENT, replace(AGREEMENT, lead_times=(KindTerm(2, 5),))):
        at_once = notice(window=Span(0, HOUR), purpose=Purpose.AIR_POLICING)
        assert not is_late(record(at_once), agreement)
        assert is_late(record(replace(at_once, window=Span(-1, HOUR))), agreement)


def test_hazard_warnings_are_never_late() -> None:
    body = HazardWarning(Hazard.FIRING, Circle(HERE, 1), EVERYWHERE, Span(-HOUR, 2 * HOUR))
    assert not is_late(record(body), AGREEMENT)
    assert notice_of(record(body)) is None


def test_a_late_notice_says_why_and_an_amendment_by_its_own_reason() -> None:
    late = notice(late_reason="scramble")
    assert reason_given(record(late)) == "scramble"
    assert reason_given(record(Amend(late, "weather"))) == "scramble"
    assert reason_given(record(Amend(notice(), "weather"))) == "weather"
    for body in (notice(), Amend(notice()), Cancel("weather")):
        assert reason_given(record(body)) is None


def test_what_is_judged_is_the_record_not_the_hour() -> None:
    filed = record(notice(window=Span(HOUR, HOUR)))
    assert not is_late(replace(filed, composed_at=Millis(filed.composed_at + HOUR)), AGREEMENT)
