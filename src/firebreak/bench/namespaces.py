"""A bad wire: two network namespaces of this machine, and between them loss, delay and a slow rate.

`tc netem` makes the wire bad where the kernel has it; otherwise a thread here carries every IP packet
from one TUN device to the other and does the same. Needs root, iproute2 and /dev/net/tun.
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import os
import random
import select
import shutil
import struct
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final

from firebreak.errors import Misuse

ADDRESSES: Final = ("10.77.0.1", "10.77.0.2")
"""Of the two ends. The namespaces have no way out, so these can be anybody's elsewhere."""
_SPARE: Final = "10.77.0.{}"
_CLONE_NEWNET: Final = 0x40000000
_TUNSETIFF: Final = 0x400454CA
_IFF_TUN_NO_PI: Final = 0x0001 | 0x1000
_MOST_QUEUED: Final = 1_000
_PACKET: Final = 2_048
_PREFIX: Final = "firebreak-"


@dataclass(frozen=True, slots=True)
class Weather:
    """One direction of a wire. loss: 0 to 1; delay: seconds; rate: bits a second, 0 without limit."""

    loss: float = 0.0
    delay: float = 0.0
    rate: int = 0


CALM: Final = Weather()
CUT: Final = Weather(loss=1.0)


def missing() -> str | None:
    """What this machine lacks for a bad wire, and what to do; None if nothing."""
    if os.geteuid() != 0:
        return "making network namespaces needs root: run it with sudo"
    if shutil.which("ip") is None or shutil.which("tc") is None:
        return "ip and tc are not installed: apt-get install iproute2"
    if not Path("/dev/net/tun").exists():
        return "there is no /dev/net/tun: modprobe tun"
    return _refused()


def _refused() -> str | None:
    """Make a namespace and remove it: root within a container has the name, and not the right."""
    name = f"{_PREFIX}{os.getpid()}-trial"
    try:
        _ip("netns", "add", name)
    except Misuse as error:
        return f"{error} Run it outside the container, or give that the right (CAP_SYS_ADMIN)"
    finally:
        with suppress(Misuse):
            _ip("netns", "delete", name)
    return None


