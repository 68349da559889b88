"""People and authority as officers meet them, at one real node with no agreement: a telephone."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from firebreak.cli.entering import Book, Hand
from firebreak.desk import journal
from firebreak.desk.entries.offices import HandoverGiven
from firebreak.errors import Misuse, Refused
from firebreak.node.journal import Journal
from firebreak.node.runner import clock
from firebreak.records import sign1
from firebreak.records.cbor import decode, encode
from firebreak.store.directory import NodeConfig, NodeDirectory, SummonConfig
from firebreak.store.keyfiles import NodeSecrets
from firebreak.store.sqlite import open_store
from tests.nodes import Said, Stage, command, free_port, must, until

BY_VOICE = ("--by", "voice", "--party", "BRAVO", "--addressee", "duty office")
QUERY = ("send", "query", "--track", "FB-1", "--position", "551230N0194512E", *BY_VOICE)
SECOND = "officer-2-senior-duty-officer.key"


@dataclass
class Alone:
    """One node with no agreement."""

    stage: Stage

    @property
    def folder(self) -> Path:
        return self.stage.folder("alpha")

    def run(self, *words: object, answers: str = "") -> Said:
        return command(*words, "--dir", self.folder, answers=answers)

    def must(self, *words: object, answers: str = "") -> Said:
        return must(*words, "--dir", self.folder, answers=answers)

    def entered(self, *words: object) -> str:
        """Enter something without being asked; its id."""
        identity: str = self.must(*words, "--yes", "--json").data()["ids"][-1]
        return identity

    def refused(self, *words: object) -> str:
        said = self.run(*words, "--yes")
        assert said.code == 1, said
        return said.err

    def lift(self, kind: str) -> None:
        """From now on no rule of ours for a kind: two officers say so."""
        self.entered(
            "authority", "rule", kind, "--none", "--release", self.folder / "keys" / SECOND
        )

    def alerts(self, about: str) -> list[str]:
        found = self.stage.client("alpha").get("/alerts")["alerts"]
        return [alert["text"] for alert in found if alert["about"] == about]

    def overdue(self, about: str) -> list[str]:
        found = self.stage.client("alpha").get("/desk")["overdue"]
        return [due["text"] for due in found if due["about"] == about]

    def open(self) -> list[tuple[str, str]]:
        found = self.stage.client("alpha").get("/desk")["open"]
        return [(each["id"], each["note"]) for each in found]

    def restart(self) -> None:
        self.stage.stop("alpha")
        self.stage.start("alpha")


def alone_at(place: Path, summon: SummonConfig | None = None) -> Stage:
    must("party", "init", "ALPHA", "--dir", place / "alpha")
    config = NodeConfig("ALPHA", f"127.0.0.1:{free_port()}", {}, summon=summon)
    (place / "alpha" / "node.toml").write_text(config.to_toml(), "utf-8")
    return Stage(place)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alone]:
    with alone_at(tmp_path_factory.mktemp("people")) as stage:
        stage.start("alpha")
        yield Alone(stage)


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")


# Release rules and leave (JN-10, JN-11)


def test_what_needs_leave_is_refused_before_it_is_said_and_each_leave_is_good_once(
    alone: Alone,
) -> None:
    """JN-10"""
    alone.entered("authority", "rule", "query", "--principal", "commander")
    assert 'firebreak authority await "commander" --kind query' in alone.refused(*QUERY)
    leave = alone.entered("authority", "await", "commander", "--for", "a query", "--kind", "query")
    said = alone.run(*QUERY, "--yes")
    assert (said.code, "Read this to" in said.out) == (1, False)
    alone.entered("authority", "given", leave[:8], "--by", "Col. Kowalska")
    assert "answered already" in alone.refused("authority", "refused", leave[:8])
    asked = alone.entered(*QUERY)
    assert asked in {identity for identity, _ in alone.open()}
    assert "goes out only with the leave" in alone.refused(*QUERY)
    (shown,) = alone.must("authority", "list", "--json").data()["leaves"]
    assert (shown["granted"], shown["by"]) == (True, "Col. Kowalska")
    assert "given by Col. Kowalska" in alone.must("authority", "list").out
    alone.lift("query")
    alone.entered(*QUERY)


def test_the_node_refuses_by_itself_what_a_machine_did_not(
    alone: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JN-10, JN-11: whatever the officer's machine thinks."""
    from firebreak.cli.attested import AttestedDesk

    monkeypatch.setattr(AttestedDesk, "_check_rules", lambda *given: None)
    for rule, why in (
        (("--principal", "commander"), "goes out only with the leave"),
        (("--second-officer",), "released by a second officer"),
    ):
        alone.entered("authority", "rule", "query", *rule)
        assert why in alone.refused(*QUERY)
        alone.lift("query")
    alone.lift("query")


