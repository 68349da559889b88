"""The compiled search behind `approach`: which pairs come too close, and when.

Every track is a point of the ellipsoid in earth-centred metres, with its velocity, acceleration and
jerk along its geodesic, taken in the middle of the look-ahead; so there is no antimeridian and no
pole. The broad phase cuts the look-ahead into slices, encloses each track's path in a slice in discs,
and puts the discs into cells of the surface; only tracks of one cell and of meeting heights are
compared. It may bring together pairs that never meet, and never keeps apart a pair that does: a pair
within the limit has a middle point, which lies in both discs, hence in a cell that both are in.

One file, because compiled code is kept by source file and would not notice a change elsewhere.
"""

from __future__ import annotations

import math
from typing import Final, TypeAlias

import numpy as np

from firebreak.watch.compiled import compiled
from firebreak.watch.reports import Bytes, Floats, Ints, Longs

_A: Final = 6378137.0
_F: Final = 1 / 298.257223563
_B: Final = _A * (1 - _F)
_E2: Final = _F * (2 - _F)
_XY: Final = 1 / (_A * _A)
_Z: Final = 1 / (_B * _B)
_CHORD: Final = 24.0 * 6_367_000.0**2
"""An arc is its chord c and c^3 / _CHORD more: within 2 cm at 100 km, whatever the direction."""

_STEP_M: Final = 100_000.0
_MARGIN_M: Final = 50.0
"""Added to every disc, for the errors of the expansion (at most 5 m, for a path of 2,000 km)."""
_BINS: Final = 16_384
_PIECES: Final = 64
_BOTH: Final = 3
_SHARE: Final = 10
"""One cell takes at most a tenth of what a search may find and compare: no crowd hides the rest."""
_WITHIN_S: Final = 1e-3
_SAME_S: Final = 1e-5
_SIXTIETHS: Final = 60.0
UNKNOWN: Final = 255

Triple: TypeAlias = tuple[float, float, float]
Found: TypeAlias = tuple[Ints, Ints, Floats, Floats, Floats, Ints, bool]


@compiled
def moving_states(
    latitude_e7: Ints, longitude_e7: Ints, speed_cm_s: Ints, course_cd: Ints, seconds: float
) -> Floats:
    """Each track after `seconds` on its geodesic, shape (n, 13): position, velocity,
    acceleration, jerk (x, y, z of each) and the square of the rate of turn.

    By Taylor steps of at most 100 km, exact to the third order and the sphere's in the fourth and
    fifth: within 2 cm after 1,500 km.
    """
    n = len(latitude_e7)
    out = np.empty((n, 13), np.float64)
    for i in range(n):
        latitude = latitude_e7[i] * (math.pi / 180e7)
        longitude = longitude_e7[i] * (math.pi / 180e7)
        azimuth = course_cd[i] * (math.pi / 18_000.0)
        speed = speed_cm_s[i] * 0.01
        sine, cosine = math.sin(latitude), math.cos(latitude)
        across, along = math.sin(longitude), math.cos(longitude)
        east, north = math.sin(azimuth), math.cos(azimuth)
        normal = _A / math.sqrt(1.0 - _E2 * sine * sine)
        x, y, z = normal * cosine * along, normal * cosine * across, normal * (1.0 - _E2) * sine
        tx = -sine * along * north - across * east
        ty = -sine * across * north + along * east
        tz = cosine * north
        way = speed * seconds
        steps = math.ceil(way / _STEP_M)
        s = way / steps if steps > 0 else 0.0
        nx = ny = nz = jx = jy = jz = curved = 0.0
        for step in range(steps + 1):
            gx, gy, gz = x * _XY, y * _XY, z * _Z
            size = math.sqrt(gx * gx + gy * gy + gz * gz)
            nx, ny, nz = gx / size, gy / size, gz / size
            # Onto the tangent plane, and of length 1.
            off = tx * nx + ty * ny + tz * nz
            tx, ty, tz = tx - off * nx, ty - off * ny, tz - off * nz
            unit = 1.0 / math.sqrt(tx * tx + ty * ty + tz * tz)
            tx, ty, tz = tx * unit, ty * unit, tz * unit
            hx, hy, hz = tx * _XY, ty * _XY, tz * _Z
            curved = (tx * hx + ty * hy + tz * hz) / size
            tilt = 4.0 * (nx * hx + ny * hy + nz * hz)
            bend = curved / size
            jx, jy, jz = bend * (tilt * nx - hx), bend * (tilt * ny - hy), bend * (tilt * nz - hz)
            if step == steps:
                break
            # Derivatives by the way gone: t, -curved n, j, curved^3 n, curved^4 t.
            k2 = curved * curved
            a0 = 1.0 + s**4 * k2 * k2 / 120.0
            b0 = -s * curved * (0.5 - s * s * k2 / 24.0)
            c0 = s * s / 6.0
            a1 = 1.0 + s**4 * k2 * k2 / 24.0
            b1 = -s * curved * (1.0 - s * s * k2 / 6.0)
            c1 = s * s / 2.0
            x += s * (a0 * tx + b0 * nx + c0 * jx)
            y += s * (a0 * ty + b0 * ny + c0 * jy)
            z += s * (a0 * tz + b0 * nz + c0 * jz)
            tx = a1 * tx + b1 * nx + c1 * jx
            ty = a1 * ty + b1 * ny + c1 * jy
            tz = a1 * tz + b1 * nz + c1 * jz
        row = out[i]
        row[0], row[1], row[2] = x, y, z
        row[3], row[4], row[5] = speed * tx, speed * ty, speed * tz
        pull = -curved * speed * speed
        row[6], row[7], row[8] = pull * nx, pull * ny, pull * nz
        cube = speed * speed * speed
        row[9], row[10], row[11] = cube * jx, cube * jy, cube * jz
        row[12] = curved * curved * speed * speed
    return out


