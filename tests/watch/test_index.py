"""The index of notices answers as the exact check does, whatever comes and goes (W-X1 to W-X6)."""

import re
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from firebreak.errors import InvalidValue
from firebreak.values import (
    LATEST,
    Height,
    HeightReference,
    HeightUnit,
    Millis,
    Position,
)
from firebreak.volumes import (
    Area,
    Circle,
    Corridor,
    Heights,
    Polygon,
    Volume,
    Window,
    check,
    conflict,
)
from firebreak.watch.index import Lot, NoticeIndex
from firebreak.watch.reports import ABSENT
from tests.conftest import ROOT
from tests.volumes.examples import (
    AN_HOUR,
    ANY_HEIGHT,
    at,
    box,
    cases,
    over,
    read_volume,
    ring,
)

PAIRS = ("circles", "edges", "tips", "corridors", "inside", "heights", "windows")
HOUR = 3_600_000


def split(area: Area) -> tuple[int, list[tuple[Position, ...]], int]:
    """Its kind, its rings and its buffer, as a lot's columns have them."""
    match area:
        case Circle(centre, radius_m):
            return 0, [(centre,)], radius_m
        case Corridor(path, half_width_m):
            return 1, [path], half_width_m
        case Polygon(outer, holes):
            return 2, [outer, *holes], 0


def lot_of(keys: list[int], volumes: list[Volume]) -> Lot:
    """The same volumes in columns."""
    kinds, rings, vertices = [], [0], [0]
    positions: list[Position] = []
    buffers = []
    for volume in volumes:
        kind, parts, buffer_m = split(volume.area)
        kinds.append(kind)
        buffers.append(buffer_m)
        for part in parts:
            positions += part
            vertices.append(len(positions))
        rings.append(len(vertices) - 1)
    lower = [volume.heights.lower for volume in volumes]
    upper = [volume.heights.upper for volume in volumes]
    return Lot(
        key=np.array(keys, np.int64),
        kind=np.array(kinds, np.uint8),
        rings=np.array(rings, np.int64),
        vertices=np.array(vertices, np.int64),
        latitude_e7=np.array([p.latitude_e7 for p in positions], np.int32),
        longitude_e7=np.array([p.longitude_e7 for p in positions], np.int32),
        buffer_m=np.array(buffers, np.int32),
        lower=np.array([ABSENT if h is None else h.value for h in lower], np.int32),
        lower_unit=np.array([0 if h is None else h.unit for h in lower], np.uint8),
        lower_reference=np.array([0 if h is None else h.reference for h in lower], np.uint8),
        upper=np.array([ABSENT if h is None else h.value for h in upper], np.int32),
        upper_unit=np.array([0 if h is None else h.unit for h in upper], np.uint8),
        upper_reference=np.array([0 if h is None else h.reference for h in upper], np.uint8),
        start=np.array([volume.window.start for volume in volumes], np.int64),
        end=np.array([volume.window.end for volume in volumes], np.int64),
    )


def index_of(*volumes: Volume) -> NoticeIndex:
    index = NoticeIndex()
    for key, volume in enumerate(volumes):
        index.put(key, volume)
    return index


# Few places, so that areas meet: middle latitudes, the antimeridian, both poles.
_PLACES = ((52.0, 20.0), (0.0, 179.999), (-33.0, -179.998), (89.999, 10.0), (-90.0, 0.0))
_NEAR = st.floats(-0.6, 0.6)
POINTS = st.builds(
    lambda place, north, east: at(min(max(place[0] + north, -90.0), 90.0), place[1] + east),
    st.sampled_from(_PLACES),
    _NEAR,
    _NEAR,
)
RADII = st.one_of(st.integers(1, 40_000), st.integers(1, 2_000_000))


