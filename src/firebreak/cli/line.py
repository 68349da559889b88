"""`firebreak line`: the state of the line, line checks, announcements."""

from __future__ import annotations

from typing import Annotated

import typer

from firebreak.cli.client import Answer, Client
from firebreak.cli.compose import Desk
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.manner import Manner, sending
from firebreak.cli.output import opened, pairs, say
from firebreak.cli.places import IdArgument
from firebreak.cli.render import JsonOption, listing, print_json, when
from firebreak.records.kinds import LineCheck, LineCheckReply

app = noun("line", "Suspension is declared by: firebreak send line-state.")

CheckWords = Annotated[
    str,
    typer.Option(
        "--text", metavar="TEXT", help="Fresh harmless words: a line of a poem, the weather."
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
    listing(map(_channel, agreement["channels"]), 6, *columns)


def _wire(wire: Answer) -> str:
    if wire["connected"]:
        return "connected"
    where = "no address known; they dial" if wire["address"] is None else wire["address"]
    return f"not connected ({where}). {wire['trouble'] or ''}".strip()


def _channel(channel: Answer) -> tuple[str, ...]:
    own, theirs, notes = channel["own"], channel["theirs"], []
    notes += [f"SUSPENDED by {d['party']} {when(d['at'])}" for d in channel["suspended"]]
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
def check(text: CheckWords, *, manner: Manner) -> None:
    """Send a line check: a test that a person over there answers, with words of his own.

    \b
    Example:
      firebreak line check --dir alpha --text "Snow since dawn; the harbour is white."
    """
    desk = Desk(manner)
    desk.send(LineCheck(manner.needed_words(text, desk.language)))


@app.command()
@sending
def reply(beginning: IdArgument, text: CheckWords, *, manner: Manner) -> None:
    """Answer a line check of theirs, with fresh harmless words of your own.

    \b
    Example:
      firebreak line reply 3fa91c07 --dir alpha --text "Here the first storks are back."
    """
    desk = Desk(manner)
    desk.send(LineCheckReply(manner.needed_words(text, desk.language)), desk.target(beginning))


@app.command()
def roster(directory: DirectoryOption = None) -> None:
    """Announce a new version of your card, or of the agreement, to the other side.

    \b
    Example:
      firebreak line roster --dir alpha
    """
    made = Client(opened(directory)).post("/announce", {})["announced"]
    say(*(made or ["Nothing is new; nothing was announced."]))
