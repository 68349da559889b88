"""Drafts of advisories (W-G1, W-G12): what is asked, on which channel, how urgently, what is withheld."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from firebreak.desk.drafts import AT_ONCE_S, draft, plain_draft
from firebreak.desk.explaining import because, plain_advisory, sentence
from firebreak.desk.releasability import STANDARD, Owner, TrackTerms, override
from firebreak.records.agreement import Channel
from firebreak.values import Precedence
from firebreak.watch.advisories import Situation
from firebreak.watch.doubts import Doubt
from tests.desk.sightings import ADVISORY, NOW, SEEN, seen

OTHER = replace(SEEN, identity="icao:abc002", doubts=Doubt(0), plausible=None)


def test_a_crossing_is_asked_about_at_once() -> None:  # W-G9
    made = draft(ADVISORY, {}, STANDARD, {}, {}, NOW)
    assert made is not None
    assert made.query is not None
    assert (made.channel, made.precedence) == (Channel.AIR, Precedence.FLASH)
    assert (made.query.track, made.query.observed) == ("icao 4baac6", -2_000)
    assert made.query.words is None


@pytest.mark.parametrize(
    ("in_s", "precedence"), [(AT_ONCE_S - 1, Precedence.FLASH), (AT_ONCE_S, Precedence.IMMEDIATE)]
)
def test_what_is_later_is_less_urgent(in_s: int, precedence: Precedence) -> None:  # W-G9
    later = replace(ADVISORY, situation=Situation.LINE, present=False, in_s=in_s)
    made = draft(later, {}, STANDARD, {}, {}, NOW)
    assert made is not None
    assert made.precedence is precedence


def test_ships_are_asked_about_on_the_sea_channel() -> None:  # W-G9
    ship = replace(ADVISORY, tracks=(replace(SEEN, domain=1, identity="mmsi:261000001"),))
    made = draft(ship, {}, STANDARD, {}, {}, NOW)
    assert made is not None
    assert made.channel is Channel.SEA
    assert draft(ship, {}, [TrackTerms(Channel.AIR, 1, 0)], {}, {}, NOW) is None


def test_one_asks_about_the_other_not_about_ones_own() -> None:  # W-G10
    pair = replace(ADVISORY, situation=Situation.SEPARATION, tracks=(SEEN, OTHER), of_line=False)
    owners = {SEEN.identity: Owner.OURS}
    made = draft(pair, {}, STANDARD, owners, {}, NOW)
    assert made is not None
    assert made.query is not None
    assert made.query.track == "icao abc002"
    both = {**owners, OTHER.identity: Owner.OURS}
    assert draft(pair, {}, STANDARD, both, {}, NOW) is None


def test_what_the_gate_withholds_is_said_with_its_reason() -> None:  # W-G11
    owners = {SEEN.identity: Owner.ANOTHERS}
    made = draft(ADVISORY, {}, STANDARD, owners, {}, NOW)
    assert made is not None
    assert made.query is None
    assert made.withheld is not None
    assert "not party" in made.withheld
    allowed = draft(ADVISORY, {}, STANDARD, owners, {}, NOW, override(["A", "B"], "why", NOW))
    assert allowed is not None
    assert allowed.query is not None


def test_the_delay_takes_the_trail() -> None:  # W-G3
    terms = [TrackTerms(Channel.AIR, 1_000, 60_000)]
    trail = {SEEN.identity: (seen(), seen(ago_ms=70_000))}
    made = draft(ADVISORY, trail, terms, {}, {}, NOW)
    assert made is not None
    assert made.query is not None
    assert made.query.observed == -70_000


def test_nothing_is_drafted_about_a_protected_site() -> None:  # W-G6
    assert draft(replace(ADVISORY, protected=True), {}, STANDARD, {}, {}, NOW) is None


def test_everything_can_be_written_as_json() -> None:
    made = draft(ADVISORY, {}, STANDARD, {}, {}, NOW)
    assert made is not None
    plain = json.loads(json.dumps([plain_draft(made), plain_advisory(ADVISORY)]))
    assert plain[0]["query"]["height"] == "FL380"
    assert plain[1]["tracks"][0]["doubtful"] == "too slow for its height"
    assert plain[1]["text"] == sentence(ADVISORY)


def test_every_situation_is_said_in_a_sentence_with_its_numbers() -> None:
    assert sentence(ADVISORY) == (
        "icao:4baac6 is reported at 49°40′17.2″N 023°58′55.2″E, beyond the line North from where it"
        " was last trusted; its plausible path stays on this side; icao:4baac6 is doubtful: too slow"
        " for its height; oldest input 2 s."
    )
    base = replace(ADVISORY, tracks=(OTHER, SEEN), margin_m=9_260, vertical_ft=900, inputs=())
    said = {
        (Situation.SEPARATION, True): "are closer than agreed: at their closest 5.0 NM and 900 ft",
        (Situation.SEPARATION, False): "come closer than agreed in 60 s: at their closest 5.0 NM",
        (Situation.LINE, True): "has crossed the line North",
        (Situation.LINE, False): "is 5.0 NM from the line North and crosses it in 60 s",
        (Situation.ZONE, True): "is in North",
        (Situation.ZONE, False): "is 5.0 NM from North and enters it in 60 s",
    }
    for (situation, present), words in said.items():
        advisory = replace(base, situation=situation, present=present, in_s=60)
        assert words in sentence(advisory)
    unknown = replace(base, situation=Situation.SEPARATION, vertical_ft=None, margin_m=None)
    assert "an unknown distance and an unknown height apart" in sentence(unknown)


@pytest.mark.parametrize("situation", Situation)
@pytest.mark.parametrize("present", [True, False])
def test_a_draft_s_reason_holds_no_position_and_no_number(
    situation: Situation, present: bool
) -> None:  # W-G2, W-G12
    advisory = replace(
        ADVISORY,
        situation=situation,
        present=present,
        in_s=77,
        margin_m=9_260,
        vertical_ft=900,
        tracks=(replace(SEEN, identity="one"), replace(OTHER, identity="other")),
    )
    said = because(advisory)
    assert not any(character.isdigit() for character in said)
    assert "one is doubtful: too slow for its height" in said
    if situation is not Situation.SEPARATION:
        assert "North" in said
    made = draft(advisory, {}, STANDARD, {}, {}, NOW)
    if made is not None:
        assert made.because == said
        assert plain_draft(made)["because"] == said