def test_two_officers_release_what_is_said(alone: Alone) -> None:
    """JN-11"""
    alone.entered("authority", "rule", "query", "--second-officer")
    assert "--release KEYFILE" in alone.refused(*QUERY)
    keys = alone.folder / "keys"
    first = keys / "officer-1-air-duty-officer.key"
    assert "The same key" in alone.refused(*QUERY, "--release", first)
    said = alone.must(*QUERY, "--release", keys / SECOND, "--yes", "--json")
    assert len(said.data()["ids"]) == 2
    kinds = [e["kind"] for e in alone.must("journal", "list", "--json").data()["entries"]][-2:]
    assert kinds == ["released", "said"]
    alone.lift("query")


def test_rules_and_answers_that_make_no_sense_are_refused(alone: Alone) -> None:
    assert "--second-officer, --principal, or --none" in alone.refused("authority", "rule", "query")
    both = ("authority", "rule", "query", "--none", "--second-officer")
    assert "--second-officer, --principal, or --none" in alone.refused(*both)
    assert "No officer sends" in alone.refused("authority", "rule", "lapsed", "--second-officer")
    rule = alone.entered("authority", "rule", "text", "--second-officer")
    assert "asks for no leave" in alone.refused("authority", "given", rule[:8])
    assert "not loosen it" in alone.refused("authority", "rule", "text", "--none")
    assert "not struck" in alone.refused("journal", "strike", rule[:8], "--reason", "x")
    alone.lift("text")


# Deadlines that are attested by us (JN-15)


def test_an_answer_that_does_not_come_alarms_once_over_restarts_too(alone: Alone) -> None:
    """JN-15"""
    asked = alone.entered(*QUERY, "--answer-within", "1s")
    heard = ("send", "query", "--track", "FB-2", "--position", "551230N0194512E", *BY_VOICE)
    theirs = alone.entered(*heard, "--heard", "--answer-within", "1s")
    for identity, about in ((asked, "lapsed"), (theirs, "overdue")):
        until(lambda i=identity, a=about: any(i[:8] in t for t in alone.alerts(a)), about)  # type: ignore[misc]  # bound now
    alone.restart()
    assert any(asked[:8] in text for text in alone.overdue("lapsed"))
    assert not any(asked[:8] in text for text in alone.alerts("lapsed"))
    alone.entered("answer", asked[:8], "ours", "--by", "voice", "--heard")
    assert not any(asked[:8] in text for text in alone.overdue("lapsed"))


def test_a_deadline_that_passes_while_the_node_is_down_is_told_as_it_starts(alone: Alone) -> None:
    """JN-15"""
    asked = alone.entered(*QUERY, "--answer-within", "2s")
    alone.stage.stop("alpha")
    time.sleep(2.1)  # until the deadline has passed
    alone.stage.start("alpha")
    assert any(asked[:8] in text for text in alone.alerts("lapsed"))


def test_a_next_word_that_does_not_come_alarms(alone: Alone) -> None:
    asked = alone.entered(*QUERY, "--answer-within", "1s")
    checking = ("answer", asked[:8], "checking", "--next-word", "+3s", "--by", "voice", "--heard")
    alone.entered(*checking)
    until(lambda: any(asked[:8] in t for t in alone.alerts("lapsed")), "the missed word")


