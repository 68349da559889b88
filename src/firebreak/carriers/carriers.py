"""All of a node's lines: TLS to some peers, datagrams to those whose line is set narrow."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from firebreak.carriers.narrow import NarrowCarrier
from firebreak.carriers.socket import (
    Address,
    OnBundle,
    OnRefused,
    OnState,
    PeerPin,
    Reason,
    SocketCarrier,
    Where,
)
from firebreak.line.narrow import LineKeys


@dataclass(frozen=True, slots=True)
class Events:
    """What a node is told by its carriers; see `SocketCarrier`."""

    on_bundle: OnBundle
    on_state: OnState
    on_refused: OnRefused


class Carriers:
    """Both carriers as one. keys: of the narrow lines, by peer; the rest as for `SocketCarrier`."""

    def __init__(
        self,
        identity: Path,
        peers: Mapping[str, PeerPin],
        keys: Mapping[str, LineKeys],
        listen: Address,
        events: Events,
        randomness: Callable[[int], bytes],
        where: Where,
    ) -> None:
        told = (events.on_bundle, events.on_state, events.on_refused)
        self._broad = SocketCarrier(identity, peers, listen, *told, randomness, where=where)
        self._narrow = NarrowCarrier(keys, listen, where, *told, randomness)

    async def start(self) -> None:
        """Listen and call. Raises Misuse if a port cannot be had."""
        await self._broad.start()
        try:
            await self._narrow.start()
        except BaseException:
            await self._broad.stop()
            raise

    async def stop(self) -> None:
        """Close every connection. What still waits to be sent is dropped."""
        await self._broad.stop()
        await self._narrow.stop()

    @property
    def address(self) -> Address | None:
        """Where this node listens now."""
        return self._broad.address

    @property
    def refusals(self) -> Counter[Reason]:
        """How many callers were refused, and why."""
        return self._broad.refusals

    def connected(self, peer: str) -> bool:
        """Whether a peer is reached. Raises InvalidValue for an unknown one."""
        return self._of(peer).connected(peer)

    def trouble(self, peer: str) -> str | None:
        """Why a peer is not reached; None while it is."""
        return self._of(peer).trouble(peer)

    def send(self, peer: str, bundle: bytes) -> bool:
        """Queue a bundle, the more urgent before others; False if not connected or no room."""
        return self._of(peer).send(peer, bundle)

    def _of(self, peer: str) -> SocketCarrier | NarrowCarrier:
        return self._narrow if self._narrow.knows(peer) else self._broad
