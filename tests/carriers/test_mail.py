"""The form of mail, its reader, the outbox and the Maildir, without any mail server (spec/mail.md)."""

from __future__ import annotations

import base64
import os
import socket
import stat
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.carriers.files import pack
from firebreak.carriers.mail import (
    MAX_DEPTH,
    MAX_FIELDS,
    MAX_HEAD,
    MAX_MAIL,
    MAX_PARTS,
    Action,
    BundleMail,
    Letter,
    LetterDraft,
    Notice,
    bundle_mail,
    check_address,
    check_groups,
    letter_mail,
    new_message_id,
    read_mail,
)
from firebreak.carriers.mail_texts import TEXTS
from firebreak.carriers.maildir import MOST_REFUSED, REFUSED, Maildir
from firebreak.carriers.outbox import (
    FIRST_RETRY,
    LAST_RETRY,
    Delayed,
    Kind,
    Mailed,
    Outbox,
    Replied,
    Sent,
    Undelivered,
    Waiting,
)
from firebreak.carriers.smtp import (
    NotTaken,
    Security,
    Server,
    Submission,
    Taken,
    parse_server,
    read_password,
)
from firebreak.errors import InvalidValue, KeyTrouble, Malformed, StoreTrouble
from firebreak.sealing import MAX_BUNDLE
from firebreak.values import Millis
from tests.conftest import ROOT

ALPHA, BRAVO = "duty@alpha.example", "duty@bravo.example"
ID = f"{bytes(range(16)).hex()}@alpha.example"
AT = Millis(1_795_357_800_000)
"""2026-11-22T14:30:00Z."""
ANY_TEXT = st.text(
    st.characters(blacklist_categories=("Cc", "Cs"), blacklist_characters="\u2028\u2029")
)


def mailed(bundle: bytes = b"a sealed bundle", *languages: str) -> bytes:
    return bundle_mail(bundle, ALPHA, BRAVO, ID, AT, languages or ("en",))


def parsed(data: bytes) -> EmailMessage:
    """A second reading, by the standard library."""
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


# A bundle's mail


def test_the_specification_opens_with_what_the_code_writes() -> None:
    """M-1."""
    text = (ROOT / "spec" / "mail.md").read_text("utf-8")
    assert text.split("```\n")[1] == mailed().decode().replace("\r\n", "\n")


@given(st.binary(min_size=1, max_size=3_000))
def test_a_bundle_is_had_from_its_mail(bundle: bytes) -> None:
    """M-1, M-3."""
    assert read_mail(mailed(bundle)) == BundleMail(bundle, AT)
    attachment = next(iter(parsed(mailed(bundle)).iter_attachments()))
    assert attachment.get_content() == pack(bundle)


def test_the_largest_bundle_fits() -> None:
    bundle = os.urandom(MAX_BUNDLE)
    assert read_mail(mailed(bundle)) == BundleMail(bundle, AT)


@pytest.mark.parametrize("line", mailed().split(b"\r\n"))
def test_no_line_is_too_long_and_none_has_anything_but_ascii(line: bytes) -> None:
    assert len(line) <= 78
    assert line.isascii()


def test_subject_and_text_say_the_check_and_what_to_do_in_each_language() -> None:
    """M-2."""
    bundle = b"another sealed bundle"
    message = parsed(mailed(bundle, "pl", "uk", "ar", "ru"))
    assert message["Subject"] == f"Firebreak bundle {check_groups(bundle)}"
    body = message.get_body()
    assert body is not None
    name = f"{check_groups(bundle).replace(' ', '')}.firebreak"
    wanted = [
        TEXTS[language].format(check=check_groups(bundle), name=name)
        for language in ("pl", "uk", "ru")
    ]
    assert body.get_content().replace("\r\n", "\n") == "\n".join(wanted)
    assert f"firebreak bundle import {name}" in body.get_content()
    english = parsed(mailed(bundle, "ar")).get_body()
    assert english is not None
    assert english.get_content().startswith("This mail carries a Firebreak bundle")


