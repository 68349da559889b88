"""Where every track is at one time, in columns: what the three engines look at."""

from __future__ import annotations

from dataclasses import dataclass, fields

from firebreak.values import Millis
from firebreak.watch.reports import Bools, Bytes, Ints, Longs


@dataclass(frozen=True, slots=True)
class States:
    """n tracks at the time `at`, coasted to it; each column has shape (n,).

    row: the track's place in the table of tracks, the same for its whole life. identity, domain,
    height_ft, height_reference: as in `Reports`. latitude_e7, longitude_e7: 1e-7 degree.
    speed_cm_s, course_cd, climb_fpm: never ABSENT; 0 where nothing was said. accuracy_m: 95 % bound,
    grown while coasting. age_ms: since the last accepted report. doubtful: see `watch.doubts`.
    """

    at: Millis
    row: Ints
    identity: Longs
    domain: Bytes
    latitude_e7: Ints
    longitude_e7: Ints
    height_ft: Ints
    height_reference: Bytes
    speed_cm_s: Ints
    course_cd: Ints
    climb_fpm: Ints
    accuracy_m: Ints
    age_ms: Ints
    doubtful: Bools

    def __len__(self) -> int:
        return len(self.row)

    def take(self, rows: Longs | Bools) -> States:
        """These of the tracks."""
        columns = (field.name for field in fields(self) if field.name != "at")
        return States(self.at, *(getattr(self, name)[rows] for name in columns))
