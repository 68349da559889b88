"""Reading a store through finds what its checksums cannot: whoever alters it can write those, too."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from firebreak.store.interface import Entry
from firebreak.store.rows import COLUMNS, from_row, to_row
from firebreak.store.schema import unplace
from tests.nodes import Stage, command, must, template


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Two nodes that have spoken, on every channel, and stopped."""
    made = template(tmp_path_factory.getbasetemp() / "parties")
    with Stage.make(made, tmp_path_factory.mktemp("audit") / "stage") as stage:
        stage.start("alpha", "bravo")
        stage.line_up()
        must("party", "enrol", "air duty officer", "--dir", stage.folder("alpha"))
        stage.must("alpha", "line", "roster")
        query = stage.send("alpha", "send", "query", "--track", "X", "--position", "5512N01945E")
        stage.send("bravo", "answer", query, "not-ours")
        stage.notice("bravo")
        for party in ("alpha", "bravo"):
            assert stage.stop(party) == 0
        yield stage


@pytest.fixture
def store(spoken: Stage) -> Iterator[Path]:
    """Alpha's store, to be altered, and put right afterwards."""
    target = spoken.folder("alpha") / "store.db"
    whole = target.read_bytes()
    yield target
    target.write_bytes(whole)


def alter(store: Path, change: Callable[[Entry], Entry]) -> None:
    """Change the longest record's entry, checksum and all."""
    with closing(sqlite3.connect(store)) as connection, connection:
        row = connection.execute(
            f"SELECT {COLUMNS} FROM entry ORDER BY length(record) DESC LIMIT 1"
        ).fetchone()
        entry = from_row("", row)
        assert entry is not None
        fresh = to_row(unplace(row[0])[0], change(entry))
        names = COLUMNS.split(", ")
        sets = ", ".join(f"{name} = ?" for name in names)
        connection.execute(f"UPDATE entry SET {sets} WHERE place = ?", (*fresh, row[0]))


def test_what_was_spoken_verifies_on_both_sides_alike(spoken: Stage) -> None:
    found = [
        must("ledger", "verify", spoken.folder(p), "--json").data() for p in ("alpha", "bravo")
    ]
    assert found[0] == found[1]
    assert sorted(log["size"] for log in found[0].values())[-1] >= 2


FAULTS: dict[str, tuple[Callable[[Entry], Entry], str]] = {
    "a bit of the signature": (
        lambda entry: replace(entry, record=entry.record[:-1] + bytes([entry.record[-1] ^ 1])),
        "it is kept as valid, and is signature",
    ),
    "the verdict": (
        lambda entry: replace(entry, void="signature"),
        "it is kept as signature, and is valid",
    ),
    "the id": (lambda entry: replace(entry, record_id=bytes(32)), "its id does not follow"),
    "the leaf": (lambda entry: replace(entry, leaf=bytes(32)), "its commitment is not the one"),
    "the digest": (lambda entry: replace(entry, digest=bytes(32)), "the running digest does not"),
    "the rank": (lambda entry: replace(entry, rank=77), "its place in the order"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_an_alteration_under_a_right_checksum_is_found(
    spoken: Stage, store: Path, name: str
) -> None:
    change, what = FAULTS[name]
    alter(store, change)
    said = command("ledger", "verify", spoken.folder("alpha"))
    assert said.code == 1
    assert what in said.err


def test_an_altered_head_is_found(spoken: Stage, store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("UPDATE head SET signature = zeroblob(64)")
    said = command("ledger", "verify", spoken.folder("alpha"))
    assert (said.code, "is not signed by its log's key" in said.err) == (1, True)
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("UPDATE head SET root = zeroblob(32)")
    said = command("ledger", "verify", spoken.folder("alpha"))
    assert (said.code, "the head over it has another root" in said.err) == (1, True)


def test_an_altered_row_under_a_wrong_checksum_is_damage(spoken: Stage, store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("UPDATE entry SET rank = rank + 1")
    said = command("ledger", "verify", spoken.folder("alpha"))
    assert (said.code, "was altered" in said.err) == (1, True)
