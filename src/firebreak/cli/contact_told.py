"""`firebreak contact tell|confirm|dispute`: the other side may say whether it was so."""

from __future__ import annotations

import typer

from firebreak.cli.client import Answer
from firebreak.cli.compose import Desk
from firebreak.cli.entering import Book, Hand
from firebreak.cli.manner import Manner, sending
from firebreak.cli.output import refuse
from firebreak.cli.places import IdArgument, TextOption, id_beginning
from firebreak.desk.entries.contacts import ContactTold
from firebreak.records.contacts import (
    Contact,
    ContactAnswer,
    ContactReply,
    Outcome,
    Precision,
    Way,
)
from firebreak.records.slots import MAX_OFFSET
from firebreak.records.spelling import named


@sending
def tell(entry: IdArgument, text: TextOption = None, *, manner: Manner) -> None:
    """Tell the other side of an attempt or a contact, so that it may confirm or dispute it.

    It goes over the node's line: offices, way, outcome, time, count, and their reason if they stated
    one. What you noted beside it stays here; say more with --text.

    \b
    Example:
      firebreak contact tell 4f1c --dir alpha
    """
    desk = _desk(manner)
    attempt = _attempt(desk, entry)
    happened = attempt["happened"] - desk.moment
    if happened < -MAX_OFFSET:
        refuse(
            "It happened more than 400 days ago. Tell of it in your own words: firebreak send text"
        )
    book = Book(Hand(manner.directory, manner.key, manner.office, True, manner.as_data))
    try:
        desk.send(
            Contact(
                attempt["ours"],
                attempt["theirs"],
                named(Way, attempt["way"]),
                named(Outcome, attempt["outcome"]),
                min(happened, 0),
                named(Precision, attempt["precision"]),
                attempt["count"],
                attempt["stated_reason"],
                manner.words(text, desk.language),
            )
        )
    finally:
        if desk.sent is not None:  # it is on its way, even where no receipt came in time
            about = [bytes.fromhex(attempt["id"]), bytes.fromhex(desk.sent)]
            book.enter_quietly(ContactTold(), about)


def _desk(manner: Manner) -> Desk:
    if manner.by is not None:
        refuse("A contact is told over a node's line. By telephone, note it: firebreak contact add")
    return Desk(manner)


def _attempt(desk: Desk, beginning: str) -> Answer:
    """The one attempt meant, fit to be told. Raises Misuse."""
    start = id_beginning(beginning)
    found = [
        each for each in desk.client.get("/contacts")["attempts"] if each["id"].startswith(start)
    ]
    if len(found) != 1:
        refuse(f"{len(found)} contacts begin with {start}. See: firebreak contact list")
    attempt: Answer = found[0]
    them = desk.agreement.parties[desk.them].name
    if not attempt["attested"]:
        refuse("It stands in the logs that both sides hold. There is nothing to tell.")
    if attempt["party"] != them:
        refuse(f"It was with {attempt['party']}; this line leads to {them}.")
    if attempt["outcome"] is None:
        refuse("It is open yet. Tell of it when you know what became of it.")
    if attempt["by"] == "theirs" and attempt["outcome"] != "held":
        refuse("It was their attempt: it is theirs to tell. Tell of your own, or of what was held.")
    return attempt


@sending
def confirm(record: IdArgument, text: TextOption = None, *, manner: Manner) -> None:
    """Confirm a contact that the other side told.

    \b
    Example:
      firebreak contact confirm 3fa9 --dir bravo
    """
    _answer(record, ContactReply.CONFIRMED, text, manner)


@sending
def dispute(record: IdArgument, text: TextOption = None, *, manner: Manner) -> None:
    """Dispute a contact that the other side told. Both accounts stay.

    \b
    Example:
      firebreak contact dispute 3fa9 --text "Nobody called that day." --dir bravo
    """
    _answer(record, ContactReply.DISPUTED, text, manner)


def _answer(record: str, reply: ContactReply, text: str | None, manner: Manner) -> None:
    desk = _desk(manner)
    about = desk.target(record)
    if about.view["ours"] or not isinstance(about.record.body, Contact):
        refuse("That is no contact that the other side told. See: firebreak contact list")
    desk.send(ContactAnswer(reply, manner.words(text, desk.language)), about)


def register(app: typer.Typer) -> None:
    """Put these commands under their noun."""
    for command in (tell, confirm, dispute):
        app.command()(command)
