"""Fences and tracks that several tests of fences make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from geographiclib.geodesic import Geodesic

from firebreak.values import DEGREE, HeightReference, Millis
from firebreak.watch.fences import Findings, Line
from firebreak.watch.reports import ABSENT, Domain, Ints
from firebreak.watch.states import States

AT = Millis(1_700_000_000_000)
EARTH = Geodesic.WGS84


def column(values: Sequence[float] | np.ndarray) -> Ints:
    return np.array(values, np.int32)


def degrees(values: Sequence[tuple[float, float]], closed: bool = False) -> Line:
    """A line of (latitude, longitude) in degrees."""
    array = np.rint(np.array(values) * DEGREE).astype(np.int32)
    return Line(array[:, 0].copy(), array[:, 1].copy(), closed)


def around(
    latitude: float, longitude: float, metres: float, count: int, rough: float, seed: int
) -> Line:
    """A ring of points round a place, each so far away, less up to `rough` of it."""
    random = np.random.default_rng(seed)
    points = []
    for k in range(count):
        far = metres * (1 - rough * random.random())
        there = EARTH.Direct(latitude, longitude, 360 * k / count, far)
        points.append((there["lat2"], (there["lon2"] + 180) % 360 - 180))
    return degrees(points, closed=True)


def tracks(
    places: Sequence[tuple[float, float]],
    speed: float = 0.0,
    course: Sequence[float] | npt.NDArray[np.int64] | float = 0.0,
    height_ft: int = ABSENT,
    reference: HeightReference = HeightReference.MEAN_SEA_LEVEL,
    climb: int = 0,
    domain: Domain = Domain.AIR,
) -> States:
    n = len(places)
    array = np.rint(np.array(places).reshape(-1, 2) * DEGREE).astype(np.int32)
    zero = np.zeros(n, np.int32)
    return States(
        AT, np.arange(n, dtype=np.int32), np.arange(n), np.full(n, domain, np.uint8),
        array[:, 0].copy(), array[:, 1].copy(), zero + height_ft, np.full(n, reference, np.uint8),
        zero + round(speed * 100), column(np.rint(np.broadcast_to(course, n) * 100)) % 36_000,
        zero + climb, zero, zero, np.zeros(n, np.bool_),
    )  # fmt: skip


def only(found: Findings, track: int, fence: int) -> dict[str, float]:
    """The one finding of a track and a fence."""
    [row] = np.flatnonzero((found.track == track) & (found.fence == fence))
    names = ("inside", "distance_m", "side", "crossing_s", "due_s")
    return {name: getattr(found, name)[row].item() for name in names}
