"""Sheets as a PDF file: letters as text that can be searched, everything else as shapes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final, assert_never

from fpdf import FPDF
from fpdf.enums import TextDirection
from fpdf.fonts import TTFFont
from PIL import Image

from firebreak.printing.lettering import MM_A_POINT, Face, runs
from firebreak.printing.sheet import HEIGHT, Modules, Shape, Sheet, Words
from firebreak.values import Millis

_ENLARGED: Final = 4
"""Pixels a module: viewers that smooth images blur a quarter of a module only."""


def pdf(sheets: Sequence[Sheet], title: str, made_at: Millis) -> bytes:
    """The bytes of a PDF file, the same for the same sheets, title and time."""
    made = FPDF(unit="mm", format="A4")
    made.set_creation_date(datetime.fromtimestamp(made_at / 1_000, UTC))
    made.set_title(title)
    made.set_producer("Firebreak")
    made.set_auto_page_break(False)
    made.set_margin(0)
    for sheet in sheets:
        made.add_page()
        for drawn in sheet.drawn:
            match drawn:
                case Words():
                    _write(made, drawn)
                case Shape():
                    _draw(made, drawn)
                case Modules():
                    _stamp(made, drawn)
                case _:
                    assert_never(drawn)
    return bytes(made.output())


def _write(made: FPDF, words: Words) -> None:
    """Each glyph at its own place.

    Not by `cell`: where the script changes it shapes anew, and so parts a letter from its mark.
    """
    size = words.size * MM_A_POINT
    x = words.x
    shown: list[str] = []
    for run in runs(words.text, words.bold):
        font = _chosen(made, run.face, words.size)
        shown.append(f"/F{font.i} {words.size:.2f} Tf")
        direction = TextDirection.RTL if run.to_left else TextDirection.LTR
        shaped = font.shape_text(
            run.text, words.size, {"features": {}, "fragment_direction": direction}
        )
        for info, glyph in zip(shaped, run.glyphs, strict=True):
            at = (x + glyph.x * size) * made.k, (HEIGHT - words.y + glyph.y * size) * made.k
            letter = font.escape_text(chr(info["mapped_char"]))
            shown.append(f"1 0 0 1 {at[0]:.2f} {at[1]:.2f} Tm ({letter}) Tj")
        x += run.width * size
    made._out(f"q {words.ink / 255:.3f} g BT {' '.join(shown)} ET Q")


def _chosen(made: FPDF, face: Face, size: float) -> TTFFont:
    """The face, added to the file if it is new, and to what the page names."""
    style = "B" if face.bold else ""
    if face.family.lower() + style not in made.fonts:
        made.add_font(face.family, style, face.file)
    made.set_font(face.family, style, size)
    font = made.current_font
    assert isinstance(font, TTFFont)
    made._out(made._set_font_for_page(font, size))
    return font


def _draw(made: FPDF, shape: Shape) -> None:
    if shape.filled:
        made.set_fill_color(shape.ink)
        made.polygon(shape.points, style="F")
        return
    made.set_draw_color(shape.ink)
    made.set_line_width(shape.thick)
    made.set_dash_pattern(shape.dashed, shape.dashed)
    for (x1, y1), (x2, y2) in pairwise(shape.points):
        made.line(x1, y1, x2, y2)


def _stamp(made: FPDF, modules: Modules) -> None:
    made.image(picture_of(modules, _ENLARGED), modules.x, modules.y, modules.side, modules.side)


def picture_of(modules: Modules, pixels: int) -> Image.Image:
    """The squares as an image of black and white pixels, so many a square."""
    count = len(modules.rows)
    image = Image.new("1", (count, count))
    image.putdata([0 if black else 255 for row in modules.rows for black in row])
    return image.resize((count * pixels, count * pixels), Image.Resampling.NEAREST)
