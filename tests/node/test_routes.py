"""Routes at real nodes: a call declined on the line goes on by an attaché, with a person's decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from firebreak.cli.entering import Book, Hand
from firebreak.desk.entries.contacts import Rung, Said
from firebreak.errors import Misuse, Refused
from firebreak.keys import SigningKey
from firebreak.ledger.custody import Handed, Statement, open_statement, sign_statement
from firebreak.store.directory import NodeDirectory
from firebreak.values import Millis
from tests.desk.kept import Diary
from tests.nodes import Stage, command, must, template
from tests.worlds import HOUR, NOW, a_query, seed_of


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = template(tmp_path_factory.getbasetemp() / "parties")
    with Stage.make(made, tmp_path_factory.mktemp("routes") / "stage") as stage:
        stage.start("alpha", "bravo")
        stage.line_up()
        yield stage


def ladder(stage: Stage, identity: str) -> dict[str, Any]:
    shown: dict[str, Any] = stage.must("alpha", "route", "show", identity, "--json").data()
    return shown


QUERY = ("send", "query", "--track", "FB-0417", "--position", "551230N0194512E")
REQUEST = (
    *("call", "request", "--principal", "chief of defence", "--counterpart", "chief of staff"),
    *("--topic", "The strait.", "--window", "+2h/60min"),
)


def test_a_call_declined_on_the_line_goes_on_by_another_route(stage: Stage) -> None:
    call = stage.send("alpha", *REQUEST)
    assert ladder(stage, call)["next"] is None
    stage.send("bravo", "call", "answer", call, "not-at-this-time")
    found = ladder(stage, call)
    assert (
        found["rungs"][0]["tries"][0] | {"outcome": "declined", "way": "node"}
        == (found["rungs"][0]["tries"][0])
    )
    assert (found["level"], found["next"]) == ("command", "duty-office")
    stage.must("alpha", "route", "take", call, "--rung", "defence-attache", "--yes")
    by = ("--by", "person", "--party", "BRAVO", "--addressee", "chief of staff")
    said = stage.must("alpha", *REQUEST, *by, "--rung", "defence-attache", "--yes", "--json").data()
    attache = next(r for r in ladder(stage, call)["rungs"] if r["rung"] == "defence-attache")
    assert [each["id"] for each in attache["tries"]] == [said["ids"][-1]]
    listed = stage.must("alpha", "route", "show", "--json").data()["ladders"]
    assert [each["id"] for each in listed].count(call) == 1
    assert said["ids"][-1] not in [each["id"] for each in listed]


def test_a_query_on_the_line_has_a_ladder_and_an_answer_ends_it(stage: Stage) -> None:
    query = stage.send("alpha", *QUERY)
    assert ladder(stage, query)["rungs"][0]["tries"][0]["outcome"] is None
    stage.send("bravo", "answer", query, "not-ours")
    found = ladder(stage, query)
    assert (found["next"], found["rungs"][0]["tries"][0]["outcome"]) == (None, "held")
    for identity in (stage.send("alpha", "send", "text", "Good morning."), "ab" * 8):
        said = stage.run("alpha", "route", "show", identity)
        assert said.code == 1
    theirs = stage.send("bravo", *QUERY)
    said = stage.run("alpha", "route", "show", theirs)
    assert (said.code, "asks nothing of them" in said.err) == (1, True)


def test_the_node_takes_nothing_by_a_wider_rung_that_no_officer_decided(stage: Stage) -> None:
    """JN-18"""
    book = Book(Hand(stage.folder("alpha"), office="air duty officer", yes=True))
    said = Diary().say(a_query(), answer_by=HOUR).entry.body
    assert isinstance(said, Said)
    made = replace(said, rung=Rung.EMBASSY, happened=book.moment)
    with pytest.raises((Refused, Misuse), match="widens who knows"):
        book.put([book.signed(made, [], book.officer())])


# A key that is carried along


def test_a_carrier_s_key_signs_custody_and_nothing_else(stage: Stage, tmp_path: Path) -> None:
    """J-17, JN-19"""
    alpha = stage.folder("alpha")
    for words, why in (
        (("carrier", "--for", "744h"), "30 days at most"),
        (("carrier", "--for", "soon"), "is not a duration"),
    ):
        said = stage.run("alpha", "party", "enrol", *words)
        assert (said.code != 0, why in said.err) == (True, True)
    stage.must("alpha", "party", "enrol", "carrier", "--for", "72h")
    stage.must("alpha", "line", "roster")
    card = stage.must("alpha", "party", "card", "--json").data()["keys"][-1]
    assert (card["office"], card["valid_until"] - card["valid_from"]) == ("carrier", 72 * HOUR)
    file = alpha / "keys" / f"officer-{card['index']}-carrier.key"
    assert file.is_file()

    text = stage.run("alpha", "send", "text", "From the road.", "--key", file, "--yes")
    assert text.code == 1
    assert "office does not speak on this channel" in text.err
    entered = stage.run(
        *("alpha", "contact", "add", "us", "them", "--party", "BRAVO", "--outcome", "held"),
        *("--key", file, "--yes"),
    )
    assert (entered.code, "signs custody and nothing else" in entered.err) == (1, True)

    key: SigningKey = NodeDirectory.open(alpha).officer_key(card["index"], "carrier")
    step = Handed("ministry", None)
    statement = Statement(seed_of("bundle"), 330, None, Millis(NOW), Millis(NOW + 1), step)
    origin = f"firebreak.line/{'ab' * 16}/0"
    signed = sign_statement(statement, origin, key)
    assert open_statement(signed, origin, key.public) == statement

    draft = tmp_path / "draft.toml"
    stage.must(
        "alpha", "agreement", "new", "--with", stage.folder("bravo") / "card", "--out", draft
    )
    assert "carrier" not in draft.read_text("utf-8")


def test_a_carrier_s_key_is_short_lived_if_nothing_is_said(tmp_path: Path) -> None:
    must("party", "init", "CHARLIE", "--dir", tmp_path / "charlie")
    must("party", "enrol", "carrier", "--dir", tmp_path / "charlie")
    keys = must("party", "card", "--dir", tmp_path / "charlie", "--json").data()["keys"]
    assert keys[-1]["valid_until"] - keys[-1]["valid_from"] == 14 * 24 * HOUR
    said = command("party", "enrol", "air duty officer", "--dir", tmp_path / "charlie")
    assert said.code == 0
    keys = must("party", "card", "--dir", tmp_path / "charlie", "--json").data()["keys"]
    assert keys[-1]["valid_until"] - keys[-1]["valid_from"] > 700 * 24 * HOUR
