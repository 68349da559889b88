"""A node's watch beside its line: started once the line is up, told of agreed lines and of notices.

What is heavy is loaded and computed in threads, and nothing that goes wrong here reaches the line: it is
told, and the watch goes on with what is left.
"""

from __future__ import annotations

import asyncio
import base64
import json
import random
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from firebreak.desk.overlap import Current
from firebreak.errors import FirebreakError, InvalidValue, Refused, StoreTrouble
from firebreak.node.alerts import About, Alert, Level
from firebreak.records.agreement import Agreement, Channel
from firebreak.records.kinds import Amend, HazardWarning, Notice, Purpose
from firebreak.records.spelling import name_of
from firebreak.store.directory import NODE_FILE, WatchConfig
from firebreak.store.interface import Setting, Store
from firebreak.values import Millis
from firebreak.volumes import conflict

if TYPE_CHECKING:
    from firebreak.carriers.feeds import Source
    from firebreak.desk.releasability import Owner, TrackTerms
    from firebreak.formats.asterix import Site
    from firebreak.node.side import Side
    from firebreak.node.watching import Watcher
    from firebreak.watch.advisories import Meeting
    from firebreak.watch.fences import Fence

NOTICES_AHEAD_MS: Final = 20 * 60_000
"""Notices whose window touches the time from now to then are watched."""
LOOK_AGAIN_MS: Final = 30_000
"""Notices come into that time though nothing happens: so often they are looked through."""
AFTER_FAULT_S: Final = 30.0
MOST_OWNERS: Final = 10_000
MOST_MEETINGS: Final = 1_000
MOST_LEFT_OUT: Final = 50
"""Fences left out that are named at a time."""
OVERRIDE: Final = "watch override"
"""The kind of the journal's lines about what went out beyond the gate."""
OWNERS: Final = "watch-owners"
"""The setting that keeps whose a track is: forgotten, another's would go out (W-G4)."""


class Phase(StrEnum):
    """How far the watch is."""

    PREPARING = "preparing"
    RUNNING = "running"
    FAILED = "failed"
    """A fault ended it; it is begun anew by itself."""


@dataclass(frozen=True, slots=True)
class Held:
    """A current notice or hazard warning, where it is held. side: its place among the node's."""

    side: int
    channel: int
    current: Current


@dataclass(frozen=True, slots=True)
class Named:
    """How a notice is called on the watch, and whether it is a humanitarian site."""

    name: str
    protected: bool


@dataclass(frozen=True, slots=True)
class Files:
    """The lines and zones of the operator's files."""

    fences: tuple[Fence, ...]
    protected: frozenset[str]


