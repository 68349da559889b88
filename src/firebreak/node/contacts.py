"""What the records of a node's lines show of contacts: requests for calls, line checks, and what the
other side said of contacts that were told to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from firebreak.desk.contact_record import (
    UNCOMMENTED,
    Attempt,
    Pair,
    begun_at,
    by_our_word,
)
from firebreak.desk.dialogue import DialogueState, Place, fold
from firebreak.desk.entries.contacts import Certainty, Direction, Rung, Source
from firebreak.desk.outcomes import silence
from firebreak.desk.tables import Standing
from firebreak.ledger.judge import Judged
from firebreak.node.asked import delivered_by, outcome_on_line, stated_reason, stored_at
from firebreak.node.following import Following
from firebreak.node.side import Side
from firebreak.records.agreement import Mode
from firebreak.records.calls import Call
from firebreak.records.contacts import Contact, Outcome, Precision, Way
from firebreak.records.kinds import Kind, LineCheck
from firebreak.records.record import Record
from firebreak.values import Millis, PartyNumber

ByRelay = Callable[[Side, int, int], bool]
"""Whether a record of ours went by a relay: its side, channel and index."""


class Contacts:
    """The contacts that the logs of every side show."""

    def __init__(self, sides: Sequence[Side], by_relay: ByRelay) -> None:
        self._by_relay = by_relay
        self._following = Following(sides, _CONTACTS)

    def attempts(self, now: Millis) -> list[Attempt]:
        """One for each request for a call and each line check of either side."""
        return [
            attempt
            for side, channel, place in self._following.found()
            if (attempt := _attempt(side, channel, place, now, self._by_relay)) is not None
        ]

    def comments(self) -> dict[bytes, str]:
        """By the id of a contact told to the other side: confirmed or disputed, if they said so."""
        found: dict[bytes, str] = {}
        for side, channel, place in self._following.found():
            judged = side.shared.books[channel].entry(*place)
            if judged is None or judged.record is None or place[0] != side.shared.party:
                continue
            standing = side.shared.books[channel].state(place).standing
            if isinstance(judged.record.body, Contact) and standing is not Standing.TOLD:
                found[judged.id] = str(standing)
        return found


_CONTACTS = frozenset({Kind.CALL, Kind.LINE_CHECK, Kind.CONTACT})


def _attempt(
    side: Side, channel: int, place: Place, now: Millis, by_relay: ByRelay
) -> Attempt | None:
    book = side.shared.books[channel]
    entry, judged = book.held(*place)
    record = judged.record
    assert record is not None
    told = [each for each in book.dialogue(place) if book.held(*each.place)[0].stored_at <= now]
    if all(each.place != place for each in told):
        return None  # nobody here knew of it then
    state = fold(told)
    ours = place[0] == side.shared.party
    exercise = side.shared.agreement.mode is Mode.EXERCISE
    claimed = False
    places = [at for q in state.questions if q.place == place for at, _ in q.answers]
    answers = stored_at(side, channel, places)
    outcome: Outcome | None
    reason = begun = None
    match record.body:
        case Call():
            outcome = outcome_on_line(side, channel, told, now)
            if not ours and outcome is Outcome.UNANSWERED:
                outcome = None  # it is we who have not answered: no silence of theirs
            mine, yours = record.body.principal, record.body.counterpart
            pair = (mine, yours) if ours else (yours, mine)
            reason = stated_reason(side, told)
            said = [
                each.judged.record
                for each in told
                if each.judged.void is None
                and each.judged.record is not None
                and each.place[0] == side.shared.party
            ]
            outcome, claimed = by_our_word(outcome, (each.body for each in said))
            begun = begun_at((each.composed_at, each.body) for each in said)
            subject = "call"
        case LineCheck():
            outcome = Outcome.HELD if answers else None
            due = record.answer_due
            if not answers and ours and due is not None and due <= now:
                outcome = silence(delivered_by(side, channel, place, due, ()))
            pair = offices_of(side, channel, place, record)
            subject = "line check"
        case Contact() if not ours:
            return _claimed(side, state, judged, entry.stored_at, exercise)
        case _:
            return None
    return Attempt(
        judged.id,
        Pair(pair[0], side.peer_name, pair[1]),
        Way.NODE,
        Rung.THIRD_STATE if ours and by_relay(side, channel, place[1]) else Rung.DIRECT,
        Direction.OURS if ours else Direction.THEIRS,
        outcome,
        record.composed_at,
        Precision.MINUTE,
        entry.stored_at,
        answered=answers[0] if answers else None,
        begun=begun,
        attested=False,
        subject=subject,
        stated_reason=reason,
        claimed_held=claimed,
        exercise=exercise,
    )


def _claimed(
    side: Side, state: DialogueState, judged: Judged, stored_at: Millis, exercise: bool
) -> Attempt:
    """A contact that the other side told: its claim, with what we said of it."""
    record = judged.record
    assert record is not None
    assert isinstance(record.body, Contact)
    body = record.body
    said = str(state.standing)
    return Attempt(
        judged.id,
        Pair(body.theirs, side.peer_name, body.ours),
        body.way,
        Rung.DIRECT,
        Direction.THEIRS,
        body.outcome,
        Millis(max(0, record.composed_at + body.happened)),
        body.precision,
        stored_at,
        count=body.count,
        source=Source.OTHER_SIDE,
        certainty=Certainty.CLAIMED,
        attested=False,
        subject=body.words.text if body.words else "told by them",
        stated_reason=body.stated_reason,
        comment=UNCOMMENTED if state.standing is Standing.TOLD else said,
        exercise=exercise,
    )


def offices_of(side: Side, channel: int, place: Place, record: Record) -> tuple[str, str]:
    """Our office and theirs: who signed it, and whom it is addressed to."""
    agreement = side.shared.agreement
    roster = side.shared.control.roster(place[0], record.control)
    signer = roster.entries[record.author].office if roster is not None else ""
    named = [agreement.offices[number].role for number in record.to]
    other = PartyNumber(1 - place[0])
    numbers = side.shared.terms(channel).offices
    there = [agreement.offices[n].role for n in numbers if agreement.offices[n].party == other]
    addressed = next((role for role in (*named, *there)), "")
    return (signer, addressed) if place[0] == side.shared.party else (addressed, signer)
