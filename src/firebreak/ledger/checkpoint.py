"""Checkpoints, signed notes and proof files: the text forms of a log's head.

Sources: C2SP tlog-checkpoint 1.0, signed-note 1.0 and tlog-proof v1, of which this is a strict
subset that any C2SP reader takes. One checkpoint has one text: `render(parse(b)) == b`, always.
Exact bytes and numbered MUSTs: spec/log.md §3 to §5.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from firebreak.errors import BadProof, BadSignature, InvalidValue, Malformed
from firebreak.keys import PublicKey, SigningKey
from firebreak.ledger.merkle import HASH_BYTES, MOST_LEAVES

OPAQUE_BYTES: Final = 16
LAST_EPOCH: Final = 2**32 - 1
NOTE_KEY_ID_BYTES: Final = 4
MOST_SIGNATURES: Final = 16
MOST_SIGNATURE_BYTES: Final = 5_000
MOST_NOTE_BYTES: Final = 131_072
MOST_EXTRA_BYTES: Final = 131_072
MOST_PROOF_HASHES: Final = 63
MOST_PROOF_BYTES: Final = 400_000

_ED25519: Final = b"\x01"
_DASH: Final = "\N{EM DASH} ".encode()

_NUMBER: Final = rb"(?:0|[1-9][0-9]{0,18})"
_BASE64: Final = rb"[A-Za-z0-9+/]+={0,2}"
_HASH_LINE: Final = rb"[A-Za-z0-9+/]{43}="
_NAME: Final = re.compile(rb"[!-*,-~]{1,255}")
_ORIGIN: Final = re.compile(rb"firebreak\.line/([0-9a-f]{32})/(0|[1-9][0-9]{0,9})")
_SIGNATURE: Final = _DASH + _NAME.pattern + b" " + _BASE64 + b"\n"
_NOTE: Final = re.compile(
    rb"([!-~]{1,255})\n(" + _NUMBER + rb")\n(" + _HASH_LINE + rb")\n\n"
    rb"((?:" + _SIGNATURE + rb"){1,16})"
)
_PROOF: Final = re.compile(
    rb"c2sp\.org/tlog-proof@v1\n(?:extra (" + _BASE64 + rb")\n)?index (" + _NUMBER + rb")\n"
    rb"((?:" + _HASH_LINE + rb"\n){0,63})\n(.+)",
    re.DOTALL,
)


def origin(opaque: bytes, epoch: int) -> str:
    """The origin line of a log: `firebreak.line/<32 hex digits>/<epoch>` (L-8).

    opaque: 16 random bytes, telling nothing; epoch: 0 to 2**32 - 1. Raises InvalidValue otherwise.
    """
    if len(opaque) != OPAQUE_BYTES:
        raise InvalidValue(f"A log's opaque id has 16 bytes, not {len(opaque)}.")
    if not 0 <= epoch <= LAST_EPOCH:
        raise InvalidValue(f"A log's epoch is 0 to 2**32 - 1, not {epoch}.")
    return f"firebreak.line/{opaque.hex()}/{epoch}"


def parse_origin(text: str) -> tuple[bytes, int]:
    """The opaque id (16 bytes) and epoch of an origin line; raises Malformed (L-8)."""
    match = _ORIGIN.fullmatch(text.encode("utf-8", "surrogatepass"))
    if match is None or int(match[2]) > LAST_EPOCH:
        raise Malformed(f"{text!a} is not the origin of a Firebreak log.")
    return bytes.fromhex(match[1].decode()), int(match[2])


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: so many entries, this root.

    origin: as `origin` makes it; size: 0 to 2**63 - 1; root: 32 bytes. Raises InvalidValue
    otherwise. The root is not computed here: `merkle.Frontier.root` gives it.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        try:
            parse_origin(self.origin)
        except Malformed as error:
            raise InvalidValue(str(error)) from error
        if not 0 <= self.size <= MOST_LEAVES:
            raise InvalidValue(f"A log has 0 to 2**63 - 1 entries, not {self.size}.")
        if len(self.root) != HASH_BYTES:
            raise InvalidValue(f"A root hash has 32 bytes, not {len(self.root)}.")

    def body(self) -> bytes:
        """The note text, which is what is signed: three lines, each ended by a newline (L-9)."""
        return b"%s\n%d\n%s\n" % (self.origin.encode(), self.size, _base64(self.root))


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature under a note, of any C2SP type.

    name: 1 to 255 printable ASCII characters, no space, no plus; key_id: 4 bytes; signature: 1 to
    5,000 bytes. Raises InvalidValue otherwise. A line is a claim: `open_note` checks the log's.
    """

    name: str
    key_id: bytes
    signature: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name.encode("utf-8", "surrogatepass")):
            raise InvalidValue(f"{self.name!a} cannot name a key in a note.")
        if len(self.key_id) != NOTE_KEY_ID_BYTES:
            raise InvalidValue(f"A key id in a note has 4 bytes, not {len(self.key_id)}.")
        if not 1 <= len(self.signature) <= MOST_SIGNATURE_BYTES:
            raise InvalidValue(
                f"A signature in a note has 1 to 5,000 bytes, not {len(self.signature)}."
            )

    def render(self) -> bytes:
        """The line, newline included."""
        return _DASH + self.name.encode() + b" " + _base64(self.key_id + self.signature) + b"\n"


