"""Line checks as people note and read them: the calendar, what became of each, reasons, drills."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from firebreak.cli.client import Answer, Client
from firebreak.cli.entering import Book, Hand, entering, party_named
from firebreak.cli.frame import DirectoryOption
from firebreak.cli.inputs import future, past
from firebreak.cli.output import now, opened, refuse, say, table
from firebreak.cli.places import IdArgument
from firebreak.cli.render import JsonOption, print_json, when
from firebreak.desk import checks as desk_checks
from firebreak.desk.entries.checks import (
    DAY,
    CheckCalendar,
    CheckMissed,
    CheckTried,
    DrillCalled,
    DrillPlanned,
    LineDeclared,
    MissedBecause,
)
from firebreak.desk.entries.offices import Counterpart
from firebreak.desk.journal import Kept, of_kind
from firebreak.errors import InvalidValue
from firebreak.records.contacts import Way
from firebreak.records.kinds import Declared
from firebreak.records.slots import Words
from firebreak.records.spelling import (
    clock_text,
    duration_text,
    name_of,
    named,
    parse_clock,
    parse_duration,
)
from firebreak.store.directory import write_file
from firebreak.values import LATEST, Millis

_MINUTE = 60_000
_BECAUSE = ", ".join(name_of(each) for each in MissedBecause)
_CLOCK = re.compile(r"([+-])([01][0-9])([0-5][0-9])", re.ASCII)
_EPOCH = date(1970, 1, 1)

PartyOption = Annotated[
    str | None, typer.Option("--party", metavar="NAME", help="With whom.", show_default=False)
]
LineOption = Annotated[
    str | None,
    typer.Option(
        "--line", metavar="LINE", help="Which line, where there are several.", show_default=False
    ),
]
WayOption = Annotated[str, typer.Option("--by", metavar="WAY", help="voice, fax, mail or person.")]
AtOption = Annotated[str, typer.Option("--at", metavar="TIME", help="When (-20min, 221430Z).")]

drill = typer.Typer(
    help="A reachability drill over a day: nights, weekends, the offices that stand in.\n\n"
    "\b\nExample:\n"
    "  firebreak line drill plan --party BRAVO --office 'duty officer' --from +10min --dir alpha",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Put these commands under `firebreak line`."""
    app.command()(checks)
    for name, command in (
        ("missed", missed),
        ("tried", tried),
        ("told", told),
        ("calendar", calendar),
    ):
        app.command(name)(entering(command))
    drill.command("plan")(entering(plan))
    drill.command("note")(entering(note))
    drill.command("report")(report)
    app.add_typer(drill, name="drill")


# The calendar


def checks(
    days: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, max=35, help="How many days back.")
    ] = 2,
    directory: DirectoryOption = None,
    as_data: JsonOption = False,
) -> None:
    """Show the checks of the last days with outcome and reason, and the next day's in turn.

    \b
    Example:
      firebreak line checks --dir alpha
    """
    answer = Client(opened(directory)).get("/checks", days=days)
    if as_data:
        print_json(answer)
        return
    for line in answer["lines"]:
        _show_line(line)
    for each in answer["declared"]:
        say(f"{each['channel']}: {declared_text(each)}")
    if not answer["lines"]:
        say("No line has a calendar of checks. Keep one: firebreak line calendar --help")


def _show_line(line: Answer) -> None:
    times = ", ".join(clock_text(minute) for minute in line["minutes"])
    off = ", ".join(_day_text(day) for day in line["holidays"])
    say(
        f"{line['party']}, {line['channel']}: {times}" + (f"; none on {off}" if off else ""),
        f"  Words proposed: {line['words']}",
    )
    rows = [
        (
            when(each["due"]),
            each["became"],
            "-" if each["because"] is None else each["because"],
            _what(each),
        )
        for each in line["history"]
    ]
    rows += [(when(each["due"]), "ahead", "-", _turn(each["turn"])) for each in line["ahead"]]
    table(rows, "due", "outcome", "reason", "what")


