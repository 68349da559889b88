"""The one Ed25519 rule: which signatures count, the same in every room and on both sides.

The rule is spec/signature.md; each check cites its MUST (S-1 to S-11). libsodium does the curve
arithmetic; what it leaves open, or has changed between its versions, is decided here.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NoReturn

from nacl import bindings
from nacl.exceptions import BadSignatureError

from firebreak.errors import BadSignature, InvalidValue, Malformed

KEY_BYTES: Final = 32
SEED_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
KEY_ID_BYTES: Final = 8
MOST_ROOT_KEYS: Final = 255

FIELD_PRIME: Final = 2**255 - 19
GROUP_ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""L, the order of the prime-order subgroup."""

_ORDER_EIGHT_Y: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
"""One y of the points of order 8; the other is FIELD_PRIME minus it."""

_KEYS_REMEMBERED: Final = 4096


def _refused_encodings() -> frozenset[bytes]:
    """The 48 strings of 32 bytes that are neither a key nor an R, on either side of the sign bit.

    10 encode points of order 1, 2, 4 or 8; 38 have y >= p and so are a second spelling. (The two
    spellings of "x = -0" are among the 10.) Source: spec/signature.md, "Refused encodings".
    """
    small_order = {0, 1, FIELD_PRIME - 1, _ORDER_EIGHT_Y, FIELD_PRIME - _ORDER_EIGHT_Y}
    second_spelling = set(range(FIELD_PRIME, 2**255))
    return frozenset(
        (y | sign << 255).to_bytes(KEY_BYTES, "little")
        for y in small_order | second_spelling
        for sign in (0, 1)
    )


REFUSED_ENCODINGS: Final = _refused_encodings()


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key that passed the checks of enrolment (spec/signature.md S-1 to S-3).

    raw: 32 bytes. There is no unchecked instance: every way of making one raises Malformed for a
    string that is not a canonical point of the prime-order subgroup. Use `parse`, which remembers.
    """

    raw: bytes

    def __post_init__(self) -> None:
        _check_key(self.raw)

    @classmethod
    def parse(cls, raw: bytes) -> "PublicKey":
        """The key of these 32 bytes; the keys used lately are remembered. Raises Malformed."""
        return _remembered(raw)

    @property
    def key_id(self) -> bytes:
        """First 8 bytes of SHA-256 over the raw key: a short name, never a proof (S-9)."""
        return hashlib.sha256(self.raw).digest()[:KEY_ID_BYTES]

    def verify(self, message: bytes, signature: bytes) -> None:
        """Accept exactly the signatures of spec/signature.md over exactly these bytes.

        signature: R then S, 32 bytes each. Raises BadSignature for everything else.
        """
        if len(signature) != SIGNATURE_BYTES:  # S-4
            raise BadSignature(
                f"A signature of {len(signature)} bytes was received instead of 64;"
                " nothing under it counts. Ask for the record again."
            )
        commitment = signature[:32]
        if commitment in REFUSED_ENCODINGS:  # S-5
            raise self._refusal("its first half is a refused point")
        if int.from_bytes(signature[32:], "little") >= GROUP_ORDER:  # S-6
            raise self._refusal("its second half is not below the group order")
        if not _engine_accepts(self.raw, message, signature):  # S-7
            raise self._refusal("it does not belong to this message and key")
        if _ENGINE_IS_COFACTORED and not bindings.crypto_core_ed25519_is_valid_point(commitment):
            raise self._refusal("its first half is outside the prime-order subgroup")  # S-8

    def _refusal(self, why: str) -> BadSignature:
        return BadSignature(
            f"The signature under key {self.key_id.hex()} is refused: {why}."
            " Nothing under it counts; ask for the record again and compare fingerprints."
        )


class SigningKey:
    """An Ed25519 secret key. Its seed is shown by no repr, str or pickle.

    seed: 32 bytes from a secure random source. Raises InvalidValue for another length.
    """

    __slots__ = ("_secret", "public")

    public: PublicKey

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise InvalidValue(f"A signing key's seed has 32 bytes, not {len(seed)}.")
        raw, self._secret = bindings.crypto_sign_seed_keypair(seed)
        self.public = PublicKey.parse(raw)

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of RFC 8032's deterministic signature over these exact bytes."""
        return bindings.crypto_sign(message, self._secret)[:SIGNATURE_BYTES]

    def __repr__(self) -> str:
        return f"SigningKey(public={self.public.raw.hex()})"

    def __reduce__(self) -> NoReturn:
        raise InvalidValue("A signing key is not copied or pickled; read it from its key file.")


