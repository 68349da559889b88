"""What the watch's peers need, what of it is missing, and the line that installs it."""

import os
import shlex
import shutil
import sys

from bench.peers.errand import BenchError
from bench.peers.installing import (
    ROOT,
    Missing,
    no_service_starts,
    package_versions,
    packages_line,
    run_line,
)

BLUESKY_VENV = ROOT / ".benchmarks" / "bluesky"
BLUESKY_PYTHON = BLUESKY_VENV / "bin" / "python"
BLUESKY = "bluesky-simulator==1.1.0"
PACKAGES = ("postgresql-15", "postgresql-15-postgis-3")


def bluesky_version() -> str | None:
    """The version in BlueSky's venv, or None."""
    found = sorted(BLUESKY_VENV.glob("lib/python3*/site-packages/bluesky_simulator-*.dist-info"))
    return found[0].name.removesuffix(".dist-info").partition("-")[2] if found else None


def bluesky_line() -> str:
    """The line that makes BlueSky's venv, from the project's root."""
    venv = BLUESKY_VENV.relative_to(ROOT)
    return f"python3 -m venv {venv} && {venv}/bin/python -m pip install {BLUESKY}"


def find_missing() -> list[Missing]:
    """What is not there; empty if the peers can run."""
    missing = []
    if bluesky_version() != BLUESKY.partition("==")[2]:
        missing.append(Missing(f"{BLUESKY} in a venv of its own", bluesky_line()))
    if absent := _absent():
        missing.append(
            Missing(f"Debian: {', '.join(absent)}", packages_line(absent, systemd=False))
        )
    return missing


def install() -> None:
    """Install what is missing; no service is started by it."""
    if absent := _absent():
        if os.geteuid() != 0:
            raise BenchError("Installing Debian packages needs root.")
        with no_service_starts():
            run_line("apt-get update --quiet")
            run_line(packages_line(absent, systemd=False))
    if bluesky_version() != BLUESKY.partition("==")[2]:
        shutil.rmtree(BLUESKY_VENV, ignore_errors=True)
        run_line(bluesky_line().replace("python3", shlex.quote(sys.executable), 1))


def _absent() -> list[str]:
    installed = package_versions(PACKAGES)
    return [name for name in PACKAGES if name not in installed]
