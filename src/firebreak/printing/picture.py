"""Sheets as PNG pictures in black and white, for a screen, a fax program or a messenger."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from math import hypot
from typing import Final, assert_never

from PIL import Image, ImageChops, ImageDraw

from firebreak.printing.lettering import MM_A_POINT, Glyph, Run, outline, runs
from firebreak.printing.pdf import picture_of
from firebreak.printing.sheet import HEIGHT, WIDTH, Modules, Point, Shape, Sheet, Words

DOTS_PER_INCH: Final = 300
_SCALE: Final = DOTS_PER_INCH / 25.4
"""Pixels a millimetre."""
_NO_TURN: Final = 128
_FINER: Final = 4
"""Letters are drawn so much larger, and their edges averaged."""


def png(sheet: Sheet) -> bytes:
    """A PNG file of 2480 by 3508 pixels at 300 dots an inch, in shades of grey."""
    image = Image.new("L", (round(WIDTH * _SCALE), round(HEIGHT * _SCALE)), 255)
    draw = ImageDraw.Draw(image)
    for drawn in sheet.drawn:
        match drawn:
            case Words():
                _write(image, drawn)
            case Shape():
                _draw(draw, drawn)
            case Modules():
                _stamp(image, drawn)
            case _:
                assert_never(drawn)
    file = BytesIO()
    image.save(file, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH), optimize=True)
    return file.getvalue()


def _write(image: Image.Image, words: Words) -> None:
    x, size = words.x * _SCALE, words.size * MM_A_POINT * _SCALE
    for run in runs(words.text, words.bold):
        for glyph in run.glyphs:
            _letter(image, run, glyph, (x, words.y * _SCALE), size, words.ink)
        x += run.width * size


def _letter(image: Image.Image, run: Run, glyph: Glyph, at: Point, size: float, ink: int) -> None:
    """One glyph: black is what its contours go round, counted by their direction (nonzero rule)."""
    points = [
        [(at[0] + (glyph.x + x) * size, at[1] - (glyph.y + y) * size) for x, y in contour]
        for contour in outline(run.face, glyph.number)
    ]
    everything = [point for contour in points for point in contour]
    if not everything:
        return
    left, top = (int(min(axis)) - 1 for axis in zip(*everything, strict=True))
    right, bottom = (int(max(axis)) + 2 for axis in zip(*everything, strict=True))
    size_of = ((right - left) * _FINER, (bottom - top) * _FINER)
    turns = Image.new("L", size_of, _NO_TURN)
    for contour in points:
        inside = Image.new("L", size_of)
        fine = [((x - left) * _FINER, (y - top) * _FINER) for x, y in contour]
        ImageDraw.Draw(inside).polygon(fine, fill=1)
        add = ImageChops.add if _clockwise(contour) else ImageChops.subtract
        turns = add(turns, inside)
    mask = turns.point([255 * (turn != _NO_TURN) for turn in range(256)])
    image.paste(ink, (left, top), mask.reduce(_FINER))


def _clockwise(contour: Sequence[Point]) -> bool:
    turned = zip(contour, [*contour[1:], contour[0]], strict=True)
    area: float = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in turned)
    return area > 0


def _draw(draw: ImageDraw.ImageDraw, shape: Shape) -> None:
    points = [(x * _SCALE, y * _SCALE) for x, y in shape.points]
    if shape.filled:
        draw.polygon(points, fill=shape.ink)
        return
    thick = max(1, round(shape.thick * _SCALE))
    for start, end in pairwise(points):
        for dash in _dashes(start, end, shape.dashed * _SCALE):
            draw.line(dash, fill=shape.ink, width=thick)


def _dashes(start: Point, end: Point, length: float) -> list[tuple[Point, Point]]:
    whole = hypot(end[0] - start[0], end[1] - start[1])
    if length == 0 or whole == 0:
        return [(start, end)]
    found, at = [], 0.0
    while at < whole:
        pair = [
            (start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)
            for part in (at / whole, min(1.0, (at + length) / whole))
        ]
        found.append((pair[0], pair[1]))
        at += 2 * length
    return found


def _stamp(image: Image.Image, modules: Modules) -> None:
    """Whole pixels a module, so that all are of one size; what is left over is white around."""
    side = modules.side * _SCALE
    pixels = int(side / len(modules.rows))
    made = picture_of(modules, pixels)
    spare = (side - made.width) / 2
    image.paste(
        made.convert("L"), (round(modules.x * _SCALE + spare), round(modules.y * _SCALE + spare))
    )
