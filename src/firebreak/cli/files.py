"""Files of evidence: kept by their digest beside the store, of limited size, never opened or run."""

from __future__ import annotations

import hashlib
import mimetypes
import os
from pathlib import Path
from typing import Final

from firebreak.errors import Malformed, Misuse
from firebreak.records.cbor import check_text
from firebreak.records.incidents import MOST_ATTACHMENT, Attachment

FOLDER: Final = "attached"
_PIECE: Final = 1 << 20
_UNKNOWN: Final = "application/octet-stream"


def keep_attached(node: Path, file: Path) -> Attachment:
    """Copy a file into the node's directory under its SHA-256, readable by its owner alone.

    Raises Misuse if it cannot be read, is no plain file, is too large, or its name cannot be sent.
    """
    try:
        check_text(file.name)
    except Malformed as error:
        raise Misuse(f"The name of {file} cannot be sent: {error}. Rename it.") from error
    if not file.is_file() or len(file.name) > 120:
        raise Misuse(f"{file} is no file, or its name is too long. Give a plain file.")
    folder = node / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    unfinished = folder / f".{os.getpid()}.unfinished"
    try:
        digest, size = _copied(file, unfinished)
        unfinished.replace(folder / digest)
    except OSError as error:
        raise Misuse(f"{file} cannot be kept: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    media = mimetypes.guess_type(file.name)[0] or _UNKNOWN
    return Attachment(bytes.fromhex(digest), size, media[:64], file.name)


def _copied(file: Path, to: Path) -> tuple[str, int]:
    """Copy piece by piece; the digest in hexadecimal, and the size in bytes."""
    hashed, size = hashlib.sha256(), 0
    descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with file.open("rb") as source, os.fdopen(descriptor, "wb") as target:
        while piece := source.read(_PIECE):
            size += len(piece)
            if size > MOST_ATTACHMENT:
                raise Misuse(f"{file} has more than {MOST_ATTACHMENT:,} bytes. Cut it into parts.")
            hashed.update(piece)
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    return hashed.hexdigest(), size


def kept_attached(node: Path) -> list[tuple[str, int]]:
    """Digest and size in bytes of every file kept."""
    folder = node / FOLDER
    if not folder.is_dir():
        return []
    files = (path for path in sorted(folder.iterdir()) if not path.name.startswith("."))
    return [(path.name, path.stat().st_size) for path in files]


def check_attached(node: Path, digest: str) -> bool:
    """Whether the file kept under this digest still has it."""
    hashed = hashlib.sha256()
    with (node / FOLDER / digest).open("rb") as file:
        while piece := file.read(_PIECE):
            hashed.update(piece)
    return hashed.hexdigest() == digest
