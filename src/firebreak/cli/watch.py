"""`firebreak watch`: live or recorded tracks against agreed lines and zones."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firebreak.cli.frame import noun
from firebreak.cli.output import now, pairs, say, warn
from firebreak.cli.render import JsonOption, print_json
from firebreak.cli.watch_desk import NOBODY, SIGNS, register
from firebreak.errors import InvalidValue, Misuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType

    from firebreak.formats.areas import Watched
    from firebreak.node.watching import Standing, Watcher
    from firebreak.values import Millis
    from firebreak.watch.advisories import Advisory
    from firebreak.watch.fences import Fence
    from firebreak.watch.picture import Picture
    from firebreak.watch.replay import Moment
    from firebreak.watch.reports import Reports

app = noun(
    "watch",
    "It warns; it is neither missile warning nor collision avoidance, it ranks nobody by hostility, and"
    " nothing is sent without a person.",
)

RecordingArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="A recording: CSV, Parquet, SBS, AIS, ASTERIX, CoT.")
]
LinesOption = Annotated[
    list[Path],
    typer.Option(
        "--lines",
        metavar="FILE",
        help="Agreed lines and zones: GeoJSON, KML, KMZ, GeoPackage. May be repeated.",
        show_default=False,
    ),
]
FormOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="FORMAT",
        help="What the recording is, if its name does not tell.",
        show_default=False,
    ),
]
StartedOption = Annotated[
    str | None,
    typer.Option(
        "--started",
        metavar="DATE-TIME",
        help="When the recording began, for formats without a date (AIS, ASTERIX).",
        show_default=False,
    ),
]

RadarsOption = Annotated[
    list[str],
    typer.Option(
        "--radar",
        metavar="SAC/SIC POSITION HEIGHT",
        help='Where an ASTERIX radar stands: "25/10 551230N0194512E 120m". May be repeated.',
        show_default=False,
    ),
]


@app.command()
def prepare() -> None:
    """Compile what the watch needs now, so that no start waits for it later; half a minute, once.

    The code is kept until this version is replaced. Set-up does this; do it after an upgrade.

    \b
    Example:
      firebreak watch prepare
    """
    from firebreak.node.preparing import prepare as compile_all

    warn("Compiling; half a minute the first time.")
    compile_all()
    say("The watch is ready to start.")


@app.command()
def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="GeoJSON, KML, KMZ or GeoPackage.")
    ],
    as_data: JsonOption = False,
) -> None:
    """Read lines and zones as the watch would, and say what was repaired and what was refused.

    Exit code 1 if anything was refused: what is refused is not watched.

    \b
    Example:
      firebreak watch check border.geojson sites.kml
    """
    from firebreak.formats.areas import fences_of, read_area_file
    from firebreak.watch.fences import Fences

    refused, out = 0, []
    for file in files:
        drawings = read_area_file(file)
        watched = fences_of(drawings)
        Fences(watched.fences)  # what cannot be watched is refused here, not at night
        refused += drawings.refusals
        out.append(
            {
                "file": file.name,
                "report": list(drawings.report()),
                "fences": [fence.key for fence in watched.fences],
                "protected": sorted(watched.protected),
                "repairs": drawings.repairs,
                "refused": drawings.refusals,
            }
        )
        if not as_data:
            say(f"{file.name}:", *(f"  {line}" for line in drawings.report()))
    if as_data:
        print_json(out)
    if refused:
        raise Misuse(
            "Something was refused, so it would not be watched. Correct it, or leave it out."
        )


@app.command()
def replay(
    recording: RecordingArgument,
    lines: LinesOption,
    file: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Write all of it here.", show_default=False),
    ] = None,
    form: FormOption = None,
    started: StartedOption = None,
    radars: RadarsOption = [],  # noqa: B006  # typer copies it
    speed: Annotated[
        float, typer.Option(metavar="TIMES", help="1: as it was; 0: as fast as it goes.", min=0)
    ] = 0,
    begin: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="DATE-TIME",
            help="Show from here on: 170920ZSEP24, 170920Z, +10min.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Play a recording against agreed lines and zones: what is doubtful, what would have been advised.

    Always computed from the beginning, so that the same recording gives the same advisories wherever
    one looks. Nothing is sent; drafts are those of the standard agreement.

    \b
    Example:
      firebreak watch replay flight.csv.gz --lines border.geojson --json found.json
    """
    if file is not None:
        _check_writable(file)
    played = _Played()
    given = _Given(recording, lines, form, started, radars)
    for picture, moment, quiet in _replayed(given, speed, begin):
        played.take(picture, moment, quiet)
    if file is not None:
        text = json.dumps(played.plain(), indent=2, ensure_ascii=False)
        try:
            file.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise Misuse(
                f"{file} cannot be written: {error.strerror}. Give another file by --json."
            ) from error
    say(
        f"{len(played.identities):,} tracks, {len(played.doubtful):,} times doubtful,"
        f" {len(played.advisories):,} advisories, {len(played.drafts):,} drafts; nothing was sent."
    )


