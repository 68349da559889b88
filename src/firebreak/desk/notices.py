"""Notices that claim too much or come too late, by what the parties agreed (spec/agreement.md A-22).

A blanket notice claims no airspace; a late one gives its reason. A hazard warning is neither, ever:
nobody chooses the size or the hour of a hazard.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from firebreak.records.agreement import Agreement, ChannelTerms
from firebreak.records.kinds import Amend, Notice
from firebreak.records.record import Record
from firebreak.values import Position
from firebreak.volumes import Area, Circle, Corridor, Polygon
from firebreak.volumes.geodesic import MOST_CURVED, surface_point
from firebreak.volumes.space import Vector, chord, plus, times
from firebreak.volumes.trigonometry import arcsine

FARTHEST_M: Final = 20_003_932
"""No two points of WGS 84 are further apart: half a meridian, rounded up."""

_CONVEX_M: Final = 9_985_000.0
_ALLOWANCE_M: Final = 1.0
"""Far more than all errors of arithmetic (1e-6 m)."""


@lru_cache(maxsize=256)
def extent_m(area: Area) -> int:
    """Metres that no two points of an area are further apart than; never understated.

    circle: twice the radius; polygon: the greatest distance of two vertices, overstated by less than
    5 m up to 500 km and 0.2 % up to 5,000 km; corridor: the same of its path, and twice its half width.
    No allowance is needed for edges that bulge. Source: on WGS 84 a disc of less than a quarter turn,
    pi/2 times the polar radius (9,985 km), is convex (Whitehead and Klingenberg, for a curvature of
    at most 1/b^2): shortest paths between points of it stay in it. So where no two vertices are
    further apart than that, no two points are further apart than two vertices. Beyond, FARTHEST_M.
    """
    match area:
        case Circle(_, radius_m):
            return min(2 * radius_m, FARTHEST_M)
        case Corridor(path, half_width_m):
            return min(_greatest_distance(path) + 2 * half_width_m, FARTHEST_M)
        case Polygon(outer):
            return _greatest_distance(outer)


def is_blanket(record: Record, terms: ChannelTerms) -> bool:
    """Whether a notice, or one as amended, is wider or longer than its channel allows."""
    notice = notice_of(record)
    if notice is None:
        return False
    too_long = notice.window.duration > terms.longest_notice_ms
    return too_long or extent_m(notice.area) > terms.widest_notice_m


def is_late(record: Record, agreement: Agreement) -> bool:
    """Whether a notice, or one as amended, was composed later than its purpose's lead time allows."""
    notice = notice_of(record)
    if notice is None:
        return False
    lead = (term.millis for term in agreement.lead_times if term.code == notice.purpose)
    return notice.window.start < next(lead, 0)


def reason_given(record: Record) -> str | None:
    """Why it is late, if its author says so: in the notice, or as the reason of the amendment."""
    notice = notice_of(record)
    given = notice.late_reason if notice is not None else None
    return record.body.reason if given is None and isinstance(record.body, Amend) else given


def notice_of(record: Record) -> Notice | None:
    """The notice that a record files or, amending, puts in the place of another; None for others."""
    body = record.body.notice if isinstance(record.body, Amend) else record.body
    return body if isinstance(body, Notice) else None


def _greatest_distance(vertices: Sequence[Position]) -> int:
    """Metres that the shortest path between no two vertices exceeds.

    Of a chord c the path is at most 2 R asin(c / 2R), R being the least radius of curvature
    (Schur's comparison theorem: the less a curve bends, the longer its chord).
    """
    straight = _longest_chord([surface_point(vertex) for vertex in vertices])
    path = 2 * MOST_CURVED * arcsine(straight / (2 * MOST_CURVED)) + _ALLOWANCE_M
    return math.ceil(path) if path < _CONVEX_M else FARTHEST_M


def _longest_chord(points: Sequence[Vector]) -> float:
    """The greatest straight distance of two points.

    Seen from a middle, far points first: a pair whose two distances from there do not add up to the
    longest chord so far cannot be longer, so most pairs are never looked at.
    """
    one = max(points, key=lambda point: chord(points[0], point))
    other = max(points, key=lambda point: chord(one, point))
    middle, longest = times(0.5, plus(one, other)), chord(one, other)
    reaching = sorted(((chord(middle, point), point) for point in points), reverse=True)
    for place, (far, point) in enumerate(reaching):
        for less, candidate in reaching[place + 1 :]:
            if far + less <= longest:
                break
            longest = max(longest, chord(point, candidate))
    return longest
