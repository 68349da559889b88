"""Two readouts of one call side by side: agreed lines that differ, words that differ.

Pure. It marks differences and judges none: two sides may say different things for good reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from firebreak.records.slots import Words


class Whose(StrEnum):
    """Which readout has it."""

    BOTH = "both"
    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Piece:
    """A line, or some words, and whose readout has them."""

    whose: Whose
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """lines: the agreed lines; words: both accounts word by word, in the language compared.

    language: None where the two accounts are in no common language; then words are empty.
    """

    lines: tuple[Piece, ...]
    language: str | None
    words: tuple[Piece, ...]

    @property
    def differs(self) -> bool:
        """Whether an agreed line stands in one readout only."""
        return any(line.whose is not Whose.BOTH for line in self.lines)


def compare(
    ours: Words, theirs: Words, our_lines: Sequence[Words], their_lines: Sequence[Words]
) -> Comparison:
    """Compare two readouts: their own words, and the lines that both are to say alike."""
    language = _common(ours, theirs)
    words: tuple[Piece, ...] = ()
    if language is not None:
        words = _words(_in(ours, language).split(), _in(theirs, language).split())
    return Comparison(_lines(our_lines, their_lines), language, words)


def _texts(words: Words) -> dict[str, str]:
    """By language: the author's text, and its translation if there is one, in single blanks."""
    found = {words.language: " ".join(words.text.split())}
    if words.translation is not None:
        found.setdefault(words.translation.language, " ".join(words.translation.text.split()))
    return found


def _common(ours: Words, theirs: Words) -> str | None:
    """The authentic language of either that the other has too, authentic in both first."""
    there = _texts(theirs)
    return next((language for language in _texts(ours) if language in there), None)


def _in(words: Words, language: str) -> str:
    return _texts(words)[language]


def _alike(one: Words, other: Words) -> bool:
    """Whether two lines are the same, word for word, in every language that both are in."""
    here, there = _texts(one), _texts(other)
    common = here.keys() & there.keys()
    return bool(common) and all(here[language] == there[language] for language in common)


def _lines(ours: Sequence[Words], theirs: Sequence[Words]) -> tuple[Piece, ...]:
    left = list(theirs)
    found = []
    for line in ours:
        same = next((other for other in left if _alike(line, other)), None)
        if same is not None:
            left.remove(same)
        found.append(Piece(Whose.OURS if same is None else Whose.BOTH, line.text))
    return (*found, *(Piece(Whose.THEIRS, line.text) for line in left))


def _words(ours: list[str], theirs: list[str]) -> tuple[Piece, ...]:
    found = []
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for what, start, stop, other_start, other_stop in matcher.get_opcodes():
        if what == "equal":
            found.append(Piece(Whose.BOTH, " ".join(ours[start:stop])))
            continue
        if start < stop:
            found.append(Piece(Whose.OURS, " ".join(ours[start:stop])))
        if other_start < other_stop:
            found.append(Piece(Whose.THEIRS, " ".join(theirs[other_start:other_stop])))
    return tuple(found)
