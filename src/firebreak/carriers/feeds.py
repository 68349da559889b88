"""Connections to sources of position reports: each calls again by itself and says how it is (W-S60 on).

A feed moves bytes from one source to its adapter and hands on what it reads. It knows no format beyond
its name: whoever starts it gives the adapter (`formats/`). All methods belong to one event loop.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import os
import re
import socket
import ssl
import stat
import struct
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable
from urllib.parse import parse_qsl

from firebreak.carriers.link import Pace, looking_up
from firebreak.carriers.socket import backoff, fault, resolved, unreached
from firebreak.errors import InvalidValue, KeyTrouble
from firebreak.values import Millis
from firebreak.watch.reports import Reports

MOST_DOCUMENT: Final = 32 << 20
"""Bytes of a polled file; the adapter refuses a longer one."""
_CHUNK: Final = 65_536
_DATAGRAMS_AT_ONCE: Final = 128
_SETTLED_S: Final = 10.0
"""A connection that stood so long was one: the next call is made soon."""
_FLOOD_SHOWN_MS: Final = 10_000
_CLOCK_WRONG: Final = ("from_the_future", "too_old")


class Adapter(Protocol):
    """Reads one format; see `firebreak.formats.refusals`."""

    def feed(self, data: bytes, received: Millis, /) -> Reports:
        """The reports of what these bytes complete."""

    def cut(self) -> None:
        """The connection ended."""

    @property
    def refused(self) -> Mapping[Any, int]:
        """How many of what it refused, by reason: a text."""


@runtime_checkable
class TakesDatagrams(Protocol):
    """An adapter of a format whose datagrams are read each for itself; another one's hold lines."""

    def feed_datagrams(self, datagrams: Sequence[bytes], received: Millis, /) -> Reports:
        """The reports of whole datagrams."""


class Transport(StrEnum):
    """How a source is reached."""

    FILE = "file"
    TCP = "tcp"
    TLS = "tls"
    UDP = "udp"


TRANSPORTS: Final[Mapping[str, tuple[Transport, ...]]] = {
    "readsb": (Transport.FILE,),
    "sbs": (Transport.TCP, Transport.TLS),
    "ais": (Transport.TCP, Transport.TLS, Transport.UDP),
    "asterix": (Transport.UDP, Transport.TCP),
    "cot": (Transport.TCP, Transport.TLS),
}
"""The ways of each format, the usual first."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where reports come from, as the operator wrote it.

    host, port: of the source, or for UDP where to listen; path: of a polled file. authorities: PEM
    file of the certificates to trust; pin: SHA-256 of the server's certificate, instead; certificate:
    PEM file of this side's certificate and key; server_name: what the server's certificate says.
    sender: the one address that UDP is taken from; interface: where a multicast group is joined.
    utc_offset_min: by how much the source's clock is ahead of UTC (SBS).
    """

    text: str
    format: str
    transport: Transport
    host: str = ""
    port: int = 0
    path: Path | None = None
    authorities: Path | None = None
    pin: bytes | None = None
    certificate: Path | None = None
    server_name: str | None = None
    sender: str | None = None
    interface: str | None = None
    utc_offset_min: int = 0


EXAMPLES: Final = (
    "sbs://127.0.0.1:30003, readsb:/run/readsb/aircraft.json, ais+udp://0.0.0.0:10110,"
    " asterix+udp://239.0.0.1:8600, cot+tls://host:8089?authorities=ca.pem&certificate=own.pem"
)
_URL: Final = re.compile(
    r"([a-z]+)(?:\+([a-z]+))?://(\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9.-]{1,253}):([0-9]{1,5})(?:\?(.*))?"
)
_FILE: Final = re.compile(r"([a-z]+):(?!//)(.+)")
_OFFSET: Final = re.compile(r"([+-])([01][0-9]):([0-5][0-9])")
_OPTIONS: Final[Mapping[Transport, frozenset[str]]] = {
    Transport.TCP: frozenset(),
    Transport.TLS: frozenset({"authorities", "pin", "certificate", "server_name"}),
    Transport.UDP: frozenset({"sender", "interface"}),
}