@st.composite
def polygons(draw: st.DrawFn) -> Polygon:
    """Round a middle, so most are sound; few are huge."""
    latitude, longitude = draw(st.sampled_from(_PLACES[:3]))
    north, east, size = draw(_NEAR), draw(_NEAR), draw(st.sampled_from((0.001, 0.05, 0.3, 25.0)))
    count = draw(st.integers(3, 9))
    turns = np.sort(np.array(draw(st.lists(st.floats(0, 6.28), min_size=count, max_size=count))))
    reach = draw(st.floats(0.5, 1.0)) * size
    wide = reach / np.cos(np.radians(latitude))
    corners = [
        (latitude + north + reach * np.sin(turn), longitude + east + wide * np.cos(turn))
        for turn in turns.tolist()
    ]
    return Polygon(ring(*corners))


AREAS: st.SearchStrategy[Area] = st.one_of(
    st.builds(Circle, POINTS, RADII),
    st.builds(Corridor, st.lists(POINTS, min_size=2, max_size=4).map(tuple), RADII),
    polygons(),
)
_HEIGHT = st.one_of(
    st.none(),
    st.builds(
        Height,
        st.sampled_from((0, 1_000, 3_000, 3_048, 10_000)),
        st.sampled_from((HeightUnit.METRES, HeightUnit.FEET)),
        st.sampled_from(tuple(HeightReference)[:3]),
    ),
    st.builds(
        Height,
        st.sampled_from((0, 50, 100, 330)),
        st.just(HeightUnit.HUNDREDS_OF_FEET),
        st.just(HeightReference.STANDARD_PRESSURE),
    ),
)
_TIMES = st.sampled_from((0, 1, HOUR, HOUR + 1, 24 * HOUR, 10**9, 10**12, 10**12 + 1, LATEST - 1))
WINDOWS = st.builds(
    lambda start, length: Window(Millis(start), Millis(min(start + length, LATEST))),
    _TIMES,
    st.sampled_from((1, 2, HOUR, 7 * HOUR, 400 * HOUR, 10**11, LATEST)),
)


def is_sound(volume: Volume) -> bool:
    try:
        check(volume)
    except InvalidValue:
        return False
    return True


ANY_VOLUMES = st.builds(Volume, AREAS, st.builds(Heights, _HEIGHT, _HEIGHT), WINDOWS)
VOLUMES = ANY_VOLUMES.filter(is_sound)
KEYS = st.one_of(st.integers(0, 12), st.just(2**63 - 1))


class Notices(RuleBasedStateMachine):
    """The index beside a dictionary and the exact check."""

    @initialize()
    def start(self) -> None:
        self.index = NoticeIndex()
        self.held: dict[int, Volume] = {}

    @rule(key=KEYS, volume=VOLUMES)
    def put(self, key: int, volume: Volume) -> None:
        self.index.put(key, volume)
        self.held[key] = volume

    @rule(rows=st.lists(st.tuples(KEYS, VOLUMES), max_size=5))
    def put_columns(self, rows: list[tuple[int, Volume]]) -> None:
        self.index.put_columns(lot_of([key for key, _ in rows], [volume for _, volume in rows]))
        self.held.update(rows)

    @rule(key=KEYS)
    def remove(self, key: int) -> None:
        assert self.index.remove(key) == (self.held.pop(key, None) is not None)

    @rule(now=st.one_of(_TIMES, st.sampled_from((2, HOUR + 2, 8 * HOUR, 10**12 + HOUR))))
    def expire(self, now: int) -> None:
        gone = sorted(key for key, volume in self.held.items() if volume.window.end <= now)
        assert self.index.expire(now) == gone
        for key in gone:
            del self.held[key]

    @rule(volume=VOLUMES)
    def ask(self, volume: Volume) -> None:
        assert self.index.conflicts(volume) == sorted(
            key for key, other in self.held.items() if conflict(volume, other) is not None
        )

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def ask_for_one_of_them(self, data: st.DataObject) -> None:
        self.ask(self.held[data.draw(st.sampled_from(sorted(self.held)))])

    @invariant()
    def holds_the_same(self) -> None:
        assert len(self.index) == len(self.held)
        for key, volume in self.held.items():
            assert self.index.volume(key) == volume


