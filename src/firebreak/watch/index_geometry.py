"""What the index of notices is certain of: two areas meet, or are clear of each other (W-X3).

Everything here is a distance between an interval's ends. Vertices are earth-centred metres; an
edge stands for the part of the plane through its ends and the earth's centre, which leaves the
shortest path by at most PLANE_PER_M2 times its chord squared; distances are chords, turned into
bounds of the distance over the ellipsoid. Where the bounds do not decide, the answer is UNSURE and
`firebreak.volumes.conflict` is asked. Source: spec/watch.md, Index of notices.

A shape is `points` (m, 7), the vertices ring after ring, each ring of a polygon closed by its first
vertex: x, y, z, and of the edge from there to the next the middle of its chord and the radius of a
ball round that, which holds the edge; `starts` (rings + 1,), where each ring begins; and its
`slack`, the metres by which anything measured on it may be wrong.
"""

import math
from typing import Final, TypeAlias

from firebreak.volumes.geodesic import (
    EQUATORIAL_RADIUS,
    LEAST_CURVED,
    MOST_CURVED,
    POLAR_RADIUS,
)
from firebreak.watch.compiled import compiled
from firebreak.watch.reports import Floats, Ints, Longs

CIRCLE: Final = 0
CORRIDOR: Final = 1
POLYGON: Final = 2

MEET: Final = 1
CLEAR: Final = 0
UNSURE: Final = -1
APART: Final = 2
"""Of two edges: further apart than was asked."""

POINT_COLUMNS: Final = 7

Vector: TypeAlias = tuple[float, float, float]

PLANE_PER_M2: Final = 1.2e-10
"""Metres by which a shortest path leaves its plane, over its chord squared; measured: 1.03e-10."""
ROUNDING_M: Final = 0.1
"""More than a centre rounded to a centimetre, and the foot on a straight piece of 40 km (0.04 m)."""
FOOT: Final = 1e-5
"""Of a distance: more than it grows because the foot was found on a sphere (5.6e-6)."""
MOST_POINTS: Final = 4_096
"""More than 2,000 vertices and the points that close their rings."""

SPINE_EDGES: Final = 16
"""Rings of more are measured edge by edge."""
_SHORT_M2: Final = 40_000.0**2
_EQUATORIAL2: Final = EQUATORIAL_RADIUS**2
_POLAR2: Final = POLAR_RADIUS**2
_ECCENTRICITY2: Final = 1 - _POLAR2 / _EQUATORIAL2
_UNIT: Final = math.pi / 1.8e9
_NEARBY: Final = 0.02
"""Radians, for which the next term of a sine is 2.5e-16: 2 nm on earth."""
_LEAST24: Final = 1 / (24 * LEAST_CURVED**2)
_GREATEST_CHORD: Final = 2 * MOST_CURVED


@compiled
def surface(latitude_e7: int, longitude_e7: int) -> Vector:
    """The point of the ellipsoid at this position, earth-centred metres, to a micrometre."""
    latitude, longitude = latitude_e7 * _UNIT, longitude_e7 * _UNIT
    sine, cosine = math.sin(latitude), math.cos(latitude)
    normal = EQUATORIAL_RADIUS / math.sqrt(1 - _ECCENTRICITY2 * sine * sine)
    out = normal * cosine
    return (
        out * math.cos(longitude),
        out * math.sin(longitude),
        normal * (1 - _ECCENTRICITY2) * sine,
    )


@compiled
def lifted(x: float, y: float, z: float) -> Vector:
    """The point of the ellipsoid in this direction from the earth's centre."""
    scale = 1 / math.sqrt((x * x + y * y) / _EQUATORIAL2 + z * z / _POLAR2)
    return x * scale, y * scale, z * scale


@compiled
def arc_at_least(chord: float) -> float:
    """A lower bound of the metres over the ellipsoid between points this far apart through it."""
    return chord * (1 + chord * chord * _LEAST24) if chord > 0.0 else 0.0


@compiled
def arc_at_most(chord: float) -> float:
    """An upper bound of the same, by Schur's theorem with the most curved direction on earth."""
    if chord >= _GREATEST_CHORD:
        return math.inf
    square = (chord / _GREATEST_CHORD) ** 2
    if square < 0.01:  # the arcsine's series, its last coefficient rounded up from 3/40
        return chord * (1 + square * (1 / 6 + square * 0.08)) + 1e-6
    return _GREATEST_CHORD * math.asin(chord / _GREATEST_CHORD) + 1e-6


