"""An agreement on one page, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import IntEnum
from typing import Any

from firebreak.cli.output import day_of, fingerprint_lines, pairs, say
from firebreak.records.agreement import (
    AgreedRelay,
    Agreement,
    Channel,
    ChannelTerms,
    Mode,
    SignedAgreement,
)
from firebreak.records.figures import exact_date_time_group
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


def summary(agreement: Agreement, theirs_hidden: int | None = None) -> None:
    """Print it. theirs_hidden: a party whose fingerprint must not be copied from the screen."""
    say(f"{agreement.title}: version {agreement.version}, digest {agreement.digest().hex()[:16]} …")
    if agreement.mode is Mode.REAL:
        say("REAL. What is said under it is meant.")
    else:
        say("EXERCISE. Everything said under it is marked as exercise.")
    say(
        f"Valid {exact_date_time_group(agreement.valid_from)} to {day_of(agreement.valid_until)}."
        f" Evidence {name_of(agreement.evidence)}; publication {name_of(agreement.publication)};"
        f" languages {', '.join(agreement.languages)}.",
        f"Relays: {', '.join(map(_relay_text, agreement.relays)) or 'none'}."
        f" Witnesses: {', '.join(witness.name for witness in agreement.witnesses) or 'none'}.",
    )
    for number, party in enumerate(agreement.parties):
        if number != theirs_hidden:
            say(*fingerprint_lines(party.name, party.fingerprint))
    for terms in agreement.channels:
        say("")
        pairs(_channel_rows(agreement, terms))
    say("")
    lead = [
        f"{code_name(Purpose, term.code)} {duration_text(term.millis)}"
        for term in agreement.lead_times
        if term.millis
    ]
    say(f"Notice is due before it begins: {', '.join(lead) or 'no lead times'}.")
    if agreement.holidays:
        days = ", ".join(time_text(day * 86_400_000)[:10] for day in agreement.holidays)
        say(f"No line check is due on: {days}.")
    for word in agreement.terms_offered:
        say(f"Offered in place of {word.instead_of!r}: {word.term!r}.")
    for line in agreement.lines:
        say(f"Agreed line {line.name}: {len(line.path)} points.")
    for zone in agreement.zones:
        say(f"Agreed zone {zone.name}: {type(zone.area).__name__.lower()}.")


def _relay_text(relay: AgreedRelay) -> str:
    return f"{relay.name} (may carry readable text)" if relay.readable else relay.name


def _channel_rows(agreement: Agreement, terms: ChannelTerms) -> Iterator[tuple[str, str]]:
    offices = [agreement.offices[number] for number in terms.offices]
    yield (
        f"Channel {name_of(terms.channel)}",
        "; ".join(f"{agreement.parties[office.party].name}: {office.role}" for office in offices),
    )
    yield "carries", ", ".join(code_name(Kind, code) for code in terms.kinds)
    if terms.two_officers:
        yield "two officers for", ", ".join(code_name(Kind, code) for code in terms.two_officers)
    if terms.answer_within:
        yield (
            "answer within",
            ", ".join(
                f"{code_name(Kind, term.code)} {duration_text(term.millis)}"
                for term in terms.answer_within
            ),
        )
    checks = [clock_text(at.minute) for at in agreement.line_checks if at.channel is terms.channel]
    if checks:
        yield "line checks", ", ".join(checks)
    quota = terms.quota
    day = size_text(quota.bytes_a_day)
    hour = f"{quota.records_an_hour} records and {quota.flash_an_hour} FLASH an hour"
    yield "each party at most", f"{day} a day, {hour}"
    if Kind.NOTICE in terms.kinds:
        widest, longest = terms.widest_notice_m, terms.longest_notice_ms
        yield "a notice at most", f"{length_text(widest)} across, {duration_text(longest)} long"
    if terms.channel is not Channel.CONTROL:
        delay = duration_text(terms.track_delay_ms)
        yield "what tracks show", f"to {terms.track_precision_m} m, {delay} late"
    for each in agreement.separations:
        if each.channel is terms.channel:
            feet = each.vertical_ft
            apart = separation_text(each.horizontal_m)
            height = "at any height" if feet is None else f"and {feet_text(feet)}"
            ahead = f"{duration_text(each.look_ahead_s * 1_000)} ahead"
            yield "separation", f"{apart} {height}, looked {ahead}"


def as_json(signed: SignedAgreement) -> dict[str, Any]:
    """Everything an agreement says: times in ms UTC, bytes in hexadecimal, codes by name."""
    agreement: dict[str, Any] = _plain(signed.agreement)
    for terms in agreement["channels"]:
        for key in ("kinds", "two_officers"):
            terms[key] = [code_name(Kind, code) for code in terms[key]]
        for term in terms["answer_within"]:
            term["code"] = code_name(Kind, term["code"])
    for term in agreement["lead_times"]:
        term["code"] = code_name(Purpose, term["code"])
    return {
        "digest": signed.agreement.digest().hex(),
        "agreement": agreement,
        "signed_by": [signed.agreement.parties[s.party].name for s in signed.signatures],
        "missing": list(signed.missing()),
    }


def _plain(value: Any) -> Any:
    match value:
        case IntEnum():
            return name_of(value)
        case bytes():
            return value.hex()
        case tuple() | list():
            return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        made = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"shape": type(value).__name__.lower(), **made} if _is_shape(value) else made
    return value


def _is_shape(value: object) -> bool:
    return type(value).__module__ == "firebreak.volumes.areas"
