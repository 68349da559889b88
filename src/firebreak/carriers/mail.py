"""What is mailed and what mail brings, as bytes (spec/mail.md §1 to §3): one form, written and read.

A bundle goes as an attachment; a letter goes to a person. What comes is a bundle, a notice that
something sent was not delivered (RFC 3464), or a person's letter. Mail is anybody's: nothing here
proves who sent it. The reader is this project's own, without recursion and with every size bounded.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.header import Header
from enum import StrEnum
from typing import Final, TypeAlias

from firebreak.carriers.files import MAGIC, file_name, pack, unpack
from firebreak.carriers.mail_texts import text_for
from firebreak.errors import InvalidValue, Malformed
from firebreak.values import Millis

MAX_MAIL: Final = 4 << 20
"""Bytes of a mail that is read; a full bundle takes 1.5 MiB (M-5)."""
MAX_HEAD: Final = 64 << 10
"""Bytes of the header of a mail, or of one part."""
MAX_FIELDS: Final = 400
MAX_PARTS: Final = 32
MAX_DEPTH: Final = 4
MAX_TEXT: Final = 256 << 10
"""Characters of a letter's text, as written and as read."""
MAX_SUBJECT: Final = 200
MAX_REASON: Final = 500
_MAX_NAMED: Final = 50
"""Messages that one letter or notice names."""
_LINE: Final = 76
_SHORT: Final = 60
"""Characters of a subject that stands on one line: where one is folded, spaces may get lost."""

