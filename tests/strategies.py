"""Random records: every kind, every slot within its range (spec/record.md §3 to §5)."""

import unicodedata
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from firebreak.errors import Malformed
from firebreak.records.agreement import Channel
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
from firebreak.records.cbor import Plain, check_text
from firebreak.records.contacts import (
    Contact,
    ContactAnswer,
    ContactReply,
    Outcome,
    Precision,
    Way,
)
from firebreak.records.incidents import (
    MOST_ATTACHMENT,
    Account,
    Assessment,
    Attachment,
    Close,
    Finding,
    FindingAnswer,
    FindingReply,
    FindingSort,
    Incident,
    IncidentSort,
    Stance,
)
from firebreak.records.kinds import (
    BODIES,
    KIND_OF,
    NEEDS_ANSWER,
    Acknowledge,
    AgreementVersion,
    Amend,
    Answer,
    Body,
    Cancel,
    Clarify,
    Complaint,
    Correct,
    Declared,
    Displayed,
    Doubt,
    FreeText,
    Hazard,
    HazardWarning,
    Keep,
    Lapsed,
    LineCheck,
    LineCheckReply,
    LineState,
    Notice,
    NotUnderstood,
    ObjectReason,
    ObjectTo,
    Passed,
    Purpose,
    Query,
    Read,
    Release,
    Reply,
    Restraint,
    RosterUpdate,
    SayAgain,
    Statement,
    Topic,
    UnknownBody,
)
from firebreak.records.record import Record, Reference, Seen
from firebreak.records.sites import (
    Distributed,
    DistributedState,
    Movement,
    MovementState,
    MovementStep,
    Site,
    SiteSort,
    Stop,
)
from firebreak.records.slots import MAX_OFFSET, Span, Translation, Translator, Words
from firebreak.values import (
    DEGREE,
    LATEST,
    Height,
    HeightReference,
    HeightUnit,
    Millis,
    OfficeNumber,
    Position,
    Precedence,
)
from firebreak.volumes import Area, Circle, Corridor, Heights, Polygon


def _allowed(text: str) -> bool:
    try:
        check_text(text)
    except Malformed:
        return False
    return True


_CHARACTERS = st.one_of(
    st.characters(min_codepoint=0x20, max_codepoint=0x7E),
    st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")),
)


def texts(most: int, least: int = 1) -> SearchStrategy[str]:
    """Texts that R-9 lets through, of any script."""
    made = st.text(_CHARACTERS, min_size=least, max_size=min(most, 40))
    normal = made.map(lambda text: unicodedata.normalize("NFC", text))
    return normal.filter(lambda text: least <= len(text) <= most and _allowed(text))


def maybe(inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.none() | inner


def plains(depth: int = 3) -> SearchStrategy[Plain]:
    """Whatever the wire can carry."""
    leaves: SearchStrategy[Plain] = st.one_of(
        st.integers(-(2**64), 2**64 - 1), st.binary(max_size=300), texts(40, least=0)
    )
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=30).map(tuple))


POSITIONS = st.builds(
    Position,
    st.integers(-90 * DEGREE, 90 * DEGREE),
    st.integers(-180 * DEGREE, 180 * DEGREE - 1),
)
_PATHS = st.lists(POSITIONS, min_size=1, max_size=12).map(tuple)
_METRES = st.integers(1, 20_000_000)
AREAS: SearchStrategy[Area] = st.one_of(
    st.builds(Circle, POSITIONS, _METRES),
    st.builds(Polygon, _PATHS, st.lists(_PATHS, max_size=3).map(tuple)),
    st.builds(Corridor, _PATHS, _METRES),
)
_VALUES = st.integers(-20_000, 200_000)
HEIGHTS_ALONE = st.one_of(
    st.builds(
        Height,
        _VALUES,
        st.sampled_from((HeightUnit.METRES, HeightUnit.FEET)),
        st.sampled_from(tuple(HeightReference)[:3]),
    ),
    st.builds(
        Height,
        st.integers(-10, 999),
        st.just(HeightUnit.HUNDREDS_OF_FEET),
        st.just(HeightReference.STANDARD_PRESSURE),
    ),
)
HEIGHTS = st.builds(Heights, maybe(HEIGHTS_ALONE), maybe(HEIGHTS_ALONE))
_OFFSETS = st.integers(-MAX_OFFSET, MAX_OFFSET)
_PAST = st.integers(-MAX_OFFSET, 0)
_FUTURE = st.integers(1, MAX_OFFSET)
_SPANS = st.builds(Span, _OFFSETS, _FUTURE)
_LANGUAGES = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=3)
WORDS = st.builds(
    Words,
    _LANGUAGES,
    texts(2_000),
    maybe(st.builds(Translation, _LANGUAGES, texts(2_000), st.sampled_from(Translator))),
)
_REASONS = maybe(texts(120))
NOTICES = st.builds(
    Notice,
    st.sampled_from(Purpose),
    AREAS,
    HEIGHTS,
    _SPANS,
    texts(64),
    maybe(texts(64)),
    _REASONS,
    maybe(WORDS),
)
ANSWERS = st.one_of(
    st.builds(
        Answer,
        st.sampled_from([reply for reply in Reply if reply is not Reply.CHECKING]),
        st.none(),
        maybe(st.sampled_from(Doubt)),
        maybe(WORDS),
    ),
    st.builds(
        Answer, st.just(Reply.CHECKING), _FUTURE, maybe(st.sampled_from(Doubt)), maybe(WORDS)
    ),
)

