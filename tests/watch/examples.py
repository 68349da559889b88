"""Reports and states for the tests of the watch, with everything ordinary filled in."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from importlib import resources
from pathlib import Path

import numpy as np

from firebreak.values import DEGREE, HeightReference, Millis
from firebreak.watch.motion import ahead
from firebreak.watch.reports import (
    ABSENT,
    Domain,
    Naming,
    Reports,
    check_reports,
    identity,
)

NOON = Millis(1_795_348_800_000)
"""2026-11-22T12:00Z."""
KNOT = 51.4444


def reports(
    at: Sequence[int],
    latitude: Sequence[float],
    longitude: Sequence[float],
    *,
    who: int | Sequence[int] = 0xABC001,
    speed_kt: float | Sequence[float] | None = 0,
    course: float | Sequence[float] | None = 0,
    height_ft: int | Sequence[int] | None = 10_000,
    climb_fpm: int = 0,
    accuracy_m: int = ABSENT,
    domain: Domain = Domain.AIR,
    source: int = 0,
) -> Reports:
    """Reports at these times (ms) and degrees; one value stands for all."""
    count = len(at)

    def filled(value: object, scale: float = 1.0) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        if value is None:
            return np.full(count, ABSENT, np.int32)
        numbers = np.asarray(value, np.float64)
        return np.broadcast_to(np.rint(numbers * scale), (count,)).astype(np.int32)

    naming = Naming.MMSI if domain is Domain.SEA else Naming.ICAO
    numbers = np.broadcast_to(np.asarray(who), (count,))
    made = Reports(
        np.full(count, source, np.int16),
        np.array([identity(naming, int(number)) for number in numbers], np.int64),
        np.asarray(at, np.int64),
        np.asarray(at, np.int64),
        np.rint(np.asarray(latitude) * DEGREE).astype(np.int32),
        np.rint(np.asarray(longitude) * DEGREE).astype(np.int32),
        filled(height_ft),
        np.full(count, HeightReference.STANDARD_PRESSURE, np.uint8),
        filled(speed_kt, KNOT),
        filled(course, 100),
        filled(climb_fpm),
        filled(accuracy_m),
        np.full(count, domain, np.uint8),
    )
    check_reports(made)
    return made


def flown(
    seconds: Sequence[int],
    *,
    latitude: float = 52.0,
    longitude: float = 20.0,
    speed_kt: float = 400.0,
    course: float = 90.0,
    who: int = 0xABC001,
    start: int = NOON,
    domain: Domain = Domain.AIR,
    height_ft: int = 30_000,
) -> Reports:
    """What an honest track reports at these seconds after `start`, along its geodesic."""
    count = len(seconds)
    y, x = ahead(
        np.full(count, round(latitude * DEGREE), np.int32),
        np.full(count, round(longitude * DEGREE), np.int32),
        np.full(count, round(speed_kt * KNOT), np.int32),
        np.full(count, round(course * 100), np.int32),
        np.asarray(seconds, np.float64),
    )
    made = reports(
        [start + 1_000 * second for second in seconds],
        [0.0] * count,
        [0.0] * count,
        who=who,
        speed_kt=speed_kt,
        course=course,
        height_ft=height_ft,
        domain=domain,
    )
    return replace(made, latitude_e7=y, longitude_e7=x)


def recorded(name: str) -> Reports:
    """A real flight: the disturbed one comes with the scenarios, the clean ones with the tests."""
    file = resources.files("firebreak.scenarios").joinpath("flights", name)
    if not file.is_file():
        file = Path(__file__).parent / "flights" / name
    rows = list(csv.DictReader(gzip.decompress(file.read_bytes()).decode().splitlines()))
    return reports(
        [round(datetime.fromisoformat(row["timestamp"]).timestamp() * 1_000) for row in rows],
        [float(row["latitude"]) for row in rows],
        [float(row["longitude"]) for row in rows],
        speed_kt=[float(row["groundspeed"]) for row in rows],
        course=[float(row["track"]) % 360 for row in rows],
        height_ft=[round(float(row["altitude"])) for row in rows],
    )
