"""How far apart two areas of vectors/volume/ are over WGS 84, by GeographicLib and by search alone.

Shares nothing with Firebreak, nor with what made the vectors. Edges are sampled; wherever two
samples could hide the nearest points, the place is searched in ever finer steps. Inside is decided
by the azimuths to the ring, which turn once around a point inside.
"""

import math
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import numpy as np
from geographiclib.geodesic import Geodesic
from numpy.typing import NDArray

EARTH = Geodesic.WGS84
Spot = tuple[float, float]
"""Latitude and longitude in degrees."""

Area = dict[str, Any]
Points = NDArray[np.float64]

SAMPLE_M = 20_000.0
"""Steps of the first look along an edge, at most 64 of them."""


def spot(position: list[int]) -> Spot:
    return position[0] / 1e7, position[1] / 1e7


def metres(a: Spot, b: Spot) -> float:
    return float(EARTH.Inverse(*a, *b, Geodesic.DISTANCE)["s12"])


def in_space(spots: list[Spot]) -> Points:
    """Earth-centred metres, one row a spot."""
    latitude, longitude = np.radians(np.array(spots)).T
    e2 = EARTH.f * (2 - EARTH.f)
    normal = EARTH.a / np.sqrt(1 - e2 * np.sin(latitude) ** 2)
    return np.column_stack(
        [
            normal * np.cos(latitude) * np.cos(longitude),
            normal * np.cos(latitude) * np.sin(longitude),
            normal * (1 - e2) * np.sin(latitude),
        ]
    )


class Edge:
    """A shortest path, or a point as a path of no length; `spots` every `step` metres of it."""

    def __init__(self, a: Spot, b: Spot) -> None:
        self.line = EARTH.InverseLine(*a, *b)
        self.length = float(self.line.s13)
        count = min(64, max(8, math.ceil(self.length / SAMPLE_M))) if self.length else 0
        self.step = self.length / count if count else 0.0
        self.spots = [self.at(self.step * number) for number in range(count + 1)]
        self.points = in_space(self.spots)

    def at(self, along: float) -> Spot:
        found = self.line.Position(min(max(along, 0.0), self.length))
        return float(found["lat2"]), float(found["lon2"])


def rings_of(area: Area) -> list[list[Spot]]:
    """The outer ring, then the holes; none for what is no polygon."""
    if area["kind"] != "polygon":
        return []
    return [[spot(vertex) for vertex in ring] for ring in (area["outer"], *area["holes"])]


def core_of(area: Area) -> list[Edge]:
    """Edges of a path or of all rings; the centre of a circle."""
    if area["kind"] == "circle":
        return [Edge(spot(area["centre"]), spot(area["centre"]))]
    if area["kind"] == "corridor":
        return [Edge(a, b) for a, b in pairwise(spot(vertex) for vertex in area["path"])]
    return [Edge(a, b) for ring in rings_of(area) for a, b in pairwise([*ring, ring[0]])]


def buffer_of(area: Area) -> int:
    match area["kind"]:
        case "circle":
            return int(area["radius_m"])
        case "corridor":
            return int(area["half_width_m"])
        case _:
            return 0


@dataclass
class Nearest:
    """Metres between two edges, and how far along each."""

    metres: float
    along: Spot


def chords(a: Points, b: Points) -> Points:
    return np.asarray(np.linalg.norm(a[:, None, :] - b[None, :, :], axis=2))


def search(a: Edge, b: Edge) -> Nearest:
    """The least distance, from the best pair of samples on: first through the earth, then over it."""
    table = chords(a.points, b.points)
    i, j = divmod(int(table.argmin()), table.shape[1])
    s, t = i * a.step, j * b.step
    reach = max(a.step, b.step)  # the same along both, for they may run beside each other
    least = math.inf
    while reach > 1e-3:
        steps_a = sorted({min(max(s + reach * k / 2, 0.0), a.length) for k in range(-2, 3)})
        steps_b = sorted({min(max(t + reach * k / 2, 0.0), b.length) for k in range(-2, 3)})
        table = chords(in_space([a.at(x) for x in steps_a]), in_space([b.at(x) for x in steps_b]))
        i, j = divmod(int(table.argmin()), table.shape[1])
        if table[i, j] < least - 1e-6:  # on along a long valley before looking closer
            s, t, least = steps_a[i], steps_b[j], float(table[i, j])
        else:
            reach *= 0.6
    best = Nearest(metres(a.at(s), b.at(t)), (s, t))
    # Far away the nearest through the earth need not be the nearest over it.
    reach = best.metres / 50 if best.metres > 50_000 else 0.0
    while reach > 1e-2:
        better = best
        for off_a, off_b in ((-reach, 0), (reach, 0), (0, -reach), (0, reach)):
            s = min(max(best.along[0] + off_a, 0.0), a.length)
            t = min(max(best.along[1] + off_b, 0.0), b.length)
            if (s, t) != best.along:
                here = metres(a.at(s), b.at(t))
                if here < better.metres:
                    better = Nearest(here, (s, t))
        if better is best:
            reach /= 2
        best = better
    return best


def between(first: list[Edge], second: list[Edge]) -> float:
    """Metres between two cores' edges; 0 (to 1 mm) where they cross."""
    pairs = []
    for a, b in product(first, second):
        least = float(chords(a.points, b.points).min())
        # A sample lies within half a step of any point of its edge.
        pairs.append((least - (a.step + b.step) / 2, least, a, b))
    best = math.inf
    for bound, _, a, b in sorted(pairs, key=lambda pair: pair[:2]):
        if bound < best:
            best = min(best, search(a, b).metres)
    return best


def winds(ring: list[Spot], at: Spot) -> bool:
    """Whether the azimuths from a spot to the ring turn once around."""
    turned = 0.0
    for a, b in pairwise([*ring, ring[0]]):
        azimuths = [float(EARTH.Inverse(*at, *there)["azi1"]) for there in Edge(a, b).spots]
        turned += sum((y - x + 180) % 360 - 180 for x, y in pairwise(azimuths))
    return abs(turned) > 180


def holds(ring: list[Spot], at: Spot) -> bool:
    """Inside: the ring turns around the spot, and the spot lies on the side of the ring's middle."""
    middle = in_space(ring).sum(axis=0)
    return bool(middle @ in_space([at])[0] > 0) and winds(ring, at)


def region_holds(area: Area, at: Spot) -> bool:
    rings = rings_of(area)
    return bool(rings) and holds(rings[0], at) and not any(holds(hole, at) for hole in rings[1:])


def clearance(a: Area, b: Area) -> float:
    """Metres between two areas; negative: their buffers overlap so far; -inf: their cores do."""
    first, second = core_of(a), core_of(b)
    apart = between(first, second)
    if apart < 1e-2:
        return -math.inf
    if region_holds(a, second[0].spots[0]) or region_holds(b, first[0].spots[0]):
        return -math.inf
    return apart - buffer_of(a) - buffer_of(b)
