"""A Maildir that a mail server or fetcher delivers into, and the node takes mail out of (spec/mail.md §5).

What was taken is moved to cur/, as read; what was refused into a folder of its own beside it.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from firebreak.carriers.mail import MAX_MAIL
from firebreak.errors import Malformed, Misuse

REFUSED: Final = ".Firebreak-refused"
MOST_REFUSED: Final = 500
"""Refused mails that are kept; with more, the oldest go."""
MOST_NEW: Final = 200
"""Mails that are named at one look."""
_PARTS: Final = ("cur", "new", "tmp")


class Maildir:
    """One Maildir. Raises Misuse where it cannot be read, made or moved in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            for folder in (path, path / REFUSED):
                for part in _PARTS:
                    (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._trouble(error) from error

    def arrived(self) -> list[str]:
        """Names of new mails, in the order of their names, which for most servers is that of time."""
        try:
            names = [name for name in os.listdir(self.path / "new") if not name.startswith(".")]
        except OSError as error:
            raise self._trouble(error) from error
        return sorted(names)[:MOST_NEW]

    def content(self, name: str) -> bytes:
        """A new mail's bytes. Raises Malformed for what is too large or no file (M-5)."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            descriptor = os.open(self.path / "new" / name, flags)
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise Malformed("There is something in the mailbox that is no mail.")
                data = file.read(MAX_MAIL + 1)
        except OSError as error:
            raise Malformed(
                f"A mail in {self.path} cannot be read: {error.strerror}. It is kept aside."
            ) from error
        if len(data) > MAX_MAIL:
            raise Malformed(
                f"A mail is larger than {MAX_MAIL} bytes. It was not read and is kept aside;"
                " see it in a mail program."
            )
        return data

    def taken(self, name: str) -> None:
        """Move a new mail to those that were read."""
        self._move(name, self.path / "cur", "S")

    def refused(self, name: str) -> None:
        """Keep a new mail aside, and no more of such than MOST_REFUSED (M-5)."""
        folder = self.path / REFUSED / "cur"
        self._move(name, folder, "")
        try:
            kept = sorted(folder.iterdir(), key=lambda path: path.lstat().st_ctime_ns)
            for path in kept[:-MOST_REFUSED]:
                if not path.is_dir() or path.is_symlink():
                    path.unlink(missing_ok=True)
        except OSError as error:
            raise self._trouble(error) from error

    def _move(self, name: str, folder: Path, flags: str) -> None:
        try:
            (self.path / "new" / name).rename(folder / f"{name.partition(':')[0]}:2,{flags}")
        except FileNotFoundError:
            return  # somebody else has moved it
        except OSError as error:
            raise self._trouble(error) from error

    def _trouble(self, error: OSError) -> Misuse:
        return Misuse(
            f"Mail cannot be taken in: {self.path}: {error.strerror}. The user whom the node runs as"
            " must be able to read and move what lies there."
        )