# Onward (JN-14)


def test_a_unit_that_has_not_read_back_in_time_alarms_until_it_has(alone: Alone) -> None:
    """JN-14"""
    units = ("--unit", "1 Wing", "--unit", "bridge")
    alone.entered("onward", "rule", "hazard", *units, "--within", "1s")
    warning = (
        *("send", "hazard", "--hazard", "firing", "--circle", "551230N0194512E 5NM"),
        *("--from", "now", "--for", "2h", "--lower", "SFC", "--upper", "FL100"),
    )
    found = alone.run(*warning, *BY_VOICE, "--heard", "--yes", "--json")
    assert found.code == 0, found.err
    record = found.data()["ids"][-1]
    until(lambda: any("1 Wing, bridge" in t for t in alone.alerts("onward")), "both units")
    alone.entered("onward", "told", record[:8], "--unit", "1 Wing", "--to", "Cpl. Mazur")
    assert "told, NOT READ BACK: Cpl. Mazur" in alone.must("onward", "list").out
    back = ("onward", "told", record[:8], "--to", "Cpl. Mazur", "--read-back")
    alone.entered(*back, "--unit", "1 Wing")
    assert [t.split(" to ")[1].split(".")[0] for t in alone.overdue("onward")] == ["bridge"]
    assert (record, "hazard not confirmed onward to bridge") in alone.open()
    alone.restart()
    assert len(alone.overdue("onward")) == 1
    alone.entered(*back, "--unit", "bridge", "--by", "Lt. Nowak")
    assert alone.overdue("onward") == []
    assert "Nobody is left" in alone.must("onward", "list").out
    (each,) = alone.must("onward", "list", "--all", "--json").data()["records"]
    assert [unit["by"] for unit in each["units"]] == ["air duty officer", "Lt. Nowak"]


def test_a_card_is_printed_of_what_was_heard(alone: Alone, tmp_path: Path) -> None:
    asked = alone.entered(*QUERY)
    out = alone.must("onward", "card", asked[:8], "--html", tmp_path / "card.html").out
    lines = out.splitlines()
    assert lines[0].startswith(
        f"WHAT     EXERCISE. QUERY {asked[:8].upper()} OF ALPHA: IS TRACK FB-1"
    )
    assert [line.split()[0] for line in lines] == ["WHAT", "WHERE", "WHEN", "LIMITS", "CONTACT"]
    assert "551230.0N 0194512.0E" in (tmp_path / "card.html").read_text("utf-8")
    assert alone.must("onward", "card", asked[:8], "--json").data()["lines"] == lines


def test_what_nobody_can_be_told_is_refused(alone: Alone) -> None:
    asked = alone.entered(*QUERY)
    told = ("--unit", "bridge", "--to", "Lt. Nowak")
    assert "No record's id begins with" in alone.refused("onward", "told", "f" * 12, *told)
    assert "later than now" in alone.refused("onward", "told", asked[:8], *told, "--at", "+3min")
    alone.entered("onward", "rule", "query", "--unit", "bridge", "--unit", "1 Wing")
    nobody = ("onward", "told", asked[:8], "--unit", "no such unit", "--to", "Lt. Nowak")
    assert "These are named: 1 Wing, bridge" in alone.refused(*nobody)
    alone.entered("onward", "rule", "query")
    assert "nobody's to pass on" in alone.refused("onward", "rule", "lapsed", "--unit", "bridge")
    twice = ("--unit", "bridge", "--unit", "bridge")
    assert "twice" in alone.refused("onward", "rule", "query", *twice)
    rule = alone.entered("onward", "rule", "text", "--unit", "bridge")
    said = alone.run("onward", "card", rule[:8])
    assert (said.code, "no record that was said" in said.err) == (1, True)


# The watch (JN-12)


