"""Every bundle is sealed to the party that receives it, on every carrier (spec/sealing.md).

HPKE (RFC 9180, base mode) with one cipher and two key agreements: X25519 where each byte counts,
X-Wing elsewhere. Sealing hides and protects; it says nothing of the sender: signatures inside do.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from firebreak.errors import InvalidValue, Malformed, NotForUs
from firebreak.values import LATEST, Millis, Precedence


class Suite(IntEnum):
    """How a bundle is sealed; the codes of the outer header (B-3)."""

    NARROW = 1
    """X25519: 48 bytes more. Recorded, it can be opened by a quantum computer one day."""
    WIDE = 2
    """X-Wing, that is ML-KEM-768 with X25519: 1,136 bytes more."""


SUITE_OF: Final = {
    "socket": Suite.WIDE,
    "file": Suite.WIDE,
    "mail": Suite.WIDE,
    "narrow": Suite.NARROW,
    "paper": Suite.WIDE,
}
"""The suite of each carrier; there is no other choice (B-10)."""

VERSION: Final = 1
HEADER_BYTES: Final = 16
KEY_ID_BYTES: Final = 8
SECRET_BYTES: Final = 32
SEED_BYTES: Final = 32
MAX_BUNDLE: Final = 1 << 20
"""Bytes, header included: no carrier sends or accepts a larger bundle (B-1)."""
OVERHEAD: Final = {Suite.NARROW: HEADER_BYTES + 48, Suite.WIDE: HEADER_BYTES + 1_136}
"""Bytes of a bundle beyond its plaintext."""

_BUNDLE_INFO: Final = b"firebreak bundle 1\x00"
_SECRET_INFO: Final = b"firebreak reader secret 1\x00"
_X25519_BYTES: Final = 32
_MLKEM_BYTES: Final = 1_184
_FIELD_PRIME: Final = 2**255 - 19
_LAST_SECOND: Final = LATEST // 1_000

_HPKE: Final = {
    Suite.NARROW: hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305),
    Suite.WIDE: hpke.Suite(
        hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305
    ),
}


@dataclass(frozen=True, slots=True)
class Header:
    """The clear outer header: all that a carrier may know. expires_at_ms: a whole second."""

    suite: Suite
    key_id: bytes
    precedence: Precedence
    expires_at_ms: Millis

    def encoded(self) -> bytes:
        """The 16 bytes of spec/sealing.md §2."""
        seconds = self.expires_at_ms // 1_000
        return (
            bytes([VERSION, self.suite])
            + self.key_id
            + bytes([self.precedence])
            + seconds.to_bytes(5, "big")
        )


@dataclass(frozen=True, slots=True)
class SealingPublic:
    """A node's two public sealing keys, as its roster lists them.

    x25519: 32 bytes; xwing: 1,216 bytes, ML-KEM-768 key then X25519 key. Raises Malformed for bytes
    that are no such key, a second spelling of one, or an X25519 point of small order (B-9).
    """

    x25519: bytes
    xwing: bytes

    def __post_init__(self) -> None:
        _load_x25519(self.x25519)
        _load_xwing(self.xwing)

    def key_id(self, suite: Suite) -> bytes:
        """First 8 bytes of SHA-256 over the suite's public key: names the receiver (B-4)."""
        return hashlib.sha256(self._raw(suite)).digest()[:KEY_ID_BYTES]

    def _raw(self, suite: Suite) -> bytes:
        return self.x25519 if suite is Suite.NARROW else self.xwing

    def _encrypt(self, suite: Suite, plaintext: bytes, info: bytes) -> bytes:
        key = _load_x25519(self.x25519) if suite is Suite.NARROW else _load_xwing(self.xwing)
        return _HPKE[suite].encrypt(plaintext, key, info)


