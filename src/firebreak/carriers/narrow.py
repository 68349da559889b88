"""Datagrams between nodes whose line is set narrow (spec/narrow.md): one UDP socket for all of them.

The session decides what is sent and when; this moves it. All methods belong to one event loop.
"""

import asyncio
import socket
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from firebreak.carriers.patience import Patience
from firebreak.carriers.socket import (
    Address,
    OnBundle,
    OnRefused,
    OnState,
    Reason,
    Refusal,
    Where,
    fault,
    flooded,
    resolved,
    shown,
    unreached,
    unusable,
)
from firebreak.errors import InvalidValue
from firebreak.line.narrow import HINT_BYTES, LineKeys, Session, Taken, hint
from firebreak.sealing import parse_header

_AT_ONCE: Final = 32
"""Datagrams read before the rest of the node has its turn."""
_MOST_UNTAKEN: Final = 256
"""Bundles that wait to be taken; with more, datagrams are left to be sent again."""
_LARGEST: Final = 2_048
_LOOK_AGAIN: Final = 5.0
"""Seconds until the operator's word on a peer's address is looked at again."""


def _now() -> int:
    return time.monotonic_ns() // 1_000_000


@dataclass(slots=True)
class _Line:
    name: str
    session: Session
    address: Address | None = None
    """Where the peer's newest word came from, or where it is said to listen."""
    meetings: int = 0
    met: bool = False
    timer: asyncio.TimerHandle | None = None
    untaken: deque[bytes] = field(default_factory=deque)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    patience: Patience = field(default_factory=Patience)
    trouble: str | None = None
    unknown: str | None = None
    """Why the name of its host tells no address now."""


