"""Holes, poles, the very large and the very small, areas that touch, and places drawn by lot."""

import math
import random

from tests.volumes.making.earth import (
    EARTH,
    Case,
    Point,
    areas_case,
    around_pole,
    beside,
    circle,
    corridor,
    degrees,
    distance,
    edge_distance,
    point,
    polygon,
    square,
    towards,
)
from tests.volumes.making.edges import both_sides

PLACES = {
    "mid latitude": (point(47.0, 8.0), 40_000.0),
    "antimeridian": (point(66.0, 180.0), 60_000.0),
    "equator and Greenwich": (point(0.0, 0.0), 90_000.0),
    "around the north pole": (point(90.0, 0.0), 300_000.0),
    "near the south pole": (point(-89.9, 30.0), 50_000.0),
    "far south, 800 km": (point(-35.0, -70.0), 800_000.0),
    "200 m": (point(10.0, 10.0), 200.0),
    "60 m at the antimeridian": (point(-16.5, 180.0), 60.0),
}


def around(centre: Point, radius: float, count: int, turn: float = 0.0) -> list[Point]:
    """A regular ring, clockwise; so the inside is to the right of its edges."""
    return [towards(centre, turn + 360 * number / count, radius) for number in range(count)]


def hole_cases() -> list[Case]:
    """Inside a hole, close to its edge; the rim is the area."""
    cases = []
    for name, (centre, size) in PLACES.items():
        hole = around(centre, size / 2, 6)
        rim = polygon(around(centre, size, 8, 11.0), hole)
        a, b = hole[1], hole[2]
        spot = beside(a, b, 0.45, size / 10)
        apart = edge_distance(spot, a, b)
        for case, radius in both_sides(apart, f"{name}: circle in a hole, beside its edge"):
            cases.append(areas_case(case, rim, circle(spot, radius), radius - apart))
        deeper = beside(a, b, 0.5, size / 4)
        for case, half in both_sides(apart, f"{name}: corridor in a hole, its end beside the edge"):
            cases.append(areas_case(case, rim, corridor([deeper, spot], half), half - apart))
        far = [beside(a, b, 0.4, size / 5), beside(a, b, 0.6, size / 5)]
        for word, off in (("meet", -2.0), ("clear", 2.0)):
            tip = beside(a, b, 0.5, off)
            margin = math.copysign(edge_distance(tip, a, b), -off)
            case = f"{name}: tip of a polygon in a hole: {word}"
            cases.append(areas_case(case, rim, polygon([tip, *far]), margin))
        land = circle(beside(a, b, 0.5, -size / 6), max(1, round(size / 100)))
        cases.append(areas_case(f"{name}: circle in the rim", rim, land, None, True))
    centre = point(30.0, 100.0)
    holes = [square(30.0, 99.6, 0.3), square(30.0, 100.4, 0.3)]
    sieve = polygon(square(30.0, 100.0, 1.0), *holes)
    bridge = corridor([point(29.9, 100.0), point(30.1, 100.0)], 50)
    across = corridor([point(30.0, 99.6), point(30.0, 100.4)], 50)
    cases += [
        areas_case("on the bridge between two holes", sieve, bridge, None, True),
        areas_case("in the second of two holes", sieve, circle(point(30, 100.4), 900), None, False),
        areas_case("from hole to hole over the bridge", sieve, across, None, True),
        areas_case("ring in ring", sieve, polygon(square(30, 99.6, 0.29)), None, False),
        areas_case("a ring around it all", sieve, polygon(square(30, 100.0, 1.5)), None, True),
        areas_case(
            "two rims, one in the hole of the other",
            polygon(square(30.0, 100.0, 3.0), square(30.0, 100.0, 1.2)),
            sieve,
            None,
            False,
        ),
    ]
    return cases


