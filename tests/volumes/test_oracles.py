"""vectors/volume/ and our answers against two oracles that share no code with us or each other.

WGS 84 through GeographicLib measures: every distance, by sampling and search. S2 through spherely
knows a sphere only, which errs by up to 0.56 %: it is asked what no figure of the earth changes,
whether regions have a point in common, of outlines set so dense that it draws none of them itself.
"""

import math
from dataclasses import replace
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from firebreak.errors import InvalidValue
from firebreak.values import Position
from firebreak.volumes import (
    GREATEST_RADIUS_M,
    Area,
    Circle,
    Corridor,
    check,
    conflict,
    separation_m,
)
from tests.conftest import needs_wheel
from tests.volumes.examples import cases, degrees, over
from tests.volumes.oracles import sphere, wgs84
from tests.volumes.strategies import areas, bearings, beyond, places

AREAS = ["circles", "edges", "tips", "corridors", "mixed", "inside"]
AREAS += ["holes", "poles", "large", "small", "touching", "drawn"]
EXACT = 0.02
"""Metres: the search of the oracle ends at 1 mm, margins are written to 1 cm."""


def named(files: list[str]) -> list[Any]:
    return [pytest.param(case, id=f"{f}: {case['name']}") for f in files for case in cases(f)]


@pytest.mark.parametrize("case", named(AREAS))
def test_wgs84_agrees(case: dict[str, Any]) -> None:
    clear = wgs84.clearance(case["a"]["area"], case["b"]["area"])
    margin = case["margin_m"]
    if margin is not None and clear > -math.inf:
        assert clear == pytest.approx(-margin, abs=EXACT)
    assert (clear < 0) == case["conflict"]
    assert abs(clear) >= 1 - EXACT


@pytest.mark.parametrize("case", named(AREAS))
def test_s2_agrees(case: dict[str, Any]) -> None:
    assert sphere.meet(case["a"]["area"], case["b"]["area"]) == case["conflict"]


def written(area: Area) -> dict[str, Any]:
    """An area as vectors/volume/ has it."""

    def spots(points: tuple[Position, ...]) -> list[list[int]]:
        return [[point.latitude_e7, point.longitude_e7] for point in points]

    match area:
        case Circle(centre, radius_m):
            return {"kind": "circle", "centre": spots((centre,))[0], "radius_m": radius_m}
        case Corridor(path, half_width_m):
            return {"kind": "corridor", "path": spots(path), "half_width_m": half_width_m}
        case _:
            holes = [spots(hole) for hole in area.holes]
            return {"kind": "polygon", "outer": spots(area.outer), "holes": holes}


def reaching(area: Area, more: int) -> Area:
    """The same area with a buffer greater by so many metres."""
    match area:
        case Circle(centre, radius_m):
            return Circle(centre, radius_m + more)
        case Corridor():
            return replace(area, half_width_m=area.half_width_m + more)
        case _:
            return area


@st.composite
def near_misses(draw: st.DrawFn) -> tuple[Area, Area, float]:
    """Two areas, one of them grown or shrunk until they overlap or miss by 3 m at most; metres clear."""
    near = draw(places)
    a, b = draw(areas(near)), draw(areas(near))
    assume(isinstance(a, Circle | Corridor))
    for area in (a, b):
        try:
            check(over(area))
        except InvalidValue:
            assume(False)
    clear = wgs84.clearance(written(a), written(b))
    assume(clear > -math.inf)
    more = math.floor(clear) + draw(st.integers(-2, 3))
    a = reaching(a, more)
    buffer = wgs84.buffer_of(written(a))
    assume(1 <= buffer <= GREATEST_RADIUS_M)
    return a, b, clear - more


@settings(max_examples=60)
@given(near_misses())
def test_what_meets_is_found_and_what_is_1_m_clear_is_not(found: tuple[Area, Area, float]) -> None:
    """V-13, with all approximations together, against WGS 84."""
    a, b, clear = found
    answer = conflict(over(a), over(b))
    if clear <= 0:
        assert answer is not None
        assert answer.horizontal_overlap_m == pytest.approx(-clear, abs=1)
    elif clear > 1:
        assert answer is None
    if clear > 0:
        assert max(0, clear - 2) <= separation_m(a, b) + 1e-6
        assert separation_m(a, b) <= clear


@given(places, bearings, st.floats(1_000, 8_000_000))
def test_a_sphere_errs_by_at_most_056_percent(a: Position, azimuth: float, away: float) -> None:
    """So S2 alone judges two circles only where they overlap or miss by more than that."""
    spherely = needs_wheel("spherely")
    b = beyond(a, azimuth, away)
    true = Geodesic.WGS84.Inverse(*degrees(a), *degrees(b))["s12"]
    spots = [spherely.create_point(*degrees(place)[::-1]) for place in (a, b)]
    assert abs(spherely.distance(*spots) / true - 1) < 0.0057


def test_a_sphere_does_err_by_half_a_percent() -> None:
    """North to south at the equator: S2 by itself would take a miss of 500 m for a meeting."""
    spherely = needs_wheel("spherely")
    a, b = (0.0, 0.0), (0.9, 0.0)
    true = Geodesic.WGS84.Inverse(*a, *b)["s12"]
    spots = [spherely.create_point(*place[::-1]) for place in (a, b)]
    assert spherely.distance(*spots) - true > 500