@compiled
def bulge(chord2: float) -> float:
    """More than an edge of this chord squared rises over its chord: at 10,000 km 7 % more."""
    return chord2 * (1.25 / (8 * MOST_CURVED))


@compiled
def apart2(ax: float, ay: float, az: float, bx: float, by: float, bz: float) -> float:
    """The chord between two points, squared."""
    x, y, z = ax - bx, ay - by, az - bz
    return x * x + y * y + z * z


@compiled
def _place(rows: Ints, first: int, count: int, points: Floats, made: int) -> None:
    """`surface` of so many positions.

    Near the first one the sines of sums, from series that end below a float's last digit.
    """
    south, west = rows[0, first] * _UNIT, rows[1, first] * _UNIT
    sine, cosine = math.sin(south), math.cos(south)
    sine_west, cosine_west = math.sin(west), math.cos(west)
    for number in range(count):
        north = rows[0, first + number] * _UNIT - south
        east = rows[1, first + number] * _UNIT - west
        n2, e2 = north * north, east * east
        if max(n2, e2) > _NEARBY * _NEARBY:
            x, y, z = surface(rows[0, first + number], rows[1, first + number])
        else:
            up = north * (1 - n2 * (1 / 6) * (1 - n2 * (1 / 20)))
            flat = 1 - n2 * 0.5 * (1 - n2 * (1 / 12) * (1 - n2 * (1 / 30)))
            aside = east * (1 - e2 * (1 / 6) * (1 - e2 * (1 / 20)))
            ahead = 1 - e2 * 0.5 * (1 - e2 * (1 / 12) * (1 - e2 * (1 / 30)))
            height = sine * flat + cosine * up
            normal = EQUATORIAL_RADIUS / math.sqrt(1 - _ECCENTRICITY2 * height * height)
            out = normal * (cosine * flat - sine * up)
            x = out * (cosine_west * ahead - sine_west * aside)
            y = out * (sine_west * ahead + cosine_west * aside)
            z = normal * (1 - _ECCENTRICITY2) * height
        points[made + number, 0] = x
        points[made + number, 1] = y
        points[made + number, 2] = z


@compiled
def make_shape(
    rows: Ints, first: int, count: int, rings: int, kind: int, points: Floats, starts: Longs
) -> float:
    """Fill points and starts; the shape's slack.

    rows: (2, …) latitudes and longitudes in 1e-7 degree, `count` of them from `first`; before the
    vertices of more than one ring a column for each ring, which holds its number of vertices.
    """
    at, made = first + (rings if rings > 1 else 0), 0
    longest = 0.0
    for ring in range(rings):
        vertices = rows[0, first + ring] if rings > 1 else count
        start = made
        starts[ring] = start
        _place(rows, at, vertices, points, made)
        at += vertices
        made += vertices
        if kind == POLYGON:
            points[made, :3] = points[start, :3]
            made += 1
        for edge in range(start, made - 1):
            ax, ay, az = points[edge, 0], points[edge, 1], points[edge, 2]
            bx, by, bz = points[edge + 1, 0], points[edge + 1, 1], points[edge + 1, 2]
            chord2 = apart2(ax, ay, az, bx, by, bz)
            points[edge, 3] = 0.5 * (ax + bx)
            points[edge, 4] = 0.5 * (ay + by)
            points[edge, 5] = 0.5 * (az + bz)
            points[edge, 6] = 0.5 * math.sqrt(chord2) + bulge(chord2)
            longest = max(longest, chord2)
    starts[rings] = made
    return ROUNDING_M + PLANE_PER_M2 * longest


