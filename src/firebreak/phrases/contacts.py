"""The contact record in words: an attempt or contact, and what the other side says of it."""

from __future__ import annotations

from typing import TypeAlias

from firebreak.phrases.catalogue import phrase
from firebreak.phrases.speaker import Speaker
from firebreak.phrases.table import Row, Table
from firebreak.phrases.terms import counted
from firebreak.records.contacts import Contact, ContactAnswer, Outcome

ContactBody: TypeAlias = Contact | ContactAnswer


def contact_sentences(speaker: Speaker, body: ContactBody) -> list[str]:
    """The sentence and its clauses; the author's words are not among them."""
    match body:
        case Contact():
            return _contact(speaker, body)
        case ContactAnswer(reply):
            return [speaker.about("contact-answer", reply=speaker.term(reply))]


def _contact(speaker: Speaker, contact: Contact) -> list[str]:
    said = speaker.say(
        "sentence-contact",
        ours=speaker.quote(contact.ours),
        theirs=speaker.quote(contact.theirs),
        way=speaker.term(contact.way),
        outcome=speaker.term(contact.outcome),
        happened=speaker.time(contact.happened),
        precision=speaker.term(contact.precision),
        times=_times(contact.count, speaker.language),
    )
    return [said, *_beside(speaker, contact.outcome), *speaker.reason(contact.stated_reason)]


def _beside(speaker: Speaker, outcome: Outcome) -> list[str]:
    """What keeps an outcome from being taken for another, or for more than it is (P-20)."""
    match outcome:
        case Outcome.NOT_ATTEMPTED:
            return [speaker.say("clause-not-attempted")]
        case Outcome.UNANSWERED:
            return [speaker.say("clause-silence")]
        case Outcome.UNDELIVERED | Outcome.DECLINED | Outcome.HELD:
            return []


def _times(count: int | None, language: str) -> str:
    """How often; `not known` is never a number."""
    if count is None:
        return phrase("number-not-known", language)
    return counted("times", count, language)


def contact_rows(table: Table, body: ContactBody) -> list[Row]:
    """The slots of the body, in their order."""
    match body:
        case Contact():
            return [
                *table.own("ours", body.ours),
                *table.own("counterpart", body.theirs),
                table.code("way", body.way),
                table.code("outcome", body.outcome),
                table.row("happened", table.time(body.happened)),
                table.code("precision", body.precision),
                table.row("count", _times(body.count, table.language)),
                *table.own("reason", body.stated_reason),
                *table.words(body.words),
            ]
        case ContactAnswer(reply, words):
            return [table.code("reply", reply), *table.words(words)]
