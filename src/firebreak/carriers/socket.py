"""WebSocket over TLS 1.3 between nodes that know each other's certificates (spec/sealing.md §6).

Each side listens, dials, or both. Usually one connection stands; when both dial at once, two may,
and both are read. Bundles go out on the newest. All methods belong to one event loop.
"""

import asyncio
import errno
import socket
import ssl
import warnings
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from firebreak.carriers.link import (
    Flood,
    Link,
    Pace,
    accepted_tls,
    answer_upgrade,
    dialled_tls,
    looking_up,
    request_upgrade,
)
from firebreak.carriers.patience import BARRED, Patience
from firebreak.errors import InvalidValue, KeyTrouble, Malformed, Misuse
from firebreak.sealing import parse_header
from firebreak.values import Precedence

MOST_OPENING: Final = 64
"""Connections that have not yet shown who they are; one more pushes out the oldest."""
_EXHAUSTED: Final = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_ACCEPT_PAUSE: Final = 1.0

_NO_ADDRESS: Final = 2.0
"""Seconds until a peer that cannot be called now is looked at again."""
_MOST_CALLERS: Final = 1_024
"""Hosts whose failed calls are counted."""
_BARRED_AT_ONCE: Final = 64
_BETWEEN_BARRED: Final = 0.02
"""Seconds after so many calls were cut off unheard: a standing line goes first, and in the backlog
others wait behind them."""

Address = tuple[str, int]
Where = Callable[[str], Address | None]
"""Where a peer listens, by what the operator last said."""


@dataclass(frozen=True, slots=True)
class PeerPin:
    """Who a peer is and where. certificate: DER from its roster; address: None if it dials only.
    narrow: its line goes by datagrams, so that a call of it is a misunderstanding.

    Raises Malformed unless the certificate is one, of an Ed25519 key, and nothing more.
    """

    certificate: bytes
    address: Address | None = None
    narrow: bool = False

    def __post_init__(self) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # what is read with a warning today is refused
                parsed = x509.load_der_x509_certificate(self.certificate)
            key = parsed.public_key()
            whole = parsed.public_bytes(Encoding.DER) == self.certificate
            # OpenSSL, which is to trust it, must be able to read it as well.
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=self.certificate)
        except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion, ssl.SSLError, Warning):
            raise _bad_certificate() from None
        if not whole or not isinstance(key, Ed25519PublicKey):  # B-12
            raise _bad_certificate()


class Reason(StrEnum):
    """Why a connection was refused."""

    TLS = "tls"
    CERTIFICATE = "certificate"
    UPGRADE = "upgrade"
    SLOW = "slow"
    CROWDED = "crowded"
    FRAME = "frame"
    FLOOD = "flood"
    NARROW = "narrow"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused connection. peer: its name once it is known; text: the operator's message."""

    reason: Reason
    address: str
    peer: str | None
    text: str


OnBundle = Callable[[str, bytes], Awaitable[bool]]
"""Takes a bundle of a peer; False if it was a bad one."""
OnState = Callable[[str, bool], None]
OnRefused = Callable[[Refusal], None]


@dataclass(slots=True)
class _Peer:
    name: str
    pin: PeerPin
    context: ssl.SSLContext
    links: list[Link] = field(default_factory=list)
    trouble: str | None = None
    alone: asyncio.Event = field(default_factory=asyncio.Event)
    linked: asyncio.Event = field(default_factory=asyncio.Event)
    accepted: asyncio.Task[None] | None = None
    """The task of the newest connection that the peer dialled."""
    calls: Patience = field(default_factory=Patience)
    """With what comes over connections that the peer dialled."""
    dialled: Patience = field(default_factory=Patience)
    """With what comes over those that this node dialled: another may hold the peer's key."""


