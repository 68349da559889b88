"""Paper: every loss, mixture and alteration of codes, and pictures of pages as they really come."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import segno
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from firebreak.carriers import paper_kept, paper_scan
from firebreak.carriers.paper import (
    CODES_A_PAGE,
    LARGEST,
    MAX_BYTES,
    MAX_PART,
    MOST_FORMS,
    Contradicting,
    Gathered,
    Part,
    Sheaf,
    Wanting,
    Whole,
    cut,
    gathered,
    page_of,
    parse_part,
)
from firebreak.carriers.paper_kept import KeptParts
from firebreak.carriers.paper_pages import Cover, code, pdf_pages, sheets
from firebreak.carriers.paper_parity import restored, spare
from firebreak.carriers.paper_scan import MAX_FILE, MAX_PIXELS, Scan, read_picture, read_scan
from firebreak.carriers.paper_texts import TEXTS
from firebreak.errors import InvalidValue, Malformed
from firebreak.printing.picture import png
from firebreak.printing.sheet import Words
from firebreak.records.agreement import Mode
from firebreak.sealing import SealingKeys, Suite, seal
from firebreak.values import Millis, Precedence
from tests.carriers import paper_example
from tests.conftest import ROOT

SPECIFICATION = (ROOT / "spec" / "paper.md").read_text(encoding="utf-8")
NOW = Millis(1_795_357_800_000)
COVER = Cover(NOW, "BRAVO", Mode.EXERCISE, ("en", "ru"))
KEYS = SealingKeys.from_raw(bytes(range(64)))


def bundle_of(size: int) -> bytes:
    """A sealed bundle of so many bytes of plaintext."""
    plain = random.Random(size).randbytes(size)
    return seal(plain, KEYS.public, Suite.WIDE, Precedence.PRIORITY, Millis(NOW + 604_800_000))


def only(parts: list[Part]) -> Gathered:
    [found] = gathered(parts)
    return found


def altered(part: Part) -> Part:
    """Another part of this number with a sum that fits, as a forger prints it."""
    return Part(part.sheaf, part.number, bytes(255 - byte for byte in part.data))


# Parts (PA-1 to PA-5)


def test_the_specification_opens_with_what_the_code_does() -> None:
    assert SPECIFICATION.split("```\n")[1] == paper_example.example()


def _times(a: int, b: int) -> int:
    """The product of two elements as schools teach it: shift and add."""
    total = 0
    for bit in range(8):
        if b >> bit & 1:
            total ^= a << bit
    for bit in range(15, 7, -1):
        if total >> bit & 1:
            total ^= 0x11D << (bit - 8)
    return total


@given(st.binary(min_size=1, max_size=60), st.data())
def test_a_spare_part_is_the_sum_that_is_specified(row: bytes, data: st.DataObject) -> None:
    """PA-5, by a second reading of the field."""
    number = data.draw(st.integers(len(row), 255))
    total = 0
    for place, byte in enumerate(row):
        inverse = next(x for x in range(256) if _times(x, number ^ place) == 1)
        total ^= _times(byte, inverse)
    assert spare([bytes([byte]) for byte in row], number) == bytes([total])


def test_the_specification_s_check_words() -> None:
    sheaf = cut(paper_example.bundle())[0].sheaf
    assert f"`{sheaf.check} = {sheaf.check_words}`" in SPECIFICATION


def test_the_specification_s_spare_parts() -> None:
    made = [spare([b"\x01", b"\x80", b"\xff"], number).hex() for number in (3, 4, 5)]
    assert f"`{made[0]}`, `{made[1]}` and `{made[2]}`" in SPECIFICATION


@given(st.integers(1, 30), st.integers(1, 40), st.data())
def test_any_parts_of_the_count_give_all_back(count: int, size: int, data: st.DataObject) -> None:
    first = [data.draw(st.binary(min_size=size, max_size=size)) for _ in range(count)]
    known = dict(enumerate(first)) | {n: spare(first, n) for n in range(count, count + 10)}
    chosen = data.draw(st.permutations(sorted(known)))[:count]
    assert restored({number: known[number] for number in chosen}, count) == first


@given(st.binary(min_size=1, max_size=6_000), st.randoms(use_true_random=False))
def test_any_codes_of_the_count_give_the_bundle(bundle: bytes, chance: random.Random) -> None:
    codes = [part.encoded() for part in cut(bundle)]
    parts = [parse_part(found) for found in codes]
    assert [part.encoded() for part in parts] == codes
    chance.shuffle(parts)
    count = parts[0].sheaf.count
    assert only(parts[:count]).result() == Whole(bundle, ())
    fewer = only(parts[: count - 1]).result() if count > 1 else None
    assert fewer is None or isinstance(fewer, Wanting)


@pytest.mark.parametrize("size", [1, LARGEST, LARGEST + 1, 65_535, MAX_BYTES])
def test_a_bundle_of_any_size_goes_on_paper(size: int) -> None:
    """PA-1, PA-4: a fifth is spare, pages are full, numbers fit one byte."""
    bundle = random.Random(size).randbytes(size)
    parts = cut(bundle)
    sheaf = parts[0].sheaf
    assert max(2, -(-sheaf.count // 5)) <= sheaf.total - sheaf.count <= max(2, sheaf.count)
    assert [part.number for part in parts] == list(range(sheaf.total))
    assert sheaf.total <= 255
    assert max(len(part.encoded()) for part in parts) <= MAX_PART
    assert only(parts[sheaf.total - sheaf.count :][::-1]).result() == Whole(bundle, ())
    pages = [number for page in range(sheaf.pages) for number in sheaf.on_page(page)]
    assert pages == list(range(sheaf.total))
    assert all(number in sheaf.on_page(page_of(number)) for number in pages)


def test_a_whole_page_of_many_may_be_lost() -> None:
    bundle = random.Random(1).randbytes(65_535)
    parts = cut(bundle)
    for page in range(parts[0].sheaf.pages):
        kept = [part for part in parts if page_of(part.number) != page]
        assert only(kept).result() == Whole(bundle, ())


@pytest.mark.parametrize("size", [0, MAX_BYTES + 1])
def test_a_bundle_of_another_size_is_not_printed(size: int) -> None:
    with pytest.raises(InvalidValue, match=r"at most 135680 do\. Carry it as a file"):
        cut(bytes(size))


PART = cut(bytes(range(200)) * 10)[2].encoded()


@given(at=st.integers(0, len(PART) - 1), bit=st.integers(0, 7))
def test_every_flipped_bit_of_a_code_is_found(at: int, bit: int) -> None:
    spoilt = bytearray(PART)
    spoilt[at] ^= 1 << bit
    with pytest.raises(Malformed, match=r"not from a page|is of version|sum does not fit"):
        parse_part(bytes(spoilt))


@given(st.integers(0, len(PART) - 1))
def test_every_code_cut_off_is_found(length: int) -> None:
    with pytest.raises(Malformed):
        parse_part(PART[:length])


def _with_sum(body: bytes) -> bytes:
    return body + zlib.crc32(body).to_bytes(4)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (PART[:12] + b"\0\0\0" + PART[15:-4], "0 bytes are in 4 parts"),  # no length
        (PART[:12] + (MAX_BYTES + 1).to_bytes(3) + PART[15:-4], "135681 bytes"),
        (PART[:15] + b"\x03" + PART[16:-4], "2000 bytes are in 3 parts"),  # another count
        (PART[:15] + b"\x00" + PART[16:-4], "2000 bytes are in 0 parts"),
        (PART[:16] + b"\x08" + PART[17:-4], "number 9 of 8"),  # beyond the total
        (PART[:-5], "holds 499 bytes"),
        (PART[:-4] + b"x", "holds 501 bytes"),
        (PART[:-4] + bytes(MAX_PART), "is none of ours"),
        (PART[:3] + b"\x02" + PART[4:-4], "is of version 2"),
    ],
)
def test_numbers_that_no_printer_writes_are_refused(body: bytes, what: str) -> None:
    """PA-2, PA-3."""
    with pytest.raises(Malformed, match=what):
        parse_part(_with_sum(body))


def test_a_part_that_its_sheaf_has_not_is_refused() -> None:
    with pytest.raises(Malformed, match="number 5 of 4"):
        Part(Sheaf(bytes(8), 1_000, 2), 4, bytes(500))


# Together again (PA-7, PA-8)


def test_what_is_missing_is_named() -> None:
    parts = cut(bytes(8_000))
    some = [parts[number] for number in (0, 1, 9, 12)]
    assert only(some).result() == Wanting(9, tuple(n for n in range(18) if n not in {0, 1, 9, 12}))


def test_repeated_and_mixed_parts_are_sorted() -> None:
    one, other = random.Random(1).randbytes(3_000), random.Random(2).randbytes(3_000)
    mixed = [*cut(one), *cut(other), *cut(one)]
    random.Random(3).shuffle(mixed)
    found = {bundle.result() for bundle in gathered(mixed)}
    assert found == {Whole(one, ()), Whole(other, ())}
    assert not only(cut(one)).add(cut(one)[0])


@given(st.integers(3, 5_800), st.data())
def test_one_altered_part_is_found_out(size: int, data: st.DataObject) -> None:
    parts = cut(random.Random(size).randbytes(size))
    count = parts[0].sheaf.count
    number = data.draw(st.integers(0, count - 1))
    left = [altered(part) if part.number == number else part for part in parts[: count + 1]]
    result = only(left).result()
    assert isinstance(result, Whole)
    assert result.altered == (number,)


@pytest.mark.parametrize("forged_first", [True, False])
def test_a_part_in_two_forms_is_told_from_the_true_one(forged_first: bool) -> None:
    bundle = random.Random(4).randbytes(6_000)
    parts = cut(bundle)[:10]
    forged = [altered(part) for part in parts[2:4]]
    result = only([*forged, *parts] if forged_first else [*parts, *forged]).result()
    assert result == Whole(bundle, (2, 3))


def test_an_altered_page_is_left_aside() -> None:
    bundle = random.Random(5).randbytes(40_000)
    parts = cut(bundle)
    mixed = [altered(part) if page_of(part.number) == 1 else part for part in parts]
    assert only(mixed).result() == Whole(bundle, tuple(range(9, 18)))


def test_too_much_altered_gives_nothing() -> None:
    parts = cut(bytes(range(250)) * 20)
    spoilt = [altered(part) if part.number % 2 else part for part in parts]
    assert only(spoilt).result() == Contradicting(())
    assert only([*spoilt, parts[1]]).result() == Contradicting((1,))


def test_forms_of_one_part_are_bounded() -> None:
    part = cut(bytes(100))[0]
    bundle = Gathered(part.sheaf)
    forms = [Part(part.sheaf, 0, bytes([n] * 100)) for n in range(MOST_FORMS + 1)]
    assert [bundle.add(form) for form in forms] == [True] * MOST_FORMS + [False]


def test_parts_of_another_hash_give_nothing() -> None:
    parts = [Part(Sheaf(bytes(8), 100, 1), part.number, part.data) for part in cut(bytes(100))]
    assert isinstance(only(parts).result(), Contradicting)


# Kept in a folder (PA-10)


def test_parts_are_kept_from_one_day_to_the_next(tmp_path: Path) -> None:
    bundle = random.Random(6).randbytes(9_000)
    parts, other = cut(bundle), cut(b"another bundle")
    kept = KeptParts(tmp_path / "new" / "parts")
    assert kept.gathered() == []
    assert kept.add([*parts[:9], other[0]]) == 10
    assert kept.add(parts[5:9]) == 0
    assert KeptParts(kept.folder).add(parts[12:]) == len(parts) - 12
    results = {found.result() for found in KeptParts(kept.folder).gathered()}
    assert results == {Whole(bundle, ()), Whole(b"another bundle", ())}
    kept.forget(parts[0].sheaf)
    assert [found.sheaf for found in kept.gathered()] == [other[0].sheaf]
    kept.forget(other[0].sheaf)
    assert not kept.folder.exists()


def test_more_bundles_than_are_kept_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper_kept, "MOST_BUNDLES", 2)
    kept = KeptParts(tmp_path)
    kept.add([cut(b"1")[0], cut(b"2")[0]])
    assert kept.add([cut(b"1")[1]]) == 1
    with pytest.raises(InvalidValue, match="keeps parts of 2 bundles already"):
        kept.add([cut(b"3")[0]])


@pytest.mark.parametrize("content", [b"", b"x" * 30, PART[:-1], PART + b"x", bytes(1 << 20)])
def test_what_is_no_part_in_the_folder_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.part").write_bytes(content)
    with pytest.raises(InvalidValue, match=r"a\.part is no part of a page"):
        KeptParts(tmp_path).gathered()


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InvalidValue, match="cannot be kept or read: Not a directory"):
        KeptParts(tmp_path / "file" / "parts").add(cut(b"1"))
    (tmp_path / "a.part").mkdir()
    with pytest.raises(InvalidValue, match="cannot be kept or read: Is a directory"):
        KeptParts(tmp_path).gathered()


# Pages (PA-6)


def test_a_code_is_a_qr_code_of_the_size_that_is_specified() -> None:
    part = cut(bytes(LARGEST))[0]
    assert len(part.encoded()) == MAX_PART
    made = segno.make(part.encoded(), mode="byte", error="m", micro=False)
    assert (made.version, made.error) == (20, "M")
    rows = code(part)
    assert {len(row) for row in rows} == {len(rows)} == {97 + 8}
    assert not any(module for row in (*rows[:4], *rows[-4:]) for module in row)
    [read] = zxingcpp.read_barcodes(np.where(np.kron(rows, np.ones((4, 4))), 0, 255).astype("u1"))
    assert read.bytes == part.encoded()


def words_on(bundle: bytes, cover: Cover) -> list[list[str]]:
    return [
        [drawn.text for drawn in sheet.drawn if isinstance(drawn, Words)]
        for sheet in sheets(bundle, cover)
    ]


def test_each_page_says_what_a_courier_must_know() -> None:
    bundle = bundle_of(6_000)
    sheaf = cut(bundle)[0].sheaf
    pages = words_on(bundle, COVER)
    check = f"{sheaf.check}  =  {sheaf.check_words}"
    assert len(pages) == sheaf.pages == 2
    for number, words in enumerate(pages, 1):
        text = " ".join(words)
        assert words[1].split("  ·  ") == ["EXERCISE", "УЧЕНИЕ"]
        assert words[0] == f"Page {number} of 2"
        assert words[2:6] == ["To:", "BRAVO", "Check words:", check]
        assert "Printed 221430ZNOV26. Precedence PRIORITY. Void after 291430ZNOV26." in words
        assert "who carries this page cannot read it" in text
        assert "несущий эту страницу не может её прочесть" in text
        assert all(f"{step}. " in text for step in range(1, 6))
        assert f"Any {sheaf.count} of the {sheaf.total} codes are enough" in text
        codes = [f"code {n + 1} of {sheaf.total}" for n in sheaf.on_page(number - 1)]
        assert words[-len(codes) :] == codes


def test_what_is_not_known_is_said_so() -> None:
    bundle = bundle_of(40)
    [words] = words_on(bundle, Cover(NOW))
    assert words[1] == "NOT KNOWN WHETHER REAL OR EXERCISE"
    assert words[2:4] == ["To the holder of key:", KEYS.public.key_id(Suite.WIDE).hex(" ", 2)]
    [words] = words_on(bundle, Cover(NOW, "BRAVO", Mode.REAL, ("xx",)))
    assert words[1] == "REAL"


@pytest.mark.parametrize("mode", [Mode.REAL, Mode.EXERCISE, None])
@pytest.mark.parametrize("language", [*TEXTS, "all"])
def test_pages_of_every_language_fit(language: str, mode: Mode | None) -> None:
    languages = tuple(TEXTS) if language == "all" else (language,)
    for name in ("Ж" * 64, None):
        [words] = words_on(bundle_of(40), Cover(NOW, name, mode, languages))
        assert all("[U+" not in word and "{" not in word for word in words)


def test_pages_are_the_same_bytes_for_the_same_bundle() -> None:
    bundle = bundle_of(300)
    assert pdf_pages(bundle, COVER) == pdf_pages(bundle, COVER)
    assert png(sheets(bundle, COVER)[0]) == png(sheets(bundle, COVER)[0])


def test_what_is_no_bundle_is_not_printed() -> None:
    with pytest.raises(Malformed):
        sheets(b"letter", COVER)


# Pictures of pages (PA-9)


BUNDLE = bundle_of(3_300)
WIDE, HIGH = 1_654, 2_339


@cache
def page() -> Image.Image:
    """The one page of BUNDLE at 200 points an inch: nine codes, of which seven are needed."""
    [sheet] = sheets(BUNDLE, COVER)
    image = Image.open(BytesIO(png(sheet)))
    return image.convert("L").resize((WIDE, HIGH), Image.Resampling.BOX)


def saved(image: Image.Image, kind: str = "PNG", **how: int) -> bytes:
    file = BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def read(image: Image.Image, kind: str = "PNG", **how: int) -> Scan:
    return read_scan(saved(image, kind, **how))


def turned(degrees: float) -> Image.Image:
    how = Image.Resampling.BICUBIC
    return page().rotate(degrees, resample=how, expand=True, fillcolor=255)


def aslant(image: Image.Image, much: float) -> Image.Image:
    """As a telephone sees a page that it does not look at from straight above."""
    wide, high = image.size
    seen = [
        (much * wide, 0.5 * much * high),
        (wide * (1 - 0.3 * much), much * high),
        (wide * (1 - much), high * (1 - 0.2 * much)),
        (0.2 * much * wide, high * (1 - much)),
    ]
    rows, sums = [], []
    for (x, y), (u, v) in zip(seen, [(0, 0), (wide, 0), (wide, high), (0, high)], strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        sums += [u, v]
    eight = np.linalg.solve(np.array(rows), np.array(sums)).tolist()
    return image.transform(
        image.size, Image.Transform.PERSPECTIVE, eight, Image.Resampling.BICUBIC, fillcolor=120
    )


def in_bad_light(image: Image.Image) -> Image.Image:
    """Grey, noisy, and with a shadow from left to right."""
    points = np.asarray(image, dtype=float)
    noise = np.random.default_rng(1).normal(0, 15, points.shape)
    shadow = np.linspace(-50, 60, points.shape[1])
    return Image.fromarray(np.clip(points * 0.5 + 60 + shadow + noise, 0, 255).astype("u1"))


def faxed(image: Image.Image) -> Image.Image:
    """A standard fax: 204 by 98 dots an inch, black or white."""
    dots = image.resize((1_728, 1_145), Image.Resampling.BOX).point(lambda v: 255 * (v > 128))
    return dots.resize((1_728, 2_290), Image.Resampling.NEAREST)


PICTURES: dict[str, Callable[[], Scan]] = {
    "as printed": lambda: read(page()),
    "75 dots an inch": lambda: read(page().resize((620, 877), Image.Resampling.BOX)),
    "on its side": lambda: read(turned(90)),
    "upside down": lambda: read(turned(180)),
    "on its other side": lambda: read(turned(270)),
    "a little turned": lambda: read(turned(3)),
    "more turned": lambda: read(turned(-17)),
    "blurred": lambda: read(page().filter(ImageFilter.GaussianBlur(1.5))),
    "blurred more": lambda: read(page().filter(ImageFilter.GaussianBlur(2))),
    "JPEG": lambda: read(page(), "JPEG", quality=40),
    "JPEG of the lowest quality": lambda: read(page(), "JPEG", quality=5),
    "photographed aslant": lambda: read(aslant(page(), 0.06), "JPEG", quality=50),
    "photographed far aslant": lambda: read(aslant(page(), 0.15)),
    "aslant, blurred, JPEG": lambda: read(
        aslant(page(), 0.1).filter(ImageFilter.GaussianBlur(1)), "JPEG", quality=30
    ),
    "in bad light": lambda: read(in_bad_light(page()), "JPEG", quality=60),
    "a standard fax": lambda: read(faxed(page())),
    "in a mirror": lambda: read(page().transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
    "white on black": lambda: read(page().point(lambda v: 255 - v)),
    "in colour": lambda: read(page().convert("RGB")),
    "of a palette": lambda: read(page().convert("P")),
    "black or white": lambda: read(page().convert("1")),
    "transparent": lambda: read(Image.merge("LA", (Image.new("L", (WIDE, HIGH)), page_ink()))),
}


def page_ink() -> Image.Image:
    """Opaque where there is ink: the paper is transparent."""
    return page().point(lambda v: 255 - v)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_gives_the_bundle(name: str) -> None:
    found = PICTURES[name]()
    assert (found.foreign, found.spoilt) == (0, ())
    assert only(list(found.parts)).result() == Whole(BUNDLE, ())


def test_pages_through_a_real_pdf_reader_and_a_scanner() -> None:
    bundle = bundle_of(10_000)
    rendered = pypdfium2.PdfDocument(pdf_pages(bundle, COVER))
    pictures = [rendered[n].render(scale=200 / 72).to_pil() for n in range(len(rendered))]
    assert len(pictures) == 3
    parts = [
        part
        for number in (2, 0)  # the middle one is lost, the order is turned
        for part in read(turned_scan(pictures[number]), "JPEG", quality=50).parts
    ]
    assert only(parts).result() == Whole(bundle, ())


def turned_scan(image: Image.Image) -> Image.Image:
    grey = image.convert("L")
    return grey.rotate(2, resample=Image.Resampling.BICUBIC, fillcolor=255)


def test_a_torn_page_gives_what_is_left() -> None:
    torn = page().copy()
    ImageDraw.Draw(torn).polygon([(WIDE, HIGH), (WIDE, HIGH // 3), (0, HIGH)], fill=0)
    found = read(torn)
    there = {part.number for part in found.parts}
    result = only(list(found.parts)).result()
    assert there == {0, 1, 3}
    assert result == Wanting(4, (2, 4, 5, 6, 7, 8))


def test_stains_and_a_hole_are_made_up_for() -> None:
    stained = page().copy()
    draw = ImageDraw.Draw(stained)
    draw.ellipse((1_100, 800, 1_500, 1_200), fill=40)
    draw.rectangle((150, 1_850, 600, 1_900), fill=255)
    found = read(stained)
    assert {part.number for part in found.parts} == {0, 1, 3, 4, 5, 7, 8}
    assert only(list(found.parts)).result() == Whole(BUNDLE, ())


def test_two_pages_on_one_picture() -> None:
    other = bundle_of(50)
    [sheet] = sheets(other, COVER)
    beside = Image.new("L", (2 * WIDE, HIGH), 255)
    beside.paste(page(), (0, 0))
    beside.paste(Image.open(BytesIO(png(sheet))).resize((WIDE, HIGH)), (WIDE, 0))
    results = {bundle.result() for bundle in gathered(read(beside).parts)}
    assert results == {Whole(BUNDLE, ()), Whole(other, ())}


def with_code(content: bytes) -> Image.Image:
    image = Image.new("L", (800, 800), 255)
    file = BytesIO()
    segno.make(content, micro=False).save(file, "png", scale=4, border=8)
    image.paste(Image.open(file).convert("L"), (20, 20))
    return image


def test_codes_from_elsewhere_and_spoilt_ones_are_told_apart() -> None:
    assert read(with_code(b"https://example.org/?FBP")) == Scan((), 1, ())
    damaged = read(with_code(PART[:100]))
    assert (damaged.parts, damaged.foreign) == ((), 0)
    assert "its sum does not fit" in damaged.spoilt[0]
    assert "is of version 2" in read(with_code(_with_sum(b"FBP\x02" + PART[4:90]))).spoilt[0]
    assert read(Image.new("L", (500, 500), 255)) == Scan((), 0, ())


def black(side: int) -> bytes:
    """A PNG of one bit a point, written row by row: unpacked it may be larger than the memory here."""
    squeeze, row = zlib.compressobj(9), bytes(1 + -(-side // 8))
    rows = b"".join(squeeze.compress(row) for _ in range(side)) + squeeze.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    made = b"\x89PNG\r\n\x1a\n"
    for kind, data in ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b"")):
        check = zlib.crc32(kind + data)
        made += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
    return made


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "no PNG or JPEG picture"),
        (b"letter", "no PNG or JPEG picture"),
        (saved(Image.new("L", (100, 100)))[:50], "no PNG or JPEG picture"),
        (saved(Image.new("L", (100, 100)), "GIF"), "no PNG or JPEG picture"),
        (saved(Image.new("L", (100, 100)), "TIFF"), "no PNG or JPEG picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no PNG or JPEG picture"),
        (b"%PDF-1.7 ...", "This is a PDF file. Save its pages as PNG or JPEG"),
        (black(30_000), "far larger than any page"),
        (black(7_072), "7072 by 7072 points; 50,000,000 in all are taken"),
    ],
)
def test_what_is_no_picture_of_a_page_is_refused(data: bytes, what: str) -> None:
    assert len(data) < 1 << 20
    with pytest.raises(Malformed, match=what):
        read_scan(data)


@pytest.mark.parametrize("mode", ["1", "RGBA"])
def test_the_largest_picture_is_taken(tmp_path: Path, mode: str) -> None:
    side = int(MAX_PIXELS**0.5)
    path = tmp_path / "white.png"
    Image.new(mode, (side, side), 255 if mode == "1" else (255, 255, 255, 128)).save(path)
    assert read_picture(path) == Scan((), 0, ())


def test_a_truncated_picture_is_refused() -> None:
    data = saved(page())
    for end in (len(data) // 2, len(data) * 9 // 10):
        with pytest.raises(Malformed, match="or it is cut off"):
            read_scan(data[:end])


def test_a_picture_is_read_from_a_file_and_named(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(saved(page()))
    assert len(read_picture(path).parts) == CODES_A_PAGE
    path.write_bytes(b"letter")
    with pytest.raises(Malformed, match=r"page\.png: This is no PNG"):
        read_picture(path)
    with pytest.raises(InvalidValue, match="cannot be read: No such file"):
        read_picture(tmp_path / "none.png")
    with pytest.raises(InvalidValue, match="Is a directory"):
        read_picture(tmp_path)
    with pytest.raises(InvalidValue, match="is no file"):
        read_picture(Path("/dev/null"))


@pytest.mark.parametrize(
    "instead",
    [
        "import os; os.abort()",
        "while True: pass",
        "x = bytes(1 << 32)",
        "print('{')",
        "print('[]')",
        'print(\'{"refused": "", "codes": ["x"]}\')',
    ],
)
def test_what_stops_the_reader_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, instead: str
) -> None:
    """The picture's program crashes, hangs, wants too much memory, or says what it never does."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1));"
    limit += "resource.setrlimit(resource.RLIMIT_CORE, (0, 0));"
    limit += "resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31))\n"
    monkeypatch.setattr(paper_scan, "_COMMAND", limit + instead)
    path = tmp_path / "page.png"
    path.write_bytes(saved(page()))
    with pytest.raises(Malformed, match="stopped the program that reads pictures"):
        read_picture(path)


def test_the_reader_of_pictures_is_bounded() -> None:
    """Its own limits hold: it can write no file, and gets no more memory than it needs."""
    tried = (
        "import io, sys, resource; from firebreak.carriers import paper_scan;"
        "sys.stdin = io.TextIOWrapper(io.BytesIO(b'x')); paper_scan.child();"
        "print(resource.getrlimit(resource.RLIMIT_AS)[1], resource.getrlimit(resource.RLIMIT_CPU)[1],"
        "resource.getrlimit(resource.RLIMIT_FSIZE)[1])"
    )
    done = subprocess.run([sys.executable, "-c", tried], capture_output=True, text=True, check=True)
    refused, limits = done.stdout.splitlines()
    assert "no PNG or JPEG picture" in refused
    assert limits == f"{2 << 30} 120 0"


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(MAX_FILE + 1)
    with pytest.raises(Malformed, match="larger than 64 MiB"):
        read_picture(path)
