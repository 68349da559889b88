"""A stream of bytes cut into lines, with a bounded remainder (W-S2)."""

from __future__ import annotations

from firebreak.formats.refusals import Refusal, Refusals


class Lines:
    """Whole lines out of pieces of any length. most: bytes of a line; longer ones are dropped."""

    def __init__(self, most: int, refused: Refusals) -> None:
        self._most = most
        self._refused = refused
        self._remainder = b""
        self._dropping = False

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that have ended, without their end; a line feed ends one, CR before it goes too."""
        *ended, rest = (self._remainder + data).split(b"\n")
        if self._dropping and ended:
            del ended[0]
            self._dropping = False
        if self._dropping:
            rest = b""
        elif len(rest) > self._most:
            self._refused[Refusal.TOO_LONG] += 1
            self._dropping = True
            rest = b""
        self._remainder = rest
        lines = [line.rstrip(b"\r") for line in ended if len(line) <= self._most]
        if len(lines) != len(ended):
            self._refused[Refusal.TOO_LONG] += len(ended) - len(lines)
        return lines

    def cut(self) -> None:
        """The connection ended: what is unfinished would be half a message."""
        if self._remainder:
            self._refused[Refusal.TRUNCATED] += 1
        self._remainder = b""
        self._dropping = False
