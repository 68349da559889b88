"""The recorded flight: whence it comes, and where it seems to cross the line."""

from importlib import resources

import pytest

from firebreak.errors import InvalidValue
from firebreak.scenarios.flight import Fix, first_crossing, load_flight
from firebreak.scenarios.scenario import load_scenario
from firebreak.values import DEGREE, Millis, Position

FILE = "gnss-disturbed-airliner.csv.gz"


def test_the_flight_names_its_source_and_licence_and_carries_no_call_sign() -> None:
    folder = resources.files("firebreak.scenarios").joinpath("flights")
    about = folder.joinpath("README.md").read_text(encoding="utf-8")
    for flight in folder.iterdir():
        if flight.name.endswith(".csv.gz"):
            assert flight.name in about
    assert "MIT" in about
    fixes = load_flight(FILE)
    assert len(fixes) == 8_670
    assert set(Fix.__dataclass_fields__) == {
        "at",
        "position",
        "altitude_ft",
        "speed_kt",
        "course_degrees",
    }


def test_the_position_jumps_over_the_agreed_line_in_one_second() -> None:
    crossing = first_crossing(load_flight(FILE), load_scenario("line").line_path)
    assert crossing is not None
    assert crossing.after.at - crossing.before.at == 1_000
    assert 255_000 < crossing.distance_m < 265_000
    assert crossing.speed_kt > 100_000


def test_a_line_that_the_flight_does_not_meet_is_not_crossed() -> None:
    far = (Position(10 * DEGREE, 20 * DEGREE), Position(10 * DEGREE, 30 * DEGREE))
    assert first_crossing(load_flight(FILE), far) is None


def test_the_bulge_of_a_long_line_is_not_cut_off_by_the_quick_rejection() -> None:
    # The geodesic from 60 N 60 W to 60 N 60 E passes north of 73 N.
    line = (Position(60 * DEGREE, -60 * DEGREE), Position(60 * DEGREE, 60 * DEGREE))
    step = [
        Fix(Millis(0), Position(72 * DEGREE, 0), 0, 0, 0),
        Fix(Millis(1_000), Position(75 * DEGREE, 0), 0, 0, 0),
    ]
    assert first_crossing(step, line) is not None


def test_an_unknown_flight_or_scenario_is_refused() -> None:
    with pytest.raises(InvalidValue, match="no recorded flight"):
        load_flight("nothing.csv.gz")
    with pytest.raises(InvalidValue, match="no scenario"):
        load_scenario("nothing")
