"""Calls between leaders in words: asked for, answered, held, read out."""

from __future__ import annotations

from typing import TypeAlias

from firebreak.phrases.catalogue import phrase
from firebreak.phrases.speaker import Speaker
from firebreak.phrases.table import Row, Table
from firebreak.phrases.terms import language_name
from firebreak.records.calls import (
    Call,
    CallAnswer,
    CallReply,
    CallState,
    CallStep,
    FollowUp,
    Readout,
)

CallBody: TypeAlias = Call | CallAnswer | CallState | Readout | FollowUp


def call_sentences(speaker: Speaker, body: CallBody) -> list[str]:
    """The sentence and its clauses; the author's words are not among them."""
    match body:
        case Call():
            return [_call(speaker, body)]
        case CallAnswer():
            return _answer(speaker, body)
        case CallState(step, at, reason):
            said = speaker.about("call-state", step=speaker.term(step), at=speaker.time(at))
            if step is CallStep.BROKEN_OFF and reason is None:
                return [said, speaker.say("clause-no-reason")]
            return [said, *speaker.reason(reason)]
        case Readout(_, agreed, embargo):
            said = speaker.about("readout")
            until = [] if embargo is None else [_embargo(speaker, embargo)]
            alike = [
                clause for line in agreed for clause in speaker.words(line, "clause-agreed-line")
            ]
            return [said, *until, *alike]
        case FollowUp():
            return [speaker.about("follow-up")]


def _call(speaker: Speaker, call: Call) -> str:
    return speaker.say(
        "sentence-call",
        proposer=speaker.quote(call.proposer),
        principal=speaker.quote(call.principal),
        counterpart=speaker.quote(call.counterpart),
        urgency=speaker.term(call.urgency),
        means=speaker.term(call.means),
        languages="; ".join(language_name(code, speaker.language) for code in call.languages),
        windows=speaker.windows(call.windows),
        caller=speaker.term(call.who_called),
    )


def _answer(speaker: Speaker, answer: CallAnswer) -> list[str]:
    said = [speaker.about("call-answer", reply=speaker.term(answer.reply))]
    said += speaker.clause("clause-deputy", answer.deputy, "deputy")
    if answer.reply is CallReply.ACCEPTED:
        said.append(speaker.say("clause-window", window=speaker.windows(answer.windows)))
    elif answer.windows:
        said.append(speaker.say("clause-windows", windows=speaker.windows(answer.windows)))
    if answer.reply is CallReply.NOT_AT_THIS_TIME:
        said.append(speaker.say("clause-no-reason-owed"))
    return [*said, *speaker.reason(answer.reason), *speaker.next_word_by(answer.next_word_by)]


def _embargo(speaker: Speaker, embargo: int) -> str:
    return speaker.say("clause-embargo", time=speaker.time(embargo))


def call_rows(table: Table, body: CallBody) -> list[Row]:
    """The slots of the body, in their order."""
    match body:
        case Call():
            return _call_rows(table, body)
        case CallAnswer():
            return [
                table.code("reply", body.reply),
                *table.windows(body.windows),
                *table.own("deputy", body.deputy),
                *table.own("reason", body.reason),
                table.row("next-word-by", table.time(body.next_word_by)),
                *table.words(body.words),
            ]
        case CallState(step, at, reason):
            when = table.row("at", table.time(at))
            return [table.code("step", step), when, *table.own("reason", reason)]
        case Readout(own, _, embargo):
            until = table.row("embargo", table.time(embargo))
            return [*table.words(own), *_agreed_rows(table, body), until]
        case FollowUp(understood):
            return table.words(understood)


def _call_rows(table: Table, call: Call) -> list[Row]:
    languages = [language_name(code, table.language) for code in call.languages]
    return [
        *table.own("proposer", call.proposer),
        *table.own("principal", call.principal),
        *table.own("counterpart", call.counterpart),
        *table.words(call.topic, "topic"),
        table.code("urgency", call.urgency),
        *table.windows(call.windows),
        table.code("means", call.means),
        table.row("languages", "; ".join(languages)),
        table.code("who-called", call.who_called),
    ]


def _agreed_rows(table: Table, readout: Readout) -> list[Row]:
    """Each line on a row of its own, with its translation."""
    if not readout.agreed:
        return [table.row("agreed", table.none())]
    return [
        (
            phrase("agreed-line", table.language, number=str(number)),
            "; ".join(filter(None, (table.authentic(line), table.translation(line)))),
        )
        for number, line in enumerate(readout.agreed, 1)
    ]
