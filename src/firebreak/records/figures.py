"""Times, positions, heights and distances as people write them, the same in every language.

A number is never grouped and its decimal sign is always a point: "9,500" is nine and a half to half
of those who read these figures. Latin digits, UTC and fixed English months always. What is rounded
says which way. Sources: ACP 121 for date-time groups; ICAO Annex 15 for positions and heights.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from firebreak.errors import InvalidValue
from firebreak.values import DEGREE, LATEST, Height, HeightReference, HeightUnit, Millis, Position
from firebreak.volumes import Heights
from firebreak.volumes.heights import check_heights

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
SURFACE, UNLIMITED = "SFC", "UNL"
"""No lower limit (the surface and all below it), no upper limit."""

_SECOND, _MINUTE, _DAY = 1_000, 60_000, 86_400_000
_CYCLE_DAYS, _CYCLE_YEARS = 146_097, 400
_LAST_DAY = date.max.toordinal()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TENTHS = 36_000
"""Tenths of an arc-second in a degree."""
_NAUTICAL_MILE = 1_852
_UNITS = {HeightUnit.METRES: "m", HeightUnit.FEET: "ft"}
_REFERENCES = {
    HeightReference.ELLIPSOID: "HAE",
    HeightReference.MEAN_SEA_LEVEL: "AMSL",
    HeightReference.GROUND: "AGL",
}


# Times


def date_time_group(ms: int) -> str:
    """To the minute, rounded down: 221430ZNOV26. Years outside 2000 to 2099 keep all digits."""
    return _group(ms // _MINUTE * _MINUTE, with_seconds=False)


def date_time_group_seconds(ms: int) -> str:
    """To the second, rounded down: 22143007ZNOV26."""
    return _group(ms, with_seconds=True)


def exact_date_time_group(ms: int, up: bool = False) -> str:
    """To the minute if that is exact, else to the second, rounded down, or up on demand (P-13)."""
    whole = -(-ms // _SECOND) * _SECOND if up else ms // _SECOND * _SECOND
    return _group(whole, with_seconds=bool(whole % _MINUTE))


def window_text(start: int, end: int) -> str:
    """221430ZNOV26 to 221600ZNOV26; rounded outwards to the second, so it never says too little."""
    return f"{exact_date_time_group(start)} to {exact_date_time_group(end, up=True)}"


def _group(ms: int, with_seconds: bool) -> str:
    days, within = divmod(ms, _DAY)
    seconds = within // _SECOND
    ordinal = _EPOCH.toordinal() + days
    cycles = max(0, -((_LAST_DAY - ordinal) // _CYCLE_DAYS))  # a window may reach past year 9999
    day = date.fromordinal(ordinal - cycles * _CYCLE_DAYS)
    year = day.year + cycles * _CYCLE_YEARS
    clock = f"{seconds // 3_600:02}{seconds // 60 % 60:02}"
    if with_seconds:
        clock += f"{seconds % 60:02}"
    short = f"{year % 100:02}" if 2_000 <= year <= 2_099 else f"{year:04}"
    return f"{day.day:02}{clock}Z{MONTHS[day.month - 1]}{short}"


_GROUP = re.compile(
    r"([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})?([A-Z])([A-Z]{3})([0-9]{2}|[0-9]{4})"
)


def parse_date_time_group(text: str) -> Millis:
    """Read 221430ZNOV26 or 22143007ZNOV26; spaces and small letters do not matter.

    Raises InvalidValue, so too for any zone but Z.
    """
    found = _GROUP.fullmatch(_tight(text))
    if found is None:
        raise InvalidValue(f"{text!r} is no date-time group. Write it as 221430ZNOV26 (UTC).")
    day, hour, minute, second, zone, month, year = found.groups()
    if zone != "Z":
        raise InvalidValue(f"{text!r} is in time zone {zone}. Give it in UTC, with Z.")
    if month not in MONTHS:
        raise InvalidValue(f"{text!r}: {month} is no month. Write {', '.join(MONTHS)}.")
    try:
        moment = datetime(
            int(year) if len(year) == 4 else 2_000 + int(year),
            MONTHS.index(month) + 1,
            int(day),
            int(hour),
            int(minute),
            int(second or 0),
            tzinfo=UTC,
        )
    except ValueError as error:
        raise InvalidValue(f"{text!r} is no time of any day: {error}. Correct it.") from error
    ms = (moment - _EPOCH) // timedelta(milliseconds=1)
    if not 0 <= ms <= LATEST:
        raise InvalidValue(f"{text!r} is before 1970. Correct the year.")
    return Millis(ms)


# Positions


def dms(position: Position) -> str:
    """55°12′30.0″N 019°45′12.5″E, to the nearest tenth of an arc-second (2.2 m at most)."""
    (lat, lon), (north, east) = _sexagesimal(position)
    return (
        f"{lat[0]:02}°{lat[1]:02}′{lat[2]:02}.{lat[3]}″{north}"
        f" {lon[0]:03}°{lon[1]:02}′{lon[2]:02}.{lon[3]}″{east}"
    )


def compact_position(position: Position) -> str:
    """551230.0N 0194512.5E: the same to say and to type (P-14)."""
    (lat, lon), (north, east) = _sexagesimal(position)
    return (
        f"{lat[0]:02}{lat[1]:02}{lat[2]:02}.{lat[3]}{north}"
        f" {lon[0]:03}{lon[1]:02}{lon[2]:02}.{lon[3]}{east}"
    )


def decimal_position(position: Position) -> str:
    """55.2083333, 19.7534722: exact."""
    return f"{_decimal(position.latitude_e7)}, {_decimal(position.longitude_e7)}"


def _decimal(e7: int) -> str:
    whole, part = divmod(abs(e7), DEGREE)
    return f"{'-' if e7 < 0 else ''}{whole}.{part:07}"


def _sexagesimal(
    position: Position,
) -> tuple[tuple[tuple[int, int, int, int], tuple[int, int, int, int]], tuple[str, str]]:
    latitude, longitude = position.latitude_e7, position.longitude_e7
    letters = ("S" if latitude < 0 else "N", "W" if longitude < 0 else "E")
    return (_parts(latitude), _parts(longitude)), letters


def _parts(e7: int) -> tuple[int, int, int, int]:
    """Degrees, minutes, seconds, tenths; the nearest tenth, halves away from zero."""
    tenths = (2 * abs(e7) * _TENTHS + DEGREE) // (2 * DEGREE)
    return tenths // _TENTHS, tenths // 600 % 60, tenths // 10 % 60, tenths % 10


_NUMBER = r"[0-9]{2}(?:\.[0-9]+)?"
_COMPACT = re.compile(
    rf"(?P<lat>[0-9]{{0,4}}?{_NUMBER})(?P<north>[NS])(?P<lon>[0-9]{{1,5}}?{_NUMBER})(?P<east>[EW])"
)
_SIGNED = re.compile(r"([+-]?[0-9]{1,3}\.[0-9]+)(?: *, *| +)([+-]?[0-9]{1,3}\.[0-9]+)")
_WHOLE = re.compile(r"([+-]?[0-9]{1,3}(?:\.[0-9]+)?),[ ]*([+-]?[0-9]{1,3}(?:\.[0-9]+)?)")
"""Almost _SIGNED: one of the two numbers is whole, so the comma may be a decimal sign."""
_MARKED_NUMBER = r"([0-9]{1,3})°(?:([0-9]{1,2}(?:\.[0-9]+)?)'(?:([0-9]{1,2}(?:\.[0-9]+)?)\")?)?"
_MARKED = re.compile(rf"{_MARKED_NUMBER}([NS]){_MARKED_NUMBER}([EW])")
_TURNED = re.compile(r"[0-9][0-9.°'\"]*[EW],?[0-9][0-9.°'\"]*[NS]")
_MARKS = str.maketrans({"′": "'", "’": "'", "″": '"', "”": '"', "º": "°", "−": "-"})
_LONGEST = 80
"""Characters of a position: each form at its longest, with ten digits after every point."""
_FORMS = "Write 551230N 0194512E, 5512.5N 01945.2E or 55.2083, 19.7533 (latitude first)."


def parse_position(text: str) -> Position:
    """Read degrees, minutes and seconds (551230.0N 0194512.5E, 55°12′30.0″N 019°45′12.5″E), degrees
    and minutes (5512.5N 01945.2E) or decimal degrees with a point (55.2083, 19.7533).

    Latitude comes first. Rounded to the nearest 1e-7 degree. Raises InvalidValue (P-19).
    """
    plain = text.strip().translate(_MARKS)
    if len(plain) > _LONGEST:
        raise InvalidValue(f"“{plain[:_LONGEST]}…” is too long for a position. {_FORMS}")
    tight = re.sub(r"(?<=[NS]),", "", _tight(plain))
    if signed := _SIGNED.fullmatch(plain):
        return Position(*(_e7(Fraction(number)) for number in signed.groups()))
    if compact := _COMPACT.fullmatch(tight):
        latitude = _from_digits(compact["lat"], 2, text)
        longitude = _from_digits(compact["lon"], 3, text)
        return _placed(latitude, compact["north"], longitude, compact["east"])
    if marked := _MARKED.fullmatch(tight):
        latitude = _angle(marked[1], marked[2], marked[3], text)
        longitude = _angle(marked[5], marked[6], marked[7], text)
        return _placed(latitude, marked[4], longitude, marked[8])
    if _TURNED.match(tight):
        raise InvalidValue(f"In {text!r} the longitude comes first; give the latitude first.")
    if (whole := _WHOLE.fullmatch(plain)) and "." in plain:
        raise InvalidValue(_half_decimal(text, Fraction(whole[1]), Fraction(whole[2])))
    if re.search(r"[0-9],[0-9]", plain):
        raise InvalidValue(f"{text!r}: use a point as decimal sign. {_FORMS}")
    raise InvalidValue(f"{text!r} is no position. {_FORMS}")


def _half_decimal(text: str, latitude: Fraction, longitude: Fraction) -> str:
    """Why two numbers of which one is whole are no position: out of range, or not exact enough."""
    if abs(latitude) > 90:
        return f"{text!r}: the latitude, {_number(latitude)}, is outside -90 to 90 degrees."
    if abs(longitude) > 180:
        return f"{text!r}: the longitude, {_number(longitude)}, is outside -180 to 180 degrees."
    return f"{text!r}: write both numbers with a decimal point, as in 55.2, 19.0. {_FORMS}"


def _number(exact: Fraction) -> str:
    return f"{float(exact):g}"


def _from_digits(digits: str, width: int, text: str) -> Fraction:
    """DD, DDMM or DDMMSS by the count of digits before the point; width: digits of degrees."""
    whole = len(digits.partition(".")[0])
    degrees = digits[:width]
    if whole == width:
        return Fraction(digits)
    if whole == width + 2:
        return _angle(degrees, digits[width:], None, text)
    if whole == width + 4:
        return _angle(degrees, digits[width : width + 2], digits[width + 2 :], text)
    raise InvalidValue(
        f"{text!r}: {digits} has the wrong count of digits; latitude has two digits of degrees,"
        f" longitude three. {_FORMS}"
    )


def _angle(degrees: str, minutes: str | None, seconds: str | None, text: str) -> Fraction:
    minute, second = Fraction(minutes or 0), Fraction(seconds or 0)
    if minute >= 60 or second >= 60 or (seconds is not None and minute.denominator != 1):
        raise InvalidValue(f"{text!r}: minutes and seconds go from 0 to below 60. Correct them.")
    return Fraction(degrees) + minute / 60 + second / 3_600


def _placed(latitude: Fraction, north: str, longitude: Fraction, east: str) -> Position:
    lat = _e7(latitude) * (-1 if north == "S" else 1)
    lon = _e7(longitude) * (-1 if east == "W" else 1)
    return Position(lat, -180 * DEGREE if lon == 180 * DEGREE else lon)


def _e7(degrees: Fraction) -> int:
    """Nearest 1e-7 degree, halves away from zero, so that both signs are treated alike."""
    size = (abs(degrees) * DEGREE + Fraction(1, 2)).__floor__()
    return -size if degrees < 0 else size


# Heights and distances


def height_text(height: Height) -> str:
    """FL095, 9500 ft AMSL, 300 m AGL, 300 m HAE, above the WGS 84 ellipsoid (P-15)."""
    if height.unit is HeightUnit.HUNDREDS_OF_FEET:
        return f"FL{'-' if height.value < 0 else ''}{abs(height.value):03}"
    return f"{height.value} {_UNITS[height.unit]} {_REFERENCES[height.reference]}"


def heights_text(heights: Heights) -> tuple[str, str]:
    """Lower and upper; SFC and UNL where there is no limit."""
    lower = SURFACE if heights.lower is None else height_text(heights.lower)
    upper = UNLIMITED if heights.upper is None else height_text(heights.upper)
    return lower, upper


_LEAST_LEVEL, _MOST_LEVEL = -10, 999
_LEVEL = re.compile(r"FL(-?[0-9]{1,6})")
_MEASURED = re.compile(r"([+-]?[0-9]{1,6})(M|FT)(AMSL|MSL|AGL|HAE)")


def parse_height(text: str) -> Height | None:
    """Read FL095, 9500ft AMSL, 300m AGL, 300 m HAE; None for SFC (GND) and UNL: no limit.

    Raises InvalidValue, so too where unit or reference is missing.
    """
    tight = _tight(text)
    if tight in (SURFACE, "GND", UNLIMITED):
        return None
    if level := _LEVEL.fullmatch(tight):
        if not _LEAST_LEVEL <= int(level[1]) <= _MOST_LEVEL:
            raise InvalidValue(
                f"{text!r}: flight levels go from {_LEAST_LEVEL} to {_MOST_LEVEL}."
                " Correct it, or give feet or metres."
            )
        flight_level = HeightUnit.HUNDREDS_OF_FEET, HeightReference.STANDARD_PRESSURE
        return Height(int(level[1]), *flight_level)
    measured = _MEASURED.fullmatch(tight)
    if measured is None:
        raise InvalidValue(
            f"{text!r} is no height. Write FL095, 9500 ft AMSL, 300 m AGL, 300 m HAE, SFC or UNL:"
            " whole numbers, no separators, always unit and reference."
        )
    value, unit, reference = measured.groups()
    return Height(
        int(value),
        next(key for key, sign in _UNITS.items() if sign.upper() == unit),
        next(key for key, sign in _REFERENCES.items() if reference in (sign, sign[1:])),
    )


def parse_heights(lower: str, upper: str) -> Heights:
    """Read both limits. Raises InvalidValue, so too for UNL below, SFC above or upper below lower."""
    if _tight(lower) == UNLIMITED:
        raise InvalidValue("UNL is no lower height. Give a height, or SFC.")
    if _tight(upper) in (SURFACE, "GND"):
        raise InvalidValue("SFC is no upper height. Give a height above the surface, or UNL.")
    heights = Heights(parse_height(lower), parse_height(upper))
    try:
        check_heights(heights)
    except InvalidValue as error:
        low, high = heights_text(heights)
        raise InvalidValue(
            f"The upper height ({high}) is below the lower ({low}); exchange or correct them."
        ) from error
    return heights


def nautical_miles_text(metres: int) -> str:
    """15.0 NM: rounded up to a tenth, so that a reach is never said too small."""
    tenths = -(-10 * metres // _NAUTICAL_MILE)
    return f"{tenths // 10}.{tenths % 10} NM"


def distance_text(metres: int) -> str:
    """27780 m (15.0 NM): the metres are exact."""
    return f"{metres} m ({nautical_miles_text(metres)})"


def kilometres_text(metres: int) -> str:
    """27.78 km: exact, trailing noughts left out."""
    part = f"{metres % 1_000:03}".rstrip("0")
    return f"{metres // 1_000}{'.' if part else ''}{part} km"


def _tight(text: str) -> str:
    return "".join(text.split()).upper()
