"""What changed from one agreement to another, in lines for a person; nothing that differs is left out.

Each agreement becomes a list of facts by walking every field of every dataclass in it. A field that
nobody gave words to is told under its own name, so a new one cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from enum import IntEnum
from typing import Any, Final

from firebreak.records.agreement import (
    AgreedLine,
    AgreedRelay,
    AgreedSeparation,
    AgreedZone,
    Agreement,
    ChannelTerms,
    NeutralTerm,
    Office,
    Origin,
    Party,
    Witness,
)
from firebreak.records.figures import (
    decimal_position,
    exact_date_time_group,
    heights_text,
)
from firebreak.records.kinds import Kind, Purpose
from firebreak.records.spelling import (
    clock_text,
    code_name,
    duration_text,
    feet_text,
    length_text,
    name_of,
    separation_text,
    size_text,
    time_text,
)
from firebreak.values import Position
from firebreak.volumes import Area, Circle, Corridor, Heights, Polygon

Fact = tuple[str, str]
"""What it is about, and its value. A member of a set has the value of being there: an empty text."""


def differences(old: Agreement, new: Agreement) -> list[str]:
    """One line for each difference; none if and only if the two are equal."""
    before, after = dict(facts(old)), dict(facts(new))
    lines = []
    for about in dict.fromkeys((*before, *after)):
        was, now = before.get(about), after.get(about)
        if was == now:
            continue
        if was is None:
            lines.append(f"added: {about}" + (f" {now}" if now else ""))
        elif now is None:
            lines.append(f"removed: {about}" + (f" {was}" if was else ""))
        else:
            lines.append(f"{about} {was} → {now}")
    return lines


def facts(agreement: Agreement) -> Iterator[Fact]:
    """Everything that an agreement says, no two facts about the same thing, in its own order."""
    for field in fields(agreement):
        value = getattr(agreement, field.name)
        label = _LABELS.get(field.name, _plain_label(field.name))
        match field.name:
            case "parties":
                yield from _numbered("party", value, _party)
            case "offices":
                yield from _numbered("office", value, lambda o: _office(agreement, o))
            case "channels":
                for terms in value:
                    yield from _channel_facts(agreement, terms)
            case "line_checks":
                for at in value:
                    yield f"{name_of(at.channel)}: line check at {clock_text(at.minute)}", ""
            case "lead_times":
                for term in value:
                    purpose = code_name(Purpose, term.code)
                    yield f"lead time for {purpose}", duration_text(term.millis)
            case "separations":
                for separation in value:
                    yield from _separation_facts(separation)
            case "holidays":
                for day in value:
                    yield f"no line check on {time_text(day * 86_400_000)[:10]}", ""
            case "lines" | "zones" | "witnesses" | "relays" | "languages" | "terms_offered":
                yield from _numbered(label, value, _one)
            case "valid_from" | "valid_until":
                yield label, _moment(value)
            case _:
                yield label, _one(value)


_LABELS: Final = {
    "lines": "line",
    "zones": "zone",
    "witnesses": "witness",
    "relays": "relay",
    "terms_offered": "term offered",
    "languages": "language",
    "id": "agreement id",
    "previous": "version before:",
    "catalogue": "phrase catalogue",
}
_AS_DURATION: Final = {"track_delay_ms": "track delay", "longest_notice_ms": "longest notice"}
_AS_LENGTH: Final = {"track_precision_m": "track precision", "widest_notice_m": "widest notice"}
_AS_SIZE: Final = {"bytes_a_day": "bytes a day"}


def _channel_facts(agreement: Agreement, terms: ChannelTerms) -> Iterator[Fact]:
    channel = name_of(terms.channel)
    yield f"{channel}: channel", ""
    for field in fields(terms):
        value = getattr(terms, field.name)
        match field.name:
            case "channel":
                pass
            case "kinds":
                for code in value:
                    yield f"{channel}: may carry {code_name(Kind, code)}", ""
            case "two_officers":
                for code in value:
                    yield f"{channel}: two officers for {code_name(Kind, code)}", ""
            case "offices":
                for number in value:
                    office = agreement.offices[number]
                    yield (
                        f"{channel}: spoken by office {number + 1}, {_office(agreement, office)}",
                        "",
                    )
            case "origins":
                for party, origin in enumerate(value):
                    yield f"{channel}: log of {agreement.parties[party].name}", _one(origin)
            case "answer_within":
                for term in value:
                    kind = code_name(Kind, term.code)
                    yield f"{channel}: answer to {kind} within", duration_text(term.millis)
            case "quota":
                for part in fields(value):
                    yield _measure(channel, part.name, getattr(value, part.name))
            case _:
                yield _measure(channel, field.name, value)


def _separation_facts(separation: AgreedSeparation) -> Iterator[Fact]:
    channel = name_of(separation.channel)
    feet = separation.vertical_ft
    yield f"{channel}: horizontal separation", separation_text(separation.horizontal_m)
    yield f"{channel}: vertical separation", "any" if feet is None else feet_text(feet)
    yield f"{channel}: separation looked ahead", duration_text(separation.look_ahead_s * 1_000)


def _measure(channel: str, name: str, value: Any) -> Fact:
    if name in _AS_DURATION:
        return f"{channel}: {_AS_DURATION[name]}", duration_text(value)
    if name in _AS_LENGTH:
        return f"{channel}: {_AS_LENGTH[name]}", length_text(value)
    if name in _AS_SIZE:
        return f"{channel}: {_AS_SIZE[name]}", size_text(value)
    return f"{channel}: {_LABELS.get(name, _plain_label(name))}", _one(value)


def _numbered(label: str, items: Sequence[Any], text: Callable[[Any], str]) -> Iterator[Fact]:
    for number, item in enumerate(items, 1):
        yield f"{label} {number}:", text(item)


def _party(party: Party) -> str:
    return _named(party, {"fingerprint": "root", "roster": "roster"})


def _office(agreement: Agreement, office: Office) -> str:
    return f"{agreement.parties[office.party].name}: {office.role}"


def _named(item: Any, words: dict[str, str]) -> str:
    """The item's name, then its other fields, each with a word for it."""
    rest = [
        f"{words.get(field.name, _plain_label(field.name))} {_one(getattr(item, field.name))}"
        for field in fields(item)
        if field.name != "name"
    ]
    return f"{item.name} ({', '.join(rest)})"


