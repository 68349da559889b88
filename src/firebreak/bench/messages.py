"""What the bench sends: a statement as large as a typical notice; and the typical notice's sizes."""

from __future__ import annotations

from firebreak.keys import SigningKey
from firebreak.line.bundle import AGREEMENT_PREFIX, Bundle, Entries
from firebreak.node.shared import DraftContext
from firebreak.records.agreement import Channel
from firebreak.records.kinds import Body, Kind, Notice, Purpose, Statement, Topic
from firebreak.records.record import Context, Record, Seen, SignedRecord, sign_record
from firebreak.records.slots import Span, Words
from firebreak.sealing import OVERHEAD, Suite
from firebreak.values import (
    Height,
    HeightReference,
    HeightUnit,
    Millis,
    OfficeNumber,
    PartyNumber,
    Position,
    Precedence,
)
from firebreak.volumes import Circle, Heights

_STATEMENT = Statement(
    Topic.OUR_EXERCISE, Words("en", "Exercise as notified; nothing has changed.")
)
_NOTICE = Notice(
    Purpose.TRAINING,
    Circle(Position(552_083_333, 197_534_722), 27_780),
    Heights(
        Height(95, HeightUnit.HUNDREDS_OF_FEET, HeightReference.STANDARD_PRESSURE),
        Height(245, HeightUnit.HUNDREDS_OF_FEET, HeightReference.STANDARD_PRESSURE),
    ),
    Span(7_200_000, 5_400_000),
    "Alpha duty cell 555 0100",
)
"""That of spec/record.md's example."""


def statement(draft: DraftContext, author: int) -> Record:
    """A statement composed now, to the other side's first office."""
    return _record(draft, author, Kind.STATEMENT, _STATEMENT)


def _record(draft: DraftContext, author: int, kind: Kind, body: Body) -> Record:
    to = (OfficeNumber(2),)
    return Record(
        draft.version, author, draft.control, to, kind, None, draft.now,
        Precedence.ROUTINE, None, draft.serial, draft.seen, body,
    )  # fmt: skip


def notice_sizes(context: Context, key: SigningKey) -> dict[str, int]:
    """Bytes of the typical notice signed, and sealed alone in a bundle with its log's signature."""
    seen = (Seen(PartyNumber(1), 1, bytes(16)),)
    draft = DraftContext(1, 0, 0, seen, Millis(1_795_320_060_000))
    signed = sign_record(_record(draft, 1, Kind.NOTICE, _NOTICE), context, key)
    return {
        "notice_signed_bytes": len(signed.data),
        "notice_sealed_narrow_bytes": _sealed(signed, Suite.NARROW),
        "notice_sealed_wide_bytes": _sealed(signed, Suite.WIDE),
    }


def _sealed(signed: SignedRecord, suite: Suite) -> int:
    item = Entries(int(Channel.AIR), 0, (signed.data,), None, bytes(64))
    bundle = Bundle(bytes(AGREEMENT_PREFIX), PartyNumber(0), (item,))
    return len(bundle.encoded()) + OVERHEAD[suite]
