"""Our own people: what goes out only with leave, who has the watch, who was summoned.

Pure folds over the journal. Awaiting leave is ours alone: it is never inferred for the other side.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from firebreak.desk import journal
from firebreak.desk.entries.contacts import Direction, Said
from firebreak.desk.entries.offices import (
    AuthorityAwaited,
    AuthorityGiven,
    Counterpart,
    Duress,
    HandoverGiven,
    HandoverTaken,
    OpenItem,
    Released,
    ReleaseRule,
    Summoned,
    Summons,
    SummonsAnswered,
)
from firebreak.desk.journal import Kept
from firebreak.errors import Refused
from firebreak.records.kinds import KIND_OF, NODE_KINDS, Kind
from firebreak.records.spelling import code_name
from firebreak.values import Millis

_MINUTE: Final = 60_000
LEAVE_LASTS: Final = 12 * 60 * _MINUTE
"""ms after which a leave that was not used is asked for anew."""
VERIFY_EVERY_DAYS: Final = 90
"""A counterpart that was not verified with them for so long is shown as stale, and told."""
_DAY: Final = 86_400_000


# Release rules and leave


@dataclass(frozen=True, slots=True)
class Leave:
    """A leave that was asked for. granted: None while it is awaited; about: what it is good for.

    since, at: as entered, to be shown; index, stored: of the answer, where it stands in the journal
    and when the node stored it, by which alone a leave is used up.
    """

    id: bytes
    of_whom: str
    for_what: str
    kind: int | None
    about: tuple[bytes, ...]
    since: Millis
    granted: bool | None
    by: str | None
    at: Millis | None
    words: str | None
    index: int | None
    stored: Millis | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A record of ours that went out, or was said. about: ids of what it answers, up to the first.

    stored: when the node stored it, ms UTC; index: where it stands in the journal, None in a log.
    """

    kind: int
    stored: Millis
    about: frozenset[bytes]
    index: int | None = None


def rules(entries: Sequence[Kept]) -> dict[int, ReleaseRule]:
    """By kind, the rule that holds: the newest that asks for something."""
    newest = {body.kind: body for _, body in journal.of_kind(entries, ReleaseRule)}
    return {
        kind: rule
        for kind, rule in newest.items()
        if rule.second_officer or rule.principal is not None
    }


def leaves(entries: Sequence[Kept]) -> list[Leave]:
    """Every leave asked for, oldest first, with the first answer to it that is noted."""
    answers: dict[bytes, tuple[Kept, AuthorityGiven]] = {}
    for kept, said in journal.of_kind(entries, AuthorityGiven):
        answers.setdefault(kept.entry.about[0] if kept.entry.about else b"", (kept, said))
    found = []
    for kept, body in journal.of_kind(entries, AuthorityAwaited):
        answer = answers.get(kept.id)
        given = None if answer is None else answer[1]
        found.append(
            Leave(
                kept.id,
                body.of_whom,
                body.for_what,
                body.kind,
                kept.entry.about,
                kept.entry.at,
                None if given is None else given.granted,
                None if given is None else given.by,
                None if answer is None else answer[0].entry.at,
                None if given is None else given.words,
                None if answer is None else answer[0].index,
                None if answer is None else _stored(answer[0]),
            )
        )
    return found


def _stored(kept: Kept) -> Millis:
    """By the node's clock: what an officer's machine gives may differ from it by minutes."""
    return kept.entry.at if kept.stored is None else kept.stored


def usable(leave: Leave, sent: Sent, principal: str) -> bool:
    """Whether a leave covers a record that went out, by the order in which the node stored them."""
    if leave.granted is not True or leave.stored is None or leave.index is None:
        return False
    if sent.index is None:
        before = leave.stored <= sent.stored
    else:
        before = leave.index < sent.index
    return (
        before
        and leave.kind == sent.kind
        and leave.of_whom == principal
        and sent.stored < leave.stored + LEAVE_LASTS
        and (not leave.about or not sent.about.isdisjoint(leave.about))
    )


def unused(
    given: Iterable[Leave],
    sent: Iterable[Sent],
    kind: int,
    principal: str,
    about: frozenset[bytes],
    now: Millis,
) -> Leave | None:
    """A leave for what is to go out now. Each is good once; one for a dialogue is taken first."""
    left = sorted(given, key=lambda leave: (not leave.about, leave.index or 0))
    # Stable, so that what was said stays in the order of the journal.
    for before in sorted((s for s in sent if s.kind == kind), key=lambda s: s.stored):
        used = next((each for each in left if usable(each, before, principal)), None)
        if used is not None:
            left.remove(used)
    going = Sent(kind, now, about)
    return next((each for each in left if usable(each, going, principal)), None)


def check_leave(
    entries: Sequence[Kept], sent: Iterable[Sent], kind: int, about: frozenset[bytes], now: Millis
) -> None:
    """Refuse what our own rule wants a principal's leave for, and has none (JN-10).

    entries: those that count. Raises Refused.
    """
    rule = rules(entries).get(kind)
    if rule is None or rule.principal is None:
        return
    if unused(leaves(entries), sent, kind, rule.principal, about, now) is None:
        name = code_name(Kind, kind)
        raise Refused(
            f"Our own rule: a {name} goes out only with the leave of the {rule.principal}, and none"
            " is noted that is not used yet. Ask, then note it: firebreak authority await"
            f' "{rule.principal}" --kind {name}, and firebreak authority given ID'
        )


