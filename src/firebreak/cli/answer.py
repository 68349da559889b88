"""`firebreak answer`: answer a query, a request, a complaint or a clarification."""

from __future__ import annotations

from typing import Annotated

import typer

from firebreak.cli.attested import desk_of
from firebreak.cli.frame import noun
from firebreak.cli.inputs import future
from firebreak.cli.manner import Manner, sending
from firebreak.cli.places import IdArgument, TextOption
from firebreak.errors import InvalidValue
from firebreak.records.kinds import Answer, Doubt, LineCheck, Reply
from firebreak.records.spelling import name_of, named

app = noun("answer")

_REPLIES = ", ".join(name_of(reply) for reply in Reply)
_DOUBTS = ", ".join(name_of(doubt) for doubt in Doubt)


@app.command()
@sending
def answer(
    beginning: IdArgument,
    reply: Annotated[str, typer.Argument(metavar="REPLY", help=f"One of: {_REPLIES}.")],
    next_word: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="With `checking`: when the next word comes (+10min). Missed, it alarms both.",
            show_default=False,
        ),
    ] = None,
    doubt: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help=f"What is doubtful in their track: {_DOUBTS}.", show_default=False
        ),
    ] = None,
    text: TextOption = None,
    *,
    manner: Manner,
) -> None:
    """Answer what they asked. No reason is owed.

    \b
    Example:
      firebreak answer 3fa91c07 not-ours --dir alpha --doubt position
      firebreak answer 3fa91c07 checking --next-word +10min --dir alpha
    """
    desk = desk_of(manner)
    target = desk.target(beginning)
    if isinstance(target.record.body, LineCheck):
        raise InvalidValue(f"That is a line check. Answer it by: firebreak line reply {beginning}")
    body = Answer(
        reply=named(Reply, reply),
        next_word_by=None if next_word is None else future(next_word, desk.moment) - desk.moment,
        doubt=None if doubt is None else named(Doubt, doubt),
        words=manner.words(text, desk.language),
    )
    desk.send(body, target)
