"""When the desk's own things come due: with a journal on disk and a clock that the test moves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firebreak.desk import journal
from firebreak.desk.entries.contacts import Direction, Rung, Said
from firebreak.desk.entries.offices import (
    AuthorityAwaited,
    AuthorityGiven,
    Counterpart,
    HandoverGiven,
    HandoverTaken,
    Level,
    OpenItem,
    Summoned,
    Summons,
    SummonsAnswered,
)
from firebreak.desk.entries.onward import OnwardRule, OnwardTold
from firebreak.desk.journal import Body, Entry, Kept
from firebreak.errors import Refused
from firebreak.node.alerts import About, Alert
from firebreak.node.desk import (
    HANDOVER_WITHIN,
    LATE,
    MOST_LISTED,
    ONWARD_AGAIN,
    SUMMONS_WITHIN,
    Desk,
)
from firebreak.node.incidents import Incidents
from firebreak.node.journal import Journal
from firebreak.records.contacts import Way
from firebreak.records.incidents import Assessment, Close, Incident, IncidentSort, Stance
from firebreak.records.kinds import Answer, Kind, Reply
from firebreak.records.kinds import Body as RecordBody
from firebreak.store.sqlite import open_store
from firebreak.values import Millis, Precedence
from tests.worlds import DAY, HOUR, MINUTE, NOW, a_notice, a_query, make_party, seed_of

ALPHA = make_party(0)
ROSTER = ALPHA.roster.roster
FIRST, SECOND = 1, 2


@dataclass
class Clock:
    now: int = NOW

    def __call__(self) -> Millis:
        return Millis(self.now)


class Office:
    """A journal with a desk over it, and no line at all."""

    def __init__(self, path: Path, *, create: bool = True, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.store = open_store(path, lambda work: work(), create=create)
        self.told: list[Alert] = []
        self.faults: list[Exception] = []
        rosters = {ROSTER.version: ROSTER}
        self.journal = Journal(
            self.store, ALPHA.log, lambda: rosters, self.clock, lambda n: seed_of("journal")[:n]
        )
        self.desk = Desk(
            [],
            self.journal,
            self.store,
            self.clock,
            self.told.append,
            self.faults.append,
            lambda: rosters,
            list,
        )
        incidents = Incidents([], self.journal)
        self.desk.more.append(incidents.still_open)
        self.desk.alarms.sources.append(incidents.due)

    def note(self, body: Body, *about: bytes, who: int = FIRST) -> bytes:
        entry = Entry(ROSTER.version, who, self.clock(), about, body)
        data = journal.sign_entry(entry, self.journal.origin, ALPHA.officers[who - 1])
        ended = threading.Event()
        (kept,) = self.journal.append([data], lambda error: ended.set())
        assert ended.wait(30)
        return kept.id

    def say(
        self,
        body: RecordBody,
        *about: bytes,
        by: Direction = Direction.OURS,
        answer_by: int | None = None,
    ) -> bytes:
        said = Said(
            by,
            "BRAVO",
            "duty office",
            "air duty officer",
            None,
            Way.VOICE,
            Rung.DIRECT,
            self.clock(),
            Precedence.ROUTINE,
            answer_by,
            read_back=True,
            body=body,
        )
        return self.note(said, *about)

    def at(self, now: int) -> list[About]:
        """What is told at this time."""
        before, self.clock.now = len(self.told), now
        self.desk.alarms.tick()
        assert self.faults == []
        return [alert.about for alert in self.told[before:]]

    def items(self) -> list[OpenItem]:
        return self.desk.still_open(self.clock())


def test_an_incident_is_open_and_its_promised_words_alarm(office: Office) -> None:
    """JN-12, JN-15: until its side has said the next word, or both have closed it."""
    report = office.say(Incident(IncidentSort.OTHER, 0, "the strait"))
    assert [item.id for item in office.items()] == [report]
    word = office.say(Assessment(Stance.ASSESSING, 20 * MINUTE), report)
    theirs = Assessment(Stance.ASSESSING, HOUR)
    heard = office.say(theirs, report, by=Direction.THEIRS)
    assert [item.id for item in office.items()] == [word, heard, report]
    assert "our next word by" in office.items()[0].note
    with pytest.raises(Refused, match="leaves out"):
        office.note(HandoverGiven("duty officer", (office.items()[0],)))
    assert office.at(NOW + 20 * MINUTE - 1) == []
    assert office.at(NOW + 20 * MINUTE) == [About.OVERDUE]
    office.say(Assessment(Stance.OURS), report)
    assert office.at(NOW + HOUR) == [About.LAPSED]
    assert "says nothing about why" in office.told[-1].text
    assert [item.id for item in office.items()] == [heard, report]
    office.say(Close(), report)
    office.say(Close(), report, by=Direction.THEIRS)
    assert office.items() == []
    assert office.at(NOW + 3 * HOUR) == []


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "store.db")
    yield made
    made.store.close()


def test_a_watch_between_two_officers_alarms_until_it_is_taken(office: Office) -> None:
    """JN-12"""
    given_ = office.note(HandoverGiven("duty officer", ()))
    assert office.at(NOW) == [About.HANDOVER]
    times = [NOW + HANDOVER_WITHIN - 1, NOW + HANDOVER_WITHIN, NOW + 2 * HANDOVER_WITHIN]
    assert [office.at(t) for t in times] == [[], [About.HANDOVER], [About.HANDOVER]]
    with pytest.raises(Refused, match="cannot take it"):
        office.note(HandoverTaken(), given_)
    office.note(HandoverTaken(), given_, who=SECOND)
    assert office.at(NOW + HOUR) == []


def test_who_is_summoned_alarms_every_two_minutes_until_each_has_come(office: Office) -> None:
    """JN-16"""
    called = office.note(Summons(tuple(Summoned), "they are on the line"))
    times = [NOW + n * SUMMONS_WITHIN for n in range(3)]
    assert [office.at(t) for t in times] == [[About.SUMMONS]] * 3
    office.note(SummonsAnswered(Summoned.COMMANDER, "Col. K", office.clock()), called)
    assert office.at(NOW + 6 * MINUTE) == [About.SUMMONS]
    assert "commander" not in office.told[-1].text.split(".")[0]
    office.note(SummonsAnswered(Summoned.INTERPRETER, "Ms L", office.clock()), called)
    assert office.at(NOW + 8 * MINUTE) == []
    with pytest.raises(Refused, match="Nobody was summoned"):
        office.note(SummonsAnswered(Summoned.COMMANDER, "Col. K", office.clock()))


def test_leave_that_is_awaited_is_brought_back_to_mind_every_hour(office: Office) -> None:
    asked = office.note(AuthorityAwaited("commander", "a call"))
    times = [NOW + HOUR - 1, NOW + HOUR, NOW + 2 * HOUR]
    assert [office.at(t) for t in times] == [[], [About.AUTHORITY], [About.AUTHORITY]]
    office.note(AuthorityGiven(granted=False, by="commander"), asked)
    assert office.at(NOW + 4 * HOUR) == []


def test_a_counterpart_that_was_not_verified_for_long_is_told_once(office: Office) -> None:
    office.note(Counterpart("ours", "BRAVO", "theirs", Level.TACTICAL))
    times = [NOW + 90 * DAY - 1, NOW + 90 * DAY, NOW + 200 * DAY]
    assert [office.at(t) for t in times] == [[], [About.VERIFICATION], []]


def test_our_answer_is_brought_to_mind_before_it_is_due_and_alarms_when_it_is(
    office: Office,
) -> None:
    """JN-15"""
    heard = office.say(a_query(), by=Direction.THEIRS, answer_by=HOUR)
    times = [NOW + HOUR - 5 * MINUTE, NOW + HOUR, NOW + 2 * HOUR]
    assert [office.at(t) for t in times] == [[About.OVERDUE], [About.OVERDUE], []]
    assert [alert.level for alert in office.told] == ["warning", "alarm"]
    other = office.say(a_query(), by=Direction.THEIRS, answer_by=HOUR)
    office.say(Answer(Reply.OURS), other)
    office.say(Answer(Reply.OURS), heard)
    assert office.at(NOW + DAY) == []


def test_a_reminder_of_a_short_time_comes_in_its_last_quarter(office: Office) -> None:
    office.say(a_query(), by=Direction.THEIRS, answer_by=4_000)
    times = [NOW + 2_999, NOW + 3_000, NOW + 4_000]
    assert [office.at(t) for t in times] == [[], [About.OVERDUE], [About.OVERDUE]]


def test_a_missed_answer_of_theirs_says_nothing_about_why(office: Office) -> None:
    """JN-15"""
    asked = office.say(a_query(), answer_by=HOUR)
    assert office.at(NOW + HOUR) == [About.LAPSED]
    assert "says nothing about why" in office.told[-1].text
    office.clock.now = NOW + HOUR
    checking = Answer(Reply.CHECKING, next_word_by=HOUR)
    office.say(checking, asked, by=Direction.THEIRS)
    assert [office.at(NOW + 2 * HOUR - 1), office.at(NOW + 2 * HOUR)] == [[], [About.LAPSED]]


def test_onward_alarms_again_until_it_is_read_back(office: Office) -> None:
    """JN-14"""
    office.note(OnwardRule(int(Kind.NOTICE), ("1 Wing",), 10 * MINUTE, own=False))
    heard = office.say(a_notice(), by=Direction.THEIRS)
    due = NOW + 10 * MINUTE
    times = [due - 1, due, due + ONWARD_AGAIN - 1, due + ONWARD_AGAIN]
    assert [office.at(t) for t in times] == [[], [About.ONWARD], [], [About.ONWARD]]
    office.note(OnwardTold("1 Wing", "x", "y", office.clock(), read_back=True), heard)
    assert office.at(NOW + DAY) == []


def test_what_is_not_held_here_cannot_be_passed_on(office: Office) -> None:
    told = OnwardTold("1 Wing", "x", "y", NOW, read_back=True)
    for about in ((), (bytes(32),)):
        with pytest.raises(Refused, match="not held here"):
            office.note(told, *about)
    with pytest.raises(Refused, match="nobody's to pass on"):
        office.note(OnwardRule(int(Kind.LAPSED), ("x",), MINUTE, own=False))


def test_a_restart_loses_no_deadline_and_tells_none_twice(tmp_path: Path) -> None:
    """JN-15"""
    office = Office(tmp_path / "store.db")
    office.say(a_query(), answer_by=HOUR)
    office.say(a_query(), by=Direction.THEIRS, answer_by=2 * HOUR)
    assert office.at(NOW + HOUR) == [About.LAPSED]
    office.store.close()
    again = Office(tmp_path / "store.db", create=False, clock=office.clock)
    assert again.at(NOW + HOUR + 1) == []
    assert again.at(NOW + 3 * HOUR) == [About.OVERDUE]
    again.store.close()
    last = Office(tmp_path / "store.db", create=False, clock=office.clock)
    assert last.at(NOW + 4 * HOUR) == []
    last.store.close()


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(-3 * HOUR, 3 * HOUR), max_size=6))
def test_whatever_a_clock_does_what_is_due_at_the_end_was_told(
    tmp_path_factory: pytest.TempPathFactory, jumps: list[int]
) -> None:
    """JN-15"""
    office = Office(tmp_path_factory.mktemp("clock") / "store.db")
    asked = office.say(a_query(), answer_by=HOUR)
    for jump in jumps:
        office.at(NOW + jump)
    office.at(NOW + 4 * HOUR)
    office.store.close()
    told = [a for a in office.told if a.about is About.LAPSED and a.at >= NOW + HOUR]
    assert told
    assert all(asked.hex()[:8] in alert.text for alert in told)


def test_a_handover_lists_what_is_due_first_and_no_more_than_fits(office: Office) -> None:
    """JN-12"""
    for n in range(MOST_LISTED + 5):
        office.say(a_query(), by=Direction.THEIRS, answer_by=HOUR + (n * 37 % 509) * MINUTE)
    items = office.items()
    assert len(items) == MOST_LISTED
    notes = [item.note.split(" due ")[1] for item in items]
    assert notes == sorted(notes)
    office.note(HandoverGiven("duty officer", tuple(items)))
    with pytest.raises(Refused, match="leaves out 1 open items"):
        office.note(HandoverGiven("duty officer", tuple(items[1:])))


def test_other_subjects_add_what_is_open_and_what_is_due_in_a_line(office: Office) -> None:
    mine = OpenItem(bytes(32), "a drill")
    office.desk.more.append(lambda now: [(LATE, mine)])
    assert office.items() == [mine]


def test_notices_that_nobody_acknowledged_are_open_while_they_hold(office: Office) -> None:
    """JN-12"""
    heard = office.say(a_notice(), by=Direction.THEIRS)
    office.say(a_notice())
    notes = {item.note for item in office.items()}
    assert notes == {"notice of BRAVO, not acknowledged", "our notice, not acknowledged by BRAVO"}
    assert heard in {item.id for item in office.items()}
    office.clock.now = NOW + 3 * HOUR
    assert office.items() == []


def test_entries_stay_as_they_were_kept(office: Office) -> None:
    office.note(AuthorityAwaited("commander", "a call", int(Kind.CALL)))
    (kept,) = office.desk.entries
    assert isinstance(kept, Kept)
    assert isinstance(kept.entry.body, AuthorityAwaited)
    assert kept.entry.body.kind == int(Kind.CALL)