def _what(each: Answer) -> str:
    said = []
    if each["answered"] is not None:
        said.append(f"answered {when(each['answered'])}")
    if each["office"] is not None:
        said.append(f"{each['office']}, by {each['carrier']}")
    if each["words"] is not None:
        said.append(each["words"])
    if each["line"] is not None:
        why = "" if each["trouble"] is None else f" ({each['trouble']})"
        said.append(f"the machine's line: {each['line'].replace('-', ' ')}{why}")
    return "; ".join(said) or "-"


def _turn(turn: Answer | None) -> str:
    if turn is None:
        return "-"
    return f"in turn: {turn['office']}, by {turn['carrier']}" + (
        " (stands in)" if turn["backup"] else ""
    )


def _day_text(day: int) -> str:
    return datetime.fromtimestamp(day * 86_400, UTC).strftime("%Y-%m-%d")


def _lines(book: Book, party: str | None, channel: str | None, days: int = 35) -> list[Answer]:
    """The lines with a calendar that are meant."""
    found: list[Answer] = book.client.get("/checks", days=days)["lines"]
    return [
        line
        for line in found
        if party in (None, line["party"]) and channel in (None, line["channel"])
    ]


def calendar(
    party: Annotated[str, typer.Argument(metavar="PARTY", help="With whom.")],
    offices: Annotated[
        list[str] | None,
        typer.Option(
            "--office",
            metavar="OFFICE",
            help="Theirs, the one on duty first, then who stands in for it.",
        ),
    ] = None,
    at: Annotated[
        list[str] | None,
        typer.Option(metavar="CLOCK", help="A time of each day: 0930Z.", show_default=False),
    ] = None,
    holiday: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DAY", help="A UTC day without checks: 2026-12-25.", show_default=False
        ),
    ] = None,
    within: Annotated[
        str, typer.Option(metavar="DURATION", help="After so long it counts as missed.")
    ] = "30min",
    channel: Annotated[
        str, typer.Option("--line", metavar="LINE", help="What the two call this line.")
    ] = "voice",
    *,
    hand: Hand,
) -> None:
    """Keep the calendar of checks with a party that has no node. Without --at: it ends.

    With a node over there the calendar stands in the agreement.

    \b
    Example:
      firebreak line calendar BRAVO --office "duty officer" --office "watch officer" \\
        --at 0930Z --at 1530Z --holiday 2026-12-25 --dir alpha
    """
    if not offices:
        raise InvalidValue("Which office of theirs answers? Give --office, the one on duty first.")
    minutes = sorted({parse_clock(text) for text in at or ()})
    if len(minutes) > 24:
        raise InvalidValue("Checks are hourly at most. Give 24 times or fewer.")
    Book(hand).enter(
        CheckCalendar(
            party,
            channel,
            tuple(offices),
            tuple(minutes),
            tuple(sorted({_day(text) for text in holiday or ()})),
            parse_duration(within),
        )
    )


def _day(text: str) -> int:
    try:
        return (date.fromisoformat(text) - _EPOCH).days
    except ValueError:
        raise InvalidValue(f"{text!r} is no day. Write it as 2026-12-25.") from None


MOST_COUNTED = 5_000
"""Records that the node counts since a suspension, at most."""


def declared_text(declared: Answer) -> str:
    """A declared suspension as it stands, beside the traffic that goes on."""
    reason = declared["reason"]
    why = "no reason stated" if reason is None else f"reason stated: {reason}"
    way = "" if declared["way"] == "node" else f", told by {declared['way']}"
    count = declared["traffic"]
    more = " or more" if count >= MOST_COUNTED else ""
    return (
        f"SUSPENDED by {declared['party']}, declared {when(declared['at'])}{way}; {why};"
        f" traffic since: {count}{more} record{'' if count == 1 else 's'}"
    )


# What a person states


