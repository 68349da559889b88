"""Telling the other side of a new card or agreement version, in this party's control log."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from firebreak.node.side import Side
from firebreak.records.agreement import Channel, SignedAgreement
from firebreak.records.kinds import KIND_OF, AgreementVersion, RosterUpdate
from firebreak.records.record import NODE_AUTHOR, Record, sign_record
from firebreak.records.roster import SignedRoster
from firebreak.values import Precedence


def announce(
    side: Side,
    cards: Callable[[int], Sequence[SignedRoster]],
    agreements: Sequence[SignedAgreement],
) -> list[str]:
    """Append what is newer than the control log: agreement versions, then cards, oldest first.

    cards: our own versions after the one of a number.

    Returns what was announced, as sentences. Raises Refused where the rules do not allow it.
    """
    made = []
    for signed in agreements:
        latest = side.shared.agreement
        follows = signed.agreement.previous == latest.digest()
        if follows and signed.agreement.id == latest.id and not signed.missing():
            _append(side, AgreementVersion(signed.encoded()))
            made.append(f"Version {signed.agreement.version} of the agreement is announced.")
    known = side.shared.control.latest_roster(side.shared.party)
    for card in cards(known.version):
        _append(side, RosterUpdate(card.encoded()))
        made.append(f"Version {card.roster.version} of the card is announced to {side.peer_name}.")
    return made


def _append(side: Side, body: RosterUpdate | AgreementVersion) -> None:
    draft = side.draft(Channel.CONTROL, NODE_AUTHOR)
    record = Record(
        version=draft.version,
        author=NODE_AUTHOR,
        control=draft.control,
        to=(),
        kind=KIND_OF[type(body)],
        refers_to=None,
        composed_at=draft.now,
        precedence=Precedence.PRIORITY,
        answer_by=None,
        serial=draft.serial,
        seen=draft.seen,
        body=body,
    )
    context = side.shared.agreement.context(Channel.CONTROL, side.shared.party)
    signed = sign_record(record, context, side.shared.keys.record)
    side.submit(Channel.CONTROL, [signed.data], lambda error: None)