class Lookout:
    """One node's watch. folder: the node's directory; tell: how its officers are told.

    troubles: what is not watched, and why, for the operator.
    """

    def __init__(
        self,
        config: WatchConfig,
        folder: Path,
        sides: Sequence[Side],
        store: Store,
        clock: Callable[[], Millis],
        tell: Callable[[Alert], None],
    ) -> None:
        self._config = config
        self._folder = folder
        self._sides = sides
        self._store = store
        self._clock = clock
        self._tell = tell
        self.phase = Phase.PREPARING
        self.troubles: list[str] = []
        self.watcher: Watcher | None = None
        self._told: set[str] = set()
        self._changed = True
        self._names: dict[tuple[int, int, int, int], Named] = {}
        self._used: dict[bytes, Millis] = {}
        self._left_out: list[str] = []

    def touched(self) -> None:
        """Something has happened on the line: perhaps an agreement or a notice."""
        self._changed = True

    async def run(self) -> None:
        """Watch until cancelled. A fault is told, and the watch begun anew."""
        while True:
            try:
                await self._watch()
            except Exception as error:  # noqa: BLE001  # the line goes on; it is told
                self.phase, self.watcher = Phase.FAILED, None
                what = " ".join(f"{type(error).__name__}: {error}".split())
                self._trouble(
                    f"The watch stopped: {what}. It begins anew by itself; report it.", Level.ALARM
                )
                asyncio.get_running_loop().call_exception_handler(
                    {"message": "a fault in the watch", "exception": error}
                )
            await asyncio.sleep(AFTER_FAULT_S)
            self.phase = Phase.PREPARING

    async def _watch(self) -> None:
        self.troubles.clear()
        watcher, files, troubles = await asyncio.to_thread(self._made)
        for text in troubles:
            self._trouble(text)
        self._load_owners(watcher)
        watcher.on_cycle = lambda standing: self._runs(watcher)
        following = asyncio.create_task(self._follow(watcher, files))
        try:
            # Whichever ends has failed; the other is not left alone.
            await _first(asyncio.create_task(watcher.run()), following)
        finally:
            self.watcher = None

    def _runs(self, watcher: Watcher) -> None:
        self.phase, self.watcher = Phase.RUNNING, watcher

    def _trouble(self, text: str, level: Level = Level.WARNING) -> None:
        if text not in self.troubles:
            self.troubles.append(text)
        if text not in self._told:
            self._told.add(text)
            self._tell(Alert(self._clock(), level, About.WATCH, text))

    # -- made in a thread ----------------------------------------------------------------------

    def _made(self) -> tuple[Watcher, Files, list[str]]:
        """The watcher of what can be read of the configuration, and what cannot."""
        from firebreak.node.watching import Watcher
        from firebreak.watch.picture import Picture

        troubles: list[str] = []
        sources = [
            source for text in self._config.sources if (source := self._source(text, troubles))
        ]
        sites: dict[tuple[int, int], Site] = {}
        for text in self._config.radars:
            try:
                number, site = radar_of(text)
                sites[number] = site
            except FirebreakError as error:
                troubles.append(f"{NODE_FILE}: this radar is not used: {error}")
        files = self._files(troubles)
        watcher = Watcher(
            Picture([source.text for source in sources]),
            sources,
            sites,
            self._clock,
            random.random,
            time.monotonic,
        )
        return watcher, files, troubles

    def _source(self, text: str, troubles: list[str]) -> Source | None:
        from firebreak.carriers.feeds import Transport, parse_source, tls_of

        try:
            source = parse_source(text)
            paths = ("path", "authorities", "certificate")
            here = {name: getattr(source, name) for name in paths if getattr(source, name)}
            source = replace(source, **{name: self._folder / path for name, path in here.items()})
            if source.transport is Transport.TLS:
                tls_of(source)
        except FirebreakError as error:
            troubles.append(f"{NODE_FILE}: the source {text} is not watched: {error}")
            return None
        return source

    def _files(self, troubles: list[str]) -> Files:
        """What can be watched of the files named; of each that cannot, a trouble."""
        from firebreak.formats.areas import fences_of, read_area_file
        from firebreak.watch.fences import Fences

        fences: list[Fence] = []
        protected: set[str] = set()
        for text in self._config.lines:
            try:
                drawings = read_area_file(self._folder / text)
                watched = fences_of(drawings)
                Fences(watched.fences)
            except FirebreakError as error:
                troubles.append(f"The lines of {text} are not watched: {error}")
                continue
            if drawings.refusals:
                why = "; ".join(drawings.report())
                troubles.append(f"Some of {text} is not watched: {why}")
            for fence in watched.fences:
                key = _free(fence.key, {each.key for each in fences})
                fences.append(replace(fence, key=key))
                if fence.key in watched.protected:
                    protected.add(key)
        return Files(tuple(fences), frozenset(protected))

    # -- lines and notices, as they change -----------------------------------------------------

    async def _follow(self, watcher: Watcher, files: Files) -> None:
        """Have the watcher watch what is agreed and notified now, whenever that changes."""
        from firebreak.node.watching import CYCLE_S

        watched: object = None
        looked = 0
        while True:
            now = self._clock()
            if self._changed or not looked <= now < looked + LOOK_AGAIN_MS:
                self._changed, looked = False, now
                agreements = [side.shared.agreement for side in self._sides]
                held = [
                    Held(number, channel, current)
                    for number, side in enumerate(self._sides)
                    for channel, currents in side.view.currents.items()
                    for current in list(currents.values())
                ]
                near = await asyncio.to_thread(near_in_time, held, now)
                signature = (
                    [each.digest() for each in agreements if in_force(each, now)],
                    [_place(each) for each in near],
                )
                if signature != watched:
                    names = [await self._named(each) for each in near]
                    notices = list(zip(near, names, strict=True))
                    if await self._set(watcher, files, agreements, notices):
                        watched = signature
            await asyncio.sleep(CYCLE_S)

    async def _set(
        self,
        watcher: Watcher,
        files: Files,
        agreements: Sequence[Agreement],
        notices: Sequence[tuple[Held, Named]],
    ) -> bool:
        holding = [each for each in agreements if in_force(each, self._clock())]
        try:
            left_out = await asyncio.to_thread(_watch_these, watcher, files, holding, notices)
        except InvalidValue as error:
            left_out = [f"New lines or notices are not watched, those before are: {error}"]
            done = False
        else:
            done = True
        self.troubles = [each for each in self.troubles if each not in self._left_out]
        self._left_out = left_out[:MOST_LEFT_OUT]
        for text in self._left_out:
            self._trouble(text)
        return done

    async def _named(self, held: Held) -> Named:
        """How a notice is called; looked up in the store once."""
        place = _place(held)
        if place not in self._names:
            if len(self._names) > 10 * MOST_OWNERS:
                self._names.clear()
            self._names[place] = self._looked_up(held)
            await asyncio.sleep(0)  # many together must not hold up the line
        return self._names[place]

    def _looked_up(self, held: Held) -> Named:
        shared = self._sides[held.side].shared
        judged = shared.books[held.channel].entry(*held.current.place)
        if judged is None or judged.record is None:
            return Named("notice", protected=False)
        body = judged.record.body.notice if isinstance(judged.record.body, Amend) else None
        said = body or judged.record.body
        short = judged.id.hex()[:8]
        humanitarian = held.channel == Channel.HUMANITARIAN
        match said:
            case Notice(purpose=purpose):
                protected = humanitarian or purpose is Purpose.PROTECTED_SITE
                return Named(f"{name_of(purpose)} {short}", protected)
            case HazardWarning(hazard=hazard):
                return Named(f"{name_of(hazard)} {short}", humanitarian)
            case _:
                return Named(f"notice {short}", humanitarian)

    # -- what officers say ---------------------------------------------------------------------

    def terms(self, side: Side | None) -> tuple[TrackTerms, ...]:
        """What may be said of tracks under one agreement; without one, the strictest of all."""
        from firebreak.desk.releasability import TrackTerms, track_terms

        sides = self._sides if side is None else [side]
        strictest: dict[Channel, TrackTerms] = {}
        for each in sides:
            for terms in track_terms(each.shared.agreement):
                other = strictest.get(terms.channel, terms)
                strictest[terms.channel] = TrackTerms(
                    terms.channel,
                    max(terms.precision_m, other.precision_m),
                    max(terms.delay_ms, other.delay_ms),
                )
        return tuple(strictest.values())

    def own(self, identity: str, owner: Owner, label: str | None) -> Setting:
        """Whose a track is, from now on; the setting that keeps it. Raises InvalidValue if full."""
        kept = self._kept_owners()
        kept.pop(identity, None)
        kept[identity] = [owner.value, label]
        if len(kept) > MOST_OWNERS:
            raise InvalidValue(
                f"Owners of {MOST_OWNERS:,} tracks are kept already. Say `unknown` of some first."
            )
        if owner.value == "unknown" and label is None:
            del kept[identity]
        return Setting(OWNERS, json.dumps(kept, ensure_ascii=False).encode())

    def use(self, decision: bytes, at: Millis) -> None:
        """Take a decision of two officers: it counts once. Raises Refused if it was taken before."""
        from firebreak.desk.beyond import FRESH_MS

        now = self._clock()
        self._used = {each: t for each, t in self._used.items() if abs(now - t) <= 2 * FRESH_MS}
        if decision in self._used or self._noted(decision, now):
            raise Refused("That decision was used already. Have both officers decide again.")
        self._used[decision] = at

    def _noted(self, decision: bytes, now: Millis) -> bool:
        """Whether the journal has it: a node that was started again has forgotten."""
        from firebreak.desk.beyond import FRESH_MS

        text = base64.b64encode(decision).decode()
        return any(
            line.kind == OVERRIDE and json.loads(line.data).get("decision") == text
            for line in self._store.journal(Millis(now - 3 * FRESH_MS))
        )

    def _kept_owners(self) -> dict[str, list[str | None]]:
        stored = self._store.setting(OWNERS)
        found = {} if stored is None else json.loads(stored)
        return found if isinstance(found, dict) else {}

    def _load_owners(self, watcher: Watcher) -> None:
        from firebreak.desk.releasability import Owner

        with suppress(StoreTrouble):  # the line says so itself
            for identity, (owner, label) in self._kept_owners().items():
                watcher.own(identity, Owner(owner), label)


