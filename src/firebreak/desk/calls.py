"""One call between leaders as one side sees it: where it stands, whose turn it is, what blocks it.

A pure fold over the call's dialogue, from the logs or from our own journal, and over what our side
noted round it. Nothing is inferred: a reason is shown only if it was stated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeVar

from firebreak.desk.answering import ANSWERABLE, Answering
from firebreak.desk.contact_record import Pair, pairs_kept
from firebreak.desk.entries.calls import (
    Briefed,
    Challenged,
    ChallengeDrawn,
    Memorandum,
    Post,
    Reminded,
    Staffed,
)
from firebreak.desk.entries.contacts import Direction
from firebreak.desk.entries.offices import AuthorityAwaited, AuthorityGiven
from firebreak.desk.journal import Body as Noted
from firebreak.desk.journal import Kept
from firebreak.desk.tables import Standing
from firebreak.desk.talks import Talk, Uttered
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
from firebreak.records.kinds import Cancel, Clarify, FreeText, Kind
from firebreak.records.record import Record
from firebreak.records.slots import Span, Words
from firebreak.values import Millis, PartyNumber

B = TypeVar("B")
_MINUTE: Final = 60_000

REMIND_AFTER: Final = {
    Urgency.AT_ONCE: 10 * _MINUTE,
    Urgency.WITHIN_HOURS: 60 * _MINUTE,
    Urgency.TODAY: 240 * _MINUTE,
    Urgency.WHEN_CONVENIENT: 1_440 * _MINUTE,
}
"""ms between a request and a reminder, and between two reminders: more would press, not remind."""


class Turn(StrEnum):
    """Who has to say something next."""

    OURS = "ours"
    THEIRS = "theirs"
    BOTH = "both"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` until `end`, ms UTC."""

    start: Millis
    end: Millis


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said in a call. at: when, by its author's clock, ms UTC.

    late: it came after the request had lapsed; effect: whether an answer counts (D-8); early: a
    readout before the call had ended; unnamed: the deputy whom they propose is not among those whom
    they named to us.
    """

    id: bytes
    by: Direction
    office: str
    what: str
    at: Millis
    stored: Millis
    way: Way
    delivered: bool | None
    read_back: bool | None
    late: bool
    effect: bool
    early: bool
    windows: tuple[Window, ...]
    deputy: str | None
    unnamed: bool
    reason: str | None
    next_word: Millis | None
    words: Words | None
    agreed: tuple[Words, ...]
    embargo: Millis | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named for our side of a call."""

    post: Post
    name: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """That a memorandum is kept, and for whom; its words are shown to these offices only."""

    id: bytes
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Authority:
    """Our own office waits for leave, or has it or not. It is in our journal only."""

    of_whom: str
    for_what: str
    granted: bool | None


@dataclass(frozen=True, slots=True)
class CallView:
    """One call. id: of its request; by: who asked for it; ours, theirs: the two who would speak.

    due: when what is awaited is due, ms UTC, None where nothing is; overdue: that it has passed;
    lapsed: a lapse is logged; window: the one agreed on, None before; speaker: the deputy who was
    agreed on in the place of the one asked for; proposals: windows that wait for a yes, with the
    deputy proposed; unnamed: that the deputy of theirs, proposed or agreed on, is not among those whom
    they named to us; answer_ours, answer_theirs: the record that an answer of either side would be
    about; ready: who said so; missing: what blocks "ready" on our side; acceptance: its id.
    """

    id: bytes
    party: str
    by: Direction
    attested: bool
    way: Way
    exercise: bool
    proposer: str
    ours: str
    theirs: str
    topic: Words
    urgency: Urgency
    means: Means
    languages: tuple[str, ...]
    who_called: WhoCalled
    windows: tuple[Window, ...]
    standing: Standing
    due: Millis | None
    overdue: bool
    lapsed: bool
    turn: Turn
    window: Window | None
    speaker: str | None
    proposals: tuple[Window, ...]
    proposed: str | None
    unnamed: bool
    answer_ours: bytes | None
    answer_theirs: bytes | None
    acceptance: bytes | None
    ready: tuple[Direction, ...]
    staff: tuple[Person, ...]
    briefed: str | None
    missing: tuple[str, ...]
    challenge: ChallengeDrawn | None
    challenged: tuple[bool, ...]
    reminded: tuple[Millis, ...]
    remind_from: Millis | None
    memoranda: tuple[Reading, ...]
    authority: Authority | None
    lines: tuple[Line, ...]

    @property
    def we_asked(self) -> bool:
        """Whether the request is ours."""
        return self.by is Direction.OURS


