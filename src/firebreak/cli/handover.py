"""`firebreak handover`: the watch goes from one officer to another, with what is open."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from firebreak.cli.entering import Book, Hand, entering
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.output import mark_line, pairs, say
from firebreak.cli.render import JsonOption, print_json, short, when
from firebreak.desk import people
from firebreak.desk.entries.offices import HandoverGiven, HandoverTaken, OpenItem
from firebreak.desk.people import Handover
from firebreak.desk.plain import plain
from firebreak.errors import InvalidValue

app = noun(
    "handover",
    "Who gives the watch over signs with his key, and who takes it with his own. Until it is taken,"
    " who gave it still has it, and the node alarms.",
)

WatchArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[OFFICE]", help="Whose watch, where there are several.", show_default=False
    ),
]


@app.command()
@entering
def give(
    watch: WatchArgument = None,
    text: Annotated[
        str | None,
        typer.Option("--text", metavar="TEXT", help="What else to know.", show_default=False),
    ] = None,
    *,
    hand: Hand,
) -> None:
    """Give the watch over. The node lists what is open; nothing of it can be left out.

    \b
    Example:
      firebreak handover give --text "BRAVO calls back at 0500Z" --dir alpha
    """
    book = Book(hand)
    answer = book.client.get("/desk")
    items = tuple(OpenItem(bytes.fromhex(each["id"]), each["note"]) for each in answer["open"])
    book.enter(HandoverGiven(watch or book.officer().office, items, text))


@app.command()
@entering
def take(
    watch: WatchArgument = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT", help="A word on it.", show_default=False)
    ] = None,
    *,
    hand: Hand,
) -> None:
    """Take the watch, after reading what is open. With another key than the one that gave it.

    \b
    Example:
      firebreak handover take --key keys/second-officer --dir alpha
    """
    book = Book(hand)
    found = _one(people.handovers(book.entries()), watch)
    if not hand.as_data:
        _page(found)
    book.enter(HandoverTaken(text), [found.id])


@app.command()
def show(
    watch: WatchArgument = None, directory: DirectoryOption = None, as_data: JsonOption = False
) -> None:
    """Show on one page who has the watch, what he was handed, and what is open and overdue now.

    \b
    Example:
      firebreak handover show --dir alpha
    """
    book = Book(Hand(directory, as_data=as_data))
    watches = people.handovers(book.entries())
    answer = book.client.get("/desk")
    if as_data:
        print_json({"watches": [plain(each) for each in watches.values()], **answer})
        return
    say(mark_line(book.node))
    for each in watches.values():
        if watch in (None, each.office):
            _page(each)
    if not watches:
        say("No watch was handed over yet.")
    _now(answer)


def _one(watches: dict[str, Handover], office: str | None) -> Handover:
    waiting = [
        each
        for each in watches.values()
        if (each.taken_id is None if office is None else each.office == office)
    ]
    if len(waiting) != 1:
        raise InvalidValue(
            "No watch waits to be taken. See: firebreak handover show"
            if not waiting
            else "Several watches wait: name the office."
        )
    return waiting[0]


def _page(watch: Handover) -> None:
    taken = (
        "NOT TAKEN: who gave it still has it"
        if watch.taken_at is None
        else f"{when(watch.taken_at)} for {watch.taken_by}"
    )
    pairs(
        [
            ("WATCH OF THE", watch.office),
            ("Given over", f"{when(watch.given_at)} for {watch.given_by}"),
            ("Taken", taken),
            *((f"Open {n}", f"{short(i.id.hex())} {i.note}") for n, i in enumerate(watch.items, 1)),
            *([] if watch.words is None else [("Said", watch.words)]),
            *([] if watch.taken_words is None else [("On taking", watch.taken_words)]),
        ]
    )


def _now(answer: dict[str, Any]) -> None:
    say(f"OPEN NOW ({when(answer['as_of'])}): {len(answer['open'])}")
    pairs((short(each["id"]), each["note"]) for each in answer["open"])
    say(f"OVERDUE: {len(answer['overdue'])}")
    pairs(
        (when(each["at"]), f"{each['level'].upper()}: {each['text']}") for each in answer["overdue"]
    )
