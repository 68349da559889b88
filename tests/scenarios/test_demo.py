"""The whole demo, as a user starts it: what it reports is looked up again here."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def firebreak(*words: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "110"}
    return subprocess.run(
        [sys.executable, "-m", "firebreak", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=120,
    )


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    place = tmp_path_factory.mktemp("demo")
    file = place / "report.json"
    done = firebreak("demo", "--headless", "--report", file, "--folder", place / "kept")
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return made


def test_it_reports_what_it_promises(report: dict[str, Any]) -> None:
    assert set(report["records"]) == {"Nordland", "Sudmark"}
    assert all(count > 5 for count in report["records"].values())
    assert report["logs_agree"] is True
    assert report["conflicts_found"] >= 1
    assert report["doubtful_tracks"] == ["SYN-0924"]
    assert report["carriers_used"] == ["socket", "file"]
    assert report["forks"] == 0
    assert isinstance(report["seconds"], float)
    assert 0 < report["notice_signed_bytes"] <= 210
    assert 0 < report["notice_sealed_narrow_bytes"] <= 340
    assert report["delivered_over_socket"] > 5


def test_people_come_before_hashes(report: dict[str, Any]) -> None:
    states = report["states"]["Nordland"]
    assert states["lapsed"] == 1
    for state in ("delivered", "displayed", "understood", "answered"):
        assert states[state] >= 1, state
    assert all(isinstance(n, int) for party in report["states"].values() for n in party.values())


def test_the_stores_are_kept_and_verify_to_the_same_heads(report: dict[str, Any]) -> None:
    assert all(Path(place).is_absolute() for place in report["stores"].values())
    heads = [
        json.loads(firebreak("ledger", "verify", place, "--json").stdout)
        for place in report["stores"].values()
    ]
    assert heads[0] == heads[1]
    assert sum(log["size"] for log in heads[0].values()) == sum(report["records"].values())


def test_the_evidence_verifies_with_its_roots_and_not_with_others(report: dict[str, Any]) -> None:
    file = Path(report["evidence_file"])
    assert file.is_absolute()
    roots = [word for root in report["evidence_roots"] for word in ("--root", root)]
    assert report["evidence_verified"] is True
    assert firebreak("evidence", "verify", file, *roots).returncode == 0
    unpinned = firebreak("evidence", "verify", file)
    assert unpinned.returncode == 0
    assert "parties not authenticated" in unpinned.stdout
    assert firebreak("evidence", "verify", file, "--root", "0" * 64).returncode == 1


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep me")
    done = firebreak("demo", "--headless", "--folder", tmp_path)
    assert done.returncode == 1
    assert "not empty" in done.stderr