_NAMES, _SHORT, _PLAIN = texts(64), texts(120), texts(200)


def several(inner: SearchStrategy[Any], most: int, least: int = 0) -> SearchStrategy[Any]:
    """So many of them, mostly few."""
    return st.lists(inner, min_size=least, max_size=min(most, 5)).map(tuple)


_WINDOWS = several(_SPANS, 8)
CALL_ANSWERS = st.one_of(
    st.builds(
        CallAnswer,
        st.just(CallReply.ACCEPTED),
        _SPANS.map(lambda span: (span,)),
        words=maybe(WORDS),
    ),
    st.builds(CallAnswer, st.just(CallReply.OTHER_TIME), several(_SPANS, 8, 1), words=maybe(WORDS)),
    st.builds(CallAnswer, st.just(CallReply.DEPUTY), _WINDOWS, _NAMES, words=maybe(WORDS)),
    st.builds(CallAnswer, st.just(CallReply.NOT_AT_THIS_TIME), words=maybe(WORDS)),
    st.builds(CallAnswer, st.just(CallReply.DECLINED), reason=_SHORT, words=maybe(WORDS)),
    st.builds(
        CallAnswer, st.just(CallReply.AWAITING_AUTHORITY), next_word_by=_FUTURE, words=maybe(WORDS)
    ),
)
CALL_STATES = st.one_of(
    st.builds(CallState, st.sampled_from(CallStep), _PAST),
    st.builds(CallState, st.just(CallStep.BROKEN_OFF), _PAST, _REASONS),
)
ASSESSMENTS = st.one_of(
    st.builds(
        Assessment,
        st.sampled_from([stance for stance in Stance if stance is not Stance.ASSESSING]),
        maybe(_FUTURE),
        maybe(WORDS),
    ),
    st.builds(Assessment, st.just(Stance.ASSESSING), _FUTURE, maybe(WORDS)),
)

