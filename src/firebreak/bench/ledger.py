"""Reading a ledger through: signatures verified a second, against the bare verifier on the same ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from nacl import bindings

from firebreak.errors import Misuse
from firebreak.ledger.checkpoint import Checkpoint
from firebreak.node import audit
from firebreak.node.opening import joined
from firebreak.node.shared import Shared
from firebreak.records import sign1
from firebreak.records.record import parse_payload
from firebreak.store.directory import NodeDirectory
from firebreak.store.keyfiles import NodeSecrets
from firebreak.store.sqlite import open_read_only

ROUNDS: Final = 5

Signature = tuple[bytes, bytes, bytes]
"""Key, message, signature."""


def verification(directory: Path) -> dict[str, float]:
    """Signatures verified a second while a store is read through, and that over the bare verifier.

    One thread; both by turns, ROUNDS times, each reading over a store opened anew; medians. Raises
    Misuse if the store does not verify.
    """
    with _opened(directory) as shared:
        signatures = _signatures(shared)
    ours, bare = [], []
    for _ in range(ROUNDS):
        with _opened(directory) as shared:
            ours.append(_timed(partial(_read_through, shared)))
        bare.append(_timed(partial(_verify, signatures)))
    return {
        "ledger_verify_per_s": len(signatures) / median(ours),
        "ledger_verify_ratio": median(b / o for b, o in zip(bare, ours, strict=True)),
    }


def _read_through(shared: Shared) -> None:
    """Verify every entry and head of a node's logs, streamed. Raises Misuse if one does not verify."""
    for found in audit.audit(shared):
        if isinstance(found, audit.Fault):
            raise Misuse(f"The ledger of the bench does not verify: {found.what}.")


@contextmanager
def _opened(directory: Path) -> Iterator[Shared]:
    node = NodeDirectory.open(directory)
    store = open_read_only(node.store)
    try:
        [one] = joined(node, NodeSecrets.load(node.path), node.agreements())
        yield audit.opened(one, 0, store)
    finally:
        store.close()


def _signatures(shared: Shared) -> list[Signature]:
    """Every signature that reading through verifies: of each record, and of each head."""
    found: list[Signature] = []
    for channel, book in shared.books.items():
        for log in book.logs.values():
            roster = shared.control.latest_roster(log.party)
            aad = shared.agreement.context(channel, log.party).external_aad()
            for entry in shared.around.store.entries(log.origin, 0, log.durable):
                signed = sign1.parse(entry.record)
                author = roster.entries[parse_payload(signed.payload).author].key
                found.append((author, sign1.to_be_signed(aad, signed.payload), signed.signature))
            for head in shared.around.store.heads(log.origin):
                checkpoint = Checkpoint(log.origin, head.size, head.root)
                found.append((log.key.raw, checkpoint.body(), head.signature))
    return found


def _verify(signatures: list[Signature]) -> None:
    for key, message, signature in signatures:
        bindings.crypto_sign_open(signature + message, key)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
