"""The ladder of routes: by which way a counterpart is tried next, when the one before came to nothing.

The next rung is proposed and never taken by itself. One that widens who knows needs an officer's
signature before anything goes that way. What we did not try is *not attempted (by us)*.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from firebreak.desk.attested import Attested, dialogues, said_of
from firebreak.desk.entries.contacts import Contacted, Direction, Rung, Said
from firebreak.desk.entries.offices import Counterpart, Level
from firebreak.desk.entries.routes import Ladder, RungTaken, Step
from firebreak.desk.journal import Kept, of_kind
from firebreak.desk.outcomes import (
    attested_reason,
    due_of,
    known_delivered,
    not_through,
    outcome_of_attested_call,
    silence,
)
from firebreak.records.agreement import Channel
from firebreak.records.calls import Call
from firebreak.records.contacts import Outcome, Precision, Way
from firebreak.records.kinds import KIND_OF, Answer, Reply
from firebreak.records.record import NODE_AUTHOR
from firebreak.records.spelling import name_of
from firebreak.values import Millis

WIDENS: Final = frozenset(Rung) - {Rung.DIRECT, Rung.DUTY_OFFICE}
"""Routes on which people learn of it who did not know: a person decides, always."""

_THROUGH: Final = {
    Rung.DIRECT: "the office itself",
    Rung.DUTY_OFFICE: "their duty office",
    Rung.NOTE_TO_MINISTRY: "a note to their ministry",
    Rung.DEFENCE_ATTACHE: "our defence attaché",
    Rung.EMBASSY: "our embassy",
    Rung.FOREIGN_MINISTER: "our foreign minister",
    Rung.SECURITY_ADVISER: "our security adviser",
    Rung.THIRD_STATE: "a third state",
}
_RUNGS: Final = {
    Level.TACTICAL: tuple(Rung)[:4],
    Level.COMMAND: tuple(Rung)[:5],
    Level.MILITARY: tuple(Rung),
    Level.POLITICAL: tuple(rung for rung in Rung if rung is not Rung.DEFENCE_ATTACHE),
}
_LEVEL_OF: Final = {
    Channel.COMMAND: Level.COMMAND,
    Channel.STRATEGIC: Level.MILITARY,
    Channel.HUMANITARIAN: Level.POLITICAL,
}


def step(rung: Rung, through: str | None = None) -> Step:
    """A rung of a ladder, as anybody would go it if nothing else is said."""
    return Step(rung, through or _THROUGH[rung], rung in WIDENS)


def default_ladder(level: Level) -> tuple[Step, ...]:
    """The routes at a level, in order, where a party has set none of its own."""
    return tuple(step(rung) for rung in _RUNGS[level])


def ladder_to(entries: Sequence[Kept], party: str, level: Level) -> tuple[Step, ...]:
    """The routes to a party at a level: the newest ladder that was set, else the default one."""
    steps = default_ladder(level)
    for _, body in of_kind(entries, Ladder):
        if (body.party, body.level) == (party, level):
            steps = body.steps
    return steps


def level_of(entries: Sequence[Kept], party: str, theirs: str, channel: int | None = None) -> Level:
    """At which level one speaks to an office: as the pair is kept, else as the channel says."""
    level = _LEVEL_OF.get(Channel(channel), Level.TACTICAL) if channel is not None else None
    for _, body in of_kind(entries, Counterpart):
        if (body.party, body.theirs) == (party, theirs) and not body.ended:
            level = body.level
    return Level.TACTICAL if level is None else level


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt on a rung. outcome: None while an answer is awaited, until `due` if that is known.

    After `due` None says that nobody knows whether it got there, as of a fax: the ladder goes on.
    """

    id: bytes
    rung: Rung
    way: Way
    happened: Millis
    precision: Precision
    reported: Millis
    outcome: Outcome | None
    due: Millis | None = None
    stated_reason: str | None = None


class RungStands(StrEnum):
    """Where a rung of a ladder stands. NOT_TRIED: by us; it says nothing of them."""

    NOT_TRIED = "not tried"
    DECIDED = "decided, not gone yet"
    TRIED = "tried"


@dataclass(frozen=True, slots=True)
class RungView:
    """One rung: what was tried there, who decided to go it, whether it is proposed next."""

    rung: Rung
    through: str
    widens: bool
    stands: RungStands
    tries: tuple[Try, ...]
    decided_at: Millis | None
    decided_by: str | None
    proposed: bool


@dataclass(frozen=True, slots=True)
class Matter:
    """What the ladder is for: the record or entry that asked first. logged: what a node's line shows."""

    id: bytes
    party: str
    theirs: str
    level: Level
    subject: str
    logged: tuple[Try, ...] = ()


@dataclass(frozen=True, slots=True)
class LadderView:
    """A ladder as it stands for one matter. next: the rung proposed; why: in words, also why none is."""

    id: bytes
    party: str
    theirs: str
    level: Level
    subject: str
    rungs: tuple[RungView, ...]
    next: Rung | None
    why: str


