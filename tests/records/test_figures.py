"""Times, positions, heights and distances: written, read again, and refused."""

import re
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import InvalidValue
from firebreak.records.figures import (
    compact_position,
    date_time_group,
    date_time_group_seconds,
    decimal_position,
    distance_text,
    dms,
    exact_date_time_group,
    height_text,
    heights_text,
    kilometres_text,
    nautical_miles_text,
    parse_date_time_group,
    parse_height,
    parse_heights,
    parse_position,
    window_text,
)
from firebreak.values import DEGREE, LATEST, Height, HeightReference, HeightUnit, Position
from firebreak.volumes import Heights
from firebreak.volumes.heights import check_heights

times = st.integers(0, LATEST)
positions = st.builds(
    Position,
    st.integers(-90 * DEGREE, 90 * DEGREE),
    st.integers(-180 * DEGREE, 180 * DEGREE - 1),
)
values = st.integers(-20_000, 200_000)
flight_levels = st.builds(
    Height,
    st.integers(-10, 999),
    st.just(HeightUnit.HUNDREDS_OF_FEET),
    st.just(HeightReference.STANDARD_PRESSURE),
)
measured = st.builds(
    Height,
    values,
    st.sampled_from([HeightUnit.METRES, HeightUnit.FEET]),
    st.sampled_from(sorted(set(HeightReference) - {HeightReference.STANDARD_PRESSURE})),
)
heights = flight_levels | measured

HALF_A_TENTH = Fraction(DEGREE, 72_000)
"""Half of a tenth of an arc-second, in units of 1e-7 degree."""


# Times


def test_the_form_of_a_date_time_group() -> None:
    ms = parse_date_time_group("221430ZNOV26")
    assert ms == int(datetime(2026, 11, 22, 14, 30, tzinfo=UTC).timestamp()) * 1_000
    assert date_time_group(ms) == "221430ZNOV26"
    assert date_time_group(ms + 59_999) == "221430ZNOV26"
    assert date_time_group_seconds(ms + 7_999) == "22143007ZNOV26"
    assert exact_date_time_group(ms) == "221430ZNOV26"
    assert exact_date_time_group(ms + 7_001) == "22143007ZNOV26"
    assert exact_date_time_group(ms + 7_001, up=True) == "22143008ZNOV26"
    assert exact_date_time_group(ms + 59_001, up=True) == "221431ZNOV26"
    assert window_text(ms, ms + 5_400_000) == "221430ZNOV26 to 221600ZNOV26"


@given(times)
def test_a_date_time_group_comes_back(ms: int) -> None:  # P-13
    assert parse_date_time_group(date_time_group(ms)) == ms // 60_000 * 60_000
    assert parse_date_time_group(date_time_group_seconds(ms)) == ms // 1_000 * 1_000
    assert parse_date_time_group(exact_date_time_group(ms)) == ms // 1_000 * 1_000


@given(times, st.integers(1, 10**9))
def test_a_window_is_never_said_too_short(start: int, duration: int) -> None:
    end = min(start + duration, LATEST // 1_000 * 1_000)
    first, last = window_text(start, end).split(" to ")
    assert parse_date_time_group(first) <= start
    assert parse_date_time_group(last) >= end


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (-1, "312359ZDEC1969"),
        (0, "010000ZJAN1970"),
        (946_684_800_000, "010000ZJAN00"),
        (4_102_444_799_999, "312359ZDEC99"),
        (4_102_444_800_000, "010000ZJAN2100"),
        (LATEST, "312359ZDEC9999"),
        (LATEST + 1, "010000ZJAN10000"),
        (LATEST + 1 + 59 * 86_400_000, "290000ZFEB10000"),
    ],
)
def test_the_ends_of_the_calendar(ms: int, text: str) -> None:
    assert date_time_group(ms) == text