@compiled
def _along(row: Floats, t: float) -> tuple[Triple, Triple]:
    """Position and velocity t seconds from the middle of the look-ahead."""
    k = row[12]
    t2 = t * t
    a0 = t * (1.0 + t2 * t2 * k * k / 120.0)
    b0 = t2 * (0.5 - t2 * k / 24.0)
    c0 = t2 * t / 6.0
    a1 = 1.0 + t2 * t2 * k * k / 24.0
    b1 = t * (1.0 - t2 * k / 6.0)
    c1 = t2 / 2.0
    return (
        (
            row[0] + a0 * row[3] + b0 * row[6] + c0 * row[9],
            row[1] + a0 * row[4] + b0 * row[7] + c0 * row[10],
            row[2] + a0 * row[5] + b0 * row[8] + c0 * row[11],
        ),
        (
            a1 * row[3] + b1 * row[6] + c1 * row[9],
            a1 * row[4] + b1 * row[7] + c1 * row[10],
            a1 * row[5] + b1 * row[8] + c1 * row[11],
        ),
    )


@compiled
def _relative(one: Floats, other: Floats, out: Floats) -> None:
    """The way from other to one as a polynomial of time: its six coefficients, x, y, z of each."""
    k, m = one[12], other[12]
    for c in range(3):
        out[c] = one[c] - other[c]
        out[3 + c] = one[3 + c] - other[3 + c]
        out[6 + c] = (one[6 + c] - other[6 + c]) / 2.0
        out[9 + c] = (one[9 + c] - other[9 + c]) / 6.0
        out[12 + c] = (m * other[6 + c] - k * one[6 + c]) / 24.0
        out[15 + c] = (k * k * one[3 + c] - m * m * other[3 + c]) / 120.0


@compiled
def _apart(way: Floats, t: float) -> Triple:
    """Squared distance at t, half its slope, and the squared relative speed."""
    x = ((((way[15] * t + way[12]) * t + way[9]) * t + way[6]) * t + way[3]) * t + way[0]
    y = ((((way[16] * t + way[13]) * t + way[10]) * t + way[7]) * t + way[4]) * t + way[1]
    z = ((((way[17] * t + way[14]) * t + way[11]) * t + way[8]) * t + way[5]) * t + way[2]
    u = (((5.0 * way[15] * t + 4.0 * way[12]) * t + 3.0 * way[9]) * t + 2.0 * way[6]) * t + way[3]
    v = (((5.0 * way[16] * t + 4.0 * way[13]) * t + 3.0 * way[10]) * t + 2.0 * way[7]) * t + way[4]
    w = (((5.0 * way[17] * t + 4.0 * way[14]) * t + 3.0 * way[11]) * t + 2.0 * way[8]) * t + way[5]
    return x * x + y * y + z * z, x * u + y * v + z * w, u * u + v * v + w * w


