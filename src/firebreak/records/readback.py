"""What is read back, and whether it was understood as it was meant (spec/phrases.md §2).

Pure text, the same in every language: capital letters, Latin digits, UTC, no grouping of numbers.
Positions are to the nearest tenth of an arc-second; starts are rounded down and ends up to the
second, which changes nothing for times given in whole seconds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from itertools import zip_longest

from firebreak.records.areas import AREA
from firebreak.records.calls import Call, CallAnswer
from firebreak.records.cbor import encode
from firebreak.records.figures import (
    compact_position,
    exact_date_time_group,
    heights_text,
)
from firebreak.records.incidents import Assessment, Incident
from firebreak.records.kinds import (
    Amend,
    Answer,
    Cancel,
    HazardWarning,
    Notice,
    Query,
    Restraint,
    Statement,
)
from firebreak.records.record import Record
from firebreak.records.sites import Movement, MovementState, Site, Stop
from firebreak.records.slots import Span
from firebreak.values import Position
from firebreak.volumes import Area, Circle, Corridor, Heights, Polygon

CriticalField = tuple[str, str]
"""A field's name, and its value in the one form that is read back."""

NO_REFERENCE = "NONE"
MOST_POINTS = 6
"""An area of more points has its first point read back; its check word covers them all."""
LONGEST = 96
"""Characters of one read-back field (spec/record.md, acknowledge)."""


def critical_fields(record: Record) -> tuple[CriticalField, ...]:
    """The fields that whoever acknowledges this record reads back (P-12); none for most kinds."""
    body, at = record.body, record.composed_at
    match body:
        case Notice() | HazardWarning():
            return _volume(at, body.window, body.heights, body.area)
        case Amend(notice):
            return (_reference(record), *_volume(at, notice.window, notice.heights, notice.area))
        case Cancel():
            return (_reference(record),)
        case Query():
            return (
                ("track", body.track),
                ("position", compact_position(body.position)),
                ("observed", exact_date_time_group(at + body.observed)),
            )
        case Answer(reply, next_word_by):
            fields: tuple[CriticalField, ...] = (("reply", _code(reply.name)),)
            if next_word_by is not None:
                fields += (("next word by", exact_date_time_group(at + next_word_by)),)
            return fields
        case Statement(topic):
            return (("topic", _code(topic.name)),)
        case Restraint():
            return (
                ("keep", _code(body.keep.name)),
                ("place", _fitted(body.place)),
                *(() if body.area is None else area_fields(body.area)),
                *(() if body.window is None else _window(at, body.window)),
            )
        case Call():
            return (("counterpart", body.counterpart), *_windows(at, body.windows))
        case CallAnswer(reply, windows, deputy):
            return (
                ("reply", _code(reply.name)),
                *(() if deputy is None else (("deputy", deputy),)),
                *(
                    ()
                    if body.next_word_by is None
                    else (("next word by", exact_date_time_group(at + body.next_word_by)),)
                ),
                *_windows(at, windows),
            )
        case Incident():
            return (
                ("incident", _code(body.sort.name)),
                ("happened", exact_date_time_group(at + body.happened)),
                ("place", _fitted(body.place)),
                *_position(body.position),
                *(() if body.stance is None else (("stance", _code(body.stance.name)),)),
            )
        case Assessment(stance, next_word_by):
            fields = (("stance", _code(stance.name)),)
            if next_word_by is not None:
                fields += (("next word by", exact_date_time_group(at + next_word_by)),)
            return fields
        case Site():
            named = ("site", _code(body.sort.name)), ("name", _fitted(body.name))
            return (*named, *_window(at, body.window), *area_fields(body.area))
        case Movement():
            return (
                ("name", _fitted(body.name)),
                *_window(at, body.window),
                *area_fields(body.area),
                ("vehicles", str(body.vehicles)),
            )
        case MovementState(step, when):
            return (("step", _code(step.name)), ("at", exact_date_time_group(at + when)))
        case Stop():
            return (("place", _fitted(body.place)), *_position(body.position))
        case _:
            return ()


