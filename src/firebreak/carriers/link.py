"""One open WebSocket connection to a known peer, either side of it (spec/sealing.md §6).

Only the protocol half of the websockets library is used; bytes are moved here, so that nothing more
is read from a peer before what it sent was taken, and no peer can make this node's memory grow.
Reading never waits for writing: two nodes that did would stop each other.
"""

import asyncio
import heapq
import itertools
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from ssl import SSLContext, SSLError
from typing import Final, TypeAlias

from websockets.client import ClientProtocol
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import OPEN, Event
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from firebreak.errors import Malformed, Misbehaviour
from firebreak.sealing import MAX_BUNDLE
from firebreak.values import Precedence

PATH: Final = "/firebreak/1"
_URI: Final = parse_uri(f"wss://firebreak{PATH}")
_CHUNK: Final = 65_536
_WRITE_LIMIT: Final = 65_536
_UNSENT_IN_KERNEL: Final = 65_536
"""Bytes: what the kernel holds back cannot be overtaken any more."""

_MOST_UNREAD: Final = MAX_BUNDLE + (1 << 20)
"""Bytes written but not sent: one bundle, and answers to pings, which only a hostile peer piles up."""

MOST_WAITING: Final = 4 << 20
"""Bytes that wait for one peer before `put` refuses; urgent bundles may use half as much again."""
_COST_OF_WAITING: Final = 256
_URGENT: Final = Precedence.IMMEDIATE

Protocol: TypeAlias = ClientProtocol | ServerProtocol


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds; one choice for all, given otherwise by tests only.

    opening: for TLS and upgrade together; ping: between signs of life; silence: without any before
    the link is dropped; closing: for goodbyes.
    """

    opening: float = 10.0
    ping: float = 5.0
    silence: float = 15.0
    closing: float = 2.0
    first_retry: float = 0.2
    longest_retry: float = 30.0


class Outbox:
    """Bundles that wait for one link: the more urgent first, equals in order, bounded."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, bytes]] = []
        self._order = itertools.count()
        self._waiting = 0
        self._filled = asyncio.Event()

    def put(self, bundle: bytes, precedence: Precedence) -> bool:
        """Queue a bundle; False if there is no room."""
        room = MOST_WAITING * 3 // 2 if precedence >= _URGENT else MOST_WAITING
        cost = len(bundle) + _COST_OF_WAITING
        if self._waiting + cost > room:
            return False
        heapq.heappush(self._heap, (-precedence, next(self._order), bundle))
        self._waiting += cost
        self._filled.set()
        return True

    async def get(self) -> bytes:
        """The next bundle, once there is one."""
        while not self._heap:
            self._filled.clear()
            await self._filled.wait()
        _, _, bundle = heapq.heappop(self._heap)
        self._waiting -= len(bundle) + _COST_OF_WAITING
        return bundle


