"""Mail as it comes out of a Maildir, and what is kept of it."""

from __future__ import annotations

from functools import cache

from firebreak.carriers import mail
from firebreak.carriers.outbox import Kind, Mailed, Outbox
from firebreak.carriers.smtp import read_password
from firebreak.values import Millis
from tests.fuzz import ways

ID = f"{bytes(range(16)).hex()}@alpha.example"
AT = Millis(1_795_357_800_000)
_US, _THEM = "duty@alpha.example", "duty@bravo.example"
_BOUNCE = f"""\
Return-Path: <>
Date: Sun, 22 Nov 2026 22:43:17 +0000 (UTC)
From: Mail Delivery System <MAILER-DAEMON@mail.example>
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="851CD2922CB.1795387397/mail.example"

--851CD2922CB.1795387397/mail.example
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you that your message could not be delivered.

--851CD2922CB.1795387397/mail.example
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
Original-Envelope-Id: {ID[:32]}

Final-Recipient: rfc822; gone@bravo.example
Action: failed
Status: 5.1.1
Diagnostic-Code: X-Postfix; unknown user: "gone@bravo.example"

--851CD2922CB.1795387397/mail.example
Content-Type: text/rfc822-headers

Message-ID: <{ID}>
Subject: =?utf-8?b?0JfQsNC/0YDQvtGBIDQg4oCUINiz2KTYp9mE?=

--851CD2922CB.1795387397/mail.example--
"""
_REPLY = f"""\
From: =?koi8-r?Q?=E4=C5=D6=D5=D2=CE=D9=CA?= <{_THEM}>
In-Reply-To: <{ID}>
Subject: =?UTF-8?Q?Re:_=D0=97?= =?UTF-8?Q?=D0=B0?=
Date: 22 Nov 2026 17:30 +0300
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset="windows-1251"
Content-Transfer-Encoding: quoted-printable

=CD=E5 =ED=E0=F8.=20
--b
Content-Type: text/html; charset=utf-8

<p>&#1053;&#x435; <b>наш</b>.<br></p>
--b--
"""


def some_mails() -> list[bytes]:
    """One of each sort."""
    letter = mail.LetterDraft(_THEM, "Запрос 4", "1. Ваш?\n", "<p>1. Ваш?</p>", ID)
    return [
        mail.bundle_mail(b"a sealed bundle", _US, _THEM, ID, AT, ("en", "ru")),
        mail.letter_mail(letter, _US, ID, AT),
        _BOUNCE.encode(),
        _REPLY.encode(),
        b"From: x@spam.example\nSubject: Buy\n\nCheap.\n",
    ]


@cache
def _outbox() -> Outbox:
    """With one mail, that notices and replies may name."""
    made = Outbox(ways._folder() / "mail.db")
    made.put(Mailed(ID, Kind.LETTER, "", _THEM, "x", AT), b"x")
    return made


def keep_mail(data: bytes) -> object:
    """Read a mail and keep what it says; what is kept can be told."""
    match mail.read_mail(data):
        case mail.Notice() as notice:
            _outbox().noticed(notice, AT)
        case mail.Letter() as letter:
            _outbox().replied(letter, AT)
        case mail.BundleMail():
            pass
    return _outbox().outcome(ID)


def read_password_file(data: bytes) -> object:
    return ways.as_file(data, read_password)
