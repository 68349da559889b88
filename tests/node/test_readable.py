"""What may go by a relay unsealed: one record, where both sides consented; everything else is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from firebreak.carriers.files import read_bundle, write_bundle
from firebreak.errors import BadSignature, Malformed, NotForUs, Refused
from firebreak.keys import SigningKey
from firebreak.line import bundle as wire
from firebreak.node.readable import (
    ClearHeader,
    clear_header,
    compose_letter,
    consented,
    parse_letter,
    verified_record,
)
from firebreak.node.runner import clock
from firebreak.records.agreement import AgreedRelay
from firebreak.records.record import sign_record
from firebreak.sealing import MAX_BUNDLE
from firebreak.values import LATEST, Millis, PartyNumber, Precedence
from tests.fuzz import examples
from tests.nodes import Said, command, template, until
from tests.relays import Carried, consenting, running
from tests.worlds import ALPHA

QUERY = (
    *("send", "query", "--precedence", "flash", "--track", "T-0417", "--yes"),
    *("--position", "55.2083, 19.7533", "--height", "FL120"),
)
HEADER = ClearHeader(True, bytes(range(8)), Precedence.FLASH, Millis(1_800_000_000_000))
ENTRIES = wire.Entries(1, 0, (b"a record",), bytes(32), bytes(64))


@pytest.fixture
def open_mouthed(tmp_path: Path) -> Iterator[Carried]:
    with consenting(tmp_path / "consenting") as carried:
        yield carried


@pytest.fixture
def sealed_only(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Carried]:
    made = template(tmp_path_factory.getbasetemp() / "parties")
    with Carried.make(made, tmp_path / "stage", connected=False) as carried:
        yield carried


def done(said: Said) -> str:
    assert said.code == 0, said.err + said.out
    return said.out


def refused(said: Said, why: str) -> None:
    assert (said.code, why in said.err) == (1, True), said.err + said.out


def letter_of(three: Carried, file: Path) -> str:
    """A statement of ALPHA's that the relay may read, in a file; the record's id."""
    identity = three.stage.run("alpha", "send", "text", "Good morning.", "--yes", "--json")
    said: str = identity.data()["id"]
    words = ("--by", "SWISS", "--readable", said[:16], "--out", file)
    three.stage.must("alpha", "bundle", "send", *words)
    return said


def test_a_letter_is_read_by_the_relay_and_taken_by_the_receiver(
    open_mouthed: Carried, tmp_path: Path
) -> None:
    three, file = open_mouthed, tmp_path / "letter"
    three.stage.start("alpha", "bravo")
    done(three.ask("consent", three.stage.place / "draft.agreement"))
    identity = letter_of(three, file)
    assert b"Good morning." in file.read_bytes()
    done(three.ask("take", file, "--from", "ALPHA"))
    (row,) = three.shown()
    assert (row["readable"], row["receiver"]) == (True, "BRAVO")
    assert "NOT SEALED" in done(three.ask("show"))
    done(three.ask("gloss", row["bundle"], "Said with a smile."))
    read = done(three.ask("read", row["bundle"]))
    assert "Verbatim, signed by an officer of ALPHA" in read
    assert "Good morning." in read
    assert "smile" not in read
    done(three.ask("give", tmp_path / "stick"))
    (brought,) = (tmp_path / "stick").iterdir()
    # By default it is refused: it was not said that a relay brought it, which may read.
    refused(three.stage.run("bravo", "bundle", "import", brought), "format 0")
    done(three.stage.run("bravo", "bundle", "import", brought, "--by", "SWISS"))
    assert [record["id"] for record in three.records("bravo")] == [identity]
    # Receipts come back as ever, and delivery is theirs to say.
    (passage,) = three.passages("alpha")
    assert (passage["readable"], passage["delivered"]) == (True, False)
    three.stage.must("bravo", "bundle", "export", "--out", tmp_path / "back")
    three.stage.must("alpha", "bundle", "import", tmp_path / "back")
    assert three.passages("alpha")[0]["delivered"] is True


def test_a_letter_goes_over_the_connection_too(tmp_path: Path) -> None:
    with consenting(tmp_path / "stage", connected=True) as three:
        done(three.ask("consent", three.stage.place / "draft.agreement"))
        three.start_relay()
        three.stage.start("alpha", "bravo")
        for party in ("alpha", "bravo"):
            until(lambda party=party: three.linked(party), f"{party} reaches it")  # type: ignore[misc]  # bound now
        said = three.stage.run("alpha", "send", "text", "Good morning.", "--yes", "--json")
        identity = said.data()["id"]
        three.stage.must("alpha", "bundle", "send", "--by", "SWISS", "--readable", identity)
        until(lambda: bool(three.records("bravo")), "BRAVO has it")
        until(lambda: bool(three.passages("alpha")[0]["delivered"]), "its receipt came back")
        assert three.shown()[0]["readable"] is True
        assert [row["readable"] for row in three.shown()[1:]] == [False] * len(three.shown()[1:])


def test_a_relay_without_the_agreement_refuses_a_letter(
    open_mouthed: Carried, tmp_path: Path
) -> None:
    three, file = open_mouthed, tmp_path / "letter"
    three.stage.start("alpha")
    letter_of(three, file)
    refused(three.ask("take", file, "--from", "ALPHA"), "only where the agreement says so")
    assert three.shown() == []
    sealed = tmp_path / "sealed"
    three.stage.must("alpha", "bundle", "send", "--by", "SWISS", "--out", sealed)
    done(three.ask("take", sealed, "--from", "ALPHA"))
    refused(three.ask("read", three.shown()[0]["bundle"]), "A relay reads nothing")


def test_a_letter_that_was_changed_is_refused(open_mouthed: Carried, tmp_path: Path) -> None:
    three, file, other = open_mouthed, tmp_path / "letter", tmp_path / "other"
    three.stage.start("alpha", "bravo")
    done(three.ask("consent", three.stage.place / "draft.agreement"))
    letter_of(three, file)
    data = read_bundle(file)
    write_bundle(other, data.replace(b"Good morning.", b"Good mourning"))
    assert command("relay", "take", other, "--from", "ALPHA", "--dir", three.relay).code == 1
    assert three.shown() == []
    three.stage.run("bravo", "bundle", "import", other, "--by", "SWISS")
    assert three.records("bravo") == []


def test_without_consent_no_letter_is_made_and_none_is_taken(
    sealed_only: Carried, open_mouthed: Carried, tmp_path: Path
) -> None:
    three, file = sealed_only, tmp_path / "letter"
    three.stage.start("alpha", "bravo")
    said = three.stage.run("alpha", "send", "text", "Good morning.", "--yes", "--json")
    words = ("--by", "SWISS", "--readable", said.data()["id"], "--out", file)
    refused(three.stage.run("alpha", "bundle", "send", *words), "both sides' consent. Seal it.")
    assert (three.passages("alpha"), file.exists()) == ([], False)
    agreement = next((three.stage.folder("alpha") / "agreements").iterdir())
    refused(three.ask("consent", agreement), "does not say that this relay may read")
    # One that was made elsewhere, under another agreement, is of nobody here.
    open_mouthed.stage.start("alpha")
    letter_of(open_mouthed, file)
    refused(three.stage.run("bravo", "bundle", "import", file, "--by", "SWISS"), "not take part")


def test_a_receiver_refuses_a_letter_without_consent_or_too_late(
    sealed_only: Carried, open_mouthed: Carried
) -> None:
    """The sender's node may be made to write one all the same: C-21 is each side's own to hold."""
    refused_by: list[str] = []

    async def made(three: Carried, late: int) -> bytes:
        async with running(three.stage.folder("alpha")) as runner:
            side = runner.node.sides[0]
            ((precedence, item),) = side.sending.entries_items(1, 0, 1)
            header = ClearHeader(
                True, bytes(8), precedence, Millis(clock() // 1_000 * 1_000 - late)
            )
            return compose_letter(header, side.sending.bundle([item]))

    async def brought(three: Carried, late: int = -60_000) -> None:
        letter = await made(three, late)
        async with running(three.stage.folder("bravo")) as runner:
            try:
                await runner.relaying.bring("SWISS", letter)
            except NotForUs as error:
                refused_by.append(str(error))
            held = runner.node.sides[0].shared.theirs(1).durable
            assert held == (0 if refused_by else 1)

    for three in (sealed_only, open_mouthed):
        three.stage.start("alpha")
        three.stage.run("alpha", *QUERY)
        three.stage.stop("alpha")
    asyncio.run(brought(sealed_only))
    assert "both sides' consent" in refused_by.pop()
    asyncio.run(brought(open_mouthed, late=60_000))
    assert "after its expiry" in refused_by.pop()
    asyncio.run(brought(open_mouthed))
    assert refused_by == []


def test_what_was_written_before_it_goes_first(open_mouthed: Carried, tmp_path: Path) -> None:
    three = open_mouthed
    three.stage.start("alpha")
    letter_of(three, tmp_path / "first")
    second = three.stage.run("alpha", "send", "text", "Another.", "--yes", "--json").data()["id"]
    words = ("--by", "SWISS", "--readable", second, "--out", tmp_path / "second")
    refused(three.stage.run("alpha", "bundle", "send", *words), "could not place it")
    urgent = three.stage.run(
        "alpha", "send", "text", "Now.", "--precedence", "flash", "--yes", "--json"
    )
    words = ("--by", "SWISS", "--readable", urgent.data()["id"], "--out", tmp_path / "second")
    three.stage.must("alpha", "bundle", "send", *words)
    letter = parse_letter(read_bundle(tmp_path / "second"))
    assert isinstance(letter.bundle.items[0], wire.Overtaking)


# The bytes


def test_a_letter_holds_one_record_and_nothing_else() -> None:
    """C-21."""
    bundle = wire.Bundle(b"abcd", ALPHA, (ENTRIES,))
    data = compose_letter(HEADER, bundle)
    letter = parse_letter(data)
    assert (letter.header, letter.record, letter.index) == (HEADER, b"a record", 0)
    head = wire.HeadItem(1, 1, bytes(32), bytes(64))
    for items in ((), (ENTRIES, ENTRIES), (ENTRIES, head), (head,)):
        with pytest.raises(Malformed, match="one record"):
            parse_letter(compose_letter(HEADER, replace(bundle, items=items)))
    two = replace(ENTRIES, records=(b"a record", b"another"))
    with pytest.raises(Malformed, match="one record"):
        parse_letter(compose_letter(HEADER, replace(bundle, items=(two,))))
    for bad in (
        b"",
        data[:16],
        data[:-1],
        data + b"\x00",
        b"\x01" + data[1:],
        bytes(MAX_BUNDLE + 1),
    ):
        with pytest.raises(Malformed):
            parse_letter(bad)


@pytest.mark.parametrize(
    "head",
    [
        b"\x00\x01" + bytes(14),
        bytes(10) + b"\x04" + bytes(5),
        bytes(11) + (LATEST // 1_000 + 1).to_bytes(5, "big"),
        bytes(15),
        b"\x02" + bytes(15),
        b"",
    ],
)
def test_a_header_that_is_none_is_refused(head: bytes) -> None:
    with pytest.raises(Malformed):
        clear_header(head)


def test_the_header_of_a_letter_and_of_a_sealed_bundle_say_which_they_are() -> None:
    assert clear_header(HEADER.encoded()) == HEADER
    sealed = bytes.fromhex("0101eedd883da0a9451502006b49d200")
    found = clear_header(sealed)
    assert (found.readable, found.precedence) == (False, Precedence.IMMEDIATE)


def test_consent_is_of_one_relay_and_says_readable() -> None:
    agreement = examples.the_world().agreement
    letter = parse_letter(compose_letter(HEADER, wire.Bundle(agreement.id[:4], ALPHA, (ENTRIES,))))
    key = SigningKey(bytes(range(32))).public.raw
    other = SigningKey(bytes(range(1, 33))).public.raw
    for relays in ((), (AgreedRelay("X", key, False),), (AgreedRelay("X", other, True),)):
        with pytest.raises(Refused):
            consented([replace(agreement, relays=relays)], letter, key)
    agreed = replace(agreement, relays=(AgreedRelay("X", key, True),))
    assert consented([agreed], letter, key) == agreed
    with pytest.raises(Refused):
        consented([replace(agreed, id=bytes(16))], letter, key)


def test_a_letter_s_record_is_its_officer_s() -> None:
    proof = examples.evidence()
    agreement, part = proof.signed.agreement, proof.logs[0]
    roster = proof.signed.roster_of(part.party).roster
    entries = replace(ENTRIES, channel=part.channel, records=(part.entries[0].record,))
    bundle = wire.Bundle(agreement.id[:4], part.party, (entries,))
    good = parse_letter(compose_letter(HEADER, bundle))
    record = verified_record(good, agreement, roster).record
    stranger = SigningKey(bytes(range(32)))
    context = agreement.context(part.channel, part.party)
    forged = sign_record(record, context, stranger).data
    with pytest.raises(BadSignature):
        verified_record(replace(good, record=forged), agreement, roster)
    with pytest.raises(Malformed, match="does not have"):
        verified_record(replace(good, channel=200), agreement, roster)
    nobody = replace(good, bundle=replace(bundle, sender=PartyNumber(7)))
    with pytest.raises(Malformed, match="does not have"):
        verified_record(nobody, agreement, roster)
    few = replace(roster, entries=roster.entries[: record.author])
    with pytest.raises(BadSignature, match="not on its author"):
        verified_record(good, agreement, few)
