"""Random lines, honest and not, and random files of them: package and tool give one verdict."""

from __future__ import annotations

import base64
from dataclasses import replace
from random import Random
from types import ModuleType
from typing import Any

import pytest

from firebreak.evidence import verify
from firebreak.records.agreement import Channel, EvidenceMode, Mode
from firebreak.records.calls import CallAnswer, CallReply, CallState, CallStep
from firebreak.records.incidents import (
    Assessment,
    Close,
    Finding,
    FindingAnswer,
    FindingReply,
    FindingSort,
    Stance,
)
from firebreak.records.kinds import (
    NEEDS_ANSWER,
    Acknowledge,
    AgreementVersion,
    Amend,
    Answer,
    Body,
    Cancel,
    Clarify,
    Declared,
    Displayed,
    Kind,
    Lapsed,
    LineCheck,
    LineCheckReply,
    LineState,
    Read,
    Release,
    Reply,
    RosterUpdate,
)
from firebreak.records.record import Reference, Seen
from firebreak.records.roster import RosterEntry, sign_roster
from firebreak.records.slots import Words
from firebreak.values import Millis, PartyNumber
from tests.vectors.accept import CALL, INCIDENT
from tests.verifiers import readers
from tests.verifiers.evidence_vectors import file_of, log_agreement, next_agreement
from tests.worlds import (
    DAY,
    MINUTE,
    NOW,
    START,
    World,
    a_notice,
    a_query,
    a_statement,
    seed_of,
)

QUIET = Words("en", "Quiet here.")
BODIES: list[Body] = [
    a_notice(),
    a_notice("Bravo Ops"),
    a_query(),
    a_query(),
    Displayed(),
    Read(),
    Acknowledge(("FL095",)),
    Amend(a_notice()),
    Cancel("weather"),
    Answer(Reply.OURS),
    Answer(Reply.CHECKING, next_word_by=3 * MINUTE),
    Lapsed(),
    Clarify(QUIET),
    LineCheck(QUIET),
    LineCheckReply(QUIET),
    LineState(1, Declared.SUSPENDED),
    CALL,
    CallAnswer(CallReply.NOT_AT_THIS_TIME),
    CallAnswer(CallReply.AWAITING_AUTHORITY, next_word_by=3 * MINUTE),
    CallState(CallStep.BEGUN, 0),
    INCIDENT,
    Assessment(Stance.NOT_OURS),
    Finding(FindingSort.QUESTION, QUIET),
    FindingAnswer(FindingReply.DISPUTED),
    Close(),
]
CHANNELS = (Channel.CONTROL, Channel.AIR, Channel.COMMAND)


def _wrong(draw: Random, world: World, party: int) -> dict[str, Any]:
    """A slot that is seldom right."""
    here = world.log(draw.choice(CHANNELS), 1 - party)
    number = PartyNumber(draw.randrange(2))
    return draw.choice(
        [
            {"author": draw.randrange(3)},
            {"control": draw.randrange(4)},
            {"serial": draw.randrange(6)},
            {"version": draw.randrange(1, 3)},
            {"to": ()},
            {"to": (draw.randrange(5),)},
            {"composed_at": Millis(NOW + draw.randrange(-90, 90) * MINUTE)},
            {"composed_at": Millis(START + draw.choice((-1, 31 * DAY)))},
            {"answer_by": draw.choice((None, MINUTE))},
            {"seen": ()},
            {"seen": (Seen(number, draw.randrange(5), here.digests[-1][:16]),)},
            {"key": world.parties[draw.randrange(2)].key(draw.randrange(3))},
        ]
    )


def _reference(draw: Random, world: World, channel: int) -> dict[str, Any]:
    places = [(p, n) for p in (0, 1) for n in range(world.log(channel, p).size)]
    if not places or draw.random() < 0.1:
        return {}
    party, index = draw.choice(places)
    reference = world.reference(channel, party, index)
    if draw.random() < 0.05:
        reference = Reference(PartyNumber(draw.randrange(2)), draw.randrange(5), reference.prefix)
    return {"refers_to": reference}


def _fitting(draw: Random, kind: int) -> tuple[bool, Body]:
    """What may be said about a record of a kind, and whether its own party says it."""
    said: list[Body] = [Displayed(), Read(), Acknowledge(("FL095",))]
    own = draw.random() < 0.5
    if own and kind in (Kind.NOTICE, Kind.AMEND):
        said = [Amend(a_notice()), Cancel("weather")]
    elif own and kind in NEEDS_ANSWER:
        said = [Lapsed(), Cancel()] if kind == Kind.CALL else [Lapsed()]
    else:
        own = False
        if kind in (Kind.QUERY, Kind.CLARIFY):
            checking = Answer(Reply.CHECKING, next_word_by=3 * MINUTE)
            said = [Answer(Reply.OURS), checking, Clarify(QUIET)]
        elif kind == Kind.LINE_CHECK:
            said = [LineCheckReply(QUIET)]
        elif kind in (Kind.CALL, Kind.CALL_ANSWER):
            awaiting = CallAnswer(CallReply.AWAITING_AUTHORITY, next_word_by=3 * MINUTE)
            said = [CallAnswer(CallReply.NOT_AT_THIS_TIME), awaiting]
        elif kind == Kind.INCIDENT:
            said = [Assessment(Stance.OURS), Finding(FindingSort.FACT, QUIET), Close()]
        elif kind == Kind.FINDING:
            said = [FindingAnswer(FindingReply.AGREED)]
    return own, draw.choice(said)


