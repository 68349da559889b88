"""The socket, over real TLS on loopback: who is let in, what is carried, how it comes back."""

import asyncio
import errno
import secrets
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as websocket
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus
from websockets.http11 import Request
from websockets.server import ServerProtocol

from firebreak.carriers import socket as carrier_module
from firebreak.carriers.link import MOST_WAITING, Outbox, Pace
from firebreak.carriers.patience import BARRED, FREE, Patience
from firebreak.carriers.socket import (
    Address,
    PeerPin,
    Reason,
    Refusal,
    SocketCarrier,
    backoff,
)
from firebreak.errors import InvalidValue, KeyTrouble, Malformed, Misuse
from firebreak.sealing import MAX_BUNDLE, Header, Suite
from firebreak.store.keyfiles import NodeSecrets, create_node_keys
from firebreak.values import Millis, Precedence

T = TypeVar("T")
LOOPBACK = "127.0.0.1"
QUICK = Pace(first_retry=0.02, longest_retry=0.1)
PATIENT = Pace(first_retry=1_000, longest_retry=1_000)
"""Retries never within a test's time."""


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


async def until(condition: Callable[[], object]) -> None:
    """For the few facts that nothing announces."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def soon(work: Awaitable[T]) -> T:
    async with asyncio.timeout(20):
        return await work


def bundle(text: bytes, precedence: Precedence = Precedence.ROUTINE) -> bytes:
    """What a carrier takes for a bundle; it cannot look further than the header."""
    header = Header(Suite.NARROW, bytes(8), precedence, Millis(0)).encoded()
    return header + bytes(48) + text


class Node:
    """A carrier and all that it told, in order."""

    def __init__(
        self,
        keys: NodeSecrets,
        peers: dict[str, PeerPin],
        listen: bool = True,
        pace: Pace = QUICK,
        port: int = 0,
    ) -> None:
        self.bundles: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self.states: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()
        self.refused: asyncio.Queue[Refusal] = asyncio.Queue()
        self.gate = asyncio.Event()
        self.gate.set()
        self.pleased = True
        self.carrier = SocketCarrier(
            keys.tls,
            peers,
            (LOOPBACK, port) if listen else None,
            self._take,
            lambda peer, up: self.states.put_nowait((peer, up)),
            self.refused.put_nowait,
            secrets.token_bytes,
            pace,
        )

    async def _take(self, peer: str, data: bytes) -> bool:
        await self.gate.wait()
        self.bundles.put_nowait((peer, data))
        return self.pleased

    async def __aenter__(self) -> "Node":
        await self.carrier.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await soon(self.carrier.stop())

    @property
    def address(self) -> Address:
        address = self.carrier.address
        assert address is not None
        return address

    async def state(self, peer: str, up: bool) -> None:
        assert await soon(self.states.get()) == (peer, up)

    async def refusal(self) -> Refusal:
        return await soon(self.refused.get())

    async def send(self, peer: str, data: bytes) -> None:
        """Send once there is room."""
        await until(lambda: self.carrier.send(peer, data))


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NodeSecrets]:
    folder = tmp_path_factory.mktemp("nodes")
    return {name: create_node_keys(folder / name, secrets.token_bytes) for name in "abcx"}


@pytest.fixture
def a(keys: dict[str, NodeSecrets]) -> NodeSecrets:
    return keys["a"]


@pytest.fixture
def b(keys: dict[str, NodeSecrets]) -> NodeSecrets:
    return keys["b"]


@pytest.fixture
def c(keys: dict[str, NodeSecrets]) -> NodeSecrets:
    return keys["c"]


@pytest.fixture
def stranger(keys: dict[str, NodeSecrets]) -> NodeSecrets:
    return keys["x"]


def pin(keys: NodeSecrets, address: Address | None = None) -> PeerPin:
    return PeerPin(keys.certificate, address)


@asynccontextmanager
async def pair(
    a: NodeSecrets, b: NodeSecrets, pace: Pace = QUICK
) -> AsyncIterator[tuple[Node, Node]]:
    """Two nodes, the second dialling the first, once both know that they are connected."""
    async with (
        Node(a, {"b": pin(b)}, pace=pace) as first,
        Node(b, {"a": pin(a, first.address)}, listen=False, pace=pace) as second,
    ):
        await first.state("b", True)
        await second.state("a", True)
        yield first, second


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def client_context(identity: Path | None) -> ssl.SSLContext:
    """A client that trusts anyone, as an attacker would."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if identity is not None:
        context.load_cert_chain(identity)
    return context


def raw(keys: NodeSecrets, address: Address, path: str = "/firebreak/1", **more: Any) -> websocket:
    """An ordinary WebSocket client with a peer's certificate."""
    settings: dict[str, Any] = {"compression": None, "max_size": None, "proxy": None}
    uri = f"wss://{address[0]}:{address[1]}{path}"
    return websocket(uri, ssl=client_context(keys.tls), **(settings | more))


async def closed_with(connection: ClientConnection) -> int | None:
    """The code that the other side closes with."""
    with pytest.raises(ConnectionClosed):
        await soon(connection.recv())
    return connection.close_code


# Exchange


