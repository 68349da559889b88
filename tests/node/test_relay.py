"""Relays: two real nodes whose line is cut and a real relay between them; and relays that lie."""

from __future__ import annotations

import asyncio
import base64
import json
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from firebreak.errors import BadProof, BadSignature, InvalidValue, Malformed, Misbehaviour, Refused
from firebreak.keys import SigningKey
from firebreak.ledger.custody import (
    Forwarded,
    Handed,
    Returned,
    Statement,
    Taken,
    Way,
    digest_of,
    open_card,
    statement_id,
    verify_custody,
)
from firebreak.ledger.fork import verify_fork
from firebreak.ledger.merkle import consistency_proof
from firebreak.line import relaying as wire
from firebreak.node.alerts import About
from firebreak.node.core import BUNDLE_LIFE
from firebreak.node.passages import Passage
from firebreak.node.relay import OVERDUE_MS, OVERDUE_URGENT_MS, Relay
from firebreak.node.relay_runner import RelayRunner, opened, row
from firebreak.node.relaying import Relaying
from firebreak.node.runner import Runner, clock
from firebreak.records.agreement import AgreedRelay
from firebreak.sealing import SealingKeys, SealingPublic, Suite, seal
from firebreak.store.directory import NodeDirectory
from firebreak.values import LATEST, Millis, Precedence
from tests.nodes import PARTIES, Stage, must, template, until
from tests.relays import Book, Carried, running

QUERY = (
    *("send", "query", "--precedence", "flash", "--track", "T-0417"),
    *("--position", "55.2083, 19.7533", "--height", "FL120"),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.getbasetemp() / "parties")


@pytest.fixture
def three(made: Path, tmp_path: Path) -> Iterator[Carried]:
    with Carried.make(made, tmp_path / "stage") as carried:
        yield carried


# Three processes


def said(stage: Stage, party: str, *words: object) -> str:
    """Say something that no line carries now; its id."""
    told = stage.run(party, *words, "--yes", "--json")
    assert told.code in {0, 3}, told.err
    identity: str = told.data()["id"]
    return identity


def begin(three: Carried) -> None:
    three.start_relay()
    three.stage.start(*PARTIES)
    for party in PARTIES:
        until(lambda party=party: three.linked(party), f"{party} reaches the relay")  # type: ignore[misc]  # bound now


def has(three: Carried, party: str, identity: str) -> bool:
    return any(record["id"] == identity for record in three.records(party))


def test_a_query_and_its_answer_go_by_a_relay_while_the_line_is_cut(
    three: Carried, tmp_path: Path
) -> None:
    begin(three)
    stage = three.stage
    query = said(stage, "alpha", *QUERY)
    three.stage.must("alpha", "bundle", "send", "--by", "SWISS")
    until(lambda: has(three, "bravo", query), "the query is with BRAVO")
    answer = said(stage, "bravo", "answer", query, "not-ours")
    until(lambda: has(three, "alpha", answer), "the answer came back by itself")
    # Evidence of receipt is whole: each has the other's receipt, and the legs are known on both sides.
    stage.until_state("alpha", query, "delivered")
    stage.until_state("bravo", answer, "delivered")
    assert [stage.line(party) for party in PARTIES] == ["down", "down"]
    asked, *_ = three.passages("alpha")
    until(lambda: three.passages("alpha")[0]["standing"] == "given on, says SWISS", "forwarded")
    asked, *_ = three.passages("alpha")
    assert [leg["step"] for leg in asked["legs"]] == ["taken", "forwarded"]
    assert (asked["by"], asked["records"], asked["precedence"]) == ("person", 1, "flash")
    assert asked["delivered"] is True
    assert (asked["asked"], asked["answered"]) == (1, 1)
    back, *_ = three.passages("bravo")
    assert back["by"] == "answer"
    # Custody is verified without node and network; the bundle's bytes are in no receipt.
    key = open_card((three.relay / "card").read_bytes()).key.hex()
    stage.must("alpha", "bundle", "custody", "--out", tmp_path / "receipts")
    files = sorted((tmp_path / "receipts").glob(f"{asked['bundle'][:8]}-*.custody"))
    assert len(files) == 2
    verified = must("relay", "verify", *files, "--key", key)
    assert f"bundle {asked['bundle']}" in verified.out
    evidence = tmp_path / "query.evidence"
    stage.must("alpha", "evidence", "export", query, "--out", evidence, answers="y\n")
    proved = must("evidence", "verify", evidence, "--json").data()
    assert all(record["delivered"] for record in proved["records"])
    # The relay holds only what was sealed.
    words = (b"T-0417", query.encode(), bytes.fromhex(query))
    for path in three.relay.rglob("*"):
        held = path.read_bytes() if path.is_file() else b""
        assert not any(word in held for word in words), path


