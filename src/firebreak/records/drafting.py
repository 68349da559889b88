"""Drafts of agreements: two templates, and the text form that people read and change before signing.

The text is TOML. It names everything the signed bytes hold, random ids included, so that it compiles
to the same bytes everywhere. What is not known is refused, by table and key (spec/agreement.md §4).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import IntEnum
from typing import Any, TypeVar

from firebreak.errors import InvalidValue, Malformed
from firebreak.records.agreement import (
    AgreedLine,
    AgreedRelay,
    AgreedSeparation,
    AgreedZone,
    Agreement,
    Channel,
    ChannelTerms,
    EvidenceMode,
    KindTerm,
    LineCheckTime,
    Mode,
    NeutralTerm,
    Office,
    Origin,
    Party,
    Publication,
    Quota,
    Witness,
)
from firebreak.records.figures import (
    decimal_position,
    heights_text,
    parse_heights,
    parse_position,
)
from firebreak.records.kinds import Kind, Purpose
from firebreak.records.roster import CARRIER_OFFICE, NODE_OFFICE, SignedRoster
from firebreak.records.spelling import (
    clock_text,
    code_name,
    code_named,
    duration_text,
    feet_text,
    length_text,
    millis_of,
    name_of,
    named,
    parse_clock,
    parse_duration,
    parse_feet,
    parse_length,
    parse_separation,
    parse_size,
    separation_text,
    size_text,
    time_text,
    toml_table,
)
from firebreak.values import Millis, OfficeNumber, PartyNumber
from firebreak.volumes import Area, Circle, Corridor, Polygon

T = TypeVar("T")
D = TypeVar("D")
_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000
_EPOCH = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)

CONTROL_KINDS = (Kind.ROSTER, Kind.AGREEMENT, Kind.LINE_STATE)
_CALL_KINDS = {Kind.CALL, Kind.CALL_ANSWER, Kind.CALL_STATE, Kind.READOUT, Kind.FOLLOW_UP}
_CONTACT_KINDS = {Kind.CONTACT, Kind.CONTACT_ANSWER}
_HUMANITARIAN = {Kind.SITE, Kind.MOVEMENT, Kind.MOVEMENT_STATE, Kind.STOP}
_EVERYWHERE = set(Kind) - _CALL_KINDS - _CONTACT_KINDS - _HUMANITARIAN
TACTICAL_KINDS = tuple(sorted(_EVERYWHERE - {Kind.COMPLAINT, Kind.RELEASE, *CONTROL_KINDS}))
"""Complaints belong on the command channel; a release goes wherever two officers are wanted."""
_CLAIMS = {Kind.NOTICE, Kind.AMEND, Kind.OBJECT, Kind.HAZARD}
COMMAND_KINDS = tuple(
    sorted({*TACTICAL_KINDS, Kind.COMPLAINT, *_CALL_KINDS, *_CONTACT_KINDS} - _CLAIMS)
)
"""Of the command and the strategic channel."""
_INCIDENT_KINDS = {
    Kind.INCIDENT,
    Kind.ASSESSMENT,
    Kind.ACCOUNT,
    Kind.FINDING,
    Kind.FINDING_ANSWER,
    Kind.CLOSE,
}
HUMANITARIAN_KINDS = tuple(
    sorted({*TACTICAL_KINDS, *_HUMANITARIAN} - _CLAIMS - _INCIDENT_KINDS - {Kind.RESTRAINT})
)
ANSWER_WITHIN = (
    KindTerm(Kind.CLARIFY, 48 * _HOUR),
    KindTerm(Kind.QUERY, 10 * _MINUTE),
    KindTerm(Kind.RESTRAINT, 60 * _MINUTE),
    KindTerm(Kind.LINE_CHECK, 30 * _MINUTE),
    KindTerm(Kind.CALL, 24 * _HOUR),
    KindTerm(Kind.STOP, 2 * _MINUTE),
)
LINE_CHECKS = (9 * 60, 16 * 60)
"""Minutes of the UTC day: 0900Z and 1600Z, as between the two Koreas' liaison offices."""
LEAD_TIMES: Mapping[Purpose, int] = {
    **dict.fromkeys(Purpose, _HOUR),
    Purpose.AIR_POLICING: 0,
    Purpose.SEARCH_AND_RESCUE: 0,
    Purpose.MEDICAL_EVACUATION: 0,
    Purpose.OTHER: 0,
    Purpose.LIVE_FIRING: 24 * _HOUR,
    Purpose.MISSILE_LAUNCH: 24 * _HOUR,
    Purpose.NAVIGATION_AT_SEA: 72 * _HOUR,
    Purpose.GROUND_MOVEMENT: 48 * _HOUR,
    Purpose.HUMANITARIAN_MOVEMENT: 48 * _HOUR,
}
QUOTA = Quota(bytes_a_day=64 << 20, records_an_hour=2_000, flash_an_hour=60)
TRACK_PRECISION_M, TRACK_DELAY_MS = 1_000, 0
WIDEST_NOTICE_M, LONGEST_NOTICE_MS = 500_000, 72 * _HOUR
"""Generous on purpose: they stop a notice over a whole sea for a month, not an exercise."""
SEPARATIONS = (
    AgreedSeparation(Channel.AIR, 9_260, 1_000, 300),
    AgreedSeparation(Channel.SEA, 926, None, 1_200),
)
"""Air: 5 NM and 1,000 ft, seen 5 minutes ahead; sea: half a mile, 20 minutes."""
ANY_HEIGHT = "any"
"""Written for a vertical separation where height says nothing."""


