"""What comes due by itself: told once for each, or again and again, over restarts and wrong clocks too
(spec/journal.md JN-15).

A subject adds a source in a line:

    alarms.sources.append(lambda now: [Due("drill 7", at, Level.WARNING, About.LINE, "A drill is due.")])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from firebreak.errors import Malformed
from firebreak.node.alerts import About, Alert, Level
from firebreak.records.cbor import decode, encode
from firebreak.store.interface import Setting, Store
from firebreak.values import Millis

SETTING: Final = "desk-told"
"""Keeps what was told, and when."""
LOOK_AGAIN_MS: Final = 10_000
"""Though nothing has happened: sources may depend on the time by themselves."""
LOOK_APART_MS: Final = 250
"""Though much happens: on a busy line the sources are asked no more often than so."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is to be told at `at`, ms UTC, unless its source no longer gives it then.

    key: names it for good, and changes where it is another thing; again: ms after which it is told
    again while it stands, None for once.
    """

    key: str
    at: Millis
    level: Level
    about: About
    text: str
    again: int | None = None


Source: TypeAlias = Callable[[Millis], Iterable[Due]]
"""Given the time now, all that stands, due already or later. What is done with is left out."""


class Alarms:
    """Tells what the sources give. changed: differs as soon as a source might give something else."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], Millis],
        tell: Callable[[Alert], None],
        changed: Callable[[], object],
        fault: Callable[[Exception], None],
    ) -> None:
        self._store, self._clock, self._tell = store, clock, tell
        self._changed, self._fault = changed, fault
        self.sources: list[Source] = []
        self.standing: dict[str, Due] = {}
        self._seen: object = None
        self._looked_at: Millis | None = None
        self._told = told_of(store.setting(SETTING))

    def overdue(self, now: Millis) -> list[Due]:
        """What stands and is due, the longest first."""
        self._look(now)
        return sorted((d for d in self.standing.values() if d.at <= now), key=lambda d: d.at)

    def wake_at(self) -> Millis | None:
        """When `tick` is next needed, ms UTC."""
        now = self._clock()
        if self._stale(now):
            return now
        if self._looked_at is not None and self._changed() != self._seen:
            return Millis(self._looked_at + LOOK_APART_MS)
        times = (self._next(due, now) for due in self.standing.values())
        return min((at for at in times if at is not None), default=None)

    def tick(self) -> None:
        """Tell what is due and was not told, or is to be told again."""
        now = self._clock()
        wake = self.wake_at()
        if wake is None or wake > now:
            return
        self._look(now)
        telling = [
            due
            for due in self.standing.values()
            if (at := self._next(due, now)) is not None and at <= now
        ]
        # A time that lies ahead was told by a clock that was wrong: it is forgotten.
        told = {key: at for key, at in self._told.items() if key in self.standing and at <= now}
        for due in sorted(telling, key=lambda each: each.at):
            self._tell(Alert(now, due.level, due.about, due.text))
            told[due.key] = now
        if told != self._told:
            self._told = told
            row = Setting(SETTING, encode(tuple(sorted(told.items()))))
            self._store.submit([row], lambda error: None)  # else it is told once more

    def _stale(self, now: Millis) -> bool:
        """Whether the sources have to be asked: something happened, or the clock went on, or back."""
        if self._looked_at is None:
            return True
        since = abs(now - self._looked_at)
        changed = since >= LOOK_APART_MS and self._changed() != self._seen
        return changed or since >= LOOK_AGAIN_MS

    def _look(self, now: Millis) -> None:
        self._seen, self._looked_at = self._changed(), now
        found: dict[str, Due] = {}
        for source in self.sources:
            try:
                found |= {due.key: due for due in source(now)}
            except Exception as error:  # noqa: BLE001  # one subject's fault silences no other
                self._fault(error)
        self.standing = found

    def _next(self, due: Due, now: Millis) -> Millis | None:
        """When it is to be told: at its time, or so long after it was told last; None for never."""
        told = self._told.get(due.key)
        if told is None or told > now:
            return due.at
        if due.again is None:
            return None
        return Millis(max(due.at, told + due.again))


def told_of(data: bytes | None) -> Mapping[str, Millis]:
    """What was told and when, as the store keeps it; nothing where it is damaged: told once more."""
    try:
        rows = () if data is None else decode(data)
    except Malformed:
        return {}
    if not isinstance(rows, tuple):
        return {}
    found = {}
    for row in rows:
        match row:
            case (str(key), int(at)):
                found[key] = Millis(at)
            case _:
                return {}
    return found
