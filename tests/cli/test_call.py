"""A call between leaders, as officers run it: over two real nodes, and by telephone with one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from firebreak.cli.compose import Desk
from firebreak.cli.output import now
from tests.nodes import Said, Stage, template

REQUEST = (
    *("call", "request", "--principal", "chief of defence", "--counterpart", "chief of staff"),
    *("--topic", "The strait.", "--spoken", "en"),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.getbasetemp() / "parties")


@pytest.fixture(scope="module")
def stage(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Two nodes that hear each other."""
    with Stage.make(made, tmp_path_factory.mktemp("call") / "stage") as running:
        running.start("alpha", "bravo")
        running.line_up()
        yield running


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """No table is broken into lines."""
    monkeypatch.setenv("COLUMNS", "400")


def call(stage: Stage, party: str, identity: str) -> dict[str, Any]:
    """A call as a party's node shows it."""
    shown: dict[str, Any] = stage.must(party, "call", "show", identity, "--json").data()
    return shown


def standing(stage: Stage, party: str, identity: str) -> str:
    return str(call(stage, party, identity)["standing"])


def asked(stage: Stage, *words: object, windows: tuple[str, ...] = ("+2h/60min",)) -> str:
    """A request of ALPHA's, delivered; its id."""
    given = [word for window in windows for word in ("--window", window)]
    return stage.send("alpha", *REQUEST, *given, *words)


def staffed(stage: Stage, party: str, identity: str) -> None:
    names = ("--interpreter", f"Ilves of {party}", "--note-taker", "Saar")
    stage.must(party, "call", "staff", identity, *names, "--yes")
    stage.must(party, "call", "brief", identity, "--by", "adviser", "--yes")


def test_a_call_runs_from_request_to_readouts_and_their_differences(
    stage: Stage, tmp_path: Path
) -> None:
    identity = asked(stage, windows=("+2h/60min", "+26h/60min"))
    assert standing(stage, "bravo", identity) == "requested"
    assert call(stage, "bravo", identity)["turn"] == "ours"
    stage.send("bravo", "call", "answer", identity, "other-time", "--window", "+5h/30min")
    assert call(stage, "alpha", identity)["turn"] == "ours"
    stage.send("alpha", "call", "answer", identity, "accept")
    for party in ("alpha", "bravo"):
        view = call(stage, party, identity)
        assert (view["standing"], view["speaker"]) == ("accepted", None)
        assert view["window"] == view["lines"][1]["windows"][0]
    for party in ("alpha", "bravo"):
        staffed(stage, party, identity)
        stage.send(party, "call", "ready", identity)
    assert {standing(stage, party, identity) for party in ("alpha", "bravo")} == {"ready"}
    early = stage.send("bravo", "call", "readout", identity, "--text", "They will speak.")
    stage.send("alpha", "call", "begin", identity, "--happened", "-1min")
    stage.send("alpha", "call", "end", identity)
    assert call(stage, "bravo", identity)["turn"] == "both"
    agreed = ("--agreed", "The line stays open.")
    stage.send(
        *("alpha", "call", "readout", identity, "--text", "They spoke of energy infrastructure."),
        *(*agreed, "--agreed", "No flights before noon.", "--embargo", "+2h"),
    )
    text = "They spoke of energy and infrastructure."
    stage.send("bravo", "call", "readout", identity, "--text", text, *agreed)
    stage.send("bravo", "call", "follow-up", identity, "--text", "No flights before noon?")
    view = call(stage, "alpha", identity)
    assert [line["early"] for line in view["lines"] if line["id"] == early] == [True]
    assert view["turn"] == "nobody"
    compared = view["comparison"]
    assert compared["differs"]
    assert [(line["whose"], line["text"]) for line in compared["lines"]] == [
        ("both", "The line stays open."),
        ("ours", "No flights before noon."),
    ]
    assert [p["text"] for p in compared["words"] if p["whose"] == "theirs"] == ["and"]
    said = stage.must("bravo", "call", "differences", identity).out
    assert "+ No flights before noon." in said
    out = tmp_path / "readout.txt"
    refused = stage.run("alpha", "call", "publish", identity, out)
    assert (refused.code, "embargo" in refused.err, out.exists()) == (1, True, False)
    refused = stage.run("bravo", "call", "publish", identity, out)
    assert (refused.code, out.exists()) == (1, False)  # theirs binds us, too