# Templates


def minimal(
    ours: SignedRoster,
    theirs: SignedRoster,
    *,
    seed: bytes,
    start: Millis,
    days: int,
    catalogue: bytes,
    channel: Channel = Channel.AIR,
) -> Agreement:
    """The smallest agreement: one office a party (the first on its card), one channel beside control.

    seed: 32 random bytes, used once; start: ms UTC; days: 1 to 366. Raises InvalidValue.
    """
    draft = _Template(ours, theirs, seed, start, days, catalogue)
    return draft.agreement([first[:1] for first in draft.roles()], [channel])


def standard(
    ours: SignedRoster,
    theirs: SignedRoster,
    *,
    seed: bytes,
    start: Millis,
    days: int,
    catalogue: bytes,
    channel: Channel = Channel.AIR,
) -> Agreement:
    """As `minimal`, with every office on the cards, and the command channel: it carries complaints,
    and a second officer releases its statements. Raises InvalidValue.
    """
    draft = _Template(ours, theirs, seed, start, days, catalogue)
    return draft.agreement(draft.roles(), sorted({channel, Channel.COMMAND}))


class _Template:
    """What both templates share."""

    def __init__(
        self,
        ours: SignedRoster,
        theirs: SignedRoster,
        seed: bytes,
        start: Millis,
        days: int,
        catalogue: bytes,
    ) -> None:
        if len(seed) != 32:
            raise InvalidValue("A draft is made from a seed of 32 random bytes.")
        if not 1 <= days <= 366:
            raise InvalidValue(f"An agreement of {days} days: give 1 to 366.")
        self.cards = (ours, theirs)
        self.seed = seed
        self.start, self.end = start, Millis(start + days * _DAY)
        self.catalogue = catalogue

    def roles(self) -> list[list[str]]:
        """Each party's offices, as its card lists them, each once."""
        return [_offices_on(card) for card in self.cards]

    def random(self, label: str) -> bytes:
        """16 bytes that nobody can guess who does not have the seed."""
        return hashlib.sha256(self.seed + label.encode()).digest()[:16]

    def agreement(self, roles: Sequence[Sequence[str]], channels: Sequence[Channel]) -> Agreement:
        """The agreement of these offices a party and these channels beside control."""
        if Channel.CONTROL in channels:
            raise InvalidValue("Control is always there. Name a channel to speak on, such as air.")
        offices = tuple(
            Office(PartyNumber(party), role) for party, own in enumerate(roles) for role in own
        )
        names = [card.roster.party for card in self.cards]
        return Agreement(
            id=self.random("agreement"),
            version=1,
            previous=None,
            title=f"{names[0]} and {names[1]}: {', '.join(name_of(c) for c in channels)}",
            mode=Mode.EXERCISE,
            evidence=EvidenceMode.PROVABLE,
            publication=Publication.BOTH_CONSENT,
            valid_from=self.start,
            valid_until=self.end,
            catalogue=self.catalogue,
            languages=("en",),
            parties=tuple(party_of(card) for card in self.cards),
            offices=offices,
            channels=tuple(
                self.terms(channel, len(offices)) for channel in (Channel.CONTROL, *channels)
            ),
            line_checks=tuple(
                LineCheckTime(channel, minute) for channel in channels for minute in LINE_CHECKS
            ),
            lead_times=tuple(KindTerm(code, LEAD_TIMES[code]) for code in Purpose),
            separations=tuple(each for each in SEPARATIONS if each.channel in channels),
        )

    def terms(self, channel: Channel, offices: int) -> ChannelTerms:
        """A channel's terms: all offices, the kinds of its level."""
        kinds = _KINDS_OF.get(channel, TACTICAL_KINDS)
        return ChannelTerms(
            channel=channel,
            kinds=kinds,
            two_officers=(Kind.STATEMENT,) if channel is Channel.COMMAND else (),
            offices=tuple(OfficeNumber(number) for number in range(offices)),
            origins=tuple(Origin(self.random(f"{channel} {party}"), 0) for party in range(2)),
            answer_within=tuple(term for term in ANSWER_WITHIN if term.code in kinds),
            quota=QUOTA,
            track_precision_m=TRACK_PRECISION_M,
            track_delay_ms=TRACK_DELAY_MS,
            widest_notice_m=WIDEST_NOTICE_M,
            longest_notice_ms=LONGEST_NOTICE_MS,
        )


