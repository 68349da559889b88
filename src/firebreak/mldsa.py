"""ML-DSA-44 as the second signature under a log's heads, against a quantum computer (spec/log.md §4).

Never on the hot path: a key and a signature have 1,312 and 2,420 bytes. The line is that of C2SP
tlog-cosignature, type 0x06, with the log as its own cosigner; ML-DSA is FIPS 204, pure, without context.
"""

import hashlib
from typing import Final, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from firebreak.errors import BadProof, InvalidValue, Malformed
from firebreak.ledger.checkpoint import NOTE_KEY_ID_BYTES, Checkpoint, SignatureLine
from firebreak.records.roster import MLDSA_BYTES

SEED_BYTES: Final = 32
SIGNATURE_BYTES: Final = 2_420
TIME_BYTES: Final = 8

_TYPE: Final = b"\x06"
_LABEL: Final = b"subtree/v1\n\x00"
_LATEST_SECOND: Final = 2**63 - 1


class MldsaKey:
    """An ML-DSA-44 secret key of a log. Its seed is shown by no repr, str or pickle.

    seed: 32 bytes from a secure random source. Raises InvalidValue for another length.
    """

    __slots__ = ("_secret", "public")

    public: bytes

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise InvalidValue(f"An ML-DSA-44 key's seed has 32 bytes, not {len(seed)}.")
        self._secret = MLDSA44PrivateKey.from_seed_bytes(seed)
        self.public = self._secret.public_key().public_bytes_raw()

    def line(self, checkpoint: Checkpoint, seconds: int = 0) -> SignatureLine:
        """The signature line under a head; other bytes each time, for signing draws at random.

        seconds: since 1970, where the log also says that this head is its largest; 0 where not.
        """
        if not 0 <= seconds <= _LATEST_SECOND:
            raise InvalidValue(f"A cosignature's time is 0 to 2**63 - 1 seconds, not {seconds}.")
        signature = self._secret.sign(_message(checkpoint, seconds))
        name = checkpoint.origin
        timed = seconds.to_bytes(TIME_BYTES, "big") + signature
        return SignatureLine(name, note_key_id(name, self.public), timed)

    def __repr__(self) -> str:
        return f"MldsaKey(public={self.public[:8].hex()}…)"

    def __reduce__(self) -> NoReturn:
        raise InvalidValue("A signing key is not copied or pickled; read it from its key file.")


def note_key_id(name: str, public: bytes) -> bytes:
    """The 4 bytes that a note gives for an ML-DSA-44 key under a name (L-25)."""
    return hashlib.sha256(name.encode() + b"\n" + _TYPE + public).digest()[:NOTE_KEY_ID_BYTES]


def is_line_of(line: SignatureLine, public: bytes) -> bool:
    """Whether a line says that it is by this key. A claim: `verify_line` checks it."""
    return line.key_id == note_key_id(line.name, public)


def verify_line(checkpoint: Checkpoint, public: bytes, line: SignatureLine) -> None:
    """Accept the line that the log's ML-DSA-44 key put under this head; raises BadProof otherwise.

    public: 1,312 bytes. Its time is signed and not compared with anything (L-25, L-26).
    """
    if len(public) != MLDSA_BYTES:
        raise Malformed(f"An ML-DSA-44 public key has 1,312 bytes, not {len(public)}.")
    if line.name != checkpoint.origin or not is_line_of(line, public):
        raise _refusal(checkpoint, "its line names another key")
    if len(line.signature) != TIME_BYTES + SIGNATURE_BYTES:
        raise _refusal(checkpoint, "its length is not 2,428 bytes")
    seconds = int.from_bytes(line.signature[:TIME_BYTES], "big")
    if seconds > _LATEST_SECOND:
        raise _refusal(checkpoint, "its time is beyond 2**63 - 1")
    key = MLDSA44PublicKey.from_public_bytes(public)
    try:
        key.verify(line.signature[TIME_BYTES:], _message(checkpoint, seconds))
    except InvalidSignature:
        raise _refusal(checkpoint, "it does not belong to this head and key") from None


def _message(checkpoint: Checkpoint, seconds: int) -> bytes:
    """The cosigned_message of C2SP tlog-cosignature for a whole log (L-26)."""
    origin = checkpoint.origin.encode()
    name = bytes([len(origin)]) + origin
    numbers = (0).to_bytes(8, "big") + checkpoint.size.to_bytes(8, "big")
    return _LABEL + name + seconds.to_bytes(8, "big") + name + numbers + checkpoint.root


def _refusal(checkpoint: Checkpoint, why: str) -> BadProof:
    return BadProof(
        f"The ML-DSA-44 signature under the head of {checkpoint.origin} at {checkpoint.size} entries"
        f" is refused: {why}."
    )
