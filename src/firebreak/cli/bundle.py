"""`firebreak bundle`: carry records by file where there is no wire."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Annotated

import typer

from firebreak.cli.client import Answer, Client
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.manner import AgreementOption
from firebreak.cli.output import opened, say, table, warn
from firebreak.cli.render import JsonOption, print_json, when
from firebreak.store.directory import read_file, write_file

app = noun(
    "bundle",
    "A bundle is sealed to the other side: whoever carries it cannot read it. Carry theirs back:"
    " only their receipt makes yours delivered.",
)


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The bundle file to write.")],
    directory: DirectoryOption = None,
    agreement: AgreementOption = None,
    as_data: JsonOption = False,
) -> None:
    """Write all that the other side has given no receipt for, sealed, to be carried by hand.

    What is too much for one file goes into several: FILE, FILE.2, FILE.3 …

    \b
    Example:
      firebreak bundle export --out to-bravo.firebreak --dir alpha
    """
    from firebreak.carriers.files import write_bundle

    answer = Client(opened(directory)).post("/bundles/export", {"agreement": agreement})
    files = []
    for number, bundle in enumerate(answer["bundles"], 1):
        file = out if number == 1 else out.with_name(f"{out.name}.{number}")
        write_bundle(file, base64.b64decode(bundle))
        files.append(str(file))
    if as_data:
        print_json({"files": files, "records": answer["records"], "peer": answer["peer"]})
        return
    say(
        f"{answer['records']} records and our receipts, sealed to {answer['peer']}:"
        f" {', '.join(files)}",
        "There: firebreak bundle import FILE. It is good for 7 days.",
    )


@app.command(name="import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Bundle files.")],
    directory: DirectoryOption = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by", metavar="RELAY", help="The relay that brought them.", show_default=False
        ),
    ] = None,
    as_data: JsonOption = False,
) -> None:
    """Take in bundles that the other side sent by hand; in any order, as often as you like.

    \b
    Example:
      firebreak bundle import to-alpha.firebreak --dir alpha
    """
    from firebreak.carriers.files import read_bundle

    client = Client(opened(directory))
    answers = []
    for file in files:
        data = base64.b64encode(read_bundle(file)).decode()
        words = {"bundle": data} if by is None else {"bundle": data, "relay": by}
        answers.append(client.post("/bundles/import", words))
    if as_data:
        print_json({"bundles": answers})
        return
    for file, answer in zip(files, answers, strict=True):
        tell(str(file), answer)


@app.command()
def send(
    by: Annotated[
        str, typer.Option("--by", metavar="RELAY", help="The relay that shall carry it.")
    ],
    directory: DirectoryOption = None,
    agreement: AgreementOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write it to a file that is carried to the relay by hand.",
            show_default=False,
        ),
    ] = None,
    readable: Annotated[
        str | None,
        typer.Option(
            "--readable",
            metavar="ID",
            help="This one record only, not sealed: refused unless the agreement says that this relay"
            " may read.",
            show_default=False,
        ),
    ] = None,
    as_data: JsonOption = False,
) -> None:
    """Give a relay all that the other side has no receipt for, sealed. Nothing goes by one otherwise.

    The relay learns that the two parties speak, when, how much and how urgently; it reads nothing.
    Receipts and answers come back by the same way while the line is down.

    \b
    Example:
      firebreak bundle send --by SWISS --dir alpha
    """
    from firebreak.carriers.files import write_bundle

    words = {"relay": by, "agreement": agreement, "by_hand": out is not None}
    if readable is not None:
        words["readable"] = readable.lower()
    answer = Client(opened(directory)).post("/relays/give", words)
    files = []
    for number, given in enumerate(answer["bundles"], 1):
        if out is not None:
            file = out if number == 1 else out.with_name(f"{out.name}.{number}")
            write_bundle(file, base64.b64decode(given["sealed"]))
            files.append(str(file))
    if as_data:
        print_json({**answer, "files": files})
        return
    if not answer["agreed"]:
        warn(f"The agreement names no relay {by}: the other side may not know of it.")
    carried = f"in {', '.join(files)}" if files else "over the connection"
    what = "records and our receipts, sealed to" if readable is None else "record, NOT SEALED, to"
    say(f"{answer['records']} {what} {answer['peer']}, by {by} {carried}.")
    if not files and not answer["connected"]:
        warn(f"{by} is not connected; they go as soon as it is.")
    say("Where it stands: firebreak bundle custody")


@app.command()
def custody(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE", help="Custody receipts that came by hand.", show_default=False
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="RELAY", help="Whose they are.", show_default=False),
    ] = None,
    directory: DirectoryOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Write every custody receipt to this folder, for: firebreak relay verify.",
            show_default=False,
        ),
    ] = None,
    as_data: JsonOption = False,
) -> None:
    """Show where each bundle stands that was given to a relay, leg by leg; take in its receipts.

    \b
    Example:
      firebreak bundle custody --dir alpha
      firebreak bundle custody 3f2a81cc-1-taken.custody --by SWISS --dir alpha
    """
    client = Client(opened(directory))
    if files and by is None:
        raise typer.BadParameter("Whose receipts are they? Name the relay: --by RELAY")
    for file in files or ():
        data = base64.b64encode(read_file(file, "the custody receipt")).decode()
        client.post("/relays/custody", {"relay": by, "receipt": data})
    answer = client.get("/relays")
    if out is not None:
        _write_receipts(out, answer["passages"])
    if as_data:
        print_json(answer)
        return
    for relay in answer["relays"]:
        state = "connected" if relay["connected"] else relay["trouble"] or "not connected"
        where = relay["address"] or "met by hand"
        say(f"{relay['name']}, {where}: {state if relay['address'] else 'no connection'}")
    for passage in answer["passages"]:
        _tell_passage(passage)
    if not answer["passages"]:
        say("Nothing was given to a relay yet. See: firebreak bundle send --help")


def _write_receipts(out: Path, passages: list[Answer]) -> None:
    """One file for each statement, named as the relay's own people would name it."""
    for passage in passages:
        for number, leg in enumerate(passage["legs"], 1):
            name = f"{passage['bundle'][:8]}-{number}-{leg['step']}.custody"
            write_file(out / name, base64.b64decode(leg["receipt"]))