def test_without_a_person_nothing_goes_by_a_relay(three: Carried) -> None:
    begin(three)
    query = said(three.stage, "alpha", *QUERY)
    assert three.passages("alpha") == three.passages("bravo") == []
    assert three.shown() == []
    assert not has(three, "bravo", query)
    refused = three.stage.run("alpha", "bundle", "send", "--by", "OMAN")
    assert (refused.code, "No relay 'OMAN' is known here" in refused.err) == (1, True)


def test_what_waits_for_a_relay_or_a_receiver_goes_when_they_come(three: Carried) -> None:
    three.stage.start("alpha")
    query = said(three.stage, "alpha", *QUERY)
    told = three.stage.must("alpha", "bundle", "send", "--by", "SWISS")
    assert "SWISS is not connected; they go as soon as it is." in told.err
    assert three.passages("alpha")[0]["standing"] == "not yet signed for by SWISS"
    three.stage.stop("alpha", signal.SIGKILL)  # what was given is durable before it is said
    three.stage.start("alpha")
    three.start_relay()
    until(lambda: three.passages("alpha")[0]["standing"] == "with SWISS", "the relay signs")
    (standing,) = three.shown()
    assert (standing["receiver"], standing["precedence"]) == ("BRAVO", "flash")
    assert standing["standing_since"] is not None
    three.stage.start("bravo")
    until(lambda: has(three, "bravo", query), "BRAVO fetches it")
    until(lambda: three.shown()[0]["standing_since"] is None, "it stands there no more")


KILLS = 6


def test_a_relay_that_is_killed_loses_nothing_that_it_signed_for(three: Carried) -> None:
    begin(three)
    chance = Random(7)
    for number in range(KILLS):
        said(three.stage, "alpha", "send", "text", f"Number {number}.")
        for party in PARTIES:
            three.stage.must(party, "bundle", "send", "--by", "SWISS")
        time.sleep(chance.uniform(0.0, 0.3))
        assert three.stop_relay(signal.SIGKILL) == -signal.SIGKILL
        three.start_relay()

    def quiet() -> bool:
        rows = three.passages("alpha") + three.passages("bravo")
        return all(passage["standing"] == "given on, says SWISS" for passage in rows)

    until(quiet, "everything was given on")
    shown = {bundle["bundle"]: bundle for bundle in three.shown()}
    key = open_card((three.relay / "card").read_bytes()).key
    held = 0
    for party in PARTIES:
        for passage in three.passages(party):
            steps = [step["index"] for step in shown[passage["bundle"]]["steps"]]
            receipts = [base64.b64decode(leg["receipt"]) for leg in passage["legs"]]
            found = [verify_custody(data, _public(key)).signed.index for data in receipts]
            assert found == steps  # each once, at its place, none that the relay has forgotten
            held += len(found)
    assert held >= 4 * KILLS
    told = {party: three.stage.client(party).get("/status")["told"] for party in PARTIES}
    assert not any("fork" in about for about in told.values())
    must("relay", "show", "--dir", three.relay)


def _public(raw: bytes) -> Any:
    from firebreak.keys import PublicKey

    return PublicKey.parse(raw)


# One node, and a relay that lies


def alone(three: Carried, work: Callable[[Runner, Relaying], Awaitable[None]]) -> None:
    """Do something with ALPHA's node in this process."""

    async def inside() -> None:
        async with running(three.stage.folder("alpha")) as runner:
            await work(runner, runner.relaying)

    asyncio.run(inside())


async def given(runner: Runner) -> tuple[Passage, bytes]:
    """A bundle that was given to the relay by hand."""
    ((passage, bundle),) = await runner.relaying.give("SWISS", runner.node.sides[0], by_hand=True)
    return passage, bundle


def taken(passage: Passage, at: int | None = None) -> Statement:
    """What an honest relay signs of it first."""
    moment = Millis(passage.at if at is None else at)
    step = Taken("ALPHA", Way.FILE, passage.header)
    return Statement(passage.bundle, passage.size, None, moment, moment, step)


def after(book: Book, before: Statement, step: Forwarded | Handed | Returned) -> Statement:
    moment = Millis(before.reported + 1)
    return Statement(
        before.bundle, before.size, statement_id(book.entries[-1]), moment, moment, step
    )


def test_honest_custody_by_hand_is_kept_and_comes_back_after_a_restart(three: Carried) -> None:
    async def work(runner: Runner, relaying: Relaying) -> None:
        passage, _ = await given(runner)
        book = Book.of(three.relay)
        first = taken(passage)
        book.sign(first)
        book.sign(after(book, first, Handed("BRAVO, duty office", None)))
        with pytest.raises(BadProof, match="never shown"):
            await relaying.take_custody("SWISS", book.receipt(1))
        for index in (0, 0, 1, 0, 1):  # again changes nothing
            await relaying.take_custody("SWISS", book.receipt(index))
        assert len(passage.signed) == len(passage.receipts) == 2

    async def again(runner: Runner, relaying: Relaying) -> None:
        (view,) = relaying.views()
        assert (view.asked, view.answered) == (1, 0)
        assert [leg.step for leg in view.legs] == ["taken", "handed"]
        assert view.standing == "handed to BRAVO, duty office, says SWISS"

    three.stage.start("alpha")
    said(three.stage, "alpha", *QUERY)
    three.stage.stop("alpha")
    alone(three, work)
    alone(three, again)


