"""Who on our own side must be told of a record, who was, and the card that it is told from.

Pure folds over the journal and what came in or went out. It stays here unless a person discloses it.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from firebreak.desk import journal
from firebreak.desk.entries.contacts import Direction, Said
from firebreak.desk.entries.onward import OnwardRule, OnwardTold
from firebreak.desk.journal import Kept
from firebreak.errors import Refused
from firebreak.records.calls import Call, CallAnswer
from firebreak.records.figures import (
    compact_position,
    exact_date_time_group,
    height_text,
    heights_text,
    window_text,
)
from firebreak.records.incidents import Account, Assessment, Incident
from firebreak.records.kinds import (
    KIND_OF,
    NODE_KINDS,
    Amend,
    Answer,
    Body,
    Cancel,
    HazardWarning,
    Kind,
    Notice,
    Query,
    Restraint,
    Statement,
    UnknownBody,
)
from firebreak.records.readback import area_fields
from firebreak.records.record import Record
from firebreak.records.sites import Movement, MovementState, Site, Stop
from firebreak.records.slots import Span, Words
from firebreak.records.spelling import name_of
from firebreak.values import Millis, Position
from firebreak.volumes import Area

ASKED_FOR: Final = 30 * 86_400_000
"""ms: what came earlier is no longer asked for; it stands in the journal."""
NOT_SAID: Final = "-"


@dataclass(frozen=True, slots=True)
class Passing:
    """A record that came in or went out, by any way. came: when it was here, or entered, ms UTC."""

    id: bytes
    kind: int
    came: Millis
    ours: bool
    party: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that must know, and the last that is noted of its being told."""

    unit: str
    confirmed: bool
    by: str | None = None
    to: str | None = None
    at: Millis | None = None


