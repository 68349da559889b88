"""`firebreak contact evidence|verify`: “we tried N times” as one file, by two officers."""

from __future__ import annotations

import base64
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firebreak.cli.asking import confirm_signing
from firebreak.cli.days import until_of, when_of
from firebreak.cli.entering import Book, Hand, entering
from firebreak.cli.evidence import CLAUSES, root_fingerprint
from firebreak.cli.officer import Officer, officer
from firebreak.cli.output import fingerprint_lines, full_mark, now, refuse, say
from firebreak.cli.places import id_beginning
from firebreak.cli.render import JsonOption, print_json
from firebreak.desk.entries.routes import Disclosed
from firebreak.desk.journal import MOST_ABOUT
from firebreak.records.agreement import Publication
from firebreak.records.contacts import Outcome
from firebreak.records.spelling import name_of, named
from firebreak.store.directory import write_file

if TYPE_CHECKING:
    from firebreak.desk.contact_record import Count
    from firebreak.evidence.attempts import AttemptsVerdict, Mark, Named, Statement
    from firebreak.evidence.file import ProvenEntry

_NO_AGREEMENT = "No agreement with them binds: the journal is your own to show."
_STRICT = (
    Publication.NEVER,
    Publication.BOTH_CONSENT,
    Publication.EITHER_AFTER_NOTICE,
    Publication.EITHER,
)
"""The strictest clause of all agreements with the party holds."""


@entering
def evidence(
    ours: Annotated[str, typer.Argument(metavar="OURS", help="Our office.")],
    theirs: Annotated[str, typer.Argument(metavar="THEIRS", help="Their office.")],
    out: Annotated[
        Path, typer.Argument(metavar="FILE", help="The file to write; not overwritten.")
    ],
    party: Annotated[str, typer.Option("--party", metavar="NAME", help="Their party.")],
    to: Annotated[str, typer.Option("--to", metavar="NAME", help="Who is shown it.")],
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Why it is shown.")],
    release: Annotated[
        Path, typer.Option("--release", metavar="FILE", help="The second officer's key.")
    ],
    since: Annotated[
        str, typer.Option("--since", metavar="WHEN", help="Count from then: 2026-10-01, -30min.")
    ] = "1970-01-01",
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="WHEN", help="Count up to then.")
    ] = "now",
    leave: Annotated[
        str | None,
        typer.Option(
            "--leave",
            metavar="ID",
            help="The record by which they consent, or by which you gave them notice.",
            show_default=False,
        ),
    ] = None,
    exercise: Annotated[
        bool, typer.Option("--exercise", help="Count the exercise, where some were real too.")
    ] = False,
    *,
    hand: Hand,
) -> None:
    """Write our attempts to reach an office as one file that anybody can check.

    Two officers sign it; the journal notes it before the file is written. The agreement's clause on
    publication holds. Whole entries are shown, the words in them too. Real attempts are counted, or
    those of the exercise where there were none or with --exercise: never both.

    \b
    Example:
      firebreak contact evidence "chief of defence" "chief of the general staff" tried.attempts \\
        --party RU --to "the council" --why "asked by the council" --release second.key --dir alpha
    """
    from firebreak.evidence.attempts import (
        AttemptsFile,
        Mark,
        Statement,
        counted_in,
        verify_attempts,
    )

    if out.exists():
        refuse(f"{out} is there already; nothing was changed. Give another name.")
    book = Book(hand)
    first = book.officer()
    second = officer(book.node, release, None, ())
    if second.index == first.index:
        refuse("The same key cannot sign twice. Have another officer sign too: --release KEYFILE.")
    clause = _clause(book, party)
    book.say(_NO_AGREEMENT if clause is None else CLAUSES[clause])
    begin, end = when_of(since, book.moment)[0], until_of(as_of, book.moment)
    record = None if leave is None else _leave(book, clause, leave)
    statement = Statement(
        Mark.REAL, party, ours, theirs, begin, end, now(), to, why, clause, record
    )
    if exercise or not counted_in(book.entries(), statement, book.node.config.party):
        statement = replace(statement, mark=_exercise(book))
    file = AttemptsFile(tuple(book.node.own_cards(0)), statement, *_found(book, statement))
    version = book.node.card().roster.version
    for who in (first, second):
        file = file.signed(version, who.index, who.key)
    data = file.encoded()
    verdict = verify_attempts(data, [])
    _tell(verdict, book)
    question = f"Sign for {first.office} and {second.office}, and write it for {to}?"
    duress = not hand.yes and confirm_signing(question, err=hand.as_data)
    _disclose(book, verdict, data, (first, second), duress)
    write_file(out, data)
    book.say(f"Written: {out}. Anybody can check it: firebreak contact verify {out.name}")
    if hand.as_data:
        print_json(_plain(verdict) | {"file": str(out)})


def _clause(book: Book, party: str) -> Publication | None:
    """The strictest clause of the agreements with that party; None where there is none."""
    found = {
        signed.agreement.publication
        for signed in book.node.agreements()
        if party in {each.name for each in signed.agreement.parties}
    }
    return next((clause for clause in _STRICT if clause in found), None)


def _leave(book: Book, clause: Publication | None, beginning: str) -> bytes:
    """The id of the record that gives leave, as far as a machine can see that it does."""
    answer = book.client.get(f"/records/{id_beginning(beginning)}")
    view = next(each for each in answer["records"] if each["id"] == answer["asked"])
    match clause:
        case Publication.BOTH_CONSENT if view["ours"]:
            refuse("That record is yours. Name the one by which the other side consents.")
        case Publication.EITHER_AFTER_NOTICE if not view["ours"] or not _delivered(view):
            refuse("Name a record of yours that gave them notice and was delivered to them.")
        case None | Publication.EITHER:
            refuse("Nobody's leave is needed here. Leave out --leave.")
        case _:
            return bytes.fromhex(view["id"])