def near_in_time(held: Iterable[Held], now: Millis) -> list[Held]:
    """Those whose window touches the next minutes, in an order of their own."""
    near = [
        each
        for each in held
        if each.current.volume.window.start < now + NOTICES_AHEAD_MS
        and now < each.current.volume.window.end
    ]
    return sorted(near, key=_place)


def in_force(agreement: Agreement, now: Millis) -> bool:
    """Whether an agreement holds at this time."""
    return agreement.valid_from <= now < agreement.valid_until


def _place(held: Held) -> tuple[int, int, int, int]:
    return held.side, held.channel, *held.current.place


def _free(name: str, taken: Iterable[str]) -> str:
    """The name, or the name with the first number that nobody has."""
    names, number, free = set(taken), 1, name
    while free in names:
        number += 1
        free = f"{name} ({number})"
    return free


def _watch_these(
    watcher: Watcher,
    files: Files,
    agreements: Sequence[Agreement],
    notices: Sequence[tuple[Held, Named]],
) -> list[str]:
    """Fences of agreements, of files, and of notices; what meets; and how craft keep apart.

    Returns a sentence for each fence that cannot be watched: it must not keep the others out (W-V17).
    """
    from firebreak.desk.terms import separations

    fences, protected = all_fences(files, agreements, notices)
    rest = (_meetings(notices), *separations(agreements))
    try:
        watcher.watch(fences, protected, *rest)
    except InvalidValue:
        sound, left_out = _sound(fences)
        if not left_out:
            raise
        watcher.watch(sound, protected, *rest)
        return left_out
    return []


