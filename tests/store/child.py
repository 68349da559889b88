"""A process that writes to a store until something stops it; run by the tests, never collected.

    python tests/store/child.py PATH [--file-limit BYTES]

Prints "open", then a line for each entry once it is acknowledged, "failed MESSAGE" when one is not.
"""

import argparse
import resource
import sys
from collections import deque
from collections.abc import Callable
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
    turns: deque[Callable[[], None]] = deque()
    store = open_store(arguments.path, turns.append, create=False)
    if arguments.file_limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (arguments.file_limit, resource.RLIM_INFINITY))
    print("open", flush=True)
    failures: list[StoreTrouble] = []

    def told(index: int, error: StoreTrouble | None) -> None:
        print(index if error is None else f"failed {error}", flush=True)
        if error is not None:
            failures.append(error)

    index = store.size(ORIGIN)
    while not failures:
        for _ in range(IN_FLIGHT):
            store.submit([entry(index), head(index + 1)], partial(told, index))
            index += 1
        while turns:
            turns.popleft()()
    store.close()


if __name__ == "__main__":
    main()
