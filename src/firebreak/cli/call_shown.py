"""Calls as they are read at a terminal: the board, one whole dialogue, readouts side by side, .ics."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from firebreak.cli.client import Answer, Client
from firebreak.cli.frame import DirectoryOption
from firebreak.cli.output import now, opened, pairs, refuse, say, table
from firebreak.cli.places import IdArgument, id_beginning
from firebreak.cli.render import JsonOption, lasting, print_json, short, when
from firebreak.errors import Refused
from firebreak.store.directory import write_file

_MINUTE = 60_000
UNNAMED = "not among the deputies that they named"
_MARKS = {"both": "  ", "ours": "- ", "theirs": "+ "}


def register(app: typer.Typer) -> None:
    """Put these commands under `firebreak call`."""
    app.command()(board)
    app.command()(show)
    app.command()(differences)
    app.command()(publish)
    app.command()(ical)


def asked_for(directory: Path | None, beginning: str) -> Answer:
    """The call whose request, or any record in it, has an id that begins so. Raises Misuse."""
    answer = Client(opened(directory)).get(f"/calls/{id_beginning(beginning)}")
    call: Answer = answer["call"]
    return call


def mode(view: Answer) -> str:
    """What all of a call is: EXERCISE or REAL."""
    return "EXERCISE" if view["exercise"] else "REAL"


# The board


def board(directory: DirectoryOption = None, as_data: JsonOption = False) -> None:
    """All calls by counterpart: where each stands, whose turn it is, what blocks it.

    \b
    Example:
      firebreak call board --dir alpha
    """
    answer = Client(opened(directory)).get("/calls")
    if as_data:
        print_json(answer)
        return
    if not answer["calls"]:
        say("No call was asked for yet. Ask for one: firebreak call request --help")
        return
    pairs_of: dict[str, list[Answer]] = {}
    for view in answer["calls"]:
        pair = f"{view['ours']} – {view['theirs']} of {view['party']}"
        pairs_of.setdefault(pair, []).append(view)
    for pair, views in sorted(pairs_of.items()):
        say(pair)
        table(
            (
                [
                    short(view["id"]),
                    mode(view),
                    view["topic"]["text"],
                    _stands(view),
                    countdown(view, answer["as_of"]),
                    view["turn"],
                    _blocks(view),
                ]
                for view in views
            ),
            "call",
            "mode",
            "topic",
            "stands",
            "due",
            "turn",
            "blocked by",
        )
        for view in views:
            if view["staff"]:
                say(f"{short(view['id'])}, our staff: {_staffing(view)}")
            _offer(view)


def _stands(view: Answer) -> str:
    shown = str(view["standing"])
    if view["proposed"]:
        unnamed = f"; {UNNAMED}" if view["unnamed"] else ""
        shown += f": {view['proposed']} (proposed{unnamed})"
    if view["window"]:
        shown += f", {_window(view['window'])}"
    if view["lapsed"] and view["standing"] != "lapsed":
        shown += ", answered late"
    if view["authority"] and view["authority"]["granted"] is None:
        shown += "; we await leave (ours alone to know)"
    return shown + (" (attested by us)" if view["attested"] else "")


def countdown(view: Answer, at: int) -> str:
    """How long until what is awaited is due, in whole minutes, or since when it is overdue."""
    due = view["due"]
    if due is None:
        return "-"
    minutes = max(abs(due - at) // _MINUTE, 1) * _MINUTE
    return f"overdue {lasting(minutes)}" if due <= at else f"in {lasting(minutes)}"


def _staffing(view: Answer) -> str:
    named = [f"{person['post']}: {person['name']}" for person in view["staff"]]
    return "; ".join(named) or "-"


def _blocks(view: Answer) -> str:
    """What stands between an accepted call and its beginning."""
    if view["standing"] != "accepted":
        return "-"
    found = list(view["missing"])
    if "theirs" not in view["ready"]:
        found.append("they have not said that they are ready")
    if "ours" not in view["ready"] and not view["missing"]:
        found.append("we have not said that we are ready")
    return "; ".join(found) or "-"


def _window(window: Answer) -> str:
    return f"{when(window['start'])} to {when(window['end'])}"


def _offer(view: Answer) -> None:
    if view["offers"]:
        say(f"{mode(view)}: {short(view['id'])} stands at {view['standing']}. You may go on with:")
        say(*(f"  {words}" for words in view["offers"]))


# One call


def show(
    beginning: IdArgument, directory: DirectoryOption = None, as_data: JsonOption = False
) -> None:
    """One call with all that both sides said, when, and how it is known.

    \b
    Example:
      firebreak call show 3fa91c07 --dir alpha
    """
    view = asked_for(directory, beginning)
    if as_data:
        print_json(view)
        return
    if not view["attested"]:
        theirs = (line["id"] for line in view["lines"] if line["by"] == "theirs")
        Client(opened(directory)).displayed(theirs)
    pairs(list(_facts(view)))
    table(
        (
            [
                when(line["at"]),
                line["by"],
                line["office"] or "-",
                line["what"],
                "; ".join(_said(line)),
                _known(line, attested=view["attested"]),
            ]
            for line in view["lines"]
        ),
        "when",
        "by",
        "office",
        "what",
        "said",
        "known by",
    )
    _offer(view)


def _facts(view: Answer) -> Iterator[tuple[str, str]]:
    yield "call", f"{view['ours']} – {view['theirs']} of {view['party']}"
    yield "mode", mode(view)
    yield "asked for by", f"{view['by']} ({view['proposer']})"
    yield "topic", view["topic"]["text"]
    yield "wanted", f"{view['urgency']}, {view['means']}, in {', '.join(view['languages'])}"
    yield "wording of who called", view["who_called"].replace("-", " ")
    yield "stands", _stands(view)
    yield "turn", view["turn"]
    if view["due"]:
        yield "due", f"{when(view['due'])} ({countdown(view, now())})"
    if view["speaker"]:
        unnamed = f" ({UNNAMED})" if view["unnamed"] else ""
        yield "deputy agreed on", f"{view['speaker']}{unnamed}"
    yield "our staff", _staffing(view)
    yield "brief cleared by", view["briefed"] or "-"
    if view["standing"] == "accepted":
        yield "blocked by", _blocks(view)
    if view["challenged"]:
        yield "call-back challenge", "passed" if view["challenged"][-1] else "NOT PASSED"
    if view["reminded"]:
        yield "reminded", ", ".join(when(at) for at in view["reminded"])
    for kept in view["memoranda"]:
        yield "memorandum", f"{short(kept['id'])}, for {', '.join(kept['readers'])} only"


def _said(line: Answer) -> Iterator[str]:
    if not line["effect"]:
        yield "NO EFFECT: it answers what was taken back or refused"
    if line["late"]:
        yield "LATE: it came after the request had lapsed"
    if line["early"]:
        yield "EARLY: before the call had ended"
    if line["deputy"]:
        unnamed = f" ({UNNAMED})" if line["unnamed"] else ""
        yield f"proposes {line['deputy']}{unnamed}"
    yield from (f"window {n}: {_window(w)}" for n, w in enumerate(line["windows"], 1))
    if line["next_word"]:
        yield f"next word by {when(line['next_word'])}"
    if line["reason"]:
        yield f"reason stated: {line['reason']}"
    elif line["what"] in ("declined", "not-at-this-time", "broken-off"):
        yield "no reason stated"
    if line["words"]:
        yield line["words"]["text"]
    yield from (f"agreed line: {words['text']}" for words in line["agreed"])
    if line["embargo"]:
        yield f"not to be published before {when(line['embargo'])}"


def _known(line: Answer, *, attested: bool) -> str:
    if attested:
        back = ", read back" if line["read_back"] else ""
        return f"attested by us, {line['way']}{back}"
    if line["delivered"] is None:
        return "in the logs"
    return "in the logs, delivered" if line["delivered"] else "in the logs, UNDELIVERED"


# Readouts


def differences(
    beginning: IdArgument, directory: DirectoryOption = None, as_data: JsonOption = False
) -> None:
    """Both readouts side by side, with what differs marked. It judges neither.

    \b
    Example:
      firebreak call differences 3fa91c07 --dir alpha
    """
    view = asked_for(directory, beginning)
    if view["comparison"] is None:
        lacking = [side for side, held in view["readouts"].items() if held is None]
        refuse(f"There is no readout of {' and of '.join(lacking)} yet.")
    if as_data:
        exercise = view["exercise"]
        print_json({"exercise": exercise, "readouts": view["readouts"], **view["comparison"]})
        return
    say(f"{mode(view)}.")
    for side, held in view["readouts"].items():
        early = ", early: before the call had ended" if held["early"] else ""
        until = f", not to be published before {when(held['embargo'])}" if held["embargo"] else ""
        say(f"{side.upper()}, {when(held['at'])}{early}{until}:", f"  {held['words']['text']}")
    compared = view["comparison"]
    say("Agreed lines (- ours only, + theirs only):")
    say(*(f"  {_MARKS[line['whose']]}{line['text']}" for line in compared["lines"]))
    if compared["language"] is None:
        say("The two accounts are in no common language: their words are not compared.")
        return
    say("Words that differ (- ours only, + theirs only):")
    apart = [piece for piece in compared["words"] if piece["whose"] != "both"]
    say(*(f"  {_MARKS[piece['whose']]}{piece['text']}" for piece in apart or [_NONE]))


_NONE = {"whose": "both", "text": "none"}


def publish(
    beginning: IdArgument,
    out: Annotated[Path, typer.Argument(metavar="FILE", help="A text file to write.")],
    theirs: Annotated[bool, typer.Option("--theirs", help="Their readout, not ours.")] = False,
    directory: DirectoryOption = None,
) -> None:
    """Write a readout to a file for publication. Refused before its embargo is over.

    \b
    Example:
      firebreak call publish 3fa91c07 readout.txt --dir alpha
    """
    view = asked_for(directory, beginning)
    side = "theirs" if theirs else "ours"
    held = view["readouts"][side]
    if held is None:
        refuse(f"There is no readout of {side} yet.")
    until = [each["embargo"] for each in view["readouts"].values() if each and each["embargo"]]
    if until and now() < max(until):
        raise Refused(f"Not before {when(max(until))}: until then it is under embargo.")
    lines = [words["text"] for words in held["agreed"]]
    mark = ["EXERCISE EXERCISE EXERCISE"] if view["exercise"] else []
    text = "\n".join([*mark, held["words"]["text"], *lines, *mark]) + "\n"
    write_file(out, text.encode())
    say(f"The readout is in {out}.")


# A calendar


def ical(
    beginning: IdArgument,
    out: Annotated[Path, typer.Argument(metavar="FILE", help="An .ics file to write.")],
    directory: DirectoryOption = None,
) -> None:
    """Write an accepted call as an iCalendar file, in UTC. A calendar is not confidential: mind where.

    \b
    Example:
      firebreak call ical 3fa91c07 call.ics --dir alpha
    """
    from firebreak.cli.call_calendar import event

    view = asked_for(directory, beginning)
    if view["window"] is None:
        raise Refused(f"The call stands at {view['standing']}: no time is agreed on.")
    write_file(out, event(view, now()))
    say(f"The call is in {out}: {_window(view['window'])}.")