def wants_second(entries: Sequence[Kept], kind: int) -> bool:
    """Whether our own rule wants a second officer for a kind."""
    rule = rules(entries).get(kind)
    return rule is not None and rule.second_officer


def said_sent(entries: Sequence[Kept]) -> list[Sent]:
    """What our officers said by voice, fax, mail or in person.

    entries: every one, struck ones too: striking what was said gives no leave back.
    """
    return [
        Sent(KIND_OF[type(body.body)], _stored(kept), ancestors(entries, kept), kept.index)
        for kept, body in journal.of_kind(entries, Said)
        if body.by is Direction.OURS
    ]


def ancestors(entries: Sequence[Kept], kept: Kept) -> frozenset[bytes]:
    """Ids of the entry that one answers, the one that this answers, and so on."""
    by_id = {each.id: each for each in entries}
    found: set[bytes] = set()
    at: Kept | None = kept
    while at is not None and at.entry.about and at.entry.about[0] not in found:
        found.add(at.entry.about[0])
        at = by_id.get(at.entry.about[0])
    return frozenset(found)


def check_said_released(
    kept: Kept, entries: Sequence[Kept], key_of: Callable[[Kept], bytes]
) -> None:
    """Refuse our words that want a second officer, unless one released them (JN-11).

    entries: those before, of which the releases entered with it are the last. Raises Refused.
    """
    body = kept.entry.body
    if not isinstance(body, Said) or body.by is not Direction.OURS:
        return
    kind = KIND_OF[type(body.body)]
    if not wants_second(journal.standing(entries), kind):
        return
    if not _is_released(kept, entries, key_of):
        raise Refused(
            f"Our own rule: a {code_name(Kind, kind)} is released by a second officer. Have one"
            " sign too: --release KEYFILE"
        )


def check_rule(kept: Kept, entries: Sequence[Kept], key_of: Callable[[Kept], bytes]) -> None:
    """Refuse a rule over what officers do not send, or one that one officer alone loosens (JN-11).

    entries: those before, of which a release entered with it is the last. Raises Refused.
    """
    rule = kept.entry.body
    assert isinstance(rule, ReleaseRule)
    if rule.kind in NODE_KINDS | {Kind.RELEASE} or rule.kind not in set(Kind):
        raise Refused("No officer sends records of this kind, so no rule can hold them back.")
    old = rules(journal.standing(entries)).get(rule.kind)
    if old is None:
        return
    loosened = (old.second_officer and not rule.second_officer) or (
        old.principal not in (None, rule.principal)
    )
    if loosened and not _is_released(kept, entries, key_of):
        raise Refused(
            "One officer alone may tighten a release rule, and not loosen it. Have a second one"
            " release it: --release KEYFILE"
        )


def check_struck(kept: Kept, entries: Sequence[Kept]) -> None:
    """Refuse to strike a rule: it is loosened as one. Raises Refused."""
    struck = next((each for each in entries if (each.id,) == kept.entry.about[:1]), None)
    if struck is not None and isinstance(struck.entry.body, ReleaseRule):
        raise Refused("A release rule is not struck. Rule anew: firebreak authority rule")


def _is_released(kept: Kept, entries: Sequence[Kept], key_of: Callable[[Kept], bytes]) -> bool:
    """Whether another key released an entry before it."""
    return any(
        other.entry.about[:1] == (kept.id,) and key_of(other) != key_of(kept)
        for other, _ in journal.of_kind(entries, Released)
    )


def check_given(kept: Kept, entries: Sequence[Kept]) -> None:
    """Refuse leave that nobody asked for, or a second answer to what was asked. Raises Refused."""
    asked = kept.entry.about[:1]
    leave = next((each for each in leaves(journal.standing(entries)) if (each.id,) == asked), None)
    if leave is None:
        raise Refused(
            "That entry asks for no leave. Name the one that does: firebreak authority list"
        )
    if leave.granted is not None:
        raise Refused(
            "That leave was answered already. If the answer was noted wrongly, strike it first:"
            " firebreak journal strike"
        )


# The watch


@dataclass(frozen=True, slots=True)
class Handover:
    """The watch of an office, given and perhaps taken. Views: given_by, taken_by are offices."""

    id: bytes
    office: str
    given_by: str
    given_at: Millis
    items: tuple[OpenItem, ...]
    words: str | None
    taken_id: bytes | None
    taken_by: str | None
    taken_at: Millis | None
    taken_words: str | None


def handovers(entries: Sequence[Kept]) -> dict[str, Handover]:
    """By office, the newest handover of its watch."""
    taken: dict[bytes, tuple[Kept, HandoverTaken]] = {}
    for kept, word in journal.of_kind(entries, HandoverTaken):
        taken.setdefault(kept.entry.about[0] if kept.entry.about else b"", (kept, word))
    found = {}
    for kept, body in journal.of_kind(entries, HandoverGiven):
        by = taken.get(kept.id)
        found[body.office] = Handover(
            kept.id,
            body.office,
            kept.office,
            kept.entry.at,
            body.items,
            body.words,
            None if by is None else by[0].id,
            None if by is None else by[0].office,
            None if by is None else by[0].entry.at,
            None if by is None else by[1].words,
        )
    return found


