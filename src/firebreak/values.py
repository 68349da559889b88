"""Small values that every room shares: numbers on the wire are integers, times UTC milliseconds.

Source: DESIGN "What is on the wire"; bounds are those of spec/record.md.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import NewType

from firebreak.errors import InvalidValue

Millis = NewType("Millis", int)
"""A time: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted."""

PartyNumber = NewType("PartyNumber", int)
"""A party's place in the agreement's list of parties, from 0."""

OfficeNumber = NewType("OfficeNumber", int)
"""An office's place in the agreement's list of offices, from 0."""

RecordId = NewType("RecordId", bytes)
"""SHA-256 over external_aad and payload: 32 bytes."""

DEGREE = 10_000_000
"""Positions are integers of 1e-7 degree."""

LATEST = Millis(253_402_300_799_999)
"""9999-12-31T23:59:59.999Z: later times are refused everywhere."""


class Precedence(IntEnum):
    """How urgent; a greater number overtakes a smaller one."""

    ROUTINE = 0
    PRIORITY = 1
    IMMEDIATE = 2
    FLASH = 3


class HeightUnit(IntEnum):
    """What a height counts."""

    METRES = 0
    FEET = 1
    HUNDREDS_OF_FEET = 2


class HeightReference(IntEnum):
    """What a height is counted from. STANDARD_PRESSURE is 1013.25 hPa: a flight level."""

    ELLIPSOID = 0
    MEAN_SEA_LEVEL = 1
    GROUND = 2
    STANDARD_PRESSURE = 3


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A point on WGS 84, in integers of 1e-7 degree.

    latitude_e7: -90e7 to 90e7; longitude_e7: -180e7 up to, not including, 180e7.
    Raises InvalidValue outside.
    """

    latitude_e7: int
    longitude_e7: int

    def __post_init__(self) -> None:
        if not -90 * DEGREE <= self.latitude_e7 <= 90 * DEGREE:
            hint = ""
            if abs(self.longitude_e7) <= 90 * DEGREE and abs(self.latitude_e7) <= 180 * DEGREE:
                hint = " Are latitude and longitude swapped?"
            raise InvalidValue(
                f"Latitude {self.latitude_e7 / DEGREE:.7f} is outside -90 to 90 degrees.{hint}"
            )
        if not -180 * DEGREE <= self.longitude_e7 < 180 * DEGREE:
            raise InvalidValue(
                f"Longitude {self.longitude_e7 / DEGREE:.7f} is outside -180 to 180 degrees"
                " (180 itself is written -180)."
            )


@dataclass(frozen=True, slots=True)
class Height:
    """One height with its unit and reference, for example 9500 FEET over MEAN_SEA_LEVEL.

    value: -20,000 to 200,000 METRES or FEET. HUNDREDS_OF_FEET and STANDARD_PRESSURE go together
    and with nothing else (a flight level): -10 to 999. Raises InvalidValue otherwise.
    """

    value: int
    unit: HeightUnit
    reference: HeightReference

    def __post_init__(self) -> None:
        if self.unit is HeightUnit.HUNDREDS_OF_FEET and not -10 <= self.value <= 999:
            raise InvalidValue(
                f"Flight level {self.value} is outside -10 to 999. Check it, or give feet or metres."
            )
        if not -20_000 <= self.value <= 200_000:
            raise InvalidValue(
                f"Height {self.value} is outside -20,000 to 200,000; check its unit."
            )
        if (self.unit is HeightUnit.HUNDREDS_OF_FEET) != (
            self.reference is HeightReference.STANDARD_PRESSURE
        ):
            raise InvalidValue(
                "A flight level is counted in hundreds of feet over standard pressure, and nothing"
                " else is; give feet or metres over ground, mean sea level or ellipsoid instead."
            )
