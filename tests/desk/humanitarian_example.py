"""Organisations, sites and movements for tests, entered in a journal that grows."""

from __future__ import annotations

from dataclasses import replace

from firebreak.desk.entries.humanitarian import (
    Consented,
    DisclosureMarked,
    Enrolled,
    MovementEntered,
    SiteEntered,
)
from firebreak.desk.humanitarian import Item, Register, mark_of_bytes, register
from firebreak.desk.humanitarian_state import Notified, UnitState
from firebreak.desk.journal import Kept
from firebreak.desk.tables import Standing
from firebreak.records.contacts import Way
from firebreak.records.sites import SiteSort
from firebreak.values import Millis, Position
from firebreak.volumes import Circle, Corridor
from tests.desk.kept import Diary
from tests.worlds import HOUR, NOW, seed_of

DAY = 24 * HOUR
SITE = SiteEntered(
    "MERCY",
    "S1",
    SiteSort.HOSPITAL,
    "Mercy hospital",
    "Kabul",
    Circle(Position(345_199_137, 691_789_341), 80),
    Millis(NOW - DAY),
    Millis(NOW + 90 * DAY),
    "head of mission",
    Millis(NOW - DAY),
    Millis(NOW + 30 * DAY),
    "duty officer",
    Way.MAIL,
)
MOVEMENT = MovementEntered(
    "MERCY",
    "M1",
    "Convoy 7",
    Corridor((Position(345_166_667, 691_833_333), Position(343_333_333, 695_000_000)), 500),
    Millis(NOW + 72 * HOUR),
    Millis(NOW + 78 * HOUR),
    4,
    "4 white lorries",
    "blue roofs, thermal panels",
    9,
    Way.VOICE,
    "north lay-by",
    False,
    None,
    bytes(32),
)


def consented(organisation: str, reference: str, party: str, given: bool = True) -> Consented:
    return Consented(organisation, reference, party, given, "head of mission", Way.MAIL)


def marked_for(item: Item, party: str) -> DisclosureMarked:
    """A mark as good as any: told by the entry and the party."""
    mark = mark_of_bytes(seed_of(f"{item.name} for {party}"))
    return DisclosureMarked(item.organisation, item.body.reference, party, mark)


def notified(
    name: str,
    party: str,
    mark: str | None,
    *,
    ours: bool = True,
    standing: Standing = Standing.FILED,
    received: bool = True,
    units: tuple[UnitState, ...] = (),
) -> Notified:
    """A site as the line shows it."""
    identity = seed_of(f"{name} {party} {mark}")
    return Notified(
        identity,
        identity,
        party,
        ours,
        False,
        "site",
        name,
        SITE.area,
        mark,
        NOW,
        SITE.starts,
        SITE.ends,
        SITE.revalidate_by,
        0,
        standing,
        received,
        False,
        standing is Standing.ACKNOWLEDGED,
        units,
    )


class Channel:
    """A coordinator's journal, and what its lines show."""

    def __init__(self) -> None:
        self.diary = Diary()
        self.lines: list[Notified] = []

    @property
    def register(self) -> Register:
        return register(self.diary.counting())

    def enrol(self, organisation: str) -> Kept:
        return self.diary.note(Enrolled(organisation, "duty desk"))

    def site(self, organisation: str, reference: str, name: str, *parties: str) -> Item:
        """A site, consented to for parties."""
        site = replace(SITE, organisation=organisation, reference=reference, name=name)
        kept = self.diary.note(site)
        for party in parties:
            self.diary.note(consented(organisation, reference, party), kept)
        return self.register.items[f"{organisation}/{reference}"]

    def tell(self, item: Item, party: str, standing: Standing = Standing.FILED) -> Notified:
        """It was told to a party."""
        body = marked_for(item, party)
        kept = next(k for k in self.diary.entries if k.id == item.id)
        self.diary.note(body, kept)
        made = notified(item.body.name, party, body.mark, standing=standing)
        self.lines.append(made)
        return made
