"""Each way in which a store can be spoilt is a StoreTrouble that says what to do."""

import ctypes
import os
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.errors import StoreTrouble
from firebreak.store.check import read_through
from firebreak.store.incarnation import side_path
from firebreak.store.schema import VERSION
from firebreak.store.sqlite import SqliteStore, open_read_only, open_store
from tests.store.contract import ORIGIN, entry, fill, head, submit, write
from tests.store.test_sqlite_killed import run_and_kill

SIZE = 600


def opened(path: Path) -> SqliteStore:
    return open_store(path, lambda callback: callback(), create=False)


def make(path: Path) -> Path:
    with closing(open_store(path, lambda callback: callback(), create=True)) as store:
        fill(store, SIZE)
        write(store, head(SIZE))
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make(tmp_path / "node" / "store.db")


def both_refuse(path: Path, match: str) -> None:
    for opening in (opened, open_read_only):
        with pytest.raises(StoreTrouble, match=match):
            opening(path).close()


def sql(path: Path, *statements: str) -> None:
    """Change a closed store behind its back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def read_all(path: Path) -> None:
    """Open, read every way, write once more; what is read must be what was written."""
    with closing(opened(path)) as store:
        for found in store.entries(ORIGIN, 0, SIZE):
            assert found == entry(found.index)
        for found in store.find(b""):
            assert found == entry(found.index)
        for found in store.dialogue_entries([ORIGIN], (0, 0)):
            assert found == entry(found.index)
        submit(store, [entry(SIZE), head(SIZE + 1)])


# Not a store


def test_a_file_of_no_bytes_is_refused_and_kept(path: Path) -> None:
    path.write_bytes(b"")
    both_refuse(path, "not a Firebreak store: the file is empty")
    assert path.read_bytes() == b""


@pytest.mark.parametrize("content", [b"x", b"SQLite format 3", b"\0" * 8192])
def test_another_format_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    both_refuse(path, "not a Firebreak store: it is of another format")


def test_a_directory_is_refused(path: Path) -> None:
    path.unlink()
    path.mkdir()
    both_refuse(path, "not a Firebreak store: it is a directory")


def test_a_destroyed_header_is_refused(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\xff" * 100)
    both_refuse(path, "not a Firebreak store")


def test_a_header_destroyed_behind_its_first_words_is_refused(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(16)
        file.write(b"\xff" * 84)
    both_refuse(path, "not a Firebreak store|is damaged")


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    sql(path, "CREATE TABLE entry (id INTEGER)")
    path.chmod(0o600)
    both_refuse(path, "another program's database")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"


def test_a_newer_format_is_refused_and_not_touched(path: Path) -> None:
    sql(path, f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()
    both_refuse(path, "written by a newer Firebreak")
    assert path.read_bytes() == before


# Damaged


@pytest.mark.parametrize("keep", [4096, 50_000, -4096])
def test_a_truncated_file_is_noticed(path: Path, keep: int) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:keep])
    with pytest.raises(StoreTrouble, match="is damaged"):
        read_all(path)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("DELETE FROM entry WHERE place % 1099511627776 = 599", "a head over 600"),
        ("DELETE FROM subtree WHERE number = 1", "1 full tiles"),
        ("DELETE FROM log", "a log 1 without a name"),
    ],
)
def test_sizes_that_contradict_each_other_are_refused(
    path: Path, statement: str, what: str
) -> None:
    sql(path, statement)
    with pytest.raises(StoreTrouble, match=f"is damaged.*{what}"):
        opened(path)


def test_an_entry_that_is_not_there_is_noticed(path: Path) -> None:
    sql(path, "DELETE FROM entry WHERE place % 1099511627776 = 300")
    with closing(opened(path)) as store:
        reading = store.entries(ORIGIN, 0, SIZE)
        with pytest.raises(StoreTrouble, match=r"entry 300 of the log .* is not there"):
            list(reading)
        with pytest.raises(StoreTrouble, match="is damaged"):
            store.subtree(ORIGIN, 7, 2)


@pytest.mark.parametrize(
    "change",
    [
        "record = zeroblob(96)",
        "record_id = zeroblob(32)",
        "leaf = zeroblob(32)",
        "digest = zeroblob(32)",
        "rank = 4",
        "root = 4",
        "stored_at = 4",
        "void = 'because'",
        "crc = 4",
    ],
)
def test_an_altered_entry_is_noticed(path: Path, change: str) -> None:
    sql(path, f"UPDATE entry SET {change} WHERE place % 1099511627776 = 300")
    with closing(opened(path)) as store:
        assert next(store.entries(ORIGIN, 299, SIZE)) == entry(299)
        with pytest.raises(StoreTrouble, match=r"entry 300 of the log .* was altered"):
            next(store.entries(ORIGIN, 300, SIZE))


def test_reading_through_finds_what_nobody_asked_for(path: Path) -> None:
    assert read_through(path, lambda: False)
    sql(path, "UPDATE entry SET leaf = zeroblob(32) WHERE place % 1099511627776 = 300")
    with (
        closing(opened(path)),
        pytest.raises(StoreTrouble, match=r"entry 300 of the log .* was altered"),
    ):
        read_through(path, lambda: False)


def test_reading_through_stops_when_it_is_told_to(path: Path) -> None:
    sql(path, "UPDATE entry SET leaf = zeroblob(32) WHERE place % 1099511627776 = 300")
    assert not read_through(path, lambda: True)


@dataclass(frozen=True)
class Spoilt:
    """A store to spoil again and again, and its content to begin from."""

    path: Path
    content: bytes = field(repr=False)
    side: bytes = field(repr=False)


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Spoilt:
    path = make(tmp_path_factory.mktemp("store") / "store.db")
    return Spoilt(path, path.read_bytes(), side_path(path).read_bytes())


@settings(max_examples=100)
@given(
    place=st.floats(0, 1, exclude_max=True),
    length=st.integers(1, 600),
    mask=st.sampled_from([1, 0x80, 0xFF]),
)
def test_flipped_bytes_never_pass_for_entries(
    spoilt: Spoilt, place: float, length: int, mask: int
) -> None:
    """Wherever bytes are flipped, an entry is read as it was written or StoreTrouble is raised."""
    path = spoilt.path
    for name in ("store.db-wal", "store.db-shm"):
        path.with_name(name).unlink(missing_ok=True)
    side_path(path).write_bytes(spoilt.side)
    content = bytearray(spoilt.content)
    start = int(place * len(content))
    for index in range(start, min(start + length, len(content))):
        content[index] ^= mask
    path.write_bytes(content)
    with suppress(StoreTrouble):
        read_all(path)


# Full


def test_a_full_disk_fails_this_transaction_and_all_later_ones(path: Path) -> None:
    with closing(opened(path)) as store:
        # Nothing is submitted yet, so the writer's connection is idle.
        store._writer._connection.execute("PRAGMA max_page_count = 1")
        index = SIZE
        while (fate := submit(store, [entry(index), head(index + 1)])) is None:
            index += 1
        assert "is full. Nothing that was acknowledged is lost. Free some space" in str(fate)
        assert submit(store, []) is fate
        assert store.size(ORIGIN) == index
        assert store.head(ORIGIN) == head(index)
    with closing(opened(path)) as store:
        assert not store.restored
        assert list(store.entries(ORIGIN, 0, index + 1)) == [entry(i) for i in range(index)]
        fill(store, index + 10)


# Read-only. Root passes over a file's mode, so a child lays down that right first.


CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


def without_override(script: str, path: Path) -> str:
    """Run a script that has `path`, as a user whom the files' modes bind; what it prints."""
    program = f"""
import sys
from pathlib import Path
from tests.store.test_sqlite_trouble import lay_down_override
lay_down_override()
from firebreak.errors import StoreTrouble
from firebreak.store.sqlite import open_read_only, open_store
from tests.store.contract import ORIGIN
path = Path(sys.argv[1])
try:
    {script}
except StoreTrouble as error:
    print(error)
"""
    return subprocess.run(
        [sys.executable, "-c", program, str(path)],
        cwd=Path(__file__).resolve().parents[2],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def lay_down_override() -> None:
    """Give up root's right to pass over a file's mode; nothing to do for another user."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    if libc.capget(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capget")
    mask = ~(1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH) & 0xFFFFFFFF
    for word in (0, 1):
        data[word] &= mask
    if libc.capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset")


OPEN = "open_store(path, print, create=False)"
SHOW_SIZE = "print(open_read_only(path).size(ORIGIN))"


def test_a_read_only_directory_is_read_but_not_opened_for_writing(path: Path) -> None:
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        before = path.read_bytes()
        assert without_override(SHOW_SIZE, path) == str(SIZE)
        assert "cannot be written here" in without_override(OPEN, path)
        assert path.read_bytes() == before
    finally:
        path.parent.chmod(0o700)


def test_a_read_only_file_is_not_opened_for_writing(path: Path) -> None:
    path.chmod(0o400)
    assert "cannot be written here" in without_override(OPEN, path)
    assert without_override(SHOW_SIZE, path) == str(SIZE)


def test_a_file_that_may_not_be_read_is_refused(path: Path) -> None:
    path.chmod(0)
    assert "Permission denied" in without_override(SHOW_SIZE, path)


def test_what_a_killed_node_left_is_not_passed_over_where_it_cannot_be_read(path: Path) -> None:
    """Read-only and with an unread write-ahead log: all of it is shown, or nothing."""
    acknowledged = run_and_kill(path, 0.05, least=20)
    path.with_name("store.db-shm").unlink()
    path.parent.chmod(0o500)
    try:
        answer = without_override(SHOW_SIZE, path)
    finally:
        path.parent.chmod(0o700)
    assert not answer.isdigit() or int(answer) > acknowledged[-1]
    with closing(opened(path)) as store:
        assert store.size(ORIGIN) > acknowledged[-1]


def test_another_program_that_holds_the_database_is_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firebreak.store.schema.BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreTrouble, match="Another program holds the store"):
            opened(path)
        other.execute("ROLLBACK")
    with closing(opened(path)) as store:
        assert not store.restored


def test_what_a_damaged_file_says_does_not_reach_the_terminal_raw(path: Path) -> None:
    sql(path, "UPDATE log SET origin = 'x' || char(27) || '[2J' || char(8238)")
    with closing(opened(path)) as store:
        wrong = next(store.find(b"")).origin
    sql(path, "DELETE FROM entry WHERE place % 1099511627776 = 599")
    with pytest.raises(StoreTrouble) as caught:
        opened(path)
    assert wrong not in str(caught.value)
    assert str(caught.value).isprintable()
