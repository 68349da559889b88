"""What every store must do, whatever is behind it: subclass StoreContract and say how to open one.

    class TestMine(StoreContract):
        def open(self, folder: Path, deliver: Deliver, *, create: bool) -> Store: ...

Each test has a store of its own in `folder`; opening again there after `close` must find it again.
"""

import hashlib
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from firebreak.errors import InvalidValue, StoreTrouble
from firebreak.ledger.merkle import (
    consistency_proof,
    inclusion_proof,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from firebreak.store.interface import (
    Dialogue,
    Entry,
    Fork,
    Head,
    JournalLine,
    Overtaken,
    ReceiptRow,
    Setting,
    Store,
    Write,
)
from firebreak.values import Millis

Deliver = Callable[[Callable[[], None]], object]

ORIGIN = "firebreak.line/" + "0a" * 16 + "/0"
OTHER = "firebreak.line/" + "0b" * 16 + "/3"
UNKNOWN = "firebreak.line/" + "0c" * 16 + "/0"
SECONDS = 30.0


def digest(*parts: object) -> bytes:
    """32 bytes that depend on the parts."""
    return hashlib.sha256(repr(parts).encode()).digest()


def entry(
    index: int,
    origin: str = ORIGIN,
    *,
    root: tuple[int, int] = (0, 0),
    rank: int | None = None,
    void: str | None = None,
    record: bytes | None = None,
) -> Entry:
    """An entry whose every field depends on its log and index."""
    return Entry(
        origin=origin,
        index=index,
        record=digest("record", origin, index) * 3 if record is None else record,
        record_id=digest("id", origin, index),
        leaf=digest("leaf", origin, index),
        digest=digest("digest", origin, index),
        rank=index if rank is None else rank,
        void=void,
        root=root,
        stored_at=Millis(1_700_000_000_000 + index),
    )


def head(size: int, origin: str = ORIGIN, *, salt: str = "") -> Head:
    return Head(origin, size, digest("root", origin, size, salt), digest("s", origin, size) * 2)


def submit(store: Store, writes: Sequence[Write]) -> StoreTrouble | None:
    """Submit one transaction and wait for its fate."""
    (fate,) = submit_all(store, [writes])
    return fate


def submit_all(store: Store, batches: Sequence[Sequence[Write]]) -> list[StoreTrouble | None]:
    """Submit transactions all at once and wait for the fates, which come in this order."""
    fates: list[tuple[int, StoreTrouble | None]] = []
    finished = threading.Event()

    def told(number: int, error: StoreTrouble | None) -> None:
        fates.append((number, error))
        if len(fates) == len(batches):
            finished.set()

    for number, writes in enumerate(batches):
        store.submit(writes, partial(told, number))
    assert not batches or finished.wait(SECONDS), "a transaction was never told its fate"
    assert [number for number, _ in fates] == list(range(len(batches)))
    return [error for _, error in fates]


def write(store: Store, *writes: Write) -> None:
    """Submit one transaction, which must become durable."""
    assert submit(store, writes) is None


def fill(store: Store, size: int, origin: str = ORIGIN) -> None:
    """Append entries up to a size, many to a transaction."""
    for first in range(store.size(origin), size, 500):
        write(store, *(entry(index, origin) for index in range(first, min(first + 500, size))))


class StoreContract:
    """The tests. Nothing is assumed of the thread on which a store delivers."""

    @abstractmethod
    def open(self, folder: Path, deliver: Deliver, *, create: bool) -> Store:
        """Make a store in `folder`, or open again the one made there."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        store = self.open(tmp_path / "store", lambda callback: callback(), create=True)
        yield store
        store.close()

    def again(self, store: Store, tmp_path: Path) -> Store:
        """Close the store and open it again."""
        store.close()
        return self.open(tmp_path / "store", lambda callback: callback(), create=False)

    # A new store

    def test_a_new_store_is_empty_and_not_restored(self, store: Store) -> None:
        assert not store.restored
        assert store.size(ORIGIN) == 0
        assert list(store.entries(ORIGIN, 0, 10)) == []
        assert list(store.find(b"")) == []
        assert store.dialogue_entries([ORIGIN], (0, 0)) == []
        assert store.head(ORIGIN) is None
        assert store.head_at(ORIGIN, 0) is None
        assert store.overtaken(ORIGIN) == []
        assert list(store.receipts(ORIGIN, ours=True)) == []
        assert store.forks() == []
        assert list(store.open_dialogues(0)) == []
        assert store.dialogue(0, (0, 0)) is None
        assert list(store.journal()) == []
        assert store.setting("name") is None

    def test_an_empty_transaction_is_durable(self, store: Store) -> None:
        write(store)

    # Every write, and that it outlasts the process

    def test_every_write_comes_back_after_opening_again(self, store: Store, tmp_path: Path) -> None:
        first = entry(0, void="signed by a key that was revoked", root=(1, 7), record=b"")
        second = entry(1, record=bytes(range(256)) * 255, rank=2**40)
        dialogue = Dialogue(3, (1, 7), True, Millis(5), digest("state"))
        idle = Dialogue(3, (1, 8), True, None, digest("idle"))
        overtaken = Overtaken(OTHER, 4, b"item")
        given = ReceiptRow(ORIGIN, 1, 1, True, b"given")
        fork = Fork(UNKNOWN, b"two heads", Millis(9))
        line = JournalLine(Millis(10), "draft", '{"text": "Zwölf Boxkämpfer"}')
        write(store, first, second, head(2), dialogue, idle, overtaken, given, fork, line)
        write(store, Setting("name", b"value"), Setting("empty", b""))
        reopened = self.again(store, tmp_path)
        try:
            assert not reopened.restored
            assert reopened.size(ORIGIN) == 2
            assert list(reopened.entries(ORIGIN, 0, 2)) == [first, second]
            assert reopened.head(ORIGIN) == head(2)
            assert reopened.dialogue(3, (1, 7)) == dialogue
            assert list(reopened.open_dialogues(3)) == [dialogue, idle]
            assert reopened.overtaken(OTHER) == [overtaken]
            assert list(reopened.receipts(ORIGIN, ours=True)) == [given]
            assert reopened.forks() == [fork]
            assert list(reopened.journal()) == [line]
            assert reopened.setting("name") == b"value"
            assert reopened.setting("empty") == b""
            write(reopened, entry(2), head(3))
            assert reopened.size(ORIGIN) == 3
        finally:
            reopened.close()

    # Transactions

    def test_transactions_are_told_in_the_order_of_submission(self, store: Store) -> None:
        assert submit_all(store, [[entry(i), head(i + 1)] for i in range(300)]) == [None] * 300
        assert [e.index for e in store.entries(ORIGIN, 0, 1000)] == list(range(300))

    @pytest.mark.parametrize("index", [0, 2, 4, 2**40])
    def test_an_entry_of_another_index_than_the_size_is_refused(
        self, store: Store, index: int
    ) -> None:
        fill(store, 3)
        assert isinstance(submit(store, [entry(index)]), StoreTrouble)
        assert list(store.entries(ORIGIN, 0, 10)) == [entry(i) for i in range(3)]

    @pytest.mark.parametrize(
        "writes",
        [
            [entry(0), entry(2)],
            [entry(0), entry(0)],
            [entry(0), head(2)],
            [head(1, OTHER), entry(0)],
        ],
    )
    def test_a_transaction_that_breaks_a_rule_leaves_nothing(
        self, store: Store, writes: list[Write]
    ) -> None:
        assert isinstance(submit(store, [Setting("name", b"1"), *writes]), StoreTrouble)
        assert store.size(ORIGIN) == 0
        assert store.setting("name") is None
        assert store.head(OTHER) is None

    def test_after_a_failure_all_later_transactions_fail_and_those_before_stand(
        self, store: Store, tmp_path: Path
    ) -> None:
        batches: list[list[Write]] = [[entry(0)], [entry(1)], [entry(9)], [entry(2)], []]
        fates = submit_all(store, batches)
        assert fates[:2] == [None, None]
        assert all(isinstance(fate, StoreTrouble) for fate in fates[2:])
        assert isinstance(submit(store, [Setting("name", b"1")]), StoreTrouble)
        assert store.size(ORIGIN) == 2
        reopened = self.again(store, tmp_path)
        try:
            assert not reopened.restored
            assert reopened.size(ORIGIN) == 2
            write(reopened, entry(2))
        finally:
            reopened.close()

    def test_what_was_submitted_is_finished_before_closing(
        self, store: Store, tmp_path: Path
    ) -> None:
        fates: list[StoreTrouble | None] = []
        for index in range(100):
            store.submit([entry(index)], fates.append)
        reopened = self.again(store, tmp_path)
        try:
            assert fates == [None] * 100
            assert reopened.size(ORIGIN) == 100
        finally:
            reopened.close()

    def test_a_closed_store_takes_and_tells_nothing(self, store: Store) -> None:
        write(store, entry(0))
        store.close()
        assert isinstance(submit(store, [entry(1)]), StoreTrouble)
        with pytest.raises(StoreTrouble):
            store.size(ORIGIN)
        store.close()

    def test_one_callback_that_raises_does_not_silence_the_others(self, tmp_path: Path) -> None:
        raised: list[Exception] = []

        def deliver(callback: Callable[[], None]) -> None:
            try:
                callback()
            except ZeroDivisionError as error:
                raised.append(error)

        def fail(_error: StoreTrouble | None) -> None:
            raise ZeroDivisionError

        store = self.open(tmp_path / "store", deliver, create=True)
        fates: list[StoreTrouble | None] = []
        for index in range(20):
            store.submit([entry(index)], fail if index % 2 else fates.append)
        store.close()
        assert fates == [None] * 10
        assert raised

    # Logs

    def test_logs_are_apart(self, store: Store) -> None:
        write(store, entry(0), entry(0, OTHER), entry(1), head(1, OTHER))
        assert (store.size(ORIGIN), store.size(OTHER), store.size(UNKNOWN)) == (2, 1, 0)
        assert list(store.entries(ORIGIN, 0, 9)) == [entry(0), entry(1)]
        assert list(store.entries(OTHER, 0, 9)) == [entry(0, OTHER)]
        assert store.head(ORIGIN) is None

    @pytest.mark.parametrize(
        ("start", "stop"),
        [(0, 1000), (0, 0), (5, 5), (7, 3), (255, 258), (511, 513), (599, 10**15), (600, 601)],
    )
    def test_entries_come_in_order_within_the_bounds(
        self, store: Store, start: int, stop: int
    ) -> None:
        fill(store, 600)
        fill(store, 3, OTHER)
        indices = [e.index for e in store.entries(ORIGIN, start, stop)]
        assert indices == list(range(600))[start:stop]

    def test_entries_are_read_while_others_are_written(self, store: Store) -> None:
        fill(store, 600)
        reading = store.entries(ORIGIN, 0, 5000)
        seen = [next(reading).index]
        fill(store, 1200)
        seen += [e.index for e in reading]
        assert seen == list(range(len(seen)))
        assert len(seen) >= 600

    def test_find_by_prefix_on_any_log(self, store: Store) -> None:
        fill(store, 300)
        fill(store, 300, OTHER)
        wanted = entry(123, OTHER)
        for length in (4, 8, 32):
            assert wanted in list(store.find(wanted.record_id[:length]))
        assert list(store.find(wanted.record_id)) == [wanted]
        assert list(store.find(wanted.record_id + b"\0")) == []
        every = [e.record_id for e in store.find(b"")]
        assert len(every) == 600
        assert every == sorted(every)
        short = wanted.record_id[:1]
        assert [e.record_id for e in store.find(short)] == [i for i in every if i[:1] == short]

    def test_one_record_on_two_logs_is_found_twice(self, store: Store) -> None:
        same = entry(0)
        twin = Entry(OTHER, *(getattr(same, name) for name in list(Entry.__slots__)[1:]))
        write(store, same, twin)
        assert sorted(e.origin for e in store.find(same.record_id[:8])) == [ORIGIN, OTHER]

    def test_a_dialogue_is_in_rank_then_origin_then_index_order(self, store: Store) -> None:
        ranks = [(ORIGIN, 5), (ORIGIN, 1), (ORIGIN, 1), (OTHER, 5), (OTHER, 1), (UNKNOWN, 0)]
        sizes = dict.fromkeys((ORIGIN, OTHER, UNKNOWN), 0)
        for origin, rank in ranks:
            for root in ((1, 2), (2, 1)):
                write(store, entry(sizes[origin], origin, rank=rank, root=root))
                sizes[origin] += 1
        found = store.dialogue_entries([OTHER, ORIGIN], (1, 2))
        assert [(e.rank, e.origin, e.index) for e in found] == [
            (1, OTHER, 2),
            (1, ORIGIN, 2),
            (1, ORIGIN, 4),
            (5, OTHER, 0),
            (5, ORIGIN, 0),
        ]
        assert {e.root for e in found} == {(1, 2)}
        assert store.dialogue_entries([OTHER, ORIGIN], (3, 2)) == []
        assert store.dialogue_entries([], (1, 2)) == []
        assert store.dialogue_entries([ORIGIN], (-1, 2)) == []

    # Hashes and heads

    def test_subtrees_are_those_of_rfc_6962(self, store: Store) -> None:
        fill(store, 1100)
        leaves = [entry(i).leaf for i in range(1100)]
        for level in range(11):
            for number in range(1100 >> level):
                if level > 2 or number % 97 == 0:
                    expected = root_of(leaves[number << level : (number + 1) << level])
                    assert store.subtree(ORIGIN, level, number) == expected

    @pytest.mark.parametrize(("level", "number"), [(0, 300), (3, 37), (9, 0), (-1, 0), (0, -1)])
    def test_a_subtree_that_is_not_complete_is_refused(
        self, store: Store, level: int, number: int
    ) -> None:
        fill(store, 300)
        with pytest.raises(InvalidValue):
            store.subtree(ORIGIN, level, number)
        with pytest.raises(InvalidValue):
            store.subtree(UNKNOWN, 0, 0)

    def test_subtrees_serve_both_proofs(self, store: Store) -> None:
        fill(store, 777)
        leaves = [entry(i).leaf for i in range(777)]

        def subtree(level: int, number: int) -> bytes:
            return store.subtree(ORIGIN, level, number)

        sizes = [1, 2, 255, 256, 257, 600, 777]
        for size in sizes:
            for index in {0, size // 2, size - 1}:
                proof = inclusion_proof(index, size, subtree)
                verify_inclusion(leaves[index], index, size, proof, root_of(leaves[:size]))
        for size1, size2 in pairwise(sizes):
            proof = consistency_proof(size1, size2, subtree)
            verify_consistency(
                size1, root_of(leaves[:size1]), size2, root_of(leaves[:size2]), proof
            )

    def test_the_largest_head_and_each_that_was_kept(self, store: Store) -> None:
        fill(store, 9)
        for size in (3, 9, 0, 5):
            write(store, head(size))
        assert store.head(ORIGIN) == head(9)
        assert [store.head_at(ORIGIN, size) for size in (0, 3, 4, 5)] == [
            head(0),
            head(3),
            None,
            head(5),
        ]
        assert list(store.heads(ORIGIN)) == [head(size) for size in (0, 3, 5, 9)]
        assert list(store.heads(UNKNOWN)) == []

    def test_more_heads_than_are_fetched_at_once(self, store: Store) -> None:
        fill(store, 700)
        write(store, *(head(size) for size in range(701)))
        assert [kept.size for kept in store.heads(ORIGIN)] == list(range(701))

    def test_a_head_may_stand_before_its_entry_in_the_transaction(self, store: Store) -> None:
        write(store, head(1), entry(0))
        assert store.head(ORIGIN) == head(1)

    def test_a_second_head_of_a_size_changes_nothing(self, store: Store) -> None:
        fill(store, 4)
        write(store, head(4))
        write(store, head(4, salt="another"), head(4))
        assert store.head(ORIGIN) == head(4)

    # What overtook

    def test_an_entry_removes_what_overtook_in_its_place(
        self, store: Store, tmp_path: Path
    ) -> None:
        write(store, *(Overtaken(ORIGIN, index, b"item %d" % index) for index in (7, 2, 1)))
        write(store, Overtaken(OTHER, 0, b"other"), Overtaken(ORIGIN, 7, b"again"))
        assert [(o.index, o.item) for o in store.overtaken(ORIGIN)] == [
            (1, b"item 1"),
            (2, b"item 2"),
            (7, b"again"),
        ]
        write(store, entry(0), entry(1))
        assert [o.index for o in store.overtaken(ORIGIN)] == [2, 7]
        reopened = self.again(store, tmp_path)
        try:
            write(reopened, entry(2), Overtaken(ORIGIN, 2, b"too late"))
            assert [o.index for o in reopened.overtaken(ORIGIN)] == [7]
            assert reopened.overtaken(OTHER) == [Overtaken(OTHER, 0, b"other")]
        finally:
            reopened.close()

    # Receipts, forks

    def test_receipts_are_oldest_first_and_apart_by_side(self, store: Store) -> None:
        rows = [
            ReceiptRow(ORIGIN, 900 - i, i // 2, i % 3 == 0, b"receipt %d" % i) for i in range(900)
        ]
        write(store, ReceiptRow(OTHER, 1, 1, True, b"other"), *rows)
        assert list(store.receipts(ORIGIN, ours=True)) == [row for row in rows if row.ours]
        assert list(store.receipts(ORIGIN, ours=False)) == [row for row in rows if not row.ours]
        assert list(store.receipts(UNKNOWN, ours=False)) == []

    def test_a_receipt_is_found_by_what_it_covers(self, store: Store) -> None:
        rows = [ReceiptRow(ORIGIN, 9, reach, False, b"to %d" % reach) for reach in (0, 2, 2, 7)]
        write(
            store, ReceiptRow(OTHER, 9, 5, False, b""), ReceiptRow(ORIGIN, 9, 5, True, b""), *rows
        )
        found = [store.first_receipt(ORIGIN, ours=False, index=index) for index in range(8)]
        assert found == [rows[1]] * 2 + [rows[3]] * 5 + [None]
        assert store.furthest_receipt(UNKNOWN, ours=False) is None
        assert store.first_receipt(UNKNOWN, ours=False, index=0) is None

    def test_the_receipt_that_reaches_furthest_is_found_whatever_came_later(
        self, store: Store
    ) -> None:
        rows = [
            ReceiptRow(ORIGIN, 9, reach, False, b"%d" % place)
            for place, reach in enumerate((0, 2, 7, 7, 3, 0))
        ]
        write(store, ReceiptRow(ORIGIN, 9, 8, True, b""), *rows)
        assert store.furthest_receipt(ORIGIN, ours=False) == rows[3]

    def test_receipts_for_what_overtook_are_found_by_their_heads(self, store: Store) -> None:
        ahead = [ReceiptRow(ORIGIN, 1 + n % 9, 0, False, b"%d" % n) for n in range(1_200)]
        write(
            store,
            ReceiptRow(ORIGIN, 9, 9, False, b"of the beginning"),
            ReceiptRow(ORIGIN, 9, 0, True, b"ours"),
            ReceiptRow(OTHER, 9, 0, False, b"other"),
            *ahead,
        )
        found = list(store.receipts_ahead(ORIGIN, ours=False, size=6))
        assert found == [row for row in ahead if row.size > 6]
        assert list(store.receipts_ahead(UNKNOWN, ours=False, size=0)) == []

    def test_forks_are_all_kept(self, store: Store) -> None:
        forks = [Fork(origin, b"proof", Millis(at)) for at in (5, 3) for origin in (ORIGIN, OTHER)]
        write(store, *forks)
        assert store.forks() == forks
        assert store.size(ORIGIN) == 0

    # Dialogues

    def test_a_dialogue_is_replaced(self, store: Store) -> None:
        write(store, Dialogue(1, (0, 0), True, Millis(7), digest(1)))
        write(store, Dialogue(1, (0, 0), True, None, digest(2)))
        assert store.dialogue(1, (0, 0)) == Dialogue(1, (0, 0), True, None, digest(2))
        write(store, Dialogue(1, (0, 0), False, None, digest(3)))
        assert store.dialogue(1, (0, 0)) == Dialogue(1, (0, 0), False, None, digest(3))
        assert list(store.open_dialogues(1)) == []
        write(store, Dialogue(1, (0, 0), True, Millis(8), digest(4)))
        assert [d.due for d in store.open_dialogues(1)] == [8]

    def test_open_dialogues_of_a_channel_are_by_root(self, store: Store) -> None:
        roots = [(party, index) for party in range(3) for index in range(300)]
        write(store, *(Dialogue(1, r, r[1] % 2 == 0, None, digest(r)) for r in reversed(roots)))
        write(store, Dialogue(2, (0, 1), True, None, digest("two")))
        assert [d.root for d in store.open_dialogues(1)] == [r for r in roots if r[1] % 2 == 0]
        assert [d.root for d in store.open_dialogues(2)] == [(0, 1)]
        assert list(store.open_dialogues(3)) == []
        assert store.dialogue(3, (0, 1)) is None
        assert store.dialogue(1, (0, 10**15)) is None

    # The journal and the settings

    def test_the_journal_is_by_time_then_as_written(self, store: Store) -> None:
        lines = [
            JournalLine(Millis(at), "note", f'"{i}"') for i, at in enumerate([5, 3, 5, 9] * 200)
        ]
        write(store, *lines)
        by_time = sorted(lines, key=lambda line: line.at)
        assert list(store.journal()) == by_time
        assert list(store.journal(after=Millis(3))) == [line for line in by_time if line.at > 3]
        assert list(store.journal(after=Millis(9))) == []

    def test_a_setting_is_replaced_and_removed(self, store: Store) -> None:
        write(store, Setting("name", b"1"), Setting("name", b"2"))
        assert store.setting("name") == b"2"
        write(store, Setting("name", None), Setting("never there", None))
        assert store.setting("name") is None

    def test_restored_is_a_setting(self, store: Store, tmp_path: Path) -> None:
        write(store, Setting("restored", b"1"))
        assert store.restored
        reopened = self.again(store, tmp_path)
        try:
            assert reopened.restored
            write(reopened, Setting("restored", None))
            assert not reopened.restored
        finally:
            reopened.close()