def _say(draw: Random, world: World) -> None:
    """One more entry: mostly one that fits what was said, now and then with a slot that is wrong."""
    party = draw.randrange(2)
    channel = draw.choice((Channel.AIR, Channel.AIR, Channel.AIR, Channel.COMMAND, Channel.CONTROL))
    opening: list[Body] = [
        a_query(),
        LineCheck(QUIET),
        INCIDENT,
        *([a_notice()] * 3 if channel is Channel.AIR else [CALL] * 3),
    ]
    body: Body = draw.choice(opening)
    slots: dict[str, Any] = {}
    said = [(p, n) for p in (0, 1) for n in range(world.log(channel, p).size)]
    if draw.random() < 0.04:
        body, slots = draw.choice(BODIES), _reference(draw, world, channel)
    elif channel is Channel.CONTROL:
        body = LineState(1, Declared.SUSPENDED)
    elif said and draw.random() < 0.65:
        place = draw.choice(said)
        own, body = _fitting(draw, world.log(channel, place[0]).records[place[1]].record.kind)
        party = place[0] if own else 1 - place[0]
        slots = {"refers_to": world.reference(channel, *place)}
    if isinstance(body, Lapsed):
        slots["composed_at"] = Millis(NOW + draw.randrange(10, 60) * MINUTE)
    if draw.random() < 0.06:
        slots |= _wrong(draw, world, party)
    world.append(party, channel, body, **slots)


def _release(draw: Random, world: World) -> None:
    party = draw.randrange(2)
    signed = world.record(party, Channel.COMMAND, a_statement())
    if draw.random() < 0.8:
        world.append(party, Channel.COMMAND, Release(signed.id), author=draw.randrange(1, 3), to=())
    world.log(Channel.COMMAND, party).append(signed)


def _announce(draw: Random, world: World) -> None:
    """A roster or a version of the agreement, in order or not."""
    party = draw.randrange(2)
    speaker = world.parties[party]
    if draw.random() < 0.3:
        changes: dict[str, Any] = draw.choice(
            [{}, {"mode": Mode.REAL}, {"evidence": EvidenceMode.DENIABLE}]
        )
        version = next_agreement(world, **changes)
        log_agreement(world, party, version)
        if draw.random() < 0.5:
            log_agreement(world, 1 - party, version)
            world.agreement = version
        return
    if draw.random() < 0.1:
        world.append(party, Channel.CONTROL, AgreementVersion(b"none"), to=())
        return
    roster = speaker.roster.roster
    entries = list(roster.entries)
    if draw.random() < 0.5:
        place = draw.randrange(len(entries))
        entries[place] = replace(entries[place], valid_until=Millis(NOW + 9 * MINUTE))
    else:
        key = seed_of(f"{party} {len(entries)}")
        public = world.parties[party].roots[0].__class__(key).public.raw
        entries.append(RosterEntry(public, "air duty officer", START, Millis(START + DAY)))
    step = 1 if draw.random() < 0.9 else 2
    made = replace(roster, version=roster.version + step, entries=tuple(entries))
    signed = sign_roster(made, speaker.roots)
    if draw.random() < 0.1:
        signed = replace(signed, signatures=())
    world.append(party, Channel.CONTROL, RosterUpdate(signed.encoded()), to=())
    if step == 1 and signed.signatures:
        moved = replace(speaker, roster=signed)
        world.parties = (moved, world.parties[1]) if party == 0 else (world.parties[0], moved)


def a_file(seed: int) -> bytes:
    """A random line, and a file of most of what was said on it."""
    draw = Random(seed)
    world = World()
    for _ in range(draw.randrange(1, 14)):
        draw.choices((_say, _announce, _release), (8, 2, 1))[0](draw, world)
    thin = draw.choice((0.0, 0.0, 0.2))
    places = []
    for (channel, party), log in world.logs.items():
        whole = channel == Channel.CONTROL and draw.random() < 0.9
        here = [n for n in range(log.size) if whole or draw.random() >= thin]
        if channel != Channel.CONTROL and draw.random() < 0.3:
            here = []
        places += [(channel, party, index) for index in here]
    if not places:
        world.append(0, Channel.AIR, a_notice())
        places = [(Channel.AIR, PartyNumber(0), world.log(Channel.AIR, 0).size - 1)]
    given = [
        (channel, party, world.receipt(channel, party))
        for channel, party in {place[:2] for place in places}
        if draw.random() < 0.4
    ]
    return file_of(world, *places, given=given).encoded()


WORLDS, SLICES = 160, 8


@pytest.fixture(scope="session")
def tool() -> ModuleType:
    return readers.load_tool()


@pytest.mark.parametrize("part", range(SLICES))
def test_package_and_tool_give_one_verdict_on_random_lines(tool: ModuleType, part: int) -> None:
    verdicts = []
    for seed in range(part, WORLDS, SLICES):
        data = a_file(seed)
        encoded = base64.b64encode(data).decode()
        vector = {"level": "evidence", "roots": [], "input_base64": encoded}
        ours = readers.ours_on_evidence(vector)
        assert readers.tools_on_evidence(tool, vector) == ours, seed
        if ours != readers.REFUSED:
            assert voids_of_ours(data) == voids_of_tool(tool, data), seed
        verdicts.append(ours)
    assert len(set(verdicts)) == 2, "one of the verdicts never came"


def voids_of_ours(data: bytes) -> list[tuple[int, int, int, str]]:
    """The void control entries in a verdict."""
    return [(v.channel, v.party, v.index, str(v.reason)) for v in verify(data, []).void]


def voids_of_tool(tool: ModuleType, data: bytes) -> list[tuple[int, int, int, str]]:
    """The same, by the tool."""
    return [
        (log.channel, log.party, entry.index, entry.void.split(", ")[1].split(":")[0])
        for log in tool.verify_evidence(data).logs
        for entry in log.entries.values()
        if entry.void is not None
    ]
