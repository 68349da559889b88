"""The handbook works as it stands: each page in an empty directory, its nodes real.

watch.md wants a receiver, so it is run by tests of its own; tests/handbook.py runs all others.
"""

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

import pytest

from firebreak.cli import NOUNS
from firebreak.cli.frame import load
from tests.conftest import ROOT
from tests.handbook import FOLDER, INDEX, Reader, page
from tests.sky import CLEAN, COMPILING_S, Aircraft, Sky

PAGE = page("watch.md")
DIALOGUES = "dialogues.md"
PAGES = sorted({path.name for path in FOLDER.glob("*.md")} - {INDEX, DIALOGUES, "watch.md"})


@pytest.mark.parametrize("name", PAGES)
def test_a_page_works_as_it_stands(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FIREBREAK_DIR", raising=False)
    assert Reader(tmp_path).follow(page(name)) >= 5


@pytest.mark.parametrize(
    "wrong",
    [
        "```sh\nfirebreak party show nobody/card\n```\n",
        "```sh\nfirebreak script check page.txt  # refused\n```\n",
        "```sh\nfirebreak script check page.txt\n```\n\n```text\nsomething else\n```\n",
        "```sh\nfirebreak script check page.txt\n```\n\n```text\n( … Kilo\n```\n",
        "```sh\nfirebreak script check page.txt --no-such-option\n```\n",
        "```sh\nrm page.txt\n```\n",
    ],
)
def test_a_page_that_does_not_work_is_found(
    wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.txt").write_text("Good morning.", encoding="utf-8")
    right = "```sh\nfirebreak script check page.txt\n```\n\n```text\nKilo … (\n```\n"
    with pytest.raises(AssertionError):
        Reader(tmp_path, patience=0).follow(wrong)
    assert Reader(tmp_path, patience=0).follow(right) == 1


ALL = sorted(path.name for path in FOLDER.glob("*.md"))


def test_the_diagrams_are_those_of_the_tables(tmp_path: Path) -> None:
    made = tmp_path / DIALOGUES
    script = ROOT / "scripts" / "draw_dialogues.py"
    subprocess.run([sys.executable, script, made], check=True)
    assert page(DIALOGUES) == made.read_text(encoding="utf-8"), f"run {script.name}"


def test_the_index_names_every_page() -> None:
    assert set(re.findall(r"^\| \[.*?\]\((.*?)\)", page(INDEX), re.MULTILINE)) == {*ALL} - {INDEX}


@pytest.mark.parametrize("name", ALL)
def test_what_a_page_names_is_there(name: str) -> None:
    text = page(name)
    for noun, word in re.findall(r"`firebreak ([a-z]+)(?: ([a-z][a-z-]+))?", text):
        assert noun in NOUNS, noun
        commands = getattr(load(noun), "commands", {})
        assert not commands or not word or word in commands, f"{noun} {word}"
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert [link for link in links if not (FOLDER / link).exists()] == []


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
