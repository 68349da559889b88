"""An accepted call as an iCalendar file, read back by another reader than its writer's test."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from firebreak.cli.call_calendar import event

AT = 1_795_000_000_000
VIEW: dict[str, Any] = {
    "id": "3fa9" * 16,
    "party": "BRAVO",
    "ours": "chief of defence",
    "theirs": "chief of staff",
    "topic": {"text": "The strait, and what; came of it"},
    "means": "secure-voice",
    "languages": ["en", "ru"],
    "speaker": None,
    "exercise": True,
    "window": {"start": AT + 3_600_000, "end": AT + 7_200_000},
    "lines": [{"what": "request"}, {"what": "accepted"}],
}


def only(data: bytes) -> Any:
    (found,) = Calendar.from_ical(data).walk("VEVENT")
    return found


def moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1_000, UTC)


def test_times_are_utc_and_lines_end_and_fold_as_the_standard_has_it() -> None:  # RFC 5545 3.1
    data = event(VIEW, AT)
    assert b"\r\nDTSTART:20261118T" in data
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert data.count(b"\n") == data.count(b"\r\n")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    for name in (b"\r\nUID:", b"\r\nDTSTAMP:", b"\r\nVERSION:2.0", b"\r\nPRODID:"):
        assert name in data
    assert b"TZID" not in data


def test_exercise_is_marked_wherever_a_calendar_shows_it() -> None:
    real, exercise = only(event({**VIEW, "exercise": False}, AT)), only(event(VIEW, AT))
    for name in ("summary", "description"):
        assert str(exercise[name]).startswith("EXERCISE: ")
        assert "EXERCISE" not in str(real[name])
    assert "CATEGORIES" in exercise
    assert "CATEGORIES" not in real


def test_a_changed_time_takes_the_place_of_the_one_before() -> None:
    later = {**VIEW, "lines": [*VIEW["lines"], {"what": "accepted"}]}
    first, second = only(event(VIEW, AT)), only(event(later, AT))
    assert first["uid"] == second["uid"]
    assert int(second["sequence"]) == int(first["sequence"]) + 1


def test_a_deputy_is_named() -> None:
    assert "deputy" not in str(only(event(VIEW, AT))["description"])
    view = {**VIEW, "speaker": "first deputy"}
    assert "first deputy speaks as deputy" in str(only(event(view, AT))["description"])


_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1)


@given(_TEXTS, st.integers(0, 10**12), st.integers(1, 10**9))
def test_what_is_read_back_is_what_was_agreed(topic: str, start: int, lasting: int) -> None:
    window = {"start": AT + start, "end": AT + start + lasting}
    found = only(event({**VIEW, "topic": {"text": topic}, "window": window}, AT))
    assert topic in str(found["description"])
    begins, ends = found["dtstart"].dt, found["dtend"].dt
    assert begins <= moment(window["start"])
    assert ends >= moment(window["end"]).replace(microsecond=0)
    assert (moment(window["start"]) - begins).total_seconds() < 1
    assert ends.tzinfo is not None
