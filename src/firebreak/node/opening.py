"""From a node's directory to what the core runs on: agreements joined, secrets opened."""

from __future__ import annotations

from collections.abc import Sequence

from firebreak.node.core import Joined
from firebreak.node.shared import SideKeys
from firebreak.records.agreement import SignedAgreement
from firebreak.store.directory import NodeDirectory, reader_secret
from firebreak.store.keyfiles import NodeSecrets
from firebreak.values import PartyNumber


def joined(
    directory: NodeDirectory, secrets: NodeSecrets, agreements: Sequence[SignedAgreement]
) -> list[Joined]:
    """Every agreement that both parties signed, by its first version; the control log has the rest.

    agreements: oldest version first. Raises Misuse or Misbehaviour for one that is not ours.
    """
    first: dict[bytes, SignedAgreement] = {}
    for signed in agreements:
        if not signed.missing():
            first.setdefault(signed.agreement.id, signed)
    return [_one(directory, secrets, signed) for signed in first.values()]


def _one(directory: NodeDirectory, secrets: NodeSecrets, signed: SignedAgreement) -> Joined:
    us = directory.our_number(signed.agreement)
    opened = {
        number: reader_secret(signed, number, us, [secrets.sealing])
        for number in (PartyNumber(0), PartyNumber(1))
    }
    keys = SideKeys(secrets.record, secrets.log, secrets.receipt, secrets.mldsa, opened)
    return Joined(signed, us, keys)
