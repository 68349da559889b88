"""The contact record on one page: matrix, timeline, sources; as HTML with its own SVG, and as PDF.

Outcomes are told apart by shape and word, never by colour alone. Both forms draw the same timeline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import pairwise
from math import cos, pi, sin
from typing import Final, assert_never

from firebreak.printing.lettering import MM_A_POINT, width, wrapped
from firebreak.printing.pdf import pdf
from firebreak.printing.sheet import (
    GREY,
    LEADING,
    PALE,
    WIDTH,
    Column,
    Modules,
    Point,
    Report,
    Shape,
    Sheet,
    Side,
    Words,
)
from firebreak.values import Millis

CONFIDENTIAL: Final = "CONFIDENTIAL"
_DAY: Final = 86_400_000
_LABELS: Final = 58.0
"""Millimetres left of the plot, for the pairs."""
_LANE: Final = 4.2
"""Millimetres: the height of a row of words."""
_MOST_LANES: Final = 5
_ABOVE: Final = 9.0
"""Millimetres over the first pair: the axis and what its dates are."""
_LEGEND: Final = 7.0
_R: Final = 1.1
"""Millimetres: half the size of a mark."""
_SMALL: Final = 6.5


@dataclass(frozen=True, slots=True)
class Marked:
    """One entry in the timeline: from when to when it may have happened (ms UTC, alike where the day
    is known), its outcome's word, and what is said of it beside its mark."""

    begin: Millis
    end: Millis
    outcome: str
    word: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A pair of offices, its entries, and since when there is silence (None: not known, or never)."""

    pair: str
    marks: tuple[Marked, ...]
    silent_since: Millis | None
    silence: str


@dataclass(frozen=True, slots=True)
class Page:
    """All that stands on the page. columns, rows: the matrix as text; counted_from: ms UTC or None;
    mark: REAL, EXERCISE or RECONSTRUCTION / EXERCISE; notes: sentences; sources: where entries from
    public reports can be read."""

    title: str
    mark: str
    subtitle: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lanes: tuple[Lane, ...]
    counted_from: Millis | None
    as_of: Millis
    notes: tuple[str, ...]
    sources: tuple[str, ...]


def as_pdf(page: Page) -> bytes:
    """The page as a PDF file, A4; a long record goes over to further pages."""
    made = Report(page.title, page.mark, f"{CONFIDENTIAL}. {page.mark}. {page.subtitle}")
    made.paragraph(f"{CONFIDENTIAL}. {page.subtitle}", 9.0)
    made.heading("Matrix")
    made.table([Column(name, _share(name)) for name in page.columns], page.rows, 7.0)
    if page.lanes:
        made.heading("Timeline")
        for lanes in _parts(page):
            drawn = Plot(page, lanes)
            made.figure(drawn.high, drawn.draw)
    made.paragraph(" ".join(page.notes), 7.5)
    if page.sources:
        made.heading("Sources")
        numbered = (f"[{number}] {source}" for number, source in enumerate(page.sources, 1))
        made.paragraph("  ".join(numbered), 6.5, ink=60)
    return pdf(made.finished(), page.title, page.as_of)


def as_html(page: Page) -> str:
    """The page as one HTML file that asks for nothing from elsewhere and prints on A4."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in page.columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        + "</tr>\n"
        for first, *rest in page.rows
    )
    plots = "".join(_svg(Plot(page, lanes)) for lanes in _parts(page)) if page.lanes else ""
    sources = "".join(f"<li>{escape(source)}</li>\n" for source in page.sources)
    mark = f'<p class="mark">{escape(page.mark)}</p>'
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(page.mark)}: {escape(page.title)}</title>\n<style>{_STYLE}</style>\n"
        f"</head>\n<body>\n<header>{mark}<h1>{escape(page.title)}</h1></header>\n"
        f"<p><strong>{CONFIDENTIAL}.</strong> {escape(page.subtitle)}</p>\n"
        f"<h2>Matrix</h2>\n<table><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table>\n"
        + (f"<h2>Timeline</h2>\n{plots}" if plots else "")
        + f"<p>{escape(' '.join(page.notes))}</p>\n"
        + (f"<h2>Sources</h2>\n<ul>\n{sources}</ul>\n" if sources else "")
        + f"<footer>{mark}<p>{CONFIDENTIAL}. {escape(page.subtitle)}</p></footer>\n</body>\n</html>\n"
    )


