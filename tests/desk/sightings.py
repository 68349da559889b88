"""Sightings of tracks and advisories for the tests of drafts, the gate and explanations."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from firebreak.values import DEGREE, HeightReference, Millis, Position
from firebreak.watch.advisories import Advisory, Input, Level, Seen, Situation, Stage
from firebreak.watch.doubts import Doubt

NOW: Final = Millis(1_795_348_800_000)
SEEN: Final = Seen(
    "icao:4baac6",
    0,
    Position(496_714_567, 239_819_876),
    Millis(NOW - 2_000),
    38_012,
    HeightReference.STANDARD_PRESSURE,
    53,
    261,
    Doubt.SLOW_AND_HIGH,
    Position(50 * DEGREE, 21 * DEGREE),
)
ADVISORY: Final = Advisory(
    key="doubtful:North/icao:4baac6",
    situation=Situation.DOUBTFUL,
    level=Level.ALARM,
    stage=Stage.NEW,
    present=True,
    since=NOW,
    at=NOW,
    about="North",
    of_line=True,
    protected=False,
    tracks=(SEEN,),
    in_s=0,
    margin_m=None,
    vertical_ft=None,
    side=0,
    inputs=(Input("icao:4baac6", "sbs-east", SEEN.reported_at, 2_000),),
)


def seen(identity: str = SEEN.identity, ago_ms: int = 2_000, east: int = 0) -> Seen:
    """The track so long ago, so many 1e-7 degrees further east."""
    position = Position(SEEN.position.latitude_e7, SEEN.position.longitude_e7 + east)
    return replace(SEEN, identity=identity, reported_at=Millis(NOW - ago_ms), position=position)