def test_what_was_never_given_counts_for_nothing(three: Carried) -> None:
    """C-10."""

    async def work(runner: Runner, relaying: Relaying) -> None:
        passage, _ = await given(runner)
        good = taken(passage)
        header = passage.header[:10] + bytes([Precedence.IMMEDIATE]) + passage.header[11:]
        book = Book.of(three.relay)
        for lie in (
            replace(good, bundle=digest_of(b"another")),
            replace(good, size=good.size + 1),
            replace(good, step=Taken("ALPHA", Way.FILE, header)),
        ):
            book.sign(lie)
            with pytest.raises(BadProof, match=r"never gave it|another precedence"):
                await relaying.take_custody("SWISS", book.receipt(len(book.entries) - 1))
        await runner.settled()
        kept = [
            json.loads(a.data) for a in runner.store.journal() if a.kind.endswith("false custody")
        ]
        assert [base64.b64decode(one["receipt"]) for one in kept] == [
            book.receipt(index, size=index + 1) for index in range(3)
        ]
        assert passage.signed == []
        assert relaying.views()[0].standing == "not yet signed for by SWISS"

    alone(three, work)


def test_what_the_relay_s_key_did_not_sign_counts_for_nothing(three: Carried) -> None:
    async def work(runner: Runner, relaying: Relaying) -> None:
        passage, _ = await given(runner)
        honest = Book.of(three.relay)
        forger = Book(honest.origin, SigningKey(bytes(range(32))))
        elsewhere = Book(honest.origin.replace("/0", "/1"), honest.key)
        for book in (forger, elsewhere):
            book.sign(taken(passage))
            with pytest.raises((BadProof, BadSignature)):
                await relaying.take_custody("SWISS", book.receipt(0))
        assert passage.signed == []

    alone(three, work)


def test_a_leg_that_the_relay_claims_is_no_delivery(three: Carried) -> None:
    """C-20: it says that it handed over what it threw away."""

    async def work(runner: Runner, relaying: Relaying) -> None:
        passage, _ = await given(runner)
        book = Book.of(three.relay)
        first = taken(passage)
        book.sign(first)
        book.sign(after(book, first, Handed("BRAVO, duty office", "somebody")))
        for index in (0, 1):
            await relaying.take_custody("SWISS", book.receipt(index))
        view = relaying.view(passage)
        assert (view.records > 0, view.delivered) == (True, False)
        assert "says SWISS" in view.standing

    three.stage.start("alpha")
    said(three.stage, "alpha", *QUERY)
    three.stage.stop("alpha")
    alone(three, work)


@pytest.mark.parametrize(
    ("precedence", "allowed"),
    [(Precedence.ROUTINE, OVERDUE_MS), (Precedence.FLASH, OVERDUE_URGENT_MS)],
)
def test_what_is_dropped_stands_with_the_relay_and_is_no_silence(
    three: Carried, precedence: Precedence, allowed: int
) -> None:
    """C-18."""

    async def work(runner: Runner, relaying: Relaying) -> None:
        passage, _ = await given(runner)
        passage.header = passage.header[:10] + bytes([precedence]) + passage.header[11:]
        book = Book.of(three.relay)
        book.sign(taken(passage))
        await relaying.take_custody("SWISS", book.receipt(0))
        for late in (False, True):
            relaying.clock = lambda late=late: Millis(passage.at + allowed + late)  # type: ignore[misc]  # bound now
            relaying.tick()
            relaying.tick()
            view = relaying.view(passage)
            assert (view.standing, view.standing_since) == ("with SWISS", passage.at)
            assert view.overdue is late
            told = [a.text for _, a in runner.node.alerts if "stands with the relay" in a.text]
            assert len(told) == late
            assert all("no silence of the other side" in text for text in told)

    alone(three, work)


@pytest.mark.parametrize("ahead", [-400 * 86_400_000, 400 * 86_400_000])
def test_a_relay_that_lies_about_the_clock_is_overdue_all_the_same(
    three: Carried, ahead: int
) -> None:
    """C-18: our own clock counts; what cannot be by it is doubtful, also after a restart."""

    async def work(runner: Runner, relaying: Relaying) -> None:
        passage, _ = await given(runner)
        book = Book.of(three.relay)
        book.sign(taken(passage, passage.at + ahead))
        await relaying.take_custody("SWISS", book.receipt(0))
        assert [leg.doubtful for leg in relaying.view(passage).legs] == [True]
        assert not relaying.view(passage).overdue
        await runner.settled()

    async def again(runner: Runner, relaying: Relaying) -> None:
        (passage,) = relaying.passages.values()
        assert [leg.doubtful for leg in relaying.view(passage).legs] == [True]
        (came,) = passage.came
        since = passage.at if ahead < 0 else came
        assert relaying.view(passage).standing_since == since
        for late in (False, True):
            relaying.clock = lambda late=late: Millis(since + OVERDUE_MS + late)  # type: ignore[misc]  # bound now
            assert relaying.view(passage).overdue is late

    alone(three, work)
    alone(three, again)


