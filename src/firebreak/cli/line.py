"""`firebreak line`: the state of the line, line checks, announcements."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from firebreak.cli import line_checks
from firebreak.cli.attested import AttestedDesk, desk_of
from firebreak.cli.client import Answer, Client
from firebreak.cli.compose import Desk
from firebreak.cli.entering import Book, Hand
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.line_checks import declared_text
from firebreak.cli.manner import Manner, sending
from firebreak.cli.output import opened, pairs, refuse, say, table
from firebreak.cli.places import IdArgument
from firebreak.cli.render import JsonOption, print_json, when
from firebreak.desk.checks import CARRIER_OF
from firebreak.desk.entries.checks import Carrier, CheckWent
from firebreak.errors import InvalidValue
from firebreak.records.kinds import Kind, LineCheck, LineCheckReply
from firebreak.records.slots import Words
from firebreak.records.spelling import name_of, named

app = noun("line", "Suspension is declared by: firebreak send line-state.")

CheckWords = Annotated[
    str | None,
    typer.Option(
        "--text",
        metavar="TEXT",
        help="Fresh harmless words of your own. Without it: proposed ones, shown before you sign.",
        show_default=False,
    ),
]


@app.command()
def status(directory: DirectoryOption = None, as_data: JsonOption = False) -> None:
    """Show each line: the human lamp first, then the machine's, then its channels.

    \b
    Example:
      firebreak line status --dir alpha
    """
    answer = Client(opened(directory)).get("/status")
    if as_data:
        print_json(answer)
        return
    for agreement in answer["agreements"]:
        _show(agreement)
    agreed = {(a["peer"], c["channel"]) for a in answer["agreements"] for c in a["channels"]}
    for told in Client(opened(directory)).get("/checks")["declared"]:
        if (told["party"], told["channel"]) not in agreed:
            say(f"{told['channel']}: {declared_text(told)}")
    if not answer["agreements"]:
        say("No agreement that both sides signed is kept here: firebreak agreement new")


def _show(agreement: Answer) -> None:
    human, machine, wire = agreement["human"], agreement["machine"], agreement["wire"]
    heard = f"{when(human['at'])}, {human['office']}" if human["at"] else "not since the node runs"
    rows = [
        ("Last human word", heard),
        ("Last machine word", when(machine["at"])),
        ("Line", agreement["line"]),
        ("Wire", _wire(wire)),
    ]
    if agreement["recovering"]:
        rows.append(
            ("RECOVERING", "this store is new here, or older; nothing is appended until caught up")
        )
    if agreement["failed"]:
        rows.append(("STORE", agreement["failed"]))
    say(f"{agreement['title']} ({agreement['agreement']}, {agreement['mode']})")
    pairs(rows)
    columns = ("Channel", "Ours", "Delivered", "Theirs", "Awaited", "Current", "Note")
    table(map(_channel, agreement["channels"]), *columns, whole=6)
    for channel in agreement["channels"]:
        say(*(f"  {channel['channel']}: {declared_text(each)}" for each in channel["suspended"]))


def _wire(wire: Answer) -> str:
    if wire["connected"]:
        return "connected"
    where = "no address known; they dial" if wire["address"] is None else wire["address"]
    return f"not connected ({where}). {wire['trouble'] or ''}".strip()


def _channel(channel: Answer) -> tuple[str, ...]:
    own, theirs, notes = channel["own"], channel["theirs"], []
    notes += [f"SUSPENDED by {declared['party']}" for declared in channel["suspended"]]
    if channel["unchecked_since"] is not None:
        notes.append(f"UNCHECKED since {when(channel['unchecked_since'])}")
    if channel["overdue"]:
        notes.append(f"{channel['overdue']} OVERDUE")
    notes += [
        f"FORK of {whose} log" for whose, log in (("our", own), ("their", theirs)) if log["forked"]
    ]
    counts = (own["size"], own["delivered"], theirs["size"], channel["awaited"], channel["current"])
    return (channel["channel"], *map(str, counts), "; ".join(notes) or "-")


@app.command()
@sending
def check(
    text: CheckWords = None,
    carrier: Annotated[
        str | None,
        typer.Option(
            "--carrier",
            metavar="NAME",
            help="What you have it go by, to test it: wire, narrow, mail, by-hand or relay.",
            show_default=False,
        ),
    ] = None,
    in_turn: Annotated[
        bool,
        typer.Option(
            "--in-turn", help="By the carrier and to the office whose turn it is: line checks."
        ),
    ] = False,
    *,
    manner: Manner,
) -> None:
    """Send a line check: a test that a person over there answers, with words of his own.

    \b
    Examples:
      firebreak line check --dir alpha --text "Snow since dawn; the harbour is white."
      firebreak line check --in-turn --dir alpha
    """
    way = None if carrier is None else named(Carrier, carrier)
    if way in CARRIER_OF.values() or (carrier is not None and manner.by is not None):
        raise InvalidValue("An officer's own check is noted by: firebreak line tried")
    if in_turn:
        way, manner = _in_turn(way, manner)
    desk = desk_of(manner)
    words = _words(desk, text, manner)
    try:
        desk.send(LineCheck(words))
    finally:
        if way is not None and desk.sent is not None:
            _note_carrier(way, desk.sent, manner)
            desk.say(*_HOW.get(way, ()))


def _note_carrier(way: Carrier, sent: str, manner: Manner) -> None:
    """That this check of ours, sent just now, goes by that carrier."""
    book = Book(Hand(manner.directory, manner.key, manner.office, manner.yes, manner.as_data))
    book.enter_quietly(CheckWent(way), [bytes.fromhex(sent)])


_HOW = {
    Carrier.MAIL: ("Mail goes where no wire stands. See: firebreak mail status",),
    Carrier.BY_HAND: ("Now carry it: firebreak bundle export, or firebreak paper print",),
    Carrier.RELAY: ("Now give it to the relay: firebreak bundle send --by RELAY",),
}


def _in_turn(way: Carrier | None, manner: Manner) -> tuple[Carrier, Manner]:
    """The carrier and the addressee whose turn it is. Raises Misuse where it is a telephone's."""
    desk = Desk(manner)
    channel = name_of(desk.channel(Kind.LINE_CHECK))
    peer = desk.agreement.parties[desk.them].name
    lines = desk.client.get("/checks")["lines"]
    line = next((e for e in lines if (e["party"], e["channel"]) == (peer, channel)), None)
    if line is None or line["next_turn"] is None:
        refuse(
            f"The agreement has no line checks on the {channel} channel. Say which way yourself."
        )
    turn = line["next_turn"]
    found = named(Carrier, turn["carrier"])
    if found in CARRIER_OF.values():
        refuse(
            f"It is the turn of {turn['carrier']}, to {turn['office']}. Speak to them, then note it:"
            " firebreak line tried"
        )
    if way not in (None, found):
        refuse(f"It is the turn of {turn['carrier']}. Leave out --carrier, or --in-turn.")
    desk.say(f"In turn: {turn['office']}, by {turn['carrier']}.")
    return found, replace(manner, addressees=[turn["office"]])