_KINDS_OF = {
    Channel.CONTROL: CONTROL_KINDS,
    Channel.COMMAND: COMMAND_KINDS,
    Channel.STRATEGIC: COMMAND_KINDS,
    Channel.HUMANITARIAN: HUMANITARIAN_KINDS,
}


def _offices_on(card: SignedRoster) -> list[str]:
    roles = list(dict.fromkeys(entry.office for entry in card.roster.entries))
    offices = [role for role in roles if role not in (NODE_OFFICE, CARRIER_OFFICE)]
    if not offices:
        raise InvalidValue(f"The card of {card.roster.party} lists no office. Ask for a new card.")
    return offices


def party_of(card: SignedRoster) -> Party:
    """A party as an agreement names it, from its card."""
    roster = card.roster
    return Party(roster.party, roster.root_fingerprint(), roster.digest())


def next_version(agreement: Agreement, cards: Sequence[SignedRoster]) -> Agreement:
    """The draft of the version after this one: nothing changed but the parties' present cards.

    cards: those at hand; a party whose card is not among them stays as it is.
    """
    present = {card.roster.root_fingerprint(): card for card in cards}
    return replace(
        agreement,
        version=agreement.version + 1,
        previous=agreement.digest(),
        parties=tuple(
            party_of(present[party.fingerprint]) if party.fingerprint in present else party
            for party in agreement.parties
        ),
    )


# To text


_HEAD = """\
# A draft agreement. Read it, change what you need, then:
#
#     firebreak agreement sign FILE
#
# Times are UTC. Durations: 48 h, 10 min, 90 s. Lengths: 500 km, 1852 m. Heights have unit and
# reference (FL095, 9500 ft AMSL, 300 m AGL; SFC and UNL where there is no limit), positions are
# degrees, latitude first (55.2083333, 19.7534722 or 551230N 0194512E). A notice wider or longer
# than its channel's widest_notice or longest_notice claims nothing. Lines marked * were drawn at
# random or computed for this draft; they are not to be changed.
"""


