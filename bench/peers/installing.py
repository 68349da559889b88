"""What must be there before the peers can run, what is missing, and the line that installs it."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.peers.errand import BenchError

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".benchmarks" / "synapse"
SYNAPSE = "matrix-synapse==1.163.2"
FIREBREAK = ROOT / ".venv" / "bin" / "firebreak"
PACKAGES = ("postfix", "prosody", "lua-dbi-sqlite3")
SERVICES = ("postfix", "prosody")

# Postfix's package asks what the machine is to be; "No configuration" makes it start nothing.
ANSWER = "postfix postfix/main_mailer_type select No configuration"
APT = "DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends"
POLICY = Path("/usr/sbin/policy-rc.d")


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is not there, and the line that helps."""

    what: str
    line: str


def package_versions(packages: Sequence[str] = PACKAGES) -> dict[str, str]:
    """The versions of those Debian packages that are installed."""
    if shutil.which("dpkg-query") is None:
        return {}
    listing = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${Version} ${db:Status-Status}\n", *packages],
        capture_output=True,
        text=True,
        check=False,  # it fails when one is unknown, and tells of the others
    )
    rows = [line.split(" ") for line in listing.stdout.splitlines()]
    return {name: version for name, version, status in rows if status == "installed"}


def synapse_version() -> str | None:
    """The version in Synapse's venv, or None."""
    found = sorted(VENV.glob("lib/python3*/site-packages/matrix_synapse-*.dist-info"))
    return found[0].name.removesuffix(".dist-info").partition("-")[2] if found else None


def packages_line(packages: Sequence[str], *, systemd: bool) -> str:
    """The line that installs Debian packages and leaves no service running."""
    line = f"{APT} {' '.join(packages)}"
    if "postfix" in packages:
        line = f"echo {shlex.quote(ANSWER)} | debconf-set-selections && {line}"
    services = [name for name in SERVICES if name in packages]
    if systemd and services:
        line += f" && systemctl disable --now {' '.join(services)}"
    return line


def synapse_line() -> str:
    """The line that makes Synapse's venv, from the project's root."""
    venv = VENV.relative_to(ROOT)
    return f"python3 -m venv {venv} && {venv}/bin/python -m pip install {SYNAPSE}"


def find_missing() -> list[Missing]:
    """What is not there; empty if the bench can run."""
    missing = []
    if not FIREBREAK.is_file():
        missing.append(Missing("Firebreak's own .venv", "make setup"))
    installed = package_versions()
    if absent := [name for name in PACKAGES if name not in installed]:
        line = packages_line(absent, systemd=Path("/run/systemd/system").exists())
        missing.append(Missing(f"Debian: {', '.join(absent)}", line))
    if synapse_version() != SYNAPSE.partition("==")[2]:
        missing.append(Missing(f"{SYNAPSE} in a venv of its own", synapse_line()))
    if os.geteuid() != 0:
        missing.append(
            Missing("root, without which Postfix does not start", "sudo python3 bench/peers/run.py")
        )
    return missing


def missing_text(missing: Sequence[Missing], command: str = "python3 bench/peers/run.py") -> str:
    """What to tell the person who ran the bench by this command."""
    items = "".join(f"\n{item.what}\n    {item.line}\n" for item in missing)
    return (
        f"Missing, each with the line that helps (in the project's folder):\n{items}\n"
        f"`{command} --install`, as root, installs the packages and the venv, and "
        "lets no service start."
    )


def install() -> None:
    """Install what is missing of the packages and the venv; no service is started by it."""
    installed = package_versions()
    absent = [name for name in PACKAGES if name not in installed]
    if absent:
        if os.geteuid() != 0:
            raise BenchError("Installing Debian packages needs root.")
        with no_service_starts():
            run_line("apt-get update --quiet")
            run_line(packages_line(absent, systemd=Path("/run/systemd/system").exists()))
    if synapse_version() != SYNAPSE.partition("==")[2]:
        shutil.rmtree(VENV, ignore_errors=True)
        run_line(synapse_line().replace("python3", shlex.quote(sys.executable), 1))


def run_line(line: str) -> None:
    """Run a line of the shell in the project's root, said first. Raises BenchError if it fails."""
    print(f"+ {line}", file=sys.stderr)
    if subprocess.run(line, shell=True, cwd=ROOT, stdout=sys.stderr, check=False).returncode != 0:
        raise BenchError(f"This failed: {line}")


@contextmanager
def no_service_starts() -> Iterator[None]:
    """Debian's own way to say so (policy-rc.d); a policy that is there already stays."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n", "ascii")
    try:
        POLICY.chmod(0o755)
        yield
    finally:
        POLICY.unlink()
