"""Times of what happened long ago: a moment, or a day, a month or a year."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

from firebreak.cli.inputs import past
from firebreak.desk.contact_record import ends
from firebreak.errors import InvalidValue
from firebreak.records.contacts import Precision
from firebreak.values import Millis

_FORMS = (("%Y-%m-%d", Precision.DAY), ("%Y-%m", Precision.MONTH), ("%Y", Precision.YEAR))


def when_of(text: str, moment: Millis) -> tuple[Millis, Precision]:
    """A time, and how exactly it is known: a day where only a day is given. Raises InvalidValue.

    moment: now; a date-time group without month is the last such time before it.
    """
    at, known = next(_of_a_day(text), None) or (past(text, moment), Precision.MINUTE)
    if not 0 <= at <= moment:
        raise InvalidValue(f"{text} lies ahead. Say when it happened.")
    return at, known


def until_of(text: str, moment: Millis) -> Millis:
    """The time up to which something counts: of a day its end, but not beyond now."""
    at, known = when_of(text, moment)
    return at if known is Precision.MINUTE else min(ends(at, known), moment)


def _of_a_day(text: str) -> Iterator[tuple[Millis, Precision]]:
    """The beginning of a day, month or year that is written so, or nothing."""
    for form, known in _FORMS:
        with suppress(ValueError):
            begun = datetime.strptime(text, form).replace(tzinfo=UTC)
            yield Millis(int(begun.timestamp()) * 1_000), known