def test_a_call_that_went_by_a_relay_is_shown_as_gone_by_a_third_state(three: Carried) -> None:
    begin(three)
    offices = ("--principal", "chief of defence", "--counterpart", "chief of staff")
    request = ("call", "request", *offices, "--topic", "the strait", "--window", "+2h/60min")
    asked = said(three.stage, "alpha", *request)

    def rungs(party: str) -> set[str]:
        record = three.stage.must(party, "contact", "matrix", "--json").data()
        return {attempt["rung"] for attempt in record["attempts"]}

    assert rungs("alpha") == {"direct"}  # nobody gave it to the relay yet
    three.stage.must("alpha", "bundle", "send", "--by", "SWISS")
    until(lambda: rungs("alpha") == {"third-state"}, "the relay has signed for it")
    until(lambda: has(three, "bravo", asked), "BRAVO has the request")
    ladder = three.stage.must("alpha", "route", "show", asked[:8], "--json").data()
    tried = {rung["rung"] for rung in ladder["rungs"] if rung["tries"]}
    assert tried == {"direct"}  # sealed to the office itself, whoever carried it


def test_what_stood_with_the_relay_beyond_the_deadline_is_never_their_silence(
    three: Carried,
) -> None:
    """C-18, also when it is delivered in the end."""
    three.start_relay()
    three.stage.start("alpha")
    until(lambda: three.linked("alpha"), "ALPHA reaches the relay")
    offices = ("--principal", "chief of defence", "--counterpart", "chief of staff")
    request = ("call", "request", *offices, "--topic", "the strait", "--window", "+2h/60min")
    asked = said(three.stage, "alpha", *request, "--answer-within", "3s")
    three.stage.must("alpha", "bundle", "send", "--by", "SWISS")
    until(lambda: three.passages("alpha")[0]["standing"] == "with SWISS", "the relay signs")

    def outcome() -> str | None:
        record = three.stage.must("alpha", "contact", "matrix", "--json").data()
        (attempt,) = record["attempts"]
        found: str | None = attempt["outcome"]
        return found

    until(lambda: outcome() is not None, "the deadline has passed")
    assert outcome() == "undelivered"
    three.stage.start("bravo")
    three.stage.until_state("alpha", asked, "delivered")
    assert outcome() == "undelivered"


def test_two_histories_are_kept_as_proof_and_end_the_relay_s_credit(three: Carried) -> None:
    """C-11, with heads of one size."""

    async def work(runner: Runner, relaying: Relaying) -> None:
        passage, _ = await given(runner)
        one, other = Book.of(three.relay), Book.of(three.relay)
        one.sign(taken(passage))
        other.sign(taken(passage, passage.at - 1))
        await relaying.take_custody("SWISS", one.receipt(0))
        with pytest.raises(BadProof, match="second history"):
            await relaying.take_custody("SWISS", other.receipt(0))
        assert runner.told[About.FORK] == 1
        one.sign(after(one, taken(passage), Forwarded(Way.FILE)))
        with pytest.raises(BadProof, match="two histories"):
            await relaying.take_custody("SWISS", one.receipt(1))
        await runner.settled()

    async def again(runner: Runner, relaying: Relaying) -> None:
        (fork,) = runner.store.forks()
        book = Book.of(three.relay)
        assert verify_fork(fork.data, book.key.public).origin == book.origin == fork.origin
        passage = next(iter(relaying.passages.values()))
        book.sign(taken(passage))
        with pytest.raises(BadProof, match="two histories"):
            await relaying.take_custody("SWISS", book.receipt(0))

    alone(three, work)
    alone(three, again)


def test_a_log_that_does_not_continue_what_was_shown_is_refused(three: Carried) -> None:
    """C-11, with heads of different sizes, as over a connection."""

    async def work(runner: Runner, relaying: Relaying) -> None:
        passage, _ = await given(runner)
        one, other = Book.of(three.relay), Book.of(three.relay)
        one.sign(taken(passage))
        other.sign(taken(passage, passage.at - 1))
        await relaying.take_custody("SWISS", one.receipt(0), (0, ()))
        for book in (one, other):
            book.sign(after(book, taken(passage), Forwarded(Way.NODE)))
        proof = tuple(consistency_proof(1, 2, other.subtree))
        for base, hashes in ((1, proof), (1, ()), (0, ()), (2, ())):
            with pytest.raises(BadProof):
                await relaying.take_custody("SWISS", other.receipt(1), (base, hashes))
        assert len(passage.signed) == 1
        proof = tuple(consistency_proof(1, 2, one.subtree))
        await relaying.take_custody("SWISS", one.receipt(1), (1, proof))
        assert len(passage.signed) == 2

    alone(three, work)


