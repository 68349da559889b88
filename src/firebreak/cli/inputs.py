"""Times, areas and words as officers type them. Every refusal names the forms that are taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import IntEnum
from fractions import Fraction

from firebreak.cli.output import now as this_moment
from firebreak.errors import InvalidValue
from firebreak.records.agreement import Channel
from firebreak.records.figures import (
    MONTHS,
    date_time_group_seconds,
    parse_date_time_group,
    parse_height,
    parse_position,
)
from firebreak.records.kinds import (
    Declared,
    Doubt,
    Hazard,
    Keep,
    Kind,
    ObjectReason,
    Purpose,
    Reply,
    Topic,
)
from firebreak.records.slots import MAX_OFFSET, Span, Translation, Translator, Words
from firebreak.records.spelling import code_named, named, parse_duration
from firebreak.store.directory import check_address
from firebreak.values import Millis, Position, Precedence
from firebreak.volumes import Area, Circle, Corridor, Polygon

_MINUTE, _HOUR = 60_000, 3_600_000
_SHORT_GROUP = re.compile(r"([0-9]{6}(?:[0-9]{2})?)Z", re.IGNORECASE)
_DISTANCE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?) ?(NM|km|m)", re.IGNORECASE)
_LAST_DISTANCE = re.compile(rf"(?<=[\s;]){_DISTANCE.pattern}$", re.IGNORECASE)
_ENDS_IN_UNIT = re.compile(r"[^\s;]+? ?(?:NM|km|m)$", re.IGNORECASE)
_SEPARATORS = "; \t\n\v\f\r\xa0\u2009\u202f"
_LONGEST_DISTANCE = 40
"""Characters at the end of an area among which its distance stands."""
_METRES = {"nm": 1_852, "km": 1_000, "m": 1}
_FORMS = "Write a date-time group (221430ZNOV26, or 221430Z), now, +2h, -10min."


# Times


def future(text: str, now: Millis) -> Millis:
    """A time that may lie ahead. A group without month is the next such time. Raises InvalidValue."""
    return _near(text, now, lambda times: next((t for t in times if t >= now - _HOUR), times[-1]))


def past(text: str, now: Millis) -> Millis:
    """A time that lies behind. A group without month is the last such time. Raises InvalidValue."""
    return _near(
        text, now, lambda times: next((t for t in times[::-1] if t <= now + _HOUR), times[0])
    )


def recorded(text: str, first: Millis) -> Millis:
    """A time in a recording whose first report is of `first`, however long ago. Raises InvalidValue.

    A group without month is the one nearest to the first report; +10min counts from that report.
    """
    if text.strip().lower() == "now":
        raise InvalidValue(
            "A recording has no now. Write a date-time group (170920ZSEP24, or 170920Z), or +10min."
        )
    try:
        return _time(text, first, lambda times: min(times, key=lambda t: abs(t - first)))
    except InvalidValue as error:
        said = str(error).removesuffix(_FORMS).strip()
        raise InvalidValue(
            f"{said} Write a date-time group (170920ZSEP24, or 170920Z), or +10min from its beginning."
        ) from error


def _near(text: str, now: Millis, choose: Callable[[list[Millis]], Millis]) -> Millis:
    """A time that a record can speak of."""
    moment = _time(text, now, choose)
    if abs(moment - now) > MAX_OFFSET:
        raise InvalidValue(
            f"{text.strip()} is more than 400 days away. Correct the year or the day."
        )
    return moment


def _time(text: str, now: Millis, choose: Callable[[list[Millis]], Millis]) -> Millis:
    plain = text.strip()
    if plain.lower() == "now":
        return now
    if plain[:1] in "+-" and plain:
        offset = parse_duration(plain[1:].strip())
        return Millis(now + offset if plain[0] == "+" else now - offset)
    try:
        if short := _SHORT_GROUP.fullmatch(plain):
            return choose(_in_months(short[1], now))
        return parse_date_time_group(plain)
    except InvalidValue as error:
        raise InvalidValue(f"{error} {_FORMS}") from error


def _in_months(digits: str, now: Millis) -> list[Millis]:
    """The same day and time in the month before, this one and the two after, where there is one."""
    group = date_time_group_seconds(now)
    month, year = MONTHS.index(group[9:12]), int(group[12:])
    found = []
    for step in (-1, 0, 1, 2):
        turns, place = divmod(month + step, 12)
        try:
            found.append(parse_date_time_group(f"{digits}Z{MONTHS[place]}{year + turns:02}"))
        except InvalidValue:
            continue
    if not found:
        raise InvalidValue(f"{digits}Z is no time of any day.")
    return found


def span(start: str, until: str | None, duration: str | None, now: Millis) -> Span:
    """A window from --from, and --to or --for, relative to `now`. Raises InvalidValue.

    Taken outwards to whole minutes: they are read back and said, and cover no less.
    """
    if (until is None) == (duration is None):
        raise InvalidValue("Say when it ends: either --to TIME or --for DURATION (90min, 2h).")
    begin = future(start, now)
    if duration is not None:
        end = begin + parse_duration(duration)
    else:
        assert until is not None
        # +2h counts from the beginning, as --for does: from now it could end before it begins.
        end = future(until, begin if until.strip().startswith("+") else now)
    if end <= begin:
        raise InvalidValue("It would end before it begins. Correct --from, --to or --for.")
    if end - begin > MAX_OFFSET:
        raise InvalidValue("It would last more than 400 days. Correct --from, --to or --for.")
    first = begin // _MINUTE * _MINUTE
    return Span(first - now, -(-end // _MINUTE) * _MINUTE - first)


# Places


def metres(text: str) -> int:
    """Whole metres of 15NM, 27.8km or 27780m, rounded up: never too small. Raises InvalidValue."""
    found = _DISTANCE.fullmatch(text.strip())
    exact = Fraction(0) if found is None else Fraction(found[1]) * _METRES[found[2].lower()]
    if exact <= 0:
        raise InvalidValue(
            f"{text!r}: a distance is a positive number with its unit. Write 15NM, 27.8km or 27780m."
        )
    return -(-exact.numerator // exact.denominator)


def area(circle: str | None, polygon: str | None, corridor: str | None) -> Area:
    """The one area given. Raises InvalidValue."""
    made = optional_area(circle, polygon, corridor)
    if made is None:
        raise InvalidValue("Say where: --circle, --polygon or --corridor.")
    return made


def optional_area(circle: str | None, polygon: str | None, corridor: str | None) -> Area | None:
    """The area given, if any. Raises InvalidValue for more than one."""
    given = [text for text in (circle, polygon, corridor) if text is not None]
    if len(given) > 1:
        raise InvalidValue("Give one of --circle, --polygon and --corridor, not several.")
    if circle is not None:
        where, size = _with_distance(circle, "--circle", "551230N0194512E 15NM")
        return Circle(parse_position(where), size)
    if polygon is not None:
        return Polygon(_points(polygon), ())
    if corridor is not None:
        where, size = _with_distance(corridor, "--corridor", "5512N01945E; 5520N02010E; 5NM")
        return Corridor(_points(where), size)
    return None


def _with_distance(text: str, option: str, example: str) -> tuple[str, int]:
    plain = text.strip()
    end = plain[-_LONGEST_DISTANCE:]
    found = _LAST_DISTANCE.search(end)
    where = "" if found is None else plain[: -len(found[0])].rstrip(_SEPARATORS)
    if found is None or not where:
        if ends := _ENDS_IN_UNIT.search(end):
            metres(ends[0])  # says what is wrong with it
        raise InvalidValue(f'{option} {text!r} lacks a distance at its end. Write "{example}".')
    return where, metres(found[0])


def _points(text: str) -> tuple[Position, ...]:
    """Positions between semicolons, or compact ones between spaces."""
    pieces = text.split(";") if ";" in text else text.split()
    return tuple(parse_position(piece) for piece in pieces if piece.strip())


# Words


def words(
    text: str | None, language: str, translation: str | None, into: str | None, machine: bool
) -> Words | None:
    """Free text in its author's language, with its translation if there is one."""
    if text is None:
        if translation is not None:
            raise InvalidValue("There is a translation, but no text of which. Give --text.")
        return None
    if (translation is None) != (into is None):
        raise InvalidValue("A translation needs both --translation TEXT and --translated-into.")
    if translation is None or into is None:
        return Words(language, text)
    translator = Translator.MACHINE if machine else Translator.PERSON
    return Words(language, text, Translation(into, translation, translator))


