"""What lies in a node's store, read directly, beside or without its node."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from firebreak.node import audit
from firebreak.node.opening import joined
from firebreak.node.shared import Shared
from firebreak.store.directory import NodeDirectory
from firebreak.store.interface import Entry
from firebreak.store.keyfiles import NodeSecrets
from firebreak.store.sqlite import open_read_only
from tests.nodes import PARTIES, Said, Stage, until

Logs = dict[tuple[int, int], list[Entry]]
"""All entries by channel and party."""


@contextmanager
def shared_of(folder: Path) -> Iterator[Shared]:
    """The one agreement of a node over its store, which is only read."""
    node = NodeDirectory.open(folder)
    with closing(open_read_only(node.store)) as store:
        [one] = joined(node, NodeSecrets.load(node.path), node.agreements())
        yield audit.opened(one, 0, store)


def logs_of(folder: Path) -> Logs:
    """Every log in a node's store, own and mirrored."""
    with shared_of(folder) as shared:
        return {
            (channel, log.party): list(shared.around.store.entries(log.origin, 0, log.durable))
            for channel, book in shared.books.items()
            for log in book.logs.values()
        }


def digests_of(folder: Path) -> dict[int, bytes]:
    """The digest of the shared state of each channel."""
    with shared_of(folder) as shared:
        return {channel: book.shared_digest() for channel, book in shared.books.items()}


def records(logs: Logs) -> dict[tuple[int, int], list[bytes]]:
    """The bytes that were signed, without what each side keeps beside them."""
    return {log: [entry.record for entry in entries] for log, entries in logs.items()}


def quiet(stage: Stage) -> None:
    """Wait until both sides hold the same, and each knows that the other does."""
    for party in PARTIES:
        until(lambda party=party: stage.answers(party), f"{party} answers")  # type: ignore[misc]  # bound now
    until(lambda: _same(stage), "both sides hold the same")


def _same(stage: Stage) -> bool:
    ours, theirs = (_channels(stage, party) for party in PARTIES)
    return all(
        one["own"]["size"] == one["own"]["delivered"] == other["theirs"]["size"]
        and other["own"]["size"] == other["own"]["delivered"] == one["theirs"]["size"]
        for one, other in zip(ours, theirs, strict=True)
    ) and not any(recovering(stage, party) for party in PARTIES)


def _channels(stage: Stage, party: str) -> list[dict[str, dict[str, int]]]:
    found: list[dict[str, dict[str, int]]] = _agreement(stage, party)["channels"]
    return found


def _agreement(stage: Stage, party: str) -> dict[str, list[dict[str, dict[str, int]]]]:
    answer: dict[str, list[dict[str, dict[str, int]]]] = stage.client(party).get("/status")[
        "agreements"
    ][0]
    return answer


def recovering(stage: Stage, party: str) -> bool:
    """Whether a node says that it is recovering."""
    return bool(stage.client(party).get("/status")["agreements"][0]["recovering"])


def verified(stage: Stage) -> None:
    """Both ledgers verify, alike; and both sides draw the same from them."""
    said: list[Said] = [stage.must(party, "ledger", "verify", "--json") for party in PARTIES]
    assert said[0].data() == said[1].data()
    first, second = (digests_of(stage.folder(party)) for party in PARTIES)
    assert first == second