_STYLE: Final = """
@page { size: A4; margin: 10mm 12mm; }
body { font: 9pt/1.35 "Noto Sans", "DejaVu Sans", sans-serif; color: #000; background: #fff;
  max-width: 186mm; margin: 6mm auto; }
header { display: flex; gap: 4mm; align-items: center; border-bottom: 0.4mm solid #000; }
h1 { font-size: 11pt; margin: 1mm 0; } h2 { font-size: 10pt; margin: 2mm 0 1mm; }
p { margin: 1mm 0; }
.mark { background: #000; color: #fff; font-weight: bold; padding: 1mm 3mm; margin: 1mm 0;
  -webkit-print-color-adjust: exact; print-color-adjust: exact; white-space: nowrap; }
table { border-collapse: collapse; width: 100%; font-size: 7pt; }
th, td { border-bottom: 0.1mm solid #999; padding: 0.5mm 1mm; text-align: left; vertical-align: top; }
tbody th { font-weight: normal; width: 32%; }
svg { width: 100%; height: auto; display: block; }
ul { margin: 0; padding-left: 4mm; font-size: 6pt; overflow-wrap: anywhere; }
@media print { body { margin: 0; } }
tr, svg { break-inside: avoid; }
footer { margin-top: 2mm; border-top: 0.2mm solid #000; display: flex; gap: 4mm; font-size: 7.5pt; }
"""


def _share(name: str) -> float:
    match name:
        case "pair":
            return 4.6
        case "last held":
            return 2.2
        case "undelivered" | "unanswered" | "we tried":
            return 1.9
        case "open":
            return 0.9
        case "answer in":
            return 1.2
        case _:
            return 1.4


# The timeline


class Plot:
    """The timeline of some pairs: a time axis, a row for each pair, a mark for each entry."""

    def __init__(self, page: Page, lanes: Sequence[Lane]) -> None:
        self.page = page
        self.lanes = lanes
        self._placed = [_placed(lane, self._x) for lane in lanes]
        self._highs = [
            max(
                _label_height(lane) + 0.6,
                (1 + max((depth for _, depth in placed), default=0)) * _LANE + 2.0,
            )
            for lane, placed in zip(lanes, self._placed, strict=True)
        ]
        self.high = _ABOVE + sum(self._highs) + _LEGEND

    def _x(self, at: int) -> float:
        """Millimetres from the plot's left edge, the labels included."""
        begin, end = _range(self.page)
        return _LABELS + (WIDTH - 24.0 - _LABELS - 6.0) * (at - begin) / (end - begin)

    def draw(self, sheet: Sheet, left: float, top: float, room: float) -> None:
        """Draw it with its upper left corner there."""
        bottom = top + _ABOVE + sum(self._highs)
        self._axis(sheet, left, top, bottom)
        y = top + _ABOVE
        for lane, placed, high in zip(self.lanes, self._placed, self._highs, strict=True):
            self._lane(sheet, left, y, lane, placed)
            y += high
            sheet.line((left, y), (left + room, y), thick=0.1, ink=170)
        self._legend(sheet, left, bottom + _LEGEND - 1.6)

    def _axis(self, sheet: Sheet, left: float, top: float, bottom: float) -> None:
        for at, word in _ticks(*_range(self.page)):
            x = left + self._x(at)
            sheet.line((x, top + 4.5), (x, bottom), thick=0.1, ink=PALE - 25)
            sheet.text(x, top + 3.6, word, _SMALL, side="centre")
        if self.page.counted_from is not None:
            x = left + self._x(self.page.counted_from)
            sheet.line((x, top + 4.5), (x, bottom), thick=0.35, dashed=1.0)
            near_end = x > left + WIDTH / 2  # the words stand on the side that has room
            words_at = x - 0.8 if near_end else x + 0.8
            side: Side = "right" if near_end else "left"
            below = top + (10.4 if near_end else 7.4)  # clear of "as of"
            sheet.text(words_at, below, "counted from here", _SMALL, side=side, ink=GREY)
        x = left + self._x(self.page.as_of)
        sheet.line((x, top + 4.5), (x, bottom), thick=0.5)
        sheet.text(x - 0.8, top + 7.4, "as of", _SMALL, side="right", bold=True)

    def _lane(
        self,
        sheet: Sheet,
        left: float,
        y: float,
        lane: Lane,
        placed: Sequence[tuple[Marked, int]],
    ) -> None:
        below = sheet.paragraph(left, y + 0.3, _LABELS - 3.0, lane.pair, _SMALL)
        sheet.paragraph(left, below, _LABELS - 3.0, lane.silence, _SMALL, ink=GREY)
        middle = y + 0.8 + _LANE / 2
        if lane.silent_since is not None:
            begin, end = left + self._x(lane.silent_since), left + self._x(self.page.as_of)
            if end - begin > 2 * _R:
                under = y + 1.0 + _LANE * (1 + max((depth for _, depth in placed), default=0))
                sheet.line((begin, under), (end, under), thick=0.35, dashed=0.7, ink=GREY)
                sheet.line((begin, middle), (begin, under), thick=0.2, ink=GREY)
        for marked, depth in placed:
            at = middle + depth * _LANE
            begin, end = left + self._x(marked.begin), left + self._x(marked.end)
            x = (begin + end) / 2
            if end - begin > 3 * _R:
                for edge in (begin, end):
                    sheet.line((edge, at - _R), (edge, at + _R), thick=0.2)
                sheet.line((begin, at), (x - 1.4 * _R, at), thick=0.2)
                sheet.line((min(x + 1.5 * _R + 0.6, end), at), (end, at), thick=0.2)
            _mark(sheet, x, at, marked.outcome)
            if depth < _MOST_LANES:
                start, side_right = _word_at(marked, self._x)
                wide = width(marked.word, _SMALL)
                behind = left + start - (wide if side_right else 0.0) - 0.2
                sheet.box(behind, at - 1.3, wide + 0.4, 2.6, ink=255)
                sheet.text(
                    left + start,
                    at + _SMALL * MM_A_POINT * 0.36,
                    marked.word,
                    _SMALL,
                    side="right" if side_right else "left",
                )

    def _legend(self, sheet: Sheet, left: float, y: float) -> None:
        x = left + 2.0
        for outcome in OUTCOMES:
            _mark(sheet, x, y - 0.8, outcome)
            word = outcome.replace("-", " ")
            sheet.text(x + 2.2, y, word, _SMALL)
            x += width(word, _SMALL) + 8.0
        sheet.line((x, y - 0.8 - _R), (x, y - 0.8 + _R), thick=0.2)
        sheet.line((x, y - 0.8), (x + 6.0, y - 0.8), thick=0.2)
        sheet.line((x + 6.0, y - 0.8 - _R), (x + 6.0, y - 0.8 + _R), thick=0.2)
        sheet.text(x + 7.5, y, "some time in it", _SMALL)
        x += width("some time in it", _SMALL) + 12.0
        sheet.line((x, y - 0.8), (x + 6.0, y - 0.8), thick=0.3, dashed=0.7, ink=GREY)
        sheet.text(x + 7.5, y, "silence since they spoke", _SMALL)


