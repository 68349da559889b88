"""`firebreak ack`: acknowledge with read-back."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from firebreak.cli.attested import desk_of
from firebreak.cli.compose import Desk, Target
from firebreak.cli.frame import noun
from firebreak.cli.inputs import area as read_area
from firebreak.cli.inputs import future, past
from firebreak.cli.manner import Manner, sending
from firebreak.cli.output import now, warn
from firebreak.cli.places import IdArgument
from firebreak.errors import InvalidValue
from firebreak.records.figures import (
    compact_position,
    exact_date_time_group,
    heights_text,
    parse_heights,
    parse_position,
)
from firebreak.records.kinds import Acknowledge, Amend, HazardWarning, Notice, Restraint
from firebreak.records.readback import (
    LONGEST,
    CriticalField,
    area_fields,
    check_word,
    compare_read_back,
    critical_fields,
    folded,
)
from firebreak.records.record import Record
from firebreak.volumes import Area, Circle, Corridor, Polygon

app = noun("ack")

ALL = "all"

_GROUP, _HEIGHT, _POSITION = "221430Z", "FL095 or 9500ft AMSL", "551230N0194512E"
_EXAMPLES = {
    "start": _GROUP,
    "end": _GROUP,
    "next word by": _GROUP,
    "observed": "22143007Z",
    "lower": f"{_HEIGHT} or SFC",
    "upper": f"{_HEIGHT} or UNL",
    "position": _POSITION,
    "reference": "3FA91C0754D2E810",
    "track": "FB-0417",
    "reply": "NOT OURS",
    "topic": "OUR EXERCISE",
    "keep": "DRONES",
    "place": "the lighthouse",
}
_SHAPES: dict[type, str] = {
    Circle: "551230N0194512E 15NM",
    Polygon: "5512N01945E; 5520N01945E; 5520N02010E, or the check word: 1A2B3C4D",
    Corridor: "5512N01945E; 5520N02010E; 5NM, or the check word: 1A2B3C4D",
}
_SHAPE_FIRST = re.compile(r"(?:circle|polygon|corridor|check)\s+", re.IGNORECASE)


@app.command()
@sending
def ack(
    beginning: IdArgument,
    read_back: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD=VALUE",
            help="A critical field as you understood it, for each; without it you are asked. In"
            " exercises `all` repeats what stands there, which proves nothing.",
            show_default=False,
        ),
    ] = None,
    *,
    manner: Manner,
) -> None:
    """Acknowledge a record of theirs: each critical field is read back as you understood it.

    To acknowledge is to say: understood. It is not consent. Type what you have on your own chart or
    slip, not what stands here: times, heights and areas in any form that `notice file` takes. What
    is not understood: firebreak send not-understood ID.

    \b
    Example:
      firebreak ack 3fa91c07 --dir alpha
      firebreak ack 3fa91c07 --dir alpha --read-back "topic=OUR EXERCISE"
    """
    desk = desk_of(manner)
    target = desk.target(beginning)
    fields = critical_fields(target.record)
    desk.show(target.record, target.channel)
    values = _values(desk, target.record, fields, read_back or [])
    differing = compare_read_back(fields, values)
    if differing:
        _warn(desk, target, fields, values, differing)
    desk.moment = now()
    desk.send(Acknowledge(tuple(values)), target)


def _values(
    desk: Desk, record: Record, fields: tuple[CriticalField, ...], given: list[str]
) -> list[str]:
    """What was understood, field by field: given, or asked for."""
    if given == [ALL]:
        if not desk.exercise:
            raise InvalidValue("Read back each field as you understood it; `all` is for exercises.")
        return [value for _, value in fields]
    known = _given(fields, given)
    values = []
    for field in fields:
        name, _ = field
        if name in known:
            typed = known[name]
        elif given:
            raise InvalidValue(f'Read back {name}, too: --read-back "{name}=…".')
        else:
            question = f"Read back {name}{_example(record, name)}"
            typed = str(typer.prompt(question, err=desk.manner.as_data)).strip()
        values.append(_read(record, field, typed))
    return values


def _example(record: Record, name: str) -> str:
    """The form in which a field is typed; never its value here."""
    if name == "area":
        example = _SHAPES.get(type(_area_of(record)))
    else:
        example = _POSITION if name.startswith("point ") else _EXAMPLES.get(name)
    return "" if example is None else f", for example {example}"


def _read(record: Record, field: CriticalField, typed: str) -> str:
    """What is signed: the field's own text where the words typed mean exactly that, else they."""
    name, stands = field
    try:
        meant = _meant(record, name, typed)
    except InvalidValue:
        meant = typed
    if meant == stands:
        return stands
    made = typed if len(typed) <= LONGEST else meant
    if len(made) > LONGEST:
        raise InvalidValue(f"The {name} read back has more than {LONGEST} characters. Shorten it.")
    return made


