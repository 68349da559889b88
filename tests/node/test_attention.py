"""What must not wait, and what ends soon: two nodes whose time the test moves, and a journal on disk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from firebreak.desk import journal
from firebreak.desk.entries.contacts import Direction, Rung, Said
from firebreak.desk.journal import Entry
from firebreak.node.alerts import About, Level
from firebreak.node.attention import (
    AGREEMENT_AHEAD,
    FLASH_AGAIN,
    FLASH_FOR,
    MEETING_WITHIN,
    NOTICE_AHEAD,
    Attention,
)
from firebreak.node.due import Due
from firebreak.node.journal import Journal
from firebreak.records.agreement import Channel
from firebreak.records.calls import Call, Means, Urgency, WhoCalled
from firebreak.records.contacts import Way
from firebreak.records.kinds import (
    Amend,
    Answer,
    Body,
    Clarify,
    Displayed,
    Hazard,
    HazardWarning,
    Read,
    Reply,
)
from firebreak.records.slots import Span, Words
from firebreak.store.sqlite import open_store
from firebreak.values import Millis, PartyNumber, Precedence
from tests.hostile.carrier import CALM
from tests.hostile.officers import compose, submit
from tests.hostile.party import Party
from tests.hostile.world import Climate, HostileWorld
from tests.nodes import Stage, template, until
from tests.worlds import DAY, HOUR, MINUTE, a_notice, a_query, seed_of

AIR = Channel.AIR
ASKED = Clarify(Words("en", "Does the area include the strait?"))
MEETING = Call(
    "air duty officer",
    "chief of defence",
    "chief of staff",
    Words("en", "The area of the 22nd."),
    Urgency.TODAY,
    (Span(3 * HOUR, HOUR),),
    Means.IN_PERSON,
    ("en",),
    WhoCalled.NOT_SAID,
)


@dataclass
class Watched:
    """ALPHA's and BRAVO's nodes, and what ALPHA's desk is told."""

    world: HostileWorld
    journal: Journal

    def __post_init__(self) -> None:
        self.attention = Attention([self.ours.side], self.journal, lambda: self.world.now)

    @property
    def ours(self) -> Party:
        return self.world.parties[0]

    @property
    def theirs(self) -> Party:
        return self.world.parties[1]

    def due(self, later: int = 0) -> list[Due]:
        """What is due so many ms from now."""
        now = Millis(self.world.now + later)
        return [due for due in self.attention.due(now) if due.at <= now]

    def say(
        self,
        party: Party,
        body: Body,
        *,
        refers: tuple[int, int] | None = None,
        answer_by: int | None = None,
        precedence: Precedence = Precedence.ROUTINE,
    ) -> tuple[int, int]:
        """Its place, once the other side holds it."""
        place = None if refers is None else (PartyNumber(refers[0]), refers[1])
        made = compose(party, body, refers=place, answer_by=answer_by, precedence=precedence)
        assert submit(party, [made])
        self.world.pass_time(1_000)
        return party.number, party.side.shared.own(AIR).durable - 1

    def note(self, body: Body, *about: bytes, by: Direction, answer_by: int | None = None) -> bytes:
        """The same by telephone."""
        said = Said(
            by,
            "CHARLIE",
            "duty office",
            "air duty officer",
            None,
            Way.VOICE,
            Rung.DIRECT,
            self.world.now,
            Precedence.ROUTINE,
            answer_by,
            read_back=True,
            body=body,
        )
        keys = self.world.ground.parties[0]
        entry = Entry(keys.roster.roster.version, 1, self.world.now, about, said)
        data = journal.sign_entry(entry, self.journal.origin, keys.officers[0])
        ended = threading.Event()
        (kept,) = self.journal.append([data], lambda error: ended.set())
        assert ended.wait(30)
        return kept.id


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    world = HostileWorld(1, Climate(CALM))
    world.calm = True
    world.pass_time(MINUTE)
    keys = world.ground.parties[0]
    store = open_store(tmp_path / "store.db", lambda work: work(), create=True)
    rosters = {keys.roster.roster.version: keys.roster.roster}
    kept = Journal(
        store, keys.log, lambda: rosters, lambda: world.now, lambda n: seed_of("journal")[:n]
    )
    yield Watched(world, kept)
    store.close()


