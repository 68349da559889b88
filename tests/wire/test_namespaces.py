"""What a machine is told that makes no bad wire, and that the figures say by what it was made."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from firebreak.bench import namespaces, wires
from firebreak.bench.pair import Pair
from firebreak.errors import Misuse
from tests.conftest import needs_namespaces


def test_root_without_the_right_is_told_so_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As within a container."""

    def refuse(*words: str) -> None:
        raise Misuse(f"`ip {' '.join(words)}` failed: Operation not permitted.")

    monkeypatch.setattr(namespaces, "_ip", refuse)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda command: command)
    monkeypatch.setattr(Path, "exists", lambda path: True)
    lack = namespaces.missing()
    assert lack is not None
    assert "Operation not permitted. Run it outside the container" in lack


def test_asking_leaves_no_namespace_behind() -> None:
    needs_namespaces()
    assert namespaces.missing() is None
    assert not list(Path("/run/netns").glob("firebreak-*-trial"))


@pytest.mark.parametrize("netem", [True, False])
def test_the_figures_say_by_what_the_wire_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, netem: bool
) -> None:
    @dataclass
    class Wire:
        by_netem: bool = netem

        def __enter__(self) -> Wire:
            return self

        def __exit__(self, *_: object) -> None:
            return

    def times(ends: wires.Ends, *_: Any) -> list[float]:
        return [1.0, 2.0]

    monkeypatch.setattr(wires, "BadWire", Wire)
    monkeypatch.setattr(wires, "lossy", times)
    monkeypatch.setattr(wires, "slow", times)
    monkeypatch.setattr(Pair, "prepared", lambda *_: None)
    assert wires.measure(tmp_path, lambda words: "")["wire_by_netem"] == netem
