"""What is drawn unsound is made sound, the change is told, and nothing that was enclosed is lost."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import InvalidValue
from firebreak.formats import mending
from firebreak.formats.crowding import crowded_pairs
from firebreak.formats.drawn import Vertices
from firebreak.formats.mending import Mended, grid, mend_line, mend_zone
from firebreak.values import DEGREE
from firebreak.watch.reports import Longs
from tests.formats.drawings import BOW, HOLE, SQUARE, zone

STEP = 100_000
"""0.01 degree: rings are drawn on a lattice of it. Points off by 0.3713 and 0.4137 of it lie on no edge
between two of its points, and 0.1 m from all."""

corners = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=3, max_size=9, unique=False
)


def path(points: Any) -> mending.Path:
    """Longitudes and latitudes in degrees as a path."""
    table = np.array(points, np.float64)
    return grid(table[:, 1], table[:, 0])


def lattice(points: list[tuple[int, int]], east: int = 20 * DEGREE) -> mending.Path:
    """A ring on the lattice; longitudes brought to -180 to 180."""
    table = np.array(points, np.int64) * STEP + (52 * DEGREE, east)
    table[:, 1] = (table[:, 1] + 180 * DEGREE) % (360 * DEGREE) - 180 * DEGREE
    return table


def plane(part: tuple[Vertices, ...], east: int = 20 * DEGREE) -> shapely.Polygon:
    """A part from the lattice's corner, in 1e-7 degree, whatever longitude it starts from."""
    rings = []
    for ring in part:
        x = (ring[:, 1].astype(np.int64) - east + 180 * DEGREE) % (360 * DEGREE) - 180 * DEGREE
        table: Longs = np.column_stack((x, ring[:, 0] - 52 * DEGREE))
        rings.append(table)
    return shapely.Polygon(rings[0], rings[1:])


def goes_round(points: list[tuple[int, int]], x: float, y: float) -> int:
    """How often a ring of (y, x) goes round a point, by counting crossings of the ray to the east."""
    turns = 0
    for (y0, x0), (y1, x1) in zip(points, [*points[1:], points[0]], strict=True):
        if (y0 <= y) != (y1 <= y) and x0 + (y - y0) / (y1 - y0) * (x1 - x0) > x:
            turns += 1 if y1 > y0 else -1
    return turns


@given(corners)
def test_whatever_the_outline_goes_round_is_inside(points: list[tuple[int, int]]) -> None:  # W-A9
    try:
        mended = mend_zone([[lattice(points)]])
    except InvalidValue:
        assert not any(
            goes_round(points, x + 0.3713, y + 0.4137) for x in range(8) for y in range(8)
        )
        return
    parts = [plane(part) for part in mended.parts]
    whole = shapely.MultiPolygon(parts)
    assert shapely.is_valid(whole)
    for x in range(8):
        for y in range(8):
            inside = whole.contains(shapely.Point((x + 0.3713) * STEP, (y + 0.4137) * STEP))
            assert inside == (goes_round(points, x + 0.3713, y + 0.4137) != 0)
    drawn = shapely.Polygon([(x * STEP, y * STEP) for y, x in points])
    if shapely.is_valid(drawn):
        assert whole.equals(drawn)
    else:
        assert mended.repairs


@given(corners, corners)
def test_parts_never_overlap(
    one: list[tuple[int, int]], two: list[tuple[int, int]]
) -> None:  # W-A9
    try:
        mended = mend_zone([[lattice(one)], [lattice(two)]])
    except InvalidValue:
        return
    whole = shapely.MultiPolygon([plane(part) for part in mended.parts])
    assert shapely.is_valid(whole)
    for x in range(8):
        for y in range(8):
            wanted = any(goes_round(ring, x + 0.3713, y + 0.4137) for ring in (one, two))
            assert whole.contains(shapely.Point((x + 0.3713) * STEP, (y + 0.4137) * STEP)) == wanted


