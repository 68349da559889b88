"""Contacts as users note, tell, confirm, dispute and print them; two real nodes."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from firebreak.cli.contact import MATRIX_HEADINGS, matrix_cells
from firebreak.cli.contact_evidence import _leave
from firebreak.cli.entering import Book
from firebreak.errors import Misuse
from firebreak.records.agreement import Mode, Publication
from firebreak.store.directory import NodeDirectory
from tests.nodes import Said, Stage, command, must, root_of, template, until

OURS, THEIRS = "chief of defence", "chief of the general staff"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Two nodes that hear each other."""
    made = template(tmp_path_factory.getbasetemp() / "parties")
    with Stage.make(made, tmp_path_factory.mktemp("contacts") / "stage") as running:
        running.start("alpha", "bravo")
        running.line_up()
        yield running


def add(stage: Stage, *options: object, party: str = "alpha", other: str = "BRAVO") -> str:
    words = ("contact", "add", OURS, THEIRS, "--party", other, *options, "--yes", "--json")
    ids: list[str] = stage.must(party, *words).data()["ids"]
    return ids[0]


def attempt(stage: Stage, party: str, identity: str) -> dict[str, Any]:
    found = stage.must(party, "contact", "list", "--json").data()["attempts"]
    wanted: dict[str, Any] = next(each for each in found if each["id"] == identity)
    return wanted


def tell(stage: Stage, entry: str, *options: object) -> str:
    said = stage.must("alpha", "contact", "tell", entry, *options, "--yes", "--json", "--wait", 30)
    told: str = said.data()["id"]
    return told


def test_what_is_told_is_uncommented_until_they_confirm_or_dispute_it(stage: Stage) -> None:
    entry = add(stage, "--outcome", "unanswered", "--at", "-2h", "--text", "keep this here")
    other = add(stage, "--outcome", "unanswered", "--at", "-2h")
    told = tell(stage, entry[:8], "--text", "We called your duty office.")
    assert attempt(stage, "alpha", entry)["comment"] == "uncommented"

    claim = attempt(stage, "bravo", told)
    assert (claim["source"], claim["certainty"], claim["by"]) == ("other-side", "claimed", "theirs")
    assert (claim["ours"], claim["theirs"], claim["party"]) == (THEIRS, OURS, "ALPHA")
    assert claim["happened"] == attempt(stage, "alpha", entry)["happened"]
    assert "keep this here" not in json.dumps(stage.record("bravo", told))

    stage.send("bravo", "contact", "dispute", told[:8], "--text", "Nobody called.", "--wait", 30)
    until(lambda: attempt(stage, "alpha", entry)["comment"] == "disputed", "it is disputed")
    stage.send("bravo", "contact", "confirm", told[:8], "--wait", 30)
    until(lambda: attempt(stage, "alpha", entry)["comment"] == "confirmed", "it is confirmed")
    assert attempt(stage, "alpha", other)["comment"] == "uncommented"
    assert attempt(stage, "bravo", told)["comment"] == "confirmed"
    shown = stage.must("alpha", "contact", "list").out
    assert "confirmed by them" in " ".join(shown.split())


def test_a_claim_of_theirs_is_in_no_other_count_of_ours(stage: Stage) -> None:
    pair = ("contact", "add", "minister", "their minister", "--party", "BRAVO")
    words = (*pair, "--outcome", "declined", "--count", "unknown", "--yes", "--json")
    entry = stage.must("alpha", *words).data()["ids"][0]
    told = tell(stage, entry)
    until(lambda: any(e["id"] == told for e in _attempts(stage, "bravo")), "the claim is there")
    rows = stage.must("bravo", "contact", "matrix", "--json").data()["matrix"]
    row = next(each for each in rows if each["theirs"] == "minister")
    counts = ("attempted", "undelivered", "unanswered", "declined", "held", "by_them")
    assert [row[name] for name in counts] == ["0"] * 6
    assert (row["claimed"], row["not_attempted"]) == ("unknown", True)
    shown = " ".join(stage.must("bravo", "contact", "matrix").out.split())
    assert "claimed by" in shown


