"""Faults in what a node does: caught by the invariants of the hostile world, but for two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from firebreak.desk import dialogue
from firebreak.desk.tables import Standing
from firebreak.ledger import judge
from firebreak.ledger.fork import SignedHead
from firebreak.ledger.receipt import Range, Receipt, parse_receipt, sign_receipt
from firebreak.line import bundle as wire
from firebreak.line.quota import Meter
from firebreak.node import receiving
from firebreak.node.appending import Appending
from firebreak.node.core import BUNDLE_LIFE, Node
from firebreak.node.logs import Log
from firebreak.node.receiving import Receiving
from firebreak.node.sending import Sending
from firebreak.node.shared import Checked, Done, Shared
from firebreak.node.side import Side
from firebreak.sealing import SealingPublic, Suite, seal
from firebreak.store import interface as rows
from firebreak.values import Millis, Precedence
from tests.faults.fault import BySeeds, ByTest, Planted, Planter, Wrong

ATTACKS = "tests/hostile/test_attacks.py"


class Forgetful:
    """A store that loses one sort of row, and says that all is well."""

    def __init__(self, store: rows.Store, lost: type) -> None:
        self.store = store
        self.lost = lost

    def submit(self, writes: Sequence[rows.Write], done: Done) -> None:
        self.store.submit([row for row in writes if not isinstance(row, self.lost)], done)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


def losing(row: type) -> Wrong:
    """The right code, but one sort of row that it writes never reaches the disk."""

    def wrong(right: Wrong, part: Any, *args: Any) -> Any:
        shared: Shared = part if isinstance(part, Shared) else part.shared
        around = shared.around
        shared.around = replace(around, store=Forgetful(around.store, row))  # type: ignore[arg-type]  # by __getattr__
        try:
            return right(part, *args)
        finally:
            shared.around = around

    return wrong


def acknowledge_before_durable(planter: Planter) -> None:
    def wrong(right: Wrong, self: Appending, channel: int, records: Any, done: Done) -> Any:
        entries = right(self, channel, records, lambda error: None)
        done(None)
        return entries

    planter.function(Appending, "submit", wrong)


def send_before_durable(planter: Planter) -> None:
    def wrong(right: Wrong, self: Appending, channel: int, *args: Any) -> Any:
        entries = right(self, channel, *args)
        log = self.shared.own(channel)
        log.roots[log.tail.size] = log.frontier.root()
        now = self.shared.around.clock()
        self.sending.perform(self.shared.link.appended(channel, log.tail.size, (), now))
        self.sending.flush()
        return entries

    planter.function(Appending, "submit", wrong)


def receipt_for_bodies_not_held(planter: Planter) -> None:
    def wrong(_right: Wrong, self: Sending, channel: int) -> wire.ReceiptItem:
        log, keys = self.shared.theirs(channel), self.shared.keys
        size, root = log.tail.size, log.frontier.root()
        if log.claimed:
            size = max(log.claimed)
            root = log.claimed[size].root
        held = (Range(0, size),) if size else ()
        receipt = Receipt(size, root, held, self.shared.around.clock())
        data = sign_receipt(receipt, self.shared.base.id, log.origin, keys.receipt)
        return wire.ReceiptItem(channel, data)

    planter.function(Sending, "receipt_item", wrong)


def receipt_under_a_head_not_proved(planter: Planter) -> None:
    def wrong(
        _right: Wrong, self: Sending, channel: int, head: Checked, indices: Sequence[int]
    ) -> wire.ReceiptItem:
        log, keys = self.shared.theirs(channel), self.shared.keys
        begun = (Range(0, log.durable),) if log.durable or indices[0] == 0 else ()
        held = (*begun, *(Range(index, index + 1) for index in indices[:1]))
        receipt = Receipt(*head, held, self.shared.around.clock())
        data = sign_receipt(receipt, self.shared.base.id, log.origin, keys.receipt)
        return wire.ReceiptItem(channel, data)

    planter.function(Sending, "ahead_item", wrong)


def forget_a_receipt(planter: Planter) -> None:
    planter.function(Receiving, "receipt", losing(rows.ReceiptRow))


def believe_any_receipt(planter: Planter) -> None:
    def wrong(_right: Wrong, _self: Shared, _channel: int, data: bytes) -> Receipt:
        return parse_receipt(data)

    planter.function(Shared, "open_receipt", wrong)


def trust_the_first_head(planter: Planter) -> None:
    def wrong(right: Wrong, self: Shared, log: Log, head: SignedHead) -> None:
        first = not log.own and not log.tail.size and not log.claimed
        if not first:
            right(self, log, head)

    planter.function(Shared, "verify_head", wrong)


def take_their_root_for_ours(planter: Planter) -> None:
    """Entries are taken under the root that came with them; nobody looks whether they make it."""
    given: list[SignedHead] = []

    def take(right: Wrong, self: Receiving, item: wire.Entries) -> None:
        if item.root is not None:
            given.append(SignedHead(item.start + len(item.records), item.root, item.signature))
        try:
            right(self, item)
        finally:
            given.clear()

    def contradiction(right: Wrong, self: Receiving, log: Log, head: SignedHead) -> None:
        if not given:
            right(self, log, head)

    def verify_head(right: Wrong, self: Shared, log: Log, head: SignedHead) -> None:
        right(self, log, given[0] if given and given[0].size == head.size else head)

    planter.function(Receiving, "take", take)
    planter.function(Receiving, "contradiction", contradiction)
    planter.function(Shared, "verify_head", verify_head)


def void_wedges_the_mirror(planter: Planter) -> None:
    def wrong(right: Wrong, self: Receiving, log: Log, index: int, data: judge.Parsed) -> bool:
        if index == log.tail.size:
            judged, _ = self.shared.books[log.channel].try_judge(log, log.tail, data)
            if judged.void is not None:
                return True
        waits: bool = right(self, log, index, data)
        return waits

    planter.function(Receiving, "must_wait", wrong)


def notice_a_fork_and_forget_it(planter: Planter) -> None:
    planter.function(Shared, "forked", losing(rows.Fork))


def overtake_without_proof(planter: Planter) -> None:
    planter.function(receiving, "verify_inclusion", lambda right, *args: None)


def reuse_an_index_after_restore(planter: Planter) -> None:
    def wrong(right: Wrong, self: Appending, channel: int) -> Any:
        asked, self.shared.asked = self.shared.asked, None
        try:
            return right(self, channel)
        finally:
            self.shared.asked = asked

    planter.function(Appending, "refusal", wrong)


def seal_to_the_wrong_key(planter: Planter) -> None:
    def wrong(
        _right: Wrong,
        self: Node,
        side: Side,
        bundle: wire.Bundle,
        precedence: Precedence,
        suite: Suite,
    ) -> bytes:
        keys = side.shared.control.latest_roster(side.shared.party).node
        expires = Millis(self.outside.clock() + BUNDLE_LIFE)
        to = SealingPublic(keys.x25519, keys.xwing)
        return seal(bundle.encoded(), to, suite, precedence, expires)

    planter.function(Node, "seal", wrong)


def no_quota(planter: Planter) -> None:
    planter.function(Meter, "admit", lambda right, *args: True)


def forget_deadlines(planter: Planter) -> None:
    planter.function(Side, "lapses", lambda right, self: {})


def repeats_count_as_life(planter: Planter) -> None:
    def wrong(right: Wrong, self: Sending, said_at: Millis) -> None:
        self.shared.said_at = None
        right(self, said_at)

    planter.function(Sending, "answered", wrong)


def judge_by_the_readers_clock(planter: Planter) -> None:
    """Where a rule asks when a record was composed, the reader's clock answers."""

    def begin(right: Wrong, self: Shared, *args: Any) -> None:
        right(self, *args)
        for book in self.books.values():
            planter.patch.setattr(book, "clock", self.around.clock, raising=False)

    def lapsed(right: Wrong, case: Any, record: Any, target: Any) -> None:
        clock = getattr(case.facts, "clock", None)
        right(case, record if clock is None else replace(record, composed_at=clock()), target)

    planter.function(Shared, "__init__", begin)
    planter.function(judge, "_lapsed", lapsed)


