"""`firebreak script`: what is read over a telephone, printed, faxed, mailed, and keyed in again."""

from __future__ import annotations

import base64
import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firebreak.carriers.files import MAGIC, unpack
from firebreak.cli.attested import script_languages
from firebreak.cli.compose import Desk
from firebreak.cli.entering import Book, Hand
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.manner import AgreementOption, Manner
from firebreak.cli.output import refuse, say, warn
from firebreak.cli.places import id_beginning
from firebreak.cli.render import JsonOption, print_json
from firebreak.cli.shown import languages as languages_of
from firebreak.desk.attested import THEM, US, record_of
from firebreak.desk.entries.contacts import Direction, Said
from firebreak.desk.journal import Kept
from firebreak.desk.spoken import (
    MOST_BYTES,
    Content,
    Doubt,
    Message,
    Unclear,
    check_of,
    check_of_text,
    count,
    fault_of,
    groups,
    hear,
    length_in,
    read_groups,
    shown,
    spelled,
    split_groups,
    tight,
)
from firebreak.errors import BadSignature, Malformed, Misuse
from firebreak.keys import PublicKey
from firebreak.phrases import Names, names_of
from firebreak.records import sign1
from firebreak.records.agreement import Agreement, Mode, Office, SignedAgreement
from firebreak.records.kinds import Kind
from firebreak.records.record import Record, parse_payload, parse_record, payload_of
from firebreak.store.directory import NodeDirectory, find_directory, read_file, write_file
from firebreak.values import PartyNumber

if TYPE_CHECKING:
    from firebreak.phrases.script import Script

app = noun(
    "script",
    "RECORD is the beginning of an id, looked up at the node, or a file. What goes this way is"
    " attested by us, never delivered.",
)

RecordArgument = Annotated[
    str, typer.Argument(metavar="RECORD", help="The beginning of a record's id, or a file.")
]
LanguageOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CODE",
        help="Ours, then theirs; without it, the agreement's first two.",
        show_default=False,
    ),
]
RealOption = Annotated[
    bool | None,
    typer.Option(
        "--real/--exercise",
        help="What is written on it, for a file of no agreement kept here.",
        show_default=False,
    ),
]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="OFFICE",
        help="Who says it, for a file of no agreement kept here.",
        show_default=False,
    ),
]

_CONTENTS = {
    Content.FILE: "a file",
    Content.RECORD: "a signed record",
    Content.ANSWER: "a signed answer",
    Content.BUNDLE: "a bundle file",
}


# What is read aloud


@app.command()
def show(
    what: RecordArgument,
    directory: DirectoryOption = None,
    agreement: AgreementOption = None,
    language: LanguageOption = None,
    real: RealOption = None,
    speaker: FromOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", help="Write a page to print, too.", show_default=False
        ),
    ] = None,
    as_data: JsonOption = False,
) -> None:
    """Show a record as numbered text in two languages, to read aloud, print, fax or mail.

    \b
    Example:
      firebreak script show 3fa91c07 --html query.html --dir alpha
    """
    from firebreak.phrases.script import as_html, as_text

    script = _script(what, directory, agreement, language, real, speaker)
    if out is not None:
        write_file(out, as_html(script).encode())
    if as_data:
        print_json(_as_data(script))
        return
    say(as_text(script).rstrip("\n"))
    if out is not None:
        warn(f"Written: {out}. Print it on A4.")


@app.command()
def read_back(
    what: RecordArgument,
    directory: DirectoryOption = None,
    agreement: AgreementOption = None,
    language: LanguageOption = None,
    real: RealOption = None,
    speaker: FromOption = None,
) -> None:
    """Key in, item by item, what was heard back; exit code 1 if anything differs.

    Figures as written or as said, the text in either language, or the item's check word. An empty
    line: it was not read back.

    \b
    Example:
      firebreak script read-back 3fa91c07 --dir alpha
    """
    from firebreak.phrases.script import SENTENCE, differences

    script = _script(what, directory, agreement, language, real, speaker)
    wrong = 0
    for item in script.items:
        if item.number == SENTENCE:
            continue
        label = " / ".join(dict.fromkeys(said.label for said in item.said))
        heard = str(typer.prompt(f"Item {item.number}, {label}", default="", show_default=False))
        if not heard.strip():
            warn(f"Item {item.number}: not read back.")
            wrong += 1
            continue
        for found in differences(item, heard):
            which = f", figure {found.figure}" if found.figure else ""
            warn(f"Item {found.item}{which}: here {found.expected}, heard {found.heard}")
            wrong += 1
    if wrong:
        refuse(f"{wrong} differ or were not read back. Say these items again.")
    say("Every item was read back as it was said. Attested by us; nothing is signed by them.")


