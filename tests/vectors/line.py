"""The line that the vectors are about: two parties of fixed seeds and an agreement written out here.

It leans on no template, so that a change of a template changes no vector.
"""

from __future__ import annotations

from dataclasses import replace

from firebreak.keys import SigningKey
from firebreak.ledger.judge import Judged
from firebreak.records.agreement import (
    AgreedSeparation,
    Agreement,
    Channel,
    ChannelTerms,
    EvidenceMode,
    Mode,
    Office,
    Origin,
    Party,
    Publication,
    Quota,
)
from firebreak.records.kinds import Body, Kind, Notice, Purpose
from firebreak.records.record import SignedRecord
from firebreak.records.roster import RosterEntry, sign_roster
from firebreak.records.slots import Span
from firebreak.values import (
    Height,
    HeightReference,
    HeightUnit,
    Millis,
    OfficeNumber,
    PartyNumber,
    Position,
)
from firebreak.volumes import Circle, Heights
from tests.ledger.held import Control, Held
from tests.worlds import DAY, HOUR, OFFICES, START, World, WorldParty, make_party, seed_of

EXPIRED = 3
"""The roster index, on both sides, of an air duty officer's key that held for one hour only."""
ON_CONTROL = (Kind.ROSTER, Kind.AGREEMENT, Kind.LINE_STATE)
ON_COMMAND = (Kind.ACKNOWLEDGE, Kind.ANSWER, Kind.STATEMENT, Kind.COMPLAINT, Kind.READ)
ON_AIR = tuple(
    kind for kind in Kind if kind not in (*ON_CONTROL, Kind.COMPLAINT, Kind.RELEASE, Kind.TEXT)
)
END = Millis(START + 30 * DAY)


def party(number: int) -> WorldParty:
    """A party whose last officer's key has expired."""
    made = make_party(number)
    key = SigningKey(seed_of(f"{made.name} expired"))
    entry = RosterEntry(key.public.raw, OFFICES[0], START, Millis(START + HOUR))
    old = made.roster.roster
    roster = replace(old, entries=(*old.entries, entry))
    return replace(made, officers=(*made.officers, key), roster=sign_roster(roster, made.roots[:1]))


def terms(
    channel: Channel,
    kinds: tuple[Kind, ...],
    offices: tuple[int, ...],
    two_officers: tuple[Kind, ...] = (),
) -> ChannelTerms:
    """A channel's terms."""
    return ChannelTerms(
        channel=channel,
        kinds=tuple(int(kind) for kind in kinds),
        two_officers=tuple(int(kind) for kind in two_officers),
        offices=tuple(OfficeNumber(office) for office in offices),
        origins=tuple(Origin(seed_of(f"{channel} {name}")[:16], 0) for name in ("a", "b")),
        answer_within=(),
        quota=Quota(1 << 26, 1_000, 60),
        track_precision_m=0,
        track_delay_ms=0,
        widest_notice_m=500_000,
        longest_notice_ms=72 * HOUR,
    )


PARTIES = (party(0), party(1))
AGREEMENT = Agreement(
    id=seed_of("vectors")[:16],
    version=1,
    previous=None,
    title="Vectors",
    mode=Mode.EXERCISE,
    evidence=EvidenceMode.PROVABLE,
    publication=Publication.BOTH_CONSENT,
    valid_from=START,
    valid_until=END,
    catalogue=seed_of("catalogue"),
    languages=("en", "uk"),
    parties=tuple(
        Party(side.name, side.fingerprint, side.roster.roster.digest()) for side in PARTIES
    ),
    offices=tuple(Office(PartyNumber(number), role) for number in (0, 1) for role in OFFICES),
    channels=(
        terms(Channel.CONTROL, ON_CONTROL, (0, 1, 2, 3)),
        terms(Channel.AIR, ON_AIR, (0, 1, 2), (Kind.RESTRAINT,)),
        terms(Channel.COMMAND, ON_COMMAND, (1, 3)),
    ),
    separations=(AgreedSeparation(Channel.AIR, 9_260, 1_000, 300),),
)


def flight_level(value: int) -> Height:
    """FL095 is 95."""
    return Height(value, HeightUnit.HUNDREDS_OF_FEET, HeightReference.STANDARD_PRESSURE)


NOTICE = Notice(
    purpose=Purpose.TRAINING,
    area=Circle(Position(552_083_333, 197_534_722), 27_780),
    heights=Heights(flight_level(95), flight_level(245)),
    window=Span(2 * HOUR, 90 * 60_000),
    contact="Alpha duty cell 555 0100",
)
"""The typical notice: a circle of 15 NM, FL095 to FL245, in two hours for ninety minutes."""


class Bench:
    """A channel of the line: what is said goes into its author's log and is judged at once."""

    def __init__(self, channel: Channel = Channel.AIR, agreement: Agreement = AGREEMENT) -> None:
        self.world = World(agreement, PARTIES)
        self.channel = channel
        rosters = [side.roster.roster for side in PARTIES]
        self.held = Held(agreement, channel, Control.first(agreement, rosters))

    def sign(self, side: int, body: Body, **slots: object) -> SignedRecord:
        """A record of a party, not yet appended; `about` gives the place that it refers to."""
        about = slots.pop("about", None)
        if isinstance(about, tuple):
            slots["refers_to"] = self.world.reference(self.channel, *about)
        return self.world.record(side, self.channel, body, **slots)

    def put(self, side: int, signed: SignedRecord) -> Judged:
        """Append a signed record, whatever it is worth."""
        self.world.log(self.channel, side).append(signed)
        return self.held.take(side, signed.data)

    def say(self, side: int, body: Body, **slots: object) -> tuple[int, int]:
        """Sign and append what is valid; gives its place."""
        judged = self.put(side, self.sign(side, body, **slots))
        assert judged.void is None, judged.void
        return side, len(self.held.entries[side]) - 1