_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*)"
)
_MESSAGE_ID: Final = re.compile(r"[!-;=?-~]{1,120}@[!-;=?-~]{1,120}")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What no text that is sent may hold; lines end in a line feed, and tabs stay."""
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
"""What is taken out of a text that is shown: it is not seen, or makes other text read as what it is not."""
_FIELD: Final = re.compile(r"([!-9;-~]{1,100}):[ \t]*(.*)", re.DOTALL)
_TYPE: Final = re.compile(r"\s*([\w!#$&^.+-]{1,80})/([\w!#$&^.+-]{1,80})\s*", re.ASCII)
_PARAMETER: Final = re.compile(
    r';\s*([\w!#$&^.+*-]{1,60})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))\s*', re.ASCII
)
_IDS: Final = re.compile(r"<([^<>\s]{3,250})>")
_DATE: Final = re.compile(
    r"(?:[A-Za-z]{3},)?\s*(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d{2}):(\d{2})(?::(\d{2}))?"
    r" (?:([+-])(\d{2})(\d{2})|(?:GMT|UTC|UT|Z))(?: .{0,40})?",
    re.ASCII,
)
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_WORD: Final = re.compile(r"=\?([\w-]{1,40})(?:\*[\w-]{1,20})?\?([bBqQ])\?([!->@-~]{0,600})\?=")
_BETWEEN_WORDS: Final = re.compile(r"(\?=)[ \t]+(=\?)")
_STATUS: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_CHARSETS: Final = frozenset(
    {
        *("utf-8", "us-ascii", "ascii", "koi8-r", "koi8-u", "gb2312", "gbk", "gb18030", "big5"),
        *(f"iso-8859-{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)),
        *(f"windows-125{number}" for number in range(9)),
        *("euc-jp", "euc-kr", "iso-2022-jp", "shift_jis", "windows-31j", "tis-620", "cp866"),
    }
)
"""Python knows many more, some of which unpack or execute rather than spell."""


# What is sent


@dataclass(frozen=True, slots=True)
class LetterDraft:
    """A letter to a person. text: plain; html: the same to look at, if there is any; answers: the
    Message-ID of what it answers. Raises InvalidValue for what no mail may hold (M-9)."""

    receiver: str
    subject: str
    text: str
    html: str | None = None
    answers: str | None = None

    def __post_init__(self) -> None:
        check_address(self.receiver)
        if not 0 < len(self.subject) <= MAX_SUBJECT or re.search(r"[\r\n\t]", self.subject):
            raise InvalidValue(
                f"A mail's subject is one line of 1 to {MAX_SUBJECT} characters, without tabs."
            )
        for what, text in (("subject", self.subject), ("text", self.text), ("HTML", self.html)):
            found = _CONTROLS.search(text or "")
            if found is not None:
                raise InvalidValue(
                    f"The {what} of the mail holds U+{ord(found[0]):04X}, a control character."
                    " Remove it."
                )
            if len(text or "") > MAX_TEXT:
                raise InvalidValue(
                    f"The {what} of the mail has more than {MAX_TEXT} characters. Send less."
                )
        if not self.text.strip():
            raise InvalidValue("The mail has no text. Write one.")
        if self.answers is not None:
            check_message_id(self.answers)


def check_address(address: str) -> str:
    """The domain of a mail address. Raises InvalidValue for what is none, or would need SMTPUTF8."""
    found = _ADDRESS.fullmatch(address)
    if found is None or len(address) > 254 or len(address) - len(found[1]) > 65:
        raise InvalidValue(
            f"{address[:100]!r} is no mail address. Write it as duty@bravo.example, in Latin letters."
        )
    return found[1]


def check_message_id(text: str) -> None:
    """Raises InvalidValue unless this is a Message-ID, without its brackets."""
    if _MESSAGE_ID.fullmatch(text) is None:
        raise InvalidValue(f"{text[:100]!r} is no Message-ID. Copy it from the message.")


def new_message_id(sender: str, randomness: bytes) -> str:
    """A Message-ID, without brackets. randomness: 16 bytes, that nobody can guess (M-8)."""
    if len(randomness) != 16:
        raise InvalidValue("A Message-ID is made of 16 random bytes.")
    return f"{randomness.hex()}@{check_address(sender)}"


def check_groups(bundle: bytes) -> str:
    """The first 16 digits of the SHA-256 of a bundle in groups, as they are named by telephone."""
    digits = hashlib.sha256(bundle).hexdigest()[:16]
    return " ".join(digits[place : place + 4] for place in range(0, 16, 4))


def bundle_mail(
    bundle: bytes,
    sender: str,
    receiver: str,
    message_id: str,
    at: Millis,
    languages: Sequence[str] = ("en",),
) -> bytes:
    """A sealed bundle as a mail, in the one form of M-1 and M-2. at: now, ms UTC."""
    check = check_groups(bundle)
    name = file_name(bundle)
    parts = (
        _text_part("plain", text_for(languages, check, name)),
        f'Content-Type: application/octet-stream; name="{name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n' + _in_base64(pack(bundle)),
    )
    head = _head(sender, receiver, message_id, at, f"Firebreak bundle {check}", automatic=True)
    return (head + _multipart("mixed", name.partition(".")[0], parts)).encode("ascii")


def letter_mail(draft: LetterDraft, sender: str, message_id: str, at: Millis) -> bytes:
    """A letter to a person as a mail (M-9), every line of it ASCII, its texts in UTF-8."""
    head = _head(sender, draft.receiver, message_id, at, draft.subject, automatic=False)
    if draft.answers is not None:
        head += f"In-Reply-To: <{draft.answers}>\r\nReferences: <{draft.answers}>\r\n"
    text = _text_part("plain", draft.text)
    if draft.html is None:
        return (head + "MIME-Version: 1.0\r\n" + text).encode("ascii")
    parts = (text, _text_part("html", draft.html))
    mark = message_id[:16]
    return (head + _multipart("alternative", mark, parts)).encode("ascii")


def _head(
    sender: str, receiver: str, message_id: str, at: Millis, subject: str, *, automatic: bool
) -> str:
    """The header's fields. Each value is checked or encoded: no line can be put in by any (M-9)."""
    for address in (sender, receiver):
        check_address(address)
    check_message_id(message_id)
    moment = datetime.fromtimestamp(at // 1_000, UTC)
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.weekday()]
    date = f"{day}, {moment.day} {_MONTHS[moment.month - 1]} {moment:%Y %H:%M:%S} +0000"
    plain = subject.isascii() and "=?" not in subject and len(subject) <= _SHORT
    shown = Header(
        subject,
        "us-ascii" if plain else "utf-8",
        maxlinelen=_LINE,
        header_name="Subject",
    ).encode(linesep="\r\n")
    by_machine = "Auto-Submitted: auto-generated\r\n" if automatic else ""
    return (
        f"From: {sender}\r\nTo: {receiver}\r\nDate: {date}\r\nMessage-ID: <{message_id}>\r\n"
        f"Subject: {shown}\r\n{by_machine}"
    )