def test_ready_is_refused_until_the_call_is_staffed_and_briefed(stage: Stage) -> None:
    identity = asked(stage)
    stage.send("bravo", "call", "answer", identity, "accept")

    def refused(*names: str) -> None:
        said = stage.run("alpha", "call", "ready", identity, "--yes")
        assert said.code == 1
        for name in ("interpreter", "note-taker", "brief"):
            assert (name in said.err.split("See:")[0]) == (name in names), said.err

    refused("interpreter", "note-taker", "brief")
    people = ("--interpreter", "Ilves", "--language", "pl")
    stage.must("alpha", "call", "staff", identity, *people, "--yes")
    refused("interpreter", "note-taker", "brief")  # the call is in English
    stage.must("alpha", "call", "staff", identity, "--interpreter", "Kask", "--yes")
    refused("note-taker", "brief")
    stage.must("alpha", "call", "staff", identity, "--note-taker", "Saar", "--yes")
    refused("brief")
    stage.must("alpha", "call", "brief", identity, "--by", "adviser", "--yes")
    gone = ("--note-taker", "Saar", "--released")
    stage.must("alpha", "call", "staff", identity, *gone, "--yes")
    refused("note-taker")
    stage.must("alpha", "call", "staff", identity, "--note-taker", "Lepik", "--yes")
    stage.send("alpha", "call", "ready", identity)
    assert call(stage, "alpha", identity)["ready"] == ["ours"]
    assert standing(stage, "bravo", identity) == "accepted"


def test_a_deputy_is_a_proposal_until_he_is_accepted(stage: Stage) -> None:
    identity = asked(stage)
    stage.send("bravo", "call", "answer", identity, "deputy", "--deputy", "first deputy")
    view = call(stage, "alpha", identity)
    assert (view["standing"], view["proposed"], view["speaker"]) == ("deputy", "first deputy", None)
    assert "first deputy (proposed)" in stage.must("alpha", "call", "board").out
    # Once deputies are kept, one who is not among them is shown so, and nothing is refused.
    pair = ("chief of defence", "chief of staff", "--party", "BRAVO", "--deputy", "head of navy")
    stage.must("alpha", "office", "keep", *pair, "--yes")
    unnamed = "not among the deputies that they named"
    for words in (("board",), ("show", identity)):
        assert f"first deputy (proposed; {unnamed})" in stage.must("alpha", "call", *words).out
    told = stage.must("alpha", "call", "answer", identity, "accept", "--yes").out
    assert f"first deputy: {unnamed}." in told
    stage.until_state("alpha", call(stage, "alpha", identity)["acceptance"], "delivered")
    assert f"first deputy ({unnamed})" in stage.must("alpha", "call", "show", identity).out
    view = call(stage, "bravo", identity)
    assert (view["standing"], view["proposed"], view["speaker"]) == (
        "accepted",
        None,
        "first deputy",
    )


def test_what_is_declined_stays_so_and_other_ways_are_offered(stage: Stage) -> None:
    identity = asked(stage)
    stage.send("bravo", "call", "answer", identity, "not-at-this-time")
    view = call(stage, "alpha", identity)
    assert (view["standing"], view["turn"]) == ("not-at-this-time", "ours")
    shown = stage.must("alpha", "call", "show", identity).out
    assert "no reason stated" in shown
    offered = " ".join(view["offers"])
    assert all(words in offered for words in ("send statement", "send restraint", "route show"))
    assert call(stage, "bravo", identity)["offers"] == []
    assert stage.run("alpha", "call", "answer", identity, "accept", "--yes").code == 1
    assert stage.run("alpha", "call", "remind", identity, "--yes").code == 1
    stage.send("alpha", "call", "withdraw", identity)
    assert standing(stage, "bravo", identity) == "not-at-this-time"
    rows = stage.must("alpha", "contact", "list", "--json").data()["attempts"]
    assert [row["outcome"] for row in rows if row["id"] == identity] == ["declined"]