def test_a_watch_is_given_with_all_that_is_open_and_taken_by_another_key(alone: Alone) -> None:
    """JN-12"""
    asked = alone.entered(*QUERY)
    given = alone.entered("handover", "give", "--text", "BRAVO calls back at 0500Z")
    until(lambda: bool(alone.alerts("handover")), "that the watch is between two officers")
    assert "cannot take it" in alone.refused("handover", "take")
    page = alone.must("handover", "show").out
    assert "NOT TAKEN: who gave it still has it" in page
    assert page.startswith("*** NOT KNOWN WHETHER REAL OR EXERCISE ***")
    assert f"{asked[:8]} our query: answer of BRAVO due" in page
    taken = ("handover", "take", "--as", "senior duty officer")
    alone.entered(*taken, "--text", "read")
    assert "for senior duty officer" in alone.must("handover", "show", "air duty officer").out
    assert "No watch waits" in alone.refused(*taken)
    assert "taken already" in alone.refused(*taken[:2], "air duty officer", *taken[2:])
    (watch,) = alone.must("handover", "show", "--json").data()["watches"]
    assert (watch["id"], watch["words"]) == (given, "BRAVO calls back at 0500Z")
    assert alone.stage.client("alpha").get("/handovers")["watches"][0]["taken_words"] == "read"


def test_the_node_refuses_a_handover_that_leaves_something_out(alone: Alone) -> None:
    """JN-12"""
    alone.entered(*QUERY)
    book = Book(Hand(alone.folder, yes=True, as_data=True))
    with pytest.raises(Refused, match="leaves out"):
        book.enter(HandoverGiven("air duty officer", ()))


# Summons (JN-16)


def test_a_summons_alarms_at_once_and_is_done_when_each_has_come(alone: Alone) -> None:
    """JN-16"""
    out = alone.must("summon", "their general is on the line").out
    assert "no number in node.toml" in out
    until(lambda: bool(alone.alerts("summons")), "the summons")
    assert "commander and interpreter" in alone.alerts("summons")[0]
    alone.must("summon", "--came", "commander", "--name", "Col. Kowalska")
    assert "interpreter" in next(iter(alone.overdue("summons")))
    assert any("not come: interpreter" in note for _, note in alone.open())
    alone.must("summon", "--came", "interpreter", "--name", "Ms Lis")
    assert alone.overdue("summons") == []
    again = alone.run("summon", "--came", "interpreter", "--name", "Ms Lis")
    assert (again.code, "No interpreter is summoned" in again.err) == (1, True)
    mixed = alone.run("summon", "why", "--came", "interpreter", "--name", "Ms Lis")
    assert (mixed.code, "Write: firebreak summon --came" in mixed.err) == (1, True)


def test_a_summons_runs_the_program_of_node_toml_and_tells_where_it_fails(tmp_path: Path) -> None:
    """JN-16"""
    page = tmp_path / "page.txt"
    code = f"import os; open({str(page)!r}, 'w').write(os.environ['FIREBREAK_SUMMONED'])"
    for number, run in enumerate([("-c", code), ("-c", "raise SystemExit(3)")]):
        config = SummonConfig("+48 555 0101", "+48 555 0102", (sys.executable, *run))
        with alone_at(tmp_path / str(number), config) as stage:
            stage.start("alpha")
            alone = Alone(stage)
            assert "+48 555 0101" in alone.must("summon", "$(touch x); `id`").out
            until(lambda: page.exists() and bool(page.read_text()), "the program")
            if number:
                until(lambda a=alone: "ended with code 3" in str(a.alerts("summons")), "its end")  # type: ignore[misc]  # bound now
    assert page.read_text() == "commander interpreter"


# Duress (JN-13)

_ID = r"[0-9a-f]{64}|\b[0-9a-f]{8}\b"
_TIME = r"(?:[0-9]{6}|[0-9]{8})Z[A-Z]{3}[0-9]{2}"
_VARIES = re.compile(f"{_ID}|{_TIME}")


def same(text: str) -> bytes:
    """Without what differs between any two runs: ids, times, the indices of entries."""
    return re.sub(r'("indices": \[\s*)[0-9]+', r"\1", _VARIES.sub("#", text)).encode()


