"""Areas on the earth: circle, polygon, corridor; and the rules that need no geometry.

Source: spec/volume.md, V-1 to V-6. All measures are whole numbers; edges and distances are
shortest paths on WGS 84. A constructor takes anything; `firebreak.volumes.check` judges it.
"""

from dataclasses import dataclass
from typing import TypeAlias

from firebreak.errors import InvalidValue
from firebreak.values import Position

MOST_VERTICES = 2_000
"""In one area, holes included."""

GREATEST_RADIUS_M = 2_000_000
"""Of a circle, and of the half width of a corridor."""

LONGEST_EDGE_M = 10_000_000
"""Between adjacent vertices: shortly before the shortest path stops being unique."""

LONGEST_OUTLINE_M = 100_000_000
"""All edges of one area together."""

HEMISPHERE_M2 = 255_000_000_000_000
"""Half of the earth, 255.03 million km², rounded down: no area is larger."""


@dataclass(frozen=True, slots=True)
class Circle:
    """All points at most radius_m metres from the centre, 1 to 2,000,000."""

    centre: Position
    radius_m: int


@dataclass(frozen=True, slots=True)
class Polygon:
    """What a ring of shortest paths encloses, its edges included, less the inside of the holes.

    The first vertex is not repeated at the end; either direction of turning is fine. Inside is
    the side that holds the ring's middle region: the ring must fit into 80 degrees of arc around
    the mean direction of its vertices, so there is one such side. A pole may lie inside.
    """

    outer: tuple[Position, ...]
    holes: tuple[tuple[Position, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Corridor:
    """All points at most half_width_m metres from a path of shortest paths; so with round ends."""

    path: tuple[Position, ...]
    half_width_m: int


Area: TypeAlias = Circle | Polygon | Corridor


def check_whole(value: object, name: str) -> None:
    """Raises InvalidValue unless value is an int: a float may be NaN, and NaN hides conflicts."""
    # V-2, V-15
    if type(value) is not int and (isinstance(value, bool) or not isinstance(value, int)):
        raise InvalidValue(f"{name} is {value!r}, not a whole number; give a whole number.")


def _check_position(position: Position) -> None:
    check_whole(position.latitude_e7, "Latitude in units of 1e-7 degree")
    check_whole(position.longitude_e7, "Longitude in units of 1e-7 degree")


def _check_reach(metres: int, name: str) -> None:
    check_whole(metres, name)
    if not 1 <= metres <= GREATEST_RADIUS_M:  # V-2
        raise InvalidValue(
            f"{name} is {metres:,} m; give 1 m to {GREATEST_RADIUS_M:,} m, or use several areas."
        )


def _check_vertices(vertices: tuple[Position, ...], least: int, name: str) -> None:
    if len(vertices) < least:  # V-3
        raise InvalidValue(f"{name} has {len(vertices)} points; give at least {least}.")
    for position in vertices:
        _check_position(position)


def _check_count(count: int) -> None:
    if count > MOST_VERTICES:  # V-1
        raise InvalidValue(
            f"The area has {count:,} vertices; at most {MOST_VERTICES:,} are allowed. Simplify it"
            " outwards, or split it."
        )


def check_measures(area: Area) -> None:
    """V-1 to V-3: counts, whole numbers and bounds. Raises InvalidValue."""
    match area:
        case Circle(centre, radius_m):
            _check_position(centre)
            _check_reach(radius_m, "The radius")
        case Corridor(path, half_width_m):
            _check_count(len(path))
            _check_vertices(path, 2, "The corridor's path")
            _check_reach(half_width_m, "Half the corridor's width")
        case Polygon(outer, holes):
            _check_count(len(outer) + sum(len(hole) for hole in holes))
            _check_vertices(outer, 3, "The polygon")
            for number, hole in enumerate(holes, 1):
                _check_vertices(hole, 3, f"Hole {number}")
        case _:
            raise InvalidValue(f"{area!r} is no area; give a circle, a polygon or a corridor.")
