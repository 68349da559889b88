"""What an adapter refuses, counted by reason, and the sieve that all adapters' reports pass (W-S1, W-S3).

An adapter is one class a format. `feed(data, received)` takes the bytes that came, in pieces of any
length, and gives `Reports`; `cut()` drops an unfinished remainder where the connection ended;
`refused` counts. It has no I/O and no clock, raises nothing for what a source sends, and keeps a
bounded remainder. Whatever it gives passes `check_reports`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from firebreak.values import DEGREE, LATEST, Millis
from firebreak.watch.reports import (
    ABSENT,
    FASTEST_CM_S,
    Bools,
    Bytes,
    Floats,
    Ints,
    Longs,
    Reports,
    no_reports,
)

AHEAD_MS: Final = 10_000
"""A report's time may lie so far after it was received; more, and the source's clock is wrong (W-S4)."""
OLDEST_MS: Final = 600_000
"""And so far before, unless a recording is played; more, and it is no news (W-S4)."""
NOWHERE_DEGREES: Final = 1e-4
"""Within it of 0 N 0 E, in both coordinates (16 m): a receiver that has no position (W-S5)."""

FASTEST_ON_GROUND_CM_S: Final = 10_300
"""200 knots: what moves faster is not on the ground, whatever it says (W-S6)."""

CM_S_A_KNOT: Final = 185_200 / 3_600
FEET_A_METRE: Final = 1 / 0.3048
FPM_A_METRE_A_SECOND: Final = 60 / 0.3048
UNSAID: Final = float("nan")
"""In a row or a column that is to be sifted: the source does not say."""

Cell = TypeVar("Cell", bound=np.generic)


class Refusal(StrEnum):
    """Why an adapter refused a message or a report."""

    NOT_THE_FORMAT = "not_the_format"
    TRUNCATED = "truncated"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    """More things at once than the adapter's stated limit."""
    CHECKSUM = "checksum"
    HOSTILE = "hostile"
    """XML with a document type or entities, too deep a nesting: nothing that an honest source sends."""
    UNSUPPORTED = "unsupported"
    """Of the format, but of a kind or an edition that is not read."""
    BAD_NUMBER = "bad_number"
    NO_IDENTITY = "no_identity"
    NO_POSITION = "no_position"
    NOWHERE = "nowhere"
    """The position 0 N 0 E."""
    OUT_OF_RANGE = "out_of_range"
    BAD_TIME = "bad_time"
    FROM_THE_FUTURE = "from_the_future"
    TOO_OLD = "too_old"


Refusals: TypeAlias = Counter[Refusal]
"""How many of each; `update` merges."""