def _attempts(stage: Stage, party: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stage.must(party, "contact", "list", "--json").data()["attempts"]
    return found


def refused(stage: Stage, party: str, *words: object) -> str:
    said = stage.run(party, "contact", *words, "--yes")
    assert said.code == 1
    return said.err


def test_what_is_not_theirs_to_hear_or_not_ours_to_tell_is_refused(stage: Stage) -> None:
    theirs = add(stage, "--outcome", "unanswered", "--by", "theirs")
    assert "theirs to tell" in refused(stage, "alpha", "tell", theirs)
    stranger = add(stage, "--outcome", "held", other="CHARLIE")
    assert "leads to BRAVO" in refused(stage, "alpha", "tell", stranger)
    old = add(stage, "--outcome", "held", "--at", "2022-03")
    assert "400 days" in refused(stage, "alpha", "tell", old)
    assert "0 contacts begin" in refused(stage, "alpha", "tell", "0123456789")
    ours = add(stage, "--outcome", "held")
    assert "over a node's line" in refused(stage, "alpha", "tell", ours, "--by", "voice")
    told = tell(stage, ours)
    assert "no contact that the other side told" in refused(stage, "alpha", "confirm", told)
    notice = stage.notice("alpha")
    stage.until_state("alpha", notice, "delivered")
    assert "no contact that the other side told" in refused(stage, "bravo", "dispute", notice)
    assert "in the logs that both" in refused(stage, "bravo", "tell", told)


def test_what_is_not_said_of_ourselves_or_has_no_form_is_refused(stage: Stage) -> None:
    words = ("add", OURS, THEIRS, "--party", "BRAVO", "--outcome")
    assert "theirs to say" in refused(stage, "alpha", *words, "not-attempted", "--by", "unknown")
    assert "no count" in refused(stage, "alpha", *words, "held", "--count", "0")
    assert "ahead" in refused(stage, "alpha", *words, "held", "--at", "2099-01-01")
    public = ("--source", "public-report")
    assert "Give the citation" in refused(stage, "alpha", *words, "held", *public)


def test_a_reason_goes_with_declined_only(stage: Stage) -> None:
    words = ("add", OURS, THEIRS, "--party", "BRAVO", "--stated-reason", "on leave", "--outcome")
    assert "why they declined" in refused(stage, "alpha", *words, "unanswered")
    entry = add(stage, "--outcome", "declined", "--stated-reason", "on leave")
    assert attempt(stage, "alpha", entry)["stated_reason"] == "on leave"


def test_no_cell_of_the_export_is_a_formula(stage: Stage, tmp_path: Path) -> None:
    pair = ("contact", "add", "=1+1", "@their office", "--party", "BRAVO", "--outcome", "held")
    stage.must("alpha", *pair, "--text", "-2+3", "--yes")
    out = tmp_path / "c.csv"
    stage.must("alpha", "contact", "export", out)
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(each for each in rows if "1+1" in each["ours"])
    assert (row["ours"], row["theirs"], row["subject"]) == ("'=1+1", "'@their office", "'-2+3")
    assert not any(cell[:1] in "=+-@" for each in rows for cell in each.values() if cell)


def test_open_and_claimed_stand_in_columns_of_their_own(stage: Stage) -> None:
    add(stage, "--outcome", "declined")
    shown = stage.must("alpha", "contact", "matrix").out
    assert "*** EXERCISE ***" in shown
    for heading in ("open", "claimed by them", "held"):
        assert heading in " ".join(shown.split())
    assert len(MATRIX_HEADINGS) == len(matrix_cells(_row(stage)))
    assert matrix_cells(_row(stage) | {"open": 3, "claimed": "7"})[6:8] == ["3", "7"]


def _row(stage: Stage) -> dict[str, Any]:
    rows: list[dict[str, Any]] = stage.must("alpha", "contact", "matrix", "--json").data()["matrix"]
    return rows[0]


def test_what_is_entered_is_exercise_where_the_agreement_is(stage: Stage) -> None:
    entry = add(stage, "--outcome", "declined")
    assert attempt(stage, "alpha", entry)["exercise"] is True


@pytest.mark.parametrize(
    ("mark", "modes", "meant", "real"),
    [
        ("", [], False, False),
        ("", [], True, True),
        ("", [Mode.EXERCISE], False, False),
        ("", [Mode.EXERCISE], True, True),
        ("", [Mode.REAL], False, True),
        ("", [Mode.REAL, Mode.EXERCISE], False, False),
        ("REAL", [], False, True),
        ("EXERCISE", [Mode.REAL], False, False),
        ("RECONSTRUCTION", [], False, False),
        ("EXERCISE", [], True, None),
        ("RECONSTRUCTION", [Mode.REAL], True, None),
    ],
)
def test_what_is_entered_is_as_the_node_or_the_agreement_is_marked(
    mark: str, modes: list[Mode], meant: bool, real: bool | None
) -> None:
    def agreed(mode: Mode, *names: str) -> SimpleNamespace:
        parties = [SimpleNamespace(name=name) for name in names]
        return SimpleNamespace(agreement=SimpleNamespace(mode=mode, parties=parties))

    kept = [agreed(mode, "ALPHA", "BRAVO") for mode in modes]
    kept.append(agreed(Mode.REAL, "ALPHA", "CHARLIE"))
    node = SimpleNamespace(config=SimpleNamespace(mark=mark), agreements=lambda: kept)
    book = cast(Book, SimpleNamespace(node=node))
    if real is None:
        with pytest.raises(Misuse, match="nothing real is entered here"):
            Book.real(book, "BRAVO", meant)
        return
    assert Book.real(book, "BRAVO", meant) is real


def test_as_of_a_day_means_its_end_and_since_leaves_out_what_was_over(stage: Stage) -> None:
    pair = ("envoy", "their envoy")
    words = ("contact", "add", *pair, "--party", "BRAVO", "--yes", "--outcome")
    stage.must("alpha", *words, "held", "--at", "2022-02-18")
    stage.must("alpha", *words, "declined", "--at", "2022-03", "--count", "unknown")
    stage.must("alpha", *words, "held", "--at", "2022-03-23", "--by", "unknown")

    def row(*options: str) -> dict[str, Any]:
        rows = stage.must("alpha", "contact", "matrix", *options, "--json").data()["matrix"]
        found: dict[str, Any] = next(each for each in rows if each["ours"] == "envoy")
        return found

    before = row("--since", "2022-02-24", "--as-of", "2022-03-22")
    assert (before["held"], before["declined"], before["silent_days"]) == ("0", "unknown", 32)
    on_the_day = row("--since", "2022-02-24", "--as-of", "2022-03-23")
    assert (on_the_day["held"], on_the_day["silent_days"]) == ("1", 0)
    assert row("--since", "2022-04-01")["declined"] == "0"
    assert row("--as-of", "2022-02-18")["held"] == "1"


def test_the_record_leaves_as_json_csv_html_and_pdf_each_marked(
    stage: Stage, tmp_path: Path
) -> None:
    add(stage, "--outcome", "declined")
    for name in ("c.json", "c.csv"):
        stage.must("alpha", "contact", "export", tmp_path / name)
    for name in ("c.html", "c.pdf"):
        assert "marked EXERCISE" in stage.must("alpha", "contact", "report", tmp_path / name).out
    assert json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))["mark"] == "EXERCISE"
    with (tmp_path / "c.csv").open(encoding="utf-8", newline="") as file:
        assert {row["mark"] for row in csv.DictReader(file)} == {"EXERCISE"}
    html = (tmp_path / "c.html").read_text(encoding="utf-8")
    assert '<p class="mark">EXERCISE</p>' in html
    assert (tmp_path / "c.pdf").read_bytes().startswith(b"%PDF")
    for verb in ("export", "report"):
        assert "Name a ." in refused_without_yes(stage, verb, tmp_path / "c.txt")
    assert not (tmp_path / "c.txt").exists()


