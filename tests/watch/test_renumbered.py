"""Lines and zones come and go while tracks are watched: what stands for one that stays goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from firebreak.errors import InvalidValue
from firebreak.values import DEGREE, Millis, Position
from firebreak.volumes import Circle
from firebreak.watch.advisories import Advisory, Stage
from firebreak.watch.fences import Fence
from firebreak.watch.picture import Picture
from tests.watch.examples import NOON, flown
from tests.watch.test_picture import NORTH_SOUTH, ZONE, line

FAR = Fence("Far", Circle(Position(10 * DEGREE, 10 * DEGREE), 5_000))
CROSSES_AT = 333
"""Seconds after NOON at which `flown` crosses NORTH_SOUTH."""


def played(
    until: int, changes: Mapping[int, Sequence[Fence]], shelved: bool = False
) -> tuple[Picture, list[Advisory]]:
    """A flight over NORTH_SOUTH second by second; the fences from some seconds on; what stands."""
    picture = Picture(["test"], changes[0])
    reports = flown(range(0, 600, 1))
    for second in range(1, until + 1):
        if second in changes:
            picture.set_fences(changes[second])
        now = NOON + 1_000 * second
        picture.take(reports.take((reports.at < now) & (reports.at >= now - 1_000)))
        picture.cycle(Millis(now))
        if shelved and second == 60:
            (advisory,) = picture.advisories()
            picture.shelve(advisory.key, Millis(now + 600_000), "our tanker")
    return picture, picture.advisories()


@pytest.mark.parametrize("swapped", [100, 332, 333, 334, 335, 336])
def test_who_crosses_while_another_zone_comes_is_said_to_have_crossed(swapped: int) -> None:
    _, undisturbed = played(CROSSES_AT + 30, {0: [NORTH_SOUTH]})
    _, found = played(CROSSES_AT + 30, {0: [NORTH_SOUTH], swapped: [FAR, NORTH_SOUTH]})
    assert found == undisturbed
    assert [(each.key, each.present) for each in found] == [("line:North/icao:abc001", True)]


def test_what_is_shelved_stays_shelved_with_its_reason() -> None:
    _, (before,) = played(150, {0: [FAR, NORTH_SOUTH]}, shelved=True)
    _, (after,) = played(150, {0: [FAR, NORTH_SOUTH], 100: [NORTH_SOUTH]}, shelved=True)
    assert after == before
    assert (after.stage, after.reason) == (Stage.SHELVED, "our tanker")


def test_what_stands_of_a_fence_that_is_gone_goes_with_it() -> None:
    _, before = played(290, {0: [NORTH_SOUTH, ZONE]})
    assert {each.about for each in before} == {"North", "Range"}
    picture, after = played(290, {0: [NORTH_SOUTH, ZONE], 289: [ZONE]})
    assert {each.about for each in after} == {"Range"}
    assert picture.rates().standing == 1
    _, none = played(290, {0: [NORTH_SOUTH, ZONE], 289: []})
    assert none == []


def test_a_line_that_is_moved_over_a_track_was_not_crossed_by_it() -> None:
    moved = replace(NORTH_SOUTH, geometry=line((50, 20.1), (54, 20.1)))
    for second in (100, 150):  # it flies between the two
        _, found = played(second + 20, {0: [NORTH_SOUTH], second: [moved]})
        assert not any(each.present for each in found)


def test_unsound_fences_change_nothing() -> None:
    picture, before = played(150, {0: [NORTH_SOUTH]})
    unsound = Fence("Bad", Circle(Position(0, 0), -1))
    with pytest.raises(InvalidValue, match="radius is -1 m"):
        picture.set_fences([unsound, FAR])
    assert picture.advisories() == before