class SocketCarrier:
    """Connections to all peers of a node.

    identity: PEM file with the node's TLS key and certificate; peers: by name; listen: host and
    port, None to dial only. on_bundle is awaited for every bundle, in order, before more is read
    from that peer: take long, and the peer waits. on_state tells when the first connection to a
    peer stands and when the last is gone. randomness: as `secrets.token_bytes`, for jitter. where:
    asked before each call for the address that the operator says now; None to keep to the pins.
    Raises KeyTrouble for an unusable identity, InvalidValue if two peers have one certificate.
    """

    def __init__(
        self,
        identity: Path,
        peers: Mapping[str, PeerPin],
        listen: Address | None,
        on_bundle: OnBundle,
        on_state: OnState,
        on_refused: OnRefused,
        randomness: Callable[[int], bytes],
        pace: Pace | None = None,
        where: Where | None = None,
    ) -> None:
        self.refusals: Counter[Reason] = Counter()
        self._listen = listen
        self._on_bundle = on_bundle
        self._on_state = on_state
        self._on_refused = on_refused
        self._randomness = randomness
        self._pace = pace or Pace()
        self._where: Where = where or (lambda name: peers[name].address)
        self._by_certificate = {pin.certificate: name for name, pin in peers.items()}
        if len(self._by_certificate) != len(peers):  # B-12
            raise InvalidValue("Two peers have the same certificate; ask both for their cards.")
        self._peers = {
            name: _Peer(
                name, pin, tls_context(ssl.PROTOCOL_TLS_CLIENT, identity, [pin.certificate])
            )
            for name, pin in peers.items()
        }
        self._context = tls_context(ssl.PROTOCOL_TLS_SERVER, identity, list(self._by_certificate))
        self._listener: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._opening: dict[asyncio.Task[None], str] = {}
        self._callers: OrderedDict[str, Patience] = OrderedDict()

    async def start(self) -> None:
        """Listen and dial. Raises Misuse if the port cannot be had; nothing runs then."""
        for peer in self._peers.values():
            peer.alone.set()
        if self._listen is not None:
            self._listener = await _listening(self._listen)
            self._spawn(self._accept(self._listener))
        for peer in self._peers.values():
            if not peer.pin.narrow:
                self._spawn(self._keep_dialling(peer))

    async def stop(self) -> None:
        """Close every connection. What still waits to be sent is dropped."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    @property
    def address(self) -> Address | None:
        """Where this node listens now; the port that the system chose if 0 was asked for."""
        if self._listener is None:
            return None
        host, port, *_ = self._listener.getsockname()
        return host, port

    def connected(self, peer: str) -> bool:
        """Whether a connection to the peer stands. Raises InvalidValue for an unknown peer."""
        return bool(self._named(peer).links)

    def trouble(self, peer: str) -> str | None:
        """Why the last connection ended or could not be made; None while one stands."""
        return self._named(peer).trouble

    def send(self, peer: str, bundle: bytes) -> bool:
        """Queue a bundle, the more urgent before others; False if not connected or no room.

        True promises nothing: only a receipt shows delivery. Raises Malformed if this is no bundle,
        InvalidValue for an unknown peer.
        """
        return self.tell(peer, bundle, parse_header(bundle).precedence)

    def tell(self, peer: str, message: bytes, precedence: Precedence) -> bool:
        """The same for what is no bundle: what a relay and a party tell each other besides."""
        links = self._named(peer).links
        return bool(links) and links[-1].outbox.put(message, precedence)

    def _named(self, peer: str) -> _Peer:
        try:
            return self._peers[peer]
        except KeyError:
            raise InvalidValue(f"There is no peer “{peer}” on the socket.") from None

    def _spawn(self, work: Awaitable[None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        assert isinstance(task, asyncio.Task)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _refuse(self, reason: Reason, address: str, peer: str | None, text: str) -> None:
        self.refusals[reason] += 1
        self._on_refused(Refusal(reason, address, peer, text))

    async def _accept(self, listener: socket.socket) -> None:
        loop, cut_off = asyncio.get_running_loop(), 0
        while True:
            try:
                connection, address = await loop.sock_accept(listener)
            except OSError as error:  # the caller has gone already, or we have too many
                await asyncio.sleep(_ACCEPT_PAUSE if error.errno in _EXHAUSTED else 0)
                continue
            caller = self._callers.get(address[0])
            if caller is not None and caller.barred(loop.time()):  # B-17
                connection.close()
                self.refusals[Reason.FLOOD] += 1
                cut_off += 1
                if cut_off % _BARRED_AT_ONCE == 0:
                    await asyncio.sleep(_BETWEEN_BARRED)
                continue
            self._make_room()
            self._opens(connection, address)

    def _opens(self, connection: socket.socket, address: tuple[Any, ...]) -> None:
        task = self._spawn(self._welcome(connection, shown(address), address[0]))
        self._opening[task] = shown(address)
        task.add_done_callback(lambda done: self._opening.pop(done, None))
        task.add_done_callback(lambda _: connection.close())

    def _make_room(self) -> None:
        if len(self._opening) >= MOST_OPENING:
            oldest = next(iter(self._opening))
            address = self._opening.pop(oldest)
            oldest.cancel()
            text = f"{address} was cut off: too many callers have not said who they are."
            self._refuse(Reason.CROWDED, address, None, text)

    def _failed_call(self, host: str) -> None:
        """Count a call that showed no peer; after too many, the host is not heard for a while."""
        if host not in self._callers and len(self._callers) >= _MOST_CALLERS:
            self._callers.popitem(last=False)
        now = asyncio.get_running_loop().time()
        if self._callers.setdefault(host, Patience()).strike(now):
            text = (
                f"{host} calls again and again without saying who it is. It is cut off for a while."
            )
            self._refuse(Reason.FLOOD, host, None, text)

    async def _welcome(self, connection: socket.socket, address: str, host: str) -> None:
        """Let a caller show who it is, then serve it; every failure is a refusal."""
        name = None
        try:
            async with (
                asyncio.timeout(self._pace.opening) as limit,
                accepted_tls(connection, self._context, self._pace) as stream,
            ):
                name = self._by_certificate.get(stream.certificate() or b"")
                if name is None:  # B-13
                    text = f"{address} showed a certificate that is no peer's."
                    self._refuse(Reason.CERTIFICATE, address, None, text)
                    self._failed_call(host)
                    return
                if not self._may_call(name, address):
                    self._failed_call(host)
                    return
                protocol, early = await answer_upgrade(stream)
                limit.reschedule(None)
                self._opening.pop(_current_task(), None)
                peer = self._peers[name]
                if peer.accepted is not None:
                    peer.accepted.cancel()
                peer.accepted = _current_task()
                link = Link(stream, protocol, early, self._pace)
                await self._serve(peer, link, address, peer.calls)
        except Malformed as error:
            self._refuse(Reason.UPGRADE, address, name, str(error))
            self._failed_call(host)
        except OSError as error:
            self._refuse(_reason(error), address, name, _refusal_text(address, error))
            self._failed_call(host)

    def _may_call(self, name: str, address: str) -> bool:
        """Whether a peer that has shown its certificate is let in."""
        peer = self._peers[name]
        if peer.pin.narrow:
            text = (
                f"{name} calls by TLS, and the line to it is set narrow here. Set both sides alike:"
                " firebreak party peer."
            )
            peer.trouble = text
            self._refuse(Reason.NARROW, address, name, text)
            return False
        return not peer.calls.barred(asyncio.get_running_loop().time())  # B-17

    async def _keep_dialling(self, peer: _Peer) -> None:
        """Dial whenever no connection stands, waiting longer after each failure."""
        failures, loop = 0, asyncio.get_running_loop()
        while True:
            await peer.alone.wait()
            address = self._where(peer.name)
            if address is None or peer.dialled.barred(loop.time()):
                await asyncio.sleep(_NO_ADDRESS)
                continue
            failures = 0 if await self._dial(peer, address) else failures + 1
            chance = int.from_bytes(self._randomness(2), "big") / 65_536
            try:
                async with asyncio.timeout(backoff(failures, chance, self._pace)):
                    await peer.linked.wait()
                    failures = 0
            except TimeoutError:
                pass

    async def _dial(self, peer: _Peer, address: Address) -> bool:
        """One connection from dialling to its end; False if it never stood."""
        at = shown(address)
        met = False
        try:
            async with (
                asyncio.timeout(self._pace.opening) as limit,
                dialled_tls(address, peer.context, self._pace) as stream,
            ):
                if stream.certificate() != peer.pin.certificate:  # B-13
                    peer.trouble = f"{at} showed a certificate that is not {peer.name}'s."
                    self._refuse(Reason.CERTIFICATE, at, peer.name, peer.trouble)
                    return False
                met = True
                protocol, early = await request_upgrade(stream)
                limit.reschedule(None)
                link = Link(stream, protocol, early, self._pace)
                await self._serve(peer, link, at, peer.dialled)
                return True
        except Malformed as error:
            peer.trouble = str(error)
            self._refuse(Reason.UPGRADE, at, peer.name, peer.trouble)
        except ssl.SSLCertVerificationError as error:
            peer.trouble = _refusal_text(at, error)
            self._refuse(Reason.CERTIFICATE, at, peer.name, peer.trouble)
        except OSError as error:
            peer.trouble = _dial_trouble(at, error, met)
        except Exception as error:  # noqa: BLE001  # it is reported, and the peer called again
            peer.trouble = f"A fault in the program ended the call of {at}. Report it."
            fault(error)
        return False

    async def _serve(self, peer: _Peer, link: Link, address: str, patience: Patience) -> None:
        loop = asyncio.get_running_loop()

        async def deliver(bundle: bytes) -> None:
            if not await self._on_bundle(peer.name, bundle) and patience.strike(loop.time()):
                raise Flood(flooded(peer.name))  # B-17

        self._enter(peer, link)
        try:
            peer.trouble = await link.run(deliver)
        except Flood as error:
            peer.trouble = str(error)
            self._refuse(Reason.FLOOD, address, peer.name, peer.trouble)
        except Malformed as error:
            peer.trouble = str(error)
            self._refuse(Reason.FRAME, address, peer.name, peer.trouble)
        finally:
            self._leave(peer, link)
            await link.close()

    def _enter(self, peer: _Peer, link: Link) -> None:
        peer.links.append(link)
        peer.trouble = None
        if len(peer.links) == 1:
            peer.alone.clear()
            peer.linked.set()
            self._on_state(peer.name, True)

    def _leave(self, peer: _Peer, link: Link) -> None:
        peer.links.remove(link)
        if not peer.links:
            peer.linked.clear()
            peer.alone.set()
            self._on_state(peer.name, False)
        else:
            peer.trouble = None


def backoff(failures: int, chance: float, pace: Pace) -> float:
    """Seconds to wait before dialling again: doubled per failure, capped, the last half by chance.

    chance: 0 up to, not including, 1.
    """
    longest: float = min(pace.longest_retry, pace.first_retry * 2.0 ** min(failures, 30))
    return longest * (0.5 + chance / 2)


def tls_context(side: int, identity: Path, certificates: Sequence[bytes]) -> ssl.SSLContext:
    """TLS 1.3 with our certificate, trusting exactly these (B-12). Raises KeyTrouble."""
    context = ssl.SSLContext(side)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    if side == ssl.PROTOCOL_TLS_SERVER:
        context.num_tickets = 0
    try:
        context.load_cert_chain(identity)
    except OSError as error:
        raise KeyTrouble(
            f"The TLS key file {identity} cannot be used: {error.strerror or error}."
            " Put it back from its backup."
        ) from error
    if certificates:
        context.load_verify_locations(cadata=b"".join(certificates))
    return context


async def _listening(address: Address) -> socket.socket:
    """A listening socket. Raises Misuse, saying what to do."""
    try:
        family, place = await resolved(address, socket.SOCK_STREAM)
        listener = socket.create_server(place, family=family)
    except OSError as error:
        raise unusable(address, error) from error
    listener.setblocking(False)
    return listener


async def resolved(address: Address, kind: socket.SocketKind) -> tuple[int, Address]:
    """The family and number of an address. Raises OSError."""
    loop = asyncio.get_running_loop()
    with looking_up():
        found = await loop.getaddrinfo(*address, type=kind, flags=socket.AI_PASSIVE)
    family, _, _, _, place = found[0]
    return family, (str(place[0]), int(place[1]))


def unusable(address: Address, error: OSError) -> Misuse:
    """That a port cannot be had, and what to do."""
    host, port = address
    return Misuse(
        f"This node cannot listen on {host} port {port}: {error.strerror}. {_way_out(error)}"
    )


def _way_out(error: OSError) -> str:
    """What to do where this node cannot listen."""
    if isinstance(error, socket.gaierror):
        return "The host's name is not known here. Correct it, or give its number."
    match error.errno:
        case errno.EADDRINUSE:
            return (
                "Stop the program that uses the port (perhaps this node runs already), or give"
                " another port."
            )
        case errno.EADDRNOTAVAIL:
            return "The address is not this machine's. Give one of its own, or 0.0.0.0 for all."
        case errno.EACCES:
            return "This user may not have the port. Give one from 1024 upwards."
        case _:
            return "Give another address or port."


def shown(address: tuple[Any, ...] | None) -> str:
    """An address as it is written; nothing where there is none."""
    if address is None:
        return "an unknown address"
    host, port, *_ = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def fault(error: Exception) -> None:
    """Report what should never be raised here, to the loop's handler."""
    report = {"message": "a fault in the program", "exception": error}
    asyncio.get_running_loop().call_exception_handler(report)