def parse_source(text: str) -> Source:
    """A source as it is written on the command line or in a file (W-S60). Raises InvalidValue."""
    if not text.isprintable():
        raise InvalidValue("A source is written in characters that can be printed.")
    found, file = _URL.fullmatch(text), _FILE.fullmatch(text)
    if found is None and file is None:
        raise InvalidValue(f"“{text[:200]}” names no source. Write it as one of: {EXAMPLES}.")
    name = found[1] if found else file[1] if file else ""
    if name not in TRANSPORTS:
        raise InvalidValue(f"There is no format “{name[:40]}”. Known are {', '.join(TRANSPORTS)}.")
    if file is not None:
        if TRANSPORTS[name] != (Transport.FILE,):
            raise InvalidValue(
                f"{name} is not read from a file that is replaced; give host and port, as in {EXAMPLES}."
            )
        return Source(text, name, Transport.FILE, path=Path(file[2]))
    assert found is not None
    ways = TRANSPORTS[name]
    if ways == (Transport.FILE,):
        raise InvalidValue(f"{name} is read from a file: {name}:/run/readsb/aircraft.json.")
    wanted = found[2] or ways[0].value
    if wanted not in ways:
        raise InvalidValue(f"{name} comes over {', '.join(ways)}, not over “{wanted[:40]}”.")
    transport, port = Transport(wanted), int(found[4])
    if not 1 <= port <= 65_535:
        raise InvalidValue(f"Port {port} is outside 1 to 65535.")
    return _with_options(
        Source(text, name, transport, host=found[3].strip("[]"), port=port), found[5] or ""
    )


def _with_options(source: Source, query: str) -> Source:
    """What stands behind the `?`. Raises InvalidValue."""
    known = _OPTIONS[source.transport] | ({"utc_offset"} if source.format == "sbs" else set())
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True) if query else []
    except ValueError as error:
        raise InvalidValue(f"Behind the ? there must be NAME=VALUE, not “{query[:80]}”.") from error
    said = dict(pairs)
    for option, value in pairs:
        if option not in known:
            fit = ", ".join(sorted(known)) or "none"
            raise InvalidValue(f"There is no option “{option[:40]}” here; known are: {fit}.")
        if not value or "\0" in value:
            raise InvalidValue(f"The option {option} says nothing.")
    if len(said) != len(pairs):
        raise InvalidValue("An option is given twice; leave one.")
    if "pin" in said and "authorities" in said:
        raise InvalidValue("Give a pin or authorities: with a pin no authority is asked.")
    return Source(
        source.text,
        source.format,
        source.transport,
        source.host,
        source.port,
        authorities=_path(said.get("authorities")),
        pin=_pin(said["pin"]) if "pin" in said else None,
        certificate=_path(said.get("certificate")),
        server_name=said.get("server_name"),
        sender=_number(said, "sender"),
        interface=_interface(said, source.host),
        utc_offset_min=_offset(said["utc_offset"]) if "utc_offset" in said else 0,
    )


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)


def _pin(text: str) -> bytes:
    plain = text.replace(":", "")
    if not re.fullmatch("[0-9A-Fa-f]{64}", plain):
        raise InvalidValue(
            "A pin is the SHA-256 of the server's certificate: 64 hexadecimal digits."
        )
    return bytes.fromhex(plain)


def _number(said: Mapping[str, str], option: str) -> str | None:
    """An address given as a number, so that no name server decides who is heard."""
    if option not in said:
        return None
    try:
        return str(ipaddress.ip_address(said[option]))
    except ValueError as error:
        raise InvalidValue(f"The option {option} wants a numeric address.") from error


def _interface(said: Mapping[str, str], group: str) -> str | None:
    """Where a group is joined. Raises InvalidValue unless both are of IPv4."""
    interface = _number(said, "interface")
    try:
        fits = ipaddress.IPv4Address(group).is_multicast and ipaddress.IPv4Address(
            interface or group
        )
    except ValueError:
        fits = False
    if interface is not None and not fits:
        raise InvalidValue(
            "An interface is the IPv4 address on which an IPv4 multicast group is joined."
        )
    return interface


def _offset(text: str) -> int:
    found = _OFFSET.fullmatch(text.replace(" ", "+"))  # a + in a query reads as a space
    if found is None:
        raise InvalidValue(f"A utc_offset is written +02:00 or -03:30, not “{text[:40]}”.")
    minutes = int(found[2]) * 60 + int(found[3])
    return minutes if found[1] == "+" else -minutes


class State(StrEnum):
    """How a source is, in a word."""

    WAITING = "waiting"
    """Not reached; it is called again by itself."""
    CONNECTED = "connected"
    SILENT = "silent"
    """Reached, and nothing comes."""
    FLOODING = "flooding"
    """It sends more than is taken a second; the rest waits or is dropped."""


