"""Reports in columns: what they must be, and how identities are written and shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from firebreak.errors import InvalidValue
from firebreak.values import DEGREE, LATEST
from firebreak.watch.reports import (
    ABSENT,
    COLUMNS,
    Naming,
    Reports,
    check_reports,
    identity,
    identity_text,
    joined,
    no_reports,
    text_identity,
)
from tests.watch.examples import NOON, flown

SOUND = flown([0, 5])
LIMITS = {
    "source": (0, 2**15 - 1),
    "identity": (1 << 56, 2**63 - 1),
    "at": (0, LATEST),
    "received": (0, LATEST),
    "latitude_e7": (-90 * DEGREE, 90 * DEGREE),
    "longitude_e7": (-180 * DEGREE, 180 * DEGREE - 1),
    "height_ft": (-20_000, 200_000),
    "height_reference": (0, 3),
    "speed_cm_s": (0, 1_000_000),
    "course_cd": (0, 35_999),
    "climb_fpm": (-200_000, 200_000),
    "accuracy_m": (0, 10_000_000),
    "domain": (0, 2),
}


def changed(name: str, value: int) -> Reports:
    column = getattr(SOUND, name).copy()
    column[1] = value
    return replace(SOUND, **{name: column})


@pytest.mark.parametrize("name", COLUMNS)
def test_every_column_has_its_range(name: str) -> None:  # W-R1
    low, high = LIMITS[name]
    for value in (low, high):
        check_reports(changed(name, value))
    kind = np.iinfo(getattr(SOUND, name).dtype)
    for value in (low - 1, high + 1):
        if kind.min <= value <= kind.max:
            with pytest.raises(InvalidValue, match=name):
                check_reports(changed(name, value))


@pytest.mark.parametrize("name", COLUMNS)
def test_only_what_may_be_absent_may_be(name: str) -> None:  # W-R1
    if COLUMNS[name] is np.int32 and not name.endswith("_e7"):
        check_reports(changed(name, ABSENT))
    elif COLUMNS[name] in {np.int32, np.int64}:
        with pytest.raises(InvalidValue, match=name):
            check_reports(changed(name, ABSENT))


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_of_floats_or_of_another_length_is_refused(name: str) -> None:  # W-R1
    column = getattr(SOUND, name)
    for wrong in (column.astype(np.float64), column[:1], np.stack([column, column])):
        with pytest.raises(InvalidValue):
            check_reports(replace(SOUND, **{name: wrong}))


def test_lots_are_joined_in_their_order() -> None:
    assert len(joined([])) == len(no_reports()) == 0
    both = joined([SOUND, flown([10])])
    assert both.at.tolist() == [NOON, NOON + 5_000, NOON + 10_000]
    check_reports(no_reports())


def test_identities_are_named_and_shown() -> None:  # W-R2
    assert identity_text(identity(Naming.ICAO, 0x4BAAC6)) == "icao:4baac6"
    assert identity_text(identity(Naming.MMSI, 2_320_001)) == "mmsi:002320001"
    assert identity_text(identity(Naming.SENSOR, 25 << 40 | 10 << 32 | 77)) == "sensor:25/10/77"
    assert identity_text(text_identity("ANDROID-1")).startswith("name:")
    assert text_identity("ANDROID-1") != text_identity("ANDROID-2")


@pytest.mark.parametrize("number", [-1, 1 << 56])
def test_a_number_that_does_not_fit_is_refused(number: int) -> None:  # W-R2
    with pytest.raises(InvalidValue, match="outside"):
        identity(Naming.TEXT, number)
