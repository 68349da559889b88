"""What our own side notes round a call: staff, brief, challenge, memorandum; any telephone call."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from firebreak.desk.entries.contacts import Direction
from firebreak.desk.entries.slots import TIME
from firebreak.records.codec import Choice, Flag, Integer, Items, Maybe, Struct, Text
from firebreak.records.contacts import Way
from firebreak.records.slots import LANGUAGE, NAME, WORDS, Words
from firebreak.values import Millis


class Post(IntEnum):
    """Who must be there before a call is ready."""

    INTERPRETER = 1
    NOTE_TAKER = 2
    OTHER = 3


@dataclass(frozen=True, slots=True)
class Staffed:
    """A person is named for a call, or released from it again (`withdrawn`)."""

    post: Post
    name: str
    language: str | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Briefed:
    """The brief for a call was drafted, checked and cleared by these."""

    by: str


@dataclass(frozen=True, slots=True)
class ChallengeDrawn:
    """The random challenge of a call with a side that has no node, and how it was given to them.

    asker, asked: the words that the side which asked for the call says, and that the other says.
    """

    asker: str
    asked: str
    given_by: Way


@dataclass(frozen=True, slots=True)
class Challenged:
    """The one-time challenge of a call was put and answered, rightly or not."""

    passed: bool
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Memorandum:
    """Our own memorandum of a call, for its readers only. It is never sent."""

    words: str
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VoiceLog:
    """An ordinary telephone call or meeting: who spoke, what was said, agreed and disputed.

    happened: ms UTC; minutes: how long; gist: ours; theirs_text: their own, if they gave one; by: who
    sought it; real: otherwise it was exercise. A log that refers to a call says that it was held.
    """

    party: str
    theirs: str
    ours: str
    way: Way
    happened: Millis
    minutes: int | None
    speakers: tuple[str, ...]
    interpreter: str | None
    gist: Words
    agreed: tuple[Words, ...] = ()
    disputed: tuple[Words, ...] = ()
    theirs_text: Words | None = None
    by: Direction = Direction.UNKNOWN
    real: bool = False


@dataclass(frozen=True, slots=True)
class Reminded:
    """We reminded the other side of what is open, by this way."""

    way: Way


STAFFED = Struct(Staffed, post=Choice(Post), name=NAME, language=Maybe(LANGUAGE), withdrawn=Flag())
CHALLENGE_DRAWN = Struct(ChallengeDrawn, asker=Text(6), asked=Text(6), given_by=Choice(Way))
BRIEFED = Struct(Briefed, by=NAME)
CHALLENGED = Struct(Challenged, passed=Flag(), person=Maybe(NAME))
MEMORANDUM = Struct(Memorandum, words=Text(20_000), readers=Items(NAME, 64, least=1))
VOICE_LOG = Struct(
    VoiceLog,
    party=NAME,
    theirs=NAME,
    ours=NAME,
    way=Choice(Way),
    happened=TIME,
    minutes=Maybe(Integer(0, 10_000)),
    speakers=Items(NAME, 16, least=1),
    interpreter=Maybe(NAME),
    gist=WORDS,
    agreed=Items(WORDS, 24),
    disputed=Items(WORDS, 24),
    theirs_text=Maybe(WORDS),
    by=Choice(Direction),
    real=Flag(),
)
REMINDED = Struct(Reminded, way=Choice(Way))
