"""Every slot of a record as a labelled row: what an officer checks before he signs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from firebreak.phrases.catalogue import phrase
from firebreak.phrases.figures import (
    area_points,
    area_words,
    duration_words,
    full_height,
    limit_words,
)
from firebreak.phrases.names import Names
from firebreak.phrases.sentences import course_words
from firebreak.phrases.terms import (
    channel_term,
    counted,
    field_name,
    language_name,
    quoted,
    term,
)
from firebreak.records.cbor import encode
from firebreak.records.figures import (
    decimal_position,
    dms,
    exact_date_time_group,
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
    Span,
    Statement,
    UnknownBody,
    Words,
)
from firebreak.records.record import Record
from firebreak.values import Position
from firebreak.volumes import Area, Heights

Row: TypeAlias = tuple[str, str]
"""A label and a value."""


def lines(record: Record, names: Names, language: str) -> list[Row]:
    """Label and value of every slot, those left empty included: what matters first."""
    rows = _Rows(record, names, language)
    return [*rows.head(), *rows.body(), *rows.tail()]


@dataclass(frozen=True, slots=True)
class _Rows:
    record: Record
    names: Names
    language: str

    def row(self, label: str, value: str | None) -> Row:
        shown = phrase("not-stated", self.language) if value is None else value
        return phrase(f"label-{label}", self.language), shown

    def none(self) -> str:
        return phrase("none", self.language)

    def quote(self, text: str | None) -> str | None:
        return None if text is None else quoted(text, self.language)

    def own(self, label: str, text: str | None) -> list[Row]:
        """A row of an author's own text."""
        return [self.row(label, self.quote(text))]

    def code(self, label: str, member: Any) -> Row:
        return self.row(label, None if member is None else term(member, self.language))

    def time(self, offset: int | None) -> str | None:
        if offset is None:
            return None
        return exact_date_time_group(self.record.composed_at + offset)

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
            case UnknownBody(_, slots):
                return [self.row("slots", encode(slots).hex())]

    def quotes(self, texts: Sequence[str]) -> str:
        return "; ".join(quoted(text, self.language) for text in texts) or self.none()

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
        if body.window is None:
            return [*area, self.row("start", None), self.row("end", None)]
        return [*area, *self.window(body.window)]

    def area(self, area: Area) -> list[Row]:
        """The area, then each point on a row of its own."""
        shown = area_words(area, self.language)
        return [self.row("area", shown), *area_points(area, self.language)]

    def heights(self, heights: Heights) -> list[Row]:
        return [
            self.row("lower", limit_words(heights.lower, "surface", self.language)),
            self.row("upper", limit_words(heights.upper, "unlimited", self.language)),
        ]

    def window(self, span: Span) -> list[Row]:
        end = self.record.composed_at + span.start + span.duration
        return [
            self.row("start", self.time(span.start)),
            self.row("end", exact_date_time_group(end, up=True)),
            self.row("duration", duration_words(span.duration, self.language)),
        ]

    def position(self, position: Position | None) -> str | None:
        return None if position is None else f"{dms(position)} ({decimal_position(position)})"

    def words(self, words: Words | None) -> list[Row]:
        """The author's words; a translation, if there is one, on a row of its own."""
        if words is None:
            return [self.row("words", None)]
        name = language_name(words.language, self.language)
        rows = [self.row("words", f"{self.quote(words.text)} ({name})")]
        if words.translation is not None:
            made = words.translation
            language = language_name(made.language, self.language)
            by = term(made.translator, self.language)
            rows.append(self.row("translation", f"{self.quote(made.text)} ({language}, {by})"))
        return rows
