"""How far every track is from the edges of fences, and when it meets them (spec/watch.md, W-F5, W-F6).

Edges lie in blocks, blocks in lots, each in a ball, the lots in a tree of balls; all in earth-centred
metres, so that neither the poles nor the antimeridian are special. From a track its surroundings
are seen along its normal: forward (u) along its course, left (w). What is nearer than 200 km stands
there within centimetres of where the shortest paths from the track put it, once u or a distance is
stretched by `_arc`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from firebreak.values import DEGREE
from firebreak.watch.compiled import compiled
from firebreak.watch.fences_outline import Outlines, vectors
from firebreak.watch.reports import Floats, Ints, Longs

EDGES: Final = 16
"""In a block."""
BLOCKS: Final = 32
"""In a lot, at most; all of one fence."""
SLACK_M: Final = 2.0
"""More than an edge that was cut (1 m), its rounding and the local plane displace an edge within 60 km;
added on the side of meeting."""
FARTHEST_M: Final = 3_000_000.0
"""No path ahead is followed further than this."""
LINE: Final = 0
RING: Final = 1
REGION: Final = 2
POINTS: Final = 3
"""Sorts of fence: an open line; a closed one; a region; a core that is only what its buffer is around."""
_LEAF: Final = 4
_RADIUS: Final = 6_371_000.0
_TINY: Final = 1e-9

Singles = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lots:
    """The edges of all fences, for measuring.

    points: (b, 3, EDGES + 1) m from the block's centre; the last is repeated in a short one.
    inverse: (b, EDGES) one over each edge's length squared, 0 for one without length.
    blocks: (4, b) centre from the lot's centre and radius, m. chain: (b,).
    lots, nodes: (.., 4) centre and radius, m; nodes with the fence's buffer.
    lot_blocks: (l, 2). lot_fence: (l,). fence_lots: (f + 1,). links: (k, 2) the children of a node,
    or of a leaf -1 - the first of `leaves` and how many there are.
    """

    points: Singles
    inverse: Singles
    blocks: Singles
    chain: Ints
    lots: Floats
    lot_blocks: Ints
    lot_fence: Ints
    fence_lots: Ints
    nodes: Floats
    links: Ints
    leaves: Ints

    @property
    def bytes(self) -> int:
        """Memory that it holds."""
        held = (
            self.points,
            self.inverse,
            self.blocks,
            self.chain,
            self.lots,
            self.lot_blocks,
            self.lot_fence,
        )
        tree = (self.fence_lots, self.nodes, self.links, self.leaves)
        return sum(part.nbytes for part in (*held, *tree))


def make_lots(shapes: Outlines, buffer_m: Floats) -> Lots:
    """The lots of all chains; buffer_m of each fence."""
    edges = np.diff(shapes.starts) - 1
    counts = np.maximum(1, -(-edges // EDGES))
    chain = np.repeat(np.arange(len(edges)), counts)
    block = np.arange(len(chain)) - np.repeat(np.cumsum(counts) - counts, counts)
    first = shapes.starts[chain] + block * EDGES
    at = np.minimum(first[:, None] + np.arange(EDGES + 1), shapes.starts[chain + 1][:, None] - 1)
    places = vectors(shapes.y, shapes.x)
    blocks = np.empty((len(chain), 4))
    points = np.empty((len(chain), 3, EDGES + 1), np.float32)
    inverse = np.zeros((len(chain), EDGES), np.float32)
    for low in range(0, len(chain), 20_000):  # so that what is in between stays small
        run = slice(low, low + 20_000)
        here = places[at[run]]
        centre = (here.min(1) + here.max(1)) / 2
        points[run] = (here - centre[:, None]).transpose(0, 2, 1)
        squares = np.sum(np.diff(here, axis=1) ** 2, axis=2)
        np.divide(1, squares, out=inverse[run], where=squares > 0, casting="same_kind")
        blocks[run, :3] = centre
        # The chord of an edge dives under the ground by less than the slack allows.
        blocks[run, 3] = np.linalg.norm(points[run], axis=1).max(1) + 0.01
    fence = shapes.fence[chain]
    starts = np.searchsorted(fence, np.arange(len(buffer_m) + 1))
    within = np.arange(len(chain)) - starts[fence]
    head = np.flatnonzero(within % BLOCKS == 0)
    tail = np.append(head, len(chain))[1:]
    lots = _balls(blocks, head)
    lot_fence = fence[head]
    owner = np.repeat(np.arange(len(head)), tail - head)
    blocks[:, :3] -= lots[owner, :3]
    swollen = lots.copy()
    swollen[:, 3] += buffer_m[lot_fence]
    nodes, links, leaves = _tree(swollen)
    return Lots(
        points,
        inverse,
        np.ascontiguousarray(blocks.T.astype(np.float32)),
        chain.astype(np.int32),
        lots,
        np.stack((head, tail), 1).astype(np.int32),
        lot_fence.astype(np.int32),
        np.searchsorted(lot_fence, np.arange(len(buffer_m) + 1)).astype(np.int32),
        nodes,
        links,
        leaves,
    )


def _balls(balls: Floats, head: Longs) -> Floats:
    """A ball around each run of balls that starts at `head`."""
    made = np.empty((len(head), 4))
    if len(head):
        radius = balls[:, 3:]
        low = np.minimum.reduceat(balls[:, :3] - radius, head)
        high = np.maximum.reduceat(balls[:, :3] + radius, head)
        made[:, :3] = (low + high) / 2
        owner = np.repeat(np.arange(len(head)), np.diff(np.append(head, len(balls))))
        far = np.linalg.norm(balls[:, :3] - made[owner, :3], axis=1) + balls[:, 3]
        made[:, 3] = np.maximum.reduceat(far, head)
    return made


def _tree(balls: Floats) -> tuple[Floats, Ints, Ints]:
    """Nodes, links and leaves of a tree over balls, halved along its longest side."""
    nodes: list[Floats] = []
    links: list[tuple[int, int]] = []
    leaves = np.arange(len(balls))
    pending = [(0, len(balls), -1)] if len(balls) else []
    while pending:
        low, high, parent = pending.pop()
        some = balls[leaves[low:high]]
        if parent >= 0:
            first, _ = links[parent]
            links[parent] = (len(nodes), -1) if first < 0 else (first, len(nodes))
        nodes.append(_balls(some, np.zeros(1, np.int64))[0])
        if high - low <= _LEAF:
            links.append((-1 - low, high - low))
            continue
        axis = int(np.argmax(np.ptp(some[:, :3], axis=0)))
        half = (high - low) // 2
        leaves[low:high] = leaves[low:high][np.argpartition(some[:, axis], half)]
        links.append((-1, -1))
        here = len(nodes) - 1
        pending += [(low + half, high, here), (low, low + half, here)]
    return (
        np.array(nodes).reshape(-1, 4),
        np.array(links, np.int32).reshape(-1, 2),
        leaves.astype(np.int32),
    )


@compiled
def _arc(straight: float) -> float:
    """Metres along the ground to what stands so far away in the local plane."""
    ratio = min(straight / _RADIUS, 1.0)
    return straight * (1 + ratio * ratio / 6) if ratio < 0.05 else _RADIUS * np.arcsin(ratio)


@compiled
def _within(u0: float, w0: float, u1: float, w1: float, wide: float) -> tuple[float, float]:
    """From where to where on the axis w = 0 one is within `wide` metres of an edge; inf, -inf: never."""
    enter, leave = np.inf, -np.inf
    if abs(w0) <= wide:
        half = np.sqrt(wide * wide - w0 * w0)
        enter, leave = u0 - half, u0 + half
    if abs(w1) <= wide:
        half = np.sqrt(wide * wide - w1 * w1)
        enter, leave = min(enter, u1 - half), max(leave, u1 + half)
    du, dw = u1 - u0, w1 - w0
    square = du * du + dw * dw
    if abs(dw) > _TINY:
        across = wide * np.sqrt(square)
        for side in (-across, across):
            u = u0 - (w0 * du + side) / dw
            if 0.0 <= (u - u0) * du - w0 * dw <= square:
                enter, leave = min(enter, u), max(leave, u)
    return enter, leave


@compiled
def _centre(
    blocks: Singles,
    b: int,
    lots: Floats,
    lot: int,
    place: tuple[float, float, float],
    forward: tuple[float, float, float],
    left: tuple[float, float, float],
) -> tuple[float, float]:
    """Where a block's centre stands in the local plane."""
    dx = lots[lot, 0] - place[0] + blocks[0, b]
    dy = lots[lot, 1] - place[1] + blocks[1, b]
    dz = lots[lot, 2] - place[2] + blocks[2, b]
    return (
        forward[0] * dx + forward[1] * dy + forward[2] * dz,
        left[0] * dx + left[1] * dy + left[2] * dz,
    )


