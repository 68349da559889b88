"""One dialogue as we hold it, from the logs of a node's line or from our own journal alike."""

from __future__ import annotations

from dataclasses import dataclass

from firebreak.desk.attested import US, Attested, place_of, record_of, said_of
from firebreak.desk.dialogue import DialogueState, Place
from firebreak.desk.entries.contacts import Direction
from firebreak.records.contacts import Way
from firebreak.records.record import Record
from firebreak.values import Millis, PartyNumber


@dataclass(frozen=True, slots=True)
class Uttered:
    """One valid record of a dialogue. stored: when it came to our store, ms UTC.

    office: whose officer signed it; delivered: of our own, whether their node gave a receipt, None
    where nothing can be known of it; read_back: of an attested one, whether it was read back.
    """

    id: bytes
    place: Place
    record: Record
    stored: Millis
    office: str
    way: Way
    delivered: bool | None
    read_back: bool | None


@dataclass(frozen=True, slots=True)
class Talk:
    """A dialogue as we hold it. said: in the canonical order, what opened it first.

    us: our party's number in it; party: the other side's name; attested: by us alone, in our journal;
    exercise: whether all of it is exercise.
    """

    us: PartyNumber
    party: str
    attested: bool
    exercise: bool
    state: DialogueState
    said: tuple[Uttered, ...]

    def by(self, said: Uttered) -> Direction:
        """Whose words they are."""
        return Direction.OURS if said.place[0] == self.us else Direction.THEIRS


def attested_talk(dialogue: Attested) -> Talk:
    """A dialogue by voice, fax, mail or in person."""
    by_id = {kept.id: kept for kept in dialogue.entries}
    said = []
    for kept in dialogue.entries:
        body = said_of(kept)
        about = by_id.get(kept.entry.about[0]) if kept.entry.about else None
        office = body.ours if body.by is Direction.OURS else body.theirs
        said.append(
            Uttered(
                kept.id,
                place_of(kept),
                record_of(kept, about),
                kept.entry.at,
                office,
                body.way,
                None,
                body.read_back,
            )
        )
    exercise = not any(said_of(kept).real for kept in dialogue.entries)
    return Talk(US, dialogue.opening.party, True, exercise, dialogue.state, tuple(said))
