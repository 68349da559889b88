"""Compiling all that the watch needs, on a picture of nothing: once, before somebody waits for it."""

from __future__ import annotations

from typing import Final

import numpy as np

from firebreak.formats.ais import Ais
from firebreak.formats.asterix import Asterix
from firebreak.values import DEGREE, HeightReference, Millis, Position
from firebreak.volumes import Circle, Corridor, Heights, Polygon, Volume, Window
from firebreak.watch.fences import Fence, Line
from firebreak.watch.index import NoticeIndex
from firebreak.watch.picture import Picture
from firebreak.watch.reports import ABSENT, Domain, Naming, Reports, identity

_AT: Final = Millis(1_800_000_000_000)
_HERE: Final = 50 * DEGREE
_CORNERS: Final = tuple(
    Position(_HERE + north * DEGREE, 20 * DEGREE + east * DEGREE)
    for north, east in ((0, 0), (0, 1), (1, 1))
)
_AREAS: Final = (Circle(_CORNERS[0], 5_000), Corridor(_CORNERS[:2], 5_000), Polygon(_CORNERS))
_STEPS: Final = 12


def prepare() -> None:
    """Run every compiled function once; what it computes does not matter."""
    column = np.array([point.latitude_e7 for point in _CORNERS], np.int32)
    line = Line(column, np.array([point.longitude_e7 for point in _CORNERS], np.int32))
    fences = [Fence("line", line), *(Fence(str(area), area) for area in _AREAS)]
    picture = Picture(["none"], fences)
    for step in range(_STEPS):
        picture.take(_reports(step))
        picture.cycle(Millis(_AT + 5_000 * step))
    index = NoticeIndex()
    volumes = [
        Volume(area, Heights(None, None), Window(_AT, Millis(_AT + 1_000))) for area in _AREAS
    ]
    for key, volume in enumerate(volumes):
        index.put(key, volume)
    for volume in volumes:
        index.conflicts(volume)
    index.remove(0)
    index.expire(Millis(_AT + 2_000))
    Ais(0).feed(b"!AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0*23\r\n", _AT)
    Asterix(0, {}).feed(bytes.fromhex("15000300"), _AT)


def _reports(step: int) -> Reports:
    """Three aircraft close together, of which one jumps, one known by a sensor only; and two ships."""
    count = 5
    zero = np.zeros(count, np.int32)
    at = np.full(count, _AT + 5_000 * step, np.int64)
    north = np.arange(count, dtype=np.int32) * 10_000 + step * 100_000
    north[1] += (step % 2) * 5 * DEGREE
    naming = (Naming.ICAO, Naming.ICAO, Naming.SENSOR, Naming.MMSI, Naming.MMSI)
    return Reports(
        np.zeros(count, np.int16),
        np.array([identity(each, number + 1) for number, each in enumerate(naming)]),
        at,
        at,
        (_HERE + north).astype(np.int32),
        (zero + 20 * DEGREE).astype(np.int32),
        zero + 10_000,
        np.full(count, HeightReference.STANDARD_PRESSURE, np.uint8),
        np.array([20_000, 20_000, 20_000, 500, 500], np.int32),
        zero,
        zero,
        zero + ABSENT,
        np.array([Domain.AIR] * 3 + [Domain.SEA] * 2, np.uint8),
    )
