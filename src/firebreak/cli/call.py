"""`firebreak call`: calls between leaders: ask, answer, make ready, hold, read out."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from firebreak.cli import call_desk, call_shown
from firebreak.cli.attested import desk_of
from firebreak.cli.call_shown import UNNAMED, asked_for
from firebreak.cli.client import Answer
from firebreak.cli.compose import Desk
from firebreak.cli.entering import Book, Hand
from firebreak.cli.frame import noun
from firebreak.cli.inputs import future, past, span, words
from firebreak.cli.manner import Manner, sending
from firebreak.cli.output import now
from firebreak.cli.places import IdArgument, TextOption
from firebreak.cli.render import short, when
from firebreak.desk.entries.calls import Reminded
from firebreak.errors import InvalidValue, Refused
from firebreak.records.calls import (
    Call,
    CallAnswer,
    CallReply,
    CallState,
    CallStep,
    FollowUp,
    Means,
    Readout,
    Urgency,
    WhoCalled,
)
from firebreak.records.contacts import Way
from firebreak.records.kinds import Body, Cancel, FreeText
from firebreak.records.slots import Span, Words
from firebreak.records.spelling import name_of, named, parse_duration
from firebreak.values import Millis

app = noun(
    "call",
    "A request is accepted, put off, handed to a deputy, declined, or left unanswered; each is shown"
    " as what it is, and a reason only if one was stated. Where the counterpart has no node, the same"
    " commands go --by voice, fax, mail or person; what they said is entered with --heard.",
)
call_desk.register(app)
call_shown.register(app)

_REPLIES = {
    "accept": CallReply.ACCEPTED,
    "other-time": CallReply.OTHER_TIME,
    "deputy": CallReply.DEPUTY,
    "not-at-this-time": CallReply.NOT_AT_THIS_TIME,
    "decline": CallReply.DECLINED,
    "awaiting": CallReply.AWAITING_AUTHORITY,
}
_LONGEST_LINE = 12
_MINUTE = 60_000

WindowOption = Annotated[
    list[str] | None,
    typer.Option(
        "--window",
        metavar="TIME/DURATION",
        help="221430Z/60min or +2h/30min, the best first; of what is proposed also its number.",
        show_default=False,
    ),
]
HappenedOption = Annotated[
    str, typer.Option("--happened", metavar="TIME", help="When: now, -2min, 221430Z.")
]


@app.command()
@sending
def request(
    principal: Annotated[str, typer.Option(metavar="OFFICE", help="Who would speak on our side.")],
    counterpart: Annotated[str, typer.Option(metavar="OFFICE", help="With whom of theirs.")],
    topic: Annotated[str, typer.Option("--topic", metavar="TEXT", help="What it is about.")],
    window: WindowOption = None,
    urgency: Annotated[
        str, typer.Option(metavar="NAME", help=", ".join(name_of(each) for each in Urgency) + ".")
    ] = "within-hours",
    means: Annotated[
        str, typer.Option(metavar="NAME", help=", ".join(name_of(each) for each in Means) + ".")
    ] = "secure-voice",
    spoken: Annotated[
        list[str] | None,
        typer.Option(
            "--spoken",
            metavar="CODE",
            help="A language it may be held in, the best first; else that of the topic.",
            show_default=False,
        ),
    ] = None,
    who_called: Annotated[
        str, typer.Option(metavar="NAME", help=", ".join(name_of(each) for each in WhoCalled) + ".")
    ] = "at-our-request",
    proposer: Annotated[
        str | None,
        typer.Option(metavar="OFFICE", help="Who asks, if not the principal.", show_default=False),
    ] = None,
    *,
    manner: Manner,
) -> None:
    """Ask for a call. What they asked for by telephone is entered with --heard.

    \b
    Examples:
      firebreak call request --principal "chief of defence" --counterpart "chief of staff" \\
        --topic "incidents at the strait" --window +2h/60min --window +26h/60min --dir alpha
      firebreak call request --by voice --addressee "duty office" --party BRAVO \\
        --principal "chief of defence" --counterpart "chief of staff" --topic "incidents" \\
        --window +2h/60min --dir alpha
    """
    desk = desk_of(manner)
    if not window:
        raise InvalidValue("Say when: --window +2h/60min, as often as there are windows.")
    said = manner.needed_words(topic, desk.language)
    # --principal is ours and --counterpart theirs, whoever asks; a record has the asking side first.
    asking, other = (counterpart, principal) if manner.heard else (principal, counterpart)
    desk.send(
        Call(
            proposer=proposer or asking,
            principal=asking,
            counterpart=other,
            topic=said,
            urgency=named(Urgency, urgency),
            windows=tuple(_window(text, desk.moment) for text in window),
            means=named(Means, means),
            languages=tuple(spoken or [said.language]),
            who_called=named(WhoCalled, who_called),
        )
    )


def _window(text: str, moment: Millis) -> Span:
    """221430Z/60min, from `moment`. Raises InvalidValue."""
    start, slash, duration = text.partition("/")
    if not slash:
        raise InvalidValue(f"{text!r} lacks its duration. Write 221430Z/60min, or +2h/60min.")
    # From a whole minute, as it is said; a call of an hour is not offered as one of 61 minutes.
    length = -(-parse_duration(duration) // _MINUTE) * _MINUTE
    return replace(span(start, None, duration, moment), duration=length)


def _of_call(beginning: str, manner: Manner, saying: str = "") -> tuple[Answer, Desk]:
    """A call, and the desk that speaks in it: by node, or as the call was asked for.

    saying: what is to be said, refused before anybody reads it to the other side. Raises Refused.
    """
    view = asked_for(manner.directory, beginning)
    refused = None if manner.heard else view["refusals"].get(saying)
    if refused is not None:
        raise Refused(refused)
    if view["attested"] and manner.by is None:
        manner = replace(manner, by=view["way"])
    return view, desk_of(manner)


def _send(beginning: str, manner: Manner, saying: str, body: Body) -> None:
    """Something about the request itself."""
    view, desk = _of_call(beginning, manner, saying)
    desk.send(body, desk.target(view["id"]))


@app.command()
@sending
def answer(
    beginning: IdArgument,
    reply: Annotated[str, typer.Argument(metavar="ANSWER", help=", ".join(_REPLIES) + ".")],
    window: WindowOption = None,
    deputy: Annotated[
        str | None,
        typer.Option(
            metavar="OFFICE",
            help="With `deputy`: who would speak. A proposal until it is accepted.",
            show_default=False,
        ),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option(
            "--reason",
            metavar="TEXT",
            help="With `decline`, the reason stated; without one: not-at-this-time.",
            show_default=False,
        ),
    ] = None,
    next_word: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="With `awaiting`: when the next word comes (+2h).",
            show_default=False,
        ),
    ] = None,
    text: TextOption = None,
    *,
    manner: Manner,
) -> None:
    """Answer a request, or another time or deputy proposed. No reason is owed.

    `awaiting` tells them that your office waits for leave: only say it if you choose to.

    \b
    Examples:
      firebreak call answer 3fa91c07 accept --window 1 --dir bravo
      firebreak call answer 3fa91c07 other-time --window 231000Z/60min --dir bravo
      firebreak call answer 3fa91c07 decline --heard --reason "no purpose" --dir alpha
    """
    if reply not in _REPLIES:
        raise InvalidValue(f"{reply!r} is no answer to a request. One of: {', '.join(_REPLIES)}.")
    view, desk = _of_call(beginning, manner, "accept" if reply == "accept" else "answer")
    about = view["answer_theirs" if manner.heard else "answer_ours"]
    if about is None:
        raise Refused(
            f"There is nothing to answer: the call stands at {view['standing']}. To take your own"
            f" request back: firebreak call withdraw {short(view['id'])}"
        )
    if view["unnamed"] and not manner.heard:
        desk.say(f"{view['proposed'] or view['speaker']}: {UNNAMED}.")
    body = CallAnswer(
        reply=_REPLIES[reply],
        windows=_windows(view, _REPLIES[reply], window, desk.moment),
        deputy=deputy,
        reason=reason,
        next_word_by=None if next_word is None else future(next_word, desk.moment) - desk.moment,
        words=manner.words(text, desk.language),
    )
    desk.send(body, desk.target(about))


def _windows(
    view: Answer, reply: CallReply, given: list[str] | None, moment: Millis
) -> tuple[Span, ...]:
    """Windows as they are given; of those proposed also by number, and the only one without."""
    proposed = view["proposals"] or view["windows"]
    if reply is CallReply.ACCEPTED and not given:
        if len(proposed) != 1:
            raise InvalidValue(f"Which of the {len(proposed)} windows? Give --window 1, or 2 …")
        given = ["1"]
    made = []
    for text in given or []:
        if not text.isdecimal():
            made.append(_window(text, moment))
        elif 1 <= int(text) <= len(proposed):
            chosen = proposed[int(text) - 1]
            made.append(Span(chosen["start"] - moment, chosen["end"] - chosen["start"]))
        else:
            raise InvalidValue(f"There is no window {text}: {len(proposed)} are proposed.")
    return tuple(made)


@app.command()
@sending
def withdraw(
    beginning: IdArgument,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="TEXT", help="Why, if you state it.", show_default=False),
    ] = None,
    *,
    manner: Manner,
) -> None:
    """Take your own request back. Nothing more is then awaited of them.

    \b
    Example:
      firebreak call withdraw 3fa91c07 --dir alpha
    """
    _send(beginning, manner, "withdraw", Cancel(reason))


@app.command()
@sending
def ready(beginning: IdArgument, *, manner: Manner) -> None:
    """Say that your side is ready. Refused until interpreter, note-taker and brief are noted.

    \b
    Example:
      firebreak call ready 3fa91c07 --dir alpha
    """
    _send(beginning, manner, "ready", CallState(CallStep.READY, 0))


def _step(
    beginning: str, manner: Manner, step: CallStep, happened: str, reason: str | None = None
) -> None:
    view, desk = _of_call(beginning, manner, name_of(step))
    at = past(happened, desk.moment) - desk.moment
    if at > 0:
        raise InvalidValue(f"{happened} lies ahead. Say when it happened.")
    desk.send(CallState(step, at, reason), desk.target(view["id"]))


@app.command()
@sending
def begin(beginning: IdArgument, happened: HappenedOption = "now", *, manner: Manner) -> None:
    """Say that the call has begun.

    \b
    Example:
      firebreak call begin 3fa91c07 --happened -2min --dir alpha
    """
    _step(beginning, manner, CallStep.BEGUN, happened)


@app.command()
@sending
def end(beginning: IdArgument, happened: HappenedOption = "now", *, manner: Manner) -> None:
    """Say that the call has ended.

    \b
    Example:
      firebreak call end 3fa91c07 --dir alpha
    """
    _step(beginning, manner, CallStep.ENDED, happened)


@app.command(name="break-off")
@sending
def break_off(
    beginning: IdArgument,
    happened: HappenedOption = "now",
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="TEXT", help="Why, if stated.", show_default=False),
    ] = None,
    *,
    manner: Manner,
) -> None:
    """Say that the call was broken off. It may begin again.

    \b
    Example:
      firebreak call break-off 3fa91c07 --dir alpha
    """
    _step(beginning, manner, CallStep.BROKEN_OFF, happened, reason)


@app.command()
@sending
def readout(
    beginning: IdArgument,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="Your side's account.")],
    agreed: Annotated[
        list[str] | None,
        typer.Option(
            "--agreed",
            metavar="TEXT",
            help="A line that both sides are to say alike, as often as needed.",
            show_default=False,
        ),
    ] = None,
    embargo: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="Not to be published before (+2h, 221800Z).", show_default=False
        ),
    ] = None,
    *,
    manner: Manner,
) -> None:
    """Tell the other side what you will say was said.

    \b
    Example:
      firebreak call readout 3fa91c07 --text "They spoke of the strait." \\
        --agreed "Both sides keep the line open." --embargo +2h --dir alpha
    """
    view, desk = _of_call(beginning, manner)
    own = manner.needed_words(text, desk.language)
    lines = tuple(_line(line, own) for line in agreed or [])
    if len(lines) > _LONGEST_LINE:
        raise InvalidValue(f"At most {_LONGEST_LINE} agreed lines. Join some.")
    until = None if embargo is None else future(embargo, desk.moment) - desk.moment
    if not {"ended", "broken-off"} & {line["what"] for line in view["lines"]}:
        desk.say("Before the call has ended: it is kept, and marked early.")
    desk.send(Readout(own, lines, until), desk.target(view["id"]))


def _line(text: str, own: Words) -> Words:
    """An agreed line in the language of the account; "text | code: translation" has both."""
    plain, bar, other = text.partition(" | ")
    if not bar:
        return Words(own.language, text)
    code, colon, translation = other.partition(":")
    if not colon:
        raise InvalidValue(f'{text!r}: write a translated line as "text | ru: translation".')
    made = words(plain.strip(), own.language, translation.strip(), code.strip(), False)
    assert made is not None
    return made


@app.command(name="follow-up")
@sending
def follow_up(
    beginning: IdArgument,
    text: Annotated[
        str, typer.Option("--text", metavar="TEXT", help="What you understood, in your words.")
    ],
    *,
    manner: Manner,
) -> None:
    """Write to the other side what you understood, so that they confirm or correct it.

    \b
    Example:
      firebreak call follow-up 3fa91c07 --text "We understood: no flights before noon." --dir alpha
    """
    view, desk = _of_call(beginning, manner)
    body = FollowUp(manner.needed_words(text, desk.language))
    desk.send(body, desk.target(view["id"]))


@app.command()
@sending
def remind(beginning: IdArgument, text: TextOption = None, *, manner: Manner) -> None:
    """Remind them of your request. Refused sooner than is sensible for its urgency.

    \b
    Example:
      firebreak call remind 3fa91c07 --dir alpha
    """
    view, desk = _of_call(beginning, manner)
    _may_remind(view)
    said = manner.words(text, desk.language)
    if said is None:
        asked = when(view["lines"][0]["at"])
        said = Words("en", f"We ask again about our request for a call of {asked}.")
    desk.send(FreeText(said), desk.target(view["id"]))
    by = Way.NODE if desk.manner.by is None else named(Way, desk.manner.by)
    book = Book(Hand(manner.directory, manner.key, manner.office, True, manner.as_data))
    book.enter_quietly(Reminded(by), [bytes.fromhex(view["id"])])


def _may_remind(view: Answer) -> None:
    at = view["remind_from"]
    if at is None:
        raise Refused(f"The call stands at {view['standing']}: nothing of theirs is awaited.")
    if now() < at:
        raise Refused(
            "A reminder now would press, not remind. The next one may go out from"
            f" {when(-(-at // 60_000) * 60_000)}."
        )
