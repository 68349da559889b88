"""What became of what a side asked on a line, so far as its node knows.

Silence is theirs only if what we asked got there before its answer was due: by the time in their own
receipt, or because they answered it by then. Our delay, or a relay's, leaves it undelivered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from firebreak.desk.answering import newest_answer
from firebreak.desk.dialogue import Place, Placed, fold
from firebreak.desk.outcomes import before_withdrawal, outcome_of_call, root_question
from firebreak.desk.tables import Standing
from firebreak.node.side import Side
from firebreak.records.contacts import Outcome
from firebreak.records.record import Record
from firebreak.values import Millis


def stored_at(side: Side, channel: int, places: Iterable[Place]) -> list[Millis]:
    """When each of these came to our store, by our own clock, the earliest first."""
    book = side.shared.books[channel]
    return sorted(book.held(*place)[0].stored_at for place in places)


def delivered_by(
    side: Side, channel: int, place: Place, due: Millis | None, answered: Iterable[Millis]
) -> bool:
    """Whether a record of ours got there by a time, or at all if that is None.

    answered: when answers to it came to us, ms UTC.
    """
    received = side.shared.received_at(channel, place[1])
    times = answered if received is None else (received, *answered)
    return any(due is None or at <= due for at in times)


def outcome_on_line(
    side: Side, channel: int, told: Sequence[Placed], now: Millis
) -> Outcome | None:
    """As `outcome_of_call`, of a request for a call with all that its dialogue shows.

    told: what is held of it, the request too, in any order.
    """
    valid = in_order(told)
    state, at = fold(valid), now
    asked = root_question(state)
    assert asked is not None
    given_up = before_withdrawal(valid) if state.standing is Standing.WITHDRAWN else None
    if given_up is not None and asked.lapsed is None:  # before our node could say that it lapsed
        state, withdrawn = given_up
        at = side.shared.books[channel].held(*withdrawn.place)[0].stored_at
        asked = root_question(state)
        assert asked is not None
    lapsed = asked.lapsed is not None
    due = asked.due if asked.open else _record(valid[0]).answer_due
    delivered = True
    if state.root[0] == side.shared.party:
        answered = stored_at(side, channel, (place for place, _ in asked.answers))
        delivered = delivered_by(side, channel, state.root, due, answered)
    return outcome_of_call(state.standing, due if asked.open else None, lapsed, delivered, at)


def stated_reason(side: Side, told: Sequence[Placed]) -> str | None:
    """The reason that the other side stated for declining a call; None if it stated none."""
    valid = in_order(told)
    said = [(placed.place, _record(placed)) for placed in valid]
    answer = newest_answer(valid[0].place, said, side.shared.peer)
    return None if answer is None else answer.reason


def in_order(told: Sequence[Placed]) -> list[Placed]:
    """What is valid of a dialogue, in the canonical order."""
    valid = [placed for placed in told if placed.judged.void is None]
    return sorted(valid, key=lambda placed: placed.order)


def _record(placed: Placed) -> Record:
    assert placed.judged.record is not None
    return placed.judged.record
