"""The documents tell the truth: the files, the tests and the targets that they name are there."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "src" / "firebreak"
BASES = (ROOT, PACKAGE, ROOT / "tests", ROOT / "spec", ROOT / "docs")
NO_ROOM = {"__init__.py", "__main__.py", "__pycache__", "py.typed"}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def named_paths(document: str) -> list[str]:
    """What stands between backticks and is a path: it has a slash or a file's ending."""
    words: list[str] = re.findall(r"`([\w./:-]+)`", document)
    return [word for word in words if "/" in word or re.search(r"\.(py|md|toml|lock)\b", word)]


def is_there(name: str) -> bool:
    """Whether a path is one of a file, a folder or (without its ending) a module of the package."""
    path = name.partition("::")[0].rstrip("/")
    return any((base / path).exists() or (base / f"{path}.py").is_file() for base in BASES)


@pytest.mark.parametrize(
    "name", ["ARCHITECTURE.md", "SECURITY.md", "CHANGELOG.md", "docs/threat-model.md"]
)
def test_every_path_that_a_document_names_is_there(name: str) -> None:
    paths = named_paths(text(name))
    assert paths
    assert [path for path in paths if not is_there(path)] == []


def test_a_path_that_is_not_there_is_found() -> None:
    assert not is_there("evidence.py")
    assert named_paths("`evidence.py`, `Record`, `records/sign1`, `make test`") == [
        "evidence.py",
        "records/sign1",
    ]


def test_the_architecture_names_every_room() -> None:
    rooms = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in PACKAGE.iterdir()
        if path.name not in NO_ROOM
    }
    table = text("ARCHITECTURE.md").split("## Rooms")[1].split("\n## ")[0]
    assert rooms - set(named_paths(table)) == set()


def test_a_room_is_in_parentheses_exactly_until_it_is_built() -> None:
    contracts = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    for room in " | ".join(layers).split(" | "):
        assert is_there(f"src/firebreak/{room.strip('()')}") != room.startswith("("), room


def test_every_make_target_of_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"):
        told = set(re.findall(r"(?:^|`)make ([a-z]+)", text(name), re.MULTILINE))
        assert told <= targets, name


# Each "cannot" of the threat model is shown by tests


def cannots() -> list[tuple[str, list[str]]]:
    rows = re.findall(r"^\| (.+) \| (.+) \|$", text("docs/threat-model.md"), re.MULTILINE)
    return [(cannot, re.findall(r"`([^`]+)`", tests)) for cannot, tests in rows if "`" in tests]


@cache
def names_of_tests(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name[:5] == "test_"
    }


@pytest.mark.parametrize(
    ("cannot", "shown_by"), cannots(), ids=[cannot[:40] for cannot, _ in cannots()]
)
def test_each_cannot_names_tests_that_exist(cannot: str, shown_by: list[str]) -> None:
    for test in shown_by:
        file, _, name = test.partition("::")
        assert name in names_of_tests(ROOT / file), f"{cannot}: {test}"


def test_every_row_of_the_threat_model_names_a_test() -> None:
    lines = text("docs/threat-model.md").splitlines()
    rows = [line for line in lines if line.startswith("| ") and "shown by" not in line]
    assert len(rows) == len(cannots()) > 15