@compiled
def _size(way: Floats, at: int) -> float:
    return math.sqrt(way[at] * way[at] + way[at + 1] * way[at + 1] + way[at + 2] * way[at + 2])


@compiled
def _speed2(row: Floats) -> float:
    return float(row[3] * row[3] + row[4] * row[4] + row[5] * row[5])


@compiled
def _pieces(way: Floats, speeds2: float, half: float) -> int:
    """1 where the squared distance is certainly convex over the look-ahead, otherwise _PIECES.

    On a sphere of radius R two tracks d apart pull together by (v1^2 + v2^2) d^2 / 2 R^2, at most;
    the squared relative speed must be above that. Twice as much is asked.
    """
    speed = _size(way, 3)
    change = (
        2.0 * _size(way, 6) + (6.0 * _size(way, 9) + _size(way, 12) * 12.0 * half) * half
    ) * half
    least, most = speed - change, speed + change
    farthest = _size(way, 0) + most * half
    pull = speeds2 * farthest * farthest / (_B * _B)
    return 1 if least > 0.0 and least * least > pull else _PIECES


@compiled
def _lowest(way: Floats, low: float, high: float, t: float) -> float:
    """When, between low (approaching) and high (leaving), they are closest: Newton in a bracket."""
    for _ in range(60):
        _, slope, speed2 = _apart(way, t)
        if slope < 0.0:
            low = t
        else:
            high = t
        after = t - slope / speed2 if speed2 > 0.0 else low
        if not low <= after <= high:
            after = 0.5 * (low + high)
        if abs(after - t) < _SAME_S:
            return after
        t = after
    return t


@compiled
def _crossing(way: Floats, low: float, high: float, limit2: float, t: float) -> float:
    """When, between low (outside) and high (inside), the limit is crossed: Newton in a bracket."""
    for _ in range(80):
        distance2, slope, _ = _apart(way, t)
        if distance2 < limit2:
            high = t
        else:
            low = t
        after = t - 0.5 * (distance2 - limit2) / slope if slope < 0.0 else low
        if not low <= after <= high:
            after = 0.5 * (low + high)
        if abs(after - t) < _SAME_S:
            return after
        t = after
    return t


@compiled
def _meeting(way: Floats, low: float, high: float, pieces: int, limit2: float) -> Triple:
    """First time in [low, high] within the limit (infinite: never), closest time, squared distance."""
    loses, closest, least = math.inf, low, math.inf
    start = low
    start2, start_slope, _ = _apart(way, low)
    for piece in range(pieces):
        end = high if piece == pieces - 1 else low + (high - low) * (piece + 1) / pieces
        end2, end_slope, _ = _apart(way, end)
        if start2 < limit2 and loses == math.inf:
            loses = start
        when, when2 = (start, start2) if start2 <= end2 else (end, end2)
        speed2 = 0.0
        if start_slope < 0.0 < end_slope:
            guess = start - start_slope * (end - start) / (end_slope - start_slope)
            when = _lowest(way, start, end, guess)
            when2, _, speed2 = _apart(way, when)
        if when2 < limit2 and loses == math.inf:
            guess = 0.5 * (start + when)
            if speed2 > 0.0:
                guess = max(when - math.sqrt((limit2 - when2) / speed2), start)
            loses = _crossing(way, start, when, limit2, guess)
        if when2 < least:
            closest, least = when, when2
        start, start2, start_slope = end, end2, end_slope
    return loses, closest, least


@compiled
def _close_in(low: float, high: float, step: int, room_up: int, room_down: int) -> Triple:
    """The part of [low, high] in which heights that part by `step` a second are within limits.

    Heights are within limits at t while step t < room_up and -step t < room_down: whole numbers,
    so that a pair without relative climb is decided exactly (W-C3). Third: 1.0 if there is such a part.
    """
    if step == 0:
        return low, high, 1.0 if room_up > 0 and room_down > 0 else 0.0
    if step > 0:
        low, high = max(low, -room_down / step), min(high, room_up / step)
    else:
        low, high = max(low, room_up / step), min(high, -room_down / step)
    return low, high, 1.0 if low < high else 0.0


