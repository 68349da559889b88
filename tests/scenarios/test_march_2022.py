"""March 2022 as a user plays it: what it reports, what it must not say, and the mark on all of it."""

from __future__ import annotations

import csv
import json
import re
import time
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from firebreak.errors import InvalidValue, Misuse
from firebreak.scenarios.alone import Alone
from firebreak.scenarios.reconstruction import load_reconstruction, reconstruction_of
from firebreak.scenarios.stage import Said
from tests.cli.conftest import run_command
from tests.conftest import ROOT
from tests.scenarios.test_demo import firebreak

TOLD = load_reconstruction("march-2022")
MARK = "RECONSTRUCTION / EXERCISE"
FILE = ROOT / "src/firebreak/scenarios/march_2022.toml"
SURNAMES = (
    *("austin", "milley", "shoigu", "shoygu", "gerasimov", "blinken", "lavrov", "sullivan"),
    *("patrushev", "putin", "biden", "kirby", "ilyin", "ryabkov", "wolters", "walters"),
)


def here(words: Any) -> Said:
    return Said(*run_command(*words))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("march") / "kept"


@pytest.fixture(scope="module")
def report(place: Path) -> dict[str, Any]:
    file = place.parent / "report.json"
    done = firebreak("demo", "march-2022", "--headless", "--report", file, "--dir", place)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    made: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return made


@pytest.fixture(scope="module")
def kept(report: dict[str, Any], place: Path) -> Iterator[Alone]:
    """The node that the play left, running again."""
    assert report
    alone = Alone(place / "node", here)
    alone.start()
    yield alone
    alone.close()


def pair(report: dict[str, Any], ours: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in report["pairs"] if each["a"] == ours)
    return found


def test_it_reports_every_pair_in_the_form_promised(report: dict[str, Any]) -> None:
    assert len(report["pairs"]) == len(TOLD.pairs) >= 5
    for each in report["pairs"]:
        for name in ("attempted", "declined", "unanswered", "held"):
            assert each[name] == "unknown" or (type(each[name]) is int and each[name] >= 0)
        if each["last_contact"] is not None:
            silent = date.fromisoformat(report["as_of"]) - date.fromisoformat(each["last_contact"])
            assert each["days_silent"] == silent.days
        else:
            assert each["days_silent"] is None
    assert report["as_of"] == "2022-03-23"
    assert report["attested"] is True
    assert report["mark"] == MARK
    assert {each["url"] for each in report["sources"]} == {s.url for s in TOLD.sources.values()}


def test_the_chiefs_were_declined_nobody_knows_how_often(report: dict[str, Any]) -> None:
    for ours, last, days in (
        ("Secretary of Defense", "2022-02-18", 33),
        ("Chairman of the Joint Chiefs of Staff", "2022-02-11", 40),
    ):
        row = pair(report, ours)
        assert (row["attempted"], row["declined"]) == ("unknown", "unknown")
        assert (row["unanswered"], row["held"]) == (0, 0)
        assert (row["last_contact"], row["days_silent"]) == (last, days)


def test_who_did_not_try_is_kept_and_no_silence_of_theirs(report: dict[str, Any]) -> None:
    row = pair(report, "Secretary of State")
    assert row["not_attempted"] is True
    assert [row[n] for n in ("attempted", "declined", "unanswered", "held")] == [0, 0, 0, 0]
    assert (row["last_contact"], row["days_silent"]) == ("2022-02-15", 36)
    assert sum(each["not_attempted"] for each in report["pairs"]) == 1


def test_a_month_is_no_day(report: dict[str, Any]) -> None:
    row = pair(report, "defence attachés in Moscow")
    assert (row["held"], row["last_contact"], row["last_contact_within"]) == (1, None, "2022-03")


def test_the_other_ways_were_used_and_the_one_not_tried_is_none_of_them(
    report: dict[str, Any],
) -> None:
    assert report["routes"] == [
        *("direct", "duty-office", "defence-attache", "embassy", "security-adviser")
    ]


def test_every_entry_has_sources_and_every_source_is_used() -> None:
    used = {key for entry in TOLD.entries for key in entry.sources}
    assert used == TOLD.sources.keys()
    assert {entry.pair for entry in TOLD.entries} == TOLD.pairs.keys()
    for entry in TOLD.entries:
        assert entry.sources
        assert entry.certainty in {"certain", "probable", "claimed"}
        assert re.fullmatch(r"2022-0[23](-\d\d)?", entry.at)
        assert entry.count == "unknown" or entry.count.isdigit()


def test_no_person_is_named_and_nothing_repeated_is_counted() -> None:
    text = FILE.read_text(encoding="utf-8").lower()
    assert [name for name in SURNAMES if re.search(rf"\b{name}\b", text)] == []
    assert all(entry.count == "unknown" for entry in TOLD.entries if "how often" in entry.text)


