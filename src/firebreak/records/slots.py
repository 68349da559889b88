"""Slots that bodies of many kinds share: words, spans, languages, offsets (spec/record.md §4, §5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from firebreak.errors import Malformed
from firebreak.records.codec import Choice, Integer, Maybe, Struct, Text

MAX_OFFSET = 400 * 86_400_000
"""Milliseconds: no window, answer-by or observation is further than 400 days from composed-at."""


class Translator(IntEnum):
    """Who or what made a translation."""

    PERSON = 1
    MACHINE = 2


@dataclass(frozen=True, slots=True)
class Translation:
    """A translation, which is not authentic, and who or what made it."""

    language: str
    text: str
    translator: Translator


@dataclass(frozen=True, slots=True)
class Words:
    """Free text: authentic in its author's language only."""

    language: str
    text: str
    translation: Translation | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open window: from `start` for `duration`, both ms, start relative to composed-at."""

    start: int
    duration: int


class _Language:
    """Two or three lower-case letters of ISO 639."""

    def plain(self, value: str) -> str:
        return self.value(value)

    def value(self, plain: Any) -> str:
        if not isinstance(plain, str) or not 2 <= len(plain) <= 3 or not plain.isascii():
            raise Malformed("should be a language code such as en, ru, uk or pl")
        if not plain.isalpha() or not plain.islower():
            raise Malformed("should be a language code such as en, ru, uk or pl")
        return plain


LANGUAGE = _Language()
# Times in bodies, ms from composed-at.
OFFSET = Integer(-MAX_OFFSET, MAX_OFFSET)
PAST = Integer(-MAX_OFFSET, 0)
FUTURE = Integer(1, MAX_OFFSET)
LONG, SHORT = Text(2_000), Text(120)
"""Texts of up to 2,000 and of up to 120 characters."""
NAME = Text(64)
"""An office, a unit, a person to ask for."""
WORDS = Struct(
    Words,
    language=LANGUAGE,
    text=LONG,
    translation=Maybe(
        Struct(Translation, language=LANGUAGE, text=LONG, translator=Choice(Translator))
    ),
)
SPAN = Struct(Span, start=OFFSET, duration=FUTURE)
