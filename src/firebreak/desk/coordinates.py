"""Is this position what was meant? Doubts about it, each explained; none is a verdict (H-6).

In Syria wrong coordinates made both sides lose their trust in the list. What is looked for here is
what people do: swap latitude and longitude, lose a sign, write degrees and minutes as decimals, read
a map of another datum, or point at the wrong town.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from firebreak.desk.entries.humanitarian import Doubt
from firebreak.errors import InvalidValue
from firebreak.records.figures import compact_position
from firebreak.values import DEGREE, Position
from firebreak.volumes import Area, Circle, Corridor, Polygon, distance_m

NEAR_M = 10_000
"""A site lies within this of the place that it is said to lie at or near."""
MUCH_NEARER = 4
"""How many times nearer another reading of the same digits must lie to be worth a word."""
SAME_PLACE_M = 1_200
"""A datum moves a position by less than this; what differs by more differs for another reason."""
SEEN_SHIFT_M = 40
"""A datum that moves a position by less cannot be told from an inexact one."""
SHIFT_AGREES_M = 30
ROUNDED_E7 = DEGREE // 100
"""Of a position that is given to 0.01 degree only, about 1 km."""
MOST_PLACES = 200_000


@dataclass(frozen=True, slots=True)
class Place:
    """A named place. exact: its position is that of the very building, good to some 10 m."""

    name: str
    position: Position
    exact: bool = False


class Gazetteer:
    """Named places, found by name whatever the case and the spaces."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places: dict[str, list[Place]] = {}
        for place in places:
            self._places.setdefault(_folded(place.name), []).append(place)

    def named(self, name: str) -> Sequence[Place]:
        """Every place of this name; `Kabul, east of the river` is looked for as `Kabul`, too."""
        whole = self._places.get(_folded(name), [])
        return whole or self._places.get(_folded(name.partition(",")[0]), [])


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One doubt, why, and what would follow from it. meant: the position that it would make."""

    doubt: Doubt
    why: str
    meant: Position | None = None


def positions_of(area: Area) -> tuple[Position, ...]:
    """The positions that somebody wrote down to give an area."""
    match area:
        case Circle(centre):
            return (centre,)
        case Polygon(outer):
            return outer
        case Corridor(path):
            return path


def suspicions(position: Position, place: str, gazetteer: Gazetteer) -> list[Suspicion]:
    """What is suspect in a position that is said to lie at or near a named place."""
    found = list(_by_itself(position))
    places = gazetteer.named(place)
    if not places:
        why = f"No place called {place!r} is in the gazetteer: the distance was not looked at."
        return [*found, Suspicion(Doubt.PLACE_UNKNOWN, why)]
    nearest = min(places, key=lambda known: distance_m(known.position, position))
    away = distance_m(nearest.position, position)
    if away > NEAR_M:
        why = f"It lies {_kilometres(away)} from {nearest.name}."
        found.append(Suspicion(Doubt.FAR_FROM_PLACE, why))
        found += _misread(position, places, away)
    found += _datums(position, places)
    return found


def _by_itself(position: Position) -> Iterator[Suspicion]:
    if abs(position.latitude_e7) < DEGREE // 10 and abs(position.longitude_e7) < DEGREE // 10:
        yield Suspicion(Doubt.NULL_ISLAND, "It lies where latitude and longitude are nought.")
    elif not (position.latitude_e7 % ROUNDED_E7 or position.longitude_e7 % ROUNDED_E7):
        yield Suspicion(Doubt.ROUNDED, "It is given to 0.01 degree only: good to about 1 km.")


def _misread(position: Position, places: Sequence[Place], away: float) -> Iterator[Suspicion]:
    """Other readings of the same digits that lie near the place, where the one given does not."""
    told: set[Doubt] = set()
    for doubt, how, other in _readings(position):
        if doubt in told:
            continue
        nearest = min(places, key=lambda known: distance_m(known.position, other))
        metres = distance_m(nearest.position, other)
        if metres <= NEAR_M and metres * MUCH_NEARER <= away:
            told.add(doubt)
            where = f"{compact_position(other)}, {_kilometres(metres)} from {nearest.name}"
            yield Suspicion(doubt, f"{how} it would be {where}.", other)


def _readings(position: Position) -> Iterator[tuple[Doubt, str, Position]]:
    latitude, longitude = position.latitude_e7, position.longitude_e7
    for doubt, how, numbers in (
        (Doubt.SWAPPED, "With latitude and longitude changed over", (longitude, latitude)),
        (Doubt.SIGN, "In the other hemisphere, north or south,", (-latitude, longitude)),
        (Doubt.SIGN, "In the other hemisphere, east or west,", (latitude, -longitude)),
        (Doubt.SIGN, "In the other hemispheres", (-latitude, -longitude)),
    ):
        if made := _position(*numbers):
            yield doubt, how, made
    for doubt, how, read in (
        (Doubt.DEGREES_AND_MINUTES, "Read as degrees and minutes", _as_minutes),
        (Doubt.DEGREES_AND_MINUTES, "Read as decimal degrees", _as_decimals),
        (Doubt.DEGREES_MINUTES_SECONDS, "Read as degrees, minutes and seconds", _as_seconds),
    ):
        north, east = read(latitude), read(longitude)
        if north is None or east is None or (north, east) == (latitude, longitude):
            continue
        if made := _position(north, east):
            yield doubt, how, made


def _as_minutes(e7: int) -> int | None:
    """34.3021 is perhaps 34°30.21': the decimals, with the point two places on, as minutes."""
    degrees, rest = divmod(abs(e7), DEGREE)
    return None if rest * 100 >= 60 * DEGREE else _signed(degrees * DEGREE + rest * 100 // 60, e7)


def _as_decimals(e7: int) -> int | None:
    """34°30.21' is perhaps 34.3021: minutes as decimals."""
    degrees, rest = divmod(abs(e7), DEGREE)
    return _signed(degrees * DEGREE + rest * 60 // 100, e7)


def _as_seconds(e7: int) -> int | None:
    """34.3021 is perhaps 34°30'21": two decimals as minutes, two as seconds."""
    degrees, rest = divmod(abs(e7), DEGREE)
    minutes, seconds = divmod(rest, DEGREE // 100)
    if minutes >= 60 or seconds * 10_000 >= 60 * DEGREE:
        return None
    return _signed(degrees * DEGREE + minutes * DEGREE // 60 + seconds * 10_000 // 3_600, e7)


def _signed(e7: int, like: int) -> int:
    return -e7 if like < 0 else e7


def _position(latitude_e7: int, longitude_e7: int) -> Position | None:
    try:
        return Position(latitude_e7, longitude_e7)
    except InvalidValue:
        return None


# Datums


@dataclass(frozen=True, slots=True)
class _Datum:
    """An ellipsoid (semi-major axis in m, inverse flattening) and its shift to WGS 84 in m."""

    axis: float
    inverse_flattening: float
    shift: tuple[float, float, float]


_INTERNATIONAL, _CLARKE_1880 = (6_378_388.0, 297.0), (6_378_249.145, 293.465)
_DATUMS: Mapping[str, _Datum] = {
    "ED50 (Europe)": _Datum(*_INTERNATIONAL, (-87.0, -98.0, -121.0)),
    "ED50 (Iraq to Syria)": _Datum(*_INTERNATIONAL, (-103.0, -106.0, -141.0)),
    "Pulkovo 1942": _Datum(6_378_245.0, 298.3, (28.0, -130.0, -95.0)),
    "Adindan": _Datum(*_CLARKE_1880, (-166.0, -15.0, 204.0)),
    "Ain el Abd": _Datum(*_INTERNATIONAL, (-143.0, -236.0, 7.0)),
    "Nahrwan 1967": _Datum(*_CLARKE_1880, (-243.0, -192.0, 477.0)),
    "Kandawala": _Datum(6_377_276.345, 300.8017, (-97.0, 787.0, 86.0)),
    "Tokyo": _Datum(6_377_397.155, 299.1528128, (-148.0, 507.0, 685.0)),
    "NAD27": _Datum(6_378_206.4, 294.9786982, (-8.0, 160.0, 176.0)),
}
"""Of maps still in use where there is war or was. Shifts: EPSG's three-parameter ones (1133, 1135,
1254, 1100, 1111, 1190, 1157, 1230, 1173): good to some 10 m."""
_WGS84 = (6_378_137.0, 298.257223563)


def _datums(position: Position, places: Sequence[Place]) -> Iterator[Suspicion]:
    """Known to lie there exactly, and the difference is just what another datum makes."""
    for place in places:
        away = distance_m(place.position, position)
        if not place.exact or not SEEN_SHIFT_M <= away <= SAME_PLACE_M:
            continue
        off = {name: distance_m(shifted(position, name), place.position) for name in _DATUMS}
        name = min(off, key=off.__getitem__)
        if off[name] <= SHIFT_AGREES_M:
            why = (
                f"It lies {round(away)} m from {place.name} as the gazetteer has it: just what the"
                f" datum {name} makes. It must be of WGS 84."
            )
            yield Suspicion(Doubt.OTHER_DATUM, why, shifted(position, name))
            return


def shifted(position: Position, datum: str) -> Position:
    """A position of another datum, on WGS 84; to some 10 m, height left out of account."""
    known = _DATUMS[datum]
    x, y, z = (
        part + move
        for part, move in zip(
            _geocentric(position, known.axis, known.inverse_flattening), known.shift, strict=True
        )
    )
    axis, flattening = _WGS84[0], 1 / _WGS84[1]
    squared = flattening * (2 - flattening)
    across = math.hypot(x, y)
    latitude = math.atan2(z, across * (1 - squared))
    for _ in range(4):  # to far below 1 mm
        normal = axis / math.sqrt(1 - squared * math.sin(latitude) ** 2)
        latitude = math.atan2(z + squared * normal * math.sin(latitude), across)
    longitude = math.degrees(math.atan2(y, x))
    return Position(
        round(math.degrees(latitude) * DEGREE),
        round((longitude + 180) % 360 * DEGREE - 180 * DEGREE),
    )


def _geocentric(position: Position, axis: float, inverse: float) -> tuple[float, float, float]:
    latitude = math.radians(position.latitude_e7 / DEGREE)
    longitude = math.radians(position.longitude_e7 / DEGREE)
    squared = (2 - 1 / inverse) / inverse
    normal = axis / math.sqrt(1 - squared * math.sin(latitude) ** 2)
    return (
        normal * math.cos(latitude) * math.cos(longitude),
        normal * math.cos(latitude) * math.sin(longitude),
        normal * (1 - squared) * math.sin(latitude),
    )


def _kilometres(metres: float) -> str:
    return f"{metres / 1_000:.1f} km" if metres < 100_000 else f"{metres / 1_000:.0f} km"
