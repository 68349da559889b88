"""From the figures of all rounds to a table and a plot. Pure: the same figures, the same bytes."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any
from xml.sax.saxutils import escape

from bench.peers.errand import Round


@dataclass(frozen=True, slots=True)
class Row:
    """What the table says of a lane beside its figures."""

    key: str
    name: str
    acknowledged: str
    signed: str = "no"


ROWS = (
    Row(
        "firebreak",
        "Firebreak",
        "record and receipt are each signed, verified and synced at both ends",
        "both",
    ),
    Row(
        "postfix_250",
        "Postfix, to 250",
        "the receiving server has synced its queue file and says 250; it goes on into a maildir",
    ),
    Row(
        "postfix_delivered",
        "Postfix, to notice",
        "the sender's server has relayed it, the receiver's put it into a maildir, and the success "
        "notice (RFC 3461) has come back through both",
    ),
    Row(
        "prosody_sqlite",
        "Prosody, SQLite",
        "one server for both has archived it (XEP-0313, synced), the other's client has confirmed "
        "it (XEP-0184)",
    ),
    Row(
        "prosody_files",
        "Prosody, not synced",
        "the same, archived in its own files (the default), which it does **not** sync",
    ),
    Row(
        "synapse_send",
        "Synapse, send",
        "one server for both has it in SQLite, synced; the other side has yet to see it",
    ),
    Row(
        "synapse_sync",
        "Synapse, to sync",
        "the same, and the other user's sync has it; the sender is not told so",
    ),
)

# (lane, at least so many times its messages a second at 16 in flight)
TARGETS = (("synapse_send", 8.0), ("synapse_sync", 8.0), ("postfix_250", 1.2))


@dataclass(frozen=True, slots=True)
class Result:
    """All that one go found."""

    machine: dict[str, Any]
    versions: dict[str, str]
    fsync_p50_ms: list[float]  # one a round
    message_bytes: int
    in_flight: int
    seconds: float
    lanes: dict[str, list[Round]]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Result":
        lanes = {key: [Round(**each) for each in rounds] for key, rounds in data["lanes"].items()}
        return cls(**{**data, "lanes": lanes})

    def spread(self, lane: str, figure: str) -> "Spread | None":
        """A figure of a lane over the rounds; None where it is not told."""
        values = [getattr(each, figure) for each in self.lanes[lane]]
        told = [float(value) for value in values if value is not None]
        return Spread(median(told), min(told), max(told)) if told else None

    def times(self, lane: str) -> float:
        """How many times the lane's messages a second at 16 in flight Firebreak carries."""
        ours, theirs = self.spread("firebreak", "loaded_per_s"), self.spread(lane, "loaded_per_s")
        if ours is None or theirs is None:
            raise ValueError(f"{lane} was not measured under load")
        return ours.median / theirs.median


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, least and most of the rounds."""

    median: float
    least: float
    most: float

    def text(self) -> str:
        return f"{number(self.median)} ({number(self.least)}–{number(self.most)})"


def number(value: float) -> str:
    """Three digits at most before they say nothing: 0.73, 7.3, 73, 733."""
    if value >= 10:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def table(result: Result) -> str:
    """The table in Markdown, with what it was measured on and whether the targets are met."""
    head = (
        "over",
        "acknowledged means",
        "signed, receipt verified",
        "p50, ms",
        "p99, ms",
        "messages/s, one at a time",
        f"messages/s, {result.in_flight} in flight",
        "Firebreak ÷ this",
        "client's CPU",
    )
    lines = [_line(head), _line([*["---"] * 3, *["---:"] * 6])]
    lines += [_line(_cells(row, result)) for row in ROWS if row.key in result.lanes]
    return "\n".join([*lines, "", *_notes(result)]) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(row: Row, result: Result) -> list[str]:
    def cell(figure: str) -> str:
        spread = result.spread(row.key, figure)
        return "–" if spread is None else spread.text()

    cpu = result.spread(row.key, "client_cpu")
    return [
        f"**{row.name}**" if row.key == "firebreak" else row.name,
        row.acknowledged,
        row.signed,
        cell("p50_ms"),
        cell("p99_ms"),
        cell("alone_per_s"),
        cell("loaded_per_s"),
        "" if row.key == "firebreak" else f"{number(result.times(row.key))} ×",
        "–" if cpu is None else f"{100 * cpu.median:.0f} %",
    ]


def _notes(result: Result) -> list[str]:
    machine, rounds = result.machine, len(result.fsync_p50_ms)
    fsync = Spread(median(result.fsync_p50_ms), min(result.fsync_p50_ms), max(result.fsync_p50_ms))
    versions = ", ".join(f"{name} {version}" for name, version in result.versions.items())
    seconds = number(result.seconds)
    how = (
        f"Median of {rounds} rounds (least–most), each peer {seconds} s one at a time and {seconds} "
        f"s with {result.in_flight} in flight, the order turned each round; Firebreak by `firebreak "
        "bench line --quick`. p50 and p99 are of messages one at a time. The peers carry an opaque "
        f"body of {result.message_bytes} bytes, as large as a typical notice sealed for a narrow "
        "link; none of them signs a message or verifies a receipt. *Firebreak ÷ this*: messages a "
        f"second with {result.in_flight} in flight. *Client's CPU*: of one core, with "
        f"{result.in_flight} in flight. Firebreak's officer hands his statement in within the "
        "process of his own node, while each peer has a client that reaches it over loopback: a hop "
        "that Firebreak is spared here."
    )
    where = (
        f"{versions}. {machine['cpu']}, {machine['cores']} cores, {machine['kernel']}, "
        f"{machine['filesystem']}; 4 KiB appended and synced: p50 {fsync.text()} ms; load before "
        f"the start {machine['load_before']}; client on Python {machine['python']}."
    )
    return [how, "", where, "", *(_target(result, lane, least) for lane, least in TARGETS)]


def _target(result: Result, lane: str, least: float) -> str:
    name = next(row.name for row in ROWS if row.key == lane)
    times = result.times(lane)
    verdict = "reached" if times >= least else "**not reached**"
    shown = math.floor(100 * times) / 100  # rounding up would contradict the verdict
    return f"- at least {number(least)} × {name}: {shown:.2f} ×, {verdict}"


# The plot: two panels of horizontal bars on logarithmic axes, on a ground of its own, so that it
# reads on light and dark pages alike. Names and figures carry the meaning; colour repeats it.

WIDTH, LEFT, TOP, PITCH, BAR = 880, 150, 74, 30, 16
PANEL, GAP = 300, 100
GROUND, TEXT, FAINT, OURS, THEIRS = "#0b1117", "#d7e0e8", "#8fa1b1", "#e69f00", "#56b4e9"


@dataclass(frozen=True, slots=True)
class Axis:
    """A logarithmic axis over whole powers of ten."""

    left: float
    low: int
    high: int

    @classmethod
    def over(cls, left: float, values: Sequence[float]) -> "Axis":
        low = math.floor(math.log10(min(values)))
        return cls(left, low, max(math.ceil(math.log10(max(values))), low + 1))

    def at(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return round(self.left + PANEL * min(max(share, 0.0), 1.0), 1)

    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]


def plot(result: Result) -> str:
    """The plot as SVG."""
    rows = [row for row in ROWS if row.key in result.lanes]
    height = TOP + PITCH * len(rows) + 46
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" font-family="sans-serif" font-size="13">'
    )
    parts = [
        head,
        f"<title>{escape(_summary(result, rows))}</title>",
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="{GROUND}"/>',
    ]
    for index, row in enumerate(rows):
        weight = ' font-weight="bold"' if row.key == "firebreak" else ""
        parts.append(_text(LEFT - 12, _middle(index) + 4, row.name, TEXT, "end", weight))
    panels = (
        ("loaded_per_s", f"messages/s, {result.in_flight} in flight (more is better)", LEFT),
        ("p50_ms", "p50 one at a time, ms (less is better)", LEFT + PANEL + GAP),
    )
    for figure, title, left in panels:
        parts += _panel(result, rows, figure, title, left)
    parts.append(
        _text(
            LEFT,
            height - 12,
            "Logarithmic; thin line: least to most of the rounds. "
            "Only Firebreak signs messages and verifies receipts.",
            FAINT,
        )
    )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(result: Result, rows: Sequence[Row], figure: str, title: str, left: float) -> list[str]:
    spreads = {row.key: result.spread(row.key, figure) for row in rows}
    told = {key: spread for key, spread in spreads.items() if spread is not None}
    ends = [value for spread in told.values() for value in (spread.least, spread.most)]
    axis = Axis.over(left, ends)
    bottom = TOP + PITCH * len(rows)
    parts = [_text(left, 28, title, TEXT, weight=' font-weight="bold"')]
    for tick in axis.ticks():
        x = axis.at(tick)
        parts.append(f'<path d="M{x} {TOP - 8}V{bottom}" stroke="{FAINT}" opacity="0.35"/>')
        parts.append(_text(x, TOP - 14, f"{tick:g}", FAINT, "middle"))
    for index, row in enumerate(rows):
        if (spread := told.get(row.key)) is not None:
            colour = OURS if row.key == "firebreak" else THEIRS
            parts += _bar(axis, spread, _middle(index), colour)
    return parts


def _bar(axis: Axis, spread: Spread, middle: float, colour: str) -> list[str]:
    end, least, most = (axis.at(value) for value in (spread.median, spread.least, spread.most))
    top, width = middle - BAR / 2, round(end - axis.left, 1)
    return [
        f'<rect x="{axis.left}" y="{top}" width="{width}" height="{BAR}" fill="{colour}"/>',
        f'<path d="M{least} {middle}H{most}" stroke="{GROUND}" stroke-width="5"/>',
        f'<path d="M{least} {middle}H{most}" stroke="{TEXT}" stroke-width="2"/>',
        _text(max(end, most) + 7, middle + 4, number(spread.median), TEXT),
    ]


def _middle(index: int) -> float:
    return TOP + PITCH * index + PITCH / 2


def _text(
    x: float, y: float, text: str, colour: str, anchor: str = "start", weight: str = ""
) -> str:
    return f'<text x="{x}" y="{y}" fill="{colour}" text-anchor="{anchor}"{weight}>{escape(text)}</text>'


def _summary(result: Result, rows: Sequence[Row]) -> str:
    """The plot in words, for those who cannot see it."""
    told = []
    for row in rows:
        rate, p50 = result.spread(row.key, "loaded_per_s"), result.spread(row.key, "p50_ms")
        if rate is not None and p50 is not None:
            told.append(f"{row.name}: {number(rate.median)} messages/s, {number(p50.median)} ms")
    return "; ".join(told)
