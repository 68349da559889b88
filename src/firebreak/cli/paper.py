"""`firebreak paper`: carry bundles on printed pages, and read them back from pictures."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firebreak.cli import REFUSED
from firebreak.cli.client import Answer, Client
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.output import day_of, now, opened, say, warn
from firebreak.cli.render import JsonOption, print_json
from firebreak.errors import FirebreakError, InvalidValue, Misuse

if TYPE_CHECKING:
    from firebreak.carriers.paper import Contradicting, Gathered, Wanting
    from firebreak.carriers.paper_pages import Cover
    from firebreak.store.directory import NodeDirectory

app = noun(
    "paper",
    "A bundle as QR codes on A4 pages: for who has paper, a telephone and legs. Copies and faxes of"
    " the pages will do; some codes may be torn or stained.",
)

PARTS = Path("paper.parts")


@app.command(name="print")
def print_(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="The bundle file to print.")],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="PLACE", help="FILE.pdf, or a folder for PNG pictures."),
    ],
    directory: DirectoryOption = None,
    as_data: JsonOption = False,
) -> None:
    """Put a bundle file onto pages, to be printed, faxed, or sent as pictures.

    The node's directory tells whose the bundle is, and in which languages the pages speak; without
    one they name the receiver's key.

    \b
    Example:
      firebreak bundle export --out to-bravo.bundle --dir alpha
      firebreak paper print to-bravo.bundle --out to-bravo.pdf --dir alpha
    """
    from firebreak.carriers.files import read_bundle
    from firebreak.carriers.paper import cut
    from firebreak.carriers.paper_pages import pdf_pages, sheets
    from firebreak.printing.picture import png
    from firebreak.sealing import parse_header

    data = read_bundle(bundle)
    cover, header = _cover(data, directory), parse_header(data)
    sheaf = cut(data)[0].sheaf
    if out.suffix.lower() == ".pdf":
        files = {out: pdf_pages(data, cover)}
    else:
        pages = sheets(data, cover)
        digits = len(str(len(pages)))
        files = {
            out / f"page-{number:0{digits}}.png": png(sheet)
            for number, sheet in enumerate(pages, 1)
        }
    for file, content in files.items():
        _write(file, content)
    if as_data:
        print_json(
            {
                "files": [str(file) for file in files],
                "pages": sheaf.pages,
                "codes": sheaf.total,
                "enough": sheaf.count,
                "check": sheaf.check,
                "receiver": cover.receiver,
                "mode": None if cover.mode is None else cover.mode.name.lower(),
            }
        )
        return
    say(
        f"{_counted(sheaf.pages, 'page')} with {sheaf.total} codes, any {sheaf.count} of which are"
        f" enough: {out}",
        f"Check words, to be read out by telephone: {sheaf.check} = {sheaf.check_words}",
        f"There: firebreak paper scan PICTURES --give. Void after {day_of(header.expires_at_ms)}.",
    )
    if cover.receiver is None:
        warn("No directory here tells whose this bundle is: the pages name the receiver's key.")
    elif cover.mode is None:
        warn(
            f"With {cover.receiver} there are exercise and real agreements: the pages say neither."
        )


@app.command()
def scan(
    pictures: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PICTURE", help="PNG or JPEG pictures of pages, in any order."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="The bundle file to write.", show_default=False),
    ] = None,
    give: Annotated[bool, typer.Option("--give", help="Give the bundle to the node.")] = False,
    parts: Annotated[
        Path,
        typer.Option("--parts", metavar="DIR", help="Where parts are kept until all are there."),
    ] = PARTS,
    directory: DirectoryOption = None,
    as_data: JsonOption = False,
) -> None:
    """Read pages back into the bundle that was printed: some today, the rest tomorrow.

    Says which codes of which page are still wanted, with exit code 1, until enough are there.
    Several bundles at once go to FILE, FILE.2, FILE.3 …

    \b
    Example:
      firebreak paper scan page-1.jpg page-2.jpg --give --dir bravo
      firebreak paper scan *.png --out from-alpha.bundle
    """
    from firebreak.carriers.paper_kept import KeptParts

    if out is None and not give:
        raise InvalidValue("Say where the bundle goes: --out FILE, or --give to the node.")
    client = Client(opened(directory)) if give else None
    kept = KeptParts(parts)
    refused = [text for picture in pictures or [] if (text := _scan(picture, kept, as_data))]
    waiting = kept.gathered()
    if not waiting:
        raise Misuse(
            "No code of ours is on these pictures, and none is kept. Scan the pages at 300 dots an"
            " inch, or photograph each from above in good light."
        )
    files = _names(out)
    done = [_finish(bundle, next(files), client, kept, as_data) for bundle in waiting]
    if as_data:
        print_json({"bundles": done, "refused": refused})
    if refused or not all(bundle["whole"] for bundle in done):
        raise typer.Exit(REFUSED)


def _scan(picture: Path, kept: Any, quiet: bool) -> str | None:
    """Keep what is on a picture; why it was refused, which does not keep the others from being read."""
    from firebreak.carriers.paper_scan import read_picture

    try:
        found = read_picture(picture)
    except FirebreakError as error:
        warn(str(error))
        return str(error)
    new = kept.add(found.parts)
    if not quiet:
        say(f"{picture}: {_counted(len(found.parts), 'code')}, {new} new.")
    if found.foreign:
        warn(f"{picture}: {_counted(found.foreign, 'code')} from elsewhere, left aside.")
    for why in found.spoilt:
        warn(f"{picture}: {why}")
    return None


def _names(out: Path | None) -> Iterator[Path | None]:
    """The file for the first bundle that is whole, for the second, and so on."""
    yield out
    number = 2
    while True:
        yield None if out is None else out.with_name(f"{out.name}.{number}")
        number += 1


def _finish(
    bundle: Gathered, file: Path | None, client: Client | None, kept: Any, quiet: bool
) -> Answer:
    """Write and give a bundle that is whole, or say what it wants. Gives what --json shows of it."""
    from firebreak.carriers.files import write_bundle
    from firebreak.carriers.paper import Contradicting, Wanting, Whole, page_of

    sheaf, result = bundle.sheaf, bundle.result()
    shown: Answer = {"check": sheaf.check, "whole": False, "file": None}
    match result:
        case Whole(bundle=data, altered=altered):
            if file is not None:
                write_bundle(file, data)
            if not quiet:
                say(f"Whole, {len(data)} bytes{'' if file is None else f': {file}'}.")
                say(f"Check words, which the sender's must be: {sheaf.check} = {sheaf.check_words}")
            for number in altered:
                warn(
                    f"Code {number + 1} of page {page_of(number) + 1} was altered or is of another"
                    " bundle; the others were enough without it. Tell whoever sent the pages."
                )
            shown |= {"whole": True, "file": None if file is None else str(file)}
            if client is not None:
                shown["given"] = _give(client, data, quiet)
            kept.forget(sheaf)
        case Wanting() | Contradicting():
            text = _wanting(bundle, result)
            if not quiet:
                warn(text)
            shown["wanted"] = text
    return shown


def _give(client: Client, data: bytes, quiet: bool) -> Answer:
    from firebreak.cli.bundle import tell

    answer = client.post("/bundles/import", {"bundle": base64.b64encode(data).decode()})
    if not quiet:
        tell("The bundle", answer)
    return answer


def _wanting(bundle: Gathered, result: Wanting | Contradicting) -> str:
    from firebreak.carriers.paper import Wanting

    sheaf = bundle.sheaf
    here = f"Bundle {sheaf.check}: {len(bundle.forms)} of {sheaf.total} codes are here"
    if isinstance(result, Wanting):
        return (
            f"{here}, {sheaf.count} are enough. {result.more} more wanted, any of these:"
            f" {_pages(result.missing)}. What is here is kept."
        )
    doubtful = f" Doubtful: {_pages(result.doubtful)}." if result.doubtful else ""
    return (
        f"{here}, and they contradict each other: more than one was altered on the way.{doubtful}"
        " Scan pages that came by another way, or ask for the bundle as a file."
    )


def _pages(numbers: tuple[int, ...]) -> str:
    """Codes as they are numbered on the pages."""
    from firebreak.carriers.paper import page_of

    return "; ".join(
        f"page {page + 1}, code{'s' if len(codes) > 1 else ''} {', '.join(codes)}"
        for page, codes in (
            (page, [str(number + 1) for number in group])
            for page, group in groupby(numbers, key=page_of)
        )
    )


def _cover(data: bytes, option: Path | None) -> Cover:
    """What this side knows of the bundle's receiver. Raises Misuse for a directory that is none."""
    from firebreak.carriers.paper_pages import Cover
    from firebreak.store.directory import NodeDirectory, find_directory

    try:
        folder = find_directory(option)
    except Misuse:
        return Cover(now())
    return _known(data, NodeDirectory.open(folder))