def _meant(record: Record, name: str, typed: str) -> str:
    """What was typed, in the form in which it is compared. Raises InvalidValue."""
    match name:
        case "start" | "end" | "next word by" | "observed":
            return _time(record, name, typed)
        case "lower":
            return heights_text(parse_heights(typed, "UNL"))[0].upper()
        case "upper":
            return heights_text(parse_heights("SFC", typed))[1].upper()
        case "area":
            return _area(_area_of(record), _SHAPE_FIRST.sub("", typed, count=1))
        case "reply" | "topic" | "keep":
            return typed.replace("-", " ").upper()
        case _ if name == "position" or name.startswith("point "):
            return compact_position(parse_position(typed))
        case _:
            return typed


def _time(record: Record, name: str, typed: str) -> str:
    """A group without month is the one nearest to when the record was composed, as at its author's;
    what counts from now (+2h) is no read-back."""
    if not typed[:1].isdecimal():
        raise InvalidValue(f"{typed!r} is no date-time group.")
    read = past if name == "observed" else future
    return exact_date_time_group(read(typed, record.composed_at))


def _area_of(record: Record) -> Area | None:
    match record.body:
        case Notice() | HazardWarning() | Restraint() as body:
            return body.area
        case Amend(notice):
            return notice.area
        case _:
            return None


def _area(area: Area | None, typed: str) -> str:
    """The area's own text if its check word or its outline was typed, else that of what was."""
    if area is None:
        return typed
    if not isinstance(area, Circle) and folded(typed) == check_word(area):
        return _text(area)
    made = _typed_area(area, typed)
    return _text(area if _outline(made) == _outline(area) else made)


def _typed_area(area: Area, typed: str) -> Area:
    """What was typed, read as an area of the same shape. Raises InvalidValue."""
    match area:
        case Circle():
            return read_area(typed, None, None)
        case Polygon():
            return read_area(None, typed, None)
        case Corridor():
            return read_area(None, None, typed)


def _text(area: Area) -> str:
    return area_fields(area)[0][1]


def _outline(area: Area) -> tuple[object, ...]:
    """All of an area, its positions as exact as they are shown and typed."""
    match area:
        case Circle(centre, radius_m):
            return (compact_position(centre), radius_m)
        case Polygon(outer, holes):
            return (*map(compact_position, outer), holes)
        case Corridor(path, half_width_m):
            return (*map(compact_position, path), half_width_m)


def _given(fields: tuple[CriticalField, ...], given: list[str]) -> dict[str, str]:
    names = [name for name, _ in fields]
    known: dict[str, str] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or name.strip() not in names:
            raise InvalidValue(
                f"{pair!r} is no read-back here. Write FIELD=VALUE; the fields are:"
                f" {', '.join(names) or 'none'}."
            )
        known[name.strip()] = value.strip()
    return known


def _warn(
    desk: Desk,
    target: Target,
    fields: tuple[CriticalField, ...],
    values: list[str],
    differing: list[str],
) -> None:
    """Say what differs before it is signed: perhaps a slip, perhaps a misunderstanding."""
    read = dict(zip((name for name, _ in fields), values, strict=True))
    stands = dict(fields)
    for name in differing:
        warn(f"DIFFERS in {name}: they wrote {stands[name]!r}, you read back {read[name]!r}.")
    warn("Sent so, it tells them that they were misunderstood.")
    desk.confirm("Send this read-back all the same?")