SIGNED = [
    ("contact", "add", "us", "them", "--party", "BRAVO", "--outcome", "held"),
    ("contact", "add", "us", "them", "--party", "BRAVO", "--outcome", "held", "--json"),
    ("authority", "await", "commander", "--for", "leave"),
    ("onward", "rule", "text", "--unit", "bridge"),
    (*QUERY, "--heard"),
    (*QUERY, "--heard", "--json"),
]


@pytest.mark.parametrize("words", SIGNED, ids=lambda words: " ".join(words[:2]))
def test_duress_looks_like_any_other_answer(alone: Alone, words: tuple[str, ...]) -> None:
    """JN-13: byte for byte, apart from ids and times; and it stands in the journal."""
    before = duress(alone)
    free = alone.must(*words, answers="y\n")
    assert duress(alone) == before
    held = alone.must(*words, answers="y \n")
    assert same(held.out) == same(free.out)
    assert same(held.err) == same(free.err)
    (noted,) = duress(alone)[len(before) :]
    (signed,) = noted["about"]
    shown = alone.must("journal", "list", "--json", "--last", "1").data()["entries"]
    assert shown[0]["id"] == signed


def duress(alone: Alone) -> list[dict[str, Any]]:
    words = ("journal", "list", "--all", "--kind", "duress", "--last", "1000", "--json")
    found: list[dict[str, Any]] = alone.must(*words).data()["entries"]
    return found


def test_duress_is_in_no_list_no_export_and_no_alert(alone: Alone, tmp_path: Path) -> None:
    """JN-13"""
    alone.must(*SIGNED[0], answers="yes \n")
    assert duress(alone)
    assert "duress" not in alone.must("journal", "list", "--last", "1000").out
    assert "duress" not in alone.must("journal", "list", "--json", "--last", "1000").out
    for words, is_there in ((), False), (("--all",), True):
        alone.must("journal", "export", tmp_path / "journal.jsonl", *words)
        text = (tmp_path / "journal.jsonl").read_text("utf-8")
        assert ('"kind": "duress"' in text) is is_there
        (tmp_path / "journal.jsonl").unlink()
    client = alone.stage.client("alpha")
    (kept,) = [e for e in client.get("/journal", all=True)["entries"] if e["kind"] == "duress"][-1:]
    seen = client.get("/journal")
    assert kept["signed"] not in str(seen)
    assert "duress" not in {entry["kind"] for entry in seen["entries"]}
    with pytest.raises(Misuse, match="no entry"):
        client.get(f"/journal/{kept['id']}")
    told = alone.stage.client("alpha").get("/alerts")["alerts"]
    assert not any("duress" in str(alert).lower() for alert in told)
    assert "duress" not in alone.stage.log("alpha").read_text("utf-8").lower()


def test_an_entry_of_a_newer_version_is_shown_as_void_and_stops_nothing(
    tmp_path: Path,
) -> None:
    """JN-21"""
    with alone_at(tmp_path / "void") as stage:
        stage.start("alpha")
        alone = Alone(stage)
        first = alone.entered("onward", "rule", "text", "--unit", "bridge")
        stage.stop("alpha")
        with_newer_kind(stage.folder("alpha"))
        stage.start("alpha")
        (told,) = alone.alerts("void")
        assert "The journal knows no kind 255" in told
        second = alone.entered("onward", "rule", "text", "--unit", "1 Wing")
        out = alone.must("journal", "list").out
        assert "VOID: number 1, unknown kind 255. The journal knows no kind 255" in out
        data = alone.must("journal", "list", "--json").data()
        assert [entry["id"] for entry in data["entries"]] == [first, second]
        assert [entry["index"] for entry in data["void"]] == [1]
        alone.must("journal", "export", tmp_path / "journal.jsonl")
        lines = (tmp_path / "journal.jsonl").read_text("utf-8").splitlines()
        assert ["void" in json.loads(line) for line in lines] == [False, True, False]
        alone.restart()
        assert len(alone.alerts("void")) == 1