BODIES_OF: dict[type[Any], SearchStrategy[Any]] = {
    Notice: NOTICES,
    Amend: st.builds(Amend, NOTICES, _REASONS),
    Cancel: st.builds(Cancel, _REASONS),
    Acknowledge: st.builds(Acknowledge, st.lists(texts(96), max_size=12).map(tuple)),
    NotUnderstood: st.builds(NotUnderstood, _REASONS),
    SayAgain: st.builds(SayAgain, st.lists(texts(48), max_size=12).map(tuple)),
    Correct: st.builds(Correct, texts(48), texts(200)),
    ObjectTo: st.builds(ObjectTo, st.sampled_from(ObjectReason), maybe(WORDS)),
    Clarify: st.builds(Clarify, WORDS),
    Query: st.builds(
        Query,
        texts(32),
        POSITIONS,
        _PAST,
        maybe(HEIGHTS_ALONE),
        maybe(st.integers(0, 20_000)),
        maybe(st.integers(0, 359)),
        maybe(WORDS),
    ),
    Answer: ANSWERS,
    Statement: st.builds(Statement, st.sampled_from(Topic), WORDS, maybe(AREAS), maybe(_SPANS)),
    Restraint: st.builds(
        Restraint,
        st.sampled_from(Keep),
        texts(120),
        maybe(AREAS),
        maybe(_SPANS),
        maybe(WORDS),
    ),
    Complaint: st.builds(Complaint, texts(120), _PAST, WORDS, maybe(POSITIONS)),
    HazardWarning: st.builds(
        HazardWarning, st.sampled_from(Hazard), AREAS, HEIGHTS, _SPANS, maybe(WORDS)
    ),
    FreeText: st.builds(FreeText, WORDS),
    LineCheck: st.builds(LineCheck, WORDS),
    LineCheckReply: st.builds(LineCheckReply, WORDS),
    Lapsed: st.just(Lapsed()),
    Displayed: st.just(Displayed()),
    Read: st.just(Read()),
    Passed: st.builds(Passed, texts(64)),
    Release: st.builds(Release, st.binary(min_size=32, max_size=32)),
    RosterUpdate: st.builds(RosterUpdate, st.binary(min_size=1, max_size=400)),
    AgreementVersion: st.builds(AgreementVersion, st.binary(min_size=1, max_size=400)),
    LineState: st.builds(
        LineState,
        st.sampled_from(Channel).map(int),
        st.sampled_from(Declared),
        _REASONS,
    ),
    Call: st.builds(
        Call,
        _NAMES,
        _NAMES,
        _NAMES,
        WORDS,
        st.sampled_from(Urgency),
        several(_SPANS, 8, 1),
        st.sampled_from(Means),
        several(_LANGUAGES, 4, 1),
        st.sampled_from(WhoCalled),
    ),
    CallAnswer: CALL_ANSWERS,
    CallState: CALL_STATES,
    Readout: st.builds(Readout, WORDS, several(WORDS, 12), maybe(_FUTURE)),
    FollowUp: st.builds(FollowUp, WORDS),
    Incident: st.builds(
        Incident,
        st.sampled_from(IncidentSort),
        _PAST,
        _SHORT,
        maybe(POSITIONS),
        maybe(st.sampled_from(Stance)),
    ),
    Assessment: ASSESSMENTS,
    Account: st.builds(
        Account,
        _PAST,
        _SHORT,
        WORDS,
        maybe(POSITIONS),
        several(_NAMES, 16),
        maybe(_PLAIN),
        several(
            st.builds(
                Attachment,
                st.binary(min_size=32, max_size=32),
                st.integers(0, MOST_ATTACHMENT),
                _NAMES,
                _SHORT,
            ),
            16,
        ),
        _REASONS,
        maybe(_PLAIN),
    ),
    Finding: st.builds(Finding, st.sampled_from(FindingSort), WORDS),
    FindingAnswer: st.builds(FindingAnswer, st.sampled_from(FindingReply), maybe(WORDS)),
    Close: st.just(Close()),
    Contact: st.builds(
        Contact,
        _NAMES,
        _NAMES,
        st.sampled_from(Way),
        st.sampled_from(Outcome),
        _PAST,
        st.sampled_from(Precision),
        maybe(st.integers(1, 100_000)),
        _REASONS,
        maybe(WORDS),
    ),
    ContactAnswer: st.builds(ContactAnswer, st.sampled_from(ContactReply), maybe(WORDS)),
    Site: st.builds(
        Site,
        st.sampled_from(SiteSort),
        _SHORT,
        _SHORT,
        AREAS,
        _SPANS,
        _NAMES,
        _PAST,
        _FUTURE,
        _NAMES,
        _REASONS,
        maybe(WORDS),
    ),
    Movement: st.builds(
        Movement,
        _SHORT,
        AREAS,
        _SPANS,
        st.integers(0, 1_000),
        _SHORT,
        _SHORT,
        st.integers(0, 10_000),
        several(_NAMES, 8, 1),
        _REASONS,
        maybe(WORDS),
    ),
    MovementState: st.builds(
        MovementState, st.sampled_from(MovementStep), _PAST, _REASONS, maybe(WORDS)
    ),
    Distributed: st.builds(Distributed, _NAMES, st.sampled_from(DistributedState), _PAST),
    Stop: st.builds(Stop, _SHORT, maybe(POSITIONS), maybe(WORDS)),
}
UNKNOWN_KINDS = st.integers(1, 255).filter(lambda number: number not in BODIES)
UNKNOWN_BODIES = st.builds(UnknownBody, UNKNOWN_KINDS, st.lists(plains(), max_size=5).map(tuple))
_COUNTS = st.integers(0, 2**53)
_PARTIES = st.integers(0, 15)
REFERENCES = st.builds(Reference, _PARTIES, _COUNTS, st.binary(min_size=8, max_size=8))
SEEN = st.lists(
    st.builds(Seen, _PARTIES, _COUNTS, st.binary(min_size=16, max_size=16)),
    max_size=3,
    unique_by=lambda seen: seen.party,
).map(lambda items: tuple(sorted(items, key=lambda seen: seen.party)))
_OFFICES = st.sets(st.integers(0, 255), max_size=6).map(
    lambda numbers: tuple(OfficeNumber(number) for number in sorted(numbers))
)


@st.composite
def records(draw: st.DrawFn, bodies: SearchStrategy[Body | UnknownBody]) -> Record:
    """Records of these bodies, with random slots around them."""
    body = draw(bodies)
    kind = body.kind if isinstance(body, UnknownBody) else int(KIND_OF[type(body)])
    return Record(
        version=draw(st.integers(1, 65_535)),
        author=draw(st.integers(0, 65_535)),
        control=draw(_COUNTS),
        to=draw(_OFFICES),
        kind=kind,
        refers_to=draw(maybe(REFERENCES)),
        composed_at=Millis(draw(st.integers(0, LATEST))),
        precedence=draw(st.sampled_from(Precedence)),
        answer_by=draw(_FUTURE) if kind in NEEDS_ANSWER else None,
        serial=draw(_COUNTS),
        seen=draw(SEEN),
        body=body,
    )


ANY_BODY: SearchStrategy[Body | UnknownBody] = st.one_of(*BODIES_OF.values(), UNKNOWN_BODIES)
RECORDS = records(ANY_BODY)
