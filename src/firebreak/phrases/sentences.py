"""One or two sentences for each kind of record, derived from code and slots (spec/phrases.md)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from firebreak.phrases.calls import call_sentences
from firebreak.phrases.contacts import contact_sentences
from firebreak.phrases.figures import area_words, heights_words
from firebreak.phrases.incidents import incident_sentences
from firebreak.phrases.names import Names
from firebreak.phrases.sites import site_sentences
from firebreak.phrases.speaker import Speaker
from firebreak.phrases.terms import (
    channel_term,
    counted,
    field_name,
)
from firebreak.records.calls import Call, CallAnswer, CallState, FollowUp, Readout
from firebreak.records.contacts import Contact, ContactAnswer
from firebreak.records.figures import dms, height_text
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
    Body,
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
from firebreak.records.slots import Words


def sentence(record: Record, names: Names, language: str) -> str:
    """What a record says, in one language; it mentions every critical field (P-4).

    Whatever its author wrote himself stands in quotation marks, and his free text comes last.
    """
    speaker = _Speaker(record, names, language)
    said = speaker.body()
    if record.answer_by is not None:
        said.append(speaker.say("clause-answer-by", time=speaker.time(record.answer_by)))
    return " ".join([*said, *speaker.words(words_of(record.body))])


def words_of(body: Body | UnknownBody) -> Words | None:
    """The author's free text in a body, if it has any."""
    match body:
        case Amend(notice):
            return notice.words
        case Clarify(words) | FreeText(words) | LineCheck(words) | LineCheckReply(words):
            return words
        case Notice() | ObjectTo() | Query() | Answer() | Statement() | Restraint():
            return body.words
        case Complaint() | HazardWarning() | CallAnswer() | Assessment() | Account():
            return body.words
        case Finding() | FindingAnswer() | Contact() | ContactAnswer():
            return body.words
        case Site() | Movement() | MovementState() | Stop():
            return body.words
        case Call():
            return body.topic
        case Readout():
            return body.own
        case FollowUp():
            return body.understood
        case Cancel() | Acknowledge() | NotUnderstood() | SayAgain() | Correct():
            return None
        case Lapsed() | Displayed() | Read() | Passed() | Release():
            return None
        case RosterUpdate() | AgreementVersion() | LineState() | UnknownBody():
            return None
        case CallState() | Incident() | Close() | Distributed():
            return None