def _delivered(view: dict[str, object]) -> bool:
    states = view["states"]
    assert isinstance(states, list)
    return any(state["state"] == "delivered" for state in states)


def _exercise(book: Book) -> Mark:
    """What is not real here."""
    from firebreak.evidence.attempts import Mark

    return Mark.RECONSTRUCTION if book.node.config.mark == "RECONSTRUCTION" else Mark.EXERCISE


def _found(book: Book, statement: Statement) -> tuple[tuple[ProvenEntry, ...], tuple[Named, ...]]:
    """The entries with their proofs, and what records of a line show, named by id."""
    from firebreak.evidence.attempts import Mark, Named, belonging_to, counted_in
    from firebreak.evidence.file import ProvenEntry

    entries = book.entries()
    counted = counted_in(entries, statement, book.node.config.party)
    kept = belonging_to(entries, counted)
    if not kept:
        refuse(
            "The journal shows no attempt of ours at that office in that time. What a line's records"
            " show leaves by: firebreak evidence export"
        )
    answer = book.client.post("/journal/proofs", {"indices": [each.index for each in kept]})
    proven = tuple(
        ProvenEntry(each.data, base64.b64decode(proof))
        for each, proof in zip(kept, answer["proofs"], strict=True)
    )
    logged = [
        each
        for each in book.client.get("/contacts", as_of=statement.as_of)["attempts"]
        if not each["attested"]
        and each["by"] == "ours"
        and each["exercise"] is (statement.mark is not Mark.REAL)
        and each["happened"] >= statement.since
        and (each["ours"], each["party"], each["theirs"])
        == (statement.ours, statement.party, statement.theirs)
    ]
    mentioned = (
        Named(
            bytes.fromhex(each["id"]),
            None if each["outcome"] is None else named(Outcome, each["outcome"]),
            each["happened"],
        )
        for each in logged
    )
    return proven, tuple(sorted(mentioned, key=lambda each: each.id))


def _disclose(
    book: Book,
    verdict: AttemptsVerdict,
    data: bytes,
    officers: tuple[Officer, Officer],
    duress: bool,
) -> None:
    """Note in the journal, before anything is written, what is shown to whom (AT-13)."""
    told, (first, second) = verdict.statement, officers
    shown = [each.id for each in verdict.attempts][:MOST_ABOUT]
    clause = Publication.EITHER if told.clause is None else told.clause
    body = Disclosed(sha256(data).digest(), told.to, clause, second.office, told.why)
    signed = book.signed(body, shown, first)
    book.put([signed, *book.unseen(first, book.id_of_signed(signed), duress)])


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of attempts.")],
    root: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HEX",
            help="The party's root fingerprint, that you have by another way.",
            show_default=False,
        ),
    ] = None,
    as_data: JsonOption = False,
) -> None:
    """Verify a file of attempts: no node, no network. Exit code 1 for any fault in it.

    It shows what one party attests, and never more.

    \b
    Example:
      firebreak contact verify tried.attempts --root 61b1b7f0…
    """
    from firebreak.evidence.attempts import MOST_BYTES, verify_attempts

    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        refuse(f"The file {file} cannot be read: {error.strerror}.")
    verdict = verify_attempts(data, [root_fingerprint(text) for text in root or ()])
    if as_data:
        print_json(_plain(verdict))
    else:
        _tell(verdict, None)


def _tell(found: AttemptsVerdict, book: Book | None) -> None:
    from firebreak.evidence.attempts import happened_text, outcome_text

    tell = say if book is None else book.say
    tell(f"*** {full_mark(found.statement.mark.name)} ***")
    if book is None:
        tell(f"Verdict: {found.status}.", "")
        if not found.pinned:
            tell(*fingerprint_lines(found.party, found.fingerprint), "")
        clause = found.statement.clause
        tell(_NO_AGREEMENT if clause is None else CLAUSES[clause], "")
    for each in found.attempts:
        number = {None: "count unknown", 1: "once"}.get(each.count, f"{each.count} times")
        reason = f"; they stated: {each.stated_reason}" if each.stated_reason else ""
        tell(
            f"  {happened_text(each)}  {name_of(each.way)}, {name_of(each.rung)}:"
            f" {outcome_text(each.outcome)} ({number}; {name_of(each.certainty)};"
            f" {name_of(each.source)}){reason}"
        )
    tell("", "Proved:", *(f"  + {line}" for line in found.proved))
    tell("", "Not proved:", *(f"  - {line}" for line in found.not_proved))


def _plain(found: AttemptsVerdict) -> dict[str, object]:
    from firebreak.evidence.attempts import outcome_text

    told = found.statement
    return {
        "status": str(found.status),
        "mark": full_mark(told.mark.name),
        "party": found.party,
        "root": found.fingerprint.hex(),
        "pinned": found.pinned,
        "pair": {"ours": told.ours, "party": told.party, "theirs": told.theirs},
        "since": told.since,
        "as_of": told.as_of,
        "to": told.to,
        "clause": None if told.clause is None else name_of(told.clause),
        "attempted": _number(found.attempted),
        "outcomes": {outcome_text(outcome): _number(count) for outcome, count in found.outcomes},
        "entries": [each.id.hex() for each in found.attempts],
        "named": [each.id.hex() for each in found.named],
        "signed_by": list(found.offices),
        "proved": list(found.proved),
        "not_proved": list(found.not_proved),
    }


def _number(count: Count) -> int | str:
    return "unknown" if count.unknown else count.least


def register(app: typer.Typer) -> None:
    """Put these commands under their noun."""
    app.command()(evidence)
    app.command()(verify)
