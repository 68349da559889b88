"""What is to be mailed, what became of it, and what was answered: one SQLite file (spec/mail.md §4).

It outlives a restart, and the node and a command may use it at once: each call opens it anew.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias

from firebreak.carriers.mail import Action, Letter, LetterDraft, Notice, letter_mail, new_message_id
from firebreak.carriers.smtp import Answer, NotTaken, Submission, Taken
from firebreak.errors import InvalidValue, StoreTrouble
from firebreak.values import Millis

FILE: Final = "mail.db"
FIRST_RETRY: Final = 15_000
LAST_RETRY: Final = 15 * 60_000
"""ms until a mail that the server did not take is handed in again, doubled each time (M-10)."""
_FURTHEST: Final = LAST_RETRY
"""ms: nothing is put off for longer."""
_CLAIM: Final = 10 * 60_000
"""ms for which nobody else hands in what one has begun to."""
_KEPT: Final = 30 * 86_400_000
"""ms for which it is known that a bundle was mailed: a notice may come days later."""
_MOST_EVENTS: Final = 200
"""Events of one mail that are kept."""
_BUSY_S: Final = 20.0


class Kind(StrEnum):
    """What a mail is. A bundle that waits is replaced by a newer one; an answer is said once."""

    BUNDLE = "bundle"
    ANSWER = "answer"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Waiting:
    """It is still here: not attempted, or our own server did not take it. That is our inaction."""

    since: Millis
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Our server has taken it, and nothing is known beyond that."""

    at: Millis


@dataclass(frozen=True, slots=True)
class Delayed:
    """A server on the way still tries, by its own word."""

    at: Millis
    reason: str


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A server says that it will not arrive. status: RFC 3463, or ""; reason: the server's words."""

    at: Millis
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class Replied:
    """A mail has come that answers it. sender, sent_at: by its own word; automatic: by a program,
    which is no person's answer; exact: whether the text is just as written."""

    at: Millis
    sender: str
    sent_at: Millis | None
    subject: str
    text: str
    exact: bool
    automatic: bool


Outcome: TypeAlias = Waiting | Sent | Delayed | Undelivered | Replied


@dataclass(frozen=True, slots=True)
class Mailed:
    """One mail of ours. to: the party's name, "" for a letter; at: when it was written."""

    message_id: str
    kind: Kind
    to: str
    receiver: str
    subject: str
    at: Millis


@dataclass(frozen=True, slots=True)
class Due:
    """A mail to be handed in now. covers: by channel, up to where our log goes in it, and up to where
    it gives receipts for theirs; side: the agreement's id that they belong to, as hexadecimal."""

    mailed: Mailed
    data: bytes
    attempts: int
    side: str
    covers: Mapping[int, tuple[int, int]]


_SCHEMA: Final = """\
CREATE TABLE IF NOT EXISTS mails (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, peer TEXT NOT NULL, receiver TEXT NOT NULL,
  subject TEXT NOT NULL, made_at INTEGER NOT NULL, side TEXT NOT NULL, covers TEXT NOT NULL,
  data BLOB, attempts INTEGER NOT NULL, next_at INTEGER, trouble TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS mails_due ON mails (next_at) WHERE next_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS events (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL REFERENCES mails ON DELETE CASCADE,
  at INTEGER NOT NULL, what TEXT NOT NULL, said TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS events_id ON events (id);
CREATE TABLE IF NOT EXISTS progress (
  side TEXT NOT NULL, channel INTEGER NOT NULL, ours INTEGER NOT NULL, theirs INTEGER NOT NULL,
  PRIMARY KEY (side, channel)
) STRICT;
"""