def test_a_reason_is_shown_only_if_it_was_stated(stage: Stage) -> None:
    identity = asked(stage)
    refused = stage.run("bravo", "call", "answer", identity, "decline", "--yes")
    assert (refused.code, "not at this time" in refused.err) == (1, True)
    why = "The atmosphere is not right."
    stage.send("bravo", "call", "answer", identity, "decline", "--reason", why)
    assert call(stage, "alpha", identity)["lines"][-1]["reason"] == why


def test_a_second_answer_counts_and_an_answer_to_what_was_taken_back_does_not(
    stage: Stage,
) -> None:
    identity = asked(stage)
    stage.send("bravo", "call", "answer", identity, "other-time", "--window", "+5h/30min")
    stage.send("bravo", "call", "answer", identity, "not-at-this-time")
    refused = stage.run("alpha", "call", "answer", identity, "accept", "--yes", "--window", "1")
    assert refused.code == 1
    assert standing(stage, "alpha", identity) == "not-at-this-time"
    stage.send("bravo", "call", "answer", identity, "accept")
    assert {standing(stage, party, identity) for party in ("alpha", "bravo")} == {"accepted"}


def test_an_answer_that_comes_after_the_lapse_is_kept_and_late(stage: Stage) -> None:
    identity = asked(stage, "--answer-within", "1s")
    stage.until_state("alpha", identity, "lapsed")
    assert standing(stage, "alpha", identity) == "lapsed"
    offered = call(stage, "alpha", identity)["offers"]
    assert any("send restraint" in words for words in offered)
    stage.send("bravo", "call", "answer", identity, "accept")
    view = call(stage, "alpha", identity)
    assert (view["standing"], view["lines"][-1]["late"]) == ("accepted", True)
    assert "answered late" in stage.must("alpha", "call", "show", identity).out


def test_what_was_withdrawn_is_not_awaited_and_no_silence_of_theirs(stage: Stage) -> None:
    identity = asked(stage)
    stage.send("alpha", "call", "withdraw", identity)
    view = call(stage, "bravo", identity)
    assert (view["standing"], view["due"], view["turn"]) == ("withdrawn", None, "nobody")
    assert stage.run("bravo", "call", "answer", identity, "accept", "--yes").code == 1
    assert stage.run("alpha", "call", "withdraw", identity, "--yes").code == 1


def test_reminders_are_capped(stage: Stage) -> None:
    identity = asked(stage, "--urgency", "at-once")
    refused = stage.run("alpha", "call", "remind", identity, "--yes")
    assert (refused.code, "press, not remind" in refused.err) == (1, True)
    assert stage.run("bravo", "call", "remind", identity, "--yes").code == 1


def words_of(stage: Stage, party: str, identity: str) -> tuple[str, str]:
    said = stage.must(party, "call", "challenge", identity, "--json").data()
    return said["ours"], said["theirs"]


