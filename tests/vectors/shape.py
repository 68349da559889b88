"""The shape of a vector file, and how values are written in one (vectors/README.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from enum import IntEnum
from typing import Any

from firebreak.keys import PublicKey
from firebreak.records import sign1
from firebreak.records.kinds import Kind, UnknownBody
from firebreak.records.record import Context, Record
from firebreak.values import Height, Position
from firebreak.volumes import Circle, Corridor, Heights, Polygon

Vector = dict[str, Any]
Named = Iterator[tuple[str, Vector]]
"""File names, without their ending, and what stands in each file."""

_AREAS = {Circle: "circle", Polygon: "polygon", Corridor: "corridor"}


def text_of(vector: Vector) -> str:
    """A file's text."""
    return json.dumps(vector, ensure_ascii=False, indent=1) + "\n"


def context_of(context: Context, key: PublicKey) -> Vector:
    """What a record was signed in, and by whom."""
    return {
        "agreement": context.agreement.hex(),
        "channel": context.channel,
        "origin": context.origin,
        "catalogue": context.catalogue.hex(),
        "external_aad": context.external_aad().hex(),
        "public_key": key.raw.hex(),
    }


def shown(value: object) -> Any:
    """A slot's value as JSON: codes by name, bytes in hexadecimal, absent slots null."""
    match value:
        case IntEnum():
            return value.name
        case bytes():
            return value.hex()
        case Position(latitude_e7, longitude_e7):
            return [latitude_e7, longitude_e7]
        case Height(number, unit, reference):
            return [number, unit.name, reference.name]
        case Heights(lower, upper):
            return [shown(lower), shown(upper)]
        case UnknownBody(_, slots):
            return shown(slots)
        case tuple() | list():
            return [shown(item) for item in value]
        case _ if is_dataclass(value):
            return _slots(value)
        case _:
            return value


def _slots(value: object) -> Vector:
    made = {} if type(value) not in _AREAS else {"kind": _AREAS[type(value)]}
    for slot in fields(value):  # type: ignore[arg-type]  # a dataclass
        made[slot.name] = shown(getattr(value, slot.name))
    return made


def decoded(record: Record) -> Vector:
    """Every slot of a record by name. The kind is a name where this version knows it."""
    made = _slots(record)
    made["kind"] = Kind(record.kind).name if record.kind in set(Kind) else record.kind
    return made


class Raw(bytes):
    """Bytes that are written as they are, in place of an item."""


Item = int | str | bytes | Raw | Sequence[Any]


def write(item: Item) -> bytes:
    """CBOR of an item, in the one form wherever there is no Raw. Apart from the encoder tried."""
    match item:
        case Raw():
            return bytes(item)
        case int():
            return head(0, item) if item >= 0 else head(1, -1 - item)
        case bytes():
            return head(2, len(item)) + item
        case str():
            return head(3, len(item.encode())) + item.encode()
        case _:
            return head(4, len(item)) + b"".join(write(inner) for inner in item)


def head(major: int, number: int, width: int | None = None) -> bytes:
    """The head of an item; width: bytes after the first, the fewest if not given."""
    least = 0 if number < 24 else next(w for w in (1, 2, 4, 8) if number < 1 << 8 * w)
    wide = least if width is None else width
    if not wide:
        return bytes([major << 5 | number])
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[wide]]) + number.to_bytes(wide, "big")


def sealed_up(payload: bytes, signature: bytes) -> bytes:
    """A COSE_Sign1 around any payload."""
    return b"\x84\x43" + sign1.PROTECTED + b"\xa0" + write(payload) + b"\x58\x40" + signature
