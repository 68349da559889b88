"""ASTERIX data for tests: records of any content, by the forms of items."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from random import Random

from firebreak.formats.asterix_items import CATEGORIES, Form, Item


def presence(which: Sequence[bool]) -> bytes:
    """The octets of an FSPEC, or of a compound item, for what is present."""
    last = max((place for place, there in enumerate(which) if there), default=0) // 7
    octets = bytearray(last + 1)
    for place, there in enumerate(which):
        if there:
            octets[place // 7] |= 0x80 >> place % 7
    for place in range(last):
        octets[place] |= 1
    return bytes(octets)


def record(category: int, items: Mapping[str, bytes]) -> bytes:
    """A record with these items, each as its octets."""
    names = [item.name for item in CATEGORIES[category]]
    assert set(items) <= set(names) - {""}
    return presence([name in items for name in names]) + b"".join(
        items[name] for name in names if name in items
    )


def compound(category: int, name: str, parts: Mapping[str, bytes]) -> bytes:
    """A compound item with these parts."""
    [item] = [item for item in CATEGORIES[category] if item.name == name]
    names = [part.name for part in item.parts]
    return presence([part in parts for part in names]) + b"".join(
        parts[part] for part in names if part in parts
    )


def block(category: int, *records: bytes) -> bytes:
    """A data block."""
    body = b"".join(records)
    return struct.pack(">BH", category, 3 + len(body)) + body


def any_item(item: Item, chance: Random) -> bytes:
    """An item of its form, with any content."""
    match item.form:
        case Form.FIXED:
            return chance.randbytes(item.octets)
        case Form.EXTENDED:
            # Of this one no edition has a second octet yet, and libasterix wants none.
            count = 1 if item.name == "TIS" else chance.choice((1, 2))
            parts = [bytearray(chance.randbytes(item.octets)) for _ in range(count)]
            for place, part in enumerate(parts):
                part[-1] = part[-1] & 0xFE | (place < len(parts) - 1)
            return b"".join(parts)
        case Form.REPETITIVE:
            count = chance.choice((0, 1, 3))
            return bytes([count]) + chance.randbytes(count * item.octets)
        case Form.EXPLICIT:
            length = chance.randrange(1, 9)
            return bytes([length]) + chance.randbytes(length - 1)
        case Form.COMPOUND:
            there = [chance.random() < 0.4 for _ in item.parts]
            inner = (
                any_item(part, chance) for part, said in zip(item.parts, there, strict=True) if said
            )
            return presence(there) + b"".join(inner)
        case Form.SPARE:
            raise AssertionError("nothing stands there")


def any_items(category: int, chance: Random, likely: float = 0.6) -> dict[str, bytes]:
    """Some items of a category with any content; the source's name always."""
    return {
        item.name: any_item(item, chance)
        for item in CATEGORIES[category]
        if item.form is not Form.SPARE and (item.name == "010" or chance.random() < likely)
    }