class Stream:
    """A TLS connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        writer.transport.set_write_buffer_limits(_WRITE_LIMIT)
        own = writer.get_extra_info("socket")
        if own is not None:  # asyncio sets NODELAY on dialled sockets only
            own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if hasattr(socket, "TCP_NOTSENT_LOWAT"):
                own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_IN_KERNEL)

    def certificate(self) -> bytes | None:
        """DER of the certificate whose key the other side has just used; None if it hung up."""
        tls = self._writer.get_extra_info("ssl_object")
        certificate: bytes | None = tls.getpeercert(True) if tls is not None else None
        return certificate

    @property
    def unread(self) -> int:
        """Bytes written that the system has not taken yet."""
        try:
            return self._writer.transport.get_write_buffer_size()
        except AttributeError:  # as in `_abort`
            return 0

    async def read(self) -> bytes:
        """What has arrived, at least one byte; empty at the end. Raises OSError."""
        return await self._reader.read(_CHUNK)

    async def flush(self, protocol: Protocol) -> None:
        """Write what the protocol wants to say and wait until it may say more. Raises OSError."""
        self.write(protocol)
        await self._writer.drain()

    def write(self, protocol: Protocol) -> None:
        """Write without waiting. The end of the stream, an empty piece, is left to `close`."""
        for piece in protocol.data_to_send():
            if piece and not self._writer.is_closing():
                self._writer.write(piece)

    async def close(self, seconds: float) -> None:
        """Send what was written and close; cut it off when the time is up."""
        self._writer.close()
        try:
            async with asyncio.timeout(seconds):
                await self._writer.wait_closed()
        except OSError:
            _abort(self._writer.transport)


def _abort(transport: asyncio.WriteTransport) -> None:
    """Cut a connection off at once, also one that is gone.

    CPython before 3.11.4 forgets a closed TLS transport's protocol and then raises AttributeError.
    """
    with suppress(AttributeError):
        transport.abort()


@asynccontextmanager
async def accepted_tls(
    connection: socket.socket, context: SSLContext, pace: Pace
) -> AsyncIterator[Stream]:
    """The TLS server's side of an accepted TCP connection. Raises OSError, SSLError among them."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport, _ = await loop.connect_accepted_socket(
        lambda: protocol,
        connection,
        ssl=context,
        ssl_handshake_timeout=2 * pace.opening,
        ssl_shutdown_timeout=pace.closing,
    )
    try:
        yield Stream(reader, asyncio.StreamWriter(transport, protocol, reader, loop))
    finally:
        _abort(transport)


@contextmanager
def looking_up() -> Iterator[None]:
    """Round every use of a host's name: one that cannot be a name is a gaierror, as an unknown one."""
    try:
        yield
    except UnicodeError as error:  # so Python names an empty label, or one of more than 63
        raise socket.gaierror(socket.EAI_NONAME, "That is no host's name") from error


@asynccontextmanager
async def dialled_tls(
    address: tuple[str, int], context: SSLContext, pace: Pace
) -> AsyncIterator[Stream]:
    """The TLS client's side, without a server name. Raises OSError, SSLError among them."""
    with looking_up():
        reader, writer = await asyncio.open_connection(
            *address,
            ssl=context,
            server_hostname="",
            happy_eyeballs_delay=0.25,
            ssl_handshake_timeout=2 * pace.opening,
            ssl_shutdown_timeout=pace.closing,
        )
    try:
        yield Stream(reader, writer)
    finally:
        _abort(writer.transport)


async def answer_upgrade(stream: Stream) -> tuple[ServerProtocol, list[Event]]:
    """The server's side of the one HTTP exchange. Raises Malformed or OSError."""
    protocol = ServerProtocol(origins=[None], max_size=MAX_BUNDLE)
    request, *early = await _first_events(stream, protocol)
    if getattr(request, "path", None) == PATH:  # B-14
        protocol.send_response(protocol.accept(request))  # type: ignore[arg-type]  # only a Request has a path
    else:
        protocol.send_response(protocol.reject(404, "Not found.\n"))
    await stream.flush(protocol)
    if protocol.state is not OPEN:
        raise Malformed("Something that is no Firebreak node of this version asked for a page.")
    return protocol, early


async def request_upgrade(stream: Stream) -> tuple[ClientProtocol, list[Event]]:
    """The client's side of the one HTTP exchange. Raises Malformed or OSError."""
    protocol = ClientProtocol(_URI, max_size=MAX_BUNDLE)
    protocol.send_request(protocol.connect())
    await stream.flush(protocol)
    _, *early = await _first_events(stream, protocol)
    if protocol.handshake_exc is not None or protocol.state is not OPEN:
        raise Malformed(
            f"The other side answers, but not as a Firebreak node of this version:"
            f" {protocol.handshake_exc}. Compare software versions and addresses."
        )
    return protocol, early


async def _first_events(stream: Stream, protocol: Protocol) -> list[Event]:
    while True:
        data = await stream.read()
        if not data:
            raise ConnectionError("it hung up")
        protocol.receive_data(data)
        events = protocol.events_received()
        if protocol.parser_exc is not None:
            raise Malformed(
                f"What came with a WebSocket upgrade is no frame: {protocol.parser_exc}."
            )
        if events:
            return events
        if protocol.handshake_exc is not None:
            await stream.flush(protocol)
            raise Malformed(f"What came is no WebSocket upgrade: {protocol.handshake_exc}.")


