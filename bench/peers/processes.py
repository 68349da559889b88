"""Servers as processes of ours alone: on loopback, in a folder of their own, ended for certain."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from bench.peers.errand import PATIENCE_S, BenchError

LOOPBACK = "127.0.0.1"

# The tie to this process is lost where a server changes its user, as Postfix's master does. So a
# shell is tied, hands SIGTERM on, and ends when the server has ended.
SHELL = ("sh", "-c", '"$@" & trap "kill $!" TERM; wait $!; wait $!', "sh")


def free_ports(count: int) -> list[int]:
    """Different ports that nobody listens on at this moment."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in probes]


def tied(words: Sequence[str | Path], user: str | None = None) -> list[str]:
    """A command that gets SIGTERM when this process dies, however it dies; as user, if one is given."""
    as_user = [] if user is None else ["--reuid", user, "--regid", user, "--init-groups"]
    return ["setpriv", "--pdeathsig", "TERM", *as_user, *map(str, words)]


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask the first process to end, then make sure that nothing of its group is left."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def running(
    words: Sequence[str | Path], log: Path, port: int | Path, user: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A server, from when its port or Unix socket answers until it and all its children have ended."""
    with log.open("ab") as sink:
        process = subprocess.Popen(
            tied((*SHELL, *words), user),
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    try:
        _until_it_answers(process, log, port)
        yield process
    finally:
        end(process)


def _connect(port: int | Path) -> None:
    if isinstance(port, int):
        socket.create_connection((LOOPBACK, port), timeout=1).close()
        return
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(str(port))


def _until_it_answers(process: subprocess.Popen[bytes], log: Path, port: int | Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            _connect(port)
        except OSError:
            if process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            told = "\n".join(log.read_text("utf-8", "replace").splitlines()[-15:])
            raise BenchError(f"{log.stem} did not start; its log ends with:\n{told}") from None
        return