def pole_cases() -> list[Case]:
    """Corners, edges, rings and paths at both poles."""
    cases = []
    for name, sign in (("north", 1), ("south", -1)):
        pole = point(sign * 90.0, 77.0)
        corner = polygon([pole, point(sign * 88.0, 0.0), point(sign * 88.0, 60.0)])
        lone = point(sign * 89.9, -150.0)
        apart = distance(lone, pole)
        for case, radius in both_sides(apart, f"{name}: circle across from a corner on the pole"):
            cases.append(areas_case(case, corner, circle(lone, radius), radius - apart))
        cap = around_pole(sign * 85.0, 5)
        centre = beside(cap[0], cap[1], 0.5, sign * 40_000.0)
        apart = edge_distance(centre, cap[0], cap[1])
        for case, radius in both_sides(apart, f"{name}: circle beside a ring of five"):
            cases.append(areas_case(case, polygon(cap), circle(centre, radius), radius - apart))
        path = [point(sign * 89.0, 20.0), point(sign * 89.0, -160.0)]
        lone = point(sign * 89.9, 110.0)
        apart = edge_distance(lone, *path) - 5_000
        for case, radius in both_sides(apart, f"{name}: circle beside a path over the pole"):
            cases.append(
                areas_case(case, corridor(path, 5_000), circle(lone, radius), radius - apart)
            )
        collar = around_pole(sign * 88.0)
        rim = polygon(around_pole(sign * 80.0), collar)
        apart = edge_distance(pole, collar[0], collar[1])
        for case, radius in both_sides(apart, f"{name}: circle on the pole in a hole over it"):
            cases.append(areas_case(case, rim, circle(pole, radius), radius - apart))
        loop = around_pole(sign * 86.0, 12)
        apart = edge_distance(pole, loop[0], loop[1]) - 30_000
        for case, radius in both_sides(apart, f"{name}: circle on the pole in a looped corridor"):
            ring = corridor([*loop, loop[0]], 30_000)
            cases.append(areas_case(case, ring, circle(pole, radius), radius - apart))
        for word, near, far in (("meet", 180.0, 0.0), ("clear", 0.0, 180.0)):
            cases.append(
                areas_case(
                    f"{name}: two tips from opposite sides of the pole: {word}",
                    polygon(
                        [
                            point(sign * 89.99999, near),
                            point(sign * 88.0, -30.0),
                            point(sign * 88.0, 30.0),
                        ]
                    ),
                    polygon(
                        [
                            point(sign * 89.99999, far),
                            point(sign * 88.0, 150.0),
                            point(sign * 88.0, -150.0),
                        ]
                    ),
                    None,
                    word == "meet",
                )
            )
        cases += [
            areas_case(
                f"{name}: the pole under two longitudes",
                circle(point(sign * 90.0, 0.0), 5),
                circle(point(sign * 90.0, -121.0), 6),
                11.0,
            ),
            areas_case(
                f"{name}: a corridor around the pole does not hold it",
                corridor([*loop, loop[0]], 30_000),
                polygon(around_pole(sign * 89.0, 3)),
                None,
                False,
            ),
            areas_case(
                f"{name}: two rings around the pole",
                polygon(around_pole(sign * 70.0, 6)),
                polygon(around_pole(sign * 60.0, 7)),
                None,
                True,
            ),
        ]
    return cases


LARGE = {
    "8,000 km, mid latitudes": (point(10.0, -30.0), 60.0),
    "8,000 km across the antimeridian": (point(-20.0, 150.0), 75.0),
    "8,000 km past the north pole": (point(55.0, 20.0), 12.0),
    "8,000 km along the equator": (point(0.0, -40.0), 90.0),
}