def _check_writable(file: Path) -> None:
    """Before a whole recording is played: that what it gives can be written. Raises Misuse."""
    place = file if file.exists() else file.parent
    if file.is_dir() or not place.exists() or not os.access(place, os.W_OK):
        raise Misuse(
            f"{file} cannot be written: give a file in a folder that is there and that you may write,"
            " by --json. Nothing was played."
        )


@app.command()
def explain(
    recording: RecordingArgument,
    key: Annotated[str, typer.Argument(metavar="KEY", help="An advisory of a replay, by its key.")],
    lines: LinesOption,
    form: FormOption = None,
    started: StartedOption = None,
    radars: RadarsOption = [],  # noqa: B006  # typer copies it
    as_data: JsonOption = False,
) -> None:
    """Compute an advisory of a recording again, and say in numbers what it rests on, step by step.

    \b
    Example:
      firebreak watch explain flight.csv.gz doubtful:East/flight.csv.gz --lines border.geojson
    """
    from firebreak.desk.explaining import plain_advisory

    found: list[dict[str, object]] = []
    given = _Given(recording, lines, form, started, radars)
    for picture, moment, _ in _replayed(given, 0, None):
        changes = moment.cycle.changes
        for rows in (changes.raised, changes.updated):
            found += [plain_advisory(each) for each in picture.shown(rows) if each.key == key]
    if not found:
        raise Misuse(f"The recording gives no advisory {key!r}. See: firebreak watch replay")
    if as_data:
        print_json(found)
        return
    for each in found:
        _explained(each)


def _explained(advisory: dict[str, Any]) -> None:
    from firebreak.records.figures import date_time_group_seconds

    say(
        f"{date_time_group_seconds(advisory['at'])}  {advisory['level'].upper()}, {advisory['stage']}",
        f"  {advisory['text']}",
    )
    margin = advisory["margin_m"]
    rows = [
        ("  in", "now" if advisory["present"] else f"{advisory['in_s']} s"),
        ("  margin", "unknown" if margin is None else f"{margin:,} m"),
    ]
    for seen in advisory["tracks"]:
        height = "unknown" if seen["height_ft"] is None else f"{seen['height_ft']:,} ft"
        north, east = (e7 / 1e7 for e7 in seen["position"])
        going = f"{seen['speed_kt']} kt, {seen['course_degrees']:03d} degrees"
        rows.append((f"  {seen['id']}", f"{north:.5f}, {east:.5f}, {height}, {going}"))
    rows += [
        (f"  input {each['name']}", f"{each['source']}, {each['age_ms'] / 1_000:.1f} s old")
        for each in advisory["inputs"]
    ]
    pairs(rows)


