"""Single words: members of enumerations, states, notes, refusals, numbers with their nouns."""

from __future__ import annotations

import re
from enum import IntEnum

from firebreak.desk.entries.checks import MissedBecause
from firebreak.desk.entries.contacts import Certainty, Rung, Source
from firebreak.desk.entries.offices import Level
from firebreak.errors import InvalidValue
from firebreak.phrases.catalogue import has_phrase, kebab, phrase
from firebreak.records.agreement import Channel, EvidenceMode, Mode, Publication
from firebreak.records.calls import CallReply, CallStep, Means, Urgency, WhoCalled
from firebreak.records.contacts import ContactReply, Outcome, Precision, Way
from firebreak.records.incidents import FindingReply, FindingSort, IncidentSort, Stance
from firebreak.records.kinds import (
    Declared,
    Doubt,
    Hazard,
    Keep,
    Kind,
    ObjectReason,
    Purpose,
    Reply,
    Topic,
)
from firebreak.records.sites import DistributedState, MovementStep, SiteSort
from firebreak.records.slots import Translator
from firebreak.values import HeightReference, HeightUnit, Precedence

ENUMERATIONS: tuple[type[IntEnum], ...] = (
    Kind,
    Purpose,
    Reply,
    Doubt,
    ObjectReason,
    Hazard,
    Keep,
    Topic,
    Declared,
    Urgency,
    Means,
    WhoCalled,
    CallReply,
    CallStep,
    IncidentSort,
    Stance,
    FindingSort,
    FindingReply,
    Way,
    Outcome,
    Precision,
    ContactReply,
    SiteSort,
    MovementStep,
    DistributedState,
    Rung,
    Level,
    Source,
    Certainty,
    MissedBecause,
    Translator,
    Precedence,
    HeightUnit,
    HeightReference,
    Channel,
    Mode,
    EvidenceMode,
    Publication,
)
"""Every enumeration whose members have a term."""

STATES = (
    "delivered",
    "undelivered",
    "displayed",
    "read",
    "understood",
    "not_understood",
    "passed",
    "answered",
    "unanswered",
    "lapsed",
    "late",
    "void",
    "stale",
    "declined",
    "held",
    "not_attempted",
    "attested",
    "uncommented",
    "unconfirmed",
    "expired",
    "revalidation_due",
    "closed_by_one",
    "closed",
    "withdrawn",
    "taken",
    "forwarded",
    "handed_over",
    "returned",
    "line_up",
    "line_late",
    "line_down",
    "line_suspended",
    "line_unchecked",
)
"""States of a record, of its custody by a relay, and of a line."""

NOTES = (
    "none_held",
    "not_permission",
    "not_consent",
    "not_truth",
    "silence",
    "telephone",
    "exercise",
    "attested",
    "alleged",
    "translation",
    "suspended",
    "not_reviewed",
    "absence",
    "withdrawal",
    "nothing_decided",
    "not_attempted",
    "own_silence",
    "reason",
    "no_reason_owed",
    "relay_sealed",
    "relay_readable",
    "custody",
    "confidential",
    "reconstruction",
)
"""What stands beside a result, lest it be taken for more (P-11). `none_held` takes `time`."""

SCOPES = ("warning", "targeting", "navigation", "hostility", "motive", "basemap")
"""What Firebreak refuses to be used for."""

HEADINGS = ("message", "group", "check_word", "end_of_message", "page")
"""What stands over the parts of a message that is read out, printed or written down by hand."""

NOUNS = (
    "metres",
    "feet",
    "hundreds_of_feet",
    "nautical_miles",
    "kilometres",
    "knots",
    "degrees",
    "seconds",
    "minutes",
    "hours",
    "days",
    "points",
    "holes",
    "bytes",
    "records",
    "notices",
    "vehicles",
    "persons",
    "times",
    "attempts",
    "contacts",
    "sites",
    "movements",
    "pages",
)
"""What can be counted."""


def term(member: IntEnum | int, language: str) -> str:
    """The term for a member of an enumeration; a bare int is a record's kind, known or not (P-10)."""
    if isinstance(member, IntEnum):
        return phrase(term_name(member), language)
    try:
        return phrase(term_name(Kind(member)), language)
    except ValueError:
        return phrase("kind-unknown", language, code=str(member))


def term_name(member: IntEnum) -> str:
    """The message of a member: Purpose.SEARCH_AND_RESCUE is purpose-search-and-rescue."""
    return f"{kebab(type(member).__name__)}-{kebab(member.name)}"


def channel_term(number: int, language: str) -> str:
    """The term for a channel's number, also one that this version does not know."""
    try:
        return term(Channel(number), language)
    except ValueError:
        return phrase("channel-unknown", language, number=str(number))


def state(name: str, language: str) -> str:
    """The term for one of STATES. Raises InvalidValue."""
    return _listed(name, STATES, "state", language)


def note(name: str, language: str, **slots: str) -> str:
    """One of NOTES, a whole sentence. Raises InvalidValue."""
    return _listed(name, NOTES, "note", language, **slots)


def scope(name: str, language: str) -> str:
    """One of SCOPES, a whole sentence. Raises InvalidValue."""
    return _listed(name, SCOPES, "scope", language)


def heading(name: str, language: str) -> str:
    """One of HEADINGS. Raises InvalidValue."""
    return _listed(name, HEADINGS, "heading", language)


def counted(noun: str, number: float, language: str, figure: str | None = None) -> str:
    """A number with its noun in the right form (P-5): 5 minutes, 5 минут.

    figure: how to write the number, where it is not its plain digits (095 degrees).
    """
    shown = str(number) if figure is None else figure
    return _listed(noun, NOUNS, "count", language, count=number, figure=shown)


def _listed(
    name: str, names: tuple[str, ...], group: str, language: str, **slots: str | float
) -> str:
    if name not in names:
        raise InvalidValue(f"There is no {group} {name!r}. Choose one of {', '.join(names)}.")
    return phrase(f"{group}-{kebab(name)}", language, **slots)


def language_name(code: str, language: str) -> str:
    """English, Russian …; any other language by its code."""
    name = f"language-{code}"
    if code != "other" and has_phrase(name, language):
        return phrase(name, language)
    return phrase("language-other", language, code=code)


_POINT = re.compile(r"point ([0-9]+)")


def field_name(field: str, language: str) -> str:
    """The label of a critical field (`records.readback`); of any other field, its name in quotes."""
    if point := _POINT.fullmatch(field):
        return phrase("label-point", language, number=point[1])
    name = f"label-{kebab(field)}"
    if name != "label-point" and re.fullmatch(r"[a-z-]+", name) and has_phrase(name, language):
        return phrase(name, language)
    return quoted(field, language)


_QUOTES = {"en": ("“", "”"), "ru": ("«", "»"), "uk": ("«", "»"), "pl": ("„", "”")}
_SPARE = (("“", "”"), ("«", "»"), ("‹", "›"), ("⟦", "⟧"))


def quoted(text: str, language: str) -> str:
    """Somebody's own text in quotation marks that do not occur in it (P-7).

    A text can so never seem to end early and go on as one of our sentences.
    """
    for opening, closing in (_QUOTES[language], *_SPARE):
        if opening not in text and closing not in text:
            return f"{opening}{text}{closing}"
    marks = 1 + max(len(run) for run in re.findall("⟦+|⟧+", text))
    return f"{'⟦' * marks}{text}{'⟧' * marks}"