def with_newer_kind(folder: Path) -> None:
    """Put into the journal of a node that is stopped what a newer version would."""
    directory, secrets = NodeDirectory.open(folder), NodeSecrets.load(folder)
    owner = secrets.log.public.raw
    store = open_store(directory.store, lambda work: work(), create=False, owner=owner)
    rosters = {card.roster.version: card.roster for card in directory.own_cards(0)}
    book = Journal(store, secrets.log, lambda: rosters, clock, bytes)
    (kept,) = book.entries
    slots = decode(journal.payload_of(kept.entry))
    assert isinstance(slots, tuple)
    payload = encode((*slots[:3], 255, *slots[4:]))
    key = secrets.record
    data = sign1.sign(key, journal.context(book.origin), payload).encoded()
    newer = replace(kept, index=1, id=journal.entry_id(book.origin, payload), data=data)
    ended = threading.Event()
    store.submit([book._row(newer, clock()), book._head()], lambda error: ended.set())
    assert ended.wait(30)
    store.close()


@pytest.mark.parametrize("answer", ["n\n", "no \n", "\n", " \n", ""])
def test_a_no_is_a_no_with_a_blank_too(alone: Alone, answer: str) -> None:
    before = len(duress(alone))
    said = alone.run(*SIGNED[0], answers=answer)
    assert (said.code, "Stopped." in said.err) == (1, True)
    assert len(duress(alone)) == before


def test_what_is_no_answer_is_asked_again(alone: Alone) -> None:
    said = alone.must(*SIGNED[0], answers="perhaps\ny\n")
    assert said.out.count("Sign and enter this? [y/N]:") == 2
    assert "Error: invalid input" in said.out


# Offices


def test_an_office_shows_whom_to_call_now_and_what_is_stale(alone: Alone) -> None:
    alone.entered(
        *("office", "keep", "chief of defence", "chief of staff", "--party", "BRAVO"),
        *("--reach", "voice=+48 555 0100", "--deputy", "duty general", "--hours", "0000Z-2359Z"),
        *("--salutation", "Comrade General", "--verified", "-95h"),
    )
    out = alone.must("office", "reach", "chief of staff").out
    assert "voice +48 555 0100" in out
    assert "duty general" in out
    assert "Comrade General (NOT CONFIRMED by them)" in out
    assert "STALE" not in alone.must("office", "list").out
    assert "STALE" in alone.must("office", "list", "--days", "3").out
    (card,) = alone.must("office", "list", "--json").data()["pairs"]
    assert (card["stale"], card["salutation_confirmed_on"]) == (False, None)
    alone.entered(
        *("office", "keep", "chief of defence", "chief of staff", "--party", "BRAVO"),
        *("--salutation-confirmed", "now", "--verified", "-91h"),
    )
    assert "(confirmed " in alone.must("office", "reach").out
    (pair,) = alone.must("office", "reach", "--json").data()["pairs"]
    assert pair["in_hours"] in {True, False}
    assert alone.must("office", "reach", "nobody").out.startswith("No such pair is kept")


def test_a_pair_keeps_what_is_not_said_anew_and_takes_what_is(alone: Alone) -> None:
    pair = ("office", "keep", "chief of staff", "chief of staff", "--party", "CHARLIE")
    alone.entered(*pair, "--level", "military", "--reach", "voice=+48 555 0100", "--rank", "Lt Gen")

    def kept() -> Any:
        pairs = alone.must("office", "list", "--json").data()["pairs"]
        return next(each for each in pairs if each["party"] == "CHARLIE")

    assert (kept()["level"], kept()["rank"]) == ("military", "Lt Gen")
    alone.entered(*pair, "--hours", "0600Z-1400Z")
    assert (kept()["level"], kept()["rank"], kept()["hours"]) == (
        *("military", "Lt Gen"),
        "0600Z-1400Z",
    )
    alone.entered(*pair, "--level", "tactical")
    assert kept()["level"] == "tactical"
