"""A call that its author took back: its node logs no lapse of it, and the other node takes none."""

from __future__ import annotations

import pytest

from firebreak.errors import Refused
from firebreak.ledger.judge import Void
from firebreak.node.audit import Fault, audit
from firebreak.records.agreement import Channel
from firebreak.records.kinds import Cancel, Lapsed
from firebreak.records.record import NODE_AUTHOR
from firebreak.values import PartyNumber
from tests.bodies import CALL
from tests.hostile.carrier import CALM
from tests.hostile.officers import compose, submit
from tests.hostile.world import Climate, HostileWorld
from tests.worlds import MINUTE

AIR = Channel.AIR
ALPHA = PartyNumber(0)


def test_only_what_was_not_taken_back_lapses() -> None:  # J-31
    world = HostileWorld(1, Climate(CALM))
    world.calm = True
    world.connect()
    world.pass_time(MINUTE)
    alpha, bravo = world.parties
    for _ in range(2):
        assert submit(alpha, [compose(alpha, CALL, answer_by=10 * MINUTE)])
        world.pass_time(1_000)
    assert submit(alpha, [compose(alpha, Cancel(), refers=(ALPHA, 1))])
    world.pass_time(11 * MINUTE)  # the node logs the lapse of the first call as entry 3
    assert submit(alpha, [compose(alpha, Cancel(), refers=(ALPHA, 0))])
    world.pass_time(MINUTE)
    with pytest.raises(Refused, match="its author had cancelled"):
        alpha.side.appending.append_as_node(AIR, Lapsed(), (ALPHA, 1))
    forced = compose(alpha, Lapsed(), refers=(ALPHA, 1), author=NODE_AUTHOR).data
    world.act(alpha, lambda _: alpha.side.appending.append(AIR, [forced], lambda _error: None))
    world.pass_time(MINUTE)
    for party in (alpha, bravo):
        book = party.side.shared.books[AIR]
        voids = [book.held(ALPHA, index)[1].void for index in range(book.logs[ALPHA].durable)]
        assert voids == [None] * 5 + [Void.LAPSED_WITHDRAWN]
        assert not [found for found in audit(party.side.shared) if isinstance(found, Fault)]
