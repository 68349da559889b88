"""Mail by a real Postfix: two nodes that no wire joins, and letters to a person (spec/mail.md)."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from firebreak.carriers.mail import Letter, LetterDraft, Notice, bundle_mail, read_mail
from firebreak.carriers.maildir import REFUSED
from firebreak.carriers.outbox import (
    FILE,
    Mailed,
    Outbox,
    Outcome,
    Replied,
    Sent,
    Undelivered,
    Waiting,
    hand_in,
)
from firebreak.carriers.smtp import Security, Server, Submission, Taken
from firebreak.line.bundle import AGREEMENT_PREFIX, Bundle, HeadItem
from firebreak.records.agreement import Channel
from firebreak.sealing import SUITE_OF, SealingPublic, seal
from firebreak.store.directory import MailConfig, NodeConfig, NodeDirectory
from firebreak.values import Millis, PartyNumber, Precedence
from tests.carriers.postfix import ALPHA, BRAVO, GONE, PASSWORD, USER, Postfix, postfix
from tests.conftest import needs_postfix
from tests.nodes import PARTIES, Stage, free_port, template, until

DAY_MS = 86_400_000
CHANGED = """\
import sys, time
from firebreak.node import post
{change}
from firebreak.cli import main
sys.exit(main(["node", "run"]))
"""
AHEAD = "real = time.time_ns; time.time_ns = lambda: real() + {ms} * 1_000_000"
"""A node whose clock is ahead: to it, whatever comes was long on its way."""


@pytest.fixture(scope="module")
def server() -> Iterator[Postfix]:
    needs_postfix()
    with postfix() as running:
        yield running


@pytest.fixture
def boxes(server: Postfix) -> Iterator[Postfix]:
    """The server, with nothing in its mailboxes and queue."""
    yield server
    for party in PARTIES:
        for part in ("new", "cur", f"{REFUSED}/cur"):
            for path in (server.maildir(party) / part).glob("*"):
                path.unlink()


def now() -> Millis:
    return Millis(time.time_ns() // 1_000_000)


def delivered(server: Postfix, party: str) -> list[Path]:
    """New mail, once there is some."""
    folder = server.maildir(party) / "new"
    until(lambda: any(folder.iterdir()), f"mail for {party}")
    return sorted(folder.iterdir())


# Letters


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / FILE)


def to_server(server: Postfix, **given: Any) -> Server:
    words = {"port": server.port, "security": Security.STARTTLS, "authority": server.authority}
    return Server("127.0.0.1", **{**words, **given})


def send(outbox: Outbox, server: Server, receiver: str, text: str = "Is this yours?") -> Mailed:
    draft = LetterDraft(receiver, "Запрос 4 — سؤال", text)
    mailed = outbox.put_letter(draft, ALPHA, time.time_ns().to_bytes(16, "big"), now())
    due = outbox.due(now(), mailed.message_id)
    assert due is not None
    hand_in(outbox, due, ALPHA, Submission(server), now)
    return mailed


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_letter_arrives_as_it_was_written(
    boxes: Postfix, outbox: Outbox, security: Security
) -> None:
    port = {Security.STARTTLS: boxes.port, Security.TLS: boxes.tls}[security]
    text = "1. Это ваш борт?\n2. هل هذه طائرتكم؟\n.\n. a line that begins with a full stop"
    mailed = send(outbox, to_server(boxes, port=port, security=security), BRAVO, text)
    assert isinstance(outbox.outcome(mailed.message_id), Sent)
    (file,) = delivered(boxes, "bravo")
    came = read_mail(file.read_bytes())
    assert isinstance(came, Letter)
    assert (came.text, came.exact, came.automatic) == (text, True, False)
    assert (came.subject, came.sender) == ("Запрос 4 — سؤال", ALPHA)
    assert came.message_id == mailed.message_id


def test_a_reply_is_matched_and_an_automatic_one_is_no_answer(
    boxes: Postfix, outbox: Outbox
) -> None:
    mailed = send(outbox, to_server(boxes), BRAVO)
    (file,) = delivered(boxes, "bravo")
    asked = read_mail(file.read_bytes())
    assert isinstance(asked, Letter)
    theirs = Submission(to_server(boxes))
    for mark, text in (("Auto-Submitted: auto-replied\r\n", "On leave."), ("", "Не наш.")):
        reply = (
            f"From: Duty <{BRAVO}>\r\nTo: {ALPHA}\r\nSubject: Re: 4\r\nMessage-ID: <{text[:2]}@b>\r\n"
            f"In-Reply-To: <{asked.message_id}>\r\n{mark}Content-Type: text/plain; charset=utf-8\r\n"
            f"Date: {format_datetime(datetime.now(UTC))}\r\n\r\n{text}\r\n"
        )
        data = reply.encode()
        assert theirs.submit(BRAVO, ALPHA, f"{'ab' * 16}@bravo.test", data) == Taken()
        (came,) = delivered(boxes, "alpha")
        letter = read_mail(came.read_bytes())
        assert isinstance(letter, Letter)
        assert outbox.replied(letter, now()) == mailed
        came.unlink()
        outcome = outbox.outcome(mailed.message_id)
        if mark:
            assert isinstance(outcome, Sent)
        else:
            assert isinstance(outcome, Replied)
            assert (outcome.text, outcome.exact, outcome.automatic) == ("Не наш.", True, False)
            assert outcome.sender == f"Duty <{BRAVO}>"


def test_a_bounce_is_undelivered_with_its_reason(boxes: Postfix, outbox: Outbox) -> None:
    """M-7."""
    mailed = send(outbox, to_server(boxes), GONE)
    (file,) = delivered(boxes, "alpha")
    notice = read_mail(file.read_bytes())
    assert isinstance(notice, Notice)
    assert outbox.noticed(notice, now()) == mailed
    outcome = outbox.outcome(mailed.message_id)
    assert isinstance(outcome, Undelivered)
    assert (outcome.status, outcome.reason) == ("5.1.1", f'unknown user: "{GONE}"')


def test_what_the_own_server_will_not_have_is_not_attempted(
    boxes: Postfix, outbox: Outbox, tmp_path: Path
) -> None:
    """M-6: a certificate that is not trusted, no TLS, no or a wrong password. The mail stays here."""
    asking = {"port": boxes.asking, "user": USER}
    for given, reason in (
        ({"authority": None}, "not trusted"),
        ({"port": boxes.plain}, "STARTTLS"),
        ({"security": Security.TLS}, "WRONG_VERSION_NUMBER"),
        ({"port": boxes.asking}, "Access denied"),
        ({**asking, "password": "wrong"}, "535 5.7.8"),
        ({"port": free_port()}, "Connection refused"),
    ):
        mailed = send(outbox, to_server(boxes, **given), BRAVO)
        outcome = outbox.outcome(mailed.message_id)
        assert isinstance(outcome, Waiting), given
        assert reason in outcome.reason
        assert outcome.attempts == 1
    for given in (
        {**asking, "password": PASSWORD},
        {"port": boxes.plain, "security": Security.NONE},
    ):
        mailed = send(outbox, to_server(boxes, **given), BRAVO)
        assert isinstance(outbox.outcome(mailed.message_id), Sent), given


# Two nodes


@pytest.fixture
def stage(
    boxes: Postfix, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """Two parties whose nodes know each other's mail address, and no other."""
    made = template(tmp_path_factory.getbasetemp() / "parties")
    with Stage.make(made, tmp_path / "stage") as still:
        for party, other in (PARTIES, PARTIES[::-1]):
            address(still, boxes, party, f"duty@{other}.test")
        yield still


