"""The coverage-guided half, in a process of its own: the fuzzer takes it over and ends it.

python -m tests.fuzz.guided NAME,NAME… PROGRAM [libFuzzer's options and folders]
An input's first byte says which target reads the rest. PROGRAM: what libFuzzer runs where it needs
another process like this one. `python -m tests.fuzz` is what people run.
"""

from __future__ import annotations

import importlib
import sys
from random import Random
from typing import Any


def main(names: list[str], words: list[str]) -> None:
    """Hand the process over. Only Firebreak's own code is watched for new ways through it."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["firebreak"]):
        table = importlib.import_module("tests.fuzz.targets").TARGETS
    attempt = importlib.import_module("tests.fuzz.watching").attempt
    mutated = importlib.import_module("tests.fuzz.mutation").mutated
    chosen = [table[name] for name in names]
    examples = [list(target.examples()) for target in chosen]

    def read(data: bytes) -> None:
        if data:
            attempt(chosen[data[0] % len(chosen)], bytes(data[1:]))

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        chance = Random(seed)
        place = data[0] % len(chosen) if data else chance.randrange(len(chosen))
        if chance.random() < 0.3:
            rest = bytes(atheris.Mutate(data[1:], most - 1))
        else:
            rest = mutated(bytes(data[1:]), chosen[place].shape, examples[place], chance)
        return bytes([place]) + rest[: most - 1]

    atheris.Setup(words, read, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1].split(","), sys.argv[2:])
