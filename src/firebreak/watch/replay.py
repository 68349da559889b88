"""A recording through the picture: the same reports give the same advisories, at any speed (W-V13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from firebreak.errors import InvalidValue
from firebreak.values import Millis
from firebreak.watch.doubts import Doubt
from firebreak.watch.picture import Cycle, Picture
from firebreak.watch.reports import Reports

STEP_MS: Final = 1_000
QUIET_MS: Final = 900_000
"""After so long without a report and without an advisory, a replay goes on at the next report."""


@dataclass(frozen=True, slots=True)
class Doubted:
    """A track began to be doubtful, or for a further reason: all reasons from then on.

    identity: as the picture names it, in advisories too.
    """

    identity: str
    doubts: Doubt
    at: Millis


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a replay. done: the share of the reports that has been taken, 0 to 1."""

    cycle: Cycle
    doubted: tuple[Doubted, ...]
    done: float


def replay(picture: Picture, reports: Reports, step_ms: int = STEP_MS) -> Iterator[Moment]:
    """Every step from the first report to when the last advisory after the last report is cleared.

    picture: a new one. reports: in any order. Raises InvalidValue for a step outside 100 ms to 60 s.
    """
    if not 100 <= step_ms <= 60_000:
        raise InvalidValue(f"A step of {step_ms} ms is outside 100 ms to 60 s.")
    if not len(reports):
        return
    reports = reports.take(np.argsort(reports.at, kind="stable"))
    known: dict[int, int] = {}
    taken, heard = 0, int(reports.at[0])
    now = heard - heard % step_ms
    while True:
        now += step_ms
        until = int(np.searchsorted(reports.at, now, "left"))
        if until > taken:
            picture.take(reports.take(slice(taken, until)))
            taken, heard = until, now
        cycle = picture.cycle(Millis(now))
        yield Moment(cycle, _doubted(picture, known, Millis(now)), taken / len(reports))
        standing = picture.rates().standing
        if taken == len(reports) and (not standing or now - heard > QUIET_MS):
            return
        if taken < len(reports) and not standing and now - heard > QUIET_MS:
            following = int(reports.at[taken])
            now = max(now, following - following % step_ms - step_ms)


def _doubted(picture: Picture, known: dict[int, int], now: Millis) -> tuple[Doubted, ...]:
    """Whose doubts are more than they were; `known` is brought up to date."""
    found = []
    rows, doubts = picture.tracks.doubts(now)
    # By identity: a row is used again for another track once its own is forgotten.
    identities = [picture.tracks.identity_of(row) for row in rows.tolist()]
    current = dict(zip(identities, doubts.tolist(), strict=True))
    for identity, reasons in current.items():
        if reasons & ~known.get(identity, 0):
            found.append(Doubted(picture.name(identity), Doubt(reasons), now))
    # One that is not watched for a while keeps its doubts, and is not told anew when it comes back.
    if known:
        watched = picture.tracks.watched(now).tolist()
        for identity in {picture.tracks.identity_of(row) for row in watched} & known.keys():
            del known[identity]
    known.update(current)
    return tuple(found)