def draft_to_toml(agreement: Agreement) -> str:
    """The text that compiles to this agreement. Raises Malformed for one that cannot be signed."""
    agreement.payload()
    tables = [_head_table(agreement)]
    tables += [_party_table(party) for party in agreement.parties]
    tables += [
        _table("[[office]]", party=agreement.parties[o.party].name, role=o.role)
        for o in agreement.offices
    ]
    tables += [_channel_table(agreement, terms) for terms in agreement.channels]
    lead = {code_name(Purpose, t.code): duration_text(t.millis) for t in agreement.lead_times}
    tables.append(
        "# How long before it begins a notice is due, by purpose.\n"
        + _table("[lead_times]", **lead)
    )
    tables += [
        _table("[[line]]", name=line.name, path=[decimal_position(p) for p in line.path])
        for line in agreement.lines
    ]
    tables += [_zone_table(zone) for zone in agreement.zones]
    tables += [
        _table("[[relay]]", name=r.name, key=r.key, readable=r.readable) for r in agreement.relays
    ]
    tables += [_table("[[witness]]", name=w.name, key=w.key) for w in agreement.witnesses]
    separations = [_separation_table(each) for each in agreement.separations]
    if separations:
        tables.append(_SEPARATIONS_HEAD + "\n".join(separations))
    if agreement.terms_offered:
        tables.append(
            "# Neutral terms, offered while writing: nothing is refused for its wording.\n"
            + _table("[terms]", **{_toml(t.instead_of): t.term for t in agreement.terms_offered})
        )
    return _HEAD + "\n" + "\n".join(tables)


def _head_table(agreement: Agreement) -> str:
    lines = [
        f"title = {_toml(agreement.title)}",
        f"mode = {_toml(name_of(agreement.mode))}  # {_options(Mode)}",
        f"evidence = {_toml(name_of(agreement.evidence))}  # {_options(EvidenceMode)}",
        f"publication = {_toml(name_of(agreement.publication))}  # {_options(Publication)}",
        f"valid_from = {time_text(agreement.valid_from)}",
        f"valid_until = {time_text(agreement.valid_until)}",
        f"languages = {_toml(agreement.languages)}  # ISO 639",
        f"holidays = {_toml(list(map(_day_text, agreement.holidays)))}  # no line check is due",
        f"version = {agreement.version}",
    ]
    if agreement.previous is not None:
        lines.append(f"previous = {_toml(agreement.previous)}  # * the version before")
    lines.append(f"id = {_toml(agreement.id)}  # *")
    lines.append(f"catalogue = {_toml(agreement.catalogue)}  # * the phrases that both sides use")
    return "\n".join(lines) + "\n"


def _options(options: type[IntEnum]) -> str:
    return " | ".join(name_of(option) for option in options)


def _party_table(party: Party) -> str:
    return (
        f"[[party]]\nname = {_toml(party.name)}\n"
        f"fingerprint = {_toml(party.fingerprint)}  # * compare by telephone, never from here\n"
        f"roster = {_toml(party.roster)}  # * its card\n"
    )


def _channel_table(agreement: Agreement, terms: ChannelTerms) -> str:
    offices = [_office_text(agreement, agreement.offices[number]) for number in terms.offices]
    checks = [clock_text(c.minute) for c in agreement.line_checks if c.channel is terms.channel]
    within = {
        code_name(Kind, term.code): duration_text(term.millis) for term in terms.answer_within
    }
    return (
        _table(
            "[[channel]]",
            name=name_of(terms.channel),
            offices=offices,
            kinds=[code_name(Kind, code) for code in terms.kinds],
            two_officers=[code_name(Kind, code) for code in terms.two_officers],
            answer_within=within,
            line_checks=checks,
            bytes_a_day=size_text(terms.quota.bytes_a_day),
            records_an_hour=terms.quota.records_an_hour,
            flash_an_hour=terms.quota.flash_an_hour,
            track_precision=length_text(terms.track_precision_m),
            track_delay=duration_text(terms.track_delay_ms),
            widest_notice=length_text(terms.widest_notice_m),
            longest_notice=duration_text(terms.longest_notice_ms),
        )
        + f"logs = {_toml([_log_text(origin) for origin in terms.origins])}  # * one a party\n"
    )


