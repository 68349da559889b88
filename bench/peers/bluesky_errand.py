"""Run by BlueSky's own Python, not by ours: its compiled conflict detection over aircraft from a file.

python bluesky_errand.py AIRCRAFT.npz PAIRS.npy ROUNDS: seconds of each round as JSON on the last line,
the pairs it reported as row numbers, the lower first, each once.
"""

import json
import sys
import time
from types import SimpleNamespace

import numpy as np
from bluesky.traffic.asas import cstatebased  # type: ignore[import-not-found] # not in our venv

# 1,000 ft but for a millimetre: otherwise rounding decides of those that are exactly so far apart,
# who are not in conflict.
VERTICAL_M = 304.8 - 0.001
HORIZONTAL_M = 9_260.0
LOOK_AHEAD_S = 300.0


def main(aircraft: str, pairs: str, rounds: str) -> None:
    columns = dict(np.load(aircraft))
    count = len(columns["lat"])
    traffic = SimpleNamespace(**columns, id=list(range(count)), ntraf=count)
    limits = [np.full(count, limit) for limit in (HORIZONTAL_M, VERTICAL_M, LOOK_AHEAD_S)]
    seconds: list[float] = []
    found: list[tuple[int, int]] = []
    for _ in range(int(rounds)):
        begun = time.perf_counter()
        found = cstatebased.detect(traffic, traffic, *limits)[0]
        seconds.append(time.perf_counter() - begun)
    both = np.array(found, np.int64).reshape(-1, 2)
    np.save(pairs, np.unique(np.sort(both, axis=1), axis=0))
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
