"""`firebreak bench watch`: the engines, the whole cycle and ingest, on seeded inputs (bench/workloads)."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np

from firebreak.bench import approach, fences, ingest, volumes
from firebreak.bench.workloads import AT, aircraft, lines, states, zones
from firebreak.values import Millis
from firebreak.watch.motion import ahead_with_course
from firebreak.watch.picture import Picture
from firebreak.watch.reports import ABSENT, Reports
from firebreak.watch.states import States

CYCLE_TRACKS: Final = 100_000
WARM_CYCLES: Final = 6
CYCLES: Final = 5
PEERS: Final = Path("bench/peers/watch.py")
_FIRST: Final = """
import time
begun = time.perf_counter()
from firebreak.bench.watch import reported
from firebreak.bench.workloads import AT, aircraft, states
from firebreak.values import Millis, DEGREE, Position
from firebreak.volumes import Circle
from firebreak.watch.fences import Fence
from firebreak.watch.picture import Picture
picture = Picture(["bench"], [Fence("zone", Circle(Position(50 * DEGREE, 20 * DEGREE), 50_000))])
picture.take(reported(states(aircraft(1_000)), 0))
picture.cycle(Millis(AT))
assert len(picture.advisories()) > 0
print(time.perf_counter() - begun)
"""


def measure(
    folder: Path, show: Callable[[str], None], quick: bool
) -> Mapping[str, float | Mapping[str, float]]:
    """Every key of the bench but `peers`; folder: an empty one. quick: fewer rounds, no growth.

    `cycle_100k_core_share`: seconds of CPU of one cycle over 100,000 tracks, 27 lines and 5,000 zones,
    one of which comes each second; ingest is not in it. `first_result_s`: from a process's start to
    the first advisories, compiled code cached. The others: see the modules of each engine.
    """
    show("first result of a new process")
    _first_result_s()  # compiles, where nothing is cached yet
    found: dict[str, float | Mapping[str, float]] = {
        "first_result_s": median(_first_result_s() for _ in range(1 if quick else 3))
    }
    show("closest approach")
    found |= approach.measure()
    found |= fences.measure(show, quick)
    show("notices")
    found |= volumes.measure(folder)
    show("ingest")
    found["ingest_per_s"] = ingest.measure(quick)
    show("whole cycles of 100,000 tracks")
    found["cycle_100k_core_share"] = cycle_core_share()
    if not quick:
        show("growth")
        found |= {
            "cpa_growth_ms": _curve(approach.growth()),
            "volumes_growth_us": _curve(volumes.growth()),
        }
    return found


def peers(
    found: Mapping[str, Any], folder: Path, show: Callable[[str], None]
) -> Mapping[str, Mapping[str, float]]:
    """`peers`: BlueSky's and PostGIS's figures beside these of ours; empty, and said, if they cannot run.

    They run from the project's root alone, where PEERS is.
    """
    how = f"`{sys.executable} {PEERS} --install`, as root in the project's root, installs them."
    if not PEERS.is_file():
        print(f"The peers were not run: there is no {PEERS} here. {how}", file=sys.stderr)
        return {}
    ours, theirs = folder / "ours.json", folder / "peers.json"
    ours.write_text(json.dumps(found), encoding="utf-8")
    show("BlueSky and PostGIS")
    done = subprocess.run(
        [sys.executable, PEERS, "--ours", ours, "--json", theirs],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(f"The peers were not run: {done.stderr.strip()[-2_000:]}\n{how}", file=sys.stderr)
        return {}
    told: Mapping[str, float] = json.loads(theirs.read_text(encoding="utf-8"))["peers"]
    return {"peers": told}


def _curve(points: list[tuple[int, float]]) -> dict[str, float]:
    return {str(size): value for size, value in points}


def _first_result_s() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", _FIRST], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def reported(of: States, seconds: int) -> Reports:
    """What these aircraft report so many seconds later, each for itself."""
    count = len(of)
    latitude, longitude, course = ahead_with_course(
        of.latitude_e7,
        of.longitude_e7,
        of.speed_cm_s,
        of.course_cd,
        np.full(count, float(seconds)),
    )
    at = np.full(count, AT + 1_000 * seconds, np.int64)
    return Reports(
        np.zeros(count, np.int16),
        of.identity,
        at,
        at,
        latitude,
        longitude,
        of.height_ft,
        of.height_reference,
        of.speed_cm_s,
        course,
        of.climb_fpm,
        np.full(count, ABSENT, np.int32),
        of.domain,
    )


def cycle_core_share() -> float:
    """Seconds of CPU a cycle, median of CYCLES, after WARM_CYCLES in which what stands is raised."""
    of = states(aircraft(CYCLE_TRACKS))
    picture = Picture(["bench"], fences.all_fences(lines(), zones()))
    taken = []
    for second in range(WARM_CYCLES + CYCLES):
        picture.take(reported(of, second))
        begun = time.process_time()
        picture.cycle(Millis(AT + 1_000 * second))
        if second >= WARM_CYCLES:
            taken.append(time.process_time() - begun)
    return median(taken)