@dataclass(frozen=True, slots=True)
class _Speaker(Speaker):
    def body(self) -> list[str]:
        """The sentence and its clauses."""
        match self.record.body:
            case Notice() as notice:
                return [self.notice(notice)]
            case Amend(notice, reason):
                said = self.say(
                    "sentence-amend", reference=self.reference(), notice=self.notice(notice)
                )
                return [said, *self.reason(reason)]
            case Cancel(reason):
                return [self.about("cancel"), *self.reason(reason)]
            case Acknowledge(read_back):
                return [self.about("acknowledge", fields=self.quotes(read_back))]
            case NotUnderstood(what):
                return [self.about("not-understood"), *self.clause("clause-what", what, "what")]
            case SayAgain(()):
                return [self.about("say-again")]
            case SayAgain(fields):
                return [self.about("say-again-fields", fields=self.fields(fields))]
            case Correct(field, right):
                name = field_name(field, self.language)
                return [self.about("correct", field=name, right=self.quote(right))]
            case ObjectTo(why):
                return [self.about("object", reason=self.term(why))]
            case Clarify():
                return [self.about("clarify")]
            case Query() as query:
                return self.query(query)
            case Answer() as answer:
                return self.answer(answer)
            case Statement() as statement:
                said = self.say("sentence-statement", topic=self.term(statement.topic))
                return [said, *self.where_and_when(statement)]
            case Restraint() as restraint:
                said = self.say(
                    "sentence-restraint",
                    keep=self.term(restraint.keep),
                    place=self.quote(restraint.place),
                )
                return [said, *self.where_and_when(restraint)]
            case Complaint() as complaint:
                return self.complaint(complaint)
            case HazardWarning() as warning:
                return [self.hazard(warning)]
            case FreeText():
                return [self.say("sentence-text")]
            case LineCheck():
                return [self.say("sentence-line-check")]
            case LineCheckReply():
                return [self.about("line-check-reply")]
            case Lapsed():
                return [self.about("lapsed")]
            case Displayed():
                return [self.about("displayed")]
            case Read():
                return [self.about("read")]
            case Passed(to):
                return [self.about("passed", to=self.quote(to))]
            case Release(released):
                return [self.say("sentence-release", record=released[:8].hex())]
            case RosterUpdate(file):
                return [self.file("sentence-roster", file)]
            case AgreementVersion(file):
                return [self.file("sentence-agreement", file)]
            case LineState() as declared:
                return self.line_state(declared)
            case Call() | CallAnswer() | CallState() | Readout() | FollowUp() as call:
                return call_sentences(self, call)
            case (
                Incident() | Assessment() | Account() | Finding() | FindingAnswer() | Close()
            ) as incident:
                return incident_sentences(self, incident)
            case Contact() | ContactAnswer() as contact:
                return contact_sentences(self, contact)
            case Site() | Movement() | MovementState() | Distributed() | Stop() as site:
                return site_sentences(self, site)
            case UnknownBody(kind):
                return [self.say("sentence-unknown", code=str(kind))]

    def notice(self, notice: Notice) -> str:
        said = self.say(
            "sentence-notice",
            purpose=self.term(notice.purpose),
            area=area_words(notice.area, self.language),
            heights=heights_words(notice.heights, self.language),
            window=self.window(notice.window),
            contact=self.quote(notice.contact),
        )
        late = self.clause("clause-late-reason", notice.late_reason, "reason")
        return " ".join([said, *self.clause("clause-unit", notice.unit, "unit"), *late])

    def hazard(self, warning: HazardWarning) -> str:
        return self.say(
            "sentence-hazard",
            hazard=self.term(warning.hazard),
            area=area_words(warning.area, self.language),
            heights=heights_words(warning.heights, self.language),
            window=self.window(warning.window),
        )

    def query(self, query: Query) -> list[str]:
        said = [
            self.say(
                "sentence-query",
                track=self.quote(query.track),
                position=dms(query.position),
                observed=self.time(query.observed),
            )
        ]
        if query.height is not None:
            said.append(self.say("clause-height", height=height_text(query.height)))
        if query.speed_kt is not None:
            speed = counted("knots", query.speed_kt, self.language)
            said.append(self.say("clause-speed", speed=speed))
        if query.course_degrees is not None:
            course = course_words(query.course_degrees, self.language)
            said.append(self.say("clause-course", course=course))
        return said

    def answer(self, answer: Answer) -> list[str]:
        said = [self.about("answer", reply=self.term(answer.reply))]
        said += self.next_word_by(answer.next_word_by)
        if answer.doubt is not None:
            said.append(self.say("clause-doubt", doubt=self.term(answer.doubt)))
        return said

    def where_and_when(self, body: Statement | Restraint) -> list[str]:
        said = []
        if body.area is not None:
            said.append(self.say("clause-area", area=area_words(body.area, self.language)))
        if body.window is not None:
            said.append(self.say("clause-window", window=self.window(body.window)))
        return said

    def complaint(self, complaint: Complaint) -> list[str]:
        said = self.say(
            "sentence-complaint",
            rule=self.quote(complaint.rule),
            happened=self.time(complaint.happened),
        )
        return [said, *self.position(complaint.position)]

    def line_state(self, declared: LineState) -> list[str]:
        said = self.say(
            "sentence-line-state",
            channel=channel_term(declared.channel, self.language),
            declared=self.term(declared.declared),
        )
        if declared.reason is None:
            return [said, self.say("clause-no-reason")]
        return [said, *self.reason(declared.reason)]

    def file(self, name: str, file: bytes) -> str:
        size = counted("bytes", len(file), self.language)
        return self.say(name, size=size, check=hashlib.sha256(file).hexdigest()[:16])


def course_words(degrees: int, language: str) -> str:
    """095 degrees."""
    return counted("degrees", degrees, language, figure=f"{degrees:03}")