def _office_text(agreement: Agreement, office: Office) -> str:
    return f"{agreement.parties[office.party].name}: {office.role}"


def _log_text(origin: Origin) -> str:
    return f"{origin.opaque.hex()}/{origin.epoch}"


def _zone_table(zone: AgreedZone) -> str:
    lower, upper = heights_text(zone.heights)
    return _table("[[zone]]", name=zone.name, **_area_keys(zone.area), lower=lower, upper=upper)


_SEPARATIONS_HEAD = """\
# The watch says when two aircraft, or two ships, will be closer than this both ways, and looks so
# far ahead. horizontal may be in NM, km or m; a vertical of "any" means whatever their heights.
"""


def _separation_table(separation: AgreedSeparation) -> str:
    vertical = separation.vertical_ft
    return _table(
        f"[separation.{name_of(separation.channel)}]",
        horizontal=separation_text(separation.horizontal_m),
        vertical=ANY_HEIGHT if vertical is None else feet_text(vertical),
        look_ahead=duration_text(separation.look_ahead_s * 1_000),
    )


def _area_keys(area: Area) -> dict[str, object]:
    match area:
        case Circle(centre, radius_m):
            return {"centre": decimal_position(centre), "radius": length_text(radius_m)}
        case Corridor(path, half_width_m):
            points = [decimal_position(point) for point in path]
            return {"path": points, "half_width": length_text(half_width_m)}
        case Polygon(outer, holes):
            keys: dict[str, object] = {"polygon": [decimal_position(point) for point in outer]}
            if holes:
                keys["holes"] = [[decimal_position(p) for p in hole] for hole in holes]
            return keys


