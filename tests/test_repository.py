"""The repository holds together: locks, rooms, documents and what may never be written into it."""

import ast
import json
import re
import subprocess
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import firebreak
from tests.conftest import ROOT

PACKAGE = ROOT / "src" / "firebreak"

# DESIGN.md, "The shape": the rooms marked pure.
PURE_ROOMS = (
    "errors",
    "values",
    "volumes",
    "keys",
    "records",
    "ledger",
    "line",
    "watch",
    "desk",
)
KNOWN_TO_THE_WATCH = {"errors", "values", "volumes", "watch"}
IMPURE_FUNCTIONS = {"__import__", "breakpoint", "eval", "exec", "input", "open", "print"}
IMPURE_METHODS = {"now", "utcnow", "today", "fromfile", "tofile", "memmap"}

# Put together from pieces, so that this file does not contain what it looks for.
REGISTRY_HOSTS = tuple(
    ".".join(pieces)
    for pieces in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("proxy", "golang", "org"),
        ("deb", "debian", "org"),
    )
)
MACHINE_PATH = re.compile(rb"(?<![\w.*~/-])/(?:work|root|home/\w+|Users/\w+|opt/(?:pypi|wheels))/")


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def project_files() -> tuple[Path, ...]:
    """What git tracks or would track."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = (ROOT / name for name in listing.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def room_files(room: str) -> list[Path]:
    single = PACKAGE / f"{room}.py"
    return [single] if single.is_file() else sorted((PACKAGE / room).rglob("*.py"))


def syntax(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """Each node of a file with the place to name in a complaint."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", node


# Locks


def lock_faults(text: str) -> list[str]:
    """Lines of a Python lock that name a registry, set an option or lack their hash."""
    faults = [line for line in text.splitlines() if "://" in line]
    logical = [line.strip() for line in text.replace("\\\n", " ").splitlines()]
    for line in logical:
        if not line or line.startswith("#"):
            continue
        requirement, *options = re.split(r"\s--", f" {line}")
        pinned = re.match(r" [\w.-]+==[\w.]+( ; .+)?$", requirement.rstrip())
        hashed = options and all(re.match(r"hash=sha256:[0-9a-f]{64}\s*$", o) for o in options)
        if not pinned or not hashed:
            faults.append(line)
    return faults


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-uv.lock"])
def test_lock_is_hashed_and_names_no_registry(name: str) -> None:
    assert lock_faults((ROOT / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url somewhere",
        "-i somewhere",
        "--extra-index-url=somewhere",
        "--find-links folder",
        "--trusted-host somewhere",
        "# from https" + "://somewhere",
        "name @ https" + "://somewhere/name.whl --hash=sha256:" + "0" * 64,
        "name==1.0",
        "name==1.0 --hash=md5:" + "0" * 32,
        "name>=1.0 --hash=sha256:" + "0" * 64,
        "name==1.0 --hash=sha256:" + "0" * 64 + " --index-url somewhere",
    ],
)
def test_lock_rule_refuses(line: str) -> None:
    assert lock_faults(line)


def test_every_declared_dependency_is_locked() -> None:
    locked = {
        normal(line)
        for name in ("requirements.lock", "requirements-uv.lock")
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if re.match(r"\w", line)
    }
    assert runtime_dependencies() | development_dependencies() <= locked


def resolved_keys(value: object) -> int:
    match value:
        case dict():
            return ("resolved" in value) + sum(resolved_keys(inner) for inner in value.values())
        case list():
            return sum(resolved_keys(inner) for inner in value)
        case _:
            return 0


def test_npm_locks_hold_no_resolved_key() -> None:
    locks = [p for p in project_files() if p.name in {"package-lock.json", "npm-shrinkwrap.json"}]
    for lock in locks:
        assert resolved_keys(json.loads(lock.read_text(encoding="utf-8"))) == 0, lock


def test_npm_rule_refuses() -> None:
    assert resolved_keys({"packages": {"node_modules/x": {"resolved": "somewhere"}}}) == 1


# Nothing of the machine it was written on


def machine_traces(content: bytes) -> list[bytes]:
    hosts = [host.encode() for host in REGISTRY_HOSTS if host.encode() in content]
    return hosts + MACHINE_PATH.findall(content)


def test_no_file_names_a_registry_or_a_path_of_the_machine() -> None:
    traces = {str(path): machine_traces(path.read_bytes()) for path in project_files()}
    assert {path: found for path, found in traces.items() if found} == {}


@pytest.mark.parametrize("place", ["/wo" + "rk/main", "'/ro" + "ot/x'", *REGISTRY_HOSTS])
def test_trace_rule_refuses(place: str) -> None:
    assert machine_traces(place.encode())


