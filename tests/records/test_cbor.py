"""The one encoding: against cbor2, against RFC 8949's own vectors, and against everything else."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import Malformed
from firebreak.records.cbor import (
    MAX_DEPTH,
    MAX_ITEM,
    Plain,
    check_text,
    decode,
    encode,
    encode_bytes,
)
from tests.strategies import plains, texts


@given(plains())
def test_what_is_encoded_is_decoded_again(value: Plain) -> None:
    assert decode(encode(value)) == value


@given(plains())
def test_cbor2_writes_the_same_bytes(value: Plain) -> None:
    assert encode(value) == cbor2.dumps(value, canonical=True)


@given(st.binary(max_size=64))
def test_bytes_are_refused_or_are_the_one_encoding(data: bytes) -> None:
    """R-5 to R-8: nothing decodes that is not encoded to the very same bytes again."""
    try:
        value = decode(data)
    except Malformed:
        return
    assert encode(value) == data


@given(plains(), st.data())
def test_a_changed_byte_is_refused_or_means_something_else(
    value: Plain, data: st.DataObject
) -> None:
    good = bytearray(encode(value))
    at = data.draw(st.integers(0, len(good) - 1))
    good[at] ^= data.draw(st.integers(1, 255))
    try:
        other = decode(bytes(good))
    except Malformed:
        return
    assert encode(other) == bytes(good)
    assert other != value


@given(plains())
def test_every_beginning_is_refused(value: Plain) -> None:
    """R-7: an item that ends early, and one that goes on."""
    good = encode(value)
    for end in range(min(len(good), 40)):
        with pytest.raises(Malformed):
            decode(good[:end])
    with pytest.raises(Malformed):
        decode(good + b"\x00")


def _value_of(case: dict[str, Any]) -> object:
    """What a case means; None where only its diagnostic notation says it."""
    octets = re.fullmatch(r"h'([0-9a-f]*)'", case.get("diagnostic", ""))
    return bytes.fromhex(octets[1]) if octets else case.get("decoded")


def _ours(value: object) -> bool:
    """Whether the wire can carry a value of RFC 8949's appendix A."""
    match value:
        case bool() | None | float():
            return False
        case int():
            return -(2**64) <= value < 2**64
        case bytes():
            return True
        case str():
            return _passes(value)
        case list():
            return all(_ours(item) for item in value)
        case _:
            return False


def _passes(text: str) -> bool:
    try:
        check_text(text)
    except Malformed:
        return False
    return True


