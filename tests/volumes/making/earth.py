"""Points, distances and volumes for the vectors, from GeographicLib alone: none of our geometry."""

import math
from typing import Any

from geographiclib.geodesic import Geodesic

EARTH = Geodesic.WGS84
DEGREE = 10_000_000
Point = tuple[int, int]
Case = dict[str, Any]

DAY = [1_795_305_600_000, 1_795_392_000_000]
LOW = [None, [5000, "FEET", "MEAN_SEA_LEVEL"]]


def point(latitude: float, longitude: float) -> Point:
    """Degrees to the grid; longitude from -180 up to, not including, 180."""
    units = round(longitude * DEGREE)
    return round(latitude * DEGREE), (units + 180 * DEGREE) % (360 * DEGREE) - 180 * DEGREE


def degrees(at: Point) -> tuple[float, float]:
    return at[0] / DEGREE, at[1] / DEGREE


def distance(a: Point, b: Point) -> float:
    return float(EARTH.Inverse(*degrees(a), *degrees(b))["s12"])


def towards(start: Point, azimuth: float, metres: float) -> Point:
    found = EARTH.Direct(*degrees(start), azimuth, metres)
    return point(found["lat2"], found["lon2"])


def edge_distance(at: Point, a: Point, b: Point) -> float:
    """Metres from a point to the shortest path from a to b: sampled, then a golden section."""
    line = EARTH.InverseLine(*degrees(a), *degrees(b))

    def metres(along: float) -> float:
        here = line.Position(along)
        return float(EARTH.Inverse(*degrees(at), here["lat2"], here["lon2"])["s12"])

    step = line.s13 / 64
    best = min(range(65), key=lambda number: metres(number * step))
    low, high = max(0.0, (best - 1) * step), min(line.s13, (best + 1) * step)
    golden = (math.sqrt(5) - 1) / 2
    while high - low > 1e-4:
        left, right = high - golden * (high - low), low + golden * (high - low)
        if metres(left) < metres(right):
            high = right
        else:
            low = left
    return min(metres((low + high) / 2), distance(at, a), distance(at, b))


def beside(a: Point, b: Point, fraction: float, metres: float) -> Point:
    """A point so far to the right of the path from a to b (to its left, if negative)."""
    line = EARTH.InverseLine(*degrees(a), *degrees(b))
    here = line.Position(line.s13 * fraction)
    found = EARTH.Direct(here["lat2"], here["lon2"], here["azi2"] + 90, metres)
    return point(found["lat2"], found["lon2"])


def volume(area: Case, heights: list[Any] | None = None, window: list[int] | None = None) -> Case:
    return {"area": area, "heights": heights or LOW, "window": window or DAY}


def circle(centre: Point, radius: int) -> Case:
    return {"kind": "circle", "centre": centre, "radius_m": radius}


def polygon(outer: list[Point], *holes: list[Point]) -> Case:
    return {"kind": "polygon", "outer": outer, "holes": list(holes)}


def corridor(path: list[Point], half_width: int) -> Case:
    return {"kind": "corridor", "path": path, "half_width_m": half_width}


def areas_case(
    name: str, a: Case, b: Case, margin: float | None, conflict: bool | None = None
) -> Case:
    """margin: metres of overlap, or minus the metres between; None: only yes or no is expected."""
    answer = conflict if margin is None else margin > 0
    rounded = None if margin is None else round(margin, 2)
    return {"name": name, "a": volume(a), "b": volume(b), "conflict": answer, "margin_m": rounded}


def square(latitude: float, longitude: float, half: float) -> list[Point]:
    return [
        point(latitude - half, longitude - half),
        point(latitude - half, longitude + half),
        point(latitude + half, longitude + half),
        point(latitude + half, longitude - half),
    ]


def around_pole(latitude: float, count: int = 8) -> list[Point]:
    return [point(latitude, number * 360 / count - 180) for number in range(count)]
