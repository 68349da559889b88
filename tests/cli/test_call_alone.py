"""Calls by telephone with a counterpart that has no node: one node, no agreement."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from firebreak.store.directory import NodeConfig
from tests.nodes import Said, Stage, command, free_port, must

REQUEST = (
    *("call", "request", "--by", "voice", "--party", "BRAVO"),
    *("--principal", "chief of defence", "--counterpart", "chief of staff"),
    *("--topic", "The strait.", "--yes"),
)


@dataclass
class Alone:
    """One node with no agreement."""

    stage: Stage

    def run(self, *words: object) -> Said:
        return command(*words, "--dir", self.stage.folder("alpha"))

    def must(self, *words: object) -> Said:
        return must(*words, "--dir", self.stage.folder("alpha"))

    def asked(self, *words: object, window: str = "+2h/60min", to: str = "duty office") -> str:
        """A request by voice; its id."""
        said = self.must(*REQUEST, "--addressee", to, "--window", window, *words, "--json")
        identity: str = said.data()["ids"][0]
        return identity

    def say(self, *words: object) -> None:
        self.must("call", *words, "--yes")

    def refused(self, *words: object) -> str:
        """Why it is refused, before anything is shown to be read to the other side."""
        said = self.run("call", *words, "--yes")
        assert (said.code, "Read this to" in said.out) == (1, False), said
        return said.err

    def call(self, identity: str) -> dict[str, Any]:
        shown: dict[str, Any] = self.must("call", "show", identity, "--json").data()
        return shown

    def outcome(self, identity: str) -> str | None:
        rows = self.must("contact", "list", "--json").data()["attempts"]
        found: list[str | None] = [row["outcome"] for row in rows if row["id"] == identity]
        return found[0]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alone]:
    place: Path = tmp_path_factory.mktemp("alone")
    must("party", "init", "ALPHA", "--dir", place / "alpha")
    config = NodeConfig("ALPHA", f"127.0.0.1:{free_port()}", {})
    (place / "alpha" / "node.toml").write_text(config.to_toml(), "utf-8")
    with Stage(place) as stage:
        stage.start("alpha")
        yield Alone(stage)


def test_a_call_runs_by_voice_from_request_to_differences(alone: Alone) -> None:
    identity = alone.asked()
    alone.say("answer", identity, "other-time", "--window", "+5h/30min", "--heard")
    view = alone.call(identity)
    assert (view["standing"], view["turn"], view["attested"]) == ("other-time", "ours", True)
    alone.say("answer", identity, "accept")
    assert "interpreter" in alone.refused("ready", identity)
    names = ("--interpreter", "Ilves", "--note-taker", "Saar")
    alone.say("staff", identity, *names)
    alone.say("brief", identity, "--by", "adviser")
    alone.say("ready", identity)
    alone.say("ready", identity, "--heard")  # their staff is theirs to see to
    assert alone.call(identity)["standing"] == "ready"
    alone.say("begin", identity, "--happened", "-1min")
    alone.say("end", identity)
    alone.say("readout", identity, "--text", "We spoke.")
    assert alone.run("call", "differences", identity).code == 1
    alone.say("readout", identity, "--text", "We spoke long.", "--heard")
    view = alone.call(identity)
    assert [p["text"] for p in view["comparison"]["words"] if p["whose"] == "theirs"]
    assert "attested by us" in alone.must("call", "show", identity).out
    assert all(line["delivered"] is None for line in view["lines"])
    assert alone.outcome(identity) == "held"


@pytest.mark.parametrize(("options", "mode"), [((), "EXERCISE"), (("--real",), "REAL")])
def test_a_call_by_voice_is_exercise_unless_it_is_said_to_be_real(
    alone: Alone, options: tuple[str, ...], mode: str, tmp_path: Path
) -> None:
    identity = alone.asked(*options)
    other = {"EXERCISE": "REAL", "REAL": "EXERCISE"}[mode]
    alone.say("answer", identity, "accept", "--window", "1", "--heard")
    alone.must("call", "ical", identity, tmp_path / "call.ics")
    assert ("EXERCISE" in (tmp_path / "call.ics").read_text()) == (mode == "EXERCISE")
    drawn = alone.must("call", "challenge", identity, "--draw", "fax", "--yes").out
    words = [drawn, alone.must("call", "challenge", identity).out]
    alone.say("begin", identity)
    alone.say("end", identity)
    alone.say("readout", identity, "--text", "We spoke.")
    alone.say("readout", identity, "--text", "We spoke long.", "--heard")
    alone.say("memorandum", identity, "--text", "They listened.")
    words += [
        alone.must("call", what, identity).out for what in ("show", "differences", "memorandum")
    ]
    assert [(mode in shown, other in shown) for shown in words] == [(True, False)] * len(words)
    rows = alone.must("call", "board").out.splitlines()
    assert mode in next(row for row in rows if row.strip().startswith(identity[:8]))
    alone.must("call", "publish", identity, tmp_path / "readout.txt")
    assert ("EXERCISE" in (tmp_path / "readout.txt").read_text()) == (mode == "EXERCISE")


@pytest.mark.parametrize("options", [(), ("--real",)])
def test_what_is_offered_instead_is_as_real_as_the_call(
    alone: Alone, options: tuple[str, ...]
) -> None:
    identity = alone.asked(*options)
    alone.say("answer", identity, "decline", "--reason", "no purpose", "--heard")
    sends = [words for words in alone.call(identity)["offers"] if "firebreak send" in words]
    assert [("--real" in words) for words in sends] == [bool(options)] * 2


def test_a_call_declined_by_voice_is_declined_in_the_matrix(alone: Alone) -> None:
    identity = alone.asked()
    alone.say("answer", identity, "decline", "--reason", "no purpose", "--heard")
    view = alone.call(identity)
    assert (view["standing"], view["lines"][-1]["by"]) == ("declined", "theirs")
    assert any("--by voice" in words for words in view["offers"])
    assert alone.outcome(identity) == "declined"
    rows = alone.must("contact", "matrix", "--json").data()["matrix"]
    row = next(row for row in rows if row["theirs"] == "chief of staff")
    assert int(row["declined"]) >= 1
    assert "accept" not in alone.call(identity)["offers"]
    alone.refused("answer", identity, "accept")


def test_a_request_of_theirs_is_answered_by_us(alone: Alone) -> None:
    identity = alone.asked("--heard")
    alone.refused("withdraw", identity)
    alone.refused("end", identity)
    view = alone.call(identity)
    assert (view["by"], view["turn"], view["ours"]) == ("theirs", "ours", "chief of defence")
    alone.say("answer", identity, "awaiting", "--next-word", "+2h")
    assert alone.call(identity)["standing"] == "awaiting-authority"
    alone.say("answer", identity, "not-at-this-time")
    assert alone.call(identity)["offers"] == []
    assert alone.call(identity)["turn"] == "theirs"


def test_a_request_that_lapsed_is_unanswered_and_a_late_answer_is_kept(alone: Alone) -> None:
    identity = alone.asked("--at", "-3h", "--answer-within", "1h")
    view = alone.call(identity)
    assert (view["standing"], view["overdue"]) == ("requested", True)
    assert alone.outcome(identity) == "unanswered"
    offered = " ".join(view["offers"])
    assert all(words in offered for words in ("call remind", "send restraint"))
    alone.say("answer", identity, "accept", "--window", "+5h/30min", "--heard")
    assert alone.call(identity)["standing"] == "accepted"
    assert alone.outcome(identity) is None


def test_a_window_begins_on_a_whole_minute_and_lasts_as_long_as_was_said(alone: Alone) -> None:
    (window,) = alone.call(alone.asked(window="+2h/60min"))["windows"]
    assert window["start"] % 60_000 == 0
    assert window["end"] - window["start"] == 3_600_000


def test_what_was_said_is_a_script_in_both_languages_marked_as_it_was_meant(alone: Alone) -> None:
    pair = ("office", "keep", "chief of defence", "chief of staff", "--party", "BRAVO")
    alone.must(*pair, "--language", "ru", "--yes")
    identity = alone.asked(to="chief of staff")
    shown = alone.must("script", "show", identity).out
    assert shown.startswith("EXERCISE / УЧЕНИЕ")
    assert "Запрос о разговоре." in shown
    assert alone.run("script", "show", identity, "--real").code == 1


def test_who_carries_for_two_has_their_languages(alone: Alone) -> None:
    """The request goes to a duty office; the languages are those of the two who would speak."""
    pair = ("office", "keep", "chief of defence", "chief of navy", "--party", "BRAVO")
    alone.must(*pair, "--language", "pl", "--yes")
    words = list(REQUEST)
    words[words.index("chief of staff")] = "chief of navy"
    window = ("--addressee", "harbour", "--window", "+2h/60min")
    read = alone.must(*words, *window)
    assert read.out.count("ĆWICZENIE") == 2
    assert "under this agreement" not in read.out
    identity = alone.must(*words, *window, "--json").data()["ids"][0]
    shown = alone.must("script", "show", identity).out
    assert shown.startswith("EXERCISE / ĆWICZENIE\n")
    assert "under this agreement" not in shown
    alone.say("answer", identity, "accept", "--heard")
    back = alone.must("call", "ready", identity, "--heard", "--yes").out
    assert "  pl" in back


@pytest.mark.parametrize("text", ["שלום לכם.", "نحن نسمعكم.", "Мы слышим вас."])
def test_words_of_another_script_are_not_read_out_as_english(alone: Alone, text: str) -> None:
    words = (*REQUEST[:-3], "--topic", text, "--yes", "--addressee", "harbour")
    said = alone.run(*words, "--window", "+2h/60min")
    assert (said.code, "--language CODE" in said.err, said.out) == (1, True, "")
    alone.must(*words, "--window", "+2h/60min", "--language", "xx")


def test_an_answer_for_another_party_is_refused(alone: Alone) -> None:
    identity = alone.asked()
    assert "said with BRAVO, not CHARLIE" in alone.refused(
        "answer", identity, "accept", "--heard", "--party", "CHARLIE"
    )
    alone.say("answer", identity, "accept", "--heard", "--party", "BRAVO")


def test_the_last_contact_is_when_they_spoke_and_not_when_it_was_asked(alone: Alone) -> None:
    theirs = ("--counterpart", "minister of defence")
    identity = alone.asked(*theirs, "--at", "-3h")
    alone.say("answer", identity, "accept", "--heard", "--at", "-2h")
    alone.say("begin", identity, "--happened", "-20min")
    record = alone.must("contact", "matrix", "--json").data()
    row = next(row for row in record["matrix"] if row["theirs"] == "minister of defence")
    call = next(each for each in record["attempts"] if each["id"] == identity)
    assert row["held"] == "1"
    assert row["last_contact"] == call["begun"]
    assert call["begun"] - call["happened"] > 2 * 3_600_000


def test_reminders_are_capped_by_the_node(alone: Alone) -> None:
    identity = alone.asked("--urgency", "at-once", "--at", "-3h", "--answer-within", "1h")
    alone.say("remind", identity)
    assert len(alone.call(identity)["reminded"]) == 1
    assert "press, not remind" in alone.refused("remind", identity)


def test_a_challenge_for_a_side_without_a_node_goes_another_way(alone: Alone) -> None:
    identity = alone.asked()
    alone.refused("challenge", identity, "--draw", "fax")  # nothing is accepted yet
    alone.say("answer", identity, "accept", "--heard")
    assert "no node" in alone.refused("challenge", identity)
    assert "another way" in alone.refused("challenge", identity, "--draw", "voice")
    alone.say("challenge", identity, "--draw", "fax")
    drawn = alone.call(identity)["challenge"]
    assert drawn["asker"] != drawn["asked"]
    assert "hang up" in alone.refused("challenge", identity, "--heard", drawn["asker"])
    alone.say("challenge", identity, "--heard", drawn["asked"])
    assert alone.call(identity)["challenged"] == [False, True]
    alone.say("challenge", identity, "--draw", "fax")
    assert alone.call(identity)["challenge"] != drawn


def test_any_telephone_call_is_logged_with_both_texts(alone: Alone) -> None:
    words = (
        *("call", "note", "air duty officer", "duty office", "--party", "BRAVO"),
        *("--speaker", "Tamm", "--speaker", "Orlov", "--interpreter", "Ilves"),
        *("--text", "They will look.", "--agreed", "Next word at noon", "--disputed", "the hour"),
        *("--their-text", "Посмотрим.", "--their-language", "ru", "--lasted", "6min", "--yes"),
    )
    identity = alone.must(*words, "--json").data()["ids"][0]
    assert alone.outcome(identity) == "held"
    body = alone.must("journal", "show", identity, "--json").data()["body"]
    assert body["theirs_text"]["text"] == "Посмотрим."
    assert (body["minutes"], body["interpreter"]) == (6, "Ilves")
    assert alone.run(*words, "--happened", "+1h").code == 1
    assert alone.run(*words[:-7], "--their-text", "Да.", "--yes").code == 1
    assert alone.run(*words, "--way", "fax").code == 1


def matrix_row(alone: Alone, theirs: str, *, exercise: bool = True) -> dict[str, Any]:
    rows = alone.must("contact", "matrix", "--json").data()["matrix"]
    found: dict[str, Any] = next(
        each for each in rows if each["theirs"] == theirs and each["exercise"] is exercise
    )
    return found


def test_a_log_says_who_called_and_whether_it_was_real(alone: Alone) -> None:
    words = (
        *("call", "note", "air duty officer", "tower", "--party", "BRAVO", "--speaker", "Tamm"),
        *("--text", "They will look.", "--yes"),
    )
    alone.must(*words, "--called-by", "theirs")
    row = matrix_row(alone, "tower")
    assert (row["held"], row["attempted"], row["by_them"]) == ("1", "0", "1")
    alone.must(*words)
    row = matrix_row(alone, "tower")
    assert (row["held"], row["attempted"]) == ("2", "unknown")
    alone.must(*words, "--called-by", "ours", "--real")
    row = matrix_row(alone, "tower", exercise=False)
    assert (row["held"], row["attempted"]) == ("1", "1")
    assert matrix_row(alone, "tower")["held"] == "2"
    for shown in ("matrix", "list"):
        out = alone.must("contact", shown).out
        assert out.index("*** REAL ***") < out.index("*** EXERCISE ***")
