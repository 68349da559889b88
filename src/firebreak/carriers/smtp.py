"""Handing a mail in at one's own mail server (spec/mail.md §4): SMTP with TLS, its certificate checked.

A call blocks for as long as the server takes, so the node makes it on a thread of its own.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias

from firebreak.carriers.mail import check_address
from firebreak.errors import InvalidValue, KeyTrouble

PATIENCE_S: Final = 30.0
"""Seconds for each word of the server."""
_MOST_PASSWORD: Final = 1_024
_SERVER: Final = re.compile(r"(\[[0-9A-Fa-f:]{2,45}\]|[A-Za-z0-9.-]{1,253}):([1-9][0-9]{0,4})")
_HERE: Final = {"localhost", "127.0.0.1", "::1"}


class Security(StrEnum):
    """How the way to the server is protected; NONE within this machine only (M-6)."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Server:
    """One's own mail server. authority: a PEM file of the only certificates trusted, in place of the
    system's; user: "" where none is asked for. Raises InvalidValue for what may not be (M-6)."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    authority: Path | None = None

    def __post_init__(self) -> None:
        if self.security is Security.NONE and self.host not in _HERE:
            raise InvalidValue(
                f"Mail goes to {self.host} under TLS only: security is tls or starttls; none is for"
                " a server on this machine."
            )


@dataclass(frozen=True, slots=True)
class Taken:
    """The server has the mail and answers for it now."""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The server does not have it. final: it never will, for this receiver or content (5xx)."""

    reason: str
    final: bool


Answer: TypeAlias = Taken | NotTaken


def parse_server(text: str) -> tuple[str, int]:
    """Host and port of `host:port`, an IPv6 host in square brackets. Raises InvalidValue."""
    found = _SERVER.fullmatch(text)
    if found is None or int(found[2]) > 65_535:
        raise InvalidValue(
            f"{text[:100]!r} is no mail server. Write host:port, as mail.alpha.example:587."
        )
    return found[1].strip("[]"), int(found[2])


def read_password(path: Path) -> str:
    """The one line of a file that its owner alone can read. Raises KeyTrouble."""
    try:
        with path.open("rb") as file:
            mode = path.stat().st_mode
            data = file.read(_MOST_PASSWORD + 1)
        text = data.decode("utf-8").removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise KeyTrouble(
            f"The mail server's password cannot be read from {path}: {error}. Write it there."
        ) from error
    if stat.S_IMODE(mode) & 0o077:
        raise KeyTrouble(
            f"Others on this machine can read {path}. Change the password, then: chmod 600 {path}"
        )
    if not 0 < len(text) <= _MOST_PASSWORD or not text.isprintable():
        raise KeyTrouble(f"{path} is to hold the mail server's password, in one line.")
    return text


@dataclass(slots=True)
class Submission:
    """One attempt, which another thread may end by `cancel`."""

    server: Server
    _smtp: smtplib.SMTP | None = None
    _cancelled: bool = False

    def submit(self, sender: str, receiver: str, message_id: str, data: bytes) -> Answer:
        """Hand one mail in. Whatever goes wrong is an answer; it never raises.

        message_id: without brackets; its random part is the envelope's id too (RFC 3461), by which a
        notice names the mail that is not delivered. data: lines that end in CRLF, all ASCII.
        """
        try:
            smtp = self._connected(check_address(sender))
            try:
                return _handed_in(smtp, sender, receiver, message_id, data)
            finally:
                with suppress(OSError):  # what it says to a farewell changes nothing
                    smtp.quit()
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            said = _said(code, words)
            # 5.7 is this server's policy towards us: who may hand in here. No other has spoken.
            return NotTaken(said, 500 <= code < 600 and not said[4:].startswith("5.7."))
        except smtplib.SMTPDataError as error:
            return NotTaken(_said(error.smtp_code, error.smtp_error), 500 <= error.smtp_code < 600)
        except smtplib.SMTPResponseException as error:
            # Greeting, sender or password: our own server does not serve us. No other has spoken.
            return NotTaken(_said(error.smtp_code, error.smtp_error), False)
        except ssl.SSLCertVerificationError as error:
            return NotTaken(
                f"the certificate of {self.server.host} is not trusted: {error.verify_message}",
                False,
            )
        except (OSError, smtplib.SMTPException, ValueError) as error:
            what = getattr(error, "strerror", None) or str(error) or type(error).__name__
            return NotTaken(f"{self.server.host}:{self.server.port}: {_line(str(what))}", False)

    def cancel(self) -> None:
        """End the attempt soon: what was not taken by now is not."""
        self._cancelled = True
        wire = None if self._smtp is None else self._smtp.sock
        if wire is not None:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)

    def go_on(self) -> None:
        """Raises OSError once the attempt was ended: a wire that came up since was not cut."""
        if self._cancelled:
            raise OSError("the attempt was ended")

    def _connected(self, name: str) -> smtplib.SMTP:
        """A connection on which mail may be handed in. name: how we call ourselves."""
        server = self.server
        self.go_on()
        smtp: smtplib.SMTP
        if server.security is Security.TLS:
            smtp = _Tls(self, name, self._context())
        else:
            smtp = _Plain(self, name)
        self._smtp = smtp
        try:
            code, words = smtp.connect(server.host, server.port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, words)
            if server.security is Security.STARTTLS:
                smtp.starttls(context=self._context())  # raises where the server has none (M-6)
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _context(self) -> ssl.SSLContext:
        """TLS 1.2 or newer; name and certificate are checked (M-6)."""
        context = ssl.create_default_context(cafile=self.server.authority)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


class _Plain(smtplib.SMTP):
    """Not connected yet, so that its wire can be cut while the server's first word is awaited.

    name: how we call ourselves.
    """

    def __init__(self, attempt: Submission, name: str) -> None:
        super().__init__(local_hostname=name, timeout=PATIENCE_S)
        self._attempt = attempt
        self._host = attempt.server.host  # whose certificate is expected

    def getreply(self) -> tuple[int, bytes]:
        self._attempt.go_on()
        return super().getreply()


class _Tls(smtplib.SMTP_SSL):
    """The same under TLS from the first byte."""

    def __init__(self, attempt: Submission, name: str, context: ssl.SSLContext) -> None:
        super().__init__(local_hostname=name, timeout=PATIENCE_S, context=context)
        self._attempt = attempt
        self._host = attempt.server.host

    def getreply(self) -> tuple[int, bytes]:
        self._attempt.go_on()
        return super().getreply()


def _handed_in(
    smtp: smtplib.SMTP, sender: str, receiver: str, message_id: str, data: bytes
) -> Answer:
    smtp.ehlo_or_helo_if_needed()
    with_notices = smtp.has_extn("dsn")
    envelope = ["RET=HDRS", f"ENVID={message_id.partition('@')[0]}"] if with_notices else []
    notify = ["NOTIFY=FAILURE,DELAY"] if with_notices else []
    smtp.sendmail(sender, [receiver], data, envelope, notify)
    return Taken()


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {_line(text)}"


def _line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))[:500]
