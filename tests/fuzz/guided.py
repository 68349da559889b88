"""The coverage-guided half, in a process of its own: the fuzzer takes it over and ends it.

python -m tests.fuzz.guided NAME,NAME… PROGRAM [libFuzzer's options and folders]
An input's first byte says which target reads the rest. PROGRAM: what libFuzzer runs where it needs
another process like this one. `python -m tests.fuzz` is what people run.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import firebreak


def unmarked_modules() -> Iterator[str]:
    """Modules into which the fuzzer may put no marks of its own.

    numba cannot compile code with them; and atheris 3.0 never gives back the result of a marked
    comparison of NumPy arrays, so that a run would end without memory.
    """
    package = Path(firebreak.__file__).parent
    for path in package.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "import compiled\n" in text or "import numpy as np\n" in text:
            yield ".".join(("firebreak", *path.relative_to(package).with_suffix("").parts))


def main(names: list[str], words: list[str]) -> None:
    """Hand the process over. Only Firebreak's own code is watched for new ways through it."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["firebreak"], exclude=list(unmarked_modules())):
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
