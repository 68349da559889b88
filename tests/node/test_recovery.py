"""What is handed in twice stands once; who was restored asks each of his peers, and remembers it."""

from __future__ import annotations

import pytest

from firebreak.errors import FirebreakError, Refused
from firebreak.node.core import Joined, Node, Outside
from firebreak.node.shared import SideKeys
from firebreak.records.agreement import Channel
from firebreak.records.drafting import standard
from firebreak.records.kinds import FreeText
from firebreak.records.slots import Words
from tests.hostile.carrier import CALM
from tests.hostile.officers import compose
from tests.hostile.party import Party
from tests.hostile.store import Disk, MemoryStore
from tests.hostile.world import Climate, HostileWorld
from tests.worlds import ALPHA, BRAVO, DAYS, NOW, START, World, seed_of, signed_by

AIR = Channel.AIR


# Handed in again


@pytest.fixture
def world() -> HostileWorld:
    made = HostileWorld(1, Climate(CALM))
    made.calm = True
    made.pass_time(1_000)
    return made


def words(party: Party, *texts: str) -> list[bytes]:
    """Records that are composed one after another, each with the next serial."""
    made: list[bytes] = []
    draft = party.side.draft(AIR, 1)
    for number, text in enumerate(texts):
        one = type(draft)(
            draft.version, draft.control, draft.serial + number, draft.seen, draft.now
        )
        made.append(compose(party, FreeText(Words("en", text)), draft=one).data)
    return made


def test_a_record_handed_in_again_is_answered_again(world: HostileWorld) -> None:
    alpha = world.parties[0]
    told: list[FirebreakError | None] = []
    batch = words(alpha, "One.", "Two.")
    first = alpha.side.submit(AIR, batch, told.append)
    assert alpha.side.submit(AIR, batch, told.append) == first
    assert told == []  # neither is told before it is durable
    world.pass_time(5_000)
    assert told == [None, None]
    assert alpha.side.submit(AIR, batch[1:], told.append) == first[1:]
    world.pass_time(5_000)
    world.crash(alpha)
    world.pass_time(60_000)
    assert [entry.record for entry in alpha.side.submit(AIR, batch, told.append)] == batch
    assert alpha.side.shared.own(AIR).tail.size == 2


def test_what_was_not_handed_in_together_is_refused_together(world: HostileWorld) -> None:
    alpha = world.parties[0]
    one, two, three = words(alpha, "One.", "Two.", "Three.")
    alpha.side.submit(AIR, [one, two], lambda error: None)
    world.pass_time(5_000)
    for batch in ([two, one], [one, three], [two, three], [one, one]):
        with pytest.raises(Refused, match="serial was used before"):
            alpha.side.submit(AIR, batch, lambda error: None)
    assert alpha.side.shared.own(AIR).tail.size == 2


# Each agreement by itself


def opened(disk: Disk, *worlds: World) -> Node:
    """ALPHA's node on a disk, with one agreement or more."""
    alpha, bravo = worlds[0].parties
    readers = {ALPHA: alpha.reader_secret, BRAVO: bravo.reader_secret}
    keys = SideKeys(alpha.record, alpha.log, alpha.receipt, alpha.mldsa, readers)
    store = MemoryStore(disk, lambda told: told())
    joined = [Joined(world.signed, ALPHA, keys) for world in worlds]
    return Node(alpha.sealing, joined, Outside(store, lambda: NOW, lambda name, data: False))


def recovering(node: Node) -> list[bool]:
    return [side.shared.recovering for side in node.sides]


def two_worlds() -> tuple[World, World]:
    """One pair of parties, two agreements."""
    first = World()
    cards = [party.roster for party in first.parties]
    another = standard(
        cards[0],
        cards[1],
        seed=seed_of("another"),
        start=START,
        days=DAYS,
        catalogue=seed_of("catalogue"),
    )
    second = World(another, first.parties)
    assert second.signed == signed_by(another, first.parties)
    return first, second


def test_one_peer_s_answer_ends_one_recovery() -> None:
    disk, (first, second) = Disk(), two_worlds()
    assert recovering(opened(disk, first, second)) == [False, False]
    disk.settings["restored"] = b"once"
    node = opened(disk, first, second)
    assert recovering(node) == [True, True]
    node.sides[0].shared.recovered()
    assert recovering(node) == [False, True]
    assert recovering(opened(disk, first, second)) == [False, True]
    opened(disk, first, second).sides[1].shared.recovered()
    assert recovering(opened(disk, first, second)) == [False, False]
    disk.settings["restored"] = b"again"
    assert recovering(opened(disk, first, second)) == [True, True]


def test_an_agreement_that_is_found_again_later_recovers_too() -> None:
    """The copy that was kept safe lacked one: nobody knows whether its log had begun."""
    disk, (first, second) = Disk(), two_worlds()
    disk.settings["restored"] = b"once"
    opened(disk, first).sides[0].shared.recovered()
    assert recovering(opened(disk, first, second)) == [False, True]


def test_a_recovery_that_the_other_side_began_lasts_over_restarts() -> None:
    disk, (first, second) = Disk(), two_worlds()
    opened(disk, first, second).sides[0].shared.recover()
    assert recovering(opened(disk, first, second)) == [True, False]
    opened(disk, first, second).sides[0].shared.recovered()
    assert recovering(opened(disk, first, second)) == [False, False]
    assert "recovered:" not in "".join(disk.settings)