def shown(refused: Mapping[Refusal, int]) -> str:
    """`12 out of range, 3 truncated`: the most first, equals by name; `none`."""
    ordered = sorted(refused.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{n:,} {why.replace('_', ' ')}" for why, n in ordered if n) or "none"


class Row(NamedTuple):
    """One report before the sieve. latitude, longitude: degrees; course: degrees, -360 to 360.

    The rest as in `Reports`, not yet rounded; UNSAID for what the source does not say.
    """

    identity: int
    at: float
    latitude: float
    longitude: float
    height_ft: float
    height_reference: int
    speed_cm_s: float
    course: float
    climb_fpm: float
    accuracy_m: float
    domain: int


def sift_rows(
    rows: Sequence[Row], refused: Refusals, source: int, received: Millis, *, replay: bool = False
) -> Reports:
    """`sift` for an adapter that reads one report after the other."""
    if not rows:
        return no_reports()
    identities = np.fromiter((row.identity for row in rows), np.int64, len(rows))
    table = np.array([row[1:] for row in rows], np.float64)
    at, latitude, longitude, height, reference, speed, course, climb, accuracy, domain = table.T
    return sift(
        refused,
        source,
        received,
        identity=identities,
        at=at,
        latitude=latitude,
        longitude=longitude,
        height_ft=height,
        height_reference=reference.astype(np.uint8),
        speed_cm_s=speed,
        course=course,
        climb_fpm=climb,
        accuracy_m=accuracy,
        domain=domain.astype(np.uint8),
        replay=replay,
    )


def sift(
    refused: Refusals,
    source: int,
    received: Millis | None,
    *,
    identity: Longs,
    at: Floats,
    latitude: Floats,
    longitude: Floats,
    height_ft: Floats,
    height_reference: Bytes,
    speed_cm_s: Floats,
    course: Floats,
    climb_fpm: Floats,
    accuracy_m: Floats,
    domain: Bytes,
    replay: bool = False,
) -> Reports:
    """The reports that can be taken; the others are counted, each once, by the first of its faults.

    Columns of shape (n,), in the units of `Row`; identity 0: the source names none. received: None
    where a recording holds no time of receipt, which is then the report's own time; replay: a
    recording is played, so that reports are as old as they are (W-S4).
    """
    with np.errstate(invalid="ignore", over="ignore"):
        faults: list[tuple[Refusal, Bools]] = [(Refusal.NO_IDENTITY, identity < 1 << 56)]
        faults.append((Refusal.BAD_TIME, ~((at >= 0) & (at <= LATEST))))
        if received is not None:
            faults.append((Refusal.FROM_THE_FUTURE, at > received + AHEAD_MS))
            if not replay:
                faults.append((Refusal.TOO_OLD, at < received - OLDEST_MS))
        nowhere = (np.abs(latitude) <= NOWHERE_DEGREES) & (np.abs(longitude) <= NOWHERE_DEGREES)
        faults.append((Refusal.NO_POSITION, np.isnan(latitude) | np.isnan(longitude)))
        faults.append((Refusal.NOWHERE, nowhere))
        outside = (np.abs(latitude) > 90) | (np.abs(longitude) > 180)
        outside |= _outside(height_ft, -20_000, 200_000)
        outside |= _outside(speed_cm_s, 0, FASTEST_CM_S)
        outside |= _outside(course, -360, 360)
        outside |= _outside(climb_fpm, -200_000, 200_000)
        outside |= _outside(accuracy_m, 0, 10_000_000)
        faults.append((Refusal.OUT_OF_RANGE, outside))
    good = np.ones(len(identity), np.bool_)
    for why, faulty in faults:
        count = int(np.count_nonzero(good & faulty))
        if count:
            refused[why] += count
            good &= ~faulty
    whole = bool(good.all())

    def kept(column: npt.NDArray[Cell]) -> npt.NDArray[Cell]:
        return column if whole else column[good]

    times = np.rint(kept(at)).astype(np.int64)
    number = len(times)
    east = np.rint(kept(longitude) * DEGREE).astype(np.int32)
    east[east == 180 * DEGREE] = -180 * DEGREE
    degrees = kept(course)
    return Reports(
        source=np.full(number, source, np.int16),
        identity=np.ascontiguousarray(kept(identity), np.int64),
        at=times,
        received=times.copy() if received is None else np.full(number, received, np.int64),
        latitude_e7=np.rint(kept(latitude) * DEGREE).astype(np.int32),
        longitude_e7=east,
        height_ft=_rounded(kept(height_ft)),
        height_reference=np.ascontiguousarray(kept(height_reference), np.uint8),
        speed_cm_s=_rounded(kept(speed_cm_s)),
        course_cd=_rounded(np.mod(np.rint(degrees * 100), 36_000)),
        climb_fpm=_rounded(kept(climb_fpm)),
        accuracy_m=_rounded(np.ceil(kept(accuracy_m))),
        domain=np.ascontiguousarray(kept(domain), np.uint8),
    )


def believed_on_ground(speed_cm_s: float) -> bool:
    """Whether a thing that says so, at this speed or UNSAID, is taken to be on the ground (W-S6)."""
    return not speed_cm_s > FASTEST_ON_GROUND_CM_S


def _outside(column: Floats, low: float, high: float) -> Bools:
    """Which are said, and not from low to high."""
    found: Bools = ~((column >= low) & (column <= high) | np.isnan(column))
    return found


def _rounded(column: Floats) -> Ints:
    """To the nearest integer; ABSENT where nothing is said."""
    return np.where(np.isnan(column), ABSENT, np.rint(column)).astype(np.int32)