def view_of(talk: Talk, entries: Sequence[Kept], now: Millis) -> CallView:
    """A call as it stands now. entries: those of the journal that count."""
    root, opening = talk.said[0], talk.said[0].record
    call = opening.body
    assert isinstance(call, Call)
    counted = _counted(talk)
    by = talk.by(root)
    ours, theirs = call.principal, call.counterpart
    if by is Direction.THEIRS:
        ours, theirs = theirs, ours
    standing, due = talk.state.standing, talk.state.due
    notes = [kept for kept in entries if root.id in kept.entry.about]
    staff, briefed = _staff(notes), _last(notes, Briefed)
    accepted = _accepted(counted)
    accepting = standing in _AGREED and accepted is not None
    proposal = _newest(counted, None) if standing in _PROPOSED else None
    reminded = tuple(kept.entry.at for kept in notes if isinstance(kept.entry.body, Reminded))
    missing = missing_for(call, staff, briefed)
    lines = _lines(talk, counted, _deputies(entries, Pair(ours, talk.party, theirs)))
    deputies = [proposal, _about(talk, accepted) if accepting else None]
    unnamed = {line.id for line in lines if line.unnamed}
    lapsed = any(question.lapsed is not None for question in talk.state.questions[:1])
    return CallView(
        id=root.id,
        party=talk.party,
        by=by,
        attested=talk.attested,
        way=root.way,
        exercise=talk.exercise,
        proposer=call.proposer,
        ours=ours,
        theirs=theirs,
        topic=call.topic,
        urgency=call.urgency,
        means=call.means,
        languages=call.languages,
        who_called=call.who_called,
        windows=_windows(opening, call.windows),
        standing=standing,
        due=due,
        overdue=due is not None and due <= now,
        lapsed=lapsed,
        turn=_turn(talk, by, proposal),
        window=_agreed_window(accepted) if accepting else None,
        speaker=_deputy(talk, accepted) if accepting else None,
        proposals=() if proposal is None else _windows_of(proposal),
        proposed=None if proposal is None else _answer(proposal).deputy,
        unnamed=any(each is not None and each.id in unnamed for each in deputies),
        answer_ours=_answerable(talk, counted, ours=True),
        answer_theirs=_answerable(talk, counted, ours=False),
        acceptance=accepted.id if accepting and accepted is not None else None,
        ready=_ready(talk),
        staff=staff,
        briefed=None if briefed is None else briefed.by,
        missing=missing,
        challenge=_last(_since(notes, accepted), ChallengeDrawn),
        challenged=tuple(
            kept.entry.body.passed
            for kept in _since(notes, accepted)
            if isinstance(kept.entry.body, Challenged)
        ),
        reminded=reminded,
        remind_from=_remind_from(call, opening, reminded, standing, by),
        memoranda=tuple(
            Reading(kept.id, kept.entry.body.readers)
            for kept in notes
            if isinstance(kept.entry.body, Memorandum)
        ),
        authority=_authority(notes, entries),
        lines=lines,
    )


_AGREED = frozenset(
    {Standing.ACCEPTED, Standing.READY, Standing.BEGUN, Standing.BROKEN_OFF, Standing.ENDED}
)
_PROPOSED = frozenset({Standing.OTHER_TIME, Standing.DEPUTY})


def _answer(uttered: Uttered) -> CallAnswer:
    assert isinstance(uttered.record.body, CallAnswer)
    return uttered.record.body


def _counted(talk: Talk) -> list[Uttered]:
    """The answers that have an effect, in order (D-8)."""
    answering = Answering(talk.said[0].place)
    return [
        uttered
        for uttered in talk.said
        if isinstance(uttered.record.body, CallAnswer)
        and answering.take(uttered.place, uttered.record)
    ]


def _newest(counted: Sequence[Uttered], party: PartyNumber | None) -> Uttered | None:
    """The newest answer that counts and decides something, of one party or of any."""
    return next(
        (
            uttered
            for uttered in reversed(counted)
            if party is None or uttered.place[0] == party
            if _answer(uttered).reply is not CallReply.AWAITING_AUTHORITY
        ),
        None,
    )


def _accepted(counted: Sequence[Uttered]) -> Uttered | None:
    """The acceptance that holds: the last that counts, if no later answer took it back."""
    last = _newest(counted, None)
    return last if last is not None and _answer(last).reply is CallReply.ACCEPTED else None


def _windows(record: Record, spans: Iterable[Span]) -> tuple[Window, ...]:
    return tuple(
        Window(
            Millis(record.composed_at + span.start),
            Millis(record.composed_at + span.start + span.duration),
        )
        for span in spans
    )


def _windows_of(uttered: Uttered) -> tuple[Window, ...]:
    return _windows(uttered.record, _answer(uttered).windows)


def _agreed_window(accepted: Uttered | None) -> Window | None:
    return None if accepted is None else _windows_of(accepted)[0]


