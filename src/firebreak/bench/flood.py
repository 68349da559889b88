"""What a flood of bad bundles costs an honest exchange: its latency with the flood over that without.

The flooder is a process of its own. It holds the TLS key of the measured node's peer, as a thief does,
and besides calls as a stranger. It sends what a node must look at before it can tell: a false header,
a seal that was altered on the way, a bundle for another key, garbage under a good seal.
"""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Final

from firebreak.bench.pair import PARTIES, Command, Pair
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
_MESSAGES: Final = 200
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


async def flood(identity: Path, card: SignedRoster, target: tuple[str, int]) -> None:
    """Send bad bundles as a peer for as long as allowed. Whatever is closed is opened again at once."""
    public = SealingPublic(card.roster.node.x25519, card.roster.node.xwing)
    context = tls_context(ssl.PROTOCOL_TLS_CLIENT, identity, [card.roster.node.certificate])
    bundles = bad_bundles(public)
    while True:
        with suppress(OSError, FirebreakError, TimeoutError):
            async with dialled_tls(target, context, Pace()) as stream:
                protocol, _ = await request_upgrade(stream)
                while True:
                    begun = time.monotonic()
                    for number in range(_AT_ONCE):
                        protocol.send_binary(bundles[number % len(bundles)])
                    await stream.flush(protocol)
                    left = _AT_ONCE / A_SECOND - (time.monotonic() - begun)
                    await asyncio.sleep(max(0.0, left))
        await asyncio.sleep(0.002)


async def call(target: tuple[str, int]) -> None:
    """Open connections and write garbage, as a stranger, for as long as allowed."""
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(*target, local_addr=(_STRANGER, 0))
            writer.write(b"\x16\x03\x01" + bytes(200))
            await asyncio.sleep(0.002)
            writer.transport.abort()


def measure(folder: Path, command: Command) -> dict[str, float]:
    """p50 of a message's delivery in ms without and with the flood, and the second over the first."""
    pair = Pair.prepared(folder, command)
    for party, other in (PARTIES, PARTIES[::-1]):
        config = NodeConfig(party, pair.address(party), {other: pair.address(other)})
        (pair.directory(party) / "node.toml").write_text(config.to_toml(), "utf-8")
    with pair:
        pair.start(PARTIES[1])
        calm, flooded = asyncio.run(_both(pair))
    return {
        "flood_calm_p50_ms": calm,
        "flood_p50_ms": flooded,
        "flood_over_calm": flooded / calm,
    }


async def _both(pair: Pair) -> tuple[float, float]:
    async with Officer(pair.directory(PARTIES[0])) as officer:
        await officer.up()
        before = await _p50_ms(officer)
        flooder = subprocess.Popen(  # noqa: ASYNC220  # before anything is measured
            [sys.executable, "-m", "firebreak.bench.flood", str(pair.folder)]
        )
        try:
            await asyncio.sleep(3.0)  # it is under way, and those on its keys have met
            flooded = await _p50_ms(officer)
            if flooder.poll() is not None:
                raise Misuse("The flood ended before it was measured: the node was far too slow.")
        finally:
            flooder.terminate()
            flooder.wait()
        await asyncio.sleep(0.5)
        return (before + await _p50_ms(officer)) / 2, flooded


async def _p50_ms(officer: Officer) -> float:
    return 1_000 * median([await officer.send() for _ in range(_MESSAGES)])


async def _main(folder: Path) -> None:
    """The flooder: the near party's stolen key against the far node."""
    near, far = (NodeDirectory.open(folder / party.lower()) for party in PARTIES)
    target = parse_address(far.config.listen)
    identity = NodeSecrets.load(near.path).tls
    card = read_card(far.card_file)
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_S):
            await asyncio.gather(flood(identity, card, target), call(target))


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1])))
