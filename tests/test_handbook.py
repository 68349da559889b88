"""docs/handbook/watch.md works as it stands, with a receiver on this machine."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.sky import CLEAN, COMPILING_S, Aircraft, Sky

PAGE = (ROOT / "docs" / "handbook" / "watch.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def words(beginning: str) -> list[str]:
    """The words of the page's command that begins so."""
    (line,) = [
        line
        for block in blocks("sh")
        for line in block.splitlines()
        if line.startswith(f"firebreak watch {beginning}")
    ]
    return shlex.split(line)[1:]


def command(given: list[str]) -> list[str]:
    return [sys.executable, "-m", "firebreak", *given]


def test_the_lines_are_read_without_repair(tmp_path: Path) -> None:
    (lines,) = blocks("json")
    (tmp_path / "lines.geojson").write_text(lines, encoding="utf-8")
    said = subprocess.run(
        [*command(words("check")), "--json"], cwd=tmp_path, capture_output=True, check=True
    )
    (report,) = json.loads(said.stdout)
    assert report["fences"] == ["North", "East", "Range"]
    assert (report["repairs"], report["refused"]) == (0, 0)


def test_a_live_receiver_is_watched(tmp_path: Path) -> None:
    (lines,) = blocks("json")
    (tmp_path / "lines.geojson").write_text(lines, encoding="utf-8")
    with Sky([Aircraft("4ca1b2", CLEAN)]) as sky:
        given = [word.replace("127.0.0.1:30003", f"127.0.0.1:{sky.port}") for word in words("run")]
        assert any(str(sky.port) in word for word in given)
        with subprocess.Popen(
            command([*given, "--json"]), cwd=tmp_path, stdout=subprocess.PIPE, text=True
        ) as process:
            stop = threading.Timer(COMPILING_S, process.kill)
            stop.start()
            try:
                seen = first_with_a_track(process)
            finally:
                stop.cancel()
                process.kill()
    (health,) = seen["sources"].values()
    # Where it had to compile first, the receiver has told all it has before the first cycle.
    assert health["state"] in ("connected", "silent")
    assert health["trouble"] is None
    assert seen["advisories"] == []


def test_a_recording_is_played_and_explained(tmp_path: Path) -> None:
    (lines,) = blocks("json")
    (tmp_path / "lines.geojson").write_text(lines, encoding="utf-8")
    (copied,) = [line for line in PAGE.splitlines() if line.startswith("cp ")]
    _, source, target = shlex.split(copied)
    shutil.copy(ROOT / source, tmp_path / target)
    for beginning in ("replay", "explain"):
        said = subprocess.run(
            command(words(beginning)),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=COMPILING_S,
            check=False,
        )
        assert said.returncode == 0, said.stderr
        assert "ALARM" in said.stdout
        assert "flight.csv.gz" in said.stdout
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert words("explain")[3] in {each["key"] for each in found["advisories"]}


def first_with_a_track(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    for line in process.stdout:
        said: dict[str, Any] = json.loads(line)
        if said["tracks"]:
            return said
    raise AssertionError("the command ended, or no track came in time")
