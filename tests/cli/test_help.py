"""The frame: help without imports, exit codes, errors without tracebacks, completion."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import firebreak
from firebreak.cli import NOUNS
from firebreak.errors import NotDelivered, Refused
from tests.cli.conftest import Run

HEAVY = (
    "rich",
    "cryptography",
    "nacl",
    "numpy",
    "numba",
    "pydantic",
    "fastapi",
    "sqlite3",
    "asyncio",
)
EXAMPLE = re.compile(r"^ +Examples?:$", re.MULTILINE)
BUILT = [name for name in NOUNS if importlib.util.find_spec(f"firebreak.cli.{name}")]


def test_help_lists_every_noun(run: Run) -> None:
    for words in (["--help"], ["-h"]):
        code, out, err = run(*words)
        assert (code, err) == (0, "")
        for name, line in NOUNS.items():
            assert f"  {name} " in out
            assert line in out


def test_without_words_help_is_shown_as_wrong_usage(run: Run) -> None:
    code, out, err = run()
    assert code == 2
    assert "agreement" in out + err


def test_help_imports_nothing_heavy() -> None:
    asked = (
        "import sys; from firebreak.cli import main; code = main(['--help']);"
        "print(code, *sorted(n for n in sys.modules if '.' not in n or n.startswith('firebreak')),"
        " file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    code, *loaded = done.stderr.split()
    assert code == "0"
    assert not {name for name in HEAVY if name in loaded}
    assert {name for name in loaded if name.startswith("firebreak.")} == {
        "firebreak.cli",
        "firebreak.cli.frame",
        "firebreak.errors",
    }


@pytest.mark.parametrize("name", BUILT)
def test_each_noun_has_help_with_an_example(run: Run, name: str) -> None:
    code, out, _ = run(name, "--help")
    assert code == 0
    if "Commands:" not in out:
        assert EXAMPLE.search(out)
        return
    section = out.split("Commands:", 1)[1].split("\n\n", 1)[0]
    commands = [line.split()[0] for line in section.splitlines() if line[:3].strip(" ")[:1]]
    for command in commands:
        code, out, _ = run(name, command, "--help")
        assert code == 0
        assert f"firebreak {name} {command}" in EXAMPLE.split(out, 1)[1]


def test_version(run: Run) -> None:
    assert run("--version") == (0, f"firebreak {firebreak.__version__}\n", "")


@pytest.mark.parametrize("words", [["prty"], ["--bogus"], ["party", "bogus"], ["party", "init"]])
def test_wrong_usage(run: Run, words: list[str]) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert "Usage:" in err


def test_a_near_miss_is_suggested(run: Run) -> None:
    assert "Did you mean 'party'?" in run("prty")[2]


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Refused("Not here. Go there."), 1, "firebreak: Not here. Go there.\n"),
        (NotDelivered("Kept."), 3, "firebreak: Kept.\n"),
        (typer.Abort(), 1, "firebreak: Stopped."),
        (ZeroDivisionError("of ours\nand more"), 1, "ZeroDivisionError: of ours and more."),
    ],
)
def test_errors_are_messages(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, said: str
) -> None:
    monkeypatch.setattr("firebreak.cli.frame.load", lambda name: (_ for _ in ()).throw(error))
    for debug in (False, True):
        if debug:
            monkeypatch.setenv("FIREBREAK_DEBUG", "1")
        found, out, err = run("party", "show", "x")
        assert (found, out) == (code, "")
        if not debug:
            assert said in err
            assert len(err.splitlines()) == 1
        assert ("Traceback" in err) == (debug and not isinstance(error, typer.Abort))


def test_an_interrupt_ends_quietly(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firebreak.cli.frame.load", _interrupted)
    assert run("party", "show", "x") == (130, "", "")


def _interrupted(name: str) -> None:
    raise KeyboardInterrupt


def test_a_noun_that_is_not_installed_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NOUNS, "nothing", "Nothing.")
    code, _, err = run("nothing", "x")
    assert code == 1
    assert "has no `firebreak nothing`" in err


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("firebreak par", {"party"}),
        ("firebreak agreement s", {"sign", "show"}),
        ("firebreak zz", set()),
    ],
)
def test_completion(run: Run, monkeypatch: pytest.MonkeyPatch, words: str, found: set[str]) -> None:
    monkeypatch.setenv("_FIREBREAK_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    code, out, _ = run()
    assert code == 0
    assert set(out.split()) == found


def test_a_reader_that_leaves_is_no_fault() -> None:
    program = Path(sys.executable).with_name("firebreak")
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([program, "--help"], stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert b"Traceback" not in done.stderr