class BadWire:
    """with BadWire() as wire: two namespaces, 0 and 1, and what is between them.

    Raises Misuse, with what to do, where the machine does not allow it.
    """

    def __init__(self, seed: int = 1) -> None:
        self.names = [f"{_PREFIX}{os.getpid()}-{id(self) & 0xFFFF:x}-{end}" for end in (0, 1)]
        self.by_netem = False
        self._seed = seed
        self._relay: _Relay | None = None

    def __enter__(self) -> BadWire:
        lack = missing()
        if lack is not None:
            raise Misuse(f"No bad wire can be made: {lack}.")
        _remove_stale()
        try:
            for name in self.names:
                _ip("netns", "add", name)
            self.by_netem = self._join_by_netem()
            if not self.by_netem:
                self._join_by_relay()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._remove()

    def weather(self, there: Weather, back: Weather | None = None) -> None:
        """From now on, from end 0 to end 1 and back; both alike if only one is given."""
        both = (there, there if back is None else back)
        if self._relay is not None:
            self._relay.weather = both
            return
        for end, one in enumerate(both):
            words = ["qdisc", "replace", "dev", "wire", "root", "netem", "limit", str(_MOST_QUEUED)]
            words += ["loss", f"{one.loss:.0%}", "delay", f"{one.delay * 1_000:.0f}ms"]
            words += ["rate", f"{one.rate}bit"] if one.rate else []
            self.run(end, "tc", *words)

    def move(self, end: int, number: int) -> str:
        """Give an end another address, and take its old one away; the new one."""
        address = _SPARE.format(number)
        self.run(end, "ip", "address", "flush", "dev", "wire")
        self.run(end, "ip", "address", "add", f"{address}/24", "dev", "wire")
        return address

    def run(self, end: int, *words: str) -> None:
        """Run a command within an end, to its end."""
        _run(*self.within(end), *words)

    def within(self, end: int) -> Sequence[str]:
        """What to put before a command that shall run within an end."""
        return ("ip", "netns", "exec", self.names[end])

    @contextmanager
    def entered(self, end: int) -> Iterator[None]:
        """This thread, within an end: the sockets that it opens are there."""
        with Path("/proc/thread-self/ns/net").open("rb") as home:
            with Path(f"/run/netns/{self.names[end]}").open("rb") as there:
                _enter(there.fileno())
            try:
                yield
            finally:
                _enter(home.fileno())

    # -- making and removing it --------------------------------------------------------------

    def _join_by_netem(self) -> bool:
        """Two veth ends under netem; False where the kernel has none."""
        with suppress(Misuse):
            self.run(0, "tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "0ms")
            near, far = self.names
            words = ("type", "veth", "peer", "name", "wire", "netns", far)
            _ip("link", "add", "name", "wire", "netns", near, *words)
            self._raise_ends()
            self.weather(CALM)
            return True
        return False

    def _join_by_relay(self) -> None:
        devices = []
        for end in (0, 1):
            with self.entered(end):
                device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
                devices.append(device)
                fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH22x", b"wire", _IFF_TUN_NO_PI))
        self._raise_ends()
        self._relay = _Relay(devices, self._seed)
        self._relay.start()

    def _raise_ends(self) -> None:
        for end, address in enumerate(ADDRESSES):
            # Nobody asks for neighbours or routers here, and on a slow wire each such word costs.
            self.run(end, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6")
            self.run(end, "ip", "link", "set", "lo", "up")
            self.run(end, "ip", "address", "add", f"{address}/24", "dev", "wire")
            self.run(end, "ip", "link", "set", "wire", "up")

    def _remove(self) -> None:
        if self._relay is not None:
            self._relay.stop()
        for name in self.names:
            with suppress(Misuse):
                _ip("netns", "delete", name)


class _Relay(threading.Thread):
    """Carries IP packets between two TUN devices as badly as the weather says."""

    def __init__(self, devices: Sequence[int], seed: int) -> None:
        super().__init__(name="bad wire", daemon=True)
        self.weather = (CALM, CALM)
        self._devices = devices
        self._chance = random.Random(seed)
        self._ending = threading.Event()
        self._free_at = [0.0, 0.0]
        self._queued = [0, 0]
        self._waiting: list[tuple[float, int, int, bytes]] = []
        self._order = 0

    def stop(self) -> None:
        """Carry nothing more, and let the devices go."""
        self._ending.set()
        self.join()
        for device in self._devices:
            os.close(device)

    def run(self) -> None:
        """Until it is stopped."""
        while not self._ending.is_set():
            now = time.monotonic()
            while self._waiting and self._waiting[0][0] <= now:
                _, _, end, packet = heapq.heappop(self._waiting)
                self._queued[end] -= 1
                with suppress(OSError):  # that end is down, or full: lost
                    os.write(self._devices[1 - end], packet)
            left = self._waiting[0][0] - now if self._waiting else 0.1
            ready, _, _ = select.select(self._devices, [], [], min(max(left, 0.0), 0.1))
            for device in ready:
                with suppress(BlockingIOError):
                    self._take(self._devices.index(device), os.read(device, _PACKET))

    def _take(self, end: int, packet: bytes) -> None:
        weather, now = self.weather[end], time.monotonic()
        if self._queued[end] >= _MOST_QUEUED or self._chance.random() < weather.loss:
            return
        begins = max(now, self._free_at[end])
        ends = begins + (8 * len(packet) / weather.rate if weather.rate else 0.0)
        self._free_at[end] = ends
        self._order += 1
        self._queued[end] += 1
        heapq.heappush(self._waiting, (ends + weather.delay, self._order, end, packet))


def _remove_stale() -> None:
    """Namespaces whose process was killed before it could remove them."""
    place = Path("/run/netns")
    for path in place.glob(f"{_PREFIX}*") if place.is_dir() else ():
        if not Path(f"/proc/{path.name.split('-')[1]}").exists():
            with suppress(Misuse):
                _ip("netns", "delete", path.name)


def _enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, _CLONE_NEWNET) != 0:
        raise Misuse(f"The namespace cannot be entered: {os.strerror(ctypes.get_errno())}.")


def _ip(*words: str) -> None:
    _run("ip", *words)


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Misuse(f"`{' '.join(words)}` failed: {done.stderr.strip() or done.returncode}.")