def test_what_gateways_do_on_the_way_is_borne() -> None:
    """M-3: lines in LF, fields before, a disclaimer after, all of it in another multipart, a new name."""
    plain = mailed().replace(b"\r\n", b"\n")
    head, body = plain.split(b"\n\n", 1)
    kind = b'Content-Type: multipart/mixed; boundary="firebreak-09086f549cd5a808"'
    wrapped = (
        b"Return-Path: <x@y>\nReceived: from a\n\tby b;\n Sun, 22 Nov 2026 14:30:01 +0000\n"
        + head.replace(kind, b"Content-Type: multipart/mixed;\n boundary=outer")
        + b"\n\npreamble\n--outer\n"
        + kind
        + b"\n\n"
        + body
        + b"\n--outer  \n\nDISCLAIMER\n--outer--\nepilogue\n"
    )
    for came in (plain, wrapped, wrapped.replace(b".firebreak", b".bin")):
        assert read_mail(came) == BundleMail(b"a sealed bundle", AT)


# Refused


def parts(count: int) -> bytes:
    return b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * count + b"--b--\n"


def nested(depth: int) -> bytes:
    inner = b"Content-Type: text/plain\n\nx\n"
    for number in range(depth):
        mark = b"b%d" % number
        inner = (
            b"Content-Type: multipart/mixed; boundary=%s\n\n--%s\n" % (mark, mark)
            + inner
            + b"\n--%s--\n" % mark
        )
    return inner


BUNDLE_PART = mailed().replace(b"\r\n", b"\n").split(b"--firebreak-09086f549cd5a808\n")[2]
REPORT = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
HEAD = b'From: x@y.example\nContent-Type: multipart/mixed; boundary="b"\n\n'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x" * (MAX_MAIL + 1), "larger than"),
        (b"A: b\n" * (MAX_FIELDS + 1) + b"\n", "fields"),
        (b"A: " + b"b" * MAX_HEAD + b"\n\nx", "header of more than"),
        (b"A: b\n" + b" c\n" * MAX_HEAD + b"\nx", "header of more than"),
        (b"no field\n\nx", "no proper header"),
        (b"", "no proper header"),
        (parts(MAX_PARTS), "parts"),
        (nested(MAX_DEPTH + 1), "deep"),
        (nested(5_000), "deep"),
        (b"Content-Type: multipart/mixed\n\nx", "where its own parts end"),
        (b'Content-Type: multipart/mixed; boundary="%s"\n\nx' % (b"b" * 71), "parts end"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n", "cut off"),
        (b"Content-Type: a/b\nContent-Type: c/d\n\nx", "twice"),
        (b"Content-Type: nonsense\n\nx", "does not say what it is"),
        (HEAD + (b"--b\n" + BUNDLE_PART) * 2 + b"--b--\n", "more than one bundle"),
        (mailed().replace(b"RklS", b"RklT"), "no bundle file"),
        (mailed().replace(b"YSBz", b"YSBt"), "damaged"),
        (mailed().replace(b"YSBz", b"YS!z"), "damaged"),
        (mailed().replace(b"dmo=\r\n", b""), "cut off"),
        (mailed()[:-60], "cut off"),
        (HEAD + b"--b\n" + BUNDLE_PART.replace(b"base64", b"7bit") + b"--b--\n", "base64"),
        (REPORT + b"--b--\n", "what became"),
        (
            REPORT
            + b"--b\nContent-Type: message/delivery-status\n\nA: b\n\nAction: odd\n\n--b--\n",
            "what became",
        ),
    ],
)
def test_what_is_hostile_or_broken_is_refused(data: bytes, words: str) -> None:
    """M-3, M-5."""
    with pytest.raises(Malformed, match=words):
        read_mail(data)


@pytest.mark.parametrize("count", [1, MAX_PARTS - 1])
def test_what_is_within_the_limits_is_read(count: int) -> None:
    assert isinstance(read_mail(parts(count)), Letter)
    assert isinstance(read_mail(nested(MAX_DEPTH)), Letter)


# Letters


@given(ANY_TEXT.filter(lambda text: text.strip()), ANY_TEXT)
def test_a_letter_is_read_as_it_was_written(text: str, subject: str) -> None:
    """M-9; by this reader and by another."""
    subject = " ".join(subject.split())[:60] or "x"
    made = letter_mail(LetterDraft(BRAVO, subject, text, f"<p>{text}</p>", ID), ALPHA, ID, AT)
    assert made.isascii()
    assert max(map(len, made.split(b"\r\n"))) <= 78
    message = parsed(made)
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content() == f"{text}\n".replace("\n", "\r\n")
    assert (message["To"], message["In-Reply-To"], message["Message-ID"]) == (
        BRAVO,
        f"<{ID}>",
        f"<{ID}>",
    )
    letter = read_mail(made)
    assert isinstance(letter, Letter)
    if letter.exact:
        assert letter.text == text
    assert (letter.about, letter.date, letter.automatic) == ((ID,), AT, False)


