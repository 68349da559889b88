"""Feeds over real sockets on loopback (spec/watch.md W-S60 to W-S67)."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import json
import os
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from firebreak.carriers.feeds import (
    MOST_DOCUMENT,
    TRANSPORTS,
    Adapter,
    Feed,
    FeedPace,
    Source,
    State,
    Transport,
    parse_source,
    tls_of,
)
from firebreak.errors import InvalidValue, KeyTrouble
from firebreak.formats.cot import Cot
from firebreak.formats.readsb import Readsb
from firebreak.formats.refusals import Refusal, Refusals
from firebreak.formats.sbs import Sbs
from firebreak.values import Millis
from firebreak.watch.reports import Reports, no_reports
from tests.conftest import ROOT
from tests.formats.test_cot import event
from tests.formats.test_readsb import AIRLINER, document
from tests.formats.test_sbs import POSITION, VELOCITY

NOW = Millis(1_726_560_266_500)
LOOPBACK = "127.0.0.1"
QUICK = FeedPace(first_retry=0.01, longest_retry=0.05, poll=0.01, silence=0.2, dead=0.5)


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


async def until(condition: Callable[[], object]) -> None:
    """For the many facts that nothing announces."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.002)


class Watcher:
    """A feed that runs, and what it read."""

    def __init__(self, source: Source | str, adapter: Adapter, pace: FeedPace = QUICK) -> None:
        self.now = NOW
        self.got: list[Reports] = []
        found = parse_source(source) if isinstance(source, str) else source
        self.feed = Feed(found, adapter, self.got.append, lambda: self.now, lambda: 0.5, pace)

    @property
    def reports(self) -> int:
        return sum(map(len, self.got))

    @property
    def state(self) -> State:
        return self.feed.health(self.now).state

    @property
    def trouble(self) -> str:
        return self.feed.health(self.now).trouble or ""