TestNotices = Notices.TestCase
TestNotices.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@settings(max_examples=300)
@given(ANY_VOLUMES, ANY_VOLUMES)
def test_a_pair_is_answered_as_the_exact_check_answers_it(a: Volume, b: Volume) -> None:
    if is_sound(a) and is_sound(b):
        assert index_of(a).conflicts(b) == [0] * (conflict(a, b) is not None)
        return
    bad, good = (b, over(Circle(at(0, 0), 1))) if is_sound(a) else (a, b)
    index = NoticeIndex()
    with pytest.raises(InvalidValue):
        index.put(0, bad)
    with pytest.raises(InvalidValue):
        index.conflicts(bad)
    if is_sound(good):
        index.put(0, good)
        with pytest.raises(InvalidValue):
            index.conflicts(bad)


@pytest.mark.parametrize("file", PAIRS)
def test_every_vector_is_answered_as_it_says(file: str) -> None:
    for case in cases(file):
        a, b = read_volume(case["a"]), read_volume(case["b"])
        expected = [0] * case["conflict"]
        assert index_of(a).conflicts(b) == expected, case["name"]
        assert index_of(b).conflicts(a) == expected, case["name"]


def test_all_vectors_together_are_answered_as_the_exact_check_answers() -> None:
    volumes = [
        volume
        for file in ("inside", "heights", "windows")
        for case in cases(file)[:12]
        for volume in (read_volume(case["a"]), read_volume(case["b"]))
    ]
    index = NoticeIndex()
    index.put_columns(lot_of(list(range(len(volumes))), volumes))
    for volume in volumes:
        expected = [key for key, other in enumerate(volumes) if conflict(volume, other)]
        assert index.conflicts(volume) == expected


@pytest.mark.parametrize("case", [pytest.param(c, id=c["name"]) for c in cases("invalid")])
def test_an_unsound_volume_is_refused(case: dict[str, Any]) -> None:
    try:
        bad = read_volume(case["volume"])
    except InvalidValue:
        return  # Position or Height refused it: there is no such volume
    index = index_of(over(Circle(at(0, 0), 1)))
    for refused in (lambda: index.put(1, bad), lambda: index.conflicts(bad)):
        with pytest.raises(InvalidValue):
            refused()
    assert len(index) == 1


def test_of_a_lot_with_an_unsound_volume_none_is_taken() -> None:
    index = index_of(over(Circle(at(1, 1), 1)))
    good = over(Circle(at(0, 0), 1))
    for bad in (
        over(Circle(at(0, 0), 0)),
        over(Polygon(ring((0, 0), (0, 1), (1, 0), (1, 1)))),
        over(Corridor(ring((0, 0), (0, 0)), 5)),
        replace(good, window=Window(Millis(5), Millis(5))),
        replace(good, window=Window(Millis(-1), Millis(5))),
        replace(good, window=Window(Millis(0), Millis(LATEST + 1))),
        replace(good, heights=Heights(feet(10), feet(9))),
    ):
        with pytest.raises(InvalidValue, match="Row 1 of the lot: "):
            index.put_columns(lot_of([0, 7], [good, bad]))
        assert len(index) == 1
        assert index.volume(0) == over(Circle(at(1, 1), 1))


def feet(value: int, reference: HeightReference = HeightReference.MEAN_SEA_LEVEL) -> Height:
    return Height(value, HeightUnit.FEET, reference)


