"""What became of what was asked on a line: our delay is never their silence."""

from __future__ import annotations

import pytest

from firebreak.desk.contact_record import Attempt
from firebreak.desk.entries.checks import Carrier
from firebreak.desk.routes import Try
from firebreak.ledger.receipt import Range, Receipt, sign_receipt
from firebreak.node.checks import _exchange
from firebreak.node.contacts import Contacts
from firebreak.node.routes import Routes
from firebreak.records.agreement import Channel
from firebreak.records.contacts import Outcome
from firebreak.records.kinds import Answer, Cancel, LineCheck, Reply
from firebreak.records.slots import Words
from firebreak.store.interface import ReceiptRow
from firebreak.values import Millis, PartyNumber, Precedence
from tests.bodies import CALL, DECLINED, OTHER_TIME
from tests.hostile.carrier import CALM
from tests.hostile.officers import compose, submit
from tests.hostile.world import Climate, HostileWorld
from tests.worlds import HOUR, MINUTE, a_query

AIR = Channel.AIR
ALPHA, BRAVO = PartyNumber(0), PartyNumber(1)


class Kept:
    """A journal without entries, as much of it as routes need."""

    def __init__(self) -> None:
        self.entries: list[object] = []
        self.checks: list[object] = []


class Scene:
    """Two nodes whose line is up or apart, and what the first says of its first record."""

    def __init__(self) -> None:
        self.world = HostileWorld(1, Climate(CALM))
        self.world.calm = True
        self.alpha, self.bravo = self.world.parties
        self.world.connect()
        self.world.pass_time(MINUTE)

    def part(self) -> None:
        self.world.part()
        self.world.pass_time(1_000)

    def join(self) -> None:
        self.world.apart = False
        self.world.connect()
        self.world.pass_time(MINUTE)

    def attempt(self) -> Attempt:
        contacts = Contacts([self.alpha.side], lambda side, channel, index: False)
        (found,) = contacts.attempts(self.world.now)
        return found

    def tried(self, index: int = 0) -> Try:
        kept, world = Kept(), self.world
        routes = Routes([self.alpha.side], kept, lambda: world.now)  # type: ignore[arg-type]  # as much of it as is needed
        matter = routes.logged(self.alpha.side, AIR, (ALPHA, index))
        assert matter is not None
        return matter.logged[0]


@pytest.mark.parametrize("precedence", [Precedence.ROUTINE, Precedence.IMMEDIATE])
def test_what_got_there_only_after_its_time_stays_undelivered(precedence: Precedence) -> None:
    scene = Scene()
    scene.part()
    bodies = (CALL, a_query())
    made = [
        compose(scene.alpha, b, answer_by=10 * MINUTE, precedence=precedence) for b in bodies[:1]
    ]
    assert submit(scene.alpha, made)
    scene.world.pass_time(1_000)
    made = [compose(scene.alpha, bodies[1], answer_by=10 * MINUTE, precedence=precedence)]
    assert submit(scene.alpha, made)
    scene.world.pass_time(HOUR)
    before = (scene.attempt().outcome, scene.tried().outcome, scene.tried(1).outcome)
    assert before == (Outcome.UNDELIVERED,) * 3
    scene.join()
    assert scene.alpha.side.shared.delivered[AIR].covers(1)
    after = (scene.attempt().outcome, scene.tried().outcome, scene.tried(1).outcome)
    assert after == (Outcome.UNDELIVERED,) * 3
    scene.world.crash(scene.alpha)
    scene.world.start(scene.alpha)
    assert scene.attempt().outcome is Outcome.UNDELIVERED


@pytest.mark.parametrize("precedence", [Precedence.ROUTINE, Precedence.IMMEDIATE])
def test_what_got_there_in_time_and_had_no_answer_is_unanswered(precedence: Precedence) -> None:
    scene = Scene()
    for body in (CALL, a_query()):
        made = compose(scene.alpha, body, answer_by=10 * MINUTE, precedence=precedence)
        assert submit(scene.alpha, [made])
        scene.world.pass_time(1_000)
    scene.part()
    scene.world.pass_time(HOUR)
    found = (scene.attempt().outcome, scene.tried().outcome, scene.tried(1).outcome)
    assert found == (Outcome.UNANSWERED,) * 3


