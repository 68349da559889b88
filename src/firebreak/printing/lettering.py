"""Text made ready to be drawn: which font, which way it runs, how wide it is.

Latin and Cyrillic come from Noto Sans, Arabic from Noto Sans Arabic (fonts/README.md). Order on the
line is that of Unicode's bidirectional algorithm (UAX #9); joining and ligatures are HarfBuzz's.
Lengths here are in units of the letters' size (em), but where a size in points is given.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import uharfbuzz  # type: ignore[import-untyped]  # publishes no types
from fpdf.bidi import BidiParagraph, auto_detect_base_direction
from fpdf.enums import TextDirection

FONTS: Final = Path(__file__).with_name("fonts")
MM_A_POINT: Final = 25.4 / 72
_JOINERS: Final = "\u200c\u200d"
"""They are not seen, but part of the spelling of Persian and other languages."""
_FAMILIES: Final = ("NotoSans", "NotoSansArabic")
"""Where a character is looked for, in this order."""


@dataclass(frozen=True, slots=True)
class Face:
    """One font file."""

    family: str
    bold: bool

    @property
    def file(self) -> Path:
        return FONTS / f"{self.family}-{'Bold' if self.bold else 'Regular'}.ttf"


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph of a face, at its place from the beginning of the run, in em."""

    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one face and one direction, in the order in which it is read; width in em."""

    text: str
    face: Face
    to_left: bool
    glyphs: tuple[Glyph, ...]
    width: float


def legible(text: str) -> str:
    """The text with everything that these fonts cannot show written out, as in [U+4E2D].

    So are characters that cannot be seen and change how others are read; line ends become spaces.
    """
    return "".join(_shown(character) for character in unicodedata.normalize("NFC", text))


def runs(text: str, bold: bool = False) -> tuple[Run, ...]:
    """A line of text as it stands on paper, from left to right."""
    given = legible(text)
    if not given:
        return ()
    paragraph = BidiParagraph(given, _base(given), preserve_bn_chars=True)
    found = [
        _run(piece, Face(family, bold), level % 2 == 1)
        for family, level, piece in _visual(
            [(c.character, c.embedding_level) for c in paragraph.get_characters()]
        )
    ]
    return tuple(found)


def width(text: str, size: float, bold: bool = False) -> float:
    """Millimetres that a line takes in letters of this many points."""
    return _breadth(text, bold) * size * MM_A_POINT


def to_left(text: str) -> bool:
    """Whether the first letter is of a script that runs from right to left."""
    return bool(_base(text) is TextDirection.RTL)


def wrapped(text: str, size: float, room: float, bold: bool = False) -> list[str]:
    """Text in lines of at most `room` millimetres, broken at spaces; a longer word within."""
    lines: list[str] = []
    line, used, space = "", 0.0, _breadth(" ", bold)
    free = room / (size * MM_A_POINT)
    for word in legible(text).split():
        wide = _breadth(word, bold)
        if line and used + space + wide <= free:
            line, used = f"{line} {word}", used + space + wide
            continue
        if line:
            lines.append(line)
        rest = word
        while _breadth(rest, bold) > free and len(rest) > 1:
            fits = _fitting(rest, free, bold)
            lines.append(rest[:fits])
            rest = rest[fits:]
        line, used = rest, _breadth(rest, bold)
    return [*lines, line] if line or not lines else lines


@cache
def outline(face: Face, number: int) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The closed contours of a glyph as polygons, in em, y upwards."""
    font = _font(face)
    pen = _Pen(font.face.upem)
    font.draw_glyph_with_pen(number, pen)
    return tuple(tuple(contour) for contour in pen.contours)


def _fitting(word: str, free: float, bold: bool) -> int:
    """How many characters fit into so many em, at least one."""
    count = 1
    while count < len(word) and _breadth(word[: count + 1], bold) <= free:
        count += 1
    return count


@lru_cache(maxsize=4_096)
def _breadth(text: str, bold: bool) -> float:
    """In em."""
    return sum(run.width for run in runs(text, bold))


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs"} and character not in _JOINERS
    if hidden or _family(character) is None:
        return f"[U+{ord(character):04X}]"
    return character


def _family(character: str) -> str | None:
    return next((name for name in _FAMILIES if ord(character) in _covered(name)), None)


@cache
def _covered(family: str) -> frozenset[int]:
    return frozenset(_font(Face(family, bold=False)).face.unicodes)


def _base(text: str) -> TextDirection:
    found: TextDirection = auto_detect_base_direction(text)
    return found


def _visual(characters: Sequence[tuple[str, int]]) -> list[tuple[str, int, str]]:
    """Pieces of one family and one level, from left to right (UAX #9, rule L2)."""
    pieces: list[tuple[str, int, str]] = []
    for character, level in characters:
        family = _family(character) or _FAMILIES[0]
        if pieces and pieces[-1][1] == level:
            before, _, text = pieces[-1]
            if before == family or ord(character) in _covered(before):
                pieces[-1] = (before, level, text + character)
                continue
        pieces.append((family, level, character))
    for least in range(max(level for _, level, _ in pieces), 0, -1):
        pieces = _turned(pieces, least)
    return pieces


def _turned(pieces: list[tuple[str, int, str]], least: int) -> list[tuple[str, int, str]]:
    """Every unbroken row of pieces of this level or above, the other way round."""
    done: list[tuple[str, int, str]] = []
    row: list[tuple[str, int, str]] = []
    for piece in pieces:
        if piece[1] >= least:
            row.insert(0, piece)
        else:
            done += [*row, piece]
            row = []
    return done + row


@cache
def _font(face: Face) -> Any:
    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(face.file))))
    font.scale = (font.face.upem, font.face.upem)
    return font


@lru_cache(maxsize=4_096)
def _run(text: str, face: Face, to_left: bool) -> Run:
    font = _font(face)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if to_left else "ltr"
    uharfbuzz.shape(font, buffer)
    glyphs, x, y = [], 0, 0
    units = font.face.upem
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        glyphs.append(
            Glyph(info.codepoint, (x + place.x_offset) / units, (y + place.y_offset) / units)
        )
        x += place.x_advance
        y += place.y_advance
    return Run(text, face, to_left, tuple(glyphs), x / units)


class _Pen:
    """Takes an outline, its curves as short straight lines."""

    def __init__(self, units: int) -> None:
        self.units = units
        self.contours: list[list[tuple[float, float]]] = []

    def moveTo(self, to: tuple[float, float]) -> None:  # noqa: N802  # the name that is called
        self.contours.append([self._em(to)])

    def lineTo(self, to: tuple[float, float]) -> None:  # noqa: N802
        self.contours[-1].append(self._em(to))

    def qCurveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        (x0, y0), (x1, y1), (x2, y2) = self.contours[-1][-1], *map(self._em, points)
        for step in (0.25, 0.5, 0.75, 1.0):
            a, b, c = (1 - step) ** 2, 2 * step * (1 - step), step**2
            self.contours[-1].append((a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2))

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        raise AssertionError("fonts of this kind have no cubic curves")

    def closePath(self) -> None:  # noqa: N802
        """Polygons are closed by themselves."""

    def _em(self, point: tuple[float, float]) -> tuple[float, float]:
        return point[0] / self.units, point[1] / self.units
