"""A bundle as a file: on a stick, in a courier's bag, attached to a mail (spec/sealing.md §5).

Bundle file = magic (8 bytes) || length (4, big-endian) || bundle || SHA-256 of all before it. The
sum finds accidents and says which; what protects against intent is the sealing.
"""

import errno
import hashlib
import os
import stat
from pathlib import Path
from typing import Final

from firebreak.errors import InvalidValue, Malformed
from firebreak.sealing import MAX_BUNDLE

MAGIC: Final = b"FIREBRK\x01"
_HEAD_BYTES: Final = len(MAGIC) + 4
_SUM_BYTES: Final = 32
MAX_FILE: Final = _HEAD_BYTES + MAX_BUNDLE + _SUM_BYTES


def pack(bundle: bytes) -> bytes:
    """The bytes of a bundle file. Raises InvalidValue for an empty or too large bundle."""
    if not 0 < len(bundle) <= MAX_BUNDLE:  # B-11
        raise InvalidValue(f"A bundle has 1 to {MAX_BUNDLE} bytes, not {len(bundle)}.")
    body = MAGIC + len(bundle).to_bytes(4, "big") + bundle
    return body + hashlib.sha256(body).digest()


def unpack(data: bytes) -> bytes:
    """The bundle in these bytes. Raises Malformed, saying what became of them (B-11)."""
    if data[: len(MAGIC)] != MAGIC:
        raise Malformed("This is no bundle file. Ask which file was meant.")
    length = int.from_bytes(data[len(MAGIC) : _HEAD_BYTES], "big")
    end = _HEAD_BYTES + length
    after = len(data) - end - _SUM_BYTES
    if len(data) < _HEAD_BYTES + _SUM_BYTES or after < 0:
        raise Malformed(f"The bundle file is cut off after {len(data)} bytes. Copy it again.")
    if after > 0:
        raise Malformed(f"{after} bytes follow the end of the bundle file. Copy it again.")
    if not 0 < length <= MAX_BUNDLE:
        raise Malformed(f"The bundle file holds {length} bytes; 1 to {MAX_BUNDLE} are accepted.")
    if hashlib.sha256(data[:end]).digest() != data[end:]:
        raise Malformed("The bundle file is damaged: its sum does not fit. Copy it again.")
    return data[_HEAD_BYTES:end]


def file_name(bundle: bytes) -> str:
    """A name by content, the same wherever the bundle is written."""
    return f"{hashlib.sha256(bundle).hexdigest()[:16]}.firebreak"


def write_bundle(path: Path, bundle: bytes) -> None:
    """Write a bundle file: all of it, durable, or none.

    Writing the same bundle again changes nothing. Raises InvalidValue if another file has this name
    or the place cannot be written.
    """
    content = pack(bundle)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        if path.exists():
            _check_same(path, content)
            return
        try:
            _write_durably(unfinished, content)
            unfinished.rename(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as error:
        raise InvalidValue(
            f"The bundle file {path} cannot be written: {error.strerror}. Nothing was kept there;"
            " write it to another place."
        ) from error


def read_bundle(path: Path) -> bytes:
    """The bundle in a file. Raises InvalidValue if there is none to read, Malformed if damaged."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise InvalidValue(f"{path} is no file. Give the name of a bundle file.")
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise InvalidValue(
            f"The bundle file {path} cannot be read: {error.strerror}. Check its name and place,"
            " or copy it again."
        ) from error
    if len(data) > MAX_FILE:
        raise Malformed(f"The file is larger than any bundle file ({MAX_FILE} bytes).")
    return unpack(data)


def _without_waiting(path: str, flags: int) -> int:
    """Open at once, where opening a pipe would wait for a writer."""
    return os.open(path, flags | os.O_NONBLOCK)


def _check_same(path: Path, content: bytes) -> None:
    with path.open("rb") as file:
        if file.read(len(content) + 1) != content:
            raise InvalidValue(
                f"{path} exists and holds something else; nothing was changed. Choose another name."
            )


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a rename durable; file systems of sticks may refuse, and have no better way."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(descriptor)
