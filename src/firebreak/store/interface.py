"""What a node asks of its store: ordered transactions, made durable before their callback.

Transactions are applied whole, in the order of submission. `done(None)` is called once the
transaction is durable (synchronous to the disk), `done(error)` if it is not known to be; after an
error every later transaction fails too until the store is opened again. Reads see what is durable,
which may be a moment before `done` is called. After an error of the disk itself the transaction may
yet be found there when the store is opened again: ask for the log's size, do not assume.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from firebreak.errors import StoreTrouble
from firebreak.values import Millis


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a log, own or mirrored.

    origin: the log; record: the signed record's bytes; leaf: RFC 6962 leaf hash of its commitment,
    32 bytes; digest: the log's running digest of bodies after it, 32 bytes; rank: its place in the
    canonical order (Lamport number); void: the reason it is void, or None; root: the dialogue's
    first record as (party, index).
    """

    origin: str
    index: int
    record: bytes
    record_id: bytes
    leaf: bytes
    digest: bytes
    rank: int
    void: str | None
    root: tuple[int, int]
    stored_at: Millis


@dataclass(frozen=True, slots=True)
class Head:
    """A log's signed head: size, root, and the log key's signature over the checkpoint."""

    origin: str
    size: int
    root: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Overtaken:
    """An entry that came before those in front of it, with its proof (an `overtaking` item)."""

    origin: str
    index: int
    item: bytes


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A receipt for a log, own or given, as signed bytes.

    size: of the checkpoint it names; unbroken: how many entries from the first on it covers.
    """

    origin: str
    size: int
    unbroken: int
    ours: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class Fork:
    """Proof that a log has two histories, as encoded bytes, and when it was found."""

    origin: str
    data: bytes
    found_at: Millis


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The open state of one dialogue: what a restart needs without reading the logs through.

    root: (party, index) of its first record on `channel`; open: whether anything is still awaited
    or current; due: when next something is due, ms UTC; digest: of its shared state, 32 bytes.
    """

    channel: int
    root: tuple[int, int]
    open: bool
    due: Millis | None
    digest: bytes


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of a party's own journal, never mirrored. kind: what it is; data: JSON text."""

    at: Millis
    kind: str
    data: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A named value of the node itself; None removes it."""

    name: str
    value: bytes | None


Write: TypeAlias = Entry | Head | Overtaken | ReceiptRow | Fork | Dialogue | JournalLine | Setting
"""Entry appends (its index must be the log's size); Dialogue and Setting replace; the others add.

An Entry removes the Overtaken row of its own index; an Overtaken of an index that the log has
already is dropped, one of an index that waits replaces it. A Head is over no more entries than the
log has at the end of its transaction; a second one of the same size changes nothing (one that
differs is a Fork). A transaction that breaks these rules fails with all after it; those before it
stand.
"""

Done: TypeAlias = Callable[[StoreTrouble | None], None]


class Reads(Protocol):
    """The reading half of a store; raises StoreTrouble where it cannot be read or trusted."""

    @property
    def restored(self) -> bytes | None:
        """Names the last time that this store was put here from elsewhere, or was found older than
        when it was last open, or empty in place of one that is lost; None if it never was.

        It stays. Which agreements have recovered since is the node's to note (spec/exchange.md §7).
        """

    def size(self, origin: str) -> int:
        """Entries of a log; 0 for one that is not there."""

    def entries(self, origin: str, start: int, stop: int) -> Iterator[Entry]:
        """Entries start <= index < stop, in order, streamed."""

    def find(self, prefix: bytes) -> Iterator[Entry]:
        """Entries whose record id begins with these bytes, on any log, by id."""

    def dialogue_entries(
        self, channel_origins: Sequence[str], root: tuple[int, int]
    ) -> list[Entry]:
        """All entries of one dialogue over these logs, in (rank, origin order, index) order."""

    def subtree(self, origin: str, level: int, number: int) -> bytes:
        """Hash of the complete subtree of 2**level leaves from number * 2**level (RFC 6962).

        Raises InvalidValue if the log does not hold all of them.
        """

    def head(self, origin: str) -> Head | None:
        """The largest signed head of a log."""

    def head_at(self, origin: str, size: int) -> Head | None:
        """A signed head of exactly this size, if one was kept."""

    def heads(self, origin: str) -> Iterator[Head]:
        """Every signed head kept of a log, by size, streamed."""

    def overtaken(self, origin: str) -> list[Overtaken]:
        """Entries that wait for those in front of them."""

    def receipts(self, origin: str, ours: bool) -> Iterator[ReceiptRow]:
        """Receipts for a log, oldest first: those that we gave, or those given to us."""

    def furthest_receipt(self, origin: str, ours: bool) -> ReceiptRow | None:
        """The receipt whose unbroken beginning reaches furthest; of several the last kept."""

    def receipts_ahead(self, origin: str, ours: bool, size: int) -> Iterator[ReceiptRow]:
        """Receipts that reach nothing unbroken, under heads greater than a size, oldest first."""

    def first_receipt(self, origin: str, ours: bool, index: int) -> ReceiptRow | None:
        """The receipt that reached least far of those that cover an entry and all before it."""

    def forks(self) -> list[Fork]:
        """Every fork ever found."""

    def open_dialogues(self, channel: int) -> Iterator[Dialogue]:
        """Dialogues of a channel in which something is awaited or current, by root."""

    def dialogue(self, channel: int, root: tuple[int, int]) -> Dialogue | None:
        """One dialogue's row."""

    def journal(self, after: Millis | None = None) -> Iterator[JournalLine]:
        """The journal by time, lines of one time as they were written; `after` is not included."""

    def setting(self, name: str) -> bytes | None:
        """A named value of the node."""

    def close(self) -> None:
        """Finish what was submitted, then close. Nothing may be reading."""


class Store(Reads, Protocol):
    """A node's store. One process may hold it open for writing."""

    def submit(self, writes: Sequence[Write], done: Done) -> None:
        """Queue one transaction."""
