"""`firebreak incident`: first report, next word, both accounts, facts, questions, closing, review."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from firebreak.cli.attested import desk_of
from firebreak.cli.client import Answer, Client
from firebreak.cli.files import check_attached, keep_attached, kept_attached
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.inputs import future, past
from firebreak.cli.manner import Manner, sending
from firebreak.cli.output import mark_line, now, opened, pairs, say, table
from firebreak.cli.places import IdArgument, TextOption, id_beginning
from firebreak.cli.render import JsonOption, print_json, short, when
from firebreak.errors import InvalidValue
from firebreak.records.figures import dms, parse_position
from firebreak.records.incidents import (
    Account,
    Assessment,
    Close,
    Finding,
    FindingAnswer,
    FindingReply,
    FindingSort,
    Incident,
    IncidentSort,
    Stance,
)
from firebreak.records.spelling import name_of, named
from firebreak.values import Millis, Position

app = noun(
    "incident",
    "The first report takes three fields and one signature. Both accounts stand side by side; nothing"
    " is decided by silence, and it is closed by both or by neither.",
)

_SORTS = ", ".join(name_of(each) for each in IncidentSort)
_STANCES = ", ".join(name_of(each) for each in Stance)

PlaceArgument = Annotated[str, typer.Argument(metavar="PLACE", help="Where, in words.")]
PositionOption = Annotated[
    str | None,
    typer.Option("--position", metavar="POSITION", help="551230N0194512E", show_default=False),
]
HappenedOption = Annotated[
    str, typer.Option("--happened", metavar="TIME", help="When: now, -5min, 221430Z.")
]
NeededText = Annotated[str, typer.Option("--text", metavar="TEXT", help="In your own words.")]


def _behind(text: str, moment: Millis) -> int:
    offset = past(text, moment) - moment
    if offset > 0:
        raise InvalidValue(f"{text} lies ahead. Say when it happened.")
    return offset


def _position(text: str | None) -> Position | None:
    return None if text is None else parse_position(text)


@app.command()
@sending
def report(
    sort: Annotated[str, typer.Argument(metavar="SORT", help=f"What: {_SORTS}.")],
    place: PlaceArgument,
    happened: HappenedOption = "now",
    position: PositionOption = None,
    accident: Annotated[
        bool, typer.Option("--accident", help="Say at once: an accident, not an attack.")
    ] = False,
    *,
    manner: Manner,
) -> None:
    """Make the first report: what, where, when. FLASH, and one signature; the rest may follow.

    \b
    Example:
      firebreak incident report missile-or-rocket "field near the border village" --dir alpha \\
        --happened -2min --accident
    """
    desk = desk_of(manner)
    stance = Stance.ACCIDENT_NOT_ATTACK if accident else None
    desk.send(
        Incident(
            named(IncidentSort, sort),
            _behind(happened, desk.moment),
            place,
            _position(position),
            stance,
        )
    )


@app.command()
@sending
def word(
    beginning: IdArgument,
    stance: Annotated[str, typer.Argument(metavar="STANCE", help=f"One of: {_STANCES}.")],
    next_word: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="When the next word comes (+20min); `assessing` always says so.",
            show_default=False,
        ),
    ] = None,
    text: TextOption = None,
    *,
    manner: Manner,
) -> None:
    """Say how far you are: assessing, nothing decided, next word by T; or what is sure.

    \b
    Example:
      firebreak incident word 3fa91c07 assessing --next-word +20min --dir alpha
    """
    desk = desk_of(manner)
    target = desk.target(beginning)
    by = None if next_word is None else future(next_word, desk.moment) - desk.moment
    desk.send(Assessment(named(Stance, stance), by, manner.words(text, desk.language)), target)


@app.command()
@sending
def account(
    beginning: IdArgument,
    place: PlaceArgument,
    text: NeededText,
    happened: HappenedOption,
    position: PositionOption = None,
    unit: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A unit that took part.", show_default=False),
    ] = None,
    damage: Annotated[str | None, typer.Option(metavar="TEXT", show_default=False)] = None,
    rule: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="The rule that you say applies.", show_default=False),
    ] = None,
    remedy: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What you ask for.", show_default=False)
    ] = None,
    attach: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="A file of evidence: kept here, named by its digest; send it by other ways.",
            show_default=False,
        ),
    ] = None,
    *,
    manner: Manner,
) -> None:
    """Give your side's account. A later one of yours takes its place; the other side gives its own.

    \b
    Example:
      firebreak incident account 3fa91c07 "north of the ford" --happened 221400Z --dir alpha \\
        --text "One rocket left its range by a fault of its fuse." --unit "2 Battery"
    """
    desk = desk_of(manner)
    target = desk.target(beginning)
    kept = [keep_attached(desk.node.path, path) for path in attach or ()]
    desk.send(
        Account(
            _behind(happened, desk.moment),
            place,
            manner.needed_words(text, desk.language),
            _position(position),
            tuple(unit or ()),
            damage,
            tuple(kept),
            rule,
            remedy,
        ),
        target,
    )


@app.command()
@sending
def put(
    beginning: IdArgument,
    sort: Annotated[
        str, typer.Argument(metavar="SORT", help="fact, question, or denominator (of tallies).")
    ],
    text: NeededText,
    *,
    manner: Manner,
) -> None:
    """Put a fact, an open question, or what tallies count out of, to the other side.

    \b
    Example:
      firebreak incident put 3fa91c07 fact --text "One rocket fell at 1402Z." --dir alpha
    """
    desk = desk_of(manner)
    target = desk.target(beginning)
    desk.send(Finding(named(FindingSort, sort), manner.needed_words(text, desk.language)), target)


@app.command()
@sending
def reply(
    beginning: IdArgument,
    how: Annotated[str, typer.Argument(metavar="REPLY", help="agreed, disputed or answered.")],
    text: TextOption = None,
    *,
    manner: Manner,
) -> None:
    """Agree to a fact of theirs, dispute it, or answer their question. ID is that of what they put.

    \b
    Example:
      firebreak incident reply 91c03fa7 agreed --dir bravo
    """
    desk = desk_of(manner)
    target = desk.target(beginning)
    words = manner.words(text, desk.language)
    desk.send(FindingAnswer(named(FindingReply, how), words), target)


@app.command()
@sending
def close(beginning: IdArgument, *, manner: Manner) -> None:
    """Say that your side holds it closed. It is closed once the other side does, too.

    \b
    Example:
      firebreak incident close 3fa91c07 --dir alpha
    """
    desk = desk_of(manner)
    desk.send(Close(), desk.target(beginning))


@app.command("list")
def list_(directory: DirectoryOption = None, as_data: JsonOption = False) -> None:
    """Show all incidents, the newest first.

    \b
    Example:
      firebreak incident list --dir alpha
    """
    answer = Client(opened(directory)).get("/incidents")
    if as_data:
        print_json(answer)
        return
    if not answer["incidents"]:
        say("No incident is recorded. A first report: firebreak incident report SORT PLACE")
        return
    table(
        (
            [
                short(each["id"]),
                when(each["happened"]),
                each["sort"].replace("-", " "),
                each["place"],
                each["standing"].replace("-", " "),
                _stance_text(each["stance_ours"]),
                _stance_text(each["stance_theirs"]),
                _promise(each),
            ]
            for each in answer["incidents"]
        ),
        "incident",
        "happened",
        "what",
        "where",
        "stands",
        "we say",
        "they say",
        "next word",
    )


def _stance_text(stance: str | None) -> str:
    return "nothing yet" if stance is None else stance.replace("-", " ")


def _promise(view: Answer) -> str:
    if view["promised"] is None:
        return "-"
    whose = "ours" if view["promised_by"] == "ours" else "theirs"
    return f"{whose} by {when(view['promised'])}" + (", OVERDUE" if view["overdue"] else "")


@app.command()
def show(
    beginning: IdArgument, directory: DirectoryOption = None, as_data: JsonOption = False
) -> None:
    """Show one incident: both accounts side by side, what is agreed, disputed and open.

    \b
    Example:
      firebreak incident show 3fa91c07 --dir alpha
    """
    view = Client(opened(directory)).get(f"/incidents/{id_beginning(beginning)}")
    if as_data:
        print_json(view)
        return
    if not view["attested"]:
        Client(opened(directory)).displayed(_theirs(view))
    mark = "EXERCISE. " if view["exercise"] else "REAL. "
    pairs(
        [
            ("Incident", f"{mark}{view['sort'].replace('-', ' ')}, {view['place']}"),
            ("Happened", f"{when(view['happened'])}, as reported by {_whose(view, view['by'])}"),
            ("Shown by", "attested by us" if view["attested"] else "the logs of the line"),
            ("Stands", view["standing"].replace("-", " ")),
            ("We say", _stance_text(view["stance_ours"])),
            ("They say", _stance_text(view["stance_theirs"])),
            ("Next word", _promise(view)),
        ]
    )
    _show_accounts(view)
    for point in view["points"]:
        whose = _whose(view, point["by"])
        say(f"{point['sort']} {short(point['id'])} of {whose}, {point['stands']}:")
        say(f"  {point['words']['text']}")
    for asked in view["clarifications"]:
        state = "answered" if asked["answered"] else f"answer due {when(asked['due'])}"
        say(f"Clarification asked by {_whose(view, asked['by'])}, {state}:")
        say(f"  {asked['question']['text']}")
    for side in view["closed_by"]:
        say(f"{_whose(view, side)} holds it closed.")


def _theirs(view: Answer) -> Iterator[str]:
    """Ids of the records of theirs that stand on the page."""
    if view["by"] == "theirs":
        yield str(view["id"])
    if view["theirs"] is not None:
        yield str(view["theirs"]["id"])
    for name in ("words", "points", "clarifications"):
        yield from (str(each["id"]) for each in view[name] if each["by"] == "theirs")


def _whose(view: Answer, by: str) -> str:
    return "us" if by == "ours" else str(view["party"])


def _show_accounts(view: Answer) -> None:
    ours, theirs = view["ours"], view["theirs"]
    if ours is None and theirs is None:
        say("Neither side has given its account yet.")
        return
    names = ("happened", "place", "position", "units", "damage", "attachments", "rule", "remedy")
    rows = [
        [
            name + (" (differs)" if name in view["differing"] else ""),
            _field(ours, name),
            _field(theirs, name),
        ]
        for name in (*names, "words")
    ]
    table(rows, "account", "ours", view["party"])


def _field(account: Answer | None, name: str) -> str:
    if account is None:
        return "no account given"
    if name == "happened":
        return when(account["happened"])
    value = account["body"][name]
    match name:
        case "words":
            return str(value["text"])
        case "attachments":
            shown = [f"{each['name']} {each['digest'][:16]}" for each in value]
            return "; ".join(shown) or "-"
        case "units":
            return "; ".join(value) or "-"
        case "position" if value is not None:
            return dms(Position(value["latitude_e7"], value["longitude_e7"]))
        case _:
            return "-" if value is None else str(value)


@app.command()
def review(
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="From when on: 010000ZNOV26, -30d.")
    ],
    until: Annotated[str, typer.Option("--until", metavar="TIME", help="Until when.")] = "now",
    directory: DirectoryOption = None,
    as_data: JsonOption = False,
) -> None:
    """Print what a periodic review is held over: each incident, what is agreed, disputed and open.

    A tally is given only out of a denominator that both sides agreed to.

    \b
    Example:
      firebreak incident review --since 010000ZNOV26 --dir alpha
    """
    moment = now()
    first, last = past(since, moment), past(until, moment)
    node = opened(directory)
    answer = Client(node).get("/incidents/review", since=first, until=last)
    if as_data:
        print_json(answer)
        return
    say(mark_line(node))
    say(f"Incidents from {when(first)} until {when(last)}: review of both sides' words.")
    for each in answer["incidents"]:
        say(
            f"  {short(each['id'])} {when(each['happened'])} {each['sort'].replace('-', ' ')},"
            f" {each['place']}: {each['standing'].replace('-', ' ')};"
            f" accounts differ in {', '.join(each['differing']) or 'nothing that both gave'}."
        )
    pairs(
        [
            ("Facts agreed", str(answer["agreed_facts"])),
            ("Facts disputed", str(answer["disputed_facts"])),
            ("Questions open", str(answer["open_questions"])),
            ("Closed by both", str(answer["closed"])),
            ("Tally", _tally(answer["tally"])),
        ]
    )


def _tally(tally: Answer) -> str:
    if tally["out_of"] is None:
        return "none: the two sides have agreed on no denominator (incident put ID denominator)"
    return f"{tally['count']}, out of: {tally['out_of']['text']}"


@app.command()
def evidence(directory: DirectoryOption = None, as_data: JsonOption = False) -> None:
    """List the files of evidence kept here, and check each against its digest.

    \b
    Example:
      firebreak incident evidence --dir alpha
    """
    node = opened(directory)
    kept = kept_attached(node.path)
    rows = [
        {"digest": digest, "size": size, "whole": check_attached(node.path, digest)}
        for digest, size in kept
    ]
    if as_data:
        print_json({"files": rows})
        return
    if not rows:
        say("No file of evidence is kept here. Attach one: firebreak incident account --attach")
        return
    table(
        ([str(r["digest"]), str(r["size"]), "whole" if r["whole"] else "CHANGED"] for r in rows),
        "SHA-256",
        "bytes",
        "state",
    )