@pytest.mark.parametrize(
    "subject", ["Запрос 4 — سؤال عن الطائرة", "Z" * 150, "=?utf-8?q?x?=", "ك" * 200]
)
def test_a_subject_in_any_script_arrives(subject: str) -> None:
    made = letter_mail(LetterDraft(BRAVO, subject, "x"), ALPHA, ID, AT)
    assert parsed(made)["Subject"] == subject
    letter = read_mail(made)
    assert isinstance(letter, Letter)
    assert letter.subject == subject


@pytest.mark.parametrize(
    "given",
    [
        {"subject": "x\r\nBcc: y@z.example"},
        {"subject": "x\ny"},
        {"subject": ""},
        {"subject": "x" * 201},
        {"subject": "x\x00"},
        {"subject": "x\u2028y"},
        {"receiver": "a@b.example\r\nBcc: y@z.example"},
        {"receiver": "a@b.example, c@d.example"},
        {"receiver": "Duty <a@b.example>"},
        {"receiver": "дежурный@bravo.example"},
        {"receiver": "a@[127.0.0.1]"},
        {"receiver": "@b.example"},
        {"receiver": "a" * 65 + "@b.example"},
        {"text": "x\r\n.\r\nQUIT"},
        {"text": "bell \x07"},
        {"text": " \n"},
        {"text": "x" * 300_000},
        {"html": "<p>\x1b[2J</p>"},
        {"answers": "x\r\nBcc: y@z.example"},
        {"answers": "<x@y>"},
    ],
)
def test_what_no_mail_may_hold_is_refused(given: dict[str, str]) -> None:
    """M-9."""
    with pytest.raises(InvalidValue):
        LetterDraft(**{"receiver": BRAVO, "subject": "x", "text": "x", **given})


@pytest.mark.parametrize("address", ["a@b\r\n", "a b@c.example", "a@-b.example", "a..b@c.example"])
def test_no_address_brings_a_line_into_a_header(address: str) -> None:
    with pytest.raises(InvalidValue):
        bundle_mail(b"x", ALPHA, address, ID, AT)
    with pytest.raises(InvalidValue):
        bundle_mail(b"x", address, BRAVO, ID, AT)
    with pytest.raises(InvalidValue):
        bundle_mail(b"x", ALPHA, BRAVO, f"{address}@x y", AT)


def test_an_address_s_domain_is_told() -> None:
    assert check_address("o'duty+1@mail.bravo.example") == "mail.bravo.example"
    assert new_message_id(ALPHA, bytes(range(16))) == ID
    with pytest.raises(InvalidValue):
        new_message_id(ALPHA, b"short")


QUOTED = b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
REPLIES = (
    (b"Content-Type: text/plain; charset=koi8-r\n\n", "Не наш.".encode("koi8-r"), "Не наш.", True),
    (
        QUOTED.replace(b"utf-8", b"windows-1256"),
        b"=E1=ED=D3",
        "ليس",
        True,
    ),
    (
        b"Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: base64\n\n",
        base64.b64encode("Ані не наш.\r\nКрапка.".encode()),
        "Ані не наш.\nКрапка.",
        True,
    ),
    (b"Content-Type: text/plain; charset=zlib\n\n", b"x", "x", False),
    (b"Content-Type: text/plain; charset=unicode_escape\n\n", b"\\x41", "\\x41", False),
    (b"Content-Type: text/plain; charset=utf-8\n\n", b"\xff", "\ufffd", False),
    (
        b"Content-Type: text/plain; charset=utf-8\n\n",
        "not \u202eours\x1b[2J".encode(),
        "not ours[2J",
        False,
    ),
    (
        b"Content-Type: text/html; charset=utf-8\n\n",
        b"<p>Not <b>ours</b>.<br>&#1053;&lt;</p>",
        " Not  ours .\nН<",
        False,
    ),
    (b"Content-Type: image/png\n\n", b"x", "", False),
)


