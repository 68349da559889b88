"""The watch, running: sources read, the picture looked at once a second, its list kept for people.

The picture is worked on in threads, under one lock, so that a full sky never delays the line: what a
cycle may hold up is called through `asyncio.to_thread`. All that touches the picture goes through
`Watcher`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from firebreak.carriers.feeds import Adapter, Feed, Health, Source
from firebreak.desk.drafts import Draft, draft
from firebreak.desk.releasability import Override, Owner, TrackTerms
from firebreak.errors import FirebreakError, InvalidValue, Misuse
from firebreak.formats.asterix import Site
from firebreak.values import Millis
from firebreak.watch.advisories import Advisory, Meeting, Seen
from firebreak.watch.alarms import Rates
from firebreak.watch.approach import Separation
from firebreak.watch.fences import Fence
from firebreak.watch.picture import Cycle, Picture
from firebreak.watch.reports import Reports, joined
from firebreak.watch.tracks import PATIENCE, Track

CYCLE_S: Final = 1.0
CLOCK_STEP_MS: Final = 30_000
"""A clock that steps further than this is told; back by more, and the picture begins anew."""
MOST_TRACKS_SHOWN: Final = 5_000
MOST_WAITING: Final = 2_000_000
"""Reports that wait for the next cycle; above, new ones are dropped and counted."""


def make_adapter(source: Source, number: int, sites: Mapping[tuple[int, int], Site]) -> Adapter:
    """The adapter of a source's format; `number` stands in the column of sources."""
    match source.format:
        case "readsb":
            from firebreak.formats.readsb import Readsb

            return Readsb(number)
        case "sbs":
            from firebreak.formats.sbs import Sbs

            return Sbs(number, utc_offset_min=source.utc_offset_min)
        case "ais":
            from firebreak.formats.ais import Ais

            return Ais(number)
        case "asterix":
            from firebreak.formats.asterix import Asterix

            return Asterix(number, sites)
        case "cot":
            from firebreak.formats.cot import Cot

            return Cot(number)
        case _:
            raise InvalidValue(f"There is no adapter for {source.format}.")


@dataclass(frozen=True, slots=True)
class Standing:
    """The picture as of its last cycle, for people. took_ms: how long that cycle took.

    uncompared: tracks too fast for the search for pairs; no_room: reports of tracks for which the table
    had no room in that cycle; dropped: reports that came faster than they were taken, since the start;
    troubles: what went wrong beside the picture, in sentences.
    """

    at: Millis
    tracks: int
    advisories: tuple[Advisory, ...]
    rates: Rates
    complete: bool
    took_ms: int
    uncompared: int = 0
    no_room: int = 0
    dropped: int = 0
    troubles: tuple[str, ...] = ()


def not_looked_at(standing: Standing) -> list[str]:
    """What the watch left out by its limits, and what else went wrong, in sentences; empty if nothing."""
    said = []
    if not standing.complete:
        said.append("More pairs were near than are looked at: separation is not watched in full.")
    if standing.uncompared:
        said.append(f"Too fast to be compared with others: {standing.uncompared:,} tracks.")
    if standing.no_room:
        said.append(
            f"The table of tracks is full: {standing.no_room:,} reports had no room. Name fewer sources."
        )
    if standing.dropped:
        said.append(
            f"Reports came faster than they were taken: {standing.dropped:,} were dropped. Name fewer"
            " sources."
        )
    if (more := standing.rates.standing - len(standing.advisories)) > 0:
        said.append(f"Only the most urgent advisories are listed: {more:,} more stand.")
    return [*said, *standing.troubles]


@dataclass(frozen=True, slots=True)
class Shown:
    """A track for people: its name, the text that names its source, and where it was before.

    trail: as it was seen, now first. owner, label: as this side's officers said.
    """

    name: str
    source: str
    track: Track
    stale: bool
    trail: tuple[Seen, ...]
    owner: Owner
    label: str | None