def matters(entries: Sequence[Kept]) -> list[Matter]:
    """What we asked by ways other than a node and want an answer to, oldest first."""
    tied = _tied(entries)
    found = []
    for dialogue in dialogues(entries):
        said, kept = dialogue.opening, dialogue.entries[0]
        own = said.by is Direction.OURS and said.answer_by is not None
        if own and kept.id not in tied:
            level = level_of(entries, said.party, _principal(said))
            found.append(
                Matter(kept.id, said.party, said.theirs, level, name_of(KIND_OF[type(said.body)]))
            )
    return found


def _principal(said: Said) -> str:
    """Whom it is for: of a call the counterpart asked for, else the office that it was said to."""
    return said.body.counterpart if isinstance(said.body, Call) else said.theirs


def _tied(entries: Sequence[Kept]) -> dict[bytes, bytes]:
    """By the id of a later attempt: the matter that it is another attempt of."""
    return {
        later: kept.entry.about[0]
        for kept, _ in of_kind(entries, RungTaken)
        for later in kept.entry.about[1:]
    }


def view(entries: Sequence[Kept], matter: Matter, now: Millis) -> LadderView:
    """The ladder of a matter as it stands now. entries: those of the journal that count."""
    tries = sorted([*matter.logged, *_tries(entries, matter, now)], key=lambda t: t.happened)
    taken = {
        body.rung: kept
        for kept, body in of_kind(entries, RungTaken)
        if matter.id in kept.entry.about
    }
    steps = ladder_to(entries, matter.party, matter.level)
    known = {each.rung for each in steps}
    off = [each.rung for each in tries if each.rung not in known]
    steps += tuple(
        step(rung) for rung in dict.fromkeys([*off, *(r for r in taken if r not in known)])
    )
    proposed, why = _next(steps, tries, taken, now)
    return LadderView(
        matter.id,
        matter.party,
        matter.theirs,
        matter.level,
        matter.subject,
        tuple(_rung(each, tries, taken.get(each.rung), proposed) for each in steps),
        proposed,
        why,
    )


def _rung(each: Step, tries: Sequence[Try], taken: Kept | None, proposed: Rung | None) -> RungView:
    of_rung = tuple(t for t in tries if t.rung is each.rung)
    gone = any(t.outcome is not Outcome.NOT_ATTEMPTED for t in of_rung)
    stands = RungStands.TRIED if gone else RungStands.DECIDED if taken else RungStands.NOT_TRIED
    return RungView(
        each.rung,
        each.through,
        each.rung in WIDENS,
        stands,
        of_rung,
        None if taken is None else taken.entry.at,
        None if taken is None else taken.office,
        proposed is each.rung,
    )


def _next(
    steps: Sequence[Step], tries: Sequence[Try], taken: dict[Rung, Kept], now: Millis
) -> tuple[Rung | None, str]:
    gone = [each for each in tries if each.outcome is not Outcome.NOT_ATTEMPTED]
    if held := next((each for each in gone if each.outcome is Outcome.HELD), None):
        return None, f"It was answered by {name_of(held.rung)}: no further rung is proposed."
    if waits := next((each for each in gone if _awaited(each, now)), None):
        return (
            None,
            f"An answer by {name_of(waits.rung)} is awaited: no further rung is proposed yet.",
        )
    used = {each.rung for each in gone}
    left = [each for each in steps if each.rung not in used]
    if not left:
        return None, "Every rung of the ladder was tried. Try one again, or set a longer ladder."
    first = next((each for each in left if each.rung in taken), left[0])
    if first.rung in taken:
        return first.rung, f"{first.through} was decided on, and nothing has gone that way yet."
    before = "Nothing was tried yet" if not gone else f"{name_of(gone[-1].rung)}: {_said(gone[-1])}"
    widens = "; it widens who knows, so an officer decides" if first.rung in WIDENS else ""
    return first.rung, f"{before}. Next: {first.through}{widens}."


def _awaited(each: Try, now: Millis) -> bool:
    return each.outcome is None and (each.due is None or now < each.due)


def _said(each: Try) -> str:
    if each.outcome is None:
        return "no answer came, and nobody knows whether it got there"
    return name_of(each.outcome)


def _tries(entries: Sequence[Kept], matter: Matter, now: Millis) -> list[Try]:
    """Attempts at a matter by ways that the journal shows."""
    tied = _tied(entries)
    found, failed = [], not_through(entries, now)
    for dialogue in dialogues(entries):
        first = dialogue.entries[0]
        ours = dialogue.opening.by is Direction.OURS
        if ours and matter.id in (first.id, tied.get(first.id)):
            found.append(_attested_try(dialogue, first.id in failed, now))
    for kept, body in of_kind(entries, Contacted):
        noted = kept.id in failed.values()
        if matter.id in kept.entry.about and body.by is not Direction.THEIRS and not noted:
            found.append(
                Try(
                    kept.id,
                    body.rung,
                    body.way,
                    body.happened,
                    body.precision,
                    kept.entry.at,
                    body.outcome,
                    None,
                    body.stated_reason,
                )
            )
    return found