GOOD = lot_of([1, 2], [over(Circle(at(0, 0), 5)), over(Polygon(box(0, 0, 2), (box(0, 0, 1),)))])


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": np.array([1, -2], np.int64)},
        {"key": np.array([1, 2], np.int32)},
        {"key": np.array([1], np.int64)},
        {"kind": np.array([0, 3], np.uint8)},
        {"kind": np.array([2, 2], np.uint8)},
        {"kind": np.array([0, 1], np.uint8)},
        {"rings": np.array([0, 0, 3], np.int64)},
        {"rings": np.array([0, 1, 2], np.int64)},
        {"vertices": np.array([0, 2, 1, 9], np.int64)},
        {"vertices": np.array([0, 3, 5, 9], np.int64)},
        {"latitude_e7": np.array([0.5] * 9, np.float64)},
        {"latitude_e7": np.array([900_000_001] * 9, np.int32)},
        {"longitude_e7": np.array([1_800_000_000] * 9, np.int32)},
        {"buffer_m": np.array([0, 0], np.int32)},
        {"buffer_m": np.array([5, 1], np.int32)},
        {"lower": np.array([-20_001, 0], np.int32)},
        {"lower": np.array([0, 0], np.int32), "lower_unit": np.array([3, 0], np.uint8)},
        {"lower": np.array([0, 0], np.int32), "lower_reference": np.array([4, 0], np.uint8)},
        {"lower": np.array([0, 0], np.int32), "lower_unit": np.array([2, 0], np.uint8)},
        {"upper": np.array([0, 0], np.int32), "upper_reference": np.array([3, 0], np.uint8)},
        {"end": np.array([0, 1], np.int64)},
    ],
)
def test_columns_that_do_not_fit_are_refused(wrong: dict[str, Any]) -> None:
    index = NoticeIndex()
    index.put_columns(GOOD)
    assert len(index) == 2
    with pytest.raises(InvalidValue):
        NoticeIndex().put_columns(replace(GOOD, **wrong))


@pytest.mark.parametrize("key", [-1, 2**63, True, 1.0, "1"])
def test_a_key_that_is_no_whole_number_is_refused(key: Any) -> None:
    with pytest.raises(InvalidValue):
        NoticeIndex().put(key, over(Circle(at(0, 0), 1)))


@pytest.mark.parametrize("number", [True, 1.0, float("nan"), float("inf"), np.int64(5)])
def test_a_number_that_is_not_whole_is_refused(number: Any) -> None:
    plain = over(Circle(at(0, 0), 5))
    index = index_of(plain)
    for bad in (
        replace(plain, area=Circle(at(0, 0), number)),
        replace(plain, area=Corridor(ring((0, 0), (0, 1)), number)),
        replace(plain, window=Window(number, Millis(2**40))),
        replace(plain, window=Window(Millis(0), number)),
    ):
        with pytest.raises(InvalidValue):
            index.conflicts(bad)
        with pytest.raises(InvalidValue):
            index.put(0, bad)
    assert index.volume(0) == plain


@pytest.mark.parametrize("number", [False, True, 1.0, np.int64(5)])
def test_a_position_that_is_not_whole_is_refused(number: Any) -> None:
    good = over(Polygon(ring((0.1, 0.1), (0.1, 0.3), (0.3, 0.2))))
    index = index_of(good)
    for position in (Position(number, 2_000_000), Position(2_000_000, number)):
        for area in (
            Circle(position, 1),
            Corridor((position, at(1, 1)), 1),
            Polygon((position, *ring((0.3, 0.3), (0.3, 0.5)))),
        ):
            with pytest.raises(InvalidValue):
                index.conflicts(over(area))
            with pytest.raises(InvalidValue):
                index.put(0, over(area))
    assert index.volume(0) == good


@pytest.mark.parametrize("number", [0, 1])
def test_a_whole_number_that_a_bool_equals_is_no_bool(number: int) -> None:
    area = Polygon((Position(number, number), *ring((0, 0.2), (0.2, 0.1))))
    crossing = Polygon((*ring((-0.1, 0.05), (0.1, 0.15)), Position(5_000_000, number)))
    assert index_of(over(area), over(crossing)).conflicts(over(area)) == [0, 1]