def test_rfc_8949_appendix_a(shared_vectors: Path) -> None:
    """Of the RFC's examples exactly those of our types in canonical form are taken."""
    cases: list[dict[str, Any]] = json.loads(
        (shared_vectors / "cbor" / "appendix_a.json").read_text(encoding="utf-8")
    )
    taken = 0
    for case in cases:
        data = bytes.fromhex(case["hex"])
        value = _value_of(case)
        if case["roundtrip"] and _ours(value):
            taken += 1
            assert encode(value) == data  # type: ignore[arg-type]  # _ours says that it can be
            assert encode(decode(data)) == data
        else:
            with pytest.raises(Malformed):
                decode(data)
    assert taken == 29


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "end too early"),
        ("18", "end too early"),
        ("1817", "shortest form"),
        ("1900ff", "shortest form"),
        ("1a0000ffff", "shortest form"),
        ("1b00000000ffffffff", "shortest form"),
        ("5801ff", "shortest form"),
        ("780161", "shortest form"),
        ("980100", "shortest form"),
        ("1c", "reserved length"),
        ("1f", "indefinite"),
        ("5f4100ff", "indefinite"),
        ("7f6161ff", "indefinite"),
        ("9f00ff", "indefinite"),
        ("a0", "no record holds"),
        ("bf", "no record holds"),
        ("c000", "no record holds"),
        ("f4", "no record holds"),
        ("f5", "no record holds"),
        ("f6", "no record holds"),
        ("f7", "no record holds"),
        ("f90000", "no record holds"),
        ("fb7ff8000000000000", "no record holds"),
        ("ff", "no record holds"),
        ("4200", "end too early"),
        ("8200", "end too early"),
        ("9b7fffffffffffffff", "end too early"),
        ("5b7fffffffffffffff", "end too early"),
        ("0000", "follow the end"),
        ("61ff", "not UTF-8"),
        ("62c080", "not UTF-8"),
        ("63eda080", "not UTF-8"),
        ("6100", "U\\+0000"),
    ],
)
def test_refusals(data: str, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        decode(bytes.fromhex(data))


def test_depth_has_a_limit() -> None:
    """R-8"""
    deepest = b"\x81" * (MAX_DEPTH - 1) + b"\x80"
    assert encode(decode(deepest)) == deepest
    for bomb in (b"\x81" + deepest, b"\x81" * MAX_ITEM):
        with pytest.raises(Malformed, match="nested deeper"):
            decode(bomb)


def test_size_has_a_limit() -> None:
    """R-2"""
    longest = encode(bytes(MAX_ITEM - 3))
    assert decode(longest) == bytes(MAX_ITEM - 3)
    with pytest.raises(Malformed, match="at most 65535"):
        decode(longest + b"\x00")


@pytest.mark.parametrize("value", [True, None, 1.0, {}, {1}, 2**64, -(2**64) - 1, object()])
def test_what_the_wire_cannot_carry_is_not_encoded(value: Any) -> None:
    with pytest.raises(TypeError):
        encode(value)
    with pytest.raises(TypeError):
        encode([value])


# Texts

REFUSED = (
    *range(0x20),
    *range(0x7F, 0xA0),
    *(0xAD, 0x61C, 0x180E, 0x2028, 0x2029, 0xFEFF),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *(0xD800, 0xDFFF, 0xE000, 0xF8FF, 0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x2FFFF),
    *range(0xFFF9, 0xFFFD),
    *(0xE0001, 0xE0041, 0xE0100, 0xF0000, 0x10FFFF),
)


@pytest.mark.parametrize("point", REFUSED, ids=lambda point: f"U+{point:04X}")
def test_a_character_that_hides_is_refused(point: int) -> None:
    for text in (chr(point), f"a{chr(point)}b"):
        with pytest.raises(Malformed, match=f"U\\+{point:04X}"):
            check_text(text)


@pytest.mark.parametrize(
    "text",
    ["cafe\u0301", "A\u030a", "\u1100\u1161", "\u212b", "\u0344", "e\u0323\u0302x", "\u0958"],
)
def test_a_second_spelling_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="normal form C"):
        check_text(text)
    check_text(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "café Å ẞ",
        "Плановий політ ґ ї 5 ₴",
        "تمرين جوي",
        "אימון",
        "演習 연습 प्रशिक्षण",
        "🚁",
        "a\u0300\u0316".replace("a\u0300", "à"),
        "\u2019 – — …",
    ],
)
def test_any_script_is_welcome(text: str) -> None:
    check_text(unicodedata.normalize("NFC", text))


def test_newer_unicode_tables_change_no_verdict() -> None:
    """A pair that composes only in tables newer than Unicode 3.2 is left as it stands."""
    balinese = "\u1b05\u1b35"
    assert not unicodedata.is_normalized("NFC", balinese)
    check_text(balinese)
    with pytest.raises(Malformed):
        check_text(balinese + "e\u0301")
    with pytest.raises(Malformed):
        check_text("e\u0301" + balinese)


@given(texts(40), texts(40))
def test_the_rule_is_that_of_nfc_where_unicode_3_2_reaches(left: str, right: str) -> None:
    text = left + right
    known = all(unicodedata.ucd_3_2_0.category(character) != "Cn" for character in text)
    if known:
        assert _passes(text) == unicodedata.is_normalized("NFC", text)


def test_the_list_is_that_of_the_specification(specification: str) -> None:
    section = specification.split("\n- **R-9** ", 1)[1].split("\n- **R-", 1)[0]
    listed = {
        point
        for first, _, last in (
            word.strip("`").partition("–")
            for word in section.replace(",", " ").split()
            if word.startswith("`U+")
        )
        for point in range(int(first[2:], 16), int((last or first)[2:], 16) + 1)
    }
    ends = {plane | low for plane in range(0, 17 << 16, 1 << 16) for low in (0xFFFE, 0xFFFF)}
    listed |= ends
    beside = {point + step for point in ends for step in (-2, 1) if point + step < 0x110000}
    for point in {*range(0x11000), *range(0x11000, 0x110000, 97), *ends, *beside}:
        assert _refused(point) == (point in listed), f"U+{point:04X}"


def _refused(point: int) -> bool:
    try:
        check_text(chr(point))
    except Malformed as error:
        return "control or formatting" in str(error)
    return False


@given(st.integers(0, 300), st.integers(0, 255))
def test_a_byte_string_has_one_encoding(length: int, octet: int) -> None:
    value = bytes([octet]) * length
    assert encode_bytes(value) == encode(value)
    assert decode(encode_bytes(value)) == value


def test_an_empty_array_counts_as_deep_as_any_other() -> None:
    deepest = b"\x81" * (MAX_DEPTH - 1) + b"\x80"
    assert encode(decode(deepest)) == deepest
    with pytest.raises(Malformed, match="nested deeper"):
        decode(b"\x81" + deepest)