OUTCOMES: Final = ("held", "declined", "unanswered", "undelivered", "not-attempted", "open")


def _label_height(lane: Lane) -> float:
    lines = sum(len(wrapped(t, _SMALL, _LABELS - 3.0)) for t in (lane.pair, lane.silence))
    return 0.3 + lines * _SMALL * MM_A_POINT * LEADING


def _mark(sheet: Sheet, x: float, y: float, outcome: str) -> None:
    """held: a black disc; declined: a cross; unanswered: a ring; undelivered: a triangle on its point;
    not attempted: an empty square; open: a diamond, half the size."""
    r = _R
    match outcome:
        case "held":
            sheet.area(*_round(x, y, r))
        case "declined":
            sheet.line((x - r, y - r), (x + r, y + r), thick=0.55)
            sheet.line((x - r, y + r), (x + r, y - r), thick=0.55)
        case "unanswered":
            ring = _round(x, y, r)
            sheet.line(*ring, ring[0], thick=0.4)
        case "undelivered":
            corners = ((x - r, y - r), (x + r, y - r), (x, y + r))
            sheet.line(*corners, corners[0], thick=0.4)
        case "not-attempted":
            corners4 = ((x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r))
            sheet.line(*corners4, corners4[0], thick=0.4)
        case _:
            sheet.area((x, y - r / 1.5), (x + r / 1.5, y), (x, y + r / 1.5), (x - r / 1.5, y))


def _round(x: float, y: float, r: float) -> tuple[Point, ...]:
    return tuple((x + r * cos(pi * n / 12), y + r * sin(pi * n / 12)) for n in range(24))


def _range(page: Page) -> tuple[int, int]:
    """From the beginning of the first day to as-of; a day at least."""
    begins = [mark.begin for lane in page.lanes for mark in lane.marks]
    begins += [lane.silent_since for lane in page.lanes if lane.silent_since is not None]
    if page.counted_from is not None:
        begins.append(page.counted_from)
    first = min([*begins, Millis(page.as_of - _DAY)])
    span = page.as_of - first
    return first - span // 40, page.as_of


