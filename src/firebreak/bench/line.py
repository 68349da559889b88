"""`firebreak bench line`: what the line costs and how fast it is, on this machine, as one table."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Final

from firebreak.bench import ledger, rebuild
from firebreak.bench.errand import Sender, Times, cpu_s
from firebreak.bench.messages import notice_sizes
from firebreak.bench.pair import PARTIES, Command, Pair
from firebreak.errors import Misuse
from firebreak.records.agreement import Channel

ROUNDS: Final = 5
ONE_AT_A_TIME: Final = 120
IN_FLIGHT: Final = 16
"""Messages under way at once where throughput is measured."""
TOGETHER: Final = 1_200
COMMITS: Final = 40
HELP_TIMES: Final = 9
READ_ENTRIES: Final = 6_000
"""Entries of the ledger that is read through."""

Show = Callable[[str], None]
"""Tells what is being measured now."""


def measure(folder: Path, command: Command, show: Show, quick: bool) -> dict[str, float]:
    """Every figure of the line; without memory over long logs if quick.

    folder: an empty one; command: runs a `firebreak` command. Raises Misuse where it cannot run.
    """
    found: dict[str, float] = {}
    show("two nodes")
    with Pair.prepared(_new(folder / "line"), command) as pair:
        found["node_ready_s"] = round(_ready(pair), 3)
        show(f"the errand, one at a time and {IN_FLIGHT} in flight")
        found |= asyncio.run(_errand(pair))
    show("the ledger, read through")
    with Pair.prepared(_new(folder / "ledger"), command) as pair:
        near, far = (pair.directory(party) for party in PARTIES)
        rebuild.fill(near, far, READ_ENTRIES)
        found |= _rounded(ledger.verification(near))
    show("`firebreak --help`")
    found |= _rounded(_help())
    if not quick:
        for name, count in (("rss_mb_100k", 100_000), ("rss_mb_1m", 1_000_000)):
            show(f"memory over a ledger of {count:,} entries")
            found[name] = round(memory_mb(_new(folder / name), command, count), 1)
    return found


async def _errand(pair: Pair) -> dict[str, float]:
    """Latency and throughput in rounds, so that a machine's bad moment hits all alike.

    Latencies are of all rounds' messages together; rates and CPU are medians of the rounds.
    """
    near, far = PARTIES
    other = pair.processes[far].pid
    async with Sender(pair.directory(near)) as sender:
        await sender.send(200, IN_FLIGHT, other)  # both programs warm
        ones, many, commits = [], [], []
        for _ in range(ROUNDS):
            commits += [1_000 * seconds for seconds in await sender.commits(COMMITS)]
            ones.append(await sender.send(ONE_AT_A_TIME, 1, other))
            many.append(await sender.send(TOGETHER, IN_FLIGHT, other))
        context = sender.side.shared.agreement.context(int(Channel.AIR), sender.side.shared.party)
        sizes = notice_sizes(context, sender.key)
    alone = Times([each for times in ones for each in times.each])
    p50, commit = alone.p50_ms, median(commits)
    return {
        "p50_ms": round(p50, 2),
        "p99_ms": round(alone.p99_ms, 2),
        "one_at_a_time_per_s": round(median(times.rate for times in ones)),
        "messages_per_s": round(median(times.rate for times in many)),
        "p50_in_flight_ms": round(median(times.p50_ms for times in many), 2),
        "cpu_ms_per_message": round(median(1_000 * t.cpu / len(t.each) for t in many), 2),
        "commit_p50_ms": round(commit, 3),
        "delivered_over_commit": round(p50 / commit, 1),
        **sizes,
    }


def _ready(pair: Pair) -> float:
    """Seconds until a node's process listens: the median of three starts; the last one goes on."""
    far = PARTIES[1]
    times = [pair.start(far)]
    for _ in range(2):
        pair.stop(far)
        times.append(pair.start(far))
    return median(times)


def _help() -> dict[str, float]:
    """`firebreak --help`, and that over starting Python alone; by turns, medians."""
    ours, bare = [], []
    for _ in range(HELP_TIMES):
        ours.append(_run_s([sys.executable, "-m", "firebreak", "--help"]))
        bare.append(_run_s([sys.executable, "-c", "pass"]))
    return {"help_s": median(ours), "help_over_python": median(ours) / median(bare)}


def _run_s(words: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def memory_mb(folder: Path, command: Command, count: int) -> float:
    """The most memory that two processes took over a ledger of so many entries, the larger of them.

    One verifies every entry, streamed; the other is the node, started on that ledger, until it has
    read its store through. MB, resident.
    """
    with Pair.prepared(folder, command) as pair:
        near, far = (pair.directory(party) for party in PARTIES)
        rebuild.fill(near, far, count)
        verify = (sys.executable, "-m", "firebreak", "ledger", "verify", str(near))
        verified = subprocess.run(
            [sys.executable, "-c", _WEIGHED, *verify], capture_output=True, text=True, check=False
        )
        if verified.returncode != 0:
            raise Misuse(f"The ledger in {near} does not verify.")
        pair.start(PARTIES[0])
        node = _peak_mb(pair.processes[PARTIES[0]].pid)
    return max(int(verified.stdout) / 1024, node)


_WEIGHED = """
import resource, subprocess, sys
ran = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(ran.returncode)
"""
"""Runs a command and prints its largest resident set in KiB. It is small itself: to the kernel a
process has taken what the one that started it had."""


def _peak_mb(process: int) -> float:
    """The most that a process took, once it rests."""
    before, now = -1.0, 0.0
    while now - before > 0.1:
        time.sleep(1)
        before, now = now, cpu_s(process)
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    [peak] = [line for line in lines if line.startswith("VmHWM:")]
    return int(peak.split()[1]) / 1024


def _new(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _rounded(found: dict[str, float]) -> dict[str, float]:
    return {name: float(f"{value:.4g}") for name, value in found.items()}
