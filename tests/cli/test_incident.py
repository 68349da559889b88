"""`firebreak incident` between two real nodes, and of one node with a telephone."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from firebreak.cli.files import FOLDER, check_attached, keep_attached, kept_attached
from firebreak.errors import Misuse
from tests.nodes import Stage, template


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = template(tmp_path_factory.mktemp("incident-template"))
    with Stage.make(made, tmp_path_factory.mktemp("incident") / "stage") as running:
        running.start("alpha", "bravo")
        running.line_up()
        yield running


def seen(stage: Stage, party: str, identity: str) -> Any:
    return stage.must(party, "incident", "show", identity, "--json").data()


def reported(stage: Stage, *words: object) -> str:
    place = ("missile-or-rocket", "field near the village", "--happened", "-2min")
    return stage.send("alpha", "incident", "report", *place, *words)


def test_a_rocket_from_first_report_to_closing_by_both(stage: Stage, tmp_path: Path) -> None:
    first = reported(stage, "--accident")
    view = seen(stage, "bravo", first)
    assert (view["by"], view["stance_theirs"]) == ("theirs", "accident-not-attack")
    assert view["exercise"] is True
    stage.send("bravo", "incident", "word", first, "assessing", "--next-word", "+20min")
    view = seen(stage, "alpha", first)
    assert (view["promised_by"], view["overdue"]) == ("theirs", False)

    video = tmp_path / "fuse.mp4"
    video.write_bytes(b"not opened, only kept")
    told = ("--happened", "-3min", "--text", "One rocket left its range by a fault of its fuse.")
    stage.send("alpha", "incident", "account", first, "north of the ford", *told, "--attach", video)
    told = ("--happened", "-3min", "--text", "A rocket fell beside the school.")
    stage.send("bravo", "incident", "account", first, "beside the school", *told)
    view = seen(stage, "bravo", first)
    assert "place" in view["differing"]
    attached = view["theirs"]["body"]["attachments"]
    assert [each["name"] for each in attached] == ["fuse.mp4"]
    shown = stage.must("bravo", "incident", "show", first).out
    assert "north of the ford" in shown
    assert "place (differs)" in shown

    stage.until_state("alpha", first, "displayed")
    fact = stage.send("alpha", "incident", "put", first, "fact", "--text", "One rocket fell.")
    stage.send("bravo", "incident", "reply", fact, "agreed")
    asked = stage.send("bravo", "incident", "put", first, "question", "--text", "Why?")
    stage.send("alpha", "incident", "reply", asked, "disputed", "--text", "It is in our account.")
    of = stage.send("bravo", "incident", "put", first, "denominator", "--text", "all of November")
    stage.send("alpha", "incident", "reply", of, "agreed")

    stage.send("alpha", "incident", "close", first)
    assert seen(stage, "bravo", first)["standing"] == "closed-by-one"
    stage.send("bravo", "incident", "close", first)
    assert seen(stage, "alpha", first)["standing"] == "closed"

    printed = stage.must("alpha", "incident", "review", "--since", "-1h").out
    assert "1, out of: all of November" in printed
    assert printed.startswith("*** EXERCISE ***")
    data = stage.must("alpha", "incident", "review", "--since", "-1h", "--json").data()
    assert (data["agreed_facts"], data["closed"], data["tally"]["count"]) == (1, 1, 1)
    listed = stage.must("bravo", "incident", "list").out
    assert "closed" in listed


def test_what_was_not_put_by_the_other_side_cannot_be_answered(stage: Stage) -> None:
    first = reported(stage)
    fact = stage.send("alpha", "incident", "put", first, "fact", "--text", "It fell.")
    own = stage.run("alpha", "incident", "reply", fact, "agreed", "--yes")
    assert own.code == 1
    wrong = stage.run("bravo", "incident", "reply", first, "agreed", "--yes")
    assert wrong.code == 1
    assert seen(stage, "bravo", first)["points"][0]["stands"] == "proposed"


def test_what_is_missing_or_wrong_is_told_with_what_to_do(stage: Stage) -> None:
    first = reported(stage)
    late = stage.run("alpha", "incident", "word", first, "assessing", "--yes")
    assert "next word" in late.err
    ahead = stage.run("alpha", "incident", "report", "drone", "x", "--happened", "+1h", "--yes")
    assert "lies ahead" in ahead.err
    none = stage.run("alpha", "incident", "show", "ffffffff")
    assert "firebreak incident list" in none.err


def test_a_file_of_evidence_is_kept_by_its_digest_and_never_runs(
    stage: Stage, tmp_path: Path
) -> None:
    script = tmp_path / "film.sh"
    script.write_bytes(b"#!/bin/sh\nexit 1\n")
    script.chmod(0o755)
    node = stage.folder("bravo")
    kept = keep_attached(node, script)
    again = keep_attached(node, script)
    assert kept == again
    path = node / FOLDER / kept.digest.hex()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (kept.digest.hex(), kept.size) in kept_attached(node)
    assert check_attached(node, kept.digest.hex())
    assert "whole" in stage.must("bravo", "incident", "evidence").out
    path.write_bytes(b"changed")
    assert not check_attached(node, kept.digest.hex())
    assert "CHANGED" in stage.must("bravo", "incident", "evidence").out
    path.unlink()


def test_what_is_no_file_or_has_no_sound_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="no file"):
        keep_attached(tmp_path, tmp_path)
    with pytest.raises(Misuse, match="no file"):
        keep_attached(tmp_path, tmp_path / "absent")
    odd = tmp_path / "a\u202eb"
    odd.write_bytes(b"x")
    with pytest.raises(Misuse, match="Rename it"):
        keep_attached(tmp_path, odd)
    assert kept_attached(tmp_path) == []


def test_by_telephone_it_is_attested_by_us(stage: Stage) -> None:
    by = ("--by", "voice", "--yes", "--json")
    whom = ("--party", "CHARLIE", "--addressee", "duty officer")
    said = stage.must("alpha", "incident", "report", "drone", "the bridge", *by, *whom).data()
    first = said["ids"][0]
    heard = ("--heard", "--next-word", "+30min")
    stage.must("alpha", "incident", "word", first, "assessing", *heard, *by)
    view = seen(stage, "alpha", first)
    assert (view["attested"], view["party"]) == (True, "CHARLIE")
    assert (view["stance_theirs"], view["promised_by"]) == ("assessing", "theirs")
    shown = stage.must("alpha", "incident", "show", first).out
    assert "attested by us" in shown