@compiled
def to_edge2(x: float, y: float, z: float, points: Floats, edge: int) -> float:
    """The chord from a point to the nearest of an edge, squared."""
    ax, ay, az = points[edge, 0], points[edge, 1], points[edge, 2]
    ux, uy, uz = points[edge + 1, 0] - ax, points[edge + 1, 1] - ay, points[edge + 1, 2] - az
    px, py, pz = x - ax, y - ay, z - az
    to_start2: float = px * px + py * py + pz * pz
    length2 = ux * ux + uy * uy + uz * uz
    along = px * ux + py * uy + pz * uz
    if length2 <= _SHORT_M2:
        if along <= 0.0:
            return to_start2
        if along >= length2:
            return apart2(px, py, pz, ux, uy, uz)
        t = along / length2
        fx, fy, fz = lifted(ax + t * ux, ay + t * uy, az + t * uz)
        return apart2(x, y, z, fx, fy, fz)
    # A long edge: the foot on its plane, which on a sphere would be exact.
    nx, ny, nz = ay * uz - az * uy, az * ux - ax * uz, ax * uy - ay * ux
    off = (x * nx + y * ny + z * nz) / (nx * nx + ny * ny + nz * nz)
    qx, qy, qz = x - off * nx, y - off * ny, z - off * nz
    bx, by, bz = ax + ux, ay + uy, az + uz
    after = (ay * qz - az * qy) * nx + (az * qx - ax * qz) * ny + (ax * qy - ay * qx) * nz
    before = (qy * bz - qz * by) * nx + (qz * bx - qx * bz) * ny + (qx * by - qy * bx) * nz
    if after > 0.0 and before > 0.0:
        fx, fy, fz = lifted(qx, qy, qz)
        return apart2(x, y, z, fx, fy, fz)
    return min(to_start2, apart2(x, y, z, bx, by, bz))


@compiled
def to_edges(x: float, y: float, z: float, points: Floats, starts: Longs, rings: int) -> float:
    """The chord from a point to the nearest of all edges, or to a circle's centre."""
    if starts[rings] == 1:
        return math.sqrt(apart2(x, y, z, points[0, 0], points[0, 1], points[0, 2]))
    best, best2 = math.inf, math.inf
    for ring in range(rings):
        for edge in range(starts[ring], starts[ring + 1] - 1):
            mx, my, mz = points[edge, 3], points[edge, 4], points[edge, 5]
            far = best + points[edge, 6]
            if apart2(x, y, z, mx, my, mz) > far * far:
                continue
            found2 = to_edge2(x, y, z, points, edge)
            if found2 < best2:
                best, best2 = math.sqrt(found2), found2
    return best


@compiled
def side(x: float, y: float, z: float, points: Floats, edge: int) -> float:
    """Metres from the plane of an edge; positive on its left, seen from above."""
    ax, ay, az = points[edge, 0], points[edge, 1], points[edge, 2]
    ux, uy, uz = points[edge + 1, 0] - ax, points[edge + 1, 1] - ay, points[edge + 1, 2] - az
    nx, ny, nz = ay * uz - az * uy, az * ux - ax * uz, ax * uy - ay * ux
    # From differences, so that no digits are lost close to the edge.
    measured: float = (x - ax) * nx + (y - ay) * ny + (z - az) * nz
    return measured / math.sqrt(nx * nx + ny * ny + nz * nz)


@compiled
def outer_middle(points: Floats, starts: Longs) -> Vector:
    """The sum of the outer ring's vertices."""
    x, y, z = 0.0, 0.0, 0.0
    for vertex in range(starts[0], starts[1] - 1):
        x += points[vertex, 0]
        y += points[vertex, 1]
        z += points[vertex, 2]
    return x, y, z


@compiled
def holds(
    x: float,
    y: float,
    z: float,
    points: Floats,
    starts: Longs,
    rings: int,
    mx: float,
    my: float,
    mz: float,
    slack: float,
) -> int:
    """Whether a polygon's region holds a point: MEET, CLEAR (it does not) or UNSURE.

    As `volumes.rings` does: walk from the point to a direction at right angles to the ring's
    middle, which is surely outside, and count the edges on the way. Holes lie inside the outer ring
    and apart, so the edges of all rings count together. mx, my, mz: the outer ring's middle.
    """
    if mx * x + my * y + mz * z <= 0.0:
        return CLEAR
    hx, hy = -my, mx
    if hx == 0.0 and hy == 0.0:
        hx = 1.0
    wx, wy, wz = -z * hy, z * hx, x * hy - y * hx
    inside = False
    for ring in range(rings):
        start = starts[ring]
        above = wx * points[start, 0] + wy * points[start, 1] + wz * points[start, 2] > 0.0
        for edge in range(start, starts[ring + 1] - 1):
            end = edge + 1
            then = wx * points[end, 0] + wy * points[end, 1] + wz * points[end, 2] > 0.0
            if above != then:
                off = side(x, y, z, points, edge)
                if abs(off) <= slack:
                    return UNSURE
                if (off > 0.0) == then:
                    inside = not inside
            above = then
    return MEET if inside else CLEAR