def _attested_try(dialogue: Attested, failed: bool, now: Millis) -> Try:
    opening, first = dialogue.opening, dialogue.entries[0]
    return Try(
        first.id,
        opening.rung,
        opening.way,
        opening.happened,
        Precision.MINUTE,
        first.entry.at,
        _outcome(dialogue, failed, now),
        due_of(dialogue),
        attested_reason(dialogue),
    )


def _outcome(dialogue: Attested, failed: bool, now: Millis) -> Outcome | None:
    if isinstance(dialogue.opening.body, Call):
        return outcome_of_attested_call(dialogue, failed, now)
    due = due_of(dialogue)
    delivered = known_delivered(dialogue, due, failed)
    if failed and delivered is False:
        return Outcome.UNDELIVERED  # no answer can come: nobody waits until the time is over
    replies = [
        said_of(kept) for kept in dialogue.entries[1:] if said_of(kept).by is Direction.THEIRS
    ]
    return outcome_of_question(due, [said.body for said in replies], delivered=delivered, now=now)


def outcome_of_question(
    due: Millis | None, replies: Iterable[object], *, delivered: bool | None, now: Millis
) -> Outcome | None:
    """What became of a question other than a call; None while its answer is awaited.

    due: when an answer is awaited until, None if none is; replies: bodies of their answers, in order;
    delivered: whether it got there before the answer was due, None if nobody knows.
    """
    last = None
    for reply in replies:
        last = reply
    declined = isinstance(last, Answer) and last.reply in (Reply.DECLINES_TO_SAY, Reply.WILL_NOT_DO)
    if due is not None:
        if now < due:
            return None
        return silence(delivered)
    if last is None:
        return silence(delivered)
    return Outcome.DECLINED if declined else Outcome.HELD


# A person decides


def decided(entries: Sequence[Kept], rung: Rung, *about: bytes) -> bool:
    """Whether an officer of ours took this rung for any of these."""
    return any(
        body.rung is rung
        and kept.entry.author != NODE_AUTHOR
        and set(about) & set(kept.entry.about)
        for kept, body in of_kind(entries, RungTaken)
    )


def pending(entries: Sequence[Kept], rung: Rung, party: str) -> Kept | None:
    """The newest decision to go this rung that nothing has gone by yet; None if there is none.

    party: with whom; a decision for a record of a line is taken to be with them.
    """
    said = {kept.id: body for kept, body in of_kind(entries, Said)}
    gone = {
        (kept.entry.about[0], body.rung)
        for kept, body in of_kind(entries, RungTaken)
        if len(kept.entry.about) > 1
    }
    gone |= {
        (about, body.rung)
        for kept, body in of_kind(entries, Contacted)
        for about in kept.entry.about
        if body.outcome is not Outcome.NOT_ATTEMPTED
    }
    gone |= {(identity, body.rung) for identity, body in said.items()}
    for kept, body in reversed(of_kind(entries, RungTaken)):
        if body.rung is not rung or kept.entry.author == NODE_AUTHOR or not kept.entry.about:
            continue
        matter = kept.entry.about[0]
        theirs = said[matter].party if matter in said else party
        if (matter, rung) not in gone and theirs == party:
            return kept
    return None


def refusal(
    entries: Sequence[Kept], identity: bytes, said: Said, about: bytes | None
) -> str | None:
    """Why our own words may not go by a rung now; None if they may (JN-18).

    identity: of the entry; about: of the one that it answers. A route by which the other side already
    spoke of this, or by which it was asked before, widens nothing.
    """
    if said.by is not Direction.OURS or said.rung not in WIDENS:
        return None
    ids = {identity}
    for dialogue in dialogues(entries):
        members = {kept.id for kept in dialogue.entries}
        if about in members:
            ids |= members
            if any(said_of(kept).rung is said.rung for kept in dialogue.entries):
                return None
    if decided(entries, said.rung, *ids):
        return None
    return (
        f"{name_of(said.rung).capitalize()} widens who knows of it: an officer decides that first, and"
        " signs it. Decide: firebreak route take ID --rung"
        f" {name_of(said.rung)}, or say --widen with what you send."
    )


def relay_decided(entries: Sequence[Kept], relay: str) -> bool:
    """Whether an officer of ours decided to let this relay know that the two parties speak."""
    return any(
        body.rung is Rung.THIRD_STATE and body.through == relay and kept.entry.author != NODE_AUTHOR
        for kept, body in of_kind(entries, RungTaken)
    )