@compiled
def _discs(
    states: Floats, middle: float, length: float, half_limit: float, longest: float
) -> tuple[Longs, Floats]:
    """For each track its discs in the slice: first[i] to first[i + 1]; rows (sine, span, from, to).

    sine: of the geocentric latitude of its middle; span: half its extent in sines; from, to:
    longitudes, radians, or from > to where it holds all of them.
    """
    n = len(states)
    first = np.empty(n + 1, np.int64)
    first[0] = 0
    for i in range(n):
        path = math.sqrt(_speed2(states[i])) * length
        first[i + 1] = first[i] + max(1, math.ceil(path / longest))
    discs = np.empty((first[n], 4), np.float64)
    for i in range(n):
        count = first[i + 1] - first[i]
        path = math.sqrt(_speed2(states[i])) * length / count
        # No point of the ellipsoid is nearer to the centre than B: angles are not understated.
        arc = (0.5 * path + half_limit + _MARGIN_M) / _B
        for k in range(count):
            at = middle + length * ((k + 0.5) / count - 0.5)
            (x, y, z), _ = _along(states[i], at)
            rho = math.sqrt(x * x + y * y)
            size = math.sqrt(rho * rho + z * z)
            disc = discs[first[i] + k]
            disc[0] = z / size
            disc[1] = arc * rho / size + 0.5 * arc * arc
            if rho > 2.0 * arc * size:
                longitude = math.atan2(y, x)
                sine = arc * size / rho
                # The arcsine of up to a half is at most this.
                wide = sine * (1.0 + 0.19 * sine * sine)
                disc[2], disc[3] = longitude - wide, longitude + wide
            else:
                disc[2], disc[3] = 1.0, -1.0
    return first, discs


@compiled
def _columns_of(disc: Floats, count: int) -> tuple[int, int]:
    """The first column of a disc in a row of `count`, and how many follow round the earth with it."""
    if disc[2] > disc[3]:
        return 0, count
    scale = count / (2.0 * math.pi)
    low = math.floor((disc[2] + math.pi) * scale)
    high = math.floor((disc[3] + math.pi) * scale)
    if high - low + 1 >= count:
        return 0, count
    width = high - low + 1
    if low < 0:
        low += count
    elif low >= count:
        low -= count
    return low, width


@compiled
def _sort(entries: Longs, begin: int, end: int) -> None:
    if end - begin > 16:
        entries[begin:end].sort()
        return
    for k in range(begin + 1, end):
        entry = entries[k]
        m = k
        while m > begin and entries[m - 1] > entry:
            entries[m] = entries[m - 1]
            m -= 1
        entries[m] = entry


@compiled
def _entries(
    bins: Longs, first: Longs, discs: Floats, rows: int, columns: Ints, mask: int
) -> tuple[Ints, Longs]:
    """Buckets of tracks, each in order of bin: entries starts[b] to starts[b + 1].

    An entry is bin x 2^32 + 4 x track, plus 1 if this is the first row of its disc, plus 2 if the
    first column. Two discs that meet do so in a cell that is the first row of one of them and the
    first column of one of them; in the other common cells they need not be compared. Cells that
    share a bucket cost time only.
    """
    total, size = 0, 6 * len(discs)
    bucket_of, entry_of = np.empty(size, np.int32), np.empty(size, np.int64)
    starts = np.zeros(mask + 2, np.int32)
    for i in range(len(bins)):
        entry = (bins[i] << 32) + 4 * i
        for d in range(first[i], first[i + 1]):
            disc = discs[d]
            low = max(0, int((disc[0] - disc[1] + 1.0) * 0.5 * rows))
            high = min(rows - 1, int((disc[0] + disc[1] + 1.0) * 0.5 * rows))
            for row in range(low, high + 1):
                count = columns[row]
                begin, width = _columns_of(disc, count)
                column = begin
                flags = 3 if row == low else 2
                for _ in range(width):
                    if total == size:
                        size *= 2
                        bucket_of = np.append(bucket_of, np.empty_like(bucket_of))
                        entry_of = np.append(entry_of, np.empty_like(entry_of))
                    bucket = (row * 40_503 + column) & mask
                    starts[bucket] += 1
                    bucket_of[total], entry_of[total] = bucket, entry + flags
                    total += 1
                    flags &= 1
                    column = column + 1 if column + 1 < count else 0
    total_before = 0
    for b in range(mask + 2):
        here = starts[b]
        starts[b] = total_before
        total_before += here
    found = np.empty(total, np.int64)
    for e in range(total):
        bucket = bucket_of[e]
        found[starts[bucket]] = entry_of[e]
        starts[bucket] += 1
    # Filling moved each start to the next one's.
    for b in range(mask, -1, -1):
        starts[b + 1] = starts[b]
    starts[0] = 0
    for b in range(mask + 1):
        _sort(found, starts[b], starts[b + 1])
    return starts, found