def test_a_relay_named_with_another_key_in_the_agreement_is_given_nothing(three: Carried) -> None:
    async def work(runner: Runner, relaying: Relaying) -> None:
        side = runner.node.sides[0]
        assert not relaying.agreed("SWISS", side)
        shared = side.shared
        key = relaying.relays["SWISS"].card.key
        for agreed, other in ((key, False), (bytes(range(32)), True)):
            terms = replace(shared.base, relays=(AgreedRelay("SWISS", agreed, False),))
            shared.control._agreements[shared.party][-1] = (0, terms)
            assert relaying.agreed("SWISS", side)
            if other:
                with pytest.raises(Refused, match="another custody key"):
                    await relaying.give("SWISS", side, by_hand=True)
            else:
                await relaying.give("SWISS", side, by_hand=True)

    def no_check(terms: object) -> None:
        """The second key is none: what is tried is that it differs."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("firebreak.records.agreement._check", no_check)
        alone(three, work)


def test_a_party_that_forgot_what_it_gave_follows_the_log_all_the_same(three: Carried) -> None:
    """Its store was put back: statements that it cannot place must not keep it from the next ones."""

    async def work(runner: Runner, relaying: Relaying) -> None:
        forgotten, _ = await given(runner)
        passage, _ = await given(runner)
        del relaying.passages["SWISS", forgotten.bundle]
        book = Book.of(three.relay)
        for one in (forgotten, passage):
            book.sign(taken(one))
        with pytest.raises(BadProof, match="never gave it"):
            await relaying.take_custody("SWISS", book.receipt(0, size=1), (0, ()))
        proof = tuple(consistency_proof(1, 2, book.subtree))
        await relaying.take_custody("SWISS", book.receipt(1), (1, proof))
        assert len(passage.signed) == 1

    alone(three, work)


# What the relay brings to a node


async def brought(runner: Runner, data: bytes) -> bool:
    """Whether ALPHA's node took a message of the relay as good."""
    return await runner.relaying._take("SWISS", data)


def test_bytes_that_were_changed_or_kept_too_long_are_refused(three: Carried) -> None:
    """The seal shows what was changed; its expiry, what comes too late."""

    async def work(runner: Runner, relaying: Relaying) -> None:
        to = runner.secrets.sealing.public
        stale = seal(b"x", to, Suite.WIDE, Precedence.FLASH, Millis(clock() - 1_000))
        fresh = seal(b"x", to, Suite.WIDE, Precedence.FLASH, Millis(clock() + 60_000))
        changed = bytearray(fresh)
        changed[-1] ^= 1
        shouted = bytearray(seal(b"x", to, Suite.WIDE, Precedence.ROUTINE, LATEST))
        shouted[10] = Precedence.FLASH
        stranger = seal(b"x", _stranger(), Suite.WIDE, Precedence.FLASH, LATEST)
        for data, why in (
            (stale, "after its expiry"),
            (bytes(changed), "altered on the way"),
            (bytes(shouted), "altered on the way"),
            (stranger, "none of ours"),
            (b"\x01", "ended after 1 bytes"),
            (wire.encode_message(wire.Have(bytes(32))), "only a party sends"),
            (b"\x84", "From the relay SWISS"),
            (b"", "From the relay SWISS"),
        ):
            assert await brought(runner, data) is False
            assert why in runner.node.alerts[-1][1].text

    alone(three, work)


def _stranger() -> SealingPublic:
    return SealingKeys(bytes(range(32)), bytes(range(32, 64))).public


def test_a_bundle_that_is_brought_again_changes_nothing(three: Carried) -> None:
    """Replayed: the exchange is idempotent."""

    async def inside() -> None:
        folders = [three.stage.folder(party) for party in PARTIES]
        async with running(folders[0]) as alpha, running(folders[1]) as bravo:
            _, bundle = await given(alpha)
            for _ in range(3):
                assert await brought(bravo, bundle)
            sizes = [
                log.durable
                for book in bravo.node.sides[0].shared.books.values()
                for log in book.logs.values()
            ]
            assert sum(sizes) == 1

    three.stage.start("alpha")
    said(three.stage, "alpha", *QUERY)
    three.stage.stop("alpha")
    asyncio.run(inside())


