"""`firebreak ledger`: the logs read through and verified, or written out as plain text."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.output import opened, refuse, say, warn
from firebreak.cli.render import JsonOption, print_json, when

if TYPE_CHECKING:
    from typing import TextIO

    from firebreak.node.audit import Fault, Sound
    from firebreak.node.shared import Shared
    from firebreak.store.directory import NodeDirectory
    from firebreak.store.interface import Entry

app = noun(
    "ledger",
    "Reads the store beside a running node, or without one, and changes nothing. The journal, which"
    " is this side's own, is never read.",
)

_MOST_SHOWN = 20
NodeArgument = Annotated[
    Path | None, typer.Argument(metavar="DIR", help="The node's directory.", show_default=False)
]


@app.command()
def verify(
    place: NodeArgument = None, directory: DirectoryOption = None, as_data: JsonOption = False
) -> None:
    """Verify every entry of every log here, own and mirrored; exit code 1 if anything fails.

    Each record's signature and verdict, each commitment, each signed head is computed anew. With
    --json: {origin: {size, root}}, which must be the same on both sides.

    \b
    Example:
      firebreak ledger verify alpha --json
    """
    from firebreak.node.audit import Sound

    node = _with_store(place or directory)
    sound: list[Sound] = []
    faults: list[Fault] = []
    for finding in _findings(node):
        if isinstance(finding, Sound):
            sound.append(finding)
        else:
            faults.append(finding)
            if len(faults) <= _MOST_SHOWN:
                where = "" if finding.index is None else f" entry {finding.index}:"
                warn(f"{finding.origin}{where} {finding.what}")
    if as_data:
        print_json({log.origin: {"size": log.size, "root": log.root.hex()} for log in sound})
    else:
        for log in sound:
            say(f"{log.origin}  {log.size} entries  root {log.root.hex()}")
    if faults:
        refuse(
            f"{len(faults)} faults were found. Move {node.store} and all files beside it that begin"
            f" with {node.store.name} to a safe place, put the same files of the newest backup there,"
            " or none, and start the node: it asks the other side for what it lacks."
        )
    if not as_data:
        say(
            "Every entry, commitment and head verifies. That the other side holds the same is shown"
        )
        say("by comparing roots with them.")


def _with_store(option: Path | None) -> NodeDirectory:
    """The node's directory, if its store is there. Raises Misuse."""
    node = opened(option)
    if not node.store.exists():
        refuse(
            f"The store of {node.path} is lost. Start the node, so that it asks the other side for"
            f" what that holds: firebreak node run --dir {node.path}"
        )
    return node


def _shared(node: NodeDirectory) -> Iterator[Shared]:
    """The logs of each agreement, over a store that is only read."""
    from firebreak.node import audit
    from firebreak.node.opening import joined
    from firebreak.store.keyfiles import NodeSecrets
    from firebreak.store.sqlite import open_read_only

    store = open_read_only(node.store)
    try:
        agreements = joined(node, NodeSecrets.load(node.path), node.agreements())
        for ordinal, one in enumerate(agreements):
            yield audit.opened(one, ordinal, store)
    finally:
        store.close()


def _findings(node: NodeDirectory) -> Iterator[Fault | Sound]:
    from firebreak.node.audit import audit

    for shared in _shared(node):
        yield from audit(shared)


@app.command()
def export(
    place: NodeArgument = None,
    directory: DirectoryOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Without it: standard output.", show_default=False
        ),
    ] = None,
) -> None:
    """Write every log as plain text that can be read without this software.

    Sentences are in English; the signed bytes stand beside them in hexadecimal, and they alone are
    what was said. Verify first: this does not.

    \b
    Example:
      firebreak ledger export alpha --out logs.txt
    """
    node = _with_store(place or directory)
    if out is None:
        _write(node, sys.stdout)
        return
    if out.exists():
        refuse(f"{out} is there already; nothing was changed. Give another name by --out.")
    try:
        file = out.open("w", encoding="utf-8")
    except OSError as error:
        refuse(f"{out} cannot be written: {error.strerror}. Give another name by --out.")
    with file:
        _write(node, file)
    say(f"Written: {out}")


def _write(node: NodeDirectory, file: TextIO) -> None:
    print("FIREBREAK LOGS. Times are UTC. The bytes are the records as signed.", file=file)
    for shared in _shared(node):
        _write_agreement(shared, file)


def _write_agreement(shared: Shared, file: TextIO) -> None:
    from firebreak.records.agreement import Channel
    from firebreak.records.spelling import name_of

    base = shared.base
    print(f"\nAGREEMENT {base.title}, digest {base.digest().hex()}", file=file)
    for channel, book in shared.books.items():
        for log in book.logs.values():
            name = name_of(Channel(channel))
            party = base.parties[log.party].name
            print(f"\nLOG of {party} on {name}: {log.origin}, {log.durable} entries", file=file)
            for entry in shared.around.store.entries(log.origin, 0, log.durable):
                for line in _lines(shared, channel, entry):
                    print(line, file=file)
            if log.durable:
                print(f"ROOT {shared.root_at(log, log.durable).hex()}", file=file)


def _lines(shared: Shared, channel: int, entry: Entry) -> Iterator[str]:
    from firebreak.node.logs import judged_of
    from firebreak.phrases import names_of, sentence
    from firebreak.records.kinds import Kind
    from firebreak.records.spelling import code_name

    record = judged_of(entry).record
    kind = "no record" if record is None else code_name(Kind, record.kind)
    yield ""
    yield f"ENTRY {entry.index}  {kind}  id {entry.record_id.hex()}"
    yield f"  stored {when(entry.stored_at)}" + (f"  VOID: {entry.void}" if entry.void else "")
    if record is not None:
        yield f"  composed {when(record.composed_at)} by key {record.author}, {record.precedence.name}"
        yield f"  {sentence(record, names_of(shared.agreement), 'en')}"
    yield f"  bytes {entry.record.hex()}"
