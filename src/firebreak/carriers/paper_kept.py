"""Parts kept in a folder between one scan and the next, until their bundle is whole."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firebreak.carriers.paper import MAX_PART, Gathered, Part, Sheaf, gathered, parse_part
from firebreak.errors import InvalidValue, Malformed

SUFFIX: Final = ".part"
MOST_BUNDLES: Final = 64
"""Of so many bundles parts are kept in one folder (PA-10)."""


@dataclass(frozen=True, slots=True)
class KeptParts:
    """A folder with one file for each part: the bytes of its code.

    Every method raises InvalidValue where the folder cannot be read or written, or holds a file that
    is no part.
    """

    folder: Path

    def add(self, parts: Iterable[Part]) -> int:
        """Keep parts; how many are new. Raises InvalidValue for more than 64 bundles."""
        held = {bundle.sheaf: bundle for bundle in self.gathered()}
        count = 0
        for part in parts:
            bundle = held.get(part.sheaf)
            if bundle is None:
                if len(held) == MOST_BUNDLES:
                    raise InvalidValue(
                        f"{self.folder} keeps parts of {MOST_BUNDLES} bundles already. Remove what is"
                        " no longer wanted, or name another folder: --parts DIR."
                    )
                bundle = held[part.sheaf] = Gathered(part.sheaf)
            if bundle.add(part):
                self._write(part)
                count += 1
        return count

    def gathered(self) -> list[Gathered]:
        """What is kept, by bundle."""
        try:
            return gathered(self._read(path) for path in sorted(self.folder.glob(f"*{SUFFIX}")))
        except OSError as error:
            raise self._trouble(error) from error

    def forget(self, sheaf: Sheaf) -> None:
        """Remove the parts of a bundle, and the folder if it is empty then."""
        try:
            for path in self.folder.glob(f"{_stem(sheaf)}-*{SUFFIX}"):
                path.unlink()
            if not any(self.folder.iterdir()):
                self.folder.rmdir()
        except OSError as error:
            raise self._trouble(error) from error

    def _read(self, path: Path) -> Part:
        with path.open("rb") as file:
            data = file.read(MAX_PART + 1)
        try:
            return parse_part(data)
        except Malformed as error:
            raise InvalidValue(
                f"{path} is no part of a page. Remove it, and scan that page again."
            ) from error

    def _write(self, part: Part) -> None:
        code = part.encoded()
        path = self.folder / (
            f"{_stem(part.sheaf)}-{part.number:03}-{zlib.crc32(code):08x}{SUFFIX}"
        )
        unfinished = path.with_suffix(".unfinished")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                file.write(code)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError as error:
            raise self._trouble(error) from error

    def _trouble(self, error: OSError) -> InvalidValue:
        return InvalidValue(
            f"The parts in {self.folder} cannot be kept or read: {error.strerror}. Name another"
            " folder: --parts DIR."
        )


def _stem(sheaf: Sheaf) -> str:
    return f"{sheaf.whole.hex()}-{sheaf.length}"
