"""The Unix socket by which a running node is talked to: made and reached by its path."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from firebreak.errors import Misuse

_LONGEST_PATH: Final = 100
"""Bytes: the kernel takes 107. Longer paths are reached through an open folder."""


def listen_at(path: Path) -> socket.socket:
    """A listening socket that only this user can reach. Whoever calls holds the store: what is left
    of an earlier run is removed. Raises Misuse."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    before = os.umask(0o177)
    try:
        path.unlink(missing_ok=True)
        with _short(path) as name:
            made.bind(name)
        made.listen(128)
    except OSError as error:
        made.close()
        raise Misuse(
            f"The socket {path} cannot be made: {error.strerror}. Check that this user may write"
            " there."
        ) from error
    finally:
        os.umask(before)
    return made


def connect_to(path: Path) -> socket.socket:
    """A connection to the node in this directory. Raises Misuse if none runs there."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        with _short(path) as name:
            made.connect(name)
    except (FileNotFoundError, ConnectionRefusedError):
        made.close()
        raise Misuse(
            f"The node in {path.parent} is not running. Start it:"
            f" firebreak node run --dir {path.parent}"
        ) from None
    except OSError as error:
        made.close()
        raise Misuse(
            f"The node in {path.parent} cannot be reached: {error.strerror}. Run this as the user"
            " that runs the node."
        ) from error
    return made


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """The path, or one through an open descriptor of its folder where it is too long."""
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
