"""Which current notices and hazard warnings a volume meets, each with its margin (spec/volume.md).

"None" is said as: none among the notices held as of T; absence of notice is not absence of activity.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from firebreak.desk.dialogue import Place
from firebreak.records.kinds import Amend, HazardWarning, Notice
from firebreak.records.record import Record
from firebreak.records.slots import Span
from firebreak.values import Millis, PartyNumber
from firebreak.volumes import Conflict, Volume, Window, check, conflict


@dataclass(frozen=True, slots=True)
class Current:
    """A notice or hazard warning that holds: the version's place, its dialogue, its volume."""

    place: Place
    root: Place
    volume: Volume


@dataclass(frozen=True, slots=True)
class Overlap:
    """A current notice that a volume meets, and by how much.

    unseen: whether the author of the volume's record had not seen it: *filed on a stale picture*.
    """

    with_: Current
    conflict: Conflict
    unseen: bool


def window_of(span: Span, composed_at: Millis) -> Window:
    """A body's window in ms UTC. Raises InvalidValue for one beyond the year 9999."""
    start = composed_at + span.start
    return Window(Millis(start), Millis(start + span.duration))


def volume_of(record: Record) -> Volume | None:
    """The volume that a notice, amendment or hazard warning claims; None for other kinds."""
    body = record.body.notice if isinstance(record.body, Amend) else record.body
    if not isinstance(body, Notice | HazardWarning):
        return None
    return Volume(body.area, body.heights, window_of(body.window, record.composed_at))


def overlaps(
    volume: Volume, currents: Iterable[Current], seen: Mapping[PartyNumber, int], own: PartyNumber
) -> list[Overlap]:
    """Every current notice that meets a volume, those of one's own party included.

    seen: entries of each other party's log that the author held; own: the author's party.
    Raises InvalidValue for an unsound volume: a bad number is an error, never "none".
    """
    check(volume)
    found = []
    for current in currents:
        if not _windows_meet(volume.window, current.volume.window):
            continue
        met = conflict(volume, current.volume)
        if met is not None:
            party, index = current.place
            unseen = party != own and index >= seen.get(party, 0)
            found.append(Overlap(current, met, unseen))
    return found


def _windows_meet(a: Window, b: Window) -> bool:
    return a.start < b.end and b.start < a.end