class Watcher:
    """Reads its sources and looks at the picture once a second until cancelled.

    clock: ms UTC; randomness: as `random.random`; stopwatch: monotonic seconds. on_cycle is called in
    the loop after each cycle; what it raises is told among the troubles of the next.

    All but `run` and `health` may be called from any thread, and may wait
    for a cycle to end.
    """

    def __init__(
        self,
        picture: Picture,
        sources: Sequence[Source],
        sites: Mapping[tuple[int, int], Site],
        clock: Callable[[], Millis],
        randomness: Callable[[], float],
        stopwatch: Callable[[], float],
        on_cycle: Callable[[Standing], None] | None = None,
    ) -> None:
        self._picture = picture
        self._lock = threading.Lock()
        self._pending: list[Reports] = []
        self._waiting = 0
        self.dropped = 0
        self._clock = clock
        self._stopwatch = stopwatch
        self.on_cycle = on_cycle
        self._owners: dict[str, Owner] = {}
        self._labels: dict[str, str] = {}
        self.standing: Standing | None = None
        self._read: tuple[Millis, float] | None = None
        self._clock_trouble: str | None = None
        self._showing_trouble: str | None = None
        self.feeds = [
            Feed(source, make_adapter(source, number, sites), self._take, clock, randomness)
            for number, source in enumerate(sources)
        ]

    async def run(self) -> None:
        """Read and look, until cancelled. A feed's trouble never stops the others."""
        tasks = [asyncio.create_task(feed.run()) for feed in self.feeds]
        try:
            while True:
                begun = self._stopwatch()
                lots, self._pending, self._waiting = self._pending, [], 0
                self.standing = await asyncio.to_thread(self._cycle, lots)
                self._show(self.standing)
                await asyncio.sleep(max(0.05, CYCLE_S - (self._stopwatch() - begun)))
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    def _show(self, standing: Standing) -> None:
        if self.on_cycle is None:
            return
        try:
            self.on_cycle(standing)
        except BrokenPipeError:  # nobody reads any more
            raise
        except Exception as error:  # noqa: BLE001  # told; the watch goes on
            what = str(error) if isinstance(error, FirebreakError) else repr(error)
            self._showing_trouble = f"What is seen could not be told: {what}"
        else:
            self._showing_trouble = None

    def _take(self, reports: Reports) -> None:
        if self._waiting + len(reports) > MOST_WAITING:
            self.dropped += len(reports)
            return
        self._waiting += len(reports)
        self._pending.append(reports)

    def _cycle(self, lots: Sequence[Reports]) -> Standing:
        begun = self._stopwatch()
        with self._lock:
            now, anew = self._time(begun)
            if anew:
                self._picture = self._picture.anew()
                lots = ()  # told by the wrong clock
            no_room = self._picture.take(joined(lots)).no_room
            cycle: Cycle = self._picture.cycle(now)
            advisories = tuple(self._picture.advisories())
            rates = self._picture.rates()
        took = round(1_000 * (self._stopwatch() - begun))
        troubles = tuple(filter(None, (self._clock_trouble, self._showing_trouble)))
        return Standing(
            now,
            len(cycle.states),
            advisories,
            rates,
            cycle.complete,
            took,
            cycle.uncompared,
            no_room,
            self.dropped,
            troubles,
        )

    def _time(self, ticks: float) -> tuple[Millis, bool]:
        """The time of this cycle, and whether the clock went back too far to go on (W-V16)."""
        now, before = self._clock(), self._read
        self._read = now, ticks
        if before is None or self.standing is None:
            return now, False
        step_ms = now - before[0] - round(1_000 * (ticks - before[1]))
        anew = now < self.standing.at - CLOCK_STEP_MS
        if anew or abs(step_ms) > CLOCK_STEP_MS:
            way = "back" if now < before[0] or step_ms < 0 else "forward"
            self._clock_trouble = (
                f"The clock was set {way} by {abs(step_ms) // 1_000:,} s while the watch ran."
                f"{' The picture began anew.' if anew else ''} Check this machine's clock."
            )
        return (now if anew else Millis(max(now, self.standing.at))), anew

    def health(self) -> dict[str, Health]:
        """How each source is, by the text that names it."""
        now = self._clock()
        return {feed.source.text: feed.health(now) for feed in self.feeds}

    # -- what is watched -----------------------------------------------------------------------

    def watch(
        self,
        fences: Iterable[Fence],
        protected: Iterable[str],
        meetings: Iterable[Meeting],
        air: Separation,
        sea: Separation,
    ) -> None:
        """Watch these from now on. Raises InvalidValue for an unsound fence; those before stay."""
        with self._lock:
            self._picture.set_fences(fences, protected)
            self._picture.set_meetings(meetings)
            self._picture.terms = replace(self._picture.terms, air=air, sea=sea)

    @property
    def fences(self) -> int:
        """How many lines and zones are watched."""
        return len(self._picture.fences)

    # -- what officers do ----------------------------------------------------------------------

    def advisory(self, key: str) -> Advisory:
        """One advisory as it stands now. Raises Misuse if it does not stand."""
        with self._lock:
            return self._advisory(key)

    def _advisory(self, key: str) -> Advisory:
        return self._picture.advisory(key)

    def acknowledge(self, key: str) -> Advisory:
        """The officer has seen an advisory. Raises Misuse if it does not stand."""
        with self._lock:
            self._picture.acknowledge(key)
            return self._advisory(key)

    def shelve(self, key: str, until: Millis, reason: str) -> Advisory:
        """Put an advisory aside for a while. Raises Misuse as `Alarms.shelve`."""
        with self._lock:
            self._picture.shelve(key, until, reason)
            return self._advisory(key)

    def unshelve(self, key: str) -> Advisory:
        """Take an advisory back from the shelf."""
        with self._lock:
            self._picture.unshelve(key)
            return self._advisory(key)

    def own(self, identity: str, owner: Owner, label: str | None = None) -> None:
        """An officer says whose a track is, and how it is called; None: by no name of ours."""
        with self._lock:
            self._owners[identity] = owner
            if label is None:
                self._labels.pop(identity, None)
            else:
                self._labels[identity] = label

    def is_watched(self, identity: str) -> bool:
        """Whether a track of this name is watched now."""
        with self._lock:
            tracks, name = self._picture.tracks, self._picture.name
            rows = tracks.watched(self._now()).tolist()
            return any(name(tracks.identity_of(row)) == identity for row in rows)

    def _now(self) -> Millis:
        return self.standing.at if self.standing is not None else self._clock()

    # -- what is shown -------------------------------------------------------------------------

    def tracks(self, most: int = MOST_TRACKS_SHOWN, doubtful: bool = False) -> list[Shown]:
        """The tracks that are watched now, doubtful ones first. doubtful: only those."""
        with self._lock:
            at = self._now()
            rows = self._picture.tracks.watched(at).tolist()
            doubted = set(self._picture.tracks.doubts(at)[0].tolist())
            order = sorted(rows, key=lambda row: (row not in doubted, row))
            chosen = [row for row in order if row in doubted or not doubtful]
            return [self._shown(row, at) for row in chosen[: min(most, MOST_TRACKS_SHOWN)]]

    def _shown(self, row: int, at: Millis) -> Shown:
        track = self._picture.tracks.track(row, at)
        name = self._picture.name(track.identity)
        return Shown(
            name,
            self._picture.sources[track.source],
            track,
            at - track.at > PATIENCE[track.domain].stale,
            self._picture.sightings(row),
            self._owners.get(name, Owner.UNKNOWN),
            self._labels.get(name),
        )

    def draft(
        self, key: str, channels: Sequence[TrackTerms], beyond: Override | None = None
    ) -> Draft:
        """The query that an advisory suggests. channels: what may be said of tracks, by channel.

        Raises Misuse if there is none to suggest.
        """
        with self._lock:
            advisory = self._advisory(key)
            made = draft(
                advisory,
                self._picture.trails_of(advisory),
                channels,
                self._owners,
                self._labels,
                self._now(),
                beyond,
            )
        if made is None:
            raise Misuse(
                "There is nothing to ask: it has no track but your own, or no channel carries"
                " queries for it."
            )
        return made
