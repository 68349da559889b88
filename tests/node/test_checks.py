"""What a node itself notes of line checks: each that passed once, whatever the clock and restarts do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk import journal
from firebreak.desk.entries.checks import (
    DAY,
    Carrier,
    CheckCalendar,
    CheckMissed,
    CheckNoted,
    CheckTried,
    DrillCalled,
    DrillPlanned,
    LineWas,
    MissedBecause,
)
from firebreak.desk.journal import Kept, of_kind
from firebreak.errors import Refused
from firebreak.line.link import LineStatus
from firebreak.node.checks import LOOKED_BACK, REASON_WITHIN, Checks, Surroundings
from firebreak.records.agreement import Channel, LineCheckTime, Office
from firebreak.records.contacts import Way
from firebreak.records.kinds import LineCheck, LineCheckReply
from firebreak.records.record import NODE_AUTHOR
from firebreak.records.slots import Words
from firebreak.values import Millis, PartyNumber
from tests.desk.journal_example import ORIGIN
from tests.nodes import Stage, must, root_of, template
from tests.worlds import HOUR, MINUTE, NOW, START, make_party

ALPHA = make_party(0)
ROSTER = ALPHA.roster.roster
NINE = Millis(START + DAY + 9 * HOUR)
GRACE = 30 * MINUTE


@dataclass
class Book:
    """As much of a node's journal as the checks use: it verifies what it takes, and fails if told to."""

    entries: list[Kept] = field(default_factory=list)
    checks: list[Callable[[Kept, Sequence[Kept]], None]] = field(default_factory=list)
    origin: str = ORIGIN

    def append(self, signed: Sequence[bytes], done: object) -> None:
        for data in signed:
            rosters = {ROSTER.version: ROSTER}
            self.entries.append(journal.open_entry(data, len(self.entries), ORIGIN, rosters))


class Line:
    """As much of a side as the checks use: air, checks at 0900Z and 1600Z, and no records."""

    def __init__(self, holidays: tuple[int, ...] = ()) -> None:
        self.peer_name = "BRAVO"
        self.appending = SimpleNamespace(checks=[])
        agreement = SimpleNamespace(
            line_checks=tuple(LineCheckTime(Channel.AIR, minute) for minute in (540, 960)),
            holidays=holidays,
            offices=(Office(PartyNumber(1), "duty officer"),),
            valid_from=START,
            valid_until=Millis(START + 400 * DAY),
        )
        self.shared = SimpleNamespace(
            agreement=agreement,
            peer=PartyNumber(1),
            terms=lambda channel: SimpleNamespace(offices=(0,), answer_within=()),
            books={},
            recovering=False,
            link=SimpleNamespace(status=LineStatus.DOWN),
        )


@dataclass
class World:
    """One node's checks under a clock of the test's, started again as often as it likes."""

    now: int
    side: Any = field(default_factory=Line)
    book: Any = field(default_factory=Book)

    def start(self) -> Checks:
        around = Surroundings(
            lambda: Millis(self.now),
            lambda peer: (Carrier.WIRE,),
            lambda peer: "refused\x00  to speak",
            lambda: ROSTER.version,
            Millis(self.now),
        )
        return Checks([self.side], self.book, ALPHA.record, around)

    def noted(self) -> list[CheckNoted]:
        return [body for _, body in of_kind(self.book.entries, CheckNoted)]


