"""Whether two areas of vectors/volume/ meet, by S2 (spherely), which knows a sphere only.

A sphere errs by up to 0.56 % in distances and, over 200 km, by metres in where an edge runs. So S2
is asked for no distance but nought, and draws no edge: GeographicLib sets points on every edge, circle and side
of a corridor, so dense that what S2 draws between two of them leaves the true curve by 0.4 m at
most; and S2, given geodetic latitudes and longitudes as if of a sphere, decides what no figure of
the earth changes: whether regions have a point in common.
"""

import json
import math
from functools import lru_cache
from itertools import pairwise, product
from typing import Any

from geographiclib.geodesic import Geodesic

from tests.conftest import needs_wheel

EARTH = Geodesic.WGS84
OFF_M = 0.4
"""How far what S2 draws may be off."""

NOUGHT_M = 1e-6
"""More than S2 sees between a pole under one longitude and under another."""

RADIUS_M = 6_371_000.0
Area = dict[str, Any]
Spot = tuple[float, float]
"""Latitude and longitude in degrees."""


def spot(position: list[int]) -> Spot:
    return position[0] / 1e7, position[1] / 1e7


def spacing(half_width: float) -> float:
    """Metres between points of a line parallel to a geodesic: its curvature times the step's square."""
    curvature = math.tan(half_width / RADIUS_M) / RADIUS_M
    return min(10_000.0, math.sqrt(8 * OFF_M / 2 / max(curvature, 1e-12)))


def along(a: Spot, b: Spot, step: float) -> list[tuple[float, float, float]]:
    """Latitude, longitude and azimuth of points of the geodesic from a to b."""
    line = EARTH.InverseLine(*a, *b)
    count = max(1, math.ceil(line.s13 / step))
    found = [line.Position(line.s13 * number / count) for number in range(count + 1)]
    return [(place["lat2"], place["lon2"], place["azi2"]) for place in found]


def shape(outer: list[Spot], holes: list[list[Spot]]) -> Any:
    """S2's polygon; it takes longitude first."""
    spherely = needs_wheel("spherely")
    rings = [[(longitude, latitude) for latitude, longitude in ring] for ring in (outer, *holes)]
    return spherely.create_polygon(rings[0], holes=rings[1:] or None)


def ring_points(ring: list[list[int]]) -> list[Spot]:
    """A ring's own vertices, to the digit, and points between them."""
    points: list[Spot] = []
    for a, b in pairwise([*ring, ring[0]]):
        points += [spot(a), *((y, x) for y, x, _ in along(spot(a), spot(b), 10_000.0)[1:-1])]
    return points


def disc(centre: Spot, radius: float) -> Any:
    """Chords of a circle of n points reach in by radius (pi / n)^2 / 2."""
    count = max(16, math.ceil(math.pi * math.sqrt(radius / (2 * OFF_M))))
    found = [EARTH.Direct(*centre, 360 * number / count, radius) for number in range(count)]
    return shape([(place["lat2"], place["lon2"]) for place in found], [])


def strip(a: Spot, b: Spot, half_width: float) -> Any:
    """All points abreast of an edge."""
    places = along(a, b, spacing(half_width))
    sides: list[list[Spot]] = []
    for turn in (-90.0, 90.0):
        found = [EARTH.Direct(y, x, azimuth + turn, half_width) for y, x, azimuth in places]
        sides.append([(place["lat2"], place["lon2"]) for place in found])
    return shape(sides[0] + sides[1][::-1], [])


def parts(area: Area) -> list[Any]:
    """Shapes that together are the area."""
    return _parts(json.dumps(area))


@lru_cache(100)
def _parts(text: str) -> list[Any]:
    area: Area = json.loads(text)
    match area["kind"]:
        case "circle":
            return [disc(spot(area["centre"]), area["radius_m"])]
        case "polygon":
            return [shape(ring_points(area["outer"]), [ring_points(h) for h in area["holes"]])]
        case _:
            path, half_width = [spot(vertex) for vertex in area["path"]], area["half_width_m"]
            strips = [strip(a, b, half_width) for a, b in pairwise(path)]
            return strips + [disc(vertex, half_width) for vertex in path]


def meet(a: Area, b: Area) -> bool:
    """Whether two areas have a point in common, by S2: a common corner is no distance apart."""
    spherely = needs_wheel("spherely")
    return any(
        spherely.distance(one, other) < NOUGHT_M for one, other in product(parts(a), parts(b))
    )
