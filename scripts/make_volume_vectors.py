"""Write vectors/volume/*.json: pairs of volumes on both sides of every limit.

Nothing here uses Firebreak's own geometry: distances come from GeographicLib, and each expected
answer follows from how its case was built. So the vectors judge us, or any other implementation.
Run: python scripts/make_volume_vectors.py [folder]
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

from geographiclib.geodesic import Geodesic

EARTH = Geodesic.WGS84
DEGREE = 10_000_000
Point = tuple[int, int]
Case = dict[str, Any]

DAY = [1_795_305_600_000, 1_795_392_000_000]
LOW = [None, [5000, "FEET", "MEAN_SEA_LEVEL"]]


def point(latitude: float, longitude: float) -> Point:
    """Degrees to the grid; longitude from -180 up to, not including, 180."""
    units = round(longitude * DEGREE)
    return round(latitude * DEGREE), (units + 180 * DEGREE) % (360 * DEGREE) - 180 * DEGREE


def degrees(at: Point) -> tuple[float, float]:
    return at[0] / DEGREE, at[1] / DEGREE


def distance(a: Point, b: Point) -> float:
    return float(EARTH.Inverse(*degrees(a), *degrees(b))["s12"])


def towards(start: Point, azimuth: float, metres: float) -> Point:
    found = EARTH.Direct(*degrees(start), azimuth, metres)
    return point(found["lat2"], found["lon2"])


def edge_distance(at: Point, a: Point, b: Point) -> float:
    """Metres from a point to the shortest path from a to b: sampled, then a golden section."""
    line = EARTH.InverseLine(*degrees(a), *degrees(b))

    def metres(along: float) -> float:
        here = line.Position(along)
        return float(EARTH.Inverse(*degrees(at), here["lat2"], here["lon2"])["s12"])

    step = line.s13 / 64
    best = min(range(65), key=lambda number: metres(number * step))
    low, high = max(0.0, (best - 1) * step), min(line.s13, (best + 1) * step)
    golden = (math.sqrt(5) - 1) / 2
    while high - low > 1e-4:
        left, right = high - golden * (high - low), low + golden * (high - low)
        if metres(left) < metres(right):
            high = right
        else:
            low = left
    return min(metres((low + high) / 2), distance(at, a), distance(at, b))


def beside(a: Point, b: Point, fraction: float, metres: float) -> Point:
    """A point so far to the right of the path from a to b (to its left, if negative)."""
    line = EARTH.InverseLine(*degrees(a), *degrees(b))
    here = line.Position(line.s13 * fraction)
    found = EARTH.Direct(here["lat2"], here["lon2"], here["azi2"] + 90, metres)
    return point(found["lat2"], found["lon2"])


def volume(area: Case, heights: list[Any] | None = None, window: list[int] | None = None) -> Case:
    return {"area": area, "heights": heights or LOW, "window": window or DAY}


def circle(centre: Point, radius: int) -> Case:
    return {"kind": "circle", "centre": centre, "radius_m": radius}


def polygon(outer: list[Point], *holes: list[Point]) -> Case:
    return {"kind": "polygon", "outer": outer, "holes": list(holes)}


def corridor(path: list[Point], half_width: int) -> Case:
    return {"kind": "corridor", "path": path, "half_width_m": half_width}


def areas_case(
    name: str, a: Case, b: Case, margin: float | None, conflict: bool | None = None
) -> Case:
    """margin: metres of overlap, or minus the metres between; None: only yes or no is expected."""
    answer = conflict if margin is None else margin > 0
    rounded = None if margin is None else round(margin, 2)
    return {"name": name, "a": volume(a), "b": volume(b), "conflict": answer, "margin_m": rounded}


CENTRES = {
    "mid latitude, east to west": (point(52.0, 20.0), point(52.0, 20.5)),
    "mid latitude, north to south": (point(52.0, 20.0), point(52.4, 20.0)),
    "oblique, 300 km": (point(48.1, 11.3), point(50.0, 14.7)),
    "across the antimeridian": (point(51.9, 179.9), point(52.0, -179.9)),
    "across the antimeridian at the equator": (point(0.0, 179.99), point(0.0, -179.99)),
    "on the antimeridian itself": (point(-17.0, -180.0), point(-17.0, 179.5)),
    "along the equator": (point(0.0, 30.0), point(0.0, 31.0)),
    "across the equator": (point(-0.3, 30.0), point(0.4, 30.2)),
    "across the north pole": (point(89.9, 10.0), point(89.9, -170.0)),
    "across the south pole": (point(-89.5, 0.0), point(-89.7, 150.0)),
    "centre on the north pole": (point(90.0, 0.0), point(89.0, 77.0)),
    "both beside the south pole": (point(-89.9999, 0.0), point(-89.9999, 90.0)),
    "1,500 km": (point(60.0, -10.0), point(55.0, 12.0)),
    "3,900 km": (point(40.0, -60.0), point(52.0, -12.0)),
    "eleven metres": (point(35.0, 25.0), point(35.0001, 25.0)),
}

EDGES = {
    "1 degree at 52 N": (point(52.0, 20.0), point(52.0, 21.0)),
    "2 degrees at 52 N": (point(52.0, 20.0), point(52.0, 22.0)),
    "5 degrees at 52 N": (point(52.0, 20.0), point(52.0, 25.0)),
    "30 degrees at 60 N": (point(60.0, -20.0), point(60.0, 10.0)),
    "short and oblique": (point(44.01, 33.02), point(44.06, 33.11)),
    "across the antimeridian": (point(64.0, 178.5), point(65.5, -178.0)),
    "along the antimeridian": (point(-20.0, -180.0), point(-18.0, -180.0)),
    "along the equator": (point(0.0, -30.0), point(0.0, -27.0)),
    "across the equator": (point(-1.0, 100.0), point(1.5, 101.0)),
    "past the north pole at 11 km": (point(89.0, 0.0), point(89.0, 168.0)),
    "through the north pole": (point(88.0, 40.0), point(88.5, -140.0)),
    "past the south pole": (point(-87.0, 10.0), point(-88.0, 170.0)),
}


def circle_cases() -> list[Case]:
    cases = []
    for name, (a, b) in CENTRES.items():
        apart = distance(a, b)
        for word, total in (("meet", math.ceil(apart) + 1), ("clear", math.floor(apart) - 2)):
            first = total // 2
            pair = circle(a, first), circle(b, total - first)
            cases.append(areas_case(f"{name}: {word}", *pair, total - apart))
    a, b = point(52.0, 179.99), point(52.0, -179.99)
    cases.append(
        areas_case(
            "22 m of overlap, antimeridian", circle(a, 697), circle(b, 698), 1395 - distance(a, b)
        )
    )
    cases.append(
        areas_case("one inside the other", circle(a, 9000), circle(b, 10), 9010 - distance(a, b))
    )
    cases.append(areas_case("the same circle twice", circle(a, 50), circle(a, 50), 100.0))
    return cases


def edge_cases() -> list[Case]:
    """A circle on one side of an edge whose polygon, or corridor, lies on the other."""
    cases = []
    for name, (a, b) in EDGES.items():
        third = beside(a, b, 0.4, -distance(a, b) / 3)
        for fraction, off in ((0.5, 800.0), (0.23, 5_000.0)):
            centre = beside(a, b, fraction, off)
            apart = edge_distance(centre, a, b)
            for word, radius in (("meet", math.ceil(apart) + 1), ("clear", math.floor(apart) - 2)):
                case = f"{name}, at {fraction}: {word}"
                cases.append(
                    areas_case(
                        f"polygon {case}",
                        polygon([a, b, third]),
                        circle(centre, radius),
                        radius - apart,
                    )
                )
                cases.append(
                    areas_case(
                        f"corridor {case}",
                        corridor([a, b], 200),
                        circle(centre, radius - 200),
                        radius - apart,
                    )
                )
    return cases


def tip_cases() -> list[Case]:
    """Two polygons: the tip of one is some metres inside, or short of, an edge of the other."""
    cases = []
    for name, (a, b) in EDGES.items():
        third = beside(a, b, 0.4, -distance(a, b) / 3)
        for word, off in (("meet", -3.0), ("clear", 3.0)):
            tip = beside(a, b, 0.45, off)
            far = [beside(a, b, 0.44, 900.0), beside(a, b, 0.46, 900.0)]
            margin = math.copysign(edge_distance(tip, a, b), -off)
            cases.append(
                areas_case(
                    f"tip at an edge of {name}: {word}",
                    polygon([a, b, third]),
                    polygon([tip, *far]),
                    margin,
                )
            )
    return cases


def corridor_cases() -> list[Case]:
    """Two corridors: one ends so far from the other's path, so its round end just meets it."""
    cases = []
    for name, (a, b) in EDGES.items():
        end, start = beside(a, b, 0.6, 2_500.0), beside(a, b, 0.62, 9_000.0)
        apart = edge_distance(end, a, b)
        for word, total in (("meet", math.ceil(apart) + 1), ("clear", math.floor(apart) - 2)):
            cases.append(
                areas_case(
                    f"{name}: {word}",
                    corridor([a, b], 1_000),
                    corridor([start, end], total - 1_000),
                    total - apart,
                )
            )
    a, b, c, d = point(10, 10), point(11, 11), point(10, 11), point(11, 10)
    cases.append(areas_case("paths that cross", corridor([a, b], 30), corridor([c, d], 40), 70.0))
    return cases