class NarrowCarrier:
    """Narrow lines to the peers that have one.

    keys: by peer; listen: host and port, None for any port; where: asked again whenever a peer is
    silent. The rest is as for `SocketCarrier`.
    """

    def __init__(
        self,
        keys: Mapping[str, LineKeys],
        listen: Address | None,
        where: Where,
        on_bundle: OnBundle,
        on_state: OnState,
        on_refused: OnRefused,
        randomness: Callable[[int], bytes],
    ) -> None:
        self._listen = listen
        self._where = where
        self._on_bundle = on_bundle
        self._on_state = on_state
        self._on_refused = on_refused
        self._lines = {n: _Line(n, Session(k, randomness, _now())) for n, k in keys.items()}
        self._by_hint: dict[bytes, list[_Line]] = {}
        for name, key in keys.items():
            self._by_hint.setdefault(hint(key.back), []).append(self._lines[name])
        self._socket: socket.socket | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Listen, and call every peer. Raises Misuse if the port cannot be had."""
        if not self._lines:
            return
        self._loop = asyncio.get_running_loop()
        place = self._listen or ("0.0.0.0", 0)
        try:
            family, where = await resolved(place, socket.SOCK_DGRAM)
            self._socket = socket.socket(family, socket.SOCK_DGRAM)
            self._socket.setblocking(False)
            self._socket.bind(where)
        except OSError as error:
            await self.stop()
            raise unusable(place, error) from error
        self._loop.add_reader(self._socket.fileno(), self._readable)
        for line in self._lines.values():
            self._tasks.append(self._loop.create_task(self._take(line)))
            self._tasks.append(self._loop.create_task(self._look_up(line)))

    async def stop(self) -> None:
        """Close the socket. What still waits to be sent is dropped."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        for line in self._lines.values():
            if line.timer is not None:
                line.timer.cancel()
        if self._socket is not None:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None

    def knows(self, peer: str) -> bool:
        """Whether the line to this peer is narrow."""
        return peer in self._lines

    def connected(self, peer: str) -> bool:
        """Whether both nodes have heard each other. Raises InvalidValue for an unknown peer."""
        return self._named(peer).met

    def trouble(self, peer: str) -> str | None:
        """Why the peer is not reached; None while it is."""
        line = self._named(peer)
        if line.met:
            return None
        if line.trouble is not None:
            return line.trouble
        if line.unknown is not None:
            return line.unknown
        if line.address is None:
            return "It has not called, and no address of it is known: firebreak party peer."
        return f"{shown(line.address)} does not answer. Check the address and the network."

    def send(self, peer: str, bundle: bytes) -> bool:
        """As `SocketCarrier.send`."""
        precedence = parse_header(bundle).precedence
        line = self._named(peer)
        put = line.session.put(bundle, precedence)
        if put:
            self._pump(line)
        return put

    def _named(self, peer: str) -> _Line:
        try:
            return self._lines[peer]
        except KeyError:
            raise InvalidValue(f"There is no narrow line to “{peer}”.") from None

    # -- what comes --------------------------------------------------------------------------

    def _readable(self) -> None:
        assert self._socket is not None
        touched: dict[str, _Line] = {}
        for _ in range(_AT_ONCE):
            try:
                datagram, source = self._socket.recvfrom(_LARGEST)
            except BlockingIOError:
                break
            except OSError:  # an earlier datagram of ours was not wanted where it arrived
                continue
            for line in self._by_hint.get(datagram[1 : 1 + HINT_BYTES], ()):
                if self._listens_to(line):
                    self._heard(line, line.session.take(datagram, _now()), source[:2])
                    touched[line.name] = line
        for line in touched.values():
            self._pump(line)

    def _listens_to(self, line: _Line) -> bool:
        """N-7: what cannot be taken now is sent again by an honest peer."""
        return len(line.untaken) < _MOST_UNTAKEN and not line.patience.barred(self._loop.time())

    def _heard(self, line: _Line, taken: Taken, source: Address) -> None:
        if taken.fresh:  # N-6
            line.address, line.trouble = source, None
        if taken.answer is not None:
            self._throw(taken.answer, source)
        if taken.bundles:
            line.untaken.extend(taken.bundles)
            line.arrived.set()

    async def _take(self, line: _Line) -> None:
        while True:
            await line.arrived.wait()
            while line.untaken:
                try:
                    good = await self._on_bundle(line.name, line.untaken.popleft())
                except Exception as error:  # noqa: BLE001  # one bundle must not end the line
                    good = False
                    fault(error)
                if not good:
                    self._strike(line)
                await asyncio.sleep(0)
            line.arrived.clear()

    def _strike(self, line: _Line) -> None:
        """One bad bundle; after too many, datagrams of this peer are dropped unread for a while."""
        if not line.patience.strike(self._loop.time()):
            return
        line.untaken.clear()
        line.trouble = flooded(line.name)
        self._on_refused(Refusal(Reason.FLOOD, shown(line.address), line.name, line.trouble))

    # -- what goes ---------------------------------------------------------------------------

    def _pump(self, line: _Line) -> None:
        """Send what is due, tell what has changed, and come again when more is."""
        if self._socket is None:
            return
        due = line.session.due(_now())
        for datagram in due:
            if line.address is not None:
                self._throw(datagram, line.address)
        self._tell(line)
        if line.timer is not None:
            line.timer.cancel()
        wait = max(1, line.session.wake_at() - _now())
        line.timer = self._loop.call_later(wait / 1_000, self._pump, line)

    def _throw(self, datagram: bytes, address: Address) -> None:
        """Send without waiting; what the system does not take is lost, as on any wire."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.sendto(datagram, address)

    def _tell(self, line: _Line) -> None:
        met, meetings = line.session.met, line.session.meetings
        if line.met and (not met or meetings != line.meetings):
            line.met = False
            self._on_state(line.name, False)
        if met and not line.met:
            line.met, line.meetings = True, meetings
            self._on_state(line.name, True)

    async def _look_up(self, line: _Line) -> None:
        """Keep to the address that the operator says, while the peer has not shown another."""
        said: Address | None = None
        while True:
            place = self._where(line.name)
            if place is not None and not (line.met and place == said):
                try:
                    _, found = await resolved(place, socket.SOCK_DGRAM)
                except OSError as error:
                    line.unknown = unreached(shown(place), error)
                else:
                    line.unknown = None
                    if place != said or not line.met:
                        line.address, said = found, place
            self._pump(line)
            await asyncio.sleep(_LOOK_AGAIN)
