"""Position reports in columns, as every source's adapter hands them over (spec/watch.md, Reports).

All numbers are integers, so that no NaN can slip through a comparison: an adapter that meets a bad
number refuses the report and counts why; it never hands one on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from firebreak.errors import InvalidValue
from firebreak.values import DEGREE, LATEST

Bools: TypeAlias = npt.NDArray[np.bool_]
Bytes: TypeAlias = npt.NDArray[np.uint8]
Shorts: TypeAlias = npt.NDArray[np.int16]
Ints: TypeAlias = npt.NDArray[np.int32]
Longs: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]

ABSENT: Final = -(2**31)
"""In a column of 32-bit integers: the source does not say."""

FASTEST_CM_S: Final = 1_000_000
"""10 km/s: what is reported faster is a mistake of unit or of decoding."""


class Domain(IntEnum):
    """Where a thing moves."""

    AIR = 0
    SEA = 1
    GROUND = 2


class Naming(IntEnum):
    """Whose name an identity is. Two reports of one identity are of one track, whatever the source."""

    ICAO = 1
    """The 24-bit address of an airframe."""
    MMSI = 2
    """The nine digits of a ship's station."""
    SENSOR = 3
    """A number that one sensor gave: its SAC, SIC and track number."""
    TEXT = 4
    """Any text, by the first 56 bits of its SHA-256."""


def identity(naming: Naming, number: int) -> int:
    """W-R2: the naming and a number below 2^56 as one positive 64-bit integer. Raises InvalidValue."""
    if not 0 <= number < 1 << 56:
        raise InvalidValue(f"Identity number {number} is outside 0 to 2^56 - 1.")
    return naming << 56 | number


def text_identity(text: str) -> int:
    """The identity of a name given as text, such as a CoT uid."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return identity(Naming.TEXT, int.from_bytes(digest[:7], "big"))


def identity_text(value: int) -> str:
    """How an identity is shown: `icao:4ca1b2`, `mmsi:261182000`, `sensor:25/100/1234`, `name:…`."""
    naming, number = value >> 56, value & ((1 << 56) - 1)
    match naming:
        case Naming.ICAO:
            return f"icao:{number:06x}"
        case Naming.MMSI:
            return f"mmsi:{number:09d}"
        case Naming.SENSOR:
            return f"sensor:{number >> 40 & 255}/{number >> 32 & 255}/{number & 0xFFFFFFFF}"
        case _:
            return f"name:{number:014x}"


@dataclass(frozen=True, slots=True)
class Reports:
    """n position reports; each column has shape (n,).

    source: place in the picture's list of sources. identity: see `identity`.
    at, received: ms UTC, by the source and by this node. latitude_e7, longitude_e7: 1e-7 degree,
    longitude in [-180, 180). height_ft: feet over the height reference (`values.HeightReference`).
    speed_cm_s: over ground; course_cd: 0.01 degree clockwise from true north, 0 to 35,999;
    climb_fpm: feet a minute. accuracy_m: 95 % of positions are within. domain: `Domain`.
    ABSENT is allowed in height_ft, speed_cm_s, course_cd, climb_fpm and accuracy_m.
    """

    source: Shorts
    identity: Longs
    at: Longs
    received: Longs
    latitude_e7: Ints
    longitude_e7: Ints
    height_ft: Ints
    height_reference: Bytes
    speed_cm_s: Ints
    course_cd: Ints
    climb_fpm: Ints
    accuracy_m: Ints
    domain: Bytes

    def __len__(self) -> int:
        return len(self.identity)

    def take(self, rows: Longs | Bools | slice) -> Reports:
        """These rows, in this order."""
        return Reports(*(getattr(self, field.name)[rows] for field in fields(self)))


COLUMNS: Final[Mapping[str, type[np.generic]]] = {
    "source": np.int16,
    "identity": np.int64,
    "at": np.int64,
    "received": np.int64,
    "latitude_e7": np.int32,
    "longitude_e7": np.int32,
    "height_ft": np.int32,
    "height_reference": np.uint8,
    "speed_cm_s": np.int32,
    "course_cd": np.int32,
    "climb_fpm": np.int32,
    "accuracy_m": np.int32,
    "domain": np.uint8,
}
"""Each column's type, in the order of the fields."""


def no_reports() -> Reports:
    """None at all."""
    return Reports(*(np.empty(0, kind) for kind in COLUMNS.values()))


def joined(parts: Sequence[Reports]) -> Reports:
    """Several lots as one, in their order."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return no_reports()
    return Reports(*(np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS))


def check_reports(reports: Reports) -> None:
    """W-R1. Raises InvalidValue unless every column has its type, its length and its range.

    For adapters: what fails here is a defect of ours, not of the source; they refuse bad reports.
    """
    for name, kind in COLUMNS.items():
        column = getattr(reports, name)
        if column.dtype != kind or column.shape != (len(reports),):
            raise InvalidValue(
                f"Column {name} is {column.dtype} of shape {column.shape}; give {np.dtype(kind)}"
                f" of shape ({len(reports)},)."
            )
    ranges = (
        ("source", reports.source, 0, 2**15 - 1),
        ("identity", reports.identity, 1 << 56, 2**63 - 1),
        ("at", reports.at, 0, LATEST),
        ("received", reports.received, 0, LATEST),
        ("latitude_e7", reports.latitude_e7, -90 * DEGREE, 90 * DEGREE),
        ("longitude_e7", reports.longitude_e7, -180 * DEGREE, 180 * DEGREE - 1),
        ("height_reference", reports.height_reference, 0, 3),
        ("domain", reports.domain, 0, 2),
    )
    optional = (
        ("height_ft", reports.height_ft, -20_000, 200_000),
        ("speed_cm_s", reports.speed_cm_s, 0, FASTEST_CM_S),
        ("course_cd", reports.course_cd, 0, 35_999),
        ("climb_fpm", reports.climb_fpm, -200_000, 200_000),
        ("accuracy_m", reports.accuracy_m, 0, 10_000_000),
    )
    for name, column, low, high in ranges:
        if len(column) and not (low <= column.min() and column.max() <= high):
            raise InvalidValue(f"Column {name} has a value outside {low:,} to {high:,}.")
    for name, column, low, high in optional:
        said = column[column != ABSENT]
        if len(said) and not (low <= said.min() and said.max() <= high):
            raise InvalidValue(f"Column {name} has a value outside {low:,} to {high:,}.")
