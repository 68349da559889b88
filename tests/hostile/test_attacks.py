"""Attacks and accidents by name, each alone on a sound line: what one cannot gain by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from random import Random

import pytest

from firebreak.errors import NotForUs
from firebreak.ledger.checkpoint import Checkpoint, sign_checkpoint
from firebreak.ledger.fork import verify_fork
from firebreak.ledger.receipt import Range, Receipt, parse_receipt, sign_receipt
from firebreak.line import bundle as wire
from firebreak.line.link import BROAD, LineStatus
from firebreak.line.statements import Held, open_held, sign_held
from firebreak.node.alerts import About
from firebreak.node.core import REFUSALS_TOLD
from firebreak.node.sending import GIVE_AGAIN
from firebreak.records.agreement import Channel
from firebreak.records.kinds import Clarify, FreeText
from firebreak.records.slots import Span, Words
from firebreak.sealing import open_bundle
from firebreak.values import Millis, PartyNumber, Precedence
from tests.hostile.adversary import Adversary
from tests.hostile.carrier import CALM
from tests.hostile.invariants import Invariants
from tests.hostile.officers import Officers, compose, submit
from tests.hostile.party import Party
from tests.hostile.world import Climate, HostileWorld

AIR, CONTROL = Channel.AIR, Channel.CONTROL


class Line:
    """A sound line between ALPHA and BRAVO, and what may be done to it."""

    def __init__(self, *, tight: bool = False) -> None:
        self.world = HostileWorld(1, Climate(CALM, tight=tight))
        self.world.calm = True
        self.alpha, self.bravo = self.world.parties
        self.invariants = Invariants(self.world)
        self.adversary = Adversary(self.world, Random(1))
        self.wait(1_000)

    def wait(self, millis: int) -> None:
        self.world.pass_time(millis)

    def say(self, party: Party, count: int = 1, *, flash: bool = False) -> None:
        """Texts, one after another, each durable before the next."""
        precedence = Precedence.FLASH if flash else Precedence.ROUTINE
        for number in range(count):
            assert submit(
                party, [compose(party, FreeText(Words("en", f"{number}")), precedence=precedence)]
            )
            self.wait(30)

    def give(self, *items: wire.Item) -> None:
        """A bundle from BRAVO to ALPHA, by hand."""
        data = self.adversary._seal(
            wire.Bundle(self.adversary._id(), self.bravo.keys.number, items).encoded()
        )
        assert self.alpha.node is not None
        self.alpha.node.received_or_told(data, None)

    def skip(self, drop: Callable[[wire.Item], bool]) -> None:
        """Leave items out of what BRAVO sends."""

        def twist(data: bytes) -> bytes:
            _, plain = open_bundle(data, [self.alpha.keys.sealing], self.world.now)
            bundle = wire.parse_bundle(plain)
            kept = tuple(item for item in bundle.items if not drop(item))
            return self.adversary._seal(
                wire.Bundle(bundle.agreement, bundle.sender, kept).encoded()
            )

        self.bravo.twist = twist

    def reopen(self, party: Party) -> None:
        """Stop a node in good order, and start it again."""
        assert party.store is not None
        party.store.commit()
        party.node = None
        self.world.start(party)

    def told(self, party: Party, about: About) -> list[str]:
        assert party.node is not None
        return [alert.text for _, alert in party.node.alerts if alert.about is about]

    def mirror(self) -> int:
        """Entries of BRAVO's that ALPHA holds."""
        return self.alpha.side.shared.theirs(AIR).durable


def receipts(party: Party) -> list[Receipt]:
    """All that a party would sign now for the other's air log."""
    items = party.side.sending.receipt_items(AIR)
    return [parse_receipt(item.receipt) for item in items if isinstance(item, wire.ReceiptItem)]


def recovering(party: Party) -> bool:
    return party.side.shared.recovering


@pytest.fixture
def line() -> Line:
    return Line()


