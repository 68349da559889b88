"""`firebreak summon`: one word calls commander and interpreter to the desk."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from firebreak.cli.entering import Book, Hand, entering
from firebreak.cli.frame import noun
from firebreak.cli.output import pairs
from firebreak.desk import people
from firebreak.desk.entries.offices import Summoned, Summons, SummonsAnswered
from firebreak.errors import InvalidValue
from firebreak.records.spelling import name_of, named
from firebreak.store.directory import SummonConfig

app = noun("summon")


@app.command()
@entering
def summon(
    reason: Annotated[
        str | None,
        typer.Argument(metavar="[REASON]", help="Why, in a few words.", show_default=False),
    ] = None,
    whom: Annotated[
        list[str] | None,
        typer.Option(
            "--whom",
            metavar="WHO",
            help="commander or interpreter; both without it.",
            show_default=False,
        ),
    ] = None,
    came: Annotated[
        str | None,
        typer.Option(
            "--came",
            metavar="WHO",
            help="Who of those summoned has come, or answers: commander or interpreter.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="His name, with --came.", show_default=False),
    ] = None,
    *,
    hand: Hand,
) -> None:
    """Summon commander and interpreter. Nothing is asked: it alarms on every console at once, and
    again every two minutes until each has come.

    Whom to telephone stands in node.toml, under [summon].

    \b
    Examples:
      firebreak summon "their general is on the line" --dir alpha
      firebreak summon --came commander --name "Col. Kowalska" --dir alpha
    """
    book = Book(replace(hand, yes=True))
    if came is not None:
        if reason is not None or whom or name is None:
            raise InvalidValue('Write: firebreak summon --came commander --name "Col. Kowalska"')
        _came(book, named(Summoned, came), name)
        return
    called = tuple(dict.fromkeys(named(Summoned, each) for each in whom or ())) or tuple(Summoned)
    book.enter(Summons(called, reason or "at once"))
    if not hand.as_data:
        numbers = book.node.config.summon or SummonConfig()
        telephones = {
            Summoned.COMMANDER: numbers.commander,
            Summoned.INTERPRETER: numbers.interpreter,
        }
        pairs(
            (
                f"Telephone the {name_of(each)}",
                telephones[each] or "no number in node.toml, [summon]",
            )
            for each in called
        )


def _came(book: Book, who: Summoned, name: str) -> None:
    call = next(
        (each for each in reversed(people.summonses(book.entries())) if who in each.missing), None
    )
    if call is None:
        raise InvalidValue(f"No {name_of(who)} is summoned who has not come.")
    book.enter(SummonsAnswered(who, name, book.moment), [call.id])
