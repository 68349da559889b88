"""Secret keys on disk: one file each, readable by its owner alone, naming what it is for.

A key file is `firebreak secret key 1 <purpose>`, a line of base64 and nothing else; the TLS key is
two PEM blocks under the same first line, as OpenSSL reads keys from files only.
"""

import base64
import binascii
import os
import pwd
import shlex
import shutil
import stat
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from firebreak.errors import InvalidValue, KeyTrouble
from firebreak.keys import SEED_BYTES, SigningKey
from firebreak.mldsa import MldsaKey
from firebreak.records.cbor import check_text
from firebreak.records.roster import NodeKeys
from firebreak.sealing import SealingKeys

ROOT: Final = "root"
RECORD: Final = "node record"
LOG: Final = "log"
RECEIPT: Final = "receipt"
SEALING: Final = "sealing"
TLS: Final = "tls"
MLDSA: Final = "node log mldsa"

KEYS_FOLDER: Final = "keys"
COMMON_NAME: Final = "firebreak node"

_HEADER: Final = "firebreak secret key 1 "
_MOST_PURPOSE: Final = 120
_MOST_BYTES: Final = 65_536
_SERIAL_BYTES: Final = 16
_NOT_BEFORE: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_AFTER: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_FILES: Final = {
    purpose: f"{purpose.split()[-1]}.key" for purpose in (RECORD, LOG, RECEIPT, MLDSA, SEALING, TLS)
}

Randomness = Callable[[int], bytes]
"""So many bytes from a secure random source, such as `secrets.token_bytes`."""


def officer(office: str) -> str:
    """The purpose of an officer's key."""
    return f"officer:{office}"


def reader_secret(agreement_id: bytes) -> str:
    """The purpose of the secret that the readers of an agreement's logs share."""
    return f"reader secret:{agreement_id.hex()}"


def write_secret(path: Path, purpose: str, raw: bytes) -> None:
    """Create a key file, durable and whole or not at all; its folder must exist.

    Raises KeyTrouble if the name is taken or cannot be written, InvalidValue for a bad purpose or
    empty secret.
    """
    if not raw:
        raise InvalidValue("A secret of no bytes is none.")
    _create(path, _rendered(purpose, raw))


def read_secret(path: Path, purpose: str) -> bytes:
    """The secret in a key file of this purpose.

    Raises KeyTrouble if it is missing, of another purpose, damaged, not ours, or open to others.
    """
    content = _read(path, purpose)
    _check_purpose(path, content, purpose)
    body = content.split(b"\n", 1)[1]
    try:
        raw = base64.b64decode(body.rstrip(b"\n"), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not raw or content != _rendered(purpose, raw):
        raise _damaged(path)
    return raw


@dataclass(frozen=True, slots=True)
class NodeSecrets:
    """The secret keys of one node. tls: a PEM file with its key and certificate.

    certificate: DER, as the roster pins it.
    """

    record: SigningKey
    log: SigningKey
    receipt: SigningKey
    mldsa: MldsaKey
    sealing: SealingKeys
    tls: Path
    certificate: bytes

    @classmethod
    def load(cls, directory: Path) -> "NodeSecrets":
        """The keys of the node in this directory. Raises KeyTrouble."""
        folder = directory / KEYS_FOLDER
        _check_folder(folder)
        return cls(
            record=_signing_key(folder, RECORD),
            log=_signing_key(folder, LOG),
            receipt=_signing_key(folder, RECEIPT),
            mldsa=MldsaKey(_seed(folder, MLDSA)),
            sealing=_sealing_keys(folder),
            tls=folder / _FILES[TLS],
            certificate=_read_certificate(folder / _FILES[TLS]),
        )


def create_node_keys(directory: Path, randomness: Randomness) -> NodeSecrets:
    """Make all keys of a new node in `directory`/keys; all of them appear at once.

    Raises KeyTrouble if there are keys already or the place cannot be written, InvalidValue for a
    random source that repeats itself.
    """
    folder = directory / KEYS_FOLDER
    if folder.exists():
        raise KeyTrouble(
            f"{folder} exists already; nothing was changed. A node's keys are made once:"
            " use these, or make the new node in an empty directory."
        )
    seeds = _draw(randomness, 7)
    serial = int.from_bytes(randomness(_SERIAL_BYTES), "big") | 1
    unfinished: Path | None = None
    try:
        directory.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".keys.", dir=directory))
        _write_node_keys(unfinished, seeds, serial)
        unfinished.rename(folder)
        _sync_folder(directory)
    except OSError as error:
        raise KeyTrouble(
            f"Keys cannot be made in {directory}: {error.strerror}. Choose a directory that this"
            " user may write."
        ) from error
    finally:
        if unfinished is not None:
            shutil.rmtree(unfinished, ignore_errors=True)
    return NodeSecrets.load(directory)


def node_public(secrets: NodeSecrets) -> NodeKeys:
    """What the roster lists of them; the record key goes into the roster's first entry."""
    return NodeKeys(
        log=secrets.log.public.raw,
        receipt=secrets.receipt.public.raw,
        mldsa=secrets.mldsa.public,
        certificate=secrets.certificate,
        x25519=secrets.sealing.public.x25519,
        xwing=secrets.sealing.public.xwing,
    )


def _draw(randomness: Randomness, count: int) -> list[bytes]:
    seeds = [randomness(SEED_BYTES) for _ in range(count)]
    if any(len(seed) != SEED_BYTES for seed in seeds) or len(set(seeds)) != count:
        raise InvalidValue(
            "The random source gave too few bytes or the same twice; no key was made from it."
        )
    return seeds


