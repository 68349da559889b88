"""What the rows of all kinds are made with: labels, quotations, times, areas, the author's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from firebreak.phrases.catalogue import phrase
from firebreak.phrases.figures import area_points, area_words, duration_words, window_words
from firebreak.phrases.names import Names
from firebreak.phrases.terms import language_name, quoted, term
from firebreak.records.figures import decimal_position, dms, exact_date_time_group
from firebreak.records.record import Record
from firebreak.records.slots import Span, Words
from firebreak.values import Position
from firebreak.volumes import Area

Row: TypeAlias = tuple[str, str]
"""A label and a value."""


@dataclass(frozen=True, slots=True)
class Table:
    """One record, to be shown slot by slot in one language."""

    record: Record
    names: Names
    language: str

    def row(self, label: str, value: str | None) -> Row:
        """A labelled value; `not stated` for None."""
        shown = phrase("not-stated", self.language) if value is None else value
        return phrase(f"label-{label}", self.language), shown

    def none(self) -> str:
        """What stands for an empty list."""
        return phrase("none", self.language)

    def quote(self, text: str | None) -> str | None:
        """An author's own text, in quotation marks."""
        return None if text is None else quoted(text, self.language)

    def quotes(self, texts: Sequence[str]) -> str:
        """Several of an author's own texts."""
        return "; ".join(quoted(text, self.language) for text in texts) or self.none()

    def own(self, label: str, text: str | None) -> list[Row]:
        """A row of an author's own text."""
        return [self.row(label, self.quote(text))]

    def code(self, label: str, member: IntEnum | None) -> Row:
        """A row of a member of an enumeration."""
        return self.row(label, None if member is None else term(member, self.language))

    def time(self, offset: int | None) -> str | None:
        """A time in a body, ms from composed-at, as date-time group."""
        if offset is None:
            return None
        return exact_date_time_group(self.record.composed_at + offset)

    def position(self, position: Position | None) -> str | None:
        """A position in degrees, minutes and seconds, and in decimal degrees."""
        return None if position is None else f"{dms(position)} ({decimal_position(position)})"

    def area(self, area: Area) -> list[Row]:
        """The area, then each point on a row of its own."""
        shown = area_words(area, self.language)
        return [self.row("area", shown), *area_points(area, self.language)]

    def window(self, span: Span | None) -> list[Row]:
        """Start, end and duration of a window; one that is not stated has start and end only."""
        if span is None:
            return [self.row("start", None), self.row("end", None)]
        end = self.record.composed_at + span.start + span.duration
        return [
            self.row("start", self.time(span.start)),
            self.row("end", exact_date_time_group(end, up=True)),
            self.row("duration", duration_words(span.duration, self.language)),
        ]

    def windows(self, spans: Sequence[Span]) -> list[Row]:
        """The first window; each other one on a row of its own."""
        rows = self.window(spans[0] if spans else None)
        for number, span in enumerate(spans[1:], 2):
            start = self.record.composed_at + span.start
            label = phrase("other-window", self.language, number=str(number))
            rows.append((label, window_words(start, start + span.duration, self.language)))
        return rows

    def words(self, words: Words | None, label: str = "words") -> list[Row]:
        """The author's words; a translation, if there is one, on a row of its own."""
        if words is None:
            return [self.row(label, None)]
        rows = [self.row(label, self.authentic(words))]
        if words.translation is not None:
            rows.append(self.row("translation", self.translation(words)))
        return rows

    def authentic(self, words: Words) -> str:
        """The author's own text, with its language."""
        name = language_name(words.language, self.language)
        return f"{quoted(words.text, self.language)} ({name})"

    def translation(self, words: Words) -> str | None:
        """A translation, with its language and who or what made it."""
        made = words.translation
        if made is None:
            return None
        language = language_name(made.language, self.language)
        by = term(made.translator, self.language)
        return f"{quoted(made.text, self.language)} ({language}, {by})"