_STEPS: Final = (1, 2, 7, 14, 28, 91, 182, 365, 730, 1826, 3652)
"""Days from tick to tick."""


def _ticks(begin: int, end: int) -> Iterator[tuple[int, str]]:
    """At most nine dates on the axis, none at its very end, which is named itself."""
    step = next((days for days in _STEPS if (end - begin) / _DAY / days <= 8), 36_525)
    day = datetime.fromtimestamp(begin / 1_000, UTC).replace(hour=0, minute=0, second=0)
    day = day.replace(microsecond=0) + timedelta(days=1)
    while (at := int(day.timestamp()) * 1_000) < end:
        yield at, day.strftime("%Y-%m-%d")
        day += timedelta(days=step)


def _word_at(marked: Marked, place: Callable[[int], float]) -> tuple[float, bool]:
    """Where the word beside a mark begins, or ends (True) where it would leave the page."""
    middle = (place(marked.begin) + place(marked.end)) / 2
    spread = place(marked.end) - place(marked.begin)
    off = 1.5 * _R + 0.4 if spread > 3 * _R else _R + 0.7
    to_left = middle + off + width(marked.word, _SMALL) > WIDTH - 24.0
    return (middle - off, True) if to_left else (middle + off, False)


def _placed(lane: Lane, place: Callable[[int], float]) -> list[tuple[Marked, int]]:
    """Each mark with the row of words that it stands in: the first where it meets no other."""
    taken: list[list[tuple[float, float]]] = []
    found = []
    for marked in sorted(lane.marks, key=lambda each: (each.begin, each.end)):
        at, to_left = _word_at(marked, place)
        wide = width(marked.word, _SMALL)
        ends = (at - wide if to_left else at, at if to_left else at + wide)
        begin = min(place(marked.begin) - _R, ends[0]) - 0.8
        end = max(place(marked.end) + _R, ends[1]) + 0.8
        depth = next(
            (n for n, row in enumerate(taken) if all(end <= a or b <= begin for a, b in row)),
            len(taken),
        )
        depth = min(depth, _MOST_LANES)
        if depth == len(taken):
            taken.append([])
        taken[depth].append((begin, end))
        found.append((marked, depth))
    return found


_HIGHEST: Final = 200.0


def _parts(page: Page) -> list[list[Lane]]:
    """The pairs in groups, each no higher than a page holds."""
    parts: list[list[Lane]] = [[]]
    for lane in page.lanes:
        if parts[-1] and Plot(page, [*parts[-1], lane]).high > _HIGHEST:
            parts.append([])
        parts[-1].append(lane)
    return parts


def _svg(plot: Plot) -> str:
    """The timeline as SVG, in millimetres; the letters keep their width whatever the font."""
    sheet = Sheet()
    plot.draw(sheet, 0.0, 0.0, WIDTH - 24.0)
    made = []
    for drawn in sheet.drawn:
        match drawn:
            case Words():
                ink, size = _grey(drawn.ink), drawn.size * MM_A_POINT
                weight = ' font-weight="bold"' if drawn.bold else ""
                wide = width(drawn.text, drawn.size, drawn.bold)
                made.append(
                    f'<text x="{drawn.x:.2f}" y="{drawn.y:.2f}" font-size="{size:.2f}"'
                    f' textLength="{wide:.2f}" lengthAdjust="spacingAndGlyphs" fill="{ink}"{weight}>'
                    f"{escape(drawn.text)}</text>"
                )
            case Shape(filled=True):
                points = " ".join(f"{x:.2f},{y:.2f}" for x, y in drawn.points)
                made.append(f'<polygon points="{points}" fill="{_grey(drawn.ink)}"/>')
            case Shape():
                dash = f' stroke-dasharray="{drawn.dashed}"' if drawn.dashed else ""
                made += [
                    f'<line x1="{a:.2f}" y1="{b:.2f}" x2="{c:.2f}" y2="{d:.2f}"'
                    f' stroke="{_grey(drawn.ink)}" stroke-width="{drawn.thick}"{dash}/>'
                    for (a, b), (c, d) in pairwise(drawn.points)
                ]
            case Modules():
                raise AssertionError("a timeline has no codes")
            case _:
                assert_never(drawn)
    body = "\n".join(made)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH - 24.0:.2f} {plot.high:.2f}"'
        ' role="img" font-family="Noto Sans, DejaVu Sans, sans-serif">'
        f"<title>Timeline of attempts and contacts, a row a pair</title>\n{body}\n</svg>\n"
    )


def _grey(ink: int) -> str:
    return f"#{ink:02x}{ink:02x}{ink:02x}"
