"""Where each track was in the last minutes: for people, and for what may only be said with a delay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from firebreak.watch.reports import Ints, Longs
from firebreak.watch.states import States

KEPT: Final = 16
SPACING_MS: Final = 30_000
"""Sixteen points of half a minute: eight minutes, 0.5 kB a track (W-T7)."""

_POINT: Final = np.dtype(
    [
        ("at", np.int64),
        ("latitude_e7", np.int32),
        ("longitude_e7", np.int32),
        ("height_ft", np.int32),
        ("height_reference", np.uint8),
        ("speed_cm_s", np.int32),
        ("course_cd", np.int32),
    ]
)
Points = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Reported:
    """What tracks last reported, in columns; see `Reports`. A speed that nobody said was worked out."""

    at: Longs
    latitude_e7: Longs
    longitude_e7: Longs
    height_ft: Longs
    height_reference: Longs
    speed_cm_s: Longs
    course_cd: Longs


class Trails:
    """The last points of every row, half a minute apart."""

    def __init__(self) -> None:
        self._points: Points = np.zeros((0, KEPT), _POINT)
        self._identity = np.zeros(0, np.int64)

    def keep(self, states: States, reported: Reported) -> None:
        """Add where the tracks were last reported, if that is half a minute after the point before.

        reported: of these states, row by row. Never a place to which a track was only moved ahead:
        what is said with a delay must have been seen.
        """
        if len(states) == 0:
            return
        most = int(states.row.max()) + 1
        if most > len(self._points):
            grown = np.zeros((max(most, 2 * len(self._points)), KEPT), _POINT)
            grown[: len(self._points)] = self._points
            self._points = grown
            self._identity = np.concatenate(
                [self._identity, np.zeros(len(grown) - len(self._identity), np.int64)]
            )
        other = self._identity[states.row] != states.identity
        changed = states.row[other]
        self._points[changed] = np.zeros(1, _POINT)
        self._identity[changed] = states.identity[other]
        due = np.flatnonzero(reported.at - self._points["at"][states.row, 0] >= SPACING_MS)
        rows = states.row[due]
        self._points[rows, 1:] = self._points[rows, :-1]
        first = self._points[rows, 0]
        for name in _POINT.names or ():
            first[name] = getattr(reported, name)[due]
        self._points[rows, 0] = first

    def of(self, row: int) -> Points:
        """A row's points, the newest first."""
        if row >= len(self._points):
            return np.zeros(0, _POINT)
        points = self._points[row]
        there: Points = points[points["at"] > 0]
        return there

    def rows(self) -> Ints:
        """Rows that have a trail."""
        return np.flatnonzero(self._points["at"][:, 0] > 0).astype(np.int32)
