"""The table of tracks: reports in, in columns; where everything is at a time, out (spec/watch.md).

One identity is one track, whatever its sources (W-T2): reports of several sources are joined by it. A report
that says nothing new (the same position, speed, course and height once more) does not make a track
younger: receivers and files repeat the last value over gaps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from firebreak.values import DEGREE, Millis, Position
from firebreak.watch.doubts import Doubt
from firebreak.watch.motion import LONGEST_S, ahead, ahead_with_course
from firebreak.watch.reports import ABSENT, COLUMNS, Bools, Domain, Ints, Longs, Reports
from firebreak.watch.states import States
from firebreak.watch.tracks_fold import (
    ACCURACY,
    AT,
    CLIMB,
    COURSE,
    DOMAIN,
    DOUBT_AT,
    DOUBTS,
    FIELDS,
    FIRST_AT,
    HEARD_AT,
    HEIGHT,
    IDENTITY,
    LATITUDE,
    LONGITUDE,
    REFERENCE,
    REPORTS,
    SOURCE,
    SPEED,
    TRUSTED_AT,
    TRUSTED_COURSE,
    TRUSTED_LATITUDE,
    TRUSTED_LONGITUDE,
    TRUSTED_SPEED,
    UNKNOWN,
    fill_slots,
    find_rows,
    fold_reports,
)
from firebreak.watch.trails import Reported

MOST_TRACKS: Final = 250_000
"""Rows of the table: what comes above is counted and not taken, so that no source eats the memory."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a track of one domain is believed without a new position, all ms.

    stale: shown as stale from then on. coast: moved ahead on its last course until then, then left
    where it is. drop: no longer shown or watched. forget: until then it is remembered, so that one
    which comes back elsewhere is held against where it was.
    """

    stale: int
    coast: int
    drop: int
    forget: int


PATIENCE: Final[Mapping[Domain, Patience]] = {
    Domain.AIR: Patience(15_000, 60_000, 300_000, 7_200_000),
    Domain.SEA: Patience(180_000, 360_000, 1_800_000, 86_400_000),
    Domain.GROUND: Patience(60_000, 60_000, 1_800_000, 86_400_000),
}

_STALE, _COAST, _DROP, _FORGET = (
    np.array([getattr(PATIENCE[domain], name) for domain in Domain])
    for name in ("stale", "coast", "drop", "forget")
)

DRIFT_SHARE: Final = 0.1
"""A coasting track's bound grows by this share of the way it is moved ahead, and by DRIFT_CM_S."""
DRIFT_CM_S: Final = 1_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one lot of reports. unchanged: nothing new in them; late: older than what is held."""

    new: int
    moved: int
    unchanged: int
    late: int
    no_room: int


@dataclass(frozen=True, slots=True)
class Track:
    """One track as a person sees it: the last report, and beside a doubtful one the plausible path.

    plausible: where it would be by its last trusted position, speed and course; None unless doubtful.
    """

    row: int
    identity: int
    domain: Domain
    source: int
    at: Millis
    first_at: Millis
    position: Position
    height_ft: int | None
    height_reference: int
    speed_cm_s: int
    course_cd: int
    doubts: Doubt
    doubtful_since: Millis | None
    plausible: Position | None
    trusted_at: Millis
    trusted: Position


class Tracks:
    """All tracks. Rows stay the same for a track's whole life; a dropped track's row is used again."""

    def __init__(self) -> None:
        self._table = np.zeros((0, FIELDS), np.int64)
        self._used = 0
        self._free = np.empty(0, np.int64)
        self._slots = np.full(16, -1, np.int64)

    def __len__(self) -> int:
        return self._used - len(self._free)

    def take(self, reports: Reports) -> Taken:
        """Fold reports in, in the order of their times; ties in the order given (W-T1)."""
        if len(reports) == 0:
            return Taken(0, 0, 0, 0, 0)
        order = np.argsort(reports.at, kind="stable")
        lot = np.empty((len(reports), len(COLUMNS)), np.int64)
        for number, name in enumerate(COLUMNS):
            lot[:, number] = getattr(reports, name)
        lot = np.ascontiguousarray(lot[order])
        rows, new, no_room = self._rows_of(np.ascontiguousarray(lot[:, 1]))
        counts = fold_reports(self._table, lot, rows)
        return Taken(new, int(counts[0]), int(counts[1]), int(counts[2]), no_room)

    def _rows_of(self, identities: Longs) -> tuple[Longs, int, int]:
        """Each identity's row, new ones made; -1 where there is no room. And how many of both."""
        rows = find_rows(self._slots, self._table, identities)
        missing = np.unique(identities[rows < 0])
        if not len(missing):
            return rows, 0, 0
        room = MOST_TRACKS - len(self)
        made, left_out = missing[:room], missing[room:]
        self._add(made)
        rows = find_rows(self._slots, self._table, identities)
        return rows, len(made), int(np.isin(identities, left_out).sum()) if len(left_out) else 0

    def _add(self, identities: Longs) -> None:
        again = self._free[: len(identities)]
        self._free = self._free[len(again) :]
        first, count = self._used, len(identities) - len(again)
        self._used += count
        if self._used > len(self._table):
            table = np.zeros((max(2 * len(self._table), self._used, 1_024), FIELDS), np.int64)
            table[:first] = self._table[:first]
            self._table = table
        rows = np.concatenate([again, np.arange(first, first + count)])
        self._table[rows] = 0
        self._table[rows, IDENTITY] = identities
        self._table[rows, AT] = UNKNOWN
        self._index()

    def _index(self) -> None:
        """The table of slots anew, at most half full."""
        size = 16
        while size < 2 * self._used:
            size *= 2
        self._slots = np.full(size, -1, np.int64)
        fill_slots(self._slots, self._table, self._used)

    def forget_old(self, now: Millis) -> Longs:
        """Forget tracks without anything new for too long; their rows (W-T6)."""
        table = self._table[: self._used]
        gone = (table[:, IDENTITY] != 0) & (now - table[:, HEARD_AT] > _FORGET[table[:, DOMAIN]])
        rows = np.flatnonzero(gone)
        if len(rows):
            self._table[rows, IDENTITY] = 0
            self._free = np.concatenate([self._free, rows])
            self._index()
        return rows

    def states(self, now: Millis) -> States:
        """Where each watched track is, moved ahead to `now` while it may coast (W-T4, W-T5)."""
        rows = self.watched(now)
        part = self._table[rows]
        domain = part[:, DOMAIN]
        age = np.maximum(now - part[:, AT], 0)
        ahead_ms = np.minimum(age, _COAST[domain])
        latitude, longitude, course = ahead_with_course(
            part[:, LATITUDE].astype(np.int32),
            part[:, LONGITUDE].astype(np.int32),
            part[:, SPEED].astype(np.int32),
            part[:, COURSE].astype(np.int32),
            ahead_ms / 1_000.0,
        )
        height = part[:, HEIGHT].copy()
        climbing = (height != UNKNOWN) & (part[:, CLIMB] != 0)
        height[climbing] += (part[climbing, CLIMB] * ahead_ms[climbing]) // 60_000
        accuracy = np.maximum(part[:, ACCURACY], 0) + (
            (DRIFT_SHARE * part[:, SPEED] + DRIFT_CM_S) * ahead_ms / 100_000.0
        ).astype(np.int64)
        return States(
            now,
            rows.astype(np.int32),
            np.ascontiguousarray(part[:, IDENTITY]),
            domain.astype(np.uint8),
            latitude,
            longitude,
            np.clip(height, UNKNOWN, 200_000).astype(np.int32),
            part[:, REFERENCE].astype(np.uint8),
            part[:, SPEED].astype(np.int32),
            course,
            part[:, CLIMB].astype(np.int32),
            np.minimum(accuracy, 10_000_000).astype(np.int32),
            np.minimum(age, 2**31 - 1).astype(np.int32),
            part[:, DOUBTS] != 0,
        )

    def watched(self, now: Millis) -> Longs:
        """Rows of the tracks that are not dropped."""
        table = self._table[: self._used]
        there = now - table[:, HEARD_AT] <= _DROP[table[:, DOMAIN]]
        return np.flatnonzero((table[:, IDENTITY] != 0) & there)

    def track(self, row: int, now: Millis) -> Track:
        """One track in full, for people."""
        field = self._table[row]
        doubts = Doubt(int(field[DOUBTS]))
        trusted = _position(field[TRUSTED_LATITUDE], field[TRUSTED_LONGITUDE])
        plausible = None
        if doubts:
            latitude, longitude = ahead(
                _one(field[TRUSTED_LATITUDE]),
                _one(field[TRUSTED_LONGITUDE]),
                _one(field[TRUSTED_SPEED]),
                _one(field[TRUSTED_COURSE]),
                np.array([min(max(now - int(field[TRUSTED_AT]), 0) / 1_000.0, LONGEST_S)]),
            )
            plausible = _position(latitude[0], longitude[0])
        return Track(
            row,
            int(field[IDENTITY]),
            Domain(int(field[DOMAIN])),
            int(field[SOURCE]),
            Millis(int(field[AT])),
            Millis(int(field[FIRST_AT])),
            _position(field[LATITUDE], field[LONGITUDE]),
            None if field[HEIGHT] == ABSENT else int(field[HEIGHT]),
            int(field[REFERENCE]),
            int(field[SPEED]),
            int(field[COURSE]),
            doubts,
            Millis(int(field[DOUBT_AT])) if doubts else None,
            plausible,
            Millis(int(field[TRUSTED_AT])),
            trusted,
        )

    def doubts(self, now: Millis) -> tuple[Longs, Longs]:
        """Rows of watched doubtful tracks, and their reasons as numbers of `Doubt`."""
        rows = self.watched(now)
        rows = rows[self._table[rows, DOUBTS] != 0]
        return rows, self._table[rows, DOUBTS]

    def stale(self, states: States) -> Bools:
        """Which of these are stale."""
        late: Bools = states.age_ms > _STALE[states.domain]
        return late

    def reported(self, rows: Ints) -> Reported:
        """What the tracks in these rows last reported."""
        part = self._table[rows]
        return Reported(
            *(
                part[:, field]
                for field in (AT, LATITUDE, LONGITUDE, HEIGHT, REFERENCE, SPEED, COURSE)
            )
        )

    def identity_of(self, row: int) -> int:
        """The identity of the track in a row; 0 if it is empty."""
        return int(self._table[row, IDENTITY])

    def reports_of(self, row: int) -> int:
        """How many reports with something new in them a track rests on."""
        return int(self._table[row, REPORTS])


def _one(value: np.int64) -> Ints:
    return np.array([value], np.int32)


def _position(latitude: np.integer, longitude: np.integer) -> Position:
    east = (int(longitude) + 180 * DEGREE) % (360 * DEGREE) - 180 * DEGREE
    return Position(int(latitude), east)
