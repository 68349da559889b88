"""One node and a telephone: no agreement, no node over there, and everything of the desk works."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firebreak.store.directory import NodeConfig
from tests.nodes import Stage, free_port, must

PARTY = ("--party", "BRAVO")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One running node that has agreed on nothing with anybody."""
    place: Path = tmp_path_factory.mktemp("alone")
    must("party", "init", "ALPHA", "--dir", place / "alpha")
    config = NodeConfig("ALPHA", f"127.0.0.1:{free_port()}", {})
    (place / "alpha" / "node.toml").write_text(config.to_toml(), "utf-8")
    with Stage(place) as stage:
        stage.start("alpha")
        yield stage


def entered(stage: Stage, *words: object) -> str:
    """Enter something in the journal; its id."""
    identity: str = stage.must("alpha", *words, "--yes", "--json").data()["ids"][-1]
    return identity


def matrix(stage: Stage) -> dict[str, dict[str, object]]:
    """The rows of the contact matrix, by the office over there."""
    rows = stage.must("alpha", "contact", "matrix", "--json").data()["matrix"]
    return {row["theirs"]: row for row in rows}


def test_one_node_and_a_telephone_complete_a_query_a_refused_call_and_a_line_check(
    stage: Stage,
) -> None:
    keep = ("office", "keep", "air duty officer", "duty officer", *PARTY)
    entered(stage, *keep, "--reach", "voice=+1 555 0100", "--deputy", "watch officer")
    by_voice = ("--by", "voice", *PARTY, "--addressee", "duty officer")

    position = ("--track", "FB-0417", "--position", "551230N0194512E")
    asked = stage.must("alpha", "send", "query", *position, *by_voice, "--yes")
    assert "Attested by us; not delivered" in asked.out
    (query,) = stage.must("alpha", "journal", "list", "--kind", "said", "--json").data()["entries"]
    ladder = stage.must("alpha", "route", "show", query["id"], "--json").data()
    assert (ladder["level"], ladder["next"]) == ("tactical", None)  # an answer is awaited
    entered(stage, "answer", query["id"], "not-ours", "--by", "voice", "--heard")
    ladder = stage.must("alpha", "route", "show", query["id"], "--json").data()
    assert ladder["rungs"][0]["tries"][0]["outcome"] == "held"

    request = (
        "call",
        "request",
        "--principal",
        "chief of defence",
        "--counterpart",
        "chief of staff",
    )
    words = ("--topic", "The strait.", "--window", "+2h/60min")
    call = entered(stage, *request, *words, *by_voice)
    refused = ("--reason", "no time is suitable", "--heard")
    entered(stage, "call", "answer", call, "decline", *refused)

    heard = ("--heard", "Here the first storks are back.")
    entered(stage, "line", "tried", *PARTY, "--text", "The lime tree is in flower.", *heard)

    rows = matrix(stage)
    assert rows["duty officer"]["held"] == "2"  # the query and the line check
    assert rows["chief of staff"]["declined"] == "1"
    assert (rows["chief of staff"]["held"], rows["chief of staff"]["unanswered"]) == ("0", "0")
    shown = stage.must("alpha", "contact", "matrix").out
    assert "Silence proves nothing about intent." in shown


def test_the_ladder_moves_when_a_call_is_declined_and_a_wider_rung_wants_a_person(
    stage: Stage,
) -> None:
    request = (
        "call",
        "request",
        "--principal",
        "chief of defence",
        "--counterpart",
        "chief of staff",
    )
    words = (
        "--topic",
        "The night.",
        "--window",
        "+3h/60min",
        *PARTY,
        "--addressee",
        "duty officer",
    )
    call = entered(stage, *request, *words, "--by", "voice")
    stage.must(
        "alpha",
        "route",
        "set",
        "direct",
        "defence-attache=Col. Saar",
        "embassy",
        *PARTY,
        "--level",
        "tactical",
        "--yes",
    )
    assert stage.must("alpha", "route", "next", call, "--json").data()["next"] is None
    entered(stage, "call", "answer", call, "not-at-this-time", "--heard")
    proposed = stage.must("alpha", "route", "next", call).out
    assert "direct: declined. Next: Col. Saar; it widens who knows" in proposed

    by_attache = (*words, "--by", "person", "--rung", "defence-attache")
    refused = stage.run("alpha", *request, *by_attache, "--yes")
    assert (refused.code, "widens who knows" in refused.err) == (1, True)
    tried = ("route", "tried", call, "--rung", "defence-attache", "--outcome", "unanswered")
    refused = stage.run("alpha", *tried, "--yes")
    assert (refused.code, "an officer decides that first" in refused.err) == (1, True)

    entered(stage, "route", "take", call, "--rung", "defence-attache")
    ladder = stage.must("alpha", "route", "show", call, "--json").data()
    assert [rung["stands"] for rung in ladder["rungs"]] == [
        "tried",
        "decided, not gone yet",
        "not tried",
    ]
    second = entered(stage, *request, *by_attache, "--at", "-20min")
    ladder = stage.must("alpha", "route", "show", call, "--json").data()
    (attempt,) = ladder["rungs"][1]["tries"]
    assert (attempt["id"], attempt["outcome"]) == (second, None)
    assert attempt["reported"] - attempt["happened"] >= 20 * 60_000
    assert ladder["next"] is None
    entered(stage, "call", "answer", second, "not-at-this-time", "--heard")
    assert stage.must("alpha", "route", "next", call, "--json").data()["next"]["rung"] == "embassy"
    assert "PROPOSED NEXT" in stage.must("alpha", "route", "show", call).out
    routes = stage.must("alpha", "contact", "list", "--json").data()["routes"]
    assert routes == ["direct", "defence-attache"]