def _words(desk: Desk, text: str | None, manner: Manner) -> Words:
    """The officer's own words, or fresh ones that the node proposes, which are in English."""
    if text is not None:
        return manner.needed_words(text, desk.language)
    party = desk.party if isinstance(desk, AttestedDesk) else desk.agreement.parties[desk.them].name
    proposed: str = desk.client.get("/checks/words", party=party)["words"]
    desk.say(f"Proposed: {proposed}")
    return replace(manner, language="en").needed_words(proposed, "en")


@app.command()
@sending
def reply(beginning: IdArgument, text: CheckWords = None, *, manner: Manner) -> None:
    """Answer a line check of theirs, with fresh harmless words of your own.

    \b
    Example:
      firebreak line reply 3fa91c07 --dir alpha --text "Here the first storks are back."
    """
    desk = desk_of(manner)
    target = desk.target(beginning)
    desk.send(LineCheckReply(_words(desk, text, manner)), target)


@app.command()
def roster(directory: DirectoryOption = None) -> None:
    """Announce a new version of your card, or of the agreement, to the other side.

    \b
    Example:
      firebreak line roster --dir alpha
    """
    made = Client(opened(directory)).post("/announce", {})["announced"]
    say(*(made or ["Nothing is new; nothing was announced."]))


line_checks.register(app)