def address(stage: Stage, server: Postfix, party: str, other: str) -> None:
    """Write a node's file: mail by this server, and where the other party is."""
    peer = PARTIES[1 - PARTIES.index(party)].upper()
    mail = MailConfig(
        f"duty@{party}.test",
        f"127.0.0.1:{server.port}",
        authority=str(server.authority),
        maildir=str(server.maildir(party)),
        peers={peer: other},
    )
    config = NodeConfig(party.upper(), f"127.0.0.1:{free_port()}", mail=mail)
    (stage.folder(party) / "node.toml").write_text(config.to_toml(), "utf-8")


def start_changed(stage: Stage, party: str, change: str) -> None:
    """Start a node in which something is otherwise than it ships: a clock, or how long it waits."""
    with stage.log(party).open("ab") as log:
        words = [sys.executable, "-c", CHANGED.format(change=change)]
        folder = stage.folder(party)
        stage.processes[party] = subprocess.Popen(words, cwd=folder, stdout=log, stderr=log)
    until(lambda: stage.answers(party), f"{party} answers")


def say(stage: Stage, party: str, text: str, *words: object) -> str:
    """Send a text without waiting for its receipt; its id."""
    data = stage.must(party, "send", "text", text, "--yes", "--json", *words).data()
    return str(data["id"])


