"""Drafts: templates, the text form both ways, every mistake named; differences that miss nothing."""

import copy
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import InvalidValue, Malformed
from firebreak.records.agreement import (
    AgreedSeparation,
    Agreement,
    Channel,
    EvidenceMode,
    KindTerm,
    Mode,
    NeutralTerm,
    Publication,
    parse_agreement,
)
from firebreak.records.differences import differences, facts
from firebreak.records.drafting import (
    draft_to_toml,
    minimal,
    read_draft,
    standard,
    toml_to_agreement,
)
from firebreak.records.kinds import Kind, Purpose
from firebreak.records.roster import sign_roster
from firebreak.values import LATEST, Height, HeightReference, HeightUnit, Millis
from tests.records.parties import (
    ALPHA,
    BRAVO,
    CATALOGUE,
    SEED,
    START,
    fullest,
    larger,
    side,
    smallest,
)

SMALL, LARGE, FULL = smallest(), larger(), fullest()
ON_COMMAND = {
    Kind.CALL,
    Kind.CALL_ANSWER,
    Kind.CALL_STATE,
    Kind.READOUT,
    Kind.FOLLOW_UP,
    Kind.CONTACT,
    Kind.CONTACT_ANSWER,
}
HUMANITARIAN = {Kind.SITE, Kind.MOVEMENT, Kind.MOVEMENT_STATE, Kind.STOP}
LEVEL = Height(100, HeightUnit.FEET, HeightReference.GROUND)
CARDS = [ALPHA.card, BRAVO.card]


# Templates