def large_cases() -> list[Case]:
    """Edges of 8,000 km, circles and half widths up to 2,000 km, a ring near a hemisphere's size."""
    cases = []
    for name, (a, azimuth) in LARGE.items():
        b = towards(a, azimuth, 8_000_000.0)
        wedge = polygon([a, b, beside(a, b, 0.5, -3_000_000.0)])
        for fraction in (0.5, 0.17):
            centre = beside(a, b, fraction, 1_200_000.0)
            apart = edge_distance(centre, a, b)
            for case, radius in both_sides(apart, f"{name}: circle beside a polygon at {fraction}"):
                cases.append(areas_case(case, wedge, circle(centre, radius), radius - apart))
            for case, radius in both_sides(
                apart - 300_000, f"{name}: circle beside a corridor at {fraction}"
            ):
                wide = corridor([a, b], 300_000)
                margin = radius + 300_000 - apart
                cases.append(areas_case(case, wide, circle(centre, radius), margin))
        for word, off in (("meet", -2.5), ("clear", 2.5)):
            tip = beside(a, b, 0.62, off)
            far = [beside(a, b, 0.5, 900_000.0), beside(a, b, 0.75, 900_000.0)]
            margin = math.copysign(edge_distance(tip, a, b), -off)
            case = f"{name}: tip of one large polygon at another: {word}"
            cases.append(areas_case(case, wedge, polygon([tip, *far]), margin))
        end = beside(a, b, 0.3, 2_500_000.0)
        start = beside(a, b, 0.2, 6_000_000.0)
        apart = edge_distance(end, a, b)
        for case, half in both_sides(apart - 1_000_000, f"{name}: two wide corridors"):
            pair = corridor([a, b], 1_000_000), corridor([start, end], half)
            cases.append(areas_case(case, *pair, half + 1_000_000 - apart))
    centre = point(20.0, 60.0)
    whole = around(centre, 8_000_000.0, 12)
    lone = beside(whole[3], whole[4], 0.5, -900_000.0)
    apart = edge_distance(lone, whole[3], whole[4])
    for case, radius in both_sides(apart, "circle beside a ring of 8,000 km around its middle"):
        cases.append(areas_case(case, polygon(whole), circle(lone, radius), radius - apart))
    other = point(-20.0, -120.0)
    cases += [
        areas_case("deep in a ring of 8,000 km", polygon(whole), circle(centre, 1), None, True),
        areas_case("opposite a ring of 8,000 km", polygon(whole), circle(other, 1), None, False),
        areas_case(
            "two rings of 8,000 km on opposite sides",
            polygon(whole),
            polygon(around(other, 8_000_000.0, 12)),
            None,
            False,
        ),
        areas_case(
            "two rings of 8,000 km that share the poles' side",
            polygon(whole),
            polygon(around(point(70.0, -120.0), 8_000_000.0, 12)),
            None,
            True,
        ),
    ]
    for case, total in both_sides(distance(point(5, 5), point(-20, 30)), "circles of 1,900 km"):
        pair = circle(point(5, 5), 1_900_000), circle(point(-20, 30), total - 1_900_000)
        margin = total - distance(point(5, 5), point(-20, 30))
        cases.append(areas_case(case, *pair, margin))
    return cases


SMALL = {
    "mid latitude": point(52.0, 20.0),
    "equator and Greenwich": point(0.0, 0.0),
    "antimeridian": point(-16.5, -180.0),
    "beside the north pole": point(89.9999, 33.0),
    "beside the south pole": point(-89.9999, 180.0),
}


def small_cases() -> list[Case]:
    """Areas of a few metres: a triangle, a circle, a corridor."""
    cases = []
    for name, a in SMALL.items():
        b = towards(a, 70.0, 12.0)
        patch = polygon([a, b, beside(a, b, 0.5, -9.0)])
        spot = beside(a, b, 0.5, 6.5)
        apart = edge_distance(spot, a, b)
        for case, radius in both_sides(apart, f"{name}: circle beside a triangle"):
            cases.append(areas_case(case, patch, circle(spot, radius), radius - apart))
        end = beside(a, b, 0.4, 9.0)
        reach = edge_distance(end, a, b)
        for case, half in both_sides(reach - 2, f"{name}: two corridors"):
            pair = corridor([a, b], 2), corridor([beside(a, b, 0.4, 15.0), end], half)
            cases.append(areas_case(case, *pair, half + 2 - reach))
        for word, off in (("meet", -1.5), ("clear", 1.5)):
            tip = beside(a, b, 0.5, off)
            far = [beside(a, b, 0.2, 8.0), beside(a, b, 0.8, 8.0)]
            margin = math.copysign(edge_distance(tip, a, b), -off)
            case = f"{name}: tip of a triangle at a triangle: {word}"
            cases.append(areas_case(case, patch, polygon([tip, *far]), margin))
        wide = circle(towards(a, 200.0, 900.0), 1_000)
        cases.append(areas_case(f"{name}: within a circle of 1,000 m", wide, patch, None, True))
    return cases


