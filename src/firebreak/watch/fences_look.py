"""All fences that matter to each track, in one pass (spec/watch.md, W-F5 to W-F8)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from firebreak.values import DEGREE
from firebreak.watch.compiled import compiled
from firebreak.watch.fences_near import (
    _RADIUS,
    BLOCKS,
    EDGES,
    FARTHEST_M,
    LINE,
    POINTS,
    REGION,
    RING,
    SLACK_M,
    Lots,
    Singles,
    _arc,
    _centre,
    _frame,
    _leaves,
    _side,
    _within,
)
from firebreak.watch.fences_outline import vectors
from firebreak.watch.reports import Bytes, Floats, Ints, Longs

_GROUP: Final = DEGREE // 2
"""Tracks within half a degree share one search of the tree."""


@dataclass(frozen=True, slots=True)
class Movers:
    """n tracks: positions in 1e-7 degree, course in 0.01 degree, metres of path ahead, domain, and the
    heights in feet over `reference` that they may have on the way (n,)."""

    latitude_e7: Ints
    longitude_e7: Ints
    course_cd: Ints
    path_m: Floats
    domain: Bytes
    reference: Bytes
    lowest_ft: Ints
    highest_ft: Ints

    def take(self, rows: Longs) -> Movers:
        """These of the tracks."""
        return Movers(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Rules:
    """What each fence is besides its edges: sort, buffer (f,); in_force: now or within the look-ahead,
    and domains, by domain (f, 3); low_ft, high_ft: by reference (f, 4); left: inside is left (f,)."""

    sort: Bytes
    buffer_m: Floats
    concerned: Bytes
    low_ft: Ints
    high_ft: Ints
    left: Bytes


@compiled
def _gather(
    nodes: Floats,
    links: Ints,
    leaves: Ints,
    lots: Floats,
    lot_fence: Ints,
    buffer_m: Floats,
    centre: tuple[float, float, float],
    reach: float,
    found: Ints,
) -> tuple[int, float]:
    """Lots within reach of a point; how many. If none: a distance that all are beyond."""
    count = 0
    clear = np.inf
    pending = np.empty(128, np.int32)
    top = 0
    if len(nodes):
        pending[0] = 0
        top = 1
    while top:
        top -= 1
        node = pending[top]
        dx, dy = nodes[node, 0] - centre[0], nodes[node, 1] - centre[1]
        dz = nodes[node, 2] - centre[2]
        gap = np.sqrt(dx * dx + dy * dy + dz * dz) - nodes[node, 3]
        if gap > reach and (count or gap >= clear):
            continue
        if links[node, 0] >= 0:
            # The nearer child last, so that it is opened first.
            pending[top], pending[top + 1] = links[node, 1], links[node, 0]
            top += 2
            continue
        first = -1 - links[node, 0]
        for place in range(first, first + links[node, 1]):
            lot = leaves[place]
            dx, dy = lots[lot, 0] - centre[0], lots[lot, 1] - centre[1]
            dz = lots[lot, 2] - centre[2]
            gap = np.sqrt(dx * dx + dy * dy + dz * dz) - lots[lot, 3] - buffer_m[lot_fence[lot]]
            clear = min(clear, gap)
            if gap <= reach:
                found[count] = lot
                count += 1
    return count, clear


@compiled
def _look(
    starts: Longs,
    places: Floats,
    y: Ints,
    x: Ints,
    course: Ints,
    path_m: Floats,
    domain: Bytes,
    reference: Bytes,
    lowest_ft: Ints,
    highest_ft: Ints,
    held_starts: Longs,
    held: Ints,
    reach_m: float,
    sort: Bytes,
    buffer_m: Floats,
    concerned: Bytes,
    low_ft: Ints,
    high_ft: Ints,
    left_in: Bytes,
    points: Singles,
    inverse: Singles,
    blocks: Singles,
    chain: Ints,
    lots: Floats,
    lot_blocks: Ints,
    lot_fence: Ints,
    fence_lots: Ints,
    nodes: Floats,
    links: Ints,
    leaves: Ints,
    out: Ints,
    out_m: Singles,
    clear_m: Floats,
) -> int:
    """Findings, filled as far as `out` reaches; how many there are.

    out: (room, 4) track, fence, inside, side. out_m: (room, 2) distance and metres to crossing.
    clear_m: (n,) no fence is nearer to the track than this, heights and windows left aside.
    """
    count = 0
    near = np.empty(len(lots) + 1, np.int32)
    lower = np.empty(len(lots) + 1)
    ahead = np.empty(len(lots) + 1, np.bool_)
    upper = np.empty(len(lots) + 1)
    around = np.empty((4, len(lots) + 1), np.float32)
    squares_of = np.empty(len(lots) + 1, np.float32)
    marks = np.empty(len(lots) + 1, np.uint8)
    few = np.empty(len(lots) + 1, np.int32)
    gap = np.empty(BLOCKS, np.float32)
    away = np.empty(BLOCKS, np.float32)
    u_of, w_of = np.empty(EDGES + 1, np.float32), np.empty(EDGES + 1, np.float32)
    squares = np.empty(EDGES, np.float32)
    zero, one, slack = np.float32(0), np.float32(1), np.float32(SLACK_M)
    for g in range(len(starts) - 1):
        # The ball around the group, and how far its members see.
        gx, gy, gz, wide, size = 0.0, 0.0, 0.0, 0.0, starts[g + 1] - starts[g]
        for n in range(starts[g], starts[g + 1]):
            gx, gy, gz = gx + places[n, 0], gy + places[n, 1], gz + places[n, 2]
        gx, gy, gz = gx / size, gy / size, gz / size
        seen = reach_m
        for n in range(starts[g], starts[g + 1]):
            dx, dy, dz = places[n, 0] - gx, places[n, 1] - gy, places[n, 2] - gz
            wide = max(wide, np.sqrt(dx * dx + dy * dy + dz * dz))
            seen = max(seen, path_m[n])
        seen += wide + 2 * SLACK_M
        many, clear = _gather(
            nodes, links, leaves, lots, lot_fence, buffer_m, (gx, gy, gz), seen, near
        )
        near[:many].sort()
        for c in range(many):
            lot = near[c]
            around[0, c], around[1, c] = lots[lot, 0] - gx, lots[lot, 1] - gy
            around[2, c] = lots[lot, 2] - gz
            around[3, c] = lots[lot, 3] + buffer_m[lot_fence[lot]] + SLACK_M
        for n in range(starts[g], starts[g + 1]):
            first_held, last_held = held_starts[n], held_starts[n + 1]
            clear_m[n] = clear - wide if many == 0 and first_held == last_held else 0.0
            begun = count
            d, r = domain[n], reference[n]
            low, high = lowest_ft[n], highest_ft[n]
            place = (places[n, 0], places[n, 1], places[n, 2])
            forward, left = _frame(y[n], x[n], course[n])
            end = _RADIUS * np.sin(path_m[n] / _RADIUS)
            # First: which lots may the path meet, which may be within reach?
            fx, fy, fz = np.float32(forward[0]), np.float32(forward[1]), np.float32(forward[2])
            lx, ly, lz = np.float32(left[0]), np.float32(left[1]), np.float32(left[2])
            ox, oy, oz = (
                np.float32(gx - place[0]),
                np.float32(gy - place[1]),
                np.float32(gz - place[2]),
            )
            limit_u, limit_m = np.float32(end), np.float32(reach_m)
            for c in range(many):
                dx, dy, dz = around[0, c] + ox, around[1, c] + oy, around[2, c] + oz
                radius = around[3, c]
                square = dx * dx + dy * dy + dz * dz
                w, u = lx * dx + ly * dy + lz * dz, fx * dx + fy * dy + fz * dz
                bound = limit_m + radius
                ahead_of = (w <= radius) & (w >= -radius) & (u >= -radius) & (u <= limit_u + radius)
                marks[c] = np.uint8(ahead_of) | np.uint8(square <= bound * bound) << 1
                squares_of[c] = square
            chosen = 0
            best_zone = reach_m
            for c in range(many):
                if marks[c] == 0:
                    continue
                lot = near[c]
                fence = lot_fence[lot]
                if not concerned[fence, d] or high < low_ft[fence, r] or low > high_ft[fence, r]:
                    continue
                radius = np.float64(around[3, c])
                distance = np.sqrt(np.float64(squares_of[c]))
                may = marks[c] & 1 != 0
                if sort[fence] >= REGION:
                    if not may and distance - radius > best_zone:
                        continue
                    best_zone = min(best_zone, distance + radius)
                few[chosen], ahead[chosen], lower[chosen] = lot, may, distance - radius
                upper[chosen] = distance + radius - buffer_m[fence]
                chosen += 1
            # Then: each fence that is left, edge by edge.
            nearest_zone, nearest_row = np.inf, -1
            nearest_fence, nearest_inside = -1, False
            c = 0
            while c < chosen:
                fence = lot_fence[few[c]]
                last = c
                may = False
                least, most, begin = np.inf, np.inf, c
                while last < chosen and lot_fence[few[last]] == fence:
                    may |= ahead[last]
                    if lower[last] < least:
                        least, begin = lower[last], last
                    most = min(most, upper[last])
                    last += 1
                is_zone = sort[fence] >= REGION
                is_held = False
                for k in range(first_held, last_held):
                    is_held |= held[k] == fence
                buffer = buffer_m[fence]
                wide_m = buffer + SLACK_M if buffer > 0.0 else 0.0
                if not may and not is_held and least > (best_zone if is_zone else reach_m):
                    c = last
                    continue
                limit = max(reach_m, path_m[n]) + buffer + SLACK_M
                if is_zone and not is_held:
                    limit = min(reach_m, best_zone) + buffer + SLACK_M
                # The lot that may be nearest comes first, so that it spares us most of the others.
                bound = min(limit, most)
                nearest_square, nearest_lot, nearest_block, nearest_edge = bound * bound, 0, -1, 0
                meets, enters = np.inf, np.inf
                for turn in range(last - c):
                    q = begin if turn == 0 else (c + turn - 1 if c + turn - 1 < begin else c + turn)
                    if not ahead[q] and lower[q] + buffer > bound:
                        continue
                    lot = few[q]
                    low_block, many_blocks = (
                        lot_blocks[lot, 0],
                        lot_blocks[lot, 1] - lot_blocks[lot, 0],
                    )
                    ox, oy = (
                        np.float32(lots[lot, 0] - place[0]),
                        np.float32(lots[lot, 1] - place[1]),
                    )
                    oz = np.float32(lots[lot, 2] - place[2])
                    for k in range(many_blocks):
                        b = low_block + k
                        dx, dy, dz = blocks[0, b] + ox, blocks[1, b] + oy, blocks[2, b] + oz
                        away[k] = np.sqrt(dx * dx + dy * dy + dz * dz)
                        gap[k] = away[k] - blocks[3, b]
                    closest = 0
                    for k in range(many_blocks):
                        bound = min(bound, 2 * away[k] - gap[k] + SLACK_M)
                        if gap[k] < gap[closest]:
                            closest = k
                    nearest_square = min(nearest_square, bound * bound)
                    for rank in range(many_blocks):
                        # Likewise the block.
                        k = closest if rank == 0 else (rank - 1 if rank <= closest else rank)
                        near_by = gap[k] <= bound
                        if not near_by and not ahead[q]:
                            continue
                        b = low_block + k
                        dx, dy, dz = blocks[0, b] + ox, blocks[1, b] + oy, blocks[2, b] + oz
                        cu, cw = fx * dx + fy * dy + fz * dz, lx * dx + ly * dy + lz * dz
                        grown = blocks[3, b] + SLACK_M + buffer
                        on_path = abs(cw) <= grown and -grown <= cu <= end + grown
                        if not near_by and not on_path:
                            continue
                        for e in range(len(u_of)):
                            px, py, pz = points[b, 0, e], points[b, 1, e], points[b, 2, e]
                            u_of[e] = cu + (fx * px + fy * py + fz * pz)
                            w_of[e] = cw + (lx * px + ly * py + lz * pz)
                        if near_by:
                            for e in range(len(squares)):
                                du, dw = u_of[e + 1] - u_of[e], w_of[e + 1] - w_of[e]
                                share = -(u_of[e] * du + w_of[e] * dw) * inverse[b, e]
                                share = share if share > zero else zero
                                share = share if share < one else one
                                pu, pw = u_of[e] + share * du, w_of[e] + share * dw
                                squares[e] = pu * pu + pw * pw
                            for e in range(len(squares)):
                                if squares[e] < nearest_square:
                                    nearest_square = np.float64(squares[e])
                                    nearest_lot, nearest_block, nearest_edge = lot, b, e
                            bound = np.sqrt(nearest_square)
                        if on_path:
                            for e in range(len(squares)):
                                w0, w1 = w_of[e], w_of[e + 1]
                                if wide_m == 0.0 and (
                                    (w0 > slack and w1 > slack) or (w0 < -slack and w1 < -slack)
                                ):
                                    continue
                                u0, u1 = np.float64(u_of[e]), np.float64(u_of[e + 1])
                                enter, leave = _within(
                                    u0, np.float64(w0), u1, np.float64(w1), SLACK_M
                                )
                                if leave >= 0.0 and enter <= end:
                                    meets = min(meets, max(enter, 0.0))
                                if wide_m > 0.0:
                                    enter, leave = _within(
                                        u0, np.float64(w0), u1, np.float64(w1), wide_m
                                    )
                                    if leave >= 0.0 and enter <= end:
                                        enters = min(enters, max(enter, 0.0))
                c = last
                known = nearest_block >= 0
                distance = _arc(np.sqrt(nearest_square)) if known else np.inf
                within = is_held and sort[fence] == REGION
                signed = (-distance if within else distance) - buffer
                near_line = sort[fence] < REGION and distance <= SLACK_M
                inside = within or distance <= wide_m or near_line
                side = 0
                if sort[fence] == RING:
                    side = 1 if is_held == (left_in[fence] != 0) else -1
                elif sort[fence] == LINE and known:
                    b = nearest_block
                    centre = _centre(blocks, b, lots, nearest_lot, place, forward, left)
                    side = _side(points, chain, b, nearest_edge, centre, forward, left)
                if distance <= SLACK_M and sort[fence] < REGION:
                    side = 0
                crossing = meets
                if sort[fence] == POINTS and inside:
                    crossing = _leaves(
                        points, blocks, lots, lot_blocks, fence_lots[fence], fence_lots[fence + 1],
                        place, forward, left, end, wide_m, u_of, w_of,
                    )  # fmt: skip
                    if crossing > end:
                        crossing = np.inf
                elif wide_m > 0.0 and not inside:
                    crossing = enters
                if distance <= SLACK_M and buffer == 0.0:
                    crossing = 0.0
                edge = abs(signed) if is_zone else max(signed, 0.0)
                worth = (
                    inside or crossing < np.inf or (not is_zone and (edge <= reach_m or is_held))
                )
                if is_zone and known and (edge < nearest_zone):
                    nearest_zone = edge
                    best_zone = min(best_zone, edge)
                    nearest_row = count if worth else -1
                    nearest_fence, nearest_inside = fence, inside
                if worth:
                    if count < len(out):
                        out[count, 0], out[count, 1] = n, fence
                        out[count, 2], out[count, 3] = inside, side
                        out_m[count, 0] = edge
                        out_m[count, 1] = _arc(crossing) if crossing < np.inf else np.inf
                    count += 1
            if nearest_fence >= 0 and nearest_row < 0 and nearest_zone <= reach_m:
                if count < len(out):
                    out[count, 0], out[count, 1] = n, nearest_fence
                    out[count, 2], out[count, 3] = nearest_inside, 0
                    out_m[count, 0], out_m[count, 1] = nearest_zone, np.inf
                count += 1
            # Last: what holds the track, its edges beyond reach.
            for k in range(first_held, last_held):
                fence = held[k]
                if not concerned[fence, d] or high < low_ft[fence, r] or low > high_ft[fence, r]:
                    continue
                told = False
                for row in range(begun, min(count, len(out))):
                    told |= out[row, 1] == fence
                if told:
                    continue
                if count < len(out):
                    out[count, 0], out[count, 1] = n, fence
                    out[count, 2] = sort[fence] == REGION
                    out[count, 3] = 0
                    if sort[fence] == RING:
                        out[count, 3] = 1 if left_in[fence] else -1
                    out_m[count, 0], out_m[count, 1] = np.inf, np.inf
                count += 1
    return count


def grouped(latitude_e7: Ints, longitude_e7: Ints) -> tuple[Longs, Longs]:
    """An order in which neighbours follow each other, and where each group of them starts (g + 1,).

    Neighbours share what they look up, so it is in the processor's cache.
    """
    key = latitude_e7 // _GROUP * 1024 + longitude_e7 // _GROUP
    # Sixteen bits are sorted far quicker; groups that share them only make some smaller.
    order = np.argsort((key % 65_521).astype(np.uint16), kind="stable")
    ranked = key[order]
    return order, np.flatnonzero(np.diff(ranked, prepend=ranked[:1] - 1, append=ranked[-1:] + 1))


def look(
    lots: Lots,
    rules: Rules,
    movers: Movers,
    starts: Longs,
    held: tuple[Longs, Ints],
    reach_m: float,
) -> tuple[Ints, Singles, Floats]:
    """Findings: (m, 4) track, fence, inside, side; (m, 2) distance and metres to crossing; and (n,) how
    far no fence is (see `_look`). The tracks come in groups that begin at `starts`."""
    places = vectors(movers.latitude_e7, movers.longitude_e7)
    clear = np.zeros(len(places))
    path = np.minimum(movers.path_m, FARTHEST_M)
    room = 8 * len(places) + 64
    while True:
        out, out_m = np.empty((room, 4), np.int32), np.empty((room, 2), np.float32)
        count = _look(
            starts, places,
            movers.latitude_e7, movers.longitude_e7, movers.course_cd, path, movers.domain,
            movers.reference, movers.lowest_ft, movers.highest_ft,
            *held, reach_m,
            rules.sort, rules.buffer_m, rules.concerned, rules.low_ft, rules.high_ft, rules.left,
            lots.points, lots.inverse, lots.blocks, lots.chain, lots.lots, lots.lot_blocks, lots.lot_fence,
            lots.fence_lots, lots.nodes, lots.links, lots.leaves,
            out, out_m, clear,
        )  # fmt: skip
        if count <= room:
            return out[:count], out_m[:count], clear
        room = count
