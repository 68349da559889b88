"""Runs the command line in this process, and makes two nodes once for all tests that want them."""

import io
import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from firebreak.cli import main

Run = Callable[..., tuple[int, str, str]]


def run_command(*words: object, answers: str = "") -> tuple[int, str, str]:
    """Exit code, standard output and standard error of one command; `answers`: what is typed."""
    out, err = io.StringIO(), io.StringIO()
    typed, sys.stdin = sys.stdin, io.StringIO(answers)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = main([str(word) for word in words])
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    finally:
        sys.stdin = typed
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run(word, …, answers="")`, with no node named by the environment."""
    for name in ("FIREBREAK_DIR", "FIREBREAK_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    return run_command


@dataclass(frozen=True)
class Pair:
    """Two nodes and their cards; ALPHA has one root key, BRAVO three, of which two sign."""

    place: Path

    @property
    def alpha(self) -> Path:
        return self.place / "alpha"

    @property
    def bravo(self) -> Path:
        return self.place / "bravo"

    @property
    def draft(self) -> Path:
        return self.place / "draft.toml"

    @property
    def file(self) -> Path:
        return self.place / "draft.agreement"


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("pair")
    bravo = ("party", "init", "BRAVO", "--dir", place / "bravo", "--roots", 3, "--threshold", 2)
    for words in (("party", "init", "ALPHA", "--dir", place / "alpha"), bravo):
        code, _, err = run_command(*words)
        assert (code, err) == (0, "")
    return place


@pytest.fixture
def pair(made_once: Path, tmp_path: Path) -> Pair:
    """Two nodes that have agreed on nothing yet."""
    shutil.copytree(made_once, tmp_path / "pair")
    return Pair(tmp_path / "pair")
