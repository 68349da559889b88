"""The bench of the line, made short: it gives every figure that it names, and what is under way together
travels together. No figure is judged here: that depends on the machine."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from firebreak.bench import line as bench
from firebreak.bench.errand import Sender
from firebreak.bench.machine import described
from firebreak.bench.pair import PARTIES, Pair
from firebreak.cli import main
from firebreak.cli.bench import command
from firebreak.node.runner import Runner

KEYS = {
    "p50_ms", "p99_ms", "messages_per_s", "cpu_ms_per_message", "delivered_over_commit",
    "notice_signed_bytes", "notice_sealed_narrow_bytes", "notice_sealed_wide_bytes",
    "ledger_verify_per_s", "ledger_verify_ratio", "help_s", "help_over_python", "node_ready_s",
}  # fmt: skip


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bench with few of everything."""
    for name, value in {
        "ROUNDS": 1, "ONE_AT_A_TIME": 3, "TOGETHER": 32, "COMMITS": 3, "HELP_TIMES": 1,
        "READ_ENTRIES": 100,
    }.items():  # fmt: skip
        monkeypatch.setattr(bench, name, value)


@pytest.mark.usefixtures("short")
def test_every_figure_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "line.json"
    assert main(["bench", "line", "--quick", "--json", str(file)]) == 0
    found = json.loads(file.read_text(encoding="utf-8"))
    assert set(found) >= KEYS
    assert found["machine"] == described()
    assert all(found[key] > 0 for key in KEYS)
    assert (found["notice_signed_bytes"], found["notice_sealed_narrow_bytes"]) == (184, 330)
    assert "messages_per_s" in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_refused_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "line", "--json", str(tmp_path / "none" / "line.json")]) == 1
    assert "There is no folder" in capsys.readouterr().err


def test_memory_is_that_of_other_processes(tmp_path: Path) -> None:
    assert 20 < bench.memory_mb(tmp_path / "memory", command, 100) < 500


def test_what_is_handed_in_together_shares_bundles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    send = Runner._send

    def counted(self: Runner, peer: str, data: bytes) -> bool:
        sent.append(len(data))
        return send(self, peer, data)

    monkeypatch.setattr(Runner, "_send", counted)

    async def errand(pair: Pair) -> None:
        async with Sender(pair.directory(PARTIES[0])) as sender:
            sent.clear()
            times = await sender.send(160, 16, pair.processes[PARTIES[1]].pid)
            assert len(times.each) == 160

    with Pair.prepared(tmp_path, command) as pair:
        pair.start(PARTIES[1])
        asyncio.run(errand(pair))
    assert len(sent) < 80
