"""The desk over a line of two real nodes: our own rules hold records back, and units must know."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from firebreak.cli.compose import Desk
from firebreak.desk import journal
from firebreak.desk.entries.contacts import Direction, Rung
from firebreak.desk.entries.contacts import Said as SaidEntry
from firebreak.desk.journal import Entry
from firebreak.node import runner as running
from firebreak.node.alerts import About
from firebreak.node.runner import Runner, finishing
from firebreak.records.contacts import Way
from firebreak.store.directory import NodeDirectory
from firebreak.values import Millis, Precedence
from tests.nodes import Said, Stage, template, until
from tests.worlds import DAY, HOUR, a_query

RESTRAINT = ("send", "restraint", "--keep", "ships", "--place", "the strait")
SECOND = "officer-2-senior-duty-officer.key"
TEXT = ("send", "text", "Good morning.")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.getbasetemp() / "parties")


@pytest.fixture(scope="module")
def stage(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Two nodes that hear each other."""
    with Stage.make(made, tmp_path_factory.mktemp("desk") / "stage") as running:
        running.start("alpha", "bravo")
        running.line_up()
        yield running


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")


def entered(stage: Stage, party: str, *words: object) -> str:
    identity: str = stage.must(party, *words, "--yes", "--json").data()["ids"][0]
    return identity


def lift(stage: Stage, kind: str) -> None:
    """From now on no rule of ours for a kind: two officers say so."""
    second = stage.folder("alpha") / "keys" / SECOND
    entered(stage, "alpha", "authority", "rule", kind, "--none", "--release", second)


def refused(stage: Stage, *words: object) -> str:
    said = stage.run("alpha", *words, "--yes")
    assert said.code == 1, said
    return said.err


def size(stage: Stage, party: str) -> int:
    """Records of ALPHA's, as a party's node holds them."""
    (agreement,) = stage.client(party).get("/status")["agreements"]
    return sum(
        channel["own" if party == "alpha" else "theirs"]["size"]
        for channel in agreement["channels"]
    )


def desk(stage: Stage, party: str) -> dict[str, Any]:
    found: dict[str, Any] = stage.client(party).get("/desk")
    return found


@pytest.fixture
def permissive(monkeypatch: pytest.MonkeyPatch) -> None:
    """An officer's machine that takes the node's refusals for nothing."""
    answer: dict[str, Any] = {
        "conflicts": [],
        "unchecked": [],
        "note": None,
        "unread": [],
        "more_unread": False,
        "looks_swapped": False,
        "late_by_ms": None,
        "two_officers": False,
        "as_of": 0,
    }
    monkeypatch.setattr(Desk, "_check", lambda *given: answer)


def test_a_record_that_needs_leave_is_neither_shown_nor_appended_without_it(stage: Stage) -> None:
    """JN-10"""
    entered(stage, "alpha", "authority", "rule", "text", "--principal", "commander")
    before = size(stage, "alpha")
    assert "goes out only with the leave of the commander" in refused(stage, *TEXT)
    leave = ("authority", "await", "commander", "--for", "a greeting", "--kind", "text")
    asked = entered(stage, "alpha", *leave)
    assert "none is noted" in refused(stage, *TEXT)
    entered(stage, "alpha", "authority", "given", asked[:8])
    stage.send("alpha", *TEXT)
    assert "none is noted" in refused(stage, *TEXT)
    assert size(stage, "alpha") == before + 1
    stage.stop("alpha")
    stage.start("alpha")
    assert "none is noted" in refused(stage, *TEXT)  # used, before the restart


@pytest.mark.usefixtures("permissive")
def test_the_node_appends_nothing_without_leave_whatever_a_machine_asks(stage: Stage) -> None:
    """JN-10"""
    before = size(stage, "alpha")
    assert "goes out only with the leave" in refused(stage, *TEXT)
    assert size(stage, "alpha") == before


def test_leave_for_one_answer_is_good_for_that_answer_only(stage: Stage) -> None:
    """JN-10"""
    entered(stage, "alpha", "authority", "rule", "answer", "--principal", "commander")
    query = ("send", "query", "--track", "FB-1", "--position", "551230N0194512E")
    one, other = stage.send("bravo", *query), stage.send("bravo", *query)
    words = ("--for", "the answer", "--kind", "answer", "--about", one[:12])
    asked = entered(stage, "alpha", "authority", "await", "commander", *words)
    entered(stage, "alpha", "authority", "given", asked[:8])
    assert "none is noted" in refused(stage, "answer", other, "ours")
    stage.send("alpha", "answer", one, "ours")
    lift(stage, "answer")
    stage.send("alpha", "answer", other, "ours")


