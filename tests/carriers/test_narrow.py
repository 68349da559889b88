"""The narrow carrier over real UDP on loopback."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from firebreak.carriers.narrow import NarrowCarrier
from firebreak.carriers.patience import FREE
from firebreak.carriers.socket import Address, Reason, Refusal
from firebreak.errors import InvalidValue, Misuse
from firebreak.line.narrow import LineKeys, Session, hint
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
        self.faulty = False
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
        if self.faulty:
            raise RuntimeError("a fault of ours")
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


def test_a_copy_from_elsewhere_moves_us_only_until_the_peer_s_next_word() -> None:
    """N-6: one who sees each datagram of the peer's, and is quicker than it."""

    async def work() -> None:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as genuine,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as quicker,
        ):
            for end in (genuine, quicker):
                end.bind((LOOPBACK, 0))
                end.setblocking(False)
            ours = (LOOPBACK, free_port())
            node = Node("b", ours[1], lambda _: genuine.getsockname())
            peer = Session(KEYS["a"], secrets.token_bytes, 0)

            def now() -> int:
                return time.monotonic_ns() // 1_000_000

            async def met() -> None:
                while not (peer.met and node.carrier.connected("b")):
                    for datagram in peer.due(now()):
                        genuine.sendto(datagram, ours)
                    await asyncio.sleep(0.001)
                    try:
                        answer = peer.take(genuine.recv(2_048), now()).answer
                    except BlockingIOError:
                        continue
                    if answer is not None:
                        genuine.sendto(answer, ours)

            async def says(word: bytes, *ends: socket.socket) -> None:
                assert peer.put(bundle(word, Precedence.FLASH), Precedence.FLASH)
                for datagram in peer.due(now()):
                    for end in ends:
                        end.sendto(datagram, ours)
                assert await soon(node.bundles.get()) == bundle(word, Precedence.FLASH)

            async with node:
                await soon(met())
                line = node.carrier._lines["b"]
                await says(b"seen", quicker, genuine)
                assert line.address == quicker.getsockname()
                await says(b"not seen", genuine)
                assert line.address == genuine.getsockname()

    run(work())


def test_a_fault_over_one_bundle_is_reported_and_the_next_is_taken() -> None:
    async def work() -> None:
        reports: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        asyncio.get_running_loop().set_exception_handler(lambda _, r: reports.put_nowait(r))
        first, second, _ = pair()
        async with first, second:
            assert await soon(second.states.get())
            first.faulty = True
            assert second.carrier.send("a", bundle(b"one"))
            assert str((await soon(reports.get()))["exception"]) == "a fault of ours"
            first.faulty = False
            assert second.carrier.send("a", bundle(b"two"))
            assert await soon(first.bundles.get()) == bundle(b"one")
            assert await soon(first.bundles.get()) == bundle(b"two")

    run(work())


@pytest.mark.parametrize("host", ["host..example", "x" * 64])
def test_what_can_be_no_host_s_name_does_no_harm_and_is_corrected(host: str) -> None:
    async def work() -> None:
        first, second, where = pair()
        right, where["b"] = where["b"], (host, 1)
        looked: asyncio.Queue[str] = asyncio.Queue()

        def said(name: str) -> Address | None:
            looked.put_nowait(name)
            return where.get(name)

        first.carrier._where = said
        second.carrier._where = lambda _: None
        async with first, second:
            await soon(looked.get())
            await until(lambda: "no host's name" in str(first.carrier.trouble("b")))
            where["b"] = right
            assert await soon(first.states.get())
        with pytest.raises(Misuse, match="name is not known here"):
            await NarrowCarrier(
                {"b": KEYS["b"]},
                (host, 1),
                where.get,
                first._take,
                lambda *_: None,
                lambda _: None,
                secrets.token_bytes,
            ).start()

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
