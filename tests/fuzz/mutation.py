"""Changes that know the form of what they change, so that they get past the first check.

Each takes randomness in and gives bytes; the same `Random` gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from enum import Enum
from random import Random
from typing import Any, Final, TypeAlias

from firebreak.errors import Malformed
from firebreak.records.cbor import MAX_DEPTH, decode, encode

Tree: TypeAlias = Any
"""Integers, texts, bytes and lists of such; JSON's other values too."""


class Shape(Enum):
    """What an input looks like, and so how it is changed."""

    BYTES = "bytes"
    CBOR = "cbor"
    TEXT = "text"
    JSON = "json"


INTEGERS: Final = sorted(
    {
        sign * (2**power + step)
        for power in (0, 3, 5, 8, 15, 16, 31, 32, 40, 53, 63)
        for step in (-1, 0, 1)
        for sign in (1, -1)
    }
    | {23, 24, 900_000_000, -1_800_000_000, 1_800_000_000, 86_400_000 * 400, 253_402_300_799_999}
)
TEXTS: Final = (
    "",
    " ",
    "\x00",
    "e\u0301",
    "\u202e",
    "\ufeff",
    "\ud7ff",
    "\U0001f9ff",
    "\u1100\u1161\u11a8" * 30,
    "\u0390" * 100,
    "a\u0315\u0300\u05ae\u0300\u0062" * 20,
    "9" * 5_000,
    "0" * 300,
    "1e999999999",
    "1." + "0" * 5_000 + "1",
    "-0",
    "NaN",
    "Infinity",
    "%n%s{0}",
    "../" * 5,
    "٣٤",
    "ﬀ",
    "İ",
)
HEADS: Final = (b"\x1b" + b"\xff" * 8, b"\x5a\xff\xff\xff\xff", b"\x9b\x7f" + b"\xff" * 7, b"\x9f")
MOST_NODES: Final = 400


