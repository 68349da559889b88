"""An incident in words: first report, word on it, accounts, facts, closing."""

from __future__ import annotations

from typing import TypeAlias

from firebreak.phrases.catalogue import phrase
from firebreak.phrases.speaker import Speaker
from firebreak.phrases.table import Row, Table
from firebreak.phrases.terms import counted, quoted
from firebreak.records.incidents import (
    Account,
    Assessment,
    Attachment,
    Close,
    Finding,
    FindingAnswer,
    Incident,
)

IncidentBody: TypeAlias = Incident | Assessment | Account | Finding | FindingAnswer | Close


def incident_sentences(speaker: Speaker, body: IncidentBody) -> list[str]:
    """The sentence and its clauses; the author's words are not among them."""
    match body:
        case Incident():
            return _incident(speaker, body)
        case Assessment(stance, next_word_by):
            said = speaker.about("assessment", stance=speaker.term(stance))
            return [said, *speaker.next_word_by(next_word_by)]
        case Account():
            return _account(speaker, body)
        case Finding(sort):
            return [speaker.about("finding", finding=speaker.term(sort))]
        case FindingAnswer(reply):
            return [speaker.about("finding-answer", reply=speaker.term(reply))]
        case Close():
            return [speaker.about("close")]


def _incident(speaker: Speaker, incident: Incident) -> list[str]:
    said = [
        speaker.say(
            "sentence-incident",
            incident=speaker.term(incident.sort),
            happened=speaker.time(incident.happened),
            place=speaker.quote(incident.place),
        ),
        *speaker.position(incident.position),
    ]
    if incident.stance is not None:
        said.append(speaker.say("clause-stance", stance=speaker.term(incident.stance)))
    return said


def _account(speaker: Speaker, account: Account) -> list[str]:
    said = [
        speaker.about(
            "account",
            happened=speaker.time(account.happened),
            place=speaker.quote(account.place),
        ),
        *speaker.position(account.position),
    ]
    if account.units:
        said.append(speaker.say("clause-units", units=speaker.quotes(account.units)))
    said += speaker.clause("clause-damage", account.damage, "damage")
    said += speaker.clause("clause-rule", account.rule, "rule")
    said += speaker.clause("clause-remedy", account.remedy, "remedy")
    if account.attachments:
        files = [_file(each, 8, speaker.language) for each in account.attachments]
        said.append(speaker.say("clause-evidence", evidence="; ".join(files)))
    return said


def _file(attachment: Attachment, shown: int, language: str) -> str:
    """A file of evidence, with so many bytes of its digest."""
    return phrase(
        "attachment",
        language,
        name=quoted(attachment.name, language),
        media=quoted(attachment.media, language),
        size=counted("bytes", attachment.size, language),
        digest=attachment.digest[:shown].hex(),
    )


def incident_rows(table: Table, body: IncidentBody) -> list[Row]:
    """The slots of the body, in their order."""
    match body:
        case Incident():
            return [
                table.code("incident", body.sort),
                table.row("happened", table.time(body.happened)),
                *table.own("place", body.place),
                table.row("position", table.position(body.position)),
                table.code("stance", body.stance),
            ]
        case Assessment(stance, next_word_by, words):
            by = table.row("next-word-by", table.time(next_word_by))
            return [table.code("stance", stance), by, *table.words(words)]
        case Account():
            return _account_rows(table, body)
        case Finding(sort, words):
            return [table.code("finding", sort), *table.words(words)]
        case FindingAnswer(reply, words):
            return [table.code("reply", reply), *table.words(words)]
        case Close():
            return []


def _account_rows(table: Table, account: Account) -> list[Row]:
    files = [_file(each, len(each.digest), table.language) for each in account.attachments]
    return [
        table.row("happened", table.time(account.happened)),
        *table.own("place", account.place),
        *table.words(account.words),
        table.row("position", table.position(account.position)),
        table.row("units", table.quotes(account.units)),
        *table.own("damage", account.damage),
        table.row("attachments", "; ".join(files) or table.none()),
        *table.own("rule", account.rule),
        *table.own("remedy", account.remedy),
    ]
