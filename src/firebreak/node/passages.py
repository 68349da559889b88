"""One bundle that a party gave to a relay: what was given, what the relay signed of it, how it is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from firebreak.ledger import custody
from firebreak.ledger.custody import Signed, Taken, Way
from firebreak.node.readable import is_readable
from firebreak.node.view import DOUBTFUL_AFTER
from firebreak.values import Millis

Counts: TypeAlias = dict[int, int]
"""How many entries, by channel."""


@dataclass(slots=True)
class Passage:
    """One sealed bundle that this side gave to a relay, and what the relay signed about it.

    start, own: by channel, from where to where our log is in it; held: up to where it said that theirs is
    held here; header: its clear header; by: "person", or "answer" for
    what went back by itself; way: how it was given; came: when each statement came here, by our own
    clock, ms UTC.
    """

    relay: str
    bundle: bytes
    size: int
    header: bytes
    agreement: str
    at: Millis
    way: Way
    by: str
    records: int
    start: Counts
    own: Counts
    held: Counts
    signed: list[Signed] = field(default_factory=list)
    receipts: list[bytes] = field(default_factory=list)
    came: list[Millis] = field(default_factory=list)

    @property
    def readable(self) -> bool:
        """Whether it is not sealed: one record that the relay's people may read."""
        return is_readable(self.header)

    @property
    def last(self) -> custody.Step | None:
        return self.signed[-1].statement.step if self.signed else None

    @property
    def since(self) -> Millis:
        """When it came to stand where it does: as the relay says, within what our own clock saw of it."""
        if not self.signed:
            return self.at
        return max(self.at, min(self.signed[-1].statement.happened, self.came[-1]))

    def doubtful(self, place: int) -> bool:
        """Whether the times of a statement cannot be: before we gave the bundle, or after it came here."""
        one, came = self.signed[place].statement, self.came[place]
        latest = max(one.happened, one.reported)
        return one.happened < self.at - DOUBTFUL_AFTER or latest > came + DOUBTFUL_AFTER

    def encoded(self) -> str:
        """The journal's line."""
        return json.dumps(
            {
                "relay": self.relay,
                "bundle": self.bundle.hex(),
                "size": self.size,
                "header": self.header.hex(),
                "agreement": self.agreement,
                "way": self.way.name.lower(),
                "by": self.by,
                "records": self.records,
                "start": {str(channel): count for channel, count in self.start.items()},
                "own": {str(channel): count for channel, count in self.own.items()},
                "held": {str(channel): count for channel, count in self.held.items()},
            },
            ensure_ascii=False,
        )

    @classmethod
    def of_line(cls, at: Millis, line: Mapping[str, Any]) -> Passage:
        """What a line of the journal says was given."""
        return cls(
            line["relay"],
            bytes.fromhex(line["bundle"]),
            line["size"],
            bytes.fromhex(line["header"]),
            line["agreement"],
            at,
            Way[line["way"].upper()],
            line["by"],
            line["records"],
            {int(channel): count for channel, count in line["start"].items()},
            {int(channel): count for channel, count in line["own"].items()},
            {int(channel): count for channel, count in line["held"].items()},
        )


@dataclass(frozen=True, slots=True)
class LegView:
    """One statement of a relay: its word. happened, reported: ms UTC; doubtful: that these cannot be, by
    our own clock; receipt: its custody receipt, a file in base64."""

    step: str
    happened: int
    reported: int
    doubtful: bool
    detail: str
    receipt: str


@dataclass(frozen=True, slots=True)
class PassageView:
    """One bundle, leg by leg. given_at: our own hand-over; asked, answered: how many of our records in it
    want an answer, and how many have one here; legs: what the relay says; standing: with whom
    it is as far as anybody has said; delivered: whether the receiver's own receipt covers every record
    of ours in it, None where it has none."""

    bundle: str
    relay: str
    peer: str
    agreement: str
    readable: bool
    precedence: str
    expires_at: int
    given_at: int
    way: str
    by: str
    records: int
    asked: int
    answered: int
    legs: tuple[LegView, ...]
    standing: str
    standing_since: int
    overdue: bool
    delivered: bool | None


def standing(passage: Passage) -> str:
    """With whom a bundle is, as far as anybody has said: never a word on the counterpart (C-18, C-20)."""
    match passage.last:
        case None:
            return f"not yet signed for by {passage.relay}"
        case Taken():
            return f"with {passage.relay}"
        case custody.Forwarded():
            return f"given on, says {passage.relay}"
        case custody.Handed(office, _):
            return f"handed to {office}, says {passage.relay}"
        case custody.Returned():
            return f"returned by {passage.relay}"
        case custody.Refused():
            return f"refused by {passage.relay}"


def precedence_in(header: bytes) -> int:
    """The precedence in a clear header of ours."""
    return header[10]
