"""Every slot of a record as a labelled row: what an officer checks before he signs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from firebreak.phrases.calls import call_rows
from firebreak.phrases.catalogue import phrase
from firebreak.phrases.contacts import contact_rows
from firebreak.phrases.figures import (
    full_height,
    limit_words,
)
from firebreak.phrases.incidents import incident_rows
from firebreak.phrases.names import Names
from firebreak.phrases.sentences import course_words
from firebreak.phrases.sites import site_rows
from firebreak.phrases.table import Row, Table
from firebreak.phrases.terms import (
    channel_term,
    counted,
    field_name,
    term,
)
from firebreak.records.calls import Call, CallAnswer, CallState, FollowUp, Readout
from firebreak.records.cbor import encode
from firebreak.records.contacts import Contact, ContactAnswer
from firebreak.records.incidents import (
    Account,
    Assessment,
    Close,
    Finding,
    FindingAnswer,
    Incident,
)
from firebreak.records.kinds import (
    Acknowledge,
    AgreementVersion,
    Amend,
    Answer,
    Cancel,
    Clarify,
    Complaint,
    Correct,
    Displayed,
    FreeText,
    HazardWarning,
    Lapsed,
    LineCheck,
    LineCheckReply,
    LineState,
    Notice,
    NotUnderstood,
    ObjectTo,
    Passed,
    Query,
    Read,
    Release,
    Restraint,
    RosterUpdate,
    SayAgain,
    Statement,
    UnknownBody,
)
from firebreak.records.record import Record
from firebreak.records.sites import Distributed, Movement, MovementState, Site, Stop
from firebreak.volumes import Heights


def lines(record: Record, names: Names, language: str) -> list[Row]:
    """Label and value of every slot, those left empty included: what matters first."""
    rows = _Rows(record, names, language)
    return [*rows.head(), *rows.body(), *rows.tail()]


@dataclass(frozen=True, slots=True)
class _Rows(Table):
    def head(self) -> list[Row]:
        """What the record is, to whom, about what, until when."""
        record = self.record
        offices = [self.names.office(number, self.language) for number in record.to]
        return [
            self.row("kind", term(record.kind, self.language)),
            self.code("precedence", record.precedence),
            self.row("to", "; ".join(offices) or self.none()),
            self.row("refers-to", self.names.reference(record, self.language)),
            self.row("composed-at", self.time(0)),
            self.row("answer-by", self.time(record.answer_by)),
        ]

    def tail(self) -> list[Row]:
        """What machines need."""
        record = self.record
        seen = [
            phrase(
                "seen",
                self.language,
                party=self.names.party(entry.party, self.language),
                size=counted("records", entry.size, self.language),
                digest=entry.digest.hex(),
            )
            for entry in record.seen
        ]
        return [
            self.row("version", str(record.version)),
            self.row("author", str(record.author)),
            self.row("control", counted("records", record.control, self.language)),
            self.row("serial", str(record.serial)),
            self.row("seen", "; ".join(seen) or self.none()),
        ]

    def body(self) -> list[Row]:
        """The slots of the body, in their order."""
        match self.record.body:
            case Notice() as notice:
                return self.notice(notice)
            case Amend(notice, reason):
                return [*self.notice(notice), *self.own("reason", reason)]
            case Cancel(reason):
                return self.own("reason", reason)
            case Acknowledge(read_back):
                return [self.row("read-back", self.quotes(read_back))]
            case NotUnderstood(what):
                return self.own("what", what)
            case SayAgain(fields):
                shown = [field_name(field, self.language) for field in fields]
                return [self.row("fields", "; ".join(shown) or self.none())]
            case Correct(field, right):
                name = self.row("field", field_name(field, self.language))
                return [name, *self.own("right", right)]
            case ObjectTo(why, words):
                return [self.code("reason", why), *self.words(words)]
            case Clarify(words) | FreeText(words) | LineCheck(words) | LineCheckReply(words):
                return self.words(words)
            case Query() as query:
                return self.query(query)
            case Answer() as answer:
                return [
                    self.code("reply", answer.reply),
                    self.row("next-word-by", self.time(answer.next_word_by)),
                    self.code("doubt", answer.doubt),
                    *self.words(answer.words),
                ]
            case Statement() as statement:
                topic = self.code("topic", statement.topic)
                return [topic, *self.words(statement.words), *self.where_and_when(statement)]
            case Restraint() as restraint:
                keep = self.code("keep", restraint.keep)
                place = self.own("place", restraint.place)
                place_and_time = self.where_and_when(restraint)
                return [keep, *place, *place_and_time, *self.words(restraint.words)]
            case Complaint() as complaint:
                return [
                    *self.own("rule", complaint.rule),
                    self.row("happened", self.time(complaint.happened)),
                    *self.words(complaint.words),
                    self.row("position", self.position(complaint.position)),
                ]
            case HazardWarning() as warning:
                return [
                    self.code("hazard", warning.hazard),
                    *self.area(warning.area),
                    *self.heights(warning.heights),
                    *self.window(warning.window),
                    *self.words(warning.words),
                ]
            case Lapsed() | Displayed() | Read():
                return []
            case Passed(to):
                return self.own("passed-to", to)
            case Release(released):
                return [self.row("record", released.hex())]
            case RosterUpdate(file):
                return [self.row("roster", self.file(file))]
            case AgreementVersion(file):
                return [self.row("agreement", self.file(file))]
            case LineState(channel, declared, reason):
                return [
                    self.row("channel", channel_term(channel, self.language)),
                    self.code("declared", declared),
                    *self.own("reason", reason),
                ]
            case Call() | CallAnswer() | CallState() | Readout() | FollowUp() as call:
                return call_rows(self, call)
            case (
                Incident() | Assessment() | Account() | Finding() | FindingAnswer() | Close()
            ) as incident:
                return incident_rows(self, incident)
            case Contact() | ContactAnswer() as contact:
                return contact_rows(self, contact)
            case Site() | Movement() | MovementState() | Distributed() | Stop() as site:
                return site_rows(self, site)
            case UnknownBody(_, slots):
                return [self.row("slots", encode(slots).hex())]

    def file(self, file: bytes) -> str:
        size = counted("bytes", len(file), self.language)
        digest = hashlib.sha256(file).hexdigest()
        return phrase("size-and-digest", self.language, size=size, digest=digest)

    def notice(self, notice: Notice) -> list[Row]:
        return [
            self.code("purpose", notice.purpose),
            *self.area(notice.area),
            *self.heights(notice.heights),
            *self.window(notice.window),
            *self.own("contact", notice.contact),
            *self.own("unit", notice.unit),
            *self.own("late-reason", notice.late_reason),
            *self.words(notice.words),
        ]

    def query(self, query: Query) -> list[Row]:
        height, speed, course = query.height, query.speed_kt, query.course_degrees
        return [
            *self.own("track", query.track),
            self.row("position", self.position(query.position)),
            self.row("observed", self.time(query.observed)),
            self.row("height", None if height is None else full_height(height, self.language)),
            self.row("speed", None if speed is None else counted("knots", speed, self.language)),
            self.row("course", None if course is None else course_words(course, self.language)),
            *self.words(query.words),
        ]

    def where_and_when(self, body: Statement | Restraint) -> list[Row]:
        area = [self.row("area", None)] if body.area is None else self.area(body.area)
        return [*area, *self.window(body.window)]

    def heights(self, heights: Heights) -> list[Row]:
        return [
            self.row("lower", limit_words(heights.lower, "surface", self.language)),
            self.row("upper", limit_words(heights.upper, "unlimited", self.language)),
        ]