def _deputy(talk: Talk, accepted: Uttered | None) -> str | None:
    """Who was proposed in the answer that was accepted; None where it proposed nobody."""
    about = _about(talk, accepted)
    body = None if about is None else about.record.body
    return body.deputy if isinstance(body, CallAnswer) else None


def _about(talk: Talk, answer: Uttered | None) -> Uttered | None:
    """What an answer answers."""
    if answer is None or answer.record.refers_to is None:
        return None
    about = (answer.record.refers_to.party, answer.record.refers_to.index)
    return next((uttered for uttered in talk.said if uttered.place == about), None)


def _deputies(entries: Sequence[Kept], pair: Pair) -> tuple[str, ...]:
    """Whom the counterpart named as deputies, as our journal keeps it; none if it keeps none."""
    card = pairs_kept(entries).get(pair)
    return () if card is None else card.deputies


def _answerable(talk: Talk, counted: Sequence[Uttered], *, ours: bool) -> bytes | None:
    """What an answer of one side would be about: the request, or the other's newest proposal.

    None where there is nothing for it to answer.
    """
    side = talk.us if ours else PartyNumber(1 - talk.us)
    other = _newest(counted, PartyNumber(1 - side))
    last = _newest(counted, None)
    if other is not None and other is last and _answer(other).reply in ANSWERABLE:
        return other.id
    return None if talk.said[0].place[0] == side else talk.said[0].id


def _turn(talk: Talk, by: Direction, proposal: Uttered | None) -> Turn:
    asking = Turn.OURS if by is Direction.OURS else Turn.THEIRS
    asked = Turn.THEIRS if by is Direction.OURS else Turn.OURS
    match talk.state.standing:
        case Standing.REQUESTED | Standing.AWAITING_AUTHORITY:
            return asked
        case Standing.OTHER_TIME | Standing.DEPUTY:
            own = proposal is not None and proposal.place[0] == talk.us
            return Turn.THEIRS if own else Turn.OURS
        case Standing.ACCEPTED:
            return _rest(_ready(talk))
        case Standing.READY | Standing.BEGUN | Standing.BROKEN_OFF:
            return Turn.BOTH
        case Standing.ENDED:
            return _rest([talk.by(uttered) for uttered in _told(talk)])
        case Standing.NOT_AT_THIS_TIME | Standing.DECLINED | Standing.LAPSED:
            return asking
        case _:  # withdrawn; the other standings are other dialogues'
            return Turn.NOBODY


def _told(talk: Talk) -> list[Uttered]:
    """The readouts given since the call was over; an early one does not stand for them (D-12)."""
    found: list[Uttered] = []
    over = False
    for uttered in talk.said:
        match uttered.record.body:
            case CallState(step):
                over = over or step in _OVER
            case Readout() if over:
                found.append(uttered)
            case _:
                pass
    return found


def _rest(done: Sequence[Direction]) -> Turn:
    """Who is left, of both."""
    if Direction.OURS in done:
        return Turn.NOBODY if Direction.THEIRS in done else Turn.THEIRS
    return Turn.OURS if Direction.THEIRS in done else Turn.BOTH


def _ready(talk: Talk) -> tuple[Direction, ...]:
    """Who said "ready" since the last answer that counts and decides something (D-10)."""
    found: list[Direction] = []
    answering = Answering(talk.said[0].place)
    for uttered in talk.said:
        match uttered.record.body:
            case CallAnswer(reply):
                counts = answering.take(uttered.place, uttered.record)
                if counts and reply is not CallReply.AWAITING_AUTHORITY:
                    found.clear()
            case CallState(CallStep.READY):
                found.append(talk.by(uttered))
            case _:
                pass
    return tuple(dict.fromkeys(found))


# What our side noted


def _last(notes: Sequence[Kept], body: type[B]) -> B | None:
    return next((k.entry.body for k in reversed(notes) if isinstance(k.entry.body, body)), None)


def _since(notes: Sequence[Kept], accepted: Uttered | None) -> list[Kept]:
    """The notes since the acceptance that holds: a challenge is good for one."""
    return [k for k in notes if accepted is None or k.entry.at >= accepted.stored]


def _staff(notes: Sequence[Kept]) -> tuple[Person, ...]:
    found: dict[tuple[Post, str], Person] = {}
    for kept in notes:
        body = kept.entry.body
        if not isinstance(body, Staffed):
            continue
        if body.withdrawn:
            found.pop((body.post, body.name), None)
        else:
            found[body.post, body.name] = Person(body.post, body.name, body.language)
    return tuple(found.values())


