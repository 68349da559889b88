"""Records' slots as JSON: enumerations by name, bytes in hexadecimal, areas by their shape."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import IntEnum
from typing import Any

from firebreak.desk.overlap import volume_of
from firebreak.records.figures import heights_text
from firebreak.records.record import Record
from firebreak.records.spelling import name_of
from firebreak.web.models import Volume


def plain(value: Any) -> Any:
    """A value of a record as JSON takes it."""
    match value:
        case IntEnum():
            return name_of(value)
        case bytes():
            return value.hex()
        case tuple() | list():
            return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        made = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        in_areas = type(value).__module__ == "firebreak.volumes.areas"
        return {"shape": type(value).__name__.lower(), **made} if in_areas else made
    return value


def volume(record: Record) -> Volume | None:
    """The volume that a record claims, its window in ms UTC."""
    claimed = volume_of(record)
    if claimed is None:
        return None
    lower, upper = heights_text(claimed.heights)
    window = claimed.window
    area: dict[str, Any] = plain(claimed.area)
    return Volume(area=area, lower=lower, upper=upper, start=window.start, end=window.end)
