"""Lists of the humanitarian channel, and what in them is due: pure, one organisation's or all (H-2).

Every list says that absence from it removes no legal protection; who shows one adds the sentence (H-13).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from firebreak.desk.entries.humanitarian import Doubt, MovementEntered, SiteEntered
from firebreak.desk.humanitarian import Disclosure, Item, Register, late_by
from firebreak.desk.humanitarian_state import Notified, Reached, StepTaken, UnitState
from firebreak.desk.tables import Standing
from firebreak.records.sites import MovementStep
from firebreak.values import Millis
from firebreak.volumes import Area

_DAY = 86_400_000
WARN_MS = 14 * _DAY
"""So long before a site is due or expires it is listed; `SOON_MS` before, the node tells it."""
SOON_MS = 3 * _DAY


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: an entry and one party, and how far it has come there.

    party: None where nobody may be told; mark: this recipient's own; filed: the record's id;
    attested: told by another way than a node; outdated: a newer version waits to be told.
    """

    organisation: str
    reference: str
    kind: str
    name: str
    area: Area
    party: str | None
    consented: bool
    mark: str | None
    reached: Reached
    filed: bytes | None
    attested: bool
    outdated: bool
    starts: Millis
    ends: Millis
    revalidate_by: Millis | None
    doubts: tuple[Doubt, ...]
    checked: str | None
    erased: bool
    late_ms: int
    units: tuple[UnitState, ...] = ()
    steps: tuple[StepTaken, ...] = ()


def lines(held: Register, notified: Sequence[Notified]) -> list[Line]:
    """Every entry with every party that it may be or was told to."""
    by_mark = marked_by(notified)
    made = []
    for name in sorted(held.items):
        item = held.items[name]
        told = [d.party for d in item.disclosures]
        parties = sorted({*item.parties, *told})
        made += [_line(item, party, by_mark) for party in parties]
        if not parties:
            made.append(_line(item, None, by_mark))
    return made


ByMark: TypeAlias = dict[tuple[str, str], Notified]
"""Our notifications by party and mark."""


def marked_by(notified: Iterable[Notified]) -> ByMark:
    """Our notifications by party and mark."""
    return {(n.party, n.mark): n for n in notified if n.ours and n.mark is not None}


def sent(item: Item, party: str, by_mark: ByMark) -> tuple[Disclosure, Notified] | None:
    """The newest disclosure to a party that was sent, and what became of it."""
    for disclosure in reversed(item.disclosures):
        found = by_mark.get((party, disclosure.mark))
        if disclosure.party == party and found is not None:
            return disclosure, found
    return None


def _line(item: Item, party: str | None, by_mark: ByMark) -> Line:
    body = item.body
    found = None if party is None else sent(item, party, by_mark)
    site = body if isinstance(body, SiteEntered) else None
    shown = None if found is None else found[1]
    reached = Reached.NOT_SENT if shown is None else shown.reached
    return Line(
        body.organisation,
        body.reference,
        item.kind,
        body.name,
        body.area,
        party,
        party in item.parties,
        None if found is None else found[0].mark,
        reached,
        None if shown is None else shown.id,
        shown is not None and shown.attested,
        found is not None and found[0].version != item.id and not item.withdrawn,
        body.starts,
        body.ends,
        None if site is None else site.revalidate_by,
        () if site is None else site.doubts,
        None if site is None else site.checked,
        item.erased,
        0 if shown is None else _late_when(body, shown.composed_at),
        () if shown is None else shown.units,
        () if shown is None else shown.steps,
    )


def _late_when(body: SiteEntered | MovementEntered, at: int) -> int:
    return late_by(body, at) if isinstance(body, MovementEntered) else 0


# What is due


class Due(StrEnum):
    """What an entry wants soon."""

    REVALIDATE = "revalidate"
    EXPIRES = "expires"
    OVERDUE = "overdue"
    EXPIRED = "expired"
    NO_ARRIVAL = "no-arrival"
    STILL_HELD = "still-held"


@dataclass(frozen=True, slots=True)
class Expiring:
    """One entry that is due, and when. name: of the entry, or of their notification by its id."""

    name: str
    what: Due
    at: Millis

    def text(self, when: str) -> str:
        """The sentence for people. when: the time, as it is written."""
        match self.what:
            case Due.REVALIDATE:
                return f"{self.name} must be verified again by {when}."
            case Due.OVERDUE:
                return f"{self.name} should have been verified again by {when}."
            case Due.EXPIRES:
                return f"{self.name} expires at {when}."
            case Due.EXPIRED:
                return f"{self.name} expired at {when}. Expiry removes no legal protection."
            case Due.NO_ARRIVAL:
                return f"{self.name} should have ended by {when}; no arrival was reported."
            case Due.STILL_HELD:
                return f"{self.name} is withdrawn here, and not yet with a party that has it."


def expiring(
    held: Register, notified: Sequence[Notified], now: Millis, within: int = WARN_MS
) -> list[Expiring]:
    """What is due within so many ms, or overdue, soonest first."""
    found: list[Expiring] = []
    for line in lines(held, notified):
        item = held.items[f"{line.organisation}/{line.reference}"]
        if item.withdrawn:
            gone = (Reached.WITHDRAWN, Reached.NOT_SENT)
            if line.reached not in gone:
                found.append(Expiring(item.name, Due.STILL_HELD, now))
            continue
        found += _due(item.name, line, now, within)
    for theirs in notified:
        if not theirs.ours and theirs.standing is not Standing.CANCELLED:
            found += _due(theirs.name, theirs, now, within)
    unique = {(each.name, each.what): each for each in found}
    return sorted(unique.values(), key=lambda each: (each.at, each.name))


def _due(name: str, line: Line | Notified, now: Millis, within: int) -> list[Expiring]:
    if line.kind == "movement":
        ended = {MovementStep.ARRIVED, MovementStep.CALLED_OFF, MovementStep.DENIED}
        over = any(step.step in ended for step in line.steps)
        known = line.reached not in (Reached.NOT_SENT, Reached.WITHDRAWN)
        if line.ends <= now and known and not over:
            return [Expiring(name, Due.NO_ARRIVAL, line.ends)]
        return []
    found = []
    if line.ends <= now:
        return [Expiring(name, Due.EXPIRED, line.ends)]
    if line.ends <= now + within:
        found.append(Expiring(name, Due.EXPIRES, line.ends))
    if line.revalidate_by is not None and line.revalidate_by <= now + within:
        what = Due.OVERDUE if line.revalidate_by <= now else Due.REVALIDATE
        found.append(Expiring(name, what, line.revalidate_by))
    return found
