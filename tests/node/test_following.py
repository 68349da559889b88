"""Following the logs of lines: what is of the kinds, valid, and came since; each entry once."""

from __future__ import annotations

from firebreak.node.following import Following, Found
from firebreak.records.agreement import Channel
from firebreak.records.kinds import Cancel, FreeText, Kind, LineCheck
from firebreak.records.slots import Words
from firebreak.values import Millis, PartyNumber
from tests.hostile.carrier import CALM
from tests.hostile.officers import compose, submit
from tests.hostile.world import Climate, HostileWorld
from tests.worlds import MINUTE

AIR = Channel.AIR
ALPHA, BRAVO = PartyNumber(0), PartyNumber(1)
KINDS = frozenset({Kind.LINE_CHECK, Kind.CANCEL})
CHECK, TEXT = LineCheck(Words("en", "Snow.")), FreeText(Words("en", "Good morning."))


def test_each_log_is_followed_from_where_it_was_left() -> None:
    world = HostileWorld(1, Climate(CALM))
    world.calm = True
    world.connect()
    world.pass_time(MINUTE)
    alpha, bravo = world.parties
    side = alpha.side

    def say(party: PartyNumber, body: LineCheck | FreeText) -> Found:
        """Something said; where it is then found."""
        speaker = world.parties[party]
        index = speaker.side.shared.own(AIR).tail.size
        assert submit(speaker, [compose(speaker, body)])
        world.pass_time(1_000)
        return side, AIR, (party, index)

    say(ALPHA, TEXT)
    first, theirs = say(ALPHA, CHECK), say(BRAVO, CHECK)
    void = compose(bravo, Cancel(), refers=(BRAVO, 0)).data  # of what cannot be cancelled
    world.act(bravo, lambda _: bravo.side.appending.append(AIR, [void], lambda _error: None))
    world.pass_time(1_000)
    assert side.shared.books[AIR].held(BRAVO, 1)[1].void is not None
    began = Millis(world.now)
    second = say(ALPHA, CHECK)
    every, fresh = Following([side], KINDS), Following([side], KINDS)
    late, later = Following([side], KINDS, began), Following([side], KINDS, Millis(world.now))
    assert list(every.found()) == fresh.fresh() == [first, second, theirs]
    assert (late.fresh(), later.fresh()) == ([second], [])
    assert fresh.fresh() == late.fresh() == []
    third = say(BRAVO, CHECK)
    assert list(every.found()) == [first, second, theirs, third]
    assert fresh.fresh() == late.fresh() == later.fresh() == [third]
