"""Valid inputs to begin with: the vectors, and what the tests' small world says. Always the same."""

from __future__ import annotations

import json
from functools import cache
from typing import Final

from firebreak.desk import spoken
from firebreak.evidence import Evidence, collect
from firebreak.ledger.checkpoint import Checkpoint, ed25519_line, note, parse_origin
from firebreak.line import bundle as wire
from firebreak.records import sign1
from firebreak.records.agreement import Channel
from firebreak.records.areas import AREA
from firebreak.records.cbor import encode
from firebreak.records.codec import OneOf
from firebreak.records.drafting import draft_to_toml
from firebreak.records.record import Context
from firebreak.values import Precedence
from firebreak.volumes import Area
from tests.conftest import ROOT
from tests.evidence_example import example_fork, example_world
from tests.line.example import items, world
from tests.records.parties import fullest, larger, signed, smallest
from tests.volumes.examples import cases, read_volume
from tests.worlds import ALPHA, NOW, World, WorldSource, a_notice, a_query

AIR: Final = Channel.AIR


@cache
def records() -> tuple[bytes, ...]:
    """A signed record of every kind."""
    files = sorted((ROOT / "vectors" / "accept").glob("*.json"))
    found = (json.loads(path.read_text(encoding="utf-8")) for path in files)
    return tuple(bytes.fromhex(one["input"]) for one in found if one["level"] == "decode")


@cache
def refused_records() -> tuple[bytes, ...]:
    """Records with one fault each, all but the very long ones."""
    files = sorted((ROOT / "vectors" / "reject").glob("*.json"))
    found = (json.loads(path.read_text(encoding="utf-8")) for path in files)
    made = [bytes.fromhex(one["input"]) for one in found if one["level"] != "judge"]
    return tuple(data for data in made if len(data) < 4_096)


def groups() -> tuple[bytes, ...]:
    """Bytes as groups to read aloud: one a line, as printed, and several on a line."""
    made = spoken.groups(spoken.Message(spoken.Content.FILE, b"We hear you."))
    lines = "\n".join(made), "\n".join(map(spoken.shown, made)), " ".join(made).lower()
    return tuple(line.encode() for line in lines)


def check_words() -> tuple[bytes, ...]:
    """A check as it is typed."""
    check = spoken.check_of(b"We hear you.")
    return check.encode(), spoken.spelled(check).encode()


def payloads() -> tuple[bytes, ...]:
    """What the records say."""
    return tuple(sign1.parse(data).payload for data in records())


@cache
def the_world() -> World:
    """ALPHA has said two things on air, and BRAVO has read one of them."""
    return world()


@cache
def context() -> Context:
    """What ALPHA's records on air are signed in."""
    return the_world().agreement.context(AIR, ALPHA)


@cache
def areas() -> tuple[bytes, ...]:
    """Areas of every shape, sound and unsound, as records carry them."""
    pairs = [one for name in ("corridors", "inside", "tips", "circles") for one in cases(name)[:4]]
    volumes = [one[half] for one in pairs for half in "ab"]
    volumes += [one["volume"] for one in cases("invalid") if one["rule"] in ("V-6", "V-7", "V-8")]
    return tuple(dict.fromkeys(encode_area(read_volume(volume).area) for volume in volumes))


def encode_area(area: Area) -> bytes:
    """An area as a slot."""
    slot: OneOf[Area] = AREA
    return encode(slot.plain(area))


@cache
def agreements() -> tuple[bytes, ...]:
    """Payloads of agreements, from the smallest to one that uses every slot."""
    return tuple(made.payload() for made in (smallest(), larger(), fullest()))


@cache
def agreement_files() -> tuple[bytes, ...]:
    """The same, signed by both parties."""
    return tuple(signed(made).encoded() for made in (smallest(), fullest()))


@cache
def drafts() -> tuple[bytes, ...]:
    """The same as drafts."""
    return tuple(draft_to_toml(made).encode() for made in (smallest(), fullest()))


@cache
def wire_items() -> tuple[wire.Item, ...]:
    """One item of each kind."""
    return tuple(items(the_world()).values())


@cache
def bundles() -> tuple[bytes, ...]:
    """An opened bundle of each item, and one of all."""
    prefix = the_world().agreement.id[: wire.AGREEMENT_PREFIX]
    each = [(item,) for item in wire_items()]
    return tuple(
        wire.Bundle(prefix, ALPHA, chosen).encoded() for chosen in (*each, wire_items(), ())
    )


@cache
def notes() -> tuple[bytes, ...]:
    """Signed notes: of one signature, and of two."""
    log = the_world().log(AIR, ALPHA)
    head, signature = log.head()
    line = ed25519_line(head.origin, log.key.public, signature)
    second = ed25519_line("witness.example", log.key.public, signature)
    parse_origin(head.origin)
    empty = Checkpoint(head.origin, 0, bytes(32))
    return note(head, [line]), note(head, [line, second]), note(empty, [line])


@cache
def evidence() -> Evidence:
    """The evidence for a notice with its receipt."""
    made = example_world()
    return collect(made.signed, [(AIR, ALPHA, 0)], WorldSource(made))


@cache
def entries() -> tuple[bytes, ...]:
    """Payloads by ALPHA's officer that are valid where they stand: on air, one after the other."""
    made = World()
    first = made.record(ALPHA, AIR, a_notice())
    made.log(AIR, ALPHA).append(first)
    second = made.record(ALPHA, AIR, a_query(), precedence=Precedence.FLASH, answer_by=600_000)
    assert second.record.composed_at > NOW
    return first.signed.payload, second.signed.payload


@cache
def forks() -> tuple[bytes, ...]:
    """Proofs of forks: heads of different sizes, of one size, and beside an empty log."""
    return tuple(example_fork(sizes)[0] for sizes in ((2, 3), (2, 2), (3, 1)))
