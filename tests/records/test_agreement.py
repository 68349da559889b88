"""The agreement: round trip, every refusal, any changed byte (spec/agreement.md §1 and §2)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import BadSignature, InvalidValue, Malformed
from firebreak.records.agreement import (
    AgreedLine,
    AgreedRelay,
    AgreedSeparation,
    AgreedZone,
    Agreement,
    Channel,
    ChannelTerms,
    KindTerm,
    LineCheckTime,
    NeutralTerm,
    Office,
    Origin,
    PartySignature,
    SignedAgreement,
    Witness,
    check_next_version,
    parse_agreement,
    parse_signed_agreement,
    sign_agreement,
)
from firebreak.records.cbor import decode, encode
from firebreak.records.drafting import SEPARATIONS, next_version
from firebreak.records.kinds import Kind
from firebreak.records.roster import sign_roster
from firebreak.values import Millis, OfficeNumber, PartyNumber, Position
from firebreak.volumes import Heights, Polygon
from tests.conftest import ROOT
from tests.records.agreement_example import SPECIFICATION, example, renewed
from tests.records.parties import (
    ALPHA,
    BRAVO,
    fullest,
    larger,
    made_of,
    sealed,
    side,
    signature,
    signed,
    smallest,
)

SMALL = smallest()
BOTH = signed(SMALL)
FILE = BOTH.encoded()


def test_the_example_of_the_spec_is_generated() -> None:
    text = SPECIFICATION.read_text(encoding="utf-8")
    draft, values = example().split("\n\nALPHA spoken")
    assert f"```toml\n{draft}\n```" in text
    assert f"```\nALPHA spoken{values}```" in text
    assert renewed(text) == text


@pytest.mark.parametrize(
    "agreement",
    [
        smallest(),
        larger(),
        fullest(),
        replace(smallest(), separations=()),
        replace(smallest(), separations=(AgreedSeparation(Channel.AIR, 1, None, 1),)),
        replace(smallest(), separations=(AgreedSeparation(Channel.AIR, 100_000, 100_000, 3_600),)),
    ],
)
def test_an_agreement_reads_back_to_itself(agreement: Agreement) -> None:
    assert parse_agreement(agreement.payload()) == agreement
    made = signed(agreement)
    read = parse_signed_agreement(made.encoded())
    assert read == made
    assert read.encoded() == made.encoded()
    assert read.missing() == ()


@given(at=st.integers(0, len(FILE) - 1), flip=st.integers(1, 255))
def test_a_changed_byte_anywhere_is_refused(at: int, flip: int) -> None:
    data = bytearray(FILE)
    data[at] ^= flip
    with pytest.raises((Malformed, BadSignature)):
        parse_signed_agreement(bytes(data))


@given(at=st.integers(0, len(FILE) - 1))
def test_a_cut_file_is_refused(at: int) -> None:
    with pytest.raises(Malformed):
        parse_signed_agreement(FILE[:at])


def test_what_follows_the_file_is_refused() -> None:
    with pytest.raises(Malformed):
        parse_signed_agreement(FILE + b"\x00")


@pytest.mark.parametrize("data", [encode(()), encode((b"", b"")), encode(("x", ())), encode(1)])
def test_what_is_no_agreement_is_malformed(data: bytes) -> None:
    for parse in (parse_agreement, parse_signed_agreement):
        with pytest.raises(Malformed):
            parse(data)


def test_another_format_is_malformed() -> None:
    with pytest.raises(Malformed, match="no agreement"):
        parse_agreement(encode(("firebreak agreement 2", ())))


def with_air(**changes: Any) -> Callable[[], Agreement]:
    return lambda: replace(
        SMALL, channels=(SMALL.channels[0], replace(SMALL.channels[1], **changes))
    )


def with_(**changes: Any) -> Callable[[], Agreement]:
    return lambda: replace(SMALL, **changes)


def both_watched() -> Agreement:
    """An agreement with the channels for air and for sea."""
    air = SMALL.channels[1]
    origins = tuple(Origin(made_of(f"sea {number}", 16), 0) for number in (0, 1))
    sea = replace(air, channel=Channel.SEA, origins=origins)
    return replace(SMALL, channels=(*SMALL.channels, sea), separations=SEPARATIONS)


AIR: ChannelTerms = SMALL.channels[1]
HERE = Position(550_000_000, 200_000_000)
EVERYWHERE = Heights(None, None)
LINE = AgreedLine("line", (HERE, Position(560_000_000, 200_000_000)))
WITNESS = Witness("w", ALPHA.roster.node.log)
RELAY = AgreedRelay("X", ALPHA.roster.node.log, readable=False)
TWICE = Origin(SMALL.channels[0].origins[0].opaque, 7)
REFUSED: list[tuple[str, str, Callable[[], Agreement]]] = [
    ("A-3", "exactly two", with_(parties=SMALL.parties[:1])),
    ("A-3", "exactly two", with_(parties=(*SMALL.parties, replace(SMALL.parties[0], name="C")))),
    (
        "A-3",
        "same name",
        with_(parties=(SMALL.parties[0], replace(SMALL.parties[1], name="ALPHA"))),
    ),
    ("A-3", "root keys", with_(parties=(SMALL.parties[0], replace(SMALL.parties[0], name="C")))),
    ("A-4", "before it begins", with_(valid_until=SMALL.valid_from)),
    ("A-5", "Version 1", with_(version=2)),
    ("A-5", "Version 1", with_(previous=bytes(32))),
    ("A-6", "in order", with_(channels=SMALL.channels[::-1])),
    ("A-6", "in order", with_(channels=SMALL.channels[1:], line_checks=())),
    ("A-6", "in order", with_(channels=(*SMALL.channels, SMALL.channels[1]))),
    ("A-6", "in order", with_(channels=())),
    ("A-7", "same origin", with_air(origins=(AIR.origins[0], AIR.origins[0]))),
    ("A-7", "same origin", with_air(origins=(AIR.origins[0], TWICE))),
    ("A-7", "one log", with_air(origins=AIR.origins[:1])),
    ("A-8", "no party", with_(offices=(*SMALL.offices, Office(PartyNumber(2), "chief")))),
    ("A-8", "listed twice", with_(offices=(*SMALL.offices, SMALL.offices[0]))),
    ("A-8", "not listed", with_air(offices=(OfficeNumber(0), OfficeNumber(2)))),
    ("A-8", "out of order", with_air(offices=(OfficeNumber(1), OfficeNumber(0)))),
    ("A-8", "each party", with_air(offices=(OfficeNumber(0),))),
    ("A-9", "out of order", with_air(kinds=AIR.kinds[::-1])),
    ("A-9", "repeated", with_air(kinds=(1, *AIR.kinds))),
    ("A-9", "two officers", with_air(two_officers=(Kind.COMPLAINT,))),
    ("A-9", "out of order", with_air(answer_within=AIR.answer_within[::-1])),
    ("A-9", "deadline", with_air(answer_within=(KindTerm(Kind.COMPLAINT, 1),))),
    ("A-15", "Lead times", with_(lead_times=SMALL.lead_times[::-1])),
    ("A-15", "Line checks are repeated", with_(line_checks=SMALL.line_checks * 2)),
    ("A-15", "carries none", with_(line_checks=(LineCheckTime(Channel.SEA, 0),))),
    (
        "A-15",
        "carries none",
        with_air(kinds=tuple(sorted({*AIR.kinds} - {Kind.LINE_CHECK_REPLY})), answer_within=()),
    ),
    ("A-15", "language", with_(languages=("en", "en"))),
    ("A-15", "relay", with_(relays=(RELAY, replace(RELAY, readable=True)))),
    ("A-15", "Holidays are repeated", with_(holidays=(20_812, 20_812))),
    ("A-15", "Holidays are .*out of order", with_(holidays=(20_819, 20_812))),
    (
        "A-15",
        "term is listed twice",
        with_(terms_offered=(NeutralTerm("a", "b"), NeutralTerm("a", "c"))),
    ),
    ("A-15", "witness", with_(witnesses=(WITNESS, WITNESS))),
    ("A-15", "line is listed", with_(lines=(LINE, LINE))),
    ("A-23", "repeated or out of order", with_(separations=SMALL.separations * 2)),
    (
        "A-23",
        "repeated or out of order",
        lambda: replace(both_watched(), separations=SEPARATIONS[::-1]),
    ),
    ("A-23", "for sea, and there is no such channel", with_(separations=SEPARATIONS)),
    (
        "A-23",
        "for control. Give one for air or sea",
        with_(separations=(AgreedSeparation(Channel.CONTROL, 1, None, 1),)),
    ),
    (
        "A-23",
        "for command. Give one for air or sea",
        lambda: replace(larger(), separations=(AgreedSeparation(Channel.COMMAND, 1, 1, 1),)),
    ),
    ("A-16", "line: .*path", with_(lines=(AgreedLine("line", (HERE,)),))),
    ("A-16", "zone: .*polygon", with_(zones=(AgreedZone("zone", Polygon((HERE,)), EVERYWHERE),))),
    ("A-16", "Witness w", with_(witnesses=(Witness("w", bytes(32)),))),
    ("A-16", "Relay X", with_(relays=(replace(RELAY, key=bytes(32)),))),
]


@pytest.mark.parametrize(("rule", "why", "made"), REFUSED)
def test_what_contradicts_itself_is_refused(
    rule: str, why: str, made: Callable[[], Agreement]
) -> None:
    with pytest.raises(InvalidValue, match=why):
        made()


def test_every_rule_of_the_spec_is_cited_and_written() -> None:
    spec = (ROOT / "spec" / "agreement.md").read_text(encoding="utf-8")
    folder = ROOT / "src" / "firebreak" / "records"
    code = "".join((folder / f"{name}.py").read_text() for name in ("agreement", "roster"))
    for rule in (f"A-{number}" for number in range(1, 24)):
        assert f"**{rule}**" in spec, rule
        assert rule in code, rule
    assert "**A-24**" not in spec


@pytest.mark.parametrize(
    "changes",
    [
        {"widest_notice_m": 0},
        {"widest_notice_m": 20_100_001},
        {"longest_notice_ms": 0},
        {"longest_notice_ms": 400 * 86_400_000 + 1},
    ],
)
def test_a_cap_out_of_its_range_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        with_air(**changes)().payload()


@pytest.mark.parametrize(
    "changes",
    [
        {"id": bytes(15)},
        {"title": ""},
        {"title": "x" * 121},
        {"title": "turn\u202earound"},
        {"valid_from": -1},
        {"languages": ()},
        {"languages": ("English",)},
        {"catalogue": bytes(31)},
        {"lead_times": (KindTerm(0, 1),)},
        {"lead_times": (KindTerm(1, 400 * 86_400_000 + 1),)},
        {"line_checks": (LineCheckTime(Channel.AIR, 1_440),)},
        {"holidays": (-1,)},
        {"holidays": (2_932_897,)},
        {"holidays": tuple(range(367))},
        {"relays": (replace(RELAY, name=""),)},
        {"relays": (replace(RELAY, name="x" * 41),)},
        {"relays": tuple(replace(RELAY, name=f"X {number}") for number in range(17))},
        {"terms_offered": (NeutralTerm("", "b"),)},
        {"terms_offered": (NeutralTerm("a", "b" * 65),)},
        {"terms_offered": tuple(NeutralTerm(f"{number}", "b") for number in range(65))},
    ],
)
def test_a_slot_out_of_its_range_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        replace(SMALL, **changes).payload()


# Signatures


@pytest.mark.parametrize(
    "changes",
    [
        {"horizontal_m": 0},
        {"horizontal_m": -1},
        {"horizontal_m": 100_001},
        {"vertical_ft": 0},
        {"vertical_ft": 100_001},
        {"look_ahead_s": 0},
        {"look_ahead_s": 3_601},
        {"look_ahead_s": True},
        {"horizontal_m": None},
    ],
)
def test_a_separation_out_of_its_range_is_not_signed(changes: dict[str, Any]) -> None:
    made = replace(SMALL, separations=(replace(SEPARATIONS[0], **changes),))
    with pytest.raises(Malformed, match="separations: "):
        made.payload()


def shape(agreement: Agreement) -> Any:
    """What an agreement's payload decodes to."""
    return decode(agreement.payload())


