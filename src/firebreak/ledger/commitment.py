"""What a log commits to: salted commitments of records, and the running digest over bodies.

The entry of a log is a commitment, so that a witness learns sizes and hashes and can test no
guess; who has the log's secret has every salt. Exact bytes: spec/log.md §1.
"""

import hashlib
import hmac
from typing import Final

from firebreak.errors import InvalidValue
from firebreak.ledger.merkle import HASH_BYTES, MOST_LEAVES

SECRET_BYTES: Final = 32
SALT_BYTES: Final = 16
SHORT_DIGEST_BYTES: Final = 16
MOST_RECORD_BYTES: Final = 65_535
"""Bodies are held to the length that a C2SP entry bundle can carry."""

EMPTY_DIGEST: Final = bytes(32)
"""The running digest before the first record."""


def log_secret(reader_secret: bytes, origin: str) -> bytes:
    """The secret of one log, from the secret that its readers share (L-17).

    reader_secret: 32 bytes; origin: the log's origin line. Gives 32 bytes. Raises InvalidValue.
    """
    _check_length("reader secret", reader_secret, SECRET_BYTES)
    label = b"firebreak log secret\x00" + origin.encode("ascii")
    return hmac.digest(reader_secret, label, "sha256")


def salt(log_secret: bytes, index: int) -> bytes:
    """The 16-byte salt of entry `index` (L-18). Discloses nothing about other salts.

    log_secret: 32 bytes; index: 0 to 2**63 - 2. Raises InvalidValue otherwise.
    """
    _check_length("log secret", log_secret, SECRET_BYTES)
    if not 0 <= index < MOST_LEAVES:
        raise InvalidValue(f"A log has no entry {index}.")
    return hmac.digest(log_secret, index.to_bytes(8, "big"), "sha256")[:SALT_BYTES]


def commitment(salt: bytes, record: bytes) -> bytes:
    """The log entry that stands for a record: 32 bytes (L-19).

    salt: 16 bytes; record: 1 to 65,535 bytes. Raises InvalidValue otherwise.
    """
    _check_length("salt", salt, SALT_BYTES)
    if not 1 <= len(record) <= MOST_RECORD_BYTES:
        raise InvalidValue(f"A record has 1 to 65,535 bytes, not {len(record)}.")
    return hashlib.sha256(b"firebreak commitment\x00" + salt + record).digest()


def extend_digest(digest: bytes, record: bytes) -> bytes:
    """The running digest over all bodies of a log, after one more (L-20).

    digest: 32 bytes, EMPTY_DIGEST before the first. Gives 32 bytes. Raises InvalidValue.
    """
    _check_length("running digest", digest, HASH_BYTES)
    return hashlib.sha256(digest + hashlib.sha256(record).digest()).digest()


def short(digest: bytes) -> bytes:
    """The first 16 bytes of a running digest: what `seen` carries. Raises InvalidValue."""
    _check_length("running digest", digest, HASH_BYTES)
    return digest[:SHORT_DIGEST_BYTES]


def _check_length(what: str, value: bytes, length: int) -> None:
    if len(value) != length:
        raise InvalidValue(f"A {what} has {length} bytes, not {len(value)}.")
