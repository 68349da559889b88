"""What a node tells its officers unasked."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from firebreak.desk.dialogue import Place
from firebreak.values import Millis


class Level(StrEnum):
    """IMO MSC.302(87): alarm wants action now, warning soon, caution attention; info is for the log."""

    ALARM = "alarm"
    WARNING = "warning"
    CAUTION = "caution"
    INFO = "info"


class About(StrEnum):
    """What an alert is about."""

    RECEIVED = "received"
    OVERTAKING = "overtaking"
    VOID = "void"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"
    UNCHECKED_AREA = "unchecked-area"
    STALE_PICTURE = "stale-picture"
    DOUBTFUL_TIME = "doubtful-time"
    BLANKET = "blanket"
    LATE_NOTICE = "late-notice"
    EXPIRY = "expiry"
    LAPSED = "lapsed"
    OVERDUE = "overdue"
    FORK = "fork"
    DIGEST_DIFFERS = "digest-differs"
    REFUSED_BUNDLE = "refused-bundle"
    QUOTA = "quota"
    RECOVERING = "recovering"
    RECOVERED = "recovered"
    RELAY = "relay"
    ROUTE = "route"
    LINE = "line"
    LINE_CHECK_MISSED = "line-check-missed"
    MAIL = "mail"
    ONWARD = "onward"
    HANDOVER = "handover"
    SUMMONS = "summons"
    AUTHORITY = "authority"
    VERIFICATION = "verification"
    STORE = "store"
    WATCH = "watch"
    HUMANITARIAN = "humanitarian"


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to tell: what about, where it stands (if anywhere), and the sentence for people.

    agreement: how the digest of the one that it belongs to begins; None for what is of the node itself.
    """

    at: Millis
    level: Level
    about: About
    text: str
    channel: int | None = None
    place: Place | None = None
    details: dict[str, str | int] = field(default_factory=dict)
    agreement: str | None = None
