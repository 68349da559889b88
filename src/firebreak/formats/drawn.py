"""Lines and zones as somebody drew them, and the report of what reading them met (spec/watch.md, W-A1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from firebreak.values import Position
from firebreak.volumes import Heights, Window

MOST_BYTES: Final = 64 << 20
"""Of one file (W-A4); inside a KMZ, of the document when unpacked."""
MOST_VERTICES: Final = 1_000_000
"""Of one file, all its lines and zones together (W-A4)."""
MOST_FEATURES: Final = 100_000
"""Of one file (W-A4)."""
MOST_LISTED: Final = 1_000
"""Of the report's lines of one sort; the others are counted."""

Vertices: TypeAlias = npt.NDArray[np.int32]
"""(n, 2): latitude and longitude in 1e-7 degree, longitude in [-180, 180), C-contiguous."""


class Kind(StrEnum):
    """What was drawn."""

    LINE = "line"
    ZONE = "zone"


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """One line or zone. Edges are shortest paths on WGS 84.

    parts: of a line, each a single path of two points or more; of a zone, each an outer ring, then its
    holes, all rings of three points or more, the first not repeated at the end. Parts of a zone do not
    overlap, and outer rings run anticlockwise. window: None means always. protected: a humanitarian
    or other protected site, of which nothing leaves for other systems.
    """

    name: str
    kind: Kind
    parts: tuple[tuple[Vertices, ...], ...]
    buffer_m: int
    heights: Heights
    window: Window | None
    protected: bool = False

    @property
    def vertices(self) -> int:
        """How many, in all parts."""
        return sum(len(ring) for part in self.parts for ring in part)


@dataclass(frozen=True, slots=True)
class Remark:
    """One line of the report. where: which line or zone of the file."""

    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


@dataclass(frozen=True, slots=True, eq=False)
class Drawings:
    """What a file held.

    repaired: what was changed to make it sound; refused: what was left out, so that the watch does not
    watch it; notes: what the operator should know besides. Lists end at MOST_LISTED lines; the
    counts are of all.
    """

    form: str
    drawn: tuple[Drawn, ...]
    repaired: tuple[Remark, ...]
    refused: tuple[Remark, ...]
    notes: tuple[Remark, ...]
    repairs: int
    refusals: int

    def report(self) -> tuple[str, ...]:
        """In the operator's words, a line each (W-A3)."""
        lines = sum(drawn.kind is Kind.LINE for drawn in self.drawn)
        vertices = sum(drawn.vertices for drawn in self.drawn)
        head = (
            f"Read as {self.form}: {_counted(lines, 'line')} and"
            f" {_counted(len(self.drawn) - lines, 'zone')} with {vertices:,} points in all;"
            f" {_counted(self.repairs, 'repair')}, {self.refusals:,} refused."
        )
        return (
            head,
            *(f"NOT READ  {remark}" for remark in self.refused),
            *_rest(self.refusals - len(self.refused), "refused"),
            *(f"repaired  {remark}" for remark in self.repaired),
            *_rest(self.repairs - len(self.repaired), "repaired"),
            *(f"note      {remark}" for remark in self.notes),
        )


def positions(vertices: Vertices) -> tuple[Position, ...]:
    """The same points as `Position`s."""
    return tuple(Position(latitude, longitude) for latitude, longitude in vertices.tolist())


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _rest(number: int, what: str) -> tuple[str, ...]:
    return (f"… and {number:,} more {what}.",) if number else ()
