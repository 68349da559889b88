"""Two nodes under load, killed at random moments: what was acknowledged is found on both sides.

FIREBREAK_SEED=n replays one schedule of kills; what the machine does between them is its own. A kill
leaves what the system has not yet written to the disk: that commits are synced is shown in tests/store,
and what a lying disk does in tests/hostile.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from random import Random

import pytest

from tests.killed.officer import Officer
from tests.killed.stores import logs_of, quiet, records, verified
from tests.nodes import PARTIES, Stage, until

KILLS = 52
"""In each of two runs; a node takes half a second to start, and another worker has the other run."""
LEAST = 520
"""Acknowledged records in each run."""
SEEDS = [int(os.environ["FIREBREAK_SEED"])] if "FIREBREAK_SEED" in os.environ else [1, 2]


class Killer:
    """Ends nodes without warning, and starts them again."""

    def __init__(self, stage: Stage, officers: dict[str, Officer], seed: int) -> None:
        self.stage = stage
        self.officers = officers
        self.chance = Random(seed)
        self.counts: Counter[str] = Counter()

    def strike(self) -> None:
        """Let time pass or records be acknowledged, kill one node or both, start what was killed."""
        for party in PARTIES:
            assert self.stage.processes[party].poll() is None, self.stage.log(party).read_text()
        # Within the first half second a node opens its store, recovers it, and greets the other.
        early, more = self.chance.uniform(0.0, 0.7), self.chance.randint(10, 70)
        if self.chance.random() < 0.5:
            time.sleep(early)
        else:
            self.until_acknowledged(self.acknowledged() + more)
        victims = self.chance.choice((PARTIES[:1], PARTIES[1:], PARTIES))
        for party in victims:
            assert self.stage.stop(party, signal.SIGKILL) == -signal.SIGKILL
            self.counts["kills"] += 1
        for party in victims:
            if self.chance.random() < 0.15:
                # Its change time tells the node that this may be a copy: it recovers, losing nothing.
                (self.stage.folder(party) / "store.db.lock").chmod(0o600)
                self.counts["as if restored"] += 1
            self.stage.spawn(party)

    def acknowledged(self) -> int:
        return sum(len(officer.acknowledged) for officer in self.officers.values())

    def until_acknowledged(self, count: int) -> None:
        until(lambda: self.acknowledged() >= count, f"{count} records are acknowledged")


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_acknowledged_is_found_on_both_sides(stage: Stage, seed: int) -> None:
    officers = {
        party: Officer(stage.folder(party), 2 * seed + n) for n, party in enumerate(PARTIES)
    }
    killer = Killer(stage, officers, seed)
    stage.start(*PARTIES)
    for officer in officers.values():
        officer.start()
    while killer.counts["kills"] < KILLS:
        killer.strike()
    killer.until_acknowledged(LEAST)
    for officer in officers.values():
        officer.end()
    quiet(stage)
    told = {party: stage.client(party).get("/status")["told"] for party in PARTIES}
    for party in PARTIES:
        assert stage.stop(party) == 0
        assert "fault in the program" not in stage.log(party).read_text(encoding="utf-8")
        assert not {"fork", "digest-differs", "void"} & set(told[party]), told
    print(
        f"\nseed {seed}: {dict(killer.counts)}, acknowledged {killer.acknowledged()}, answered as delivered"
        f" {sum(len(officer.delivered) for officer in officers.values())}, offered again"
        f" {sum(officer.offered_again for officer in officers.values())}, told to wait"
        f" {sum(officer.told_to_wait for officer in officers.values())}"
    )

    held = {party: logs_of(stage.folder(party)) for party in PARTIES}
    assert records(held["alpha"]) == records(held["bravo"])
    for officer in officers.values():
        for logs in held.values():
            for (channel, index), record in officer.acknowledged.items():
                assert logs[channel, officer.party][index].record == record
            own = [
                entry
                for (channel, party), entries in logs.items()
                for entry in entries
                if party == officer.party
            ]
            assert all(entry.void is None for entry in own)
            # Nothing stands twice, and nothing that nobody said.
            assert len({entry.record for entry in own}) == len(own)
            assert {entry.record for entry in own} <= officer.offered
    verified(stage)