@compiled
def _project(
    points: Singles,
    b: int,
    cu: float,
    cw: float,
    forward: tuple[float, float, float],
    left: tuple[float, float, float],
    u: Singles,
    w: Singles,
) -> None:
    """Where the points of one block stand in the local plane; its centre stands at (cu, cw)."""
    fx, fy, fz = np.float32(forward[0]), np.float32(forward[1]), np.float32(forward[2])
    lx, ly, lz = np.float32(left[0]), np.float32(left[1]), np.float32(left[2])
    u0, w0 = np.float32(cu), np.float32(cw)
    for k in range(len(u)):
        u[k] = u0 + (fx * points[b, 0, k] + fy * points[b, 1, k] + fz * points[b, 2, k])
        w[k] = w0 + (lx * points[b, 0, k] + ly * points[b, 1, k] + lz * points[b, 2, k])


@compiled
def _leaves(
    points: Singles,
    blocks: Singles,
    lots: Floats,
    lot_blocks: Ints,
    first: int,
    last: int,
    place: tuple[float, float, float],
    forward: tuple[float, float, float],
    left: tuple[float, float, float],
    end: float,
    wide: float,
    u: Singles,
    w: Singles,
) -> float:
    """u of where one, now within `wide` m of the edges of these lots, no longer is; or beyond end.

    Stretches of the path are joined; after 64 joints it stops, and so is too early rather than late.
    """
    until = 0.0
    for _ in range(64):
        before = until
        for lot in range(first, last):
            for b in range(lot_blocks[lot, 0], lot_blocks[lot, 1]):
                cu, cw = _centre(blocks, b, lots, lot, place, forward, left)
                grown = blocks[3, b] + wide
                if abs(cw) > grown or cu + grown < until:
                    continue
                _project(points, b, cu, cw, forward, left, u, w)
                for k in range(EDGES):
                    u0, w0 = np.float64(u[k]), np.float64(w[k])
                    enter, leave = _within(u0, w0, np.float64(u[k + 1]), np.float64(w[k + 1]), wide)
                    if enter <= until < leave:
                        until = leave
        if until == before or until > end:
            break
    return until


