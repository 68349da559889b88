"""Every decoder holds what it promises: over its examples, the corpus, changes of both, and a guided run.

A run of any length is `python -m tests.fuzz`.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from types import CodeType, FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import firebreak
from firebreak.errors import Malformed, Refused
from tests.conftest import needs_wheel
from tests.fuzz.__main__ import fuzz
from tests.fuzz.corpus_files import CORPUS, corpus_of
from tests.fuzz.mutation import Shape, mutated
from tests.fuzz.targets import TARGETS
from tests.fuzz.watching import PATIENCE_S, Broken, Target, attempt, measured

PACKAGE = Path(firebreak.__file__).parent
PREFIXES = ("parse", "decode", "from", "read", "load", "open", "unpack", "verify")
EXEMPT = {
    "carriers.link.Stream.read": "bytes as they come; what they say is taken by Link, a target",
    "carriers.paper_scan.read_picture": "has a child do what read_scan does, a target",
    "cli.contact_evidence.verify": "a command: reads a file whole and hands it to verify_attempts",
    "cli.evidence.verify": "a command: reads a file whole and hands it to evidence.verify.verify",
    "cli.frame.load": "loads a command's module by the name in this package's own table",
    "cli.ledger.verify": "a command: goes through the store by store.reader",
    "cli.script.read_back": "a command: what is typed is compared, by phrases.script.differences",
    "cli.relay.read": "a command: asks the relay, which takes a letter apart by parse_letter, a target",
    "cli.relay.verify": "a command: reads files whole and hands each to verify_custody, a target",
    "cli.send.read": "a command: composes a record",
    "desk.dialogue.DialogueState.open": "says whether something is open",
    "desk.dialogue.Question.open": "says whether something is open",
    "formats.areas.read_area_file": "reads a file and hands it to read_areas, a target",
    "formats.recordings.read_recording": "reads a file and hands it to an adapter, each a target",
    "node.relay.Relay.read": "a letter that it holds, by parse_letter, a target",
    "node.relay.open_relay": "a relay's directory: relay.toml and card, each read by a target",
    "node.shared.Shared.open_receipt": "ledger.receipt.open_receipt with the keys at hand",
    "scenarios.flight.load_flight": "reads a file of this package, by name",
    "scenarios.reconstruction.load_reconstruction": "reads a file of this package, by name",
    "scenarios.scenario.load_scenario": "reads a file of this package, by name",
    "sealing.SealingKeys.from_raw": "64 bytes of a key file, read by store.keyfiles.read_secret",
    "store.check.read_through": "reads a store through, row by row: store.rows.from_row",
    "store.interface.Reads.open_dialogues": "a query",
    "store.reader.SqliteReader.open_dialogues": "a query",
    "store.keyfiles.NodeSecrets.load": "reads key files, each by read_secret or as the TLS file",
    "store.sqlite.open_read_only": "a database file: tests/store spoils it",
    "store.sqlite.open_store": "a database file: tests/store spoils it",
    "store.subtrees.read_frontier": "a query",
    "store.subtrees.read_subtree": "a query",
    "web.journal.read": "a route: gives what the journal holds",
    "watch.index_geometry.from_centre": "computes on numbers that index._read has judged",
    "watch.index_search.load_rows": "copies rows of the index's own table",
}
"""What bears such a name and is no target, and why."""

GROUPS = 2
SECONDS = 15


def functions() -> Iterator[str]:
    """Every public function and method of the package whose name says that it reads, by full name."""
    for path in sorted(PACKAGE.rglob("*.py")):
        room = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            yield from (f"{room}.{name}" for name in _named(node))


def _named(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            if name.split("_")[0] in PREFIXES:
                yield name
        case ast.ClassDef(name=name, body=body) if not name.startswith("_"):
            for inner in body:
                yield from (f"{name}.{found}" for found in _named(inner))


def code_of(name: str) -> CodeType:
    """The code of a function by its full name."""
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        code: CodeType = getattr(found, "__func__", found).__code__
        return code
    raise AssertionError(f"there is no {name}")


def test_whatever_reads_from_outside_is_a_target_or_says_why_not() -> None:
    covered = {name for target in TARGETS.values() for name in target.covers}
    found = {f"firebreak.{name}" for name in functions()}
    exempt = {f"firebreak.{name}" for name in EXEMPT}
    assert found - covered - exempt == set(), "a reader that nothing tries"
    assert exempt - found == set(), "exempt, and not there"
    assert exempt & covered == set(), "exempt, and tried"


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_goes_where_it_says(name: str) -> None:
    target, called = TARGETS[name], set[CodeType]()

    def notice(frame: FrameType, event: str, arg: object) -> None:
        if event == "call":
            called.add(frame.f_code)

    for example in target.examples():
        sys.setprofile(notice)
        try:
            attempt(target, example)
        finally:
            sys.setprofile(None)
    assert [cover for cover in target.covers if code_of(cover) not in called] == []


@pytest.mark.parametrize("name", TARGETS)
def test_examples_and_corpus_hold(name: str) -> None:
    target = TARGETS[name]
    examples = list(target.examples())
    assert examples
    for data in (*examples, *corpus_of(name).values()):
        measured(target, data)


def test_every_folder_of_the_corpus_is_a_target_s() -> None:
    assert {path.name for path in CORPUS.iterdir()} <= set(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_changes_hold(name: str) -> None:
    target = TARGETS[name]
    examples = [*target.examples(), *corpus_of(name).values()]

    @given(st.sampled_from(examples), st.integers(0, 2**64))
    def changed(data: bytes, seed: int) -> None:
        measured(target, mutated(data, target.shape, examples, Random(seed)))

    changed()


@pytest.mark.parametrize("name", TARGETS)
def test_noise_and_ends_cut_off_hold(name: str) -> None:
    target = TARGETS[name]
    example = min(target.examples(), key=len)

    @given(st.binary(max_size=200) | st.integers(0, len(example)).map(lambda end: example[:end]))
    def noise(data: bytes) -> None:
        measured(target, data)

    noise()


@pytest.mark.parametrize("group", range(GROUPS))
def test_a_guided_run_finds_nothing(group: int, tmp_path: Path) -> None:
    needs_wheel("atheris")
    names = [name for place, name in enumerate(TARGETS) if place % GROUPS == group]
    done = fuzz(names, SECONDS, tmp_path)
    assert not list(tmp_path.glob("finding-*")), done.stderr[-3_000:] + done.stdout[-3_000:]
    assert done.returncode == 0, done.stderr[-3_000:]
    runs = done.stderr.partition("stat::number_of_executed_units:")[2].split()[0]
    assert int(runs) > sum(1 for name in names for _ in TARGETS[name].examples())


# What watches is watched


def target(read: Callable[[bytes], object], **more: Any) -> Target:
    return Target("made up", read, lambda: [b""], Shape.BYTES, **more)


def refuse(error: Exception) -> Callable[[bytes], object]:
    def read(data: bytes) -> object:
        if data:
            raise error
        return data

    return read


def test_refusals_are_told_apart_from_faults() -> None:
    assert measured(target(refuse(Malformed("not so"))), b"x") == "Malformed"
    assert measured(target(refuse(Refused("not now"))), b"x") == "Refused"
    with pytest.raises(Broken, match="ValueError"):
        measured(target(refuse(ValueError("oh"))), b"x")
    with pytest.raises(Broken, match="Refused"):
        measured(target(refuse(Refused("not now")), theirs=True), b"x")
    with pytest.raises(Broken, match="without a word"):
        measured(target(refuse(Malformed())), b"x")


def test_another_encoding_of_the_same_is_noticed() -> None:
    with pytest.raises(Broken, match="not the one encoding"):
        measured(target(lambda data: data.strip(), again=lambda value: value), b" x")


def test_growth_is_noticed() -> None:
    with pytest.raises(Broken, match="used"):
        measured(target(lambda data: len(bytes(len(data) * (4 << 20)))), b"x")


def test_a_hang_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(data: bytes) -> None:
        while data:
            pass

    assert PATIENCE_S >= 10
    monkeypatch.setattr("tests.fuzz.watching.PATIENCE_S", 0.2)
    with pytest.raises(Broken, match="Hang"):
        measured(target(read), b"x")