def _script(
    what: str,
    directory: Path | None,
    agreement: str | None,
    language: list[str] | None,
    real: bool | None,
    speaker: str | None,
) -> Script:
    from firebreak.phrases.script import script_of

    found = _find(what, directory, agreement)
    if found.record is None:
        refuse(f"{what} is no signed record, so it has no items. See: firebreak script groups")
    if (found.mode is not None and real is not None) or (found.speaker and speaker):
        refuse("What is kept here says that already. Leave out --from, --real and --exercise.")
    mode, who = found.mode, found.speaker or speaker
    if real is not None:
        mode = Mode.REAL if real else Mode.EXERCISE
    if who is None:
        refuse('Nothing kept here shows who says it. Say so: --from "PARTY, office".')
    if mode is None:
        refuse("No agreement says how it is meant. Say so: --real or --exercise.")
    languages = language or found.languages
    return script_of(found.record, found.names, mode, languages, who, agreed=found.agreed)


def _as_data(script: Script) -> dict[str, object]:
    return {
        "mode": script.mode.name.lower(),
        "languages": list(script.languages),
        "composed": script.composed,
        "check": script.check,
        "items": [
            {
                "number": item.number,
                "said": [
                    {"language": said.language, "label": said.label, "value": said.value}
                    for said in item.said
                ],
                "figures": [
                    {"written": figure.written, "spoken": figure.spoken} for figure in item.figures
                ],
                "check": item.check,
            }
            for item in script.items
        ],
    }


# Groups


@app.command(name="groups")
def groups_(
    what: RecordArgument,
    directory: DirectoryOption = None,
    agreement: AgreementOption = None,
    as_data: JsonOption = False,
) -> None:
    """Show a signed record, a bundle or another file as groups to read aloud.

    The other side keys them in: firebreak script key. A bundle is sealed; a record is not.

    \b
    Example:
      firebreak script groups 3fa91c07 --dir alpha
    """
    found = _find(what, directory, agreement)
    if found.data is None:
        refuse("That stays in your own journal. Read out what it says: firebreak script show")
    content = _content(found.data, found.record)
    made = groups(Message(content, found.data))
    check = _check_of(found.data, found.record)
    if as_data:
        print_json(
            {
                "content": content.name.lower(),
                "bytes": len(found.data),
                "check": check,
                "groups": list(made),
            }
        )
        return
    say(f"{_CONTENTS[content]}: {len(found.data)} bytes in {len(made)} groups, 0 is the head.")
    say("There: firebreak script key --out FILE", "")
    for number, group in enumerate(made):
        say(f"{number:>5}  {shown(group)}  {spelled(group)}")
    say("", f"Check words: {spelled(check)} ({shown(check)})")


@app.command()
def key(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="A text of groups, or - for standard input; without it you are asked for each.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Where to write what was read over.", show_default=False
        ),
    ] = None,
) -> None:
    """Key in groups as they are read over; which one is wrong is said at once.

    Capital or small letters, blanks and hyphens do not matter; O is taken as 0 and I as 1. In a
    text, one group a line, or several with blanks between.

    \b
    Example:
      firebreak script key --out query.record
      firebreak script key groups.txt --out query.record
    """
    if out is None:
        raise typer.BadParameter("Say where to write it: --out FILE.")
    if out.exists():
        refuse(f"{out} is there already; nothing was changed. Give another name by --out.")
    message = _asked() if file is None else _typed(file)
    write_file(out, message.data)
    words = _check_of(message.data, _record(message.data))
    say(
        f"Whole: {_CONTENTS[message.content]} of {len(message.data)} bytes, in {out}.",
        f"Check words: {spelled(words)} ({shown(words)}). Compare them by voice.",
        "Keyed in without a slip is not signed by whom you think: show or import it to know.",
    )


def _asked() -> Message:
    """Ask group by group, and again for each that does not fit."""
    kept: list[str] = []
    try:
        while True:
            while not kept or len(kept) < count(length_in(kept[0])):
                _take(kept)
            found = read_groups(kept)
            if isinstance(found, Message):
                return found
            before, kept = kept, list(found.kept)
            for fault in found.faults:
                warn(str(fault))
                for number in range(fault.number, fault.until + 1 if fault.again else 0):
                    kept[number] = _again(number, length_in(kept[0]) if number else 0)
            if kept == before:
                raise Misuse("The same as before, so other groups are wrong. Ask for all again.")
    except (typer.Abort, Misuse):
        warn("", "Keyed so far; go on from a text of these: firebreak script key FILE")
        warn(*(shown(group) for group in kept))
        raise