def sign_checkpoint(checkpoint: Checkpoint, log_key: SigningKey) -> bytes:
    """The 64-byte Ed25519 signature over the body: all that a narrow bundle carries."""
    return log_key.sign(checkpoint.body())


def verify_checkpoint(checkpoint: Checkpoint, log_key: PublicKey, signature: bytes) -> None:
    """Accept a checkpoint that its log's key signed; raises BadProof otherwise (L-10)."""
    try:
        log_key.verify(checkpoint.body(), signature)
    except BadSignature as error:
        raise BadProof(
            f"The checkpoint of {checkpoint.origin} at {checkpoint.size} entries is not signed by"
            f" its log's key: {error}"
        ) from error


def note_key_id(name: str, key: PublicKey) -> bytes:
    """The 4 bytes that a note gives for an Ed25519 key under a name (L-15)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key.raw).digest()[:NOTE_KEY_ID_BYTES]


def ed25519_line(name: str, key: PublicKey, signature: bytes) -> SignatureLine:
    """The line for a plain Ed25519 signature (type 0x01) over a note. Raises InvalidValue."""
    return SignatureLine(name, note_key_id(name, key), signature)


def note(checkpoint: Checkpoint, lines: Sequence[SignatureLine]) -> bytes:
    """The signed note with exactly these lines, the log's own first.

    lines: 1 to 16. Raises InvalidValue where `parse_note` would refuse the result.
    """
    try:
        _check_lines(checkpoint, lines)
    except Malformed as error:
        raise InvalidValue(str(error)) from error
    return checkpoint.body() + b"\n" + b"".join(line.render() for line in lines)


def parse_note(data: bytes) -> tuple[Checkpoint, tuple[SignatureLine, ...]]:
    """The checkpoint of a signed note and its lines, in order. Verifies no signature.

    data: at most 128 KiB. Raises Malformed for anything that `note` does not write (L-11 to L-14).
    """
    match = _NOTE.fullmatch(data) if len(data) <= MOST_NOTE_BYTES else None  # L-11
    if match is None:
        raise Malformed("The checkpoint is not a signed note of three lines and its signatures.")
    lines = tuple(_parse_line(line) for line in match[4].splitlines())
    try:
        checkpoint = Checkpoint(match[1].decode(), int(match[2]), _from_base64(match[3]))
    except InvalidValue as error:
        raise Malformed(f"The checkpoint is malformed: {error}") from error
    _check_lines(checkpoint, lines)
    if note(checkpoint, lines) != data:  # L-14
        raise Malformed("The signed note is not in its one encoding.")
    return checkpoint, lines


def open_note(data: bytes, log_key: PublicKey) -> tuple[Checkpoint, tuple[SignatureLine, ...]]:
    """`parse_note`, and the log's own signature verified. The other lines stay claims.

    Raises Malformed, or BadProof if no line is by this key or the signature is wrong (L-10).
    """
    checkpoint, lines = parse_note(data)
    key_id = note_key_id(checkpoint.origin, log_key)
    for line in lines:
        if (line.name, line.key_id) == (checkpoint.origin, key_id):
            verify_checkpoint(checkpoint, log_key, line.signature)
            return checkpoint, lines
    raise BadProof(f"The checkpoint of {checkpoint.origin} bears no signature of its log's key.")


@dataclass(frozen=True, slots=True)
class ProofFile:
    """A C2SP tlog-proof: this entry is in that log. Parsed, not verified.

    index: 0 to 2**63 - 2; hashes: the inclusion proof, leaf upwards, 32 bytes each, at most 63;
    note: a signed note that `parse_note` takes; extra: absent, or 1 byte to 128 KiB that nothing
    authenticates. Raises InvalidValue otherwise.
    """

    index: int
    hashes: tuple[bytes, ...]
    note: bytes
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index < MOST_LEAVES:
            raise InvalidValue(f"A log has no entry {self.index}.")
        if len(self.hashes) > MOST_PROOF_HASHES or any(len(h) != HASH_BYTES for h in self.hashes):
            raise InvalidValue("A proof has at most 63 hashes of 32 bytes.")
        if self.extra is not None and not 1 <= len(self.extra) <= MOST_EXTRA_BYTES:
            raise InvalidValue("Extra data has 1 byte to 128 KiB, or is left out.")
        try:
            parse_note(self.note)
        except Malformed as error:
            raise InvalidValue(str(error)) from error


def render_proof(proof: ProofFile) -> bytes:
    """The proof file's bytes (L-16)."""
    extra = b"" if proof.extra is None else b"extra %s\n" % _base64(proof.extra)
    hashes = b"".join(_base64(digest) + b"\n" for digest in proof.hashes)
    head = b"c2sp.org/tlog-proof@v1\n%sindex %d\n" % (extra, proof.index)
    return head + hashes + b"\n" + proof.note


