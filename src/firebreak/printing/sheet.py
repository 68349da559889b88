"""One A4 page as a list of what is drawn on it, and a report that fills pages from top to bottom.

Lengths are millimetres from the upper left corner, y downwards; sizes of letters are points. Ink is a
shade of grey, 0 for black to 255 for white: pages are copied and faxed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from firebreak.errors import InvalidValue
from firebreak.printing.lettering import MM_A_POINT, to_left, width, wrapped

WIDTH: Final = 210.0
HEIGHT: Final = 297.0
MARGIN: Final = 12.0
LEADING: Final = 1.36
"""From one line to the next, in sizes; Noto's Arabic letters need it."""
BLACK: Final = 0
GREY: Final = 110
PALE: Final = 225

Point = tuple[float, float]
Side = Literal["left", "centre", "right"]
Matrix = tuple[tuple[bool, ...], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; x, y: the left end of its baseline."""

    x: float
    y: float
    text: str
    size: float
    bold: bool
    ink: int


@dataclass(frozen=True, slots=True)
class Shape:
    """A line through points, or with `filled` the area that they enclose.

    thick: of the line; dashed: length of its dashes and gaps, 0 for none.
    """

    points: tuple[Point, ...]
    filled: bool
    thick: float
    dashed: float
    ink: int


@dataclass(frozen=True, slots=True)
class Modules:
    """Black and white squares, as of a QR code, in a square of this side."""

    x: float
    y: float
    side: float
    rows: Matrix


Drawn = Words | Shape | Modules


@dataclass(slots=True)
class Sheet:
    """One page. Nothing is cut off: what is put beyond its edges is refused with InvalidValue."""

    drawn: list[Drawn] = field(default_factory=list)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 10.0,
        *,
        bold: bool = False,
        side: Side = "left",
        ink: int = BLACK,
    ) -> None:
        """One line whose left end, middle or right end is at x; y: its baseline."""
        wide = width(text, size, bold)
        left = x - {"left": 0.0, "centre": wide / 2, "right": wide}[side]
        self._check((left, y), (left + wide, y))
        self.drawn.append(Words(left, y, text, size, bold, ink))

    def paragraph(
        self,
        x: float,
        y: float,
        room: float,
        text: str,
        size: float = 10.0,
        *,
        bold: bool = False,
        ink: int = BLACK,
    ) -> float:
        """Text in lines of at most `room`, the first one's top at y; gives the bottom of the last.

        What is written from right to left begins at the right.
        """
        side: Side = "right" if to_left(text) else "left"
        for line in wrapped(text, size, room, bold):
            y += size * MM_A_POINT * LEADING
            start = x + room if side == "right" else x
            below = y - size * MM_A_POINT * _DESCENT
            self.text(start, below, line, size, bold=bold, side=side, ink=ink)
        return y

    def line(
        self, *points: Point, thick: float = 0.2, ink: int = BLACK, dashed: float = 0.0
    ) -> None:
        """A line through two or more points."""
        self._check(*points)
        self.drawn.append(Shape(points, False, thick, dashed, ink))

    def area(self, *points: Point, ink: int = BLACK) -> None:
        """A filled polygon."""
        self._check(*points)
        self.drawn.append(Shape(points, True, 0.0, 0.0, ink))

    def box(self, x: float, y: float, wide: float, high: float, *, ink: int = BLACK) -> None:
        """A filled rectangle."""
        self.area((x, y), (x + wide, y), (x + wide, y + high), (x, y + high), ink=ink)

    def modules(self, x: float, y: float, side: float, rows: Matrix) -> None:
        """A square of black and white squares; rows: from the top, True for black."""
        self._check((x, y), (x + side, y + side))
        self.drawn.append(Modules(x, y, side, rows))

    def _check(self, *points: Point) -> None:
        for x, y in points:
            if not (0 <= x <= WIDTH and 0 <= y <= HEIGHT):
                raise InvalidValue(
                    f"What is to be printed does not fit on the page: it reaches {x:.0f}, {y:.0f} mm"
                    f" of {WIDTH:.0f} by {HEIGHT:.0f} mm. Shorten it."
                )


_DESCENT: Final = 0.36
"""From the baseline to the bottom of a line, in sizes."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its share of the width, the side its cells stand at."""

    heading: str
    share: float
    side: Side = "left"


@dataclass(slots=True)
class Report:
    """Pages filled from top to bottom, each with the title and `mark` above and its number below.

    mark: REAL or EXERCISE; note: stands at the foot of each page.
    """

    title: str
    mark: str
    note: str = ""
    sheets: list[Sheet] = field(default_factory=list)
    y: float = 0.0

    def __post_init__(self) -> None:
        self._new_sheet()

    @property
    def room(self) -> float:
        """Millimetres from side to side."""
        return WIDTH - 2 * MARGIN

    def heading(self, text: str) -> None:
        """A heading, kept together with a few lines after it."""
        self._need(24.0)
        self.y += 3.0
        self.y = self.sheets[-1].paragraph(MARGIN, self.y, self.room, text, 12.0, bold=True)
        self.y += 0.5

    def paragraph(self, text: str, size: float = 9.0, *, ink: int = BLACK) -> None:
        """A paragraph of text, which may go over to the next page."""
        for line in wrapped(text, size, self.room):
            self._need(size * MM_A_POINT * LEADING)
            self.y = self.sheets[-1].paragraph(MARGIN, self.y, self.room, line, size, ink=ink)
        self.y += 1.2

    def table(
        self, columns: Sequence[Column], rows: Sequence[Sequence[str]], size: float = 8.0
    ) -> None:
        """A table; its headings stand again on each page, no row is broken over two.

        Raises InvalidValue for a row of another length, or one that no page holds.
        """
        whole = sum(column.share for column in columns)
        widths = [column.share / whole * self.room for column in columns]
        head = self._cells(columns, widths, [column.heading for column in columns], size, True)
        self._need(2 * size * MM_A_POINT * LEADING + 6)
        self._row(columns, widths, head, size, True)
        for number, row in enumerate(rows):
            cells = self._cells(columns, widths, row, size, False)
            if self.y + _row_height(cells, size) > _BOTTOM:
                self._new_sheet()
                self._row(columns, widths, head, size, True)
            self._row(columns, widths, cells, size, False, shaded=number % 2 == 1)
        self.y += 2.0

    def figure(self, high: float, draw: Callable[[Sheet, float, float, float], None]) -> None:
        """Room of this height; draw(sheet, x, y, room) fills it from its upper left corner."""
        if high > _BOTTOM - _TOP:
            raise InvalidValue(f"A figure of {high:.0f} mm is higher than a page. Make it lower.")
        self._need(high)
        draw(self.sheets[-1], MARGIN, self.y, self.room)
        self.y += high + 2.0

    def finished(self) -> list[Sheet]:
        """The pages, with their numbers."""
        for number, sheet in enumerate(self.sheets, 1):
            at = HEIGHT - MARGIN
            sheet.text(
                WIDTH - MARGIN, at, f"{number} / {len(self.sheets)}", 8.0, side="right", ink=GREY
            )
            sheet.text(MARGIN, at, self.note, 8.0, ink=GREY)
        return self.sheets

    def _new_sheet(self) -> None:
        sheet = Sheet()
        self.sheets.append(sheet)
        bar = width(self.mark, 11.0, bold=True) + 8.0
        sheet.box(MARGIN, MARGIN, bar, 7.5)
        sheet.text(MARGIN + 4.0, MARGIN + 5.3, self.mark, 11.0, bold=True, ink=255)
        end = sheet.paragraph(
            MARGIN + bar + 4.0, MARGIN + 0.4, self.room - bar - 4.0, self.title, 11.0, bold=True
        )
        below = max(end, MARGIN + 7.5) + 1.5
        sheet.line((MARGIN, below), (WIDTH - MARGIN, below), thick=0.4)
        self.y = below + 2.0

    def _need(self, high: float) -> None:
        if self.y + high > _BOTTOM:
            self._new_sheet()

    def _cells(
        self,
        columns: Sequence[Column],
        widths: Sequence[float],
        row: Sequence[str],
        size: float,
        bold: bool,
    ) -> list[list[str]]:
        if len(row) != len(columns):
            raise InvalidValue(f"A row of {len(row)} cells was given for {len(columns)} columns.")
        cells = [
            wrapped(text, size, wide - 2 * _PAD, bold)
            for text, wide in zip(row, widths, strict=True)
        ]
        if _row_height(cells, size) > _BOTTOM - _TOP - 20:
            raise InvalidValue(f"A row is longer than a page: {row[0][:40]!r}. Shorten its text.")
        return cells

    def _row(
        self,
        columns: Sequence[Column],
        widths: Sequence[float],
        cells: Sequence[Sequence[str]],
        size: float,
        bold: bool,
        *,
        shaded: bool = False,
    ) -> None:
        sheet, x, high = self.sheets[-1], MARGIN, _row_height(cells, size)
        if shaded:
            sheet.box(MARGIN, self.y, self.room, high, ink=240)
        for column, wide, lines in zip(columns, widths, cells, strict=True):
            y = self.y + _PAD
            side: Side = column.side
            if side == "left" and to_left(" ".join(lines)):
                side = "right"
            at = x + {"left": _PAD, "centre": wide / 2, "right": wide - _PAD}[side]
            for line in lines:
                y += size * MM_A_POINT * LEADING
                sheet.text(at, y - size * MM_A_POINT * _DESCENT, line, size, bold=bold, side=side)
            x += wide
        self.y += high
        sheet.line(
            (MARGIN, self.y),
            (WIDTH - MARGIN, self.y),
            thick=0.35 if bold else 0.1,
            ink=BLACK if bold else 180,
        )


_PAD: Final = 1.1
_TOP: Final = 28.0
_BOTTOM: Final = HEIGHT - MARGIN - 6.0


def _row_height(cells: Sequence[Sequence[str]], size: float) -> float:
    return max(map(len, cells)) * size * MM_A_POINT * LEADING + 2 * _PAD
