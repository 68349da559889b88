"""The life of advisories: raised, updated, acknowledged, shelved, cleared; with hysteresis (W-V3 to W-V11).

A table with one row a situation. It has no clock: every call is told the time, which never goes back.
Practice: IMO MSC.302(87) for the levels, ISA-18.2 and EEMUA 191 for shelving, chatter and rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from firebreak.errors import Misuse
from firebreak.values import Millis
from firebreak.watch.advisories import Level, Stage
from firebreak.watch.reports import Bools, Bytes, Ints, Longs, Shorts

RAISE_AFTER_MS: Final = 3_000
"""A prediction must hold this long before it is raised; what is the case already is raised at once."""
CLEAR_AFTER_MS: Final = 20_000
LOWER_AFTER_MS: Final = 10_000
ACKNOWLEDGED_FOR_MS: Final = 600_000
LONGEST_SHELF_MS: Final = 3_600_000
CHATTER_MS: Final = 600_000
CHATTER_TIMES: Final = 3
"""A situation raised so often within CHATTER_MS is held until it was quiet for that long."""
TELL_AGAIN_MS: Final = 10_000
TELL_AGAIN_SHARE: Final = 0.2

KEY_PART: Final = 29
_ROW: Final = np.dtype(
    [
        ("key", np.int64),
        ("situation", np.uint8),
        ("a", np.int32),
        ("b", np.int32),
        ("present", np.bool_),
        ("level", np.uint8),
        ("in_s", np.int32),
        ("margin_m", np.int32),
        ("vertical_ft", np.int32),
        ("side", np.int16),
        ("first", np.int64),
        ("since", np.int64),
        ("seen", np.int64),
        ("worst_at", np.int64),
        ("raised", np.int32),
        ("raised_at", np.int64),
        ("updates", np.int32),
        ("told_in_s", np.int32),
        ("told_at", np.int64),
        ("acknowledged_until", np.int64),
        ("shelved_until", np.int64),
        ("cleared", np.bool_),
    ]
)
Rows = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Findings:
    """What the engines found in one cycle, in columns of shape (n,); keys unique and ascending.

    raising: whether it suffices to raise an advisory; if not, it only holds one that stands (it lies
    within the wider bounds of the hysteresis). The others: as in `Advisory`; ABSENT where unknown.
    """

    key: Longs
    situation: Bytes
    a: Ints
    b: Ints
    raising: Bools
    present: Bools
    level: Bytes
    in_s: Ints
    margin_m: Ints
    vertical_ft: Ints
    side: Shorts

    def __len__(self) -> int:
        return len(self.key)


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows (copies) that were raised, that changed enough to be told, and that were cleared."""

    raised: Rows
    updated: Rows
    cleared: Rows


@dataclass(frozen=True, slots=True)
class Rates:
    """The figures of alarm practice. in_ten_minutes: raised in the last ten; chattering: held for it;
    standing: raised and not cleared; shelved: of these."""

    in_ten_minutes: int
    chattering: int
    standing: int
    shelved: int


def key_of(situation: npt.ArrayLike, a: npt.ArrayLike, b: npt.ArrayLike) -> Longs:
    """One number for a situation between two subjects below 2^29 each."""
    key: Longs = (
        (np.asarray(situation, np.int64) << (2 * KEY_PART))
        | (np.asarray(a, np.int64) << KEY_PART)
        | np.asarray(b, np.int64)
    )
    return key


