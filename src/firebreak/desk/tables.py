"""Every dialogue as a table: where it stands, what happens, where it stands then (spec/dialogue.md).

What no row names is kept and changes nothing. The tables in the spec and the diagrams in the
handbook are written from these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """Where a dialogue or a question in it stands."""

    FILED = "filed"
    AMENDED = "amended"
    ACKNOWLEDGED = "acknowledged"
    READ_BACK_DIFFERS = "read-back-differs"
    OBJECTED = "objected"
    CANCELLED = "cancelled"
    ASKED = "asked"
    CHECKING = "checking"
    ANSWERED = "answered"
    ANSWERED_LATE = "answered-late"
    LAPSED = "lapsed"
    SAID = "said"
    UNKNOWN = "unknown"
    VOID = "void"
    REQUESTED = "requested"
    AWAITING_AUTHORITY = "awaiting-authority"
    OTHER_TIME = "other-time"
    DEPUTY = "deputy"
    ACCEPTED = "accepted"
    READY = "ready"
    BEGUN = "begun"
    ENDED = "ended"
    BROKEN_OFF = "broken-off"
    NOT_AT_THIS_TIME = "not-at-this-time"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REPORTED = "reported"
    CLOSED_BY_ONE = "closed-by-one"
    CLOSED = "closed"
    TOLD = "told"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    UNDER_WAY = "under-way"
    HOLDING = "holding"
    ARRIVED = "arrived"
    NOT_COMPLETED = "not-completed"


class Event(StrEnum):
    """What happens in a dialogue: a valid entry, by what it says and whose it is."""

    AMEND = "the originator amends it"
    CANCEL = "the originator cancels it"
    READ_BACK_AGREES = "acknowledged, the read-back agrees"
    READ_BACK_DIFFERS = "acknowledged, the read-back differs"
    OBJECT = "objected to"
    CHECKING = "answered: checking, next word by T"
    ANSWER = "any other answer"
    LAPSE = "lapsed"
    ACCEPT = "accepted"
    OTHER_TIME = "another time proposed"
    DEPUTY = "a deputy proposed"
    NOT_AT_THIS_TIME = "not at this time"
    DECLINE = "declined, with reason"
    AWAIT = "awaiting authority, next word by T"
    WITHDRAW = "the asking side withdraws it"
    BOTH_READY = "both sides are ready"
    BEGIN = "begun"
    END = "ended"
    BREAK_OFF = "broken off"
    SAY = "word, account, finding or answer"
    CLOSE = "one side holds it closed"
    CLOSE_OTHER = "the other side does, too"
    CONFIRM = "confirmed"
    DISPUTE = "disputed"
    MOVE = "departed or moving"
    HOLD = "holding or delayed"
    ARRIVE = "arrived"
    FAIL = "impeded, denied or called off"


Row = Mapping[Event, Standing]


@dataclass(frozen=True)
class Table:
    """One dialogue. first: where it stands when it is opened; rows: by standing and event."""

    name: str
    first: Standing
    rows: Mapping[Standing, Row]

    def step(self, standing: Standing, event: Event) -> Standing:
        """Where it stands after an event; where it stood, if the table does not name it."""
        return self.rows[standing].get(event, standing)

    @property
    def events(self) -> tuple[Event, ...]:
        """Those that any row names, in the order of the enumeration."""
        named = {event for row in self.rows.values() for event in row}
        return tuple(event for event in Event if event in named)

    def as_markdown(self) -> str:
        """The table as the spec shows it."""
        lines = [f"| {self.name} stands | event | then |", "|---|---|---|"]
        lines += [
            f"| {standing} | {event} | {then} |"
            for standing, row in self.rows.items()
            for event, then in sorted(row.items(), key=lambda item: list(Event).index(item[0]))
        ]
        return "\n".join(lines) + "\n"

    def as_diagram(self) -> str:
        """The table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {_node(self.first)}"]
        for standing, row in self.rows.items():
            towards: dict[Standing, list[Event]] = {}
            for event, then in row.items():
                towards.setdefault(then, []).append(event)
            lines += [
                f"    {_node(standing)} --> {_node(then)}: {_label(events)}"
                for then, events in towards.items()
                if then is not standing
            ]
        return "\n".join(lines) + "\n"


def _node(standing: Standing) -> str:
    return standing.replace("-", "_")


def _label(events: Iterable[Event]) -> str:
    """What leads from one standing to another; Mermaid ends a label at a colon or a semicolon."""
    return " / ".join(events).replace(":", ",")


_S, _E = Standing, Event

QUESTION = Table(
    "A question",
    _S.ASKED,
    {
        _S.ASKED: {
            _E.CHECKING: _S.CHECKING,
            _E.ANSWER: _S.ANSWERED,
            _E.LAPSE: _S.LAPSED,
            _E.WITHDRAW: _S.WITHDRAWN,
        },
        _S.CHECKING: {
            _E.ANSWER: _S.ANSWERED,
            _E.LAPSE: _S.LAPSED,
            _E.WITHDRAW: _S.WITHDRAWN,
        },
        _S.LAPSED: {_E.ANSWER: _S.ANSWERED_LATE},
        _S.ANSWERED: {_E.LAPSE: _S.ANSWERED_LATE},
        _S.ANSWERED_LATE: {},
        _S.WITHDRAWN: {},
    },
)
"""Query, request for restraint, for clarification, line check, stop; a call's own time for answer.

A valid lapse has seen no final answer, so that one which stands before it in the canonical order
crossed it: it is late. What its author withdrew is no longer awaited, and no silence of the other's.
"""

