"""Volumes that must be refused, each for one rule."""

import math
from typing import Any

from tests.volumes.making.earth import Case, circle, corridor, point, polygon, square, volume


def level(value: int) -> list[Any]:
    return [value, "HUNDREDS_OF_FEET", "STANDARD_PRESSURE"]


def invalid_cases() -> list[Case]:
    """Volumes that must be refused, each for the one rule named (spec/volume.md)."""
    dot = circle(point(10.0, 10.0), 100)
    box = square(10.0, 10.0, 1.0)
    bow = [box[0], box[2], box[1], box[3]]
    line = [point(10.0, 10.0), point(10.0001, 10.0), point(10.0003, 10.0)]
    fold = [point(10.0, 10.0), point(11.0, 10.0), point(11.0, 11.0), point(10.5, 10.0)]
    many = [point(math.sin(n / 1000 * math.pi), math.cos(n / 1000 * math.pi)) for n in range(2001)]
    wide = [point(0.0, 0.0), point(0.0, 85.0), point(0.0, 170.0), point(40.0, 85.0)]
    comb = [point(-1.0, 0.5)]
    for tooth in range(100):
        west, east = tooth * 0.002, tooth * 0.002 + 0.001
        comb += [point(0, west), point(4.3, west), point(4.3, east), point(0, east)]
    coil = [point(10 * number - 90, 80 * (number % 2)) for number in range(19)]
    sea = "MEAN_SEA_LEVEL"
    rows: list[tuple[str, str, Case]] = [
        ("V-1", "2,001 vertices", volume(polygon(many))),
        ("V-2", "radius 0", volume(circle(point(0, 0), 0))),
        ("V-2", "negative radius", volume(circle(point(0, 0), -5))),
        ("V-2", "radius 2,000,001 m", volume(circle(point(0, 0), 2_000_001))),
        ("V-2", "half width 0", volume(corridor(box[:2], 0))),
        ("V-3", "two vertices", volume(polygon(box[:2]))),
        ("V-3", "a path of one point", volume(corridor(box[:1], 10))),
        ("V-3", "a hole of two vertices", volume(polygon(box, box[:2]))),
        ("V-4", "first vertex repeated at the end", volume(polygon([*box, box[0]]))),
        ("V-4", "a vertex twice in a row", volume(polygon([box[0], *box]))),
        ("V-4", "a path that stands still", volume(corridor([box[0], box[0]], 10))),
        (
            "V-4",
            "the pole under two longitudes",
            volume(corridor([point(90, 0), point(90, 50)], 9)),
        ),
        ("V-5", "neighbours 11,000 km apart", volume(corridor([point(0, 0), point(0, 99)], 10))),
        ("V-5", "antipodes", volume(corridor([point(10, 20), point(-10, -160)], 10))),
        ("V-6", "wider than 80 degrees from its middle", volume(polygon(wide))),
        ("V-6", "around the equator", volume(polygon([point(0, n) for n in range(-180, 180, 60)]))),
        ("V-7", "a bow tie", volume(polygon(bow))),
        ("V-7", "no area", volume(polygon(line))),
        ("V-7", "folded back onto itself", volume(polygon(fold))),
        (
            "V-7",
            "touching itself at a vertex",
            volume(polygon([*box, point(10.0, 11.0)])),
        ),
        ("V-8", "a hole outside", volume(polygon(box, square(20.0, 20.0, 0.1)))),
        ("V-8", "a hole across the edge", volume(polygon(box, square(11.0, 10.0, 0.1)))),
        (
            "V-8",
            "holes that overlap",
            volume(polygon(box, square(10, 10, 0.2), square(10.1, 10, 0.2))),
        ),
        ("V-8", "a hole in a hole", volume(polygon(box, square(10, 10, 0.5), square(10, 10, 0.2)))),
        ("V-9", "heights upside down", volume(dot, [[200, "FEET", sea], [100, "FEET", sea]])),
        (
            "V-9",
            "upside down across units",
            volume(dot, [[101, "METRES", sea], [331, "FEET", sea]]),
        ),
        (
            "V-9",
            "certainly upside down across references",
            volume(dot, [[600, "HUNDREDS_OF_FEET", "STANDARD_PRESSURE"], [1000, "FEET", sea]]),
        ),
        ("V-10", "an empty window", volume(dot, window=[5, 5])),
        ("V-10", "a window backwards", volume(dot, window=[6, 5])),
        ("V-11", "a window before 1970", volume(dot, window=[-1, 5])),
        ("V-11", "a window after 9999", volume(dot, window=[0, 253_402_300_800_000])),
        ("V-15", "a radius of ten metres and a half", volume({**dot, "radius_m": 10.5})),
        ("V-15", "half a unit of latitude", volume({**dot, "centre": [0.5, 0]})),
        ("V-15", "half a foot", volume(dot, [[0.5, "FEET", sea], None])),
        ("V-15", "half a millisecond", {**volume(dot), "window": [0.5, 5]}),
        ("V-16", "200 edges of 480 km side by side", volume(polygon(comb))),
        ("V-17", "north of the pole", volume(circle((900_000_001, 0), 100))),
        ("V-17", "south of the pole", volume(circle((-900_000_001, 0), 100))),
        ("V-17", "180 degrees east", volume(circle((0, 1_800_000_000), 100))),
        ("V-17", "west of the antimeridian", volume(circle((0, -1_800_000_001), 100))),
        ("V-17", "200,001 feet", volume(dot, [None, [200_001, "FEET", sea]])),
        ("V-17", "20,001 metres down", volume(dot, [[-20_001, "METRES", sea], None])),
        ("V-17", "flight level 1000", volume(dot, [None, level(1000)])),
        ("V-17", "flight level -11", volume(dot, [level(-11), None])),
        ("V-17", "feet of pressure", volume(dot, [[5000, "FEET", "STANDARD_PRESSURE"], None])),
        ("V-17", "a level over the sea", volume(dot, [[50, "HUNDREDS_OF_FEET", sea], None])),
        ("V-18", "a corridor over half of the earth", volume(corridor(coil, 2_000_000))),
    ]
    return [{"rule": rule, "name": name, "volume": bad} for rule, name, bad in rows]