def test_the_call_back_challenge_knows_an_impostor(stage: Stage) -> None:
    identity = asked(stage)
    assert stage.run("alpha", "call", "challenge", identity).code == 1
    stage.send("bravo", "call", "answer", identity, "accept")
    ours, theirs = words_of(stage, "alpha", identity)
    assert words_of(stage, "bravo", identity) == (theirs, ours)
    assert ours != theirs
    wrong = ("call", "challenge", identity, "--heard", ours, "--person", "a voice", "--yes")
    said = stage.run("alpha", *wrong)
    assert (said.code, "hang up" in said.err) == (1, True)
    assert call(stage, "alpha", identity)["challenged"] == [False]
    assert "NOT PASSED" in stage.must("alpha", "call", "show", identity).out
    said = stage.must("alpha", "call", "challenge", identity, "--heard", theirs, "--yes")
    assert ours[:4] in said.out
    assert call(stage, "alpha", identity)["challenged"] == [False, True]
    stage.send("bravo", "call", "answer", identity, "accept", "--window", "1")
    assert words_of(stage, "alpha", identity) != (ours, theirs)  # it was good for one acceptance


def test_a_memorandum_is_shown_to_its_readers_only(stage: Stage, tmp_path: Path) -> None:
    identity = asked(stage)
    senior = ("--as", "senior duty officer")
    kept = ("call", "memorandum", identity)
    stage.must("alpha", *kept, "--text", "He sounded tired.", *senior, "--yes")
    assert "He sounded tired." in stage.must("alpha", *kept, *senior).out
    other = stage.run("alpha", *kept, "--as", "air duty officer")
    assert (other.code, "tired" in other.out + other.err) == (1, False)
    view = call(stage, "alpha", identity)
    entry = view["memoranda"][0]["id"]
    assert view["memoranda"][0]["readers"] == ["senior duty officer"]
    for words in (
        *(("call", "show", identity), ("call", "show", identity, "--json")),
        *(("call", "board", "--json"), ("journal", "list", "--json")),
        *(("journal", "show", entry), ("journal", "show", entry, "--json")),
    ):
        assert "tired" not in stage.must("alpha", *words).out
    out = tmp_path / "journal.jsonl"
    stage.must("alpha", "journal", "export", out)
    assert "tired" not in out.read_text("utf-8")
    assert "tired" not in str(stage.client("alpha").get(f"/journal/{entry}")["body"])


def test_an_accepted_call_is_a_calendar_file_in_utc(stage: Stage, tmp_path: Path) -> None:
    identity, out = asked(stage), tmp_path / "call.ics"
    refused = stage.run("alpha", "call", "ical", identity, out)
    assert (refused.code, out.exists()) == (1, False)
    stage.send("bravo", "call", "answer", identity, "accept")
    stage.must("alpha", "call", "ical", identity, out)
    assert "BEGIN:VEVENT" in out.read_text("utf-8")


def test_begin_and_end_come_in_their_order(stage: Stage) -> None:
    identity = asked(stage)
    for words in ("end", "break-off", "ready"):
        assert stage.run("alpha", "call", words, identity, "--yes").code == 1
    assert stage.run("alpha", "call", "begin", identity, "--happened", "+5min", "--yes").code == 1
    stage.send("alpha", "call", "begin", identity)
    stage.send("bravo", "call", "break-off", identity, "--reason", "the line failed")
    stage.send("bravo", "call", "begin", identity)
    stage.send("alpha", "call", "end", identity)
    assert stage.run("bravo", "call", "begin", identity, "--yes").code == 1
    assert standing(stage, "bravo", identity) == "ended"


def test_what_goes_by_the_line_goes_to_no_other_party(stage: Stage) -> None:
    identity = asked(stage)
    words = ("call", "answer", identity, "accept", "--yes", "--party")
    said = stage.run("bravo", *words, "CHARLIE")
    assert (said.code, "it goes to ALPHA, not CHARLIE" in said.err) == (1, True)
    stage.must("bravo", *words, "ALPHA")


def test_an_entry_of_the_journal_is_shown_where_it_stands(stage: Stage) -> None:
    pair = ("chief of defence", "minister", "--party", "BRAVO", "--yes", "--json")
    entry = stage.must("alpha", "office", "keep", *pair).data()["ids"][0]
    said = stage.run("alpha", "show", entry[:10])
    assert (said.code, f"firebreak journal show {entry[:8]}" in said.err) == (1, True)
    stage.must("alpha", "journal", "show", entry[:8])
    said = stage.run("alpha", "show", "0123456789")
    assert (said.code, "No record's id begins" in said.err) == (1, True)