def _known(data: bytes, node: NodeDirectory) -> Cover:
    """The party to one of whose keys, on its card or in an agreement, the bundle is sealed."""
    from firebreak.carriers.paper_pages import Cover
    from firebreak.sealing import SealingPublic, parse_header

    header = parse_header(data)
    cards = [node.card(), *node.counterpart_cards()]
    agreements = node.agreements()
    for signed in agreements:
        cards += [signature.roster for signature in signed.signatures]
    for card in cards:
        keys = card.roster.node
        if SealingPublic(keys.x25519, keys.xwing).key_id(header.suite) != header.key_id:
            continue
        root = card.roster.root_fingerprint()
        with_them = [
            signed.agreement
            for signed in agreements
            if root in {party.fingerprint for party in signed.agreement.parties}
        ]
        modes = {agreement.mode for agreement in with_them}
        return Cover(
            now(),
            card.roster.party,
            modes.pop() if len(modes) == 1 else None,
            with_them[-1].languages if with_them else ("en",),
        )
    return Cover(now())


def _write(path: Path, content: bytes) -> None:
    """Write a file where there is none, or the same. Raises InvalidValue."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.read_bytes() != content:
            raise InvalidValue(
                f"{path} exists and holds something else; it was not changed. Choose another name."
            )
        path.write_bytes(content)
    except OSError as error:
        raise InvalidValue(
            f"{path} cannot be written: {error.strerror}. Choose another place."
        ) from error


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