def test_two_nodes_exchange_bundles(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        async with pair(a, b) as (first, second):
            assert first.carrier.connected("b")
            assert second.carrier.connected("a")
            assert first.carrier.trouble("b") is None
            assert first.carrier.send("b", bundle(b"is this yours?"))
            assert await soon(second.bundles.get()) == ("a", bundle(b"is this yours?"))
            assert second.carrier.send("a", bundle(b"ours"))
            assert await soon(first.bundles.get()) == ("b", bundle(b"ours"))
        assert not first.carrier.connected("b")
        assert not first.carrier.refusals

    run(work())


def test_both_dial_and_no_bundle_is_lost(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        ports = free_port(), free_port()
        async with (
            Node(a, {"b": pin(b, (LOOPBACK, ports[1]))}, port=ports[0]) as first,
            Node(b, {"a": pin(a, (LOOPBACK, ports[0]))}, port=ports[1]) as second,
        ):
            await first.state("b", True)
            await second.state("a", True)
            for number in range(50):
                await first.send("b", bundle(b"%d" % number))
                await second.send("a", bundle(b"%d" % number))
            wanted = {bundle(b"%d" % number) for number in range(50)}
            assert {(await soon(first.bundles.get()))[1] for _ in range(50)} == wanted
            assert {(await soon(second.bundles.get()))[1] for _ in range(50)} == wanted
            assert 1 <= len(first.carrier._peers["b"].links) <= 2

    run(work())


def test_peers_are_told_apart_though_their_certificates_bear_one_name(
    a: NodeSecrets, b: NodeSecrets, c: NodeSecrets
) -> None:
    async def work() -> None:
        async with (
            Node(a, {"b": pin(b), "c": pin(c)}) as first,
            Node(c, {"a": pin(a, first.address)}, listen=False) as third,
            Node(b, {"a": pin(a, first.address)}, listen=False) as second,
        ):
            await second.state("a", True)
            await third.state("a", True)
            second.carrier.send("a", bundle(b"from b"))
            third.carrier.send("a", bundle(b"from c"))
            got = {await soon(first.bundles.get()) for _ in range(2)}
            assert got == {("b", bundle(b"from b")), ("c", bundle(b"from c"))}
            assert first.carrier.send("c", bundle(b"to c"))
            assert await soon(third.bundles.get()) == ("a", bundle(b"to c"))
            assert second.bundles.empty()

    run(work())


def test_a_thousand_bundles_arrive_in_order(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        async with pair(a, b) as (first, second):
            for number in range(1_000):
                assert first.carrier.send("b", bundle(b"%d" % number))
            for number in range(1_000):
                assert (await soon(second.bundles.get()))[1] == bundle(b"%d" % number)

    run(work())


def test_the_largest_bundle_is_carried(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        large = bundle(bytes(MAX_BUNDLE - 64))
        async with pair(a, b) as (first, second):
            assert first.carrier.send("b", large)
            assert (await soon(second.bundles.get()))[1] == large
            with pytest.raises(Malformed, match="larger than"):
                first.carrier.send("b", large + b"\0")

    run(work())


def test_both_send_much_at_once_and_neither_stops(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        large = bundle(bytes(700_000))
        async with pair(a, b) as (first, second):

            async def flood(node: Node, peer: str) -> None:
                for _ in range(30):
                    await node.send(peer, large)

            async def collect(node: Node) -> None:
                for _ in range(30):
                    await soon(node.bundles.get())

            await asyncio.gather(
                flood(first, "b"), flood(second, "a"), collect(first), collect(second)
            )

    run(work())


def test_the_connection_is_tls_1_3_without_delay_or_compression(
    a: NodeSecrets, b: NodeSecrets
) -> None:
    async def work() -> None:
        async with pair(a, b) as (first, second):
            for node, peer in ((first, "b"), (second, "a")):
                found = node.carrier._peers[peer].links[0]
                writer = found._stream._writer
                assert writer.get_extra_info("ssl_object").version() == "TLSv1.3"
                assert not writer.get_extra_info("ssl_object").session_reused
                own = writer.get_extra_info("socket")
                assert own.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
                assert found._protocol.extensions == []
                server, client = node.carrier._context, node.carrier._peers[peer].context
                assert server.num_tickets == 0
                assert server.verify_mode == client.verify_mode == ssl.CERT_REQUIRED

    run(work())


def test_compression_is_declined(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        async with (
            Node(a, {"b": pin(b)}) as first,
            raw(b, first.address, compression="deflate") as client,
        ):
            assert client.response is not None
            assert "Sec-WebSocket-Extensions" not in client.response.headers

    run(work())


# Who is let in


def test_a_stranger_that_dials_is_refused(a: NodeSecrets, stranger: NodeSecrets) -> None:
    async def work() -> None:
        async with (
            Node(a, {}) as first,
            Node(stranger, {"a": pin(a, first.address)}, listen=False) as other,
        ):
            refusal = await first.refusal()
            assert (refusal.reason, refusal.peer) == (Reason.CERTIFICATE, None)
            assert "no peer's" in refusal.text
            await first.refusal()
            assert first.carrier.refusals[Reason.CERTIFICATE] >= 2
            assert not other.carrier.connected("a")
            trouble = other.carrier.trouble("a")
            assert trouble is not None
            assert "hung up on seeing this node's certificate" in trouble

    run(work())


def test_a_stranger_among_peers_is_refused(
    a: NodeSecrets, b: NodeSecrets, c: NodeSecrets, stranger: NodeSecrets
) -> None:
    async def work() -> None:
        async with (
            Node(a, {"b": pin(b), "c": pin(c)}) as first,
            Node(stranger, {"a": pin(a, first.address)}, listen=False),
        ):
            assert (await first.refusal()).reason is Reason.CERTIFICATE

    run(work())


def test_a_stranger_that_answers_is_refused(
    a: NodeSecrets, b: NodeSecrets, stranger: NodeSecrets
) -> None:
    async def work() -> None:
        async with (
            Node(stranger, {"b": pin(b)}) as other,
            Node(b, {"a": pin(a, other.address)}, listen=False) as second,
        ):
            refusal = await second.refusal()
            assert (refusal.reason, refusal.peer) == (Reason.CERTIFICATE, "a")
            assert not second.carrier.connected("a")
            assert not other.carrier.connected("b")

    run(work())


def test_another_peer_at_the_address_is_refused(
    a: NodeSecrets, b: NodeSecrets, c: NodeSecrets
) -> None:
    async def work() -> None:
        async with (
            Node(c, {"b": pin(b)}) as third,
            Node(b, {"a": pin(a, third.address), "c": pin(c)}, listen=False) as second,
        ):
            refusal = await second.refusal()
            assert (refusal.reason, refusal.peer) == (Reason.CERTIFICATE, "a")

    run(work())


def issued(path: Path, issuer: Ed25519PrivateKey | None, ca: bool) -> Ed25519PrivateKey:
    """Write an identity, self-signed or issued by another key."""
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "firebreak node")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "leaf")]) if issuer else name
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(1970, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(9999, 12, 31, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(issuer or key, None)
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
    return key


def der(path: Path) -> bytes:
    return x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(Encoding.DER)


# B-13
def test_a_certificate_that_a_peer_issued_is_refused(a: NodeSecrets, tmp_path: Path) -> None:
    """TLS alone would take it: a pinned certificate is a trust anchor, this one of an authority."""
    authority, leaf = tmp_path / "authority.pem", tmp_path / "leaf.pem"
    issued(leaf, issued(authority, None, ca=True), ca=False)

    async def dialling_us() -> None:
        async with Node(a, {"b": PeerPin(der(authority))}) as first:
            context = client_context(leaf)
            reader, writer = await soon(asyncio.open_connection(*first.address, ssl=context))
            refusal = await first.refusal()
            assert refusal.reason is Reason.CERTIFICATE
            assert refusal.text.endswith("showed a certificate that is no peer's.")
            assert await soon(reader.read()) == b""
            writer.transport.abort()

    async def dialled_by_us() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(leaf)

        async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.transport.abort()

        async with await asyncio.start_server(hang, LOOPBACK, 0, ssl=context) as server:
            address = server.sockets[0].getsockname()
            async with Node(a, {"b": PeerPin(der(authority), address)}, listen=False) as first:
                refusal = await first.refusal()
                assert refusal.reason is Reason.CERTIFICATE
                assert refusal.text.endswith("showed a certificate that is not b's.")

    run(dialling_us())
    run(dialled_by_us())


Damage = Callable[[ssl.SSLContext], None]


async def read_all(address: Address, context: ssl.SSLContext) -> bytes:
    try:
        reader, writer = await asyncio.open_connection(*address, ssl=context)
    except (ssl.SSLError, ConnectionError):
        return b""
    try:
        return await reader.read()
    except (ssl.SSLError, ConnectionError):
        return b""
    finally:
        writer.transport.abort()


def only_tls_1_2(context: ssl.SSLContext) -> None:
    context.maximum_version = ssl.TLSVersion.TLSv1_2


# B-12
@pytest.mark.parametrize(
    ("identity", "limit", "reason"),
    [(True, only_tls_1_2, Reason.TLS), (False, lambda context: None, Reason.CERTIFICATE)],
)
def test_old_tls_and_a_missing_certificate_are_refused(
    a: NodeSecrets, b: NodeSecrets, identity: bool, limit: Damage, reason: Reason
) -> None:
    async def work() -> None:
        async with Node(a, {"b": pin(b)}) as first:
            context = client_context(b.tls if identity else None)
            limit(context)
            assert await soon(read_all(first.address, context)) == b""
            assert (await first.refusal()).reason is reason

    run(work())


def test_a_server_of_old_tls_is_not_talked_to(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(a.tls)
        server = await asyncio.start_server(lambda r, w: None, LOOPBACK, 0, ssl=context)
        async with server:
            address = server.sockets[0].getsockname()
            async with Node(b, {"a": pin(a, address)}, listen=False) as second:
                await until(lambda: second.carrier.trouble("a"))
                assert not second.carrier.connected("a")

    run(work())


@pytest.mark.parametrize("noise", [b"", b"GET / HTTP/1.1\r\n\r\n", bytes(300)])
def test_what_is_not_tls_is_refused(a: NodeSecrets, noise: bytes) -> None:
    async def work() -> None:
        async with Node(a, {}) as first:
            _, writer = await soon(asyncio.open_connection(*first.address))
            writer.write(noise)
            if not noise:
                writer.close()
            refusal = await first.refusal()
            assert refusal.reason is Reason.TLS
            assert refusal.address.startswith(LOOPBACK)
            writer.transport.abort()

    run(work())


def test_a_caller_that_says_nothing_is_cut_off(a: NodeSecrets) -> None:
    async def work() -> None:
        async with Node(a, {}, pace=Pace(opening=0.05)) as first:
            reader, writer = await soon(asyncio.open_connection(*first.address))
            refusal = await first.refusal()
            assert refusal.reason is Reason.SLOW
            assert "in time" in refusal.text
            assert await soon(reader.read()) == b""
            writer.transport.abort()

    run(work())


def test_a_crowd_of_silent_callers_does_not_keep_a_peer_out(
    a: NodeSecrets, b: NodeSecrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrier_module, "MOST_OPENING", 4)

    async def work() -> None:
        async with Node(a, {"b": pin(b)}) as first:
            silent = [await asyncio.open_connection(*first.address) for _ in range(8)]
            for _ in range(4):
                assert (await first.refusal()).reason is Reason.CROWDED
            async with Node(b, {"a": pin(a, first.address)}, listen=False) as second:
                await second.state("a", True)
            for _, writer in silent:
                writer.transport.abort()

    run(work())


# B-14
def test_callers_that_are_pushed_out_at_once_are_hung_up_on(
    a: NodeSecrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrier_module, "MOST_OPENING", 2)

    async def work() -> None:
        async with Node(a, {}) as first:
            callers = [socket.create_connection(first.address) for _ in range(6)]
            for _ in range(4):
                assert (await first.refusal()).reason is Reason.CROWDED
            for caller in callers[:4]:
                caller.setblocking(False)
                assert await soon(asyncio.get_running_loop().sock_recv(caller, 1)) == b""
            for caller in callers:
                caller.close()

    run(work())


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        ("/", {}, 404),
        ("/firebreak/2", {}, 404),
        ("/firebreak/1?x", {}, 404),
        ("/firebreak/1", {"origin": "https://example.org"}, 403),
    ],
)
def test_another_page_or_a_browser_is_refused(
    a: NodeSecrets, b: NodeSecrets, path: str, more: dict[str, Any], status: int
) -> None:
    async def work() -> None:
        async with Node(a, {"b": pin(b)}) as first:
            with pytest.raises(InvalidStatus) as caught:
                await soon(raw(b, first.address, path, **more).connect())
            assert caught.value.response.status_code == status
            refusal = await first.refusal()
            assert (refusal.reason, refusal.peer) == (Reason.UPGRADE, "b")
            assert not first.carrier.connected("b")

    run(work())


@pytest.mark.parametrize(
    "request_",
    [
        b"POST /firebreak/1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /firebreak/1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /firebreak/1 HTTP/1.0\r\n\r\n",
        b"\x00" * 100 + b"\r\n",
        b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\n",
    ],
)
def test_what_is_no_upgrade_is_refused(a: NodeSecrets, b: NodeSecrets, request_: bytes) -> None:
    async def work() -> None:
        async with Node(a, {"b": pin(b)}) as first:
            context = client_context(b.tls)
            _, writer = await soon(asyncio.open_connection(*first.address, ssl=context))
            writer.write(request_)
            refusal = await first.refusal()
            assert (refusal.reason, refusal.peer) == (Reason.UPGRADE, "b")
            writer.transport.abort()

    run(work())


def test_a_server_that_is_no_node_is_refused(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(a.tls)

        async def no_page(connection: Any, request: Any) -> Any:
            return connection.respond(404, "nothing here")

        async with serve(
            lambda connection: connection.wait_closed(),
            LOOPBACK,
            0,
            ssl=context,
            process_request=no_page,
        ) as server:
            address = next(iter(server.sockets)).getsockname()
            async with Node(b, {"a": pin(a, address)}, listen=False) as second:
                refusal = await second.refusal()
                assert (refusal.reason, refusal.peer) == (Reason.UPGRADE, "a")
                assert "404" in refusal.text

    run(work())


# What a peer may not do


# B-15
@pytest.mark.parametrize(
    ("message", "code"),
    [
        (bytes(MAX_BUNDLE + 1), 1009),
        ("text", 1003),
        ([b"in ", b"pieces"], 1003),
    ],
)
def test_what_is_no_bundle_is_refused(
    a: NodeSecrets, b: NodeSecrets, message: Any, code: int
) -> None:
    async def work() -> None:
        async with Node(a, {"b": pin(b)}) as first, raw(b, first.address) as client:
            await first.state("b", True)
            sending = asyncio.create_task(client.send(message))
            refusal = await first.refusal()
            assert (refusal.reason, refusal.peer) == (Reason.FRAME, "b")
            assert await closed_with(client) == code
            await asyncio.gather(sending, return_exceptions=True)
            await first.state("b", False)
            assert first.carrier.trouble("b") == refusal.text
            assert first.bundles.empty()

    run(work())


def test_a_broken_frame_is_refused(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        async with Node(a, {"b": pin(b)}) as first, raw(b, first.address) as client:
            client.transport.write(b"\xff\xff\xff\xff")
            assert (await first.refusal()).reason is Reason.FRAME
            assert await closed_with(client) == 1002

    run(work())


# B-16
def test_a_peer_that_asks_for_more_than_it_reads_is_cut_off(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        async with Node(a, {"b": pin(b)}) as first, raw(b, first.address) as client:
            client.transport.pause_reading()
            ping = b"\x89\xfd" + bytes(4) + bytes(125)

            async def flood() -> None:
                while not client.transport.is_closing():
                    client.transport.write(ping * 500)
                    await client.drain()
                    await asyncio.sleep(0)

            flooding = asyncio.create_task(flood())
            refusal = await first.refusal()
            assert refusal.reason is Reason.FRAME
            assert "than it reads" in refusal.text
            client.transport.abort()
            flooding.cancel()
            await asyncio.gather(flooding, return_exceptions=True)

    run(work())


def test_a_slow_taker_slows_the_sender_and_nothing_grows(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        async with pair(a, b) as (first, second):
            second.gate.clear()
            sent = 0
            large = bundle(bytes(100_000))
            async with asyncio.timeout(20):
                while sent < 1_000:
                    if first.carrier.send("b", large):
                        sent += 1
                    elif first.carrier._peers["b"].links[0]._stream.unread > 0:
                        break
                    await asyncio.sleep(0)
            assert 40 <= sent < 200
            assert not first.carrier.send("b", large)
            assert first.carrier.send("b", bundle(b"urgent", Precedence.FLASH))
            second.gate.set()
            got = [(await soon(second.bundles.get()))[1] for _ in range(sent + 1)]
            assert got.count(large) == sent
            assert got.index(bundle(b"urgent", Precedence.FLASH)) < sent

    run(work())


# Coming back


class Wire:
    """A TCP relay between two nodes that can be cut."""

    def __init__(self, target: Address) -> None:
        self._target = target
        self._writers: list[asyncio.StreamWriter] = []
        self.opened: asyncio.Queue[None] = asyncio.Queue()
        self.address: Address = (LOOPBACK, 0)

    async def __aenter__(self) -> "Wire":
        self._server = await asyncio.start_server(self._carry, LOOPBACK, 0)
        self.address = self._server.sockets[0].getsockname()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        self._writers += [writer, far_writer]
        self.opened.put_nowait(None)
        await asyncio.gather(
            self._pump(reader, far_writer), self._pump(far_reader, writer), return_exceptions=True
        )

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
        writer.transport.abort()


def test_a_cut_wire_is_noticed_and_the_link_comes_back(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        async with (
            Node(a, {"b": pin(b)}) as first,
            Wire(first.address) as wire,
            Node(b, {"a": pin(a, wire.address)}, listen=False) as second,
        ):
            for number in range(3):
                await second.state("a", True)
                await first.state("b", True)
                assert first.carrier.send("b", bundle(b"%d" % number))
                assert await soon(second.bundles.get()) == ("a", bundle(b"%d" % number))
                wire.cut()
                await second.state("a", False)
                await first.state("b", False)
                assert second.carrier.trouble("a") is not None
                assert not first.carrier.send("b", bundle(b"lost"))
            await second.state("a", True)

    run(work())


def test_a_node_that_restarts_is_found_again(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        port = free_port()
        async with Node(b, {"a": pin(a, (LOOPBACK, port))}, listen=False) as second:
            await until(lambda: second.carrier.trouble("a"))
            trouble = second.carrier.trouble("a")
            assert trouble is not None
            assert "cannot be reached" in trouble
            for _ in range(2):
                assert not second.carrier.send("a", bundle(b""))
                async with Node(a, {"b": pin(b)}, port=port) as first:
                    await second.state("a", True)
                    assert second.carrier.send("a", bundle(b"again"))
                    assert await soon(first.bundles.get()) == ("b", bundle(b"again"))
                await second.state("a", False)

    run(work())


def test_a_call_from_the_peer_ends_the_waiting(a: NodeSecrets, b: NodeSecrets) -> None:
    """After a failure the first node would wait for long; the peer's call makes it dial at once."""

    async def work() -> None:
        ports = free_port(), free_port()
        peer = {"b": pin(b, (LOOPBACK, ports[1]))}
        async with Node(a, peer, port=ports[0], pace=PATIENT) as first:
            await until(lambda: first.carrier.trouble("b"))
            async with raw(b, first.address):
                await first.state("b", True)
            await first.state("b", False)
            async with Node(b, {"a": pin(a)}, port=ports[1]) as second:
                async with raw(b, first.address):
                    await first.state("b", True)
                await first.state("b", False)
                await second.state("a", True)
                await first.state("b", True)

    run(work())


def test_a_call_from_the_peer_makes_later_waits_short_again(
    a: NodeSecrets, b: NodeSecrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: asyncio.Queue[int] = asyncio.Queue()

    def recorded(failures: int, chance: float, pace: Pace) -> float:
        waits.put_nowait(failures)
        return 0.0 if failures < 3 else 1_000.0

    monkeypatch.setattr(carrier_module, "backoff", recorded)

    async def work() -> None:
        async with Node(a, {"b": pin(b, (LOOPBACK, free_port()))}) as first:
            assert [await soon(waits.get()) for _ in range(3)] == [1, 2, 3]
            async with raw(b, first.address):
                await first.state("b", True)
            assert await soon(waits.get()) == 1

    run(work())


def test_a_silent_peer_is_dropped(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        pace = Pace(ping=0.05, silence=0.3)
        async with Node(a, {"b": pin(b)}, pace=pace) as first, raw(b, first.address) as client:
            await first.state("b", True)
            client.transport.pause_reading()
            await first.state("b", False)
            assert first.carrier.trouble("b") == "Nothing was heard for 0.3 s."
            client.transport.abort()

    run(work())


def test_an_idle_link_stays(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        pace = Pace(opening=1.0, ping=0.05, silence=0.5)
        async with pair(a, b, pace) as (first, second):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1.5):
                    await first.states.get()
            assert second.states.empty()

    run(work())


def test_a_new_call_from_a_peer_replaces_its_old_one(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        async with Node(a, {"b": pin(b)}) as first, raw(b, first.address) as old:
            await first.state("b", True)
            async with raw(b, first.address) as new:
                assert await closed_with(old) == 1001
                assert first.carrier.send("b", bundle(b"to the new one"))
                assert await soon(new.recv()) == bundle(b"to the new one")
                assert first.states.empty()
                assert first.carrier.trouble("b") is None

    run(work())


def test_bundles_go_out_on_the_newest_connection(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        async with (
            Node(b, {"a": pin(a)}) as second,
            Node(a, {"b": pin(b, second.address)}) as first,
        ):
            await first.state("b", True)
            await second.state("a", True)
            async with raw(b, first.address) as newest:
                await until(lambda: len(first.carrier._peers["b"].links) == 2)
                assert first.carrier.send("b", bundle(b"newest"))
                assert await soon(newest.recv()) == bundle(b"newest")
                second.carrier.send("a", bundle(b"older"))
                assert await soon(first.bundles.get()) == ("b", bundle(b"older"))
            await until(lambda: len(first.carrier._peers["b"].links) == 1)
            assert first.carrier.send("b", bundle(b"again"))
            assert await soon(second.bundles.get()) == ("a", bundle(b"again"))
            assert first.states.empty()

    run(work())


def test_a_bundle_that_comes_with_the_upgrade_is_taken(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(a.tls)

        async def hasty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            protocol = ServerProtocol()
            protocol.receive_data(await reader.readuntil(b"\r\n\r\n"))
            request = protocol.events_received()[0]
            assert isinstance(request, Request)
            protocol.send_response(protocol.accept(request))
            protocol.send_binary(bundle(b"hasty"))
            writer.write(b"".join(protocol.data_to_send()))
            await reader.read()
            writer.transport.abort()

        async with await asyncio.start_server(hasty, LOOPBACK, 0, ssl=context) as server:
            address = server.sockets[0].getsockname()
            async with Node(b, {"a": pin(a, address)}, listen=False) as second:
                assert await soon(second.bundles.get()) == ("a", bundle(b"hasty"))

    run(work())


def test_a_callback_that_fails_ends_the_link_and_is_reported(
    a: NodeSecrets, b: NodeSecrets
) -> None:
    async def work() -> None:
        reports: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        asyncio.get_running_loop().set_exception_handler(lambda _, r: reports.put_nowait(r))
        async with pair(a, b) as (first, second):

            async def fail(peer: str, data: bytes) -> bool:
                raise RuntimeError("a fault of ours")

            second.carrier._on_bundle = fail
            first.carrier.send("b", bundle(b""))
            assert str((await soon(reports.get()))["exception"]) == "a fault of ours"
            await second.state("a", False)
            await second.state("a", True)

    run(work())


def test_stopping_tells_the_peer_and_may_be_repeated(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        async with Node(a, {"b": pin(b)}) as first, raw(b, first.address) as client:
            await first.state("b", True)
            address = first.address
            await soon(first.carrier.stop())
            assert await closed_with(client) == 1001
            await first.state("b", False)
            assert first.carrier.address is None
            await soon(first.carrier.stop())
            with pytest.raises(OSError, match=r"refused|Connect call failed"):
                await asyncio.open_connection(*address)

    run(work())


# Misuse


def test_a_port_in_use_says_what_to_do(a: NodeSecrets) -> None:
    async def work() -> None:
        async with Node(a, {}) as first:
            again = Node(a, {}, port=first.address[1])
            with pytest.raises(Misuse, match=r"in use.*perhaps this node runs already"):
                await again.carrier.start()
            await again.carrier.stop()

    run(work())


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (OSError(errno.EADDRINUSE, "in use"), "Stop the program that uses the port"),
        (OSError(errno.EADDRNOTAVAIL, "not available"), "not this machine's"),
        (OSError(errno.EACCES, "denied"), "from 1024 upwards"),
        (OSError(errno.EMFILE, "too many"), "Give another address or port"),
        (socket.gaierror(socket.EAI_NONAME, "not known"), "name is not known here"),
    ],
)
def test_where_a_node_cannot_listen_the_way_out_fits(
    a: NodeSecrets, monkeypatch: pytest.MonkeyPatch, error: OSError, advice: str
) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise error

    async def work() -> None:
        node = Node(a, {})
        with pytest.raises(Misuse) as told:
            await node.carrier.start()
        assert advice in str(told.value)
        assert ("Stop the program" in str(told.value)) == (error.errno == errno.EADDRINUSE)

    monkeypatch.setattr("firebreak.carriers.socket.socket.create_server", refuse)
    run(work())


def test_an_unknown_peer_and_what_is_no_bundle_are_misuse(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        async with Node(a, {"b": pin(b)}) as first:
            with pytest.raises(InvalidValue, match="no peer “c”"):
                first.carrier.send("c", bundle(b""))
            with pytest.raises(InvalidValue, match="no peer “c”"):
                first.carrier.connected("c")
            with pytest.raises(Malformed):
                first.carrier.send("b", b"plaintext")
            assert not first.carrier.send("b", bundle(b""))

    run(work())


def test_one_certificate_for_two_peers_is_refused(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        with pytest.raises(InvalidValue, match="the same certificate"):
            Node(a, {"b": pin(b), "c": pin(b)})

    run(work())


def test_a_missing_or_damaged_identity_is_key_trouble(
    a: NodeSecrets, b: NodeSecrets, tmp_path: Path
) -> None:
    def carrier(identity: Path) -> SocketCarrier:
        async def nothing(peer: str, data: bytes) -> bool:
            return True

        return SocketCarrier(
            identity, {}, None, nothing, lambda *_: None, lambda _: None, secrets.token_bytes
        )

    with pytest.raises(KeyTrouble, match="No such file"):
        carrier(tmp_path / "none")
    (tmp_path / "damaged").write_bytes(a.tls.read_bytes()[:200])
    with pytest.raises(KeyTrouble, match="cannot be used"):
        carrier(tmp_path / "damaged")


def test_what_is_no_certificate_is_no_pin(b: NodeSecrets) -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "firebreak node")])
    key = generate_ec(SECP256R1())
    other = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(9999, 1, 1, tzinfo=UTC))
        .sign(key, SHA256())
        .public_bytes(Encoding.DER)
    )
    for certificate in (b"", b"hello", b.certificate[:-1], b.certificate + b"\0", other):
        with pytest.raises(Malformed, match=r"not exactly one X\.509 certificate"):
            PeerPin(certificate)


# Waiting


@given(failures=st.integers(0, 10_000), chance=st.floats(0, 1, exclude_max=True))
def test_the_wait_doubles_up_to_its_limit(failures: int, chance: float) -> None:
    wait = backoff(failures, chance, Pace())
    longest = min(30.0, 0.2 * 2 ** min(failures, 20))
    assert longest / 2 <= wait <= longest
    assert wait <= backoff(failures + 1, chance, Pace())


def test_the_more_urgent_overtake_and_equals_keep_their_order() -> None:
    async def work() -> None:
        box = Outbox()
        for number, precedence in enumerate([0, 3, 1, 3, 0, 2]):
            assert box.put(b"%d" % number, Precedence(precedence))
        assert b"".join([await box.get() for _ in range(6)]) == b"135204"

    run(work())


def test_an_outbox_is_bounded_and_keeps_room_for_the_urgent() -> None:
    async def work() -> None:
        box = Outbox()
        large = bytes(MAX_BUNDLE - 1_000)
        assert [box.put(large, Precedence.PRIORITY) for _ in range(5)] == [True] * 4 + [False]
        assert [box.put(large, Precedence.IMMEDIATE) for _ in range(3)] == [True] * 2 + [False]
        for _ in range(6):
            await box.get()
        assert box.put(large, Precedence.ROUTINE)
        count = 0
        while box.put(b"", Precedence.ROUTINE):
            count += 1
        assert count < MOST_WAITING // 256

    run(work())


def test_an_outbox_wakes_its_reader() -> None:
    async def work() -> None:
        box = Outbox()
        waiting = asyncio.create_task(box.get())
        await asyncio.sleep(0)
        box.put(b"one", Precedence.ROUTINE)
        assert await soon(waiting) == b"one"

    run(work())


# Floods


def test_a_peer_that_floods_is_closed_once_and_then_not_heard_and_others_are(
    a: NodeSecrets, b: NodeSecrets, c: NodeSecrets
) -> None:
    """B-17"""

    async def work() -> None:
        async with (
            Node(a, {"b": pin(b), "c": pin(c)}) as first,
            Node(c, {"a": pin(a, first.address)}, listen=False) as honest,
        ):
            await honest.state("a", True)
            await first.state("c", True)
            first.pleased = False
            async with raw(b, first.address) as flooder:
                await first.state("b", True)
                for _ in range(10 * FREE):
                    with suppress(ConnectionClosed):
                        await flooder.send(bundle(b"bad"))
                await first.state("b", False)
            refusal = await first.refusal()
            assert (refusal.reason, refusal.peer) == (Reason.FLOOD, "b")
            assert first.bundles.qsize() == FREE + 1
            with pytest.raises((ConnectionClosed, InvalidMessage, OSError, EOFError)):
                await soon(raw(b, first.address).connect())
            assert not first.carrier.connected("b")
            assert first.refused.empty()
            first.pleased = True
            await honest.send("a", bundle(b"good"))
            while await soon(first.bundles.get()) != ("c", bundle(b"good")):
                pass

    run(work())


def test_a_peer_that_makes_a_mistake_now_and_then_is_borne() -> None:
    """B-17"""
    patience = Patience()
    assert not any(patience.strike(1_000.0) for _ in range(FREE))
    assert not any(patience.strike(1_001.0 + number) for number in range(1_000))
    assert patience.strike(2_000.0) and patience.barred(2_000.0 + BARRED - 1)  # noqa: PT018
    assert not patience.barred(2_000.0 + BARRED)


def test_a_host_that_calls_without_end_is_cut_off_unheard(a: NodeSecrets, b: NodeSecrets) -> None:
    """B-17: told of a few times, and then no TLS is begun with it; another host is heard."""

    async def work() -> None:
        async with Node(a, {"b": pin(b)}) as first:
            for _ in range(FREE + 30):
                reader, writer = await soon(
                    asyncio.open_connection(*first.address, local_addr=("127.0.0.2", 0))
                )
                writer.write(b"no TLS at all")
                with suppress(ConnectionError):
                    await soon(reader.read())
                writer.transport.abort()
            told = [first.refused.get_nowait().reason for _ in range(first.refused.qsize())]
            assert told.count(Reason.FLOOD) == 1
            assert len(told) <= FREE + 3
            assert first.carrier.refusals[Reason.FLOOD] > 10
            async with Node(b, {"a": pin(a, first.address)}, listen=False) as honest:
                await honest.state("a", True)

    run(work())


def test_a_host_that_is_cut_off_unheard_keeps_no_other_waiting(
    a: NodeSecrets, b: NodeSecrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B-17: its calls wait in one backlog with all others; many of them are cut off at once."""
    monkeypatch.setattr(carrier_module, "_BETWEEN_BARRED", 3_600.0)

    async def work() -> None:
        async with Node(a, {"b": pin(b)}) as first:
            first.carrier._callers["127.0.0.2"] = Patience(0.0, 0.0, float("inf"))

            async def call(count: int) -> None:
                for _ in range(count):
                    _, writer = await soon(
                        asyncio.open_connection(*first.address, local_addr=("127.0.0.2", 0))
                    )
                    writer.transport.abort()

            await call(40)
            async with Node(b, {"a": pin(a, first.address)}, listen=False) as honest:
                await honest.state("a", True)
                await call(40)
                await until(lambda: first.carrier.refusals[Reason.FLOOD] == 64)
                await honest.send("a", bundle(b"goes first"))
                assert await soon(first.bundles.get()) == ("b", bundle(b"goes first"))
                assert first.carrier.refusals[Reason.FLOOD] == 64

    run(work())


def test_a_peer_whose_line_is_set_narrow_does_not_come_in_by_tls(
    a: NodeSecrets, b: NodeSecrets
) -> None:
    async def work() -> None:
        narrow = PeerPin(b.certificate, None, narrow=True)
        async with (
            Node(a, {"b": narrow}) as first,
            Node(b, {"a": pin(a, first.address)}, listen=False),
        ):
            refusal = await first.refusal()
            assert (refusal.reason, refusal.peer) == (Reason.NARROW, "b")
            assert "both sides alike" in refusal.text
            assert not first.carrier.connected("b")

    run(work())


@pytest.mark.parametrize("host", ["host..example", "x" * 64])
def test_what_can_be_no_host_s_name_does_no_harm_and_is_corrected(
    a: NodeSecrets, b: NodeSecrets, host: str
) -> None:
    async def work() -> None:
        async with Node(b, {"a": pin(a)}) as other:
            first = Node(a, {"b": pin(b, (host, 1))}, listen=False)
            said = [(host, 1)]
            first.carrier._where = lambda _: said[0]
            async with first:
                await until(lambda: "no host's name" in str(first.carrier.trouble("b")))
                said[0] = other.address
                await first.state("b", True)
        nowhere = SocketCarrier(
            a.tls,
            {},
            (host, 1),
            first._take,
            lambda *_: None,
            lambda _: None,
            secrets.token_bytes,
        )
        with pytest.raises(Misuse, match="name is not known here"):
            await nowhere.start()

    run(work())


def test_a_fault_over_a_bundle_does_not_end_the_dialling(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        reports: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        asyncio.get_running_loop().set_exception_handler(lambda _, r: reports.put_nowait(r))
        async with pair(a, b) as (first, second):

            def fail(name: str, up: bool) -> None:
                raise RuntimeError("a fault of ours")

            kept, second.carrier._on_state = second.carrier._on_state, fail
            await first.carrier._peers["b"].links[0].close()
            assert str((await soon(reports.get()))["exception"]) == "a fault of ours"
            assert "fault in the program" in str(second.carrier.trouble("a"))
            second.carrier._on_state = kept
            await second.state("a", True)

    run(work())


def test_a_peer_is_dialled_where_it_is_said_to_be_now(a: NodeSecrets, b: NodeSecrets) -> None:
    async def work() -> None:
        said: dict[str, Address | None] = {"b": None}
        async with Node(b, {"a": pin(a)}) as other:
            first = Node(a, {"b": pin(b)}, listen=False)
            first.carrier._where = lambda name: said[name]
            async with first:
                said["b"] = other.address
                await first.state("b", True)

    run(work())