@compiled
def sides(a: Floats, first: int, b: Floats, second: int) -> tuple[float, float]:
    """`side` of both ends of an edge of b from an edge of a."""
    ax, ay, az = a[first, 0], a[first, 1], a[first, 2]
    ux, uy, uz = a[first + 1, 0] - ax, a[first + 1, 1] - ay, a[first + 1, 2] - az
    nx, ny, nz = ay * uz - az * uy, az * ux - ax * uz, ax * uy - ay * ux
    size = 1 / math.sqrt(nx * nx + ny * ny + nz * nz)
    start = (b[second, 0] - ax) * nx + (b[second, 1] - ay) * ny + (b[second, 2] - az) * nz
    following = second + 1
    end = (b[following, 0] - ax) * nx + (b[following, 1] - ay) * ny + (b[following, 2] - az) * nz
    return start * size, end * size


@compiled
def edges_cross(a: Floats, first: int, b: Floats, second: int, slack: float, far: float) -> int:
    """Whether two edges cross: MEET, CLEAR or UNSURE; APART if they are `far` metres from it.

    far: more than slack. Along an edge the distance from a plane through the earth's centre is a
    sine, so it is least at one of its ends.
    """
    b_start, b_end = sides(a, first, b, second)
    if min(b_start, b_end) > far or max(b_start, b_end) < -far:
        return APART
    a_start, a_end = sides(b, second, a, first)
    if min(a_start, a_end) > far or max(a_start, a_end) < -far:
        return APART
    if (
        min(b_start, b_end) > slack
        or max(b_start, b_end) < -slack
        or min(a_start, a_end) > slack
        or max(a_start, a_end) < -slack
    ):
        return CLEAR
    if min(abs(b_start), abs(b_end), abs(a_start), abs(a_end)) <= slack:
        return UNSURE
    # Two planes cross on both sides of the earth: it must be the same side for both edges.
    ax, ay, az = a[first, 0], a[first, 1], a[first, 2]
    dx, dy, dz = a[first + 1, 0], a[first + 1, 1], a[first + 1, 2]
    bx, by, bz = b[second, 0], b[second, 1], b[second, 2]
    ex, ey, ez = b[second + 1, 0], b[second + 1, 1], b[second + 1, 2]
    nx, ny, nz = ay * dz - az * dy, az * dx - ax * dz, ax * dy - ay * dx
    ox, oy, oz = by * ez - bz * ey, bz * ex - bx * ez, bx * ey - by * ex
    x, y, z = ny * oz - nz * oy, nz * ox - nx * oz, nx * oy - ny * ox
    here = x * (ax + dx) + y * (ay + dy) + z * (az + dz) > 0.0
    there = x * (bx + ex) + y * (by + ey) + z * (bz + ez) > 0.0
    return MEET if here == there else CLEAR


@compiled
def edges_near(a: Floats, first: int, b: Floats, second: int, within: float) -> bool:
    """False only if two edges are certainly further apart than `within` metres."""
    reach: float = within + a[first, 6] + b[second, 6]
    return (
        apart2(a[first, 3], a[first, 4], a[first, 5], b[second, 3], b[second, 4], b[second, 5])
        <= reach * reach
    )


@compiled
def between_edges2(a: Floats, first: int, b: Floats, second: int) -> float:
    """The least chord from an end of one edge to the other edge, squared."""
    return min(
        to_edge2(a[first, 0], a[first, 1], a[first, 2], b, second),
        to_edge2(a[first + 1, 0], a[first + 1, 1], a[first + 1, 2], b, second),
        to_edge2(b[second, 0], b[second, 1], b[second, 2], a, first),
        to_edge2(b[second + 1, 0], b[second + 1, 1], b[second + 1, 2], a, first),
    )


