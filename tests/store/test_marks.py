"""A node that its own party marks: the mark is kept, shown at every command, and of two kinds only."""

from __future__ import annotations

from pathlib import Path

import pytest

from firebreak.errors import InvalidValue
from firebreak.store.directory import MARKS, NodeConfig
from tests.cli.conftest import run_command


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_written_and_read_again(mark: str) -> None:
    config = NodeConfig("ALPHA", mark=mark)
    assert NodeConfig.from_toml(config.to_toml()) == config
    assert ("mark" in config.to_toml()) == bool(mark)


@pytest.mark.parametrize("text", ['mark = "REAL"', 'mark = "exercise"', "mark = 1"])
def test_another_mark_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="mark"):
        NodeConfig.from_toml(f'party = "ALPHA"\n{text}\n')


def test_the_mark_stands_above_what_a_command_shows(tmp_path: Path) -> None:
    made, plain = tmp_path / "marked", tmp_path / "plain"
    assert run_command("party", "init", "ALPHA", "--mark", "EXERCISE", "--dir", made)[0] == 0
    assert run_command("party", "init", "ALPHA", "--dir", plain)[0] == 0
    assert "*** EXERCISE ***" in run_command("party", "card", "--dir", made)[2]
    assert run_command("party", "card", "--dir", plain)[2] == ""
    refused = run_command("party", "init", "ALPHA", "--mark", "REAL", "--dir", tmp_path / "real")
    assert (refused[0], "no mark" in refused[2]) == (1, True)
