"""`firebreak office`: whom your offices speak to on the other side, and how they are reached."""

from __future__ import annotations

from typing import Annotated

import typer

from firebreak.cli.entering import Book, Hand, entering
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.inputs import past
from firebreak.cli.output import now, pairs, say, table
from firebreak.cli.render import JsonOption, print_json, when
from firebreak.desk import people
from firebreak.desk.contact_record import Pair, pairs_kept
from firebreak.desk.entries.offices import Counterpart, Level, ReachedBy
from firebreak.desk.journal import Kept
from firebreak.desk.plain import plain
from firebreak.errors import InvalidValue
from firebreak.records.contacts import Way
from firebreak.records.spelling import name_of, named
from firebreak.values import Millis

app = noun(
    "office",
    "An office is known before any name. A pair is kept in the journal; its newest entry holds.",
)

OursArgument = Annotated[str, typer.Argument(metavar="OURS", help="Our office.")]
TheirsArgument = Annotated[str, typer.Argument(metavar="THEIRS", help="Their office.")]
PartyOption = Annotated[str, typer.Option("--party", metavar="NAME", help="Their party.")]


@app.command()
@entering
def keep(
    ours: OursArgument,
    theirs: TheirsArgument,
    party: PartyOption,
    level: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="tactical (if it is new and nothing is said), command, military or political.",
            show_default=False,
        ),
    ] = None,
    reach: Annotated[
        list[str] | None,
        typer.Option(
            "--reach",
            metavar="WAY=ADDRESS",
            help='How they are reached: voice="+48 555 0100", fax=…, mail=…, person=…, node=…',
            show_default=False,
        ),
    ] = None,
    rank: Annotated[str | None, typer.Option(metavar="TEXT", show_default=False)] = None,
    holder: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who is in office.", show_default=False)
    ] = None,
    deputy: Annotated[
        list[str] | None,
        typer.Option(metavar="OFFICE", help="Who may answer for it.", show_default=False),
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="What they speak: en, ru, …", show_default=False),
    ] = None,
    hours: Annotated[
        str | None, typer.Option(metavar="TEXT", help="0600Z-1400Z weekdays.", show_default=False)
    ] = None,
    verified: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="When this was last verified with them.", show_default=False
        ),
    ] = None,
    salutation: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="How to write and speak to them.", show_default=False),
    ] = None,
    salutation_confirmed: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="When they confirmed the salutation.", show_default=False
        ),
    ] = None,
    cadence: Annotated[
        int | None,
        typer.Option(
            metavar="DAYS",
            min=1,
            max=366,
            help="How often the two agreed to speak.",
            show_default=False,
        ),
    ] = None,
    *,
    hand: Hand,
) -> None:
    """Keep a pair of offices that speak to each other, or replace what is known of it.

    What is not given stays as the pair's newest entry has it.

    \b
    Example:
      firebreak office keep "chief of defence" "chief of the general staff" --party RU \\
        --level military --reach voice="+7 555 0100" --language ru --cadence 30 --dir alpha
    """
    book = Book(hand)
    moment = now()
    old = pairs_kept(book.entries()).get(Pair(ours, party, theirs))
    book.enter(
        Counterpart(
            ours,
            party,
            theirs,
            named(Level, level) if level else old.level if old else Level.TACTICAL,
            tuple(map(_reached, reach)) if reach else old.ways if old else (),
            rank or (old.rank if old else None),
            holder or (old.holder if old else None),
            tuple(deputy) if deputy else old.deputies if old else (),
            tuple(language) if language else old.languages if old else (),
            hours or (old.hours if old else None),
            past(verified, moment) if verified else old.verified_on if old else None,
            salutation or (old.salutation if old else None),
            past(salutation_confirmed, moment)
            if salutation_confirmed
            else old.salutation_confirmed_on
            if old and salutation is None
            else None,
            cadence or (old.cadence_days if old else None),
        )
    )


def _reached(text: str) -> ReachedBy:
    name, equals, address = text.partition("=")
    if not equals or not address:
        raise InvalidValue(f'{text!r} is no way. Write WAY=ADDRESS, as in voice="+48 555 0100".')
    return ReachedBy(named(Way, name), address)


