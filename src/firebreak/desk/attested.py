"""Dialogues held by voice, fax, mail or in person: the same tables, over entries of our own journal.

What stands here is attested by us alone (JN-7). Nothing is *delivered*, and a silence is ours to have
noticed: it is told from the answer-by and the time now, and never logged in the other side's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from firebreak.desk.dialogue import DialogueState, Place, Placed, fold
from firebreak.desk.entries.contacts import Direction, Said
from firebreak.desk.journal import Kept
from firebreak.errors import Refused
from firebreak.ledger.judge import MAY_REFER, OPENING, REFERS, Judged
from firebreak.records.kinds import KIND_OF, NEEDS_ANSWER, Kind
from firebreak.records.record import ID_PREFIX, Record, Reference
from firebreak.records.spelling import name_of
from firebreak.values import Millis, OfficeNumber, PartyNumber, RecordId

US, THEM = PartyNumber(0), PartyNumber(1)
"""In an attested dialogue; an agreement, where there is one later, has its own numbers."""
OUR_OFFICE, THEIR_OFFICE = OfficeNumber(0), OfficeNumber(1)


@dataclass(frozen=True, slots=True)
class Attested:
    """One dialogue: what was said in it in order, and where it stands by its table.

    entries[0] opened it. due: when an answer of theirs to us, or of ours to them, is awaited, ms UTC.
    """

    entries: tuple[Kept, ...]
    state: DialogueState

    @property
    def opening(self) -> Said:
        """What opened it."""
        return said_of(self.entries[0])

    @property
    def due(self) -> Millis | None:
        """When what is awaited is due, ms UTC."""
        return self.state.due


def said_of(kept: Kept) -> Said:
    """The body of an entry that attests something said."""
    assert isinstance(kept.entry.body, Said)
    return kept.entry.body


def place_of(kept: Kept) -> Place:
    """Party and index, as a record in a log has them."""
    return (US if said_of(kept).by is Direction.OURS else THEM), kept.index


def record_of(kept: Kept, about: Kept | None = None) -> Record:
    """What was said as a record, so that it is rendered and judged as one. about: what it answers."""
    said = said_of(kept)
    refers = None if about is None else Reference(*place_of(about), about.id[:ID_PREFIX])
    return Record(
        version=1,
        author=1,
        control=0,
        to=(THEIR_OFFICE if said.by is Direction.OURS else OUR_OFFICE,),
        kind=KIND_OF[type(said.body)],
        refers_to=refers,
        composed_at=said.happened,
        precedence=said.precedence,
        answer_by=said.answer_by,
        serial=kept.index,
        seen=(),
        body=said.body,
    )


def dialogues(entries: Iterable[Kept]) -> list[Attested]:
    """Every attested dialogue, oldest first. entries: those of the journal that count."""
    said = [kept for kept in entries if isinstance(kept.entry.body, Said)]
    by_id = {kept.id: kept for kept in said}
    roots: dict[bytes, list[Kept]] = {}
    root_of: dict[bytes, bytes] = {}
    for kept in said:
        about = _about(kept, by_id)
        root = kept.id if about is None or _opens(kept) else root_of[about.id]
        root_of[kept.id] = root
        roots.setdefault(root, []).append(kept)
    return [_attested(members, by_id) for members in roots.values()]


def _opens(kept: Kept) -> bool:
    return KIND_OF[type(said_of(kept).body)] in OPENING


def _about(kept: Kept, by_id: dict[bytes, Kept]) -> Kept | None:
    """The entry that this one answers, if it stands before it."""
    about = by_id.get(kept.entry.about[0]) if kept.entry.about else None
    return about if about is not None and about.index < kept.index else None


def _attested(members: Sequence[Kept], by_id: dict[bytes, Kept]) -> Attested:
    root = place_of(members[0])
    placed = [
        Placed(
            place_of(kept),
            Judged(
                record_of(kept, _about(kept, by_id)),
                RecordId(kept.id),
                kept.index,
                None,
                root,
            ),
        )
        for kept in members
    ]
    return Attested(tuple(members), fold(placed))


def check_said(said: Said, about: Kept | None) -> None:
    """Refuse what no record could say either: the wrong kind, side or reference (JN-8).

    about: the entry that it answers. Raises Refused, with what to do.
    """
    kind = KIND_OF[type(said.body)]
    if (kind in NEEDS_ANSWER) != (said.answer_by is not None):
        wants = "wants an answer: say by when" if kind in NEEDS_ANSWER else "wants no answer"
        raise Refused(f"What was said ({name_of(kind)}) {wants}.")
    if about is None:
        if kind in REFERS:
            raise Refused(
                f"What was said ({name_of(kind)}) is about something said before. Name the entry that"
                " it is about: firebreak journal list --kind said"
            )
        return
    if not isinstance(about.entry.body, Said):
        raise Refused("That entry is no record that was said or heard. Name one that is.")
    whose, kinds = REFERS.get(kind) or MAY_REFER.get(kind, ("either", frozenset(Kind)))
    target = said_of(about)
    if KIND_OF[type(target.body)] not in kinds:
        raise Refused(
            f"{name_of(kind).capitalize()} cannot be about {name_of(KIND_OF[type(target.body)])}."
            " Name the entry that it is about."
        )
    if whose == "own" and target.by is not said.by:
        raise Refused(f"{name_of(kind).capitalize()}: only who said it can say that about it.")
    if whose == "others" and target.by is said.by:
        raise Refused(
            f"{name_of(kind).capitalize()} is about what the other side said, not one's own words."
        )
    if target.party != said.party:
        raise Refused(f"That was said with {target.party}, not with {said.party}.")
    if said.happened < target.happened:
        raise Refused("An answer cannot have come before what it answers. Correct the time: --at.")