class _Played:
    """What a replay found."""

    def __init__(self) -> None:
        self.identities: set[int] = set()
        self.doubtful: list[dict[str, object]] = []
        self.advisories: list[dict[str, object]] = []
        self.drafts: list[dict[str, object]] = []

    def take(self, picture: Picture, moment: Moment, quiet: bool) -> None:
        """One step: what is new in it, kept, and said unless quiet."""
        from firebreak.desk.drafts import draft, plain_draft
        from firebreak.desk.explaining import plain_advisory
        from firebreak.desk.releasability import STANDARD
        from firebreak.watch.doubts import doubts_text

        self.identities.update(moment.cycle.states.identity.tolist())
        for doubted in moment.doubted:
            reason = doubts_text(doubted.doubts)
            self.doubtful.append({"id": doubted.identity, "reason": reason, "at": doubted.at})
            if not quiet:
                _line(doubted.at, "DOUBTFUL", f"{doubted.identity}: {reason}.")
        for advisory in picture.shown(moment.cycle.changes.raised[:1_000]):
            plain = plain_advisory(advisory)
            self.advisories.append(plain)
            if not quiet:
                _line(advisory.at, advisory.level.name, str(plain["text"]))
            trails = picture.trails_of(advisory)
            made = draft(advisory, trails, STANDARD, {}, {}, moment.cycle.at)
            if made is not None and not advisory.protected:
                self.drafts.append(plain_draft(made))
                if not quiet:
                    _line(
                        advisory.at,
                        "draft",
                        f"{made.precedence.name} query on {made.channel.name.lower()}",
                    )

    def plain(self) -> dict[str, object]:
        """For the file."""
        return {
            "tracks": len(self.identities),
            "doubtful": self.doubtful,
            "advisories": self.advisories,
            "drafts": self.drafts,
        }


def _line(at: Millis, what: str, text: str) -> None:
    from firebreak.records.figures import date_time_group_seconds

    say(f"{date_time_group_seconds(at)}  {what:<8}  {text}")


@dataclass(frozen=True, slots=True)
class _Given:
    """A recording, and what one must know to read it."""

    recording: Path
    lines: Sequence[Path]
    form: str | None
    started: str | None
    radars: Sequence[str]


def _replayed(
    given: _Given, speed: float, begin: str | None
) -> Iterator[tuple[Picture, Moment, bool]]:
    """Every step of a replay, and whether it is before `begin`; with progress on standard error.

    At the speed asked for, from `begin` on. Raises InvalidValue and Misuse.
    """
    import time

    recording = given.recording
    beginning = _started(given.started)
    fences = _fences(given.lines)
    with _progress(recording.name) as tell:
        tell("reading", 0.0)
        reports = _read(given, beginning, tell)
        shown_from = _shown_from(begin, reports)
        tell("preparing; the first time this compiles, half a minute", 0.0)
        from firebreak.watch.picture import Picture
        from firebreak.watch.replay import replay as steps
        from firebreak.watch.reports import text_identity

        picture = Picture([recording.name], fences.fences, protected=fences.protected)
        picture.names[text_identity(recording.name)] = recording.name  # of a file with one track
        origin: tuple[float, int] | None = None
        for moment in steps(picture, reports):
            tell("replaying", moment.done)
            quiet = moment.cycle.at < shown_from
            yield picture, moment, quiet
            if speed > 0 and not quiet:
                origin = origin or (time.monotonic(), moment.cycle.at)
                due = origin[0] + (moment.cycle.at - origin[1]) / 1_000 / speed
                time.sleep(max(0.0, due - time.monotonic()))


def _read(given: _Given, started: Millis, tell: Callable[[str, float], None]) -> Reports:
    from firebreak.formats.recordings import MOST_REPORTS, read_recording
    from firebreak.formats.refusals import shown
    from firebreak.node.lookout import radar_of
    from firebreak.watch.reports import joined

    recording, sites = given.recording, dict(radar_of(text) for text in given.radars)
    parts, count, refused = [], 0, None
    for piece in read_recording(recording, started, given.form, sites):
        parts.append(piece.reports)
        count += len(piece.reports)
        refused = piece.refused
        if count > MOST_REPORTS:
            raise Misuse(
                f"The recording has more than {MOST_REPORTS:,} reports. Cut it into parts."
            )
        tell("reading", piece.done)
    if refused:
        warn(f"Refused of {recording.name}: {shown(refused)}.")
    if not count:
        raise Misuse(f"{recording.name} holds no position that could be read.")
    return joined(parts)