def _take(kept: list[str]) -> None:
    """Take what is typed at one prompt: one group or several, as far as they fit."""
    of = f" of {count(length_in(kept[0])) - 1}" if kept else ", the head"
    for word in split_groups(_prompt(f"Group {len(kept)}{of}")):
        length = length_in(kept[0]) if kept else 0
        said = fault_of(word, len(kept), length)
        if kept and len(kept) == count(length):
            said = "there are no more groups; it is left away."
        if said is not None:
            warn(f"Group {len(kept)}: {said}")
            return
        kept.append(tight(word))


def _again(number: int, length: int) -> str:
    while True:
        word = tight(_prompt(f"Group {number} again"))
        said = fault_of(word, number, length)
        if said is None:
            return word
        warn(f"Group {number}: {said}")


def _prompt(question: str) -> str:
    return str(typer.prompt(question, default="", show_default=False, err=True))


def _typed(file: Path) -> Message:
    """The groups of a text. Raises Misuse, after what is wrong was said."""
    if str(file) == "-":
        text = sys.stdin.read()
    else:
        text = read_file(file, "text of groups").decode(errors="replace")
    found = read_groups(split_groups(text))
    if isinstance(found, Unclear):
        warn(*(str(fault) for fault in found.faults))
        if any(fault.again for fault in found.faults):
            refuse("Nothing was written. Put these right in the text, and run it again.")
        found = read_groups(found.kept)
    if isinstance(found, Unclear):
        warn(*(str(fault) for fault in found.faults))
        return refuse("Nothing was written. Put these right in the text, and run it again.")
    return found


# Check words


@app.command()
def check(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="RECORD",
            help="The beginning of a record's id, or a file; without it only --heard is looked at.",
            show_default=False,
        ),
    ] = None,
    heard: Annotated[
        str | None,
        typer.Option(
            metavar="WORDS",
            help="The six words that the other side said; exit code 1 if they differ.",
            show_default=False,
        ),
    ] = None,
    directory: DirectoryOption = None,
    agreement: AgreementOption = None,
    as_data: JsonOption = False,
) -> None:
    """Show six words that two people compare by voice: equal words, the same record or text.

    Of a text, line breaks and blanks do not count. A word that was misheard is named.

    \b
    Example:
      firebreak script check 3fa91c07 --dir alpha
      firebreak script check statement.txt --heard "four lima four nine juliett bravo"
    """
    if what is None and heard is None:
        raise typer.BadParameter("Name a record or a file, or say what you heard: --heard WORDS.")
    found = None if what is None else _find(what, directory, agreement)
    mine = None if found is None else _check_of(found.data, found.record)
    doubts = () if heard is None else hear(heard, mine).doubts
    if as_data:
        print_json(
            {
                "check": mine,
                "words": None if mine is None else spelled(mine),
                "doubts": [
                    {"place": doubt.place, "heard": doubt.heard, "offered": doubt.offered}
                    for doubt in doubts
                ],
            }
        )
    elif mine is not None:
        say(f"{spelled(mine)} ({shown(mine)})")
    if doubts:
        refuse(" ".join(_doubtful(doubt, mine) for doubt in doubts))
    if heard is not None and not as_data:
        say("The same." if mine is not None else "The words fit each other.")


def _doubtful(doubt: Doubt, mine: str | None) -> str:
    if doubt.place == 0:
        return "A check has six words, and these do not fit. Ask for all of them again."
    if mine is not None:
        return f"Word {doubt.place}: heard {doubt.heard}, here {doubt.offered}."
    if doubt.offered:
        return f"Word {doubt.place}: heard {doubt.heard}. Was it {doubt.offered}? Ask."
    return f"Word {doubt.place}: heard {doubt.heard}, which is no word of the alphabet. Ask again."


# Finding


@dataclass(frozen=True, slots=True)
class _Found:
    """What is to be read aloud, and what is known of it.

    data: None of what must not leave; record: None if the bytes are none; names: of parties and
    offices; mode, speaker: None where nothing kept here says so; agreed: that the mode is an agreement's.
    """

    data: bytes | None
    record: Record | None
    names: Names
    mode: Mode | None = None
    speaker: str | None = None
    languages: tuple[str, ...] = ("en",)
    agreed: bool = True