SEPARATED, HOLIDAYS, TERMS = 20, 21, 22
RELAYS = 18


def with_slot(value: Any, place: int = SEPARATED) -> bytes:
    """The payload of the agreement for air and sea with another slot at this place."""
    title, slots = shape(both_watched())
    return encode((title, (*slots[:place], value, *slots[place + 1 :])))


IN_AIR, AT_SEA = (1, 9_260, 1_000, 300), (2, 926, (), 1_200)


def test_separations_are_the_bytes_of_the_spec() -> None:
    assert parse_agreement(with_slot((IN_AIR, AT_SEA))) == both_watched()
    assert parse_agreement(with_slot(())).separations == ()
    spec = (ROOT / "spec" / "agreement.md").read_text(encoding="utf-8")
    for each in (IN_AIR, AT_SEA):
        assert f"`{encode(each).hex()}`" in spec


@pytest.mark.parametrize(
    ("separations", "why"),
    [
        ((IN_AIR, IN_AIR), "repeated"),
        ((AT_SEA, IN_AIR), "out of order"),
        ((IN_AIR, AT_SEA, IN_AIR), "3 items"),
        (((0, 1, 1, 1),), "for control"),
        (((3, 1, 1, 1),), "for ground"),
        (((7, 1, 1, 1),), "unknown code 7"),
        (((1, 0, 1, 1),), "horizontal_m"),
        (((1, 100_001, 1, 1),), "horizontal_m"),
        (((1, (), 1, 1),), "horizontal_m"),
        (((1, 1, 0, 1),), "vertical_ft"),
        (((1, 1, 100_001, 1),), "vertical_ft"),
        (((1, 1, "1", 1),), "vertical_ft"),
        (((1, 1, (1,), 1),), "vertical_ft"),
        (((1, 1, 1, 0),), "look_ahead_s"),
        (((1, 1, 1, 3_601),), "look_ahead_s"),
        (((1, 1, 1, 2**64 - 1),), "look_ahead_s"),
        (((1, 1, 1),), "array of 4"),
        (((1, 1, 1, 1, 1),), "array of 4"),
        ((1, 1), "array of 4"),
        (1, "array"),
        ("", "array"),
    ],
)
def test_a_misshapen_separation_is_refused(separations: Any, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        parse_agreement(with_slot(separations))


KEY = ALPHA.roster.node.log


def test_relays_holidays_and_terms_as_they_stand_in_the_bytes() -> None:
    read = parse_agreement(with_slot((("X", KEY, 1), ("Y", KEY, 0)), RELAYS))
    assert [(relay.name, relay.readable) for relay in read.relays] == [("X", True), ("Y", False)]
    assert parse_agreement(with_slot((0, 2_932_896), HOLIDAYS)).holidays == (0, 2_932_896)
    read = parse_agreement(with_slot((("b", "x"), ("a", "x")), TERMS))
    assert read.terms_offered == (NeutralTerm("b", "x"), NeutralTerm("a", "x"))


@pytest.mark.parametrize(
    ("place", "value", "why"),
    [
        (RELAYS, (("X", KEY, 2),), "readable: should be 0 or 1"),
        (RELAYS, (("X", KEY, -1),), "readable: should be 0 or 1"),
        (RELAYS, (("X", KEY, ()),), "readable: should be 0 or 1"),
        (RELAYS, (("X", KEY, "yes"),), "readable: should be 0 or 1"),
        (RELAYS, (("X", KEY),), "array of 3"),
        (RELAYS, ("X",), "array of 3"),
        (RELAYS, (("X", KEY[:31], 0),), "key: has 31 bytes"),
        (RELAYS, (("X", bytes(32), 0),), "Relay X: "),
        (RELAYS, (("X", KEY, 0), ("X", KEY, 1)), "relay is listed twice"),
        (HOLIDAYS, (5, 5), "Holidays"),
        (HOLIDAYS, (5, 4), "Holidays"),
        (HOLIDAYS, ("2026-12-25",), "should be an integer"),
        (HOLIDAYS, 5, "should be an array"),
        (TERMS, (("a", "b"), ("a", "c")), "term is listed twice"),
        (TERMS, (("a",),), "array of 2"),
        (TERMS, (("a", "b" * 65),), "term: has 65 characters"),
    ],
)
def test_a_misshapen_relay_holiday_or_term_is_refused(
    place: int, value: Any, why: str
) -> None:
    with pytest.raises(Malformed, match=why):
        parse_agreement(with_slot(value, place))


def test_an_agreement_without_the_slot_is_malformed() -> None:
    title, slots = shape(SMALL)
    for wrong in (slots[:-1], (*slots, ())):
        with pytest.raises(Malformed, match="array of 23"):
            parse_agreement(encode((title, wrong)))


def test_one_signature_says_who_is_missing() -> None:
    for number, name in ((0, "BRAVO"), (1, "ALPHA")):
        half = SignedAgreement(SMALL, (signature(SMALL, number),))
        assert parse_signed_agreement(half.encoded()).missing() == (name,)
        assert half.with_signature(signature(SMALL, 1 - number)) == BOTH
        with pytest.raises(InvalidValue, match="not signed"):
            half.roster_of(1 - number)
    assert BOTH.roster_of(1) == BRAVO.card


def refused(made: PartySignature, why: str, agreement: Agreement = SMALL) -> None:
    others = [s for s in BOTH.signatures if s.party != made.party]
    both = SignedAgreement(agreement, tuple(sorted([*others, made], key=lambda s: s.party)))
    with pytest.raises((BadSignature, Malformed), match=why):
        parse_signed_agreement(both.encoded())


def test_signatures_in_the_wrong_order_are_refused() -> None:
    for signatures in (BOTH.signatures[::-1], BOTH.signatures[:1] * 2):
        with pytest.raises(Malformed, match="out of order"):
            parse_signed_agreement(SignedAgreement(SMALL, signatures).encoded())


def test_a_party_that_is_not_there_is_refused() -> None:
    refused(replace(BOTH.signatures[0], party=PartyNumber(2)), "misshapen")


def test_another_roster_is_refused() -> None:
    newer = sign_roster(replace(ALPHA.roster, version=2), ALPHA.roots)
    made = sign_agreement(SMALL, PartyNumber(0), newer, sealed(SMALL, 0), ALPHA.roots)
    refused(made, "not the one agreed")


def test_the_roster_of_the_other_party_is_refused() -> None:
    made = sign_agreement(SMALL, PartyNumber(0), BRAVO.card, sealed(SMALL, 0), BRAVO.roots)
    refused(made, "not the one agreed")


def test_another_fingerprint_is_refused() -> None:
    false = replace(SMALL.parties[0], fingerprint=bytes(32))
    agreement = replace(SMALL, parties=(false, SMALL.parties[1]))
    refused(signature(agreement, 0), "root keys given for ALPHA", agreement)


def test_one_of_two_root_signatures_is_refused() -> None:
    made = sign_agreement(SMALL, PartyNumber(1), BRAVO.card, sealed(SMALL, 1), BRAVO.roots[:1])
    refused(made, "1 of the 2 root signatures")


def test_a_signature_over_other_terms_is_refused() -> None:
    longer = replace(SMALL, valid_until=Millis(SMALL.valid_until + 1))
    refused(replace(signature(longer, 0)), "signature")


def test_exchanged_secrets_are_refused() -> None:
    made = BOTH.signatures[0]
    other = tuple((to, made_of("other", 1_168)) for to, _ in made.secrets)
    refused(replace(made, secrets=other), "signature")


def test_a_signature_of_a_roster_is_none_of_an_agreement() -> None:
    refused(replace(BOTH.signatures[0], signatures=ALPHA.card.signatures), "signature")


@pytest.mark.parametrize("kept", [(), (0,), (1,), (0, 0), (1, 0), (0, 1, 1), (0, 2)])
def test_each_party_is_given_the_secret_once(kept: tuple[int, ...]) -> None:
    secrets = tuple((to, made_of("secret", 1_168)) for to in kept)
    made = sign_agreement(SMALL, PartyNumber(0), ALPHA.card, secrets, ALPHA.roots)
    refused(made, "once")


@pytest.mark.parametrize("secret", [(0,), ("0", b"x"), (16, b"x"), (0, b""), (0, bytes(4_097))])
def test_a_misshapen_secret_is_refused(secret: Any) -> None:
    refused(replace(BOTH.signatures[0], secrets=(secret,)), "misshapen")


# What others ask of it


def test_contexts_differ_by_party_and_channel() -> None:
    agreement = larger()
    contexts = {
        agreement.context(terms.channel, PartyNumber(party)).external_aad()
        for terms in agreement.channels
        for party in (0, 1)
    }
    assert len(contexts) == 2 * len(agreement.channels)
    with pytest.raises(InvalidValue, match="no such channel"):
        agreement.context(Channel.STRATEGIC, PartyNumber(0))
    secrets = {
        agreement.secret_context(PartyNumber(a), PartyNumber(b)) for a in (0, 1) for b in (0, 1)
    }
    assert len(secrets) == 4


def test_a_complaint_belongs_on_the_command_channel() -> None:
    assert larger().channel_for(Kind.COMPLAINT) is Channel.COMMAND
    assert SMALL.channel_for(Kind.COMPLAINT) is None
    assert SMALL.channel_for(Kind.ROSTER) is None
    assert SMALL.channel_for(Kind.NOTICE) is Channel.AIR


def test_the_next_version_follows() -> None:
    after = next_version(SMALL, [])
    after.check_follows(SMALL)
    offices = (*after.offices, Office(PartyNumber(1), "chief"))
    replace(after, offices=offices, valid_until=Millis(after.valid_until + 1)).check_follows(SMALL)
    newer = sign_roster(replace(ALPHA.roster, version=2), ALPHA.roots)
    assert next_version(SMALL, [newer]).parties[0].roster == newer.roster.digest()


def other_logs(agreement: Agreement) -> Agreement:
    control, air = agreement.channels
    fresh = (Origin(made_of("fresh", 16), 0), air.origins[1])
    return replace(agreement, channels=(control, replace(air, origins=fresh)))


@pytest.mark.parametrize(
    "made",
    [
        lambda after: SMALL,
        lambda after: replace(after, id=bytes(16)),
        lambda after: replace(after, version=3),
        lambda after: replace(after, previous=bytes(32)),
        lambda after: replace(
            after, parties=(after.parties[0], replace(after.parties[1], name="CHARLIE"))
        ),
        lambda after: replace(
            after,
            parties=(after.parties[0], replace(after.parties[1], fingerprint=bytes(32))),
        ),
        lambda after: replace(after, offices=after.offices[::-1]),
        other_logs,
    ],
)
def test_what_does_not_follow_is_refused(made: Callable[[Agreement], Agreement]) -> None:
    with pytest.raises(InvalidValue):
        made(next_version(SMALL, [])).check_follows(SMALL)


def test_the_next_version_is_read_from_its_file() -> None:
    after = next_version(SMALL, [])
    assert check_next_version(SMALL, signed(after).encoded()) == after


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (lambda: b"", "end too early"),
        (lambda: FILE, "not the version after"),
        (lambda: signed(replace(next_version(SMALL, []), version=3)).encoded(), "not the version"),
        (
            lambda: SignedAgreement(
                next_version(SMALL, []), (signature(next_version(SMALL, []), 0),)
            ).encoded(),
            "BRAVO has not signed",
        ),
        (lambda: signed(other_logs(next_version(SMALL, []))).encoded(), "keeps its logs"),
    ],
)
def test_a_file_that_is_not_the_next_version_is_refused(
    data: Callable[[], bytes], why: str
) -> None:
    with pytest.raises((InvalidValue, Malformed), match=why):
        check_next_version(SMALL, data())


def test_a_later_epoch_of_a_log_follows() -> None:
    after = next_version(SMALL, [])
    control, air = after.channels
    later = tuple(replace(origin, epoch=1) for origin in air.origins)
    channels = (control, replace(air, origins=later))
    replace(after, channels=channels).check_follows(SMALL)
    before = replace(SMALL, channels=channels)
    with pytest.raises(InvalidValue, match="keeps its logs"):
        replace(next_version(before, []), channels=SMALL.channels).check_follows(before)


def test_sides_have_their_own_names() -> None:
    assert side("CHARLIE").roster.root_fingerprint() != ALPHA.roster.root_fingerprint()
