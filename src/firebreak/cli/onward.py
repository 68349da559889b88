"""`firebreak onward`: who on your own side must be told, who was, and the card to tell it from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firebreak.cli.compose import Desk
from firebreak.cli.entering import Book, Hand, entering
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.inputs import past
from firebreak.cli.manner import Manner, sending
from firebreak.cli.output import say, table
from firebreak.cli.places import IdArgument, id_beginning
from firebreak.cli.render import JsonOption, print_json, short, when
from firebreak.desk import journal, onward
from firebreak.desk.attested import record_of, said_of
from firebreak.desk.entries.contacts import Direction, Said
from firebreak.desk.entries.onward import OnwardRule, OnwardTold
from firebreak.errors import InvalidValue, Misuse
from firebreak.records.agreement import Mode
from firebreak.records.kinds import Kind
from firebreak.records.sites import Distributed, DistributedState
from firebreak.records.spelling import code_name, code_named, duration_text, parse_duration
from firebreak.store.directory import write_file

if TYPE_CHECKING:
    from firebreak.records.record import Record

app = noun(
    "onward",
    "Units, bridges, control centres. It stays in your journal; what is not read back in time alarms.",
)


@app.command()
@entering
def rule(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="Of records: notice, answer, hazard, incident, …")
    ],
    unit: Annotated[
        list[str] | None,
        typer.Option(
            "--unit", metavar="NAME", help="Who is told; again for more.", show_default=False
        ),
    ] = None,
    within: Annotated[
        str, typer.Option("--within", metavar="DURATION", help="Until it is read back.")
    ] = "15min",
    own: Annotated[bool, typer.Option("--own", help="Of our own records, too.")] = False,
    *,
    hand: Hand,
) -> None:
    """Rule which units are told of records of a kind. It holds for what comes from now on.

    Without --unit nobody is told of that kind any more.

    \b
    Example:
      firebreak onward rule notice --unit "1 Wing" --unit "control centre" --within 10min --dir alpha
    """
    units = tuple(unit or ())
    Book(hand).enter(OnwardRule(code_named(Kind, kind), units, parse_duration(within), own))


@app.command()
@entering
def told(
    record: IdArgument,
    unit: Annotated[str, typer.Option("--unit", metavar="NAME", help="Which unit.")],
    to: Annotated[str, typer.Option("--to", metavar="NAME", help="Who took it there.")],
    by: Annotated[
        str | None,
        typer.Option(
            "--by", metavar="NAME", help="Who told it; else your office.", show_default=False
        ),
    ] = None,
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="When.")] = "now",
    read_back: Annotated[
        bool, typer.Option("--read-back", help="It was read back, and agreed.")
    ] = False,
    *,
    hand: Hand,
) -> None:
    """Note that a unit was told. Only what was read back is confirmed.

    \b
    Example:
      firebreak onward told 3fa91c07 --unit "1 Wing" --to "Cpl. Mazur" --read-back --dir alpha
    """
    book = Book(hand)
    who = by or book.officer().office
    body = OnwardTold(unit, who, to, past(at, book.moment), read_back)
    book.enter(body, [book.id_of(record)])


@app.command("list")
def list_(
    directory: DirectoryOption = None,
    every: Annotated[bool, typer.Option("--all", help="Confirmed ones, too.")] = False,
    as_data: JsonOption = False,
) -> None:
    """Show the rules, and whom nobody has told yet, what is due first at the top.

    \b
    Example:
      firebreak onward list --dir alpha
    """
    book = Book(Hand(directory, as_data=as_data))
    answer = book.client.get("/onward")
    records = [each for each in answer["records"] if every or not each["confirmed"]]
    if as_data:
        print_json({**answer, "records": records})
        return
    newest = {body.kind: body for _, body in journal.of_kind(book.entries(), OnwardRule)}
    for kind, body in sorted(newest.items()):
        units = ", ".join(body.units) or "nobody"
        own = ", own ones too" if body.own else ""
        say(f"{code_name(Kind, kind)}{own}: {units} within {duration_text(body.within_ms)}")
    if not records:
        say("Nobody is left to be told." if newest else "No rule yet: firebreak onward rule KIND")
        return
    table(
        (
            [
                short(each["id"]),
                f"{each['kind']} of {'ours' if each['ours'] else each['party']}",
                when(each["due"]) + (" OVERDUE" if each["due"] <= answer["as_of"] else ""),
                unit["unit"],
                _unit_text(unit),
            ]
            for each in records
            for unit in each["units"]
            if every or not unit["confirmed"]
        ),
        "record",
        "what",
        "due",
        "unit",
        "told",
    )


def _unit_text(unit: dict[str, object]) -> str:
    if unit["at"] is None:
        return "not told"
    said = "read back" if unit["confirmed"] else "told, NOT READ BACK"
    return f"{said}: {unit['to']}, by {unit['by']}"


@app.command()
def card(
    record: IdArgument,
    page: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="As a page to print.", show_default=False),
    ] = None,
    directory: DirectoryOption = None,
    as_data: JsonOption = False,
) -> None:
    """Show a record on a card of five lines: what, where, when, limits, contact.

    \b
    Example:
      firebreak onward card 3fa91c07 --dir alpha
    """
    lines = _card(record, directory)
    if page is not None:
        write_file(page, onward.card_html(lines).encode())
    if as_data:
        print_json({"lines": list(lines)})
    else:
        say(*lines)


def _card(beginning: str, directory: Path | None) -> tuple[str, ...]:
    """Made from the bytes that were verified here, of a line's record or of one that was said."""
    book = Book(Hand(directory))
    kept = next((k for k in book.entries() if k.id.hex().startswith(id_beginning(beginning))), None)
    if kept is not None:
        if not isinstance(kept.entry.body, Said):
            raise Misuse("That entry is no record that was said or heard. Name one that is.")
        said = said_of(kept)
        party = book.node.config.party if said.by is Direction.OURS else said.party
        made: Record = record_of(kept)
        return onward.card(made, party, kept.id, exercise=not said.real)
    desk = Desk(Manner(directory=directory))
    target = desk.target(beginning)
    mode = desk.agreement.mode
    identity = bytes.fromhex(target.view["id"])
    return onward.card(target.record, target.view["party"], identity, mode is Mode.EXERCISE)


@app.command()
@sending
def disclose(
    record: IdArgument,
    unit: Annotated[str, typer.Option("--unit", metavar="NAME", help="Which unit.")],
    *,
    manner: Manner,
) -> None:
    """Tell the other side that a unit of ours has its record, as the journal has it. By choice only.

    \b
    Example:
      firebreak onward disclose 3fa91c07 --unit "1 Wing" --dir alpha
    """
    desk = Desk(manner)
    target = desk.target(record)
    identity = bytes.fromhex(target.view["id"])
    entries = Book(Hand(manner.directory)).entries()
    told = [
        body
        for kept, body in journal.of_kind(entries, OnwardTold)
        if kept.entry.about[:1] == (identity,) and body.unit == unit
    ]
    if not told:
        raise InvalidValue(
            f"The journal does not say that {unit} was told of it: nothing to disclose."
        )
    last = next((body for body in reversed(told) if body.read_back), told[-1])
    state = DistributedState.READ_BACK if last.read_back else DistributedState.SENT
    desk.send(Distributed(unit, state, min(0, last.at - desk.moment)), target)
