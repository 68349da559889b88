"""A relay by hand: an attaché with files and a telephone, with no relay running or beside one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from firebreak.ledger.custody import Handed, Statement, Taken, Way, digest_of, open_card
from firebreak.values import Millis
from tests.nodes import Said, command, must, template, until
from tests.relays import Book, Carried

QUERY = (
    *("send", "query", "--precedence", "flash", "--track", "T-0417"),
    *("--position", "55.2083, 19.7533", "--height", "FL120", "--yes"),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.getbasetemp() / "parties")


@pytest.fixture
def three(made: Path, tmp_path: Path) -> Iterator[Carried]:
    """Nobody knows where the relay listens: it is met by hand."""
    with Carried.make(made, tmp_path / "stage", connected=False) as carried:
        yield carried


def done(said: Said) -> str:
    assert said.code == 0, said.err + said.out
    return said.out


def refused(said: Said, why: str) -> None:
    assert (said.code, why in said.err) == (1, True), said.err + said.out


def given(three: Carried, folder: Path) -> tuple[Path, str]:
    """A query of ALPHA's in a file for the relay, and how its digest begins."""
    three.stage.run("alpha", *QUERY)
    file = folder / "to-bravo.firebreak"
    three.stage.must("alpha", "bundle", "send", "--by", "SWISS", "--out", file)
    return file, str(three.passages("alpha")[-1]["bundle"])


@pytest.mark.parametrize("runs", [False, True])
def test_a_query_goes_by_hand_from_office_to_office(
    three: Carried, tmp_path: Path, runs: bool
) -> None:
    three.stage.start("alpha", "bravo")
    if runs:
        three.start_relay()
    file, bundle = given(three, tmp_path)
    out = done(three.ask("take", file, "--from", "ALPHA", "--way", "person"))
    assert f"bundle {bundle[:8]}" in out
    assert "flash, for BRAVO" in out
    shown = done(three.ask("show"))
    assert "STANDING WITH US since" in shown
    assert "from ALPHA, by person" in shown
    done(three.ask("gloss", bundle[:8], "He was in haste."))
    out = done(three.ask("give", tmp_path / "stick", "--to", "BRAVO", "--way", "person"))
    (carried,) = (tmp_path / "stick").iterdir()
    assert (carried.name in out, "Nothing" in done(three.ask("give", tmp_path / "stick"))) == (
        True,
        True,
    )
    done(three.ask("handed", bundle[:8], "--to", "Duty office", "--person", "Maj Ivanov"))
    done(three.stage.run("bravo", "bundle", "import", carried))
    assert [record["kind"] for record in three.records("bravo")] == ["query"]
    # The receipts go back by hand; what the relay says is shown as its own word.
    done(three.ask("receipt", bundle[:8], tmp_path / "back"))
    files = sorted((tmp_path / "back").iterdir())
    assert [path.suffix for path in files] == [".custody"] * 3
    refused(three.stage.run("alpha", "bundle", "custody", files[1], "--by", "SWISS"), "never shown")
    out = done(three.stage.run("alpha", "bundle", "custody", *files, "--by", "SWISS"))
    assert "handed to Duty office, says SWISS since" in out
    (passage,) = three.passages("alpha")
    assert passage["legs"][2]["detail"] == "to Duty office, Maj Ivanov"
    assert passage["delivered"] is False  # handed is not delivered
    assert "He was in haste" not in out + "".join(map(str, three.passages("alpha")))
    assert "Our own gloss" in done(three.ask("show"))
    # BRAVO's receipt comes back by whatever way is open: here by a file and nobody's relay.
    three.stage.must("bravo", "bundle", "export", "--out", tmp_path / "to-alpha")
    three.stage.must("alpha", "bundle", "import", tmp_path / "to-alpha")
    assert three.passages("alpha")[0]["delivered"] is True


def test_a_late_report_has_both_times(three: Carried, tmp_path: Path) -> None:
    three.stage.start("alpha")
    file, bundle = given(three, tmp_path)
    time.sleep(0.01)
    done(three.ask("take", file, "--from", "ALPHA", "--at", "-3h"))
    done(three.ask("handed", bundle, "--to", "Duty office", "--at", "-2h"))
    (row,) = three.shown()
    for step, hours in zip(row["steps"], (3, 2), strict=True):
        apart = step["reported"] - step["happened"]
        assert hours * 3_600_000 <= apart < hours * 3_600_000 + 600_000


def test_what_cannot_have_happened_is_refused(three: Carried, tmp_path: Path) -> None:
    three.stage.start("alpha")
    file, bundle = given(three, tmp_path)
    refused(three.ask("take", file, "--from", "ALPHA", "--at", "+2h"), "still to come")
    refused(three.ask("handed", bundle, "--to", "Duty office"), "names no bundle here")
    refused(three.ask("take", file, "--from", "ALPHA", "--way", "pigeon"), "There is no such way")
    done(three.ask("take", file, "--from", "ALPHA"))
    refused(three.ask("handed", bundle, "--to", "Duty office", "--at", "-2h"), "before the bundle")
    done(three.ask("returned", bundle, "--why", "The ministry does not take it."))
    refused(three.ask("handed", bundle, "--to", "Duty office"), "was returned already")
    refused(three.ask("handed", "", "--to", "Duty office"), "names no bundle here")
    refused(three.ask("take", file, "--from", "BRAVO"), "given by another than BRAVO")
    assert [step["step"] for step in three.shown()[0]["steps"]] == ["taken", "returned"]