def test_there_is_one_party_and_its_name_says_what_it_is(place: Path, kept: Alone) -> None:
    nodes = [file.parent for file in place.rglob("node.toml")]
    assert nodes == [kept.directory]
    assert not list(kept.directory.rglob("*.agreement"))
    card = json.loads(run_command("party", "show", kept.directory / "card", "--json")[1])
    assert card["party"] == "UNITED STATES (RECONSTRUCTION)"


def test_what_happened_then_was_entered_now_and_is_attested_only(kept: Alone) -> None:
    entries = kept.must(["journal", "list", "--last", "100", "--json"]).data()["entries"]
    contacted = [each for each in entries if each["kind"] == "contacted"]
    assert len(contacted) == len(TOLD.entries)
    for each in contacted:
        assert abs(each["at"] / 1_000 - time.time()) < 3_600
        assert each["body"]["happened"] < 1_648_080_000_000  # 2022-03-24
        assert each["body"]["source"] == "public-report"
        assert each["body"]["stated_reason"] is None
    attempts = kept.must(["contact", "list", "--json"]).data()["attempts"]
    assert {each["way"] for each in attempts} == {"voice", "person"}
    assert all(each["attested"] for each in attempts)


def test_the_mark_stands_on_every_screen_and_export(kept: Alone, tmp_path: Path) -> None:
    for words in (["contact", "matrix"], ["contact", "list"], ["journal", "list"], ["inbox"]):
        assert MARK in kept.must(words).error
    kept.must(["contact", "export", str(tmp_path / "c.json")])
    assert json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))["mark"] == MARK
    kept.must(["contact", "export", str(tmp_path / "c.csv")])
    with (tmp_path / "c.csv").open(encoding="utf-8", newline="") as file:
        assert {row["mark"] for row in csv.DictReader(file)} == {MARK}
    kept.must(["journal", "export", str(tmp_path / "j.jsonl")])
    lines = (tmp_path / "j.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["mark"] for line in lines} == {MARK}


def test_the_page_to_print_bears_the_mark_and_every_pair(report: dict[str, Any]) -> None:
    html, pdf = map(Path, report["pages"])
    text = html.read_text(encoding="utf-8")
    assert text.count(f'<p class="mark">{MARK}</p>') == 2
    assert all(pair.ours in text and pair.theirs in text for pair in TOLD.pairs.values())
    assert "not attempted" in text
    assert pdf.read_bytes().startswith(b"%PDF")
    assert pdf.read_bytes().count(b"/Type /Page\n") == 1


def test_no_evidence_leaves_it_for_there_is_no_second_officer(kept: Alone, tmp_path: Path) -> None:
    pair = TOLD.pairs["chiefs"]
    out = tmp_path / "tried.attempts"
    key = next((kept.directory / "keys").glob("*staff*"))
    words = ["contact", "evidence", pair.ours, pair.theirs, out, "--party", TOLD.other]
    why = ["--to", "anybody", "--why", "none", "--release", key, "--yes", "--dir", kept.directory]
    code, _, error = run_command(*words, *why)
    assert (code, "same key" in error) == (1, True)
    assert not out.exists()


def test_on_a_terminal_it_shows_sources_matrix_and_mark() -> None:
    done = firebreak("demo", "march-2022", "--pause", "0")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(MARK) >= 4
    assert "Not attempted is ours" in done.stdout
    assert all(TOLD.sources[entry.sources[0]].url in done.stdout for entry in TOLD.entries)


def test_options_before_its_name_are_refused_and_so_is_an_unknown_name(tmp_path: Path) -> None:
    done = firebreak("demo", "--headless", "march-2022")
    assert (done.returncode, "behind march-2022" in done.stderr) == (1, True)
    with pytest.raises(InvalidValue, match="no reconstruction"):
        load_reconstruction("march-2023")
    missing = tmp_path / "none" / "report.json"
    done = firebreak("demo", "march-2022", "--headless", "--report", missing)
    assert (done.returncode, "cannot be written" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    "change",
    [{"sources": ["nowhere"]}, {"sources": []}, {"pair": "nobody"}, {"person": "a name"}],
)
def test_an_entry_without_a_source_or_with_more_than_it_may_hold_is_refused(
    change: dict[str, Any],
) -> None:
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    assert reconstruction_of(data) == TOLD
    data["entry"][0] |= change
    with pytest.raises(InvalidValue):
        reconstruction_of(data)


def test_a_node_that_does_not_come_up_says_so(tmp_path: Path) -> None:
    alone = Alone(tmp_path / "none", here)
    with pytest.raises(Misuse, match="did not come up"):
        alone.start()
    alone.close()