def test_replayed_bundles_do_not_keep_a_dead_line_up(line: Line) -> None:
    """E-7, E-18"""
    line.say(line.bravo, 3)
    line.wait(20_000)
    line.bravo.node = None  # nobody is told: whoever plays it back keeps the connection as well
    overheard = line.world.carrier.archive.copy()
    for _ in range(2 * BROAD.down_after // 5_000):
        line.world.carrier.archive = overheard.copy()
        line.world.carrier.replay(line.world.now, 20, to=0)
        line.wait(5_000)
    assert line.alpha.side.shared.link.status is LineStatus.DOWN


def test_an_old_answer_does_not_end_a_recovery(line: Line) -> None:
    """What the other side held once is not what it holds now (E-20, E-21)."""
    line.world.back_up(line.alpha)
    shared = line.bravo.side.shared
    held = Held(Millis(0), 0, bytes(32), b"")
    origin = line.alpha.side.shared.own(AIR).origin
    old = [
        wire.HeldItem(
            channel,
            sign_held(
                held,
                shared.base.id,
                line.world.origin(channel, line.alpha),
                line.bravo.keys.receipt,
            ),
        )
        for channel in (CONTROL, AIR)
    ]
    line.say(line.alpha, 4)
    line.wait(1_000)
    line.world.crash(line.alpha)
    line.world.replace_disk(line.alpha)
    line.world.carrier.broken = True
    line.wait(30_000)
    line.give(*old)
    assert recovering(line.alpha)
    assert not submit(line.alpha, [compose(line.alpha, FreeText(Words("en", "too early")))])
    line.world.carrier.broken = False
    line.wait(60_000)
    assert not recovering(line.alpha)
    assert line.alpha.disk.log(origin).entries[3].index == 3
    line.say(line.alpha)
    line.invariants.healed()


def test_only_our_own_signature_makes_us_recover(line: Line) -> None:
    """E-3, E-19"""
    line.say(line.alpha, 2)
    line.adversary.hostile.hostile = True
    for _ in range(60):
        line.adversary.lie(0)
    line.say(line.alpha)
    assert not line.told(line.alpha, About.RECOVERING)


def test_a_rolled_back_node_that_has_said_nothing_since_is_made_whole(line: Line) -> None:
    """E-8, E-19, E-21"""
    line.say(line.bravo, 2)
    line.world.back_up(line.bravo)
    line.say(line.bravo, 3)
    line.wait(1_000)
    line.world.crash(line.bravo)
    line.world.roll_back(line.bravo, 0)
    line.wait(40_000)
    assert line.told(line.bravo, About.RECOVERED)
    assert line.bravo.side.shared.own(AIR).durable == 5
    assert not line.alpha.disk.forks


@pytest.mark.parametrize("more", [0, 1, 9])
def test_a_node_that_goes_on_from_an_older_copy_is_found_out_by_both(line: Line, more: int) -> None:
    """Whether its new history is shorter than the one held, as long, or longer (E-23, E-24, E-25)."""
    line.say(line.bravo, 2)
    line.world.back_up(line.bravo)
    line.say(line.bravo, 3)
    line.wait(1_000)
    line.world.part()
    line.world.crash(line.bravo)
    line.world.roll_back(line.bravo, 0)
    line.wait(40_000)
    line.say(line.bravo, 2 + more)
    line.world.apart = False
    line.world.connect()
    line.wait(30_000)
    for party in (line.alpha, line.bravo):
        (fork,) = party.disk.forks
        verify_fork(fork.data, line.bravo.keys.log_key)
        assert line.told(party, About.FORK)
    line.reopen(line.bravo)
    assert not submit(line.bravo, [compose(line.bravo, FreeText(Words("en", "more")))])
    line.reopen(line.alpha)
    assert line.alpha.side.shared.theirs(AIR).forked
    line.say(line.alpha)
    line.wait(30_000)
    assert line.bravo.side.shared.theirs(AIR).durable == 1


def test_an_urgent_record_cannot_be_taken_back_by_another_history(line: Line) -> None:
    """What overtook is kept, with its receipt; the history without it is the proof of a fork (E-15, E-23)."""
    line.world.back_up(line.bravo)
    line.skip(lambda item: isinstance(item, wire.Entries))
    line.say(line.bravo, 3)
    line.say(line.bravo, flash=True)
    line.wait(1_000)
    assert line.mirror() == 0
    (kept,) = line.alpha.disk.log(line.world.origin(AIR, line.bravo)).overtaken.values()
    assert kept.index == 3
    line.world.part()
    line.world.crash(line.bravo)
    line.world.roll_back(line.bravo, 0)
    line.wait(40_000)
    line.bravo.twist = None
    line.say(line.bravo, 6)
    line.world.apart = False
    line.world.connect()
    line.wait(30_000)
    (fork,) = line.alpha.disk.forks
    verify_fork(fork.data, line.bravo.keys.log_key)
    assert line.alpha.disk.log(fork.origin).overtaken == {3: kept}


def test_an_urgent_record_does_not_hide_that_the_log_begins_otherwise(line: Line) -> None:
    """Its head is of the new history, and what is held is of the old one (E-4, E-11, E-25).

    A receipt for both under one head would be our signature that the other beginning was delivered.
    """
    line.world.back_up(line.bravo)
    line.say(line.bravo)
    line.wait(1_000)
    line.world.part()
    line.world.crash(line.bravo)
    line.world.roll_back(line.bravo, 0)
    line.wait(40_000)
    line.say(line.bravo, 2)
    line.say(line.bravo, flash=True)
    line.give(line.bravo.side.sending.overtaking_item(AIR, 2))
    line.wait(100)
    assert list(line.alpha.side.shared.ahead[AIR]) == [2]
    own, mirror = (
        party.disk.log(line.world.origin(AIR, line.bravo)) for party in (line.bravo, line.alpha)
    )
    assert own.entries[0].record != mirror.entries[0].record
    of_beginning, of_overtaken = receipts(line.alpha)
    assert (of_beginning.size, of_beginning.root) == (1, mirror.frontier.root())
    assert of_beginning.held == (Range(0, 1),)
    assert (of_overtaken.size, of_overtaken.root) == (3, own.frontier.root())
    assert of_overtaken.held == (Range(2, 3),)
    assert not of_overtaken.covers(0)
    line.world.apart = False
    line.world.connect()
    line.wait(30_000)
    for party in (line.alpha, line.bravo):
        (fork,) = party.disk.forks
        verify_fork(fork.data, line.bravo.keys.log_key)


@pytest.mark.parametrize("more", [0, 4])
def test_entries_do_not_take_the_place_of_another_urgent_record(line: Line, more: int) -> None:
    """It was receipted, so it is kept; where its head is reached, that is the fork (E-4, E-15, E-23)."""
    line.world.back_up(line.bravo)
    line.world.part()
    line.say(line.bravo)
    line.say(line.bravo, flash=True)
    line.say(line.bravo, 2)
    line.give(line.bravo.side.sending.overtaking_item(AIR, 1))
    line.wait(100)
    kept = dict(line.alpha.disk.log(line.world.origin(AIR, line.bravo)).overtaken)
    line.world.crash(line.bravo)
    line.world.roll_back(line.bravo, 0)
    line.wait(40_000)
    line.say(line.bravo, 2 + more)
    for _, item in line.bravo.side.sending.entries_items(AIR, 0, 2):
        line.give(item)
    line.wait(100)
    assert line.mirror() == 0
    assert any("came ahead" in text for text in line.told(line.alpha, About.REFUSED_BUNDLE))
    line.world.apart = False
    line.world.connect()
    line.wait(60_000)
    assert line.mirror() == 0
    assert line.alpha.disk.log(line.world.origin(AIR, line.bravo)).overtaken == kept
    assert len(line.alpha.disk.forks) == (1 if more else 0)
    assert recovering(line.bravo) != bool(more)


def test_two_heads_that_nobody_has_reached_are_a_fork_too(line: Line) -> None:
    """E-23, E-24"""
    origin, key = line.world.origin(AIR, line.bravo), line.bravo.keys.log
    line.bravo.rewritten = True
    for root in (bytes(32), bytes([1] * 32)):
        signature = sign_checkpoint(Checkpoint(origin, 700, root), key)
        line.give(wire.HeadItem(AIR, 700, root, signature))
        line.wait(100)
        if root == bytes(32):
            line.reopen(line.alpha)
    (fork,) = line.alpha.disk.forks
    verify_fork(fork.data, key.public)


def test_a_head_that_the_entries_do_not_reach_is_a_fork(line: Line) -> None:
    """The head comes first, and nothing that comes later need repeat it (E-23)."""
    line.bravo.rewritten = True
    line.say(line.bravo)
    origin, key = line.world.origin(AIR, line.bravo), line.bravo.keys.log
    signature = sign_checkpoint(Checkpoint(origin, 3, bytes(32)), key)
    line.give(wire.HeadItem(AIR, 3, bytes(32), signature))
    line.wait(100)
    line.reopen(line.alpha)
    for _ in range(3):
        line.adversary._append(FreeText(Words("en", "on")), Precedence.ROUTINE)
        line.wait(30)
    (fork,) = line.alpha.disk.forks
    verify_fork(fork.data, key.public)
    assert line.mirror() == 2


def test_an_entry_that_names_what_is_not_sent_stops_nothing_but_its_own_log(line: Line) -> None:
    """E-12"""
    for _ in range(2):
        assert Officers(line.world, Random(1)).line_state(line.bravo)
        line.wait(100)
    line.skip(lambda item: isinstance(item, wire.Entries) and item.channel == CONTROL)
    assert Officers(line.world, Random(1)).line_state(line.bravo)
    line.wait(100)
    line.say(line.bravo)
    line.say(line.bravo, 2)
    line.wait(100_000)
    assert line.mirror() == 0
    assert any("It waits" in text for text in line.told(line.alpha, About.VOID))
    line.say(line.alpha)
    line.wait(1_000)
    assert line.bravo.side.shared.theirs(AIR).durable == 1
    line.bravo.twist = None
    line.wait(60_000)
    assert line.mirror() == 3
    line.invariants.healed()


def test_more_gaps_than_a_receipt_can_name_hold_up_nothing(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each urgent entry has one before it that does not come (E-15)."""
    monkeypatch.setattr("firebreak.node.sending.MAX_RANGES", 8)
    line.skip(lambda item: isinstance(item, wire.Entries))
    for _ in range(20):
        line.say(line.bravo)
        line.say(line.bravo, flash=True)
    line.wait(1_000)
    ahead = line.alpha.side.shared.ahead[AIR]
    assert len(ahead) == 20
    assert len(receipts(line.alpha)) == 1 + 20  # each came under a head of its own
    assert len(line.bravo.side.shared.delivered[AIR].overtaken) == 20
    line.world.part()
    for _ in range(20):
        line.say(line.bravo)
        line.say(line.bravo, flash=True)
    line.world.apart = False
    line.world.connect()
    line.wait(1_000)
    *_, last = receipts(line.alpha)
    assert len(last.held) == 8  # all of these came under one
    line.bravo.twist = None
    line.invariants.healed()


def test_what_overtook_is_receipted_under_its_own_head_and_stays_delivered(line: Line) -> None:
    """Over restarts, though what is before it never comes (E-9, E-15, E-16)."""
    line.skip(lambda item: isinstance(item, wire.Entries))
    line.say(line.bravo, 2)
    line.say(line.bravo, 2, flash=True)
    line.wait(1_000)
    beginning, first, second = receipts(line.alpha)
    assert (beginning.size, beginning.held) == (0, ())
    assert (first.size, first.held) == (3, (Range(2, 3),))
    assert (second.size, second.held) == (4, (Range(3, 4),))
    for _ in range(2):
        shared = line.bravo.side.shared
        assert [shared.delivered[AIR].covers(index) for index in range(5)] == [
            False,
            False,
            True,
            True,
            False,
        ]
        assert shared.link.outgoing[AIR].receipted == 0
        assert not shared.link.outgoing[AIR].urgent
        line.reopen(line.bravo)
    line.bravo.twist = None
    line.wait(60_000)
    assert line.bravo.side.shared.delivered[AIR].overtaken == []
    assert len(receipts(line.alpha)) == 1
    line.invariants.healed()


def test_the_first_entry_of_all_may_overtake(line: Line) -> None:
    """Its range is not the beginning: the log goes on at 0 (E-6, E-15)."""
    line.world.part()
    line.say(line.bravo, 2, flash=True)
    line.give(*[line.bravo.side.sending.overtaking_item(AIR, index) for index in (0, 1)])
    line.wait(100)
    beginning, ahead = receipts(line.alpha)
    assert (beginning.size, beginning.held) == (0, ())
    assert (ahead.size, ahead.held) == (2, (Range(0, 0), Range(0, 2)))
    line.world.apart = False
    line.world.connect()
    line.wait(10_000)
    assert line.mirror() == 2
    line.invariants.healed()


def test_a_receipt_for_the_beginning_and_what_overtook_together_counts_for_nothing(
    line: Line,
) -> None:
    """E-6"""
    line.skip(lambda item: isinstance(item, wire.ReceiptItem))
    line.say(line.alpha, 3)
    line.world.part()
    shared = line.alpha.side.shared
    own = shared.own(AIR)
    both = Receipt(3, shared.root_at(own, 3), (Range(0, 1), Range(2, 3)), Millis(line.world.now))
    key = line.bravo.keys.receipt
    line.give(wire.ReceiptItem(AIR, sign_receipt(both, shared.base.id, own.origin, key)))
    assert not any(shared.delivered[AIR].covers(index) for index in range(3))
    assert shared.link.outgoing[AIR].receipted == 0
    assert any("under one head" in text for text in line.told(line.alpha, About.REFUSED_BUNDLE))


def test_receipts_for_what_is_not_urgent_or_known_already_are_not_kept(line: Line) -> None:
    """However many a peer sends (E-9)."""
    line.skip(lambda item: isinstance(item, wire.ReceiptItem))
    line.say(line.alpha, 3)
    line.say(line.alpha, flash=True)
    line.say(line.alpha, 2)
    line.world.part()
    shared = line.alpha.side.shared
    own, key = shared.own(AIR), line.bravo.keys.receipt
    for round_ in range(5):
        for index in (1, 2, 3, 4):
            held = (Range(index, index + 1),)
            made = Receipt(5, shared.root_at(own, 5), held, Millis(line.world.now + round_))
            line.give(wire.ReceiptItem(AIR, sign_receipt(made, shared.base.id, own.origin, key)))
        line.wait(100)
    (kept,) = line.alpha.disk.log(own.origin).receipts
    assert parse_receipt(kept.data).held == (Range(3, 4),)
    assert len(shared.delivered[AIR].overtaken) == 1


def test_what_is_refused_does_not_fill_the_journal(line: Line) -> None:
    """E-3"""
    assert line.alpha.node is not None
    before = len(line.alpha.disk.journal)
    for number in range(500):
        line.alpha.node.received_or_told(bytes([number % 256]) * 40, None)
        line.wait(10)
    assert len(line.alpha.disk.journal) <= before + 2 * REFUSALS_TOLD
    assert line.alpha.node.refused["untold"] > 400


def test_a_receipt_for_another_history_counts_for_nothing_and_stops_nothing(line: Line) -> None:
    """E-25"""
    line.say(line.alpha, 2)
    before = deepcopy(line.alpha.side.shared.delivered[AIR])
    for item in line.adversary._items(line.bravo.keys.log, line.bravo.keys.receipt)[:3]:
        line.give(item)
    assert line.alpha.side.shared.delivered[AIR] == before
    line.say(line.alpha)


def test_above_the_quota_mirroring_pauses_once_and_what_is_urgent_passes() -> None:
    """E-13, E-16, E-17"""
    line = Line(tight=True)
    line.say(line.bravo, 30)
    line.say(line.bravo, flash=True)
    line.wait(60_000)
    assert line.mirror() <= 20
    assert 30 in line.alpha.side.shared.ahead[AIR]
    assert len(line.told(line.alpha, About.QUOTA)) == 1
    line.wait(3_700_000)
    assert line.mirror() == 31


def test_a_bad_item_keeps_no_other_from_being_taken(line: Line) -> None:
    """E-3, E-11"""
    line.world.part()
    line.say(line.bravo, 2)
    (_, good), *_ = line.bravo.side.sending.entries_items(AIR, 0, 2)
    assert isinstance(good, wire.Entries)
    bad = replace(good, signature=bytes(64)), wire.HeadItem(77, 1, bytes(32), bytes(64))
    line.give(*bad)
    line.wait(100)
    assert line.mirror() == 0
    line.give(*bad, good, *bad)
    line.wait(100)
    assert line.mirror() == 2


def test_a_gap_is_answered_and_nothing_of_it_is_taken(line: Line) -> None:
    """E-4, E-10"""
    line.world.part()
    line.say(line.bravo, 4)
    for _, item in line.bravo.side.sending.entries_items(AIR, 2, 4):
        line.give(item)
    line.wait(100)
    assert line.mirror() == 0
    for start, stop in ((0, 2), (0, 3), (1, 4), (0, 1)):
        for _, item in line.bravo.side.sending.entries_items(AIR, start, stop):
            line.give(item)
        line.wait(100)
    assert line.mirror() == 4
    origin = line.world.origin(AIR, line.bravo)
    assert [entry.index for entry in line.alpha.disk.log(origin).entries] == [0, 1, 2, 3]


def test_what_is_not_urgent_does_not_overtake(line: Line) -> None:
    """E-14"""
    line.world.part()
    line.say(line.bravo, 2)
    line.say(line.bravo, flash=True)
    sending = line.bravo.side.sending
    routine, urgent = sending.overtaking_item(AIR, 1), sending.overtaking_item(AIR, 2)
    swapped = replace(urgent, proof=routine.proof), replace(urgent, index=1)
    line.give(routine, *swapped, replace(urgent, signature=bytes(64)))
    assert not line.alpha.side.shared.ahead[AIR]
    line.give(urgent)
    assert list(line.alpha.side.shared.ahead[AIR]) == [2]


def test_a_bundle_of_another_sender_or_agreement_is_for_nobody(line: Line) -> None:
    """E-2"""
    assert line.alpha.node is not None
    bundle = wire.Bundle(line.adversary._id(), PartyNumber(1), ())
    line.alpha.node.receive(line.adversary._seal(bundle.encoded()), "BRAVO")
    for other, sender in (
        (bundle, "CHARLIE"),
        (replace(bundle, sender=PartyNumber(0)), "BRAVO"),
        (replace(bundle, agreement=bytes(4)), "BRAVO"),
    ):
        with pytest.raises(NotForUs):
            line.alpha.node.receive(line.adversary._seal(other.encoded()), sender)


def test_items_are_cut_where_a_recovering_peer_can_take_them(line: Line) -> None:
    """E-22"""
    for party in (line.alpha, line.bravo) * 3:
        line.say(party, 2)
        line.wait(200)
    sending, size = line.alpha.side.sending, line.alpha.side.shared.own(AIR).durable
    assert len(sending.entries_items(AIR, 0, size)) == 1
    line.alpha.side.shared.peer_recovers = True
    items = [item for _, item in sending.entries_items(AIR, 0, size)]
    assert [len(item.records) for item in items if isinstance(item, wire.Entries)] == [2, 2, 2]


def sent_by(party: Party, monkeypatch: pytest.MonkeyPatch) -> list[wire.Item]:
    """What a party's node sends from now on."""
    sent: list[wire.Item] = []
    around = party.side.shared.around

    def send(bundle: wire.Bundle, precedence: Precedence) -> bool:
        sent.extend(bundle.items)
        return around.send(bundle, precedence)

    monkeypatch.setattr(party.side.shared, "around", replace(around, send=send))
    return sent


def counted(items: list[wire.Item]) -> dict[str, int]:
    """How many items there are of each sort on the air channel."""
    return dict(Counter(type(item).__name__ for item in items if item.channel == AIR))


def test_many_questions_in_one_bundle_get_one_answer(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else two thousand bytes stop the node, and fill its memory (E-8)."""
    line.say(line.bravo, 3)
    sent = sent_by(line.alpha, monkeypatch)
    line.give(*(wire.Want(AIR, number % 3, Millis(number)) for number in range(400)))
    assert counted(sent) == {"ReceiptItem": 1, "HeldItem": 1, "Returned": 1}
    [held] = [item for item in sent if isinstance(item, wire.HeldItem)]
    origin, key = line.world.origin(AIR, line.bravo), line.alpha.keys.receipt.public
    assert open_held(held.held, line.alpha.side.shared.base.id, origin, key).asked == 399
    [back] = [item for item in sent if isinstance(item, wire.Returned)]
    assert (back.start, len(back.records)) == (399 % 3, 3)


def test_who_asks_again_and_again_is_given_back_no_more_for_it(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part follows the last at once; what was given is given again once in a second (E-8)."""
    line.say(line.bravo, 8)
    line.wait(1_000)
    monkeypatch.setattr("firebreak.node.sending.BUNDLE_BYTES", 300)
    sent = sent_by(line.alpha, monkeypatch)

    def parts() -> list[tuple[int, int]]:
        return [(item.start, len(item.records)) for item in sent if isinstance(item, wire.Returned)]

    for start in (0, 0, 1, 0, 3, 3, 6, 0, 5):
        line.give(wire.Want(AIR, start, Millis(7)))
    assert parts() == [(0, 3), (3, 3), (6, 2)]
    line.wait(GIVE_AGAIN)
    for start in (1, 1):
        line.give(wire.Want(AIR, start, Millis(7)))
    assert parts()[3:] == [(1, 3)]


def test_many_old_heads_in_one_bundle_get_one_answer(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.say(line.bravo)
    head = line.bravo.side.sending.head_item(AIR)
    line.say(line.bravo, 2)
    sent = sent_by(line.alpha, monkeypatch)
    line.give(*[head] * 300)
    assert counted(sent) == {"ReceiptItem": 1, "HeldItem": 1}


def test_many_receipts_that_say_less_and_less_send_nothing_twice(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a peer's that was restored would, and each is to be answered by what it lacks (E-9)."""
    line.say(line.alpha, 40)
    shared = line.alpha.side.shared
    log, now = shared.own(AIR), line.world.now
    made = []
    for number, size in enumerate(range(40, 0, -1)):
        receipt = Receipt(size, shared.root_at(log, size), (Range(0, size),), Millis(now + number))
        data = sign_receipt(receipt, shared.base.id, log.origin, line.bravo.keys.receipt)
        made.append(wire.ReceiptItem(AIR, data))
    sent = sent_by(line.alpha, monkeypatch)
    line.give(*made)
    entries = [item for item in sent if isinstance(item, wire.Entries)]
    indices = [item.start + place for item in entries for place in range(len(item.records))]
    assert indices == list(range(1, 1 + len(indices)))


def test_what_is_spared_of_the_quota_is_no_more_than_was_lost() -> None:
    """A peer that keeps a node recovering does not get to fill its disk (E-17)."""
    line = Line(tight=True)
    line.world.back_up(line.alpha)
    line.say(line.bravo, 3)
    line.wait(10_000)
    line.world.crash(line.alpha)
    line.world.replace_disk(line.alpha)
    line.skip(lambda item: isinstance(item, wire.HeldItem))
    admitted = line.world.quota.records_an_hour
    line.wait(30_000)
    assert recovering(line.alpha)
    assert line.mirror() == 3
    assert line.alpha.side.shared.meters[AIR].records.sum(Millis(line.world.now)) == 0
    line.say(line.bravo, 3 * admitted)
    line.wait(60_000)
    assert line.mirror() <= 3 + admitted
    line.reopen(line.alpha)
    line.wait(60_000)
    assert recovering(line.alpha)
    assert line.mirror() <= 3 + 2 * admitted  # the meters begin anew, what is spared does not


def test_a_question_about_a_notice_outlives_the_notice_and_a_restart(line: Line) -> None:
    """Its deadline passes while the node is stopped, long after the notice has ended."""
    notice = replace(Officers(line.world, Random(1))._notice(), window=Span(0, 5_000))
    assert submit(line.bravo, [compose(line.bravo, notice)])
    line.wait(1_000)
    asked = Clarify(Words("en", "what is it?"))
    place = (PartyNumber(1), 0)
    assert submit(line.alpha, [compose(line.alpha, asked, refers=place, answer_by=60_000)])
    line.wait(20_000)
    line.reopen(line.alpha)
    line.wait(60_000)
    assert line.told(line.alpha, About.LAPSED)
    assert line.alpha.side.shared.own(AIR).durable == 2
