"""`firebreak evidence`: export and verify proof that anybody can check."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firebreak.cli.compose import Desk
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.manner import AgreementOption, Manner
from firebreak.cli.officer import officer
from firebreak.cli.output import fingerprint_lines, refuse, say
from firebreak.cli.places import IdArgument
from firebreak.cli.render import JsonOption, print_json
from firebreak.records.agreement import Channel, Mode, Publication
from firebreak.records.spelling import code_name
from firebreak.store.directory import write_file

if TYPE_CHECKING:
    from firebreak.evidence import EntryFound, Verdict

app = noun(
    "evidence",
    "A file proves who said what, and that it was logged and received; never that it is true.",
)

_HEX_ROOT = re.compile(r"[0-9A-Fa-f]{64}")
CLAUSES = {
    Publication.BOTH_CONSENT: "The agreement: shown to others only if both parties consent.",
    Publication.EITHER_AFTER_NOTICE: "The agreement: give the other party notice before showing it.",
    Publication.EITHER: "The agreement: either party may show it.",
    Publication.NEVER: "The agreement: nothing under it may be shown to others.",
}


@app.command()
def export(
    beginning: IdArgument,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The file to write; not overwritten.")
    ],
    directory: DirectoryOption = None,
    agreement: AgreementOption = None,
    whole: Annotated[
        bool, typer.Option("--dialogue", help="The whole dialogue, not this record alone.")
    ] = False,
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="The officer's key.", show_default=False),
    ] = None,
    release: Annotated[
        Path | None,
        typer.Option(
            "--release",
            metavar="FILE",
            help="The second officer's key; needed unless the agreement is an exercise.",
            show_default=False,
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Export without asking.")] = False,
) -> None:
    """Write one record as evidence. The node notes in its journal who did.

    \b
    Example:
      firebreak evidence export 3fa91c07 --out query.evidence --dir alpha
    """
    if out.exists():
        refuse(f"{out} is there already; nothing was changed. Give another name by --out.")
    desk = Desk(Manner(directory=directory, agreement=agreement, yes=yes))
    target = desk.target(beginning)
    roles = tuple(o.role for o in desk.agreement.offices if o.party == desk.us)
    who = [officer(desk.node, key, None, roles)]
    if release is not None:
        who.append(officer(desk.node, release, None, ()))
    _check_officers([one.index for one in who], desk.agreement.mode)
    say(CLAUSES[desk.agreement.publication])
    desk.confirm("Export it?")
    desk.note_duress(who[0], bytes.fromhex(target.view["id"]))
    names = ", ".join(f"{one.index} ({one.office})" for one in who)
    answer = desk.client.get(f"/evidence/{target.view['id']}", officers=names, whole=whole)
    write_file(out, base64.b64decode(answer["file"]))
    say(f"Written: {out}. Anybody can check it: firebreak evidence verify {out.name} --root HEX")


def _check_officers(indices: list[int], mode: Mode) -> None:
    if len(set(indices)) != len(indices):
        refuse("The same key cannot ask and release. Have another officer release it.")
    if mode is Mode.REAL and len(indices) < 2:
        refuse("Evidence leaves under a real agreement by two officers: --release KEYFILE.")


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An evidence file.")],
    root: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HEX",
            help="A root fingerprint that you have by another way; as often as needed.",
            show_default=False,
        ),
    ] = None,
    as_data: JsonOption = False,
) -> None:
    """Verify an evidence file: no node, no network. Exit code 1 for any fault in it.

    Without --root it says only that the file is consistent, not who the parties are.

    \b
    Example:
      firebreak evidence verify query.evidence --root 61b1b7f0…
    """
    from firebreak.evidence import verify as verified
    from firebreak.evidence.file import MOST_BYTES

    roots = [root_fingerprint(text) for text in root or ()]
    verdict = verified(_read(file, MOST_BYTES), roots)
    if as_data:
        print_json(_plain(verdict))
    else:
        _tell(verdict)


def _read(file: Path, most: int) -> bytes:
    """The file's bytes, and one more than any evidence has, so that a longer one is refused."""
    try:
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        return refuse(f"The evidence file {file} cannot be read: {error.strerror}.")


def root_fingerprint(text: str) -> bytes:
    """A root fingerprint as it is typed, 32 bytes. Raises BadParameter."""
    plain = "".join(text.split())
    if _HEX_ROOT.fullmatch(plain) is None:
        raise typer.BadParameter(f"{text!r} is no root fingerprint: 64 hexadecimal digits.")
    return bytes.fromhex(plain)


def _tell(verdict: Verdict) -> None:
    say(f"Verdict: {verdict.status}.", "")
    for party in verdict.parties:
        if not party.pinned:
            say(*fingerprint_lines(party.name, party.fingerprint))
    say("", "Proved:", *(f"  + {line}" for line in verdict.proved))
    say("", "Not proved:", *(f"  - {line}" for line in verdict.not_proved))
    for entry in verdict.entries:
        _tell_sentence(entry)


def _tell_sentence(entry: EntryFound) -> None:
    """What the record says, in the languages of its agreement."""
    from firebreak.cli.render import short
    from firebreak.cli.shown import show_record

    say("", f"Record {short(entry.id.hex())} of {entry.agreement.parties[entry.party].name}:")
    show_record(entry.record, entry.agreement, code_name(Channel, entry.channel), say)


def _plain(verdict: Verdict) -> dict[str, object]:
    return {
        "status": str(verdict.status),
        "parties": [
            {"name": party.name, "root": party.fingerprint.hex(), "pinned": party.pinned}
            for party in verdict.parties
        ],
        "records": [
            {
                "id": entry.id.hex(),
                "channel": entry.channel,
                "party": entry.party,
                "index": entry.index,
                "delivered": entry.delivered,
            }
            for entry in verdict.entries
        ],
        "proved": list(verdict.proved),
        "not_proved": list(verdict.not_proved),
    }