class Outbox:
    """The mails of one node. Every method raises StoreTrouble where the file cannot be used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._open() as db:
            db.executescript(f"PRAGMA journal_mode = WAL; {_SCHEMA}")
        path.chmod(0o600)

    # -- what is to be sent --------------------------------------------------------------------

    def put(
        self,
        mailed: Mailed,
        data: bytes,
        side: str = "",
        covers: Mapping[int, tuple[int, int]] | None = None,
    ) -> None:
        """Keep a mail to be handed in at once. It is durable when this returns.

        A bundle takes the place, and the patience, of one to the same side that was never taken.
        """
        attempts, next_at, trouble = 0, int(mailed.at), ""
        with self._open() as db:
            if mailed.kind is Kind.BUNDLE:
                where = "kind = ? AND side = ? AND next_at IS NOT NULL"
                key = (Kind.BUNDLE, side)
                old = db.execute(
                    f"SELECT attempts, next_at, trouble FROM mails WHERE {where}", key
                ).fetchone()
                if old is not None:
                    attempts, next_at, trouble = old
                    db.execute(f"DELETE FROM mails WHERE {where}", key)
            old_bundles = (Kind.LETTER, mailed.at - _KEPT)
            db.execute("DELETE FROM mails WHERE kind <> ? AND made_at < ?", old_bundles)
            db.execute(
                "INSERT INTO mails VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(mailed.message_id, mailed.kind, mailed.to, mailed.receiver, mailed.subject),
                    *(mailed.at, side, json.dumps(dict(covers or {})), data),
                    *(attempts, next_at, trouble),
                ),
            )

    def put_letter(self, draft: LetterDraft, sender: str, randomness: bytes, now: Millis) -> Mailed:
        """Write a letter and keep it to be handed in; its Message-ID is what its outcome is asked by."""
        message_id = new_message_id(sender, randomness)
        mailed = Mailed(message_id, Kind.LETTER, "", draft.receiver, draft.subject, now)
        self.put(mailed, letter_mail(draft, sender, message_id, now))
        return mailed

    def due(self, now: Millis, message_id: str | None = None) -> Due | None:
        """Claim the mail that is due longest, or the one that is named, whenever it is due.

        Who has claimed one reports by `answered`; after a while without, it is due again.
        """
        # Not what lies too far ahead either: the clock may have been set back.
        which = "(next_at <= ? OR next_at > ?)" if message_id is None else "id = ?"
        key = (now, now + _FURTHEST) if message_id is None else (message_id,)
        with self._open() as db:
            row = db.execute(
                "SELECT id, kind, peer, receiver, subject, made_at, data, attempts, side, covers"
                f" FROM mails WHERE next_at IS NOT NULL AND {which} ORDER BY next_at LIMIT 1",
                key,
            ).fetchone()
            if row is None:
                return None
            db.execute("UPDATE mails SET next_at = ? WHERE id = ?", (now + _CLAIM, row[0]))
        covers = {int(name): (both[0], both[1]) for name, both in json.loads(row[9]).items()}
        return Due(_mailed(row[:6]), row[6], row[7], row[8], covers)

    def answered(self, due: Due, answer: Answer, now: Millis) -> None:
        """Keep what the server said to a mail that was claimed."""
        identity = due.mailed.message_id
        with self._open() as db:
            match answer:
                case Taken():
                    data = due.data if due.mailed.kind is Kind.LETTER else None
                    db.execute(
                        "UPDATE mails SET next_at = NULL, data = ?, attempts = ?, trouble = ''"
                        " WHERE id = ?",
                        (data, due.attempts + 1, identity),
                    )
                    self._event(db, identity, now, "sent", {})
                    self._progress(db, due)
                case NotTaken(reason, True):
                    db.execute(
                        "UPDATE mails SET next_at = NULL, attempts = ? WHERE id = ?",
                        (due.attempts + 1, identity),
                    )
                    said = {"status": "", "reason": reason}
                    self._event(db, identity, now, "undelivered", said)
                    self._progress(db, due)
                case NotTaken(reason, _):
                    wait = min(FIRST_RETRY << min(due.attempts, 16), LAST_RETRY)
                    db.execute(
                        "UPDATE mails SET next_at = ?, attempts = ?, trouble = ? WHERE id = ?",
                        (now + wait, due.attempts + 1, reason, identity),
                    )

    # -- what comes back -----------------------------------------------------------------------

    def noticed(self, notice: Notice, now: Millis) -> Mailed | None:
        """Keep a server's word on a mail of ours. None if it names none that was sent (M-8)."""
        with self._open() as db:
            mailed = self._named(db, notice.about)
            if mailed is None:
                return None
            said = {"status": notice.status, "reason": notice.reason}
            match notice.action:
                case Action.FAILED:
                    self._event(db, mailed.message_id, now, "undelivered", said)
                case Action.DELAYED:
                    self._event(db, mailed.message_id, now, "delayed", said)
                case Action.DELIVERED | Action.RELAYED | Action.EXPANDED:
                    pass  # a server's word, which proves nothing and changes nothing
            return mailed

    def replied(self, letter: Letter, now: Millis) -> Mailed | None:
        """Keep a letter that answers one of ours. None if it answers none that was sent (M-8)."""
        with self._open() as db:
            mailed = self._named(db, letter.about)
            if mailed is None:
                return None
            said = {
                "sender": letter.sender,
                "sent_at": letter.date,
                "subject": letter.subject,
                "text": letter.text,
                "exact": letter.exact,
                "automatic": letter.automatic,
            }
            self._event(db, mailed.message_id, now, "replied", said)
            return mailed

    # -- what is known -------------------------------------------------------------------------

    def mails(self, kind: Kind | None = None, most: int = 100) -> list[Mailed]:
        """The latest mails, newest first; of one kind, or of all."""
        with self._open() as db:
            rows = db.execute(
                "SELECT id, kind, peer, receiver, subject, made_at FROM mails"
                " WHERE ? IN ('', kind) ORDER BY made_at DESC, rowid DESC LIMIT ?",
                (kind or "", most),
            ).fetchall()
        return [_mailed(row) for row in rows]

    def mailed(self, message_id: str) -> Mailed:
        """One mail. Raises InvalidValue for an unknown one."""
        with self._open() as db:
            row = db.execute(
                "SELECT id, kind, peer, receiver, subject, made_at FROM mails WHERE id = ?",
                (message_id,),
            ).fetchone()
        if row is None:
            raise _unknown(message_id)
        return _mailed(row)

    def history(self, message_id: str) -> list[Outcome]:
        """All that became of a mail, in order of time. Raises InvalidValue for an unknown one."""
        with self._open() as db:
            row = db.execute(
                "SELECT made_at, attempts, trouble, next_at FROM mails WHERE id = ?", (message_id,)
            ).fetchone()
            events = db.execute(
                "SELECT at, what, said FROM events WHERE id = ? ORDER BY number", (message_id,)
            ).fetchall()
        if row is None:
            raise _unknown(message_id)
        made: list[Outcome] = [_outcome(*event) for event in events]
        waits = [Waiting(Millis(row[0]), row[1], row[2])] if row[3] is not None else []
        return [*made, *waits]

    def outcome(self, message_id: str) -> Outcome:
        """What a mail came to, as far as it is known. Raises InvalidValue for an unknown one.

        A person's reply stands above all, then that it was not delivered. What a program answers is
        in the history only: it is no answer.
        """
        history = self.history(message_id)
        for wanted in (_is_reply, _is_undelivered, _is_delayed, _is_sent):
            found = [one for one in history if wanted(one)]
            if found:
                return found[-1]
        return history[-1]

    def progress(self, side: str) -> dict[int, tuple[int, int]]:
        """By channel: up to where our log was mailed, and receipts for theirs were."""
        with self._open() as db:
            rows = db.execute(
                "SELECT channel, ours, theirs FROM progress WHERE side = ?", (side,)
            ).fetchall()
        return {channel: (ours, theirs) for channel, ours, theirs in rows}

    # -- the file ------------------------------------------------------------------------------

    def _progress(self, db: sqlite3.Connection, due: Due) -> None:
        """A bundle has left: what it covers need not be mailed at once again."""
        db.executemany(
            "INSERT INTO progress VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " ours = max(ours, excluded.ours), theirs = max(theirs, excluded.theirs)",
            [(due.side, channel, *both) for channel, both in due.covers.items()],
        )

    def _event(
        self,
        db: sqlite3.Connection,
        identity: str,
        at: Millis,
        what: str,
        said: Mapping[str, str | int | None],
    ) -> None:
        """Keep what became of a mail; what says the same again, and what is too much, is not kept."""
        text = json.dumps(said, ensure_ascii=False, sort_keys=True)
        key = (identity, what, text)
        same = db.execute("SELECT 1 FROM events WHERE id = ? AND what = ? AND said = ?", key)
        if same.fetchone() is not None:
            return
        (count,) = db.execute("SELECT count(*) FROM events WHERE id = ?", (identity,)).fetchone()
        if count < _MOST_EVENTS:
            db.execute(
                "INSERT INTO events (id, at, what, said) VALUES (?, ?, ?, ?)",
                (identity, at, what, text),
            )

    def _named(self, db: sqlite3.Connection, about: tuple[str, ...]) -> Mailed | None:
        """The mail that is named by its Message-ID, or by the random part alone, as envelopes are."""
        for name in about:
            row = db.execute(
                "SELECT id, kind, peer, receiver, subject, made_at FROM mails"
                " WHERE id = ? OR (length(?) = 32 AND id >= ? || '@' AND id < ? || 'A')",
                (name, name, name, name),
            ).fetchone()
            if row is not None:
                return _mailed(row)
        return None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction, synced to the disk."""
        try:
            with closing(sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level=None)) as db:
                db.execute("PRAGMA synchronous = FULL")
                db.execute("PRAGMA foreign_keys = ON")
                db.execute("BEGIN IMMEDIATE")
                try:
                    yield db
                except BaseException:
                    if db.in_transaction:
                        db.execute("ROLLBACK")
                    raise
                if db.in_transaction:
                    db.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise StoreTrouble(
                f"The list of mails {self.path} cannot be used: {error}. Nothing is mailed until it"
                " can; the line goes on. If it is damaged, move it away: no record is in it alone."
            ) from error


def hand_in(
    outbox: Outbox, due: Due, sender: str, attempt: Submission, clock: Callable[[], Millis]
) -> Answer:
    """Hand in a mail that was claimed, and keep what the server said."""
    mailed = due.mailed
    answer = attempt.submit(sender, mailed.receiver, mailed.message_id, due.data)
    outbox.answered(due, answer, clock())
    return answer


def _unknown(message_id: str) -> InvalidValue:
    return InvalidValue(
        f"No mail {message_id[:100]!r} was written here. See: firebreak mail status"
    )


def _mailed(row: tuple[str, str, str, str, str, int]) -> Mailed:
    identity, kind, peer, receiver, subject, at = row
    return Mailed(identity, Kind(kind), peer, receiver, subject, Millis(at))


def _outcome(at: int, what: str, said: str) -> Outcome:
    told = json.loads(said)
    match what:
        case "sent":
            return Sent(Millis(at))
        case "delayed":
            return Delayed(Millis(at), told["reason"])
        case "undelivered":
            return Undelivered(Millis(at), told["status"], told["reason"])
        case _:
            return Replied(Millis(at), **told)


def _is_reply(one: Outcome) -> bool:
    return isinstance(one, Replied) and not one.automatic


def _is_undelivered(one: Outcome) -> bool:
    return isinstance(one, Undelivered)


def _is_delayed(one: Outcome) -> bool:
    return isinstance(one, Delayed)


def _is_sent(one: Outcome) -> bool:
    return isinstance(one, Sent)
