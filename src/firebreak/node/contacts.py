"""What the records of a node's lines show of contacts: requests for calls, line checks, and what the
other side said of contacts that were told to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from firebreak.desk.contact_record import UNCOMMENTED, Attempt, Pair, begun_at, outcome_of_call
from firebreak.desk.dialogue import DialogueState, Place
from firebreak.desk.entries.contacts import Certainty, Direction, Rung, Source
from firebreak.desk.tables import Standing
from firebreak.ledger.judge import Judged
from firebreak.node.following import Following
from firebreak.node.side import Side
from firebreak.records.calls import Call, CallAnswer
from firebreak.records.contacts import Contact, Outcome, Precision, Way
from firebreak.records.kinds import Kind, LineCheck
from firebreak.records.record import Record
from firebreak.values import Millis, PartyNumber


class Contacts:
    """The contacts that the logs of every side show."""

    def __init__(self, sides: Sequence[Side]) -> None:
        self._following = Following(sides, _CONTACTS)

    def attempts(self, now: Millis) -> list[Attempt]:
        """One for each request for a call and each line check of either side."""
        return [
            attempt
            for side, channel, place in self._following.found()
            if (attempt := _attempt(side, channel, place, now)) is not None
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


def _attempt(side: Side, channel: int, place: Place, now: Millis) -> Attempt | None:
    book = side.shared.books[channel]
    entry, judged = book.held(*place)
    record = judged.record
    assert record is not None
    state = book.state(place)
    ours = place[0] == side.shared.party
    answers = list(_answers(side, channel, state, place))
    delivered = not ours or side.shared.delivered[channel].covers(place[1])
    outcome: Outcome | None
    reason = begun = None
    match record.body:
        case Call():
            silent = (Standing.LAPSED, Standing.ANSWERED_LATE)
            lapsed = any(question.standing in silent for question in state.questions)
            due = record.answer_due if state.due is None else state.due
            outcome = outcome_of_call(state.standing, due, lapsed, delivered, now)
            if not ours and outcome is Outcome.UNANSWERED:
                outcome = None  # it is we who have not answered: no silence of theirs
            mine, yours = record.body.principal, record.body.counterpart
            pair = (mine, yours) if ours else (yours, mine)
            last = answers[-1].body if answers else None
            reason = last.reason if isinstance(last, CallAnswer) else None
            held = [each.judged.record for each in book.dialogue(place) if each.judged.void is None]
            begun = begun_at((each.composed_at, each.body) for each in held if each is not None)
            subject = "call"
        case LineCheck():
            outcome = Outcome.HELD if answers else None
            if not answers and ours and record.answer_due is not None and record.answer_due <= now:
                outcome = Outcome.UNANSWERED if delivered else Outcome.UNDELIVERED
            pair = offices_of(side, channel, place, record)
            subject = "line check"
        case Contact() if not ours:
            return _claimed(side, state, judged, entry.stored_at)
        case _:
            return None
    return Attempt(
        judged.id,
        Pair(pair[0], side.peer_name, pair[1]),
        Way.NODE,
        Rung.DIRECT,
        Direction.OURS if ours else Direction.THEIRS,
        outcome,
        record.composed_at,
        Precision.MINUTE,
        entry.stored_at,
        answered=answers[0].composed_at if answers else None,
        begun=begun,
        attested=False,
        subject=subject,
        stated_reason=reason,
    )


def _claimed(side: Side, state: DialogueState, judged: Judged, stored_at: Millis) -> Attempt:
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
    )


def _answers(side: Side, channel: int, state: DialogueState, place: Place) -> Iterator[Record]:
    for question in state.questions:
        if question.place == place:
            for answer, _ in question.answers:
                judged = side.shared.books[channel].entry(*answer)
                if judged is not None and judged.record is not None:
                    yield judged.record


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
