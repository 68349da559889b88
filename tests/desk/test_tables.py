"""Every table of a dialogue over all pairs of standing and event, against a list kept by hand here."""

import re

import pytest

from firebreak.desk.tables import TABLES, Event, Standing, Table
from tests.conftest import ROOT

EXPECTED = {
    "A question": """
        asked:     CHECKING checking, ANSWER answered, LAPSE lapsed, WITHDRAW withdrawn
        checking:  ANSWER answered, LAPSE lapsed, WITHDRAW withdrawn
        lapsed:    ANSWER answered-late
        answered:  LAPSE answered-late
        answered-late:
        withdrawn:
    """,
    "A notice or hazard warning": """
        filed:             AMEND amended, CANCEL cancelled, READ_BACK_AGREES acknowledged
        filed:             READ_BACK_DIFFERS read-back-differs, OBJECT objected
        amended:           CANCEL cancelled, READ_BACK_AGREES acknowledged
        amended:           READ_BACK_DIFFERS read-back-differs, OBJECT objected
        read-back-differs: AMEND amended, CANCEL cancelled, READ_BACK_AGREES acknowledged
        read-back-differs: OBJECT objected
        acknowledged:      AMEND amended, CANCEL cancelled, OBJECT objected
        objected:          AMEND amended, CANCEL cancelled
        cancelled:
    """,
    "A call": """
        requested:          ACCEPT accepted, OTHER_TIME other-time, DEPUTY deputy
        requested:          NOT_AT_THIS_TIME not-at-this-time, DECLINE declined
        requested:          AWAIT awaiting-authority, LAPSE lapsed, WITHDRAW withdrawn, BEGIN begun
        awaiting-authority: ACCEPT accepted, OTHER_TIME other-time, DEPUTY deputy
        awaiting-authority: NOT_AT_THIS_TIME not-at-this-time, DECLINE declined
        awaiting-authority: LAPSE lapsed, WITHDRAW withdrawn, BEGIN begun
        lapsed:             ACCEPT accepted, OTHER_TIME other-time, DEPUTY deputy
        lapsed:             NOT_AT_THIS_TIME not-at-this-time, DECLINE declined
        lapsed:             WITHDRAW withdrawn, BEGIN begun
        other-time:         ACCEPT accepted, DEPUTY deputy, NOT_AT_THIS_TIME not-at-this-time
        other-time:         DECLINE declined, WITHDRAW withdrawn, BEGIN begun
        deputy:             ACCEPT accepted, OTHER_TIME other-time
        deputy:             NOT_AT_THIS_TIME not-at-this-time
        deputy:             DECLINE declined, WITHDRAW withdrawn, BEGIN begun
        not-at-this-time:   ACCEPT accepted, OTHER_TIME other-time, DEPUTY deputy
        not-at-this-time:   DECLINE declined, BEGIN begun
        declined:           ACCEPT accepted, OTHER_TIME other-time, DEPUTY deputy
        declined:           NOT_AT_THIS_TIME not-at-this-time, BEGIN begun
        accepted:           OTHER_TIME other-time, DEPUTY deputy
        accepted:           NOT_AT_THIS_TIME not-at-this-time, DECLINE declined
        accepted:           WITHDRAW withdrawn, BEGIN begun, BOTH_READY ready
        ready:              ACCEPT accepted, OTHER_TIME other-time, DEPUTY deputy
        ready:              NOT_AT_THIS_TIME not-at-this-time, DECLINE declined
        ready:              WITHDRAW withdrawn, BEGIN begun
        begun:              END ended, BREAK_OFF broken-off
        broken-off:         BEGIN begun, END ended
        ended:
        withdrawn:
    """,
    "An incident": """
        reported:      CLOSE closed-by-one
        closed-by-one: SAY reported, CLOSE_OTHER closed
        closed:
    """,
    "A contact told": """
        told:      CONFIRM confirmed, DISPUTE disputed
        confirmed: DISPUTE disputed
        disputed:  CONFIRM confirmed
    """,
    "A site": """
        filed:             AMEND amended, CANCEL cancelled, READ_BACK_AGREES acknowledged
        filed:             READ_BACK_DIFFERS read-back-differs
        amended:           CANCEL cancelled, READ_BACK_AGREES acknowledged
        amended:           READ_BACK_DIFFERS read-back-differs
        read-back-differs: AMEND amended, CANCEL cancelled, READ_BACK_AGREES acknowledged
        acknowledged:      AMEND amended, CANCEL cancelled
        cancelled:
    """,
    "A movement": """
        filed:             AMEND amended, CANCEL cancelled, READ_BACK_AGREES acknowledged
        filed:             READ_BACK_DIFFERS read-back-differs, MOVE under-way, HOLD holding
        filed:             ARRIVE arrived, FAIL not-completed
        amended:           CANCEL cancelled, READ_BACK_AGREES acknowledged
        amended:           READ_BACK_DIFFERS read-back-differs, MOVE under-way, HOLD holding
        amended:           ARRIVE arrived, FAIL not-completed
        read-back-differs: AMEND amended, CANCEL cancelled, READ_BACK_AGREES acknowledged
        read-back-differs: MOVE under-way, HOLD holding, ARRIVE arrived, FAIL not-completed
        acknowledged:      AMEND amended, CANCEL cancelled
        acknowledged:      MOVE under-way, HOLD holding, ARRIVE arrived, FAIL not-completed
        under-way:         AMEND amended, CANCEL cancelled
        under-way:         MOVE under-way, HOLD holding, ARRIVE arrived, FAIL not-completed
        holding:           AMEND amended, CANCEL cancelled
        holding:           MOVE under-way, HOLD holding, ARRIVE arrived, FAIL not-completed
        not-completed:     AMEND amended, CANCEL cancelled, MOVE under-way, HOLD holding
        arrived:
        cancelled:
    """,
}
"""By table: every row, with the event's name in the code and where the dialogue stands then."""