def test_windows_are_half_open_on_the_millisecond() -> None:
    here = Circle(at(10, 10), 100)
    first = Volume(here, ANY_HEIGHT, Window(Millis(1_000), Millis(2_000)))
    index = index_of(first)
    for start, end, met in (
        (2_000, 3_000, []),
        (1_999, 3_000, [0]),
        (0, 1_000, []),
        (0, 1_001, [0]),
    ):
        assert index.conflicts(Volume(here, ANY_HEIGHT, Window(Millis(start), Millis(end)))) == met
    assert index.expire(1_999) == []
    assert index.expire(2_000) == [0]
    assert index.conflicts(first) == []


def test_heights_are_compared_to_a_tenth_of_a_millimetre() -> None:
    here = Circle(at(10, 10), 100)
    metres = Height(1_524, HeightUnit.METRES, HeightReference.MEAN_SEA_LEVEL)
    index = index_of(Volume(here, Heights(None, metres), AN_HOUR))
    assert index.conflicts(Volume(here, Heights(feet(5_000), None), AN_HOUR)) == [0]
    assert index.conflicts(Volume(here, Heights(feet(5_001), None), AN_HOUR)) == []
    ellipsoid = HeightReference.ELLIPSOID
    assert index.conflicts(Volume(here, Heights(feet(5_282, ellipsoid), None), AN_HOUR)) == [0]
    assert index.conflicts(Volume(here, Heights(feet(5_283, ellipsoid), None), AN_HOUR)) == []


def test_areas_across_the_antimeridian_and_over_the_poles_are_found() -> None:
    index = index_of(
        over(Circle(at(52, 179.99), 697)),
        over(Circle(at(89.9, 0), 12_000)),
        over(Polygon(ring((-80, 0), (-80, 120), (-80, 240)))),
        over(Corridor(ring((0, 175), (0, 185)), 1_000)),
    )
    assert index.conflicts(over(Circle(at(52, -179.99), 698))) == [0]
    assert index.conflicts(over(Circle(at(52, -179.99), 600))) == []
    assert index.conflicts(over(Circle(at(89.99, 180), 2_000))) == [1]
    assert index.conflicts(over(Circle(at(90, 77), 1))) == [1]
    assert index.conflicts(over(Circle(at(-90, 5), 1))) == [2]
    assert index.conflicts(over(Circle(at(-85, 200), 1))) == [2]
    assert index.conflicts(over(Circle(at(0.015, -180), 1_000))) == [3]


def test_an_area_as_large_as_may_be_is_found_from_everywhere_in_it() -> None:
    huge = Polygon(ring((0, -75), (75, 0), (0, 75), (-75, 0)))
    index = index_of(over(huge), over(Circle(at(0, 0), 2_000_000)))
    for latitude, longitude in ((0, 0), (0, 74), (70, 1), (-74, 0), (30, 30), (0, 76), (60, 60)):
        small = over(Circle(at(latitude, longitude), 1_000))
        expected = [key for key in (0, 1) if conflict(small, index.volume(key)) is not None]
        assert index.conflicts(small) == expected
    assert index.conflicts(over(Circle(at(0, 179), 1_000))) == []
    assert index_of(over(Circle(at(70, 1), 10))).conflicts(over(huge)) == [0]


def test_many_come_and_go_and_the_room_is_used_again() -> None:  # W-X7
    random = np.random.default_rng(7)
    held: dict[int, Volume] = {}
    index = NoticeIndex()
    for _ in range(12):
        keys = random.integers(0, 3_000, 500).tolist()
        volumes = [some(random) for _ in keys]
        index.put_columns(lot_of(keys, volumes))
        held.update(zip(keys, volumes, strict=True))
        for key in random.integers(0, 3_000, 200).tolist():
            assert index.remove(key) == (held.pop(key, None) is not None)
        now = int(random.integers(0, 30 * HOUR))
        gone = sorted(key for key, volume in held.items() if volume.window.end <= now)
        assert index.expire(now) == gone
        for key in gone:
            del held[key]
        assert len(index) == len(held)
        asked = some(random)
        near = {key: volume for key, volume in held.items() if may_meet(volume, asked)}
        expected = sorted(key for key, volume in near.items() if conflict(volume, asked))
        assert index.conflicts(asked) == expected
    rooms = []
    for _ in range(4):
        for key in held:
            assert index.remove(key)
        index.put_columns(lot_of(list(held), list(held.values())))
        rooms.append(index.room_bytes)
    assert rooms[1:] == rooms[:-1]


