"""What was acknowledged outlasts the process, however it ends."""

import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from firebreak.store.sqlite import open_read_only, open_store
from tests.store.contract import ORIGIN, entry, fill, head

CHILD = Path(__file__).with_name("child.py")
KILLS = 10


def start(path: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(CHILD), str(path), *options], stdout=subprocess.PIPE, text=True
    )


def run_and_kill(path: Path, seconds: float, least: int = 0) -> list[int]:
    """Let a child write, kill it in the middle; the indices that it had acknowledged.

    It is not killed before it has acknowledged `least` entries and then written for `seconds`.
    """
    with start(path) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        lines = [child.stdout.readline() for _ in range(least)]
        time.sleep(seconds)
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.read().splitlines(keepends=True)
    # The kill may cut the last line.
    return [int(line) for line in lines if line.endswith("\n")]


def test_nothing_acknowledged_is_lost_to_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    open_store(path, lambda callback: callback(), create=True).close()
    chance = random.Random(4)
    acknowledged: list[int] = []
    for _ in range(KILLS):
        acknowledged += run_and_kill(path, chance.uniform(0.0, 0.2))
        with closing(open_read_only(path)) as reader:
            assert not reader.restored
            size = reader.size(ORIGIN)
            assert size > max(acknowledged, default=-1)
            newest = reader.head(ORIGIN)
            assert newest == head(size) if size else newest is None
    assert acknowledged == sorted(set(acknowledged))
    assert len(acknowledged) > KILLS
    with closing(open_store(path, lambda callback: callback(), create=False)) as store:
        assert not store.restored
        size = store.size(ORIGIN)
        assert list(store.entries(ORIGIN, 0, size)) == [entry(index) for index in range(size)]
        fill(store, size + 300)


def test_a_write_ahead_log_cut_short_keeps_what_is_whole(tmp_path: Path) -> None:
    """A machine that loses power may leave any prefix of what was not yet synced."""
    path = tmp_path / "store.db"
    open_store(path, lambda callback: callback(), create=True).close()
    run_and_kill(path, 0.1, least=20)
    wal = path.with_name("store.db-wal").read_bytes()
    sizes = []
    for cut in range(0, len(wal), max(1, len(wal) // 20)):
        copy = tmp_path / f"cut{cut}" / "store.db"
        shutil.copytree(tmp_path, copy.parent, ignore=shutil.ignore_patterns("cut*"))
        copy.with_name("store.db-wal").write_bytes(wal[:cut])
        with closing(open_store(copy, lambda callback: callback(), create=False)) as store:
            size = store.size(ORIGIN)
            sizes.append(size)
            assert list(store.entries(ORIGIN, 0, size)) == [entry(i) for i in range(size)]
            assert store.restored
            fill(store, size + 1)
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("limit", [100_000, 1_000_000])
def test_a_disk_that_takes_no_more_loses_nothing_acknowledged(tmp_path: Path, limit: int) -> None:
    path = tmp_path / "store.db"
    open_store(path, lambda callback: callback(), create=True).close()
    with start(path, "--file-limit", str(limit)) as child:
        assert child.stdout is not None
        lines = child.stdout.read().splitlines()
    assert child.returncode == 0
    acknowledged = [int(line) for line in lines if line.isdigit()]
    failures = [line for line in lines if line.startswith("failed")]
    assert len(lines) == 1 + len(acknowledged) + len(failures)
    assert acknowledged == list(range(len(acknowledged)))
    assert failures
    assert "Nothing that was acknowledged is known to be lost" in failures[0]
    with closing(open_store(path, lambda callback: callback(), create=False)) as store:
        assert not store.restored
        size = store.size(ORIGIN)
        assert size >= len(acknowledged) > 0
        assert list(store.entries(ORIGIN, 0, size)) == [entry(i) for i in range(size)]
        fill(store, size + 10)