@app.command()
@entering
def end(ours: OursArgument, theirs: TheirsArgument, party: PartyOption, *, hand: Hand) -> None:
    """Keep a pair no longer. Its contacts stay in the record.

    \b
    Example:
      firebreak office end "chief of defence" "chief of the general staff" --party RU --dir alpha
    """
    book = Book(hand)
    old = pairs_kept(book.entries()).get(Pair(ours, party, theirs))
    if old is None:
        raise InvalidValue("No such pair is kept. See: firebreak office list")
    book.enter(Counterpart(old.ours, old.party, old.theirs, old.level, ended=True))


@app.command("list")
def list_(
    days: Annotated[
        int, typer.Option("--days", metavar="DAYS", min=1, help="Verified longer ago is stale.")
    ] = people.VERIFY_EVERY_DAYS,
    directory: DirectoryOption = None,
    as_data: JsonOption = False,
) -> None:
    """Show the pairs that are kept, how each is reached, and whether that was verified lately.

    \b
    Example:
      firebreak office list --dir alpha
    """
    moment = now()
    cards = people.pairs_entered(Book(Hand(directory, as_data=as_data)).entries())
    if as_data:
        print_json(
            {
                "pairs": [
                    plain(card) | {"stale": _stale(card, kept, moment, days)}
                    for kept, card in cards
                ]
            }
        )
        return
    if not cards:
        say("No pair of offices is kept yet. Keep one: firebreak office keep OURS THEIRS --party P")
        return
    table(
        (
            [
                card.ours,
                f"{card.theirs} of {card.party}" + (f" ({card.holder})" if card.holder else ""),
                name_of(card.level),
                "; ".join(f"{name_of(each.way)} {each.address}" for each in card.ways) or "-",
                ", ".join(card.languages) or "-",
                card.hours or "-",
                _verified(card, kept, moment, days),
            ]
            for kept, card in cards
        ),
        "ours",
        "theirs",
        "level",
        "reached by",
        "languages",
        "hours",
        "verified",
    )


def _stale(card: Counterpart, kept: Kept, moment: Millis, days: int) -> bool:
    return people.stale_from(card, kept.entry.at, days) <= moment


def _verified(card: Counterpart, kept: Kept, moment: Millis, days: int) -> str:
    said = "never" if card.verified_on is None else when(card.verified_on)
    return f"{said}, STALE" if _stale(card, kept, moment, days) else said


@app.command()
def reach(
    office: Annotated[
        str | None,
        typer.Argument(metavar="[OFFICE]", help="Ours or theirs.", show_default=False),
    ] = None,
    directory: DirectoryOption = None,
    as_data: JsonOption = False,
) -> None:
    """Show whom to call now, and how: who is there by their own hours, then deputies.

    \b
    Example:
      firebreak office reach "chief of the general staff" --dir alpha
    """
    moment = now()
    cards = [
        (kept, card)
        for kept, card in people.pairs_entered(Book(Hand(directory, as_data=as_data)).entries())
        if office in (None, card.ours, card.theirs)
    ]
    if as_data:
        found = [plain(c) | {"in_hours": people.in_hours(c.hours, moment)} for _, c in cards]
        print_json({"pairs": found})
        return
    if not cards:
        say("No such pair is kept. See: firebreak office list")
    for kept, card in cards:
        say(f"{card.theirs} of {card.party}, for our {card.ours}")
        pairs(_reach_rows(card, kept, moment))


def _reach_rows(card: Counterpart, kept: Kept, moment: Millis) -> list[tuple[str, str]]:
    there = people.in_hours(card.hours, moment)
    hours = {True: "there now", False: "NOT there now: ask for a deputy or the duty office"}
    confirmed = card.salutation_confirmed_on
    spoken = "NOT CONFIRMED by them" if confirmed is None else f"confirmed {when(confirmed)}"
    return [
        ("Call", "; ".join(f"{name_of(w.way)} {w.address}" for w in card.ways) or "no way is kept"),
        ("Ask for", " ".join(filter(None, (card.rank, card.holder))) or card.theirs),
        ("Else", ", ".join(card.deputies) or "no deputy is kept"),
        ("Hours", "not given" if card.hours is None else card.hours + _also(there, hours)),
        ("Say", "-" if card.salutation is None else f"{card.salutation} ({spoken})"),
        ("Languages", ", ".join(card.languages) or "-"),
        ("Verified", _verified(card, kept, moment, people.VERIFY_EVERY_DAYS)),
    ]


def _also(there: bool | None, texts: dict[bool, str]) -> str:
    return "" if there is None else f": {texts[there]}"
