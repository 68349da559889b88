"""A store that was put here from elsewhere is noticed; one that merely ended is not."""

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from firebreak.errors import StoreTrouble
from firebreak.store.incarnation import RESTORED, side_path
from firebreak.store.interface import Setting
from firebreak.store.sqlite import SqliteStore, open_read_only, open_store, replace_lost
from tests.store.contract import ORIGIN, entry, fill, write
from tests.store.test_sqlite_killed import run_and_kill


def opened(path: Path) -> SqliteStore:
    return open_store(path, lambda callback: callback(), create=False)


def is_restored(path: Path) -> bool:
    with closing(opened(path)) as store:
        return store.restored is not None


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with entries, opened and closed several times."""
    path = tmp_path / "node" / "store.db"
    open_store(path, lambda callback: callback(), create=True).close()
    for size in (300, 600):
        with closing(opened(path)) as store:
            fill(store, size)
    return path


def use(path: Path) -> None:
    """Open, write and close once more."""
    with closing(opened(path)) as store:
        fill(store, store.size(ORIGIN) + 10)


def copy_file(source: Path, target: Path) -> None:
    """As `cp` does: into the file that is there."""
    target.write_bytes(source.read_bytes())


# Not restored


def test_a_plain_restart_is_not_restored(path: Path) -> None:
    assert [is_restored(path) for _ in range(5)] == [False] * 5


def test_a_killed_node_is_not_restored(path: Path) -> None:
    for seconds in (0.0, 0.05, 0.1):
        run_and_kill(path, seconds)
    assert not is_restored(path)


def test_a_directory_with_a_new_name_is_not_restored(path: Path) -> None:
    moved = path.parent.rename(path.parent.with_name("renamed")) / path.name
    assert not is_restored(moved)


@pytest.mark.parametrize("step", ["_read_side", "_write_side", "rename", "sync_directory"])
def test_an_opening_cut_short_anywhere_is_not_restored(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def stop(*_: object) -> None:
        raise OSError("stopped")

    for _ in range(3):
        with monkeypatch.context() as patch:
            if step == "rename":
                patch.setattr(Path, "rename", stop)
            else:
                patch.setattr(f"firebreak.store.incarnation.{step}", stop)
            with pytest.raises(StoreTrouble, match="stopped"):
                opened(path)
    assert not is_restored(path)


def test_a_first_opening_cut_short_is_not_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.db"

    def stop(*_: object) -> None:
        raise OSError("stopped")

    with monkeypatch.context() as patch:
        patch.setattr("firebreak.store.sqlite.renew", stop)
        with pytest.raises(StoreTrouble, match="stopped"):
            open_store(path, lambda callback: callback(), create=True)
    with monkeypatch.context() as patch:
        patch.setattr("firebreak.store.incarnation._write_side", stop)
        with pytest.raises(StoreTrouble, match="stopped"):
            opened(path)
    assert not is_restored(path)


def test_a_store_whose_making_was_cut_short_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.db"

    def stop(*_: object) -> None:
        raise OSError("stopped")

    with monkeypatch.context() as patch:
        patch.setattr("firebreak.store.incarnation._write_side", stop)
        with pytest.raises(StoreTrouble, match="stopped"):
            open_store(path, lambda callback: callback(), create=True)
    open_store(path, lambda callback: callback(), create=True).close()
    assert not is_restored(path)


# Restored


def test_a_copied_directory_is_restored(path: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(path.parent, tmp_path / "copy")) / path.name
    with closing(open_read_only(copy)) as reader:
        assert reader.restored
    assert is_restored(copy)
    assert not is_restored(path)


def test_a_directory_copied_while_it_is_written_is_restored(path: Path, tmp_path: Path) -> None:
    with closing(opened(path)) as store:
        fill(store, 900)
        copy = Path(shutil.copytree(path.parent, tmp_path / "copy")) / path.name
    assert is_restored(copy)


def put_back_directory(path: Path, backup: Path) -> None:
    """rm -r node; cp -a backup node"""
    shutil.rmtree(path.parent)
    shutil.copytree(backup, path.parent)


def put_over_directory(path: Path, backup: Path) -> None:
    """cp -a backup/. node: every inode stays."""
    for file in backup.iterdir():
        copy_file(file, path.with_name(file.name))
        shutil.copystat(file, path.with_name(file.name))


def put_over_file(path: Path, backup: Path) -> None:
    """cp backup/store.db node/store.db"""
    copy_file(backup / path.name, path)


def put_file_in_place(path: Path, backup: Path) -> None:
    """mv backup/store.db node/store.db"""
    shutil.copy2(backup / path.name, path.with_name("fetched"))
    path.with_name("fetched").rename(path)


RESTORES = [put_back_directory, put_over_directory, put_over_file, put_file_in_place]


@pytest.mark.parametrize("restore", RESTORES)
def test_a_backup_put_back_is_restored(
    path: Path, tmp_path: Path, restore: Callable[[Path, Path], None]
) -> None:
    backup = Path(shutil.copytree(path.parent, tmp_path / "backup"))
    use(path)
    restore(path, backup)
    assert is_restored(path)


@pytest.mark.parametrize("restore", RESTORES)
def test_a_backup_put_back_the_same_session_is_restored(
    path: Path, tmp_path: Path, restore: Callable[[Path, Path], None]
) -> None:
    with closing(opened(path)) as store:
        with closing(open_read_only(path)) as reader:
            backup = tmp_path / "backup"
            backup.mkdir()
            for file in path.parent.iterdir():
                shutil.copy2(file, backup)
            assert reader.size(ORIGIN) == 600
        fill(store, 700)
    restore(path, backup)
    assert is_restored(path)


def test_the_very_same_bytes_in_another_file_are_restored(path: Path) -> None:
    """A copy made now and put back later may be this one; what happened between, it cannot know."""
    put_file_in_place(path, path.parent)
    assert is_restored(path)


def test_a_lost_write_ahead_log_is_restored(path: Path) -> None:
    run_and_kill(path, 0.1, least=20)
    path.with_name("store.db-wal").unlink()
    assert is_restored(path)


def test_a_destroyed_write_ahead_log_is_restored(path: Path) -> None:
    acknowledged = run_and_kill(path, 0.1, least=20)
    wal = path.with_name("store.db-wal")
    with wal.open("r+b") as file:
        file.write(os.urandom(4096))
    with closing(opened(path)) as store:
        assert store.restored
        assert store.size(ORIGIN) <= acknowledged[-1]


def test_a_log_that_was_lost_altogether_is_restored(path: Path) -> None:
    """The side file knows an entry of a second log, of which the database knows nothing."""
    side_path(path).write_bytes(side_path(path).read_bytes() + (1).to_bytes(8, "big"))
    assert is_restored(path)


def test_a_lost_side_file_is_restored(path: Path) -> None:
    side_path(path).unlink()
    assert is_restored(path)


def test_a_backup_of_the_first_session_is_restored_without_a_side_file_too(tmp_path: Path) -> None:
    path = tmp_path / "node" / "store.db"
    backup = tmp_path / "backup"
    backup.mkdir()
    open_store(path, lambda callback: callback(), create=True).close()
    shutil.copy2(path, backup)
    for _ in range(3):
        use(path)
    put_over_file(path, backup)
    side_path(path).unlink()
    assert is_restored(path)


def test_a_store_made_for_other_keys_is_restored_once(tmp_path: Path) -> None:
    """Its own inodes, its own side file, nothing lost; but these keys may have signed before."""
    path = tmp_path / "store.db"
    named = list[bytes | None]()

    def later(callback: Callable[[], None]) -> None:
        callback()

    open_store(path, later, create=True, owner=b"first").close()
    for owner in (b"first", b"second", b"second", b"first"):
        with closing(open_store(path, later, create=False, owner=owner)) as store:
            named.append(store.restored)
    assert named[0] is None
    assert named[1] is not None
    assert named[1] == named[2]
    assert named[3] not in (None, named[1])


def test_restored_lasts_until_the_node_says_otherwise(path: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(path.parent, tmp_path / "copy")) / path.name
    for _ in range(3):
        assert is_restored(copy)
    with closing(opened(copy)) as store:
        fill(store, store.size(ORIGIN) + 5)
        assert store.restored
        write(store, Setting(RESTORED, None))
    assert not is_restored(copy)


def test_what_is_restored_is_read_through(path: Path, tmp_path: Path) -> None:
    """A restored store with one altered record is refused, though nothing asked for that record."""
    content = path.read_bytes()
    place = content.index(entry(77).record)
    copy = Path(shutil.copytree(path.parent, tmp_path / "copy")) / path.name
    with copy.open("r+b") as file:
        file.seek(place)
        file.write(bytes([content[place] ^ 1]))
    with pytest.raises(StoreTrouble, match=r"entry 77 of the log .* was altered"):
        opened(copy)


# Lost


def lose(path: Path, *, traces: bool) -> None:
    path.unlink()
    if not traces:
        for file in path.parent.glob("store.db*"):
            file.unlink()


@pytest.mark.parametrize("traces", [True, False])
def test_a_store_in_place_of_a_lost_one_is_empty_and_restored(path: Path, traces: bool) -> None:
    run_and_kill(path, 0.05, least=20)
    lose(path, traces=traces)
    replace_lost(path)
    for _ in range(2):
        with closing(opened(path)) as store:
            assert store.size(ORIGIN) == 0
            assert store.restored
    kept = {file.name for file in path.parent.glob("*.lost")}
    assert kept >= ({"store.db-wal.lost", "store.db.incarnation.lost"} if traces else set())


def test_a_store_that_is_there_is_not_replaced(path: Path) -> None:
    replace_lost(path)
    assert not is_restored(path)
    with closing(opened(path)) as store:
        assert store.size(ORIGIN) == 600
        with pytest.raises(StoreTrouble, match="Another node has the store"):
            replace_lost(path)


def test_each_time_has_a_name_of_its_own(path: Path, tmp_path: Path) -> None:
    names = set()
    for number in range(3):
        path = Path(shutil.copytree(path.parent, tmp_path / f"copy {number}")) / path.name
        with closing(opened(path)) as store:
            names.add(store.restored)
    assert len(names) == 3
    assert None not in names