def _fences(files: Sequence[Path], accept_refused: bool = True) -> Watched:
    """All lines and zones of the files. What was repaired or refused is said on standard error.

    Raises Misuse where something was refused, unless that is accepted.
    """
    from firebreak.formats.areas import Watched, fences_of, read_area_file

    fences: list[Fence] = []
    protected: set[str] = set()
    taken: set[str] = set()
    for file in files:
        drawings = read_area_file(file)
        if drawings.repairs or drawings.refusals:
            warn(f"{file.name}:", *(f"  {line}" for line in drawings.report()))
        if drawings.refusals and not accept_refused:
            raise Misuse(
                f"Something in {file.name} was refused, so it would not be watched. Correct it, or accept"
                " that with --accept-refused."
            )
        watched = fences_of(drawings)
        for fence in watched.fences:
            if fence.key in taken:
                raise InvalidValue(f"Two files name {fence.key!r}. Give one of them another name.")
            taken.add(fence.key)
            fences.append(fence)
        protected |= watched.protected
    return Watched(tuple(fences), frozenset(protected))


@contextmanager
def _progress(name: str) -> Iterator[Callable[[str, float], None]]:
    """A bar on standard error where a person watches; otherwise only what may take long."""
    if not sys.stderr.isatty():
        told: set[str] = set()

        def tell(what: str, done: float) -> None:
            if what.startswith("preparing") and what not in told:
                told.add(what)
                warn(f"{what.capitalize()}.")

        yield tell
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=1.0)
        yield lambda what, done: bar.update(task, description=f"{name}: {what}", completed=done)


def _started(text: str | None) -> Millis:
    from firebreak.cli.inputs import recorded
    from firebreak.values import Millis

    return Millis(0) if text is None else recorded(text, now())


def _shown_from(text: str | None, reports: Reports) -> Millis:
    """From when on a recording is shown. Raises InvalidValue for a time after its end."""
    from firebreak.cli.inputs import recorded
    from firebreak.records.figures import date_time_group_seconds
    from firebreak.values import Millis

    if text is None:
        return Millis(0)
    first, last = Millis(int(reports.at.min())), Millis(int(reports.at.max()))
    found = recorded(text, first)
    if found > last:
        raise InvalidValue(
            f"--from {text} is after the recording's end. Give a time from"
            f" {date_time_group_seconds(first)} to {date_time_group_seconds(last)}."
        )
    return found


@app.command()
def run(
    sources: Annotated[
        list[str],
        typer.Option(
            "--source",
            metavar="SOURCE",
            help="sbs://127.0.0.1:30003, readsb:/run/readsb/aircraft.json, ais+udp://0.0.0.0:10110,"
            " asterix+udp://239.0.0.1:8600, cot+tls://host:8089?authorities=ca.pem. May be repeated.",
            show_default=False,
        ),
    ],
    lines: LinesOption = [],  # noqa: B006  # typer copies it
    radars: RadarsOption = [],  # noqa: B006
    cot: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT",
            help="Send Cursor on Target there by UDP, for one's own screens only.",
            show_default=False,
        ),
    ] = None,
    cap: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Write CAP 1.2 alerts there, for one's own systems only.",
            show_default=False,
        ),
    ] = None,
    sender: Annotated[
        str, typer.Option(metavar="NAME", help="Who a CAP alert is from; one word.")
    ] = "firebreak-watch",
    exercise: Annotated[
        bool, typer.Option("--exercise", help="Mark all that goes out as EXERCISE.")
    ] = False,
    accept: Annotated[
        bool,
        typer.Option("--accept-refused", help="Watch though some lines or zones were refused."),
    ] = False,
    as_data: Annotated[
        bool, typer.Option("--json", help="One line of JSON a second instead of the table.")
    ] = False,
) -> None:
    """Watch live sources; a table in the terminal until Ctrl-C.

    Every source is called again by itself when it is gone, and says how it is. What goes out by --cot
    and --cap is marked as not for targeting and holds no protected site.

    \b
    Examples:
      firebreak watch run --source sbs://127.0.0.1:30003 --lines border.geojson
      firebreak watch run --source sbs://127.0.0.1:30003 --cot 127.0.0.1:4242 --exercise
    """
    import asyncio
    import random
    import time

    from firebreak.carriers.feeds import parse_source
    from firebreak.node.lookout import radar_of

    parsed = [parse_source(text) for text in sources]
    sites = dict(radar_of(text) for text in radars)
    fences = _fences(lines, accept)
    if not fences.fences:
        warn("No lines or zones were given (--lines): only separation and doubt are watched.")
    warn("Preparing; the first time this compiles, half a minute.")
    from firebreak.node.outlets import CapOutlet, CotOutlet, parse_place
    from firebreak.node.watching import Watcher
    from firebreak.watch.picture import Picture

    picture = Picture(sources, fences.fences, protected=fences.protected)
    outlets: list[CotOutlet | CapOutlet] = []
    if cot is not None:
        outlets.append(CotOutlet(parse_place(cot), exercise))
    if cap is not None:
        outlets.append(CapOutlet(cap, sender, exercise))
    with _shown(as_data) as show:
        watcher = Watcher(picture, parsed, sites, now, random.random, time.monotonic)

        def tell(standing: Standing) -> None:
            show(watcher, standing)
            for outlet in outlets:
                outlet.tell(standing.advisories, standing.at)

        watcher.on_cycle = tell
        asyncio.run(watcher.run())


