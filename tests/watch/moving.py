"""Tracks for tests, one after the other instead of in columns, and where GeographicLib moves them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from geographiclib.geodesic import Geodesic

from firebreak.values import DEGREE, HeightReference, Millis
from firebreak.watch.reports import Domain, Naming, identity
from firebreak.watch.states import States

EARTH: Geodesic = Geodesic.WGS84
AT = Millis(1_800_000_000_000)


@dataclass(frozen=True)
class Moving:
    """One track. Degrees, metres a second, degrees, feet, feet a minute."""

    latitude: float
    longitude: float
    speed: float = 0.0
    course: float = 0.0
    height: int = 10_000
    climb: int = 0
    reference: HeightReference = HeightReference.STANDARD_PRESSURE
    domain: Domain = Domain.AIR
    doubtful: bool = False

    def on_the_grid(self) -> "Moving":
        """With the digits that the states keep."""
        latitude, longitude = round(self.latitude * DEGREE), round(self.longitude * DEGREE)
        longitude = (longitude + 180 * DEGREE) % (360 * DEGREE) - 180 * DEGREE
        return replace(
            self,
            latitude=latitude / DEGREE,
            longitude=longitude / DEGREE,
            speed=round(self.speed * 100) / 100,
            course=round(self.course * 100) % 36_000 / 100,
        )

    def after(self, seconds: float) -> tuple[float, float]:
        """Latitude and longitude, degrees."""
        grid = self.on_the_grid()
        there = EARTH.Direct(grid.latitude, grid.longitude, grid.course, grid.speed * seconds)
        return there["lat2"], there["lon2"]

    def apart(self, other: "Moving", seconds: float) -> float:
        """Metres between the two then."""
        return float(EARTH.Inverse(*self.after(seconds), *other.after(seconds))["s12"])


def states_of(tracks: Sequence[Moving], at: int = AT, first_row: int = 0) -> States:
    """The tracks in columns."""
    grid = [track.on_the_grid() for track in tracks]
    n = len(grid)

    def column(values: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        return np.array([round(value) for value in values], np.int32)

    return States(
        at=Millis(at),
        row=np.arange(first_row, first_row + n, dtype=np.int32),
        identity=np.array([identity(Naming.ICAO, k) for k in range(n)], np.int64),
        domain=np.array([track.domain for track in grid], np.uint8),
        latitude_e7=column([track.latitude * DEGREE for track in grid]),
        longitude_e7=column([track.longitude * DEGREE for track in grid]),
        height_ft=column([track.height for track in grid]),
        height_reference=np.array([track.reference for track in grid], np.uint8),
        speed_cm_s=column([track.speed * 100 for track in grid]),
        course_cd=column([track.course * 100 for track in grid]),
        climb_fpm=column([track.climb for track in grid]),
        accuracy_m=np.zeros(n, np.int32),
        age_ms=np.zeros(n, np.int32),
        doubtful=np.array([track.doubtful for track in grid], np.bool_),
    )