def square(latitude: float, longitude: float, half: float) -> list[Point]:
    return [
        point(latitude - half, longitude - half),
        point(latitude - half, longitude + half),
        point(latitude + half, longitude + half),
        point(latitude + half, longitude - half),
    ]


def around_pole(latitude: float, count: int = 8) -> list[Point]:
    return [point(latitude, number * 360 / count - 180) for number in range(count)]


def inside_cases() -> list[Case]:
    """One wholly inside the other, or inside its hole; poles and the antimeridian inside."""
    cases = []
    for name, latitude, longitude in (
        ("plain", 47.0, 8.0),
        ("antimeridian", 66.0, 180.0),
        ("equator and Greenwich", 0.0, 0.0),
    ):
        outer, hole = square(latitude, longitude, 1.0), square(latitude, longitude, 0.5)
        small = polygon(square(latitude, longitude, 0.1))
        over = polygon(square(latitude, longitude, 0.6))
        dot = circle(point(latitude, longitude), 1_000)
        ring = polygon(outer, hole)
        cases += [
            areas_case(f"{name}: polygon inside polygon", polygon(outer), small, None, True),
            areas_case(f"{name}: circle inside polygon", polygon(outer), dot, None, True),
            areas_case(f"{name}: polygon inside a hole", ring, small, None, False),
            areas_case(f"{name}: circle inside a hole", ring, dot, None, False),
            areas_case(f"{name}: polygon over a hole", ring, over, None, True),
            areas_case(
                f"{name}: polygon in the rim",
                ring,
                polygon(square(latitude + 0.75, longitude, 0.1)),
                None,
                True,
            ),
            areas_case(f"{name}: the same polygon twice", ring, ring, None, True),
            areas_case(
                f"{name}: turned the other way", polygon(outer), polygon(outer[::-1]), None, True
            ),
            areas_case(
                f"{name}: a cross without a corner inside",
                polygon(
                    [
                        point(latitude - 2, longitude - 0.1),
                        point(latitude - 2, longitude + 0.1),
                        point(latitude + 2, longitude + 0.1),
                        point(latitude + 2, longitude - 0.1),
                    ]
                ),
                polygon(outer),
                None,
                True,
            ),
        ]
    for name, sign in (("north", 1), ("south", -1)):
        cap, inner = around_pole(sign * 80.0), around_pole(sign * 85.0)
        pole = point(sign * 90.0, 0.0)
        triangle = polygon([point(sign * 89.0, 0), point(sign * 89.0, 120), point(sign * 89, -120)])
        cases += [
            areas_case(
                f"{name} pole: circle on the pole in a polar ring",
                polygon(cap),
                circle(pole, 10),
                None,
                True,
            ),
            areas_case(
                f"{name} pole: circle in the hole over the pole",
                polygon(cap, inner),
                circle(pole, 1_000),
                None,
                False,
            ),
            areas_case(
                f"{name} pole: polygon over the pole in a polar ring",
                polygon(cap),
                triangle,
                None,
                True,
            ),
            areas_case(
                f"{name} pole: beside the polar ring",
                polygon(cap),
                circle(point(sign * 79.0, 3.0), 1_000),
                None,
                False,
            ),
            areas_case(
                f"{name} pole: the other pole",
                polygon(cap),
                circle(point(sign * -90.0, 0.0), 1_000),
                None,
                False,
            ),
            areas_case(
                f"{name} pole: an edge through the pole",
                polygon(
                    [point(sign * 88.0, 20), point(sign * 88.0, -160), point(sign * 85.0, -70)]
                ),
                circle(pole, 1),
                None,
                True,
            ),
        ]
    return cases


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