def test_what_is_no_call_is_not_found(stage: Stage) -> None:
    identity = stage.notice("alpha")
    for words in ("show", "ready", "ical"):
        more = ["call.ics"] if words == "ical" else []
        said: Said = stage.run("alpha", "call", words, identity, *more)
        assert (said.code, "call board" in said.err) == (1, True)


def test_what_is_known_of_a_call_is_known_after_a_restart(stage: Stage) -> None:
    identity = asked(stage)
    stage.send("bravo", "call", "answer", identity, "accept")
    staffed(stage, "alpha", identity)
    before = call(stage, "alpha", identity)
    stage.stop("alpha")
    stage.start("alpha")
    stage.line_up()
    assert call(stage, "alpha", identity) == before
    assert stage.run("bravo", "call", "ready", identity, "--yes").code == 1
    stage.send("alpha", "call", "ready", identity)


def test_the_node_itself_refuses_ready_whatever_an_officers_machine_asked_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = asked(stage)
    stage.send("bravo", "call", "answer", identity, "accept")
    careless = {
        **dict.fromkeys(("conflicts", "unchecked", "unread"), ()),
        **dict.fromkeys(("two_officers", "more_unread", "looks_swapped"), False),
        **dict.fromkeys(("note", "late_by_ms")),
    }
    monkeypatch.setattr(Desk, "_check", lambda *_: careless)
    unasked = {"id": identity, "attested": False, "refusals": {}}
    monkeypatch.setattr("firebreak.cli.call.asked_for", lambda *_: unasked)
    size = stage.client("alpha").get("/ledger")
    said = stage.run("alpha", "call", "ready", identity, "--yes")
    assert (said.code, "interpreter" in said.err) == (1, True)
    assert stage.client("alpha").get("/ledger") == size
    staffed(stage, "alpha", identity)
    stage.send("alpha", "call", "ready", identity)


def _row(stage: Stage, party: str, at: int | None = None) -> dict[str, Any]:
    rows = stage.client(party).get("/contacts", as_of=at)["matrix"]
    found: dict[str, Any] = next(
        (each for each in rows if "envoy" in (each["ours"], each["theirs"])), {}
    )
    return found


def test_their_word_alone_makes_no_call_held_and_nothing_later_counts_then(stage: Stage) -> None:
    names = ("--principal", "envoy", "--counterpart", "their envoy", "--topic", "x")
    before = now()
    identity = stage.send(
        "alpha", "call", "request", *names, "--spoken", "en", "--window", "+2h/60min"
    )
    stage.send("bravo", "call", "answer", identity, "accept")
    for party in ("alpha", "bravo"):
        staffed(stage, party, identity)
        stage.send(party, "call", "ready", identity)
    ready = now()
    stage.send("bravo", "call", "begin", identity)
    ours, theirs = _row(stage, "alpha"), _row(stage, "bravo")
    assert (ours["held"], ours["claimed"], ours["open"], ours["attempted"]) == ("0", "1", 0, "1")
    assert (theirs["held"], theirs["claimed"], theirs["by_them"]) == ("1", "0", "1")
    assert "claimed held by them" in stage.must("alpha", "contact", "list").out
    claimed = now()
    stage.send("alpha", "call", "end", identity)
    ours = _row(stage, "alpha")
    assert (ours["held"], ours["claimed"], ours["silent_days"]) == ("1", "0", 0)
    assert ours["exercise"] is True

    assert _row(stage, "alpha", before) == {}
    then = _row(stage, "alpha", ready)
    assert (then["held"], then["claimed"], then["open"], then["last_contact"]) == (
        "0",
        "0",
        1,
        None,
    )
    then = _row(stage, "alpha", claimed)
    assert (then["held"], then["claimed"]) == ("0", "1")