def test_what_goes_back_by_itself_and_what_waits_for_a_person(three: Carried) -> None:
    """C-17: a receipt and an answer do, a word of one's own does not."""

    async def inside() -> None:
        async with running(three.stage.folder("bravo")) as bravo:
            relaying, side = bravo.relaying, bravo.node.sides[0]
            async with running(three.stage.folder("alpha")) as alpha:
                _, bundle = await given(alpha)
            assert relaying._open == {}
            assert await brought(bravo, bundle)
            assert relaying._owes("SWISS", side)  # a receipt
            await relaying.give("SWISS", side, by_hand=True)
            assert not relaying._owes("SWISS", side)
            at = relaying._open["SWISS", side.shared.beginning]
            assert clock() - at < BUNDLE_LIFE
            (index,) = (i for i in (0,) if side.shared.theirs(1).durable)
            side.appending.append_as_node(1, _displayed(), (side.shared.peer, index))
            await bravo.settled()
            assert relaying._owes("SWISS", side)  # an answer to what came
            await relaying.give("SWISS", side, by_hand=True)
            assert not relaying._owes("SWISS", side)

    three.stage.start("alpha")
    said(three.stage, "alpha", *QUERY)
    three.stage.stop("alpha")
    asyncio.run(inside())
    # What BRAVO says of its own accord waits for a person, however long the relay is open.
    three.stage.start("bravo")
    said(three.stage, "bravo", "send", "text", "Good morning.")
    three.stage.stop("bravo")

    async def own_word() -> None:
        async with running(three.stage.folder("bravo")) as bravo:
            assert bravo.relaying._open
            assert not bravo.relaying._owes("SWISS", bravo.node.sides[0])

    asyncio.run(own_word())


def test_what_is_said_further_in_a_dialogue_of_both_goes_by_itself(three: Carried) -> None:
    """C-17: who asked for a call and was answered need not give each further word to the relay."""
    begin(three)
    offices = ("--principal", "chief of defence", "--counterpart", "chief of staff")
    request = ("call", "request", *offices, "--topic", "the strait", "--window", "+2h/60min")
    asked = said(three.stage, "alpha", *request)
    three.stage.must("alpha", "bundle", "send", "--by", "SWISS")
    until(lambda: has(three, "bravo", asked), "BRAVO has the request")
    answer = said(three.stage, "bravo", "call", "answer", asked[:8], "accept")
    until(lambda: has(three, "alpha", answer), "ALPHA has the answer")
    begun = said(three.stage, "alpha", "call", "begin", asked[:8])
    until(lambda: has(three, "bravo", begun), "BRAVO has that it has begun")
    ended = said(three.stage, "alpha", "call", "end", asked[:8])
    until(lambda: has(three, "bravo", ended), "BRAVO has that it has ended")
    record = three.stage.must("alpha", "contact", "matrix", "--json").data()
    (call,) = record["attempts"]
    (row,) = record["matrix"]
    assert row["last_contact"] == call["begun"] > call["happened"]


def _displayed() -> Any:
    from firebreak.records.kinds import Displayed

    return Displayed()


# The relay itself


@asynccontextmanager
async def relay_of(three: Carried) -> AsyncIterator[Relay]:
    relay = opened(three.relay)
    try:
        yield relay
    finally:
        relay.store.close()
        await asyncio.sleep(0)


def to_bravo(
    three: Carried,
    precedence: Precedence = Precedence.ROUTINE,
    expires: int = 60_000,
    what: bytes = b"x",
) -> bytes:
    node = NodeDirectory.open(three.stage.folder("bravo")).card().roster.node
    to = SealingPublic(node.x25519, node.xwing)
    return seal(what, to, Suite.WIDE, precedence, Millis(clock() + expires))


def inside(three: Carried, work: Callable[[Relay], Awaitable[None]]) -> None:
    async def within() -> None:
        async with relay_of(three) as relay:
            await work(relay)

    asyncio.run(within())


def test_the_more_urgent_goes_first_and_equals_in_order(three: Carried) -> None:
    """C-13."""
    order = (0, 1, 3, 2, 3, 0, 1)

    async def work(relay: Relay) -> None:
        for urgency in order:
            bundle = to_bravo(three, Precedence(urgency))
            await relay.take(bundle, "ALPHA", Way.FILE)
        found = [
            (holding.header.precedence, holding.signed[0].index)
            for holding in relay.to_forward("BRAVO")
        ]
        assert found == [(3, 2), (3, 4), (2, 3), (1, 1), (1, 6), (0, 0), (0, 5)]
        assert relay.to_forward("ALPHA") == []

    inside(three, work)


def test_what_has_expired_is_returned_and_what_comes_expired_is_refused(three: Carried) -> None:
    """C-14."""

    async def work(relay: Relay) -> None:
        holding = await relay.take(to_bravo(three), "ALPHA", Way.FILE)
        file = relay.directory.bundle_file(holding.digest)
        assert file.exists()
        with pytest.raises(Refused, match="after its expiry"):
            await relay.take(to_bravo(three, expires=-10_000), "ALPHA", Way.FILE)
        now = clock()
        relay.clock = lambda: Millis(now + 120_000)
        assert relay.to_forward() == []
        with pytest.raises(Refused, match="returned, not forwarded"):
            await relay.forwarded(holding.digest, Way.FILE)
        await relay.expire()
        await relay.expire()
        assert isinstance(holding.last, Returned)
        assert not file.exists()
        steps = [
            step["step"] for one in relay.holdings.values() for step in row(relay, one)["steps"]
        ]
        assert steps == ["taken", "returned", "refused"]

    inside(three, work)


