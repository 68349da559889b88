"""The officer at this machine: whose key signs, and for which office."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from firebreak.cli.output import now
from firebreak.errors import KeyTrouble
from firebreak.keys import SigningKey
from firebreak.records.roster import Roster, RosterEntry
from firebreak.store.directory import NodeDirectory, read_file, read_signing_key
from firebreak.store.keyfiles import officer as purpose_of


@dataclass(frozen=True, slots=True)
class Officer:
    """A key, its place in the roster, and the office it signs for."""

    index: int
    office: str
    key: SigningKey


def officer(
    node: NodeDirectory, file: Path | None, office: str | None, roles: tuple[str, ...]
) -> Officer:
    """Who signs: by --key, or the key that lies in the node's directory. Raises KeyTrouble.

    office: as given by --as; roles: our offices on the channel, preferred in this order.
    """
    roster = node.card().roster
    if file is not None:
        return _of_file(roster, file)
    here = [
        (index, entry)
        for index, entry in enumerate(roster.entries)
        if index and _holds(entry) and node.officer_file(index, entry.office).is_file()
    ]
    wanted = (office,) if office is not None else roles
    for role in wanted:
        for index, entry in here:
            if entry.office == role:
                return Officer(index, role, node.officer_key(index, role))
    raise KeyTrouble(
        f"No valid key for {' or '.join(wanted) or 'an office of this channel'} lies in {node.keys}."
        " Give the officer's own: --key FILE, or choose an office: --as OFFICE."
    )


def _holds(entry: RosterEntry) -> bool:
    return entry.valid_from <= now() < entry.valid_until


def _of_file(roster: Roster, file: Path) -> Officer:
    """The officer whose key file this is. Raises KeyTrouble if the roster does not list the key."""
    first = read_file(file, "the key file").partition(b"\n")[0].decode(errors="replace")
    offices = dict.fromkeys(entry.office for entry in roster.entries[1:])
    office = next((name for name in offices if first.endswith(purpose_of(name))), None)
    if office is None:
        raise KeyTrouble(f"{file} holds no officer's key of {roster.party}. Give another by --key.")
    key = read_signing_key(file, purpose_of(office))
    for index, entry in enumerate(roster.entries):
        if entry.key == key.public.raw:
            return Officer(index, entry.office, key)
    raise KeyTrouble(
        f"The key in {file} is not on the card of {roster.party}. Enrol it: firebreak party enrol"
    )
