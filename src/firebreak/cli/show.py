"""`firebreak show`: one record or dialogue, with what is known of its delivery."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer

from firebreak.cli.client import Answer, Client
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.inbox import marks
from firebreak.cli.output import opened, say
from firebreak.cli.places import IdArgument, id_beginning
from firebreak.cli.render import JsonOption, joined, print_json, short, when
from firebreak.cli.shown import MOST_LANGUAGES, margin_text
from firebreak.errors import InvalidValue, Misuse

app = noun("show")

FLAGS = (
    "area unsound: may meet anything",
    "stale picture",
    "late notice",
    "blanket: claims nothing",
    "time doubtful",
    "delayed, or its clock is behind",
)


@app.command()
def show(
    beginning: IdArgument,
    directory: DirectoryOption = None,
    language: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Only this language.", show_default=False),
    ] = None,
    as_data: JsonOption = False,
) -> None:
    """Show the dialogue that a record belongs to, in order, with states and times (UTC).

    No state is inferred from another. With --json nothing is said to be displayed.

    \b
    Example:
      firebreak show 3fa91c07 --dir alpha
    """
    asked = id_beginning(beginning)
    client = Client(opened(directory))
    dialogue = _dialogue(client, asked)
    if as_data:
        print_json(dialogue)
        return
    due = "" if dialogue["due"] is None else f", next due {when(dialogue['due'])}"
    say(f"Dialogue {short(dialogue['root'])}: {dialogue['standing']}{due}")
    for view in dialogue["records"]:
        say("", *_lines(view, language or []))
    client.displayed(view["id"] for view in dialogue["records"] if not view["ours"])


def _dialogue(client: Client, asked: str) -> Answer:
    """The dialogue of a record. Raises Misuse where there is none; an entry of the journal is named so."""
    try:
        return client.get(f"/records/{asked}")
    except Misuse as error:
        found = None
        with suppress(Misuse):
            found = short(client.get(f"/journal/{asked}")["id"])
        if found is None:
            raise
        raise InvalidValue(
            f"{found} is an entry of our own journal. See: firebreak journal show {found}"
        ) from error


def _lines(view: Answer, languages: list[str]) -> list[str]:
    """One record with everything known of it."""
    composed = "" if view["composed_at"] is None else f", composed {when(view['composed_at'])}"
    author = f"{view['party']}, {view['office'] or 'unknown author'}"
    precedence = (view["precedence"] or "").upper()
    lines = [
        f"{short(view['id'])}  {view['kind']} {precedence}  {author}  ({view['channel']})",
        f"  logged here {when(view['stored_at'])}{composed}; entry {view['index']}",
    ]
    if view["void"]:
        lines.append(f"  VOID ({view['void']['reason']}): {view['void']['what']}")
    shown = languages or list(view["sentence"])[:MOST_LANGUAGES]
    lines += [f"  {code}: {text}" for code, text in view["sentence"].items() if code in shown]
    if view["critical"]:
        pairs = "; ".join(f"{field['name']} {field['value']}" for field in view["critical"])
        lines.append(f"  code: {pairs}")
    lines += [f"  {_state(state)}" for state in view["states"]]
    lines += [f"  CONFLICT: {margin_text(margin)}" for margin in view["conflicts"]]
    flags = [mark for mark in marks(view) if mark in FLAGS]
    if flags:
        lines.append(f"  {joined(flags)}")
    if view["question"]:
        question = view["question"]
        due = "" if question["due"] is None else f", due {when(question['due'])}"
        lines.append(f"  question: {question['standing']}{due}")
    return lines


def _state(state: Answer) -> str:
    by = "" if state["by"] is None else f" by {state['by']}"
    record = "" if state["id"] is None else f" ({short(state['id'])})"
    return f"{state['state']} {when(state['at'])}{by}{record}"