def check_taken(kept: Kept, entries: Sequence[Kept], key_of: Callable[[Kept], bytes]) -> None:
    """Refuse a watch taken that was not given, twice, or by the key that gave it (JN-12).

    Raises Refused.
    """
    counting = journal.standing(entries)
    named = kept.entry.about[:1]
    given = next((k for k in counting if (k.id,) == named), None)
    if given is None or not isinstance(given.entry.body, HandoverGiven):
        raise Refused("That entry gives no watch over. See: firebreak handover show")
    newest = handovers(counting)[given.entry.body.office]
    if newest.id != given.id:
        raise Refused("A newer handover of this watch stands. Read and take that one.")
    if newest.taken_id is not None:
        raise Refused("This watch was taken already. See: firebreak handover show")
    if key_of(kept) == key_of(given):
        raise Refused(
            "Who gives the watch over cannot take it: another officer signs with his own key."
        )


def check_complete(body: HandoverGiven, still_open: Iterable[OpenItem]) -> None:
    """Refuse a handover that leaves out what is open (JN-12). Raises Refused."""
    listed = {item.id for item in body.items}
    missing = [item for item in still_open if item.id not in listed]
    if missing:
        raise Refused(
            f"The handover leaves out {len(missing)} open items, as: {missing[0].note}. Make the list"
            " anew: firebreak handover give"
        )


# Summons


@dataclass(frozen=True, slots=True)
class Call:
    """A summons, and who of those summoned has not come yet."""

    id: bytes
    at: Millis
    reason: str
    whom: tuple[Summoned, ...]
    missing: tuple[Summoned, ...]
    came: tuple[str, ...]


def summonses(entries: Sequence[Kept]) -> list[Call]:
    """Every summons, oldest first."""
    came: dict[bytes, list[SummonsAnswered]] = {}
    for kept, body in journal.of_kind(entries, SummonsAnswered):
        came.setdefault(kept.entry.about[0] if kept.entry.about else b"", []).append(body)
    found = []
    for kept, called in journal.of_kind(entries, Summons):
        answered = came.get(kept.id, [])
        there = {body.who for body in answered}
        found.append(
            Call(
                kept.id,
                kept.entry.at,
                called.reason,
                called.whom,
                tuple(who for who in called.whom if who not in there),
                tuple(body.name for body in answered),
            )
        )
    return found


def check_came(kept: Kept, entries: Sequence[Kept]) -> None:
    """Refuse the coming of somebody who was not summoned. Raises Refused."""
    body = kept.entry.body
    assert isinstance(body, SummonsAnswered)
    call = next(
        (c for c in summonses(journal.standing(entries)) if (c.id,) == kept.entry.about[:1]), None
    )
    if call is None or body.who not in call.whom:
        raise Refused("Nobody was summoned so. See: firebreak journal list --kind summons")


# Counterparts, and what is not shown


def pairs_entered(entries: Sequence[Kept]) -> list[tuple[Kept, Counterpart]]:
    """The counterpart pairs that are kept, each as its newest entry has it, with that entry."""
    newest = {
        (body.ours, body.party, body.theirs): (kept, body)
        for kept, body in journal.of_kind(entries, Counterpart)
    }
    return [(kept, body) for kept, body in newest.values() if not body.ended]


def stale_from(card: Counterpart, kept_at: Millis, days: int = VERIFY_EVERY_DAYS) -> Millis:
    """When what is known of a counterpart is to be verified with them again, ms UTC.

    kept_at: when it was entered; that counts where it was never verified.
    """
    return Millis((kept_at if card.verified_on is None else card.verified_on) + days * _DAY)


_HOURS: Final = re.compile(
    r"([01][0-9]|2[0-3])([0-5][0-9])Z-([01][0-9]|2[0-3])([0-5][0-9])Z(| weekdays)"
)


def in_hours(hours: str | None, now: Millis) -> bool | None:
    """Whether an office is there now by its own hours, as 0600Z-1400Z or 2200Z-0600Z weekdays.

    None where they were not given, or in other words: then nobody but a person can tell. A watch
    past midnight belongs to the day on which it begins.
    """
    found = None if hours is None else _HOURS.fullmatch(hours.strip())
    if found is None:
        return None
    start, end = (60 * int(found[n]) + int(found[n + 1]) for n in (1, 3))
    day, minute = divmod(now // _MINUTE, 1_440)
    if start <= end:
        there = start <= minute < end
    else:
        there = minute >= start or minute < end
        day -= minute < end
    weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
    return there and (not found[5] or weekday < 5)


def without_duress(entries: Sequence[Kept]) -> list[Kept]:
    """What may stand on a screen that others see (JN-13)."""
    return [kept for kept in entries if not isinstance(kept.entry.body, Duress)]
