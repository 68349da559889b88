"""No room on the disk, or no right to write there: nothing is acknowledged that is not kept."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.killed.stores import logs_of, quiet, records, verified
from tests.nodes import PARTIES, PATIENCE_S, Stage, new_store, until

DISK_BYTES = 2 << 20
LEFT_BYTES = 96 << 10
"""Room for some records, and not for many."""


class Disk:
    """The disk under one party's directory: a small one of its own where this user may mount one.

    Elsewhere its node may make no file longer than a limit, which to a writer is the same.
    """

    def __init__(self, stage: Stage, party: str) -> None:
        self.stage, self.party = stage, party
        self.folder = stage.folder(party)
        self.ballast = self.folder / "ballast"
        kept = stage.place / "kept"
        shutil.copytree(self.folder, kept)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(self.folder)]
        with suppress(FileNotFoundError):
            self.mounted = not subprocess.run(mount, capture_output=True, check=False).returncode
        if self.mounted:
            shutil.copytree(kept, self.folder, dirs_exist_ok=True)
            self.folder.chmod(0o700)
            new_store(self.folder)
        print("a disk of its own" if self.mounted else "a limit on files: mount is not permitted")

    mounted = False

    def fill(self, left: int) -> None:
        """Leave so many bytes free, about."""
        if self.mounted:
            free = shutil.disk_usage(self.folder).free
            with self.ballast.open("ab") as file:
                file.write(bytes(max(free - left, 0)))
            return
        wal = self.folder / "store.db-wal"
        self._limit((wal.stat().st_size if wal.exists() else 0) + left)

    def _limit(self, length: int) -> None:
        process = self.stage.processes[self.party].pid
        _, most = resource.prlimit(process, resource.RLIMIT_FSIZE)
        resource.prlimit(process, resource.RLIMIT_FSIZE, (length, most))

    def free(self) -> None:
        """There is room again; a limit ends with its process."""
        self.ballast.unlink(missing_ok=True)

    def close(self) -> None:
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


@contextmanager
def small_disk(stage: Stage, party: str) -> Iterator[Disk]:
    disk = Disk(stage, party)
    try:
        yield disk
    finally:
        if party in stage.processes:
            stage.stop(party)
        disk.close()


def sends(stage: Stage, number: int) -> str:
    """ALPHA says something; what it is told if that is refused."""
    said = stage.run("alpha", "send", "text", f"Number {number}. " + "x" * 500, "--yes")
    assert said.code in (0, 1)
    return said.err if said.code else ""


def failed(stage: Stage, party: str) -> str:
    return str(stage.client(party).get("/status")["agreements"][0]["failed"] or "")


@pytest.mark.parametrize("party", PARTIES)
def test_a_disk_that_fills_up_loses_nothing(stage: Stage, party: str) -> None:
    """The author's own disk, or that of the other side, which then gives no receipt."""
    with small_disk(stage, party) as disk:
        stage.start(*PARTIES)
        stage.line_up()
        assert sends(stage, 0) == ""
        quiet(stage)
        disk.fill(LEFT_BYTES)
        refusal, said = "", 1
        while not refusal and not failed(stage, party):
            refusal, said = sends(stage, said), said + 1
            assert said < 500, "the disk never fills up"
        acknowledged = said - bool(refusal)
        until(lambda: failed(stage, party) != "", "the node knows")
        assert "start the node again" in failed(stage, party)
        if party == "alpha":
            assert "start the node again" in sends(stage, said)
        else:
            author = records(logs_of(stage.folder("alpha")))
            assert sum(map(len, author.values())) == acknowledged
        # The message once more, and an exit code that a supervisor sees.
        assert stage.stop(party) == 1
        if disk.mounted:
            disk.fill(0)
            stage.spawn(party)
            assert stage.processes[party].wait(PATIENCE_S) == 1
            last = stage.log(party).read_text(encoding="utf-8").splitlines()[-1]
            assert "space" in last
            assert "start the node again" in last
            del stage.processes[party]
        disk.free()
        stage.start(party)
        stage.line_up()
        assert sends(stage, said) == ""
        quiet(stage)
        for side in PARTIES:
            held = records(logs_of(stage.folder(side)))
            texts = [record for log in held.values() for record in log]
            assert len(texts) == acknowledged + 1
        verified(stage)


WITHOUT_OVERRIDE = """
import sys
from tests.store.test_sqlite_trouble import lay_down_override
lay_down_override()
from firebreak.cli import main
sys.exit(main(["node", "run", "--dir", sys.argv[1]]))
"""
"""Root passes over a file's mode; the node lays down that right first."""


def test_a_store_that_may_only_be_read(stage: Stage) -> None:
    stage.start(*PARTIES)
    stage.line_up()
    stage.send("alpha", "send", "text", "Kept.")
    quiet(stage)
    assert stage.stop("alpha") == 0
    folder = stage.folder("alpha")
    store = folder / "store.db"
    before = store.read_bytes()
    folder.chmod(0o500)
    store.chmod(0o400)
    try:
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_OVERRIDE, str(folder)],
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    finally:
        store.chmod(0o600)
        folder.chmod(0o700)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "cannot be written here" in done.stderr
    assert "on a disk mounted for writing" in done.stderr
    assert store.read_bytes() == before
    stage.start("alpha")
    stage.line_up()
    stage.send("alpha", "send", "text", "And on.")
    quiet(stage)
    verified(stage)
