"""What every store must do, whatever is behind it: subclass StoreContract and say how to open one.

    class TestMine(StoreContract):
        def open(self, folder: Path, deliver: Deliver, *, create: bool) -> Store: ...

Each test has a store of its own in `folder`; opening again there after `close` must find it again.
"""

import hashlib
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
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

Deliver = Callable[[Callable[[], None]], None]

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
        store.submit(writes, lambda error, number=number: told(number, error))
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
    """The tests. The store delivers on whatever thread it likes unless a test says otherwise."""

    @abstractmethod
    def open(self, folder: Path, deliver: Deliver, *, create: bool) -> Store:
        """Make a store in `folder`, or open again the one made there."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        store = self.open(tmp_path, lambda callback: callback(), create=True)
        yield store
        store.close()

    def again(self, store: Store, folder: Path) -> Store:
        """Close and open again."""
        store.close()
        return self.open(folder, lambda callback: callback(), create=False)

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

    # Every write, now and after opening again

    def test_every_write_comes_back(self, store: Store, tmp_path: Path) -> None:
        first = entry(0, void="signed by a key that was revoked", root=(1, 7), record=b"")
        second = entry(1, record=bytes(range(256)) * 255, rank=2**40)
        dialogue = Dialogue(3, (1, 7), True, Millis(5), digest("state"))
        idle = Dialogue(3, (1, 8), True, None, digest("idle"))
        overtaken = Overtaken(OTHER, 4, b"item")
        given = ReceiptRow(ORIGIN, 1, True, b"given")
        fork = Fork(ORIGIN, b"two heads", Millis(9))
        line = JournalLine(Millis(10), "draft", '{"text": "Zwölf Boxkämpfer \\u2067"}')
        write(store, first, second, head(2), dialogue, idle, overtaken, given, fork, line)
        write(store, Setting("name", b"value"), Setting("empty", b""))
        for current in (store, store := self.again(store, tmp_path)):
            if current is not store:
                continue
            assert not store.restored
        assert list(store.entries(ORIGIN, 0, 2)) == [first, second]
        assert store.size(ORIGIN) == 2
        assert store.head(ORIGIN) == head(2)
        assert store.dialogue(3, (1, 7)) == dialogue
        assert list(store.open_dialogues(3)) == [dialogue, idle]
        assert store.overtaken(OTHER) == [overtaken]
        assert list(store.receipts(ORIGIN, ours=True)) == [given]
        assert store.forks() == [fork]
        assert list(store.journal()) == [line]
        assert (store.setting("name"), store.setting("empty")) == (b"value", b"")
        store.close()