# FLASH


def test_flash_alarms_again_until_a_person_has_taken_it(watched: Watched) -> None:
    place = watched.say(watched.theirs, a_query(), precedence=Precedence.FLASH, answer_by=HOUR)
    assert watched.due() == []
    watched.world.pass_time(FLASH_AGAIN)
    (due,) = watched.due()
    assert (due.level, due.again, due.about) == (Level.ALARM, FLASH_AGAIN, About.RECEIVED)
    assert "query" in due.text
    # That it stands on a screen is the node's word and nobody's hand.
    watched.ours.side.appending.append_as_node(AIR, Displayed(), (PartyNumber(place[0]), place[1]))
    watched.world.pass_time(1_000)
    assert watched.due() == [due]
    watched.say(watched.ours, Read(), refers=place)
    assert watched.due() == []


def test_what_is_less_urgent_or_ours_does_not_alarm_again(watched: Watched) -> None:
    watched.say(watched.theirs, a_query(), precedence=Precedence.IMMEDIATE, answer_by=HOUR)
    watched.say(watched.ours, a_query(), precedence=Precedence.FLASH, answer_by=HOUR)
    watched.world.pass_time(2 * FLASH_AGAIN)
    assert watched.due() == []


def test_flash_alarms_over_a_restart_and_for_a_day(watched: Watched) -> None:
    watched.say(watched.theirs, a_query(), precedence=Precedence.FLASH, answer_by=HOUR)
    watched.world.pass_time(FLASH_AGAIN)
    before = watched.due()
    watched.world.crash(watched.ours)
    watched.world.pass_time(MINUTE)
    watched = Watched(watched.world, watched.journal)
    assert watched.due() == before != []
    assert watched.due(FLASH_FOR) == []


# What ends


def test_a_notice_is_told_before_it_ends_and_an_amended_one_anew(watched: Watched) -> None:
    notice = replace(a_notice(), window=Span(2 * HOUR, 4 * HOUR))
    for party in (watched.ours, watched.theirs):
        watched.say(party, notice)
    assert watched.due(6 * HOUR - NOTICE_AHEAD - 2_001) == []
    ours, theirs = sorted(watched.due(6 * HOUR - NOTICE_AHEAD), key=lambda due: due.text)
    assert "firebreak notice amend" in ours.text
    assert "absence of notice is not absence of activity" in theirs.text
    assert {ours.about, theirs.about} == {About.EXPIRY}
    watched.say(
        watched.ours, Amend(replace(notice, window=Span(0, 9 * HOUR)), "weather"), refers=(0, 0)
    )
    assert watched.due(6 * HOUR - NOTICE_AHEAD) == [theirs]
    assert watched.due(6 * HOUR) == []


def test_of_a_short_notice_the_last_quarter_is_told(watched: Watched) -> None:
    watched.say(watched.ours, replace(a_notice(), window=Span(2 * HOUR, 40 * MINUTE)))
    assert watched.due(2 * HOUR + 29 * MINUTE) == []
    assert len(watched.due(2 * HOUR + 30 * MINUTE)) == 1


def test_a_hazard_warning_is_no_notice_to_amend(watched: Watched) -> None:
    body = a_notice()
    hazard = HazardWarning(Hazard.FALLING_DEBRIS, body.area, body.heights, Span(0, 2 * HOUR))
    watched.say(watched.ours, hazard)
    (due,) = watched.due(2 * HOUR - 20 * MINUTE)
    assert "Our hazard warning" in due.text
    assert "firebreak send hazard" in due.text


