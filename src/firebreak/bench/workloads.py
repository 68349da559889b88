"""The seeded inputs on which the watch and its peers are measured: same seed, same numbers.

Coordinates are degrees WGS 84, heights feet or metres as named, times seconds; `states` makes whole
numbers of them, as the watch sees them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from firebreak.values import DEGREE, HeightReference, Millis
from firebreak.watch.reports import Domain, Floats, Longs, Naming
from firebreak.watch.states import States

FENCE_BOX: Final = (43.0, 61.0, 13.0, 33.0)
"""Latitude from, to, longitude from, to."""
AIR_BOX: Final = (35.0, 65.0, -10.0, 40.0)

AT: Final = Millis(1_800_000_000_000)
"""When all of it is."""

_FOOT: Final = 0.3048


def aircraft(n: int, seed: int = 1) -> dict[str, Floats]:
    """n aircraft, uniform on the sphere inside AIR_BOX, FL20-FL410 in 1,000 ft layers, 70 % level.

    Returns lat, lon [deg], trk [deg], gs [m/s], alt [m], vs [m/s], each (n,).
    Conflict: 5 NM horizontally and 1,000 ft vertically within 300 s.
    """
    r = np.random.default_rng(seed)
    low, high = np.sin(np.radians(AIR_BOX[:2]))
    lat = np.degrees(np.arcsin(r.uniform(low, high, n)))
    lon = r.uniform(AIR_BOX[2], AIR_BOX[3], n)
    trk = r.uniform(0, 360, n)
    gs = r.uniform(100, 260, n)
    alt = r.integers(2, 42, n) * 1000 * _FOOT
    vs = np.where(r.random(n) < 0.7, 0.0, r.uniform(-12, 12, n))
    alt = np.where(vs != 0, alt + r.uniform(-300, 300, n), alt).astype(float)
    return {"lat": lat, "lon": lon, "trk": trk, "gs": gs, "alt": alt, "vs": vs}


def states(of: dict[str, Floats]) -> States:
    """`aircraft` in whole numbers: feet, feet a minute, cm/s, 0.01 degree, 1e-7 degree."""
    n = len(of["lat"])
    none = np.zeros(n, np.int32)
    return States(
        at=AT,
        row=np.arange(n, dtype=np.int32),
        identity=np.arange(n, dtype=np.int64) + (int(Naming.ICAO) << 56),
        domain=np.full(n, Domain.AIR, np.uint8),
        latitude_e7=np.rint(of["lat"] * DEGREE).astype(np.int32),
        longitude_e7=np.rint(of["lon"] * DEGREE).astype(np.int32),
        height_ft=np.rint(of["alt"] / _FOOT).astype(np.int32),
        height_reference=np.full(n, HeightReference.STANDARD_PRESSURE, np.uint8),
        speed_cm_s=np.rint(of["gs"] * 100).astype(np.int32),
        course_cd=np.rint(of["trk"] * 100).astype(np.int32) % 36_000,
        climb_fpm=np.rint(of["vs"] / _FOOT * 60).astype(np.int32),
        accuracy_m=none,
        age_ms=none,
        doubtful=np.zeros(n, np.bool_),
    )


def points(n: int = 100_000, seed: int = 3) -> tuple[Floats, Floats]:
    """n positions uniform in FENCE_BOX: lon, lat [deg]."""
    r = np.random.default_rng(seed)
    return r.uniform(FENCE_BOX[2], FENCE_BOX[3], n), r.uniform(FENCE_BOX[0], FENCE_BOX[1], n)


def zones(n: int = 5_000, seed: int = 4) -> list[shapely.Polygon]:
    """n simple zones of 6 to 63 vertices, 2 to 20 km, in FENCE_BOX."""
    r = np.random.default_rng(seed)
    lon, lat = r.uniform(FENCE_BOX[2], FENCE_BOX[3], n), r.uniform(FENCE_BOX[0], FENCE_BOX[1], n)
    out = []
    for i in range(n):
        k = int(r.integers(6, 64))
        angle = (np.arange(k) + r.uniform(0, 1, k)) * (2 * np.pi / k)
        radius = r.uniform(2, 20) / 111.2 * r.uniform(0.7, 1, k)
        ring = np.c_[
            lon[i] + radius * np.cos(angle) / np.cos(np.radians(lat[i])),
            lat[i] + radius * np.sin(angle),
        ]
        out.append(shapely.Polygon(ring))
    return out


def lines(n: int = 27, vertices: int = 75_000, seed: int = 6) -> list[shapely.Polygon]:
    """n border-like rings of `vertices` vertices: rough at every scale, simple, in FENCE_BOX.

    Radii of 60 to 250 km with a random walk of about 2 km on them.
    """
    r = np.random.default_rng(seed)
    turn = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    out = []
    for _ in range(n):
        lon, lat = r.uniform(FENCE_BOX[2], FENCE_BOX[3]), r.uniform(FENCE_BOX[0], FENCE_BOX[1])
        walk = np.cumsum(r.normal(0, 1, vertices))
        walk -= np.linspace(0, walk[-1], vertices)
        radius = r.uniform(60, 250) / 111.2 + walk / np.abs(walk).max() * 2 / 111.2
        ring = np.c_[
            lon + radius * np.cos(turn) / np.cos(np.radians(lat)), lat + radius * np.sin(turn)
        ]
        out.append(shapely.Polygon(ring))
    return out


def volumes(n: int, seed: int = 5) -> tuple[npt.NDArray[np.object_], Longs, Longs, Longs, Longs]:
    """n planned volumes: 60 % circles of 1-15 km, 30 % corridors of 10-80 km, 10 % eight-sided polygons.

    Returns geometries (n,), window start and end [s] over 72 h, lower and upper height [ft].
    """
    r = np.random.default_rng(seed)
    lon, lat = r.uniform(FENCE_BOX[2], FENCE_BOX[3], n), r.uniform(FENCE_BOX[0], FENCE_BOX[1], n)
    kind, stretch = r.random(n), 1 / np.cos(np.radians(lat))
    shapes = np.empty(n, object)
    turn = np.linspace(0, 2 * np.pi, 33)[:-1]

    i = np.flatnonzero(kind < 0.6)
    radius = (r.uniform(1, 15, n) / 111.2)[i, None]
    shapes[i] = shapely.polygons(
        np.stack(
            [
                lon[i, None] + radius * np.cos(turn) * stretch[i, None],
                lat[i, None] + radius * np.sin(turn),
            ],
            -1,
        )
    )

    i = np.flatnonzero((kind >= 0.6) & (kind < 0.9))
    half = r.uniform(10, 80, n) / 222.4
    width, heading = r.uniform(1, 5, n) / 111.2, r.uniform(0, np.pi, n)
    u, v = np.cos(heading)[i], np.sin(heading)[i]
    corners = [(1, 1), (1, -1), (-1, -1), (-1, 1)]
    shapes[i] = shapely.polygons(
        np.stack(
            [
                np.stack(
                    [
                        lon[i] + (a * half[i] * u - b * width[i] * v) * stretch[i],
                        lat[i] + a * half[i] * v + b * width[i] * u,
                    ],
                    -1,
                )
                for a, b in corners
            ],
            1,
        )
    )

    i = np.flatnonzero(kind >= 0.9)
    angle = ((np.arange(8) + r.uniform(0, 1, (n, 8))) * (np.pi / 4))[i]
    radius = (r.uniform(5, 30, (n, 1)) / 111.2 * r.uniform(0.6, 1, (n, 8)))[i]
    shapes[i] = shapely.polygons(
        np.stack(
            [
                lon[i, None] + radius * np.cos(angle) * stretch[i, None],
                lat[i, None] + radius * np.sin(angle),
            ],
            -1,
        )
    )

    start = r.uniform(0, 72 * 3600, n).astype(np.int64)
    end = start + r.uniform(1800, 6 * 3600, n).astype(np.int64)
    lower = r.integers(0, 300, n) * 100
    upper = lower + r.integers(10, 80, n) * 100
    return shapes, start, end, lower, upper
