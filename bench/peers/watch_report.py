"""From the watch's figures and its peers' to a table and a plot. Pure: the same figures, the same bytes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from bench.peers.report import number

Figures = dict[str, Any]
"""Keys of `firebreak bench watch`; `peers`: keys of the peers."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """An errand, the keys of ours, of a peer and of their ratio, and what that is to be at least."""

    errand: str
    peer: str
    ours: str
    theirs: str
    ratio: str
    unit: str
    target: float | None = None


COMPARISONS = (
    Comparison(
        "closest approach, 10,000 aircraft",
        "BlueSky, compiled",
        "cpa_10k_ms",
        "bluesky_10k_ms",
        "cpa_10k_ratio_bluesky",
        "ms",
    ),
    Comparison(
        "closest approach, 20,000 aircraft",
        "BlueSky, compiled",
        "cpa_20k_ms",
        "bluesky_20k_ms",
        "cpa_20k_ratio_bluesky",
        "ms",
        500,
    ),
    Comparison(
        "100,000 points in 27 lines and 5,000 zones",
        "PostGIS",
        "fences_inside_100k_ms",
        "postgis_inside_100k_ms",
        "inside_100k_ratio_postgis",
        "ms",
        60,
    ),
    Comparison(
        "the same, PostGIS's index of the points there already",
        "PostGIS",
        "fences_inside_100k_ms",
        "postgis_inside_indexed_100k_ms",
        "inside_indexed_100k_ratio_postgis",
        "ms",
    ),
    Comparison(
        "100,000 points in 27 lines and 5,000 zones",
        "Shapely, best of three ways",
        "fences_inside_100k_ms",
        "fences_shapely_best_ms",
        "fences_ratio_shapely",
        "ms",
        10,
    ),
    Comparison(
        "10,000 points' distance from one line (ours: inside and crossing too)",
        "PostGIS, ST_DWithin",
        "ours_distance_10k_ms",
        "postgis_distance_10k_ms",
        "distance_10k_ratio_postgis",
        "ms",
    ),
    Comparison(
        "one notice against 100,000, p50",
        "PostGIS",
        "volumes_100k_p50_us",
        "postgis_volumes_100k_p50_us",
        "volumes_100k_ratio_postgis",
        "µs",
        15,
    ),
    Comparison(
        "one notice against 1,000,000, p50",
        "PostGIS",
        "volumes_1m_p50_us",
        "postgis_volumes_1000k_p50_us",
        "volumes_1m_ratio_postgis",
        "µs",
    ),
    Comparison(
        "one notice against 1,000,000, p50",
        "Shapely's STRtree and filters",
        "volumes_1m_p50_us",
        "strtree_volumes_1m_p50_us",
        "volumes_1m_ratio_strtree",
        "µs",
        4,
    ),
)


def _flat(found: Mapping[str, Any], peers: Mapping[str, float]) -> dict[str, float]:
    """All figures in one, with those of Shapely that ours names otherwise."""
    flat = {key: value for key, value in found.items() if isinstance(value, int | float)}
    flat |= peers
    if "10000" in (grown := found.get("cpa_growth_ms", {})):
        flat["cpa_10k_ms"] = grown["10000"]
    flat["fences_shapely_best_ms"] = min(
        value for key, value in flat.items() if key.startswith("fences_shapely_")
    )
    flat["strtree_volumes_1m_p50_us"] = flat["volumes_1m_ratio_strtree"] * flat["volumes_1m_p50_us"]
    return flat


def ratios(found: Mapping[str, Any], peers: Mapping[str, float]) -> dict[str, float]:
    """How many times as long each peer took; only those that the figures of ours lack."""
    flat = _flat(found, peers)
    return {
        each.ratio: flat[each.theirs] / flat[each.ours]
        for each in COMPARISONS
        if each.ratio not in found and each.theirs in flat and each.ours in flat
    }


def table(found: Figures) -> str:
    """The table in Markdown, with what is right and wrong beside what is fast."""
    flat = _flat(found, found["peers"])
    lines = [
        "| errand | peer | Firebreak | peer's | ratio | at least | |",
        "| --- | --- | ---: | ---: | ---: | ---: | --- |",
    ]
    lines += [_row(each, flat) for each in COMPARISONS if each.ratio in flat]
    return "\n".join([*lines, "", *_notes(found, flat)]) + "\n"


def _row(each: Comparison, flat: Mapping[str, float]) -> str:
    ratio, target = flat[each.ratio], each.target
    verdict = "" if target is None else "reached" if ratio >= target else "**not reached**"
    cells = (
        each.errand,
        each.peer,
        f"{number(flat[each.ours])} {each.unit}",
        f"{number(flat[each.theirs])} {each.unit}",
        f"{math.floor(10 * ratio) / 10:g} ×",  # rounding up would contradict the verdict
        "" if target is None else f"{target:g} ×",
        verdict,
    )
    return f"| {' | '.join(cells)} |"


def _notes(found: Figures, flat: Mapping[str, float]) -> list[str]:
    true = flat["bluesky_true_conflicts"]
    right = (
        f"Of {true:.0f} true conflicts among 20,000 aircraft (WGS 84, by brute force; within 10 m of "
        f"the limit either answer is right) BlueSky missed {flat['bluesky_missed']:.0f} and made up "
        f"{flat['bluesky_false']:.0f}; Firebreak missed {flat['cpa_missed']:.0f} and made up "
        f"{flat['cpa_false']:.0f}. Points in polygons: PostGIS differs from Firebreak in "
        f"{flat['postgis_inside_differs']:.0f} pairs, GEOS in "
        f"{flat['fences_disagreements_geos']:.0f}."
    )
    how = (
        "One thread each, one after another on one machine; the peers' best of several rounds, ours "
        "the median for closest approach and notices, the best for fences. BlueSky: 5 NM, 1,000 ft, "
        "300 s. PostGIS: borders subdivided; driven by polygon over a GiST index of the points, "
        "which move and so are indexed anew, or by point over one of the polygons, whichever is "
        "faster; notices by a prepared statement over a GiST index of shape, window and heights, "
        "timed by psql on a Unix socket."
    )
    return [right, "", how, "", str(found["machine"])]


# The plot: three panels, logarithmic both ways, on a light ground of its own, so that it reads on
# light and dark pages alike. Each line has a mark and a name; colour repeats it.

WIDTH, HEIGHT, TOP, BOTTOM, SIDE, GAP = 1020, 400, 66, 292, 66, 70
PANEL = (WIDTH - 2 * SIDE - 2 * GAP + 10) / 3
GROUND, TEXT, FAINT, GRID = "#ffffff", "#1b2733", "#52616f", "#d5dce2"
COLOURS = ("#c2410c", "#e08b3e", "#1d4ed8", "#15803d")
MARKS = ("circle", "diamond", "square", "triangle")


@dataclass(frozen=True, slots=True)
class Series:
    """A line of the plot. style: its place in COLOURS and MARKS."""

    name: str
    style: int
    points: list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Scale:
    """Logarithmic, from one whole power of ten to another, onto two places of the drawing."""

    low: int
    high: int
    begin: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], begin: float, end: float) -> "Scale":
        low = math.floor(math.log10(min(values)) + 1e-9)
        high = math.ceil(math.log10(max(values)) - 1e-9)
        return cls(low, max(high, low + 1), begin, end)

    def at(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return round(self.begin + share * (self.end - self.begin), 1)

    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]


def panels(found: Figures) -> list[tuple[str, str, str, list[Series]]]:
    """Title, what is along the axis, what is up it, and the lines of each panel."""
    flat = _flat(found, found["peers"])

    def grown(pattern: str, sizes: Sequence[int]) -> list[tuple[float, float]]:
        told = ((size, flat.get(pattern.format(size // 1000))) for size in sizes)
        return [(float(size), value) for size, value in told if value is not None]

    def curve(key: str, otherwise: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(float(size), value) for size, value in found.get(key, {}).items()] or otherwise

    tracks = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
    held = [(1e5, flat["volumes_100k_p50_us"]), (1e6, flat["volumes_1m_p50_us"])]
    notices = (10_000, 100_000, 1_000_000)
    return [
        (
            "Closest approach, one search",
            "aircraft",
            "ms",
            [
                Series("Firebreak", 0, curve("cpa_growth_ms", grown("cpa_{}k_ms", tracks))),
                Series("BlueSky, compiled", 2, grown("bluesky_{}k_ms", tracks)),
            ],
        ),
        (
            "Tracks in 27 lines and 5,000 zones",
            "tracks",
            "ms",
            [
                Series("Firebreak, inside", 0, grown("fences_inside_{}k_ms", tracks)),
                Series("distance, crossing too", 1, grown("fences_{}k_ms", tracks)),
                Series("PostGIS, inside", 2, grown("postgis_inside_{}k_ms", tracks)),
                Series("Shapely at its best, inside", 3, [(1e5, flat["fences_shapely_best_ms"])]),
            ],
        ),
        (
            "One notice against all, p50",
            "notices held",
            "µs",
            [
                Series(
                    "Firebreak",
                    0,
                    [each for each in curve("volumes_growth_us", held) if each[0] >= notices[0]],
                ),
                Series("PostGIS", 2, grown("postgis_volumes_{}k_p50_us", notices)),
                Series("STRtree and filters", 3, [(1e6, flat["strtree_volumes_1m_p50_us"])]),
            ],
        ),
    ]


def plot(found: Figures) -> str:
    """The plot as SVG."""
    drawn = panels(found)
    told = "; ".join(
        f"{title}: "
        + ", ".join(f"{each.name} {_last(each, unit)}" for each in lines if each.points)
        for title, _, unit, lines in drawn
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" font-family="sans-serif" font-size="13">'
    )
    parts = [
        head,
        f"<title>{escape(told)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="{GROUND}"/>',
    ]
    for place, (title, along, unit, lines) in enumerate(drawn):
        left = round(SIDE + place * (PANEL + GAP), 1)
        parts += _panel(left, title, along, unit, lines)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _last(series: Series, unit: str) -> str:
    size, value = series.points[-1]
    return f"{number(value)} {unit} at {size:,.0f}"


def _panel(left: float, title: str, along: str, unit: str, lines: Sequence[Series]) -> list[str]:
    points = [point for series in lines for point in series.points]
    x = Scale.over([point[0] for point in points], left, round(left + PANEL, 1))
    y = Scale.over([point[1] for point in points], BOTTOM, TOP)
    parts = [_text(left, 26, title, TEXT, weight=' font-weight="bold"')]
    for tick in y.ticks():
        parts.append(f'<path d="M{x.begin} {y.at(tick)}H{x.end}" stroke="{GRID}"/>')
        parts.append(_text(left - 8, y.at(tick) + 4, f"{tick:,g}", FAINT, "end"))
    for tick in x.ticks():
        parts.append(f'<path d="M{x.at(tick)} {TOP}V{BOTTOM}" stroke="{GRID}"/>')
        parts.append(_text(x.at(tick), BOTTOM + 18, f"{tick:,.0f}", FAINT, "middle"))
    parts.append(_text(left - 8, TOP - 14, unit, FAINT, "end"))
    parts.append(_text(x.end, TOP - 14, f"against {along}, logarithmic", FAINT, "end"))
    for line, series in enumerate(lines):
        colour = COLOURS[series.style]
        places = [(x.at(size), y.at(value)) for size, value in series.points]
        path = "L".join(f"{px} {py}" for px, py in places)
        if len(places) > 1:
            parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [_mark(series.style, *place) for place in places]
        row = BOTTOM + 42 + 18 * line
        parts.append(_mark(series.style, left + 6, row - 4))
        named = f"{series.name}: {_last(series, unit)}" if places else series.name
        parts.append(_text(left + 18, row, named, TEXT))
    return parts


def _mark(style: int, x: float, y: float) -> str:
    shapes = {
        "circle": "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
        "diamond": "m0-5l5 5l-5 5l-5-5z",
        "square": "m-4-4h8v8h-8z",
        "triangle": "m0-5l5 9h-10z",
    }
    return f'<path d="M{x} {y}{shapes[MARKS[style]]}" fill="{COLOURS[style]}"/>'


def _text(
    x: float, y: float, text: str, colour: str, anchor: str = "start", weight: str = ""
) -> str:
    return f'<text x="{x}" y="{y}" fill="{colour}" text-anchor="{anchor}"{weight}>{escape(text)}</text>'
