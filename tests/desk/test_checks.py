"""Line checks: none is lost over holidays, leap days and clocks; all carriers and offices in turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk import checks, journal
from firebreak.desk.checks import (
    EARLY,
    MISSED,
    Became,
    Calendar,
    Exchange,
    Turn,
    history,
    in_turn,
    last_due,
    next_due,
    turns,
)
from firebreak.desk.contact_record import attempts
from firebreak.desk.entries.checks import (
    DAY,
    Carrier,
    CheckCalendar,
    CheckMissed,
    CheckNoted,
    CheckTried,
    CheckWent,
    DrillCalled,
    DrillPlanned,
    LineDeclared,
    LineWas,
    MissedBecause,
)
from firebreak.desk.entries.contacts import Direction, Rung
from firebreak.desk.entries.offices import Counterpart, Level, ReachedBy
from firebreak.desk.entries.routes import Ladder, RungTaken, Step
from firebreak.desk.fresh import FRESH_FOR, HARMLESS, is_fresh, proposed
from firebreak.desk.plain import plain
from firebreak.errors import InvalidValue, Malformed
from firebreak.records.contacts import Outcome, Way
from firebreak.records.kinds import Declared
from firebreak.records.slots import Words
from firebreak.values import Millis
from tests.desk.kept import Diary
from tests.worlds import HOUR, MINUTE, NOW

DAY_ONE = 20_000
LEAP_DAY = 19_782
"""2024-02-29."""
OFFICES = ("duty officer", "watch officer")
NINE = Millis(DAY_ONE * DAY + 9 * HOUR)
CALENDAR = Calendar(
    "BRAVO", "air", OFFICES, (9 * 60, 16 * 60), (), 30 * MINUTE, Millis(0), Millis(NINE + 400 * DAY)
)

minutes = st.lists(st.integers(0, 1_439), min_size=1, max_size=24, unique=True).map(sorted)
days_off = st.lists(st.integers(DAY_ONE - 6, DAY_ONE + 6), max_size=9, unique=True).map(sorted)
moments = st.integers((DAY_ONE - 6) * DAY, (DAY_ONE + 6) * DAY)


def by_hand(times: list[int], off: list[int]) -> list[int]:
    """Every due time near day one, straight from what a calendar is."""
    days = (day for day in range(DAY_ONE - 40, DAY_ONE + 40) if day not in off)
    return [day * DAY + minute * MINUTE for day in days for minute in times]


@given(minutes, days_off, moments)
def test_the_calendar_is_every_time_of_every_day_but_holidays(
    times: list[int], off: list[int], now: int
) -> None:
    dues = by_hand(times, off)
    assert last_due(times, now, off) == max(due for due in dues if due <= now)
    assert next_due(times, now, off) == min(due for due in dues if due > now)


def test_a_leap_day_has_its_checks_as_any_other() -> None:
    assert datetime.fromtimestamp(LEAP_DAY * 86_400, UTC).strftime("%m-%d") == "02-29"
    leap = replace(CALENDAR, begins=Millis(0))
    found = list(leap.between((LEAP_DAY - 1) * DAY, (LEAP_DAY + 2) * DAY))
    assert [due // DAY for due in found] == [
        LEAP_DAY - 1,
        LEAP_DAY - 1,
        LEAP_DAY,
        LEAP_DAY,
        LEAP_DAY + 1,
        LEAP_DAY + 1,
    ]


def test_without_times_or_outside_its_span_nothing_is_due() -> None:
    assert last_due([], NINE) is None
    assert next_due([], NINE) is None
    short = replace(CALENDAR, begins=NINE, ends=Millis(NINE + 1))
    assert list(short.between(0, NINE + 400 * DAY)) == [NINE]
    assert (short.last(NINE - 1), short.next(NINE)) == (None, None)


@given(minutes, days_off, st.lists(moments, min_size=1, max_size=12))
def test_no_check_is_lost_however_the_clock_of_those_who_look_jumps(
    times: list[int], off: list[int], looks: list[int]
) -> None:
    """Whoever looks from where he looked last, on or back, has seen every check up to the latest look."""
    calendar = replace(CALENDAR, minutes=tuple(times), holidays=tuple(off))
    start = (DAY_ONE - 6) * DAY - 1
    seen: set[int] = set()
    before = start
    for now in looks:
        seen |= set(calendar.between(min(before, now), now))
        before = now
    whole = set(calendar.between(start, max(looks)))
    assert whole <= seen


def exchange(at: int, **changes: object) -> Exchange:
    made = Exchange(
        b"\x01" * 32,
        "BRAVO",
        "air",
        Direction.OURS,
        "duty officer",
        Carrier.WIRE,
        Millis(at),
        None,
        Millis(at),
        ("Rye bread keeps.",),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # slots of the test's choice


def became(*done: Exchange, now: int = NINE + 2 * HOUR) -> Became:
    (one,) = history(CALENDAR, [], done, Millis(now), NINE - 1)
    assert (one.because is not None) == (one.became in MISSED)
    return one.became


THEIRS = {"by": Direction.THEIRS}
LATE = Millis(NINE + 30 * MINUTE + 1)
"""The time of the check at nine was over before it."""


@pytest.mark.parametrize(
    ("done", "now", "expected"),
    [
        ((), NINE, Became.OPEN),
        ((), NINE + 30 * MINUTE, Became.NOT_ATTEMPTED),
        ((exchange(NINE),), NINE + 30 * MINUTE, Became.UNANSWERED),
        ((exchange(NINE),), NINE + 29 * MINUTE, Became.OPEN),
        ((exchange(NINE, received=None),), NINE + HOUR, Became.UNDELIVERED),
        ((exchange(NINE, received=LATE),), LATE, Became.UNDELIVERED),
        ((exchange(NINE, received=LATE - 1),), LATE, Became.UNANSWERED),
        ((exchange(LATE),), LATE + HOUR, Became.NOT_ATTEMPTED),
        ((exchange(LATE, answered=Millis(LATE + 1)),), LATE + HOUR, Became.NOT_ATTEMPTED),
        ((exchange(LATE, **THEIRS),), LATE + HOUR, Became.NOT_ATTEMPTED),
        ((exchange(NINE), exchange(LATE, answered=LATE)), LATE + HOUR, Became.HELD_LATE),
        (
            (exchange(NINE, **THEIRS), exchange(LATE, answered=LATE)),
            LATE + HOUR,
            Became.NOT_ANSWERED_BY_US,
        ),
        ((exchange(NINE, **THEIRS),), NINE + HOUR, Became.NOT_ANSWERED_BY_US),
        ((exchange(NINE, answered=Millis(NINE + 1)),), NINE + HOUR, Became.HELD),
        ((exchange(NINE, answered=Millis(NINE + HOUR)),), NINE + HOUR, Became.HELD_LATE),
        ((exchange(NINE, answered=Millis(NINE), **THEIRS),), NINE + HOUR, Became.HELD),
        ((exchange(NINE - EARLY, answered=NINE),), NINE + HOUR, Became.HELD),
        ((exchange(NINE - EARLY - 1, answered=NINE),), NINE + HOUR, Became.NOT_ATTEMPTED),
        ((exchange(NINE, party="OTHER", answered=NINE),), NINE + HOUR, Became.NOT_ATTEMPTED),
        ((exchange(NINE, channel="sea", answered=NINE),), NINE + HOUR, Became.NOT_ATTEMPTED),
    ],
)
def test_what_became_of_a_check(done: tuple[Exchange, ...], now: int, expected: Became) -> None:
    assert became(*done, now=now) is expected


def test_the_reason_of_a_missed_check_is_unknown_until_a_person_states_it() -> None:
    diary = Diary()
    now = Millis(NINE + HOUR)

    def seen() -> tuple[MissedBecause | None, bool, str | None]:
        (one,) = history(CALENDAR, diary.counting(), [], now, NINE - 1)
        return one.because, one.stated, one.words

    assert seen() == (MissedBecause.UNKNOWN, False, None)
    note = diary.note(CheckNoted("BRAVO", "air", NINE, LineWas.DOWN, "refused"))
    (one,) = history(CALENDAR, diary.counting(), [], now, NINE - 1)
    assert (one.line, one.trouble, one.because) == (LineWas.DOWN, "refused", MissedBecause.UNKNOWN)
    diary.note(CheckMissed("BRAVO", "air", NINE, MissedBecause.DECLINED))
    diary.note(CheckMissed("BRAVO", "sea", NINE, MissedBecause.ANNOUNCED))
    diary.note(CheckMissed("BRAVO", "air", NINE, MissedBecause.TECHNICAL_OURS, "the mast"))
    assert seen() == (MissedBecause.TECHNICAL_OURS, True, "the mast")
    assert note in diary.counting()


def test_a_check_by_voice_counts_for_its_time_and_one_on_a_dead_line_is_undelivered() -> None:
    diary = Diary()
    tried = CheckTried(
        "BRAVO",
        "watch officer",
        Way.VOICE,
        NINE,
        NINE,
        Words("en", "Snow."),
        Words("en", "Sun."),
        True,
        "air",
    )
    diary.note(tried)
    done = checks.exchanges(diary.counting(), [], [CALENDAR])
    assert became(*done) is Became.HELD
    assert checks.texts(done, "BRAVO") == ["Snow.", "Sun."]
    diary = Diary()
    diary.note(replace(tried, heard=None, undelivered=True))
    done = checks.exchanges(diary.counting(), [], [CALENDAR])
    assert became(*done) is Became.UNDELIVERED
    (attempt,) = attempts(diary.counting(), [], NOW, "ALPHA")
    assert attempt.outcome is Outcome.UNDELIVERED
    with pytest.raises(InvalidValue, match="was reached"):
        replace(tried, undelivered=True)
    with pytest.raises(InvalidValue, match="a record in its log"):
        replace(tried, way=Way.NODE)


def test_the_carrier_of_a_check_is_the_one_that_was_noted() -> None:
    diary = Diary()
    about = diary.note(CheckCalendar("X", "voice", ("o",), (), (), HOUR))
    diary.note(CheckWent(Carrier.BY_HAND), about)
    (one,) = checks.exchanges(diary.counting(), [exchange(NINE, id=about.id)], [])
    assert one.carrier is Carrier.BY_HAND


# In turn


def card(*ways: Way, deputies: tuple[str, ...] = (), ended: bool = False) -> Counterpart:
    reached = tuple(ReachedBy(way, "1") for way in ways)
    return Counterpart(
        "ours", "BRAVO", "duty officer", Level.TACTICAL, reached, deputies=deputies, ended=ended
    )


def test_what_is_configured_is_tested_and_a_telephone_where_nothing_is() -> None:
    diary = Diary()
    assert turns(CALENDAR, [], diary.counting()) == [
        Turn(Carrier.VOICE, "duty officer", False),
        Turn(Carrier.VOICE, "watch officer", True),
    ]
    diary.note(card(Way.NODE, Way.VOICE, Way.FAX, deputies=("deputy",)))
    every = turns(CALENDAR, [Carrier.NARROW, Carrier.BY_HAND], diary.counting())
    assert {(turn.carrier, turn.office) for turn in every} == {
        (Carrier.NARROW, "duty officer"),
        (Carrier.NARROW, "watch officer"),
        (Carrier.BY_HAND, "duty officer"),
        (Carrier.BY_HAND, "watch officer"),
        (Carrier.VOICE, "duty officer"),
        (Carrier.VOICE, "deputy"),
        (Carrier.FAX, "duty officer"),
        (Carrier.FAX, "deputy"),
    }
    diary.note(card(ended=True))
    assert len(turns(CALENDAR, [Carrier.WIRE], diary.counting())) == 2


@given(
    st.lists(st.sampled_from(Carrier), min_size=1, max_size=5, unique=True),
    st.integers(1, 4),
    st.lists(st.tuples(st.sampled_from(Carrier), st.integers(0, 3)), max_size=30),
)
def test_every_carrier_and_office_has_its_turn_before_any_has_it_twice(
    carriers: list[Carrier], offices: int, before: list[tuple[Carrier, int]]
) -> None:
    calendar = replace(CALENDAR, offices=tuple(f"office {n}" for n in range(offices)))
    every = turns(calendar, carriers, [])
    done = [
        exchange(NINE + n, carrier=carrier, office=f"office {office}")
        for n, (carrier, office) in enumerate(before)
    ]
    assert len(every) == len(carriers) * offices
    once = in_turn(every, calendar, done, len(every))
    assert set(once) == set(every)
    # Going one by one, and noting each, comes to the same.
    one_by_one = []
    for n in range(len(every)):
        (turn,) = in_turn(every, calendar, done, 1)
        one_by_one.append(turn)
        done.append(exchange(NINE + HOUR + n, carrier=turn.carrier, office=turn.office))
    assert one_by_one == once


# Words


@given(st.lists(st.sampled_from(HARMLESS) | st.text(max_size=9), max_size=120), st.integers(0, 999))
def test_words_proposed_are_never_among_those_said_lately(said: list[str], start: int) -> None:
    text = proposed(said, start)
    assert is_fresh(text, said)
    assert text not in said[-FRESH_FOR:]


def test_there_are_always_fresh_words_and_they_fit_and_differ() -> None:
    assert len(HARMLESS) > FRESH_FOR
    assert all(
        is_fresh(text, [t for t in HARMLESS if t is not text][:FRESH_FOR]) for text in HARMLESS
    )
    assert all(len(text.split()) >= 3 and len(text) <= 120 for text in HARMLESS)
    assert not any(letter.isdigit() for text in HARMLESS for letter in text)


def test_a_month_of_checks_proposed_says_nothing_twice_within_the_last_forty() -> None:
    said: list[str] = []
    for _ in range(200):
        text = proposed(said, len(said))
        assert text not in said[-FRESH_FOR:]
        said.append(text)


# Declared, and calendars of the journal


def test_a_suspension_told_stands_until_resumed_and_says_what_went_on() -> None:
    diary = Diary()
    declared = LineDeclared(
        "BRAVO", "voice", Declared.SUSPENDED, Millis(NOW - HOUR), Way.VOICE, "by order"
    )
    diary.note(declared)
    tried = CheckTried("BRAVO", "duty officer", Way.VOICE, NOW, None, Words("en", "a"), None, False)
    diary.note(tried)
    diary.note(replace(tried, at=Millis(NOW - 2 * HOUR)))
    diary.note(replace(tried, party="OTHER"))
    (told,) = checks.told(diary.counting())
    assert (told.reason, told.traffic) == ("by order", 1)
    earlier = replace(declared, declared=Declared.RESUMED, at=Millis(NOW - 3 * HOUR))
    diary.note(earlier)  # noted late, declared before: the suspension stands
    assert len(checks.told(diary.counting())) == 1
    diary.note(replace(earlier, at=NOW))
    assert checks.told(diary.counting()) == []


def test_a_calendar_of_the_journal_is_replaced_and_ended() -> None:
    diary = Diary()
    kept = CheckCalendar("BRAVO", "voice", OFFICES, (570,), (), HOUR)
    diary.note(kept)
    diary.note(replace(kept, minutes=(570, 930)))
    diary.note(replace(kept, channel="fax"))
    found = {each.channel: each.minutes for each in checks.kept_calendars(diary.counting())}
    assert found == {"voice": (570, 930), "fax": (570,)}
    diary.note(replace(kept, minutes=()))
    assert [each.channel for each in checks.kept_calendars(diary.counting())] == ["fax"]
    with pytest.raises(InvalidValue, match="out of order"):
        replace(kept, minutes=(930, 570))


@pytest.mark.parametrize(
    "body",
    [
        CheckTried(
            "B", "o", Way.FAX, NOW, NINE, Words("en", "a"), None, True, "air", undelivered=True
        ),
        CheckMissed("B", "air", NINE, MissedBecause.ANNOUNCED, "a word"),
        LineDeclared("B", "air", Declared.RESUMED, NOW, Way.MAIL),
        DrillPlanned("B", OFFICES, (NINE, NOW), -210),
        CheckCalendar("B", "voice", OFFICES, (0, 1_439), (0, DAY_ONE), HOUR),
        CheckNoted("B", "air", NINE, LineWas.DOWN, "refused"),
        CheckWent(Carrier.BY_HAND),
        DrillCalled("B", "o", Way.VOICE, NOW, NOW, "p", 0, "a word"),
        Ladder("B", Level.COMMAND, (Step(Rung.DIRECT, "x", False),)),
        RungTaken(Rung.EMBASSY, "x", "a word"),
    ],
    ids=lambda body: type(body).__name__,
)
def test_every_entry_of_checks_and_routes_reads_back_as_it_was_written(body: journal.Body) -> None:
    """JN-1"""
    entry = journal.Entry(1, 1, NOW, (b"\x01" * 32,), body)
    assert journal.parse_payload(journal.payload_of(entry)) == entry
    assert plain(body).keys() == set(type(body).__match_args__)


@pytest.mark.parametrize(
    "body",
    [
        CheckCalendar("B", "voice", OFFICES, (1_440,), (), HOUR),
        CheckCalendar("B", "voice", (), (), (), HOUR),
        CheckCalendar("B", "voice", OFFICES, (), (), 1),
        DrillPlanned("B", OFFICES, (NOW,), 841),
        DrillPlanned("B", (), (NOW,)),
        DrillCalled("B", "o", Way.VOICE, NOW, NOW, "p", -1),
        CheckNoted("B", "air", NINE, LineWas.DOWN, "two\nlines"),
    ],
)
def test_what_is_out_of_range_is_refused(body: journal.Body) -> None:
    with pytest.raises(Malformed):
        journal.payload_of(journal.Entry(1, 1, NOW, (), body))
