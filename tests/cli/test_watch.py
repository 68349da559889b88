"""What officers ask of a running node's watch, and say to it, with a receiver on loopback."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from firebreak.store.sqlite import open_read_only
from tests.nodes import Said, Stage, template, until
from tests.sky import CLEAN, DISTURBED, Aircraft, Sky, advised, watch_this

DOUBTFUL, SOUND = "icao:4ba9c6", "icao:4ba111"
KEY = f"doubtful:Line North/{DOUBTFUL}"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Alpha watches a clean and a disturbed flight, on a line with bravo."""
    made = template(tmp_path_factory.getbasetemp() / "parties")
    aircraft = [Aircraft("4ba9c6", DISTURBED), Aircraft("4ba111", CLEAN)]
    place = tmp_path_factory.mktemp("watching") / "stage"
    with Sky(aircraft) as sky, Stage.make(made, place) as running:
        watch_this(running, "alpha", sky, "gone.kml")
        running.start("alpha", "bravo")
        running.line_up()
        advised(running, "alpha", KEY)
        yield running


def watch(stage: Stage, *words: object, answers: str = "") -> Said:
    return stage.must("alpha", "watch", *words, answers=answers)


def test_the_list_says_what_is_advised_and_what_is_not_watched(stage: Stage) -> None:
    said = watch(stage, "list")
    assert "2 tracks, 1 lines and zones, 1 advisories" in said.out
    assert f"■ ALARM  {KEY}" in said.out
    assert "too slow for its height" in said.out
    assert re.search("sbs://127.0.0.1:[0-9]+: (connected|silent), [0-9]+ reports", said.out)
    assert "WARNING: The lines of gone.kml are not watched" in said.err
    data = watch(stage, "list", "--json").data()
    assert [each["key"] for each in data["advisories"]] == [KEY]


def test_tracks_say_why_they_are_doubtful(stage: Stage) -> None:
    out = watch(stage, "tracks").out
    assert out.index(DOUBTFUL) < out.index("DOUBTFUL: ") < out.index(SOUND)
    assert "plausible is 4" in out
    assert SOUND not in watch(stage, "tracks", "--doubtful").out
    assert len(watch(stage, "tracks", "--json").data()["tracks"]) == 2


def test_acknowledged_shelved_and_taken_back(stage: Stage) -> None:
    assert "acknowledged until" in watch(stage, "ack", KEY).out
    said = watch(stage, "shelve", KEY, "--for", "30min", "--reason", "known spoofing here")
    assert "(known spoofing here)" in said.out
    assert "shelved until" in said.out
    assert watch(stage, "unshelve", KEY, "--json").data()["shelved_until"] is None


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (("shelve", KEY, "--for", "2h", "--reason", "x"), 1, "within the next hour"),
        (("shelve", KEY, "--for", "30min", "--reason", " "), 1, "needs a reason"),
        (("shelve", KEY, "--for", "30min"), 2, "--reason"),
        (("shelve", KEY, "--for", "soon", "--reason", "x"), 2, "not a duration"),
        (("ack", "doubtful:Line North/icao:ffffff"), 1, "stands now"),
        (("own", SOUND, "enemy"), 1, "Say one of: ours, theirs"),
        (("own", "icao:ffffff", "ours"), 1, "is watched now"),
        (("draft", KEY, "--override", "because"), 1, "--second KEYFILE"),
        (("draft", KEY, "--send", "--channel", "sea"), 1, "Leave out --channel"),
        (("draft", "separation:a/b"), 1, "stands now"),
    ],
)
def test_refusals(stage: Stage, words: tuple[str, ...], code: int, what: str) -> None:
    said = stage.run("alpha", "watch", *words)
    assert (said.code, said.out) == (code, "")
    assert what in said.err


