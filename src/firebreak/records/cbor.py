"""The one encoding: deterministic CBOR of integers, strings, bytes and arrays (spec/record.md §2).

No maps, floats, tags or simple values exist here, so none can be decoded. Every length is in its
shortest form and nothing may follow the item: a decoder built this way re-encodes to the same bytes.
Source: RFC 8949 §4.2.1, restricted.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TypeAlias

from firebreak.errors import Malformed

Plain: TypeAlias = "int | str | bytes | Sequence[Plain]"
"""What the wire can carry."""

MAX_ITEM = 65_535
"""Bytes: no log entry is larger (C2SP tlog-tiles), so no record is."""
MAX_DEPTH = 12

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY = 0, 1, 2, 3, 4
_ABSENT = _ARRAY << 5
"""An empty array."""
_EXTRA_BYTES = {24: 1, 25: 2, 26: 4, 27: 8}
_WIDTHS = tuple((code, width, 1 << 8 * width) for code, width in _EXTRA_BYTES.items())
_LEAST_FOR_WIDTH = {1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}


def encode(value: Plain) -> bytes:
    """The one encoding of a value. Raises TypeError for a type that the wire cannot carry."""
    out = bytearray()
    _encode_into(out, value)
    return bytes(out)


def encode_bytes(value: bytes) -> bytes:
    """The one encoding of a byte string; `encode` gives the same."""
    length = len(value)
    if 24 <= length < 256:  # as nearly every payload is
        return b"\x58" + length.to_bytes(1, "big") + value
    return encode(value)


def _encode_into(out: bytearray, value: Plain) -> None:
    if isinstance(value, bytes):
        _encode_head(out, _BYTES, len(value))
        out += value
    elif isinstance(value, bool):
        raise TypeError("the wire carries no booleans; use an integer code")
    elif isinstance(value, int):
        if value >= 0:
            _encode_head(out, _UNSIGNED, value)
        else:
            _encode_head(out, _NEGATIVE, -1 - value)
    elif isinstance(value, str):
        raw = value.encode()
        _encode_head(out, _TEXT, len(raw))
        out += raw
    elif isinstance(value, list | tuple):
        _encode_head(out, _ARRAY, len(value))
        for item in value:
            if type(item) is int and 0 <= item < 24:  # as most slots are
                out.append(item)
            elif item == ():
                out.append(_ABSENT)
            else:
                _encode_into(out, item)
    else:
        raise TypeError(f"the wire carries no {type(value).__name__}")


def _encode_head(out: bytearray, major: int, number: int) -> None:
    if number < 24:
        out.append(major << 5 | number)
        return
    for code, width, least_beyond in _WIDTHS:
        if number < least_beyond:
            out.append(major << 5 | code)
            out += number.to_bytes(width, "big")
            return
    raise TypeError(f"the wire carries no integer as large as {number}")


def decode(data: bytes, limit: int = MAX_ITEM) -> Plain:
    """The value that these bytes are the one encoding of; arrays come back as tuples.

    limit: bytes, the largest input accepted. Raises Malformed, naming the offset.
    """
    if len(data) > limit:
        raise Malformed(
            f"This is {len(data)} bytes; at most {limit} are accepted. Ask for it again."
        )
    value, end = _decode_at(data, 0, 0)
    if end != len(data):
        raise Malformed(f"{len(data) - end} bytes follow the end of the record. Ask for it again.")
    return value


def _decode_at(data: bytes, at: int, depth: int) -> tuple[Plain, int]:
    """The item that begins at a byte, and where it ends."""
    if at >= len(data):
        raise _truncated(at)
    first = data[at]
    number = first & 31
    if number < 24:
        at += 1
    else:
        number, at = _decode_number(data, at, number)
    major = first >> 5
    if major == _UNSIGNED:
        return number, at
    if major == _NEGATIVE:
        return -1 - number, at
    if major == _ARRAY:
        return _decode_array(data, at, number, depth + 1)
    if major > _ARRAY:  # maps, tags, floats and simple values
        raise Malformed(f"Byte {at - 1} begins a type that no record holds. Ask for it again.")
    end = at + number
    if end > len(data):
        raise _truncated(at)
    if major == _BYTES:
        return data[at:end], end
    return _decode_text(data[at:end], at), end


def _decode_number(data: bytes, at: int, short: int) -> tuple[int, int]:
    """The number of a head that does not fit into its first byte, and where the head ends."""
    if data[at] >> 5 > _ARRAY:
        raise Malformed(f"Byte {at} begins a type that no record holds. Ask for it again.")
    width = _EXTRA_BYTES.get(short)
    if width is None:  # indefinite and reserved lengths
        raise Malformed(f"Byte {at} begins an indefinite or reserved length. Ask for it again.")
    end = at + 1 + width
    if end > len(data):
        raise _truncated(at)
    number = int.from_bytes(data[at + 1 : end], "big")
    if number < _LEAST_FOR_WIDTH[width]:
        raise Malformed(f"The number at byte {at} is not in its shortest form. Ask for it again.")
    return number, end


def _decode_array(data: bytes, at: int, count: int, depth: int) -> tuple[Plain, int]:
    if depth > MAX_DEPTH:
        raise Malformed(f"Arrays are nested deeper than {MAX_DEPTH} at byte {at}.")
    if count > len(data) - at:
        raise _truncated(at)
    items: list[Plain] = []
    length = len(data)
    for _ in range(count):
        first = data[at] if at < length else 0xFF
        if first < 24:  # a small number, as most slots are
            items.append(first)
            at += 1
        elif first == _ABSENT and depth < MAX_DEPTH:
            items.append(())
            at += 1
        else:
            item, at = _decode_at(data, at, depth)
            items.append(item)
    return tuple(items), at


def _decode_text(raw: bytes, at: int) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise Malformed(f"The text at byte {at} is not UTF-8. Ask for it again.") from error
    check_text(text)
    return text


def check_text(text: str) -> None:
    """Refuse text that reads as something else than it is (R-9).

    NFC only; no control or formatting characters (bidirectional controls among them), line
    separators, private-use characters or noncharacters. Any script is welcome. The list is fixed by
    the spec, so that two sides with different Unicode tables judge alike. Raises Malformed.
    """
    if text.isascii() and text.isprintable():
        return
    if not unicodedata.is_normalized("NFC", _long_known(text)):
        raise Malformed("A text is not in Unicode normal form C. Type it again.")
    for character in text:
        point = ord(character)
        if (
            any(first <= point <= last for first, last in _REFUSED_POINTS)
            or point & 0xFFFE == 0xFFFE
        ):
            raise Malformed(
                f"A text holds U+{point:04X}, a control or formatting character."
                " Remove it and type the text again."
            )


def _long_known(text: str) -> str:
    """The text with each character that Unicode 3.2 does not assign replaced by a line feed.

    What is left is in NFC, or not, by every later Unicode alike; a line feed composes with nothing.
    Source: RFC 3454 A.1 lists those characters; Unicode's normalization stability policy.
    """
    category = unicodedata.ucd_3_2_0.category
    return "".join("\n" if category(character) == "Cn" else character for character in text)


_REFUSED_POINTS = (
    (0x0000, 0x001F),  # C0 controls
    (0x007F, 0x009F),  # delete and C1 controls
    (0x00AD, 0x00AD),  # soft hyphen
    (0x061C, 0x061C),  # Arabic letter mark
    (0x180E, 0x180E),  # Mongolian vowel separator
    (0x200B, 0x200F),  # zero-width characters and direction marks
    (0x2028, 0x202E),  # line separators, embeddings and overrides
    (0x2060, 0x206F),  # invisible operators, isolates
    (0xD800, 0xF8FF),  # surrogates and private use
    (0xFDD0, 0xFDEF),  # noncharacters
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFF9, 0xFFFC),  # interlinear annotation, object replacement
    (0xE0000, 0x10FFFF),  # tags, variation supplements, private use
)


def _truncated(at: int) -> Malformed:
    return Malformed(f"The bytes end too early (at byte {at}). Ask for it again.")
