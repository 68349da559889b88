"""`firebreak authority`: what goes out only with leave, and leave awaited, given or refused."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from firebreak.cli.entering import Book, Hand, entering
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.output import pairs, say, table
from firebreak.cli.places import IdArgument
from firebreak.cli.render import JsonOption, print_json, short, when
from firebreak.desk import people
from firebreak.desk.entries.offices import AuthorityAwaited, AuthorityGiven, ReleaseRule
from firebreak.desk.people import Leave
from firebreak.desk.plain import plain
from firebreak.errors import InvalidValue
from firebreak.records.kinds import Kind
from firebreak.records.spelling import code_name, code_named

app = noun(
    "authority",
    "It stays in your journal. The other side learns that you await leave only if you say so:"
    " firebreak call answer ID awaiting",
)

KindOption = Annotated[
    str | None,
    typer.Option(
        "--kind",
        metavar="NAME",
        help="Of the record that it is for: call, call-answer, statement, …",
        show_default=False,
    ),
]


@app.command()
@entering
def rule(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Of records: call, statement, …")],
    second_officer: Annotated[
        bool, typer.Option("--second-officer", help="A second officer releases each.")
    ] = False,
    principal: Annotated[
        str | None,
        typer.Option(
            "--principal",
            metavar="OFFICE",
            help="Whose leave each needs, noted before.",
            show_default=False,
        ),
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="From now on, neither.")] = False,
    release: Annotated[
        Path | None,
        typer.Option(
            "--release",
            metavar="FILE",
            help="The second officer's key: one alone may tighten a rule, and not loosen it.",
            show_default=False,
        ),
    ] = None,
    *,
    hand: Hand,
) -> None:
    """Rule that records of a kind go out only with a second officer, or with leave.

    What the agreement asks for is asked for anyway.

    \b
    Example:
      firebreak authority rule call-answer --principal "chief of defence" --dir alpha
    """
    if none == (second_officer or principal is not None):
        raise InvalidValue("Say what the rule asks for: --second-officer, --principal, or --none.")
    body = ReleaseRule(code_named(Kind, kind), second_officer, principal)
    Book(hand).enter(body, release=release)


@app.command("await")
@entering
def await_(
    of_whom: Annotated[str, typer.Argument(metavar="OFFICE", help="Whose leave is awaited.")],
    for_what: Annotated[str, typer.Option("--for", metavar="TEXT", help="For what.")],
    kind: KindOption = None,
    about: Annotated[
        str | None,
        typer.Option(
            "--about",
            metavar="ID",
            help="The record or entry that it will answer; the leave is then good for that only.",
            show_default=False,
        ),
    ] = None,
    *,
    hand: Hand,
) -> None:
    """Note that we wait for leave. Nothing of it is told to the other side.

    \b
    Example:
      firebreak authority await "chief of defence" --for "answer to their call" \\
        --kind call-answer --about 4f1c --dir alpha
    """
    book = Book(hand)
    number = None if kind is None else code_named(Kind, kind)
    named = [] if about is None else [book.id_of(about)]
    book.enter(AuthorityAwaited(of_whom, for_what, number), named)


ByOption = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help="Who said so; else the office.", show_default=False),
]
WordsOption = Annotated[
    str | None, typer.Option("--text", metavar="TEXT", help="In these words.", show_default=False)
]


@app.command()
@entering
def given(entry: IdArgument, by: ByOption = None, text: WordsOption = None, *, hand: Hand) -> None:
    """Note that the leave asked for was given. It is good for one record, for twelve hours.

    \b
    Example:
      firebreak authority given 4f1c --by "Gen. Nowak, by telephone" --dir alpha
    """
    _answer(hand, entry, by, text, granted=True)


@app.command()
@entering
def refused(
    entry: IdArgument, by: ByOption = None, text: WordsOption = None, *, hand: Hand
) -> None:
    """Note that the leave asked for was refused. It stays here, as does the reason.

    \b
    Example:
      firebreak authority refused 4f1c --by "Gen. Nowak, by telephone" --dir alpha
    """
    _answer(hand, entry, by, text, granted=False)


def _answer(hand: Hand, entry: str, by: str | None, text: str | None, granted: bool) -> None:
    book = Book(hand)
    asked = book.one(entry)
    if not isinstance(asked.entry.body, AuthorityAwaited):
        raise InvalidValue(
            "That entry asks for no leave. Name the one that does: firebreak authority list"
        )
    body = AuthorityGiven(granted, by or asked.entry.body.of_whom, text)
    book.enter(body, [asked.id])


@app.command("list")
def list_(directory: DirectoryOption = None, as_data: JsonOption = False) -> None:
    """Show the rules, and every leave asked for.

    \b
    Example:
      firebreak authority list --dir alpha
    """
    entries = Book(Hand(directory, as_data=as_data)).entries()
    rules, leaves = people.rules(entries), people.leaves(entries)
    if as_data:
        print_json(
            {
                "rules": [
                    plain(each) | {"kind": code_name(Kind, each.kind)} for each in rules.values()
                ],
                "leaves": [plain(each) for each in leaves],
            }
        )
        return
    pairs(
        (f"Rule for {code_name(Kind, kind)}", _rule_text(each))
        for kind, each in sorted(rules.items())
    )
    if not leaves:
        say("No leave was asked for. Ask for one: firebreak authority await OFFICE --for TEXT")
        return
    table(
        (
            [
                short(each.id.hex()),
                when(each.since),
                each.of_whom,
                each.for_what,
                "any" if each.kind is None else code_name(Kind, each.kind),
                _standing(each),
            ]
            for each in leaves
        ),
        "entry",
        "since",
        "of whom",
        "for what",
        "kind",
        "standing",
    )


def _rule_text(rule: ReleaseRule) -> str:
    wanted = ["a second officer"] if rule.second_officer else []
    wanted += [] if rule.principal is None else [f"leave of the {rule.principal}"]
    return " and ".join(wanted)


def _standing(leave: Leave) -> str:
    if leave.granted is None:
        return "awaited"
    said = "given" if leave.granted else "refused"
    return f"{said} by {leave.by}, {when(leave.at)}"
