"""Drawn outlines made sound, with every change told; or refused (spec/watch.md, W-A5 to W-A12).

Repair works on integers of 1e-7 degree, in a plane: longitude and latitude, the longitude running past
180 where an outline crosses the antimeridian; or, for an outline round a pole, the plane that has the
pole in its middle. A point that was drawn is never moved by more than the rounding to the grid (8 mm);
points where edges cross are rounded to it as well.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
import shapely

from firebreak.errors import InvalidValue
from firebreak.formats.drawn import Vertices
from firebreak.records.figures import compact_position
from firebreak.values import DEGREE, Position
from firebreak.watch.reports import Bools, Floats, Longs

Path: TypeAlias = Longs
"""(n, 2): latitude and longitude in 1e-7 degree, longitude -180 to 180, both included."""

SLIVER_M2: Final = 100.0
"""A piece or hole that a repair leaves, and that is smaller, is dropped or filled (W-A9)."""
MOST_MEETINGS: Final = 500_000
"""Pairs of edges whose boxes meet, and MEETINGS_A_VERTEX more for each vertex (W-A4)."""
MEETINGS_A_VERTEX: Final = 10

_HALF: Final = 180 * DEGREE
_TURN: Final = 360 * DEGREE
_POLE: Final = 90 * DEGREE
_FEW: Final = 1_000
"""So many edges cannot meet in more than MOST_MEETINGS pairs."""
_EARTH_M: Final = 6_371_007.2
"""Radius of the sphere with the earth's surface: for areas in the report, right to 0.6 %."""
_REACH_COSINE: Final = math.cos(math.radians(80))
_WHERE: Final = re.compile(r"\[([-+0-9.e]+) ([-+0-9.e]+)\]")


@dataclass
class Mended:
    """What came of one line or zone: its parts, what was repaired, and what else to know."""

    parts: tuple[tuple[Vertices, ...], ...] = ()
    repairs: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def grid(latitude: Floats, longitude: Floats) -> Path:
    """Degrees on the integer grid. Raises InvalidValue for what is no place on earth (W-A6)."""
    if not (np.isfinite(latitude).all() and np.isfinite(longitude).all()):
        raise InvalidValue("a coordinate is not a finite number; correct it in the drawing.")
    if (np.abs(latitude) > 90).any():
        swapped = (np.abs(longitude) <= 90).all() and (np.abs(latitude) <= 180).all()
        hint = " Latitude and longitude are swapped." if swapped else ""
        worst = float(latitude[np.abs(latitude).argmax()])
        raise InvalidValue(f"latitude {worst:.7g} is outside -90 to 90 degrees.{hint}")
    if (np.abs(longitude) > 180).any():
        worst = float(longitude[np.abs(longitude).argmax()])
        raise InvalidValue(f"longitude {worst:.7g} is outside -180 to 180 degrees; correct it.")
    return np.rint(np.column_stack((latitude, longitude)) * DEGREE).astype(np.int64)


def mend_line(paths: Sequence[Path]) -> Mended:
    """A line of one or more paths. Raises InvalidValue for one that has none."""
    mended = Mended()
    kept = [path for path in (_distinct(path, mended) for path in paths) if len(path) > 1]
    if not kept:
        raise InvalidValue("the line has no two different points.")
    if len(kept) < len(paths):
        mended.repairs.append(f"{len(paths) - len(kept)} path(s) of a single point left out.")
    for path in kept:
        _steps(path)
    kept = _joined(kept, mended)
    _note_bend(kept, mended)
    mended.parts = tuple((_vertices(path),) for path in kept)
    return mended


