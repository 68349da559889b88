"""Two officers decide to let one record out beyond the releasability gate (spec/watch.md, W-G7).

Each signs the decision with the officer's key, so that the node can tell that they are two and who they
are, and the journal can show it later. Nothing here is sent to the other side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from firebreak.desk.releasability import Override, override
from firebreak.errors import BadSignature, Misuse, Refused
from firebreak.keys import PublicKey, SigningKey
from firebreak.records.cbor import encode
from firebreak.records.roster import Roster
from firebreak.values import Millis

FRESH_MS: Final = 60_000
"""A decision counts for so long: it is made for a situation of this minute."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the two sign. agreement: its digest; advisory: its key; officers: places in the roster."""

    agreement: bytes
    advisory: str
    reason: str
    at: Millis
    officers: tuple[int, int]

    def payload(self) -> bytes:
        """The bytes that both sign; they are no record and can be taken for none."""
        return encode(
            (
                "firebreak watch override 1",
                self.agreement,
                self.advisory,
                self.reason,
                self.at,
                *self.officers,
            )
        )

    def signed(self, key: SigningKey) -> bytes:
        """One officer's signature, 64 bytes."""
        return key.sign(self.payload())

    def checked(self, roster: Roster, signatures: Sequence[bytes], now: Millis) -> Override:
        """The override, if both officers of this roster signed it just now.

        signatures: in the order of the officers. Raises Misuse where they are not two or give no
        reason, Refused for keys that may not sign or a decision of another time, BadSignature.
        """
        first, second = self.officers
        if first == second or len(signatures) != len(self.officers):
            raise Misuse("To pass the releasability gate takes two different officers; name both.")
        if abs(now - self.at) > FRESH_MS:
            raise Refused("That decision was not made just now. Have both officers decide again.")
        names, keys = [], set()
        for place, signature in zip(self.officers, signatures, strict=True):
            # Place 0 is the node's own key: no officer.
            if not 1 <= place < len(roster.entries):
                raise Refused(f"Key {place} of the card is no officer's. Enrol it: party enrol")
            entry = roster.entries[place]
            if not entry.valid_from <= now < entry.valid_until:
                raise Refused(f"Key {place}, {entry.office}, is not valid now. Another must sign.")
            _verified(self.payload(), entry.key, signature, entry.office)
            keys.add(entry.key)
            names.append(f"{entry.office} (key {place})")
        if len(keys) < len(names):
            raise Misuse("To pass the releasability gate takes two different officers; name both.")
        return override(names, self.reason, now)


def _verified(payload: bytes, key: bytes, signature: bytes, office: str) -> None:
    try:
        PublicKey.parse(key).verify(payload, signature)
    except BadSignature:
        raise BadSignature(
            f"The signature of {office} does not belong to this decision. Have both sign it again."
        ) from None
