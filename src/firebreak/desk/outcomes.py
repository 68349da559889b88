"""What became of what was asked. It is their silence only if it got there before its time was over.

What came later, by our delay or a relay's, stays undelivered. Of a fax or a letter nobody knows that it
got there until somebody says so, or an answer shows it: until then it has no outcome (JN-20).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from firebreak.desk.answering import newest_answer
from firebreak.desk.attested import THEM, Attested, dialogues, place_of, record_of, said_of
from firebreak.desk.dialogue import DialogueState, Placed, Question, fold
from firebreak.desk.entries.contacts import Contacted, Direction, Said
from firebreak.desk.entries.routes import RungTaken
from firebreak.desk.journal import Kept, of_kind
from firebreak.desk.tables import Standing
from firebreak.records.contacts import Outcome, Way
from firebreak.values import Millis

SPOKEN: Final = frozenset({Way.VOICE, Way.PERSON})
"""Ways by which what was said was heard."""
_HELD = frozenset({Standing.BEGUN, Standing.ENDED, Standing.BROKEN_OFF})
_DECLINED = frozenset({Standing.DECLINED, Standing.NOT_AT_THIS_TIME})
_WAITING = frozenset({Standing.REQUESTED, Standing.AWAITING_AUTHORITY, Standing.LAPSED})


def silence(delivered: bool | None) -> Outcome | None:
    """What it is that no answer came in time. delivered: by then; None: nobody knows, nor is it named."""
    if delivered is None:
        return None
    return Outcome.UNANSWERED if delivered else Outcome.UNDELIVERED


def outcome_of_call(
    standing: Standing, due: Millis | None, lapsed: bool, delivered: bool | None, now: Millis
) -> Outcome | None:
    """What became of a request for a call; None while it is open, agreed to, or withdrawn by us.

    due: when its answer is awaited until; delivered: whether it got there before the answer was due,
    None if nobody knows.
    """
    if standing in _HELD:
        return Outcome.HELD
    if standing in _DECLINED:
        return Outcome.DECLINED
    if standing is Standing.WITHDRAWN and lapsed:  # we gave up after they were silent
        return silence(delivered)
    passed = lapsed or (due is not None and due <= now)
    return silence(delivered) if standing in _WAITING and passed else None


def root_question(state: DialogueState) -> Question | None:
    """What opened a dialogue, if it wants an answer."""
    return next((each for each in state.questions if each.place == state.root), None)


def before_withdrawal(placed: Sequence[Placed]) -> tuple[DialogueState, Placed] | None:
    """How a dialogue stood before its call was taken back, and the entry that did; None if none did.

    placed: its valid entries, in the canonical order.
    """
    for number in range(1, len(placed)):
        if fold(placed[: number + 1]).standing is Standing.WITHDRAWN:
            return fold(placed[:number]), placed[number]
    return None


# By other ways than a node


def not_through(entries: Sequence[Kept], now: Millis) -> dict[bytes, bytes]:
    """By the id of a fax or letter of ours: the note, made about it, that it did not get through.

    Such a note is of the same way and route, and about it or what it was another attempt at. It is no
    attempt of its own.
    """
    said = {
        (kept.id, body.way, body.rung): kept.id
        for kept, body in of_kind(entries, Said)
        if body.by is Direction.OURS and body.way not in SPOKEN
    }
    matter_of = {
        later: kept.entry.about[0]
        for kept, _ in of_kind(entries, RungTaken)
        for later in kept.entry.about[1:]
    }
    for (identity, way, rung), _ in list(said.items()):
        if identity in matter_of:
            said.setdefault((matter_of[identity], way, rung), identity)
    return {
        said[about, body.way, body.rung]: kept.id
        for kept, body in of_kind(entries, Contacted)
        for about in kept.entry.about
        if body.outcome is Outcome.UNDELIVERED
        and body.by is Direction.OURS
        and body.happened <= now
        and (about, body.way, body.rung) in said
    }


def known_delivered(dialogue: Attested, due: Millis | None, failed: bool) -> bool | None:
    """Whether what opened a dialogue got there by a time; None if nobody knows.

    It was spoken, or was read back, or they answered it by then. failed: it is noted that it did not.
    """
    opening = dialogue.opening
    if opening.by is Direction.THEIRS or opening.way in SPOKEN or opening.read_back:
        return True
    heard = [said for said in map(said_of, dialogue.entries) if said.by is Direction.THEIRS]
    if any(due is None or said.happened <= due for said in heard):
        return True
    return False if failed else None


def due_of(dialogue: Attested) -> Millis | None:
    """When an answer to what opened a dialogue is awaited until; None if none is awaited."""
    asked = root_question(dialogue.state)
    return asked.due if asked is not None and asked.open else None


def outcome_of_attested_call(dialogue: Attested, failed: bool, now: Millis) -> Outcome | None:
    """As `outcome_of_call`, by other ways than a node. failed: it is noted not to have got there.

    Who takes a call back after its time was over takes back nothing of their silence.
    """
    at = now
    if dialogue.state.standing is Standing.WITHDRAWN:
        dialogue, at = _given_up(dialogue)
    due = due_of(dialogue)
    if due is not None and failed and known_delivered(dialogue, due, failed) is False:
        return Outcome.UNDELIVERED  # no answer can come: nobody waits until the time is over
    delivered = known_delivered(dialogue, due, failed)
    return outcome_of_call(dialogue.state.standing, due, False, delivered, at)


def _given_up(dialogue: Attested) -> tuple[Attested, Millis]:
    """How it stood before it was taken back, and when it was, ms UTC."""
    entries = dialogue.entries
    for number in range(1, len(entries)):
        if dialogues(entries[: number + 1])[0].state.standing is Standing.WITHDRAWN:
            return dialogues(entries[:number])[0], said_of(entries[number]).happened
    return dialogue, said_of(entries[-1]).happened


def attested_reason(dialogue: Attested) -> str | None:
    """The reason that they stated for declining a call of ours; None if they stated none."""
    by_id = {kept.id: kept for kept in dialogue.entries}
    said = [
        (place_of(kept), record_of(kept, by_id.get(kept.entry.about[0]) if number else None))
        for number, kept in enumerate(dialogue.entries)
    ]
    answer = newest_answer(place_of(dialogue.entries[0]), said, THEM)
    return None if answer is None else answer.reason