def missing_for(call: Call, staff: Sequence[Person], briefed: Briefed | None) -> tuple[str, ...]:
    """What our side lacks before it may say "ready": interpreter, note-taker, brief."""
    wanted = []
    interpreters = [person for person in staff if person.post is Post.INTERPRETER]
    spoken = [p for p in interpreters if p.language is None or p.language in call.languages]
    if not interpreters:
        wanted.append("our interpreter is not named")
    elif not spoken:
        wanted.append(f"no interpreter of ours is named for {' or '.join(call.languages)}")
    if not any(person.post is Post.NOTE_TAKER for person in staff):
        wanted.append("our note-taker is not named")
    if briefed is None:
        wanted.append("our brief is not noted")
    return tuple(wanted)


def _remind_from(
    call: Call, opening: Record, reminded: Sequence[Millis], standing: Standing, by: Direction
) -> Millis | None:
    """When we may remind them; None where nothing of theirs is awaited."""
    if by is Direction.THEIRS or standing not in _REMINDABLE:
        return None
    return Millis(max((opening.composed_at, *reminded)) + REMIND_AFTER[call.urgency])


_REMINDABLE = frozenset({Standing.REQUESTED, Standing.AWAITING_AUTHORITY, Standing.LAPSED})


def _authority(notes: Sequence[Kept], entries: Sequence[Kept]) -> Authority | None:
    asked = next((k for k in reversed(notes) if isinstance(k.entry.body, AuthorityAwaited)), None)
    if asked is None:
        return None
    body = asked.entry.body
    assert isinstance(body, AuthorityAwaited)
    given = _last([k for k in entries if asked.id in k.entry.about], AuthorityGiven)
    return Authority(body.of_whom, body.for_what, None if given is None else given.granted)


def for_anybody(body: Noted) -> Noted:
    """The body of an entry as lists of the journal show it: a memorandum without its words."""
    if isinstance(body, Memorandum):
        return replace(body, words="for its readers: firebreak call memorandum")
    return body


# What was said


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _lines(talk: Talk, counted: Sequence[Uttered], deputies: Sequence[str]) -> tuple[Line, ...]:
    named = {_plain(name) for name in deputies}
    answers = [answer for question in talk.state.questions for answer in question.answers]
    late = {place for place, is_late in answers if is_late}
    told = _told(talk)
    found = []
    for uttered in talk.said:
        body = uttered.record.body
        deputy = body.deputy if isinstance(body, CallAnswer) else None
        theirs = talk.by(uttered) is Direction.THEIRS
        found.append(
            _line(
                talk,
                uttered,
                late=uttered.place in late,
                effect=not isinstance(body, CallAnswer) or uttered in counted,
                early=isinstance(body, Readout) and uttered not in told,
                unnamed=bool(named and theirs and deputy) and _plain(deputy or "") not in named,
            )
        )
    return tuple(found)


_OVER = frozenset({CallStep.ENDED, CallStep.BROKEN_OFF})


def _line(
    talk: Talk, uttered: Uttered, *, late: bool, effect: bool, early: bool, unnamed: bool
) -> Line:
    record = uttered.record
    body, at = record.body, record.composed_at
    answer = body if isinstance(body, CallAnswer) else None
    readout = body if isinstance(body, Readout) else None
    step = body if isinstance(body, CallState) else None
    word = None if answer is None else answer.next_word_by
    embargo = None if readout is None else readout.embargo
    return Line(
        id=uttered.id,
        by=talk.by(uttered),
        office=uttered.office,
        what=_what(record),
        at=at if step is None else Millis(at + step.at),
        stored=uttered.stored,
        way=uttered.way,
        delivered=uttered.delivered,
        read_back=uttered.read_back,
        late=late,
        effect=effect,
        early=early,
        windows=_windows(record, _spans(body)),
        deputy=None if answer is None else answer.deputy,
        unnamed=unnamed,
        reason=_reason(body),
        next_word=None if word is None else Millis(at + word),
        words=_words(body),
        agreed=() if readout is None else readout.agreed,
        embargo=None if embargo is None else Millis(at + embargo),
    )


def _what(record: Record) -> str:
    match record.body:
        case CallAnswer(reply):
            return _named(reply.name)
        case CallState(step):
            return _named(step.name)
        case Call():
            return "request"
        case _:
            return _named(Kind(record.kind).name)


def _named(name: str) -> str:
    return name.lower().replace("_", "-")


def _spans(body: object) -> tuple[Span, ...]:
    return body.windows if isinstance(body, Call | CallAnswer) else ()


def _reason(body: object) -> str | None:
    """Only what its author stated."""
    return body.reason if isinstance(body, CallAnswer | CallState | Cancel) else None


def _words(body: object) -> Words | None:
    match body:
        case Call(topic=words) | CallAnswer(words=words) | FreeText(words):
            return words
        case Readout(own=words) | FollowUp(words) | Clarify(words):
            return words
        case _:
            return None