def fingerprint(threshold: int, keys: Sequence[PublicKey]) -> bytes:
    """The 32 bytes that name a party's set of root keys, whatever their order (S-10).

    threshold: how many of the keys must sign, 1 to len(keys); keys: 1 to 255, no two the same.
    Raises InvalidValue otherwise.
    """
    raw_keys = sorted(key.raw for key in keys)
    if not 1 <= len(raw_keys) <= MOST_ROOT_KEYS:
        raise InvalidValue(f"A party has 1 to 255 root keys, not {len(raw_keys)}.")
    if len(set(raw_keys)) != len(raw_keys):
        raise InvalidValue("A root key is listed twice; list each holder's own key once.")
    if not 1 <= threshold <= len(raw_keys):
        raise InvalidValue(
            f"A threshold of {threshold} cannot be met by {len(raw_keys)} root keys;"
            " choose 1 up to their number."
        )
    head = b"firebreak root\x00" + bytes([threshold, len(raw_keys)])
    return hashlib.sha256(head + b"".join(raw_keys)).digest()


def spoken(fingerprint: bytes) -> str:
    """A fingerprint to read over a telephone: 16 groups of 4 lowercase hex digits (S-11).

    fingerprint: 32 bytes. Raises InvalidValue for another length.
    """
    if len(fingerprint) != hashlib.sha256().digest_size:
        raise InvalidValue(f"A fingerprint has 32 bytes, not {len(fingerprint)}.")
    return fingerprint.hex(" ", 2)


@lru_cache(maxsize=_KEYS_REMEMBERED)
def _remembered(raw: bytes) -> PublicKey:
    return PublicKey(raw)


def _check_key(raw: bytes) -> None:
    """Raise Malformed unless these bytes may be enrolled as a public key (S-1 to S-3)."""
    if len(raw) != KEY_BYTES:  # S-1
        raise Malformed(f"A public key of {len(raw)} bytes was received instead of 32.")
    if raw in REFUSED_ENCODINGS:  # S-2
        raise Malformed(
            f"The public key {raw.hex()} is of small order or not in its one encoding;"
            " whoever made it must make another."
        )
    if not bindings.crypto_core_ed25519_is_valid_point(raw):  # S-3
        raise Malformed(
            f"The public key {raw.hex()} is not a point of the curve's prime-order subgroup;"
            " whoever made it must make another."
        )


def _engine_accepts(raw: bytes, message: bytes, signature: bytes) -> bool:
    """What libsodium says of a signature; lengths were checked (its binding does not)."""
    try:
        bindings.crypto_sign_open(signature + message, raw)
    except BadSignatureError:
        return False
    return True


_RESIDUE_KEY: Final = bytes.fromhex(
    "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
)
_RESIDUE_MESSAGE: Final = b"firebreak"
_RESIDUE_SIGNATURE: Final = bytes.fromhex(
    "d026167dc5b8d1b0b4da5670b99315f237fbacfe062292c475ff173e59a73ff9"
    "2847bb1bbee0c6f2dcc62612a2eb6ba1150de7ecb62d95b5d20eae0f9a096f0b"
)
"""Holds only when both sides are multiplied by the cofactor (spec/signature.md, the example)."""

_ENGINE_IS_COFACTORED: Final = _engine_accepts(_RESIDUE_KEY, _RESIDUE_MESSAGE, _RESIDUE_SIGNATURE)
"""Asked once: libsodium's releases differ, and two nodes must not judge one entry differently."""
