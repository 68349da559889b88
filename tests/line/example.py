"""Print the example with which spec/exchange.md opens.

Run from the project's root: PYTHONPATH=src:. python -m tests.line.example
tests/line/test_spec.py holds the file against what is printed here.
"""

from __future__ import annotations

import textwrap

from firebreak.ledger.checkpoint import Checkpoint, sign_checkpoint
from firebreak.ledger.fork import SignedHead, make_fork
from firebreak.line import bundle as wire
from firebreak.line.statements import Held, Pulse, sign_held, sign_pulse
from firebreak.records.agreement import Channel
from firebreak.records.kinds import Read
from firebreak.sealing import OVERHEAD, Suite
from firebreak.values import Millis, Precedence
from tests.worlds import ALPHA, BRAVO, NOW, World, a_notice, a_query

AIR = Channel.AIR
WIDTH = 76


def world() -> World:
    """ALPHA has said two things on air, the second of them FLASH; BRAVO has read the first."""
    made = World()
    made.append(ALPHA, AIR, a_notice())
    made.append(ALPHA, AIR, a_query(), precedence=Precedence.FLASH, answer_by=600_000)
    made.append(BRAVO, AIR, Read(), refers_to=made.reference(AIR, ALPHA, 0))
    return made


def items(made: World) -> dict[str, wire.Item]:
    """One item of each kind, by its name in the specification."""
    log, agreement = made.log(AIR, ALPHA), made.agreement.id
    records = tuple(signed.data for signed in log.records)
    (one, first), (two, second) = log.head(1), log.head(2)
    key = made.parties[BRAVO].receipt
    pulse = Pulse(NOW, (2, 1), bytes(range(32)))
    held = Held(Millis(NOW - 1), 2, two.root, second)
    lie = Checkpoint(log.origin, 1, bytes(32))
    honest = SignedHead(1, one.root, first)
    other = SignedHead(1, lie.root, sign_checkpoint(lie, log.key))
    return {
        "entries": wire.Entries(AIR, 0, records[:1], None, first),
        "overtaking": wire.Overtaking(
            AIR, 1, records[1], 2, two.root, second, tuple(log.proof(1, 2))
        ),
        "receipt": wire.ReceiptItem(AIR, made.receipt(AIR, ALPHA, size=1, at=NOW)),
        "head": wire.HeadItem(AIR, 2, two.root, second),
        "want": wire.Want(AIR, 1, Millis(0)),
        "returned": wire.Returned(AIR, 0, records, second),
        "pulse": wire.PulseItem(AIR, sign_pulse(pulse, agreement, AIR, key)),
        "held": wire.HeldItem(AIR, sign_held(held, agreement, log.origin, key)),
        "fork": wire.ForkItem(
            AIR, make_fork(log.origin, honest, other, log.key.public, log.subtree)
        ),
    }


def overtaken(made: World) -> wire.ReceiptItem:
    """The receipt for what has overtaken, under the head that it came under."""
    return wire.ReceiptItem(AIR, made.receipt(AIR, ALPHA, size=2, held=((1, 2),), at=NOW))


def bundle(made: World, sender: int, *names: str, more: tuple[wire.Item, ...] = ()) -> bytes:
    """The bundle of these items, before sealing."""
    chosen = (*(items(made)[name] for name in names), *more)
    prefix = made.agreement.id[: wire.AGREEMENT_PREFIX]
    return wire.Bundle(prefix, made.parties[sender].number, chosen).encoded()


def example() -> str:
    """What ALPHA sends, what BRAVO answers, and how BRAVO learns that there is no more."""
    made = world()
    narrow = OVERHEAD[Suite.NARROW]
    told = [
        ("ALPHA to BRAVO: notice 0, without root", bundle(made, ALPHA, "entries")),
        ("ALPHA to BRAVO: query 1, which overtakes", bundle(made, ALPHA, "overtaking")),
        (
            "BRAVO to ALPHA: a receipt for each",
            bundle(made, BRAVO, "receipt", more=(overtaken(made),)),
        ),
        ("ALPHA to BRAVO: head, and a question", bundle(made, ALPHA, "head", "want")),
        ("BRAVO to ALPHA: a heartbeat", bundle(made, BRAVO, "pulse")),
    ]
    lines = []
    for what, data in told:
        lines.append(f"{what}; {len(data)} bytes, {len(data) + narrow} sealed narrow")
        lines += textwrap.wrap(data.hex(), WIDTH, initial_indent="  ", subsequent_indent="  ")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(example(), end="")