@compiled
def _near(one: Floats, other: Floats, low: float, high: float, limit: float) -> bool:
    """Whether two tracks, taken as straight from the slice's middle, may come within the limit."""
    x, y, z = one[0] - other[0], one[1] - other[1], one[2] - other[2]
    u, v, w = one[3] - other[3], one[4] - other[4], one[5] - other[5]
    reach = limit + one[6] + other[6]
    speed2 = u * u + v * v + w * w
    t = low
    if speed2 > 0.0:
        t = min(max(-(x * u + y * v + z * w) / speed2, low), high)
    x, y, z = x + u * t, y + v * t, z + w * t
    return bool(x * x + y * y + z * z < reach * reach)


@compiled
def search(
    states: Floats,
    lowest: Longs,
    highest: Longs,
    climb: Longs,
    group: Bytes,
    across: bool,
    limit_m: float,
    room: int,
    look_ahead_s: int,
    slices: int,
    cell_m: float,
    most_found: int,
    most_compared: int,
) -> Found:
    """Pairs that come within limit_m and `room` of height at one time in the look-ahead.

    states: `moving_states` at half the look-ahead. lowest, highest: bounds of the height now, in
    sixtieths of a foot; climb: what is added each second. across: only pairs of different groups,
    or with UNKNOWN. Gives a, b, loses_s, closest_s, closest_m, vertical_ft and whether all was
    compared; pairs found earlier in the look-ahead first; a pair may come twice.
    """
    n = len(states)
    half = 0.5 * look_ahead_s
    chord = limit_m - limit_m**3 / _CHORD
    limit2 = chord * chord
    size = 1024
    a_out, b_out = np.empty(size, np.int32), np.empty(size, np.int32)
    loses_out, closest_out = np.empty(size, np.float64), np.empty(size, np.float64)
    metres_out, vertical_out = np.empty(size, np.float64), np.empty(size, np.int32)
    found, compared, complete = 0, 0, True

    rows = max(8, math.floor(2.0 * _A / (0.65 * cell_m)))
    columns = np.empty(rows, np.int32)
    for row in range(rows):
        sine = (2.0 * row + 1.0) / rows - 1.0
        columns[row] = max(
            1, math.floor(2.0 * math.pi * _A * math.sqrt(1.0 - sine * sine) / cell_m)
        )
    heights = np.empty((n, 2), np.int64)
    way_between = np.empty(18, np.float64)
    straight = np.empty((n, 8), np.float64)

    for k in range(slices):
        begin, end = look_ahead_s * k // slices, look_ahead_s * (k + 1) // slices
        length = float(end - begin)
        middle = 0.5 * (begin + end) - half
        for i in range(n):
            now, later = climb[i] * begin, climb[i] * end
            heights[i, 0] = lowest[i] + min(now, later)
            heights[i, 1] = highest[i] + max(now, later) + room
        lows = heights[:, 0].copy()
        base = lows.min()
        quantum = (lows.max() - base) // _BINS + 1
        bins = (lows - base) // quantum
        first, discs = _discs(states, middle, length, 0.5 * limit_m, 2.0 * cell_m)
        mask = 1023
        while mask < len(discs):
            mask = 2 * mask + 1
        starts, entries = _entries(bins, first, discs, rows, columns, mask)
        for i in range(n):
            line = straight[i]
            (line[0], line[1], line[2]), (line[3], line[4], line[5]) = _along(states[i], middle)
            way = math.sqrt(_speed2(states[i])) * 0.5 * length
            line[6] = _MARGIN_M / 2 + way * way / (2.0 * _B) * (1.0 + way / _B)
            line[7] = _MARGIN_M + way + 0.5 * limit_m
        for bucket in range(mask + 1):
            stop = starts[bucket + 1]
            flags = 0
            for e in range(starts[bucket], stop):
                flags |= entries[e]
            if flags & _BOTH != _BOTH:
                continue
            cut = False
            found_until = min(most_found, found + 1 + most_found // _SHARE)
            compared_until = min(most_compared, compared + most_compared // _SHARE)
            for e in range(starts[bucket], stop):
                i = (entries[e] & 0xFFFFFFFF) >> 2
                low_i, high_i = heights[i, 0], heights[i, 1]
                last_bin = (high_i - base) // quantum
                line = straight[i]
                for g in range(e + 1, stop):
                    compared += 1
                    if entries[g] >> 32 > last_bin:
                        break
                    j = (entries[g] & 0xFFFFFFFF) >> 2
                    other = straight[j]
                    x, y, z = line[0] - other[0], line[1] - other[1], line[2] - other[2]
                    u, v, w = line[3] - other[3], line[4] - other[4], line[5] - other[5]
                    square = x * x + y * y + z * z
                    along = x * u + y * v + z * w
                    disc, reach = line[7] + other[7], limit_m + line[6] + other[6]
                    over = square - reach * reach
                    # In one condition without branches, for nearly all fail at one or the other. The
                    # last: apart now, and even the whole straight lines pass each other too far away.
                    if not (
                        ((entries[e] | entries[g]) & _BOTH == _BOTH)
                        & (heights[j, 0] < high_i)
                        & (low_i < heights[j, 1])
                        & (square <= disc * disc)
                        & ((over <= 0.0) | (over * (u * u + v * v + w * w) <= along * along))
                    ):
                        continue
                    if i == j or (across and group[i] == group[j] and group[i] != UNKNOWN):
                        continue
                    step = climb[i] - climb[j]
                    up, down = room - lowest[i] + highest[j], room - lowest[j] + highest[i]
                    low, high, some = _close_in(0.0, float(look_ahead_s), step, up, down)
                    if some == 0.0:
                        continue
                    near_low = max(low, float(begin)) - half - middle
                    near_high = min(high, float(end)) - half - middle
                    if near_low > near_high + _WITHIN_S or not _near(
                        line, other, near_low, near_high, limit_m
                    ):
                        continue
                    _relative(states[i], states[j], way_between)
                    pieces = _pieces(way_between, _speed2(states[i]) + _speed2(states[j]), half)
                    loses, closest, least = _meeting(
                        way_between, low - half, high - half, pieces, limit2
                    )
                    loses += half
                    # One slice holds the loss; a rounding at its edge may give it to two.
                    if not begin - _WITHIN_S <= loses <= end + _WITHIN_S:
                        continue
                    if found == found_until:  # W-C8
                        cut = True
                        break
                    if found == size:
                        size *= 2
                        a_out = np.append(a_out, np.empty_like(a_out))
                        b_out = np.append(b_out, np.empty_like(b_out))
                        loses_out = np.append(loses_out, np.empty_like(loses_out))
                        closest_out = np.append(closest_out, np.empty_like(closest_out))
                        metres_out = np.append(metres_out, np.empty_like(metres_out))
                        vertical_out = np.append(vertical_out, np.empty_like(vertical_out))
                    closest += half
                    metres = math.sqrt(least)
                    a_out[found], b_out[found] = i, j
                    loses_out[found], closest_out[found] = loses, closest
                    metres_out[found] = metres + metres**3 / _CHORD
                    gap = abs(lowest[i] - lowest[j] + step * closest)
                    vertical_out[found] = math.floor(gap / _SIXTIETHS)
                    found += 1
                if compared > compared_until:  # W-C8
                    cut = True
                if cut:
                    break
            if cut:
                complete = False
                if found >= most_found or compared >= most_compared:
                    break
        if not complete and (found >= most_found or compared >= most_compared):
            break
    return (
        a_out[:found],
        b_out[:found],
        loses_out[:found],
        closest_out[:found],
        metres_out[:found],
        vertical_out[:found],
        complete,
    )
