"""From a seed to a run: what the world is like, which steps are taken, and the shrinking of a failure.

A step is a name and numbers, so that a failing run can be printed, shortened and run again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from tests.hostile.adversary import Adversary
from tests.hostile.carrier import Weather
from tests.hostile.faults import Fault
from tests.hostile.invariants import Invariants
from tests.hostile.officers import Officers
from tests.hostile.party import Party
from tests.hostile.world import Climate, HostileWorld

Step = tuple[str, int, int]
"""What, by or to which party, and a number that the step makes of what it will."""

SAYINGS: Final = (
    *["text"] * 6, "notice", "notice", "hazard", "query", "query", "query", "answer", "answer",
    "answer", "checking", "acknowledge", "change", "object", "clarify", "clarify", "cross", "cross",
    "react", "react", "statement", "line state", "roster", "draft", "file", "begin", "begin",
    "go on", "go on", "go on", "answer call", "answer call", "answer call",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scenario:
    """One sort of trouble: how the climate is drawn, and which steps besides sayings and time."""

    name: str
    climate: Callable[[Random], Climate]
    troubles: tuple[str, ...]


def stormy(chance: Random) -> Climate:
    """A carrier that is bad, in some ways or all."""
    weather = Weather(
        lose=chance.choice([0.0, 0.1, 0.3]),
        repeat=chance.choice([0.0, 0.1, 0.3]),
        delay=chance.choice([0.0, 0.1, 0.3]),
        alter=chance.choice([0.0, 0.05]),
        way=chance.choice([5, 400, 3_000]),
    )
    skews = (0, 0)
    if chance.random() < 0.2:
        skews = (chance.randint(-120_000, 120_000), chance.randint(-120_000, 120_000))
    return Climate(weather, skews, chance.choice([5, 200]))


def hostile(chance: Random) -> Climate:
    """A bad carrier, and a party that does not keep the rules."""
    return replace(stormy(chance), hostile=True)


def tight(chance: Random) -> Climate:
    """A hostile party that was promised little."""
    return replace(hostile(chance), tight=True)


SCENARIOS: Final = (
    Scenario("storm", stormy, ("part", "break", "replay")),
    Scenario("crashes", stormy, ("crash", "fuse", "fuse", "fuse", "part", "replay")),
    Scenario("backups", stormy, ("back up", "back up", "restore", "fuse", "tear", "part")),
    Scenario("outsider", stormy, ("forge", "forge", "garbage", "replay", "fuse", "break")),
    Scenario("liar", hostile, ("lie", "lie", "void", "void", "unsound", "withhold", "fuse")),
    Scenario(
        "fork",
        hostile,
        ("back up", "back up", "roll back", "two heads", "swap", "boast", "part", "fuse"),
    ),
    Scenario("flood", tight, ("flood", "part", "fuse", "withhold")),
)


def steps_of(scenario: Scenario, chance: Random) -> list[Step]:
    """The steps that a seed draws."""
    made: list[Step] = []
    for _ in range(chance.randint(12, 40)):
        drawn = chance.random()
        if drawn < 0.5:
            made.append((f"say {chance.choice(SAYINGS)}", chance.randrange(2), 0))
        elif drawn < 0.8 or not scenario.troubles:
            made.append(("wait", 0, chance.choice([1, 20, 400, 3_000, 15_000])))
        else:
            made.append(
                (chance.choice(scenario.troubles), chance.randrange(2), chance.getrandbits(16))
            )
    return made


class Run:
    """One world, taking steps."""

    def __init__(self, seed: int, climate: Climate) -> None:
        self.world = HostileWorld(seed, climate)
        self.invariants = Invariants(self.world)
        self.officers = Officers(self.world, Random(f"officers {seed}"))
        self.adversary = Adversary(self.world, Random(f"adversary {seed}"))

    def take(self, step: Step) -> None:
        what, number, value = step
        party = self.world.parties[number]
        name = what.replace(" ", "_")
        if what.startswith("say "):
            self.officers.say(party, what.removeprefix("say "))
        elif hasattr(self.adversary, name):
            getattr(self.adversary, name)(value)
        else:
            getattr(self, name)(party, value)
        self.invariants.check()

    def wait(self, _party: Party, value: int) -> None:
        self.world.pass_time(value)

    def part(self, _party: Party, _value: int) -> None:
        """A partition that both notice begins or ends."""
        if self.world.apart:
            self.world.apart = False
            self.world.connect()
        else:
            self.world.counts[Fault.PARTITION] += 1
            self.world.part()

    def break_(self, _party: Party, _value: int) -> None:
        """A partition that nobody notices begins or ends."""
        broken = self.world.carrier.broken = not self.world.carrier.broken
        self.world.counts[Fault.SILENT_PARTITION] += broken

    def replay(self, _party: Party, value: int) -> None:
        self.world.carrier.replay(self.world.now, 1 + value % 20)

    def crash(self, party: Party, _value: int) -> None:
        """The machine stops between two events."""
        if party.node is not None:
            self.world.counts[Fault.CRASH_IDLE] += 1
            self.world.crash(party)

    def fuse(self, party: Party, value: int) -> None:
        """The machine stops just before or after one of the next appends or sends."""
        if party.node is not None:
            party.fuse.left = 1 + value % 12

    def tear(self, party: Party, _value: int) -> None:
        """The machine stops, and its disk lies: part of a transaction was written."""
        if party.node is not None:
            self.officers.say(party, "text")
        if party.node is not None:
            self.world.crash(party, torn=True)

    def back_up(self, party: Party, _value: int) -> None:
        self.world.back_up(party)

    def roll_back(self, _party: Party, value: int) -> None:
        """The hostile party goes back to an older copy of itself, and does not say so."""
        party = self.world.parties[1]
        if party.backups:
            if party.node is not None:
                self.world.crash(party)
            self.world.roll_back(party, value % len(party.backups))

    def restore(self, party: Party, value: int) -> None:
        """A backup takes the disk's place, and is known to be one; an officer may wait to speak."""
        if party.backups:
            if party.node is not None:
                self.world.crash(party)
            self.world.replace_disk(party, value % len(party.backups))
            if value >> 8 & 1:
                self.world.start(party)
                self.officers.say(party, "text")


setattr(Run, "break", Run.break_)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. steps: those that were begun; failure: None if every invariant held."""

    seed: int
    scenario: str
    steps: Sequence[Step]
    counts: Counter[Fault]
    failure: Exception | None


def run(seed: int, steps: Sequence[Step] | None = None) -> Outcome:
    """Run one seed, or fewer of its steps."""
    chance = Random(f"seed {seed}")
    scenario = SCENARIOS[seed % len(SCENARIOS)]
    climate = scenario.climate(chance)
    drawn = steps_of(scenario, chance)
    taken = drawn if steps is None else steps
    made = Run(seed, climate)
    failure: Exception | None = None
    begun = 0
    try:
        for step in taken:
            begun += 1
            made.take(step)
        made.invariants.healed()
    except Exception as error:  # noqa: BLE001  # whatever stops a node is a finding
        failure = error
    return Outcome(seed, scenario.name, taken[:begun], made.world.counts, failure)


def shrunk(outcome: Outcome) -> Outcome:
    """The same failure with as few steps as leaving out some of them gives."""
    best = outcome
    size = max(1, len(best.steps) // 2)
    while True:
        at = 0
        while at < len(best.steps):
            fewer = [*best.steps[:at], *best.steps[at + size :]]
            tried = run(outcome.seed, fewer)
            if tried.failure is not None and type(tried.failure) is type(outcome.failure):
                best = tried
            else:
                at += size
        if size == 1:
            return best
        size //= 2