@pytest.mark.parametrize("text", ["22 1430z nov 26", " 221430ZNOV2026 ", "221430znov26"])
def test_spaces_and_small_letters_do_not_matter(text: str) -> None:
    assert date_time_group(parse_date_time_group(text)) == "221430ZNOV26"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "221430NOV26",
        "221430ANOV26",
        "221430JNOV26",
        "221430ZНОЯ26",
        "221430ZLIS26",
        "311430ZNOV26",
        "290000ZFEB26",
        "221460ZNOV26",
        "222400ZNOV26",
        "22143060ZNOV26",
        "001430ZNOV26",
        "221430ZNOV1969",
        "221430ZNOV026",
        "٢٢1430ZNOV26",
        "221430ZNOV26 221430ZNOV26",
        "2026-11-22T14:30Z",
    ],
)
def test_no_date_time_group(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_date_time_group(text)


# Positions


def test_the_forms_of_a_position() -> None:
    position = parse_position("551230.0N 0194512.5E")
    assert dms(position) == "55°12′30.0″N 019°45′12.5″E"
    assert compact_position(position) == "551230.0N 0194512.5E"
    assert decimal_position(position) == "55.2083333, 19.7534722"
    assert dms(Position(-DEGREE, -1)) == "01°00′00.0″S 000°00′00.0″W"
    assert dms(Position(599_999_999, -180 * DEGREE)) == "60°00′00.0″N 180°00′00.0″W"


@given(positions)
def test_a_position_comes_back(position: Position) -> None:  # P-14
    assert parse_position(decimal_position(position)) == position
    for text in (dms(position), compact_position(position)):
        again = parse_position(text)
        assert abs(again.latitude_e7 - position.latitude_e7) <= HALF_A_TENTH + 1
        east = (again.longitude_e7 - position.longitude_e7) % (360 * DEGREE)
        assert min(east, 360 * DEGREE - east) <= HALF_A_TENTH + 1
        assert parse_position(dms(again)) == again


@pytest.mark.parametrize(
    "text",
    [
        "551230N0194512E",
        "551230n 0194512e",
        "551230.0N, 0194512.0E",
        "5512.5N 01945.2E",
        "55 12 30 N 019 45 12 E",
        "55°12′30″N 019°45′12″E",
        "55°12'30\"N 19°45'12\"E",
        "55°12.5'N 019°45.2'E",
    ],
)
def test_one_position_in_many_forms(text: str) -> None:
    assert parse_position(text) == Position(552_083_333, 197_533_333)


def test_positions_in_degrees() -> None:
    assert parse_position("55.2083, 19.7533") == Position(552_083_000, 197_533_000)
    assert parse_position("-55.2083 -19.7533") == Position(-552_083_000, -197_533_000)
    assert parse_position("55N 019W") == Position(55 * DEGREE, -19 * DEGREE)
    assert parse_position("55.5S 019.25W") == Position(-555_000_000, -192_500_000)
    assert parse_position("0.00000005, -0.00000005") == Position(1, -1)
    assert parse_position("00N 180E") == parse_position("00N 180W") == Position(0, -180 * DEGREE)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no position"),
        ("55 19", "no position"),
        ("55, 19", "no position"),
        ("55.2083", "no position"),
        ("55.2083N", "no position"),
        ("551230 0194512", "no position"),
        ("55,2083 19,7533", "point as decimal sign"),
        ("55,2083, 19,7533", "point as decimal sign"),
        ("0194512E 551230N", "longitude comes first"),
        ("019°45′12″E 55°12′30″N", "longitude comes first"),
        ("120.5, 50.2", "swapped"),
        ("55.2, 200.1", "outside"),
        ("910000N 0194512E", "outside"),
        ("551230N 1810000E", "outside"),
        ("900001N 0194512E", "outside"),
        ("556030N 0194512E", "below 60"),
        ("551260N 0194512E", "below 60"),
        ("55°12.5′30″N 019°45′12″E", "below 60"),
        ("551230N 194512E", "wrong count"),
        ("51230N 0194512E", "wrong count"),
        ("551230N 1945.2E", "wrong count"),
        ("551230С 0194512В", "no position"),
        ("٥٥.2083, 19.7533", "no position"),
        ("55.2,181", "the longitude, 181, is outside -180 to 180"),
        ("91.5, 18", "the latitude, 91.5, is outside -90 to 90"),
        ("55,181.5", "the longitude, 181.5, is outside -180 to 180"),
        ("55.2,19", "write both numbers with a decimal point"),
        ("nan, nan", "no position"),
        ("1e1, 1e1", "no position"),
    ],
)
def test_no_position(text: str, why: str) -> None:  # P-19
    with pytest.raises(InvalidValue, match=re.escape(why)):
        parse_position(text)