def _one(value: Any) -> str:
    """A value that stands alone, exactly."""
    match value:
        case None:
            return "none"
        case IntEnum():
            return name_of(value)
        case bytes():
            return value.hex()
        case bool():
            return "yes" if value else "no"
        case str() | int():
            return str(value)
        case Position():
            return decimal_position(value)
        case Heights():
            return " to ".join(heights_text(value))
        case Circle() | Polygon() | Corridor():
            return _area(value)
        case Origin():
            return f"{value.opaque.hex()}/{value.epoch}"
        case AgreedLine() | AgreedZone() | AgreedRelay() | Witness():
            return _named(value, {"area": "in", "path": "along", "key": "key"})
        case NeutralTerm(instead_of, term):
            return f"{term!r} in place of {instead_of!r}"
        case tuple() | list():
            return "; ".join(_one(item) for item in value) or "none"
    assert is_dataclass(value), f"no words for {value!r}"
    return repr(value)


def _area(area: Area) -> str:
    match area:
        case Circle(centre, radius_m):
            return f"circle {radius_m} m around {_one(centre)}"
        case Corridor(path, half_width_m):
            return f"corridor {half_width_m} m either side of {_one(path)}"
        case Polygon(outer, holes):
            without = "".join(f" without {_one(hole)}" for hole in holes)
            return f"polygon {_one(outer)}{without}"


def _moment(millis: int) -> str:
    """A date-time group; with what a date-time group cannot say, where there is any."""
    rest = millis % 1_000
    return exact_date_time_group(millis) + (f" and {rest} ms" if rest else "")


def _plain_label(name: str) -> str:
    return name.replace("_", " ")