def missed(
    because: Annotated[
        str, typer.Option("--because", metavar="NAME", help=f"{_BECAUSE}.")
    ] = "unknown",
    due: Annotated[
        str | None,
        typer.Option(
            "--due",
            metavar="TIME",
            help="Which check, by its time. Without it: the last missed one without a reason.",
            show_default=False,
        ),
    ] = None,
    party: PartyOption = None,
    channel: LineOption = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT", help="A word on it.", show_default=False)
    ] = None,
    *,
    hand: Hand,
) -> None:
    """State why a scheduled check was missed. It stays unknown until somebody does.

    \b
    Example:
      firebreak line missed --because technical-ours --text "the mast was down" --dir alpha
    """
    reason, book = named(MissedBecause, because), Book(hand)
    wanted = None if due is None else past(due, book.moment) // _MINUTE * _MINUTE
    found = [
        each
        for line in _lines(book, party, channel)
        for each in line["history"]
        if each["because"] is not None
        and (wanted == each["due"] if wanted is not None else not each["stated"])
    ]
    if not found:
        refuse("No such check was missed, or each has its reason. See: firebreak line checks")
    last = max(each["due"] for each in found)
    book.enter_all(
        [
            (CheckMissed(each["party"], each["channel"], Millis(last), reason, text), ())
            for each in found
            if each["due"] == last
        ]
    )


def tried(
    text: Annotated[
        str | None,
        typer.Option(
            "--text",
            metavar="TEXT",
            help="What you said: fresh harmless words. Without it: proposed ones.",
            show_default=False,
        ),
    ] = None,
    heard: Annotated[
        str | None,
        typer.Option(
            "--heard",
            metavar="TEXT",
            help="What a person over there answered. Without it: nobody did.",
            show_default=False,
        ),
    ] = None,
    dead: Annotated[
        bool, typer.Option("--dead", help="It did not get there: the line was dead.")
    ] = False,
    by: WayOption = "voice",
    addressee: Annotated[
        str | None,
        typer.Option(
            "--addressee", metavar="OFFICE", help="Their office you tried.", show_default=False
        ),
    ] = None,
    party: PartyOption = None,
    channel: LineOption = None,
    at: AtOption = "now",
    language: Annotated[
        str, typer.Option(metavar="CODE", help="The language that was spoken.")
    ] = "en",
    *,
    hand: Hand,
) -> None:
    """Note a line check by voice, fax, mail or in person, answered or not.

    \b
    Examples:
      firebreak line tried --party BRAVO --addressee "duty officer" \\
        --heard "Here the first storks are back." --dir alpha
      firebreak line tried --dead --dir alpha
    """
    book = Book(hand)
    entries = book.entries()
    whom = party_named(book, party, entries)
    moment = past(at, book.moment)
    if moment > book.moment:
        raise InvalidValue(f"{at} lies ahead. Say when you tried.")
    line = next(iter(_lines(book, whom, channel, 1)), None)
    office = addressee or _office(entries, whom, line, by)
    said = text or book.client.get("/checks/words", party=whom)["words"]
    if text is None:
        book.say(f"Proposed: {said}")
    offices = line["offices"] if line is not None else []
    book.enter(
        CheckTried(
            whom,
            office,
            named(Way, by),
            moment,
            None if line is None else _due(line, moment),
            Words(language if text is not None else "en", said),  # proposed words are English
            None if heard is None else Words(language, heard),
            office in offices[1:] or _stands_in(entries, whom, office),
            None if line is None else line["channel"],
            dead,
            book.real(whom),
        )
    )


def _due(line: Answer, at: Millis) -> Millis | None:
    """The scheduled check that a try at this time counts for."""
    minutes, holidays = tuple(line["minutes"]), tuple(line["holidays"])
    known = desk_checks.Calendar(
        line["party"],
        line["channel"],
        (),
        minutes,
        holidays,
        line["grace_ms"],
        Millis(0),
        Millis(LATEST),
    )
    due = known.due_of(at)
    listed = {each["due"] for each in (*line["history"], *line["ahead"])}
    return due if due in listed else None