_CHANGED = {_E.AMEND: _S.AMENDED, _E.CANCEL: _S.CANCELLED}
_HEARD = {
    **_CHANGED,
    _E.READ_BACK_AGREES: _S.ACKNOWLEDGED,
    _E.READ_BACK_DIFFERS: _S.READ_BACK_DIFFERS,
    _E.OBJECT: _S.OBJECTED,
}
NOTICE = Table(
    "A notice or hazard warning",
    _S.FILED,
    {
        _S.FILED: _HEARD,
        _S.AMENDED: {event: then for event, then in _HEARD.items() if then is not _S.AMENDED},
        _S.READ_BACK_DIFFERS: {
            **_CHANGED,
            _E.READ_BACK_AGREES: _S.ACKNOWLEDGED,
            _E.OBJECT: _S.OBJECTED,
        },
        _S.ACKNOWLEDGED: {**_CHANGED, _E.OBJECT: _S.OBJECTED},
        _S.OBJECTED: _CHANGED,
        _S.CANCELLED: {},
    },
)
"""Only what is about the version that holds counts."""

_ANSWERED = {
    _E.ACCEPT: _S.ACCEPTED,
    _E.OTHER_TIME: _S.OTHER_TIME,
    _E.DEPUTY: _S.DEPUTY,
    _E.NOT_AT_THIS_TIME: _S.NOT_AT_THIS_TIME,
    _E.DECLINE: _S.DECLINED,
    _E.AWAIT: _S.AWAITING_AUTHORITY,
    _E.WITHDRAW: _S.WITHDRAWN,
    _E.BEGIN: _S.BEGUN,
}


def _answered(standing: Standing, *but: Event, **more: Standing) -> Row:
    row = {e: then for e, then in _ANSWERED.items() if then is not standing and e not in but}
    return {**row, **{Event[name]: then for name, then in more.items()}}


CALL = Table(
    "A call",
    _S.REQUESTED,
    {
        _S.REQUESTED: _answered(_S.REQUESTED, LAPSE=_S.LAPSED),
        _S.AWAITING_AUTHORITY: _answered(_S.AWAITING_AUTHORITY, LAPSE=_S.LAPSED),
        _S.LAPSED: _answered(_S.LAPSED, _E.AWAIT),
        _S.OTHER_TIME: _answered(_S.OTHER_TIME, _E.AWAIT),
        _S.DEPUTY: _answered(_S.DEPUTY, _E.AWAIT),
        _S.NOT_AT_THIS_TIME: _answered(_S.NOT_AT_THIS_TIME, _E.AWAIT, _E.WITHDRAW),
        _S.DECLINED: _answered(_S.DECLINED, _E.AWAIT, _E.WITHDRAW),
        _S.ACCEPTED: _answered(_S.ACCEPTED, _E.AWAIT, BOTH_READY=_S.READY),
        _S.READY: _answered(_S.READY, _E.AWAIT),
        _S.BEGUN: {_E.END: _S.ENDED, _E.BREAK_OFF: _S.BROKEN_OFF},
        _S.BROKEN_OFF: {_E.BEGIN: _S.BEGUN, _E.END: _S.ENDED},
        _S.ENDED: {},
        _S.WITHDRAWN: {},
    },
)
"""An acceptance after a lapse still leads to a call; that it came late stays with the question. What
is begun is begun, whatever was answered before. What was declined stays so, though it be withdrawn:
only the side that declined can say otherwise."""

INCIDENT = Table(
    "An incident",
    _S.REPORTED,
    {
        _S.REPORTED: {_E.CLOSE: _S.CLOSED_BY_ONE},
        _S.CLOSED_BY_ONE: {_E.SAY: _S.REPORTED, _E.CLOSE_OTHER: _S.CLOSED},
        _S.CLOSED: {},
    },
)
"""Word after one side held it closed opens it again; closed by both, it stays so."""

CONTACT = Table(
    "A contact told",
    _S.TOLD,
    {
        _S.TOLD: {_E.CONFIRM: _S.CONFIRMED, _E.DISPUTE: _S.DISPUTED},
        _S.CONFIRMED: {_E.DISPUTE: _S.DISPUTED},
        _S.DISPUTED: {_E.CONFIRM: _S.CONFIRMED},
    },
)
"""Told, and nothing said to it, is uncommented."""

SITE = Table(
    "A site",
    _S.FILED,
    {
        standing: {event: then for event, then in row.items() if event is not _E.OBJECT}
        for standing, row in NOTICE.rows.items()
        if standing is not _S.OBJECTED
    },
)
"""As a notice, without objection: nobody's leave is asked for."""

_ON_ITS_WAY = {
    _E.MOVE: _S.UNDER_WAY,
    _E.HOLD: _S.HOLDING,
    _E.ARRIVE: _S.ARRIVED,
    _E.FAIL: _S.NOT_COMPLETED,
}
MOVEMENT = Table(
    "A movement",
    _S.FILED,
    {
        **{standing: {**row, **_ON_ITS_WAY} for standing, row in SITE.rows.items() if row},
        _S.UNDER_WAY: {**_CHANGED, **_ON_ITS_WAY},
        _S.HOLDING: {**_CHANGED, **_ON_ITS_WAY},
        _S.NOT_COMPLETED: {**_CHANGED, _E.MOVE: _S.UNDER_WAY, _E.HOLD: _S.HOLDING},
        _S.ARRIVED: {},
        _S.CANCELLED: {},
    },
)

TABLES = (QUESTION, NOTICE, CALL, INCIDENT, CONTACT, SITE, MOVEMENT)
