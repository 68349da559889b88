"""The store of the hostile world does what every store must do."""

from pathlib import Path

import pytest

from firebreak.errors import StoreTrouble
from firebreak.store.interface import Setting, Store
from tests.hostile.store import Disk, MemoryStore
from tests.store.contract import ORIGIN, Deliver, StoreContract, entry, head


class TestMemory(StoreContract):
    """The contract, over disks by folder."""

    @pytest.fixture(autouse=True)
    def disks(self) -> None:
        self.by_folder: dict[Path, Disk] = {}

    def open(self, folder: Path, deliver: Deliver, *, create: bool) -> Store:
        if create:
            self.by_folder[folder] = Disk()
        return MemoryStore(self.by_folder[folder], deliver)


@pytest.mark.parametrize("kept", range(4))
def test_a_crash_keeps_whole_transactions_from_the_first_on(kept: int) -> None:
    disk = Disk()
    store = MemoryStore(disk, lambda callback: callback(), at_once=False)
    fates: list[StoreTrouble | None] = []
    for index in range(3):
        store.submit([entry(index), head(index + 1), Setting(f"s{index}", b"1")], fates.append)
    assert store.size(ORIGIN) == 0
    store.lose_power(kept)
    again = MemoryStore(disk, lambda callback: callback())
    assert fates == []
    assert again.size(ORIGIN) == min(kept, 3)
    assert [again.setting(f"s{index}") for index in range(3)] == [
        b"1" if index < kept else None for index in range(3)
    ]


def test_a_backup_is_apart_from_what_it_was_made_of() -> None:
    disk = Disk()
    store = MemoryStore(disk, lambda callback: callback())
    store.submit([entry(0), head(1)], lambda _: None)
    backup = disk.snapshot()
    store.submit([entry(1), head(2), Setting("x", b"")], lambda _: None)
    old = MemoryStore(backup, lambda callback: callback())
    assert (old.size(ORIGIN), old.head(ORIGIN), old.setting("x")) == (1, head(1), None)
    assert store.size(ORIGIN) == 2
