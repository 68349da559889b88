"""`firebreak notice`: announce, amend and cancel planned activity."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from firebreak.cli.attested import desk_of
from firebreak.cli.client import Client
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.inputs import area, future, optional_area, span
from firebreak.cli.manner import AgreementOption, Manner, sending
from firebreak.cli.output import opened, say, table
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
from firebreak.cli.render import JsonOption, print_json, short
from firebreak.cli.shown import margin_text
from firebreak.errors import InvalidValue
from firebreak.records.figures import heights_text, parse_heights, window_text
from firebreak.records.kinds import Amend, Cancel, Notice, Purpose
from firebreak.records.record import Record
from firebreak.records.slots import Span
from firebreak.records.spelling import name_of, named
from firebreak.values import Millis

app = noun(
    "notice",
    "A notice is neither permission nor protection. Only its originator changes it.",
)

Purposes = ", ".join(name_of(purpose) for purpose in Purpose)
ContactOption = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="How to reach somebody who knows.", show_default=False),
]
UnitOption = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="The unit, if it may be known.", show_default=False),
]


@app.command()
@sending
def file(
    purpose: Annotated[str, typer.Option(metavar="NAME", help=f"One of: {Purposes}.")],
    start: FromOption,
    contact: ContactOption,
    circle: CircleOption = None,
    polygon: PolygonOption = None,
    corridor: CorridorOption = None,
    end: ToOption = None,
    duration: ForOption = None,
    lower: LowerOption = "SFC",
    upper: UpperOption = "UNL",
    unit: UnitOption = None,
    reason: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Why it is late, if it is.", show_default=False),
    ] = None,
    text: TextOption = None,
    *,
    manner: Manner,
) -> None:
    """Announce planned activity. Shows first what it meets, and what was not read.

    \b
    Example:
      firebreak notice file --dir alpha --purpose training --circle "551230N0194512E 15NM" \\
        --from +2h --for 90min --lower FL095 --upper FL245 --contact "AOC duty, line 3"
    """
    desk = desk_of(manner)
    assert start is not None
    assert contact is not None
    notice = Notice(
        purpose=named(Purpose, purpose),
        area=area(circle, polygon, corridor),
        heights=parse_heights(lower or "SFC", upper or "UNL"),
        window=span(start, end, duration, desk.moment),
        contact=contact,
        unit=unit,
        late_reason=reason,
        words=manner.words(text, desk.language),
    )
    desk.send(notice)


@app.command()
@sending
def amend(
    beginning: IdArgument,
    circle: CircleOption = None,
    polygon: PolygonOption = None,
    corridor: CorridorOption = None,
    start: FromOption = None,
    end: ToOption = None,
    duration: ForOption = None,
    lower: LowerOption = None,
    upper: UpperOption = None,
    contact: ContactOption = None,
    unit: UnitOption = None,
    reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why it changes.", show_default=False)
    ] = None,
    text: TextOption = None,
    *,
    manner: Manner,
) -> None:
    """Change one of your own notices: what is not given stays as it is.

    \b
    Example:
      firebreak notice amend 3fa91c07 --dir alpha --to 221800Z --reason "weather"
    """
    desk = desk_of(manner)
    target = desk.target(beginning)
    old = target.record.body
    old = old.notice if isinstance(old, Amend) else old
    if not isinstance(old, Notice):
        raise InvalidValue(f"{beginning} is no notice. See: firebreak notice list")
    before = heights_text(old.heights)
    notice = Notice(
        purpose=old.purpose,
        area=optional_area(circle, polygon, corridor) or old.area,
        heights=parse_heights(lower or before[0], upper or before[1]),
        window=_window(target.record, old.window, desk.moment, (start, end, duration)),
        contact=contact or old.contact,
        unit=unit or old.unit,
        late_reason=old.late_reason,
        words=manner.words(text, desk.language) or old.words,
    )
    if _same(target.record, old, desk.moment, notice):
        raise InvalidValue(
            "Nothing is changed, so nothing is sent. Give what becomes different: --to, --upper …"
        )
    desk.send(Amend(notice, reason), target)


def _same(record: Record, old: Notice, moment: Millis, notice: Notice) -> bool:
    """Whether both announce the same, each window counted from when its record was composed."""
    moved = replace(notice.window, start=moment + notice.window.start - record.composed_at)
    return replace(notice, window=moved) == old


def _window(
    record: Record, old: Span, moment: Millis, given: tuple[str | None, str | None, str | None]
) -> Span:
    """The old window, seen from now, with its start or its end or both put elsewhere."""
    start, end, duration = given
    begins = record.composed_at + old.start
    first = begins if start is None else future(start, moment)
    if end is None and duration is None:
        stays = begins + old.duration if start is None else first + old.duration
        return Span(first - moment, stays - first)
    made = span("now", end, duration, Millis(first))
    return Span(first + made.start - moment, made.duration)


@app.command()
@sending
def cancel(
    beginning: IdArgument,
    reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why.", show_default=False)
    ] = None,
    *,
    manner: Manner,
) -> None:
    """Take back one of your own notices or hazard warnings.

    \b
    Example:
      firebreak notice cancel 3fa91c07 --dir alpha --reason "not flown"
    """
    desk = desk_of(manner)
    desk.send(Cancel(reason), desk.target(beginning))


@app.command(name="list")
def list_(
    directory: DirectoryOption = None,
    agreement: AgreementOption = None,
    as_data: JsonOption = False,
) -> None:
    """Show the notices and hazard warnings that hold, as far as they are held here.

    \b
    Example:
      firebreak notice list --dir alpha
    """
    answer = Client(opened(directory)).get("/notices", agreement=agreement)
    if as_data:
        print_json(answer)
        return
    rows = []
    for view in answer["records"]:
        body = view["body"].get("notice", view["body"])
        volume = view["volume"]
        rows.append(
            (
                short(view["id"]),
                view["party"],
                body.get("purpose") or f"hazard: {body['hazard']}",
                window_text(volume["start"], volume["end"]),
                f"{volume['lower']} to {volume['upper']}",
                view["standing"],
                "; ".join(margin_text(margin) for margin in view["conflicts"]) or "-",
            )
        )
    if rows:
        columns = ("Id", "Whose", "What", "When (UTC)", "Heights", "Standing", "Conflicts")
        table(rows, *columns, whole=2)
    say(answer["note"] if not rows else "A notice is neither permission nor protection.")
