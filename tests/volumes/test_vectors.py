"""vectors/volume/ against our code; GeographicLib wrote their answers."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from firebreak.errors import InvalidValue
from firebreak.volumes import check, conflict, separation
from tests.conftest import ROOT
from tests.volumes.examples import VECTORS, cases, read_volume

PAIRS = ["circles", "edges", "tips", "corridors", "inside", "heights", "windows"]


def named(files: list[str]) -> list[Any]:
    return [pytest.param(case, id=f"{f}: {case['name']}") for f in files for case in cases(f)]


@pytest.mark.parametrize("case", named(PAIRS))
def test_conflict_is_as_the_vector_says(case: dict[str, Any]) -> None:
    a, b = read_volume(case["a"]), read_volume(case["b"])
    found = conflict(a, b)
    assert (found is not None) == case["conflict"]
    assert found == conflict(b, a)  # V-14
    assert separation(a, b) == separation(b, a)


@pytest.mark.parametrize("case", named(["circles", "edges", "tips", "corridors"]))
def test_margin_is_that_of_the_oracle(case: dict[str, Any]) -> None:
    a, b, margin = read_volume(case["a"]), read_volume(case["b"]), case["margin_m"]
    found = conflict(a, b)
    if found is not None:
        assert found.horizontal_overlap_m == pytest.approx(margin, abs=1)
    else:
        assert -margin - 2 <= separation(a, b).horizontal_m <= -margin


@pytest.mark.parametrize("case", named(["heights"]))
def test_height_margin_is_as_the_vector_says(case: dict[str, Any]) -> None:
    found = conflict(read_volume(case["a"]), read_volume(case["b"]))
    if found is None:
        return
    assert found.heights_comparable == case["heights_comparable"]
    if found.heights_comparable:
        assert found.height_overlap_ft == case["height_overlap_ft"]


@pytest.mark.parametrize("case", named(["windows"]))
def test_window_margin_is_as_the_vector_says(case: dict[str, Any]) -> None:
    a, b, expected = read_volume(case["a"]), read_volume(case["b"]), case["window_overlap_ms"]
    found = conflict(a, b)
    if found is None:
        assert separation(a, b).window_ms == -expected
    else:
        assert found.window_overlap_ms == expected == found.overlap_until - found.overlap_from


@pytest.mark.parametrize("case", named(["invalid"]))
def test_unsound_volume_is_refused(case: dict[str, Any]) -> None:
    bad = read_volume(case["volume"])
    with pytest.raises(InvalidValue):
        check(bad)
    with pytest.raises(InvalidValue):
        conflict(bad, read_volume(cases("circles")[0]["a"]))
    with pytest.raises(InvalidValue):
        conflict(read_volume(cases("circles")[0]["a"]), bad)


def test_every_rule_of_a_single_volume_has_a_vector() -> None:
    assert {case["rule"] for case in cases("invalid")} == {f"V-{number}" for number in range(1, 12)}


def test_every_rule_of_the_spec_is_cited_where_it_is_met() -> None:
    spec = (ROOT / "spec" / "volume.md").read_text(encoding="utf-8")
    rules = set(re.findall(r"^- \*\*(V-[0-9]+)\*\* ", spec, re.MULTILINE))
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "src" / "firebreak" / "volumes").glob("*.py")
    )
    assert rules == {f"V-{number}" for number in range(1, 17)}
    assert rules == set(re.findall(r"\bV-[0-9]+\b", code))


def test_there_are_enough_of_both_answers() -> None:
    answers = [case["conflict"] for name in PAIRS for case in cases(name)]
    assert len(answers) >= 100
    assert answers.count(True) >= 60
    assert answers.count(False) >= 60


def test_the_committed_files_are_what_the_generator_writes(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "make_volume_vectors.py"
    spec = importlib.util.spec_from_file_location("make_volume_vectors", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main(tmp_path)
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text(encoding="utf-8") for path in VECTORS.glob("*.json")}
    assert written == kept
