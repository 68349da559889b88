"""`firebreak mail` and `party peer --mail`: settings, letters, and what became of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from firebreak.carriers.mail import Action, Letter, Notice, read_mail
from firebreak.carriers.outbox import FILE, Outbox
from firebreak.cli import NOT_DELIVERED
from firebreak.errors import InvalidValue
from firebreak.store.directory import MailConfig, NodeConfig, NodeDirectory
from firebreak.values import Millis
from tests.carriers.postfix import ALPHA, BRAVO, postfix
from tests.cli.conftest import Pair, Run
from tests.conftest import needs_postfix
from tests.nodes import free_port, until

WORDS = ("mail", "setup", "--address", ALPHA)


def set_up(run: Run, node: Path, *words: object) -> None:
    code, out, err = run(*WORDS, "--dir", node, *words)
    assert (code, err) == (0, "")
    assert f"from {ALPHA}" in out


@pytest.fixture
def down(run: Run, pair: Pair) -> Path:
    """ALPHA's node, whose mail server is down."""
    set_up(run, pair.alpha, "--server", f"127.0.0.1:{free_port()}", "--security", "none")
    return pair.alpha


@pytest.fixture
def text(tmp_path: Path) -> Path:
    file = tmp_path / "query.txt"
    file.write_text("1. Это ваш борт?\r\n2. هل هذه طائرتكم؟\r\n", "utf-8")
    return file


def test_what_is_set_is_read_again(run: Run, pair: Pair) -> None:
    words = ("--server", "mail.alpha.example:465", "--security", "tls", "--maildir", "in/mail")
    set_up(run, pair.alpha, *words)
    peer = ("party", "peer", 'BRA"VO', "--mail", BRAVO, "--dir", pair.alpha)
    code, out, err = run(*peer)
    assert (code, 'BRA"VO is reached by mail at duty@bravo.test' in out, err) == (0, True, "")
    mail = NodeDirectory.open(pair.alpha).config.mail
    assert mail == MailConfig(
        ALPHA, "mail.alpha.example:465", "tls", maildir="in/mail", peers={'BRA"VO': BRAVO}
    )
    assert (pair.alpha / "in" / "mail" / "new").is_dir()
    set_up(run, pair.alpha, "--server", "mail.alpha.example:587")
    again = NodeDirectory.open(pair.alpha).config
    assert again.mail is not None
    assert (again.mail.security, dict(again.mail.peers)) == ("starttls", {'BRA"VO': BRAVO})
    assert NodeConfig.from_toml(again.to_toml()) == again


def test_a_peer_may_have_an_address_on_the_wire_and_one_by_mail(run: Run, pair: Pair) -> None:
    words = ("party", "peer", "BRAVO", "192.0.2.7:7140", "--mail", BRAVO, "--dir", pair.alpha)
    code, out, err = run(*words)
    assert (code, "192.0.2.7:7140, by a broad line" in out) == (0, True)
    assert "mail is not set up yet" in err
    config = NodeDirectory.open(pair.alpha).config
    assert config.mail is not None
    assert (dict(config.peers), dict(config.mail.peers)) == (
        {"BRAVO": "192.0.2.7:7140"},
        {"BRAVO": BRAVO},
    )


@pytest.mark.parametrize("words", [(), ("--narrow",), ("--mail", BRAVO, "--narrow")])
def test_a_peer_wants_one_of_both(run: Run, pair: Pair, words: tuple[str, ...]) -> None:
    code, _, err = run("party", "peer", "BRAVO", *words, "--dir", pair.alpha)
    assert (code, "HOST:PORT" in err) == (1, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--server", "mail"), "is no mail server"),
        (("--server", "192.0.2.1:25", "--security", "none"), "TLS only"),
        (("--server", "a.example:25", "--security", "some"), "tls, starttls or none"),
        (("--server", "a.example:25", "--address", "a b"), "is no mail address"),
        (("--server", "a.example:25", "--authority", "nowhere.pem"), "is not there"),
        (("--server", "a.example:25", "--user", "u"), "password cannot be read"),
        (("--server", "a.example:25", "--maildir", "node.toml"), "cannot be taken in"),
    ],
)
def test_what_cannot_be_set_is_refused_and_nothing_changed(
    run: Run, pair: Pair, words: tuple[str, ...], said: str
) -> None:
    before = (pair.alpha / "node.toml").read_bytes()
    code, _, err = run(*WORDS, "--dir", pair.alpha, *words)
    assert (code, said in err) == (1, True), err
    assert (pair.alpha / "node.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('mail = "x"', "mail is a table"),
        ("[mail]\nport = 25", "port is no key"),
        ("[mail]\naddress = 5", "address of .mail. is a text"),
        ('[mail]\npeers = "x"', "write .mail.peers."),
        ("[mail.peers]\nBRAVO = 5", "peers of .mail. is a text"),
        ('[mail.peers]\n"B\\nC" = "x@y.example"', "control"),
    ],
)
def test_a_file_that_says_something_else_is_refused(toml: str, said: str) -> None:
    with pytest.raises(InvalidValue, match=said):
        NodeConfig.from_toml(f'party = "ALPHA"\n{toml}')


