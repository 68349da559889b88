"""Total loss: how long a node takes to have every record again that the other side mirrors.

One party's node has a store with a long conversation; the other's has its keys and agreements, and no
store. It is started, and is done once both logs are whole and durable there, and it may append again.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from firebreak.bench.errand import cpu_s
from firebreak.bench.pair import PARTIES, Pair
from firebreak.errors import Misuse, StoreTrouble
from firebreak.keys import SigningKey
from firebreak.ledger.checkpoint import Checkpoint, sign_checkpoint
from firebreak.ledger.judge import Judged, parse_entry
from firebreak.ledger.receipt import Range, Receipt, sign_receipt
from firebreak.node.logs import Log
from firebreak.node.opening import joined
from firebreak.node.runner import clock
from firebreak.node.shared import Shared, Surroundings
from firebreak.records.agreement import Channel
from firebreak.records.kinds import KIND_OF, FreeText, Read
from firebreak.records.record import ID_PREFIX, SEEN_DIGEST, Record, Reference, Seen, sign_record
from firebreak.records.slots import Words
from firebreak.store.directory import NodeDirectory
from firebreak.store.interface import Entry, Head, ReceiptRow, Write
from firebreak.store.keyfiles import NodeSecrets
from firebreak.store.sqlite import SqliteStore, open_read_only, open_store
from firebreak.values import PartyNumber, Precedence

TURN = 8
"""Records that a side says before the other speaks: it then reads each of them, and says as many."""
PATIENCE_S = 1_200.0
_AIR = int(Channel.AIR)
_POLL_S = 0.1
_TURNS_TOGETHER = 64
"""In one commit, so that filling does not wait for the disk."""


def measure(count: int, folder: Path) -> dict[str, float]:
    """Rebuild a node that lost all of `count` records, half of them its own.

    folder: an empty one, for both nodes. Gives `seconds` from the start of its process until all is
    back, `records_per_s`, and `own_cpu_s` and `other_cpu_s` of both processes. Raises Misuse.
    """
    near, far = PARTIES
    pair = Pair.prepared(folder, _command)
    made = fill(pair.directory(far), pair.directory(near), count)
    for file in pair.directory(near).glob("store.db*"):
        file.unlink()
    with pair:
        pair.start(far)
        before = cpu_s(pair.processes[far].pid)
        begun = time.perf_counter()
        pair.start(near)
        while not _is_whole(pair.directory(near), made):
            if time.perf_counter() - begun > PATIENCE_S:
                raise Misuse(f"The node was not rebuilt in {PATIENCE_S:g} s. See {folder}.")
            if pair.processes[near].poll() is not None:
                raise Misuse(f"The node that is rebuilt has ended. See {folder}.")
            time.sleep(_POLL_S)
        seconds = time.perf_counter() - begun
        own, other = (cpu_s(pair.processes[party].pid) for party in PARTIES)
    return {
        "seconds": seconds,
        "records_per_s": count / seconds,
        "own_cpu_s": own,
        "other_cpu_s": other - before,
    }


def fill(folder: Path, other: Path, count: int) -> dict[str, int]:
    """Put a conversation of `count` records into the store of the node in `folder`.

    other: the other party's directory, for its keys. Gives the size of each log by origin. The node
    must have said nothing yet.
    """
    node = NodeDirectory.open(folder)
    owner = NodeSecrets.load(folder).log.public.raw
    with closing(open_store(node.store, lambda told: told(), create=False, owner=owner)) as store:
        filling = _Filling(node, NodeDirectory.open(other), store)
        for turn, left in enumerate(range(count, 0, -TURN)):
            filling.speak(turn, min(TURN, left))
            if turn % _TURNS_TOGETHER == 0:
                filling.commit()
        filling.commit()
        filling.receipt()
        return {log.origin: log.durable for log in filling.book.logs.values()}


@dataclass(frozen=True, slots=True)
class _Speaker:
    """What a party signs with."""

    officer: SigningKey
    log: SigningKey
    receipt: SigningKey


class _Filling:
    """Both sides' records appended to the store of one of them, as if the other had sent its own."""

    def __init__(self, node: NodeDirectory, other: NodeDirectory, store: SqliteStore) -> None:
        [one] = joined(node, NodeSecrets.load(node.path), node.agreements())
        around = Surroundings(store, clock, lambda *_: False, lambda _: None)
        self.shared = Shared(one.signed, one.party, one.keys, around, 0)
        self.book = self.shared.books[_AIR]
        self.store = store
        self.waiting: list[Write] = []
        self.ends: dict[PartyNumber, Head] = {}
        self.speakers = {
            directory.our_number(one.signed.agreement): _Speaker(
                directory.officer_key(1, directory.card().roster.entries[1].office),
                secrets.log,
                secrets.receipt,
            )
            for directory, secrets in ((d, NodeSecrets.load(d.path)) for d in (node, other))
        }

    def speak(self, turn: int, count: int) -> None:
        """One side's turn: it says something, or reads what was said; a side does each in turn."""
        log = self.book.logs[PartyNumber((turn + 1) // 2 % 2)]
        reads = turn % 2 == 1
        taken = [
            self.shared.take(self.book, log, parse_entry(data), clock())
            for data in self._records(log, count, reads)
        ]
        size, root = log.tail.size, log.frontier.root()
        key = self.speakers[log.party].log
        head = Head(
            log.origin, size, root, sign_checkpoint(Checkpoint(log.origin, size, root), key)
        )
        rows = self.shared.rows_for(self.book, log, taken)
        self.waiting += [*(entry for entry, _ in taken), head, *rows]
        self.ends[log.party] = head

    def _records(self, log: Log, count: int, reads: bool) -> Iterator[bytes]:
        other = self.book.logs[PartyNumber(1 - log.party)]
        seen = Seen(other.party, other.tail.size, other.tail.digest[:SEEN_DIGEST])
        context = self.shared.agreement.context(_AIR, log.party)
        first = log.tail.serials.get(1, -1) + 1
        for number in range(count):
            about = None
            body: FreeText | Read = FreeText(Words("en", f"Number {first + number}, as agreed."))
            if reads:
                place = other.tail.size - count + number
                target: tuple[Entry, Judged] = self.book.held(other.party, place)
                about = Reference(other.party, place, target[1].id[:ID_PREFIX])
                body = Read()
            record = Record(
                version=self.shared.agreement.version,
                author=1,
                control=self.shared.control.sizes[log.party],
                to=(),
                kind=KIND_OF[type(body)],
                refers_to=about,
                composed_at=clock(),
                precedence=Precedence.ROUTINE,
                answer_by=None,
                serial=first + number,
                seen=(seen,),
                body=body,
            )
            yield sign_record(record, context, self.speakers[log.party].officer).data

    def commit(self) -> None:
        """Write what was said since the last commit. Raises StoreTrouble."""
        failed: list[StoreTrouble] = []

        def done(error: StoreTrouble | None) -> None:
            failed.extend([error] if error is not None else [])

        self.store.submit(self.waiting, done)  # told at once: so the store was opened
        for error in failed:
            raise error
        for party, head in self.ends.items():
            self.book.logs[party].settle(head.size, head.root)
        self.waiting = []

    def receipt(self) -> None:
        """The other side's receipt for all that the node said."""
        shared = self.shared
        log = shared.own(_AIR)
        root = shared.root_at(log, log.durable)
        held = (Range(0, log.durable),) if log.durable else ()
        receipt = Receipt(log.durable, root, held, clock())
        key = self.speakers[shared.peer].receipt
        data = sign_receipt(receipt, shared.base.id, log.origin, key)
        self.waiting.append(ReceiptRow(log.origin, log.durable, log.durable, False, data))
        self.commit()


def _is_whole(folder: Path, sizes: dict[str, int]) -> bool:
    """Whether a store has every entry, and its node has noted that it has recovered."""
    node = NodeDirectory.open(folder)
    if not node.store.exists():
        return False
    with closing(open_read_only(node.store)) as store:
        agreement = node.agreements()[0].agreement
        recovered = store.setting(f"recovered:{agreement.id.hex()}")
        return recovered is not None and all(
            store.size(origin) == size for origin, size in sizes.items()
        )


def _command(words: Sequence[str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "firebreak", *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Misuse(f"`firebreak {' '.join(words)}` failed: {done.stderr.strip()}")
    return done.stdout