def _office(entries: Sequence[Kept], party: str, line: Answer | None, by: str) -> str:
    """Whom one reaches, where it is not said: as the turn is, else as the pair is kept."""
    turn = None if line is None else line["next_turn"]
    carrier = desk_checks.CARRIER_OF.get(named(Way, by))
    if turn is not None and carrier is not None and turn["carrier"] == name_of(carrier):
        return str(turn["office"])
    if line is not None and line["offices"]:
        return str(line["offices"][0])
    for _, body in reversed(of_kind(entries, Counterpart)):
        if body.party == party and not body.ended:
            return body.theirs
    raise InvalidValue("Which office of theirs did you try? Give --addressee.")


def _stands_in(entries: Sequence[Kept], party: str, office: str) -> bool:
    return any(
        body.party == party and office in body.deputies for _, body in of_kind(entries, Counterpart)
    )


def told(
    declared: Annotated[
        str, typer.Argument(metavar="STATE", help="suspended or resumed, as they declared it.")
    ],
    channel: Annotated[str, typer.Option("--line", metavar="LINE", help="Which line.")],
    by: WayOption = "voice",
    reason: Annotated[
        str | None,
        typer.Option(
            "--reason", metavar="TEXT", help="Only if they stated one.", show_default=False
        ),
    ] = None,
    party: PartyOption = None,
    at: AtOption = "now",
    *,
    hand: Hand,
) -> None:
    """Note that they declared a line suspended, or resumed, by another way than the line itself.

    \b
    Example:
      firebreak line told suspended --line air --by voice --reason "by order" --dir alpha
    """
    book = Book(hand)
    whom = party_named(book, party, book.entries())
    moment = past(at, book.moment)
    if moment > book.moment:
        raise InvalidValue(f"{at} lies ahead. Say when they told you.")
    state = named(Declared, declared)
    book.enter(LineDeclared(whom, channel, state, moment, named(Way, by), reason))


# Drills


def plan(
    offices: Annotated[
        list[str],
        typer.Option("--office", metavar="OFFICE", help="Whom to call; repeat it for several."),
    ],
    start: Annotated[
        str, typer.Option("--from", metavar="TIME", help="The first call.")
    ] = "+10min",
    every: Annotated[str, typer.Option(metavar="DURATION", help="Between two calls.")] = "3h",
    lasting: Annotated[
        str, typer.Option("--for", metavar="DURATION", help="How long the drill lasts.")
    ] = "24h",
    clock: Annotated[
        str,
        typer.Option(
            metavar="+HHMM", help="Their clock, for what is night and weekend there: +0300."
        ),
    ] = "+0000",
    party: PartyOption = None,
    *,
    hand: Hand,
) -> None:
    """Plan a drill: each office is called at each time, by night and at weekends too.

    \b
    Example:
      firebreak line drill plan --party BRAVO --office "duty officer" --office "watch officer" \\
        --from +10min --clock +0300 --dir alpha
    """
    book = Book(hand)
    whom = party_named(book, party, book.entries())
    first, step, span = future(start, book.moment), parse_duration(every), parse_duration(lasting)
    if not 15 * _MINUTE <= step <= span <= 7 * DAY:
        raise InvalidValue("A drill lasts 7 days at most, with 15 minutes or more between calls.")
    times = tuple(Millis(time) for time in range(first, first + span, step))
    if len(times) > 96:
        raise InvalidValue("A drill has 96 times at most. Let more time pass between two calls.")
    book.enter(DrillPlanned(whom, tuple(dict.fromkeys(offices)), times, _ahead(clock)))


def _ahead(text: str) -> int:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise InvalidValue(f"{text!r} is no clock. Write how far it is from UTC: +0300.")
    minutes = int(found[2]) * 60 + int(found[3])
    return minutes if found[1] == "+" else -minutes