@given(corners, st.integers(-900_000, 100_000))
def test_the_antimeridian_changes_nothing(
    points: list[tuple[int, int]], offset: int
) -> None:  # W-A11
    east = 180 * DEGREE + offset
    try:
        here = mend_zone([[lattice(points)]])
    except InvalidValue:
        with pytest.raises(InvalidValue):
            mend_zone([[lattice(points, east)]])
        return
    there = mend_zone([[lattice(points, east)]])
    a = shapely.MultiPolygon([plane(part) for part in here.parts])
    b = shapely.MultiPolygon([plane(part, east) for part in there.parts])
    assert a.symmetric_difference(b).area < 1e-3 * STEP**2
    assert len(here.repairs) == len(there.repairs)


def test_parts_cut_at_the_antimeridian_are_joined() -> None:  # W-A11
    west = [[179.0, 50.0], [180.0, 50.0], [180.0, 50.5], [179.0, 50.5], [179.0, 50.0]]
    east = [[-180.0, 50.0], [-179.0, 50.0], [-179.0, 50.5], [-180.0, 50.5], [-180.0, 50.0]]
    mended = mend_zone([[path(west)], [path(east)]])
    ((ring,),) = mended.parts
    assert set(ring[:, 1].tolist()) == {1_790_000_000, -1_800_000_000, -1_790_000_000}
    assert any("cut at the antimeridian" in repair for repair in mended.repairs)
    line = mend_line([path([[179, 50], [180, 50.5]]), path([[-180, 50.5], [-179, 50]])])
    ((joined,),) = line.parts
    assert joined[:, 1].tolist() == [1_790_000_000, -1_800_000_000, -1_790_000_000]


def test_parts_that_meet_on_both_sides_of_the_earth_are_joined_round_the_pole() -> None:  # W-A11
    def half(west: float) -> list[list[float]]:
        low = [[west + step, -80.0] for step in range(0, 181, 30)]
        return [*low, *([east, -70.0] for east, _ in low[::-1]), low[0]]

    (part,) = mend_zone([[path(half(-180.0))], [path(half(0.0))]]).parts
    outer, hole = part
    assert set(outer[:, 0].tolist()) == {-700_000_000}
    assert set(hole[:, 0].tolist()) == {-800_000_000}
    # A map cuts the ice below 85 S and goes back along it: one ring that meets itself at 180.
    whole = [[x, -70.0] for x in range(-180, 181, 30)]
    ring = [*whole, *([x, -85.0] for x in range(180, -181, -30)), whole[0]]
    ((coast, gap),) = mend_zone([[path(ring)]]).parts
    assert set(coast[:, 0].tolist()) == {-700_000_000}
    assert set(gap[:, 0].tolist()) == {-850_000_000}
    band = [[x, 10.0] for x in range(-180, 181, 30)]
    drawn = [*band, *([x, -10.0] for x in range(180, -181, -30)), band[0]]
    with pytest.raises(InvalidValue, match="hemisphere"):
        mend_zone([[path(drawn)]])


