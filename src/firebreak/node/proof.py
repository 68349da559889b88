"""What a node answers when evidence is collected from its logs (`evidence.Source`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from firebreak.errors import InvalidValue
from firebreak.ledger.checkpoint import Checkpoint, SignatureLine
from firebreak.ledger.commitment import salt
from firebreak.node.logs import Log
from firebreak.node.side import Side
from firebreak.values import PartyNumber


class SideSource:
    """The logs of one agreement, as far as they are durable here."""

    def __init__(self, side: Side) -> None:
        self.shared = side.shared
        self.store = side.shared.around.store

    def record(self, channel: int, party: PartyNumber, index: int) -> bytes:
        """An entry's bytes. Raises InvalidValue for one that is not held."""
        stored = self.shared.book_of(channel).stored(party, index)
        if stored is None or index >= self._log(channel, party).durable:
            raise InvalidValue(f"Entry {index} of that log is not held here.")
        return stored[0].record

    def salt(self, channel: int, party: PartyNumber, index: int) -> bytes:
        """An entry's salt, 16 bytes."""
        return salt(self._log(channel, party).secret, index)

    def head(self, channel: int, party: PartyNumber) -> tuple[Checkpoint, bytes]:
        """A log's latest head that is held whole, and its log key's signature."""
        log = self._log(channel, party)
        head = self.store.head(log.origin)
        if head is not None and head.size <= log.durable:
            return Checkpoint(log.origin, head.size, head.root), head.signature
        raise InvalidValue(f"No signed head of {log.origin} is held here yet. Try again later.")

    def mldsa_line(
        self, channel: int, party: PartyNumber, head: Checkpoint
    ) -> SignatureLine | None:
        """The ML-DSA-44 line of a log of ours, made now; of theirs none is held."""
        return self.shared.keys.mldsa.line(head) if self._log(channel, party).own else None

    def subtree(self, channel: int, party: PartyNumber) -> Callable[[int, int], bytes]:
        """A log's complete subtrees."""
        return self.shared.subtree(self._log(channel, party))

    def receipts(self, channel: int, party: PartyNumber) -> Iterable[bytes]:
        """All receipts that the other party gave for a log of ours; those kept that we gave."""
        log = self._log(channel, party)
        return (row.data for row in self.store.receipts(log.origin, ours=not log.own))

    def _log(self, channel: int, party: PartyNumber) -> Log:
        return self.shared.book_of(channel).logs[party]
