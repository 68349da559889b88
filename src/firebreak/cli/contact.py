"""`firebreak contact`: who tried to reach whom, by which way, and what became of it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from firebreak.cli import contact_evidence, contact_told
from firebreak.cli.client import Answer, Client
from firebreak.cli.days import until_of, when_of
from firebreak.cli.entering import Book, Hand, RealOption, entering
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.output import NOT_MARKED, full_mark, harmless, now, opened, say, table
from firebreak.cli.render import JsonOption, lasting, print_json, short
from firebreak.desk.contact_record import UNCOMMENTED
from firebreak.desk.entries.contacts import Certainty, Contacted, Direction, Rung, Source
from firebreak.errors import InvalidValue
from firebreak.records.contacts import Outcome, Precision, Way
from firebreak.records.figures import exact_date_time_group
from firebreak.records.slots import Words
from firebreak.records.spelling import name_of, named
from firebreak.store.directory import write_file

app = noun(
    "contact",
    "Five outcomes are never mixed: not attempted (by us), undelivered, unanswered, declined, held."
    " What we did not do never shows as their silence.",
)

contact_told.register(app)
contact_evidence.register(app)

AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="WHEN",
        help="What had happened then, whenever it was entered; of a day, at its end. Later answers,"
        " and strikes of what was entered by then, do not count.",
        show_default=False,
    ),
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="WHEN",
        help="Count nothing that was over before; the last contact is the last one ever.",
        show_default=False,
    ),
]


@app.command()
@entering
def add(
    ours: Annotated[str, typer.Argument(metavar="OURS", help="Our office.")],
    theirs: Annotated[str, typer.Argument(metavar="THEIRS", help="Their office.")],
    party: Annotated[str, typer.Option("--party", metavar="NAME", help="Their party.")],
    outcome: Annotated[
        str,
        typer.Option(metavar="NAME", help=", ".join(name_of(each) for each in Outcome) + "."),
    ],
    way: Annotated[
        str, typer.Option(metavar="WAY", help="node, voice, fax, mail or person.")
    ] = "voice",
    rung: Annotated[
        str, typer.Option(metavar="NAME", help=", ".join(name_of(each) for each in Rung) + ".")
    ] = "direct",
    happened: Annotated[
        str,
        typer.Option(
            "--at", metavar="WHEN", help="When: now, -2h, 221430Z, 2022-03-24, or 2022-03."
        ),
    ] = "now",
    precision: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="How exactly that is known: minute, hour, day, month or year.",
            show_default=False,
        ),
    ] = None,
    count: Annotated[
        str,
        typer.Option(metavar="NUMBER", help="How often; `unknown` where nobody knows."),
    ] = "1",
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="Who sought it: ours, theirs or unknown.")
    ] = "ours",
    source: Annotated[
        str, typer.Option(metavar="NAME", help=", ".join(name_of(each) for each in Source) + ".")
    ] = "own-officer",
    certainty: Annotated[
        str, typer.Option(metavar="NAME", help="certain, probable or claimed.")
    ] = "certain",
    citation: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Where it can be read.", show_default=False),
    ] = None,
    stated_reason: Annotated[
        str | None,
        typer.Option(
            "--stated-reason",
            metavar="TEXT",
            help="Why they declined, only if they stated it.",
            show_default=False,
        ),
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT", help="A word on it.", show_default=False)
    ] = None,
    real: RealOption = False,
    *,
    hand: Hand,
) -> None:
    """Note an attempt or a contact by any way, also one outside these offices.

    \b
    Examples:
      firebreak contact add "chief of defence" "chief of the general staff" --party RU \\
        --outcome unanswered --way voice --dir alpha
      firebreak contact add ambassador "deputy minister" --party RU --outcome held --way person \\
        --rung embassy --at 2022-03-21 --source public-report --citation "a newspaper" --dir alpha
    """
    book = Book(hand)
    at, known = when_of(happened, book.moment)
    book.enter(
        Contacted(
            party,
            theirs,
            ours,
            named(Way, way),
            named(Rung, rung),
            named(Direction, by),
            named(Outcome, outcome),
            at,
            known if precision is None else named(Precision, precision),
            _count(count),
            named(Source, source),
            named(Certainty, certainty),
            citation,
            stated_reason,
            None if text is None else Words("en", text),
            book.real(party, real),
        )
    )


def _count(text: str) -> int | None:
    if text == "unknown":
        return None
    if not text.isascii() or not text.isdigit() or not int(text):
        raise InvalidValue(f"{text!r} is no count. Give a number from 1 on, or `unknown`.")
    return int(text)


def _asked(directory: Path | None, as_of: str | None, since: str | None = None) -> Answer:
    moment = now()
    begun = None if since is None else when_of(since, moment)[0]
    at = None if as_of is None else until_of(as_of, moment)
    return Client(opened(directory)).get("/contacts", as_of=at, since=begun)


def moment_text(at: int | None, precision: str | None) -> str:
    """A time as exactly as it is known, and no more."""
    if at is None:
        return "never"
    day = datetime.fromtimestamp(at / 1_000, UTC)
    match precision:
        case "day":
            return day.strftime("%Y-%m-%d")
        case "month":
            return day.strftime("%Y-%m")
        case "year":
            return day.strftime("%Y")
        case "hour":
            return day.strftime("%Y-%m-%d %HZ")
        case _:
            return exact_date_time_group(at // 60_000 * 60_000)


@app.command("list")
def list_(
    as_of: AsOfOption = None, directory: DirectoryOption = None, as_data: JsonOption = False
) -> None:
    """The timeline: every attempt and contact by when it happened.

    \b
    Example:
      firebreak contact list --dir alpha
    """
    answer = _asked(directory, as_of)
    if as_data:
        print_json(answer)
        return
    if not answer["attempts"]:
        say("No attempt or contact is recorded yet. Note one: firebreak contact add --help")
        return
    for mark, of_mode in by_mode(answer, "attempts"):
        say(f"*** {mark} ***")
        table(
            (
                [
                    short(each["id"]),
                    moment_text(each["happened"], each["precision"]),
                    f"{each['ours']} {ARROWS[each['by']]} {each['theirs']}",
                    f"{each['way']}, {each['rung']}",
                    became(each) + ("" if each["count"] == 1 else _times(each["count"])),
                    _shown_by(each),
                    each["stated_reason"] or each["subject"],
                ]
                for each in of_mode
            ),
            "entry",
            "when",
            "who",
            "way",
            "outcome",
            "shown by",
            "what",
        )


def by_mode(answer: Answer, what: str) -> list[tuple[str, list[Answer]]]:
    """What is real first, then the exercise, each under its mark; never both together."""
    exercise = "RECONSTRUCTION" if answer["mark"] == "RECONSTRUCTION" else "EXERCISE"
    parts = [
        (mark, [each for each in answer[what] if each["exercise"] is (mark != "REAL")])
        for mark in ("REAL", exercise)
    ]
    return [(full_mark(mark), of_mode) for mark, of_mode in parts if of_mode]


def became(each: Answer) -> str:
    """An attempt's outcome in words; what only they say of it is no outcome."""
    word: str = each["outcome"] or ("claimed held by them" if each["claimed_held"] else "open")
    return f"{word}, DOUBTFUL: begun before it was asked for" if each["doubtful"] else word


