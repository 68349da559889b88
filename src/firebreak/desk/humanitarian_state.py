"""What became of notifications and of "under attack, stop", as the logs or our journal show it (H-1).

Notified is not received, received is not acknowledged, acknowledged is not loaded, loaded is not
permitted: nobody's leave is asked for here, and no state says that it was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from firebreak.desk.dialogue import Human, Place
from firebreak.desk.entries.contacts import Direction, Rung
from firebreak.desk.entries.routes import Step
from firebreak.desk.humanitarian import late_as_received, mark_in
from firebreak.desk.tables import Standing
from firebreak.desk.talks import Talk, Uttered
from firebreak.records.kinds import Answer, Reply
from firebreak.records.sites import (
    Distributed,
    DistributedState,
    Movement,
    MovementState,
    MovementStep,
    Site,
    Stop,
)
from firebreak.records.spelling import name_of
from firebreak.values import Millis
from firebreak.volumes import Area

# What became of it


class Reached(StrEnum):
    """How far a notification has come. None implies the next, and none is leave for anything."""

    NOT_SENT = "not-sent"
    NOTIFIED = "notified"
    RECEIVED = "received"
    READ = "read"
    ACKNOWLEDGED = "acknowledged"
    READ_BACK_DIFFERS = "read-back-differs"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class UnitState:
    """How far it has come at one unit of the receiving side, as that side discloses. at: ms UTC.

    earlier: said of an earlier version only: what holds now is not known to be there (H-3).
    """

    unit: str
    state: DistributedState
    at: Millis
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class StepTaken:
    """One state of a movement, said by either side. at: ms UTC."""

    step: MovementStep
    at: Millis
    ours: bool
    place: str | None
    words: str | None


@dataclass(frozen=True, slots=True)
class Notified:
    """One notification as the logs show it, or as our journal attests it.

    id: of the version that holds, or of the last one; party: the counterpart; attested: said by
    another way than a node; starts, ends, revalidate_by, composed_at: ms UTC; received, read,
    acknowledged: by the other side if it is ours, by us if it is theirs; late_ms: by how much the
    lead time was missed, of a movement.
    """

    id: bytes
    root: bytes
    party: str
    ours: bool
    attested: bool
    kind: str
    name: str
    area: Area
    mark: str | None
    composed_at: Millis
    starts: Millis
    ends: Millis
    revalidate_by: Millis | None
    late_ms: int
    standing: Standing
    received: bool
    read: bool
    acknowledged: bool
    units: tuple[UnitState, ...] = ()
    steps: tuple[StepTaken, ...] = ()

    @property
    def reached(self) -> Reached:
        """How far it has come with the other side as a whole; each unit stands by itself."""
        if self.standing is Standing.CANCELLED:
            return Reached.WITHDRAWN
        if self.standing is Standing.READ_BACK_DIFFERS:
            return Reached.READ_BACK_DIFFERS
        if self.acknowledged:
            return Reached.ACKNOWLEDGED
        if self.read:
            return Reached.READ
        return Reached.RECEIVED if self.received or not self.ours else Reached.NOTIFIED


def units_by_name(states: Iterable[UnitState]) -> tuple[UnitState, ...]:
    """The newest state of each unit, of the version that holds if it said anything of that."""
    newest: dict[str, UnitState] = {}
    for state in sorted(states, key=lambda each: (not each.earlier, each.at)):
        newest[state.unit] = state
    return tuple(newest[unit] for unit in sorted(newest))


def notified_of(talk: Talk) -> Notified | None:
    """One notification from its dialogue; None if that is of something else, or void."""
    versions = [said for said in talk.said if isinstance(said.record.body, Site | Movement)]
    if not versions or talk.said[0].record.body is not versions[0].record.body:
        return None
    current = next((v for v in versions if v.place == talk.state.current), versions[-1])
    record, body = current.record, current.record.body
    assert isinstance(body, Site | Movement)
    starts = record.composed_at + body.window.start
    done = {what for of, what, _ in talk.state.human if of == current.place}
    return Notified(
        current.id,
        talk.said[0].id,
        talk.party,
        talk.by(talk.said[0]) is Direction.OURS,
        talk.attested,
        "site" if isinstance(body, Site) else "movement",
        body.name,
        body.area,
        mark_in(body.name),
        record.composed_at,
        Millis(starts),
        Millis(starts + body.window.duration),
        Millis(record.composed_at + body.revalidate_by) if isinstance(body, Site) else None,
        late_as_received(body) if isinstance(body, Movement) else 0,
        talk.state.standing,
        bool(current.delivered),
        Human.READ in done,
        Human.UNDERSTOOD in done,
        units_by_name(_units(talk, current.place, {version.place for version in versions})),
        tuple(_steps(talk)),
    )


def _units(talk: Talk, current: Place, versions: set[Place]) -> Iterator[UnitState]:
    for said in talk.said:
        reference = said.record.refers_to
        match said.record.body:
            case Distributed(unit, state, at) if reference is not None:
                place = (reference.party, reference.index)
                if place in versions:
                    when = Millis(said.record.composed_at + at)
                    yield UnitState(unit, state, when, earlier=place != current)
            case _:
                continue


def _steps(talk: Talk) -> Iterator[StepTaken]:
    for said in talk.said:
        match said.record.body:
            case MovementState(step, at, place, words):
                ours = talk.by(said) is Direction.OURS
                text = None if words is None else words.text
                yield StepTaken(step, Millis(said.record.composed_at + at), ours, place, text)
            case _:
                continue


# Under attack, stop


@dataclass(frozen=True, slots=True)
class StopSaid:
    """One "under attack, stop" and what came of it. due: when the first answer was wanted, ms UTC."""

    id: bytes
    party: str
    ours: bool
    attested: bool
    place: str
    asked_at: Millis
    due: Millis
    answered_at: Millis | None
    reply: Reply | None
    received: bool

    @property
    def within(self) -> int:
        """How soon an answer was wanted, ms; at least one minute, so that escalation has steps."""
        return max(60_000, self.due - self.asked_at)

    def unanswered(self, now: Millis) -> bool:
        """Whether it is ours, unanswered, and its time is up."""
        return self.ours and self.answered_at is None and now >= self.due


@dataclass(frozen=True, slots=True)
class Escalation:
    """Whom to try next because nobody has answered (H-12). step: 1 first; next_at: ms UTC."""

    step: int
    proposal: str
    widens: bool
    next_at: Millis


def stop_of(talk: Talk) -> StopSaid | None:
    """One stop from its dialogue; None if that is of something else."""
    first = talk.said[0]
    body, due = first.record.body, first.record.answer_due
    if not isinstance(body, Stop) or due is None:
        return None
    answers = [said for said in talk.said if isinstance(said.record.body, Answer)]
    final = [said for said in answers if _reply(said) is not Reply.CHECKING]
    said = [*answers, *final]
    return StopSaid(
        first.id,
        talk.party,
        talk.by(first) is Direction.OURS,
        talk.attested,
        body.place,
        first.record.composed_at,
        due,
        final[0].record.composed_at if final else None,
        _reply(said[-1]) if said else None,
        bool(first.delivered),
    )


def _reply(said: Uttered) -> Reply:
    assert isinstance(said.record.body, Answer)
    return said.record.body.reply


def escalation(
    stop: StopSaid, offices: Sequence[str], ladder: Sequence[Step], now: Millis
) -> Escalation | None:
    """Whom to try next; None while there is time left, or once it is answered.

    offices: theirs on the channel. First every office by voice, then each rung; at the end, again.
    """
    if not stop.unanswered(now):
        return None
    known = offices or ("the duty officer",)
    voice = [(f"Call {role} of {stop.party} by voice.", False) for role in known]
    rungs = [
        (f"Go by {name_of(step.rung)}: {step.through}.", step.widens)
        for step in ladder
        if step.rung is not Rung.DIRECT
    ]
    proposals = [*voice, *rungs]
    step = (now - stop.due) // stop.within
    text, widens = proposals[step % len(proposals)]
    if widens:
        text += " This widens who knows: a person decides."
    return Escalation(step + 1, text, widens, Millis(stop.due + (step + 1) * stop.within))
