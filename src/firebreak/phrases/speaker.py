"""What the sentences of all kinds are made with: clauses, quotations, times, the author's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from firebreak.phrases.catalogue import phrase
from firebreak.phrases.figures import window_words
from firebreak.phrases.names import Names
from firebreak.phrases.terms import field_name, language_name, quoted, term
from firebreak.records.figures import dms, exact_date_time_group
from firebreak.records.record import Record
from firebreak.records.slots import Span, Words
from firebreak.values import Position


@dataclass(frozen=True, slots=True)
class Speaker:
    """One record, to be said in one language."""

    record: Record
    names: Names
    language: str

    def say(self, name: str, /, **slots: str) -> str:
        """One message of the catalogue with its slots filled."""
        return phrase(name, self.language, **slots)

    def about(self, name: str, /, **slots: str) -> str:
        """A sentence about the record referred to."""
        return self.say(f"sentence-{name}", reference=self.reference(), **slots)

    def term(self, member: IntEnum) -> str:
        """The term for a member of an enumeration."""
        return term(member, self.language)

    def quote(self, text: str) -> str:
        """An author's own text, in quotation marks."""
        return quoted(text, self.language)

    def quotes(self, texts: Sequence[str]) -> str:
        """Several of an author's own texts."""
        return "; ".join(self.quote(text) for text in texts) or self.say("none")

    def fields(self, fields: Sequence[str]) -> str:
        """The labels of fields."""
        return "; ".join(field_name(field, self.language) for field in fields)

    def time(self, offset: int) -> str:
        """A time in a body, ms from composed-at, as date-time group."""
        return exact_date_time_group(self.record.composed_at + offset)

    def window(self, span: Span) -> str:
        """A window in a body, with its duration."""
        start = self.record.composed_at + span.start
        return window_words(start, start + span.duration, self.language)

    def windows(self, spans: Sequence[Span]) -> str:
        """Several windows, in their order."""
        return "; ".join(self.window(span) for span in spans)

    def reference(self) -> str:
        """The record referred to."""
        return self.names.reference(self.record, self.language)

    def clause(self, name: str, text: str | None, slot: str) -> list[str]:
        """A clause round an author's own text, if there is one."""
        return [] if text is None else [self.say(name, **{slot: self.quote(text)})]

    def reason(self, reason: str | None) -> list[str]:
        """The reason, if one was stated."""
        return self.clause("clause-reason", reason, "reason")

    def next_word_by(self, offset: int | None) -> list[str]:
        """When the next word is due, ms from composed-at, if that is said."""
        return [] if offset is None else [self.say("clause-next-word-by", time=self.time(offset))]

    def position(self, position: Position | None) -> list[str]:
        """A position, if there is one."""
        return [] if position is None else [self.say("clause-position", position=dms(position))]

    def words(self, words: Words | None, name: str = "clause-words") -> list[str]:
        """The author's words, authentic; then a translation, which says who or what made it."""
        if words is None:
            return []
        said = [
            self.say(
                name,
                language=language_name(words.language, self.language),
                text=self.quote(words.text),
            )
        ]
        if words.translation is not None:
            said.append(
                self.say(
                    "clause-translation",
                    language=language_name(words.translation.language, self.language),
                    translator=self.term(words.translation.translator),
                    text=self.quote(words.translation.text),
                )
            )
        return said
