"""What a flood of bad bundles costs an honest exchange: its latency with the flood over that without.

The flooder is a process of its own. It holds the TLS key of the measured node's peer, as a thief does,
and besides calls as a stranger. It sends what a node must look at before it can tell: a false header,
a seal that was altered on the way, a bundle for another key, garbage under a good seal.

The measured node hears so many mistakes out, then bars who makes them for a minute (carriers/patience):
so the first seconds are told apart from those after, and what the flooder could get rid of is counted.
"""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from firebreak.bench.pair import PARTIES, PATIENCE_S, Command, Pair
from firebreak.bench.wires import Officer
from firebreak.carriers.link import Pace, dialled_tls, request_upgrade
from firebreak.carriers.socket import tls_context
from firebreak.errors import FirebreakError, Misuse
from firebreak.node.runner import parse_address
from firebreak.records.roster import SignedRoster
from firebreak.sealing import SealingPublic, Suite, seal
from firebreak.store.directory import NodeConfig, NodeDirectory, read_card
from firebreak.store.keyfiles import NodeSecrets
from firebreak.values import LATEST, Precedence

A_SECOND: Final = 10_000
"""Bad bundles that the flooder sends in a second, as far as it is listened to."""
LONGEST_S: Final = 60.0
"""After which a flooder stops by itself."""
_AT_ONCE: Final = 100
_FIRST, _MESSAGES = 60, 200
"""Messages of the first seconds under the flood, and of each measurement else."""
_OFFERED: Final = "offered"
_POLL_S: Final = 0.01
_STRANGER: Final = "127.0.0.2"
"""Where the stranger calls from; the thief calls from where the peer does."""


def bad_bundles(public: SealingPublic) -> Sequence[bytes]:
    """One of each sort, the last of them under a good seal."""
    good = seal(b"\x00garbage", public, Suite.WIDE, Precedence.FLASH, LATEST)
    return (
        b"\x09" + good[1:],
        good[:-1] + bytes([good[-1] ^ 1]),
        good[:2] + bytes(8) + good[10:],
        good,
    )


@dataclass(slots=True)
class Offered:
    """What the flooder got rid of: bundles written to connections, and calls made."""

    bundles: int = 0
    calls: int = 0


async def flood(
    identity: Path, card: SignedRoster, target: tuple[str, int], offered: Offered
) -> None:
    """Send bad bundles as a peer for as long as allowed. Whatever is closed is opened again at once."""
    public = SealingPublic(card.roster.node.x25519, card.roster.node.xwing)
    context = tls_context(ssl.PROTOCOL_TLS_CLIENT, identity, [card.roster.node.certificate])
    bundles = bad_bundles(public)
    while True:
        offered.calls += 1
        with suppress(OSError, FirebreakError, TimeoutError):
            async with dialled_tls(target, context, Pace()) as stream:
                protocol, _ = await request_upgrade(stream)
                while True:
                    begun = time.monotonic()
                    for number in range(_AT_ONCE):
                        protocol.send_binary(bundles[number % len(bundles)])
                    await stream.flush(protocol)
                    offered.bundles += _AT_ONCE
                    left = _AT_ONCE / A_SECOND - (time.monotonic() - begun)
                    await asyncio.sleep(max(0.0, left))
        await asyncio.sleep(0.002)


async def call(target: tuple[str, int], offered: Offered) -> None:
    """Open connections and write garbage, as a stranger, for as long as allowed."""
    while True:
        offered.calls += 1
        with suppress(OSError):
            _, writer = await asyncio.open_connection(*target, local_addr=(_STRANGER, 0))
            writer.write(b"\x16\x03\x01" + bytes(200))
            await asyncio.sleep(0.002)
            writer.transport.abort()


def measure(folder: Path, command: Command) -> dict[str, float]:
    """p50 of a message's delivery in ms without the flood, in its first seconds and after; the worse
    of the two over the first; and what the flooder offered in a second."""
    pair = Pair.prepared(folder, command)
    for party, other in (PARTIES, PARTIES[::-1]):
        config = NodeConfig(party, pair.address(party), {other: pair.address(other)})
        (pair.directory(party) / "node.toml").write_text(config.to_toml(), "utf-8")
    with pair:
        pair.start(PARTIES[1])
        return asyncio.run(_all(pair))


async def _all(pair: Pair) -> dict[str, float]:
    async with Officer(pair.directory(PARTIES[0])) as officer:
        await officer.up()
        before = await _p50_ms(officer, _MESSAGES)
        flooder = subprocess.Popen(  # noqa: ASYNC220  # before anything is measured
            [sys.executable, "-m", "firebreak.bench.flood", str(pair.folder)]
        )
        try:
            for _ in range(int(PATIENCE_S / _POLL_S)):
                if _counts(pair.folder) is not None:
                    break
                await asyncio.sleep(_POLL_S)
            first = await _p50_ms(officer, _FIRST)
            later = await _p50_ms(officer, _MESSAGES)
            counts = _counts(pair.folder)
            if flooder.poll() is not None or counts is None:
                raise Misuse("The flood ended before it was measured: the node was far too slow.")
        finally:
            flooder.terminate()
            flooder.wait()
        await asyncio.sleep(0.5)
        calm = (before + await _p50_ms(officer, _MESSAGES)) / 2
    seconds, bundles, calls = counts
    return {
        "flood_calm_p50_ms": calm,
        "flood_first_p50_ms": first,
        "flood_later_p50_ms": later,
        "flood_over_calm": max(first, later) / calm,
        "flood_bundles_per_s": bundles / seconds,
        "flood_calls_per_s": calls / seconds,
    }


async def _p50_ms(officer: Officer, count: int) -> float:
    return 1_000 * median([await officer.send() for _ in range(count)])


def _counts(folder: Path) -> tuple[float, int, int] | None:
    """Seconds since the flood began, bundles written, calls made; None before it began."""
    with suppress(FileNotFoundError):
        seconds, bundles, calls = (folder / _OFFERED).read_text(encoding="utf-8").split()
        return float(seconds), int(bundles), int(calls)
    return None


async def _tell(folder: Path, offered: Offered) -> None:
    """Write down what was offered, ten times a second."""
    begun = time.monotonic()
    fresh = folder / f"{_OFFERED}.new"
    while True:
        await asyncio.sleep(0.1)
        seconds = time.monotonic() - begun
        fresh.write_text(f"{seconds} {offered.bundles} {offered.calls}", encoding="utf-8")
        fresh.rename(folder / _OFFERED)


async def _main(folder: Path) -> None:
    """The flooder: the near party's stolen key against the far node."""
    near, far = (NodeDirectory.open(folder / party.lower()) for party in PARTIES)
    target = parse_address(far.config.listen)
    identity = NodeSecrets.load(near.path).tls
    card = read_card(far.card_file)
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_S):
            offered = Offered()
            await asyncio.gather(
                flood(identity, card, target, offered),
                call(target, offered),
                _tell(folder, offered),
            )


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1])))