def note(
    beginning: IdArgument,
    called: Annotated[str, typer.Argument(metavar="OFFICE", help="Whom you called.")],
    took: Annotated[
        str | None,
        typer.Option(
            metavar="DURATION",
            help="How long until somebody answered: 40s. Without it: nobody did.",
            show_default=False,
        ),
    ] = None,
    answered_by: Annotated[
        str | None,
        typer.Option(
            "--answered-by",
            metavar="OFFICE",
            help="Who answered, if it was not that office itself.",
            show_default=False,
        ),
    ] = None,
    by: WayOption = "voice",
    at: AtOption = "now",
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT", help="A word on it.", show_default=False)
    ] = None,
    *,
    hand: Hand,
) -> None:
    """Note one call of a drill: who answered, and how fast.

    \b
    Example:
      firebreak line drill note 3fa91c07 "duty officer" --took 40s --dir alpha
    """
    book = Book(hand)
    found = _drill(book.client, beginning)
    moment = past(at, book.moment)
    if moment > book.moment:
        raise InvalidValue(f"{at} lies ahead. Say when you called.")
    near = [call for call in found["calls"] if call["office"] == called]
    if not near:
        names = ", ".join(each["office"] for each in found["offices"])
        raise InvalidValue(f"The drill calls {names}; it does not call {called!r}.")
    if answered_by is not None and took is None:
        raise InvalidValue("Somebody answered: say after how long, as in --took 40s.")
    slot = min(near, key=lambda call: abs(call["planned"] - moment))
    book.enter(
        DrillCalled(
            found["party"],
            called,
            named(Way, by),
            Millis(slot["planned"]),
            moment,
            None if took is None else answered_by or called,
            None if took is None else parse_duration(took),
            text,
        ),
        [bytes.fromhex(found["id"])],
    )


def _drill(client: Client, beginning: str | None) -> Answer:
    """The drill whose plan's id begins so; the newest where none is named. Raises Misuse."""
    every: list[Answer] = client.get("/drills")["drills"]
    found = [each for each in every if each["id"].startswith((beginning or "").lower())]
    if not every:
        refuse("No drill is planned. Plan one: firebreak line drill plan --help")
    if not found or (beginning is not None and len(found) > 1):
        listed = ", ".join(each["id"][:8] for each in every)
        refuse(f"{beginning} names no one drill; there are: {listed}.")
    return found[0]


def report(
    beginning: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="Of the plan; else the newest.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write it to a text file.", show_default=False),
    ] = None,
    directory: DirectoryOption = None,
    as_data: JsonOption = False,
) -> None:
    """Show a drill: which office answered when and how fast, by day, by night and at weekends.

    \b
    Example:
      firebreak line drill report --dir alpha
    """
    found = _drill(Client(opened(directory)), beginning)
    if as_data:
        print_json(found)
        return
    text = report_text(found, now())
    if out is None:
        say(text)
        return
    write_file(out, f"{text}\n".encode())
    say(f"Written to {out}. It is confidential.")


def report_text(found: Answer, at: Millis) -> str:
    """The report of a drill as it is printed: each office, then each call by its time."""
    state = "done" if found["done"] else "goes on"
    lines = [
        f"REACHABILITY DRILL {found['id'][:8]}, {found['party']}: {state}, as of {when(at)}",
        "",
    ]
    for each in found["offices"]:
        median, longest = each["median_took"], each["longest_took"]
        fast = (
            "" if median is None else f"; answered after {_time(median)}, at most {_time(longest)}"
        )
        lines.append(
            f"{each['office']}: {each['answered']} of {each['called']} calls answered, nights and"
            f" weekends {each['answered_off_hours']} of {each['called_off_hours']}{fast}"
        )
    lines.append("")
    for call in found["calls"]:
        hours = ", ".join(name for name in ("night", "weekend") if call[name]) or "day"
        lines.append(f"{when(call['planned'])}  {call['office']} ({hours}): {_called(call)}")
    lines += ["", "A call not attempted is ours. Silence proves nothing about intent."]
    return "\n".join(lines)


def _called(call: dict[str, Any]) -> str:
    said = [call["reached"]]
    if call["called"] is not None:
        said.append(f"called {when(call['called'])} by {call['way']}")
    if call["took"] is not None:
        said.append(f"{call['answered_by']} after {_time(call['took'])}")
    if call["words"] is not None:
        said.append(call["words"])
    return "; ".join(said)


def _time(millis: int) -> str:
    return duration_text(-(-millis // 1_000) * 1_000) if millis else "0 s"
