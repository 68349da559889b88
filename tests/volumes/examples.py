"""Short ways to write volumes, and to read those of vectors/volume/."""

import json
from pathlib import Path
from typing import Any

from firebreak.values import Height, HeightReference, HeightUnit, Millis, Position
from firebreak.volumes import Area, Circle, Corridor, Heights, Polygon, Volume, Window

VECTORS = Path(__file__).parents[2] / "vectors" / "volume"
ANY_HEIGHT = Heights(None, None)
AN_HOUR = Window(Millis(0), Millis(3_600_000))


def at(latitude: float, longitude: float) -> Position:
    """The position nearest to these degrees; longitude may be beyond 180."""
    units = round(longitude * 1e7)
    return Position(round(latitude * 1e7), (units + 1_800_000_000) % 3_600_000_000 - 1_800_000_000)


def degrees(position: Position) -> tuple[float, float]:
    return position.latitude_e7 / 1e7, position.longitude_e7 / 1e7


def ring(*corners: tuple[float, float]) -> tuple[Position, ...]:
    return tuple(at(*corner) for corner in corners)


def box(latitude: float, longitude: float, half: float) -> tuple[Position, ...]:
    south, north, west, east = latitude - half, latitude + half, longitude - half, longitude + half
    return ring((south, west), (south, east), (north, east), (north, west))


def over(area: Area) -> Volume:
    """This area at any height, for an hour."""
    return Volume(area, ANY_HEIGHT, AN_HOUR)


def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def read_volume(volume: dict[str, Any]) -> Volume:
    lower, upper = (_height(limit) for limit in volume["heights"])
    start, end = volume["window"]
    return Volume(_area(volume["area"]), Heights(lower, upper), Window(Millis(start), Millis(end)))


def _height(limit: list[Any] | None) -> Height | None:
    if limit is None:
        return None
    value, unit, reference = limit
    return Height(value, HeightUnit[unit], HeightReference[reference])


def _area(area: dict[str, Any]) -> Area:
    match area["kind"]:
        case "circle":
            return Circle(Position(*area["centre"]), area["radius_m"])
        case "corridor":
            return Corridor(_positions(area["path"]), area["half_width_m"])
        case _:
            holes = tuple(_positions(hole) for hole in area["holes"])
            return Polygon(_positions(area["outer"]), holes)


def _positions(points: list[list[int]]) -> tuple[Position, ...]:
    return tuple(Position(*point) for point in points)