@compiled
def _tangent(
    points: Singles,
    b: int,
    k: int,
    forward: tuple[float, float, float],
    left: tuple[float, float, float],
) -> tuple[float, float]:
    """The direction of an edge; (0, 0) of one without length."""
    dx, dy = points[b, 0, k + 1] - points[b, 0, k], points[b, 1, k + 1] - points[b, 1, k]
    dz = points[b, 2, k + 1] - points[b, 2, k]
    u = forward[0] * dx + forward[1] * dy + forward[2] * dz
    w = left[0] * dx + left[1] * dy + left[2] * dz
    size = np.sqrt(u * u + w * w)
    return (u / size, w / size) if size > 0.0 else (0.0, 0.0)


@compiled
def _side(
    points: Singles,
    chain: Ints,
    b: int,
    k: int,
    centre: tuple[float, float],
    forward: tuple[float, float, float],
    left: tuple[float, float, float],
) -> int:
    """On which side of its nearest edge the track is: 1 left, -1 right of the line's direction.

    Beside a corner the directions of both edges count alike (Bærentzen and Aanæs 2005).
    """
    px, py, pz = points[b, 0, k], points[b, 1, k], points[b, 2, k]
    u = centre[0] + forward[0] * px + forward[1] * py + forward[2] * pz
    w = centre[1] + left[0] * px + left[1] * py + left[2] * pz
    tu, tw = _tangent(points, b, k, forward, left)
    qx = np.float64(points[b, 0, k + 1]) - points[b, 0, k]
    qy = np.float64(points[b, 1, k + 1]) - points[b, 1, k]
    qz = np.float64(points[b, 2, k + 1]) - points[b, 2, k]
    length = np.sqrt(qx * qx + qy * qy + qz * qz)
    along = -(u * tu + w * tw)
    if along <= 0.0:
        if k > 0:
            ou, ow = _tangent(points, b, k - 1, forward, left)
            tu, tw = tu + ou, tw + ow
        elif b > 0 and chain[b - 1] == chain[b]:
            ou, ow = _tangent(points, b - 1, EDGES - 1, forward, left)
            tu, tw = tu + ou, tw + ow
    elif along >= length:
        u, w = u + length * tu, w + length * tw
        if k + 1 < EDGES:
            ou, ow = _tangent(points, b, k + 1, forward, left)
            tu, tw = tu + ou, tw + ow
        elif b + 1 < len(chain) and chain[b + 1] == chain[b]:
            ou, ow = _tangent(points, b + 1, 0, forward, left)
            tu, tw = tu + ou, tw + ow
    return 1 if tw * u - tu * w > 0.0 else -1


@compiled
def _frame(
    y: int, x: int, course: int
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Forward and left, as unit vectors in space, of one who moves on this course (0.01 degree)."""
    latitude, longitude = np.radians(y / DEGREE), np.radians(x / DEGREE)
    sine, cosine = np.sin(latitude), np.cos(latitude)
    out, east = np.cos(longitude), np.sin(longitude)
    ahead, aside = np.cos(np.radians(course / 100)), np.sin(np.radians(course / 100))
    # North is (-sine out, -sine east, cosine), east is (-east, out, 0).
    forward = (
        -ahead * sine * out - aside * east,
        -ahead * sine * east + aside * out,
        ahead * cosine,
    )
    left = (
        ahead * east - aside * sine * out,
        -ahead * out - aside * sine * east,
        aside * cosine,
    )
    return forward, left