@pytest.mark.parametrize(("head", "body", "text", "exact"), REPLIES)
def test_a_reply_s_words_are_had_and_guesses_are_called_so(
    head: bytes, body: bytes, text: str, exact: bool
) -> None:
    """M-5: Python's own codecs, some of which unpack and unescape, are not mail's."""
    letter = read_mail(b"From: x@y.example\nIn-Reply-To: <%s>\n" % ID.encode() + head + body)
    assert isinstance(letter, Letter)
    assert (letter.text, letter.exact, letter.about) == (text, exact, (ID,))


@pytest.mark.parametrize(
    ("field", "automatic"),
    [
        ("Auto-Submitted: auto-replied; x", True),
        ("auto-submitted: AUTO-GENERATED", True),
        ("Auto-Submitted: no", False),
        ("Precedence: bulk", True),
        ("X-Autoreply: yes", True),
        ("X-Other: yes", False),
    ],
)
def test_a_program_s_answer_is_known_for_one(field: str, automatic: bool) -> None:
    letter = read_mail(f"From: x@y.example\n{field}\n\nOn leave.\n".encode())
    assert isinstance(letter, Letter)
    assert letter.automatic is automatic


@pytest.mark.parametrize(
    ("date", "ms"),
    [
        ("Sun, 22 Nov 2026 14:30:00 +0000", AT),
        ("22 Nov 2026 17:30 +0300", AT),
        ("Sun, 22 Nov 2026 14:30:60 GMT (x)", AT + 59_000),
        ("Sun, 22 Nov 2026 14:30:00 -9999", None),
        ("Sun, 32 Nov 2026 14:30:00 +0000", None),
        ("22 Nov 1926 14:30:00 +0000", None),
        ("22 Nov 0001 14:30:00 +2359", None),
        ("yesterday", None),
    ],
)
def test_a_date_is_read_or_none_is_known(date: str, ms: int | None) -> None:
    letter = read_mail(f"Date: {date}\n\nx".encode())
    assert isinstance(letter, Letter)
    assert letter.date == ms


# Notices


def notice(*blocks: str, returned: str = "") -> bytes:
    return (
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\n"
        + "\n\n".join(("Reporting-MTA: dns; x\nOriginal-Envelope-Id: abc", *blocks))
        + f"\n--b\nContent-Type: message/rfc822\n\n{returned}\n--b--\n"
    ).encode()


def test_a_notice_says_what_became_of_which_mail() -> None:
    """M-7: the worst of what it says; M-4: a bundle that it returns is not taken."""
    returned = mailed().decode().replace("\r\n", "\n")
    found = read_mail(
        notice(
            "Action: delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; later",
            "Action: Failed (x)\nStatus: 5.1.1 (y)\nDiagnostic-Code: smtp; 550 5.1.1\n  no \x1b such",
            returned=returned,
        )
    )
    assert found == Notice(("abc", ID), Action.FAILED, "5.1.1", "550 5.1.1 no such")


# The outbox


def outbox_with(folder: Path, kind: Kind = Kind.LETTER) -> tuple[Outbox, Mailed]:
    outbox = Outbox(folder / "mail.db")
    one = Mailed(ID, kind, "BRAVO", BRAVO, "x", AT)
    outbox.put(one, b"data", "side", {0: (5, 7)})
    return outbox, one


def test_mail_is_handed_in_once_by_whoever_is_first(tmp_path: Path) -> None:
    outbox, one = outbox_with(tmp_path)
    assert outbox.outcome(ID) == Waiting(AT, 0, "")
    due = outbox.due(AT)
    assert due is not None
    assert (due.mailed, due.data, due.covers) == (one, b"data", {0: (5, 7)})
    other = Outbox(tmp_path / "mail.db")
    assert other.due(AT) is None
    assert other.due(Millis(AT + 3_600_000)) is not None  # who claimed it has never come back
    outbox.answered(due, Taken(), Millis(AT + 1))
    assert (outbox.due(Millis(AT * 2)), outbox.outcome(ID)) == (None, Sent(Millis(AT + 1)))
    assert outbox.progress("side") == {0: (5, 7)}


def test_what_the_server_does_not_take_is_tried_ever_later(tmp_path: Path) -> None:
    """M-10; and over restarts."""
    outbox_with(tmp_path)
    now, waits = AT, []
    for number in range(9):
        outbox = Outbox(tmp_path / "mail.db")
        due = outbox.due(now)
        assert due is not None
        outbox.answered(due, NotTaken("421 later", False), now)
        assert outbox.outcome(ID) == Waiting(AT, number + 1, "421 later")
        wait = min(FIRST_RETRY << number, LAST_RETRY)
        assert outbox.due(Millis(now + wait - 1)) is None
        now = Millis(now + wait)
        waits.append(wait)
    assert (waits[0], waits[-1]) == (FIRST_RETRY, LAST_RETRY)