def refused_without_yes(stage: Stage, *words: object) -> str:
    said = stage.run("alpha", "contact", *words)
    assert said.code == 1
    return said.err


# Evidence


def second_key(stage: Stage, party: str = "alpha") -> Path:
    node = NodeDirectory.open(stage.folder(party))
    return node.officer_file(2, node.card().roster.entries[2].office)


def evidence(stage: Stage, out: Path, *options: object, theirs: str = THEIRS) -> Said:
    words = ("contact", "evidence", OURS, theirs, out, "--party", "BRAVO", "--to", "the council")
    why = ("--why", "asked by the council", "--release", second_key(stage))
    return stage.run("alpha", *words, *why, *options)


def disclosed(stage: Stage) -> list[dict[str, Any]]:
    words = ("journal", "list", "--kind", "disclosed", "--json")
    found: list[dict[str, Any]] = stage.must("alpha", *words).data()["entries"]
    return found


def test_the_attempts_leave_as_one_file_by_two_officers_and_by_the_clause(
    stage: Stage, tmp_path: Path
) -> None:
    """AT-13"""
    theirs = "head of the air force"
    pair = ("contact", "add", OURS, theirs, "--party", "BRAVO", "--yes", "--outcome")
    stage.must("alpha", *pair, "unanswered", "--count", "4", "--at", "-3h")
    stage.must("alpha", *pair, "held", "--at", "-2h", "--by", "theirs")
    stage.must("alpha", *pair, "declined", "--at", "-1h")
    out, noted = tmp_path / "tried.attempts", len(disclosed(stage))

    without = evidence(stage, out, "--yes", theirs=theirs)
    assert (without.code, "only if both parties consent" in without.out) == (1, True)
    assert "consent, or notice" in without.err
    own = stage.notice("alpha")
    assert "That record is yours" in evidence(stage, out, "--yes", "--leave", own).err
    assert not out.exists()
    assert len(disclosed(stage)) == noted

    leave = stage.send("bravo", "send", "text", "We consent.", "--wait", 30)
    given = ("--leave", leave[:8])
    assert evidence(stage, out, *given, theirs=theirs).code == 1  # nobody said yes
    assert (out.exists(), len(disclosed(stage))) == (False, noted)
    done = evidence(stage, out, *given, "--yes", theirs=theirs)
    assert done.code == 0, done.err
    assert "tried to reach head of the air force of BRAVO 5 times" in done.out
    note = disclosed(stage)[-1]["body"]
    assert note["digest"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert (note["to"], note["second"]) == ("the council", "senior duty officer")
    assert "is there already" in evidence(stage, out, *given, "--yes", theirs=theirs).err

    root = root_of(stage.folder("alpha"))
    verified = must("contact", "verify", out, "--root", root, "--json").data()
    assert (verified["status"], verified["mark"]) == ("authentic", "EXERCISE")
    assert (verified["attempted"], verified["outcomes"]) == (5, {"unanswered": 4, "declined": 1})
    assert "Not proved:" in must("contact", "verify", out).out
    bad = tmp_path / "bad.attempts"
    bad.write_bytes(out.read_bytes()[:-1] + b"?")
    assert command("contact", "verify", bad).code == 1
    assert command("contact", "verify", out, "--root", "0" * 64).code == 1
    assert command("contact", "verify", tmp_path / "none").code == 1


def test_the_same_key_twice_an_office_never_tried_and_leave_from_nobody_are_refused(
    stage: Stage, tmp_path: Path
) -> None:
    out = tmp_path / "tried.attempts"
    leave = stage.send("bravo", "send", "text", "We consent.", "--wait", 30)
    same = evidence(stage, out, "--key", second_key(stage), "--leave", leave, "--yes")
    assert "same key cannot sign twice" in same.err
    never = evidence(stage, out, "--leave", leave, "--yes", theirs="nobody")
    assert "shows no attempt of ours" in never.err
    words = ("contact", "evidence", OURS, "envoy", out, "--party", "CHARLIE", "--to", "x")
    why = ("--why", "y", "--release", second_key(stage), "--yes")
    assert "Nobody's leave is needed" in stage.run("alpha", *words, *why, "--leave", leave).err
    pair = ("contact", "add", OURS, "envoy", "--party", "CHARLIE", "--yes")
    stage.must("alpha", *pair, "--outcome", "unanswered", "--count", "unknown")
    done = stage.run("alpha", *words, *why, "--json")
    assert done.code == 0, done.err
    assert done.data()["attempted"] == "unknown"
    assert "No agreement with them binds" in done.err
    assert "an unknown number of times (at least 1)" in done.err
    assert must("contact", "verify", out, "--json").data()["attempted"] == "unknown"


@pytest.mark.parametrize(
    ("clause", "ours", "states", "refused"),
    [
        (Publication.BOTH_CONSENT, True, ["delivered"], "is yours"),
        (Publication.BOTH_CONSENT, False, [], None),
        (Publication.EITHER_AFTER_NOTICE, False, ["delivered"], "was delivered to them"),
        (Publication.EITHER_AFTER_NOTICE, True, ["sent"], "was delivered to them"),
        (Publication.EITHER_AFTER_NOTICE, True, ["sent", "delivered"], None),
        (Publication.EITHER, False, [], "Nobody's leave"),
        (None, False, [], "Nobody's leave"),
    ],
)
def test_leave_is_given_by_them_and_notice_by_us_as_the_clause_has_it(
    clause: Publication | None, ours: bool, states: list[str], refused: str | None
) -> None:
    name = "ab" * 32
    view = {"id": name, "ours": ours, "states": [{"state": state} for state in states]}
    answer = {"asked": name, "records": [view]}
    book = cast(Book, SimpleNamespace(client=SimpleNamespace(get=lambda path: answer)))
    if refused is None:
        assert _leave(book, clause, "abab") == bytes.fromhex(name)
        return
    with pytest.raises(Misuse, match=refused):
        _leave(book, clause, "abab")
