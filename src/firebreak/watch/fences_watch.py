"""Looking at fences again and again, leaving out the tracks that cannot have come near one (W-F9)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from firebreak.watch.fences import LOOK_AHEAD_S, REACH_M, Fences, Findings, check_asked
from firebreak.watch.fences_outline import vectors
from firebreak.watch.states import States


class FenceWatch:
    """Fences, and by row of the table of tracks where no fence is near.

    A row is looked at again once it has moved so far that one could be within its reach or its path,
    whatever it did in between; so the findings are those of `Fences.look`, always.
    """

    def __init__(
        self,
        fences: Fences,
        reach_m: int = REACH_M,
        look_ahead_s: tuple[int, int, int] = LOOK_AHEAD_S,
    ) -> None:
        check_asked(reach_m, look_ahead_s)
        self.fences = fences
        self._reach_m, self._look_ahead_s = reach_m, look_ahead_s
        self._place = np.zeros((0, 3))
        self._clear_m = np.zeros(0)
        self.looked = 0
        """How many tracks the last call looked at."""

    def look(self, states: States) -> Findings:
        """As `Fences.look`; `track` is the place in these states. Raises InvalidValue as it does."""
        most = int(states.row.max(initial=-1)) + 1
        if most > len(self._clear_m):
            more = most - len(self._clear_m)
            self._place = np.concatenate((self._place, np.zeros((more, 3))))
            self._clear_m = np.concatenate((self._clear_m, np.full(more, -1.0)))
        row = states.row
        place = vectors(states.latitude_e7, states.longitude_e7)
        # A straight line through the earth is never longer than the way over it.
        moved = np.linalg.norm(place - self._place[row], axis=1)
        path_m = states.speed_cm_s * (np.array(self._look_ahead_s)[states.domain] / 100)
        needed = np.maximum(path_m, self._reach_m) + 10.0
        chosen = np.flatnonzero(moved + needed >= self._clear_m[row])
        self.looked = len(chosen)
        findings, clear_m = self.fences._look(
            states.take(chosen), self._reach_m, self._look_ahead_s
        )
        self._place[row[chosen]], self._clear_m[row[chosen]] = place[chosen], clear_m
        return replace(findings, track=chosen[findings.track].astype(np.int32))
