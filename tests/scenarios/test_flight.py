"""The recorded flight: whence it comes, and what the watch finds of it."""

import csv
import gzip
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources

import pytest

from firebreak.desk.releasability import STANDARD
from firebreak.errors import InvalidValue, Misuse
from firebreak.records.agreement import Channel
from firebreak.scenarios.flight import load_flight, watched
from firebreak.scenarios.scenario import load_scenario
from firebreak.values import DEGREE, Position, Precedence
from firebreak.volumes import distance_m
from firebreak.watch.advisories import Situation
from firebreak.watch.doubts import Doubt

FILE = "gnss-disturbed-airliner.csv.gz"
SCENARIO = load_scenario("line")


def test_the_flight_names_its_source_and_licence_and_carries_no_call_sign() -> None:
    folder = resources.files("firebreak.scenarios").joinpath("flights")
    about = folder.joinpath("README.md").read_text(encoding="utf-8")
    for flight in folder.iterdir():
        if flight.name.endswith(".csv.gz"):
            assert flight.name in about
    assert "MIT" in about
    text = gzip.decompress(folder.joinpath(FILE).read_bytes()).decode("ascii")
    rows = list(csv.DictReader(text.splitlines()))
    assert set(rows[0]) == {
        "timestamp",
        "latitude",
        "longitude",
        "altitude",
        "groundspeed",
        "track",
        "vertical_rate",
    }
    assert len(load_flight(FILE)) == len(rows) == 8_670


def test_the_watch_finds_the_false_crossing_and_drafts_the_query() -> None:
    use = SCENARIO.flight
    found = watched(use, SCENARIO.line_name, SCENARIO.line_path, STANDARD)
    assert found.doubtful == ("SYN-0924",)
    advisory = found.advisory
    assert (advisory.situation, advisory.about) == (Situation.DOUBTFUL, "Line North")
    (seen,) = advisory.tracks
    assert seen.doubts & (Doubt.JUMP | Doubt.SLOW_AND_HIGH)
    claimed, plausible = seen.position, seen.plausible
    assert plausible is not None
    # Where it is claimed to be; and where its course of 20 minutes before leads, far to the west.
    assert distance_m(claimed, Position(496_715_240, 239_819_256)) < 1_000
    assert 200_000 < distance_m(claimed, plausible) < 300_000
    assert plausible.longitude_e7 < claimed.longitude_e7
    made, query = found.draft, found.draft.query
    assert query is not None
    assert (made.channel, made.precedence) == (Channel.AIR, Precedence.FLASH)
    assert (query.track, query.speed_kt) == ("SYN-0924", 50)
    # As coarse as agreed: not where it was seen, and no further off than the gate says.
    assert 0 < distance_m(query.position, claimed) <= 0.71 * STANDARD[0].precision_m + 1
    assert query.observed <= 0


def test_the_minutes_before_are_not_doubtful() -> None:
    use = replace(
        SCENARIO.flight,
        begin=datetime(2024, 9, 17, 9, 3, tzinfo=UTC),
        end=datetime(2024, 9, 17, 9, 4, 40, tzinfo=UTC),
    )
    with pytest.raises(Misuse, match="no doubtful track"):
        watched(use, SCENARIO.line_name, SCENARIO.line_path, STANDARD)


def test_a_line_that_it_does_not_seem_to_cross_gives_no_advisory() -> None:
    far = (Position(10 * DEGREE, 20 * DEGREE), Position(10 * DEGREE, 30 * DEGREE))
    with pytest.raises(Misuse, match="no doubtful track at the agreed line"):
        watched(SCENARIO.flight, "Line South", far, STANDARD)


def test_a_delay_that_nothing_is_old_enough_for_lets_nothing_out() -> None:
    late = [replace(terms, delay_ms=86_400_000) for terms in STANDARD]
    with pytest.raises(Misuse, match="may say nothing of it"):
        watched(SCENARIO.flight, SCENARIO.line_name, SCENARIO.line_path, late)


def test_an_unknown_flight_or_scenario_is_refused() -> None:
    with pytest.raises(InvalidValue, match="no recorded flight"):
        load_flight("nothing.csv.gz")
    with pytest.raises(InvalidValue, match="no scenario"):
        load_scenario("nothing")