@compiled
def measure(
    kind: int, points: Floats, starts: Longs, rings: int, slack: float, buffer_m: float
) -> tuple[float, float, float, float, float]:
    """A centre x, y, z; its ball's radius, which holds the core; and the area's inner radius.

    Every point of the surface within the inner radius (over the surface) of the centre belongs to
    the area; -1.0 if no such radius is certain.
    """
    if kind == CIRCLE:
        return points[0, 0], points[0, 1], points[0, 2], 0.0, buffer_m - ROUNDING_M
    if kind == CORRIDOR:
        edge = (starts[1] - 1) // 2
        x, y, z = lifted(
            points[edge, 0] + points[edge + 1, 0],
            points[edge, 1] + points[edge + 1, 1],
            points[edge, 2] + points[edge + 1, 2],
        )
        inner = buffer_m - slack
    else:
        x, y, z = outer_middle(points, starts)
        if x * x + y * y + z * z < 1.0:
            x, y, z = points[0, 0], points[0, 1], points[0, 2]
        x, y, z = lifted(x, y, z)
        inner = -1.0
        if holds(x, y, z, points, starts, rings, x, y, z, slack) == MEET:
            inner = to_edges(x, y, z, points, starts, rings) * (1 - FOOT) - slack
    furthest2, longest = 0.0, 0.0
    for vertex in range(starts[1]):
        px, py, pz = points[vertex, 0], points[vertex, 1], points[vertex, 2]
        furthest2 = max(furthest2, apart2(x, y, z, px, py, pz))
    for edge in range(starts[1] - 1):
        longest = max(longest, points[edge, 6])
    radius = math.sqrt(furthest2) + bulge(4 * longest * longest) + slack
    return x, y, z, radius, max(inner, -1.0)


@compiled
def spine(
    points: Floats,
    starts: Longs,
    x: float,
    y: float,
    z: float,
    radius: float,
    inner: float,
    slack: float,
) -> tuple[float, float, float, float, float, float]:
    """What holds a long ring, and lies in it, better than balls; all 0 if it is not long.

    Half a straight line through its centre as x, y, z; the width within which every point of the
    region lies from that line; the share of the line, put down on the surface, round which
    everything within the last number (metres over the surface) belongs to the region; that number,
    0 if none is certain. points: the ring's, and two rows after them to work with.
    """
    edges = starts[1] - 1
    if edges > SPINE_EDGES or radius > 100_000.0 or not 1.0 < inner < 0.7 * radius:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    ux, uy, uz, longest2 = 0.0, 0.0, 0.0, 0.0
    for edge in range(edges):
        chord2 = _edge2(points, edge)
        if chord2 > longest2:
            longest2 = chord2
            ux = points[edge + 1, 0] - points[edge, 0]
            uy = points[edge + 1, 1] - points[edge, 1]
            uz = points[edge + 1, 2] - points[edge, 2]
    up = (ux * x + uy * y + uz * z) / (x * x + y * y + z * z)
    ux, uy, uz = ux - up * x, uy - up * y, uz - up * z
    size = math.sqrt(ux * ux + uy * uy + uz * uz)
    if size < 1.0:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    ux, uy, uz = ux / size, uy / size, uz / size
    half, aside2 = 1.0, 0.0
    for vertex in range(edges):
        px, py, pz = points[vertex, 0] - x, points[vertex, 1] - y, points[vertex, 2] - z
        along = px * ux + py * uy + pz * uz
        half = max(half, abs(along))
        aside2 = max(aside2, px * px + py * py + pz * pz - along * along)
    # The region rises over its corners' hull by less than a chord of the whole ball does.
    wide = math.sqrt(aside2) + bulge(4 * radius * radius) + slack + ROUNDING_M
    share, narrow = 0.0, 0.0
    if half - inner > 1.0:
        share = 1 - inner / half
        hx, hy, hz = ux * half * share, uy * half * share, uz * half * share
        points[edges + 1, 0], points[edges + 1, 1], points[edges + 1, 2] = lifted(
            x - hx, y - hy, z - hz
        )
        points[edges + 2, 0], points[edges + 2, 1], points[edges + 2, 2] = lifted(
            x + hx, y + hy, z + hz
        )
        narrow = _clearance(points, edges, 2 * slack) * (1 - FOOT) - slack - ROUNDING_M
    return ux * half, uy * half, uz * half, wide, share, max(narrow, 0.0)


@compiled
def _clearance(points: Floats, edges: int, slack: float) -> float:
    """The chord from the edge in the two rows after a ring to the ring; 0 if they may cross."""
    nearest2 = math.inf
    for edge in range(edges):
        crossing = edges_cross(points, edge, points, edges + 1, slack, slack + 1.0)
        if crossing in (MEET, UNSURE):
            return 0.0
        nearest2 = min(nearest2, between_edges2(points, edge, points, edges + 1))
    return math.sqrt(nearest2)