def _position(position: Position | None) -> tuple[CriticalField, ...]:
    return () if position is None else (("position", compact_position(position)),)


def _windows(at: int, windows: Sequence[Span]) -> tuple[CriticalField, ...]:
    """Start and end of a window; of several proposed those of the first."""
    return _window(at, windows[0]) if windows else ()


def _reference(record: Record) -> CriticalField:
    refers_to = record.refers_to
    return "reference", NO_REFERENCE if refers_to is None else refers_to.prefix.hex().upper()


def _volume(at: int, window: Span, heights: Heights, area: Area) -> tuple[CriticalField, ...]:
    lower, upper = heights_text(heights)
    limits = ("lower", lower.upper()), ("upper", upper.upper())
    return (*_window(at, window), *limits, *area_fields(area))


def _window(at: int, window: Span) -> tuple[CriticalField, ...]:
    start = at + window.start
    return (
        ("start", exact_date_time_group(start)),
        ("end", exact_date_time_group(start + window.duration, up=True)),
    )


def area_fields(area: Area) -> tuple[CriticalField, ...]:
    """An area and those of its points that are read back."""
    match area:
        case Circle(centre, radius_m):
            return (("area", f"CIRCLE {compact_position(centre)} {radius_m} M"),)
        case Corridor(path, half_width_m):
            size = f"{len(path)} POINTS {half_width_m} M EACH SIDE"
            return (("area", f"CORRIDOR {size} CHECK {check_word(area)}"), *_points(path))
        case Polygon(outer, holes):
            size = f"{len(outer)} POINTS {len(holes)} HOLES"
            return (("area", f"POLYGON {size} CHECK {check_word(area)}"), *_points(outer))


def points_read_back(points: Sequence[Position]) -> Sequence[Position]:
    """All points of a short outline; of a long one the first (P-16)."""
    return points if len(points) <= MOST_POINTS else points[:1]


def _points(points: Sequence[Position]) -> tuple[CriticalField, ...]:
    return tuple(
        (f"point {number}", compact_position(point))
        for number, point in enumerate(points_read_back(points), 1)
    )


def check_word(area: Area) -> str:
    """Eight hexadecimal digits over every point of an area: equal words, equal areas (P-16).

    The first four bytes of SHA-256 over the encoding of the area's slot. It finds slips; against
    forgers stands the record's signature.
    """
    return _check(encode(AREA.plain(area)))


def _check(data: bytes) -> str:
    return hashlib.sha256(data).digest()[:4].hex().upper()


def _code(name: str) -> str:
    return name.replace("_", " ")


def _fitted(text: str) -> str:
    """The text, or as much of it as one field holds with a check word over the whole (P-17)."""
    if len(text) <= LONGEST:
        return text
    word = _check(text.encode())
    return f"{text[: LONGEST - len(word) - 1].rstrip()} {word}"


def compare_read_back(expected: Sequence[tuple[str, str]], given: Sequence[str]) -> list[str]:
    """Names of the fields that differ; empty if all were understood (P-18).

    given: values in the order of the fields. Letter case, spaces, degree signs, quotation marks, a
    comma between words or thousands and noughts after the point do not count. One value too many is
    named "beyond the last field".
    """
    pairs = zip_longest(expected, given)
    return [
        "beyond the last field" if field is None else field[0]
        for field, value in pairs
        if field is None or value is None or folded(field[1]) != folded(value)
    ]


_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_IGNORED = re.compile(r"[\s_°′″'\"’”“„«»;]|(?<![0-9]),|,(?![0-9])")
_FRACTION = re.compile(r"\.[0-9]+")
_STOP = re.compile(r"\.(?![0-9])")
_SMALL = {ord(small): small.upper() for small in "abcdefghijklmnopqrstuvwxyz"}


def folded(text: str) -> str:
    """Text with all that a read-back may leave out taken away. Only ASCII letters lose their case,
    so that both sides fold alike whatever their Unicode tables."""
    loose = _IGNORED.sub("", _THOUSANDS.sub("", text))
    short = _FRACTION.sub(lambda fraction: fraction[0].rstrip("0"), loose)
    return _STOP.sub("", short).translate(_SMALL)