def _multipart(kind: str, mark: str, parts: Sequence[str]) -> str:
    """mark: letters and digits for the boundary, which no base64 line can be for its hyphens."""
    boundary = f"firebreak-{mark}"
    body = "".join(f"--{boundary}\r\n{part}" for part in parts)
    return (
        "MIME-Version: 1.0\r\n"
        f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n{body}--{boundary}--\r\n'
    )


def _text_part(kind: str, text: str) -> str:
    lines = text.removesuffix("\n").split("\n")
    return (
        f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + _in_base64("".join(f"{line}\r\n" for line in lines).encode())
    )


def _in_base64(data: bytes) -> str:
    text = base64.b64encode(data).decode("ascii")
    return "".join(f"{text[at : at + _LINE]}\r\n" for at in range(0, len(text), _LINE))


# What comes


@dataclass(frozen=True, slots=True)
class BundleMail:
    """A mail with a bundle. date: when it was sent, by its own word."""

    bundle: bytes
    date: Millis | None


class Action(StrEnum):
    """What a mail server says it did with a mail of ours (RFC 3464 §2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail server's word on mail of ours. about: Message-IDs that it names, any of which may be ours.

    status: RFC 3463, such as 5.1.1, "" if it says none; reason: its own words, for people.
    """

    about: tuple[str, ...]
    action: Action
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail from a person, or from a program that answers for him (`automatic`, RFC 3834).

    about: Message-IDs that it answers; sender: as it says itself; exact: whether the text is just what
    was written, or had to be guessed, cut or cleaned; date: by its own word.
    """

    about: tuple[str, ...]
    message_id: str
    sender: str
    date: Millis | None
    subject: str
    text: str
    exact: bool
    automatic: bool


Mail: TypeAlias = BundleMail | Notice | Letter


@dataclass(frozen=True, slots=True)
class _Part:
    """One part that holds no others. kind: such as text/plain, in small letters."""

    kind: str
    parameters: dict[str, str]
    fields: dict[str, list[str]]
    body: bytes

    @property
    def encoding(self) -> str:
        return _first(self.fields, "content-transfer-encoding").strip().lower()

    @property
    def name(self) -> str:
        """The name of the file that it is, or ""."""
        given = _first(self.fields, "content-disposition")
        _, at = given.partition(";")[0], given.find(";")
        named = _parameters(given[at:]) if at >= 0 else {}
        return named.get("filename") or self.parameters.get("name", "")


def read_mail(data: bytes) -> Mail:
    """What a mail is (M-4). Raises Malformed for one too large, too deep or not well formed (M-5)."""
    if len(data) > MAX_MAIL:
        raise Malformed(
            f"The mail is larger than {MAX_MAIL} bytes. It was not read; see it in a mail program."
        )
    fields, body = _split_head(data.replace(b"\r\n", b"\n"))
    kind, parameters = _content_type(fields)
    parts = list(_leaves(kind, parameters, fields, body))
    if kind == "multipart/report" and parameters.get("report-type", "").lower() == (
        "delivery-status"
    ):
        return _notice(parts)
    date = _date(_first(fields, "date"))
    bundles = [part for part in parts if _is_bundle(part)]
    if len(bundles) > 1:  # M-3
        raise Malformed("The mail has more than one bundle. Ask for each in a mail of its own.")
    if bundles:
        return BundleMail(_bundle(bundles[0]), date)
    return _letter(fields, date, parts)


def _split_head(data: bytes) -> tuple[dict[str, list[str]], bytes]:
    """The fields of a header, by name in small letters, and what follows it."""
    if data.startswith(b"\n"):
        return {}, data[1:]
    end = data.find(b"\n\n", 0, MAX_HEAD + 2)
    if end < 0 and len(data) > MAX_HEAD:
        raise Malformed(f"The mail has a header of more than {MAX_HEAD} bytes. It was not read.")
    head, body = (data, b"") if end < 0 else (data[:end], data[end + 2 :])
    unfolded = re.sub(r"\n(?=[ \t])", "", head.decode("utf-8", "replace"))
    lines = unfolded.removesuffix("\n").split("\n")
    if len(lines) > MAX_FIELDS:
        raise Malformed(f"The mail has a header of more than {MAX_FIELDS} fields. It was not read.")
    fields: dict[str, list[str]] = {}
    for line in lines:
        found = _FIELD.fullmatch(line)
        if found is None:
            raise Malformed(
                f"The mail has no proper header: {_clean(line)[:60]!r}. Ask for it again."
            )
        fields.setdefault(found[1].lower(), []).append(found[2])
    return fields, body


def _first(fields: dict[str, list[str]], name: str) -> str:
    return fields.get(name, [""])[0]


def _content_type(fields: dict[str, list[str]]) -> tuple[str, dict[str, str]]:
    """The kind of a part and its parameters. Two of them would be read by each program as it likes."""
    given = fields.get("content-type", [])
    if len(given) > 1:
        raise Malformed("A part of the mail says twice what it is. Ask for it again.")
    if not given:
        return "text/plain", {}
    found = _TYPE.match(given[0])
    if found is None:
        raise Malformed("A part of the mail does not say what it is. Ask for it again.")
    return f"{found[1]}/{found[2]}".lower(), _parameters(given[0][found.end() :])


def _parameters(text: str) -> dict[str, str]:
    """`; name=value` pairs, as far as they are well formed; the first of a name counts."""
    made: dict[str, str] = {}
    at = 0
    while (found := _PARAMETER.match(text, at)) is not None and len(made) < MAX_PARTS:
        quoted, plain = found[2], found[3]
        value = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        made.setdefault(found[1].lower(), value)
        at = found.end()
    return made


def _leaves(
    kind: str, parameters: dict[str, str], fields: dict[str, list[str]], body: bytes
) -> Iterator[_Part]:
    """The parts that hold no others, in order. A mail within a mail is one of them, left closed."""
    waiting = [(kind, parameters, fields, body, 0)]
    count = 0
    while waiting:
        kind, parameters, fields, body, depth = waiting.pop()
        count += 1
        if count > MAX_PARTS:
            raise Malformed(f"The mail has more than {MAX_PARTS} parts. It was not read.")
        if not kind.startswith("multipart/"):
            yield _Part(kind, parameters, fields, body)
            continue
        if depth == MAX_DEPTH:
            raise Malformed(f"The mail has parts in parts, more than {MAX_DEPTH} deep.")
        inner = []
        for piece in _pieces(body, parameters.get("boundary", "")):
            its_fields, its_body = _split_head(piece)
            inner.append((*_content_type(its_fields), its_fields, its_body, depth + 1))
        waiting += reversed(inner)


def _pieces(body: bytes, boundary: str) -> list[bytes]:
    """What stands between the boundaries of a multipart."""
    if not 0 < len(boundary) <= 70 or not boundary.isascii():
        raise Malformed("A part of the mail does not say where its own parts end.")
    mark = re.compile(rb"(?:\A|\n)--" + re.escape(boundary.encode()) + rb"(--)?[ \t]*(?=\n|\Z)")
    pieces: list[bytes] = []
    start: int | None = None
    for found in mark.finditer(body):
        if start is not None:
            pieces.append(body[start : found.start()] if found.start() > start else b"")
        if found[1]:
            return pieces
        if len(pieces) > MAX_PARTS:
            raise Malformed(f"The mail has more than {MAX_PARTS} parts. It was not read.")
        start = found.end() + 1
    raise Malformed("The mail is cut off. Ask for it again.")


# A bundle


def _is_bundle(part: _Part) -> bool:
    """By its name or by its first bytes: a gateway may change the one or the other (M-3)."""
    begins = base64.b64encode(MAGIC)[:10]
    first = b"".join(part.body[:200].split())
    return part.name.lower().endswith(".firebreak") or first.startswith(begins)


def _bundle(part: _Part) -> bytes:
    if part.encoding != "base64":  # M-1
        raise Malformed("The bundle in the mail is not in base64. Ask for it again.")
    try:
        data = base64.b64decode(part.body.translate(None, b" \t\n"), validate=True)
    except binascii.Error:
        raise Malformed("The bundle in the mail is damaged. Ask for it again.") from None
    return unpack(data)


# A mail server's notice


def _notice(parts: Sequence[_Part]) -> Notice:
    """RFC 3464: what a mail server says of a mail of ours (M-7). The worst of its words counts."""
    status = [p for p in parts if p.kind in {"message/delivery-status", _GLOBAL_STATUS}]
    if not status:
        raise Malformed("A mail server's notice does not say what became of the mail.")
    about: list[str] = []
    said: list[tuple[Action, str, str]] = []
    for block in _blocks(_decoded(status[0])):
        envelope = _first(block, "original-envelope-id").strip()
        if envelope:
            about.append(_clean(envelope)[:250])
        try:
            action = Action(_first(block, "action").split(" ")[0].strip().lower())
        except ValueError:
            continue
        code = _STATUS.search(_first(block, "status"))
        words = _first(block, "diagnostic-code").partition(";")[2].strip()
        said.append((action, code[0] if code else "", _clean(words)[:MAX_REASON]))
    if not said:
        raise Malformed("A mail server's notice does not say what became of the mail.")
    for part in parts:
        if part.kind in _RETURNED:
            head = _decoded(part)[:MAX_HEAD].partition(b"\n\n")[0]
            for line in head.split(b"\n"):
                if line[:11].lower() == b"message-id:":
                    about += _IDS.findall(line.decode("ascii", "replace"))
    order = list(Action)
    action, code_text, reason = min(said, key=lambda one: order.index(one[0]))
    return Notice(tuple(dict.fromkeys(about[:_MAX_NAMED])), action, code_text, reason)


_GLOBAL_STATUS: Final = "message/global-delivery-status"
_RETURNED: Final = {
    *("message/rfc822", "message/global", "message/rfc822-headers", "message/global-headers"),
    "text/rfc822-headers",
}


def _blocks(data: bytes) -> Iterator[dict[str, list[str]]]:
    """Groups of fields with an empty line between them; what is no field is passed over."""
    text = re.sub(r"\n(?=[ \t])", "", data[:MAX_HEAD].decode("utf-8", "replace"))
    for group in text.split("\n\n")[:MAX_PARTS]:
        fields: dict[str, list[str]] = {}
        for line in group.split("\n")[:MAX_FIELDS]:
            found = _FIELD.fullmatch(line)
            if found is not None:
                fields.setdefault(found[1].lower(), []).append(found[2])
        yield fields


# A letter


def _letter(fields: dict[str, list[str]], date: Millis | None, parts: Sequence[_Part]) -> Letter:
    given = " ".join((_first(fields, "in-reply-to"), _first(fields, "references")))
    own = _IDS.findall(_first(fields, "message-id"))
    text, exact = _text_of(parts)
    submitted = _first(fields, "auto-submitted").partition(";")[0].strip().lower()
    bulk = _first(fields, "precedence").strip().lower() in {"bulk", "auto_reply", "junk"}
    return Letter(
        tuple(dict.fromkeys(_IDS.findall(given)))[:_MAX_NAMED],
        own[0] if own else "",
        _words(_first(fields, "from"))[:300],
        date,
        _words(_first(fields, "subject"))[:300],
        text,
        exact,
        submitted not in {"", "no"} or bulk or "x-autoreply" in fields,
    )


def _text_of(parts: Sequence[_Part]) -> tuple[str, bool]:
    """A person's words, and whether they are just as written: the first plain text, else HTML's."""
    for part in parts:
        if part.kind == "text/plain" and not part.name:
            return _cleaned(*_spelled(_decoded(part), part.parameters.get("charset", "us-ascii")))
    for part in parts:
        if part.kind == "text/html" and not part.name:
            marked, _ = _spelled(_decoded(part), part.parameters.get("charset", "utf-8"))
            plain = re.sub(r"<[^<>]*>", " ", re.sub(r"(?i)<(?:br|/p|/div)[^<>]*>", "\n", marked))
            return _cleaned(html.unescape(plain), False)
    return "", False


def _cleaned(text: str, exact: bool) -> tuple[str, bool]:
    clean = _HIDDEN.sub("", text.replace("\r", ""))
    return clean[:MAX_TEXT].strip("\n"), exact and clean == text and len(clean) <= MAX_TEXT


def _decoded(part: _Part) -> bytes:
    """The octets of a part of text; of what is damaged, what can be had."""
    match part.encoding:
        case "base64":
            kept = re.sub(rb"[^A-Za-z0-9+/]", b"", part.body)
            kept = kept[: len(kept) // 4 * 4 + (0 if len(kept) % 4 == 1 else len(kept) % 4)]
            found = binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))
            return found.replace(b"\r\n", b"\n")
        case "quoted-printable":
            return binascii.a2b_qp(part.body).replace(b"\r\n", b"\n")
        case _:
            return part.body


def _spelled(data: bytes, charset: str) -> tuple[str, bool]:
    """Octets as text, and whether nothing had to be guessed."""
    name = charset.strip().lower()
    if name not in _CHARSETS:
        return data.decode("utf-8", "replace"), False
    try:
        return data.decode(name), True
    except (UnicodeDecodeError, LookupError):
        return data.decode("utf-8", "replace"), False


def _words(text: str) -> str:
    """A field's text with its encoded words (RFC 2047) spelled out, on one line."""
    joined = _BETWEEN_WORDS.sub(r"\1\2", text[:4_000])
    return _clean(_WORD.sub(_word, joined))