def _write_node_keys(folder: Path, seeds: list[bytes], serial: int) -> None:
    record, log, receipt, mldsa, x25519, xwing, tls = seeds
    write_secret(folder / _FILES[RECORD], RECORD, record)
    write_secret(folder / _FILES[LOG], LOG, log)
    write_secret(folder / _FILES[RECEIPT], RECEIPT, receipt)
    write_secret(folder / _FILES[MLDSA], MLDSA, mldsa)
    write_secret(folder / _FILES[SEALING], SEALING, SealingKeys(x25519, xwing).raw())
    _create(folder / _FILES[TLS], _rendered_tls(tls, serial))


def _signing_key(folder: Path, purpose: str) -> SigningKey:
    return SigningKey(_seed(folder, purpose))


def _seed(folder: Path, purpose: str) -> bytes:
    path = folder / _FILES[purpose]
    raw = read_secret(path, purpose)
    if len(raw) != SEED_BYTES:
        raise _damaged(path)
    return raw


def _sealing_keys(folder: Path) -> SealingKeys:
    path = folder / _FILES[SEALING]
    try:
        return SealingKeys.from_raw(read_secret(path, SEALING))
    except InvalidValue:
        raise _damaged(path) from None


def _rendered(purpose: str, raw: bytes) -> bytes:
    return _header_line(purpose) + base64.b64encode(raw) + b"\n"


def _header_line(purpose: str) -> bytes:
    check_text(purpose)
    if not 1 <= len(purpose) <= _MOST_PURPOSE or purpose != purpose.strip():
        raise InvalidValue("A key's purpose is a short text without spaces around it.")
    return f"{_HEADER}{purpose}\n".encode()


def _rendered_tls(seed: bytes, serial: int) -> bytes:
    """Header, PKCS #8 key and a self-signed certificate that never expires, both PEM."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, COMMON_NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(_NOT_BEFORE)
        .not_valid_after(_NOT_AFTER)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, algorithm=None)
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return _header_line(TLS) + pem + certificate.public_bytes(Encoding.PEM)


def _read_certificate(path: Path) -> bytes:
    """DER of the TLS certificate, once its key and purpose were checked. Raises KeyTrouble."""
    content = _read(path, TLS)
    _check_purpose(path, content, TLS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # nothing that is written here is read with a warning
            key = load_pem_private_key(content, password=None)
            certificate = x509.load_pem_x509_certificate(content)
        public = certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion, Warning):
        raise _damaged(path) from None
    if not isinstance(key, Ed25519PrivateKey) or public != key.public_key():
        raise _damaged(path)
    return certificate.public_bytes(Encoding.DER)


def _create(path: Path, content: bytes) -> None:
    """Write a file 0600 that appears whole, durable, and only if its name is free."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.link(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except FileExistsError:
        raise KeyTrouble(
            f"{path} exists already; nothing was changed. Move it away first if it is not needed."
        ) from None
    except OSError as error:
        raise KeyTrouble(
            f"The key file {path} cannot be written: {error.strerror}. No key was kept there."
        ) from error


def _read(path: Path, purpose: str) -> bytes:
    """The bytes of a key file that is ours alone. Raises KeyTrouble otherwise."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise KeyTrouble(f"{path} is no file. Give the name of the key file.")
            _check_private(path, status, 0o600)
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise KeyTrouble(
            f"The key file for “{purpose}” is missing: {path}. Put it back from its backup, or make"
            " a new key and have the roster signed again."
        ) from None
    except OSError as error:
        raise KeyTrouble(
            f"The key file {path} cannot be read: {error.strerror}. Check its name and place."
        ) from error
    if len(content) > _MOST_BYTES:
        raise _damaged(path)
    return content


def _without_waiting(path: str, flags: int) -> int:
    """Open at once, where opening a pipe would wait for a writer."""
    return os.open(path, flags | os.O_NONBLOCK)


def _check_folder(folder: Path) -> None:
    try:
        status = folder.stat()
    except OSError:
        raise KeyTrouble(
            f"There are no keys in {folder}. Make them first, or name the node's directory."
        ) from None
    if not stat.S_ISDIR(status.st_mode):
        raise KeyTrouble(f"{folder} is no directory. Name the node's directory.")
    _check_private(folder, status, 0o700)


def _check_private(path: Path, status: os.stat_result, mode: int) -> None:
    place = shlex.quote(str(path))
    if status.st_uid != os.geteuid():
        raise KeyTrouble(
            f"{path} belongs to another user. Run the node as that user, or:"
            f" chown {_user_name()} {place}"
        )
    if status.st_mode & 0o077:
        raise KeyTrouble(
            f"Others on this machine can reach {path}; the key may be known to them. Make a new one"
            f" if that is possible at all; then: chmod {mode:o} {place}"
        )


def _user_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _check_purpose(path: Path, content: bytes, purpose: str) -> None:
    line, newline, _ = content.partition(b"\n")
    if not newline or not line.startswith(_HEADER.encode()):
        raise KeyTrouble(f"{path} is no key file of Firebreak. Give the name of the key file.")
    found = line.decode(errors="replace").removeprefix(_HEADER)
    if found != purpose:
        raise KeyTrouble(
            f"{path} holds the key for “{found}”, but the one for “{purpose}” is needed."
            " Give the other file."
        )


def _damaged(path: Path) -> KeyTrouble:
    return KeyTrouble(
        f"The key file {path} is damaged. Put it back from its backup, or make a new key and have"
        " the roster signed again."
    )


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
