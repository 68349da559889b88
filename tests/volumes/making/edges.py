"""Circles, edges, tips, corridors and containment, on both sides of where areas meet."""

import math

from tests.volumes.making.earth import (
    Case,
    areas_case,
    around_pole,
    beside,
    circle,
    corridor,
    distance,
    edge_distance,
    point,
    polygon,
    square,
)

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

MORE_CENTRES = {
    "across Greenwich": (point(51.4, -0.3), point(51.6, 0.4)),
    "across the antimeridian, 2,900 km": (point(60.0, 160.0), point(40.0, -165.0)),
    "over the north pole, 3,300 km": (point(75.0, 30.0), point(75.2, -150.0)),
    "over the south pole, 900 km": (point(-86.0, 100.0), point(-85.9, -80.0)),
    "centre on the south pole": (point(-90.0, 45.0), point(-89.0, 12.0)),
    "far south": (point(-54.8, -68.3), point(-53.2, -70.9)),
    "four metres": (point(-33.0, 151.0), point(-33.0, 151.00004)),
    "four metres, antimeridian": (point(71.0, 179.99995), point(71.0, -179.99995)),
}


def both_sides(apart: float, name: str) -> list[tuple[str, int]]:
    """Whole metres of reach that meet across `apart`, or miss, by 1 m to 2 m; and the case's name."""
    return [(f"{name}: meet", math.ceil(apart) + 1), (f"{name}: clear", math.floor(apart) - 1)]


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
    for name, (a, b) in MORE_CENTRES.items():
        apart = distance(a, b)
        for case, total in both_sides(apart, name):
            first = max(1, total * 49 // 100)
            pair = circle(a, first), circle(b, total - first)
            cases.append(areas_case(case, *pair, total - apart))
    for name, (a, b) in CENTRES.items():
        apart, total = distance(a, b), math.floor(distance(a, b)) - 1
        pair = circle(a, total * 49 // 100), circle(b, total - total * 49 // 100)
        cases.append(areas_case(f"{name}: just clear", *pair, total - apart))
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


def mixed_cases() -> list[Case]:
    """A corridor against a polygon, each with its end or tip at the other; a circle at a bend."""
    cases = []
    for name, (a, b) in EDGES.items():
        third = beside(a, b, 0.4, -distance(a, b) / 3)
        wedge = polygon([a, b, third])
        end, start = beside(a, b, 0.35, 1_500.0), beside(a, b, 0.33, 8_000.0)
        apart = edge_distance(end, a, b)
        for case, half in both_sides(apart, f"end of a corridor at an edge of {name}"):
            cases.append(areas_case(case, wedge, corridor([start, end], half), half - apart))
        for word, off in (("meet", 598.0), ("clear", 602.0)):
            tip = beside(a, b, 0.55, off)
            spike = polygon([tip, beside(a, b, 0.54, 2_500.0), beside(a, b, 0.56, 2_500.0)])
            margin = 600 - edge_distance(tip, a, b)
            case = f"tip of a polygon at a corridor along {name}: {word}"
            cases.append(areas_case(case, corridor([a, b], 600), spike, margin))
        lone = beside(a, b, 0.4, -distance(a, b) / 3 - 3_000)
        apart = distance(lone, third)
        for case, radius in both_sides(apart - 250, f"circle at the bend of a corridor on {name}"):
            bent = corridor([a, third, b], 250)
            cases.append(areas_case(case, bent, circle(lone, radius), radius + 250 - apart))
    return cases