class SealingKeys:
    """A node's two secret sealing keys. Their seeds are shown by no repr, str or pickle.

    x25519_seed, xwing_seed: 32 bytes each, independent, from a secure random source. Raises
    InvalidValue for another length or one seed twice.
    """

    __slots__ = ("_narrow", "_raw", "_wide", "public")

    public: SealingPublic

    def __init__(self, x25519_seed: bytes, xwing_seed: bytes) -> None:
        if len(x25519_seed) != SEED_BYTES or len(xwing_seed) != SEED_BYTES:
            raise InvalidValue("A sealing key is made of two seeds of 32 bytes.")
        if x25519_seed == xwing_seed:
            raise InvalidValue("The two seeds of a sealing key are the same; draw them anew.")
        self._raw = x25519_seed + xwing_seed
        self._narrow = X25519PrivateKey.from_private_bytes(x25519_seed)
        mlkem, x25519 = _expand_xwing(xwing_seed)
        self._wide = hpke.MLKEM768X25519PrivateKey(mlkem, x25519)
        self.public = SealingPublic(
            self._narrow.public_key().public_bytes_raw(),
            mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw(),
        )

    @classmethod
    def from_raw(cls, raw: bytes) -> "SealingKeys":
        """The keys that `raw` wrote: 64 bytes. Raises InvalidValue for another length."""
        return cls(raw[:SEED_BYTES], raw[SEED_BYTES:])

    def raw(self) -> bytes:
        """64 secret bytes for the key file: the X25519 seed, then the X-Wing seed."""
        return self._raw

    def __repr__(self) -> str:
        return f"SealingKeys(public={self.public.key_id(Suite.WIDE).hex()})"

    def __reduce__(self) -> NoReturn:
        raise InvalidValue("A sealing key is not copied or pickled; read it from its key file.")

    def shared_with(self, other: SealingPublic) -> bytes:
        """A secret of 32 bytes that only this node and the other's can compute (N-1)."""
        return self._narrow.exchange(X25519PublicKey.from_public_bytes(other.x25519))

    def _decrypt(self, suite: Suite, sealed: bytes, info: bytes) -> bytes | None:
        """The plaintext, or None if these bytes were not sealed to this key with this info."""
        try:
            key = self._narrow if suite is Suite.NARROW else self._wide
            return _HPKE[suite].decrypt(sealed, key, info)
        except InvalidTag:
            return None


