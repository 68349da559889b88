"""Measure the watch, BlueSky and PostGIS in one go on the same inputs, and compare.

.venv/bin/python bench/peers/watch.py                     what is missing, or the table
.venv/bin/python bench/peers/watch.py --install           install what is missing first
.venv/bin/python bench/peers/watch.py --json f --plot f   keep the figures and draw them
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    # The project's root instead of this folder, so that modules are found as tests find them.
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    from bench.peers.watch_main import main

    sys.exit(main(sys.argv[1:]))
