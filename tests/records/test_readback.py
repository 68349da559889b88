"""What is read back, and what counts as read back rightly."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.records.calls import Call, CallAnswer, CallReply
from firebreak.records.incidents import Assessment, Incident, IncidentSort, Stance
from firebreak.records.kinds import (
    Acknowledge,
    Amend,
    Answer,
    Body,
    Cancel,
    HazardWarning,
    Kind,
    Lapsed,
    Notice,
    Query,
    Reply,
    Restraint,
    Statement,
)
from firebreak.records.readback import LONGEST, check_word, compare_read_back, critical_fields
from firebreak.records.record import payload_of
from firebreak.records.sites import Movement, MovementState, MovementStep, Site, Stop
from firebreak.records.slots import Span
from firebreak.values import DEGREE, Position
from firebreak.volumes import Area, Circle, Corridor, Polygon
from tests.phrases.examples import (
    AREAS,
    CENTRE,
    LONG_PATH,
    NOTICE,
    RECORDS,
    TRIANGLE,
    UNEVEN,
    record_of,
)

READ_BACK = (
    Notice,
    Amend,
    Cancel,
    HazardWarning,
    Query,
    Answer,
    Statement,
    Restraint,
    Call,
    CallAnswer,
    Incident,
    Assessment,
    Site,
    Movement,
    MovementState,
    Stop,
)
NOTICE_FIELDS = (
    ("start", "221430ZNOV26"),
    ("end", "221600ZNOV26"),
    ("lower", "FL065"),
    ("upper", "9500 FT AMSL"),
    ("area", "CIRCLE 551230.0N 0194512.5E 27780 M"),
)
REFERENCE = ("reference", "A0A1A2A3A4A5A6A7")


def fields_of(body: Body) -> tuple[tuple[str, str], ...]:
    return critical_fields(record_of(body))


def test_a_notice() -> None:  # P-12
    assert fields_of(NOTICE) == NOTICE_FIELDS


def test_an_amendment_names_what_it_amends() -> None:
    assert fields_of(Amend(NOTICE)) == (REFERENCE, *NOTICE_FIELDS)


def test_a_cancellation() -> None:
    assert fields_of(Cancel("weather")) == (REFERENCE,)
    astray = dataclasses.replace(record_of(Cancel()), refers_to=None)
    assert critical_fields(astray) == (("reference", "NONE"),)


def test_a_query_an_answer_a_statement() -> None:
    assert fields_of(Query("4711", CENTRE, -60_000)) == (
        ("track", "4711"),
        ("position", "551230.0N 0194512.5E"),
        ("observed", "221359ZNOV26"),
    )
    assert fields_of(Answer(Reply.NOT_OURS)) == (("reply", "NOT OURS"),)
    assert fields_of(Answer(Reply.CHECKING, 600_000)) == (
        ("reply", "CHECKING"),
        ("next word by", "221410ZNOV26"),
    )
    statement = next(r for r in RECORDS if isinstance(r.body, Statement))
    assert critical_fields(statement) == (("topic", "OUR EXERCISE"),)


FIRST = Span(1_800_000, 5_400_000)
LATER = Span(86_400_000, 1)


def test_a_call_is_read_back_by_whom_it_is_with_and_its_first_window() -> None:  # P-12
    call = next(r.body for r in RECORDS if isinstance(r.body, Call))
    assert isinstance(call, Call)
    call = dataclasses.replace(call, counterpart="minister", windows=(FIRST, LATER))
    window = (("start", "221430ZNOV26"), ("end", "221600ZNOV26"))
    assert fields_of(call) == (("counterpart", "minister"), *window)
    assert fields_of(CallAnswer(CallReply.ACCEPTED, (FIRST,))) == (("reply", "ACCEPTED"), *window)
    assert fields_of(CallAnswer(CallReply.DEPUTY, (FIRST, LATER), "the deputy")) == (
        ("reply", "DEPUTY"),
        ("deputy", "the deputy"),
        *window,
    )
    assert fields_of(CallAnswer(CallReply.AWAITING_AUTHORITY, next_word_by=600_000)) == (
        ("reply", "AWAITING AUTHORITY"),
        ("next word by", "221410ZNOV26"),
    )
    refused = CallAnswer(CallReply.DECLINED, reason="no interpreter")
    assert fields_of(refused) == (("reply", "DECLINED"),)


def test_an_incident_and_word_on_it() -> None:  # P-12
    assert fields_of(
        Incident(IncidentSort.SHOTS_FIRED, -60_000, "the strait", CENTRE, Stance.NOT_OURS)
    ) == (
        ("incident", "SHOTS FIRED"),
        ("happened", "221359ZNOV26"),
        ("place", "the strait"),
        ("position", "551230.0N 0194512.5E"),
        ("stance", "NOT OURS"),
    )
    assert [name for name, _ in fields_of(Incident(IncidentSort.DRONE, 0, "the strait"))] == [
        "incident",
        "happened",
        "place",
    ]
    assert fields_of(Assessment(Stance.ASSESSING, 600_000)) == (
        ("stance", "ASSESSING"),
        ("next word by", "221410ZNOV26"),
    )
    assert fields_of(Assessment(Stance.OURS)) == (("stance", "OURS"),)


def test_sites_movements_and_stop() -> None:  # P-12
    site = next(r.body for r in RECORDS if isinstance(r.body, Site))
    movement = next(r.body for r in RECORDS if isinstance(r.body, Movement))
    assert isinstance(site, Site)
    assert isinstance(movement, Movement)
    area = NOTICE_FIELDS[-1]
    window = (("start", "221430ZNOV26"), ("end", "221600ZNOV26"))
    assert fields_of(dataclasses.replace(site, area=NOTICE.area, window=FIRST)) == (
        ("site", "HOSPITAL"),
        ("name", site.name),
        *window,
        area,
    )
    assert fields_of(dataclasses.replace(movement, area=NOTICE.area, window=FIRST)) == (
        ("name", movement.name),
        *window,
        area,
        ("vehicles", str(movement.vehicles)),
    )
    assert fields_of(MovementState(MovementStep.CALLED_OFF, -60_000)) == (
        ("step", "CALLED OFF"),
        ("at", "221359ZNOV26"),
    )
    assert fields_of(Stop("the bridge", CENTRE)) == (
        ("place", "the bridge"),
        ("position", "551230.0N 0194512.5E"),
    )
    assert fields_of(Stop("x" * 97))[0][1] != "x" * 97  # P-17


def test_a_restraint_and_a_window_that_is_not_whole() -> None:
    restraint = next(r for r in RECORDS if isinstance(r.body, Restraint))
    assert isinstance(restraint.body, Restraint)
    assert restraint.body.window == UNEVEN
    fields = critical_fields(restraint)
    assert fields[:2] == (("keep", "FIRE"), ("place", "the northern bridge"))
    assert fields[2][1].startswith("CORRIDOR 9 POINTS 1 M EACH SIDE CHECK ")
    assert fields[3] == ("point 1", "500000.0N 0200000.0E")
    assert fields[4:] == (("start", "22135959ZNOV26"), ("end", "23150102ZNOV26"))


def test_areas() -> None:  # P-16
    def texts(area: Area) -> list[tuple[str, str]]:
        fields = fields_of(dataclasses.replace(NOTICE, area=area))
        return [field for field in fields if field[0] == "area" or field[0].startswith("point")]

    triangle = texts(Polygon(TRIANGLE))
    word = check_word(Polygon(TRIANGLE))
    assert triangle == [
        ("area", f"POLYGON 3 POINTS 0 HOLES CHECK {word}"),
        ("point 1", "551230.0N 0194512.5E"),
        ("point 2", "561230.0N 0194512.5E"),
        ("point 3", "561230.0N 0204512.5E"),
    ]
    assert [name for name, _ in texts(Polygon(LONG_PATH, (TRIANGLE,)))] == ["area", "point 1"]
    assert [name for name, _ in texts(Corridor(LONG_PATH[:6], 7))][-1] == "point 6"


def test_any_point_changes_the_check_word() -> None:
    moved = (*LONG_PATH[:-1], Position(LONG_PATH[-1].latitude_e7 + 1, 200_000_000))
    hole = Polygon(LONG_PATH, (TRIANGLE,))
    words = {
        check_word(area)
        for area in (Polygon(LONG_PATH), Polygon(moved), hole, Corridor(LONG_PATH, 1), *AREAS[:2])
    }
    assert len(words) == 6


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: type(r.body).__name__)
def test_only_some_kinds_are_read_back(record: object) -> None:
    body = record.body  # type: ignore[attr-defined]  # a record
    assert bool(critical_fields(record)) == isinstance(body, READ_BACK)  # type: ignore[arg-type]


positions = st.builds(
    Position,
    st.integers(-90 * DEGREE, 90 * DEGREE),
    st.integers(-180 * DEGREE, 180 * DEGREE - 1),
)
paths = st.lists(positions, min_size=1, max_size=12).map(tuple)
areas: st.SearchStrategy[Area] = (
    st.builds(Circle, positions, st.integers(1, 2_000_000))
    | st.builds(Polygon, paths, st.lists(paths, max_size=3).map(tuple))
    | st.builds(Corridor, paths, st.integers(1, 2_000_000))
)


@given(areas, st.text("абв ", min_size=120, max_size=120))
def test_an_acknowledgement_can_carry_them(area: Area, place: str) -> None:
    restraint = next(r.body for r in RECORDS if isinstance(r.body, Restraint))
    assert isinstance(restraint, Restraint)
    for body in (
        dataclasses.replace(restraint, area=area, place=place),
        Amend(dataclasses.replace(NOTICE, area=area)),
    ):
        fields = fields_of(body)
        assert all(0 < len(value) <= LONGEST for _, value in fields)
        payload_of(record_of(Acknowledge(tuple(value for _, value in fields))))


def test_a_long_place_is_covered_to_its_end() -> None:  # P-17
    def place(text: str) -> str:
        restraint = next(r.body for r in RECORDS if isinstance(r.body, Restraint))
        assert isinstance(restraint, Restraint)
        return dict(fields_of(dataclasses.replace(restraint, place=text)))["place"]

    assert place("x" * 96) == "x" * 96
    assert place("x" * 119 + "y") != place("x" * 120)


# Comparing


VALUES = [value for _, value in NOTICE_FIELDS]


def wrong(*given: str) -> list[str]:
    return compare_read_back(NOTICE_FIELDS, given)


def test_the_same_is_the_same() -> None:
    assert wrong(*VALUES) == []


@pytest.mark.parametrize(
    "loose",
    [
        ("22 1430z nov 26", "221600 Z NOV 26.", "fl 065", "9,500 ft amsl", VALUES[4].lower()),
        (*VALUES[:4], "circle 55°12′30″N, 019°45′12.5″E, 27,780 m"),
        (*VALUES[:4], "Circle; 551230N 0194512.50E 27780.0 m"),
    ],
)
def test_trifles_do_not_count(loose: tuple[str, ...]) -> None:
    assert wrong(*loose) == []


@pytest.mark.parametrize(
    ("place", "value", "name"),
    [
        (0, "221430ZNOV27", "start"),
        (1, "221600NOV26", "end"),
        (2, "FL-065", "lower"),
        (2, "FL65", "lower"),
        (3, "9500 FT AGL", "upper"),
        (3, "9,50 FT AMSL", "upper"),
        (3, "95,00 FT AMSL", "upper"),
        (3, "950.0 FT AMSL", "upper"),
        (4, "CIRCLE 551230.0N 0194512.5W 27780 M", "area"),
        (4, "CIRCLE 551230.0N 0194512,5E 27780 M", "area"),
        (4, "CIRCLE 551230.0N 01945125E 27780 M", "area"),
        (4, "СIRCLE 551230.0N 0194512.5E 27780 M", "area"),
        (4, "", "area"),
    ],
)
def test_a_difference_is_named(place: int, value: str, name: str) -> None:  # P-18
    given = [*VALUES[:place], value, *VALUES[place + 1 :]]
    assert wrong(*given) == [name]


def test_too_few_and_too_many() -> None:
    assert wrong(*VALUES[:3]) == ["upper", "area"]
    assert wrong(*VALUES, "FL065") == ["beyond the last field"]
    assert wrong() == [name for name, _ in NOTICE_FIELDS]
    assert compare_read_back((), ()) == []


@given(st.data())
def test_any_other_digit_or_letter_is_found(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(VALUES) - 1))
    value = VALUES[place]
    at = data.draw(st.sampled_from([i for i, sign in enumerate(value) if sign.isalnum()]))
    other = data.draw(
        st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ").filter(
            lambda sign: sign != value[at]
        )
    )
    changed = f"{value[:at]}{other}{value[at + 1 :]}"
    assert wrong(*VALUES[:place], changed, *VALUES[place + 1 :]) == [NOTICE_FIELDS[place][0]]


def test_every_kind_is_known_here() -> None:
    assert {record.kind for record in RECORDS} == {*Kind, 77}
    assert critical_fields(record_of(Lapsed())) == ()
