"""Doubts of a position: each slip that people make is found, and a sound position has none (H-6)."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from firebreak.desk.coordinates import NEAR_M, Gazetteer, Place, shifted, suspicions
from firebreak.desk.entries.humanitarian import Doubt
from firebreak.values import DEGREE, Position
from firebreak.volumes import distance_m

KABUL = Position(345_281_113, 691_723_377)
KNOWN = Gazetteer([Place("Kabul", KABUL), Place("Kunduz", Position(367_289_511, 688_571_012))])

places = st.builds(
    Position,
    st.integers(-60 * DEGREE, 60 * DEGREE),
    st.integers(-179 * DEGREE, 179 * DEGREE),
)


def doubts(position: Position, place: str, known: Gazetteer) -> set[Doubt]:
    return {each.doubt for each in suspicions(position, place, known)}


def at(place: Position) -> Gazetteer:
    return Gazetteer([Place("The town", place)])


def test_a_position_in_its_town_has_no_doubt() -> None:
    assert doubts(Position(345_199_137, 691_789_341), "Kabul", KNOWN) == set()
    assert doubts(Position(345_199_137, 691_789_341), "  kabul ", KNOWN) == set()
    assert doubts(Position(345_199_137, 691_789_341), "Kabul, near the river", KNOWN) == set()


def test_what_was_not_looked_at_is_said() -> None:
    (found,) = suspicions(Position(345_199_137, 691_789_341), "Nowhere", KNOWN)
    assert found.doubt is Doubt.PLACE_UNKNOWN
    assert "not looked at" in found.why


def test_the_wrong_town_is_far() -> None:
    (found,) = suspicions(Position(367_289_517, 688_571_013), "Kabul", KNOWN)
    assert (found.doubt, found.meant) == (Doubt.FAR_FROM_PLACE, None)
    assert "from Kabul" in found.why


@given(places)
def test_a_swap_is_found_wherever_it_matters(place: Position) -> None:
    assume(abs(place.longitude_e7) <= 90 * DEGREE)
    swapped = Position(place.longitude_e7, place.latitude_e7)
    assume(distance_m(place, swapped) > 4 * NEAR_M)
    found = suspicions(swapped, "The town", at(place))
    (swap,) = [each for each in found if each.doubt is Doubt.SWAPPED]
    assert swap.meant == place
    assert Doubt.FAR_FROM_PLACE in {each.doubt for each in found}


@given(places, st.sampled_from([(-1, 1), (1, -1), (-1, -1)]))
def test_a_lost_sign_is_found(place: Position, signs: tuple[int, int]) -> None:
    other = Position(place.latitude_e7 * signs[0], place.longitude_e7 * signs[1])
    assume(distance_m(place, other) > 4 * NEAR_M)
    assert Doubt.SIGN in doubts(other, "The town", at(place))


def mis_keyed(e7: int, how: Callable[[int, int], int]) -> int:
    degrees, rest = divmod(abs(e7), DEGREE)
    made = degrees * DEGREE + how(rest, DEGREE)
    return -made if e7 < 0 else made


@given(places)
def test_minutes_keyed_as_decimals_are_found(place: Position) -> None:
    """34°31.8' keyed as 34.318."""
    slip = Position(
        mis_keyed(place.latitude_e7, lambda rest, _: rest * 60 // 100),
        mis_keyed(place.longitude_e7, lambda rest, _: rest * 60 // 100),
    )
    assume(distance_m(place, slip) > NEAR_M + 1)
    found = suspicions(slip, "The town", at(place))
    (minutes,) = [each for each in found if each.doubt is Doubt.DEGREES_AND_MINUTES]
    assert minutes.meant is not None
    assert distance_m(minutes.meant, place) < 1


@given(places)
def test_seconds_keyed_as_decimals_are_found(place: Position) -> None:
    """34°31'48" keyed as 34.3148."""

    def keyed(rest: int, degree: int) -> int:
        seconds = rest * 3_600 // degree
        return (seconds // 60 * 100 + seconds % 60) * degree // 10_000

    slip = Position(mis_keyed(place.latitude_e7, keyed), mis_keyed(place.longitude_e7, keyed))
    assume(distance_m(place, slip) > NEAR_M + 50)
    assert Doubt.DEGREES_MINUTES_SECONDS in doubts(slip, "The town", at(place))


@given(places, st.floats(0, 0.08), st.floats(0, 2 * math.pi))
def test_what_lies_near_is_never_called_misread(
    place: Position, degrees: float, towards: float
) -> None:
    near = Position(
        round(place.latitude_e7 + degrees * DEGREE * math.cos(towards)),
        round(place.longitude_e7 + degrees * DEGREE * math.sin(towards)),
    )
    assume(distance_m(place, near) <= NEAR_M)
    allowed = {Doubt.ROUNDED, Doubt.NULL_ISLAND}
    assert doubts(near, "The town", at(place)) <= allowed


# Computed by PROJ 9 with the EPSG operations that the module names: latitude, longitude of the datum,
# then of WGS 84, in degrees.
SHIFTS = {
    "ED50 (Europe)": (35.5, 38.9, 35.49901082689968, 38.89976154777104),
    "ED50 (Iraq to Syria)": (36.2, 37.1, 36.19896810823052, 37.09975078670704),
    "Pulkovo 1942": (55.0, 60.0, 55.00025878363003, 59.99860534662335),
    "Adindan": (15.5, 32.5, 15.500511671047848, 32.50071336027145),
    "Ain el Abd": (24.6, 46.7, 24.600448458308474, 46.69942945242089),
    "Nahrwan 1967": (26.0, 50.0, 26.002588434904034, 50.000626613720016),
    "Kandawala": (7.0, 80.0, 7.000336998116869, 80.0021013676235),
    "Tokyo": (35.7, 139.7, 35.70326263642602, 139.69678513476762),
    "NAD27": (40.0, -100.0, 40.00000948276804, -100.0004176222188),
}


def of_degrees(latitude: float, longitude: float) -> Position:
    return Position(round(latitude * DEGREE), round(longitude * DEGREE))


@pytest.mark.parametrize("datum", SHIFTS)
def test_a_datum_is_shifted_as_proj_does_it(datum: str) -> None:
    given_, right = of_degrees(*SHIFTS[datum][:2]), of_degrees(*SHIFTS[datum][2:])
    assert distance_m(shifted(given_, datum), right) < 0.05


@pytest.mark.parametrize("datum", sorted(set(SHIFTS) - {"NAD27"}))
def test_a_position_of_another_datum_is_suspected_where_the_place_is_known_exactly(
    datum: str,
) -> None:
    """NAD27 moves a position in the middle of America by 35 m only: not told from an inexact one."""
    given_, right = of_degrees(*SHIFTS[datum][:2]), of_degrees(*SHIFTS[datum][2:])
    known = Gazetteer([Place("Mercy hospital", right, exact=True)])
    found = [s for s in suspicions(given_, "Mercy hospital", known) if s.doubt is Doubt.OTHER_DATUM]
    assert len(found) == 1
    assert found[0].meant is not None
    assert distance_m(found[0].meant, right) < 30
    town = Gazetteer([Place("Mercy hospital", right)])
    assert Doubt.OTHER_DATUM not in doubts(given_, "Mercy hospital", town)


def test_another_hundred_metres_is_no_datum() -> None:
    known = Gazetteer([Place("Mercy hospital", KABUL, exact=True)])
    moved = Position(KABUL.latitude_e7 + 20_000, KABUL.longitude_e7)  # 222 m to the north
    assert Doubt.OTHER_DATUM not in doubts(moved, "Mercy hospital", known)


def test_too_few_digits_and_nought_are_suspect() -> None:
    assert Doubt.ROUNDED in doubts(Position(345_300_000, 691_700_000), "Kabul", KNOWN)
    found = doubts(Position(0, 0), "Gulf", Gazetteer([Place("Gulf", Position(1, 1))]))
    assert found == {Doubt.NULL_ISLAND}
