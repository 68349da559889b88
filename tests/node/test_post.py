"""A node's mail without a mail server: what is put into the outbox, what is not, and what ends nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from firebreak.carriers.mail import LetterDraft, letter_mail, read_mail
from firebreak.carriers.maildir import REFUSED
from firebreak.carriers.outbox import Kind
from firebreak.errors import InvalidValue
from firebreak.node import post
from firebreak.node.runner import Runner, clock
from firebreak.sealing import OVERHEAD, Header, Suite
from firebreak.store.directory import MailConfig, NodeDirectory
from firebreak.values import Millis, Precedence
from tests.nodes import Stage, free_port, template

ALPHA, BRAVO = "duty@alpha.example", "duty@bravo.example"


@pytest.fixture
def alpha(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeDirectory]:
    """A node whose mail server is down, with one peer that it knows by mail alone."""
    made = template(tmp_path_factory.getbasetemp() / "parties")
    with Stage.make(made, tmp_path / "stage") as stage:
        node = NodeDirectory.open(stage.folder("alpha"))
        mail = MailConfig(ALPHA, f"127.0.0.1:{free_port()}", "none", peers={"BRAVO": BRAVO})
        yield with_config(replace(node, config=replace(node.config, peers={})).with_mail(mail))


def with_config(node: NodeDirectory) -> NodeDirectory:
    return NodeDirectory.open(node.path)


def run(directory: NodeDirectory, work: Callable[[Runner, post.Post], Awaitable[None]]) -> None:
    """Run a node while some work is done with it."""

    async def whole() -> None:
        runner = Runner(directory)
        await runner.start()
        try:
            assert runner.post is not None
            await work(runner, runner.post)
        finally:
            await runner.stop()

    asyncio.run(whole())


async def until(seen: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not seen():  # noqa: ASYNC110  # files and lists tell nobody
            await asyncio.sleep(0.02)


def sealed(suite: Suite) -> bytes:
    """What looks like a bundle from outside."""
    header = Header(suite, bytes(8), Precedence.ROUTINE, Millis(clock() + 60_000))
    return header.encoded() + bytes(OVERHEAD[suite])


def test_an_answer_is_mailed_under_the_wide_seal_only(
    alpha: NodeDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B-10, M-11."""
    monkeypatch.setattr(post, "LOOK_S", 0.05)

    async def work(runner: Runner, mail: post.Post) -> None:
        wide = sealed(Suite.WIDE)
        await until(lambda: mail.answer("BRAVO", wide))
        assert not mail.answer("BRAVO", sealed(Suite.NARROW))
        assert not mail.answer("CHARLIE", wide)
        await until(lambda: len(mail.outbox.mails(Kind.ANSWER)) == 1)
        for _ in range(20):  # what comes in the next ten seconds waits, and no more than a few do
            mail.answer("BRAVO", wide)
        assert not mail.answer("BRAVO", wide)
        assert len(mail.outbox.mails(Kind.ANSWER)) == 1

    run(alpha, work)


def test_a_node_that_has_said_nothing_mails_nothing(
    alpha: NodeDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M-11."""
    monkeypatch.setattr(post, "LOOK_S", 0.01)

    async def work(runner: Runner, mail: post.Post) -> None:
        await asyncio.sleep(0.5)
        assert mail.outbox.mails() == []

    run(alpha, work)


def test_a_mail_that_finds_a_fault_keeps_back_none_behind_it(
    alpha: NodeDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(data: bytes) -> object:
        if b"poison" in data:
            raise ZeroDivisionError("a fault")
        return read_mail(data)

    monkeypatch.setattr(post, "LOOK_S", 0.05)
    monkeypatch.setattr(post, "read_mail", faulty)

    async def work(runner: Runner, mail: post.Post) -> None:
        found: list[str] = []
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: found.append(str(context["exception"]))
        )
        asked = mail.outbox.put_letter(LetterDraft(BRAVO, "x", "Yours?"), ALPHA, bytes(16), clock())
        reply = LetterDraft(ALPHA, "Re: x", "Ours.", answers=asked.message_id)
        box = alpha.path / "Maildir"
        (box / "new" / "1").write_bytes(b"Subject: poison\n\nx")
        answer = letter_mail(reply, BRAVO, f"{'ab' * 16}@bravo.example", clock())
        (box / "new" / "2").write_bytes(answer)
        await until((box / "cur" / "2:2,S").exists)
        assert found == ["a fault"]
        assert (box / REFUSED / "cur" / "1:2,").exists()
        texts = [alert.text for _, alert in runner.node.alerts]
        assert any("There is a reply to the mail of" in text for text in texts)

    run(alpha, work)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"security": "some"}, "tls, starttls or none"),
        ({"server": "nowhere"}, "is no mail server"),
        ({"address": "nobody"}, "is no mail address"),
        ({"peers": {"BRAVO": "nobody"}}, "is no mail address"),
    ],
)
def test_a_node_does_not_start_with_a_setting_that_it_cannot_follow(
    alpha: NodeDirectory, changed: dict[str, Any], said: str
) -> None:
    assert alpha.config.mail is not None
    wrong = with_config(alpha.with_mail(replace(alpha.config.mail, **changed)))

    async def nothing(runner: Runner, mail: post.Post) -> None:
        raise AssertionError("it started")

    with pytest.raises(InvalidValue, match=said):
        run(wrong, nothing)


def test_peers_addresses_alone_are_no_mail(alpha: NodeDirectory) -> None:
    async def whole() -> None:
        runner = Runner(with_config(alpha.with_mail(MailConfig(peers={"BRAVO": BRAVO}))))
        await runner.start()
        assert runner.post is None
        await runner.stop()

    asyncio.run(whole())
