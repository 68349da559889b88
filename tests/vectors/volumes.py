"""Records that are well formed and whose volume is unsound: shown with an alarm, not refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from firebreak.records.kinds import Hazard, HazardWarning, Notice
from firebreak.records.record import Record
from firebreak.records.slots import Span
from firebreak.values import LATEST, Height, HeightReference, HeightUnit, Millis, Position
from firebreak.volumes import Area, Circle, Corridor, Heights, Polygon
from tests.vectors.accept import RING, around, signed_by_alpha
from tests.vectors.line import NOTICE, PARTIES, flight_level
from tests.vectors.shape import Named, context_of, decoded

ORIGIN = (552_000_000, 197_000_000)


def ring(*steps: tuple[int, int]) -> tuple[Position, ...]:
    """A ring of points so many tenths of a degree from one place."""
    return tuple(
        Position(ORIGIN[0] + north * 1_000_000, ORIGIN[1] + east * 1_000_000)
        for north, east in steps
    )


SQUARE = ring((0, 0), (0, 9), (9, 9), (9, 0))
AREAS: dict[str, tuple[str, str, Area]] = {
    "self-crossing": ("V-7", "a bow tie", Polygon(ring((0, 0), (9, 9), (0, 9), (9, 0)))),
    "no-area": ("V-7", "a ring that runs back along itself", Polygon(ring((0, 0), (5, 0), (9, 0)))),
    "two-points": ("V-3", "a ring of two points", Polygon(RING[:2])),
    "one-point": ("V-3", "a corridor of one point", Corridor(RING[:1], 900)),
    "repeated-point": ("V-4", "the first point repeated at the end", Polygon((*RING, RING[0]))),
    "hole-outside": ("V-8", "a hole outside", Polygon(SQUARE, (ring((20, 0), (20, 9), (29, 9)),))),
    "radius": ("V-2", "a circle larger than any volume", Circle(RING[0], 2_000_001)),
}


def notices() -> dict[str, tuple[str, str, Notice]]:
    """Notices with one fault each."""
    sea = HeightReference.MEAN_SEA_LEVEL
    low, high = Height(1_000, HeightUnit.FEET, sea), Height(304, HeightUnit.METRES, sea)
    made = {
        name: (rule, what, replace(NOTICE, area=area)) for name, (rule, what, area) in AREAS.items()
    }
    upside_down = replace(NOTICE, heights=Heights(flight_level(245), flight_level(95)))
    made["heights-upside-down"] = ("V-9", "FL245 up to FL095", upside_down)
    made["heights-across-units"] = (
        "V-9",
        "1,000 ft up to 304 m",
        replace(NOTICE, heights=Heights(low, high)),
    )
    return made


def records() -> Iterator[tuple[str, str, str, Record]]:
    """Name, rule, what is wrong, and the record."""
    for name, (rule, what, notice) in notices().items():
        yield name, rule, what, around(notice)
    bow = HazardWarning(Hazard.FIRING, AREAS["self-crossing"][2], NOTICE.heights, NOTICE.window)
    yield "hazard-self-crossing", "V-7", "a hazard warning over a bow tie", around(bow)
    late = around(replace(NOTICE, window=Span(1, 1)))
    early = around(replace(NOTICE, window=Span(-1, 1)))
    far = "a window after the year 9999"
    yield "window-after-9999", "V-11", far, replace(late, composed_at=LATEST)
    yield (
        "window-before-1970",
        "V-11",
        "a window before 1970",
        replace(early, composed_at=Millis(0)),
    )


def vectors() -> Named:
    """All files of vectors/reject that begin with volume."""
    for name, rule, what, record in records():
        signed = signed_by_alpha(record)
        yield (
            name,
            {
                "what": what,
                "rules": [rule],
                "level": "volume",
                "context": context_of(signed.context, PARTIES[0].key(record.author).public),
                "input": signed.data.hex(),
                "expect": {"id": signed.id.hex(), "reason": "volume"},
                "decoded": decoded(record),
            },
        )