def invalid_cases() -> list[Case]:
    """Volumes that must be refused, each for the one rule named (spec/volume.md)."""
    dot = circle(point(10.0, 10.0), 100)
    box = square(10.0, 10.0, 1.0)
    bow = [box[0], box[2], box[1], box[3]]
    line = [point(10.0, 10.0), point(10.0001, 10.0), point(10.0003, 10.0)]
    fold = [point(10.0, 10.0), point(11.0, 10.0), point(11.0, 11.0), point(10.5, 10.0)]
    many = [point(math.sin(n / 1000 * math.pi), math.cos(n / 1000 * math.pi)) for n in range(2001)]
    wide = [point(0.0, 0.0), point(0.0, 85.0), point(0.0, 170.0), point(40.0, 85.0)]
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
    ]
    return [{"rule": rule, "name": name, "volume": bad} for rule, name, bad in rows]


FILES = {
    "circles": circle_cases,
    "edges": edge_cases,
    "tips": tip_cases,
    "corridors": corridor_cases,
    "inside": inside_cases,
    "heights": height_cases,
    "windows": window_cases,
    "invalid": invalid_cases,
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in FILES.items():
        lines = ",\n".join(json.dumps(case) for case in make())
        (folder / f"{name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    here = Path(__file__).resolve().parent.parent
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else here / "vectors" / "volume")