def _check_of(data: bytes | None, record: Record | None) -> str:
    """Of a record's payload, a bundle, a text whatever its line breaks, or of the bytes (SP-9)."""
    if record is not None:
        return check_of(payload_of(record))
    assert data is not None
    if data.startswith(MAGIC):
        return check_of(hashlib.sha256(unpack(data)).digest()[:8])  # as its pages have it (PA-2)
    try:
        return check_of_text(data.decode())
    except UnicodeDecodeError:
        return check_of(data)


def _find(what: str, directory: Path | None, agreement: str | None) -> _Found:
    """A file if there is one of this name, else an entry of the journal or a record of the node."""
    if Path(what).is_file():
        return _in_file(Path(what), directory)
    book = Book(Hand(directory))
    beginning = id_beginning(what)
    try:
        kept = book.one(beginning)
    except Misuse:
        return _at_node(beginning, directory, agreement)
    if not isinstance(kept.entry.body, Said):
        refuse("That entry is nothing that was said. See: firebreak journal list --kind said")
    return _attested(book, kept, kept.entry.body)


def _at_node(beginning: str, directory: Path | None, agreement: str | None) -> _Found:
    desk = Desk(Manner(directory=directory, agreement=agreement))
    target = desk.target(beginning)
    view = target.view
    terms = next(
        signed.agreement
        for signed in desk.node.agreements()
        if signed.agreement.id == desk.agreement.id
        and signed.agreement.version == target.record.version
    )
    speaker = f"{view['party']}, {view['office'] or 'unknown author'}"
    return _agreed(base64.b64decode(view["signed"]), target.record, terms, speaker)


def _agreed(data: bytes, record: Record, terms: Agreement, speaker: str) -> _Found:
    languages = tuple(languages_of(terms))
    return _Found(data, record, names_of(terms), terms.mode, speaker, languages)


def _attested(book: Book, kept: Kept, said: Said) -> _Found:
    """What was said by voice, fax, mail or in person, as a record."""
    about = book.one(kept.entry.about[0].hex()) if kept.entry.about else None
    if about is not None and not isinstance(about.entry.body, Said):
        about = None
    ours, theirs = Office(US, said.ours), Office(THEM, said.theirs)
    parties = (book.node.config.party, said.party)
    place, office = (US, ours) if said.by is Direction.OURS else (THEM, theirs)
    speaker = f"{parties[place]}, {office.role}"
    names, mode = Names(parties, (ours, theirs)), Mode.REAL if said.real else Mode.EXERCISE
    languages = script_languages(book.node, book.entries(), said, kept.id)
    return _Found(None, record_of(kept, about), names, mode, speaker, languages, agreed=False)


def _in_file(file: Path, directory: Path | None) -> _Found:
    data = read_file(file, "file")
    if len(data) > MOST_BYTES:
        refuse(f"{file} has {len(data)} bytes; at most {MOST_BYTES} are read aloud or checked.")
    record = _record(data)
    if record is None:
        return _Found(data, None, Names((), ()))
    for signed in _kept(directory):
        if (speaker := _signer(data, signed)) is not None:
            return _agreed(data, record, signed.agreement, speaker)
    return _Found(data, record, Names((), ()))


def _record(data: bytes) -> Record | None:
    try:
        return parse_payload(sign1.parse(data).payload)
    except Malformed:
        return None


def _kept(directory: Path | None) -> list[SignedAgreement]:
    """The agreements that both sides signed, if there is a node's directory at all; newest first."""
    try:
        place = find_directory(directory)
    except Misuse:
        return []
    kept = NodeDirectory.open(place).agreements()
    return [signed for signed in reversed(kept) if not signed.missing()]


def _signer(data: bytes, signed: SignedAgreement) -> str | None:
    """Who signed it under this agreement, by the signature itself; None if nobody."""
    for number, party in enumerate(signed.agreement.parties):
        entries = signed.roster_of(number).roster.entries
        for terms in signed.agreement.channels:
            context = signed.agreement.context(terms.channel, PartyNumber(number))
            made = parse_record(data, context)
            author = made.record.author
            if author >= len(entries):
                continue
            try:
                made.signed.verify(PublicKey.parse(entries[author].key), context.external_aad())
            except BadSignature:
                continue
            return f"{party.name}, {entries[author].office}"
    return None


def _content(data: bytes, record: Record | None) -> Content:
    """What the bytes are, by themselves."""
    if record is not None:
        return Content.ANSWER if record.kind == Kind.ANSWER else Content.RECORD
    try:
        unpack(data)
    except Malformed:
        return Content.FILE
    return Content.BUNDLE