def test_a_wider_rung_is_decided_as_it_is_gone(stage: Stage) -> None:
    text = ("send", "restraint", "--keep", "drones", "--place", "the lighthouse", *PARTY)
    way = ("--addressee", "ministry", "--by", "mail", "--rung", "note-to-ministry")
    asked = stage.run("alpha", *text, *way, answers="n\n")
    assert (asked.code, "widens who knows" in asked.out + asked.err) == (1, True)
    said = entered(stage, *text, *way, "--widen")
    ladder = stage.must("alpha", "route", "show", said, "--json").data()
    note = next(rung for rung in ladder["rungs"] if rung["rung"] == "note-to-ministry")
    assert (note["stands"], note["tries"][0]["id"]) == ("tried", said)


def test_checks_by_telephone_have_a_calendar_turns_and_reasons(stage: Stage) -> None:
    keep = ("line", "calendar", "CHARLIE", "--office", "duty officer", "--office", "watch officer")
    hourly = [word for hour in range(24) for word in ("--at", f"{hour:02}00Z")]
    entered(stage, *keep, *hourly, "--holiday", "2030-12-25")
    (line,) = stage.must("alpha", "line", "checks", "--json").data()["lines"]
    assert (line["party"], line["node"], line["holidays"]) == ("CHARLIE", False, [22_273])
    assert len(line["ahead"]) == 24
    assert [each["turn"]["office"] for each in line["ahead"][:3]] == [
        "duty officer",
        "watch officer",
        "duty officer",
    ]
    entered(stage, "line", "tried", "--party", "CHARLIE", "--dead")
    (line,) = stage.must("alpha", "line", "checks", "--json").data()["lines"]
    assert (line["next_turn"]["office"], line["next_turn"]["backup"]) == ("watch officer", True)
    attempts = stage.must("alpha", "contact", "list", "--json").data()["attempts"]
    assert [a["outcome"] for a in attempts if a["party"] == "CHARLIE"] == ["undelivered"]
    said = stage.run("alpha", "line", "missed", "--party", "CHARLIE", "--yes")
    assert (said.code, "No such check was missed" in said.err) == (1, True)
    entered(stage, *keep)  # no times: it ends
    assert stage.must("alpha", "line", "checks", "--json").data()["lines"] == []


def test_words_that_were_said_lately_are_refused_and_others_proposed(stage: Stage) -> None:
    tried = ("line", "tried", "--party", "DELTA", "--addressee", "duty officer", "--yes")
    stage.must("alpha", *tried, "--text", "Rain on the roof.", "--heard", "Sun here.")
    for words in ("Rain on the roof.", "rain, on the ROOF", "Sun here!"):
        said = stage.run("alpha", *tried, "--text", words)
        assert (said.code, "Say others, for example" in said.err) == (1, True)
    proposed = stage.must("alpha", *tried, "--json")
    assert "Proposed: " in proposed.err


def test_a_suspension_told_by_telephone_stands_beside_the_traffic_that_goes_on(
    stage: Stage,
) -> None:
    told = ("line", "told", "suspended", "--party", "ECHO", "--line", "voice", "--yes")
    stage.must("alpha", *told, "--reason", "by order", "--at", "-5min")
    tried = ("line", "tried", "--party", "ECHO", "--addressee", "duty officer", "--yes")
    stage.must("alpha", *tried, "--heard", "We hear you.")
    for words in (("line", "status"), ("line", "checks")):
        shown = " ".join(stage.must("alpha", *words).out.split())
        assert "SUSPENDED by ECHO, declared" in shown
        assert "told by voice; reason stated: by order; traffic since: 1 record" in shown
    again = ("line", "told", "resumed", "--party", "ECHO", "--line", "voice", "--yes")
    stage.must("alpha", *again)
    assert "SUSPENDED" not in stage.must("alpha", "line", "status").out


def test_a_drill_says_who_answered_when_and_how_fast(stage: Stage, tmp_path: Path) -> None:
    said = stage.run("alpha", "line", "drill", "report")
    assert (said.code, "No drill is planned" in said.err) == (1, True)
    offices = ("--office", "duty officer", "--office", "watch officer")
    plan = entered(stage, "line", "drill", "plan", *PARTY, *offices, "--from", "now")
    drill = stage.must("alpha", "line", "drill", "report", "--json").data()
    assert (drill["id"], len(drill["calls"]), drill["done"]) == (plan, 16, False)
    assert any(call["night"] for call in drill["calls"])
    note = ("line", "drill", "note", plan[:8])
    entered(stage, *note, "duty officer", "--took", "40s", "--answered-by", "watch officer")
    entered(stage, *note, "watch officer")
    refused = stage.run("alpha", *note, "chief of staff", "--yes")
    assert (refused.code, "it does not call" in refused.err) == (1, True)
    drill = stage.must("alpha", "line", "drill", "report", "--json").data()
    first, second = drill["calls"][:2]
    assert (first["reached"], first["answered_by"], first["took"]) == (
        "answered",
        "watch officer",
        40_000,
    )
    assert (second["reached"], second["took"]) == ("unanswered", None)
    file = tmp_path / "drill.txt"
    stage.must("alpha", "line", "drill", "report", plan[:8], "--out", file)
    text = file.read_text(encoding="utf-8")
    assert "duty officer: 1 of 1 calls answered" in text
    assert "watch officer after 40 s" in text
    assert "A call not attempted is ours." in text
