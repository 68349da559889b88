"""Cursor on Target 2.0 events of tracks and advisories, for one's own systems (spec/watch.md, W-O3).

A track is of unknown affiliation, always (`a-u-…`); an advisory is a mark on the map (`b-m-p-s-m`).
"""

from __future__ import annotations

import hashlib
from typing import Final

from lxml import etree

from firebreak.desk.explaining import sentence
from firebreak.errors import InvalidValue
from firebreak.formats.own import (
    EXERCISE,
    NOT_FOR_TARGETING,
    check_may_go_out,
    encoded,
    fill,
    moment,
    put,
)
from firebreak.values import DEGREE, HeightReference, Millis, Position
from firebreak.watch.advisories import Advisory, Seen, Stage
from firebreak.watch.doubts import doubts_text
from firebreak.watch.reports import Domain

STALE_MS: Final = 120_000
"""After so long a receiver shows an event as old."""

_TYPES: Final = {Domain.AIR: "a-u-A", Domain.SEA: "a-u-S", Domain.GROUND: "a-u-G"}
_MARK: Final = "b-m-p-s-m"
_HOW: Final = "m-f"
"""By machine, of several sources."""
_UNKNOWN: Final = "9999999.0"
"""What the format writes for a height or an error that is not known."""
_REFERENCES: Final = {
    HeightReference.ELLIPSOID: "over the ellipsoid",
    HeightReference.MEAN_SEA_LEVEL: "over mean sea level",
    HeightReference.GROUND: "over ground",
    HeightReference.STANDARD_PRESSURE: "over 1013.25 hPa",
}


def cot_of_track(seen: Seen, sent: Millis, exercise: bool) -> bytes:
    """One event at the track's last reported position. exercise: everything is, under the agreement.

    Raises InvalidValue for a time out of range.
    """
    # The format's height is over the ellipsoid; another is said in words, never converted by guess.
    known = seen.height_ft is not None and seen.height_reference == HeightReference.ELLIPSOID
    height = f"{(seen.height_ft or 0) * 0.3048:.1f}" if known else _UNKNOWN
    remarks = [_height_text(seen)]
    if seen.doubts:
        remarks.append(f"DOUBTFUL: {doubts_text(seen.doubts)}.")
    event = _event(
        f"firebreak.track.{seen.identity}",
        _TYPES[Domain(seen.domain)],
        (seen.reported_at, sent, Millis(seen.reported_at + STALE_MS)),
        seen.position,
        height,
        exercise,
    )
    detail = put(event, "detail")
    put(detail, "contact", callsign=seen.identity)
    put(
        detail,
        "track",
        course=f"{seen.course_degrees % 360}.0",
        speed=f"{seen.speed_kt * 1852 / 3600:.2f}",
    )
    put(detail, "remarks", _marked(" ".join(filter(None, remarks)), exercise))
    return encoded(event)


def cot_of_advisory(advisory: Advisory, sent: Millis, exercise: bool) -> bytes:
    """One event where the advisory's first track was last reported; a cleared one is stale at once.

    Raises Refused for one that derives from a protected site, InvalidValue for one without a track.
    """
    check_may_go_out(advisory)  # W-O2
    if not advisory.tracks:
        raise InvalidValue(
            "An advisory about two notices has no one place; send it as a CAP alert."
        )
    cleared = advisory.stage is Stage.CLEARED
    digest = hashlib.sha256(advisory.key.encode()).hexdigest()[:16]
    event = _event(
        f"firebreak.advisory.{digest}",
        _MARK,
        (advisory.at, sent, sent if cleared else Millis(sent + STALE_MS)),
        advisory.tracks[0].position,
        _UNKNOWN,
        exercise,
    )
    detail = put(event, "detail")
    put(detail, "contact", callsign=f"{advisory.level.name} {advisory.situation.name.lower()}")
    ended = "CLEARED. " if cleared else ""
    put(detail, "remarks", _marked(ended + sentence(advisory), exercise))
    return encoded(event)


def _marked(text: str, exercise: bool) -> str:
    return f"{NOT_FOR_TARGETING} {EXERCISE if exercise else ''}{text}"  # W-O1


def _event(
    uid: str,
    kind: str,
    times: tuple[Millis, Millis, Millis],
    position: Position,
    height: str,
    exercise: bool,
) -> etree._Element:
    """times: when it was so, when it is sent, and when it is stale, never before it was so."""
    start, sent, stale = times
    event = etree.Element("event")
    fill(
        event,
        version="2.0",
        uid=uid,
        type=kind,
        how=_HOW,
        opex="e" if exercise else "o",
        time=_stamp(sent),
        start=_stamp(start),
        stale=_stamp(max(start, stale)),
    )
    put(
        event,
        "point",
        lat=f"{position.latitude_e7 / DEGREE:.7f}",
        lon=f"{position.longitude_e7 / DEGREE:.7f}",
        hae=height,
        ce=_UNKNOWN,
        le=_UNKNOWN,
    )
    return event


def _stamp(ms: Millis) -> str:
    return moment(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _height_text(seen: Seen) -> str:
    if seen.height_ft is None:
        return "Height unknown."
    reference = _REFERENCES[HeightReference(seen.height_reference)]
    return f"Height {seen.height_ft:,} ft {reference}."