@pytest.mark.parametrize("words", [("write", "x", "--to", BRAVO, "--subject", "x")])
def test_without_a_setting_it_says_how_to_make_one(
    run: Run, pair: Pair, words: tuple[str, ...]
) -> None:
    code, _, err = run("mail", *words, "--dir", pair.alpha)
    assert (code, "firebreak mail setup" in err) == (1, True)


def test_a_letter_that_the_server_does_not_take_waits_here(
    run: Run, down: Path, text: Path
) -> None:
    """It is not attempted, which is neither undelivered nor unanswered; and exit code 3."""
    words = ("mail", "write", text, "--to", BRAVO, "--subject", "Запрос 4", "--dir", down)
    code, out, err = run(*words, answers="y\n")
    assert (code, "The mail waits here: 127.0.0.1" in err) == (NOT_DELIVERED, True)
    assert "2. هل هذه طائرتكم؟" in out  # what is signed for by sending is shown first
    code, out, err = run("mail", "status", "--json", "--dir", down)
    (mail,) = json.loads(out)["mails"]
    assert mail["outcomes"][0]["outcome"] == "waiting"
    assert (mail["receiver"], mail["subject"], mail["kind"]) == (BRAVO, "Запрос 4", "letter")
    outbox = Outbox(down / FILE)
    due = outbox.due(Millis(mail["at"]), mail["message_id"])
    assert due is not None
    letter = read_mail(due.data)
    assert isinstance(letter, Letter)
    assert letter.text == "1. Это ваш борт?\n2. هل هذه طائرتكم؟"


def test_a_letter_that_nobody_confirms_is_not_kept(run: Run, down: Path, text: Path) -> None:
    words = ("mail", "write", text, "--to", BRAVO, "--subject", "x", "--dir", down)
    assert run(*words, answers="n\n")[0] == 1
    assert "Nothing was mailed" in run("mail", "status", "--dir", down)[1]


@pytest.mark.parametrize(
    "words",
    [("--to", "x", "--subject", "x"), ("--to", BRAVO, "--subject", "x\r\nBcc: y@z.example")],
)
def test_what_no_mail_may_hold_is_refused(
    run: Run, down: Path, text: Path, words: tuple[str, ...]
) -> None:
    """M-9."""
    assert run("mail", "write", text, *words, "--yes", "--dir", down)[0] == 1
    assert "Nothing was mailed" in run("mail", "status", "--dir", down)[1]


def test_a_text_that_is_not_utf_8_is_refused(run: Run, down: Path, text: Path) -> None:
    text.write_bytes(b"\xff")
    words = ("mail", "write", text, "--to", BRAVO, "--subject", "x", "--yes", "--dir", down)
    code, _, err = run(*words)
    assert (code, "is not UTF-8" in err) == (1, True)


def test_what_became_of_a_letter_is_shown(run: Run, down: Path, text: Path) -> None:
    words = (
        "mail",
        "write",
        text,
        "--to",
        BRAVO,
        "--subject",
        "x",
        "--yes",
        "--json",
        "--dir",
        down,
    )
    identity = json.loads(run(*words)[1])["message_id"]
    outbox, now = Outbox(down / FILE), Millis(1_795_357_800_000)
    outbox.noticed(Notice((identity,), Action.DELAYED, "4.4.1", "no route"), now)
    outbox.noticed(Notice((identity,), Action.FAILED, "5.4.7", "expired"), now)
    outbox.replied(Letter((identity,), "", BRAVO, now, "Re: x", "Не\nнаш.", False, True), now)
    code, out, err = run("mail", "show", identity, "--dir", down)
    assert code == 0
    for said in ("delayed on the way: no route", "undelivered: 5.4.7 expired", "    Не\n    наш."):
        assert said in out
    assert "reply from a program of duty@bravo.test" in out
    assert "not exact" in err
    assert "undelivered" in run("mail", "status", "--dir", down)[1]
    plain = json.loads(run("mail", "show", identity, "--json", "--dir", down)[1])
    kinds = [outcome["outcome"] for outcome in plain["outcomes"]]
    assert kinds == ["delayed", "undelivered", "replied", "waiting"]


def test_a_mail_that_was_not_written_here_is_not_shown(run: Run, down: Path) -> None:
    code, _, err = run("mail", "show", "x@y", "--dir", down)
    assert (code, "No mail 'x@y' was written here" in err) == (1, True)


def test_a_letter_goes_by_a_real_server(run: Run, pair: Pair, text: Path) -> None:
    needs_postfix()
    with postfix() as server:
        words = ("--server", f"127.0.0.1:{server.port}", "--authority", str(server.authority))
        set_up(run, pair.alpha, *words)
        marked = text.with_name("query.html")
        marked.write_text("<p dir=rtl>هل هذه طائرتكم؟</p>", "utf-8")
        sent = ("mail", "write", text, "--html", marked, "--to", BRAVO, "--subject", "Query 4")
        code, out, err = run(*sent, "--yes", "--dir", pair.alpha)
        assert (code, "sent; nothing more is known" in out, err) == (0, True, "")
        folder = server.maildir("bravo") / "new"
        until(lambda: any(folder.iterdir()), "the letter")
        (file,) = folder.iterdir()
        letter = read_mail(file.read_bytes())
        assert isinstance(letter, Letter)
        assert out.startswith(f"{letter.message_id}: ")
        assert letter.text.endswith("هل هذه طائرتكم؟")