def test_a_check_that_passed_while_the_line_was_down_is_noted_by_the_node_itself() -> None:
    """JN-17"""
    world = World(NINE)
    checks = world.start()
    assert checks.wake_at() is not None
    checks.tick()  # what was before this run
    before = world.noted()
    assert {each.line for each in before} == {LineWas.NODE_NOT_RUNNING}
    world.now = NINE + GRACE - 1
    checks.tick()
    assert world.noted() == before
    assert checks.wake_at() == NINE + GRACE
    world.now = NINE + GRACE
    checks.tick()
    checks.tick()
    assert world.noted() == [
        *before,
        CheckNoted("BRAVO", "air", NINE, LineWas.DOWN, "refused to speak"),
    ]
    (entry,) = world.book.entries[len(before) :]
    assert (entry.entry.author, entry.office, entry.entry.at) == (NODE_AUTHOR, "node", world.now)
    (each,) = checks.history(checks.lines()[0], NINE - 1)
    assert (each.because, each.stated, each.tries) == (MissedBecause.UNKNOWN, False, 0)


@given(
    st.lists(st.tuples(st.integers(-30 * HOUR, 6 * DAY), st.booleans()), min_size=1, max_size=12),
    st.lists(st.integers(START // DAY, START // DAY + 6), max_size=3, unique=True),
)
def test_no_check_is_lost_or_noted_twice_over_restarts_and_clocks_that_jump(
    looks: list[tuple[int, bool]], off: list[int]
) -> None:
    """looks: by how much the clock stands from nine o'clock, and whether the node starts again."""
    world = World(NINE, Line(tuple(sorted(off))))
    checks = world.start()
    for moved, again in looks:
        world.now = NINE + moved
        if again:
            checks = world.start()
        checks.tick()
    calendar = checks.lines()[0].calendar
    latest = NINE + max(moved for moved, _ in looks)
    wanted = [due for due in calendar.between(0, latest) if due + GRACE <= latest]
    assert sorted(each.due for each in world.noted()) == wanted
    assert all(due // DAY not in off for due in wanted)


def test_a_node_that_was_long_away_looks_back_five_weeks_and_no_further() -> None:
    world = World(START + 300 * DAY)
    world.start().tick()
    noted = [each.due for each in world.noted()]
    assert len(noted) == 2 * LOOKED_BACK // DAY
    assert min(noted) >= world.now - LOOKED_BACK


def test_a_node_that_recovers_notes_nothing_before_it_has_its_logs() -> None:
    world = World(NINE + HOUR)
    world.side.shared.recovering = True
    checks = world.start()
    checks.tick()
    assert (world.noted(), checks.wake_at()) == ([], None)
    world.side.shared.recovering = False
    checks.tick()
    assert NINE in [each.due for each in world.noted()]


def test_what_no_note_can_hold_of_a_trouble_is_left_out() -> None:
    world = World(NINE)
    around = Surroundings(
        lambda: Millis(world.now),
        lambda peer: (Carrier.WIRE,),
        lambda peer: "\u202e" + "é" * 300 + "\x07",
        lambda: ROSTER.version,
        Millis(0),
    )
    checks = Checks([world.side], world.book, ALPHA.record, around)
    world.now = NINE + GRACE
    checks.tick()
    assert {each.trouble for each in world.noted()} == {"é" * 200}


def told(checks: Checks, now: int) -> list[str]:
    return [each.key.split()[0] for each in checks.due(Millis(now)) if each.at <= now]


def test_what_is_due_is_a_check_then_its_reason_until_somebody_states_it() -> None:
    world = World(NINE)
    checks = world.start()
    for at in (0, 7 * HOUR):
        missed = CheckMissed("BRAVO", "air", Millis(NINE - DAY + at), MissedBecause.UNKNOWN)
        world.book.entries.append(kept(missed, len(world.book.entries)))
    assert told(checks, NINE) == ["check"]
    world.now = NINE + GRACE
    assert told(checks, world.now) == []
    world.now = NINE + GRACE + REASON_WITHIN
    assert told(checks, world.now) == ["reason"]
    stated = CheckMissed("BRAVO", "air", NINE, MissedBecause.TECHNICAL_THEIRS)
    world.book.entries.append(kept(stated, len(world.book.entries)))
    assert told(checks, world.now) == []


def test_a_missed_check_by_telephone_is_told_and_says_nothing_of_intent() -> None:
    world = World(NINE - HOUR)
    checks = world.start()
    calendar = CheckCalendar("CHARLIE", "voice", ("duty officer",), (540,), (), GRACE)
    world.book.entries.append(kept(calendar, 0, NINE - HOUR))
    named = f"CHARLIE voice {NINE}"
    found = {each.key.split()[0]: each for each in checks.due(NINE) if each.key.endswith(named)}
    assert (found["missed"].at, found["check"].at) == (NINE + GRACE, NINE)
    assert "says nothing about intent" in found["missed"].text


def test_a_call_of_a_drill_is_due_until_it_is_made() -> None:
    world = World(NINE)
    checks = world.start()
    plan = kept(DrillPlanned("BRAVO", ("duty officer",), (NINE, Millis(NINE + 3 * HOUR))), 0)
    world.book.entries.append(plan)

    def drill_due(now: int) -> list[Millis]:
        found = [each for each in checks.due(Millis(now)) if each.key.startswith("drill")]
        assert all("firebreak line drill note" in each.text for each in found)
        return [each.at for each in found]

    assert drill_due(NINE) == [NINE, NINE + 3 * HOUR]
    assert drill_due(NINE + HOUR) == [NINE + 3 * HOUR]  # not made in time: it is told as ours
    made = DrillCalled("BRAVO", "duty officer", Way.VOICE, NINE, NINE, None, None)
    world.book.entries.append(kept(made, 1, about=(plan.id,)))
    assert drill_due(NINE) == [NINE + 3 * HOUR]


def kept(body: journal.Body, index: int, at: int = NOW, about: tuple[bytes, ...] = ()) -> Kept:
    entry = journal.Entry(ROSTER.version, 1, Millis(at), about, body)
    data = journal.sign_entry(entry, ORIGIN, ALPHA.officers[0])
    return journal.open_entry(data, index, ORIGIN, {ROSTER.version: ROSTER})


def test_words_said_lately_are_refused_in_a_check_and_in_a_reply_and_fresh_ones_are_not() -> None:
    world = World(NINE)
    checks = world.start()
    (check,) = world.side.appending.checks
    said = CheckTried(
        "BRAVO", "duty officer", Way.VOICE, NINE, None, Words("en", "Rain."), None, False, "air"
    )
    world.book.entries.append(kept(said, 0))
    for body in (LineCheck(Words("en", "rain")), LineCheckReply(Words("en", "Rain!"))):
        with pytest.raises(Refused, match="for example"):
            check(Channel.AIR, SimpleNamespace(body=body))
    check(Channel.AIR, SimpleNamespace(body=LineCheck(Words("en", checks.proposal("BRAVO")))))


# Two real nodes


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Two nodes under an agreement that holds since six hours ago, with a check each hour."""
    place: Path = tmp_path_factory.mktemp("checks")
    made = template(tmp_path_factory.getbasetemp() / "parties")
    with Stage.make(made, place / "stage") as stage:
        agree_on_hourly_checks(stage)
        yield stage


def agree_on_hourly_checks(stage: Stage) -> None:
    alpha, bravo = stage.folder("alpha"), stage.folder("bravo")
    for folder in (alpha, bravo):
        for old in (folder / "agreements").iterdir():
            old.unlink()
    draft, signed = stage.place / "hourly.toml", stage.place / "hourly.agreement"
    must("agreement", "new", "--with", bravo / "card", "--dir", alpha, "--out", draft)
    since = datetime.now(UTC) - timedelta(hours=6)
    hours = ", ".join(f'"{hour:02}00Z"' for hour in range(24))
    lines = [
        f"valid_from = {since:%Y-%m-%dT%H:%M:%SZ}"
        if line.startswith("valid_from")
        else f"line_checks = [{hours}]"
        if line.startswith('line_checks = ["')
        else line
        for line in draft.read_text("utf-8").splitlines()
    ]
    draft.write_text("\n".join(lines) + "\n", "utf-8")
    must("agreement", "sign", draft, "--dir", alpha, "--fingerprint", root_of(bravo))
    words = ("--with", alpha / "card", "--fingerprint", root_of(alpha))
    must("agreement", "sign", signed, "--dir", bravo, *words)
    must("agreement", "keep", signed, "--dir", alpha)


def notes(stage: Stage) -> list[dict[str, Any]]:
    words = ("journal", "list", "--kind", "check-noted", "--last", 999, "--json")
    entries: list[dict[str, Any]] = stage.must("alpha", *words).data()["entries"]
    return [each["body"] | {"office": each["office"]} for each in entries]


def test_real_nodes_note_what_passed_hold_a_check_in_turn_and_take_its_reason(
    stage: Stage,
) -> None:
    stage.start("alpha", "bravo")
    stage.line_up()
    first = notes(stage)
    assert {(each["line"], each["office"]) for each in first} == {("node-not-running", "node")}
    assert len(first) >= 2 * 5
    stage.stop("alpha")
    stage.start("alpha")
    stage.line_up()
    again = notes(stage)
    assert len({(e["channel"], e["due"]) for e in again}) == len(again)

    missed = ("line", "missed", "--because", "technical-ours", "--text", "not started", "--yes")
    stage.must("alpha", *missed, "--line", "air")
    (line,) = (
        each
        for each in stage.must("alpha", "line", "checks", "--json").data()["lines"]
        if each["channel"] == "air"
    )
    stated = [each for each in line["history"] if each["stated"]]
    assert [each["because"] for each in stated] == ["technical-ours"]
    assert {each["became"] for each in line["history"]} <= {"not attempted (by us)", "open"}
    assert line["next_turn"]["carrier"] == "wire"

    said = stage.must("alpha", "line", "check", "--in-turn", "--channel", "air", "--yes", "--json")
    check = said.data()["id"]
    assert "In turn: air duty officer, by wire." in said.err
    text = stage.record("alpha", check)["body"]["content"]["text"]
    stage.until_state("alpha", check, "delivered")
    echo = stage.run("bravo", "line", "reply", check, "--text", text.upper(), "--yes")
    assert (echo.code, "do not show that a person speaks" in echo.err) == (1, True)
    stage.send("bravo", "line", "reply", check)
    answered = stage.record("alpha", check)["question"]["standing"]
    assert answered == "answered"
    shown = stage.must("alpha", "line", "checks").out
    assert "technical-ours" in shown
    carried = ("line", "check", "--carrier", "by-hand", "--language", "ru", "--yes", "--json")
    by_hand = stage.must("alpha", *carried)
    assert "Now carry it" in by_hand.err
    content = stage.record("alpha", by_hand.data()["id"])["body"]["content"]
    assert content["language"] == "en"  # what is proposed is English, whatever one speaks
    wrong = stage.run("alpha", "line", "check", "--carrier", "voice", "--yes")
    assert (wrong.code, "line tried" in wrong.err) == (1, True)
    words = ("journal", "list", "--kind", "check-went", "--json")
    went = stage.must("alpha", *words).data()["entries"]
    assert [each["body"]["carrier"] for each in went] == ["wire", "by-hand"]


def test_a_suspension_is_shown_with_its_reason_and_the_traffic_since(stage: Stage) -> None:
    words = ("send", "line-state", "suspended", "--of", "air", "--reason", "by order")
    stage.send("bravo", *words)
    stage.send("alpha", "send", "text", "We hear you all the same.")
    for view in ("status", "checks"):
        shown = " ".join(stage.must("alpha", "line", view).out.split())
        assert "air: SUSPENDED by BRAVO, declared" in shown
        assert "reason stated: by order; traffic since: 1 record" in shown
    stage.send("bravo", "send", "line-state", "resumed", "--of", "air")
    assert "SUSPENDED" not in stage.must("alpha", "line", "status").out
