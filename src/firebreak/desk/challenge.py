"""The one-time call-back challenge: two words by which each side knows the other on the telephone.

Whoever calls back says his word and expects the other's. An impostor who has seen neither the
request nor its acceptance knows neither word; a new acceptance makes new ones (spec/dialogue.md D-11).
"""

from __future__ import annotations

from dataclasses import dataclass

from firebreak.desk.spoken import Doubt, check_of, hear

RANDOM_BYTES = 16


@dataclass(frozen=True, slots=True)
class Challenge:
    """Check words, six characters each (spec/spoken.md): of the side that asked, and of the other."""

    asker: str
    asked: str

    def ours(self, *, we_asked: bool) -> str:
        """What we say."""
        return self.asker if we_asked else self.asked

    def theirs(self, *, we_asked: bool) -> str:
        """What they must say."""
        return self.asked if we_asked else self.asker


def of_call(request: bytes, acceptance: bytes) -> Challenge:
    """The challenge of a call, by the ids of its request and of the acceptance, 32 bytes each."""
    return _challenge(request + acceptance)


def drawn(random: bytes) -> Challenge:
    """A challenge for a side without a node. random: RANDOM_BYTES fresh ones."""
    return _challenge(random)


def _challenge(secret: bytes) -> Challenge:
    asker = check_of(b"firebreak call-back 1, asker\0" + secret)
    asked = check_of(b"firebreak call-back 1, asked\0" + secret)
    if asked == asker:  # one in a million: the two must differ
        asked = check_of(b"firebreak call-back 1, asked again\0" + secret)
    return Challenge(asker, asked)


def doubts(heard: str, expected: str) -> tuple[Doubt, ...]:
    """What was heard otherwise than expected; none where it is right. Raises InvalidValue."""
    return hear(heard, expected).doubts
