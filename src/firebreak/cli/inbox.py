"""`firebreak inbox`: what has come in, and what waits for an answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from firebreak.cli.client import Answer, Client
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.manner import AgreementOption, ChannelOption
from firebreak.cli.output import now, opened, say, table
from firebreak.cli.render import JsonOption, joined, lasting, print_json, short, when

app = noun("inbox")

_PAGE = 200
_WIDTH = 110


@app.command()
def inbox(
    directory: DirectoryOption = None,
    agreement: AgreementOption = None,
    channel: ChannelOption = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Only this kind; as often as needed.", show_default=False
        ),
    ] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Only open questions and notices that hold.")
    ] = False,
    unread: Annotated[
        bool, typer.Option("--unread", help="Only what was not displayed here yet.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Also what went out.")] = False,
    out: Annotated[bool, typer.Option("--out", help="Only what went out.")] = False,
    limit: Annotated[int, typer.Option(metavar="COUNT", help="At most so many.", min=1)] = 50,
    as_data: JsonOption = False,
) -> None:
    """Show what has come in, newest first; the node then says to the other side: displayed.

    Displayed is not read, and read is not understood: say so by `send read` and `ack`. With --json
    nothing is displayed to anybody, and nothing is said.

    \b
    Example:
      firebreak inbox --dir alpha --waiting
    """
    client = Client(opened(directory))
    views = _collect(
        client,
        limit,
        agreement=agreement,
        box="all" if everything else "out" if out else "in",
        channel=channel,
        kind=kind,
        waiting=waiting,
        unread=unread,
    )
    if as_data:
        print_json({"records": views})
        return
    if not views:
        say("Nothing here. Absence of messages says nothing about what is done there.")
        return
    table(map(_row, views), "Id", "Came", "From", "Kind", "State", "Says", whole=2)
    theirs = [v["id"] for v in views if not v["ours"] and v["standing"] != "overtaking"]
    client.displayed(theirs)


def _collect(client: Client, limit: int, **query: object) -> list[Answer]:
    """So many records over as many pages as it takes."""
    views: list[Answer] = []
    after = ""
    while len(views) < limit:
        page = client.get("/records", after=after, limit=min(limit - len(views), _PAGE), **query)
        views += page["records"]
        after = page["next"]
        if not after:
            break
    return views


def _row(view: Answer) -> tuple[str, ...]:
    precedence = (view["precedence"] or "").upper()
    urgent = f" {precedence}" if precedence not in ("", "ROUTINE") else ""
    sentence = next(iter(view["sentence"].values()), "")
    return (
        short(view["id"]),
        when(view["stored_at"]),
        f"{'us' if view['ours'] else view['party']}, {view['office'] or 'unknown author'}",
        f"{view['kind']}{urgent}",
        joined(marks(view)),
        sentence if len(sentence) <= _WIDTH else f"{sentence[: _WIDTH - 1]}…",
    )


def marks(view: Answer) -> Iterable[str]:
    """What an officer must see of a record at one glance."""
    if view["void"]:
        yield f"VOID ({view['void']['reason']})"
    question = view["question"]
    if question and question["due"] is not None:
        yield f"{question['standing']}, due {_due(question['due'])}"
    elif question:
        yield question["standing"]
    elif view["standing"] not in ("said", "void", "overtaking") and view["root"] == view["id"]:
        yield view["standing"]
    yield from dict.fromkeys(
        state["state"] for state in view["states"] if state["state"] not in ("answered", "lapsed")
    )
    if view["conflicts"]:
        yield "CONFLICT"
    if view["unchecked_area"]:
        yield "area unsound: may meet anything"
    if view["stale_picture"]:
        yield "stale picture"
    if view["late"]:
        yield "late notice"
    if view["blanket"]:
        yield "blanket: claims nothing"
    if view["doubtful_time"]:
        yield "time doubtful"
    if view["delayed"]:
        yield "delayed, or its clock is behind"


def _due(due: int) -> str:
    left = due - now()
    if left < 0:
        return f"{when(due)} OVERDUE"
    return f"{when(due)} (in {lasting(left)})"
