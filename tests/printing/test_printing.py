"""Pages: three scripts in both directions, tables over pages, and files that readers understand."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFilter

from firebreak.errors import InvalidValue
from firebreak.printing.lettering import FONTS, legible, runs, to_left, width, wrapped
from firebreak.printing.pdf import pdf
from firebreak.printing.picture import DOTS_PER_INCH, png
from firebreak.printing.sheet import HEIGHT, MARGIN, WIDTH, Column, Report, Sheet, Words
from firebreak.values import Millis

NOW = Millis(1_795_357_800_000)
MIXED = "سلّم الصفحات (12) إلى ABC الآن"
LANGUAGES = (
    "Hand over all pages.",
    "Передайте все страницы. Її ґрунт.",
    "Oddaj wszystkie strony: żółć, ąęśź.",
    MIXED,
)


def rendered(made: bytes, dots: int = DOTS_PER_INCH) -> list[Image.Image]:
    file = pypdfium2.PdfDocument(made)
    return [file[n].render(scale=dots / 72).to_pil().convert("L") for n in range(len(file))]


def pictured(sheet: Sheet) -> Image.Image:
    return Image.open(BytesIO(png(sheet)))


# Lettering


def test_the_fonts_are_small_and_licensed() -> None:
    assert sum(path.stat().st_size for path in FONTS.glob("*.ttf")) < 300_000
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text("utf-8")
    assert "Reserved Font Name" not in (FONTS / "OFL.txt").read_text("utf-8").split("---")[0]


def test_a_line_runs_as_it_is_read() -> None:
    """From left to right on paper: what is Arabic stands backwards, numbers and Latin do not."""
    found = [(run.text.strip(), run.to_left) for run in runs(MIXED)]
    places = {text: place for place, (text, _) in enumerate(found)}
    assert places["الآن"] < places["ABC"] < places["12"] < places["سلّم الصفحات"]
    assert not found[places["ABC"]][1]
    assert not found[places["12"]][1]
    assert found[places["سلّم الصفحات"]][1]
    assert [run.text for run in runs("to BRAVO")] == ["to BRAVO"]


def test_arabic_letters_are_joined() -> None:
    """A letter at the beginning of a word is another glyph than by itself, and narrower."""
    [joined], [alone] = runs("سس"), runs("س")
    assert {glyph.number for glyph in joined.glyphs}.isdisjoint(
        glyph.number for glyph in alone.glyphs
    )
    assert joined.width < 2 * alone.width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("中文 name", "[U+4E2D][U+6587] name"),
        ("a\u202eb", "a[U+202E]b"),
        ("a\u2066b\u2069", "a[U+2066]b[U+2069]"),
        ("a\tb\nc", "a b c"),
        ("\x07", "[U+0007]"),
        ("\ud800", "[U+D800]"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("e\u0301", "é"),
        ("№ 12 ± 5°", "№ 12 ± 5°"),
        ("12 ≥ 5", "12 [U+2265] 5"),
    ],
)
def test_what_cannot_be_shown_is_written_out(text: str, shown: str) -> None:
    assert legible(text) == shown


@given(st.text(max_size=40))
def test_any_text_can_be_drawn(text: str) -> None:
    drawn = sum(run.width for run in runs(text))
    assert width(text, 72 / 25.4) == pytest.approx(drawn)
    # every character is drawn once, in one run or another
    assert sorted("".join(run.text for run in runs(text))) == sorted(legible(text))


@given(st.text(max_size=200), st.floats(20, 100))
def test_lines_fit_their_room_and_keep_all_words(text: str, room: float) -> None:
    lines = wrapped(text, 9.0, room)
    assert all(width(line, 9.0) <= room + 1e-6 or len(line) == 1 for line in lines)
    assert "".join(lines).replace(" ", "") == legible(text).replace(" ", "")


def test_the_direction_is_that_of_the_first_letter() -> None:
    assert to_left("12 سلّم ABC")
    assert not to_left("ABC سلّم")
    assert not to_left("12")


# Sheets


def drawing() -> Sheet:
    sheet = Sheet()
    y = 20.0
    for size in (8.0, 14.0):
        for text in LANGUAGES:
            y = sheet.paragraph(MARGIN, y, 120.0, text, size)
            y = sheet.paragraph(MARGIN, y, 120.0, text, size, bold=True, ink=90)
    sheet.line((20, 200), (90, 200), (90, 250), thick=1.0)
    sheet.line((100, 200), (190, 250), thick=0.6, dashed=4.0, ink=120)
    sheet.box(30, 210, 20, 30, ink=160)
    sheet.area((120, 260), (140, 260), (130, 280))
    rows = tuple(tuple((x * y) % 3 == 0 for x in range(20)) for y in range(20))
    sheet.modules(150, 20, 40.64, rows)  # 24 whole pixels each
    return sheet


def test_a_pdf_and_a_picture_show_the_same() -> None:
    """Drawn by two programs that share no code below the shaping: they differ at edges alone."""
    [one] = rendered(pdf([drawing()], "Title", NOW))
    other = pictured(drawing())
    assert abs(one.width - other.width) <= 1
    assert abs(one.height - other.height) <= 1
    size = (other.width // 6, other.height // 6)
    soft = [
        image.filter(ImageFilter.GaussianBlur(6)).resize(size, Image.Resampling.BOX)
        for image in (one.resize(other.size), other)
    ]
    assert np.asarray(ImageChops.difference(*soft)).max() < 64
    assert np.asarray(soft[0]).min() < 60  # there is something on it


@pytest.mark.parametrize("text", LANGUAGES[:3])
def test_a_pdf_can_be_searched(text: str) -> None:
    sheet = Sheet()
    sheet.text(20, 50, text)
    found = pypdfium2.PdfDocument(pdf([sheet], "Title", NOW))[0].get_textpage()
    assert found.get_text_range().strip() == text


def test_a_letter_keeps_its_mark() -> None:
    """A shadda stands above its letter wherever the word is, not where the line began."""
    size, at = 40.0, 20.0
    pages = []
    for text in ("سلّم", "سلم"):
        sheet = Sheet()
        sheet.text(at, 100, text, size)
        pages += rendered(pdf([sheet], "Title", NOW), 72)
    marked = np.asarray(ImageChops.difference(*pages)) > 128
    columns = np.flatnonzero(marked.any(axis=0)) * 25.4 / 72
    wide = width("سلّم", size)
    assert at + 0.1 * wide < columns.min()
    assert columns.max() < at + 0.6 * wide


def test_the_same_sheets_give_the_same_bytes() -> None:
    assert pdf([drawing()], "Title", NOW) == pdf([drawing()], "Title", NOW)
    assert pdf([drawing()], "Title", NOW) != pdf([drawing()], "Title", Millis(NOW + 60_000))
    assert png(drawing()) == png(drawing())


def test_a_pdf_tells_its_title_and_the_time_that_was_given() -> None:
    told = pypdfium2.PdfDocument(pdf([Sheet()], "Заголовок", NOW)).get_metadata_dict()
    assert told["Title"] == "Заголовок"
    assert told["CreationDate"].startswith("D:20261122143000")


def test_a_picture_has_the_size_of_a_page() -> None:
    picture = pictured(Sheet())
    assert picture.size == (2_480, 3_508)
    assert [round(dots) for dots in picture.info["dpi"]] == [300, 300]


def test_text_stands_at_its_side() -> None:
    sheet = Sheet()
    for side in ("left", "centre", "right"):
        sheet.text(100, 50, "BRAVO", 20, side=side)
    ends = [drawn.x for drawn in sheet.drawn if isinstance(drawn, Words)]
    wide = width("BRAVO", 20)
    assert ends == pytest.approx([100, 100 - wide / 2, 100 - wide])


@pytest.mark.parametrize(
    "draw",
    [
        lambda sheet: sheet.text(190, 50, "far too long for what is left"),
        lambda sheet: sheet.text(-1, 50, "x"),
        lambda sheet: sheet.text(10, HEIGHT + 1, "x"),
        lambda sheet: sheet.line((0, 0), (WIDTH + 1, 0)),
        lambda sheet: sheet.box(200, 10, 20, 5),
        lambda sheet: sheet.modules(200, 10, 20, ((True,),)),
    ],
)
def test_nothing_is_cut_off_silently(draw: object) -> None:
    assert callable(draw)
    with pytest.raises(InvalidValue, match="does not fit on the page"):
        draw(Sheet())


# Reports


COLUMNS = (Column("Office", 3), Column("Attempts", 1, "right"), Column("Имя", 3))


def lines_of(sheet: Sheet) -> list[str]:
    return [drawn.text for drawn in sheet.drawn if isinstance(drawn, Words)]


def test_a_report_goes_over_pages_with_its_head_on_each() -> None:
    report = Report("Contacts of ALPHA", "EXERCISE", "Made 221430ZNOV26")
    report.heading("Matrix")
    rows = [(f"office {n}", str(n), "Имя") for n in range(120)]
    report.table(COLUMNS, rows)
    report.paragraph("A closing word. " * 200)
    sheets = report.finished()
    assert len(sheets) == 4
    for number, sheet in enumerate(sheets, 1):
        words = lines_of(sheet)
        assert words[:2] == ["EXERCISE", "Contacts of ALPHA"]
        assert words[-2:] == [f"{number} / 4", "Made 221430ZNOV26"]
    assert all("Attempts" in lines_of(sheet) for sheet in sheets[:3])
    seen = [text for sheet in sheets for text in lines_of(sheet) if text.startswith("office ")]
    assert seen == [f"office {n}" for n in range(120)]
    assert len(rendered(pdf(sheets, "Contacts", NOW), 50)) == 4


def test_a_cell_from_right_to_left_stands_at_the_right() -> None:
    report = Report("T", "REAL")
    report.table((Column("a", 1), Column("b", 1)), [(MIXED, "left")])
    [cell] = [
        drawn
        for drawn in report.sheets[0].drawn
        if isinstance(drawn, Words) and drawn.text == MIXED
    ]
    assert cell.x + width(MIXED, 8.0) == pytest.approx(WIDTH / 2, abs=2.0)


def test_a_figure_is_not_parted() -> None:
    report = Report("T", "REAL")
    report.paragraph("word " * 2_000)
    before = len(report.sheets)
    places: list[tuple[Sheet, float]] = []
    report.figure(200.0, lambda sheet, x, y, room: places.append((sheet, y)))
    assert len(report.sheets) == before + 1
    assert places[0][0] is report.sheets[-1]
    assert places[0][1] + 200.0 < HEIGHT - MARGIN


@pytest.mark.parametrize(
    ("fill", "what"),
    [
        (lambda report: report.table(COLUMNS, [("a", "b")]), "A row of 2 cells was given for 3"),
        (lambda report: report.table(COLUMNS, [("a " * 9_000, "", "")]), "longer than a page"),
        (lambda report: report.figure(300.0, lambda *_: None), "higher than a page"),
    ],
)
def test_what_no_page_holds_is_refused(fill: object, what: str) -> None:
    assert callable(fill)
    with pytest.raises(InvalidValue, match=what):
        fill(Report("T", "REAL"))
