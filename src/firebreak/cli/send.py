"""`firebreak send`: everything that is said but notices, acknowledgements and answers."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import typer

from firebreak.cli.attested import desk_of
from firebreak.cli.frame import noun
from firebreak.cli.inputs import area, optional_area, past, span
from firebreak.cli.manner import Manner, sending
from firebreak.cli.places import (
    CircleOption,
    CorridorOption,
    ForOption,
    FromOption,
    IdArgument,
    LowerOption,
    PolygonOption,
    TextOption,
    ToOption,
    UpperOption,
)
from firebreak.errors import InvalidValue
from firebreak.records.agreement import Channel
from firebreak.records.figures import parse_height, parse_heights, parse_position
from firebreak.records.kinds import (
    Clarify,
    Complaint,
    Correct,
    Declared,
    FreeText,
    Hazard,
    HazardWarning,
    Keep,
    LineState,
    NotUnderstood,
    ObjectReason,
    ObjectTo,
    Passed,
    Query,
    Read,
    Restraint,
    SayAgain,
    Statement,
    Topic,
)
from firebreak.records.slots import Span
from firebreak.records.spelling import name_of, named
from firebreak.values import Millis

app = noun(
    "send",
    "Each shows first what the other side will read, in both languages, then asks. Words in a"
    " language are authentic in it; a translation says who or what made it.",
)


def _names(options: type[IntEnum]) -> str:
    return ", ".join(name_of(member) for member in options)


PositionOption = Annotated[
    str | None,
    typer.Option("--position", metavar="POSITION", help="551230N0194512E", show_default=False),
]
NeededText = Annotated[str, typer.Option("--text", metavar="TEXT", help="In your own words.")]
ReasonText = Annotated[
    str | None,
    typer.Option("--reason", metavar="TEXT", help="The reason, if stated.", show_default=False),
]


@app.command()
@sending
def query(
    track: Annotated[str, typer.Option(metavar="NAME", help="How you call the track.")],
    position: Annotated[str, typer.Option(metavar="POSITION", help="Where it was seen.")],
    observed: Annotated[
        str, typer.Option(metavar="TIME", help="When: now, -2min, 221430Z.")
    ] = "now",
    height: Annotated[
        str | None, typer.Option(metavar="HEIGHT", help="FL245.", show_default=False)
    ] = None,
    speed: Annotated[
        int | None, typer.Option(metavar="KNOTS", min=0, max=20_000, show_default=False)
    ] = None,
    course: Annotated[
        int | None, typer.Option(metavar="DEGREES", min=0, max=359, show_default=False)
    ] = None,
    text: TextOption = None,
    *,
    manner: Manner,
) -> None:
    """Ask: is this yours? IMMEDIATE, and an answer within ten minutes unless agreed otherwise.

    An exact position tells how well you see: give it no finer than you mean to.

    \b
    Example:
      firebreak send query --dir alpha --track FB-0417 --position 551230N0194512E \\
        --observed -1min --precedence flash
    """
    desk = desk_of(manner)
    desk.send(
        Query(
            track=track,
            position=parse_position(position),
            observed=_behind(observed, desk.moment),
            height=None if height is None else parse_height(height),
            speed_kt=speed,
            course_degrees=course,
            words=manner.words(text, desk.language),
        )
    )


def _behind(text: str, moment: Millis) -> int:
    """A time that lies behind, relative to `moment`. Raises InvalidValue."""
    offset = past(text, moment) - moment
    if offset > 0:
        raise InvalidValue(f"{text} lies ahead. Say when it happened.")
    return offset


@app.command()
@sending
def statement(
    topic: Annotated[str, typer.Option(metavar="NAME", help=f"One of: {_names(Topic)}.")],
    text: NeededText,
    circle: CircleOption = None,
    polygon: PolygonOption = None,
    corridor: CorridorOption = None,
    start: FromOption = None,
    end: ToOption = None,
    duration: ForOption = None,
    *,
    manner: Manner,
) -> None:
    """Say what your side is doing, so that it is not read as a provocation. Needs a receipt only.

    \b
    Example:
      firebreak send statement --dir alpha --topic our-exercise --text "Live firing ends today." \\
        --release second-officer.key
    """
    desk = desk_of(manner)
    desk.send(
        Statement(
            topic=named(Topic, topic),
            words=manner.needed_words(text, desk.language),
            area=optional_area(circle, polygon, corridor),
            window=_optional_span(start, end, duration, desk.moment),
        )
    )


def _optional_span(
    start: str | None, end: str | None, duration: str | None, moment: Millis
) -> Span | None:
    if start is None:
        if end is not None or duration is not None:
            raise InvalidValue("Say when it begins, too: --from.")
        return None
    return span(start, end, duration, moment)


@app.command()
@sending
def restraint(
    keep: Annotated[str, typer.Option(metavar="NAME", help=f"One of: {_names(Keep)}.")],
    place: Annotated[str, typer.Option(metavar="TEXT", help="Away from where.")],
    circle: CircleOption = None,
    polygon: PolygonOption = None,
    corridor: CorridorOption = None,
    start: FromOption = None,
    end: ToOption = None,
    duration: ForOption = None,
    text: TextOption = None,
    *,
    manner: Manner,
) -> None:
    """Ask them to keep something away from somewhere. There is no field for a threat.

    \b
    Example:
      firebreak send restraint --dir alpha --keep drones --place "the lighthouse" --from now --for 4h
    """
    desk = desk_of(manner)
    desk.send(
        Restraint(
            keep=named(Keep, keep),
            place=place,
            area=optional_area(circle, polygon, corridor),
            window=_optional_span(start, end, duration, desk.moment),
            words=manner.words(text, desk.language),
        )
    )


@app.command()
@sending
def complaint(
    rule: Annotated[str, typer.Option(metavar="TEXT", help="The rule said to be broken.")],
    text: NeededText,
    happened: Annotated[str, typer.Option(metavar="TIME", help="When: 221430Z, -2h.")] = "now",
    position: PositionOption = None,
    *,
    manner: Manner,
) -> None:
    """Allege a breach. It belongs on the command channel, never on the tactical line.

    \b
    Example:
      firebreak send complaint --dir alpha --rule "article 4" --happened 221210Z \\
        --text "A helicopter crossed the agreed line."
    """
    desk = desk_of(manner)
    desk.send(
        Complaint(
            rule=rule,
            happened=_behind(happened, desk.moment),
            words=manner.needed_words(text, desk.language),
            position=None if position is None else parse_position(position),
        )
    )


@app.command()
@sending
def hazard(
    sort: Annotated[
        str, typer.Option("--hazard", metavar="NAME", help=f"One of: {_names(Hazard)}.")
    ],
    circle: CircleOption = None,
    polygon: PolygonOption = None,
    corridor: CorridorOption = None,
    start: FromOption = "now",
    end: ToOption = None,
    duration: ForOption = None,
    lower: LowerOption = "SFC",
    upper: UpperOption = "UNL",
    text: TextOption = None,
    *,
    manner: Manner,
) -> None:
    """Warn of danger in a volume of space and time. FLASH, and never held up.

    \b
    Example:
      firebreak send hazard --dir alpha --hazard drifting-mine --circle "5512N01945E 2NM" --for 6h
    """
    desk = desk_of(manner)
    desk.send(
        HazardWarning(
            hazard=named(Hazard, sort),
            area=area(circle, polygon, corridor),
            heights=parse_heights(lower or "SFC", upper or "UNL"),
            window=span(start or "now", end, duration, desk.moment),
            words=manner.words(text, desk.language),
        )
    )


@app.command()
@sending
def text(
    words: Annotated[str, typer.Argument(metavar="TEXT", help="What no other kind says.")],
    about: Annotated[
        str | None, typer.Option(metavar="ID", help="The record it is about.", show_default=False)
    ] = None,
    *,
    manner: Manner,
) -> None:
    """Send free text.

    \b
    Example:
      firebreak send text "Our interpreter is here until 2200Z." --dir alpha
    """
    desk = desk_of(manner)
    body = FreeText(manner.needed_words(words, desk.language))
    desk.send(body, None if about is None else desk.target(about))


@app.command()
@sending
def clarify(beginning: IdArgument, text: NeededText, *, manner: Manner) -> None:
    """Ask what a record of theirs means. The clock is 48 hours unless agreed otherwise.

    \b
    Example:
      firebreak send clarify 3fa91c07 --dir alpha --text "Does the area include the strait?"
    """
    desk = desk_of(manner)
    desk.send(Clarify(manner.needed_words(text, desk.language)), desk.target(beginning))


@app.command(name="object")
@sending
def object_(
    beginning: IdArgument,
    reason: Annotated[str, typer.Option(metavar="NAME", help=f"One of: {_names(ObjectReason)}.")],
    text: TextOption = None,
    *,
    manner: Manner,
) -> None:
    """Object to a notice of theirs.

    \b
    Example:
      firebreak send object 3fa91c07 --dir alpha --reason overlaps-ours
    """
    desk = desk_of(manner)
    body = ObjectTo(named(ObjectReason, reason), manner.words(text, desk.language))
    desk.send(body, desk.target(beginning))


@app.command()
@sending
def correct(
    beginning: IdArgument,
    field: Annotated[str, typer.Option(metavar="NAME", help="The field that is wrong.")],
    right: Annotated[str, typer.Option(metavar="TEXT", help="What it should read.")],
    *,
    manner: Manner,
) -> None:
    """Correct a slip in a record of your own. A notice's volume is changed by: notice amend.

    \b
    Example:
      firebreak send correct 3fa91c07 --dir alpha --field contact --right "AOC duty, line 4"
    """
    desk = desk_of(manner)
    desk.send(Correct(field, right), desk.target(beginning))


@app.command(name="say-again")
@sending
def say_again(
    beginning: IdArgument,
    field: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Only this field; as often as needed.", show_default=False
        ),
    ] = None,
    *,
    manner: Manner,
) -> None:
    """Ask them to say a record again, or some of its fields.

    \b
    Example:
      firebreak send say-again 3fa91c07 --dir alpha --field position
    """
    desk = desk_of(manner)
    desk.send(SayAgain(tuple(field or ())), desk.target(beginning))


@app.command(name="not-understood")
@sending
def not_understood(
    beginning: IdArgument,
    what: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Which part.", show_default=False)
    ] = None,
    *,
    manner: Manner,
) -> None:
    """Say: received, not understood.

    \b
    Example:
      firebreak send not-understood 3fa91c07 --dir alpha --what "the heights"
    """
    desk = desk_of(manner)
    desk.send(NotUnderstood(what), desk.target(beginning))


@app.command()
@sending
def read(beginning: IdArgument, *, manner: Manner) -> None:
    """Say that you have read a record: no more than that.

    \b
    Example:
      firebreak send read 3fa91c07 --dir alpha
    """
    desk = desk_of(manner)
    desk.send(Read(), desk.target(beginning))


@app.command()
@sending
def passed(
    beginning: IdArgument,
    to: Annotated[str, typer.Option("--passed-to", metavar="OFFICE", help="To whom.")],
    *,
    manner: Manner,
) -> None:
    """Say that a record was passed to somebody who may decide.

    \b
    Example:
      firebreak send passed 3fa91c07 --dir alpha --passed-to "chief of staff"
    """
    desk = desk_of(manner)
    desk.send(Passed(to), desk.target(beginning))


@app.command(name="line-state")
@sending
def line_state(
    declared: Annotated[str, typer.Argument(metavar="STATE", help=f"One of: {_names(Declared)}.")],
    of: Annotated[str, typer.Option(metavar="CHANNEL", help="The channel that it is about.")],
    reason: ReasonText = None,
    *,
    manner: Manner,
) -> None:
    """Declare a channel suspended, or resumed. Traffic may go on all the same; both are shown.

    \b
    Example:
      firebreak send line-state suspended --of air --dir alpha --reason "by order"
    """
    desk = desk_of(manner)
    channel = named(Channel, of)
    desk.terms(channel)
    desk.send(LineState(channel, named(Declared, declared), reason))
