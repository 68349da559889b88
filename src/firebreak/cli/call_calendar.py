"""An accepted call as an iCalendar event (RFC 5545), in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from icalendar import Calendar, Event

from firebreak import __version__
from firebreak.cli.client import Answer


def event(view: Answer, at: int) -> bytes:
    """The file of one call that has a window. view: as `/calls/{id}` shows it; at: made, ms UTC.

    The window is taken outwards to whole seconds, which iCalendar knows. The identity is that of the
    request, so that a time that was changed takes the place of the one before.
    """
    window, exercise = view["window"], view["exercise"]
    mark = "EXERCISE: " if exercise else ""
    calendar, made = Calendar(), Event()
    calendar.add("prodid", f"-//Firebreak//Firebreak {__version__}//EN")
    calendar.add("version", "2.0")
    made.add("uid", f"{view['id']}@firebreak.invalid")
    made.add("dtstamp", _moment(at))
    made.add("sequence", sum(1 for line in view["lines"] if line["what"] == "accepted") - 1)
    made.add("dtstart", _moment(window["start"]))
    made.add("dtend", _moment(window["end"] + 999))
    theirs = f"{view['theirs']} of {view['party']}"
    made.add("summary", f"{mark}Call: {view['ours']} – {theirs}")
    about = [
        f"{mark}{view['topic']['text']}",
        f"By {view['means']}, {', '.join(view['languages'])}.",
    ]
    if view["speaker"]:
        about.append(f"{view['speaker']} speaks as deputy.")
    made.add("description", "\n".join(about))
    made.add("class", "CONFIDENTIAL")
    made.add("status", "CONFIRMED")
    if exercise:
        made.add("categories", ["EXERCISE"])
    calendar.add_component(made)
    return bytes(calendar.to_ical())


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms // 1_000, UTC)
