"""The error tree, in two families.

`Misuse`: this side asked for something that cannot be done; the text says what to do instead.
`Misbehaviour`: bytes or behaviour of the other side (or of a carrier between) that the rules refuse.
The text of every error is the operator's message: what happened, then what to do.
"""


class FirebreakError(Exception):
    """Anything that Firebreak refuses. `str(error)` is the operator's message."""


class Misuse(FirebreakError):
    """This side asked for something that cannot be done."""


class Refused(Misuse):
    """The rules of the agreement do not allow this record here."""


class InvalidValue(Misuse):
    """A value that this side gave is out of range or contradicts itself."""


class KeyTrouble(Misuse):
    """A key file is missing, damaged, readable by others, or not the key that is needed."""


class StoreTrouble(Misuse):
    """The store cannot be opened, written or trusted."""


class NotDelivered(Misuse):
    """The record is kept here, but the other side has given no receipt for it."""


class Misbehaviour(FirebreakError):
    """The other side, or a carrier between, sent what the rules refuse."""


class Malformed(Misbehaviour):
    """Bytes that are not the one encoding of anything (spec/record.md)."""


class BadSignature(Misbehaviour):
    """A signature that does not verify under the one written rule (spec/record.md)."""


class BadProof(Misbehaviour):
    """A Merkle proof, checkpoint or receipt that does not verify (spec/log.md)."""


class NotForUs(Misbehaviour):
    """A bundle that is sealed to somebody else, expired, or of another agreement."""
