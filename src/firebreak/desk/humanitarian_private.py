"""Names of persons and telephone numbers: apart from the journal, under a commitment that stays.

The journal entry holds SHA-256 over the private part with its salt. The part itself is a file that
can be erased; whoever kept a copy can show later that it is what was committed to (H-8, H-9).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from firebreak.errors import Malformed
from firebreak.records.cbor import decode, encode
from firebreak.records.codec import Items, Octets, Struct, Text

SALT_BYTES = 32
MOST_FIELDS = 32
MOST_BYTES = 16_384
CONTACT = "contact"
"""The label of a telephone or radio that a movement answers on the way; the first is tried first."""
_CONTEXT = "firebreak private 1"


@dataclass(frozen=True, slots=True)
class Field:
    """One personal field: what it is, and what it says."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Private:
    """The private part of one entry. salt: 32 random bytes, so that none can be guessed from outside."""

    salt: bytes
    fields: tuple[Field, ...]

    def encoded(self) -> bytes:
        """Its one encoding, which the commitment is over."""
        return encode((_CONTEXT, _PRIVATE.plain(self)))

    def commitment(self) -> bytes:
        """What the journal's entry holds of it, 32 bytes."""
        return hashlib.sha256(self.encoded()).digest()

    def texts(self, label: str) -> tuple[str, ...]:
        """What the fields of one label say, in order."""
        return tuple(field.text for field in self.fields if field.label == label)


_PRIVATE = Struct(
    Private,
    salt=Octets(SALT_BYTES, SALT_BYTES),
    fields=Items(Struct(Field, label=Text(24), text=Text(120)), MOST_FIELDS, least=1),
)


def read_private(data: bytes) -> Private:
    """A private part from its file. Raises Malformed unless it is the one encoding of one."""
    if len(data) > MOST_BYTES:
        raise Malformed(f"A private part has no more than {MOST_BYTES} bytes. Give the right file.")
    match decode(data):
        case (str(context), plain) if context == _CONTEXT:
            return _PRIVATE.value(plain)
        case _:
            raise Malformed("This is no private part of an entry. Give the right file.")