def _shown_by(each: Answer) -> str:
    """Whose word it is, how sure, and what the side that did not say it says of it."""
    if each["source"] == "other-side" and each["certainty"] == "claimed":
        told = "claimed by them"
        return told if each["comment"] == UNCOMMENTED else f"{told}, {each['comment']} by us"
    if not each["attested"]:
        return "in the logs"
    told = "attested by us" if each["source"] == "own-officer" else f"by {each['source']}"
    told = told if each["certainty"] == "certain" else f"{told}, {each['certainty']}"
    return told if each["comment"] == UNCOMMENTED else f"{told}, {each['comment']} by them"


ARROWS = {"ours": "→", "theirs": "←", "unknown": "–"}
"""Who sought it."""


def _times(count: int | None) -> str:
    return ", count unknown" if count is None else f", {count} times"


@app.command()
def matrix(
    as_of: AsOfOption = None,
    since: SinceOption = None,
    directory: DirectoryOption = None,
    as_data: JsonOption = False,
) -> None:
    """Each pair of offices: last contact, attempts, the five outcomes, silence.

    \b
    Examples:
      firebreak contact matrix --dir alpha
      firebreak contact matrix --since 2026-10-01 --as-of 2026-10-31 --dir alpha
    """
    answer = _asked(directory, as_of, since)
    if as_data:
        print_json(answer)
        return
    if not answer["matrix"]:
        say("No pair is kept and no contact recorded. Begin: firebreak office keep --help")
        return
    for mark, rows in by_mode(answer, "matrix"):
        say(f"*** {mark if answer['mark'] else NOT_MARKED} ***")
        table((matrix_cells(row) for row in rows), *MATRIX_HEADINGS)
    say("Not attempted is ours. Silence proves nothing about intent.")


