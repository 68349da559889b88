"""Figures with words round them: areas, heights, windows, durations in each language.

The figures themselves are those of `firebreak.records.figures`, the same in every language.
"""

from __future__ import annotations

from collections.abc import Sequence

from firebreak.phrases.catalogue import phrase
from firebreak.phrases.terms import counted, term
from firebreak.records.figures import (
    date_time_group,
    date_time_group_seconds,
    distance_text,
    dms,
    exact_date_time_group,
    height_text,
    heights_text,
    kilometres_text,
    nautical_miles_text,
    window_text,
)
from firebreak.records.readback import check_word, points_read_back
from firebreak.values import Height, HeightUnit, Position
from firebreak.volumes import Area, Circle, Corridor, Heights, Polygon

__all__ = [
    "area_points",
    "area_words",
    "date_time_group",
    "date_time_group_seconds",
    "distance_text",
    "dms",
    "duration_words",
    "exact_date_time_group",
    "full_height",
    "height_text",
    "height_words",
    "heights_words",
    "kilometres_text",
    "limit_words",
    "nautical_miles_text",
    "window_text",
    "window_words",
]

_DURATIONS = (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))
_HEIGHT_NOUNS = {
    HeightUnit.METRES: "metres",
    HeightUnit.FEET: "feet",
    HeightUnit.HUNDREDS_OF_FEET: "hundreds_of_feet",
}


def duration_words(ms: int, language: str) -> str:
    """1 hour 30 minutes; rounded up to the second."""
    left = -(-ms // 1_000)
    words = []
    for noun, size in _DURATIONS:
        number, left = divmod(left, size)
        if number:
            words.append(counted(noun, number, language))
    return " ".join(words) or counted("seconds", 0, language)


def window_words(start: int, end: int, language: str) -> str:
    """From … to … with its duration; rounded outwards to the second. ms UTC."""
    return phrase(
        "window",
        language,
        start=exact_date_time_group(start),
        end=exact_date_time_group(end, up=True),
        duration=duration_words(end - start, language),
    )


def height_words(height: Height, language: str) -> str:
    """A height spelt out: 9500 feet above mean sea level."""
    return phrase(
        "height-words",
        language,
        amount=counted(_HEIGHT_NOUNS[height.unit], height.value, language),
        reference=term(height.reference, language),
    )


def heights_words(heights: Heights, language: str) -> str:
    """FL095 to FL195; SFC and UNL are explained."""
    lower, upper = heights_text(heights)
    return phrase(
        "heights",
        language,
        lower=phrase("surface", language) if heights.lower is None else lower,
        upper=phrase("unlimited", language) if heights.upper is None else upper,
    )


def limit_words(height: Height | None, no_limit: str, language: str) -> str:
    """One limit in code and words; no_limit: `surface` or `unlimited`."""
    return phrase(no_limit, language) if height is None else full_height(height, language)


def full_height(height: Height, language: str) -> str:
    """A height in code and words: 9500 ft AMSL (9500 feet above mean sea level)."""
    return f"{height_text(height)} ({height_words(height, language)})"


def area_words(area: Area, language: str) -> str:
    """An area in one line; of a long outline the first point."""
    match area:
        case Circle(centre, radius_m):
            return phrase(
                "area-circle",
                language,
                metres=counted("metres", radius_m, language),
                miles=nautical_miles_text(radius_m),
                centre=dms(centre),
            )
        case Corridor(path, half_width_m):
            return phrase(
                "area-corridor",
                language,
                metres=counted("metres", half_width_m, language),
                points=counted("points", len(path), language),
                outline=_outline(path, language),
                check=check_word(area),
            )
        case Polygon(outer, holes):
            slots = {
                "points": counted("points", len(outer), language),
                "outline": _outline(outer, language),
                "check": check_word(area),
            }
            if not holes:
                return phrase("area-polygon", language, **slots)
            slots["holes"] = counted("holes", len(holes), language)
            return phrase("area-polygon-with-holes", language, **slots)


def _outline(points: Sequence[Position], language: str) -> str:
    shown = points_read_back(points)
    if len(shown) == len(points):
        return "; ".join(dms(point) for point in points)
    return phrase("outline-first", language, first=dms(points[0]))


def area_points(area: Area, language: str) -> list[tuple[str, str]]:
    """Every point of an outline, with its label; none for a circle."""
    match area:
        case Circle():
            return []
        case Corridor(path):
            return _outer_points(path, language)
        case Polygon(outer, holes):
            points = _outer_points(outer, language)
            for number, hole in enumerate(holes, 1):
                points += _hole_points(number, hole, language)
            return points


def _outer_points(points: Sequence[Position], language: str) -> list[tuple[str, str]]:
    return [
        (phrase("label-point", language, number=str(number)), dms(at))
        for number, at in enumerate(points, 1)
    ]


def _hole_points(hole: int, points: Sequence[Position], language: str) -> list[tuple[str, str]]:
    return [
        (phrase("hole-point", language, hole=str(hole), point=str(number)), dms(at))
        for number, at in enumerate(points, 1)
    ]
