"""Entries of a journal as a node holds them, made without one."""

from __future__ import annotations

from firebreak.desk import journal
from firebreak.desk.entries.contacts import Direction, Rung, Said
from firebreak.desk.journal import Body, Entry, Kept
from firebreak.records.contacts import Way
from firebreak.records.kinds import Body as RecordBody
from firebreak.values import Millis, Precedence
from tests.desk.journal_example import KEY, ORIGIN
from tests.worlds import NOW


class Diary:
    """A journal that grows: `note` appends and gives what is kept."""

    def __init__(self, office: str = "air duty officer") -> None:
        self.entries: list[Kept] = []
        self.office = office

    def note(self, body: Body, *about: Kept, at: int = NOW) -> Kept:
        entry = Entry(1, 1, Millis(at), tuple(each.id for each in about), body)
        identity = journal.entry_id(ORIGIN, journal.payload_of(entry))
        data = journal.sign_entry(entry, ORIGIN, KEY)
        kept = Kept(len(self.entries), identity, entry, self.office, data)
        self.entries.append(kept)
        return kept

    def say(
        self,
        body: RecordBody,
        *about: Kept,
        by: Direction = Direction.OURS,
        at: int = NOW,
        answer_by: int | None = None,
        way: Way = Way.VOICE,
    ) -> Kept:
        """Something said or heard, noted at once."""
        said = Said(
            by,
            "BRAVO",
            "duty officer",
            "air duty officer",
            None,
            way,
            Rung.DIRECT,
            Millis(at),
            Precedence.ROUTINE,
            answer_by,
            read_back=True,
            body=body,
        )
        return self.note(said, *about, at=at)

    def counting(self) -> list[Kept]:
        """Those that are not struck."""
        return journal.standing(self.entries)