def test_a_file_that_is_no_bundle_is_refused(three: Carried, tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("Good morning.")
    refused(three.ask("take", text, "--from", "ALPHA"), "This is no bundle file")
    assert three.shown() == []


# Verifying


def receipts(three: Carried, tmp_path: Path) -> tuple[Book, list[Path], str]:
    """Two receipts of one log in files, and the key."""
    book = Book.of(three.relay)
    digest, at = digest_of(b"x"), Millis(1_800_000_000_000)
    header = bytes.fromhex("0101eedd883da0a9451502006b49d200")
    book.sign(Statement(digest, 1, None, at, at, Taken("ALPHA", Way.FILE, header)))
    book.sign(Statement(digest, 1, digest_of(book.entries[0]), at, at, Handed("office", None)))
    files = []
    for index in range(2):
        files.append(tmp_path / f"{index}.custody")
        files[-1].write_bytes(book.receipt(index))
    key = open_card((three.relay / "card").read_bytes()).key.hex()
    return book, files, key


def test_a_receipt_is_verified_anywhere(three: Carried, tmp_path: Path) -> None:
    _, files, key = receipts(three, tmp_path)
    out = done(command("relay", "verify", *files, "--key", key))
    assert "taken at 15080000ZJAN27: from ALPHA, by file" in out
    assert "for the key eedd883da0a94515, IMMEDIATE, expires at 15080000ZJAN27" in out
    assert "handed at 15080000ZJAN27: to office" in out
    assert "A relay's word" in out
    found = must("relay", "verify", *files, "--key", key.upper(), "--json").data()["receipts"]
    assert [(one["step"], one["index"], one["size"]) for one in found] == [
        ("taken", 0, 2),
        ("handed", 1, 2),
    ]


def test_a_receipt_that_is_not_the_relay_s_is_refused(three: Carried, tmp_path: Path) -> None:
    _, (file, _), key = receipts(three, tmp_path)
    other = open_card((three.relay / "card").read_bytes())
    wrong = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    assert wrong != other.key.hex()
    refused(command("relay", "verify", file, "--key", wrong), "no signature of its log's key")
    data = bytearray(file.read_bytes())
    data[100] ^= 1
    file.write_bytes(bytes(data))
    assert command("relay", "verify", file, "--key", key).code == 1
    assert command("relay", "verify", file, "--key", "12").code == 2
    assert command("relay", "verify", file, "--key", "zz" * 32).code == 2
    refused(command("relay", "verify", tmp_path / "none", "--key", key), "is not there")


def test_two_histories_are_found_out(three: Carried, tmp_path: Path) -> None:
    book, files, key = receipts(three, tmp_path)
    other = Book.of(three.relay)
    at = Millis(1_800_000_000_001)
    header = bytes(16)
    for number in range(2):
        step = Taken("BRAVO", Way.FILE, b"\x01\x01" + header[2:])
        other.sign(Statement(digest_of(bytes([number])), 1, None, at, at, step))
    second = tmp_path / "second.custody"
    second.write_bytes(other.receipt(1))
    refused(command("relay", "verify", *files, second, "--key", key), "two histories of one log")
    second.write_bytes(book.receipt(0, size=1))  # an earlier head of the same
    done(command("relay", "verify", *files, second, "--key", key))


# Making and meeting one


def test_a_relay_is_made_once(three: Carried) -> None:
    card = (three.relay / "card").read_bytes()
    refused(command("relay", "init", three.relay, "--name", "SWISS"), "exists already")
    assert (three.relay / "card").read_bytes() == card
    refused(command("relay", "show", "--dir", three.stage.folder("alpha")), "There is no relay in")


def test_a_relay_is_known_by_the_key_that_was_read_out(three: Carried) -> None:
    wrong = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    card, alpha = three.relay / "card", three.stage.folder("alpha")
    refused(command("party", "relay", card, "--key", wrong, "--dir", alpha), "another was given")
    own = three.stage.folder("alpha") / "card"
    assert command("party", "relay", own, "--key", wrong, "--dir", alpha).code == 1


def test_another_relay_of_the_same_name_is_refused(three: Carried, tmp_path: Path) -> None:
    must("relay", "init", tmp_path / "other", "--name", "SWISS")
    key = open_card((tmp_path / "other" / "card").read_bytes()).key.hex()
    alpha = three.stage.folder("alpha")
    said = command("party", "relay", tmp_path / "other" / "card", "--key", key, "--dir", alpha)
    refused(said, "Another relay called SWISS is known here")


def test_a_relay_without_its_store_signs_nothing(three: Carried, tmp_path: Path) -> None:
    three.stage.start("alpha")
    file, _ = given(three, tmp_path)
    for path in three.relay.glob("store.db*"):
        path.unlink()
    refused(three.ask("take", file, "--from", "ALPHA"), "signs nothing more")


def test_a_relay_with_keys_of_another_is_refused(three: Carried, tmp_path: Path) -> None:
    must("relay", "init", tmp_path / "other", "--name", "OTHER")
    card = (tmp_path / "other" / "card").read_bytes()
    (three.relay / "card").write_bytes(card)
    refused(three.ask("show"), "not those on the relay's card")


def test_a_running_relay_says_who_comes_and_stops_when_told(three: Carried) -> None:
    three.start_relay()
    refused(command("relay", "run", "--dir", three.relay), "store")  # one process alone
    until(lambda: "SWISS listens on 127.0.0.1" in three.log.read_text(), "it says where it is")
    assert three.stop_relay() == 0
    assert "Stopped. What was signed is on disk." in three.log.read_text()
    key = open_card((three.relay / "card").read_bytes()).key.hex()
    assert f"Custody key: {key}" in three.log.read_text()
    assert not (three.relay / "relay.sock").exists()
