"""The journal of a node: durable before it is shown, found again, nothing twice, nothing unsigned."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from firebreak.desk import journal
from firebreak.desk.entries.calls import VoiceLog
from firebreak.desk.entries.checks import CheckTried
from firebreak.desk.entries.contacts import Contacted, Direction, Rung, Said
from firebreak.desk.entries.offices import Duress
from firebreak.desk.journal import Entry
from firebreak.errors import FirebreakError, Misuse, Refused, StoreTrouble
from firebreak.ledger.checkpoint import Checkpoint, verify_checkpoint
from firebreak.node.journal import CLOCK_TOLERANCE, SETTING, Journal
from firebreak.records.contacts import Way
from firebreak.records.kinds import Answer, Reply
from firebreak.records.slots import Words
from firebreak.store.interface import Setting
from firebreak.store.sqlite import SqliteStore, open_store
from firebreak.values import Millis, Precedence, RecordId
from tests.desk.journal_example import typical
from tests.worlds import NOW, a_query, make_party, seed_of

ALPHA = make_party(0)
ROSTER = ALPHA.roster.roster


WORDS = Words("en", "Good morning.")
REVOKED = replace(
    ROSTER,
    version=2,
    entries=tuple(
        replace(e, valid_until=NOW) if n == 1 else e for n, e in enumerate(ROSTER.entries)
    ),
)
"""The next card, on which the first officer's key is not valid any more."""


class Place:
    """A store on disk and the journal in it. What it lets go on runs at once, on its thread."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.rosters = {ROSTER.version: ROSTER}
        self.store: SqliteStore = open_store(path, lambda work: work(), create=create)
        self.journal = Journal(
            self.store,
            ALPHA.log,
            lambda: self.rosters,
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


def test_a_revoked_key_cannot_hide_behind_an_older_roster(tmp_path: Path) -> None:
    """JN-4: once the party has a newer card, nothing is signed under the old one."""
    place = Place(tmp_path / "store.db")
    place.append(entry(0))
    place.rosters = {1: ROSTER, 2: REVOKED}
    assert place.journal.roster == 2
    with pytest.raises(Refused, match="older version of our card"):
        place.append(entry(1))
    with pytest.raises(Refused, match="not valid at that time"):
        place.append(replace(entry(1), roster=2))
    assert place.append(entry(0)) == [None]  # handed in again: it stands already
    assert len(place.journal.entries) == 1
    place.store.close()


def test_what_no_longer_verifies_is_kept_as_void_and_stops_nothing(tmp_path: Path) -> None:
    """JN-21"""
    place = Place(tmp_path / "store.db")
    place.append(entry(0), entry(1))
    mine = place.journal.origin
    foreign = journal.sign_entry(entry(2), "firebreak.line/other/0", ALPHA.officers[0])
    ended = threading.Event()
    kept = place.journal.entries[0]
    last = next(iter(place.store.entries(mine, 1, 2)))
    void = replace(last, index=2, record=foreign, record_id=RecordId(seed_of("void")))
    place.store.submit([void], lambda error: ended.set())
    assert ended.wait(30)
    place.store.close()
    again = Place(tmp_path / "store.db", create=False)
    assert [each.entry for each in again.journal.entries] == [entry(0), entry(1)]
    assert again.journal.entries[0] == kept
    (found,) = again.journal.void
    assert (found.index, found.kind, found.data) == (2, 1, foreign)
    assert "signature" in found.reason
    assert again.append(entry(3)) == [None]
    assert again.journal.entries[-1].index == 3
    again.store.close()


def test_what_has_not_happened_yet_is_refused(tmp_path: Path) -> None:
    """JN-4"""
    place = Place(tmp_path / "store.db")
    late = Millis(NOW + CLOCK_TOLERANCE + 1)
    contacted = typical().body
    assert isinstance(contacted, Contacted)
    tried = CheckTried("BRAVO", "duty officer", Way.VOICE, late, None, WORDS, None, backup=False)
    for body in (
        replace(contacted, happened=late),
        replace(said(), happened=late),
        VoiceLog("BRAVO", "duty officer", "air", Way.VOICE, late, 5, ("Col. Wolf",), None, WORDS),
        tried,
    ):
        with pytest.raises(Refused, match="later than now"):
            place.append(replace(entry(0), body=body))
    assert place.append(replace(entry(0), body=replace(said(), happened=NOW))) == [None]
    place.store.close()


def test_rules_see_entries_that_are_not_durable_yet(tmp_path: Path) -> None:
    """JN-10: two that come at once do not both use one leave."""
    place = Place(tmp_path / "store.db")
    seen: list[int] = []
    place.journal.checks.append(lambda kept, before: seen.append(len(before)))
    ended = threading.Event()
    hold: list[Callable[[], None]] = []
    submit = place.store.submit
    place.store.submit = lambda writes, done: hold.append(  # type: ignore[method-assign]
        lambda: submit(writes, done)  # a slow disk
    )
    for number in range(2):
        place.journal.append(
            [place.signed(entry(number))],
            lambda error: ended.set() if len(place.journal.entries) == 2 else None,
        )
    assert seen == [0, 1]
    for go in hold:
        go()
    assert ended.wait(30)
    assert place.journal.taken == place.journal.entries
    assert len(place.journal.entries) == 2
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