def _current_task() -> asyncio.Task[None]:
    task = asyncio.current_task()
    assert task is not None
    return task


def flooded(name: str) -> str:
    """What to say of a peer that is not listened to any more."""
    return (
        f"{name} sent too many bundles that cannot be taken. It is not listened to for {BARRED:g} s."
        " Speak to them by telephone: their node or their key may be in other hands."
    )


def _bad_certificate() -> Malformed:
    return Malformed(
        "A peer's certificate is not exactly one X.509 certificate of an Ed25519 key."
        " Ask the peer for its card again."
    )


def _reason(error: OSError) -> Reason:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Reason.CERTIFICATE
    if isinstance(error, ssl.SSLError):
        missing = error.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"
        return Reason.CERTIFICATE if missing else Reason.TLS
    return Reason.SLOW if isinstance(error, TimeoutError) else Reason.TLS


def _refusal_text(address: str, error: OSError) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"{address} showed a certificate that is no peer's ({error.verify_message})."
                " If it should be known, ask for its card and take its roster anew."
            )
        case TimeoutError():
            return f"{address} did not say in time who it is."
        case ssl.SSLError():
            return f"{address} did not complete TLS 1.3: {error.reason}."
        case _:
            return f"{address} broke off before the link was open: {error.strerror or error}."


def _dial_trouble(address: str, error: OSError, met: bool) -> str:
    """Why a call failed. met: the other side had shown its certificate, and then saw ours."""
    if isinstance(error, TimeoutError):
        return f"{address} does not answer. Check the address and the network."
    if met:
        return (
            f"{address} hung up on seeing this node's certificate."
            " Send the peer our present card and ask it to take our roster anew."
        )
    if isinstance(error, ssl.SSLError):
        return f"{address} is no Firebreak node: {error.reason}. Check the address."
    return unreached(address, error)


def unreached(address: str, error: OSError) -> str:
    """That an address cannot be called at all, and what to do."""
    return f"{address} cannot be reached: {error.strerror or error}. Check address and network."
