"""The narrow carrier over real UDP on loopback."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Callable

import pytest

from firebreak.carriers.narrow import NarrowCarrier
from firebreak.carriers.patience import FREE
from firebreak.carriers.socket import Address, Reason, Refusal
from firebreak.errors import InvalidValue, Misuse
from firebreak.line.narrow import LineKeys, hint
from firebreak.values import Precedence
from tests.carriers.test_socket import LOOPBACK, bundle, free_port, run, soon, until

SECRET, A, B = bytes(range(32)), b"a" * 32, b"b" * 32
KEYS = {"a": LineKeys.of(SECRET, B, A), "b": LineKeys.of(SECRET, A, B)}
"""By the peer's name, as the other one has them."""


class Node:
    """A carrier with one peer, and what it told."""

    def __init__(self, peer: str, port: int, where: Callable[[str], Address | None]) -> None:
        self.bundles: asyncio.Queue[bytes] = asyncio.Queue()
        self.states: asyncio.Queue[bool] = asyncio.Queue()
        self.refused: asyncio.Queue[Refusal] = asyncio.Queue()
        self.pleased = True
        self.carrier = NarrowCarrier(
            {peer: KEYS[peer]},
            (LOOPBACK, port),
            where,
            self._take,
            lambda _, stands: self.states.put_nowait(stands),
            self.refused.put_nowait,
            secrets.token_bytes,
        )

    async def _take(self, peer: str, data: bytes) -> bool:
        self.bundles.put_nowait(data)
        return self.pleased

    async def __aenter__(self) -> Node:
        await self.carrier.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.carrier.stop()


def pair() -> tuple[Node, Node, dict[str, Address]]:
    """Each knows where the other is; where they are can be changed."""
    where = {"a": (LOOPBACK, free_port()), "b": (LOOPBACK, free_port())}
    first, second = (Node(peer, where[own][1], where.get) for own, peer in (("a", "b"), ("b", "a")))
    return first, second, where


def test_bundles_cross_both_ways_and_large_ones_too() -> None:
    async def work() -> None:
        first, second, _ = pair()
        async with first, second:
            assert await soon(first.states.get())
            assert await soon(second.states.get())
            assert first.carrier.connected("b")
            assert first.carrier.trouble("b") is None
            large = bundle(secrets.token_bytes(200_000))
            assert first.carrier.send("b", large)
            assert first.carrier.send("b", bundle(b"first", Precedence.FLASH))
            assert second.carrier.send("a", bundle(b"back"))
            assert await soon(second.bundles.get()) == bundle(b"first", Precedence.FLASH)
            assert await soon(second.bundles.get()) == large
            assert await soon(first.bundles.get()) == bundle(b"back")

    run(work())


def test_a_peer_that_moves_is_followed() -> None:
    """N-6: it calls from another port, and nobody was told."""

    async def work() -> None:
        first, second, where = pair()
        async with first:
            async with second:
                assert await soon(first.states.get())
            moved = Node("a", free_port(), lambda name: where["a"])
            async with moved:
                assert await soon(moved.states.get())
                assert not await soon(first.states.get())
                assert await soon(first.states.get())
                assert first.carrier.send("b", bundle(b"found you"))
                assert await soon(moved.bundles.get()) == bundle(b"found you")

    run(work())


def test_strangers_are_not_answered_and_move_nothing() -> None:
    """N-2"""

    async def work() -> None:
        first, second, where = pair()
        async with first, second:
            assert await soon(second.states.get())
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
                stranger.setblocking(False)
                mark = hint(KEYS["b"].back)
                for size in (0, 1, 3, 20, 27, 100, 1_200, 2_000):
                    for kind in (b"\x01", b"\x02", b"\x03"):
                        stranger.sendto(kind + mark + secrets.token_bytes(size), where["a"])
                assert second.carrier.send("a", bundle(b"still here"))
                assert await soon(first.bundles.get()) == bundle(b"still here")
                assert first.carrier.send("b", bundle(b"to you"))
                assert await soon(second.bundles.get()) == bundle(b"to you")
                with pytest.raises(BlockingIOError):
                    stranger.recv(100)

    run(work())


def test_a_peer_that_floods_is_told_of_once_and_not_heard() -> None:
    """N-7, B-17"""

    async def work() -> None:
        first, second, _ = pair()
        async with first, second:
            assert await soon(first.states.get())
            assert await soon(second.states.get())
            first.pleased = False
            for number in range(10 * FREE):
                assert second.carrier.send("a", bundle(b"bad %d" % number))
            refusal = await soon(first.refused.get())
            assert (refusal.reason, refusal.peer) == (Reason.FLOOD, "b")
            taken = first.bundles.qsize()
            await asyncio.sleep(0.1)
            assert first.bundles.qsize() == taken <= FREE + 1
            assert first.refused.empty()

    run(work())


def test_it_says_what_is_wrong() -> None:
    async def work() -> None:
        port = free_port()
        nobody = Node("b", port, lambda _: None)
        async with nobody:
            assert "no address" in str(nobody.carrier.trouble("b"))
            assert not nobody.carrier.send("b", bundle(b""))
            with pytest.raises(InvalidValue):
                nobody.carrier.connected("c")
            with pytest.raises(Misuse, match="cannot listen"):
                await Node("b", port, lambda _: None).carrier.start()
        silent = Node("b", free_port(), lambda _: (LOOPBACK, free_port()))
        async with silent:
            await until(lambda: "does not answer" in str(silent.carrier.trouble("b")))

    run(work())