def told(stage: Stage, party: str, about: str) -> list[str]:
    alerts = stage.client(party).get("/alerts")["alerts"]
    return [alert["text"] for alert in alerts if alert["about"] == about]


def outcomes(stage: Stage, party: str) -> list[Outcome]:
    outbox = Outbox(stage.folder(party) / FILE)
    return [outbox.outcome(mailed.message_id) for mailed in outbox.mails()]


def test_a_statement_and_its_receipt_go_by_mail_alone(boxes: Postfix, stage: Stage) -> None:
    stage.start(*PARTIES)
    sent = stage.send("alpha", "send", "text", "Мы летим на север.")
    assert "Мы летим на север." in stage.must("bravo", "show", sent[:12]).out
    answer = stage.send("bravo", "send", "text", "Принято.", "--about", sent[:12])
    assert "delivered" in stage.states("bravo", answer)
    assert stage.line("alpha") == "down"  # mail says nothing of the wire


def test_where_there_is_nothing_to_say_nothing_is_mailed(boxes: Postfix, stage: Stage) -> None:
    """M-11: one mail there and one back, however often both look."""
    stage.start(*PARTIES)
    stage.send("alpha", "send", "text", "Good morning.")
    for party in PARTIES:
        until(lambda party=party: len(outcomes(stage, party)) == 1, "one mail")  # type: ignore[misc]  # bound now
    time.sleep(4)  # several looks of both
    assert [len(outcomes(stage, party)) for party in PARTIES] == [1, 1]


def test_a_bounce_leaves_records_undelivered_and_is_told(boxes: Postfix, stage: Stage) -> None:
    """M-7: with the server's reason, and as soon as the address is right, it goes."""
    address(stage, boxes, "alpha", GONE)
    stage.start(*PARTIES)
    sent = say(stage, "alpha", "Is anybody there?")
    until(lambda: told(stage, "alpha", "mail") != [], "the bounce is told")
    (text,) = told(stage, "alpha", "mail")
    assert f'BRAVO ({GONE}) was not delivered: 5.1.1 unknown user: "{GONE}"' in text
    (outcome,) = outcomes(stage, "alpha")
    assert isinstance(outcome, Undelivered)
    assert "delivered" not in stage.states("alpha", sent)
    said = stage.must("alpha", "mail", "status").out
    assert "undelivered" in said
    stage.must("alpha", "party", "peer", "BRAVO", "--mail", BRAVO)
    stage.until_state("alpha", sent, "delivered")


