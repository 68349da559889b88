"""Kinds, durations and sizes as agreement drafts write them; the one spelling of each is accepted.

What is written here reads back to the same value. Times, positions and heights are in figures.py.
"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from fractions import Fraction
from typing import Any, TypeVar

from firebreak.errors import InvalidValue
from firebreak.values import LATEST, Millis

E = TypeVar("E", bound=IntEnum)

MINUTES_OF_A_DAY = 1_440
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DURATIONS = {"h": 3_600_000, "min": 60_000, "s": 1_000, "ms": 1}
_SIZES = {"GiB": 1 << 30, "MiB": 1 << 20, "KiB": 1 << 10, "B": 1}
_LENGTHS = {"km": 1_000, "m": 1}
_FEET = {"ft": 1}
_NAUTICAL_MILE = 1_852
_QUARTER = _NAUTICAL_MILE // 4
"""Decimals of a nautical mile that are whole metres are its quarters."""
_MEASURE = re.compile(r"([0-9]{1,15}) ?([A-Za-z]{1,3})", re.ASCII)
_MILES = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,2})?) ?NM", re.ASCII)
_CLOCK = re.compile(r"([01][0-9]|2[0-3])([0-5][0-9])Z", re.ASCII)
_NUMBERED = re.compile(r"kind-([1-9][0-9]{0,2})", re.ASCII)


def name_of(member: IntEnum) -> str:
    """A member of a closed list: `line-check-reply`."""
    return member.name.lower().replace("_", "-")


def named(options: type[E], text: str) -> E:
    """The member of this name. Raises InvalidValue, listing the names."""
    for member in options:
        if name_of(member) == text:
            return member
    names = ", ".join(name_of(member) for member in options)
    raise InvalidValue(f"{text!r} is none of: {names}")


def code_name(options: type[IntEnum], code: int) -> str:
    """The name of a code; `kind-77` for one that this version does not know."""
    try:
        return name_of(options(code))
    except ValueError:
        return f"kind-{code}"


def code_named(options: type[IntEnum], text: str) -> int:
    """The code of this name, or of `kind-77`. Raises InvalidValue."""
    if (found := _NUMBERED.fullmatch(text)) and int(found[1]) not in {int(o) for o in options}:
        return int(found[1])
    return int(named(options, text))


def toml_table(text: str, what: str) -> dict[str, Any]:
    """The table of a TOML text. what: how the refusal names it. Raises InvalidValue.

    TOMLDecodeError is a ValueError; an integer of more digits than Python reads is another.
    """
    try:
        return tomllib.loads(text)
    except ValueError as error:
        raise InvalidValue(f"{what} is not TOML: {error}. Correct it.") from error
    except RecursionError:
        raise InvalidValue(f"{what} is nested too deeply to be read. Correct it.") from None


def duration_text(millis: int) -> str:
    """48 h, 10 min, 90 s or 250 ms: the largest unit that is exact; nothing is 0 min."""
    return _measure_text(millis, _DURATIONS) if millis else "0 min"


def parse_duration(text: str) -> int:
    """Milliseconds of `48 h`, `10 min`, `90 s` or `250 ms`. Raises InvalidValue."""
    return _parse_measure(text, _DURATIONS, "a duration such as 48 h, 10 min, 90 s or 250 ms")


def size_text(count: int) -> str:
    """64 MiB: the largest unit that is exact."""
    return _measure_text(count, _SIZES)


def parse_size(text: str) -> int:
    """Bytes of `64 MiB`, `512 KiB` or `100 B`. Raises InvalidValue."""
    return _parse_measure(text, _SIZES, "a size such as 64 MiB, 512 KiB or 100 B")


def length_text(metres: int) -> str:
    """500 km or 1852 m: the largest unit that is exact; nothing is 0 m."""
    return _measure_text(metres, _LENGTHS) if metres else "0 m"


def parse_length(text: str) -> int:
    """Metres of `500 km` or `1852 m`. Raises InvalidValue."""
    return _parse_measure(text, _LENGTHS, "a distance such as 500 km or 1852 m")


def separation_text(metres: int) -> str:
    """5 NM, 0.5 NM, 10 km or 1000 m: nautical miles where they are exact."""
    miles, rest = divmod(metres, _NAUTICAL_MILE)
    if not metres or rest % _QUARTER:
        return length_text(metres)
    return f"{miles}{('', '.25', '.5', '.75')[rest // _QUARTER]} NM"


def parse_separation(text: str) -> int:
    """Metres of `5 NM`, `0.5 NM`, `10 km` or `926 m`. Raises InvalidValue."""
    found = _MILES.fullmatch(text)
    if found is None:
        return _parse_measure(text, _LENGTHS, "a distance such as 5 NM, 0.5 NM, 10 km or 926 m")
    metres = Fraction(found[1]) * _NAUTICAL_MILE
    if metres.denominator != 1:
        raise InvalidValue(f"{text!r} is not a whole number of metres; give quarters of a mile")
    return int(metres)


def feet_text(feet: int) -> str:
    """1000 ft: never grouped."""
    return _measure_text(feet, _FEET)


def parse_feet(text: str) -> int:
    """Feet of `1000 ft`. Raises InvalidValue."""
    return _parse_measure(text, _FEET, "a difference of heights such as 1000 ft")


def clock_text(minute: int) -> str:
    """0900Z: a minute of the UTC day."""
    return f"{minute // 60:02}{minute % 60:02}Z"


def parse_clock(text: str) -> int:
    """The minute of the UTC day of `0900Z`. Raises InvalidValue."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise InvalidValue(f"{text!r} is no time of day; write it as 0900Z")
    return int(found[1]) * 60 + int(found[2])


def time_text(millis: int) -> str:
    """RFC 3339 in UTC: 2026-12-22T12:00:00Z, with milliseconds where there are any."""
    moment = _EPOCH + timedelta(milliseconds=millis)
    fraction = f".{millis % 1_000:03}" if millis % 1_000 else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def millis_of(moment: datetime) -> Millis:
    """The time of an aware datetime in UTC. Raises InvalidValue for any other."""
    if moment.utcoffset() != timedelta(0):
        raise InvalidValue("times are in UTC and end in Z, as in 2026-12-22T12:00:00Z")
    millis, rest = divmod(moment - _EPOCH, timedelta(milliseconds=1))
    if rest or not 0 <= millis <= LATEST:
        raise InvalidValue("times are in whole milliseconds, from 1970 to 9999")
    return Millis(millis)


def _measure_text(value: int, units: dict[str, int]) -> str:
    unit = next(name for name, factor in units.items() if value % factor == 0)
    return f"{value // units[unit]} {unit}"


def _parse_measure(text: str, units: dict[str, int], wanted: str) -> int:
    found = _MEASURE.fullmatch(text)
    if found is None or found[2] not in units:
        raise InvalidValue(f"{text!r} is not {wanted}")
    return int(found[1]) * units[found[2]]