@compiled
def by_distance(chord: float, slack: float, radius: float, buffers: float) -> int:
    """CLEAR, or UNSURE, from the chord between a point and a core, a ball of `radius` round it.

    Two areas more than 1 m apart must not be said to meet (V-13), so beyond that they are clear.
    """
    least = chord * (1 - FOOT) - slack - radius
    return CLEAR if arc_at_least(least) > buffers + 1.0 else UNSURE


@compiled
def from_centre(
    x: float,
    y: float,
    z: float,
    radius: float,
    inner: float,
    kind: int,
    points: Floats,
    starts: Longs,
    rings: int,
    mx: float,
    my: float,
    mz: float,
    slack: float,
    buffer_m: float,
    own_buffer_m: float,
) -> int:
    """An area known by its centre, ball and inner radius, against a shape."""
    chord = to_edges(x, y, z, points, starts, rings)
    if by_distance(chord, slack, radius, buffer_m + own_buffer_m) == CLEAR:
        if kind != POLYGON:
            return CLEAR
        # Clear of all edges: so it lies wholly inside the region or wholly outside.
        return holds(x, y, z, points, starts, rings, mx, my, mz, slack)
    if inner >= 0.0:
        if arc_at_most(chord * (1 + FOOT) + slack) <= inner + buffer_m:
            return MEET
        if kind == POLYGON and holds(x, y, z, points, starts, rings, mx, my, mz, slack) == MEET:
            return MEET
    return UNSURE


@compiled
def edge_to_edge(
    a: Floats,
    a_starts: Longs,
    a_rings: int,
    a_kind: int,
    ax: float,
    ay: float,
    az: float,
    b: Floats,
    b_starts: Longs,
    b_rings: int,
    b_kind: int,
    bx: float,
    by: float,
    bz: float,
    slack: float,
    buffers: float,
) -> int:
    """Two shapes, each with its centre, every edge of one against every edge of the other."""
    unsure = False
    if a_kind == POLYGON:
        held = holds(b[0, 0], b[0, 1], b[0, 2], a, a_starts, a_rings, ax, ay, az, slack)
        if held == MEET:
            return MEET
        unsure = held == UNSURE
    if b_kind == POLYGON:
        held = holds(a[0, 0], a[0, 1], a[0, 2], b, b_starts, b_rings, bx, by, bz, slack)
        if held == MEET:
            return MEET
        unsure = unsure or held == UNSURE
    within = (buffers + 1.0) * (1 + 2 * FOOT) + 2 * slack
    nearest2 = within * within
    for b_ring in range(b_rings):
        for second in range(b_starts[b_ring], b_starts[b_ring + 1] - 1):
            for a_ring in range(a_rings):
                for first in range(a_starts[a_ring], a_starts[a_ring + 1] - 1):
                    if not edges_near(a, first, b, second, within):
                        continue
                    crossing = edges_cross(a, first, b, second, slack, within + slack)
                    if crossing == MEET:
                        return MEET
                    if crossing == APART:
                        continue
                    unsure = unsure or crossing == UNSURE
                    nearest2 = min(nearest2, between_edges2(a, first, b, second))
    nearest = math.sqrt(nearest2)
    if arc_at_most(nearest * (1 + FOOT) + slack) <= buffers:
        return MEET
    if unsure or arc_at_least(nearest * (1 - FOOT) - slack) <= buffers + 1.0:
        return UNSURE
    return CLEAR


@compiled
def _edge2(points: Floats, edge: int) -> float:
    """The chord of an edge, squared."""
    ax, ay, az = points[edge, 0], points[edge, 1], points[edge, 2]
    return apart2(ax, ay, az, points[edge + 1, 0], points[edge + 1, 1], points[edge + 1, 2])


@compiled
def edges_certainly_sound(
    count: int, rings: int, kind: int, buffer_m: int, points: Floats, starts: Longs
) -> bool:
    """Whether an area certainly keeps V-1 to V-5, V-16, V-18. Its positions must be in range."""
    if kind == POLYGON:
        if buffer_m != 0 or count < 3:
            return False
    elif not 1 <= buffer_m <= 2_000_000 or count < (1 if kind == CIRCLE else 2):
        return False
    if kind == CIRCLE:
        return count == 1
    if rings != 1 or count > 2_000:
        return False
    total, pieces = 0.0, 0
    for edge in range(starts[1] - 1):
        chord2 = _edge2(points, edge)
        arc = arc_at_most(math.sqrt(chord2))
        if chord2 < 1.0 or arc > 9_990_000.0:
            return False
        total += arc
        pieces += int(arc / 40_000.0) + 1
    # Both limits are undercut by 1 %, more than the lengths can be wrong.
    wide = 2.0 * buffer_m
    return pieces <= 700 and total <= 99_000_000.0 and wide * (total + wide) <= 2.52e14