@asynccontextmanager
async def running(*watchers: Watcher) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(one.feed.run()) for one in watchers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(
    serve: Serve, context: ssl.SSLContext | None = None, port: int = 0
) -> AsyncIterator[int]:
    """A server; gives its port."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except OSError:
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(one, LOOPBACK, port, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def saying(*pieces: bytes, stay: bool = True) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if stay:
            await reader.read()
        else:
            writer.close()
            await writer.wait_closed()

    return serve


# Over TCP


def test_a_source_is_read_and_says_that_it_is_well() -> None:
    async def play() -> None:
        async with serving(saying(VELOCITY + POSITION[:50], POSITION[50:])) as port:
            watcher = Watcher(f"sbs://{LOOPBACK}:{port}", Sbs(4))
            assert watcher.state is State.WAITING
            async with running(watcher):
                await until(lambda: watcher.got)
                health = watcher.feed.health(NOW)
            assert (health.state, health.reports, health.trouble) == (State.CONNECTED, 1, None)
            assert health.bytes == len(VELOCITY + POSITION)
            assert health.last_report_at == health.last_byte_at == NOW
            assert watcher.got[0].source[0] == 4
            assert watcher.got[0].received[0] == NOW
            assert watcher.state is State.WAITING

    run(play())


def test_it_calls_again_by_itself_and_half_a_message_is_no_message() -> None:
    async def play() -> None:
        async with serving(saying(POSITION, POSITION[:80], stay=False)) as port:
            watcher = Watcher(f"sbs://{LOOPBACK}:{port}", Sbs(0))
            async with running(watcher):
                await until(lambda: watcher.reports >= 3)
            health = watcher.feed.health(NOW)
            assert health.calls >= 3
            assert health.refused[Refusal.TRUNCATED] >= 2
            assert set(health.refused) == {Refusal.TRUNCATED}
            assert "hung up" in watcher.trouble

    run(play())


def test_nobody_there_is_said_and_then_found() -> None:
    async def play() -> None:
        with socket.create_server((LOOPBACK, 0)) as held:
            port = held.getsockname()[1]
        watcher = Watcher(f"sbs://{LOOPBACK}:{port}", Sbs(0))
        async with running(watcher):
            await until(lambda: watcher.feed.health(NOW).calls > 2)
            assert watcher.state is State.WAITING
            assert "cannot be reached" in watcher.trouble
            async with serving(saying(POSITION), port=port):
                await until(lambda: watcher.got)

    run(play())


def test_an_unknown_host_is_said() -> None:
    async def play() -> None:
        watcher = Watcher("sbs://no-such-host.invalid:30003", Sbs(0))
        async with running(watcher):
            await until(lambda: watcher.feed.health(NOW).calls > 1)
        assert "cannot be reached" in watcher.trouble

    run(play())


def test_a_source_that_stalls_is_silent_and_then_called_again() -> None:
    async def play() -> None:
        async with serving(saying(POSITION)) as port:
            watcher = Watcher(f"sbs://{LOOPBACK}:{port}", Sbs(0))
            async with running(watcher):
                await until(lambda: watcher.got)
                watcher.now = Millis(NOW + 1_000)
                health = watcher.feed.health(watcher.now)
                assert (health.state, health.since) == (State.SILENT, NOW)
                assert "nothing comes" in watcher.trouble
                await until(lambda: watcher.feed.health(NOW).calls == 2)
                await until(lambda: watcher.reports == 2)
            assert watcher.feed.health(NOW).refused == {}

    run(play())


def test_a_flood_is_held_and_shown_and_others_go_on() -> None:
    """One source sends as fast as it can; the other says something every 10 ms."""

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(POSITION * 200)
            await writer.drain()

    async def calm(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(POSITION)
            await writer.drain()
            await asyncio.sleep(0.01)

    async def play() -> None:
        most = 200_000
        pace = FeedPace(bytes_a_second=most)
        async with serving(flood) as wild_port, serving(calm) as calm_port:
            wild = Watcher(f"sbs://{LOOPBACK}:{wild_port}", Sbs(0), pace)
            other = Watcher(f"sbs://{LOOPBACK}:{calm_port}", Sbs(1), pace)
            async with running(wild, other):
                begun = asyncio.get_running_loop().time()
                await until(lambda: other.reports >= 60 and wild.state is State.FLOODING)
                seconds = int(asyncio.get_running_loop().time() - begun) + 2
                health = wild.feed.health(NOW)
                assert health.bytes <= seconds * (most + 65_536)
                assert health.held_ms > 0
                assert "more than is taken" in (health.trouble or "")
                assert other.state is State.CONNECTED
                assert wild.feed.health(Millis(NOW + 15_000 - 1)).state is not State.FLOODING

    run(play())


def test_reports_beyond_the_limit_are_dropped_and_counted() -> None:
    async def play() -> None:
        async with serving(saying(POSITION * 100)) as port:
            pace = FeedPace(reports_a_second=7)
            watcher = Watcher(f"sbs://{LOOPBACK}:{port}", Sbs(0), pace)
            async with running(watcher):
                await until(lambda: watcher.feed.health(NOW).dropped)
                await until(lambda: watcher.feed.health(NOW).bytes == 100 * len(POSITION))
            health = watcher.feed.health(NOW)
            assert health.reports == watcher.reports
            assert health.reports + health.dropped == 100
            assert max(map(len, watcher.got)) <= 7

    run(play())


class Slow:
    """An adapter that takes long over each byte."""

    refused: Refusals = Refusals()

    def feed(self, data: bytes, received: Millis) -> Reports:
        for _ in range(2_000_000):
            pass
        return no_reports()

    def cut(self) -> None:
        pass


def test_a_source_that_costs_too_much_computing_is_held() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"\n")
            await writer.drain()
            await asyncio.sleep(0.001)

    async def play() -> None:
        async with serving(drip) as port:
            watcher = Watcher(f"sbs://{LOOPBACK}:{port}", Slow(), FeedPace(busy=0.01))
            async with running(watcher):
                await until(lambda: watcher.state is State.FLOODING)
                assert watcher.feed.health(NOW).bytes < 1_000

    run(play())


def test_a_fault_in_an_adapter_is_reported_and_the_source_called_again() -> None:
    class Faulty(Slow):
        def feed(self, data: bytes, received: Millis) -> Reports:
            raise ZeroDivisionError

    async def play() -> None:
        told: list[Any] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: told.append(context.get("exception")))
        async with serving(saying(POSITION)) as port:
            watcher = Watcher(f"sbs://{LOOPBACK}:{port}", Faulty())
            async with running(watcher):
                await until(lambda: watcher.feed.health(NOW).calls > 2)
            assert "fault in the program" in watcher.trouble
        assert any(isinstance(one, ZeroDivisionError) for one in told)

    run(play())


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n" * 100, "Nothing of it is sbs"),
        (POSITION.replace(b"2024/09/17,08", b"2024/09/17,10") * 3, "utc_offset"),
        (POSITION.replace(b"2024/09/17", b"2024/09/16") * 3, "plays a recording"),
    ],
)
def test_what_refusals_point_to_is_said(data: bytes, says: str) -> None:
    async def play() -> None:
        async with serving(saying(data)) as port:
            watcher = Watcher(f"sbs://{LOOPBACK}:{port}", Sbs(0))
            async with running(watcher):
                await until(lambda: says in watcher.trouble)
                assert watcher.state is State.CONNECTED

    run(play())


# Over TLS


class Papers:
    """An authority with a server's and a client's certificate, in files."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self.key = generate_private_key(SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        own = self._made(self.name, self.key.public_key(), [], authority=True)
        self.authority = folder / f"{name}.pem"
        self.authority.write_bytes(own.public_bytes(Encoding.PEM))
        address = x509.IPAddress(ipaddress.ip_address(LOOPBACK))
        self.server, self.server_der = self._issue(folder / f"{name}-server.pem", [address])
        self.client, _ = self._issue(folder / f"{name}-client.pem", [x509.DNSName("client")])

    def _issue(self, path: Path, names: Sequence[x509.GeneralName]) -> tuple[Path, bytes]:
        key = generate_private_key(SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, path.stem)])
        made = self._made(subject, key.public_key(), names, authority=False)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(private + made.public_bytes(Encoding.PEM))
        return path, made.public_bytes(Encoding.DER)

    def _made(
        self, subject: x509.Name, key: Any, names: Sequence[x509.GeneralName], authority: bool
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self.key, SHA256())

    def context(self, clients: Path | None = None) -> ssl.SSLContext:
        """The server's side; clients: whose certificates it asks for."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.server)
        if clients is not None:
            made.verify_mode = ssl.CERT_REQUIRED
            made.load_verify_locations(clients)
        return made

    @property
    def pin(self) -> str:
        return hashlib.sha256(self.server_der).hexdigest()


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    return Papers(tmp_path)


def over_tls(context: ssl.SSLContext, options: str) -> Watcher:
    """What came of reading a CoT server with these options, until it was read or failed."""
    made: list[Watcher] = []

    async def play() -> None:
        async with serving(saying(event()), context) as port:
            watcher = Watcher(f"cot+tls://{LOOPBACK}:{port}?{options}", Cot(0))
            made.append(watcher)
            async with running(watcher):
                await until(lambda: watcher.got or watcher.feed.health(NOW).calls > 2)

    run(play())
    return made[0]


def test_a_server_of_the_right_authority_is_read(papers: Papers) -> None:
    assert over_tls(papers.context(), f"authorities={papers.authority}").reports == 1


def test_a_server_that_wants_a_certificate_gets_ours(papers: Papers) -> None:
    context = papers.context(clients=papers.authority)
    options = f"authorities={papers.authority}&certificate={papers.client}"
    assert over_tls(context, options).reports == 1
    assert over_tls(context, f"authorities={papers.authority}").reports == 0


def test_a_pinned_server_is_read_and_another_is_not(papers: Papers, tmp_path: Path) -> None:
    assert over_tls(papers.context(), f"pin={papers.pin}").reports == 1
    other = over_tls(Papers(tmp_path, "other").context(), f"pin={papers.pin}")
    assert other.reports == 0
    assert other.feed.health(NOW).bytes == 0
    assert "another certificate than the pinned one" in other.trouble


def test_a_server_that_is_not_trusted_is_not_read(papers: Papers, tmp_path: Path) -> None:
    stranger = over_tls(papers.context(), f"authorities={Papers(tmp_path, 'other').authority}")
    misnamed = over_tls(papers.context(), f"authorities={papers.authority}&server_name=tak.example")
    for watcher in (stranger, misnamed, over_tls(papers.context(), "")):
        assert watcher.feed.health(NOW).bytes == 0
        assert "certificate that is not trusted" in watcher.trouble


def test_a_server_without_tls_is_said(papers: Papers) -> None:
    async def play() -> None:
        async with serving(saying(event())) as port:
            url = f"cot+tls://{LOOPBACK}:{port}?authorities={papers.authority}"
            watcher = Watcher(url, Cot(0))
            async with running(watcher):
                await until(lambda: watcher.feed.health(NOW).calls > 2)
            assert "did not complete TLS" in watcher.trouble

    run(play())


def test_certificates_that_cannot_be_used_are_refused_at_once(
    papers: Papers, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate")
    locked = tmp_path / "locked.pem"
    key = generate_private_key(SECP256R1())
    password = BestAvailableEncryption(b"secret")
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, password)
    locked.write_bytes(private + papers.client.read_bytes())
    for option in ("authorities", "certificate"):
        for path in (bad, tmp_path / "none.pem"):
            with pytest.raises(KeyTrouble, match="cannot be used"):
                tls_of(parse_source(f"cot+tls://{LOOPBACK}:1?{option}={path}"))
    with pytest.raises(KeyTrouble, match="cannot be used"):
        tls_of(parse_source(f"cot+tls://{LOOPBACK}:1?certificate={locked}"))


# By datagrams


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    with socket.socket(socket.AF_INET, kind) as held:
        held.bind((LOOPBACK, 0))
        port: int = held.getsockname()[1]
        return port


def send(*datagrams: bytes, to: tuple[str, int], own: str = LOOPBACK) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((own, 0))
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK))
        for one in datagrams:
            sender.sendto(one, to)


class Taker(Slow):
    """Keeps what it was fed."""

    def __init__(self) -> None:
        self.fed: list[bytes] = []

    def feed(self, data: bytes, received: Millis) -> Reports:
        self.fed.append(data)
        return no_reports()


class DatagramTaker(Taker):
    def feed_datagrams(self, datagrams: Sequence[bytes], received: Millis) -> Reports:
        self.fed += datagrams
        return no_reports()


def test_datagrams_of_lines_need_no_end_of_a_line() -> None:
    async def play() -> None:
        port, taker = free_port(), Taker()
        watcher = Watcher(f"ais+udp://{LOOPBACK}:{port}", taker)
        async with running(watcher):
            await until(lambda: watcher.state is State.CONNECTED)
            send(b"!AIVDM,1", b"!AIVDM,2\r\n", b"", to=(LOOPBACK, port))
            await until(lambda: sum(map(len, taker.fed)) >= 20)
        assert b"".join(taker.fed).split() == [b"!AIVDM,1", b"!AIVDM,2"]
        assert watcher.feed.health(NOW).bytes == 18

    run(play())


def test_datagrams_of_blocks_are_handed_on_each_for_itself() -> None:
    async def play() -> None:
        port, taker = free_port(), DatagramTaker()
        watcher = Watcher(f"asterix+udp://{LOOPBACK}:{port}", taker)
        async with running(watcher):
            await until(lambda: watcher.state is State.CONNECTED)
            send(b"\x30\x00\x05ab", b"\x30\x00", to=(LOOPBACK, port))
            await until(lambda: len(taker.fed) == 2)
        assert taker.fed == [b"\x30\x00\x05ab", b"\x30\x00"]

    run(play())


def test_only_the_sender_that_is_named_is_heard() -> None:
    async def play() -> None:
        port, taker = free_port(), DatagramTaker()
        watcher = Watcher(f"asterix://{LOOPBACK}:{port}?sender=127.0.0.2", taker)
        async with running(watcher):
            await until(lambda: watcher.state is State.CONNECTED)
            send(b"stranger", to=(LOOPBACK, port))
            send(b"known", to=(LOOPBACK, port), own="127.0.0.2")
            await until(lambda: taker.fed)
        assert taker.fed == [b"known"]
        health = watcher.feed.health(NOW)
        assert (health.strangers, health.bytes) == (1, 5)

    run(play())


def test_a_sender_is_known_on_a_socket_of_both_families() -> None:
    watcher = Watcher("ais+udp://[::]:10110?sender=192.0.2.7", Taker())
    assert watcher.feed._known(("::ffff:192.0.2.7", 5, 0, 0))
    assert not watcher.feed._known(("::ffff:192.0.2.8", 5, 0, 0))
    assert watcher.feed.health(NOW).strangers == 1


def test_a_group_is_joined() -> None:
    async def play() -> None:
        port, taker = free_port(), DatagramTaker()
        watcher = Watcher(f"asterix+udp://239.255.31.7:{port}?interface={LOOPBACK}", taker)
        async with running(watcher):
            await until(lambda: watcher.state is State.CONNECTED)
            send(b"to all", to=("239.255.31.7", port))
            await until(lambda: taker.fed)

    run(play())


def test_a_port_that_is_taken_is_said_and_taken_when_it_is_free() -> None:
    async def play() -> None:
        taker = DatagramTaker()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held:
            held.bind((LOOPBACK, 0))
            port = held.getsockname()[1]
            watcher = Watcher(f"asterix://{LOOPBACK}:{port}", taker)
            task = asyncio.create_task(watcher.feed.run())
            await until(lambda: watcher.feed.health(NOW).calls > 1)
            assert "Nothing can be heard" in watcher.trouble
        await until(lambda: watcher.state is State.CONNECTED)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run(play())


# A file


def replace(path: Path, data: bytes) -> None:
    """As readsb does."""
    beside = path.with_suffix(".new")
    beside.write_bytes(data)
    os.replace(beside, path)


def test_a_file_is_read_whenever_another_stands_in_its_place(tmp_path: Path) -> None:
    async def play() -> None:
        path = tmp_path / "aircraft.json"
        watcher = Watcher(f"readsb:{path}", Readsb(0))
        async with running(watcher):
            await until(lambda: watcher.feed.health(NOW).calls > 1)
            assert "cannot be read" in watcher.trouble
            first = document(AIRLINER)
            replace(path, first)
            await until(lambda: watcher.reports == 1)
            assert watcher.state is State.CONNECTED
            replace(path, document({**AIRLINER, "hex": "abcdef", "lat": 54.0}))
            await until(lambda: watcher.reports == 2)
            await asyncio.sleep(0.05)
            assert watcher.feed.health(NOW).bytes < 3 * len(first)
            assert watcher.feed.health(Millis(NOW + 1_000)).state is State.SILENT
            path.unlink()
            await until(lambda: watcher.state is State.WAITING)

    run(play())


def test_a_pipe_a_folder_and_a_giant_do_not_stop_the_others(tmp_path: Path) -> None:
    async def play() -> None:
        pipe, giant = tmp_path / "pipe", tmp_path / "giant"
        os.mkfifo(pipe)
        with giant.open("wb") as file:
            file.truncate(MOST_DOCUMENT * 4)
        paths = (pipe, tmp_path, giant)
        watchers = [Watcher(f"readsb:{path}", Readsb(0)) for path in paths]
        async with running(*watchers):
            await until(lambda: all(one.feed.health(NOW).calls > 1 for one in watchers[:2]))
            await until(lambda: watchers[2].feed.health(NOW).refused)
        assert (
            watchers[0].trouble == f"{pipe} cannot be read: it is no plain file. Does readsb run?"
        )
        assert "cannot be read" in watchers[1].trouble
        health = watchers[2].feed.health(NOW)
        assert health.refused == {Refusal.TOO_LONG: 1}
        assert health.bytes == MOST_DOCUMENT + 1

    run(play())


# As it is written


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("sbs://127.0.0.1:30003", {"transport": Transport.TCP, "port": 30_003}),
        ("sbs://h:1?utc_offset=+02:00", {"utc_offset_min": 120}),
        ("sbs://h:1?utc_offset=%2B05:45", {"utc_offset_min": 345}),
        ("sbs://h:1?utc_offset=-03:30", {"utc_offset_min": -210}),
        ("sbs+tls://[::1]:30003", {"transport": Transport.TLS, "host": "::1"}),
        ("readsb:/run/readsb/aircraft.json", {"path": Path("/run/readsb/aircraft.json")}),
        ("readsb:here.json", {"transport": Transport.FILE, "path": Path("here.json")}),
        ("ais+udp://0.0.0.0:10110", {"transport": Transport.UDP, "host": "0.0.0.0"}),
        ("asterix://239.0.0.1:8600", {"transport": Transport.UDP}),
        ("asterix+udp://239.0.0.1:8600?interface=192.0.2.1", {"interface": "192.0.2.1"}),
        ("ais+udp://[::]:10110?sender=2001:db8::1", {"sender": "2001:db8::1"}),
        ("cot://host.example:8087", {"transport": Transport.TCP}),
        (
            "cot+tls://host:8089?authorities=ca.pem&certificate=my%20own.pem&server_name=tak",
            {
                "authorities": Path("ca.pem"),
                "certificate": Path("my own.pem"),
                "server_name": "tak",
            },
        ),
        ("cot+tls://host:8089?pin=" + "AB:" * 31 + "AB", {"pin": b"\xab" * 32}),
    ],
)
def test_a_source_as_it_is_written(text: str, source: dict[str, object]) -> None:
    found = parse_source(text)
    assert found.text == text
    assert {name: getattr(found, name) for name in source} == source


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "names no source"),
        ("127.0.0.1:30003", "names no source"),
        ("sbs://127.0.0.1", "names no source"),
        ("sbs://user@host:1", "names no source"),
        ("sbs://host:1/path", "names no source"),
        ("sbs://ho st:1", "names no source"),
        ("SBS://host:1", "names no source"),
        ("modes://host:1", "no format “modes”"),
        ("sbs://host:0", "outside 1 to 65535"),
        ("sbs://host:65536", "outside 1 to 65535"),
        ("sbs:/run/file", "not read from a file"),
        ("readsb:/run/\0", "can be printed"),
        ("sbs\udc80", "can be printed"),
        ("cot+tls://host:1?authorities=%00", "says nothing"),
        ("readsb://host:1", "is read from a file"),
        ("sbs+udp://host:1", "comes over tcp, tls"),
        ("cot+carrier-pigeon://host:1", "names no source"),
        ("cot+pigeon://host:1", "not over “pigeon”"),
        ("cot://host:1?pin=00", "no option “pin” here; known are: none"),
        ("cot://host:1?utc_offset=+02:00", "no option “utc_offset”"),
        ("cot+tls://host:1?pin=00", "64 hexadecimal digits"),
        ("cot+tls://host:1?pin", "NAME=VALUE"),
        ("cot+tls://host:1?authorities=", "says nothing"),
        ("cot+tls://host:1?authorities=a&authorities=b", "given twice"),
        ("cot+tls://host:1?authorities=a&pin=" + "0" * 64, "Give a pin or authorities"),
        ("sbs://host:1?utc_offset=2", "written \\+02:00"),
        ("ais+udp://0.0.0.0:1?sender=host", "numeric address"),
        ("ais+udp://0.0.0.0:1?interface=192.0.2.1", "IPv4 multicast group"),
        ("ais+udp://[ff02::1]:1?interface=::1", "IPv4 multicast group"),
    ],
)
def test_a_source_written_wrongly_is_refused_with_a_reason(text: str, says: str) -> None:
    with pytest.raises(InvalidValue, match=says):
        parse_source(text)


@given(
    st.text() | st.sampled_from(sorted(TRANSPORTS)).map(lambda f: f + "://") | st.text("sb:/?=+")
)
def test_any_text_is_a_source_or_refused(text: str) -> None:
    with suppress(InvalidValue):
        assert parse_source(text).text == text


def test_the_specification_lists_every_format_with_its_ways() -> None:
    text = (ROOT / "spec" / "watch.md").read_text(encoding="utf-8")
    section = text.split("### Feeds", 1)[1].split("\n## ", 1)[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", section, re.MULTILINE))
    assert rows.keys() == TRANSPORTS.keys()
    for name, ways in TRANSPORTS.items():
        written = re.findall(r"`(\w+)`", rows[name])
        assert written == ([] if ways == (Transport.FILE,) else [way.value for way in ways])


def test_health_can_be_told_as_json() -> None:
    watcher = Watcher("sbs://127.0.0.1:1", Sbs(0))
    watcher.feed._adapter.feed(b"garbage\n", NOW)
    health = watcher.feed.health(NOW)
    assert json.loads(json.dumps(health.refused)) == {"not_the_format": 1}