@pytest.mark.parametrize("sign", [1, -1])
def test_a_zone_round_a_pole(sign: int) -> None:
    ring = [[float(east), sign * (70.0 + east % 60 / 30)] for east in range(-180, 180, 20)]
    mended = mend_zone([[path([*ring, ring[0]])]])
    ((outer,),) = mended.parts
    assert {tuple(point) for point in outer.tolist()} == {tuple(p) for p in path(ring).tolist()}
    assert not mended.repairs
    turned: Longs = np.append(outer[:, 1], outer[:1, 1]).astype(np.int64)
    steps: Longs = np.diff(turned)
    steps = (steps + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
    assert steps.sum() == sign * 3_600_000_000  # anticlockwise, seen from above


def test_a_map_of_the_antarctic_loses_its_way_along_the_pole() -> None:
    coast = [[float(east), -70.0] for east in range(-180, 181, 30)]
    drawn = [*coast, [180.0, -90.0], [-180.0, -90.0], coast[0]]
    ((outer,),) = mend_zone([[path(drawn)]]).parts
    assert outer[:, 0].max() == outer[:, 0].min() == -700_000_000


def test_a_pole_and_the_other_side_of_the_equator_are_refused() -> None:
    ring = [[-180.0, 50.0], [-90.0, 50.0], [0.0, 50.0], [90.0, 50.0]]
    assert mend_zone([[path(ring)]]).parts
    with pytest.raises(InvalidValue, match="both sides of the equator"):
        mend_zone([[path(ring)], [path([[0.0, -1.0], [1.0, -1.0], [0.0, -2.0]])]])
    with pytest.raises(InvalidValue, match="hemisphere"):
        mend_zone([[path([[east, 5.0] for east, _ in ring])]])


@pytest.mark.parametrize(
    ("ring", "says"),
    [
        ([[0.0, 0.0], [100.0, 0.0], [50.0, 40.0]], "longer than 10,000 km"),
        ([[0.0, 80.0], [180.0, 80.0], [90.0, 70.0]], "passes over a pole"),
        (
            [[85.0, 0.0], [85.0, 60.0], [0.0, 60.0], [-85.0, 60.0], [-85.0, 0.0], [0.0, -60.0]],
            "hemisphere",
        ),
        ([[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]], "encloses nothing"),
        ([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]], "encloses no area"),
        ([], "encloses nothing"),
    ],
)
def test_what_has_no_certain_inside_is_refused(ring: Any, says: str) -> None:  # W-A7, W-A8
    drawn = path(ring) if ring else np.empty((0, 2), np.int64)
    with pytest.raises(InvalidValue, match=says):
        mend_zone([[drawn]])


@pytest.mark.parametrize(
    ("latitude", "longitude", "says"),
    [
        (math.nan, 0.0, "not a finite"),
        (0.0, math.inf, "not a finite"),
        (90.001, 120.0, "outside -90 to 90"),
        (120.0, 40.0, "swapped"),
        (0.0, 180.001, "outside -180 to 180"),
        (1e300, 1e300, "outside -90 to 90"),
    ],
)
def test_what_is_no_place_is_refused(latitude: float, longitude: float, says: str) -> None:  # W-A6
    with pytest.raises(InvalidValue, match=says):
        grid(np.array([latitude]), np.array([longitude]))


def test_repairs_are_told() -> None:  # W-A3
    mended = mend_zone([[path(BOW[:-1])]])
    assert len(mended.parts) == 2
    text = " ".join(mended.repairs)
    assert "was not closed" in text
    assert "crosses, touches or runs back along itself" in text
    assert "520730.0N 0201500.0E" in text
    assert "2 part(s) of 6 points" in text
    doubled = mend_zone([[path([*SQUARE[:2], SQUARE[1], *SQUARE[2:]])]])
    assert "1 point(s) that repeat the one before left out" in doubled.repairs[0]
    assert [len(ring) for part in doubled.parts for ring in part] == [4]


def test_a_hole_outside_is_cut_off_and_told() -> None:  # W-A9
    outside = [[20.4, 52.1], [20.9, 52.1], [20.9, 52.2], [20.4, 52.2], [20.4, 52.1]]
    mended = mend_zone([[path(SQUARE), path(outside)]])
    whole = shapely.MultiPolygon([plane(part) for part in mended.parts])
    assert list(whole.bounds) == [0.0, 0.0, 50.0 * STEP, 25.0 * STEP]
    assert not whole.contains(shapely.Point(45 * STEP, 15 * STEP))
    assert mended.repairs


def test_a_zone_of_little_size_is_kept_if_it_was_drawn() -> None:
    # W-A9: a sliver comes of a repair
    tiny = [[20.0, 52.0], [20.00002, 52.0], [20.00002, 52.00002], [20.0, 52.00002]]
    assert len(mend_zone([[path(tiny)]]).parts) == 1


def test_slivers_that_a_repair_leaves_are_dropped_with_their_size() -> None:  # W-A9
    spur = [[20.25, 52.25], [20.25002, 52.25002], [20.25002, 52.25], [20.25, 52.25002]]
    drawn = [*SQUARE[:3], *spur, SQUARE[3]]
    mended = mend_zone([[path([*drawn, drawn[0]])]])
    assert any("below 100 m²" in repair for repair in mended.repairs)
    assert len(mended.parts) == 1