class Alarms:
    """All situations that are found, pending or standing."""

    def __init__(self) -> None:
        self._rows: Rows = np.zeros(0, _ROW)
        self._before = Millis(0)
        self._reasons: dict[int, str] = {}

    def update(self, now: Millis, findings: Findings) -> Changes:
        """Take one cycle's findings, and say what changed for the officer."""
        self._merge(now, findings)
        self._before = now
        rows = self._rows
        if not len(rows):
            return Changes(rows, rows, rows)
        standing = rows["since"] > 0
        seen = rows["seen"] == now
        held = np.where(rows["raised"] >= CHATTER_TIMES, CHATTER_MS, CLEAR_AFTER_MS)
        clearing = standing & (now - rows["seen"] >= held)
        cleared = rows[clearing].copy()
        cleared["cleared"] = True
        rows["since"][clearing] = 0
        rows["acknowledged_until"][clearing] = 0
        rows["shelved_until"][clearing] = 0
        pending = ~standing & seen & (rows["first"] > 0)
        raising = pending & (rows["present"] | (now - rows["first"] >= RAISE_AFTER_MS))
        again = now - rows["raised_at"] <= CHATTER_MS
        rows["raised"][raising] = np.where(again[raising], rows["raised"][raising] + 1, 1)
        for name in ("since", "raised_at", "told_at"):
            rows[name][raising] = now
        rows["told_in_s"][raising] = rows["in_s"][raising]
        rows["updates"][raising] = 0
        back = self._back(now)
        moved = np.abs(rows["in_s"] - rows["told_in_s"]) > np.maximum(
            10, TELL_AGAIN_SHARE * rows["told_in_s"]
        )
        telling = standing & ~clearing & seen & moved & (now - rows["told_at"] >= TELL_AGAIN_MS)
        telling |= (standing & ~clearing) & (back | (rows["told_at"] == -1))
        rows["told_at"][telling] = now
        rows["told_in_s"][telling] = rows["in_s"][telling]
        rows["updates"][telling] += 1
        changes = Changes(rows[raising].copy(), rows[telling].copy(), cleared)
        self._forget(now)
        return changes

    def _merge(self, now: Millis, found: Findings) -> None:
        """Numbers of known situations renewed; new ones added, pending."""
        rows = self._rows
        place = np.searchsorted(rows["key"], found.key)
        known = np.zeros(len(found), np.bool_)
        inside = place < len(rows)
        known[inside] = rows["key"][place[inside]] == found.key[inside]
        old, new = place[known], found.key[~known & found.raising]
        self._renew(now, found, old, np.flatnonzero(known))
        if len(new):
            fresh = np.zeros(len(new), _ROW)
            which = np.flatnonzero(~known & found.raising)
            for name in ("key", "situation", "a", "b", "present", "level", "in_s"):
                fresh[name] = getattr(found, name)[which]
            for name in ("margin_m", "vertical_ft", "side"):
                fresh[name] = getattr(found, name)[which]
            for name in ("first", "seen", "worst_at"):
                fresh[name] = now
            merged = np.concatenate([rows, fresh])
            self._rows = merged[np.argsort(merged["key"], kind="stable")]

    def _renew(self, now: Millis, found: Findings, old: Longs, which: Longs) -> None:
        rows = self._rows
        before = rows[old]
        standing = before["since"] > 0
        counts = standing | found.raising[which]  # a weak finding starts nothing
        old, which, before = old[counts], which[counts], before[counts]
        standing = before["since"] > 0
        for name in ("in_s", "margin_m", "vertical_ft", "side"):
            rows[name][old] = getattr(found, name)[which]
        level, present = found.level[which], found.present[which]
        # Counted from the first of the cycles in turn that found it, however far apart they are.
        started = ~standing & (before["seen"] < self._before)
        rows["first"][old] = np.where(started | (before["first"] == 0), now, before["first"])
        rows["seen"][old] = now
        worse = (level > before["level"]) | (present & ~before["present"])
        rows["worst_at"][old] = np.where(level >= before["level"], now, before["worst_at"])
        lower = (level < before["level"]) & (now - before["worst_at"] >= LOWER_AFTER_MS)
        changes = worse | lower | ~standing
        rows["level"][old] = np.where(changes, level, before["level"])
        rows["present"][old] = np.where(changes, present, before["present"])
        # What got worse is told at once, and neither acknowledgement nor shelf holds it back.
        told = old[worse & standing]
        rows["told_at"][told] = -1
        rows["acknowledged_until"][told] = 0
        rows["shelved_until"][told] = 0

    def _back(self, now: Millis) -> Bools:
        """Whose acknowledgement or shelf has just run out."""
        rows = self._rows
        back = np.zeros(len(rows), np.bool_)
        for name in ("acknowledged_until", "shelved_until"):
            over = (rows[name] > 0) & (rows[name] <= now)
            rows[name][over] = 0
            back |= over
        return back

    def _forget(self, now: Millis) -> None:
        rows = self._rows
        idle = (rows["since"] == 0) & (now - rows["seen"] > RAISE_AFTER_MS)
        keep = ~(idle & ((rows["raised"] == 0) | (now - rows["raised_at"] > CHATTER_MS)))
        if not keep.all():
            for key in rows["key"][~keep]:
                self._reasons.pop(int(key), None)
            self._rows = rows[keep]

    def acknowledge(self, key: int, now: Millis) -> None:
        """The officer has seen it; it comes back when that expires, or when it gets worse (W-V7)."""
        row = self._standing(key)
        self._rows["acknowledged_until"][row] = now + ACKNOWLEDGED_FOR_MS

    def shelve(self, key: int, now: Millis, until: Millis, reason: str) -> None:
        """Put it aside until a time, an hour ahead at most, for a reason (W-V8).

        Raises Misuse without a reason, for a time that is past or too far ahead, and for an unknown key.
        """
        row = self._standing(key)
        if not reason.strip():
            raise Misuse("A shelved advisory needs a reason; say why it is put aside.")
        if not now < until <= now + LONGEST_SHELF_MS:
            raise Misuse(
                "An advisory is shelved for an hour at most; give a time within the next hour."
            )
        self._rows["shelved_until"][row] = until
        self._reasons[key] = reason.strip()

    def unshelve(self, key: int) -> None:
        """Take it back from the shelf. Raises Misuse for an unknown key."""
        row = self._standing(key)
        self._rows["shelved_until"][row] = 0
        self._reasons.pop(key, None)

    def renumber(self, situations: Sequence[int], numbers: Longs) -> None:
        """What `b` counts in these situations has other numbers now.

        numbers: shape (those before,), the new number of each; -1 for what is gone, with its rows.
        """
        rows = self._rows.copy()
        concerned = np.isin(rows["situation"], list(situations))
        rows["b"][concerned] = numbers[rows["b"][concerned]]
        rows["key"] = key_of(rows["situation"], rows["a"], np.maximum(rows["b"], 0))
        reasons = dict(zip(self._rows["key"].tolist(), rows["key"].tolist(), strict=True))
        kept = ~concerned | (rows["b"] >= 0)
        there = set(rows["key"][kept].tolist())
        self._reasons = {
            reasons[key]: reason for key, reason in self._reasons.items() if reasons[key] in there
        }
        rows = rows[kept]
        self._rows = rows[np.argsort(rows["key"], kind="stable")]

    def reason(self, key: int) -> str | None:
        """Why it was last shelved."""
        return self._reasons.get(key)

    def _standing(self, key: int) -> int:
        place = int(np.searchsorted(self._rows["key"], key))
        if (
            place >= len(self._rows)
            or self._rows["key"][place] != key
            or self._rows["since"][place] == 0
        ):
            raise Misuse(
                "There is no such advisory now; it may have been cleared. Look at the list."
            )
        return place

    def standing(self) -> Rows:
        """Copies of all raised rows, the most urgent first: level, then present, then time left."""
        rows = self._rows[self._rows["since"] > 0].copy()
        order = np.lexsort(
            (rows["key"], rows["in_s"], ~rows["present"], -rows["level"].astype(np.int16))
        )
        return rows[order]

    def rates(self, now: Millis) -> Rates:
        """How the list stands by the measures of alarm practice (W-V11)."""
        rows = self._rows
        standing = rows["since"] > 0
        return Rates(
            int(((rows["raised_at"] > 0) & (now - rows["raised_at"] <= CHATTER_MS)).sum()),
            int((standing & (rows["raised"] >= CHATTER_TIMES)).sum()),
            int(standing.sum()),
            int((standing & (rows["shelved_until"] > now)).sum()),
        )


def stage_of(row: np.void, now: Millis) -> Stage:
    """Where a row stands for the officer."""
    if row["cleared"]:
        return Stage.CLEARED
    if row["shelved_until"] > now:
        return Stage.SHELVED
    if row["acknowledged_until"] > now:
        return Stage.ACKNOWLEDGED
    return Stage.UPDATED if row["updates"] else Stage.NEW


def level_of(row: np.void) -> Level:
    """A row's level."""
    return Level(int(row["level"]))
