"""What the watch tells one's own systems: Cursor on Target by UDP, CAP alerts into a folder (W-O5).

Nothing about a protected site goes out, and every message says that it is not for targeting.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from firebreak.errors import InvalidValue, Misuse
from firebreak.formats.own_cap import CapAlert, cap_of_advisory
from firebreak.formats.own_cot import cot_of_advisory, cot_of_track
from firebreak.values import Millis
from firebreak.watch.advisories import Advisory, Level, Stage

AGAIN_MS: Final = 10_000
"""A standing advisory is told to CoT anew so often: a receiver that starts late sees it too."""
_PLACE: Final = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9.-]{1,253}):([0-9]{1,5})")


def parse_place(text: str) -> tuple[str, int]:
    """`HOST:PORT`. Raises InvalidValue."""
    found = _PLACE.fullmatch(text)
    if found is None or not 1 <= int(found[2]) <= 65_535:
        raise InvalidValue(
            f"{text[:80]!r} is no place to send to. Write HOST:PORT, as 127.0.0.1:4242."
        )
    return found[1].strip("[]"), int(found[2])


class CotOutlet:
    """Events of what stands, and of the tracks in it, as datagrams to one place.

    Raises Misuse where that place cannot be found. What cannot be sent is dropped: a screen that is
    down must not stop the watch.
    """

    def __init__(self, place: tuple[str, int], exercise: bool) -> None:
        try:
            found = socket.getaddrinfo(*place, type=socket.SOCK_DGRAM)[0]
        except OSError as error:
            raise Misuse(
                f"{place[0]} cannot be found: {error.strerror}. Check the name."
            ) from error
        self._socket = socket.socket(found[0], found[1])
        self._socket.setblocking(False)
        self._address = found[4]
        self._exercise = exercise
        self._told: dict[str, tuple[Stage, int, Advisory]] = {}

    def tell(self, advisories: Sequence[Advisory], now: Millis) -> None:
        """Send what is new, what changed, what is due again, and the end of what is gone."""
        standing = {each.key: each for each in advisories if not each.protected and each.tracks}
        for key in list(self._told):
            if key not in standing:
                self._send(cot_of_advisory(ended(self._told.pop(key)[2], now), now, self._exercise))
        for key, advisory in standing.items():
            before = self._told.get(key)
            if before is None or before[0] is not advisory.stage or now - before[1] >= AGAIN_MS:
                self._told[key] = (advisory.stage, now, advisory)
                self._send(cot_of_advisory(advisory, now, self._exercise))
                for seen in advisory.tracks:
                    self._send(cot_of_track(seen, now, self._exercise))

    def _send(self, event: bytes) -> None:
        try:
            self._socket.sendto(event, self._address)
        except OSError:
            return

    def close(self) -> None:
        """No more is sent."""
        self._socket.close()


class CapOutlet:
    """One file an alert, of warnings and alarms: `<identifier>.xml`. The folder is one's own.

    Raises Misuse where the folder cannot be written.
    """

    def __init__(self, folder: Path, sender: str, exercise: bool) -> None:
        self._folder, self._sender, self._exercise = folder, sender, exercise
        self._told: dict[str, tuple[Advisory, CapAlert]] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Misuse(f"{folder} cannot be written: {error.strerror}.") from error

    def tell(self, advisories: Sequence[Advisory], now: Millis) -> None:
        """Write what is new, what got another level, and what is gone.

        Raises Misuse if something could not be written, after all else was; it is tried again at the
        next call.
        """
        standing = {each.key: each for each in advisories if not each.protected}
        trouble: Misuse | None = None
        for key, (advisory, before) in list(self._told.items()):
            if key not in standing:
                try:
                    self._write(ended(advisory, now), now, before)
                except Misuse as error:
                    trouble = error
                else:
                    del self._told[key]
        for key, advisory in standing.items():
            told = self._told.get(key)
            # What falls below a warning is updated, not cancelled: it still stands.
            new = told is None and advisory.level >= Level.WARNING
            if new or (told is not None and told[0].level is not advisory.level):
                try:
                    alert = self._write(advisory, now, None if told is None else told[1])
                except Misuse as error:
                    trouble = error
                else:
                    self._told[key] = (advisory, alert)
        if trouble is not None:
            raise trouble

    def _write(self, advisory: Advisory, now: Millis, before: CapAlert | None) -> CapAlert:
        alert = cap_of_advisory(
            advisory,
            self._sender,
            now,
            self._exercise,
            None if before is None else before.reference,
        )
        name = alert.reference.split(",")[1]
        part = self._folder / f".{name}.part"
        try:
            part.write_bytes(alert.document)
            part.replace(self._folder / f"{name}.xml")
        except OSError as error:
            raise Misuse(f"{self._folder} cannot be written: {error.strerror}.") from error
        return alert

    def close(self) -> None:
        """Nothing is held open."""


def ended(advisory: Advisory, now: Millis) -> Advisory:
    """The same, cleared now."""
    return replace(advisory, stage=Stage.CLEARED, at=max(now, advisory.at))