def test_an_address_that_is_refused_at_once_is_not_tried_without_end(
    boxes: Postfix, stage: Stage
) -> None:
    """M-11: undelivered, told, and quiet until it is time, or the operator says another."""
    address(stage, boxes, "alpha", "refused@bravo.test")
    start_changed(stage, "alpha", "post.APART = 0")
    sent = say(stage, "alpha", "Is anybody there?")
    until(lambda: told(stage, "alpha", "mail") != [], "it is told")
    time.sleep(4)  # several looks
    (text,) = told(stage, "alpha", "mail")
    assert "was not delivered: 554 5.1.1" in text
    assert "nobody of that name" in text
    (outcome,) = outcomes(stage, "alpha")
    assert isinstance(outcome, Undelivered)
    assert "delivered" not in stage.states("alpha", sent)


def test_mail_that_is_lost_is_mailed_again(boxes: Postfix, stage: Stage) -> None:
    """M-11: the logs say what has no receipt."""
    start_changed(stage, "alpha", "post.FIRST_AGAIN = 5_000")
    sent = say(stage, "alpha", "One.")
    delivered(boxes, "bravo")[0].unlink()
    stage.start("bravo")
    stage.until_state("alpha", sent, "delivered")


def test_a_lost_store_is_had_again_by_mail(boxes: Postfix, stage: Stage) -> None:
    """Who recovers asks by mail, and is answered by mail (spec/exchange.md §7)."""
    stage.start(*PARTIES)
    theirs = stage.send("alpha", "send", "text", "One.")
    ours = stage.send("bravo", "send", "text", "Two.")
    stage.stop("bravo")
    for file in stage.folder("bravo").glob("store.db*"):
        file.unlink()
    stage.start("bravo")
    until(lambda: told(stage, "bravo", "recovered") != [], "bravo has its logs again")
    assert stage.record("bravo", ours)["body"] == stage.record("alpha", ours)["body"]
    until(lambda: stage.run("bravo", "show", theirs[:12]).code == 0, "bravo has theirs again")
    stage.send("bravo", "send", "text", "Three.")


def test_mail_takes_over_where_the_wire_goes_and_only_there(boxes: Postfix, stage: Stage) -> None:
    """M-11."""
    configs = {party: NodeDirectory.open(stage.folder(party)).config for party in PARTIES}
    for party, other in (PARTIES, PARTIES[::-1]):
        wired = replace(configs[party], peers={other.upper(): configs[other].listen})
        (stage.folder(party) / "node.toml").write_text(wired.to_toml(), "utf-8")
        start_changed(stage, party, "post.WIRE_GONE = 2_000")
    stage.line_up()
    stage.send("alpha", "send", "text", "By wire.")
    stage.send("bravo", "send", "text", "By wire too.")
    assert [outcomes(stage, party) for party in PARTIES] == [[], []]
    stage.stop("bravo")
    sent = say(stage, "alpha", "By mail.")
    until(lambda: outcomes(stage, "alpha") != [], "mail has taken over")
    moved = replace(configs["bravo"], listen=f"127.0.0.1:{free_port()}")
    (stage.folder("bravo") / "node.toml").write_text(moved.to_toml(), "utf-8")
    stage.start("bravo")
    stage.until_state("alpha", sent, "delivered")


def test_mail_that_is_days_late_is_taken_and_its_delay_told(boxes: Postfix, stage: Stage) -> None:
    stage.start("alpha")
    sent = say(stage, "alpha", "We train tomorrow.")
    delivered(boxes, "bravo")
    start_changed(stage, "bravo", AHEAD.format(ms=3 * DAY_MS + 7_200_000))
    stage.until_state("alpha", sent, "delivered")
    assert any("was 3 d 2 h on its way" in text for text in told(stage, "bravo", "mail"))
    (kept,) = (boxes.maildir("bravo") / "cur").iterdir()
    assert kept.name.endswith(":2,S")


