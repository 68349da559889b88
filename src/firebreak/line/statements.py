"""What a node says under its receipt key besides receipts: heartbeats, and what it holds when asked.

Sealing says nothing of the sender, so nothing that moves a lamp or ends a recovery goes unsigned
(spec/exchange.md §2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from firebreak.errors import Malformed
from firebreak.keys import PublicKey, SigningKey
from firebreak.records import sign1
from firebreak.records.cbor import decode, encode
from firebreak.records.codec import Integer, Items, Octets, Struct
from firebreak.values import LATEST, Millis

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pulse:
    """A heartbeat: the digest of a channel's shared state at these log sizes, in party order.

    at: ms UTC by the sender's clock; a pulse that is no later than one before it is a repeat.
    """

    at: Millis
    sizes: tuple[int, ...]
    digest: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """The largest head of the asker's own log that the sender knows, under the asker's own signature.

    asked: repeats the question's, so that no old answer passes for a new one; 0 where nobody asked.
    signature: by the asker's log key; empty where size is 0: nothing is known.
    """

    asked: Millis
    size: int
    root: bytes
    signature: bytes


_COUNT, _TIME, _HASH = Integer(0, 2**53), Integer(0, LATEST), Octets(32, 32)
_PULSE = Struct(Pulse, at=_TIME, sizes=Items(_COUNT, 16), digest=_HASH)
_HELD = Struct(Held, asked=_TIME, size=_COUNT, root=_HASH, signature=Octets(0, 64))


def sign_pulse(pulse: Pulse, agreement_id: bytes, channel: int, key: SigningKey) -> bytes:
    """A signed heartbeat of one channel."""
    context = encode(("firebreak pulse 1", agreement_id, channel))
    return sign1.sign(key, context, encode(_PULSE.plain(pulse))).encoded()


def open_pulse(data: bytes, agreement_id: bytes, channel: int, key: PublicKey) -> Pulse:
    """Read and verify a heartbeat. Raises Malformed or BadSignature (E-7)."""
    return _open(data, encode(("firebreak pulse 1", agreement_id, channel)), key, _PULSE)


def sign_held(held: Held, agreement_id: bytes, origin: str, key: SigningKey) -> bytes:
    """A signed statement of what is held of the log of this origin."""
    context = encode(("firebreak held 1", agreement_id, origin))
    return sign1.sign(key, context, encode(_HELD.plain(held))).encoded()


def open_held(data: bytes, agreement_id: bytes, origin: str, key: PublicKey) -> Held:
    """Read and verify such a statement, the head within excepted. Raises as `open_pulse` (E-7)."""
    held = _open(data, encode(("firebreak held 1", agreement_id, origin)), key, _HELD)
    if len(held.signature) != (sign1.SIGNATURE_BYTES if held.size else 0):
        raise Malformed("What the other side holds of our log is not under one signature of ours.")
    return held


def _open(data: bytes, context: bytes, key: PublicKey, codec: Struct[T]) -> T:
    signed = sign1.parse(data)
    signed.verify(key, context)
    return codec.value(decode(signed.payload))
