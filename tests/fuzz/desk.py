"""The journal's entries, as fuzz targets read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from firebreak.desk import journal
from firebreak.desk.entries.contacts import Direction, Rung, Said
from firebreak.desk.entries.offices import Counterpart, Duress, Level, ReachedBy
from firebreak.desk.journal import Entry
from firebreak.desk.plain import plain
from firebreak.records.contacts import Way
from firebreak.records.roster import Roster
from firebreak.values import Precedence
from tests.desk.journal_example import ORIGIN, typical
from tests.worlds import NOW, a_query, a_statement, make_party


@cache
def _rosters() -> dict[int, Roster]:
    return {1: make_party(0).roster.roster}


@cache
def _entries() -> tuple[Entry, ...]:
    words = (Direction.OURS, "BRAVO", "duty officer", "duty officer", None, Way.VOICE, Rung.DIRECT)
    heard = Said(*words, NOW, Precedence.FLASH, 600_000, True, a_query())
    reached = (ReachedBy(Way.VOICE, "+48 555 0100"),)
    bodies = (
        typical().body,
        heard,
        replace(heard, answer_by=None, body=a_statement(), real=True),
        Counterpart("chief", "BRAVO", "chief", Level.MILITARY, reached, languages=("ru",)),
        Duress(),
    )
    return tuple(replace(typical(), body=body) for body in bodies)


def some_payloads() -> Iterator[bytes]:
    """Payloads of a few kinds."""
    for entry in _entries():
        yield journal.payload_of(entry)


def some_entries() -> Iterator[bytes]:
    """The same, signed by an officer of the roster."""
    key = make_party(0).officers[0]
    for entry in _entries():
        yield journal.sign_entry(entry, ORIGIN, key)


def read_payload(data: bytes) -> Entry:
    """An entry, and its plain form."""
    entry = journal.parse_payload(data)
    plain(entry.body)
    return entry


def read_entry(data: bytes) -> journal.Kept:
    """A signed entry, its signature verified."""
    return journal.open_entry(data, 0, ORIGIN, _rosters())
