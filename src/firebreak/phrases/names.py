"""Names for the numbers that records carry."""

from __future__ import annotations

from dataclasses import dataclass

from firebreak.phrases.catalogue import phrase
from firebreak.records.agreement import Agreement, Office
from firebreak.records.record import Record


@dataclass(frozen=True, slots=True)
class Names:
    """The parties and offices of an agreement, by number."""

    parties: tuple[str, ...]
    offices: tuple[Office, ...]

    def party(self, number: int, language: str) -> str:
        """A party's name; `party 7` where the agreement has no such party."""
        if 0 <= number < len(self.parties):
            return self.parties[number]
        return phrase("party-unknown", language, number=str(number))

    def office(self, number: int, language: str) -> str:
        """An office with its party; `office 7` where the agreement has no such office."""
        if not 0 <= number < len(self.offices):
            return phrase("office-unknown", language, number=str(number))
        office = self.offices[number]
        party = self.party(office.party, language)
        return phrase("office", language, party=party, role=office.role)

    def reference(self, record: Record, language: str) -> str:
        """The very record that this one refers to, with the first 8 bytes of its id."""
        refers_to = record.refers_to
        if refers_to is None:
            return phrase("reference-none", language)
        return phrase(
            "reference",
            language,
            index=str(refers_to.index),
            party=self.party(refers_to.party, language),
            prefix=refers_to.prefix.hex(),
        )


def names_of(agreement: Agreement) -> Names:
    """The names of an agreement."""
    return Names(tuple(party.name for party in agreement.parties), agreement.offices)
