"""The SQLite store: the contract, group commit, and reading beside a writer."""

import asyncio
import os
import sqlite3
import stat
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.errors import StoreTrouble
from firebreak.ledger.merkle import root_of
from firebreak.store.interface import JournalLine, Reads, Setting, Store
from firebreak.store.schema import MOST_ENTRIES, place, unplace
from firebreak.store.sqlite import open_read_only, open_store
from firebreak.store.writer import MOST_TOGETHER, Transaction, Writer
from firebreak.values import Millis
from tests.store.contract import ORIGIN, Deliver, StoreContract, entry, fill, head, write


def here(callback: Callable[[], None]) -> None:
    """A turn at once."""
    callback()


class TestSqlite(StoreContract):
    def open(self, folder: Path, deliver: Deliver, *, create: bool) -> Store:
        return open_store(folder / "store.db", deliver, create)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store is made that is closed again."""
    path = tmp_path / "node" / "store.db"
    open_store(path, here, create=True).close()
    return path


# Making and opening


def test_the_store_is_its_owners_alone(path: Path) -> None:
    with closing(open_store(path, here, create=False)) as store:
        fill(store, 3)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert modes == {
        "store.db": 0o600,
        "store.db-wal": 0o600,
        "store.db-shm": 0o600,
        "store.db.lock": 0o600,
        "store.db.incarnation": 0o600,
    }


def test_a_closed_store_is_one_file_and_its_two_companions(path: Path) -> None:
    names = {file.name for file in path.parent.iterdir()}
    assert names == {"store.db", "store.db.lock", "store.db.incarnation"}


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_store_that_others_may_write_is_refused(path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(StoreTrouble, match="chmod 600"):
        open_store(path, here, create=False)
    with pytest.raises(StoreTrouble, match="chmod 600"):
        open_read_only(path)


def test_a_store_is_not_made_over_another(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(StoreTrouble, match="already"):
        open_store(path, here, create=True)
    assert path.read_bytes() == before


def test_a_store_is_not_made_over_the_traces_of_one(path: Path) -> None:
    path.unlink()
    with pytest.raises(StoreTrouble, match="what is left of one"):
        open_store(path, here, create=True)


def test_a_creation_that_was_cut_short_is_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.with_name("store.db.new").write_bytes(b"half of it")
    with closing(open_store(path, here, create=True)) as store:
        write(store, entry(0))
        assert not store.restored
    assert not path.with_name("store.db.new").exists()


def test_a_path_of_odd_characters(tmp_path: Path) -> None:
    path = tmp_path / "a?b#c%20 d&mode=memory" / "größe.db"
    with closing(open_store(path, here, create=True)) as store:
        write(store, entry(0))
    with closing(open_read_only(path)) as reader:
        assert reader.size(ORIGIN) == 1


def test_no_store_there(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "store.db"
    with pytest.raises(StoreTrouble, match="no store at"):
        open_store(path, here, create=False)
    with pytest.raises(StoreTrouble, match="no store at"):
        open_read_only(path)
    assert list(tmp_path.iterdir()) == []


def test_every_commit_is_synced(path: Path) -> None:
    with closing(open_store(path, here, create=False)) as store:
        connection = store._writer._connection
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2


# One node at a time


def test_a_second_node_is_refused(path: Path) -> None:
    with closing(open_store(path, here, create=False)) as store:
        for create in (False, True):
            with pytest.raises(StoreTrouble, match="Another node has the store"):
                open_store(path, here, create)
        write(store, entry(0))
    open_store(path, here, create=False).close()


@pytest.mark.parametrize("step", ["check_version", "check_sizes", "renew", "Writer"])
def test_a_failed_opening_lets_go_of_everything(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("on purpose")

    with monkeypatch.context() as patch:
        patch.setattr(f"firebreak.store.sqlite.{step}", fail)
        with pytest.raises(StoreTrouble, match="on purpose"):
            open_store(path, here, create=False)
    held = [os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    assert [name for name in held if str(path.parent) in name] == []
    with closing(open_store(path, here, create=False)) as store:
        assert not store.restored


# Group commit


def test_what_waits_is_committed_together(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[int] = []
    commit = Writer._commit

    def counted(self: Writer, batch: Sequence[Transaction]) -> int:
        batches.append(len(batch))
        return commit(self, batch)

    monkeypatch.setattr(Writer, "_commit", counted)
    turns: list[Callable[[], None]] = []
    fates: list[StoreTrouble | None] = []
    with closing(open_store(path, turns.append, create=False)) as store:
        for index in range(MOST_TOGETHER + 51):
            store.submit([entry(index)], fates.append)
        assert batches == []
        while turns:
            turns.pop(0)()
    assert fates == [None] * (MOST_TOGETHER + 51)
    assert batches == [MOST_TOGETHER, 51]


def test_lines_of_the_journal_wait_for_the_next_commit_or_an_idle_moment(path: Path) -> None:
    turns: list[Callable[[], None]] = []
    idle: list[Callable[[], None]] = []
    told: list[str] = []

    def line(text: str) -> None:
        store.submit([JournalLine(Millis(1), "test", text)], lambda error: told.append(text))

    with closing(open_store(path, turns.append, create=False, idle=idle.append)) as store:
        line("first")
        line("second")
        assert (len(turns), len(idle)) == (0, 1)
        store.submit([entry(0)], lambda error: told.append("entry"))
        [turn] = turns
        turn()  # they ride with what hurries, in the order of submitting
        assert told == ["first", "second", "entry"]
        turns.clear()
        idle.pop()()  # nothing is left for it
        assert turns == []
        line("third")
        idle.pop()()
        turns.pop()()
        assert told[-1] == "third"
        line("last")
    with closing(open_store(path, here, create=False)) as store:
        assert [kept.data for kept in store.journal()] == ["first", "second", "third", "last"]


def test_a_line_that_a_callback_submits_does_not_hurry_either(path: Path) -> None:
    turns: list[Callable[[], None]] = []
    idle: list[Callable[[], None]] = []

    def tell(error: StoreTrouble | None) -> None:
        store.submit([JournalLine(Millis(1), "test", "told")], lambda error: None)

    with closing(open_store(path, turns.append, create=False, idle=idle.append)) as store:
        store.submit([entry(0)], tell)
        turns.pop()()
        assert (len(turns), len(idle)) == (0, 1)


def test_of_a_setting_the_last_one_of_a_commit_stays(path: Path) -> None:
    turns: list[Callable[[], None]] = []
    with closing(open_store(path, turns.append, create=False)) as store:
        for name, value in (("a", b"1"), ("b", b"1"), ("a", None), ("b", None), ("b", b"2")):
            store.submit([Setting(name, value)], lambda error: None)
        turns.pop()()
        assert (store.setting("a"), store.setting("b")) == (None, b"2")


def test_what_a_callback_submits_has_the_next_turn(path: Path) -> None:
    told: list[str] = []
    with closing(open_store(path, here, create=False)) as store:

        def first(_: StoreTrouble | None) -> None:
            store.submit([entry(1)], lambda _: told.append("second"))
            told.append("first")

        store.submit([entry(0)], first)
    assert told == ["first", "second"]


def test_callbacks_run_on_the_loop(path: Path) -> None:
    async def one_at_a_time() -> list[int]:
        loop = asyncio.get_running_loop()
        store = open_store(path, loop.call_soon, create=False)
        threads = []
        for index in range(5):
            told: asyncio.Future[StoreTrouble | None] = loop.create_future()
            store.submit([entry(index)], told.set_result)
            assert await told is None
            assert store.size(ORIGIN) == index + 1
            threads.append(threading.get_ident())
        store.close()
        return threads

    assert set(asyncio.run(one_at_a_time())) == {threading.get_ident()}


def test_a_closed_loop_stops_nothing(path: Path) -> None:
    loop = asyncio.new_event_loop()
    store = open_store(path, loop.call_soon, create=False)
    loop.close()
    for index in range(3):
        store.submit([entry(index)], lambda _: None)
    store.close()
    with closing(open_read_only(path)) as reader:
        assert reader.size(ORIGIN) == 3


def test_a_value_that_sqlite_cannot_hold_fails_like_any_other(path: Path) -> None:
    fates: list[StoreTrouble | None] = []
    with closing(open_store(path, here, create=False)) as store:
        store.submit([entry(0, rank=2**63)], fates.append)
        store.submit([entry(0)], fates.append)
    assert [str(fate)[:9] for fate in fates] == ["The store"] * 2


# Reading beside the writer


def test_reading_commands_see_what_is_durable(path: Path) -> None:
    with closing(open_store(path, here, create=False)) as store:
        fill(store, 300)
        reader: Reads = open_read_only(path)
        with closing(reader):
            assert reader.size(ORIGIN) == 300
            fill(store, 700)
            assert reader.size(ORIGIN) == 700
            assert reader.subtree(ORIGIN, 9, 0) == store.subtree(ORIGIN, 9, 0)
            assert not reader.restored
    with closing(open_read_only(path)) as reader:
        assert [e.index for e in reader.entries(ORIGIN, 0, 999)] == list(range(700))


def test_a_reading_command_leaves_the_write_ahead_log_to_the_node(path: Path) -> None:
    with closing(open_store(path, here, create=False)) as store:
        fill(store, 10)
        wal = path.with_name("store.db-wal")
        before = path.read_bytes(), wal.read_bytes()
        open_read_only(path).close()
        assert (path.read_bytes(), wal.read_bytes()) == before


def test_every_thread_reads_while_the_writer_writes(path: Path) -> None:
    ended = threading.Event()
    faults: list[str] = []

    def read(store: Reads) -> None:
        while not ended.is_set():
            size = store.size(ORIGIN)
            found = [e.index for e in store.entries(ORIGIN, 0, size)]
            newest = store.head(ORIGIN)
            if found != list(range(size)) or (newest is not None and newest.size < size):
                faults.append(f"{size}: {len(found)} entries, {newest}")

    with closing(open_store(path, here, create=False)) as store:
        threads = [threading.Thread(target=read, args=(store,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for index in range(300):
            write(store, entry(index), head(index + 1))
        ended.set()
        for thread in threads:
            thread.join()
    assert faults == []


def test_a_reader_that_stands_still_does_not_hold_back_the_write_ahead_log(path: Path) -> None:
    with closing(open_store(path, here, create=False)) as store:
        fill(store, 1000)
        reading = store.entries(ORIGIN, 0, 10**6)
        next(reading)
        with closing(sqlite3.connect(path)) as other:
            busy, pages, moved = other.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        assert not busy
        assert pages == moved > 0


def test_every_question_has_its_index(path: Path) -> None:
    """No read walks a table: a million entries are asked like ten."""
    asked: list[str] = []
    with closing(open_store(path, here, create=False)) as store:
        fill(store, 3)
        store.size(ORIGIN)
        connection = store._connection()
        connection.set_trace_callback(asked.append)
        list(store.entries(ORIGIN, 0, 3))
        list(store.find(b"x"))
        store.dialogue_entries([ORIGIN], (0, 0))
        store.subtree(ORIGIN, 1, 0)
        store.head(ORIGIN)
        store.head_at(ORIGIN, 1)
        store.overtaken(ORIGIN)
        list(store.receipts(ORIGIN, ours=True))
        list(store.open_dialogues(1))
        store.dialogue(1, (0, 0))
        list(store.journal())
        store.setting("name")
        store.size(ORIGIN)
        connection.set_trace_callback(None)
        plans = {
            sql: [step[3] for step in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
            for sql in asked
        }
    assert len(plans) >= 13
    for sql, steps in plans.items():
        assert all(step.startswith("SEARCH") for step in steps), (sql, steps)


# Hashes


@settings(max_examples=25)
@given(
    sizes=st.lists(st.integers(0, 700), min_size=1, max_size=4).map(sorted),
    data=st.data(),
)
def test_subtrees_after_any_openings(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], data: st.DataObject
) -> None:
    """The frontier is rebuilt from what is kept, wherever the log stood at the opening."""
    path = tmp_path_factory.mktemp("store") / "store.db"
    open_store(path, here, create=True).close()
    for size in sizes:
        with closing(open_store(path, here, create=False)) as store:
            fill(store, size)
    leaves = [entry(index).leaf for index in range(sizes[-1])]
    with closing(open_read_only(path)) as reader:
        for _ in range(20 if leaves else 0):
            level = data.draw(st.integers(0, len(leaves).bit_length() - 1))
            number = data.draw(st.integers(0, (len(leaves) >> level) - 1))
            expected = root_of(leaves[number << level : (number + 1) << level])
            assert reader.subtree(ORIGIN, level, number) == expected


def test_level_sixteen_is_kept(path: Path) -> None:
    """65,536 entries and one: the hash over them costs one row."""
    with closing(open_store(path, here, create=False)) as store:
        fill(store, 2**16 + 1)
        asked: list[str] = []
        connection = store._connection()
        connection.set_trace_callback(asked.append)
        digest = store.subtree(ORIGIN, 16, 0)
        connection.set_trace_callback(None)
        assert digest == root_of(entry(index).leaf for index in range(2**16))
        assert not [sql for sql in asked if "leaf" in sql]


@given(st.integers(0, 2**22 - 1), st.integers(0, MOST_ENTRIES - 1))
def test_a_key_is_log_and_index(log: int, index: int) -> None:
    assert unplace(place(log, index)) == (log, index)
    assert place(log, index) < place(log + 1, 0) < 2**63
    assert place(log, MOST_ENTRIES) == place(log + 1, 0)