by_name = pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])


def expected(table: Table) -> dict[Standing, dict[Event, Standing]]:
    """The list above, read: standings and what each event leads to."""
    rows: dict[Standing, dict[Event, Standing]] = {}
    for line in EXPECTED[table.name].strip().splitlines():
        standing, _, events = line.strip().partition(":")
        row = rows.setdefault(Standing(standing), {})
        for pair in filter(None, (each.strip() for each in events.split(","))):
            name, then = pair.split()
            assert Event[name] not in row, "listed twice"
            row[Event[name]] = Standing(then)
    return rows


def test_every_table_is_listed() -> None:
    assert {table.name for table in TABLES} == EXPECTED.keys()


@by_name
def test_every_pair_of_standing_and_event_leads_where_the_list_says(table: Table) -> None:  # D-7
    rows = expected(table)
    assert table.rows.keys() == rows.keys()
    for standing in table.rows:
        for event in Event:
            assert table.step(standing, event) is rows[standing].get(event, standing), (
                standing,
                event,
            )


@by_name
def test_every_standing_can_come_about_and_none_leads_out_of_its_table(table: Table) -> None:
    reached = {table.first}
    while True:
        further = {then for standing in reached for then in table.rows[standing].values()}
        if further <= reached:
            break
        reached |= further
    assert reached == table.rows.keys()


@by_name
def test_the_spec_shows_the_table(table: Table) -> None:
    spec = (ROOT / "spec" / "dialogue.md").read_text(encoding="utf-8")
    made = table.as_markdown()
    assert made in spec, f"put this into spec/dialogue.md:\n{made}"


def test_the_spec_shows_no_other_table_of_a_dialogue() -> None:
    spec = (ROOT / "spec" / "dialogue.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| (.+) stands \| event \| then \|$", spec, re.MULTILINE)
    assert shown == [table.name for table in TABLES]


@by_name
def test_the_diagram_has_every_change_once(table: Table) -> None:
    diagram = table.as_diagram()
    changes = {
        (standing, then)
        for standing, row in table.rows.items()
        for then in row.values()
        if then is not standing
    }
    drawn = re.findall(r"^    (\w+) --> (\w+): ", diagram, re.MULTILINE)
    assert sorted(drawn) == sorted(
        (standing.replace("-", "_"), then.replace("-", "_")) for standing, then in changes
    )
    assert f"[*] --> {table.first.replace('-', '_')}\n" in diagram
    # Mermaid's grammar of a transition: a name, an arrow, a name, one colon, and a label to the line's end.
    assert all(
        re.fullmatch(r"    \S+ --> \w+(: [^:;]+)?", line) for line in diagram.splitlines()[1:]
    )