def some(random: np.random.Generator) -> Volume:
    """A circle, corridor or square of some tens of kilometres in a box of two degrees."""
    place = at(51 + 2 * random.random(), 20 + 2 * random.random())
    other = at(51 + 2 * random.random(), 20 + 2 * random.random())
    north, east = place.latitude_e7 / 1e7, place.longitude_e7 / 1e7
    areas = (
        Circle(place, int(random.integers(1, 20_000))),
        Corridor((place, other), int(random.integers(1, 3_000))),
        Polygon(box(north, east, float(random.uniform(0.01, 0.2)))),
    )
    start = int(random.integers(0, 48 * HOUR))
    window = Window(Millis(start), Millis(start + int(random.integers(1, 9 * HOUR))))
    lower = int(random.integers(0, 30_000))
    return Volume(areas[random.integers(3)], Heights(feet(lower), feet(lower + 3_000)), window)


def may_meet(a: Volume, b: Volume) -> bool:
    """By window alone: it spares the exact check, which answers the rest."""
    return a.window.start < b.window.end and b.window.start < a.window.end


def test_more_found_than_there_was_room_for() -> None:
    here = over(Circle(at(10, 10), 100))
    index = NoticeIndex()
    index.put_columns(lot_of(list(range(9_000)), [here] * 9_000))
    assert index.conflicts(here) == list(range(9_000))
    assert index.expire(HOUR) == list(range(9_000))
    assert index.conflicts(here) == []


def test_a_window_of_years_over_a_continent_goes_through_the_table() -> None:
    random = np.random.default_rng(3)
    volumes = [some(random) for _ in range(400)]
    index = NoticeIndex()
    index.put_columns(lot_of(list(range(400)), volumes))
    always = Window(Millis(0), Millis(LATEST))
    wide = Volume(Circle(at(52, 21), 1_500_000), ANY_HEIGHT, always)
    assert index.conflicts(wide) == list(range(400))


def test_a_wide_volume_over_several_faces_finds_each_notice_once() -> None:
    random = np.random.default_rng(4)
    places = [(float(n), float(e)) for n, e in random.uniform((25, 30), (45, 60), (300, 2))]
    volumes = [over(Circle(at(*place), 500)) for place in places]
    index = NoticeIndex()
    index.put_columns(lot_of(list(range(300)), volumes))
    for east in range(25, 65, 2):  # the middle of three faces is at 35.3 N, 45 E
        wide = over(Circle(at(35.3, east), 1_000_000))
        expected = [key for key, other in enumerate(volumes) if conflict(wide, other) is not None]
        assert index.conflicts(wide) == expected


def test_an_unknown_key_is_not_there() -> None:
    index = index_of(over(Circle(at(0, 0), 1)))
    assert not index.remove(5)
    assert not index.remove(-1)
    for key in (5, -1):
        with pytest.raises(KeyError):
            index.volume(key)
    assert len(index) == 1


def test_every_rule_of_the_spec_is_cited_where_it_is_met() -> None:
    spec = (ROOT / "spec" / "watch.md").read_text(encoding="utf-8")
    rules = set(re.findall(r"^- \*\*(W-X[0-9]+)\*\* ", spec, re.MULTILINE))
    watch = ROOT / "src" / "firebreak" / "watch"
    code = "".join(path.read_text(encoding="utf-8") for path in watch.glob("index*.py"))
    assert len(rules) >= 6
    assert rules == set(re.findall(r"\bW-X[0-9]+\b", code))