def test_waiting_for_leave_is_known_to_us_alone(stage: Stage) -> None:
    """JN-10"""
    before = size(stage, "bravo")
    entered(stage, "alpha", "authority", "await", "the minister", "--for", "a call")
    assert "the minister" in json.dumps(desk(stage, "alpha"))
    assert size(stage, "bravo") == before
    assert "the minister" not in json.dumps(desk(stage, "bravo"))


def test_our_own_rule_for_two_officers_is_kept_beside_the_agreements(stage: Stage) -> None:
    """JN-11"""
    entered(stage, "alpha", "authority", "rule", "restraint", "--second-officer")
    assert "released by a second officer" in refused(stage, *RESTRAINT)
    keys = stage.folder("alpha") / "keys"
    first = keys / "officer-1-air-duty-officer.key"
    assert "same key" in refused(stage, *RESTRAINT, "--release", first)
    sent = stage.send("alpha", *RESTRAINT, "--release", keys / SECOND)
    assert stage.record("bravo", sent)["void"] is None


@pytest.mark.usefixtures("permissive")
def test_the_node_appends_nothing_unreleased_whatever_a_machine_asks(stage: Stage) -> None:
    """JN-11"""
    before = size(stage, "alpha")
    assert "Our own rule" in refused(stage, *RESTRAINT)
    assert size(stage, "alpha") == before
    lift(stage, "restraint")


def test_units_are_told_of_what_came_and_of_our_own_where_the_rule_says_so(stage: Stage) -> None:
    """JN-14, JN-15: over a restart, too."""
    rule = ("onward", "rule", "notice", "--unit", "1 Wing", "--within", "1s", "--own")
    entered(stage, "alpha", *rule)
    theirs = stage.notice("bravo")
    ours = stage.notice("alpha")

    def alarmed() -> set[str]:
        texts = [due["text"] for due in desk(stage, "alpha")["overdue"] if due["about"] == "onward"]
        return {record for record in (theirs, ours) if any(record[:8] in text for text in texts)}

    until(lambda: alarmed() == {theirs, ours}, "both alarms")
    stage.stop("alpha")
    stage.start("alpha")
    assert alarmed() == {theirs, ours}
    disclose = ("onward", "disclose", theirs, "--unit", "1 Wing")
    assert "nothing to disclose" in refused(stage, *disclose)
    told = ("onward", "told", theirs[:12], "--unit", "1 Wing", "--to", "Cpl. Mazur", "--read-back")
    entered(stage, "alpha", *told)
    assert alarmed() == {ours}
    bodies = [r["body"] for r in stage.client("bravo").get(f"/records/{theirs}")["records"]]
    assert not any("unit" in body and body["unit"] == "1 Wing" for body in bodies)
    stage.line_up()
    disclosed = stage.send("alpha", *disclose)
    body = stage.record("bravo", disclosed)["body"]
    assert (body["unit"], body["state"]) == ("1 Wing", "read-back")


def test_the_card_of_a_lines_record_says_whose_and_whether_it_is_real(stage: Stage) -> None:
    record = stage.notice("bravo")
    lines = stage.must("alpha", "onward", "card", record, "--json").data()["lines"]
    assert lines[0].startswith(f"WHAT     EXERCISE. NOTICE {record[:8].upper()} OF BRAVO: AIR POL")
    assert lines[1] == "WHERE    CIRCLE 551230.0N 0194512.0E 27780 M"
    assert lines[3:] == ["LIMITS   FL095 to FL245", "CONTACT  duty desk, line 3"]


