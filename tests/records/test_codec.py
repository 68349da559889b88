"""Typed slots: each sort at its limits, both ways, and complaints that name the slot."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import pytest

from firebreak.errors import InvalidValue, Malformed
from firebreak.records.areas import AREA, HEIGHT, HEIGHTS, MAX_POINTS, PATH, POSITION
from firebreak.records.cbor import Plain
from firebreak.records.codec import (
    Choice,
    Codec,
    Flag,
    Integer,
    Items,
    Maybe,
    Nothing,
    Octets,
    OneOf,
    Struct,
    Text,
)
from firebreak.values import DEGREE, Height, HeightReference, HeightUnit, Position
from firebreak.volumes import Circle, Corridor, Heights, Polygon


class Colour(IntEnum):
    RED = 1
    BLUE = 3


@dataclass(frozen=True)
class Pair:
    left: int
    right: str

    def __post_init__(self) -> None:
        if self.left == 7:
            raise InvalidValue("Seven is out of order.")


@dataclass(frozen=True)
class Empty:
    pass


PAIR = Struct(Pair, left=Integer(0, 9), right=Text(3))

TAKEN: list[tuple[Codec[Any], Plain, Any]] = [
    (Integer(-1, 5), -1, -1),
    (Integer(-1, 5), 5, 5),
    (Flag(), 0, False),
    (Flag(), 1, True),
    (Text(3), "abc", "abc"),
    (Text(3, least=0), "", ""),
    (Octets(1, 2), b"ab", b"ab"),
    (Choice(Colour), 3, Colour.BLUE),
    (Maybe(Integer()), (), None),
    (Maybe(Integer()), 4, 4),
    (Items(Integer(), 2), (), ()),
    (Items(Integer(), 2), (1, 1), (1, 1)),
    (PAIR, (3, "x"), Pair(3, "x")),
    (OneOf({5: PAIR}), (5, 3, "x"), Pair(3, "x")),
    (Nothing(Empty), (), Empty()),
    (POSITION, (-90 * DEGREE, -180 * DEGREE), Position(-90 * DEGREE, -180 * DEGREE)),
    (PATH, (1, 2, 3, 4), (Position(1, 2), Position(3, 4))),
    (AREA, (0, (1, 2), 3), Circle(Position(1, 2), 3)),
    (AREA, (1, (1, 2), ((3, 4),)), Polygon((Position(1, 2),), ((Position(3, 4),),))),
    (AREA, (2, (1, 2), 3), Corridor((Position(1, 2),), 3)),
    (HEIGHT, (95, 2, 3), Height(95, HeightUnit(2), HeightReference(3))),
    (HEIGHTS, ((), (5, 1, 2)), Heights(None, Height(5, HeightUnit(1), HeightReference(2)))),
]

REFUSED: list[tuple[Codec[Any], Plain, str]] = [
    (Integer(-1, 5), -2, "is -2, outside -1 to 5"),
    (Integer(-1, 5), 6, "is 6, outside -1 to 5"),
    (Integer(), "1", "should be an integer"),
    (Integer(), (), "should be an integer"),
    (Flag(), 2, "should be 0 or 1"),
    (Flag(), -1, "should be 0 or 1"),
    (Flag(), "1", "should be 0 or 1"),
    (Flag(), b"\x01", "should be 0 or 1"),
    (Flag(), (), "should be 0 or 1"),
    (Text(3), "", "has 0 characters; 1 to 3"),
    (Text(3), "abcd", "has 4 characters; 1 to 3"),
    (Text(3), b"abc", "should be a text"),
    (Octets(1, 2), b"", "has 0 bytes; 1 to 2"),
    (Octets(1, 2), b"abc", "has 3 bytes; 1 to 2"),
    (Octets(1, 2), "ab", "should be bytes"),
    (Choice(Colour), 2, "has the unknown code 2"),
    (Choice(Colour), "RED", "should be an integer code"),
    (Maybe(Integer(0, 5)), 6, "outside"),
    (Items(Integer(), 2, least=1), (), "has 0 items; 1 to 2"),
    (Items(Integer(), 2), (1, 2, 3), "has 3 items; 0 to 2"),
    (Items(Integer(), 2), 1, "should be an array"),
    (PAIR, (3,), "should be an array of 2"),
    (PAIR, (3, "x", "x"), "should be an array of 2"),
    (PAIR, 3, "should be an array of 2"),
    (PAIR, (3, "four"), "^right: has 4 characters"),
    (PAIR, ("x", 3), "^left: should be an integer"),
    (PAIR, (7, "x"), "Seven is out of order"),
    (OneOf({5: PAIR}), (), "begins with a code"),
    (OneOf({5: PAIR}), (4, 3, "x"), "unknown code 4"),
    (OneOf({5: PAIR}), ("5", 3, "x"), "begins with a code"),
    (Nothing(Empty), (0,), "should be empty"),
    (POSITION, (90 * DEGREE + 1, 0), "outside -90 to 90"),
    (POSITION, (170 * DEGREE, 55 * DEGREE), "swapped"),
    (POSITION, (0, 180 * DEGREE), "outside -180 to 180"),
    (POSITION, (181 * DEGREE, 0), "^latitude_e7: is"),
    (PATH, (1, 2, 3), "in turn"),
    (PATH, (), "has 0 points"),
    (PATH, (1, 2) * (MAX_POINTS + 1), "has 2001 points"),
    (AREA, (3, (1, 2), 3), "unknown code 3"),
    (AREA, (0, (1, 2), 0), "^radius_m: is 0"),
    (AREA, (0, (1, 2), 20_000_001), "^radius_m"),
    (AREA, (1, (1, 2), ((3, 4),) * 65), "^holes: has 65 items"),
    (HEIGHT, (95, 2, 1), "flight level"),
    (HEIGHT, (95, 1, 3), "flight level"),
    (HEIGHT, (200_001, 1, 1), "^value: is"),
    (HEIGHTS, ((), ()) * 2, "array of 2"),
]


@pytest.mark.parametrize(("codec", "plain", "value"), TAKEN)
def test_both_halves(codec: Codec[Any], plain: Plain, value: Any) -> None:
    assert codec.value(plain) == value
    assert codec.plain(value) == plain


@pytest.mark.parametrize(("codec", "plain", "words"), REFUSED)
def test_refusals(codec: Codec[Any], plain: Plain, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        codec.value(plain)


@pytest.mark.parametrize(
    ("codec", "value"),
    [
        (Integer(0, 5), 6),
        (Integer(0, 5), True),
        (Flag(), 2),
        (Text(3), "abcd"),
        (Text(30), "a\u202eb"),
        (Text(30), "cafe\u0301"),
        (Octets(1, 2), b""),
        (Items(Integer(), 2), (1, 2, 3)),
        (PAIR, Pair(3, "four")),
        (PATH, ()),
        (AREA, Circle(Position(0, 0), 0)),
    ],
)
def test_what_would_be_refused_is_not_written(codec: Codec[Any], value: Any) -> None:
    with pytest.raises(Malformed):
        codec.plain(value)


def test_slots_stand_in_the_order_of_the_fields() -> None:
    with pytest.raises(TypeError, match="Pair"):
        Struct(Pair, right=Text(3), left=Integer())