MATRIX_HEADINGS = (
    "pair",
    "we tried",
    "undelivered",
    "unanswered",
    "declined",
    "held",
    "open",
    "claimed by them",
    "last held",
    "answer in",
    "silent",
)


def matrix_cells(row: Answer) -> list[str]:
    """One pair of the matrix as texts, in the order of MATRIX_HEADINGS."""
    took, silent = row["median_answer_ms"], row["silent_days"]
    quiet = "-" if silent is None else f"{silent} d"
    if row["overdue"]:
        quiet += f", longer than the {row['cadence_days']} d agreed"
    return [
        f"{row['ours']} – {row['theirs']} of {row['party']}",
        "not attempted" if row["not_attempted"] else row["attempted"],
        row["undelivered"],
        row["unanswered"],
        row["declined"],
        row["held"],
        str(row["open"]),
        row["claimed"],
        moment_text(row["last_contact"], row["last_precision"]),
        "-" if took is None else lasting(took),
        quiet,
    ]


@app.command()
def export(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="A .json or .csv file to write.")],
    as_of: AsOfOption = None,
    directory: DirectoryOption = None,
) -> None:
    """Write the contact record to a file: JSON with the matrix, or CSV with one line an attempt.

    \b
    Example:
      firebreak contact export contacts.csv --dir alpha
    """
    answer = _asked(directory, as_of)
    mark = full_mark(answer["mark"]) or NOT_MARKED
    match out.suffix:
        case ".json":
            text = json.dumps(answer | {"mark": mark}, indent=2, ensure_ascii=False) + "\n"
        case ".csv":
            text = _csv([{"mark": mark} | each for each in answer["attempts"]])
        case _:
            raise InvalidValue("Name a .json or a .csv file.")
    write_file(out, text.encode())
    count = len(answer["attempts"])
    say(f"Written to {out}: {count} attempt{'' if count == 1 else 's'}. They are confidential.")


@app.command()
def report(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="A .html or .pdf file to write.")],
    as_of: AsOfOption = None,
    since: SinceOption = None,
    directory: DirectoryOption = None,
) -> None:
    """Write the contact record on a page to print: matrix, timeline, sources.

    \b
    Example:
      firebreak contact report contacts.pdf --since 2026-10-01 --dir alpha
    """
    from firebreak.cli.contact_report import contents, page_of

    answer = _asked(directory, as_of, since)
    page = page_of(answer, MATRIX_HEADINGS, matrix_cells)
    write_file(out, contents(out, page))
    say(f"Written to {out}, marked {page.mark}. It is confidential.")


def _csv(attempts: list[Answer]) -> str:
    made = io.StringIO(newline="")
    if attempts:
        writer = csv.DictWriter(made, list(attempts[0]))
        writer.writeheader()
        for each in attempts:
            row = {name: "" if value is None else value for name, value in each.items()}
            row |= {
                "count": "unknown" if each["count"] is None else each["count"],
                "happened": moment_text(each["happened"], each["precision"]),
                "reported": exact_date_time_group(each["reported"]),
            }
            writer.writerow({name: harmless(str(value)) for name, value in row.items()})
    return made.getvalue()