def test_an_outline_drawn_clockwise_is_turned() -> None:
    mended = mend_zone([[path(SQUARE[::-1]), path(HOLE[::-1])]])
    outer, hole = mended.parts[0]
    assert shapely.is_ccw(shapely.LinearRing(outer[:, ::-1]))
    assert not shapely.is_ccw(shapely.LinearRing(hole[:, ::-1]))
    assert any("clockwise" in note for note in mended.notes)
    assert not mended.repairs


def test_how_far_a_flat_map_is_off_is_told() -> None:  # W-A10
    far = zone([[20.0, 52.0], [22.0, 52.0], [22.0, 53.0], [20.0, 53.0], [20.0, 52.0]])
    (note,) = far.notes
    # FINDINGS of the field: a parallel of 2 degrees at 52 N lies 472 m from the shortest path.
    assert "up to 47" in note.text
    near = zone([[20.0, 52.0], [20.01, 52.0], [20.01, 52.01], [20.0, 52.01], [20.0, 52.0]])
    assert not near.notes


def border(count: int, trouble: int) -> mending.Path:
    """A detailed ring that touches and crosses itself in many places, as real land borders do."""
    chance = np.random.default_rng(4)
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    wander = 0.02 * chance.standard_normal(count).cumsum() / math.sqrt(count)
    out = 2 * (1 + 0.2 * np.sin(7 * angle) + wander)
    table = np.column_stack((52 + out * np.sin(angle), 20 + out * np.cos(angle)))
    for at in range(100, count - 10, trouble):
        table[at + 5] = table[at]
    for at in range(trouble // 2, count - 10, trouble):
        table[[at + 3, at + 1]] = table[[at + 1, at + 3]]
    return np.rint(table * DEGREE).astype(np.int64)


def test_a_border_of_75_000_points_is_repaired() -> None:
    drawn = border(75_000, 1_500)
    assert not shapely.is_valid(shapely.Polygon(drawn[:, ::-1]))
    mended = mend_zone([[drawn]])
    whole = shapely.MultiPolygon([plane(part) for part in mended.parts])
    assert shapely.is_valid(whole)
    kept = {tuple(p) for part in mended.parts for ring in part for p in ring.tolist()}
    assert len(kept & {tuple(p) for p in drawn.tolist()}) > 74_000
    assert any("km²" in repair for repair in mended.repairs)


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 4), st.integers(0, 4)),
        min_size=1,
        max_size=30,
    )
)
def test_pairs_that_meet_are_counted(boxes: list[tuple[int, int, int, int]]) -> None:  # W-A4
    table = np.array([(x, y, x + w, y + h) for x, y, w, h in boxes], np.float64)
    pairs = sum(
        bool((a[:2] <= b[2:]).all() and (b[:2] <= a[2:]).all())
        for at, a in enumerate(table)
        for b in table[:at]
    )
    assert crowded_pairs(table) == pairs


def test_an_outline_that_only_crosses_itself_is_refused() -> None:  # W-A4
    chance = np.random.default_rng(5)
    star = np.rint(chance.uniform((50, 20), (51, 21), (3_000, 2)) * DEGREE).astype(np.int64)
    with pytest.raises(InvalidValue, match="lie across each other"):
        mend_zone([[star]])


def test_a_line_keeps_its_points() -> None:
    drawn = path([[20.0, 52.0], [21.0, 52.0], [21.0, 52.0], [20.5, 52.5], [20.5, 51.5]])
    mended = mend_line([drawn, drawn[:1]])
    ((kept,),) = mended.parts
    assert kept.tolist() == [drawn[at].tolist() for at in (0, 1, 3, 4)]
    assert len(mended.repairs) == 2
    for bad in ([[1.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]]):
        with pytest.raises(InvalidValue, match="no two different points"):
            mend_line([path(bad)])


def test_nothing_is_told_of_what_was_sound() -> None:
    assert mend_zone([[path(SQUARE), path(HOLE)]]).repairs == Mended().repairs