# Rooms


def contracts() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pyproject()["tool"]["importlinter"]["contracts"]
    return found


def test_each_pure_room_that_exists_is_under_the_contract() -> None:
    forbidden = next(c for c in contracts() if c["type"] == "forbidden")
    existing = {f"firebreak.{room}" for room in PURE_ROOMS if room_files(room)}
    assert set(forbidden["source_modules"]) == existing


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_pure_room_asks_no_clock_no_chance_and_no_machine(room: str) -> None:
    faults = []
    for path in room_files(room):
        for place, node in syntax(path):
            match node:
                case ast.Call(func=ast.Name(id=name)) if name in IMPURE_FUNCTIONS:
                    faults.append(f"{place} calls {name}()")
                case ast.Call(func=ast.Attribute(attr=name)) if name in IMPURE_METHODS:
                    faults.append(f"{place} calls .{name}()")
                case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="random"):
                    faults.append(f"{place} uses numpy's randomness")
                case ast.ImportFrom(module=str(module)) if module.startswith("numpy.random"):
                    faults.append(f"{place} uses numpy's randomness")
                case _:
                    pass
    assert faults == []


def test_the_watch_knows_values_and_volumes_only() -> None:
    faults = []
    for path in room_files("watch"):
        for place, node in syntax(path):
            match node:
                case ast.Import(names=names):
                    modules = [alias.name for alias in names]
                case ast.ImportFrom(module="firebreak", names=names):
                    modules = [f"firebreak.{alias.name}" for alias in names]
                case ast.ImportFrom(module=str(module)):
                    modules = [module]
                case _:
                    continue
            rooms = {m.split(".")[1] for m in modules if m.startswith("firebreak.")}
            faults += [f"{place} imports {room}" for room in rooms - KNOWN_TO_THE_WATCH]
    assert faults == []


def test_a_test_skips_only_through_conftest() -> None:
    faults = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if path.name == "conftest.py":
            continue
        for place, node in syntax(path):
            match node:
                case ast.Attribute(
                    value=ast.Name(id="pytest") | ast.Attribute(attr="mark"),
                    attr="skip" | "skipif" | "importorskip" as name,
                ):
                    faults.append(f"{place} uses {name}")
                case _:
                    pass
    assert faults == []


# Documents


def normal(requirement: str) -> str:
    """The normalised name at the head of a requirement."""
    name = re.match(r"[\w.-]+", requirement)
    assert name is not None, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def runtime_dependencies() -> set[str]:
    return {normal(requirement) for requirement in pyproject()["project"]["dependencies"]}


def extra_dependencies() -> set[str]:
    extras = pyproject()["project"]["optional-dependencies"].values()
    return {normal(requirement) for extra in extras for requirement in extra}


def development_dependencies() -> set[str]:
    groups = pyproject()["dependency-groups"].values()
    return {normal(requirement) for group in groups for requirement in group}


def documented(heading: str) -> set[str]:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    section = text.split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]
    return {normal(name) for name in re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)}


def test_dependencies_have_their_reasons_written_down() -> None:
    assert documented("At run time") == runtime_dependencies()
    assert documented("Extras") == extra_dependencies()
    assert documented("For development") == development_dependencies()


def test_the_readme_opens_with_commands_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```sh\n(.*?)```", readme, re.DOTALL)
    assert block is not None
    commands = re.findall(r"^make (\w+)", block[1], re.MULTILINE)
    assert commands[:2] == ["demo", "test"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(commands) <= set(re.findall(r"^(\w+):", makefile, re.MULTILINE))


def test_ci_runs_make_test_and_nothing_else() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    lines = script.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands[0] == "set -euo pipefail"
    assert commands[-1] == "exec make test"
    assert len(commands) == 3


def test_decisions_are_dated_and_the_changelog_exists() -> None:
    for path in (ROOT / "docs" / "decisions").glob("*"):
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}-[a-z0-9-]+\.md", path.name), path.name
    version = pyproject()["project"]["version"]
    assert version in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_version_is_one() -> None:
    assert firebreak.__version__ == pyproject()["project"]["version"]


def test_the_wheel_carries_every_file_of_the_package(tmp_path: Path) -> None:
    from hatchling.builders.wheel import WheelBuilder

    wheel = next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    wanted = {
        str(path.relative_to(ROOT / "src")) for path in project_files() if PACKAGE in path.parents
    }
    assert "firebreak/py.typed" in wanted
    assert wanted <= names
    assert any(name.endswith("licenses/NOTICE") for name in names)
