"""The walkthroughs in README.md work as they stand: two real nodes, and one with a telephone."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.nodes import PARTIES, Stage, free_port, must, root_of, until

SENDING = {("ack",), ("answer",), ("send",), ("notice", "file")}
"""Commands that sign something: they ask first, and a receipt can be waited for."""


def walkthrough(heading: str, *ports: str) -> list[list[str]]:
    """The words of each command in a section's blocks, in order, without comments."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    for port in ports:
        assert port in section
        section = section.replace(port, str(free_port()))
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    lines = [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]
    return [words for words in lines if words]


def whose(words: list[str]) -> str:
    return words[words.index("--dir") + 1] if "--dir" in words else ""


def newest(party: str) -> str:
    """What `firebreak inbox` shows of the newest record that came in: the first digits of its id."""
    records = must("inbox", "--json", "--dir", party).data()["records"]
    return str(records[0]["id"])[:8]


def completed(words: list[str]) -> list[str]:
    """The command with what a person adds: the id, what was told by telephone, what is answered."""
    party = whose(words)
    words = [newest(party) if word == "ID" else word for word in words]
    if words[:2] == ["agreement", "sign"]:
        other = next(name for name in PARTIES if name != party)
        words += ["--fingerprint", root_of(Path(other))]
    if words[0] == "ack":
        words += ["--read-back", "all"]
    if tuple(words[:1]) in SENDING or tuple(words[:2]) in SENDING:
        words += ["--yes", "--wait", "60"]
    if words[:2] == ["evidence", "export"]:
        words += ["--yes"]
    return words


def start(stage: Stage, words: list[str]) -> None:
    """Run a node beside the others, as in a terminal of its own, until it answers."""
    party = whose(words)
    with stage.log(party).open("ab") as log:
        stage.processes[party] = subprocess.Popen(
            [sys.executable, "-m", "firebreak", *words], stdout=log, stderr=log
        )
    until(lambda: stage.answers(party), f"{party} answers")


def test_a_line_is_held_by_hand_as_the_readme_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FIREBREAK_DIR", raising=False)
    commands = walkthrough("Hold a line by hand", "7140", "7141")
    assert len(commands) >= 20
    with Stage(tmp_path) as stage:
        for name, *words in commands:
            if name == "python3":  # as where nothing is installed
                tool, *files = words
                subprocess.run([sys.executable, "-I", "-S", str(ROOT / tool), *files], check=True)
                continue
            assert name == "firebreak"
            if words[:2] == ["node", "run"]:
                start(stage, words)
                if len(stage.processes) == len(PARTIES):
                    stage.line_up()
            else:
                must(*completed(words))
        assert [stage.stop(party) for party in list(stage.processes)] == [0, 0]


def test_alone_with_a_telephone_as_the_readme_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FIREBREAK_DIR", raising=False)
    commands = walkthrough("Alone, with a telephone", "7142")
    assert len(commands) >= 6
    shown = ""
    with Stage(tmp_path) as stage:
        for name, *words in commands:
            assert name == "firebreak"
            if words[:2] == ["node", "run"]:
                start(stage, words)
                continue
            if "ID" in words:
                entries = must("journal", "list", "--json", "--dir", "alone").data()["entries"]
                words[words.index("ID")] = entries[-1]["id"][:8]
            asks = words[:1] in (["office"], ["send"], ["answer"])
            shown = must(*words, *(["--yes"] if asks else [])).out
        assert stage.stop("alone") == 0
    assert "not attempted" not in shown
    assert "BRAVO" in shown
