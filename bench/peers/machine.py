"""The machine that the figures are of."""

import os
import platform
import re
import time
from pathlib import Path
from typing import Any

from bench.peers.errand import percentile

SYNCS = 100


def describe(folder: Path) -> dict[str, Any]:
    """Processor, cores, kernel, the file system of the servers' folder, load before the start."""
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": f"{platform.system()} {platform.release()}",
        "filesystem": _filesystem(folder),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
    }


def fsync_p50_ms(folder: Path) -> float:
    """What it takes to append 4 KiB to a file and sync it: the median of SYNCS times."""
    times = []
    path = folder / "fsync"
    with path.open("wb", buffering=0) as file:
        for _ in range(SYNCS):
            started = time.perf_counter()
            file.write(bytes(4096))
            os.fsync(file.fileno())
            times.append((time.perf_counter() - started) * 1000)
    path.unlink()
    return percentile(times, 0.5)


def _cpu() -> str:
    text = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def _filesystem(folder: Path) -> str:
    """The type of the file system with the longest mount point above the folder."""
    mounts = [line.split(" ") for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    above = [m for m in mounts if folder.resolve().is_relative_to(m[1])]
    return max(above, key=lambda mount: len(mount[1]))[2]
