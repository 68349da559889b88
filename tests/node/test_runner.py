"""A node as a process: how it starts, what stops it from starting, how it ends."""

import asyncio
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from firebreak.errors import KeyTrouble
from firebreak.node.opening import joined
from firebreak.node.runner import Runner, parse_address
from firebreak.store.directory import NodeDirectory
from tests.nodes import Stage, must, root_of, template, until


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.getbasetemp() / "parties")


@pytest.fixture
def stage(made: Path, tmp_path: Path) -> Iterator[Stage]:
    with Stage.make(made, tmp_path / "stage") as still:
        yield still


def refused(stage: Stage, party: str = "alpha") -> str:
    """Why a node does not start: one line, exit code 1."""
    done = subprocess.run(
        [sys.executable, "-m", "firebreak", "node", "run", "--dir", stage.folder(party)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_node_ends_when_it_is_told_to_and_a_socket_left_by_a_crash_is_no_obstacle(
    stage: Stage,
) -> None:
    path = stage.folder("alpha") / "node.sock"
    stage.start("alpha")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stage.stop("alpha", signal.SIGKILL) == -signal.SIGKILL
    assert path.exists()
    for how in (signal.SIGTERM, signal.SIGINT):
        stage.start("alpha")
        assert stage.stop("alpha", how) == 0
        assert not path.exists()
    log = stage.log("alpha").read_text(encoding="utf-8")
    assert "ALPHA listens on 127.0.0.1 port" in log
    assert log.count("Stopped. What was acknowledged is on disk.") == 2


def test_a_port_in_use(stage: Stage) -> None:
    _, port = parse_address(NodeDirectory.open(stage.folder("alpha")).config.listen)
    with socket.create_server(("127.0.0.1", port)):
        assert f"cannot listen on 127.0.0.1 port {port}" in refused(stage)


def test_a_key_file_that_others_can_read(stage: Stage) -> None:
    (stage.folder("alpha") / "keys" / "tls.key").chmod(0o640)
    assert "Others on this machine can reach" in refused(stage)


def test_a_key_file_that_is_missing_or_another_node_s(stage: Stage) -> None:
    key = stage.folder("alpha") / "keys" / "log.key"
    key.unlink()
    with pytest.raises(KeyTrouble, match="is missing"):
        Runner(NodeDirectory.open(stage.folder("alpha")))
    shutil.copy(stage.folder("bravo") / "keys" / "log.key", key)
    with pytest.raises(KeyTrouble, match="not those on this node's card"):
        Runner(NodeDirectory.open(stage.folder("alpha")))


def test_a_store_that_is_damaged(stage: Stage) -> None:
    (stage.folder("alpha") / "store.db").write_bytes(b"not a database, " * 64)
    assert "is not a Firebreak store" in refused(stage)


def test_an_agreement_that_one_side_signed_is_not_run(tmp_path: Path) -> None:
    for party in ("alpha", "bravo"):
        must("party", "init", party.upper(), "--dir", tmp_path / party)
    draft = tmp_path / "draft.toml"
    words = ("--with", tmp_path / "bravo" / "card", "--out", draft)
    must("agreement", "new", "--dir", tmp_path / "alpha", *words)
    fingerprint = ("--fingerprint", root_of(tmp_path / "bravo"))
    must("agreement", "sign", draft, "--dir", tmp_path / "alpha", *fingerprint)
    directory = NodeDirectory.open(tmp_path / "alpha")
    assert len(list(directory.agreements_folder.iterdir())) == 1
    runner = Runner(directory)
    assert [signed.missing() for signed in runner.agreements] == [("BRAVO",)]
    assert joined(directory, runner.secrets, runner.agreements) == []


# On a loop of the test's own


def test_a_fault_in_the_core_is_told_and_the_timer_goes_on(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scene() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        runner = Runner(NodeDirectory.open(stage.folder("alpha")))
        await runner.start()
        ticks = 0

        def tick() -> None:
            nonlocal ticks
            ticks += 1
            raise ZeroDivisionError("a test")

        runner.node.tick = tick  # type: ignore[method-assign]  # the fault
        runner.node.wake_at = lambda: runner.started_at  # type: ignore[method-assign]  # at once
        runner.touched()
        assert await runner.until(lambda: ticks >= 2, 10)
        told = [alert.text for _, alert in runner.node.alerts if "ZeroDivisionError" in alert.text]
        assert len(told) == 1
        await runner.stop()

    asyncio.run(scene())


def test_a_fault_over_what_a_carrier_brings_is_told_and_the_line_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        reports: list[object] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, report: reports.append(report["exception"]))
        runner = Runner(NodeDirectory.open(stage.folder("alpha")))
        await runner.start()

        def fails(*_: object) -> bool:
            raise ZeroDivisionError("a test")

        monkeypatch.setattr(runner.node, "received_or_told", fails)
        monkeypatch.setattr(runner.node, "connection", fails)
        assert not await runner._take("BRAVO", b"a bundle")
        runner._connection("BRAVO", True)
        assert len(reports) == 2
        told = [alert.text for _, alert in runner.node.alerts if "ZeroDivisionError" in alert.text]
        assert len(told) == 1
        await runner.stop()

    asyncio.run(scene())


def test_waiting_ends_when_the_time_is_up_and_whoever_waits_is_woken(stage: Stage) -> None:
    async def scene() -> None:
        runner = Runner(NodeDirectory.open(stage.folder("alpha")))
        await runner.start()
        assert not await runner.until(lambda: False, 0.01)
        seen: list[int] = []
        waiter = asyncio.create_task(runner.until(lambda: bool(seen), 10))
        await asyncio.sleep(0)
        seen.append(1)
        runner.touched()
        assert await waiter
        await runner.stop()

    asyncio.run(scene())


def test_a_second_node_is_refused_and_an_idle_one_does_next_to_nothing(stage: Stage) -> None:
    """Processor time, not wall time, so that a loaded machine does not matter."""
    stage.start("alpha")
    assert "Another node has the store" in refused(stage)
    assert stage.answers("alpha")
    process = stage.processes["alpha"].pid

    def used() -> int:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    before = used()
    time.sleep(1)  # nothing is awaited: idleness itself is measured
    assert used() - before <= os.sysconf("SC_CLK_TCK") // 20


@pytest.mark.parametrize(
    ("text", "address"),
    [("127.0.0.1:7140", ("127.0.0.1", 7140)), ("[2001:db8::7]:1", ("2001:db8::7", 1))],
)
def test_addresses(text: str, address: tuple[str, int]) -> None:
    assert parse_address(text) == address


def test_nodes_find_each_other_again_after_a_restart(stage: Stage) -> None:
    stage.start("alpha", "bravo")
    stage.line_up()
    stage.stop("bravo")
    until(
        lambda: not stage.client("alpha").get("/status")["agreements"][0]["wire"]["connected"],
        "alpha sees that the wire is gone",
    )
    stage.start("bravo")
    stage.line_up()
    stage.send("bravo", "send", "text", "Here again.")
