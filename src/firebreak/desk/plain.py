"""What the desk holds as JSON values: one form for the HTTP interface, exports and the command line."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum, IntEnum
from typing import Any

from firebreak.records.kinds import KIND_OF


def plain(value: object) -> Any:
    """Texts, whole numbers, lists and objects: enumerations by name, bytes in hexadecimal.

    A dataclass becomes an object of its fields, so that what is shown is what is there; the body of
    a record says first of which kind it is.
    """
    match value:
        case IntEnum():
            return value.name.lower().replace("_", "-")
        case Enum():
            return str(value.value)
        case bytes():
            return value.hex()
        case None | bool() | int() | str():
            return value
        case tuple() | list():
            return [plain(item) for item in value]
        case dict():
            return {str(plain(key)): plain(item) for key, item in value.items()}
        case _ if is_dataclass(value):
            inner = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
            kind = KIND_OF.get(type(value))
            return inner if kind is None else {"record": plain(kind), **inner}
        case _:
            raise TypeError(f"no plain form of {type(value).__name__}")