def test_a_handover_lists_what_the_line_holds_open(stage: Stage) -> None:
    """JN-12"""
    query = ("send", "query", "--track", "FB-9", "--position", "551230N0194512E")
    theirs, ours = stage.send("bravo", *query), stage.send("alpha", *query)
    notice = stage.notice("bravo")
    notes = {each["id"]: each["note"] for each in desk(stage, "alpha")["open"]}
    assert notes[theirs].startswith("query of BRAVO: our answer due")
    assert notes[ours].startswith("our query: answer of BRAVO due")
    assert any(
        (each["id"], each["note"]) == (notice, "notice of BRAVO, not acknowledged")
        for each in desk(stage, "alpha")["open"]
    )
    given = stage.must("alpha", "handover", "give", "--yes", "--json")
    assert given.data()["ids"]
    listed = stage.must("alpha", "handover", "show", "--json").data()["watches"][0]["items"]
    assert {theirs, ours, notice} <= {item["id"] for item in listed}
    stage.send("bravo", "answer", ours, "ours")
    assert ours not in {each["id"] for each in desk(stage, "alpha")["open"]}


def test_duress_beside_a_record_is_in_our_journal_and_nothing_of_it_on_the_line(
    stage: Stage,
) -> None:
    """JN-13"""
    lift(stage, "text")
    signed(stage, "y\n")  # it shows what was not read yet
    free = signed(stage, "y\n")
    before, journal = size(stage, "bravo"), duress(stage)
    held = signed(stage, "y \n")
    assert len(free.out.splitlines()) == len(held.out.splitlines())
    assert without_ids(held.out) == without_ids(free.out)
    assert without_ids(held.err) == without_ids(free.err)
    until(lambda: size(stage, "bravo") == before + 1, "the record alone")
    (noted,) = duress(stage)[len(journal) :]
    assert stage.record("alpha", noted["about"][0])["kind"] == "text"


def test_each_officer_of_two_signals_for_himself(stage: Stage) -> None:
    """JN-13"""
    words = (*RESTRAINT, "--release", stage.folder("alpha") / "keys" / SECOND)
    before = len(duress(stage))
    stage.must("alpha", *words, "--wait", 30, answers="y\ny \n")
    (noted,) = duress(stage)[before:]
    assert noted["office"] == "senior duty officer"


def signed(stage: Stage, answer: str) -> Said:
    return stage.must("alpha", *TEXT, "--wait", 30, answers=answer)


def without_ids(text: str) -> bytes:
    return re.sub(r"\b[0-9a-f]{8}\b", "#", text).encode()


def duress(stage: Stage) -> list[dict[str, Any]]:
    words = ("journal", "list", "--all", "--kind", "duress", "--last", 1000, "--json")
    found: list[dict[str, Any]] = stage.must("alpha", *words).data()["entries"]
    return found


def test_a_whole_node_whose_clock_jumps_loses_no_deadline(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JN-15: ahead by a day, back again, over a restart, to the deadline itself."""
    start, ahead = running.clock(), [0]
    monkeypatch.setattr(running, "clock", lambda: Millis(start + ahead[0]))

    async def scene(stage: Stage) -> None:
        directory = NodeDirectory.open(stage.folder("alpha"))
        node = Runner(directory)
        await node.start()
        signed = asked(directory, node.journal.origin, Millis(start))
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        node.journal.append([signed], finishing(kept))
        await kept
        assert not await told_at(node, 0, wanted=False)
        assert await told_at(node, DAY)
        assert not await told_at(node, 1, wanted=False)
        await node.stop()
        node = Runner(directory)
        await node.start()
        assert not await told_at(node, HOUR - 1, wanted=False)
        assert await told_at(node, HOUR)
        assert not await told_at(node, 2 * HOUR, wanted=False)
        await node.stop()

    async def told_at(node: Runner, offset: int, *, wanted: bool = True) -> bool:
        before, ahead[0] = node.told[About.LAPSED], offset
        node.touched()
        return await node.until(lambda: node.told[About.LAPSED] > before, 20 if wanted else 0.5)

    asyncio.run(scene(Stage.make(made, tmp_path / "stage")))


def asked(directory: NodeDirectory, origin: str, at: Millis) -> bytes:
    """A query by voice that wants its answer within an hour, signed by ALPHA's first officer."""
    said = SaidEntry(
        Direction.OURS,
        "BRAVO",
        "duty office",
        "air duty officer",
        None,
        Way.VOICE,
        Rung.DIRECT,
        at,
        Precedence.IMMEDIATE,
        HOUR,
        read_back=True,
        body=a_query(),
    )
    roster = directory.card().roster
    key = directory.officer_key(1, roster.entries[1].office)
    return journal.sign_entry(Entry(roster.version, 1, at, (), said), origin, key)