Deliver: TypeAlias = Callable[[bytes], Awaitable[None]]


class Flood(Misbehaviour):
    """More bad bundles than one listens to."""


class Link:
    """An open connection: reads, writes and shows signs of life until one of these ends."""

    def __init__(self, stream: Stream, protocol: Protocol, early: list[Event], pace: Pace) -> None:
        self.outbox = Outbox()
        self._stream = stream
        self._protocol = protocol
        self._early = early
        self._pace = pace

    async def run(self, deliver: Deliver) -> str:
        """Move bundles until the link ends; returns why. Raises Malformed if the peer broke a rule.

        deliver: awaited for each bundle, in order, before more is read. If it raises Flood, so does
        this; if anything else, the loop's exception handler is told and the link ends.
        """
        reading = asyncio.create_task(self._read(deliver))
        helpers = [asyncio.create_task(self._write()), asyncio.create_task(self._show_life())]
        try:
            await asyncio.wait([reading])  # a broken connection always ends the reading, too
        finally:
            for task in (reading, *helpers):
                task.cancel()
            await asyncio.gather(reading, *helpers, return_exceptions=True)
        return self._why(reading.exception())

    async def _read(self, deliver: Deliver) -> None:
        events, self._early = self._early, []
        while True:
            for event in events:
                if isinstance(event, Frame):
                    await self._take(event, deliver)
            if self._protocol.parser_exc is not None:
                raise Malformed(
                    "The other side broke the WebSocket rules or sent more than"
                    f" {MAX_BUNDLE} bytes at once: {self._protocol.parser_exc}."
                )
            if self._protocol.state is not OPEN:
                return
            async with asyncio.timeout(self._pace.silence):
                data = await self._stream.read()
            if not data:
                return
            self._protocol.receive_data(data)
            self._stream.write(self._protocol)
            if self._stream.unread > _MOST_UNREAD:  # B-16
                raise Malformed("The other side asks for more answers than it reads.")
            events = self._protocol.events_received()

    async def _take(self, frame: Frame, deliver: Deliver) -> None:
        """Deliver a bundle; refuse whatever else carries data (B-15)."""
        match frame.opcode:
            case Opcode.BINARY if frame.fin:
                await deliver(bytes(frame.data))
                await asyncio.sleep(0)  # others have their turn, however fast this peer is
            case Opcode.BINARY | Opcode.CONT | Opcode.TEXT:
                self._protocol.fail(CloseCode.UNSUPPORTED_DATA)
                raise Malformed("The other side sent text or a message in pieces, not a bundle.")
            case _:
                pass

    async def _write(self) -> None:
        while self._protocol.state is OPEN:
            bundle = await self.outbox.get()
            if self._protocol.state is OPEN:
                self._protocol.send_binary(bundle)
                await self._stream.flush(self._protocol)

    async def _show_life(self) -> None:
        while self._protocol.state is OPEN:
            await asyncio.sleep(self._pace.ping)
            if self._protocol.state is OPEN:
                self._protocol.send_ping(b"")
                await self._stream.flush(self._protocol)

    async def close(self) -> None:
        """Say goodbye if that is still possible, and close the connection."""
        if self._protocol.state is OPEN:
            self._protocol.send_close(CloseCode.GOING_AWAY)
        self._stream.write(self._protocol)
        await self._stream.close(self._pace.closing)

    def _why(self, error: BaseException | None) -> str:
        match error:
            case None:
                return "The other side closed the connection."
            case Malformed() | Flood():
                raise error
            case TimeoutError():
                return f"Nothing was heard for {self._pace.silence:g} s."
            case SSLError():
                return f"The other side ended the connection: {error.reason or error}."
            case OSError():
                return f"The connection broke: {error.strerror or error}."
            case _:
                asyncio.get_running_loop().call_exception_handler(
                    {"message": "a bundle could not be delivered", "exception": error}
                )
                return "This node failed to take a bundle; see its log."
