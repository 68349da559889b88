"""An incident as one side sees it: first report, word by word, both accounts, facts, questions, closing.

A claim is never shown as an observation, and nothing is decided by silence. Tallies count only out of
a denominator that both sides agreed to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from firebreak.desk.entries.contacts import Direction
from firebreak.desk.tables import Standing
from firebreak.desk.talks import Talk, Uttered
from firebreak.records.incidents import (
    Account,
    Assessment,
    Close,
    Finding,
    FindingAnswer,
    FindingReply,
    FindingSort,
    Incident,
    IncidentSort,
    Stance,
)
from firebreak.records.kinds import Answer, Clarify
from firebreak.records.slots import Words
from firebreak.values import Millis, Position


class Agreement(StrEnum):
    """What both sides have said of a fact or question."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DISPUTED = "disputed"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Word:
    """One side's word on the incident. next_word: by when it promised more, ms UTC."""

    id: bytes
    by: Direction
    office: str
    at: Millis
    stance: Stance
    next_word: Millis | None
    words: Words | None


@dataclass(frozen=True, slots=True)
class OneAccount:
    """One side's account. happened: ms UTC, as that side says; the newest of a side holds."""

    id: bytes
    by: Direction
    office: str
    at: Millis
    happened: Millis
    body: Account


@dataclass(frozen=True, slots=True)
class Point:
    """A fact, question or denominator put by one side, and what the other answered, newest last."""

    id: bytes
    by: Direction
    sort: FindingSort
    words: Words
    stands: Agreement
    answer: Words | None


@dataclass(frozen=True, slots=True)
class Clarification:
    """A request for clarification about the incident, and its clock. due: ms UTC."""

    id: bytes
    by: Direction
    due: Millis | None
    answered: bool
    question: Words


@dataclass(frozen=True, slots=True)
class IncidentView:
    """One incident. id: of its first report; by: who reported it; happened: ms UTC, a claim.

    ours, theirs: the newest account of each side, None where there is none; promised: by whom and
    when the next word is due, if any is; overdue: that it has passed; differing: names of the fields
    in which the two accounts differ.
    """

    id: bytes
    party: str
    by: Direction
    attested: bool
    exercise: bool
    sort: IncidentSort
    happened: Millis
    place: str
    position: Position | None
    reported: Millis
    standing: Standing
    stance_ours: Stance | None
    stance_theirs: Stance | None
    promised_by: Direction | None
    promised: Millis | None
    overdue: bool
    words: tuple[Word, ...]
    ours: OneAccount | None
    theirs: OneAccount | None
    differing: tuple[str, ...]
    points: tuple[Point, ...]
    clarifications: tuple[Clarification, ...]
    closed_by: tuple[Direction, ...]


def view_of(talk: Talk, now: Millis) -> IncidentView:
    """What an incident's dialogue amounts to, as of a time."""
    opening = talk.said[0]
    body = opening.record.body
    assert isinstance(body, Incident)
    words = [word for said in talk.said if (word := _word(talk, said)) is not None]
    accounts = [_account(talk, said) for said in talk.said if isinstance(said.record.body, Account)]
    ours, theirs = (_newest(accounts, by) for by in (Direction.OURS, Direction.THEIRS))
    promise = next(iter(promises(words)), None)
    due = promise.next_word if promise else None
    return IncidentView(
        opening.id,
        talk.party,
        talk.by(opening),
        talk.attested,
        talk.exercise,
        body.sort,
        Millis(opening.record.composed_at + body.happened),
        body.place,
        body.position,
        opening.record.composed_at,
        talk.state.standing,
        _stance(words, Direction.OURS),
        _stance(words, Direction.THEIRS),
        promise.by if promise else None,
        due,
        due is not None and due <= now,
        tuple(words),
        ours,
        theirs,
        differing(ours, theirs),
        tuple(_points(talk)),
        tuple(_clarifications(talk)),
        tuple(_closed(talk)),
    )


def _word(talk: Talk, said: Uttered) -> Word | None:
    at, by = said.record.composed_at, talk.by(said)
    match said.record.body:
        case Assessment(stance, next_word_by, words):
            due = None if next_word_by is None else Millis(at + next_word_by)
            return Word(said.id, by, said.office, at, stance, due, words)
        case Incident(stance=stance) if stance is not None:
            return Word(said.id, by, said.office, at, stance, None, None)
        case _:
            return None


def _account(talk: Talk, said: Uttered) -> OneAccount:
    body, at = said.record.body, said.record.composed_at
    assert isinstance(body, Account)
    happened = Millis(at + body.happened)
    return OneAccount(said.id, talk.by(said), said.office, at, happened, body)