def test_what_is_no_sealed_bundle_or_for_nobody_here_is_refused(three: Carried) -> None:
    """C-14; a text that anybody can read is refused like any other bytes."""

    async def work(relay: Relay) -> None:
        for data in (b"", b"Good morning.", b"\x01" + bytes(2_000), bytes(1 << 21)):
            with pytest.raises(Malformed):
                await relay.take(data, "ALPHA", Way.FILE)
        assert relay.holdings == {}
        stranger = seal(b"x", _stranger(), Suite.WIDE, Precedence.FLASH, LATEST)
        for _ in range(2):
            with pytest.raises(Refused):
                await relay.take(stranger, "ALPHA", Way.FILE)
        (holding,) = relay.holdings.values()
        assert (len(holding.signed), holding.taken) == (1, None)
        assert list(relay.directory.bundles.iterdir()) == []

    inside(three, work)


def test_the_same_bundle_again_is_no_second_statement(three: Carried) -> None:
    """C-15; and who did not give it learns nothing of it."""

    async def work(relay: Relay) -> None:
        bundle = to_bravo(three)
        for _ in range(3):
            await relay.take(bundle, "ALPHA", Way.FILE)
        assert (relay.durable, len(relay.holdings)) == (1, 1)
        with pytest.raises(Refused):
            await relay.take(bundle, "BRAVO", Way.FILE)
        assert list(relay.concerning("ALPHA", 0)) == [0]
        assert list(relay.concerning("BRAVO", 0)) == []

    inside(three, work)


def test_a_step_that_cannot_be_is_not_signed(three: Carried) -> None:
    """C-6."""

    async def work(relay: Relay) -> None:
        digest = (await relay.take(to_bravo(three), "ALPHA", Way.FILE)).digest
        await relay.handed(digest, "duty office", None)
        for step in (
            relay.forwarded(digest, Way.FILE),
            relay.handed(digest, "another", None),
            relay.returned(digest, "too late"),
        ):
            with pytest.raises(Refused, match="already"):
                await step
        with pytest.raises(InvalidValue, match="no such bundle"):
            await relay.handed(bytes(32), "duty office", None)
        assert relay.durable == 2

    inside(three, work)


def test_the_gloss_is_in_no_statement_and_no_receipt(three: Carried) -> None:
    """C-16."""
    remark = "The deputy took it, and was in haste."

    async def work(relay: Relay) -> None:
        digest = (await relay.take(to_bravo(three), "ALPHA", Way.FILE)).digest
        await relay.gloss(digest, remark)
        await relay.forwarded(digest, Way.FILE)
        assert [text for _, text in relay.glosses()[digest.hex()]] == [remark]
        assert relay.durable == 2  # no statement
        for index in range(relay.durable):
            assert remark.encode() not in relay.receipt(index)
        shown = row(relay, relay.holdings[digest])
        assert remark not in json.dumps(shown["steps"])

    inside(three, work)


def test_a_relay_whose_store_is_a_copy_signs_nothing_more(three: Carried) -> None:
    """C-19."""

    async def first(relay: Relay) -> None:
        await relay.take(to_bravo(three), "ALPHA", Way.FILE)

    async def second(relay: Relay) -> None:
        with pytest.raises(Exception, match="signs nothing more"):
            await relay.take(to_bravo(three), "ALPHA", Way.FILE)
        (holding,) = relay.holdings.values()
        with pytest.raises(Exception, match="signs nothing more"):
            await relay.handed(holding.digest, "duty office", None)
        assert (relay.durable, len(holding.signed)) == (1, 1)
        verify_custody(relay.receipt(0), relay.key.public)  # what was signed stays good

    inside(three, first)
    (three.relay / "store.db.lock").chmod(0o600)  # its change time says that this may be a copy
    inside(three, second)


def test_a_relay_that_is_shown_a_head_it_does_not_have_signs_nothing_more(three: Carried) -> None:
    """C-19, where the store itself shows nothing."""

    async def work(relay: Relay) -> None:
        holding = await relay.take(to_bravo(three), "ALPHA", Way.FILE)
        head = relay.head()
        assert head is not None
        relay.check_own(head)
        with pytest.raises(BadProof):  # not signed by it: nothing happens
            relay.check_own(replace(head, size=2))
        await relay.forwarded(holding.digest, Way.FILE)
        relay.check_own(head)
        other = Book.of(three.relay)
        other.sign(holding.signed[0].statement)
        other.sign(replace(holding.signed[0].statement, size=7))
        with pytest.raises(BadProof, match="signs nothing"):
            relay.check_own(other.head(2))
        with pytest.raises(Exception, match="signs nothing"):
            await relay.take(to_bravo(three), "ALPHA", Way.FILE)

    inside(three, work)