@dataclass(frozen=True, slots=True)
class Onward:
    """A record and the units that must know of it by `due`, ms UTC."""

    id: bytes
    kind: int
    came: Millis
    ours: bool
    party: str
    due: Millis
    units: tuple[Unit, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Units that have not read it back."""
        return tuple(unit.unit for unit in self.units if not unit.confirmed)


def rule_at(rules: Iterable[tuple[Kept, OnwardRule]], kind: int, came: Millis) -> OnwardRule | None:
    """The newest rule for a kind that stood when a record came (JN-14)."""
    standing = [rule for kept, rule in rules if rule.kind == kind and kept.entry.at <= came]
    return standing[-1] if standing else None


def said_passing(entries: Sequence[Kept]) -> list[Passing]:
    """What was said or heard by voice, fax, mail or in person."""
    return [
        Passing(
            kept.id,
            KIND_OF[type(said.body)],
            kept.entry.at,
            said.by is Direction.OURS,
            said.party,
        )
        for kept, said in journal.of_kind(entries, Said)
    ]


def onward(entries: Sequence[Kept], passing: Iterable[Passing], now: Millis) -> list[Onward]:
    """Whatever must be passed on, in the order in which it is due. entries: those that count."""
    rules = journal.of_kind(entries, OnwardRule)
    told: dict[bytes, list[OnwardTold]] = {}
    for kept, body in journal.of_kind(entries, OnwardTold):
        told.setdefault(kept.entry.about[0] if kept.entry.about else b"", []).append(body)
    kinds = {rule.kind for _, rule in rules}
    found = []
    for each in passing:
        if each.kind not in kinds:
            continue
        rule = rule_at(rules, each.kind, each.came)
        if rule is None or not rule.units or (each.ours and not rule.own):
            continue
        if each.came < now - ASKED_FOR:
            continue
        units = tuple(_unit(name, told.get(each.id, [])) for name in rule.units)
        due = Millis(each.came + rule.within_ms)
        found.append(Onward(each.id, each.kind, each.came, each.ours, each.party, due, units))
    return sorted(found, key=lambda item: (item.due, item.id))


def _unit(name: str, told: Sequence[OnwardTold]) -> Unit:
    """A unit that read it back has confirmed, whatever was noted after."""
    own = [body for body in told if body.unit == name]
    confirmed = [body for body in own if body.read_back]
    if not own:
        return Unit(name, confirmed=False)
    last = (confirmed or own)[-1]
    return Unit(name, bool(confirmed), last.by, last.to, last.at)


def check_rule(rule: OnwardRule) -> None:
    """Refuse a rule over what nodes sign among themselves, or the same unit twice. Raises Refused."""
    if rule.kind not in set(Kind) or rule.kind in NODE_KINDS:
        raise Refused("Records of this kind are nobody's to pass on. Name another kind.")
    if len(set(rule.units)) < len(rule.units):
        raise Refused("A unit is named twice. Name each once.")


def check_told(told: OnwardTold, entries: Sequence[Kept]) -> None:
    """Refuse a unit that no rule has ever named. entries: those that count. Raises Refused."""
    named = {unit for _, rule in journal.of_kind(entries, OnwardRule) for unit in rule.units}
    if not named:
        raise Refused(
            "No rule names a unit. Make one first: firebreak onward rule KIND --unit NAME"
        )
    if told.unit not in named:
        raise Refused(
            f"No rule names a unit {told.unit}. These are named: {', '.join(sorted(named))}."
        )


# The card


def card(record: Record, party: str, identity: bytes, exercise: bool | None) -> tuple[str, ...]:
    """Five lines to read out to a unit. exercise: None where nothing says which it is."""
    body, at = record.body, record.composed_at
    what, where, when, limits, contact = _slots(body, at)
    mark = {True: "EXERCISE", False: "REAL", None: "REAL OR EXERCISE NOT SAID"}[exercise]
    number = record.kind
    kind = name_of(Kind(number)) if number in set(Kind) else f"kind {number}"
    head = f"{mark}. {kind.replace('-', ' ').upper()} {identity.hex()[:8].upper()} OF {party}"
    said = _words(body)
    quoted = "" if said is None else f' "{said.text}"'
    return (
        f"WHAT     {head}: {what}{quoted}",
        f"WHERE    {where}",
        f"WHEN     {when}",
        f"LIMITS   {limits}",
        f"CONTACT  {contact}",
    )


def card_html(lines: Sequence[str]) -> str:
    """The card as a page by itself, in large letters, without anything fetched from elsewhere."""
    rows = "\n".join(
        f"<tr><th>{html.escape(line[:9].strip())}</th><td dir=auto>{html.escape(line[9:])}</td></tr>"
        for line in lines
    )
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Card</title>\n'
        "<style>body{font:1.4rem monospace}th{text-align:left;vertical-align:top;"
        "padding-right:1em}</style>\n"
        f"<table>\n{rows}\n</table>\n</html>\n"
    )


_Slots = tuple[str, str, str, str, str]


def _slots(body: Body | UnknownBody, at: Millis) -> _Slots:  # one a kind
    """What, where, when, limits, contact."""
    match body:
        case Notice():
            return (
                _named(body.purpose.name),
                _area(body.area),
                _window(at, body.window),
                " to ".join(heights_text(body.heights)),
                body.contact,
            )
        case Amend(notice, reason):
            what, *rest = _slots(notice, at)
            because = "" if reason is None else f", because {reason}"
            return (f"NOW READS {what}{because}", rest[0], rest[1], rest[2], rest[3])
        case HazardWarning():
            return (
                _named(body.hazard.name),
                _area(body.area),
                _window(at, body.window),
                " to ".join(heights_text(body.heights)),
                NOT_SAID,
            )
        case Cancel(reason):
            return ("NO LONGER HOLDS", NOT_SAID, exact_date_time_group(at), reason or NOT_SAID, "-")
        case Query():
            seen = [] if body.height is None else [height_text(body.height)]
            seen += [] if body.speed_kt is None else [f"{body.speed_kt} kt"]
            seen += [] if body.course_degrees is None else [f"course {body.course_degrees:03}"]
            return (
                f"IS TRACK {body.track} YOURS?",
                compact_position(body.position),
                exact_date_time_group(at + body.observed),
                ", ".join(seen) or NOT_SAID,
                NOT_SAID,
            )
        case Answer() | CallAnswer():
            word = body.next_word_by
            limit = NOT_SAID if word is None else f"next word by {exact_date_time_group(at + word)}"
            return (_named(body.reply.name), NOT_SAID, exact_date_time_group(at), limit, NOT_SAID)
        case Statement():
            return (
                _named(body.topic.name),
                _maybe_area(body.area),
                exact_date_time_group(at) if body.window is None else _window(at, body.window),
                NOT_SAID,
                NOT_SAID,
            )
        case Restraint():
            return (
                f"KEEP {_named(body.keep.name)} AWAY",
                _placed(body.place, body.area),
                exact_date_time_group(at) if body.window is None else _window(at, body.window),
                NOT_SAID,
                NOT_SAID,
            )
        case Incident():
            stance = "" if body.stance is None else f", {_named(body.stance.name)}"
            return (
                f"{_named(body.sort.name)}{stance}",
                _near(body.place, body.position),
                exact_date_time_group(at + body.happened),
                NOT_SAID,
                NOT_SAID,
            )
        case Assessment():
            word = body.next_word_by
            limit = NOT_SAID if word is None else f"next word by {exact_date_time_group(at + word)}"
            return (_named(body.stance.name), NOT_SAID, exact_date_time_group(at), limit, NOT_SAID)
        case Account():
            return (
                "ACCOUNT",
                _near(body.place, body.position),
                exact_date_time_group(at + body.happened),
                body.damage or NOT_SAID,
                ", ".join(body.units) or NOT_SAID,
            )
        case Site():
            return (
                f"{_named(body.sort.name)} {body.name}",
                _placed(body.place, body.area),
                _window(at, body.window),
                body.markings or NOT_SAID,
                body.contact,
            )
        case Movement():
            return (
                body.name,
                _area(body.area),
                _window(at, body.window),
                f"{body.vehicles} vehicles, {body.fleet}, {body.markings}; {body.staff} persons",
                ", ".join(body.contacts),
            )
        case MovementState():
            return (
                _named(body.step.name),
                body.place or NOT_SAID,
                exact_date_time_group(at + body.at),
                NOT_SAID,
                NOT_SAID,
            )
        case Stop():
            return (
                "UNDER ATTACK. STOP",
                _near(body.place, body.position),
                exact_date_time_group(at),
                NOT_SAID,
                NOT_SAID,
            )
        case Call():
            return (
                f"{body.principal} ASKS FOR {body.counterpart}",
                NOT_SAID,
                "; ".join(_window(at, span) for span in body.windows) or NOT_SAID,
                _named(body.urgency.name),
                body.proposer,
            )
        case _:
            return ("AS THE RECORD SAYS", NOT_SAID, exact_date_time_group(at), NOT_SAID, NOT_SAID)


def _words(body: object) -> Words | None:
    for name in ("words", "topic", "content", "question"):
        value = getattr(body, name, None)
        if isinstance(value, Words):
            return value
    return None


def _named(name: str) -> str:
    return name.replace("_", " ")


def _area(area: Area) -> str:
    return "; ".join(value for _, value in area_fields(area))


def _maybe_area(area: Area | None) -> str:
    return NOT_SAID if area is None else _area(area)


def _placed(place: str, area: Area | None) -> str:
    return place if area is None else f"{place}: {_area(area)}"


def _near(place: str, position: Position | None) -> str:
    return place if position is None else f"{place}, {compact_position(position)}"


def _window(at: Millis, span: Span) -> str:
    return window_text(at + span.start, at + span.start + span.duration)
