"""Heights, windows, and cases that exactly one of area, height and window decides."""

from fractions import Fraction
from typing import Any

from tests.volumes.making.earth import Case, circle, point, volume
from tests.volumes.making.edges import (
    circle_cases,
    corridor_cases,
    edge_cases,
    mixed_cases,
    tip_cases,
)
from tests.volumes.making.places import hole_cases, large_cases, pole_cases, small_cases

DAY = [1_795_305_600_000, 1_795_392_000_000]
END = [253_402_300_799_998, 253_402_300_799_999]

Limit = list[Any]
Row = tuple[str, list[Any], list[Any], bool, int | None, bool]

FOOT = Fraction(3048, 10_000)
SIZES = {"METRES": Fraction(1), "FEET": FOOT, "HUNDREDS_OF_FEET": 100 * FOOT}
UNITS = {
    "ELLIPSOID": ("METRES", "FEET"),
    "MEAN_SEA_LEVEL": ("METRES", "FEET"),
    "GROUND": ("METRES", "FEET"),
    "STANDARD_PRESSURE": ("HUNDREDS_OF_FEET",),
}


def bounds(limit: Limit) -> tuple[Fraction, Fraction]:
    """Metres over the ellipsoid between which the limit lies (spec/volume.md, section Heights)."""
    value, unit, reference = limit
    low = high = value * SIZES[unit]
    match reference:
        case "GROUND":
            low, high = low - 450, high + 8900
        case "STANDARD_PRESSURE":
            low, high = low - 1500, high + 650
            low = min(low * Fraction(3, 4), low * Fraction(6, 5))
            high = max(high * Fraction(3, 4), high * Fraction(6, 5))
    return (low, high) if reference == "ELLIPSOID" else (low - 107, high + 86)


def rise(lower: Limit, upper: Limit) -> Fraction:
    """Metres from lower up to upper, at most."""
    if lower[2] == upper[2]:
        return SIZES[upper[1]] * int(upper[0]) - SIZES[lower[1]] * int(lower[0])
    return bounds(upper)[1] - bounds(lower)[0]


def highest_lower(upper: Limit, unit: str, reference: str) -> int:
    """The greatest value of a lower limit in this unit and reference that still meets `upper`."""
    low, high = -20_000, 200_000
    if unit == "HUNDREDS_OF_FEET":
        low, high = -10, 999
    while low < high:
        middle = (low + high + 1) // 2
        if rise([middle, unit, reference], upper) >= 0:
            low = middle
        else:
            high = middle - 1
    return low


def limit_rows() -> list[Row]:
    """For every two references and units, bands on both sides of where they just meet."""
    rows: list[Row] = []
    for below, units in UNITS.items():
        for above, others in UNITS.items():
            for number, unit in enumerate(units):
                other = others[-1 - number % len(others)]
                upper = [113 if unit == "HUNDREDS_OF_FEET" else 3507 + 1000 * number, unit, below]
                value = highest_lower(upper, other, above)
                for word, lower in (("meet", value), ("clear", value + 1)):
                    limit = [lower, other, above]
                    feet = rise(limit, upper) / FOOT
                    same = below == above
                    overlap = feet.__floor__() if same else None
                    name = f"up to {unit} {below}, from {other} {above}: {word}"
                    bands: tuple[list[Any], list[Any]] = [None, upper], [limit, None]
                    rows.append((name, *bands, word == "meet", overlap, same))
    return rows