def mend_zone(polygons: Sequence[Sequence[Path]]) -> Mended:
    """A zone of polygons, each an outer ring and its holes, the first point repeated or not.

    Raises InvalidValue for one that encloses nothing, or whose inside is not certain.
    """
    mended = Mended()
    kept = [rings for rings in (_rings(polygon, mended) for polygon in polygons) if rings]
    if not kept:
        raise InvalidValue("the zone encloses nothing: no ring has three different points.")
    plane = _plane(kept)
    drawn = [_polygon(rings, plane) for rings in kept]
    if plane is _LONGITUDES:
        framed = _one_frame(drawn)
        if framed is None:
            plane = _polar(kept)
            framed = [_polygon(rings, plane) for rings in kept]
        drawn = framed
    _check_crowding(drawn)
    clockwise = sum(not shapely.is_ccw(polygon.exterior) for polygon in drawn)
    if clockwise:
        mended.notes.append(
            f"{clockwise:,} outline(s) drawn clockwise, turned: the inside stays the same."
        )
    sound = [_sound(polygon, plane, mended) for polygon in drawn]
    whole = _apart([piece for pieces in sound for piece in pieces], plane, mended)
    if not whole:
        raise InvalidValue("nothing is left of the zone after its repair: it encloses no area.")
    outlines = [[_rounded(plane.back(ring)) for ring in _turned(piece)] for piece in whole]
    _note_bend([_closed(ring) for rings in outlines for ring in rings], mended)
    mended.parts = tuple(tuple(_vertices(ring) for ring in rings) for rings in outlines)
    if mended.repairs:
        size = sum(_piece_m2(piece, plane) for piece in whole) / 1e6
        mended.repairs.append(
            f"it is now {len(whole):,} part(s) of {sum(map(_points, whole)):,} points, covering"
            f" about {size:,.6g} km²."
        )
    return mended


def _vertices(path: Path) -> Vertices:
    turned = path.copy()
    turned[:, 1] = (turned[:, 1] + _HALF) % _TURN - _HALF
    return np.ascontiguousarray(turned, np.int32)


def _place(latitude: float, longitude: float) -> str:
    east = (round(longitude) + _HALF) % _TURN - _HALF
    return compact_position(Position(min(max(round(latitude), -_POLE), _POLE), east))


# Rings and paths as they were drawn


def _distinct(path: Path, mended: Mended) -> Path:
    """The path without points that repeat the one before, wherever the longitude was counted from."""
    if len(path) == 0:
        return path
    same = _repeats(path)
    if not same.any():
        return path
    mended.repairs.append(
        f"{int(same.sum()):,} point(s) that repeat the one before left out, the first at"
        f" {_place(*path[int(same.argmax())])}."
    )
    kept: Path = path[np.concatenate((np.ones(1, np.bool_), ~same))]
    return kept


def _repeats(path: Path) -> Bools:
    """Of each point but the first, whether it is the one before again."""
    there: Bools = np.diff(path[:, 1]) % _TURN == 0
    there |= np.abs(path[1:, 0]) == _POLE
    there &= np.diff(path[:, 0]) == 0
    return there


def _rings(polygon: Sequence[Path], mended: Mended) -> list[Path]:
    """The rings of a polygon that enclose something, open; none if the outer one does not."""
    kept: list[Path] = []
    for number, drawn in enumerate(polygon):
        what = f"hole {number}" if number else "the outline"
        ring = drawn
        if len(drawn) > 1 and _same(drawn[0], drawn[-1]):
            ring = drawn[:-1]
        elif len(drawn) > 2:
            mended.repairs.append(
                f"{what} was not closed; closed from its last point to its first."
            )
        ring = _distinct(ring, mended)
        while len(ring) > 1 and _same(ring[0], ring[-1]):
            ring = ring[:-1]
        if len(ring) < 3:
            mended.repairs.append(f"{what} has fewer than three different points; left out.")
            if number == 0:
                return []
            continue
        _steps(_closed(ring))
        if number == 0:
            _check_reach(ring)
        kept.append(ring)
    return kept


def _same(a: Longs, b: Longs) -> bool:
    return bool(a[0] == b[0] and ((a[1] - b[1]) % _TURN == 0 or abs(a[0]) == _POLE))


def _closed(ring: Path) -> Path:
    return np.concatenate((ring, ring[:1]))


def _steps(path: Path) -> Longs:
    """Steps in longitude, the short way. Raises InvalidValue where that is not certain (W-A7)."""
    steps = (np.diff(path[:, 1]) + _HALF) % _TURN - _HALF
    points = _unit(path)
    cosines = np.einsum("ij,ij->i", points[:-1], points[1:])
    far = int(cosines.argmin())
    if cosines[far] < 0:
        raise InvalidValue(
            f"the edge from {_place(*path[far])} to {_place(*path[far + 1])} is longer than"
            " 10,000 km, so its way is not certain; give points between."
        )
    over = (steps == -_HALF) & (np.abs(path[:-1, 0]) < _POLE) & (np.abs(path[1:, 0]) < _POLE)
    if over.any():
        at = int(over.argmax())
        raise InvalidValue(
            f"the edge from {_place(*path[at])} to {_place(*path[at + 1])} passes over a pole, or"
            " half-way round the earth; give a point between."
        )
    return np.asarray(steps)