def _sound(fences: Sequence[Fence]) -> tuple[list[Fence], list[str]]:
    """Those that can be watched, and a sentence for each other."""
    from firebreak.watch.fences import Fences

    sound, left_out = [], []
    for fence in fences:
        try:
            Fences([fence])
        except InvalidValue as error:
            left_out.append(f"{fence.name or fence.key} is not watched, the others are: {error}")
        else:
            sound.append(fence)
    return sound, left_out


def all_fences(
    files: Files, agreements: Sequence[Agreement], notices: Sequence[tuple[Held, Named]]
) -> tuple[list[Fence], set[str]]:
    """What is watched, each under a key of its own, and which of it is a humanitarian site."""
    from firebreak.watch.fences import Fence

    fences: dict[str, Fence] = {}
    protected: set[str] = set()

    def add(fence: Fence, guarded: bool) -> None:
        key = _free(fence.key, fences)
        fences[key] = replace(fence, key=key)
        if guarded:
            protected.add(key)

    for agreement in agreements:
        for fence in agreed_fences(agreement):
            add(fence, guarded=False)
    for fence in files.fences:
        add(fence, fence.key in files.protected)
    for held, named in notices:
        volume = held.current.volume
        bounded = volume.heights.lower is not None or volume.heights.upper is not None
        zone = Fence(
            named.name,
            volume.area,
            name=named.name,
            heights=volume.heights if bounded else None,
            window=volume.window,
        )
        add(zone, named.protected)
    return list(fences.values()), protected


def agreed_fences(agreement: Agreement) -> list[Fence]:
    """The lines and zones of an agreement, as the watch takes them."""
    import numpy as np

    from firebreak.watch.fences import Fence, Line

    fences = []
    for line in agreement.lines:
        closed = len(line.path) > 3 and line.path[0] == line.path[-1]
        path = line.path[:-1] if closed else line.path
        geometry = Line(
            np.array([point.latitude_e7 for point in path], np.int32),
            np.array([point.longitude_e7 for point in path], np.int32),
            closed,
        )
        fences.append(Fence(line.name, geometry, name=line.name))
    for zone in agreement.zones:
        bounded = zone.heights.lower is not None or zone.heights.upper is not None
        heights = zone.heights if bounded else None
        fences.append(Fence(zone.name, zone.area, name=zone.name, heights=heights))
    return fences


def _meetings(notices: Sequence[tuple[Held, Named]]) -> list[Meeting]:
    """Pairs of these notices on one channel that conflict, with the exact margins."""
    from firebreak.watch.advisories import Meeting

    if len(notices) < 2:
        return []
    from firebreak.watch.index import NoticeIndex

    index = NoticeIndex()
    for number, (held, _) in enumerate(notices):
        index.put(number, held.current.volume)
    found = []
    for number, (held, named) in enumerate(notices):
        for other_number in index.conflicts(held.current.volume):
            other, other_named = notices[other_number]
            if other_number <= number or (held.side, held.channel) != (other.side, other.channel):
                continue
            met = conflict(held.current.volume, other.current.volume)
            if met is None:
                continue
            first, second = sorted((named.name, other_named.name))
            found.append(
                Meeting(
                    first,
                    second,
                    met.overlap_from,
                    met.overlap_until,
                    met.horizontal_overlap_m,
                    met.height_overlap_ft,
                    named.protected or other_named.protected,
                )
            )
            if len(found) >= MOST_MEETINGS:
                return found
    return found


def radar_of(text: str) -> tuple[tuple[int, int], Site]:
    """A radar's SAC and SIC, and where it stands. Raises InvalidValue."""
    import re

    from firebreak.formats.asterix import Site
    from firebreak.records.figures import parse_position

    found = re.fullmatch(r"([0-9]{1,3})/([0-9]{1,3}) +(.+?) +(-?[0-9]{1,4}) ?m", text)
    if found is None or int(found[1]) > 255 or int(found[2]) > 255:
        raise InvalidValue(f'{text!r} is no radar. Write "25/10 551230N0194512E 120m".')
    return (int(found[1]), int(found[2])), Site(parse_position(found[3]), int(found[4]))


async def _first(*tasks: asyncio.Task[None]) -> None:
    """Wait until one of these ends; the others are cancelled. Raises what it raised."""
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