def parse_proof(data: bytes) -> ProofFile:
    """The proof of a proof file; raises Malformed for what `render_proof` does not write (L-16).

    It is verified by `open_note` on its note and `merkle.verify_inclusion` on the rest.
    """
    match = _PROOF.fullmatch(data) if len(data) <= MOST_PROOF_BYTES else None
    if match is None:
        raise Malformed("The file is not a C2SP tlog-proof in its one encoding.")
    extra = None if match[1] is None else _from_base64(match[1])
    hashes = tuple(_from_base64(line) for line in match[3].splitlines())
    try:
        proof = ProofFile(int(match[2]), hashes, match[4], extra)
    except InvalidValue as error:
        raise Malformed(f"The proof file is malformed: {error}") from error
    if render_proof(proof) != data:  # L-14
        raise Malformed("The proof file is not in its one encoding.")
    return proof


def _check_lines(checkpoint: Checkpoint, lines: Sequence[SignatureLine]) -> None:
    """Raise Malformed unless these lines may stand under this checkpoint (L-11 to L-13)."""
    if not 1 <= len(lines) <= MOST_SIGNATURES:  # L-11
        raise Malformed(f"A signed note has 1 to 16 signature lines, not {len(lines)}.")
    if lines[0].name != checkpoint.origin:  # L-12
        raise Malformed("The first signature of a checkpoint is not by its own log.")
    if len({(line.name, line.key_id) for line in lines}) != len(lines):  # L-13
        raise Malformed("A signed note has two signature lines of one key.")


def _parse_line(line: bytes) -> SignatureLine:
    name, _, encoded = line.removeprefix(_DASH).partition(b" ")
    blob = _from_base64(encoded)
    try:
        return SignatureLine(name.decode(), blob[:NOTE_KEY_ID_BYTES], blob[NOTE_KEY_ID_BYTES:])
    except InvalidValue as error:
        raise Malformed(f"A signature line is malformed: {error}") from error


def _base64(data: bytes) -> bytes:
    return base64.b64encode(data)


def _from_base64(text: bytes) -> bytes:
    """Decode RFC 4648 section 4 base64; raises Malformed.

    Unused bits may be set: the callers render what they parsed and compare (L-14).
    """
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Malformed("A line of the note or proof is not base64.") from error
