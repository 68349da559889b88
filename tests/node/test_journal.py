"""The journal of a node: durable before it is shown, found again, nothing twice, nothing unsigned."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from firebreak.desk import journal
from firebreak.desk.entries.contacts import Direction, Rung, Said
from firebreak.desk.entries.offices import Duress
from firebreak.desk.journal import Entry
from firebreak.errors import FirebreakError, Misuse, Refused, StoreTrouble
from firebreak.ledger.checkpoint import Checkpoint, verify_checkpoint
from firebreak.node.journal import CLOCK_TOLERANCE, SETTING, Journal
from firebreak.records.contacts import Way
from firebreak.records.kinds import Answer, Reply
from firebreak.store.interface import Setting
from firebreak.store.sqlite import SqliteStore, open_store
from firebreak.values import Millis, Precedence
from tests.desk.journal_example import typical
from tests.worlds import NOW, a_query, make_party, seed_of

ALPHA = make_party(0)
ROSTER = ALPHA.roster.roster


class Place:
    """A store on disk and the journal in it. What it lets go on runs at once, on its thread."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.store: SqliteStore = open_store(path, lambda work: work(), create=create)
        self.journal = Journal(
            self.store,
            ALPHA.log,
            lambda: {ROSTER.version: ROSTER},
            lambda: NOW,
            lambda size: seed_of("journal")[:size],
        )

    def signed(self, entry: Entry) -> bytes:
        return journal.sign_entry(entry, self.journal.origin, ALPHA.officers[0])

    def append(self, *entries: Entry) -> list[FirebreakError | None]:
        """How it ended, once it has."""
        ends: list[FirebreakError | None] = []
        ended = threading.Event()

        def done(error: FirebreakError | None) -> None:
            ends.append(error)
            ended.set()

        self.journal.append([self.signed(entry) for entry in entries], done)
        assert ended.wait(30)
        return ends


def entry(number: int = 0) -> Entry:
    """One of several that differ."""
    return replace(typical(), at=Millis(NOW + number))


def test_what_is_appended_is_found_again_in_its_order(tmp_path: Path) -> None:
    """JN-5"""
    place = Place(tmp_path / "store.db")
    assert place.append(entry(0)) == [None]
    assert place.append(entry(1), entry(2)) == [None]
    kept, origin = list(place.journal.entries), place.journal.origin
    place.store.close()
    again = Place(tmp_path / "store.db", create=False)
    assert again.journal.origin == origin
    assert again.journal.entries == kept
    assert [each.entry for each in kept] == [entry(0), entry(1), entry(2)]
    assert again.append(entry(3)) == [None]
    head = again.store.head(origin)
    assert head is not None
    assert head.size == 4
    point = Checkpoint(origin, head.size, head.root)
    verify_checkpoint(point, ALPHA.log.public, head.signature)
    again.store.close()


def test_an_entry_handed_in_again_is_kept_once(tmp_path: Path) -> None:
    place = Place(tmp_path / "store.db")
    place.append(entry(0))
    assert place.append(entry(0)) == [None]
    assert len(place.journal.entries) == 1
    with pytest.raises(Refused, match="in the journal already"):
        place.append(entry(0), entry(1))
    with pytest.raises(Refused, match="in the journal already"):
        place.append(entry(1), entry(1))
    assert len(place.journal.entries) == place.store.size(place.journal.origin) == 1
    place.store.close()


def test_a_clock_that_is_off_is_refused(tmp_path: Path) -> None:
    """JN-4"""
    place = Place(tmp_path / "store.db")
    for ahead in (CLOCK_TOLERANCE + 1, -CLOCK_TOLERANCE - 1):
        with pytest.raises(Refused, match="Set the clock"):
            place.append(entry(ahead))
    assert place.append(entry(CLOCK_TOLERANCE)) == [None]
    place.store.close()


def said(body: Answer | None = None) -> Said:
    return Said(
        Direction.OURS if body is None else Direction.THEIRS,
        "BRAVO",
        "duty officer",
        "air duty officer",
        None,
        Way.VOICE,
        Rung.DIRECT,
        NOW,
        Precedence.IMMEDIATE,
        600_000 if body is None else None,
        read_back=True,
        body=a_query() if body is None else body,
    )


def test_an_answer_to_nothing_is_refused_and_one_to_what_stands_is_taken(tmp_path: Path) -> None:
    """JN-8"""
    place = Place(tmp_path / "store.db")
    answer = replace(entry(1), body=said(Answer(Reply.OURS)), about=(bytes(32),))
    with pytest.raises(Refused, match="not in this journal"):
        place.append(answer)
    place.append(replace(entry(0), body=said()))
    asked = place.journal.entries[0].id
    assert place.append(replace(answer, about=(asked,))) == [None]
    own = replace(answer, body=replace(said(Answer(Reply.OURS)), by=Direction.OURS), about=(asked,))
    with pytest.raises(Refused, match="not one's own words"):
        place.append(own)
    place.store.close()


def test_entries_are_found_by_how_their_id_begins(tmp_path: Path) -> None:
    place = Place(tmp_path / "store.db")
    place.append(*(entry(n) for n in range(40)))
    kept = place.journal.entries[7]
    assert place.journal.by_id(kept.id.hex()) == kept
    assert place.journal.by_id(kept.id.hex()[:12]) == kept
    assert place.journal.by_id("f" * 63) is None
    with pytest.raises(Misuse, match="more digits"):
        place.journal.by_id("")
    place.store.close()


def test_observers_are_told_what_is_durable(tmp_path: Path) -> None:
    place = Place(tmp_path / "store.db")
    seen: list[int] = []
    place.journal.observers.append(lambda kept: seen.append(kept.index))
    place.append(entry(0), replace(entry(1), body=Duress()))
    assert seen == [0, 1]
    place.store.close()


def test_a_damaged_note_of_the_journal_is_no_empty_journal(tmp_path: Path) -> None:
    place = Place(tmp_path / "store.db")
    place.append(entry(0))
    ended = threading.Event()
    place.store.submit([Setting(SETTING, b"\x80")], lambda error: ended.set())
    assert ended.wait(30)
    place.store.close()
    with pytest.raises(StoreTrouble, match="backup"):
        Place(tmp_path / "store.db", create=False)


def test_after_a_failed_store_nothing_is_taken(tmp_path: Path) -> None:
    place = Place(tmp_path / "store.db")
    place.journal.failed = StoreTrouble("The disk is full.")
    with pytest.raises(StoreTrouble, match="full"):
        place.append(entry(0))
    place.store.close()