def _table(header: str, **keys: object) -> str:
    lines = [header, *(f"{key} = {_toml(value)}" for key, value in keys.items())]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False)  # JSON's escapes are TOML's
        case bytes():
            return f'"{value.hex()}"'
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case dict():
            inner = ", ".join(f"{key} = {_toml(item)}" for key, item in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case list() | tuple():
            return _toml_list([_toml(item) for item in value])
        case _:
            raise TypeError(f"no text for {value!r}")


def _toml_list(items: list[str]) -> str:
    flat = "[" + ", ".join(items) + "]"
    if len(flat) <= 80:
        return flat
    return "[\n" + "".join(f"    {item},\n" for item in items) + "]"


# From text


def toml_to_agreement(text: str, cards: Sequence[SignedRoster]) -> Agreement:
    """Compile a draft for signing. cards: the parties' own, which it must name.

    Raises InvalidValue, naming table and key, for anything that is missing, unknown or wrong.
    """
    agreement = read_draft(text)
    for party in agreement.parties:
        _check_card(party, cards)
    return agreement


def read_draft(text: str) -> Agreement:
    """Compile a draft to look at, without the parties' cards. Raises InvalidValue as above."""
    agreement = _read_agreement(_Table(toml_table(text, "The draft"), "the draft"))
    try:
        agreement.payload()
    except Malformed as error:
        raise InvalidValue(f"The draft cannot be signed: {error}. Correct it.") from error
    return agreement


def _check_card(party: Party, cards: Sequence[SignedRoster]) -> None:
    own = [card for card in cards if card.roster.party == party.name]
    if not own:
        raise InvalidValue(f"The card of {party.name} is not here. Give it: --with CARD")
    if not any(party_of(card) == party for card in own):
        raise InvalidValue(
            f"The draft was made for another card of {party.name} than the one here."
            " Draft anew with the present cards, or ask for the card that was meant."
        )


class _Table:
    """One table of the draft; what nobody asked for is refused by `close`."""

    def __init__(self, data: Mapping[str, object], where: str) -> None:
        self.data = dict(data)
        self.where = where

    def take(self, key: str, read: Callable[[Any], T], *default: D) -> T | D:
        """The value of a key, read; the default, or a refusal, where there is none."""
        if key not in self.data:
            if default:
                return default[0]
            raise InvalidValue(f"In {self.where}, {key} is missing. Add it.")
        try:
            return read(self.data.pop(key))
        except (InvalidValue, Malformed) as error:
            raise InvalidValue(f"In {self.where}, {key}: {error}") from error

    def tables(self, key: str) -> list[_Table]:
        """The tables of an array, such as all [[channel]]; none where the key is missing."""
        items = self.data.pop(key, [])
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise InvalidValue(f"In {self.where}, {key} should be tables, each headed [[{key}]].")
        return [_Table(item, f"[[{key}]] number {number}") for number, item in enumerate(items, 1)]

    def named_tables(self, key: str) -> list[tuple[str, _Table]]:
        """The tables below a key, such as [separation.air], by name; none where it is missing."""
        items = self.data.pop(key, {})
        if not isinstance(items, dict) or not all(isinstance(i, dict) for i in items.values()):
            raise InvalidValue(
                f"In {self.where}, {key} should be tables, each headed [{key}.NAME]."
            )
        return [(name, _Table(item, f"[{key}.{name}]")) for name, item in items.items()]

    def close(self) -> None:
        """Refuse what is left."""
        if self.data:
            raise InvalidValue(
                f"In {self.where}, {min(self.data)} is not known. Correct its name or remove it."
            )


def _read_agreement(table: _Table) -> Agreement:
    parties = tuple(_read_party(item) for item in table.tables("party"))
    offices = tuple(_read_office(item, parties) for item in table.tables("office"))
    roles = _unique(
        {f"{parties[o.party].name}: {o.role}": OfficeNumber(n) for n, o in enumerate(offices)},
        len(offices),
    )
    channels = [_read_channel(item, roles) for item in table.tables("channel")]
    zones = tuple(_read_zone(item) for item in table.tables("zone"))
    lines = tuple(_read_line(item) for item in table.tables("line"))
    relays = tuple(_read_relay(item) for item in table.tables("relay"))
    witnesses = tuple(_read_witness(item) for item in table.tables("witness"))
    separations = [_read_separation(*item) for item in table.named_tables("separation")]
    slots = {
        "id": table.take("id", _octets),
        "version": table.take("version", _integer),
        "previous": table.take("previous", _octets, None),
        "title": table.take("title", _text),
        "mode": table.take("mode", _member(Mode)),
        "evidence": table.take("evidence", _member(EvidenceMode)),
        "publication": table.take("publication", _member(Publication)),
        "valid_from": table.take("valid_from", _time),
        "valid_until": table.take("valid_until", _time),
        "catalogue": table.take("catalogue", _octets),
        "languages": table.take("languages", _texts),
        "holidays": table.take("holidays", _sorted(_day), ()),
        "terms_offered": table.take("terms", _neutral_terms, ()),
        "lead_times": table.take("lead_times", _terms_by(Purpose), ()),
    }
    table.close()
    return Agreement(
        **slots,
        parties=parties,
        offices=offices,
        channels=tuple(terms for terms, _ in channels),
        line_checks=tuple(
            LineCheckTime(terms.channel, minute)
            for terms, minutes in channels
            for minute in minutes
        ),
        lines=lines,
        zones=zones,
        relays=relays,
        witnesses=witnesses,
        separations=tuple(sorted(separations, key=lambda each: each.channel)),
    )


def _unique(roles: dict[str, OfficeNumber], count: int) -> dict[str, OfficeNumber]:
    if len(roles) != count:
        raise InvalidValue("In the draft, two offices read alike. Rename one.")
    return roles


def _read_party(table: _Table) -> Party:
    party = Party(
        table.take("name", _text), table.take("fingerprint", _octets), table.take("roster", _octets)
    )
    table.close()
    return party


def _read_office(table: _Table, parties: Sequence[Party]) -> Office:
    numbers = {party.name: PartyNumber(number) for number, party in enumerate(parties)}
    office = Office(table.take("party", _one_of(numbers)), table.take("role", _text))
    table.close()
    return office


def _read_channel(
    table: _Table, roles: Mapping[str, OfficeNumber]
) -> tuple[ChannelTerms, tuple[int, ...]]:
    """A channel's terms, and the minutes of its line checks."""
    terms = ChannelTerms(
        channel=table.take("name", _member(Channel)),
        kinds=table.take("kinds", _codes),
        two_officers=table.take("two_officers", _codes, ()),
        offices=table.take("offices", _sorted(_one_of(roles))),
        origins=table.take("logs", lambda value: tuple(_origin(item) for item in _texts(value))),
        answer_within=table.take("answer_within", _terms_by(Kind), ()),
        quota=Quota(
            bytes_a_day=table.take("bytes_a_day", lambda value: parse_size(_text(value))),
            records_an_hour=table.take("records_an_hour", _integer),
            flash_an_hour=table.take("flash_an_hour", _integer),
        ),
        track_precision_m=table.take("track_precision", _metres),
        track_delay_ms=table.take("track_delay", _duration),
        widest_notice_m=table.take("widest_notice", _metres),
        longest_notice_ms=table.take("longest_notice", _duration),
    )
    minutes = table.take("line_checks", _sorted(lambda value: parse_clock(_text(value))), ())
    table.close()
    return terms, minutes


def _read_line(table: _Table) -> AgreedLine:
    line = AgreedLine(table.take("name", _text), table.take("path", _path))
    table.close()
    return line


def _read_zone(table: _Table) -> AgreedZone:
    name = table.take("name", _text)
    lower, upper = table.take("lower", _text), table.take("upper", _text)
    area = _read_area(table)
    try:
        heights = parse_heights(lower, upper)
    except InvalidValue as error:
        raise InvalidValue(f"In {table.where}, heights: {error}") from error
    table.close()
    return AgreedZone(name, area, heights)


def _read_area(table: _Table) -> Area:
    shapes = [key for key in ("centre", "polygon", "path") if key in table.data]
    match shapes:
        case ["centre"]:
            return Circle(table.take("centre", _position), table.take("radius", _metres))
        case ["path"]:
            return Corridor(table.take("path", _path), table.take("half_width", _metres))
        case ["polygon"]:
            holes = table.take("holes", lambda value: tuple(_path(h) for h in _list(value)), ())
            return Polygon(table.take("polygon", _path), holes)
        case _:
            raise InvalidValue(
                f"In {table.where}, give one area: centre and radius, polygon (and holes), or path"
                " and half_width."
            )


def _read_relay(table: _Table) -> AgreedRelay:
    relay = AgreedRelay(
        table.take("name", _text), table.take("key", _octets), table.take("readable", _yes, False)
    )
    table.close()
    return relay


def _read_witness(table: _Table) -> Witness:
    witness = Witness(table.take("name", _text), table.take("key", _octets))
    table.close()
    return witness


def _read_separation(name: str, table: _Table) -> AgreedSeparation:
    try:
        channel = named(Channel, name)
    except InvalidValue as error:
        raise InvalidValue(f"In {table.where}, {error}") from error
    separation = AgreedSeparation(
        channel,
        table.take("horizontal", lambda value: parse_separation(_text(value))),
        table.take("vertical", _vertical),
        table.take("look_ahead", _seconds),
    )
    table.close()
    return separation


def _vertical(value: object) -> int | None:
    text = _text(value)
    return None if text == ANY_HEIGHT else parse_feet(text)


def _seconds(value: object) -> int:
    seconds, rest = divmod(_duration(value), 1_000)
    if rest:
        raise InvalidValue("should be whole seconds")
    return seconds


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InvalidValue("should be a text in quotation marks")
    return value


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidValue("should be a whole number")
    return value


def _yes(value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidValue("should be true or false, without quotation marks")
    return value


def _day_text(day: int) -> str:
    return time_text(Millis(day * _DAY))[:10]


def _day(value: object) -> int:
    """Days from 1970-01-01 to a day written as 2026-12-25."""
    text = _text(value)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidValue(f"{text!r} is no day. Write it as 2026-12-25.") from None
    if day.isoformat() != text:
        raise InvalidValue(f"{text!r} is no day. Write it as 2026-12-25.")
    return (day - date(1970, 1, 1)).days


def _neutral_terms(value: object) -> tuple[NeutralTerm, ...]:
    if not isinstance(value, dict):
        raise InvalidValue('should be a table, as in "incursion" = "crossing of the line"')
    return tuple(NeutralTerm(word, _text(term)) for word, term in value.items())


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidValue("should be a list in square brackets")
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(item) for item in _list(value))


def _octets(value: object) -> bytes:
    digits = _text(value)
    try:
        raw = bytes.fromhex(digits)
    except ValueError:
        raw = b""
    if raw.hex() != digits or not raw:
        raise InvalidValue("should be small hexadecimal digits, as drafted")
    return raw


def _time(value: object) -> Millis:
    if not isinstance(value, datetime):
        raise InvalidValue("should be a time without quotation marks, as 2026-12-22T12:00:00Z")
    return millis_of(value)


def _duration(value: object) -> int:
    return parse_duration(_text(value))


def _metres(value: object) -> int:
    return parse_length(_text(value))


def _position(value: object) -> Any:
    return parse_position(_text(value))


def _path(value: object) -> tuple[Any, ...]:
    return tuple(_position(item) for item in _list(value))


def _codes(value: object) -> tuple[int, ...]:
    return _sorted(lambda item: code_named(Kind, _text(item)))(value)


def _origin(text: str) -> Origin:
    opaque, slash, epoch = text.partition("/")
    if not slash or _EPOCH.fullmatch(epoch) is None:
        raise InvalidValue(f"{text!r} is no log, as drafted")
    return Origin(_octets(opaque), int(epoch))


def _member(options: type[Any]) -> Callable[[object], Any]:
    return lambda value: named(options, _text(value))


def _one_of(options: Mapping[str, T]) -> Callable[[object], T]:
    def read(value: object) -> T:
        name = _text(value)
        if name not in options:
            raise InvalidValue(f"{name!r} is none of: {', '.join(options)}")
        return options[name]

    return read


def _sorted(read: Callable[[object], Any]) -> Callable[[object], tuple[Any, ...]]:
    """A list whose order says nothing; an item that is there twice is refused."""

    def read_all(value: object) -> tuple[Any, ...]:
        items = [read(item) for item in _list(value)]
        if len(set(items)) != len(items):
            raise InvalidValue("something is listed twice")
        return tuple(sorted(items))

    return read_all


def _terms_by(options: type[IntEnum]) -> Callable[[object], tuple[KindTerm, ...]]:
    """A table from names to durations."""

    def read(value: object) -> tuple[KindTerm, ...]:
        if not isinstance(value, dict):
            raise InvalidValue('should be a table, as in { query = "10 min" }')
        made = []
        for name, duration in value.items():
            try:
                made.append(KindTerm(code_named(options, name), _duration(duration)))
            except InvalidValue as error:
                raise InvalidValue(f"{name}: {error}") from error
        return tuple(sorted(made, key=lambda term: term.code))

    return read