def mutated(data: bytes, shape: Shape, others: Sequence[bytes], chance: Random) -> bytes:
    """Another input, one to four changes away. others: valid ones, to take pieces from."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        data = _once(data, shape, others, chance)
    return data


def _once(data: bytes, shape: Shape, others: Sequence[bytes], chance: Random) -> bytes:
    if chance.random() < 0.15:
        return _of_bytes(data, others, chance)
    match shape:
        case Shape.CBOR:
            return _of_cbor(data, others, chance)
        case Shape.JSON:
            return _of_json(data, others, chance)
        case Shape.TEXT:
            return _of_text(data, others, chance)
        case Shape.BYTES:
            return _of_bytes(data, others, chance)


# Bytes


def _cut(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _flip(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    if not data:
        return data
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def _insert(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + chance.choice((*HEADS, chance.randbytes(3))) + data[place:]


def _leave_out(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + data[place + chance.randrange(1, 40) :]


def _repeat(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    piece = data[place : place + chance.randrange(1, 80)]
    return data[:place] + piece * chance.choice((1, 2, 50)) + data[place:]


def _splice(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    other = chance.choice(others) if others else b""
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


_BYTE_CHANGES: Final[tuple[Callable[[bytes, Sequence[bytes], Random], bytes], ...]] = (
    _cut,
    _flip,
    _insert,
    _leave_out,
    _repeat,
    _splice,
)


def _of_bytes(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    return chance.choice(_BYTE_CHANGES)(data, others, chance)


# Trees


Place: TypeAlias = tuple[Any, Any]
"""A list or dictionary, and the place in it."""


def _places(tree: Tree) -> list[Place]:
    """Every place in a tree, the first MOST_NODES of them."""
    found: list[Place] = []
    waiting = [tree]
    while waiting and len(found) < MOST_NODES:
        here = waiting.pop(0)
        keys = list(here) if isinstance(here, dict) else range(len(here))
        for key in keys:
            found.append((here, key))
            if isinstance(here[key], list | dict):
                waiting.append(here[key])
    return found


def _changed(
    tree: Tree, others: Sequence[Tree], chance: Random, inner: Callable[..., Tree]
) -> Tree:
    """A tree with one place changed. inner: a change of what a leaf holds in turn."""
    root = [tree]
    here, key = chance.choice(_places(root))
    match chance.randrange(9):
        case 0 if isinstance(here, list) and here is not root:
            here.insert(key, here[key])
        case 1 if here is not root:
            del here[key]
        case 2 if others:
            there, other = chance.choice(_places([chance.choice(others)]))
            here[key] = there[other]
        case 3:
            here[key] = chance.choice(INTEGERS)
        case 4:
            here[key] = chance.choice(TEXTS)
        case 5:
            for _ in range(chance.choice((1, 2, MAX_DEPTH, 40))):
                here[key] = [here[key]]
        case 6 if isinstance(here[key], list) and here[key]:
            here[key] = here[key] * chance.choice((2, 3, 30))
        case 7:
            here[key] = chance.choice(([], "", 0, b"", -1))
        case _:
            here[key] = inner(here[key], others, chance)
    return root[0]


def _lists(value: Tree) -> Tree:
    return [_lists(item) for item in value] if isinstance(value, tuple) else value


def tree_of(data: bytes) -> Tree:
    """The tree that bytes encode. Raises Malformed."""
    return _lists(decode(data, 1 << 22))


def _of_cbor(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    try:
        tree = tree_of(data)
        trees = [tree_of(other) for other in others[:1]]
    except Malformed:
        return _of_bytes(data, others, chance)
    try:
        return encode(_changed(tree, trees, chance, _inner))
    except (TypeError, UnicodeEncodeError):  # an integer beyond 64 bits, half a pair
        return data


def _inner(leaf: Tree, others: Sequence[Tree], chance: Random) -> Tree:
    """A leaf changed by its own sort; bytes that are an encoding themselves, as such."""
    match leaf:
        case bytes():
            return _of_cbor(leaf, (), chance)
        case str():
            return _of_text(leaf.encode(), (), chance).decode(errors="replace")
        case int():
            return leaf + chance.choice((-1, 1, 1 << 20, -(1 << 33)))
        case _:
            return leaf


def _of_json(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    try:
        tree = json.loads(data)
        trees = [json.loads(other) for other in others[:1]]
        made = _changed(tree, trees, chance, _inner_json)
        return json.dumps(made, default=lambda value: value.hex()).encode()
    except (ValueError, RecursionError):  # no JSON, or a number longer than Python writes
        return _of_bytes(data, others, chance)


def _inner_json(leaf: Tree, others: Sequence[Tree], chance: Random) -> Tree:
    match leaf:
        case str():
            made = _of_text(leaf.encode(errors="replace"), (), chance).decode(errors="replace")
            return chance.choice((made, "\ud800", made + "\udfff"))
        case dict():
            return {**leaf, chance.choice(("x", "\ud800", "9" * 5_000)): 1}
        case _:
            return chance.choice((None, True, 1.5, float("inf"), 10**400, -(10**30)))


# Text

_MARKS: Final = " .,;:/°'\"-+[]{}=()\n\t#ZNSEW′″"


def _of_text(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    text = data.decode(errors="replace")
    place = chance.randrange(len(text) + 1)
    before, after = text[:place], text[place:]
    match chance.randrange(7):
        case 0:
            made = before + chance.choice(TEXTS) + after
        case 1:
            made = before + chance.choice(_MARKS) * chance.choice((1, 2, 500)) + after
        case 2:
            made = before + str(chance.choice(INTEGERS)) + after.lstrip("0123456789")
        case 3:
            made = before + after[chance.randrange(1, 12) :]
        case 4:
            made = before + after[:30] * chance.choice((2, 3, 60)) + after
        case 5:
            lines = text.splitlines(keepends=True)
            chance.shuffle(lines)
            made = "".join(lines)
        case _:
            return _splice(data, others, chance)
    return made.encode(errors="replace")
