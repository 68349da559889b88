"""`firebreak contact report`: the contact record on one page, to print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from firebreak.cli.client import Answer
from firebreak.cli.output import NOT_MARKED, full_mark
from firebreak.desk.contact_record import ends
from firebreak.errors import InvalidValue
from firebreak.records.contacts import Precision
from firebreak.records.figures import exact_date_time_group
from firebreak.records.spelling import named
from firebreak.values import Millis

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from firebreak.printing.contact_page import Lane, Marked, Page

NOTES = (
    "Not attempted is ours: nobody of ours is known to have tried. It is no silence of theirs.",
    "Undelivered: it did not get there. Unanswered: it got there, and its time passed.",
    "What no node carried is attested by us alone. Silence proves nothing about intent.",
    "A count is unknown where nobody counted, or where nobody says who sought the contact.",
)
CLAIMED = "Claimed by them: they alone say that it took place. It is in no outcome."


def contents(out: Path, page: Page) -> bytes:
    """The page in the form that the file's name asks for. Raises InvalidValue for another."""
    from firebreak.printing.contact_page import as_html, as_pdf

    match out.suffix:
        case ".html":
            return as_html(page).encode()
        case ".pdf":
            return as_pdf(page)
        case _:
            raise InvalidValue("Name a .html or a .pdf file.")


def page_of(answer: Answer, columns: tuple[str, ...], cells: Callable[[Answer], list[str]]) -> Page:
    """The page of what a node answered. cells: of a row of the matrix, in the order of `columns`."""
    from firebreak.printing.contact_page import Page

    as_of, since = Millis(answer["as_of"]), Millis(answer["since"])
    attempts: list[Answer] = answer["attempts"]
    named_so = f"As of {exact_date_time_group(as_of // 60_000 * 60_000)}"
    counted = f", counted from {exact_date_time_group(since)}" if since else ""
    parties = {row["party"] for row in answer["matrix"]}
    # One counterpart is named above once, several at each pair.
    end, with_whom = "", ""
    if len(parties) == 1:
        with_whom = f" and {min(parties)}"
        end = f" of {min(parties)}"
    cited = dict.fromkeys(each["citation"] for each in attempts if each["citation"])
    return Page(
        f"Contacts of {answer['party']}{with_whom}",
        full_mark(answer["mark"]) or NOT_MARKED,
        f"{named_so}{counted}.",
        columns,
        tuple(
            (_of_mode(answer, row) + first.removesuffix(end), *rest)
            for row in answer["matrix"]
            for first, *rest in [cells(row)]
        ),
        tuple(_lane(row, attempts, as_of, _of_mode(answer, row)) for row in answer["matrix"]),
        since or None,
        as_of,
        NOTES + ((CLAIMED,) if any(row["claimed"] != "0" for row in answer["matrix"]) else ()),
        tuple(cited),
    )


def _of_mode(answer: Answer, row: Answer) -> str:
    """Before a pair, where the page has both real and exercise, each in rows of its own."""
    if len({each["exercise"] for each in answer["matrix"]}) < 2:
        return ""
    return "EXERCISE: " if row["exercise"] else "REAL: "


def _lane(row: Answer, attempts: Sequence[Answer], as_of: Millis, mode: str) -> Lane:
    from firebreak.printing.contact_page import Lane

    names = ("ours", "party", "theirs", "exercise")
    marks = [_marked(each, as_of) for each in attempts if all(each[n] == row[n] for n in names)]
    days, last = row["silent_days"], row["last_contact"]
    since = last if days else None
    silence = (
        "never in contact"
        if last is None
        else "silent since a day not known"
        if days is None
        else f"silent for {days} d"
        if days
        else "in contact that day"
    )
    if row["not_attempted"]:
        silence += "; not attempted by us"
    return Lane(f"{mode}{row['ours']} – {row['theirs']}", tuple(marks), since, silence)


def _marked(each: Answer, as_of: Millis) -> Marked:
    from firebreak.printing.contact_page import Marked

    begin, precision = Millis(each["happened"]), named(Precision, each["precision"])
    exact = precision in (Precision.MINUTE, Precision.HOUR, Precision.DAY)
    end = begin if exact else min(ends(begin, precision), as_of)  # what is known has happened
    outcome = each["outcome"] or "open"
    word = "held" if each["claimed_held"] else outcome.replace("-", " ")
    doubt = ", DOUBTFUL: begun before it was asked for" if each["doubtful"] else ""
    count = {None: ", count unknown", 1: ""}.get(each["count"], f" {each['count']} times")
    claim = each["source"] == "other-side" and each["certainty"] == "claimed"
    by = (
        ", claimed by them"
        if claim or each["claimed_held"]
        else {"theirs": ", by them"}.get(each["by"], "")
    )
    said = {"confirmed": ", confirmed", "disputed": ", DISPUTED"}.get(each["comment"], "")
    return Marked(begin, end, outcome, f"{word}{count}{by}{said}{doubt}")
