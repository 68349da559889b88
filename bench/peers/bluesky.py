"""BlueSky's compiled state-based conflict detection: every pair, one thread; timed and judged."""

import json
import subprocess
from pathlib import Path

import numpy as np

from bench.peers.errand import BenchError
from bench.peers.watch_installing import BLUESKY_PYTHON
from firebreak.bench.approach import judged
from firebreak.bench.workloads import aircraft, states
from firebreak.watch.reports import Floats, Longs
from firebreak.watch.states import States

SIZES = {1_000: 5, 2_000: 5, 5_000: 3, 10_000: 3, 20_000: 2}
"""Aircraft, and rounds of which the best counts."""
JUDGED = 20_000
ERRAND = Path(__file__).with_name("bluesky_errand.py")


def measure_bluesky(folder: Path, sizes: dict[int, int]) -> dict[str, float]:
    """`bluesky_<thousands>k_ms` of each size; of JUDGED aircraft, what it missed and made up.

    Missed and false as the watch's own are counted, against the same truth.
    """
    figures: dict[str, float] = {}
    for count, rounds in sizes.items():
        of = states(aircraft(count))
        milliseconds, pairs = _detected(folder, of, rounds)
        figures[f"bluesky_{count // 1000}k_ms"] = milliseconds
        if count == JUDGED:
            missed, false, true = judged(of, reported=(pairs[:, 0], pairs[:, 1]))
            figures |= {
                "bluesky_missed": missed,
                "bluesky_false": false,
                "bluesky_true_conflicts": true,
            }
    return figures


def _detected(folder: Path, of: States, rounds: int) -> tuple[float, Longs]:
    """The best round in milliseconds; the pairs (m, 2)."""
    given, told = folder / "aircraft.npz", folder / "pairs.npy"
    np.savez(given, allow_pickle=False, **columns(of))
    # -P: this folder, where a module is named as BlueSky's package, is not searched.
    done = subprocess.run(
        [BLUESKY_PYTHON, "-P", ERRAND, given, told, str(rounds)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BenchError(f"BlueSky failed:\n{done.stderr.strip()[-1000:]}")
    seconds = json.loads(done.stdout.splitlines()[-1])
    pairs: Longs = np.load(told)
    return 1_000 * min(seconds), pairs


def columns(of: States) -> dict[str, Floats]:
    """The same aircraft as BlueSky takes them: degrees, metres, metres a second."""
    return {
        "lat": of.latitude_e7 / 1e7,
        "lon": of.longitude_e7 / 1e7,
        "trk": of.course_cd / 100,
        "gs": of.speed_cm_s / 100,
        "alt": of.height_ft.astype(float) * 0.3048,
        "vs": of.climb_fpm * 0.3048 / 60,
    }