def seal(
    plaintext: bytes,
    to: SealingPublic,
    suite: Suite,
    precedence: Precedence,
    expires_at_ms: Millis,
) -> bytes:
    """A bundle that only the holder of these keys can open, of OVERHEAD[suite] more bytes.

    expires_at_ms: 0 to LATEST, rounded up to a whole second in the header. Raises InvalidValue for
    another time, or a plaintext too long for MAX_BUNDLE.
    """
    if len(plaintext) > MAX_BUNDLE - OVERHEAD[suite]:  # B-1
        raise InvalidValue(
            f"{len(plaintext)} bytes do not fit into one bundle of {MAX_BUNDLE};"
            " split them over several."
        )
    if not 0 <= expires_at_ms <= LATEST:  # B-5
        raise InvalidValue("A bundle's expiry is a time from 1970 to 9999.")
    seconds = min(-(-expires_at_ms // 1_000), _LAST_SECOND)
    header = Header(suite, to.key_id(suite), precedence, Millis(seconds * 1_000)).encoded()
    return header + to._encrypt(suite, plaintext, _BUNDLE_INFO + header)  # B-6


def parse_header(bundle: bytes) -> Header:
    """The clear header, not yet authenticated: enough to sort and to carry. Raises Malformed."""
    if len(bundle) > MAX_BUNDLE:  # B-1
        raise Malformed(f"A bundle of {len(bundle)} bytes is larger than {MAX_BUNDLE}.")
    if len(bundle) < HEADER_BYTES:  # B-2
        raise Malformed(f"A bundle ended after {len(bundle)} bytes. Ask for it again.")
    if bundle[0] != VERSION:  # B-2
        raise Malformed(
            f"A bundle is of format {bundle[0]}; this node reads format {VERSION}."
            " Compare software versions with the sender, then ask for it again."
        )
    suite = _SUITES.get(bundle[1])
    if suite is None:  # B-3
        raise Malformed(f"A bundle is sealed by the unknown suite {bundle[1]}. Ask for it again.")
    if len(bundle) < OVERHEAD[suite]:  # B-2
        raise Malformed(f"A bundle ended after {len(bundle)} bytes. Ask for it again.")
    precedence = _PRECEDENCES.get(bundle[10])
    if precedence is None:  # B-5
        raise Malformed(f"A bundle has the unknown precedence {bundle[10]}. Ask for it again.")
    seconds = int.from_bytes(bundle[11:HEADER_BYTES], "big")
    if seconds > _LAST_SECOND:  # B-5
        raise Malformed("A bundle expires after the year 9999. Ask for it again.")
    return Header(suite, bundle[2:10], precedence, Millis(seconds * 1_000))


def open_bundle(data: bytes, keys: Sequence[SealingKeys], now_ms: Millis) -> tuple[Header, bytes]:
    """The header and plaintext of a bundle sealed to one of our keys.

    keys: the present ones and those not yet retired. Raises Malformed for a bundle that was altered
    or is none; NotForUs for one sealed to another key, or expired.
    """
    header = parse_header(data)
    for candidate in keys:
        if candidate.public.key_id(header.suite) == header.key_id:  # B-4
            break
    else:
        raise NotForUs(
            f"A bundle is sealed to key {header.key_id.hex()}, which is none of ours."
            " Send the sender our present card, then ask for it again."
        )
    info = _BUNDLE_INFO + data[:HEADER_BYTES]
    plaintext = candidate._decrypt(header.suite, data[HEADER_BYTES:], info)
    if plaintext is None:  # B-6
        raise Malformed("A bundle was altered on the way. Ask for it again.")
    if now_ms > header.expires_at_ms:  # B-7
        raise NotForUs(
            "A bundle arrived after its expiry. Ask for it again; if every bundle expires, compare"
            " this node's clock with another."
        )
    return header, plaintext


def seal_secret(secret: bytes, to: SealingPublic, context: bytes) -> bytes:
    """A reader secret of an agreement, sealed by X-Wing to one party: 1,168 bytes (B-8).

    secret: 32 bytes; context: what it belongs to (agreement, giver, receiver), bound in.
    Raises InvalidValue for another length.
    """
    if len(secret) != SECRET_BYTES:
        raise InvalidValue(f"A reader secret has 32 bytes, not {len(secret)}.")
    return to._encrypt(Suite.WIDE, secret, _SECRET_INFO + context)


def open_secret(sealed: bytes, keys: Sequence[SealingKeys], context: bytes) -> bytes:
    """The 32 bytes of a reader secret. Raises NotForUs or Malformed if there is none (B-8)."""
    for candidate in keys:
        secret = candidate._decrypt(Suite.WIDE, sealed, _SECRET_INFO + context)
        if secret is not None:
            if len(secret) != SECRET_BYTES:
                raise Malformed("A sealed reader secret has not 32 bytes. Ask for it again.")
            return secret
    raise NotForUs(
        "A reader secret was altered, or sealed to another key or agreement."
        " Send the other party our present card and ask them to sign again."
    )


_SUITES: Final = {int(suite): suite for suite in Suite}
_PRECEDENCES: Final = {int(precedence): precedence for precedence in Precedence}


def _expand_xwing(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    """An X-Wing key from its seed. Source: draft-connolly-cfrg-xwing-kem, section 5.2."""
    expanded = hashlib.shake_256(seed).digest(96)
    return (
        MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
        X25519PrivateKey.from_private_bytes(expanded[64:]),
    )


@lru_cache(maxsize=1_024)
def _load_x25519(raw: bytes) -> X25519PublicKey:
    if len(raw) != _X25519_BYTES:  # B-9
        raise Malformed(f"An X25519 key of {len(raw)} bytes was received instead of 32.")
    if int.from_bytes(raw, "little") >= _FIELD_PRIME:  # B-9
        raise Malformed("An X25519 key is not in its one encoding; its owner must make another.")
    key = X25519PublicKey.from_public_bytes(raw)
    try:
        _ANY_X25519.exchange(key)
    except ValueError:  # B-9: the shared secret would be zero
        raise Malformed("An X25519 key is of small order; its owner must make another.") from None
    return key


@lru_cache(maxsize=1_024)
def _load_xwing(raw: bytes) -> hpke.MLKEM768X25519PublicKey:
    if len(raw) != _MLKEM_BYTES + _X25519_BYTES:  # B-9
        raise Malformed(f"An X-Wing key of {len(raw)} bytes was received instead of 1,216.")
    x25519 = _load_x25519(raw[_MLKEM_BYTES:])
    try:
        mlkem = MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_BYTES])
    except ValueError:  # B-9: a coefficient that is not below q
        raise Malformed("An X-Wing key is no key at all; its owner must make another.") from None
    return hpke.MLKEM768X25519PublicKey(mlkem, x25519)


_ANY_X25519: Final = X25519PrivateKey.from_private_bytes(bytes(range(32)))
"""Not secret: it only finds out whether a public key sends every secret to zero."""
