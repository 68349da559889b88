"""A node whose store is an older copy, or lost: it appends nothing, asks, catches up, and goes on."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.killed.stores import logs_of, quiet, records, recovering, verified
from tests.nodes import PARTIES, Stage, must, until

RECOVERING = "This node is recovering"


def keep_safe(stage: Stage, party: str) -> Path:
    """A copy of a party's whole directory, as a backup makes one."""
    return Path(shutil.copytree(stage.folder(party), stage.place / f"{party}.backup"))


def put_back(stage: Stage, party: str, backup: Path) -> None:
    """The backup in place of the directory; what is there is removed."""
    shutil.rmtree(stage.folder(party))
    shutil.copytree(backup, stage.folder(party))


def lose_store(stage: Stage, party: str) -> None:
    """Nothing is left but what docs/decisions say must be kept: all but the store."""
    kept = stage.place / "kept"
    shutil.copytree(stage.folder(party), kept, ignore=shutil.ignore_patterns("store.db*", "*.sock"))
    put_back(stage, party, kept)


def speak(stage: Stage, party: str, count: int) -> None:
    """Some texts, each delivered."""
    for number in range(count):
        stage.send(party, "send", "text", f"{party} number {number}.")


def refused(stage: Stage, party: str) -> None:
    """The node says that it recovers, and takes no word."""
    said = stage.run(party, "send", "text", "Too early.", "--yes")
    assert (said.code, said.out) == (1, "")
    assert RECOVERING in said.err
    assert "RECOVERING" in stage.must(party, "line", "status").out


def goes_on(stage: Stage, before: dict[tuple[int, int], list[bytes]]) -> None:
    """Both sides speak; what was said before stands first, and neither log has forked."""
    stage.line_up()
    for party in PARTIES:
        until(lambda party=party: not recovering(stage, party), f"{party} has recovered")  # type: ignore[misc]  # bound now
        speak(stage, party, 1)
    quiet(stage)
    for party in PARTIES:
        assert "fork" not in stage.client(party).get("/status")["told"]
    verified(stage)
    for party in PARTIES:
        after = records(logs_of(stage.folder(party)))
        for log, said in before.items():
            assert after[log][: len(said)] == said
        assert sum(map(len, after.values())) >= sum(map(len, before.values())) + 2
        assert all(
            entry.void is None for log in logs_of(stage.folder(party)).values() for entry in log
        )


def older_copy(stage: Stage) -> None:
    """ALPHA's disk dies some time after its directory was copied, and the copy is put back."""
    speak(stage, "alpha", 2)
    quiet(stage)
    assert stage.stop("alpha") == 0
    backup = keep_safe(stage, "alpha")
    stage.start("alpha")
    stage.line_up()
    speak(stage, "alpha", 3)
    speak(stage, "bravo", 2)
    speak(stage, "alpha", 1)
    quiet(stage)
    stage.stop("alpha", signal.SIGKILL)
    put_back(stage, "alpha", backup)


def nothing_left(stage: Stage) -> None:
    """ALPHA's disk dies; its keys, card and agreements were kept elsewhere, its store was not."""
    speak(stage, "alpha", 3)
    speak(stage, "bravo", 2)
    speak(stage, "alpha", 1)
    quiet(stage)
    stage.stop("alpha", signal.SIGKILL)
    lose_store(stage, "alpha")


def only_the_database_lost(stage: Stage) -> None:
    """ALPHA's database file is removed, and all that belongs to it stays."""
    speak(stage, "alpha", 2)
    speak(stage, "bravo", 1)
    quiet(stage)
    stage.stop("alpha", signal.SIGKILL)
    (stage.folder("alpha") / "store.db").unlink()


LOSSES = [older_copy, nothing_left, only_the_database_lost]


@pytest.mark.parametrize("lose", LOSSES)
def test_a_loss_is_made_good_by_the_other_side(stage: Stage, lose: Callable[[Stage], None]) -> None:
    stage.start(*PARTIES)
    stage.line_up()
    lose(stage)
    before = records(logs_of(stage.folder("bravo")))
    stage.start("alpha")
    until(lambda: not recovering(stage, "alpha"), "alpha has recovered")
    told = stage.log("alpha").read_text(encoding="utf-8")
    assert "RECOVERING. This store is new here, or an older copy" in told
    assert "All that the other side holds of our logs is here." in told
    assert records(logs_of(stage.folder("alpha"))) == before
    goes_on(stage, before)


@pytest.mark.parametrize("lose", LOSSES)
def test_nothing_is_appended_until_the_other_side_has_answered(
    stage: Stage, lose: Callable[[Stage], None]
) -> None:
    stage.start(*PARTIES)
    stage.line_up()
    lose(stage)
    before = records(logs_of(stage.folder("bravo")))
    stage.stop("bravo")
    stage.start("alpha")
    refused(stage, "alpha")
    # Neither time, nor a restart, nor a kill makes it forget.
    for how in (signal.SIGTERM, signal.SIGKILL):
        stage.stop("alpha", how)
        stage.start("alpha")
        refused(stage, "alpha")
    stage.start("bravo")
    goes_on(stage, before)


def test_both_sides_lose_something_and_each_gives_back_the_other_s(stage: Stage) -> None:
    """ALPHA loses all, BRAVO goes back to an older copy; what the copy has comes back to ALPHA."""
    stage.start(*PARTIES)
    stage.line_up()
    speak(stage, "alpha", 2)
    speak(stage, "bravo", 2)
    speak(stage, "alpha", 1)
    quiet(stage)
    assert stage.stop("bravo") == 0
    backup = keep_safe(stage, "bravo")
    before = records(logs_of(stage.folder("bravo")))
    stage.stop("alpha", signal.SIGKILL)
    lose_store(stage, "alpha")
    put_back(stage, "bravo", backup)
    stage.start(*PARTIES)
    goes_on(stage, before)


def test_old_keys_in_a_new_party_s_directory_ask_first(stage: Stage) -> None:
    """A new machine is set up by `party init`, and what was kept in the safe is copied over it."""
    stage.start(*PARTIES)
    stage.line_up()
    speak(stage, "alpha", 2)
    speak(stage, "bravo", 1)
    quiet(stage)
    before = records(logs_of(stage.folder("bravo")))
    stage.stop("alpha", signal.SIGKILL)
    stage.stop("bravo")
    kept = stage.place / "kept"
    shutil.copytree(
        stage.folder("alpha"), kept, ignore=shutil.ignore_patterns("store.db*", "*.sock")
    )
    shutil.rmtree(stage.folder("alpha"))
    must("party", "init", "ALPHA", "--dir", stage.folder("alpha"))
    shutil.copytree(kept, stage.folder("alpha"), dirs_exist_ok=True)
    stage.start("alpha")
    refused(stage, "alpha")
    stage.start("bravo")
    goes_on(stage, before)


def test_a_new_party_s_node_recovers_from_nothing(stage: Stage) -> None:
    """Made by the command, it may speak at once; its directory moved elsewhere asks first."""
    stage.start("alpha")
    assert not recovering(stage, "alpha")
    stage.stop("alpha")
    put_back(stage, "alpha", keep_safe(stage, "alpha"))
    stage.start("alpha")
    refused(stage, "alpha")
    stage.start("bravo")
    goes_on(stage, {})