def test_a_clock_that_is_set_back_keeps_no_mail_back(tmp_path: Path) -> None:
    outbox, _ = outbox_with(tmp_path)
    assert outbox.due(Millis(AT - LAST_RETRY)) is None
    assert outbox.due(Millis(AT - LAST_RETRY - 1)) is not None


def test_a_refusal_for_good_is_undelivered(tmp_path: Path) -> None:
    outbox, _ = outbox_with(tmp_path)
    due = outbox.due(AT)
    assert due is not None
    outbox.answered(due, NotTaken("550 5.1.1 nobody", True), AT)
    assert outbox.outcome(ID) == Undelivered(AT, "", "550 5.1.1 nobody")
    assert outbox.due(Millis(AT * 2)) is None


def test_a_newer_bundle_takes_the_place_of_one_that_waits(tmp_path: Path) -> None:
    """M-11: with the same patience, and under a Message-ID of its own."""
    outbox, _ = outbox_with(tmp_path, Kind.BUNDLE)
    due = outbox.due(AT)
    assert due is not None
    outbox.answered(due, NotTaken("421 later", False), AT)
    second = Mailed(f"{'ab' * 16}@alpha.example", Kind.BUNDLE, "BRAVO", BRAVO, "y", Millis(AT + 1))
    outbox.put(second, b"newer", "side", {})
    other = Mailed(f"{'cd' * 16}@alpha.example", Kind.BUNDLE, "CHARLIE", BRAVO, "z", Millis(AT + 2))
    outbox.put(other, b"to another", "other side", {})
    assert outbox.mails() == [other, second]
    assert outbox.outcome(second.message_id) == Waiting(second.at, 1, "421 later")
    with pytest.raises(InvalidValue):
        outbox.outcome(ID)


def test_a_notice_or_reply_counts_only_if_it_names_what_was_sent(tmp_path: Path) -> None:
    """M-8."""
    outbox, one = outbox_with(tmp_path)
    said = ("5.1.1", "nobody")
    for name in ("", "%", "_" * 32, ID.upper(), ID[:31], "x@alpha.example", "0" * 32):
        assert outbox.noticed(Notice((name,), Action.FAILED, *said), AT) is None
        letter = Letter((name,), "", BRAVO, AT, "x", "x", True, False)
        assert outbox.replied(letter, AT) is None
    assert isinstance(outbox.outcome(ID), Waiting)
    assert outbox.noticed(Notice((ID[:32],), Action.FAILED, *said), AT) == one
    assert outbox.outcome(ID) == Undelivered(AT, *said)


def test_what_became_of_a_mail_is_told_by_weight_and_kept_in_order(tmp_path: Path) -> None:
    """M-7."""
    outbox, _ = outbox_with(tmp_path)
    due = outbox.due(AT)
    assert due is not None
    outbox.answered(due, Taken(), AT)
    outbox.noticed(Notice((ID,), Action.DELIVERED, "2.0.0", ""), AT)
    assert outbox.outcome(ID) == Sent(AT)
    for _ in range(2):
        outbox.noticed(Notice((ID,), Action.DELAYED, "4.4.1", "later"), AT)
    assert outbox.outcome(ID) == Delayed(AT, "later")
    away = Letter((ID,), "", BRAVO, AT, "Re: x", "On leave.", True, True)
    outbox.replied(away, AT)
    assert outbox.outcome(ID) == Delayed(AT, "later")
    outbox.noticed(Notice((ID,), Action.FAILED, "5.4.7", "expired"), AT)
    assert outbox.outcome(ID) == Undelivered(AT, "5.4.7", "expired")
    outbox.replied(Letter((ID,), "", BRAVO, None, "Re: x", "Yes.", False, False), AT)
    answer = Replied(AT, BRAVO, None, "Re: x", "Yes.", False, False)
    assert outbox.outcome(ID) == answer
    program = Replied(AT, BRAVO, AT, "Re: x", "On leave.", True, True)
    assert outbox.history(ID) == [
        Sent(AT),
        Delayed(AT, "later"),
        program,
        Undelivered(AT, "5.4.7", "expired"),
        answer,
    ]