@dataclass(frozen=True, slots=True)
class Health:
    """How a source is. Times in ms UTC, None for never.

    since: of the state. dropped: reports beyond the limit a second; strangers: datagrams of others
    than the one sender; held_ms: how long it was not read because it flooded. trouble: for the
    operator, what is wrong and what to do, None where nothing is.
    """

    state: State
    since: Millis
    bytes: int
    reports: int
    dropped: int
    strangers: int
    held_ms: int
    calls: int
    refused: Mapping[str, int]
    last_byte_at: Millis | None
    last_report_at: Millis | None
    trouble: str | None


@dataclass(frozen=True, slots=True)
class FeedPace:
    """Times in seconds, limits a second; one choice for all, given otherwise by tests only.

    silence: without a byte before a source is shown silent; dead: before a connection is given up;
    poll: between looks at a file; busy: of computing, a second, that one source may cost.
    """

    opening: float = 10.0
    first_retry: float = 0.5
    longest_retry: float = 30.0
    silence: float = 15.0
    dead: float = 60.0
    poll: float = 0.5
    bytes_a_second: int = 4 << 20
    reports_a_second: int = 50_000
    busy: float = 0.25


class _Gone(Exception):
    """The connection ended. The text is the operator's."""


class Feed:
    """One source. on_reports: takes what was read, before more is.

    clock: ms UTC now; randomness: as `random.random`, for jitter. Raises KeyTrouble or InvalidValue
    where the source's certificates cannot be used.
    """

    def __init__(
        self,
        source: Source,
        adapter: Adapter,
        on_reports: Callable[[Reports], None],
        clock: Callable[[], Millis],
        randomness: Callable[[], float],
        pace: FeedPace | None = None,
    ) -> None:
        self.source = source
        self._adapter = adapter
        self._on_reports = on_reports
        self._clock = clock
        self._randomness = randomness
        self._pace = pace or FeedPace()
        self._context = tls_of(source) if source.transport is Transport.TLS else None
        self._connected = False
        self._since = clock()
        self._trouble: str | None = "It was not called yet."
        self._bytes = self._reports = self._dropped = self._strangers = self._calls = 0
        self._held = 0.0
        self._last_byte_at: Millis | None = None
        self._last_report_at: Millis | None = None
        self._flooded_at: Millis | None = None
        self._second = self._bytes_now = self._reports_now = 0
        self._busy_now = 0.0

    async def run(self) -> None:
        """Read the source until cancelled, calling again whenever it is gone (W-S61)."""
        way = {
            Transport.FILE: self._poll,
            Transport.TCP: self._stream,
            Transport.TLS: self._stream,
            Transport.UDP: self._datagrams,
        }[self.source.transport]
        loop, failures = asyncio.get_running_loop(), 0
        retries = Pace(first_retry=self._pace.first_retry, longest_retry=self._pace.longest_retry)
        while True:
            begun = loop.time()
            self._calls += 1
            try:
                await way()
            except _Gone as gone:
                self._trouble = str(gone)
            except OSError as error:
                self._trouble = self._why(error)
            except Exception as error:  # noqa: BLE001  # it is reported, and the source called again
                self._trouble = (
                    "A fault in the program ended the reading of this source. Report it."
                )
                fault(error)
            finally:
                self._adapter.cut()
                self._stands(False)
            failures = 0 if loop.time() - begun >= _SETTLED_S else failures + 1
            await asyncio.sleep(backoff(failures, self._randomness(), retries))

    def health(self, now: Millis) -> Health:
        """How the source is at this time (W-S62)."""
        state, since, trouble = State.WAITING, self._since, self._trouble
        if self._connected:
            state, trouble = State.CONNECTED, self._complaint()
            heard = max(self._last_byte_at or self._since, self._since)
            if self._flooded_at is not None and now - self._flooded_at < _FLOOD_SHOWN_MS:
                state, since = State.FLOODING, self._flooded_at
                trouble = "It sends more than is taken a second; the rest waits or is dropped."
            elif now - heard >= self._pace.silence * 1000:
                state, since = State.SILENT, heard
                trouble = "It is reached, and nothing comes. Look at the source."
        return Health(
            state,
            since,
            self._bytes,
            self._reports,
            self._dropped,
            self._strangers,
            round(self._held * 1000),
            self._calls,
            dict(self._adapter.refused),
            self._last_byte_at,
            self._last_report_at,
            trouble,
        )

    def _complaint(self) -> str | None:
        """What the refusals of a source that stands point to."""
        refused = self._adapter.refused
        late = sum(refused.get(why, 0) for why in _CLOCK_WRONG)
        if late > self._reports:
            way_out = " or give utc_offset=+HH:MM" if self.source.format == "sbs" else ""
            return (
                "Most of its reports are refused for their time. Correct its clock, or have it write"
                f" UTC{way_out}; or it plays a recording."
            )
        if not self._reports and sum(refused.values()) >= 100:
            return f"Nothing of it is {self.source.format}. Check the port and the format."
        return None

    def _stands(self, connected: bool) -> None:
        if connected != self._connected:
            self._connected, self._since = connected, self._clock()

    def _take(self, data: bytes) -> None:
        self._read(len(data), lambda now: self._adapter.feed(data, now))

    def _take_datagrams(self, datagrams: Sequence[bytes]) -> None:
        """Datagrams of lines may lack the end of the last one."""
        adapter, size = self._adapter, sum(map(len, datagrams))
        if isinstance(adapter, TakesDatagrams):
            takes = adapter
            self._read(size, lambda now: takes.feed_datagrams(datagrams, now))
        else:
            lines = b"".join(one if one.endswith(b"\n") else one + b"\n" for one in datagrams)
            self._read(size, lambda now: adapter.feed(lines, now))

    def _read(self, size: int, read: Callable[[Millis], Reports]) -> None:
        """Have bytes read, and hand on as many reports as one source may give a second (W-S63)."""
        now, begun = self._clock(), time.thread_time()
        self._turn()
        self._bytes += size
        self._bytes_now += size
        self._last_byte_at = now
        reports = read(now)
        room = max(0, self._pace.reports_a_second - self._reports_now)
        if len(reports) > room:
            self._dropped += len(reports) - room
            self._flooded_at = now
            reports = reports.take(slice(0, room))
        if len(reports):
            self._reports += len(reports)
            self._reports_now += len(reports)
            self._last_report_at = now
            self._on_reports(reports)
        self._busy_now += time.thread_time() - begun

    def _turn(self) -> float:
        """Begin the count anew with each second of the loop's clock. Gives what is left of this one."""
        now = asyncio.get_running_loop().time()
        second = int(now)
        if second != self._second:
            self._second, self._bytes_now, self._reports_now, self._busy_now = second, 0, 0, 0.0
        return second + 1 - now

    async def _room(self) -> None:
        """Wait, the source unread, while it has had all that it may have this second (W-S63)."""
        left = self._turn()
        if self._bytes_now >= self._pace.bytes_a_second or self._busy_now >= self._pace.busy:
            self._flooded_at = self._clock()
            self._held += left
            await asyncio.sleep(left)

    async def _stream(self) -> None:
        """One connection, from calling to its end."""
        source = self.source
        async with asyncio.timeout(self._pace.opening):
            with looking_up():
                reader, writer = await asyncio.open_connection(
                    source.host,
                    source.port,
                    ssl=self._context,
                    server_hostname=self._server_name(),
                    limit=_CHUNK,
                )
        try:
            self._check_pin(writer)
            self._stands(True)
            while True:
                await self._room()
                try:
                    async with asyncio.timeout(self._pace.dead):
                        data = await reader.read(_CHUNK)
                except TimeoutError:
                    raise _Gone(
                        f"Nothing came from {source.text} for {self._pace.dead:g} s; it is called again."
                    ) from None
                if not data:
                    raise _Gone(f"{source.text} hung up; it is called again.")
                self._take(data)
                await asyncio.sleep(0)  # others have their turn, however much there is
        finally:
            with suppress(AttributeError):  # as in `carriers.link`: an old fault of CPython
                writer.transport.abort()

    def _server_name(self) -> str | None:
        if self._context is None:
            return None
        return "" if self.source.pin is not None else self.source.server_name or self.source.host

    def _check_pin(self, writer: asyncio.StreamWriter) -> None:
        """Raises _Gone unless the server showed the certificate that is pinned (W-S65)."""
        if self.source.pin is None:
            return
        shown = writer.get_extra_info("ssl_object").getpeercert(True) or b""
        if not hmac.compare_digest(hashlib.sha256(shown).digest(), self.source.pin):
            raise _Gone(
                f"{self.source.text} showed another certificate than the pinned one. Ask its keeper"
                " for the fingerprint by telephone before you change the pin."
            )

    async def _datagrams(self) -> None:
        """Listen until something fails."""
        loop = asyncio.get_running_loop()
        with await self._bound() as listener:
            self._stands(True)
            while True:
                await self._room()
                data, address = await loop.sock_recvfrom(listener, _CHUNK)
                batch = [(data, address), *_waiting(listener)]
                known = [data for data, address in batch if self._known(address)]
                if known:
                    self._take_datagrams(known)
                await asyncio.sleep(0)

    def _known(self, address: tuple[object, ...]) -> bool:
        """Whether a datagram may be taken; one of another sender is counted (W-S64)."""
        plain = str(address[0]).partition("%")[0].removeprefix("::ffff:")  # IPv4 on an IPv6 socket
        if self.source.sender in (None, plain):
            return True
        self._strangers += 1
        return False

    async def _bound(self) -> socket.socket:
        """A socket that hears the source's datagrams. Raises OSError."""
        family, place = await resolved((self.source.host, self.source.port), socket.SOCK_DGRAM)
        listener = socket.socket(family, socket.SOCK_DGRAM)
        try:
            listener.setblocking(False)
            group = ipaddress.ip_address(place[0].partition("%")[0])
            if group.is_multicast:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
            if group.is_multicast:
                listener.setsockopt(*self._membership(group))
        except BaseException:
            listener.close()
            raise
        return listener

    def _membership(
        self, group: ipaddress.IPv4Address | ipaddress.IPv6Address
    ) -> tuple[int, int, bytes]:
        """The socket option that joins a group, on the interface that was named or any (W-S67)."""
        if group.version == 6:
            return socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group.packed + struct.pack("@I", 0)
        interface = ipaddress.IPv4Address(self.source.interface or "0.0.0.0")
        return socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group.packed + interface.packed

    async def _poll(self) -> None:
        """Read a file whenever another stands in its place (W-S66)."""
        assert self.source.path is not None
        seen: tuple[int, ...] | None = None
        while True:
            mark, data = _document(self.source.path, seen)
            self._stands(True)
            self._busy_now = 0.0
            if data is not None:
                seen = mark
                self._take(data)
            await asyncio.sleep(max(self._pace.poll, self._busy_now / self._pace.busy))

    def _why(self, error: OSError) -> str:
        """Why the source is not reached, for the operator."""
        source = self.source
        if source.path is not None:
            return f"{source.path} cannot be read: {error.strerror or error}. Does readsb run?"
        if isinstance(error, TimeoutError):
            return f"{source.text} does not answer. Check the address and the network."
        if isinstance(error, ssl.SSLCertVerificationError):
            return (
                f"{source.text} showed a certificate that is not trusted ({error.verify_message})."
                " Give its authorities, its server_name or its pin."
            )
        if isinstance(error, ssl.SSLError):
            return (
                f"{source.text} did not complete TLS: {error.reason}. Check port and certificate."
            )
        if source.transport is Transport.UDP:
            return (
                f"Nothing can be heard on {source.text}: {error.strerror or error}. Check the port."
            )
        return unreached(source.text, error)


