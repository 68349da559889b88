"""vectors/volume/ against our code; GeographicLib wrote their answers (test_oracles.py doubts them)."""

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest

from firebreak.errors import InvalidValue
from firebreak.volumes import check, conflict, separation
from firebreak.volumes.heights import comparable, height_overlap_ft
from tests.conftest import ROOT
from tests.volumes.examples import VECTORS, cases, read_volume

AREAS = ["circles", "edges", "tips", "corridors", "mixed", "inside", "holes", "poles"]
AREAS += ["large", "small", "touching", "drawn"]
PAIRS = [*AREAS, "heights", "windows", "combined"]


def named(files: list[str]) -> list[Any]:
    return [pytest.param(case, id=f"{f}: {case['name']}") for f in files for case in cases(f)]


@pytest.mark.parametrize("case", named(PAIRS))
def test_conflict_is_as_the_vector_says(case: dict[str, Any]) -> None:
    a, b = read_volume(case["a"]), read_volume(case["b"])
    found = conflict(a, b)
    assert (found is not None) == case["conflict"]
    assert found == conflict(b, a)  # V-14
    assert separation(a, b) == separation(b, a)


@pytest.mark.parametrize("case", named([*AREAS, "combined"]))
def test_margin_is_that_of_the_oracle(case: dict[str, Any]) -> None:
    a, b, margin = read_volume(case["a"]), read_volume(case["b"]), case["margin_m"]
    found = conflict(a, b)
    apart = separation(a, b).horizontal_m
    if margin is None:
        assert (apart == 0) == case["conflict"]
    elif margin < 0:
        assert -margin - 2 <= apart <= -margin
    else:
        assert apart == 0
        assert found is None or found.horizontal_overlap_m == pytest.approx(margin, abs=1)


@pytest.mark.parametrize("case", named(["heights", "combined"]))
def test_height_margin_is_as_the_vector_says(case: dict[str, Any]) -> None:
    a, b = read_volume(case["a"]), read_volume(case["b"])
    found, expected = conflict(a, b), case["height_overlap_ft"]
    assert comparable(a.heights, b.heights) == case["heights_comparable"]
    if case["heights_comparable"]:
        assert height_overlap_ft(a.heights, b.heights) == expected
    if found is not None:
        assert found.heights_comparable == case["heights_comparable"]
        if found.heights_comparable:
            assert found.height_overlap_ft == expected


@pytest.mark.parametrize("case", named(["windows", "combined"]))
def test_window_margin_is_as_the_vector_says(case: dict[str, Any]) -> None:
    a, b, expected = read_volume(case["a"]), read_volume(case["b"]), case["window_overlap_ms"]
    found = conflict(a, b)
    assert separation(a, b).window_ms == max(0, -expected)
    if found is not None:
        assert found.window_overlap_ms == expected == found.overlap_until - found.overlap_from


@pytest.mark.parametrize("case", named(["invalid"]))
def test_unsound_volume_is_refused(case: dict[str, Any]) -> None:
    good = read_volume(cases("circles")[0]["a"])
    with pytest.raises(InvalidValue):
        check(read_volume(case["volume"]))
    with pytest.raises(InvalidValue):
        conflict(read_volume(case["volume"]), good)
    with pytest.raises(InvalidValue):
        conflict(good, read_volume(case["volume"]))


def test_every_rule_of_a_single_volume_has_a_vector() -> None:
    of_pairs = {12, 13, 14}
    single = {f"V-{number}" for number in range(1, 19) if number not in of_pairs}
    assert {case["rule"] for case in cases("invalid")} == single


def test_every_rule_of_the_spec_is_cited_where_it_is_met() -> None:
    spec = (ROOT / "spec" / "volume.md").read_text(encoding="utf-8")
    rules = set(re.findall(r"^- \*\*(V-[0-9]+)\*\* ", spec, re.MULTILINE))
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "src" / "firebreak" / "volumes").glob("*.py")
    )
    assert rules == {f"V-{number}" for number in range(1, 19)}
    assert rules == set(re.findall(r"\bV-[0-9]+\b", code))


def test_there_are_enough_of_both_answers() -> None:
    found = [case for name in PAIRS for case in cases(name)]
    answers = [case["conflict"] for case in found]
    assert answers.count(True) >= 350
    assert answers.count(False) >= 350
    for name in AREAS:
        if name != "touching":  # to touch is to meet
            assert {case["conflict"] for case in cases(name)} == {True, False}
    for name in PAIRS:
        names = [case["name"] for case in cases(name)]
        assert len(names) == len(set(names))


def test_no_case_is_nearer_to_the_limit_than_the_tolerance_and_many_are_near() -> None:
    """V-13 leaves 1 m open, so a case in between would judge nobody."""
    margins = [case["margin_m"] for name in AREAS for case in cases(name)]
    known = [margin for margin in margins if margin is not None]
    assert min(abs(margin) for margin in known) >= 1
    assert sum(1 <= margin <= 3 for margin in known) >= 100
    assert sum(-3 <= margin <= -1 for margin in known) >= 100


def test_of_combined_cases_exactly_one_thing_separates_or_all_or_none() -> None:
    for case in cases("combined"):
        apart = case["margin_m"] < 0, case["height_overlap_ft"] < 0, case["window_overlap_ms"] <= 0
        assert sum(apart) in {0, 1, 3}
        assert case["conflict"] == (not any(apart))


def test_the_readme_counts_them_rightly() -> None:
    text = (VECTORS / "README.md").read_text(encoding="utf-8")
    counts = dict.fromkeys(PAIRS, (0, 0))
    for name in PAIRS:
        answers = [case["conflict"] for case in cases(name)]
        counts[name] = answers.count(True), answers.count(False)
    rows = re.findall(r"^\| `([a-z]+)\.json` \| ([0-9]+) \| ([0-9]+) \|", text, re.MULTILINE)
    assert {name: (int(yes), int(no)) for name, yes, no in rows} == counts
    assert f"| {sum(map(sum, counts.values()))} pairs |" in text
    assert f"`invalid.json` holds {len(cases('invalid'))} volumes" in text


def test_each_file_can_be_read_by_a_person() -> None:
    for path in VECTORS.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert len(text) < 100_000
        lines = text.splitlines()
        assert (lines[0], lines[-1]) == ("[", "]")
        assert [json.loads(line.rstrip(",")) for line in lines[1:-1]] == json.loads(text)


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