def test_a_notice_by_telephone_is_told_before_it_ends(watched: Watched) -> None:
    watched.note(a_notice(), by=Direction.THEIRS)
    assert watched.due(2 * HOUR + 44 * MINUTE) == []
    (due,) = watched.due(2 * HOUR + 45 * MINUTE)
    assert "of CHARLIE ends at" in due.text
    assert watched.due(3 * HOUR) == []


def test_an_agreement_is_told_of_every_day_before_it_ends(watched: Watched) -> None:
    left = watched.ours.side.shared.agreement.valid_until - watched.world.now
    assert watched.due(left - AGREEMENT_AHEAD - 1) == []
    (due,) = watched.due(left - AGREEMENT_AHEAD)
    assert (due.level, due.again, due.about) == (Level.WARNING, DAY, About.EXPIRY)
    assert "The agreement with BRAVO ends at" in due.text
    assert watched.due(left) == []


# Clarifications


def test_a_clarification_that_is_not_answered_wants_a_meeting_within_48_hours(
    watched: Watched,
) -> None:
    notice = watched.say(watched.theirs, a_notice())
    watched.say(watched.ours, ASKED, refers=notice, answer_by=2 * MINUTE)
    assert watched.due(MINUTE) == []
    (due,) = watched.due(2 * MINUTE)
    watched.world.pass_time(3 * MINUTE)  # now its lapse is logged
    assert watched.due() == [due]
    assert "Ask for a meeting" in due.text
    assert "--means in-person" in due.text
    assert watched.due(MEETING_WITHIN - 3 * MINUTE) == [due]
    assert watched.due(MEETING_WITHIN) == []


def test_an_answer_though_late_or_a_meeting_asked_for_ends_that(watched: Watched) -> None:
    notice = watched.say(watched.theirs, a_notice())
    answered = watched.say(watched.ours, ASKED, refers=notice, answer_by=HOUR)
    watched.say(watched.theirs, Answer(Reply.EXPLANATION), refers=answered)
    late = watched.say(watched.ours, ASKED, refers=notice, answer_by=MINUTE)
    never = watched.say(watched.ours, ASKED, refers=notice, answer_by=MINUTE)
    watched.world.pass_time(2 * MINUTE)
    ids = [
        watched.ours.side.shared.books[AIR].held(PartyNumber(0), n)[1].id for _, n in (late, never)
    ]
    assert {due.key for due in watched.due(2 * HOUR)} == {f"meeting {id_.hex()}" for id_ in ids}
    watched.say(watched.theirs, Answer(Reply.EXPLANATION), refers=late)
    (due,) = watched.due(2 * HOUR)
    assert due.key == f"meeting {ids[1].hex()}"
    watched.say(watched.ours, replace(MEETING, means=Means.TELEPHONE), answer_by=HOUR)
    assert watched.due() == [due]
    watched.say(watched.ours, MEETING, answer_by=HOUR)
    assert watched.due() == []


def test_one_asked_by_telephone_wants_a_meeting_too(watched: Watched) -> None:
    heard = watched.note(a_notice(), by=Direction.THEIRS)
    asked = watched.note(ASKED, heard, by=Direction.OURS, answer_by=HOUR)
    (due,) = watched.due(HOUR)
    assert due.text.startswith("CHARLIE did not answer our request for clarification")
    watched.note(Answer(Reply.EXPLANATION), asked, by=Direction.THEIRS)
    assert watched.due(HOUR) == []


# In the running node


def test_a_running_node_tells_of_it(tmp_path: Path) -> None:
    with Stage.make(template(tmp_path / "parties"), tmp_path / "stage") as stage:
        stage.start("alpha", "bravo")
        stage.line_up()
        stage.notice("alpha", "--from", "+1s", "--for", "4s", "--reason", "scramble")

        def told(party: str) -> bool:
            alerts = stage.client(party).get("/alerts")["alerts"]
            return any(alert["about"] == About.EXPIRY for alert in alerts)

        until(lambda: told("alpha") and told("bravo"), "both are told")