@contextmanager
def _shown(as_data: bool) -> Iterator[Callable[[Watcher, Standing], None]]:
    """How each second is shown: a live table, or a line of JSON."""
    if as_data:
        yield _json_line
        return
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(highlight=False), auto_refresh=False) as live:
        yield lambda watcher, standing: live.update(_screen(watcher, standing), refresh=True)


def _json_line(watcher: Watcher, standing: Standing) -> None:
    from firebreak.desk.explaining import plain_advisory
    from firebreak.node.watching import not_looked_at

    plain = {
        "at": standing.at,
        "tracks": standing.tracks,
        "took_ms": standing.took_ms,
        "not_looked_at": not_looked_at(standing),
        "sources": {
            name: {
                "state": health.state.value,
                "reports": health.reports,
                "trouble": health.trouble,
            }
            for name, health in watcher.health().items()
        },
        "advisories": [plain_advisory(each) for each in standing.advisories],
    }
    print(json.dumps(plain, ensure_ascii=False), flush=True)


def _screen(watcher: Watcher, standing: Standing) -> RenderableType:
    """The table of one second: sources, then advisories, the most urgent first."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from firebreak.node.watching import not_looked_at
    from firebreak.records.figures import date_time_group_seconds

    head = Text(
        f"{date_time_group_seconds(standing.at)}  {standing.tracks:,} tracks,"
        f" {standing.rates.standing:,} advisories, {standing.rates.in_ten_minutes} new in ten minutes;"
        f" cycle {standing.took_ms} ms"
    )
    sources = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("source", "state", "reports", "refused", ""):
        sources.add_column(column, overflow="fold")
    for name, health in watcher.health().items():
        sources.add_row(
            Text(name),
            Text(health.state.value),
            Text(f"{health.reports:,}"),
            Text(f"{sum(health.refused.values()):,}"),
            Text(health.trouble or ""),
        )
    listed = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("", "since", "advisory"):
        listed.add_column(column, overflow="fold")
    for advisory in standing.advisories[:20]:
        listed.add_row(*(Text(cell) for cell in _row(advisory)))
    rest = len(standing.advisories) - 20
    below = Text(f"and {rest} more" if rest > 0 else "")
    if not standing.advisories:
        below = Text(NOBODY)
    left_out = [Text(f"WARNING: {sentence}", "bold") for sentence in not_looked_at(standing)]
    return Group(head, *left_out, sources, listed, below)


def _row(advisory: Advisory) -> tuple[str, str, str]:
    from firebreak.desk.explaining import sentence
    from firebreak.records.figures import date_time_group_seconds

    return (
        SIGNS[advisory.level.name.lower()],
        date_time_group_seconds(advisory.since),
        sentence(advisory),
    )


register(app)