def touching_cases() -> list[Case]:
    """Areas with a vertex, or a whole edge, in common: the same numbers on both sides; they touch."""
    zone = square(50.0, 10.0, 0.5)
    polar = [point(90.0, 0.0), point(88.0, 0.0), point(88.0, 40.0)]
    under = [point(90.0, -123.0), point(88.0, 180.0), point(88.0, -140.0)]
    south = [point(-90.0, 0.0), point(-87.0, 10.0), point(-87.0, 80.0)]
    west = [point(5.0, -180.0), point(5.0, 179.0), point(6.0, 179.0), point(6.0, -180.0)]
    east = [point(5.0, -180.0), point(6.0, -180.0), point(6.0, -179.0), point(5.0, -179.0)]
    hole = square(50.0, 10.0, 0.2)
    rim = polygon(zone, hole)
    corner = zone[2]
    spur = [corner, point(52.0, 12.0)]
    rows: list[tuple[str, Case, Case]] = [
        ("a whole edge in common", polygon(zone), polygon(square(50.0, 11.0, 0.5))),
        ("one corner in common", polygon(zone), polygon(square(51.0, 11.0, 0.5))),
        ("a whole edge on the antimeridian", polygon(west), polygon(east)),
        ("corners on the north pole", polygon(polar), polygon(under)),
        (
            "corners on the south pole",
            polygon(south),
            polygon([south[0], (-870_000_000, -50), (-870_000_000, -900_000_000)]),
        ),
        ("a polygon that fills a hole", rim, polygon(hole)),
        ("the other way round fills it too", rim, polygon(hole[::-1])),
        (
            "a triangle in a hole, at its corner",
            rim,
            polygon([hole[0], point(50, 10), point(49.9, 10)]),
        ),
        ("a triangle in a hole, on one edge", rim, polygon([hole[0], hole[1], point(50, 10)])),
    ]
    cases = [areas_case(name, a, b, None, True) for name, a, b in rows]
    # Buffers reach over what their cores only touch.
    cases += [
        areas_case("a corridor that starts at a corner", polygon(zone), corridor(spur, 1), 1.0),
        areas_case("a circle on a corner", polygon(zone), circle(corner, 1), 1.0),
        areas_case(
            "corridors that end at one point",
            corridor(spur, 3),
            corridor([corner, zone[1]], 4),
            7.0,
        ),
        areas_case("a circle on a corner of a hole", rim, circle(hole[0], 2), 2.0),
    ]
    return cases


def drawn_cases() -> list[Case]:
    """Places, directions and sizes drawn by lot from a fixed seed, all over the earth."""
    lot = random.Random(20261122)
    cases = []
    for number in range(1, 26):
        latitude = math.degrees(math.asin(lot.uniform(-1, 1)))
        a = point(latitude, lot.uniform(-180, 180))
        length = 10 ** lot.uniform(3, 6)
        b = towards(a, lot.uniform(0, 360), length)
        away = length * lot.uniform(0.02, 0.3) + 20
        fraction = lot.uniform(0.1, 0.9)
        centre = beside(a, b, fraction, away)
        apart = edge_distance(centre, a, b)
        shape = lot.choice(["polygon", "corridor", "polygon with a hole"])
        half = 0
        third = beside(a, b, lot.uniform(0.3, 0.7), -length * lot.uniform(0.3, 0.6))
        match shape:
            case "corridor":
                half = max(1, math.floor(apart / 3))
                other = corridor([a, b], half)
            case "polygon":
                other = polygon([a, b, third])
            case _:
                inner = [_inward(corner, [a, b, third]) for corner in (a, b, third)]
                other = polygon([a, b, third], inner)
        for case, radius in both_sides(apart - half, f"lot {number}, circle beside a {shape}"):
            pair = other, circle(centre, radius)
            cases.append(areas_case(case, *pair, radius + half - apart))
    return cases


def _inward(corner: Point, triangle: list[Point]) -> Point:
    """A point from a corner towards the middle of the opposite edge."""
    first, second = (vertex for vertex in triangle if vertex != corner)
    line = EARTH.InverseLine(*degrees(first), *degrees(second))
    middle = line.Position(line.s13 / 2)
    way = EARTH.InverseLine(*degrees(corner), middle["lat2"], middle["lon2"])
    here = way.Position(way.s13 / 3)
    return point(here["lat2"], here["lon2"])