def test_a_line_check_is_received_when_their_receipt_says() -> None:
    scene = Scene()
    scene.part()
    check = LineCheck(Words("en", "Rye bread keeps."))
    assert submit(scene.alpha, [compose(scene.alpha, check, answer_by=10 * MINUTE)])
    scene.world.pass_time(HOUR)
    side = scene.alpha.side
    assert _exchange(side, AIR, (ALPHA, 0), Carrier.WIRE).received is None
    joined = scene.world.now
    scene.join()
    received = _exchange(side, AIR, (ALPHA, 0), Carrier.WIRE).received
    assert received is not None
    assert joined <= received <= scene.world.now
    assert scene.attempt().outcome is Outcome.UNDELIVERED


def test_a_call_taken_back_after_its_time_was_unanswered() -> None:
    """Also where it was before the node said that it lapsed."""
    for wait, last, outcome in (
        (11 * MINUTE, 0, Outcome.UNANSWERED),
        (9 * MINUTE, 2 * MINUTE, Outcome.UNANSWERED),
        (9 * MINUTE, 0, None),
    ):
        scene = Scene()
        assert submit(scene.alpha, [compose(scene.alpha, CALL, answer_by=10 * MINUTE)])
        scene.world.pass_time(wait)
        scene.world.now = Millis(scene.world.now + last)  # and the node has not looked since
        assert submit(scene.alpha, [compose(scene.alpha, Cancel(), refers=(ALPHA, 0))])
        scene.world.pass_time(HOUR)
        assert (scene.attempt().outcome, scene.tried().outcome) == (outcome, outcome)


def test_the_reason_is_stated_by_them_last_and_the_answer_is_timed_by_our_clock() -> None:
    scene = Scene()
    assert submit(scene.alpha, [compose(scene.alpha, CALL, answer_by=HOUR)])
    scene.world.pass_time(MINUTE)
    scene.part()
    assert submit(scene.bravo, [compose(scene.bravo, OTHER_TIME, refers=(ALPHA, 0))])
    composed = scene.world.now
    scene.world.pass_time(10 * MINUTE)
    assert submit(scene.bravo, [compose(scene.bravo, DECLINED, refers=(ALPHA, 0))])
    scene.join()
    found = scene.attempt()
    assert found.answered is not None
    assert found.answered >= composed + 10 * MINUTE
    assert (found.outcome, found.stated_reason) == (Outcome.DECLINED, DECLINED.reason)
    assert scene.tried().stated_reason == DECLINED.reason


def test_free_words_and_our_own_refusals_are_no_reasons_of_theirs() -> None:
    scene = Scene()
    assert submit(scene.alpha, [compose(scene.alpha, a_query(), answer_by=HOUR)])
    scene.world.pass_time(MINUTE)
    words = Answer(Reply.NOT_OURS, words=Words("en", "Fog here."))
    assert submit(scene.bravo, [compose(scene.bravo, words, refers=(ALPHA, 0))])
    scene.world.pass_time(MINUTE)
    assert (scene.tried().outcome, scene.tried().stated_reason) == (Outcome.HELD, None)
    assert submit(scene.bravo, [compose(scene.bravo, CALL, answer_by=HOUR)])
    scene.world.pass_time(MINUTE)
    ours = compose(scene.alpha, DECLINED, refers=(BRAVO, 1))
    assert submit(scene.alpha, [ours])
    scene.world.pass_time(MINUTE)
    assert scene.attempt().stated_reason is None


def test_what_overtook_was_received_when_it_overtook_and_not_with_the_rest() -> None:
    scene = Scene()
    scene.part()
    shared, store, now = scene.alpha.side.shared, scene.alpha.store, scene.world.now
    assert store is not None
    for _ in range(2):
        assert submit(scene.alpha, [compose(scene.alpha, CALL, answer_by=HOUR)])
        scene.world.pass_time(1_000)
    log = shared.own(AIR)
    key = scene.bravo.keys.receipt
    for held, at in ((Range(1, 2), now + 5), (Range(0, 2), now + HOUR)):
        receipt = Receipt(2, bytes(32), (held,), Millis(at))
        data = sign_receipt(receipt, shared.base.digest(), log.origin, key)
        row = ReceiptRow(log.origin, 2, receipt.unbroken, False, data)
        store.submit([row], lambda error: None)
        shared.delivered[AIR].take(receipt)
        if not receipt.unbroken:
            assert (shared.received_at(AIR, 0), shared.received_at(AIR, 1)) == (None, now + 5)
    scene.world.pass_time(1_000)
    assert (shared.received_at(AIR, 0), shared.received_at(AIR, 1)) == (now + HOUR, now + 5)
