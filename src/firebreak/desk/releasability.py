"""The releasability gate: what of a track may go to the other side (spec/watch.md, W-G1 to W-G8).

An exact position tells how well one sees. What derives from tracks goes out at the precision and with
the delay that the channel's terms agree on, without its sensor; tracks of anyone not party to the
channel do not go out at all. Two officers may decide otherwise for one record; that is recorded.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from firebreak.errors import Misuse, Refused
from firebreak.records.agreement import Agreement, Channel
from firebreak.records.drafting import TRACK_DELAY_MS, TRACK_PRECISION_M
from firebreak.records.kinds import Kind
from firebreak.values import DEGREE, Height, HeightReference, HeightUnit, Millis, Position
from firebreak.watch.advisories import Seen

METRES_IN_DEGREE: Final = 111_320.0
"""Of a great circle, rounded up: a cell is never finer than agreed for it."""
HEIGHT_STEP_FT: Final = 500
SPEED_STEP_KT: Final = 10
COURSE_STEP_DEGREES: Final = 10


class Owner(Enum):
    """Whose a track is, as this side's officers say; nothing here guesses it."""

    UNKNOWN = "unknown"
    OURS = "ours"
    THEIRS = "theirs"
    ANOTHERS = "another's"


@dataclass(frozen=True, slots=True)
class TrackTerms:
    """How what derives from tracks may go out on a channel that carries queries, as agreed."""

    channel: Channel
    precision_m: int
    delay_ms: int


STANDARD: Final = tuple(
    TrackTerms(channel, TRACK_PRECISION_M, TRACK_DELAY_MS)
    for channel in (Channel.AIR, Channel.SEA, Channel.GROUND)
)
"""Those of the standard agreement, for a picture that stands alone."""


def track_terms(agreement: Agreement) -> tuple[TrackTerms, ...]:
    """The terms of every channel of an agreement on which one may ask about a track."""
    return tuple(
        TrackTerms(terms.channel, terms.track_precision_m, terms.track_delay_ms)
        for terms in agreement.channels
        if Kind.QUERY in terms.kinds
    )


@dataclass(frozen=True, slots=True)
class Override:
    """Two officers let one record out beyond the gate; it goes into the journal with the record."""

    officers: tuple[str, str]
    reason: str
    at: Millis


@dataclass(frozen=True, slots=True)
class Released:
    """What may be said of a track: coarse, old enough, and without its sensor.

    precision_m, delay_ms: those applied. override: who let more out than agreed; None: nobody.
    """

    label: str
    position: Position
    observed_at: Millis
    height: Height | None
    speed_kt: int | None
    course_degrees: int | None
    precision_m: int
    delay_ms: int
    override: Override | None


def override(officers: Sequence[str], reason: str, now: Millis) -> Override:
    """The decision of two officers. Raises Misuse unless they are two, and give a reason (W-G7)."""
    names = [name.strip() for name in officers]
    if len(names) != 2 or not all(names) or names[0].casefold() == names[1].casefold():
        raise Misuse("To pass the releasability gate takes two different officers; name both.")
    if not reason.strip():
        raise Misuse("To pass the releasability gate takes a reason; say why.")
    return Override((names[0], names[1]), reason.strip(), now)


def release(
    trail: Sequence[Seen],
    terms: TrackTerms,
    owners: Mapping[str, Owner],
    labels: Mapping[str, str],
    now: Millis,
    beyond: Override | None = None,
) -> Released:
    """What of a track may go out on a channel now.

    trail: the track as it was seen, any order; the newest that is old enough is taken. owners: by
    identity; who is not named is unknown, and may be asked about. labels: this side's names of tracks.
    Raises Refused for another's track (W-G4) and while no sighting is old enough (W-G3), unless two
    officers decided otherwise; Misuse for an empty trail.
    """
    if not trail:
        raise Misuse("The track is no longer held, so nothing can be said of it.")
    identity = trail[0].identity
    if owners.get(identity, Owner.UNKNOWN) is Owner.ANOTHERS and beyond is None:  # W-G4
        raise Refused(
            f"{labels.get(identity, identity)} belongs to someone who is not party to this channel, so"
            " nothing of it goes out. Two officers may decide otherwise."
        )
    delay = 0 if beyond is not None else terms.delay_ms
    precision = 0 if beyond is not None else terms.precision_m
    old_enough = [seen for seen in trail if seen.reported_at <= now - delay]
    if not old_enough:  # W-G3
        wait = -(-(min(seen.reported_at for seen in trail) + delay - now) // 1_000)
        raise Refused(
            f"The agreement delays what comes from tracks by {delay // 1_000} s, and no sighting is that"
            f" old yet. Wait {wait} s, or have two officers decide otherwise."
        )
    seen = max(old_enough, key=lambda each: each.reported_at)
    return Released(
        labels.get(identity, label(seen)),
        coarse(seen.position, precision),
        seen.reported_at,
        _height(seen, precision),
        _stepped(seen.speed_kt, SPEED_STEP_KT, precision),
        _stepped(seen.course_degrees, COURSE_STEP_DEGREES, precision) % 360,
        precision,
        delay,
        beyond,
    )


def label(seen: Seen) -> str:
    """A name for a track that does not tell the sensor: what it calls itself, or a plain "track"."""
    naming, _, number = seen.identity.partition(":")
    if naming in {"icao", "mmsi"}:  # broadcast by the craft itself, so known to everybody
        return f"{naming} {number}"
    return "track"  # W-G5


def coarse(position: Position, precision_m: int) -> Position:
    """The middle of the position's cell on a grid of at least precision_m metres (W-G2).

    The grid is fixed on the earth: asking again and again does not find the exact position. The middle
    is at most 0.71 precision_m and 1 m away. precision_m of 0 or 1 m leaves the position as it is.
    """
    if precision_m <= 1:
        return position
    step = max(1, math.ceil(precision_m / METRES_IN_DEGREE * DEGREE))
    row = (position.latitude_e7 + 90 * DEGREE) // step
    latitude = min(row * step + step // 2 - 90 * DEGREE, 90 * DEGREE)
    nearest = min(abs(row * step - 90 * DEGREE), abs((row + 1) * step - 90 * DEGREE))
    shrunk = math.cos(math.radians(min(nearest / DEGREE, 89.999)))
    columns = max(1, math.floor(360 * DEGREE / (step / shrunk)))
    column = (position.longitude_e7 + 180 * DEGREE) * columns // (360 * DEGREE)
    longitude = (2 * column + 1) * 360 * DEGREE // (2 * columns) - 180 * DEGREE
    return Position(latitude, (longitude + 180 * DEGREE) % (360 * DEGREE) - 180 * DEGREE)


def _height(seen: Seen, precision_m: int) -> Height | None:
    if seen.height_ft is None:
        return None
    reference = HeightReference(seen.height_reference)
    step = HEIGHT_STEP_FT if precision_m > 1 else 1
    value = round(seen.height_ft / step) * step
    if reference is HeightReference.STANDARD_PRESSURE:
        level = max(-10, min(999, round(value / 100)))
        return Height(level, HeightUnit.HUNDREDS_OF_FEET, reference)
    return Height(value, HeightUnit.FEET, reference)


def _stepped(value: int, step: int, precision_m: int) -> int:
    return round(value / step) * step if precision_m > 1 else value
