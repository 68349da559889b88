"""The roster: round trip, every refusal, two of three root keys (spec/agreement.md §3)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import BadSignature, InvalidValue, Malformed
from firebreak.records.cbor import encode
from firebreak.records.roster import (
    Roster,
    RosterEntry,
    SignedRoster,
    parse_roster_payload,
    parse_signed_roster,
    sign_roster,
)
from firebreak.values import Millis
from tests.records.parties import ALPHA, BRAVO, KEYS_END, START, key, side

CARD = BRAVO.card.encoded()


def test_a_card_reads_back_to_itself() -> None:
    for party in (ALPHA, BRAVO):
        read = parse_signed_roster(party.card.encoded())
        assert read == party.card
        assert read.encoded() == party.card.encoded()


@given(at=st.integers(0, len(CARD) - 1), flip=st.integers(1, 255))
def test_a_changed_byte_anywhere_is_refused(at: int, flip: int) -> None:
    data = bytearray(CARD)
    data[at] ^= flip
    with pytest.raises((Malformed, BadSignature)):
        parse_signed_roster(bytes(data))


@given(at=st.integers(0, len(CARD) - 1))
def test_a_cut_card_is_refused(at: int) -> None:
    with pytest.raises(Malformed):
        parse_signed_roster(CARD[:at])


@pytest.mark.parametrize("holders", [(0, 1), (0, 2), (1, 2), (0, 1, 2)])
def test_any_two_of_three_root_keys_suffice(holders: tuple[int, ...]) -> None:
    signed = sign_roster(BRAVO.roster, [BRAVO.roots[number] for number in holders])
    assert parse_signed_roster(signed.encoded()) == signed


@pytest.mark.parametrize("holders", [(), (0,), (1,), (2,)])
def test_one_of_three_root_keys_is_refused(holders: tuple[int, ...]) -> None:
    signed = sign_roster(BRAVO.roster, [BRAVO.roots[number] for number in holders])
    with pytest.raises(BadSignature, match="of the 2 root signatures"):
        parse_signed_roster(signed.encoded())


def test_one_root_key_does_not_count_twice() -> None:
    once = sign_roster(BRAVO.roster, BRAVO.roots[:1]).signatures
    with pytest.raises(BadSignature, match="repeated"):
        SignedRoster(BRAVO.roster, once * 2).verify()


def test_a_bad_signature_spoils_enough_good_ones() -> None:
    *good, (place, last) = sign_roster(BRAVO.roster, BRAVO.roots).signatures
    spoiled = SignedRoster(BRAVO.roster, (*good, (place, last[:32] + bytes(32))))
    with pytest.raises(BadSignature):
        spoiled.verify()


def test_signatures_out_of_order_are_refused() -> None:
    made = sign_roster(BRAVO.roster, BRAVO.roots[:2]).signatures
    with pytest.raises(BadSignature, match="out of order"):
        SignedRoster(BRAVO.roster, made[::-1]).verify()


def test_a_key_that_is_no_root_does_not_sign() -> None:
    with pytest.raises(InvalidValue, match="not a root key of ALPHA"):
        sign_roster(ALPHA.roster, BRAVO.roots[:1])


def test_the_signature_is_over_this_roster() -> None:
    other = replace(ALPHA.roster, version=2)
    with pytest.raises(BadSignature):
        SignedRoster(other, ALPHA.card.signatures).verify()


def with_entries(roster: Roster, *entries: RosterEntry) -> Roster:
    return replace(roster, entries=entries)


NODE, OFFICER, SENIOR = ALPHA.roster.entries
REFUSED: list[tuple[str, Callable[[], Roster]]] = [
    ("threshold", lambda: replace(ALPHA.roster, threshold=2)),
    ("out of order", lambda: replace(BRAVO.roster, roots=BRAVO.roster.roots[::-1])),
    ("repeated", lambda: replace(ALPHA.roster, roots=ALPHA.roster.roots * 2)),
    ("first key", lambda: with_entries(ALPHA.roster, OFFICER, NODE)),
    ("first key", lambda: with_entries(ALPHA.roster)),
    (
        "first key",
        lambda: with_entries(ALPHA.roster, NODE, replace(OFFICER, office="node")),
    ),
    (
        "twice",
        lambda: with_entries(ALPHA.roster, NODE, OFFICER, replace(SENIOR, key=OFFICER.key)),
    ),
    (
        "twice",
        lambda: with_entries(ALPHA.roster, NODE, replace(OFFICER, key=ALPHA.roster.roots[0])),
    ),
    (
        "twice",
        lambda: replace(
            ALPHA.roster, node=replace(ALPHA.roster.node, receipt=ALPHA.roster.node.log)
        ),
    ),
    (
        "ends before",
        lambda: with_entries(ALPHA.roster, NODE, replace(OFFICER, valid_until=Millis(START - 1))),
    ),
]


@pytest.mark.parametrize(("why", "made"), REFUSED)
def test_a_roster_that_contradicts_itself_is_refused(why: str, made: Callable[[], Roster]) -> None:
    with pytest.raises(InvalidValue, match=why):
        made()


def test_what_is_no_roster_is_malformed() -> None:
    for data in (b"", b"\x00", encode(()), encode(("firebreak roster 2", ())), encode((b"", ()))):
        with pytest.raises(Malformed):
            parse_roster_payload(data)
        with pytest.raises(Malformed):
            parse_signed_roster(data)


@pytest.mark.parametrize("signatures", [b"", ((0,),), ((16, bytes(64)),), ((0, bytes(63)),)])
def test_misshapen_root_signatures_are_malformed(signatures: Any) -> None:
    with pytest.raises(Malformed):
        parse_signed_roster(encode((ALPHA.roster.payload(), signatures)))


def test_a_roster_with_no_point_for_a_key_is_malformed() -> None:
    bad = with_entries(ALPHA.roster, NODE, replace(OFFICER, key=b"\x02" + bytes(31)))
    with pytest.raises(Malformed):
        parse_roster_payload(bad.payload())


NEXT = replace(ALPHA.roster, version=2)
ADDED = RosterEntry(key("new officer").public.raw, "air duty officer", START, KEYS_END)


@pytest.mark.parametrize(
    "entries",
    [
        ALPHA.roster.entries,
        (*ALPHA.roster.entries, ADDED),
        (NODE, replace(OFFICER, valid_until=START), SENIOR),
    ],
)
def test_a_next_version_may_add_and_revoke(entries: tuple[RosterEntry, ...]) -> None:
    replace(NEXT, entries=entries).check_follows(ALPHA.roster)


@pytest.mark.parametrize(
    "roster",
    [
        ALPHA.roster,
        replace(NEXT, version=3),
        replace(NEXT, party="ALPHB"),
        replace(side("ALPHA", roots=2).roster, version=2),
        replace(NEXT, entries=(NODE, OFFICER)),
        replace(NEXT, entries=(NODE, SENIOR, OFFICER)),
        replace(NEXT, entries=(NODE, replace(OFFICER, office="chief"), SENIOR)),
        replace(NEXT, entries=(NODE, replace(OFFICER, key=ADDED.key), SENIOR)),
        replace(NEXT, entries=(NODE, replace(OFFICER, valid_until=Millis(KEYS_END + 1)), SENIOR)),
    ],
)
def test_a_next_version_changes_nothing_else(roster: Roster) -> None:
    with pytest.raises(InvalidValue):
        roster.check_follows(ALPHA.roster)
