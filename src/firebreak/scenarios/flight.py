"""Recorded flights, and where one seems to cross an agreed line."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from itertools import pairwise

from firebreak.errors import InvalidValue
from firebreak.values import DEGREE, Millis, Position
from firebreak.volumes import Corridor, distance_m, separation_m


@dataclass(frozen=True, slots=True)
class Fix:
    """One reported position: ms UTC, WGS 84, pressure altitude in ft, knots, degrees."""

    at: Millis
    position: Position
    altitude_ft: int
    speed_kt: int
    course_degrees: int


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two reports in turn on either side of a line. speed_kt: what the step between them would take."""

    before: Fix
    after: Fix
    distance_m: int
    speed_kt: int


def load_flight(name: str) -> list[Fix]:
    """A flight that comes with the scenarios, by file name. Raises InvalidValue if there is none."""
    file = resources.files("firebreak.scenarios").joinpath("flights", name)
    if not file.is_file():
        raise InvalidValue(f"There is no recorded flight {name!r} among the scenarios.")
    text = gzip.decompress(file.read_bytes()).decode("ascii")
    return [_fix(row) for row in csv.DictReader(io.StringIO(text))]


def _fix(row: dict[str, str]) -> Fix:
    at = datetime.fromisoformat(row["timestamp"])
    position = Position(
        round(float(row["latitude"]) * DEGREE), round(float(row["longitude"]) * DEGREE)
    )
    return Fix(
        Millis(int(at.timestamp() * 1000)),
        position,
        round(float(row["altitude"])),
        round(float(row["groundspeed"])),
        round(float(row["track"])) % 360,
    )


def first_crossing(fixes: Sequence[Fix], line: Sequence[Position]) -> Crossing | None:
    """The first step of a track that meets a line, both as geodesics on WGS 84; None if none does."""
    drawn = Corridor(tuple(line), 1)
    for before, after in pairwise(fixes):
        if before.position == after.position or not _boxes_near(before, after, line):
            continue
        if separation_m(Corridor((before.position, after.position), 1), drawn) == 0:
            length = distance_m(before.position, after.position)
            hours = max(after.at - before.at, 1) / 3_600_000
            return Crossing(before, after, round(length), round(length / 1852 / hours))
    return None


def _boxes_near(before: Fix, after: Fix, line: Sequence[Position]) -> bool:
    """Quick rejection, over-covering: a geodesic leaves the box of its ends by less than its span."""
    step, drawn = _box([before.position, after.position]), _box(line)
    margin = DEGREE + sum(high - low for box in (step, drawn) for low, high in box)
    return all(
        low - margin <= high_of_line and low_of_line <= high + margin
        for (low, high), (low_of_line, high_of_line) in zip(step, drawn, strict=True)
    )


def _box(points: Sequence[Position]) -> tuple[tuple[int, int], tuple[int, int]]:
    latitudes = [point.latitude_e7 for point in points]
    longitudes = [point.longitude_e7 for point in points]
    return (min(latitudes), max(latitudes)), (min(longitudes), max(longitudes))
