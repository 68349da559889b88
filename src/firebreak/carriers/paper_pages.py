"""The pages on which a bundle is printed (spec/paper.md §4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, assert_never

import segno

from firebreak.carriers.paper import Part, Sheaf, cut, page_of
from firebreak.carriers.paper_texts import Texts, texts_of
from firebreak.printing.lettering import MM_A_POINT, to_left, width, wrapped
from firebreak.printing.pdf import pdf
from firebreak.printing.sheet import GREY, LEADING, MARGIN, WIDTH, Matrix, Sheet
from firebreak.records.agreement import Mode
from firebreak.records.figures import date_time_group
from firebreak.sealing import Header, parse_header
from firebreak.values import Millis

_QUIET: Final = 4
"""White modules around a code, as ISO/IEC 18004 wants."""
_ACROSS: Final = 3
_ROOM: Final = WIDTH - 2 * MARGIN
_SIDE: Final = 58.0
"""Millimetres of a code with the white around it: a module is at least 0.55 mm."""
_GAP: Final = 3.0
_GRID: Final = 98.0
_PITCH: Final = (62.0, 63.0)
_SIZES: Final = (10.0, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0)
"""Of the instructions: the largest with which they fit above the codes."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What the pages say in clear, beside what the bundle's own outer header says.

    receiver, mode: None where they are not known. languages: those of the agreement, in its order.
    """

    printed_at: Millis
    receiver: str | None = None
    mode: Mode | None = None
    languages: tuple[str, ...] = ("en",)


def sheets(bundle: bytes, cover: Cover) -> list[Sheet]:
    """The pages of a bundle.

    Raises Malformed for bytes that are no bundle, InvalidValue for one too long for paper or a
    receiver's name too long for the page.
    """
    header = parse_header(bundle)
    parts = cut(bundle)
    return [
        _sheet(page, [part for part in parts if page_of(part.number) == page], header, cover)
        for page in range(parts[0].sheaf.pages)
    ]


def pdf_pages(bundle: bytes, cover: Cover) -> bytes:
    """The pages as one PDF file, the same bytes for the same bundle and cover. Raises as `sheets`."""
    return pdf(sheets(bundle, cover), "Firebreak", cover.printed_at)


def code(part: Part) -> Matrix:
    """The QR code of a part, level M or better, with the white around it (PA-6)."""
    made = segno.make(part.encoded(), mode="byte", error="m", micro=False)
    return tuple(tuple(bool(module) for module in row) for row in made.matrix_iter(border=_QUIET))


def _sheet(page: int, parts: list[Part], header: Header, cover: Cover) -> Sheet:
    sheet, sheaf, texts = Sheet(), parts[0].sheaf, texts_of(cover.languages)
    y = _head(sheet, page, sheaf, header, cover, texts)
    _instructions(sheet, y, sheaf, texts)
    for place, part in enumerate(parts):
        column, row = place % _ACROSS, place // _ACROSS
        x = MARGIN + _PITCH[0] * column + (_PITCH[0] - _SIDE) / 2
        top = _GRID + _PITCH[1] * row
        sheet.modules(x, top, _SIDE, code(part))
        caption = texts[0].code.format(code=part.number + 1, codes=sheaf.total)
        sheet.text(x + _SIDE / 2, top + _SIDE + 2.0, caption, 8.0, side="centre", ink=GREY)
    return sheet


def _head(
    sheet: Sheet, page: int, sheaf: Sheaf, header: Header, cover: Cover, texts: list[Texts]
) -> float:
    """Mark, page, receiver, check words and times; gives where they end."""
    first = texts[0]
    sheet.box(MARGIN, MARGIN, _ROOM, 9.0)
    number = first.page.format(page=page + 1, pages=sheaf.pages)
    sheet.text(WIDTH - MARGIN - 3, MARGIN + 6.4, number, 13.0, bold=True, side="right", ink=255)
    mark, free = _mark(cover.mode, texts), _ROOM - width(number, 13.0, bold=True) - 12.0
    size = next((s for s in (13.0, 11.0, 9.0) if width(mark, s, bold=True) <= free), 7.0)
    sheet.text(MARGIN + 3, MARGIN + 6.4, mark, size, bold=True, ink=255)
    y = MARGIN + 10
    if cover.receiver is None:
        y = _labelled(sheet, y, first.key, header.key_id.hex(" ", 2), 15.0)
    else:
        y = _labelled(sheet, y, first.to, cover.receiver, 15.0)
    words = f"{sheaf.check}  =  {sheaf.check_words}"
    y = _labelled(sheet, y, first.check, words, 12.0)
    times = first.printed.format(
        printed=date_time_group(cover.printed_at),
        precedence=header.precedence.name,
        expiry=date_time_group(header.expires_at_ms),
    )
    y = sheet.paragraph(MARGIN, y, _ROOM, times, 9.0) + 1.5
    sheet.line((MARGIN, y), (WIDTH - MARGIN, y), thick=0.4)
    return y + 1.0


def _labelled(sheet: Sheet, y: float, label: str, value: str, most: float) -> float:
    """A label and its value on one line, in letters of `most` points or fewer; gives its bottom.

    Two pieces of text, so that a label from right to left cannot turn the order of groups of digits.
    """
    label = f"{label}:"
    size = next((s for s in (most, 12.0, 10.0, 8.0) if _length(label, value, s) <= _ROOM), 6.0)
    base = y + most * MM_A_POINT
    if to_left(label):
        right = WIDTH - MARGIN
        sheet.text(right, base, label, size, bold=True, side="right")
        value_at = right - width(label, size, bold=True) - _GAP
        sheet.text(value_at, base, value, size, bold=True, side="right")
    else:
        sheet.text(MARGIN, base, label, size, bold=True)
        value_at = MARGIN + width(label, size, bold=True) + _GAP
        sheet.text(value_at, base, value, size, bold=True)
    return y + most * MM_A_POINT * LEADING


def _length(label: str, value: str, size: float) -> float:
    return width(label, size, bold=True) + _GAP + width(value, size, bold=True)


def _mark(mode: Mode | None, texts: list[Texts]) -> str:
    """REAL or EXERCISE in every language; that it is not known in the first."""
    match mode:
        case Mode.EXERCISE:
            marks = [text.exercise for text in texts]
        case Mode.REAL:
            marks = [text.real for text in texts]
        case None:
            marks = [texts[0].unmarked]
        case _:
            assert_never(mode)
    return "  ·  ".join(dict.fromkeys(marks))


def _instructions(sheet: Sheet, y: float, sheaf: Sheaf, texts: list[Texts]) -> None:
    """What to do in every language, then the five lines for who carries the pages in the first."""
    steps = [
        f"{number}. {step.format(count=sheaf.count, codes=sheaf.total)}"
        for number, step in enumerate(texts[0].steps, 1)
    ]
    lines = [*(text.what for text in texts), *steps]
    size = next((s for s in _SIZES if _height(lines, s) <= _GRID - y - 2.0), _SIZES[-1])
    for text in texts:
        y = sheet.paragraph(MARGIN, y, _ROOM, text.what, size, bold=True)
    y += 1.5
    for step in steps:
        y = sheet.paragraph(MARGIN, y, _ROOM, step, size)


def _height(lines: list[str], size: float) -> float:
    count = sum(len(wrapped(line, size, _ROOM, bold=True)) for line in lines)
    return count * size * MM_A_POINT * LEADING + 1.5