def test_mail_that_is_later_than_a_bundle_lives_is_kept_aside_and_told(
    boxes: Postfix, stage: Stage
) -> None:
    stage.start("alpha")
    say(stage, "alpha", "We train next week.")
    delivered(boxes, "bravo")
    start_changed(stage, "bravo", AHEAD.format(ms=8 * DAY_MS))
    until(lambda: told(stage, "bravo", "refused-bundle") != [], "it is told")
    assert "arrived after its expiry" in told(stage, "bravo", "refused-bundle")[0]
    assert len(list((boxes.maildir("bravo") / REFUSED / "cur").iterdir())) == 1


def test_a_server_that_is_down_is_our_inaction_and_the_queue_outlives_a_restart(
    boxes: Postfix, stage: Stage
) -> None:
    """M-10."""
    stage.start(*PARTIES)
    boxes.stop()
    sent = say(stage, "alpha", "Are you there?")
    until(lambda: told(stage, "alpha", "mail") != [], "it is told that mail waits")
    assert "waits here: 127.0.0.1" in told(stage, "alpha", "mail")[0]
    (waiting,) = outcomes(stage, "alpha")
    assert isinstance(waiting, Waiting)
    assert stage.stop("alpha") == 0
    stage.start("alpha")
    (waiting,) = outcomes(stage, "alpha")
    assert isinstance(waiting, Waiting)
    boxes.start()
    stage.until_state("alpha", sent, "delivered")
    assert all(isinstance(outcome, Sent) for outcome in outcomes(stage, "alpha"))


def forged(stage: Stage) -> bytes:
    """A mail that anybody can write who has BRAVO's card: a bundle, in ALPHA's name and not signed."""
    node = NodeDirectory.open(stage.folder("bravo"))
    keys, base = node.card().roster.node, node.agreements()[0].agreement
    head = HeadItem(int(Channel.CONTROL), 9, bytes(32), bytes(64))
    bundle = Bundle(base.id[:AGREEMENT_PREFIX], PartyNumber(0), (head,))
    to = SealingPublic(keys.x25519, keys.xwing)
    expires = Millis(now() + DAY_MS)
    sealed = seal(bundle.encoded(), to, SUITE_OF["mail"], Precedence.FLASH, expires)
    return bundle_mail(sealed, ALPHA, BRAVO, f"{'cd' * 16}@alpha.test", now())


def test_mail_twice_or_forged_does_no_harm(boxes: Postfix, stage: Stage, tmp_path: Path) -> None:
    """M-13: what anybody can post is judged as any bundle is."""
    stage.start("alpha")
    first = say(stage, "alpha", "One.")
    (genuine,) = delivered(boxes, "bravo")
    box = boxes.maildir("bravo") / "new"
    shutil.copy(genuine, box / "again")
    (box / "forged").write_bytes(forged(stage))
    (box / "torn").write_bytes(genuine.read_bytes().replace(b"firebreak-", b"firebreak+", 1))
    (box / "large").write_bytes(b"Subject: x\n\n" + b"x" * (5 << 20))
    (box / "junk").write_bytes(b"Subject: Buy now\nFrom: x@spam.example\n\nCheap.\n")
    (box / "nothing").write_bytes(b"")
    (box / "pipe").symlink_to("/dev/zero")
    stage.start("bravo")
    stage.until_state("alpha", first, "delivered")
    until(lambda: not any(box.iterdir()), "all is looked at")
    aside = {path.name.partition(":")[0] for path in (box.parent / REFUSED / "cur").iterdir()}
    assert {"large", "junk", "nothing", "pipe", "torn", "forged"} <= aside
    taken = {path.name.partition(":")[0] for path in (box.parent / "cur").iterdir()}
    assert {genuine.name, "again"} <= taken
    second = say(stage, "alpha", "Two.")
    stage.until_state("alpha", second, "delivered")
    with closing(sqlite3.connect(stage.folder("bravo") / FILE)) as db:
        assert db.execute("SELECT count(*) FROM mails WHERE kind = 'letter'").fetchone() == (0,)
