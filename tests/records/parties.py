"""Two parties with known keys, and agreements between them, for tests and for spec/agreement.md."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from firebreak.keys import SigningKey
from firebreak.records.agreement import (
    AgreedLine,
    AgreedRelay,
    AgreedSeparation,
    AgreedZone,
    Agreement,
    Channel,
    KindTerm,
    NeutralTerm,
    PartySignature,
    SignedAgreement,
    Witness,
    sign_agreement,
)
from firebreak.records.drafting import minimal, standard
from firebreak.records.roster import NodeKeys, Roster, RosterEntry, SignedRoster, sign_roster
from firebreak.values import (
    Height,
    HeightReference,
    HeightUnit,
    Millis,
    PartyNumber,
    Position,
)
from firebreak.volumes import Circle, Corridor, Heights, Polygon

START = Millis(1_795_392_000_000)  # 2026-11-23T00:00:00Z
KEYS_END = Millis(START + 1_096 * 86_400_000)
CATALOGUE = hashlib.sha256(b"catalogue").digest()
SEED = hashlib.sha256(b"draft").digest()


def made_of(words: str, length: int) -> bytes:
    """Bytes that look random and are the same each time."""
    return hashlib.shake_256(words.encode()).digest(length)


def key(words: str) -> SigningKey:
    return SigningKey(made_of(words, 32))


@dataclass(frozen=True)
class Side:
    """A party with its secrets."""

    roots: list[SigningKey]
    card: SignedRoster

    @property
    def roster(self) -> Roster:
        return self.card.roster


def side(
    name: str,
    roots: int = 1,
    threshold: int = 1,
    offices: Sequence[str] = ("air duty officer", "senior duty officer"),
) -> Side:
    held = [key(f"{name} root {number}") for number in range(roots)]
    held.sort(key=lambda root: root.public.raw)
    roster = Roster(
        party=name,
        version=1,
        threshold=threshold,
        roots=tuple(root.public.raw for root in held),
        node=NodeKeys(
            log=key(f"{name} log").public.raw,
            receipt=key(f"{name} receipt").public.raw,
            mldsa=made_of(f"{name} mldsa", 1_312),
            certificate=made_of(f"{name} certificate", 250),
            x25519=made_of(f"{name} x25519", 32),
            xwing=made_of(f"{name} xwing", 1_216),
        ),
        entries=tuple(
            RosterEntry(key(f"{name} {office}").public.raw, office, START, KEYS_END)
            for office in ("node", *offices)
        ),
    )
    return Side(held, sign_roster(roster, held[:threshold]))


ALPHA, BRAVO = side("ALPHA"), side("BRAVO", roots=3, threshold=2)


def smallest() -> Agreement:
    return minimal(ALPHA.card, BRAVO.card, seed=SEED, start=START, days=30, catalogue=CATALOGUE)


def larger() -> Agreement:
    return standard(ALPHA.card, BRAVO.card, seed=SEED, start=START, days=30, catalogue=CATALOGUE)


def fullest() -> Agreement:
    """An agreement that uses every slot, and odd values where they are allowed."""
    base = larger()
    air = base.channels[1]
    air = replace(
        air,
        kinds=(*air.kinds, 77),
        answer_within=(*air.answer_within, KindTerm(77, 90_001)),
        quota=replace(air.quota, bytes_a_day=1_000_001),
        track_delay_ms=61_000,
    )
    corner = Position(552_083_333, 197_534_722)
    ring = (corner, Position(553_000_000, 197_534_722), Position(553_000_000, 199_000_000))
    hole = (
        Position(552_700_000, 197_700_000),
        Position(552_900_000, 197_700_000),
        Position(552_900_000, 198_000_000),
    )
    level = Height(95, HeightUnit.HUNDREDS_OF_FEET, HeightReference.STANDARD_PRESSURE)
    ground = Height(300, HeightUnit.METRES, HeightReference.GROUND)
    return replace(
        base,
        version=2,
        previous=smallest().digest(),
        title='Sea "and" air; Балтика',
        valid_from=Millis(START + 1),
        languages=("en", "uk"),
        channels=(base.channels[0], air, *base.channels[2:]),
        lead_times=(*base.lead_times, KindTerm(200, 5)),
        lines=(AgreedLine("middle", (corner, Position(-1, -5))),),
        zones=(
            AgreedZone("ring", Polygon(ring, (hole,)), Heights(None, level)),
            AgreedZone("disc", Circle(corner, 5_000), Heights(ground, None)),
            AgreedZone("way", Corridor(ring, 900), Heights(None, None)),
        ),
        relays=(
            AgreedRelay("SWISS", key("relay").public.raw, readable=True),
            AgreedRelay("NORWAY", key("other relay").public.raw, readable=False),
        ),
        witnesses=(Witness("university", key("witness").public.raw),),
        separations=(AgreedSeparation(Channel.AIR, 5_001, 1_499, 61),),
        holidays=(20_812, 20_819),
        terms_offered=(
            NeutralTerm("incursion", "crossing of the line"),
            NeutralTerm('"enemy" \\ враг', "the other side"),
        ),
    )


def sealed(agreement: Agreement, giver: int) -> tuple[tuple[int, bytes], ...]:
    """Stand-ins for two sealed reader secrets; to seal takes randomness."""
    return tuple((to, made_of(f"sealed by {giver} to {to}", 1_168)) for to in (0, 1))


def signature(agreement: Agreement, number: int) -> PartySignature:
    party = (ALPHA, BRAVO)[number]
    return sign_agreement(
        agreement,
        PartyNumber(number),
        party.card,
        sealed(agreement, number),
        party.roots[: party.roster.threshold],
    )


def signed(agreement: Agreement) -> SignedAgreement:
    return SignedAgreement(agreement, (signature(agreement, 0), signature(agreement, 1)))
