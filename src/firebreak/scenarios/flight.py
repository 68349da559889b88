"""A recorded flight through the watch: what it holds doubtful, advises and drafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from firebreak.errors import InvalidValue, Misuse
from firebreak.scenarios.scenario import FlightUse
from firebreak.values import Position

if TYPE_CHECKING:
    from firebreak.desk.drafts import Draft
    from firebreak.desk.releasability import TrackTerms
    from firebreak.watch.advisories import Advisory
    from firebreak.watch.reports import Reports


@dataclass(frozen=True, slots=True)
class Found:
    """What the watch found of a flight, all computed from its reports and the agreed line.

    doubtful: the track's label, if it was held doubtful; reason: why, in words. draft: the query that
    the advisory suggests, as the releasability gate lets it out.
    """

    doubtful: tuple[str, ...]
    reason: str
    advisory: Advisory
    draft: Draft


def load_flight(name: str) -> Reports:
    """The reports of a flight that comes with the scenarios, by file name. Raises InvalidValue."""
    from firebreak.formats.opensky import OpenSkyCsv
    from firebreak.watch.reports import joined

    file = resources.files("firebreak.scenarios").joinpath("flights", name)
    if not file.is_file():
        raise InvalidValue(f"There is no recorded flight {name!r} among the scenarios.")
    table = OpenSkyCsv(0, name)
    return joined([table.feed(file.read_bytes()), table.end()])


def watched(
    use: FlightUse, line_name: str, path: Sequence[Position], channels: Sequence[TrackTerms]
) -> Found:
    """Replay the minutes of a flight against a line, until the watch has a doubtful track to ask about.

    channels: what may be said of tracks, as agreed. Raises Misuse if it never has.
    """
    import numpy as np

    from firebreak.desk.drafts import draft
    from firebreak.watch.advisories import Situation
    from firebreak.watch.doubts import doubts_text
    from firebreak.watch.fences import Fence, Line
    from firebreak.watch.picture import Picture
    from firebreak.watch.replay import replay
    from firebreak.watch.reports import identity_text, text_identity

    reports = load_flight(use.file)
    reports = reports.take((reports.at >= use.begin_ms) & (reports.at <= use.end_ms))
    line = Line(
        np.array([point.latitude_e7 for point in path], np.int32),
        np.array([point.longitude_e7 for point in path], np.int32),
    )
    picture = Picture([use.file], [Fence(line_name, line, name=line_name)])
    identity = text_identity(use.file)
    picture.names[identity] = use.track
    doubtful: dict[str, str] = {}
    for moment in replay(picture, reports):
        for doubted in moment.doubted:
            named = doubted.identity == identity_text(identity)
            name = use.track if named else doubted.identity
            doubtful[name] = doubts_text(doubted.doubts)
        for advisory in picture.shown(moment.cycle.changes.raised):
            if advisory.situation is not Situation.DOUBTFUL:
                continue
            trails, labels = picture.trails_of(advisory), {use.track: use.track}
            made = draft(advisory, trails, channels, {}, labels, moment.cycle.at)
            if made is None or made.query is None:
                raise Misuse("The watch found the doubtful track, and may say nothing of it.")
            return Found(tuple(doubtful), "; ".join(doubtful.values()), advisory, made)
    raise Misuse("The watch found no doubtful track at the agreed line.")
