"""`firebreak route`: by which way a counterpart is tried next, when the one before came to nothing."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from firebreak.cli.client import Answer, Client
from firebreak.cli.entering import Book, Hand, entering, party_named
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.inputs import past
from firebreak.cli.output import opened, refuse, say, table
from firebreak.cli.places import IdArgument, id_beginning
from firebreak.cli.render import JsonOption, print_json, short, when
from firebreak.desk.entries.contacts import Certainty, Contacted, Direction, Rung, Source
from firebreak.desk.entries.offices import Level
from firebreak.desk.entries.routes import Ladder, RungTaken, Step
from firebreak.desk.routes import WIDENS, step
from firebreak.errors import InvalidValue
from firebreak.records.contacts import Outcome, Precision, Way
from firebreak.records.slots import Words
from firebreak.records.spelling import name_of, named

app = noun(
    "route",
    "The next rung is proposed, never taken by itself. One that widens who knows needs an officer's"
    " signature. What we did not try is ours.",
)

_RUNGS = ", ".join(name_of(rung) for rung in Rung)
LevelOption = Annotated[
    str,
    typer.Option("--level", metavar="NAME", help="tactical, command, military or political."),
]
RungOption = Annotated[str, typer.Option("--rung", metavar="NAME", help=f"{_RUNGS}.")]


@app.command("set")
@entering
def set_(
    rungs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUNG[=WHO]", help='In order, such as: direct "embassy=our embassy there".'
        ),
    ],
    level: LevelOption,
    party: Annotated[
        str | None,
        typer.Option("--party", metavar="NAME", help="To whom.", show_default=False),
    ] = None,
    *,
    hand: Hand,
) -> None:
    """Set the ladder of routes to a party at a level, in place of the usual one.

    \b
    Example:
      firebreak route set direct duty-office "defence-attache=Col. Saar, our attaché" \\
        --party BRAVO --level military --dir alpha
    """
    book = Book(hand)
    whom = party_named(book, party, book.entries())
    steps = tuple(map(_step, rungs))
    if len({each.rung for each in steps}) < len(steps):
        raise InvalidValue("A rung stands twice. Name each once, in the order to go them.")
    book.enter(Ladder(whom, named(Level, level), steps))


def _step(text: str) -> Step:
    name, _, who = text.partition("=")
    return step(named(Rung, name), who.strip() or None)


@app.command()
def show(
    beginning: Annotated[
        str | None,
        typer.Argument(
            metavar="ID", help="Of what was asked; else everything asked.", show_default=False
        ),
    ] = None,
    directory: DirectoryOption = None,
    as_data: JsonOption = False,
) -> None:
    """Show the ladder of what we asked: what was tried when and what became of it, and what is next.

    \b
    Examples:
      firebreak route show --dir alpha
      firebreak route show 3fa91c07 --dir alpha
    """
    client = Client(opened(directory))
    if beginning is None:
        answer = client.get("/routes")
        if as_data:
            print_json(answer)
        elif not answer["ladders"]:
            say("Nothing that wants an answer of theirs was asked in the last 30 days.")
        else:
            rows = ((short(e["id"]), _whom(e), e["why"]) for e in answer["ladders"])
            table(rows, "id", "asked", "where it stands", whole=1)
        return
    view = _ladder(client, beginning)
    if as_data:
        print_json(view)
        return
    say(f"{short(view['id'])}: {_whom(view)}, {view['level']} level")
    table(map(_row, view["rungs"]), "rung", "who", "widens", "stands")
    say(view["why"])


def _whom(view: Answer) -> str:
    return f"{view['subject']} to {view['theirs']} of {view['party']}"


def _row(rung: dict[str, Any]) -> list[str]:
    said = []
    for each in rung["tries"]:
        became = "open" if each["outcome"] is None else _outcome(each["outcome"])
        stated = "" if each["stated_reason"] is None else f" ({each['stated_reason']})"
        late = each["reported"] - each["happened"] > 60_000
        noted = f", reported {when(each['reported'])}" if late else ""
        said.append(f"{when(each['happened'])} by {each['way']}: {became}{stated}{noted}")
    if rung["stands"] == "decided, not gone yet":
        said.append(f"decided {when(rung['decided_at'])} by {rung['decided_by']}, not gone yet")
    if rung["proposed"]:
        said.append("PROPOSED NEXT")
    return [
        rung["rung"],
        rung["through"],
        "yes" if rung["widens"] else "no",
        "; ".join(said) or "not tried",
    ]


def _outcome(name: str) -> str:
    return "not attempted (by us)" if name == "not-attempted" else name


def _ladder(client: Client, beginning: str) -> Answer:
    return client.get(f"/routes/{id_beginning(beginning)}")


@app.command("next")
def next_(
    beginning: IdArgument, directory: DirectoryOption = None, as_data: JsonOption = False
) -> None:
    """Say which rung is proposed next, and what to do.

    \b
    Example:
      firebreak route next 3fa91c07 --dir alpha
    """
    view = _ladder(Client(opened(directory)), beginning)
    proposed = next((rung for rung in view["rungs"] if rung["proposed"]), None)
    if as_data:
        print_json({"id": view["id"], "next": proposed, "why": view["why"]})
        return
    say(view["why"])
    if proposed is not None and proposed["widens"] and proposed["stands"] == "not tried":
        start = short(view["id"])
        say(f"An officer decides: firebreak route take {start} --rung {proposed['rung']}")


@app.command()
@entering
def take(
    beginning: IdArgument,
    rung: RungOption,
    through: Annotated[
        str | None,
        typer.Option(
            "--through",
            metavar="TEXT",
            help="Who goes it; of a relay, its name. Without it: as the ladder says.",
            show_default=False,
        ),
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT", help="A word on it.", show_default=False)
    ] = None,
    *,
    hand: Hand,
) -> None:
    """Decide to go a rung for what was asked: an officer signs that before anything goes that way.

    What is said afterwards with --by and --rung is tied to it.

    \b
    Example:
      firebreak route take 3fa91c07 --rung defence-attache --dir alpha
    """
    book = Book(hand)
    view, wanted = _ladder(book.client, beginning), named(Rung, rung)
    if any(e["rung"] == name_of(wanted) and e["stands"] != "not tried" for e in view["rungs"]):
        book.say("That rung was decided on or tried before; this decides it once more.")
    if view["next"] != name_of(wanted):
        book.say(f"Not the rung proposed. {view['why']}")
    if wanted in WIDENS:
        book.say(f"{name_of(wanted).capitalize()} WIDENS WHO KNOWS of it.")
    known = next((e["through"] for e in view["rungs"] if e["rung"] == name_of(wanted)), None)
    who = through or known or step(wanted).through
    book.enter(RungTaken(wanted, who, text), [bytes.fromhex(view["id"])])


@app.command()
@entering
def tried(
    beginning: IdArgument,
    rung: RungOption,
    outcome: Annotated[
        str, typer.Option(metavar="NAME", help="undelivered, unanswered, declined, held …")
    ],
    way: Annotated[
        str, typer.Option("--by", metavar="WAY", help="voice, fax, mail or person.")
    ] = "person",
    at: Annotated[
        str, typer.Option("--at", metavar="TIME", help="When it happened (-20min, 221430Z).")
    ] = "now",
    ours: Annotated[
        str | None,
        typer.Option(
            metavar="OFFICE", help="Who of ours went; else the signer's.", show_default=False
        ),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option(
            "--stated-reason",
            metavar="TEXT",
            help="Their reason, only if they stated it.",
            show_default=False,
        ),
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT", help="A word on it.", show_default=False)
    ] = None,
    *,
    hand: Hand,
) -> None:
    """Note what became of a rung, as an attaché reports it: when it happened, and now, when reported.

    \b
    Example:
      firebreak route tried 3fa91c07 --rung defence-attache --outcome unanswered --at -3h --dir alpha
    """
    book = Book(hand)
    view, wanted, became = (
        _ladder(book.client, beginning),
        named(Rung, rung),
        named(Outcome, outcome),
    )
    moment = past(at, book.moment)
    if moment > book.moment:
        raise InvalidValue(f"{at} lies ahead. Say when it happened.")
    there = next((e for e in view["rungs"] if e["rung"] == name_of(wanted)), None)
    undecided = there is None or there["decided_at"] is None
    if wanted in WIDENS and undecided and became is not Outcome.NOT_ATTEMPTED:
        refuse(
            f"{name_of(wanted).capitalize()} widens who knows of it: an officer decides that first."
            f" Decide: firebreak route take {short(view['id'])} --rung {name_of(wanted)}"
        )
    who = ours or book.officer().office
    book.enter(
        Contacted(
            view["party"],
            view["theirs"],
            who,
            named(Way, way),
            wanted,
            Direction.OURS,
            became,
            moment,
            Precision.MINUTE,
            1,
            Source.OWN_OFFICER,
            Certainty.CERTAIN,
            None,
            reason,
            None if text is None else Words("en", text),
            book.real(view["party"]),
        ),
        [bytes.fromhex(view["id"])],
    )