def test_an_outbox_that_is_damaged_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "mail.db").write_bytes(b"x" * 5_000)
    with pytest.raises(StoreTrouble, match="move it away"):
        Outbox(tmp_path / "mail.db")


def test_nobody_else_reads_what_was_mailed(tmp_path: Path) -> None:
    outbox_with(tmp_path)
    assert stat.S_IMODE((tmp_path / "mail.db").stat().st_mode) == 0o600


# The Maildir


def test_mail_is_taken_and_refused_mail_kept_aside_within_bounds(tmp_path: Path) -> None:
    """M-5, M-12."""
    box = Maildir(tmp_path / "Maildir")
    new = box.path / "new"
    for name in ("1.a", "2.b:2,", ".hidden"):
        (new / name).write_bytes(b"x")
    assert box.arrived() == ["1.a", "2.b:2,"]
    assert box.content("1.a") == b"x"
    box.taken("1.a")
    box.refused("2.b:2,")
    box.taken("gone")
    assert [path.name for path in (box.path / "cur").iterdir()] == ["1.a:2,S"]
    assert [path.name for path in (box.path / REFUSED / "cur").iterdir()] == ["2.b:2,"]
    for number in range(MOST_REFUSED + 3):
        (new / f"{number}").touch()
        box.refused(f"{number}")
    assert len(list((box.path / REFUSED / "cur").iterdir())) == MOST_REFUSED


def test_what_is_no_file_is_never_opened_nor_waited_for(tmp_path: Path) -> None:
    """M-5."""
    box = Maildir(tmp_path)
    os.mkfifo(tmp_path / "new" / "pipe")
    (tmp_path / "new" / "link").symlink_to("/dev/zero")
    (tmp_path / "new" / "folder").mkdir()
    with (tmp_path / "new" / "large").open("wb") as file:
        file.truncate(MAX_MAIL + 1)
    for name in box.arrived():
        with pytest.raises(Malformed):
            box.content(name)
        box.refused(name)
    assert box.arrived() == []


# The server


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("mail.alpha.example:587", ("mail.alpha.example", 587)),
        ("[::1]:25", ("::1", 25)),
        *((text, None) for text in ("mail", "mail:0", "mail:65536", ":25", "a b:25", "m:25\n")),
    ],
)
def test_a_server_is_a_host_and_a_port(text: str, place: tuple[str, int] | None) -> None:
    if place is not None:
        assert parse_server(text) == place
        return
    with pytest.raises(InvalidValue):
        parse_server(text)


def test_without_tls_mail_stays_within_the_machine() -> None:
    """M-6."""
    assert Server("127.0.0.1", 25, Security.NONE).port == 25
    for host in ("mail.alpha.example", "127.0.0.1.example", "192.0.2.1"):
        with pytest.raises(InvalidValue, match="TLS only"):
            Server(host, 25, Security.NONE)


def test_a_password_is_its_owner_s_alone_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("correct horse\n")
    file.chmod(0o600)
    password = read_password(file)
    assert password == "correct horse"
    assert "horse" not in repr(Server("a.example", 25, Security.TLS, "u", password))
    file.chmod(0o640)
    with pytest.raises(KeyTrouble, match="chmod 600"):
        read_password(file)
    file.chmod(0o600)
    for text in ("", "two\nlines", "x" * 2_000):
        file.write_text(text)
        with pytest.raises(KeyTrouble):
            read_password(file)
    with pytest.raises(KeyTrouble, match="cannot be read"):
        read_password(tmp_path / "nowhere")


def test_an_attempt_at_a_server_that_says_nothing_can_be_ended() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        attempt = Submission(Server("127.0.0.1", silent.getsockname()[1], Security.NONE))
        answers: list[object] = []
        data = letter_mail(LetterDraft(BRAVO, "x", "x"), ALPHA, ID, AT)
        thread = threading.Thread(
            target=lambda: answers.append(attempt.submit(ALPHA, BRAVO, ID, data))
        )
        thread.start()
        caller, _ = silent.accept()
        with caller:
            attempt.cancel()
            thread.join(25)  # less than the patience with a server
        assert [isinstance(answer, NotTaken) and not answer.final for answer in answers] == [True]
    ended = attempt.submit(ALPHA, BRAVO, ID, data)
    assert isinstance(ended, NotTaken)
