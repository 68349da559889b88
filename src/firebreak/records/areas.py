"""Areas, heights and positions as slots: the wire's form of `volumes` (spec/record.md §4)."""

from firebreak.errors import Malformed
from firebreak.records.cbor import Plain
from firebreak.records.codec import Choice, Integer, Items, Maybe, OneOf, Struct
from firebreak.values import DEGREE, Height, HeightReference, HeightUnit, Position
from firebreak.volumes import Area, Circle, Corridor, Heights, Polygon

MAX_POINTS = 2_000
"""Vertices of one ring or path."""

POSITION = Struct(
    Position,
    latitude_e7=Integer(-180 * DEGREE, 180 * DEGREE),
    longitude_e7=Integer(-180 * DEGREE, 180 * DEGREE),
)
"""Two integers; `Position` itself refuses what is out of range, and says if they look swapped (R-13)."""


class _Path:
    """Positions as one flat array: latitude, longitude, latitude, longitude …"""

    def plain(self, value: tuple[Position, ...]) -> Plain:
        self._count(len(value))
        return tuple(
            number for point in value for number in (point.latitude_e7, point.longitude_e7)
        )

    def value(self, plain: Plain) -> tuple[Position, ...]:
        if not isinstance(plain, tuple) or len(plain) % 2:
            raise Malformed("should be an array of latitudes and longitudes in turn")
        self._count(len(plain) // 2)
        return tuple(POSITION.value(plain[at : at + 2]) for at in range(0, len(plain), 2))

    def _count(self, count: int) -> None:
        if not 1 <= count <= MAX_POINTS:
            raise Malformed(f"has {count} points; 1 to {MAX_POINTS} are allowed")


PATH = _Path()
AREA: OneOf[Area] = OneOf(
    {
        0: Struct(Circle, centre=POSITION, radius_m=Integer(1, 20_000_000)),
        1: Struct(Polygon, outer=PATH, holes=Items(PATH, 64)),
        2: Struct(Corridor, path=PATH, half_width_m=Integer(1, 20_000_000)),
    }
)
"""What the slots hold; whether an area is sound is judged apart (R-15, spec/volume.md)."""
HEIGHT = Struct(
    Height,
    value=Integer(-20_000, 200_000),
    unit=Choice(HeightUnit),
    reference=Choice(HeightReference),
)
"""`Height` itself refuses a unit that does not go with the reference (R-14)."""
HEIGHTS = Struct(Heights, lower=Maybe(HEIGHT), upper=Maybe(HEIGHT))