def height_cases() -> list[Case]:
    """Same place and time; expected feet of overlap where the references are the same."""

    def level(value: int) -> list[Any]:
        return [value, "HUNDREDS_OF_FEET", "STANDARD_PRESSURE"]

    def feet(value: int, reference: str = "MEAN_SEA_LEVEL") -> list[Any]:
        return [value, "FEET", reference]

    def metres(value: int, reference: str = "MEAN_SEA_LEVEL") -> list[Any]:
        return [value, "METRES", reference]

    rows: list[tuple[str, list[Any], list[Any], bool, int | None, bool]] = [
        ("levels overlap", [level(100), level(210)], [level(200), level(300)], True, 1000, True),
        ("levels touch", [level(100), level(200)], [level(200), level(300)], True, 0, True),
        ("levels clear", [level(100), level(199)], [level(200), level(300)], False, -100, True),
        (
            "a level inside a block",
            [level(50), level(300)],
            [level(100), level(100)],
            True,
            0,
            True,
        ),
        (
            "10,000 ft is 3,048 m: touch",
            [feet(0), feet(10000)],
            [metres(3048), None],
            True,
            0,
            True,
        ),
        (
            "3,049 m is clear of 10,000 ft",
            [feet(0), feet(10000)],
            [metres(3049), None],
            False,
            -4,
            True,
        ),
        ("10,001 ft meets 3,048 m", [feet(0), feet(10001)], [metres(3048), None], True, 1, True),
        ("one foot apart", [None, feet(999)], [feet(1000), None], False, -1, True),
        ("no limits at all", [None, None], [None, None], True, None, True),
        ("one without limits", [None, None], [feet(2000), feet(3000)], True, 1000, True),
        (
            "over ground",
            [None, feet(400, "GROUND")],
            [feet(500, "GROUND"), feet(900, "GROUND")],
            False,
            -100,
            True,
        ),
        (
            "over the ellipsoid",
            [metres(0, "ELLIPSOID"), metres(100, "ELLIPSOID")],
            [metres(100, "ELLIPSOID"), None],
            True,
            0,
            True,
        ),
        (
            "ground and sea level may meet on high ground",
            [None, feet(500, "GROUND")],
            [feet(20000), feet(25000)],
            True,
            None,
            False,
        ),
        (
            "ground and sea level certainly clear",
            [None, feet(500, "GROUND")],
            [feet(31000), feet(35000)],
            False,
            None,
            False,
        ),
        (
            "a level and sea level, the same number",
            [level(90), level(100)],
            [feet(9000), feet(9500)],
            True,
            None,
            False,
        ),
        (
            "a level and sea level on a cold day",
            [level(340), level(350)],
            [feet(26000), feet(27000)],
            True,
            None,
            False,
        ),
        (
            "a level and sea level certainly clear",
            [level(400), level(450)],
            [feet(0), feet(5000)],
            False,
            None,
            False,
        ),
        (
            "sea level and ellipsoid within the geoid",
            [metres(0), metres(100)],
            [metres(180, "ELLIPSOID"), metres(300, "ELLIPSOID")],
            True,
            None,
            False,
        ),
        (
            "sea level and ellipsoid certainly clear",
            [metres(0), metres(100)],
            [metres(187, "ELLIPSOID"), metres(300, "ELLIPSOID")],
            False,
            None,
            False,
        ),
    ]
    rows += limit_rows()
    place = circle(point(45.0, 45.0), 1_000)
    return [
        {
            "name": name,
            "a": volume(place, first),
            "b": volume(place, second),
            "conflict": answer,
            "height_overlap_ft": overlap,
            "heights_comparable": comparable,
        }
        for name, first, second, answer, overlap, comparable in rows
    ]


def window_cases() -> list[Case]:
    rows: list[tuple[str, list[int], list[int], int]] = [
        ("one millisecond in common", [0, 1001], [1000, 2000], 1),
        ("one ends as the other starts", [0, 1000], [1000, 2000], 0),
        ("a millisecond between", [0, 999], [1000, 2000], -1),
        ("one inside the other", [0, 10_000], [4_000, 5_000], 1000),
        ("the same window", DAY, DAY, 86_400_000),
        (
            "to the end of time",
            [0, 253_402_300_799_999],
            [253_402_300_799_998, 253_402_300_799_999],
            1,
        ),
        ("the first millisecond there is", [0, 1], [0, 1], 1),
        ("the first millisecond, and the next", [0, 1], [1, 2], 0),
        ("two last milliseconds", END, [END[0] - 1, END[1] - 1], 0),
        ("over midnight, one in common", [DAY[0], DAY[1] + 1], [DAY[1], DAY[1] + 9], 1),
        ("over midnight, none in common", [DAY[0], DAY[1]], [DAY[1], DAY[1] + 9], 0),
        (
            "a year and a second of it",
            [DAY[0], DAY[0] + 31_536_000_000],
            [DAY[1], DAY[1] + 1000],
            1000,
        ),
        ("years apart", [0, 1000], DAY, 1000 - DAY[0]),
        ("start together", [5000, 6000], [5000, 9000], 1000),
        ("end together", [5000, 9000], [8999, 9000], 1),
        ("half a second apart", [5000, 9000], [9500, 9999], -500),
    ]
    place = circle(point(45.0, 45.0), 1_000)
    return [
        {
            "name": name,
            "a": volume(place, window=first),
            "b": volume(place, window=second),
            "conflict": overlap > 0,
            "window_overlap_ms": overlap,
        }
        for name, first, second, overlap in rows
    ]