def _waiting(listener: socket.socket) -> Iterator[tuple[bytes, tuple[object, ...]]]:
    """Datagrams that are there already, so many at once."""
    for _ in range(_DATAGRAMS_AT_ONCE - 1):
        try:
            yield listener.recvfrom(_CHUNK)
        except BlockingIOError:
            return


def _document(path: Path, seen: tuple[int, ...] | None) -> tuple[tuple[int, ...], bytes | None]:
    """A file and what tells it from others; None if it is the one that was seen. Raises OSError.

    Only a plain file is read: a pipe or a device would stop everything.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as file:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(0, "it is no plain file")
        mark = (about.st_ino, about.st_mtime_ns, about.st_size)
        return mark, None if mark == seen else file.read(MOST_DOCUMENT + 1)


def tls_of(source: Source) -> ssl.SSLContext:
    """What a source's certificate is held against, and ours. Raises KeyTrouble."""
    with _usable(source.authorities):
        context = ssl.create_default_context(cafile=source.authorities)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if source.pin is not None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # the very certificate is compared instead (W-S65)
    if source.certificate is not None:
        with _usable(source.certificate):
            # Without a password OpenSSL would ask at the terminal and wait.
            context.load_cert_chain(source.certificate, password=lambda: b"")
    return context


@contextmanager
def _usable(path: Path | None) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it holds no certificate (and key) in PEM"
        raise KeyTrouble(f"{path} cannot be used: {why}. Check the file.") from error
