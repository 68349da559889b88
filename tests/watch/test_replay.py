"""A replay's doubts: told once an identity, by the name that advisories give (W-V13)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import numpy as np

from firebreak.values import Millis
from firebreak.watch.doubts import Doubt
from firebreak.watch.picture import Picture
from firebreak.watch.replay import _doubted
from firebreak.watch.reports import Naming, identity

ONE, OTHER = identity(Naming.ICAO, 1), identity(Naming.ICAO, 2)


@dataclass
class _Tracks:
    """Tracks in rows; those doubtful, why; all are watched."""

    held: dict[int, int]
    doubtful: dict[int, Doubt] = field(default_factory=dict)

    def doubts(self, _now: Millis) -> tuple[np.ndarray, np.ndarray]:
        return np.array(list(self.doubtful), np.int32), np.array(list(self.doubtful.values()))

    def watched(self, _now: Millis) -> np.ndarray:
        return np.array(list(self.held), np.int32)

    def identity_of(self, row: int) -> int:
        return self.held[row]


@dataclass
class _Picture:
    tracks: _Tracks

    def name(self, identity: int) -> str:
        return f"track {identity & 0xFF}"


def told(tracks: _Tracks, known: dict[int, int]) -> list[str]:
    picture = cast("Picture", _Picture(tracks))
    return [each.identity for each in _doubted(picture, known, Millis(0))]


def test_a_row_that_is_used_again_is_another_track() -> None:
    known: dict[int, int] = {}
    assert told(_Tracks({0: ONE}, {0: Doubt.JUMP}), known) == ["track 1"]
    assert told(_Tracks({0: ONE}, {0: Doubt.JUMP}), known) == []
    assert told(_Tracks({0: OTHER}, {0: Doubt.JUMP}), known) == ["track 2"]


def test_trust_regained_and_lost_is_told_again() -> None:
    known: dict[int, int] = {}
    assert told(_Tracks({0: ONE}, {0: Doubt.JUMP}), known) == ["track 1"]
    assert told(_Tracks({0: ONE}), known) == []
    assert told(_Tracks({0: ONE}, {0: Doubt.JUMP}), known) == ["track 1"]
