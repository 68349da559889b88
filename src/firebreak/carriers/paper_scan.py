"""Pictures of pages, from a scanner, a telephone or a fax, and the codes on them (spec/paper.md §5).

Pictures come from whoever carried the pages: what is read of one is bounded before it is decoded.
"""

from __future__ import annotations

import json
import os
import resource
import stat
import subprocess
import sys
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import zxingcpp
from PIL import Image, ImageFilter

from firebreak.carriers.paper import MAGIC, Part, page_of, parse_part
from firebreak.errors import InvalidValue, Malformed

MAX_FILE: Final = 64 << 20
MAX_PIXELS: Final = 50_000_000
"""A4 at 600 dots an inch has 35 million; larger pictures are of no use."""
_FORMATS: Final = ("PNG", "JPEG")
_ENLARGED_BELOW: Final = 9_000_000
"""Pixels: a picture of fewer is also tried at twice its width and height."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What was on one picture. foreign: codes that are not ours; spoilt: why codes of ours are no
    parts, each reason once."""

    parts: tuple[Part, ...]
    foreign: int
    spoilt: tuple[str, ...]


def read_picture(path: Path) -> Scan:
    """The codes on a picture in a file, read by a process of its own.

    What a picture does to its decoder ends there: a crash, a hang, or more memory than is allowed.
    Raises InvalidValue where it cannot be read, Malformed where it is no picture that is taken.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise InvalidValue(f"{path} is no file. Give the names of pictures.")
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise InvalidValue(
            f"The picture {path} cannot be read: {error.strerror}. Check its name and place."
        ) from error
    try:
        return _sorted(_codes_by_child(data))
    except Malformed as error:
        raise Malformed(f"{path}: {error}") from error


def read_scan(data: bytes) -> Scan:
    """The codes on a PNG or JPEG picture. Raises Malformed (PA-9)."""
    return _sorted(_codes_on(data))


def _codes_on(data: bytes) -> list[bytes]:
    """What all codes on a picture hold, each once."""
    image = _grey(data)
    found: dict[bytes, Part | str | None] = {}
    for attempt in _attempts(image):
        found |= {code: _part(code) for code in _codes(attempt)}
        parts = [part for part in found.values() if isinstance(part, Part)]
        if parts and not _missing(parts):
            break
    return list(found)


def _sorted(codes: Iterable[bytes]) -> Scan:
    found = [_part(code) for code in codes]
    return Scan(
        tuple(part for part in found if isinstance(part, Part)),
        sum(1 for part in found if part is None),
        tuple(dict.fromkeys(text for text in found if isinstance(text, str))),
    )


# In a process of its own


_COMMAND: Final = "from firebreak.carriers.paper_scan import child; child()"
_SECONDS: Final = 120
"""Of its own computing, and by the clock four times as many."""
_MEMORY: Final = 2 << 30
_MOST_CODES: Final = 1_024


def _codes_by_child(data: bytes) -> list[bytes]:
    """`_codes_on`, by another process. Raises Malformed also where that process does not come back."""
    if len(data) > MAX_FILE:
        raise _too_large()
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _COMMAND],
            input=data,
            capture_output=True,
            timeout=4 * _SECONDS,
            check=False,
        )
        said = json.loads(done.stdout)
        refused, codes = str(said["refused"]), [bytes.fromhex(code) for code in said["codes"]]
    except (subprocess.TimeoutExpired, ValueError, KeyError, TypeError) as error:
        raise Malformed(
            "This picture stopped the program that reads pictures, as a damaged or hostile one does."
            " Scan the page again, as PNG."
        ) from error
    if refused:
        raise Malformed(refused)
    return codes[:_MOST_CODES]


def child() -> None:
    """Read a picture from standard input, say on standard output what its codes hold."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    said: dict[str, object] = {"refused": "", "codes": []}
    try:
        said["codes"] = [code.hex() for code in _codes_on(sys.stdin.buffer.read())]
    except Malformed as error:
        said["refused"] = str(error)
    print(json.dumps(said))


def _part(code: bytes) -> Part | str | None:
    """A part; why it is none; or None for a code that is not ours at all."""
    if code[: len(MAGIC) - 1] != MAGIC[:-1]:
        return None
    try:
        return parse_part(code)
    except Malformed as error:
        return str(error)


def _missing(parts: list[Part]) -> bool:
    """Whether a page of which there is one part lacks another."""
    there = {(part.sheaf, part.number) for part in parts}
    return any(
        (part.sheaf, number) not in there
        for part in parts
        for number in part.sheaf.on_page(page_of(part.number))
    )


def _grey(data: bytes) -> Image.Image:
    """The picture in shades of grey, decoded only once its kind and size are known to be taken."""
    if len(data) > MAX_FILE:
        raise _too_large()
    if data[:5] == b"%PDF-":
        raise Malformed(
            "This is a PDF file. Save its pages as PNG or JPEG pictures, for example with:"
            " pdftoppm -r 300 -png FILE page"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow finds large or odd is judged here
            with Image.open(BytesIO(data), formats=_FORMATS) as image:
                wide, high = image.size
                if wide * high > MAX_PIXELS:
                    raise Malformed(
                        f"The picture has {wide} by {high} points; {MAX_PIXELS:,} in all are taken."
                        " Scan at 300 dots an inch."
                    )
                return _on_white(image)
    except Malformed:
        raise
    except Image.DecompressionBombError as error:
        raise Malformed(
            "The picture is far larger than any page. Scan at 300 dots an inch."
        ) from error
    except Exception as error:  # decoders of pictures raise whatever they meet
        raise Malformed(
            "This is no PNG or JPEG picture that can be read, or it is cut off. Scan the page again."
        ) from error


def _too_large() -> Malformed:
    return Malformed(f"The file is larger than {MAX_FILE >> 20} MiB. Scan at 300 dots an inch.")


def _on_white(image: Image.Image) -> Image.Image:
    """In shades of grey; what is transparent is paper."""
    if "transparency" in image.info or image.mode == "PA":
        image = image.convert("RGBA")
    grey = image.convert("L")
    if image.mode not in {"RGBA", "LA"}:
        return grey
    paper = Image.new("L", image.size, 255)
    paper.paste(grey, mask=image.getchannel("A"))
    return paper


def _attempts(image: Image.Image) -> Iterator[Image.Image]:
    """The picture as it is, then as a reader may like it better."""
    yield image
    if image.width * image.height < _ENLARGED_BELOW:
        yield image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)
    yield image.filter(ImageFilter.UnsharpMask(radius=3, percent=200, threshold=0))
    if min(image.size) > 1_000:
        yield image.reduce(2)
    yield image.filter(ImageFilter.MedianFilter(3))


def _codes(image: Image.Image) -> Iterator[bytes]:
    kinds = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    found = zxingcpp.read_barcodes(image, formats=kinds)
    return (bytes(code.bytes) for code in found)


def _without_waiting(path: str, flags: int) -> int:
    """Open at once, where opening a pipe would wait for a writer."""
    return os.open(path, flags | os.O_NONBLOCK)
