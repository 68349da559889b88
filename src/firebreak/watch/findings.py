"""From what the engines found to situations with a level: the rules of spec/watch.md, Advisories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from firebreak.watch.advisories import Level, Situation
from firebreak.watch.alarms import Findings, key_of
from firebreak.watch.approach import Losses
from firebreak.watch.reports import ABSENT, Bools, Bytes, Ints, Longs
from firebreak.watch.states import States

SOON_S: Final = 120
"""Predicted within this: a warning; later: a caution; what is the case: an alarm (W-V2)."""
NOTICES_SOON_S: Final = 3_600
"""Notices that conflict within the hour: a warning; later: a caution."""

_ALARM, _WARNING, _CAUTION = (int(level) for level in (Level.ALARM, Level.WARNING, Level.CAUTION))
_FURTHEST_S: Final = 2**31 - 1


def levels(present: Bools, in_s: Ints, doubtful: Bools) -> Bytes:
    """W-V2: by time; one lower, never below caution, where a track is doubtful."""
    level = np.where(present, _ALARM, np.where(in_s <= SOON_S, _WARNING, _CAUTION))
    out: Bytes = np.maximum(level - doubtful, _CAUTION).astype(np.uint8)
    return out


def separations(states: States, found: Losses, group: Ints) -> Findings:
    """Pairs that lose separation, one finding for two formations however many fly in them (W-V4).

    group: by place in the states, the lowest row of its formation. The pair that loses first stands.
    """
    first, second = group[found.a], group[found.b]
    apart = first != second
    low, high = np.minimum(first, second), np.maximum(first, second)
    key = key_of(np.full(len(low), Situation.SEPARATION), low, high)
    order = np.lexsort((found.loses_s, key))
    order = order[apart[order]]
    once = np.ones(len(order), np.bool_)
    once[1:] = key[order][1:] != key[order][:-1]
    order = order[once]
    a, b = found.a[order], found.b[order]
    present = found.loses_s[order] <= 0
    in_s = np.floor(found.loses_s[order]).astype(np.int32)
    doubtful = states.doubtful[a] | states.doubtful[b]
    return Findings(
        key[order],
        np.full(len(order), Situation.SEPARATION, np.uint8),
        states.row[a],
        states.row[b],
        np.ones(len(order), np.bool_),
        present,
        levels(present, in_s, doubtful),
        in_s,
        np.floor(found.closest_m[order]).astype(np.int32),
        found.vertical_ft[order],
        np.zeros(len(order), np.int16),
    )


def at_fences(
    situation: Situation,
    states: States,
    place: Longs,
    fence: Longs,
    present: Bools,
    in_s: Ints,
    distance_m: Ints,
    side: Longs,
    raising: Bools,
) -> Findings:
    """Tracks at lines or zones: place in the states and the fence's number, one row each."""
    row = states.row[place]
    key = key_of(np.full(len(row), situation), row, fence)
    order = np.argsort(key, kind="stable")
    doubtful = states.doubtful[place] & (situation is not Situation.DOUBTFUL)
    return Findings(
        key[order],
        np.full(len(row), situation, np.uint8),
        row[order],
        fence[order].astype(np.int32),
        raising[order],
        present[order],
        levels(present, in_s, doubtful)[order],
        in_s[order],
        distance_m[order],
        np.full(len(row), ABSENT, np.int32),
        side[order].astype(np.int16),
    )


def of_notices(number: Ints, in_s: Ints, margin_m: Ints, vertical_ft: Ints) -> Findings:
    """Pairs of notices that conflict, by their numbers, ascending. Never above a warning (W-V2)."""
    count = len(number)
    return Findings(
        key_of(np.full(count, Situation.NOTICES), number, np.zeros(count, np.int64)),
        np.full(count, Situation.NOTICES, np.uint8),
        number,
        np.zeros(count, np.int32),
        np.ones(count, np.bool_),
        in_s == 0,
        np.where(in_s <= NOTICES_SOON_S, Level.WARNING, Level.CAUTION).astype(np.uint8),
        in_s,
        margin_m,
        vertical_ft,
        np.zeros(count, np.int16),
    )


def merged(parts: Sequence[Findings]) -> Findings:
    """All of them; keys of different parts differ, and parts come in the order of their situations."""
    names = tuple(Findings.__dataclass_fields__)
    parts = [part for part in parts if len(part)] or parts[:1]
    if len(parts) == 1:
        return parts[0]
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in names]
    order = np.argsort(columns[0], kind="stable")
    return Findings(*(column[order] for column in columns))


def whole_seconds(seconds: object) -> Ints:
    """Seconds rounded down; infinity stands for never and becomes the greatest number."""
    return np.floor(np.minimum(np.asarray(seconds, np.float64), _FURTHEST_S)).astype(np.int32)