def order_by_arrival(planter: Planter) -> None:
    """Sorting leaves what compares as equal in the order in which it came."""
    planter.attribute(dialogue.Placed, "order", lambda placed: 0)


def lapsed_ignores_a_crossed_answer(planter: Planter) -> None:
    def wrong(right: Wrong, *args: Any) -> dialogue.Question:
        question: dialogue.Question = right(*args)
        if question.lapsed is None:
            return question
        return replace(question, standing=Standing.LAPSED)

    planter.function(dialogue, "_question", wrong)


NODES = (
    Planted(
        "acknowledge-before-durable",
        "The officer is told that his record is kept; the power fails, and it is gone.",
        acknowledge_before_durable,
        BySeeds(("crashes",)),
    ),
    Planted(
        "send-before-durable",
        "A record is sent before it is written here; after a power failure the other side holds what"
        " we do not know to have said.",
        send_before_durable,
        BySeeds(("crashes",)),
    ),
    Planted(
        "receipt-for-bodies-not-held",
        "Delivered is shown to the other side for records that nobody here has.",
        receipt_for_bodies_not_held,
        BySeeds(),
    ),
    Planted(
        "receipt-under-a-head-not-proved",
        "Who forks his log lets a FLASH overtake, and has our signature for his other beginning.",
        receipt_under_a_head_not_proved,
        BySeeds(),
    ),
    Planted(
        "forget-a-receipt",
        "Delivered is shown, and after a restart nothing proves it.",
        forget_a_receipt,
        BySeeds(),
    ),
    Planted(
        "believe-any-receipt",
        "Anybody on the way can make us believe that our record was delivered.",
        believe_any_receipt,
        BySeeds(("outsider",)),
    ),
    Planted(
        "trust-the-first-head",
        "Who comes first on a new line may say what the other side's log is.",
        trust_the_first_head,
        BySeeds(("outsider",)),
    ),
    Planted(
        "take-their-root-for-ours",
        "The other side changes what it said before, and goes on as if nothing had been.",
        take_their_root_for_ours,
        BySeeds(("fork",)),
    ),
    Planted(
        "void-wedges-the-mirror",
        "One bad record of the other side, and nothing of theirs comes in any more.",
        void_wedges_the_mirror,
        BySeeds(("liar",)),
    ),
    Planted(
        "notice-a-fork-and-forget-it",
        "Two histories are noticed, and next morning there is no proof of it.",
        notice_a_fork_and_forget_it,
        BySeeds(("fork",)),
    ),
    Planted(
        "overtake-without-proof",
        "An urgent record is shown that need not be in the other side's log at all.",
        overtake_without_proof,
        ByTest(f"{ATTACKS}::test_what_is_not_urgent_does_not_overtake"),
    ),
    Planted(
        "reuse-an-index-after-restore",
        "A node that came back from a backup writes new records over numbers already given.",
        reuse_an_index_after_restore,
        BySeeds(("backups",)),
    ),
    Planted(
        "seal-to-the-wrong-key",
        "Bundles go out that the other side cannot open; the line is up and nothing arrives.",
        seal_to_the_wrong_key,
        BySeeds(),
    ),
    Planted(
        "no-quota",
        "The other side can fill our disk.",
        no_quota,
        BySeeds(("flood",)),
    ),
    Planted(
        "forget-deadlines",
        "A question of ours goes unanswered, and no silence is ever on record.",
        forget_deadlines,
        BySeeds(),
    ),
    Planted(
        "repeats-count-as-life",
        "Somebody plays back old traffic, and a dead line is shown as up.",
        repeats_count_as_life,
        ByTest(f"{ATTACKS}::test_replayed_bundles_do_not_keep_a_dead_line_up"),
    ),
    Planted(
        "judge-by-the-readers-clock",
        "Two clocks differ, and the same record counts on one side and is void on the other.",
        judge_by_the_readers_clock,
        BySeeds(),
    ),
    Planted(
        "order-by-arrival",
        "Records cross on the way, and the two sides draw different conclusions from them.",
        order_by_arrival,
        BySeeds(),
    ),
    Planted(
        "lapsed-ignores-a-crossed-answer",
        "They did answer, a moment late; the record shows that they kept silent.",
        lapsed_ignores_a_crossed_answer,
        BySeeds(),
    ),
)