# Values by themselves, before the command begins


_NAMES: Mapping[tuple[str, str], type[IntEnum]] = {
    ("--precedence", "NAME"): Precedence,
    ("--channel", "NAME"): Channel,
    ("--of", "CHANNEL"): Channel,
    ("--purpose", "NAME"): Purpose,
    ("--topic", "NAME"): Topic,
    ("--keep", "NAME"): Keep,
    ("--hazard", "NAME"): Hazard,
    ("--doubt", "NAME"): Doubt,
    ("--reason", "NAME"): ObjectReason,
    ("reply", "REPLY"): Reply,
    ("declared", "STATE"): Declared,
}
"""The closed list from which an option or argument of this name and metavar is taken."""
_OPTIONS: Mapping[str, Callable[[str], object]] = {
    "--circle": lambda text: optional_area(text, None, None),
    "--polygon": lambda text: optional_area(None, text, None),
    "--corridor": lambda text: optional_area(None, None, text),
    "--kind": lambda text: code_named(Kind, text),
    "--listen": check_address,
}
_METAVARS: Mapping[str, Callable[[str], object]] = {
    "TIME": lambda text: future(text, this_moment()),
    "DATE-TIME": lambda text: recorded(text, this_moment()),
    "DURATION": parse_duration,
    "POSITION": parse_position,
    "HEIGHT": parse_height,
}


def check(option: str, metavar: str, text: str) -> None:
    """Raises InvalidValue for a value that no record could have here, whatever else is given."""
    if options := _NAMES.get((option, metavar)):
        named(options, text.lower() if options is Precedence else text)
    elif read := _OPTIONS.get(option) or _METAVARS.get(metavar):
        read(text)
