"""A process that writes to a store until something stops it; run by the tests, never collected.

    python tests/store/child.py PATH [--file-limit BYTES]

Prints "open", then a line for each entry once it is acknowledged, "failed MESSAGE" when one is not.
"""

import argparse
import resource
import sys
import threading
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from firebreak.errors import StoreTrouble
from firebreak.store.sqlite import open_store
from tests.store.contract import ORIGIN, entry, head

IN_FLIGHT = 8


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    parser.add_argument("--file-limit", type=int)
    arguments = parser.parse_args()
    store = open_store(arguments.path, lambda callback: callback(), create=False)
    if arguments.file_limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (arguments.file_limit, resource.RLIM_INFINITY))
    print("open", flush=True)
    window = threading.Semaphore(IN_FLIGHT)
    failed = threading.Event()

    def told(index: int, error: StoreTrouble | None) -> None:
        print(index if error is None else f"failed {error}", flush=True)
        if error is not None:
            failed.set()
        window.release()

    index = store.size(ORIGIN)
    while not failed.is_set():
        window.acquire()
        store.submit([entry(index), head(index + 1)], partial(told, index))
        index += 1
    store.close()


if __name__ == "__main__":
    main()