def _unit(path: Path) -> Floats:
    latitude, longitude = np.radians(path.T / DEGREE)
    out = np.cos(latitude)
    return np.stack((out * np.cos(longitude), out * np.sin(longitude), np.sin(latitude)), -1)


def _check_reach(ring: Path) -> None:
    """W-A8: a ring's inside is certain only if it fits around its middle (spec/volume.md V-6)."""
    points = _unit(ring)
    middle = points.sum(0)
    if not (points @ middle >= _REACH_COSINE * np.linalg.norm(middle)).all():
        raise InvalidValue(
            "the zone reaches further than 8,900 km from its middle: it is larger than a hemisphere,"
            " or its inside is not certain. Split it into smaller zones."
        )


def _check_crowding(drawn: Sequence[shapely.Polygon]) -> None:
    """W-A4: the repair of n edges that all lie across each other takes n² steps."""
    count = sum(map(_points, drawn))
    if count <= _FEW:
        return
    boxes = []
    for polygon in drawn:
        for ring in (polygon.exterior, *polygon.interiors):
            points = shapely.get_coordinates(ring)
            ends = points[:-1], points[1:]
            boxes.append(np.concatenate((np.minimum(*ends), np.maximum(*ends)), 1))
    from firebreak.formats.crowding import crowded_pairs

    pairs = crowded_pairs(np.concatenate(boxes))
    most = MOST_MEETINGS + MEETINGS_A_VERTEX * count
    if pairs > most:
        raise InvalidValue(
            f"{pairs:,} pairs of its {count:,} edges lie across each other, more than {most:,}; no"
            " outline of a place looks so. Draw it anew."
        )


def _joined(paths: list[Path], mended: Mended) -> list[Path]:
    """Paths, those in one that were cut where they cross the antimeridian (W-A11)."""
    whole = [paths[0]]
    for path in paths[1:]:
        before = whole[-1]
        if _same(before[-1], path[0]) and abs(path[0, 1]) == abs(before[-1, 1]) == _HALF:
            whole[-1] = np.concatenate((before, path[1:]))
            mended.repairs.append(
                f"paths cut at the antimeridian joined at {_place(*path[0])}; no point moved."
            )
        else:
            whole.append(path)
    return whole


def _note_bend(paths: Sequence[Path], mended: Mended) -> None:
    """W-A10: how far an edge on the earth lies from the straight one of a flat map."""
    worst, where = 0.0, ""
    for path in paths:
        points = _unit(path)
        middle = path[:-1].astype(np.float64)
        middle[:, 0] += np.diff(path[:, 0]) / 2
        middle[:, 1] += _steps(path) / 2
        across = np.cross(points[:-1], points[1:])
        size = np.linalg.norm(across, axis=1)
        size[size == 0] = 1.0
        off = np.abs(np.einsum("ij,ij->i", across, _unit(middle.astype(np.int64)))) / size
        far = int(off.argmax())
        if off[far] * _EARTH_M > worst:
            worst = float(off[far]) * _EARTH_M
            where = f"from {_place(*path[far])} to {_place(*path[far + 1])}"
    if worst > 1:
        mended.notes.append(
            "edges are taken as shortest paths on the earth. Straight on a flat map they would lie up"
            f" to {worst:,.0f} m elsewhere ({where}); if that is meant, give points between."
        )


# The plane in which a zone is repaired


@dataclass(frozen=True)
class _Plane:
    """pole: 1 north, -1 south, 0: longitude and latitude. Units of 1e-7 degree in both."""

    pole: int

    def onto(self, ring: Path) -> Floats:
        """(n, 2) x and y of an open ring."""
        if self.pole == 0:
            east = ring[0, 1] + np.concatenate(([0], np.cumsum(_steps(ring))))
            return np.column_stack((east, ring[:, 0])).astype(np.float64)
        out = (_POLE - self.pole * ring[:, 0]).astype(np.float64)
        # 180 and -180 must give the same float, or a way along the antimeridian encloses a little.
        angle = self.pole * np.radians(ring[:, 1] % _TURN / DEGREE)
        return np.column_stack((out * np.cos(angle), out * np.sin(angle)))

    def back(self, points: Floats) -> Path:
        """Latitude and longitude of points of the plane; at most half a unit off."""
        x, y = points.T
        latitude, longitude = y, x
        if self.pole:
            latitude = self.pole * (_POLE - np.hypot(x, y))
            longitude = np.degrees(self.pole * np.arctan2(y, x)) * DEGREE
        path: Path = np.rint(np.column_stack((latitude, longitude))).astype(np.int64)
        return path