BANDS: list[tuple[list[Any], list[Any], list[Any], int]] = [
    (
        [[1000, "FEET", "MEAN_SEA_LEVEL"], [2000, "FEET", "MEAN_SEA_LEVEL"]],
        [[2000, "FEET", "MEAN_SEA_LEVEL"], None],
        [[2001, "FEET", "MEAN_SEA_LEVEL"], None],
        0,
    ),
    (
        [
            [100, "HUNDREDS_OF_FEET", "STANDARD_PRESSURE"],
            [240, "HUNDREDS_OF_FEET", "STANDARD_PRESSURE"],
        ],
        [None, [100, "HUNDREDS_OF_FEET", "STANDARD_PRESSURE"]],
        [None, [99, "HUNDREDS_OF_FEET", "STANDARD_PRESSURE"]],
        0,
    ),
    (
        [None, [400, "FEET", "GROUND"]],
        [[121, "METRES", "GROUND"], [900, "METRES", "GROUND"]],
        [[122, "METRES", "GROUND"], [900, "METRES", "GROUND"]],
        3,
    ),
]
"""A band, one that it meets, one that it misses by a hair, and feet in common with the first."""


def combined_cases() -> list[Case]:
    """All three overlap; only the areas, the heights or the windows do not; none of the three does."""
    cases = []
    for number, (meet, clear) in enumerate(close_pairs()):
        band, high, higher, feet = BANDS[number % len(BANDS)]
        start, end = DAY[0] + 1000 * number, DAY[1]
        for word, pair, other, window in (
            ("all three overlap", meet, high, [end - 1, end + 5000]),
            ("only the areas are apart", clear, high, [end - 1, end + 5000]),
            ("only the heights are apart", meet, higher, [end - 1, end + 5000]),
            ("only the windows are apart", meet, high, [end, end + 5000]),
            ("all three are apart", clear, higher, [end, end + 5000]),
        ):
            apart = higher is other
            cases.append(
                {
                    "name": f"{meet['name'].removesuffix(': meet')}: {word}",
                    "a": volume(pair["a"]["area"], band, [start, end]),
                    "b": volume(pair["b"]["area"], other, window),
                    "conflict": word == "all three overlap",
                    "margin_m": pair["margin_m"],
                    "height_overlap_ft": _feet_apart(band, higher) if apart else feet,
                    "heights_comparable": True,
                    "window_overlap_ms": end - window[0],
                }
            )
    return cases


def _feet_apart(band: list[Any], other: list[Any]) -> int:
    """Feet in common, rounded down; negative: apart."""
    return min(
        (rise(lower, upper) / FOOT).__floor__()
        for lower in (band[0], other[0])
        for upper in (band[1], other[1])
        if lower is not None and upper is not None
    )


def close_pairs() -> list[tuple[Case, Case]]:
    """From each file of areas, some that meet by metres, each with what is clear by metres."""
    found = []
    for make, most in (
        (circle_cases, 3),
        (edge_cases, 4),
        (tip_cases, 2),
        (corridor_cases, 2),
        (mixed_cases, 4),
        (hole_cases, 3),
        (pole_cases, 2),
        (large_cases, 2),
        (small_cases, 2),
    ):
        cases = {case["name"]: case for case in make()}
        meet = [
            name for name, case in cases.items() if name.endswith(": meet") and case["margin_m"]
        ]
        some = meet[:: len(meet) // most][:most]
        found += [(cases[name], cases[name.removesuffix("meet") + "clear"]) for name in some]
    return found
