"""Run one errand over Firebreak, Postfix, Prosody and Matrix Synapse in one go, and compare.

python bench/peers/run.py                     what is missing, or the table
python bench/peers/run.py --install           install what is missing, then the table
python bench/peers/run.py --json f --plot f   keep the figures and draw them
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    # The project's root instead of this folder, so that modules are found as tests find them.
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    from bench.peers.main import main

    sys.exit(main(sys.argv[1:]))
