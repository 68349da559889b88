"""`firebreak journal`: what your side notes for itself; strike an entry, read it, export it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Annotated

import typer

from firebreak.cli.entering import Book, Hand, entering, rows_of
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.output import full_mark, pairs, say, table
from firebreak.cli.places import IdArgument
from firebreak.cli.render import JsonOption, print_json, short, when
from firebreak.desk.calls import for_anybody
from firebreak.desk.entries.contacts import Struck
from firebreak.desk.journal import KIND_OF, JournalKind, Kept, Void, kind_text, standing
from firebreak.desk.people import without_duress
from firebreak.desk.plain import plain
from firebreak.errors import InvalidValue
from firebreak.records.spelling import name_of, named
from firebreak.store.directory import write_file

app = noun(
    "journal",
    "It is signed like what you send, kept in the node's store, and never sent. Nothing is deleted:"
    " an entry that was wrong is struck, and stays.",
)

AllOption = Annotated[bool, typer.Option("--all", help="Every entry, of every kind.")]


def _known(kinds: list[str] | None) -> list[str] | None:
    """Kinds of the journal, which are not those of records. Raises BadParameter."""
    try:
        for kind in kinds or ():
            named(JournalKind, kind)
    except InvalidValue as error:
        raise typer.BadParameter(str(error)) from error
    return kinds


KindOption = Annotated[
    list[str] | None,
    typer.Option(
        "--kind", metavar="NAME", help="Only this kind.", show_default=False, callback=_known
    ),
]


@app.command("list")
def list_(
    kind: KindOption = None,
    last: Annotated[int, typer.Option(metavar="NUMBER", min=1, help="How many, newest last.")] = 30,
    everything: AllOption = False,
    directory: DirectoryOption = None,
    as_data: JsonOption = False,
) -> None:
    """Show the newest entries, struck ones marked, and all void ones with the reason.

    \b
    Example:
      firebreak journal list --dir alpha --kind contacted
    """
    book = Book(Hand(directory, as_data=as_data))
    shown, void = _shown_here(book, everything)
    kept = [k for k in shown if not kind or name_of(KIND_OF[type(k.entry.body)]) in kind]
    counting = _counting(shown)
    if as_data:
        entries = [_plain(k, k.id in counting) for k in kept[-last:]]
        print_json({"entries": entries, "void": [_plain_void(v) for v in void]})
        return
    for v in void:
        say(f"VOID: number {v.index}, {kind_text(v.kind)}. {v.reason}")
    if not kept:
        say("Nothing is in the journal yet. What you enter by the desk's commands stands here.")
        return
    table(
        (
            [
                short(k.id.hex()),
                when(k.entry.at),
                name_of(KIND_OF[type(k.entry.body)])
                + ("" if k.id in counting or isinstance(k.entry.body, Struck) else " (struck)"),
                k.office,
                _gist(k),
            ]
            for k in kept[-last:]
        ),
        "entry",
        "entered",
        "kind",
        "office",
        "what",
    )


def _shown_here(book: Book, everything: bool) -> tuple[list[Kept], list[Void]]:
    """Entries, struck ones too, and void ones; some only where all are asked for (JN-13)."""
    kept, void = book.whole()
    if everything:
        return kept, void
    return without_duress(kept), [v for v in void if v.kind != JournalKind.DURESS]


def _counting(entries: list[Kept]) -> set[bytes]:
    return {kept.id for kept in standing(entries)}


def _plain_void(void: Void) -> dict[str, object]:
    """With its bytes: a later version may read what this one does not know."""
    return {
        "index": void.index,
        "kind": kind_text(void.kind),
        "void": void.reason,
        "signed": base64.b64encode(void.data).decode(),
    }


def _gist(kept: Kept) -> str:
    values = [value for _, value in rows_of(plain(for_anybody(kept.entry.body)))]
    text = "; ".join(values)
    return text if len(text) <= 100 else text[:99] + "…"


def _plain(kept: Kept, counts: bool) -> dict[str, object]:
    return {
        "index": kept.index,
        "id": kept.id.hex(),
        "kind": name_of(KIND_OF[type(kept.entry.body)]),
        "at": kept.entry.at,
        "office": kept.office,
        "about": [about.hex() for about in kept.entry.about],
        "counts": counts,
        "body": plain(for_anybody(kept.entry.body)),
    }


@app.command()
def show(entry: IdArgument, directory: DirectoryOption = None, as_data: JsonOption = False) -> None:
    """Show one entry whole.

    \b
    Example:
      firebreak journal show 4f1c --dir alpha
    """
    book = Book(Hand(directory, as_data=as_data))
    kept = book.one(entry)
    counts = kept.id in {k.id for k in book.entries()}
    if as_data:
        print_json(_plain(kept, counts))
        return
    pairs(
        [
            ("Entry", f"{kept.id.hex()}, number {kept.index}" + ("" if counts else ", STRUCK")),
            ("Kind", name_of(KIND_OF[type(kept.entry.body)])),
            ("Entered", f"{when(kept.entry.at)} for {kept.office}"),
            *(("About", about.hex()) for about in kept.entry.about),
            *rows_of(plain(for_anybody(kept.entry.body))),
        ]
    )


@app.command()
@entering
def strike(
    entry: IdArgument,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
    *,
    hand: Hand,
) -> None:
    """Strike an entry that was wrong: it no longer counts, and stays with the reason.

    \b
    Example:
      firebreak journal strike 4f1c --dir alpha --reason "entered twice"
    """
    book = Book(hand)
    book.enter(Struck(reason), [book.one(entry).id])


@app.command()
def export(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it, as JSON lines.")],
    everything: AllOption = False,
    directory: DirectoryOption = None,
) -> None:
    """Write the whole journal as plain JSON, one entry a line, void ones too, readable by itself.

    \b
    Example:
      firebreak journal export journal.jsonl --dir alpha
    """
    book = Book(Hand(directory))
    kept, void = _shown_here(book, everything)
    counting = _counting(kept)
    mark = full_mark(book.node.config.mark)
    marked = {"mark": mark} if mark else {}
    rows = [(k.index, _plain(k, k.id in counting)) for k in kept]
    rows += [(v.index, _plain_void(v)) for v in void]
    rows.sort(key=lambda row: row[0])
    lines = [json.dumps(marked | row, ensure_ascii=False) for _, row in rows]
    write_file(out, "".join(f"{line}\n" for line in lines).encode())
    say(f"{len(lines)} entries are in {out}. They are confidential.")
