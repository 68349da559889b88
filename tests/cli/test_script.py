"""`firebreak script`: read aloud at one node, keyed in at another, or with no node at all."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from firebreak.carriers.files import pack
from firebreak.desk import spoken
from firebreak.desk.spoken import (
    Content,
    Message,
    check_of,
    check_of_text,
    groups,
    shown,
    spelled,
    split_groups,
)
from firebreak.records import sign1
from tests.cli.conftest import Run, run_command
from tests.nodes import Stage, command, template

QUERY = ("send", "query", "--track", "T-0417", "--position", "551230N0194512E")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Two nodes that hear each other."""
    made = template(tmp_path_factory.getbasetemp() / "parties")
    with Stage.make(made, tmp_path_factory.mktemp("script") / "stage") as running:
        running.start("alpha", "bravo")
        running.line_up()
        yield running


@pytest.fixture(scope="module")
def query(stage: Stage) -> str:
    return stage.send("alpha", *QUERY)


@pytest.fixture(scope="module")
def record(stage: Stage, query: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The query's signed bytes in a file, read over from ALPHA and keyed in."""
    said = stage.must("alpha", "script", "groups", query, "--json").data()
    assert (said["content"], said["bytes"]) == ("record", said["bytes"])
    folder = tmp_path_factory.mktemp("keyed")
    text, out = folder / "groups.txt", folder / "query.record"
    text.write_text("\n".join(map(shown, said["groups"])).lower(), "utf-8")
    keyed = command("script", "key", text, "--out", out)
    assert keyed.code == 0, keyed.err
    assert f"Check words: {spelled(said['check'])}" in keyed.out
    return out


@pytest.fixture
def text(tmp_path: Path) -> Path:
    file = tmp_path / "statement.txt"
    file.write_text("Мы слышим вас.\nWe hear you.\n", "utf-8")
    return file


def keyed(file: Path) -> list[str]:
    """A file's groups."""
    return list(groups(Message(Content.FILE, file.read_bytes())))


# Records


def test_a_record_is_shown_in_both_languages(stage: Stage, query: str, tmp_path: Path) -> None:
    page = tmp_path / "query.html"
    said = stage.must("alpha", "script", "show", query[:10], "--html", page)
    assert said.out.startswith("EXERCISE / УЧЕНИЕ\n")
    for words in ("From: ALPHA, ", "“T-0417”", "«T-0417»", "Tango Dash Zero Four One Seven"):
        assert words in said.out
    assert "attested by us" in said.out
    source = page.read_text(encoding="utf-8")
    assert source.startswith("<!DOCTYPE html>")
    assert "Tango Dash Zero Four One Seven" in source


def test_the_bytes_of_a_record_cross_a_telephone(stage: Stage, query: str, record: Path) -> None:
    shown_there = stage.must("bravo", "script", "show", record, "--json").data()
    assert shown_there == stage.must("alpha", "script", "show", query, "--json").data()
    assert (shown_there["mode"], shown_there["languages"]) == ("exercise", ["en", "ru"])
    words = stage.must("bravo", "script", "check", query).out
    assert words == stage.must("bravo", "script", "check", record).out
    assert shown_there["check"] == check_of(sign1.parse(record.read_bytes()).payload)


def test_languages_can_be_chosen(stage: Stage, query: str) -> None:
    words = ("--language", "pl", "--language", "uk", "--json")
    said = stage.must("alpha", "script", "show", query, *words).data()
    assert said["languages"] == ["pl", "uk"]
    refused = stage.run("alpha", "script", "show", query, "--language", "xx")
    assert (refused.code, "no wording in 'xx'" in refused.err) == (1, True)


def test_who_says_it_is_taken_from_the_agreement_alone(stage: Stage, record: Path) -> None:
    said = stage.run("alpha", "script", "show", record, "--from", "BRAVO", "--real")
    assert (said.code, "says that already. Leave out --from" in said.err) == (1, True)


def test_a_record_of_no_agreement_here_wants_to_be_told(run: Run, record: Path) -> None:
    code, _, err = run("script", "show", record)
    assert (code, 'Say so: --from "PARTY, office"' in err) == (1, True)
    code, _, err = run("script", "show", record, "--from", "ALPHA, air duty officer")
    assert (code, "Say so: --real or --exercise" in err) == (1, True)
    code, out, _ = run("script", "show", record, "--real", "--from", "ALPHA, air duty officer")
    assert code == 0
    assert out.startswith("REAL\n")
    assert "From: ALPHA, air duty officer" in out


def test_a_spoilt_signature_is_nobody_s(stage: Stage, record: Path, tmp_path: Path) -> None:
    data = bytearray(record.read_bytes())
    data[-1] ^= 1
    spoilt = tmp_path / "spoilt.record"
    spoilt.write_bytes(data)
    said = stage.run("bravo", "script", "show", spoilt)
    assert (said.code, "Nothing kept here shows who says it" in said.err) == (1, True)


def test_what_is_no_record_has_no_items(run: Run, text: Path) -> None:
    code, _, err = run("script", "show", text)
    assert (code, "is no signed record" in err) == (1, True)


def test_what_is_said_by_voice_is_read_from_the_journal(stage: Stage) -> None:
    """A counterpart without a node: our query, and their answer as we heard it."""
    voice = ("--by", "voice", "--party", "CHARLIE", "--addressee", "sea desk", "--yes", "--json")
    query = stage.must("alpha", *QUERY, *voice, "--answer-within", "10min").data()["ids"][0]
    words = ("--language", "en", "--language", "pl")
    out = stage.must("alpha", "script", "show", query[:12], *words).out
    assert out.startswith("EXERCISE / ")
    real = stage.must("alpha", *QUERY, *voice, "--real").data()["ids"][0]
    assert stage.must("alpha", "script", "show", real).out.startswith("REAL\n")
    assert "From: ALPHA, " in out
    assert "CHARLIE, sea desk" in out
    assert "Tango Dash Zero Four One Seven" in out
    heard = stage.must("alpha", "answer", query, "not-ours", *voice, "--heard").data()["ids"][0]
    out = stage.must("alpha", "script", "show", heard).out
    assert "From: CHARLIE, sea desk" in out
    said = stage.run("alpha", "script", "show", query, "--real", "--from", "X")
    assert (said.code, "Leave out --from" in said.err) == (1, True)
    said = stage.run("alpha", "script", "groups", query)
    assert (said.code, "stays in your own journal" in said.err) == (1, True)
    note = ("contact", "add", "sea desk", "sea desk", "--party", "CHARLIE", "--outcome", "held")
    other = stage.must("alpha", *note, "--yes", "--json").data()["ids"][0]
    said = stage.run("alpha", "script", "show", other, "--real")
    assert (said.code, "nothing that was said" in said.err) == (1, True)


# Read-back


def _answers(stage: Stage, query: str, **changed: str) -> str:
    items = stage.must("alpha", "script", "show", query, "--json").data()["items"]
    lines = []
    for item in items:
        if item["number"] == 2:
            continue
        label = item["said"][0]["label"]
        spoken = " ".join(figure["spoken"] for figure in item["figures"])
        lines.append(changed.get(label, spoken or item["said"][1]["value"]))
    return "\n".join(lines) + "\n"


def test_what_was_read_back_is_compared_item_by_item(stage: Stage, query: str) -> None:
    said = stage.run("alpha", "script", "read-back", query, answers=_answers(stage, query))
    assert said.code == 0, said.err
    assert "Attested by us; nothing is signed by them." in said.out
    answers = _answers(stage, query, Track="tango dash zero four one eight", Kind="")
    said = stage.run("alpha", "script", "read-back", query, answers=answers)
    assert said.code == 1
    assert "figure 1: here T-0417, heard tango dash zero four one eight" in said.err
    assert "Item 3: not read back." in said.err
    assert "2 differ or were not read back" in said.err


# Groups


def test_a_text_crosses_by_voice_with_no_node_at_all(run: Run, text: Path, tmp_path: Path) -> None:
    code, out, err = run("script", "groups", text)
    assert (code, err) == (0, "")
    assert out.startswith("a file: 39 bytes in ")
    lines = [line.split()[1] for line in out.splitlines() if line[:5].strip().isdigit()]
    assert lines == [shown(group) for group in keyed(text)]
    copy = tmp_path / "copy.txt"
    code, out, _ = run("script", "key", "--out", copy, answers="\n".join(lines) + "\n")
    assert code == 0
    assert copy.read_bytes() == text.read_bytes()
    assert "Whole: a file of 39 bytes" in out
    assert spelled(check_of_text(text.read_text(encoding="utf-8"))) in out


def test_bundles_and_answers_are_named(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.bundle"
    file.write_bytes(pack(b"a sealed bundle"))
    _, out, _ = run("script", "groups", file, "--json")
    assert json.loads(out)["content"] == "bundle"


def test_an_answer_says_that_it_is_one(stage: Stage, query: str) -> None:
    answer = stage.send("bravo", "answer", query, "not-ours")
    assert stage.must("alpha", "script", "groups", answer, "--json").data()["content"] == "answer"


def test_a_wrong_group_is_said_at_once_and_asked_again(
    run: Run, text: Path, tmp_path: Path
) -> None:
    right = keyed(text)
    typed = [
        right[0],
        right[1][:5],
        right[2],
        f"{right[1]}  {right[2]} V{right[3][1:]}",
        *right[3:],
    ]
    copy = tmp_path / "copy.txt"
    code, _, err = run("script", "key", "--out", copy, answers="\n".join(typed) + "\n")
    assert code == 0
    assert "Group 1: 5 characters instead of 6." in err
    assert "Group 1: this is group 2." in err
    assert "Group 3: V is never used." in err
    assert copy.read_bytes() == text.read_bytes()


def test_a_wrong_group_that_fits_is_asked_for_again(run: Run, text: Path, tmp_path: Path) -> None:
    right = keyed(text)
    wrong = spoken._group(spoken._data(right[4]) ^ 9, 4, 39)
    typed = [*right[:4], wrong, *right[5:], "no", right[4]]
    copy = tmp_path / "copy.txt"
    code, _, err = run("script", "key", "--out", copy, answers="\n".join(typed) + "\n")
    assert code == 0
    assert "Group 4: it fits, and the last check says that it is wrong." in err
    assert copy.read_bytes() == text.read_bytes()


def test_the_same_wrong_group_twice_ends_it(run: Run, text: Path, tmp_path: Path) -> None:
    right = keyed(text)
    wrong = spoken._group(spoken._data(right[4]) ^ 9, 4, 39)
    typed = [*right[:4], wrong, *right[5:], wrong]
    copy = tmp_path / "copy.txt"
    code, _, err = run("script", "key", "--out", copy, answers="\n".join(typed) + "\n")
    assert (code, copy.exists()) == (1, False)
    assert "The same as before" in err
    assert shown(wrong) in err.splitlines()


def test_what_was_keyed_is_not_lost_when_the_call_breaks(
    run: Run, text: Path, tmp_path: Path
) -> None:
    right = keyed(text)
    copy, half = tmp_path / "copy.txt", tmp_path / "half.txt"
    code, _, err = run("script", "key", "--out", copy, answers="\n".join(right[:9]) + "\n")
    assert code == 1
    assert not copy.exists()
    kept = [line for line in err.splitlines() if line in set(map(shown, right))]
    assert kept == [shown(group) for group in right[:9]]
    half.write_text("\n".join(kept), "utf-8")
    code, _, err = run("script", "key", half, "--out", copy)
    assert (code, f"Groups 9 to {len(right) - 1}: not keyed yet." in err) == (1, True)
    half.write_text("\n".join([*kept, " ".join(right[9:])]), "utf-8")
    assert run("script", "key", half, "--out", copy)[0] == 0
    assert copy.read_bytes() == text.read_bytes()


def test_a_text_of_groups_is_read_from_standard_input(run: Run, text: Path, tmp_path: Path) -> None:
    right = keyed(text)
    copy = tmp_path / "copy.txt"
    slips = [*right[:3], right[3][:3] + right[3][4:], right[4], right[4], *right[5:]]
    code, _, err = run("script", "key", "-", "--out", copy, answers="\n".join(slips))
    assert (code, copy.exists()) == (1, False)
    assert "Group 3: 5 characters instead of 6." in err
    assert "Group 4: 1 too many after it" in err
    assert "Nothing was written." in err
    twice = [*right[:5], right[4], *right[5:]]
    code, _, err = run("script", "key", "-", "--out", copy, answers="\n".join(twice))
    assert (code, "Group 4: 1 too many after it" in err) == (0, True)
    assert copy.read_bytes() == text.read_bytes()


def test_nothing_is_written_over(run: Run, text: Path) -> None:
    before = text.read_bytes()
    code, _, err = run("script", "key", "--out", text)
    assert (code, "is there already" in err) == (1, True)
    assert text.read_bytes() == before
    code, _, err = run("script", "key")
    assert (code, "--out FILE" in err) == (2, True)


def test_too_much_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "long"
    file.write_bytes(bytes(65_536))
    code, _, err = run("script", "groups", file)
    assert (code, "65536 bytes; at most 65535" in err) == (1, True)
    (tmp_path / "empty").touch()
    code, _, err = run("script", "groups", tmp_path / "empty")
    assert (code, "1 to 65535 bytes" in err) == (1, True)


# Check words


def test_check_words_are_compared(run: Run, text: Path) -> None:
    check = check_of_text(text.read_text(encoding="utf-8"))
    code, out, _ = run("script", "check", text, "--heard", spelled(check).lower())
    assert (code, out) == (0, f"{spelled(check)} ({shown(check)})\nThe same.\n")
    words = spelled(check).split()
    wrong = "Kilo" if words[2] != "Kilo" else "Lima"
    misheard = " ".join([*words[:2], wrong, *words[3:]])
    code, out, err = run("script", "check", text, "--heard", misheard)
    assert code == 1
    assert f"Word 3: heard {wrong}, here {words[2]}." in err
    assert "The same" not in out
    code, _, err = run("script", "check", "--heard", misheard)
    assert (code, f"Word 3: heard {wrong}. Was it {words[2]}? Ask." in err) == (1, True)
    code, out, _ = run("script", "check", "--heard", check)
    assert (code, out) == (0, "The words fit each other.\n")
    code, _, err = run("script", "check", "--heard", "Kilo Lima Выставка Mike Mike Mike")
    assert (code, "which is no word of the alphabet" in err) == (1, True)
    code, _, err = run("script", "check", text, "--heard", "Kilo")
    assert (code, "Ask for all of them again" in err) == (1, True)


def test_check_words_are_data(run: Run, text: Path) -> None:
    code, out, _ = run("script", "check", text, "--json")
    check = check_of_text(text.read_text(encoding="utf-8"))
    assert code == 0
    assert json.loads(out) == {"check": check, "words": spelled(check), "doubts": []}
    code, out, _ = run("script", "check", text, "--heard", "111111", "--json")
    assert code == 1
    assert json.loads(out)["doubts"]
    assert run("script", "check")[0] == 2


def test_bytes_that_are_no_text_have_check_words(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bytes"
    file.write_bytes(b"\xff\xfe")
    _, out, _ = run("script", "check", file, "--json")
    assert json.loads(out)["check"] == check_of(b"\xff\xfe")


def test_a_record_is_found_by_its_id_or_refused(stage: Stage, run: Run) -> None:
    said = stage.run("alpha", "script", "check", "not an id")
    assert (said.code, "is no record's id" in said.err) == (1, True)
    code, _, err = run("script", "check", "3fa91c07")
    assert (code, "Which node?" in err) == (1, True)


def test_groups_as_they_are_printed_are_groups() -> None:
    assert split_groups("K3MF-7R\n\nk3mf 7r") == ("K3MF7R", "K3MF7R")
    assert run_command("script", "--help")[0] == 0
