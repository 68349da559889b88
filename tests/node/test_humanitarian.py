"""What a node alarms about sites and stops: each step of an unanswered stop, each expiry (H-11, H-12)."""

from __future__ import annotations

from pathlib import Path

from firebreak.desk.entries.contacts import Direction, Rung, Said
from firebreak.desk.entries.humanitarian import Enrolled
from firebreak.desk.entries.offices import Level
from firebreak.desk.entries.routes import Ladder, Step
from firebreak.desk.journal import Body, Entry
from firebreak.node.alerts import Level as Urgency
from firebreak.node.due import Due
from firebreak.node.humanitarian import Humanitarian
from firebreak.records.contacts import Way
from firebreak.records.kinds import Answer, Reply
from firebreak.records.kinds import Body as RecordBody
from firebreak.records.sites import Stop
from firebreak.values import Millis, Precedence
from tests.desk.humanitarian_example import DAY, SITE
from tests.node.test_journal import Place
from tests.worlds import NOW

MINUTE = 60_000


def entered(place: Place, body: Body, *about: bytes) -> bytes:
    assert place.append(Entry(1, 1, NOW, about, body)) == [None]
    return place.journal.entries[-1].id


def said(body: RecordBody, by: Direction, answer_by: int | None = None) -> Said:
    return Said(
        by=by,
        party="CHARLIE",
        theirs="duty officer",
        ours="air duty officer",
        person=None,
        way=Way.VOICE,
        rung=Rung.DIRECT,
        happened=NOW,
        precedence=Precedence.FLASH,
        answer_by=answer_by,
        read_back=True,
        body=body,
    )


def due(desk: Humanitarian, minutes: float) -> list[Due]:
    """What is due so many minutes after the stop, the first first."""
    now = Millis(round(NOW + minutes * MINUTE))
    return sorted((d for d in desk.due(now) if d.at <= now), key=lambda each: each.at)


def test_an_unanswered_stop_alarms_at_every_step_until_it_is_answered(tmp_path: Path) -> None:
    place = Place(tmp_path / "store.db")
    desk = Humanitarian([], place.journal)
    steps = (Step(Rung.EMBASSY, "our embassy in their capital", widens=True),)
    entered(place, Ladder("CHARLIE", Level.POLITICAL, steps))
    asked = entered(place, said(Stop("Mercy hospital"), Direction.OURS, 2 * MINUTE))
    assert due(desk, 1.9) == []
    (first,) = due(desk, 2)
    assert first.level is Urgency.ALARM
    assert "Call the duty officer of CHARLIE by voice." in first.text
    (second,) = due(desk, 4)
    assert second.key != first.key
    assert "embassy: our embassy in their capital" in second.text
    assert "a person decides" in second.text
    (third,) = due(desk, 6.5)
    assert third.key not in (first.key, second.key)
    assert third.at == NOW + 6 * MINUTE
    checking = said(Answer(Reply.CHECKING, MINUTE), Direction.THEIRS)
    entered(place, checking, asked)
    assert len(due(desk, 8)) == 1  # checking is not stopping
    entered(place, said(Answer(Reply.WILL_DO), Direction.THEIRS), asked)
    assert due(desk, 8) == []
    place.store.close()


def test_their_stop_is_not_ours_to_escalate(tmp_path: Path) -> None:
    place = Place(tmp_path / "store.db")
    desk = Humanitarian([], place.journal)
    entered(place, said(Stop("Depot"), Direction.THEIRS, 2 * MINUTE))
    assert len(desk.stops()) == 1
    assert due(desk, 60) == []
    place.store.close()


def test_a_site_is_told_three_days_before_it_is_due(tmp_path: Path) -> None:
    place = Place(tmp_path / "store.db")
    desk = Humanitarian([], place.journal)
    entered(place, Enrolled("MERCY", "duty desk"))
    entered(place, SITE)
    days = DAY // MINUTE
    assert due(desk, 26 * days) == []
    (warned,) = due(desk, 27.5 * days)
    assert "must be verified again by" in warned.text
    assert (warned.level, warned.at) == (Urgency.CAUTION, SITE.revalidate_by - 3 * DAY)
    (overdue,) = due(desk, 31 * days)
    assert (overdue.level, overdue.at) == (Urgency.WARNING, SITE.revalidate_by)
    assert overdue.key != warned.key
    (expired,) = due(desk, 91 * days)
    assert "Expiry removes no legal protection." in expired.text
    place.store.close()