_LONGITUDES: Final = _Plane(0)


def _plane(polygons: Sequence[Sequence[Path]]) -> _Plane:
    """At or round a pole, longitudes say little: an edge to the pole is along its other end's."""
    rings = [ring for polygon in polygons for ring in polygon]
    latitudes = np.concatenate([ring[:, 0] for ring in rings])
    polar = bool((np.abs(latitudes) == _POLE).any())
    if not polar and not any(int(_steps(_closed(ring)).sum()) for ring in rings):
        return _LONGITUDES
    return _polar(polygons)


def _polar(polygons: Sequence[Sequence[Path]]) -> _Plane:
    latitudes = np.concatenate([ring[:, 0] for polygon in polygons for ring in polygon])
    if (latitudes > 0).all():
        return _Plane(1)
    if (latitudes < 0).all():
        return _Plane(-1)
    raise InvalidValue(
        "a zone at or round a pole, or all round the earth, has points on both sides of the equator;"
        " draw them apart."
    )


def _polygon(rings: Sequence[Path], plane: _Plane) -> shapely.Polygon:
    flat = [plane.onto(ring) for ring in rings]
    if plane.pole == 0:
        flat[0][:, 0] -= _TURN * np.rint((flat[0][:, 0].min() + flat[0][:, 0].max()) / 2 / _TURN)
        middle = (flat[0][:, 0].min() + flat[0][:, 0].max()) / 2
        for hole in flat[1:]:
            hole[:, 0] -= _TURN * np.rint(
                ((hole[:, 0].min() + hole[:, 0].max()) / 2 - middle) / _TURN
            )
    return shapely.Polygon(flat[0], flat[1:])


def _one_frame(drawn: list[shapely.Polygon]) -> list[shapely.Polygon] | None:
    """Parts east of the antimeridian moved beside those west of it, where both are there (W-A11).

    None: they meet on the other side of the earth as well, so that no frame holds them.
    """
    ends = shapely.bounds(np.array(drawn, object))
    if not ((ends[:, 2] >= _HALF).any() or (ends[:, 0] <= -_HALF).any()):
        return drawn
    far = ends[:, 2] < -_POLE
    far |= ends[:, 0] <= -_HALF
    moved = [
        _shifted(polygon) if away else polygon for polygon, away in zip(drawn, far, strict=True)
    ]
    # What now lies a turn away from its neighbour would not be seen to overlap it.
    tree = shapely.STRtree(moved)
    if len(tree.query([_shifted(polygon) for polygon in moved], "intersects")[0]):
        return None
    return moved


def _shifted(polygon: shapely.Polygon) -> shapely.Polygon:
    moved: shapely.Polygon = shapely.transform(
        polygon, lambda points: points + np.array([_TURN, 0])
    )
    return moved


# The repair


def _sound(polygon: shapely.Polygon, plane: _Plane, mended: Mended) -> list[shapely.Polygon]:
    """The pieces of one polygon: itself, if it is sound (W-A9)."""
    if shapely.is_valid(polygon):
        return [polygon]
    trouble = _trouble(polygon, plane)
    # Whatever the outline goes round is inside, wherever it crosses itself; a hole is cut out of it.
    made = shapely.make_valid(polygon, method="structure", keep_collapsed=False)
    pieces = _pieces(shapely.set_precision(made, 1.0))
    kept, slivers, lost = [], 0, 0.0
    for piece in pieces:
        whole, filled, size = _filled(piece, plane)
        slivers, lost = slivers + filled, lost + size
        if (m2 := _piece_m2(whole, plane)) >= SLIVER_M2:
            kept.append(whole)
        else:
            slivers, lost = slivers + 1, lost + m2
    mended.repairs.append(
        f"{trouble}; its {_points(polygon):,} points were made {len(kept):,} part(s), all that the"
        " outline goes round being inside."
    )
    if slivers:
        mended.repairs.append(
            f"{slivers:,} piece(s) or hole(s) below {SLIVER_M2:.0f} m² that were left dropped or"
            f" filled, {lost:,.1f} m² in all."
        )
    return kept