def test_a_draft_is_shown_and_nothing_is_sent(stage: Stage) -> None:
    before = stage.must("alpha", "line", "status", "--json").data()["agreements"][0]["channels"]
    out = watch(stage, "draft", KEY).out
    assert "air, flash" in out
    assert "within 1000 m" in out
    assert "Nothing was sent" in out
    after = stage.must("alpha", "line", "status", "--json").data()["agreements"][0]["channels"]
    assert [each["own"]["size"] for each in before] == [each["own"]["size"] for each in after]


def test_a_no_sends_nothing(stage: Stage) -> None:
    said = stage.run("alpha", "watch", "draft", KEY, "--send", answers="n\n")
    assert said.code == 1
    assert "Sign and send this?" in said.out
    assert not stage.client("alpha").get("/records", box="out", kind="query")["records"]


def test_an_officer_sends_the_draft_as_any_query(stage: Stage) -> None:
    watch(stage, "own", DOUBTFUL, "theirs", "--label", "FB-0417")
    words = ("draft", KEY, "--send", "--text", "We doubt its position.", "--wait", 60)
    said = watch(stage, *words, answers="y\n")
    assert "Drafted from: " in said.out
    (sent,) = stage.client("alpha").get("/records", box="out", kind="query")["records"]
    until(lambda: "delivered" in stage.states("alpha", sent["id"]), "it is delivered")
    got = stage.record("bravo", sent["id"])
    assert (got["kind"], got["precedence"], got["office"]) == ("query", "flash", "air duty officer")
    assert got["body"]["track"] == "FB-0417"
    drafted = watch(stage, "draft", KEY, "--json").data()["query"]
    assert "We doubt its position." in got["sentence"]["en"]
    position = next(each["value"] for each in got["critical"] if each["name"] == "position")
    assert position  # no finer than the gate lets out
    claimed = watch(stage, "tracks", "--doubtful", "--json").data()["tracks"][0]["position"]
    assert drafted["position"] != claimed
    watch(stage, "own", DOUBTFUL, "unknown")


def keys(stage: Stage) -> tuple[Path, Path]:
    folder = stage.folder("alpha") / "keys"
    return next(folder.glob("officer-1-*.key")), next(folder.glob("officer-2-*.key"))


def overrides(stage: Stage) -> list[dict[str, object]]:
    store = open_read_only(stage.folder("alpha") / "store.db")
    try:
        return [json.loads(each.data) for each in store.journal() if each.kind == "watch override"]
    finally:
        store.close()


def test_beyond_the_gate_go_two_officers_with_a_reason(stage: Stage) -> None:
    first, second = keys(stage)
    beyond = ("draft", KEY, "--override", "lives are at stake", "--json")
    alone = stage.run("alpha", "watch", *beyond, "--key", first, "--second", first, "--yes")
    assert (alone.code, "two different officers" in alone.err) == (1, True)
    undecided = stage.run(
        "alpha", "watch", *beyond, "--key", first, "--second", second, answers="n\n"
    )
    assert undecided.code == 1
    assert overrides(stage) == []
    made = watch(stage, *beyond, "--key", first, "--second", second, "--yes").data()
    assert (made["precision_m"], made["delay_ms"]) == (0, 0)
    (noted,) = overrides(stage)
    assert noted["reason"] == "lives are at stake"
    assert noted["officers"] == ["air duty officer (key 1)", "senior duty officer (key 2)"]


def test_what_is_another_s_is_withheld_and_not_sent(stage: Stage) -> None:
    watch(stage, "own", DOUBTFUL, "another's")
    assert "Withheld" in watch(stage, "draft", KEY).out
    said = stage.run("alpha", "watch", "draft", KEY, "--send", "--yes")
    assert (said.code, "not party to this channel" in said.err) == (1, True)
    watch(stage, "own", DOUBTFUL, "unknown")


def test_a_node_that_does_not_watch_says_how_it_would(stage: Stage) -> None:
    said = stage.run("bravo", "watch", "tracks")
    assert said.code == 1
    assert "[watch]" in said.err
