"""Which answers to a request for a call have an effect, whatever crossed (spec/dialogue.md D-8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from firebreak.records.calls import CallAnswer, CallReply
from firebreak.records.record import Record
from firebreak.values import PartyNumber

PROPOSALS = frozenset({CallReply.OTHER_TIME, CallReply.DEPUTY})
"""Answers that the other side may accept."""
ANSWERABLE = PROPOSALS | {CallReply.ACCEPTED}
"""Answers that may be answered: a refusal ends it, and "awaiting authority" asks for nothing."""

_Place = tuple[PartyNumber, int]


@dataclass(slots=True)
class Answering:
    """The answers to one request, taken in the canonical order.

    root: the place of the request; newest: by party, the place and the reply of its newest answer
    that has an effect; "awaiting authority" decides nothing, and is left out.
    """

    root: _Place
    newest: dict[PartyNumber, tuple[_Place, CallReply]] = field(default_factory=dict)

    def take(self, place: _Place, record: Record) -> bool:
        """Whether this answer has an effect. An answer to an older proposal, or to a refusal, has none.

        Nobody can so accept what was declined to him, or what was meanwhile taken back.
        """
        body, about = record.body, record.refers_to
        assert isinstance(body, CallAnswer)
        assert about is not None
        target = (about.party, about.index)
        if target != self.root and not self._open_to(target, body.reply):
            return False
        if body.reply is not CallReply.AWAITING_AUTHORITY:  # it takes nothing back
            self.newest[place[0]] = place, body.reply
        return True

    def _open_to(self, target: _Place, reply: CallReply) -> bool:
        held = self.newest.get(target[0])
        if held is None or held[0] != target or held[1] not in ANSWERABLE:
            return False
        return reply is not CallReply.ACCEPTED or held[1] in PROPOSALS


def newest_answer(
    root: _Place, said: Iterable[tuple[_Place, Record]], whose: PartyNumber
) -> CallAnswer | None:
    """A party's newest answer that has an effect and decides something; None if it gave none.

    said: what is valid in the dialogue of the request at `root`, in the canonical order.
    """
    answering, newest = Answering(root), None
    for place, record in said:
        if isinstance(record.body, CallAnswer) and answering.take(place, record):
            decides = record.body.reply is not CallReply.AWAITING_AUTHORITY
            newest = record.body if decides and place[0] == whose else newest
    return newest
