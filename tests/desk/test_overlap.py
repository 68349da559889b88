"""Overlaps: each named with its margin, on a stale picture or not; a bad number is an error."""

import pytest

from firebreak.desk.overlap import Current, overlaps, window_of
from firebreak.errors import InvalidValue
from firebreak.records.slots import Span
from firebreak.values import Height, HeightReference, HeightUnit, Millis, PartyNumber, Position
from firebreak.volumes import Circle, Heights, Volume, Window

OURS, THEIRS = PartyNumber(0), PartyNumber(1)
START = Millis(1_795_000_000_000)
HERE = Position(552_083_000, 197_534_790)


def level(value: int) -> Height:
    return Height(value, HeightUnit.HUNDREDS_OF_FEET, HeightReference.STANDARD_PRESSURE)


def volume(radius_m: int = 10_000, lower: int = 95, upper: int = 245, minutes: int = 60) -> Volume:
    window = Window(START, Millis(START + minutes * 60_000))
    return Volume(Circle(HERE, radius_m), Heights(level(lower), level(upper)), window)


def current(of: Volume, party: PartyNumber = THEIRS, index: int = 0) -> Current:
    return Current((party, index), (party, index), of)


def test_an_overlap_names_the_notice_and_the_margins() -> None:
    (found,) = overlaps(volume(), [current(volume(5_000, 200, 300))], {THEIRS: 1}, OURS)
    assert found.with_.place == (THEIRS, 0)
    assert found.conflict.horizontal_overlap_m == 15_000
    assert found.conflict.height_overlap_ft == 4_500
    assert found.conflict.window_overlap_ms == 3_600_000
    assert not found.unseen


def test_a_notice_of_theirs_that_the_author_had_not_seen_makes_the_picture_stale() -> None:
    (found,) = overlaps(volume(), [current(volume(), index=3)], {THEIRS: 3}, OURS)
    assert found.unseen


def test_ones_own_notice_is_never_unseen() -> None:
    (found,) = overlaps(volume(), [current(volume(), OURS, 9)], {THEIRS: 0}, OURS)
    assert not found.unseen


def test_heights_or_windows_apart_do_not_meet() -> None:
    assert overlaps(volume(), [current(volume(lower=250, upper=300))], {}, OURS) == []
    later = Volume(
        volume().area, volume().heights, Window(volume().window.end, Millis(START + 10**8))
    )
    assert overlaps(volume(), [current(later)], {}, OURS) == []


def test_an_unsound_volume_is_an_error_never_none() -> None:
    upside_down = volume(lower=300, upper=100)
    with pytest.raises(InvalidValue):
        overlaps(upside_down, [current(volume())], {}, OURS)
    with pytest.raises(InvalidValue):
        overlaps(upside_down, [], {}, OURS)


def test_a_span_is_relative_to_the_time_of_composition() -> None:
    window = window_of(Span(-1_000, 5_000), START)
    assert window == Window(Millis(START - 1_000), Millis(START + 4_000))
