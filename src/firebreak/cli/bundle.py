"""`firebreak bundle`: carry records by file where there is no wire."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Annotated

import typer

from firebreak.cli.client import Answer, Client
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.manner import AgreementOption
from firebreak.cli.output import opened, say, warn
from firebreak.cli.render import JsonOption, print_json

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
        answers.append(client.post("/bundles/import", {"bundle": data}))
    if as_data:
        print_json({"bundles": answers})
        return
    for file, answer in zip(files, answers, strict=True):
        _tell(file, answer)


def _tell(file: Path, answer: Answer) -> None:
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