def _tell_passage(passage: Answer) -> None:
    late = ", OVERDUE: this is no silence of the other side" if passage["overdue"] else ""
    mark = ", NOT SEALED: readable by consent" if passage["readable"] else ""
    say(
        "",
        f"{passage['bundle'][:8]}  to {passage['peer']} by {passage['relay']},"
        f" {passage['precedence'].upper()}, {passage['records']} records{mark}",
        f"  {passage['standing']} since {when(passage['standing_since'])}{late}",
    )
    rows = [("given by us", when(passage["given_at"]), "", f"by {passage['way']}")]
    for leg in passage["legs"]:
        times = when(leg["happened"]), when(leg["reported"])
        doubt = " (TIME DOUBTFUL)" if leg["doubtful"] else ""
        rows.append((f"{leg['step']}, says {passage['relay']}{doubt}", *times, leg["detail"]))
    if passage["delivered"] is not None:
        word = "yes, by their own receipt" if passage["delivered"] else "no receipt of theirs yet"
        rows.append(("delivered", "", "", word))
    if passage["asked"]:
        rows.append(("answered", "", "", f"{passage['answered']} of {passage['asked']}"))
    table(rows, "leg", "happened", "reported", "what")


def tell(file: str, answer: Answer) -> None:
    """Say what a bundle brought; file: where it came from."""
    entries, delivered = sum(answer["entries"].values()), sum(answer["delivered"].values())
    if not answer["peer"]:
        say(f"{file}: nothing new in it.")
    else:
        say(f"{file}: {entries} new entries of {answer['peer']}; {delivered} of ours delivered.")
    for alert in answer["told"]:
        if alert["level"] != "info":
            warn(f"  {alert['level']}: {alert['text']}")
    if entries:
        say("  See: firebreak inbox. Then carry a bundle back, so that they have our receipt.")