def _newest(accounts: Sequence[OneAccount], by: Direction) -> OneAccount | None:
    return next((each for each in reversed(accounts) if each.by is by), None)


def _stance(words: Sequence[Word], by: Direction) -> Stance | None:
    return next((word.stance for word in reversed(words) if word.by is by), None)


def promises(words: Sequence[Word]) -> list[Word]:
    """Each side's promise of a next word that it has not kept yet, the earliest due first."""
    open_: dict[Direction, Word] = {}
    for word in words:
        open_.pop(word.by, None)
        if word.next_word is not None:
            open_[word.by] = word
    return sorted(open_.values(), key=lambda word: word.next_word or 0)


_COMPARED = ("place", "position", "units", "damage", "rule", "remedy")


def differing(ours: OneAccount | None, theirs: OneAccount | None) -> tuple[str, ...]:
    """Names of the fields in which two accounts differ; none while one is missing."""
    if ours is None or theirs is None:
        return ()
    names = ["happened"] if ours.happened != theirs.happened else []
    names += [n for n in _COMPARED if getattr(ours.body, n) != getattr(theirs.body, n)]
    return tuple(names)


def _points(talk: Talk) -> Iterable[Point]:
    answers: dict[tuple[int, int], FindingAnswer] = {}
    for said in talk.said:
        about = said.record.refers_to
        if isinstance(said.record.body, FindingAnswer) and about is not None:
            answers[about.party, about.index] = said.record.body
    for said in talk.said:
        body = said.record.body
        if isinstance(body, Finding):
            answer = answers.get((said.place[0], said.place[1]))
            stands = _STANDS[answer.reply] if answer else Agreement.PROPOSED
            words = answer.words if answer else None
            yield Point(said.id, talk.by(said), body.sort, body.words, stands, words)


_STANDS = {
    FindingReply.AGREED: Agreement.AGREED,
    FindingReply.DISPUTED: Agreement.DISPUTED,
    FindingReply.ANSWERED: Agreement.ANSWERED,
}


def _clarifications(talk: Talk) -> Iterable[Clarification]:
    answered = {
        (about.party, about.index)
        for said in talk.said
        if isinstance(said.record.body, Answer) and (about := said.record.refers_to) is not None
    }
    for said in talk.said:
        body = said.record.body
        if isinstance(body, Clarify):
            due, done = said.record.answer_due, (said.place[0], said.place[1]) in answered
            yield Clarification(said.id, talk.by(said), due, done, body.question)


def _closed(talk: Talk) -> Iterable[Direction]:
    """Who holds it closed: what was said to it since opens it again, unless both had closed it."""
    closed: dict[Direction, None] = {}
    for said in talk.said:
        if isinstance(said.record.body, Close):
            closed[talk.by(said)] = None
        elif isinstance(said.record.body, _OPENS_AGAIN) and len(closed) < 2:
            closed.clear()
    return closed


_OPENS_AGAIN = (Assessment, Account, Finding, FindingAnswer)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many incidents, out of a denominator that both sides agreed to.

    out_of: its words; None while nothing is agreed, and then no count is given either.
    """

    out_of: Words | None
    count: int | None


@dataclass(frozen=True, slots=True)
class Review:
    """What a periodic review is held over: incidents of a time, what is agreed and what is not."""

    since: Millis
    until: Millis
    incidents: tuple[IncidentView, ...]
    agreed_facts: int
    disputed_facts: int
    open_questions: int
    closed: int
    tally: Tally


def review(views: Sequence[IncidentView], since: Millis, until: Millis) -> Review:
    """The incidents that happened from `since` until `until`, and how far both sides agree."""
    chosen = [view for view in views if since <= view.happened < until]
    points = [point for view in chosen for point in view.points]
    facts = [point for point in points if point.sort is FindingSort.FACT]
    questions = [point for point in points if point.sort is FindingSort.QUESTION]
    denominators = [
        point.words
        for view in views
        for point in view.points
        if point.sort is FindingSort.DENOMINATOR and point.stands is Agreement.AGREED
    ]
    out_of = denominators[-1] if denominators else None
    return Review(
        since,
        until,
        tuple(chosen),
        sum(point.stands is Agreement.AGREED for point in facts),
        sum(point.stands is Agreement.DISPUTED for point in facts),
        sum(point.stands is not Agreement.ANSWERED for point in questions),
        sum(view.standing is Standing.CLOSED for view in chosen),
        Tally(out_of, None if out_of is None else len(chosen)),
    )