# Heights


@given(heights)
def test_a_height_comes_back(height: Height) -> None:  # P-15
    text = height_text(height)
    assert parse_height(text) == height
    assert parse_height(text.lower().replace(" ", "")) == height


@given(st.none() | heights, st.none() | heights)
def test_a_band_of_heights_comes_back(lower: Height | None, upper: Height | None) -> None:
    band = Heights(lower, upper)
    try:
        check_heights(band)
    except InvalidValue:
        with pytest.raises(InvalidValue, match="exchange or correct them"):
            parse_heights(*heights_text(band))
    else:
        assert parse_heights(*heights_text(band)) == band


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("FL95", "FL095"),
        ("FL 095", "FL095"),
        ("fl-5", "FL-005"),
        ("FL-10", "FL-010"),
        ("FL999", "FL999"),
        ("9500ft AMSL", "9500 ft AMSL"),
        ("9500 FT MSL", "9500 ft AMSL"),
        ("300m AGL", "300 m AGL"),
        ("+300 m hae", "300 m HAE"),
        ("-200 m AMSL", "-200 m AMSL"),
    ],
)
def test_the_forms_of_a_height(text: str, shown: str) -> None:
    height = parse_height(text)
    assert height is not None
    assert height_text(height) == shown


@pytest.mark.parametrize("text", ["SFC", "gnd", "UNL", "unl "])
def test_no_limit_is_none(text: str) -> None:
    assert parse_height(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9500",
        "9500 ft",
        "9500 AMSL",
        "9,500 ft AMSL",
        "9 500.0 ft AMSL",
        "9.5 m AGL",
        "FL",
        "FL09.5",
        "FL095 AMSL",
        "095",
        "300 km AMSL",
        "200001 ft AMSL",
        "٣٠٠ m AGL",
        "nan m AGL",
    ],
)
def test_no_height(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_height(text)


@pytest.mark.parametrize("text", ["FL99999", "FL1000", "FL-11"])
def test_no_flight_level(text: str) -> None:
    with pytest.raises(InvalidValue, match="flight levels go from -10 to 999"):
        parse_height(text)


def test_an_upper_height_below_the_lower_is_told_as_people_write_heights() -> None:
    with pytest.raises(InvalidValue, match=r"upper height \(FL090\) is below the lower \(FL095\)"):
        parse_heights("FL095", "FL090")


def test_limits_on_the_wrong_side() -> None:
    with pytest.raises(InvalidValue, match="UNL is no lower"):
        parse_heights("unl", "FL100")
    with pytest.raises(InvalidValue, match="SFC is no upper"):
        parse_heights("FL100", "SFC")


# Distances


@given(st.integers(0, 20_000_000))
def test_a_distance_is_never_said_too_small(metres: int) -> None:
    shown = Fraction(nautical_miles_text(metres).removesuffix(" NM")) * 1_852
    assert metres <= shown < metres + Fraction(1_852, 10)
    assert Fraction(kilometres_text(metres).removesuffix(" km")) * 1_000 == metres


def test_the_forms_of_a_distance() -> None:
    assert distance_text(27_780) == "27780 m (15.0 NM)"
    assert distance_text(1) == "1 m (0.1 NM)"
    assert kilometres_text(27_780) == "27.78 km"
    assert kilometres_text(3_000) == "3 km"


@given(heights, positions, st.integers(0, 20_000_000), times)
def test_no_figure_is_grouped(height: Height, position: Position, metres: int, ms: int) -> None:
    shown = height_text(height) + dms(position) + compact_position(position) + distance_text(metres)
    assert "," not in shown + window_text(ms, ms)
    assert shown.replace("°", "").replace("′", "").replace("″", "").isascii()