def _trouble(polygon: shapely.Polygon, plane: _Plane) -> str:
    """What is wrong with an invalid polygon, and where first."""
    reason = str(shapely.is_valid_reason(polygon))
    says = "the outline crosses, touches or runs back along itself"
    if "Hole" in reason or "Nested" in reason:
        says = "a hole does not lie inside the outline, or in another hole"
    found = _WHERE.search(reason)
    if found is None:
        return says
    ((latitude, longitude),) = plane.back(np.array([[float(found[1]), float(found[2])]]))
    return f"{says}, first near {_place(latitude, longitude)}"


def _pieces(made: shapely.Geometry) -> list[shapely.Polygon]:
    return [
        piece
        for piece in shapely.get_parts(made).tolist()
        if isinstance(piece, shapely.Polygon) and not piece.is_empty
    ]


def _filled(piece: shapely.Polygon, plane: _Plane) -> tuple[shapely.Polygon, int, float]:
    """A piece without its smallest holes, how many they were, and their area in m²."""
    sizes = [_ring_m2(_ring(hole), plane) for hole in piece.interiors]
    small = [size for size in sizes if size < SLIVER_M2]
    if not small:
        return piece, 0, 0.0
    holes = [hole for hole, size in zip(piece.interiors, sizes, strict=True) if size >= SLIVER_M2]
    return shapely.Polygon(piece.exterior, holes), len(small), sum(small)


def _apart(pieces: list[shapely.Polygon], plane: _Plane, mended: Mended) -> list[shapely.Polygon]:
    """The pieces; united, if some overlap or lie along each other: or inside would be twice (W-A9)."""
    if len(pieces) < 2 or shapely.is_valid(shapely.MultiPolygon(pieces)):
        return pieces
    # Only those that meet another: a union walks along all points of what it is given, many times.
    every = np.array(pieces, object)
    shapely.prepare(every)
    one, other = shapely.STRtree(every).query(every, "intersects")
    meets = np.zeros(len(every), np.bool_)
    meets[one[one != other]] = True
    whole = shapely.set_precision(shapely.union_all(every[meets]), 1.0)
    united = [*_pieces(whole), *every[~meets].tolist()]
    filled = [_filled(piece, plane) for piece in united]
    kept = [piece for piece, _, _ in filled]
    gaps, lost = sum(number for _, number, _ in filled), sum(size for _, _, size in filled)
    mended.repairs.append(
        f"{len(pieces):,} parts that overlap or share an edge, such as ones cut at the antimeridian,"
        f" united to {len(kept):,}."
    )
    if gaps:
        mended.repairs.append(
            f"{gaps:,} gap(s) below {SLIVER_M2:.0f} m² between them filled, {lost:,.1f} m² in all."
        )
    return kept


def _ring(ring: shapely.Geometry) -> Floats:
    """The points of a closed ring, each once."""
    points: Floats = shapely.get_coordinates(ring)[:-1]
    return points


def _turned(piece: shapely.Polygon) -> list[Floats]:
    """The rings of a piece, open: the outer anticlockwise, holes clockwise."""
    rings = [piece.exterior, *piece.interiors]
    turned = []
    for number, ring in enumerate(rings):
        points = _ring(ring)
        against = bool(shapely.is_ccw(ring))
        turned.append(points if against == (number == 0) else points[::-1])
    return turned


def _rounded(ring: Path) -> Path:
    """A ring without points that the rounding to the grid made one, which happens at a pole only."""
    fresh = ~_repeats(np.concatenate((ring[-1:], ring)))
    return ring[fresh] if int(fresh.sum()) >= 3 else ring


def _points(piece: shapely.Polygon) -> int:
    """How many different points; a closed ring repeats one."""
    return int(shapely.get_num_coordinates(piece)) - 1 - len(piece.interiors)


def _ring_m2(points: Floats, plane: _Plane) -> float:
    """The area of a ring in m², right to 1 % where its edges are short."""
    ring = plane.back(points)
    closed = _closed(ring)
    sines = np.sin(np.radians(closed[:, 0] / DEGREE))
    steps = _steps(closed)
    # From the ring's own parallel, so that a small ring loses no digits.
    base = 0.0 if steps.sum() else float(sines[0])
    under = float(np.sum(np.radians(steps / DEGREE) * ((sines[1:] + sines[:-1]) / 2 - base)))
    area = abs(under) * _EARTH_M**2
    return 2 * math.pi * _EARTH_M**2 - area if steps.sum() else area


def _piece_m2(piece: shapely.Polygon, plane: _Plane) -> float:
    inside = sum(_ring_m2(_ring(hole), plane) for hole in piece.interiors)
    return _ring_m2(_ring(piece.exterior), plane) - inside
