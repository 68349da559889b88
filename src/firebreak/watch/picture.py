"""The picture: reports in, one cycle after the other, advisories out (spec/watch.md, Advisories).

Everything that a picture does follows from its terms, its fences, the reports and acts that it was
given and the times it was told; so any advisory can be computed again from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from firebreak.errors import Misuse
from firebreak.values import Millis, Position
from firebreak.watch.advisories import Advisory, Input, Meeting, Seen, Situation
from firebreak.watch.alarms import Alarms, Changes, Findings, Rates, Rows, level_of, stage_of
from firebreak.watch.approach import AIR, SEA, Separation, losses
from firebreak.watch.crossings import Lines, Sides, beyond_lines
from firebreak.watch.fences import LOOK_AHEAD_S, REACH_M, Fence, Fences, Kind, Line
from firebreak.watch.fences_watch import FenceWatch
from firebreak.watch.findings import (
    at_fences,
    merged,
    of_notices,
    separations,
    whole_seconds,
)
from firebreak.watch.formation import Formations, formations
from firebreak.watch.joining import Joining
from firebreak.watch.reports import ABSENT, Bools, Reports, identity_text
from firebreak.watch.states import States
from firebreak.watch.tracks import Taken, Track, Tracks
from firebreak.watch.trails import Points, Reported, Trails

KNOT_CM_S: Final = 51.4444
HOLDING_M: Final = 300
"""A track that left a zone by less than this is still said to be in it, if it was (W-V5)."""
MOST_SHOWN: Final = 1_000
"""Advisories given in full at a time; the others are counted (W-V12)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the watch looks for, as the agreement and the officers set it.

    look_ahead_s: at fences, by domain. reach_m: how far from a fence a track is measured at all.
    expected: identities of which it is known where they go; they raise nothing at fences.
    """

    air: Separation = AIR
    sea: Separation = SEA
    look_ahead_s: tuple[int, int, int] = LOOK_AHEAD_S
    reach_m: int = REACH_M
    expected: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Cycle:
    """What one cycle found.

    states: of all that is watched; a track that is the same craft as another is not among them.
    complete: False if a limit of the search for pairs was reached; uncompared: tracks too fast for it.
    """

    at: Millis
    states: States
    changes: Changes
    complete: bool
    uncompared: int


class Picture:
    """Live tracks against agreed lines, zones, protected sites and notices.

    sources: names; a report's source is a place among them. names: of identities, as far as known, for
    showing. protected: keys of fences that are
    humanitarian sites. Raises InvalidValue for an unsound fence.
    """

    def __init__(
        self,
        sources: Sequence[str],
        fences: Iterable[Fence] = (),
        terms: Terms | None = None,
        protected: Iterable[str] = (),
    ) -> None:
        self.sources = tuple(sources)
        self.terms = terms or Terms()
        self.tracks = Tracks()
        self.names: dict[int, str] = {}
        self.alarms = Alarms()
        self._trails = Trails()
        self._joining = Joining()
        self._groups: Formations | None = None
        self._at = Millis(0)
        self._meetings: dict[int, Meeting] = {}
        self._next_meeting = 0
        self._standing_meetings: list[int] = []
        self._meeting_of: dict[tuple[str, str], int] = {}
        self.fences = Fences(())
        self._sides = Sides()
        self.set_fences(fences, protected)

    def set_meetings(self, meetings: Iterable[Meeting]) -> None:
        """The pairs of current notices that conflict, in place of those before."""
        current = list(meetings)
        self._forget_meetings({(meeting.first, meeting.second) for meeting in current})
        for meeting in current:
            pair = (meeting.first, meeting.second)
            if pair not in self._meeting_of:
                self._meeting_of[pair] = self._next_meeting
                self._next_meeting += 1  # a number never comes again: rows may still have it
            self._meetings[self._meeting_of[pair]] = meeting
        self._standing_meetings = sorted(
            self._meeting_of[meeting.first, meeting.second] for meeting in current
        )

    def _forget_meetings(self, current: set[tuple[str, str]]) -> None:
        rows = self.alarms.standing()
        standing = set(rows["a"][rows["situation"] == Situation.NOTICES].tolist())
        for pair, number in list(self._meeting_of.items()):
            if pair not in current and number not in standing:
                del self._meeting_of[pair], self._meetings[number]

    def anew(self) -> Picture:
        """An empty picture that watches the same, under the same terms."""
        made = Picture(self.sources, self.fences.fences, self.terms, self._protected)
        made.names = dict(self.names)
        made.set_meetings(self._meetings[number] for number in self._standing_meetings)
        return made

    def set_fences(self, fences: Iterable[Fence], protected: Iterable[str] = ()) -> None:
        """Watch these from now on, in place of those before; one of the same key goes on as it was."""
        made = Fences(tuple(fences))
        number_of = {fence.key: number for number, fence in enumerate(made.fences)}
        before = self.fences.fences
        numbers = np.array([number_of.get(fence.key, -1) for fence in before], np.int64)
        self.alarms.renumber((Situation.LINE, Situation.ZONE, Situation.DOUBTFUL), numbers)
        moved = [
            number >= 0 and not _same_line(fence, made.fences[number])
            for fence, number in zip(before, numbers, strict=True)
        ]
        self._sides.renumber(np.where(np.array(moved, np.bool_), -1, numbers))
        if not len(made):  # nobody looks then at who comes from where
            self._sides = Sides()
        self.fences = made
        self._near = FenceWatch(made, self.terms.reach_m, self.terms.look_ahead_s)
        self._protected = frozenset(protected)
        self._is_line = np.array(
            [fence.kind is Kind.LINE for fence in self.fences.fences], np.bool_
        )
        self._lines = Lines(self.fences, self._is_line)

    def take(self, reports: Reports) -> Taken:
        """Fold reports in."""
        return self.tracks.take(reports)

    def cycle(self, now: Millis) -> Cycle:
        """Look at everything as of `now`. Raises Misuse if time went back."""
        if now < self._at:
            raise Misuse("The watch's time went back. Start it anew, or replay from the beginning.")
        self._at = now
        self.tracks.forget_old(now)
        states = self.tracks.states(now)
        joined = self._joining.joined(states)
        if joined.any():
            states = states.take(~joined)
        reported = self.tracks.reported(states.row)
        self._trails.keep(states, reported)
        found = losses(states, self.terms.air, self.terms.sea)
        self._groups = formations(states, found, self._groups)
        parts = [separations(states, found, self._groups.leader_of(states))]
        if len(self.fences):
            parts += self._at_fences(states, reported)
        if self._standing_meetings:
            parts.append(self._of_notices(now))
        changes = self.alarms.update(now, merged(parts))
        return Cycle(now, states, changes, found.complete, len(found.uncompared))

    def _at_fences(self, states: States, reported: Reported) -> list[Findings]:
        """Findings at lines, at zones, and of doubtful tracks."""
        look = self._near.look(states)
        watched = np.ones(len(states), np.bool_)
        if self.terms.expected:
            watched = ~np.isin(states.identity, list(self.terms.expected))
        kept = watched[look.track]
        track, fence = look.track[kept].astype(np.int64), look.fence[kept].astype(np.int64)
        inside, side = look.inside[kept], look.side[kept].astype(np.int64)
        distance = whole_seconds(look.distance_m[kept])
        in_s = whole_seconds(np.maximum(look.crossing_s[kept], look.due_s[kept]))
        will = np.isfinite(look.crossing_s[kept]) & np.isfinite(look.due_s[kept])
        due = look.due_s[kept] <= 0
        line = self._is_line[fence]

        def part(situation: Situation, rows: Bools, present: Bools, raising: Bools) -> Findings:
            return at_fences(
                situation,
                states,
                track[rows],
                fence[rows],
                present[rows],
                np.where(present, 0, in_s)[rows].astype(np.int32),
                distance[rows],
                side[rows],
                raising[rows],
            )

        crossed, reckoned = self._sides.crossed(
            states, reported, self._lines, track, fence, side, look.distance_m[kept], line & due
        )
        # What was predicted stands until a report tells; reckoning alone says of nobody that he has.
        in_s[reckoned & ~will] = 0
        lines = part(Situation.LINE, line & (crossed | will | reckoned), crossed, crossed | will)
        climbing_in = inside & ~due & np.isfinite(look.due_s[kept])
        just_left = ~inside & due & (distance <= HOLDING_M)
        zones = part(
            Situation.ZONE,
            ~line & (inside | will | just_left),
            due & (inside | just_left),
            (inside & due) | climbing_in | (~inside & will),
        )
        place, of = beyond_lines(self._lines, self.tracks, states)
        zone = ~line & inside & due & states.doubtful[track]
        place, of = np.concatenate([place, track[zone]]), np.concatenate([of, fence[zone]])
        once = np.unique(np.stack([place, of]), axis=1)
        count = once.shape[1]
        doubtful = at_fences(
            Situation.DOUBTFUL,
            states,
            once[0],
            once[1],
            np.ones(count, np.bool_),
            np.zeros(count, np.int32),
            np.full(count, ABSENT, np.int32),
            np.zeros(count, np.int64),
            np.ones(count, np.bool_),
        )
        return [lines, zones, doubtful]

    def _of_notices(self, now: Millis) -> Findings:
        """Notices that conflict, until the time that they share is over."""
        numbers = [n for n in self._standing_meetings if self._meetings[n].overlap_until > now]
        held = [self._meetings[number] for number in numbers]
        wait = np.array([max(0, each.overlap_from - now) // 1_000 for each in held], np.int64)
        return of_notices(
            np.array(numbers, np.int32),
            whole_seconds(wait),
            np.array([each.margin_m for each in held], np.int32),
            np.array(
                [ABSENT if each.vertical_ft is None else each.vertical_ft for each in held],
                np.int32,
            ),
        )

    def advisories(self, most: int = MOST_SHOWN) -> list[Advisory]:
        """What stands now, the most urgent first; at most so many (`alarms.rates` counts them all)."""
        return self.shown(self.alarms.standing()[:most])

    def shown(self, rows: Rows) -> list[Advisory]:
        """Rows of the alarms in full, as of the last cycle.

        Show changes before other fences or meetings are set: rows of what is gone then are left out.
        """
        return [self._advisory(row) for row in rows if self._is_there(row)]

    def _is_there(self, row: np.void) -> bool:
        match Situation(int(row["situation"])):
            case Situation.NOTICES:
                return int(row["a"]) in self._meetings
            case Situation.SEPARATION:
                return True
            case _:
                return 0 <= int(row["b"]) < len(self.fences)

    def advisory(self, key: str) -> Advisory:
        """One that stands, though it is beyond those given in full. Raises Misuse if it does not."""
        return self._advisory(self._row(key))

    def rates(self) -> Rates:
        """How the list of advisories stands by the measures of alarm practice."""
        return self.alarms.rates(self._at)

    def acknowledge(self, advisory: str) -> None:
        """See `Alarms.acknowledge`; by the advisory's key. Raises Misuse if it does not stand."""
        self.alarms.acknowledge(self._number(advisory), self._at)

    def shelve(self, advisory: str, until: Millis, reason: str) -> None:
        """See `Alarms.shelve`; by the advisory's key."""
        self.alarms.shelve(self._number(advisory), self._at, until, reason)

    def unshelve(self, advisory: str) -> None:
        """See `Alarms.unshelve`; by the advisory's key."""
        self.alarms.unshelve(self._number(advisory))

    def _number(self, advisory: str) -> int:
        return int(self._row(advisory)["key"])

    def _row(self, advisory: str) -> np.void:
        row: np.void
        for row in self.alarms.standing():
            if self._key(row) == advisory:
                return row
        raise Misuse(
            f"No advisory {advisory!r} stands now; it may have been cleared. Look at the list."
        )

    def name(self, identity: int) -> str:
        """How a track is shown: its name if known, else its identity."""
        return self.names.get(identity) or identity_text(identity)

    def _key(self, row: np.void) -> str:
        situation = Situation(int(row["situation"]))
        if situation is Situation.NOTICES:
            meeting = self._meetings[int(row["a"])]
            return f"notices:{meeting.first}/{meeting.second}"
        first = self.name(self.tracks.identity_of(int(row["a"])))
        if situation is Situation.SEPARATION:
            return f"separation:{first}/{self.name(self.tracks.identity_of(int(row['b'])))}"
        return f"{situation.name.lower()}:{self.fences.fences[int(row['b'])].key}/{first}"

    def _advisory(self, row: np.void) -> Advisory:
        situation = Situation(int(row["situation"]))
        pair = situation is Situation.SEPARATION
        if situation is Situation.NOTICES:
            return self._meeting(row)
        tracks = [self.tracks.track(int(row["a"]), self._at)]
        fence: Fence | None = None
        if pair:
            tracks.append(self.tracks.track(int(row["b"]), self._at))
        else:
            fence = self.fences.fences[int(row["b"])]
        inputs = [self._input(track) for track in tracks]
        if fence is not None:
            inputs.append(Input(fence.name or fence.key, "agreed lines and zones", self._at, 0))
        return Advisory(
            key=self._key(row),
            situation=situation,
            level=level_of(row),
            stage=stage_of(row, self._at),
            present=bool(row["present"]),
            since=Millis(int(row["since"])),
            at=self._at,
            about="" if fence is None else fence.name or fence.key,
            of_line=fence is not None and fence.kind is Kind.LINE,
            protected=fence is not None and fence.key in self._protected,
            tracks=tuple(self._seen(track) for track in tracks),
            in_s=int(row["in_s"]),
            margin_m=_known(row["margin_m"]),
            vertical_ft=_known(row["vertical_ft"]),
            side=int(row["side"]),
            inputs=tuple(inputs),
            acknowledged_until=_time(row["acknowledged_until"]),
            shelved_until=_time(row["shelved_until"]),
            reason=self.alarms.reason(int(row["key"])),
            raised=int(row["raised"]),
        )

    def _meeting(self, row: np.void) -> Advisory:
        meeting = self._meetings[int(row["a"])]
        return Advisory(
            key=self._key(row),
            situation=Situation.NOTICES,
            level=level_of(row),
            stage=stage_of(row, self._at),
            present=bool(row["present"]),
            since=Millis(int(row["since"])),
            at=self._at,
            about=f"{meeting.first} and {meeting.second}",
            of_line=False,
            protected=meeting.protected,
            tracks=(),
            in_s=int(row["in_s"]),
            margin_m=meeting.margin_m,
            vertical_ft=meeting.vertical_ft,
            side=0,
            inputs=tuple(
                Input(name, "notices held", self._at, 0) for name in (meeting.first, meeting.second)
            ),
            acknowledged_until=_time(row["acknowledged_until"]),
            shelved_until=_time(row["shelved_until"]),
            reason=self.alarms.reason(int(row["key"])),
            raised=int(row["raised"]),
        )

    def _input(self, track: Track) -> Input:
        age = max(self._at - track.at, 0)
        source = self.sources[track.source] if track.source < len(self.sources) else "unnamed"
        return Input(self.name(track.identity), source, track.at, age)

    def trail(self, row: int) -> Points:
        """Where a track was in the last minutes, the newest first."""
        return self._trails.of(row)

    def trails_of(self, advisory: Advisory) -> dict[str, tuple[Seen, ...]]:
        """How each of an advisory's tracks was seen, by identity, the newest first."""
        rows = {self.name(self.tracks.identity_of(row)): row for row in self._rows_of(advisory)}
        return {name: self.sightings(row) for name, row in rows.items()}

    def _rows_of(self, advisory: Advisory) -> list[int]:
        for row in self.alarms.standing():
            if self._key(row) == advisory.key and advisory.tracks:
                pair = advisory.situation is Situation.SEPARATION
                return [int(row["a"]), *([int(row["b"])] if pair else [])]
        return []

    def sightings(self, row: int) -> tuple[Seen, ...]:
        """A track as it was seen: now, and every half minute before; for the releasability gate."""
        now = self._seen(self.tracks.track(row, self._at))
        return (now, *(_earlier(now, point) for point in self.trail(row)))

    def _seen(self, track: Track) -> Seen:
        """A track as an advisory shows it."""
        return Seen(
            self.name(track.identity),
            track.domain,
            track.position,
            track.at,
            track.height_ft,
            track.height_reference,
            round(track.speed_cm_s / KNOT_CM_S),
            round(track.course_cd / 100) % 360,
            track.doubts,
            track.plausible,
        )


def _earlier(now: Seen, point: np.void) -> Seen:
    return Seen(
        now.identity,
        now.domain,
        Position(int(point["latitude_e7"]), int(point["longitude_e7"])),
        Millis(int(point["at"])),
        _known(point["height_ft"]),
        int(point["height_reference"]),
        round(int(point["speed_cm_s"]) / KNOT_CM_S),
        round(int(point["course_cd"]) / 100) % 360,
        now.doubts,
        None,
    )


def _same_line(before: Fence, now: Fence) -> bool:
    """Whether a side of the one is a side of the other."""
    match before.geometry, now.geometry:
        case Line() as a, Line() as b:
            return a.closed == b.closed and bool(
                np.array_equal(a.latitude_e7, b.latitude_e7)
                and np.array_equal(a.longitude_e7, b.longitude_e7)
            )
        case _:
            return before.kind is now.kind


def _known(value: np.integer) -> int | None:
    return None if value == ABSENT else int(value)


def _time(value: np.integer) -> Millis | None:
    return Millis(int(value)) if value > 0 else None