def test_the_smallest_agreement_is_two_offices_and_one_channel() -> None:
    assert [(o.party, o.role) for o in SMALL.offices] == [
        (0, "air duty officer"),
        (1, "air duty officer"),
    ]
    control, air = SMALL.channels
    assert control.kinds == (Kind.ROSTER, Kind.AGREEMENT, Kind.LINE_STATE)
    elsewhere = {Kind.COMPLAINT, Kind.RELEASE, *ON_COMMAND, *HUMANITARIAN, *control.kinds}
    assert set(Kind) - set(air.kinds) == elsewhere
    assert SMALL.valid_until - SMALL.valid_from == 30 * 86_400_000
    assert (SMALL.mode, SMALL.evidence) == (Mode.EXERCISE, EvidenceMode.PROVABLE)
    assert SMALL.publication is Publication.BOTH_CONSENT
    assert {(at.channel, at.minute) for at in SMALL.line_checks} == {
        (Channel.AIR, 540),
        (Channel.AIR, 960),
    }
    within = {Kind(term.code): term.millis // 60_000 for term in air.answer_within}
    assert within == {
        Kind.QUERY: 10,
        Kind.RESTRAINT: 60,
        Kind.CLARIFY: 48 * 60,
        Kind.LINE_CHECK: 30,
    }
    lead = {Purpose(term.code): term.millis // 3_600_000 for term in SMALL.lead_times}
    assert set(lead) == set(Purpose)
    assert lead[Purpose.MISSILE_LAUNCH] == lead[Purpose.LIVE_FIRING] == 24
    assert lead[Purpose.NAVIGATION_AT_SEA] == 72
    assert air.widest_notice_m == 500_000
    assert air.longest_notice_ms == 72 * 3_600_000
    assert lead[Purpose.GROUND_MOVEMENT] == lead[Purpose.HUMANITARIAN_MOVEMENT] == 48


def test_the_larger_template_adds_a_command_channel() -> None:
    assert [terms.channel for terms in LARGE.channels] == [
        Channel.CONTROL,
        Channel.AIR,
        Channel.COMMAND,
    ]
    command = LARGE.channels[2]
    assert {Kind.COMPLAINT, Kind.INCIDENT, *ON_COMMAND} <= set(command.kinds)
    assert not {Kind.NOTICE, Kind.HAZARD, *HUMANITARIAN} & set(command.kinds)
    within = {term.code: term.millis for term in command.answer_within}
    assert within[Kind.CALL] == 24 * 3_600_000
    assert Kind.STOP not in within
    assert command.two_officers == (Kind.STATEMENT,)
    assert len(LARGE.offices) == 4


@pytest.mark.parametrize("channel", [c for c in Channel if c is not Channel.CONTROL])
@pytest.mark.parametrize("template", [minimal, standard])
def test_any_channel_can_be_drafted(template: Any, channel: Channel) -> None:
    made = template(*CARDS, seed=SEED, start=START, days=1, catalogue=CATALOGUE, channel=channel)
    assert made.terms(channel) is not None
    assert parse_agreement(made.payload()) == made


def test_the_humanitarian_channel_has_sites_and_movements_and_no_claims() -> None:
    made = minimal(
        *CARDS,
        seed=SEED,
        start=START,
        days=1,
        catalogue=CATALOGUE,
        channel=Channel.HUMANITARIAN,
    )
    terms = made.terms(Channel.HUMANITARIAN)
    assert terms is not None
    assert {*HUMANITARIAN, Kind.DISTRIBUTED, Kind.QUERY, Kind.TEXT} <= set(terms.kinds)
    claims = {Kind.NOTICE, Kind.AMEND, Kind.OBJECT, Kind.HAZARD, Kind.RESTRAINT, Kind.INCIDENT}
    assert not {*claims, *ON_COMMAND} & set(terms.kinds)
    assert {term.code: term.millis for term in terms.answer_within}[Kind.STOP] == 120_000


@pytest.mark.parametrize(
    "changes",
    [{"channel": Channel.CONTROL}, {"days": 0}, {"days": 367}, {"seed": bytes(31)}],
)
def test_a_template_refuses(changes: dict[str, Any]) -> None:
    given_ = {"seed": SEED, "start": START, "days": 1, "catalogue": CATALOGUE, **changes}
    with pytest.raises(InvalidValue):
        minimal(*CARDS, **given_)


def test_a_card_without_offices_is_refused() -> None:
    with pytest.raises(InvalidValue, match="CHARLIE lists no office"):
        minimal(
            ALPHA.card,
            side("CHARLIE", offices=()).card,
            seed=SEED,
            start=START,
            days=1,
            catalogue=CATALOGUE,
        )


def test_another_seed_gives_other_names() -> None:
    other = minimal(*CARDS, seed=bytes(32), start=START, days=30, catalogue=CATALOGUE)
    names = [{a.id, *(o.opaque for t in a.channels for o in t.origins)} for a in (SMALL, other)]
    assert all(len(each) == 5 for each in names)
    assert not names[0] & names[1]


# Text and back


@pytest.mark.parametrize("agreement", [SMALL, LARGE, FULL])
def test_a_draft_compiles_to_what_it_was_made_from(agreement: Agreement) -> None:
    text = draft_to_toml(agreement)
    assert toml_to_agreement(text, CARDS) == agreement
    assert draft_to_toml(read_draft(text)) == text


TEXTS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=40)
MILLIS = st.integers(0, 400 * 86_400_000)


@given(data=st.data())
def test_any_values_survive_the_text(data: st.DataObject) -> None:
    def drawn(strategy: st.SearchStrategy[Any]) -> Any:
        return data.draw(strategy)

    start = drawn(st.integers(0, LATEST - 1))
    air = FULL.channels[1]
    air = replace(
        air,
        quota=replace(air.quota, bytes_a_day=drawn(st.integers(1, 2**40))),
        answer_within=tuple(KindTerm(t.code, drawn(MILLIS)) for t in air.answer_within),
        kinds=tuple(sorted({*air.kinds, *drawn(st.sets(st.integers(45, 255)))})),
        track_precision_m=drawn(st.integers(0, 1_000_000)),
        track_delay_ms=drawn(MILLIS),
        widest_notice_m=drawn(st.integers(1, 20_100_000)),
        longest_notice_ms=drawn(st.integers(1, 400 * 86_400_000)),
    )
    agreement = replace(
        FULL,
        relays=tuple(replace(relay, readable=drawn(st.booleans())) for relay in FULL.relays),
        holidays=tuple(sorted(drawn(st.sets(st.integers(0, LATEST // 86_400_000), max_size=9)))),
        terms_offered=tuple(
            NeutralTerm(word, term)
            for word, term in drawn(
                st.dictionaries(TEXTS.filter(_is_plain), TEXTS.filter(_is_plain), max_size=4)
            ).items()
        ),
        title=drawn(TEXTS.filter(_is_plain)),
        valid_from=Millis(start),
        valid_until=Millis(drawn(st.integers(start + 1, LATEST))),
        channels=(FULL.channels[0], air, *FULL.channels[2:]),
        mode=drawn(st.sampled_from(Mode)),
        publication=drawn(st.sampled_from(Publication)),
        lead_times=tuple(
            KindTerm(code, drawn(MILLIS)) for code in sorted(drawn(st.sets(st.integers(1, 255))))
        ),
        separations=drawn(
            st.lists(
                st.builds(
                    AgreedSeparation,
                    st.just(Channel.AIR),
                    st.integers(1, 100_000) | st.integers(1, 215).map(lambda n: n * 463),
                    st.none() | st.integers(1, 100_000),
                    st.integers(1, 3_600),
                ),
                max_size=1,
            ).map(tuple)
        ),
    )
    assert read_draft(draft_to_toml(agreement)) == agreement


def _is_plain(text: str) -> bool:
    try:
        replace(SMALL, title=text).payload()
    except ValueError:
        return False
    except Exception as error:  # noqa: BLE001  # what the wire refuses is not drawn
        return not str(error)
    return True


MISTAKES = [
    ('mode = "exercise"', 'mode = "war"', "mode: 'war' is none of: exercise, real"),
    ('mode = "exercise"', "mode = 0", "mode: should be a text"),
    ("holidays = []", 'relays = ["SWISS"]', r"relays is not known"),
    ("holidays = []", 'relay = ["SWISS"]', r"relay should be tables, each headed \[\[relay\]\]"),
    ("holidays = []", "holidays = [2026-12-25]", "holidays: should be a text"),
    ("holidays = []", 'holidays = "2026-12-25"', "holidays: should be a list"),
    ("holidays = []", 'holidays = ["25.12.2026"]', "holidays: '25.12.2026' is no day. Write it as"),
    ("holidays = []", 'holidays = ["20261225"]', "holidays: '20261225' is no day. Write it as"),
    ("holidays = []", 'holidays = ["2026-02-30"]', "holidays: '2026-02-30' is no day"),
    ("holidays = []", 'holidays = ["1969-12-31"]', "holidays: is -1, outside 0"),
    (
        "holidays = []",
        'holidays = ["2026-12-25", "2026-12-25"]',
        "holidays: something is listed twice",
    ),
    ("holidays = []", 'terms = ["incursion"]', "terms: should be a table, as in"),
    ("holidays = []", "terms = { incursion = 1 }", "terms: should be a text"),
    ('mode = "exercise"', 'moed = "exercise"', "mode is missing"),
    ("version = 1", "version = 1\nunknown = 1", "unknown is not known"),
    ("version = 1", "version = true", "version: should be a whole number"),
    ("version = 1", "version = 2", "Version 1 names no version before"),
    ("version = 1", "version = 70000\nprevious = '00'", "version: is 70000, outside"),
    ("2026-11-23T00:00:00Z", '"2026-11-23"', "valid_from: should be a time"),
    ("2026-11-23T00:00:00Z", "2026-11-23", "valid_from: should be a time"),
    ("2026-11-23T00:00:00Z", "2026-11-23T00:00:00", "valid_from: times are in UTC"),
    ("2026-11-23T00:00:00Z", "2026-11-23T00:00:00+02:00", "valid_from: times are in UTC"),
    ("2026-11-23T00:00:00Z", "2026-11-23T00:00:00.0001Z", "valid_from: times are in whole"),
    ("2026-11-23T00:00:00Z", "1969-11-23T00:00:00Z", "valid_from: times are in whole"),
    ("2026-12-23T00:00:00Z", "2026-11-23T00:00:00Z", "ends before it begins"),
    ('languages = ["en"]', 'languages = "en"', "languages: should be a list"),
    ('languages = ["en"]', 'languages = ["English"]', "languages: .*language code"),
    ('name = "ALPHA"\nf', 'name = "ALPHA"\nx = 1\nf', r"\[\[party\]\] number 1, x is not known"),
    (
        'party = "BRAVO"',
        'party = "CHARLIE"',
        r"number 2, party: 'CHARLIE' is none of: ALPHA, BRAVO",
    ),
    ('role = "air duty officer"', "", r"\[\[office\]\] number 1, role is missing"),
    ('name = "air"', 'name = "Air"', r"\[\[channel\]\] number 2, name: 'Air' is none of"),
    ('"query"', '"querry"', r"\[\[channel\]\] number 2, kinds: 'querry' is none of"),
    ('"query"', '"notice"', "kinds: something is listed twice"),
    ('"query"', '"kind-10"', "kinds: 'kind-10' is none of"),
    ('query = "10 min"', 'query = "10 minutes"', "answer_within: query: '10 minutes' is not a dur"),
    ('query = "10 min"', "query = 10", "answer_within: query: should be a text"),
    ('query = "10 min"', 'complaint = "10 min"', "deadline for a kind that it does not carry"),
    ('query = "10 min"', 'query = "9700 h"', "answer_within: .*outside"),
    ('["0900Z", "1600Z"]', '["0900", "1600Z"]', "line_checks: '0900' is no time of day"),
    ('["0900Z", "1600Z"]', '["2400Z"]', "line_checks: '2400Z' is no time of day"),
    ('"64 MiB"', '"64 MB"', "bytes_a_day: '64 MB' is not a size"),
    ('"64 MiB"', '"٦٤ MiB"', "bytes_a_day: .* is not a size"),
    ('"1 km"', '"1,000 m"', "track_precision: '1,000 m' is not a distance"),
    ('"1 km"', '"-5 m"', "track_precision: '-5 m' is not a distance"),
    ('"500 km"', '"270 NM"', "widest_notice: '270 NM' is not a distance"),
    ('"500 km"', '"0 m"', "widest_notice_m: .*outside"),
    ('"500 km"', '"20101 km"', "widest_notice_m: .*outside"),
    ('widest_notice = "500 km"', "", r"\[\[channel\]\] number 1, widest_notice is missing"),
    ('"72 h"', '"3 d"', "longest_notice: '3 d' is not a duration"),
    ('"72 h"', '"0 min"', "longest_notice_ms: .*outside"),
    ("/0", "/00", "logs: .* is no log"),
    ("/0", "", "logs: .* is no log"),
    ("/0", "/4294967296", "epoch"),
    ('"ALPHA: air duty officer", ', "", "needs an office of each party"),
    ('"ALPHA: air duty officer", ', '"ALPHA: cook", ', "offices: 'ALPHA: cook' is none of"),
    ('missile-launch = "24 h"', 'missile = "24 h"', "lead_times: missile: 'missile' is none of"),
    ("[lead_times]", "[[lead_times]]", "lead_times: should be a table"),
    ("[lead_times]", "[lead_time]", "lead_time is not known"),
    ("[[party]]", "[party]", r"party should be tables, each headed \[\[party\]\]|TOML"),
    ("title", "title = ", "not TOML"),
    ("[separation.air]", "[separation.sea]", "for sea, and there is no such channel"),
    ("[separation.air]", "[separation.ground]", "for ground. Give one for air or sea"),
    ("[separation.air]", "[separation.Air]", r"In \[separation.Air\], 'Air' is none of"),
    ("[separation.air]", "[[separation.air]]", r"should be tables, each headed \[separation.NAME"),
    ("[separation.air]", "[separation]", r"should be tables, each headed \[separation.NAME"),
    ("[separation.air]", "[separations.air]", "separations is not known"),
    ("[separation.air]", "[separation.air]\nx = 1", r"In \[separation.air\], x is not known"),
    ('horizontal = "5 NM"', "", r"In \[separation.air\], horizontal is missing"),
    ('horizontal = "5 NM"', "horizontal = 5", "horizontal: should be a text"),
    ('horizontal = "5 NM"', 'horizontal = "0 NM"', "horizontal_m: is 0, outside"),
    ('horizontal = "5 NM"', 'horizontal = "54 NM"', "horizontal_m: is 100008, outside"),
    ('horizontal = "5 NM"', 'horizontal = "0.1 NM"', "horizontal: '0.1 NM' is not a whole number"),
    ('horizontal = "5 NM"', 'horizontal = "5,5 NM"', "horizontal: '5,5 NM' is not a distance"),
    ('horizontal = "5 NM"', 'horizontal = "-5 NM"', "horizontal: '-5 NM' is not a distance"),
    ('horizontal = "5 NM"', 'horizontal = "nan NM"', "horizontal: 'nan NM' is not a distance"),
    ('horizontal = "5 NM"', 'horizontal = "5"', "horizontal: '5' is not a distance"),
    ('horizontal = "5 NM"', 'horizontal = "101 km"', "horizontal_m: is 101000, outside"),
    ('vertical = "1000 ft"', "", r"In \[separation.air\], vertical is missing"),
    ('vertical = "1000 ft"', "vertical = 1000", "vertical: should be a text"),
    ('vertical = "1000 ft"', 'vertical = "1,000 ft"', "vertical: '1,000 ft' is not a difference"),
    ('vertical = "1000 ft"', 'vertical = "300 m"', "vertical: '300 m' is not a difference"),
    ('vertical = "1000 ft"', 'vertical = "0 ft"', "vertical_ft: is 0, outside"),
    ('vertical = "1000 ft"', 'vertical = "100001 ft"', "vertical_ft: is 100001, outside"),
    ('look_ahead = "5 min"', "", r"In \[separation.air\], look_ahead is missing"),
    ('look_ahead = "5 min"', 'look_ahead = "0 min"', "look_ahead_s: is 0, outside"),
    ('look_ahead = "5 min"', 'look_ahead = "61 min"', "look_ahead_s: is 3660, outside"),
    ('look_ahead = "5 min"', 'look_ahead = "1500 ms"', "look_ahead: should be whole seconds"),
    ('look_ahead = "5 min"', "look_ahead = 300", "look_ahead: should be a text"),
]


@pytest.mark.parametrize(("old", "new", "why"), MISTAKES)
def test_each_mistake_is_named(old: str, new: str, why: str) -> None:
    text = draft_to_toml(SMALL)
    assert old in text
    with pytest.raises(InvalidValue, match=why):
        toml_to_agreement(text.replace(old, new, 1), CARDS)


PLACES = [
    ('lower = "SFC"', 'lower = "UNL"', "heights: UNL is no lower"),
    ('lower = "SFC"', 'lower = "95"', "heights: '95' is no height"),
    ('upper = "FL095"', "", "upper is missing"),
    ('radius = "5 km"', "", "radius is missing"),
    ('radius = "5 km"', 'radius = "5000 m"\npath = []', "give one area"),
    ("centre = ", "center = ", "give one area"),
    ('centre = "55.2083333, ', 'centre = "', "is no position"),
    ('centre = "55.2083333, ', 'centre = "155.2083333, ', "swapped"),
    ('half_width = "900 m"', 'half_width = "0 m"', "way: Half the corridor's width is 0 m"),
    ('key = "', 'key = "AB', r"\[\[relay\]\] number 1, key: should be small hexadecimal"),
    (
        'name = "university"\nkey = "',
        'name = "university"\nkey = "AB',
        r"\[\[witness\]\] number 1, key: should be small hexadecimal",
    ),
    ('name = "ring"', 'name = "disc"', "zone is listed twice"),
    ('name = "NORWAY"', 'name = "SWISS"', "relay is listed twice"),
    ("readable = true", 'readable = "yes"', r"\[\[relay\]\] number 1, readable: should be true or"),
    ("readable = true", "readable = 1", r"\[\[relay\]\] number 1, readable: should be true or"),
    ("readable = true", "readable = true\nx = 1", r"\[\[relay\]\] number 1, x is not known"),
    ("[terms]", "[[terms]]", "terms: should be a table, as in"),
]


@pytest.mark.parametrize(("old", "new", "why"), PLACES)
def test_each_mistake_in_a_place_is_named(old: str, new: str, why: str) -> None:
    text = draft_to_toml(FULL)
    assert old in text
    with pytest.raises(InvalidValue, match=why):
        toml_to_agreement(text.replace(old, new, 1), CARDS)


def test_positions_may_be_written_in_degrees_minutes_and_seconds() -> None:
    text = draft_to_toml(FULL)
    changed = text.replace('centre = "55.2083333, 19.7534722"', 'centre = "551230N 0194512.5E"')
    assert changed != text
    assert toml_to_agreement(changed, CARDS) == FULL


def test_lengths_may_be_written_in_metres_or_kilometres() -> None:
    text = draft_to_toml(SMALL)
    assert toml_to_agreement(text.replace('"500 km"', '"500000 m"'), CARDS) == SMALL


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("5 NM", 9_260),
        ("5NM", 9_260),
        ("05.00 NM", 9_260),
        ("0.5 NM", 926),
        ("0.25 NM", 463),
        ("53.75 NM", 99_545),
        ("9260 m", 9_260),
        ("10 km", 10_000),
    ],
)
def test_a_separation_may_be_written_in_miles_or_metres(text: str, metres: int) -> None:
    draft = draft_to_toml(SMALL).replace('"5 NM"', f'"{text}"')
    assert read_draft(draft).separations == (AgreedSeparation(Channel.AIR, metres, 1_000, 300),)


def test_the_draft_shows_the_separations() -> None:
    for channel, shown in (
        (Channel.AIR, '[separation.air]\nhorizontal = "5 NM"\nvertical = "1000 ft"\n'),
        (Channel.SEA, '[separation.sea]\nhorizontal = "0.5 NM"\nvertical = "any"\n'),
    ):
        made = standard(
            *CARDS, seed=SEED, start=START, days=1, catalogue=CATALOGUE, channel=channel
        )
        assert shown in draft_to_toml(made)
    made = standard(
        *CARDS, seed=SEED, start=START, days=1, catalogue=CATALOGUE, channel=Channel.GROUND
    )
    assert made.separations == ()
    assert "separation" not in draft_to_toml(made)


def test_a_relay_that_does_not_say_so_carries_sealed_bundles_only() -> None:
    text = draft_to_toml(FULL)
    assert "[[relay]]" in text
    assert toml_to_agreement(text.replace("readable = false\n", ""), CARDS) == FULL


def test_holidays_may_be_in_any_order_and_are_days() -> None:
    text = draft_to_toml(FULL)
    days = '["2026-12-25", "2027-01-01"]'
    assert f"holidays = {days}" in text
    assert toml_to_agreement(text.replace(days, '["2027-01-01", "2026-12-25"]'), CARDS) == FULL


def test_the_order_of_lists_without_order_is_free() -> None:
    text = draft_to_toml(SMALL)
    swapped = text.replace('"0900Z", "1600Z"', '"1600Z", "0900Z"').replace(
        '"roster", "agreement"', '"agreement", "roster"'
    )
    assert swapped != text
    assert toml_to_agreement(swapped, CARDS) == SMALL


def test_a_draft_wants_the_cards_it_was_made_for() -> None:
    text = draft_to_toml(SMALL)
    with pytest.raises(InvalidValue, match="card of BRAVO is not here"):
        toml_to_agreement(text, [ALPHA.card])
    newer = sign_roster(replace(BRAVO.roster, version=2), BRAVO.roots)
    with pytest.raises(InvalidValue, match="another card of BRAVO"):
        toml_to_agreement(text, [ALPHA.card, newer])
    assert toml_to_agreement(text, [ALPHA.card, newer, BRAVO.card]) == SMALL


def test_offices_that_read_alike_are_refused() -> None:
    text = draft_to_toml(SMALL) + '[[office]]\nparty = "ALPHA"\nrole = "air duty officer"\n'
    with pytest.raises(InvalidValue, match="read alike"):
        toml_to_agreement(text, CARDS)


# Differences


def test_no_difference_from_itself() -> None:
    for agreement in (SMALL, LARGE, FULL):
        assert differences(agreement, copy.deepcopy(agreement)) == []


@pytest.mark.parametrize("agreement", [SMALL, LARGE, FULL])
def test_no_two_facts_are_about_the_same(agreement: Agreement) -> None:
    about = [label for label, _ in facts(agreement)]
    assert len(about) == len(set(about))


def test_differences_read_as_sentences() -> None:
    control, air = SMALL.channels
    changed = replace(
        SMALL,
        valid_until=Millis(START + 29 * 86_400_000 + 43_200_000),
        channels=(control, replace(air, kinds=tuple({*air.kinds} - {Kind.TEXT}))),
    )
    assert differences(SMALL, changed) == [
        "valid until 230000ZDEC26 → 221200ZDEC26",
        "removed: air: may carry text",
    ]
    assert differences(changed, SMALL)[1] == "added: air: may carry text"
    closer = replace(SMALL, separations=(AgreedSeparation(Channel.AIR, 5_556, None, 90),))
    assert differences(SMALL, closer) == [
        "air: horizontal separation 5 NM → 3 NM",
        "air: vertical separation 1000 ft → any",
        "air: separation looked ahead 5 min → 90 s",
    ]
    assert differences(SMALL, replace(SMALL, relays=FULL.relays[:1], holidays=(20_812,))) == [
        f"added: relay 1: SWISS (key {FULL.relays[0].key.hex()}, readable yes)",
        "added: no line check on 2026-12-25",
    ]
    assert differences(SMALL, replace(SMALL, terms_offered=FULL.terms_offered[:1])) == [
        "added: term offered 1: 'crossing of the line' in place of 'incursion'"
    ]
    assert differences(SMALL, replace(SMALL, separations=())) == [
        "removed: air: horizontal separation 5 NM",
        "removed: air: vertical separation 1000 ft",
        "removed: air: separation looked ahead 5 min",
    ]


def others(value: Any, name: str) -> Iterator[Any]:
    """Values that stand in one place of an agreement and differ from this one."""
    match value:
        case IntEnum():
            yield from (option for option in type(value) if option is not value)
        case bool():
            yield not value
        case int():
            yield 1 - value if name == "party" else value + 1
        case bytes():
            yield bytes([value[0] ^ 1]) + value[1:]
        case str():
            yield value + "x"
        case None:
            yield bytes(32) if name == "previous" else LEVEL
        case tuple():
            if value:
                yield value[:-1]
            if len(value) > 1 and value[::-1] != value:
                yield value[::-1]
            for place, item in enumerate(value):
                for other in others(item, name):
                    yield (*value[:place], other, *value[place + 1 :])
        case _:
            assert is_dataclass(value), value
            yield from changed_in(value)


CHANGED: set[tuple[str, str]] = set()


def changed_in(item: Any) -> Iterator[Any]:
    """Copies of a dataclass with one value somewhere in it changed, whether sound or not."""
    for field in fields(item):
        for other in others(getattr(item, field.name), field.name):
            made = copy.copy(item)
            object.__setattr__(made, field.name, other)
            if not isinstance(made, Height) or _can_be(made):
                CHANGED.add((type(item).__name__, field.name))
                yield made


def _can_be(height: Height) -> bool:
    try:
        replace(height)
    except InvalidValue:
        return False
    return True


def everywhere() -> list[Any]:
    # Office numbers of a channel point into the list of offices; one beyond its end cannot be shown.
    return [
        made
        for made in changed_in(FULL)
        if all(number < len(made.offices) for t in made.channels for number in t.offices)
        and len(made.parties) == 2
    ]


def test_no_change_anywhere_goes_unsaid() -> None:
    made = everywhere()
    assert len(made) > 300
    for agreement in made:
        if not differences(FULL, agreement):
            # The same things in a wrong order: no agreement at all.
            with pytest.raises((InvalidValue, Malformed)):
                parse_agreement(agreement.payload())


def test_every_field_of_every_part_was_changed() -> None:
    list(everywhere())
    parts = {type(item) for item in walk(FULL)}
    wanted = {(part.__name__, field.name) for part in parts for field in fields(part)}
    assert wanted <= CHANGED
    assert {"Witness", "AgreedZone", "Circle", "Corridor", "Polygon", "Height"} <= {
        part.__name__ for part in parts
    }


def walk(item: Any) -> Iterator[Any]:
    if isinstance(item, tuple):
        for inner in item:
            yield from walk(inner)
    elif is_dataclass(item):
        yield item
        for field in fields(item):
            yield from walk(getattr(item, field.name))