def _word(found: re.Match[str]) -> str:
    data = found[3].encode("ascii")
    if found[2] in "qQ":
        octets = binascii.a2b_qp(data.replace(b"_", b" "))
    else:
        try:
            octets = binascii.a2b_base64(data + b"=" * (-len(data) % 4))
        except binascii.Error:
            return found[0]
    return _spelled(octets, found[1])[0]


def _clean(text: str) -> str:
    """One line for people, without what is not seen."""
    return " ".join(_HIDDEN.sub("", text).split())


def _date(text: str) -> Millis | None:
    """RFC 5322's date, ms UTC; None for what is none, or before 1970."""
    found = _DATE.fullmatch(" ".join(text[:100].split()))
    if found is None:
        return None
    try:
        month = _MONTHS.index(found[2].capitalize()) + 1
        east = timedelta(hours=int(found[8] or 0), minutes=int(found[9] or 0))
        zone = timezone(-east if found[7] == "-" else east)
        given = (int(found[3]), month, int(found[1]), int(found[4]), int(found[5]))
        moment = datetime(*given, min(int(found[6] or 0), 59), tzinfo=zone)
    except (ValueError, OverflowError):
        return None
    ms = int(moment.timestamp()) * 1_000
    return Millis(ms) if ms >= 0 else None