@compiled
def ring_certainly_sound(
    points: Floats,
    edges: int,
    x: float,
    y: float,
    z: float,
    radius: float,
    inner: float,
    slack: float,
) -> bool:
    """Whether a ring with this centre, ball and inner radius certainly keeps V-6 and V-7."""
    within = 1.0 + 2 * slack
    if radius < 100_000.0 and inner > within and _star(points, edges, x, y, z, inner, within):
        return True
    size = math.sqrt(x * x + y * y + z * z)
    for vertex in range(edges):
        px, py, pz = points[vertex, 0], points[vertex, 1], points[vertex, 2]
        reach = (px * x + py * y + pz * z) / math.sqrt(px * px + py * py + pz * pz)
        if not reach > 0.174 * size:  # the cosine of 80 degrees is 0.17365
            return False
    for edge in range(edges):
        for other in range(edge + 1, edges):
            if other == edge + 1:
                if not _corner_open(points, edge, other, within):
                    return False
            elif other == edge + edges - 1:
                if not _corner_open(points, other, edge, within):
                    return False
            elif edges_near(points, edge, points, other, within):
                crossing = edges_cross(points, edge, points, other, 2 * slack, within + 2 * slack)
                if crossing in (MEET, UNSURE) or (
                    crossing == CLEAR
                    and between_edges2(points, edge, points, other) <= within * within
                ):
                    return False
    return True


@compiled
def _star(
    points: Floats, edges: int, x: float, y: float, z: float, inner: float, within: float
) -> bool:
    """Whether, seen from the centre, every edge turns the same way, once round, and by enough.

    Then between an edge and any other but its neighbours, or its neighbour's far end, lies at least
    the angle of one edge on either side; so they are at least inner * sin(that) apart. Twice what is
    needed is asked for, since the angles are those of chords.
    """
    size2 = x * x + y * y + z * z
    fx, fy, fz = points[0, 0] - x, points[0, 1] - y, points[0, 2] - z
    ux, uy, uz = fx, fy, fz
    u2 = ux * ux + uy * uy + uz * uz
    least = (2 * within / inner) ** 2 * size2
    direction, before = 0.0, 0.0
    turns = 0
    for vertex in range(1, edges + 1):
        vx, vy, vz = points[vertex, 0] - x, points[vertex, 1] - y, points[vertex, 2] - z
        turn = (uy * vz - uz * vy) * x + (uz * vx - ux * vz) * y + (ux * vy - uy * vx) * z
        v2 = vx * vx + vy * vy + vz * vz
        if turn * turn <= least * u2 * v2 or turn * direction < 0.0:
            return False
        direction = turn
        aside = (fy * vz - fz * vy) * x + (fz * vx - fx * vz) * y + (fx * vy - fy * vx) * z
        if before * direction < 0.0 and (vertex == edges or aside * direction >= 0.0):
            turns += 1
        before = aside
        ux, uy, uz, u2 = vx, vy, vz, v2
    return turns == 1


@compiled
def _corner_open(points: Floats, edge: int, following: int, within: float) -> bool:
    """Whether of two edges in a row neither comes back near the other's far end."""
    ax, ay, az = points[edge, 0], points[edge, 1], points[edge, 2]
    bx, by, bz = points[edge + 1, 0], points[edge + 1, 1], points[edge + 1, 2]
    cx, cy, cz = points[following + 1, 0], points[following + 1, 1], points[following + 1, 2]
    near2 = within * within
    if (
        to_edge2(ax, ay, az, points, following) <= near2
        or to_edge2(cx, cy, cz, points, edge) <= near2
    ):
        return False
    ux, uy, uz, vx, vy, vz = ax - bx, ay - by, az - bz, cx - bx, cy - by, cz - bz
    u2, v2 = ux * ux + uy * uy + uz * uz, vx * vx + vy * vy + vz * vz
    if max(u2, v2) <= _SHORT_M2:
        return True
    # Cut into pieces, not only the far ends could be close: the corner must not be a needle.
    turn: float = ux * vx + uy * vy + uz * vz
    return turn < 0.0 or turn * turn < 0.9999 * u2 * v2
