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
    CLAIMED_HEIGHT_AT,
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
MOST_OF_ONE_SOURCE: Final = MOST_TRACKS // 2
"""Rows of one source, so that made-up names in one leave room for what the others see (W-T6)."""
SINGLE_MS: Final = 60_000
"""A track of one report is the second to give way in a full table once it is this old."""
REST_MS: Final = 30_000
"""A row is not used again for another craft until it was not watched for so long: what was found of
the one before (an advisory, a side of a line) must be over."""
CROWDED_MS: Final = 60_000
"""The table is crowded for so long after something new had no room at once."""
HEIGHT_MS: Final = 30_000
"""A height that was said so long before the last position is not known any more (W-T18)."""


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
        self._crowded_from = self._crowded_until = 0

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
        rows, new, no_room = self._rows_of(
            np.ascontiguousarray(lot[:, IDENTITY]), lot[:, SOURCE], int(reports.received.max())
        )
        counts = fold_reports(self._table, lot, rows)
        return Taken(new, int(counts[0]), int(counts[1]), int(counts[2]), no_room)

    def _rows_of(self, identities: Longs, sources: Longs, now: int) -> tuple[Longs, int, int]:
        """Each identity's row, new ones made; -1 where there is no room. And how many of both."""
        rows = find_rows(self._slots, self._table, identities)
        absent = np.flatnonzero(rows < 0)
        if not len(absent):
            return rows, 0, 0
        missing, first = np.unique(identities[absent], return_index=True)
        taken = np.ones(len(missing), np.bool_)
        if len(self) + len(missing) > MOST_OF_ONE_SOURCE:
            taken = self._with_room(sources[absent[first]], rows[rows >= 0], now)
        self._add(missing[taken])
        rows = find_rows(self._slots, self._table, identities)
        return rows, int(taken.sum()), int((rows < 0).sum())

    def _with_room(self, sources: Longs, kept: Longs, now: int) -> Bools:
        """Which new tracks of these sources have room, after others gave way (W-T6).

        kept: rows of the same lot, which do not give way. now: by this node's clock, since a
        source's may be wrong.
        """
        room = np.ones(len(sources), np.bool_)
        held = self._table[: self._used, SOURCE][self._table[: self._used, IDENTITY] != 0]
        counts = np.bincount(held, minlength=int(sources.max()) + 1)
        for source in np.unique(sources):
            of_it = np.flatnonzero(sources == source)
            over = int(counts[source]) + len(of_it) - MOST_OF_ONE_SOURCE
            if over > 0:
                over -= self._give_way(over, kept, now, int(source))
                room[of_it[len(of_it) - over :]] = False
        over = len(self) + int(room.sum()) - MOST_TRACKS
        if over > 0:
            over -= self._give_way(over, kept, now)
            room[np.flatnonzero(room)[int(room.sum()) - over :]] = False
        return room

    def _give_way(self, count: int, kept: Longs, now: int, source: int | None = None) -> int:
        """Forget up to so many, of one source or any: those dropped, then single reports.

        Single reports are not watched any more from the moment that the table is crowded.
        """
        if now > self._crowded_until:
            self._crowded_from = now
        self._crowded_until = now + CROWDED_MS
        table = self._table[: self._used]
        at = table[:, AT]
        may = table[:, IDENTITY] != 0
        may[kept] = False
        if source is not None:
            may &= table[:, SOURCE] == source
        dropped = may & (now - at > _DROP[table[:, DOMAIN]] + REST_MS)
        single = may & ~dropped & (table[:, REPORTS] == 1) & (now - at > SINGLE_MS + REST_MS)
        if now - self._crowded_from < REST_MS:
            single[:] = False
        rows = np.flatnonzero(dropped | single)
        rows = rows[np.lexsort((at[rows], single[rows]))][:count]
        self._release(rows)
        return len(rows)

    def _release(self, rows: Longs) -> None:
        """Empty these rows; the slots still name them until `_index`."""
        self._table[rows, IDENTITY] = 0
        self._free = np.concatenate([self._free, rows])

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
            self._release(rows)
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
        height = _heights(part)
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
        """Rows of the tracks that are not dropped: by the last position, whatever is claimed since.

        While the table is crowded, without single reports older than SINGLE_MS, which give way.
        """
        table = self._table[: self._used]
        there = now - table[:, AT] <= _DROP[table[:, DOMAIN]]
        if now <= self._crowded_until:
            there &= (table[:, REPORTS] != 1) | (now - table[:, AT] <= SINGLE_MS)
        return np.flatnonzero((table[:, IDENTITY] != 0) & there)

    def track(self, row: int, now: Millis) -> Track:
        """One track in full, for people."""
        field = self._table[row]
        height = int(_heights(self._table[row : row + 1])[0])
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
            None if height == ABSENT else height,
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
                _heights(part) if field == HEIGHT else part[:, field]
                for field in (AT, LATITUDE, LONGITUDE, HEIGHT, REFERENCE, SPEED, COURSE)
            )
        )

    def identity_of(self, row: int) -> int:
        """The identity of the track in a row; 0 if it is empty."""
        return int(self._table[row, IDENTITY])

    def reports_of(self, row: int) -> int:
        """How many reports with something new in them a track rests on."""
        return int(self._table[row, REPORTS])


def _heights(part: Longs) -> Longs:
    """Heights of these rows; unknown where the position is much younger (W-T18)."""
    old = part[:, AT] - part[:, CLAIMED_HEIGHT_AT] > HEIGHT_MS
    return np.where(old, UNKNOWN, part[:, HEIGHT])


def _one(value: np.int64) -> Ints:
    return np.array([value], np.int32)


def _position(latitude: np.integer, longitude: np.integer) -> Position:
    east = (int(longitude) + 180 * DEGREE) % (360 * DEGREE) - 180 * DEGREE
    return Position(int(latitude), east)