def test_a_bundle_file_that_was_changed_is_not_given_on(three: Carried) -> None:
    async def work(relay: Relay) -> None:
        holding = await relay.take(to_bravo(three, what=b"one"), "ALPHA", Way.FILE)
        other = await relay.take(to_bravo(three, what=b"two"), "ALPHA", Way.FILE)
        files = [relay.directory.bundle_file(one.digest) for one in (holding, other)]
        files[0].write_bytes(files[1].read_bytes())
        with pytest.raises(Exception, match="not as it was taken"):
            relay.bundle(holding)
        files[0].write_bytes(b"torn")
        with pytest.raises(Misbehaviour):
            relay.bundle(holding)

    inside(three, work)


def test_a_party_answers_only_for_what_is_sealed_to_it(three: Carried) -> None:
    """C-12, as a relay takes a party's messages."""
    told: list[str] = []

    async def work() -> None:
        runner = RelayRunner(three.relay, told.append)
        await runner.start()
        try:
            bundle = to_bravo(three)
            digest = digest_of(bundle)
            assert await runner._take("ALPHA", bundle)
            for party, message in (
                ("ALPHA", wire.Have(digest)),
                ("ALPHA", wire.Declined(digest)),
                ("BRAVO", wire.Have(bytes(32))),
                ("ALPHA", wire.Shown(b"x", 0, ())),
            ):
                assert not await runner._take(party, wire.encode_message(message))
            assert not await runner._take("ALPHA", b"\x80")
            assert runner.relay.holdings[digest].standing
            assert await runner._take("BRAVO", wire.encode_message(wire.Declined(digest)))
            assert isinstance(runner.relay.holdings[digest].last, Returned)
            assert await runner._take("BRAVO", wire.encode_message(wire.Have(digest)))  # again
            assert len(runner.relay.holdings[digest].signed) == 2
        finally:
            await runner.stop()

    asyncio.run(work())


def test_a_party_that_says_twice_that_it_has_it_was_given_it_once(three: Carried) -> None:
    """C-15: it asked again while the first *forwarded* was on its way to the disk."""

    async def work() -> None:
        runner = RelayRunner(three.relay, lambda text: None)
        await runner.start()
        try:
            bundle = to_bravo(three)
            digest = digest_of(bundle)
            assert await runner._take("ALPHA", bundle)
            flying = runner._parties["BRAVO"].flying
            flying.add(digest)
            held_back: list[bool] = []
            runner.relay.observers.append(lambda: held_back.append(digest in flying))
            have = wire.encode_message(wire.Have(digest))
            assert await runner._take("BRAVO", have)
            assert held_back == [True]  # it is not offered again before it is durable
            assert digest not in flying
            assert await runner._take("BRAVO", have)
            other = to_bravo(three, what=b"another")
            assert await runner._take("ALPHA", other)
            again = wire.encode_message(wire.Have(digest_of(other)))
            assert await asyncio.gather(*(runner._take("BRAVO", again) for _ in range(2)))
            for holding in runner.relay.holdings.values():
                steps = [one.statement.step for one in holding.signed]
                assert steps[1:] == [Forwarded(Way.NODE)]
        finally:
            await runner.stop()

    asyncio.run(work())


def test_a_party_that_asks_again_and_again_is_counted_against_it(three: Carried) -> None:
    """A question costs it little, and the answer much; it is answered, and struck."""

    async def work() -> None:
        runner = RelayRunner(three.relay, lambda text: None)
        await runner.start()
        try:
            ask = wire.encode_message(wire.Ask(0, None))
            assert [await runner._take("ALPHA", ask) for _ in range(3)] == [True, False, False]
            assert await runner._take("BRAVO", ask)
            assert await runner._take("ALPHA", to_bravo(three))  # the rest is as good as ever
        finally:
            await runner.stop()

    asyncio.run(work())


def test_one_sender_cannot_fill_the_relay(three: Carried, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(relay: Relay) -> None:
        for number in range(2):
            await relay.take(to_bravo(three, what=bytes([number])), "ALPHA", Way.FILE)
        with pytest.raises(Refused, match="stands here already"):
            await relay.take(to_bravo(three), "ALPHA", Way.FILE)
        await relay.take(to_bravo(three), "CHARLIE", Way.FILE)
        await relay.forwarded(relay.to_forward()[0].digest, Way.FILE)
        await relay.take(to_bravo(three), "ALPHA", Way.FILE)

    monkeypatch.setattr("firebreak.node.relay.MOST_STANDING", 2)
    inside(three, work)
